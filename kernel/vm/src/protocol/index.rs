//! Length, items and membership (`Objects/abstract.c`).

use heap::Obj;

use crate::class::{Class, flags};
use crate::{PyResult, Vm};

impl Vm {
    /// `len(obj)`.
    pub fn len(&self, obj: &Obj) -> PyResult<usize> {
        match self.with_class(obj, |class| class.slots.len.get()) {
            Some(len) => len(self, obj),
            None => Err(self.type_error(format!("object of type '{}' has no len()", self.type_name(obj)))),
        }
    }

    /// `operator.length_hint(obj, default)`.
    pub fn length_hint(&self, obj: &Obj, default: usize) -> PyResult<usize> {
        if let Some(len) = self.with_class(obj, |class| class.slots.len.get()) {
            match len(self, obj) {
                Err(raised) if raised.is(self, &self.types.type_error) => {}
                result => return result,
            }
        }
        let Some(hint) = self.lookup_special_name(obj, &self.names.__length_hint__)? else { return Ok(default) };
        let value = match self.call(&hint, &[]) {
            Err(raised) if raised.is(self, &self.types.type_error) => return Ok(default),
            result => result?,
        };
        if value.is(&self.consts.not_implemented) {
            return Ok(default);
        }
        if !self.is_kind_of(&value, &self.types.int) {
            return Err(self.type_error(format!("__length_hint__ must be an integer, not {}", self.type_name(&value))));
        }
        match self.index_isize(&value)? {
            n if n < 0 => Err(self.value_error("__length_hint__() should return >= 0")),
            n => Ok(n as usize),
        }
    }

    /// `obj[key]`.
    pub fn getitem(&self, obj: &Obj, key: &Obj) -> PyResult {
        if let Some(subscript) = self.with_class(obj, |class| class.slots.subscript.get()) {
            return subscript(self, obj, key);
        }
        if obj.get::<Class>().is_some() {
            // `type[int]`, and no other metaclass's instances.
            if obj.is(&self.types.type_) {
                return self.generic_alias(obj, key);
            }
            if let Some(method) = self.getattr_opt(obj, &self.names.__class_getitem__)?.filter(|method| !method.is(&self.consts.none)) {
                return self.call(&method, std::slice::from_ref(key));
            }
            if self.version <= compile::Version::V3_10 {
                return Err(self.type_error("'type' object is not subscriptable"));
            }
            return Err(self.type_error(format!("type '{}' is not subscriptable", self.class_name(obj))));
        }
        Err(self.type_error(format!("'{}' object is not subscriptable", self.type_name(obj))))
    }

    /// `obj[key] = value`; no value deletes.
    pub fn setitem(&self, obj: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        match self.with_class(obj, |class| class.slots.ass_subscript.get()) {
            Some(set) => set(self, obj, key, value),
            None => {
                let name = self.type_name(obj);
                Err(self.type_error(match value {
                    Some(_) => format!("'{name}' object does not support item assignment"),
                    None if self.has_index(key) && self.with_class(obj, is_sequence_like) => {
                        format!("'{name}' object doesn't support item deletion")
                    }
                    None => format!("'{name}' object does not support item deletion"),
                }))
            }
        }
    }

    /// `item in container`.
    pub fn contains(&self, container: &Obj, item: &Obj) -> PyResult<bool> {
        match self.with_class(container, |class| class.slots.contains.get()) {
            Some(contains) => contains(self, container, item),
            None => self.search(container, item),
        }
    }

    /// Goes through an iterable until an item is the one looked for (`_PySequence_IterSearch`).
    pub(crate) fn search(&self, container: &Obj, item: &Obj) -> PyResult<bool> {
        let iterator = match self.iter(container) {
            Err(raised) if raised.is(self, &self.types.type_error) => {
                drop(raised);
                let what = if self.version >= compile::Version::V3_14 { "a container or iterable" } else { "iterable" };
                return Err(self.type_error(format!("argument of type '{}' is not {what}", self.type_name(container))));
            }
            result => result?,
        };
        while let Some(next) = self.next(&iterator)? {
            if self.eq(&next, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether the class has a place for the methods of a sequence (`tp_as_sequence`).
fn is_sequence_like(class: &Class) -> bool {
    let slots = &class.slots;
    class.has(flags::HEAP_TYPE)
        || class.has(flags::MODULE_TYPE)
        || slots.len.get().is_some()
        || slots.contains.get().is_some()
        || slots.concat.get().is_some()
}
