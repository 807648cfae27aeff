//! A record of memory while a program runs: what all objects take, exactly, at each call of a function of the program, each return, and
//! each collection. Time lines are drawn from it; a program that nobody records pays nothing.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::time::Duration;

use heap::Obj;

use crate::Vm;
use crate::frame::Frame;

/// An event with what the objects took at that moment.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The time since the start.
    pub at: Duration,
    /// The bytes of all objects.
    pub live: u64,
    /// The bytes among them that nothing reaches.
    pub unreachable: u64,
    /// The bytes that the process takes.
    pub resident: u64,
    /// What happened.
    pub event: Event,
}

/// Which calls are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Told {
    /// Those of all functions with a name that cells define.
    #[default]
    Cells,
    /// Those that the program marks, by `profile`.
    Marked,
}

/// What can happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// The record begins.
    Start,
    /// A function of the program is called.
    Call(String),
    /// It returns, its locals still there.
    Return(String),
    /// The collector ran.
    Collection {
        /// The oldest generation it looked at.
        generation: usize,
        /// How many objects it found.
        objects: usize,
        /// What it freed.
        bytes: i64,
    },
    /// A look while time passes.
    Look,
    /// The record ends.
    End,
}

/// The record.
#[derive(Default)]
pub(crate) struct Recorder {
    on: Cell<bool>,
    busy: Cell<bool>,
    told: Cell<Told>,
    /// The codes of marked functions, by their ids; whoever marks one keeps it.
    marked: RefCell<HashSet<u64>>,
    start: Cell<Duration>,
    moments: RefCell<Vec<Moment>>,
    /// What the objects took when the collection that runs began, if it is told.
    before: Cell<Option<u64>>,
    untold_collections: Cell<usize>,
    /// Of so many looks one is kept.
    stride: Cell<usize>,
    looks: Cell<usize>,
    calls: Cell<usize>,
    untold_calls: Cell<usize>,
    /// Of each call in progress, whether it was told.
    open: RefCell<Vec<bool>>,
    /// What finding out has taken so far.
    spent: Cell<Duration>,
}

impl Told {
    /// Moments that are kept, about; when there are so many, every second look goes.
    fn most_moments(self) -> usize {
        match self {
            Told::Cells => 120,
            Told::Marked => 2000,
        }
    }

    /// Calls that are told; later ones are not.
    fn most_calls(self) -> usize {
        match self {
            Told::Cells => 30,
            Told::Marked => 500,
        }
    }
}

/// Of a program's time, finding out what is unreachable may take one part in so many.
const SHARE: u32 = 4;
/// What calls may take beyond that.
const FOR_CALLS: Duration = Duration::from_millis(250);

impl Recorder {
    pub(crate) fn is_on(&self) -> bool {
        self.on.get()
    }
}

impl Vm {
    /// Begins a record.
    pub fn start_recording(&self, told: Told) {
        let recorder = &self.recorder;
        recorder.moments.take();
        recorder.told.set(told);
        recorder.on.set(true);
        recorder.stride.set(1);
        recorder.open.take();
        recorder.spent.take();
        [&recorder.looks, &recorder.calls, &recorder.untold_calls, &recorder.untold_collections].into_iter().for_each(|count| count.set(0));
        recorder.start.set(self.host.monotonic());
        self.record(Event::Start);
        self.tracing_changed();
    }

    /// Ends the record, and gives it.
    pub fn stop_recording(&self) -> Vec<Moment> {
        self.record(Event::End);
        self.recorder.on.set(false);
        self.tracing_changed();
        self.recorder.moments.take()
    }

    /// How many calls and collections were too many to be told, or came too fast one after the other.
    pub fn untold(&self) -> (usize, usize) {
        (self.recorder.untold_calls.get(), self.recorder.untold_collections.get())
    }

    /// From now on the calls of this code are told, where only marked ones are.
    pub(crate) fn mark_code(&self, code: &Obj) {
        self.recorder.marked.borrow_mut().insert(code.id());
    }

    /// A function begins or returns. Those of the library are not told, nor what has no name.
    pub(crate) fn record_call(&self, frame: &Frame, returns: bool) {
        let recorder = &self.recorder;
        if !recorder.is_on() {
            return;
        }
        let code = frame.code();
        let is_told = match recorder.told.get() {
            Told::Marked => recorder.marked.borrow().contains(&frame.code.id()),
            Told::Cells => {
                let file = &code.code.filename;
                let of_a_cell = file.starts_with("<cell ") || file.starts_with("Cell In[") || file.starts_with("<python-input");
                of_a_cell && !self.lossy(&code.qualname).contains('<')
            }
        };
        if is_told {
            self.record_block(self.lossy(&code.qualname), returns);
        }
    }

    /// Something with a name begins or ends.
    pub(crate) fn record_block(&self, name: String, ends: bool) {
        let recorder = &self.recorder;
        if ends {
            // What is not told at its beginning is not told at its end.
            let told = recorder.open.borrow_mut().pop();
            if told == Some(true) {
                self.record(Event::Return(name));
            }
            return;
        }
        let told = recorder.calls.get() < recorder.told.get().most_calls() && self.is_affordable(FOR_CALLS);
        recorder.open.borrow_mut().push(told);
        if told {
            recorder.calls.set(recorder.calls.get() + 1);
            self.record(Event::Call(name));
        } else {
            recorder.untold_calls.set(recorder.untold_calls.get() + 1);
        }
    }

    pub(crate) fn record_collection_start(&self, generation: usize) {
        let recorder = &self.recorder;
        if recorder.is_on() {
            // A full collection looks at everything itself.
            let is_told = generation == 2 || self.is_affordable(Duration::ZERO);
            recorder.before.set(is_told.then(|| self.held_bytes()));
        }
    }

    pub(crate) fn record_collection_end(&self, generation: usize, objects: usize) {
        let recorder = &self.recorder;
        if !recorder.is_on() {
            return;
        }
        match recorder.before.take() {
            Some(before) => {
                let bytes = before as i64 - self.held_bytes() as i64;
                self.record(Event::Collection { generation, objects, bytes });
            }
            None => recorder.untold_collections.set(recorder.untold_collections.get() + 1),
        }
    }

    /// One more moment.
    pub(crate) fn record(&self, event: Event) {
        let recorder = &self.recorder;
        if !recorder.is_on() || recorder.busy.replace(true) {
            return;
        }
        let is_look = event == Event::Look;
        if !is_look || self.is_time_to_look() {
            let now = self.host.monotonic();
            let at = now.saturating_sub(recorder.start.get());
            // Most looks see what the one before saw; only news are worth finding out what is unreachable.
            let before = recorder.moments.borrow().last().map(|last| last.live).filter(|_| is_look);
            let live = before.filter(|before| *before == self.held_bytes());
            if live.is_none() {
                let (live, unreachable) = self.live_and_unreachable();
                let resident = self.host.memory(&|| live).resident;
                recorder.moments.borrow_mut().push(Moment { at, live, unreachable, resident, event });
            }
            // A modelled clock moves when it is looked at.
            if recorder.told.get() == Told::Marked {
                recorder.spent.set(recorder.spent.get() + self.host.monotonic().saturating_sub(now));
            }
            let mut moments = recorder.moments.borrow_mut();
            if moments.len() >= recorder.told.get().most_moments() {
                recorder.stride.set(recorder.stride.get() * 2);
                let mut odd = false;
                moments.retain(|moment| {
                    odd = odd != (moment.event == Event::Look);
                    moment.event != Event::Look || odd
                });
            }
        }
        recorder.busy.set(false);
    }

    /// Of the looks that are offered, one in so many.
    fn is_time_to_look(&self) -> bool {
        let recorder = &self.recorder;
        recorder.looks.replace(recorder.looks.get() + 1).is_multiple_of(recorder.stride.get()) && self.is_affordable(Duration::ZERO)
    }

    /// Not where memory takes so long to look at that the program would do little else.
    fn is_affordable(&self, beyond: Duration) -> bool {
        let recorder = &self.recorder;
        let passed = || self.host.monotonic().saturating_sub(recorder.start.get());
        recorder.told.get() == Told::Cells || recorder.spent.get() <= beyond + passed() / SHARE
    }

    fn live_and_unreachable(&self) -> (u64, u64) {
        (self.held_bytes(), self.lost_bytes())
    }
}
