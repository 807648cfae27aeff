//! `defaultdict`: a dict that makes what is missing. A dict by layout; the factory is a slot of its `Extra`.

use heap::{Dict, Obj};

use crate::class::{ClassSpec, Convention, GetSet, Method, Operator, flags};
use crate::{Args, PyResult, Vm};

pub(crate) static DEFAULTDICT: ClassSpec = ClassSpec {
    name: "collections.defaultdict",
    base: Some(&crate::objects::dict::DICT),
    kind: heap::Kind::DICT,
    flags: flags::CONTAINER | flags::DICT_SUBCLASS | flags::MODULE_TYPE,
    slots: |s| {
        s.init.set(Some(init));
        s.repr.set(Some(repr));
        s.binary[Operator::Or as usize].set(Some(or));
    },
    methods: &[
        Method::new("__missing__", missing, Convention::One).signature("($self, object, /)"),
        Method::new("copy", |vm, this, _| copy(vm, this), Convention::NoArgs).signature("($self, /)"),
        Method::new("__copy__", |vm, this, _| copy(vm, this), Convention::NoArgs).signature("($self, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::class("__class_getitem__", |vm, this, args| vm.generic_alias(this, &args.pos()[0]), Convention::One)
            .signature("($type, object, /)"),
    ],
    getset: &[GetSet {
        name: "default_factory",
        get: |vm, this| Ok(factory(this).unwrap_or_else(|| vm.none())),
        set: Some(|_, this, value| {
            set_factory(this, value.cloned());
            Ok(())
        }),
        member: true,
        doc: "",
    }],
    basicsize: 56,
    itemsize: 0,
    doc: "",
};

fn factory(this: &Obj) -> Option<Obj> {
    this.extra().and_then(|extra| extra.slot(0).get())
}

fn set_factory(this: &Obj, value: Option<Obj>) {
    if let Some(extra) = this.extra() {
        drop(extra.slot(0).replace(value));
    }
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let (_rest, _slice);
    let mut rest = args;
    if let Some(first) = args.get(0) {
        if !first.is(&vm.consts.none) && !vm.is_callable(first) {
            return Err(vm.type_error("first argument must be callable or None"));
        }
        // `dict` gets a slice of the arguments, which is taken with a slice object from 3.14 on.
        _rest = vm.heap.passing_tuple(args.pos().len() - 1);
        _slice = (vm.version >= compile::Version::V3_14).then(|| vm.heap.passing(crate::kinds::SLICE));
        rest = args.rest();
        set_factory(this, Some(first.clone()).filter(|first| !first.is(&vm.consts.none)));
    }
    match vm.class(&vm.types.dict).slots.init.get() {
        Some(init) => init(vm, this, rest),
        None => Ok(()),
    }
}

fn missing(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let key = &args.pos()[0];
    let Some(factory) = factory(this).filter(|factory| !factory.is(&vm.consts.none)) else { return Err(vm.key_error(key)) };
    let value = vm.call(&factory, &[])?;
    // What the factory itself set for the key stays from 3.14 on.
    if vm.version >= compile::Version::V3_14 {
        return vm.dict_setdefault(this, key, value);
    }
    vm.dict_set(this, key, value.clone())?;
    Ok(value)
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let base = match vm.class(&vm.types.dict).slots.repr.get() {
        Some(repr) => vm.lossy(&repr(vm, this)?),
        None => String::new(),
    };
    let factory = match factory(this) {
        None => "None".to_owned(),
        // A factory that leads back here is cut short.
        Some(factory) if vm.repr_enter(&factory) => "...".to_owned(),
        Some(factory) => {
            let text = vm.repr_text(&factory);
            vm.repr_leave(&factory);
            text?
        }
    };
    let name = vm.class(&vm.class_of(this)).name.get().map(|name| vm.lossy(&name)).unwrap_or_default();
    Ok(vm.str(&format!("{name}({factory}, {base})")))
}

fn copy(vm: &Vm, this: &Obj) -> PyResult {
    let factory = factory(this).unwrap_or_else(|| vm.none());
    vm.call(&vm.class_of(this), &[factory, this.clone()])
}

fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (this, other) = if vm.is_kind_of(a, &vm.types.defaultdict) { (a, b) } else { (b, a) };
    if other.get::<Dict>().is_none() || this.get::<Dict>().is_none() {
        return Ok(vm.not_implemented());
    }
    let factory = factory(this).unwrap_or_else(|| vm.none());
    let made = vm.call(&vm.class_of(this), &[factory, a.clone()])?;
    vm.call_method(&made, "update", std::slice::from_ref(b))?;
    Ok(made)
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let args = match factory(this) {
        None => vm.consts.empty_tuple.clone(),
        Some(factory) => vm.tuple(vec![factory]),
    };
    let items = vm.call_method(this, "items", &[])?;
    Ok(vm.tuple(vec![vm.class_of(this), args, vm.none(), vm.none(), vm.iter(&items)?]))
}
