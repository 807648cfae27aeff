//! `_sre`: the engine behind `re` (`Modules/_sre/sre.c`). The matching itself is the `rustpython-sre_engine` crate's; patterns are compiled
//! by CPython's own `re._compiler`.

mod matched;
mod pattern;
mod template;

use std::borrow::Cow;

use heap::{Bytes, Int, List, Obj, Str};
use rustpython_sre_engine::{CODESIZE, MAXGROUPS, MAXREPEAT, SRE_MAGIC, string};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Signature, Vm};

pub(crate) use matched::MATCH;
pub(crate) use pattern::{PATTERN, SCANNER};
pub(crate) use template::TEMPLATE;

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_sre",
    functions: &[
        Method::new("compile", compile, Convention::Keywords)
            .signature("($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)"),
        Method::new("template", template::template, Convention::Positional).signature("($module, pattern, template, /)"),
        Method::new("getcodesize", |vm, _, _| Ok(vm.int(CODESIZE as i64)), Convention::NoArgs).signature("($module, /)"),
        Method::new(
            "ascii_iscased",
            |vm, _, args| one_char(vm, args, |c| vm.bool(c < 128 && (c as u8).is_ascii_alphabetic())),
            Convention::Positional,
        )
        .signature("($module, character, /)"),
        Method::new(
            "ascii_tolower",
            |vm, _, args| one_char(vm, args, |c| vm.int(i64::from(string::lower_ascii(c)))),
            Convention::Positional,
        )
        .signature("($module, character, /)"),
        Method::new(
            "unicode_iscased",
            |vm, _, args| one_char(vm, args, |c| vm.bool(string::lower_unicode(c) != c || first_upper(c) != c)),
            Convention::Positional,
        )
        .signature("($module, character, /)"),
        Method::new(
            "unicode_tolower",
            |vm, _, args| one_char(vm, args, |c| vm.int(i64::from(string::lower_unicode(c)))),
            Convention::Positional,
        )
        .signature("($module, character, /)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for (name, value) in [("MAGIC", SRE_MAGIC), ("CODESIZE", CODESIZE), ("MAXREPEAT", MAXREPEAT), ("MAXGROUPS", MAXGROUPS)] {
            vm.dict_set_str(&dict, name, vm.int(value as i64));
        }
        vm.dict_set_str(&dict, "copyright", vm.consts.empty_str.clone());
        Ok(())
    },
};

/// The upper case of a character, or the first one where there are several (`_PyUnicode_ToUppercase`).
fn first_upper(c: u32) -> u32 {
    char::from_u32(c).and_then(|c| c.to_uppercase().next()).map_or(c, u32::from)
}

fn one_char(vm: &Vm, args: Args<'_>, answer: impl Fn(u32) -> Obj) -> PyResult {
    let given = args.check(vm, "character", 1, 1)?;
    Ok(answer(vm.index_isize(&given[0])? as u32))
}

fn compile(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "compile",
        params: &["pattern", "flags", "code", "groups", "groupindex", "indexgroup"],
        positional_only: 0,
        positional: 6,
        required: 6,
    };
    let [pattern, flags, code, groups, groupindex, indexgroup] =
        args.bind(vm, &SIGNATURE)?.map(|given| given.expect("a required parameter is there"));
    let Some(code) = code.get::<List>() else { return Err(vm.type_error("compile() argument 'code' must be list")) };
    let too_large = || vm.overflow_error("regular expression code size limit exceeded");
    let word = |word: &Obj| word.get::<Int>().and_then(|word| u32::try_from(word.0).ok()).ok_or_else(too_large);
    let code: Vec<u32> = code.to_vec().iter().map(word).collect::<PyResult<_>>()?;
    let (flags, groups) = (vm.index_isize(flags)?, vm.index_isize(groups)?);
    Ok(pattern::new(vm, pattern, flags as i64, code, groups as usize, groupindex, indexgroup))
}

/// What a pattern is matched against: text or bytes.
pub(super) enum Subject<'a> {
    Text(&'a Str),
    Bytes(Cow<'a, [u8]>),
}

impl<'a> Subject<'a> {
    /// The subject as text or bytes, those of a buffer as they are now; `None` for anything else.
    pub(super) fn of(vm: &Vm, obj: &'a Obj) -> Option<Subject<'a>> {
        if let Some(text) = obj.get::<Str>() {
            return Some(Subject::Text(text));
        }
        match obj.get::<Bytes>() {
            Some(bytes) => Some(Subject::Bytes(Cow::Borrowed(bytes.as_bytes()))),
            None => vm.bytes_like(obj).map(|bytes| Subject::Bytes(Cow::Owned(bytes))),
        }
    }

    /// How many characters or bytes.
    pub(super) fn len(&self) -> usize {
        match self {
            Subject::Text(text) => text.chars(),
            Subject::Bytes(bytes) => bytes.len(),
        }
    }

    /// The part from one position to another.
    pub(super) fn slice(&self, vm: &Vm, from: usize, to: usize) -> Obj {
        match self {
            // A buffer may be shorter than it was when the match was found.
            Subject::Bytes(bytes) => vm.bytes(&bytes[from.min(bytes.len())..to.min(bytes.len())]),
            Subject::Text(text) if text.is_ascii() => vm.str_from_bytes(&text.as_bytes()[from..to]),
            Subject::Text(text) => {
                let bytes = text.as_bytes();
                let mut starts = bytes.iter().enumerate().filter(|(_, b)| **b & 0xC0 != 0x80).map(|(i, _)| i).chain([bytes.len()]);
                let first = starts.nth(from).unwrap_or(bytes.len());
                let last = if to > from { starts.nth(to - from - 1).unwrap_or(bytes.len()) } else { first };
                vm.str_from_bytes(&bytes[first..last])
            }
        }
    }
}

/// Makes the payloads known to a heap.
pub(crate) fn register_payloads(heap: &heap::Heap) {
    heap.register::<pattern::Pattern>();
    heap.register::<pattern::Scanner>();
    heap.register::<matched::Match>();
    heap.register::<template::Template>();
}
