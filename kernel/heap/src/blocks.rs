//! The allocator of programs whose first concern is a heap: small blocks come from lists of freed ones.
//!
//! Rows of items, tables and texts come and go with their objects. Each size up to [`SMALL`] has a list of freed blocks, the last one first, for each
//! thread; what was never used is cut from chunks. A block that another thread frees goes on that thread's list. Chunks are kept, as the pages of
//! objects are (`space.rs`); larger blocks are the general allocator's.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ptr::{self, NonNull};

/// Blocks of up to this many bytes are small.
const SMALL: usize = 512;
/// Sizes of small blocks are so many bytes apart; no small block is aligned to more.
const GRANULE: usize = 8;
/// So many bytes are taken for small blocks at once.
const CHUNK: usize = 32 << 10;

/// Small blocks of its own, and `G` for all others.
pub struct SmallBlocks<G>(pub G);

/// A freed block.
struct Freed(Option<NonNull<Freed>>);

/// What a thread has to give.
struct Blocks {
    /// The freed blocks of each size.
    freed: [Cell<Option<NonNull<Freed>>>; SMALL / GRANULE],
    /// Where the part of the chunk begins that was never used, and its bytes.
    fresh: Cell<(*mut u8, usize)>,
}

thread_local! {
    // Without a destructor it is there for as long as the thread frees anything.
    static BLOCKS: Blocks = const { Blocks { freed: [const { Cell::new(None) }; SMALL / GRANULE], fresh: Cell::new((ptr::null_mut(), 0)) } };
}

/// Which list has blocks for this layout; none, if they are not small.
#[inline(always)]
fn list_of(layout: Layout) -> Option<usize> {
    (layout.size() <= SMALL && layout.align() <= GRANULE).then(|| layout.size().saturating_sub(1) / GRANULE)
}

impl Blocks {
    #[inline(always)]
    fn take(&self, list: usize, general: &impl GlobalAlloc) -> *mut u8 {
        match self.freed[list].get() {
            Some(block) => {
                // SAFETY: what is on a list is a freed block, which nobody uses.
                self.freed[list].set(unsafe { block.as_ref() }.0);
                block.as_ptr().cast()
            }
            None => self.cut(list, general),
        }
    }

    /// A block that was never used; null, if there is no more memory.
    #[cold]
    #[inline(never)]
    fn cut(&self, list: usize, general: &impl GlobalAlloc) -> *mut u8 {
        let size = (list + 1) * GRANULE;
        let (mut at, mut left) = self.fresh.get();
        if left < size {
            // SAFETY: the layout is one, and not empty.
            at = unsafe { general.alloc(Layout::from_size_align_unchecked(CHUNK, GRANULE)) };
            if at.is_null() {
                return at;
            }
            left = CHUNK;
        }
        // SAFETY: the chunk has so many bytes left.
        self.fresh.set((unsafe { at.add(size) }, left - size));
        at
    }

    /// # Safety
    /// The block came from this list of some thread, and nobody uses it.
    #[inline(always)]
    unsafe fn give(&self, list: usize, at: *mut u8) {
        // SAFETY: the caller's word; a block has room for a `Freed`, and is aligned for it.
        unsafe {
            let block = NonNull::new_unchecked(at).cast::<Freed>();
            block.write(Freed(self.freed[list].replace(Some(block))));
        }
    }
}

// In a browser's machine few bytes count more than a call.
//
// SAFETY: a small block is on no list while it is in use, and the blocks of a list have one size; all others are the general allocator's, which
// gets them back with the layout that it was asked for. Nothing here asks for memory otherwise, or panics.
unsafe impl<G: GlobalAlloc> GlobalAlloc for SmallBlocks<G> {
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match list_of(layout) {
            Some(list) => BLOCKS.with(|blocks| blocks.take(list, &self.0)),
            // SAFETY: the caller's word.
            None => unsafe { self.0.alloc(layout) },
        }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some(list) = list_of(layout) else {
            // SAFETY: the caller's word.
            return unsafe { self.0.alloc_zeroed(layout) };
        };
        let at = BLOCKS.with(|blocks| blocks.take(list, &self.0));
        if !at.is_null() {
            // SAFETY: the block has so many bytes.
            unsafe { at.write_bytes(0, layout.size()) };
        }
        at
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's word: the block was asked for with this layout.
        unsafe {
            match list_of(layout) {
                Some(list) => BLOCKS.with(|blocks| blocks.give(list, at)),
                None => self.0.dealloc(at, layout),
            }
        }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[cfg_attr(not(target_arch = "wasm32"), inline)]
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's word; both blocks have room for what is copied.
        unsafe {
            let wanted = Layout::from_size_align_unchecked(size, layout.align());
            match (list_of(layout), list_of(wanted)) {
                (None, None) => return self.0.realloc(at, layout, size),
                (before, after) if before == after => return at,
                _ => {}
            }
            let moved = self.alloc(wanted);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(at, moved, layout.size().min(size));
                self.dealloc(at, layout);
            }
            moved
        }
    }
}
