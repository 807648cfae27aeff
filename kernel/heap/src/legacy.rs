//! What Python 2.7 does with cycles that have finalizers: it leaves them alone, and puts them into `gc.garbage`.
//!
//! The rule held up to CPython 3.3 (PEP 442 ended it). Names are those of `Modules/gcmodule.c`.

use crate::edges;
use crate::generation::{DEBUG_SAVEALL, DEBUG_UNCOLLECTABLE, LEGACY_FINALIZERS, UNREACHABLE};
use crate::heap::{DebugEvent, Heap};
use crate::object::{GENERATION_MASK, HAS_FINALIZER, Header};
use crate::reached::Branch;

impl Heap {
    /// Chooses the rule of Python 2.7: unreachable objects with finalizers, and what they refer to, are not collected.
    pub fn set_legacy_finalizers(&self, legacy: bool) {
        self.legacy_finalizers.set(legacy);
    }

    /// Separates the unreachable objects that have a finalizer, and what is reachable from them (`move_legacy_finalizers`,
    /// `move_legacy_finalizer_reachable`).
    pub(crate) fn move_legacy_finalizers(&self) {
        if !self.legacy_finalizers.get() {
            return;
        }
        let generations = &self.generations;
        let put_aside = |header: &Header| {
            generations.remove(header);
            generations.append(header, LEGACY_FINALIZERS);
        };
        for i in 0..generations.list(UNREACHABLE).len() {
            // Removing the last entries shortens the list.
            let Some(&Some(at)) = generations.list(UNREACHABLE).get(i) else { continue };
            // SAFETY: objects in a list are alive.
            let header = unsafe { at.as_ref() };
            if header.leaf.flags.get() & HAS_FINALIZER != 0 {
                self.reach(Branch::PutAside);
                put_aside(header);
            }
        }
        let mut next = 0;
        while let Some(&place) = generations.list(LEGACY_FINALIZERS).get(next) {
            next += 1;
            let Some(at) = place else { continue };
            // SAFETY: objects in a list are alive.
            edges::each(unsafe { at.as_ref() }, self, |child| {
                if let Some(child) = child.header()
                    && (child.leaf.flags.get() & GENERATION_MASK) as usize == UNREACHABLE
                {
                    self.reach(Branch::PutAsideToo);
                    put_aside(child);
                }
            });
        }
    }

    /// Puts what could not be collected into `gc.garbage`: the objects with finalizers, or with `DEBUG_SAVEALL` all of it. It moves to
    /// `old`. Gives the number of these objects.
    pub(crate) fn handle_legacy_finalizers(&self, old: usize) -> usize {
        let generations = &self.generations;
        if generations.list(LEGACY_FINALIZERS).is_empty() {
            return 0;
        }
        let uncollectable: Vec<_> = generations.list(LEGACY_FINALIZERS).iter().copied().flatten().collect();
        let debug = generations.debug.get();
        for &at in &uncollectable {
            let obj = self.reference(at);
            if debug & DEBUG_UNCOLLECTABLE != 0 {
                self.reach(Branch::Uncollectable);
                self.hooks().inspect(|hooks| hooks.debug(DebugEvent::Uncollectable(&obj)));
            }
            // SAFETY: objects in a list are alive.
            unsafe { at.as_ref() }.internal.set(0);
            if debug & DEBUG_SAVEALL != 0 || obj.has_flag(HAS_FINALIZER) {
                self.reach(Branch::FinalizerInGarbageList);
                self.save_garbage(obj);
            }
        }
        generations.merge(LEGACY_FINALIZERS, old);
        uncollectable.len()
    }
}
