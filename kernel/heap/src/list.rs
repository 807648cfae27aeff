//! `list`: a growing row of references.
//!
//! Invariant: `allocated` is CPython's own figure (`list_resize` in `Objects/listobject.c`), because
//! `sys.getsizeof` shows it. A row of one stands in the object itself, and so does one of up to seven in a list that was
//! made with so many items; longer ones have a buffer for `allocated` items. No method holds a borrow of the row while a count
//! falls.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};
use std::cell::{Cell, UnsafeCell};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr::NonNull;

use crate::census::Label;
use crate::kind::Kind;
use crate::object::{Header, Obj};
use crate::payload::{Payload, Visit};
use crate::refcount::Trash;
use crate::system::populate_buffer;

/// How many items every list has room for in itself.
const NARROW: usize = 1;
/// For how many items a new list may get room in itself.
const WIDEST: usize = 7;
/// The top bit of [`List::room`], above CPython's `allocated`: the row is in a buffer.
const SPILLED: u32 = 1 << 31;
/// The two bits below: how many pairs of items the object has room for, beside the one that every list has room for.
const PAIRS: u32 = 3 << PAIRS_SHIFT;
const PAIRS_SHIFT: u32 = 29;

/// How many items a list can have.
pub const MAX_LIST_ITEMS: usize = (1 << PAIRS_SHIFT) - 1;

/// The row in the object itself, or where its buffer is.
union Row {
    /// More may follow behind the payload.
    inline: [MaybeUninit<*mut Obj>; NARROW],
    buffer: *mut Obj,
}

/// The payload of a `list`.
#[repr(C)]
pub struct List {
    len: Cell<u32>,
    /// CPython's `allocated`, and the bits above.
    room: Cell<u32>,
    row: UnsafeCell<Row>,
}

const _: () = assert!(size_of::<List>() == 8 + size_of::<usize>());

impl List {
    /// An empty list.
    #[inline]
    pub fn new() -> List {
        List { len: Cell::new(0), room: Cell::new(0), row: UnsafeCell::new(Row { inline: [MaybeUninit::uninit(); NARROW] }) }
    }

    /// A list of exactly these items, with no room to spare.
    pub fn from_vec(items: Vec<Obj>) -> List {
        let list = List::new();
        list.fill(items);
        list
    }

    /// Gives an empty list without room these items.
    #[inline]
    fn fill(&self, items: Vec<Obj>) {
        let n = items.len();
        let mut items = ManuallyDrop::new(items);
        if n > self.inline_room() && items.capacity() == n {
            // A buffer that fits is taken over.
            self.set_allocated_figure(n);
            self.room.set(self.room.get() | SPILLED);
            // SAFETY: the row is not in use yet.
            unsafe { (*self.row.get()).buffer = items.as_mut_ptr() };
        } else {
            self.set_allocated(n);
            self.make_place(n);
            // SAFETY: there is room for n items now, none is there yet, and the vector gives up its counts.
            unsafe {
                self.data().copy_from_nonoverlapping(items.as_ptr(), n);
                items.set_len(0);
            }
            drop(ManuallyDrop::into_inner(items));
        }
        self.len.set(n as u32);
    }

    #[inline]
    fn data(&self) -> *mut Obj {
        // SAFETY: the bit says which side of the union is in use.
        unsafe { if self.is_spilled() { (*self.row.get()).buffer } else { self.row.get().cast::<Obj>() } }
    }

    /// Whether the items are in a buffer, not in the object itself.
    #[inline]
    pub(crate) fn is_spilled(&self) -> bool {
        self.room.get() & SPILLED != 0
    }

    /// For how many items there is room in the object itself.
    #[inline]
    fn inline_room(&self) -> usize {
        NARROW + 2 * ((self.room.get() & PAIRS) >> PAIRS_SHIFT) as usize
    }

    /// For how many items there is room where the row stands now.
    #[inline]
    fn place(&self) -> usize {
        if self.is_spilled() { self.allocated() } else { self.inline_room() }
    }

    /// Where the items stand.
    #[inline]
    pub(crate) fn row(&self) -> *const Obj {
        self.data()
    }

    /// How many items.
    #[inline]
    pub fn len(&self) -> usize {
        self.len.get() as usize
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len.get() == 0
    }

    /// Whether so many items more are not too many: what makes a list longer asks first.
    #[inline(always)]
    pub fn has_room_for(&self, more: usize) -> bool {
        more <= MAX_LIST_ITEMS - self.len()
    }

    /// For how many items CPython would have room now (`sys.getsizeof` shows it).
    pub fn allocated(&self) -> usize {
        (self.room.get() & !(SPILLED | PAIRS)) as usize
    }

    /// The items, for a look that runs no code which could change this list: nothing may be dropped or called meanwhile.
    ///
    /// # Safety
    /// The list is not changed while the slice lives.
    #[inline]
    pub unsafe fn items(&self) -> &[Obj] {
        // SAFETY: `len` items are there; the caller keeps them there.
        unsafe { std::slice::from_raw_parts(self.data(), self.len()) }
    }

    /// A new reference to item `index`.
    #[inline]
    pub fn get(&self, index: usize) -> Option<Obj> {
        // SAFETY: cloning an `Obj` only raises a count.
        unsafe { self.items() }.get(index).cloned()
    }

    /// New references to all items.
    pub fn to_vec(&self) -> Vec<Obj> {
        // SAFETY: cloning only raises counts.
        unsafe { self.items() }.to_vec()
    }

    /// Replaces item `index` and gives the one that was there.
    ///
    /// Panics if there is no such item.
    #[inline]
    pub fn replace(&self, index: usize, item: Obj) -> Obj {
        assert!(index < self.len(), "list index is below the length");
        // SAFETY: the item is there; a swap runs no code.
        unsafe { std::mem::replace(&mut *self.data().add(index), item) }
    }

    /// Exchanges two items.
    ///
    /// Panics if one of them is not there.
    pub fn swap(&self, a: usize, b: usize) {
        assert!(a < self.len() && b < self.len(), "list index is below the length");
        // SAFETY: both are there.
        unsafe { std::ptr::swap(self.data().add(a), self.data().add(b)) }
    }

    /// Turns the row around.
    pub fn reverse(&self) {
        // SAFETY: reversing moves references and runs no code.
        unsafe { std::slice::from_raw_parts_mut(self.data(), self.len()) }.reverse();
    }

    /// Where the next item goes, if there is room to spare in a buffer.
    #[inline(always)]
    fn spare(&self) -> Option<*mut Obj> {
        let (len, room) = (self.len.get(), self.room.get());
        // SAFETY: the bit says which side of the union is in use, and the buffer has room for `allocated` items.
        (room & SPILLED != 0 && len < room & !(SPILLED | PAIRS)).then(|| unsafe { (*self.row.get()).buffer.add(len as usize) })
    }

    /// Whether one item more is not too many.
    #[inline(always)]
    pub fn has_room_for_one(&self) -> bool {
        self.spare().is_some() || self.has_room_for(1)
    }

    /// Appends an item.
    #[inline(always)]
    pub fn push(&self, item: Obj) {
        match self.spare() {
            Some(place) => {
                // SAFETY: nothing is there yet.
                unsafe { place.write(item) };
                self.len.set(self.len.get() + 1);
            }
            None => self.push_into_new_room(item),
        }
    }

    #[inline(never)]
    fn push_into_new_room(&self, item: Obj) {
        let len = self.len();
        if len >= self.allocated() || len >= self.place() {
            // The figure may be ahead of the place: a list that knows how long it will be.
            if len >= self.allocated() {
                self.resize_room(len + 1);
            }
            self.make_place(len + 1);
        }
        // SAFETY: there is room behind the last item.
        unsafe { self.data().add(len).write(item) };
        self.len.set(len as u32 + 1);
    }

    /// Takes the last item away.
    #[inline]
    pub fn pop(&self) -> Option<Obj> {
        let len = self.len().checked_sub(1)?;
        self.len.set(len as u32);
        // SAFETY: the item was there, and is no longer counted as being there.
        let item = unsafe { self.data().add(len).read() };
        if len == 0 {
            self.set_allocated(0)
        } else {
            self.shrink_room(len)
        }
        Some(item)
    }

    /// Puts an item before `index` (at the end, if `index` is the length).
    ///
    /// Panics if `index` is beyond the length.
    pub fn insert(&self, index: usize, item: Obj) {
        let len = self.len();
        assert!(index <= len, "list index is not beyond the length");
        self.resize_room(len + 1);
        self.make_place(len + 1);
        // SAFETY: there is room for one more, and the gap is filled at once.
        unsafe {
            let at = self.data().add(index);
            std::ptr::copy(at, at.add(1), len - index);
            at.write(item);
        }
        self.len.set(len as u32 + 1);
    }

    /// Takes item `index` out.
    ///
    /// Panics if there is no such item.
    pub fn remove(&self, index: usize) -> Obj {
        self.splice(index, 1, Vec::new()).pop().expect("one item was taken out")
    }

    /// Takes item `index` out (`del list[index]`); unlike [`List::remove`], the last one leaves its room behind.
    ///
    /// Panics if there is no such item.
    pub fn take_out(&self, index: usize) -> Obj {
        let len = self.len();
        assert!(index < len, "list index is below the length");
        // SAFETY: the item is there; it moves out, the rest closes up, and the length says so.
        let item = unsafe {
            let at = self.data().add(index);
            let item = at.read();
            std::ptr::copy(at.add(1), at, len - index - 1);
            item
        };
        self.len.set(len as u32 - 1);
        self.shrink_room(len - 1);
        item
    }

    /// Puts `items` in the place of `count` items from `start` on, and gives those (drop them when the caller is done).
    ///
    /// Panics if the range is not within the list.
    pub fn splice(&self, start: usize, count: usize, items: Vec<Obj>) -> Vec<Obj> {
        let len = self.len();
        assert!(start + count <= len, "the range is within the list");
        let (n, rest) = (items.len(), len - start - count);
        let mut removed = Vec::with_capacity(count);
        let mut items = ManuallyDrop::new(items);
        // SAFETY: the removed items move out, the rest moves, the new ones move in; nothing runs in between. When the list
        // shrinks, the rest is moved before the room is taken away.
        unsafe {
            std::ptr::copy_nonoverlapping(self.data().add(start), removed.as_mut_ptr(), count);
            removed.set_len(count);
            let after = len - count + n;
            if n > count {
                self.resize_room(after);
                self.make_place(after);
            }
            let at = self.data().add(start);
            std::ptr::copy(at.add(count), at.add(n), rest);
            std::ptr::copy_nonoverlapping(items.as_ptr(), at, n);
            items.set_len(0);
            self.len.set(after as u32);
            if n < count {
                // An empty list gives all its room back (`list_clear`).
                if after == 0 { self.set_allocated(0) } else { self.shrink_room(after) }
            }
        }
        drop(ManuallyDrop::into_inner(items));
        removed
    }

    /// Takes all items out and gives the room back.
    pub fn take_all(&self) -> Vec<Obj> {
        let (len, allocated) = (self.len(), self.allocated());
        self.len.set(0);
        if self.is_spilled() {
            self.room.set(self.room.get() & PAIRS);
            // SAFETY: the buffer was made for `allocated` items, of which `len` are there; nobody else has it now.
            return unsafe { Vec::from_raw_parts((*self.row.get()).buffer, len, allocated) };
        }
        let mut items = Vec::with_capacity(len);
        // SAFETY: the items move out of a list that is empty already.
        unsafe {
            std::ptr::copy_nonoverlapping(self.data(), items.as_mut_ptr(), len);
            items.set_len(len);
        }
        self.set_allocated_figure(0);
        items
    }

    /// Gives the buffer back without releasing the items.
    ///
    /// # Safety
    /// The list owns no count on its items any more.
    #[inline]
    pub(crate) unsafe fn forget_items(&self) {
        self.len.set(0);
        if self.is_spilled() {
            self.set_allocated(0);
        }
    }

    /// Fills an empty list, which gets room for `room` items, or as many as there are.
    ///
    /// Panics if the list is not empty.
    pub fn restore(&self, items: Vec<Obj>, room: usize) {
        assert!(self.is_empty(), "only an empty list is filled anew");
        self.set_allocated(room.max(items.len()));
        items.into_iter().for_each(|item| self.push(item));
    }

    /// `list_preallocate_exact`: room for exactly `room` items, if the list is empty and has none.
    pub fn reserve_exact(&self, room: usize) {
        if self.allocated() == 0 {
            self.set_allocated(room.min(MAX_LIST_ITEMS));
        }
    }

    /// `list_resize` to `len` items, of which those behind the present ones are still to be pushed.
    pub fn reserve(&self, len: usize) {
        self.resize_room(len);
    }

    /// `list_resize` to the present length: gives back room that turned out to be too much.
    pub fn fit(&self) {
        self.resize_room(self.len());
    }

    /// CPython's `list_resize`, for the room only: the growth is 0, 4, 8, 16, 24, 32, 40, 52, 64, 76 …
    #[inline]
    fn resize_room(&self, len: usize) {
        let allocated = self.allocated();
        // What has room for up to 32 keeps it (3.14).
        if allocated >= len && (len >= allocated >> 1 || allocated <= 32) {
            return;
        }
        self.grow_or_shrink(len);
    }

    /// As [`List::resize_room`], after items have gone: up to 3.13 little room is given back as much is.
    #[inline]
    fn shrink_room(&self, len: usize) {
        let allocated = self.allocated();
        if len < allocated >> 1 && allocated <= 32 && self.gives_little_room() {
            return self.grow_or_shrink(len);
        }
        self.resize_room(len);
    }

    #[cold]
    fn gives_little_room(&self) -> bool {
        // SAFETY: only a list that stands in its object loses items, and an object lies in a page of its heap.
        unsafe { crate::space::heap_of(NonNull::from(self).cast()).as_ref() }.eager_shrinking.get()
    }

    #[cold]
    #[inline(never)]
    fn grow_or_shrink(&self, len: usize) {
        let mut room = (len + (len >> 3) + 6) & !3;
        if len > self.len() && len - self.len() > room - len {
            room = (len + 3) & !3;
        }
        // A list that is nearly as long as can be has less room to spare.
        self.set_allocated(if len == 0 { 0 } else { room.min(MAX_LIST_ITEMS).max(len) });
    }

    #[inline]
    fn set_allocated_figure(&self, allocated: usize) {
        assert!(allocated <= MAX_LIST_ITEMS, "a list has fewer than 2^29 items");
        self.room.set(self.room.get() & (SPILLED | PAIRS) | allocated as u32);
    }

    /// Sets CPython's figure, which is not less than the length. A buffer follows; it goes once the object itself has room enough.
    fn set_allocated(&self, allocated: usize) {
        if !self.is_spilled() {
            return self.set_allocated_figure(allocated);
        }
        let old = self.buffer_layout();
        self.set_allocated_figure(allocated);
        // SAFETY: the buffer was allocated with the layout of the old figure; the items there, not more than the new one, move along.
        unsafe {
            let buffer = (*self.row.get()).buffer;
            if allocated <= self.inline_room() {
                self.room.set(self.room.get() & !SPILLED);
                self.row.get().cast::<Obj>().copy_from_nonoverlapping(buffer, self.len());
                dealloc(buffer.cast(), old);
            } else {
                let layout = self.buffer_layout();
                let Some(buffer) = NonNull::new(realloc(buffer.cast(), old, layout.size())) else { handle_alloc_error(layout) };
                (*self.row.get()).buffer = buffer.as_ptr().cast();
            }
        }
    }

    /// Makes sure that `len` items, not more than `allocated`, have room where the row stands.
    #[inline]
    fn make_place(&self, len: usize) {
        if len > self.place() {
            self.spill();
        }
    }

    /// Moves the row from the object itself to a buffer.
    #[inline(never)]
    fn spill(&self) {
        let layout = self.buffer_layout();
        // SAFETY: the buffer has room for more items than there are.
        unsafe {
            let Some(buffer) = NonNull::new(alloc(layout)) else { handle_alloc_error(layout) };
            buffer.cast::<Obj>().as_ptr().copy_from_nonoverlapping(self.data(), self.len());
            (*self.row.get()).buffer = buffer.as_ptr().cast();
            populate_buffer(buffer, layout.size());
        }
        self.room.set(self.room.get() | SPILLED);
    }

    /// The layout of the buffer, if there is one.
    fn buffer_layout(&self) -> Layout {
        Layout::array::<Obj>(self.allocated()).expect("the buffer's size fits")
    }
}

impl crate::Heap {
    /// A new tracked list of exactly these items, with no room to spare (`BUILD_LIST`).
    ///
    /// Panics if the iterator gives fewer items than it said.
    #[inline]
    pub fn list(&self, items: impl IntoIterator<Item = Obj, IntoIter: ExactSizeIterator>) -> Obj {
        let mut items = items.into_iter();
        let n = items.len();
        let obj = self.list_in_place(n);
        // SAFETY: it was just made with this payload.
        let list = unsafe { obj.payload_unchecked::<List>() };
        if n > 0 {
            list.set_allocated_figure(n);
            list.make_place(n);
            for i in 0..n {
                // SAFETY: there is room for n items.
                unsafe { list.data().add(i).write(items.next().expect("the iterator gives as many items as it said")) };
                list.len.set(i as u32 + 1);
            }
        }
        self.born(obj.tracked())
    }

    /// A new tracked list that takes a vector over.
    #[inline]
    pub fn list_from_vec(&self, items: Vec<Obj>) -> Obj {
        let obj = self.list_in_place(items.len());
        // SAFETY: it was just made with this payload.
        unsafe { obj.payload_unchecked::<List>() }.fill(items);
        self.born(obj.tracked())
    }

    /// An empty list, not tracked yet, written field by field: a payload that is moved into its place costs more than all the rest.
    ///
    /// There is room in the object itself for `n` items, if they are few.
    #[inline(always)]
    fn list_in_place(&self, n: usize) -> Obj {
        let pairs = if n <= WIDEST { n / 2 } else { 0 };
        // Sizes are those of 64-bit machines everywhere, so that ids are the same.
        let items = NARROW + 2 * pairs;
        // SAFETY: both counters are written; the row of an empty list is not looked at.
        unsafe {
            let at = self.alloc_raw(Kind::LIST, size_of::<Header>() + 8 + 8 * items, false);
            let list = at.add(size_of::<Header>()).cast::<List>().as_ptr();
            (&raw mut (*list).len).write(Cell::new(0));
            (&raw mut (*list).room).write(Cell::new((pairs as u32) << PAIRS_SHIFT));
            self.count_alloc(Kind::LIST);
            Obj::from_header(at, false)
        }
    }
}

impl Default for List {
    fn default() -> List {
        List::new()
    }
}

impl Payload for List {
    const KIND: Kind = Kind::LIST;
    const SIZE: usize = 16;

    #[inline]
    fn traverse(&self, visit: Visit<'_>) {
        // Last to first, as `list_traverse` does; `gc.get_referents` shows it.
        // SAFETY: a visitor looks and changes nothing.
        unsafe { self.items() }.iter().rev().for_each(visit);
    }

    fn holds(&self, visit: &mut dyn FnMut(Label, &Obj)) {
        // SAFETY: a visitor looks and changes nothing.
        unsafe { self.items() }.iter().enumerate().for_each(|(i, item)| visit(Label::Item(i), item));
    }

    fn clear(&self, trash: &mut Trash<'_>) {
        // `list_clear` releases from the last to the first.
        self.take_all().into_iter().rev().for_each(|item| trash.push(item));
    }

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

impl Drop for List {
    fn drop(&mut self) {
        drop(self.take_all());
    }
}
