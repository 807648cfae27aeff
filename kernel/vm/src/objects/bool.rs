//! `bool`: `True` and `False`, two integers that print as words (`Objects/boolobject.c`).

use heap::{Kind, Obj};

use super::int_ops as ops;
use super::leaf::integer_of;
use crate::class::{ClassSpec, Slots, flags};
use crate::text::integer::Integer;
use crate::{Args, Operator, PyResult, Vm};

/// `bool`.
pub static BOOL: ClassSpec = ClassSpec {
    name: "bool",
    base: Some(&super::int::INT),
    kind: Kind::BOOL,
    flags: flags::LONG_SUBCLASS | flags::MATCH_SELF,
    slots,
    methods: &[],
    getset: &[],
    basicsize: 24,
    itemsize: 4,
    doc: "bool(object=False, /)\n--\n\n",
};

fn slots(s: &Slots) {
    s.new.set(Some(new));
    s.repr.set(Some(|vm, obj| Ok(vm.intern(if is_true(obj) { "True" } else { "False" }))));
    s.invert.set(Some(invert));
    s.binary[Operator::And as usize].set(Some(|vm, a, b| logic(vm, a, b, |a, b| a & b, ops::and)));
    s.binary[Operator::Or as usize].set(Some(|vm, a, b| logic(vm, a, b, |a, b| a | b, ops::or)));
    s.binary[Operator::Xor as usize].set(Some(|vm, a, b| logic(vm, a, b, |a, b| a ^ b, ops::xor)));
}

fn is_true(obj: &Obj) -> bool {
    !matches!(integer_of(obj), Integer::Small(0))
}

/// Two bools give a bool; with any other integer they are integers.
fn logic(vm: &Vm, a: &Obj, b: &Obj, both: fn(bool, bool) -> bool, integers: crate::class::Binary) -> PyResult {
    if a.kind() == Kind::BOOL && b.kind() == Kind::BOOL { Ok(vm.bool(both(is_true(a), is_true(b)))) } else { integers(vm, a, b) }
}

fn invert(vm: &Vm, obj: &Obj) -> PyResult {
    vm.warn(
        &vm.types.deprecation_warning,
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object and is usually not what you expect from the negation of a bool. Use the 'not' operator for boolean negation or ~int(x) for the bitwise inversion of the underlying int.",
    )?;
    ops::invert(vm, obj)
}

fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(vm.type_error("bool() takes no keyword arguments"));
    }
    match args.pos() {
        [] => Ok(vm.bool(false)),
        [x] => vm.is_true(x).map(|truth| vm.bool(truth)),
        more => Err(vm.type_error(format!("bool expected at most 1 argument, got {}", more.len()))),
    }
}
