//! The machine's real files, through `rustix`. Descriptors are numbered as a process of its own would number them, from 3 on.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, OFlags, SeekFrom, Timespec, Timestamps};
use vm::host::{Files, Mode, Open, Stat};

/// The files of this process's user.
#[derive(Default)]
pub(super) struct RealFiles {
    opened: RefCell<BTreeMap<i32, OwnedFd>>,
}

impl RealFiles {
    fn with<R>(&self, fd: i32, act: impl FnOnce(rustix::fd::BorrowedFd<'_>) -> rustix::io::Result<R>) -> io::Result<R> {
        use rustix::fd::AsFd as _;
        let opened = self.opened.borrow();
        Ok(match (opened.get(&fd), fd) {
            (Some(fd), _) => act(fd.as_fd()),
            (None, 0) => act(rustix::stdio::stdin()),
            (None, 1) => act(rustix::stdio::stdout()),
            (None, 2) => act(rustix::stdio::stderr()),
            _ => Err(rustix::io::Errno::BADF),
        }?)
    }

    fn enter(&self, owned: OwnedFd) -> i32 {
        let mut opened = self.opened.borrow_mut();
        let fd = (3..).find(|fd| !opened.contains_key(fd)).unwrap_or(i32::MAX);
        opened.insert(fd, owned);
        fd
    }
}

#[allow(clippy::unnecessary_cast, reason = "the types of these fields are other ones on other systems")]
fn stat_of(stat: &rustix::fs::Stat) -> Stat {
    let time = |seconds: i64, nanos: u64| Duration::new(seconds.max(0) as u64, nanos as u32);
    Stat {
        mode: Mode(stat.st_mode),
        ino: stat.st_ino,
        dev: stat.st_dev,
        nlink: stat.st_nlink as u64,
        uid: stat.st_uid,
        gid: stat.st_gid,
        size: stat.st_size as u64,
        atime: time(stat.st_atime, stat.st_atime_nsec as u64),
        mtime: time(stat.st_mtime, stat.st_mtime_nsec as u64),
        ctime: time(stat.st_ctime, stat.st_ctime_nsec as u64),
    }
}

impl Files for RealFiles {
    fn open(&self, path: &Path, how: Open, permissions: u32) -> io::Result<i32> {
        let mut flags = match (how.read, how.write) {
            (true, true) => OFlags::RDWR,
            (false, true) => OFlags::WRONLY,
            _ => OFlags::RDONLY,
        } | OFlags::CLOEXEC;
        for (wanted, flag) in
            [(how.append, OFlags::APPEND), (how.create, OFlags::CREATE), (how.exclusive, OFlags::EXCL), (how.truncate, OFlags::TRUNC)]
        {
            flags.set(flag, wanted);
        }
        Ok(self.enter(rustix::fs::open(path, flags, rustix::fs::Mode::from_raw_mode(permissions))?))
    }

    fn close(&self, fd: i32) -> io::Result<()> {
        match self.opened.borrow_mut().remove(&fd) {
            Some(_) => Ok(()),
            // A standard stream stays open for whoever started us.
            None if (0..3).contains(&fd) => Ok(()),
            None => Err(rustix::io::Errno::BADF.into()),
        }
    }

    fn read(&self, fd: i32, out: &mut [u8]) -> io::Result<usize> {
        self.with(fd, |fd| rustix::io::read(fd, out))
    }

    fn write(&self, fd: i32, data: &[u8]) -> io::Result<usize> {
        self.with(fd, |fd| rustix::io::write(fd, data))
    }

    fn seek(&self, fd: i32, offset: i64, whence: i32) -> io::Result<u64> {
        let to = match whence {
            0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| io::Error::from(rustix::io::Errno::INVAL))?),
            1 => SeekFrom::Current(offset),
            2 => SeekFrom::End(offset),
            _ => return Err(rustix::io::Errno::INVAL.into()),
        };
        self.with(fd, |fd| rustix::fs::seek(fd, to))
    }

    fn truncate(&self, fd: i32, size: u64) -> io::Result<()> {
        self.with(fd, |fd| rustix::fs::ftruncate(fd, size))
    }

    fn sync(&self, fd: i32) -> io::Result<()> {
        self.with(fd, |fd| rustix::fs::fsync(fd))
    }

    fn fstat(&self, fd: i32) -> io::Result<Stat> {
        self.with(fd, |fd| rustix::fs::fstat(fd)).map(|stat| stat_of(&stat))
    }

    fn dup(&self, fd: i32) -> io::Result<i32> {
        self.with(fd, |fd| rustix::io::dup(fd)).map(|owned| self.enter(owned))
    }

    fn stat(&self, path: &Path, follow: bool) -> io::Result<Stat> {
        Ok(stat_of(&if follow { rustix::fs::stat(path) } else { rustix::fs::lstat(path) }?))
    }

    fn read_dir(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        Ok(names)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_dir(path)
    }

    fn make_dir(&self, path: &Path, permissions: u32) -> io::Result<()> {
        Ok(rustix::fs::mkdir(path, rustix::fs::Mode::from_raw_mode(permissions))?)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::hard_link(from, to)
    }

    fn symlink(&self, target: &Path, link: &Path) -> io::Result<()> {
        std::os::unix::fs::symlink(target, link)
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::read_link(path)
    }

    fn set_permissions(&self, path: &Path, permissions: u32) -> io::Result<()> {
        Ok(rustix::fs::chmod(path, rustix::fs::Mode::from_raw_mode(permissions))?)
    }

    fn set_times(&self, path: &Path, accessed: Duration, modified: Duration) -> io::Result<()> {
        let spec = |time: Duration| Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() };
        let times = Timestamps { last_access: spec(accessed), last_modification: spec(modified) };
        Ok(rustix::fs::utimensat(CWD, path, &times, AtFlags::empty())?)
    }

    fn current_dir(&self) -> io::Result<PathBuf> {
        std::env::current_dir()
    }

    fn set_current_dir(&self, path: &Path) -> io::Result<()> {
        std::env::set_current_dir(path)
    }
}
