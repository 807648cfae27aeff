//! The allocator of small blocks: what is in a block stays while it is in use, however it grows, and whichever thread frees it.
#![expect(unsafe_code, reason = "it is an allocator that is tried")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::HashSet;
use std::thread;

use heap::SmallBlocks;

static BLOCKS: SmallBlocks<System> = SmallBlocks(System);

/// A block whose bytes all are its mark.
struct Block {
    at: *mut u8,
    layout: Layout,
    mark: u8,
}

// SAFETY: a block is plain memory.
unsafe impl Send for Block {}

impl Block {
    fn new(size: usize, align: usize, mark: u8) -> Block {
        let layout = Layout::from_size_align(size, align).unwrap();
        // SAFETY: no size here is zero; the block has that size.
        let at = unsafe { BLOCKS.alloc(layout) };
        assert!(!at.is_null() && at.addr().is_multiple_of(align));
        // SAFETY: as above.
        unsafe { at.write_bytes(mark, size) };
        Block { at, layout, mark }
    }

    fn check(&self, bytes: usize) {
        // SAFETY: the block is in use and has so many bytes.
        let held = unsafe { std::slice::from_raw_parts(self.at, bytes) };
        assert!(held.iter().all(|byte| *byte == self.mark), "{} bytes", self.layout.size());
    }

    fn resized(self, size: usize) -> Block {
        // SAFETY: the block is in use, with this layout.
        let at = unsafe { BLOCKS.realloc(self.at, self.layout, size) };
        let moved = Block { at, layout: Layout::from_size_align(size, self.layout.align()).unwrap(), mark: self.mark };
        moved.check(self.layout.size().min(size));
        // SAFETY: the block has that size now.
        unsafe { at.write_bytes(self.mark, size) };
        moved
    }

    fn free(self) {
        self.check(self.layout.size());
        // SAFETY: it was asked for with this layout, and is not used again.
        unsafe { BLOCKS.dealloc(self.at, self.layout) };
    }
}

#[test]
fn blocks_keep_what_they_hold() {
    let mut held: Vec<Block> = Vec::new();
    for round in 0..50 {
        held.extend((1..700).map(|size| Block::new(size, [1, 2, 4, 8, 16, 64][size % 6], (size + round) as u8)));
        // Every third goes, so that the next round takes freed blocks and fresh ones.
        for i in (0..held.len()).step_by(3).rev() {
            held.swap_remove(i).free();
        }
    }
    held.into_iter().for_each(Block::free);
}

#[test]
fn blocks_grow_and_shrink_across_the_limit() {
    for (first, sizes) in [(1, [8, 9, 500, 512, 513, 4000]), (600, [5000, 512, 511, 16, 8, 1])] {
        sizes.into_iter().fold(Block::new(first, 8, 7), Block::resized).free();
    }
}

#[test]
fn a_fresh_block_of_zeros_is_one_even_where_another_was() {
    Block::new(48, 8, 0xFF).free();
    let layout = Layout::from_size_align(48, 8).unwrap();
    // SAFETY: the layout is not empty.
    let block = Block { at: unsafe { BLOCKS.alloc_zeroed(layout) }, layout, mark: 0 };
    block.free();
}

#[test]
fn another_thread_may_free_a_block() {
    let made: Vec<Block> = (0..1000).map(|i| Block::new(8 + i % 500, 8, i as u8)).collect();
    thread::spawn(move || {
        made.into_iter().for_each(Block::free);
        // What was freed here is given out here, each block once.
        let again: Vec<Block> = (0..1000).map(|i| Block::new(8 + i % 500, 8, i as u8)).collect();
        assert_eq!(again.iter().map(|block| block.at.addr()).collect::<HashSet<_>>().len(), 1000);
        again.into_iter().for_each(Block::free);
    })
    .join()
    .unwrap();
}
