//! `FileIO`: a descriptor of the host as a raw stream (`Modules/_io/fileio.c`), and reading and writing by descriptor.

use std::cell::Cell;
use std::path::Path;

use heap::{Bytes, Kind, Obj, Str};

use super::base::{RAW_IO_BASE, size};
use super::{DEFAULT_BUFFER_SIZE, buffer_length, fill_buffer, unsupported};
use crate::class::{ClassSpec, Convention, GetSet, Method, Slots, flags};
use crate::host::{Open, Stream};
use crate::{Args, PyResult, Raised, Signature, Vm, kinds};

/// The payload of a `FileIO`.
pub(crate) struct FileIo {
    /// Negative: closed.
    pub(super) fd: Cell<i32>,
    how: Cell<Open>,
    created: Cell<bool>,
    closefd: Cell<bool>,
    seekable: Cell<Option<bool>>,
}

crate::payload!(FileIo, Kind(kinds::MODULES.0 + 70), {});

pub(crate) static FILE_IO: ClassSpec = ClassSpec {
    name: "_io.FileIO",
    base: Some(&RAW_IO_BASE),
    kind: <FileIo as heap::Payload>::KIND,
    flags: flags::CONTAINER | flags::DICT | flags::WEAKREFS | flags::MODULE_TYPE,
    slots,
    methods: &[
        Method::new("read", read, Convention::Positional).signature("($self, size=-1, /)"),
        Method::new("readall", |vm, this, _| Ok(vm.bytes(&read_all(vm, this)?)), Convention::NoArgs).signature("($self, /)"),
        Method::new("readinto", readinto, Convention::One).signature("($self, buffer, /)"),
        Method::new("write", |vm, this, args| write(vm, this, &vm.need_bytes(&args.pos()[0])?).map(|n| vm.int(n as i64)), Convention::One)
            .signature("($self, b, /)"),
        Method::new("seek", seek, Convention::Positional).signature("($self, pos, whence=0, /)"),
        Method::new("tell", |vm, this, _| seek_to(vm, this, 0, 1).map(|at| vm.int(at as i64)), Convention::NoArgs).signature("($self, /)"),
        Method::new("truncate", truncate, Convention::Positional).signature("($self, size=None, /)"),
        Method::new("close", close, Convention::NoArgs).signature("($self, /)"),
        Method::new("seekable", |vm, this, _| seekable(vm, this).map(|yes| vm.bool(yes)), Convention::NoArgs).signature("($self, /)"),
        Method::new("readable", |vm, this, _| open(vm, this).map(|file| vm.bool(file.how.get().read)), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("writable", |vm, this, _| open(vm, this).map(|file| vm.bool(file.how.get().write)), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("fileno", |vm, this, _| open(vm, this).map(|file| vm.int(file.fd.get().into())), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("isatty", |vm, this, _| open(vm, this).map(|file| vm.bool(is_terminal(vm, file.fd.get()))), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new(
            "_isatty_open_only",
            |vm, this, _| open(vm, this).map(|file| vm.bool(is_terminal(vm, file.fd.get()))),
            Convention::NoArgs,
        )
        .signature("($self, /)"),
        Method::new("_dealloc_warn", dealloc_warn, Convention::One).signature("($self, object, /)"),
    ],
    getset: &[
        GetSet::new("closed", |vm, this| Ok(vm.bool(own(this).fd.get() < 0))),
        GetSet::new("closefd", |vm, this| Ok(vm.bool(own(this).closefd.get()))),
        GetSet::new("mode", |vm, this| Ok(vm.str(mode(this)))),
        GetSet::new("_blksize", |vm, _| Ok(vm.int(DEFAULT_BUFFER_SIZE as i64))),
    ],
    basicsize: 88,
    itemsize: 0,
    doc: "FileIO(file, mode='r', closefd=True, opener=None)\n--\n\n",
};

fn slots(s: &Slots) {
    s.new.set(Some(|vm, class, _| {
        Ok(vm.new_stream(
            class,
            FileIo {
                fd: Cell::new(-1),
                how: Cell::default(),
                created: Cell::new(false),
                closefd: Cell::new(true),
                seekable: Cell::new(None),
            },
        ))
    }));
    s.init.set(Some(init));
    s.repr.set(Some(repr));
}

fn own(this: &Obj) -> &FileIo {
    this.get::<FileIo>().expect("a method of a file gets one")
}

/// The file, unless it is closed.
fn open<'a>(vm: &Vm, this: &'a Obj) -> PyResult<&'a FileIo> {
    let file = own(this);
    if file.fd.get() < 0 { Err(vm.value_error("I/O operation on closed file")) } else { Ok(file) }
}

fn mode(this: &Obj) -> &'static str {
    let file = own(this);
    let how = file.how.get();
    match (file.created.get(), how.append, how.read, how.write) {
        (true, _, true, _) => "xb+",
        (true, ..) => "xb",
        (_, true, true, _) => "ab+",
        (_, true, ..) => "ab",
        (_, _, true, true) => "rb+",
        (_, _, true, false) => "rb",
        _ => "wb",
    }
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let file = own(this);
    let class = vm.type_name(this);
    if file.fd.get() < 0 {
        return Ok(vm.str(&format!("<{class} [closed]>")));
    }
    let name = match vm.getattr_opt_str(this, "name")? {
        Some(name) => format!("name={}", vm.repr_text(&name)?),
        None => format!("fd={}", file.fd.get()),
    };
    let closefd = if file.closefd.get() { "True" } else { "False" };
    Ok(vm.str(&format!("<{class} {name} mode='{}' closefd={closefd}>", mode(this))))
}

/// What the letters of a mode mean (`_io_FileIO___init___impl`).
fn parse_mode(vm: &Vm, text: &str) -> PyResult<(Open, bool)> {
    let (mut how, mut kinds, mut plus, mut created) = (Open::default(), 0, 0, false);
    for letter in text.chars() {
        match letter {
            'x' => (how.write, how.create, how.exclusive, created, kinds) = (true, true, true, true, kinds + 1),
            'r' => (how.read, kinds) = (true, kinds + 1),
            'w' => (how.write, how.create, how.truncate, kinds) = (true, true, true, kinds + 1),
            'a' => (how.write, how.create, how.append, kinds) = (true, true, true, kinds + 1),
            'b' => {}
            '+' => plus += 1,
            _ => return Err(vm.value_error(format!("invalid mode: {text}"))),
        }
    }
    if kinds != 1 || plus > 1 {
        return Err(vm.value_error("Must have exactly one of create/read/write/append mode and at most one plus"));
    }
    if plus == 1 {
        (how.read, how.write) = (true, true);
    }
    Ok((how, created))
}

/// The `O_*` flags that an opener is given.
fn flags_of(how: Open) -> i64 {
    let access = match (how.read, how.write) {
        (true, true) => 2,
        (false, true) => 1,
        _ => 0,
    };
    let each = [(how.create, 0o100), (how.exclusive, 0o200), (how.truncate, 0o1000), (how.append, 0o2000)];
    access | 0o2_000_000 | each.iter().filter(|(on, _)| *on).map(|(_, flag)| flag).sum::<i64>()
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    static SIGNATURE: Signature =
        Signature { name: "FileIO", params: &["file", "mode", "closefd", "opener"], positional_only: 0, positional: 4, required: 1 };
    let [name, mode, closefd, opener] = args.bind(vm, &SIGNATURE)?;
    let name = name.expect("a required parameter is there");
    let closefd = closefd.map_or(Ok(true), |closefd| vm.is_true(closefd))?;
    let mode = match mode {
        None => "r".to_owned(),
        Some(mode) if mode.get::<Str>().is_some() => vm.lossy(mode),
        Some(mode) => return Err(vm.type_error(format!("FileIO() argument 'mode' must be str, not {}", vm.type_name(mode)))),
    };
    let (how, created) = parse_mode(vm, &mode)?;
    let file = own(this);
    if file.fd.get() >= 0 && file.closefd.replace(false) {
        drop(close(vm, this, Args::NONE)?);
    }
    file.how.set(how);
    file.created.set(created);
    file.seekable.set(None);
    let fd = if vm.has_index(name) {
        let fd = vm.index_c_int(name)?;
        if fd < 0 {
            return Err(vm.value_error("negative file descriptor"));
        }
        file.closefd.set(closefd);
        if fd > 2 {
            vm.host.files().fstat(fd).map_err(|error| vm.os_error(&error, None))?;
        }
        fd
    } else {
        if !closefd {
            return Err(vm.value_error("Cannot use closefd=False with file name"));
        }
        file.closefd.set(true);
        match opener.filter(|opener| !opener.is(&vm.consts.none)) {
            Some(opener) => {
                let fd = vm.call(opener, &[name.clone(), vm.int(flags_of(how))])?;
                if !vm.has_index(&fd) {
                    return Err(vm.type_error("expected integer from opener"));
                }
                let fd = vm.index_c_int(&fd)?;
                if fd < 0 {
                    return Err(vm.value_error(format!("opener returned {fd}")));
                }
                fd
            }
            None => {
                let path = vm.path_text(name, "open")?;
                vm.host.files().open(Path::new(&path), how, 0o666).map_err(|error| vm.os_error(&error, Some(name)))?
            }
        }
    };
    if fd > 2 && vm.host.files().fstat(fd).is_ok_and(|stat| stat.mode.is_folder()) {
        if !vm.has_index(name) {
            drop(vm.host.files().close(fd));
        }
        return Err(vm.os_error(&std::io::Error::from_raw_os_error(21), Some(name)));
    }
    file.fd.set(fd);
    if how.append && fd > 2 {
        drop(vm.host.files().seek(fd, 0, 2));
    }
    vm.setattr_str(this, "name", Some(name))
}

/// Reads at most `n` bytes from a descriptor.
pub(crate) fn read_fd(vm: &Vm, fd: i32, n: usize) -> PyResult<Vec<u8>> {
    vm.handle_pending()?;
    if fd == 0 && n > 0 {
        // While input is waited for, other code may run and read, too.
        if vm.state.input.borrow().is_empty() {
            let read = read_input(vm)?;
            vm.state.input.borrow_mut().extend(read);
        }
        let mut kept = vm.state.input.borrow_mut();
        let n = n.min(kept.len());
        let rest = kept.split_off(n);
        return Ok(std::mem::replace(&mut *kept, rest));
    }
    let mut data = vec![0; n];
    let got = vm.host.files().read(fd, &mut data).map_err(|error| vm.os_error(&error, None))?;
    data.truncate(got);
    Ok(data)
}

/// Waits for input. An interrupt ends the wait, unless the program handles it.
fn read_input(vm: &Vm) -> PyResult<Vec<u8>> {
    loop {
        match vm.host.read_input() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {
                vm.interrupt.store(false, std::sync::atomic::Ordering::Relaxed);
                vm.handle_signal(crate::modules::signal::SIGINT)?;
            }
            read => return read.map_err(|error| vm.os_error(&error, None)),
        }
    }
}

/// Writes to a descriptor, and tells how much.
pub(crate) fn write_fd(vm: &Vm, fd: i32, data: &[u8]) -> PyResult<usize> {
    let to = match fd {
        1 => Stream::Stdout,
        2 => Stream::Stderr,
        _ => return vm.host.files().write(fd, data).map_err(|error| vm.os_error(&error, None)),
    };
    vm.host.write(to, data).map_err(|error| vm.os_error(&error, None))?;
    Ok(data.len())
}

/// Whether a descriptor is a terminal.
pub(crate) fn is_terminal(vm: &Vm, fd: i32) -> bool {
    match fd {
        0 => vm.host.input_is_terminal(),
        1 => vm.host.is_terminal(Stream::Stdout),
        2 => vm.host.is_terminal(Stream::Stderr),
        _ => false,
    }
}

/// At most `n` bytes, for the streams above.
pub(super) fn read_some(vm: &Vm, this: &Obj, n: usize) -> PyResult<Vec<u8>> {
    let file = open(vm, this)?;
    if !file.how.get().read {
        return Err(unsupported(vm, "File not open for reading"));
    }
    read_fd(vm, file.fd.get(), n)
}

pub(super) fn read_all(vm: &Vm, this: &Obj) -> PyResult<Vec<u8>> {
    let size = match vm.host.files().fstat(open(vm, this)?.fd.get()) {
        Ok(stat) => (stat.size as usize).clamp(1, 1 << 30) + 1,
        Err(_) => DEFAULT_BUFFER_SIZE,
    };
    let mut all = Vec::new();
    loop {
        let piece = read_some(vm, this, if all.is_empty() { size } else { DEFAULT_BUFFER_SIZE })?;
        if piece.is_empty() {
            return Ok(all);
        }
        if all.is_empty() { all = piece } else { all.extend_from_slice(&piece) }
    }
}

pub(super) fn write(vm: &Vm, this: &Obj, data: &[u8]) -> PyResult<usize> {
    let file = open(vm, this)?;
    if !file.how.get().write {
        return Err(unsupported(vm, "File not open for writing"));
    }
    write_fd(vm, file.fd.get(), data)
}

fn read(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let n = size(vm, args.check(vm, "read", 0, 1)?.first())?;
    let data = if n < 0 { read_all(vm, this)? } else { read_some(vm, this, n as usize)? };
    Ok(vm.bytes(&data))
}

fn readinto(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let buffer = &args.pos()[0];
    let data = read_some(vm, this, buffer_length(vm, buffer, "readinto")?)?;
    fill_buffer(vm, buffer, &data)?;
    Ok(vm.int(data.len() as i64))
}

pub(super) fn seek_to(vm: &Vm, this: &Obj, offset: i64, whence: i32) -> PyResult<u64> {
    let fd = open(vm, this)?.fd.get();
    if fd <= 2 && vm.host.files().fstat(fd).is_err() {
        return Err(vm.os_error(&std::io::Error::from_raw_os_error(29), None));
    }
    vm.host.files().seek(fd, offset, whence).map_err(|error| vm.os_error(&error, None))
}

pub(super) fn seekable(vm: &Vm, this: &Obj) -> PyResult<bool> {
    let file = open(vm, this)?;
    if file.seekable.get().is_none() {
        file.seekable.set(Some(seek_to(vm, this, 0, 1).is_ok()));
    }
    Ok(file.seekable.get() == Some(true))
}

fn seek(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "seek", 1, 2)?;
    let offset = vm.index_isize(&given[0])? as i64;
    let whence = given.get(1).map_or(Ok(0), |whence| vm.index_c_int(whence))?;
    Ok(vm.int(seek_to(vm, this, offset, whence)? as i64))
}

fn truncate(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let file = open(vm, this)?;
    if !file.how.get().write {
        return Err(unsupported(vm, "File not open for writing"));
    }
    let size = match args.check(vm, "truncate", 0, 1)?.first().filter(|size| !size.is(&vm.consts.none)) {
        Some(size) => vm.index_isize(size)? as i64,
        None => seek_to(vm, this, 0, 1)? as i64,
    };
    let cut = match u64::try_from(size) {
        Ok(size) => vm.host.files().truncate(file.fd.get(), size),
        Err(_) => Err(std::io::Error::from_raw_os_error(22)),
    };
    cut.map_err(|error| vm.os_error(&error, None))?;
    Ok(vm.int(size))
}

fn close(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let file = own(this);
    if !file.closefd.get() {
        file.fd.set(-1);
        return Ok(vm.none());
    }
    if let Some(extra) = this.extra()
        && extra.dict().is_some_and(|dict| vm.dict_get_str(&dict, "_finalizing").is_some())
    {
        // Whatever comes of the warning, the file is closed.
        drop(dealloc_warn(vm, this, Args::positional(std::slice::from_ref(this))));
    }
    let fd = file.fd.replace(-1);
    if fd >= 0 {
        vm.host.files().close(fd).map_err(|error| vm.os_error(&error, None))?;
    }
    Ok(vm.none())
}

/// The `ResourceWarning` of a file that nobody closed.
fn dealloc_warn(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let file = own(this);
    if file.fd.get() >= 0 && file.closefd.get() {
        let text = format!("unclosed file {}", vm.repr_text(&args.pos()[0])?);
        if let Err(raised) = vm.warn_about(&vm.types.resource_warning, &text, &args.pos()[0]) {
            vm.unraisable(raised, Some("finalizing file"), this);
        }
    }
    Ok(vm.none())
}

impl Vm {
    /// The text of a path: a `str`, `bytes`, or what `__fspath__` gives; `function` is named in errors.
    pub(crate) fn path_text(&self, path: &Obj, function: &str) -> PyResult<String> {
        let given = if path.get::<Str>().is_some() || path.get::<Bytes>().is_some() {
            path.clone()
        } else {
            let kind = if function == "open" { "expected" } else { "should be string, bytes or os.PathLike, not" };
            let Some(method) = self.lookup_special(path, "__fspath__")? else {
                let name = self.type_name(path);
                return Err(self.type_error(match function {
                    "open" => format!("{kind} str, bytes or os.PathLike object, not {name}"),
                    _ => format!("{function}: path {kind} {name}"),
                }));
            };
            self.call(&method, &[])?
        };
        let text = match given.get::<Bytes>() {
            Some(bytes) => String::from_utf8_lossy(bytes.as_bytes()).into_owned(),
            None => self.lossy(&given),
        };
        if text.contains('\0') { Err(embedded_null(self, function)) } else { Ok(text) }
    }
}

fn embedded_null(vm: &Vm, function: &str) -> Raised {
    if function == "open" {
        return vm.value_error("embedded null byte");
    }
    vm.value_error(format!("{function}: embedded null character in path"))
}
