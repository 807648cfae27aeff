//! Finding and cutting, the same for text and bytes (`Objects/stringlib`): generalised UTF-8 can be searched by its bytes.
//!
//! Offsets are bytes. What differs between text and bytes — what stands between two neighbours, what is a space — is a parameter.

use memchr::memmem;

use super::wtf8::{self, pieces};

/// Text is cut between code points, bytes anywhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A `str`.
    CodePoint,
    /// A `bytes`.
    Byte,
}

impl Unit {
    /// How many units.
    pub(crate) fn count(self, data: &[u8]) -> usize {
        if self == Unit::Byte || data.is_ascii() { data.len() } else { wtf8::count(data) }
    }

    /// The first unit's size in bytes.
    fn first(self, data: &[u8]) -> usize {
        if self == Unit::Byte { 1 } else { wtf8::width(data[0]) }
    }
}

/// The first place of `needle`.
pub(crate) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    memmem::find(hay, needle)
}

/// The last place of `needle`.
pub(crate) fn rfind(hay: &[u8], needle: &[u8]) -> Option<usize> {
    memmem::rfind(hay, needle)
}

/// How often `needle` stands in `hay`, without overlap.
pub(crate) fn count(hay: &[u8], needle: &[u8], unit: Unit) -> usize {
    if needle.is_empty() { unit.count(hay) + 1 } else { memmem::find_iter(hay, needle).count() }
}

/// The parts between separators; at most `limit` cuts.
pub(crate) fn split<'a>(text: &'a [u8], separator: &[u8], limit: usize) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    split_each(text, separator, limit, |part| parts.push(part));
    parts
}

/// As [`split`], giving one part after another to `each`.
pub(crate) fn split_each<'a>(text: &'a [u8], separator: &[u8], limit: usize, mut each: impl FnMut(&'a [u8])) {
    let mut from = 0;
    let mut cut = |at: usize| {
        each(&text[from..at]);
        from = at + separator.len();
    };
    match separator {
        [one] => memchr::memchr_iter(*one, text).take(limit).for_each(&mut cut),
        _ => memmem::find_iter(text, separator).take(limit).for_each(&mut cut),
    }
    each(&text[from..]);
}

/// As [`split`], cutting from the right.
pub(crate) fn rsplit<'a>(text: &'a [u8], separator: &[u8], limit: usize) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = text;
    while parts.len() < limit {
        let Some(at) = memmem::rfind(rest, separator) else { break };
        parts.push(&rest[at + separator.len()..]);
        rest = &rest[..at];
    }
    parts.push(rest);
    parts.reverse();
    parts
}

/// A unit at the front or the back that satisfies `wanted`.
fn ends_with_unit(text: &[u8], unit: Unit, back: bool, wanted: &dyn Fn(u32) -> bool) -> Option<usize> {
    if text.is_empty() {
        return None;
    }
    let at = if !back {
        0
    } else if unit == Unit::Byte {
        text.len() - 1
    } else {
        text.iter().rposition(|b| b & 0xC0 != 0x80)?
    };
    let cp = if unit == Unit::Byte { text[at].into() } else { wtf8::at(text, at) };
    let size = if back { text.len() - at } else { unit.first(text) };
    wanted(cp).then_some(size)
}

/// Takes units off the front and the back while they satisfy `wanted`.
pub(crate) fn strip<'a>(mut text: &'a [u8], unit: Unit, front: bool, back: bool, wanted: &dyn Fn(u32) -> bool) -> &'a [u8] {
    while let Some(n) = ends_with_unit(text, unit, false, wanted).filter(|_| front) {
        text = &text[n..];
    }
    while let Some(n) = ends_with_unit(text, unit, true, wanted).filter(|_| back) {
        text = &text[..text.len() - n];
    }
    text
}

/// The words between white space; at most `limit` cuts.
pub(crate) fn split_space<'a>(text: &'a [u8], unit: Unit, limit: usize, space: &dyn Fn(u32) -> bool) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = strip(text, unit, true, false, space);
    while !rest.is_empty() {
        if parts.len() == limit {
            parts.push(rest);
            break;
        }
        let word = word_end(rest, unit, space);
        parts.push(&rest[..word]);
        rest = strip(&rest[word..], unit, true, false, space);
    }
    parts
}

fn word_end(text: &[u8], unit: Unit, space: &dyn Fn(u32) -> bool) -> usize {
    let mut at = 0;
    while at < text.len() {
        let cp = if unit == Unit::Byte { text[at].into() } else { wtf8::at(text, at) };
        if space(cp) {
            break;
        }
        at += unit.first(&text[at..]);
    }
    at
}

/// As [`split_space`], cutting from the right.
pub(crate) fn rsplit_space<'a>(text: &'a [u8], unit: Unit, limit: usize, space: &dyn Fn(u32) -> bool) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = strip(text, unit, false, true, space);
    while !rest.is_empty() {
        if parts.len() == limit {
            parts.push(rest);
            break;
        }
        let before = strip(rest, unit, false, true, &|cp| !space(cp));
        parts.push(&rest[before.len()..]);
        rest = strip(before, unit, false, true, space);
    }
    parts.reverse();
    parts
}

/// The lines, with or without what ends them.
pub(crate) fn lines(text: &[u8], unit: Unit, keep_ends: bool) -> Vec<&[u8]> {
    let is_break = |cp: u32| if unit == Unit::Byte { matches!(cp, 10 | 13) } else { super::unicode::is_line_break(cp) };
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let line = word_end(rest, unit, &is_break);
        let mut end = line;
        if line < rest.len() {
            end += if rest[line..].starts_with(b"\r\n") { 2 } else { unit.first(&rest[line..]) };
        }
        parts.push(&rest[..if keep_ends { end } else { line }]);
        rest = &rest[end..];
    }
    parts
}

/// Replaces at most `limit` places; `None` if there is nothing to do.
pub(crate) fn replace(text: &[u8], old: &[u8], new: &[u8], limit: usize, unit: Unit) -> Option<Vec<u8>> {
    if limit == 0 || old == new {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    if old.is_empty() {
        let mut left = limit;
        let mut rest = text;
        loop {
            if left == 0 {
                out.extend_from_slice(rest);
                break;
            }
            out.extend_from_slice(new);
            left -= 1;
            if rest.is_empty() {
                break;
            }
            let (one, after) = rest.split_at(unit.first(rest));
            out.extend_from_slice(one);
            rest = after;
        }
        return Some(out);
    }
    let mut from = 0;
    for at in memmem::find_iter(text, old).take(limit) {
        out.extend_from_slice(&text[from..at]);
        out.extend_from_slice(new);
        from = at + old.len();
    }
    if from == 0 {
        return None;
    }
    out.extend_from_slice(&text[from..]);
    Some(out)
}

/// Tabs as spaces up to the next column that `tab` divides.
pub(crate) fn expand_tabs(text: &[u8], tab: usize, unit: Unit) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0;
    let mut one = |piece: &[u8]| match piece {
        b"\t" => {
            if tab > 0 {
                let n = tab - column % tab;
                column += n;
                out.resize(out.len() + n, b' ');
            }
        }
        _ => {
            column = if matches!(piece, b"\n" | b"\r") { 0 } else { column + 1 };
            out.extend_from_slice(piece);
        }
    };
    if unit == Unit::Byte {
        text.chunks(1).for_each(&mut one)
    } else {
        pieces(text).for_each(&mut one)
    }
    out
}

/// `str.center`: how many fillers go to the left of `have` units in `width`.
pub(crate) fn center_left(have: usize, width: usize) -> usize {
    let margin = width.saturating_sub(have);
    margin / 2 + (margin & width & 1)
}

/// `str.zfill`: zeros behind the sign.
pub(crate) fn zfill(text: &[u8], zeros: usize) -> Vec<u8> {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    [&text[..sign], &vec![b'0'; zeros], &text[sign..]].concat()
}
