//! What other files will bring: whoever brings it deletes its line here.
#![allow(missing_docs, clippy::todo, unused, reason = "for a moment")]
use heap::*;
use crate::*;
use crate::protocol::Loaded;
impl Vm {
    pub fn new_type_var(&self, a: Obj, b: Option<Obj>, c: Option<Obj>) -> PyResult { todo!() }
    pub fn unpack_type_var_tuple(&self, o: &Obj) -> PyResult { todo!() }
    pub fn set_type_param_default(&self, a: &Obj, b: &Obj) -> PyResult { todo!() }
    pub fn new_type_var_tuple(&self, a: Obj) -> PyResult { todo!() }
    pub fn new_type_alias(&self, a: &Obj) -> PyResult { todo!() }
    pub fn new_param_spec(&self, a: Obj) -> PyResult { todo!() }
    pub fn new_interpolation(&self, a: Obj, b: Obj, c: Obj, d: Obj) -> Obj { todo!() }
}
pub mod template { pub struct Template { pub strings: heap::Slot, pub interpolations: heap::Slot } crate::payload!(Template, crate::kinds::TEMPLATE, { strings, interpolations }); }
