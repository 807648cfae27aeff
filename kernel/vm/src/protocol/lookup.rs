//! The search of a class and its bases for a name, and the versions of classes that make it quick (`_PyType_Lookup`).
//!
//! Invariant: a class's version is set only while its bases have one; whatever changes an attribute or the MRO of a class takes the
//! version from it and from all that extend it. The cache remembers *where* a name was found, never what, so it holds no counts: in
//! which dict, which is there as long as the class has its version, because the class holds its bases, and those their dicts.

#![expect(unsafe_code, reason = "slots of classes are looked at without counts: measured")]

use std::cell::Cell;
use std::ptr;

use heap::{Dict, Obj, Str, Tuple};

use crate::class::Class;
use crate::{PyResult, Vm};

const SIZE: usize = 4096;

/// One remembered search: the class's version, the name's hash, the dict in which it was found, and where it stood there.
#[derive(Clone, Copy)]
struct Entry {
    hash: i64,
    version: u32,
    index: u32,
    /// Null, if the name is nowhere.
    dict: *const Dict,
}

impl Entry {
    const EMPTY: Entry = Entry { hash: 0, version: 0, index: 0, dict: ptr::null() };
}

/// The remembered searches of a machine.
pub(crate) struct MethodCache(Box<[Cell<Entry>]>);

impl Default for MethodCache {
    fn default() -> MethodCache {
        MethodCache(vec![Cell::new(Entry::EMPTY); SIZE].into())
    }
}

impl Vm {
    /// An attribute of a class or its bases, not bound (`_PyType_Lookup`).
    pub fn class_lookup(&self, class: &Obj, name: &Obj) -> Option<Obj> {
        let text = name.get::<Str>()?;
        let version = self.class_version(class);
        let hash = text.hash_value();
        let entry = &self.method_cache.0[(hash as usize ^ (version as usize).wrapping_mul(0x9E5)) % SIZE];
        let known = entry.get();
        if known.version == version && known.hash == hash {
            // SAFETY: the class has the version with which the dict was found, so the dict is there; the search runs no Python code.
            let dict = unsafe { known.dict.as_ref() }?;
            // The name may have moved within the dict, but is found there by its search, too.
            return dict.value_of(known.index as usize, name).or_else(|| dict.get_str_key(name));
        }
        // SAFETY: nothing runs meanwhile that could change the MRO.
        let mro = unsafe { self.class(class).mro.borrow() }?;
        for base in mro.get::<Tuple>().map(Tuple::items).unwrap_or_default() {
            if let Some(dict) = self.own_dict(base)
                && let Some(index) = dict.find_str_key(name)
            {
                entry.set(Entry { hash, version, index: index as u32, dict });
                return dict.value_at(index);
            }
        }
        entry.set(Entry { hash, version, ..Entry::EMPTY });
        None
    }

    /// The attribute in what stands behind `class` in the MRO of `obj_class`.
    pub(crate) fn find_behind(&self, class: &Obj, obj_class: &Obj, name: &Obj) -> Option<Obj> {
        // SAFETY: nothing runs meanwhile that could change the MRO.
        let mro = unsafe { self.class(obj_class).mro.borrow() }?.get::<Tuple>()?.items();
        let at = mro.iter().position(|base| base.is(class))?;
        mro[at + 1..].iter().find_map(|base| self.own_attr(base, name))
    }

    /// An attribute in the class's own dict.
    #[inline]
    pub(crate) fn own_attr(&self, class: &Obj, name: &Obj) -> Option<Obj> {
        self.own_dict(class)?.get_str_key(name)
    }

    /// The class's own dict, for a look that runs no Python code.
    #[inline(always)]
    fn own_dict<'a>(&self, class: &'a Obj) -> Option<&'a Dict> {
        // SAFETY: looking a text up runs no Python code.
        unsafe { self.class(class).dict.borrow() }?.get::<Dict>()
    }

    /// Sets an attribute in a class's own dict. Nothing else is done: see [`Vm::class_modified`].
    pub(crate) fn set_own_attr(&self, class: &Obj, name: &Obj, value: Obj) {
        let dict = self.class(class).dict.get().expect("a class has its dict");
        self.dict_changed(&dict, &value);
        drop(dict.get::<Dict>().expect("a class's dict is a dict").set_str_key(name, value));
    }

    /// The class's version, given now if it has none (`assign_version_tag`). Never 0.
    #[inline]
    pub fn class_version(&self, class: &Obj) -> u32 {
        match self.class(class).version.get() {
            0 => self.new_class_version(class),
            version => version,
        }
    }

    #[cold]
    fn new_class_version(&self, class: &Obj) -> u32 {
        if let Some(mro) = self.class(class).mro.get() {
            for base in mro.get::<Tuple>().map(Tuple::items).unwrap_or_default().iter().skip(1).rev() {
                if self.class(base).version.get() == 0 {
                    self.class(base).version.set(self.next_version());
                }
            }
        }
        let version = self.next_version();
        self.class(class).version.set(version);
        version
    }

    fn next_version(&self) -> u32 {
        let next = self.next_class_version.get();
        self.next_class_version.set(next.checked_add(1).unwrap_or(1));
        next
    }

    /// The class's attributes or bases have changed: its version ends, and those of all that extend it (`PyType_Modified`).
    pub fn class_modified(&self, class: &Obj) {
        let mut todo = vec![class.clone()];
        while let Some(class) = todo.pop() {
            let payload = self.class(&class);
            if payload.version.replace(0) != 0 {
                todo.extend(self.subclasses_of(&class));
            }
        }
    }

    /// The payload of an object that must be a class.
    pub(crate) fn expect_class<'a>(&self, obj: &'a Obj, message: impl FnOnce() -> String) -> PyResult<&'a Class> {
        obj.get::<Class>().ok_or_else(|| self.type_error(message()))
    }
}
