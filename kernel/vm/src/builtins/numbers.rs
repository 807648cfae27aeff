//! Builtin functions of numbers: `abs`, `bin`, `chr`, `divmod`, `hash`, `hex`, `oct`, `ord`, `pow`, `round`, `sum`.

use heap::{Bytes, Float, Kind, Obj, Str};

use crate::class::{Method, Operator};
use crate::{Args, Convention, PyResult, Signature, Vm};

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

/// A running sum of floats with its rounding errors (Neumaier's variant of Kahan's summation, as since 3.12).
struct Compensated {
    high: f64,
    low: f64,
}

impl Compensated {
    fn add(&mut self, x: f64) {
        let total = self.high + x;
        self.low += if self.high.abs() >= x.abs() { (self.high - total) + x } else { (x - total) + self.high };
        self.high = total;
    }

    fn value(&self) -> f64 {
        if self.low != 0.0 && self.low.is_finite() { self.high + self.low } else { self.high }
    }
}

/// The sum so far: a machine number or float as long as the items allow it.
enum Sum {
    Int(i64),
    Float(Compensated),
    Any(Obj),
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
        Ok(match start.kind() {
            Kind::INT => Sum::Int(start.plain_int().unwrap_or(0)),
            Kind::FLOAT => Sum::Float(Compensated { high: start.get::<Float>().map_or(0.0, |float| float.0), low: 0.0 }),
            _ => Sum::Any(start.clone()),
        })
    }

    fn add(self, vm: &Vm, item: &Obj) -> PyResult<Sum> {
        match self {
            Sum::Int(sum) => {
                if let Some(total) = item.plain_int().and_then(|value| sum.checked_add(value)) {
                    return Ok(Sum::Int(total));
                }
                Sum::Any(vm.int(sum)).add(vm, item)
            }
            Sum::Float(mut sum) => {
                let value = match item.kind() {
                    Kind::FLOAT => item.get::<Float>().map(|float| float.0),
                    _ => item.plain_int().map(|value| value as f64),
                };
                match value {
                    Some(value) => {
                        sum.add(value);
                        Ok(Sum::Float(sum))
                    }
                    None => vm.binary(Operator::Add, &vm.float(sum.value()), item).map(Sum::Any),
                }
            }
            Sum::Any(sum) => {
                let total = vm.binary(Operator::Add, &sum, item)?;
                drop(sum);
                // From an int to a float the fast way is open again, as in CPython.
                match total.get::<Float>() {
                    Some(float) if total.kind() == Kind::FLOAT && matches!(item.kind(), Kind::FLOAT) => {
                        Ok(Sum::Float(Compensated { high: float.0, low: 0.0 }))
                    }
                    _ => Ok(Sum::Any(total)),
                }
            }
        }
    }

    fn finish(self, vm: &Vm) -> Obj {
        match self {
            Sum::Int(sum) => vm.int(sum),
            Sum::Float(sum) => vm.float(sum.value()),
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
