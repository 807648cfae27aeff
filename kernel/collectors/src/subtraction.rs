//! Subtraction, CPython's way since 2.0, in the phases of its `gc.c`: counts instead of roots.
//!
//! The heap itself does the same in two passes and with generations (`heap/src/collect.rs`); here are the phases one by one, on everything.

use heap::Heap;
use std::collections::HashMap;

use crate::Found;
use crate::work::{Work, everything};

/// What is known of an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refs {
    /// The count that is left.
    Left(u32),
    /// Nothing is left, and nothing so far leads to it.
    Nothing,
    /// Held from outside, or led to by what is.
    Reachable,
}

pub(crate) fn find(heap: &Heap) -> Found {
    let mut work = Work::default();
    let all = everything(heap);
    // update_refs
    let mut refs: HashMap<u64, Refs> = all.iter().map(|&id| (id, Refs::Left(work.visit(heap, id)))).collect();
    subtract_refs(heap, &all, &mut refs, &mut work);
    move_unreachable(heap, &all, &mut refs, &mut work);
    Found { objects: all.into_iter().filter(|id| refs[id] == Refs::Nothing).collect(), work }
}

fn subtract_refs(heap: &Heap, all: &[u64], refs: &mut HashMap<u64, Refs>, work: &mut Work) {
    for &id in all {
        work.visited += 1;
        for child in work.follow(heap, id) {
            if let Some(Refs::Left(count)) = refs.get_mut(&child) {
                *count = count.saturating_sub(1);
            }
        }
    }
}

fn move_unreachable(heap: &Heap, all: &[u64], refs: &mut HashMap<u64, Refs>, work: &mut Work) {
    // The list grows by what comes back.
    let mut list = all.to_vec();
    let mut next = 0;
    while let Some(&id) = list.get(next) {
        next += 1;
        work.visited += 1;
        if refs[&id] == Refs::Left(0) {
            refs.insert(id, Refs::Nothing);
            continue;
        }
        refs.insert(id, Refs::Reachable);
        for child in work.follow(heap, id) {
            match refs.get_mut(&child) {
                Some(left @ Refs::Left(0)) => *left = Refs::Left(1),
                Some(lost @ Refs::Nothing) => {
                    *lost = Refs::Left(1);
                    list.push(child);
                }
                _ => {}
            }
        }
    }
}
