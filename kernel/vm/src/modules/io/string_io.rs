//! `StringIO`: text in memory as a stream (`Modules/_io/stringio.c`).
//!
//! Positions are numbers of characters; beside the current one stands its byte, so that reading and writing onwards never counts again.

use std::cell::{Cell, RefCell};

use heap::{Kind, Obj, Str};

use super::base::{TEXT_IO_BASE, size};
use super::newline::{Newline, Seen, translated};
use crate::class::{ClassSpec, Convention, GetSet, Method, Slots, flags};
use crate::objects::leaf::text_of;
use crate::text::wtf8;
use crate::{Args, PyResult, Raised, Signature, Vm, kinds};

/// The payload of a `StringIO`.
pub(crate) struct StringIo {
    text: RefCell<Vec<u8>>,
    /// How many characters the text has.
    chars: Cell<usize>,
    /// The place, in characters; it may be behind the end.
    pos: Cell<usize>,
    /// The byte of the place, or the number of bytes if the place is behind the end.
    at: Cell<usize>,
    newline: Cell<Newline>,
    seen: Cell<Seen>,
    closed: Cell<bool>,
}

crate::payload!(StringIo, Kind(kinds::MODULES.0 + 73), {});

pub(crate) static STRING_IO: ClassSpec = ClassSpec {
    name: "_io.StringIO",
    base: Some(&TEXT_IO_BASE),
    kind: <StringIo as heap::Payload>::KIND,
    flags: flags::CONTAINER | flags::DICT | flags::WEAKREFS | flags::MODULE_TYPE,
    slots,
    methods: &[
        Method::new("close", close, Convention::NoArgs).signature("($self, /)"),
        Method::new("getvalue", |vm, this, _| open(vm, this).map(|s| vm.str_from_bytes(&s.text.borrow())), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("read", read, Convention::Positional).signature("($self, size=-1, /)"),
        Method::new(
            "readline",
            |vm, this, args| readline(vm, this, size(vm, args.check(vm, "readline", 0, 1)?.first())?),
            Convention::Positional,
        )
        .signature("($self, size=-1, /)"),
        Method::new("tell", |vm, this, _| open(vm, this).map(|s| vm.int(s.pos.get() as i64)), Convention::NoArgs).signature("($self, /)"),
        Method::new("truncate", truncate, Convention::Positional).signature("($self, pos=None, /)"),
        Method::new("seek", seek, Convention::Positional).signature("($self, pos, whence=0, /)"),
        Method::new("write", write, Convention::One).signature("($self, s, /)"),
        Method::new("seekable", yes, Convention::NoArgs).signature("($self, /)"),
        Method::new("readable", yes, Convention::NoArgs).signature("($self, /)"),
        Method::new("writable", yes, Convention::NoArgs).signature("($self, /)"),
        Method::new("__getstate__", getstate, Convention::NoArgs).signature("($self, /)"),
        Method::new("__setstate__", setstate, Convention::One).signature("($self, state, /)"),
    ],
    getset: &[
        GetSet::new("closed", |vm, this| Ok(vm.bool(own(this).closed.get()))),
        GetSet::new("newlines", |vm, this| open(vm, this).map(|s| s.seen.get().object(vm))),
        GetSet::new("line_buffering", |vm, this| open(vm, this).map(|_| vm.bool(false))),
    ],
    basicsize: 120,
    itemsize: 0,
    doc: "StringIO(initial_value='', newline='\\n')\n--\n\n",
};

fn slots(s: &Slots) {
    s.new.set(Some(|vm, class, _| {
        Ok(vm.new_stream(
            class,
            StringIo {
                text: RefCell::default(),
                chars: Cell::new(0),
                pos: Cell::new(0),
                at: Cell::new(0),
                newline: Cell::new(Newline::Only("\n")),
                seen: Cell::default(),
                closed: Cell::new(false),
            },
        ))
    }));
    s.init.set(Some(init));
    s.iter.set(Some(|vm, this| open(vm, this).map(|_| this.clone())));
    s.iternext.set(Some(|vm, this| {
        // A class made in Python may have a `readline` of its own.
        let line = if vm.class_of(this).is(&vm.types.string_io) { readline(vm, this, -1)? } else { vm.call_method(this, "readline", &[])? };
        Ok((!line.is(&vm.consts.empty_str)).then_some(line))
    }));
}

fn own(this: &Obj) -> &StringIo {
    this.get::<StringIo>().expect("a method of a StringIO gets one")
}

fn open<'a>(vm: &Vm, this: &'a Obj) -> PyResult<&'a StringIo> {
    let stream = own(this);
    if stream.closed.get() { Err(closed(vm)) } else { Ok(stream) }
}

fn closed(vm: &Vm) -> Raised {
    vm.value_error("I/O operation on closed file")
}

fn yes(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    open(vm, this).map(|_| vm.bool(true))
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    static SIGNATURE: Signature =
        Signature { name: "StringIO", params: &["initial_value", "newline"], positional_only: 0, positional: 2, required: 0 };
    let [initial, newline] = args.bind(vm, &SIGNATURE)?;
    let newline = match newline {
        None => Newline::Only("\n"),
        given => Newline::from_arg(vm, given, "newline must be str or None, not ", true)?,
    };
    let initial = initial.filter(|initial| !initial.is(&vm.consts.none));
    if let Some(initial) = initial.filter(|initial| initial.get::<Str>().is_none()) {
        return Err(vm.type_error(format!("initial_value must be str or None, not {}", vm.type_name(initial))));
    }
    let stream = own(this);
    stream.text.borrow_mut().clear();
    stream.newline.set(newline);
    stream.seen.set(Seen::default());
    stream.closed.set(false);
    [&stream.chars, &stream.pos, &stream.at].iter().for_each(|cell| cell.set(0));
    if let Some(initial) = initial {
        put(stream, text_of(initial));
        stream.pos.set(0);
        stream.at.set(0);
    }
    Ok(())
}

fn write(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = &args.pos()[0];
    let Some(text) = given.get::<Str>() else {
        return Err(vm.type_error(format!("string argument expected, got '{}'", vm.type_name(given))));
    };
    put(open(vm, this)?, text.as_bytes());
    Ok(vm.int(text.chars() as i64))
}

/// Writes at the place, over what is there, and goes behind it.
fn put(stream: &StringIo, given: &[u8]) {
    let new = match stream.newline.get() {
        newline @ (Newline::Universal | Newline::Untranslated) => {
            let mut seen = stream.seen.get();
            seen.look(given);
            stream.seen.set(seen);
            if newline == Newline::Universal { translated(given) } else { given.into() }
        }
        other => other.written(given),
    };
    if new.is_empty() {
        return;
    }
    let n = if new.is_ascii() { new.len() } else { wtf8::count(&new) };
    let mut text = stream.text.borrow_mut();
    let (pos, chars) = (stream.pos.get(), stream.chars.get());
    if pos >= chars {
        // What is between the end and the place becomes zeros.
        let zeros = text.len() + (pos - chars);
        text.resize(zeros, 0);
        text.extend_from_slice(&new);
        stream.at.set(text.len());
    } else {
        let at = stream.at.get();
        let over = if text.len() == chars { n.min(chars - pos) } else { wtf8::offset(&text[at..], n) };
        text.splice(at..at + over, new.iter().copied());
        stream.at.set(at + new.len());
    }
    stream.pos.set(pos + n);
    stream.chars.set(chars.max(pos + n));
}

/// Takes bytes of text from the place on.
fn take(vm: &Vm, stream: &StringIo, bytes: usize) -> Obj {
    let text = stream.text.borrow();
    let at = stream.at.get();
    let piece = &text[at..at + bytes];
    stream.at.set(at + bytes);
    let n = if text.len() == stream.chars.get() { bytes } else { wtf8::count(piece) };
    stream.pos.set(stream.pos.get() + n);
    vm.str_from_bytes(piece)
}

fn read(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let n = size(vm, args.check(vm, "read", 0, 1)?.first())?;
    let stream = open(vm, this)?;
    let bytes = rest(stream, n);
    Ok(take(vm, stream, bytes))
}

/// How many bytes the next `n` characters take.
fn rest(stream: &StringIo, n: isize) -> usize {
    let text = stream.text.borrow();
    let rest = &text[stream.at.get().min(text.len())..];
    match usize::try_from(n) {
        Ok(n) if n < rest.len() => wtf8::offset(rest, n),
        _ => rest.len(),
    }
}

fn readline(vm: &Vm, this: &Obj, limit: isize) -> PyResult {
    let stream = open(vm, this)?;
    let end = {
        let text = stream.text.borrow();
        let rest = &text[stream.at.get().min(text.len())..];
        let by = match stream.newline.get() {
            Newline::Universal => Newline::Only("\n"),
            other => other,
        };
        by.find(rest, true).unwrap_or(rest.len())
    };
    let end = if limit < 0 { end } else { end.min(rest(stream, limit)) };
    Ok(take(vm, stream, end))
}

/// Goes to a character.
fn go(stream: &StringIo, pos: usize) {
    let text = stream.text.borrow();
    let at = if text.len() == stream.chars.get() { pos.min(text.len()) } else { wtf8::offset(&text, pos) };
    stream.pos.set(pos);
    stream.at.set(at);
}

fn seek(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "seek", 1, 2)?;
    let offset = vm.index_isize(&given[0])?;
    let whence = given.get(1).map_or(Ok(0), |whence| vm.index_c_int(whence))?;
    let stream = open(vm, this)?;
    let pos = match whence {
        0 => usize::try_from(offset).map_err(|_| vm.value_error(format!("Negative seek position {offset}")))?,
        1 | 2 if offset != 0 => return Err(vm.raise_text(&vm.types.os_error, "Can't do nonzero cur-relative seeks")),
        1 => stream.pos.get(),
        2 => stream.chars.get(),
        _ => return Err(vm.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    go(stream, pos);
    Ok(vm.int(pos as i64))
}

fn truncate(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "truncate", 0, 1)?.first();
    let stream = open(vm, this)?;
    let size = match given.filter(|size| !size.is(&vm.consts.none)) {
        Some(size) if vm.has_index(size) => vm.index_isize(size)?,
        Some(size) => return Err(vm.type_error(format!("argument should be integer or None, not '{}'", vm.type_name(size)))),
        None => stream.pos.get() as isize,
    };
    let Ok(keep) = usize::try_from(size) else { return Err(vm.value_error(format!("Negative size value {size}"))) };
    if keep < stream.chars.get() {
        let mut text = stream.text.borrow_mut();
        let cut = if text.len() == stream.chars.get() { keep } else { wtf8::offset(&text, keep) };
        text.truncate(cut);
        stream.chars.set(keep);
        drop(text);
        go(stream, stream.pos.get());
    }
    Ok(vm.int(size as i64))
}

fn close(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    own(this).closed.set(true);
    drop(own(this).text.take());
    Ok(vm.none())
}

fn getstate(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let stream = open(vm, this)?;
    let newline = match stream.newline.get() {
        Newline::Universal => vm.none(),
        Newline::Untranslated => vm.consts.empty_str.clone(),
        Newline::Only(end) => vm.str(end),
    };
    let dict = this.extra().and_then(|extra| extra.dict()).unwrap_or_else(|| vm.none());
    let text = vm.str_from_bytes(&stream.text.borrow());
    Ok(vm.tuple(vec![text, newline, vm.int(stream.pos.get() as i64), dict]))
}

fn setstate(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let state = &args.pos()[0];
    let Some([text, newline, pos, dict]) = state.get::<heap::Tuple>().map(heap::Tuple::items).and_then(|items| items.get(..4)) else {
        return Err(vm.type_error(format!("{}.__setstate__ argument should be 4-tuple, got {}", vm.type_name(this), vm.type_name(state))));
    };
    init(vm, this, Args::positional(&[vm.str(""), newline.clone()]))?;
    let stream = own(this);
    // The text was translated when it was first written.
    *stream.text.borrow_mut() = text_of(text).to_vec();
    stream.chars.set(wtf8::count(text_of(text)));
    let Ok(pos) = usize::try_from(vm.index_isize(pos)?) else { return Err(vm.value_error("position value cannot be negative")) };
    go(stream, pos);
    if !dict.is(&vm.consts.none) {
        for (name, value) in vm.dict_items(dict) {
            vm.setattr(this, &name, Some(&value))?;
        }
    }
    Ok(vm.none())
}
