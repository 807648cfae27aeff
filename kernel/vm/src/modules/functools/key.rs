//! `cmp_to_key`: objects that compare by a function.

use heap::{Obj, Slot};

use super::kind;
use crate::class::{ClassSpec, GetSet, flags};
use crate::{Args, Compare, PyResult, Signature, Vm};

/// The payload of what `cmp_to_key` gives, and of what that makes of an object.
pub(super) struct Key {
    compare: Slot,
    /// Empty in the key function itself.
    object: Slot,
}

crate::payload!(Key, kind(105), { compare, object });

static KEY: ClassSpec = ClassSpec {
    name: "functools.KeyWrapper",
    base: None,
    kind: kind(105),
    flags: flags::HAVE_GC | flags::HEAP_TYPE,
    slots: |s| {
        s.call.set(Some(call));
        s.richcompare.set(Some(compare));
        s.hash.set(Some(crate::protocol::compare::unhashable));
    },
    methods: &[],
    getset: &[
        GetSet {
            name: "obj",
            get: |vm, this| own(this).object.get().ok_or_else(|| vm.attribute_error(this, &vm.intern("obj"))),
            set: Some(|_, this, value| {
                drop(own(this).object.replace(value.cloned()));
                Ok(())
            }),
            member: true,
            doc: "",
        },
        GetSet::new("__text_signature__", |vm, _| Ok(vm.str("(obj)"))),
    ],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

fn own(this: &Obj) -> &Key {
    this.get::<Key>().expect("a method of a key gets one")
}

fn make(vm: &Vm, compare: Option<Obj>, object: Option<Obj>) -> Obj {
    vm.new_object(&vm.late_class(&KEY), Key { compare: compare.into(), object: object.into() })
}

pub(super) fn cmp_to_key(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "cmp_to_key", params: &["mycmp"], positional_only: 0, positional: 1, required: 1 };
    let [compare] = args.bind(vm, &SIGNATURE)?;
    Ok(make(vm, compare.cloned(), None))
}

fn call(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "K", params: &["obj"], positional_only: 0, positional: 1, required: 1 };
    let _tuple = vm.heap.passing_tuple(if args.in_tuple() { 0 } else { args.pos().len() });
    let [object] = args.bind(vm, &SIGNATURE)?;
    Ok(make(vm, own(this).compare.get(), object.cloned()))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    let Some(other) = b.get::<Key>() else { return Err(vm.type_error("other argument must be K instance")) };
    let this = own(a);
    let (Some(function), Some(x), Some(y)) = (this.compare.get(), this.object.get(), other.object.get()) else {
        return Err(vm.attribute_error_text("object"));
    };
    let order = vm.call_refs(&function, &[&x, &y])?;
    vm.compare(&order, &vm.int(0), op)
}
