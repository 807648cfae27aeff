//! `chain` and `zip_longest`: several iterables as one.

use std::cell::Cell;

use heap::{Obj, Slot, Tuple};

use super::{iterator, kind, own, slots};
use crate::class::{ClassSpec, Convention, Method};
use crate::{Args, PyResult, Vm};

/// `chain(*iterables)`.
pub(super) struct Chain {
    /// An iterator of iterables.
    source: Slot,
    active: Slot,
}

crate::payload!(Chain, kind(10), { active, source });

pub(crate) static CHAIN: ClassSpec = iterator(
    "itertools.chain",
    kind(10),
    |s| slots(s, new_chain, next_chain),
    &[
        Method::class("from_iterable", from_iterable, Convention::One).signature("($type, iterable, /)"),
        Method::class("__class_getitem__", |vm, this, args| vm.generic_alias(this, &args.pos()[0]), Convention::One)
            .signature("($type, object, /)"),
    ],
    32,
)
.doc("chain(*iterables)\n--\n\n");

fn new_chain(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    super::no_keywords(vm, class, &vm.types.itertools_chain, "chain", args)?;
    let source = vm.iter(&args.to_tuple(vm))?;
    Ok(vm.new_object(class, Chain { source: Slot::new(source), active: Slot::empty() }))
}

fn from_iterable(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let source = vm.iter(&args.pos()[0])?;
    Ok(vm.new_object(class, Chain { source: Slot::new(source), active: Slot::empty() }))
}

fn next_chain(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<Chain>(this);
    while let Some(source) = it.source.get() {
        let active = match it.active.get() {
            Some(active) => active,
            None => {
                let begun = match vm.next(&source) {
                    Ok(Some(iterable)) => vm.iter(&iterable),
                    Ok(None) => {
                        drop(it.source.take());
                        return Ok(None);
                    }
                    Err(raised) => Err(raised),
                };
                match begun {
                    Ok(active) => {
                        it.active.set(active.clone());
                        active
                    }
                    Err(raised) => {
                        drop(it.source.take());
                        return Err(raised);
                    }
                }
            }
        };
        if let Some(item) = vm.next(&active)? {
            return Ok(Some(item));
        }
        drop(active);
        drop(it.active.take());
    }
    Ok(None)
}

/// `zip_longest(*iterables, fillvalue=None)`.
pub(super) struct ZipLongest {
    /// The iterators, a `tuple`; in the place of an exhausted one stands `None`.
    sources: Slot,
    /// The tuple given last, which is filled anew if nobody else has it.
    result: Slot,
    active: Cell<usize>,
    fill: Slot,
}

crate::payload!(ZipLongest, kind(11), { sources, result, fill });

pub(crate) static ZIP_LONGEST: ClassSpec =
    iterator("itertools.zip_longest", kind(11), |s| slots(s, new_zip_longest, next_zip_longest), &[], 56)
        .doc("zip_longest(*iterables, fillvalue=None)\n--\n\n");

fn new_zip_longest(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let mut fill = vm.none();
    for (name, value) in args.keywords() {
        if vm.lossy(name) != "fillvalue" {
            return Err(vm.type_error("zip_longest() got an unexpected keyword argument"));
        }
        fill = value.clone();
    }
    let sources = crate::objects::zip::iterators_in_tuple(vm, args.pos())?.into();
    let active = Cell::new(args.pos().len());
    let result = vm.tuple(vec![vm.none(); args.pos().len()]);
    Ok(vm.new_object(class, ZipLongest { sources, result: result.into(), active, fill: Slot::new(fill) }))
}

fn next_zip_longest(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<ZipLongest>(this);
    let Some(mut sources) = it.sources.get() else { return Ok(None) };
    let n = sources.get::<Tuple>().map_or(0, Tuple::len);
    if n == 0 || it.active.get() == 0 {
        return Ok(None);
    }
    let fill = it.fill.get().unwrap_or_else(|| vm.none());
    let shared = it.result.get().is_some_and(|tuple| tuple.refcount() > 2);
    let room = vm.heap.passing_tuple(if shared { n } else { 0 });
    let mut items = Vec::with_capacity(n);
    for i in 0..n {
        let source = sources.get::<Tuple>().and_then(|sources| sources.items().get(i)).filter(|source| !source.is(&vm.consts.none));
        let item = match source.cloned() {
            None => None,
            Some(source) => match vm.next(&source) {
                Ok(Some(item)) => Some(item),
                Ok(None) => {
                    it.active.set(it.active.get() - 1);
                    if it.active.get() == 0 {
                        return Ok(None);
                    }
                    drop(source);
                    drop(it.sources.take());
                    drop(Tuple::replace_unshared(&mut sources, i, vm.none()));
                    it.sources.set(sources.clone());
                    None
                }
                Err(raised) => {
                    it.active.set(0);
                    return Err(raised);
                }
            },
        };
        items.push(item.unwrap_or_else(|| fill.clone()));
    }
    match it.result.take() {
        Some(mut tuple) if tuple.refcount() == 1 => {
            for (i, item) in items.into_iter().enumerate() {
                drop(Tuple::replace_unshared(&mut tuple, i, item));
            }
            let tuple = tuple.tracked();
            it.result.set(tuple.clone());
            Ok(Some(tuple))
        }
        shared => {
            drop(it.result.replace(shared));
            drop(room);
            Ok(Some(vm.heap.tuple_untracked(items, None).tracked()))
        }
    }
}
