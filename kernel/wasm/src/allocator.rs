//! Memory is asked for in large steps: at each, a browser looks through its own heap for garbage, which takes longer than the step is worth.
#![expect(unsafe_code, reason = "it is the allocator")]

use std::alloc::{GlobalAlloc, Layout};
use std::arch::wasm32::{memory_grow, memory_size};
use std::cell::UnsafeCell;
use std::ptr;

use dlmalloc::{Allocator, Dlmalloc};
use heap::SmallBlocks;

const PAGE: usize = 64 << 10;
/// A step is a quarter of what there is, within these limits.
const LEAST: usize = 4 << 20;
const MOST: usize = 64 << 20;

#[global_allocator]
static ALLOCATOR: SmallBlocks<Stepwise> = SmallBlocks(Stepwise(UnsafeCell::new(Dlmalloc::new_with_allocator(Memory))));

struct Stepwise(UnsafeCell<Dlmalloc<Memory>>);

// SAFETY: a machine in a browser has one thread.
unsafe impl Sync for Stepwise {}

// SAFETY: all is passed on to an allocator, as it was asked for. It calls nothing that would allocate.
unsafe impl GlobalAlloc for Stepwise {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: nobody else uses it meanwhile; the rest is the caller's.
        unsafe { (*self.0.get()).malloc(layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { (*self.0.get()).calloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { (*self.0.get()).free(at, layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe { (*self.0.get()).realloc(at, layout.size(), layout.align(), size) }
    }
}

/// The memory of the machine's instance, which never shrinks.
struct Memory;

// SAFETY: what was grown is nobody else's, and full of zeros.
unsafe impl Allocator for Memory {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        let step = (memory_size::<0>() * PAGE / 4).clamp(LEAST, MOST);
        grow(size.max(step)).or_else(|| grow(size)).unwrap_or((ptr::null_mut(), 0, 0))
    }

    fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
        ptr::null_mut()
    }

    fn free_part(&self, _: *mut u8, _: usize, _: usize) -> bool {
        false
    }

    fn free(&self, _: *mut u8, _: usize) -> bool {
        false
    }

    fn can_release_part(&self, _: u32) -> bool {
        false
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        PAGE
    }
}

fn grow(size: usize) -> Option<(*mut u8, usize, u32)> {
    let pages = size.div_ceil(PAGE);
    let before = memory_grow::<0>(pages);
    (before != usize::MAX).then(|| (ptr::without_provenance_mut(before * PAGE), pages * PAGE, 0))
}
