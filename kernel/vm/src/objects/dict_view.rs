//! `dict_keys`, `dict_values`, `dict_items`, and the six iterators over a dict.
//!
//! A view or iterator holds its dict, nothing else; the iterators of items reuse their result tuple while nobody else has it. Source:
//! `Objects/dictobject.c`.

use std::cell::Cell;

use heap::{Dict, DictStep, Kind, Obj, Payload, Slot, Trash, Tuple, Visit};

use crate::class::{ClassSpec, Operator, Slots, flags};
use crate::objects::list::dict_part;
use crate::protocol::compare::unhashable;
use crate::{Args, Compare, Convention, GetSet, Method, PyResult, Vm, kinds};

/// What of a dict's entries is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flavour {
    Keys,
    Values,
    Items,
}

/// The payload of a view.
pub(crate) struct DictView<const K: u8> {
    dict: Slot,
}

impl<const K: u8> Payload for DictView<K> {
    const KIND: Kind = Kind(K);
    fn traverse(&self, visit: Visit<'_>) {
        self.dict.get().iter().for_each(visit);
    }
    fn clear(&self, _: &mut Trash<'_>) {}
    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        trash.take(&self.dict);
    }
}

/// The payload of an iterator over a dict.
pub(crate) struct DictIterator<const K: u8> {
    /// Empty once the iterator is exhausted.
    dict: Slot,
    /// The result tuple of an iterator of items.
    result: Slot,
    /// The dict's length when the iterator was made; it must not change. `usize::MAX` once it did.
    used: Cell<usize>,
    position: Cell<usize>,
    left: Cell<usize>,
}

impl<const K: u8> Payload for DictIterator<K> {
    const KIND: Kind = Kind(K);
    fn traverse(&self, visit: Visit<'_>) {
        self.dict.get().iter().chain(self.result.get().iter()).for_each(visit);
    }
    fn clear(&self, _: &mut Trash<'_>) {}
    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        trash.take(&self.dict);
        trash.take(&self.result);
    }
}

pub(crate) type DictKeys = DictView<{ kinds::DICT_KEYS.0 }>;
pub(crate) type DictValues = DictView<{ kinds::DICT_VALUES.0 }>;
pub(crate) type DictItems = DictView<{ kinds::DICT_ITEMS.0 }>;
pub(crate) type KeyIterator = DictIterator<{ kinds::DICT_KEY_ITERATOR.0 }>;
pub(crate) type ValueIterator = DictIterator<{ kinds::DICT_VALUE_ITERATOR.0 }>;
pub(crate) type ItemIterator = DictIterator<{ kinds::DICT_ITEM_ITERATOR.0 }>;
pub(crate) type ReverseKeyIterator = DictIterator<{ kinds::DICT_REVERSE_KEY_ITERATOR.0 }>;
pub(crate) type ReverseValueIterator = DictIterator<{ kinds::DICT_REVERSE_VALUE_ITERATOR.0 }>;
pub(crate) type ReverseItemIterator = DictIterator<{ kinds::DICT_REVERSE_ITEM_ITERATOR.0 }>;

macro_rules! view_class {
    ($spec:ident, $name:literal, $kind:ident, $flavour:ident, $set_like:expr, $methods:expr) => {
        #[doc = concat!("`", $name, "`.")]
        pub static $spec: ClassSpec = ClassSpec {
            name: $name,
            base: None,
            kind: kinds::$kind,
            flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
            slots: |s| {
                s.repr.set(Some(repr));
                s.iter.set(Some(|vm, obj| Ok(iterator(vm, &dict_of(obj), Flavour::$flavour, false))));
                s.len.set(Some(|_, obj| Ok(len(obj))));
                if $set_like {
                    set_like(s);
                }
            },
            methods: $methods,
            getset: &[GetSet::new("mapping", |vm, obj| Ok(vm.mapping_proxy(&dict_of(obj))))],
            basicsize: 24,
            itemsize: 0,
            doc: "",
        };
    };
}

const REVERSED: Method = Method::new("__reversed__", reversed, Convention::NoArgs).signature("($self, /)");
const ISDISJOINT: Method = Method::new("isdisjoint", isdisjoint, Convention::One).signature("($self, object, /)");

view_class!(DICT_KEYS, "dict_keys", DICT_KEYS, Keys, true, &[ISDISJOINT, REVERSED]);
view_class!(DICT_VALUES, "dict_values", DICT_VALUES, Values, false, &[REVERSED]);
view_class!(DICT_ITEMS, "dict_items", DICT_ITEMS, Items, true, &[ISDISJOINT, REVERSED]);

fn set_like(s: &Slots) {
    s.hash.set(Some(unhashable));
    s.richcompare.set(Some(compare));
    s.contains.set(Some(contains));
    s.binary[Operator::Subtract as usize].set(Some(sub));
    s.binary[Operator::And as usize].set(Some(and));
    s.binary[Operator::Xor as usize].set(Some(xor));
    s.binary[Operator::Or as usize].set(Some(or));
}

macro_rules! iterator_class {
    ($spec:ident, $name:literal, $kind:ident, $payload:ty, $flavour:ident, $reverse:literal) => {
        #[doc = concat!("`", $name, "`.")]
        pub static $spec: ClassSpec = ClassSpec {
            name: $name,
            base: None,
            kind: kinds::$kind,
            flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
            slots: |s| {
                s.iter.set(Some(|_, obj| Ok(obj.clone())));
                s.iternext.set(Some(|vm, obj| {
                    step(vm, obj.get::<$payload>().expect("the iterator is of this kind"), Flavour::$flavour, $reverse)
                }));
            },
            methods: &[
                Method::new(
                    "__length_hint__",
                    |vm, obj, _| Ok(vm.int(left(obj.get::<$payload>().expect("the iterator is of this kind")) as i64)),
                    Convention::NoArgs,
                )
                .signature("($self, /)"),
                Method::new(
                    "__reduce__",
                    |vm, obj, _| reduce(vm, obj.get::<$payload>().expect("the iterator is of this kind"), Flavour::$flavour, $reverse),
                    Convention::NoArgs,
                )
                .signature("($self, /)"),
            ],
            getset: &[],
            basicsize: 56,
            itemsize: 0,
            doc: "",
        };
    };
}

iterator_class!(DICT_KEY_ITERATOR, "dict_keyiterator", DICT_KEY_ITERATOR, KeyIterator, Keys, false);
iterator_class!(DICT_VALUE_ITERATOR, "dict_valueiterator", DICT_VALUE_ITERATOR, ValueIterator, Values, false);
iterator_class!(DICT_ITEM_ITERATOR, "dict_itemiterator", DICT_ITEM_ITERATOR, ItemIterator, Items, false);
iterator_class!(DICT_REVERSE_KEY_ITERATOR, "dict_reversekeyiterator", DICT_REVERSE_KEY_ITERATOR, ReverseKeyIterator, Keys, true);
iterator_class!(DICT_REVERSE_VALUE_ITERATOR, "dict_reversevalueiterator", DICT_REVERSE_VALUE_ITERATOR, ReverseValueIterator, Values, true);
iterator_class!(DICT_REVERSE_ITEM_ITERATOR, "dict_reverseitemiterator", DICT_REVERSE_ITEM_ITERATOR, ReverseItemIterator, Items, true);

/// A new view of a dict.
pub(crate) fn view(vm: &Vm, dict: &Obj, flavour: Flavour) -> Obj {
    let slot = Slot::new(dict.clone());
    match flavour {
        Flavour::Keys => vm.heap.alloc(DictKeys { dict: slot }),
        Flavour::Values => vm.heap.alloc(DictValues { dict: slot }),
        Flavour::Items => vm.heap.alloc(DictItems { dict: slot }),
    }
    .tracked()
}

/// A new view of a class that extends the builtin one.
pub(crate) fn view_of_class(vm: &Vm, dict: &Obj, flavour: Flavour, class: &Obj) -> Obj {
    let dict = Slot::new(dict.clone());
    match flavour {
        Flavour::Keys => vm.new_object(class, DictKeys { dict }),
        Flavour::Values => vm.new_object(class, DictValues { dict }),
        Flavour::Items => vm.new_object(class, DictItems { dict }),
    }
}

/// A new iterator over a dict.
pub(crate) fn iterator(vm: &Vm, dict: &Obj, flavour: Flavour, reverse: bool) -> Obj {
    fn made<const K: u8>(vm: &Vm, dict: &Obj, flavour: Flavour, reverse: bool) -> Obj {
        let result = if flavour == Flavour::Items { Slot::new(vm.empty_pair()) } else { Slot::empty() };
        let table = dict.get::<Dict>().expect("an iterator is made over a dict");
        let (used, position) = (table.len(), if reverse { table.end().wrapping_sub(1) } else { 0 });
        let payload = DictIterator::<K> {
            dict: Slot::new(dict.clone()),
            result,
            used: Cell::new(used),
            position: Cell::new(position),
            left: Cell::new(used),
        };
        vm.heap.alloc(payload).tracked()
    }
    let make = match (flavour, reverse) {
        (Flavour::Keys, false) => made::<{ kinds::DICT_KEY_ITERATOR.0 }>,
        (Flavour::Values, false) => made::<{ kinds::DICT_VALUE_ITERATOR.0 }>,
        (Flavour::Items, false) => made::<{ kinds::DICT_ITEM_ITERATOR.0 }>,
        (Flavour::Keys, true) => made::<{ kinds::DICT_REVERSE_KEY_ITERATOR.0 }>,
        (Flavour::Values, true) => made::<{ kinds::DICT_REVERSE_VALUE_ITERATOR.0 }>,
        (Flavour::Items, true) => made::<{ kinds::DICT_REVERSE_ITEM_ITERATOR.0 }>,
    };
    make(vm, dict, flavour, reverse)
}

/// The next key, value or pair of a dict's iterator.
#[inline]
pub(crate) fn step<const K: u8>(vm: &Vm, it: &DictIterator<K>, flavour: Flavour, reverse: bool) -> PyResult<Option<Obj>> {
    if !reverse {
        return forward(vm, it, flavour);
    }
    let Some(obj) = it.dict.get() else { return Ok(None) };
    let table = obj.get::<Dict>().expect("an iterator is over a dict");
    if it.used.get() != table.len() {
        it.used.set(usize::MAX);
        return Err(vm.runtime_error("dictionary changed size during iteration"));
    }
    let position = it.position.get();
    let found = if position >= table.end() { None } else { table.previous_index(position) };
    let Some(i) = found else {
        drop(it.dict.take());
        return Ok(None);
    };
    if it.left.get() == 0 {
        drop(it.dict.take());
        return Err(vm.runtime_error("dictionary keys changed during iteration"));
    }
    it.position.set(i.wrapping_sub(1));
    it.left.set(it.left.get() - 1);
    match flavour {
        Flavour::Keys => Ok(table.key_at(i)),
        Flavour::Values => Ok(table.value_at(i)),
        Flavour::Items => Ok(table.entry_at(i).map(|(key, value)| reused_pair(vm, &it.result, key, value))),
    }
}

/// The next key, value or pair, in order.
#[inline]
fn forward<const K: u8>(vm: &Vm, it: &DictIterator<K>, flavour: Flavour) -> PyResult<Option<Obj>> {
    let (key, value) = (flavour != Flavour::Values, flavour != Flavour::Keys);
    match it.dict.dict_step(it.used.get(), it.position.get(), key, value) {
        None => Ok(None),
        Some(DictStep::Found(i, key, value)) if it.left.get() > 0 => {
            it.position.set(i + 1);
            it.left.set(it.left.get() - 1);
            match (key, value) {
                (Some(key), Some(value)) => Ok(Some(reused_pair(vm, &it.result, key, value))),
                (key, value) => Ok(key.or(value)),
            }
        }
        Some(DictStep::Changed) => {
            it.used.set(usize::MAX);
            Err(vm.runtime_error("dictionary changed size during iteration"))
        }
        Some(DictStep::End) => {
            drop(it.dict.take());
            Ok(None)
        }
        Some(DictStep::Found(..)) => {
            drop(it.dict.take());
            Err(vm.runtime_error("dictionary keys changed during iteration"))
        }
    }
}

/// The pair in `slot`, filled anew if nobody else has it; otherwise a new pair.
#[inline]
pub(crate) fn reused_pair(vm: &Vm, slot: &Slot, a: Obj, b: Obj) -> Obj {
    match Tuple::refill_pair(slot, a, b) {
        Ok((pair, before)) => {
            drop(before);
            pair
        }
        Err((a, b)) => vm.pair(a, b),
    }
}

fn left<const K: u8>(it: &DictIterator<K>) -> usize {
    match it.dict.get().and_then(|obj| obj.get::<Dict>().map(Dict::len)) {
        Some(len) if len == it.used.get() => it.left.get(),
        _ => 0,
    }
}

fn reduce<const K: u8>(vm: &Vm, it: &DictIterator<K>, flavour: Flavour, reverse: bool) -> PyResult {
    // A copy is exhausted, the iterator itself stays where it is.
    let copy = DictIterator::<K> {
        dict: it.dict.get().into(),
        result: Slot::empty(),
        used: it.used.clone(),
        position: it.position.clone(),
        left: it.left.clone(),
    };
    let mut items = Vec::new();
    while let Some(item) = step(vm, &copy, flavour, reverse)? {
        items.push(item);
    }
    let rest = vm.list(items);
    let args = vm.tuple(vec![rest]);
    Ok(vm.pair(vm.builtin("iter")?, args))
}

/// The dict of a view.
pub(crate) fn dict_of(view: &Obj) -> Obj {
    let dict = match view.kind() {
        kinds::DICT_KEYS => view.get::<DictKeys>().and_then(|view| view.dict.get()),
        kinds::DICT_VALUES => view.get::<DictValues>().and_then(|view| view.dict.get()),
        _ => view.get::<DictItems>().and_then(|view| view.dict.get()),
    };
    dict.expect("a view has its dict")
}

fn len(view: &Obj) -> usize {
    dict_of(view).get::<Dict>().map_or(0, Dict::len)
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    if vm.repr_enter(obj) {
        return Ok(vm.str("..."));
    }
    let list = vm.list(dict_part(vm, &dict_of(obj), obj.kind()));
    let text = vm.repr_text(&list);
    vm.repr_leave(obj);
    Ok(vm.str(&format!("{}({})", vm.type_name(obj), text?)))
}

fn contains(vm: &Vm, view: &Obj, item: &Obj) -> PyResult<bool> {
    let dict = dict_of(view);
    if view.kind() == kinds::DICT_KEYS {
        return vm.dict_contains(&dict, item);
    }
    let Some([key, value]) = item.get::<Tuple>().map(Tuple::items) else { return Ok(false) };
    match vm.dict_get(&dict, key)? {
        Some(found) => Ok(found.is(value) || vm.eq(&found, value)?),
        None => Ok(false),
    }
}

fn is_set_like(obj: &Obj) -> bool {
    matches!(obj.kind(), kinds::DICT_KEYS | kinds::DICT_ITEMS)
}

/// Whether every item of `a` is in `b`.
fn all_in(vm: &Vm, a: &Obj, b: &Obj) -> PyResult<bool> {
    let iterator = vm.iter(a)?;
    while let Some(item) = vm.next(&iterator)? {
        if !vm.contains(b, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if b.as_set().is_none() && !is_set_like(b) {
        return Ok(vm.not_implemented());
    }
    let (m, n) = (len(a), vm.len(b)?);
    Ok(vm.bool(match op {
        Compare::Eq => m == n && all_in(vm, a, b)?,
        Compare::Ne => !(m == n && all_in(vm, a, b)?),
        Compare::Lt => m < n && all_in(vm, a, b)?,
        Compare::Le => m <= n && all_in(vm, a, b)?,
        Compare::Gt => m > n && all_in(vm, b, a)?,
        Compare::Ge => m >= n && all_in(vm, b, a)?,
    }))
}

/// A new set of an operand's items.
fn to_set(vm: &Vm, obj: &Obj) -> PyResult {
    if obj.kind() == kinds::DICT_KEYS { vm.set_from(&dict_of(obj)) } else { vm.set_from(obj) }
}

fn sub(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let set = to_set(vm, a)?;
    vm.set_difference_update(&set, b)?;
    Ok(set)
}

fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let set = to_set(vm, a)?;
    vm.set_update(&set, b)?;
    Ok(set)
}

fn xor(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let set = to_set(vm, a)?;
    vm.set_symmetric_difference_update(&set, b)?;
    Ok(set)
}

fn and(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    // The view may be the right operand.
    let (mut a, mut b) = if is_set_like(a) { (a, b) } else { (b, a) };
    if b.kind() == Kind::SET && b.extra().is_none() && len(a) <= vm.len(b)? {
        return vm.call_method(b, "intersection", std::slice::from_ref(a));
    }
    if is_set_like(b) && len(b) > len(a) {
        std::mem::swap(&mut a, &mut b);
    }
    let set = vm.set();
    vm.iterate(b, &mut |item| {
        if contains(vm, a, &item)? {
            vm.set_add(&set, &item)?;
        }
        Ok(())
    })?;
    Ok(set)
}

fn isdisjoint(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let other = &args.all()[0];
    if obj.is(other) {
        return Ok(vm.bool(len(obj) == 0));
    }
    let (mut a, mut b) = (obj, other);
    if (b.as_set().is_some() || is_set_like(b)) && vm.len(b)? > len(a) {
        std::mem::swap(&mut a, &mut b);
    }
    let iterator = vm.iter(b)?;
    while let Some(item) = vm.next(&iterator)? {
        if vm.contains(a, &item)? {
            return Ok(vm.bool(false));
        }
    }
    Ok(vm.bool(true))
}

fn reversed(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let flavour = match obj.kind() {
        kinds::DICT_KEYS => Flavour::Keys,
        kinds::DICT_VALUES => Flavour::Values,
        _ => Flavour::Items,
    };
    Ok(iterator(vm, &dict_of(obj), flavour, true))
}
