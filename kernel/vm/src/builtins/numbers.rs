//! Builtin functions of numbers: `abs`, `bin`, `chr`, `divmod`, `hash`, `hex`, `oct`, `ord`, `pow`, `round`, `sum`.

use compile::Version;
use heap::{Bytes, Float, Kind, Obj, Str};

use crate::class::{Method, Operator};
use crate::objects::complex::Complex;
use crate::{Args, Convention, PyResult, Signature, Vm, kinds};

pub(super) static FUNCTIONS: &[Method] = &[
    Method::new("abs", |vm, _, args| vm.absolute(&args.all()[0]), Convention::One).signature("($module, x, /)"),
    Method::new("bin", |vm, _, args| in_base(vm, args, "#b"), Convention::One).signature("($module, number, /)"),
    Method::new("chr", chr, Convention::One).signature("($module, i, /)"),
    Method::new("divmod", divmod, Convention::Positional).signature("($module, x, y, /)"),
    Method::new("hash", |vm, _, args| Ok(vm.int(vm.hash(&args.all()[0])?)), Convention::One).signature("($module, obj, /)"),
    Method::new("hex", |vm, _, args| in_base(vm, args, "#x"), Convention::One).signature("($module, number, /)"),
    Method::new("oct", |vm, _, args| in_base(vm, args, "#o"), Convention::One).signature("($module, number, /)"),
    Method::new("ord", ord, Convention::One).signature("($module, character, /)"),
    Method::new("pow", pow, Convention::Keywords).signature("($module, /, base, exp, mod=None)"),
    Method::new("round", round, Convention::Keywords).signature("($module, /, number, ndigits=None)"),
    Method::new("sum", sum, Convention::Keywords).signature("($module, iterable, /, start=0)"),
];

fn in_base(vm: &Vm, args: Args<'_>, spec: &str) -> PyResult {
    let number = vm.index(&args.all()[0])?;
    vm.format(&number, &vm.str(spec))
}

fn chr(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let code = vm.index(&args.all()[0])?;
    let code = code.plain_int().and_then(|code| u32::try_from(code).ok()).filter(|&code| code < 0x11_0000);
    let Some(code) = code else { return Err(vm.value_error("chr() arg not in range(0x110000)")) };
    let mut text = Vec::with_capacity(4);
    crate::text::wtf8::push(&mut text, code);
    Ok(vm.str_from_bytes(&text))
}

fn ord(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let obj = &args.all()[0];
    let len = if let Some(text) = obj.get::<Str>() {
        if text.chars() == 1 {
            return Ok(vm.int(i64::from(crate::text::wtf8::at(text.as_bytes(), 0))));
        }
        text.chars()
    } else if let Some(data) = obj.get::<Bytes>() {
        if let [byte] = data.as_bytes() {
            return Ok(vm.int(i64::from(*byte)));
        }
        data.as_bytes().len()
    } else if vm.is_kind_of(obj, &vm.types.bytearray) {
        match vm.len(obj)? {
            1 => return vm.getitem(obj, &vm.int(0)),
            len => len,
        }
    } else {
        return Err(vm.type_error(format!("ord() expected string of length 1, but {} found", vm.type_name(obj))));
    };
    Err(vm.type_error(format!("ord() expected a character, but string of length {len} found")))
}

fn divmod(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "divmod", 2, 2)?;
    vm.binary(Operator::DivMod, &args[0], &args[1])
}

fn pow(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "pow", params: &["base", "exp", "mod"], positional_only: 0, positional: 3, required: 2 };
    let [base, exp, modulus] = args.bind(vm, &SIGNATURE)?;
    let (Some(base), Some(exp)) = (base, exp) else { unreachable!("required parameters are bound") };
    vm.power(base, exp, modulus.filter(|modulus| !modulus.is(&vm.consts.none)))
}

fn round(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "round", params: &["number", "ndigits"], positional_only: 0, positional: 2, required: 1 };
    let [number, digits] = args.bind(vm, &SIGNATURE)?;
    let Some(number) = number else { unreachable!("required parameters are bound") };
    let Some(method) = vm.lookup_special(number, "__round__")? else {
        return Err(vm.type_error(format!("type {} doesn't define __round__ method", vm.type_name(number))));
    };
    match digits.filter(|digits| !digits.is(&vm.consts.none)) {
        Some(digits) => vm.call(&method, std::slice::from_ref(digits)),
        None => vm.call(&method, &[]),
    }
}

/// A running sum of floats with its rounding errors (Neumaier's variant of Kahan's summation, as since 3.12; before, there is no correction).
#[derive(Clone, Copy)]
struct Compensated {
    high: f64,
    low: f64,
    corrects: bool,
}

impl Compensated {
    fn new(vm: &Vm, high: f64) -> Compensated {
        Compensated { high, low: 0.0, corrects: vm.version >= Version::V3_12 }
    }

    fn add(&mut self, x: f64) {
        let total = self.high + x;
        if self.corrects {
            self.low += if self.high.abs() >= x.abs() { (self.high - total) + x } else { (x - total) + self.high };
        }
        self.high = total;
    }

    fn value(&self) -> f64 {
        if self.low != 0.0 && self.low.is_finite() { self.high + self.low } else { self.high }
    }
}

/// The sum so far: machine numbers as long as the items allow it, of complex ones since 3.14.
enum Sum {
    Int(i64),
    Float(Compensated),
    Complex(Compensated, Compensated),
    Any(Obj),
}

/// The value of a float, or of an int of any size.
fn real(vm: &Vm, item: &Obj) -> PyResult<Option<f64>> {
    match item.kind() {
        Kind::FLOAT => Ok(item.get::<Float>().map(|float| float.0)),
        Kind::INT => vm.as_float(item).map(Some),
        // Older versions leave machine numbers for one that is none.
        _ if vm.version >= Version::V3_14 && vm.is_kind_of(item, &vm.types.int) => vm.as_float(item).map(Some),
        _ => Ok(None),
    }
}

impl Sum {
    fn start(vm: &Vm, start: Option<&Obj>) -> PyResult<Sum> {
        let Some(start) = start else { return Ok(Sum::Int(0)) };
        let wrong = match () {
            () if vm.is_kind_of(start, &vm.types.str) => Some("strings [use ''"),
            () if vm.is_kind_of(start, &vm.types.bytes) => Some("bytes [use b''"),
            () if vm.is_kind_of(start, &vm.types.bytearray) => Some("bytearray [use b''"),
            () => None,
        };
        if let Some(wrong) = wrong {
            return Err(vm.type_error(format!("sum() can't sum {wrong}.join(seq) instead]")));
        }
        Ok(if start.kind() == Kind::INT { Sum::Int(start.plain_int().unwrap_or(0)) } else { Sum::of(vm, start.clone()) })
    }

    /// A sum that goes on from an object.
    fn of(vm: &Vm, sum: Obj) -> Sum {
        if let Some(float) = sum.get::<Float>().filter(|_| sum.kind() == Kind::FLOAT) {
            return Sum::Float(Compensated::new(vm, float.0));
        }
        match sum.get::<Complex>().filter(|_| sum.kind() == kinds::COMPLEX && vm.version >= Version::V3_14) {
            Some(complex) => Sum::Complex(Compensated::new(vm, complex.real), Compensated::new(vm, complex.imag)),
            None => Sum::Any(sum),
        }
    }

    fn add(self, vm: &Vm, item: &Obj) -> PyResult<Sum> {
        match self {
            Sum::Int(sum) => {
                if let Some(total) = item.plain_int().and_then(|value| sum.checked_add(value)) {
                    return Ok(Sum::Int(total));
                }
                vm.binary(Operator::Add, &vm.int(sum), item).map(|total| Sum::of(vm, total))
            }
            Sum::Float(mut sum) => match real(vm, item)? {
                Some(value) => {
                    sum.add(value);
                    Ok(Sum::Float(sum))
                }
                // There is no way back to floats, only one on to complex numbers.
                None => vm.binary(Operator::Add, &vm.float(sum.value()), item).map(|total| match Sum::of(vm, total.clone()) {
                    Sum::Float(_) => Sum::Any(total),
                    sum => sum,
                }),
            },
            Sum::Complex(mut re, mut im) => {
                if let Some(complex) = item.get::<Complex>().filter(|_| item.kind() == kinds::COMPLEX) {
                    re.add(complex.real);
                    im.add(complex.imag);
                } else if let Some(real) = real(vm, item)? {
                    re.add(real);
                } else {
                    return vm.binary(Operator::Add, &vm.complex(re.value(), im.value()), item).map(Sum::Any);
                }
                Ok(Sum::Complex(re, im))
            }
            Sum::Any(sum) => vm.binary(Operator::Add, &sum, item).map(Sum::Any),
        }
    }

    fn finish(self, vm: &Vm) -> Obj {
        match self {
            Sum::Int(sum) => vm.int(sum),
            Sum::Float(sum) => vm.float(sum.value()),
            Sum::Complex(re, im) => vm.complex(re.value(), im.value()),
            Sum::Any(sum) => sum,
        }
    }
}

fn sum(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "sum", params: &["iterable", "start"], positional_only: 1, positional: 2, required: 1 };
    let [iterable, start] = args.bind(vm, &SIGNATURE)?;
    let Some(iterable) = iterable else { unreachable!("required parameters are bound") };
    let iterator = vm.iter(iterable)?;
    let mut sum = Sum::start(vm, start)?;
    vm.exhaust(&iterator, |item| {
        if let Sum::Int(total) = &mut sum
            && let Some(more) = item.plain_int().and_then(|value| total.checked_add(value))
        {
            *total = more;
        } else {
            sum = std::mem::replace(&mut sum, Sum::Int(0)).add(vm, &item)?;
        }
        Ok(())
    })?;
    Ok(sum.finish(vm))
}
