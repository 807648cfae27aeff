//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`: a raw stream with memory before it (`Modules/_io/bufferedio.c`).
//!
//! What was read ahead and what waits to be written are two buffers, and at most one of them is in use: whoever changes the direction
//! first puts the raw stream where the program believes it to be.

use std::cell::{Cell, RefCell};

use heap::{Bytes, Kind, Obj, Slot};

use super::base::{BUFFERED_IO_BASE, size};
use super::file::{self, FileIo};
use super::{DEFAULT_BUFFER_SIZE, buffer_length, fill_buffer, unsupported};
use crate::class::{ClassSpec, Convention, GetSet, Method, Slots, flags};
use crate::{Args, PyResult, Signature, Vm, kinds};

/// The payload of a buffered stream.
pub(crate) struct Buffered {
    /// Empty: detached, or never made.
    raw: Slot,
    detached: Cell<bool>,
    /// What was read ahead, and how far it is used.
    ahead: RefCell<Vec<u8>>,
    used: Cell<usize>,
    /// What waits to be written.
    waiting: RefCell<Vec<u8>>,
    size: Cell<usize>,
    finalizing: Cell<bool>,
}

crate::payload!(Buffered, Kind(kinds::MODULES.0 + 74), { raw });

const GETSET: &[GetSet] = &[
    GetSet::new("raw", |vm, this| own(this).raw.get().ok_or_else(|| vm.attribute_error_text("raw"))),
    GetSet::new("closed", |vm, this| vm.getattr_str(&raw(vm, this)?, "closed")),
    GetSet::new("name", |vm, this| vm.getattr_str(&raw(vm, this)?, "name")),
    GetSet::new("mode", |vm, this| vm.getattr_str(&raw(vm, this)?, "mode")),
    GetSet::with_set(
        "_finalizing",
        |vm, this| Ok(vm.bool(own(this).finalizing.get())),
        |_, this, value| {
            own(this).finalizing.set(value.is_some());
            Ok(())
        },
    ),
];

const fn spec(name: &'static str, doc: &'static str, slots: fn(&Slots), methods: &'static [Method]) -> ClassSpec {
    ClassSpec {
        name,
        base: Some(&BUFFERED_IO_BASE),
        kind: <Buffered as heap::Payload>::KIND,
        flags: flags::CONTAINER | flags::DICT | flags::WEAKREFS | flags::MODULE_TYPE,
        slots,
        methods,
        getset: GETSET,
        basicsize: 168,
        itemsize: 0,
        doc,
    }
}

macro_rules! methods {
    ($($more:expr),* $(,)?) => {
        &[
            Method::new("detach", detach, Convention::NoArgs).signature("($self, /)"),
            Method::new("flush", |vm, this, _| simple_flush(vm, this), Convention::NoArgs).signature("($self, /)"),
            Method::new("close", close, Convention::NoArgs).signature("($self, /)"),
            Method::new("seekable", |vm, this, _| vm.call_method(&raw(vm, this)?, "seekable", &[]), Convention::NoArgs).signature("($self, /)"),
            Method::new("fileno", |vm, this, _| vm.call_method(&raw(vm, this)?, "fileno", &[]), Convention::NoArgs).signature("($self, /)"),
            Method::new("isatty", |vm, this, _| vm.call_method(&raw(vm, this)?, "isatty", &[]), Convention::NoArgs).signature("($self, /)"),
            Method::new("_dealloc_warn", |vm, this, args| dealloc_warn(vm, this, &args.pos()[0]), Convention::One).signature("($self, source, /)"),
            Method::new("seek", seek, Convention::Positional).signature("($self, target, whence=0, /)"),
            Method::new("tell", |vm, this, _| tell(vm, this).map(|at| vm.int(at)), Convention::NoArgs).signature("($self, /)"),
            Method::new("truncate", truncate, Convention::Positional).signature("($self, pos=None, /)"),
            $($more),*
        ]
    };
}

const READ: Method = Method::new("read", read, Convention::Positional).signature("($self, size=-1, /)");
const PEEK: Method = Method::new("peek", |vm, this, _| peek(vm, this), Convention::Positional).signature("($self, size=0, /)");
const READ1: Method = Method::new("read1", read1, Convention::Positional).signature("($self, size=-1, /)");
const READINTO: Method =
    Method::new("readinto", |vm, this, args| readinto(vm, this, &args.pos()[0], false), Convention::One).signature("($self, buffer, /)");
const READINTO1: Method =
    Method::new("readinto1", |vm, this, args| readinto(vm, this, &args.pos()[0], true), Convention::One).signature("($self, buffer, /)");
const READLINE: Method = Method::new(
    "readline",
    |vm, this, args| {
        let limit = size(vm, args.check(vm, "readline", 0, 1)?.first())?;
        readline(vm, this, limit).map(|line| vm.bytes(&line))
    },
    Convention::Positional,
)
.signature("($self, size=-1, /)");
const READABLE: Method =
    Method::new("readable", |vm, this, _| vm.call_method(&raw(vm, this)?, "readable", &[]), Convention::NoArgs).signature("($self, /)");
const WRITABLE: Method =
    Method::new("writable", |vm, this, _| vm.call_method(&raw(vm, this)?, "writable", &[]), Convention::NoArgs).signature("($self, /)");
const WRITE: Method = Method::new(
    "write",
    |vm, this, args| {
        let data = vm.need_bytes(&args.pos()[0])?;
        write(vm, this, &data)?;
        Ok(vm.int(data.len() as i64))
    },
    Convention::One,
)
.signature("($self, buffer, /)");

pub(crate) static BUFFERED_READER: ClassSpec = spec(
    "_io.BufferedReader",
    "BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\n",
    |s| {
        shared_slots(s);
        reading_slots(s);
        s.init.set(Some(|vm, this, args| init(vm, this, args, "BufferedReader", &["readable"])));
    },
    methods![READ, PEEK, READ1, READINTO, READINTO1, READLINE, READABLE],
);
pub(crate) static BUFFERED_WRITER: ClassSpec = spec(
    "_io.BufferedWriter",
    "BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\n",
    |s| {
        shared_slots(s);
        s.init.set(Some(|vm, this, args| init(vm, this, args, "BufferedWriter", &["writable"])));
    },
    methods![WRITE, WRITABLE],
);
pub(crate) static BUFFERED_RANDOM: ClassSpec = spec(
    "_io.BufferedRandom",
    "BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\n",
    |s| {
        shared_slots(s);
        reading_slots(s);
        s.init.set(Some(|vm, this, args| init(vm, this, args, "BufferedRandom", &["seekable", "readable", "writable"])));
    },
    methods![READ, PEEK, READ1, READINTO, READINTO1, READLINE, READABLE, WRITE, WRITABLE],
);

fn shared_slots(s: &Slots) {
    s.new.set(Some(|vm, class, _| {
        Ok(vm.new_stream(
            class,
            Buffered {
                raw: Slot::empty(),
                detached: Cell::new(false),
                ahead: RefCell::default(),
                used: Cell::new(0),
                waiting: RefCell::default(),
                size: Cell::new(DEFAULT_BUFFER_SIZE),
                finalizing: Cell::new(false),
            },
        ))
    }));
    s.repr.set(Some(|vm, this| {
        let class = vm.type_name(this);
        if vm.repr_enter(this) {
            return Err(vm.runtime_error(format!("reentrant call inside {class}.__repr__")));
        }
        let name = vm.getattr_opt_str(this, "name").map_or(Ok(None), |name| name.map(|name| vm.repr_text(&name)).transpose());
        vm.repr_leave(this);
        Ok(vm.str(&name?.map_or_else(|| format!("<{class}>"), |name| format!("<{class} name={name}>"))))
    }));
}

fn reading_slots(s: &Slots) {
    s.iternext.set(Some(|vm, this| {
        let line = readline(vm, this, -1)?;
        Ok((!line.is_empty()).then(|| vm.bytes(&line)))
    }));
}

fn own(this: &Obj) -> &Buffered {
    this.get::<Buffered>().expect("a method of a buffered stream gets one")
}

/// The raw stream.
pub(super) fn raw(vm: &Vm, this: &Obj) -> PyResult {
    let stream = own(this);
    stream.raw.get().ok_or_else(|| {
        let text = if stream.detached.get() { "raw stream has been detached" } else { "I/O operation on uninitialized object" };
        vm.value_error(text)
    })
}

/// The raw stream, unless it is closed.
fn open(vm: &Vm, this: &Obj, what: &str) -> PyResult {
    let raw = raw(vm, this)?;
    let closed = match exact_file(vm, &raw) {
        Some(file) => file.fd.get() < 0,
        None => vm.is_true(&vm.getattr_str(&raw, "closed")?)?,
    };
    if closed { Err(vm.value_error(format!("{what} of closed file"))) } else { Ok(raw) }
}

/// The file behind the buffer, if it is a plain one, so that nobody can tell that it is called without its methods.
fn exact_file<'a>(vm: &Vm, raw: &'a Obj) -> Option<&'a FileIo> {
    raw.get::<FileIo>().filter(|_| vm.class_of(raw).is(&vm.types.file_io))
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>, name: &'static str, abilities: &[&str]) -> PyResult<()> {
    let signature = Signature { name, params: &["raw", "buffer_size"], positional_only: 0, positional: 2, required: 1 };
    let [raw, buffer_size] = args.bind(vm, &signature)?;
    let raw = raw.expect("a required parameter is there");
    let size = buffer_size.map_or(Ok(DEFAULT_BUFFER_SIZE as isize), |size| vm.index_isize(size))?;
    for ability in abilities {
        vm.check_ability(raw, ability)?;
    }
    let Some(size) = usize::try_from(size).ok().filter(|size| *size > 0) else {
        return Err(vm.value_error("buffer size must be strictly positive"));
    };
    let stream = own(this);
    stream.size.set(size);
    stream.detached.set(false);
    forget(stream);
    stream.raw.set(raw.clone());
    Ok(())
}

/// Drops what was read ahead.
fn forget(stream: &Buffered) {
    stream.ahead.borrow_mut().clear();
    stream.used.set(0);
}

/// How much that was read ahead is not used yet.
fn left(stream: &Buffered) -> usize {
    stream.ahead.borrow().len() - stream.used.get()
}

/// One read of the raw stream; `None`: nothing is there now.
fn raw_read(vm: &Vm, raw: &Obj, n: usize) -> PyResult<Option<Vec<u8>>> {
    if exact_file(vm, raw).is_some() {
        return file::read_some(vm, raw, n).map(Some);
    }
    let buffer = vm.bytearray(vec![0; n]);
    let got = vm.call_method(raw, "readinto", &[vm.memoryview(&buffer)?])?;
    if got.is(&vm.consts.none) {
        return Ok(None);
    }
    let got = vm.index_isize(&got)?;
    match usize::try_from(got) {
        Ok(got) if got <= n => {
            let mut data = vm.need_bytes(&buffer)?;
            data.truncate(got);
            Ok(Some(data))
        }
        _ => {
            let text = format!("raw readinto() returned invalid length {got} (should have been between 0 and {n})");
            Err(vm.raise_text(&vm.types.os_error, &text))
        }
    }
}

fn raw_seek(vm: &Vm, raw: &Obj, offset: i64, whence: i32) -> PyResult<i64> {
    if exact_file(vm, raw).is_some() {
        return file::seek_to(vm, raw, offset, whence).map(|at| at as i64);
    }
    let at = vm.call_method(raw, "seek", &[vm.int(offset), vm.int(whence.into())])?;
    let at = vm.index_isize(&at)? as i64;
    if at < 0 {
        return Err(vm.raise_text(&vm.types.os_error, &format!("Raw stream returned invalid position {at}")));
    }
    Ok(at)
}

/// Writes what waits.
fn write_out(vm: &Vm, this: &Obj, raw: &Obj) -> PyResult<()> {
    let stream = own(this);
    loop {
        let data = stream.waiting.take();
        if data.is_empty() {
            return Ok(());
        }
        let done = if exact_file(vm, raw).is_some() {
            file::write(vm, raw, &data)
        } else {
            let n = vm.call_method(raw, "write", &[vm.bytes(&data)]);
            n.and_then(|n| if n.is(&vm.consts.none) { Ok(0) } else { vm.index_isize(&n).map(|n| n as usize) })
        };
        match done {
            Ok(n) if n > data.len() => {
                let text = format!("raw write() returned invalid length {n} (should have been between 0 and {})", data.len());
                return Err(vm.raise_text(&vm.types.os_error, &text));
            }
            Ok(0) => {
                *stream.waiting.borrow_mut() = data;
                let args = [vm.int(11), vm.str("write could not complete without blocking"), vm.int(0)];
                return Err(vm.make_exception(&vm.types.blocking_io_error, &args).map_or_else(|raised| raised, crate::Raised));
            }
            Ok(n) => stream.waiting.borrow_mut().splice(..0, data[n..].iter().copied()).for_each(drop),
            Err(raised) => {
                // What could not be written still waits, unless the stream is at its end.
                *stream.waiting.borrow_mut() = data;
                return Err(raised);
            }
        }
    }
}

/// Puts the raw stream where the program is, which forgets what was read ahead.
fn rewind(vm: &Vm, this: &Obj, raw: &Obj) -> PyResult<()> {
    let stream = own(this);
    let back = left(stream);
    forget(stream);
    if back > 0 { raw_seek(vm, raw, -(back as i64), 1).map(drop) } else { Ok(()) }
}

fn simple_flush(vm: &Vm, this: &Obj) -> PyResult {
    let raw = open(vm, this, "flush")?;
    flush(vm, this, &raw)?;
    Ok(vm.none())
}

fn flush(vm: &Vm, this: &Obj, raw: &Obj) -> PyResult<()> {
    write_out(vm, this, raw)?;
    if left(own(this)) > 0 && vm.is_true(&vm.call_method(raw, "seekable", &[])?)? {
        rewind(vm, this, raw)?;
    }
    Ok(())
}

/// Writes, and hands on what waits once it is more than the buffer may hold.
pub(super) fn write(vm: &Vm, this: &Obj, data: &[u8]) -> PyResult<()> {
    let raw = raw(vm, this)?;
    let is_closed = match exact_file(vm, &raw) {
        Some(file) => file.fd.get() < 0,
        None => vm.is_true(&vm.getattr_str(&raw, "closed")?)?,
    };
    if is_closed {
        return Err(vm.value_error("write to closed file"));
    }
    let stream = own(this);
    if left(stream) > 0 {
        rewind(vm, this, &raw)?;
    }
    let waits = stream.waiting.borrow().len();
    if waits + data.len() > stream.size.get() && waits > 0 {
        write_out(vm, this, &raw)?;
    }
    stream.waiting.borrow_mut().extend_from_slice(data);
    if stream.waiting.borrow().len() > stream.size.get() {
        write_out(vm, this, &raw)?;
    }
    Ok(())
}

/// Takes what was read ahead, at most `n` bytes.
fn take(stream: &Buffered, n: usize) -> Vec<u8> {
    let ahead = stream.ahead.borrow();
    let used = stream.used.get();
    let n = n.min(ahead.len() - used);
    stream.used.set(used + n);
    ahead[used..used + n].to_vec()
}

/// Reads ahead if nothing is left; false at the end.
fn refill(vm: &Vm, this: &Obj, raw: &Obj) -> PyResult<bool> {
    let stream = own(this);
    if left(stream) > 0 {
        return Ok(true);
    }
    forget(stream);
    let data = raw_read(vm, raw, stream.size.get())?.unwrap_or_default();
    let some = !data.is_empty();
    *stream.ahead.borrow_mut() = data;
    Ok(some)
}

fn reading(vm: &Vm, this: &Obj, what: &str) -> PyResult {
    let raw = open(vm, this, what)?;
    write_out(vm, this, &raw)?;
    Ok(raw)
}

/// All there is to the end.
pub(super) fn read_all(vm: &Vm, this: &Obj) -> PyResult<Vec<u8>> {
    let raw = reading(vm, this, "read")?;
    let mut all = take(own(this), usize::MAX);
    forget(own(this));
    if exact_file(vm, &raw).is_some() {
        let rest = file::read_all(vm, &raw)?;
        if all.is_empty() {
            all = rest
        } else {
            all.extend_from_slice(&rest)
        }
        return Ok(all);
    }
    if let Some(readall) = vm.getattr_opt_str(&raw, "readall")? {
        let rest = vm.call(&readall, &[])?;
        match rest.get::<Bytes>() {
            Some(bytes) => all.extend_from_slice(bytes.as_bytes()),
            None if rest.is(&vm.consts.none) => {}
            None => return Err(vm.type_error("readall() should return bytes")),
        }
        return Ok(all);
    }
    while let Some(piece) = raw_read(vm, &raw, DEFAULT_BUFFER_SIZE)?.filter(|piece| !piece.is_empty()) {
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

/// What one read of the raw stream gives at most.
pub(super) fn read_some(vm: &Vm, this: &Obj, n: usize) -> PyResult<Vec<u8>> {
    let raw = reading(vm, this, "read")?;
    refill(vm, this, &raw)?;
    Ok(take(own(this), n))
}

fn read(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let n = size(vm, args.check(vm, "read", 0, 1)?.first())?;
    if n < -1 {
        return Err(vm.value_error("read length must be non-negative or -1"));
    }
    let Ok(n) = usize::try_from(n) else { return Ok(vm.bytes(&read_all(vm, this)?)) };
    let raw = reading(vm, this, "read")?;
    let mut data = take(own(this), n);
    while data.len() < n {
        let missing = n - data.len();
        if missing >= own(this).size.get() {
            // So much goes past the buffer.
            match raw_read(vm, &raw, missing)? {
                None if data.is_empty() => return Ok(vm.none()),
                Some(piece) if !piece.is_empty() => data.extend_from_slice(&piece),
                _ => break,
            }
        } else if refill(vm, this, &raw)? {
            data.extend_from_slice(&take(own(this), missing));
        } else {
            break;
        }
    }
    Ok(vm.bytes(&data))
}

fn read1(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let n = size(vm, args.check(vm, "read1", 0, 1)?.first())?;
    Ok(vm.bytes(&read_some(vm, this, usize::try_from(n).unwrap_or(own(this).size.get()))?))
}

fn peek(vm: &Vm, this: &Obj) -> PyResult {
    let raw = reading(vm, this, "peek")?;
    refill(vm, this, &raw)?;
    let (ahead, used) = (own(this).ahead.borrow(), own(this).used.get());
    Ok(vm.bytes(&ahead[used..]))
}

fn readinto(vm: &Vm, this: &Obj, buffer: &Obj, once: bool) -> PyResult {
    let room = buffer_length(vm, buffer, "readinto")?;
    let raw = reading(vm, this, "readinto")?;
    let mut data = take(own(this), room);
    while data.len() < room && (!once || data.is_empty()) && refill(vm, this, &raw)? {
        data.extend_from_slice(&take(own(this), room - data.len()));
    }
    fill_buffer(vm, buffer, &data)?;
    Ok(vm.int(data.len() as i64))
}

fn readline(vm: &Vm, this: &Obj, limit: isize) -> PyResult<Vec<u8>> {
    let raw = reading(vm, this, "readline")?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut line = Vec::new();
    while line.len() < limit && !line.ends_with(b"\n") && refill(vm, this, &raw)? {
        let end = {
            let (ahead, used) = (own(this).ahead.borrow(), own(this).used.get());
            memchr::memchr(b'\n', &ahead[used..]).map_or(usize::MAX, |end| end + 1)
        };
        let piece = take(own(this), end.min(limit - line.len()));
        if line.is_empty() { line = piece } else { line.extend_from_slice(&piece) }
    }
    Ok(line)
}

/// Where the program is.
pub(super) fn tell(vm: &Vm, this: &Obj) -> PyResult<i64> {
    let raw = raw(vm, this)?;
    let at = if exact_file(vm, &raw).is_some() {
        file::seek_to(vm, &raw, 0, 1)? as i64
    } else {
        let at = vm.call_method(&raw, "tell", &[])?;
        vm.index_isize(&at)? as i64
    };
    let stream = own(this);
    Ok(at - left(stream) as i64 + stream.waiting.borrow().len() as i64)
}

fn seek(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "seek", 1, 2)?;
    let whence = given.get(1).map_or(Ok(0), |whence| vm.index_c_int(whence))?;
    if !(0..=2).contains(&whence) {
        return Err(vm.value_error(format!("whence value {whence} unsupported")));
    }
    let raw = open(vm, this, "seek")?;
    vm.check_ability(&raw, "seekable")?;
    let offset = vm.index_isize(&given[0])? as i64;
    seek_to(vm, this, &raw, offset, whence).map(|at| vm.int(at))
}

pub(super) fn seek_to(vm: &Vm, this: &Obj, raw: &Obj, offset: i64, whence: i32) -> PyResult<i64> {
    write_out(vm, this, raw)?;
    let offset = if whence == 1 { offset - left(own(this)) as i64 } else { offset };
    let at = raw_seek(vm, raw, offset, whence)?;
    forget(own(this));
    Ok(at)
}

fn truncate(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let size = args.check(vm, "truncate", 0, 1)?.first().filter(|size| !size.is(&vm.consts.none)).cloned();
    let raw = open(vm, this, "truncate")?;
    if !vm.is_true(&vm.call_method(&raw, "writable", &[])?)? {
        return Err(unsupported(vm, "truncate"));
    }
    flush(vm, this, &raw)?;
    let size = match size {
        Some(size) => size,
        None => vm.int(tell(vm, this)?),
    };
    vm.call_method(&raw, "truncate", &[size])
}

fn detach(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let raw = raw(vm, this)?;
    drop(vm.call_method(this, "flush", &[])?);
    drop(own(this).raw.take());
    own(this).detached.set(true);
    Ok(raw)
}

fn dealloc_warn(vm: &Vm, this: &Obj, source: &Obj) -> PyResult {
    if let Some(raw) = own(this).raw.get()
        && let Some(warn) = vm.getattr_opt_str(&raw, "_dealloc_warn")?
    {
        drop(vm.call(&warn, std::slice::from_ref(source))?);
    }
    Ok(vm.none())
}

/// The raw stream is closed even if what waits cannot be written.
fn close(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let raw = raw(vm, this)?;
    if vm.is_true(&vm.getattr_str(&raw, "closed")?)? {
        return Ok(vm.none());
    }
    if own(this).finalizing.get() {
        drop(dealloc_warn(vm, this, this)?);
    }
    let flushed = vm.call_method(this, "flush", &[]);
    let closed = vm.call_method(&raw, "close", &[]);
    drop(own(this).waiting.take());
    forget(own(this));
    match (flushed, closed) {
        (Err(first), Err(second)) => {
            if let Some(payload) = second.0.get::<crate::objects::exception::Exception>() {
                payload.context.set(first.0);
            }
            Err(second)
        }
        (flushed, closed) => flushed.and(closed),
    }
}
