//! `property` (`Objects/descrobject.c`).

use heap::{Obj, Slot};

use crate::args::{Args, Signature};
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::{PyResult, Vm, kinds};

/// The payload of a `property`.
#[derive(Default)]
pub struct Property {
    /// `fget`, or empty.
    pub get: Slot,
    /// `fset`, or empty.
    pub set: Slot,
    /// `fdel`, or empty.
    pub del: Slot,
    /// `__doc__`, or empty.
    pub doc: Slot,
    /// The name under which a class holds it, or empty.
    pub name: Slot,
    /// Whether the documentation came from the getter.
    pub getter_doc: std::cell::Cell<bool>,
}

crate::payload!(Property, kinds::PROPERTY, { get, set, del, doc, name });

fn payload(obj: &Obj) -> &Property {
    obj.get::<Property>().expect("a property has the payload of one")
}

const SIGNATURE: Signature =
    Signature { name: "property", params: &["fget", "fset", "fdel", "doc"], positional_only: 0, positional: 4, required: 0 };

fn init(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult<()> {
    let [get, set, del, doc] = args.bind::<4>(vm, &SIGNATURE)?;
    let given = |arg: Option<&Obj>| arg.filter(|arg| !arg.is(&vm.consts.none)).cloned();
    let property = payload(obj);
    drop(property.get.replace(given(get)));
    drop(property.set.replace(given(set)));
    drop(property.del.replace(given(del)));
    drop(property.name.take());
    property.getter_doc.set(false);
    let mut text = given(doc);
    if text.is_none()
        && let Some(getter) = given(get)
        && let Some(found) = vm.getattr_opt(&getter, &vm.names.__doc__)?.filter(|found| !found.is(&vm.consts.none))
    {
        property.getter_doc.set(true);
        text = Some(found);
    }
    if obj.extra().is_some() {
        // A subclass's instances keep the documentation where any attribute is kept.
        let text = text.clone().unwrap_or_else(|| vm.none());
        if !vm.class_of(obj).is(&vm.types.property) && vm.class(&vm.class_of(obj)).has_dict.get() {
            vm.setattr(obj, &vm.names.__doc__, Some(&text))?;
            return Ok(());
        }
    }
    drop(property.doc.replace(text));
    Ok(())
}

/// The property's name for messages: where a class put it, or the getter's own name.
fn name(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let property = payload(obj);
    if let Some(name) = property.name.get() {
        return Ok(Some(name));
    }
    match property.get.get() {
        Some(getter) => vm.getattr_opt(&getter, &vm.names.__name__),
        None => Ok(None),
    }
}

fn missing(vm: &Vm, obj: &Obj, instance: &Obj, what: &str) -> PyResult<crate::Raised> {
    let class = vm.class_of(instance);
    let qualname = vm.lossy(&vm.class_qualname(&class));
    let text = match name(vm, obj)? {
        Some(name) => format!("property {} of '{qualname}' object has no {what}", vm.repr_text(&name)?),
        None => format!("property of '{qualname}' object has no {what}"),
    };
    Ok(vm.attribute_error_text(text))
}

fn descr_get(vm: &Vm, obj: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let Some(instance) = instance.filter(|instance| !instance.is(&vm.consts.none)) else { return Ok(obj.clone()) };
    match payload(obj).get.get() {
        Some(getter) => vm.call(&getter, std::slice::from_ref(instance)),
        None => Err(missing(vm, obj, instance, "getter")?),
    }
}

fn descr_set(vm: &Vm, obj: &Obj, instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let property = payload(obj);
    match value {
        Some(value) => match property.set.get() {
            Some(setter) => vm.call_lent(&setter, [instance, value].into_iter())?,
            None => return Err(missing(vm, obj, instance, "setter")?),
        },
        None => match property.del.get() {
            Some(deleter) => vm.call(&deleter, std::slice::from_ref(instance))?,
            None => return Err(missing(vm, obj, instance, "deleter")?),
        },
    };
    Ok(())
}

/// `property_copy`: the same property with one function exchanged.
fn copy(vm: &Vm, obj: &Obj, get: Option<&Obj>, set: Option<&Obj>, del: Option<&Obj>) -> PyResult {
    let property = payload(obj);
    let pick = |new: Option<&Obj>, old: &Slot| new.filter(|new| !new.is(&vm.consts.none)).cloned().or_else(|| old.get());
    let none = || vm.none();
    let (get, set, del) = (pick(get, &property.get), pick(set, &property.set), pick(del, &property.del));
    let doc = if property.getter_doc.get() && get.is_some() { None } else { property.doc.get() };
    let args = [get.unwrap_or_else(none), set.unwrap_or_else(none), del.unwrap_or_else(none), doc.unwrap_or_else(none)];
    let made = vm.call(&vm.class_of(obj), &args)?;
    if let Some(new) = made.get::<Property>() {
        drop(new.name.replace(property.name.get()));
    }
    Ok(made)
}

fn set_name(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let args = args.pos();
    if args.len() != 2 {
        return Err(vm.type_error(format!("__set_name__() takes 2 positional arguments but {} were given", args.len())));
    }
    payload(obj).name.set(args[1].clone());
    Ok(vm.none())
}

fn is_abstract(vm: &Vm, obj: &Obj) -> PyResult {
    let property = payload(obj);
    for function in [&property.get, &property.set, &property.del] {
        let answer = vm.is_abstract(function.get())?;
        if answer.is(&vm.consts.true_) {
            return Ok(answer);
        }
    }
    Ok(vm.bool(false))
}

fn or_none(vm: &Vm, slot: &Slot) -> PyResult {
    Ok(slot.get().unwrap_or_else(|| vm.none()))
}

/// `property`.
pub static PROPERTY: ClassSpec = ClassSpec {
    name: "property",
    base: Some(&super::object::OBJECT),
    kind: kinds::PROPERTY,
    flags: flags::CONTAINER,
    slots: |slots| {
        slots.new.set(Some(|vm, class, _| Ok(vm.new_object(class, Property::default()))));
        slots.init.set(Some(init));
        slots.descr_get.set(Some(descr_get));
        slots.descr_set.set(Some(descr_set));
    },
    methods: &[
        Method::new("getter", |vm, obj, args| copy(vm, obj, args.get(0), None, None), Convention::One).signature("($self, object, /)"),
        Method::new("setter", |vm, obj, args| copy(vm, obj, None, args.get(0), None), Convention::One).signature("($self, object, /)"),
        Method::new("deleter", |vm, obj, args| copy(vm, obj, None, None, args.get(0)), Convention::One).signature("($self, object, /)"),
        Method::new("__set_name__", set_name, Convention::Positional).signature("($self, owner, name, /)").varargs(),
    ],
    getset: &[
        GetSet::member("fget", |vm, obj| or_none(vm, &payload(obj).get)),
        GetSet::member("fset", |vm, obj| or_none(vm, &payload(obj).set)),
        GetSet::member("fdel", |vm, obj| or_none(vm, &payload(obj).del)),
        GetSet {
            name: "__doc__",
            get: |vm, obj| or_none(vm, &payload(obj).doc),
            set: Some(|_, obj, value| {
                drop(payload(obj).doc.replace(value.cloned()));
                Ok(())
            }),
            member: true,
            doc: "",
        },
        GetSet::with_set(
            "__name__",
            |vm, obj| match name(vm, obj)? {
                Some(name) => Ok(name),
                None => Err(vm.attribute_error(obj, &vm.names.__name__)),
            },
            |_, obj, value| {
                drop(payload(obj).name.replace(value.cloned()));
                Ok(())
            },
        ),
        GetSet::new("__isabstractmethod__", is_abstract),
    ],
    basicsize: 64,
    itemsize: 0,
    doc: "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\n",
};
