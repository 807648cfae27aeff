//! `cell`: a variable shared by nested functions (`Objects/cellobject.c`).

use heap::{CellVar, Kind, Obj};

use crate::args::Args;
use crate::class::{ClassSpec, GetSet, flags};
use crate::{Compare, PyResult, Vm};

fn contents(obj: &Obj) -> Option<Obj> {
    obj.get::<CellVar>().and_then(|cell| cell.value.get())
}

fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "cell", 0, 1)?;
    Ok(vm.heap.cell(args.first().cloned()))
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    Ok(vm.str(&match contents(obj) {
        None => format!("<cell at {:#x}: empty>", obj.id()),
        Some(held) => format!("<cell at {:#x}: {} object at {:#x}>", obj.id(), vm.type_name(&held), held.id()),
    }))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if a.get::<CellVar>().is_none() || b.get::<CellVar>().is_none() {
        return Ok(vm.not_implemented());
    }
    match (contents(a), contents(b)) {
        (Some(a), Some(b)) => vm.compare(&a, &b, op),
        // An empty cell is less than any other.
        (a, b) => Ok(vm.bool(op.holds(a.is_some().cmp(&b.is_some())))),
    }
}

fn get(vm: &Vm, obj: &Obj) -> PyResult {
    contents(obj).ok_or_else(|| vm.value_error("Cell is empty"))
}

fn set(_: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(obj.get::<CellVar>().and_then(|cell| cell.value.replace(value.cloned())));
    Ok(())
}

/// `cell`.
pub static CELL: ClassSpec = ClassSpec {
    name: "cell",
    base: Some(&super::object::OBJECT),
    kind: Kind::CELL,
    flags: flags::HAVE_GC,
    slots: |slots| {
        slots.new.set(Some(new));
        slots.repr.set(Some(repr));
        slots.richcompare.set(Some(compare));
    },
    methods: &[],
    getset: &[GetSet::with_set("cell_contents", get, set)],
    basicsize: 24,
    itemsize: 0,
    doc: "cell([contents])\n--\n\n",
};
