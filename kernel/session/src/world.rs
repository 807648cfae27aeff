//! The modelled world of pages and tests: the same on every run and every machine.
//!
//! Output is collected in order, time passes when a program sleeps or looks at the clock, randomness is a fixed sequence, and files live in
//! memory.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use vm::host::{Host, Memory, Stream};

/// How much time passes with each look at a clock.
const TICK: Duration = Duration::from_micros(1);
/// The moment that every session begins at: the start of the year 2026.
const EPOCH: Duration = Duration::from_secs(1_767_225_600);

/// A modelled world.
#[derive(Default)]
pub struct World {
    written: RefCell<Vec<(Stream, Vec<u8>)>>,
    clock: Cell<Duration>,
    random: Cell<u64>,
    files: RefCell<BTreeMap<PathBuf, Vec<u8>>>,
    folders: RefCell<Vec<PathBuf>>,
}

impl World {
    /// What was written since the last time, in order.
    pub(crate) fn take(&self) -> Vec<(Stream, Vec<u8>)> {
        self.written.take()
    }

    fn tick(&self) -> Duration {
        self.clock.set(self.clock.get() + TICK);
        self.clock.get()
    }
}

impl Host for World {
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()> {
        let mut written = self.written.borrow_mut();
        match written.last_mut() {
            Some((last, text)) if *last == stream => text.extend_from_slice(data),
            _ => written.push((stream, data.to_vec())),
        }
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

    fn memory(&self) -> Memory {
        Memory { resident: 16 << 20, virtual_: 64 << 20, total: 8 << 30, available: 4 << 30 }
    }

    fn env(&self) -> Vec<(String, String)> {
        vec![("HOME".into(), "/".into())]
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.borrow().get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn write_file(&self, path: &Path, data: &[u8], append: bool) -> io::Result<()> {
        let mut files = self.files.borrow_mut();
        let file = files.entry(path.to_owned()).or_default();
        if !append {
            file.clear();
        }
        file.extend_from_slice(data);
        Ok(())
    }

    fn current_dir(&self) -> io::Result<String> {
        Ok("/".into())
    }

    fn stat(&self, path: &Path) -> Option<bool> {
        if self.files.borrow().contains_key(path) {
            return Some(false);
        }
        (path == Path::new("/") || self.folders.borrow().iter().any(|folder| folder == path)).then_some(true)
    }

    fn list_dir(&self, path: &Path) -> io::Result<Vec<String>> {
        let files = self.files.borrow();
        let folders = self.folders.borrow();
        let inside = files.keys().chain(folders.iter()).filter(|entry| entry.parent() == Some(path));
        Ok(inside.filter_map(|entry| Some(entry.file_name()?.to_string_lossy().into_owned())).collect())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.files.borrow_mut().remove(path).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn make_dir(&self, path: &Path) -> io::Result<()> {
        if self.stat(path).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.folders.borrow_mut().push(path.to_owned());
        Ok(())
    }
}
