//! Arithmetic on complex constants.
//!
//! A real operand has no imaginary part at all in 3.14, and a zero one before: it shows in the signs of zeros.
//! Follows `_Py_c_quot`, `_Py_c_pow` and their neighbors in CPython's `complexobject.c`.

use crate::arithmetic::nb;
use crate::code::Const;
use crate::version::Version;

/// Real part, and the imaginary part if the operand is complex.
#[derive(Clone, Copy)]
pub(crate) struct Operand {
    pub(crate) real: f64,
    pub(crate) imag: Option<f64>,
}

type Complex = (f64, f64);

pub(crate) fn binary(a: Operand, op: u32, b: Operand, version: Version) -> Option<Const> {
    let (real, imag) = match op {
        nb::POWER => power((a.real, a.imag.unwrap_or(0.0)), (b.real, b.imag.unwrap_or(0.0)))?,
        _ if version < Version::V3_14 => pair(op, (a.real, a.imag.unwrap_or(0.0)), (b.real, b.imag.unwrap_or(0.0)))?,
        _ => match (a.imag, b.imag) {
            (Some(ai), None) => with_real(op, (a.real, ai), b.real)?,
            (None, Some(bi)) => from_real(op, a.real, (b.real, bi))?,
            (ai, bi) => pair(op, (a.real, ai.unwrap_or(0.0)), (b.real, bi.unwrap_or(0.0)))?,
        },
    };
    Some(Const::Complex(real, imag))
}

fn pair(op: u32, a: Complex, b: Complex) -> Option<Complex> {
    match op {
        nb::ADD => Some((a.0 + b.0, a.1 + b.1)),
        nb::SUBTRACT => Some((a.0 - b.0, a.1 - b.1)),
        nb::MULTIPLY => Some(product(a, b)),
        nb::TRUE_DIVIDE => quotient(a, b),
        _ => None,
    }
}

fn with_real(op: u32, a: Complex, b: f64) -> Option<Complex> {
    match op {
        nb::ADD => Some((a.0 + b, a.1)),
        nb::SUBTRACT => Some((a.0 - b, a.1)),
        nb::MULTIPLY => Some((a.0 * b, a.1 * b)),
        nb::TRUE_DIVIDE if b != 0.0 => Some((a.0 / b, a.1 / b)),
        _ => None,
    }
}

fn from_real(op: u32, a: f64, b: Complex) -> Option<Complex> {
    match op {
        nb::ADD => Some((a + b.0, b.1)),
        nb::SUBTRACT => Some((a - b.0, -b.1)),
        nb::MULTIPLY => Some((a * b.0, a * b.1)),
        nb::TRUE_DIVIDE if b.0.abs() >= b.1.abs() && b.0 != 0.0 => {
            let ratio = b.1 / b.0;
            let denominator = b.0 + b.1 * ratio;
            Some((a / denominator, (-a * ratio) / denominator))
        }
        nb::TRUE_DIVIDE if b.1.abs() > b.0.abs() => {
            let ratio = b.0 / b.1;
            let denominator = b.0 * ratio + b.1;
            Some(((a * ratio) / denominator, (-a) / denominator))
        }
        _ => None,
    }
}

fn product(a: Complex, b: Complex) -> Complex {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

fn quotient(a: Complex, b: Complex) -> Option<Complex> {
    if b.0.abs() >= b.1.abs() && b.0 != 0.0 {
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        Some(((a.0 + a.1 * ratio) / denominator, (a.1 - a.0 * ratio) / denominator))
    } else if b.1.abs() > b.0.abs() {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        Some(((a.0 * ratio + a.1) / denominator, (a.1 * ratio - a.0) / denominator))
    } else {
        None
    }
}

/// Small whole exponents are multiplied out.
fn power(a: Complex, b: Complex) -> Option<Complex> {
    let result = if b.1 == 0.0 && b.0.floor() == b.0 && b.0.abs() <= 100.0 {
        let raised = raised(a, b.0.abs() as u32);
        if b.0 > 0.0 { raised } else { quotient((1.0, 0.0), raised)? }
    } else if a == (0.0, 0.0) {
        if b.1 != 0.0 || b.0 < 0.0 {
            return None;
        }
        (0.0, 0.0)
    } else {
        let size = a.0.hypot(a.1);
        let angle = a.1.atan2(a.0);
        let mut length = size.powf(b.0);
        let mut phase = angle * b.0;
        if b.1 != 0.0 {
            length *= (-angle * b.1).exp();
            phase += b.1 * size.ln();
        }
        if phase.is_infinite() {
            return None;
        }
        (length * phase.cos(), length * phase.sin())
    };
    (!result.0.is_infinite() && !result.1.is_infinite()).then_some(result)
}

fn raised(a: Complex, exponent: u32) -> Complex {
    let (mut result, mut square) = ((1.0, 0.0), a);
    let mut left = exponent;
    while left > 0 {
        if left & 1 != 0 {
            result = product(result, square);
        }
        left >>= 1;
        square = product(square, square);
    }
    result
}
