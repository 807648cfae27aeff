//! `_tracemalloc`: which line made which object (`Modules/_tracemalloc.c`); `tracemalloc` itself is CPython's.
//!
//! An object counts with all it takes, and for the line that made it. Figures are of the objects, not of the memory under them: what a list
//! has grown by is seen when somebody asks.

use std::collections::HashMap;
use std::rc::Rc;

use heap::Obj;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::frame::Frame;
use crate::{Args, PyResult, Vm};

/// The frames in which an object was made, the innermost first; how many there were in all.
struct Origin {
    frames: Vec<(Rc<str>, i32)>,
    total: usize,
}

struct Trace {
    size: usize,
    origin: Rc<Origin>,
}

/// What is known.
#[derive(Default)]
pub(crate) struct Traces {
    /// How many frames are kept; 0: nothing is traced.
    limit: usize,
    traces: HashMap<u64, Trace>,
    current: usize,
    peak: usize,
    /// Births since all sizes were looked at.
    births: usize,
    /// The last origin: the next object is often made by the same line.
    last: Option<Rc<Origin>>,
}

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_tracemalloc",
    functions: &[
        Method::new("start", start, Convention::Positional).signature("($module, nframe=1, /)"),
        Method::new("stop", |vm, _, _| stop(vm), Convention::NoArgs).signature("($module, /)"),
        Method::new("is_tracing", |vm, _, _| Ok(vm.bool(vm.state.tracemalloc.borrow().limit > 0)), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("clear_traces", |vm, _, _| clear(vm), Convention::NoArgs).signature("($module, /)"),
        Method::new("get_traceback_limit", |vm, _, _| Ok(vm.int(vm.state.tracemalloc.borrow().limit.max(1) as i64)), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("get_traced_memory", get_traced_memory, Convention::NoArgs).signature("($module, /)"),
        Method::new("reset_peak", reset_peak, Convention::NoArgs).signature("($module, /)"),
        Method::new(
            "get_tracemalloc_memory",
            |vm, _, _| Ok(vm.int(64 * vm.state.tracemalloc.borrow().traces.len() as i64)),
            Convention::NoArgs,
        )
        .signature("($module, /)"),
        Method::new("_get_traces", get_traces, Convention::NoArgs).signature("($module, /)"),
        Method::new("_get_object_traceback", get_object_traceback, Convention::One).signature("($module, obj, /)"),
    ],
    init: |_, _| Ok(()),
};

fn start(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "start", 0, 1)?;
    let frames = given.first().map_or(Ok(1), |frames| vm.index_isize(frames))?;
    if !(1..=65535).contains(&frames) {
        return Err(vm.value_error("the number of frames must be in range [1; 65535]"));
    }
    let mut traces = vm.state.tracemalloc.borrow_mut();
    if traces.limit == 0 {
        *traces = Traces { limit: frames as usize, ..Traces::default() };
        vm.heap.take_gone();
        vm.heap.watch(true);
    }
    Ok(vm.none())
}

fn stop(vm: &Vm) -> PyResult {
    vm.heap.watch(false);
    vm.heap.take_gone();
    vm.state.tracemalloc.take();
    Ok(vm.none())
}

fn clear(vm: &Vm) -> PyResult {
    let mut traces = vm.state.tracemalloc.borrow_mut();
    let limit = traces.limit;
    vm.heap.take_gone();
    *traces = Traces { limit, ..Traces::default() };
    Ok(vm.none())
}

impl Traces {
    /// Takes out what has died.
    fn bury(&mut self, vm: &Vm) {
        for id in vm.heap.take_gone() {
            if let Some(trace) = self.traces.remove(&id) {
                self.current -= trace.size;
            }
        }
    }

    /// Looks at all sizes again: containers grow.
    fn measure(&mut self, vm: &Vm) {
        self.bury(vm);
        self.current = 0;
        self.births = 0;
        for (id, trace) in &mut self.traces {
            if let Some(obj) = vm.heap.object_at(*id) {
                trace.size = vm.footprint(&obj);
                self.current += trace.size;
            }
        }
        self.peak = self.peak.max(self.current);
    }

    /// The frames in which the program stands.
    fn origin(&mut self, vm: &Vm) -> Rc<Origin> {
        let mut frames: Vec<(Rc<str>, i32)> = Vec::new();
        let mut at = Frame::first_complete(vm.thread.current.get());
        let mut total = 0;
        while let Some(frame) = at {
            if frames.len() < self.limit {
                frames.push((frame.code().code.filename.clone(), frame.line().unwrap_or(0)));
            }
            total += 1;
            if total >= self.limit && frames.len() == self.limit && self.limit == 1 {
                break;
            }
            at = Frame::first_complete(frame.previous.get());
        }
        if let Some(last) = &self.last
            && last.total == total
            && last.frames.iter().zip(&frames).all(|(a, b)| Rc::ptr_eq(&a.0, &b.0) && a.1 == b.1)
        {
            return last.clone();
        }
        let origin = Rc::new(Origin { frames, total });
        self.last = Some(origin.clone());
        origin
    }
}

/// Runs what looks at objects while nobody is told of those that are made for it.
fn unwatched<R>(vm: &Vm, run: impl FnOnce(&mut Traces) -> R) -> R {
    let mut traces = vm.state.tracemalloc.borrow_mut();
    traces.bury(vm);
    vm.heap.watch(false);
    let result = run(&mut traces);
    vm.heap.watch(traces.limit > 0);
    result
}

impl Vm {
    /// An object was made while `tracemalloc` is on.
    pub(crate) fn trace_birth(&self, obj: &Obj) {
        // Somebody else may watch the heap.
        if self.state.tracemalloc.borrow().limit == 0 {
            return;
        }
        unwatched(self, |traces| {
            let (size, origin) = (self.footprint(obj), traces.origin(self));
            if let Some(before) = traces.traces.insert(obj.id(), Trace { size, origin }) {
                traces.current -= before.size;
            }
            traces.current += size;
            traces.births += 1;
            // Each look at all sizes waits for so many births that a birth costs no more than a few looks.
            if traces.births > 64 + traces.traces.len() / 4 {
                traces.measure(self);
            }
            traces.peak = traces.peak.max(traces.current);
        });
    }
}

fn get_traced_memory(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let (current, peak) = unwatched(vm, |traces| {
        traces.measure(vm);
        (traces.current, traces.peak)
    });
    Ok(vm.tuple(vec![vm.int(current as i64), vm.int(peak as i64)]))
}

fn reset_peak(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    unwatched(vm, |traces| {
        traces.measure(vm);
        traces.peak = traces.current;
    });
    Ok(vm.none())
}

fn frames(vm: &Vm, origin: &Origin) -> Obj {
    let frame = |(file, line): &(Rc<str>, i32)| vm.tuple(vec![vm.intern(file), vm.int((*line).into())]);
    vm.tuple(origin.frames.iter().map(frame).collect())
}

/// `(domain, size, frames, how many frames there were)` of each object, in the order of their ids.
fn get_traces(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Ok(unwatched(vm, |traces| {
        traces.measure(vm);
        let mut ids: Vec<u64> = traces.traces.keys().copied().collect();
        ids.sort_unstable();
        let mut shared: HashMap<*const Origin, Obj> = HashMap::new();
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            let trace = &traces.traces[&id];
            let frames = shared.entry(Rc::as_ptr(&trace.origin)).or_insert_with(|| frames(vm, &trace.origin)).clone();
            let mut put = |size: usize| {
                rows.push(vm.tuple(vec![vm.int(0), vm.int(size as i64), frames.clone(), vm.int(trace.origin.total as i64)]));
            };
            // What a container keeps apart is a block of its own.
            let apart = vm.heap.object_at(id).map_or(0, |obj| vm.apart(&obj, trace.size));
            put(trace.size - apart);
            if apart > 0 {
                put(apart);
            }
        }
        vm.list(rows)
    }))
}

fn get_object_traceback(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let id = args.pos()[0].id();
    Ok(unwatched(vm, |traces| traces.traces.get(&id).map_or_else(|| vm.none(), |trace| frames(vm, &trace.origin))))
}
