//! What numbers, text and bytes share: their values in Rust's terms, and instances of classes that extend them.
//!
//! An instance of `class Text(str)` is a [`Wrapped`]: the plain value, then class and attributes. `Obj::get` looks through it.

use heap::{Float, Int, Obj, Str, Wrapped};
use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::class::flags;
use crate::text::integer::{Integer, Parsed};
use crate::text::{Wrong, WrongClass};
use crate::{Args, PyResult, Raised, Vm, kinds};

/// The payload of an `int` that does not fit 64 bits.
pub struct BigInteger(
    /// The value; never one that fits 64 bits.
    pub BigInt,
);
crate::leaf_payload!(BigInteger, kinds::BIG_INT);

/// The value of an `int`, of a `bool`, or of an instance of a class that extends `int`.
#[inline]
pub(crate) fn integer(obj: &Obj) -> Option<Integer<'_>> {
    match obj.get::<Int>() {
        Some(small) => Some(Integer::Small(small.0)),
        None => obj.get::<BigInteger>().map(|big| Integer::Big(&big.0)),
    }
}

/// The value of a `float` or of an instance of a class that extends it.
#[inline]
pub(crate) fn float(obj: &Obj) -> Option<f64> {
    obj.get::<Float>().map(|float| float.0)
}

/// The text of a `str` or of an instance of a class that extends it.
#[inline]
pub(crate) fn text(obj: &Obj) -> Option<&[u8]> {
    obj.get::<Str>().map(Str::as_bytes)
}

/// The text of an object that is a `str`.
pub(crate) fn text_of(obj: &Obj) -> &[u8] {
    text(obj).expect("a str's method is called on a str")
}

/// The value of an object that is an `int`.
pub(crate) fn integer_of(obj: &Obj) -> Integer<'_> {
    integer(obj).expect("an int's method is called on an int")
}

/// The plain value of an instance of a class that extends a leaf type; any other object as it is.
pub(crate) fn plain(obj: &Obj) -> Obj {
    obj.get::<Wrapped>().map_or_else(|| obj.clone(), |wrapped| wrapped.value.clone())
}

/// Whether the object is of a builtin class itself, not of one that extends it.
pub(crate) fn is_exact(obj: &Obj) -> bool {
    obj.kind() != heap::Kind::WRAPPED
}

impl Integer<'_> {
    /// The value as a big integer.
    pub(crate) fn to_big(self) -> BigInt {
        match self {
            Integer::Small(n) => n.into(),
            Integer::Big(n) => n.clone(),
        }
    }

    /// The value, if it fits 64 bits.
    pub(crate) fn small(self) -> Option<i64> {
        match self {
            Integer::Small(n) => Some(n),
            Integer::Big(_) => None,
        }
    }
}

impl Vm {
    /// An `int` of any size.
    pub fn big_int(&self, value: BigInt) -> Obj {
        match value.to_i64() {
            Some(small) => self.int(small),
            None => self.heap.alloc(BigInteger(value)),
        }
    }

    /// An `int` from what was read.
    pub(crate) fn parsed_int(&self, parsed: Parsed) -> Obj {
        match parsed {
            Parsed::Small(value) => self.int(value),
            Parsed::Big(value) => self.big_int(value),
        }
    }

    /// An `int` without a sign.
    pub fn uint(&self, value: u64) -> Obj {
        match i64::try_from(value) {
            Ok(small) => self.int(small),
            Err(_) => self.big_int(value.into()),
        }
    }

    /// An `int` of 128 bits.
    pub(crate) fn int128(&self, value: i128) -> Obj {
        match i64::try_from(value) {
            Ok(small) => self.int(small),
            Err(_) => self.big_int(value.into()),
        }
    }

    /// A `str` from generalised UTF-8; the empty one and single Latin-1 characters are shared.
    pub fn str_from_bytes(&self, text: &[u8]) -> Obj {
        match text {
            [] => return self.consts.empty_str.clone(),
            [b] if b.is_ascii() => return self.consts.latin1[usize::from(*b)].clone(),
            _ => {}
        }
        if let Some(made) = self.heap.str_if_ascii(text) {
            return made;
        }
        match std::str::from_utf8(text) {
            Ok(text) => self.str(text),
            Err(_) => self.heap.str_from_code_points(text),
        }
    }

    /// As [`Vm::str_from_bytes`], but a single character is a string of its own, as many functions of CPython make it.
    pub(crate) fn fresh_str(&self, text: &[u8]) -> Obj {
        if text.is_empty() { self.consts.empty_str.clone() } else { self.heap.str_from_code_points(text) }
    }

    /// As [`Vm::fresh_str`], for a text that was made for it.
    pub(crate) fn fresh_text(&self, text: Vec<u8>) -> Obj {
        if text.is_empty() { self.consts.empty_str.clone() } else { self.heap.str_from_buffer(text) }
    }

    /// `MemoryError()`.
    #[cold]
    pub(crate) fn no_memory(&self) -> Raised {
        self.new_exception(&self.types.memory_error, Vec::new())
    }

    /// The exception that a pure function asks for.
    #[cold]
    pub(crate) fn wrong(&self, wrong: Wrong) -> Raised {
        let message = wrong.message;
        match wrong.class {
            WrongClass::Value => self.value_error(message),
            WrongClass::Overflow => self.overflow_error(message),
        }
    }

    /// A leaf value as an instance of `class`: itself if that is the builtin class, wrapped otherwise.
    pub(crate) fn leaf_instance(&self, class: &Obj, value: Obj) -> Obj {
        if self.class(class).has(flags::HEAP_TYPE) { self.new_leaf(class, value) } else { value }
    }

    /// The specification that `__format__` is given.
    pub(crate) fn format_spec<'a>(&self, args: Args<'a>) -> PyResult<&'a [u8]> {
        let spec = &args.pos()[0];
        text(spec).ok_or_else(|| self.type_error(format!("__format__() argument must be str, not {}", self.type_name(spec))))
    }

    /// The limit of digits in conversions between `int` and `str`; 0: none.
    pub(crate) fn int_max_str_digits(&self) -> usize {
        self.state.int_max_str_digits.get()
    }
}
