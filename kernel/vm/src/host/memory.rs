//! Files that live in memory: the folder of tests, of checked pages and of the browser. The same calls leave the same files on every run.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use super::files::{Files, Mode, Open, Stat};

const ENOENT: i32 = 2;
const EBADF: i32 = 9;
const EEXIST: i32 = 17;
const ENOTDIR: i32 = 20;
const EISDIR: i32 = 21;
const EINVAL: i32 = 22;
const EPERM: i32 = 1;
const ENOTEMPTY: i32 = 39;

/// The moment that files are from, unless a clock is given: the start of the year 2026.
const EPOCH: Duration = Duration::from_secs(1_767_225_600);

/// What stands behind a name.
struct Node {
    data: RefCell<Vec<u8>>,
    mode: Cell<Mode>,
    ino: u64,
    links: Cell<u64>,
    accessed: Cell<Duration>,
    modified: Cell<Duration>,
}

/// An open file.
#[derive(Clone)]
struct Opened {
    node: Rc<Node>,
    how: Open,
    at: Rc<Cell<u64>>,
}

/// A tree of files in memory.
pub struct MemoryFiles {
    nodes: RefCell<BTreeMap<PathBuf, Rc<Node>>>,
    opened: RefCell<BTreeMap<i32, Opened>>,
    here: RefCell<PathBuf>,
    next_ino: Cell<u64>,
    clock: Rc<Cell<Duration>>,
}

impl Default for MemoryFiles {
    fn default() -> MemoryFiles {
        MemoryFiles::new(Rc::new(Cell::new(EPOCH)))
    }
}

fn error<T>(number: i32) -> io::Result<T> {
    Err(io::Error::from_raw_os_error(number))
}

impl MemoryFiles {
    /// An empty root and an empty `/tmp`; the clock says what time it is since 1970.
    pub fn new(clock: Rc<Cell<Duration>>) -> MemoryFiles {
        let files = MemoryFiles {
            nodes: RefCell::default(),
            opened: RefCell::default(),
            here: RefCell::new("/".into()),
            next_ino: Cell::new(1),
            clock,
        };
        for folder in ["/", "/tmp"] {
            files.add(folder.into(), Mode::folder(0o755));
        }
        files
    }

    fn add(&self, path: PathBuf, mode: Mode) -> Rc<Node> {
        let (ino, now) = (self.next_ino.replace(self.next_ino.get() + 1), Cell::new(self.clock.get()));
        let node = Rc::new(Node {
            data: RefCell::default(),
            mode: Cell::new(mode),
            ino,
            links: Cell::new(1),
            accessed: now.clone(),
            modified: now,
        });
        self.nodes.borrow_mut().insert(path, Rc::clone(&node));
        node
    }

    /// The path from the root, without dots.
    fn full(&self, path: &Path) -> PathBuf {
        let mut full = self.here.borrow().clone();
        for part in path.components() {
            match part {
                Component::ParentDir => drop(full.pop()),
                Component::Normal(name) => full.push(name),
                Component::RootDir => full = "/".into(),
                Component::CurDir | Component::Prefix(_) => {}
            }
        }
        full
    }

    fn node(&self, path: &Path) -> io::Result<Rc<Node>> {
        if path.as_os_str().is_empty() {
            return error(ENOENT);
        }
        let full = self.full(path);
        match self.nodes.borrow().get(&full) {
            Some(node) => Ok(Rc::clone(node)),
            None if self.inside_file(&full) => error(ENOTDIR),
            None => error(ENOENT),
        }
    }

    /// Whether the path goes through something that is no folder.
    fn inside_file(&self, full: &Path) -> bool {
        full.ancestors().skip(1).find_map(|up| self.nodes.borrow().get(up).map(|node| !node.mode.get().is_folder())).unwrap_or(false)
    }

    /// A path for something new: its folder must be there.
    fn new_path(&self, path: &Path) -> io::Result<PathBuf> {
        let full = self.full(path);
        match full.parent().map(|folder| self.node(folder)) {
            Some(Ok(folder)) if folder.mode.get().is_folder() => Ok(full),
            Some(Ok(_)) => error(ENOTDIR),
            Some(Err(missing)) => Err(missing),
            None => error(EEXIST),
        }
    }

    fn with<R>(&self, fd: i32, act: impl FnOnce(&Opened) -> io::Result<R>) -> io::Result<R> {
        let opened = self.opened.borrow().get(&fd).cloned();
        opened.map_or_else(|| error(EBADF), |opened| act(&opened))
    }

    fn lowest_fd(&self) -> i32 {
        let opened = self.opened.borrow();
        (3..).find(|fd| !opened.contains_key(fd)).unwrap_or(i32::MAX)
    }

    fn children(&self, folder: &Path) -> Vec<PathBuf> {
        self.nodes.borrow().keys().filter(|path| path.parent() == Some(folder)).cloned().collect()
    }
}

fn stat_of(node: &Node) -> Stat {
    Stat {
        mode: node.mode.get(),
        ino: node.ino,
        dev: 1,
        nlink: node.links.get(),
        uid: 1000,
        gid: 1000,
        size: node.data.borrow().len() as u64,
        atime: node.accessed.get(),
        mtime: node.modified.get(),
        ctime: node.modified.get(),
    }
}

impl Files for MemoryFiles {
    fn open(&self, path: &Path, how: Open, permissions: u32) -> io::Result<i32> {
        let node = match self.node(path) {
            Ok(_) if how.create && how.exclusive => return error(EEXIST),
            Ok(node) if node.mode.get().is_folder() && how.write => return error(EISDIR),
            Ok(node) => node,
            Err(missing) if how.create && missing.raw_os_error() == Some(ENOENT) => {
                // New files are read by all and written by their owner.
                self.add(self.new_path(path)?, Mode::file(permissions & !0o022))
            }
            Err(other) => return Err(other),
        };
        if how.truncate && how.write {
            node.data.borrow_mut().clear();
            node.modified.set(self.clock.get());
        }
        let fd = self.lowest_fd();
        self.opened.borrow_mut().insert(fd, Opened { node, how, at: Rc::default() });
        Ok(fd)
    }

    fn close(&self, fd: i32) -> io::Result<()> {
        self.opened.borrow_mut().remove(&fd).map_or_else(|| error(EBADF), |_| Ok(()))
    }

    fn read(&self, fd: i32, out: &mut [u8]) -> io::Result<usize> {
        self.with(fd, |file| {
            if !file.how.read {
                return error(EBADF);
            }
            if file.node.mode.get().is_folder() {
                return error(EISDIR);
            }
            let data = file.node.data.borrow();
            let rest = data.get(file.at.get() as usize..).unwrap_or_default();
            let n = rest.len().min(out.len());
            out[..n].copy_from_slice(&rest[..n]);
            file.at.set(file.at.get() + n as u64);
            file.node.accessed.set(self.clock.get());
            Ok(n)
        })
    }

    fn write(&self, fd: i32, new: &[u8]) -> io::Result<usize> {
        self.with(fd, |file| {
            if !file.how.write {
                return error(EBADF);
            }
            let mut data = file.node.data.borrow_mut();
            let at = if file.how.append { data.len() } else { file.at.get() as usize };
            let end = at + new.len();
            if data.len() < end {
                data.resize(end, 0);
            }
            data[at..end].copy_from_slice(new);
            file.at.set(end as u64);
            file.node.modified.set(self.clock.get());
            Ok(new.len())
        })
    }

    fn seek(&self, fd: i32, offset: i64, whence: i32) -> io::Result<u64> {
        self.with(fd, |file| {
            let base = match whence {
                0 => 0,
                1 => file.at.get() as i64,
                2 => file.node.data.borrow().len() as i64,
                _ => return error(EINVAL),
            };
            match u64::try_from(base + offset) {
                Ok(at) => {
                    file.at.set(at);
                    Ok(at)
                }
                Err(_) => error(EINVAL),
            }
        })
    }

    fn truncate(&self, fd: i32, size: u64) -> io::Result<()> {
        self.with(fd, |file| {
            if !file.how.write {
                return error(EINVAL);
            }
            file.node.data.borrow_mut().resize(size as usize, 0);
            file.node.modified.set(self.clock.get());
            Ok(())
        })
    }

    fn sync(&self, fd: i32) -> io::Result<()> {
        self.with(fd, |_| Ok(()))
    }

    fn fstat(&self, fd: i32) -> io::Result<Stat> {
        self.with(fd, |file| Ok(stat_of(&file.node)))
    }

    fn dup(&self, fd: i32) -> io::Result<i32> {
        let opened = self.with(fd, |file| Ok(file.clone()))?;
        let fd = self.lowest_fd();
        self.opened.borrow_mut().insert(fd, opened);
        Ok(fd)
    }

    fn stat(&self, path: &Path, _: bool) -> io::Result<Stat> {
        self.node(path).map(|node| stat_of(&node))
    }

    fn read_dir(&self, path: &Path) -> io::Result<Vec<String>> {
        if !self.node(path)?.mode.get().is_folder() {
            return error(ENOTDIR);
        }
        let names = self.children(&self.full(path)).into_iter();
        Ok(names.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let moved = self.node(from)?;
        let (from, to) = (self.full(from), self.new_path(to)?);
        if to == from {
            return Ok(());
        }
        if to.starts_with(&from) {
            return error(EINVAL);
        }
        if let Ok(old) = self.node(&to) {
            match (moved.mode.get().is_folder(), old.mode.get().is_folder()) {
                (true, false) => return error(ENOTDIR),
                (false, true) => return error(EISDIR),
                (true, true) if !self.children(&to).is_empty() => return error(ENOTEMPTY),
                _ => {}
            }
        }
        let mut nodes = self.nodes.borrow_mut();
        let all: Vec<PathBuf> = nodes.keys().filter(|path| path.starts_with(&from)).cloned().collect();
        for path in all {
            let rest = path.strip_prefix(&from).unwrap_or(Path::new("")).to_owned();
            let new = if rest.as_os_str().is_empty() { to.clone() } else { to.join(rest) };
            if let Some(node) = nodes.remove(&path) {
                nodes.insert(new, node);
            }
        }
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let node = self.node(path)?;
        if node.mode.get().is_folder() {
            return error(EISDIR);
        }
        node.links.set(node.links.get() - 1);
        self.nodes.borrow_mut().remove(&self.full(path));
        Ok(())
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        if !self.node(path)?.mode.get().is_folder() {
            return error(ENOTDIR);
        }
        let full = self.full(path);
        if !self.children(&full).is_empty() {
            return error(ENOTEMPTY);
        }
        self.nodes.borrow_mut().remove(&full);
        Ok(())
    }

    fn make_dir(&self, path: &Path, permissions: u32) -> io::Result<()> {
        if self.node(path).is_ok() {
            return error(EEXIST);
        }
        let full = self.new_path(path)?;
        self.add(full, Mode::folder(permissions & !0o022));
        Ok(())
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let node = self.node(from)?;
        if self.node(to).is_ok() {
            return error(EEXIST);
        }
        let to = self.new_path(to)?;
        node.links.set(node.links.get() + 1);
        self.nodes.borrow_mut().insert(to, node);
        Ok(())
    }

    /// There are no symbolic links here, as on some of the real file systems.
    fn symlink(&self, _: &Path, _: &Path) -> io::Result<()> {
        error(EPERM)
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        self.node(path)?;
        error(EINVAL)
    }

    fn set_permissions(&self, path: &Path, permissions: u32) -> io::Result<()> {
        let node = self.node(path)?;
        let old = node.mode.get();
        node.mode.set(if old.is_folder() { Mode::folder(permissions) } else { Mode::file(permissions) });
        Ok(())
    }

    fn set_times(&self, path: &Path, accessed: Duration, modified: Duration) -> io::Result<()> {
        let node = self.node(path)?;
        node.accessed.set(accessed);
        node.modified.set(modified);
        Ok(())
    }

    fn current_dir(&self) -> io::Result<PathBuf> {
        Ok(self.here.borrow().clone())
    }

    fn set_current_dir(&self, path: &Path) -> io::Result<()> {
        if !self.node(path)?.mode.get().is_folder() {
            return error(ENOTDIR);
        }
        let full = self.full(path);
        *self.here.borrow_mut() = full;
        Ok(())
    }
}
