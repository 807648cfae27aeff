//! `numpy.dtype`: what an array's items are, how they stand in memory, and what comes of two kinds that meet.

use heap::{Kind, Obj};

use super::{classes, scalar};
use crate::class::{ClassSpec, Compare, GetSet, flags};
use crate::{PyResult, Vm, kinds};

pub(super) const KIND: Kind = Kind(kinds::MODULES.0 + 115);

/// The kinds of items that there are here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum DType {
    Bool,
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float32,
    Float64,
}

use DType::*;

/// All of them, in the order of their numbers.
pub(crate) const ALL: [DType; 11] = [Bool, Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64, Float32, Float64];

/// One item's value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Number {
    /// Of all whole numbers; `bool` is 0 or 1.
    Int(i128),
    Float(f64),
}

impl Number {
    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Number::Int(n) => n as f64,
            Number::Float(f) => f,
        }
    }
}

impl DType {
    /// `dtype.name`.
    pub(crate) fn name(self) -> &'static str {
        ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"][self as usize]
    }

    /// `dtype.char`.
    fn letter(self) -> &'static str {
        ["?", "b", "B", "h", "H", "i", "I", "l", "L", "f", "d"][self as usize]
    }

    /// Bytes of an item.
    pub(crate) fn size(self) -> usize {
        match self {
            Bool | Int8 | UInt8 => 1,
            Int16 | UInt16 => 2,
            Int32 | UInt32 | Float32 => 4,
            Int64 | UInt64 | Float64 => 8,
        }
    }

    /// `dtype.kind`.
    pub(crate) fn kind(self) -> char {
        match self {
            Bool => 'b',
            Int8 | Int16 | Int32 | Int64 => 'i',
            UInt8 | UInt16 | UInt32 | UInt64 => 'u',
            Float32 | Float64 => 'f',
        }
    }

    pub(crate) fn is_float(self) -> bool {
        self >= Float32
    }

    /// `dtype.str`.
    fn code(self) -> String {
        format!("{}{}{}", if self.size() == 1 { '|' } else { '<' }, self.kind(), self.size())
    }

    /// The dtype of a text.
    fn parse(text: &str) -> Option<DType> {
        let plain = text.trim_start_matches(['<', '=', '|']);
        let named = ALL.into_iter().find(|dtype| dtype.name() == text || dtype.letter() == text || dtype.code()[1..] == *plain);
        named.or(match text {
            "int" | "p" | "q" => Some(Int64),
            "float" => Some(Float64),
            "uint" | "P" | "Q" => Some(UInt64),
            _ => None,
        })
    }

    /// What both can become without loss, or nearly so (`numpy.promote_types`).
    pub(crate) fn promote(self, other: DType) -> DType {
        let (a, b) = if self <= other { (self, other) } else { (other, self) };
        match (a, b) {
            (a, b) if a == b => a,
            (Bool, b) => b,
            (a, Float32) if a.size() <= 2 => Float32,
            (Float32, Float64) => Float64,
            (_, Float32 | Float64) => Float64,
            (a, b) if a.kind() == b.kind() => {
                if a.size() > b.size() {
                    a
                } else {
                    b
                }
            }
            (a, b) => {
                let (signed, unsigned) = if a.kind() == 'i' { (a, b) } else { (b, a) };
                match unsigned {
                    _ if signed.size() > unsigned.size() => signed,
                    UInt8 => Int16,
                    UInt16 => Int32,
                    UInt32 => Int64,
                    _ => Float64,
                }
            }
        }
    }

    /// Reads an item.
    #[inline]
    pub(crate) fn load(self, at: &[u8]) -> Number {
        macro_rules! read {
            ($type:ty) => {
                <$type>::from_le_bytes(at[..size_of::<$type>()].try_into().expect("an item has its size"))
            };
        }
        match self {
            Bool => Number::Int(i128::from(at[0] != 0)),
            Int8 => Number::Int(read!(i8).into()),
            UInt8 => Number::Int(read!(u8).into()),
            Int16 => Number::Int(read!(i16).into()),
            UInt16 => Number::Int(read!(u16).into()),
            Int32 => Number::Int(read!(i32).into()),
            UInt32 => Number::Int(read!(u32).into()),
            Int64 => Number::Int(read!(i64).into()),
            UInt64 => Number::Int(read!(u64).into()),
            Float32 => Number::Float(read!(f32).into()),
            Float64 => Number::Float(read!(f64)),
        }
    }

    /// Writes an item; whole numbers wrap around, as in C.
    #[inline]
    pub(crate) fn store(self, at: &mut [u8], value: Number) {
        let whole = || match value {
            Number::Int(n) => n,
            Number::Float(f) => f as i64 as i128,
        };
        match self {
            Bool => {
                at[0] = u8::from(match value {
                    Number::Int(n) => n != 0,
                    Number::Float(f) => f != 0.0,
                })
            }
            Int8 | UInt8 => at[0] = whole() as u8,
            Int16 | UInt16 => at[..2].copy_from_slice(&(whole() as u16).to_le_bytes()),
            Int32 | UInt32 => at[..4].copy_from_slice(&(whole() as u32).to_le_bytes()),
            Int64 | UInt64 => at[..8].copy_from_slice(&(whole() as u64).to_le_bytes()),
            Float32 => at[..4].copy_from_slice(&(value.to_f64() as f32).to_le_bytes()),
            Float64 => at[..8].copy_from_slice(&value.to_f64().to_le_bytes()),
        }
    }

    /// The smallest and the largest whole number.
    pub(crate) fn bounds(self) -> (i128, i128) {
        let bits = 8 * self.size() as u32;
        match self.kind() {
            'b' => (0, 1),
            'u' => (0, (1 << bits) - 1),
            _ => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        }
    }
}

/// The payload of a `dtype`.
pub(crate) struct DTypeObject(pub(crate) DType);
crate::payload!(DTypeObject, KIND, {});

pub(super) static DTYPE: ClassSpec = ClassSpec {
    name: "numpy.dtype",
    base: None,
    kind: KIND,
    flags: 0,
    slots: |s| {
        s.new.set(Some(|vm, _, args| {
            let given = args.check(vm, "dtype", 1, 1)?;
            object(vm, of(vm, &given[0])?)
        }));
        s.repr.set(Some(|vm, this| Ok(vm.str(&format!("dtype('{}')", own(this).name())))));
        s.str.set(Some(|vm, this| Ok(vm.str(own(this).name()))));
        s.hash.set(Some(|_, this| Ok(own(this) as i64 + 1)));
        s.richcompare.set(Some(|vm, a, b, how| {
            let other = of(vm, b).ok();
            Ok(match how {
                Compare::Eq => vm.bool(other == Some(own(a))),
                Compare::Ne => vm.bool(other != Some(own(a))),
                _ => vm.not_implemented(),
            })
        }));
    },
    methods: &[],
    getset: &[
        GetSet::new("name", |vm, this| Ok(vm.str(own(this).name()))),
        GetSet::member("itemsize", |vm, this| Ok(vm.int(own(this).size() as i64))),
        GetSet::member("kind", |vm, this| Ok(vm.str(&own(this).kind().to_string()))),
        GetSet::member("char", |vm, this| Ok(vm.str(own(this).letter()))),
        GetSet::new("str", |vm, this| Ok(vm.str(&own(this).code()))),
        GetSet::member("type", |vm, this| scalar::class(vm, own(this))),
    ],
    basicsize: 96,
    itemsize: 0,
    doc: "What the items of an array are.",
};

fn own(this: &Obj) -> DType {
    this.get::<DTypeObject>().expect("a dtype's method is called on one").0
}

/// The `dtype` object; there is one of each.
pub(crate) fn object(vm: &Vm, dtype: DType) -> PyResult {
    Ok(classes(vm)?.dtypes[dtype as usize].clone())
}

/// The dtype that an argument names.
pub(crate) fn of(vm: &Vm, given: &Obj) -> PyResult<DType> {
    if let Some(dtype) = given.get::<DTypeObject>() {
        return Ok(dtype.0);
    }
    for (class, dtype) in [(&vm.types.int, Int64), (&vm.types.float, Float64), (&vm.types.bool, Bool)] {
        if given.is(class) {
            return Ok(dtype);
        }
    }
    if given.is(&vm.consts.none) {
        return Ok(Float64);
    }
    if let Some(found) = ALL.into_iter().find(|dtype| scalar::class(vm, *dtype).is_ok_and(|class| class.is(given))) {
        return Ok(found);
    }
    if given.get::<heap::Str>().is_some() {
        let text = vm.lossy(given);
        return DType::parse(&text).ok_or_else(|| vm.type_error(format!("data type '{text}' not understood")));
    }
    let text = vm.repr_text(given)?;
    Err(vm.type_error(format!("Cannot interpret '{text}' as a data type")))
}

/// A class of the module, made when that is imported.
pub(super) const ABSTRACT: u32 = flags::BASE_TYPE;
