//! A `struct` format, read: one [`Code`] for each item or run of bytes (`prepare_s` in `Modules/_struct.c`).

use super::error;
use crate::{PyResult, Vm};

/// One part of a format.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    /// The letter.
    pub(super) letter: u8,
    /// Where the part begins.
    pub(super) offset: usize,
    /// Bytes of one item; of `s` and `p`, of the whole string.
    pub(super) size: usize,
    /// How many items.
    pub(super) repeat: usize,
}

/// A whole format.
#[derive(Debug)]
pub(crate) struct Format {
    pub(super) codes: Vec<Code>,
    pub(super) size: usize,
    /// How many values it packs.
    pub(super) values: usize,
    pub(super) big_endian: bool,
}

/// Size and alignment of a letter in C's own layout.
fn native(letter: u8) -> Option<(usize, usize)> {
    Some(match letter {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => (1, 1),
        b'h' | b'H' | b'e' => (2, 2),
        b'i' | b'I' | b'f' => (4, 4),
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => (8, 8),
        b'F' => (8, 4),
        b'D' => (16, 8),
        _ => return None,
    })
}

/// Size of a letter in the standard layout, which has no padding.
fn standard(letter: u8) -> Option<usize> {
    match letter {
        b'l' | b'L' => Some(4),
        b'n' | b'N' | b'P' => None,
        _ => native(letter).map(|(size, _)| size),
    }
}

impl Format {
    /// Reads a format.
    pub(super) fn parse(vm: &Vm, text: &[u8]) -> PyResult<Format> {
        let (order, mut rest) = match text {
            [order @ (b'@' | b'=' | b'<' | b'>' | b'!'), rest @ ..] => (*order, rest),
            _ => (b'@', text),
        };
        let too_long = || error(vm, "total struct size too long");
        let mut format = Format { codes: Vec::new(), size: 0, values: 0, big_endian: matches!(order, b'>' | b'!') };
        while let [first, more @ ..] = rest {
            rest = more;
            if first.is_ascii_whitespace() || *first == 0x0b {
                continue;
            }
            let mut letter = *first;
            let mut number = 1usize;
            if letter.is_ascii_digit() {
                number = usize::from(letter - b'0');
                loop {
                    let [next, more @ ..] = rest else { return Err(error(vm, "repeat count given without format specifier")) };
                    rest = more;
                    letter = *next;
                    if !letter.is_ascii_digit() {
                        break;
                    }
                    number = number
                        .checked_mul(10)
                        .and_then(|number| number.checked_add(usize::from(letter - b'0')))
                        .filter(|&number| number <= isize::MAX as usize)
                        .ok_or_else(too_long)?;
                }
            }
            let layout = if order == b'@' { native(letter) } else { standard(letter).map(|size| (size, 1)) };
            if letter == 0 {
                return Err(error(vm, "embedded null character"));
            }
            let Some((size, align)) = layout else { return Err(error(vm, "bad char in struct format")) };
            let offset = format.size.checked_next_multiple_of(align).ok_or_else(too_long)?;
            let end = number.checked_mul(size).and_then(|bytes| bytes.checked_add(offset)).filter(|&end| end <= isize::MAX as usize);
            format.size = end.ok_or_else(too_long)?;
            match letter {
                b'x' => {}
                b's' | b'p' => {
                    format.values += 1;
                    format.codes.push(Code { letter, offset, size: number, repeat: 1 });
                }
                _ if number > 0 => {
                    format.values += number;
                    format.codes.push(Code { letter, offset, size, repeat: number });
                }
                _ => {}
            }
        }
        Ok(format)
    }
}
