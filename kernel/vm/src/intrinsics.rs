//! The intrinsics (`Python/intrinsics.c`), t-strings, awaitables, and what `yield from` sends to.

use compile::code::{CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_ITERABLE_COROUTINE};
use heap::{List, Obj, Slot, Tuple};

use crate::frame::Frame;
use crate::objects::code::CodeObject;
use crate::objects::function::Function;
use crate::objects::generator::{Resumed, gen_of};
use crate::{PyResult, Vm, kinds};

impl Vm {
    /// `CALL_INTRINSIC_1`.
    #[inline(never)]
    pub(crate) fn intrinsic_1(&self, frame: &Frame, which: u32, value: &Obj) -> PyResult {
        match which {
            1 => self.display_hook(value),
            2 => self.import_star(frame, value),
            3 => Ok(self.stop_iteration_error(frame, value)),
            4 => {
                // A value that an asynchronous generator yields is told from what it awaits.
                Ok(self.heap.alloc(crate::objects::async_generator::WrappedValue { value: value.clone().into() }).tracked())
            }
            5 => self.positive(value),
            6 => {
                let items = match value.get::<List>() {
                    Some(list) => list.to_vec(),
                    None => self.to_vec(value)?,
                };
                Ok(self.tuple_of(items))
            }
            7 => self.new_type_var(value.clone(), None, None),
            8 => self.new_param_spec(value.clone()),
            9 => self.new_type_var_tuple(value.clone()),
            10 => self.subscript_generic(value),
            11 => self.new_type_alias(value),
            _ => Err(self.system_error("unknown intrinsic")),
        }
    }

    /// `CALL_INTRINSIC_2`.
    #[inline(never)]
    pub(crate) fn intrinsic_2(&self, which: u32, first: &Obj, second: &Obj) -> PyResult {
        match which {
            1 => {
                let raised = crate::objects::exception::reraise_star(self, first, second)?;
                Ok(raised.unwrap_or_else(|| self.none()))
            }
            2 => self.new_type_var(first.clone(), Some(second.clone()), None),
            3 => self.new_type_var(first.clone(), None, Some(second.clone())),
            4 => {
                if let Some(function) = first.get::<Function>() {
                    function.type_params.set(second.clone());
                }
                Ok(first.clone())
            }
            5 => self.set_type_param_default(first, second),
            _ => Err(self.system_error("unknown intrinsic")),
        }
    }

    /// An expression statement at a prompt: `sys.displayhook(value)`.
    fn display_hook(&self, value: &Obj) -> PyResult {
        let hook = self.sys.get().and_then(|sys| self.dict_get_str(&sys, "displayhook"));
        match hook {
            Some(hook) => self.call(&hook, std::slice::from_ref(value)),
            None => Err(self.runtime_error("lost sys.displayhook")),
        }
    }

    /// `from module import *` (`import_all_from`).
    fn import_star(&self, frame: &Frame, module: &Obj) -> PyResult {
        let Some(locals) = frame.locals.get() else { return Err(self.system_error("no locals found during 'import *'")) };
        let all = self.getattr_opt_str(module, "__all__")?;
        let skip_private = all.is_none();
        let names = match all {
            Some(all) => self.to_vec(&all)?,
            None => match self.getattr_opt_str(module, "__dict__")? {
                Some(dict) => self.to_vec(&self.call_method(&dict, "keys", &[])?)?,
                None => return Err(self.import_error("from-import-* object has no __dict__ and no __all__")),
            },
        };
        for name in names {
            if !Vm::is_text(&name) {
                let module_name = self.getattr_str(module, "__name__")?;
                let (what, holder) = if skip_private { ("Key", "__dict__") } else { ("Item", "__all__") };
                return Err(self.type_error(format!(
                    "{what} in {}.{holder} must be str, not {}",
                    self.lossy(&module_name),
                    self.type_name(&name)
                )));
            }
            if skip_private && self.lossy(&name).starts_with('_') {
                continue;
            }
            let value = self.getattr(module, &name)?;
            self.setitem(&locals, &name, Some(&value))?;
        }
        Ok(self.none())
    }

    /// `stopiteration_error`: a StopIteration that leaves a generator becomes a RuntimeError. The result is raised again.
    fn stop_iteration_error(&self, frame: &Frame, exception: &Obj) -> Obj {
        let code = frame.code();
        let what = if code.has_flag(CO_ASYNC_GENERATOR) {
            "async generator"
        } else if code.has_flag(CO_COROUTINE) {
            "coroutine"
        } else {
            "generator"
        };
        let text = if self.is_kind_of(exception, &self.types.stop_iteration) {
            format!("{what} raised StopIteration")
        } else if code.has_flag(CO_ASYNC_GENERATOR) && self.is_kind_of(exception, &self.types.stop_async_iteration) {
            "async generator raised StopAsyncIteration".to_owned()
        } else {
            return exception.clone();
        };
        let raised = self.runtime_error(text).0;
        if let Some(payload) = raised.get::<crate::objects::exception::Exception>() {
            payload.cause.set(exception.clone());
            payload.context.set(exception.clone());
            payload.suppress_context.set(true);
        }
        raised
    }

    /// `GET_YIELD_FROM_ITER`: nothing if the object is its own iterator.
    pub(crate) fn yield_from_iter(&self, code: &CodeObject, iterable: &Obj) -> PyResult<Option<Obj>> {
        match iterable.kind() {
            kinds::COROUTINE => {
                if !code.has_flag(CO_COROUTINE | CO_ITERABLE_COROUTINE) {
                    return Err(self.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
                }
                Ok(None)
            }
            kinds::GENERATOR => Ok(None),
            _ => self.iter(iterable).map(Some),
        }
    }

    /// A value to whatever `yield from` or `await` waits for (`SEND` of what is no generator).
    pub(crate) fn send_to(&self, receiver: &Obj, value: &Obj) -> PyResult<Resumed> {
        if let Some(send) = self.with_class(receiver, |class| class.slots.send.get()) {
            return Ok(match send(self, receiver, value)? {
                Ok(yielded) => Resumed::Yielded(yielded),
                Err(returned) => Resumed::Returned(returned),
            });
        }
        let step = self.with_class(receiver, |class| class.slots.iternext.get()).filter(|_| value.is(&self.consts.none));
        let result = match step {
            // The slot itself is called: a StopIteration from it has the value.
            Some(step) => match step(self, receiver) {
                Ok(Some(item)) => Ok(item),
                Ok(None) => return Ok(Resumed::Returned(self.none())),
                Err(raised) => Err(raised),
            },
            None => self.call_method(receiver, "send", std::slice::from_ref(value)),
        };
        match result {
            Ok(item) => Ok(Resumed::Yielded(item)),
            Err(raised) => match self.stop_iteration_value(&raised.0) {
                Some(value) => Ok(Resumed::Returned(value)),
                None => Err(raised),
            },
        }
    }

    /// `_PyCoro_GetAwaitableIter`.
    pub(crate) fn awaitable_iter(&self, obj: &Obj) -> PyResult {
        let is_coroutine = |obj: &Obj| {
            obj.kind() == kinds::COROUTINE
                || obj.kind() == kinds::GENERATOR
                    && gen_of(obj).and_then(|state| state.code()).is_some_and(|code| self.code(code).has_flag(CO_ITERABLE_COROUTINE))
        };
        if is_coroutine(obj) {
            return Ok(obj.clone());
        }
        let class = self.class_of(obj);
        let Some(await_) = self.class(&class).slots.await_.get() else {
            return Err(self.type_error(format!("'{}' object can't be awaited", self.class_name(&class))));
        };
        let iterator = await_(self, obj)?;
        if is_coroutine(&iterator) {
            return Err(self.type_error("__await__() returned a coroutine"));
        }
        if self.with_class(&iterator, |class| class.slots.iternext.get()).is_none() {
            return Err(self.type_error(format!("__await__() returned non-iterator of type '{}'", self.type_name(&iterator))));
        }
        Ok(iterator)
    }

    /// `GET_AWAITABLE`.
    pub(crate) fn get_awaitable(&self, obj: &Obj, after: u32) -> PyResult {
        let iterator = match self.awaitable_iter(obj) {
            Ok(iterator) => iterator,
            Err(raised) => {
                let has_await = self.with_class(obj, |class| class.slots.await_.get()).is_some();
                if after > 0 && !has_await {
                    let method = if after == 1 { "__aenter__" } else { "__aexit__" };
                    let text =
                        format!("'async with' received an object from {method} that does not implement __await__: {}", self.type_name(obj));
                    return Err(self.type_error(text));
                }
                return Err(raised);
            }
        };
        if iterator.kind() == kinds::COROUTINE && gen_of(&iterator).is_some_and(|state| state.delegate().is_some()) {
            return Err(self.runtime_error("coroutine is being awaited already"));
        }
        Ok(iterator)
    }

    /// `GET_AITER`.
    pub(crate) fn get_aiter(&self, obj: &Obj) -> PyResult {
        let class = self.class_of(obj);
        let Some(aiter) = self.class(&class).slots.aiter.get() else {
            return Err(self.type_error(format!("'async for' requires an object with __aiter__ method, got {}", self.class_name(&class))));
        };
        let iterator = aiter(self, obj)?;
        if self.with_class(&iterator, |class| class.slots.anext.get()).is_none() {
            let text =
                format!("'async for' received an object from __aiter__ that does not implement __anext__: {}", self.type_name(&iterator));
            return Err(self.type_error(text));
        }
        Ok(iterator)
    }

    /// `GET_ANEXT`.
    pub(crate) fn get_anext(&self, iterator: &Obj) -> PyResult {
        let class = self.class_of(iterator);
        let Some(anext) = self.class(&class).slots.anext.get() else {
            return Err(self.type_error(format!("'async for' requires an iterator with __anext__ method, got {}", self.class_name(&class))));
        };
        let awaitable = anext(self, iterator)?;
        if iterator.kind() == kinds::ASYNC_GENERATOR {
            return Ok(awaitable);
        }
        match self.awaitable_iter(&awaitable) {
            Ok(iterator) => Ok(iterator),
            Err(raised) => {
                let error =
                    self.type_error(format!("'async for' received an invalid object from __anext__: {}", self.type_name(&awaitable)));
                if let Some(payload) = error.0.get::<crate::objects::exception::Exception>() {
                    payload.cause.set(raised.0.clone());
                    payload.context.set(raised.0);
                    payload.suppress_context.set(true);
                }
                Err(error)
            }
        }
    }

    /// `cr_origin`: where a coroutine was made, if `sys.set_coroutine_origin_tracking_depth` asks for it.
    pub(crate) fn track_origin(&self, made: &Obj, frame: &Frame) {
        let depth = self.thread.origin_depth.get();
        if depth == 0 || made.kind() != kinds::COROUTINE {
            return;
        }
        let mut rows = Vec::new();
        let mut at = Frame::first_complete(frame.previous.get());
        while let Some(frame) = at.filter(|_| rows.len() < depth) {
            let code = frame.code();
            let line = frame.line().map_or_else(|| self.none(), |line| self.int(line.into()));
            rows.push(self.tuple(vec![code.filename.clone(), line, code.name.clone()]));
            at = Frame::first_complete(frame.previous.get());
        }
        if let Some(state) = gen_of(made) {
            state.origin_or_finalizer.set(self.tuple(rows));
        }
    }

    /// `types.coroutine`: a copy of generator code whose generators can be awaited.
    pub fn iterable_coroutine_flags(flags: u32) -> u32 {
        if flags & CO_GENERATOR != 0 { flags | CO_ITERABLE_COROUTINE } else { flags }
    }

    /// A generator's `close`, for whatever `yield from` waits for (`gen_close_iter`).
    pub(crate) fn close_delegate(&self, delegate: &Obj) -> PyResult<()> {
        if matches!(delegate.kind(), kinds::GENERATOR | kinds::COROUTINE) {
            return self.close_generator(delegate).map(drop);
        }
        match self.getattr_opt_str(delegate, "close") {
            Ok(Some(close)) => self.call(&close, &[]).map(drop),
            Ok(None) => Ok(()),
            Err(raised) => {
                self.unraisable(raised, None, delegate);
                Ok(())
            }
        }
    }

    /// The places of a template's two tuples.
    pub(crate) fn build_template(&self, strings: Obj, interpolations: Obj) -> Obj {
        self.heap.alloc(crate::objects::template::Template { strings: strings.into(), interpolations: interpolations.into() }).tracked()
    }

    /// `{value!r:spec}` of a t-string.
    pub(crate) fn build_interpolation(&self, value: Obj, text: Obj, conversion: u32, spec: Obj) -> PyResult {
        let conversion = match conversion {
            1 => self.str("s"),
            2 => self.str("r"),
            3 => self.str("a"),
            _ => self.none(),
        };
        Ok(self.new_interpolation(value, text, conversion, spec))
    }

    fn subscript_generic(&self, params: &Obj) -> PyResult {
        let typing = self.import_module("typing")?;
        let generic = self.getattr_str(&typing, "Generic")?;
        let unpacked: Vec<Obj> = match params.get::<Tuple>() {
            Some(params) => params.items().to_vec(),
            None => vec![params.clone()],
        };
        let items = unpacked
            .into_iter()
            .map(|param| if param.kind() == kinds::TYPE_VAR_TUPLE { self.unpack_type_var_tuple(&param) } else { Ok(param) })
            .collect::<PyResult<Vec<Obj>>>()?;
        self.getitem(&generic, &self.tuple(items))
    }

    pub(crate) fn slot_or_none(&self, slot: &Slot) -> Obj {
        slot.get().unwrap_or_else(|| self.none())
    }
}
