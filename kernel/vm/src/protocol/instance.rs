//! `isinstance` and `issubclass`.

use heap::{Obj, Tuple};

use crate::{PyResult, Vm};

impl Vm {
    /// `isinstance(obj, class)`, with tuples, unions and `__instancecheck__`.
    pub fn is_instance(&self, obj: &Obj, class: &Obj) -> PyResult<bool> {
        let _ = (obj, class);
        todo!()
    }

    /// `issubclass(derived, class)`, with tuples, unions and `__subclasscheck__`.
    pub fn is_subclass(&self, derived: &Obj, class: &Obj) -> PyResult<bool> {
        let _ = (derived, class);
        todo!()
    }

    /// Whether the object's class is `class` or extends it, by the real MRO (`PyObject_TypeCheck`).
    #[inline]
    pub fn is_kind_of(&self, obj: &Obj, class: &Obj) -> bool {
        self.subclass_of(&self.class_of(obj), class)
    }

    /// Whether a class is `base` or extends it, by the real MRO (`PyType_IsSubtype`).
    pub fn subclass_of(&self, class: &Obj, base: &Obj) -> bool {
        if class.is(base) {
            return true;
        }
        match self.class(class).mro.get() {
            Some(mro) => mro.get::<Tuple>().is_some_and(|mro| mro.items().iter().any(|c| c.is(base))),
            None => self.class(class).base.get().is_some_and(|up| self.subclass_of(&up, base)),
        }
    }
}
