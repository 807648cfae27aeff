//! Exceptions: the payload that all of them share, and what `BaseException` does (`Objects/exceptions.c`).
//!
//! An exception always names its class itself. What only some of them have (`value`, `name`, `errno` …) stands in
//! the slots of its [`Extra`](heap::Extra), at the places that `hierarchy.rs` gives; what those do is in `fields.rs`, `os_error.rs`,
//! `group.rs`.

mod fields;
mod group;
mod hierarchy;
mod os_error;
mod syntax_error;
mod unicode_error;

use std::cell::Cell;

use compile::Version;
use heap::{ExtraLayout, List, Obj, Slot, Str, Tuple};

use crate::class::{Class, Convention, GetSet, Method, Native, Slots, flags};
use crate::{Args, PyResult, Raised, Vm, kinds};

pub(crate) use group::{call_written, members, reraise_star};
pub(crate) use hierarchy::own_fields;
pub use hierarchy::*;

/// The payload of every exception (`PyBaseExceptionObject`).
#[derive(Default)]
pub struct Exception {
    /// `args`, a `tuple`.
    pub args: Slot,
    /// `__traceback__`, or empty.
    pub traceback: Slot,
    /// `__cause__`, or empty.
    pub cause: Slot,
    /// `__context__`, or empty.
    pub context: Slot,
    /// `__suppress_context__`.
    pub suppress_context: Cell<bool>,
}

crate::payload!(Exception, kinds::EXCEPTION, { args, traceback, cause, context });

impl Vm {
    /// A new exception of a builtin class, with these `args`; nothing of its `__init__` has run.
    #[cold]
    pub fn new_exception(&self, class: &Obj, args: Vec<Obj>) -> Raised {
        Raised(self.alloc_exception(class, self.tuple_of(args)))
    }

    /// A new exception whose `args` are this tuple.
    pub(crate) fn alloc_exception(&self, class: &Obj, args: Obj) -> Obj {
        let exception = Exception { args: args.into(), ..Exception::default() };
        let layout = ExtraLayout { values: None, slots: self.class(class).n_slots.get(), dict: true };
        let made = self.heap.alloc_with_class(exception, class.clone(), layout);
        if self.class(class).slots.finalize.get().is_some() {
            made.mark_finalizer();
        }
        made.tracked()
    }

    /// An exception made by calling its class, as `raise Class(*args)` does.
    pub fn make_exception(&self, class: &Obj, args: &[Obj]) -> PyResult {
        self.call(class, args)
    }

    /// The payload of an exception.
    ///
    /// Panics if it is not one.
    pub fn exception<'a>(&self, obj: &'a Obj) -> &'a Exception {
        obj.get::<Exception>().expect("an exception object has the payload of an exception")
    }

    /// The exception's `args`, new references.
    pub fn exception_args(&self, obj: &Obj) -> Vec<Obj> {
        self.exception(obj).args.get().and_then(|args| args.get::<Tuple>().map(|args| args.items().to_vec())).unwrap_or_default()
    }

    /// Sets `__context__` of a new exception to the one being handled, and breaks a loop that this would close (`_PyErr_SetObject`).
    pub fn set_context(&self, raised: &Obj, handled: &Obj) {
        if raised.is(handled) {
            return;
        }
        // The chain of the handled exception may already lead to the new one: it is cut there. Brent's second walker ends other loops.
        let (mut fast, mut slow, mut odd) = (handled.clone(), handled.clone(), false);
        while let Some(context) = self.exception(&fast).context.get() {
            if context.is(raised) {
                drop(self.exception(&fast).context.take());
                break;
            }
            fast = context;
            if odd {
                slow = self.exception(&slow).context.get().expect("the slower walker goes where the faster one was");
                if slow.is(&fast) {
                    break;
                }
            }
            odd = !odd;
        }
        self.exception(raised).context.set(handled.clone());
    }
}

pub(super) fn base_slots(slots: &Slots) {
    slots.new.set(Some(new));
    slots.init.set(Some(init));
    slots.repr.set(Some(repr));
    slots.str.set(Some(str));
}

/// `class(*args)` for a builtin class that makes its instances as `BaseException` does; nothing for another.
pub(crate) fn make_plain(vm: &Vm, class: &Obj, args: Args<'_>) -> Option<Obj> {
    let payload = vm.class(class);
    let plain = payload.kind == kinds::EXCEPTION
        && !payload.has(flags::HEAP_TYPE)
        && !args.has_keywords()
        && payload.slots.new.get().is_some_and(|f| f as usize == new as Native as usize)
        && payload.slots.init.get().is_some_and(|f| f as usize == init as fn(&Vm, &Obj, Args<'_>) -> PyResult<()> as usize);
    plain.then(|| {
        if vm.version < Version::V3_14 || class.is(&vm.types.memory_error) {
            return vm.alloc_exception(class, args.to_tuple(vm));
        }
        // `BaseException_vectorcall`, which `MemoryError` has not, makes the exception first.
        let made = vm.alloc_exception(class, vm.consts.empty_tuple.clone());
        vm.exception(&made).args.set(args.to_tuple(vm));
        made
    })
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    Ok(vm.alloc_exception(class, args.to_tuple(vm)))
}

pub(super) fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    no_keywords(vm, this, args)?;
    let exception = vm.exception(this);
    let same = exception.args.get().is_some_and(|now| {
        let items = now.get::<Tuple>().map(Tuple::items).unwrap_or_default();
        items.len() == args.pos().len() && items.iter().zip(args.pos()).all(|(a, b)| a.is(b))
    });
    // `new` has seen the same arguments, unless somebody calls `__init__` again.
    if !same {
        exception.args.set(args.to_tuple(vm));
    }
    Ok(())
}

fn no_keywords(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        return Err(vm.type_error(format!("{}() takes no keyword arguments", vm.type_name(this))));
    }
    Ok(())
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let name = vm.class(&vm.class_of(this)).name.get().map(|name| vm.lossy(&name)).unwrap_or_default();
    let args = vm.exception(this).args.get().unwrap_or_else(|| vm.consts.empty_tuple.clone());
    let inside = match args.get::<Tuple>().map(Tuple::items) {
        Some([one]) => format!("({})", vm.lossy_repr(one)?),
        Some([_, members]) if vm.version >= compile::Version::V3_14 && members.get::<List>().is_some() && group::is_group(vm, this) => {
            // Since 3.14 the exceptions are shown as they are, in a list of their own.
            let _list = vm.heap.passing(heap::Kind::LIST);
            vm.lossy_repr(&args)?
        }
        _ => vm.lossy_repr(&args)?,
    };
    Ok(vm.str(&(name + &inside)))
}

pub(super) fn str(vm: &Vm, this: &Obj) -> PyResult {
    let args = vm.exception(this).args.get().unwrap_or_else(|| vm.consts.empty_tuple.clone());
    match args.get::<Tuple>().map(Tuple::items) {
        Some([]) => Ok(vm.consts.empty_str.clone()),
        Some([one]) => vm.str_of(one),
        _ => vm.str_of(&args),
    }
}

impl Vm {
    pub(crate) fn lossy_repr(&self, obj: &Obj) -> PyResult<String> {
        Ok(self.lossy(&self.repr(obj)?))
    }
}

pub(super) static METHODS: &[Method] = &[
    Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
    Method::new("__setstate__", set_state, Convention::One).signature("($self, state, /)"),
    Method::new("with_traceback", with_traceback, Convention::One).signature("($self, tb, /)"),
    Method::new("add_note", add_note, Convention::One).signature("($self, note, /)"),
];

pub(super) static GETSET: &[GetSet] = &[
    GetSet {
        name: "__suppress_context__",
        get: |vm, this| Ok(vm.bool(vm.exception(this).suppress_context.get())),
        set: Some(set_suppress_context),
        member: true,
        doc: "",
    },
    GetSet::with_set("__dict__", super::own_dict, super::set_own_dict),
    GetSet::with_set("args", get_args, set_args),
    GetSet::with_set("__traceback__", |vm, this| or_none(vm, &vm.exception(this).traceback), set_traceback),
    GetSet::with_set("__context__", |vm, this| or_none(vm, &vm.exception(this).context), set_context),
    GetSet::with_set("__cause__", |vm, this| or_none(vm, &vm.exception(this).cause), set_cause),
];

fn or_none(vm: &Vm, slot: &Slot) -> PyResult {
    Ok(slot.get().unwrap_or_else(|| vm.none()))
}

fn get_args(vm: &Vm, this: &Obj) -> PyResult {
    or_none(vm, &vm.exception(this).args)
}

fn set_args(vm: &Vm, this: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("args may not be deleted")) };
    let args = vm.to_vec(value)?;
    vm.exception(this).args.set(vm.tuple_of(args));
    Ok(())
}

fn set_traceback(vm: &Vm, this: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("__traceback__ may not be deleted")) };
    if value.is(&vm.consts.none) {
        drop(vm.exception(this).traceback.take());
    } else if vm.is_kind_of(value, &vm.types.traceback) {
        vm.exception(this).traceback.set(value.clone());
    } else {
        return Err(vm.type_error("__traceback__ must be a traceback or None"));
    }
    Ok(())
}

fn exception_or_none(vm: &Vm, name: &str, value: Option<&Obj>) -> PyResult<Option<Obj>> {
    match value {
        None => Err(vm.type_error(format!("{name} may not be deleted"))),
        Some(value) if value.is(&vm.consts.none) => Ok(None),
        Some(value) if value.get::<Exception>().is_some() => Ok(Some(value.clone())),
        Some(_) => Err(vm.type_error(format!("exception {} must be None or derive from BaseException", name.trim_matches('_')))),
    }
}

fn set_context(vm: &Vm, this: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let value = exception_or_none(vm, "__context__", value)?;
    drop(vm.exception(this).context.replace(value));
    Ok(())
}

fn set_cause(vm: &Vm, this: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let value = exception_or_none(vm, "__cause__", value)?;
    let exception = vm.exception(this);
    exception.suppress_context.set(true);
    drop(exception.cause.replace(value));
    Ok(())
}

fn set_suppress_context(vm: &Vm, this: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        Some(value) if value.is(&vm.consts.true_) || value.is(&vm.consts.false_) => {
            vm.exception(this).suppress_context.set(value.is(&vm.consts.true_));
            Ok(())
        }
        Some(_) => Err(vm.type_error("attribute value type must be bool")),
        None => Err(vm.type_error("can't delete numeric/char attribute")),
    }
}

fn with_traceback(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    set_traceback(vm, this, args.get(0))?;
    Ok(this.clone())
}

fn add_note(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let note = &args.pos()[0];
    if note.get::<Str>().is_none() {
        return Err(vm.type_error(format!("add_note() argument must be str, not {}", vm.type_name(note))));
    }
    let name = vm.intern("__notes__");
    let notes = match vm.getattr_opt(this, &name)? {
        Some(notes) => notes,
        None => {
            let notes = vm.list(Vec::new());
            vm.setattr(this, &name, Some(&notes))?;
            notes
        }
    };
    match notes.get::<List>() {
        Some(list) => list.push(note.clone()),
        None => return Err(vm.type_error("Cannot add note: __notes__ is not a list")),
    }
    Ok(vm.none())
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let mut parts = vec![vm.class_of(this), get_args(vm, this)?];
    parts.extend(this.extra().and_then(|extra| extra.dict()));
    Ok(vm.tuple(parts))
}

fn set_state(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let state = &args.pos()[0];
    if !state.is(&vm.consts.none) {
        if !vm.is_kind_of(state, &vm.types.dict) {
            return Err(vm.type_error("state is not a dictionary"));
        }
        for (name, value) in vm.dict_items(state) {
            vm.setattr(this, &name, Some(&value))?;
        }
    }
    Ok(vm.none())
}

/// Whether `obj` is a class that extends `BaseException` (`PyExceptionClass_Check`).
pub(crate) fn is_exception_class(vm: &Vm, obj: &Obj) -> bool {
    obj.get::<Class>().is_some() && vm.subclass_of(obj, &vm.types.base_exception)
}
