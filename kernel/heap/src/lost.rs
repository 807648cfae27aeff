//! What a full collection would free, found out without changing anything.
//!
//! The collector's own two passes ([`Heap::collect`]) on all generations at once, with their working counts in the headers; but no
//! object leaves its list, and no count is left behind. A census tells the same ([`crate::Census::lost`]), and more, and takes longer.

use std::collections::HashMap;
use std::ptr::NonNull;

use crate::audit::look;
use crate::edges;
use crate::generation::GENERATIONS;
use crate::heap::Heap;
use crate::object::{GENERATION_MASK, Header, Obj};

/// Whether a collection looks at the object: it stands in a generation, and is not frozen.
#[inline(always)]
fn in_scope(header: &Header) -> bool {
    header.leaf.flags.get() & GENERATION_MASK < GENERATIONS as u8 && header.leaf.refcount.get() as i32 > -1
}

impl Heap {
    /// Calls `visit` with every object that a full collection would free: what it would find unreachable, and what hangs on that alone.
    /// The visitor frees nothing.
    pub fn each_lost(&self, visit: &mut dyn FnMut(&Obj)) {
        let all: Vec<NonNull<Header>> =
            (0..GENERATIONS).flat_map(|generation| self.generations.list(generation).iter().flatten()).copied().collect();
        self.count_inside(&all);
        self.find_reachable(&all);
        // What has its working count still is unreachable.
        // SAFETY: objects in a list are alive, and nothing dies here.
        let lost: Vec<NonNull<Header>> = all.into_iter().filter(|at| unsafe { at.as_ref() }.internal.get() != 0).collect();
        let hanging = self.hanging_on(&lost);
        for at in lost.into_iter().map(NonNull::cast).chain(hanging) {
            // SAFETY: as above.
            let obj = unsafe { look(self, at) };
            obj.header().inspect(|header| header.internal.set(0));
            visit(&obj);
        }
    }

    /// As `subtract_refs`: how many references come from inside.
    fn count_inside(&self, all: &[NonNull<Header>]) {
        // SAFETY: as in `each_lost`.
        for header in all.iter().map(|at| unsafe { at.as_ref() }).filter(|header| in_scope(header)) {
            edges::each(header, self, |child| {
                if let Some(child) = child.header().filter(|child| in_scope(child)) {
                    child.internal.set(child.internal.get() + 1);
                }
            });
        }
    }

    /// As `move_unreachable`: takes the working counts from all that is held from outside, and from what that leads to.
    fn find_reachable(&self, all: &[NonNull<Header>]) {
        let mut reached = Vec::new();
        // SAFETY: as in `each_lost`.
        for header in all.iter().map(|at| unsafe { at.as_ref() }).filter(|header| in_scope(header)) {
            if header.leaf.refcount.get() == header.internal.get() {
                continue;
            }
            header.internal.set(0);
            reached.push(NonNull::from(header));
            while let Some(at) = reached.pop() {
                // SAFETY: as in `each_lost`.
                edges::each(unsafe { at.as_ref() }, self, |child| {
                    if let Some(child) = child.header().filter(|child| child.internal.get() != 0 && in_scope(child)) {
                        child.internal.set(0);
                        reached.push(NonNull::from(child));
                    }
                });
            }
        }
    }

    /// What no collector looks at, and what only the lost hold: it goes with its last holder.
    fn hanging_on(&self, lost: &[NonNull<Header>]) -> Vec<NonNull<u8>> {
        let mut hanging: Vec<NonNull<u8>> = Vec::new();
        let mut held: HashMap<NonNull<u8>, u32> = HashMap::new();
        let mut count = |obj: &Obj, hanging: &mut Vec<NonNull<u8>>| {
            self.each_held(obj, &mut |_, child| {
                if child.is_immortal() || child.header().is_some_and(in_scope) {
                    return;
                }
                let times = held.entry(child.address()).or_default();
                *times += 1;
                if *times == child.refcount() {
                    hanging.push(child.address());
                }
            });
        };
        for at in lost {
            // SAFETY: as in `each_lost`.
            let obj = unsafe { look(self, at.cast()) };
            count(&obj, &mut hanging);
        }
        let mut next = 0;
        while let Some(&at) = hanging.get(next) {
            next += 1;
            // SAFETY: as in `each_lost`.
            let obj = unsafe { look(self, at) };
            count(&obj, &mut hanging);
        }
        hanging
    }
}
