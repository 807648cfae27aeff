//! Text and bytes as Python shows them: `repr`, `ascii`.

use super::unicode;
use super::wtf8::{code_points, push};

fn quote_for(has: impl Fn(u8) -> bool) -> u8 {
    if has(b'\'') && !has(b'"') { b'"' } else { b'\'' }
}

fn push_text(out: &mut Vec<u8>, text: &[u8], ascii: bool) {
    let quote = quote_for(|b| text.contains(&b));
    out.push(quote);
    for cp in code_points(text) {
        match cp {
            _ if cp == u32::from(quote) || cp == '\\' as u32 => out.extend([b'\\', cp as u8]),
            9 => out.extend(b"\\t"),
            10 => out.extend(b"\\n"),
            13 => out.extend(b"\\r"),
            0x20..0x7F => out.push(cp as u8),
            _ if !ascii && unicode::is_printable(cp) => push(out, cp),
            _ => push_escape(out, cp),
        }
    }
    out.push(quote);
}

/// Appends `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
pub(crate) fn push_escape(out: &mut Vec<u8>, cp: u32) {
    let text = match cp {
        0..0x100 => format!("\\x{cp:02x}"),
        0x100..0x1_0000 => format!("\\u{cp:04x}"),
        _ => format!("\\U{cp:08x}"),
    };
    out.extend(text.bytes());
}

/// `repr(text)`.
pub(crate) fn of_str(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    push_text(&mut out, text, false);
    out
}

/// `repr(data)` of bytes, with its prefix.
pub(crate) fn of_bytes(data: &[u8]) -> String {
    let quote = quote_for(|b| data.contains(&b));
    let mut out = String::with_capacity(data.len() + 3);
    out.push('b');
    push_bytes(&mut out, data, quote);
    out
}

/// Appends bytes between quotes.
pub(crate) fn push_bytes(out: &mut String, data: &[u8], quote: u8) {
    out.push(quote as char);
    for &b in data {
        match b {
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\\' => out.push_str("\\\\"),
            _ if b == quote => {
                out.push('\\');
                out.push(b as char);
            }
            0x20..0x7F => out.push(b as char),
            _ => {
                out.push_str("\\x");
                out.extend([b >> 4, b & 15].map(|digit| char::from(b"0123456789abcdef"[digit as usize])));
            }
        }
    }
    out.push(quote as char);
}

/// Appends the bytes of a `bytearray`'s repr: an apostrophe is escaped between either quotes.
pub(crate) fn push_bytes_of_array(out: &mut String, data: &[u8]) {
    let quote = quote_for(|b| data.contains(&b));
    let mut inner = String::new();
    push_bytes(&mut inner, data, quote);
    if quote == b'"' { out.push_str(&inner.replace('\'', "\\'")) } else { out.push_str(&inner) }
}
