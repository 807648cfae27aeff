//! `_IOBase` and the three abstract classes below it: what every stream can be asked, in terms of a few methods (`Modules/_io/iobase.c`).
//!
//! Their instances are ordinary objects, so a class made in Python may extend any of them. Whether such a stream is closed is an attribute,
//! as in CPython.

use heap::{Bytes, Kind, Obj};

use super::{DEFAULT_BUFFER_SIZE, buffer_length, fill_buffer, unsupported};
use crate::class::{ClassSpec, Convention, GetSet, Method, Slots, flags};
use crate::{Args, PyResult, Vm};

const CLOSED: &str = "__IOBase_closed";

const fn spec(name: &'static str, base: Option<&'static ClassSpec>) -> ClassSpec {
    ClassSpec {
        name,
        base,
        kind: Kind::INSTANCE,
        flags: flags::CONTAINER | flags::DICT | flags::WEAKREFS | flags::MODULE_TYPE,
        slots: |_| {},
        methods: &[],
        getset: &[],
        basicsize: 32,
        itemsize: 0,
        doc: "",
    }
}

pub(crate) static IO_BASE: ClassSpec = ClassSpec {
    slots,
    methods: &[
        Method::new("seek", |vm, _, _| Err(unsupported(vm, "seek")), Convention::Positional)
            .signature("($self, offset, whence=os.SEEK_SET, /)"),
        Method::new("tell", |vm, this, _| vm.call_method(this, "seek", &[vm.int(0), vm.int(1)]), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("truncate", |vm, _, _| Err(unsupported(vm, "truncate")), Convention::Positional).signature("($self, size=None, /)"),
        Method::new("fileno", |vm, _, _| Err(unsupported(vm, "fileno")), Convention::NoArgs).signature("($self, /)"),
        Method::new("flush", |vm, this, _| check_flag(vm, this).map(|()| vm.none()), Convention::NoArgs).signature("($self, /)"),
        Method::new("close", close, Convention::NoArgs).signature("($self, /)"),
        Method::new("seekable", no, Convention::NoArgs).signature("($self, /)"),
        Method::new("readable", no, Convention::NoArgs).signature("($self, /)"),
        Method::new("writable", no, Convention::NoArgs).signature("($self, /)"),
        Method::new("isatty", no, Convention::NoArgs).signature("($self, /)"),
        Method::new("_checkClosed", |vm, this, _| vm.check_open(this).map(|()| vm.none()), Convention::Positional).signature("($self, /)"),
        Method::new("_checkSeekable", |vm, this, _| vm.check_ability(this, "seekable"), Convention::Positional).signature("($self, /)"),
        Method::new("_checkReadable", |vm, this, _| vm.check_ability(this, "readable"), Convention::Positional).signature("($self, /)"),
        Method::new("_checkWritable", |vm, this, _| vm.check_ability(this, "writable"), Convention::Positional).signature("($self, /)"),
        Method::new("__enter__", |vm, this, _| vm.check_open(this).map(|()| this.clone()), Convention::NoArgs).signature("($self, /)"),
        Method::new("__exit__", |vm, this, _| vm.call_method(this, "close", &[]), Convention::Positional),
        Method::new("readline", readline, Convention::Positional).signature("($self, size=-1, /)"),
        Method::new("readlines", readlines, Convention::Positional).signature("($self, hint=-1, /)"),
        Method::new("writelines", writelines, Convention::One).signature("($self, lines, /)"),
    ],
    getset: &[GetSet::new("closed", |vm, this| Ok(vm.bool(vm.getattr_opt_str(this, CLOSED)?.is_some())))],
    ..spec("_io._IOBase", None)
};

pub(crate) static RAW_IO_BASE: ClassSpec = ClassSpec {
    methods: &[
        Method::new("read", raw_read, Convention::Positional).signature("($self, size=-1, /)"),
        Method::new("readall", readall, Convention::NoArgs).signature("($self, /)"),
        Method::new("readinto", missing, Convention::One),
        Method::new("write", missing, Convention::One),
    ],
    ..spec("_io._RawIOBase", Some(&IO_BASE))
};

pub(crate) static BUFFERED_IO_BASE: ClassSpec = ClassSpec {
    methods: &[
        Method::new("detach", |vm, _, _| Err(unsupported(vm, "detach")), Convention::NoArgs).signature("($self, /)"),
        Method::new("read", |vm, _, _| Err(unsupported(vm, "read")), Convention::Positional).signature("($self, size=-1, /)"),
        Method::new("read1", |vm, _, _| Err(unsupported(vm, "read1")), Convention::Positional).signature("($self, size=-1, /)"),
        Method::new("readinto", |vm, this, args| read_into(vm, this, "read", &args.pos()[0]), Convention::One)
            .signature("($self, buffer, /)"),
        Method::new("readinto1", |vm, this, args| read_into(vm, this, "read1", &args.pos()[0]), Convention::One)
            .signature("($self, buffer, /)"),
        Method::new("write", |vm, _, _| Err(unsupported(vm, "write")), Convention::One).signature("($self, b, /)"),
    ],
    ..spec("_io._BufferedIOBase", Some(&IO_BASE))
};

pub(crate) static TEXT_IO_BASE: ClassSpec = ClassSpec {
    methods: &[
        Method::new("detach", |vm, _, _| Err(unsupported(vm, "detach")), Convention::NoArgs).signature("($self, /)"),
        Method::new("read", |vm, _, _| Err(unsupported(vm, "read")), Convention::Positional).signature("($self, size=-1, /)"),
        Method::new("readline", |vm, _, _| Err(unsupported(vm, "readline")), Convention::Positional).signature("($self, size=-1, /)"),
        Method::new("write", |vm, _, _| Err(unsupported(vm, "write")), Convention::One).signature("($self, s, /)"),
    ],
    getset: &[
        GetSet::new("encoding", |vm, _| Ok(vm.none())),
        GetSet::new("newlines", |vm, _| Ok(vm.none())),
        GetSet::new("errors", |vm, _| Ok(vm.none())),
    ],
    ..spec("_io._TextIOBase", Some(&IO_BASE))
};

fn slots(s: &Slots) {
    s.new.set(Some(|vm, class, _| Ok(vm.new_instance(class))));
    s.iter.set(Some(|vm, this| vm.check_open(this).map(|()| this.clone())));
    s.iternext.set(Some(|vm, this| {
        let line = vm.call_method(this, "readline", &[])?;
        Ok((vm.len(&line)? > 0).then_some(line))
    }));
    s.finalize.set(Some(finalize));
}

impl Vm {
    /// Raises ValueError if the stream says that it is closed (`iobase_check_closed`).
    pub(super) fn check_open(&self, stream: &Obj) -> PyResult<()> {
        match self.getattr_opt_str(stream, "closed")? {
            Some(closed) if self.is_true(&closed)? => Err(self.value_error("I/O operation on closed file.")),
            _ => Ok(()),
        }
    }

    /// Raises UnsupportedOperation unless the stream's method of that name says yes.
    pub(super) fn check_ability(&self, stream: &Obj, ability: &str) -> PyResult {
        let answer = self.call_method(stream, ability, &[])?;
        if !answer.is(&self.consts.true_) {
            return Err(unsupported(self, &format!("File or stream is not {ability}.")));
        }
        Ok(answer)
    }
}

fn no(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    vm.check_open(this)?;
    Ok(vm.bool(false))
}

fn check_flag(vm: &Vm, this: &Obj) -> PyResult<()> {
    match vm.getattr_opt_str(this, CLOSED)? {
        Some(_) => Err(vm.value_error("I/O operation on closed file.")),
        None => Ok(()),
    }
}

/// Flushes, and is closed even if that fails.
fn close(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    if vm.getattr_opt_str(this, CLOSED)?.is_some() {
        return Ok(vm.none());
    }
    let flushed = vm.call_method(this, "flush", &[]);
    vm.setattr_str(this, CLOSED, Some(&vm.bool(true)))?;
    flushed.map(|_| vm.none())
}

/// `iobase_finalize`: a stream that dies is closed.
pub(super) fn finalize(vm: &Vm, this: &Obj) {
    let closed = match vm.getattr_opt_str(this, "closed") {
        Ok(Some(closed)) => vm.is_true(&closed).unwrap_or(true),
        Ok(None) => false,
        // It was never made whole.
        Err(_) => return,
    };
    if closed {
        return;
    }
    // For the streams below, which then warn that somebody forgot to close.
    drop(vm.setattr_str(this, "_finalizing", Some(&vm.bool(true))));
    if let Err(raised) = vm.call_method(this, "close", &[]) {
        vm.unraisable(raised, Some("finalizing file"), this);
    }
}

/// The number that a size argument means; `None` and what is missing are −1.
pub(super) fn size(vm: &Vm, given: Option<&Obj>) -> PyResult<isize> {
    match given.filter(|given| !given.is(&vm.consts.none)) {
        None => Ok(-1),
        Some(given) if vm.has_index(given) => vm.index_clamped(given),
        Some(given) => Err(vm.type_error(format!("argument should be integer or None, not '{}'", vm.type_name(given)))),
    }
}

/// A line, byte by byte, or in greater pieces if the stream can `peek`.
fn readline(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let limit = size(vm, args.check(vm, "readline", 0, 1)?.first())?;
    let peek = vm.getattr_opt_str(this, "peek")?;
    let mut line = Vec::new();
    while limit < 0 || (line.len() as isize) < limit {
        let mut wanted = 1;
        if let Some(peek) = &peek {
            let ahead = vm.call(peek, &[vm.int(1)])?;
            let Some(ahead) = ahead.get::<Bytes>() else {
                let text = format!("peek() should have returned a bytes object, not '{}'", vm.type_name(&ahead));
                return Err(vm.raise_text(&vm.types.os_error, &text));
            };
            let ahead = ahead.as_bytes();
            if !ahead.is_empty() {
                let room = if limit < 0 { ahead.len() } else { ahead.len().min(limit as usize - line.len()) };
                wanted = memchr::memchr(b'\n', &ahead[..room]).map_or(room, |at| at + 1);
            }
        }
        let piece = vm.call_method(this, "read", &[vm.int(wanted as i64)])?;
        let Some(bytes) = piece.get::<Bytes>() else {
            let text = format!("read() should have returned a bytes object, not '{}'", vm.type_name(&piece));
            return Err(vm.raise_text(&vm.types.os_error, &text));
        };
        line.extend_from_slice(bytes.as_bytes());
        if bytes.as_bytes().is_empty() || line.ends_with(b"\n") {
            break;
        }
    }
    Ok(vm.bytes(&line))
}

fn readlines(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let hint = size(vm, args.check(vm, "readlines", 0, 1)?.first())?;
    let (mut lines, mut total) = (Vec::new(), 0);
    let iterator = vm.iter(this)?;
    while let Some(line) = vm.next(&iterator)? {
        if hint > 0 {
            total += vm.len(&line)? as isize;
        }
        lines.push(line);
        if hint > 0 && total > hint {
            break;
        }
    }
    Ok(vm.list(lines))
}

fn writelines(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    vm.check_open(this)?;
    vm.iterate(&args.pos()[0], &mut |line| vm.call_method(this, "write", &[line]).map(drop))?;
    Ok(vm.none())
}

/// What every raw stream has to say for itself.
fn missing(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Err(vm.new_exception(&vm.types.not_implemented_error, Vec::new()))
}

/// `read` in terms of `readinto`.
fn raw_read(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let n = match args.check(vm, "read", 0, 1)?.first() {
        Some(n) if !n.is(&vm.consts.none) => vm.index_isize(n)?,
        _ => -1,
    };
    let Ok(n) = usize::try_from(n) else { return vm.call_method(this, "readall", &[]) };
    let buffer = vm.bytearray(vec![0; n]);
    let got = vm.call_method(this, "readinto", std::slice::from_ref(&buffer))?;
    if got.is(&vm.consts.none) {
        return Ok(got);
    }
    let got = vm.index_isize(&got)?;
    match usize::try_from(got) {
        Ok(got) if got <= n => Ok(vm.bytes(&vm.need_bytes(&buffer)?[..got])),
        _ => Err(vm.value_error(format!("readinto() returned {got} outside buffer size {n}"))),
    }
}

fn readall(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let mut all = Vec::new();
    loop {
        let piece = vm.call_method(this, "read", &[vm.int(DEFAULT_BUFFER_SIZE as i64)])?;
        if piece.is(&vm.consts.none) && all.is_empty() {
            return Ok(piece);
        }
        if piece.is(&vm.consts.none) {
            return Ok(vm.bytes(&all));
        }
        let Some(bytes) = piece.get::<Bytes>() else { return Err(vm.type_error("read() should return bytes")) };
        if bytes.as_bytes().is_empty() {
            return Ok(vm.bytes(&all));
        }
        all.extend_from_slice(bytes.as_bytes());
    }
}

/// `readinto` in terms of `read`.
fn read_into(vm: &Vm, this: &Obj, how: &str, buffer: &Obj) -> PyResult {
    let room = buffer_length(vm, buffer, "readinto")?;
    let data = vm.call_method(this, how, &[vm.int(room as i64)])?;
    let Some(bytes) = data.get::<Bytes>() else { return Err(vm.type_error("read() should return bytes")) };
    let bytes = bytes.as_bytes();
    if bytes.len() > room {
        return Err(vm.value_error(format!("read() returned too much data: {room} bytes requested, {} returned", bytes.len())));
    }
    fill_buffer(vm, buffer, bytes)?;
    Ok(vm.int(bytes.len() as i64))
}
