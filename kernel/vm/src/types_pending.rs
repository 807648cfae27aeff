//! What other files bring.
#![allow(missing_docs, clippy::todo, reason = "for a moment")]
use heap::Obj;
use crate::{PyResult, Raised, Vm};
impl Vm {
    pub(crate) fn attribute_error(&self, obj: &Obj, name: &Obj) -> Raised {
        if obj.get::<crate::Class>().is_some() { return self.attribute_error_text(format!("type object '{}' has no attribute '{}'", self.class_name(obj), self.lossy(name))); }
        self.attribute_error_text(format!("'{}' object has no attribute '{}'", self.type_name(obj), self.lossy(name)))
    }
    pub(crate) fn attribute_error_with(&self, text: String, _obj: &Obj, _name: &Obj) -> Raised { self.attribute_error_text(text) }
    pub(crate) fn unraisable(&self, _r: Raised, _text: Option<&str>, _obj: &Obj) {}
    pub(crate) fn warn(&self, _c: &Obj, _t: &str) -> PyResult<()> { Ok(()) }
    pub(crate) fn add_note(&self, _r: &Raised, _t: &str) {}
    pub(crate) fn import_module(&self, _n: &str) -> PyResult { todo!() }
}
