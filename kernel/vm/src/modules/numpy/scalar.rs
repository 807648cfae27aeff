//! `numpy.int64`, `numpy.float64` and their like: one number with an array's type, as items and sums are.
//!
//! A `float64` is a `float` too, so it is made as instances of classes that extend `float` are; the others are payloads of this file.

use heap::{Kind, Obj};

use super::dtype::{self, DType, Number};
use super::{array, classes, math};
use crate::class::{ClassSpec, Compare, Convention, GetSet, Method, Slots, flags};
use crate::objects::leaf;
use crate::{Args, PyResult, Vm, kinds};

const KIND: Kind = Kind(kinds::MODULES.0 + 116);

/// The payload of a scalar.
pub(crate) struct Scalar {
    dtype: DType,
    /// The value as it would stand in an array.
    bytes: [u8; 8],
}
crate::payload!(Scalar, KIND, {});

macro_rules! scalars {
    ($($name:ident = $text:literal, $base:ident, $size:literal;)*) => {
        $(static $name: ClassSpec = ClassSpec {
            name: concat!("numpy.", $text),
            base: Some(&$base),
            kind: KIND,
            flags: flags::BASE_TYPE,
            slots,
            methods: METHODS,
            getset: GETSET,
            basicsize: $size,
            itemsize: 0,
            doc: "",
        };)*
    };
}

macro_rules! abstracts {
    ($($name:ident = $text:literal, $base:expr;)*) => {
        $(static $name: ClassSpec = ClassSpec {
            name: concat!("numpy.", $text),
            base: $base,
            kind: KIND,
            flags: dtype::ABSTRACT,
            slots: |_| {},
            methods: &[],
            getset: &[],
            basicsize: 16,
            itemsize: 0,
            doc: "",
        };)*
    };
}

abstracts! {
    GENERIC = "generic", None;
    NUMBER = "number", Some(&GENERIC);
    INTEGER = "integer", Some(&NUMBER);
    SIGNED = "signedinteger", Some(&INTEGER);
    UNSIGNED = "unsignedinteger", Some(&INTEGER);
    INEXACT = "inexact", Some(&NUMBER);
    FLOATING = "floating", Some(&INEXACT);
}

scalars! {
    BOOL = "bool", GENERIC, 25;
    INT8 = "int8", SIGNED, 25;
    UINT8 = "uint8", UNSIGNED, 25;
    INT16 = "int16", SIGNED, 26;
    UINT16 = "uint16", UNSIGNED, 26;
    INT32 = "int32", SIGNED, 28;
    UINT32 = "uint32", UNSIGNED, 28;
    INT64 = "int64", SIGNED, 32;
    UINT64 = "uint64", UNSIGNED, 32;
    FLOAT32 = "float32", FLOATING, 28;
}

/// `float64` extends `float` and `floating`: its place among classes is settled in [`make_classes`].
static FLOAT64: ClassSpec = ClassSpec {
    name: "numpy.float64",
    base: Some(&crate::objects::float::FLOAT),
    kind: Kind::FLOAT,
    flags: flags::BASE_TYPE,
    slots,
    methods: METHODS,
    getset: GETSET,
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

const METHODS: &[Method] = &[
    Method::new("item", |vm, this, _| item(vm, this), Convention::Positional),
    Method::new("tolist", |vm, this, _| item(vm, this), Convention::NoArgs),
    Method::new("__format__", |vm, this, args| vm.format(&item(vm, this)?, &args.pos()[0]), Convention::One),
    Method::new("__round__", round, Convention::Positional),
    Method::new(
        "astype",
        |vm, this, args| made(vm, dtype::of(vm, &args.check(vm, "astype", 1, 1)?[0])?, parts(vm, this)?.1),
        Convention::Positional,
    ),
];

const GETSET: &[GetSet] = &[
    GetSet::new("dtype", |vm, this| dtype::object(vm, parts(vm, this)?.0)),
    GetSet::new("nbytes", |vm, this| Ok(vm.int(parts(vm, this)?.0.size() as i64))),
    GetSet::new("itemsize", |vm, this| Ok(vm.int(parts(vm, this)?.0.size() as i64))),
    GetSet::new("ndim", |vm, _| Ok(vm.int(0))),
    GetSet::new("size", |vm, _| Ok(vm.int(1))),
    GetSet::new("shape", |vm, _| Ok(vm.consts.empty_tuple.clone())),
];

fn slots(s: &Slots) {
    s.new.set(Some(new));
    s.repr.set(Some(|vm, this| {
        let (dtype, value) = parts(vm, this)?;
        Ok(vm.str(&match (dtype, value) {
            (DType::Bool, Number::Int(n)) => {
                if n == 0 {
                    "np.False_".to_owned()
                } else {
                    "np.True_".to_owned()
                }
            }
            _ => format!("np.{}({})", dtype.name(), text(dtype, value)),
        }))
    }));
    s.str.set(Some(|vm, this| {
        let (dtype, value) = parts(vm, this)?;
        Ok(vm.str(&text(dtype, value)))
    }));
    s.hash.set(Some(|vm, this| vm.hash(&item(vm, this)?)));
    s.richcompare.set(Some(compare));
    s.bool.set(Some(|vm, this| Ok(parts(vm, this)?.1.to_f64() != 0.0)));
    s.int.set(Some(|vm, this| match parts(vm, this)?.1 {
        Number::Int(n) => Ok(vm.int128(n)),
        Number::Float(f) => vm.int_from_float(f),
    }));
    s.float.set(Some(|vm, this| Ok(vm.float(parts(vm, this)?.1.to_f64()))));
    s.index.set(Some(|vm, this| match parts(vm, this)? {
        (DType::Bool, _) => Err(vm.type_error("In the future `np.bool` will not be usable as an index")),
        (_, Number::Int(n)) => Ok(vm.int128(n)),
        _ => Err(vm.type_error(format!("'{}' object cannot be interpreted as an integer", vm.type_name(this)))),
    }));
    s.negative.set(Some(|vm, this| {
        let (dtype, value) = parts(vm, this)?;
        made(
            vm,
            dtype,
            match value {
                Number::Int(n) => Number::Int(-n),
                Number::Float(f) => Number::Float(-f),
            },
        )
    }));
    s.positive.set(Some(|_, this| Ok(this.clone())));
    s.absolute.set(Some(|vm, this| {
        let (dtype, value) = parts(vm, this)?;
        made(
            vm,
            dtype,
            match value {
                Number::Int(n) => Number::Int(n.abs()),
                Number::Float(f) => Number::Float(f.abs()),
            },
        )
    }));
    for op in math::OPERATORS {
        s.binary[op as usize].set(Some(math::slot(op)));
    }
}

/// The class of a dtype's scalars.
pub(crate) fn class(vm: &Vm, dtype: DType) -> PyResult {
    Ok(classes(vm)?.scalars[dtype as usize].clone())
}

/// Makes the classes: those of the scalars in the order of the dtypes, then the abstract ones with their names.
pub(super) fn make_classes(vm: &Vm) -> (Vec<Obj>, Vec<(&'static str, Obj)>) {
    let object = &vm.types.object;
    let generic = vm.late_class(&GENERIC);
    let number = vm.late_class(&NUMBER);
    let integer = vm.late_class(&INTEGER);
    let (signed, unsigned) = (vm.late_class(&SIGNED), vm.late_class(&UNSIGNED));
    let inexact = vm.late_class(&INEXACT);
    let floating = vm.late_class(&FLOATING);
    let float64 = vm.late_class(&FLOAT64);
    // `float64`'s MRO is `float64, floating, inexact, number, generic, float, object`.
    vm.set_bases(&float64, &[&floating, &vm.types.float], &[&float64, &floating, &inexact, &number, &generic, &vm.types.float, object]);
    let made = [&BOOL, &INT8, &UINT8, &INT16, &UINT16, &INT32, &UINT32, &INT64, &UINT64, &FLOAT32];
    let scalars = made.into_iter().map(|spec| vm.late_class(spec)).chain([float64]).collect();
    let abstracts = vec![
        ("generic", generic),
        ("number", number),
        ("integer", integer),
        ("signedinteger", signed),
        ("unsignedinteger", unsigned),
        ("inexact", inexact),
        ("floating", floating),
    ];
    (scalars, abstracts)
}

/// A new scalar.
pub(crate) fn made(vm: &Vm, dtype: DType, value: Number) -> PyResult {
    // The value goes through memory, so that it wraps and rounds as an item does.
    let mut bytes = [0; 8];
    dtype.store(&mut bytes, value);
    let value = dtype.load(&bytes);
    let class = class(vm, dtype)?;
    Ok(match (dtype, value) {
        (DType::Float64, value) => vm.new_leaf(&class, vm.float(value.to_f64())),
        _ => vm.new_object(&class, Scalar { dtype, bytes }),
    })
}

/// What a scalar is; nothing for other objects.
pub(crate) fn of(vm: &Vm, obj: &Obj) -> Option<(DType, Number)> {
    if let Some(scalar) = obj.get::<Scalar>() {
        return Some((scalar.dtype, scalar.dtype.load(&scalar.bytes)));
    }
    let value = leaf::float(obj)?;
    (obj.kind() == Kind::WRAPPED && vm.class_of(obj).is(&class(vm, DType::Float64).ok()?)).then_some((DType::Float64, Number::Float(value)))
}

fn parts(vm: &Vm, this: &Obj) -> PyResult<(DType, Number)> {
    of(vm, this)
        .or_else(|| leaf::float(this).map(|value| (DType::Float64, Number::Float(value))))
        .ok_or_else(|| vm.type_error("a numpy scalar is needed"))
}

/// As `str` shows it.
pub(crate) fn text(dtype: DType, value: Number) -> String {
    match value {
        Number::Int(n) if dtype == DType::Bool => {
            if n == 0 {
                "False".to_owned()
            } else {
                "True".to_owned()
            }
        }
        Number::Int(n) => n.to_string(),
        Number::Float(f) if dtype == DType::Float32 => {
            // The shortest text that reads back as the same number of 32 bits.
            let short: f64 = format!("{}", f as f32).parse().unwrap_or(f);
            crate::text::float::repr(short)
        }
        Number::Float(f) => crate::text::float::repr(f),
    }
}

/// The plain Python number.
pub(crate) fn plain(vm: &Vm, dtype: DType, value: Number) -> Obj {
    match value {
        Number::Int(n) if dtype == DType::Bool => vm.bool(n != 0),
        Number::Int(n) => vm.int128(n),
        Number::Float(f) => vm.float(f),
    }
}

fn item(vm: &Vm, this: &Obj) -> PyResult {
    let (dtype, value) = parts(vm, this)?;
    Ok(plain(vm, dtype, value))
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let dtype = dtype::of(vm, class)?;
    let Some(given) = args.check(vm, dtype.name(), 0, 1)?.first() else { return made(vm, dtype, Number::Int(0)) };
    let parse = if dtype.is_float() { &vm.types.float } else { &vm.types.int };
    let value = if given.get::<heap::Str>().is_some() { vm.call(parse, std::slice::from_ref(given))? } else { given.clone() };
    let value = array::number(vm, &value, Some(dtype))?.1;
    made(vm, dtype, value)
}

fn round(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let (dtype, _) = parts(vm, this)?;
    let round = vm.builtin("round")?;
    let rounded = vm.call(&round, &[vec![item(vm, this)?], args.pos().to_vec()].concat())?;
    if args.pos().is_empty() || args.pos()[0].is(&vm.consts.none) {
        Ok(rounded)
    } else {
        made(vm, dtype, array::number(vm, &rounded, None)?.1)
    }
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, how: Compare) -> PyResult {
    math::compare(vm, a, b, how)
}
