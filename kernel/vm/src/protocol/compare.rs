//! Comparison and hash.

use heap::Obj;

use crate::{Compare, PyResult, Vm};

/// What stands in the `hash` slot of a class with `__hash__ = None` (`PyObject_HashNotImplemented`).
pub fn unhashable(vm: &Vm, obj: &Obj) -> PyResult<i64> {
    Err(vm.type_error(format!("unhashable type: '{}'", vm.type_name(obj))))
}

/// The hash of an object by its identity.
pub fn identity_hash(_: &Vm, obj: &Obj) -> PyResult<i64> {
    Ok((obj.id() >> 4 | obj.id() << 60) as i64)
}

impl Vm {
    /// `hash(obj)`.
    pub fn hash(&self, obj: &Obj) -> PyResult<i64> {
        let _ = obj;
        todo!()
    }

    /// Whether `a is b or a == b` (`PyObject_RichCompareBool`).
    pub fn eq(&self, a: &Obj, b: &Obj) -> PyResult<bool> {
        let _ = (a, b);
        todo!()
    }

    /// As [`Vm::eq`] with any comparison; identity decides `==` and `!=`.
    pub fn compare_bool(&self, a: &Obj, b: &Obj, op: Compare) -> PyResult<bool> {
        let _ = (a, b, op);
        todo!()
    }

    /// `a < b` … (`PyObject_RichCompare`).
    pub fn compare(&self, a: &Obj, b: &Obj, op: Compare) -> PyResult {
        let _ = (a, b, op);
        todo!()
    }
}
