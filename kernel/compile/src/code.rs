//! Finished code: plain data that a machine runs and `dis` shows.
//!
//! There is no `EXTENDED_ARG` and no `CACHE`; jumps name the index of their target in `instrs`, absolute.
//! CPython's byte offsets are computed where Python code can see them (`assemble.rs`). Follows CPython's `codeobject.h`.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use num_bigint::BigInt;
use serde::{Deserialize, Serialize};

use crate::ir::Location;
use crate::opcode::Op;
use crate::version::Version;

/// `CO_OPTIMIZED`: locals are slots.
pub const CO_OPTIMIZED: u32 = 0x1;
/// `CO_NEWLOCALS`: a call makes a new namespace.
pub const CO_NEWLOCALS: u32 = 0x2;
/// `CO_VARARGS`: takes `*args`.
pub const CO_VARARGS: u32 = 0x4;
/// `CO_VARKEYWORDS`: takes `**kwargs`.
pub const CO_VARKEYWORDS: u32 = 0x8;
/// `CO_NESTED`: inside a function.
pub const CO_NESTED: u32 = 0x10;
/// `CO_GENERATOR`.
pub const CO_GENERATOR: u32 = 0x20;
/// `CO_COROUTINE`: `async def`.
pub const CO_COROUTINE: u32 = 0x80;
/// `CO_ITERABLE_COROUTINE`: made by `types.coroutine`.
pub const CO_ITERABLE_COROUTINE: u32 = 0x100;
/// `CO_ASYNC_GENERATOR`.
pub const CO_ASYNC_GENERATOR: u32 = 0x200;
/// `CO_FUTURE_ANNOTATIONS`: `from __future__ import annotations`.
pub const CO_FUTURE_ANNOTATIONS: u32 = 0x100_0000;
/// `CO_HAS_DOCSTRING`: the first constant is the docstring.
pub const CO_HAS_DOCSTRING: u32 = 0x400_0000;
/// `CO_METHOD`: defined directly in a class (3.14).
pub const CO_METHOD: u32 = 0x800_0000;

/// Kind of a slot: a positional parameter.
pub const CO_FAST_ARG_POS: u8 = 0x02;
/// Kind of a slot: a parameter that can be passed by name.
pub const CO_FAST_ARG_KW: u8 = 0x04;
/// Kind of a slot: `*args` or `**kwargs`.
pub const CO_FAST_ARG_VAR: u8 = 0x08;
/// Kind of a slot: not shown by `locals()`.
pub const CO_FAST_HIDDEN: u8 = 0x10;
/// Kind of a slot: a local.
pub const CO_FAST_LOCAL: u8 = 0x20;
/// Kind of a slot: a cell (with `CO_FAST_LOCAL`: a parameter moved into one).
pub const CO_FAST_CELL: u8 = 0x40;
/// Kind of a slot: a cell of the closure.
pub const CO_FAST_FREE: u8 = 0x80;

/// One instruction to run.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Instruction {
    /// What to do.
    pub op: Op,
    /// Its argument; for jumps the index of the target.
    pub arg: u32,
}

/// One line of the exception table: where an exception raised in `start..end` goes.
///
/// The stack is cut to `depth` items, then the index of the raising instruction is pushed if `lasti`, then the exception.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Handler {
    /// First protected instruction.
    pub start: u32,
    /// The instruction after the last protected one.
    pub end: u32,
    /// The handler.
    pub target: u32,
    /// How many items stay on the stack.
    pub depth: u32,
    /// Is the place of the raise pushed for `RERAISE`?
    pub lasti: bool,
}

/// A code object.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub struct Code {
    /// The version whose instructions these are.
    pub version: Version,
    /// `co_name`.
    pub name: Rc<str>,
    /// `co_qualname`.
    pub qualname: Rc<str>,
    /// `co_filename`.
    pub filename: Rc<str>,
    /// `co_flags`.
    pub flags: u32,
    /// `co_argcount`.
    pub argcount: u32,
    /// `co_posonlyargcount`.
    pub posonlyargcount: u32,
    /// `co_kwonlyargcount`.
    pub kwonlyargcount: u32,
    /// `co_stacksize`.
    pub stacksize: u32,
    /// `co_firstlineno`.
    pub first_line: i32,
    /// What runs.
    pub instrs: Vec<Instruction>,
    /// `co_consts`.
    pub consts: Vec<Const>,
    /// `co_names`.
    pub names: Vec<Rc<str>>,
    /// Slots of the frame: locals, then cells that are no parameters, then free variables; name and `CO_FAST_*`.
    pub localsplus: Vec<(Rc<str>, u8)>,
    /// `co_nlocals`.
    pub nlocals: u32,
    /// How many slots are cells, parameters included.
    pub ncellvars: u32,
    /// How many slots are free variables.
    pub nfreevars: u32,
    /// Sorted by `start`, without overlaps: the first that contains an instruction is the one.
    pub exception_table: Vec<Handler>,
    /// One for each instruction.
    pub locations: Vec<Location>,
}

impl Code {
    /// The handler of an exception raised by instruction `index`.
    pub fn handler(&self, index: usize) -> Option<&Handler> {
        let index = index as u32;
        let after = self.exception_table.partition_point(|handler| handler.start <= index);
        self.exception_table[..after].last().filter(|handler| index < handler.end)
    }

    fn names_of(&self, kind: u8) -> impl Iterator<Item = &Rc<str>> {
        self.localsplus.iter().filter(move |(_, bits)| bits & kind != 0).map(|(name, _)| name)
    }

    /// `co_varnames`.
    pub fn varnames(&self) -> impl Iterator<Item = &Rc<str>> {
        self.names_of(CO_FAST_LOCAL)
    }

    /// `co_cellvars`.
    pub fn cellvars(&self) -> impl Iterator<Item = &Rc<str>> {
        self.names_of(CO_FAST_CELL)
    }

    /// `co_freevars`.
    pub fn freevars(&self) -> impl Iterator<Item = &Rc<str>> {
        self.names_of(CO_FAST_FREE)
    }
}

/// Text that may hold lone surrogates: UTF-8 whose surrogates are encoded as three bytes each (WTF-8).
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PyStr(Rc<[u8]>);

impl PyStr {
    /// From bytes that are WTF-8.
    pub fn from_wtf8(bytes: &[u8]) -> PyStr {
        PyStr(bytes.into())
    }

    /// From code points, surrogates included; values past 0x10FFFF become U+FFFD.
    pub fn from_code_points(points: impl IntoIterator<Item = u32>) -> PyStr {
        let mut bytes = Vec::new();
        for point in points {
            match char::from_u32(point) {
                Some(char) => bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
                None if (0xd800..0xe000).contains(&point) => {
                    bytes.extend([0xed, 0x80 | (point >> 6 & 0x3f) as u8, 0x80 | (point & 0x3f) as u8]);
                }
                None => bytes.extend("\u{fffd}".as_bytes()),
            }
        }
        PyStr(bytes.into())
    }

    /// The bytes, WTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, unless it has a lone surrogate.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The code points, surrogates included.
    pub fn code_points(&self) -> impl Iterator<Item = u32> + '_ {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            let first = *rest.first()?;
            let (length, mut point) = match first {
                0..0x80 => (1, u32::from(first)),
                0x80..0xe0 => (2, u32::from(first & 0x1f)),
                0xe0..0xf0 => (3, u32::from(first & 0x0f)),
                _ => (4, u32::from(first & 0x07)),
            };
            let length = length.min(rest.len());
            for byte in &rest[1..length] {
                point = point << 6 | u32::from(byte & 0x3f);
            }
            rest = &rest[length..];
            Some(point)
        })
    }

    /// `len()`: code points.
    pub fn len(&self) -> usize {
        self.0.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
    }

    /// `''`?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for PyStr {
    fn from(text: &str) -> PyStr {
        PyStr(text.as_bytes().into())
    }
}

impl std::fmt::Debug for PyStr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// A constant. Equality is that of CPython's constant table: types and signs of zero count, and no NaN is like another.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub enum Const {
    /// `None`.
    None,
    /// `True`.
    True,
    /// `False`.
    False,
    /// `...`.
    Ellipsis,
    /// An int of 64 bits; every int that fits is this.
    Int(i64),
    /// A larger int.
    BigInt(BigInt),
    /// A float.
    Float(f64),
    /// A complex number.
    Complex(f64, f64),
    /// A str.
    Str(PyStr),
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// A tuple of constants.
    Tuple(Rc<[Const]>),
    /// A frozenset of constants, in order of appearance, without duplicates.
    FrozenSet(Rc<[Const]>),
    /// A slice of constants (3.14).
    Slice(Rc<[Const; 3]>),
    /// A nested code object.
    Code(Rc<Code>),
}

impl Const {
    /// An int, in the smaller shape if it fits.
    pub fn int(value: BigInt) -> Const {
        match i64::try_from(&value) {
            Ok(small) => Const::Int(small),
            Err(_) => Const::BigInt(value),
        }
    }

    /// A bool.
    pub fn bool(value: bool) -> Const {
        if value { Const::True } else { Const::False }
    }

    /// A str.
    pub fn str(text: &str) -> Const {
        Const::Str(text.into())
    }

    /// What `bool()` says of it.
    pub fn is_true(&self) -> bool {
        match self {
            Const::None | Const::False => false,
            Const::True | Const::Ellipsis | Const::BigInt(_) | Const::Code(_) | Const::Slice(_) => true,
            Const::Int(value) => *value != 0,
            Const::Float(value) => *value != 0.0,
            Const::Complex(real, imag) => *real != 0.0 || *imag != 0.0,
            Const::Str(text) => !text.is_empty(),
            Const::Bytes(bytes) => !bytes.is_empty(),
            Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
        }
    }
}

impl PartialEq for Const {
    fn eq(&self, other: &Const) -> bool {
        match (self, other) {
            (Const::None, Const::None) | (Const::True, Const::True) | (Const::False, Const::False) | (Const::Ellipsis, Const::Ellipsis) => {
                true
            }
            (Const::Int(a), Const::Int(b)) => a == b,
            (Const::BigInt(a), Const::BigInt(b)) => a == b,
            (Const::Float(a), Const::Float(b)) => a.to_bits() == b.to_bits() && !a.is_nan(),
            (Const::Complex(a, b), Const::Complex(c, d)) => a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits(),
            (Const::Str(a), Const::Str(b)) => a == b,
            (Const::Bytes(a), Const::Bytes(b)) => a == b,
            (Const::Tuple(a), Const::Tuple(b)) => a == b,
            (Const::FrozenSet(a), Const::FrozenSet(b)) => a.len() == b.len() && a.iter().all(|item| b.contains(item)),
            (Const::Slice(a), Const::Slice(b)) => a == b,
            (Const::Code(a), Const::Code(b)) => Rc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

impl Eq for Const {}

impl Hash for Const {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Const::None | Const::True | Const::False | Const::Ellipsis => {}
            Const::Int(value) => value.hash(state),
            Const::BigInt(value) => value.hash(state),
            Const::Float(value) => value.to_bits().hash(state),
            Const::Complex(real, imag) => (real.to_bits(), imag.to_bits()).hash(state),
            Const::Str(text) => text.hash(state),
            Const::Bytes(bytes) => bytes.hash(state),
            Const::Tuple(items) => items.hash(state),
            Const::FrozenSet(items) => items.len().hash(state),
            Const::Slice(parts) => parts.hash(state),
            Const::Code(code) => (&code.name, code.first_line, code.instrs.len()).hash(state),
        }
    }
}
