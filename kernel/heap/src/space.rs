//! Memory for objects: pages of 64 KiB, each cut into slots of one size.
//!
//! Invariant: an object's address, rounded down to a page, is its page's header, which knows the heap and the page's place on
//! the *model address space*. That space makes `id()` the same on every run. A freed slot is the next one used, as with CPython's
//! allocator, and pages are kept: a page fault costs more than an object. A page whose slots are all free is cut anew for another
//! size before the system is asked for more.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ptr::NonNull;

use crate::heap::Heap;
use crate::kind::Kind;
use crate::object::LeafHeader;
use crate::system::populate;

const PAGE: usize = 64 * 1024;
/// Pages are taken from the system sixteen at a time.
const PAGES_AT_ONCE: usize = 16;
/// So many free slots are looked at again and again without hesitation.
const WORTH_A_LOOK: usize = 16 * 1024;
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
    /// Bytes a slot takes; of a large object, all of the page after this header; nothing, if the page waits to be cut anew.
    slot: usize,
    /// Bytes taken from the system, if this page was taken alone.
    alone: usize,
    /// While free pages are looked for: how many of the slots are free.
    free: Cell<u32>,
}

impl Page {
    /// How many slots there are, up to `end`.
    fn slots(&self, end: usize) -> usize {
        (end - size_of::<Page>()) / self.slot
    }
}

/// A free slot: the first word looks like a header, of kind [`FREE_SLOT`].
#[repr(C)]
struct Free {
    header: LeafHeader,
    next: Option<NonNull<Free>>,
}

#[derive(Clone, Copy)]
struct Class {
    /// The part of the newest page that was never used: from `bump` to `end`.
    bump: usize,
    end: usize,
    page: Option<NonNull<u8>>,
    /// How many pages the class has.
    pages: u32,
}

pub(crate) struct Space {
    /// The free slot to be used next, for each size class.
    free: [Cell<Option<NonNull<Free>>>; CLASSES],
    classes: [Cell<Class>; CLASSES],
    /// Every page, by its place on the model address space.
    pages: RefCell<BTreeMap<u64, NonNull<Page>>>,
    /// The large object that died last: the next one of its size takes its place, as with CPython's allocator.
    last_large: Cell<Option<NonNull<Page>>>,
    /// Blocks taken from the system, to give back in the end.
    blocks: RefCell<Vec<(NonNull<u8>, Layout)>>,
    spare: Cell<Option<(NonNull<u8>, usize)>>,
    /// Pages without objects, to be cut anew.
    empty: RefCell<Vec<NonNull<Page>>>,
    /// How many blocks more are taken from the system before free pages are looked for again, and how many next time.
    patience: Cell<(u32, u32)>,
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
            free: [const { Cell::new(None) }; CLASSES],
            classes: [const { Cell::new(Class { bump: 0, end: 0, page: None, pages: 0 }) }; CLASSES],
            pages: RefCell::default(),
            last_large: Cell::new(None),
            blocks: RefCell::default(),
            spare: Cell::new(None),
            empty: RefCell::default(),
            patience: Cell::new((0, 1)),
            next_model: Cell::new(MODEL_BASE),
            watched: Cell::new(false),
            gone: RefCell::default(),
        }
    }

    /// Room for an object of `size` bytes, and its size class. The memory's contents are not defined.
    #[inline]
    pub(crate) fn alloc(&self, heap: NonNull<Heap>, size: usize) -> (NonNull<u8>, u8) {
        if size > LARGEST {
            return (self.alloc_large(heap, size), LARGE);
        }
        let index = class_of(size);
        let free = &self.free[index];
        if let Some(slot) = free.get() {
            // SAFETY: a slot on the free list is a `Free`.
            free.set(unsafe { slot.as_ref() }.next);
            return (slot.cast(), index as u8);
        }
        (self.alloc_fresh(heap, index), index as u8)
    }

    #[inline(never)]
    fn alloc_fresh(&self, heap: NonNull<Heap>, index: usize) -> NonNull<u8> {
        let slot = slot_of(index);
        let mut class = self.classes[index].get();
        if class.bump + slot > class.end {
            let page = self.page(heap, slot);
            if class.pages >= GROWING {
                populate(page.cast(), PAGE);
            }
            class = Class { bump: size_of::<Page>(), end: PAGE, page: Some(page.cast()), pages: class.pages + 1 };
        }
        let page = class.page.expect("a class with room has a page");
        // SAFETY: the slot lies within the page.
        let at = unsafe { page.add(class.bump) };
        class.bump += slot;
        self.classes[index].set(class);
        at
    }

    /// A page with its header written.
    fn page(&self, heap: NonNull<Heap>, slot: usize) -> NonNull<Page> {
        if self.spare.get().is_none() && self.empty.borrow().is_empty() {
            self.look_for_empty_pages();
        }
        if let Some(page) = self.empty.borrow_mut().pop() {
            // SAFETY: the page has no objects; its place on the model address space stays.
            unsafe { page.write(Page { slot, ..page.read() }) };
            return page;
        }
        let (block, left) = self.spare.take().unwrap_or_else(|| (self.block(PAGE * PAGES_AT_ONCE), PAGES_AT_ONCE));
        if left > 1 {
            // SAFETY: the block has `left` pages.
            self.spare.set(Some((unsafe { block.add(PAGE) }, left - 1)));
        }
        self.found(block.cast(), Page { heap, model: 0, slot, alone: 0, free: Cell::new(0) }, PAGE)
    }

    /// Finds the pages whose slots are all free, unless that was much work and in vain lately.
    fn look_for_empty_pages(&self) {
        let (wait, next) = self.patience.get();
        if wait > 0 {
            return self.patience.set((wait - 1, next));
        }
        let looked_at = self.set_empty_pages_aside();
        let in_vain = looked_at > WORTH_A_LOOK && self.empty.borrow().len() < PAGES_AT_ONCE;
        let next = if in_vain { next.saturating_mul(2) } else { 1 };
        self.patience.set((next - 1, next));
    }

    /// Gives the number of free slots that were looked at.
    fn set_empty_pages_aside(&self) -> usize {
        let looked_at = (0..CLASSES).map(|index| self.take_empty_pages(index)).sum();
        // The lowest is cut first.
        self.empty.borrow_mut().sort_by_key(|page| {
            // SAFETY: pages stay.
            std::cmp::Reverse(unsafe { page.as_ref() }.model)
        });
        looked_at
    }

    /// Takes the pages of a size class that have no objects off its free list; the other slots keep their order. Gives the number of
    /// free slots.
    fn take_empty_pages(&self, index: usize) -> usize {
        let newest = self.classes[index].get().page.map(NonNull::cast::<Page>);
        let mut pages = Vec::new();
        let mut looked_at = 0;
        // SAFETY: slots on the free list are `Free`, and pages stay.
        unsafe {
            let mut next = self.free[index].get();
            while let Some(slot) = next {
                next = slot.as_ref().next;
                looked_at += 1;
                let page = page_of(slot.cast());
                let free = &page.as_ref().free;
                if free.get() == 0 {
                    pages.push(page);
                }
                free.set(free.get() + 1);
            }
            let is_empty = |page: NonNull<Page>| Some(page) != newest && page.as_ref().free.get() as usize == page.as_ref().slots(PAGE);
            if pages.iter().any(|&page| is_empty(page)) {
                let mut place = self.free[index].as_ptr();
                while let Some(slot) = *place {
                    if is_empty(page_of(slot.cast())) {
                        *place = slot.as_ref().next;
                    } else {
                        place = &raw mut (*slot.as_ptr()).next;
                    }
                }
            }
            for page in pages {
                let empty = is_empty(page);
                page.as_ref().free.set(0);
                if empty {
                    (*page.as_ptr()).slot = 0;
                    self.empty.borrow_mut().push(page);
                }
            }
        }
        looked_at
    }

    fn found(&self, at: NonNull<Page>, page: Page, bytes: usize) -> NonNull<Page> {
        let model = self.next_model.get();
        self.next_model.set(model + bytes.next_multiple_of(PAGE) as u64);
        // SAFETY: the page is fresh memory.
        unsafe { at.write(Page { model, ..page }) };
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
        self.found(at, Page { heap, model: 0, slot: bytes - size_of::<Page>(), alone: bytes, free: Cell::new(0) }, bytes);
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
            let free = &self.free[index as usize];
            // Whoever still looks at a dead object is to see it.
            #[cfg(debug_assertions)]
            at.add(size_of::<Free>()).write_bytes(0xDB, slot_of(index as usize) - size_of::<Free>());
            at.cast::<LeafHeader>().as_ref().kind.set(FREE_SLOT);
            (*at.cast::<Free>().as_ptr()).next = free.get();
            free.set(Some(at.cast()));
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
            let free = &self.free[NUMBER];
            at.cast::<LeafHeader>().as_ref().kind.set(FREE_SLOT);
            (*at.cast::<Free>().as_ptr()).next = free.get();
            free.set(Some(at.cast()));
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
            let &Page { slot, alone, .. } = page.as_ref();
            let base = page.cast::<u8>();
            if alone != 0 {
                return (offset == 0).then(|| base.add(size_of::<Page>()));
            }
            if slot == 0 {
                return None;
            }
            let class = self.classes[class_of(slot)].get();
            let end = if class.page == Some(base) { class.bump } else { PAGE };
            if !offset.is_multiple_of(slot) || size_of::<Page>() + offset + slot > end {
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

    /// The address of every object there is, in the order of their ids. Pages without objects are set aside first: whoever looks once
    /// is likely to look again.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(NonNull<u8>)) {
        self.set_empty_pages_aside();
        let bumps: Vec<Class> = self.classes.iter().map(Cell::get).collect();
        let pages: Vec<_> = self.pages.borrow().values().copied().collect();
        for page in pages {
            // SAFETY: pages stay where they are; slots below the bump mark of the class's newest page, and all slots of the
            // older ones, start with a header.
            unsafe {
                let &Page { slot, alone, .. } = page.as_ref();
                let base = page.cast::<u8>();
                if alone != 0 {
                    visit(base.add(size_of::<Page>()));
                    continue;
                }
                if slot == 0 {
                    continue;
                }
                let class = &bumps[class_of(slot)];
                let end = if class.page == Some(base) { class.bump } else { PAGE };
                let mut offset = size_of::<Page>();
                while offset + slot <= end {
                    let at = base.add(offset);
                    if at.cast::<LeafHeader>().as_ref().kind.get() != FREE_SLOT {
                        visit(at);
                    }
                    offset += slot;
                }
            }
        }
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
