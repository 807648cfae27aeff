//! `range_iterator`, over machine numbers, and `longrange_iterator`, over any. Source: `Objects/rangeobject.c`.

use std::cell::Cell;

use heap::{Obj, Slot};

use crate::class::{ClassSpec, Operator};
use crate::{Args, Compare, Convention, Method, PyResult, Vm, kinds};

/// The payload of a `range_iterator`.
pub(crate) struct RangeIterator {
    start: Cell<i64>,
    step: i64,
    left: Cell<i64>,
}

crate::leaf_payload!(RangeIterator, kinds::RANGE_ITERATOR);

impl RangeIterator {
    pub(crate) fn new(start: i64, step: i64, len: i64) -> RangeIterator {
        RangeIterator { start: Cell::new(start), step, left: Cell::new(len) }
    }

    /// The next number.
    #[inline]
    pub(crate) fn next(&self) -> Option<i64> {
        let left = self.left.get();
        if left <= 0 {
            return None;
        }
        let value = self.start.get();
        self.start.set(value.wrapping_add(self.step));
        self.left.set(left - 1);
        Some(value)
    }
}

/// The payload of a `longrange_iterator`: `start + index * step`, while `index < len`.
pub(crate) struct LongRangeIterator {
    pub(crate) start: Obj,
    pub(crate) step: Obj,
    pub(crate) len: Obj,
    pub(crate) index: Slot,
}

crate::leaf_payload!(LongRangeIterator, kinds::LONG_RANGE_ITERATOR);

impl LongRangeIterator {
    fn next(&self, vm: &Vm) -> PyResult<Option<Obj>> {
        let index = self.index(vm);
        if !vm.compare_bool(&index, &self.len, Compare::Lt)? {
            return Ok(None);
        }
        self.index.set(vm.binary(Operator::Add, &index, &vm.int(1))?);
        let offset = vm.binary(Operator::Multiply, &index, &self.step)?;
        vm.binary(Operator::Add, &self.start, &offset).map(Some)
    }

    fn index(&self, vm: &Vm) -> Obj {
        self.index.get().unwrap_or_else(|| vm.int(0))
    }
}

/// `range_iterator`.
pub static RANGE_ITERATOR: ClassSpec = ClassSpec {
    name: "range_iterator",
    base: None,
    kind: kinds::RANGE_ITERATOR,
    flags: crate::flags::DISALLOW_INSTANTIATION,
    slots: |s| {
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(|vm, obj| Ok(this(obj).next().map(|value| vm.int(value)))));
    },
    methods: &[
        Method::new("__length_hint__", |vm, obj, _| Ok(vm.int(this(obj).left.get())), Convention::NoArgs).signature("($self, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__setstate__", setstate, Convention::One).signature("($self, object, /)"),
    ],
    getset: &[],
    basicsize: 40,
    itemsize: 0,
    doc: "",
};

/// `longrange_iterator`.
pub static LONG_RANGE_ITERATOR: ClassSpec = ClassSpec {
    name: "longrange_iterator",
    base: None,
    kind: kinds::LONG_RANGE_ITERATOR,
    flags: crate::flags::DISALLOW_INSTANTIATION,
    slots: |s| {
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(|vm, obj| long(obj).next(vm)));
    },
    methods: &[
        Method::new(
            "__length_hint__",
            |vm, obj, _| vm.binary(Operator::Subtract, &long(obj).len, &long(obj).index(vm)),
            Convention::NoArgs,
        )
        .signature("($self, /)"),
        Method::new("__reduce__", long_reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__setstate__", long_setstate, Convention::One).signature("($self, object, /)"),
    ],
    getset: &[],
    basicsize: 40,
    itemsize: 0,
    doc: "",
};

fn this(obj: &Obj) -> &RangeIterator {
    obj.get::<RangeIterator>().expect("a range iterator's method is called on one")
}

fn long(obj: &Obj) -> &LongRangeIterator {
    obj.get::<LongRangeIterator>().expect("a long range iterator's method is called on one")
}

fn reduced(vm: &Vm, range: Obj) -> PyResult {
    let args = vm.tuple(vec![range]);
    Ok(vm.tuple(vec![vm.builtin("iter")?, args, vm.none()]))
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = this(obj);
    let (start, step) = (it.start.get(), it.step);
    let stop = start.wrapping_add(it.left.get().wrapping_mul(step));
    let range = vm.range(vm.int(start), vm.int(stop), vm.int(step))?;
    reduced(vm, range)
}

fn setstate(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let it = this(obj);
    let by = (vm.index_isize(&args.all()[0])? as i64).clamp(0, it.left.get());
    it.start.set(it.start.get().wrapping_add(by.wrapping_mul(it.step)));
    it.left.set(it.left.get() - by);
    Ok(vm.none())
}

fn long_reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = long(obj);
    let at = |index: &Obj| vm.binary(Operator::Add, &it.start, &vm.binary(Operator::Multiply, index, &it.step)?);
    let range = vm.range(at(&it.index(vm))?, at(&it.len)?, it.step.clone())?;
    reduced(vm, range)
}

fn long_setstate(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let (it, mut state) = (long(obj), args.all()[0].clone());
    if !matches!(state.kind(), heap::Kind::INT | kinds::BIG_INT) {
        return Err(vm.type_error(format!("state must be an int, not {}", vm.type_name(&state))));
    }
    if vm.compare_bool(&state, &vm.int(0), Compare::Lt)? {
        state = vm.int(0);
    } else if vm.compare_bool(&state, &it.len, Compare::Gt)? {
        state = it.len.clone();
    }
    it.index.set(state);
    Ok(vm.none())
}
