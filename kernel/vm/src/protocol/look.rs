//! Looks at an object's class without a count on it, for code that runs no Python code meanwhile.

#![expect(unsafe_code, reason = "a class's payload is looked at without checks and counts: measured")]

use heap::{Obj, Tuple};

use crate::class::Class;
use crate::objects::builtin_function::BuiltinFunction;
use crate::{Vm, kinds};

impl Vm {
    /// The object's class, without a count on it.
    ///
    /// # Safety
    /// The object's class does not change while the reference lives.
    #[inline(always)]
    pub(crate) unsafe fn class_ref<'a>(&'a self, obj: &'a Obj) -> &'a Obj {
        match obj.extra() {
            // SAFETY: every object has a class; the caller sees to it that it stays.
            Some(extra) => unsafe { extra.class().borrow().unwrap_unchecked() },
            None => self.types.of_kind(obj.kind(), obj),
        }
    }

    /// The payload of an object's class, without a count on the class.
    ///
    /// # Safety
    /// The object's class does not change while the reference lives.
    #[inline(always)]
    pub(crate) unsafe fn class_payload<'a>(&'a self, obj: &'a Obj) -> &'a Class {
        // SAFETY: the caller's word; a class is a class object.
        unsafe { self.class_ref(obj).payload_unchecked::<Class>() }
    }

    /// A look at the payload of an object's class, which runs no Python code.
    #[inline(always)]
    pub(crate) fn with_class<R>(&self, obj: &Obj, look: impl FnOnce(&Class) -> R) -> R {
        // SAFETY: no Python code runs meanwhile, so the object's class stays what it is.
        look(unsafe { self.class_payload(obj) })
    }

    /// An attribute of the object's class or its bases, not bound (`_PyType_Lookup`).
    #[inline]
    pub(crate) fn lookup_on_class(&self, obj: &Obj, name: &Obj) -> Option<Obj> {
        // SAFETY: the search runs no Python code.
        self.class_lookup(unsafe { self.class_ref(obj) }, name)
    }

    /// Whether the object is a class whose own class is `type`.
    #[inline(always)]
    pub(crate) fn is_plain_class(&self, obj: &Obj) -> bool {
        // SAFETY: no Python code runs meanwhile.
        obj.kind() == kinds::CLASS && unsafe { self.class_ref(obj) }.is(&self.types.type_)
    }

    /// Whether this is the object's class.
    #[inline(always)]
    pub(crate) fn is_of_class(&self, obj: &Obj, class: &Obj) -> bool {
        // SAFETY: no Python code runs meanwhile.
        unsafe { self.class_ref(obj) }.is(class)
    }

    /// Whether two objects have one class.
    #[inline(always)]
    pub(crate) fn same_class(&self, a: &Obj, b: &Obj) -> bool {
        // SAFETY: no Python code runs meanwhile.
        unsafe { self.class_ref(a).is(self.class_ref(b)) }
    }

    /// Whether the object's class is `class` or extends it, by the real MRO (`PyObject_TypeCheck`).
    #[inline]
    pub fn is_kind_of(&self, obj: &Obj, class: &Obj) -> bool {
        // SAFETY: an MRO is looked through without Python code.
        let real = unsafe { self.class_ref(obj) };
        real.is(class) || self.subclass_of(real, class)
    }

    /// Whether a class is `base` or extends it, by the real MRO (`PyType_IsSubtype`).
    pub fn subclass_of(&self, class: &Obj, base: &Obj) -> bool {
        if class.is(base) {
            return true;
        }
        // SAFETY: nothing runs meanwhile that could change the MRO.
        match unsafe { self.class(class).mro.borrow() } {
            Some(mro) => mro.get::<Tuple>().is_some_and(|mro| mro.items().iter().any(|c| c.is(base))),
            None => {
                let mut at = self.class(class).base.get();
                while let Some(up) = at {
                    if up.is(base) {
                        return true;
                    }
                    at = self.class(&up).base.get();
                }
                false
            }
        }
    }

    /// The object that a builtin function is bound to, or its module; the function is held by the caller.
    #[inline(always)]
    pub(crate) fn bound_to<'a>(&'a self, function: &'a BuiltinFunction) -> &'a Obj {
        // SAFETY: nothing empties the slot as long as the function lives.
        unsafe { function.self_.borrow() }.unwrap_or(&self.consts.none)
    }

    /// What `isinstance(obj, class)` is for a class whose `__instancecheck__` is `type`'s, if the object's own class decides it.
    #[inline]
    pub(crate) fn is_plain_instance(&self, obj: &Obj, class: &Obj) -> bool {
        // SAFETY: as in `is_kind_of`.
        let real = unsafe { self.class_ref(obj) };
        real.is(class) || self.is_plain_class(class) && self.subclass_of(real, class)
    }
}
