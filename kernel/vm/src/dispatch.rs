//! The loop: one arm an instruction (long and flat). What is on the stack before and after is told at each [`Op`](compile::Op).
//!
//! Ownership is CPython's (`Python/bytecodes.c`): a place on the stack owns or borrows its object, results take the place of operands, and
//! operands are released in CPython's order. Python-to-Python calls stay in the loop. The contract on which its code relies, and the words
//! in which it is written, are in `registers.rs`; instructions that are rare, or heavier than their dispatch, are in `rare.rs`.

#![expect(unsafe_code, unsafe_op_in_unsafe_fn, reason = "see `registers.rs`")]

use compile::Version;
use heap::{CellVar, Dict, Float, Int, Kind, List, Obj, StackRef, Str, Tuple};

use crate::class::{Compare, Operator};
use crate::frame::{ENTRY, Frame, INIT, Owner, move_to_heap};
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::code::{Cache, Instr};
use crate::objects::descriptor::MethodDescriptor;
use crate::objects::generator::{GenState, gen_of};
use crate::objects::list_iterator::ListIterator;
use crate::objects::range_iterator::RangeIterator;
use crate::objects::tuple_iterator::TupleIterator;
use crate::quick::{Quick, rare};
use crate::registers::{Left, Registers, hidden};
use crate::unwind::{Fault, Unwound};
use crate::{Class, PyResult, Raised, Vm, kinds};

/// `NB_*`: the operators in the order of `BINARY_OP`'s argument; the in-place ones are 13 further on.
const OPERATORS: [Operator; 13] = [
    Operator::Add,
    Operator::And,
    Operator::FloorDivide,
    Operator::LShift,
    Operator::MatMul,
    Operator::Multiply,
    Operator::Remainder,
    Operator::Or,
    Operator::Power,
    Operator::RShift,
    Operator::Subtract,
    Operator::TrueDivide,
    Operator::Xor,
];

pub(crate) const COMPARISONS: [Compare; 6] = [Compare::Lt, Compare::Le, Compare::Eq, Compare::Ne, Compare::Gt, Compare::Ge];

impl Vm {
    /// Runs a linked frame until it ends or yields; `thrown` is raised where it stands.
    #[inline]
    pub(crate) fn run(&self, entry: &Frame, thrown: Option<Raised>) -> PyResult {
        let allowed = self.enter_frame() & self.thread.native_room();
        if let Some(thrown) = thrown {
            return self.run_on(self.trace_throw(entry, thrown).into());
        }
        if !allowed {
            return Err(self.refuse_frame(entry));
        }
        // SAFETY: the frame was just linked, and `ip` and `sp` in its header are the compiler's, or where it was left.
        unsafe {
            let resumed = !entry.generator.get().is_null();
            let start = Registers::of(entry, entry.ip.get().add(usize::from(resumed)));
            self.execute_either(start).or_else(|fault| self.run_on(fault))
        }
    }

    /// Goes on after a fault, in the innermost frame.
    #[inline(never)]
    fn run_on(&self, mut fault: Fault) -> PyResult {
        loop {
            let frame = self.thread.current.get();
            // SAFETY: the frame is the innermost one, its stack as its handler wants it, or as it was left.
            let at = unsafe {
                match fault {
                    Fault::Switch => Registers::of(frame, (*frame).return_to.get()),
                    fault => match self.unwind(frame, fault) {
                        Unwound::Handler(frame, target) => Registers::of(frame, target),
                        Unwound::Left(raised) => return Err(raised),
                    },
                }
            };
            // SAFETY: as above.
            match unsafe { self.execute_either(at) } {
                Ok(result) => return Ok(result),
                Err(again) => fault = again,
            }
        }
    }

    /// Runs the copy of the loop that should run.
    ///
    /// # Safety
    /// The loop's contract.
    #[inline(always)]
    unsafe fn execute_either(&self, start: Registers) -> Result<Obj, Fault> {
        if self.tracing.is_active() { self.execute::<true>(start) } else { self.execute::<false>(start) }
    }

    /// Runs instructions until the frame that was entered from Rust ends or yields, or something is raised; the running frame's stack
    /// pointer is saved then. There are two copies: the one for programs that are `TRACED` takes every instruction in its plain form, and
    /// tells of it first.
    ///
    /// # Safety
    /// The loop's contract.
    #[expect(clippy::cognitive_complexity, reason = "one arm an instruction")]
    unsafe fn execute<const TRACED: bool>(&self, start: Registers) -> Result<Obj, Fault> {
        let mut at = start;
        // The instruction was told of, and stands there once more, because a debugger's trap was in its place.
        let mut told = false;

        // Stops the loop for a fault.
        macro_rules! stop {
            ($fault:expr) => {{
                let fault: Fault = $fault;
                at.frame().sp.set(at.sp);
                return Err(fault);
            }};
        }
        macro_rules! attempt {
            ($result:expr) => {
                match $result {
                    Ok(value) => value,
                    Err(raised) => stop!(raised.into()),
                }
            };
        }

        loop {
            at.hide();
            let vm = self;
            if TRACED {
                let before = at.frame().lasti();
                at.frame().ip.set(at.ip);
                if std::mem::take(&mut told) {
                    Instr::give_way(at.ip, at.plain());
                } else {
                    at.frame().sp.set(at.sp);
                    let done = vm.trace_instruction(at.frame(), before, at.plain());
                    let has_jumped = at.frame().ip.get() != at.ip;
                    if has_jumped {
                        at.ip = at.frame().ip.get();
                        at.sp = at.frame().sp.get();
                    }
                    attempt!(done);
                    if has_jumped {
                        continue;
                    }
                    told = (*at.ip).op == Quick::Trap;
                    if !told {
                        Instr::give_way(at.ip, at.plain());
                    }
                }
            }
            let (op, arg) = ((*at.ip).op, (*at.ip).arg as usize);
            at.frame().ip.set(at.ip);
            at.ip = hidden(at.ip.add(1)).cast_mut();
            #[cfg(debug_assertions)]
            vm.reached[op as usize].set(true);

            // The instruction itself, until `ip` moves on.
            macro_rules! here {
                () => {
                    at.ip.sub(1)
                };
            }

            // A plain instruction that has run often enough is looked at by `specialise.rs`.
            macro_rules! warm {
                ($look:expr) => {
                    if !TRACED && (*here!()).counter > 0 && Instr::is_warm(here!()) {
                        $look;
                    }
                };
            }
            macro_rules! cache {
                () => {
                    &*at.code().caches().add((*here!()).cache as usize)
                };
            }
            // A special form does not fit: the plain instruction runs instead.
            macro_rules! miss {
                ($plain:expr) => {{
                    let plain: Quick = $plain;
                    at.ip = here!();
                    Instr::give_way(at.ip, plain);
                    continue;
                }};
            }
            // Pushes a result, or puts it into the variable that the next instruction stores it in.
            macro_rules! deliver {
                ($value:expr) => {{
                    let value: Obj = $value;
                    let next = *at.ip;
                    if !TRACED && next.op == Quick::StoreFast {
                        at.frame().ip.set(at.ip);
                        at.ip = at.ip.add(1);
                        std::mem::replace(at.local(next.arg as usize), StackRef::owned(value)).close();
                    } else {
                        at.push_obj(value);
                    }
                }};
            }
            // Takes the conditional jump that follows a comparison at once, or pushes the truth: a branch is told where the jump stands.
            macro_rules! decide {
                ($truth:expr) => {{
                    let truth: bool = $truth;
                    let next = *at.ip;
                    if !TRACED && (next.op == Quick::PopJumpIfFalse || next.op == Quick::PopJumpIfTrue) {
                        at.ip = at.ip.add(1);
                        if truth == (next.op == Quick::PopJumpIfTrue) {
                            at.jump(next.arg as usize);
                        }
                    } else {
                        at.push_obj(vm.bool(truth));
                    }
                }};
            }
            macro_rules! compared {
                ($truth:expr) => {{
                    let truth: bool = $truth;
                    let right = at.pop();
                    at.release();
                    right.close();
                    decide!(truth);
                }};
            }
            // Two ints: the result, or the plain instruction where it does not fit into 64 bits.
            macro_rules! int_op {
                () => {
                    match ints(&at.top(2), &at.top(1)).and_then(|(a, b)| int_result(op, a, b)) {
                        Some(value) => {
                            let result = vm.int(value);
                            at.sp = at.sp.sub(2);
                            at.sp.read().close_number(&vm.heap);
                            at.sp.add(1).read().close_number(&vm.heap);
                            deliver!(result);
                        }
                        None => miss!(Quick::BinaryOp),
                    }
                };
            }
            // Two floats, or a float and an int.
            macro_rules! float_op {
                () => {
                    match floats(&at.top(2), &at.top(1)) {
                        Some((a, b)) => {
                            let result = vm.float(float_result(op, a, b));
                            at.sp = at.sp.sub(2);
                            at.sp.read().close_number(&vm.heap);
                            at.sp.add(1).read().close_number(&vm.heap);
                            deliver!(result);
                        }
                        None => miss!(Quick::BinaryOp),
                    }
                };
            }
            // Does what waits, and changes to the other copy of the loop if that is to run; the instruction at `$next` is the next one.
            macro_rules! pending {
                ($next:expr) => {
                    if vm.eval_breaker() {
                        attempt!(vm.handle_pending());
                        if TRACED != vm.tracing.is_active() {
                            at.frame().return_to.set($next);
                            stop!(Fault::Switch);
                        }
                        // A browser runs code that it has not optimised yet until a call, and only a new call takes what was optimised meanwhile:
                        // a long program would never get it.
                        if cfg!(target_arch = "wasm32") && !TRACED {
                            at.frame().return_to.set(at.ip);
                            stop!(Fault::Switch);
                        }
                    }
                };
            }
            // What an iterator gave, stored as the next instruction stores it.
            macro_rules! iterated {
                ($value:expr) => {{
                    let value = StackRef::owned($value);
                    let next = *at.ip;
                    if !TRACED && next.op == Quick::StoreFast {
                        at.frame().ip.set(at.ip);
                        at.ip = at.ip.add(1);
                        std::mem::replace(at.local(next.arg as usize), value).close();
                    } else if !TRACED && next.op == Quick::StoreFastLoadFast {
                        at.frame().ip.set(at.ip);
                        at.ip = at.ip.add(1);
                        let before = std::mem::replace(at.local(next.arg as usize >> 4), value);
                        let value = at.local(next.arg as usize & 15).dup();
                        at.push(value);
                        before.close();
                    } else {
                        at.push(value);
                    }
                }};
            }
            // The special forms of `FOR_ITER`; `ip` is behind it.
            macro_rules! for_range {
                ($distance:expr) => {{
                    if at.top(1).kind() != kinds::RANGE_ITERATOR {
                        miss!(Quick::ForIter);
                    }
                    match at.top(1).payload_unchecked::<RangeIterator>().next() {
                        Some(value) => iterated!(vm.int(value)),
                        None => at.jump($distance),
                    }
                }};
            }
            macro_rules! for_list {
                ($distance:expr) => {{
                    if at.top(1).kind() != kinds::LIST_ITERATOR {
                        miss!(Quick::ForIter);
                    }
                    match at.top(1).payload_unchecked::<ListIterator>().next() {
                        Some(item) => iterated!(item),
                        None => at.jump($distance),
                    }
                }};
            }
            // The end of a loop's body, and the head of the loop if it is a `for`; `ip` is behind the jump.
            macro_rules! jump_backward {
                ($distance:expr) => {{
                    at.jump($distance);
                    pending!(at.ip);
                    let head = *at.ip;
                    if !TRACED && matches!(head.op, Quick::ForIterList | Quick::ForIterRange) {
                        at.frame().ip.set(at.ip);
                        at.ip = at.ip.add(1);
                        if head.op == Quick::ForIterList { for_list!(head.arg as usize) } else { for_range!(head.arg as usize) }
                    }
                }};
            }
            // Takes the jump back at once that ends a loop's body.
            macro_rules! loop_end {
                () => {{
                    let next = *at.ip;
                    if !TRACED && next.op == Quick::JumpBackward {
                        at.frame().ip.set(at.ip);
                        at.ip = at.ip.add(1);
                        jump_backward!(next.arg as usize);
                    }
                }};
            }
            macro_rules! leave {
                ($result:expr) => {{
                    let result: Obj = $result;
                    match attempt!(vm.leave_frame(&mut at, result)) {
                        Left::Stay => {}
                        Left::Return(result) => return Ok(result),
                    }
                }};
            }

            match op {
                Quick::Nop | Quick::NotTaken => {}
                // It is run again by the copy that tells of calls.
                Quick::Resume => pending!(if TRACED { at.ip } else { here!() }),
                Quick::LoadFast => {
                    let value = at.local(arg).dup();
                    at.push(value);
                }
                Quick::LoadFastBorrow => {
                    let value = at.local(arg).borrow();
                    at.push(value);
                }
                Quick::LoadFastBorrowLoadFastBorrow => {
                    let (first, second) = (at.local(arg >> 4).borrow(), at.local(arg & 15).borrow());
                    at.push(first);
                    at.push(second);
                }
                Quick::LoadFastCheck => {
                    if at.local(arg).is_null() {
                        stop!(vm.unbound_local(at.code(), arg).into());
                    }
                    let value = at.local(arg).dup();
                    at.push(value);
                }
                Quick::LoadFastLoadFast => {
                    let (first, second) = (at.local(arg >> 4).dup(), at.local(arg & 15).dup());
                    at.push(first);
                    at.push(second);
                }
                Quick::LoadFastAndClear => {
                    let value = std::mem::replace(at.local(arg), StackRef::NULL);
                    at.push(value);
                }
                Quick::StoreFast => {
                    let value = at.pop();
                    std::mem::replace(at.local(arg), value).close();
                }
                Quick::StoreFastLoadFast => {
                    let value = at.pop();
                    let before = std::mem::replace(at.local(arg >> 4), value);
                    let value = at.local(arg & 15).dup();
                    at.push(value);
                    before.close();
                }
                Quick::StoreFastStoreFast => {
                    let first = at.pop();
                    let second = at.pop();
                    std::mem::replace(at.local(arg >> 4), first).close();
                    std::mem::replace(at.local(arg & 15), second).close();
                }
                Quick::LoadConst => {
                    let value = (*at.consts.add(arg)).clone();
                    at.push_obj(value);
                }
                // An immortal object needs no count.
                Quick::LoadConstImmortal => at.push(StackRef::borrowed(&*at.consts.add(arg))),
                Quick::LoadSmallInt => at.push(StackRef::borrowed(vm.small_int(arg))),
                Quick::PopTop | Quick::EndFor | Quick::PopIter => {
                    at.pop().close();
                    loop_end!();
                }
                Quick::PushNull => at.push(StackRef::NULL),
                Quick::Copy => {
                    let value = at.place(arg).dup();
                    at.push(value);
                }
                Quick::Swap => std::ptr::swap(at.sp.sub(1), at.sp.sub(arg)),

                // Operators.
                Quick::BinaryOp => {
                    warm!(vm.specialise_binary(at.frame(), here!(), &at.top(2), &at.top(1)));
                    let (left, right) = (at.top(2), at.top(1));
                    let result = attempt!(vm.binary_op(arg, &left, &right));
                    at.replace_two(result);
                }
                Quick::BinarySubscr => {
                    warm!(vm.specialise_binary(at.frame(), here!(), &at.top(2), &at.top(1)));
                    let result = attempt!(vm.getitem(&at.top(2), &at.top(1)));
                    at.replace_two(result);
                }
                Quick::UnaryNot => {
                    let value = at.top(1).is(&vm.consts.false_);
                    at.set_top(1, vm.bool(value));
                }
                Quick::ToBool => {
                    warm!(vm.specialise_to_bool(here!(), &at.top(1)));
                    let truth = attempt!(vm.is_true(&at.top(1)));
                    at.set_top(1, vm.bool(truth));
                }
                Quick::CompareOp => {
                    warm!(vm.specialise_compare(at.frame(), here!(), &at.top(2), &at.top(1)));
                    let result = attempt!(vm.compare(&at.top(2), &at.top(1), COMPARISONS[arg >> 5]));
                    // The operands are released before the truth is asked for.
                    at.replace_two(result);
                    if arg & 16 != 0 {
                        let truth = attempt!(vm.is_true(&at.top(1)));
                        at.set_top(1, vm.bool(truth));
                    }
                }
                Quick::IsOp => {
                    let same = at.top(2).is(&at.top(1));
                    compared!(same ^ (arg == 1));
                }
                Quick::ContainsOp => {
                    warm!(vm.specialise_contains(here!(), &at.top(1)));
                    let found = attempt!(vm.contains(&at.top(1), &at.top(2)));
                    compared!(found ^ (arg == 1));
                }
                Quick::StoreSubscr => {
                    warm!(vm.specialise_store_subscript(here!(), &at.top(2), &at.top(1)));
                    attempt!(vm.setitem(&at.top(2), &at.top(1), Some(&at.top(3))));
                    at.release();
                    at.release();
                    at.release();
                }

                // Jumps.
                Quick::JumpForward | Quick::JumpBackwardNoInterrupt => at.jump(arg),
                Quick::JumpBackward => jump_backward!(arg),
                Quick::PopJumpIfFalse => {
                    if at.pop().look().is(&vm.consts.false_) {
                        at.jump(arg);
                    }
                }
                Quick::PopJumpIfTrue => {
                    if at.pop().look().is(&vm.consts.true_) {
                        at.jump(arg);
                    }
                }
                Quick::PopJumpIfNone => {
                    if at.top(1).is(&vm.consts.none) {
                        at.jump(arg);
                    }
                    at.release();
                }
                Quick::PopJumpIfNotNone => {
                    if !at.top(1).is(&vm.consts.none) {
                        at.jump(arg);
                    }
                    at.release();
                }

                // Names.
                Quick::LoadGlobal => {
                    warm!(vm.specialise_global(at.frame(), here!()));
                    let value = attempt!(vm.load_global(at.frame(), at.name(arg >> 1)));
                    at.push_obj(value);
                    if arg & 1 != 0 {
                        at.push(StackRef::NULL);
                    }
                }
                Quick::LoadName => {
                    let value = attempt!(vm.load_name(at.frame(), at.name(arg)));
                    at.push_obj(value);
                }
                Quick::StoreName => {
                    let value = at.pop_obj();
                    attempt!(vm.store_name(at.frame(), at.name(arg), value));
                }
                Quick::CopyFreeVars => vm.copy_free_vars(at.frame(), arg),
                Quick::LoadDeref => {
                    let cell = at.local(arg).look();
                    match cell.payload_unchecked::<CellVar>().value.get() {
                        Some(value) => at.push_obj(value),
                        None => stop!(vm.unbound_cell(at.code(), arg).into()),
                    }
                }
                Quick::StoreDeref => {
                    let value = at.pop_obj();
                    let cell = at.local(arg).look();
                    cell.payload_unchecked::<CellVar>().value.set(value);
                }

                // Attributes.
                Quick::LoadAttr => {
                    warm!(vm.specialise_load_attr(at.frame(), here!(), &at.top(1)));
                    if arg & 1 == 0 {
                        let value = attempt!(vm.getattr(&at.top(1), at.name(arg >> 1)));
                        at.set_top(1, value);
                    } else {
                        let loaded = attempt!(vm.load_method(&at.top(1), at.name(arg >> 1)));
                        at.set_loaded(loaded);
                    }
                }
                Quick::StoreAttr => {
                    warm!(vm.specialise_store_attr(at.frame(), here!(), &at.top(1)));
                    attempt!(vm.setattr(&at.top(1), at.name(arg), Some(&at.top(2))));
                    at.release();
                    at.release();
                }

                // Calls.
                Quick::Call => {
                    let callable = at.sp.sub(arg + 2);
                    warm!({
                        vm.specialise_call(at.frame(), here!(), callable);
                        if (*here!()).op != Quick::Call {
                            // As in CPython the special form runs at once: what `__init__` sees of counts depends on it, and whether a
                            // collection that is due is looked for.
                            at.ip = here!();
                            continue;
                        }
                    });
                    if vm.version <= Version::V3_10 {
                        let mut lent = at;
                        let entered = vm.enter_keeping(&mut lent, callable, arg, &[]);
                        at = lent;
                        if attempt!(entered) {
                            continue;
                        }
                    }
                    if (*callable.add(1)).is_null() && (*callable).look().kind() == kinds::METHOD {
                        vm.unbind(callable);
                    }
                    let total = arg + usize::from(!(*callable.add(1)).is_null());
                    let args = at.sp.sub(total);
                    at.sp = callable;
                    if (*callable).look().kind() == kinds::FUNCTION {
                        let callee = attempt!(vm.push_call(callable.read(), args, total, &[]));
                        attempt!(vm.enter_call(&mut at, callee));
                    } else {
                        let result = if TRACED {
                            let first = (total > 0).then(|| (*args).look());
                            let told = attempt!(vm.trace_native(at.frame(), &(*callable).look(), first.as_deref()));
                            let result = vm.call_from_stack(callable, args, total, &[]);
                            vm.trace_native_end(at.frame(), told, result)
                        } else {
                            vm.call_from_stack(callable, args, total, &[])
                        };
                        at.push_obj(attempt!(result));
                        pending!(at.ip);
                    }
                }
                Quick::ReturnValue => {
                    let result = at.pop_obj();
                    leave!(result);
                }
                Quick::ReturnConst => {
                    let result = (*at.consts.add(arg)).clone();
                    leave!(result);
                }

                // Building.
                Quick::BuildTuple => {
                    at.sp = at.sp.sub(arg);
                    at.push_obj(vm.build_tuple(at.sp, arg));
                    vm.collect_inside_allocation();
                }
                Quick::BuildList => {
                    at.sp = at.sp.sub(arg);
                    at.push_obj(vm.build_list(at.sp, arg));
                    vm.collect_inside_allocation();
                }
                Quick::ListAppend => {
                    let item = at.pop_obj();
                    attempt!(vm.list_push(at.top(arg).payload_unchecked::<List>(), item));
                    loop_end!();
                }
                Quick::FormatSimple => match at.top(1).kind() {
                    Kind::STR => {}
                    Kind::INT => {
                        attempt!(vm.check_pending());
                        let text = vm.heap.str_decimal(at.top(1).payload_unchecked::<Int>().0);
                        at.set_top(1, text);
                    }
                    _ => {
                        let text = attempt!(vm.format(&at.top(1), &vm.consts.empty_str));
                        at.set_top(1, text);
                    }
                },
                Quick::BuildMap if arg == 0 => {
                    at.push_obj(vm.new_dict());
                    vm.collect_inside_allocation();
                }
                Quick::BuildString => {
                    at.sp = at.sp.sub(arg);
                    let text = vm.build_string(at.sp, arg);
                    at.push_obj(attempt!(text));
                }

                // Exceptions.
                Quick::PushExcInfo => {
                    let exception = at.pop();
                    let before = vm.thread.exc_state().value.replace(Some(exception.look().clone()));
                    at.push_obj(before.unwrap_or_else(|| vm.none()));
                    at.push(exception);
                }
                Quick::PopExcept => {
                    let before = at.pop_obj();
                    let before = Some(before).filter(|before| !before.is(&vm.consts.none));
                    drop(vm.thread.exc_state().value.replace(before));
                }
                Quick::CheckExcMatch => {
                    let matches = attempt!(vm.exception_matches(&at.top(2), &at.top(1)));
                    at.release();
                    decide!(matches);
                }

                // Iteration.
                Quick::GetIter => {
                    let iterator = attempt!(vm.iter(&at.top(1)));
                    at.set_top(1, iterator);
                }
                Quick::ForIter => {
                    warm!(vm.specialise_for_iter(here!(), &at.top(1)));
                    let iterator = at.top(1);
                    if iterator.kind() == kinds::TUPLE_ITERATOR {
                        match iterator.payload_unchecked::<TupleIterator>().next() {
                            Some(item) => at.push_obj(item),
                            None => at.jump(arg),
                        }
                    } else if iterator.kind() == kinds::GENERATOR
                        && let Some(state) = gen_of(&iterator)
                        && matches!(state.state.get(), GenState::Created | GenState::Suspended | GenState::Delegating)
                    {
                        // Its end is a return value, which END_FOR drops.
                        let return_to = at.target(arg).sub(1);
                        attempt!(vm.enter_generator(&mut at, state, StackRef::borrowed(&vm.consts.none), return_to));
                    } else {
                        let found = if TRACED { vm.next_traced(at.frame(), &iterator) } else { vm.next(&iterator) };
                        match attempt!(found) {
                            Some(item) => at.push_obj(item),
                            None => at.jump(arg),
                        }
                    }
                }

                // Generators and coroutines.
                Quick::ReturnGenerator => {
                    let dying = at.frame();
                    dying.sp.set(at.sp);
                    let made = vm.make_generator(dying);
                    let (below, flags) = (dying.previous.get(), dying.flags.get());
                    vm.thread.current.set(below);
                    vm.thread.remaining.set(vm.thread.remaining.get() + 1);
                    vm.give_back(dying);
                    if flags & ENTRY != 0 {
                        return Ok(made);
                    }
                    at = Registers::of(below, (*below).return_to.get());
                    if flags & INIT != 0 {
                        stop!(vm.init_result(&made).into());
                    }
                    at.push_obj(made);
                }
                Quick::YieldValue => {
                    let value = at.pop_obj();
                    let dying = at.frame();
                    dying.sp.set(at.sp);
                    vm.own_stack(dying);
                    let (below, flags) = (dying.previous.get(), dying.flags.get());
                    let state = if arg == 1 { GenState::Delegating } else { GenState::Suspended };
                    vm.unlink_generator(&*dying.generator.get(), dying, state);
                    vm.thread.remaining.set(vm.thread.remaining.get() + 1);
                    if flags & ENTRY != 0 {
                        return Ok(value);
                    }
                    at = Registers::of(below, (*below).ip.get().add(1));
                    deliver!(value);
                }

                // Special forms: each checks what it counts on, and gives way to its plain instruction.
                Quick::LoadGlobalModule => {
                    let cache = cache!();
                    let dict = at.frame().globals.payload_unchecked::<Dict>();
                    if u64::from(dict.known_keys_version()) != cache.version {
                        miss!(Quick::LoadGlobal);
                    }
                    match dict.value_at(cache.index as usize) {
                        Some(value) => at.push_obj(value),
                        None => miss!(Quick::LoadGlobal),
                    }
                    if arg & 1 != 0 {
                        at.push(StackRef::NULL);
                    }
                }
                Quick::LoadGlobalBuiltin => {
                    match vm.global_builtin(at.frame(), cache!()) {
                        Some(value) => at.push_obj(value),
                        None => miss!(Quick::LoadGlobal),
                    }
                    if arg & 1 != 0 {
                        at.push(StackRef::NULL);
                    }
                }
                Quick::LoadAttrInstance => match vm.inline_value(&at.top(1), cache!()) {
                    Some(value) => {
                        at.set_top(1, value);
                        if arg & 1 != 0 {
                            at.push(StackRef::NULL);
                        }
                    }
                    None => miss!(Quick::LoadAttr),
                },
                Quick::LoadAttrModule => match vm.module_value(&at.top(1), cache!()) {
                    Some(value) => {
                        at.set_top(1, value);
                        if arg & 1 != 0 {
                            at.push(StackRef::NULL);
                        }
                    }
                    None => miss!(Quick::LoadAttr),
                },
                Quick::LoadAttrClass => {
                    let cache = cache!();
                    let owner = at.top(1);
                    // A class with another metaclass than `type` names it itself.
                    if owner.kind() != kinds::CLASS
                        || owner.extra().is_some()
                        || u64::from(owner.payload_unchecked::<Class>().version.get()) != cache.version
                    {
                        miss!(Quick::LoadAttr);
                    }
                    // The class has the version with which it holds this.
                    let value = (*(&raw const cache.word).cast::<Obj>()).clone();
                    at.set_top(1, value);
                    if arg & 1 != 0 {
                        at.push(StackRef::NULL);
                    }
                }
                Quick::LoadAttrSlot => match vm.slot_place(&at.top(1), cache!()).and_then(|place| place.get()) {
                    Some(value) => {
                        at.set_top(1, value);
                        if arg & 1 != 0 {
                            at.push(StackRef::NULL);
                        }
                    }
                    None => miss!(Quick::LoadAttr),
                },
                Quick::LoadMethodInstance | Quick::LoadMethodPlain => {
                    let cache = cache!();
                    let owner = at.top(1);
                    let class = vm.class_payload(&owner);
                    let fits = u64::from(class.version.get()) == cache.version
                        && (op == Quick::LoadMethodPlain
                            || owner.extra().is_some_and(|extra| extra.is_inline()) && (*class.keys.as_ptr()).len() as u64 == cache.index);
                    if !fits {
                        miss!(Quick::LoadAttr);
                    }
                    // The class has the version with which it holds this function.
                    let function = (*(&raw const cache.word).cast::<Obj>()).clone();
                    let owner = at.pop();
                    at.push_obj(function);
                    at.push(owner);
                }
                Quick::StoreAttrInstance => {
                    let cache = cache!();
                    let owner = at.top(1);
                    let extra = match owner.extra() {
                        Some(extra) if vm.has_inline_value(extra, cache) => extra,
                        _ => miss!(Quick::StoreAttr),
                    };
                    let value = std::mem::replace(at.place(2), StackRef::NULL).into_obj();
                    let place = extra.value(cache.index as usize);
                    let before =
                        if place.is_empty() { extra.set_value(cache.index as usize, Some(value)) } else { place.replace(Some(value)) };
                    at.release();
                    at.sp = at.sp.sub(1);
                    drop(before);
                }
                Quick::StoreAttrSlot => {
                    let owner = at.top(1);
                    let Some(place) = vm.slot_place(&owner, cache!()) else { miss!(Quick::StoreAttr) };
                    let value = std::mem::replace(at.place(2), StackRef::NULL).into_obj();
                    let before = place.replace(Some(value));
                    at.release();
                    at.sp = at.sp.sub(1);
                    drop(before);
                }
                Quick::CallInit => {
                    let callable = at.sp.sub(arg + 2);
                    let cache = cache!();
                    let class = (*callable).look();
                    if class.kind() != kinds::CLASS
                        || !(*callable.add(1)).is_null()
                        || u64::from(class.payload_unchecked::<Class>().version.get()) != cache.version
                    {
                        miss!(Quick::Call);
                    }
                    let init = (*(&raw const cache.word).cast::<Obj>()).clone();
                    let made = vm.new_instance(&class);
                    callable.add(1).write(StackRef::owned(made.clone()));
                    std::ptr::replace(callable, StackRef::owned(made)).close();
                    at.sp = callable.add(1);
                    let callee = attempt!(vm.push_call(StackRef::owned(init), at.sp, arg + 1, &[]));
                    (*callee).flags.set(INIT);
                    attempt!(vm.enter_call(&mut at, callee));
                }
                // Calls of native code. What CPython's forms do not look for after the call is not looked for here.
                Quick::CallBuiltin => {
                    let callable = at.sp.sub(arg + 2);
                    let Some(function) = builtin(callable, cache!()) else { miss!(Quick::Call) };
                    at.sp = callable;
                    let this = Some(vm.bound_to(function));
                    let result = attempt!(vm.call_table(function.method, this, callable, callable.add(2), arg));
                    at.push_obj(result);
                    pending!(at.ip);
                }
                Quick::CallMethod => {
                    let callable = at.sp.sub(arg + 2);
                    let Some(descriptor) = vm.descriptor(callable, cache!()) else { miss!(Quick::Call) };
                    at.sp = callable;
                    let result = attempt!(vm.call_table(descriptor.method, None, callable, callable.add(1), arg + 1));
                    at.push_obj(result);
                    pending!(at.ip);
                }
                Quick::CallListAppend => {
                    let callable = at.sp.sub(3);
                    if vm.descriptor(callable, cache!()).is_none() {
                        miss!(Quick::Call);
                    }
                    let item = at.pop_obj();
                    attempt!(vm.list_push(at.top(1).payload_unchecked::<List>(), item));
                    at.release();
                    at.release();
                    // The None that would be dropped is never pushed.
                    if (*at.ip).op == Quick::PopTop {
                        at.ip = at.ip.add(1);
                        loop_end!();
                    } else {
                        at.push_obj(vm.none());
                    }
                }
                Quick::CallLen => {
                    if builtin(at.sp.sub(3), cache!()).is_none() {
                        miss!(Quick::Call);
                    }
                    let len = attempt!(vm.len(&at.top(1)));
                    at.release();
                    at.sp = at.sp.sub(1);
                    at.set_top(1, vm.int(len as i64));
                }
                Quick::CallIsInstance => {
                    if builtin(at.sp.sub(4), cache!()).is_none() {
                        miss!(Quick::Call);
                    }
                    let (obj, class) = (at.top(2), at.top(1));
                    let is = vm.is_plain_instance(&obj, &class) || attempt!(vm.is_instance(&obj, &class));
                    at.release();
                    at.release();
                    at.sp = at.sp.sub(1);
                    at.release();
                    decide!(is);
                }
                Quick::CallType1 => {
                    let callable = at.sp.sub(3);
                    if !(*callable).look().is(&vm.types.type_) || !(*callable.add(1)).is_null() {
                        miss!(Quick::Call);
                    }
                    let class = vm.class_of(&at.top(1));
                    at.release();
                    at.sp = at.sp.sub(1);
                    at.set_top(1, class);
                }
                Quick::CallStr1 => {
                    let callable = at.sp.sub(3);
                    if !(*callable).look().is(&vm.types.str) || !(*callable.add(1)).is_null() {
                        miss!(Quick::Call);
                    }
                    let text = attempt!(vm.str_of(&at.top(1)));
                    at.release();
                    at.sp = at.sp.sub(1);
                    at.set_top(1, text);
                    attempt!(vm.check_pending());
                }
                Quick::BinaryAddStr => {
                    let (left, right) = (at.top(2), at.top(1));
                    if left.kind() != Kind::STR || right.kind() != Kind::STR {
                        miss!(Quick::BinaryOp);
                    }
                    // `text += more` into the same variable: the variable lets go first, so that the text can grow in place.
                    if let Some(variable) = stored_next(at.ip)
                        && at.local(variable).get().is_some_and(|held| held.is(&left))
                    {
                        let right = at.pop();
                        at.release();
                        let held = std::mem::replace(at.local(variable), StackRef::NULL).into_obj();
                        let result = vm.str_append(held, &right.obj());
                        drop(right);
                        at.push_obj(attempt!(result));
                    } else {
                        let result = attempt!(vm.str_append((*left).clone(), &right));
                        at.replace_two(result);
                    }
                }
                Quick::BinaryAddInt => int_op!(),
                Quick::BinarySubtractInt => int_op!(),
                Quick::BinaryMultiplyInt => int_op!(),
                Quick::BinaryAndInt => int_op!(),
                Quick::BinaryRemainderInt => int_op!(),
                Quick::BinaryFloorDivideInt => int_op!(),
                Quick::BinaryAddFloat => float_op!(),
                Quick::BinarySubtractFloat => float_op!(),
                Quick::BinaryMultiplyFloat => float_op!(),
                Quick::SubscriptListInt => {
                    let (left, right) = (at.top(2), at.top(1));
                    let found = if is_exact(&left, Kind::LIST) && right.kind() == Kind::INT {
                        let (list, index) = (left.payload_unchecked::<List>(), right.payload_unchecked::<Int>().0);
                        let index = if index < 0 { index + list.len() as i64 } else { index };
                        if index < 0 { None } else { list.get(index as usize) }
                    } else {
                        None
                    };
                    match found {
                        Some(item) => {
                            at.replace_two(item);
                        }
                        None => miss!(vm.plain_subscript()),
                    }
                }
                Quick::SubscriptTupleInt => {
                    let (left, right) = (at.top(2), at.top(1));
                    let found = if is_exact(&left, Kind::TUPLE) && right.kind() == Kind::INT {
                        let (tuple, index) = (left.payload_unchecked::<Tuple>(), right.payload_unchecked::<Int>().0);
                        let index = if index < 0 { index + tuple.len() as i64 } else { index };
                        if index < 0 { None } else { tuple.items().get(index as usize).cloned() }
                    } else {
                        None
                    };
                    match found {
                        Some(item) => at.replace_two(item),
                        None => miss!(vm.plain_subscript()),
                    }
                }
                Quick::SubscriptDict => {
                    let (left, right) = (at.top(2), at.top(1));
                    if !is_exact(&left, Kind::DICT) {
                        miss!(vm.plain_subscript());
                    }
                    match attempt!(vm.dict_get(&left, &right)) {
                        Some(item) => at.replace_two(item),
                        // A dict of the builtin class has no `__missing__`.
                        None => stop!(vm.key_error(&right).into()),
                    }
                }
                Quick::StoreSubscriptListInt => {
                    let (container, key) = (at.top(2), at.top(1));
                    if !is_exact(&container, Kind::LIST) || key.kind() != Kind::INT {
                        miss!(Quick::StoreSubscr);
                    }
                    let (list, index) = (container.payload_unchecked::<List>(), key.payload_unchecked::<Int>().0);
                    if index < 0 || index as usize >= list.len() {
                        miss!(Quick::StoreSubscr);
                    }
                    let value = std::mem::replace(at.place(3), StackRef::NULL).into_obj();
                    list.replace(index as usize, value).release();
                    at.release();
                    at.release();
                    at.sp = at.sp.sub(1);
                }
                Quick::StoreSubscriptDict => {
                    let (container, key) = (at.top(2), at.top(1));
                    if !is_exact(&container, Kind::DICT) {
                        miss!(Quick::StoreSubscr);
                    }
                    let value = std::mem::replace(at.place(3), StackRef::NULL).into_obj();
                    attempt!(vm.dict_set(&container, &key, value));
                    at.release();
                    at.release();
                    at.sp = at.sp.sub(1);
                }
                Quick::ContainsDict => {
                    let (item, container) = (at.top(2), at.top(1));
                    if !is_exact(&container, Kind::DICT) {
                        miss!(Quick::ContainsOp);
                    }
                    let found = attempt!(vm.dict_contains(&container, &item));
                    compared!(found ^ (arg == 1));
                }
                Quick::ContainsTuple => {
                    let (item, container) = (at.top(2), at.top(1));
                    if !is_exact(&container, Kind::TUPLE) {
                        miss!(Quick::ContainsOp);
                    }
                    let found = attempt!(vm.tuple_contains(container.payload_unchecked::<Tuple>().items(), &item));
                    compared!(found ^ (arg == 1));
                }
                Quick::CompareInt => match ints(&at.top(2), &at.top(1)) {
                    Some((a, b)) => {
                        at.sp = at.sp.sub(2);
                        at.sp.read().close_number(&vm.heap);
                        at.sp.add(1).read().close_number(&vm.heap);
                        decide!(ordered(arg >> 5, &a, &b));
                    }
                    None => miss!(Quick::CompareOp),
                },
                Quick::CompareFloat => {
                    let (left, right) = (at.top(2), at.top(1));
                    if left.kind() != Kind::FLOAT || right.kind() != Kind::FLOAT {
                        miss!(Quick::CompareOp);
                    }
                    let (a, b) = (left.payload_unchecked::<Float>().0, right.payload_unchecked::<Float>().0);
                    compared!(ordered(arg >> 5, &a, &b));
                }
                Quick::CompareStr => {
                    let (left, right) = (at.top(2), at.top(1));
                    if left.kind() != Kind::STR || right.kind() != Kind::STR {
                        miss!(Quick::CompareOp);
                    }
                    let (a, b) = (left.payload_unchecked::<Str>(), right.payload_unchecked::<Str>());
                    let equal = left.is(&right) || a.as_bytes() == b.as_bytes();
                    compared!(equal == (arg >> 5 == 2));
                }
                Quick::ToBoolBool => {
                    if at.top(1).kind() != Kind::BOOL {
                        miss!(Quick::ToBool);
                    }
                }
                Quick::ToBoolInt => {
                    if at.top(1).kind() != Kind::INT {
                        miss!(Quick::ToBool);
                    }
                    let truth = at.top(1).payload_unchecked::<Int>().0 != 0;
                    at.pop().close_number(&vm.heap);
                    decide!(truth);
                }
                Quick::ToBoolNone => {
                    if !at.top(1).is(&vm.consts.none) {
                        miss!(Quick::ToBool);
                    }
                    at.sp = at.sp.sub(1);
                    decide!(false);
                }
                Quick::ToBoolList => {
                    let value = at.top(1);
                    if !is_exact(&value, Kind::LIST) {
                        miss!(Quick::ToBool);
                    }
                    let truth = !value.payload_unchecked::<List>().is_empty();
                    at.release();
                    decide!(truth);
                }
                Quick::ToBoolStr => {
                    let value = at.top(1);
                    if value.kind() != Kind::STR {
                        miss!(Quick::ToBool);
                    }
                    let truth = value.payload_unchecked::<Str>().chars() != 0;
                    at.release();
                    decide!(truth);
                }
                Quick::UnpackPair => {
                    let seq = at.top(1);
                    let items = if is_exact(&seq, Kind::TUPLE) {
                        seq.payload_unchecked::<Tuple>().items()
                    } else if is_exact(&seq, Kind::LIST) {
                        seq.payload_unchecked::<List>().items()
                    } else {
                        miss!(Quick::UnpackSequence)
                    };
                    let [first, second] = items else { miss!(Quick::UnpackSequence) };
                    let (first, second) = (first.clone(), second.clone());
                    at.set_top(1, second);
                    at.push_obj(first);
                }
                Quick::ForIterRange => for_range!(arg),
                Quick::ForIterList => for_list!(arg),

                // Fused forms: several instructions whose operands are read where they stand. No Python code can run meanwhile, so nobody
                // sees that the stack was not used. What does not fit is done one by one, and the parts give way by themselves.
                Quick::PairInts => {
                    let (left, right) = (at.local(arg >> 4).look(), at.local(arg & 15).look());
                    let part = *at.ip;
                    match ints(&left, &right).and_then(|(a, b)| int_result(part.op, a, b)) {
                        Some(value) => {
                            at.ip = at.ip.add(1);
                            deliver!(vm.int(value));
                        }
                        None => miss!(Quick::LoadFastBorrowLoadFastBorrow),
                    }
                }
                Quick::PairFloats => {
                    let (left, right) = (at.local(arg >> 4).look(), at.local(arg & 15).look());
                    let part = *at.ip;
                    match floats(&left, &right) {
                        Some((a, b)) if is_float_op(part.op) => {
                            at.ip = at.ip.add(1);
                            deliver!(vm.float(float_result(part.op, a, b)));
                        }
                        _ => miss!(Quick::LoadFastBorrowLoadFastBorrow),
                    }
                }
                Quick::PairCompare => {
                    let (left, right) = (at.local(arg >> 4).look(), at.local(arg & 15).look());
                    let part = *at.ip;
                    match ints(&left, &right) {
                        Some((a, b)) if part.op == Quick::CompareInt => {
                            at.ip = at.ip.add(1);
                            decide!(ordered(part.arg as usize >> 5, &a, &b));
                        }
                        _ => miss!(Quick::LoadFastBorrowLoadFastBorrow),
                    }
                }
                Quick::LocalConstInts => {
                    let (left, right) = (at.local(arg).look(), vm.constant(&at, *at.ip));
                    let part = *at.ip.add(1);
                    match ints(&left, right).and_then(|(a, b)| int_result(part.op, a, b)) {
                        Some(value) => {
                            at.ip = at.ip.add(2);
                            deliver!(vm.int(value));
                        }
                        None => miss!(Quick::LoadFastBorrow),
                    }
                }
                Quick::LocalConstFloats => {
                    let (left, right) = (at.local(arg).look(), vm.constant(&at, *at.ip));
                    let part = *at.ip.add(1);
                    match floats(&left, right) {
                        Some((a, b)) if is_float_op(part.op) => {
                            at.ip = at.ip.add(2);
                            deliver!(vm.float(float_result(part.op, a, b)));
                        }
                        _ => miss!(Quick::LoadFastBorrow),
                    }
                }
                Quick::LocalConstCompare => {
                    let (left, right) = (at.local(arg).look(), vm.constant(&at, *at.ip));
                    let part = *at.ip.add(1);
                    match ints(&left, right) {
                        Some((a, b)) if part.op == Quick::CompareInt => {
                            at.ip = at.ip.add(2);
                            decide!(ordered(part.arg as usize >> 5, &a, &b));
                        }
                        _ => miss!(Quick::LoadFastBorrow),
                    }
                }
                Quick::TypeOfLocal => {
                    let (load, call) = (*at.ip, *at.ip.add(1));
                    let is_whole = matches!(load.op, Quick::LoadFastBorrow | Quick::LoadFast) && call.op == Quick::CallType1;
                    match vm.global_builtin(at.frame(), cache!()) {
                        Some(found) if is_whole && found.is(&vm.types.type_) => {
                            at.ip = at.ip.add(2);
                            at.push_obj(vm.class_ref(&at.local(load.arg as usize).look()).clone());
                        }
                        _ => miss!(Quick::LoadGlobalBuiltin),
                    }
                }
                Quick::LocalAttr => {
                    let part = *at.ip;
                    let cache = &*at.code().caches().add(part.cache as usize);
                    match vm.inline_value(&at.local(arg).look(), cache) {
                        Some(value) if part.op == Quick::LoadAttrInstance => {
                            at.ip = at.ip.add(1);
                            at.push_obj(value);
                        }
                        _ => miss!(Quick::LoadFastBorrow),
                    }
                }

                rare!() => {
                    let mut lent = at;
                    let done = if TRACED { vm.rare_traced(&mut lent, here!()) } else { vm.rare(&mut lent, here!()) };
                    at = lent;
                    attempt!(done);
                }
            }
        }
    }

    /// A generator that takes over a frame which was just entered.
    ///
    /// # Safety
    /// The frame is the running one, its stack pointer saved; its header is not used again but to unlink it.
    #[inline(never)]
    unsafe fn make_generator(&self, frame: &Frame) -> Obj {
        let (name, qualname) = frame.function().map_or((None, None), |function| (function.name.get(), function.qualname.get()));
        let made = self.new_generator(frame.code(), name, qualname);
        let own = move_to_heap(frame, Owner::Generator);
        if let Some(state) = gen_of(&made) {
            state.frame.set(own);
            (*own).generator.set(state);
        }
        if self.version <= Version::V3_11 {
            self.finish_older_generator(own);
        }
        self.track_origin(&made, frame);
        made
    }

    /// `BINARY_OP` by its argument.
    #[inline(never)]
    fn binary_op(&self, arg: usize, left: &Obj, right: &Obj) -> PyResult {
        match arg {
            8 => self.power(left, right, None),
            26 => self.getitem(left, right),
            0..13 => self.binary(OPERATORS[arg], left, right),
            _ => self.in_place(OPERATORS[arg - 13], left, right),
        }
    }

    fn plain_subscript(&self) -> Quick {
        if self.version >= Version::V3_14 { Quick::BinaryOp } else { Quick::BinarySubscr }
    }

    /// The builtin method that a special form of a call counts on, if its object is of the very class.
    #[inline(always)]
    unsafe fn descriptor<'a>(&self, callable: *mut StackRef, cache: &Cache) -> Option<&'a MethodDescriptor> {
        let descriptor = (*callable).look();
        if descriptor.kind() != kinds::METHOD_DESCRIPTOR || (*callable.add(1)).is_null() {
            return None;
        }
        // As in `builtin`.
        let payload: *const MethodDescriptor = descriptor.payload_unchecked::<MethodDescriptor>();
        let fits = std::ptr::from_ref((*payload).method) as usize == cache.word && self.is_own(&*payload, &(*callable.add(1)).look());
        fits.then(|| &*payload)
    }

    /// An int from 0 to 255, which is immortal.
    #[inline(always)]
    unsafe fn small_int(&self, value: usize) -> &Obj {
        self.consts.small_ints.get_unchecked(value + 5)
    }

    /// What a `LOAD_SMALL_INT` or a `LOAD_CONST` loads.
    #[inline(always)]
    unsafe fn constant(&self, at: &Registers, part: Instr) -> &Obj {
        if part.op == Quick::LoadSmallInt { self.small_int(part.arg as usize) } else { &*at.consts.add(part.arg as usize) }
    }
}

/// The builtin function that a special form of a call counts on: nothing if another callable, or a bound object, stands there.
#[inline(always)]
unsafe fn builtin<'a>(callable: *mut StackRef, cache: &Cache) -> Option<&'a BuiltinFunction> {
    let function = (*callable).look();
    if function.kind() != kinds::BUILTIN_FUNCTION || !(*callable.add(1)).is_null() {
        return None;
    }
    // The place keeps the function alive until it is released.
    let payload: *const BuiltinFunction = function.payload_unchecked::<BuiltinFunction>();
    (std::ptr::from_ref((*payload).method) as usize == cache.word).then(|| &*payload)
}

/// The variable in which the next instruction stores the topmost object.
#[inline(always)]
unsafe fn stored_next(next: *const Instr) -> Option<usize> {
    match (*next).op {
        Quick::StoreFast => Some((*next).arg as usize),
        Quick::StoreFastLoadFast => Some((*next).arg as usize >> 4),
        _ => None,
    }
}

/// `a < b` and its like, by CPython's number.
#[inline(always)]
fn ordered<T: PartialOrd>(op: usize, a: &T, b: &T) -> bool {
    match op {
        0 => a < b,
        1 => a <= b,
        2 => a == b,
        3 => a != b,
        4 => a > b,
        _ => a >= b,
    }
}

#[inline(always)]
fn is_exact(obj: &Obj, kind: Kind) -> bool {
    obj.kind() == kind && obj.extra().is_none()
}

/// The values of two exact ints of 64 bits.
#[inline(always)]
unsafe fn ints(left: &Obj, right: &Obj) -> Option<(i64, i64)> {
    if left.kind() != Kind::INT || right.kind() != Kind::INT {
        return None;
    }
    Some((left.payload_unchecked::<Int>().0, right.payload_unchecked::<Int>().0))
}

/// The values of two exact floats, or of a float and an int.
#[inline(always)]
unsafe fn floats(left: &Obj, right: &Obj) -> Option<(f64, f64)> {
    match (left.kind(), right.kind()) {
        (Kind::FLOAT, Kind::FLOAT) => Some((left.payload_unchecked::<Float>().0, right.payload_unchecked::<Float>().0)),
        (Kind::FLOAT, Kind::INT) => Some((left.payload_unchecked::<Float>().0, right.payload_unchecked::<Int>().0 as f64)),
        (Kind::INT, Kind::FLOAT) => Some((left.payload_unchecked::<Int>().0 as f64, right.payload_unchecked::<Float>().0)),
        _ => None,
    }
}

/// What the special form of an operator gives, if it is one for ints and the result fits into 64 bits.
#[inline(always)]
fn int_result(op: Quick, a: i64, b: i64) -> Option<i64> {
    match op {
        Quick::BinaryAddInt => a.checked_add(b),
        Quick::BinarySubtractInt => a.checked_sub(b),
        Quick::BinaryMultiplyInt => a.checked_mul(b),
        Quick::BinaryAndInt => Some(a & b),
        Quick::BinaryRemainderInt if b > 0 => Some(a.rem_euclid(b)),
        Quick::BinaryFloorDivideInt if b > 0 => Some(a.div_euclid(b)),
        _ => None,
    }
}

#[inline(always)]
fn is_float_op(op: Quick) -> bool {
    matches!(op, Quick::BinaryAddFloat | Quick::BinarySubtractFloat | Quick::BinaryMultiplyFloat)
}

#[inline(always)]
fn float_result(op: Quick, a: f64, b: f64) -> f64 {
    match op {
        Quick::BinaryAddFloat => a + b,
        Quick::BinarySubtractFloat => a - b,
        _ => a * b,
    }
}
