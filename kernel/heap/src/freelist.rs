//! CPython's free lists, as far as they show: in `gc.get_count()`.
//!
//! Memory itself is never parked here (every freed slot is the next one used). What is kept is how many dead objects of each
//! kind CPython would hold back: parking one does not lower the young count, taking one does not raise it.

use std::cell::Cell;

use crate::heap::Heap;
use crate::kind::Kind;
use crate::object::{EXTRA, Obj, UNCOUNTED};
use crate::tuple::Tuple;

/// Tuples of fewer items are parked, by length.
const TUPLE_LENGTHS: usize = 20;
const TUPLES: u16 = 2000;
/// `list` and `dict`.
const CONTAINERS: u16 = 80;

/// How many objects of one kind are parked.
#[derive(Clone, Copy, Default)]
struct FreeList {
    parked: u16,
    room: u16,
    /// A full collection leaves it alone.
    stays: bool,
}

pub(crate) struct FreeLists {
    kinds: [Cell<FreeList>; 256],
    tuples: [Cell<u16>; TUPLE_LENGTHS],
}

impl Default for FreeLists {
    fn default() -> FreeLists {
        let lists =
            FreeLists { kinds: [const { Cell::new(FreeList { parked: 0, room: 0, stays: false }) }; 256], tuples: Default::default() };
        for kind in [Kind::LIST, Kind::DICT] {
            lists.kinds[kind.0 as usize].set(FreeList { parked: 0, room: CONTAINERS, stays: false });
        }
        lists
    }
}

impl Heap {
    /// Objects of this kind whose class is the builtin one are parked when they die, up to `room` of them.
    pub fn set_free_list(&self, kind: Kind, room: u16) {
        self.free_lists.kinds[kind.0 as usize].set(FreeList { parked: 0, room, stays: false });
    }

    /// As [`Heap::set_free_list`], for a list that no collection empties.
    pub fn set_lasting_free_list(&self, kind: Kind, room: u16) {
        self.free_lists.kinds[kind.0 as usize].set(FreeList { parked: 0, room, stays: true });
    }

    /// Objects of this kind are not counted: the machine counts what they stand for.
    pub fn set_not_counted(&self, kind: Kind) {
        self.free_lists.kinds[kind.0 as usize].set(FreeList { parked: u16::MAX / 2, room: u16::MAX, stays: true });
    }

    /// Counts a new object of exact builtin class: it comes from its free list, if one is parked there.
    #[inline(always)]
    pub(crate) fn count_alloc(&self, kind: Kind) {
        let place = &self.free_lists.kinds[kind.0 as usize];
        let list = place.get();
        if list.parked > 0 {
            place.set(FreeList { parked: list.parked - 1, ..list });
        } else {
            self.count_one();
        }
    }

    /// As [`Heap::count_alloc`], for a tuple of exact class.
    #[inline(always)]
    pub(crate) fn count_alloc_tuple(&self, len: usize) {
        match self.free_lists.tuples.get(len) {
            Some(parked) if parked.get() > 0 => parked.set(parked.get() - 1),
            _ => self.count_one(),
        }
    }

    /// An object's memory is about to be freed (`PyObject_GC_Del`, or parking).
    #[inline]
    pub(crate) fn count_free(&self, obj: &Obj) {
        let flags = obj.leaf_header().flags.get();
        if flags & (EXTRA | UNCOUNTED) == 0 {
            if obj.kind() == Kind::TUPLE {
                // SAFETY: the kind says so; the length is still there.
                return self.count_free_tuple(unsafe { obj.payload_unchecked::<Tuple>() }.len());
            }
            return self.count_free_kind(obj.kind());
        }
        if flags & UNCOUNTED == 0 {
            self.uncount(1);
        }
    }

    /// As [`Heap::count_free`], for an object of exact builtin class.
    #[inline]
    fn count_free_kind(&self, kind: Kind) {
        let place = &self.free_lists.kinds[kind.0 as usize];
        let list = place.get();
        if list.parked < list.room {
            place.set(FreeList { parked: list.parked + 1, ..list });
        } else {
            self.uncount(1);
        }
    }

    /// As [`Heap::count_free`], for a tuple of exact class.
    #[inline]
    pub(crate) fn count_free_tuple(&self, len: usize) {
        match self.free_lists.tuples.get(len).filter(|parked| parked.get() < TUPLES) {
            Some(parked) => parked.set(parked.get() + 1),
            None => self.uncount(1),
        }
    }

    /// Counts a tuple of so many items that CPython makes for the time of a call and this machine does without: the arguments of a C
    /// function that takes them in a tuple, the names of a call's keywords. It lives as long as what is returned.
    #[inline]
    pub fn passing_tuple(&self, len: usize) -> Passing<'_> {
        if len > 0 {
            self.count_alloc_tuple(len);
        }
        Passing { heap: self, kind: Kind::TUPLE, len }
    }

    /// As [`Heap::passing_tuple`], for an object of another kind and of exact builtin class: the dict of a call's keywords, a bound method.
    #[inline]
    pub fn passing(&self, kind: Kind) -> Passing<'_> {
        self.count_alloc(kind);
        Passing { heap: self, kind, len: 0 }
    }

    /// As [`Heap::passing`], for an object whose end is told by [`Heap::end_passing`].
    pub fn begin_passing(&self, kind: Kind) {
        self.count_alloc(kind);
    }

    /// The end of an object that [`Heap::begin_passing`] counted.
    pub fn end_passing(&self, kind: Kind) {
        self.count_free_kind(kind);
    }

    /// Something is freed that was counted, and that no free list takes.
    pub fn passing_is_freed(&self) {
        self.uncount(1);
    }

    /// A new tuple, untracked, that CPython makes with room for `expected` items and brings to its length afterwards.
    pub fn tuple_cut(&self, items: Vec<Obj>, expected: usize) -> Obj {
        self.count_free_tuple(items.len());
        self.count_alloc_tuple(expected);
        self.tuple_untracked(items, None)
    }

    /// Lowers the young count, which is never below zero.
    pub(crate) fn uncount(&self, n: i32) {
        let count = &self.generations.counts[0];
        count.set((count.get() - n).max(0));
    }

    /// `_PyObject_ClearFreeLists`: a full collection frees what is parked.
    pub(crate) fn clear_freelists(&self) {
        let mut freed = 0;
        for place in &self.free_lists.kinds {
            let list = place.get();
            if list.stays {
                continue;
            }
            freed += i32::from(list.parked);
            place.set(FreeList { parked: 0, ..list });
        }
        freed += self.free_lists.tuples.iter().map(|parked| i32::from(parked.take())).sum::<i32>();
        self.uncount(freed);
    }

    /// Runs `make` so that what it allocates never comes from a free list of `kind`: `list()` and `dict()`, unlike `[]` and `{}`,
    /// allocate as every class does.
    pub fn without_free_list<R>(&self, kind: Kind, make: impl FnOnce() -> R) -> R {
        let place = &self.free_lists.kinds[kind.0 as usize];
        let parked = place.replace(FreeList { parked: 0, ..place.get() }).parked;
        let made = make();
        let now = place.get();
        place.set(FreeList { parked: (now.parked + parked).min(now.room), ..now });
        made
    }
}

/// An object that is only counted: CPython would make it here, and free it where this goes.
#[must_use = "it is freed at once otherwise"]
pub struct Passing<'a> {
    heap: &'a Heap,
    kind: Kind,
    /// Of a tuple; the empty one is there already.
    len: usize,
}

impl Drop for Passing<'_> {
    #[inline]
    fn drop(&mut self) {
        match (self.kind, self.len) {
            (Kind::TUPLE, 0) => {}
            (Kind::TUPLE, len) => self.heap.count_free_tuple(len),
            (kind, _) => self.heap.count_free_kind(kind),
        }
    }
}

impl Obj {
    /// Whether the object's type is one that the collector cares for (`_PyType_IS_GC`), whether or not it tracks this object.
    #[inline]
    pub fn is_of_gc_type(&self) -> bool {
        !self.is_leaf() && !self.has_flag(UNCOUNTED)
    }

    /// The object's class is none of the collector's (`object()` is the case): it is never counted. Say so right after its birth.
    pub fn make_uncounted(&self) {
        if !self.is_leaf() && !self.has_flag(UNCOUNTED) {
            self.set_flag(UNCOUNTED);
            self.heap().uncount(1);
        }
    }
}
