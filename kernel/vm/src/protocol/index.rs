//! Length, items and membership.

use heap::Obj;

use crate::{PyResult, Vm};

impl Vm {
    /// `len(obj)`.
    pub fn len(&self, obj: &Obj) -> PyResult<usize> {
        let _ = obj;
        todo!()
    }

    /// `operator.length_hint(obj, default)`.
    pub fn length_hint(&self, obj: &Obj, default: usize) -> PyResult<usize> {
        let _ = (obj, default);
        todo!()
    }

    /// `obj[key]`.
    pub fn getitem(&self, obj: &Obj, key: &Obj) -> PyResult {
        let _ = (obj, key);
        todo!()
    }

    /// `obj[key] = value`; no value deletes.
    pub fn setitem(&self, obj: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let _ = (obj, key, value);
        todo!()
    }

    /// `item in container`.
    pub fn contains(&self, container: &Obj, item: &Obj) -> PyResult<bool> {
        let _ = (container, item);
        todo!()
    }
}
