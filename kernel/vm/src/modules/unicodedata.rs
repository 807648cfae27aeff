//! `unicodedata`: what Unicode says of characters, from the `rustpython-unicode` crate (`Modules/unicodedata.c`).

use heap::Obj;
use rustpython_unicode::{LookupResult, NormalizeForm, Ucd};
use rustpython_wtf8::{CodePoint, Wtf8};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::objects::leaf;
use crate::text::wtf8;
use crate::{Args, PyResult, Vm};

use Convention::{One, Positional};

/// The newest database.
const UCD: Ucd = Ucd::new(true);

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "unicodedata",
    functions: &[
        Method::new("bidirectional", |vm, _, args| Ok(vm.str(bidirectional(only(vm, "bidirectional", args)?))), One)
            .signature("($self, chr, /)"),
        Method::new("category", |vm, _, args| Ok(vm.str(UCD.category(only(vm, "category", args)?))), One).signature("($self, chr, /)"),
        Method::new("combining", |vm, _, args| Ok(vm.int(UCD.combining(only(vm, "combining", args)?).into())), One)
            .signature("($self, chr, /)"),
        Method::new(
            "decimal",
            |vm, _, args| number(vm, args, "decimal", |c| UCD.decimal(c).map(Number::Whole), "not a decimal"),
            Positional,
        )
        .signature("($self, chr, default=<unrepresentable>, /)"),
        Method::new("decomposition", |vm, _, args| Ok(vm.str(&UCD.decomposition(only(vm, "decomposition", args)?))), One)
            .signature("($self, chr, /)"),
        Method::new("digit", |vm, _, args| number(vm, args, "digit", |c| UCD.digit(c).map(Number::Whole), "not a digit"), Positional)
            .signature("($self, chr, default=<unrepresentable>, /)"),
        Method::new("east_asian_width", |vm, _, args| Ok(vm.str(UCD.east_asian_width(only(vm, "east_asian_width", args)?))), One)
            .signature("($self, chr, /)"),
        Method::new("is_normalized", is_normalized, Positional).signature("($self, form, unistr, /)"),
        Method::new("lookup", lookup, One).signature("($self, name, /)"),
        Method::new("mirrored", |vm, _, args| Ok(vm.int(UCD.mirrored(only(vm, "mirrored", args)?).into())), One)
            .signature("($self, chr, /)"),
        Method::new("name", name, Positional).signature("($self, chr, default=<unrepresentable>, /)"),
        Method::new("normalize", normalize, Positional).signature("($self, form, unistr, /)"),
        Method::new(
            "numeric",
            |vm, _, args| number(vm, args, "numeric", |c| UCD.numeric(c).map(Number::Any), "not a numeric character"),
            Positional,
        )
        .signature("($self, chr, default=<unrepresentable>, /)"),
    ],
    init: |vm, module| {
        // CPython 3.14 has this one; the crate knows what 17.0 added, too.
        vm.dict_set_str(&vm.module_dict(module), "unidata_version", vm.str("16.0.0"));
        Ok(())
    },
};

/// The one character of an argument; `which` names it in error texts.
fn character(vm: &Vm, function: &str, which: &str, obj: &Obj) -> PyResult<CodePoint> {
    let Some(text) = leaf::text(obj) else {
        return Err(vm.type_error(format!("{function}() {which} must be a unicode character, not {}", vm.type_name(obj))));
    };
    let length = wtf8::count(text);
    if length != 1 {
        return Err(vm.type_error(format!("{function}(): {which} must be a unicode character, not a string of length {length}")));
    }
    Ok(CodePoint::from_u32(wtf8::at(text, 0)).expect("text is made of code points"))
}

/// Where no character is, CPython's table has no direction; surrogates go from left to right.
fn bidirectional(point: CodePoint) -> &'static str {
    match UCD.category(point) {
        "Cn" => "",
        "Cs" => "L",
        _ => UCD.bidirectional(point),
    }
}

fn only(vm: &Vm, function: &str, args: Args<'_>) -> PyResult<CodePoint> {
    character(vm, function, "argument", &args.pos()[0])
}

/// The value of a character that is a number.
enum Number {
    Whole(u64),
    Any(f64),
}

fn number(vm: &Vm, args: Args<'_>, function: &str, of: fn(CodePoint) -> Option<Number>, refusal: &str) -> PyResult {
    let args = args.check(vm, function, 1, 2)?;
    match of(character(vm, function, "argument 1", &args[0])?) {
        Some(Number::Whole(value)) => Ok(vm.uint(value)),
        Some(Number::Any(value)) => Ok(vm.float(value)),
        None => args.get(1).cloned().ok_or_else(|| vm.value_error(refusal)),
    }
}

fn name(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "name", 1, 2)?;
    let point = character(vm, "name", "argument 1", &args[0])?;
    library::packs::need(library::packs::NAMES);
    match point.to_char().and_then(rustpython_unicode::character_name) {
        Some(name) => Ok(vm.str(&name)),
        None => args.get(1).cloned().ok_or_else(|| vm.value_error("no such name")),
    }
}

fn lookup(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = &args.pos()[0];
    let Some(text) = leaf::text(given) else {
        return Err(vm.type_error(format!("a bytes-like object is required, not '{}'", vm.type_name(given))));
    };
    library::packs::need(library::packs::NAMES);
    match std::str::from_utf8(text).ok().and_then(|text| UCD.lookup(text)) {
        Some(LookupResult::Character(found)) => Ok(vm.str(&found.to_string())),
        Some(LookupResult::Sequence(found)) => Ok(vm.str(found)),
        None => Err(vm.key_error(&vm.str(&format!("undefined character name '{}'", vm.lossy(given))))),
    }
}

/// A form and a text.
fn form_and_text<'a>(vm: &Vm, function: &str, args: Args<'a>) -> PyResult<(NormalizeForm, &'a Wtf8)> {
    let args = args.check(vm, function, 2, 2)?;
    for (i, given) in args.iter().enumerate() {
        if leaf::text(given).is_none() {
            return Err(vm.type_error(format!("{function}() argument {} must be str, not {}", i + 1, vm.type_name(given))));
        }
    }
    let form = std::str::from_utf8(leaf::text_of(&args[0])).ok().and_then(|form| form.parse().ok());
    let text = Wtf8::from_bytes(leaf::text_of(&args[1])).expect("text is WTF-8");
    Ok((form.ok_or_else(|| vm.value_error("invalid normalization form"))?, text))
}

fn normalize(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let (form, text) = form_and_text(vm, "normalize", args)?;
    if rustpython_unicode::is_normalized(form, text) {
        return Ok(leaf::plain(&args.pos()[1]));
    }
    Ok(vm.str_from_bytes(rustpython_unicode::normalize(form, text).as_bytes()))
}

fn is_normalized(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let (form, text) = form_and_text(vm, "is_normalized", args)?;
    Ok(vm.bool(rustpython_unicode::is_normalized(form, text)))
}
