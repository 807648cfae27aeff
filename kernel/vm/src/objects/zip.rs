//! `zip`: tuples of one item each. The tuple is used again while nobody else has it. Source: `Python/bltinmodule.c`.

use std::cell::Cell;

use heap::{Obj, Slot, Str, Tuple};

use crate::class::{ClassSpec, flags};
use crate::objects::dict_view::reused_pair;
use crate::objects::sequence::make;
use crate::{Args, Convention, Method, PyResult, Raised, Vm, kinds};

/// The payload of a `zip`.
pub(crate) struct Zip {
    /// A `tuple` of the iterators.
    iterators: Slot,
    result: Slot,
    strict: Cell<bool>,
}

crate::payload!(Zip, kinds::ZIP, { iterators, result }, clear []);

/// `zip`.
pub static ZIP: ClassSpec = ClassSpec {
    name: "zip",
    base: None,
    kind: kinds::ZIP,
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
    basicsize: 48,
    itemsize: 0,
    doc: "zip(*iterables, strict=False)\n--\n\n",
};

/// The one keyword that `zip` and `map` know.
pub(crate) fn strict(vm: &Vm, name: &str, args: Args<'_>) -> PyResult<bool> {
    let mut strict = false;
    if args.names().len() > 1 {
        return Err(crate::args::too_many_in_all(vm, name, 1, 0, args.names().len()));
    }
    for (key, value) in args.keywords() {
        if key.get::<Str>().map(Str::as_bytes) != Some(b"strict") {
            return Err(vm.type_error(format!("{name}() got an unexpected keyword argument '{}'", vm.lossy(key))));
        }
        strict = vm.is_true(value)?;
    }
    Ok(strict)
}

/// A tuple of iterators over the arguments. The tuple is there first.
pub(crate) fn iterators_in_tuple(vm: &Vm, iterables: &[Obj]) -> PyResult {
    let tuple = vm.heap.passing_tuple(iterables.len());
    let iterators = iterables.iter().map(|iterable| vm.iter(iterable)).collect::<PyResult<Vec<Obj>>>()?;
    drop(tuple);
    Ok(vm.tuple(iterators))
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let strict = strict(vm, "zip", args)?;
    let iterators = iterators_in_tuple(vm, args.pos())?;
    let result = vm.tuple(vec![vm.none(); args.pos().len()]);
    Ok(make(vm, class, Zip { iterators: iterators.into(), result: result.into(), strict: Cell::new(strict) }))
}

fn this(obj: &Obj) -> &Zip {
    obj.get::<Zip>().expect("a zip's method is called on one")
}

fn next(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let it = this(obj);
    let Some(iterators) = it.iterators.get() else { return Ok(None) };
    let iterators = iterators.get::<Tuple>().expect("a zip has a tuple of iterators").items();
    if iterators.is_empty() {
        return Ok(None);
    }
    if let [first, second] = iterators {
        return next_pair(vm, it, iterators, first, second);
    }
    // While the tuple is being filled, a nested call finds none and makes its own.
    if let Some(mut result) = it.result.take() {
        if result.refcount() == 1 {
            let filled = refill(vm, it, iterators, &mut result);
            let answer = match filled {
                Ok(true) => {
                    vm.heap.track(&result);
                    Ok(Some(result.clone()))
                }
                Ok(false) => Ok(None),
                Err(raised) => Err(raised),
            };
            drop(it.result.replace(Some(result)));
            return answer;
        }
        drop(it.result.replace(Some(result)));
    }
    let mut items = Vec::with_capacity(iterators.len());
    for (i, iterator) in iterators.iter().enumerate() {
        match vm.next_inner(iterator) {
            Ok(Some(item)) => items.push(item),
            ended => return finish(vm, it, iterators, i, ended),
        }
    }
    Ok(Some(vm.tuple(items)))
}

/// The usual case.
fn next_pair(vm: &Vm, it: &Zip, iterators: &[Obj], first: &Obj, second: &Obj) -> PyResult<Option<Obj>> {
    let a = match vm.next_inner(first) {
        Ok(Some(item)) => item,
        ended => return finish(vm, it, iterators, 0, ended),
    };
    match vm.next_inner(second) {
        Ok(Some(b)) => Ok(Some(reused_pair(vm, &it.result, a, b))),
        ended => finish(vm, it, iterators, 1, ended),
    }
}

/// Fills the result tuple anew; false at the end.
fn refill(vm: &Vm, it: &Zip, iterators: &[Obj], result: &mut Obj) -> PyResult<bool> {
    for (i, iterator) in iterators.iter().enumerate() {
        match vm.next_inner(iterator) {
            Ok(Some(item)) => drop(Tuple::replace_unshared(result, i, item)),
            ended => return finish(vm, it, iterators, i, ended).map(|_| false),
        }
    }
    Ok(true)
}

fn finish(vm: &Vm, it: &Zip, iterators: &[Obj], i: usize, ended: PyResult<Option<Obj>>) -> PyResult<Option<Obj>> {
    ended?;
    // A tuple for the next items has been made, unless the last one can be filled anew.
    if it.result.get().is_some_and(|tuple| tuple.refcount() > 2) {
        drop(vm.heap.passing_tuple(iterators.len()));
    }
    if it.strict.get() {
        check_lengths(vm, "zip", iterators, i)?;
    }
    Ok(None)
}

/// Iterator `i` is at its end: under `strict=True` the others must be, too.
pub(crate) fn check_lengths(vm: &Vm, name: &str, iterators: &[Obj], i: usize) -> PyResult<()> {
    let error = |i: usize, how: &str| -> Raised {
        let plural = if i == 1 { " " } else { "s 1-" };
        vm.value_error(format!("{name}() argument {} is {how} than argument{plural}{i}", i + 1))
    };
    if i > 0 {
        return Err(error(i, "shorter"));
    }
    for (i, iterator) in iterators.iter().enumerate().skip(1) {
        if vm.next_inner(iterator)?.is_some() {
            return Err(error(i, "longer"));
        }
    }
    Ok(())
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = this(obj);
    let mut parts = vec![vm.class_of(obj), it.iterators.get().unwrap_or_else(|| vm.consts.empty_tuple.clone())];
    if it.strict.get() {
        parts.push(vm.bool(true));
    }
    Ok(vm.tuple(parts))
}

fn setstate(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    this(obj).strict.set(vm.is_true(&args.all()[0])?);
    Ok(vm.none())
}
