//! The table of interned strings.

use std::collections::HashMap;

use heap::Obj;

use crate::Vm;

/// The interned strings, by value.
#[derive(Default)]
pub(crate) struct Interned {
    by_text: HashMap<Box<[u8]>, Obj>,
}

impl Vm {
    /// The interned string of this value.
    pub fn intern(&self, text: &str) -> Obj {
        if let Some(found) = self.interned.borrow().by_text.get(text.as_bytes()) {
            return found.clone();
        }
        let made = self.str(text);
        self.interned.borrow_mut().by_text.insert(text.as_bytes().into(), made.clone());
        made
    }
}
