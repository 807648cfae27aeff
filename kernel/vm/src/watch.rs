//! Looking on: whoever asks is shown each exception that is raised, each object whose count comes to zero, each phase of a collection.
//!
//! It is shown in the middle of what the machine does, and may run code, as a finalizer may.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use heap::{CollectionPhase, Obj};

use crate::{Raised, Vm};

/// Whoever looks on: a debugger.
pub trait Watcher {
    /// An exception is raised, in the innermost frame.
    fn raised(&self, vm: &Vm, exception: &Obj);
    /// The count of an object has come to zero. Whoever clones it keeps it alive.
    fn dying(&self, vm: &Vm, obj: &Obj);
    /// A phase of a collection of this generation has ended; the first three are told before the collector begins.
    fn phase(&self, vm: &Vm, generation: usize, phase: CollectionPhase);
}

/// What is to be shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watched {
    /// Exceptions.
    pub exceptions: bool,
    /// Deaths.
    pub deaths: bool,
    /// Phases of collections.
    pub phases: bool,
}

/// Who looks on, and at what.
#[derive(Default)]
pub(crate) struct Watch {
    watcher: RefCell<Option<Rc<dyn Watcher>>>,
    exceptions: Cell<bool>,
}

impl Vm {
    /// Says who looks on, and at what.
    pub fn set_watcher(&self, watcher: Option<Rc<dyn Watcher>>, watched: Watched) {
        let watched = if watcher.is_some() { watched } else { Watched::default() };
        *self.watch.watcher.borrow_mut() = watcher;
        self.watch.exceptions.set(watched.exceptions);
        self.heap.tell(watched.deaths, watched.phases);
    }

    fn watcher(&self) -> Option<Rc<dyn Watcher>> {
        self.watch.watcher.borrow().clone()
    }

    pub(crate) fn show_raise(&self, raised: &Raised) {
        if self.watch.exceptions.get() {
            self.watcher().inspect(|watcher| watcher.raised(self, &raised.0));
        }
    }

    pub(crate) fn show_death(&self, obj: &Obj) {
        self.watcher().inspect(|watcher| watcher.dying(self, obj));
    }

    pub(crate) fn show_phase(&self, generation: usize, phase: CollectionPhase) {
        self.watcher().inspect(|watcher| watcher.phase(self, generation, phase));
    }
}
