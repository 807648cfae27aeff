//! How instances of a class are laid out: which base decides it, and how an instance is made (`best_base`, `PyType_GenericAlloc`).

use compile::Version;
use heap::{ExtraLayout, Instance, Kind, Obj, Payload, Wrapped};

use crate::class::{Class, flags};
use crate::protocol::storage::SHARED_KEYS_MAX_SIZE;
use crate::{PyResult, Vm, kinds};

/// What the table of shared keys adds to a class's size: 64 places, 30 entries (`_PyDict_KeysSize`).
pub(super) const SHARED_KEYS_BYTES: usize = 768;

impl Vm {
    /// The closest base that adds to the layout (`solid_base`).
    pub(super) fn solid_base(&self, class: &Obj) -> Obj {
        let mut at = class.clone();
        loop {
            let Some(base) = self.class(&at).base.get() else { return at };
            let (payload, below) = (self.class(&at), self.class(&base));
            if payload.basicsize.get() != below.basicsize.get() || payload.itemsize != below.itemsize || payload.kind != below.kind {
                return at;
            }
            at = base;
        }
    }

    /// The base whose layout the others agree with (`best_base`).
    pub(super) fn best_base(&self, bases: &[Obj]) -> PyResult {
        let mut best: Option<(Obj, Obj)> = None;
        for base in bases {
            let payload = self.expect_class(base, || "bases must be types".to_owned())?;
            if !payload.has(flags::BASE_TYPE) {
                return Err(self.type_error(format!("type '{}' is not an acceptable base type", self.class_name(base))));
            }
            let solid = self.solid_base(base);
            best = Some(match best {
                None => (base.clone(), solid),
                Some((chosen, winner)) if self.subclass_of(&winner, &solid) => (chosen, winner),
                Some((_, winner)) if self.subclass_of(&solid, &winner) => (base.clone(), solid),
                Some(_) => return Err(self.type_error("multiple bases have instance lay-out conflict")),
            });
        }
        Ok(best.expect("a class has bases").0)
    }

    /// The places that a new instance of the class gets now. One name less is left for the class's later instances
    /// (`_PyObject_InitInlineValues`).
    #[inline]
    pub fn new_layout(&self, class: &Class) -> ExtraLayout {
        let values = class.has(flags::INLINE_VALUES).then(|| {
            let usable = class.usable.get();
            if usable > 1 {
                class.usable.set(usable - 1);
                if self.version <= Version::V3_12 {
                    // The values have a block of their own, so the object's does not shrink with them.
                    return SHARED_KEYS_MAX_SIZE;
                }
            }
            class.shared_size()
        });
        ExtraLayout { values, slots: class.n_slots.get(), dict: class.has_dict.get() }
    }

    /// A new object of a class that says `kind` for its instances: the builtin class itself, or one that extends it.
    ///
    /// Panics for leaf payloads (see [`Vm::new_leaf`]) and for tuples (see [`Vm::new_tuple_of`]).
    pub fn new_object<T: Payload>(&self, class: &Obj, payload: T) -> Obj {
        let target = self.class(class);
        let obj = if self.types.by_kind[T::KIND.0 as usize].as_ref().is_some_and(|exact| exact.is(class)) {
            self.heap.alloc(payload)
        } else {
            let layout = self.new_layout(target);
            self.heap.alloc_with_class(payload, class.clone(), layout)
        };
        self.finish(obj, target)
    }

    /// A new object of a class that extends `int`, `str` …: `value`, which is of the exact builtin type, with the class around it.
    pub fn new_leaf(&self, class: &Obj, value: Obj) -> Obj {
        if self.class_of(&value).is(class) {
            return value;
        }
        let target = self.class(class);
        let layout = self.new_layout(target);
        let obj = self.heap.alloc_with_class(Wrapped { value }, class.clone(), layout);
        self.finish(obj, target)
    }

    /// A new tuple of `tuple` or of a class that extends it.
    pub fn new_tuple_of(&self, class: &Obj, items: Vec<Obj>) -> Obj {
        if class.is(&self.types.tuple) {
            return self.tuple_of(items);
        }
        let target = self.class(class);
        let layout = self.new_layout(target);
        let obj = self.heap.tuple_untracked(items, Some((class.clone(), layout)));
        self.finish(obj, target)
    }

    /// A new instance of an ordinary class: no `__init__` has run.
    #[inline]
    pub fn new_instance(&self, class: &Obj) -> Obj {
        let target = self.class(class);
        let layout = self.new_layout(target);
        let obj = self.heap.alloc_with_class(Instance, class.clone(), layout);
        self.finish(obj, target)
    }

    #[inline]
    fn finish(&self, obj: Obj, class: &Class) -> Obj {
        if class.slots.finalize.get().is_some() {
            obj.mark_finalizer();
        }
        if class.has(flags::HAVE_GC) {
            return obj.tracked();
        }
        obj.make_uncounted();
        obj
    }

    /// `__dictoffset__`: −1 for a dict that the machine manages.
    pub(super) fn dict_offset(&self, class: &Obj) -> i64 {
        let payload = self.class(class);
        match payload.kind {
            _ if payload.has(flags::MANAGED_DICT) => -1,
            kinds::CLASS => 264,
            kinds::EXCEPTION => 16,
            kinds::FUNCTION => 88,
            kinds::MODULE | kinds::SIMPLE_NAMESPACE => 16,
            kinds::STATIC_METHOD | kinds::CLASS_METHOD => 24,
            _ => 0,
        }
    }

    /// `__weakrefoffset__`: −32 for weak references that the machine manages.
    pub(super) fn weakref_offset(&self, class: &Obj) -> i64 {
        let payload = self.class(class);
        if payload.has(flags::MANAGED_WEAKREF) {
            return -32;
        }
        match payload.kind {
            kinds::CLASS => 368,
            Kind::SET | Kind::FROZENSET => 192,
            kinds::FUNCTION => 96,
            kinds::BUILTIN_FUNCTION | kinds::MODULE | kinds::GENERIC_ALIAS => 40,
            kinds::UNION => 48,
            _ => 0,
        }
    }

    /// What `sys.getsizeof` adds to an object's own size: the collector's header, and the two words before it for what is managed.
    pub fn header_size(&self, class: &Class) -> usize {
        let gc = if class.has(flags::HAVE_GC) { 16 } else { 0 };
        let kinds = match self.version {
            Version::V2_7 | Version::V3_10 => 0,
            Version::V3_11 => flags::MANAGED_DICT,
            Version::V3_12 | Version::V3_13 | Version::V3_14 => flags::MANAGED_DICT | flags::MANAGED_WEAKREF,
        };
        let managed = class.flags.get() & kinds != 0;
        gc + if managed { 16 } else { 0 }
    }

    /// `tp_basicsize`: up to 3.11 the weak references, and up to 3.10 the dict, had places of their own in the object.
    pub(crate) fn basic_size(&self, class: &Class) -> usize {
        let place = |last, managed| if self.version <= last && class.has(managed) { 8 } else { 0 };
        class.basicsize.get() + place(Version::V3_10, flags::MANAGED_DICT) + place(Version::V3_11, flags::MANAGED_WEAKREF)
    }
}

/// Whether objects of a builtin kind can be weakly referenced.
pub(crate) fn kind_is_weakrefable(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::SET
            | Kind::FROZENSET
            | kinds::CLASS
            | kinds::FUNCTION
            | kinds::BUILTIN_FUNCTION
            | kinds::METHOD
            | kinds::MODULE
            | kinds::GENERIC_ALIAS
            | kinds::UNION
            | kinds::GENERATOR
            | kinds::COROUTINE
            | kinds::ASYNC_GENERATOR
            | kinds::CODE
            | kinds::MEMORY_VIEW
    )
}

/// Whether objects of a builtin kind have a `__dict__` in their payload.
pub(crate) fn kind_has_dict(kind: Kind) -> bool {
    matches!(
        kind,
        kinds::CLASS
            | kinds::EXCEPTION
            | kinds::FUNCTION
            | kinds::MODULE
            | kinds::SIMPLE_NAMESPACE
            | kinds::STATIC_METHOD
            | kinds::CLASS_METHOD
    )
}
