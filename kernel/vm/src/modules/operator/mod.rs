//! `_operator`: Python's operators as functions (`Modules/_operator.c`). The classes of getters are in `getters.rs`.

mod getters;

use heap::Obj;

use super::ModuleSpec;
use crate::class::{Compare, Convention, Method, Operator};
use crate::objects::leaf;
use crate::{Args, PyResult, Vm};

pub(super) use getters::register_payloads;

/// A function of one argument.
macro_rules! one {
    ($name:literal, |$vm:ident, $a:ident| $body:expr) => {
        Method::new(
            $name,
            |$vm, _, args| {
                let $a = &args.pos()[0];
                $body
            },
            Convention::One,
        )
        .signature("($module, a, /)")
    };
}

/// A function of two arguments.
macro_rules! two {
    ($name:literal, |$vm:ident, $a:ident, $b:ident| $body:expr) => {
        Method::new(
            $name,
            |$vm, _, args| {
                let [$a, $b] = args.check($vm, $name, 2, 2)? else { unreachable!("two arguments were checked") };
                $body
            },
            Convention::Positional,
        )
        .signature("($module, a, b, /)")
    };
}

macro_rules! binary {
    ($name:literal, $op:ident) => {
        two!($name, |vm, a, b| vm.binary(Operator::$op, a, b))
    };
}

macro_rules! in_place {
    ($name:literal, $op:ident) => {
        two!($name, |vm, a, b| vm.in_place(Operator::$op, a, b))
    };
}

macro_rules! comparison {
    ($name:literal, $op:ident) => {
        two!($name, |vm, a, b| vm.compare(a, b, Compare::$op))
    };
}

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_operator",
    functions: &[
        one!("truth", |vm, a| Ok(vm.bool(vm.is_true(a)?))),
        two!("contains", |vm, a, b| Ok(vm.bool(vm.contains(a, b)?))),
        two!("indexOf", |vm, a, b| index_of(vm, a, b)),
        two!("countOf", |vm, a, b| count_of(vm, a, b)),
        two!("is_", |vm, a, b| Ok(vm.bool(a.is(b)))),
        two!("is_not", |vm, a, b| Ok(vm.bool(!a.is(b)))),
        one!("is_none", |vm, a| Ok(vm.bool(a.is(&vm.consts.none)))),
        one!("is_not_none", |vm, a| Ok(vm.bool(!a.is(&vm.consts.none)))),
        one!("index", |vm, a| vm.index(a)),
        binary!("add", Add),
        binary!("sub", Subtract),
        binary!("mul", Multiply),
        binary!("matmul", MatMul),
        binary!("floordiv", FloorDivide),
        binary!("truediv", TrueDivide),
        binary!("mod", Remainder),
        one!("neg", |vm, a| vm.negative(a)),
        one!("pos", |vm, a| vm.positive(a)),
        one!("abs", |vm, a| vm.absolute(a)),
        one!("inv", |vm, a| vm.invert(a)),
        one!("invert", |vm, a| vm.invert(a)),
        binary!("lshift", LShift),
        binary!("rshift", RShift),
        one!("not_", |vm, a| Ok(vm.bool(!vm.is_true(a)?))),
        binary!("and_", And),
        binary!("xor", Xor),
        binary!("or_", Or),
        in_place!("iadd", Add),
        in_place!("isub", Subtract),
        in_place!("imul", Multiply),
        in_place!("imatmul", MatMul),
        in_place!("ifloordiv", FloorDivide),
        in_place!("itruediv", TrueDivide),
        in_place!("imod", Remainder),
        in_place!("ilshift", LShift),
        in_place!("irshift", RShift),
        in_place!("iand", And),
        in_place!("ixor", Xor),
        in_place!("ior", Or),
        two!("concat", |vm, a, b| {
            sequences(vm, a, b)?;
            vm.binary(Operator::Add, a, b)
        }),
        two!("iconcat", |vm, a, b| {
            sequences(vm, a, b)?;
            vm.in_place(Operator::Add, a, b)
        }),
        two!("getitem", |vm, a, b| vm.getitem(a, b)),
        Method::new("setitem", set_item, Convention::Positional).signature("($module, a, b, c, /)"),
        two!("delitem", |vm, a, b| vm.setitem(a, b, None).map(|()| vm.none())),
        two!("pow", |vm, a, b| vm.power(a, b, None)),
        in_place!("ipow", Power),
        comparison!("eq", Eq),
        comparison!("ne", Ne),
        comparison!("lt", Lt),
        comparison!("le", Le),
        comparison!("gt", Gt),
        comparison!("ge", Ge),
        Method::new("_compare_digest", compare_digest, Convention::Positional).signature("($module, a, b, /)"),
        Method::new("length_hint", length_hint, Convention::Positional).signature("($module, obj, default=0, /)"),
        Method::new("call", call, Convention::Keywords).signature("($module, obj, /, *args, **kwargs)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "attrgetter", vm.late_class(&getters::ATTR_GETTER));
        vm.dict_set_str(&dict, "itemgetter", vm.late_class(&getters::ITEM_GETTER));
        vm.dict_set_str(&dict, "methodcaller", vm.late_class(&getters::METHOD_CALLER));
        Ok(())
    },
};

fn index_of(vm: &Vm, sequence: &Obj, wanted: &Obj) -> PyResult {
    let iterator = iterator(vm, sequence)?;
    let mut at = 0;
    while let Some(item) = vm.next(&iterator)? {
        if vm.eq(&item, wanted)? {
            return Ok(vm.int(at));
        }
        at += 1;
    }
    Err(vm.value_error("sequence.index(x): x not in sequence"))
}

fn count_of(vm: &Vm, sequence: &Obj, wanted: &Obj) -> PyResult {
    let iterator = iterator(vm, sequence)?;
    let mut n = 0;
    while let Some(item) = vm.next(&iterator)? {
        n += i64::from(vm.eq(&item, wanted)?);
    }
    Ok(vm.int(n))
}

/// `_PySequence_IterSearch`'s own word for what cannot be iterated.
fn iterator(vm: &Vm, sequence: &Obj) -> PyResult {
    match vm.iter(sequence) {
        Err(raised) if raised.is(vm, &vm.types.type_error) => {
            Err(vm.type_error(format!("argument of type '{}' is not iterable", vm.type_name(sequence))))
        }
        found => found,
    }
}

/// Both must be sequences (`PySequence_Concat`).
fn sequences(vm: &Vm, a: &Obj, b: &Obj) -> PyResult<()> {
    let is_sequence = |obj: &Obj| {
        let class = vm.class_of(obj);
        let slots = &vm.class(&class).slots;
        slots.concat.get().is_some() || (slots.subscript.get().is_some() && obj.get::<heap::Dict>().is_none())
    };
    let concat = vm.class(&vm.class_of(a)).slots.concat.get().is_some();
    if concat || (is_sequence(a) && is_sequence(b)) {
        return Ok(());
    }
    Err(vm.type_error(format!("'{}' object can't be concatenated", vm.type_name(a))))
}

fn set_item(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [obj, key, value] = args.check(vm, "setitem", 3, 3)? else { unreachable!("three arguments were checked") };
    vm.setitem(obj, key, Some(value))?;
    Ok(vm.none())
}

fn length_hint(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "length_hint", 1, 2)?;
    let default = given.get(1).map_or(Ok(0), |default| vm.index_isize(default))?;
    // A default may be negative; no length is.
    match vm.length_hint(&given[0], usize::MAX)? {
        usize::MAX => Ok(vm.int(default as i64)),
        n => Ok(vm.int(n as i64)),
    }
}

fn call(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match args.get(0) {
        Some(callable) => vm.call_args(callable, args.rest()),
        None => Err(vm.type_error("call expected at least 1 argument, got 0")),
    }
}

fn compare_digest(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [a, b] = args.check(vm, "_compare_digest", 2, 2)? else { unreachable!("two arguments were checked") };
    let (a, b) = match (leaf::text(a), leaf::text(b)) {
        (Some(a), Some(b)) if a.is_ascii() && b.is_ascii() => (a.to_vec(), b.to_vec()),
        (Some(_), Some(_)) => return Err(vm.type_error("comparing strings with non-ASCII characters is not supported")),
        _ => match (vm.bytes_like(a), vm.bytes_like(b)) {
            (Some(a), Some(b)) => (a, b),
            _ => {
                return Err(vm.type_error(format!(
                    "unsupported operand types(s) or combination of types: '{}' and '{}'",
                    vm.type_name(a),
                    vm.type_name(b)
                )));
            }
        },
    };
    let differs = a.iter().zip(&b).fold(u8::from(a.len() != b.len()), |differs, (a, b)| differs | (a ^ b));
    Ok(vm.bool(differs == 0))
}
