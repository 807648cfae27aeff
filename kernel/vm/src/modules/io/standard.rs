//! `sys.stdin`, `sys.stdout` and `sys.stderr`: text streams of the host.
//!
//! What is written is kept until a line ends or the stream is flushed, as Python's own buffers do for a terminal; the order between the
//! two output streams is the order of the flushes, and a reader of both sees whole lines.

use std::cell::{Cell, RefCell};

use heap::{Obj, Str};

use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::host::Stream;
use crate::{Args, PyResult, Vm, kinds};

const KIND: heap::Kind = heap::Kind(kinds::MODULES.0 + 35);

/// Bytes that are kept back at most.
const BUFFER: usize = 8192;

/// Which of the three.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Which {
    In,
    Out,
    Err,
}

/// The payload of a standard stream.
pub(crate) struct StandardStream {
    which: Which,
    buffer: RefCell<Vec<u8>>,
    closed: Cell<bool>,
}

crate::payload!(StandardStream, KIND, {});

pub(crate) static STANDARD_STREAM: ClassSpec = ClassSpec {
    name: "_io.TextIOWrapper",
    base: None,
    kind: KIND,
    flags: flags::HAVE_GC | flags::WEAKREFS | flags::DISALLOW_INSTANTIATION,
    slots: |s| {
        s.repr.set(Some(|vm, this| {
            let (name, mode) = names(this);
            Ok(vm.str(&format!("<_io.TextIOWrapper name='{name}' mode='{mode}' encoding='utf-8'>")))
        }));
        s.iter.set(Some(|_, this| Ok(this.clone())));
        s.iternext.set(Some(|vm, this| {
            let line = read_line(vm, this)?;
            Ok((!line.is_empty()).then(|| vm.str(&line)))
        }));
    },
    methods: &[
        Method::new("write", write, Convention::One),
        Method::new(
            "writelines",
            |vm, this, args| {
                vm.iterate(&args.pos()[0], &mut |line| write(vm, this, Args::positional(&[line])).map(drop))?;
                Ok(vm.none())
            },
            Convention::One,
        ),
        Method::new(
            "flush",
            |vm, this, _| {
                flush(vm, this)?;
                Ok(vm.none())
            },
            Convention::NoArgs,
        ),
        Method::new("readline", |vm, this, _| Ok(vm.str(&read_line(vm, this)?)), Convention::Positional),
        Method::new(
            "read",
            |vm, this, _| {
                let mut all = String::new();
                loop {
                    let line = read_line(vm, this)?;
                    if line.is_empty() {
                        return Ok(vm.str(&all));
                    }
                    all += &line;
                }
            },
            Convention::Positional,
        ),
        Method::new(
            "isatty",
            |vm, this, _| {
                Ok(vm.bool(match own(this).which {
                    Which::In => false,
                    Which::Out => vm.host.is_terminal(Stream::Stdout),
                    Which::Err => vm.host.is_terminal(Stream::Stderr),
                }))
            },
            Convention::NoArgs,
        ),
        Method::new("fileno", |vm, this, _| Ok(vm.int(own(this).which as i64)), Convention::NoArgs),
        Method::new("readable", |vm, this, _| Ok(vm.bool(own(this).which == Which::In)), Convention::NoArgs),
        Method::new("writable", |vm, this, _| Ok(vm.bool(own(this).which != Which::In)), Convention::NoArgs),
        Method::new("seekable", |vm, _, _| Ok(vm.bool(false)), Convention::NoArgs),
        Method::new("reconfigure", |vm, _, _| Ok(vm.none()), Convention::Keywords),
        Method::new(
            "close",
            |vm, this, _| {
                flush(vm, this)?;
                own(this).closed.set(true);
                Ok(vm.none())
            },
            Convention::NoArgs,
        ),
        Method::new("__enter__", |_, this, _| Ok(this.clone()), Convention::NoArgs),
        Method::new(
            "__exit__",
            |vm, this, _| {
                flush(vm, this)?;
                Ok(vm.none())
            },
            Convention::Positional,
        ),
    ],
    getset: &[
        GetSet::new("encoding", |vm, _| Ok(vm.str("utf-8"))),
        GetSet::new("errors", |vm, this| Ok(vm.str(if own(this).which == Which::Err { "backslashreplace" } else { "strict" }))),
        GetSet::new("name", |vm, this| Ok(vm.str(names(this).0))),
        GetSet::new("mode", |vm, this| Ok(vm.str(names(this).1))),
        GetSet::new("newlines", |vm, _| Ok(vm.none())),
        GetSet::new("closed", |vm, this| Ok(vm.bool(own(this).closed.get()))),
        GetSet::new("line_buffering", |vm, _| Ok(vm.bool(true))),
        GetSet::new("write_through", |vm, _| Ok(vm.bool(false))),
    ],
    basicsize: 200,
    itemsize: 0,
    doc: "",
};

/// A new standard stream.
pub(crate) fn standard_stream(vm: &Vm, which: usize) -> Obj {
    let which = [Which::In, Which::Out, Which::Err][which];
    vm.heap.alloc(StandardStream { which, buffer: RefCell::default(), closed: Cell::new(false) }).tracked()
}

fn own(this: &Obj) -> &StandardStream {
    this.get::<StandardStream>().expect("a method of a stream gets one")
}

fn names(this: &Obj) -> (&'static str, &'static str) {
    match own(this).which {
        Which::In => ("<stdin>", "r"),
        Which::Out => ("<stdout>", "w"),
        Which::Err => ("<stderr>", "w"),
    }
}

fn write(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let text = &args.pos()[0];
    let Some(payload) = text.get::<Str>() else {
        return Err(vm.type_error(format!("write() argument must be str, not {}", vm.type_name(text))));
    };
    let stream = own(this);
    if stream.closed.get() {
        return Err(vm.value_error("I/O operation on closed file."));
    }
    let bytes = match payload.to_str() {
        Some(text) => text.as_bytes(),
        None if stream.which == Which::Err => return write(vm, this, Args::positional(&[vm.ascii(text)?])),
        None => {
            vm.call_method(text, "encode", &[vm.str("utf-8")])?;
            return Ok(vm.none());
        }
    };
    let full = {
        let mut buffer = stream.buffer.borrow_mut();
        buffer.extend_from_slice(bytes);
        buffer.len() >= BUFFER || stream.which == Which::Err || vm.host.is_live(Stream::Stdout)
    };
    if full {
        flush(vm, this)?;
    }
    Ok(vm.int(payload.chars() as i64))
}

fn flush(vm: &Vm, this: &Obj) -> PyResult<()> {
    let stream = own(this);
    let data = stream.buffer.take();
    let to = match stream.which {
        Which::In => return Ok(()),
        Which::Out => Stream::Stdout,
        Which::Err => Stream::Stderr,
    };
    // What was written to the other stream before comes before this.
    if stream.which == Which::Err
        && let Some(stdout) =
            vm.sys_value("stdout").filter(|stdout| stdout.get::<StandardStream>().is_some_and(|stdout| stdout.which == Which::Out))
    {
        flush(vm, &stdout)?;
    }
    let done = if data.is_empty() { Ok(()) } else { vm.host.write(to, &data) };
    done.and_then(|()| vm.host.flush(to)).map_err(|error| vm.os_error(&error, None))
}

fn read_line(vm: &Vm, this: &Obj) -> PyResult<String> {
    if own(this).which != Which::In {
        return Err(vm.value_error("not readable"));
    }
    vm.flush_streams();
    vm.host.read_line().map_err(|error| vm.os_error(&error, None))
}
