//! The cycle collector: finds the objects that only each other keep alive, and frees them.
//!
//! Phases run in the order in which `gc_collect_main` names them, each a function with the name of its twin in CPython's
//! `Python/gc.c` (3.14.10). Where CPython copies every count and counts down, here the references from inside are counted up
//! from zero in `internal` and compared with the refcount: an object with more references than that is held from outside.

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use crate::edges::{self, prefetch, prefetch_held};
use crate::generation::{
    DEBUG_COLLECTABLE, DEBUG_SAVEALL, DEBUG_STATS, GENERATIONS, PERMANENT, Row, SET_ASIDE, STILL_UNREACHABLE, UNREACHABLE, make_room,
};
use crate::heap::{DebugEvent, Heap};
use crate::kind::Kind;
use crate::object::{EXTRA, FINALIZED, GENERATION_MASK, HAS_FINALIZER, Header, Obj, UNCOUNTED, UNTRACKED, WEAKLY_REFERENCED};
use crate::reached::Branch;
use crate::tuple::Tuple;
use crate::watch::CollectionPhase;
use crate::weakref::WeakRef;

/// How far ahead headers are asked for.
const AHEAD: usize = 24;
/// How far ahead what an object holds is asked for.
const AHEAD_HELD: usize = 10;

/// What one collection did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CollectStats {
    /// The oldest generation that was collected.
    pub generation: usize,
    /// How many unreachable objects were found and cleared.
    pub collected: usize,
    /// How many more could not be cleared (none, since PEP 442). `gc.collect()` returns the sum.
    pub uncollectable: usize,
}

/// Why a collection runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// An automatic one.
    Heap,
    /// `gc.collect()`.
    Manual,
    /// The machine ends; `gc.callbacks` stay quiet.
    Shutdown,
}

/// Which objects are being looked at: those in the lists `low..=high`.
#[derive(Clone, Copy)]
struct Scope {
    low: u8,
    high: u8,
    /// Where objects go that seem unreachable.
    unreachable: usize,
}

impl Scope {
    #[inline(always)]
    fn has(self, header: &Header) -> bool {
        (header.leaf.flags.get() & GENERATION_MASK).wrapping_sub(self.low) <= self.high - self.low
    }
}

impl Heap {
    /// Collects a generation and all younger ones, as `gc.collect(generation)` does.
    ///
    /// Does nothing while a collection is under way (in a finalizer, say).
    pub fn collect(&self, generation: usize) -> CollectStats {
        self.gc_collect_main(generation.min(GENERATIONS - 1), Reason::Manual).unwrap_or_default()
    }

    /// The collection at the end of a program: everything, and no callbacks.
    pub fn collect_at_shutdown(&self) -> CollectStats {
        self.gc_collect_main(GENERATIONS - 1, Reason::Shutdown).unwrap_or_default()
    }

    /// Gets rid of what another way of looking has found unreachable, by id, as a collection does: weak references first, then
    /// finalizers, then what the objects hold. Gives their number.
    ///
    /// Counts have the last word: whatever is held by anything but the others of the list stays alive.
    pub fn dispose_of(&self, garbage: &[u64]) -> usize {
        let generations = &self.generations;
        if generations.collecting.replace(true) {
            return 0;
        }
        generations.set_limit();
        self.reach(Branch::Disposed);
        let old = GENERATIONS - 1;
        for obj in garbage.iter().filter_map(|&id| self.object_at(id)) {
            if let Some(header) = obj.header().filter(|_| obj.generation().is_some_and(|generation| generation <= old)) {
                generations.remove(header);
                generations.append(header, UNREACHABLE);
            }
        }
        let still_unreachable = self.handle_resurrected_objects(old);
        generations.merge(still_unreachable, UNREACHABLE);
        let collected = self.dispose(old, old, true);
        generations.collecting.set(false);
        generations.set_limit();
        collected
    }

    /// The whole collection, phase by phase.
    pub(crate) fn gc_collect_main(&self, generation: usize, reason: Reason) -> Option<CollectStats> {
        let generations = &self.generations;
        if generations.collecting.replace(true) {
            self.reach(Branch::Refused);
            return None;
        }
        generations.set_limit();
        self.reach([Branch::Young, Branch::Middle, Branch::Full][generation]);
        if reason == Reason::Heap {
            self.reach(Branch::Automatic);
        }
        if reason == Reason::Shutdown {
            self.reach(Branch::Shutdown);
        } else {
            self.hooks().inspect(|hooks| hooks.collection_started(generation));
        }
        self.show_stats_each_generation(generation);
        let old = (generation + 1).min(GENERATIONS - 1);
        if generation + 1 < GENERATIONS {
            let count = &generations.counts[generation + 1];
            count.set(count.get() + 1);
        }
        generations.counts[..=generation].iter().for_each(|count| count.set(0));

        if self.tells_phases() {
            use CollectionPhase::{MoveUnreachable, SubtractRefs, UpdateRefs};
            [UpdateRefs, SubtractRefs, MoveUnreachable].into_iter().for_each(|phase| self.tell_phase(generation, phase));
        }
        let risky = self.deduce_unreachable(generation, old);
        if generation == GENERATIONS - 1 {
            self.untrack_dicts();
            generations.long_lived_pending.set(0);
            let alive = if self.lazy_dicts.get() { generations.size(generation) } else { generations.list(generation).len() };
            generations.long_lived_total.set(alive + generations.beside[0].get());
        }
        self.move_legacy_finalizers();
        let collected = self.dispose(generation, old, risky);
        let uncollectable = self.handle_legacy_finalizers(old);
        self.hooks().inspect(|hooks| hooks.garbage_deleted());
        if generations.debug.get() & DEBUG_STATS != 0 {
            let unreachable = collected + uncollectable;
            self.hooks().inspect(|hooks| hooks.debug(DebugEvent::Done { unreachable, uncollectable }));
        }
        if generation == GENERATIONS - 1 {
            self.clear_freelists();
        }
        let place = &generations.stats[generation];
        let mut stats = place.get();
        stats.collections += 1;
        stats.collected += collected;
        stats.uncollectable += uncollectable;
        place.set(stats);
        if reason != Reason::Shutdown {
            self.hooks().inspect(|hooks| hooks.collection_finished(generation, collected, uncollectable));
        }
        generations.collecting.set(false);
        generations.set_limit();
        Some(CollectStats { generation, collected, uncollectable })
    }

    /// Gets rid of the unreachable, and gives their number. Survivors move to `old`.
    fn dispose(&self, generation: usize, old: usize, risky: bool) -> usize {
        if self.generations.list(UNREACHABLE).iter().all(Option::is_none) {
            self.generations.list(UNREACHABLE).clear();
            self.reach(Branch::NoGarbage);
            return 0;
        }
        let debug = self.generations.debug.get();
        if debug == 0 && self.concerns.get() == 0 && !(risky && self.anything_to_call(UNREACHABLE)) {
            self.reach(Branch::InBulk);
            return self.delete_garbage_in_bulk(UNREACHABLE);
        }
        if debug & DEBUG_COLLECTABLE != 0 {
            self.debug_cycle();
        }
        let freed = self.handle_weakrefs(old);
        self.tell_phase(generation, CollectionPhase::HandleWeakrefs);
        let finalized = self.finalize_garbage();
        self.tell_phase(generation, CollectionPhase::FinalizeGarbage);
        // Whoever looked on may have kept something, too.
        let garbage = if finalized || self.tells_phases() { self.handle_resurrected_objects(old) } else { UNREACHABLE };
        if finalized && self.clears_late_weakrefs.get() {
            self.clear_late_weakrefs(garbage);
        }
        self.tell_phase(generation, CollectionPhase::HandleResurrectedObjects);
        if debug == 0 && self.concerns.get() == 0 && !self.anything_to_call(garbage) {
            self.reach(Branch::InBulkAfterFinalizers);
            return freed + self.delete_garbage_in_bulk(garbage);
        }
        self.reach(Branch::OneByOne);
        if debug == 0 && self.has_late_finalizers() {
            self.reach(Branch::OneByOneLate);
        }
        let collected = freed + self.generations.size(garbage);
        self.delete_garbage(garbage, old);
        self.tell_phase(generation, CollectionPhase::DeleteGarbage);
        collected
    }

    fn show_stats_each_generation(&self, generation: usize) {
        if self.generations.debug.get() & DEBUG_STATS != 0 {
            self.reach(Branch::Stats);
            let objects = std::array::from_fn(|i| self.generations.size(i));
            let permanent = self.generations.size(PERMANENT);
            self.hooks().inspect(|hooks| hooks.debug(DebugEvent::Starting { generation, objects, permanent }));
        }
    }

    /// Splits the generation, younger ones included, into what is held from outside and what is not. The former moves to `old`,
    /// the latter to the list of the unreachable. True if among the unreachable something may have to be called.
    fn deduce_unreachable(&self, generation: usize, old: usize) -> bool {
        let generations = &self.generations;
        let mut base = std::mem::take(generations.list(generation));
        for younger in 0..generation {
            let younger = generations.list(younger);
            if base.is_empty() { std::mem::swap(&mut base, younger) } else { base.append(younger) }
        }
        let scope = Scope { low: 0, high: generation as u8, unreachable: UNREACHABLE };
        let any_inside = self.subtract_refs(&mut base, scope);
        let into = generations.list(old);
        if old != generation {
            make_room(into, base.len());
        }
        let risky = any_inside && self.move_unreachable(&mut base, into.len(), old, scope, true);
        if !any_inside {
            self.keep_all(&mut base, into.len(), old);
        }
        if old != generation {
            if generation == GENERATIONS - 2 {
                let pending = &generations.long_lived_pending;
                pending.set(pending.get() + base.len());
            }
            generations.list(old).append(&mut base);
        }
        *generations.list(generation) = base;
        risky
    }

    /// Counts, for each object, the references to it from inside. Immortal objects leave the list, as in `update_refs`. False if there
    /// are no references from inside.
    fn subtract_refs(&self, base: &mut Row, scope: Scope) -> bool {
        let mut any = false;
        for i in 0..base.len() {
            if let Some(&Some(next)) = base.get(i + AHEAD) {
                prefetch(next);
            }
            if let Some(&Some(next)) = base.get(i + AHEAD_HELD) {
                prefetch_held(next);
            }
            let Some(header) = base[i] else { continue };
            // SAFETY: objects in a list are alive.
            let header = unsafe { header.as_ref() };
            if header.leaf.refcount.get() as i32 <= -1 {
                base[i] = None;
                if self.freezes_immortal.get() {
                    self.reach(Branch::ToPermanent);
                    self.generations.append(header, PERMANENT);
                } else {
                    self.reach(Branch::Forgotten);
                    header.leaf.flags.set(header.leaf.flags.get() | UNTRACKED);
                }
                continue;
            }
            edges::each(header, self, |child| {
                if let Some(child) = child.header()
                    && scope.has(child)
                {
                    child.internal.set(child.internal.get() + 1);
                    any = true;
                }
            });
        }
        any
    }

    /// As [`Heap::move_unreachable`] with `untrack`, where nothing is referred to from inside, so that all of it is reachable.
    fn keep_all(&self, base: &mut Row, first: usize, home: usize) {
        self.reach(Branch::KeptAll);
        let mut kept = 0;
        for i in 0..base.len() {
            if let Some(&Some(next)) = base.get(i + AHEAD) {
                prefetch(next);
            }
            let Some(at) = base[i] else { continue };
            // SAFETY: objects in a list are alive.
            let header = unsafe { at.as_ref() };
            let flags = header.leaf.flags.get();
            if self.is_tuple_of_untracked(header, header.leaf.kind.get(), flags) {
                self.reach(Branch::TupleUntrackedUnseen);
                header.leaf.flags.set(flags | UNTRACKED);
                continue;
            }
            header.index.set((first + kept) as u32);
            header.leaf.flags.set(flags & !GENERATION_MASK | home as u8);
            base[kept] = Some(at);
            kept += 1;
        }
        base.truncate(kept);
    }

    /// Moves what only has references from inside to the list of the unreachable; what turns out to be reachable after all comes
    /// back, at the end. The others close their ranks: they stand in list `home` from place `first` on.
    ///
    /// With `untrack`, exact tuples that hold only untracked things are forgotten (`untrack_tuples`).
    fn move_unreachable(&self, base: &mut Row, first: usize, home: usize, scope: Scope, untrack: bool) -> bool {
        let mut risky = false;
        let unreachable = self.generations.list(scope.unreachable);
        let mut kept = 0;
        let mut i = 0;
        while i < base.len() {
            if let Some(&Some(next)) = base.get(i + AHEAD) {
                prefetch(next);
            }
            if let Some(&Some(next)) = base.get(i + AHEAD_HELD) {
                prefetch_held(next);
            }
            i += 1;
            let Some(at) = base[i - 1] else { continue };
            // SAFETY: objects in a list are alive.
            let header = unsafe { at.as_ref() };
            let (kind, flags) = (header.leaf.kind.get(), header.leaf.flags.get());
            if header.leaf.refcount.get() == header.internal.get() {
                // Perhaps unreachable: nothing that was traversed so far leads here.
                header.index.set(unreachable.len() as u32);
                header.leaf.flags.set(flags & !GENERATION_MASK | scope.unreachable as u8);
                risky |= is_risky(header);
                unreachable.push(Some(at));
                continue;
            }
            header.internal.set(0);
            header.index.set((first + kept) as u32);
            header.leaf.flags.set(flags & !GENERATION_MASK | home as u8);
            edges::each_of(header, kind, flags, self, |child| {
                let Some(child) = child.header() else { return };
                // Only objects of the scope that are not yet known to be reachable count references from inside.
                if child.internal.get() != 0 {
                    child.internal.set(0);
                    if (child.leaf.flags.get() & GENERATION_MASK) as usize == scope.unreachable {
                        self.reach(Branch::ComesBack);
                        unreachable[child.index.get() as usize] = None;
                        child.leaf.flags.set(child.leaf.flags.get() & !GENERATION_MASK | scope.low);
                        base.push(Some(child.into()));
                    }
                }
            });
            if untrack && self.is_tuple_of_untracked(header, kind, flags) {
                self.reach(Branch::TupleUntracked);
                header.leaf.flags.set(flags | UNTRACKED);
                continue;
            }
            base[kept] = Some(at);
            kept += 1;
        }
        base.truncate(kept);
        risky
    }

    /// Whether it is an exact tuple, and the collector cares for nothing that it holds.
    #[inline(always)]
    fn is_tuple_of_untracked(&self, header: &Header, kind: Kind, flags: u8) -> bool {
        if kind != Kind::TUPLE || flags & EXTRA != 0 {
            return false;
        }
        // SAFETY: objects in a list are alive; the look is not dropped.
        let tuple = ManuallyDrop::new(unsafe { Obj::from_header(NonNull::from(header).cast(), false) });
        // SAFETY: the kind says so.
        let items = unsafe { tuple.payload_unchecked::<Tuple>() }.items();
        !items.iter().any(|item| item.header().is_some_and(|item| self.gc_may_be_tracked(item)))
    }

    /// Whether the collector cares for nothing that a dict holds.
    fn holds_only_untracked(&self, header: &Header) -> bool {
        let mut may_be_tracked = false;
        edges::each(header, self, |child| may_be_tracked |= child.header().is_some_and(|child| self.gc_may_be_tracked(child)));
        !may_be_tracked
    }

    /// With the lazy tracking of CPython 3.13, a full collection forgets dicts that hold only untracked things.
    fn untrack_dicts(&self) {
        if !self.lazy_dicts.get() {
            return;
        }
        for header in self.generations.list(GENERATIONS - 1).clone().into_iter().flatten() {
            // SAFETY: objects in a list are alive.
            let header = unsafe { header.as_ref() };
            let is_plain_dict = header.leaf.kind.get() == Kind::DICT && header.leaf.flags.get() & EXTRA == 0;
            if is_plain_dict && self.holds_only_untracked(header) {
                self.reach(Branch::DictUntracked);
                self.generations.remove(header);
            }
        }
    }

    /// Whether freeing a list of garbage would call anything: a finalizer, or the bookkeeping of a weak reference.
    fn anything_to_call(&self, garbage: usize) -> bool {
        // SAFETY: objects in a list are alive.
        self.generations.list(garbage).iter().flatten().any(|at| is_risky(unsafe { at.as_ref() }))
    }

    /// `_PyObject_GC_MAY_BE_TRACKED`: whether a tuple that holds this must stay tracked itself. Builtin classes, immortal and never
    /// tracked, are none of the collector's.
    #[inline(always)]
    fn gc_may_be_tracked(&self, child: &Header) -> bool {
        let flags = child.leaf.flags.get();
        let tracked = flags & GENERATION_MASK != UNTRACKED;
        if child.leaf.kind.get() == Kind::TUPLE && flags & EXTRA == 0 {
            return tracked;
        }
        flags & UNCOUNTED == 0 && (tracked || child.leaf.refcount.get() as i32 >= 0 || self.would_be_tracked(child))
    }

    #[cold]
    fn would_be_tracked(&self, child: &Header) -> bool {
        self.reach(Branch::ImmortalInTuple);
        self.hooks().is_some_and(|hooks| hooks.would_be_tracked(&self.reference(child.into())))
    }

    fn debug_cycle(&self) {
        let Some(hooks) = self.hooks() else { return };
        for i in 0..self.generations.list(UNREACHABLE).len() {
            if let Some(at) = self.generations.list(UNREACHABLE)[i] {
                self.reach(Branch::Collectable);
                hooks.debug(DebugEvent::Collectable(&self.reference(at)));
            }
        }
    }

    /// Clears the weak references to the unreachable, and those among the unreachable; then runs the callbacks of the references
    /// that live outside. Gives the number of references that died by that.
    fn handle_weakrefs(&self, old: usize) -> usize {
        let generations = &self.generations;
        for i in 0..generations.list(UNREACHABLE).len() {
            let Some(at) = generations.list(UNREACHABLE)[i] else { continue };
            let obj = self.reference(at);
            if let Some(weak) = obj.get::<WeakRef>() {
                self.reach(Branch::WeakrefInGarbage);
                weak.leave();
            }
            while let Some(weakref) = self.first_weakref(&obj) {
                let weak = weakref.get::<WeakRef>().expect("a row holds weak references");
                self.reach(Branch::WeakrefCleared);
                weak.leave();
                let in_garbage = weakref.generation() == Some(UNREACHABLE);
                match (weak.has_callback(), in_garbage) {
                    (true, true) => self.reach(Branch::CallbackInGarbage),
                    (false, false) => self.reach(Branch::WithoutCallback),
                    _ => {}
                }
                if !weak.has_callback() || in_garbage {
                    continue;
                }
                let header = weakref.header().expect("a weak reference is no leaf");
                generations.remove(header);
                generations.append(header, SET_ASIDE);
                // The list keeps the reference alive until its callback has run.
                std::mem::forget(Obj::clone(&weakref));
            }
        }
        let mut freed = 0;
        let mut next = 0;
        while let Some(&place) = generations.list(SET_ASIDE).get(next) {
            next += 1;
            let Some(at) = place else { continue };
            let weakref = self.reference(at);
            // SAFETY: this takes back the count that was lent above.
            unsafe { weakref.set_refcount(weakref.refcount() - 1) };
            if let (Some(hooks), Some(callback)) = (self.hooks(), weakref.get::<WeakRef>().and_then(WeakRef::callback)) {
                self.reach(Branch::Callback);
                hooks.weakref_callback(&weakref, &callback);
            }
            drop(weakref);
            match generations.list(SET_ASIDE).get(next - 1) {
                Some(&Some(still)) if still == at => {
                    // SAFETY: objects in a list are alive.
                    let header = unsafe { at.as_ref() };
                    self.reach(Branch::CallbackKept);
                    generations.remove(header);
                    generations.append(header, old);
                }
                _ => {
                    self.reach(Branch::CallbackFreed);
                    freed += 1;
                }
            }
        }
        generations.list(SET_ASIDE).clear();
        freed
    }

    /// The weak references that finalizers made of the garbage forget it, and nothing is called.
    fn clear_late_weakrefs(&self, garbage: usize) {
        for at in self.generations.list(garbage).iter().flatten() {
            let obj = self.reference(*at);
            if obj.has_flag(WEAKLY_REFERENCED) {
                self.reach(Branch::LateWeakref);
                self.clear_weakrefs_silently(&obj);
            }
        }
    }

    /// Runs the finalizers of the unreachable, in list order. True if there was one.
    fn finalize_garbage(&self) -> bool {
        let Some(hooks) = self.hooks() else { return false };
        let generations = &self.generations;
        let wants = |flags: u8| flags & FINALIZED == 0 && (flags & HAS_FINALIZER != 0 || self.has_late_finalizers());
        // SAFETY: objects in a list are alive.
        if !generations.list(UNREACHABLE).iter().flatten().any(|at| wants(unsafe { at.as_ref() }.leaf.flags.get())) {
            self.reach(Branch::NoFinalizer);
            return false;
        }
        let mut next = 0;
        while let Some(&place) = generations.list(UNREACHABLE).get(next) {
            next += 1;
            let Some(at) = place else {
                self.reach(Branch::DiesOfFinalizer);
                continue;
            };
            // SAFETY: objects in a list are alive.
            let header = unsafe { at.as_ref() };
            generations.remove(header);
            generations.append(header, SET_ASIDE);
            if header.leaf.flags.get() & FINALIZED != 0 {
                self.reach(Branch::FinalizedBefore);
            }
            if wants(header.leaf.flags.get()) {
                let obj = self.reference(at);
                if hooks.has_finalizer(&obj) {
                    self.reach(Branch::Finalizer);
                    obj.set_flag(FINALIZED);
                    hooks.finalize(&obj);
                }
            }
        }
        generations.list(UNREACHABLE).clear();
        generations.merge(SET_ASIDE, UNREACHABLE);
        true
    }

    /// Looks again, because finalizers may have stored the objects somewhere: what lives again moves to `old`.
    fn handle_resurrected_objects(&self, old: usize) -> usize {
        let generations = &self.generations;
        let mut base = std::mem::take(generations.list(UNREACHABLE));
        for header in base.iter().flatten() {
            // SAFETY: objects in a list are alive.
            unsafe { header.as_ref() }.internal.set(0);
        }
        let scope = Scope { low: UNREACHABLE as u8, high: UNREACHABLE as u8, unreachable: STILL_UNREACHABLE };
        self.subtract_refs(&mut base, scope);
        let into = generations.list(old);
        make_room(into, base.len());
        self.move_unreachable(&mut base, into.len(), old, scope, false);
        if !base.is_empty() {
            self.reach(Branch::Resurrected);
        }
        if self.generations.size(STILL_UNREACHABLE) > 0 {
            self.reach(Branch::StillUnreachable);
        }
        generations.list(old).append(&mut base);
        *generations.list(UNREACHABLE) = base;
        STILL_UNREACHABLE
    }

    /// Breaks the cycles: clears one object after the other. Whatever lives on moves to `old`.
    fn delete_garbage(&self, garbage: usize, old: usize) {
        let generations = &self.generations;
        let mut next = 0;
        while let Some(&place) = generations.list(garbage).get(next) {
            next += 1;
            let Some(at) = place else {
                self.reach(Branch::ClearedByAnother);
                continue;
            };
            let obj = self.reference(at);
            if generations.debug.get() & DEBUG_SAVEALL != 0 {
                self.reach(Branch::SaveAll);
                self.save_garbage(Obj::clone(&obj));
            } else {
                self.clear_object(&obj);
            }
            drop(obj);
            if generations.list(garbage).get(next - 1) == Some(&Some(at)) {
                // SAFETY: objects in a list are alive.
                let header = unsafe { at.as_ref() };
                self.reach(Branch::LivesOn);
                header.internal.set(0);
                generations.remove(header);
                generations.append(header, old);
            }
        }
        generations.list(garbage).clear();
    }

    pub(crate) fn save_garbage(&self, obj: Obj) {
        let garbage = self.garbage();
        if let Some(list) = garbage.get::<crate::List>() {
            list.push(obj);
        }
    }

    /// The list that `gc.garbage` names.
    pub fn garbage(&self) -> Obj {
        self.garbage.get().unwrap_or_else(|| {
            let list = self.alloc(crate::List::new()).tracked();
            self.garbage.set(list.clone());
            list
        })
    }
}

/// Whether the death of this object may call something.
#[inline(always)]
fn is_risky(header: &Header) -> bool {
    let flags = header.leaf.flags.get();
    if flags & WEAKLY_REFERENCED != 0 || flags & (HAS_FINALIZER | FINALIZED) == HAS_FINALIZER {
        return true;
    }
    // A weak reference has a row to leave.
    // SAFETY: the kind says which payload follows the header.
    header.leaf.kind.get() == Kind::WEAKREF && !unsafe { &*(header as *const Header).add(1).cast::<WeakRef>() }.has_left()
}
