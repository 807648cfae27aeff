//! `tuple_iterator`. It lets its tuple go at the end. Source: `Objects/tupleobject.c`.

use std::cell::Cell;

use heap::{Obj, Slot, Tuple};

use crate::class::{ClassSpec, flags};
use crate::objects::list_iterator::{reduced, state};
use crate::{Args, Convention, Method, PyResult, Vm, kinds};

/// The payload of a `tuple_iterator`.
pub(crate) struct TupleIterator {
    /// The tuple; empty once the iterator is exhausted.
    tuple: Slot,
    index: Cell<usize>,
}

crate::payload!(TupleIterator, kinds::TUPLE_ITERATOR, { tuple }, clear []);

impl TupleIterator {
    pub(crate) fn new(tuple: Obj, index: usize) -> TupleIterator {
        TupleIterator { tuple: tuple.into(), index: Cell::new(index) }
    }

    /// The next item; at the end the tuple is let go.
    #[inline]
    pub(crate) fn next(&self) -> Option<Obj> {
        let index = self.index.get();
        match self.tuple.tuple_item(index)? {
            Some(item) => {
                self.index.set(index + 1);
                Some(item)
            }
            None => {
                drop(self.tuple.take());
                None
            }
        }
    }

    fn len(&self) -> usize {
        self.tuple.get().and_then(|obj| obj.get::<Tuple>().map(Tuple::len)).unwrap_or(0)
    }
}

/// `tuple_iterator`.
pub static TUPLE_ITERATOR: ClassSpec = ClassSpec {
    name: "tuple_iterator",
    base: None,
    kind: kinds::TUPLE_ITERATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |s| {
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(|_, obj| Ok(this(obj).next())));
    },
    methods: &[
        Method::new(
            "__length_hint__",
            |vm, obj, _| Ok(vm.int(this(obj).len().saturating_sub(this(obj).index.get()) as i64)),
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

fn this(obj: &Obj) -> &TupleIterator {
    obj.get::<TupleIterator>().expect("a tuple iterator's method is called on one")
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = this(obj);
    reduced(vm, "iter", it.tuple.get(), vm.consts.empty_tuple.clone(), it.index.get() as i64)
}

fn setstate(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let (it, index) = (this(obj), state(vm, args)?);
    if !it.tuple.is_empty() {
        it.index.set((index.max(0) as usize).min(it.len()));
    }
    Ok(vm.none())
}
