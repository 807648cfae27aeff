//! Leaves: the objects that hold no references, and so are never tracked.
//!
//! A leaf's header is 8 bytes. Text and bytes up to [`INLINE`] bytes stand in the object itself, longer ones in a
//! buffer of their own. Text is kept as WTF-8 (UTF-8 that admits lone surrogates).

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};
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
    /// The head of a new text of so many ASCII characters.
    fn ascii(len: u32) -> Str {
        Str {
            hash: Cell::new(0),
            len,
            chars: len,
            width: 1,
            ascii: true,
            surrogates: false,
            interned: Cell::new(false),
            room: 0,
            _end: [0; 3],
        }
    }

    /// The head of a new text.
    ///
    /// Panics beyond 4 GiB.
    fn of(text: &[u8]) -> Str {
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
        Str { hash: Cell::new(0), len, chars, width, ascii, surrogates, interned: Cell::new(false), room: 0, _end: [0; 3] }
    }

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
    #[inline]
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

/// The digits of 0 to 99.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut n = 0;
    while n < 100 {
        pairs[n as usize] = [b'0' + n / 10, b'0' + n % 10];
        n += 1;
    }
    pairs
};

/// A buffer of so many bytes, as boxed slices of bytes have it too.
fn bytes_layout(size: usize) -> Layout {
    Layout::array::<u8>(size).expect("a text is shorter than the address space")
}

/// Panics if a text is not generalised UTF-8.
fn assert_whole(text: &[u8]) {
    if std::str::from_utf8(text).is_ok() {
        return;
    }
    // A surrogate is ED, then A0 to BF, then a continuation byte; everything between surrogates is UTF-8.
    let mut rest = text;
    while let Some(at) = rest.windows(3).position(|w| w[0] == 0xED && w[1] & 0xE0 == 0xA0 && w[2] & 0xC0 == 0x80) {
        assert!(std::str::from_utf8(&rest[..at]).is_ok(), "a text is made of whole code points");
        rest = &rest[at + 3..];
    }
    assert!(std::str::from_utf8(rest).is_ok(), "a text is made of whole code points");
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

    /// A new `str`, if the text is ASCII: the quick way for bytes that are likely to be.
    #[inline]
    pub fn str_if_ascii(&self, text: &[u8]) -> Option<Obj> {
        if !text.is_ascii() {
            return None;
        }
        let len = u32::try_from(text.len()).ok()?;
        // SAFETY: the head is about these bytes.
        Some(unsafe { self.alloc_with_bytes(Str::ascii(len), text) })
    }

    /// A number in decimal digits, as a new `str`.
    pub fn str_decimal(&self, value: i64) -> Obj {
        // Sign and digits of the longest number.
        let mut digits = [0; 20];
        let (mut at, mut rest) = (digits.len(), value.unsigned_abs());
        // Two digits at a time.
        while rest >= 100 {
            at -= 2;
            digits[at..at + 2].copy_from_slice(&PAIRS[(rest % 100) as usize]);
            rest /= 100;
        }
        if rest >= 10 {
            at -= 2;
            digits[at..at + 2].copy_from_slice(&PAIRS[rest as usize]);
        } else {
            at -= 1;
            digits[at] = b'0' + rest as u8;
        }
        if value < 0 {
            at -= 1;
            digits[at] = b'-';
        }
        let text = &digits[at..];
        // SAFETY: the head is about these bytes.
        unsafe { self.alloc_with_bytes(Str::ascii(text.len() as u32), text) }
    }

    /// The texts one after another, with `separator` between them, as a new `str`.
    ///
    /// Panics beyond 4 GiB.
    pub fn str_join<'a>(&self, separator: Option<&Str>, parts: impl Iterator<Item = &'a Str> + Clone) -> Obj {
        let mut head = Str::ascii(0);
        let (mut len, mut chars) = (0, 0);
        let mut take_in = |part: &Str| {
            len += part.len as usize;
            chars += part.chars as usize;
            head.width = head.width.max(part.width);
            head.ascii &= part.ascii;
            head.surrogates |= part.surrogates;
        };
        for (i, part) in parts.clone().enumerate() {
            separator.filter(|_| i > 0).into_iter().for_each(&mut take_in);
            take_in(part);
        }
        head.len = u32::try_from(len).expect("a text is shorter than 4 GiB");
        head.chars = chars as u32;
        // SAFETY: as many bytes are written as were counted.
        unsafe {
            let (obj, mut to) = self.alloc_row(head, len);
            let mut put = |part: &Str| {
                to.copy_from_nonoverlapping(part.as_bytes().as_ptr(), part.len as usize);
                to = to.add(part.len as usize);
            };
            for (i, part) in parts.enumerate() {
                separator.filter(|_| i > 0).into_iter().for_each(&mut put);
                put(part);
            }
            obj
        }
    }

    /// A new `str` from generalised UTF-8: each code point encoded by itself, surrogates too.
    ///
    /// Panics if `text` is not that.
    pub fn str_from_code_points(&self, text: &[u8]) -> Obj {
        assert_whole(text);
        // SAFETY: just checked.
        unsafe { self.str_from_wtf8(text) }
    }

    /// As [`Heap::str_from_code_points`](crate::Heap::str_from_code_points); the buffer of a long text becomes the object's own.
    pub fn str_from_buffer(&self, text: Vec<u8>) -> Obj {
        if text.len() <= INLINE {
            return self.str_from_code_points(&text);
        }
        assert_whole(&text);
        let head = Str::of(&text);
        let fixed = crate::payload::offset::<Str>() + size_of::<Str>();
        // SAFETY: the object has room for header, head and a pointer; the buffer is as long as the text, and the object's from here on.
        unsafe {
            let at = self.alloc_raw(Kind::STR, fixed + 8, true);
            at.add(crate::payload::offset::<Str>()).cast::<Str>().write(head);
            at.add(fixed).cast::<*mut u8>().write(Box::into_raw(text.into_boxed_slice()).cast());
            self.born(Obj::from_header(at, true))
        }
    }

    /// A new `str` from WTF-8, the encoding that admits surrogates.
    ///
    /// # Safety
    /// `text` is UTF-8, but for surrogates that stand as three-byte sequences, each by itself (two that would make a pair stay two).
    pub unsafe fn str_from_wtf8(&self, text: &[u8]) -> Obj {
        // SAFETY: room for the struct and its bytes is allocated together.
        unsafe { self.alloc_with_bytes(Str::of(text), text) }
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
            // SAFETY: the head is about these bytes.
            return unsafe {
                let (obj, to) = self.alloc_row(head, size);
                to.copy_from_nonoverlapping(a.as_bytes().as_ptr(), a.len as usize);
                to.add(a.len as usize).copy_from_nonoverlapping(b.as_bytes().as_ptr(), b.len as usize);
                obj
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
    #[inline]
    unsafe fn alloc_with_bytes<T: Payload>(&self, head: T, data: &[u8]) -> Obj {
        // SAFETY: there is room for so many bytes.
        unsafe {
            let (obj, to) = self.alloc_row(head, data.len());
            to.copy_from_nonoverlapping(data.as_ptr(), data.len());
            obj
        }
    }

    /// A new object and the room for its bytes, in the object itself or behind a pointer.
    ///
    /// # Safety
    /// `head` says `len` as its length, and the bytes are written before the object is used.
    #[inline]
    unsafe fn alloc_row<T: Payload>(&self, head: T, len: usize) -> (Obj, *mut u8) {
        let inline = len <= INLINE;
        let fixed = crate::payload::offset::<T>() + size_of::<T>();
        // SAFETY: the object has room for header, head and tail.
        unsafe {
            let at = self.alloc_raw(T::KIND, fixed + if inline { len } else { 8 }, true);
            at.add(crate::payload::offset::<T>()).cast::<T>().write(head);
            let behind = at.add(fixed);
            let room = if inline {
                behind.as_ptr()
            } else {
                let buffer = alloc(bytes_layout(len));
                if buffer.is_null() {
                    handle_alloc_error(bytes_layout(len));
                }
                behind.cast::<*mut u8>().write(buffer);
                buffer
            };
            (self.born(Obj::from_header(at, true)), room)
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
