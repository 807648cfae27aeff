//! What generators and coroutines can do: `send`, `throw`, `close`, their end, and their classes (`Objects/genobject.c`).

use compile::Version;
use heap::{Obj, Slot};

use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::objects::exception::Exception;
use crate::objects::generator::{Gen, GenState, Resumed, gen_of};
use crate::objects::traceback::Traceback;
use crate::{Args, Class, PyResult, Raised, Vm, kinds};

impl Vm {
    /// `next(generator)`: nothing is the end with `None`.
    pub(crate) fn generator_next(&self, obj: &Obj) -> PyResult<Option<Obj>> {
        if let Some(stepped) = self.step(obj) {
            return stepped;
        }
        match self.resume(obj, None, None, false)? {
            Resumed::Yielded(value) => Ok(Some(value)),
            Resumed::Returned(value) if value.is(&self.consts.none) => Ok(None),
            Resumed::Returned(value) => Err(self.stop_iteration(value)),
        }
    }

    /// `generator.send(value)`.
    pub(crate) fn generator_send(&self, obj: &Obj, value: &Obj) -> PyResult {
        self.sent(obj, self.resume(obj, Some(value), None, false))
    }

    fn sent(&self, obj: &Obj, resumed: PyResult<Resumed>) -> PyResult {
        match resumed? {
            Resumed::Yielded(value) => Ok(value),
            Resumed::Returned(_) if obj.kind() == kinds::ASYNC_GENERATOR => {
                Err(self.new_exception(&self.types.stop_async_iteration, Vec::new()))
            }
            Resumed::Returned(value) => Err(self.stop_iteration(value)),
        }
    }

    /// What `throw(type, value, traceback)` is to raise (`_gen_throw`'s `throw_here`).
    pub(crate) fn thrown(&self, args: &[Obj]) -> PyResult<Raised> {
        let given = |i: usize| args.get(i).filter(|arg| !arg.is(&self.consts.none));
        if let Some(tb) = given(2)
            && tb.get::<Traceback>().is_none()
        {
            return Err(self.type_error("throw() third argument must be a traceback object"));
        }
        let what = &args[0];
        let is_class = what.get::<Class>().is_some() && self.subclass_of(what, &self.types.base_exception);
        let exception = if is_class {
            let made = match given(1) {
                Some(value) if self.is_kind_of(value, what) => Ok(value.clone()),
                Some(value) => match value.get::<heap::Tuple>() {
                    Some(items) => self.call(what, items.items()),
                    None => self.call(what, std::slice::from_ref(value)),
                },
                None => self.call(what, &[]),
            };
            // What goes wrong while it is made is thrown in its place (`PyErr_NormalizeException`).
            match made {
                Ok(made) if made.get::<Exception>().is_some() => made,
                Ok(made) => {
                    let (class, type_) = (self.repr_text(what)?, self.type_name(&made));
                    let text = format!("calling {class} should have returned an instance of BaseException, not {type_}");
                    self.type_error(text).0
                }
                Err(raised) => raised.0,
            }
        } else if what.get::<Exception>().is_some() {
            if given(1).is_some() {
                return Err(self.type_error("instance exception may not have a separate value"));
            }
            what.clone()
        } else {
            let text = format!("exceptions must be classes or instances deriving from BaseException, not {}", self.type_name(what));
            return Err(self.type_error(text));
        };
        if let (Some(tb), Some(payload)) = (given(2), exception.get::<Exception>()) {
            payload.traceback.set(tb.clone());
        }
        Ok(Raised(exception))
    }

    /// `generator.throw(...)`: into the delegate first, if there is one.
    pub(crate) fn throw_into(&self, obj: &Obj, args: &[Obj], close_on_exit: bool) -> PyResult {
        let resumed = self.throw_resumed(obj, args, close_on_exit);
        self.sent(obj, resumed)
    }

    pub(crate) fn throw_resumed(&self, obj: &Obj, args: &[Obj], close_on_exit: bool) -> PyResult<Resumed> {
        let Some(state) = gen_of(obj) else { return Err(self.system_error("not a generator")) };
        let Some(delegate) = state.delegate() else {
            let thrown = self.thrown(args)?;
            return self.resume(obj, None, Some(thrown), false);
        };
        let is_exit = args[0].is(&self.types.generator_exit) || self.is_kind_of(&args[0], &self.types.generator_exit);
        if is_exit && close_on_exit {
            // An asynchronous generator's awaited thing is closed by its own means.
            state.state.set(GenState::Executing);
            let closed = self.close_delegate(&delegate);
            state.state.set(GenState::Delegating);
            let thrown = match closed {
                Ok(()) => self.thrown(args)?,
                Err(raised) => raised,
            };
            drop(delegate);
            return self.resume(obj, None, Some(thrown), false);
        }
        state.state.set(GenState::Executing);
        let result = if matches!(delegate.kind(), kinds::GENERATOR | kinds::COROUTINE) {
            self.below_frame(state, || self.throw_into(&delegate, args, close_on_exit))
        } else {
            match self.getattr_opt_str(&delegate, "throw") {
                Ok(Some(throw)) if self.version >= Version::V3_14 => self.below_frame(state, || self.call(&throw, args)),
                Ok(Some(throw)) => self.call(&throw, args),
                Ok(None) => {
                    drop(delegate);
                    state.state.set(GenState::Delegating);
                    let thrown = self.thrown(args)?;
                    return self.resume(obj, None, Some(thrown), false);
                }
                Err(raised) => Err(raised),
            }
        };
        state.state.set(GenState::Delegating);
        match result {
            Ok(value) => Ok(Resumed::Yielded(value)),
            Err(raised) => {
                drop(delegate);
                // The exception is raised where the generator delegates; `CLEANUP_THROW` takes a StopIteration's value.
                self.resume(obj, None, Some(raised), false)
            }
        }
    }

    /// Does something while the generator's frame is the running one, so that whoever looks at the stack sees it.
    fn below_frame<T>(&self, state: &Gen, run: impl FnOnce() -> T) -> T {
        let Some(frame) = state.frame() else { return run() };
        frame.previous.set(self.thread.current.replace(frame));
        let result = run();
        self.thread.current.set(frame.previous.replace(std::ptr::null()));
        result
    }

    /// `generator.close()`: the value it returns, or `None`.
    pub(crate) fn close_generator(&self, obj: &Obj) -> PyResult {
        let Some(state) = gen_of(obj) else { return Err(self.system_error("not a generator")) };
        match state.state.get() {
            GenState::Finished => return Ok(self.none()),
            GenState::Created => {
                self.finish_unstarted(state);
                return Ok(self.none());
            }
            _ => {}
        }
        let mut thrown = None;
        if let Some(delegate) = state.delegate() {
            state.state.set(GenState::Executing);
            let closed = self.close_delegate(&delegate);
            state.state.set(GenState::Delegating);
            thrown = closed.err();
        }
        // Up to 3.12 the frame always runs to its end; and whoever traces the program wants to see the end.
        if self.version >= Version::V3_13
            && thrown.is_none()
            && self.tracing.is_off()
            && !self.monitoring.is_on()
            && self.has_no_handler(state)
        {
            self.finish_unstarted(state);
            return Ok(self.none());
        }
        let thrown = thrown.unwrap_or_else(|| self.new_exception(&self.types.generator_exit, Vec::new()));
        match self.resume(obj, None, Some(thrown), true) {
            Ok(Resumed::Yielded(_)) => {
                let what = match obj.kind() {
                    kinds::COROUTINE => "coroutine",
                    kinds::ASYNC_GENERATOR => "async generator",
                    _ => "generator",
                };
                Err(self.runtime_error(format!("{what} ignored GeneratorExit")))
            }
            Ok(Resumed::Returned(value)) => Ok(value),
            Err(raised) if raised.is(self, &self.types.generator_exit) => Ok(self.none()),
            Err(raised) => match self.stop_iteration_value(&raised.0) {
                Some(value) => Ok(value),
                None => Err(raised),
            },
        }
    }

    /// Whether the generator waits where no handler of its own can see a GeneratorExit, so that it is simply cleared.
    fn has_no_handler(&self, state: &Gen) -> bool {
        use crate::quick::Quick;
        let Some(frame) = state.frame() else { return true };
        let payload = frame.code();
        // The RESUME behind the YIELD_VALUE says whether it is outside of every `try`, but for the one of the whole body.
        match payload.code.instrs.get(frame.lasti() + 1) {
            Some(next) if Quick::from_op(next.op) == Quick::Resume => next.arg & 4 != 0,
            _ => false,
        }
    }

    #[expect(unsafe_code, reason = "the frame does not run")]
    fn finish_unstarted(&self, state: &Gen) {
        state.state.set(GenState::Finished);
        if let Some(frame) = state.frame() {
            // SAFETY: the generator does not run, and never will.
            unsafe { self.end_generator_frame(frame) };
        }
    }

    /// Whether a dying generator must be closed first; for [`heap::Hooks::has_finalizer`].
    pub(crate) fn generator_needs_end(&self, obj: &Obj) -> bool {
        gen_of(obj).is_some_and(|state| !state.is_finished())
    }

    /// `_PyGen_Finalize`: a generator that dies unfinished is closed; a coroutine that never ran is warned of.
    pub(crate) fn finalize_generator(&self, obj: &Obj) {
        let Some(state) = gen_of(obj) else { return };
        if state.is_finished() {
            return;
        }
        if obj.kind() == kinds::ASYNC_GENERATOR
            && let Some(finalizer) = state.origin_or_finalizer.get()
            && !state.closed.get()
        {
            if let Err(raised) = self.call(&finalizer, std::slice::from_ref(obj)) {
                self.unraisable(raised, None, obj);
            }
            return;
        }
        let closed = if obj.kind() == kinds::COROUTINE && state.state.get() == GenState::Created {
            // It is not closed: its frame keeps what it holds until the collector, or the last reference, takes it apart.
            self.warn_unawaited_coroutine(obj, &self.lossy(&self.slot_or_none(&state.qualname)))
        } else {
            self.close_generator(obj).map(drop)
        };
        if let Err(raised) = closed {
            self.unraisable(raised, Some("closing generator"), obj);
        }
    }
}

pub(crate) fn state(obj: &Obj) -> &Gen {
    gen_of(obj).expect("a generator has the payload of one")
}

/// `__name__` of all three.
pub(super) const NAME: GetSet =
    GetSet::with_set("__name__", |vm, g| Ok(vm.slot_or_none(&state(g).name)), |vm, g, v| set_name(vm, &state(g).name, "__name__", v));

/// `__qualname__` of all three.
pub(super) const QUALNAME: GetSet = GetSet::with_set(
    "__qualname__",
    |vm, g| Ok(vm.slot_or_none(&state(g).qualname)),
    |vm, g, v| set_name(vm, &state(g).qualname, "__qualname__", v),
);

fn set_name(vm: &Vm, slot: &Slot, attribute: &str, value: Option<&Obj>) -> PyResult<()> {
    match value.filter(|value| Vm::is_text(value)) {
        Some(value) => {
            slot.set(value.clone());
            Ok(())
        }
        None => Err(vm.type_error(format!("{attribute} must be set to a string object"))),
    }
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let what = match obj.kind() {
        kinds::COROUTINE => "coroutine",
        kinds::ASYNC_GENERATOR => "async_generator",
        _ => "generator",
    };
    let name = vm.slot_or_none(&state(obj).qualname);
    Ok(vm.str(&format!("<{what} object {} at {:#x}>", vm.lossy(&name), obj.id())))
}

/// Since 3.12 a warning meets who throws class, exception and traceback one by one.
pub(super) fn warn_of_three(vm: &Vm, name: &str, args: &[Obj]) -> PyResult<()> {
    if args.len() < 2 || vm.version < Version::V3_12 {
        return Ok(());
    }
    let text = format!("the (type, exc, tb) signature of {name}() is deprecated, use the single-arg signature instead.");
    vm.warn(&vm.types.deprecation_warning, &text)
}

fn throw(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "throw", 1, 3)?;
    warn_of_three(vm, "throw", args)?;
    vm.throw_into(obj, args, true)
}

fn send(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    vm.generator_send(obj, &args.pos()[0])
}

fn close(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    vm.close_generator(obj)
}

pub(crate) fn frame_of(vm: &Vm, obj: &Obj) -> PyResult {
    let state = state(obj);
    Ok(match state.frame().filter(|_| !state.is_finished()) {
        Some(frame) => vm.frame_object(frame),
        None => vm.none(),
    })
}

pub(crate) fn code_of(vm: &Vm, obj: &Obj) -> PyResult {
    Ok(state(obj).code().cloned().unwrap_or_else(|| vm.none()))
}

pub(super) fn sizeof(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let base = vm.class(&vm.class_of(obj)).basicsize.get() as i64;
    if vm.version <= Version::V3_10 {
        // The frame is an object of its own.
        return Ok(vm.int(base));
    }
    let places = state(obj).code().map_or(0, |code| {
        let code = vm.code(code);
        code.n_locals as i64 + i64::from(code.code.stacksize)
    });
    Ok(vm.int(base + 8 * places))
}

fn send_slot(vm: &Vm, obj: &Obj, value: &Obj) -> PyResult<Result<Obj, Obj>> {
    Ok(match vm.resume(obj, Some(value), None, false)? {
        Resumed::Yielded(value) => Ok(value),
        Resumed::Returned(value) => Err(value),
    })
}

/// `generator`.
pub static GENERATOR: ClassSpec = ClassSpec {
    name: "generator",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::GENERATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |slots| {
        slots.repr.set(Some(repr));
        slots.iter.set(Some(|_, obj| Ok(obj.clone())));
        slots.iternext.set(Some(Vm::generator_next));
        slots.send.set(Some(send_slot));
        slots.finalize.set(Some(Vm::finalize_generator));
    },
    methods: &[
        Method::new("send", send, Convention::One).signature("($self, object, /)"),
        Method::new("throw", throw, Convention::Positional),
        Method::new("close", close, Convention::NoArgs).signature("($self, /)"),
        Method::new("__sizeof__", sizeof, Convention::NoArgs).signature("($self, /)"),
        Method::class("__class_getitem__", |vm, class, args| vm.generic_alias(class, &args.pos()[0]), Convention::One)
            .signature("($type, object, /)"),
    ],
    getset: &[
        NAME,
        QUALNAME,
        GetSet::new("gi_yieldfrom", |vm, g| Ok(state(g).delegate().unwrap_or_else(|| vm.none()))),
        GetSet::new("gi_running", |vm, g| Ok(vm.bool(state(g).state.get() == GenState::Executing))),
        GetSet::new("gi_frame", frame_of),
        GetSet::new("gi_suspended", |vm, g| Ok(vm.bool(state(g).is_suspended()))),
        GetSet::new("gi_code", code_of),
    ],
    basicsize: 152,
    itemsize: 8,
    doc: "",
};

/// `coroutine`.
pub static COROUTINE: ClassSpec = ClassSpec {
    name: "coroutine",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::COROUTINE,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |slots| {
        slots.repr.set(Some(repr));
        slots.await_.set(Some(|vm, obj| Ok(vm.heap.alloc(CoroutineWrapper { coroutine: obj.clone().into() }).tracked())));
        slots.send.set(Some(send_slot));
        slots.finalize.set(Some(Vm::finalize_generator));
    },
    methods: &[
        Method::new("send", send, Convention::One).signature("($self, object, /)"),
        Method::new("throw", throw, Convention::Positional),
        Method::new("close", close, Convention::NoArgs).signature("($self, /)"),
        Method::new("__sizeof__", sizeof, Convention::NoArgs).signature("($self, /)"),
        Method::class("__class_getitem__", |vm, class, args| vm.generic_alias(class, &args.pos()[0]), Convention::One)
            .signature("($type, object, /)"),
    ],
    getset: &[
        NAME,
        QUALNAME,
        GetSet::new("cr_await", |vm, g| Ok(state(g).delegate().unwrap_or_else(|| vm.none()))),
        GetSet::new("cr_running", |vm, g| Ok(vm.bool(state(g).state.get() == GenState::Executing))),
        GetSet::new("cr_frame", frame_of),
        GetSet::new("cr_suspended", |vm, g| Ok(vm.bool(state(g).is_suspended()))),
        GetSet::new("cr_code", code_of),
        GetSet::member("cr_origin", |vm, g| Ok(vm.slot_or_none(&state(g).origin_or_finalizer))),
    ],
    basicsize: 152,
    itemsize: 8,
    doc: "",
};

/// The payload of a `coroutine_wrapper`: what `coroutine.__await__()` gives.
pub struct CoroutineWrapper {
    coroutine: Slot,
}

crate::payload!(CoroutineWrapper, kinds::COROUTINE_WRAPPER, { coroutine });

fn wrapped(vm: &Vm, obj: &Obj) -> PyResult {
    match obj.get::<CoroutineWrapper>().and_then(|wrapper| wrapper.coroutine.get()) {
        Some(coroutine) => Ok(coroutine),
        None => Err(vm.system_error("a coroutine wrapper without its coroutine")),
    }
}

/// `coroutine_wrapper`.
pub static COROUTINE_WRAPPER: ClassSpec = ClassSpec {
    name: "coroutine_wrapper",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::COROUTINE_WRAPPER,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |slots| {
        slots.iter.set(Some(|_, obj| Ok(obj.clone())));
        slots.iternext.set(Some(|vm, obj| vm.generator_next(&wrapped(vm, obj)?)));
    },
    methods: &[
        Method::new("send", |vm, obj, args| vm.generator_send(&wrapped(vm, obj)?, &args.pos()[0]), Convention::One),
        Method::new("throw", |vm, obj, args| throw(vm, &wrapped(vm, obj)?, args), Convention::Positional),
        Method::new("close", |vm, obj, _| vm.close_generator(&wrapped(vm, obj)?), Convention::NoArgs),
    ],
    getset: &[],
    basicsize: 24,
    itemsize: 0,
    doc: "A wrapper object implementing __await__ for coroutines.",
};
