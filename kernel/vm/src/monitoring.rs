//! `sys.monitoring` (PEP 669): which tools hear of which events, and how they are told (`Python/instrumentation.c`).
//!
//! Events come from the traced copy of the loop (`tracing.rs`), which runs as long as a tool wants any.

#![expect(unsafe_code, reason = "the frame's stack is raw memory")]

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use compile::{Op, Version};
use heap::{Obj, Slot, StackRef};

use crate::frame::Frame;
use crate::objects::code::CodeObject;
use crate::{PyResult, Raised, Vm};

/// So many tools there can be; two more places are the machine's own.
pub(crate) const TOOLS: usize = 6;

/// What happens. The first ones happen at a place in some code, and can be asked for there alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    PyStart,
    PyResume,
    PyReturn,
    PyYield,
    Call,
    Line,
    Instruction,
    Jump,
    BranchLeft,
    BranchRight,
    StopIteration,
    Raise,
    ExceptionHandled,
    PyUnwind,
    PyThrow,
    Reraise,
    CReturn,
    CRaise,
}

/// All events, by name, in the order of their numbers in 3.14.
#[rustfmt::skip]
pub(crate) const EVENTS: [(&str, Event); 18] = [
    ("PY_START", Event::PyStart), ("PY_RESUME", Event::PyResume), ("PY_RETURN", Event::PyReturn), ("PY_YIELD", Event::PyYield),
    ("CALL", Event::Call), ("LINE", Event::Line), ("INSTRUCTION", Event::Instruction), ("JUMP", Event::Jump),
    ("BRANCH_LEFT", Event::BranchLeft), ("BRANCH_RIGHT", Event::BranchRight), ("STOP_ITERATION", Event::StopIteration),
    ("RAISE", Event::Raise), ("EXCEPTION_HANDLED", Event::ExceptionHandled), ("PY_UNWIND", Event::PyUnwind), ("PY_THROW", Event::PyThrow),
    ("RERAISE", Event::Reraise), ("C_RETURN", Event::CReturn), ("C_RAISE", Event::CRaise),
];

/// A set of events.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct EventSet(pub(crate) u32);

impl EventSet {
    /// The events that happen at a place in some code.
    pub(crate) const LOCAL: EventSet = EventSet((1 << 11) - 1);
    /// What is told of calls of what is no Python code: whoever wants it wants `CALL`.
    pub(crate) const NATIVE: EventSet = EventSet(1 << 16 | 1 << 17);

    pub(crate) fn has(self, event: Event) -> bool {
        self.0 & 1 << event as u32 != 0
    }

    pub(crate) fn is_within(self, other: EventSet) -> bool {
        self.0 & !other.0 == 0
    }
}

/// What one tool wants.
#[derive(Default)]
struct Tool {
    name: RefCell<Option<Obj>>,
    events: Cell<EventSet>,
    callbacks: RefCell<[Option<Obj>; EVENTS.len()]>,
    /// The ways of a branch whose callback was registered for both at once (`BRANCH`, in 3.14).
    both_ways: Cell<EventSet>,
}

/// What tools want of one code object.
#[derive(Default)]
pub(crate) struct LocalEvents {
    events: [EventSet; TOOLS],
    /// Tool, event and instruction for which a callback has said `DISABLE`, with the count of restarts then.
    disabled: HashSet<(usize, u8, usize)>,
    restarts: usize,
}

/// The tools of a machine.
#[derive(Default)]
pub(crate) struct Monitoring {
    tools: [Tool; TOOLS],
    /// Whether some code has had events of its own.
    has_local: Cell<bool>,
    /// How often `restart_events` was called: what was disabled before is not any more.
    restarts: Cell<usize>,
    /// `sys.monitoring.DISABLE`: what a callback says that wants to hear no more of a place.
    pub(crate) disable: Slot,
    /// `sys.monitoring.MISSING`: told where a call has no argument.
    pub(crate) missing: Slot,
}

impl Monitoring {
    /// Whether any tool wants anything.
    pub(crate) fn is_on(&self) -> bool {
        self.has_local.get() || self.tools.iter().any(|tool| tool.events.get() != EventSet::default())
    }

    pub(crate) fn name(&self, tool: usize) -> Option<Obj> {
        self.tools[tool].name.borrow().clone()
    }

    pub(crate) fn set_name(&self, tool: usize, name: Option<Obj>) {
        drop(self.tools[tool].name.replace(name));
    }

    pub(crate) fn events(&self, tool: usize) -> EventSet {
        self.tools[tool].events.get()
    }

    /// The callback that was there before.
    pub(crate) fn register(&self, tool: usize, event: Event, callback: Option<Obj>, both_ways: bool) -> Option<Obj> {
        let (before, one) = (self.tools[tool].both_ways.get().0, 1 << event as u32);
        self.tools[tool].both_ways.set(EventSet(if both_ways { before | one } else { before & !one }));
        std::mem::replace(&mut self.tools[tool].callbacks.borrow_mut()[event as usize], callback)
    }

    pub(crate) fn restart(&self) {
        self.restarts.set(self.restarts.get() + 1);
    }
}

/// What the tool wants of the code.
pub(crate) fn local_events(code: &CodeObject, tool: usize) -> EventSet {
    code.monitored.borrow().as_ref().map_or(EventSet::default(), |local| local.events[tool])
}

impl Vm {
    /// `sys.monitoring.set_events`.
    pub(crate) fn set_tool_events(&self, tool: usize, events: EventSet) {
        self.monitoring.tools[tool].events.set(events);
        self.tracing_changed();
    }

    /// `sys.monitoring.set_local_events`.
    pub(crate) fn set_local_events(&self, tool: usize, code: &CodeObject, events: EventSet) {
        code.monitored.borrow_mut().get_or_insert_with(Box::default).events[tool] = events;
        self.monitoring.has_local.set(true);
        self.tracing_changed();
    }

    /// `sys.monitoring.clear_tool_id`: no callbacks, and no events but those of single code objects, which nobody is told of any more.
    pub(crate) fn clear_tool(&self, tool: usize) {
        drop(std::mem::take(&mut *self.monitoring.tools[tool].callbacks.borrow_mut()));
        if (0..TOOLS).all(|other| other == tool || self.monitoring.name(other).is_none()) {
            self.monitoring.has_local.set(false);
        }
        self.set_tool_events(tool, EventSet::default());
    }

    fn is_wanted(&self, tool: usize, code: &CodeObject, event: Event, here: usize) -> bool {
        let event = self.told_as(event);
        let mut local = code.monitored.borrow_mut();
        let wanted = self.monitoring.events(tool).has(event) || local.as_ref().is_some_and(|local| local.events[tool].has(event));
        match local.as_mut() {
            Some(local) if local.restarts != self.monitoring.restarts.get() => {
                local.restarts = self.monitoring.restarts.get();
                local.disabled.clear();
                wanted
            }
            Some(local) => wanted && !local.disabled.contains(&(tool, event as u8, here)),
            None => wanted,
        }
    }

    /// Tells all tools that want to know; `rest` is what is told beside the code.
    #[inline]
    pub(crate) fn monitor(&self, frame: &Frame, event: Event, rest: impl FnOnce() -> Vec<Obj>) -> PyResult<()> {
        // Each handled exception comes by, traced or not: the quickest question is the first.
        if !self.tracing.is_active() || !self.monitoring.is_on() || frame.is_incomplete() {
            return Ok(());
        }
        self.tell_tools(frame, event, frame.lasti(), rest)
    }

    fn tell_tools(&self, frame: &Frame, event: Event, here: usize, rest: impl FnOnce() -> Vec<Obj>) -> PyResult<()> {
        let code = frame.code();
        let mut args = None;
        let mut rest = Some(rest);
        for tool in 0..TOOLS {
            if !self.is_wanted(tool, code, event, here) {
                continue;
            }
            let Some(callback) = self.monitoring.tools[tool].callbacks.borrow()[event as usize].clone() else { continue };
            if self.monitoring.tools[tool].both_ways.get().has(event) && !self.is_instrumented(code, here) {
                continue;
            }
            let args = args.get_or_insert_with(|| {
                let mut args = vec![frame.code.clone()];
                args.extend(rest.take().map_or_else(Vec::new, |rest| rest()));
                args
            });
            let said = self.untraced(event, frame, || self.call(&callback, args))?;
            if !self.monitoring.disable.get().is_some_and(|disable| disable.is(&said)) {
                continue;
            }
            if !EventSet(1 << event as u32).is_within(EventSet::LOCAL) {
                drop(self.monitoring.register(tool, event, None, false));
                let (name, _) = EVENTS[event as usize];
                return Err(self.value_error(format!("Cannot disable {name} events. Callback removed.")));
            }
            let mut local = code.monitored.borrow_mut();
            let local = local.get_or_insert_with(Box::default);
            local.restarts = self.monitoring.restarts.get();
            local.disabled.insert((tool, self.told_as(event) as u8, here));
        }
        Ok(())
    }

    /// The event that a tool leaves when it leaves this one: up to 3.13 a branch was one, and the ends of native calls are told to whoever
    /// wants to hear of calls.
    fn told_as(&self, event: Event) -> Event {
        match event {
            Event::CReturn | Event::CRaise => Event::Call,
            Event::BranchRight if self.version < Version::V3_14 => Event::BranchLeft,
            event => event,
        }
    }

    /// Whether a branch's own instruction still tells anything to any tool. A callback for both ways of it is not asked where it does not
    /// (`branch_handler_vectorcall` in `Python/instrumentation.c`): the instruction of a loop tells that it goes on, that of a test that it
    /// jumps, and the other way is told by what comes next.
    fn is_instrumented(&self, code: &CodeObject, branch: usize) -> bool {
        let own = match code.code.instrs[branch].op {
            Op::ForIter => Some(Event::BranchLeft),
            Op::PopJumpIfTrue | Op::PopJumpIfFalse | Op::PopJumpIfNone | Op::PopJumpIfNotNone => Some(Event::BranchRight),
            Op::EndSend => Some(Event::StopIteration),
            _ => None,
        };
        (0..TOOLS).any(|tool| {
            let wants = |event| self.is_wanted(tool, code, event, branch);
            own.is_some_and(wants) || wants(Event::Instruction) || code.starts_line(branch) && wants(Event::Line)
        })
    }

    fn offset(&self, frame: &Frame, instr: usize) -> Obj {
        self.int(frame.code().offsets().byte_offset(instr).into())
    }

    /// The place of the instruction that runs, and more.
    pub(crate) fn monitor_here(&self, frame: &Frame, event: Event, more: impl FnOnce() -> Vec<Obj>) -> PyResult<()> {
        self.monitor(frame, event, || {
            let mut rest = vec![self.offset(frame, frame.lasti())];
            rest.extend(more());
            rest
        })
    }

    /// A new line, or the same once more.
    pub(crate) fn monitor_line(&self, frame: &Frame) -> PyResult<()> {
        self.monitor(frame, Event::Line, || vec![frame.line().map_or_else(|| self.none(), |line| self.int(line.into()))])
    }

    /// An exception at an instruction. What a callback raises takes its place.
    pub(crate) fn monitor_raised(&self, frame: &Frame, event: Event, place: usize, raised: Raised) -> Raised {
        match self.monitor(frame, event, || vec![self.offset(frame, place), raised.0.clone()]) {
            Ok(()) => raised,
            Err(other) => other,
        }
    }

    /// An exception that was raised in a frame, or has come to it. CPython tells the place just before `next`, where the frame would have gone
    /// on: behind an instruction that has failed, and at a call that waits for another frame.
    pub(crate) fn monitor_raise(&self, frame: &Frame, next: usize, raised: Raised) -> Raised {
        let place = || self.int(i64::from(frame.code().offsets().starts[next]) * 2 - 2);
        match self.monitor(frame, Event::Raise, || vec![place(), raised.0.clone()]) {
            Ok(()) => raised,
            Err(other) => other,
        }
    }

    /// Before a call: what is called, and its first argument. `self` is one; from 3.14 on, a bound method is its function and its `self`.
    ///
    /// # Safety
    /// The frame's stack pointer is saved, and the instruction that runs is `op`.
    pub(crate) unsafe fn monitor_call(&self, frame: &Frame, op: Op) -> PyResult<()> {
        let arg = frame.code().code.instrs[frame.lasti()].arg as usize;
        // How much lies above the callable: its `self`, the arguments, and the keywords' names.
        let above = match op {
            Op::Call => arg + 1,
            Op::CallKw => arg + 2,
            _ => return Ok(()),
        };
        // SAFETY: a call finds these on the stack.
        let (mut callable, own, next) = unsafe {
            let callable = frame.sp.get().sub(above + 1);
            let place = |index: usize| StackRef::get(&*callable.add(index)).map(|held| held.clone());
            (place(0), place(1), if arg > 0 { place(2) } else { None })
        };
        let mut first = own.or(next);
        if self.version >= Version::V3_14
            && let Some((function, own)) = callable.as_ref().and_then(|callable| self.method_parts(callable))
        {
            (callable, first) = (Some(function), Some(own));
        }
        self.monitor_here(frame, Event::Call, || vec![callable.unwrap_or_else(|| self.none()), first.unwrap_or_else(|| self.no_argument())])
    }

    /// What is told of a call without arguments.
    pub(crate) fn no_argument(&self) -> Obj {
        self.monitoring.missing.get().unwrap_or_else(|| self.none())
    }

    /// The frame has come from one instruction to another, which may have been a jump.
    pub(crate) fn monitor_jump(&self, frame: &Frame, before: usize) -> PyResult<()> {
        if !self.monitoring.is_on() {
            return Ok(());
        }
        let here = frame.lasti();
        let Some(from) = frame.code().code.instrs.get(before) else { return Ok(()) };
        let target = from.arg as usize;
        let event = match from.op {
            Op::JumpForward | Op::JumpBackward | Op::JumpBackwardNoInterrupt if here == target => Event::Jump,
            Op::PopJumpIfTrue | Op::PopJumpIfFalse | Op::PopJumpIfNone | Op::PopJumpIfNotNone | Op::ForIter if here == before + 1 => {
                Event::BranchLeft
            }
            Op::PopJumpIfTrue | Op::PopJumpIfFalse | Op::PopJumpIfNone | Op::PopJumpIfNotNone if here == target => Event::BranchRight,
            Op::ForIter if here >= target && here <= target + 2 => Event::BranchRight,
            // An `async for` decides where it has its item, and where the iterator's end has come to it.
            Op::EndSend if frame.code().code.instrs[here].op == Op::NotTaken => Event::BranchLeft,
            Op::EndAsyncFor if here == before + 1 && self.version >= Version::V3_14 => Event::BranchRight,
            _ => return Ok(()),
        };
        let branch = if from.op == Op::EndAsyncFor { target } else { before };
        // What marks the way taken, and what ends a loop, is passed over.
        let to = match (from.op, event) {
            (Op::ForIter, Event::BranchRight) => target + 2,
            _ => here + usize::from(frame.code().code.instrs[here].op == Op::NotTaken),
        };
        self.tell_tools(frame, event, branch, || vec![self.offset(frame, branch), self.offset(frame, to)])
    }
}
