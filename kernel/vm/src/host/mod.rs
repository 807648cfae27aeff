//! The outside world: clock, streams, files, memory figures, randomness. The machine reaches it through this trait only.

mod files;
mod memory;

use std::cell::{Cell, RefCell};
use std::io;
use std::path::Path;
use std::time::Duration;

pub use files::{Files, Mode, Open, Stat};
pub use memory::MemoryFiles;

/// Which of the two output streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Stream {
    Stdout,
    Stderr,
}

/// What a process's memory looks like, in bytes.
#[derive(Clone, Copy, Default, Debug)]
pub struct Memory {
    /// Resident.
    pub resident: u64,
    /// The most that was ever resident; 0 where nobody knows.
    pub peak: u64,
    /// Virtual.
    pub virtual_: u64,
    /// Of the whole machine.
    pub total: u64,
    /// Of the whole machine, still free to use.
    pub available: u64,
    /// Of the whole machine, used by nobody.
    pub free: u64,
}

/// The outside world.
pub trait Host {
    /// Writes to an output stream.
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()>;
    /// Hands on what has been written.
    fn flush(&self, stream: Stream) -> io::Result<()>;
    /// What comes next on the standard input: a line with its end, or whatever is there already; empty at the end of input.
    /// `Interrupted` is the user's interrupt.
    fn read_input(&self) -> io::Result<Vec<u8>>;
    /// Whether a stream is a terminal.
    fn is_terminal(&self, stream: Stream) -> bool;
    /// Time since some fixed moment, for `perf_counter` and `monotonic`.
    fn monotonic(&self) -> Duration;
    /// Time since 1970.
    fn now(&self) -> Duration;
    /// The offset from UTC, in seconds, and the name of the local time zone at a time since 1970.
    fn local_offset(&self, _seconds: i64) -> (i64, String) {
        (0, "UTC".to_owned())
    }
    /// The local time zone now, without and with summer time.
    fn local_zones(&self) -> [(i64, String); 2] {
        [self.local_offset(0), self.local_offset(0)]
    }
    /// CPU time of this process.
    fn cpu_time(&self) -> Duration;
    /// Waits.
    fn sleep(&self, time: Duration);
    /// Waits. Gives back what is left when something wants attention before: see [`Host::attend`].
    fn wait(&self, time: Duration) -> Duration {
        self.sleep(time);
        Duration::ZERO
    }
    /// Does what waits outside, since the machine's [`interrupt`](crate::Vm::interrupt) flag was set. Gives whether the program is to be
    /// interrupted.
    fn attend(&self) -> bool {
        true
    }
    /// Whether the user wants the program to be interrupted: asked every so often where no other thread could set the machine's flag.
    fn is_interrupted(&self) -> bool {
        false
    }
    /// Asks the user for a line, where there is a way to ask that is not a stream. The answer has no line end; an error of the kind
    /// `Interrupted` is the user's interrupt.
    fn ask(&self, _prompt: &str, _hidden: bool) -> Option<io::Result<String>> {
        None
    }
    /// Whether what is written is looked at while the program runs, so that nothing should be held back.
    fn is_live(&self, _: Stream) -> bool {
        false
    }
    /// Random bytes.
    fn random(&self, out: &mut [u8]) -> io::Result<()>;
    /// This process's memory. `held` finds out what the machine's objects take, for a world that is a model: it looks at each of them.
    fn memory(&self, held: &dyn Fn() -> u64) -> Memory;
    /// The environment.
    fn env(&self) -> Vec<(String, String)>;
    /// Files and folders.
    fn files(&self) -> &dyn Files;

    /// Whether the standard input is a terminal.
    fn input_is_terminal(&self) -> bool {
        false
    }
    /// Whether what a program writes is handed on at once, so that the two output streams keep their common order.
    fn is_unbuffered(&self) -> bool {
        false
    }
    /// The process's number.
    fn pid(&self) -> u32 {
        1
    }
    /// Reads a whole file.
    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files().read_file(path)
    }
    /// Whether a path is a file, a directory, or nothing: `Some(true)` is a directory.
    fn stat(&self, path: &Path) -> Option<bool> {
        self.files().stat(path, true).ok().map(|stat| stat.mode.is_folder())
    }
}

/// A closed world for tests: output is collected, time passes in sleep only, files live in memory.
#[derive(Default)]
pub struct Collected {
    /// What was written, in order.
    pub written: RefCell<Vec<(Stream, Vec<u8>)>>,
    files: MemoryFiles,
    slept: Cell<Duration>,
}

impl Host for Collected {
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()> {
        self.written.borrow_mut().push((stream, data.to_vec()));
        Ok(())
    }
    fn flush(&self, _: Stream) -> io::Result<()> {
        Ok(())
    }
    fn read_input(&self) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }
    fn is_terminal(&self, _: Stream) -> bool {
        false
    }
    fn monotonic(&self) -> Duration {
        self.slept.get()
    }
    fn now(&self) -> Duration {
        self.slept.get()
    }
    fn cpu_time(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, time: Duration) {
        self.slept.set(self.slept.get() + time);
    }
    fn random(&self, out: &mut [u8]) -> io::Result<()> {
        out.fill(7);
        Ok(())
    }
    fn memory(&self, held: &dyn Fn() -> u64) -> Memory {
        Memory { resident: held(), ..Memory::default() }
    }
    fn env(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    fn files(&self) -> &dyn Files {
        &self.files
    }
}
