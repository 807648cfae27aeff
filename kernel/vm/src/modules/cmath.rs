//! `cmath` (`Modules/cmathmodule.c`). The functions themselves are the `pymath` crate's, as in `math`.

use heap::Obj;
use num_complex::Complex64;
use pymath::cmath as m;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::objects::complex::Complex;
use crate::{Args, PyResult, Signature, Vm};

macro_rules! one {
    ($($name:literal = $function:path;)*) => {
        &[$(Method::new($name, |vm, _, args| {
            let z = complex(vm, &args.pos()[0])?;
            finish(vm, $function(z))
        }, Convention::One).signature("($module, z, /)")),*]
    };
}

static PLAIN: &[Method] = one! {
    "acos" = m::acos; "acosh" = m::acosh; "asin" = m::asin; "asinh" = m::asinh; "atan" = m::atan; "atanh" = m::atanh; "cos" = m::cos;
    "cosh" = m::cosh; "exp" = m::exp; "log10" = m::log10; "sin" = m::sin; "sinh" = m::sinh; "sqrt" = m::sqrt; "tan" = m::tan;
    "tanh" = m::tanh;
};

macro_rules! question {
    ($name:literal, $function:path) => {
        Method::new($name, |vm, _, args| Ok(vm.bool($function(complex(vm, &args.pos()[0])?))), Convention::One).signature("($module, z, /)")
    };
}

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "cmath",
    functions: &[
        question!("isfinite", m::isfinite),
        question!("isinf", m::isinf),
        question!("isnan", m::isnan),
        Method::new("isclose", isclose, Convention::Keywords).signature("($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)"),
        Method::new(
            "log",
            |vm, _, args| {
                let args = args.check(vm, "log", 1, 2)?;
                let base = args.get(1).map(|base| complex(vm, base)).transpose()?;
                finish(vm, m::log(complex(vm, &args[0])?, base))
            },
            Convention::Positional,
        )
        .signature("($module, z, base=<unrepresentable>, /)"),
        Method::new(
            "phase",
            |vm, _, args| match m::phase(complex(vm, &args.pos()[0])?) {
                Ok(phase) => Ok(vm.float(phase)),
                Err(error) => Err(super::math::wrong(vm, error)),
            },
            Convention::One,
        )
        .signature("($module, z, /)"),
        Method::new(
            "polar",
            |vm, _, args| match m::polar(complex(vm, &args.pos()[0])?) {
                Ok((r, phi)) => Ok(vm.pair(vm.float(r), vm.float(phi))),
                Err(error) => Err(super::math::wrong(vm, error)),
            },
            Convention::One,
        )
        .signature("($module, z, /)"),
        Method::new(
            "rect",
            |vm, _, args| {
                let args = args.check(vm, "rect", 2, 2)?;
                finish(vm, m::rect(vm.as_float(&args[0])?, vm.as_float(&args[1])?))
            },
            Convention::Positional,
        )
        .signature("($module, r, phi, /)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for function in PLAIN {
            vm.dict_set_str(&dict, function.name, vm.builtin_function(function, module, "cmath"));
        }
        for (name, value) in [("e", m::E), ("inf", m::INF), ("nan", m::NAN), ("pi", m::PI), ("tau", m::TAU)] {
            vm.dict_set_str(&dict, name, vm.float(value));
        }
        for (name, value) in [("infj", m::INFJ), ("nanj", m::NANJ)] {
            vm.dict_set_str(&dict, name, vm.complex(value.re, value.im));
        }
        Ok(())
    },
};

/// The value of a number as a complex one (`PyComplex_AsCComplex`).
fn complex(vm: &Vm, obj: &Obj) -> PyResult<Complex64> {
    let parts = |number: &Complex| Complex64::new(number.real, number.imag);
    if let Some(number) = obj.get::<Complex>() {
        return Ok(parts(number));
    }
    if let Some(method) = vm.lookup_special(obj, "__complex__")? {
        let made = vm.call(&method, &[])?;
        return made
            .get::<Complex>()
            .map(parts)
            .ok_or_else(|| vm.type_error(format!("__complex__() must return a complex, not {}", vm.type_name(&made))));
    }
    Ok(Complex64::new(vm.as_float(obj)?, 0.0))
}

fn finish(vm: &Vm, result: pymath::Result<Complex64>) -> PyResult {
    result.map(|value| vm.complex(value.re, value.im)).map_err(|error| super::math::wrong(vm, error))
}

fn isclose(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "isclose", params: &["a", "b", "rel_tol", "abs_tol"], positional_only: 0, positional: 2, required: 2 };
    let [a, b, relative, absolute] = args.bind(vm, &SIGNATURE)?;
    let [a, b] = [a, b].map(|given| complex(vm, given.unwrap_or(&vm.consts.none)));
    let tolerance = |given: Option<&Obj>| given.map(|given| vm.as_float(given)).transpose();
    match m::isclose(a?, b?, tolerance(relative)?, tolerance(absolute)?) {
        Ok(close) => Ok(vm.bool(close)),
        Err(_) => Err(vm.value_error("tolerances must be non-negative")),
    }
}
