//! A look at the process's memory every so often while a program runs: what memory curves are drawn from.
//!
//! The machine comes by where it can be interrupted, and while a program sleeps; a program at which nobody looks pays nothing.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use crate::Vm;

/// The looks of one run.
#[derive(Default)]
pub(crate) struct Sampler {
    on: Cell<bool>,
    every: Cell<Duration>,
    next: Cell<Duration>,
    points: RefCell<Vec<(Duration, u64)>>,
}

impl Sampler {
    /// Whether somebody looks.
    pub(crate) fn is_on(&self) -> bool {
        self.on.get()
    }
}

impl Vm {
    /// The process's memory, in bytes.
    pub fn resident_bytes(&self) -> u64 {
        self.memory().resident
    }

    /// The memory of process and machine. In a world that is a model it follows what the objects take.
    pub fn memory(&self) -> crate::host::Memory {
        self.host.memory(&|| self.held_bytes())
    }

    /// Begins to look, at once and then every so often.
    pub fn start_sampling(&self, every: Duration) {
        let now = self.host.monotonic();
        self.sampler.on.set(true);
        self.sampler.every.set(every);
        self.sampler.next.set(now);
        self.sampler.points.take();
        self.sample_memory();
        self.heap.ask_for_attention();
    }

    /// Ends with a last look. Gives when was looked, since some fixed moment, and what was seen.
    pub fn stop_sampling(&self) -> Vec<(Duration, u64)> {
        self.sampler.next.set(Duration::ZERO);
        self.sample_memory();
        self.sampler.on.set(false);
        self.sampler.points.take()
    }

    /// Looks, if it is time.
    #[inline]
    pub(crate) fn sample_memory(&self) {
        if self.sampler.is_on() {
            self.look_at_memory();
        }
    }

    #[cold]
    fn look_at_memory(&self) {
        let (sampler, now) = (&self.sampler, self.host.monotonic());
        if now >= sampler.next.get() {
            sampler.next.set(now + sampler.every.get());
            let resident = self.resident_bytes();
            sampler.points.borrow_mut().push((now, resident));
            self.record(crate::recorder::Event::Look);
        }
    }

    /// How long until the next look.
    pub(crate) fn until_sample(&self) -> Option<Duration> {
        self.sampler.is_on().then(|| self.sampler.next.get().saturating_sub(self.host.monotonic()).max(Duration::from_micros(100)))
    }
}
