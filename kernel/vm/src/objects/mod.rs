//! The kinds of objects, one a file: payload, methods, class.

pub mod exception;

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
