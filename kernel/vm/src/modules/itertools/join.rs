//! `chain` and `zip_longest`: several iterables as one.

use std::cell::{Cell, RefCell};

use heap::{Kind, Obj, Payload, Slot, Trash, Visit};

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
        Method::class("from_iterable", from_iterable, Convention::One),
        Method::class("__class_getitem__", |vm, this, args| vm.generic_alias(this, &args.pos()[0]), Convention::One),
    ],
    32,
);

fn new_chain(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    super::no_keywords(vm, class, &vm.types.itertools_chain, "chain", args)?;
    let source = vm.iter(&vm.tuple(args.pos().to_vec()))?;
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
    /// The iterators; an exhausted one is gone.
    sources: RefCell<Vec<Option<Obj>>>,
    active: Cell<usize>,
    fill: Slot,
}

impl Payload for ZipLongest {
    const KIND: Kind = kind(11);
    fn traverse(&self, visit: Visit<'_>) {
        self.sources.borrow().iter().flatten().for_each(&mut *visit);
        if let Some(fill) = self.fill.get() {
            visit(&fill);
        }
    }
    fn clear(&self, trash: &mut Trash<'_>) {
        self.sources.take().into_iter().flatten().for_each(|source| trash.push(source));
        trash.take(&self.fill);
    }
    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

pub(crate) static ZIP_LONGEST: ClassSpec =
    iterator("itertools.zip_longest", kind(11), |s| slots(s, new_zip_longest, next_zip_longest), &[], 56);

fn new_zip_longest(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let mut fill = vm.none();
    for (name, value) in args.keywords() {
        if vm.lossy(name) != "fillvalue" {
            return Err(vm.type_error("zip_longest() got an unexpected keyword argument"));
        }
        fill = value.clone();
    }
    let sources = args.pos().iter().map(|iterable| vm.iter(iterable).map(Some)).collect::<PyResult<Vec<_>>>()?;
    let active = Cell::new(sources.len());
    Ok(vm.new_object(class, ZipLongest { sources: RefCell::new(sources), active, fill: Slot::new(fill) }))
}

fn next_zip_longest(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<ZipLongest>(this);
    let n = it.sources.borrow().len();
    if n == 0 || it.active.get() == 0 {
        return Ok(None);
    }
    let fill = it.fill.get().unwrap_or_else(|| vm.none());
    let mut items = Vec::with_capacity(n);
    for i in 0..n {
        let source = it.sources.borrow().get(i).cloned().flatten();
        let item = match source {
            None => None,
            Some(source) => match vm.next(&source) {
                Ok(Some(item)) => Some(item),
                Ok(None) => {
                    it.active.set(it.active.get() - 1);
                    if it.active.get() == 0 {
                        return Ok(None);
                    }
                    drop(it.sources.borrow_mut()[i].take());
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
    Ok(Some(vm.tuple(items)))
}
