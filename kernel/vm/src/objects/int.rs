//! `int`: making one, its methods, its class (`Objects/longobject.c`). The operators are in `int_ops.rs`.

use heap::{Kind, Obj};
use num_bigint::{BigInt, Sign};
use num_integer::Integer as _;
use num_traits::{Signed, Zero};

use super::int_ops as ops;
use super::leaf::{BigInteger, integer, integer_of, plain, text};
use crate::class::{ClassSpec, Slots, flags};
use crate::text::integer::Integer;
use crate::text::spec::{Spec, unknown_code};
use crate::text::{float as float_text, integer as int_text, number, repr};
use crate::{Args, Convention, GetSet, Method, Operator, PyResult, Signature, Vm};

/// `int`.
pub static INT: ClassSpec = ClassSpec {
    name: "int",
    base: None,
    kind: Kind::INT,
    flags: flags::BASE_TYPE | flags::LONG_SUBCLASS | flags::MATCH_SELF,
    slots,
    methods: &[
        Method::new("conjugate", same, Convention::NoArgs).signature("($self, /)"),
        Method::new("bit_length", bit_length, Convention::NoArgs).signature("($self, /)"),
        Method::new("bit_count", bit_count, Convention::NoArgs).signature("($self, /)"),
        Method::new("to_bytes", to_bytes, Convention::Keywords).signature("($self, /, length=1, byteorder='big', *, signed=False)"),
        Method::class("from_bytes", from_bytes, Convention::Keywords).signature("($type, /, bytes, byteorder='big', *, signed=False)"),
        Method::new("as_integer_ratio", as_integer_ratio, Convention::NoArgs).signature("($self, /)"),
        Method::new("__trunc__", same, Convention::NoArgs).signature("($self, /)"),
        Method::new("__floor__", same, Convention::NoArgs).signature("($self, /)"),
        Method::new("__ceil__", same, Convention::NoArgs).signature("($self, /)"),
        Method::new("__round__", round, Convention::Positional).signature("($self, ndigits=None, /)"),
        Method::new("__getnewargs__", getnewargs, Convention::NoArgs).signature("($self, /)"),
        Method::new("__format__", format, Convention::One).signature("($self, format_spec, /)"),
        Method::new("__sizeof__", sizeof, Convention::NoArgs).signature("($self, /)"),
        Method::new("is_integer", |vm, _, _| Ok(vm.bool(true)), Convention::NoArgs).signature("($self, /)"),
    ],
    getset: &[
        GetSet::new("real", |vm, obj| Ok(exact(vm, obj))),
        GetSet::new("imag", |vm, _| Ok(vm.int(0))),
        GetSet::new("numerator", |vm, obj| Ok(exact(vm, obj))),
        GetSet::new("denominator", |vm, _| Ok(vm.int(1))),
    ],
    basicsize: 24,
    itemsize: 4,
    doc: "",
};

fn slots(s: &Slots) {
    s.new.set(Some(new));
    s.repr.set(Some(repr));
    s.hash.set(Some(hash));
    s.richcompare.set(Some(ops::compare));
    s.negative.set(Some(ops::negative));
    s.positive.set(Some(|vm, obj| Ok(exact(vm, obj))));
    s.absolute.set(Some(ops::absolute));
    s.invert.set(Some(ops::invert));
    s.bool.set(Some(|_, obj| Ok(!matches!(integer_of(obj), Integer::Small(0)))));
    s.int.set(Some(|vm, obj| Ok(exact(vm, obj))));
    s.index.set(Some(|vm, obj| Ok(exact(vm, obj))));
    s.float.set(Some(|vm, obj| vm.int_to_float(integer_of(obj)).map(|value| vm.float(value))));
    s.power_mod.set(Some(ops::power_mod));
    for (op, function) in [
        (Operator::Add, ops::add as crate::class::Binary),
        (Operator::Subtract, ops::subtract),
        (Operator::Multiply, ops::multiply),
        (Operator::FloorDivide, ops::floor_divide),
        (Operator::Remainder, ops::remainder),
        (Operator::DivMod, ops::divmod),
        (Operator::TrueDivide, ops::true_divide),
        (Operator::Power, ops::power),
        (Operator::LShift, ops::left_shift),
        (Operator::RShift, ops::right_shift),
        (Operator::And, ops::and),
        (Operator::Or, ops::or),
        (Operator::Xor, ops::xor),
    ] {
        s.binary[op as usize].set(Some(function));
    }
}

/// The value as an `int` of exact type.
pub(crate) fn exact(vm: &Vm, obj: &Obj) -> Obj {
    match obj.kind() {
        Kind::INT => obj.clone(),
        Kind::BOOL => vm.int(integer_of(obj).small().unwrap_or(0)),
        _ => plain(obj),
    }
}

fn same(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    Ok(exact(vm, this))
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let value = integer_of(obj);
    if let Integer::Small(small) = value {
        return Ok(vm.heap.str_decimal(small));
    }
    match value.to_text(vm.int_max_str_digits()) {
        // Even a single digit is a string of its own.
        Ok(text) => Ok(vm.heap.str(&text)),
        Err(wrong) => Err(vm.wrong(wrong)),
    }
}

fn hash(_: &Vm, obj: &Obj) -> PyResult<i64> {
    Ok(match integer_of(obj) {
        Integer::Small(n) => heap::hash::hash_int(n),
        Integer::Big(n) => number::hash_big(n),
    })
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let value = match (args.pos(), args.has_keywords()) {
        ([], false) => vm.int(0),
        ([x], false) => vm.to_int(x)?,
        _ => with_base(vm, args)?,
    };
    Ok(vm.leaf_instance(class, value))
}

fn with_base(vm: &Vm, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "int", params: &["", "base"], positional_only: 1, positional: 2, required: 0 };
    if args.pos().len() > 2 {
        return Err(vm.type_error(format!("int expected at most 2 arguments, got {}", args.pos().len())));
    }
    let [x, base] = args.bind(vm, &SIGNATURE)?;
    let Some(x) = x else { return Err(vm.type_error("int() missing string argument")) };
    let Some(base) = base else { return vm.to_int(x) };
    let base = vm.index_clamped(base)?;
    if base != 0 && !(2..=36).contains(&base) {
        return Err(vm.value_error("int() base must be >= 2 and <= 36, or 0"));
    }
    let parsed = if x.get::<super::memoryview::MemoryView>().is_some() { None } else { parse(vm, x, base as u32)? };
    parsed.ok_or_else(|| vm.type_error("int() can't convert non-string with explicit base"))
}

/// An `int` from text or bytes; nothing if the object is neither.
fn parse(vm: &Vm, x: &Obj, base: u32) -> PyResult<Option<Obj>> {
    let limit = vm.int_max_str_digits();
    let parsed = if let Some(text) = text(x) {
        int_text::parse_str(text, base, limit)
    } else if let Some(data) = vm.bytes_like(x) {
        int_text::parse(&data, base, limit, &|| repr::of_bytes(&data))
    } else {
        return Ok(None);
    };
    parsed.map(|parsed| Some(vm.parsed_int(parsed))).map_err(|wrong| vm.wrong(wrong))
}

fn getnewargs(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.tuple(vec![exact(vm, this)]))
}

fn bit_length(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    Ok(match integer_of(this) {
        Integer::Small(n) => vm.int(i64::from(64 - n.unsigned_abs().leading_zeros())),
        Integer::Big(n) => vm.uint(n.bits()),
    })
}

fn bit_count(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    Ok(match integer_of(this) {
        Integer::Small(n) => vm.int(i64::from(n.unsigned_abs().count_ones())),
        Integer::Big(n) => vm.uint(n.magnitude().count_ones()),
    })
}

fn as_integer_ratio(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.tuple_of(vec![exact(vm, this), vm.int(1)]))
}

fn sizeof(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    // Digits of 30 bits, four bytes each, and at least one.
    let bits = match integer_of(this) {
        Integer::Small(n) => u64::from(64 - n.unsigned_abs().leading_zeros()),
        Integer::Big(n) => n.bits(),
    };
    let least = u64::from(vm.version >= compile::Version::V3_11);
    Ok(vm.uint(24 + 4 * bits.div_ceil(30).max(least)))
}

fn format(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let spec = vm.format_spec(args)?;
    if spec.is_empty() {
        return vm.str_of(this);
    }
    let name = vm.type_name(this);
    let limit = vm.int_max_str_digits();
    let value = integer_of(this);
    let formatted = Spec::parse(spec, &name, 'd' as u32, '>').and_then(|spec| match char::from_u32(spec.code) {
        Some('b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n') => spec.integer(value, limit).map(Some),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => Ok(None),
        _ => Err(unknown_code(spec.code, &name)),
    });
    match formatted {
        Ok(Some(text)) => Ok(vm.str_from_bytes(&text)),
        Ok(None) => {
            let value = vm.int_to_float(value)?;
            let text = Spec::parse(spec, &name, 'd' as u32, '>').and_then(|spec| spec.float(value)).map_err(|wrong| vm.wrong(wrong))?;
            Ok(vm.str_from_bytes(&text))
        }
        Err(wrong) => Err(vm.wrong(wrong)),
    }
}

fn round(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "__round__", 0, 1)?;
    let Some(digits) = args.first().filter(|digits| !digits.is(&vm.consts.none)) else { return Ok(exact(vm, this)) };
    let digits = vm.index(digits)?;
    let negative = integer_of(&digits).is_negative();
    let value = integer_of(this);
    if !negative {
        return Ok(exact(vm, this));
    }
    let Some(places) = integer_of(&digits).small().and_then(|n| u32::try_from(-i128::from(n)).ok()) else { return Ok(vm.int(0)) };
    let value = value.to_big();
    // A power of ten far above the value rounds it to zero.
    if u64::from(places) * 3 > value.bits() + 4 {
        return Ok(vm.int(0));
    }
    let unit = BigInt::from(10).pow(places);
    let (mut quotient, rest) = value.div_mod_floor(&unit);
    let twice: BigInt = rest * 2;
    if twice > unit || (twice == unit && quotient.is_odd()) {
        quotient += 1;
    }
    Ok(vm.big_int(quotient * unit))
}

/// Whether `byteorder` says that the lowest byte comes first.
fn is_little(vm: &Vm, order: Option<&Obj>, function: &str) -> PyResult<bool> {
    let Some(order) = order else { return Ok(false) };
    match text(order) {
        Some(b"little") => Ok(true),
        Some(b"big") => Ok(false),
        Some(_) => Err(vm.value_error("byteorder must be either 'little' or 'big'")),
        None => Err(vm.type_error(format!("{function}() argument 'byteorder' must be str, not {}", vm.type_name(order)))),
    }
}

fn to_bytes(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { name: "to_bytes", params: &["length", "byteorder", "signed"], positional_only: 0, positional: 2, required: 0 };
    let [length, order, signed] = args.bind(vm, &SIGNATURE)?;
    let length = length.map_or(Ok(1), |length| vm.index_isize(length))?;
    let little = is_little(vm, order, "to_bytes")?;
    let signed = signed.map_or(Ok(false), |signed| vm.is_true(signed))?;
    let Ok(length) = usize::try_from(length) else { return Err(vm.value_error("length argument must be non-negative")) };
    let value = integer_of(this);
    if value.is_negative() && !signed {
        return Err(vm.overflow_error("can't convert negative int to unsigned"));
    }
    let value = value.to_big();
    let mut bytes = if signed { value.to_signed_bytes_le() } else { value.to_bytes_le().1 };
    if value.is_zero() {
        bytes.clear();
    }
    if bytes.len() > length {
        return Err(vm.overflow_error("int too big to convert"));
    }
    bytes.resize(length, if value.is_negative() { 0xFF } else { 0 });
    if !little {
        bytes.reverse();
    }
    Ok(vm.bytes(&bytes))
}

fn from_bytes(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { name: "from_bytes", params: &["bytes", "byteorder", "signed"], positional_only: 0, positional: 2, required: 1 };
    let [data, order, signed] = args.bind(vm, &SIGNATURE)?;
    let little = is_little(vm, order, "from_bytes")?;
    let signed = signed.map_or(Ok(false), |signed| vm.is_true(signed))?;
    let data = vm.to_bytes_object(data.unwrap_or(&vm.consts.none))?;
    let data = data.get::<heap::Bytes>().map_or(&[][..], |bytes| bytes.as_bytes());
    let value = match (little, signed) {
        (true, true) => BigInt::from_signed_bytes_le(data),
        (false, true) => BigInt::from_signed_bytes_be(data),
        (true, false) => BigInt::from_bytes_le(Sign::Plus, data),
        (false, false) => BigInt::from_bytes_be(Sign::Plus, data),
    };
    let value = vm.big_int(value);
    if class.is(&vm.types.int) { Ok(value) } else { vm.call(class, &[value]) }
}

impl Vm {
    /// `int(x)` with one argument (`PyNumber_Long`), as an `int` of exact type.
    pub fn to_int(&self, x: &Obj) -> PyResult {
        if x.kind() == Kind::INT || x.kind() == crate::kinds::BIG_INT {
            return Ok(x.clone());
        }
        let class = self.class_of(x);
        if let Some(convert) = self.class(&class).slots.int.get() {
            let value = convert(self, x)?;
            if integer(&value).is_none() {
                return Err(self.type_error(format!("__int__ returned non-int (type {})", self.type_name(&value))));
            }
            if !matches!(value.kind(), Kind::INT) && value.get::<BigInteger>().is_none() || value.kind() == Kind::WRAPPED {
                self.warn(
                    &self.types.deprecation_warning,
                    &format!(
                        "__int__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, and may not be supported in a future version of Python.",
                        self.type_name(&value)
                    ),
                )?;
            }
            return Ok(exact(self, &value));
        }
        if self.class(&class).slots.index.get().is_some() {
            return self.index(x);
        }
        if let Some(value) = parse(self, x, 10)? {
            return Ok(value);
        }
        Err(self.type_error(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            self.class_name(&class)
        )))
    }

    /// An integer as a float, or CPython's OverflowError.
    pub(crate) fn int_to_float(&self, value: Integer<'_>) -> PyResult<f64> {
        match value {
            Integer::Small(n) => Ok(n as f64),
            Integer::Big(n) => number::big_to_float(n).ok_or_else(|| self.overflow_error("int too large to convert to float")),
        }
    }

    /// The whole part of a float as an `int` (`PyLong_FromDouble`).
    pub fn int_from_float(&self, value: f64) -> PyResult {
        if value.is_nan() {
            return Err(self.value_error("cannot convert float NaN to integer"));
        }
        if value.is_infinite() {
            return Err(self.overflow_error("cannot convert float infinity to integer"));
        }
        let whole = value.trunc();
        // 2**63 itself is a float, and does not fit.
        if (-9.2e18..=9.2e18).contains(&whole) { Ok(self.int(whole as i64)) } else { Ok(self.big_int(number::float_to_big(whole))) }
    }

    /// An `int` object's value as a machine number, if it fits.
    pub fn int_value(&self, obj: &Obj) -> Option<i64> {
        integer(obj)?.small()
    }

    /// An `int` object's value as a big integer, if it is an `int`.
    pub fn big_value(&self, obj: &Obj) -> Option<BigInt> {
        integer(obj).map(Integer::to_big)
    }

    /// `bin(n)`, `oct(n)`, `hex(n)`, of an `int`.
    pub fn int_to_base(&self, obj: &Obj, base: u32) -> PyResult {
        Ok(self.str(&integer_of(&self.index(obj)?).to_prefixed(base)))
    }

    /// What a numeric literal's text reads as; the compiler has checked the text.
    pub fn int_from_literal(&self, digits: &str, base: u32) -> Option<Obj> {
        BigInt::parse_bytes(digits.as_bytes(), base).map(|value| self.big_int(value))
    }

    /// A float from text, as `float(text)` reads it.
    pub(crate) fn parse_float(&self, text: &[u8]) -> Option<f64> {
        float_text::parse(&float_text::to_ascii(text))
    }
}
