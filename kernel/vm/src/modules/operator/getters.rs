//! `itemgetter`, `attrgetter` and `methodcaller`.

use heap::{Kind, Obj, Slot, Tuple};

use crate::class::{ClassSpec, Convention, GetSet, Method, Native, Slots, Unary, flags};
use crate::protocol::Loaded;
use crate::{Args, PyResult, Vm, kinds};

const fn kind(n: u8) -> Kind {
    Kind(kinds::MODULES.0 + n)
}

/// The payload of an `itemgetter`: a key, or a tuple of several.
pub(super) struct ItemGetter {
    item: Slot,
    several: bool,
}
crate::payload!(ItemGetter, kind(107), { item });

/// The payload of an `attrgetter`: a tuple of names, those with dots as tuples of their parts.
pub(super) struct AttrGetter {
    names: Slot,
}
crate::payload!(AttrGetter, kind(108), { names });

/// The payload of a `methodcaller`.
pub(super) struct MethodCaller {
    name: Slot,
    args: Slot,
    /// A dict, or nothing.
    keywords: Slot,
}
crate::payload!(MethodCaller, kind(109), { args, keywords, name });

/// Makes the payloads known to a heap.
pub(in crate::modules) fn register_payloads(heap: &heap::Heap) {
    heap.register::<ItemGetter>();
    heap.register::<AttrGetter>();
    heap.register::<MethodCaller>();
}

const SIGNATURE: &[GetSet] = &[GetSet::new("__text_signature__", |vm, _| Ok(vm.str("(obj, /)")))];

macro_rules! getter {
    ($spec:ident, $name:literal, $kind:literal, $new:ident, $call:ident, $repr:ident, $reduce:ident, $size:literal, $doc:literal) => {
        pub(super) static $spec: ClassSpec = ClassSpec {
            name: concat!("operator.", $name),
            base: None,
            kind: kind($kind),
            flags: flags::HAVE_GC | flags::HEAP_TYPE | flags::HAVE_VECTORCALL,
            slots: |s| slots(s, $new, $call, $repr),
            methods: &[Method::new("__reduce__", $reduce, Convention::NoArgs).signature("($self, /)")],
            getset: SIGNATURE,
            basicsize: $size,
            itemsize: 0,
            doc: $doc,
        };
    };
}

getter!(ITEM_GETTER, "itemgetter", 107, new_item, call_item, repr_item, reduce_item, 48, "itemgetter(item, /, *items)\n--\n\n");
getter!(ATTR_GETTER, "attrgetter", 108, new_attr, call_attr, repr_attr, reduce_attr, 40, "attrgetter(attr, /, *attrs)\n--\n\n");
getter!(
    METHOD_CALLER,
    "methodcaller",
    109,
    new_method,
    call_method,
    repr_method,
    reduce_method,
    64,
    "methodcaller(name, /, *args, **kwargs)\n--\n\n"
);

fn slots(s: &Slots, new: Native, call: Native, repr: Unary) {
    s.new.set(Some(new));
    s.call.set(Some(call));
    s.repr.set(Some(repr));
    s.getattro.set(Some(Vm::generic_getattr));
}

/// The one object a getter is called with.
fn one<'a>(vm: &Vm, name: &str, args: Args<'a>) -> PyResult<&'a Obj> {
    Ok(&args.check(vm, name, 1, 1)?[0])
}

fn items(tuple: &Obj) -> &[Obj] {
    tuple.get::<Tuple>().map_or(&[], Tuple::items)
}

/// A text in a `repr`, cut short where it leads back here.
fn guarded_repr(vm: &Vm, this: &Obj, inside: impl FnOnce() -> PyResult<String>) -> PyResult {
    let name = vm.type_name(this);
    if vm.repr_enter(this) {
        return Ok(vm.str(&format!("{name}(...)")));
    }
    let text = inside();
    vm.repr_leave(this);
    Ok(vm.str(&format!("{name}({})", text?)))
}

fn reprs(vm: &Vm, items: &[Obj]) -> PyResult<Vec<String>> {
    items.iter().map(|item| vm.repr_text(item)).collect()
}

fn item_of(this: &Obj) -> &ItemGetter {
    this.get::<ItemGetter>().expect("a method of an itemgetter gets one")
}

fn new_item(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    vm.no_keywords("itemgetter", args)?;
    let (item, several) = match args.pos() {
        [_, _, ..] => (args.to_tuple(vm), true),
        _ => (args.check(vm, "itemgetter", 1, 1)?[0].clone(), false),
    };
    Ok(vm.new_object(class, ItemGetter { item: item.into(), several }))
}

fn call_item(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let obj = one(vm, "itemgetter", args)?;
    let getter = item_of(this);
    let item = vm.slot_or_none(&getter.item);
    if !getter.several {
        return vm.getitem(obj, &item);
    }
    let room = vm.heap.passing_tuple(items(&item).len());
    let taken = items(&item).iter().map(|key| vm.getitem(obj, key)).collect::<PyResult<Vec<_>>>()?;
    drop(room);
    Ok(vm.tuple(taken))
}

fn repr_item(vm: &Vm, this: &Obj) -> PyResult {
    guarded_repr(vm, this, || {
        let item = vm.slot_or_none(&item_of(this).item);
        if item_of(this).several { Ok(reprs(vm, items(&item))?.join(", ")) } else { vm.repr_text(&item) }
    })
}

fn reduce_item(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let item = vm.slot_or_none(&item_of(this).item);
    let args = if item_of(this).several { item } else { vm.tuple(vec![item]) };
    Ok(vm.pair(vm.class_of(this), args))
}

fn names_of(vm: &Vm, this: &Obj) -> Obj {
    vm.slot_or_none(&this.get::<AttrGetter>().expect("a method of an attrgetter gets one").names)
}

fn new_attr(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    vm.no_keywords("attrgetter", args)?;
    if args.pos().is_empty() {
        args.check(vm, "attrgetter", 1, 1)?;
    }
    let mut names = Vec::new();
    for name in args.pos() {
        let Some(text) = crate::objects::leaf::text(name) else { return Err(vm.type_error("attribute name must be a string")) };
        if !text.contains(&b'.') {
            names.push(vm.intern_obj(&vm.plain_value(name)));
            continue;
        }
        let parts = text.split(|&b| b == b'.').map(|part| vm.intern_obj(&vm.str_from_bytes(part))).collect();
        names.push(vm.tuple(parts));
    }
    let names = vm.tuple(names);
    Ok(vm.new_object(class, AttrGetter { names: names.into() }))
}

/// An attribute by its name, or by a tuple of names one after another.
fn dotted(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult {
    match name.get::<Tuple>() {
        Some(parts) => parts.items().iter().try_fold(obj.clone(), |obj, part| vm.getattr(&obj, part)),
        None => vm.getattr(obj, name),
    }
}

fn call_attr(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let obj = one(vm, "attrgetter", args)?;
    let names = names_of(vm, this);
    match items(&names) {
        [name] => dotted(vm, obj, name),
        names => Ok(vm.tuple(names.iter().map(|name| dotted(vm, obj, name)).collect::<PyResult<_>>()?)),
    }
}

/// The names as they were given.
fn given_names(vm: &Vm, this: &Obj) -> PyResult<Vec<Obj>> {
    let dot = vm.str(".");
    let joined = |name: &Obj| match name.get::<Tuple>() {
        Some(_) => vm.call_method(&dot, "join", std::slice::from_ref(name)),
        None => Ok(name.clone()),
    };
    items(&names_of(vm, this)).iter().map(joined).collect()
}

fn repr_attr(vm: &Vm, this: &Obj) -> PyResult {
    guarded_repr(vm, this, || Ok(reprs(vm, &given_names(vm, this)?)?.join(", ")))
}

fn reduce_attr(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let names = given_names(vm, this)?;
    Ok(vm.pair(vm.class_of(this), vm.tuple(names)))
}

fn caller(vm: &Vm, this: &Obj) -> (Obj, Obj, Option<Obj>) {
    let caller = this.get::<MethodCaller>().expect("a method of a methodcaller gets one");
    let args = caller.args.get().unwrap_or_else(|| vm.consts.empty_tuple.clone());
    (vm.slot_or_none(&caller.name), args, caller.keywords.get())
}

fn new_method(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let [name, rest @ ..] = args.pos() else {
        return Err(vm.type_error("methodcaller needs at least one argument, the method name"));
    };
    if crate::objects::leaf::text(name).is_none() {
        return Err(vm.type_error("method name must be a string"));
    }
    let keywords = args.has_keywords().then(|| vm.dict());
    if let Some(keywords) = &keywords {
        for (name, value) in args.keywords() {
            vm.dict_set(keywords, name, value.clone())?;
        }
    }
    let payload =
        MethodCaller { name: vm.intern_obj(&vm.plain_value(name)).into(), args: vm.tuple(rest.to_vec()).into(), keywords: keywords.into() };
    Ok(vm.new_object(class, payload))
}

fn call_method(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let obj = one(vm, "methodcaller", args)?;
    let (name, given, keywords) = caller(vm, this);
    let (names, values): (Vec<Obj>, Vec<Obj>) = keywords.map(|keywords| vm.dict_items(&keywords)).unwrap_or_default().into_iter().unzip();
    let rest = items(&given).iter().chain(&values);
    match vm.load_method(obj, &name)? {
        Loaded::Method(function) => vm.call_lent_kw(&function, std::iter::once(obj).chain(rest), &names),
        Loaded::Value(value) => vm.call_lent_kw(&value, rest, &names),
    }
}

fn repr_method(vm: &Vm, this: &Obj) -> PyResult {
    guarded_repr(vm, this, || {
        let (name, args, keywords) = caller(vm, this);
        let mut parts = vec![vm.repr_text(&name)?];
        parts.extend(reprs(vm, items(&args))?);
        for (key, value) in keywords.map(|keywords| vm.dict_items(&keywords)).unwrap_or_default() {
            parts.push(format!("{}={}", vm.text_of(&key)?, vm.repr_text(&value)?));
        }
        Ok(parts.join(", "))
    })
}

fn reduce_method(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let (name, args, keywords) = caller(vm, this);
    let class = vm.class_of(this);
    let Some(keywords) = keywords else {
        let all = std::iter::once(name).chain(items(&args).iter().cloned()).collect();
        return Ok(vm.pair(class, vm.tuple(all)));
    };
    // Keywords are given back by a partial call of the class.
    let functools = vm.import_module("functools")?;
    let partial = vm.getattr_str(&functools, "partial")?;
    let first = vm.pair(class, name);
    Ok(vm.pair(vm.call_tuple(&partial, &first, Some(&keywords))?, args))
}
