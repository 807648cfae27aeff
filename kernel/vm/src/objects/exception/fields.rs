//! The exceptions whose constructors keep one or two things by name: `StopIteration.value`, `NameError.name` …

use heap::{Obj, Str, Tuple};

use super::hierarchy::{field, store};
use super::{get_args, init};
use crate::class::{Convention, Method, Slots};
use crate::{Args, PyResult, Vm};

/// `StopIteration.value` is the first argument.
pub(super) fn stop_iteration(slots: &Slots) {
    slots.init.set(Some(|vm, this, args| {
        init(vm, this, args)?;
        store(this, 0, Some(args.get(0).cloned().unwrap_or_else(|| vm.none())));
        Ok(())
    }));
}

/// `SystemExit.code` is the only argument, or all of them.
pub(super) fn system_exit(slots: &Slots) {
    slots.init.set(Some(|vm, this, args| {
        init(vm, this, args)?;
        match args.pos() {
            [] => {}
            [code] => store(this, 0, Some(code.clone())),
            _ => store(this, 0, Some(get_args(vm, this)?)),
        }
        Ok(())
    }));
}

/// The text of a KeyError is the repr of the key, so that an empty one shows.
pub(super) fn key_error(slots: &Slots) {
    slots.str.set(Some(|vm, this| match vm.exception_args(this).as_slice() {
        [key] => vm.repr(key),
        _ => super::str(vm, this),
    }));
}

/// Takes keyword arguments into fields by name, in the order of `names`; any other name is an error.
fn keywords(vm: &Vm, this: &Obj, args: Args<'_>, first: usize, names: &[&str]) -> PyResult<()> {
    let given = args.keywords().count();
    if given > names.len() {
        let plural = if names.len() == 1 { "" } else { "s" };
        let (class, most) = (vm.type_name(this), names.len());
        return Err(vm.type_error(format!("{class}() takes at most {most} keyword argument{plural} ({given} given)")));
    }
    // What is not given is forgotten, if the exception is initialised once more.
    (0..names.len()).for_each(|place| store(this, first + place, None));
    for (key, value) in args.keywords() {
        let Some(place) = names.iter().position(|name| *name == vm.lossy(key)) else {
            return Err(crate::args::unexpected_keyword(vm, &vm.type_name(this), key, names));
        };
        store(this, first + place, Some(value.clone()));
    }
    Ok(())
}

/// `AttributeError(*args, name=None, obj=None)`.
pub(super) fn attribute_error(slots: &Slots) {
    slots.init.set(Some(|vm, this, args| {
        init(vm, this, Args::positional(args.pos()))?;
        keywords(vm, this, args, 0, &["name", "obj"])
    }));
}

/// `NameError(*args, name=None)`.
pub(super) fn name_error(slots: &Slots) {
    slots.init.set(Some(|vm, this, args| {
        init(vm, this, Args::positional(args.pos()))?;
        keywords(vm, this, args, 0, &["name"])
    }));
}

/// `ImportError(*args, name=None, path=None, name_from=None)`; a single argument is the message.
pub(super) fn import_error(slots: &Slots) {
    slots.init.set(Some(|vm, this, args| {
        init(vm, this, Args::positional(args.pos()))?;
        keywords(vm, this, args, 1, &["name", "path", "name_from"])?;
        let message = if let [message] = args.pos() { Some(message.clone()) } else { None };
        store(this, 0, message);
        Ok(())
    }));
    slots.str.set(Some(|vm, this| match field(this, 0) {
        Some(message) if message.get::<Str>().is_some() && message.extra().is_none() => Ok(message),
        _ => super::str(vm, this),
    }));
}

pub(super) static IMPORT_METHODS: &[Method] = &[Method::new("__reduce__", reduce_import, Convention::NoArgs).signature("($self, /)")];

fn reduce_import(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let state = match this.extra().and_then(|extra| extra.dict()) {
        Some(dict) => Some(vm.call_method(&dict, "copy", &[])?),
        None => None,
    };
    let named: Vec<(&str, Obj)> =
        [("name", 1), ("path", 2), ("name_from", 3)].into_iter().filter_map(|(name, place)| Some((name, field(this, place)?))).collect();
    let state = if named.is_empty() {
        state
    } else {
        let state = state.unwrap_or_else(|| vm.dict());
        for (name, value) in named {
            vm.dict_set_str(&state, name, value);
        }
        Some(state)
    };
    let mut parts = vec![vm.class_of(this), get_args(vm, this)?];
    parts.extend(state);
    Ok(vm.tuple(parts))
}

pub(super) static ATTRIBUTE_METHODS: &[Method] = &[
    Method::new("__getstate__", attribute_state, Convention::NoArgs).signature("($self, /)"),
    Method::new("__reduce__", reduce_attribute, Convention::NoArgs).signature("($self, /)"),
];

fn attribute_state(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let state = match this.extra().and_then(|extra| extra.dict()) {
        Some(dict) => vm.call_method(&dict, "copy", &[])?,
        None => vm.dict(),
    };
    // The object itself may not be copyable, so only the name and the arguments travel.
    if let Some(name) = field(this, 0) {
        vm.dict_set_str(&state, "name", name);
    }
    vm.dict_set_str(&state, "args", get_args(vm, this)?);
    Ok(state)
}

fn reduce_attribute(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let state = attribute_state(vm, this, Args::NONE)?;
    Ok(vm.tuple(vec![vm.class_of(this), get_args(vm, this)?, state]))
}

/// The items of an exact tuple.
pub(super) fn items(tuple: &Obj) -> &[Obj] {
    tuple.get::<Tuple>().map(Tuple::items).unwrap_or_default()
}
