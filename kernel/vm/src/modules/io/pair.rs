//! `BufferedRWPair`: a reader and a writer that look like one stream (`Modules/_io/bufferedio.c`).

use heap::{Kind, Obj, Slot};

use super::base::BUFFERED_IO_BASE;
use crate::class::{ClassSpec, Convention, GetSet, Method, Slots, flags};
use crate::{Args, PyResult, Vm, kinds};

/// The payload of a `BufferedRWPair`.
pub(crate) struct Pair {
    reader: Slot,
    writer: Slot,
}

crate::payload!(Pair, Kind(kinds::MODULES.0 + 75), { reader, writer });

macro_rules! forward {
    ($end:ident: $($name:literal),*) => {
        [$(Method::new($name, |vm, this, args| vm.call_args(&vm.getattr_str(&$end(vm, this)?, $name)?, args), Convention::Positional)),*]
    };
}

static METHODS: &[Method] = {
    const READ: [Method; 6] = forward!(reader: "read", "peek", "read1", "readinto", "readinto1", "readable");
    const WRITE: [Method; 3] = forward!(writer: "write", "flush", "writable");
    const OWN: [Method; 2] = [
        Method::new("close", close, Convention::NoArgs).signature("($self, /)"),
        Method::new("isatty", isatty, Convention::NoArgs).signature("($self, /)"),
    ];
    let ([a, b, c, d, e, f], [g, h, i], [j, k]) = (READ, WRITE, OWN);
    // Only what takes nothing tells its signature.
    let (f, h, i) = (f.signature("($self, /)"), h.signature("($self, /)"), i.signature("($self, /)"));
    &[a, b, c, d, e, f, g, h, i, j, k]
};

pub(crate) static BUFFERED_PAIR: ClassSpec = ClassSpec {
    name: "_io.BufferedRWPair",
    base: Some(&BUFFERED_IO_BASE),
    kind: <Pair as heap::Payload>::KIND,
    flags: flags::CONTAINER | flags::DICT | flags::WEAKREFS | flags::MODULE_TYPE,
    slots,
    methods: METHODS,
    getset: &[GetSet::new("closed", |vm, this| vm.getattr_str(&writer(vm, this)?, "closed"))],
    basicsize: 48,
    itemsize: 0,
    doc: "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)\n--\n\n",
};

fn slots(s: &Slots) {
    s.new.set(Some(|vm, class, _| Ok(vm.new_stream(class, Pair { reader: Slot::empty(), writer: Slot::empty() }))));
    s.init.set(Some(|vm, this, args| {
        let given = args.check(vm, "BufferedRWPair", 2, 3)?;
        vm.check_ability(&given[0], "readable")?;
        vm.check_ability(&given[1], "writable")?;
        let with = |class: &Obj, raw: &Obj| match given.get(2) {
            Some(size) => vm.call(class, &[raw.clone(), size.clone()]),
            None => vm.call(class, std::slice::from_ref(raw)),
        };
        let (reader, writer) = (with(&vm.types.buffered_reader, &given[0])?, with(&vm.types.buffered_writer, &given[1])?);
        let pair = own(this);
        pair.reader.set(reader);
        pair.writer.set(writer);
        Ok(())
    }));
}

fn own(this: &Obj) -> &Pair {
    this.get::<Pair>().expect("a method of a pair gets one")
}

fn reader(vm: &Vm, this: &Obj) -> PyResult {
    own(this).reader.get().ok_or_else(|| vm.value_error("I/O operation on uninitialized object"))
}

fn writer(vm: &Vm, this: &Obj) -> PyResult {
    own(this).writer.get().ok_or_else(|| vm.value_error("I/O operation on uninitialized object"))
}

fn close(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let written = vm.call_method(&writer(vm, this)?, "close", &[]);
    let read = vm.call_method(&reader(vm, this)?, "close", &[]);
    written.and(read)
}

fn isatty(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let answer = vm.call_method(&writer(vm, this)?, "isatty", &[])?;
    if vm.is_true(&answer)? { Ok(answer) } else { vm.call_method(&reader(vm, this)?, "isatty", &[]) }
}
