//! The real world for programs: this process's streams, clocks, files and memory.

mod files;

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::time::{ClockId, clock_gettime};
use sysinfo::{MemoryRefreshKind, Pid, ProcessRefreshKind, ProcessesToUpdate, System};
use vm::host::{Files, Host, Memory, Stream};

use files::RealFiles;

/// How long a sleep or a wait for input goes on after Ctrl-C, at most.
const LOOK: Duration = Duration::from_millis(50);

/// The host of `heapbook run`.
pub(crate) struct Real {
    started: Instant,
    /// Set by Ctrl-C; it ends a sleep.
    interrupt: Arc<AtomicBool>,
    /// Nothing on a system that does not tell.
    system: RefCell<Option<System>>,
    files: RealFiles,
}

impl Real {
    pub(crate) fn new(interrupt: Arc<AtomicBool>) -> Real {
        Real { started: Instant::now(), interrupt, system: RefCell::new(System::new().ok()), files: RealFiles::default() }
    }
}

impl Host for Real {
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()> {
        let mut rest = data;
        while !rest.is_empty() {
            let written = match stream {
                Stream::Stdout => rustix::io::write(rustix::stdio::stdout(), rest),
                Stream::Stderr => rustix::io::write(rustix::stdio::stderr(), rest),
            };
            match written {
                Ok(n) => rest = &rest[n..],
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Nothing is kept back here: the buffers are Python's.
    fn flush(&self, _: Stream) -> io::Result<()> {
        Ok(())
    }

    fn read_input(&self) -> io::Result<Vec<u8>> {
        // A signal ends the wait; the look in between is for one that comes just before it.
        let stdin = rustix::stdio::stdin();
        let look = Timespec { tv_sec: 0, tv_nsec: LOOK.subsec_nanos().into() };
        loop {
            if self.interrupt.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&look)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => break,
                Err(error) => return Err(error.into()),
            }
        }
        let mut data = vec![0; 1 << 16];
        let n = rustix::io::retry_on_intr(|| rustix::io::read(stdin, &mut data[..]))?;
        data.truncate(n);
        Ok(data)
    }

    fn input_is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }

    fn pid(&self) -> u32 {
        std::process::id()
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

    fn local_offset(&self, seconds: i64) -> (i64, String) {
        use chrono::{Offset as _, TimeZone as _};
        match chrono::Local.timestamp_opt(seconds, 0).single().map(|time| i64::from(time.offset().fix().local_minus_utc())) {
            None | Some(0) => (0, "UTC".to_owned()),
            // The system does not tell the name of its zone; this is what zones without a name are called.
            Some(offset) => (offset, format!("{}{:02}", if offset < 0 { '-' } else { '+' }, offset.abs() / 3600)),
        }
    }

    fn local_zones(&self) -> [(i64, String); 2] {
        let half_year = 182 * 86_400;
        let now = self.now().as_secs() as i64;
        let [one, other] = [now, now + half_year].map(|seconds| self.local_offset(seconds));
        if one.0 <= other.0 { [one, other] } else { [other, one] }
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

    /// In pieces, so that an interrupt is not kept waiting.
    fn wait(&self, time: Duration) -> Duration {
        let piece = time.min(Duration::from_millis(50));
        self.sleep(piece);
        time - piece
    }

    fn random(&self, out: &mut [u8]) -> io::Result<()> {
        std::fs::File::open("/dev/urandom")?.read_exact(out)
    }

    fn memory(&self, _: &dyn Fn() -> u64) -> Memory {
        let mut system = self.system.borrow_mut();
        let Some(system) = system.as_mut() else { return Memory::default() };
        let own = Pid::from_u32(std::process::id());
        system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[own]), false, ProcessRefreshKind::nothing().with_memory());
        let (resident, virtual_) = system.process(own).map_or((0, 0), |process| (process.memory(), process.virtual_memory()));
        let (total, available, free) = (system.total_memory(), system.available_memory(), system.free_memory());
        Memory { resident, peak: peak_memory(), virtual_, total, available, free }
    }

    fn env(&self) -> Vec<(String, String)> {
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
    }

    fn files(&self) -> &dyn Files {
        &self.files
    }
}

/// The most that the process ever had in memory, in bytes; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
