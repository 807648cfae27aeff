//! The modelled world of pages and tests: the same on every run and every machine.
//!
//! Output is collected in order, time passes when a program sleeps or looks at the clock, randomness is a fixed sequence, and files live in
//! memory.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::Duration;

use vm::host::{Files, Host, Memory, MemoryFiles, Stream};

/// How much time passes with each look at a clock.
const TICK: Duration = Duration::from_micros(1);
/// What a process takes beside its objects.
const PROCESS: u64 = 12 << 20;
/// The moment that every session begins at: the start of the year 2026.
const EPOCH: Duration = Duration::from_secs(1_767_225_600);

/// Who looks on while a program runs: is told what it writes, and may interrupt it.
pub trait Onlooker {
    /// The program wrote something.
    fn wrote(&self, stream: Stream, text: &[u8]);
    /// Whether the program is to be interrupted; asked often.
    fn interrupts(&self) -> bool;
}

/// A modelled world.
pub struct World {
    written: RefCell<Vec<(Stream, Vec<u8>)>>,
    onlooker: Option<Rc<dyn Onlooker>>,
    /// The time since 1970, which the files have their times from.
    clock: Rc<Cell<Duration>>,
    random: Cell<u64>,
    files: MemoryFiles,
}

impl Default for World {
    fn default() -> World {
        let clock = Rc::new(Cell::new(EPOCH));
        World {
            written: RefCell::default(),
            onlooker: None,
            clock: Rc::clone(&clock),
            random: Cell::default(),
            files: MemoryFiles::new(clock),
        }
    }
}

impl World {
    /// A world that somebody looks at.
    pub(crate) fn watched(onlooker: Rc<dyn Onlooker>) -> World {
        World { onlooker: Some(onlooker), ..World::default() }
    }

    /// What was written since the last time, in order.
    pub(crate) fn take(&self) -> Vec<(Stream, Vec<u8>)> {
        self.written.take()
    }

    fn tick(&self) -> Duration {
        self.clock.set(self.clock.get() + TICK);
        self.clock.get() - EPOCH
    }
}

impl Host for World {
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()> {
        if let Some(onlooker) = &self.onlooker {
            onlooker.wrote(stream, data);
        }
        let mut written = self.written.borrow_mut();
        match written.last_mut() {
            Some((last, text)) if *last == stream => text.extend_from_slice(data),
            _ => written.push((stream, data.to_vec())),
        }
        Ok(())
    }

    fn is_interrupted(&self) -> bool {
        self.onlooker.as_ref().is_some_and(|onlooker| onlooker.interrupts())
    }

    fn flush(&self, _: Stream) -> io::Result<()> {
        Ok(())
    }

    fn read_input(&self) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn is_unbuffered(&self) -> bool {
        true
    }

    fn is_terminal(&self, _: Stream) -> bool {
        false
    }

    fn monotonic(&self) -> Duration {
        self.tick()
    }

    fn now(&self) -> Duration {
        EPOCH + self.tick()
    }

    fn cpu_time(&self) -> Duration {
        self.tick()
    }

    fn sleep(&self, time: Duration) {
        self.clock.set(self.clock.get() + time);
    }

    fn random(&self, out: &mut [u8]) -> io::Result<()> {
        for byte in out {
            // A linear congruential generator (Knuth, MMIX); nobody's secrets depend on it.
            self.random.set(self.random.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
            *byte = (self.random.get() >> 56) as u8;
        }
        Ok(())
    }

    /// A machine of eight gigabytes, half of which others use, and a process that takes what its objects take and a fixed part.
    fn memory(&self, held: &dyn Fn() -> u64) -> Memory {
        let (resident, total) = (PROCESS + held(), 8 << 30);
        let free = (total / 2u64).saturating_sub(resident);
        Memory { resident, peak: 0, virtual_: resident + (48 << 20), total, available: free, free }
    }

    fn env(&self) -> Vec<(String, String)> {
        vec![("HOME".into(), "/".into())]
    }

    fn files(&self) -> &dyn Files {
        &self.files
    }
}
