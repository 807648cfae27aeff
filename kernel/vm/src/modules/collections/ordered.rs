//! `OrderedDict`: a dict whose order can be changed (`Objects/odictobject.c`). Its views and iterators are in `ordered_view.rs`.
//!
//! CPython keeps a list of nodes beside the dict. Here the order is the dict's own, and the heap's table counts every key twice, for the
//! node that is not there.

use heap::{Dict, Kind, Obj};

use super::ordered_view::{iterator, view};
use crate::class::{ClassSpec, Convention, GetSet, Method, Operator, flags};
use crate::objects::dict::dict;
use crate::objects::dict_view::Flavour;
use crate::protocol::compare::unhashable;
use crate::{Args, Compare, PyResult, Signature, Vm, kinds};

pub(crate) static ORDERED_DICT: ClassSpec = ClassSpec {
    name: "collections.OrderedDict",
    base: Some(&crate::objects::dict::DICT),
    kind: Kind::DICT,
    flags: flags::CONTAINER | flags::DICT_SUBCLASS | flags::DICT | flags::WEAKREFS,
    slots: |s| {
        s.new.set(Some(|vm, class, _| {
            let made = vm.new_object(class, Dict::new());
            dict(&made).make_ordered();
            Ok(made)
        }));
        s.init.set(Some(init));
        s.repr.set(Some(repr));
        s.hash.set(Some(unhashable));
        s.richcompare.set(Some(compare));
        s.iter.set(Some(|vm, this| Ok(iterator(vm, this, Flavour::Keys, false))));
        s.ass_subscript.set(Some(set_item));
        s.binary[Operator::Or as usize].set(Some(or));
        s.in_place[Operator::Or as usize].set(Some(|vm, this, other| {
            update_from(vm, this, other)?;
            Ok(this.clone())
        }));
    },
    methods: &[
        Method::class("fromkeys", fromkeys, Convention::Keywords).signature("($type, /, iterable, value=None)"),
        Method::new("__sizeof__", sizeof, Convention::NoArgs).signature("($self, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("setdefault", setdefault, Convention::Keywords).signature("($self, /, key, default=None)"),
        Method::new("pop", pop, Convention::Keywords).signature("($self, /, key, default=<unrepresentable>)"),
        Method::new("popitem", popitem, Convention::Keywords).signature("($self, /, last=True)"),
        Method::new("keys", |vm, this, _| Ok(view(vm, this, Flavour::Keys)), Convention::NoArgs).signature("($self, /)"),
        Method::new("values", |vm, this, _| Ok(view(vm, this, Flavour::Values)), Convention::NoArgs).signature("($self, /)"),
        Method::new("items", |vm, this, _| Ok(view(vm, this, Flavour::Items)), Convention::NoArgs).signature("($self, /)"),
        Method::new("update", update, Convention::Keywords).varargs(),
        Method::new("clear", clear, Convention::NoArgs).signature("($self, /)"),
        Method::new("copy", copy, Convention::NoArgs).signature("($self, /)"),
        Method::new("__reversed__", |vm, this, _| Ok(iterator(vm, this, Flavour::Keys, true)), Convention::NoArgs).signature("($self, /)"),
        Method::new("move_to_end", move_to_end, Convention::Keywords).signature("($self, /, key, last=True)"),
    ],
    getset: &[GetSet::with_set("__dict__", crate::objects::own_dict, crate::objects::set_own_dict)],
    basicsize: 112,
    itemsize: 0,
    doc: "",
};

fn is_ordered(obj: &Obj) -> bool {
    obj.get::<Dict>().is_some_and(|dict| dict.order() != 0)
}

/// Whether it is an `OrderedDict` itself, so that no method of a subclass must be asked.
fn is_exact(vm: &Vm, obj: &Obj) -> bool {
    vm.class_of(obj).is(&vm.late_class(&ORDERED_DICT))
}

/// The place of a key, asked for without the words that `dict` has for keys without a hash.
fn find(vm: &Vm, this: &Obj, key: &Obj) -> PyResult<Option<usize>> {
    let hash = vm.hash(key)?;
    dict(this).find(key, hash, |found| vm.eq(found, key))
}

fn set_item(vm: &Vm, this: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let hash = vm.hash(key)?;
    match value {
        Some(value) => vm.dict_set_hashed(this, key, hash, value.clone()),
        None => match dict(this).remove(key, hash, |found| vm.eq(found, key))? {
            Some(_) => Ok(()),
            None => Err(vm.key_error(key)),
        },
    }
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.pos().len() > 1 {
        return Err(vm.type_error(format!("expected at most 1 argument, got {}", args.pos().len())));
    }
    update(vm, this, args).map(drop)
}

/// `mutablemapping_update`.
fn update(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    if args.pos().len() > 1 {
        return Err(vm.type_error(format!("update() takes at most 1 positional argument ({} given)", args.pos().len())));
    }
    if let Some(source) = args.get(0) {
        update_from(vm, this, source)?;
    }
    if args.has_keywords() {
        let _pairs = Pairs::passing(vm, args.names().len());
        for (name, value) in args.keywords() {
            vm.setitem(this, name, Some(value))?;
        }
    }
    Ok(vm.none())
}

/// Counts the list of pairs in which CPython takes the entries of a dict (`PyDict_Items`, `mutablemapping_add_pairs`).
struct Pairs<'a> {
    _list: heap::Passing<'a>,
    _pairs: Vec<heap::Passing<'a>>,
    _iterators: [heap::Passing<'a>; 2],
}

impl Pairs<'_> {
    fn passing(vm: &Vm, len: usize) -> Pairs<'_> {
        Pairs {
            _list: vm.heap.passing(Kind::LIST),
            _pairs: (0..len).map(|_| vm.heap.passing_tuple(2)).collect(),
            _iterators: [kinds::LIST_ITERATOR, kinds::TUPLE_ITERATOR].map(|kind| vm.heap.passing(kind)),
        }
    }
}

/// `mutablemapping_update_arg`: a mapping, what has `items`, or pairs.
fn update_from(vm: &Vm, this: &Obj, source: &Obj) -> PyResult<()> {
    if source.kind() == Kind::DICT && source.extra().is_none() {
        let items = vm.dict_items(source);
        let _pairs = Pairs::passing(vm, items.len());
        return items.iter().try_for_each(|(key, value)| vm.setitem(this, key, Some(value)));
    }
    if let Some(keys) = vm.getattr_opt_str(source, "keys")? {
        let keys = vm.call(&keys, &[])?;
        return vm.iterate(&keys, &mut |key| {
            let value = vm.getitem(source, &key)?;
            vm.setitem(this, &key, Some(&value))
        });
    }
    let pairs = match vm.getattr_opt_str(source, "items")? {
        Some(items) => vm.call(&items, &[])?,
        None => source.clone(),
    };
    vm.iterate(&pairs, &mut |pair| {
        let parts = vm.iter(&pair)?;
        let mut taken = Vec::with_capacity(2);
        while taken.len() < 2 {
            let Some(part) = vm.next(&parts)? else {
                let (n, plural) = (taken.len(), if taken.len() == 1 { "" } else { "s" });
                return Err(vm.value_error(format!("need more than {n} value{plural} to unpack")));
            };
            taken.push(part);
        }
        if vm.next(&parts)?.is_some() {
            return Err(vm.value_error("too many values to unpack (expected 2)"));
        }
        vm.setitem(this, &taken[0], Some(&taken[1]))
    })
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let name = vm.class(&vm.class_of(this)).name.get().map(|name| vm.lossy(&name)).unwrap_or_default();
    if dict(this).is_empty() {
        return Ok(vm.str(&format!("{name}()")));
    }
    if vm.repr_enter(this) {
        return Ok(vm.str("..."));
    }
    let inside = vm.dict_copy(this).and_then(|plain| {
        let mut text = format!("{name}(").into_bytes();
        vm.push_repr(&mut text, &plain)?;
        text.push(b')');
        Ok(text)
    });
    vm.repr_leave(this);
    Ok(vm.str_from_bytes(&inside?))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if !is_ordered(a) || b.get::<Dict>().is_none() || !matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(vm.not_implemented());
    }
    let Some(of_dict) = vm.class(&vm.types.dict).slots.richcompare.get() else { return Ok(vm.not_implemented()) };
    let mut equal = vm.is_true(&of_dict(vm, a, b, Compare::Eq)?)?;
    if equal && is_ordered(b) {
        equal = same_keys(vm, dict(a), dict(b))?;
    }
    Ok(vm.bool(equal == (op == Compare::Eq)))
}

/// `_odict_keys_equal`: whether two dicts have equal keys in the same order.
fn same_keys(vm: &Vm, a: &Dict, b: &Dict) -> PyResult<bool> {
    let orders = (a.order(), b.order());
    let (mut at, mut other) = (0, 0);
    loop {
        match (a.next_entry(&mut at), b.next_entry(&mut other)) {
            (None, None) => return Ok(true),
            (Some((x, _)), Some((y, _))) if vm.eq(&x, &y)? => {}
            _ => return Ok(false),
        }
        if (a.order(), b.order()) != orders {
            return Err(vm.runtime_error("OrderedDict mutated during iteration"));
        }
    }
}

fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (this, other) = if is_ordered(a) { (a, b) } else { (b, a) };
    if other.get::<Dict>().is_none() {
        return Ok(vm.not_implemented());
    }
    let made = vm.call(&vm.class_of(this), std::slice::from_ref(a))?;
    update_from(vm, &made, b)?;
    Ok(made)
}

fn fromkeys(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "fromkeys", params: &["iterable", "value"], positional_only: 0, positional: 2, required: 1 };
    let [Some(keys), value] = args.bind(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    let value = value.cloned().unwrap_or_else(|| vm.none());
    let made = vm.call(class, &[])?;
    vm.iterate(keys, &mut |key| vm.setitem(&made, &key, Some(&value)))?;
    Ok(made)
}

/// The dict, the index of nodes, and a node for each key.
fn sizeof(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let (basic, dict) = (vm.basic_size(vm.class(&vm.class_of(this))), dict(this));
    Ok(vm.int((basic + dict.sizeof_model() - 64 + 8 * dict.index_size() + 32 * dict.len()) as i64))
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let state = vm.call_method(this, "__getstate__", &[])?;
    // Attributes that are not there are no state.
    let state = if state.get::<Dict>().is_some_and(Dict::is_empty) { vm.none() } else { state };
    let items = vm.call_method(this, "items", &[])?;
    Ok(vm.tuple(vec![vm.class_of(this), vm.consts.empty_tuple.clone(), state, vm.none(), vm.iter(&items)?]))
}

fn setdefault(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "setdefault", params: &["key", "default"], positional_only: 0, positional: 2, required: 1 };
    let [Some(key), default] = args.bind(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    let default = default.cloned().unwrap_or_else(|| vm.none());
    if is_exact(vm, this) {
        if let Some(at) = find(vm, this, key)? {
            return Ok(dict(this).value_at(at).unwrap_or(default));
        }
        set_item(vm, this, key, Some(&default))?;
        return Ok(default);
    }
    if vm.contains(this, key)? {
        return vm.getitem(this, key);
    }
    vm.setitem(this, key, Some(&default))?;
    Ok(default)
}

fn pop(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "pop", params: &["key", "default"], positional_only: 0, positional: 2, required: 1 };
    let [Some(key), default] = args.bind(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    pop_key(vm, this, key, default)
}

/// `_odict_popkey`: no method of a subclass is asked.
fn pop_key(vm: &Vm, this: &Obj, key: &Obj, default: Option<&Obj>) -> PyResult {
    let hash = vm.hash(key)?;
    match dict(this).remove(key, hash, |found| vm.eq(found, key))? {
        Some((_, value)) => Ok(value),
        None => default.cloned().ok_or_else(|| vm.key_error(key)),
    }
}

/// The `last` argument.
fn is_last(vm: &Vm, last: Option<&Obj>) -> PyResult<bool> {
    last.map_or(Ok(true), |last| vm.is_true(last))
}

/// The place of the last or the first key.
fn end_of(dict: &Dict, last: bool) -> Option<usize> {
    if last { dict.previous_index(dict.end()) } else { dict.next_index(0) }
}

fn popitem(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "popitem", params: &["last"], positional_only: 0, positional: 1, required: 0 };
    let [last] = args.bind(vm, &SIGNATURE)?;
    let last = is_last(vm, last)?;
    let Some(at) = end_of(dict(this), last) else { return Err(vm.key_error(&vm.str("dictionary is empty"))) };
    let entry = if last { dict(this).pop_last() } else { dict(this).remove_at(at) };
    entry.map(|(key, value)| vm.tuple_of(vec![key, value])).ok_or_else(|| vm.key_error(&vm.str("dictionary is empty")))
}

fn clear(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    drop(dict(this).take());
    Ok(vm.none())
}

fn copy(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let made = vm.call(&vm.class_of(this), &[])?;
    let (exact, order) = (is_exact(vm, this), dict(this).order());
    let mut from = 0;
    while let Some(at) = dict(this).next_index(from) {
        let Some((key, value)) = dict(this).entry_at(at) else { break };
        if exact {
            vm.dict_set_hashed(&made, &key, dict(this).hash_at(at), value)?;
        } else {
            let value = vm.getitem(this, &key)?;
            vm.setitem(&made, &key, Some(&value))?;
        }
        if dict(this).order() != order {
            return Err(vm.runtime_error("OrderedDict mutated during iteration"));
        }
        from = at + 1;
    }
    Ok(made)
}

fn move_to_end(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "move_to_end", params: &["key", "last"], positional_only: 0, positional: 2, required: 1 };
    let [Some(key), last] = args.bind(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    let last = is_last(vm, last)?;
    let Some(at) = (if dict(this).is_empty() { None } else { find(vm, this, key)? }) else { return Err(vm.key_error(key)) };
    if end_of(dict(this), last) != Some(at) {
        dict(this).move_to_end(at, last);
    }
    Ok(vm.none())
}
