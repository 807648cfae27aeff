//! Looking at objects, and counting how often.

use heap::{GENERATIONS, Heap, Obj};

/// How much a collector looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Work {
    /// How often an object was looked at.
    pub visited: usize,
    /// How many references were followed.
    pub followed: usize,
}

impl Work {
    /// Looks at an object: its count, without the look itself.
    pub(crate) fn visit(&mut self, heap: &Heap, id: u64) -> u32 {
        self.visited += 1;
        heap.object_at(id).map_or(0, |obj| obj.refcount() - 1)
    }

    /// Follows what an object holds, as far as a collector cares for it.
    pub(crate) fn follow(&mut self, heap: &Heap, id: u64) -> Vec<u64> {
        let mut held = Vec::new();
        if let Some(obj) = heap.object_at(id) {
            obj.traverse(&mut |child| {
                if is_looked_at(child) {
                    held.push(child.id());
                }
            });
        }
        self.followed += held.len();
        held
    }
}

/// Whether a collector cares for an object: one that it knows, and that is neither frozen nor there for ever.
pub(crate) fn is_looked_at(obj: &Obj) -> bool {
    obj.generation().is_some_and(|generation| generation < GENERATIONS) && !obj.is_immortal()
}

/// All that a collector of the whole heap looks at, in the order of the generations.
pub(crate) fn everything(heap: &Heap) -> Vec<u64> {
    heap.tracked_objects(None).iter().filter(|obj| is_looked_at(obj)).map(Obj::id).collect()
}
