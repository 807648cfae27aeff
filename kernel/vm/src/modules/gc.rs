//! `gc`: the collector's controls (`Modules/gcmodule.c`).

use compile::Version;
use heap::{DebugEvent, Int, List, Obj};

use super::ModuleSpec;
use crate::class::{Class, Convention, Method, flags};
use crate::objects::generator::gen_of;
use crate::{Args, PyResult, Signature, Vm};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "gc",
    functions: &[
        Method::new(
            "enable",
            |vm, _, _| {
                vm.heap.enable_gc();
                Ok(vm.none())
            },
            Convention::NoArgs,
        )
        .signature("($module, /)"),
        Method::new(
            "disable",
            |vm, _, _| {
                vm.heap.disable_gc();
                Ok(vm.none())
            },
            Convention::NoArgs,
        )
        .signature("($module, /)"),
        Method::new("isenabled", |vm, _, _| Ok(vm.bool(vm.heap.is_gc_enabled())), Convention::NoArgs).signature("($module, /)"),
        Method::new("collect", collect, Convention::Keywords).signature("($module, /, generation=2)"),
        Method::new("get_count", |vm, _, _| Ok(three(vm, vm.heap.gc_counts())), Convention::NoArgs).signature("($module, /)"),
        Method::new("get_threshold", |vm, _, _| Ok(three(vm, vm.heap.thresholds())), Convention::NoArgs).signature("($module, /)"),
        Method::new("set_threshold", set_threshold, Convention::Positional).varargs(),
        Method::new("get_stats", get_stats, Convention::NoArgs).signature("($module, /)"),
        Method::new("get_objects", get_objects, Convention::Keywords).signature("($module, /, generation=None)"),
        Method::new("get_referrers", get_referrers, Convention::Positional).signature("($module, /, *objs)").varargs(),
        Method::new("get_referents", get_referents, Convention::Positional).signature("($module, /, *objs)").varargs(),
        Method::new("is_tracked", |vm, _, args| Ok(vm.bool(args.pos()[0].is_tracked())), Convention::One).signature("($module, obj, /)"),
        Method::new("is_finalized", |vm, _, args| Ok(vm.bool(args.pos()[0].is_finalized())), Convention::One)
            .signature("($module, obj, /)"),
        Method::new("set_debug", set_debug, Convention::One).signature("($module, flags, /)"),
        Method::new("get_debug", |vm, _, _| Ok(vm.int(i64::from(vm.heap.gc_debug()))), Convention::NoArgs).signature("($module, /)"),
        Method::new(
            "freeze",
            |vm, _, _| {
                vm.heap.freeze();
                Ok(vm.none())
            },
            Convention::NoArgs,
        )
        .signature("($module, /)"),
        Method::new(
            "unfreeze",
            |vm, _, _| {
                vm.heap.unfreeze();
                Ok(vm.none())
            },
            Convention::NoArgs,
        )
        .signature("($module, /)"),
        Method::new("get_freeze_count", |vm, _, _| Ok(vm.int(vm.heap.freeze_count() as i64)), Convention::NoArgs).signature("($module, /)"),
    ],
    init,
};

/// `gc.DEBUG_STATS` and so on.
const FLAGS: [(&str, i64); 5] =
    [("DEBUG_STATS", 1), ("DEBUG_COLLECTABLE", 2), ("DEBUG_UNCOLLECTABLE", 4), ("DEBUG_SAVEALL", 32), ("DEBUG_LEAK", 38)];

fn init(vm: &Vm, module: &Obj) -> PyResult<()> {
    let dict = vm.module_dict(module);
    for (name, value) in FLAGS {
        vm.dict_set_str(&dict, name, vm.int(value));
    }
    vm.dict_set_str(&dict, "garbage", vm.heap.garbage());
    let callbacks = vm.list(Vec::new());
    vm.state.gc_callbacks.set(callbacks.clone());
    vm.dict_set_str(&dict, "callbacks", callbacks);
    Ok(())
}

fn three(vm: &Vm, numbers: [i32; 3]) -> Obj {
    vm.tuple(numbers.iter().map(|n| vm.int(i64::from(*n))).collect())
}

/// A C `int` argument.
fn c_int(vm: &Vm, value: &Obj) -> PyResult<i32> {
    let index = vm.index(value)?;
    match index.get::<Int>() {
        Some(n) => i32::try_from(n.0).map_err(|_| {
            vm.overflow_error(if n.0 > 0 { "signed integer is greater than maximum" } else { "signed integer is less than minimum" })
        }),
        None => Err(vm.overflow_error("Python int too large to convert to C long")),
    }
}

fn collect(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "collect", params: &["generation"], positional_only: 0, positional: 1, required: 0 };
    let [generation] = args.bind(vm, &SIGNATURE)?;
    let generation = generation.map_or(Ok(2), |value| c_int(vm, value))?;
    if !(0..=2).contains(&generation) {
        return Err(vm.value_error("invalid generation"));
    }
    let stats = vm.heap.collect(generation as usize);
    Ok(vm.int((stats.collected + stats.uncollectable) as i64))
}

fn set_threshold(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(vm.type_error("set_threshold() takes no keyword arguments"));
    }
    let given = args.pos();
    if !(1..=3).contains(&given.len()) {
        return Err(vm.type_error(match given.len() {
            _ if vm.version >= Version::V3_13 => "gc.set_threshold requires 1 to 3 arguments".to_owned(),
            0 => "set_threshold() takes at least 1 argument (0 given)".to_owned(),
            n => format!("set_threshold() takes at most 3 arguments ({n} given)"),
        }));
    }
    let mut thresholds = vm.heap.thresholds();
    for (threshold, value) in thresholds.iter_mut().zip(given) {
        *threshold = c_int(vm, value)?;
    }
    vm.heap.set_thresholds(thresholds);
    Ok(vm.none())
}

fn get_stats(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let all = vm.heap.gc_stats().map(|stats| {
        let dict = vm.dict();
        for (name, value) in [("collections", stats.collections), ("collected", stats.collected), ("uncollectable", stats.uncollectable)] {
            vm.dict_set_str(&dict, name, vm.int(value as i64));
        }
        dict
    });
    Ok(vm.list(all.into()))
}

fn get_objects(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "get_objects", params: &["generation"], positional_only: 0, positional: 1, required: 0 };
    let [generation] = args.bind(vm, &SIGNATURE)?;
    let generation = match generation.filter(|value| !value.is(&vm.consts.none)) {
        None => None,
        Some(value) if !vm.has_index(value) => {
            return Err(vm.type_error(format!("argument should be integer or None, not '{}'", vm.type_name(value))));
        }
        Some(value) => match vm.index_isize(value)? {
            -1 => None,
            n @ 0..=2 => Some(n as usize),
            n if n > 2 => return Err(vm.value_error("generation parameter must be less than the number of available generations (3)")),
            _ => return Err(vm.value_error("generation parameter cannot be negative")),
        },
    };
    let objects = vm.heap.tracked_objects(generation);
    Ok(vm.list(objects))
}

fn get_referrers(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(vm.type_error("gc.get_referrers() takes no keyword arguments"));
    }
    let running = vm.running_generators();
    let held_while_running = |obj: &Obj| {
        let Some(generator) = gen_of(obj) else { return false };
        let mut refers = false;
        running.iter().filter(|running| std::ptr::eq(running.generator, generator)).for_each(|running| {
            running.traverse(&mut |held| refers |= args.pos().iter().any(|obj| obj.is(held)));
        });
        refers
    };
    let referrers = vm.heap.referrers_with(args.pos(), held_while_running);
    Ok(vm.list(referrers))
}

fn get_referents(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(vm.type_error("gc.get_referents() takes no keyword arguments"));
    }
    let mut referents = Vec::new();
    for obj in args.pos().iter().filter(|obj| !obj.is_leaf()) {
        // A static type is none of the collector's objects.
        if obj.get::<Class>().is_some_and(|class| !class.has(flags::HEAP_TYPE)) {
            continue;
        }
        let class = vm.class_of(obj);
        // Nor is an object whose class says nothing of a collector, though it names its class.
        if obj.extra().is_some() && !vm.class(&class).has(flags::HAVE_GC) {
            continue;
        }
        if vm.class(&class).has(flags::MODULE_TYPE) {
            referents.push(class);
        }
        obj.traverse(&mut |held| referents.push(held.clone()));
        if let Some(generator) = gen_of(obj) {
            let running = vm.running_generators();
            let frames = running.iter().filter(|running| std::ptr::eq(running.generator, generator));
            frames.for_each(|running| running.traverse(&mut |held| referents.push(held.clone())));
        }
    }
    Ok(vm.list(referents))
}

fn set_debug(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let flags = c_int(vm, &args.pos()[0])?;
    vm.heap.set_gc_debug(flags as u32);
    Ok(vm.none())
}

impl Vm {
    /// `invoke_gc_callback`: tells `gc.callbacks` of a phase of a collection.
    pub(crate) fn call_gc_callbacks(&self, phase: &str, generation: usize, collected: usize, uncollectable: usize) {
        let Some(callbacks) = self.state.gc_callbacks.get() else { return };
        let Some(list) = callbacks.get::<List>().filter(|list| !list.is_empty()) else { return };
        let info = self.dict();
        for (name, value) in [("generation", generation), ("collected", collected), ("uncollectable", uncollectable)] {
            self.dict_set_str(&info, name, self.int(value as i64));
        }
        let phase = self.str(phase);
        let mut at = 0;
        while let Some(callback) = list.get(at) {
            at += 1;
            if let Err(raised) = self.call(&callback, &[phase.clone(), info.clone()]) {
                self.unraisable(raised, Some("calling GC callback"), &callback);
            }
        }
    }

    /// What `gc.set_debug` asks for, on `sys.stderr`.
    pub(crate) fn tell_gc_event(&self, event: DebugEvent<'_>) {
        let text = match event {
            DebugEvent::Starting { generation, objects: [young, middle, old], permanent } => {
                self.state.gc_started.set(self.host.monotonic());
                format!(
                    "gc: collecting generation {generation}...\ngc: objects in each generation: {young} {middle} {old}\n\
                     gc: objects in permanent generation: {permanent}\n"
                )
            }
            DebugEvent::Collectable(obj) => format!("gc: collectable <{} {:#x}>\n", self.type_name(obj), obj.id()),
            DebugEvent::Uncollectable(obj) => format!("gc: uncollectable <{} {:#x}>\n", self.type_name(obj), obj.id()),
            DebugEvent::Done { unreachable, uncollectable } => {
                let elapsed = self.host.monotonic().saturating_sub(self.state.gc_started.get()).as_secs_f64();
                format!("gc: done, {unreachable} unreachable, {uncollectable} uncollectable, {elapsed:.4}s elapsed\n")
            }
        };
        self.write_stderr(&text);
    }
}
