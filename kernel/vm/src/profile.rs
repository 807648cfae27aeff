//! What builtin classes and modules had and measured in older versions. Everything that no table names is as in 3.14.

use std::collections::HashSet;

use compile::Version;
use heap::{Dict, Obj, Tuple};

use crate::class::{ClassSpec, flags};
use crate::objects::code::CodeObject;
use crate::{Vm, kinds};

/// Attributes of builtin classes, by the version that brought them: those that no module of the library, which is 3.14's, relies on.
static BORN: &[(Version, &str, &str)] = &[
    (Version::V3_14, "bytearray", "resize"),
    (Version::V3_14, "classmethod", "__class_getitem__"),
    (Version::V3_14, "code", "co_branches"),
    (Version::V3_14, "complex", "from_number"),
    (Version::V3_14, "float", "from_number"),
    (Version::V3_14, "frame", "f_generator"),
    (Version::V3_14, "map", "__setstate__"),
    (Version::V3_14, "memoryview", "__class_getitem__ count index"),
    (Version::V3_14, "staticmethod", "__class_getitem__"),
    (Version::V3_13, "code", "__replace__"),
    (Version::V3_13, "coroutine", "__class_getitem__"),
    (Version::V3_13, "generator", "__class_getitem__"),
    (Version::V3_13, "property", "__name__"),
    (Version::V3_13, "types.SimpleNamespace", "__replace__"),
    (Version::V3_12, "int", "is_integer"),
    (Version::V3_11, "bytes", "__bytes__"),
    (Version::V3_11, "code", "_varname_from_oparg co_exceptiontable co_qualname"),
    (Version::V3_11, "complex", "__complex__"),
];

/// Names of builtin modules, by the version that brought them.
static BORN_IN_MODULES: &[(Version, &str, &str)] = &[
    (Version::V3_13, "builtins", "PythonFinalizationError _IncompleteInputError"),
    (Version::V3_13, "sys", "_clear_internal_caches _is_gil_enabled _is_interned"),
    (Version::V3_12, "itertools", "batched"),
    (Version::V3_12, "sys", "getunicodeinternedsize is_stack_trampoline_active"),
    (Version::V3_11, "_operator", "call"),
    (Version::V3_11, "builtins", "BaseExceptionGroup ExceptionGroup"),
];

/// `__basicsize__` where it was another one, in 3.13, 3.12, 3.11 and 3.10.
static SIZES: &[(&str, [usize; 4])] = &[
    ("ImportError", [104, 104, 96, 88]),
    ("ModuleNotFoundError", [104, 104, 96, 88]),
    ("SyntaxError", [136, 136, 136, 128]),
    ("IndentationError", [136, 136, 136, 128]),
    ("TabError", [136, 136, 136, 128]),
    ("_IncompleteInputError", [136, 136, 136, 128]),
    ("BaseExceptionGroup", [96, 88, 88, 88]),
    ("ExceptionGroup", [96, 88, 88, 88]),
    ("async_generator", [144, 144, 152, 112]),
    ("bool", [24, 24, 32, 32]),
    ("code", [200, 192, 184, 176]),
    ("collections.deque", [216, 216, 216, 80]),
    ("coroutine", [144, 144, 152, 96]),
    ("enumerate", [56, 56, 56, 48]),
    ("frame", [136, 120, 120, 360]),
    ("function", [144, 144, 136, 128]),
    ("functools.partial", [64, 64, 64, 64]),
    ("generator", [144, 144, 152, 88]),
    ("itertools._tee", [48, 48, 40, 40]),
    ("itertools.accumulate", [56, 56, 48, 48]),
    ("itertools.batched", [40, 32, 32, 32]),
    ("itertools.cycle", [48, 48, 48, 48]),
    ("itertools.groupby", [72, 72, 64, 64]),
    ("itertools.pairwise", [40, 32, 32, 32]),
    ("longrange_iterator", [40, 40, 48, 48]),
    ("map", [32, 32, 32, 32]),
    ("range_iterator", [40, 40, 48, 48]),
    ("str", [64, 64, 80, 80]),
    ("tuple", [24, 24, 24, 24]),
    ("type", [928, 920, 904, 888]),
    ("types.GenericAlias", [64, 64, 64, 48]),
    ("typing.Union", [32, 32, 32, 32]),
    ("weakref.CallableProxyType", [64, 64, 64, 56]),
    ("weakref.ProxyType", [64, 64, 64, 56]),
    ("weakref.ReferenceType", [64, 64, 64, 56]),
];

impl Vm {
    /// A builtin class becomes what it was in this version.
    pub(crate) fn class_of_this_version(&self, class: &Obj, spec: &ClassSpec, dict: &Dict) {
        for (_, _, names) in BORN.iter().filter(|(version, class, _)| *version > self.version && *class == spec.name) {
            names.split(' ').for_each(|name| drop(dict.remove_str_key(&self.intern(name))));
        }
        let (slots, flags_of) = (&self.class(class).slots, &self.class(class).flags);
        // `typing.Union` is another class there, which the library's `typing` of 3.14 has no more.
        if self.version < Version::V3_14 && spec.name == "typing.Union" {
            let payload = self.class(class);
            payload.full_name.set("types.UnionType");
            payload.name.set(self.intern("UnionType"));
            payload.qualname.set(self.intern("UnionType"));
        }
        if self.version <= Version::V3_11 {
            match spec.name {
                "slice" => {
                    slots.hash.set(Some(crate::protocol::compare::unhashable));
                    drop(dict.set_str_key(&self.names.__hash__, self.none()));
                }
                "types.GenericAlias" if self.version <= Version::V3_10 => {
                    slots.iter.set(None);
                    drop(dict.remove_str_key(&self.names.__iter__));
                }
                // Types of their own modules since 3.12.
                name if name.starts_with("itertools.") || name.starts_with("collections.") => {
                    flags_of.set(flags_of.get() & !flags::MODULE_TYPE);
                }
                _ => {}
            }
        }
        let column = match self.version {
            Version::V3_14 => return,
            Version::V3_13 => 0,
            Version::V3_12 => 1,
            Version::V3_11 => 2,
            Version::V3_10 | Version::V2_7 => 3,
        };
        let basicsize = &self.class(class).basicsize;
        if let Some((_, sizes)) = SIZES.iter().find(|(name, _)| *name == spec.name) {
            basicsize.set(sizes[column]);
        } else if spec.kind == kinds::EXCEPTION && self.version <= Version::V3_10 {
            // Exceptions have notes since 3.11.
            basicsize.set(spec.basicsize - 8);
        }
    }

    /// The counts of the collector when a program begins, up to 3.12: what a start without packages leaves, and the compiler, which makes
    /// several objects for one that stays in the code. Up to 3.11 a collection that becomes due by that has been by now.
    pub(crate) fn count_older_start(&self, code: &Obj) {
        let (mut young, mut middle) = match self.version {
            Version::V3_12 => (653, 4),
            Version::V3_11 => (561, 7),
            _ => (593, 9),
        };
        let (mut tuples, mut codes) = (0, 0);
        let mut parts = HashSet::new();
        let mut todo = vec![code.clone()];
        while let Some(obj) = todo.pop() {
            if let Some(code) = obj.get::<CodeObject>() {
                codes += 1;
                parts.extend([&code.consts, &code.names, &code.places].into_iter().filter_map(|part| self.repr_text(part).ok()));
                todo.extend(code.consts.get::<Tuple>().into_iter().flat_map(Tuple::items).cloned());
            } else if let Some(tuple) = obj.get::<Tuple>() {
                tuples += 1;
                todo.extend(tuple.items().iter().cloned());
            }
        }
        if codes > 1 {
            young += if self.version <= Version::V3_10 { 4 } else { 5 } * codes + parts.len() as i32 - 6;
        }
        young += 5 * tuples;
        let due = self.heap.thresholds()[0] + 1;
        if self.version <= Version::V3_11 && young >= due {
            // It is by now: the compiler's own objects made it due.
            self.heap.set_gc_counts([due, middle, 0]);
            self.heap.collect_oldest_due();
            [_, middle, _] = self.heap.gc_counts();
            young %= due;
        }
        self.heap.set_gc_counts([young, middle, 0]);
    }

    /// A builtin module loses what came later.
    pub(crate) fn module_of_this_version(&self, name: &str, dict: &Obj) {
        let Some(dict) = dict.get::<Dict>() else { return };
        for (_, _, names) in BORN_IN_MODULES.iter().filter(|(version, module, _)| *version > self.version && *module == name) {
            for later in names.split(' ') {
                if let Some((_, found)) = dict.remove_str_key(&self.intern(later)) {
                    self.state.later_names.borrow_mut().insert(format!("{name}.{later}"), found);
                }
            }
        }
    }

    /// What came later of a builtin module, for a module of the library that imports it from there: `pickle` wants `itertools.batched`.
    pub(crate) fn later_name(&self, module: &Obj, name: &Obj) -> Option<Obj> {
        let globals = &self.thread.visible()?.globals;
        let asked_by_library = self.dict_get_str(globals, "__loader__").is_some_and(|loader| loader.is(&self.types.library_loader));
        if !asked_by_library {
            return None;
        }
        let full = format!("{}.{}", self.module_name(module)?, self.lossy(name));
        self.state.later_names.borrow().get(&full).cloned()
    }

    /// A module of the library sees the exceptions that its text speaks of, though the program's builtins do not have them.
    pub(crate) fn lend_later_names(&self, text: &str, dict: &Obj) {
        for (_, _, names) in BORN_IN_MODULES.iter().filter(|(version, module, _)| *version > self.version && *module == "builtins") {
            for (class, spec) in
                self.types.each().iter().filter(|(_, spec)| names.split(' ').any(|name| name == spec.name && text.contains(name)))
            {
                self.dict_set_str(dict, spec.name, (*class).clone());
            }
        }
    }
}
