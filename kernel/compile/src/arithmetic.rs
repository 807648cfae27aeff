//! Arithmetic on constants, as far as CPython does it while compiling.
//!
//! `None` means "leave it to run time": the operation raises, or its result would be too large to store.
//! Follows `eval_const_binop` and its limits in `flowgraph.c`.

use std::collections::HashSet;
use std::rc::Rc;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};

use crate::code::{Const, PyStr};
use crate::complex;
use crate::version::Version;

/// Bits of an int.
const MAX_INT_SIZE: u64 = 128;
/// Items of a tuple.
const MAX_COLLECTION_SIZE: usize = 256;
/// Characters of a str or bytes.
const MAX_STR_SIZE: usize = 4096;
/// Items of a tuple, nested ones included.
const MAX_TOTAL_ITEMS: isize = 1024;

/// `arg` of `BINARY_OP`.
pub(crate) mod nb {
    pub(crate) const ADD: u32 = 0;
    pub(crate) const AND: u32 = 1;
    pub(crate) const FLOOR_DIVIDE: u32 = 2;
    pub(crate) const LSHIFT: u32 = 3;
    pub(crate) const MULTIPLY: u32 = 5;
    pub(crate) const REMAINDER: u32 = 6;
    pub(crate) const OR: u32 = 7;
    pub(crate) const POWER: u32 = 8;
    pub(crate) const RSHIFT: u32 = 9;
    pub(crate) const SUBTRACT: u32 = 10;
    pub(crate) const TRUE_DIVIDE: u32 = 11;
    pub(crate) const XOR: u32 = 12;
    pub(crate) const SUBSCR: u32 = 26;
}

/// A unary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unary {
    Not,
    Negative,
    Invert,
    Positive,
}

/// A number on the way up the tower.
enum Number {
    Int(BigInt),
    Float(f64),
    Complex(f64, f64),
}

impl Number {
    fn of(value: &Const) -> Option<Number> {
        Some(match value {
            Const::True => Number::Int(1.into()),
            Const::False => Number::Int(0.into()),
            Const::Int(value) => Number::Int((*value).into()),
            Const::BigInt(value) => Number::Int(value.clone()),
            Const::Float(value) => Number::Float(*value),
            Const::Complex(real, imag) => Number::Complex(*real, *imag),
            _ => return None,
        })
    }

    /// As floats, unless an int is too large for one.
    fn operand(&self) -> Option<complex::Operand> {
        Some(match self {
            Number::Int(value) => complex::Operand { real: value.to_f64().filter(|value| value.is_finite())?, imag: None },
            Number::Float(value) => complex::Operand { real: *value, imag: None },
            Number::Complex(real, imag) => complex::Operand { real: *real, imag: Some(*imag) },
        })
    }
}

/// `left op right`, where `op` is an argument of `BINARY_OP`.
pub(crate) fn binary(left: &Const, op: u32, right: &Const, version: Version) -> Option<Const> {
    if op == nb::SUBSCR {
        return subscript(left, right);
    }
    if let (Some(left), Some(right)) = (as_bool(left), as_bool(right)) {
        match op {
            nb::AND => return Some(Const::bool(left & right)),
            nb::OR => return Some(Const::bool(left | right)),
            nb::XOR => return Some(Const::bool(left ^ right)),
            _ => {}
        }
    }
    let (Some(a), Some(b)) = (Number::of(left), Number::of(right)) else {
        return match op {
            nb::ADD => concatenate(left, right),
            nb::MULTIPLY => repeat(left, right).or_else(|| repeat(right, left)),
            _ => None,
        };
    };
    match (&a, &b) {
        (Number::Int(a), Number::Int(b)) => integers(a, op, b),
        (Number::Complex(..), _) | (_, Number::Complex(..)) => complex::binary(a.operand()?, op, b.operand()?, version),
        _ => {
            let (a, b) = (a.operand()?, b.operand()?);
            if op == nb::POWER && a.real < 0.0 && a.real.is_finite() && b.real.is_finite() && b.real.floor() != b.real {
                // A root of a negative number is complex.
                return complex::binary(a, op, b, version);
            }
            floats(a.real, op, b.real)
        }
    }
}

/// `op value`.
pub(crate) fn unary(op: Unary, value: &Const) -> Option<Const> {
    if op == Unary::Not {
        return Some(Const::bool(!value.is_true()));
    }
    if op == Unary::Invert && as_bool(value).is_some() {
        // Deprecated: the warning belongs to run time.
        return None;
    }
    Some(match (op, Number::of(value)?) {
        (Unary::Invert, Number::Int(value)) => Const::int(!value),
        (Unary::Negative, Number::Int(value)) => Const::int(-value),
        (Unary::Negative, Number::Float(value)) => Const::Float(-value),
        (Unary::Negative, Number::Complex(real, imag)) => Const::Complex(-real, -imag),
        (Unary::Positive, Number::Int(value)) => Const::int(value),
        (Unary::Positive, Number::Float(value)) => Const::Float(value),
        (Unary::Positive, Number::Complex(real, imag)) => Const::Complex(real, imag),
        _ => return None,
    })
}

/// A frozenset of the items, the first of equal ones.
pub(crate) fn frozenset(items: Vec<Const>) -> Const {
    let mut seen = HashSet::new();
    Const::FrozenSet(items.into_iter().filter(|item| seen.insert(as_key(item))).collect())
}

/// Values that are equal to Python code (`1`, `1.0` and `True`) have equal keys.
fn as_key(value: &Const) -> Const {
    match value {
        Const::True => Const::Int(1),
        Const::False => Const::Int(0),
        Const::Float(value) if value.fract() == 0.0 => BigInt::from_f64(*value).map_or(Const::Float(*value), Const::int),
        Const::Complex(real, imag) if *imag == 0.0 => as_key(&Const::Float(*real)),
        Const::Tuple(items) => Const::Tuple(items.iter().map(as_key).collect()),
        _ => value.clone(),
    }
}

fn as_bool(value: &Const) -> Option<bool> {
    match value {
        Const::True => Some(true),
        Const::False => Some(false),
        _ => None,
    }
}

fn integers(a: &BigInt, op: u32, b: &BigInt) -> Option<Const> {
    let value = match op {
        nb::ADD => a + b,
        nb::SUBTRACT => a - b,
        nb::MULTIPLY if !a.is_zero() && !b.is_zero() && a.bits() + b.bits() > MAX_INT_SIZE => {
            return None;
        }
        nb::MULTIPLY => a * b,
        nb::TRUE_DIVIDE => return true_divide(a, b).map(Const::Float),
        nb::FLOOR_DIVIDE if !b.is_zero() => a.div_floor(b),
        nb::REMAINDER if !b.is_zero() => a.mod_floor(b),
        nb::POWER if b.is_negative() && a.is_zero() => return None,
        nb::POWER if b.is_negative() => return Some(Const::Float(a.to_f64()?.powf(b.to_f64()?))),
        nb::POWER if a.is_zero() => BigInt::from(u8::from(b.is_zero())),
        nb::POWER => {
            let exponent = b.to_u64()?;
            if exponent > 0 && a.bits() > MAX_INT_SIZE / exponent {
                return None;
            }
            a.pow(u32::try_from(exponent).ok()?)
        }
        nb::LSHIFT if b.is_negative() => return None,
        nb::LSHIFT if a.is_zero() => BigInt::zero(),
        nb::LSHIFT => {
            let by = b.to_u64()?;
            if by > MAX_INT_SIZE || a.bits() > MAX_INT_SIZE - by {
                return None;
            }
            a << by
        }
        nb::RSHIFT if b.is_negative() => return None,
        nb::RSHIFT => match b.to_u64() {
            Some(by) if by < a.bits() + 1 => a >> by,
            _ if a.is_negative() => BigInt::from(-1),
            _ => BigInt::zero(),
        },
        nb::AND => a & b,
        nb::OR => a | b,
        nb::XOR => a ^ b,
        _ => return None,
    };
    Some(Const::int(value))
}

/// The float nearest to `a / b`.
fn true_divide(a: &BigInt, b: &BigInt) -> Option<f64> {
    if b.is_zero() {
        return None;
    }
    const EXACT: u64 = 53;
    if a.bits() <= EXACT && b.bits() <= EXACT {
        return Some(a.to_f64()? / b.to_f64()?);
    }
    // A quotient of at least 66 bits, whose last bit remembers whether anything was cut off, rounds as the true one does.
    let shift = 66 + b.bits() as i64 - a.bits() as i64;
    let (top, bottom) = (a.abs(), b.abs());
    let (top, bottom) = if shift >= 0 { (top << shift, bottom) } else { (top, bottom << -shift) };
    let (mut quotient, rest) = top.div_rem(&bottom);
    if !rest.is_zero() {
        quotient |= BigInt::from(1);
    }
    let negative = (a.sign() == Sign::Minus) != (b.sign() == Sign::Minus);
    let value = quotient.to_f64()? * 2f64.powi(i32::try_from(-shift).ok()?);
    value.is_finite().then_some(if negative { -value } else { value })
}

fn floats(a: f64, op: u32, b: f64) -> Option<Const> {
    let value = match op {
        nb::ADD => a + b,
        nb::SUBTRACT => a - b,
        nb::MULTIPLY => a * b,
        nb::TRUE_DIVIDE if b != 0.0 => a / b,
        nb::FLOOR_DIVIDE if b != 0.0 => float_divmod(a, b).0,
        nb::REMAINDER if b != 0.0 => float_divmod(a, b).1,
        nb::POWER => {
            if a == 0.0 && b < 0.0 && b.is_finite() {
                return None;
            }
            let value = a.powf(b);
            if value.is_infinite() && a.is_finite() && b.is_finite() {
                return None;
            }
            value
        }
        _ => return None,
    };
    Some(Const::Float(value))
}

/// Quotient and remainder with the sign of the divisor, as `float_divmod` gives them.
fn float_divmod(a: f64, b: f64) -> (f64, f64) {
    let mut modulo = a % b;
    let mut quotient = (a - modulo) / b;
    if modulo == 0.0 {
        modulo = 0f64.copysign(b);
    } else if (b < 0.0) != (modulo < 0.0) {
        modulo += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0f64.copysign(a / b), modulo);
    }
    let mut floor = quotient.floor();
    if quotient - floor > 0.5 {
        floor += 1.0;
    }
    (floor, modulo)
}

fn concatenate(left: &Const, right: &Const) -> Option<Const> {
    Some(match (left, right) {
        (Const::Str(a), Const::Str(b)) => Const::Str(PyStr::from_wtf8(&[a.as_bytes(), b.as_bytes()].concat())),
        (Const::Bytes(a), Const::Bytes(b)) => Const::Bytes([&**a, &**b].concat().into()),
        (Const::Tuple(a), Const::Tuple(b)) => Const::Tuple([&**a, &**b].concat().into()),
        _ => return None,
    })
}

fn repeat(sequence: &Const, times: &Const) -> Option<Const> {
    let times = match times {
        Const::True => 1,
        Const::False => 0,
        Const::Int(times) => *times,
        _ => return None,
    };
    let (size, limit) = match sequence {
        Const::Str(text) => (text.len(), MAX_STR_SIZE),
        Const::Bytes(bytes) => (bytes.len(), MAX_STR_SIZE),
        Const::Tuple(items) => (items.len(), MAX_COLLECTION_SIZE),
        _ => return None,
    };
    if size > 0 && (times < 0 || times as u64 > (limit / size) as u64) {
        return None;
    }
    let times = if size == 0 { 0 } else { times as usize };
    Some(match sequence {
        Const::Str(text) => Const::Str(PyStr::from_wtf8(&text.as_bytes().repeat(times))),
        Const::Bytes(bytes) => Const::Bytes(bytes.repeat(times).into()),
        Const::Tuple(items) => {
            if times > 0 && items_left(sequence, MAX_TOTAL_ITEMS / times as isize) < 0 {
                return None;
            }
            let size = items.len() * times;
            Const::Tuple(items.iter().cycle().take(size).cloned().collect())
        }
        _ => return None,
    })
}

/// What is left of `limit` after all items, nested ones too; negative if it was exceeded.
fn items_left(value: &Const, mut limit: isize) -> isize {
    // Constants nest only as deep as the parser allows.
    let mut todo = vec![value];
    while let (Some(value), true) = (todo.pop(), limit >= 0) {
        if let Const::Tuple(items) = value {
            limit -= items.len() as isize;
            todo.extend(items.iter());
        }
    }
    limit
}

fn subscript(value: &Const, index: &Const) -> Option<Const> {
    let length = match value {
        Const::Str(text) => text.len(),
        Const::Bytes(bytes) => bytes.len(),
        Const::Tuple(items) => items.len(),
        _ => return None,
    };
    let indices = match index {
        Const::Slice(parts) => slice_indices(parts, length as i64)?,
        _ => {
            let Number::Int(index) = Number::of(index)? else {
                return None;
            };
            let index = index.to_i64()?;
            let index = if index < 0 { index + length as i64 } else { index };
            let index = usize::try_from(index).ok().filter(|index| *index < length)?;
            match value {
                Const::Bytes(bytes) => return Some(Const::Int(bytes[index].into())),
                Const::Tuple(items) => return Some(items[index].clone()),
                _ => vec![index],
            }
        }
    };
    Some(match value {
        Const::Str(text) => {
            let points: Vec<u32> = text.code_points().collect();
            Const::Str(PyStr::from_code_points(indices.into_iter().map(|index| points[index])))
        }
        Const::Bytes(bytes) => Const::Bytes(indices.into_iter().map(|index| bytes[index]).collect()),
        Const::Tuple(items) => Const::Tuple(indices.into_iter().map(|index| items[index].clone()).collect::<Rc<[Const]>>()),
        _ => return None,
    })
}

/// `range(*slice.indices(length))`.
fn slice_indices(parts: &[Const; 3], length: i64) -> Option<Vec<usize>> {
    let part = |value: &Const| match value {
        Const::None => Some(None),
        Const::Int(value) => Some(Some(*value)),
        Const::True => Some(Some(1)),
        Const::False => Some(Some(0)),
        _ => None,
    };
    let (start, stop, step) = (part(&parts[0])?, part(&parts[1])?, part(&parts[2])?.unwrap_or(1));
    if step == 0 {
        return None;
    }
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let bound = |value: i64| (if value < 0 { value.saturating_add(length) } else { value }).clamp(low, high);
    let mut index = start.map_or(if step > 0 { low } else { high }, bound);
    let stop = stop.map_or(if step > 0 { high } else { low }, bound);
    let mut indices = Vec::new();
    while (step > 0 && index < stop) || (step < 0 && index > stop) {
        indices.push(index as usize);
        index = index.saturating_add(step);
    }
    Some(indices)
}
