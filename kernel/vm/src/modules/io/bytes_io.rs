//! `BytesIO`: bytes in memory as a stream (`Modules/_io/bytesio.c`). The bytes are a `bytearray`, so that `getbuffer` can look at them.

use std::cell::Cell;

use heap::{Kind, Obj, Slot};

use super::base::{BUFFERED_IO_BASE, size};
use super::{buffer_length, fill_buffer};
use crate::class::{ClassSpec, Convention, GetSet, Method, Slots, flags};
use crate::objects::bytearray::ByteArray;
use crate::{Args, PyResult, Signature, Vm, kinds};

/// The payload of a `BytesIO`.
pub(crate) struct BytesIo {
    /// Empty: closed.
    data: Slot,
    at: Cell<usize>,
}

crate::payload!(BytesIo, Kind(kinds::MODULES.0 + 71), { data });

pub(crate) static BYTES_IO: ClassSpec = ClassSpec {
    name: "_io.BytesIO",
    base: Some(&BUFFERED_IO_BASE),
    kind: <BytesIo as heap::Payload>::KIND,
    flags: flags::CONTAINER | flags::DICT | flags::WEAKREFS | flags::MODULE_TYPE,
    slots,
    methods: &[
        Method::new("readable", yes, Convention::NoArgs).signature("($self, /)"),
        Method::new("writable", yes, Convention::NoArgs).signature("($self, /)"),
        Method::new("seekable", yes, Convention::NoArgs).signature("($self, /)"),
        Method::new("isatty", |vm, this, _| data(vm, this).map(|_| vm.bool(false)), Convention::NoArgs).signature("($self, /)"),
        Method::new("flush", |vm, this, _| data(vm, this).map(|_| vm.none()), Convention::NoArgs).signature("($self, /)"),
        Method::new("getvalue", |vm, this, _| Ok(vm.bytes(&array(&data(vm, this)?).to_vec())), Convention::NoArgs).signature("($self, /)"),
        Method::new("getbuffer", |vm, this, _| vm.memoryview(&data(vm, this)?), Convention::NoArgs).signature("($self, /)"),
        Method::new("tell", |vm, this, _| data(vm, this).map(|_| vm.int(own(this).at.get() as i64)), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("seek", seek, Convention::Positional).signature("($self, pos, whence=0, /)"),
        Method::new("truncate", truncate, Convention::Positional).signature("($self, size=None, /)"),
        Method::new("read", |vm, this, args| read(vm, this, args.check(vm, "read", 0, 1)?.first()), Convention::Positional)
            .signature("($self, size=-1, /)"),
        Method::new("read1", |vm, this, args| read(vm, this, args.check(vm, "read1", 0, 1)?.first()), Convention::Positional)
            .signature("($self, size=-1, /)"),
        Method::new(
            "readline",
            |vm, this, args| readline(vm, this, size(vm, args.check(vm, "readline", 0, 1)?.first())?),
            Convention::Positional,
        )
        .signature("($self, size=-1, /)"),
        Method::new("readlines", readlines, Convention::Positional).signature("($self, size=None, /)"),
        Method::new("readinto", readinto, Convention::One).signature("($self, buffer, /)"),
        Method::new("readinto1", readinto, Convention::One),
        Method::new("write", |vm, this, args| write(vm, this, &args.pos()[0]), Convention::One).signature("($self, b, /)"),
        Method::new(
            "writelines",
            |vm, this, args| {
                data(vm, this)?;
                vm.iterate(&args.pos()[0], &mut |line| write(vm, this, &line).map(drop))?;
                Ok(vm.none())
            },
            Convention::One,
        )
        .signature("($self, lines, /)"),
        Method::new("close", close, Convention::NoArgs).signature("($self, /)"),
        Method::new("__getstate__", getstate, Convention::NoArgs).signature("($self, /)"),
        Method::new("__setstate__", setstate, Convention::One).signature("($self, object, /)"),
        Method::new(
            "__sizeof__",
            |vm, this, _| Ok(vm.int(88 + own(this).data.get().map_or(0, |data| array(&data).len() as i64 + 33))),
            Convention::NoArgs,
        )
        .signature("($self, /)"),
    ],
    getset: &[GetSet::new("closed", |vm, this| Ok(vm.bool(own(this).data.is_empty())))],
    basicsize: 72,
    itemsize: 0,
    doc: "BytesIO(initial_bytes=b'')\n--\n\n",
};

fn slots(s: &Slots) {
    s.new.set(Some(|vm, class, _| Ok(vm.new_stream(class, BytesIo { data: vm.bytearray(Vec::new()).into(), at: Cell::new(0) }))));
    s.init.set(Some(init));
    s.iter.set(Some(|vm, this| data(vm, this).map(|_| this.clone())));
    s.iternext.set(Some(|vm, this| {
        let line = readline(vm, this, -1)?;
        Ok((!line.is(&vm.consts.empty_bytes)).then_some(line))
    }));
}

fn own(this: &Obj) -> &BytesIo {
    this.get::<BytesIo>().expect("a method of a BytesIO gets one")
}

fn array(data: &Obj) -> &ByteArray {
    data.get::<ByteArray>().expect("the bytes of a BytesIO are a bytearray")
}

/// The bytes, unless the stream is closed.
fn data(vm: &Vm, this: &Obj) -> PyResult {
    own(this).data.get().ok_or_else(|| vm.value_error("I/O operation on closed file."))
}

fn yes(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    data(vm, this).map(|_| vm.bool(true))
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    static SIGNATURE: Signature = Signature { name: "BytesIO", params: &["initial_bytes"], positional_only: 0, positional: 1, required: 0 };
    let [initial] = args.bind(vm, &SIGNATURE)?;
    let initial = match initial.filter(|initial| !initial.is(&vm.consts.none)) {
        Some(initial) => vm.need_bytes(initial)?,
        None => Vec::new(),
    };
    own(this).at.set(0);
    own(this).data.set(vm.bytearray(initial));
    Ok(())
}

/// Takes the bytes up to `end`, and goes there.
fn take(vm: &Vm, this: &Obj, n: usize) -> PyResult<Vec<u8>> {
    let data = data(vm, this)?;
    let (stream, all) = (own(this), array(&data));
    let piece = all.with(|all| {
        let rest = all.get(stream.at.get()..).unwrap_or_default();
        rest[..n.min(rest.len())].to_vec()
    });
    stream.at.set(stream.at.get() + piece.len());
    Ok(piece)
}

fn read(vm: &Vm, this: &Obj, n: Option<&Obj>) -> PyResult {
    let n = size(vm, n)?;
    Ok(vm.bytes(&take(vm, this, usize::try_from(n).unwrap_or(usize::MAX))?))
}

fn readline(vm: &Vm, this: &Obj, limit: isize) -> PyResult {
    let held = data(vm, this)?;
    let at = own(this).at.get();
    let n = array(&held).with(|all| {
        let rest = all.get(at..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1)
    });
    Ok(vm.bytes(&take(vm, this, usize::try_from(limit).unwrap_or(usize::MAX).min(n))?))
}

fn readlines(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let hint = size(vm, args.check(vm, "readlines", 0, 1)?.first())?;
    let (mut lines, mut total) = (Vec::new(), 0);
    loop {
        let line = readline(vm, this, -1)?;
        if line.is(&vm.consts.empty_bytes) {
            break;
        }
        total += vm.len(&line)? as isize;
        lines.push(line);
        if hint > 0 && total >= hint {
            break;
        }
    }
    Ok(vm.list(lines))
}

fn readinto(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    data(vm, this)?;
    let buffer = &args.pos()[0];
    let piece = take(vm, this, buffer_length(vm, buffer, "readinto")?)?;
    fill_buffer(vm, buffer, &piece)?;
    Ok(vm.int(piece.len() as i64))
}

fn write(vm: &Vm, this: &Obj, new: &Obj) -> PyResult {
    let held = data(vm, this)?;
    let new = vm.need_bytes(new)?;
    let (stream, at) = (own(this), own(this).at.get());
    if new.is_empty() {
        return Ok(vm.int(0));
    }
    let end = at + new.len();
    array(&held).change(vm, |all| {
        if all.len() < at {
            all.resize(at, 0);
        }
        let over = all.len().min(end) - at;
        all[at..at + over].copy_from_slice(&new[..over]);
        all.extend_from_slice(&new[over..]);
    })?;
    stream.at.set(end);
    Ok(vm.int(new.len() as i64))
}

fn seek(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "seek", 1, 2)?;
    let offset = vm.index_isize(&given[0])?;
    let whence = given.get(1).map_or(Ok(0), |whence| vm.index_c_int(whence))?;
    let held = data(vm, this)?;
    let base = match whence {
        0 if offset < 0 => return Err(vm.value_error(format!("negative seek value {offset}"))),
        0 => 0,
        1 => own(this).at.get() as isize,
        2 => array(&held).len() as isize,
        _ => return Err(vm.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    let Some(at) = base.checked_add(offset) else { return Err(vm.overflow_error("new position too large")) };
    own(this).at.set(at.max(0) as usize);
    Ok(vm.int(own(this).at.get() as i64))
}

fn truncate(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "truncate", 0, 1)?.first();
    let held = data(vm, this)?;
    let size = match given.filter(|size| !size.is(&vm.consts.none)) {
        Some(size) => vm.index_isize(size)?,
        None => own(this).at.get() as isize,
    };
    let Ok(keep) = usize::try_from(size) else { return Err(vm.value_error(format!("negative size value {size}"))) };
    if keep < array(&held).len() {
        array(&held).change(vm, |all| all.truncate(keep))?;
    }
    Ok(vm.int(size as i64))
}

fn close(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    if let Some(held) = own(this).data.get() {
        if array(&held).is_exported() {
            return Err(vm.buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        drop(own(this).data.take());
    }
    Ok(vm.none())
}

fn getstate(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let value = vm.bytes(&array(&data(vm, this)?).to_vec());
    let dict = this.extra().and_then(|extra| extra.dict()).unwrap_or_else(|| vm.none());
    Ok(vm.tuple(vec![value, vm.int(own(this).at.get() as i64), dict]))
}

fn setstate(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let state = &args.pos()[0];
    let Some([value, at, dict]) = state.get::<heap::Tuple>().map(heap::Tuple::items).and_then(|items| items.get(..3)) else {
        return Err(vm.type_error(format!("{}.__setstate__ argument should be 3-tuple, got {}", vm.type_name(this), vm.type_name(state))));
    };
    init(vm, this, Args::positional(std::slice::from_ref(value)))?;
    let Ok(at) = usize::try_from(vm.index_isize(at)?) else { return Err(vm.value_error("position value cannot be negative")) };
    own(this).at.set(at);
    if !dict.is(&vm.consts.none) {
        for (name, value) in vm.dict_items(dict) {
            vm.setattr(this, &name, Some(&value))?;
        }
    }
    Ok(vm.none())
}
