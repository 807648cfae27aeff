//! `float` (`Objects/floatobject.c`).

use std::cmp::Ordering;

use heap::{Kind, Obj};
use num_bigint::BigInt;
use num_traits::One;

use super::leaf::{float, integer, integer_of, plain, text};
use crate::class::{ClassSpec, Slots, flags};
use crate::text::integer::Integer;
use crate::text::spec::{Spec, unknown_code};
use crate::text::{float as float_text, hexfloat, number, repr};
use crate::{Args, Compare, Convention, GetSet, Method, Operator, PyResult, Raised, Vm};

/// `float`.
pub static FLOAT: ClassSpec = ClassSpec {
    name: "float",
    base: None,
    kind: Kind::FLOAT,
    flags: flags::BASE_TYPE | flags::MATCH_SELF,
    slots,
    methods: &[
        Method::class("from_number", from_number, Convention::One).signature("($type, number, /)"),
        Method::new("conjugate", |vm, this, _| exact(vm, this), Convention::NoArgs).signature("($self, /)"),
        Method::new("__trunc__", |vm, this, _| vm.int_from_float(value(this)), Convention::NoArgs).signature("($self, /)"),
        Method::new("__floor__", |vm, this, _| vm.int_from_float(value(this).floor()), Convention::NoArgs).signature("($self, /)"),
        Method::new("__ceil__", |vm, this, _| vm.int_from_float(value(this).ceil()), Convention::NoArgs).signature("($self, /)"),
        Method::new("__round__", round, Convention::Positional).signature("($self, ndigits=None, /)"),
        Method::new("as_integer_ratio", as_integer_ratio, Convention::NoArgs).signature("($self, /)"),
        Method::class("fromhex", fromhex, Convention::One).signature("($type, string, /)"),
        Method::new("hex", |vm, this, _| Ok(vm.str(&hexfloat::to_hex(value(this)))), Convention::NoArgs).signature("($self, /)"),
        Method::new("is_integer", |vm, this, _| Ok(vm.bool(value(this).fract() == 0.0 && value(this).is_finite())), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("__getnewargs__", |vm, this, _| Ok(vm.tuple(vec![vm.float(value(this))])), Convention::NoArgs).signature("($self, /)"),
        Method::class("__getformat__", getformat, Convention::One).signature("($type, typestr, /)"),
        Method::new("__format__", format, Convention::One).signature("($self, format_spec, /)"),
    ],
    getset: &[GetSet::new("real", exact), GetSet::new("imag", |vm, _| Ok(vm.float(0.0)))],
    basicsize: 24,
    itemsize: 0,
    doc: "float(x=0, /)\n--\n\n",
};

fn slots(s: &Slots) {
    s.new.set(Some(new));
    s.repr.set(Some(|vm, obj| Ok(vm.str(&float_text::repr(value(obj))))));
    s.hash.set(Some(|_, obj| Ok(heap::hash::hash_float(value(obj)).unwrap_or_else(|| heap::hash::hash_identity(obj.id())))));
    s.richcompare.set(Some(compare));
    s.negative.set(Some(|vm, obj| Ok(vm.float(-value(obj)))));
    s.positive.set(Some(exact));
    s.absolute.set(Some(|vm, obj| Ok(vm.float(value(obj).abs()))));
    s.bool.set(Some(|_, obj| Ok(value(obj) != 0.0)));
    s.int.set(Some(|vm, obj| vm.int_from_float(value(obj))));
    s.float.set(Some(exact));
    s.power_mod.set(Some(|vm, a, b, _| {
        if operand(vm, a)?.is_none() || operand(vm, b)?.is_none() {
            return Ok(vm.not_implemented());
        }
        Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers"))
    }));
    for (op, function) in [
        (Operator::Add, (|vm, a, b| binary(vm, a, b, |_, a, b| Ok(a + b))) as crate::class::Binary),
        (Operator::Subtract, |vm, a, b| binary(vm, a, b, |_, a, b| Ok(a - b))),
        (Operator::Multiply, |vm, a, b| binary(vm, a, b, |_, a, b| Ok(a * b))),
        (Operator::TrueDivide, |vm, a, b| binary(vm, a, b, |vm, a, b| divisor(vm, b).map(|b| a / b))),
        (Operator::FloorDivide, |vm, a, b| binary(vm, a, b, |vm, a, b| divisor(vm, b).map(|b| number::float_div_mod(a, b).0))),
        (Operator::Remainder, |vm, a, b| binary(vm, a, b, |vm, a, b| divisor(vm, b).map(|b| number::float_mod(a, b)))),
        (Operator::DivMod, divmod),
        (Operator::Power, power),
    ] {
        s.binary[op as usize].set(Some(function));
    }
}

fn value(obj: &Obj) -> f64 {
    float(obj).expect("a float's method is called on a float")
}

/// The value as a `float` of exact type.
fn exact(_: &Vm, obj: &Obj) -> PyResult {
    Ok(plain(obj))
}

/// An operand of float arithmetic: a float, or an integer as one.
pub(crate) fn operand(vm: &Vm, obj: &Obj) -> PyResult<Option<f64>> {
    match float(obj) {
        Some(value) => Ok(Some(value)),
        None => integer(obj).map(|value| vm.int_to_float(value)).transpose(),
    }
}

fn binary(vm: &Vm, a: &Obj, b: &Obj, operate: fn(&Vm, f64, f64) -> PyResult<f64>) -> PyResult {
    let (Some(a), Some(b)) = (operand(vm, a)?, operand(vm, b)?) else { return Ok(vm.not_implemented()) };
    operate(vm, a, b).map(|value| vm.float(value))
}

fn divisor(vm: &Vm, b: f64) -> PyResult<f64> {
    if b == 0.0 { Err(vm.zero_division("division by zero")) } else { Ok(b) }
}

fn divmod(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (Some(a), Some(b)) = (operand(vm, a)?, operand(vm, b)?) else { return Ok(vm.not_implemented()) };
    let (quotient, rest) = number::float_div_mod(a, divisor(vm, b)?);
    Ok(vm.tuple(vec![vm.float(quotient), vm.float(rest)]))
}

fn power(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (Some(a), Some(b)) = (operand(vm, a)?, operand(vm, b)?) else { return Ok(vm.not_implemented()) };
    vm.float_power(a, b)
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    let x = value(a);
    let order = match (float(b), integer(b)) {
        (Some(y), _) => x.partial_cmp(&y),
        (_, Some(Integer::Small(y))) => number::compare_i64(y, x).map(Ordering::reverse),
        (_, Some(Integer::Big(y))) => number::compare_big(y, x).map(Ordering::reverse),
        _ => return Ok(vm.not_implemented()),
    };
    Ok(vm.bool(op.holds_partly(order)))
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    // A class that extends float may have an `__init__` of its own, which takes the keywords.
    let init = |class: &Obj| vm.class(class).slots.init.get().map(|init| init as usize);
    if args.has_keywords() && init(class) == init(&vm.types.float) {
        return Err(vm.type_error("float() takes no keyword arguments"));
    }
    let value = match args.pos() {
        [] => vm.float(0.0),
        [x] => vm.to_float_object(x)?,
        more => return Err(vm.type_error(format!("float expected at most 1 argument, got {}", more.len()))),
    };
    Ok(vm.leaf_instance(class, value))
}

fn from_number(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let x = &args.pos()[0];
    if x.kind() == Kind::FLOAT && class.is(&vm.types.float) {
        return Ok(x.clone());
    }
    let value = vm.float(vm.as_float(x)?);
    if class.is(&vm.types.float) { Ok(value) } else { vm.call(class, &[value]) }
}

fn round(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "__round__", 0, 1)?;
    let x = value(this);
    let Some(digits) = args.first().filter(|digits| !digits.is(&vm.consts.none)) else {
        return vm.int_from_float(x.round_ties_even());
    };
    let digits = vm.index(digits)?;
    let digits = match integer_of(&digits) {
        Integer::Small(n) => n,
        big => {
            if big.is_negative() {
                i64::MIN
            } else {
                i64::MAX
            }
        }
    };
    match float_text::round(x, digits) {
        Some(rounded) => Ok(vm.float(rounded)),
        None => Err(vm.overflow_error("rounded value too large to represent")),
    }
}

fn as_integer_ratio(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let x = value(this);
    if x.is_infinite() {
        return Err(vm.overflow_error("cannot convert Infinity to integer ratio"));
    }
    if x.is_nan() {
        return Err(vm.value_error("cannot convert NaN to integer ratio"));
    }
    let (mantissa, exponent) = number::integer_decode(x);
    let zeros = if mantissa == 0 { 0 } else { mantissa.trailing_zeros() };
    let (mantissa, exponent) = (mantissa >> zeros, if mantissa == 0 { 0 } else { exponent + i64::from(zeros) });
    let mut numerator = BigInt::from(mantissa);
    let mut denominator = BigInt::one();
    if exponent >= 0 {
        numerator <<= exponent as u64
    } else {
        denominator <<= (-exponent) as u64
    }
    if x < 0.0 {
        numerator = -numerator;
    }
    Ok(vm.tuple_of(vec![vm.big_int(numerator), vm.big_int(denominator)]))
}

fn fromhex(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let Some(text) = text(&args.pos()[0]) else { return Err(vm.type_error("bad argument type for built-in operation")) };
    let value = hexfloat::from_hex(text).map_err(|wrong| vm.wrong(wrong))?;
    let value = vm.float(value);
    if class.is(&vm.types.float) { Ok(value) } else { vm.call(class, &[value]) }
}

fn getformat(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let name = &args.pos()[0];
    match text(name) {
        Some(b"double" | b"float") => Ok(vm.str("IEEE, little-endian")),
        Some(_) => Err(vm.value_error("__getformat__() argument 1 must be 'double' or 'float'")),
        None => Err(vm.type_error(format!("__getformat__() argument must be str, not {}", vm.type_name(name)))),
    }
}

fn format(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let spec = vm.format_spec(args)?;
    if spec.is_empty() {
        return vm.str_of(this);
    }
    let name = vm.type_name(this);
    let text = Spec::parse(spec, &name, 0, '>').and_then(|spec| match char::from_u32(spec.code) {
        Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => spec.float(value(this)),
        _ => Err(unknown_code(spec.code, &name)),
    });
    text.map(|text| vm.str_from_bytes(&text)).map_err(|wrong| vm.wrong(wrong))
}

impl Vm {
    /// `OverflowError(34, 'Numerical result out of range')`, which C's `ERANGE` becomes.
    #[cold]
    pub(crate) fn out_of_range(&self) -> Raised {
        self.new_exception(&self.types.overflow_error, vec![self.int(34), self.str("Numerical result out of range")])
    }

    /// `a ** b` of floats; complex for a negative base with a broken exponent (`float_pow`).
    pub(crate) fn float_power(&self, a: f64, b: f64) -> PyResult {
        if a == 0.0 && b < 0.0 && b.is_finite() {
            return Err(self.zero_division("zero to a negative power"));
        }
        if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
            return super::complex::power_of(self, (a, 0.0), (b, 0.0));
        }
        let value = a.powf(b);
        if value.is_infinite() && a.is_finite() && b.is_finite() {
            return Err(self.out_of_range());
        }
        Ok(self.float(value))
    }

    /// `float(x)` as an object of exact type; an exact float is itself (`PyNumber_Float`).
    pub(crate) fn to_float_object(&self, x: &Obj) -> PyResult {
        if x.kind() == Kind::FLOAT {
            return Ok(x.clone());
        }
        let class = self.class_of(x);
        let slots = &self.class(&class).slots;
        if let Some(convert) = slots.float.get() {
            let value = convert(self, x)?;
            if value.kind() == Kind::FLOAT {
                return Ok(value);
            }
            if float(&value).is_none() {
                return Err(self.type_error(format!(
                    "{}.__float__ returned non-float (type {})",
                    self.class_name(&class),
                    self.type_name(&value)
                )));
            }
            let message = format!(
                "{}.__float__ returned non-float (type {}).  The ability to return an instance of a strict subclass of float is deprecated, and may not be supported in a future version of Python.",
                self.class_name(&class),
                self.type_name(&value)
            );
            self.warn(&self.types.deprecation_warning, &message)?;
            return Ok(plain(&value));
        }
        if slots.index.get().is_some() {
            let index = self.index(x)?;
            return Ok(self.float(self.int_to_float(integer_of(&index))?));
        }
        let (parsed, shown) = if let Some(text) = text(x) {
            (self.parse_float(text), repr::of_str(text))
        } else if let Some(data) = self.bytes_like(x) {
            (float_text::parse(&data), repr::of_bytes(&data).into_bytes())
        } else {
            return Err(self.type_error(format!("float() argument must be a string or a real number, not '{}'", self.class_name(&class))));
        };
        parsed
            .map(|value| self.float(value))
            .ok_or_else(|| self.value_error(format!("could not convert string to float: {}", crate::text::wtf8::lossy(&shown))))
    }
}
