//! What a machine asks of files and folders, in POSIX's words: descriptors, flags and modes. Errors carry Linux's numbers.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How a file is opened: the `O_*` flags that matter, taken apart.
#[derive(Clone, Copy, Default, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Open {
    pub read: bool,
    pub write: bool,
    pub append: bool,
    pub create: bool,
    /// It must not exist.
    pub exclusive: bool,
    pub truncate: bool,
}

impl Open {
    /// From Linux's flags.
    pub fn from_flags(flags: i32) -> Open {
        let has = |flag: i32| flags & flag != 0;
        Open {
            read: flags & 3 != 1,
            write: flags & 3 != 0,
            append: has(0o2000),
            create: has(0o100),
            exclusive: has(0o200),
            truncate: has(0o1000),
        }
    }
}

/// `st_mode`: what a path is, and who may do what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mode(pub u32);

impl Mode {
    const KIND: u32 = 0o170_000;
    const FOLDER: u32 = 0o040_000;
    const FILE: u32 = 0o100_000;

    /// A folder with these permissions.
    pub fn folder(permissions: u32) -> Mode {
        Mode(Mode::FOLDER | permissions & 0o7777)
    }

    /// A plain file with these permissions.
    pub fn file(permissions: u32) -> Mode {
        Mode(Mode::FILE | permissions & 0o7777)
    }

    /// Whether it is a folder.
    pub fn is_folder(self) -> bool {
        self.0 & Mode::KIND == Mode::FOLDER
    }

    /// Whether it is a plain file.
    pub fn is_file(self) -> bool {
        self.0 & Mode::KIND == Mode::FILE
    }
}

/// What is known of a file.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "POSIX's fields")]
pub struct Stat {
    pub mode: Mode,
    pub ino: u64,
    pub dev: u64,
    pub nlink: u64,
    pub uid: u32,
    pub gid: u32,
    pub size: u64,
    pub atime: Duration,
    pub mtime: Duration,
    pub ctime: Duration,
}

/// Files and folders. Descriptors 0, 1 and 2 belong to the host's streams and never come here, except to be looked at.
pub trait Files {
    /// Opens a file; the lowest descriptor that is free.
    fn open(&self, path: &Path, how: Open, permissions: u32) -> io::Result<i32>;
    /// Closes a descriptor.
    fn close(&self, fd: i32) -> io::Result<()>;
    /// Reads at the descriptor's place; 0 is the end.
    fn read(&self, fd: i32, out: &mut [u8]) -> io::Result<usize>;
    /// Writes at the descriptor's place.
    fn write(&self, fd: i32, data: &[u8]) -> io::Result<usize>;
    /// Moves the place: from the start (0), from here (1), from the end (2).
    fn seek(&self, fd: i32, offset: i64, whence: i32) -> io::Result<u64>;
    /// Cuts or lengthens a file.
    fn truncate(&self, fd: i32, size: u64) -> io::Result<()>;
    /// Waits until all is on the disk.
    fn sync(&self, fd: i32) -> io::Result<()>;
    /// What is known of an open file.
    fn fstat(&self, fd: i32) -> io::Result<Stat>;
    /// Another descriptor of the same file.
    fn dup(&self, fd: i32) -> io::Result<i32>;
    /// What is known of a path; of a symbolic link itself unless it is to be followed.
    fn stat(&self, path: &Path, follow: bool) -> io::Result<Stat>;
    /// The names in a folder.
    fn read_dir(&self, path: &Path) -> io::Result<Vec<String>>;
    /// Gives a file or folder another name, in the place of what had it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;
    /// Makes a folder.
    fn make_dir(&self, path: &Path, permissions: u32) -> io::Result<()>;
    /// Makes a second name for a file.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes a symbolic link.
    fn symlink(&self, target: &Path, link: &Path) -> io::Result<()>;
    /// Where a symbolic link leads.
    fn read_link(&self, path: &Path) -> io::Result<PathBuf>;
    /// Sets who may do what.
    fn set_permissions(&self, path: &Path, permissions: u32) -> io::Result<()>;
    /// Sets the times of the last access and the last change.
    fn set_times(&self, path: &Path, accessed: Duration, modified: Duration) -> io::Result<()>;
    /// The current folder.
    fn current_dir(&self) -> io::Result<PathBuf>;
    /// Goes to another folder.
    fn set_current_dir(&self, path: &Path) -> io::Result<()>;

    /// Reads a whole file.
    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        let fd = self.open(path, Open { read: true, ..Open::default() }, 0)?;
        let (mut data, mut chunk) = (Vec::new(), vec![0; 1 << 16]);
        let read = loop {
            match self.read(fd, &mut chunk) {
                Ok(0) => break Ok(data),
                Ok(n) => data.extend_from_slice(&chunk[..n]),
                Err(error) => break Err(error),
            }
        };
        self.close(fd)?;
        read
    }
}
