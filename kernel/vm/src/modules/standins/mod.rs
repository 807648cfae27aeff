//! Modules for programs that watch memory: `psutil`, `memory_profiler`, a little of `ctypes`, and `heapbook`'s own.
//!
//! Each is a thin Python text over `_machine`, whose figures come through the host: the real process's, or a model's.

use std::time::Duration;

use collectors::Strategy;
use heap::{Int, Obj};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Vm};

macro_rules! python {
    ($($(#[$doc:meta])* $place:ident = $name:literal, $file:literal;)*) => {
        $($(#[$doc])* pub(super) static $place: ModuleSpec = ModuleSpec {
            name: $name,
            functions: &[],
            init: |vm, module| vm.exec_text(include_str!($file), concat!("<", $name, ">"), &vm.module_dict(module)).map(drop),
        };)*
    };
}

python! {
    /// `ctypes`: numbers at the addresses of objects.
    CTYPES = "ctypes", "ctypes.py";
    /// `heapbook`: what no other Python can tell.
    HEAPBOOK = "heapbook", "heapbook.py";
    /// `memory_profiler`.
    MEMORY_PROFILER = "memory_profiler", "memory_profiler.py";
    /// `psutil`.
    PSUTIL = "psutil", "psutil.py";
}

/// What they are made of.
pub(super) static MACHINE: ModuleSpec = ModuleSpec {
    name: "_machine",
    functions: &[
        Method::new("memory", memory, Convention::NoArgs),
        Method::new("held_bytes", |vm, _, _| Ok(vm.uint(vm.held_bytes())), Convention::NoArgs),
        Method::new("start_sampling", start_sampling, Convention::One),
        Method::new("stop_sampling", stop_sampling, Convention::NoArgs),
        Method::new("mark", mark, Convention::One),
        Method::new("begin_block", |vm, _, args| block(vm, args, false), Convention::One),
        Method::new("end_block", |vm, _, args| block(vm, args, true), Convention::One),
        Method::new("refcount_at", refcount_at, Convention::One),
        Method::new("word_at", word_at, Convention::One),
        Method::new("source_lines", source_lines, Convention::One),
        Method::new("class_at", class_at, Convention::One),
        Method::new("object_at", object_at, Convention::One),
        Method::new("show", show, Convention::Positional),
        Method::new("find_lost", find_lost, Convention::Positional),
    ],
    init: |_, _| Ok(()),
};

/// Resident and virtual bytes of the process; total, available and free ones of the whole machine.
fn memory(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let memory = vm.memory();
    let parts = [memory.resident, memory.virtual_, memory.total, memory.available, memory.free];
    Ok(vm.tuple(parts.into_iter().map(|bytes| vm.uint(bytes)).collect()))
}

fn start_sampling(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let seconds = vm.as_float(&args.pos()[0])?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(every) => vm.start_sampling(every),
        Err(_) => return Err(vm.value_error("interval must be a time")),
    }
    Ok(vm.none())
}

/// `(bytes, seconds)` of each look.
fn stop_sampling(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let points = vm.stop_sampling();
    let point = |(at, bytes): (Duration, u64)| vm.tuple(vec![vm.uint(bytes), vm.float(at.as_secs_f64())]);
    Ok(vm.list(points.into_iter().map(point).collect()))
}

/// The calls of this code are told in a record of memory.
fn mark(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    vm.mark_code(&args.pos()[0]);
    Ok(vm.none())
}

/// A block that the program has given a name begins or ends.
fn block(vm: &Vm, args: Args<'_>, ends: bool) -> PyResult {
    vm.record_block(vm.lossy(&args.pos()[0]), ends);
    Ok(vm.none())
}

/// The object that an address leads to.
fn find(vm: &Vm, args: Args<'_>) -> PyResult<Option<Obj>> {
    let address = vm.index(&args.pos()[0])?;
    match address.get::<Int>() {
        // An address has 64 bits wherever the machine runs.
        Some(id) => Ok(u64::try_from(id.0).ok().and_then(|id| vm.heap.object_at(id))),
        None => vm.index_isize(&address).map(|_| None),
    }
}

/// The count of the object at an address; `None` where none lives.
fn refcount_at(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    Ok(find(vm, args)?.map_or_else(|| vm.none(), |obj| vm.int(count(vm, &obj))))
}

/// The first word of the object at an address, as CPython has it there: the count, and of an immortal object flags above it.
fn word_at(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Some(obj) = find(vm, args)? else { return Ok(vm.none()) };
    let flags = if obj.is_immortal() && vm.version >= compile::Version::V3_14 { 5 << 48 } else { 0 };
    Ok(vm.int(flags | count(vm, &obj)))
}

/// The count of an object that was found: without the reference of the look itself.
fn count(vm: &Vm, obj: &Obj) -> i64 {
    match obj.is_immortal() {
        true if vm.version >= compile::Version::V3_14 => 3 << 30,
        true => u32::MAX.into(),
        false => i64::from(obj.refcount()) - 1,
    }
}

/// The lines of a program text that the machine has seen, with their ends: of cells too.
fn source_lines(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let name = vm.lossy(&args.pos()[0]);
    let text = vm.sources.borrow().get(&name).cloned().unwrap_or_default();
    Ok(vm.list(text.split_inclusive('\n').map(|line| vm.str(line)).collect()))
}

/// The class of the object at an address; `None` where none lives.
fn class_at(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    Ok(find(vm, args)?.map_or_else(|| vm.none(), |obj| vm.class_of(&obj)))
}

/// Draws names or objects, where somebody can draw.
fn show(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match vm.show.get() {
        Some(show) => show(vm, args.pos()).map(|()| vm.none()),
        None => Err(vm.runtime_error("nobody draws here")),
    }
}

/// The object itself, in a tuple; an empty one where none lives.
fn object_at(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    Ok(vm.tuple(find(vm, args)?.into_iter().collect()))
}

/// `(strategy, suspects, free)`: lets a collector of another kind look at this heap. Gives what it found, and how much it looked at.
fn find_lost(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [name, suspects, free] = args.pos() else { return Err(vm.type_error("find_lost() takes three arguments")) };
    let name = vm.lossy(name);
    let Some(strategy) = Strategy::ALL.into_iter().find(|strategy| strategy.name() == name) else {
        let names: Vec<String> = Strategy::ALL.iter().map(|strategy| format!("'{}'", strategy.name())).collect();
        return Err(vm.value_error(format!("strategy must be one of {}", names.join(", "))));
    };
    let hints = match (strategy, suspects.as_tuple()) {
        (Strategy::MarkAndSweep, _) => collectors::roots(&vm.heap),
        (_, Some(suspects)) => suspects.items().iter().filter_map(|id| u64::try_from(id.as_int()?).ok()).collect(),
        // Whatever may have lost a reference.
        (_, None) => vm.heap.tracked_objects(None).iter().map(Obj::id).collect(),
    };
    let found = strategy.find(&vm.heap, &hints);
    if vm.is_true(free)? {
        found.free(&vm.heap);
    }
    let figures = [found.objects.len(), found.work.visited, found.work.followed];
    Ok(vm.tuple(figures.into_iter().map(|figure| vm.uint(figure as u64)).collect()))
}
