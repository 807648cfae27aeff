//! Who extends whom: `__subclasses__`, and the change of `__bases__`.

use heap::{Dict, Int, Obj, Tuple, WeakFlavour, WeakRef};

use super::items_of as items;
use crate::class::Class;
use crate::{PyResult, Vm};

impl Vm {
    /// `add_subclass`: the base remembers the class, by a weak reference under its address.
    pub(crate) fn add_subclass(&self, base: &Obj, class: &Obj) {
        let payload = self.class(base);
        if payload.subclasses.is_empty() {
            payload.subclasses.set(self.heap.alloc(Dict::new()).tracked());
        }
        let weakref = self.heap.weakref(class, WeakFlavour::Ref, None);
        let dict = payload.subclasses.get().expect("the dict was just put there");
        let key = self.int(class.id() as i64);
        let hash = heap::hash::hash_int(class.id() as i64);
        let before = dict
            .get::<Dict>()
            .and_then(|dict| dict.set(&key, hash, weakref, |other| Ok::<bool, std::convert::Infallible>(same_int(&key, other))).ok());
        drop(before);
    }

    /// `remove_subclass`.
    pub(super) fn remove_subclass(&self, base: &Obj, class_id: u64) {
        let Some(dict) = self.class(base).subclasses.get() else { return };
        let key = self.int(class_id as i64);
        let hash = heap::hash::hash_int(class_id as i64);
        drop(
            dict.get::<Dict>()
                .and_then(|dict| dict.remove(&key, hash, |other| Ok::<bool, std::convert::Infallible>(same_int(&key, other))).ok()),
        );
        if dict.get::<Dict>().is_some_and(Dict::is_empty) {
            drop(self.class(base).subclasses.take());
        }
    }

    /// `remove_all_subclasses`, for the classes that have died: what a class and all that extend it remember of them goes.
    pub(crate) fn forget_dead_subclasses(&self, class: &Obj) {
        let payload = self.class(class);
        let Some(dict) = payload.subclasses.get() else { return };
        let Some(table) = dict.get::<Dict>() else { return };
        let (mut at, mut dead) = (0, Vec::new());
        while let Some((key, weakref)) = table.next_entry(&mut at) {
            match weakref.get::<WeakRef>().and_then(WeakRef::target) {
                Some(subclass) => self.forget_dead_subclasses(&subclass),
                None => dead.extend(key.get::<Int>().map(|key| key.0)),
            }
        }
        dead.into_iter().for_each(|id| self.remove_subclass(class, id as u64));
    }

    /// The classes that extend a class directly and are alive.
    pub fn subclasses_of(&self, class: &Obj) -> Vec<Obj> {
        let Some(dict) = self.class(class).subclasses.get() else { return Vec::new() };
        let Some(dict) = dict.get::<Dict>() else { return Vec::new() };
        let mut at = 0;
        let mut all = Vec::with_capacity(dict.len());
        while let Some((_, weakref)) = dict.next_entry(&mut at) {
            all.extend(weakref.get::<WeakRef>().and_then(WeakRef::target));
        }
        all
    }

    /// `type.__basicsize__` and all that decides whether objects of one class can become objects of another (`compatible_for_assignment`).
    pub(crate) fn compatible_for_assignment(&self, old: &Obj, new: &Obj, attribute: &str) -> PyResult<()> {
        let (from, to) = (self.class(old), self.class(new));
        let same_end = |a: &Class, b: &Class| {
            a.kind == b.kind
                && a.basicsize.get() == b.basicsize.get()
                && a.itemsize == b.itemsize
                && a.n_slots.get() == b.n_slots.get()
                && a.has_dict.get() == b.has_dict.get()
                && a.weakrefable.get() == b.weakrefable.get()
        };
        let differ = || {
            let (new, old) = (self.class_name(new), self.class_name(old));
            Err(self.type_error(format!("{attribute} assignment: '{new}' object layout differs from '{old}'")))
        };
        if !same_end(from, to) {
            return differ();
        }
        if old.is(new) {
            return Ok(());
        }
        // Both must add the same members to a common base.
        let (mut a, mut b) = (old.clone(), new.clone());
        while self.adds_nothing(&a) {
            a = self.class(&a).base.get().expect("what adds nothing has a base");
        }
        while self.adds_nothing(&b) {
            b = self.class(&b).base.get().expect("what adds nothing has a base");
        }
        if a.is(&b) || self.same_members(&a, &b) { Ok(()) } else { differ() }
    }

    fn adds_nothing(&self, class: &Obj) -> bool {
        let payload = self.class(class);
        payload.base.get().is_some_and(|base| {
            let base = self.class(&base);
            base.basicsize.get() == payload.basicsize.get()
                && base.itemsize == payload.itemsize
                && base.kind == payload.kind
                && base.has_dict.get() == payload.has_dict.get()
                && base.weakrefable.get() == payload.weakrefable.get()
        })
    }

    /// `same_slots_added`.
    fn same_members(&self, a: &Obj, b: &Obj) -> bool {
        let (a, b) = (self.class(a), self.class(b));
        let same_base = match (a.base.get(), b.base.get()) {
            (Some(x), Some(y)) => x.is(&y),
            _ => false,
        };
        let names = |class: &Class| {
            let names = class.member_names.get();
            names
                .iter()
                .filter_map(|names| names.get::<heap::Tuple>())
                .flat_map(heap::Tuple::items)
                .map(|name| self.lossy(name))
                .collect::<Vec<_>>()
        };
        same_base && names(a) == names(b)
    }
}

fn same_int(a: &Obj, b: &Obj) -> bool {
    match (a.get::<heap::Int>(), b.get::<heap::Int>()) {
        (Some(a), Some(b)) => a.0 == b.0,
        _ => false,
    }
}

/// `cls.__bases__ = …` (`type_set_bases`).
pub(super) fn set_bases(vm: &Vm, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    vm.check_changeable(class, value, "__bases__")?;
    let Some(value) = value else { return Ok(()) };
    let name = vm.class_name(class);
    let Some(new) = value.get::<Tuple>() else {
        return Err(vm.type_error(format!("can only assign tuple to {name}.__bases__, not {}", vm.type_name(value))));
    };
    if new.is_empty() {
        return Err(vm.type_error(format!("can only assign non-empty tuple to {name}.__bases__, not ()")));
    }
    for base in new.items() {
        if base.get::<Class>().is_none() {
            return Err(vm.type_error(format!("{name}.__bases__ must be tuple of classes, not '{}'", vm.type_name(base))));
        }
        if vm.subclass_of(base, class) {
            return Err(vm.type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let best = vm.best_base(new.items())?;
    let payload = vm.class(class);
    let old_base = payload.base.get().expect("a class made in Python has a base");
    vm.compatible_for_assignment(&old_base, &best, "__bases__")?;
    let old_bases = payload.bases.replace(Some(value.clone()));
    let old_base = payload.base.replace(Some(best));
    // The MRO of the class and of all below it; if one cannot be made, everything is put back.
    let mut done: Vec<(Obj, Option<Obj>)> = Vec::new();
    let mut todo = vec![class.clone()];
    let mut failure = None;
    while let Some(next) = todo.pop() {
        let before = vm.class(&next).mro.get();
        if let Err(raised) = vm.set_mro(&next) {
            failure = Some(raised);
            break;
        }
        todo.extend(vm.subclasses_of(&next));
        done.push((next, before));
    }
    if let Some(raised) = failure {
        for (class, mro) in done {
            drop(vm.class(&class).mro.replace(mro));
            vm.class_modified(&class);
        }
        drop(payload.bases.replace(old_bases));
        drop(payload.base.replace(old_base));
        return Err(raised);
    }
    for base in old_bases.iter().flat_map(items) {
        vm.remove_subclass(&base, class.id());
    }
    for base in new.items() {
        vm.add_subclass(base, class);
    }
    vm.class_modified(class);
    vm.update_all_slots(class);
    Ok(())
}
