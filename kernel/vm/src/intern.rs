//! The table of interned strings.
//!
//! Invariant: the table has one string of each value, marked as interned. Unlike CPython's, it counts a reference on each.

use std::collections::HashMap;

use heap::{Obj, Str};

use crate::Vm;

/// The interned strings, by value.
#[derive(Default)]
pub(crate) struct Interned {
    by_text: HashMap<Box<[u8]>, Obj>,
}

impl Interned {
    /// The string of this value in the table; `make` makes one if there is none.
    pub(crate) fn find_or_insert(&mut self, text: &[u8], make: impl FnOnce() -> Obj) -> Obj {
        if let Some(found) = self.by_text.get(text) {
            return found.clone();
        }
        let made = make();
        if let Some(text) = made.get::<Str>() {
            text.interned.set(true);
        }
        self.by_text.insert(text.into(), made.clone());
        made
    }
}

impl Vm {
    /// The interned string of this value.
    pub fn intern(&self, text: &str) -> Obj {
        self.interned.borrow_mut().find_or_insert(text.as_bytes(), || self.str(text))
    }

    /// The interned string with the value of a `str` object: this one, if none is in the table yet (`sys.intern`).
    pub fn intern_obj(&self, obj: &Obj) -> Obj {
        let plain = self.plain_value(obj);
        match plain.get::<Str>() {
            Some(text) if !text.interned.get() => self.interned.borrow_mut().find_or_insert(text.as_bytes(), || plain.clone()),
            _ => plain,
        }
    }
}
