//! `UnicodeDecodeError`, `UnicodeEncodeError` and `UnicodeTranslateError`: what could not be converted, where, and why.

use compile::Version;
use heap::{Bytes, Int, Obj, Str};

use super::hierarchy::{field, store};
use crate::class::{GetSet, Slots};
use crate::{Args, PyResult, Vm};

const ENCODING: usize = 0;
const OBJECT: usize = 1;
const START: usize = 2;
const END: usize = 3;
const REASON: usize = 4;

pub(super) static GETSET: &[GetSet] =
    &[get::<ENCODING>("encoding"), get::<OBJECT>("object"), get::<START>("start"), get::<END>("end"), get::<REASON>("reason")];

const fn get<const I: usize>(name: &'static str) -> GetSet {
    GetSet {
        name,
        get: |vm, this| Ok(field(this, I).unwrap_or_else(|| vm.none())),
        set: Some(|_, this, value| {
            store(this, I, value.cloned());
            Ok(())
        }),
        member: true,
        doc: "",
    }
}

pub(super) fn decode(slots: &Slots) {
    slots.init.set(Some(|vm, this, args| init(vm, this, args, &["str", "bytes", "int", "int", "str"])));
    slots.str.set(Some(|vm, this| {
        let Some((start, end)) = span(this).filter(|_| field(this, OBJECT).is_some()) else { return Ok(vm.consts.empty_str.clone()) };
        let (encoding, reason) = texts(vm, this, true)?;
        let byte =
            field(this, OBJECT).and_then(|object| object.get::<Bytes>().and_then(|bytes| bytes.as_bytes().get(start as usize).copied()));
        let message = match byte.filter(|_| end == start + 1) {
            Some(byte) => format!("'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}"),
            None => format!("'{encoding}' codec can't decode bytes in position {start}-{}: {reason}", end - 1),
        };
        Ok(vm.str(&message))
    }));
}

pub(super) fn encode(slots: &Slots) {
    slots.init.set(Some(|vm, this, args| init(vm, this, args, &["str", "str", "int", "int", "str"])));
    slots.str.set(Some(|vm, this| {
        let Some((start, end)) = span(this).filter(|_| field(this, OBJECT).is_some()) else { return Ok(vm.consts.empty_str.clone()) };
        let (encoding, reason) = texts(vm, this, false)?;
        let message = match character(this, start).filter(|_| end == start + 1) {
            Some(c) => format!("'{encoding}' codec can't encode character '{}' in position {start}: {reason}", escaped(c)),
            None => format!("'{encoding}' codec can't encode characters in position {start}-{}: {reason}", end - 1),
        };
        Ok(vm.str(&message))
    }));
}

pub(super) fn translate(slots: &Slots) {
    slots.init.set(Some(|vm, this, args| {
        super::init(vm, this, args)?;
        take(vm, this, args, OBJECT, &["str", "int", "int", "str"])
    }));
    slots.str.set(Some(|vm, this| {
        let Some((start, end)) = span(this).filter(|_| field(this, OBJECT).is_some()) else { return Ok(vm.consts.empty_str.clone()) };
        let (_, reason) = texts(vm, this, false)?;
        let message = match character(this, start).filter(|_| end == start + 1) {
            Some(c) => format!("can't translate character '{}' in position {start}: {reason}", escaped(c)),
            None => format!("can't translate characters in position {start}-{}: {reason}", end - 1),
        };
        Ok(vm.str(&message))
    }));
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>, kinds: &[&str]) -> PyResult<()> {
    super::init(vm, this, args)?;
    take(vm, this, args, ENCODING, kinds)
}

fn take(vm: &Vm, this: &Obj, args: Args<'_>, first: usize, kinds: &[&str]) -> PyResult<()> {
    if args.pos().len() != kinds.len() {
        return Err(vm.type_error(format!("function takes exactly {} arguments ({} given)", kinds.len(), args.pos().len())));
    }
    for (i, (kind, value)) in kinds.iter().zip(args.pos()).enumerate() {
        let mut value = value.clone();
        let fits = match *kind {
            "str" => value.get::<Str>().is_some(),
            "int" => value.get::<Int>().is_some(),
            _ => {
                // Any object with a buffer will do; it is kept as bytes.
                if value.get::<Bytes>().is_none() {
                    value = vm.call(&vm.types.bytes, &[value])?;
                }
                true
            }
        };
        if !fits {
            let (given, wanted) = (vm.type_name(&value), kind);
            return Err(vm.type_error(if *kind == "int" {
                format!("'{given}' object cannot be interpreted as an integer")
            } else {
                format!("argument {} must be {wanted}, not {given}", i + 1)
            }));
        }
        store(this, first + i, Some(value));
    }
    Ok(())
}

fn span(this: &Obj) -> Option<(i64, i64)> {
    let number = |place| field(this, place).and_then(|n| n.get::<Int>().map(|n| n.0));
    Some((number(START)?, number(END)?))
}

/// The encoding and the reason. A `__str__` may be theirs, and may have taken the object away.
fn texts(vm: &Vm, this: &Obj, of_bytes: bool) -> PyResult<(String, String)> {
    let text = |place| field(this, place).map_or(Ok("None".to_owned()), |held| vm.text_of(&held));
    let (reason, encoding) = (text(REASON)?, text(ENCODING)?);
    let (fits, wanted) = match field(this, OBJECT) {
        None => return Err(vm.type_error("UnicodeError 'object' attribute is not set")),
        Some(object) if of_bytes => (object.get::<Bytes>().is_some(), "bytes"),
        Some(object) => (object.get::<Str>().is_some(), "string"),
    };
    if !fits && vm.version >= Version::V3_14 {
        return Err(vm.type_error(format!("UnicodeError 'object' attribute must be a {wanted}")));
    }
    Ok((encoding, reason))
}

fn character(this: &Obj, index: i64) -> Option<u32> {
    let object = field(this, OBJECT)?;
    let bytes = object.get::<Str>()?.as_bytes();
    let mut starts = bytes.iter().enumerate().filter(|(_, b)| **b & 0xC0 != 0x80).map(|(i, _)| i);
    let at = &bytes[starts.nth(usize::try_from(index).ok()?)?..];
    let rest = |n: usize, first: u32| at[1..n].iter().fold(first, |code, b| code << 6 | u32::from(b & 0x3F));
    Some(match at[0] {
        b if b < 0x80 => u32::from(b),
        b if b < 0xE0 => rest(2, u32::from(b & 0x1F)),
        b if b < 0xF0 => rest(3, u32::from(b & 0x0F)),
        b => rest(4, u32::from(b & 0x07)),
    })
}

fn escaped(c: u32) -> String {
    match c {
        0..=0xFF => format!("\\x{c:02x}"),
        0x100..=0xFFFF => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}
