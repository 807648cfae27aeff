//! The heap of CPython, as a library: objects with visible reference counts, and the collector of cycles.
//!
//! An [`Obj`] is a counted reference: cloning it is `Py_INCREF`, dropping it `Py_DECREF`, and at zero
//! the object dies at once, as in CPython. What only cycles keep alive is found by [`Heap::collect`].
//!
//! ```
//! use heap::Heap;
//!
//! let heap = Heap::new();
//! let a = heap.list([]);
//! let b = heap.list([a.clone()]);      // two references lead to `a` now
//! assert_eq!(a.refcount(), 2);
//!
//! drop(b);                             // `b` dies at once, and gives its reference back
//! assert_eq!(a.refcount(), 1);
//!
//! a.append(&a);                        // a cycle: the list holds itself
//! let weak = heap.weak(&a);            // a weak reference does not count
//! assert_eq!(a.refcount(), 2);
//!
//! drop(a);                             // nobody can reach the list any more, and yet it lives
//! assert_eq!(weak.target().map(|a| a.refcount()), Some(2)); // itself, and this look at it
//!
//! assert_eq!(heap.collect_all(), 1);   // the collector finds it
//! assert!(weak.target().is_none());
//! ```
//!
//! The story in ten seconds: an object's header is in `object.rs`, the only file that decides over a count
//! is `refcount.rs`, memory comes from `space.rs` and `blocks.rs`, the generations are in `generation.rs` and the
//! collector, one function a phase, in `collect.rs`. `audit.rs` recounts every reference, `census.rs` draws
//! the heap as data, and `lost.rs` tells what a collection would free. A machine that runs Python connects itself by [`Hooks`], for finalizers and callbacks.
//!
//! All of the project's `unsafe` code that owns memory lives here. The crate depends on nothing, knows
//! neither Python source nor any I/O, and any number of heaps can live in one process, each on one thread.

#![expect(unsafe_code, reason = "this crate is the memory manager; every block names its invariant")]

mod audit;
mod blocks;
mod bulk;
mod cell;
mod census;
mod collect;
mod dict;
mod edges;
mod extra;
mod freelist;
mod generation;
pub mod hash;
mod heap;
mod intern;
mod kind;
mod leaf;
mod legacy;
mod list;
mod lost;
mod object;
mod payload;
mod reached;
mod refcount;
mod repr;
mod set;
mod slot;
mod space;
mod stackref;
mod system;
mod tuple;
mod views;
mod watch;
mod weakref;

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use audit::{AuditError, Fault};
pub use blocks::SmallBlocks;
pub use cell::CellVar;
pub use census::{CENSUS_VERSION, Census, CensusEdge, CensusObject, CensusRoot, Label, Phase, Step};
pub use collect::CollectStats;
pub use dict::{Dict, DictStep};
pub use extra::{Extra, ExtraLayout};
pub use freelist::Passing;
pub use generation::{
    DEBUG_COLLECTABLE, DEBUG_LEAK, DEBUG_SAVEALL, DEBUG_STATS, DEBUG_UNCOLLECTABLE, GENERATIONS, GenerationStats, PERMANENT,
};
pub use heap::{DebugEvent, Heap, HeapOwner, Hooks};
pub use kind::Kind;
pub use leaf::{Bytes, Float, Int, Singleton, Str};
pub use list::{List, MAX_LIST_ITEMS};
pub use object::{Header, LeafHeader, Obj};
pub use payload::{Instance, LabelledVisit, Payload, Place, Visit, Wrapped};
pub use refcount::{IMMORTAL, Trash};
pub use set::{FrozenSet, Set};
pub use slot::Slot;
pub use stackref::{StackRef, View};
pub use system::keep_no_large_buffers;
pub use tuple::Tuple;
pub use watch::CollectionPhase;
pub use weakref::{WeakFlavour, WeakRef};
