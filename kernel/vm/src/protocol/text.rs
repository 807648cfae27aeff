//! `repr`, `str`, `ascii`, `format`.

use heap::Obj;

use crate::{PyResult, Vm};

impl Vm {
    /// `repr(obj)`.
    pub fn repr(&self, obj: &Obj) -> PyResult {
        let _ = obj;
        todo!()
    }

    /// `str(obj)`.
    pub fn str_of(&self, obj: &Obj) -> PyResult {
        let _ = obj;
        todo!()
    }

    /// `str(obj)` for a message.
    pub fn text_of(&self, obj: &Obj) -> PyResult<String> {
        Ok(self.lossy(&self.str_of(obj)?))
    }

    /// `repr(obj)` for a message.
    pub fn repr_text(&self, obj: &Obj) -> PyResult<String> {
        Ok(self.lossy(&self.repr(obj)?))
    }

    /// `ascii(obj)`.
    pub fn ascii(&self, obj: &Obj) -> PyResult {
        let _ = obj;
        todo!()
    }

    /// `format(obj, spec)`.
    pub fn format(&self, obj: &Obj, spec: &Obj) -> PyResult {
        let _ = (obj, spec);
        todo!()
    }

    /// `Py_ReprEnter`: true if the object's `repr` is running already. Pair it with [`Vm::repr_leave`].
    pub fn repr_enter(&self, obj: &Obj) -> bool {
        let mut stack = self.repr_stack.borrow_mut();
        let running = stack.contains(&obj.id());
        if !running {
            stack.push(obj.id());
        }
        running
    }

    /// `Py_ReprLeave`.
    pub fn repr_leave(&self, obj: &Obj) {
        let mut stack = self.repr_stack.borrow_mut();
        if let Some(at) = stack.iter().rposition(|&id| id == obj.id()) {
            stack.remove(at);
        }
    }
}
