//! Attributes: `obj.name`, assignment, deletion, and the look-up of special methods on the class.

use heap::Obj;

use crate::{PyResult, Vm};

/// What a load of a method found (`_PyObject_GetMethod`).
pub enum Loaded {
    /// A function of the class: call it with the object in front of the arguments.
    Method(Obj),
    /// The attribute's value: call it as it is.
    Value(Obj),
}

impl Vm {
    /// `obj.name` (`PyObject_GetAttr`).
    pub fn getattr(&self, obj: &Obj, name: &Obj) -> PyResult {
        let _ = (obj, name);
        todo!()
    }

    /// `obj.name` with a name that the machine knows.
    pub fn getattr_str(&self, obj: &Obj, name: &str) -> PyResult {
        self.getattr(obj, &self.intern(name))
    }

    /// `obj.name`, or nothing instead of an AttributeError (`PyObject_GetOptionalAttr`).
    pub fn getattr_opt(&self, obj: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
        let _ = (obj, name);
        todo!()
    }

    /// As [`Vm::getattr_opt`], with a name that the machine knows.
    pub fn getattr_opt_str(&self, obj: &Obj, name: &str) -> PyResult<Option<Obj>> {
        self.getattr_opt(obj, &self.intern(name))
    }

    /// `obj.name = value`; no value deletes.
    pub fn setattr(&self, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let _ = (obj, name, value);
        todo!()
    }

    /// As [`Vm::setattr`], with a name that the machine knows.
    pub fn setattr_str(&self, obj: &Obj, name: &str, value: Option<&Obj>) -> PyResult<()> {
        self.setattr(obj, &self.intern(name), value)
    }

    /// A special method, looked up on the class and bound to the object (`_PyObject_LookupSpecial`).
    pub fn lookup_special(&self, obj: &Obj, name: &str) -> PyResult<Option<Obj>> {
        let _ = (obj, name);
        todo!()
    }

    /// For `obj.name(...)`: a plain function of the class comes unbound.
    pub fn load_method(&self, obj: &Obj, name: &Obj) -> PyResult<Loaded> {
        let _ = (obj, name);
        todo!()
    }

    /// An attribute of a class or its bases, not bound (`_PyType_Lookup`).
    pub fn class_lookup(&self, class: &Obj, name: &Obj) -> Option<Obj> {
        let _ = (class, name);
        todo!()
    }

    /// `object.__getattribute__` (`PyObject_GenericGetAttr`).
    pub fn generic_getattr(&self, obj: &Obj, name: &Obj) -> PyResult {
        let _ = (obj, name);
        todo!()
    }

    /// `object.__setattr__` and `object.__delattr__` (`PyObject_GenericSetAttr`).
    pub fn generic_setattr(&self, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let _ = (obj, name, value);
        todo!()
    }

    /// The instance's `__dict__`, which comes into being now if it has not yet; nothing if the class gives none.
    pub fn instance_dict(&self, obj: &Obj) -> Option<Obj> {
        let _ = obj;
        todo!()
    }
}
