//! Every exception that the machine raises, with CPython's text, written once.

use heap::Obj;

use crate::class::Class;
use crate::objects::exception::store;
use crate::{PyResult, Raised, Vm};

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

    /// Issues a warning from the running code (`PyErr_WarnEx` with a stack level of 1).
    pub fn warn(&self, category: &Obj, text: &str) -> PyResult<()> {
        let Some(warnings) = self.warnings_module()? else { return Ok(()) };
        let text = self.heap.str(text);
        if !self.ignores_warning(&warnings, category, &text)? {
            self.call_method(&warnings, "warn", &[text, category.clone()])?;
        }
        Ok(())
    }

    /// The module `warnings`; nothing at the end of a program, when nothing can be imported any more (`get_warnings_attr`).
    pub(crate) fn warnings_module(&self) -> PyResult<Option<Obj>> {
        let gone = || self.modules.get().is_none_or(|modules| self.dict_get_str(&modules, "warnings").is_none());
        if self.state.finalizing.get() && gone() { Ok(None) } else { self.import_module("warnings").map(Some) }
    }

    /// Whether the first filter that fits says `"ignore"`, as C's `warn_explicit` finds out without Python code: with an instance of the
    /// category, a key for the registry, and the registry of the running module, which comes into being. Filters that look at the text or
    /// at the module are Python's affair.
    fn ignores_warning(&self, warnings: &Obj, category: &Obj, text: &Obj) -> PyResult<bool> {
        let names = self.module_dict(warnings);
        let (Some(filters), Some(version)) = (self.dict_get_str(&names, "filters"), self.dict_get_str(&names, "_filters_version")) else {
            return Ok(false);
        };
        let filters = filters.get::<heap::List>().map(heap::List::to_vec).unwrap_or_default();
        let mut ignored = false;
        for filter in &filters {
            let Some([action, message, class, module, line]) = filter.get::<heap::Tuple>().map(heap::Tuple::items) else {
                return Ok(false);
            };
            let plain = message.is(&self.consts.none) && module.is(&self.consts.none) && line.plain_int() == Some(0);
            if !plain || class.get::<crate::Class>().is_none() {
                return Ok(false);
            }
            if self.subclass_of(category, class) {
                ignored = action.get::<heap::Str>().is_some_and(|action| action.as_bytes() == b"ignore");
                break;
            }
        }
        if !ignored {
            return Ok(false);
        }
        let globals = self.current_globals()?;
        let registry = match self.dict_get_str(&globals, "__warningregistry__") {
            Some(registry) => registry,
            None => {
                let registry = self.new_dict();
                self.dict_set_str(&globals, "__warningregistry__", registry.clone());
                registry
            }
        };
        let known = self.dict_get_str(&registry, "version");
        if known.and_then(|known| known.plain_int()) != version.plain_int() {
            drop(registry.get::<heap::Dict>().map(heap::Dict::take));
            self.dict_set_str(&registry, "version", version);
        }
        let _warning = self.make_exception(category, std::slice::from_ref(text))?;
        let _key = self.heap.passing_tuple(3);
        Ok(true)
    }

    /// Issues a warning about a place in a source file (`PyErr_WarnExplicit`).
    pub fn warn_explicit(&self, category: &Obj, text: &str, filename: &str, line: i32) -> PyResult<()> {
        let Some(warnings) = self.warnings_module()? else { return Ok(()) };
        self.call_method(
            &warnings,
            "warn_explicit",
            &[self.heap.str(text), category.clone(), self.str(filename), self.int(i64::from(line))],
        )?;
        Ok(())
    }
}

impl Raised {
    /// Whether the exception is an instance of `class` (by its real MRO).
    pub fn is(&self, vm: &Vm, class: &Obj) -> bool {
        vm.is_kind_of(&self.0, class)
    }
}
