//! What the modules of a machine remember: `atexit`'s functions, `gc.callbacks`, hooks and limits of `sys`.

use std::cell::{Cell, OnceCell, RefCell};

use heap::Slot;

use crate::modules::atexit::AtExit;

/// The modules' own state; each machine has one.
pub(crate) struct State {
    /// Changes with every `ABCMeta.register`.
    pub(crate) abc_token: Cell<u64>,
    /// What runs at the end.
    pub(crate) atexit: RefCell<Vec<AtExit>>,
    /// `gc.callbacks`, a list, once `gc` was imported.
    pub(crate) gc_callbacks: Slot,
    /// When the collection under way has started, for `gc.DEBUG_STATS`.
    pub(crate) gc_started: Cell<std::time::Duration>,
    /// `sys.set_int_max_str_digits`; 0 is no limit.
    pub(crate) int_max_str_digits: Cell<usize>,
    /// The current context of `contextvars`, once somebody asked for it.
    pub(crate) context: Slot,
    /// The formats that `struct` has read, by their texts.
    pub(crate) structs: RefCell<std::collections::HashMap<Vec<u8>, std::rc::Rc<crate::modules::struct_::Format>>>,
    /// `csv.field_size_limit`.
    pub(crate) csv_limit: Cell<isize>,
    /// What was read of the standard input, and not yet given out.
    pub(crate) input: RefCell<Vec<u8>>,
    /// What `signal.signal` was told, by the number of the signal.
    pub(crate) signals: RefCell<std::collections::BTreeMap<i64, heap::Obj>>,
    /// `signal.set_wakeup_fd`.
    pub(crate) wakeup_fd: Cell<i32>,
    /// The classes of syntax trees, once they were needed.
    pub(crate) ast: std::cell::OnceCell<Box<crate::modules::ast::Classes>>,
    /// `queue.Empty`.
    pub(crate) queue_empty: Slot,
    /// `datetime.timezone.utc`.
    pub(crate) utc: Slot,
    /// `functools.Placeholder`.
    pub(crate) placeholder: Slot,
    /// What stands between positional and keyword arguments in a key of `functools.lru_cache`.
    pub(crate) keyword_mark: Slot,
    /// What builtin modules have of later versions, by its full name (`profile.rs`).
    pub(crate) later_names: RefCell<std::collections::HashMap<String, heap::Obj>>,
    /// The classes of modules that are made when they are needed, by the address of their spec.
    pub(crate) late_classes: RefCell<std::collections::HashMap<usize, heap::Obj>>,
    /// What `tracemalloc` knows.
    pub(crate) tracemalloc: RefCell<crate::modules::tracemalloc::Traces>,
    /// The classes of `numpy`, once it is imported.
    pub(crate) numpy: OnceCell<crate::modules::numpy::Classes>,
    /// The generator of `numpy.random`.
    pub(crate) numpy_random: RefCell<crate::modules::numpy::random::State>,
    /// The machine is coming to its end.
    pub(crate) finalizing: Cell<bool>,
    /// The code that is loaded is the library's, which CPython reads ready made (`Python/marshal.c`).
    pub(crate) reads_code: Cell<bool>,
    /// What CPython keeps for the thread (`PyThreadState_GetDict`).
    pub(crate) thread_dict: Slot,
    /// The names of the keywords that `max` and `min` know.
    pub(crate) extreme_keywords: [Slot; 2],
    /// What `_warnings` keeps.
    pub(crate) warnings: crate::modules::warnings::Warnings,
    /// `sys.UnraisableHookArgs`.
    pub(crate) unraisable_args: Slot,
    /// A class made in Python has died since the last collection.
    pub(crate) class_died: std::rc::Rc<Cell<bool>>,
}

impl Default for State {
    fn default() -> State {
        State {
            abc_token: Cell::new(0),
            atexit: RefCell::default(),
            gc_callbacks: Slot::empty(),
            gc_started: Cell::default(),
            int_max_str_digits: Cell::new(4300),
            context: Slot::empty(),
            structs: RefCell::default(),
            csv_limit: Cell::new(131_072),
            input: RefCell::default(),
            signals: RefCell::default(),
            wakeup_fd: Cell::new(-1),
            ast: std::cell::OnceCell::new(),
            queue_empty: Slot::empty(),
            utc: Slot::empty(),
            placeholder: Slot::empty(),
            keyword_mark: Slot::empty(),
            later_names: RefCell::default(),
            late_classes: RefCell::default(),
            tracemalloc: RefCell::default(),
            numpy: OnceCell::new(),
            numpy_random: RefCell::default(),
            finalizing: Cell::new(false),
            class_died: Default::default(),
            reads_code: Cell::new(false),
            unraisable_args: Slot::empty(),
            warnings: Default::default(),
            thread_dict: Slot::empty(),
            extreme_keywords: Default::default(),
        }
    }
}
