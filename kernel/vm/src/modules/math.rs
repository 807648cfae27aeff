//! `math` (`Modules/mathmodule.c`). The functions themselves are the `pymath` crate's, which gives CPython's results bit for bit.

use heap::{Float, Obj};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use pymath::math as m;

use super::ModuleSpec;
use crate::class::{Convention, Method, Operator};
use crate::objects::leaf;
use crate::{Args, PyResult, Raised, Signature, Vm};

macro_rules! one {
    ($($name:literal = $function:path;)*) => {
        &[$(Method::new($name, |vm, _, args| {
            let x = vm.as_float(&args.pos()[0])?;
            finish(vm, $function(x))
        }, Convention::One).signature("($module, x, /)")),*]
    };
}

static PLAIN: &[Method] = one! {
    "acos" = m::acos; "acosh" = m::acosh; "asin" = m::asin; "asinh" = m::asinh; "atan" = m::atan; "atanh" = m::atanh;
    "cos" = m::cos; "cosh" = m::cosh; "sin" = m::sin; "sinh" = m::sinh; "tan" = m::tan; "tanh" = m::tanh;
    "erf" = m::erf; "erfc" = m::erfc; "exp" = m::exp; "exp2" = m::exp2; "expm1" = m::expm1; "log1p" = m::log1p; "sqrt" = m::sqrt; "cbrt" = m::cbrt;
    "fabs" = m::fabs; "gamma" = m::gamma; "lgamma" = m::lgamma; "degrees" = degrees; "radians" = radians;
};

fn degrees(x: f64) -> pymath::Result<f64> {
    Ok(x * (180.0 / std::f64::consts::PI))
}

fn radians(x: f64) -> pymath::Result<f64> {
    Ok(x * (std::f64::consts::PI / 180.0))
}

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "math",
    functions: &[
        Method::new("atan2", |vm, _, args| two(vm, args, "atan2", m::atan2), Convention::Positional).signature("($module, y, x, /)"),
        Method::new("ceil", |vm, _, args| rounded(vm, &args.pos()[0], "__ceil__", f64::ceil), Convention::One).signature("($module, x, /)"),
        Method::new("floor", |vm, _, args| rounded(vm, &args.pos()[0], "__floor__", f64::floor), Convention::One)
            .signature("($module, x, /)"),
        Method::new("trunc", trunc, Convention::One).signature("($module, x, /)"),
        Method::new("copysign", |vm, _, args| two(vm, args, "copysign", m::copysign), Convention::Positional)
            .signature("($module, x, y, /)"),
        Method::new("fmod", |vm, _, args| two(vm, args, "fmod", m::fmod), Convention::Positional).signature("($module, x, y, /)"),
        Method::new("pow", |vm, _, args| two(vm, args, "pow", m::pow), Convention::Positional).signature("($module, x, y, /)"),
        Method::new("remainder", |vm, _, args| two(vm, args, "remainder", m::remainder), Convention::Positional)
            .signature("($module, x, y, /)"),
        Method::new(
            "fma",
            |vm, _, args| {
                let [x, y, z] = args.check(vm, "fma", 3, 3)? else { unreachable!("three arguments were checked") };
                finish(vm, m::fma(vm.as_float(x)?, vm.as_float(y)?, vm.as_float(z)?))
            },
            Convention::Positional,
        )
        .signature("($module, x, y, z, /)"),
        Method::new("log", log, Convention::Positional),
        Method::new("log2", |vm, _, args| logarithm(vm, &args.pos()[0], m::log2, m::log2_bigint), Convention::One)
            .signature("($module, x, /)"),
        Method::new("log10", |vm, _, args| logarithm(vm, &args.pos()[0], m::log10, m::log10_bigint), Convention::One)
            .signature("($module, x, /)"),
        Method::new("isfinite", |vm, _, args| Ok(vm.bool(vm.as_float(&args.pos()[0])?.is_finite())), Convention::One)
            .signature("($module, x, /)"),
        Method::new("isinf", |vm, _, args| Ok(vm.bool(vm.as_float(&args.pos()[0])?.is_infinite())), Convention::One)
            .signature("($module, x, /)"),
        Method::new("isnan", |vm, _, args| Ok(vm.bool(vm.as_float(&args.pos()[0])?.is_nan())), Convention::One)
            .signature("($module, x, /)"),
        Method::new("isclose", isclose, Convention::Keywords).signature("($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)"),
        Method::new(
            "frexp",
            |vm, _, args| {
                let (mantissa, exponent) = m::frexp(vm.as_float(&args.pos()[0])?);
                Ok(vm.tuple(vec![vm.float(mantissa), vm.int(i64::from(exponent))]))
            },
            Convention::One,
        )
        .signature("($module, x, /)"),
        Method::new("ldexp", ldexp, Convention::Positional).signature("($module, x, i, /)"),
        Method::new(
            "modf",
            |vm, _, args| {
                let (fraction, whole) = m::modf(vm.as_float(&args.pos()[0])?);
                Ok(vm.tuple(vec![vm.float(fraction), vm.float(whole)]))
            },
            Convention::One,
        )
        .signature("($module, x, /)"),
        Method::new("nextafter", nextafter, Convention::Keywords).signature("($module, x, y, /, *, steps=None)"),
        Method::new("ulp", |vm, _, args| Ok(vm.float(m::ulp(vm.as_float(&args.pos()[0])?))), Convention::One).signature("($module, x, /)"),
        Method::new(
            "fsum",
            |vm, _, args| {
                let values = floats(vm, &args.pos()[0])?;
                m::fsum(values).map(|sum| vm.float(sum)).map_err(|error| match error {
                    pymath::Error::EDOM => vm.value_error("-inf + inf in fsum"),
                    pymath::Error::ERANGE => vm.overflow_error("intermediate overflow in fsum"),
                })
            },
            Convention::One,
        )
        .signature("($module, seq, /)"),
        Method::new(
            "hypot",
            |vm, _, args| {
                let values = args.check(vm, "hypot", 0, usize::MAX)?.iter().map(|x| vm.as_float(x)).collect::<PyResult<Vec<_>>>()?;
                Ok(vm.float(m::dist(&values, &vec![0.0; values.len()])))
            },
            Convention::Positional,
        )
        .signature("($module, /, *coordinates)"),
        Method::new("dist", dist, Convention::Positional).signature("($module, p, q, /)"),
        Method::new("sumprod", sumprod, Convention::Positional).signature("($module, p, q, /)"),
        Method::new("prod", prod, Convention::Keywords).signature("($module, iterable, /, *, start=1)"),
        Method::new("gcd", |vm, _, args| many(vm, args, m::integer::gcd), Convention::Positional).signature("($module, /, *integers)"),
        Method::new("lcm", |vm, _, args| many(vm, args, m::integer::lcm), Convention::Positional).signature("($module, /, *integers)"),
        Method::new(
            "isqrt",
            |vm, _, args| {
                let n = integer(vm, &args.pos()[0])?;
                m::integer::isqrt(&n).map(|root| vm.big_int(root)).map_err(|_| vm.value_error("isqrt() argument must be nonnegative"))
            },
            Convention::One,
        )
        .signature("($module, n, /)"),
        Method::new("factorial", factorial, Convention::One).signature("($module, n, /)"),
        Method::new("comb", comb, Convention::Positional).signature("($module, n, k, /)"),
        Method::new("perm", perm, Convention::Positional).signature("($module, n, k=None, /)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for function in PLAIN {
            vm.dict_set_str(&dict, function.name, vm.builtin_function(function, module, "math"));
        }
        use std::f64::consts::{E, PI, TAU};
        for (name, value) in [("pi", PI), ("e", E), ("tau", TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
            vm.dict_set_str(&dict, name, vm.float(value));
        }
        Ok(())
    },
};

/// A result, or CPython's text for a domain or a range error.
fn finish(vm: &Vm, result: pymath::Result<f64>) -> PyResult {
    result.map(|value| vm.float(value)).map_err(|error| wrong(vm, error))
}

pub(super) fn wrong(vm: &Vm, error: pymath::Error) -> Raised {
    match error {
        pymath::Error::EDOM => vm.value_error("math domain error"),
        pymath::Error::ERANGE => vm.overflow_error("math range error"),
    }
}

fn two(vm: &Vm, args: Args<'_>, name: &str, function: fn(f64, f64) -> pymath::Result<f64>) -> PyResult {
    let [x, y] = args.check(vm, name, 2, 2)? else { unreachable!("two arguments were checked") };
    finish(vm, function(vm.as_float(x)?, vm.as_float(y)?))
}

fn rounded(vm: &Vm, x: &Obj, name: &str, function: fn(f64) -> f64) -> PyResult {
    let exact = x.extra().is_none() && x.get::<Float>().is_some();
    if !exact && let Some(method) = vm.lookup_special(x, name)? {
        return vm.call(&method, &[]);
    }
    vm.int_from_float(function(vm.as_float(x)?))
}

fn trunc(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let x = &args.pos()[0];
    match vm.lookup_special(x, "__trunc__")? {
        Some(method) => vm.call(&method, &[]),
        None => Err(vm.type_error(format!("type {} doesn't define __trunc__ method", vm.type_name(x)))),
    }
}

/// A logarithm of an integer of any size, or of a float.
fn logarithm(vm: &Vm, x: &Obj, small: fn(f64) -> pymath::Result<f64>, big: fn(&BigInt) -> pymath::Result<f64>) -> PyResult {
    let result = match vm.big_value(x) {
        Some(n) => big(&n),
        None => small(vm.as_float(x)?),
    };
    result.map(|value| vm.float(value)).map_err(|error| match (error, leaf::integer(x).is_some()) {
        (pymath::Error::EDOM, true) => vm.value_error("expected a positive input"),
        (pymath::Error::EDOM, false) => match vm.as_float(x) {
            Ok(value) => vm.value_error(format!(
                "expected a positive input, got {}",
                vm.lossy(&vm.repr(&vm.float(value)).unwrap_or_else(|_| vm.str("")))
            )),
            Err(raised) => raised,
        },
        (error, _) => wrong(vm, error),
    })
}

fn log(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "log", 1, 2)?;
    let natural = |x: &Obj| logarithm(vm, x, |x| m::log(x, None), |n| m::log_bigint(n, None));
    let top = natural(&given[0])?;
    match given.get(1) {
        None => Ok(top),
        Some(base) => vm.binary(Operator::TrueDivide, &top, &natural(base)?),
    }
}

fn isclose(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "isclose", params: &["a", "b", "rel_tol", "abs_tol"], positional_only: 0, positional: 2, required: 2 };
    let [a, b, relative, absolute] = args.bind(vm, &SIGNATURE)?;
    let number = |value: Option<&Obj>| value.map(|value| vm.as_float(value)).transpose();
    let (a, b) = (number(a)?.unwrap_or_default(), number(b)?.unwrap_or_default());
    m::isclose(a, b, number(relative)?, number(absolute)?)
        .map(|close| vm.bool(close))
        .map_err(|_| vm.value_error("tolerances must be non-negative"))
}

fn ldexp(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [x, exponent] = args.check(vm, "ldexp", 2, 2)? else { unreachable!("two arguments were checked") };
    let x = vm.as_float(x)?;
    match vm.big_value(exponent) {
        Some(exponent) => finish(vm, m::ldexp_bigint(x, &exponent)),
        None => Err(vm.type_error("Expected an int as second argument to ldexp.")),
    }
}

fn nextafter(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "nextafter", params: &["x", "y", "steps"], positional_only: 2, positional: 2, required: 2 };
    let [x, y, steps] = args.bind(vm, &SIGNATURE)?;
    let (x, y) = (vm.as_float(x.expect("a required parameter is there"))?, vm.as_float(y.expect("a required parameter is there"))?);
    let steps = match steps.filter(|steps| !steps.is(&vm.consts.none)) {
        None => None,
        Some(steps) => {
            let steps = integer(vm, steps)?;
            if steps.is_negative() {
                return Err(vm.value_error("steps must be a non-negative integer"));
            }
            Some(steps.to_u64().unwrap_or(u64::MAX))
        }
    };
    Ok(vm.float(m::nextafter(x, y, steps)))
}

fn floats(vm: &Vm, iterable: &Obj) -> PyResult<Vec<f64>> {
    let mut values = Vec::new();
    vm.iterate(iterable, &mut |item| {
        values.push(vm.as_float(&item)?);
        Ok(())
    })?;
    Ok(values)
}

fn dist(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [p, q] = args.check(vm, "dist", 2, 2)? else { unreachable!("two arguments were checked") };
    let (p, q) = (floats(vm, p)?, floats(vm, q)?);
    if p.len() != q.len() {
        return Err(vm.value_error("both points must have the same number of dimensions"));
    }
    Ok(vm.float(m::dist(&p, &q)))
}

fn sumprod(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [p, q] = args.check(vm, "sumprod", 2, 2)? else { unreachable!("two arguments were checked") };
    let (p, q) = (vm.to_vec(p)?, vm.to_vec(q)?);
    if p.len() != q.len() {
        return Err(vm.value_error("Inputs are not the same length"));
    }
    let all_floats = p.iter().chain(&q).all(|x| x.get::<Float>().is_some());
    if all_floats && !p.is_empty() {
        let values = |items: &[Obj]| items.iter().filter_map(|x| x.get::<Float>().map(|x| x.0)).collect::<Vec<_>>();
        return finish(vm, m::sumprod(&values(&p), &values(&q)));
    }
    let mut total = vm.int(0);
    for (a, b) in p.iter().zip(&q) {
        total = vm.binary(Operator::Add, &total, &vm.binary(Operator::Multiply, a, b)?)?;
    }
    Ok(total)
}

fn prod(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "prod", params: &["iterable", "start"], positional_only: 1, positional: 1, required: 1 };
    let [iterable, start] = args.bind(vm, &SIGNATURE)?;
    let mut total = start.cloned().unwrap_or_else(|| vm.int(1));
    vm.iterate(iterable.expect("a required parameter is there"), &mut |item| {
        total = vm.binary(Operator::Multiply, &total, &item)?;
        Ok(())
    })?;
    Ok(total)
}

/// An integer argument, through `__index__`.
fn integer(vm: &Vm, x: &Obj) -> PyResult<BigInt> {
    let index = vm.index(x)?;
    Ok(leaf::integer_of(&index).to_big())
}

fn many(vm: &Vm, args: Args<'_>, function: fn(&[&BigInt]) -> BigInt) -> PyResult {
    let numbers = args.check(vm, "gcd", 0, usize::MAX)?.iter().map(|x| integer(vm, x)).collect::<PyResult<Vec<_>>>()?;
    Ok(vm.big_int(function(&numbers.iter().collect::<Vec<_>>())))
}

fn factorial(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let n = integer(vm, &args.pos()[0])?;
    if n.is_negative() {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    let Some(n) = n.to_i64() else { return Err(vm.overflow_error(format!("factorial() argument should not exceed {}", i64::MAX))) };
    m::integer::factorial(n).map(|value| vm.big_int(value.into())).map_err(|error| wrong(vm, error))
}

fn comb(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [n, k] = args.check(vm, "comb", 2, 2)? else { unreachable!("two arguments were checked") };
    let (n, k) = (integer(vm, n)?, integer(vm, k)?);
    check_counts(vm, &n, &k)?;
    if k > n {
        return Ok(vm.int(0));
    }
    let k = k.clone().min(&n - &k);
    let Some(k) = k.to_u64() else { return Err(vm.overflow_error(format!("min(n - k, k) must not exceed {}", u64::MAX))) };
    Ok(vm.big_int(m::comb_bigint(&n, k).into()))
}

fn perm(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "perm", 1, 2)?;
    let Some(k) = given.get(1).filter(|k| !k.is(&vm.consts.none)) else { return factorial(vm, this, Args::positional(&given[..1])) };
    let (n, k) = (integer(vm, &given[0])?, integer(vm, k)?);
    check_counts(vm, &n, &k)?;
    if k > n {
        return Ok(vm.int(0));
    }
    if k.is_zero() {
        return Ok(vm.int(1));
    }
    let Some(k) = k.to_u64() else { return Err(vm.overflow_error(format!("k must not exceed {}", u64::MAX))) };
    Ok(vm.big_int(m::perm_bigint(&n, k).into()))
}

fn check_counts(vm: &Vm, n: &BigInt, k: &BigInt) -> PyResult<()> {
    if n.is_negative() {
        return Err(vm.value_error("n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(vm.value_error("k must be a non-negative integer"));
    }
    Ok(())
}
