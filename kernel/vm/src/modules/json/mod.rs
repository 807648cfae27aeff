//! `_json`: reading and writing JSON (`Modules/_json.c`). `scan.rs` reads, `write.rs` writes.

mod scan;
mod write;

use heap::{Kind, Obj};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::objects::leaf;
use crate::{Args, PyResult, Raised, Signature, Vm, kinds};

const fn kind(n: u8) -> Kind {
    Kind(kinds::MODULES.0 + n)
}

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_json",
    functions: &[write::ENCODE_ASCII, write::ENCODE, Method::new("scanstring", scanstring, Convention::Positional)],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "make_scanner", vm.late_class(&scan::SCANNER));
        vm.dict_set_str(&dict, "make_encoder", vm.late_class(&write::ENCODER));
        Ok(())
    },
};

/// Makes the payloads known to a heap.
pub(super) fn register_payloads(heap: &heap::Heap) {
    heap.register::<scan::Scanner>();
    heap.register::<write::Encoder>();
}

/// A text that is read: its characters by their numbers.
struct Doc<'a> {
    obj: &'a Obj,
    bytes: &'a [u8],
    /// Nothing if each byte is a character.
    wide: Option<Vec<u32>>,
}

impl<'a> Doc<'a> {
    fn new(vm: &Vm, obj: &'a Obj) -> PyResult<Doc<'a>> {
        let Some(bytes) = leaf::text(obj) else {
            return Err(vm.type_error(format!("first argument must be a string, not {}", vm.type_name(obj))));
        };
        let wide = (!bytes.is_ascii()).then(|| crate::text::wtf8::code_points(bytes).collect());
        Ok(Doc { obj, bytes, wide })
    }

    fn len(&self) -> usize {
        self.wide.as_ref().map_or(self.bytes.len(), Vec::len)
    }

    /// A character; 0 behind the end.
    fn at(&self, i: usize) -> u32 {
        match &self.wide {
            Some(wide) => wide.get(i).copied().unwrap_or(0),
            None => self.bytes.get(i).copied().map_or(0, u32::from),
        }
    }

    fn is(&self, i: usize, c: char) -> bool {
        i < self.len() && self.at(i) == c as u32
    }

    fn starts_with(&self, i: usize, word: &str) -> bool {
        word.chars().enumerate().all(|(n, c)| self.is(i + n, c))
    }

    fn skip_space(&self, mut i: usize) -> usize {
        while i < self.len() && matches!(self.at(i), 0x20 | 0x09 | 0x0a | 0x0d) {
            i += 1;
        }
        i
    }

    /// `raise_errmsg`: a `JSONDecodeError` about this place.
    fn error(&self, vm: &Vm, message: &str, at: usize) -> Raised {
        let make = || -> PyResult {
            let class = vm.getattr_str(&vm.import_module("json.decoder")?, "JSONDecodeError")?;
            vm.call(&class, &[vm.str(message), self.obj.clone(), vm.int(at as i64)])
        };
        match make() {
            Ok(error) => Raised(error),
            Err(raised) => raised,
        }
    }

    /// `scanstring_unicode`: the text of a string whose characters begin at `begin`, and the place behind its end.
    fn string(&self, vm: &Vm, begin: usize, strict: bool) -> PyResult<(Obj, usize)> {
        let mut out: Vec<u32> = Vec::new();
        let mut at = begin;
        loop {
            if at >= self.len() {
                return Err(self.error(vm, "Unterminated string starting at", begin - 1));
            }
            let c = self.at(at);
            match c {
                0x22 => break,
                0x5c => at = self.escape(vm, begin, at, &mut out)?,
                0..=0x1f if strict => return Err(self.error(vm, "Invalid control character at", at)),
                _ => {
                    out.push(c);
                    at += 1;
                }
            }
        }
        let plain = self.wide.is_none() && out.len() == at - begin;
        let text = if plain { vm.str_from_bytes(&self.bytes[begin..at]) } else { vm.str_from_bytes(&crate::text::wtf8::collect(out)) };
        Ok((text, at + 1))
    }

    /// A backslash and what it means; gives the place behind.
    fn escape(&self, vm: &Vm, begin: usize, at: usize, out: &mut Vec<u32>) -> PyResult<usize> {
        if at + 1 >= self.len() {
            return Err(self.error(vm, "Unterminated string starting at", begin - 1));
        }
        let plain = match char::from_u32(self.at(at + 1)) {
            Some(c @ ('"' | '\\' | '/')) => c as u32,
            Some('b') => 8,
            Some('f') => 12,
            Some('n') => 10,
            Some('r') => 13,
            Some('t') => 9,
            Some('u') => {
                let high = self.hex(at + 2).ok_or_else(|| self.error(vm, "Invalid \\uXXXX escape", at + 1))?;
                let low = if (0xd800..0xdc00).contains(&high) && self.starts_with(at + 6, "\\u") { self.hex(at + 8) } else { None };
                if let Some(low) = low.filter(|low| (0xdc00..0xe000).contains(low)) {
                    out.push(0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00)));
                    return Ok(at + 12);
                }
                out.push(high);
                return Ok(at + 6);
            }
            _ => return Err(self.error(vm, "Invalid \\escape", at)),
        };
        out.push(plain);
        Ok(at + 2)
    }

    /// Four hexadecimal digits.
    fn hex(&self, at: usize) -> Option<u32> {
        if at + 4 > self.len() {
            return None;
        }
        (at..at + 4).try_fold(0, |value, i| Some(value << 4 | char::from_u32(self.at(i))?.to_digit(16)?))
    }
}

fn scanstring(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "scanstring", 2, 3)?;
    let doc = Doc::new(vm, &given[0])?;
    let end = vm.index_isize(&given[1])?;
    let strict = given.get(2).map_or(Ok(true), |strict| vm.is_true(strict))?;
    match usize::try_from(end).ok().filter(|end| (1..=doc.len()).contains(end)) {
        Some(begin) => {
            let (text, end) = doc.string(vm, begin, strict)?;
            Ok(vm.pair(text, vm.int(end as i64)))
        }
        None => Err(vm.value_error("end is out of bounds")),
    }
}

/// The one parameter that a class of this module is called with, and others by name.
const fn signature(name: &'static str, params: &'static [&'static str]) -> Signature {
    Signature { name, params, positional_only: 0, positional: params.len(), required: params.len() }
}
