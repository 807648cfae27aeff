//! Interning: which strings are one object for their value, and which of those are immortal (`Objects/unicodeobject.c`).
//!
//! From 3.13 on, names (of variables, attributes, functions, modules) are interned for good; literals that look like names,
//! keys of `setattr` and what `sys.intern` is given are interned as long as somebody holds them.

use heap::{Obj, Str};

use crate::Vm;

impl Vm {
    /// The interned string of a name: immortal (`_PyUnicode_InternImmortal`).
    pub fn intern(&self, text: &str) -> Obj {
        if let Some(found) = self.heap.interned(text.as_bytes()) {
            found.make_immortal();
            return found;
        }
        // The empty text and single Latin-1 characters are one object each, interned or not.
        let made = self.heap.intern(&self.str(text));
        made.make_immortal();
        made
    }

    /// The interned string of this one's value, mortal if it is new (`PyUnicode_InternInPlace`, `sys.intern`).
    /// Of an instance of a class that extends `str`, the plain value counts.
    pub fn intern_obj(&self, text: &Obj) -> Obj {
        self.heap.intern(&self.plain_value(text))
    }

    /// As [`Vm::intern`], for a string that exists.
    pub fn intern_immortal(&self, text: &Obj) -> Obj {
        let interned = self.heap.intern(text);
        if interned.kind() == heap::Kind::STR {
            interned.make_immortal();
        }
        interned
    }

    /// `sys._is_interned(text)`.
    pub fn is_interned(&self, text: &Obj) -> bool {
        text.kind() == heap::Kind::STR && text.get::<Str>().is_some_and(|text| text.interned.get())
    }
}
