//! The generations: which objects the collector knows, in which order, and when it is due.
//!
//! A generation is a vector of objects in list order, with holes where objects have left; an object's header holds its place.
//! Between collections every header's `internal` is zero. Rules and thresholds: CPython 3.14.10, `Python/gc.c`.

use std::cell::{Cell, UnsafeCell};
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use crate::collect::{CollectStats, Reason};
use crate::heap::Heap;
use crate::object::{FINALIZED, GENERATION_MASK, Header, Obj, UNTRACKED};
use crate::reached::Branch;
use crate::space::heap_of;
use crate::system::populate_buffer;

/// How many generations there are, without the permanent one.
pub const GENERATIONS: usize = 3;
/// Where `gc.freeze` puts everything.
pub const PERMANENT: usize = 3;
/// Lists that exist during a collection only.
pub(crate) const UNREACHABLE: usize = 4;
/// Weak references whose callbacks are due, and later the objects whose finalizers have run.
pub(crate) const SET_ASIDE: usize = 5;
/// What is still unreachable after the finalizers.
pub(crate) const STILL_UNREACHABLE: usize = 6;
/// In Python 2.7, which has no use for that list: what cannot be collected.
pub(crate) const LEGACY_FINALIZERS: usize = STILL_UNREACHABLE;
/// What was allocated after a collection had become due, where the collection is to see only what was there by then.
const LATER: usize = 7;

pub(crate) type Row = Vec<Option<NonNull<Header>>>;

/// What `gc.get_stats()` tells about one generation.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct GenerationStats {
    /// How often it was collected.
    pub collections: usize,
    /// How many objects were found unreachable.
    pub collected: usize,
    /// How many of them could not be freed.
    pub uncollectable: usize,
}

/// `gc.DEBUG_STATS`.
pub const DEBUG_STATS: u32 = 1;
/// `gc.DEBUG_COLLECTABLE`.
pub const DEBUG_COLLECTABLE: u32 = 2;
/// `gc.DEBUG_UNCOLLECTABLE`.
pub const DEBUG_UNCOLLECTABLE: u32 = 4;
/// `gc.DEBUG_SAVEALL`.
pub const DEBUG_SAVEALL: u32 = 32;
/// `gc.DEBUG_LEAK`.
pub const DEBUG_LEAK: u32 = DEBUG_COLLECTABLE | DEBUG_UNCOLLECTABLE | DEBUG_SAVEALL;

pub(crate) struct Generations {
    /// The tracked objects of each list, in order; `None` is a hole.
    lists: [UnsafeCell<Row>; 8],
    /// Net allocations since the last young collection; then, how often the generation below was collected.
    pub(crate) counts: [Cell<i32>; GENERATIONS],
    thresholds: [Cell<i32>; GENERATIONS],
    /// A young count above this makes a collection due; the largest number while none may become due.
    limit: Cell<i32>,
    due: Cell<bool>,
    enabled: Cell<bool>,
    /// Collections happen inside the allocation, as they did up to CPython 3.11.
    inside_allocation: Cell<bool>,
    /// The young list's length and the young count when a collection became due.
    crossing: Cell<(usize, i32)>,
    pub(crate) collecting: Cell<bool>,
    pub(crate) long_lived_total: Cell<usize>,
    /// What the oldest and the permanent generation count beside their objects: see [`Heap::set_objects_beside`].
    pub(crate) beside: [Cell<usize>; 2],
    pub(crate) long_lived_pending: Cell<usize>,
    pub(crate) stats: [Cell<GenerationStats>; GENERATIONS],
    pub(crate) debug: Cell<u32>,
}

impl Default for Generations {
    fn default() -> Generations {
        Generations {
            lists: Default::default(),
            counts: Default::default(),
            thresholds: [2000, 10, 10].map(Cell::new),
            limit: Cell::new(2000),
            due: Cell::new(false),
            enabled: Cell::new(true),
            inside_allocation: Cell::new(false),
            crossing: Cell::default(),
            collecting: Cell::new(false),
            long_lived_total: Cell::new(0),
            beside: Default::default(),
            long_lived_pending: Cell::new(0),
            stats: Default::default(),
            debug: Cell::new(0),
        }
    }
}

impl Generations {
    /// A list, to look at or change. It must not be held while other code of this crate runs.
    #[expect(clippy::mut_from_ref, reason = "the borrow never outlives a step in which nothing else touches the list")]
    #[inline(always)]
    pub(crate) fn list(&self, which: usize) -> &mut Row {
        // SAFETY: callers let go of the row before they run other code; a heap is used by one thread.
        unsafe { &mut *self.lists[which].get() }
    }

    /// How many objects a list has.
    pub(crate) fn size(&self, which: usize) -> usize {
        self.list(which).iter().flatten().count()
    }

    /// Appends an object that stands in no list.
    #[inline]
    pub(crate) fn append(&self, header: &Header, which: usize) {
        let list = self.list(which);
        if list.len() == list.capacity() {
            make_room(list, 1);
        }
        header.index.set(list.len() as u32);
        header.leaf.flags.set(header.leaf.flags.get() & !GENERATION_MASK | which as u8);
        list.push(Some(NonNull::from(header)));
    }

    /// Takes an object out of its list; an object in none stays as it is.
    #[inline]
    pub(crate) fn remove(&self, header: &Header) {
        let flags = header.leaf.flags.get();
        let which = (flags & GENERATION_MASK) as usize;
        if which == UNTRACKED as usize {
            return;
        }
        header.leaf.flags.set(flags | UNTRACKED);
        let list = self.list(which);
        let index = header.index.get() as usize;
        if index + 1 < list.len() {
            list[index] = None;
            return;
        }
        list.pop();
        while let Some(None) = list.last() {
            list.pop();
        }
    }

    /// Appends the whole list `from` to the list `to` (`gc_list_merge`).
    pub(crate) fn merge(&self, from: usize, to: usize) {
        let (from, into) = (self.list(from), self.list(to));
        make_room(into, from.len());
        for header in from.drain(..).flatten() {
            // SAFETY: objects in a list are alive.
            let at = unsafe { header.as_ref() };
            at.index.set(into.len() as u32);
            at.leaf.flags.set(at.leaf.flags.get() & !GENERATION_MASK | to as u8);
            into.push(Some(header));
        }
    }

    /// The young count at which a collection becomes due may have changed.
    pub(crate) fn set_limit(&self) {
        let threshold = self.thresholds[0].get();
        let possible = self.enabled.get() && threshold != 0 && !self.collecting.get() && !self.due.get();
        self.limit.set(if possible { threshold } else { i32::MAX });
    }
}

/// Room for `more` objects: when half of the list is holes they are closed, else the list grows.
#[cold]
#[inline(never)]
pub(crate) fn make_room(list: &mut Row, more: usize) {
    if list.len() + more <= list.capacity() {
        return;
    }
    let alive = list.iter().flatten().count();
    if alive <= list.len() / 2 {
        list.retain(Option::is_some);
        for (index, header) in list.iter().flatten().enumerate() {
            // SAFETY: objects in a list are alive.
            unsafe { header.as_ref() }.index.set(index as u32);
        }
        if cfg!(debug_assertions)
            && let Some(at) = list.iter().flatten().next()
        {
            // SAFETY: the object is alive, and so is its heap.
            unsafe { heap_of(at.cast()).as_ref() }.reach(Branch::ClosedRanks);
        }
    }
    list.reserve(more.max(64));
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
        self.leaf_header().flags.get() & GENERATION_MASK != UNTRACKED
    }

    /// The generation of a tracked object: 0, 1 or 2, or 3 for a frozen one.
    pub fn generation(&self) -> Option<usize> {
        self.is_tracked().then(|| (self.leaf_header().flags.get() & GENERATION_MASK) as usize)
    }

    /// Whether the finalizer has run (`gc.is_finalized`).
    pub fn is_finalized(&self) -> bool {
        self.has_flag(FINALIZED)
    }
}

impl Heap {
    /// Makes an object known to the collector: the youngest of the young. Leaves and tracked objects stay as they are.
    #[inline]
    pub fn track(&self, obj: &Obj) {
        if let Some(header) = obj.header()
            && !obj.is_tracked()
        {
            self.generations.append(header, 0);
        }
    }

    /// Makes the collector forget an object.
    #[inline]
    pub fn untrack(&self, obj: &Obj) {
        if let Some(header) = obj.header() {
            self.generations.remove(header);
        }
    }

    /// One more object of a type that the collector cares for (`_PyObject_GC_Link`).
    #[inline(always)]
    pub(crate) fn count_one(&self) {
        let generations = &self.generations;
        let count = generations.counts[0].get() + 1;
        generations.counts[0].set(count);
        if count > generations.limit.get() {
            self.become_due();
        }
    }

    #[cold]
    #[inline(never)]
    fn become_due(&self) {
        let generations = &self.generations;
        generations.due.set(true);
        generations.set_limit();
        generations.crossing.set((generations.list(0).len(), generations.counts[0].get()));
    }

    /// Whether an automatic collection waits for the machine to call [`Heap::run_due_collection`].
    #[inline(always)]
    pub fn gc_due(&self) -> bool {
        self.generations.due.get()
    }

    /// Makes [`Heap::gc_due`] say yes, so that the machine comes by soon. A collection takes place only if its turn has come.
    pub fn ask_for_attention(&self) {
        self.generations.due.set(true);
        self.generations.set_limit();
    }

    /// The automatic collection (`_Py_RunGC`), of the oldest generation whose turn it is. The machine calls this at function
    /// entry and at backward jumps, when [`Heap::gc_due`] says so.
    #[cold]
    pub fn run_due_collection(&self) -> Option<CollectStats> {
        let generations = &self.generations;
        generations.due.set(false);
        generations.set_limit();
        if !generations.enabled.get() {
            self.reach(Branch::DueWhileOff);
            return None;
        }
        if generations.collecting.get() {
            self.reach(Branch::DueInside);
            return None;
        }
        if generations.inside_allocation.get() { self.collect_as_of_crossing() } else { self.collect_oldest_due() }
    }

    /// The automatic collection of now, if the turn of a generation has come.
    pub fn collect_oldest_due(&self) -> Option<CollectStats> {
        self.generations.due.set(false);
        let Some(generation) = self.gc_select_generation() else {
            self.reach(Branch::NotDueAnyMore);
            return None;
        };
        self.gc_collect_main(generation, Reason::Heap)
    }

    /// The collection that ran inside the allocation: it does not know the object that was being made, nor any later one.
    fn collect_as_of_crossing(&self) -> Option<CollectStats> {
        let generations = &self.generations;
        let (length, count) = generations.crossing.get();
        let later = generations.counts[0].get() - count;
        generations.counts[0].set(count);
        let young = generations.list(0);
        let newer: Vec<_> = young.drain(length.min(young.len())..).flatten().collect();
        self.reach(Branch::AsOfCrossing);
        // SAFETY: objects in a list are alive.
        newer.iter().for_each(|header| generations.append(unsafe { header.as_ref() }, LATER));
        let stats = self.collect_oldest_due();
        generations.merge(LATER, 0);
        generations.counts[0].set(generations.counts[0].get() + later);
        stats
    }

    /// The oldest generation above its threshold; the last one only once a quarter of it is new (`long_lived_pending`).
    fn gc_select_generation(&self) -> Option<usize> {
        let generations = &self.generations;
        (0..GENERATIONS).rev().find(|&i| {
            let above = generations.counts[i].get() > generations.thresholds[i].get();
            let too_early = i == GENERATIONS - 1 && generations.long_lived_pending.get() < generations.long_lived_total.get() / 4;
            if above && too_early {
                self.reach(Branch::TooEarly);
            }
            above && !too_early
        })
    }

    /// `gc.enable()`.
    pub fn enable_gc(&self) {
        self.generations.enabled.set(true);
        self.generations.set_limit();
    }

    /// `gc.disable()`.
    pub fn disable_gc(&self) {
        self.generations.enabled.set(false);
        self.generations.set_limit();
    }

    /// Does something whose allocations do not count: no collection comes due by them, and the counts are afterwards what they were.
    pub fn uncounted<R>(&self, what: impl FnOnce() -> R) -> R {
        let (counts, enabled) = (self.gc_counts(), self.is_gc_enabled());
        self.disable_gc();
        let result = what();
        counts.into_iter().zip(&self.generations.counts).for_each(|(count, place)| place.set(count));
        if enabled {
            self.enable_gc();
        }
        result
    }

    /// `gc.isenabled()`.
    pub fn is_gc_enabled(&self) -> bool {
        self.generations.enabled.get()
    }

    /// Whether a collection is under way.
    pub fn is_collecting(&self) -> bool {
        self.generations.collecting.get()
    }

    /// `gc.get_threshold()`.
    pub fn thresholds(&self) -> [i32; GENERATIONS] {
        std::array::from_fn(|i| self.generations.thresholds[i].get())
    }

    /// `gc.set_threshold(…)`; zero for the first turns automatic collection off.
    pub fn set_thresholds(&self, thresholds: [i32; GENERATIONS]) {
        thresholds.into_iter().zip(&self.generations.thresholds).for_each(|(new, place)| place.set(new));
        self.generations.set_limit();
    }

    /// `gc.get_count()`.
    pub fn gc_counts(&self) -> [i32; GENERATIONS] {
        std::array::from_fn(|i| self.generations.counts[i].get())
    }

    /// Sets what `gc.get_count()` tells; a collection may be due at once.
    pub fn set_gc_counts(&self, counts: [i32; GENERATIONS]) {
        counts.into_iter().zip(&self.generations.counts).for_each(|(new, place)| place.set(new));
        if counts[0] > self.generations.limit.get() {
            self.become_due();
        }
    }

    /// `gc.get_stats()`.
    pub fn gc_stats(&self) -> [GenerationStats; GENERATIONS] {
        std::array::from_fn(|i| self.generations.stats[i].get())
    }

    /// `gc.get_debug()`.
    pub fn gc_debug(&self) -> u32 {
        self.generations.debug.get()
    }

    /// `gc.set_debug(flags)`.
    pub fn set_gc_debug(&self, flags: u32) {
        self.generations.debug.set(flags);
    }

    /// The tracked objects of one generation, or of all but the permanent one, in order (`gc.get_objects`).
    pub fn tracked_objects(&self, generation: Option<usize>) -> Vec<Obj> {
        let which = generation.map_or(0..GENERATIONS, |g| g..g + 1);
        let mut objects = Vec::with_capacity(which.clone().map(|g| self.generations.size(g)).sum());
        populate_buffer(NonNull::from(objects.spare_capacity_mut()).cast(), size_of::<Obj>() * objects.capacity());
        for g in which {
            for header in self.generations.list(g).iter().flatten() {
                objects.push(self.reference(*header));
            }
        }
        objects
    }

    /// The tracked objects that refer to one of `objs`, in the order of the generations (`gc.get_referrers`).
    pub fn referrers(&self, objs: &[Obj]) -> Vec<Obj> {
        self.referrers_with(objs, |_| false)
    }

    /// As [`Heap::referrers`], with those that refer to one of them in a way that the heap does not see, as `refers_too` says.
    pub fn referrers_with(&self, objs: &[Obj], refers_too: impl Fn(&Obj) -> bool) -> Vec<Obj> {
        let mut found = Vec::new();
        for header in (0..GENERATIONS).flat_map(|g| self.generations.list(g).iter().flatten()) {
            // SAFETY: objects in a list are alive; the look is never dropped.
            let looked_at = ManuallyDrop::new(unsafe { Obj::from_header(header.cast(), false) });
            let mut refers = refers_too(&looked_at);
            // SAFETY: objects in a list are alive.
            crate::edges::each(unsafe { header.as_ref() }, self, |child| refers |= objs.iter().any(|obj| obj.is(child)));
            if refers {
                found.push(self.reference(*header));
            }
        }
        found
    }

    /// Whether immortal objects that the collector meets go to the permanent generation, as in 3.12, or are forgotten, as later.
    pub fn set_freezes_immortal(&self, freezes: bool) {
        self.freezes_immortal.set(freezes);
    }

    /// Puts an object into a generation, as if a collection had.
    pub fn put_into_generation(&self, obj: &Obj, generation: usize) {
        if let Some(header) = obj.header() {
            self.generations.remove(header);
            self.generations.append(header, generation.min(GENERATIONS - 1));
        }
    }

    /// The immortal objects go to the permanent generation, as the next collection would have it.
    pub fn freeze_immortal(&self) {
        for header in self.generations.list(GENERATIONS - 1).iter_mut() {
            // SAFETY: objects in a list are alive.
            if let Some(immortal) = header.map(|at| unsafe { at.as_ref() }).filter(|at| (at.leaf.refcount.get() as i32) < 0) {
                self.generations.append(immortal, PERMANENT);
                *header = None;
            }
        }
    }

    /// `gc.freeze()`: everything the collector knows moves to the permanent generation, where it is left alone.
    pub fn freeze(&self) {
        self.reach(Branch::Frozen);
        for generation in 0..GENERATIONS {
            self.generations.merge(generation, PERMANENT);
            self.generations.counts[generation].set(0);
        }
        let [oldest, permanent] = &self.generations.beside;
        permanent.set(permanent.get() + oldest.take());
    }

    /// `gc.unfreeze()`: the permanent generation moves to the oldest one.
    pub fn unfreeze(&self) {
        self.reach(Branch::Unfrozen);
        self.generations.merge(PERMANENT, GENERATIONS - 1);
        let [oldest, permanent] = &self.generations.beside;
        oldest.set(oldest.get() + permanent.take());
    }

    /// The start of CPython leaves `n` objects more in the oldest generation than there are here: they count where a full collection
    /// waits until enough is new.
    pub fn set_objects_beside(&self, n: usize) {
        self.generations.beside[0].set(n);
    }

    /// What [`Heap::set_objects_beside`] was told, less what has been made since then of it.
    pub fn objects_beside(&self) -> usize {
        self.generations.beside[0].get()
    }

    /// How many objects the collector knows, frozen ones left out.
    pub fn count_tracked(&self) -> usize {
        (0..GENERATIONS).map(|generation| self.generations.size(generation)).sum()
    }

    /// `gc.get_freeze_count()`.
    pub fn freeze_count(&self) -> usize {
        self.generations.size(PERMANENT)
    }

    /// Up to CPython 3.11 a collection ran inside the allocation that made it due. The machine then asks [`Heap::gc_due`] right
    /// after each instruction that makes a container, and the collection sees what there was before that container.
    pub fn set_collect_inside_allocation(&self, inside: bool) {
        self.generations.inside_allocation.set(inside);
    }

    /// Whether a due collection runs inside the allocation (see [`Heap::set_collect_inside_allocation`]).
    pub fn collects_inside_allocation(&self) -> bool {
        self.generations.inside_allocation.get()
    }

    /// A new counted reference to an object in a list.
    pub(crate) fn reference(&self, header: NonNull<Header>) -> Obj {
        // SAFETY: objects in a list are alive and not leaves; the clone is counted, the look is not dropped.
        unsafe { Obj::clone(&std::mem::ManuallyDrop::new(Obj::from_header(header.cast(), false))) }
    }
}
