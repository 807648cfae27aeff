//! Which branches of the collector a program has reached, by name: tests ask, and a release knows nothing of it.

use std::cell::Cell;

use crate::heap::Heap;

/// Who can reach a branch.
enum By {
    /// Any program.
    Any,
    /// A program where the heap keeps the rule of some versions.
    Where(fn(&Heap) -> bool),
    /// No program, and why.
    None(&'static str),
}

use By::{Any, Where};

/// Up to CPython 3.11 a collection runs inside an allocation, at once, and nothing is immortal.
const UP_TO_3_11: By = Where(|heap| heap.collects_inside_allocation());
const SINCE_3_12: By = Where(|heap| !heap.collects_inside_allocation());
const IN_3_12: By = Where(|heap| heap.freezes_immortal.get());
const SINCE_3_13: By = Where(|heap| heap.clears_late_weakrefs.get());
const UP_TO_3_13: By = Where(|heap| heap.lazy_dicts.get());
const IN_2_7: By = Where(|heap| heap.legacy_finalizers.get());
/// By PEP 442.
const SINCE_3_4: By = Where(|heap| !heap.legacy_finalizers.get());

macro_rules! branches {
    ($($branch:ident, $by:expr, $told:literal;)*) => {
        /// A branch of the collector.
        #[derive(Clone, Copy)]
        #[repr(u8)]
        pub(crate) enum Branch {
            $($branch,)*
        }

        const BRANCHES: &[(&str, By)] = &[$(($told, $by),)*];
    };
}

branches! {
    Young, Any, "a young collection";
    Middle, Any, "a collection of the middle generation";
    Full, Any, "a full collection";
    Automatic, Any, "an automatic collection";
    Shutdown, By::None("it comes after the program's last line"), "the collection at the end of the machine";
    Disposed, By::None("no program looks for garbage another way; `collectors` does"), "garbage that was found another way";
    Refused, Any, "a collection inside a collection";
    TooEarly, Any, "too few objects are new for a full collection";
    DueWhileOff, SINCE_3_12, "a collection that was due finds the collector turned off";
    DueInside, SINCE_3_12, "a collection that was due finds another under way";
    NotDueAnyMore, SINCE_3_12, "a collection that was due finds the thresholds raised";
    AsOfCrossing, UP_TO_3_11, "a collection sees what there was when it became due";
    ClosedRanks, Any, "a generation closes its holes";
    KeptAll, Any, "nothing in the generation is referred to from inside, and all of it is kept";
    TupleUntrackedUnseen, Any, "a tuple that nothing inside refers to is forgotten";
    Forgotten, By::None("what a program holds and the collector knows is never immortal; tests of the heap make it so"), "an immortal object leaves its list";
    ToPermanent, IN_3_12, "an immortal object goes to the permanent generation";
    ComesBack, Any, "an object that seemed unreachable comes back";
    TupleUntracked, Any, "a tuple is forgotten";
    ImmortalInTuple, SINCE_3_12, "a tuple is asked about for an immortal class in it";
    DictUntracked, UP_TO_3_13, "a dict is forgotten";
    NoGarbage, Any, "nothing is unreachable";
    InBulk, Any, "garbage goes in bulk";
    InBulkAfterFinalizers, Any, "garbage goes in bulk after its finalizers";
    BulkOfOtherKinds, Any, "in bulk go objects of kinds that only their own functions take apart";
    BulkOfLarge, Any, "in bulk goes an object with memory of the system's own";
    BulkLetsDie, Any, "with garbage in bulk an object dies that no collector had to find";
    OneByOne, Any, "garbage goes one by one";
    OneByOneLate, Any, "garbage goes one by one because a class has got a finalizer after its instances";
    ClearedByAnother, Any, "an object dies when another of the garbage is cleared";
    LivesOn, Any, "an object outlives its tp_clear";
    DiesInside, Any, "an object dies while a collection is under way";
    Stats, Any, "DEBUG_STATS";
    Collectable, Any, "DEBUG_COLLECTABLE";
    SaveAll, Any, "DEBUG_SAVEALL";
    WeakrefInGarbage, Any, "a weak reference is garbage itself";
    WeakrefCleared, Any, "a weak reference to garbage is cleared";
    WithoutCallback, Any, "a weak reference from outside has no callback";
    CallbackInGarbage, Any, "the callback of a weak reference in the garbage is not called";
    Callback, Any, "a callback outside the garbage is called";
    CallbackFreed, Any, "a weak reference dies with its callback";
    CallbackKept, Any, "a weak reference outlives its callback";
    NoFinalizer, Any, "garbage with weak references has no finalizer";
    Finalizer, SINCE_3_4, "a finalizer in the garbage runs";
    FinalizedBefore, SINCE_3_4, "a finalizer in the garbage has run before";
    DiesOfFinalizer, SINCE_3_4, "an object of the garbage dies while finalizers run";
    Resurrected, SINCE_3_4, "an object lives again after the finalizers";
    StillUnreachable, SINCE_3_4, "garbage stays garbage after the finalizers";
    LateWeakref, SINCE_3_13, "a weak reference that a finalizer of the garbage made is cleared and not called";
    FinalizerAtDeath, Any, "a finalizer runs at the last decref";
    FinalizedBeforeDeath, SINCE_3_4, "a finalizer has run before the last decref";
    ResurrectedAtDeath, Any, "an object lives again at the last decref";
    LateFinalizerAtDeath, Any, "a dying object is asked for a finalizer that its class has got later";
    KeptWhenTold, By::None("only a debugger hears of deaths"), "whoever hears of a death keeps the object";
    WeakrefsFirst, Any, "a dying object forgets its weak references before its finalizer runs";
    WeakrefsAtDeath, SINCE_3_4, "a dying object forgets its weak references after its finalizer";
    CanonicalAtDeath, Any, "a dying object has weak references without callbacks alone";
    CallbackAtDeath, Any, "a callback runs at the last decref";
    CallbackDiesToo, By::None("a weak reference that dies leaves its row before it lets go of anything"), "a weak reference dies with its object and is not called";
    LeafAtDeath, Any, "a dying leaf forgets its weak references";
    WeakrefOfFinalizer, IN_2_7, "a weak reference that a dying object's finalizer made is cleared and not called";
    PutAside, IN_2_7, "an unreachable object with a finalizer is put aside";
    PutAsideToo, IN_2_7, "what it refers to is put aside";
    Uncollectable, IN_2_7, "DEBUG_UNCOLLECTABLE";
    FinalizerInGarbageList, IN_2_7, "an object with a finalizer goes into gc.garbage";
    Frozen, Any, "gc.freeze";
    Unfrozen, Any, "gc.unfreeze";
}

/// The branches that were reached.
#[derive(Default)]
pub(crate) struct Reached(Cell<u128>);

const _: () = assert!(BRANCHES.len() <= 128);

impl Heap {
    /// Remembers a branch; in a release this is nothing.
    #[inline(always)]
    pub(crate) fn reach(&self, branch: Branch) {
        if cfg!(debug_assertions) {
            self.reached.0.set(self.reached.0.get() | 1 << branch as u8);
        }
    }

    /// Every branch of the collector that a program can reach by this heap's rules, by name, and whether it was reached. A release
    /// does not know.
    pub fn reached_branches(&self) -> impl Iterator<Item = (&'static str, bool)> + '_ {
        BRANCHES.iter().enumerate().filter_map(|(i, (told, by))| {
            let possible = match by {
                Any => true,
                Where(holds) => holds(self),
                By::None(_) => false,
            };
            possible.then(|| (*told, self.reached.0.get() >> i & 1 != 0))
        })
    }

    /// The branches that no program reaches, and why.
    pub fn branches_beyond_programs() -> impl Iterator<Item = (&'static str, &'static str)> {
        BRANCHES.iter().filter_map(|(told, by)| if let By::None(why) = by { Some((*told, *why)) } else { None })
    }

    /// From here on, no branch was reached.
    pub fn forget_reached_branches(&self) {
        self.reached.0.set(0);
    }
}
