//! Integers as text in any base, both ways (`Objects/longobject.c`).

use num_bigint::{BigInt, Sign};

use super::Wrong;
use super::repr;

/// An integer of either size, by reference.
#[derive(Clone, Copy)]
pub(crate) enum Integer<'a> {
    /// One that fits 64 bits.
    Small(i64),
    /// One that does not.
    Big(&'a BigInt),
}

impl Integer<'_> {
    /// Below zero?
    pub(crate) fn is_negative(self) -> bool {
        match self {
            Integer::Small(n) => n < 0,
            Integer::Big(n) => n.sign() == Sign::Minus,
        }
    }

    /// The digits of the absolute value in a base from 2 to 36, without a limit.
    pub(crate) fn magnitude(self, base: u32) -> String {
        match (self, base) {
            (Integer::Small(n), 10) => n.unsigned_abs().to_string(),
            (Integer::Small(n), 16) => format!("{:x}", n.unsigned_abs()),
            (Integer::Small(n), 8) => format!("{:o}", n.unsigned_abs()),
            (Integer::Small(n), 2) => format!("{:b}", n.unsigned_abs()),
            (Integer::Small(n), _) => num_bigint::BigUint::from(n.unsigned_abs()).to_str_radix(base),
            (Integer::Big(n), _) => n.magnitude().to_str_radix(base),
        }
    }

    /// The digits in base 10, if there are not more of them than `limit` (0: no limit).
    pub(crate) fn decimal(self, limit: usize) -> Result<String, Wrong> {
        if let (Integer::Big(n), true) = (self, limit > 0) {
            // A number of b bits has at least (b - 1) * log10(2) digits; close to the limit the digits are counted.
            let sure = (n.bits().saturating_sub(1)) as f64 * std::f64::consts::LOG10_2;
            if sure > limit as f64 + 1.0 {
                return Err(too_long(limit));
            }
            let digits = n.magnitude().to_str_radix(10);
            return if digits.len() > limit { Err(too_long(limit)) } else { Ok(digits) };
        }
        Ok(self.magnitude(10))
    }

    /// `str(n)`.
    pub(crate) fn to_text(self, limit: usize) -> Result<String, Wrong> {
        Ok(format!("{}{}", if self.is_negative() { "-" } else { "" }, self.decimal(limit)?))
    }

    /// `bin(n)`, `oct(n)`, `hex(n)`.
    pub(crate) fn to_prefixed(self, base: u32) -> String {
        let prefix = match base {
            2 => "0b",
            8 => "0o",
            _ => "0x",
        };
        format!("{}{prefix}{}", if self.is_negative() { "-" } else { "" }, self.magnitude(base))
    }
}

fn too_long(limit: usize) -> Wrong {
    Wrong::value(format!(
        "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
    ))
}

/// A parsed integer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// One that fits 64 bits.
    Small(i64),
    /// One that does not.
    Big(BigInt),
}

/// What `int(text, base)` reads, from text that is ASCII already; `shown` is the argument's repr, for the message.
pub(crate) fn parse(text: &[u8], base: u32, limit: usize, shown: &dyn Fn() -> String) -> Result<Parsed, Wrong> {
    let bad = || Wrong::value(format!("invalid literal for int() with base {base}: {}", shown()));
    let text = super::float::strip_ascii(text);
    let (negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let prefix = match rest {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let mut radix = base;
    if base == 0 {
        radix = if prefix != 0 { prefix } else { 10 };
        // A number that begins with a zero is all zeros, so that nobody takes it for an octal one.
        if prefix == 0 && rest.first() == Some(&b'0') && rest.iter().any(|b| !matches!(b, b'0' | b'_')) {
            return Err(bad());
        }
    }
    if prefix != 0 && prefix == radix {
        rest = &rest[2..];
        if let [b'_', after @ ..] = rest {
            rest = after;
        }
    }
    let mut digits = Vec::with_capacity(rest.len());
    let mut before = b'_';
    for &b in rest {
        let digit = (b as char).is_digit(radix.max(2));
        if !digit && (b != b'_' || before == b'_') {
            return Err(bad());
        }
        if digit {
            digits.push(b);
        }
        before = b;
    }
    if before == b'_' {
        return Err(bad());
    }
    if !radix.is_power_of_two() && limit > 0 && digits.len() > limit {
        let n = digits.len();
        return Err(Wrong::value(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {n} digits; use sys.set_int_max_str_digits() to increase the limit"
        )));
    }
    let text = std::str::from_utf8(&digits).map_err(|_| bad())?;
    if let Ok(n) = i64::from_str_radix(&format!("{}{text}", if negative { "-" } else { "" }), radix) {
        return Ok(Parsed::Small(n));
    }
    let magnitude = BigInt::parse_bytes(&digits, radix).ok_or_else(bad)?;
    Ok(Parsed::Big(if negative { -magnitude } else { magnitude }))
}

/// What `int(text, base)` reads from a `str`.
pub(crate) fn parse_str(text: &[u8], base: u32, limit: usize) -> Result<Parsed, Wrong> {
    parse(&super::float::to_ascii(text), base, limit, &|| super::wtf8::lossy(super::wtf8::slice(&repr::of_str(text), 0, 200)))
}
