//! Other collectors for the same heap: four ways to find what is lost, with their work counted.
//!
//! Each looks at live objects through the heap's public interface, writes down what it thinks of them beside them, and changes nothing;
//! what is found goes the way of all garbage, by [`Heap::dispose_of`]. So the four differ in one thing alone, how they look, and can be
//! set to the same program one after another. Told in the chapter on collectors elsewhere.
//!
//! ```
//! use collectors::Strategy;
//! use heap::Heap;
//!
//! let heap = Heap::new();
//! let ring = heap.list([]);
//! ring.append(&ring);
//! let suspect = ring.id();
//! drop(ring);
//! let found = Strategy::TrialDeletion.find(&heap, &[suspect]);
//! assert_eq!((found.objects.len(), found.work.followed), (1, 3));
//! assert_eq!(found.free(&heap), 1);
//! ```

mod mark_and_sweep;
mod subtraction;
mod trial_deletion;
mod work;

use heap::Heap;

pub use mark_and_sweep::roots;
pub use work::Work;

/// A way to find what is lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strategy {
    /// Counting alone: what dies, died when its count became zero, and nothing is left to look for.
    Counting,
    /// From suspects on, take away what would go with them, and put back what turns out to be held (Bacon and Rajan, 2001).
    TrialDeletion,
    /// Mark what the roots lead to, and sweep up the rest (McCarthy, 1960).
    MarkAndSweep,
    /// Subtract from each count the references from inside (CPython since 2.0).
    Subtraction,
}

/// What was found, and the work it took.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// The ids of the lost.
    pub objects: Vec<u64>,
    /// What was looked at.
    pub work: Work,
}

impl Strategy {
    /// All of them, the simplest first.
    pub const ALL: [Strategy; 4] = [Strategy::Counting, Strategy::TrialDeletion, Strategy::MarkAndSweep, Strategy::Subtraction];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Counting => "counting",
            Strategy::TrialDeletion => "trial deletion",
            Strategy::MarkAndSweep => "mark and sweep",
            Strategy::Subtraction => "subtraction",
        }
    }

    /// Finds the lost. `hints` are ids: for trial deletion the suspects, for mark and sweep the roots; the others need none.
    pub fn find(self, heap: &Heap, hints: &[u64]) -> Found {
        match self {
            Strategy::Counting => Found::default(),
            Strategy::TrialDeletion => trial_deletion::find(heap, hints),
            Strategy::MarkAndSweep => mark_and_sweep::find(heap, hints),
            Strategy::Subtraction => subtraction::find(heap),
        }
    }
}

impl Found {
    /// Frees what was found, and gives the number of objects that went.
    pub fn free(&self, heap: &Heap) -> usize {
        heap.dispose_of(&self.objects)
    }
}
