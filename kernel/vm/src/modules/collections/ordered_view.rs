//! What walks an `OrderedDict`: its views, and the one class of iterators.

use std::cell::Cell;

use heap::{Kind, Obj, Slot};

use crate::class::{ClassSpec, Convention, Method, flags};
use crate::objects::dict::dict;
use crate::objects::dict_view::{DICT_ITEMS, DICT_KEYS, DICT_VALUES, Flavour, dict_of, reused_pair, view_of_class};
use crate::{Args, PyResult, Vm, kinds};

const KIND: Kind = Kind(kinds::MODULES.0 + 110);

/// The payload of an iterator.
pub(super) struct OrderedIterator {
    /// Empty once the iterator is exhausted.
    odict: Slot,
    /// The key that comes next.
    current: Slot,
    /// The pair that an iterator of items gives out again and again.
    result: Slot,
    flavour: Flavour,
    reversed: bool,
    /// How many keys there should be; `usize::MAX` once there were not.
    size: Cell<usize>,
    order: u16,
    position: Cell<usize>,
}

crate::payload!(OrderedIterator, KIND, { odict, current, result });

static ITERATOR: ClassSpec = ClassSpec {
    name: "odict_iterator",
    base: None,
    kind: KIND,
    flags: flags::HAVE_GC,
    slots: |s| {
        s.iter.set(Some(|_, this| Ok(this.clone())));
        s.iternext.set(Some(|vm, this| next(vm, own(this))));
    },
    methods: &[Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)")],
    getset: &[],
    basicsize: 64,
    itemsize: 0,
    doc: "",
};

macro_rules! view_class {
    ($spec:ident, $name:literal, $base:ident, $kind:ident, $flavour:ident) => {
        static $spec: ClassSpec = ClassSpec {
            name: $name,
            base: Some(&$base),
            kind: kinds::$kind,
            flags: flags::HAVE_GC,
            slots: |s| s.iter.set(Some(|vm, view| Ok(iterator(vm, &dict_of(view), Flavour::$flavour, false)))),
            methods: &[Method::new(
                "__reversed__",
                |vm, view, _| Ok(iterator(vm, &dict_of(view), Flavour::$flavour, true)),
                Convention::NoArgs,
            )
            .signature("($self, /)")],
            getset: &[],
            basicsize: 24,
            itemsize: 0,
            doc: "",
        };
    };
}

view_class!(KEYS, "odict_keys", DICT_KEYS, DICT_KEYS, Keys);
view_class!(VALUES, "odict_values", DICT_VALUES, DICT_VALUES, Values);
view_class!(ITEMS, "odict_items", DICT_ITEMS, DICT_ITEMS, Items);

/// A new view of an `OrderedDict`.
pub(super) fn view(vm: &Vm, odict: &Obj, flavour: Flavour) -> Obj {
    let spec = match flavour {
        Flavour::Keys => &KEYS,
        Flavour::Values => &VALUES,
        Flavour::Items => &ITEMS,
    };
    view_of_class(vm, odict, flavour, &vm.late_class(spec))
}

/// A new iterator over an `OrderedDict`.
pub(super) fn iterator(vm: &Vm, odict: &Obj, flavour: Flavour, reversed: bool) -> Obj {
    let table = dict(odict);
    let first = if reversed { table.previous_index(table.end()) } else { table.next_index(0) };
    let payload = OrderedIterator {
        odict: odict.clone().into(),
        current: first.and_then(|at| table.key_at(at)).into(),
        result: (flavour == Flavour::Items).then(|| vm.empty_pair()).into(),
        flavour,
        reversed,
        size: Cell::new(table.len()),
        order: table.order(),
        position: Cell::new(first.unwrap_or(0)),
    };
    vm.new_object(&vm.late_class(&ITERATOR), payload)
}

fn own(this: &Obj) -> &OrderedIterator {
    this.get::<OrderedIterator>().expect("a method of an iterator gets one")
}

fn next(vm: &Vm, it: &OrderedIterator) -> PyResult<Option<Obj>> {
    let Some(odict) = it.odict.get() else { return Ok(None) };
    let Some(key) = it.current.get() else {
        drop(it.odict.take());
        return Ok(None);
    };
    let table = dict(&odict);
    if table.order() != it.order {
        drop(it.odict.take());
        return Err(vm.runtime_error("OrderedDict mutated during iteration"));
    }
    if table.len() != it.size.get() {
        it.size.set(usize::MAX);
        return Err(vm.runtime_error("OrderedDict changed size during iteration"));
    }
    let at = it.position.get();
    let following = if it.reversed { at.checked_sub(1).and_then(|at| table.previous_index(at)) } else { table.next_index(at + 1) };
    drop(it.current.replace(following.and_then(|at| table.key_at(at))));
    it.position.set(following.unwrap_or(0));
    let value = || table.value_at(at).ok_or_else(|| vm.key_error(&key));
    match it.flavour {
        Flavour::Keys => Ok(Some(key)),
        Flavour::Values => value().map(Some),
        Flavour::Items => {
            let value = value()?;
            Ok(Some(reused_pair(vm, &it.result, key, value)))
        }
    }
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    // A copy is exhausted, the iterator itself stays where it is.
    let it = own(this);
    let copy = OrderedIterator {
        odict: it.odict.get().into(),
        current: it.current.get().into(),
        result: Slot::empty(),
        flavour: it.flavour,
        reversed: it.reversed,
        size: it.size.clone(),
        order: it.order,
        position: it.position.clone(),
    };
    let mut items = Vec::new();
    while let Some(item) = next(vm, &copy)? {
        items.push(item);
    }
    let args = vm.tuple(vec![vm.list(items)]);
    Ok(vm.pair(vm.builtin("iter")?, args))
}
