//! Attributes: `obj.name`, assignment, deletion, and the look-up of special methods on the class (`Objects/object.c`).
//!
//! Where an instance keeps its attributes is told in `storage.rs`; how the MRO is searched, in `lookup.rs`.

use heap::{Obj, Str};

use crate::class::{Binary, flags};
use crate::objects::class::Special;
use crate::objects::exception::field;
use crate::{PyResult, Raised, Vm};

/// What a load of a method found (`_PyObject_GetMethod`).
pub enum Loaded {
    /// A function of the class: call it with the object in front of the arguments.
    Method(Obj),
    /// The attribute's value: call it as it is.
    Value(Obj),
}

/// Whether an exception is an AttributeError.
pub(crate) fn is_attribute_error(vm: &Vm, raised: &Raised) -> bool {
    raised.is(vm, &vm.types.attribute_error)
}

fn is_function(slot: Option<Binary>, function: Binary) -> bool {
    slot.is_some_and(|f| f as usize == function as usize)
}

impl Vm {
    /// `obj.name` (`PyObject_GetAttr`).
    pub fn getattr(&self, obj: &Obj, name: &Obj) -> PyResult {
        let name = &self.attribute_name(name)?;
        let class = self.class_of(obj);
        match self.class(&class).slots.getattro.get() {
            Some(get) => get(self, obj, name).map_err(|raised| self.with_attribute(raised, obj, name)),
            None => Err(self.attribute_error(obj, name)),
        }
    }

    /// An AttributeError that knows of no attribute learns which one was asked for (`_PyObject_SetAttributeErrorContext`).
    #[cold]
    fn with_attribute(&self, raised: Raised, obj: &Obj, name: &Obj) -> Raised {
        if !is_attribute_error(self, &raised) || field(&raised.0, 0).is_some() || field(&raised.0, 1).is_some() {
            return raised;
        }
        let told = self.setattr_str(&raised.0, "name", Some(name)).and_then(|()| self.setattr_str(&raised.0, "obj", Some(obj)));
        told.err().unwrap_or(raised)
    }

    /// `obj.name` with a name that the machine knows.
    pub fn getattr_str(&self, obj: &Obj, name: &str) -> PyResult {
        self.getattr(obj, &self.intern(name))
    }

    /// `obj.name`, or nothing instead of an AttributeError (`PyObject_GetOptionalAttr`).
    pub fn getattr_opt(&self, obj: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
        let name = &self.attribute_name(name)?;
        let class = self.class_of(obj);
        let Some(get) = self.class(&class).slots.getattro.get() else { return Ok(None) };
        // The usual ways know a miss without making an exception for it.
        let found = if is_function(Some(get), generic_getattr) {
            self.generic_getattr_opt(obj, name)
        } else if is_function(Some(get), crate::objects::class::getattro) {
            crate::objects::class::getattr_opt(self, obj, name)
        } else {
            get(self, obj, name).map(Some)
        };
        match found {
            Ok(value) => Ok(value),
            Err(raised) if is_attribute_error(self, &raised) => Ok(None),
            Err(raised) => Err(raised),
        }
    }

    /// As [`Vm::getattr_opt`], with a name that the machine knows.
    pub fn getattr_opt_str(&self, obj: &Obj, name: &str) -> PyResult<Option<Obj>> {
        self.getattr_opt(obj, &self.intern(name))
    }

    /// `obj.name = value`; no value deletes (`PyObject_SetAttr`).
    pub fn setattr(&self, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let name = &self.attribute_name(name)?;
        let class = self.class_of(obj);
        if let Some(set) = self.class(&class).slots.setattro.get() {
            return set(self, obj, name, value);
        }
        let how = if self.class(&class).slots.getattro.get().is_some() { "only read-only attributes" } else { "no attributes" };
        let what = if value.is_some() { "assign to" } else { "del" };
        Err(self.type_error(format!("'{}' object has {how} ({what} .{})", self.class_name(&class), self.lossy(name))))
    }

    /// As [`Vm::setattr`], with a name that the machine knows.
    pub fn setattr_str(&self, obj: &Obj, name: &str, value: Option<&Obj>) -> PyResult<()> {
        self.setattr(obj, &self.intern(name), value)
    }

    /// The name as an exact `str`, or the TypeError for what is none.
    pub(crate) fn attribute_name(&self, name: &Obj) -> PyResult {
        if name.kind() == heap::Kind::STR {
            return Ok(name.clone());
        }
        match name.get::<Str>() {
            Some(_) => Ok(self.plain_value(name)),
            None => Err(self.type_error(format!("attribute name must be string, not '{}'", self.type_name(name)))),
        }
    }

    /// Of an instance of a class that extends a leaf type, the plain value; every other object as it is.
    pub fn plain_value(&self, obj: &Obj) -> Obj {
        obj.get::<heap::Wrapped>().map_or_else(|| obj.clone(), |wrapped| wrapped.value.clone())
    }

    /// A special method, looked up on the class and bound to the object (`_PyObject_LookupSpecial`).
    pub fn lookup_special(&self, obj: &Obj, name: &str) -> PyResult<Option<Obj>> {
        self.lookup_special_name(obj, &self.intern(name))
    }

    /// As [`Vm::lookup_special`], with the name as an object.
    pub fn lookup_special_name(&self, obj: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
        let class = self.class_of(obj);
        let Some(found) = self.class_lookup(&class, name) else { return Ok(None) };
        let get = self.with_class(&found, |class| class.slots.descr_get.get());
        match get {
            Some(get) => get(self, &found, Some(obj), Some(&class)).map(Some),
            None => Ok(Some(found)),
        }
    }

    /// A special method for a call: a plain function comes unbound (`_PyObject_LookupSpecialMethod`).
    pub fn load_special(&self, obj: &Obj, name: &Obj) -> PyResult<Option<Loaded>> {
        Ok(self.special(obj, name)?.map(|special| match special {
            Special::Function(f) => Loaded::Method(f),
            Special::Bound(f) => Loaded::Value(f),
        }))
    }

    /// Whether the object's attributes are looked up as `object` does it.
    pub(crate) fn has_generic_getattr(&self, obj: &Obj) -> bool {
        is_function(self.with_class(obj, |class| class.slots.getattro.get()), generic_getattr)
    }

    /// For `obj.name(...)`: a plain function of the class comes unbound (`_PyObject_GetMethod`).
    pub fn load_method(&self, obj: &Obj, name: &Obj) -> PyResult<Loaded> {
        let class = self.class_of(obj);
        if name.kind() != heap::Kind::STR || !is_function(self.class(&class).slots.getattro.get(), generic_getattr) {
            return self.getattr(obj, name).map(Loaded::Value);
        }
        let found = self.class_lookup(&class, name);
        let mut is_method = false;
        let mut get = None;
        if let Some(found) = &found {
            let found_class = self.class_of(found);
            let payload = self.class(&found_class);
            if payload.has(flags::METHOD_DESCRIPTOR) {
                is_method = true;
            } else {
                get = payload.slots.descr_get.get();
                if let Some(get) = get
                    && payload.slots.descr_set.get().is_some()
                {
                    return get(self, found, Some(obj), Some(&class)).map(Loaded::Value);
                }
            }
        }
        if let Some(value) = self.instance_attr(obj, &class, name)? {
            return Ok(Loaded::Value(value));
        }
        match (found, get) {
            (Some(found), _) if is_method => Ok(Loaded::Method(found)),
            (Some(found), Some(get)) => get(self, &found, Some(obj), Some(&class)).map(Loaded::Value),
            (Some(found), None) => Ok(Loaded::Value(found)),
            (None, _) => Err(self.attribute_error(obj, name)),
        }
    }

    /// `object.__getattribute__` (`PyObject_GenericGetAttr`).
    pub fn generic_getattr(&self, obj: &Obj, name: &Obj) -> PyResult {
        match self.generic_getattr_opt(obj, name)? {
            Some(value) => Ok(value),
            None => Err(self.attribute_error(obj, name)),
        }
    }

    /// As [`Vm::generic_getattr`]; a miss is nothing. A descriptor's AttributeError is one, too.
    pub(crate) fn generic_getattr_opt(&self, obj: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
        let class = self.class_of(obj);
        let found = self.class_lookup(&class, name);
        let mut get = None;
        if let Some(found) = &found {
            let found_class = self.class_of(found);
            let payload = self.class(&found_class);
            get = payload.slots.descr_get.get();
            if let Some(get) = get
                && payload.slots.descr_set.get().is_some()
            {
                return get(self, found, Some(obj), Some(&class)).map(Some);
            }
        }
        if let Some(value) = self.instance_attr(obj, &class, name)? {
            return Ok(Some(value));
        }
        self.replace_lost_dict(obj, &class);
        match (found, get) {
            (Some(found), Some(get)) => get(self, &found, Some(obj), Some(&class)).map(Some),
            (Some(found), None) if found.is(&self.consts.none) && name.is(&self.names.__doc__) => Ok(Some(self.instance_doc(&class))),
            (found, _) => Ok(found),
        }
    }

    /// `object.__setattr__` and `object.__delattr__` (`PyObject_GenericSetAttr`).
    pub fn generic_setattr(&self, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let class = self.class_of(obj);
        let found = self.class_lookup(&class, name);
        if let Some(found) = &found
            && let Some(set) = self.with_class(found, |class| class.slots.descr_set.get())
        {
            return set(self, found, obj, value);
        }
        if self.store_attr(obj, &class, name, value)? {
            return Ok(());
        }
        let (class_name, name_text) = (self.class_name(&class), self.lossy(name));
        if !self.has_attribute_place(obj, &class) {
            let generic = self.class(&class).slots.setattro.get().is_some_and(|f| f as usize == generic_setattr as SetAttr as usize);
            let text = match found {
                None if generic => {
                    if self.version <= compile::Version::V3_12 {
                        format!("'{class_name}' object has no attribute '{name_text}'")
                    } else {
                        format!("'{class_name}' object has no attribute '{name_text}' and no __dict__ for setting new attributes")
                    }
                }
                None => format!("'{class_name}' object has no attribute '{name_text}'"),
                // This error names neither the object nor the attribute.
                Some(_) => return Err(self.attribute_error_text(format!("'{class_name}' object attribute '{name_text}' is read-only"))),
            };
            return Err(self.store_error(text, obj, name));
        }
        // Only a deletion gets here. Up to 3.10 the message was the name alone.
        if self.version <= compile::Version::V3_10 {
            return Err(self.attribute_error_text(name_text));
        }
        let text = format!("'{class_name}' object has no attribute '{name_text}'");
        // Where values lie in the object itself, the error names neither.
        let inline = obj.extra().is_some_and(|extra| {
            extra.is_inline() || extra.dict().and_then(|dict| dict.get::<heap::Dict>().map(heap::Dict::is_split)).unwrap_or(false)
        });
        Err(if inline { self.attribute_error_text(text) } else { self.store_error(text, obj, name) })
    }

    /// The error of a store or a deletion. It knows the object and the name since 3.13.
    pub(crate) fn store_error(&self, text: String, obj: &Obj, name: &Obj) -> Raised {
        if self.version <= compile::Version::V3_12 { self.attribute_error_text(text) } else { self.attribute_error_with(text, obj, name) }
    }

    /// Whether what `__getattribute__` of a class is, is `object`'s.
    pub(crate) fn is_generic_getattribute(&self, found: &Obj) -> bool {
        self.class_lookup(&self.types.object, &self.names.__getattribute__).is_some_and(|generic| generic.is(found))
    }
}

type SetAttr = fn(&Vm, &Obj, &Obj, Option<&Obj>) -> PyResult<()>;

/// The `getattro` slot of `object`.
pub(crate) fn generic_getattr(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult {
    vm.generic_getattr(obj, name)
}

/// The `setattro` slot of `object`.
pub(crate) fn generic_setattr(vm: &Vm, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    vm.generic_setattr(obj, name, value)
}
