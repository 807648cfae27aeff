//! `iterator`, over anything with `__getitem__`, and `callable_iterator`, for `iter(function, sentinel)`. Source: `Objects/iterobject.c`.

use std::cell::Cell;

use heap::{Obj, Slot};

use crate::class::{ClassSpec, flags};
use crate::objects::list_iterator::{reduced, state};
use crate::{Args, Convention, Method, PyResult, Raised, Vm, kinds};

/// The payload of an `iterator`.
pub(crate) struct SequenceIterator {
    /// The sequence; empty once the iterator is exhausted.
    sequence: Slot,
    index: Cell<i64>,
}

crate::payload!(SequenceIterator, kinds::SEQUENCE_ITERATOR, { sequence }, clear []);

/// The payload of a `callable_iterator`.
pub(crate) struct CallIterator {
    /// Both empty once the iterator is exhausted.
    callable: Slot,
    sentinel: Slot,
}

crate::payload!(CallIterator, kinds::CALL_ITERATOR, { callable, sentinel }, clear []);

/// `iterator`.
pub static SEQUENCE_ITERATOR: ClassSpec = ClassSpec {
    name: "iterator",
    base: None,
    kind: kinds::SEQUENCE_ITERATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |s| {
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(next));
    },
    methods: &[
        Method::new("__length_hint__", hint, Convention::NoArgs).signature("($self, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__setstate__", setstate, Convention::One).signature("($self, object, /)"),
    ],
    getset: &[],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

/// `callable_iterator`.
pub static CALL_ITERATOR: ClassSpec = ClassSpec {
    name: "callable_iterator",
    base: None,
    kind: kinds::CALL_ITERATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |s| {
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(call_next));
    },
    methods: &[Method::new("__reduce__", call_reduce, Convention::NoArgs).signature("($self, /)")],
    getset: &[],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

impl Vm {
    /// An iterator that asks `sequence[0]`, `sequence[1]` … until IndexError (`PySeqIter_New`).
    pub fn sequence_iterator(&self, sequence: &Obj) -> Obj {
        self.heap.alloc(SequenceIterator { sequence: sequence.clone().into(), index: Cell::new(0) }).tracked()
    }

    /// `iter(callable, sentinel)`.
    pub fn call_iterator(&self, callable: &Obj, sentinel: &Obj) -> Obj {
        self.heap.alloc(CallIterator { callable: callable.clone().into(), sentinel: sentinel.clone().into() }).tracked()
    }

    /// Whether an exception is an IndexError or StopIteration, which both end a sequence.
    pub(crate) fn ends_sequence(&self, raised: &Raised) -> bool {
        raised.is(self, &self.types.index_error) || raised.is(self, &self.types.stop_iteration)
    }
}

fn this(obj: &Obj) -> &SequenceIterator {
    obj.get::<SequenceIterator>().expect("a sequence iterator's method is called on one")
}

fn next(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let it = this(obj);
    let Some(sequence) = it.sequence.get() else { return Ok(None) };
    match vm.getitem(&sequence, &vm.int(it.index.get())) {
        Ok(item) => {
            it.index.set(it.index.get() + 1);
            Ok(Some(item))
        }
        Err(raised) if vm.ends_sequence(&raised) => {
            drop(it.sequence.take());
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

fn hint(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = this(obj);
    let Some(sequence) = it.sequence.get() else { return Ok(vm.int(0)) };
    if vm.with_class(&sequence, |class| class.slots.len.get()).is_none() {
        return Ok(vm.not_implemented());
    }
    Ok(vm.int((vm.len(&sequence)? as i64 - it.index.get()).max(0)))
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    reduced(vm, "iter", this(obj).sequence.get(), vm.consts.empty_tuple.clone(), this(obj).index.get())
}

fn setstate(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let index = state(vm, args)?;
    if !this(obj).sequence.is_empty() {
        this(obj).index.set(index.max(0) as i64);
    }
    Ok(vm.none())
}

fn call_next(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let it = obj.get::<CallIterator>().expect("a callable iterator's method is called on one");
    let Some(callable) = it.callable.get() else { return Ok(None) };
    let end = match vm.call(&callable, &[]) {
        Ok(result) => match it.sentinel.get() {
            Some(sentinel) if !vm.eq(&sentinel, &result)? => return Ok(Some(result)),
            Some(_) => Ok(None),
            // The call itself has exhausted the iterator.
            None => return Ok(None),
        },
        Err(raised) if raised.is(vm, &vm.types.stop_iteration) => Ok(None),
        Err(raised) => return Err(raised),
    };
    drop(it.callable.take());
    drop(it.sentinel.take());
    end
}

fn call_reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = obj.get::<CallIterator>().expect("a callable iterator's method is called on one");
    let args = match (it.callable.get(), it.sentinel.get()) {
        (Some(callable), Some(sentinel)) => vm.pair(callable, sentinel),
        _ => vm.tuple(vec![vm.consts.empty_tuple.clone()]),
    };
    Ok(vm.pair(vm.builtin("iter")?, args))
}
