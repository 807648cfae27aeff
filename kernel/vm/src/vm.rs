//! The machine: one world of Python, with its heap, its classes, its modules and its stack.
//!
//! Everything in it changes behind a shared reference, because a reference's end may run Python code at almost any point.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use compile::Version;
use heap::{HeapOwner, Obj, Slot, Str};

use crate::Types;
use crate::class::{Class, flags};
use crate::host::Host;

/// A raised Python exception on its way up: the exception object.
pub struct Raised(pub Obj);

/// What most operations give.
pub type PyResult<T = Obj> = Result<T, Raised>;

/// The immortal objects that everybody needs.
#[expect(missing_docs, reason = "the names say it")]
pub struct Constants {
    pub none: Obj,
    pub true_: Obj,
    pub false_: Obj,
    pub ellipsis: Obj,
    pub not_implemented: Obj,
    pub empty_tuple: Obj,
    pub empty_str: Obj,
    pub empty_bytes: Obj,
    /// −5 … 256.
    pub small_ints: Vec<Obj>,
    /// The one-character strings of Latin-1.
    pub latin1: Vec<Obj>,
    /// The bytes of one byte.
    pub single_bytes: Vec<Obj>,
}

/// Shows objects as `heapbook.show` does.
pub type Show = fn(&Vm, &[Obj]) -> PyResult<()>;

/// A machine. It never moves, because its heap calls back into it: see [`Vm::new`].
pub struct Vm {
    /// Where all objects live.
    pub heap: HeapOwner,
    /// The builtin classes.
    pub types: Types,
    /// `None`, `True`, small ints …
    pub consts: Constants,
    /// Which CPython this machine is.
    pub version: Version,
    /// The outside world.
    pub host: Rc<dyn Host>,
    /// `sys.modules`, a `dict`.
    pub modules: Slot,
    /// The `builtins` module's dict.
    pub builtins: Slot,
    /// What `builtins` held at the start: that is restored before the end.
    pub(crate) builtins_copy: Slot,
    /// `sys`'s dict.
    pub sys: Slot,
    /// Calls and frames.
    pub(crate) thread: crate::frame::Thread,
    /// The instructions that have run, for tests that ask.
    #[cfg(debug_assertions)]
    pub(crate) reached: [Cell<bool>; 256],
    /// What the modules remember.
    pub(crate) state: crate::state::State,
    /// Sources of cells, and of files that tracebacks have shown, by file name.
    pub(crate) sources: RefCell<std::collections::HashMap<String, String>>,
    /// Set from outside to interrupt the program: the machine raises KeyboardInterrupt soon.
    pub interrupt: std::sync::Arc<std::sync::atomic::AtomicBool>,
    /// How many more calls and backward jumps until the world is asked whether to interrupt: in a browser nobody else could set the flag.
    #[cfg(target_arch = "wasm32")]
    pub(crate) until_asked: Cell<u32>,
    /// `sys.settrace`, `sys.setprofile`.
    pub(crate) tracing: crate::tracing::Tracing,
    pub(crate) monitoring: crate::monitoring::Monitoring,
    /// Who looks at the memory while a program runs.
    pub(crate) sampler: crate::sampler::Sampler,
    /// Who records it event by event.
    pub(crate) recorder: crate::recorder::Recorder,
    /// What `heapbook.show` does: whoever owns the machine knows how to draw.
    pub show: Cell<Option<Show>>,
    /// Places at which the machine stops and asks.
    pub(crate) traps: crate::trap::Traps,
    /// Who looks on.
    pub(crate) watch: crate::watch::Watch,
    /// What the owner of the machine put beside it, for native functions of its own.
    pub companion: RefCell<Option<Rc<dyn std::any::Any>>>,
    /// Modules that the owner added to the library, by name: whether it is a package, and the source.
    pub(crate) added: RefCell<std::collections::HashMap<&'static str, (bool, &'static str)>>,
    /// The next class version.
    pub(crate) next_class_version: Cell<u32>,
    /// Objects that a `repr` is in the middle of (`Py_ReprEnter`), by id.
    pub(crate) repr_stack: RefCell<Vec<u64>>,
    /// The names that the machine looks up itself.
    pub(crate) names: crate::names::Names,
    /// Where names were found in classes.
    pub(crate) method_cache: crate::protocol::lookup::MethodCache,
    /// Error handlers of codecs.
    pub(crate) text: crate::objects::text_codec::TextState,
}

impl Vm {
    /// Every instruction that code of this version can have, by name, and whether it has run. A release does not know, and says nothing.
    pub fn reached_instructions(&self) -> Vec<(String, bool)> {
        #[cfg(debug_assertions)]
        {
            let of_this_version = crate::quick::Quick::ALL.iter().filter(|op| op.is_of(self.version));
            of_this_version.map(|op| (format!("{op:?}"), self.reached[*op as usize].get())).collect()
        }
        #[cfg(not(debug_assertions))]
        Vec::new()
    }

    /// What no program of this version reaches, and why: instructions of 3.13, which older versions take, and branches of the collector.
    pub fn beyond_programs(&self) -> Vec<(String, &'static str)> {
        let branches = heap::Heap::branches_beyond_programs().map(|(branch, why)| (branch.to_owned(), why));
        #[cfg(debug_assertions)]
        {
            let later = crate::quick::LATER.iter().filter(|(first, ..)| self.version < *first);
            let named = later.flat_map(|(_, later, why)| later.iter().map(|op| (format!("{op:?}"), *why)));
            named.chain(branches).collect()
        }
        #[cfg(not(debug_assertions))]
        branches.collect()
    }

    /// From here on, no instruction has run and no branch of the collector was reached.
    pub fn forget_reached(&self) {
        #[cfg(debug_assertions)]
        self.reached.iter().for_each(|reached| reached.set(false));
        self.heap.forget_reached_branches();
    }

    /// `None`, a new reference (which costs nothing: it is immortal).
    #[inline]
    pub fn none(&self) -> Obj {
        self.consts.none.clone()
    }

    /// `True` or `False`.
    #[inline]
    pub fn bool(&self, value: bool) -> Obj {
        if value { self.consts.true_.clone() } else { self.consts.false_.clone() }
    }

    /// `NotImplemented`.
    pub fn not_implemented(&self) -> Obj {
        self.consts.not_implemented.clone()
    }

    /// An `int` of 64 bits; the small ones are shared.
    #[inline]
    pub fn int(&self, value: i64) -> Obj {
        if (-5..=256).contains(&value) { self.consts.small_ints[(value + 5) as usize].clone() } else { self.heap.int(value) }
    }

    /// A `float`.
    #[inline]
    pub fn float(&self, value: f64) -> Obj {
        self.heap.float(value)
    }

    /// A `str`; the empty one and single Latin-1 characters are shared, as in CPython.
    pub fn str(&self, text: &str) -> Obj {
        match text.len() {
            0 => self.consts.empty_str.clone(),
            1 | 2 => match text.chars().next() {
                Some(c) if c.len_utf8() == text.len() && (c as u32) < 256 => self.consts.latin1[c as usize].clone(),
                _ => self.heap.str(text),
            },
            _ => self.heap.str(text),
        }
    }

    /// A `bytes`; the empty one and single bytes are shared.
    pub fn bytes(&self, data: &[u8]) -> Obj {
        match data {
            [] => self.consts.empty_bytes.clone(),
            [b] => self.consts.single_bytes[*b as usize].clone(),
            _ => self.heap.bytes(data),
        }
    }

    /// A new tracked `list`, from the free list if one is parked (`PyList_New`).
    pub fn list(&self, items: Vec<Obj>) -> Obj {
        self.heap.list_from_vec(items)
    }

    /// A `tuple`, tracked whatever it holds, as `PyTuple_New` makes it; the empty one is shared.
    pub fn tuple(&self, items: Vec<Obj>) -> Obj {
        if items.is_empty() { self.consts.empty_tuple.clone() } else { self.heap.tuple_untracked(items, None).tracked() }
    }

    /// A `tuple` of what stands in a row already (`PyTuple_FromArray`, `PyTuple_Pack`): since 3.14 untracked from birth if it holds atoms only.
    pub fn tuple_of(&self, items: Vec<Obj>) -> Obj {
        if items.is_empty() {
            return self.consts.empty_tuple.clone();
        }
        let atoms = self.version >= Version::V3_14 && !items.iter().any(Obj::is_of_gc_type);
        let tuple = self.heap.tuple_untracked(items, None);
        if atoms { tuple } else { tuple.tracked() }
    }

    /// `_PyObject_GC_MAY_BE_TRACKED`: whether a container must be tracked because of this item.
    #[inline]
    pub fn may_be_tracked(&self, item: &Obj) -> bool {
        item.is_of_gc_type()
            && item.get::<Class>().is_none_or(|class| class.has(flags::HEAP_TYPE) || class.has(flags::MODULE_TYPE))
            && (item.kind() != heap::Kind::TUPLE || item.is_tracked())
    }

    /// The object's class.
    #[inline]
    pub fn class_of(&self, obj: &Obj) -> Obj {
        match obj.extra() {
            Some(extra) => extra.class().get().expect("an object has a class"),
            None => self.types.of_kind(obj.kind(), obj).clone(),
        }
    }

    /// The payload of a class object.
    ///
    /// Panics if it is not a class.
    #[inline]
    pub fn class<'a>(&self, class: &'a Obj) -> &'a Class {
        class.get::<Class>().expect("a class object has the payload of a class")
    }

    /// The text of a `str` for messages: lone surrogates are replaced. Not for anything that Python code computes with.
    pub fn lossy(&self, text: &Obj) -> String {
        text.get::<Str>()
            .map(|s| s.to_str().map_or_else(|| String::from_utf8_lossy(s.as_bytes()).into_owned(), str::to_owned))
            .unwrap_or_default()
    }

    /// The class's name for messages (`tp_name`): with the module for builtin classes that say it so.
    pub fn class_name(&self, class: &Obj) -> String {
        let payload = self.class(class);
        if payload.full_name.get().is_empty() {
            payload.name.get().map(|name| self.lossy(&name)).unwrap_or_default()
        } else {
            payload.full_name.get().to_owned()
        }
    }

    /// The name of the object's class, for messages.
    pub fn type_name(&self, obj: &Obj) -> String {
        self.class_name(&self.class_of(obj))
    }
}
