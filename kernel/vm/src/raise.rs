//! Every exception that the machine raises, with CPython's text, written once.

use heap::Obj;

use crate::{Raised, Vm};

macro_rules! raisers {
    ($($(#[$doc:meta])* $name:ident: $class:ident,)*) => {
        impl Vm {
            $($(#[$doc])* #[cold] pub fn $name(&self, message: impl Into<String>) -> Raised {
                self.raise_text(&self.types.$class, &message.into())
            })*
        }
    };
}

raisers! {
    /// A new `TypeError`.
    type_error: type_error,
    /// A new `ValueError`.
    value_error: value_error,
    /// A new `IndexError`.
    index_error: index_error,
    /// A new `OverflowError`.
    overflow_error: overflow_error,
    /// A new `ZeroDivisionError`.
    zero_division: zero_division_error,
    /// A new `RuntimeError`.
    runtime_error: runtime_error,
    /// A new `RecursionError`.
    recursion_error: recursion_error,
    /// A new `AttributeError` without name and object; see [`Vm::attribute_error`] for the usual one.
    attribute_error_text: attribute_error,
    /// A new `SystemError`.
    system_error: system_error,
    /// A new `MemoryError`.
    memory_error: memory_error,
    /// A new `LookupError`.
    lookup_error: lookup_error,
    /// A new `ReferenceError`.
    reference_error: reference_error,
    /// A new `BufferError`.
    buffer_error: buffer_error,
    /// A new `AssertionError`.
    assertion_error: assertion_error,
    /// A new `EOFError`.
    eof_error: eof_error,
    /// A new `NotImplementedError`.
    not_implemented_error: not_implemented_error,
    /// A new `UnboundLocalError`; see also [`Vm::name_error`].
    unbound_local_error: unbound_local_error,
}

impl Vm {
    /// A new exception of `class` with one text argument.
    #[cold]
    pub fn raise_text(&self, class: &Obj, message: &str) -> Raised {
        let text = self.heap.str(message);
        self.new_exception(class, vec![text])
    }

    /// `KeyError(key)`.
    #[cold]
    pub fn key_error(&self, key: &Obj) -> Raised {
        self.new_exception(&self.types.key_error, vec![key.clone()])
    }
}

impl Raised {
    /// Whether the exception is an instance of `class` (by its real MRO).
    pub fn is(&self, vm: &Vm, class: &Obj) -> bool {
        vm.is_kind_of(&self.0, class)
    }
}
