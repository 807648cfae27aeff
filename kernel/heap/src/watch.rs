//! Looking on: whoever asks is told when a count comes to zero, and of each phase of a collection.
//!
//! An object is alive while its death is told: it has one counted reference, and whoever takes another keeps it. While somebody looks
//! on, garbage goes one object after the other, never in bulk, so that nothing dies unseen. Numbers, strings and other leaves die
//! untold.

use crate::generation::{STILL_UNREACHABLE, UNREACHABLE};
use crate::heap::Heap;
use crate::object::Obj;

/// A death may concern the machine although the header's flags do not say so, because …
/// … some class got a finalizer after it had instances.
pub(crate) const LATE_FINALIZERS: u8 = 1;
/// … deaths are told.
pub(crate) const DEATHS: u8 = 2;
/// … a collection is told, phase by phase.
pub(crate) const PHASES: u8 = 4;

/// A phase of a collection, by its function in CPython's `gc.c`, in their order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CollectionPhase {
    /// Every count is copied.
    UpdateRefs,
    /// References from inside are taken off the copies.
    SubtractRefs,
    /// What is held from outside is told from what is not.
    MoveUnreachable,
    /// Weak references to garbage are cleared, and their callbacks run.
    HandleWeakrefs,
    /// The garbage's finalizers run.
    FinalizeGarbage,
    /// What a finalizer has saved is taken out of the garbage.
    HandleResurrectedObjects,
    /// The garbage's references to each other are cleared.
    DeleteGarbage,
}

impl CollectionPhase {
    /// The function's name.
    pub fn name(self) -> &'static str {
        match self {
            CollectionPhase::UpdateRefs => "update_refs",
            CollectionPhase::SubtractRefs => "subtract_refs",
            CollectionPhase::MoveUnreachable => "move_unreachable",
            CollectionPhase::HandleWeakrefs => "handle_weakrefs",
            CollectionPhase::FinalizeGarbage => "finalize_garbage",
            CollectionPhase::HandleResurrectedObjects => "handle_resurrected_objects",
            CollectionPhase::DeleteGarbage => "delete_garbage",
        }
    }
}

impl Heap {
    /// From now on the machine is told of deaths ([`Hooks::dying`](crate::Hooks::dying)), of the phases of collections
    /// ([`Hooks::collection_phase`](crate::Hooks::collection_phase)), of both, or of neither.
    pub fn tell(&self, deaths: bool, phases: bool) {
        let told = if deaths { DEATHS } else { 0 } | if phases { PHASES } else { 0 };
        self.concerns.set(self.concerns.get() & LATE_FINALIZERS | told);
    }

    #[inline]
    pub(crate) fn has_late_finalizers(&self) -> bool {
        self.concerns.get() & LATE_FINALIZERS != 0
    }

    #[inline]
    pub(crate) fn tells_phases(&self) -> bool {
        self.concerns.get() & PHASES != 0
    }

    /// A phase has ended. The first three run as one, in which nothing may happen; they are told before, and whoever wants to know
    /// what they do works it out on a [`Census`](crate::Census).
    pub(crate) fn tell_phase(&self, generation: usize, phase: CollectionPhase) {
        if self.tells_phases() {
            self.hooks().inspect(|hooks| hooks.collection_phase(generation, phase));
        }
    }

    /// The garbage of the collection that is under way, in the collector's order, once it is known.
    pub fn unreachable(&self) -> Vec<Obj> {
        let lists = [UNREACHABLE, STILL_UNREACHABLE].map(|which| self.generations.list(which).iter().flatten());
        lists.into_iter().flatten().map(|at| self.reference(*at)).collect()
    }
}
