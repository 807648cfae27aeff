//! `Template` and `Interpolation`: what a t-string makes (PEP 750; `Objects/templateobject.c`, `Objects/interpolationobject.c`).

use std::cell::Cell;

use heap::{Obj, Slot, Str, Tuple};

use super::generic_alias::class_getitem;
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::{Args, PyResult, Signature, Vm, kinds};

/// The payload of a `Template`.
pub struct Template {
    /// `strings`, one more than the interpolations.
    pub strings: Slot,
    /// `interpolations`.
    pub interpolations: Slot,
}

crate::payload!(Template, kinds::TEMPLATE, { strings, interpolations });

/// The payload of a template's iterator.
pub(crate) struct TemplateIterator {
    strings: Slot,
    interpolations: Slot,
    /// A string comes next.
    from_strings: Cell<bool>,
}

crate::payload!(TemplateIterator, kinds::TEMPLATE_ITERATOR, { strings, interpolations });

/// The payload of an `Interpolation`.
pub struct Interpolation {
    value: Slot,
    expression: Slot,
    conversion: Slot,
    format_spec: Slot,
}

crate::payload!(Interpolation, kinds::INTERPOLATION, { value, expression, conversion, format_spec });

fn template(obj: &Obj) -> &Template {
    obj.get::<Template>().expect("a template has the payload of one")
}

fn interpolation(obj: &Obj) -> &Interpolation {
    obj.get::<Interpolation>().expect("an interpolation has the payload of one")
}

fn items(slot: &Slot) -> Vec<Obj> {
    slot.get().and_then(|tuple| tuple.get::<Tuple>().map(|tuple| tuple.items().to_vec())).unwrap_or_default()
}

impl Vm {
    /// `{value!conversion:spec}`.
    pub(crate) fn new_interpolation(&self, value: Obj, expression: Obj, conversion: Obj, format_spec: Obj) -> Obj {
        let payload = Interpolation {
            value: value.into(),
            expression: expression.into(),
            conversion: conversion.into(),
            format_spec: format_spec.into(),
        };
        self.heap.alloc(payload).tracked()
    }

    fn template_of(&self, parts: Vec<Obj>) -> PyResult {
        let (mut strings, mut interpolations, mut text) = (Vec::new(), Vec::new(), String::new());
        for part in parts {
            if part.get::<Interpolation>().is_some() {
                strings.push(self.str(&std::mem::take(&mut text)));
                interpolations.push(part);
            } else if part.get::<Str>().is_some() {
                text.push_str(&self.lossy(&part));
            } else {
                let name = self.type_name(&part);
                return Err(self.type_error(format!("Template.__new__ *args need to be of type 'str' or 'Interpolation', got {name}")));
            }
        }
        strings.push(self.str(&text));
        Ok(self.build_template(self.tuple(strings), self.tuple(interpolations)))
    }

    /// Strings that are not empty and interpolations, in turn.
    fn template_parts(&self, obj: &Obj) -> Vec<Obj> {
        let payload = template(obj);
        let mut interpolations = items(&payload.interpolations).into_iter();
        let mut out = Vec::new();
        for string in items(&payload.strings) {
            if string.get::<Str>().is_some_and(|text| text.chars() > 0) {
                out.push(string);
            }
            out.extend(interpolations.next());
        }
        out
    }
}

fn new_template(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(vm.type_error("Template.__new__ only accepts *args arguments"));
    }
    vm.template_of(args.pos().to_vec())
}

fn template_repr(vm: &Vm, obj: &Obj) -> PyResult {
    let payload = template(obj);
    let strings = vm.repr_text(&vm.slot_or_none(&payload.strings))?;
    let interpolations = vm.repr_text(&vm.slot_or_none(&payload.interpolations))?;
    Ok(vm.str(&format!("Template(strings={strings}, interpolations={interpolations})")))
}

/// `%T`: the class with its module.
fn full_name(vm: &Vm, obj: &Obj) -> String {
    vm.full_class_name(&vm.class_of(obj))
}

fn concat(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if a.get::<Template>().is_none() || b.get::<Template>().is_none() {
        let (a, b) = (full_name(vm, a), full_name(vm, b));
        return Err(vm.type_error(format!("can only concatenate {a} (not \"{b}\") to {a}")));
    }
    vm.template_of(vm.template_parts(a).into_iter().chain(vm.template_parts(b)).collect())
}

/// `string.templatelib.Template`.
pub static TEMPLATE: ClassSpec = ClassSpec {
    name: "string.templatelib.Template",
    base: Some(&super::object::OBJECT),
    kind: kinds::TEMPLATE,
    flags: flags::HAVE_GC,
    slots: |slots| {
        slots.new.set(Some(new_template));
        slots.repr.set(Some(template_repr));
        slots.concat.set(Some(concat));
        slots.iter.set(Some(iterate));
    },
    methods: &[
        Method::new("__reduce__", reduce_template, Convention::NoArgs),
        Method::class("__class_getitem__", class_getitem, Convention::One),
    ],
    getset: &[
        GetSet::member("strings", |vm, obj| Ok(vm.slot_or_none(&template(obj).strings))),
        GetSet::member("interpolations", |vm, obj| Ok(vm.slot_or_none(&template(obj).interpolations))),
        GetSet::new("values", |vm, obj| {
            let values = items(&template(obj).interpolations).iter().map(|part| vm.slot_or_none(&interpolation(part).value)).collect();
            Ok(vm.tuple(values))
        }),
    ],
    basicsize: 32,
    itemsize: 0,
    doc: "Template object",
};

fn iterate(vm: &Vm, obj: &Obj) -> PyResult {
    let payload = template(obj);
    let parts = |slot: &Slot| vm.iter(&vm.slot_or_none(slot)).map(Slot::from);
    let (strings, interpolations) = (parts(&payload.strings)?, parts(&payload.interpolations)?);
    Ok(vm.heap.alloc(TemplateIterator { strings, interpolations, from_strings: Cell::new(true) }).tracked())
}

/// Strings and interpolations in turn; a string that is empty is left out.
fn next_part(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let it = obj.get::<TemplateIterator>().expect("a template's iterator has the payload of one");
    let next = |parts: &Slot| parts.get().map_or(Ok(None), |parts| vm.next(&parts));
    if it.from_strings.replace(false) {
        match next(&it.strings)? {
            Some(text) if text.get::<Str>().is_some_and(|text| text.as_bytes().is_empty()) => {}
            part => return Ok(part),
        }
    }
    it.from_strings.set(true);
    next(&it.interpolations)
}

/// The function that makes a template of its parts is in `string.templatelib`.
fn reduce_template(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let module = vm.import_module("string.templatelib")?;
    let parts = [&template(obj).strings, &template(obj).interpolations].map(|slot| vm.slot_or_none(slot));
    Ok(vm.pair(vm.getattr_str(&module, "_template_unpickle")?, vm.tuple(parts.to_vec())))
}

/// `string.templatelib.TemplateIter`.
pub static TEMPLATE_ITERATOR: ClassSpec = ClassSpec {
    name: "string.templatelib.TemplateIter",
    base: None,
    kind: kinds::TEMPLATE_ITERATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |slots| {
        slots.iter.set(Some(|_, obj| Ok(obj.clone())));
        slots.iternext.set(Some(next_part));
    },
    methods: &[],
    getset: &[],
    basicsize: 40,
    itemsize: 0,
    doc: "Template iterator object",
};

fn new_interpolation(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let signature = Signature {
        name: "Interpolation",
        params: &["value", "expression", "conversion", "format_spec"],
        positional_only: 0,
        positional: 4,
        required: 1,
    };
    let [value, expression, conversion, spec] = args.bind::<4>(vm, &signature)?;
    for (name, given) in [("expression", expression), ("conversion", conversion), ("format_spec", spec)] {
        if let Some(given) = given.filter(|given| given.get::<Str>().is_none() && !(name == "conversion" && given.is(&vm.consts.none))) {
            return Err(vm.type_error(format!("Interpolation() argument '{name}' must be str, not {}", vm.type_name(given))));
        }
    }
    let text = |arg: Option<&Obj>| arg.cloned().unwrap_or_else(|| vm.consts.empty_str.clone());
    let conversion = conversion.cloned().unwrap_or_else(|| vm.none());
    if !conversion.is(&vm.consts.none) && !matches!(&*vm.lossy(&conversion), "s" | "r" | "a") {
        return Err(vm.value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"));
    }
    let value = value.cloned().unwrap_or_else(|| vm.none());
    Ok(vm.new_interpolation(value, text(expression), conversion, text(spec)))
}

fn reduce_interpolation(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let own = interpolation(obj);
    let parts = [&own.value, &own.expression, &own.conversion, &own.format_spec].map(|slot| vm.slot_or_none(slot));
    Ok(vm.pair(vm.types.interpolation.clone(), vm.tuple(parts.to_vec())))
}

fn interpolation_repr(vm: &Vm, obj: &Obj) -> PyResult {
    let payload = interpolation(obj);
    let mut parts = Vec::new();
    for slot in [&payload.value, &payload.expression, &payload.conversion, &payload.format_spec] {
        parts.push(vm.repr_text(&vm.slot_or_none(slot))?);
    }
    Ok(vm.str(&format!("Interpolation({})", parts.join(", "))))
}

/// `string.templatelib.Interpolation`.
pub static INTERPOLATION: ClassSpec = ClassSpec {
    name: "string.templatelib.Interpolation",
    base: Some(&super::object::OBJECT),
    kind: kinds::INTERPOLATION,
    flags: flags::HAVE_GC,
    slots: |slots| {
        slots.new.set(Some(new_interpolation));
        slots.repr.set(Some(interpolation_repr));
    },
    methods: &[
        Method::new("__reduce__", reduce_interpolation, Convention::NoArgs),
        Method::class("__class_getitem__", class_getitem, Convention::One),
    ],
    getset: &[
        GetSet::member("value", |vm, obj| Ok(vm.slot_or_none(&interpolation(obj).value))),
        GetSet::member("expression", |vm, obj| Ok(vm.slot_or_none(&interpolation(obj).expression))),
        GetSet::member("conversion", |vm, obj| Ok(vm.slot_or_none(&interpolation(obj).conversion))),
        GetSet::member("format_spec", |vm, obj| Ok(vm.slot_or_none(&interpolation(obj).format_spec))),
    ],
    basicsize: 48,
    itemsize: 0,
    doc: "Interpolation object",
};
