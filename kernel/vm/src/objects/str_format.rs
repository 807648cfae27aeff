//! `str.format` and `str.format_map`: replacement fields (`Objects/stringlib/unicode_format.h`).

use heap::{Kind, Obj};

use super::leaf::{text, text_of};
use crate::text::{unicode, wtf8};
use crate::{Args, PyResult, Raised, Vm};

/// Where fields find their values.
enum Source<'a> {
    Call(Args<'a>),
    Mapping(&'a Obj),
}

/// Whether fields are numbered by themselves or by name; mixing them is an error.
#[derive(Clone, Copy, PartialEq)]
enum Numbering {
    Open,
    Automatic(usize),
    Manual,
}

/// A replacement field as it stands in the format.
pub(crate) struct Field<'a> {
    /// What comes before the colon and the exclamation mark.
    pub(crate) name: &'a [u8],
    /// `r`, `s`, `a` or anything else that was written.
    pub(crate) conversion: Option<u32>,
    /// What comes after the colon.
    pub(crate) spec: &'a [u8],
    /// Whether the specification has fields of its own.
    pub(crate) nested: bool,
}

/// `this.format(*args, **kwargs)`.
pub(crate) fn format(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    whole(vm, this, &Source::Call(args))
}

/// `this.format_map(mapping)`.
pub(crate) fn format_map(vm: &Vm, this: &Obj, mapping: &Obj) -> PyResult {
    whole(vm, this, &Source::Mapping(mapping))
}

fn whole(vm: &Vm, this: &Obj, source: &Source<'_>) -> PyResult {
    let format = text_of(this);
    let mut rest = format;
    // A text that is all there is to show is shown itself: the format without fields, or the value of its only field.
    if let (Ok((literal, field)), true) = (next(vm, &mut rest), rest.is_empty()) {
        match field {
            None if literal.len() == format.len() && this.kind() == Kind::STR => return Ok(this.clone()),
            Some(field) if literal.is_empty() && !field.nested => {
                let value = find_value(vm, field.name, source, &mut Numbering::Open)?;
                let value = converted(vm, value, field.conversion)?;
                return if field.spec.is_empty() && value.kind() == Kind::STR {
                    Ok(value)
                } else {
                    vm.format(&value, &vm.str_from_bytes(field.spec))
                };
            }
            _ => {}
        }
    }
    let out = build(vm, format, source, &mut Numbering::Open, 2)?;
    Ok(vm.str_from_bytes(&out))
}

fn build(vm: &Vm, format: &[u8], source: &Source<'_>, numbering: &mut Numbering, depth: u8) -> PyResult<Vec<u8>> {
    if depth == 0 {
        return Err(vm.value_error("Max string recursion exceeded"));
    }
    let mut out = Vec::new();
    let mut rest = format;
    while !rest.is_empty() {
        let (literal, field) = next(vm, &mut rest)?;
        out.extend_from_slice(literal);
        if let Some(field) = field {
            render(vm, &field, source, numbering, depth, &mut out)?;
        }
    }
    Ok(out)
}

/// The literal text up to the next field, and the field (`MarkupIterator_next`).
pub(crate) fn next<'a>(vm: &Vm, rest: &mut &'a [u8]) -> PyResult<(&'a [u8], Option<Field<'a>>)> {
    let all = *rest;
    let Some(at) = all.iter().position(|b| matches!(b, b'{' | b'}')) else {
        *rest = &[];
        return Ok((all, None));
    };
    let (brace, after) = (all[at], &all[at + 1..]);
    if after.first() == Some(&brace) {
        *rest = &after[1..];
        return Ok((&all[..=at], None));
    }
    if brace == b'}' {
        return Err(vm.value_error("Single '}' encountered in format string"));
    }
    if after.is_empty() {
        return Err(vm.value_error("Single '{' encountered in format string"));
    }
    *rest = after;
    let field = parse_field(vm, rest)?;
    Ok((&all[..at], Some(field)))
}

fn parse_field<'a>(vm: &Vm, rest: &mut &'a [u8]) -> PyResult<Field<'a>> {
    let all = *rest;
    let mut at = 0;
    let end = loop {
        match all.get(at) {
            None => return Err(vm.value_error("expected '}' before end of string")),
            Some(b'{') => return Err(vm.value_error("unexpected '{' in field name")),
            Some(b'[') => at = all[at..].iter().position(|&b| b == b']').map_or(all.len(), |n| at + n),
            Some(b'}' | b':' | b'!') => break all[at],
            Some(_) => at += 1,
        }
    };
    let mut field = Field { name: &all[..at], conversion: None, spec: b"", nested: false };
    at += 1;
    if end == b'!' {
        if at >= all.len() {
            return Err(vm.value_error("end of string while looking for conversion specifier"));
        }
        field.conversion = Some(wtf8::at(all, at));
        at += wtf8::width(all[at]);
        match all.get(at) {
            Some(b'}') => {
                *rest = &all[at + 1..];
                return Ok(field);
            }
            Some(b':') => at += 1,
            Some(_) => return Err(vm.value_error("expected ':' after conversion specifier")),
            None => {}
        }
    } else if end == b'}' {
        *rest = &all[at..];
        return Ok(field);
    }
    let start = at;
    let mut open = 1;
    while let Some(b) = all.get(at) {
        at += 1;
        match b {
            b'{' => {
                field.nested = true;
                open += 1;
            }
            b'}' => {
                open -= 1;
                if open == 0 {
                    field.spec = &all[start..at - 1];
                    *rest = &all[at..];
                    return Ok(field);
                }
            }
            _ => {}
        }
    }
    Err(vm.value_error("unmatched '{' in format spec"))
}

fn render(vm: &Vm, field: &Field<'_>, source: &Source<'_>, numbering: &mut Numbering, depth: u8, out: &mut Vec<u8>) -> PyResult<()> {
    let value = find_value(vm, field.name, source, numbering)?;
    let value = converted(vm, value, field.conversion)?;
    let nested;
    let spec = if field.nested {
        nested = build(vm, field.spec, source, numbering, depth - 1)?;
        &nested[..]
    } else {
        field.spec
    };
    if spec.is_empty() && value.kind() == Kind::STR {
        out.extend_from_slice(text_of(&value));
        return Ok(());
    }
    let shown = vm.format(&value, &vm.str_from_bytes(spec))?;
    out.extend_from_slice(text_of(&shown));
    Ok(())
}

/// What stands behind the exclamation mark is done (`do_conversion`).
fn converted(vm: &Vm, value: Obj, conversion: Option<u32>) -> PyResult {
    match conversion {
        None => Ok(value),
        Some(0x72) => vm.repr(&value),
        Some(0x73) => vm.str_of(&value),
        Some(0x61) => vm.ascii(&value),
        Some(cp @ 33..127) => Err(vm.value_error(format!("Unknown conversion specifier {}", cp as u8 as char))),
        Some(cp) => Err(vm.value_error(format!("Unknown conversion specifier \\x{cp:x}"))),
    }
}

/// A name that is a number: `Ok(None)` if it is none.
pub(crate) fn number(vm: &Vm, name: &[u8]) -> PyResult<Option<usize>> {
    let mut value = None;
    for cp in wtf8::code_points(name) {
        let Some(digit) = unicode::decimal(cp) else { return Ok(None) };
        let next =
            value.unwrap_or(0usize).checked_mul(10).and_then(|n| n.checked_add(digit as usize)).filter(|&n| n <= isize::MAX as usize);
        value = Some(next.ok_or_else(|| vm.value_error("Too many decimal digits in format string"))?);
    }
    Ok(value)
}

/// The first part of a field's name, and the rest with its dots and brackets.
pub(crate) fn split_name(name: &[u8]) -> (&[u8], &[u8]) {
    name.split_at(name.iter().position(|b| matches!(b, b'.' | b'[')).unwrap_or(name.len()))
}

fn find_value(vm: &Vm, name: &[u8], source: &Source<'_>, numbering: &mut Numbering) -> PyResult {
    let (first, mut rest) = split_name(name);
    let mut index = number(vm, first)?;
    if first.is_empty() || index.is_some() {
        let automatic = first.is_empty();
        if *numbering == Numbering::Open {
            *numbering = if automatic { Numbering::Automatic(0) } else { Numbering::Manual };
        }
        match numbering {
            Numbering::Manual if automatic => {
                return Err(vm.value_error("cannot switch from manual field specification to automatic field numbering"));
            }
            Numbering::Automatic(_) if !automatic => {
                return Err(vm.value_error("cannot switch from automatic field numbering to manual field specification"));
            }
            Numbering::Automatic(next) => {
                index = Some(*next);
                *next += 1;
            }
            _ => {}
        }
    }
    let mut value = match (index, source) {
        (Some(index), Source::Call(args)) => match args.get(index) {
            Some(value) => value.clone(),
            None => return Err(vm.index_error(format!("Replacement index {index} out of range for positional args tuple"))),
        },
        (Some(_), Source::Mapping(_)) => return Err(vm.value_error("Format string contains positional fields")),
        (None, Source::Call(args)) => match args.keywords().find(|(name, _)| text(name) == Some(first)) {
            Some((_, value)) => value.clone(),
            None => return Err(vm.key_error(&vm.str_from_bytes(first))),
        },
        (None, Source::Mapping(mapping)) => vm.getitem(mapping, &vm.str_from_bytes(first))?,
    };
    while let Some(step) = next_step(vm, &mut rest)? {
        value = match step {
            Step::Attribute(name) => vm.getattr(&value, &vm.str_from_bytes(name))?,
            Step::Item(name) => {
                let key = match number(vm, name)? {
                    Some(index) => vm.int(index as i64),
                    None => vm.str_from_bytes(name),
                };
                vm.getitem(&value, &key)?
            }
        };
    }
    Ok(value)
}

/// One step of a field's name beyond its first part.
pub(crate) enum Step<'a> {
    /// `.name`.
    Attribute(&'a [u8]),
    /// `[name]`.
    Item(&'a [u8]),
}

/// A step of one kind or the other, from its name.
type MakeStep<'a> = fn(&'a [u8]) -> Step<'a>;

/// The next step (`FieldNameIterator_next`).
pub(crate) fn next_step<'a>(vm: &Vm, rest: &mut &'a [u8]) -> Result<Option<Step<'a>>, Raised> {
    let (name, step): (&[u8], MakeStep<'a>) = match rest.first() {
        None => return Ok(None),
        Some(b'.') => {
            let (name, after) = split_name(&rest[1..]);
            *rest = after;
            (name, Step::Attribute)
        }
        Some(b'[') => {
            let Some(end) = rest.iter().position(|&b| b == b']') else { return Err(vm.value_error("Missing ']' in format string")) };
            let name = &rest[1..end];
            *rest = &rest[end + 1..];
            (name, Step::Item)
        }
        Some(_) => return Err(vm.value_error("Only '.' or '[' may follow ']' in format field specifier")),
    };
    if name.is_empty() {
        return Err(vm.value_error("Empty attribute in format string"));
    }
    Ok(Some(step(name)))
}
