//! Iteration.

use heap::Obj;

use crate::{PyResult, Vm};

impl Vm {
    /// `iter(obj)`.
    pub fn iter(&self, obj: &Obj) -> PyResult {
        let _ = obj;
        todo!()
    }

    /// The iterator's next item; the end is `None`, also if a StopIteration said so (`PyIter_Next`).
    pub fn next(&self, iterator: &Obj) -> PyResult<Option<Obj>> {
        let _ = iterator;
        todo!()
    }

    /// Gives each item to `each`.
    pub fn iterate(&self, obj: &Obj, each: &mut dyn FnMut(Obj) -> PyResult<()>) -> PyResult<()> {
        let _ = (obj, each);
        todo!()
    }

    /// All items.
    pub fn to_vec(&self, obj: &Obj) -> PyResult<Vec<Obj>> {
        let _ = obj;
        todo!()
    }
}
