//! `OSError`: the error number decides the class (PEP 3151), and two to five arguments are taken apart.

use heap::{Int, Obj};

use super::hierarchy::{field, store};
use super::{fields, get_args};
use crate::class::{Convention, GetSet, Method, Slots};
use crate::{Args, PyResult, Vm};

const ERRNO: usize = 0;
const STRERROR: usize = 1;
const FILENAME: usize = 2;
const FILENAME2: usize = 3;
const WRITTEN: usize = 4;

pub(super) const CHARACTERS_WRITTEN: GetSet = GetSet::with_set("characters_written", written, set_written);

pub(super) fn slots(slots: &Slots) {
    slots.new.set(Some(new));
    slots.init.set(Some(init));
    slots.str.set(Some(str));
}

/// The class for an error number (Linux's numbers).
fn class_for(vm: &Vm, errno: i64) -> Option<&Obj> {
    let types = &vm.types;
    Some(match errno {
        1 | 13 => &types.permission_error,
        2 => &types.file_not_found_error,
        3 => &types.process_lookup_error,
        4 => &types.interrupted_error,
        10 => &types.child_process_error,
        11 | 114 | 115 => &types.blocking_io_error,
        17 => &types.file_exists_error,
        20 => &types.not_a_directory_error,
        21 => &types.is_a_directory_error,
        32 | 108 => &types.broken_pipe_error,
        103 => &types.connection_aborted_error,
        104 => &types.connection_reset_error,
        110 => &types.timeout_error,
        111 => &types.connection_refused_error,
        _ => return None,
    })
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let mut class = class.clone();
    if class.is(&vm.types.os_error)
        && (2..=5).contains(&args.pos().len())
        && let Some(errno) = args.pos()[0].get::<Int>()
        && let Some(better) = class_for(vm, errno.0)
    {
        class = better.clone();
    }
    if uses_init(vm, &class) {
        return Ok(vm.alloc_exception(&class, vm.consts.empty_tuple.clone()));
    }
    let this = vm.alloc_exception(&class, args.to_tuple(vm));
    take_apart(vm, &this, args)?;
    Ok(this)
}

/// Whether the arguments are left to `__init__`: a class that extends it and not `__new__` may change them (`oserror_use_init`).
fn uses_init(vm: &Vm, class: &Obj) -> bool {
    let slots = &vm.class(class).slots;
    let own_init = slots.init.get().is_some_and(|f| f as usize != init as fn(&Vm, &Obj, Args<'_>) -> PyResult<()> as usize);
    own_init && slots.new.get().is_some_and(|f| f as usize == new as fn(&Vm, &Obj, Args<'_>) -> PyResult as usize)
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    if !uses_init(vm, &vm.class_of(this)) {
        return Ok(());
    }
    super::no_keywords(vm, this, args)?;
    vm.exception(this).args.set(args.to_tuple(vm));
    take_apart(vm, this, args)
}

fn take_apart(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    super::no_keywords(vm, this, args)?;
    let given = args.pos();
    if !(2..=5).contains(&given.len()) {
        return Ok(());
    }
    store(this, ERRNO, Some(given[0].clone()));
    store(this, STRERROR, Some(given[1].clone()));
    let some = |i: usize| given.get(i).filter(|obj| !obj.is(&vm.consts.none)).cloned();
    if let Some(filename) = some(2) {
        if vm.is_kind_of(this, &vm.types.blocking_io_error) && filename.get::<Int>().is_some() {
            store(this, WRITTEN, Some(filename));
            return Ok(());
        }
        store(this, FILENAME, Some(filename));
        // The filename is no part of `args`, for the sake of old programs that take two apart.
        vm.exception(this).args.set(vm.tuple_of(given[..2].to_vec()));
    }
    store(this, FILENAME2, some(4));
    Ok(())
}

fn str(vm: &Vm, this: &Obj) -> PyResult {
    let show = |slot: usize| -> PyResult<Option<String>> { field(this, slot).map(|held| vm.text_of(&held)).transpose() };
    let shown = |slot: usize| -> PyResult<Option<String>> { field(this, slot).map(|held| vm.lossy_repr(&held)).transpose() };
    let (errno, strerror) = (show(ERRNO)?.unwrap_or("None".into()), show(STRERROR)?.unwrap_or("None".into()));
    let text = match (shown(FILENAME)?, shown(FILENAME2)?) {
        (Some(one), Some(two)) => format!("[Errno {errno}] {strerror}: {one} -> {two}"),
        (Some(one), None) => format!("[Errno {errno}] {strerror}: {one}"),
        (None, _) if field(this, ERRNO).is_some() && field(this, STRERROR).is_some() => format!("[Errno {errno}] {strerror}"),
        _ => return super::str(vm, this),
    };
    Ok(vm.str(&text))
}

fn written(vm: &Vm, this: &Obj) -> PyResult {
    field(this, WRITTEN).ok_or_else(|| vm.attribute_error_text("characters_written"))
}

fn set_written(vm: &Vm, this: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        Some(value) => store(this, WRITTEN, Some(vm.index(value)?)),
        None if field(this, WRITTEN).is_some() => store(this, WRITTEN, None),
        None => return Err(vm.attribute_error_text("characters_written")),
    }
    Ok(())
}

pub(super) static METHODS: &[Method] = &[Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)")];

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let mut args = get_args(vm, this)?;
    if let ([errno, text], Some(filename)) = (fields::items(&args), field(this, FILENAME)) {
        let mut all = vec![errno.clone(), text.clone(), filename];
        if let Some(second) = field(this, FILENAME2) {
            all.extend([vm.none(), second]);
        }
        args = vm.tuple(all);
    }
    let mut parts = vec![vm.class_of(this), args];
    parts.extend(this.extra().and_then(|extra| extra.dict()));
    Ok(vm.tuple(parts))
}
