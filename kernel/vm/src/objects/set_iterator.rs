//! `set_iterator`. It lets its set go at the end. Source: `Objects/setobject.c`.

use std::cell::Cell;

use heap::{Obj, Slot};

use crate::class::{ClassSpec, flags};
use crate::objects::set::set;
use crate::{Args, Convention, Method, PyResult, Vm, kinds};

/// The payload of a `set_iterator`.
pub(crate) struct SetIterator {
    /// The set; empty once the iterator is exhausted.
    set: Slot,
    /// The set's length when the iterator was made; it must not change. `usize::MAX` once it did.
    used: Cell<usize>,
    position: Cell<usize>,
    left: Cell<usize>,
}

crate::payload!(SetIterator, kinds::SET_ITERATOR, { set }, clear []);

/// `set_iterator`.
pub static SET_ITERATOR: ClassSpec = ClassSpec {
    name: "set_iterator",
    base: None,
    kind: kinds::SET_ITERATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |s| {
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(|vm, obj| next(vm, this(obj))));
    },
    methods: &[
        Method::new("__length_hint__", hint, Convention::NoArgs).signature("($self, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
    ],
    getset: &[],
    basicsize: 48,
    itemsize: 0,
    doc: "",
};

fn this(obj: &Obj) -> &SetIterator {
    obj.get::<SetIterator>().expect("a set iterator's method is called on one")
}

/// A new iterator over a set.
pub(crate) fn iterator(vm: &Vm, obj: &Obj) -> Obj {
    let n = set(obj).len();
    vm.heap.alloc(SetIterator { set: Slot::new(obj.clone()), used: Cell::new(n), position: Cell::new(0), left: Cell::new(n) }).tracked()
}

fn next(vm: &Vm, it: &SetIterator) -> PyResult<Option<Obj>> {
    let Some(obj) = it.set.get() else { return Ok(None) };
    if set(&obj).len() != it.used.get() {
        it.used.set(usize::MAX);
        return Err(vm.runtime_error("Set changed size during iteration"));
    }
    let mut position = it.position.get();
    let found = set(&obj).next_entry(&mut position);
    it.position.set(position);
    match found {
        Some((key, _)) => {
            it.left.set(it.left.get().saturating_sub(1));
            Ok(Some(key))
        }
        None => {
            drop(it.set.take());
            Ok(None)
        }
    }
}

fn hint(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = this(obj);
    let same = it.set.get().is_some_and(|obj| set(&obj).len() == it.used.get());
    Ok(vm.int(if same { it.left.get() as i64 } else { 0 }))
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = this(obj);
    // A copy is exhausted, the iterator itself stays where it is.
    let copy = SetIterator { set: it.set.get().into(), used: it.used.clone(), position: it.position.clone(), left: it.left.clone() };
    let mut items = Vec::new();
    while let Some(item) = next(vm, &copy)? {
        items.push(item);
    }
    let rest = vm.list(items);
    let args = vm.tuple(vec![rest]);
    Ok(vm.pair(vm.builtin("iter")?, args))
}
