//! `_io`: streams (`Modules/_io`). Raw files, buffers before them, text over those, and streams in memory; one class a file.

mod base;
mod buffered;
mod bytes_io;
pub(crate) mod file;
mod newline;
mod open;
mod pair;
mod standard;
mod string_io;
pub(crate) mod text;

use heap::{Obj, Payload};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Raised, Vm};

pub(crate) use base::{BUFFERED_IO_BASE, IO_BASE, RAW_IO_BASE, TEXT_IO_BASE};
pub(crate) use buffered::{BUFFERED_RANDOM, BUFFERED_READER, BUFFERED_WRITER};
pub(crate) use bytes_io::BYTES_IO;
pub(crate) use file::FILE_IO;
pub(crate) use newline::NEWLINE_DECODER;
pub(crate) use pair::BUFFERED_PAIR;
pub use standard::Streams;
pub(crate) use string_io::STRING_IO;
pub(crate) use text::TEXT_IO;

/// How many bytes a buffer has, unless its maker says otherwise.
const DEFAULT_BUFFER_SIZE: usize = 131_072;

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_io",
    functions: &[
        Method::new("open", open::open, Convention::Keywords).signature(
            "($module, /, file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)",
        ),
        Method::new("open_code", open_code, Convention::One).signature("($module, /, path)"),
        Method::new("text_encoding", text_encoding, Convention::Positional).signature("($module, encoding, stacklevel=2, /)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "DEFAULT_BUFFER_SIZE", vm.int(DEFAULT_BUFFER_SIZE as i64));
        vm.dict_set_str(&dict, "BlockingIOError", vm.types.blocking_io_error.clone());
        let namespace = vm.dict();
        vm.dict_set_str(&namespace, "__module__", vm.str("io"));
        let bases = vm.tuple(vec![vm.types.os_error.clone(), vm.types.value_error.clone()]);
        let unsupported = vm.call(&vm.types.type_, &[vm.str("UnsupportedOperation"), bases, namespace])?;
        vm.dict_set_str(&dict, "UnsupportedOperation", unsupported);
        let types = &vm.types;
        for (name, class) in [
            ("_IOBase", &types.io_base),
            ("_RawIOBase", &types.raw_io_base),
            ("_BufferedIOBase", &types.buffered_io_base),
            ("_TextIOBase", &types.text_io_base),
            ("FileIO", &types.file_io),
            ("BytesIO", &types.bytes_io),
            ("StringIO", &types.string_io),
            ("BufferedReader", &types.buffered_reader),
            ("BufferedWriter", &types.buffered_writer),
            ("BufferedRandom", &types.buffered_random),
            ("BufferedRWPair", &types.buffered_pair),
            ("TextIOWrapper", &types.text_io),
            ("IncrementalNewlineDecoder", &types.newline_decoder),
        ] {
            vm.dict_set_str(&dict, name, class.clone());
        }
        Ok(())
    },
};

/// Makes the payloads known to a heap.
pub(super) fn register_payloads(heap: &heap::Heap) {
    heap.register::<file::FileIo>();
    heap.register::<bytes_io::BytesIo>();
    heap.register::<newline::NewlineDecoder>();
    heap.register::<string_io::StringIo>();
    heap.register::<buffered::Buffered>();
    heap.register::<pair::Pair>();
    heap.register::<text::TextIo>();
}

fn open_code(vm: &Vm, module: &Obj, args: Args<'_>) -> PyResult {
    let path = &args.pos()[0];
    if path.get::<heap::Str>().is_none() {
        return Err(vm.type_error(format!("open_code() argument 'path' must be str, not {}", vm.type_name(path))));
    }
    open::open(vm, module, Args::positional(&[path.clone(), vm.str("rb")]))
}

fn text_encoding(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "text_encoding", 1, 2)?;
    Ok(if given[0].is(&vm.consts.none) { vm.str("locale") } else { given[0].clone() })
}

/// `io.UnsupportedOperation`.
fn unsupported(vm: &Vm, text: &str) -> Raised {
    let class = vm.import_module("_io").and_then(|io| vm.getattr_str(&io, "UnsupportedOperation"));
    match class {
        Ok(class) => vm.raise_text(&class, text),
        Err(raised) => raised,
    }
}

/// A view of the bytes of a buffer that is to be filled.
fn bytes_view(vm: &Vm, buffer: &Obj, function: &str) -> PyResult {
    let wrong = || vm.type_error(format!("{function}() argument must be read-write bytes-like object, not {}", vm.type_name(buffer)));
    let view = vm.memoryview(buffer).map_err(|_| wrong())?;
    if vm.is_true(&vm.getattr_str(&view, "readonly")?)? {
        return Err(wrong());
    }
    let format = vm.getattr_str(&view, "format")?;
    if vm.lossy(&format) == "B" { Ok(view) } else { vm.call_method(&view, "cast", &[vm.str("B")]) }
}

/// How many bytes a buffer takes.
fn buffer_length(vm: &Vm, buffer: &Obj, function: &str) -> PyResult<usize> {
    vm.len(&bytes_view(vm, buffer, function)?)
}

/// Puts bytes at the beginning of a buffer that is long enough.
fn fill_buffer(vm: &Vm, buffer: &Obj, data: &[u8]) -> PyResult<()> {
    let view = bytes_view(vm, buffer, "readinto")?;
    let slice = vm.call(&vm.types.slice, &[vm.int(0), vm.int(data.len() as i64)])?;
    vm.setitem(&view, &slice, Some(&vm.bytes(data)))?;
    vm.call_method(&view, "release", &[]).map(drop)
}

impl Vm {
    /// A new stream: an object with a class and a place for its `__dict__`.
    fn new_stream<T: Payload>(&self, class: &Obj, payload: T) -> Obj {
        let layout = self.new_layout(self.class(class));
        let made = self.heap.alloc_with_class(payload, class.clone(), layout);
        made.mark_finalizer();
        made.tracked()
    }
}
