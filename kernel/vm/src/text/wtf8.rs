//! Text as code points: generalised UTF-8, in which a surrogate is a code point like any other (what Python's `str` can hold).
//!
//! Every function trusts that its bytes are whole code points; all text of the machine is made so.

/// Appends one code point.
pub(crate) fn push(out: &mut Vec<u8>, cp: u32) {
    match cp {
        0..0x80 => out.push(cp as u8),
        0x80..0x800 => out.extend([0xC0 | (cp >> 6) as u8, 0x80 | (cp & 0x3F) as u8]),
        0x800..0x1_0000 => out.extend([0xE0 | (cp >> 12) as u8, 0x80 | (cp >> 6 & 0x3F) as u8, 0x80 | (cp & 0x3F) as u8]),
        _ => out.extend([0xF0 | (cp >> 18) as u8, 0x80 | (cp >> 12 & 0x3F) as u8, 0x80 | (cp >> 6 & 0x3F) as u8, 0x80 | (cp & 0x3F) as u8]),
    }
}

/// How many bytes the code point takes that begins with this byte.
#[inline]
pub(crate) fn width(first: u8) -> usize {
    match first {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// How many code points.
pub(crate) fn count(text: &[u8]) -> usize {
    text.iter().filter(|&&b| b & 0xC0 != 0x80).count()
}

/// Where code point number `index` begins; the end, if there are not so many.
pub(crate) fn offset(text: &[u8], index: usize) -> usize {
    if text.is_ascii() {
        return index.min(text.len());
    }
    text.iter().enumerate().filter(|&(_, &b)| b & 0xC0 != 0x80).nth(index).map_or(text.len(), |(at, _)| at)
}

/// The code points `start..end` of a text, by number.
pub(crate) fn slice(text: &[u8], start: usize, end: usize) -> &[u8] {
    if start >= end {
        return &[];
    }
    let text = &text[offset(text, start)..];
    &text[..offset(text, end - start)]
}

/// The code point at a byte offset.
pub(crate) fn at(text: &[u8], offset: usize) -> u32 {
    let b = |i: usize| text.get(offset + i).map_or(0, |&b| u32::from(b) & 0x3F);
    match text[offset] {
        first @ 0..0xC0 => first.into(),
        first @ 0xC0..0xE0 => (u32::from(first) & 0x1F) << 6 | b(1),
        first @ 0xE0..0xF0 => (u32::from(first) & 0x0F) << 12 | b(1) << 6 | b(2),
        first => (u32::from(first) & 0x07) << 18 | b(1) << 12 | b(2) << 6 | b(3),
    }
}

/// The code points of a text, from either end.
#[derive(Clone)]
pub(crate) struct CodePoints<'a>(pub(crate) &'a [u8]);

impl Iterator for CodePoints<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let cp = match *self.0 {
            [] => return None,
            [first @ 0..0x80, ..] => first.into(),
            _ => at(self.0, 0),
        };
        self.0 = &self.0[width(self.0[0])..];
        Some(cp)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len().div_ceil(4), Some(self.0.len()))
    }
}

impl DoubleEndedIterator for CodePoints<'_> {
    fn next_back(&mut self) -> Option<u32> {
        let start = self.0.iter().rposition(|b| b & 0xC0 != 0x80)?;
        let cp = at(self.0, start);
        self.0 = &self.0[..start];
        Some(cp)
    }
}

/// The code points of a text.
pub(crate) fn code_points(text: &[u8]) -> CodePoints<'_> {
    CodePoints(text)
}

/// Each code point as its own bytes.
pub(crate) fn pieces(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let (piece, after) = rest.split_at(width(first));
        rest = after;
        Some(piece)
    })
}

/// A text of these code points.
pub(crate) fn collect(code_points: impl IntoIterator<Item = u32>) -> Vec<u8> {
    let mut out = Vec::new();
    code_points.into_iter().for_each(|cp| push(&mut out, cp));
    out
}

/// The text for a message: surrogates become U+FFFD.
pub(crate) fn lossy(text: &[u8]) -> String {
    code_points(text).map(|cp| char::from_u32(cp).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
