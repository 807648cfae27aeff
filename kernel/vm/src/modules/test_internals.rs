//! `_testinternalcapi`: what CPython's own tests ask of an interpreter's insides, as far as this machine has such (`Modules/_testinternalcapi.c`).
//!
//! Everything here tells the truth of this heap, and nothing is there for what only CPython has: a test that asks for that says what is missing.

use heap::Obj;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::frame::Frame;
use crate::{Args, PyResult, Vm};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_testinternalcapi",
    functions: &[
        Method::new("has_inline_values", has_inline_values, Convention::One),
        Method::new("get_recursion_depth", get_recursion_depth, Convention::NoArgs),
        Method::new("get_static_builtin_types", get_static_builtin_types, Convention::NoArgs),
        Method::new("get_tracked_heap_size", get_tracked_heap_size, Convention::NoArgs),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for (name, value) in [
            // How often plain code runs before it has special forms, and how long it keeps one that does not fit.
            ("SPECIALIZATION_THRESHOLD", i64::from(crate::quick::WARMUP)),
            ("SPECIALIZATION_COOLDOWN", i64::from(crate::quick::BACKOFF)),
            // What `sys.getsizeof` counts of what stands before an object.
            ("SIZEOF_PYGC_HEAD", 16),
            ("SIZEOF_PYOBJECT", 16),
        ] {
            vm.dict_set_str(&dict, name, vm.int(value));
        }
        Ok(())
    },
};

/// Whether an object's attributes are in its inline values.
fn has_inline_values(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    Ok(vm.bool(args.pos()[0].extra().is_some_and(heap::Extra::is_inline)))
}

/// How many frames of Python code run.
fn get_recursion_depth(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let (mut at, mut depth) = (vm.thread.visible(), 0);
    while let Some(frame) = at {
        depth += 1;
        at = Frame::first_complete(frame.previous.get());
    }
    Ok(vm.int(depth))
}

/// The classes that a machine has from its start.
fn get_static_builtin_types(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.list(vm.types.each().into_iter().map(|(class, _)| class.clone()).collect()))
}

/// How many objects the collector knows.
fn get_tracked_heap_size(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let known = vm.heap.tracked_objects(None).len() + vm.heap.freeze_count();
    Ok(vm.uint(known as u64))
}
