//! What is asked of files that are still to come.

use heap::Obj;

use crate::{PyResult, Vm};

impl Vm {
    /// `origin[args]`.
    pub fn generic_alias(&self, origin: &Obj, args: &Obj) -> PyResult {
        let _ = (origin, args);
        todo!()
    }

    /// A read-only view of a mapping.
    pub fn mapping_proxy(&self, mapping: &Obj) -> Obj {
        let _ = mapping;
        todo!()
    }

    pub fn new_builtin(&self, method: &'static crate::Method, self_: Option<Obj>, module: Option<Obj>) -> Obj {
        let _ = (method, self_, module);
        todo!()
    }
    pub fn new_module(&self, name: &str) -> Obj {
        let _ = name;
        todo!()
    }
    pub fn module_dict(&self, module: &Obj) -> Obj {
        let _ = module;
        todo!()
    }

    /// Issues a warning; an error if a filter makes it one.
    pub fn warn(&self, category: &Obj, message: &str) -> PyResult<()> {
        let _ = (category, message);
        Ok(())
    }
}
