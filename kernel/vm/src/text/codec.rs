//! Encoders and decoders (`Objects/unicodeobject.c`). What cannot be converted goes to a closure, which gives a substitute or fails.

use super::encoding::{Encoding, Order, Patch, Problem};
use super::escape;
use super::wtf8::{self, code_points, push};

/// An encoder's error handler: the substitute, and the code point to go on at. The flag says that a substitute could not be encoded
/// either, so that nothing but an error is left.
pub(crate) type OnEncode<'a, E> = &'a mut dyn FnMut(Problem, bool) -> Result<(Patch, usize), E>;
/// A decoder's error handler: the substitute, and the byte to go on at.
pub(crate) type OnDecode<'a, E> = &'a mut dyn FnMut(Problem) -> Result<(Vec<u8>, usize), E>;

/// Appends one code point, or says that it has no place in the encoding.
fn put(out: &mut Vec<u8>, encoding: Encoding, cp: u32) -> bool {
    let surrogate = (0xD800..=0xDFFF).contains(&cp);
    match encoding {
        Encoding::Latin1 | Encoding::Ascii => {
            let fits = cp < if encoding == Encoding::Ascii { 128 } else { 256 };
            out.extend(fits.then_some(cp as u8));
            fits
        }
        _ if surrogate => false,
        Encoding::Utf16(order) => {
            let mut units = [0; 2];
            let units = char::from_u32(cp).map(|c| c.encode_utf16(&mut units)).unwrap_or_default();
            units.iter().for_each(|unit| out.extend(if order == Order::Big { unit.to_be_bytes() } else { unit.to_le_bytes() }));
            true
        }
        Encoding::Utf32(order) => {
            out.extend(if order == Order::Big { cp.to_be_bytes() } else { cp.to_le_bytes() });
            true
        }
        _ => {
            push(out, cp);
            true
        }
    }
}

/// Text as bytes.
pub(crate) fn encode<E>(text: &[u8], encoding: Encoding, fail: OnEncode<'_, E>) -> Result<Vec<u8>, E> {
    let mut out = Vec::with_capacity(text.len());
    match encoding {
        Encoding::UnicodeEscape => return Ok(escape::encode(text, false)),
        Encoding::RawUnicodeEscape => return Ok(escape::encode(text, true)),
        Encoding::Utf8Sig => out.extend([0xEF, 0xBB, 0xBF]),
        Encoding::Utf16(Order::Mark) => out.extend([0xFF, 0xFE]),
        Encoding::Utf32(Order::Mark) => out.extend([0xFF, 0xFE, 0, 0]),
        _ => {}
    }
    let utf8 = matches!(encoding, Encoding::Utf8 | Encoding::Utf8Sig);
    if text.is_ascii() && (utf8 || matches!(encoding, Encoding::Latin1 | Encoding::Ascii)) || utf8 && std::str::from_utf8(text).is_ok() {
        out.extend_from_slice(text);
        return Ok(out);
    }
    let all: Vec<u32> = code_points(text).collect();
    let reason = match encoding {
        Encoding::Latin1 => "ordinal not in range(256)",
        Encoding::Ascii => "ordinal not in range(128)",
        _ => "surrogates not allowed",
    };
    let mut at = 0;
    while at < all.len() {
        if put(&mut out, encoding, all[at]) {
            at += 1;
            continue;
        }
        // One-byte encodings and UTF-8 report a whole run, the others one character.
        let mut end = at + 1;
        if utf8 || matches!(encoding, Encoding::Latin1 | Encoding::Ascii) {
            let mut scratch = Vec::new();
            while end < all.len() && !put(&mut scratch, encoding, all[end]) {
                end += 1;
            }
        }
        let problem = Problem { encoding: encoding.name(), start: at, end, reason };
        let (patch, resume) = fail(problem.clone(), false)?;
        match patch {
            Patch::Bytes(bytes) => out.extend(bytes),
            Patch::Text(text) => {
                if !code_points(&text).all(|cp| put(&mut out, encoding, cp)) {
                    return fail(problem, true).map(|_| out);
                }
            }
        }
        at = resume.min(all.len());
    }
    Ok(out)
}

/// Bytes as text, and how many of them were read; `last` says that no more will come.
pub(crate) fn decode<E>(data: &[u8], encoding: Encoding, last: bool, fail: OnDecode<'_, E>) -> Result<(Vec<u8>, usize), E> {
    match encoding {
        Encoding::Utf8 => decode_utf8(data, 0, last, fail),
        Encoding::Utf8Sig => decode_utf8(data, if data.starts_with(&[0xEF, 0xBB, 0xBF]) { 3 } else { 0 }, last, fail),
        Encoding::Latin1 => Ok((wtf8::collect(data.iter().map(|&b| b.into())), data.len())),
        Encoding::Ascii => decode_ascii(data, fail),
        Encoding::Utf16(order) => decode_wide(data, order, 2, last, fail),
        Encoding::Utf32(order) => decode_wide(data, order, 4, last, fail),
        Encoding::UnicodeEscape => escape::decode(data, false, last, fail),
        Encoding::RawUnicodeEscape => escape::decode(data, true, last, fail),
    }
}

fn decode_ascii<E>(data: &[u8], fail: OnDecode<'_, E>) -> Result<(Vec<u8>, usize), E> {
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(&b) = data.get(at) {
        if b < 128 {
            out.push(b);
            at += 1;
        } else {
            let (text, resume) = fail(Problem { encoding: "ascii", start: at, end: at + 1, reason: "ordinal not in range(128)" })?;
            out.extend(text);
            at = resume;
        }
    }
    Ok((out, data.len()))
}

fn decode_utf8<E>(data: &[u8], skip: usize, last: bool, fail: OnDecode<'_, E>) -> Result<(Vec<u8>, usize), E> {
    let mut out = Vec::with_capacity(data.len());
    let mut at = skip;
    loop {
        let rest = data.get(at..).unwrap_or_default();
        let error = match std::str::from_utf8(rest) {
            Ok(_) => {
                out.extend_from_slice(rest);
                return Ok((out, data.len()));
            }
            Err(error) => error,
        };
        out.extend_from_slice(&rest[..error.valid_up_to()]);
        let start = at + error.valid_up_to();
        let (end, reason) = match error.error_len() {
            None if !last => return Ok((out, start)),
            None => (data.len(), "unexpected end of data"),
            Some(n) => {
                (start + n, if matches!(data[start], 0x80..=0xC1 | 0xF5..) { "invalid start byte" } else { "invalid continuation byte" })
            }
        };
        let (text, resume) = fail(Problem { encoding: "utf-8", start, end, reason })?;
        out.extend(text);
        at = resume;
    }
}

fn decode_wide<E>(data: &[u8], order: Order, size: usize, last: bool, fail: OnDecode<'_, E>) -> Result<(Vec<u8>, usize), E> {
    let (mut big, mut at) = (order == Order::Big, 0);
    if order == Order::Mark {
        let (little_mark, big_mark): (&[u8], &[u8]) =
            if size == 2 { (&[0xFF, 0xFE], &[0xFE, 0xFF]) } else { (&[0xFF, 0xFE, 0, 0], &[0, 0, 0xFE, 0xFF]) };
        big = data.starts_with(big_mark);
        if big || data.starts_with(little_mark) {
            at = size;
        }
    }
    let encoding = match (size, big) {
        (2, true) => "utf-16-be",
        (2, false) => "utf-16-le",
        (_, true) => "utf-32-be",
        _ => "utf-32-le",
    };
    let unit = |at: usize| {
        let bytes = &data[at..at + size];
        bytes.iter().enumerate().fold(0u32, |n, (i, &b)| n | u32::from(b) << (8 * if big { size - 1 - i } else { i }))
    };
    let mut out = Vec::with_capacity(data.len());
    while at < data.len() {
        let left = data.len() - at;
        let mut problem = |start: usize, end: usize, reason, out: &mut Vec<u8>| {
            let (text, resume) = fail(Problem { encoding, start, end, reason })?;
            out.extend(text);
            Ok(resume)
        };
        if left < size {
            if !last {
                break;
            }
            at = problem(at, data.len(), "truncated data", &mut out)?;
            continue;
        }
        let cp = unit(at);
        if size == 4 {
            match cp {
                0xD800..=0xDFFF => at = problem(at, at + 4, "code point in surrogate code point range(0xd800, 0xe000)", &mut out)?,
                0x11_0000.. => at = problem(at, at + 4, "code point not in range(0x110000)", &mut out)?,
                _ => {
                    push(&mut out, cp);
                    at += 4;
                }
            }
            continue;
        }
        match cp {
            0xDC00..=0xDFFF => at = problem(at, at + 2, "illegal encoding", &mut out)?,
            0xD800..=0xDBFF if left < 4 => {
                if !last {
                    break;
                }
                at = problem(at, data.len(), "unexpected end of data", &mut out)?;
            }
            0xD800..=0xDBFF => match unit(at + 2) {
                low @ 0xDC00..=0xDFFF => {
                    push(&mut out, 0x1_0000 + ((cp - 0xD800) << 10) + (low - 0xDC00));
                    at += 4;
                }
                _ => at = problem(at, at + 2, "illegal UTF-16 surrogate", &mut out)?,
            },
            _ => {
                push(&mut out, cp);
                at += 2;
            }
        }
    }
    Ok((out, at.min(data.len())))
}
