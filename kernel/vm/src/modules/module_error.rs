//! The exceptions that a module brings along (`struct.error`, `zlib.error` …): classes made at its import.

use heap::Obj;

use crate::{PyResult, Raised, Vm};

impl Vm {
    /// Adds an exception class to a builtin module (`PyErr_NewException`); `shown` is the module that the class names as its own.
    pub(super) fn add_exception(&self, module: &Obj, shown: &str, name: &str, base: &Obj) -> PyResult {
        let namespace = self.dict();
        self.dict_set_str(&namespace, "__module__", self.intern(shown));
        let class = self.call(&self.types.type_, &[self.intern(name), self.tuple(vec![base.clone()]), namespace])?;
        self.dict_set_str(&self.module_dict(module), name, class.clone());
        Ok(class)
    }

    /// A new exception of a class that a builtin module has.
    #[cold]
    pub(super) fn module_error(&self, module: &str, name: &str, message: impl Into<String>) -> Raised {
        match self.import_module(module).and_then(|module| self.getattr_str(&module, name)) {
            Ok(class) => self.raise_text(&class, &message.into()),
            Err(raised) => raised,
        }
    }

    /// Puts a builtin class into a module.
    pub(super) fn add_class(&self, module: &Obj, name: &str, class: &Obj) {
        self.dict_set_str(&self.module_dict(module), name, class.clone());
    }
}
