//! Asynchronous generators and the awaitables of their methods (`Objects/genobject.c`, second half).

use std::cell::Cell;

use compile::Version;
use heap::{Obj, Slot};

use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::objects::coroutine::{code_of, frame_of, state};
use crate::objects::generator::Resumed;
use crate::{Args, PyResult, Vm, kinds};

/// What an asynchronous generator yields, as told from what it awaits (`_PyAsyncGenWrappedValue`).
pub struct WrappedValue {
    /// The value.
    pub value: Slot,
}

crate::payload!(WrappedValue, kinds::ASYNC_GENERATOR_WRAPPED_VALUE, { value });

#[derive(Clone, Copy, PartialEq, Eq)]
enum AwaitState {
    Init,
    Iter,
    Closed,
}

/// The payload of what `asend()` and `__anext__()` give.
pub struct Asend {
    generator: Slot,
    value: Slot,
    state: Cell<AwaitState>,
}

crate::payload!(Asend, kinds::ASYNC_GENERATOR_ASEND, { generator, value });

/// The payload of what `athrow()` and `aclose()` give; without arguments it is `aclose()`.
pub struct Athrow {
    generator: Slot,
    args: Slot,
    state: Cell<AwaitState>,
}

crate::payload!(Athrow, kinds::ASYNC_GENERATOR_ATHROW, { generator, args });

impl Vm {
    /// `async_gen_init_hooks`: the first iteration tells the event loop.
    fn init_hooks(&self, generator: &Obj) -> PyResult<()> {
        let state = state(generator);
        if state.hooks_inited.replace(true) {
            return Ok(());
        }
        if let Some(finalizer) = self.thread.finalizer.get() {
            state.origin_or_finalizer.set(finalizer);
        }
        if let Some(first) = self.thread.firstiter.get() {
            self.call(&first, std::slice::from_ref(generator))?;
        }
        Ok(())
    }

    fn new_asend(&self, generator: &Obj, value: &Obj) -> PyResult {
        self.init_hooks(generator)?;
        let asend = Asend { generator: generator.clone().into(), value: value.clone().into(), state: Cell::new(AwaitState::Init) };
        let made = self.heap.alloc(asend);
        self.expects_await(&made);
        Ok(made.tracked())
    }

    fn new_athrow(&self, generator: &Obj, args: Option<Obj>) -> PyResult {
        self.init_hooks(generator)?;
        let athrow = Athrow { generator: generator.clone().into(), args: args.into(), state: Cell::new(AwaitState::Init) };
        let made = self.heap.alloc(athrow);
        self.expects_await(&made);
        Ok(made.tracked())
    }

    /// Since 3.13 an awaitable that dies without ever having been awaited is warned of.
    fn expects_await(&self, made: &Obj) {
        if self.version >= Version::V3_13 {
            made.mark_finalizer();
        }
    }

    /// `_PyErr_WarnUnawaitedAgenMethod`.
    fn warn_unawaited_method(&self, generator: &Slot, method: &str) {
        let generator = self.slot_or_none(generator);
        let text = match self.repr_text(&self.slot_or_none(&state(&generator).qualname)) {
            Ok(name) => format!("coroutine method '{method}' of {name} was never awaited"),
            Err(_) => return,
        };
        if let Err(raised) = self.warn_about(&self.types.runtime_warning, &text, &generator) {
            self.unraisable(raised, Some("finalizing async generator"), &generator);
        }
    }

    /// `async_gen_unwrap_value`: a yielded value ends the `await` (as a StopIteration), anything else is awaited further.
    fn unwrap_async(&self, generator: &Obj, result: PyResult<Resumed>) -> PyResult {
        let state = state(generator);
        match result {
            Ok(Resumed::Yielded(value)) => match value.get::<WrappedValue>() {
                Some(wrapped) => {
                    state.running.set(false);
                    Err(self.stop_iteration(wrapped.value.get().unwrap_or_else(|| self.none())))
                }
                None => Ok(value),
            },
            Ok(Resumed::Returned(_)) => {
                state.running.set(false);
                state.closed.set(true);
                Err(self.new_exception(&self.types.stop_async_iteration, Vec::new()))
            }
            Err(raised) => {
                if raised.is(self, &self.types.stop_async_iteration) || raised.is(self, &self.types.generator_exit) {
                    state.closed.set(true);
                }
                state.running.set(false);
                Err(raised)
            }
        }
    }

    fn asend_send(&self, obj: &Obj, value: &Obj) -> PyResult {
        let asend = asend(obj);
        if asend.state.get() == AwaitState::Closed {
            return Err(self.runtime_error("cannot reuse already awaited __anext__()/asend()"));
        }
        let generator = self.slot_or_none(&asend.generator);
        let mut value = value.clone();
        if asend.state.get() == AwaitState::Init {
            if state(&generator).running.get() {
                asend.state.set(AwaitState::Closed);
                return Err(self.runtime_error("anext(): asynchronous generator is already running"));
            }
            if value.is(&self.consts.none) {
                value = self.slot_or_none(&asend.value);
            }
            asend.state.set(AwaitState::Iter);
        }
        state(&generator).running.set(true);
        let resumed = self.resume(&generator, Some(&value), None, false);
        let result = self.unwrap_async(&generator, resumed);
        if result.is_err() {
            asend.state.set(AwaitState::Closed);
        }
        result
    }

    fn asend_throw(&self, obj: &Obj, args: &[Obj]) -> PyResult {
        let asend = asend(obj);
        if asend.state.get() == AwaitState::Closed {
            return Err(self.runtime_error("cannot reuse already awaited __anext__()/asend()"));
        }
        let generator = self.slot_or_none(&asend.generator);
        if asend.state.get() == AwaitState::Init {
            if state(&generator).running.get() {
                asend.state.set(AwaitState::Closed);
                return Err(self.runtime_error("anext(): asynchronous generator is already running"));
            }
            asend.state.set(AwaitState::Iter);
            state(&generator).running.set(true);
        }
        let resumed = self.throw_resumed(&generator, args, true);
        let result = self.unwrap_async(&generator, resumed);
        if result.is_err() {
            asend.state.set(AwaitState::Closed);
        }
        result
    }

    fn athrow_send(&self, obj: &Obj, value: &Obj) -> PyResult {
        let athrow = athrow(obj);
        let generator = self.slot_or_none(&athrow.generator);
        let generating = state(&generator);
        let args = athrow.args.get();
        if athrow.state.get() == AwaitState::Closed {
            return Err(self.runtime_error("cannot reuse already awaited aclose()/athrow()"));
        }
        if generating.is_finished() {
            athrow.state.set(AwaitState::Closed);
            return Err(self.stop_iteration(self.none()));
        }
        if athrow.state.get() == AwaitState::Init {
            if generating.running.get() {
                athrow.state.set(AwaitState::Closed);
                let what = if args.is_none() { "aclose" } else { "athrow" };
                return Err(self.runtime_error(format!("{what}(): asynchronous generator is already running")));
            }
            if generating.closed.get() {
                athrow.state.set(AwaitState::Closed);
                return Err(self.new_exception(&self.types.stop_async_iteration, Vec::new()));
            }
            if !value.is(&self.consts.none) {
                return Err(self.runtime_error("can't send non-None value to a just-started coroutine"));
            }
            athrow.state.set(AwaitState::Iter);
            generating.running.set(true);
            return match args {
                None => {
                    generating.closed.set(true);
                    let exit = self.types.generator_exit.clone();
                    let resumed = self.throw_resumed(&generator, &[exit], false);
                    self.closing(athrow, &generator, resumed)
                }
                Some(args) => {
                    let items = args.get::<heap::Tuple>().map_or(&[][..], heap::Tuple::items);
                    let resumed = self.throw_resumed(&generator, items, false);
                    let result = self.unwrap_async(&generator, resumed);
                    if result.is_err() {
                        athrow.state.set(AwaitState::Closed);
                    }
                    result
                }
            };
        }
        let resumed = self.resume(&generator, Some(value), None, false);
        if args.is_some() {
            let result = self.unwrap_async(&generator, resumed);
            if result.is_err() {
                athrow.state.set(AwaitState::Closed);
            }
            return result;
        }
        self.closing(athrow, &generator, resumed)
    }

    /// How `aclose()` goes on: a value that the generator yields is one too many.
    fn closing(&self, athrow: &Athrow, generator: &Obj, resumed: PyResult<Resumed>) -> PyResult {
        let generating = state(generator);
        let raised = match resumed {
            Ok(Resumed::Yielded(value)) if value.get::<WrappedValue>().is_some() => {
                generating.running.set(false);
                athrow.state.set(AwaitState::Closed);
                return Err(self.runtime_error("async generator ignored GeneratorExit"));
            }
            Ok(Resumed::Yielded(value)) => return Ok(value),
            Ok(Resumed::Returned(_)) => None,
            Err(raised) => Some(raised),
        };
        generating.running.set(false);
        athrow.state.set(AwaitState::Closed);
        match raised {
            Some(raised) if !raised.is(self, &self.types.stop_async_iteration) && !raised.is(self, &self.types.generator_exit) => {
                Err(raised)
            }
            _ => Err(self.stop_iteration(self.none())),
        }
    }

    fn athrow_throw(&self, obj: &Obj, args: &[Obj]) -> PyResult {
        let athrow = athrow(obj);
        if athrow.state.get() == AwaitState::Closed {
            return Err(self.runtime_error("cannot reuse already awaited aclose()/athrow()"));
        }
        let generator = self.slot_or_none(&athrow.generator);
        if athrow.state.get() == AwaitState::Init {
            if state(&generator).running.get() {
                athrow.state.set(AwaitState::Closed);
                let what = if athrow.args.is_empty() { "aclose" } else { "athrow" };
                return Err(self.runtime_error(format!("{what}(): asynchronous generator is already running")));
            }
            athrow.state.set(AwaitState::Iter);
            state(&generator).running.set(true);
        }
        let resumed = self.throw_resumed(&generator, args, true);
        if !athrow.args.is_empty() {
            let result = self.unwrap_async(&generator, resumed);
            if result.is_err() {
                athrow.state.set(AwaitState::Closed);
            }
            return result;
        }
        self.closing(athrow, &generator, resumed)
    }

    /// `close()` of the two awaitables: a GeneratorExit must end them.
    fn close_awaitable(&self, obj: &Obj, closed: bool, throw: fn(&Vm, &Obj, &[Obj]) -> PyResult) -> PyResult {
        if closed {
            return Ok(self.none());
        }
        let exit = self.types.generator_exit.clone();
        match throw(self, obj, &[exit]) {
            Ok(_) => Err(self.runtime_error("coroutine ignored GeneratorExit")),
            Err(raised) => {
                let fine = [&self.types.stop_iteration, &self.types.stop_async_iteration, &self.types.generator_exit];
                if fine.into_iter().any(|class| raised.is(self, class)) { Ok(self.none()) } else { Err(raised) }
            }
        }
    }
}

fn asend(obj: &Obj) -> &Asend {
    obj.get::<Asend>().expect("an asend has the payload of one")
}

fn athrow(obj: &Obj) -> &Athrow {
    obj.get::<Athrow>().expect("an athrow has the payload of one")
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let name = vm.slot_or_none(&state(obj).qualname);
    Ok(vm.str(&format!("<async_generator object {} at {:#x}>", vm.lossy(&name), obj.id())))
}

/// `async_generator`.
pub static ASYNC_GENERATOR: ClassSpec = ClassSpec {
    name: "async_generator",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::ASYNC_GENERATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |slots| {
        slots.repr.set(Some(repr));
        slots.aiter.set(Some(|_, obj| Ok(obj.clone())));
        slots.anext.set(Some(|vm, obj| vm.new_asend(obj, &vm.consts.none)));
        slots.finalize.set(Some(Vm::finalize_generator));
    },
    methods: &[
        Method::new("asend", |vm, obj, args| vm.new_asend(obj, &args.pos()[0]), Convention::One).signature("($self, object, /)"),
        Method::new(
            "athrow",
            |vm, obj, args| {
                let args = args.check(vm, "athrow", 1, 3)?;
                super::coroutine::warn_of_three(vm, "athrow", args)?;
                vm.new_athrow(obj, Some(vm.tuple(args.to_vec())))
            },
            Convention::Positional,
        ),
        Method::new("aclose", |vm, obj, _| vm.new_athrow(obj, None), Convention::NoArgs).signature("($self, /)"),
        Method::new("__sizeof__", super::coroutine::sizeof, Convention::NoArgs).signature("($self, /)"),
        Method::class("__class_getitem__", |vm, class, args| vm.generic_alias(class, &args.pos()[0]), Convention::One)
            .signature("($type, object, /)"),
    ],
    getset: &[
        super::coroutine::NAME,
        super::coroutine::QUALNAME,
        GetSet::new("ag_await", |vm, g| Ok(state(g).delegate().unwrap_or_else(|| vm.none()))),
        GetSet::member("ag_running", |vm, g| Ok(vm.bool(state(g).running.get()))),
        GetSet::new("ag_frame", frame_of),
        GetSet::new("ag_code", code_of),
        GetSet::new("ag_suspended", |vm, g| Ok(vm.bool(state(g).is_suspended()))),
    ],
    basicsize: 152,
    itemsize: 8,
    doc: "",
};

fn throw_args<'a>(vm: &Vm, args: Args<'a>) -> PyResult<&'a [Obj]> {
    let args = args.check(vm, "throw", 1, 3)?;
    super::coroutine::warn_of_three(vm, "throw", args)?;
    Ok(args)
}

/// `async_generator_asend`.
pub static ASEND: ClassSpec = ClassSpec {
    name: "async_generator_asend",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::ASYNC_GENERATOR_ASEND,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |slots| {
        slots.await_.set(Some(|_, obj| Ok(obj.clone())));
        slots.iter.set(Some(|_, obj| Ok(obj.clone())));
        slots.iternext.set(Some(|vm, obj| vm.asend_send(obj, &vm.consts.none).map(Some)));
        slots.finalize.set(Some(|vm, obj| {
            let asend = asend(obj);
            if asend.state.get() == AwaitState::Init {
                vm.warn_unawaited_method(&asend.generator, "asend");
            }
        }));
    },
    methods: &[
        Method::new("send", |vm, obj, args| vm.asend_send(obj, &args.pos()[0]), Convention::One),
        Method::new("throw", |vm, obj, args| vm.asend_throw(obj, throw_args(vm, args)?), Convention::Positional),
        Method::new(
            "close",
            |vm, obj, _| vm.close_awaitable(obj, asend(obj).state.get() == AwaitState::Closed, Vm::asend_throw),
            Convention::NoArgs,
        ),
    ],
    getset: &[],
    basicsize: 40,
    itemsize: 0,
    doc: "",
};

/// `async_generator_athrow`.
pub static ATHROW: ClassSpec = ClassSpec {
    name: "async_generator_athrow",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::ASYNC_GENERATOR_ATHROW,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |slots| {
        slots.await_.set(Some(|_, obj| Ok(obj.clone())));
        slots.iter.set(Some(|_, obj| Ok(obj.clone())));
        slots.iternext.set(Some(|vm, obj| vm.athrow_send(obj, &vm.consts.none).map(Some)));
        slots.finalize.set(Some(|vm, obj| {
            let athrow = athrow(obj);
            if athrow.state.get() == AwaitState::Init {
                vm.warn_unawaited_method(&athrow.generator, if athrow.args.is_empty() { "aclose" } else { "athrow" });
            }
        }));
    },
    methods: &[
        Method::new("send", |vm, obj, args| vm.athrow_send(obj, &args.pos()[0]), Convention::One),
        Method::new("throw", |vm, obj, args| vm.athrow_throw(obj, throw_args(vm, args)?), Convention::Positional),
        Method::new(
            "close",
            |vm, obj, _| vm.close_awaitable(obj, athrow(obj).state.get() == AwaitState::Closed, Vm::athrow_throw),
            Convention::NoArgs,
        ),
    ],
    getset: &[],
    basicsize: 40,
    itemsize: 0,
    doc: "",
};

/// `async_generator_wrapped_value`.
pub static WRAPPED_VALUE: ClassSpec = ClassSpec {
    name: "async_generator_wrapped_value",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::ASYNC_GENERATOR_WRAPPED_VALUE,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |_| {},
    methods: &[],
    getset: &[],
    basicsize: 24,
    itemsize: 0,
    doc: "",
};
