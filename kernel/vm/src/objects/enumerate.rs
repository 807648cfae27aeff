//! `enumerate`: pairs of a number and an item. The pair is used again while nobody else has it. Source: `Objects/enumobject.c`.

use std::cell::Cell;

use heap::{Obj, Slot, Str};

use crate::class::{ClassSpec, Operator, flags};
use crate::objects::dict_view::reused_pair;
use crate::objects::sequence::{class_getitem, make};
use crate::{Args, Convention, Method, PyResult, Vm, kinds};

/// The payload of an `enumerate`.
pub(crate) struct Enumerate {
    iterator: Slot,
    result: Slot,
    /// The next number, once it is no machine number.
    long: Slot,
    index: Cell<i64>,
}

crate::payload!(Enumerate, kinds::ENUMERATE, { iterator, result, long }, clear []);

/// `enumerate`.
pub static ENUMERATE: ClassSpec = ClassSpec {
    name: "enumerate",
    base: None,
    kind: kinds::ENUMERATE,
    flags: flags::CONTAINER,
    slots: |s| {
        s.new.set(Some(new));
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(next));
    },
    methods: &[
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::class("__class_getitem__", class_getitem, Convention::One).signature("($type, object, /)"),
    ],
    getset: &[],
    basicsize: 56,
    itemsize: 0,
    doc: "enumerate(iterable, start=0)\n--\n\n",
};

/// `iterable`, by position or name, and `start`, likewise (`enumerate_vectorcall`).
fn arguments<'a>(vm: &Vm, args: Args<'a>) -> PyResult<(&'a Obj, Option<&'a Obj>)> {
    let (mut iterable, mut start) = (args.get(0), args.get(1));
    let given = args.all().len();
    if given > 2 {
        return Err(vm.type_error(format!("enumerate() takes at most 2 arguments ({given} given)")));
    }
    for (name, value) in args.keywords() {
        let place = match name.get::<Str>().map(Str::as_bytes) {
            Some(b"iterable") => Some(&mut iterable),
            Some(b"start") => Some(&mut start),
            _ => None,
        };
        match place {
            Some(place @ None) => *place = Some(value),
            _ => return Err(vm.type_error(format!("'{}' is an invalid keyword argument for enumerate()", vm.lossy(name)))),
        }
    }
    match iterable {
        Some(iterable) => Ok((iterable, start)),
        None => Err(vm.type_error("enumerate() missing required argument 'iterable'")),
    }
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let (iterable, start) = arguments(vm, args)?;
    let start = start.map(|start| vm.index(start)).transpose()?;
    let (index, long) = match start {
        None => (0, None),
        Some(start) => match start.plain_int() {
            Some(index) => (index, None),
            None => (i64::MAX, Some(start)),
        },
    };
    let iterator = vm.iter(iterable)?;
    let result = vm.empty_pair();
    Ok(make(vm, class, Enumerate { iterator: iterator.into(), result: result.into(), long: long.into(), index: Cell::new(index) }))
}

fn this(obj: &Obj) -> &Enumerate {
    obj.get::<Enumerate>().expect("an enumerate's method is called on one")
}

fn next(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let it = this(obj);
    let Some(iterator) = it.iterator.get() else { return Ok(None) };
    let Some(item) = vm.next_inner(&iterator)? else { return Ok(None) };
    let index = it.index.get();
    let number = if index < i64::MAX {
        it.index.set(index + 1);
        vm.int(index)
    } else {
        let number = it.long.take().unwrap_or_else(|| vm.int(index));
        it.long.set(vm.binary(Operator::Add, &number, &vm.int(1))?);
        number
    };
    Ok(Some(reused_pair(vm, &it.result, number, item)))
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = this(obj);
    let index = it.long.get().unwrap_or_else(|| vm.int(it.index.get()));
    let args = vm.pair(it.iterator.get().unwrap_or_else(|| vm.none()), index);
    Ok(vm.pair(vm.class_of(obj), args))
}
