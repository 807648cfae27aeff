//! One number of an array: to C's bytes and back, with the error texts of each type.

use heap::Obj;

use crate::objects::leaf;
use crate::text::integer::Integer;
use crate::text::wtf8;
use crate::{PyResult, Vm};

/// All letters, in CPython's order.
pub(super) const TYPECODES: &str = "bBuwhHiIlLqQfd";

/// The type of an array's items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Type {
    pub(super) letter: u8,
    pub(super) size: usize,
}

impl Type {
    /// The type of a letter.
    pub(super) fn of(letter: u8) -> Option<Type> {
        let size = match letter {
            b'b' | b'B' => 1,
            b'h' | b'H' => 2,
            b'u' | b'w' | b'i' | b'I' | b'f' => 4,
            b'l' | b'L' | b'q' | b'Q' | b'd' => 8,
            _ => return None,
        };
        Some(Type { letter, size })
    }

    pub(super) fn is_unicode(self) -> bool {
        matches!(self.letter, b'u' | b'w')
    }
}

/// The value of an item's bytes.
pub(super) fn unpack(vm: &Vm, kind: Type, raw: u64) -> PyResult {
    Ok(match kind.letter {
        b'b' => vm.int(i64::from(raw as i8)),
        b'h' => vm.int(i64::from(raw as i16)),
        b'i' => vm.int(i64::from(raw as i32)),
        b'l' | b'q' => vm.int(raw as i64),
        b'f' => vm.float(f32::from_bits(raw as u32).into()),
        b'd' => vm.float(f64::from_bits(raw)),
        b'u' | b'w' if raw > 0x10_ffff => {
            return Err(vm.value_error(format!("character U+{raw:x} is not in range [U+0000; U+10ffff]")));
        }
        b'u' | b'w' => vm.str_from_bytes(&wtf8::collect([raw as u32])),
        _ => vm.uint(raw),
    })
}

/// The bytes of a value.
pub(super) fn pack(vm: &Vm, kind: Type, value: &Obj) -> PyResult<u64> {
    match kind.letter {
        b'f' => return Ok((vm.as_float(value)? as f32).to_bits().into()),
        b'd' => return Ok(vm.as_float(value)?.to_bits()),
        b'u' | b'w' => return character(vm, value),
        _ => {}
    }
    let index = vm.index(value)?;
    let number = match leaf::integer(&index) {
        Some(Integer::Small(number)) => Some(i128::from(number)),
        Some(Integer::Big(number)) => i128::try_from(number).ok(),
        None => None,
    };
    let bits = 8 * kind.size as u32;
    let signed = kind.letter.is_ascii_lowercase();
    let (low, high) = if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
    match number {
        Some(number) if (low..=high).contains(&number) => Ok(number as u64),
        _ => Err(vm.overflow_error(out_of_range(kind.letter, number, low))),
    }
}

/// What CPython says of a number that does not fit, which is different for each type.
fn out_of_range(letter: u8, number: Option<i128>, low: i128) -> &'static str {
    let fits_long = number.is_some_and(|number| i64::try_from(number).is_ok());
    let less = number.is_some_and(|number| number < low);
    match letter {
        b'q' => "int too big to convert",
        b'Q' if less => "can't convert negative int to unsigned",
        b'Q' => "int too big to convert",
        b'L' | b'I' if less => "can't convert negative value to unsigned int",
        b'L' => "Python int too large to convert to C unsigned long",
        b'I' if number.is_some_and(|number| number < 1 << 64) => "unsigned int is greater than maximum",
        b'I' => "Python int too large to convert to C unsigned long",
        b'l' => "Python int too large to convert to C long",
        _ if !fits_long => "Python int too large to convert to C long",
        b'b' if less => "signed char is less than minimum",
        b'b' => "signed char is greater than maximum",
        b'B' if less => "unsigned byte integer is less than minimum",
        b'B' => "unsigned byte integer is greater than maximum",
        b'h' if less => "signed short integer is less than minimum",
        b'h' => "signed short integer is greater than maximum",
        b'H' if less => "unsigned short is less than minimum",
        b'H' => "unsigned short is greater than maximum",
        _ if less => "signed integer is less than minimum",
        _ => "signed integer is greater than maximum",
    }
}

fn character(vm: &Vm, value: &Obj) -> PyResult<u64> {
    let Some(text) = leaf::text(value) else {
        return Err(vm.type_error(format!("array item must be a unicode character, not {}", vm.type_name(value))));
    };
    let mut points = crate::text::wtf8::code_points(text);
    match (points.next(), points.next()) {
        (Some(point), None) => Ok(point.into()),
        _ => {
            let length = crate::objects::str::length(value);
            Err(vm.type_error(format!("array item must be a string of length 1, not a string of length {length}")))
        }
    }
}
