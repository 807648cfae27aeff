//! A record of memory while a program runs: what all objects take, exactly, at each call of a function of the program, each return, and
//! each collection. Time lines are drawn from it; a program that nobody records pays nothing.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::time::Duration;

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
    /// What happened.
    pub event: Event,
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
    start: Cell<Duration>,
    moments: RefCell<Vec<Moment>>,
    /// What the objects took when the collection that runs began.
    before: Cell<u64>,
    /// Of so many looks one is kept.
    stride: Cell<usize>,
    looks: Cell<usize>,
    calls: Cell<usize>,
    /// Calls in progress that were told.
    open: Cell<usize>,
}

/// Moments that are kept, about; when there are so many, every second look goes.
const MOST: usize = 120;
/// Calls that are told; later ones are not.
const MOST_CALLS: usize = 30;

impl Recorder {
    pub(crate) fn is_on(&self) -> bool {
        self.on.get()
    }
}

impl Vm {
    /// Begins a record.
    pub fn start_recording(&self) {
        let recorder = &self.recorder;
        recorder.moments.take();
        recorder.on.set(true);
        recorder.stride.set(1);
        [&recorder.looks, &recorder.calls, &recorder.open].into_iter().for_each(|count| count.set(0));
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

    /// A function begins or returns. Those of the library are not told, nor what has no name.
    pub(crate) fn record_call(&self, frame: &Frame, returns: bool) {
        if !self.recorder.is_on() {
            return;
        }
        let code = frame.code();
        let (file, name) = (&code.code.filename, self.lossy(&code.qualname));
        let of_a_cell = file.starts_with("<cell ") || file.starts_with("Cell In[") || file.starts_with("<python-input");
        if !of_a_cell || name.contains('<') {
            return;
        }
        let recorder = &self.recorder;
        // What is not told at its beginning is not told at its end.
        if returns && recorder.open.get() > 0 && recorder.calls.get() <= MOST_CALLS {
            recorder.open.set(recorder.open.get() - 1);
            self.record(Event::Return(name));
        } else if !returns && recorder.calls.replace(recorder.calls.get() + 1) < MOST_CALLS {
            recorder.open.set(recorder.open.get() + 1);
            self.record(Event::Call(name));
        }
    }

    pub(crate) fn record_collection_start(&self) {
        if self.recorder.is_on() {
            self.recorder.before.set(self.held_bytes());
        }
    }

    pub(crate) fn record_collection_end(&self, generation: usize, objects: usize) {
        if self.recorder.is_on() {
            let bytes = self.recorder.before.get() as i64 - self.held_bytes() as i64;
            self.record(Event::Collection { generation, objects, bytes });
        }
    }

    /// One more moment.
    pub(crate) fn record(&self, event: Event) {
        let recorder = &self.recorder;
        if !recorder.is_on() || recorder.busy.replace(true) {
            return;
        }
        let is_look = event == Event::Look;
        if !is_look || recorder.looks.replace(recorder.looks.get() + 1).is_multiple_of(recorder.stride.get()) {
            let at = self.host.monotonic().saturating_sub(recorder.start.get());
            // Most looks see what the one before saw; only news are worth finding out what is unreachable.
            let before = recorder.moments.borrow().last().map(|last| last.live).filter(|_| is_look);
            let live = before.filter(|before| *before == self.held_bytes());
            if live.is_none() {
                let (live, unreachable) = self.live_and_unreachable();
                recorder.moments.borrow_mut().push(Moment { at, live, unreachable, event });
            }
            let mut moments = recorder.moments.borrow_mut();
            if moments.len() >= MOST {
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
    fn live_and_unreachable(&self) -> (u64, u64) {
        let census = self.heap.census(|_| {});
        let lost: HashSet<u64> =
            census.lost().iter().zip(&census.objects).filter(|(lost, _)| **lost).map(|(_, object)| object.id).collect();
        let (mut live, mut unreachable) = (0, 0);
        self.each_footprint(&mut |obj, bytes| {
            live += bytes as u64;
            if lost.contains(&obj.id()) {
                unreachable += bytes as u64;
            }
        });
        (live, unreachable)
    }
}
