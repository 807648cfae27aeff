//! `dict`: class and methods. The table is in `heap`; what the machine itself does with dicts is in `dict_api.rs`.
//!
//! No look into the table is held while a key is compared or hashed, or an object released. Source: `Objects/dictobject.c`.

use compile::Version;
use heap::{Dict, Kind, Obj};

use crate::class::{ClassSpec, Operator, flags};
use crate::objects::dict_view::{self, Flavour};
use crate::objects::sequence::{class_getitem, extra_layout, finish};
use crate::protocol::compare::unhashable;
use crate::{Args, Compare, Convention, Method, PyResult, Vm};

/// `dict`.
pub static DICT: ClassSpec = ClassSpec {
    name: "dict",
    base: None,
    kind: Kind::DICT,
    flags: flags::CONTAINER | flags::MAPPING | flags::DICT_SUBCLASS | flags::MATCH_SELF,
    slots: |s| {
        s.new.set(Some(new));
        s.init.set(Some(init));
        s.repr.set(Some(repr));
        s.hash.set(Some(unhashable));
        s.richcompare.set(Some(compare));
        s.iter.set(Some(|vm, obj| Ok(dict_view::iterator(vm, obj, Flavour::Keys, false))));
        s.len.set(Some(|_, obj| Ok(dict(obj).len())));
        s.subscript.set(Some(subscript));
        s.ass_subscript.set(Some(ass_subscript));
        s.contains.set(Some(|vm, obj, key| vm.dict_contains(obj, key)));
        s.binary[Operator::Or as usize].set(Some(or));
        s.in_place[Operator::Or as usize].set(Some(ior));
    },
    methods: &[
        Method::new("__getitem__", |vm, obj, args| subscript(vm, obj, &args.all()[0]), Convention::One).signature("($self, key, /)"),
        Method::new("__contains__", |vm, obj, args| Ok(vm.bool(vm.dict_contains(obj, &args.all()[0])?)), Convention::One)
            .signature("($self, key, /)"),
        Method::new("__sizeof__", sizeof, Convention::NoArgs).signature("($self, /)"),
        Method::new("get", get, Convention::Positional).signature("($self, key, default=None, /)"),
        Method::new("setdefault", setdefault, Convention::Positional).signature("($self, key, default=None, /)"),
        Method::new("pop", pop, Convention::Positional).signature("($self, key, default=<unrepresentable>, /)"),
        Method::new("popitem", popitem, Convention::NoArgs).signature("($self, /)"),
        Method::new("keys", |vm, obj, _| Ok(dict_view::view(vm, obj, Flavour::Keys)), Convention::NoArgs).signature("($self, /)"),
        Method::new("items", |vm, obj, _| Ok(dict_view::view(vm, obj, Flavour::Items)), Convention::NoArgs).signature("($self, /)"),
        Method::new("values", |vm, obj, _| Ok(dict_view::view(vm, obj, Flavour::Values)), Convention::NoArgs).signature("($self, /)"),
        Method::new("update", update, Convention::Keywords).varargs(),
        Method::class("fromkeys", fromkeys, Convention::Positional).signature("($type, iterable, value=None, /)"),
        Method::new("clear", clear, Convention::NoArgs).signature("($self, /)"),
        Method::new("copy", |vm, obj, _| vm.dict_copy(obj), Convention::NoArgs).signature("($self, /)"),
        Method::new("__reversed__", |vm, obj, _| Ok(dict_view::iterator(vm, obj, Flavour::Keys, true)), Convention::NoArgs)
            .signature("($self, /)"),
        Method::class("__class_getitem__", class_getitem, Convention::One).signature("($type, object, /)"),
    ],
    getset: &[],
    basicsize: 48,
    itemsize: 0,
    doc: "",
};

#[inline]
pub(crate) fn dict(obj: &Obj) -> &Dict {
    obj.get::<Dict>().expect("a dict's method is called on a dict")
}

fn new(vm: &Vm, class: &Obj, _: Args<'_>) -> PyResult {
    // `dict()` allocates as every class does; `{}` takes from the free list.
    vm.heap.without_free_list(Kind::DICT, || {
        if class.is(&vm.types.dict) {
            return Ok(vm.dict());
        }
        let obj = vm.heap.alloc_with_class(Dict::new(), class.clone(), extra_layout(vm, class));
        Ok(finish(vm, class, obj))
    })
}

fn init(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult<()> {
    update_from(vm, obj, args, "dict")
}

/// `dict_update_common`: an optional mapping or iterable of pairs, then keywords.
fn update_from(vm: &Vm, obj: &Obj, args: Args<'_>, name: &str) -> PyResult<()> {
    if let [source] = Args::positional(args.pos()).check(vm, name, 0, 1)? {
        vm.dict_update(obj, source)?;
    }
    for (key, value) in args.keywords() {
        vm.dict_set(obj, key, value.clone())?;
    }
    Ok(())
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    if vm.repr_enter(obj) {
        return Ok(vm.str("{...}"));
    }
    if dict(obj).is_empty() {
        vm.repr_leave(obj);
        return Ok(vm.str("{}"));
    }
    let text = repr_entries(vm, obj);
    vm.repr_leave(obj);
    Ok(vm.str_from_bytes(&text?))
}

fn repr_entries(vm: &Vm, obj: &Obj) -> PyResult<Vec<u8>> {
    let mut text = b"{".to_vec();
    let mut position = 0;
    while let Some((key, value)) = dict(obj).next_entry(&mut position) {
        if text.len() > 1 {
            text.extend_from_slice(b", ");
        }
        vm.push_repr(&mut text, &key)?;
        text.extend_from_slice(b": ");
        vm.push_repr(&mut text, &value)?;
    }
    text.push(b'}');
    Ok(text)
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Dict>(), b.get::<Dict>()) else { return Ok(vm.not_implemented()) };
    match op {
        Compare::Eq => Ok(vm.bool(equal(vm, x, y)?)),
        Compare::Ne => Ok(vm.bool(!equal(vm, x, y)?)),
        _ => Ok(vm.not_implemented()),
    }
}

/// `dict_equal`.
fn equal(vm: &Vm, a: &Dict, b: &Dict) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut from = 0;
    while let Some(i) = a.next_index(from) {
        let Some((key, value)) = a.entry_at(i) else { break };
        let Some(other) = b.get(&key, a.hash_at(i), |found| vm.eq(found, &key))? else { return Ok(false) };
        if !other.is(&value) && !vm.eq(&other, &value)? {
            return Ok(false);
        }
        from = i + 1;
    }
    Ok(true)
}

fn subscript(vm: &Vm, obj: &Obj, key: &Obj) -> PyResult {
    if let Some(value) = vm.dict_get(obj, key)? {
        return Ok(value);
    }
    if obj.extra().is_some()
        && let Some(missing) = vm.lookup_special(obj, "__missing__")?
    {
        return vm.call(&missing, std::slice::from_ref(key));
    }
    Err(vm.key_error(key))
}

fn ass_subscript(vm: &Vm, obj: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        Some(value) => vm.dict_set(obj, key, value.clone()),
        None => match vm.dict_remove(obj, key)? {
            Some(_) => Ok(()),
            None => Err(vm.key_error(key)),
        },
    }
}

fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if a.get::<Dict>().is_none() || b.get::<Dict>().is_none() {
        return Ok(vm.not_implemented());
    }
    let made = vm.dict_copy(a)?;
    vm.dict_update(&made, b)?;
    Ok(made)
}

fn ior(vm: &Vm, obj: &Obj, other: &Obj) -> PyResult {
    vm.dict_update(obj, other)?;
    Ok(obj.clone())
}

impl Vm {
    /// What `sys.getsizeof` tells of a dict's table.
    pub(crate) fn dict_table_size(&self, dict: &Dict) -> usize {
        (if self.version <= Version::V3_10 { dict.sizeof_model_3_10() } else { dict.sizeof_model() }) - 64
    }
}

fn sizeof(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let basic = vm.basic_size(vm.class(&vm.class_of(obj)));
    Ok(vm.int((basic + vm.dict_table_size(dict(obj))) as i64))
}

fn get(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "get", 1, 2)?;
    match vm.dict_get(obj, &args[0])? {
        Some(value) => Ok(value),
        None => Ok(args.get(1).cloned().unwrap_or_else(|| vm.none())),
    }
}

fn setdefault(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "setdefault", 1, 2)?;
    vm.dict_setdefault(obj, &args[0], args.get(1).cloned().unwrap_or_else(|| vm.none()))
}

fn pop(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "pop", 1, 2)?;
    if dict(obj).is_empty() {
        // Nothing is hashed in an empty dict.
        return args.get(1).cloned().ok_or_else(|| vm.key_error(&args[0]));
    }
    match vm.dict_remove(obj, &args[0])? {
        Some(value) => Ok(value),
        None => args.get(1).cloned().ok_or_else(|| vm.key_error(&args[0])),
    }
}

fn popitem(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    match dict(obj).pop_last() {
        Some((key, value)) => Ok(vm.pair(key, value)),
        None => {
            // The pair is there before anything is looked for.
            drop(vm.heap.passing_tuple(2));
            Err(vm.key_error(&vm.str("popitem(): dictionary is empty")))
        }
    }
}

fn update(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    update_from(vm, obj, args, "update")?;
    Ok(vm.none())
}

fn fromkeys(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "fromkeys", 1, 2)?;
    let value = args.get(1).cloned().unwrap_or_else(|| vm.none());
    let made = vm.call(class, &[])?;
    let exact = made.kind() == Kind::DICT && made.extra().is_none();
    if exact && dict(&made).is_empty() && args[0].extra().is_none() {
        match (args[0].get::<Dict>(), args[0].as_set()) {
            (Some(source), _) => {
                dict(&made).presize(source.len(), source.is_all_str());
                let mut from = 0;
                while let Some(i) = source.next_index(from) {
                    let Some(key) = source.key_at(i) else { break };
                    vm.dict_set_hashed(&made, &key, source.hash_at(i), value.clone())?;
                    from = i + 1;
                }
                return Ok(made);
            }
            (_, Some(source)) => {
                dict(&made).presize(source.len(), false);
                let mut position = 0;
                while let Some((key, hash)) = source.next_entry(&mut position) {
                    vm.dict_set_hashed(&made, &key, hash, value.clone())?;
                }
                return Ok(made);
            }
            _ => {}
        }
    }
    vm.iterate(&args[0], &mut |key| if exact { vm.dict_set(&made, &key, value.clone()) } else { vm.setitem(&made, &key, Some(&value)) })?;
    Ok(made)
}

fn clear(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    drop(dict(obj).take());
    Ok(vm.none())
}
