//! What sets do with each other: union, intersection, difference, and their tests.
//!
//! The order of look-ups, and which of two sets is gone through, is CPython's, because `__eq__` and `__hash__` can tell. Source:
//! `Objects/setobject.c`.

use heap::{Dict, Obj, Set};

use crate::objects::set::{operand, set};
use crate::{Args, PyResult, Vm};

/// The other operand.
pub(crate) enum Operand<'a> {
    Set(&'a Set),
    /// An exact dict: its keys, whose hashes are known.
    Dict(&'a Dict),
    Iterable,
}

/// Keys and hashes of a set or dict, or of anything iterable, one at a time.
fn each_key(vm: &Vm, obj: &Obj, visit: &mut dyn FnMut(&Obj, i64) -> PyResult<()>) -> PyResult<()> {
    match operand(obj) {
        Operand::Set(other) => {
            let mut position = 0;
            while let Some((key, hash)) = other.next_entry(&mut position) {
                visit(&key, hash)?;
            }
        }
        Operand::Dict(other) => {
            let mut from = 0;
            while let Some(i) = other.next_index(from) {
                let hash = other.hash_at(i);
                if let Some(key) = other.key_at(i) {
                    visit(&key, hash)?;
                }
                from = i + 1;
            }
        }
        Operand::Iterable => {
            return vm.iterate(obj, &mut |key| {
                let hash = vm.set_key_hash(&key)?;
                visit(&key, hash)
            });
        }
    }
    Ok(())
}

fn has(vm: &Vm, set: &Set, key: &Obj, hash: i64) -> PyResult<bool> {
    set.contains(key, hash, |found| vm.eq(found, key))
}

fn put(vm: &Vm, set: &Set, key: &Obj, hash: i64) -> PyResult<bool> {
    set.add(key, hash, |found| vm.eq(found, key))
}

fn discard(vm: &Vm, set: &Set, key: &Obj, hash: i64) -> PyResult<bool> {
    Ok(set.remove(key, hash, |found| vm.eq(found, key))?.is_some())
}

/// A copy: a plain `set` or `frozenset`, also of an instance of a class that extends them.
pub(crate) fn copied(vm: &Vm, obj: &Obj) -> PyResult {
    let made = empty_like(vm, obj);
    vm.set_update(&made, obj)?;
    Ok(made)
}

/// A new empty `set` or `frozenset`, whichever the object's class extends.
fn empty_like(vm: &Vm, obj: &Obj) -> Obj {
    vm.new_set_of(if obj.kind() == heap::Kind::SET { &vm.types.set } else { &vm.types.frozenset }, Set::new())
}

impl Vm {
    /// `set.update` with one operand (`set_update_internal`).
    pub fn set_update(&self, obj: &Obj, other: &Obj) -> PyResult<()> {
        let this = set(obj);
        match operand(other) {
            Operand::Set(other) if this.start_merge(other) => return Ok(()),
            Operand::Dict(other) => this.reserve_for_dict(other),
            Operand::Iterable => return self.iterate(other, &mut |key| self.set_add(obj, &key).map(drop)),
            _ => {}
        }
        each_key(self, other, &mut |key, hash| put(self, this, key, hash).map(drop))
    }

    /// `set.difference_update` with one operand.
    pub fn set_difference_update(&self, obj: &Obj, other: &Obj) -> PyResult<()> {
        let this = set(obj);
        if obj.is(other) {
            drop(this.take());
            return Ok(());
        }
        let smaller = match operand(other) {
            Operand::Set(set) if set.len() >> 3 > this.len() => Some(intersection(self, obj, other)?),
            _ => None,
        };
        each_key(self, smaller.as_ref().unwrap_or(other), &mut |key, hash| discard(self, this, key, hash).map(drop))?;
        this.drop_dummies();
        Ok(())
    }

    /// `set.symmetric_difference_update`.
    pub fn set_symmetric_difference_update(&self, obj: &Obj, other: &Obj) -> PyResult<()> {
        let this = set(obj);
        if obj.is(other) {
            drop(this.take());
            return Ok(());
        }
        let made = match operand(other) {
            Operand::Iterable => {
                let made = empty_like(self, obj);
                self.set_update(&made, other)?;
                Some(made)
            }
            _ => None,
        };
        each_key(self, made.as_ref().unwrap_or(other), &mut |key, hash| {
            if !discard(self, this, key, hash)? {
                put(self, this, key, hash)?;
            }
            Ok(())
        })
    }
}

fn intersection(vm: &Vm, obj: &Obj, other: &Obj) -> PyResult {
    if obj.is(other) {
        return copied(vm, obj);
    }
    let made = empty_like(vm, obj);
    let (mut a, mut b) = (obj, other);
    if let Operand::Set(set_b) = operand(b)
        && set_b.len() > set(a).len()
    {
        std::mem::swap(&mut a, &mut b);
    }
    let (a, result) = (set(a), set(&made));
    // A dict is gone through as any iterable is: its keys are hashed again.
    let mut visit = |key: &Obj, hash: i64| {
        if has(vm, a, key, hash)? {
            put(vm, result, key, hash)?;
        }
        Ok(())
    };
    match operand(b) {
        Operand::Set(_) => each_key(vm, b, &mut visit)?,
        _ => vm.iterate(b, &mut |key| {
            let hash = vm.set_key_hash(&key)?;
            visit(&key, hash)
        })?,
    }
    Ok(made)
}

fn difference(vm: &Vm, obj: &Obj, other: &Obj) -> PyResult {
    let this = set(obj);
    let other_len = match operand(other) {
        Operand::Set(other) => other.len(),
        Operand::Dict(other) => other.len(),
        Operand::Iterable => 0,
    };
    if matches!(operand(other), Operand::Iterable) || this.len() >> 2 > other_len {
        let made = copied(vm, obj)?;
        vm.set_difference_update(&made, other)?;
        return Ok(made);
    }
    let made = empty_like(vm, obj);
    let mut position = 0;
    while let Some((key, hash)) = this.next_entry(&mut position) {
        let there = match operand(other) {
            Operand::Set(other) => has(vm, other, &key, hash)?,
            Operand::Dict(other) => other.find(&key, hash, |found| vm.eq(found, &key))?.is_some(),
            Operand::Iterable => false,
        };
        if !there {
            put(vm, set(&made), &key, hash)?;
        }
    }
    Ok(made)
}

pub(crate) fn symmetric_difference(vm: &Vm, obj: &Obj, other: &Obj) -> PyResult {
    let made = empty_like(vm, obj);
    vm.set_update(&made, other)?;
    vm.set_symmetric_difference_update(&made, obj)?;
    Ok(made)
}

pub(crate) fn issubset(vm: &Vm, obj: &Obj, other: &Obj) -> PyResult<bool> {
    let this = set(obj);
    let Some(other_set) = other.as_set() else {
        return Ok(set(&intersection(vm, obj, other)?).len() == this.len());
    };
    if this.len() > other_set.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((key, hash)) = this.next_entry(&mut position) {
        if !has(vm, other_set, &key, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(crate) fn issuperset(vm: &Vm, obj: &Obj, other: &Obj) -> PyResult<bool> {
    if other.as_set().is_some() {
        return issubset(vm, other, obj);
    }
    let iterator = vm.iter(other)?;
    while let Some(key) = vm.next(&iterator)? {
        if !vm.set_contains(obj, &key)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(crate) fn isdisjoint(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let other = &args.all()[0];
    if obj.is(other) {
        return Ok(vm.bool(set(obj).is_empty()));
    }
    let (mut a, mut b) = (obj, other);
    if b.as_set().is_some() && b.extra().is_none() {
        if set(b).len() > set(a).len() {
            std::mem::swap(&mut a, &mut b);
        }
        let mut position = 0;
        while let Some((key, hash)) = set(b).next_entry(&mut position) {
            if has(vm, set(a), &key, hash)? {
                return Ok(vm.bool(false));
            }
        }
        return Ok(vm.bool(true));
    }
    let iterator = vm.iter(b)?;
    while let Some(key) = vm.next(&iterator)? {
        if vm.set_contains(a, &key)? {
            return Ok(vm.bool(false));
        }
    }
    Ok(vm.bool(true))
}

pub(crate) fn union_method(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let made = copied(vm, obj)?;
    args.all().iter().filter(|other| !other.is(obj)).try_for_each(|other| vm.set_update(&made, other))?;
    Ok(made)
}

pub(crate) fn update_method(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    args.all().iter().try_for_each(|other| vm.set_update(obj, other))?;
    Ok(vm.none())
}

fn intersection_of_all(vm: &Vm, obj: &Obj, others: &[Obj]) -> PyResult {
    if others.is_empty() {
        return copied(vm, obj);
    }
    let mut made = obj.clone();
    for other in others {
        made = intersection(vm, &made, other)?;
    }
    Ok(made)
}

pub(crate) fn intersection_method(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    intersection_of_all(vm, obj, args.all())
}

pub(crate) fn intersection_update(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let made = intersection_of_all(vm, obj, args.all())?;
    set(obj).swap(set(&made));
    Ok(vm.none())
}

pub(crate) fn difference_method(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let Some((first, rest)) = args.all().split_first() else { return copied(vm, obj) };
    let made = difference(vm, obj, first)?;
    rest.iter().try_for_each(|other| vm.set_difference_update(&made, other))?;
    Ok(made)
}

pub(crate) fn difference_update_method(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    args.all().iter().try_for_each(|other| vm.set_difference_update(obj, other))?;
    Ok(vm.none())
}

pub(crate) fn symmetric_difference_update_method(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    vm.set_symmetric_difference_update(obj, &args.all()[0])?;
    Ok(vm.none())
}

macro_rules! operators {
    ($($name:ident = |$vm:ident, $a:ident, $b:ident| $body:expr;)*) => {
        $(pub(crate) fn $name($vm: &Vm, $a: &Obj, $b: &Obj) -> PyResult {
            if $a.as_set().is_none() || $b.as_set().is_none() {
                return Ok($vm.not_implemented());
            }
            $body
        })*
    };
}

operators! {
    or = |vm, a, b| {
        let made = copied(vm, a)?;
        if !a.is(b) {
            vm.set_update(&made, b)?;
        }
        Ok(made)
    };
    and = |vm, a, b| intersection(vm, a, b);
    sub = |vm, a, b| difference(vm, a, b);
    xor = |vm, a, b| symmetric_difference(vm, a, b);
    ior = |vm, a, b| {
        vm.set_update(a, b)?;
        Ok(a.clone())
    };
    iand = |vm, a, b| {
        let made = intersection(vm, a, b)?;
        set(a).swap(set(&made));
        Ok(a.clone())
    };
    isub = |vm, a, b| {
        vm.set_difference_update(a, b)?;
        Ok(a.clone())
    };
    ixor = |vm, a, b| {
        vm.set_symmetric_difference_update(a, b)?;
        Ok(a.clone())
    };
}
