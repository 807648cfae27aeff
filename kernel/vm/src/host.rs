//! The outside world: clock, streams, files, memory figures, randomness. The machine reaches it through this trait only.

use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::time::Duration;

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
    /// Virtual.
    pub virtual_: u64,
    /// Of the whole machine.
    pub total: u64,
    /// Of the whole machine, still free to use.
    pub available: u64,
}

/// The outside world.
pub trait Host {
    /// Writes to an output stream.
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()>;
    /// Hands on what has been written.
    fn flush(&self, stream: Stream) -> io::Result<()>;
    /// A line from the user, with its line end; empty at the end of input.
    fn read_line(&self) -> io::Result<String>;
    /// Whether a stream is a terminal.
    fn is_terminal(&self, stream: Stream) -> bool;
    /// Time since some fixed moment, for `perf_counter` and `monotonic`.
    fn monotonic(&self) -> Duration;
    /// Time since 1970.
    fn now(&self) -> Duration;
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
    /// This process's memory.
    fn memory(&self) -> Memory;
    /// The environment.
    fn env(&self) -> Vec<(String, String)>;
    /// Reads a whole file.
    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Writes a whole file, anew or at the end.
    fn write_file(&self, path: &Path, data: &[u8], append: bool) -> io::Result<()>;
    /// The current directory.
    fn current_dir(&self) -> io::Result<String>;
    /// Whether a path is a file, a directory, or nothing: `Some(true)` is a directory.
    fn stat(&self, path: &Path) -> Option<bool>;
    /// The names in a directory.
    fn list_dir(&self, path: &Path) -> io::Result<Vec<String>>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Makes a directory.
    fn make_dir(&self, path: &Path) -> io::Result<()>;
}

/// A closed world for tests: output is collected, time stands still, there are no files.
#[derive(Default)]
pub struct Collected {
    /// What was written, in order.
    pub written: RefCell<Vec<(Stream, Vec<u8>)>>,
}

impl Host for Collected {
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()> {
        self.written.borrow_mut().push((stream, data.to_vec()));
        Ok(())
    }
    fn flush(&self, _: Stream) -> io::Result<()> {
        Ok(())
    }
    fn read_line(&self) -> io::Result<String> {
        Ok(String::new())
    }
    fn is_terminal(&self, _: Stream) -> bool {
        false
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
    fn now(&self) -> Duration {
        Duration::ZERO
    }
    fn cpu_time(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, _: Duration) {}
    fn random(&self, out: &mut [u8]) -> io::Result<()> {
        out.fill(7);
        Ok(())
    }
    fn memory(&self) -> Memory {
        Memory::default()
    }
    fn env(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    fn read_file(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }
    fn write_file(&self, _: &Path, _: &[u8], _: bool) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
    fn current_dir(&self) -> io::Result<String> {
        Ok("/".to_owned())
    }
    fn stat(&self, _: &Path) -> Option<bool> {
        None
    }
    fn list_dir(&self, _: &Path) -> io::Result<Vec<String>> {
        Err(io::ErrorKind::NotFound.into())
    }
    fn remove_file(&self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::NotFound.into())
    }
    fn make_dir(&self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}
