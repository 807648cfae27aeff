//! The kinds of objects, one a file: payload, methods, class.

pub mod bool;
pub mod bytearray;
pub mod bytes;
mod bytes_methods;
pub mod complex;
pub mod dict;
mod dict_api;
pub mod dict_view;
pub mod enumerate;
pub mod exception;
pub mod float;
pub mod int;
pub(crate) mod int_ops;
pub mod leaf;
pub mod list;
pub mod list_iterator;
pub mod map;
pub mod memoryview;
mod pending;
pub(crate) mod percent;
pub mod range;
pub mod range_iterator;
pub mod reversed;
pub(crate) mod sequence;
pub mod sequence_iterator;
pub mod set;
pub mod set_iterator;
mod set_ops;
pub mod singletons;
pub mod slice;
pub(crate) mod sort;
pub mod str;
pub(crate) mod str_format;
mod str_methods;
pub(crate) mod text_codec;
pub mod text_iterator;
mod timsort;
pub mod tuple;
pub mod tuple_iterator;
pub mod zip;
pub mod async_generator;
pub mod code;
pub mod coroutine;
pub mod frame;
pub mod function;
pub mod generator;
pub mod traceback;

use crate::class::{ClassSpec, flags};

/// Stands in the table of classes where a class is not written yet.
pub(crate) static TODO: ClassSpec = ClassSpec {
    name: "todo",
    base: None,
    kind: heap::Kind::INSTANCE,
    flags: flags::CONTAINER,
    slots: |_| {},
    methods: &[],
    getset: &[],
    basicsize: 16,
    itemsize: 0,
    doc: "",
};
pub mod object { pub static OBJECT: crate::ClassSpec = crate::ClassSpec { name: "object", base: None, kind: heap::Kind::INSTANCE, flags: 0, slots: |_| {}, methods: &[], getset: &[], basicsize: 16, itemsize: 0, doc: "" }; }
pub use crate::stubs::template;

/// Makes the payloads of containers and iterators known to a heap.
pub(crate) fn register_containers(heap: &heap::Heap) {
    heap.register::<slice::Slice>();
    heap.register::<range::Range>();
    heap.register::<range_iterator::RangeIterator>();
    heap.register::<range_iterator::LongRangeIterator>();
    heap.register::<list_iterator::ListIterator>();
    heap.register::<list_iterator::ListReverseIterator>();
    heap.register::<tuple_iterator::TupleIterator>();
    heap.register::<set_iterator::SetIterator>();
    heap.register::<sequence_iterator::SequenceIterator>();
    heap.register::<sequence_iterator::CallIterator>();
    heap.register::<enumerate::Enumerate>();
    heap.register::<zip::Zip>();
    heap.register::<map::Map>();
    heap.register::<map::Filter>();
    heap.register::<reversed::Reversed>();
    heap.register::<dict_view::DictKeys>();
    heap.register::<dict_view::DictValues>();
    heap.register::<dict_view::DictItems>();
    heap.register::<dict_view::KeyIterator>();
    heap.register::<dict_view::ValueIterator>();
    heap.register::<dict_view::ItemIterator>();
    heap.register::<dict_view::ReverseKeyIterator>();
    heap.register::<dict_view::ReverseValueIterator>();
    heap.register::<dict_view::ReverseItemIterator>();
}

/// Makes the payloads of numbers, text and bytes known to a heap.
pub(crate) fn register_leaves(heap: &heap::Heap) {
    heap.register::<leaf::BigInteger>();
    heap.register::<complex::Complex>();
    heap.register::<bytearray::ByteArray>();
    heap.register::<memoryview::MemoryView>();
    heap.register::<text_iterator::StrAsciiIterator>();
    heap.register::<text_iterator::StrIterator>();
    heap.register::<text_iterator::BytesIterator>();
    heap.register::<text_iterator::ByteArrayIterator>();
}

/// Makes the payloads of code, functions, frames and generators known to a heap.
pub(crate) fn register_machine(heap: &heap::Heap) {
    heap.register::<code::CodeObject>();
    heap.register::<function::Function>();
    heap.register::<frame::FrameObject>();
    heap.register::<frame::LocalsProxy>();
    heap.register::<traceback::Traceback>();
    heap.register::<generator::Generator>();
    heap.register::<generator::Coroutine>();
    heap.register::<generator::AsyncGenerator>();
    heap.register::<coroutine::CoroutineWrapper>();
    heap.register::<async_generator::WrappedValue>();
    heap.register::<async_generator::Asend>();
    heap.register::<async_generator::Athrow>();
}
