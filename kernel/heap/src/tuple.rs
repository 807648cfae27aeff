//! `tuple`: a fixed row of references, in the object itself.
//!
//! Invariant: the items are written before anybody can see the tuple, and change only while the machine alone holds it.

use std::cell::Cell;
use std::ptr::NonNull;

use crate::census::Label;
use crate::extra::{Extra, ExtraLayout};
use crate::heap::Heap;
use crate::kind::Kind;
use crate::object::{EXTRA, Header, LeafHeader, Obj};
use crate::payload::{Payload, Visit};
use crate::refcount::Trash;
use crate::slot::Slot;

/// The payload of a `tuple`: its items, as many as the header says. If they are too many for that, a word with their number stands
/// before them.
#[repr(C)]
pub struct Tuple {
    row: [Obj; 0],
}

/// What the header of a tuple says whose length has a word of its own.
const LONG: u8 = u8::MAX;

impl Tuple {
    /// The items.
    #[inline]
    pub fn items(&self) -> &[Obj] {
        // SAFETY: `len` items follow at the next pointer boundary; a tuple does not change once it is shared.
        unsafe { std::slice::from_raw_parts(self.data(), self.len()) }
    }

    /// A tuple's length, as far as its header tells.
    #[inline(always)]
    fn short_len(&self) -> u8 {
        // SAFETY: a tuple is never anywhere but behind its header.
        unsafe { (*(self as *const Tuple).byte_sub(size_of::<Header>()).cast::<LeafHeader>()).detail.get() }
    }

    #[inline(always)]
    fn data(&self) -> *mut Obj {
        let before = if self.short_len() == LONG { 8 } else { 0 };
        self.row.as_ptr().wrapping_byte_add(before).cast_mut()
    }

    /// Where the items stand.
    #[inline]
    pub(crate) fn row(&self) -> *const Obj {
        self.data()
    }

    /// How many items.
    #[inline]
    pub fn len(&self) -> usize {
        match self.short_len() {
            // SAFETY: the length stands before the items.
            LONG => unsafe { (*self.row.as_ptr().cast::<Cell<u32>>()).get() as usize },
            len => len as usize,
        }
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes from the header to the items.
    const fn before(len: usize) -> usize {
        if len < LONG as usize { 0 } else { 8 }
    }

    /// Bytes from the object's address to the end of the items.
    pub(crate) fn end(len: usize) -> usize {
        size_of::<Header>() + Tuple::before(len) + 8 * len
    }

    /// Replaces an item of a tuple that nobody but the caller refers to (an iterator's reused result) and gives the one before; gives
    /// `item` back if somebody does, or there is no such place.
    #[inline]
    pub fn replace_unshared(tuple: &mut Obj, index: usize, item: Obj) -> Result<Obj, Obj> {
        match tuple.get::<Tuple>() {
            // SAFETY: the only reference is the caller's, who lends it exclusively: no look into the items is alive.
            Some(payload) if tuple.refcount() == 1 && index < payload.len() => Ok(unsafe { Tuple::place(tuple, index).replace(item) }),
            _ => Err(item),
        }
    }

    /// Fills the pair in `slot` anew if nobody else refers to it, and gives a new reference to it, with the items that were in it: drop
    /// them when all is in order. Otherwise `a` and `b` come back.
    #[inline]
    pub fn refill_pair(slot: &Slot, a: Obj, b: Obj) -> Result<(Obj, [Obj; 2]), (Obj, Obj)> {
        slot.with(|held| match held {
            Some(pair) if pair.kind() == Kind::TUPLE && pair.refcount() == 1 => {
                // SAFETY: the kind says which payload it is. The slot holds the only reference, so no look into the items is alive, and
                // exchanging them runs no code.
                let before = unsafe {
                    if pair.payload_unchecked::<Tuple>().len() != 2 {
                        return Err((a, b));
                    }
                    [Tuple::place(pair, 0).replace(a), Tuple::place(pair, 1).replace(b)]
                };
                if !pair.is_tracked() {
                    pair.heap().track(pair);
                }
                Ok((pair.clone(), before))
            }
            _ => Err((a, b)),
        })
    }

    /// Where an item of a tuple object stands, to be written: not through the payload, a look at which promises that nothing changes.
    ///
    /// # Safety
    /// The object is a tuple, and has such an item.
    unsafe fn place(tuple: &Obj, index: usize) -> *mut Obj {
        // SAFETY: the caller's word; the items follow the header.
        unsafe {
            let before = Tuple::before(tuple.payload_unchecked::<Tuple>().len());
            tuple.address().add(size_of::<Header>() + before).cast::<Obj>().add(index).as_ptr()
        }
    }
}

impl Payload for Tuple {
    const KIND: Kind = Kind::TUPLE;

    #[inline]
    fn traverse(&self, visit: Visit<'_>) {
        // Last to first, as `tuple_traverse` does; `gc.get_referents` shows it.
        self.items().iter().rev().for_each(visit);
    }

    fn holds(&self, visit: &mut dyn FnMut(Label, &Obj)) {
        self.items().iter().enumerate().for_each(|(i, item)| visit(Label::Item(i), item));
    }

    /// A tuple has no `tp_clear`: some other object of every cycle through it has.
    fn clear(&self, _: &mut Trash<'_>) {}

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        let data = self.data();
        for i in (0..self.len()).rev() {
            // SAFETY: each item moves out once; `Drop` finds none. The length stays, for the size.
            trash.push(unsafe { data.add(i).read() });
        }
    }
}

impl Heap {
    /// A new tuple of these items, tracked unless all of them are atoms (`PyTuple_FromArray`, `BUILD_TUPLE` and their like; CPython's
    /// `PyTuple_New` tracks always: `tuple_untracked(…).tracked()`).
    pub fn tuple(&self, items: impl IntoIterator<Item = Obj, IntoIter: ExactSizeIterator>) -> Obj {
        let tuple = self.tuple_untracked(items, None);
        // SAFETY: it was just made.
        let holds_containers = unsafe { tuple.payload_unchecked::<Tuple>() }.items().iter().any(Obj::is_of_gc_type);
        if holds_containers || self.eager_tuples.get() { tuple.tracked() } else { tuple }
    }

    /// A new tuple that the collector does not know yet, of a subclass if `extra` says so.
    ///
    /// Panics if the iterator gives fewer items than it said.
    pub fn tuple_untracked(
        &self,
        items: impl IntoIterator<Item = Obj, IntoIter: ExactSizeIterator>,
        extra: Option<(Obj, ExtraLayout)>,
    ) -> Obj {
        let mut items = items.into_iter();
        let len = items.len();
        let len32 = u32::try_from(len).expect("a tuple has fewer than 2^32 items");
        let size = Tuple::end(len) + extra.as_ref().map_or(0, |(_, layout)| layout.size());
        // SAFETY: room for all the items was allocated; they are written before the object is an `Obj`.
        unsafe {
            let at = self.alloc_raw(Kind::TUPLE, size, false);
            let data: NonNull<Obj> = at.add(size_of::<Header>() + Tuple::before(len)).cast();
            if len < LONG as usize {
                at.cast::<LeafHeader>().as_ref().detail.set(len as u8);
            } else {
                at.cast::<LeafHeader>().as_ref().detail.set(LONG);
                at.add(size_of::<Header>()).cast::<u32>().write(len32);
            }
            for i in 0..len {
                data.add(i).write(items.next().expect("the iterator gives as many items as it said"));
            }
            let obj = Obj::from_header(at, false);
            if let Some((class, layout)) = extra {
                Extra::write(at.add(Tuple::end(len)).cast(), class, layout);
                obj.set_flag(EXTRA);
                self.count_one();
            } else {
                self.count_alloc_tuple(len);
            }
            self.born(obj)
        }
    }
}
