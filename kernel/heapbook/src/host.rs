//! The real world for programs: this process's streams, clocks, files and memory.

use std::cell::RefCell;
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use sysinfo::{MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate, System};
use vm::host::{Host, Memory, Stream};

/// How long a sleep goes on after Ctrl-C, at most.
const LOOK: Duration = Duration::from_millis(50);

/// The host of `heapbook run`.
pub(crate) struct Real {
    started: Instant,
    /// Set by Ctrl-C; it ends a sleep.
    interrupt: Arc<AtomicBool>,
    /// Nothing on a system that does not tell.
    system: RefCell<Option<System>>,
}

impl Real {
    pub(crate) fn new(interrupt: Arc<AtomicBool>) -> Real {
        Real { started: Instant::now(), interrupt, system: RefCell::new(System::new().ok()) }
    }
}

impl Host for Real {
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()> {
        match stream {
            Stream::Stdout => io::stdout().write_all(data),
            Stream::Stderr => io::stderr().write_all(data),
        }
    }

    fn flush(&self, stream: Stream) -> io::Result<()> {
        match stream {
            Stream::Stdout => io::stdout().flush(),
            Stream::Stderr => io::stderr().flush(),
        }
    }

    fn read_line(&self) -> io::Result<String> {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok(line)
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        match stream {
            Stream::Stdout => io::stdout().is_terminal(),
            Stream::Stderr => io::stderr().is_terminal(),
        }
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn cpu_time(&self) -> Duration {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }

    fn sleep(&self, time: Duration) {
        let end = Instant::now() + time;
        while !self.interrupt.load(Ordering::Relaxed) {
            match end.checked_duration_since(Instant::now()) {
                Some(left) if !left.is_zero() => std::thread::sleep(left.min(LOOK)),
                _ => return,
            }
        }
    }

    fn random(&self, out: &mut [u8]) -> io::Result<()> {
        std::fs::File::open("/dev/urandom")?.read_exact(out)
    }

    fn memory(&self) -> Memory {
        let mut system = self.system.borrow_mut();
        let Some(system) = system.as_mut() else { return Memory::default() };
        let own = Pid::from_u32(std::process::id());
        system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, ProcessRefreshKind::nothing().with_memory());
        let (resident, virtual_) = system.process(own).map_or((0, 0), |process| (process.memory(), process.virtual_memory()));
        Memory { resident, virtual_, total: system.total_memory(), available: system.available_memory() }
    }

    fn env(&self) -> Vec<(String, String)> {
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn write_file(&self, path: &Path, data: &[u8], append: bool) -> io::Result<()> {
        if append { std::fs::OpenOptions::new().append(true).create(true).open(path)?.write_all(data) } else { std::fs::write(path, data) }
    }

    fn current_dir(&self) -> io::Result<String> {
        Ok(std::env::current_dir()?.to_string_lossy().into_owned())
    }

    fn stat(&self, path: &Path) -> Option<bool> {
        std::fs::metadata(path).ok().map(|found| found.is_dir())
    }

    fn list_dir(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn make_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir(path)
    }
}
