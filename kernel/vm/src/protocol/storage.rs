//! Where an instance keeps its attributes: in inline values named by its class's shared keys, or in a `__dict__`.
//!
//! Invariant: as in CPython 3.13 and 3.14 (`Objects/dictobject.c`), a class knows at most 30 names; a name enters when the first
//! instance sets it; every new instance takes one from what is left. A `__dict__` that somebody asked for takes the values
//! over, in the order in which they were set.

use compile::Version;
use heap::{Dict, Extra, Obj, Slot, Str};

use crate::class::{Class, flags};
use crate::kinds;
use crate::{PyResult, Vm};

/// `SHARED_KEYS_MAX_SIZE`: how many names a class can know.
pub(crate) const SHARED_KEYS_MAX_SIZE: u8 = 30;

/// How many names the smallest table has room for, which was what instances shared up to 3.10; the next larger one has room for twice as many.
pub(crate) const SPLIT_TABLE_SIZE: u8 = 5;

impl Class {
    /// The place of a name among the shared keys.
    #[inline]
    pub fn key_index(&self, name: &Obj) -> Option<usize> {
        let keys = self.keys.borrow();
        keys.iter().position(|key| key.is(name)).or_else(|| {
            // Names in code are interned, and so are the keys.
            let text = name.get::<Str>().filter(|text| !text.interned.get())?;
            keys.iter().position(|key| key.get::<Str>().is_some_and(|key| key.as_bytes() == text.as_bytes()))
        })
    }

    /// The name at a place of the shared keys.
    pub fn key_name(&self, index: usize) -> Option<Obj> {
        self.keys.borrow().get(index).cloned()
    }

    /// `insert_split_key`: the place of a name, which becomes known if there is still room.
    pub fn insert_key(&self, name: &Obj) -> Option<usize> {
        if let Some(index) = self.key_index(name) {
            return Some(index);
        }
        let usable = self.usable.get().checked_sub(1)?;
        self.usable.set(usable);
        let mut keys = self.keys.borrow_mut();
        keys.push(name.clone());
        Some(keys.len() - 1)
    }

    /// `shared_keys_usable_size`: the names known and those that could still come.
    pub(crate) fn shared_size(&self) -> u8 {
        self.keys.borrow().len() as u8 + self.usable.get()
    }

    /// Whether instances have shared keys at all.
    fn shares_keys(&self) -> bool {
        self.has(flags::MANAGED_DICT)
    }
}

impl Vm {
    /// An attribute in the instance itself.
    #[inline]
    pub(crate) fn instance_attr(&self, obj: &Obj, class: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
        let Some(extra) = obj.extra() else {
            return Ok(own_dict(obj).and_then(Slot::get).and_then(|dict| dict.get::<Dict>()?.get_str_key(name)));
        };
        if extra.is_inline() {
            let index = self.class(class).key_index(name);
            return Ok(index.filter(|&index| index < extra.capacity()).and_then(|index| extra.value(index).get()));
        }
        let dict = extra.dict().or_else(|| own_dict(obj)?.get());
        match dict {
            // A dict subclass as `__dict__` is read as a plain dict, as in CPython.
            Some(dict) => Ok(dict.get::<Dict>().and_then(|dict| dict.get_str_key(name))),
            None => Ok(None),
        }
    }

    /// An instance that had inline values and whose `__dict__` was deleted gets a new one when an attribute is looked for
    /// (`_PyObject_TryGetInstanceAttribute` finds the values no longer valid).
    #[inline]
    pub(crate) fn replace_lost_dict(&self, obj: &Obj, class: &Obj) {
        if let Some(extra) = obj.extra()
            && !extra.is_inline()
            && extra.dict().is_none()
            && self.class(class).has(flags::INLINE_VALUES)
            && self.version >= Version::V3_13
        {
            drop(extra.set_dict(Some(self.new_dict())));
        }
    }

    /// Whether the object can have attributes of its own.
    pub(crate) fn has_attribute_place(&self, obj: &Obj, class: &Obj) -> bool {
        own_dict(obj).is_some() || (obj.extra().is_some() && self.class(class).has_dict.get())
    }

    /// Stores or deletes an attribute in the instance itself. False: there is no place, or nothing to delete.
    pub(crate) fn store_attr(&self, obj: &Obj, class: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<bool> {
        if let Some(slot) = own_dict(obj) {
            let dict = match slot.get() {
                Some(dict) => dict,
                // To delete what is not there needs a dict, too (`_PyObjectDict_SetItem`).
                None => {
                    slot.set(self.new_dict());
                    slot.get().expect("the dict was just put there")
                }
            };
            return Ok(self.store_in_dict(&dict, name, value));
        }
        let Some(extra) = obj.extra() else { return Ok(false) };
        let payload = self.class(class);
        if !payload.has_dict.get() {
            return Ok(false);
        }
        if extra.is_inline() {
            let name = &self.intern_name(name);
            return match payload.insert_key(name).filter(|&index| index < extra.capacity()) {
                Some(index) => {
                    if value.is_none() && extra.value(index).is_empty() {
                        return Ok(false);
                    }
                    drop(extra.set_value(index, value.cloned()));
                    Ok(true)
                }
                // The names are used up: what is to be deleted is looked for in a dict made for that, and is not there.
                None if value.is_none() => {
                    drop(self.heap.passing(heap::Kind::DICT));
                    Ok(false)
                }
                None => {
                    // The names are used up: the attributes move to a dict of their own.
                    let dict = self.materialize(extra, payload);
                    let dict_payload = dict.get::<Dict>().expect("the dict was just made");
                    dict_payload.mark_split(0);
                    Ok(self.store_in_dict(&dict, name, value))
                }
            };
        }
        let dict = match extra.dict() {
            Some(dict) => dict,
            None => self.materialize(extra, payload),
        };
        let Some(table) = dict.get::<Dict>().filter(|table| payload.shares_keys() && table.is_split()) else {
            return Ok(self.store_in_dict(&dict, name, value));
        };
        // A dict with shared keys stays one, unless the name is new and there is no room for it.
        let known = table.get_str_key(name).is_some();
        if !known && self.version <= Version::V3_10 && payload.shared_size() == SPLIT_TABLE_SIZE && payload.usable.get() == 0 {
            // The larger table that the instance gets is what later instances share (`_PyObjectDict_SetItem`).
            payload.usable.set(SPLIT_TABLE_SIZE);
        }
        let shared = known || payload.insert_key(&self.intern_name(name)).is_some();
        let stored = self.store_in_dict(&dict, name, value);
        table.mark_split(if shared { payload.shared_size() } else { 0 });
        Ok(stored)
    }

    fn store_in_dict(&self, dict: &Obj, name: &Obj, value: Option<&Obj>) -> bool {
        let Some(payload) = dict.get::<Dict>() else { return false };
        match value {
            Some(value) => {
                let before = payload.set_str_key(&self.intern_name(name), value.clone());
                self.dict_changed(dict, value);
                drop(before);
                true
            }
            None => payload.remove_str_key(name).is_some(),
        }
    }

    /// Up to 3.13, a dict becomes tracked with the first item that is.
    pub(crate) fn dict_changed(&self, dict: &Obj, value: &Obj) {
        if self.heap.tracks_dicts_lazily() && !dict.is_tracked() && self.may_be_tracked(value) {
            self.heap.track(dict);
        }
    }

    /// A new dict, as `PyDict_New` makes it.
    pub(crate) fn new_dict(&self) -> Obj {
        let dict = self.heap.alloc(Dict::new());
        if self.heap.tracks_dicts_lazily() { dict } else { dict.tracked() }
    }

    /// `_PyObject_MaterializeManagedDict`: the attributes as a dict, which is theirs from now on.
    pub(crate) fn materialize(&self, extra: &Extra, class: &Class) -> Obj {
        let made = Dict::new();
        let mut tracked = false;
        for (place, value) in extra.detach() {
            let name = class.keys.borrow()[place].clone();
            tracked |= self.may_be_tracked(&value);
            made.set_str_key(&name, value);
        }
        if class.shares_keys() {
            made.mark_split(class.shared_size());
        }
        let dict = self.heap.alloc(made);
        let dict = if tracked || !self.heap.tracks_dicts_lazily() { dict.tracked() } else { dict };
        drop(extra.set_dict(Some(dict.clone())));
        dict
    }

    /// The instance's `__dict__`, which comes into being now if it has not yet; nothing if the class gives none.
    pub fn instance_dict(&self, obj: &Obj) -> Option<Obj> {
        if let Some(slot) = own_dict(obj) {
            if slot.is_empty() {
                slot.set(self.new_dict());
            }
            return slot.get();
        }
        let extra = obj.extra()?;
        let class = self.class_of(obj);
        if !self.class(&class).has_dict.get() {
            return None;
        }
        Some(extra.dict().unwrap_or_else(|| self.materialize(extra, self.class(&class))))
    }

    /// Whether there are no attributes in the instance itself (`_PyObject_IsInstanceDictEmpty`). No dict comes into being.
    pub(crate) fn has_no_attributes(&self, obj: &Obj) -> bool {
        let empty = |dict: Option<Obj>| dict.and_then(|dict| dict.get::<Dict>().map(Dict::is_empty)).unwrap_or(true);
        if let Some(slot) = own_dict(obj) {
            return empty(slot.get());
        }
        match obj.extra() {
            Some(extra) if extra.is_inline() => (0..extra.capacity()).all(|place| extra.value(place).is_empty()),
            Some(extra) => empty(extra.dict()),
            None => true,
        }
    }

    /// `obj.__dict__ = dict`; no dict deletes it.
    pub(crate) fn set_instance_dict(&self, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
        if let Some(value) = value
            && value.get::<Dict>().is_none()
        {
            return Err(self.type_error(format!("__dict__ must be set to a dictionary, not a '{}'", self.type_name(value))));
        }
        if let Some(slot) = own_dict(obj) {
            drop(slot.replace(value.cloned()));
            return Ok(());
        }
        if let Some(extra) = obj.extra() {
            let values = if extra.is_inline() { extra.detach() } else { Vec::new() };
            let before = extra.set_dict(value.cloned());
            drop(before);
            drop(values);
        }
        Ok(())
    }

    /// The name as the interned `str` of its value.
    #[inline]
    pub(crate) fn intern_name(&self, name: &Obj) -> Obj {
        match name.get::<Str>() {
            Some(text) if text.interned.get() => name.clone(),
            _ => self.intern_obj(name),
        }
    }
}

/// The `__dict__` of a builtin object that has one in its payload.
pub(crate) fn own_dict(obj: &Obj) -> Option<&Slot> {
    match obj.kind() {
        kinds::MODULE => obj.get::<crate::objects::module::Module>().map(|module| &module.dict),
        kinds::FUNCTION => obj.get::<crate::objects::function::Function>().map(|function| &function.dict),
        kinds::SIMPLE_NAMESPACE => obj.get::<crate::objects::simple_namespace::SimpleNamespace>().map(|namespace| &namespace.dict),
        kinds::STATIC_METHOD => obj.get::<crate::objects::static_method::StaticMethod>().map(|method| &method.dict),
        kinds::CLASS_METHOD => obj.get::<crate::objects::class_method::ClassMethod>().map(|method| &method.dict),
        _ => None,
    }
}
