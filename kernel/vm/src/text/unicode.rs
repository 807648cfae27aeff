//! What a code point is: category, digit value, case (`Objects/unicodectype.c`).
//!
//! Unicode 16.0, as in CPython 3.14. Rust's library knows a newer Unicode, so what it says of a code point counts only
//! if Unicode 16.0 has that code point.

use super::ucd::{CATEGORIES, DIGITS, FOLD, NUMERIC_LETTERS, TITLE, ZEROS};
use super::wtf8::{code_points, push};

/// The general category of a code point, in the order of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[rustfmt::skip]
pub(crate) enum Category { Cn, Lu, Ll, Lt, Lm, Lo, Mn, Mc, Me, Nd, Nl, No, Pc, Pd, Ps, Pe, Pi, Pf, Po, Sm, Sc, Sk, So, Zs, Zl, Zp, Cc, Cf, Cs, Co }

#[rustfmt::skip]
const ALL: [Category; 30] = {
    use Category::*;
    [Cn, Lu, Ll, Lt, Lm, Lo, Mn, Mc, Me, Nd, Nl, No, Pc, Pd, Ps, Pe, Pi, Pf, Po, Sm, Sc, Sk, So, Zs, Zl, Zp, Cc, Cf, Cs, Co]
};

/// The general category of a code point.
pub(crate) fn category(cp: u32) -> Category {
    let run = CATEGORIES.partition_point(|&run| run >> 5 <= cp) - 1;
    ALL[(CATEGORIES[run] & 31) as usize]
}

fn assigned(cp: u32) -> Option<char> {
    char::from_u32(cp).filter(|c| c.is_ascii() || category(cp) != Category::Cn)
}

fn in_runs(runs: &[(u32, u32)], cp: u32) -> bool {
    runs.binary_search_by(|&(first, last)| {
        if last < cp {
            std::cmp::Ordering::Less
        } else if first > cp {
            std::cmp::Ordering::Greater
        } else {
            std::cmp::Ordering::Equal
        }
    })
    .is_ok()
}

/// A letter: `str.isalpha`.
pub(crate) fn is_alpha(cp: u32) -> bool {
    use Category::*;
    if cp < 128 { (cp as u8).is_ascii_alphabetic() } else { matches!(category(cp), Lu | Ll | Lt | Lm | Lo) }
}

/// The value of a decimal digit: `str.isdecimal`, and the digits that `int()` reads.
pub(crate) fn decimal(cp: u32) -> Option<u32> {
    if cp < 128 {
        return char::from_u32(cp)?.to_digit(10);
    }
    let zero = ZEROS[ZEROS.partition_point(|&zero| zero <= cp) - 1];
    (cp - zero < 10).then(|| cp - zero)
}

/// `str.isdigit`.
pub(crate) fn is_digit(cp: u32) -> bool {
    decimal(cp).is_some() || in_runs(&DIGITS, cp)
}

/// `str.isnumeric`.
pub(crate) fn is_numeric(cp: u32) -> bool {
    use Category::*;
    matches!(category(cp), Nd | No | Nl) || in_runs(&NUMERIC_LETTERS, cp)
}

/// `str.isspace`.
pub(crate) fn is_space(cp: u32) -> bool {
    matches!(cp, 9..=13 | 0x1C..=0x20 | 0x85 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000)
}

/// What `str.splitlines` splits at.
pub(crate) fn is_line_break(cp: u32) -> bool {
    matches!(cp, 10..=13 | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
}

/// Whether `repr` shows it as it is.
pub(crate) fn is_printable(cp: u32) -> bool {
    use Category::*;
    match cp {
        0x20..0x7F => true,
        0..0xA0 => false,
        _ => !matches!(category(cp), Cc | Cf | Cs | Co | Cn | Zl | Zp | Zs),
    }
}

/// The derived property Lowercase.
pub(crate) fn is_lower(cp: u32) -> bool {
    // The one character that has lost the property since.
    cp == 0x295 || assigned(cp).is_some_and(char::is_lowercase)
}

/// The derived property Uppercase.
pub(crate) fn is_upper(cp: u32) -> bool {
    assigned(cp).is_some_and(char::is_uppercase)
}

/// A digraph such as ǅ.
pub(crate) fn is_title(cp: u32) -> bool {
    cp > 128 && category(cp) == Category::Lt
}

fn is_cased(cp: u32) -> bool {
    is_lower(cp) || is_upper(cp) || is_title(cp)
}

/// The derived property Case_Ignorable.
fn is_case_ignorable(cp: u32) -> bool {
    use Category::*;
    matches!(category(cp), Mn | Me | Cf | Lm | Sk)
        || matches!(
            cp,
            0x27 | 0x2E
                | 0x3A
                | 0xB7
                | 0x387
                | 0x55F
                | 0x5F4
                | 0x2018
                | 0x2019
                | 0x2024
                | 0x2027
                | 0xFE13
                | 0xFE52
                | 0xFE55
                | 0xFF07
                | 0xFF0E
                | 0xFF1A
        )
}

/// What may begin an identifier.
pub(crate) fn is_identifier_start(cp: u32) -> bool {
    cp == '_' as u32 || assigned(cp).is_some_and(unicode_ident::is_xid_start)
}

/// What may go on in an identifier.
pub(crate) fn is_identifier_continue(cp: u32) -> bool {
    assigned(cp).is_some_and(unicode_ident::is_xid_continue)
}

/// `str.isidentifier`.
pub(crate) fn is_identifier(text: &[u8]) -> bool {
    let mut all = code_points(text);
    all.next().is_some_and(is_identifier_start) && all.all(is_identifier_continue)
}

/// Appends what Rust's mapping gives, unless it leads out of Unicode 16.0.
fn push_mapped(out: &mut Vec<u8>, cp: u32, mapped: impl Iterator<Item = char> + Clone) {
    if mapped.clone().all(|c| assigned(c as u32).is_some()) { mapped.for_each(|c| push(out, c as u32)) } else { push(out, cp) }
}

/// Appends the upper case of one code point.
pub(crate) fn push_upper(out: &mut Vec<u8>, cp: u32) {
    match assigned(cp) {
        Some(c) if c.is_ascii() => out.push(c.to_ascii_uppercase() as u8),
        Some(c) => push_mapped(out, cp, c.to_uppercase()),
        None => push(out, cp),
    }
}

/// Appends the lower case of one code point, out of context.
pub(crate) fn push_lower(out: &mut Vec<u8>, cp: u32) {
    match assigned(cp) {
        Some(c) if c.is_ascii() => out.push(c.to_ascii_lowercase() as u8),
        Some(c) => push_mapped(out, cp, c.to_lowercase()),
        None => push(out, cp),
    }
}

fn push_exception(out: &mut Vec<u8>, table: &[(u32, [u32; 3])], cp: u32) -> bool {
    let Ok(at) = table.binary_search_by_key(&cp, |entry| entry.0) else { return false };
    table[at].1.iter().filter(|&&cp| cp != 0).for_each(|&cp| push(out, cp));
    true
}

/// Appends the title case of one code point.
pub(crate) fn push_title(out: &mut Vec<u8>, cp: u32) {
    if cp < 128 || !push_exception(out, &TITLE, cp) {
        push_upper(out, cp);
    }
}

/// Appends the folded form of one code point.
fn push_folded(out: &mut Vec<u8>, cp: u32) {
    match cp {
        0..128 => out.push((cp as u8).to_ascii_lowercase()),
        0x13A0..=0x13F5 => push(out, cp),
        0x13F8..=0x13FD => push(out, cp - 8),
        0xAB70..=0xABBF => push(out, cp - 0xAB70 + 0x13A0),
        _ => {
            if !push_exception(out, &FOLD, cp) {
                push_lower(out, cp);
            }
        }
    }
}

/// Appends the lower case of the code point at byte `at` of `text`; a capital sigma at the end of a word becomes ς (`lower_ucs4`).
fn push_lower_in_context(out: &mut Vec<u8>, text: &[u8], at: usize, cp: u32) {
    if cp != 0x3A3 {
        return push_lower(out, cp);
    }
    let before = code_points(&text[..at]).rev().find(|&cp| !is_case_ignorable(cp));
    let after = code_points(&text[at + 2..]).find(|&cp| !is_case_ignorable(cp));
    let last = before.is_some_and(is_cased) && !after.is_some_and(is_cased);
    push(out, if last { 0x3C2 } else { 0x3C3 });
}

fn map(text: &[u8], mut one: impl FnMut(&mut Vec<u8>, usize, u32)) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut all = code_points(text);
    loop {
        let at = text.len() - all.0.len();
        let Some(cp) = all.next() else { return out };
        one(&mut out, at, cp);
    }
}

/// `str.lower`.
pub(crate) fn lower(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() { text.to_ascii_lowercase() } else { map(text, |out, at, cp| push_lower_in_context(out, text, at, cp)) }
}

/// `str.upper`.
pub(crate) fn upper(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() { text.to_ascii_uppercase() } else { map(text, |out, _, cp| push_upper(out, cp)) }
}

/// `str.casefold`.
pub(crate) fn casefold(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() { text.to_ascii_lowercase() } else { map(text, |out, _, cp| push_folded(out, cp)) }
}

/// `str.capitalize`.
pub(crate) fn capitalize(text: &[u8]) -> Vec<u8> {
    map(text, |out, at, cp| if at == 0 { push_title(out, cp) } else { push_lower_in_context(out, text, at, cp) })
}

/// `str.swapcase`.
pub(crate) fn swapcase(text: &[u8]) -> Vec<u8> {
    map(text, |out, at, cp| {
        if is_upper(cp) {
            push_lower_in_context(out, text, at, cp)
        } else if is_lower(cp) {
            push_upper(out, cp)
        } else {
            push(out, cp)
        }
    })
}

/// `str.title`.
pub(crate) fn title(text: &[u8]) -> Vec<u8> {
    let mut inside = false;
    map(text, |out, at, cp| {
        if inside {
            push_lower_in_context(out, text, at, cp)
        } else {
            push_title(out, cp)
        }
        inside = is_cased(cp);
    })
}

/// Whether there is a cased character and all of them are lower (`str.islower`), or upper.
pub(crate) fn is_all(text: &[u8], upper: bool) -> bool {
    let mut cased = false;
    for cp in code_points(text) {
        let (wanted, other) = if upper { (is_upper(cp), is_lower(cp)) } else { (is_lower(cp), is_upper(cp)) };
        if other || is_title(cp) {
            return false;
        }
        cased |= wanted;
    }
    cased
}

/// `str.istitle`.
pub(crate) fn is_titlecased(text: &[u8]) -> bool {
    let (mut cased, mut previous) = (false, false);
    for cp in code_points(text) {
        if is_upper(cp) || is_title(cp) {
            if previous {
                return false;
            }
            (previous, cased) = (true, true);
        } else if is_lower(cp) {
            if !previous {
                return false;
            }
            cased = true;
        } else {
            previous = false;
        }
    }
    cased
}
