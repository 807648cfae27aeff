//! Leaves: the objects that hold no references, and so are never tracked.
//!
//! A leaf's header is 8 bytes. Text and bytes up to [`INLINE`] bytes stand in the object itself, longer ones in a
//! buffer of their own. Text is kept as WTF-8 (UTF-8 that admits lone surrogates).

use std::alloc::{Layout, dealloc, handle_alloc_error, realloc};
use std::cell::Cell;

use crate::kind::Kind;
use crate::object::Obj;
use crate::payload::{Payload, Visit};
use crate::refcount::Trash;

macro_rules! leaf {
    ($type:ty, $kind:expr) => {
        impl Payload for $type {
            const KIND: Kind = $kind;
            const LEAF: bool = true;
            fn traverse(&self, _: Visit<'_>) {}
            fn clear(&self, _: &mut Trash<'_>) {}
        }
    };
}

/// `None` and its like.
pub struct Singleton(
    /// Which one it is; the machine gives the numbers.
    pub u8,
);
leaf!(Singleton, Kind::SINGLETON);

/// An `int` of 64 bits: 16 bytes in all.
pub struct Int(
    /// The value.
    pub i64,
);
leaf!(Int, Kind::INT);

/// A `float`: 16 bytes in all.
pub struct Float(
    /// The value.
    pub f64,
);
leaf!(Float, Kind::FLOAT);

/// The longest text or bytes that stand in the object itself.
pub(crate) const INLINE: usize = 256;

/// The fixed part of a `str`; its bytes follow, or a pointer to them.
#[repr(C)]
pub struct Str {
    /// The hash; 0 is "not yet computed".
    pub hash: Cell<i64>,
    pub(crate) len: u32,
    pub(crate) chars: u32,
    /// The largest code point, as a class: 1, 2 or 4 bytes a character in CPython (PEP 393).
    pub(crate) width: u8,
    pub(crate) ascii: bool,
    pub(crate) surrogates: bool,
    /// Whether the text is the interned one of its value.
    pub interned: Cell<bool>,
    /// Of a text that has grown in its own buffer: the buffer has two to this many bytes. Otherwise 0: as many as the text.
    room: u8,
    _end: [u8; 3],
}

impl Str {
    /// The text in WTF-8.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: `Heap::str` wrote `len` bytes behind the struct, or a pointer to as many.
        unsafe {
            let behind = (self as *const Str).add(1);
            let data = if self.len as usize <= INLINE { behind.cast::<u8>() } else { *behind.cast::<*const u8>() };
            std::slice::from_raw_parts(data, self.len as usize)
        }
    }

    /// The text, unless it has lone surrogates.
    #[inline]
    pub fn to_str(&self) -> Option<&str> {
        // SAFETY: WTF-8 without surrogates is UTF-8.
        (!self.surrogates).then(|| unsafe { std::str::from_utf8_unchecked(self.as_bytes()) })
    }

    /// How many code points: Python's `len`.
    #[inline]
    pub fn chars(&self) -> usize {
        self.chars as usize
    }

    /// Whether every character is ASCII, so that bytes are characters.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// How long a text the buffer has room for.
    fn capacity(&self) -> usize {
        if self.room == 0 { self.len as usize } else { 1 << self.room }
    }

    /// Bytes a character takes in CPython: 1, 2 or 4 (PEP 393).
    pub fn width(&self) -> usize {
        self.width as usize
    }
}

impl Payload for Str {
    const KIND: Kind = Kind::STR;
    const LEAF: bool = true;
    fn traverse(&self, _: Visit<'_>) {}
    fn clear(&self, _: &mut Trash<'_>) {}
}

impl Drop for Str {
    fn drop(&mut self) {
        if self.interned.get() {
            // SAFETY: a `str` stands on a page of its heap.
            unsafe { crate::space::heap_of(std::ptr::NonNull::from(&*self).cast()).as_ref() }.interned.forget(self);
        }
        if self.len as usize > INLINE {
            // SAFETY: a long text owns the buffer that was made for it, of this size.
            unsafe { dealloc(self.as_bytes().as_ptr().cast_mut(), bytes_layout(self.capacity())) };
        }
    }
}

/// A buffer of so many bytes, as boxed slices of bytes have it too.
fn bytes_layout(size: usize) -> Layout {
    Layout::array::<u8>(size).expect("a text is shorter than the address space")
}

/// The fixed part of a `bytes`; its bytes follow, or a pointer to them.
#[repr(C)]
pub struct Bytes {
    /// The hash; 0 is "not yet computed".
    pub hash: Cell<i64>,
    pub(crate) len: usize,
}

impl Bytes {
    /// The bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: `Heap::bytes` wrote `len` bytes behind the struct, or a pointer to as many.
        unsafe {
            let behind = (self as *const Bytes).add(1);
            let data = if self.len <= INLINE { behind.cast::<u8>() } else { *behind.cast::<*const u8>() };
            std::slice::from_raw_parts(data, self.len)
        }
    }
}

impl Payload for Bytes {
    const KIND: Kind = Kind::BYTES;
    const LEAF: bool = true;
    fn traverse(&self, _: Visit<'_>) {}
    fn clear(&self, _: &mut Trash<'_>) {}
}

impl Drop for Bytes {
    fn drop(&mut self) {
        if self.len > INLINE {
            // SAFETY: long bytes own the buffer that `Heap::bytes` made.
            drop(unsafe { Box::from_raw(std::ptr::from_ref(self.as_bytes()).cast_mut()) });
        }
    }
}

impl crate::Heap {
    /// A new `int`. The machine keeps the small ones and hands those out itself.
    #[inline]
    pub fn int(&self, value: i64) -> Obj {
        self.alloc(Int(value))
    }

    /// One of the two `bool`s; the machine makes them once.
    pub fn bool(&self, value: bool) -> Obj {
        let obj = self.alloc(Int(value.into()));
        obj.leaf_header().kind.set(Kind::BOOL);
        obj
    }

    /// A new `float`.
    #[inline]
    pub fn float(&self, value: f64) -> Obj {
        self.alloc(Float(value))
    }

    /// A new `str`.
    pub fn str(&self, text: &str) -> Obj {
        // SAFETY: UTF-8 is WTF-8.
        unsafe { self.str_from_wtf8(text.as_bytes()) }
    }

    /// A new `str` from generalised UTF-8: each code point encoded by itself, surrogates too.
    ///
    /// Panics if `text` is not that.
    pub fn str_from_code_points(&self, text: &[u8]) -> Obj {
        if std::str::from_utf8(text).is_err() {
            // A surrogate is ED, then A0 to BF, then a continuation byte; everything between surrogates is UTF-8.
            let mut rest = text;
            while let Some(at) = rest.windows(3).position(|w| w[0] == 0xED && w[1] & 0xE0 == 0xA0 && w[2] & 0xC0 == 0x80) {
                assert!(std::str::from_utf8(&rest[..at]).is_ok(), "a text is made of whole code points");
                rest = &rest[at + 3..];
            }
            assert!(std::str::from_utf8(rest).is_ok(), "a text is made of whole code points");
        }
        // SAFETY: just checked.
        unsafe { self.str_from_wtf8(text) }
    }

    /// A new `str` from WTF-8, the encoding that admits surrogates.
    ///
    /// # Safety
    /// `text` is UTF-8, but for surrogates that stand as three-byte sequences, each by itself (two that would make a pair stay two).
    pub unsafe fn str_from_wtf8(&self, text: &[u8]) -> Obj {
        let len = u32::try_from(text.len()).expect("a text is shorter than 4 GiB");
        let (mut chars, mut width, mut surrogates) = (len, 1, false);
        let ascii = text.is_ascii();
        if !ascii {
            chars = text.iter().filter(|&&b| b & 0xC0 != 0x80).count() as u32;
            for (i, &b) in text.iter().enumerate() {
                width = width.max(match b {
                    0xF0.. => 4,
                    0xC4.. => 2,
                    _ => 1,
                });
                surrogates |= b == 0xED && text[i + 1] >= 0xA0;
            }
        }
        let head = Str { hash: Cell::new(0), len, chars, width, ascii, surrogates, interned: Cell::new(false), room: 0, _end: [0; 3] };
        // SAFETY: room for the struct and its bytes is allocated together.
        unsafe { self.alloc_with_bytes(head, text) }
    }

    /// `left + right` of two `str` objects. A long left text that nobody else holds grows in place (`PyUnicode_Append`).
    ///
    /// Panics if one is no `str`, and beyond 4 GiB.
    pub fn str_concat(&self, left: Obj, right: &Obj) -> Obj {
        let (Some(a), Some(b)) = (left.get::<Str>(), right.get::<Str>()) else { panic!("both are texts") };
        let size = a.len as usize + b.len as usize;
        let len = u32::try_from(size).expect("a text is shorter than 4 GiB");
        let head = Str {
            hash: Cell::new(0),
            len,
            chars: a.chars + b.chars,
            width: a.width.max(b.width),
            ascii: a.ascii && b.ascii,
            surrogates: a.surrogates || b.surrogates,
            interned: Cell::new(false),
            room: 0,
            _end: [0; 3],
        };
        let alone = left.refcount() == 1
            && !left.is(right)
            && left.kind() == Kind::STR
            && !a.interned.get()
            && a.hash.get() == 0
            && a.len as usize > INLINE;
        if !alone {
            if size <= INLINE {
                let mut both = [0; INLINE];
                both[..a.as_bytes().len()].copy_from_slice(a.as_bytes());
                both[a.as_bytes().len()..size].copy_from_slice(b.as_bytes());
                // SAFETY: the head is about these bytes.
                return unsafe { self.alloc_with_bytes(head, &both[..size]) };
            }
            let mut both = Vec::with_capacity(size);
            both.extend_from_slice(a.as_bytes());
            both.extend_from_slice(b.as_bytes());
            let fixed = crate::payload::offset::<Str>() + size_of::<Str>();
            // SAFETY: the object has room for header, head and a pointer to the bytes, which it owns.
            return unsafe {
                let at = self.alloc_raw(Kind::STR, fixed + 8, true);
                at.add(crate::payload::offset::<Str>()).cast::<Str>().write(head);
                at.add(fixed).cast::<*const u8>().write(Box::into_raw(both.into_boxed_slice()) as *const u8);
                Obj::from_header(at, true)
            };
        }
        let (have, room, before) = (a.len as usize, a.room, a.capacity());
        // SAFETY: nobody else holds the text, so nobody looks at it; the buffer is as large as its layout says. `right` is another
        // object, because `left` is the only reference to its own.
        unsafe {
            let this = left.address().add(crate::payload::offset::<Str>()).cast::<Str>();
            let place = this.add(1).cast::<*mut u8>();
            let mut grown = head;
            grown.room = room;
            if size > before {
                let wanted = size.next_power_of_two();
                let moved = realloc(place.read(), bytes_layout(before), wanted);
                if moved.is_null() {
                    handle_alloc_error(bytes_layout(wanted));
                }
                place.write(moved);
                grown.room = wanted.trailing_zeros() as u8;
            }
            place.read().add(have).copy_from_nonoverlapping(b.as_bytes().as_ptr(), b.len as usize);
            this.write(grown);
        }
        left
    }

    /// A new `bytes`.
    pub fn bytes(&self, data: &[u8]) -> Obj {
        // SAFETY: room for the struct and its bytes is allocated together.
        unsafe { self.alloc_with_bytes(Bytes { hash: Cell::new(0), len: data.len() }, data) }
    }

    /// # Safety
    /// `head` says `data.len()` as its length.
    unsafe fn alloc_with_bytes<T: Payload>(&self, head: T, data: &[u8]) -> Obj {
        let inline = data.len() <= INLINE;
        let tail = if inline { data.len() } else { 8 };
        let fixed = crate::payload::offset::<T>() + size_of::<T>();
        // SAFETY: the object has room for header, head and tail.
        unsafe {
            let at = self.alloc_raw(T::KIND, fixed + tail, true);
            at.add(crate::payload::offset::<T>()).cast::<T>().write(head);
            let behind = at.add(fixed);
            if inline {
                behind.copy_from_nonoverlapping(std::ptr::NonNull::new_unchecked(data.as_ptr().cast_mut()), data.len());
            } else {
                behind.cast::<*const u8>().write(Box::into_raw(data.to_vec().into_boxed_slice()) as *const u8);
            }
            Obj::from_header(at, true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{INLINE, Str};
    use crate::Heap;

    #[test]
    fn a_text_that_nobody_else_holds_grows_where_it_is() {
        let heap = Heap::new();
        let more = heap.str("é and more; ");
        let mut text = heap.str(&"a".repeat(INLINE + 1));
        let (id, mut expected) = (text.id(), "a".repeat(INLINE + 1));
        for _ in 0..200 {
            text = heap.str_concat(text, &more);
            expected.push_str("é and more; ");
        }
        assert_eq!(text.id(), id);
        let payload = text.get::<Str>().expect("a text");
        assert_eq!((payload.to_str(), payload.chars(), payload.is_ascii()), (Some(&*expected), expected.chars().count(), false));
        let shared = text.clone();
        let longer = heap.str_concat(text, &shared);
        assert_ne!(longer.id(), id);
        assert_eq!(shared.get::<Str>().expect("a text").as_bytes(), expected.as_bytes());
        assert_eq!(longer.get::<Str>().expect("a text").as_bytes(), expected.repeat(2).as_bytes());
    }
}
