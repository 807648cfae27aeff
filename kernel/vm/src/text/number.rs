//! Numbers as CPython reckons with them: hashes, exact quotients and comparisons of integers and floats.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_traits::{Signed, ToPrimitive, Zero};

use super::hexfloat::round_to_float;

/// The modulus of numeric hashes, 2**61 − 1.
const MODULUS: u64 = (1 << 61) - 1;

/// −1 says "error" in CPython's C, so no hash is −1.
fn not_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

/// `hash(n)` of any integer.
pub(crate) fn hash_big(n: &BigInt) -> i64 {
    let rest = (n.magnitude() % MODULUS).to_i64().unwrap_or(0);
    not_minus_one(if n.sign() == Sign::Minus { -rest } else { rest })
}

/// `|value| = mantissa * 2**exponent`, with a mantissa of at most 53 bits. The value is finite.
pub(crate) fn integer_decode(value: f64) -> (u64, i64) {
    let bits = value.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7FF) as i64);
    if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) }
}

/// The float nearest to an integer; `None` if it is too large.
pub(crate) fn big_to_float(n: &BigInt) -> Option<f64> {
    let bits = n.bits();
    if bits > 1024 {
        return None;
    }
    let shift = bits.saturating_sub(120);
    let magnitude = n.magnitude();
    let top = (magnitude >> shift).to_u128().unwrap_or(0);
    let sticky = shift > 0 && magnitude.trailing_zeros().unwrap_or(0) < shift;
    let value = round_to_float(top, sticky, shift as i64)?;
    Some(if n.is_negative() { -value } else { value })
}

/// The whole part of a finite float.
pub(crate) fn float_to_big(value: f64) -> BigInt {
    let (mantissa, exponent) = integer_decode(value);
    let whole = if exponent >= 0 {
        BigInt::from(mantissa) << exponent as u64
    } else if exponent <= -64 {
        BigInt::zero()
    } else {
        BigInt::from(mantissa >> -exponent)
    };
    if value < 0.0 { -whole } else { whole }
}

/// `a / b`, correctly rounded; `None` if it is too large for a float. `b` is not zero (`long_true_divide`).
pub(crate) fn true_divide(a: &BigInt, b: &BigInt) -> Option<f64> {
    if a.is_zero() {
        return Some(if b.is_negative() { -0.0 } else { 0.0 });
    }
    let (x, y) = (a.magnitude(), b.magnitude());
    let scale = x.bits() as i64 - y.bits() as i64;
    if scale > 1030 {
        return None;
    }
    if scale < -1100 {
        return Some(if a.is_negative() != b.is_negative() { -0.0 } else { 0.0 });
    }
    // A quotient of at least 65 bits, and whether anything is left over.
    let shift = 66 - scale;
    let (numerator, denominator) = if shift >= 0 { (x << shift as u64, y.clone()) } else { (x.clone(), y << (-shift) as u64) };
    let quotient = &numerator / &denominator;
    let exact = &quotient * &denominator == numerator;
    let value = round_to_float(quotient.to_u128().unwrap_or(0), !exact, -shift)?;
    Some(if a.is_negative() != b.is_negative() { -value } else { value })
}

/// An integer against a float; `None` for a NaN.
pub(crate) fn compare_big(a: &BigInt, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b.is_infinite() {
        return Some(if b > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let order = a.cmp(&float_to_big(b));
    Some(if order == Ordering::Equal && b.fract() != 0.0 { if b > 0.0 { Ordering::Less } else { Ordering::Greater } } else { order })
}

/// An integer of 64 bits against a float; `None` for a NaN.
pub(crate) fn compare_i64(a: i64, b: f64) -> Option<Ordering> {
    // Below 2**53 the conversion is exact.
    if a.unsigned_abs() <= 1 << 53 { (a as f64).partial_cmp(&b) } else { compare_big(&BigInt::from(a), b) }
}

/// Python's `//` and `%` of floats; the divisor is not zero (`_float_div_mod`).
pub(crate) fn float_div_mod(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest != 0.0 {
        if (b < 0.0) != (rest < 0.0) {
            rest += b;
            quotient -= 1.0;
        }
    } else {
        rest = 0f64.copysign(b);
    }
    let floor = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0f64.copysign(a / b)
    };
    (floor, rest)
}

/// Python's `%` of floats; the divisor is not zero.
pub(crate) fn float_mod(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest != 0.0 { if (b < 0.0) != (rest < 0.0) { rest + b } else { rest } } else { 0f64.copysign(b) }
}
