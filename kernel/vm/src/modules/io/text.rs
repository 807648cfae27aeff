//! `TextIOWrapper`: text over a stream of bytes (`Modules/_io/textio.c`).
//!
//! What was decoded is kept as it came, line ends and all; they are translated when text is handed out. So the place in the bytes is
//! always known: it is where the buffer stands, less what is not decoded yet, less what the decoded rest takes when it is encoded.

use std::cell::{Cell, RefCell};

use heap::{Bytes, Kind, List, Obj, Slot, Str};

use super::base::{TEXT_IO_BASE, size};
use super::buffered::{self, Buffered};
use super::file::FileIo;
use super::newline::{Newline, Seen, translated};
use super::unsupported;
use crate::class::{ClassSpec, Convention, GetSet, Method, Slots, flags};
use crate::objects::leaf::text_of;
use crate::text::encoding::{Encoding, Order};
use crate::text::wtf8;
use crate::{Args, PyResult, Raised, Signature, Vm, kinds};

/// How much is read from below at once, and how much that is written waits.
const CHUNK: usize = 8192;

/// The payload of a `TextIOWrapper`.
pub(crate) struct TextIo {
    /// Empty: detached, or never made.
    buffer: Slot,
    detached: Cell<bool>,
    encoding: Slot,
    errors: Slot,
    /// The encoding, if the machine has it; else the objects of `codecs` do the work.
    known: Cell<Option<Encoding>>,
    decoder: Slot,
    encoder: Slot,
    /// The encoding as the mark at the beginning told it.
    reading: Cell<Option<Encoding>>,
    /// A mark is still to be written.
    mark: Cell<bool>,
    newline: Cell<Newline>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    seekable: Cell<bool>,
    telling: Cell<bool>,
    chunk: Cell<usize>,
    /// Encoded, and not yet with the buffer.
    pending: RefCell<Vec<u8>>,
    /// What waits, as CPython keeps it: the first piece of it, from the second on a list of them. Texts that are bytes as they are stay
    /// alive so long.
    pieces: Slot,
    /// Read, and not yet decoded.
    undecoded: RefCell<Vec<u8>>,
    /// Decoded, and how much of it was handed out, in bytes of text.
    decoded: RefCell<Vec<u8>>,
    used: Cell<usize>,
    /// The last read found the end.
    at_end: Cell<bool>,
    seen: Cell<Seen>,
    /// The text looked at so far ended in `\r`.
    seen_cr: Cell<bool>,
    finalizing: Cell<bool>,
}

crate::payload!(TextIo, Kind(kinds::MODULES.0 + 76), { buffer, encoding, errors, decoder, encoder, pieces });

pub(crate) static TEXT_IO: ClassSpec = ClassSpec {
    name: "_io.TextIOWrapper",
    base: Some(&TEXT_IO_BASE),
    kind: <TextIo as heap::Payload>::KIND,
    flags: flags::CONTAINER | flags::DICT | flags::WEAKREFS | flags::MODULE_TYPE,
    slots,
    methods: &[
        Method::new("detach", detach, Convention::NoArgs).signature("($self, /)"),
        Method::new("reconfigure", reconfigure, Convention::Keywords)
            .signature("($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)"),
        Method::new("write", |vm, this, args| write(vm, this, &args.pos()[0]), Convention::One).signature("($self, text, /)"),
        Method::new("read", read, Convention::Positional).signature("($self, size=-1, /)"),
        Method::new(
            "readline",
            |vm, this, args| {
                let limit = size(vm, args.check(vm, "readline", 0, 1)?.first())?;
                open(vm, this)?;
                readline(vm, this, limit)
            },
            Convention::Positional,
        )
        .signature("($self, size=-1, /)"),
        Method::new("flush", |vm, this, _| flush(vm, this).map(|()| vm.none()), Convention::NoArgs).signature("($self, /)"),
        Method::new("close", close, Convention::NoArgs).signature("($self, /)"),
        Method::new("fileno", |vm, this, _| vm.call_method(&buffer(vm, this)?, "fileno", &[]), Convention::NoArgs).signature("($self, /)"),
        Method::new("seekable", |vm, this, _| vm.call_method(&buffer(vm, this)?, "seekable", &[]), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("readable", |vm, this, _| vm.call_method(&buffer(vm, this)?, "readable", &[]), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("writable", |vm, this, _| vm.call_method(&buffer(vm, this)?, "writable", &[]), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("isatty", |vm, this, _| vm.call_method(&buffer(vm, this)?, "isatty", &[]), Convention::NoArgs).signature("($self, /)"),
        Method::new("seek", seek, Convention::Positional).signature("($self, cookie, whence=os.SEEK_SET, /)"),
        Method::new("tell", tell, Convention::NoArgs).signature("($self, /)"),
        Method::new(
            "truncate",
            |vm, this, args| {
                let buffer = buffer(vm, this)?;
                flush(vm, this)?;
                vm.call_method(&buffer, "truncate", args.check(vm, "truncate", 0, 1)?)
            },
            Convention::Positional,
        )
        .signature("($self, pos=None, /)"),
    ],
    getset: &[
        GetSet::new("buffer", |vm, this| own(this).buffer.get().ok_or_else(|| vm.attribute_error_text("buffer"))),
        GetSet::new("encoding", |vm, this| Ok(own(this).encoding.get().unwrap_or_else(|| vm.none()))),
        GetSet::new("errors", |vm, this| Ok(own(this).errors.get().unwrap_or_else(|| vm.none()))),
        GetSet::new("newlines", |vm, this| Ok(own(this).seen.get().object(vm))),
        GetSet::new("line_buffering", |vm, this| Ok(vm.bool(own(this).line_buffering.get()))),
        GetSet::new("write_through", |vm, this| Ok(vm.bool(own(this).write_through.get()))),
        GetSet::new("name", |vm, this| vm.getattr_str(&buffer(vm, this)?, "name")),
        GetSet::new("closed", |vm, this| vm.getattr_str(&buffer(vm, this)?, "closed")),
        GetSet::with_set(
            "_CHUNK_SIZE",
            |vm, this| Ok(vm.int(own(this).chunk.get() as i64)),
            |vm, this, value| {
                let size = value.map_or(Ok(0), |value| vm.index_isize(value))?;
                if size <= 0 {
                    return Err(vm.value_error("a strictly positive integer is required"));
                }
                own(this).chunk.set(size as usize);
                Ok(())
            },
        ),
        GetSet::with_set(
            "_finalizing",
            |vm, this| Ok(vm.bool(own(this).finalizing.get())),
            |_, this, value| {
                own(this).finalizing.set(value.is_some());
                Ok(())
            },
        ),
    ],
    basicsize: 216,
    itemsize: 0,
    doc: "TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)\n--\n\n",
};

fn slots(s: &Slots) {
    s.new.set(Some(|vm, class, _| Ok(vm.new_stream(class, fresh()))));
    s.init.set(Some(init));
    s.repr.set(Some(repr));
    s.iternext.set(Some(|vm, this| {
        open(vm, this)?;
        let stream = own(this);
        stream.telling.set(false);
        // A class made in Python may have a `readline` of its own.
        let line = if vm.class_of(this).is(&vm.types.text_io) { readline(vm, this, -1)? } else { vm.call_method(this, "readline", &[])? };
        if line.is(&vm.consts.empty_str) {
            stream.telling.set(stream.seekable.get());
            return Ok(None);
        }
        Ok(Some(line))
    }));
}

fn fresh() -> TextIo {
    TextIo {
        buffer: Slot::empty(),
        detached: Cell::new(false),
        encoding: Slot::empty(),
        errors: Slot::empty(),
        known: Cell::new(None),
        decoder: Slot::empty(),
        encoder: Slot::empty(),
        reading: Cell::new(None),
        mark: Cell::new(false),
        newline: Cell::new(Newline::Universal),
        line_buffering: Cell::new(false),
        write_through: Cell::new(false),
        readable: Cell::new(false),
        writable: Cell::new(false),
        seekable: Cell::new(false),
        telling: Cell::new(false),
        chunk: Cell::new(CHUNK),
        pending: RefCell::default(),
        pieces: Slot::empty(),
        undecoded: RefCell::default(),
        decoded: RefCell::default(),
        used: Cell::new(0),
        at_end: Cell::new(false),
        seen: Cell::default(),
        seen_cr: Cell::new(false),
        finalizing: Cell::new(false),
    }
}

fn own(this: &Obj) -> &TextIo {
    this.get::<TextIo>().expect("a method of a text stream gets one")
}

/// The stream below.
fn buffer(vm: &Vm, this: &Obj) -> PyResult {
    let stream = own(this);
    stream.buffer.get().ok_or_else(|| {
        vm.value_error(if stream.detached.get() { "underlying buffer has been detached" } else { "I/O operation on uninitialized object" })
    })
}

/// The stream below, if it is a plain buffered one, so that nobody can tell that it is called without its methods.
fn exact_buffer(vm: &Vm, buffer: &Obj) -> bool {
    buffer.get::<Buffered>().is_some()
        && [&vm.types.buffered_reader, &vm.types.buffered_writer, &vm.types.buffered_random]
            .iter()
            .any(|class| vm.class_of(buffer).is(class))
}

/// The stream below, unless it is closed.
fn open(vm: &Vm, this: &Obj) -> PyResult {
    let below = buffer(vm, this)?;
    if exact_buffer(vm, &below)
        && let Ok(raw) = buffered::raw(vm, &below)
        && let Some(file) = raw.get::<FileIo>()
        && file.fd.get() >= 0
    {
        return Ok(below);
    }
    if vm.is_true(&vm.getattr_str(&below, "closed")?)? {
        return Err(vm.value_error("I/O operation on closed file."));
    }
    Ok(below)
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let class = vm.type_name(this);
    if vm.repr_enter(this) {
        return Err(vm.runtime_error(format!("reentrant call inside {class}.__repr__")));
    }
    let told = (|| {
        let mut text = format!("<{class}");
        for name in ["name", "mode"] {
            match vm.getattr_opt_str(this, name) {
                Ok(Some(value)) => text += &format!(" {name}={}", vm.repr_text(&value)?),
                Ok(None) => {}
                Err(raised) if raised.is(vm, &vm.types.value_error) => {}
                Err(raised) => return Err(raised),
            }
        }
        let encoding = own(this).encoding.get().unwrap_or_else(|| vm.none());
        Ok(vm.str(&format!("{text} encoding={}>", vm.repr_text(&encoding)?)))
    })();
    vm.repr_leave(this);
    told
}

static SIGNATURE: Signature = Signature {
    name: "TextIOWrapper",
    params: &["buffer", "encoding", "errors", "newline", "line_buffering", "write_through"],
    positional_only: 0,
    positional: 6,
    required: 1,
};

/// `encoding` or `errors`: a text, or nothing for `None`.
fn optional_text<'a>(vm: &Vm, name: &str, given: Option<&'a Obj>) -> PyResult<Option<&'a Obj>> {
    match given.filter(|given| !given.is(&vm.consts.none)) {
        Some(given) if given.get::<Str>().is_none() => {
            Err(vm.type_error(format!("TextIOWrapper() argument '{name}' must be str or None, not {}", vm.type_name(given))))
        }
        given => Ok(given),
    }
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let [below, encoding, errors, newline, line_buffering, write_through] = args.bind(vm, &SIGNATURE)?;
    let below = below.expect("a required parameter is there");
    let encoding = optional_text(vm, "encoding", encoding)?;
    let errors = optional_text(vm, "errors", errors)?;
    let newline = Newline::from_arg(vm, newline, "TextIOWrapper() argument 'newline' must be str or None, not ", false)?;
    let flag = |given: Option<&Obj>| given.map_or(Ok(false), |given| vm.is_true(given));
    let (line_buffering, write_through) = (flag(line_buffering)?, flag(write_through)?);
    let ask = |ability: &str| vm.call_method(below, ability, &[]).and_then(|answer| vm.is_true(&answer));
    let stream = own(this);
    stream.detached.set(false);
    set_encoding(vm, this, encoding, errors)?;
    stream.newline.set(newline);
    stream.line_buffering.set(line_buffering);
    stream.write_through.set(write_through);
    stream.readable.set(ask("readable")?);
    stream.writable.set(ask("writable")?);
    stream.seekable.set(ask("seekable")?);
    stream.telling.set(stream.seekable.get());
    stream.seen.set(Seen::default());
    forget(stream);
    stream.pending.borrow_mut().clear();
    drop(stream.pieces.take());
    stream.buffer.set(below.clone());
    if stream.seekable.get() && stream.writable.get() {
        let at = vm.call_method(below, "tell", &[])?;
        if vm.is_true(&at)? {
            stream.mark.set(false);
        }
    }
    Ok(())
}

/// Chooses what encodes and decodes.
fn set_encoding(vm: &Vm, this: &Obj, encoding: Option<&Obj>, errors: Option<&Obj>) -> PyResult<()> {
    let stream = own(this);
    let name = match encoding {
        Some(name) if text_of(name) != b"locale" => name.clone(),
        _ => vm.str("utf-8"),
    };
    let text = vm.lossy(&name);
    if text.contains('\0') {
        return Err(vm.value_error("embedded null character"));
    }
    let known = Encoding::named(&text).filter(|known| !matches!(known, Encoding::UnicodeEscape | Encoding::RawUnicodeEscape));
    let errors = errors.cloned().unwrap_or_else(|| vm.str("strict"));
    drop(stream.decoder.take());
    drop(stream.encoder.take());
    if known.is_none() {
        let codecs = vm.import_module("codecs")?;
        let codec = vm.call_method(&codecs, "lookup", std::slice::from_ref(&name))?;
        if let Some(flag) = vm.getattr_opt_str(&codec, "_is_text_encoding")?
            && !vm.is_true(&flag)?
        {
            return Err(vm.lookup_error(format!("'{text}' is not a text encoding")));
        }
        for (slot, maker) in [(&stream.decoder, "incrementaldecoder"), (&stream.encoder, "incrementalencoder")] {
            let maker = vm.getattr_str(&codec, maker)?;
            slot.set(vm.call(&maker, std::slice::from_ref(&errors))?);
        }
    }
    stream.known.set(known);
    stream.reading.set(None);
    stream.mark.set(true);
    stream.encoding.set(name);
    stream.errors.set(errors);
    Ok(())
}

/// Drops what was read ahead.
fn forget(stream: &TextIo) {
    stream.undecoded.borrow_mut().clear();
    stream.decoded.borrow_mut().clear();
    stream.used.set(0);
    stream.at_end.set(false);
    stream.seen_cr.set(false);
}

/// The error handler, if it is not the usual one.
fn handler(stream: &TextIo) -> Option<Obj> {
    stream.errors.get().filter(|errors| text_of(errors) != b"strict")
}

// Reading.

fn check_readable(vm: &Vm, this: &Obj) -> PyResult<()> {
    if own(this).readable.get() { Ok(()) } else { Err(unsupported(vm, "not readable")) }
}

/// Decodes what is not decoded yet; `last`: nothing follows.
fn decode(vm: &Vm, this: &Obj, last: bool) -> PyResult<Vec<u8>> {
    let stream = own(this);
    let mut data = stream.undecoded.take();
    let Some(known) = stream.known.get() else {
        let decoder = stream.decoder.get().ok_or_else(|| unsupported(vm, "not readable"))?;
        let text = vm.call_method(&decoder, "decode", &[vm.bytes(&data), vm.bool(last)])?;
        if text.get::<Str>().is_none() {
            return Err(vm.type_error(format!("decoder should return a string result, not '{}'", vm.type_name(&text))));
        }
        return Ok(text_of(&text).to_vec());
    };
    let encoding = match stream.reading.get() {
        Some(encoding) => encoding,
        None => match by_mark(vm, known, &mut data, last)? {
            Some(encoding) => {
                stream.reading.set(Some(encoding));
                encoding
            }
            None => {
                *stream.undecoded.borrow_mut() = data;
                return Ok(Vec::new());
            }
        },
    };
    if encoding == Encoding::Utf8 && std::str::from_utf8(&data).is_ok() {
        return Ok(data);
    }
    let errors = handler(stream);
    let (text, read) = vm.decode_as(&data, encoding, errors.as_ref(), last)?;
    *stream.undecoded.borrow_mut() = data.split_off(read.min(data.len()));
    Ok(text)
}

/// The encoding that the mark at the beginning tells, which is taken away; nothing if more bytes are needed to know.
fn by_mark(vm: &Vm, known: Encoding, data: &mut Vec<u8>, last: bool) -> PyResult<Option<Encoding>> {
    let marks: &[(&[u8], Encoding)] = match known {
        Encoding::Utf8Sig => &[(b"\xEF\xBB\xBF", Encoding::Utf8)],
        Encoding::Utf16(Order::Mark) => &[(b"\xFF\xFE", Encoding::Utf16(Order::Little)), (b"\xFE\xFF", Encoding::Utf16(Order::Big))],
        Encoding::Utf32(Order::Mark) => {
            &[(b"\xFF\xFE\0\0", Encoding::Utf32(Order::Little)), (b"\0\0\xFE\xFF", Encoding::Utf32(Order::Big))]
        }
        other => return Ok(Some(other)),
    };
    for (mark, encoding) in marks {
        if data.starts_with(mark) {
            data.drain(..mark.len());
            return Ok(Some(*encoding));
        }
    }
    if !last && data.len() < marks[0].0.len() {
        return Ok(None);
    }
    match known {
        Encoding::Utf8Sig => Ok(Some(Encoding::Utf8)),
        _ if data.is_empty() => Ok(Some(marks[0].1)),
        other => {
            let text = format!("{} stream does not start with BOM", other.name().to_uppercase());
            Err(vm.raise_text(&vm.types.unicode_error, &text))
        }
    }
}

/// Reads and decodes a piece more. False: the end, and nothing more came of it.
fn read_chunk(vm: &Vm, this: &Obj, below: &Obj) -> PyResult<bool> {
    let stream = own(this);
    loop {
        let data = if exact_buffer(vm, below) {
            buffered::read_some(vm, below, stream.chunk.get())?
        } else {
            let how = if vm.getattr_opt_str(below, "read1")?.is_some() { "read1" } else { "read" };
            let data = vm.call_method(below, how, &[vm.int(stream.chunk.get() as i64)])?;
            vm.bytes_like(&data).ok_or_else(|| {
                vm.type_error(format!("underlying {how}() should have returned a bytes-like object, not '{}'", vm.type_name(&data)))
            })?
        };
        let end = data.is_empty();
        let mut undecoded = stream.undecoded.borrow_mut();
        if undecoded.is_empty() {
            *undecoded = data
        } else {
            undecoded.extend_from_slice(&data)
        }
        drop(undecoded);
        let text = decode(vm, this, end)?;
        look(stream, &text, end);
        stream.at_end.set(end);
        let some = !text.is_empty();
        let mut decoded = stream.decoded.borrow_mut();
        let used = stream.used.replace(0);
        if used == decoded.len() {
            *decoded = text;
        } else {
            decoded.drain(..used);
            decoded.extend_from_slice(&text);
        }
        if some || end {
            return Ok(some);
        }
    }
}

/// Remembers which line ends there are.
fn look(stream: &TextIo, text: &[u8], last: bool) {
    if matches!(stream.newline.get(), Newline::Only(_)) {
        return;
    }
    let mut seen = stream.seen.get();
    let before = stream.seen_cr.get();
    // A `\r` at the end of the last piece belongs to what comes now.
    let joined;
    let mut text = if before {
        joined = [b"\r", text].concat();
        &joined[..]
    } else {
        text
    };
    stream.seen_cr.set(!last && text.last() == Some(&b'\r'));
    if stream.seen_cr.get() {
        text = &text[..text.len() - 1];
    }
    seen.look(text);
    stream.seen.set(seen);
}

/// Text as it is handed out.
fn shown(vm: &Vm, stream: &TextIo, text: &[u8]) -> Obj {
    match stream.newline.get() {
        Newline::Universal => vm.str_from_bytes(&translated(text)),
        _ => vm.str_from_bytes(text),
    }
}

fn take(vm: &Vm, stream: &TextIo, bytes: usize) -> Obj {
    let decoded = stream.decoded.borrow();
    let used = stream.used.get();
    stream.used.set(used + bytes);
    shown(vm, stream, &decoded[used..used + bytes])
}

fn read(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let n = size(vm, args.check(vm, "read", 0, 1)?.first())?;
    let below = open(vm, this)?;
    check_readable(vm, this)?;
    write_flush(vm, this, &below)?;
    let stream = own(this);
    let Ok(n) = usize::try_from(n) else {
        let data = if exact_buffer(vm, &below) {
            buffered::read_all(vm, &below)?
        } else {
            let data = vm.call_method(&below, "read", &[])?;
            if data.is(&vm.consts.none) {
                return Err(vm.make_exception(&vm.types.blocking_io_error, &[vm.str("Read returned None.")]).map_or_else(|r| r, Raised));
            }
            vm.bytes_like(&data).ok_or_else(|| {
                vm.type_error(format!("underlying read() should have returned a bytes-like object, not '{}'", vm.type_name(&data)))
            })?
        };
        stream.undecoded.borrow_mut().extend_from_slice(&data);
        let text = decode(vm, this, true)?;
        look(stream, &text, true);
        let mut all = stream.decoded.take();
        let used = stream.used.replace(0);
        if used == all.len() {
            all = text;
        } else {
            all.drain(..used);
            all.extend_from_slice(&text);
        }
        return Ok(shown(vm, stream, &all));
    };
    loop {
        let (found, bytes) = measure(stream, n);
        if found == n || !read_chunk(vm, this, &below)? {
            // At the end a `\r` is a line end for sure.
            let (_, bytes) = if found == n { (found, bytes) } else { measure(stream, n) };
            return Ok(take(vm, stream, bytes));
        }
    }
}

/// How many characters, at most `n`, can be handed out, and how many bytes they take here.
fn measure(stream: &TextIo, n: usize) -> (usize, usize) {
    let decoded = stream.decoded.borrow();
    let rest = &decoded[stream.used.get()..];
    let window = &rest[..n.min(rest.len())];
    let universal = stream.newline.get() == Newline::Universal;
    if window.is_ascii() && (!universal || memchr::memchr(b'\r', window).is_none()) {
        return (window.len(), window.len());
    }
    let (mut chars, mut at) = (0, 0);
    while chars < n && at < rest.len() {
        if universal && rest[at] == b'\r' {
            match rest.get(at + 1) {
                Some(b'\n') => at += 1,
                None if !stream.at_end.get() => break,
                _ => {}
            }
        }
        at += wtf8::width(rest[at]);
        chars += 1;
    }
    (chars, at)
}

fn readline(vm: &Vm, this: &Obj, limit: isize) -> PyResult {
    let below = buffer(vm, this)?;
    check_readable(vm, this)?;
    write_flush(vm, this, &below)?;
    let stream = own(this);
    let newline = stream.newline.get();
    // How much of the rest was searched already.
    let mut searched = 0;
    let end = loop {
        {
            let decoded = stream.decoded.borrow();
            let rest = &decoded[stream.used.get()..];
            if let Some(end) = newline.find(&rest[searched..], stream.at_end.get()) {
                break searched + end;
            }
            if limit >= 0 && rest.len() >= limit as usize && wtf8::count(rest) > limit as usize {
                break rest.len();
            }
            // The last byte may be the first half of a line end.
            searched = rest.len().saturating_sub(1);
        }
        if !read_chunk(vm, this, &below)? {
            let decoded = stream.decoded.borrow();
            let rest = &decoded[stream.used.get()..];
            break newline.find(&rest[searched.min(rest.len())..], true).map_or(rest.len(), |end| searched + end);
        }
    };
    let end = match usize::try_from(limit) {
        Ok(limit) => {
            let decoded = stream.decoded.borrow();
            let line = &decoded[stream.used.get()..stream.used.get() + end];
            wtf8::offset(line, limit)
        }
        Err(_) => end,
    };
    Ok(take(vm, stream, end))
}

// Writing.

/// Encodes text. The first text has the mark before it, if the encoding has one.
fn encode(vm: &Vm, stream: &TextIo, text: &Obj) -> PyResult<Vec<u8>> {
    let Some(known) = stream.known.get() else {
        let encoder = stream.encoder.get().ok_or_else(|| unsupported(vm, "not writable"))?;
        let data = vm.call_method(&encoder, "encode", std::slice::from_ref(text))?;
        return match data.get::<Bytes>() {
            Some(bytes) => Ok(bytes.as_bytes().to_vec()),
            None => Err(vm.type_error(format!("encoder should return a bytes object, not '{}'", vm.type_name(&data)))),
        };
    };
    let first = stream.mark.replace(false);
    let encoding = match known {
        Encoding::Utf8Sig if !first => Encoding::Utf8,
        Encoding::Utf16(Order::Mark) if !first => Encoding::Utf16(Order::Little),
        Encoding::Utf32(Order::Mark) if !first => Encoding::Utf32(Order::Little),
        other => other,
    };
    vm.encode_as(text, encoding, handler(stream).as_ref())
}

/// `write(text)`: the number of characters.
pub(crate) fn write(vm: &Vm, this: &Obj, text: &Obj) -> PyResult {
    let Some(payload) = text.get::<Str>() else {
        return Err(vm.type_error(format!("write() argument must be str, not {}", vm.type_name(text))));
    };
    let below = open(vm, this)?;
    let stream = own(this);
    if !stream.writable.get() {
        return Err(unsupported(vm, "not writable"));
    }
    let bytes = payload.as_bytes();
    let has_line_end = stream.line_buffering.get() && memchr::memchr2(b'\n', b'\r', bytes).is_some();
    let plain = match stream.known.get() {
        Some(Encoding::Utf8) => payload.is_ascii() || payload.to_str().is_some(),
        Some(Encoding::Ascii | Encoding::Latin1) => payload.is_ascii(),
        _ => false,
    };
    let mut written = stream.newline.get().written(bytes);
    if !plain {
        written = match &written {
            std::borrow::Cow::Borrowed(_) => encode(vm, stream, text)?,
            std::borrow::Cow::Owned(changed) => encode(vm, stream, &vm.str_from_bytes(changed))?,
        }
        .into();
    }
    let waits = stream.pending.borrow().len();
    if waits + written.len() > stream.chunk.get() {
        write_flush(vm, this, &below)?;
    }
    // What had to be encoded is an object of its own, which nobody else can hold.
    keep_piece(vm, stream, if plain && payload.is_ascii() { text } else { &vm.consts.empty_bytes });
    stream.pending.borrow_mut().extend_from_slice(&written);
    let waits = stream.pending.borrow().len();
    if waits >= stream.chunk.get() || stream.write_through.get() || has_line_end {
        write_flush(vm, this, &below)?;
    }
    if has_line_end {
        drop(vm.call_method(&below, "flush", &[])?);
    }
    if !stream.decoded.borrow().is_empty() || !stream.undecoded.borrow().is_empty() {
        forget(stream);
    }
    Ok(vm.int(payload.chars() as i64))
}

fn keep_piece(vm: &Vm, stream: &TextIo, piece: &Obj) {
    match stream.pieces.get() {
        None => stream.pieces.set(piece.clone()),
        Some(first) => match first.get::<List>() {
            Some(pieces) => pieces.push(piece.clone()),
            None => stream.pieces.set(vm.list(vec![first, piece.clone()])),
        },
    }
}

/// Hands what waits to the stream below.
fn write_flush(vm: &Vm, this: &Obj, below: &Obj) -> PyResult<()> {
    let stream = own(this);
    if stream.pending.borrow().is_empty() {
        drop(stream.pieces.take());
        return Ok(());
    }
    let data = stream.pending.take();
    if exact_buffer(vm, below) {
        buffered::write(vm, below, &data)?;
    } else {
        drop(vm.call_method(below, "write", &[vm.bytes(&data)])?);
    }
    drop(stream.pieces.take());
    // The room is kept for what is written next.
    let mut pending = stream.pending.borrow_mut();
    if pending.is_empty() {
        *pending = data;
        pending.clear();
    }
    Ok(())
}

pub(crate) fn flush(vm: &Vm, this: &Obj) -> PyResult<()> {
    let below = open(vm, this)?;
    let stream = own(this);
    stream.telling.set(stream.seekable.get());
    write_flush(vm, this, &below)?;
    vm.call_method(&below, "flush", &[]).map(drop)
}

fn close(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let below = buffer(vm, this)?;
    if vm.is_true(&vm.getattr_str(&below, "closed")?)? {
        return Ok(vm.none());
    }
    if own(this).finalizing.get()
        && let Some(warn) = vm.getattr_opt_str(&below, "_dealloc_warn")?
    {
        drop(vm.call(&warn, std::slice::from_ref(this)));
    }
    let flushed = vm.call_method(this, "flush", &[]);
    let closed = vm.call_method(&below, "close", &[]);
    flushed.and(closed)
}

fn detach(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let below = buffer(vm, this)?;
    drop(vm.call_method(this, "flush", &[])?);
    drop(own(this).buffer.take());
    own(this).detached.set(true);
    Ok(below)
}

fn reconfigure(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "reconfigure",
        params: &["encoding", "errors", "newline", "line_buffering", "write_through"],
        positional_only: 0,
        positional: 0,
        required: 0,
    };
    let [encoding, errors, newline, line_buffering, write_through] = args.bind(vm, &SIGNATURE)?;
    let stream = own(this);
    let encoding = optional_text(vm, "encoding", encoding)?;
    let errors = optional_text(vm, "errors", errors)?;
    if stream.used.get() > 0 && (encoding.is_some() || errors.is_some() || newline.is_some()) {
        return Err(unsupported(vm, "It is not possible to set the encoding or newline of stream after the first read"));
    }
    let line_ends =
        newline.map(|_| Newline::from_arg(vm, newline, "reconfigure() argument 'newline' must be str or None, not ", false)).transpose()?;
    drop(vm.call_method(this, "flush", &[])?);
    if encoding.is_some() || errors.is_some() {
        let mark = stream.mark.get();
        // With another encoding the errors are strict again, unless they are given too.
        let errors = errors.cloned().or_else(|| encoding.is_none().then(|| stream.errors.get()).flatten());
        let encoding = encoding.cloned().or_else(|| stream.encoding.get());
        set_encoding(vm, this, encoding.as_ref(), errors.as_ref())?;
        stream.mark.set(mark);
    }
    if let Some(line_ends) = line_ends {
        stream.newline.set(line_ends);
    }
    for (given, cell) in [(line_buffering, &stream.line_buffering), (write_through, &stream.write_through)] {
        if let Some(given) = given.filter(|given| !given.is(&vm.consts.none)) {
            cell.set(vm.is_true(given)?);
        }
    }
    Ok(vm.none())
}

// Places.

fn tell(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    open(vm, this)?;
    let stream = own(this);
    if !stream.seekable.get() {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    if !stream.telling.get() {
        return Err(vm.raise_text(&vm.types.os_error, "telling position disabled by next() call"));
    }
    place(vm, this).map(|at| vm.int(at))
}

fn place(vm: &Vm, this: &Obj) -> PyResult<i64> {
    let (below, stream) = (buffer(vm, this)?, own(this));
    write_flush(vm, this, &below)?;
    drop(vm.call_method(&below, "flush", &[])?);
    let at = vm.call_method(&below, "tell", &[])?;
    let at = vm.index_isize(&at)? as i64;
    let rest = vm.str_from_bytes(&stream.decoded.borrow()[stream.used.get()..]);
    let ahead = match (stream.reading.get(), stream.known.get()) {
        (Some(encoding), _) => vm.encode_as(&rest, encoding, handler(stream).as_ref())?.len(),
        _ => vm.encode(&rest, stream.encoding.get().as_ref(), handler(stream).as_ref()).and_then(|data| vm.len(&data))?,
    };
    Ok(at - stream.undecoded.borrow().len() as i64 - ahead as i64)
}

fn seek(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "seek", 1, 2)?;
    let whence = given.get(1).map_or(Ok(0), |whence| vm.index_c_int(whence))?;
    let below = open(vm, this)?;
    let stream = own(this);
    if !stream.seekable.get() {
        return Err(unsupported(vm, "underlying stream is not seekable"));
    }
    let zero = !vm.is_true(&given[0])?;
    let at = match whence {
        0 => vm.index_isize(&given[0])? as i64,
        1 if !zero => return Err(unsupported(vm, "can't do nonzero cur-relative seeks")),
        1 => {
            flush(vm, this)?;
            place(vm, this)?
        }
        2 if !zero => return Err(unsupported(vm, "can't do nonzero end-relative seeks")),
        2 => {
            flush(vm, this)?;
            forget(stream);
            let at = vm.call_method(&below, "seek", &[vm.int(0), vm.int(2)])?;
            stream.mark.set(!vm.is_true(&at)?);
            return Ok(at);
        }
        _ => return Err(vm.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    if at < 0 {
        return Err(vm.value_error(format!("negative seek position {at}")));
    }
    flush(vm, this)?;
    drop(vm.call_method(&below, "seek", &[vm.int(at)])?);
    forget(stream);
    if at == 0 {
        stream.reading.set(None);
    }
    stream.mark.set(at == 0);
    if let Some(decoder) = stream.decoder.get() {
        drop(vm.call_method(&decoder, "reset", &[])?);
    }
    Ok(vm.int(at))
}
