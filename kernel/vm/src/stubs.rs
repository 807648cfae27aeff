//! What other files will bring: whoever brings it deletes its line here.
#![allow(missing_docs, clippy::todo, unused, reason = "for a moment")]
use heap::*;
use crate::*;
use crate::protocol::Loaded;
impl Vm {
    pub fn dict_set(&self, d: &Obj, k: &Obj, v: Obj) -> PyResult<()> { todo!() }
    pub fn dict(&self) -> Obj { todo!() }
    pub fn stop_iteration(&self, v: Obj) -> Raised { todo!() }
    pub fn dict_get(&self, d: &Obj, k: &Obj) -> PyResult<Option<Obj>> { todo!() }
    pub fn dict_items(&self, d: &Obj) -> Vec<(Obj, Obj)> { todo!() }
    pub fn slice(&self, a: Obj, b: Obj, c: Obj) -> Obj { todo!() }
    pub fn dict_get_str(&self, d: &Obj, k: &str) -> Option<Obj> { todo!() }
    pub fn unraisable(&self, r: Raised, text: Option<&str>, obj: &Obj) { todo!() }
    pub fn set_add(&self, s: &Obj, k: Obj) -> PyResult<()> { todo!() }
    pub fn new_type_var(&self, a: Obj, b: Option<Obj>, c: Option<Obj>) -> PyResult { todo!() }
    pub fn name_error_text(&self, n: &Obj, t: String) -> Raised { todo!() }
    pub fn generic_alias(&self, a: &Obj, b: &Obj) -> Obj { todo!() }
    pub fn dict_remove(&self, d: &Obj, k: &Obj) -> PyResult<Option<Obj>> { todo!() }
    pub fn warn(&self, c: &Obj, t: &str) -> PyResult<()> { todo!() }
    pub fn warn_explicit(&self, c: &Obj, t: &str, f: &str, l: i32) -> PyResult<()> { todo!() }
    pub fn set_of(&self, i: Vec<Obj>) -> PyResult { todo!() }
    pub fn method_parts(&self, o: &Obj) -> Option<(Obj, Obj)> { todo!() }
    pub fn import_error(&self, t: &str) -> Raised { todo!() }
    pub fn dict_with_room(&self, n: usize) -> Obj { todo!() }
    pub fn bytes_like(&self, o: &Obj) -> Option<Vec<u8>> { todo!() }
    pub fn unpack_type_var_tuple(&self, o: &Obj) -> PyResult { todo!() }
    pub fn syntax_error(&self, o: &compile::SyntaxError) -> Raised { todo!() }
    pub fn super_attr(&self, c: &Obj, i: &Obj, n: &Obj, m: bool) -> PyResult<Loaded> { todo!() }
    pub fn suggestion(&self, n: &str, p: &[String]) -> Option<String> { todo!() }
    pub fn str_wtf8(&self, t: &[u8]) -> Obj { todo!() }
    pub fn set_type_param_default(&self, a: &Obj, b: &Obj) -> PyResult { todo!() }
    pub fn new_type_var_tuple(&self, a: Obj) -> PyResult { todo!() }
    pub fn new_type_alias(&self, a: &Obj) -> PyResult { todo!() }
    pub fn new_param_spec(&self, a: Obj) -> PyResult { todo!() }
    pub fn new_method(&self, a: Obj, b: Obj) -> Obj { todo!() }
    pub fn new_interpolation(&self, a: Obj, b: Obj, c: Obj, d: Obj) -> Obj { todo!() }
    pub fn module_dict(&self, a: &Obj) -> Obj { todo!() }
    pub fn list_extend(&self, l: &List, o: &Obj) -> PyResult<()> { todo!() }
    pub fn import_module(&self, n: &str) -> PyResult { todo!() }
    pub fn import_from_error(&self, t: &str, n: Option<Obj>, f: Option<Obj>, a: &Obj) -> Raised { todo!() }
    pub fn frozenset_of(&self, i: Vec<Obj>) -> Obj { todo!() }
    pub fn dict_update(&self, d: &Obj, o: &Obj) -> PyResult<()> { todo!() }
    pub fn complex(&self, r: f64, i: f64) -> Obj { todo!() }
    pub fn big_int(&self, n: num_bigint::BigInt) -> Obj { todo!() }
}
pub fn reraise_star(vm: &Vm, a: &Obj, b: &Obj) -> PyResult<Option<Obj>> { todo!() }
pub mod template { pub struct Template { pub strings: heap::Slot, pub interpolations: heap::Slot } crate::payload!(Template, crate::kinds::TEMPLATE, { strings, interpolations }); }
pub mod text { pub fn push_wtf8(a: &mut Vec<u8>, b: &[u8]) {} }
