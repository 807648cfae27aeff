//! `partial`: a function with some of its arguments given already.

use std::cell::Cell;

use heap::{Dict, Obj, Slot, Tuple};

use super::{kind, placeholder};
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::objects::sequence::class_getitem;
use crate::{Args, PyResult, Vm};

/// The payload of a `partial`.
pub(super) struct Partial {
    function: Slot,
    /// A tuple, `Placeholder` standing for what comes with the call.
    args: Slot,
    /// A dict.
    keywords: Slot,
    placeholders: Cell<usize>,
}

crate::payload!(Partial, kind(104), { function, args, keywords });

pub(super) static PARTIAL: ClassSpec = ClassSpec {
    name: "functools.partial",
    base: None,
    kind: kind(104),
    flags: flags::CONTAINER | flags::HEAP_TYPE | flags::HAVE_VECTORCALL | flags::DICT | flags::WEAKREFS,
    slots: |s| {
        s.new.set(Some(new));
        s.call.set(Some(call));
        s.repr.set(Some(repr));
        s.getattro.set(Some(Vm::generic_getattr));
        s.setattro.set(Some(Vm::generic_setattr));
        s.descr_get.set(Some(|vm, this, instance, _| match instance {
            Some(instance) if !instance.is(&vm.consts.none) => Ok(vm.new_method(this.clone(), instance.clone())),
            _ => Ok(this.clone()),
        }));
    },
    methods: &[
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__setstate__", set_state, Convention::One).signature("($self, object, /)"),
        Method::class("__class_getitem__", class_getitem, Convention::One).signature("($type, object, /)"),
    ],
    getset: &[
        GetSet::member("func", |vm, this| Ok(vm.slot_or_none(&own(this).function))),
        GetSet::member("args", |vm, this| Ok(vm.slot_or_none(&own(this).args))),
        GetSet::member("keywords", |vm, this| Ok(vm.slot_or_none(&own(this).keywords))),
        GetSet::with_set("__dict__", crate::objects::own_dict, crate::objects::set_own_dict),
    ],
    basicsize: 80,
    itemsize: 0,
    doc: "partial(func, /, *args, **keywords)\n--\n\n",
};

fn own(this: &Obj) -> &Partial {
    this.get::<Partial>().expect("a method of a partial gets one")
}

/// Function, arguments and keywords.
fn parts(vm: &Vm, this: &Obj) -> (Obj, Obj, Obj) {
    let own = own(this);
    let tuple = own.args.get().unwrap_or_else(|| vm.consts.empty_tuple.clone());
    (vm.slot_or_none(&own.function), tuple, own.keywords.get().unwrap_or_else(|| vm.dict()))
}

fn items(tuple: &Obj) -> &[Obj] {
    tuple.get::<Tuple>().map_or(&[], Tuple::items)
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let [function, given @ ..] = args.pos() else { return Err(vm.type_error("type 'partial' takes at least one argument")) };
    if !vm.is_callable(function) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let mark = placeholder(vm);
    if given.last().is_some_and(|last| last.is(&mark)) {
        return Err(vm.type_error("trailing Placeholders are not allowed"));
    }
    if args.keywords().any(|(_, value)| value.is(&mark)) {
        return Err(vm.type_error("Placeholder cannot be passed as a keyword argument"));
    }
    // A partial of a partial without attributes calls the function itself, with both their arguments.
    let inner = function.get::<Partial>().filter(|_| function.extra().is_none_or(|extra| extra.dict().is_none()));
    let (function, before, keywords) = match inner {
        Some(_) => parts(vm, function),
        None => (function.clone(), vm.consts.empty_tuple.clone(), vm.dict()),
    };
    let mut rest = given.iter();
    let mut all: Vec<Obj> = Vec::with_capacity(items(&before).len() + given.len());
    for item in items(&before) {
        let item = if item.is(&mark) { rest.next().unwrap_or(item) } else { item };
        all.push(item.clone());
    }
    all.extend(rest.cloned());
    let keywords = if inner.is_some() { vm.dict_copy(&keywords)? } else { keywords };
    for (name, value) in args.keywords() {
        vm.dict_set(&keywords, name, value.clone())?;
    }
    let placeholders = Cell::new(all.iter().filter(|item| item.is(&mark)).count());
    let args = vm.tuple_of(all);
    Ok(vm.new_object(class, Partial { function: function.into(), args: args.into(), keywords: keywords.into(), placeholders }))
}

fn call(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let placeholders = own(this).placeholders.get();
    let given = args.pos().len();
    if given < placeholders {
        return Err(vm.type_error(format!("missing positional arguments in 'partial' call; expected at least {placeholders}, got {given}")));
    }
    let (function, before, keywords) = parts(vm, this);
    let mark = (placeholders > 0).then(|| placeholder(vm));
    let mut rest = args.all().iter();
    let mut all: Vec<&Obj> = Vec::with_capacity(items(&before).len() + args.all().len());
    for item in items(&before) {
        let filled = mark.as_ref().filter(|mark| item.is(mark)).and_then(|_| rest.next());
        all.push(filled.unwrap_or(item));
    }
    all.extend(rest);
    let none = keywords.get::<Dict>().is_none_or(Dict::is_empty);
    if none && vm.class(&vm.class_of(&function)).has(flags::HAVE_VECTORCALL) {
        return vm.call_lent_kw(&function, all.into_iter(), args.names());
    }
    let positional = all.len() - args.names().len();
    let tuple = vm.tuple_of(all[..positional].iter().map(|item| (*item).clone()).collect());
    // A copy, since the function may change what it gets.
    let together = vm.dict_copy(&keywords)?;
    for (name, value) in args.keywords() {
        vm.dict_set(&together, name, value.clone())?;
    }
    vm.call_tuple(&function, &tuple, Some(&together))
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    if vm.repr_enter(this) {
        return Ok(vm.str("..."));
    }
    let text = shown(vm, this);
    vm.repr_leave(this);
    Ok(vm.str_from_bytes(&text?))
}

fn shown(vm: &Vm, this: &Obj) -> PyResult<Vec<u8>> {
    let (function, args, keywords) = parts(vm, this);
    let class = vm.class_of(this);
    let module = vm.class_module(&class).map(|module| vm.text_of(&module)).transpose()?.unwrap_or_default();
    let mut text = format!("{module}.{}(", vm.lossy(&vm.class_qualname(&class))).into_bytes();
    let mut rest = Vec::new();
    for item in items(&args) {
        rest.extend_from_slice(b", ");
        vm.push_repr(&mut rest, item)?;
    }
    for (name, value) in vm.dict_items(&keywords) {
        rest.extend_from_slice(b", ");
        rest.extend_from_slice(vm.text_of(&name)?.as_bytes());
        rest.push(b'=');
        vm.push_repr(&mut rest, &value)?;
    }
    vm.push_repr(&mut text, &function)?;
    text.extend(rest);
    text.push(b')');
    Ok(text)
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let (function, args, keywords) = parts(vm, this);
    let attributes = this.extra().and_then(heap::Extra::dict).unwrap_or_else(|| vm.none());
    let state = vm.tuple(vec![function.clone(), args, keywords, attributes]);
    Ok(vm.tuple(vec![vm.class_of(this), vm.tuple(vec![function]), state]))
}

fn set_state(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let wrong = || vm.type_error("invalid partial state");
    let Some([function, args, keywords, attributes]) = args.pos()[0].get::<Tuple>().map(Tuple::items) else { return Err(wrong()) };
    let none = |obj: &Obj| obj.is(&vm.consts.none);
    let is_dict = |obj: &Obj| none(obj) || obj.get::<Dict>().is_some();
    if !vm.is_callable(function) || args.get::<Tuple>().is_none() || !is_dict(keywords) || !is_dict(attributes) {
        return Err(wrong());
    }
    let mark = placeholder(vm);
    if items(args).last().is_some_and(|last| last.is(&mark)) {
        return Err(vm.type_error("trailing Placeholders are not allowed"));
    }
    let own = own(this);
    own.placeholders.set(items(args).iter().filter(|item| item.is(&mark)).count());
    let exact = if args.extra().is_some() { vm.tuple_of(items(args).to_vec()) } else { args.clone() };
    let keywords = match keywords {
        keywords if none(keywords) => vm.dict(),
        keywords if keywords.extra().is_some() => vm.dict_copy(keywords)?,
        keywords => keywords.clone(),
    };
    own.function.set(function.clone());
    own.args.set(exact);
    own.keywords.set(keywords);
    vm.set_instance_dict(this, Some(attributes).filter(|attributes| !none(attributes)))?;
    Ok(vm.none())
}
