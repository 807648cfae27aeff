//! `reversed`: the items of a sequence from the last to the first. Source: `Objects/enumobject.c`.

use std::cell::Cell;

use heap::{Kind, Obj, Slot};

use crate::class::{ClassSpec, flags};
use crate::objects::list_iterator::state;
use crate::objects::sequence::make;
use crate::{Args, Convention, Method, PyResult, Vm, kinds};

/// The payload of a `reversed`.
pub(crate) struct Reversed {
    /// The sequence; empty once the iterator is exhausted.
    sequence: Slot,
    index: Cell<isize>,
}

crate::payload!(Reversed, kinds::REVERSED, { sequence }, clear []);

/// `reversed`.
pub static REVERSED: ClassSpec = ClassSpec {
    name: "reversed",
    base: None,
    kind: kinds::REVERSED,
    flags: flags::CONTAINER,
    slots: |s| {
        s.new.set(Some(new));
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(next));
    },
    methods: &[
        Method::new("__length_hint__", hint, Convention::NoArgs).signature("($self, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__setstate__", setstate, Convention::One).signature("($self, object, /)"),
    ],
    getset: &[],
    basicsize: 32,
    itemsize: 0,
    doc: "reversed(sequence, /)\n--\n\n",
};

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    vm.no_keywords_unless_init(class, &vm.types.reversed, args)?;
    let sequence = &Args::positional(args.pos()).check(vm, "reversed", 1, 1)?[0];
    let not_reversible = || vm.type_error(format!("'{}' object is not reversible", vm.type_name(sequence)));
    match vm.lookup_special(sequence, "__reversed__")? {
        Some(method) if method.is(&vm.consts.none) => return Err(not_reversible()),
        Some(method) => return vm.call(&method, &[]),
        None => {}
    }
    if sequence.kind() == Kind::DICT || vm.with_class(sequence, |class| class.slots.subscript.get()).is_none() {
        return Err(not_reversible());
    }
    let index = vm.len(sequence)? as isize - 1;
    Ok(make(vm, class, Reversed { sequence: sequence.clone().into(), index: Cell::new(index) }))
}

fn this(obj: &Obj) -> &Reversed {
    obj.get::<Reversed>().expect("a reversed's method is called on one")
}

fn next(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let it = this(obj);
    let index = it.index.get();
    if index >= 0
        && let Some(sequence) = it.sequence.get()
    {
        match vm.getitem(&sequence, &vm.int(index as i64)) {
            Ok(item) => {
                it.index.set(index - 1);
                return Ok(Some(item));
            }
            Err(raised) if vm.ends_sequence(&raised) => {}
            Err(raised) => return Err(raised),
        }
    }
    it.index.set(-1);
    drop(it.sequence.take());
    Ok(None)
}

fn hint(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = this(obj);
    let Some(sequence) = it.sequence.get() else { return Ok(vm.int(0)) };
    let left = it.index.get() + 1;
    Ok(vm.int(if vm.len(&sequence)? < left as usize { 0 } else { left as i64 }))
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let it = this(obj);
    match it.sequence.get() {
        Some(sequence) => {
            let args = vm.tuple(vec![sequence]);
            Ok(vm.tuple(vec![vm.class_of(obj), args, vm.int(it.index.get() as i64)]))
        }
        None => {
            let args = vm.tuple(vec![vm.consts.empty_tuple.clone()]);
            Ok(vm.pair(vm.class_of(obj), args))
        }
    }
}

fn setstate(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let (it, index) = (this(obj), state(vm, args)?);
    if let Some(sequence) = it.sequence.get() {
        it.index.set(index.clamp(-1, vm.len(&sequence)? as isize - 1));
    }
    Ok(vm.none())
}
