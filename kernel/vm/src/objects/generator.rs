//! Generators, coroutines and asynchronous generators: one payload, three classes (`Objects/genobject.c`).
//!
//! Invariant: the frame is there as long as the object. It is linked to its caller only while it runs, and after the end its places are
//! empty. A borrowed place is never left on the stack of a suspended frame.

#![expect(unsafe_code, reason = "the frame is raw memory of its own")]

use std::cell::Cell;
use std::ptr;

use compile::Version;
use heap::{Kind, Label, LabelledVisit, Obj, Payload, Slot, StackRef, Trash, Visit};

use crate::frame::{ENTRY, ExcState, Frame, Owner, free_heap_frame};
use crate::objects::code::CodeObject;
use crate::{PyResult, Raised, Vm, kinds};

/// Where a generator is in its life (`PyFrameState`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
#[repr(u8)]
pub(crate) enum GenState {
    Created,
    Suspended,
    /// Suspended inside `yield from` or `await`.
    Delegating,
    Executing,
    Finished,
}

/// What the three have in common.
pub(crate) struct Gen {
    pub(crate) frame: Cell<*mut Frame>,
    pub(crate) state: Cell<GenState>,
    pub(crate) exc: ExcState,
    pub(crate) name: Slot,
    pub(crate) qualname: Slot,
    /// `gi_code`, which 3.11 kept beside the frame's.
    pub(crate) own_code: Slot,
    /// `cr_origin`, or an asynchronous generator's finalizer hook.
    pub(crate) origin_or_finalizer: Slot,
    /// The asynchronous generator's hooks have been called.
    pub(crate) hooks_inited: Cell<bool>,
    pub(crate) closed: Cell<bool>,
    /// An `asend()` or its like is in progress.
    pub(crate) running: Cell<bool>,
    pub(crate) version: Version,
}

impl Gen {
    fn new(version: Version, name: Option<Obj>, qualname: Option<Obj>) -> Gen {
        Gen {
            frame: Cell::new(ptr::null_mut()),
            state: Cell::new(GenState::Created),
            exc: ExcState::default(),
            name: name.into(),
            qualname: qualname.into(),
            own_code: Slot::empty(),
            origin_or_finalizer: Slot::empty(),
            hooks_inited: Cell::new(false),
            closed: Cell::new(false),
            running: Cell::new(false),
            version,
        }
    }

    /// The frame, finished or not.
    pub(crate) fn frame(&self) -> Option<&Frame> {
        // SAFETY: it lives as long as the generator.
        unsafe { self.frame.get().as_ref() }
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.state.get() == GenState::Finished
    }

    /// Whether its frame has not begun to run, or goes on later.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.state.get(), GenState::Created | GenState::Suspended | GenState::Delegating)
    }

    pub(crate) fn is_suspended(&self) -> bool {
        matches!(self.state.get(), GenState::Suspended | GenState::Delegating)
    }

    /// `_PyGen_yf`: what a suspended `yield from` or `await` waits for.
    pub(crate) fn delegate(&self) -> Option<Obj> {
        if self.state.get() != GenState::Delegating {
            return None;
        }
        let frame = self.frame()?;
        // SAFETY: a delegating generator has its receiver on the top of its stack.
        unsafe { frame.sp.get().sub(1).as_ref() }.and_then(StackRef::get).map(|view| view.clone())
    }

    /// The code it runs.
    pub(crate) fn code(&self) -> Option<&Obj> {
        self.frame().map(|frame| &frame.code)
    }

    fn traverse(&self, visit: Visit<'_>) {
        if self.version <= Version::V3_10 && self.waits() {
            // The frame is an object of its own, which visits the rest.
            if let Some(frame) = self.frame() {
                frame.frame_obj.get().iter().for_each(&mut *visit);
                visit(&frame.code);
            }
        }
        [&self.own_code, &self.name, &self.qualname].into_iter().for_each(|slot| slot.show(visit));
        // What a running frame holds counts as held from outside.
        if self.waits()
            && let Some(frame) = self.frame()
        {
            if self.version > Version::V3_10 {
                frame.traverse(visit);
            }
        } else if self.version >= Version::V3_14
            && self.is_finished()
            && let Some(code) = self.code()
        {
            visit(code);
        }
        self.exc.value.get().iter().for_each(&mut *visit);
    }

    /// As [`Gen::traverse`], with what a picture writes at each arrow.
    fn holds(&self, visit: LabelledVisit<'_>) {
        self.name.get().into_iter().for_each(|held| visit(Label::Field("__name__"), &held));
        self.qualname.get().into_iter().for_each(|held| visit(Label::Field("__qualname__"), &held));
        self.own_code.get().into_iter().for_each(|held| visit(Label::Field("__code__"), &held));
        if self.waits()
            && let Some(frame) = self.frame()
        {
            if self.version <= Version::V3_10 {
                frame.frame_obj.get().into_iter().for_each(|held| visit(Label::Field("frame"), &held));
                visit(Label::Field("__code__"), &frame.code);
            } else {
                frame.holds(visit);
            }
        } else if self.version >= Version::V3_14
            && self.is_finished()
            && let Some(code) = self.code()
        {
            visit(Label::Field("__code__"), code);
        }
        self.exc.value.get().into_iter().for_each(|held| visit(Label::Field("handled"), &held));
    }

    /// `gen_dealloc`, after the finalizer: the frame's references, then its memory.
    fn dismantle(&self, trash: &mut Trash<'_>) {
        trash.take(&self.origin_or_finalizer);
        if let Some(frame) = self.frame() {
            if let Some(obj) = frame.frame_obj.take()
                && !crate::objects::frame::outlived(frame, obj, trash)
                && self.version <= Version::V3_10
            {
                crate::counted_frame::frame_is_over(&frame.code);
            }
            frame.give_places(self.version, trash);
        }
        let frame = self.frame.replace(ptr::null_mut());
        if !frame.is_null() {
            // SAFETY: nobody else knows the frame; its references leave the header one by one.
            unsafe {
                if let Some(func) = ptr::replace(&raw mut (*frame).func, StackRef::NULL).into_option() {
                    trash.push(func);
                }
                trash.push((*frame).code.clone());
                free_heap_frame(frame);
            }
        }
        [&self.exc.value, &self.own_code, &self.name, &self.qualname].into_iter().for_each(|slot| trash.take(slot));
    }
}

/// The payload of one of the three classes.
#[repr(transparent)]
pub(crate) struct Generating<const KIND: u8>(Gen);

impl<const KIND: u8> Payload for Generating<KIND> {
    const KIND: Kind = Kind(KIND);
    /// `gen_dealloc` clears them before the finalizer runs.
    const WEAKREFS_FIRST: bool = true;

    fn traverse(&self, visit: Visit<'_>) {
        self.0.traverse(visit);
    }

    fn holds(&self, visit: LabelledVisit<'_>) {
        self.0.holds(visit);
    }

    /// Generators have no `tp_clear`: their finalizer, and then reference counting, frees them.
    fn clear(&self, _: &mut Trash<'_>) {}

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.0.dismantle(trash);
    }
}

/// The payload of a `generator`.
pub(crate) type Generator = Generating<{ kinds::GENERATOR.0 }>;
/// The payload of a `coroutine`.
pub(crate) type Coroutine = Generating<{ kinds::COROUTINE.0 }>;
/// The payload of an `async_generator`.
pub(crate) type AsyncGenerator = Generating<{ kinds::ASYNC_GENERATOR.0 }>;

/// What the object is, if it is one of the three.
#[inline(always)]
pub(crate) fn gen_of(obj: &Obj) -> Option<&Gen> {
    // SAFETY: the kind says which payload it is; all three are at the same place.
    unsafe {
        match obj.kind() {
            kinds::GENERATOR => Some(&obj.payload_unchecked::<Generator>().0),
            kinds::COROUTINE => Some(&obj.payload_unchecked::<Coroutine>().0),
            kinds::ASYNC_GENERATOR => Some(&obj.payload_unchecked::<AsyncGenerator>().0),
            _ => None,
        }
    }
}

/// A generator that runs. The collector takes what its frame holds for held from outside; only who asks for referrers sees it.
pub(crate) struct RunningGenerator {
    pub(crate) generator: *const Gen,
    frame: *const Frame,
    shows_locals: bool,
}

impl RunningGenerator {
    /// What its frame holds, as `gen_traverse` shows it, without what waits on its stack.
    pub(crate) fn traverse(&self, visit: Visit<'_>) {
        // SAFETY: the frame runs. Its locals are there from its beginning to its end.
        unsafe {
            let frame = &*self.frame;
            frame.frame_obj.get().iter().for_each(&mut *visit);
            frame.locals.get().iter().for_each(&mut *visit);
            frame.func.get().iter().for_each(|func| visit(func));
            visit(&frame.code);
            let places = if self.shows_locals { frame.code().n_locals } else { 0 };
            for place in (0..places).map(|i| &*frame.local(i)).filter(|place| !place.is_borrowed()) {
                place.get().iter().for_each(|held| visit(held));
            }
        }
    }
}

impl Vm {
    /// The generators that run now. Up to 3.13 a frame did not know where its stack ends while native code ran in it, and showed nothing of
    /// what is on it (`frame->stacktop`); up to 3.10 no running frame did.
    pub(crate) fn running_generators(&self) -> Vec<RunningGenerator> {
        let mut running = Vec::new();
        let mut at = self.thread.current.get();
        let mut inside_call = false;
        // SAFETY: frames below a running one are alive.
        while let Some(frame) = unsafe { at.as_ref() } {
            let shows_locals = self.version >= Version::V3_14 || inside_call;
            if frame.owner.get() == Owner::Generator && self.version >= Version::V3_11 {
                running.push(RunningGenerator { generator: frame.generator.get(), frame, shows_locals });
            }
            inside_call = frame.flags.get() & ENTRY == 0;
            at = frame.previous.get();
        }
        running
    }
}

/// How a generator that was resumed came back.
pub(crate) enum Resumed {
    Yielded(Obj),
    Returned(Obj),
}

impl Vm {
    /// A generator for the code, its frame still missing. `function` gives the names.
    pub(crate) fn new_generator(&self, code: &CodeObject, name: Option<Obj>, qualname: Option<Obj>) -> Obj {
        use compile::code::{CO_ASYNC_GENERATOR, CO_COROUTINE};
        let payload = Gen::new(self.version, name, qualname);
        let made = if code.has_flag(CO_COROUTINE) {
            self.heap.alloc(Generating::<{ kinds::COROUTINE.0 }>(payload))
        } else if code.has_flag(CO_ASYNC_GENERATOR) {
            self.heap.alloc(Generating::<{ kinds::ASYNC_GENERATOR.0 }>(payload))
        } else {
            self.heap.alloc(Generating::<{ kinds::GENERATOR.0 }>(payload))
        };
        made.mark_finalizer();
        made.tracked()
    }

    fn already(&self, obj: &Obj) -> Raised {
        let what = match obj.kind() {
            kinds::COROUTINE => "coroutine",
            kinds::ASYNC_GENERATOR => "async generator",
            _ => "generator",
        };
        self.value_error(format!("{what} already executing"))
    }

    /// `gen_send_ex2`: lets the generator run until it yields or ends, with a value for its `yield` or an exception to raise there.
    /// `closing` is `close()`, for which an ended coroutine is no mistake.
    pub(crate) fn resume(&self, obj: &Obj, value: Option<&Obj>, thrown: Option<Raised>, closing: bool) -> PyResult<Resumed> {
        let Some(state) = gen_of(obj) else { return Err(self.system_error("not a generator")) };
        match state.state.get() {
            GenState::Executing => return Err(self.already(obj)),
            GenState::Finished => {
                if obj.kind() == kinds::COROUTINE && !closing {
                    return Err(self.runtime_error("cannot reuse already awaited coroutine"));
                }
                return match thrown {
                    Some(thrown) => Err(thrown),
                    None => Ok(Resumed::Returned(self.none())),
                };
            }
            GenState::Created if value.is_some_and(|value| !value.is(&self.consts.none)) => {
                let what = match obj.kind() {
                    kinds::COROUTINE => "coroutine",
                    kinds::ASYNC_GENERATOR => "async generator",
                    _ => "generator",
                };
                return Err(self.type_error(format!("can't send non-None value to a just-started {what}")));
            }
            _ => {}
        }
        let Some(frame) = state.frame() else { return Err(self.system_error("a generator without a frame")) };
        // SAFETY: there is room on the suspended stack for the sent value.
        unsafe {
            let sp = frame.sp.get();
            sp.write(value.map_or_else(|| StackRef::borrowed(&self.consts.none), |value| StackRef::owned(value.clone())));
            frame.sp.set(sp.add(1));
        }
        self.link_generator(state, frame, ENTRY);
        if let Some(thrown) = &thrown {
            self.chain_context(&thrown.0, false);
        }
        // The object stays alive while it runs: the caller holds it.
        let result = self.run(frame, thrown)?;
        Ok(if state.is_finished() { Resumed::Returned(result) } else { Resumed::Yielded(result) })
    }

    /// The next item of a generator that waits for nothing but that: the quick way. Nothing for any other.
    #[inline]
    pub(crate) fn step(&self, obj: &Obj) -> Option<PyResult<Option<Obj>>> {
        let state = gen_of(obj)?;
        if !matches!(state.state.get(), GenState::Created | GenState::Suspended) {
            return None;
        }
        let frame = state.frame()?;
        // SAFETY: there is room on the suspended stack for the sent value; `None` is immortal.
        unsafe {
            let sp = frame.sp.get();
            sp.write(StackRef::borrowed(&self.consts.none));
            frame.sp.set(sp.add(1));
        }
        self.link_generator(state, frame, ENTRY);
        Some(match self.run(frame, None) {
            Ok(item) if !state.is_finished() => Ok(Some(item)),
            Ok(result) if result.is(&self.consts.none) => Ok(None),
            Ok(result) => Err(self.stop_iteration(result)),
            Err(raised) => Err(raised),
        })
    }

    /// The frame is next to run.
    #[inline(always)]
    pub(crate) fn link_generator(&self, state: &Gen, frame: &Frame, flags: u8) {
        state.state.set(GenState::Executing);
        self.thread.push_exc_state(&state.exc);
        frame.flags.set(flags);
        frame.previous.set(self.thread.current.get());
        self.thread.current.set(frame);
    }

    /// The frame has yielded or ended; whoever resumed it is the current frame again.
    #[inline(always)]
    pub(crate) fn unlink_generator(&self, state: &Gen, frame: &Frame, now: GenState) {
        state.state.set(now);
        self.thread.pop_exc_state(&state.exc);
        self.thread.current.set(frame.previous.replace(ptr::null()));
    }

    /// `clear_gen_frame`: the generator has ended.
    ///
    /// # Safety
    /// The frame is the generator's own, unlinked already.
    pub(crate) unsafe fn end_generator_frame(&self, frame: &Frame) {
        debug_assert!(frame.owner.get() == Owner::Generator);
        if let Some(obj) = frame.frame_obj.take()
            && !self.detach_frame_obj(frame, obj)
            && self.version <= Version::V3_10
        {
            crate::counted_frame::frame_is_over(&frame.code);
        }
        // SAFETY: the frame does not run any more.
        unsafe { self.clear_places(frame) };
        drop(frame.locals.take());
        // SAFETY: nobody looks at the function of an ended generator.
        drop(unsafe { ptr::replace((&raw const frame.func).cast_mut(), StackRef::NULL) });
    }
}
