//! `memory_iterator`, over the items of a `memoryview`. Source: `Objects/memoryobject.c`.

use std::cell::Cell;

use heap::{Obj, Slot};

use crate::class::{ClassSpec, flags};
use crate::{PyResult, Vm, kinds};

/// The payload of a `memory_iterator`.
pub(crate) struct MemoryIterator {
    /// The view; empty once the iterator is exhausted.
    view: Slot,
    index: Cell<usize>,
    /// How many items the view had at first.
    len: usize,
}

crate::payload!(MemoryIterator, kinds::MEMORY_ITERATOR, { view }, clear []);

/// `memory_iterator`.
pub static MEMORY_ITERATOR: ClassSpec = ClassSpec {
    name: "memory_iterator",
    base: None,
    kind: kinds::MEMORY_ITERATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |s| {
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(next));
    },
    methods: &[],
    getset: &[],
    basicsize: 48,
    itemsize: 0,
    doc: "",
};

impl Vm {
    /// An iterator over a view of so many items.
    pub(crate) fn memory_iterator(&self, view: &Obj, len: usize) -> Obj {
        self.heap.alloc(MemoryIterator { view: view.clone().into(), index: Cell::new(0), len }).tracked()
    }
}

fn next(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let it = obj.get::<MemoryIterator>().expect("a memory iterator's method is called on one");
    let Some(view) = it.view.get() else { return Ok(None) };
    let index = it.index.get();
    if index < it.len {
        it.index.set(index + 1);
        return super::memoryview::item(vm, &view, index).map(Some);
    }
    drop(it.view.take());
    Ok(None)
}
