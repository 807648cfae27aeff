//! Which branches of the collector a program has reached, by name: tests ask, and a release knows nothing of it.

use std::cell::Cell;

use crate::heap::Heap;

macro_rules! branches {
    ($($branch:ident: $told:literal,)*) => {
        /// A branch of the collector.
        #[derive(Clone, Copy)]
        #[repr(u8)]
        pub(crate) enum Branch {
            $($branch,)*
        }

        const TOLD: &[&str] = &[$($told,)*];
    };
}

branches! {
    Young: "a young collection",
    Middle: "a collection of the middle generation",
    Full: "a full collection",
    Automatic: "an automatic collection",
    Refused: "a collection inside a collection",
    TooEarly: "too few objects are new for a full collection",
    Immortal: "an immortal object leaves its list",
    ComesBack: "an object that seemed unreachable comes back",
    TupleUntracked: "a tuple is forgotten",
    DictUntracked: "a dict is forgotten (3.13)",
    NoGarbage: "nothing is unreachable",
    InBulk: "garbage goes in bulk",
    InBulkAfterFinalizers: "garbage goes in bulk after its finalizers",
    OneByOne: "garbage goes one by one",
    LivesOn: "an object outlives its tp_clear",
    Stats: "DEBUG_STATS",
    Collectable: "DEBUG_COLLECTABLE",
    SaveAll: "DEBUG_SAVEALL",
    WeakrefCleared: "a weak reference to garbage is cleared",
    CallbackInGarbage: "the callback of a weak reference in the garbage is not called",
    Callback: "a callback outside the garbage is called",
    CallbackFreed: "a weak reference dies with its callback",
    CallbackKept: "a weak reference outlives its callback",
    Finalizer: "a finalizer in the garbage runs",
    FinalizedBefore: "a finalizer in the garbage has run before",
    Resurrected: "an object lives again after the finalizers",
    StillUnreachable: "garbage stays garbage after the finalizers",
    FinalizerAtDeath: "a finalizer runs at the last decref",
    ResurrectedAtDeath: "an object lives again at the last decref",
    CallbackAtDeath: "weak references are cleared at the last decref",
    Frozen: "gc.freeze",
    Unfrozen: "gc.unfreeze",
}

/// The branches that were reached.
#[derive(Default)]
pub(crate) struct Reached(Cell<u64>);

const _: () = assert!(TOLD.len() <= 64);

impl Heap {
    /// Remembers a branch; in a release this is nothing.
    #[inline(always)]
    pub(crate) fn reach(&self, branch: Branch) {
        if cfg!(debug_assertions) {
            self.reached.0.set(self.reached.0.get() | 1 << branch as u8);
        }
    }

    /// Every branch of the collector by name, and whether it was reached. A release does not know.
    pub fn reached_branches(&self) -> impl Iterator<Item = (&'static str, bool)> + '_ {
        TOLD.iter().enumerate().map(|(i, told)| (*told, self.reached.0.get() >> i & 1 != 0))
    }
}
