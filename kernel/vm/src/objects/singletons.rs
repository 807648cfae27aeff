//! `None`, `Ellipsis`, `NotImplemented`: one object each.

use heap::{Kind, Obj};

use crate::class::ClassSpec;
use crate::{Args, Compare, Convention, Method, PyResult, Vm};

/// `type(None)`.
pub static NONE: ClassSpec = ClassSpec {
    name: "NoneType",
    base: None,
    kind: Kind::SINGLETON,
    flags: 0,
    slots: |s| {
        s.new.set(Some(|vm, _, args| no_arguments(vm, args, "NoneType").map(|()| vm.none())));
        s.repr.set(Some(|vm, _| Ok(vm.heap.str("None"))));
        s.bool.set(Some(|_, _| Ok(false)));
        s.hash.set(Some(|_, _| Ok(0xFCA8_6420)));
        s.richcompare.set(Some(compare));
    },
    methods: &[],
    getset: &[],
    basicsize: 16,
    itemsize: 0,
    doc: "NoneType()\n--\n\n",
};

/// `type(...)`.
pub static ELLIPSIS: ClassSpec = ClassSpec {
    name: "ellipsis",
    base: None,
    kind: Kind::SINGLETON,
    flags: 0,
    slots: |s| {
        s.new.set(Some(|vm, _, args| no_arguments(vm, args, "EllipsisType").map(|()| vm.consts.ellipsis.clone())));
        s.repr.set(Some(|vm, _| Ok(vm.heap.str("Ellipsis"))));
    },
    methods: &[Method::new("__reduce__", |vm, _, _| Ok(vm.intern("Ellipsis")), Convention::NoArgs).signature("($self, /)")],
    getset: &[],
    basicsize: 16,
    itemsize: 0,
    doc: "ellipsis()\n--\n\n",
};

/// `type(NotImplemented)`.
pub static NOT_IMPLEMENTED: ClassSpec = ClassSpec {
    name: "NotImplementedType",
    base: None,
    kind: Kind::SINGLETON,
    flags: 0,
    slots: |s| {
        s.new.set(Some(|vm, _, args| no_arguments(vm, args, "NotImplementedType").map(|()| vm.not_implemented())));
        s.repr.set(Some(|vm, _| Ok(vm.heap.str("NotImplemented"))));
        s.bool.set(Some(|vm, _| Err(vm.type_error("NotImplemented should not be used in a boolean context"))));
    },
    methods: &[Method::new("__reduce__", |vm, _, _| Ok(vm.intern("NotImplemented")), Convention::NoArgs).signature("($self, /)")],
    getset: &[],
    basicsize: 16,
    itemsize: 0,
    doc: "NotImplementedType()\n--\n\n",
};

fn no_arguments(vm: &Vm, args: Args<'_>, name: &str) -> PyResult<()> {
    if args.all().is_empty() { Ok(()) } else { Err(vm.type_error(format!("{name} takes no arguments"))) }
}

/// `None` is equal to itself only.
fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    match op {
        Compare::Eq if a.is(b) => Ok(vm.bool(true)),
        Compare::Ne if a.is(b) => Ok(vm.bool(false)),
        _ => Ok(vm.not_implemented()),
    }
}
