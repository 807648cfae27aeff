//! `float.hex` and `float.fromhex`: floats as hexadecimal text, exact in both directions (`Objects/floatobject.c`).

use super::Wrong;
use super::float::strip_ascii;

/// `value.hex()`.
pub(crate) fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return super::float::repr(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let bits = value.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7FF) as i64);
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (lead, exponent) = if exponent == 0 { (0, -1022) } else { (1, exponent - 1023) };
    format!("{sign}0x{lead}.{fraction:013x}p{exponent:+}")
}

/// The float nearest to `mantissa * 2**exponent` (a little more, if `sticky`), ties to even; `None` if there is none.
pub(crate) fn round_to_float(mantissa: u128, sticky: bool, exponent: i64) -> Option<f64> {
    if mantissa == 0 {
        return Some(0.0);
    }
    let bits = i64::from(128 - mantissa.leading_zeros());
    let top = bits + exponent - 1;
    if top >= 1024 {
        return None;
    }
    let precision = if top >= -1022 { 53 } else { 53 - (-1022 - top) };
    if precision < 0 {
        return Some(0.0);
    }
    let shift = bits - precision;
    let (kept, exponent) = if shift <= 0 {
        (mantissa, exponent)
    } else {
        let kept = if shift == 128 { 0 } else { mantissa >> shift };
        let gone = if shift == 128 { mantissa } else { mantissa & ((1 << shift) - 1) };
        let half = 1u128 << (shift - 1);
        let up = gone > half || (gone == half && (sticky || kept & 1 == 1));
        (kept + u128::from(up), exponent + shift)
    };
    // At most 53 bits: the product is exact, in two steps because a power of two may be no float.
    let value = kept as f64;
    let half = exponent / 2;
    let value = if exponent < -1000 {
        exact_scale(kept as u64, exponent)
    } else {
        value * 2f64.powi(half as i32) * 2f64.powi((exponent - half) as i32)
    };
    value.is_finite().then_some(value)
}

/// `kept * 2**exponent` for results at the small end: built from bits.
fn exact_scale(kept: u64, exponent: i64) -> f64 {
    // kept * 2**exponent = (kept << (exponent + 1074)) units of the smallest subnormal, when it is subnormal or barely normal.
    let shift = exponent + 1074;
    if shift < 0 {
        return f64::from_bits(kept >> -shift);
    }
    if kept == 0 {
        return 0.0;
    }
    // Normal: place the leading one.
    let bits = 64 - i64::from(kept.leading_zeros());
    if bits + shift <= 52 {
        return f64::from_bits(kept << shift);
    }
    let biased = bits + shift - 52;
    let fraction = if bits <= 53 { kept << (53 - bits) } else { kept >> (bits - 53) };
    f64::from_bits((biased as u64) << 52 | fraction & ((1 << 52) - 1))
}

/// What `float.fromhex(text)` reads.
pub(crate) fn from_hex(text: &[u8]) -> Result<f64, Wrong> {
    let bad = || Wrong::value("invalid hexadecimal floating-point string");
    let huge = || Wrong::overflow("hexadecimal value too large to represent as a float");
    let text = strip_ascii(text);
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let signed = |value: f64| if negative { -value } else { value };
    if rest.eq_ignore_ascii_case(b"inf") || rest.eq_ignore_ascii_case(b"infinity") {
        return Ok(signed(f64::INFINITY));
    }
    if rest.eq_ignore_ascii_case(b"nan") {
        return Ok(signed(f64::NAN));
    }
    let rest = if rest.len() >= 2 && rest[0] == b'0' && rest[1] | 32 == b'x' { &rest[2..] } else { rest };
    let (mut mantissa, mut sticky, mut exponent) = (0u128, false, 0i64);
    let (mut digits, mut point, mut at) = (0, false, 0);
    while let Some(&b) = rest.get(at) {
        if b == b'.' && !point {
            point = true;
        } else if let Some(digit) = (b as char).to_digit(16) {
            digits += 1;
            if mantissa >> 120 == 0 {
                mantissa = mantissa << 4 | u128::from(digit);
                exponent -= if point { 4 } else { 0 };
            } else {
                sticky |= digit != 0;
                exponent += if point { 0 } else { 4 };
            }
        } else {
            break;
        }
        at += 1;
    }
    if digits == 0 {
        return Err(bad());
    }
    if rest.get(at).is_some_and(|b| b | 32 == b'p') {
        let tail = &rest[at + 1..];
        let (minus, tail) = match tail {
            [b'-', tail @ ..] => (true, tail),
            [b'+', tail @ ..] => (false, tail),
            _ => (false, tail),
        };
        if tail.is_empty() || !tail.iter().all(u8::is_ascii_digit) {
            return Err(bad());
        }
        let power = tail.iter().fold(0i64, |n, b| (n * 10 + i64::from(b - b'0')).min(1 << 50));
        exponent += if minus { -power } else { power };
    } else if at != rest.len() {
        return Err(bad());
    }
    if mantissa == 0 {
        return Ok(signed(0.0));
    }
    round_to_float(mantissa, sticky, exponent).map(signed).ok_or_else(huge)
}
