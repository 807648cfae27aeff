//! Memory for objects: pages of 64 KiB, each cut into slots of one size.
//!
//! Invariant: an object's address, rounded down to a page, is its page's header, which knows the heap and the page's place on
//! the *model address space*. That space makes `id()` the same on every run.
//!
//! Slots are handed out as CPython's allocator hands out its blocks (`Objects/obmalloc.c`): a page has a free list of its own; the
//! pages of a size that have room stand in a row, of which the first is used until it is full; a full page of which a slot is freed
//! becomes the first. So what is born together lies together, whatever died before. A page whose last object dies is cut anew for
//! the size that needs one next. Pages are kept: a page fault costs more than an object.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ptr::NonNull;

use crate::edges::prefetch;
use crate::heap::Heap;
use crate::kind::Kind;
use crate::object::LeafHeader;
use crate::system::populate;

const PAGE: usize = 64 * 1024;
/// Pages are taken from the system sixteen at a time.
const PAGES_AT_ONCE: usize = 16;
const GRANULE: usize = 16;
/// A size class with this many pages is likely to need the next one whole.
const GROWING: u32 = 4;
/// Up to here size classes are a granule apart; above, there are eight to each power of two.
const FINE: usize = 1024;
const FINE_CLASSES: usize = FINE / GRANULE;
/// The largest object that shares a page with others.
const LARGEST: usize = 16 * 1024;
const CLASSES: usize = FINE_CLASSES + 8 * (LARGEST / FINE).ilog2() as usize;
/// The size class of an object that has pages of its own.
const LARGE: u8 = u8::MAX;
/// The kind in the header of a free slot.
pub(crate) const FREE_SLOT: Kind = Kind(u8::MAX);
/// Where the model address space begins.
const MODEL_BASE: u64 = 0x7f00_0000_0000;

#[repr(C, align(64))]
struct Page {
    heap: NonNull<Heap>,
    model: u64,
    /// The freed slots, the last one first.
    free: Cell<Option<NonNull<Free>>>,
    /// How many slots are in use.
    used: Cell<u32>,
    /// Where the part begins that was never used.
    bump: Cell<u32>,
    /// The neighbours in the row of pages that have room.
    before: Cell<Option<NonNull<Page>>>,
    after: Cell<Option<NonNull<Page>>>,
    /// Bytes a slot takes; nothing, of a large object's page.
    slot: Cell<u32>,
    /// No slot is left: the page is in no row.
    is_full: Cell<bool>,
    /// Bytes taken from the system, if this page was taken alone.
    alone: usize,
}

impl Page {
    fn new(heap: NonNull<Heap>, model: u64, slot: usize, alone: usize) -> Page {
        Page {
            heap,
            model,
            free: Cell::new(None),
            used: Cell::new(0),
            bump: Cell::new(size_of::<Page>() as u32),
            before: Cell::new(None),
            after: Cell::new(None),
            slot: Cell::new(slot as u32),
            is_full: Cell::new(false),
            alone,
        }
    }

    /// A slot that was never used, if one is left.
    ///
    /// # Safety
    /// It is a page.
    #[inline(always)]
    unsafe fn fresh(at: NonNull<Page>) -> Option<NonNull<u8>> {
        // SAFETY: the caller's word; the slot lies within the page.
        unsafe {
            let page = at.as_ref();
            let (bump, slot) = (page.bump.get(), page.slot.get());
            if (bump + slot) as usize > PAGE {
                return None;
            }
            page.bump.set(bump + slot);
            page.used.set(page.used.get() + 1);
            Some(at.cast::<u8>().add(bump as usize))
        }
    }

    /// Cuts a page without objects for another size.
    fn cut(&self, slot: usize) {
        self.slot.set(slot as u32);
        self.free.set(None);
        self.bump.set(size_of::<Page>() as u32);
    }
}

/// A free slot: the first word looks like a header, of kind [`FREE_SLOT`].
#[repr(C)]
struct Free {
    header: LeafHeader,
    next: Option<NonNull<Free>>,
}

/// The pages of one size that have room.
struct Row {
    first: Cell<Option<NonNull<Page>>>,
    /// How many pages were cut for this size.
    pages: Cell<u32>,
}

pub(crate) struct Space {
    rows: [Row; CLASSES],
    /// Every page, by its place on the model address space.
    pages: RefCell<BTreeMap<u64, NonNull<Page>>>,
    /// The large object that died last: the next one of its size takes its place, as with CPython's allocator.
    last_large: Cell<Option<NonNull<Page>>>,
    /// Blocks taken from the system, to give back in the end.
    blocks: RefCell<Vec<(NonNull<u8>, Layout)>>,
    spare: Cell<Option<(NonNull<u8>, usize)>>,
    /// Pages without objects, the last one emptied at the end.
    empty: RefCell<Vec<NonNull<Page>>>,
    next_model: Cell<u64>,
    /// Somebody wants to know which objects come and go.
    pub(crate) watched: Cell<bool>,
    /// The ids of those that went, while watched.
    pub(crate) gone: RefCell<Vec<u64>>,
}

/// The size class of an object.
#[inline(always)]
const fn class_of(size: usize) -> usize {
    if size <= FINE { (size - 1) / GRANULE } else { coarse_class_of(size) }
}

const fn coarse_class_of(size: usize) -> usize {
    let last = size - 1;
    let power = last.ilog2();
    FINE_CLASSES + 8 * (power - FINE.ilog2()) as usize + ((last - (1 << power)) >> (power - 3))
}

/// The bytes that a slot of a size class has.
const fn slot_of(class: usize) -> usize {
    if class < FINE_CLASSES {
        return (class + 1) * GRANULE;
    }
    let coarse = class - FINE_CLASSES;
    let base = FINE << (coarse / 8);
    base + base / 8 * (coarse % 8 + 1)
}

const _: () = {
    let mut class = 0;
    while class < CLASSES {
        assert!(class_of(slot_of(class)) == class && slot_of(class).is_multiple_of(GRANULE));
        assert!(class == 0 || class_of(slot_of(class - 1) + 1) == class);
        class += 1;
    }
    assert!(slot_of(CLASSES - 1) == LARGEST && CLASSES < LARGE as usize);
};

fn page_of(address: NonNull<u8>) -> NonNull<Page> {
    // SAFETY: no page is at address zero.
    address.map_addr(|a| unsafe { std::num::NonZeroUsize::new_unchecked(a.get() & !(PAGE - 1)) }).cast()
}

/// # Safety
/// `address` is a live object's.
#[inline]
pub(crate) unsafe fn heap_of(address: NonNull<u8>) -> NonNull<Heap> {
    // SAFETY: every object lies in a page.
    unsafe { page_of(address).as_ref() }.heap
}

/// # Safety
/// `address` is a live object's.
pub(crate) unsafe fn model_address(address: NonNull<u8>) -> u64 {
    let page = page_of(address);
    // SAFETY: every object lies in a page.
    unsafe { page.as_ref() }.model + (address.addr().get() - page.addr().get()) as u64
}

/// # Safety
/// The page was taken alone, and is not used any more.
unsafe fn give_back_large(page: NonNull<Page>) {
    // SAFETY: it was allocated with this layout.
    unsafe { dealloc(page.as_ptr().cast(), Layout::from_size_align_unchecked(page.as_ref().alone, PAGE)) }
}

impl Space {
    pub(crate) fn new() -> Space {
        Space {
            rows: [const { Row { first: Cell::new(None), pages: Cell::new(0) } }; CLASSES],
            pages: RefCell::default(),
            last_large: Cell::new(None),
            blocks: RefCell::default(),
            spare: Cell::new(None),
            empty: RefCell::default(),
            next_model: Cell::new(MODEL_BASE),
            watched: Cell::new(false),
            gone: RefCell::default(),
        }
    }

    /// Room for an object of `size` bytes, and its size class. The memory's contents are not defined.
    #[inline(always)]
    pub(crate) fn alloc(&self, heap: NonNull<Heap>, size: usize) -> (NonNull<u8>, u8) {
        if size > LARGEST {
            return (self.alloc_large(heap, size), LARGE);
        }
        let index = class_of(size);
        if let Some(first) = self.rows[index].first.get() {
            // SAFETY: pages stay; a slot on the free list is a `Free`.
            unsafe {
                let page = first.as_ref();
                if let Some(slot) = page.free.get() {
                    let next = slot.as_ref().next;
                    // The next object's header is written there.
                    if let Some(next) = next {
                        prefetch(next.cast());
                    }
                    page.free.set(next);
                    page.used.set(page.used.get() + 1);
                    return (slot.cast(), index as u8);
                }
                if let Some(at) = Page::fresh(first) {
                    return (at, index as u8);
                }
            }
        }
        (self.alloc_on_next_page(heap, index), index as u8)
    }

    /// A slot of the next page that has one.
    #[inline(never)]
    fn alloc_on_next_page(&self, heap: NonNull<Heap>, index: usize) -> NonNull<u8> {
        let row = &self.rows[index];
        loop {
            let Some(first) = row.first.get() else {
                self.put_first(row, self.page(heap, index));
                continue;
            };
            // SAFETY: pages stay; the slot lies within the page.
            unsafe {
                let page = first.as_ref();
                if let Some(slot) = page.free.get() {
                    page.free.set(slot.as_ref().next);
                    page.used.set(page.used.get() + 1);
                    return slot.cast();
                }
                if let Some(at) = Page::fresh(first) {
                    return at;
                }
                page.is_full.set(true);
                Space::take_out(row, page);
            }
        }
    }

    fn put_first(&self, row: &Row, page: NonNull<Page>) {
        let after = row.first.replace(Some(page));
        // SAFETY: pages stay.
        unsafe {
            page.as_ref().before.set(None);
            page.as_ref().after.set(after);
            if let Some(after) = after {
                after.as_ref().before.set(Some(page));
                if after.as_ref().used.get() == 0 {
                    self.set_aside(row, after);
                }
            }
        }
    }

    /// Keeps a page without objects for whichever size needs one.
    fn set_aside(&self, row: &Row, page: NonNull<Page>) {
        // SAFETY: pages stay.
        Space::take_out(row, unsafe { page.as_ref() });
        row.pages.set(row.pages.get() - 1);
        self.empty.borrow_mut().push(page);
    }

    /// Takes a page out of its row.
    fn take_out(row: &Row, page: &Page) {
        let (before, after) = (page.before.take(), page.after.take());
        // SAFETY: pages stay.
        unsafe {
            match before {
                Some(before) => before.as_ref().after.set(after),
                None => row.first.set(after),
            }
            if let Some(after) = after {
                after.as_ref().before.set(before);
            }
        }
    }

    /// A page for a size class, without objects.
    fn page(&self, heap: NonNull<Heap>, index: usize) -> NonNull<Page> {
        let (row, slot) = (&self.rows[index], slot_of(index));
        let pages = row.pages.replace(row.pages.get() + 1);
        if let Some(page) = self.empty.borrow_mut().pop() {
            // SAFETY: pages stay.
            let cut = unsafe { page.as_ref() };
            if cut.slot.get() as usize != slot {
                cut.cut(slot);
            }
            return page;
        }
        let (block, left) = self.spare.take().unwrap_or_else(|| (self.block(PAGE * PAGES_AT_ONCE), PAGES_AT_ONCE));
        if left > 1 {
            // SAFETY: the block has `left` pages.
            self.spare.set(Some((unsafe { block.add(PAGE) }, left - 1)));
        }
        if pages >= GROWING {
            populate(block, PAGE);
        }
        self.found(block.cast(), heap, slot, 0, PAGE)
    }

    /// Gives fresh memory its place on the model address space, and its header.
    fn found(&self, at: NonNull<Page>, heap: NonNull<Heap>, slot: usize, alone: usize, bytes: usize) -> NonNull<Page> {
        let model = self.next_model.get();
        self.next_model.set(model + bytes.next_multiple_of(PAGE) as u64);
        // SAFETY: the page is fresh memory.
        unsafe { at.write(Page::new(heap, model, slot, alone)) };
        self.pages.borrow_mut().insert(model, at);
        at
    }

    fn block(&self, bytes: usize) -> NonNull<u8> {
        let layout = Layout::from_size_align(bytes, PAGE).expect("a block's size fits");
        // SAFETY: the size is not zero.
        let Some(block) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
        if bytes == PAGE * PAGES_AT_ONCE {
            self.blocks.borrow_mut().push((block, layout));
        }
        block
    }

    #[cold]
    fn alloc_large(&self, heap: NonNull<Heap>, size: usize) -> NonNull<u8> {
        // One more page than needed would make the size that of a block; a granule more tells them apart.
        let mut bytes = (size_of::<Page>() + size).next_multiple_of(GRANULE);
        if bytes == PAGE * PAGES_AT_ONCE {
            bytes += GRANULE;
        }
        if let Some(page) = self.last_large.take() {
            // SAFETY: the page was kept for this.
            unsafe {
                if page.as_ref().alone == bytes {
                    self.pages.borrow_mut().insert(page.as_ref().model, page);
                    return page.cast::<u8>().add(size_of::<Page>());
                }
                give_back_large(page);
            }
        }
        let at = self.block(bytes).cast::<Page>();
        self.found(at, heap, 0, bytes, bytes);
        // SAFETY: the object follows the page's header.
        unsafe { at.cast::<u8>().add(size_of::<Page>()) }
    }

    /// Takes an object's memory back.
    ///
    /// # Safety
    /// The object is dead: its payload is dropped, and nothing refers to it.
    #[inline]
    pub(crate) unsafe fn free(&self, at: NonNull<u8>) {
        // SAFETY: the header is still there; the slot has room for a `Free`.
        unsafe {
            if self.watched.get() {
                self.tell_gone(at);
            }
            let index = at.cast::<LeafHeader>().as_ref().size_class;
            if index == LARGE {
                return self.free_large(page_of(at));
            }
            // Whoever still looks at a dead object is to see it.
            #[cfg(debug_assertions)]
            at.add(size_of::<Free>()).write_bytes(0xDB, slot_of(index as usize) - size_of::<Free>());
            self.free_slot(at, index as usize);
        }
    }

    /// As [`Space::free`], for an `int` of 64 bits or a `float`: header and value.
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(crate) unsafe fn free_number(&self, at: NonNull<u8>) {
        const NUMBER: usize = class_of(size_of::<LeafHeader>() + 8);
        // SAFETY: as in `free`.
        unsafe {
            if self.watched.get() {
                self.tell_gone(at);
            }
            self.free_slot(at, NUMBER);
        }
    }

    /// # Safety
    /// As [`Space::free`], and the slot is of this size class.
    #[inline(always)]
    unsafe fn free_slot(&self, at: NonNull<u8>, index: usize) {
        // SAFETY: the caller's word; pages stay.
        unsafe {
            let page = page_of(at).as_ref();
            let next = page.free.replace(Some(at.cast()));
            at.cast::<LeafHeader>().as_ref().kind.set(FREE_SLOT);
            (*at.cast::<Free>().as_ptr()).next = next;
            let used = page.used.get() - 1;
            page.used.set(used);
            if used == 0 && page.before.get().is_some() || next.is_none() && page.is_full.get() {
                self.change_row(page_of(at), index);
            }
        }
    }

    /// A full page has room again, or the last object of a page that is not the first of its row is gone.
    #[inline(never)]
    fn change_row(&self, at: NonNull<Page>, index: usize) {
        let row = &self.rows[index];
        // SAFETY: pages stay.
        let page = unsafe { at.as_ref() };
        if page.is_full.replace(false) {
            self.put_first(row, at);
        } else {
            self.set_aside(row, at);
        }
    }

    #[cold]
    #[inline(never)]
    unsafe fn tell_gone(&self, at: NonNull<u8>) {
        // SAFETY: the object's page is alive.
        self.gone.borrow_mut().push(unsafe { model_address(at) });
    }

    /// The object with an id, if one lives there.
    pub(crate) fn find(&self, id: u64) -> Option<NonNull<u8>> {
        let (model, page) = self.pages.borrow().range(..=id).next_back().map(|(model, page)| (*model, *page))?;
        let offset = usize::try_from(id - model).ok()?.checked_sub(size_of::<Page>())?;
        // SAFETY: pages stay; as in `for_each`, a slot below the bump mark starts with a header.
        unsafe {
            let (base, page) = (page.cast::<u8>(), page.as_ref());
            if page.alone != 0 {
                return (offset == 0).then(|| base.add(size_of::<Page>()));
            }
            if !offset.is_multiple_of(page.slot.get() as usize) || size_of::<Page>() + offset >= page.bump.get() as usize {
                return None;
            }
            let at = base.add(size_of::<Page>() + offset);
            (at.cast::<LeafHeader>().as_ref().kind.get() != FREE_SLOT).then_some(at)
        }
    }

    /// Whether the object has pages of its own.
    ///
    /// # Safety
    /// `at` is an object's.
    #[inline]
    pub(crate) unsafe fn is_large(&self, at: NonNull<u8>) -> bool {
        // SAFETY: the header is there.
        unsafe { at.cast::<LeafHeader>().as_ref() }.size_class == LARGE
    }

    #[cold]
    unsafe fn free_large(&self, page: NonNull<Page>) {
        // SAFETY: the page is there until it is given back, once.
        unsafe {
            self.pages.borrow_mut().remove(&page.as_ref().model);
            if let Some(before) = self.last_large.replace(Some(page)) {
                give_back_large(before);
            }
        }
    }

    /// The address of every object there is, in the order of their ids.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(NonNull<u8>)) {
        let pages: Vec<_> = self.pages.borrow().values().copied().collect();
        for page in pages {
            // SAFETY: pages stay where they are; slots below the bump mark start with a header.
            unsafe {
                let (base, page) = (page.cast::<u8>(), page.as_ref());
                if page.alone != 0 {
                    visit(base.add(size_of::<Page>()));
                } else if page.used.get() > 0 {
                    for offset in (size_of::<Page>()..page.bump.get() as usize).step_by(page.slot.get() as usize) {
                        let at = base.add(offset);
                        if at.cast::<LeafHeader>().as_ref().kind.get() != FREE_SLOT {
                            visit(at);
                        }
                    }
                }
            }
        }
    }

    /// How many slots are in use, as the pages count them.
    pub(crate) fn used(&self) -> usize {
        // SAFETY: pages stay until they leave the map.
        self.pages.borrow().values().map(|page| unsafe { page.as_ref() }.used.get() as usize).sum()
    }

    /// Bytes taken from the system.
    pub(crate) fn reserved(&self) -> usize {
        // SAFETY: pages stay until they leave the map.
        let large: usize = self.pages.borrow().values().map(|page| unsafe { page.as_ref() }.alone).sum();
        large + self.blocks.borrow().len() * PAGE * PAGES_AT_ONCE
    }

    /// Gives all memory back to the system.
    ///
    /// # Safety
    /// No object is used any more.
    pub(crate) unsafe fn give_back(&self) {
        // SAFETY: the caller's word.
        unsafe {
            self.pages
                .take()
                .into_values()
                .chain(self.last_large.take())
                .filter(|page| page.as_ref().alone != 0)
                .for_each(|page| give_back_large(page));
            for (block, layout) in self.blocks.take() {
                dealloc(block.as_ptr(), layout);
            }
        }
    }
}
