//! How an exception leaves: handlers, tracebacks, contexts, and the state that `raise` and `except` work on.
//!
//! An exception that is *raised* gets its context and a traceback entry for the frame; one that is *raised again* gets neither
//! (`Python/ceval.c`: `error`, `exception_unwind`, `exit_unwind`).

#![expect(unsafe_code, reason = "frames are raw memory")]

use std::sync::atomic::Ordering;

use compile::Version;
use heap::{Kind, Obj, StackRef, Str, Tuple};

use crate::frame::{ENTRY, Frame, Owner};
use crate::monitoring::Event;
use crate::objects::code::{CodeObject, Instr};
use crate::objects::exception::Exception;
use crate::objects::generator::GenState;
use crate::{PyResult, Raised, Vm};

/// Why an instruction did not end as it should.
pub(crate) enum Fault {
    Raise(Raised),
    /// With the instruction that raised first, if that is known: it is the one that tracebacks show.
    Reraise(Raised, Option<usize>),
    /// Nothing went wrong: the other copy of the loop is to go on, where the frame says (`return_to`).
    Switch,
}

impl From<Raised> for Fault {
    fn from(raised: Raised) -> Fault {
        Fault::Raise(raised)
    }
}

/// Where an exception has come to.
pub(crate) enum Unwound {
    /// A handler of this frame, at this instruction; the stack is as it wants it.
    Handler(*const Frame, *mut Instr),
    /// Out of the frame with which the loop was entered.
    Left(Raised),
}

impl Vm {
    /// Brings an exception to its handler. The frame's stack pointer is saved.
    #[inline(never)]
    pub(crate) fn unwind(&self, frame: *const Frame, fault: Fault) -> Unwound {
        let mut at = frame;
        let mut origin = None;
        let mut raised = match fault {
            Fault::Raise(raised) => {
                // What comes out of another frame has its context since it was raised there, or was rid of it there.
                if raised.0.get::<Exception>().is_none_or(|payload| payload.traceback.is_empty()) {
                    self.chain_context(&raised.0, false);
                }
                // SAFETY: the frame is the running one.
                let here = unsafe { &*at };
                if !here.is_incomplete() {
                    self.add_traceback(here, &raised.0);
                }
                self.show_raise(&raised);
                self.trace_raise(here, here.lasti() + 1, raised)
            }
            Fault::Reraise(raised, first) => {
                origin = first;
                // SAFETY: the frame is the running one.
                let here = unsafe { &*at };
                self.monitor_raised(here, Event::Reraise, here.lasti(), raised)
            }
            Fault::Switch => unreachable!("the loop's owner goes on with the other copy"),
        };
        loop {
            // SAFETY: `at` is the topmost frame; its stack pointer is saved.
            unsafe {
                let here = &*at;
                let payload = here.code();
                // The handler is that of the instruction which runs, wherever the exception came from first.
                let place = here.lasti();
                let handler = payload.code.handler(place);
                if let Some(origin) = origin.take() {
                    here.ip.set(payload.instrs().add(origin));
                }
                if let Some(handler) = handler {
                    raised = self.monitor_raised(here, Event::ExceptionHandled, handler.target as usize, raised);
                    let bottom = here.stack_base().add(handler.depth as usize);
                    self.cut_stack(here, bottom);
                    let mut sp = bottom;
                    if handler.lasti {
                        sp.write(StackRef::owned(self.int(here.lasti() as i64)));
                        sp = sp.add(1);
                    }
                    let target = payload.instrs().add(handler.target as usize);
                    sp.write(StackRef::owned(raised.0));
                    here.sp.set(sp.add(1));
                    return Unwound::Handler(at, target);
                }
                raised = self.trace_unwind(here, place, raised);
                self.cut_stack(here, here.stack_base());
                let flags = here.flags.get();
                let below = here.previous.get();
                self.thread.remaining.set(self.thread.remaining.get() + 1);
                if here.owner.get() == Owner::Thread {
                    self.thread.current.set(below);
                    self.end_frame(at);
                } else {
                    self.unlink_generator(&*here.generator.get(), here, GenState::Finished);
                    self.end_generator_frame(here);
                }
                if flags & ENTRY != 0 {
                    return Unwound::Left(raised);
                }
                at = below;
                self.add_traceback(&*at, &raised.0);
                raised = self.trace_raise(&*at, (*at).lasti(), raised);
            }
        }
    }

    /// Releases what is above `bottom`, the top first.
    unsafe fn cut_stack(&self, frame: &Frame, bottom: *mut StackRef) {
        // SAFETY: places below the stack pointer are initialised.
        unsafe {
            while frame.sp.get() > bottom {
                let top = frame.sp.get().sub(1);
                frame.sp.set(top);
                drop(top.read());
            }
        }
    }

    /// One more Python call, if the recursion limit lets it.
    #[inline(always)]
    pub(crate) fn enter_frame(&self) -> bool {
        let left = self.thread.remaining.get() - 1;
        self.thread.remaining.set(left);
        left >= 0
    }

    /// The linked frame may not run: it goes, and the exception belongs to its caller.
    #[cold]
    pub(crate) fn refuse_frame(&self, frame: &Frame) -> Raised {
        if frame.owner.get() == Owner::Generator {
            return self.refuse_generator(frame);
        }
        self.thread.remaining.set(self.thread.remaining.get() + 1);
        self.thread.current.set(frame.previous.get());
        // SAFETY: the frame is the topmost.
        unsafe { self.end_frame(frame) };
        self.too_deep()
    }

    #[cold]
    pub(crate) fn refuse_generator(&self, frame: &Frame) -> Raised {
        self.thread.remaining.set(self.thread.remaining.get() + 1);
        // SAFETY: a generator's frame names its generator.
        unsafe {
            self.unlink_generator(&*frame.generator.get(), frame, GenState::Finished);
            self.end_generator_frame(frame);
        }
        self.too_deep()
    }

    fn too_deep(&self) -> Raised {
        // Room to build the exception in, as CPython leaves some.
        let left = self.thread.remaining.replace(50);
        let raised = self.recursion_error("maximum recursion depth exceeded");
        self.thread.remaining.set(left);
        raised
    }

    /// Whether anything waits that is not the program's own doing.
    #[inline(always)]
    pub(crate) fn eval_breaker(&self) -> bool {
        self.heap.gc_due() || self.interrupt.load(Ordering::Relaxed) || self.is_time_to_ask()
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[inline(always)]
    fn is_time_to_ask(&self) -> bool {
        false
    }

    /// Asks the world if it is time to, and says whether anything else waits.
    #[cfg(target_arch = "wasm32")]
    fn is_more_than_a_question(&self) -> bool {
        if self.until_asked.get() == u32::MAX {
            self.until_asked.set(1000);
            self.interrupt.fetch_or(self.host.is_interrupted(), Ordering::Relaxed);
        }
        self.heap.gc_due() || self.interrupt.load(Ordering::Relaxed)
    }

    /// Counts down to the next question to the world.
    #[cfg(target_arch = "wasm32")]
    #[inline(always)]
    fn is_time_to_ask(&self) -> bool {
        let left = self.until_asked.get();
        self.until_asked.set(left.wrapping_sub(1));
        left == 0
    }

    /// Up to 3.11 a due collection does not wait for the next function entry or backward jump.
    #[inline(always)]
    pub(crate) fn collect_inside_allocation(&self) {
        if self.heap.gc_due() && self.heap.collects_inside_allocation() {
            self.heap.run_due_collection();
        }
    }

    /// Does what waits, if anything does.
    #[inline(always)]
    pub(crate) fn check_pending(&self) -> PyResult<()> {
        if self.eval_breaker() { self.handle_pending() } else { Ok(()) }
    }

    /// `_Py_HandlePending`: the collection that is due, the interrupt that came.
    #[cold]
    #[inline(never)]
    pub(crate) fn handle_pending(&self) -> PyResult<()> {
        #[cfg(target_arch = "wasm32")]
        if !self.is_more_than_a_question() {
            return Ok(());
        }
        if self.interrupt.swap(false, Ordering::Relaxed) && self.host.attend() {
            self.handle_signal(crate::modules::signal::SIGINT)?;
        }
        self.run_due_collection();
        Ok(())
    }

    fn run_due_collection(&self) {
        self.heap.run_due_collection();
        self.sample_memory();
        if self.tracing.is_active() || self.sampler.is_on() {
            self.heap.ask_for_attention();
        }
    }

    /// Runs the collection that is due, where no error can be told: an interrupt waits for the next who asks.
    #[cold]
    pub(crate) fn collect_if_due(&self) {
        if self.heap.gc_due() {
            self.run_due_collection();
        }
    }

    /// What is being handled becomes the exception's `__context__` (`_PyErr_SetObject`), without ever closing a circle.
    /// Unless `anew`, a context that is there stays.
    pub(crate) fn chain_context(&self, exception: &Obj, anew: bool) {
        let Some(handled) = self.thread.handled() else { return };
        let Some(payload) = exception.get::<Exception>() else { return };
        if handled.is(exception) || !anew && !payload.context.is_empty() {
            return;
        }
        // An exception that is already in the chain of contexts leaves it first; Floyd's second walker stops at old circles.
        let mut at = handled.clone();
        let (mut slow, mut slower) = (handled.clone(), false);
        while let Some(context) = at.get::<Exception>().and_then(|at| at.context.get()) {
            if context.is(exception) {
                drop(at.get::<Exception>().and_then(|at| at.context.take()));
                break;
            }
            at = context;
            if at.is(&slow) {
                break;
            }
            if slower {
                let Some(next) = slow.get::<Exception>().and_then(|slow| slow.context.get()) else { break };
                slow = next;
            }
            slower = !slower;
        }
        payload.context.set(handled);
    }

    /// `do_raise`: `Ok` is a bare `raise` that raises the handled exception again.
    #[inline(never)]
    pub(crate) fn do_raise(&self, exception: Option<Obj>, cause: Option<Obj>) -> Result<Raised, Raised> {
        let Some(exception) = exception else {
            return match self.thread.handled() {
                Some(handled) => Ok(Raised(handled)),
                None => Err(self.runtime_error("No active exception to reraise")),
            };
        };
        let made = self.exception_instance(exception, "exceptions must derive from BaseException")?;
        if let Some(cause) = cause {
            let cause = if cause.is(&self.consts.none) {
                None
            } else {
                Some(self.exception_instance(cause, "exception causes must derive from BaseException")?)
            };
            if let Some(payload) = made.get::<Exception>() {
                drop(payload.cause.replace(cause));
                payload.suppress_context.set(true);
            }
        }
        self.chain_context(&made, true);
        Err(Raised(made))
    }

    fn exception_instance(&self, value: Obj, complaint: &str) -> PyResult {
        if value.get::<Exception>().is_some() {
            return Ok(value);
        }
        if value.get::<crate::Class>().is_none() || !self.subclass_of(&value, &self.types.base_exception) {
            return Err(self.type_error(complaint));
        }
        let made = self.call(&value, &[])?;
        if made.get::<Exception>().is_none() {
            let (class, type_) = (self.repr_text(&value)?, self.repr_text(&self.class_of(&made))?);
            return Err(self.type_error(format!("calling {class} should have returned an instance of BaseException, not {type_}")));
        }
        Ok(made)
    }

    /// `except pattern:`, with the checks of `CHECK_EXC_MATCH`.
    pub(crate) fn exception_matches(&self, exception: &Obj, pattern: &Obj) -> PyResult<bool> {
        const COMPLAINT: &str = "catching classes that do not inherit from BaseException is not allowed";
        if self.is_of_class(exception, pattern) {
            return Ok(true);
        }
        let is_exception = |class: &Obj| class.get::<crate::Class>().is_some() && self.subclass_of(class, &self.types.base_exception);
        match pattern.get::<Tuple>() {
            Some(patterns) => {
                if !patterns.items().iter().all(is_exception) {
                    return Err(self.type_error(COMPLAINT));
                }
                Ok(patterns.items().iter().any(|class| self.is_kind_of(exception, class)))
            }
            None if is_exception(pattern) => Ok(self.is_kind_of(exception, pattern)),
            None => Err(self.type_error(COMPLAINT)),
        }
    }

    /// `except* pattern:`: what matches, and the rest (`_PyEval_ExceptionGroupMatch`).
    pub(crate) fn group_match(&self, exception: &Obj, pattern: &Obj) -> PyResult<(Option<Obj>, Option<Obj>)> {
        const COMPLAINT: &str = "catching classes that do not inherit from BaseException is not allowed";
        const GROUP_COMPLAINT: &str = "catching ExceptionGroup with except* is not allowed. Use except instead.";
        let one = [pattern.clone()];
        let patterns = pattern.get::<Tuple>().map_or(&one[..], Tuple::items);
        for class in patterns {
            if class.get::<crate::Class>().is_none() || !self.subclass_of(class, &self.types.base_exception) {
                return Err(self.type_error(COMPLAINT));
            }
            if self.subclass_of(class, &self.types.base_exception_group) {
                return Err(self.type_error(GROUP_COMPLAINT));
            }
        }
        if exception.is(&self.consts.none) {
            return Ok((None, None));
        }
        let matches = patterns.iter().any(|class| self.is_kind_of(exception, class));
        if matches {
            if self.is_kind_of(exception, &self.types.base_exception_group) {
                return Ok((Some(exception.clone()), None));
            }
            // A plain exception is wrapped into a group of one.
            let list = self.tuple(vec![exception.clone()]);
            let wrapped = self.call(&self.types.base_exception_group, &[self.consts.empty_str.clone(), list])?;
            if let Some(frame) = self.thread.visible() {
                self.add_traceback(frame, &wrapped);
            }
            return Ok((Some(wrapped), None));
        }
        if self.is_kind_of(exception, &self.types.base_exception_group) {
            let pair = crate::objects::exception::call_written(self, exception, "split", pattern)?;
            let Some([matched, rest]) = pair.get::<Tuple>().map(Tuple::items) else {
                return Err(self.type_error(format!(
                    "{}.split must return a 2-tuple, got {}",
                    self.type_name(exception),
                    self.type_name(&pair)
                )));
            };
            let given = |part: &Obj| Some(part.clone()).filter(|part| !part.is(&self.consts.none));
            return Ok((given(matched), given(rest)));
        }
        Ok((None, Some(exception.clone())))
    }

    /// The value of a StopIteration; nothing for another exception.
    pub(crate) fn stop_iteration_value(&self, exception: &Obj) -> Option<Obj> {
        if !self.is_kind_of(exception, &self.types.stop_iteration) {
            return None;
        }
        Some(self.getattr_str(exception, "value").unwrap_or_else(|_| self.none()))
    }

    #[cold]
    pub(crate) fn init_result(&self, result: &Obj) -> Raised {
        self.type_error(format!("__init__() should return None, not '{}'", self.type_name(result)))
    }

    #[cold]
    pub(crate) fn unbound_local(&self, code: &CodeObject, place: usize) -> Raised {
        let name = self.lossy(code.place_name(place));
        self.unbound_local_error(match self.version {
            Version::V2_7 | Version::V3_10 => format!("local variable '{name}' referenced before assignment"),
            _ => format!("cannot access local variable '{name}' where it is not associated with a value"),
        })
    }

    #[cold]
    pub(crate) fn unbound_cell(&self, code: &CodeObject, place: usize) -> Raised {
        let first_free = code.n_locals - code.code.nfreevars as usize;
        if place < first_free {
            return self.unbound_local(code, place);
        }
        let name = code.place_name(place);
        let text = self.lossy(name);
        self.name_error_text(
            name,
            match self.version {
                Version::V2_7 | Version::V3_10 => format!("free variable '{text}' referenced before assignment in enclosing scope"),
                _ => format!("cannot access free variable '{text}' where it is not associated with a value in enclosing scope"),
            },
        )
    }

    #[cold]
    pub(crate) fn name_not_defined(&self, name: &Obj) -> Raised {
        let text = self.lossy(name);
        self.name_error_text(name, format!("name '{text}' is not defined"))
    }

    /// `__exit__(type, value, traceback)`.
    pub(crate) fn call_exit(&self, exit: &Obj, instance: Option<Obj>, exception: Obj) -> PyResult {
        let class = self.class_of(&exception);
        let traceback = exception.get::<Exception>().and_then(|payload| payload.traceback.get()).unwrap_or_else(|| self.none());
        let args: Vec<Obj> = instance.into_iter().chain([class, exception, traceback]).collect();
        self.call(exit, &args)
    }

    /// Turns borrowed places of a frame that is about to be suspended into owned ones.
    pub(crate) unsafe fn own_stack(&self, frame: &Frame) {
        if self.version < Version::V3_14 {
            return;
        }
        // SAFETY: places below the stack pointer are initialised.
        unsafe {
            let mut at = frame.stack_base();
            while at < frame.sp.get() {
                if (*at).is_borrowed() {
                    let owned = at.read().into_obj();
                    at.write(StackRef::owned(owned));
                }
                at = at.add(1);
            }
        }
    }

    /// Whether an object is text.
    pub(crate) fn is_text(obj: &Obj) -> bool {
        obj.kind() == Kind::STR || obj.get::<Str>().is_some()
    }
}
