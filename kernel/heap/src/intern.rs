//! Interned strings: one object for each value (`Objects/unicodeobject.c`).
//!
//! Invariant: the table owns no count on its strings, so that counts are what CPython shows; a string leaves the table when it
//! dies. The names of programs are immortal besides; a string that only `sys.intern` or a literal interned is not.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::ptr::NonNull;

use crate::heap::Heap;
use crate::kind::Kind;
use crate::leaf::Str;
use crate::object::Obj;

/// A string in the table, found by its text.
struct Entry(NonNull<Str>);

impl Borrow<[u8]> for Entry {
    fn borrow(&self) -> &[u8] {
        // SAFETY: a string takes itself out of the table before it dies.
        unsafe { self.0.as_ref() }.as_bytes()
    }
}

impl Hash for Entry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let text: &[u8] = self.borrow();
        text.hash(state);
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        let (a, b): (&[u8], &[u8]) = (self.borrow(), other.borrow());
        a == b
    }
}

impl Eq for Entry {}

/// A quick hash of texts: a program's names are not chosen to collide.
#[derive(Default)]
struct TextHasher(u64);

impl TextHasher {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Hasher for TextHasher {
    fn finish(&self) -> u64 {
        // The table takes a place by the lowest bits, and multiplication fills the highest.
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, text: &[u8]) {
        let mut words = text.chunks_exact(8);
        words.by_ref().for_each(|word| self.mix(u64::from_le_bytes(word.try_into().expect("a word has eight bytes"))));
        let rest = words.remainder();
        self.mix(rest.iter().fold(rest.len() as u64, |word, byte| word << 8 | u64::from(*byte)));
    }

    fn write_usize(&mut self, len: usize) {
        self.mix(len as u64);
    }
}

/// The interned strings of a heap.
#[derive(Default)]
pub(crate) struct InternTable(RefCell<HashMap<Entry, NonNull<u8>, BuildHasherDefault<TextHasher>>>);

impl InternTable {
    /// A string dies.
    pub(crate) fn forget(&self, text: &Str) {
        let mut table = self.0.borrow_mut();
        // A younger string of the same value may stand in the place of one that was dying.
        if table.get_key_value(text.as_bytes()).is_some_and(|(entry, _)| entry.0 == NonNull::from(text)) {
            table.remove(text.as_bytes());
        }
    }
}

impl Heap {
    /// How many strings are interned.
    pub fn interned_count(&self) -> usize {
        self.interned.0.borrow().len()
    }

    /// The interned string of this text, if there is one.
    pub fn interned(&self, text: &[u8]) -> Option<Obj> {
        let bits = *self.interned.0.borrow().get(text)?;
        // SAFETY: strings in the table are alive, but maybe dying at this moment.
        let found = std::mem::ManuallyDrop::new(unsafe { Obj::from_bits(bits) });
        (found.refcount() > 0).then(|| Obj::clone(&found))
    }

    /// The interned string of this one's value, which it becomes itself if there was none. A string of a subclass comes back as it is.
    pub fn intern(&self, text: &Obj) -> Obj {
        if text.kind() != Kind::STR {
            return text.clone();
        }
        // SAFETY: the kind says which payload it is.
        let payload = unsafe { text.payload_unchecked::<Str>() };
        if payload.interned.get() {
            return text.clone();
        }
        if let Some(found) = self.interned(payload.as_bytes()) {
            return found;
        }
        payload.interned.set(true);
        let mut table = self.interned.0.borrow_mut();
        table.remove(payload.as_bytes());
        table.insert(Entry(NonNull::from(payload)), text.bits());
        if self.immortal_interned.get() {
            text.make_immortal();
        }
        text.clone()
    }

    /// Interned strings live for ever from now on, as in CPython 3.12.
    pub fn set_immortal_interned(&self, immortal: bool) {
        self.immortal_interned.set(immortal);
    }
}
