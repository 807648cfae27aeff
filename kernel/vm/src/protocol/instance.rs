//! `isinstance` and `issubclass` (`Objects/abstract.c`).

use heap::{Obj, Tuple};

use crate::class::Class;
use crate::objects::union::Union;
use crate::{PyResult, Vm};

const INSTANCE_ARGUMENT: &str = "isinstance() arg 2 must be a type, a tuple of types, or a union";
const SUBCLASS_ARGUMENT: &str = "issubclass() arg 2 must be a class, a tuple of classes, or a union";

impl Vm {
    /// `isinstance(obj, class)`, with tuples, unions and `__instancecheck__`.
    pub fn is_instance(&self, obj: &Obj, class: &Obj) -> PyResult<bool> {
        if self.is_plain_instance(obj, class) {
            return Ok(true);
        }
        // A plain class's `__instancecheck__` is `type`'s.
        if class.get::<Class>().is_some() && self.class_of(class).is(&self.types.type_) {
            return self.real_is_instance(obj, class);
        }
        if let Some(classes) = alternatives(class) {
            return self.guarded(" in __instancecheck__", || {
                for class in classes.get::<Tuple>().map(Tuple::items).unwrap_or_default() {
                    if self.is_instance(obj, class)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            });
        }
        match self.lookup_special_name(class, &self.names.__instancecheck__)? {
            Some(check) => {
                let answer = self.guarded(" in __instancecheck__", || self.call(&check, std::slice::from_ref(obj)))?;
                self.is_true(&answer)
            }
            None => self.real_is_instance(obj, class),
        }
    }

    /// `type.__instancecheck__` (`_PyObject_RealIsInstance`).
    pub(crate) fn real_is_instance(&self, obj: &Obj, class: &Obj) -> PyResult<bool> {
        if class.get::<Class>().is_some() {
            let real = self.class_of(obj);
            if self.subclass_of(&real, class) {
                return Ok(true);
            }
            // The object may claim another class.
            let claimed = self.getattr_opt(obj, &self.names.__class__)?;
            return Ok(
                claimed.is_some_and(|claimed| !claimed.is(&real) && claimed.get::<Class>().is_some() && self.subclass_of(&claimed, class))
            );
        }
        self.check_class(class, INSTANCE_ARGUMENT)?;
        match self.getattr_opt(obj, &self.names.__class__)? {
            Some(claimed) => self.abstract_is_subclass(&claimed, class),
            None => Ok(false),
        }
    }

    /// `issubclass(derived, class)`, with tuples, unions and `__subclasscheck__`.
    pub fn is_subclass(&self, derived: &Obj, class: &Obj) -> PyResult<bool> {
        if class.get::<Class>().is_some() && self.class_of(class).is(&self.types.type_) {
            if derived.is(class) {
                return Ok(true);
            }
            return self.real_is_subclass(derived, class);
        }
        if let Some(classes) = alternatives(class) {
            return self.guarded(" in __subclasscheck__", || {
                for class in classes.get::<Tuple>().map(Tuple::items).unwrap_or_default() {
                    if self.is_subclass(derived, class)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            });
        }
        match self.lookup_special_name(class, &self.names.__subclasscheck__)? {
            Some(check) => {
                let answer = self.guarded(" in __subclasscheck__", || self.call(&check, std::slice::from_ref(derived)))?;
                self.is_true(&answer)
            }
            None => self.real_is_subclass(derived, class),
        }
    }

    /// `type.__subclasscheck__` (`_PyObject_RealIsSubclass`).
    pub(crate) fn real_is_subclass(&self, derived: &Obj, class: &Obj) -> PyResult<bool> {
        if class.get::<Class>().is_some() && derived.get::<Class>().is_some() {
            return Ok(self.subclass_of(derived, class));
        }
        self.check_class(derived, "issubclass() arg 1 must be a class")?;
        if class.get::<Union>().is_none() {
            self.check_class(class, SUBCLASS_ARGUMENT)?;
        }
        self.abstract_is_subclass(derived, class)
    }

    /// What is no class but has `__bases__` may pass for one (`abstract_issubclass`).
    fn abstract_is_subclass(&self, derived: &Obj, class: &Obj) -> PyResult<bool> {
        let mut derived = derived.clone();
        loop {
            if derived.is(class) {
                return Ok(true);
            }
            let Some(bases) = self.abstract_bases(&derived)? else { return Ok(false) };
            match bases.get::<Tuple>().map(Tuple::items).unwrap_or_default() {
                [] => return Ok(false),
                [base] => derived = base.clone(),
                several => {
                    return self.guarded(" in __issubclass__", || {
                        for base in several {
                            if self.abstract_is_subclass(base, class)? {
                                return Ok(true);
                            }
                        }
                        Ok(false)
                    });
                }
            }
        }
    }

    fn abstract_bases(&self, class: &Obj) -> PyResult<Option<Obj>> {
        Ok(self.getattr_opt(class, &self.names.__bases__)?.filter(|bases| bases.get::<Tuple>().is_some()))
    }

    fn check_class(&self, class: &Obj, message: &str) -> PyResult<()> {
        match self.abstract_bases(class)? {
            Some(_) => Ok(()),
            None => Err(self.type_error(message)),
        }
    }
}

/// The members of a tuple or a union of classes.
fn alternatives(class: &Obj) -> Option<Obj> {
    if let Some(union) = class.get::<Union>() {
        return union.args.get();
    }
    class.get::<Tuple>().map(|_| class.clone())
}
