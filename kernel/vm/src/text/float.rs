//! Floats as text, to the last digit (`Python/pystrtod.c`, `Python/dtoa.c`).
//!
//! Rust's formatting gives the digits, shortest or correctly rounded with ties to even; where point and exponent go is CPython's rule.

use super::unicode;
use super::wtf8::code_points;

/// How [`format()`] lays a float out: a format code with its flags (`PyOS_double_to_string`).
#[derive(Clone, Copy, Default)]
pub(crate) struct Style {
    /// `e`, `f`, `g`, `r`, or `E`, `F`, `G`.
    pub(crate) code: u8,
    /// Digits after the point, or significant ones for `g`.
    pub(crate) precision: usize,
    /// Whole numbers get `.0` (`Py_DTSF_ADD_DOT_0`).
    pub(crate) dot_zero: bool,
    /// The point stays even with nothing behind it (`Py_DTSF_ALT`).
    pub(crate) alternate: bool,
    /// A result of −0 loses its sign (`Py_DTSF_NO_NEG_0`).
    pub(crate) no_negative_zero: bool,
}

/// The largest precision that can be asked for: a little less than C's `int` has room for.
pub(crate) const MOST_DIGITS: usize = i32::MAX as usize - 1024;

/// More digits than any double has, on either side of the point.
const ENOUGH: usize = 1100;

/// Decimal digits without trailing zeros, and where the point stands (`_Py_dg_dtoa`).
fn digits(value: f64, code: u8, precision: usize) -> (Vec<u8>, i64) {
    let value = value.abs();
    let scientific = |text: String| {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits: Vec<u8> = mantissa.bytes().filter(|b| *b != b'.').collect();
        (digits, exponent.parse::<i64>().unwrap_or(0) + 1)
    };
    let (mut found, point) = match code {
        b'f' => {
            let text = format!("{value:.*}", precision.min(ENOUGH));
            let whole = text.split('.').next().map_or(0, str::len) as i64;
            let all: Vec<u8> = text.bytes().filter(|b| *b != b'.').collect();
            let zeros = all.iter().take_while(|&&b| b == b'0').count();
            let point = if zeros == all.len() { if value == 0.0 { 1 } else { -(precision as i64) } } else { whole - zeros as i64 };
            let all = all[zeros..].to_vec();
            (if value == 0.0 { vec![b'0'] } else { all }, point)
        }
        b'r' => scientific(format!("{value:e}")),
        b'e' => scientific(format!("{value:.*e}", precision.min(ENOUGH))),
        _ => scientific(format!("{value:.*e}", precision.clamp(1, ENOUGH) - 1)),
    };
    while found.len() > 1 && found.last() == Some(&b'0') {
        found.pop();
    }
    (found, point)
}

/// A float as text.
pub(crate) fn format(value: f64, style: Style) -> String {
    let upper = style.code.is_ascii_uppercase();
    let code = style.code.to_ascii_lowercase();
    let precision = if code == b'g' { style.precision.max(1) } else { style.precision } as i64;
    let mut negative = value.is_sign_negative();
    if !value.is_finite() {
        let word = if value.is_nan() {
            "nan"
        } else if negative {
            "-inf"
        } else {
            "inf"
        };
        return if upper { word.to_ascii_uppercase() } else { word.to_owned() };
    }
    let (digits, mut point) = digits(value, code, precision as usize);
    if style.no_negative_zero && digits.iter().all(|&b| b == b'0') {
        negative = false;
    }
    let n = digits.len() as i64;
    // Digits are virtual zeros before `0` and behind `n`; `end` is where they stop.
    let (mut end, mut exponent) = (n, None);
    let scientific = match code {
        b'e' => {
            end = precision + 1;
            true
        }
        b'f' => {
            end = point + precision;
            false
        }
        b'g' => {
            if style.alternate {
                end = precision;
            }
            point <= -4 || point > precision - i64::from(style.dot_zero)
        }
        _ => point <= -4 || point > 16,
    };
    if scientific {
        exponent = Some(point - 1);
        point = 1;
    }
    let start = if point <= 0 { point - 1 } else { 0 };
    end = if exponent.is_none() && style.dot_zero { if end > point { end } else { point + 1 } } else { end.max(point) };
    let mut out = String::new();
    if negative {
        out.push('-');
    }
    let zeros = |out: &mut String, n: i64| (0..n).for_each(|_| out.push('0'));
    let text = String::from_utf8_lossy(&digits);
    if point <= 0 {
        zeros(&mut out, point - start);
        out.push('.');
        zeros(&mut out, -point);
    } else {
        zeros(&mut out, -start);
    }
    if 0 < point && point <= n {
        out.push_str(&text[..point as usize]);
        out.push('.');
        out.push_str(&text[point as usize..]);
    } else {
        out.push_str(&text);
    }
    if n < point {
        zeros(&mut out, point - n);
        out.push('.');
        zeros(&mut out, end - point);
    } else {
        zeros(&mut out, end - n);
    }
    if out.ends_with('.') && !style.alternate {
        out.pop();
    }
    if let Some(exponent) = exponent {
        out.push(if upper { 'E' } else { 'e' });
        out.push(if exponent < 0 { '-' } else { '+' });
        out.push_str(&format!("{:02}", exponent.abs()));
    }
    out
}

/// `repr(value)`: the shortest text that reads back as the same float.
pub(crate) fn repr(value: f64) -> String {
    format(value, Style { code: b'r', dot_zero: true, ..Style::default() })
}

/// The text of a number with spaces and digits of every script made ASCII (`_PyUnicode_TransformDecimalAndSpaceToASCII`).
pub(crate) fn to_ascii(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() {
        return text.to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    for cp in code_points(text) {
        match (cp, unicode::decimal(cp)) {
            (0..128, _) => out.push(cp as u8),
            _ if unicode::is_space(cp) => out.push(b' '),
            (_, Some(digit)) => out.push(b'0' + digit as u8),
            // Nothing that begins here is part of a number.
            _ => {
                out.push(b'?');
                break;
            }
        }
    }
    out
}

/// White space of C's `isspace`, and the four separators that Python's `str.strip` knows.
pub(crate) fn strip_ascii(text: &[u8]) -> &[u8] {
    let space = |b: &u8| matches!(b, 9..=13 | b' ' | 0x1C..=0x1F);
    let start = text.iter().position(|b| !space(b)).unwrap_or(text.len());
    let end = text.iter().rposition(|b| !space(b)).map_or(start, |at| at + 1);
    &text[start..end]
}

/// Text without underscores, if each stands between two digits (`_Py_string_to_number_with_underscores`).
fn without_underscores(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut before = 0u8;
    for &b in text {
        if b == b'_' {
            if !before.is_ascii_digit() {
                return None;
            }
        } else {
            if before == b'_' && !b.is_ascii_digit() {
                return None;
            }
            out.push(b);
        }
        before = b;
    }
    (before != b'_').then_some(out)
}

/// What `float(text)` reads, from text that is ASCII already; `None` if it is no float.
pub(crate) fn parse(text: &[u8]) -> Option<f64> {
    let text = without_underscores(strip_ascii(text))?;
    parse_plain(&text)
}

/// A float with nothing around it (`PyOS_string_to_double`).
pub(crate) fn parse_plain(text: &[u8]) -> Option<f64> {
    let unsigned = match text {
        [b'+' | b'-', rest @ ..] => rest,
        _ => text,
    };
    let word = unsigned.eq_ignore_ascii_case(b"inf") || unsigned.eq_ignore_ascii_case(b"infinity") || unsigned.eq_ignore_ascii_case(b"nan");
    let number = unsigned.first().is_some_and(|b| b.is_ascii_digit() || *b == b'.');
    if !word && !number {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// `round(value, ndigits)`: `None` if the result is too large for a float.
pub(crate) fn round(value: f64, ndigits: i64) -> Option<f64> {
    // Further digits than these cannot change anything, or leave nothing (`float___round___impl`).
    if !value.is_finite() || ndigits > 323 {
        return Some(value);
    }
    if ndigits < -308 {
        return Some(0.0 * value);
    }
    let text = if ndigits >= 0 {
        format!("{value:.*}", ndigits as usize)
    } else {
        let mut whole: Vec<u8> = format!("{:.0}", value.trunc().abs()).into_bytes();
        let cut = (-ndigits) as usize;
        if whole.len() < cut {
            return Some(0.0 * value);
        }
        let (kept, gone) = whole.split_at(whole.len() - cut);
        let half = [b"5".as_slice(), &vec![b'0'; cut - 1]].concat();
        let odd = kept.last().is_some_and(|b| b % 2 == 1);
        let up = gone > half.as_slice() || (gone == half.as_slice() && (value.fract() != 0.0 || odd));
        let keep = kept.len();
        whole[keep..].fill(b'0');
        let mut carry = up;
        for digit in whole[..keep].iter_mut().rev() {
            if carry {
                carry = *digit == b'9';
                *digit = if carry { b'0' } else { *digit + 1 };
            }
        }
        if carry {
            whole.insert(0, b'1');
        }
        let sign = if value.is_sign_negative() { "-" } else { "" };
        format!("{sign}{}", String::from_utf8_lossy(&whole))
    };
    text.parse().ok().filter(|rounded: &f64| rounded.is_finite())
}
