//! The generations: which objects the collector knows, in which order, and when it is due.
//!
//! A generation is a vector of objects in list order, with holes where objects have left; an object's header holds its place.
//! Rules and thresholds: CPython 3.14.10, `Python/gc.c`.

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use crate::heap::Heap;
use crate::kind::Kind;
use crate::object::{GENERATION_MASK, Header, Obj, UNTRACKED};

/// Young, middle, old and permanent.
pub(crate) const GENERATIONS: usize = 4;

#[derive(Default)]
pub(crate) struct Generations {
    /// The tracked objects of each generation, in order; `None` is a hole.
    pub(crate) lists: [RefCell<Vec<Option<NonNull<Header>>>>; GENERATIONS],
    /// Net allocations since the last young collection.
    pub(crate) young_count: Cell<i32>,
}

impl Obj {
    /// The same reference, with its object known to the collector from now on (`_PyObject_GC_TRACK`).
    #[inline]
    pub fn tracked(self) -> Obj {
        self.heap().track(&self);
        self
    }

    /// Whether the collector knows the object.
    #[inline]
    pub fn is_tracked(&self) -> bool {
        self.header().is_some_and(|header| header.index.get() != UNTRACKED)
    }

    /// The generation of a tracked object: 0, 1 or 2, or 3 for a frozen one.
    pub fn generation(&self) -> Option<usize> {
        self.is_tracked().then(|| (self.leaf_header().flags.get() & GENERATION_MASK) as usize)
    }
}

impl Heap {
    /// Makes an object known to the collector: the youngest of the young. Leaves and tracked objects stay as they are.
    #[inline]
    pub fn track(&self, obj: &Obj) {
        let Some(header) = obj.header() else { return };
        if header.index.get() != UNTRACKED {
            return;
        }
        let mut young = self.generations.lists[0].borrow_mut();
        header.index.set(young.len() as u32);
        obj.clear_flag(GENERATION_MASK);
        young.push(Some(NonNull::from(header)));
    }

    /// Makes the collector forget an object.
    #[inline]
    pub fn untrack(&self, obj: &Obj) {
        let Some(header) = obj.header() else { return };
        let index = header.index.replace(UNTRACKED);
        if index == UNTRACKED {
            return;
        }
        let generation = (obj.leaf_header().flags.get() & GENERATION_MASK) as usize;
        let mut list = self.generations.lists[generation].borrow_mut();
        if index as usize + 1 == list.len() {
            list.pop();
        } else {
            list[index as usize] = None;
        }
    }

    #[inline]
    pub(crate) fn count_alloc(&self, _kind: Kind) {
        self.generations.young_count.set(self.generations.young_count.get() + 1);
    }

    #[inline]
    pub(crate) fn count_free(&self, _obj: &Obj) {
        let count = &self.generations.young_count;
        if count.get() > 0 {
            count.set(count.get() - 1);
        }
    }
}
