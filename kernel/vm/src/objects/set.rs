//! `set` and `frozenset`: classes, operators and methods. The table is in `heap`.
//!
//! What sets do with each other (`union` and so on) is in `set_ops.rs`. Source: `Objects/setobject.c`.

use heap::{FrozenSet, Kind, Obj, Set};

use crate::class::{ClassSpec, Operator, Slots, flags};
use crate::objects::sequence::{class_getitem, extra_layout, finish};
use crate::objects::set_iterator;
use crate::objects::set_ops::{self, Operand};
use crate::protocol::compare::unhashable;
use crate::{Args, Compare, Convention, Method, PyResult, Vm};

const CLASS_GETITEM: Method = Method::class("__class_getitem__", class_getitem, Convention::One).signature("($type, object, /)");
const CONTAINS: Method = Method::new("__contains__", |vm, obj, args| Ok(vm.bool(contains(vm, obj, &args.all()[0])?)), Convention::One)
    .signature("($self, object, /)");
const COPY: Method = Method::new("copy", copy, Convention::NoArgs).signature("($self, /)");
const DIFFERENCE: Method = Method::new("difference", set_ops::difference_method, Convention::Positional).signature("($self, /, *others)");
const INTERSECTION: Method =
    Method::new("intersection", set_ops::intersection_method, Convention::Positional).signature("($self, /, *others)");
const ISDISJOINT: Method = Method::new("isdisjoint", set_ops::isdisjoint, Convention::One).signature("($self, other, /)");
const ISSUBSET: Method = Method::new("issubset", |vm, obj, args| Ok(vm.bool(set_ops::issubset(vm, obj, &args.all()[0])?)), Convention::One)
    .signature("($self, other, /)");
const ISSUPERSET: Method =
    Method::new("issuperset", |vm, obj, args| Ok(vm.bool(set_ops::issuperset(vm, obj, &args.all()[0])?)), Convention::One)
        .signature("($self, other, /)");
const REDUCE: Method = Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)");
const SIZEOF: Method = Method::new("__sizeof__", sizeof, Convention::NoArgs).signature("($self, /)");
const SYMMETRIC_DIFFERENCE: Method =
    Method::new("symmetric_difference", |vm, obj, args| set_ops::symmetric_difference(vm, obj, &args.all()[0]), Convention::One)
        .signature("($self, other, /)");
const UNION: Method = Method::new("union", set_ops::union_method, Convention::Positional).signature("($self, /, *others)");

/// `set`.
pub static SET: ClassSpec = ClassSpec {
    name: "set",
    base: None,
    kind: Kind::SET,
    flags: flags::CONTAINER | flags::MATCH_SELF,
    slots: |s| {
        shared_slots(s);
        s.new.set(Some(|vm, class, _| Ok(vm.new_set_of(class, Set::new()))));
        s.init.set(Some(init));
        s.hash.set(Some(unhashable));
        s.in_place[Operator::Subtract as usize].set(Some(set_ops::isub));
        s.in_place[Operator::And as usize].set(Some(set_ops::iand));
        s.in_place[Operator::Xor as usize].set(Some(set_ops::ixor));
        s.in_place[Operator::Or as usize].set(Some(set_ops::ior));
    },
    methods: &[
        CONTAINS,
        Method::new("add", add, Convention::One).signature("($self, object, /)"),
        Method::new("clear", clear, Convention::NoArgs).signature("($self, /)"),
        COPY,
        Method::new("discard", discard, Convention::One).signature("($self, object, /)"),
        DIFFERENCE,
        Method::new("difference_update", set_ops::difference_update_method, Convention::Positional).signature("($self, /, *others)"),
        INTERSECTION,
        Method::new("intersection_update", set_ops::intersection_update, Convention::Positional).signature("($self, /, *others)"),
        ISDISJOINT,
        ISSUBSET,
        ISSUPERSET,
        Method::new("pop", pop, Convention::NoArgs).signature("($self, /)"),
        REDUCE,
        Method::new("remove", remove, Convention::One).signature("($self, object, /)"),
        SIZEOF,
        SYMMETRIC_DIFFERENCE,
        Method::new("symmetric_difference_update", set_ops::symmetric_difference_update_method, Convention::One)
            .signature("($self, other, /)"),
        UNION,
        Method::new("update", set_ops::update_method, Convention::Positional).signature("($self, /, *others)"),
        CLASS_GETITEM,
    ],
    getset: &[],
    basicsize: 200,
    itemsize: 0,
    doc: "set(iterable=(), /)\n--\n\n",
};

/// `frozenset`.
pub static FROZENSET: ClassSpec = ClassSpec {
    name: "frozenset",
    base: None,
    kind: Kind::FROZENSET,
    flags: flags::CONTAINER | flags::MATCH_SELF,
    slots: |s| {
        shared_slots(s);
        s.new.set(Some(frozenset_new));
        s.hash.set(Some(|_, obj| Ok(frozen_hash(set(obj)))));
    },
    methods: &[
        CONTAINS,
        COPY,
        DIFFERENCE,
        INTERSECTION,
        ISDISJOINT,
        ISSUBSET,
        ISSUPERSET,
        REDUCE,
        SIZEOF,
        SYMMETRIC_DIFFERENCE,
        UNION,
        CLASS_GETITEM,
    ],
    getset: &[],
    basicsize: 200,
    itemsize: 0,
    doc: "frozenset(iterable=(), /)\n--\n\n",
};

fn shared_slots(s: &Slots) {
    s.repr.set(Some(repr));
    s.richcompare.set(Some(compare));
    s.iter.set(Some(|vm, obj| Ok(set_iterator::iterator(vm, obj))));
    s.len.set(Some(|_, obj| Ok(set(obj).len())));
    s.contains.set(Some(contains));
    s.binary[Operator::Subtract as usize].set(Some(set_ops::sub));
    s.binary[Operator::And as usize].set(Some(set_ops::and));
    s.binary[Operator::Xor as usize].set(Some(set_ops::xor));
    s.binary[Operator::Or as usize].set(Some(set_ops::or));
}

#[inline]
pub(crate) fn set(obj: &Obj) -> &Set {
    obj.as_set().expect("a set's method is called on a set")
}

impl Vm {
    /// A new empty `set`.
    pub fn set(&self) -> Obj {
        self.heap.alloc(Set::new()).tracked()
    }

    /// A new `set` of what an object's iteration gives.
    pub fn set_from(&self, iterable: &Obj) -> PyResult {
        let made = self.set();
        self.set_update(&made, iterable)?;
        Ok(made)
    }

    /// A new `frozenset` of what an object's iteration gives.
    pub fn frozenset_from(&self, iterable: &Obj) -> PyResult {
        let made = self.heap.alloc(FrozenSet(Set::new())).tracked();
        self.set_update(&made, iterable)?;
        Ok(made)
    }

    /// A set of a class: `set`, `frozenset`, or one that extends them.
    pub(crate) fn new_set_of(&self, class: &Obj, table: Set) -> Obj {
        if class.is(&self.types.set) {
            return self.heap.alloc(table).tracked();
        }
        if class.is(&self.types.frozenset) {
            return self.heap.alloc(FrozenSet(table)).tracked();
        }
        let layout = extra_layout(self, class);
        let obj = if self.class(class).kind == Kind::SET {
            self.heap.alloc_with_class(table, class.clone(), layout)
        } else {
            self.heap.alloc_with_class(FrozenSet(table), class.clone(), layout)
        };
        finish(self, class, obj)
    }

    /// The hash of a key of a set.
    #[inline]
    pub(crate) fn set_key_hash(&self, key: &Obj) -> PyResult<i64> {
        match key.quick_hash() {
            Some(hash) => Ok(hash),
            None => self.hash(key).map_err(|raised| self.unhashable_key(raised, key, "a set element")),
        }
    }

    /// `set.add`; false if the key was there.
    #[inline]
    pub fn set_add(&self, obj: &Obj, key: &Obj) -> PyResult<bool> {
        if let Some(hash) = key.quick_hash() {
            return set(obj).add(key, hash, |found| self.eq(found, key));
        }
        let hash = self.set_key_hash(key)?;
        // The set's own count on the key is taken before Python code compares it.
        let key = key.clone();
        set(obj).add(&key, hash, |found| self.eq(found, &key))
    }

    /// `key in set`.
    #[inline]
    pub fn set_contains(&self, obj: &Obj, key: &Obj) -> PyResult<bool> {
        let hash = self.set_key_hash(key)?;
        set(obj).contains(key, hash, |found| self.eq(found, key))
    }

    /// `set.discard`; false if the key was not there.
    pub fn set_discard(&self, obj: &Obj, key: &Obj) -> PyResult<bool> {
        let hash = self.set_key_hash(key)?;
        Ok(set(obj).remove(key, hash, |found| self.eq(found, key))?.is_some())
    }
}

fn frozen_hash(set: &Set) -> i64 {
    if set.hash.get() == -1 {
        set.hash.set(heap::hash::hash_frozenset(set.hashes()));
    }
    set.hash.get()
}

fn init(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult<()> {
    vm.no_keywords("set", args)?;
    let args = args.check(vm, "set", 0, 1)?;
    drop(set(obj).take());
    match args {
        [iterable] => vm.set_update(obj, iterable),
        _ => Ok(()),
    }
}

fn frozenset_new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let exact = class.is(&vm.types.frozenset);
    vm.no_keywords_unless_init(class, &vm.types.frozenset, args)?;
    let made = match Args::positional(args.pos()).check(vm, "frozenset", 0, 1)? {
        [iterable] if exact && iterable.kind() == Kind::FROZENSET && iterable.extra().is_none() => return Ok(iterable.clone()),
        [iterable] => {
            let made = vm.new_set_of(class, Set::new());
            vm.set_update(&made, iterable)?;
            made
        }
        _ => vm.new_set_of(class, Set::new()),
    };
    Ok(made)
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let name = vm.type_name(obj);
    let exact = obj.kind() == Kind::SET && obj.extra().is_none();
    if vm.repr_enter(obj) {
        return Ok(vm.str(&format!("{name}(...)")));
    }
    if set(obj).is_empty() {
        vm.repr_leave(obj);
        return Ok(vm.str(&format!("{name}()")));
    }
    let keys = set(obj).to_vec();
    let _list = vm.heap.passing(Kind::LIST);
    let (open, close) = if exact { ("{".to_owned(), "}") } else { (format!("{name}({{"), "})") };
    let text = vm.repr_row(&open, close, |i| keys.get(i).cloned());
    vm.repr_leave(obj);
    text
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    let (Some(x), Some(y)) = (a.as_set(), b.as_set()) else { return Ok(vm.not_implemented()) };
    Ok(vm.bool(match op {
        Compare::Eq => equal(vm, a, b)?,
        Compare::Ne => !equal(vm, a, b)?,
        Compare::Le => set_ops::issubset(vm, a, b)?,
        Compare::Ge => set_ops::issubset(vm, b, a)?,
        Compare::Lt => x.len() < y.len() && set_ops::issubset(vm, a, b)?,
        Compare::Gt => x.len() > y.len() && set_ops::issubset(vm, b, a)?,
    }))
}

fn equal(vm: &Vm, a: &Obj, b: &Obj) -> PyResult<bool> {
    let (x, y) = (set(a), set(b));
    let different = x.hash.get() != -1 && y.hash.get() != -1 && x.hash != y.hash;
    Ok(x.len() == y.len() && !different && set_ops::issubset(vm, a, b)?)
}

/// A key that is a `set` stands for the `frozenset` of the same items.
fn as_key(vm: &Vm, key: &Obj, hash: PyResult<i64>) -> PyResult<i64> {
    match hash {
        Err(raised) if key.kind() == Kind::SET && raised.is(vm, &vm.types.type_error) => Ok(frozen_hash_of_set(set(key))),
        hash => hash,
    }
}

fn frozen_hash_of_set(set: &Set) -> i64 {
    heap::hash::hash_frozenset(set.hashes())
}

fn contains(vm: &Vm, obj: &Obj, key: &Obj) -> PyResult<bool> {
    let hash = as_key(vm, key, vm.set_key_hash(key))?;
    set(obj).contains(key, hash, |found| vm.eq(found, key))
}

fn remove_key(vm: &Vm, obj: &Obj, key: &Obj) -> PyResult<bool> {
    let hash = as_key(vm, key, vm.set_key_hash(key))?;
    Ok(set(obj).remove(key, hash, |found| vm.eq(found, key))?.is_some())
}

fn add(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    vm.set_add(obj, &args.all()[0])?;
    Ok(vm.none())
}

fn clear(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    drop(set(obj).take());
    Ok(vm.none())
}

fn copy(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    if obj.kind() == Kind::FROZENSET && obj.extra().is_none() {
        return Ok(obj.clone());
    }
    set_ops::copied(vm, obj)
}

fn discard(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    remove_key(vm, obj, &args.all()[0])?;
    Ok(vm.none())
}

fn pop(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    set(obj).pop().ok_or_else(|| vm.key_error(&vm.str("pop from an empty set")))
}

fn remove(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    if remove_key(vm, obj, &args.all()[0])? { Ok(vm.none()) } else { Err(vm.key_error(&args.all()[0])) }
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let keys = vm.list(set(obj).to_vec());
    let args = vm.tuple(vec![keys]);
    let state = vm.call_method(obj, "__getstate__", &[])?;
    Ok(vm.tuple(vec![vm.class_of(obj), args, state]))
}

fn sizeof(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let basic = vm.basic_size(vm.class(&vm.class_of(obj)));
    Ok(vm.int((basic + set(obj).sizeof_model() - 216) as i64))
}

/// What can be the other operand: see `set_ops.rs`.
pub(crate) fn operand(obj: &Obj) -> Operand<'_> {
    if let Some(set) = obj.as_set() {
        return Operand::Set(set);
    }
    match obj.get::<heap::Dict>() {
        Some(dict) if obj.extra().is_none() => Operand::Dict(dict),
        _ => Operand::Iterable,
    }
}
