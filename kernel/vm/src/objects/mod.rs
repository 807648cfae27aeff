//! The kinds of objects, one a file: payload, methods, class.

pub mod async_generator;
pub mod code;
pub mod coroutine;
pub mod exception;
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
