//! `map` and `filter`. Source: `Python/bltinmodule.c`.

#![expect(unsafe_code, reason = "an item costs no count of what the map holds: measured")]

use std::cell::Cell;

use compile::Version;
use heap::{Obj, Slot, Tuple};

use crate::class::{ClassSpec, flags};
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::list_iterator::ListIterator;
use crate::objects::sequence::make;
use crate::objects::zip::{check_lengths, iterators_in_tuple, strict};
use crate::{Args, Convention, Method, PyResult, Vm, kinds};

/// The payload of a `map`.
pub(crate) struct Map {
    /// A `tuple` of the iterators.
    iterators: Slot,
    function: Slot,
    strict: Cell<bool>,
}

crate::payload!(Map, kinds::MAP, { iterators, function }, clear []);

/// The payload of a `filter`.
pub(crate) struct Filter {
    iterator: Slot,
    function: Slot,
}

crate::payload!(Filter, kinds::FILTER, { iterator, function }, clear []);

/// `map`.
pub static MAP: ClassSpec = ClassSpec {
    name: "map",
    base: None,
    kind: kinds::MAP,
    flags: flags::CONTAINER,
    slots: |s| {
        s.new.set(Some(new));
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(next));
    },
    methods: &[
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__setstate__", setstate, Convention::One).signature("($self, object, /)"),
    ],
    getset: &[],
    basicsize: 40,
    itemsize: 0,
    doc: "map(function, iterable, /, *iterables, strict=False)\n--\n\n",
};

/// `filter`.
pub static FILTER: ClassSpec = ClassSpec {
    name: "filter",
    base: None,
    kind: kinds::FILTER,
    flags: flags::CONTAINER,
    slots: |s| {
        s.new.set(Some(filter_new));
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(filter_next));
    },
    methods: &[Method::new("__reduce__", filter_reduce, Convention::NoArgs).signature("($self, /)")],
    getset: &[],
    basicsize: 32,
    itemsize: 0,
    doc: "filter(function, iterable, /)\n--\n\n",
};

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    if vm.version < Version::V3_14 {
        vm.no_keywords("map", args)?;
    }
    let strict = strict(vm, "map", args)?;
    let [function, iterables @ ..] = args.pos() else { return Err(vm.type_error("map() must have at least two arguments.")) };
    if iterables.is_empty() {
        return Err(vm.type_error("map() must have at least two arguments."));
    }
    let iterators = iterators_in_tuple(vm, iterables)?;
    Ok(make(vm, class, Map { iterators: iterators.into(), function: function.clone().into(), strict: Cell::new(strict) }))
}

fn this(obj: &Obj) -> &Map {
    obj.get::<Map>().expect("a map's method is called on one")
}

fn next(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let it = this(obj);
    // SAFETY: nothing changes the slots of a map, which the caller holds.
    let (Some(iterators), Some(function)) = (unsafe { it.iterators.borrow() }, unsafe { it.function.borrow() }) else { return Ok(None) };
    let iterators = iterators.get::<Tuple>().expect("a map has a tuple of iterators").items();
    if let [iterator] = iterators {
        return match vm.next_inner(iterator)? {
            Some(item) => vm.call_one(function, &item).map(Some),
            None => Ok(None),
        };
    }
    let mut items = Vec::with_capacity(iterators.len());
    for (i, iterator) in iterators.iter().enumerate() {
        match vm.next_inner(iterator)? {
            Some(item) => items.push(item),
            None => {
                if it.strict.get() {
                    check_lengths(vm, "map", iterators, i)?;
                }
                return Ok(None);
            }
        }
    }
    vm.call(function, &items).map(Some)
}

/// A `map` of one builtin function over one list, for a loop that takes all that is left: its parts are looked up once.
pub(crate) struct Mapping<'a> {
    vm: &'a Vm,
    list: &'a ListIterator,
    method: &'static Method,
    bound: &'a Obj,
}

impl<'a> Mapping<'a> {
    /// What an iterator is, if it is such a map; the caller holds it.
    pub(crate) fn of(vm: &'a Vm, iterator: &'a Obj) -> Option<Mapping<'a>> {
        let it = iterator.get::<Map>().filter(|_| iterator.extra().is_none())?;
        // SAFETY: nothing changes the slots of a map, which the caller holds.
        let (iterators, function) = unsafe { (it.iterators.borrow()?, it.function.borrow()?) };
        let [list] = iterators.get::<Tuple>()?.items() else { return None };
        let function = function.get::<BuiltinFunction>().filter(|function| function.method.convention != Convention::NoArgs)?;
        Some(Mapping { vm, list: list.get::<ListIterator>()?, method: function.method, bound: vm.bound_to(function) })
    }

    /// As the map's own `__next__`.
    #[inline(always)]
    pub(crate) fn next(&self) -> PyResult<Option<Obj>> {
        let Some(item) = self.list.next() else { return Ok(None) };
        self.vm.call_method_one(self.method, self.bound, &item).map(Some)
    }
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = this(obj);
    let mut args: Vec<Obj> = it.function.get().into_iter().collect();
    if let Some(iterators) = it.iterators.get() {
        args.extend(iterators.get::<Tuple>().map(|tuple| tuple.items().to_vec()).unwrap_or_default());
    }
    let mut parts = vec![vm.class_of(obj), vm.tuple(args)];
    if it.strict.get() {
        parts.push(vm.bool(true));
    }
    Ok(vm.tuple(parts))
}

fn setstate(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    this(obj).strict.set(vm.is_true(&args.all()[0])?);
    Ok(vm.none())
}

fn filter_new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    vm.no_keywords_unless_init(class, &vm.types.filter, args)?;
    let args = Args::positional(args.pos()).check(vm, "filter", 2, 2)?;
    let iterator = vm.iter(&args[1])?;
    Ok(make(vm, class, Filter { iterator: iterator.into(), function: args[0].clone().into() }))
}

fn filter_next(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let it = obj.get::<Filter>().expect("a filter's method is called on one");
    let (Some(iterator), Some(function)) = (it.iterator.get(), it.function.get()) else { return Ok(None) };
    let is_truth = function.is(&vm.consts.none) || function.is(&vm.types.bool);
    while let Some(item) = vm.next_inner(&iterator)? {
        let good = if is_truth { vm.is_true(&item)? } else { vm.is_true(&vm.call_one(&function, &item)?)? };
        if good {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn filter_reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = obj.get::<Filter>().expect("a filter's method is called on one");
    let part = |slot: &Slot| slot.get().unwrap_or_else(|| vm.none());
    let args = vm.pair(part(&it.function), part(&it.iterator));
    Ok(vm.pair(vm.class_of(obj), args))
}
