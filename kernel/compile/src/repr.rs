//! `repr()` of constants, for listings.
//!
//! Floats are the shortest text that reads back the same, strings are escaped as Python escapes them. Follows `Objects/*object.c`.

use std::fmt::Write;

use crate::code::{Const, PyStr};

/// `repr(value)`; a code object without its address.
pub fn repr(value: &Const) -> String {
    let mut text = String::new();
    write_repr(value, &mut text);
    text
}

/// Recursion ends with the nesting that the parser allows.
fn write_repr(value: &Const, text: &mut String) {
    match value {
        Const::None => text.push_str("None"),
        Const::True => text.push_str("True"),
        Const::False => text.push_str("False"),
        Const::Ellipsis => text.push_str("Ellipsis"),
        Const::Int(value) => text.push_str(&value.to_string()),
        Const::BigInt(value) => text.push_str(&value.to_string()),
        Const::Float(value) => text.push_str(&float(*value, true)),
        Const::Complex(real, imag) => {
            if *real == 0.0 && real.is_sign_positive() {
                let _ = write!(text, "{}j", float(*imag, false));
            } else {
                let sign = if imag.is_sign_negative() { "" } else { "+" };
                let _ = write!(text, "({}{sign}{}j)", float(*real, false), float(*imag, false));
            }
        }
        Const::Str(value) => write_str(value, text),
        Const::Bytes(bytes) => write_bytes(bytes, text),
        Const::Tuple(items) => {
            let end = if items.len() == 1 { ",)" } else { ")" };
            write_items("(", items, end, text);
        }
        Const::FrozenSet(items) if items.is_empty() => text.push_str("frozenset()"),
        Const::FrozenSet(items) => write_items("frozenset({", items, "})", text),
        Const::Slice(parts) => write_items("slice(", &parts[..], ")", text),
        Const::Code(code) => {
            let _ = write!(text, "<code object {}, file \"{}\", line {}>", code.name, code.filename, code.first_line);
        }
    }
}

fn write_items(start: &str, items: &[Const], end: &str, text: &mut String) {
    text.push_str(start);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        write_repr(item, text);
    }
    text.push_str(end);
}

/// `repr(float)`: an exponent below 1e-4 and from 1e16; `point`: `.0` for whole numbers.
fn float(value: f64, point: bool) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-inf".into() } else { "inf".into() };
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(("+", exponent), |exponent| ("-", exponent));
        return format!("{digits}e{sign}{exponent:0>2}");
    }
    let text = value.to_string();
    if point && !text.contains('.') { text + ".0" } else { text }
}

/// The quote that needs no escape, single if both or none do.
fn quote_for(has_single: bool, has_double: bool) -> u8 {
    if has_single && !has_double { b'"' } else { b'\'' }
}

fn write_bytes(bytes: &[u8], text: &mut String) {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    text.push('b');
    text.push(quote.into());
    for &byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            _ if byte == quote => text.extend(['\\', byte.into()]),
            b' '..=b'~' => text.push(byte.into()),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text.push(quote.into());
}

fn write_str(value: &PyStr, text: &mut String) {
    let bytes = value.as_bytes();
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    text.push(quote.into());
    for point in value.code_points() {
        match (point, char::from_u32(point)) {
            (_, Some('\\')) => text.push_str("\\\\"),
            (_, Some('\t')) => text.push_str("\\t"),
            (_, Some('\n')) => text.push_str("\\n"),
            (_, Some('\r')) => text.push_str("\\r"),
            (_, Some(char)) if point == u32::from(quote) => text.extend(['\\', char]),
            (_, Some(char)) if !char.is_control() && (char == ' ' || !char.is_whitespace()) => text.push(char),
            (0..0x100, _) => {
                let _ = write!(text, "\\x{point:02x}");
            }
            (0..0x1_0000, _) => {
                let _ = write!(text, "\\u{point:04x}");
            }
            _ => {
                let _ = write!(text, "\\U{point:08x}");
            }
        }
    }
    text.push(quote.into());
}
