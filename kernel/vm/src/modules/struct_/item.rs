//! One value of a `struct`: to bytes and back.

use heap::{Bytes, Obj};

use super::error;
use super::format::Code;
use crate::objects::bytearray::ByteArray;
use crate::objects::complex::Complex;
use crate::objects::leaf;
use crate::{PyResult, Vm};

/// The value of the bytes of one item.
pub(super) fn unpack(vm: &Vm, code: &Code, raw: &[u8], big: bool) -> Obj {
    match code.letter {
        b'c' => vm.bytes(raw),
        b's' => vm.bytes(raw),
        b'p' => {
            let length = raw.first().map_or(0, |&n| usize::from(n).min(raw.len() - 1));
            vm.bytes(raw.get(1..1 + length).unwrap_or_default())
        }
        b'?' => vm.bool(raw.iter().any(|&byte| byte != 0)),
        b'e' => vm.float(half_to_float(unsigned(raw, big) as u16)),
        b'f' | b'd' => vm.float(float(raw, big)),
        b'F' | b'D' => {
            let (re, im) = raw.split_at(raw.len() / 2);
            vm.complex(float(re, big), float(im, big))
        }
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => {
            let shift = 64 - 8 * raw.len() as u32;
            vm.int((unsigned(raw, big) << shift) as i64 >> shift)
        }
        _ => vm.uint(unsigned(raw, big)),
    }
}

fn unsigned(raw: &[u8], big: bool) -> u64 {
    let add = |number: u64, byte: &u8| (number << 8) | u64::from(*byte);
    if big { raw.iter().fold(0, add) } else { raw.iter().rev().fold(0, add) }
}

fn float(raw: &[u8], big: bool) -> f64 {
    if raw.len() == 4 { f32::from_bits(unsigned(raw, big) as u32).into() } else { f64::from_bits(unsigned(raw, big)) }
}

/// Writes one value over the bytes of its item.
pub(super) fn pack(vm: &Vm, code: &Code, value: &Obj, out: &mut [u8], big: bool) -> PyResult<()> {
    match code.letter {
        b'c' => match value.get::<Bytes>().map(Bytes::as_bytes) {
            Some([byte]) => out[0] = *byte,
            _ => return Err(error(vm, "char format requires a bytes object of length 1")),
        },
        b's' | b'p' => {
            let Some(data) =
                value.get::<Bytes>().map(|bytes| bytes.as_bytes().to_vec()).or_else(|| value.get::<ByteArray>().map(ByteArray::to_vec))
            else {
                return Err(error(vm, format!("argument for '{}' must be a bytes object", char::from(code.letter))));
            };
            let start = usize::from(code.letter == b'p');
            if out.len() > start {
                let length = data.len().min(out.len() - start);
                out[start..start + length].copy_from_slice(&data[..length]);
                if start == 1 {
                    out[0] = length.min(255) as u8;
                }
            }
        }
        b'?' => out[0] = vm.is_true(value)?.into(),
        b'e' | b'f' | b'd' => {
            let number = leaf::float(value).map_or_else(|| vm.as_float(value), Ok).map_err(|raised| {
                if raised.is(vm, &vm.types.type_error) { error(vm, "required argument is not a float") } else { raised }
            })?;
            put_float(vm, code.letter, number, out, big)?;
        }
        b'F' | b'D' => {
            let number = vm.call(&vm.types.complex, std::slice::from_ref(value));
            let Ok(number) = number else { return Err(error(vm, "required argument is not a complex")) };
            let (re, im) = number.get::<Complex>().map_or((0.0, 0.0), |number| (number.real, number.imag));
            let letter = if code.letter == b'F' { b'f' } else { b'd' };
            let (first, second) = out.split_at_mut(code.size / 2);
            put_float(vm, letter, re, first, big)?;
            put_float(vm, letter, im, second, big)?;
        }
        _ => put_integer(vm, code, value, out, big)?,
    }
    Ok(())
}

fn put(number: u64, out: &mut [u8], big: bool) {
    let size = out.len();
    if big {
        out.copy_from_slice(&number.to_be_bytes()[8 - size..]);
    } else {
        out.copy_from_slice(&number.to_le_bytes()[..size]);
    }
}

fn put_float(vm: &Vm, letter: u8, number: f64, out: &mut [u8], big: bool) -> PyResult<()> {
    let too_large = || vm.overflow_error(format!("float too large to pack with {} format", char::from(letter)));
    match letter {
        b'd' => put(number.to_bits(), out, big),
        b'f' => {
            let single = number as f32;
            if single.is_infinite() && number.is_finite() {
                return Err(too_large());
            }
            put(single.to_bits().into(), out, big);
        }
        _ => put(float_to_half(number).ok_or_else(too_large)?.into(), out, big),
    }
    Ok(())
}

fn put_integer(vm: &Vm, code: &Code, value: &Obj, out: &mut [u8], big: bool) -> PyResult<()> {
    if !vm.has_index(value) {
        return Err(error(vm, "required argument is not an integer"));
    }
    let index = vm.index(value)?;
    let number = leaf::integer(&index).and_then(|number| match number {
        crate::text::integer::Integer::Small(n) => Some(i128::from(n)),
        crate::text::integer::Integer::Big(n) => i128::try_from(n).ok(),
    });
    let bits = 8 * out.len() as u32;
    let (low, high) = match code.letter {
        b'P' => (-(1i128 << 63), (1i128 << 64) - 1),
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
        _ => (0, (1i128 << bits) - 1),
    };
    match number.filter(|number| (low..=high).contains(number)) {
        Some(number) => put(number as u64, out, big),
        None if code.letter == b'P' => return Err(error(vm, "int too large to convert")),
        None => return Err(error(vm, format!("'{}' format requires {low} <= number <= {high}", char::from(code.letter)))),
    }
    Ok(())
}

/// IEEE 754 binary16 to a float.
pub(crate) fn half_to_float(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    match exponent {
        0x1f if fraction == 0.0 => sign * f64::INFINITY,
        0x1f => f64::from_bits((u64::from(bits & 0x8000) << 48) | 0x7ff8_0000_0000_0000 | (u64::from(bits & 0x3ff) << 42)),
        0 => sign * fraction * 2f64.powi(-24),
        _ => sign * (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    }
}

/// A float to IEEE 754 binary16, ties to even; nothing if it is too large.
pub(crate) fn float_to_half(number: f64) -> Option<u16> {
    let sign = if number.is_sign_negative() { 0x8000 } else { 0 };
    let size = number.abs();
    if number.is_nan() {
        return Some(sign | 0x7e00);
    }
    if size.is_infinite() {
        return Some(sign | 0x7c00);
    }
    // Below the smallest normal number the steps are 2^-24 wide; above, 1024 to each power of two.
    let exponent = if size < 2f64.powi(-14) { -14 } else { (size.to_bits() >> 52) as i32 - 1023 };
    let steps = (size * 2f64.powi(10 - exponent)).round_ties_even() as u32;
    let base = ((exponent + 14) as u32) << 10;
    let bits = base + steps;
    (bits < 0x7c00).then_some(sign | bits as u16)
}
