//! Mark and sweep, as McCarthy tells it in "Recursive Functions of Symbolic Expressions" (1960): no counts, but roots.
//!
//! What a program can reach, it reaches from its roots. Marking goes wherever they lead; what is not marked then is lost, and sweeping
//! looks at every object there is to find it.

use heap::{Heap, Obj};
use std::collections::{HashMap, HashSet};

use crate::Found;
use crate::work::{Work, everything, is_looked_at};

pub(crate) fn find(heap: &Heap, roots: &[u64]) -> Found {
    let mut work = Work::default();
    let looked_at = |id: &u64| heap.object_at(*id).is_some_and(|obj| is_looked_at(&obj));
    let mut next: Vec<u64> = roots.iter().copied().filter(looked_at).collect();
    let mut marked: HashSet<u64> = HashSet::new();
    while let Some(id) = next.pop() {
        if marked.insert(id) {
            work.visited += 1;
            next.extend(work.follow(heap, id));
        }
    }
    let all = everything(heap);
    work.visited += all.len();
    Found { objects: all.into_iter().filter(|id| !marked.contains(id)).collect(), work }
}

/// What is held by anything but the objects that a collector looks at: by variables of Rust, by frames and tables of a machine, by what is
/// frozen.
///
/// Programs that live by marking keep a list of these. Ours has counts, and works them out: what is left of a count when all references
/// from inside are taken off. That work is no part of marking and is not counted.
pub fn roots(heap: &Heap) -> Vec<u64> {
    let all = everything(heap);
    let mut inside: HashMap<u64, u32> = HashMap::new();
    for id in &all {
        Work::default().follow(heap, *id).into_iter().for_each(|child| *inside.entry(child).or_default() += 1);
    }
    let count = |id: u64| heap.object_at(id).as_ref().map_or(0, |obj: &Obj| obj.refcount() - 1);
    all.into_iter().filter(|id| count(*id) > inside.get(id).copied().unwrap_or(0)).collect()
}
