//! `sys.settrace` and `sys.setprofile`: the events of a running program, as CPython tells them (`Python/legacy_tracing.c`). The tools of
//! `sys.monitoring` are told at the same places, and hear more (`monitoring.rs`).
//!
//! Invariant: a program that nobody traces runs in a loop that knows nothing of tracing. While somebody does, the other copy of the loop
//! runs, which takes every instruction in its plain form and comes here before each; the loops change places where a program is interrupted
//! as well. A trace function itself is not traced.

#![expect(unsafe_code, reason = "the frame's stack and instructions are raw memory")]

use std::cell::Cell;

use compile::Op;
use heap::{Obj, Slot, StackRef};

use crate::frame::Frame;
use crate::monitoring::Event;
use crate::objects::code::CodeObject;
use crate::objects::exception::Exception;
use crate::objects::frame::FrameObject;
use crate::objects::generator::Resumed;
use crate::quick::Quick;
use crate::{PyResult, Raised, Vm, kinds};

/// What a machine traces.
#[derive(Default)]
pub(crate) struct Tracing {
    /// `sys.settrace`'s function.
    pub(crate) trace: Slot,
    /// `sys.setprofile`'s function.
    pub(crate) profile: Slot,
    /// How many trace functions are running.
    depth: Cell<usize>,
    /// What the innermost of them was told, and of which frame (`what_event`).
    told: Cell<Option<(Event, *const Frame)>>,
    /// Whether the traced copy of the loop should run.
    active: Cell<bool>,
}

/// A call of what is no Python function, to be told when it is over: to a profile function, and to tools with its first argument.
#[derive(Default)]
pub(crate) struct NativeCall {
    profiled: Option<Obj>,
    monitored: Option<(Obj, Obj)>,
}

/// What trace functions call an event.
fn name_of(event: Event) -> &'static str {
    match event {
        Event::PyStart | Event::PyResume | Event::PyThrow => "call",
        Event::PyReturn | Event::PyYield | Event::PyUnwind => "return",
        Event::Raise | Event::StopIteration | Event::Reraise | Event::ExceptionHandled => "exception",
        Event::Instruction => "opcode",
        Event::Call => "c_call",
        Event::CReturn => "c_return",
        Event::CRaise => "c_exception",
        Event::Line | Event::Jump | Event::BranchLeft | Event::BranchRight => "line",
    }
}

impl Tracing {
    /// Whether the traced copy of the loop should run.
    #[inline(always)]
    pub(crate) fn is_active(&self) -> bool {
        self.active.get()
    }

    /// Whether nobody traces, be it that a trace function is running.
    pub(crate) fn is_off(&self) -> bool {
        self.trace.is_empty() && self.profile.is_empty()
    }

    /// What the innermost running trace function, or callback of a tool, was told, and of which frame.
    pub(crate) fn told(&self) -> Option<(Event, *const Frame)> {
        self.told.get()
    }

    fn update(&self, watched: bool) {
        self.active.set((watched || !self.is_off()) && self.depth.get() == 0);
    }
}

impl Vm {
    /// `sys.settrace`.
    pub(crate) fn set_trace(&self, function: Option<Obj>) {
        drop(self.tracing.trace.replace(function));
        self.tracing_changed();
    }

    /// `sys.setprofile`.
    pub(crate) fn set_profile(&self, function: Option<Obj>) {
        drop(self.tracing.profile.replace(function));
        self.tracing_changed();
    }

    /// Whether somebody beside the trace functions wants to hear of what happens.
    fn is_watched(&self) -> bool {
        self.recorder.is_on() || self.monitoring.is_on()
    }

    pub(crate) fn tracing_changed(&self) {
        self.tracing.update(self.is_watched());
        // The loops that run come by, and see which of them should.
        self.heap.ask_for_attention();
    }

    /// `sys.call_tracing`: calls a function with tracing on, although a trace function is running.
    pub(crate) fn call_tracing(&self, function: &Obj, args: &Obj) -> PyResult {
        let depth = self.tracing.depth.replace(0);
        self.tracing_changed();
        let result = self.call_tuple(function, args, None);
        self.tracing.depth.set(depth);
        self.tracing_changed();
        result
    }

    /// Before an instruction of the traced loop. `before` is the instruction that the frame came from; the frame's place and stack pointer
    /// are saved. Whoever is told may have the frame go on from another place (`jump.rs`): then nobody is told more of this one.
    #[inline(never)]
    pub(crate) fn trace_instruction(&self, frame: &Frame, before: usize, op: Quick) -> PyResult<()> {
        let (code, here) = (frame.code(), frame.lasti());
        if here < code.first_traceable || !self.tracing.is_active() {
            return Ok(());
        }
        macro_rules! tell {
            ($told:expr) => {
                $told?;
                if frame.lasti() != here {
                    return Ok(());
                }
            };
        }
        if op == Quick::Resume {
            let event = if code.code.instrs[here].arg & 3 == 0 { Event::PyStart } else { Event::PyResume };
            tell!(self.monitor_here(frame, event, Vec::new));
            return self.tell_call(frame, event);
        }
        tell!(self.monitor_jump(frame, before));
        if code.starts_line(here)
            && let Some(line) = code.line_of(here)
        {
            // A frame that comes from a `yield` to a handler was thrown into: it stood behind the `yield`, at a RESUME.
            let moved = code.line_of(before) != Some(line) || code.code.instrs[before].op == Op::YieldValue;
            if moved {
                tell!(self.monitor_line(frame));
            }
            // The line of a function's head is a trace function's affair alone.
            if moved || code.code.instrs[before].op == Op::Resume {
                tell!(self.tell_new_line(frame, Event::Line));
            }
        }
        self.monitor_here(frame, Event::Instruction, Vec::new)?;
        if let Some(obj) = frame.frame_obj.get()
            && obj.get::<FrameObject>().is_some_and(FrameObject::traces_opcodes)
        {
            self.tell_frame(frame, Event::Instruction, &self.none())?;
        }
        match op {
            // A loop that goes back within its line is a new line too.
            Quick::JumpBackward if code.line_of(here).is_some() => {
                let target = code.code.instrs[here].arg as usize;
                if code.line_of(target) != code.line_of(here) {
                    return Ok(());
                }
                tell!(self.monitor_line(frame));
                self.tell_new_line(frame, Event::Jump)
            }
            Quick::ReturnValue | Quick::YieldValue => {
                // SAFETY: these instructions find their value on the stack.
                let value = unsafe { top(frame) };
                let event = if op == Quick::YieldValue { Event::PyYield } else { Event::PyReturn };
                tell!(self.monitor_here(frame, event, || vec![value.clone()]));
                self.tell_return(frame, event, &value)
            }
            // SAFETY: the place and the stack pointer of the frame are saved.
            Quick::Call | Quick::CallKw => unsafe { self.monitor_call(frame, code.code.instrs[here].op) },
            Quick::ReturnConst => {
                // SAFETY: the argument is a constant's index.
                let value = unsafe { (*code.const_items().add(code.code.instrs[here].arg as usize)).clone() };
                self.monitor_here(frame, Event::PyReturn, || vec![value.clone()])?;
                self.tell_return(frame, Event::PyReturn, &value)
            }
            // A generator in a `for` has ended: that is told as the exception it would have raised.
            Quick::EndFor | Quick::EndSend => {
                // SAFETY: the generator and its result are on the stack.
                let (generator, value) = unsafe { ((*frame.sp.get().sub(2)).get().map(|held| held.clone()), top(frame)) };
                if generator.is_some_and(|held| matches!(held.kind(), kinds::GENERATOR | kinds::COROUTINE)) {
                    let returned = !value.is(&self.consts.none);
                    let args = if returned { vec![value] } else { Vec::new() };
                    let stop = self.new_exception(&self.types.stop_iteration, args);
                    self.monitor_here(frame, Event::StopIteration, || vec![stop.0.clone()])?;
                    // While lines are told, CPython asks a loop's generator as any iterator, and the end of one that returns nothing raises
                    // nothing.
                    match op {
                        Quick::EndSend => self.tell_exception(frame, Event::StopIteration, &stop.0)?,
                        _ if returned => self.tell_exception(frame, Event::Raise, &stop.0)?,
                        _ => {}
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A frame begins, or goes on after a `yield`.
    fn tell_call(&self, frame: &Frame, event: Event) -> PyResult<()> {
        self.record_call(frame, false);
        if let Some(function) = self.tracing.trace.get() {
            self.tell_trace(&function, frame, event, &self.none())?;
        }
        self.tell_profile(frame, event, &self.none())
    }

    fn tell_return(&self, frame: &Frame, event: Event, value: &Obj) -> PyResult<()> {
        self.record_call(frame, true);
        self.tell_frame(frame, event, value)?;
        self.tell_profile(frame, event, value)
    }

    fn tell_new_line(&self, frame: &Frame, event: Event) -> PyResult<()> {
        if let Some(obj) = frame.frame_obj.get()
            && obj.get::<FrameObject>().is_some_and(FrameObject::traces_lines)
        {
            self.tell_frame(frame, event, &self.none())?;
        }
        Ok(())
    }

    fn tell_exception(&self, frame: &Frame, event: Event, exception: &Obj) -> PyResult<()> {
        let traceback = exception.get::<Exception>().and_then(|payload| payload.traceback.get()).unwrap_or_else(|| self.none());
        let parts = self.tuple(vec![self.class_of(exception), exception.clone(), traceback]);
        self.tell_frame(frame, event, &parts)
    }

    /// An exception was raised in a frame, or has come to it; `next` is where the frame would have gone on. What a trace function raises
    /// takes its place.
    pub(crate) fn trace_raise(&self, frame: &Frame, next: usize, raised: Raised) -> Raised {
        if !self.tracing.is_active() || frame.is_incomplete() {
            return raised;
        }
        let raised = self.monitor_raise(frame, next, raised);
        match self.tell_exception(frame, Event::Raise, &raised.0) {
            Ok(()) => raised,
            Err(other) => other,
        }
    }

    /// The next item of a `for`. A StopIteration that ends it is told, if it was raised at all.
    pub(crate) fn next_traced(&self, frame: &Frame, iterator: &Obj) -> PyResult<Option<Obj>> {
        let Some(next) = self.with_class(iterator, |class| class.slots.iternext.get()) else { return self.next(iterator) };
        match next(self, iterator) {
            Err(raised) if raised.is(self, &self.types.stop_iteration) => {
                let raised = self.monitor_raised(frame, Event::Raise, frame.lasti(), raised);
                self.tell_exception(frame, Event::Raise, &raised.0)?;
                Ok(None)
            }
            result => result,
        }
    }

    /// The next step of what `await` or `yield from` waits for, and is no generator. The StopIteration that ends it is told, if it was raised.
    pub(crate) fn send_traced(&self, frame: &Frame, receiver: &Obj, value: &Obj) -> PyResult<Resumed> {
        let Some(next) = self.with_class(receiver, |class| class.slots.iternext.get()).filter(|_| value.is(&self.consts.none)) else {
            return self.send_to(receiver, value);
        };
        match next(self, receiver) {
            Ok(Some(item)) => Ok(Resumed::Yielded(item)),
            Ok(None) => Ok(Resumed::Returned(self.none())),
            Err(raised) => match self.stop_iteration_value(&raised.0) {
                Some(value) => {
                    let raised = self.monitor_raised(frame, Event::Raise, frame.lasti(), raised);
                    self.tell_exception(frame, Event::Raise, &raised.0)?;
                    Ok(Resumed::Returned(value))
                }
                None => Err(raised),
            },
        }
    }

    /// An exception is thrown into a generator, which goes on with it.
    pub(crate) fn trace_throw(&self, frame: &Frame, thrown: Raised) -> Raised {
        if !self.tracing.is_active() {
            return thrown;
        }
        let thrown = self.monitor_raised(frame, Event::PyThrow, frame.lasti() + 1, thrown);
        match self.tell_call(frame, Event::PyThrow) {
            Ok(()) => thrown,
            Err(other) => other,
        }
    }

    /// An exception leaves a frame; `place` is the instruction that it could not be kept from leaving at.
    pub(crate) fn trace_unwind(&self, frame: &Frame, place: usize, raised: Raised) -> Raised {
        if !self.tracing.is_active() || frame.is_incomplete() {
            return raised;
        }
        let raised = self.monitor_raised(frame, Event::PyUnwind, place, raised);
        match self.tell_return(frame, Event::PyUnwind, &self.none()) {
            Ok(()) => raised,
            Err(other) => other,
        }
    }

    /// Before a call of what is no Python function; `first` is the argument that would be its `self`.
    pub(crate) fn trace_native(&self, frame: &Frame, callable: &Obj, first: Option<&Obj>) -> PyResult<NativeCall> {
        if !self.tracing.is_active() {
            return Ok(NativeCall::default());
        }
        let monitored = self.monitoring.is_on().then(|| (callable.clone(), first.cloned().unwrap_or_else(|| self.no_argument())));
        let profiled = match callable.kind() {
            _ if self.tracing.profile.is_empty() => None,
            kinds::BUILTIN_FUNCTION => Some(callable.clone()),
            kinds::METHOD_DESCRIPTOR => first.map(|first| self.bound_native(callable, first)).transpose()?,
            _ => None,
        };
        if let Some(told) = &profiled {
            self.tell_profile(frame, Event::Call, told)?;
        }
        Ok(NativeCall { profiled, monitored })
    }

    /// After it.
    pub(crate) fn trace_native_end<T, E: From<Raised>>(&self, frame: &Frame, call: NativeCall, result: Result<T, E>) -> Result<T, E> {
        if let Some((callable, first)) = call.monitored {
            let event = if result.is_ok() { Event::CReturn } else { Event::CRaise };
            self.monitor_here(frame, event, || vec![callable, first])?;
        }
        let Some(told) = call.profiled else { return result };
        let event = if result.is_ok() { Event::CReturn } else { Event::CRaise };
        self.tell_profile(frame, event, &told)?;
        result
    }

    fn bound_native(&self, descriptor: &Obj, instance: &Obj) -> PyResult {
        self.call_method(descriptor, "__get__", &[instance.clone(), self.class_of(instance)])
    }

    /// Tells the frame's own trace function, if it has one.
    fn tell_frame(&self, frame: &Frame, event: Event, arg: &Obj) -> PyResult<()> {
        if self.tracing.trace.is_empty() {
            return Ok(());
        }
        match frame.frame_obj.get().and_then(|obj| obj.get::<FrameObject>().and_then(|payload| payload.trace.get())) {
            Some(function) => self.tell_trace(&function, frame, event, arg),
            None => Ok(()),
        }
    }

    /// `trace_trampoline`: what the function returns is the frame's from now on; when it raises, tracing ends.
    fn tell_trace(&self, function: &Obj, frame: &Frame, event: Event, arg: &Obj) -> PyResult<()> {
        let obj = self.frame_object(frame);
        let Some(payload) = obj.get::<FrameObject>() else { return Ok(()) };
        match self.tell(function, frame, &obj, event, arg) {
            Ok(result) => {
                if !result.is(&self.consts.none) {
                    drop(payload.trace.replace(Some(result)));
                }
                Ok(())
            }
            Err(raised) => {
                self.set_trace(None);
                drop(payload.trace.take());
                Err(raised)
            }
        }
    }

    fn tell_profile(&self, frame: &Frame, event: Event, arg: &Obj) -> PyResult<()> {
        let Some(function) = self.tracing.profile.get().filter(|_| self.tracing.is_active()) else { return Ok(()) };
        let obj = self.frame_object(frame);
        self.tell(&function, frame, &obj, event, arg).map(drop).inspect_err(|_| self.set_profile(None))
    }

    /// Calls a trace function.
    fn tell(&self, function: &Obj, frame: &Frame, obj: &Obj, event: Event, arg: &Obj) -> PyResult {
        self.untraced(event, frame, || self.call(function, &[obj.clone(), self.intern(name_of(event)), arg.clone()]))
    }

    /// What a trace function or a tool does is not traced itself.
    pub(crate) fn untraced<T>(&self, event: Event, frame: &Frame, run: impl FnOnce() -> T) -> T {
        self.tracing.depth.set(self.tracing.depth.get() + 1);
        self.tracing.update(self.is_watched());
        let before = self.tracing.told.replace(Some((event, frame)));
        let result = run();
        self.tracing.told.set(before);
        self.tracing.depth.set(self.tracing.depth.get() - 1);
        self.tracing_changed();
        result
    }
}

/// # Safety
/// There is a value on the frame's stack.
unsafe fn top(frame: &Frame) -> Obj {
    // SAFETY: the caller's word.
    unsafe { frame.sp.get().sub(1).as_ref().and_then(StackRef::get).map(|held| held.clone()).expect("a value is on the stack") }
}

/// The instructions at which a line begins (`initialize_lines` in `Python/instrumentation.c`).
pub(crate) fn line_starts(code: &CodeObject) -> Box<[bool]> {
    let instrs = &code.code.instrs;
    let mut starts = vec![false; instrs.len()];
    let mut current = None;
    for index in code.first_traceable..instrs.len() {
        // These are passed over where a loop or a wait ends.
        if matches!(instrs[index].op, Op::EndAsyncFor | Op::EndFor | Op::EndSend | Op::Resume | Op::PopIter) {
            continue;
        }
        let line = code.line_of(index);
        starts[index] = line.is_some() && line != current;
        current = line;
    }
    for instr in &instrs[code.first_traceable.min(instrs.len())..] {
        let target = match instr.op {
            Op::EndAsyncFor => continue,
            Op::ForIter | Op::Send => instr.arg as usize + 1,
            op if op.is_jump() => instr.arg as usize,
            _ => continue,
        };
        if let Some(start) = starts.get_mut(target) {
            *start = true;
        }
    }
    for handler in &code.code.exception_table {
        let target = handler.target as usize;
        if instrs[target].op != Op::EndAsyncFor {
            starts[target] = true;
        }
    }
    starts.into()
}
