//! `list`: a growing row of references.
//!
//! Invariant: `allocated` is CPython's own figure (`list_resize` in `Objects/listobject.c`), because
//! `sys.getsizeof` shows it. Rows of up to three stand in the object itself. No method holds a borrow of the
//! row while a count falls.

use std::cell::{Cell, UnsafeCell};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr::NonNull;

use crate::census::Label;
use crate::kind::Kind;
use crate::object::{Header, Obj};
use crate::payload::{Payload, Visit};
use crate::refcount::Trash;

const INLINE: usize = 3;

union Row {
    inline: [MaybeUninit<*mut Obj>; INLINE],
    heap: *mut Obj,
}

/// The payload of a `list`.
pub struct List {
    len: Cell<u32>,
    allocated: Cell<u32>,
    row: UnsafeCell<Row>,
}

impl List {
    /// An empty list.
    #[inline]
    pub fn new() -> List {
        List { len: Cell::new(0), allocated: Cell::new(0), row: UnsafeCell::new(Row { inline: [MaybeUninit::uninit(); INLINE] }) }
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
        if n > INLINE && items.capacity() == n {
            // A buffer that fits is taken over.
            self.allocated.set(u32::try_from(n).expect("a list has fewer than 2^32 items"));
            // SAFETY: the row is not in use yet.
            unsafe { (*self.row.get()).heap = items.as_mut_ptr() };
        } else {
            self.set_allocated(n);
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
        // SAFETY: `allocated` says which side of the union is in use.
        unsafe { if self.allocated.get() as usize <= INLINE { self.row.get().cast::<Obj>() } else { (*self.row.get()).heap } }
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

    /// For how many items CPython would have room now (`sys.getsizeof` shows it).
    pub fn allocated(&self) -> usize {
        self.allocated.get() as usize
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

    /// Appends an item.
    #[inline]
    pub fn push(&self, item: Obj) {
        let len = self.len();
        if len == self.allocated() {
            self.resize_room(len + 1);
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
            self.resize_room(len)
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
        self.resize_room(len - 1);
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
            }
            let at = self.data().add(start);
            std::ptr::copy(at.add(count), at.add(n), rest);
            std::ptr::copy_nonoverlapping(items.as_ptr(), at, n);
            items.set_len(0);
            self.len.set(after as u32);
            if n < count {
                // An empty list gives all its room back (`list_clear`).
                if after == 0 { self.set_allocated(0) } else { self.resize_room(after) }
            }
        }
        drop(ManuallyDrop::into_inner(items));
        removed
    }

    /// Takes all items out and gives the room back.
    pub fn take_all(&self) -> Vec<Obj> {
        let (len, room) = (self.len(), self.allocated());
        self.len.set(0);
        if room > INLINE {
            self.allocated.set(0);
            // SAFETY: the buffer was allocated for `room` items, of which `len` are there; nobody else has it now.
            return unsafe { Vec::from_raw_parts((*self.row.get()).heap, len, room) };
        }
        let mut items = Vec::with_capacity(len);
        // SAFETY: the items move out of a list that is empty already.
        unsafe {
            std::ptr::copy_nonoverlapping(self.data(), items.as_mut_ptr(), len);
            items.set_len(len);
        }
        self.allocated.set(0);
        items
    }

    /// Gives the buffer back without releasing the items.
    ///
    /// # Safety
    /// The list owns no count on its items any more.
    #[inline]
    pub(crate) unsafe fn forget_items(&self) {
        self.len.set(0);
        if self.allocated() > INLINE {
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
            self.set_allocated(room);
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

    #[cold]
    #[inline(never)]
    fn grow_or_shrink(&self, len: usize) {
        let mut room = (len + (len >> 3) + 6) & !3;
        if len > self.len() && len - self.len() > room - len {
            room = (len + 3) & !3;
        }
        self.set_allocated(if len == 0 { 0 } else { room });
    }

    fn set_allocated(&self, room: usize) {
        let old = self.allocated();
        let room32 = u32::try_from(room).expect("a list has fewer than 2^32 items");
        // SAFETY: buffers are allocated and freed with the layout of their `allocated`; items there (`len` of them, not more than
        // either room) move along.
        unsafe {
            use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};
            let layout = |n: usize| Layout::array::<Obj>(n).expect("the buffer's size fits");
            match (old > INLINE, room > INLINE) {
                (false, false) => {}
                (true, true) => {
                    let data = realloc((*self.row.get()).heap.cast(), layout(old), layout(room).size());
                    let Some(data) = NonNull::new(data) else { handle_alloc_error(layout(room)) };
                    (*self.row.get()).heap = data.as_ptr().cast();
                }
                (false, true) => {
                    let Some(data) = NonNull::new(alloc(layout(room))) else { handle_alloc_error(layout(room)) };
                    data.cast::<Obj>().as_ptr().copy_from_nonoverlapping(self.row.get().cast::<Obj>(), self.len());
                    (*self.row.get()).heap = data.as_ptr().cast();
                }
                (true, false) => {
                    let data = (*self.row.get()).heap;
                    self.row.get().cast::<Obj>().copy_from_nonoverlapping(data, self.len());
                    dealloc(data.cast(), layout(old));
                }
            }
        }
        self.allocated.set(room32);
    }
}

impl crate::Heap {
    /// A new tracked list of exactly these items, with no room to spare (`BUILD_LIST`).
    ///
    /// Panics if the iterator gives fewer items than it said.
    #[inline]
    pub fn list(&self, items: impl IntoIterator<Item = Obj, IntoIter: ExactSizeIterator>) -> Obj {
        let mut items = items.into_iter();
        let obj = self.list_in_place();
        // SAFETY: it was just made with this payload.
        let list = unsafe { obj.payload_unchecked::<List>() };
        let n = items.len();
        if n > 0 {
            if n > INLINE {
                list.set_allocated(n);
            } else {
                list.allocated.set(n as u32);
            }
            for i in 0..n {
                // SAFETY: there is room for n items.
                unsafe { list.data().add(i).write(items.next().expect("the iterator gives as many items as it said")) };
                list.len.set(i as u32 + 1);
            }
        }
        obj.tracked()
    }
}

impl crate::Heap {
    /// A new tracked list that takes a vector over.
    #[inline]
    pub fn list_from_vec(&self, items: Vec<Obj>) -> Obj {
        let obj = self.list_in_place();
        // SAFETY: it was just made with this payload.
        unsafe { obj.payload_unchecked::<List>() }.fill(items);
        obj.tracked()
    }

    /// An empty list, not tracked yet, written field by field: a payload that is moved into its place costs more than all the rest.
    #[inline]
    fn list_in_place(&self) -> Obj {
        // SAFETY: both counters are written; the row of an empty list is not looked at.
        unsafe {
            let at = self.alloc_raw(Kind::LIST, size_of::<Header>() + size_of::<List>(), false);
            let list = at.add(size_of::<Header>()).cast::<List>().as_ptr();
            (&raw mut (*list).len).write(Cell::new(0));
            (&raw mut (*list).allocated).write(Cell::new(0));
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
