//! The codecs `unicode_escape` and `raw_unicode_escape`: text as Python source writes it.

use super::codec::OnDecode;
use super::encoding::Problem;
use super::repr::push_escape;
use super::wtf8::{code_points, push};

/// Text as escapes; the raw form knows only `\u` and `\U`.
pub(crate) fn encode(text: &[u8], raw: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for cp in code_points(text) {
        match cp {
            0..0x100 if raw => out.push(cp as u8),
            _ if raw => push_escape(&mut out, cp),
            9 => out.extend(b"\\t"),
            10 => out.extend(b"\\n"),
            13 => out.extend(b"\\r"),
            0x5C => out.extend(b"\\\\"),
            0x20..0x7F => out.push(cp as u8),
            _ => push_escape(&mut out, cp),
        }
    }
    out
}

/// Escapes as text.
pub(crate) fn decode<E>(data: &[u8], raw: bool, last: bool, fail: OnDecode<'_, E>) -> Result<(Vec<u8>, usize), E> {
    let encoding = if raw { "rawunicodeescape" } else { "unicodeescape" };
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(&b) = data.get(at) {
        if b != b'\\' || (raw && !matches!(data.get(at + 1), Some(b'u' | b'U'))) {
            // In the raw form a backslash behind a backslash begins nothing.
            push(&mut out, b.into());
            at += 1;
            if raw
                && b == b'\\'
                && let Some(&next) = data.get(at)
            {
                push(&mut out, next.into());
                at += 1;
            }
            continue;
        }
        let start = at;
        let step = one(data, start, raw);
        if !last && matches!(step, Step::Wrong(end, _) if end == data.len()) {
            return Ok((out, start));
        }
        match step {
            Step::Char(cp, end) => {
                push(&mut out, cp);
                at = end;
            }
            Step::Nothing(end) => at = end,
            Step::Unknown(end) => {
                out.push(b'\\');
                push(&mut out, data[start + 1].into());
                at = end;
            }
            Step::Wrong(end, reason) => {
                let (text, resume) = fail(Problem { encoding, start, end, reason })?;
                out.extend(text);
                at = resume;
            }
        }
    }
    Ok((out, data.len()))
}

enum Step {
    /// A character, and where its escape ends.
    Char(u32, usize),
    /// A line that goes on.
    Nothing(usize),
    /// A backslash that stands for itself.
    Unknown(usize),
    /// What is wrong, and where it ends.
    Wrong(usize, &'static str),
}

fn one(data: &[u8], start: usize, raw: bool) -> Step {
    let Some(&kind) = data.get(start + 1) else { return Step::Wrong(data.len(), "\\ at end of string") };
    let after = start + 2;
    let hex = |n: usize, reason| {
        let digits = data[after..].iter().take(n).take_while(|b| b.is_ascii_hexdigit()).count();
        if digits < n {
            return Step::Wrong(after + digits, reason);
        }
        let value = data[after..after + n].iter().fold(0u32, |v, &b| v << 4 | (b as char).to_digit(16).unwrap_or(0));
        if value > 0x10_FFFF {
            Step::Wrong(after + n, if raw { "\\Uxxxxxxxx out of range" } else { "illegal Unicode character" })
        } else {
            Step::Char(value, after + n)
        }
    };
    match kind {
        b'u' => hex(4, "truncated \\uXXXX escape"),
        b'U' => hex(8, "truncated \\UXXXXXXXX escape"),
        b'x' => hex(2, "truncated \\xXX escape"),
        b'\n' => Step::Nothing(after),
        b'\\' | b'\'' | b'"' => Step::Char(kind.into(), after),
        b'b' => Step::Char(8, after),
        b't' => Step::Char(9, after),
        b'n' => Step::Char(10, after),
        b'r' => Step::Char(13, after),
        b'f' => Step::Char(12, after),
        b'v' => Step::Char(11, after),
        b'a' => Step::Char(7, after),
        b'0'..=b'7' => {
            let n = data[start + 1..].iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
            Step::Char(data[start + 1..start + 1 + n].iter().fold(0, |v, b| v << 3 | u32::from(b - b'0')), start + 1 + n)
        }
        b'N' => {
            let malformed = "malformed \\N character escape";
            if data.get(after) != Some(&b'{') {
                return Step::Wrong(after, malformed);
            }
            let Some(close) = data[after..].iter().position(|&b| b == b'}').filter(|&n| n > 1) else {
                return Step::Wrong(data[after..].iter().position(|&b| b == b'}').map_or(data.len(), |n| after + n), malformed);
            };
            let end = after + close + 1;
            let name = std::str::from_utf8(&data[after + 1..end - 1]).unwrap_or_default();
            library::packs::need(library::packs::NAMES);
            unicode_names2::character(name).map_or(Step::Wrong(end, "unknown Unicode character name"), |c| Step::Char(c as u32, end))
        }
        _ => Step::Unknown(after),
    }
}
