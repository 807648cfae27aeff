//! Every exception that the machine raises, with CPython's text, written once.

use heap::Obj;

use crate::class::Class;
use crate::objects::exception::store;
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
        Raised(self.alloc_exception(&self.types.key_error, self.heap.tuple([key.clone()])))
    }
}

impl Vm {
    /// `AttributeError`: the object, or the class, has no attribute of that name.
    #[cold]
    pub fn attribute_error(&self, obj: &Obj, name: &Obj) -> Raised {
        let text = match obj.get::<Class>() {
            Some(_) => format!("type object '{}' has no attribute '{}'", self.class_name(obj), self.lossy(name)),
            None => format!("'{}' object has no attribute '{}'", self.type_name(obj), self.lossy(name)),
        };
        self.attribute_error_with(text, obj, name)
    }

    /// `AttributeError` with a text of its own, that remembers the object and the name.
    #[cold]
    pub fn attribute_error_with(&self, text: String, obj: &Obj, name: &Obj) -> Raised {
        let raised = self.raise_text(&self.types.attribute_error, &text);
        store(&raised.0, 0, Some(name.clone()));
        store(&raised.0, 1, Some(obj.clone()));
        raised
    }

    /// `NameError` with this text, that remembers the name.
    #[cold]
    pub fn name_error_text(&self, name: &Obj, text: String) -> Raised {
        let raised = self.raise_text(&self.types.name_error, &text);
        store(&raised.0, 0, Some(name.clone()));
        raised
    }

    /// `StopIteration(value)`; of `None`, without arguments.
    #[cold]
    pub fn stop_iteration(&self, value: Obj) -> Raised {
        let args = if value.is(&self.consts.none) { Vec::new() } else { vec![value.clone()] };
        let raised = self.new_exception(&self.types.stop_iteration, args);
        store(&raised.0, 0, Some(value));
        raised
    }

    /// `ImportError` with this text.
    #[cold]
    pub fn import_error(&self, text: &str) -> Raised {
        let raised = self.raise_text(&self.types.import_error, text);
        let text = self.exception_args(&raised.0).into_iter().next();
        store(&raised.0, 0, text);
        raised
    }

    /// `ImportError` of `from module import name`.
    #[cold]
    pub fn import_from_error(&self, text: &str, module: Option<Obj>, path: Option<Obj>, name: &Obj) -> Raised {
        let raised = self.import_error(text);
        store(&raised.0, 1, module);
        store(&raised.0, 2, path);
        store(&raised.0, 3, Some(name.clone()));
        raised
    }

    /// `OSError` from an error of the host; its number decides the class.
    #[cold]
    pub fn os_error(&self, error: &std::io::Error, filename: Option<&Obj>) -> Raised {
        self.os_error_two(error, filename, None)
    }

    /// `OSError` about two files.
    #[cold]
    pub(crate) fn os_error_two(&self, error: &std::io::Error, filename: Option<&Obj>, second: Option<&Obj>) -> Raised {
        use std::io::ErrorKind;
        let number = error.raw_os_error().map(i64::from).unwrap_or(match error.kind() {
            ErrorKind::NotFound => 2,
            ErrorKind::PermissionDenied => 13,
            ErrorKind::AlreadyExists => 17,
            ErrorKind::BrokenPipe => 32,
            _ => 5,
        });
        let text = crate::modules::errno::strerror(number);
        let mut args = vec![self.int(number), self.str(&text)];
        args.extend(filename.cloned());
        if let Some(second) = second {
            args.extend([self.none(), second.clone()]);
        }
        match self.make_exception(&self.types.os_error, &args) {
            Ok(exception) => Raised(exception),
            Err(raised) => raised,
        }
    }

    /// Adds a note to an exception on its way up (`_PyErr_FormatNote`).
    pub fn add_note(&self, raised: &Raised, note: &str) {
        // A note that cannot be added must not hide the exception.
        drop(self.call_method(&raised.0, "add_note", &[self.heap.str(note)]));
    }

    /// An exception that cannot go anywhere: it is printed, and the program goes on (`PyErr_FormatUnraisable`).
    #[cold]
    pub fn unraisable(&self, raised: Raised, message: Option<&str>, obj: &Obj) {
        match message.filter(|_| self.version >= compile::Version::V3_14) {
            Some(message) => {
                let shown = self.repr_text(obj).unwrap_or_else(|_| "<object repr() failed>".to_owned());
                self.report_unraisable(Some(&format!("Exception ignored while {message} {shown}")), None, &raised.0);
            }
            None => self.report_unraisable(None, Some(obj), &raised.0),
        }
    }
}

impl Raised {
    /// Whether the exception is an instance of `class` (by its real MRO).
    pub fn is(&self, vm: &Vm, class: &Obj) -> bool {
        vm.is_kind_of(&self.0, class)
    }
}
