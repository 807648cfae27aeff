//! The operators of `int`: in 64 bits while the result fits, beyond that in big integers (`Objects/longobject.c`).

use std::cmp::Ordering;

use heap::Obj;
use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{One, Signed, Zero};

use super::int::exact;
use super::leaf::{integer, integer_of};
use crate::text::integer::Integer;
use crate::text::number;
use crate::{Compare, PyResult, Vm};

/// Both operands as integers, or `NotImplemented` from the calling function.
macro_rules! operands {
    ($vm:expr, $a:expr, $b:expr) => {
        match (integer($a), integer($b)) {
            (Some(a), Some(b)) => (a, b),
            _ => return Ok($vm.not_implemented()),
        }
    };
}

macro_rules! arithmetic {
    ($($(#[$doc:meta])* $name:ident, $checked:ident, $op:tt;)*) => {
        $($(#[$doc])* pub(crate) fn $name(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
            let (a, b) = operands!(vm, a, b);
            if let (Integer::Small(a), Integer::Small(b)) = (a, b) {
                if let Some(value) = a.$checked(b) {
                    return Ok(vm.int(value));
                }
            }
            Ok(vm.big_int(a.to_big() $op b.to_big()))
        })*
    };
}

arithmetic! {
    /// `a + b`.
    add, checked_add, +;
    /// `a - b`.
    subtract, checked_sub, -;
    /// `a * b`.
    multiply, checked_mul, *;
}

macro_rules! bitwise {
    ($($(#[$doc:meta])* $name:ident, $op:tt;)*) => {
        $($(#[$doc])* pub(crate) fn $name(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
            let (a, b) = operands!(vm, a, b);
            match (a, b) {
                (Integer::Small(a), Integer::Small(b)) => Ok(vm.int(a $op b)),
                _ => Ok(vm.big_int(a.to_big() $op b.to_big())),
            }
        })*
    };
}

bitwise! {
    /// `a & b`.
    and, &;
    /// `a | b`.
    or, |;
    /// `a ^ b`.
    xor, ^;
}

fn by_zero(vm: &Vm) -> crate::Raised {
    vm.zero_division("division by zero")
}

/// `a // b`.
pub(crate) fn floor_divide(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    match (a, b) {
        (_, Integer::Small(0)) => Err(by_zero(vm)),
        (Integer::Small(a), Integer::Small(b)) if (a, b) != (i64::MIN, -1) => Ok(vm.int(num_integer::Integer::div_floor(&a, &b))),
        _ => Ok(vm.big_int(a.to_big().div_floor(&b.to_big()))),
    }
}

/// `a % b`.
pub(crate) fn remainder(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    match (a, b) {
        (_, Integer::Small(0)) => Err(by_zero(vm)),
        (_, Integer::Small(-1)) => Ok(vm.int(0)),
        (Integer::Small(a), Integer::Small(b)) => Ok(vm.int(a.mod_floor(&b))),
        _ => Ok(vm.big_int(a.to_big().mod_floor(&b.to_big()))),
    }
}

/// `divmod(a, b)`.
pub(crate) fn divmod(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    let (quotient, rest) = match (a, b) {
        (_, Integer::Small(0)) => return Err(by_zero(vm)),
        (Integer::Small(a), Integer::Small(b)) if (a, b) != (i64::MIN, -1) => {
            let (quotient, rest) = a.div_mod_floor(&b);
            (vm.int(quotient), vm.int(rest))
        }
        _ => {
            let (quotient, rest) = a.to_big().div_mod_floor(&b.to_big());
            (vm.big_int(quotient), vm.big_int(rest))
        }
    };
    Ok(vm.tuple(vec![quotient, rest]))
}

/// `a / b`.
pub(crate) fn true_divide(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    const EXACT: u64 = 1 << 53;
    match (a, b) {
        (_, Integer::Small(0)) => Err(by_zero(vm)),
        (Integer::Small(a), Integer::Small(b)) if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT => {
            Ok(vm.float(a as f64 / b as f64))
        }
        _ => match number::true_divide(&a.to_big(), &b.to_big()) {
            Some(value) => Ok(vm.float(value)),
            None => Err(vm.overflow_error("integer division result too large for a float")),
        },
    }
}

/// `a ** b`.
pub(crate) fn power(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (base, exponent) = operands!(vm, a, b);
    if exponent.is_negative() {
        let (base, exponent) = (vm.int_to_float(base)?, vm.int_to_float(exponent)?);
        return vm.float_power(base, exponent);
    }
    if let (Integer::Small(base), Some(exponent)) = (base, exponent.small().and_then(|n| u32::try_from(n).ok()))
        && let Some(value) = base.checked_pow(exponent)
    {
        return Ok(vm.int(value));
    }
    match (base, exponent) {
        (Integer::Small(1 | 0), _) => Ok(exact(vm, a)),
        (Integer::Small(-1), _) => Ok(vm.int(if exponent.to_big().is_even() { 1 } else { -1 })),
        _ => match exponent.small().and_then(|n| u32::try_from(n).ok()) {
            // More than a few GiB of digits is more than there is memory for.
            Some(n) if base.to_big().bits().saturating_mul(n.into()) < 1 << 36 => Ok(vm.big_int(base.to_big().pow(n))),
            _ => Err(vm.no_memory()),
        },
    }
}

/// `pow(a, b, m)`.
pub(crate) fn power_mod(vm: &Vm, a: &Obj, b: &Obj, m: &Obj) -> PyResult {
    let (Some(base), Some(exponent), Some(modulus)) = (integer(a), integer(b), integer(m)) else { return Ok(vm.not_implemented()) };
    let (mut base, mut exponent, modulus) = (base.to_big(), exponent.to_big(), modulus.to_big());
    if modulus.is_zero() {
        return Err(vm.value_error("pow() 3rd argument cannot be 0"));
    }
    let size = modulus.abs();
    if exponent.is_negative() {
        let found = base.mod_floor(&size).extended_gcd(&size);
        if !found.gcd.is_one() && !size.is_one() {
            return Err(vm.value_error("base is not invertible for the given modulus"));
        }
        base = found.x;
        exponent = -exponent;
    }
    let power = base.mod_floor(&size).modpow(&exponent, &size);
    // The result has the sign of the modulus.
    Ok(vm.big_int(power.mod_floor(&modulus)))
}

/// `a << b`.
pub(crate) fn left_shift(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    if b.is_negative() {
        return Err(vm.value_error("negative shift count"));
    }
    match (a, b) {
        (Integer::Small(0), _) => Ok(vm.int(0)),
        (Integer::Small(n), Integer::Small(shift)) if shift < 63 && n.unsigned_abs().leading_zeros() as i64 > shift + 1 => {
            Ok(vm.int(n << shift))
        }
        (_, Integer::Small(shift)) if shift < 1 << 36 => Ok(vm.big_int(a.to_big() << shift)),
        (_, Integer::Small(_)) => Err(vm.no_memory()),
        _ => Err(vm.overflow_error("too many digits in integer")),
    }
}

/// `a >> b`.
pub(crate) fn right_shift(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    if b.is_negative() {
        return Err(vm.value_error("negative shift count"));
    }
    match (a, b) {
        (Integer::Small(n), Integer::Small(shift)) => Ok(vm.int(n >> shift.min(63))),
        (Integer::Big(n), Integer::Small(shift)) => Ok(vm.big_int(n >> shift)),
        _ => Ok(vm.int(if a.is_negative() { -1 } else { 0 })),
    }
}

/// `-a`.
pub(crate) fn negative(vm: &Vm, a: &Obj) -> PyResult {
    Ok(match integer_of(a) {
        Integer::Small(n) => vm.int128(-i128::from(n)),
        Integer::Big(n) => vm.big_int(-n),
    })
}

/// `abs(a)`.
pub(crate) fn absolute(vm: &Vm, a: &Obj) -> PyResult {
    if integer_of(a).is_negative() { negative(vm, a) } else { Ok(exact(vm, a)) }
}

/// `~a`.
pub(crate) fn invert(vm: &Vm, a: &Obj) -> PyResult {
    Ok(match integer_of(a) {
        Integer::Small(n) => vm.int(!n),
        Integer::Big(n) => vm.big_int(-(n + BigInt::one())),
    })
}

/// The order of two integers.
pub(crate) fn order(a: Integer<'_>, b: Integer<'_>) -> Ordering {
    match (a, b) {
        (Integer::Small(a), Integer::Small(b)) => a.cmp(&b),
        (Integer::Big(a), Integer::Big(b)) => a.cmp(b),
        (Integer::Big(a), Integer::Small(_)) => {
            if a.is_negative() {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (Integer::Small(_), Integer::Big(b)) => {
            if b.is_negative() {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
    }
}

impl Compare {
    /// Whether the comparison holds of two values in this order.
    #[inline]
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Compare::Lt => order.is_lt(),
            Compare::Le => order.is_le(),
            Compare::Eq => order.is_eq(),
            Compare::Ne => order.is_ne(),
            Compare::Gt => order.is_gt(),
            Compare::Ge => order.is_ge(),
        }
    }

    /// The same of values that may have no order (a NaN): only `!=` holds of those.
    pub(crate) fn holds_partly(self, order: Option<Ordering>) -> bool {
        order.map_or(self == Compare::Ne, |order| self.holds(order))
    }
}

/// `a < b` …
pub(crate) fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    let (a, b) = operands!(vm, a, b);
    Ok(vm.bool(op.holds(order(a, b))))
}
