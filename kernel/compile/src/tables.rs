//! The byte strings of CPython's code objects: `co_code`, `co_linetable`, `co_exceptiontable`, and the offsets in them.
//!
//! Our own machine never reads them; Python code does, through `f_lasti`, `co_positions()` and `dis`.
//! Offsets count `EXTENDED_ARG` and inline caches, though our instructions have neither. Follows `assemble.c` and `locations.md`.

use crate::code::{Code, Handler};
use crate::ir::Location;
use crate::opcode::Op;

/// Where the instructions of a code object lie in CPython's `co_code`, in units of two bytes.
#[derive(Clone, Debug)]
pub struct Offsets {
    /// For each instruction its first unit, which may be an `EXTENDED_ARG`; then the length of the code.
    pub starts: Vec<u32>,
    /// For each instruction the argument as CPython encodes it: jumps are distances.
    pub args: Vec<u32>,
}

impl Offsets {
    /// How many `EXTENDED_ARG`s come before instruction `index`.
    pub fn extended_args(&self, index: usize) -> u32 {
        extended_args(self.args[index])
    }

    /// The offset in bytes of instruction `index` itself: what `f_lasti` is while it runs.
    pub fn byte_offset(&self, index: usize) -> u32 {
        (self.starts[index] + self.extended_args(index)) * 2
    }
}

fn extended_args(arg: u32) -> u32 {
    match arg {
        0..0x100 => 0,
        0x100..0x1_0000 => 1,
        0x1_0000..0x100_0000 => 2,
        _ => 3,
    }
}

impl Code {
    /// Lays the code out as CPython does. Distances decide how long jumps are, and lengths decide distances, so this is repeated until it settles.
    pub fn offsets(&self) -> Offsets {
        let count = self.instrs.len();
        let caches: Vec<u32> = self.instrs.iter().map(|instr| instr.op.cache_units(self.version) as u32).collect();
        // CPython starts with the target's index in the place of the distance, which can leave an `EXTENDED_ARG` too many.
        let mut args: Vec<u32> = self.instrs.iter().map(|instr| instr.arg).collect();
        let mut starts = vec![0; count + 1];
        loop {
            for index in 0..count {
                starts[index + 1] = starts[index] + extended_args(args[index]) + 1 + caches[index];
            }
            let mut settled = true;
            for (index, instr) in self.instrs.iter().enumerate() {
                if self.is_jump(instr.op) {
                    let (end, target) = (starts[index + 1], starts[instr.arg as usize]);
                    let distance = end.abs_diff(target);
                    settled &= extended_args(distance) == extended_args(args[index]);
                    args[index] = distance;
                }
            }
            if settled {
                return Offsets { starts, args };
            }
        }
    }

    /// Is `arg` of this instruction a target, in this version?
    pub fn is_jump(&self, op: Op) -> bool {
        op.is_jump() && op.has_target(self.version)
    }

    /// How many bytes `co_code` has.
    pub fn co_code_len(&self) -> usize {
        2 * self.offsets().starts.last().map_or(0, |&end| end as usize)
    }

    /// `co_code`.
    pub fn co_code(&self) -> Vec<u8> {
        let offsets = self.offsets();
        let mut bytes = Vec::new();
        let extended_arg = Op::ExtendedArg.number(self.version).unwrap_or(0);
        for (index, instr) in self.instrs.iter().enumerate() {
            let arg = offsets.args[index].to_be_bytes();
            for byte in &arg[3 - offsets.extended_args(index) as usize..3] {
                bytes.extend([extended_arg, *byte]);
            }
            bytes.extend([instr.op.number(self.version).unwrap_or(0), arg[3]]);
            bytes.resize(bytes.len() + 2 * instr.op.cache_units(self.version), 0);
        }
        bytes
    }

    /// `co_exceptiontable`.
    pub fn co_exceptiontable(&self) -> Vec<u8> {
        let offsets = self.offsets();
        let at = |index: u32| offsets.starts[index as usize];
        let mut bytes = Vec::new();
        for Handler { start, end, target, depth, lasti } in &self.exception_table {
            push_exception_item(&mut bytes, at(*start), 0x80);
            push_exception_item(&mut bytes, at(*end) - at(*start), 0);
            push_exception_item(&mut bytes, at(*target), 0);
            push_exception_item(&mut bytes, depth << 1 | u32::from(*lasti), 0);
        }
        bytes
    }

    /// Takes the places of a `co_linetable` for those of the instructions (`PyCodeAddressRange`; `Objects/locations.md`).
    pub fn set_linetable(&mut self, table: &[u8]) {
        let mut rest = table.iter().copied();
        let mut line = self.first_line;
        // The place of each code unit.
        let mut units = Vec::new();
        while let Some(head) = rest.next() {
            let mut number = || {
                let (mut value, mut shift) = (0u32, 0);
                for byte in rest.by_ref() {
                    value |= u32::from(byte & 63).checked_shl(shift).unwrap_or(0);
                    shift += 6;
                    if byte & 64 == 0 {
                        break;
                    }
                }
                value
            };
            let signed = |value: u32| if value & 1 != 0 { -((value >> 1) as i32) } else { (value >> 1) as i32 };
            let place = match head >> 3 & 15 {
                15 => Location::NONE,
                14 => {
                    line += signed(number());
                    let (lines, col, end_col) = (number() as i32, number() as i32, number() as i32);
                    Location { line, end_line: line + lines, col: col - 1, end_col: end_col - 1 }
                }
                13 => {
                    line += signed(number());
                    Location { line, end_line: line, col: -1, end_col: -1 }
                }
                form @ 10..=12 => {
                    line += i32::from(form) - 10;
                    let (col, end_col) = (rest.next().unwrap_or(0), rest.next().unwrap_or(0));
                    Location { line, end_line: line, col: col.into(), end_col: end_col.into() }
                }
                form => {
                    let second = rest.next().unwrap_or(0);
                    let col = i32::from(form << 3 | second >> 4);
                    Location { line, end_line: line, col, end_col: col + i32::from(second & 15) }
                }
            };
            units.extend(std::iter::repeat_n(place, usize::from(head & 7) + 1));
        }
        let offsets = self.offsets();
        for (index, location) in self.locations.iter_mut().enumerate() {
            *location = units.get(offsets.starts[index] as usize).copied().unwrap_or(Location::NONE);
        }
    }

    /// `co_linetable`.
    pub fn co_linetable(&self) -> Vec<u8> {
        let offsets = self.offsets();
        let mut table = LineTable { bytes: Vec::new(), line: self.first_line };
        let mut run: Option<(Location, u32)> = None;
        for (index, loc) in self.locations.iter().enumerate() {
            let size = offsets.starts[index + 1] - offsets.starts[index];
            match &mut run {
                Some((open, length)) if open == loc => *length += size,
                _ => {
                    table.push_run(run);
                    run = Some((*loc, size));
                }
            }
        }
        table.push_run(run);
        table.bytes
    }
}

/// Six bits a byte, the highest first.
fn push_exception_item(bytes: &mut Vec<u8>, value: u32, mut first: u8) {
    for shift in [24, 18, 12, 6] {
        if value >= 1 << shift {
            bytes.push((value >> shift & 0x3f) as u8 | 0x40 | first);
            first = 0;
        }
    }
    bytes.push((value & 0x3f) as u8 | first);
}

struct LineTable {
    bytes: Vec<u8>,
    /// The line that distances count from.
    line: i32,
}

/// The forms of an entry.
const ONE_LINE: u8 = 10;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NONE: u8 = 15;

impl LineTable {
    /// An entry covers at most eight units.
    fn push_run(&mut self, run: Option<(Location, u32)>) {
        let Some((loc, mut length)) = run else { return };
        while length > 8 {
            self.push_entry(loc, 8);
            length -= 8;
        }
        self.push_entry(loc, length);
    }

    fn push_entry(&mut self, loc: Location, length: u32) {
        if loc.line < 0 {
            return self.push_first(NONE, length);
        }
        let delta = loc.line - self.line;
        let (col, end_col) = (loc.col, loc.end_col);
        let one_line = loc.end_line == loc.line;
        if col < 0 || end_col < 0 {
            if one_line || loc.end_line == -1 {
                self.push_first(NO_COLUMNS, length);
                self.push_signed(delta);
                self.line = loc.line;
                return;
            }
        } else if one_line && delta == 0 && col < 80 && (0..16).contains(&(end_col - col)) {
            self.push_first((col >> 3) as u8, length);
            self.bytes.push(((col & 7) << 4 | (end_col - col)) as u8);
            return;
        } else if one_line && (0..3).contains(&delta) && col < 128 && end_col < 128 {
            self.push_first(ONE_LINE + delta as u8, length);
            self.bytes.extend([col as u8, end_col as u8]);
            self.line = loc.line;
            return;
        }
        self.push_first(LONG, length);
        self.push_signed(delta);
        self.push_unsigned((loc.end_line - loc.line).max(0) as u32);
        self.push_unsigned((col + 1) as u32);
        self.push_unsigned((end_col + 1) as u32);
        self.line = loc.line;
    }

    fn push_first(&mut self, form: u8, length: u32) {
        self.bytes.push(0x80 | form << 3 | (length.max(1) - 1) as u8);
    }

    /// Six bits a byte, the lowest first.
    fn push_unsigned(&mut self, mut value: u32) {
        while value >= 64 {
            self.bytes.push((value & 63) as u8 | 64);
            value >>= 6;
        }
        self.bytes.push(value as u8);
    }

    fn push_signed(&mut self, value: i32) {
        self.push_unsigned(value.unsigned_abs() << 1 | u32::from(value < 0));
    }
}
