//! The instructions that the loop does not carry itself: one arm each (long and flat), run on a copy of its registers.
//!
//! What is on the stack before and after is told at each [`Op`](compile::Op).

#![expect(unsafe_code, unsafe_op_in_unsafe_fn, reason = "see `registers.rs`")]

use compile::Version;
use heap::{CellVar, Int, StackRef, Tuple};

use crate::monitoring::Event;
use crate::objects::code::Instr;
use crate::objects::function::Function;
use crate::objects::generator::{GenState, Resumed, gen_of};
use crate::protocol::Loaded;
use crate::quick::Quick;
use crate::registers::Registers;
use crate::unwind::Fault;
use crate::{Raised, Vm, kinds};

impl Vm {
    /// As [`Vm::rare`], telling of the calls of native functions.
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    pub(crate) unsafe fn rare_traced(&self, at: &mut Registers, here: *mut Instr) -> Result<(), Fault> {
        // What is above the callable: its `self`, the arguments, and the keywords' names or dict.
        let above = match (*here).op {
            Quick::CallKw => (*here).arg as usize + 2,
            Quick::CallFunctionEx => 2 + usize::from(self.version >= Version::V3_14 || (*here).arg & 1 != 0),
            Quick::LoadSuperAttr if self.monitoring.is_on() => return self.load_super_told(at, (*here).arg),
            _ => return self.rare(at, here),
        };
        let callable = at.sp.sub(above + 1);
        let has_own = !(*callable.add(1)).is_null();
        let first = if has_own { callable.add(1) } else { callable.add(2) };
        let mut called = ((*callable).look().clone(), Some((*first).look().clone()));
        if (*here).op == Quick::CallFunctionEx {
            if self.version >= Version::V3_12 {
                // Whoever is told sees the first item of what a `*` goes over.
                let args = std::mem::replace(&mut *callable.add(2), StackRef::NULL).into_obj();
                *callable.add(2) = StackRef::owned(self.tuple_of_arguments(&*callable, args)?);
            }
            called.1 = (*callable.add(2)).look().get::<Tuple>().and_then(|args| args.items().first().cloned());
            let is_python = matches!(called.0.kind(), kinds::FUNCTION | kinds::METHOD);
            // 3.12 tells nothing of Python functions that are called so, and `None` where there is no argument.
            if self.version == Version::V3_12 {
                called.1.get_or_insert_with(|| self.none());
            }
            if !is_python || self.version > Version::V3_12 {
                self.monitor_here(at.frame(), Event::Call, || {
                    vec![called.0.clone(), called.1.clone().unwrap_or_else(|| self.no_argument())]
                })?;
            }
            if is_python {
                return self.rare(at, here);
            }
        } else if !has_own && let Some((function, own)) = self.method_parts(&called.0) {
            called = (function, Some(own));
        }
        // Python code is told of as it begins and ends.
        if called.0.kind() == kinds::FUNCTION {
            return self.rare(at, here);
        }
        let told = self.trace_native(at.frame(), &called.0, called.1.as_ref())?;
        drop(called);
        let done = self.rare(at, here);
        self.trace_native_end(at.frame(), told, done)
    }

    /// `LOAD_SUPER_ATTR` while tools listen: the call of `super` is told, and is made for it.
    unsafe fn load_super_told(&self, at: &mut Registers, arg: u32) -> Result<(), Fault> {
        let (super_, class, instance) = (at.top(3).clone(), at.top(2).clone(), at.top(1).clone());
        let args = if arg & 2 != 0 { vec![class, instance] } else { Vec::new() };
        let told = || vec![super_.clone(), args.first().cloned().unwrap_or_else(|| self.no_argument())];
        self.monitor_here(at.frame(), Event::Call, told)?;
        let made = self.call(&super_, &args);
        self.monitor_here(at.frame(), if made.is_ok() { Event::CReturn } else { Event::CRaise }, told)?;
        let value = self.getattr(&made?, at.name((arg >> 2) as usize))?;
        drop(at.pop());
        drop(at.pop());
        at.set_top(1, value);
        if arg & 1 != 0 {
            at.push(StackRef::NULL);
        }
        Ok(())
    }

    /// Runs one instruction.
    ///
    /// # Safety
    /// The loop's contract (`registers.rs`); `here` is the instruction, the registers stand behind it.
    #[inline(never)]
    pub(crate) unsafe fn rare(&self, at: &mut Registers, here: *mut Instr) -> Result<(), Fault> {
        let instr = *here;
        let arg = instr.arg;
        match instr.op {
            Quick::DeleteFast => {
                let value = std::mem::replace(at.local(arg as usize), StackRef::NULL);
                if value.is_null() {
                    return Err(self.unbound_local(at.code(), arg as usize).into());
                }
            }
            Quick::Trap => {
                at.frame().sp.set(at.sp);
                self.trapped(at.frame())?;
                at.ip = here;
            }
            Quick::LoadCommonConstant => at.push_obj(self.common_constant(arg)?),
            Quick::LoadAssertionError => at.push_obj(self.types.assertion_error.clone()),
            Quick::UnaryNegative => {
                let result = self.negative(&at.top(1))?;
                at.set_top(1, result);
            }
            Quick::UnaryInvert => {
                let result = self.invert(&at.top(1))?;
                at.set_top(1, result);
            }
            Quick::BinarySlice => {
                let result = self.get_slice(&at.top(3), &at.top(2), &at.top(1))?;
                let (stop, start) = (at.pop(), at.pop());
                at.set_top(1, result);
                drop(stop);
                drop(start);
            }
            Quick::StoreSlice => {
                self.set_slice(&at.top(3), &at.top(2), &at.top(1), &at.top(4))?;
                for _ in 0..4 {
                    drop(at.pop());
                }
            }
            Quick::DeleteSubscr => {
                self.setitem(&at.top(2), &at.top(1), None)?;
                drop(at.pop());
                drop(at.pop());
            }
            Quick::DeleteName => self.delete_name(at.frame(), at.name(arg as usize))?,
            Quick::StoreGlobal => {
                let value = at.pop_obj();
                self.dict_set(&at.frame().globals, at.name(arg as usize), value)?;
            }
            Quick::DeleteGlobal => self.delete_global(at.frame(), at.name(arg as usize))?,
            Quick::LoadLocals => match at.frame().locals.get() {
                Some(locals) => at.push_obj(locals),
                None => return Err(self.system_error("no locals").into()),
            },
            Quick::LoadFromDictOrGlobals => {
                let value = self.load_from_dict_or_globals(at.frame(), &at.top(1), at.name(arg as usize))?;
                at.set_top(1, value);
            }
            Quick::LoadFromDictOrDeref => {
                let value = self.load_from_dict_or_deref(at.frame(), &at.top(1), arg as usize)?;
                at.set_top(1, value);
            }
            Quick::MakeCell => {
                let value = std::mem::replace(at.local(arg as usize), StackRef::NULL).into_option();
                *at.local(arg as usize) = StackRef::owned(self.heap.cell(value));
            }
            Quick::DeleteDeref => {
                let cell = at.local(arg as usize).obj();
                let value = cell.payload_unchecked::<CellVar>().value.take();
                if value.is_none() {
                    return Err(self.unbound_cell(at.code(), arg as usize).into());
                }
            }
            Quick::LoadBuildClass => at.push_obj(self.load_build_class(at.frame())?),
            Quick::SetupAnnotations => self.setup_annotations(at.frame())?,
            Quick::DeleteAttr => {
                self.setattr(&at.top(1), at.name(arg as usize), None)?;
                drop(at.pop());
            }
            Quick::LoadSuperAttr => {
                let loaded = self.load_super(&at.top(3), &at.top(2), &at.top(1), at.name((arg >> 2) as usize), arg)?;
                match loaded {
                    Loaded::Method(function) => {
                        let instance = at.pop();
                        drop(at.pop());
                        at.set_top(1, function);
                        at.push(instance);
                    }
                    Loaded::Value(value) => {
                        drop(at.pop());
                        drop(at.pop());
                        at.set_top(1, value);
                        if arg & 1 != 0 {
                            at.push(StackRef::NULL);
                        }
                    }
                }
            }
            Quick::LoadSpecial => {
                let loaded = self.load_special_method(&at.top(1), arg)?;
                at.set_loaded(loaded);
            }
            Quick::CallKw => {
                let names = at.pop_obj();
                let name_items = names.get::<Tuple>().map_or(&[][..], Tuple::items);
                let callable = at.sp.sub(arg as usize + 2);
                if self.version <= Version::V3_10 && self.enter_keeping(at, callable, arg as usize, name_items)? {
                    return Ok(());
                }
                if (*callable.add(1)).is_null() && (*callable).look().kind() == kinds::METHOD {
                    self.unbind(callable);
                }
                let is_function = (*callable).look().kind() == kinds::FUNCTION;
                let checks = self.version < Version::V3_14 || Instr::checks_after_native(here, is_function);
                let total = arg as usize + usize::from(!(*callable.add(1)).is_null());
                let args = at.sp.sub(total);
                at.sp = callable;
                if is_function {
                    let pushed = self.push_call(callable.read(), args, total, name_items);
                    drop(names);
                    self.enter_call(at, pushed?)?;
                } else {
                    let result = self.call_from_stack(callable, args, total, name_items);
                    drop(names);
                    at.push_obj(result?);
                    if checks {
                        self.check_pending()?;
                    }
                }
            }
            Quick::CallFunctionEx => {
                let has_kwargs = self.version >= Version::V3_14 || arg & 1 != 0;
                let kwargs = if has_kwargs { at.pop().into_option() } else { None };
                let args = at.pop_obj();
                drop(at.pop());
                let func = at.pop();
                match self.prepare_call_ex(func, args, kwargs)? {
                    Ok(callee) => self.enter_call(at, callee)?,
                    Err(result) => {
                        at.push_obj(result);
                        self.check_pending()?;
                    }
                }
            }
            Quick::CallIntrinsic1 => {
                let result = self.intrinsic_1(at.frame(), arg, &at.top(1))?;
                at.set_top(1, result);
            }
            Quick::CallIntrinsic2 => {
                let result = self.intrinsic_2(arg, &at.top(2), &at.top(1))?;
                at.replace_two(result);
            }
            Quick::MakeFunction => {
                let code = at.pop_obj();
                at.push_obj(self.new_function(code, &at.frame().globals)?);
            }
            Quick::SetFunctionAttribute => {
                let function = at.pop();
                let value = at.pop_obj();
                let payload = function.look();
                let payload = payload.payload_unchecked::<Function>();
                let slot = match arg {
                    1 => &payload.defaults,
                    2 => &payload.kwdefaults,
                    4 => &payload.annotations,
                    8 => &payload.closure,
                    _ => &payload.annotate,
                };
                slot.set(value);
                at.push(function);
            }
            Quick::BuildSet => {
                let items = at.take(arg as usize);
                at.push_obj(self.set_of(items)?);
            }
            Quick::BuildMap => {
                let first = at.sp.sub(2 * arg as usize);
                let dict = match self.build_small_map(first, arg as usize) {
                    Some(dict) => {
                        at.sp = first;
                        dict
                    }
                    None => {
                        let items = at.take(2 * arg as usize);
                        self.build_map(items)?
                    }
                };
                at.push_obj(dict);
            }
            Quick::BuildConstKeyMap => {
                let keys = at.pop_obj();
                let items = at.take(arg as usize);
                at.push_obj(self.build_const_key_map(&keys, items)?);
            }
            Quick::BuildSlice => {
                let step = if arg == 3 { at.pop_obj() } else { self.none() };
                let stop = at.pop_obj();
                let start = at.pop_obj();
                at.push_obj(self.slice(start, stop, step));
            }
            Quick::BuildTemplate => {
                let interpolations = at.pop_obj();
                let strings = at.pop_obj();
                at.push_obj(self.build_template(strings, interpolations));
            }
            Quick::BuildInterpolation => {
                let spec = if arg & 1 != 0 { at.pop_obj() } else { self.consts.empty_str.clone() };
                let text = at.pop_obj();
                let value = at.pop_obj();
                at.push_obj(self.build_interpolation(value, text, arg >> 2, spec)?);
            }
            Quick::ListExtend => {
                let iterable = at.pop();
                self.list_extend_op(&at.top(arg as usize), &iterable.obj())?;
            }
            Quick::SetAdd => {
                let item = at.pop_obj();
                self.set_add(&at.top(arg as usize), &item)?;
            }
            Quick::SetUpdate => {
                let iterable = at.pop();
                self.set_update_op(&at.top(arg as usize), &iterable.obj())?;
            }
            Quick::MapAdd => {
                let value = at.pop_obj();
                let key = at.pop_obj();
                self.dict_set(&at.top(arg as usize), &key, value)?;
            }
            Quick::DictUpdate => {
                let update = at.pop();
                self.dict_update_op(&at.top(arg as usize), &update.obj())?;
            }
            Quick::DictMerge => {
                let update = at.pop();
                let (dict, callee) = (at.top(arg as usize), at.top(arg as usize + 3));
                self.dict_merge_op(&callee, &dict, &update.obj())?;
            }
            Quick::FormatWithSpec => {
                let text = self.format(&at.top(2), &at.top(1))?;
                at.replace_two(text);
            }
            Quick::ConvertValue => {
                let text = match arg {
                    1 => self.str_of(&at.top(1)),
                    2 => self.repr(&at.top(1)),
                    _ => self.ascii(&at.top(1)),
                };
                let text = text?;
                at.set_top(1, text);
            }
            // Taking apart.
            Quick::UnpackSequence => {
                let specialised = instr.counter != crate::quick::WARMUP;
                if Instr::is_warm(here) {
                    self.specialise_unpack(here, &at.top(1));
                }
                let seq = at.pop();
                let items = self.unpack(&seq.obj(), arg as usize, specialised)?;
                for item in items.into_iter().rev() {
                    at.push_obj(item);
                }
            }
            Quick::UnpackEx => {
                let seq = at.pop();
                let items = self.unpack_starred(&seq.obj(), (arg & 255) as usize, (arg >> 8) as usize)?;
                for item in items.into_iter().rev() {
                    at.push_obj(item);
                }
            }
            Quick::GetLen => {
                let len = self.len(&at.top(1))?;
                at.push_obj(self.int(len as i64));
            }
            Quick::MatchMapping => {
                let is = self.class_has_flag(&at.top(1), crate::class::flags::MAPPING);
                at.push_obj(self.bool(is));
            }
            Quick::MatchSequence => {
                let is = self.class_has_flag(&at.top(1), crate::class::flags::SEQUENCE);
                at.push_obj(self.bool(is));
            }
            Quick::MatchKeys => {
                let values = self.match_keys(&at.top(2), &at.top(1))?;
                at.push_obj(values);
            }
            Quick::MatchClass => {
                let names = at.pop();
                let class = at.pop();
                let found = self.match_class(&at.top(1), &class.obj(), arg as usize, &names.obj())?;
                at.set_top(1, found.unwrap_or_else(|| self.none()));
            }
            // Iteration.
            Quick::GetYieldFromIter => {
                if let Some(iterator) = self.yield_from_iter(at.code(), &at.top(1))? {
                    at.set_top(1, iterator);
                }
            }
            Quick::Send => {
                let value = at.pop();
                if matches!(at.top(1).kind(), kinds::GENERATOR | kinds::COROUTINE)
                    && let Some(state) = gen_of(&at.top(1))
                    && (state.is_suspended() || state.state.get() == GenState::Created && value.look().is(&self.consts.none))
                {
                    let return_to = at.target(arg as usize);
                    self.enter_generator(at, state, StackRef::owned(value.into_obj()), return_to)?;
                } else {
                    let sent = if self.tracing.is_active() {
                        self.send_traced(at.frame(), &at.top(1), &value.look())
                    } else {
                        self.send_to(&at.top(1), &value.look())
                    };
                    drop(value);
                    match sent? {
                        Resumed::Yielded(value) => at.push_obj(value),
                        Resumed::Returned(value) => {
                            at.push_obj(value);
                            at.jump(arg as usize);
                        }
                    }
                }
            }
            Quick::EndSend => {
                let value = at.pop();
                drop(std::mem::replace(at.place(1), value));
            }
            Quick::CleanupThrow => {
                let exception = at.top(1);
                match self.stop_iteration_value(&exception) {
                    Some(value) => {
                        drop(at.pop());
                        drop(at.pop());
                        at.set_top(1, self.none());
                        at.push_obj(value);
                    }
                    None => return Err(Fault::Reraise(Raised(exception.clone()), None)),
                }
            }
            Quick::GetAwaitable => {
                let iterator = self.get_awaitable(&at.top(1), arg)?;
                at.set_top(1, iterator);
            }
            Quick::GetAiter => {
                let iterator = self.get_aiter(&at.top(1))?;
                at.set_top(1, iterator);
            }
            Quick::GetAnext => at.push_obj(self.get_anext(&at.top(1))?),
            Quick::EndAsyncFor => {
                if self.is_kind_of(&at.top(1), &self.types.stop_async_iteration) {
                    drop(at.pop());
                    drop(at.pop());
                } else {
                    let exception = at.pop_obj();
                    return Err(Fault::Reraise(Raised(exception), None));
                }
            }
            // With.
            Quick::BeforeWith | Quick::BeforeAsyncWith => {
                let (enter, exit) = self.before_with(&at.top(1), instr.op == Quick::BeforeAsyncWith)?;
                at.set_top(1, exit);
                at.push_obj(self.call(&enter, &[])?);
            }
            Quick::WithExceptStart => {
                let exception = at.top(1).clone();
                let result = if self.version >= Version::V3_14 {
                    let instance = at.place(4).get().map(|view| view.clone());
                    self.call_exit(&at.top(5), instance, exception)
                } else {
                    self.call_exit(&at.top(4), None, exception)
                };
                at.push_obj(result?);
            }
            // Exceptions.
            Quick::CheckEgMatch => {
                let (matched, rest) = self.group_match(&at.top(2), &at.top(1))?;
                drop(at.pop());
                at.set_top(1, rest.unwrap_or_else(|| self.none()));
                if let Some(matched) = &matched {
                    drop(self.thread.exc_state().value.replace(Some(matched.clone())));
                }
                at.push_obj(matched.unwrap_or_else(|| self.none()));
            }
            Quick::RaiseVarargs => {
                let cause = if arg == 2 { Some(at.pop_obj()) } else { None };
                let exception = if arg >= 1 { Some(at.pop_obj()) } else { None };
                match self.do_raise(exception, cause) {
                    Ok(reraised) => return Err(Fault::Reraise(reraised, None)),
                    Err(raised) => return Err(raised.into()),
                }
            }
            Quick::Reraise => {
                let exception = at.pop_obj();
                let origin = if arg > 0 { at.top(arg as usize).get::<Int>().map(|int| int.0 as usize) } else { None };
                return Err(Fault::Reraise(Raised(exception), origin));
            }
            // Imports.
            Quick::ImportName => {
                let module = self.import_name(at.frame(), at.name(arg as usize), &at.top(1), &at.top(2))?;
                drop(at.pop());
                at.set_top(1, module);
            }
            Quick::ImportFrom => {
                let value = self.import_from(&at.top(1), at.name(arg as usize))?;
                at.push_obj(value);
            }
            _ => return Err(self.system_error("unknown opcode").into()),
        }
        Ok(())
    }
}
