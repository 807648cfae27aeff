//! `PyCapsule`: a name for what C code would find behind it.

use heap::{Obj, Slot};

use super::kind;
use crate::Vm;
use crate::class::{ClassSpec, flags};

/// The payload of a capsule.
pub(crate) struct Capsule {
    name: &'static str,
    /// A capsule could hold objects; these hold none.
    held: Slot,
}

crate::payload!(Capsule, kind(132), { held });

pub(crate) static CAPSULE: ClassSpec = ClassSpec {
    name: "PyCapsule",
    base: None,
    kind: kind(132),
    flags: flags::HAVE_GC,
    slots: |s| {
        s.repr.set(Some(|vm, this| {
            let name = this.get::<Capsule>().map_or("", |capsule| capsule.name);
            Ok(vm.str(&format!("<capsule object \"{name}\" at {:#x}>", this.id())))
        }));
    },
    methods: &[],
    getset: &[],
    basicsize: 64,
    itemsize: 0,
    doc: "",
};

/// A new capsule.
pub(super) fn capsule(vm: &Vm, name: &'static str, tracked: bool) -> Obj {
    let made = vm.new_object(&vm.late_class(&CAPSULE), Capsule { name, held: Slot::empty() });
    if !tracked {
        vm.heap.untrack(&made);
    }
    made
}
