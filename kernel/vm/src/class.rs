//! Classes: the payload of `type` objects, their slots, and the tables from which builtin classes are made.
//!
//! A class holds its slots as CPython's `PyTypeObject` does: native functions that protocols call without looking a name up.
//! A class made in Python has slots that call its special methods (`slot_tp_*` in `Objects/typeobject.c`), kept up to date when an
//! attribute of the class changes. How classes are built is told in `objects/class.rs`.

use std::cell::{Cell, RefCell};

use heap::{Obj, Slot};

use crate::args::Args;
use crate::kinds;
use crate::{PyResult, Vm};

/// A builtin function or method: the object it belongs to (`self`, or the module), then the arguments.
pub type Native = fn(&Vm, &Obj, Args<'_>) -> PyResult;
/// `repr`, `iter`, unary operators …
pub(crate) type Unary = fn(&Vm, &Obj) -> PyResult;
/// Binary operators. `NotImplemented` is an answer.
pub(crate) type Binary = fn(&Vm, &Obj, &Obj) -> PyResult;

/// Writes an attribute, or deletes it where there is no value.
pub(crate) type SetAttr = fn(&Vm, &Obj, Option<&Obj>) -> PyResult<()>;

/// The six comparisons, with CPython's numbers (`Py_LT` …).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Compare {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}

/// The binary operators that have a slot, with their reflected and in-place forms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Operator {
    Add,
    And,
    FloorDivide,
    LShift,
    MatMul,
    Multiply,
    Remainder,
    Or,
    Power,
    RShift,
    Subtract,
    TrueDivide,
    Xor,
    DivMod,
}

/// How many [`Operator`]s there are.
pub(crate) const OPERATORS: usize = 14;

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        /// The native functions of a class (`PyTypeObject`'s slots). `None` is CPython's null.
        #[derive(Default, Clone)]
        pub struct Slots {
            $($(#[$doc])* pub $name: Cell<Option<$type>>,)*
            /// `a + b`: tried for both operands' classes (`nb_add` …).
            pub binary: [Cell<Option<Binary>>; OPERATORS],
            /// `a += b` (`nb_inplace_add` …).
            pub in_place: [Cell<Option<Binary>>; OPERATORS],
        }

        impl Slots {
            /// `inherit_slots`, for the slots that are inherited one by one: takes from `base` what is not set here.
            pub fn fill_from(&self, base: &Slots) {
                $(if self.$name.get().is_none() { self.$name.set(base.$name.get()); })*
                for i in 0..OPERATORS {
                    if self.binary[i].get().is_none() { self.binary[i].set(base.binary[i].get()); }
                    if self.in_place[i].get().is_none() { self.in_place[i].set(base.in_place[i].get()); }
                }
            }
        }
    };
}

slots! {
    /// `cls(...)`: makes the object. The `Obj` is the class asked for, maybe a subclass.
    new: Native,
    /// `__init__`.
    init: fn(&Vm, &Obj, Args<'_>) -> PyResult<()>,
    /// `obj(...)`.
    call: Native,
    /// `repr(obj)`.
    repr: Unary,
    /// `str(obj)`.
    str: Unary,
    /// `hash(obj)`; [`unhashable`](crate::protocol::compare) stands for `__hash__ = None`.
    hash: fn(&Vm, &Obj) -> PyResult<i64>,
    /// `obj < other` …; `NotImplemented` is an answer.
    richcompare: fn(&Vm, &Obj, &Obj, Compare) -> PyResult,
    /// `obj.name`.
    getattro: Binary,
    /// `obj.name = value`, `del obj.name`.
    setattro: fn(&Vm, &Obj, &Obj, Option<&Obj>) -> PyResult<()>,
    /// `iter(obj)`.
    iter: Unary,
    /// `next(obj)`: `Ok(None)` is the end, without the cost of a StopIteration; but an `Err(StopIteration)` is the end too.
    iternext: fn(&Vm, &Obj) -> PyResult<Option<Obj>>,
    /// `__get__`: descriptor, instance or none, owner or none.
    descr_get: fn(&Vm, &Obj, Option<&Obj>, Option<&Obj>) -> PyResult,
    /// `__set__` and `__delete__`.
    descr_set: fn(&Vm, &Obj, &Obj, Option<&Obj>) -> PyResult<()>,
    /// `__del__`, or what a builtin does at its end (`tp_finalize`). Errors are reported as unraisable by the callee.
    finalize: fn(&Vm, &Obj),
    /// `-obj`.
    negative: Unary,
    /// `+obj`.
    positive: Unary,
    /// `abs(obj)`.
    absolute: Unary,
    /// `~obj`.
    invert: Unary,
    /// Truth.
    bool: fn(&Vm, &Obj) -> PyResult<bool>,
    /// `int(obj)`.
    int: Unary,
    /// `float(obj)`.
    float: Unary,
    /// `obj.__index__()`.
    index: Unary,
    /// Ternary `pow(a, b, c)` with three arguments.
    power_mod: fn(&Vm, &Obj, &Obj, &Obj) -> PyResult,
    /// `len(obj)` of a sequence or mapping.
    len: fn(&Vm, &Obj) -> PyResult<usize>,
    /// `obj[key]` (`mp_subscript`, and `sq_item` for what has only that).
    subscript: Binary,
    /// `obj[key] = value`, `del obj[key]`.
    ass_subscript: fn(&Vm, &Obj, &Obj, Option<&Obj>) -> PyResult<()>,
    /// `item in obj`.
    contains: fn(&Vm, &Obj, &Obj) -> PyResult<bool>,
    /// `a + b` of sequences (`sq_concat`), after the number slots.
    concat: Binary,
    /// `a * n` of sequences (`sq_repeat`).
    repeat: fn(&Vm, &Obj, isize) -> PyResult,
    /// `a += b` of sequences.
    in_place_concat: Binary,
    /// `a *= n` of sequences.
    in_place_repeat: fn(&Vm, &Obj, isize) -> PyResult,
    /// `await obj`.
    await_: Unary,
    /// `aiter(obj)`.
    aiter: Unary,
    /// `anext(obj)`.
    anext: Unary,
    /// What a generator does with a sent value: `Ok(Err(value))` is its return (`am_send`).
    send: fn(&Vm, &Obj, &Obj) -> PyResult<Result<Obj, Obj>>,
}

/// How a builtin's arguments are checked before it is called (`METH_*`), so that error texts are CPython's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Convention {
    /// `METH_NOARGS`.
    NoArgs,
    /// `METH_O`: exactly one, by position.
    One,
    /// `METH_FASTCALL`: any number by position, no keywords; the function checks the number (see [`Args::check`]).
    Positional,
    /// `METH_FASTCALL | METH_KEYWORDS`: the function takes them apart (see [`Args::bind`]).
    Keywords,
}

/// One builtin function or method.
pub struct Method {
    /// Its name in Python.
    pub name: &'static str,
    /// What it does.
    pub call: Native,
    /// How its arguments are checked.
    pub convention: Convention,
    /// Instance method, class method or static method.
    pub binding: Binding,
    /// `__text_signature__`, e.g. `($self, object, /)`; empty if CPython has none.
    pub signature: &'static str,
    /// CPython hands the arguments over in a tuple, and keywords in a dict (`METH_VARARGS`).
    pub varargs: bool,
}

/// What a builtin method is bound to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binding {
    /// The instance (or, for a function, its module).
    Instance,
    /// The class (`METH_CLASS`).
    Class,
    /// Nothing (`METH_STATIC`).
    Static,
}

impl Method {
    /// An instance method, or a module's function.
    pub const fn new(name: &'static str, call: Native, convention: Convention) -> Method {
        Method { name, call, convention, binding: Binding::Instance, signature: "", varargs: false }
    }

    /// A class method.
    pub const fn class(name: &'static str, call: Native, convention: Convention) -> Method {
        Method { name, call, convention, binding: Binding::Class, signature: "", varargs: false }
    }

    /// A static method.
    pub const fn static_(name: &'static str, call: Native, convention: Convention) -> Method {
        Method { name, call, convention, binding: Binding::Static, signature: "", varargs: false }
    }

    /// The same with a `__text_signature__`.
    pub const fn signature(mut self, signature: &'static str) -> Method {
        self.signature = signature;
        self
    }

    /// The same, called with a tuple in CPython.
    pub const fn varargs(mut self) -> Method {
        self.varargs = true;
        self
    }
}

/// One computed attribute of a builtin class.
pub struct GetSet {
    /// Its name.
    pub name: &'static str,
    /// Reads it.
    pub get: Unary,
    /// Writes or deletes it; `None` is read-only.
    pub set: Option<SetAttr>,
    /// Whether `type(x).name` shows `<member …>` rather than `<attribute …>` (a `PyMemberDef` in CPython).
    pub member: bool,
    /// `__doc__`; empty is `None`.
    pub doc: &'static str,
}

impl GetSet {
    /// A read-only attribute.
    pub const fn new(name: &'static str, get: Unary) -> GetSet {
        GetSet { name, get, set: None, member: false, doc: "" }
    }

    /// An attribute that can be set.
    pub const fn with_set(name: &'static str, get: Unary, set: SetAttr) -> GetSet {
        GetSet { name, get, set: Some(set), member: false, doc: "" }
    }

    /// A read-only member.
    pub const fn member(name: &'static str, get: Unary) -> GetSet {
        GetSet { name, get, set: None, member: true, doc: "" }
    }

    /// The same, with a text that tells what it is.
    pub const fn doc(self, doc: &'static str) -> GetSet {
        GetSet { doc, ..self }
    }
}

/// From what a builtin class is made.
pub struct ClassSpec {
    /// `__name__`; with a dot, module and name (`itertools.count`).
    pub name: &'static str,
    /// The one base class; `None` is `object` itself.
    pub base: Option<&'static ClassSpec>,
    /// The layout of its instances.
    pub kind: heap::Kind,
    /// `Py_TPFLAGS_*` that matter, see [`flags`].
    pub flags: u32,
    /// Sets the slots.
    pub slots: fn(&Slots),
    /// Its methods.
    pub methods: &'static [Method],
    /// Its computed attributes.
    pub getset: &'static [GetSet],
    /// `tp_basicsize` of CPython 3.14 on a 64-bit machine, for `sys.getsizeof`.
    pub basicsize: usize,
    /// `tp_itemsize`.
    pub itemsize: usize,
    /// The signature, as CPython's C code writes it before the text; and the text of a class that the library knows nothing of.
    pub doc: &'static str,
}

impl ClassSpec {
    /// The same with another `doc`, as [`ClassSpec::split_doc`] takes it apart: `count(start=0, step=1)`, a line of two dashes.
    pub(crate) const fn doc(self, doc: &'static str) -> ClassSpec {
        ClassSpec { doc, ..self }
    }

    /// The signature that stands before the doc, as CPython's C code writes it (`name(...)`, a line of two dashes), and the doc itself.
    pub(crate) fn split_doc(&self) -> (Option<&'static str>, &'static str) {
        let short = self.name.rsplit('.').next().unwrap_or(self.name);
        match self.doc.split_once(")\n--\n\n") {
            Some((signature, doc)) if signature.starts_with(short) && signature[short.len()..].starts_with('(') => {
                (Some(&self.doc[short.len()..=signature.len()]), doc)
            }
            _ => (None, self.doc),
        }
    }
}

/// Flags of a class; the values are CPython's `Py_TPFLAGS_*` (they show in `__flags__`).
pub mod flags {
    #![expect(missing_docs, reason = "CPython's names, documented there")]
    /// Ours, not CPython's: instances have a `__dict__` of their own, without inline values (`tp_dictoffset`).
    pub const DICT: u32 = 1 << 0;
    /// Ours: instances can be weakly referenced, though the class is builtin.
    pub const WEAKREFS: u32 = 1 << 1;
    pub const INLINE_VALUES: u32 = 1 << 2;
    pub const MANAGED_WEAKREF: u32 = 1 << 3;
    pub const MANAGED_DICT: u32 = 1 << 4;
    pub const SEQUENCE: u32 = 1 << 5;
    pub const MAPPING: u32 = 1 << 6;
    pub const DISALLOW_INSTANTIATION: u32 = 1 << 7;
    pub const IMMUTABLE: u32 = 1 << 8;
    pub const HEAP_TYPE: u32 = 1 << 9;
    pub const BASE_TYPE: u32 = 1 << 10;
    pub const HAVE_VECTORCALL: u32 = 1 << 11;
    pub const READY: u32 = 1 << 12;
    /// Ours: a heap type of a C module, to which its instances refer. It shows as one.
    pub const MODULE_TYPE: u32 = 1 << 13;
    pub const HAVE_GC: u32 = 1 << 14;
    pub const METHOD_DESCRIPTOR: u32 = 1 << 17;
    pub const IS_ABSTRACT: u32 = 1 << 20;
    pub const MATCH_SELF: u32 = 1 << 22;
    pub const LONG_SUBCLASS: u32 = 1 << 24;
    pub const LIST_SUBCLASS: u32 = 1 << 25;
    pub const TUPLE_SUBCLASS: u32 = 1 << 26;
    pub const BYTES_SUBCLASS: u32 = 1 << 27;
    pub const UNICODE_SUBCLASS: u32 = 1 << 28;
    pub const DICT_SUBCLASS: u32 = 1 << 29;
    pub const BASE_EXC_SUBCLASS: u32 = 1 << 30;
    pub const TYPE_SUBCLASS: u32 = 1 << 31;
    /// What nearly every extensible builtin container has.
    pub const CONTAINER: u32 = BASE_TYPE | HAVE_GC;
}

/// The payload of a class.
pub struct Class {
    /// `__name__`, a `str`.
    pub name: Slot,
    /// `__qualname__`, a `str`.
    pub qualname: Slot,
    /// The attributes, a `dict`; Python code sees a mapping proxy of it.
    pub dict: Slot,
    /// `__bases__`, a `tuple`.
    pub bases: Slot,
    /// `__base__`, the base that decides the layout; empty for `object`.
    pub base: Slot,
    /// `__mro__`, a `tuple`; empty while the class is made.
    pub mro: Slot,
    /// The builtin class's module and name, or empty (`tp_name`).
    pub full_name: Cell<&'static str>,
    /// `Py_TPFLAGS_*`.
    pub flags: Cell<u32>,
    /// Changes whenever an attribute seen through this class may have changed; 0: not given one yet. Method caches compare it.
    pub version: Cell<u32>,
    /// The native functions.
    pub slots: Slots,
    /// The layout of the instances.
    pub kind: heap::Kind,
    /// How many `__slots__` places an instance has, those of base classes included.
    pub n_slots: Cell<u16>,
    /// `__weakref__` is there: instances can be weakly referenced.
    pub weakrefable: Cell<bool>,
    /// Instances have a `__dict__`.
    pub has_dict: Cell<bool>,
    /// `tp_basicsize` and `tp_itemsize`, for `sys.getsizeof`.
    pub basicsize: Cell<usize>,
    #[expect(missing_docs, reason = "see basicsize")]
    pub itemsize: usize,
    /// The subclasses: a `dict` from id to weak reference, or empty (`tp_subclasses`).
    pub subclasses: Slot,
    /// From what a builtin class was made.
    pub spec: Option<&'static ClassSpec>,
    /// What `__slots__` said, as it was used for the layout: a tuple of the mangled names of the members, in order (`ht_slots`). The
    /// collector is not told of it.
    pub member_names: Slot,
    /// The names of the instances' inline values, in the order of their places (`ht_cached_keys`).
    pub keys: RefCell<Vec<Obj>>,
    /// How many places CPython would still give a new instance beyond the known keys (`dk_usable` of the shared keys).
    pub usable: Cell<u8>,
    /// The class is complete: it may have instances.
    pub built: Cell<bool>,
    /// Told when a class made in Python dies: its bases still have a weak reference to it.
    pub death: Option<std::rc::Rc<Cell<bool>>>,
}

impl Class {
    /// Whether all of `flags` are set.
    #[inline]
    pub fn has(&self, flags: u32) -> bool {
        self.flags.get() & flags == flags
    }

    /// Whether CPython makes the class while it runs (`Py_TPFLAGS_HEAPTYPE`): Python's own, and most of those of modules in C.
    pub(crate) fn is_made_at_run_time(&self) -> bool {
        self.flags.get() & (flags::HEAP_TYPE | flags::MODULE_TYPE) != 0
    }
}

impl heap::Payload for Class {
    const KIND: heap::Kind = kinds::CLASS;

    fn traverse(&self, visit: heap::Visit<'_>) {
        [&self.dict, &self.mro, &self.bases, &self.base].into_iter().for_each(|slot| slot.show(visit));
    }

    fn holds(&self, visit: heap::LabelledVisit<'_>) {
        let fields = [("__dict__", &self.dict), ("__mro__", &self.mro), ("__bases__", &self.bases), ("__base__", &self.base)];
        for (name, slot) in fields {
            slot.get().into_iter().for_each(|held| visit(heap::Label::Field(name), &held));
        }
    }

    /// `type_clear`: the attributes go, and the MRO, whose first item is the class itself. The rest is freed with the class.
    fn clear(&self, trash: &mut heap::Trash<'_>) {
        self.version.set(0);
        if let Some(dict) = self.dict.get()
            && let Some(dict) = dict.get::<heap::Dict>()
        {
            heap::Payload::clear(dict, trash);
        }
        trash.take(&self.mro);
    }

    fn dismantle(&mut self, trash: &mut heap::Trash<'_>) {
        [&self.base, &self.dict, &self.bases, &self.mro, &self.subclasses, &self.name, &self.qualname, &self.member_names]
            .into_iter()
            .for_each(|slot| trash.take(slot));
        self.keys.take().into_iter().for_each(|name| trash.push(name));
        if let Some(death) = &self.death {
            death.set(true);
        }
    }
}
