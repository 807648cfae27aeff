//! Takes data out of the machine that few programs need: the tables with the names of characters, a third of the whole, and with their forms.
//!
//! They are constants of crates that know nothing of this. The linker's map says where they lie; what is cut out is zeros until the page puts the bytes
//! back in their places, which it does before they are read (`library::packs::need`).

use anyhow::{Result, bail, ensure};
use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::{fs, str};

/// Where a run of zeros is shorter, two pieces of data are no smaller than one.
const SHORTEST: usize = 64;
const DATA: u8 = 11;
const CUSTOM: u8 = 0;

/// A machine without some of its data.
pub(super) struct Cut {
    /// What is left of it.
    pub(super) machine: Vec<u8>,
    /// What was cut out, as the page reads it: how many pieces, the address and the length of each (all four bytes long, the lowest first), the pieces.
    pub(super) out: Vec<u8>,
}

/// The addresses of the constants of a crate. The linker's map names a constant by a number that is its crate's, which the compiled crate has in its text.
pub(super) fn constants(map: &Path, compiled: &Path, name: &str) -> Result<Vec<Range<usize>>> {
    let mut numbers = HashSet::new();
    for file in fs::read_dir(compiled)? {
        let file = file?;
        let known = file.file_name().to_str().is_some_and(|file| file.starts_with(&format!("lib{name}-")) && file.ends_with(".rlib"));
        if known {
            numbers.extend(crate_numbers(&fs::read(file.path())?));
        }
    }
    let mut ranges = Vec::new();
    for line in String::from_utf8_lossy(&fs::read(map)?).lines() {
        // An address, an offset, a size; of an input section then its file and name.
        let mut fields = line.split_ascii_whitespace();
        let (Some(address), Some(_), Some(size), Some(section)) = (fields.next(), fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let Some((_, constant)) = section.split_once(":(.rodata..Lanon.") else { continue };
        let is_ours = constant.split('.').next().is_some_and(|number| numbers.contains(number));
        if let (true, Ok(address), Ok(size)) = (is_ours, usize::from_str_radix(address, 16), usize::from_str_radix(size, 16)) {
            ranges.push(address..address + size);
        }
    }
    ranges.sort_by_key(|range| range.start);
    ranges.retain(|range| range.len() >= SHORTEST);
    Ok(ranges)
}

/// The numbers that constants without a name have in a compiled crate.
fn crate_numbers(compiled: &[u8]) -> HashSet<String> {
    const MARK: &[u8] = b"anon.";
    const DIGITS: usize = 32;
    let at = |start: usize| compiled.get(start + MARK.len()..start + MARK.len() + DIGITS);
    let marks = compiled.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    let numbers = marks.filter_map(|(start, _)| str::from_utf8(at(start)?).ok());
    numbers.filter(|number| number.bytes().all(|digit| digit.is_ascii_hexdigit())).map(str::to_owned).collect()
}

/// Cuts out the data at these addresses, and what tools alone read.
pub(super) fn cut(machine: &[u8], ranges: &[Range<usize>]) -> Result<Cut> {
    ensure!(machine.starts_with(b"\0asm\x01\0\0\0"), "what was built is no machine for a browser");
    let (mut left, mut pieces) = (machine[..8].to_vec(), Vec::new());
    let mut rest = Reader { bytes: machine, at: 8 };
    while rest.at < machine.len() {
        let kind = rest.byte()?;
        let length = rest.number()?;
        let section = rest.take(length)?;
        let section = match kind {
            CUSTOM => continue,
            DATA => &cut_data(section, ranges, &mut pieces)?,
            _ => section,
        };
        left.push(kind);
        put_number(&mut left, section.len());
        left.extend(section);
    }
    let four = |number: usize| (number as u32).to_le_bytes();
    let mut out = four(pieces.len()).to_vec();
    out.extend(pieces.iter().flat_map(|(address, bytes)| [four(*address), four(bytes.len())]).flatten());
    out.extend(pieces.iter().flat_map(|(_, bytes)| bytes));
    Ok(Cut { machine: left, out })
}

/// The section of data with each segment split where something is cut out of it.
fn cut_data(section: &[u8], ranges: &[Range<usize>], out: &mut Vec<(usize, Vec<u8>)>) -> Result<Vec<u8>> {
    let mut reader = Reader { bytes: section, at: 0 };
    let mut segments: Vec<(usize, &[u8])> = Vec::new();
    for _ in 0..reader.number()? {
        // Active, in the first memory, at a constant address: (i32.const address) end.
        ensure!(reader.number()? == 0 && reader.byte()? == 0x41, "the machine has data of an unknown kind");
        let address = reader.number()?;
        ensure!(reader.byte()? == 0x0b, "the machine has data at an unknown address");
        let length = reader.number()?;
        segments.push((address, reader.take(length)?));
    }
    let mut left: Vec<(usize, &[u8])> = Vec::new();
    for (address, bytes) in segments {
        let mut from = 0;
        for range in ranges.iter().filter(|range| range.start >= address && range.end <= address + bytes.len()) {
            left.push((address + from, &bytes[from..range.start - address]));
            out.push((range.start, bytes[range.start - address..range.end - address].to_vec()));
            from = range.end - address;
        }
        left.push((address + from, &bytes[from..]));
    }
    left.retain(|(_, bytes)| !bytes.is_empty());
    let mut section = Vec::new();
    put_number(&mut section, left.len());
    for (address, bytes) in left {
        section.extend([0, 0x41]);
        put_signed(&mut section, address as i64);
        section.push(0x0b);
        put_number(&mut section, bytes.len());
        section.extend(bytes);
    }
    Ok(section)
}

/// Reads what a machine's file is made of.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let Some(taken) = self.bytes.get(self.at..self.at + length) else { bail!("the machine's file ends too early") };
        self.at += length;
        Ok(taken)
    }

    /// A number in groups of seven bits, the lowest first. Addresses are signed, but none is so large that its sign would show.
    fn number(&mut self) -> Result<usize> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            number |= usize::from(byte & 127) << shift;
            shift += 7;
            if byte < 128 {
                return Ok(number);
            }
        }
    }
}

fn put_number(out: &mut Vec<u8>, mut number: usize) {
    while number > 127 {
        out.push(number as u8 | 128);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_signed(out: &mut Vec<u8>, mut number: i64) {
    while !(-64..64).contains(&number) {
        out.push(number as u8 & 127 | 128);
        number >>= 7;
    }
    out.push(number as u8 & 127);
}

#[cfg(test)]
mod tests {
    use super::{crate_numbers, cut};

    #[test]
    fn data_is_cut_out_of_the_middle() {
        // One segment of six bytes at address 1000.
        let machine = [b"\0asm\x01\0\0\0".as_slice(), &[11, 13, 1, 0, 0x41, 0xe8, 0x07, 0x0b, 6], b"abcdef", &[0, 1, 9]].concat();
        let cut = cut(&machine, std::slice::from_ref(&(1002..1004))).unwrap();
        let left = [&[2u8, 0, 0x41, 0xe8, 0x07, 0x0b, 2][..], b"ab", &[0, 0x41, 0xec, 0x07, 0x0b, 2], b"ef"].concat();
        assert_eq!(cut.machine, [b"\0asm\x01\0\0\0".as_slice(), &[11, left.len() as u8], &left].concat());
        assert_eq!(cut.out, [&1u32.to_le_bytes()[..], &1002u32.to_le_bytes(), &2u32.to_le_bytes(), b"cd"].concat());
    }

    #[test]
    fn a_compiled_crate_tells_its_numbers() {
        let numbers = crate_numbers(b"x.anon.0123456789abcdef0123456789abcdef.17\0anon.short");
        assert_eq!(Vec::from_iter(numbers), ["0123456789abcdef0123456789abcdef"]);
    }
}
