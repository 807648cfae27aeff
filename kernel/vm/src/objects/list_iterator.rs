//! `list_iterator` and `list_reverseiterator`. Each lets its list go at the end. Source: `Objects/listobject.c`.

use std::cell::Cell;

use compile::Version;
use heap::{List, Obj, Slot};

use crate::class::{ClassSpec, flags};
use crate::{Args, Convention, Method, PyResult, Vm, kinds};

/// The payload of a `list_iterator`.
pub(crate) struct ListIterator {
    /// The list; empty once the iterator is exhausted.
    list: Slot,
    index: Cell<usize>,
}

crate::payload!(ListIterator, kinds::LIST_ITERATOR, { list }, clear []);

/// The payload of a `list_reverseiterator`.
pub(crate) struct ListReverseIterator {
    list: Slot,
    index: Cell<isize>,
}

crate::payload!(ListReverseIterator, kinds::LIST_REVERSE_ITERATOR, { list }, clear []);

impl ListIterator {
    pub(crate) fn new(list: Obj, index: usize) -> ListIterator {
        ListIterator { list: list.into(), index: Cell::new(index) }
    }

    /// The next item; at the end the list is let go.
    #[inline]
    pub(crate) fn next(&self) -> Option<Obj> {
        let index = self.index.get();
        match self.list.list_item(index)? {
            Some(item) => {
                self.index.set(index + 1);
                Some(item)
            }
            None => {
                drop(self.list.take());
                None
            }
        }
    }

    fn len(&self) -> usize {
        list_len(&self.list)
    }
}

impl ListReverseIterator {
    pub(crate) fn new(list: Obj, index: isize) -> ListReverseIterator {
        ListReverseIterator { list: list.into(), index: Cell::new(index) }
    }

    /// The item before the last one given. Since 3.13 the list is not let go at its beginning.
    fn next(&self, version: Version) -> Option<Obj> {
        let index = self.index.get();
        if index < 0 && version >= Version::V3_13 {
            return None;
        }
        if index >= 0
            && let Some(item) = self.list.list_item(index as usize)?
        {
            self.index.set(index - 1);
            return Some(item);
        }
        self.index.set(-1);
        drop(self.list.take());
        None
    }
}

fn list_len(slot: &Slot) -> usize {
    slot.get().and_then(|obj| obj.get::<List>().map(List::len)).unwrap_or(0)
}

/// `list_iterator`.
pub static LIST_ITERATOR: ClassSpec = ClassSpec {
    name: "list_iterator",
    base: None,
    kind: kinds::LIST_ITERATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |s| {
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(|_, obj| Ok(forward(obj).next())));
    },
    methods: &[
        Method::new(
            "__length_hint__",
            |vm, obj, _| Ok(vm.int(forward(obj).len().saturating_sub(forward(obj).index.get()) as i64)),
            Convention::NoArgs,
        )
        .signature("($self, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__setstate__", setstate, Convention::One).signature("($self, object, /)"),
    ],
    getset: &[],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

/// `list_reverseiterator`.
pub static LIST_REVERSE_ITERATOR: ClassSpec = ClassSpec {
    name: "list_reverseiterator",
    base: None,
    kind: kinds::LIST_REVERSE_ITERATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |s| {
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(|vm, obj| Ok(backward(obj).next(vm.version))));
    },
    methods: &[
        Method::new("__length_hint__", reverse_hint, Convention::NoArgs).signature("($self, /)"),
        Method::new("__reduce__", reverse_reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__setstate__", reverse_setstate, Convention::One).signature("($self, object, /)"),
    ],
    getset: &[],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

fn forward(obj: &Obj) -> &ListIterator {
    obj.get::<ListIterator>().expect("a list iterator's method is called on one")
}

fn backward(obj: &Obj) -> &ListReverseIterator {
    obj.get::<ListReverseIterator>().expect("a reverse list iterator's method is called on one")
}

/// `(function, (sequence,), index)`, or `(iter, ([],))` of an exhausted iterator.
pub(crate) fn reduced(vm: &Vm, function: &str, sequence: Option<Obj>, empty: Obj, index: i64) -> PyResult {
    match sequence {
        Some(sequence) => {
            let args = vm.tuple(vec![sequence]);
            Ok(vm.tuple(vec![vm.builtin(function)?, args, vm.int(index)]))
        }
        None => {
            let args = vm.tuple(vec![empty]);
            Ok(vm.pair(vm.builtin("iter")?, args))
        }
    }
}

/// `PyLong_AsSsize_t` of an iterator's state.
pub(crate) fn state(vm: &Vm, args: Args<'_>) -> PyResult<isize> {
    let state = &args.all()[0];
    if !vm.is_kind_of(state, &vm.types.int) {
        return Err(vm.type_error("an integer is required"));
    }
    vm.index_isize(state)
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = forward(obj);
    reduced(vm, "iter", it.list.get(), vm.list(Vec::new()), it.index.get() as i64)
}

fn setstate(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let (it, index) = (forward(obj), state(vm, args)?);
    if !it.list.is_empty() {
        it.index.set((index.max(0) as usize).min(it.len()));
    }
    Ok(vm.none())
}

fn reverse_hint(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = backward(obj);
    let left = it.index.get() + 1;
    Ok(vm.int(if left as usize > list_len(&it.list) { 0 } else { left as i64 }))
}

fn reverse_reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = backward(obj);
    reduced(vm, "reversed", it.list.get(), vm.list(Vec::new()), it.index.get() as i64)
}

fn reverse_setstate(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let (it, index) = (backward(obj), state(vm, args)?);
    if !it.list.is_empty() {
        it.index.set(index.clamp(-1, list_len(&it.list) as isize - 1));
    }
    Ok(vm.none())
}
