//! The loop: one arm an instruction (long and flat). What is on the stack before and after is told at each [`Op`](compile::Op).
//!
//! Ownership is CPython's (`Python/bytecodes.c`): a place on the stack owns or borrows its object, results take the place of operands, and
//! operands are released in CPython's order. Python-to-Python calls stay in the loop; rare work is in `ops.rs` and `unwind.rs`.

#![expect(unsafe_code, reason = "places on the stack are raw memory, read and written without checks: measured")]

use compile::Version;
use heap::{CellVar, Dict, Float, Int, Kind, List, Obj, StackRef, Str, Tuple, View};

use crate::call::{BORROWED, Lent};
use crate::class::{Compare, Operator};
use crate::frame::{ENTRY, Frame, INIT, Owner, move_to_heap};
use crate::objects::code::Instr;
use crate::objects::function::Function;
use crate::objects::generator::{GenState, Resumed, gen_of};
use crate::objects::list_iterator::ListIterator;
use crate::objects::module::Module;
use crate::objects::range_iterator::RangeIterator;
use crate::objects::tuple_iterator::TupleIterator;
use crate::protocol::Loaded;
use crate::quick::Quick;
use crate::unwind::{Fault, Unwound};
use crate::{Args, Class, PyResult, Raised, Vm, kinds};

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
    #[expect(clippy::cognitive_complexity, reason = "one arm an instruction")]
    pub(crate) fn run(&self, entry: &Frame, thrown: Option<Raised>) -> PyResult {
        let mut frame: *const Frame = entry;
        let mut ip: *mut Instr;
        let mut sp: *mut StackRef;
        let mut locals: *mut StackRef;
        let mut consts: *const Obj;

        // SAFETY, for the whole loop: `frame` is the running frame; `ip` is within its instructions; `sp` is within its places, which
        // the compiler's stack depth bounds; places below `sp` are initialised. Instructions find what the compiler put there.
        macro_rules! load {
            () => {
                unsafe {
                    sp = (*frame).sp.get();
                    locals = (*frame).local(0);
                    consts = (*frame).code().const_items();
                }
            };
        }
        macro_rules! place {
            ($i:expr) => {
                unsafe { &mut *sp.sub($i) }
            };
        }
        macro_rules! push {
            ($value:expr) => {{
                let value: StackRef = $value;
                unsafe {
                    sp.write(value);
                    sp = sp.add(1);
                }
            }};
        }
        macro_rules! push_obj {
            ($value:expr) => {{
                let value: Obj = $value;
                push!(StackRef::owned(value))
            }};
        }
        macro_rules! pop {
            () => {
                unsafe {
                    sp = sp.sub(1);
                    sp.read()
                }
            };
        }
        // The object in a place, looked at.
        macro_rules! top {
            ($i:expr) => {
                look_at(sp, $i)
            };
        }
        // Puts an object in a place and releases what was there.
        macro_rules! set_top {
            ($i:expr, $value:expr) => {{
                let value: StackRef = $value;
                let before = unsafe { std::ptr::replace(sp.sub($i), value) };
                drop(before);
            }};
        }
        macro_rules! local {
            ($i:expr) => {
                unsafe { &mut *locals.add($i as usize) }
            };
        }
        macro_rules! code {
            () => {
                unsafe { (*frame).code() }
            };
        }
        macro_rules! name {
            ($i:expr) => {
                unsafe { &*code!().name_items().add($i as usize) }
            };
        }
        macro_rules! jump {
            ($i:expr) => {
                ip = unsafe { code!().instrs().add($i as usize) }
            };
        }
        macro_rules! attempt {
            ($result:expr, $label:lifetime) => {
                match $result {
                    Ok(value) => value,
                    Err(raised) => break $label Fault::Raise(raised),
                }
            };
        }

        let mut pending = if thrown.is_none() && self.enter_frame() {
            ip = unsafe { if (*frame).generator.get().is_null() { (*frame).ip.get() } else { (*frame).ip.get().add(1) } };
            load!();
            None
        } else if let Some(thrown) = thrown {
            self.thread.remaining.set(self.thread.remaining.get() - 1);
            ip = unsafe { (*frame).ip.get() };
            load!();
            Some(Fault::Raise(thrown))
        } else {
            return Err(self.refuse_frame(entry));
        };

        'frames: loop {
            let fault = 'run: {
                if let Some(fault) = pending.take() {
                    break 'run fault;
                }
                loop {
                    let instr = unsafe { *ip };
                    unsafe { (*frame).ip.set(ip) };
                    let here = ip;
                    ip = unsafe { ip.add(1) };
                    let arg = instr.arg;
                    // A plain instruction that has run often enough is looked at by `specialise.rs`.
                    macro_rules! warm {
                        ($look:expr) => {
                            if instr.counter > 0 {
                                unsafe { (*here).counter -= 1 };
                                if instr.counter == 1 {
                                    $look;
                                }
                            }
                        };
                    }
                    macro_rules! cache {
                        () => {
                            unsafe { &*code!().caches().add(instr.cache as usize) }
                        };
                    }
                    // A special form does not fit: the plain instruction runs instead.
                    macro_rules! miss {
                        ($plain:ident) => {{
                            unsafe { (*here).op = Quick::$plain };
                            unsafe { (*here).counter = crate::quick::BACKOFF };
                            ip = here;
                            continue;
                        }};
                    }
                    // Enters a frame that was just pushed.
                    macro_rules! enter {
                        ($callee:expr, $return_to:expr) => {{
                            let callee: *const Frame = $callee;
                            unsafe {
                                (*frame).return_to.set($return_to);
                                (*frame).sp.set(sp);
                                (*callee).previous.set(frame);
                            }
                            self.thread.current.set(callee);
                            if !self.enter_frame() {
                                let raised = self.refuse_frame(unsafe { &*callee });
                                break 'run Fault::Raise(raised);
                            }
                            frame = callee;
                            ip = unsafe { (*frame).ip.get() };
                            load!();
                        }};
                    }
                    macro_rules! leave {
                        ($result:expr) => {{
                            let result: Obj = $result;
                            let dying = frame;
                            let flags = unsafe { (*dying).flags.get() };
                            unsafe { (*dying).sp.set(sp) };
                            self.thread.remaining.set(self.thread.remaining.get() + 1);
                            match unsafe { (*dying).owner.get() } {
                                Owner::Thread => {
                                    frame = unsafe { (*dying).previous.get() };
                                    self.thread.current.set(frame);
                                    unsafe { self.end_frame(dying) };
                                }
                                _ => {
                                    let dying = unsafe { &*dying };
                                    frame = dying.previous.get();
                                    let state = unsafe { &*dying.generator.get() };
                                    self.unlink_generator(state, dying, GenState::Finished);
                                    unsafe { self.end_generator_frame(dying) };
                                }
                            }
                            if flags & ENTRY != 0 {
                                return Ok(result);
                            }
                            ip = unsafe { (*frame).return_to.get() };
                            load!();
                            if flags & INIT == 0 {
                                push_obj!(result);
                            } else if !result.is(&self.consts.none) {
                                break 'run Fault::Raise(self.init_result(&result));
                            }
                        }};
                    }
                    macro_rules! unary {
                    ($method:ident) => {{
                        let result = attempt!(self.$method(&top!(1)), 'run);
                        set_top!(1, StackRef::owned(result));
                    }};
                }
                    // [left, right] → [result]: the left operand is released first.
                    macro_rules! replace_two {
                        ($result:expr) => {{
                            let result: StackRef = $result;
                            let right = pop!();
                            set_top!(1, result);
                            drop(right);
                        }};
                    }

                    // Two ints: the result, or the plain instruction where it does not fit into 64 bits.
                    macro_rules! int_op {
                        ($work:expr) => {{
                            let result = {
                                let (left, right) = (top!(2), top!(1));
                                if left.kind() == Kind::INT && right.kind() == Kind::INT {
                                    let (a, b) = unsafe { (left.payload_unchecked::<Int>().0, right.payload_unchecked::<Int>().0) };
                                    $work(a, b)
                                } else {
                                    None
                                }
                            };
                            match result {
                                Some(value) => replace_two!(StackRef::owned(self.int(value))),
                                None => miss!(BinaryOp),
                            }
                        }};
                    }
                    // Two floats, or a float and an int.
                    macro_rules! float_op {
                        ($work:expr) => {{
                            let result = {
                                let (left, right) = (top!(2), top!(1));
                                match unsafe { (number(&left), number(&right)) } {
                                    (Some(a), Some(b)) if left.kind() == Kind::FLOAT || right.kind() == Kind::FLOAT => Some($work(a, b)),
                                    _ => None,
                                }
                            };
                            match result {
                                Some(value) => replace_two!(StackRef::owned(self.float(value))),
                                None => miss!(BinaryOp),
                            }
                        }};
                    }
                    // The truth of a comparison; a conditional jump that follows is taken at once.
                    macro_rules! compared {
                        ($truth:expr) => {{
                            let truth: bool = $truth;
                            let right = pop!();
                            let left = pop!();
                            drop(left);
                            drop(right);
                            let next = unsafe { *ip };
                            if next.op == Quick::PopJumpIfFalse {
                                ip = unsafe { ip.add(1) };
                                if !truth {
                                    jump!(next.arg);
                                }
                            } else if next.op == Quick::PopJumpIfTrue {
                                ip = unsafe { ip.add(1) };
                                if truth {
                                    jump!(next.arg);
                                }
                            } else {
                                push_obj!(self.bool(truth));
                            }
                        }};
                    }

                    match instr.op {
                        Quick::Nop | Quick::NotTaken => {}
                        Quick::Resume => {
                            if self.eval_breaker() {
                                attempt!(self.handle_pending(), 'run);
                            }
                        }
                        Quick::LoadFast => {
                            let value = local!(arg).dup();
                            push!(value);
                        }
                        Quick::LoadFastBorrow => unsafe {
                            let word = *locals.add(arg as usize).cast::<usize>();
                            *sp.cast::<usize>() = word | BORROWED;
                            sp = sp.add(1);
                        },
                        Quick::LoadFastBorrowLoadFastBorrow => unsafe {
                            let (first, second) =
                                (*locals.add((arg >> 4) as usize).cast::<usize>(), *locals.add((arg & 15) as usize).cast::<usize>());
                            *sp.cast::<usize>() = first | BORROWED;
                            *sp.add(1).cast::<usize>() = second | BORROWED;
                            sp = sp.add(2);
                        },
                        Quick::LoadFastCheck => {
                            if local!(arg).is_null() {
                                break 'run Fault::Raise(self.unbound_local(code!(), arg as usize));
                            }
                            push!(local!(arg).dup());
                        }
                        Quick::LoadFastLoadFast => {
                            push!(local!(arg >> 4).dup());
                            push!(local!(arg & 15).dup());
                        }
                        Quick::LoadFastAndClear => {
                            let value = std::mem::replace(local!(arg), StackRef::NULL);
                            push!(value);
                        }
                        Quick::StoreFast => {
                            let value = pop!();
                            drop(std::mem::replace(local!(arg), value));
                        }
                        Quick::StoreFastLoadFast => {
                            let value = pop!();
                            let before = std::mem::replace(local!(arg >> 4), value);
                            push!(local!(arg & 15).dup());
                            drop(before);
                        }
                        Quick::StoreFastStoreFast => {
                            let first = pop!();
                            let second = pop!();
                            drop(std::mem::replace(local!(arg >> 4), first));
                            drop(std::mem::replace(local!(arg & 15), second));
                        }
                        Quick::DeleteFast => {
                            let value = std::mem::replace(local!(arg), StackRef::NULL);
                            if value.is_null() {
                                break 'run Fault::Raise(self.unbound_local(code!(), arg as usize));
                            }
                        }
                        Quick::LoadConst => {
                            let value = unsafe { (*consts.add(arg as usize)).clone() };
                            push_obj!(value);
                        }
                        Quick::LoadConstImmortal => {
                            // SAFETY: an immortal object needs no count.
                            let value = unsafe { StackRef::borrowed(&*consts.add(arg as usize)) };
                            push!(value);
                        }
                        Quick::LoadSmallInt => {
                            // SAFETY: small ints are immortal.
                            let value = unsafe { StackRef::borrowed(self.consts.small_ints.get_unchecked(arg as usize + 5)) };
                            push!(value);
                        }
                        Quick::LoadCommonConstant => push_obj!(attempt!(self.common_constant(arg), 'run)),
                        Quick::LoadAssertionError => push_obj!(self.types.assertion_error.clone()),
                        Quick::PopTop | Quick::EndFor | Quick::PopIter => drop(pop!()),
                        Quick::PushNull => push!(StackRef::NULL),
                        Quick::Copy => {
                            let value = place!(arg as usize).dup();
                            push!(value);
                        }
                        Quick::Swap => unsafe { std::ptr::swap(sp.sub(1), sp.sub(arg as usize)) },

                        // Operators.
                        Quick::BinaryOp => {
                            // `text += more` into the same variable: the variable lets go first, so that the text can grow in place.
                            if arg == 13 && top!(2).kind() == Kind::STR && top!(1).kind() == Kind::STR {
                                let next = unsafe { *ip };
                                let target = match next.op {
                                    Quick::StoreFast => Some(next.arg),
                                    Quick::StoreFastLoadFast => Some(next.arg >> 4),
                                    _ => None,
                                };
                                if let Some(target) = target
                                    && local!(target).get().is_some_and(|held| held.is(&top!(2)))
                                {
                                    let right = pop!();
                                    drop(pop!());
                                    let held = std::mem::replace(local!(target), StackRef::NULL).into_obj();
                                    let result = self.str_append(held, &right.obj());
                                    drop(right);
                                    push_obj!(attempt!(result, 'run));
                                    continue;
                                }
                            }
                            warm!(self.specialise_binary(here, &top!(2), &top!(1)));
                            let result = {
                                let (left, right) = (top!(2), top!(1));
                                match arg {
                                    8 => self.power(&left, &right, None),
                                    26 => self.getitem(&left, &right),
                                    0..13 => self.binary(OPERATORS[arg as usize], &left, &right),
                                    _ => self.in_place(OPERATORS[arg as usize - 13], &left, &right),
                                }
                            };
                            let result = attempt!(result, 'run);
                            replace_two!(StackRef::owned(result));
                        }
                        Quick::BinarySubscr => {
                            warm!(self.specialise_binary(here, &top!(2), &top!(1)));
                            let result = attempt!(self.getitem(&top!(2), &top!(1)), 'run);
                            replace_two!(StackRef::owned(result));
                        }
                        Quick::UnaryNegative => unary!(negative),
                        Quick::UnaryInvert => unary!(invert),
                        Quick::UnaryNot => {
                            let value = top!(1).is(&self.consts.false_);
                            set_top!(1, StackRef::owned(self.bool(value)));
                        }
                        Quick::ToBool => {
                            warm!(self.specialise_to_bool(here, &top!(1)));
                            let truth = attempt!(self.is_true(&top!(1)), 'run);
                            set_top!(1, StackRef::owned(self.bool(truth)));
                        }
                        Quick::CompareOp => {
                            warm!(self.specialise_compare(here, &top!(2), &top!(1)));
                            let result = attempt!(self.compare(&top!(2), &top!(1), COMPARISONS[(arg >> 5) as usize]), 'run);
                            if arg & 16 != 0 {
                                // The operands are released before the truth is asked for.
                                let right = pop!();
                                set_top!(1, StackRef::owned(result));
                                drop(right);
                                let truth = attempt!(self.is_true(&top!(1)), 'run);
                                set_top!(1, StackRef::owned(self.bool(truth)));
                            } else {
                                replace_two!(StackRef::owned(result));
                            }
                        }
                        Quick::IsOp => {
                            let same = top!(2).is(&top!(1));
                            replace_two!(StackRef::owned(self.bool(same ^ (arg == 1))));
                        }
                        Quick::ContainsOp => {
                            warm!(self.specialise_contains(here, &top!(1)));
                            let found = attempt!(self.contains(&top!(1), &top!(2)), 'run);
                            replace_two!(StackRef::owned(self.bool(found ^ (arg == 1))));
                        }
                        Quick::BinarySlice => {
                            let result = attempt!(self.get_slice(&top!(3), &top!(2), &top!(1)), 'run);
                            let (stop, start) = (pop!(), pop!());
                            set_top!(1, StackRef::owned(result));
                            drop(stop);
                            drop(start);
                        }
                        Quick::StoreSlice => {
                            attempt!(self.set_slice(&top!(3), &top!(2), &top!(1), &top!(4)), 'run);
                            for _ in 0..4 {
                                drop(pop!());
                            }
                        }
                        Quick::StoreSubscr => {
                            warm!(self.specialise_store_subscript(here, &top!(2), &top!(1)));
                            attempt!(self.setitem(&top!(2), &top!(1), Some(&top!(3))), 'run);
                            drop(pop!());
                            drop(pop!());
                            drop(pop!());
                        }
                        Quick::DeleteSubscr => {
                            attempt!(self.setitem(&top!(2), &top!(1), None), 'run);
                            drop(pop!());
                            drop(pop!());
                        }

                        // Jumps.
                        Quick::JumpForward | Quick::JumpBackwardNoInterrupt => jump!(arg),
                        Quick::JumpBackward => {
                            jump!(arg);
                            if self.eval_breaker() {
                                attempt!(self.handle_pending(), 'run);
                            }
                        }
                        Quick::PopJumpIfFalse => {
                            let value = pop!();
                            if unsafe { value.look() }.is(&self.consts.false_) {
                                jump!(arg);
                            }
                        }
                        Quick::PopJumpIfTrue => {
                            let value = pop!();
                            if unsafe { value.look() }.is(&self.consts.true_) {
                                jump!(arg);
                            }
                        }
                        Quick::PopJumpIfNone => {
                            let value = pop!();
                            if unsafe { value.look() }.is(&self.consts.none) {
                                jump!(arg);
                            }
                            drop(value);
                        }
                        Quick::PopJumpIfNotNone => {
                            let value = pop!();
                            if !unsafe { value.look() }.is(&self.consts.none) {
                                jump!(arg);
                            }
                            drop(value);
                        }

                        // Names.
                        Quick::LoadGlobal => {
                            warm!(self.specialise_global(unsafe { &*frame }, here));
                            let value = attempt!(self.load_global(unsafe { &*frame }, name!(arg >> 1)), 'run);
                            push_obj!(value);
                            if arg & 1 != 0 {
                                push!(StackRef::NULL);
                            }
                        }
                        Quick::LoadName => push_obj!(attempt!(self.load_name(unsafe { &*frame }, name!(arg)), 'run)),
                        Quick::StoreName => {
                            let value = pop!().into_obj();
                            attempt!(self.store_name(unsafe { &*frame }, name!(arg), value), 'run);
                        }
                        Quick::DeleteName => attempt!(self.delete_name(unsafe { &*frame }, name!(arg)), 'run),
                        Quick::StoreGlobal => {
                            let value = pop!().into_obj();
                            attempt!(self.dict_set(unsafe { &(*frame).globals }, name!(arg), value), 'run);
                        }
                        Quick::DeleteGlobal => attempt!(self.delete_global(unsafe { &*frame }, name!(arg)), 'run),
                        Quick::LoadLocals => match unsafe { (*frame).locals.get() } {
                            Some(locals) => push_obj!(locals),
                            None => break 'run Fault::Raise(self.system_error("no locals")),
                        },
                        Quick::LoadFromDictOrGlobals => {
                            let value = attempt!(self.load_from_dict_or_globals(unsafe { &*frame }, &top!(1), name!(arg)), 'run);
                            set_top!(1, StackRef::owned(value));
                        }
                        Quick::LoadFromDictOrDeref => {
                            let value = attempt!(self.load_from_dict_or_deref(unsafe { &*frame }, &top!(1), arg as usize), 'run);
                            set_top!(1, StackRef::owned(value));
                        }
                        Quick::MakeCell => {
                            let value = std::mem::replace(local!(arg), StackRef::NULL).into_option();
                            *local!(arg) = StackRef::owned(self.heap.cell(value));
                        }
                        Quick::LoadDeref => {
                            let cell = local!(arg).obj();
                            let value = unsafe { cell.payload_unchecked::<CellVar>() }.value.get();
                            match value {
                                Some(value) => push_obj!(value),
                                None => break 'run Fault::Raise(self.unbound_cell(code!(), arg as usize)),
                            }
                        }
                        Quick::StoreDeref => {
                            let value = pop!().into_obj();
                            let cell = local!(arg).obj();
                            unsafe { cell.payload_unchecked::<CellVar>() }.value.set(value);
                        }
                        Quick::DeleteDeref => {
                            let cell = local!(arg).obj();
                            let value = unsafe { cell.payload_unchecked::<CellVar>() }.value.take();
                            if value.is_none() {
                                break 'run Fault::Raise(self.unbound_cell(code!(), arg as usize));
                            }
                        }
                        Quick::CopyFreeVars => unsafe {
                            let first = code!().n_locals - arg as usize;
                            let function = (*frame).func.look();
                            if let Some(closure) =
                                function.payload_unchecked::<Function>().closure.borrow().and_then(|closure| closure.get::<Tuple>())
                            {
                                for (i, cell) in closure.items().iter().enumerate() {
                                    *local!(first + i) = StackRef::owned(cell.clone());
                                }
                            }
                        },
                        Quick::LoadBuildClass => push_obj!(attempt!(self.load_build_class(unsafe { &*frame }), 'run)),
                        Quick::SetupAnnotations => attempt!(self.setup_annotations(unsafe { &*frame }), 'run),

                        // Attributes.
                        Quick::LoadAttr => {
                            warm!(self.specialise_load_attr(unsafe { &*frame }, here, &top!(1)));
                            if arg & 1 == 0 {
                                let value = attempt!(self.getattr(&top!(1), name!(arg >> 1)), 'run);
                                set_top!(1, StackRef::owned(value));
                            } else {
                                let loaded = attempt!(self.load_method(&top!(1), name!(arg >> 1)), 'run);
                                match loaded {
                                    Loaded::Method(function) => {
                                        let owner = pop!();
                                        push_obj!(function);
                                        push!(owner);
                                    }
                                    Loaded::Value(value) => {
                                        set_top!(1, StackRef::owned(value));
                                        push!(StackRef::NULL);
                                    }
                                }
                            }
                        }
                        Quick::StoreAttr => {
                            warm!(self.specialise_store_attr(unsafe { &*frame }, here, &top!(1)));
                            attempt!(self.setattr(&top!(1), name!(arg), Some(&top!(2))), 'run);
                            drop(pop!());
                            drop(pop!());
                        }
                        Quick::DeleteAttr => {
                            attempt!(self.setattr(&top!(1), name!(arg), None), 'run);
                            drop(pop!());
                        }
                        Quick::LoadSuperAttr => {
                            let loaded = attempt!(self.load_super(&top!(3), &top!(2), &top!(1), name!(arg >> 2), arg), 'run);
                            match loaded {
                                Loaded::Method(function) => {
                                    let instance = pop!();
                                    drop(pop!());
                                    set_top!(1, StackRef::owned(function));
                                    push!(instance);
                                }
                                Loaded::Value(value) => {
                                    drop(pop!());
                                    drop(pop!());
                                    set_top!(1, StackRef::owned(value));
                                    if arg & 1 != 0 {
                                        push!(StackRef::NULL);
                                    }
                                }
                            }
                        }
                        Quick::LoadSpecial => {
                            let loaded = attempt!(self.load_special_method(&top!(1), arg), 'run);
                            match loaded {
                                Loaded::Method(function) => {
                                    let owner = pop!();
                                    push_obj!(function);
                                    push!(owner);
                                }
                                Loaded::Value(value) => {
                                    set_top!(1, StackRef::owned(value));
                                    push!(StackRef::NULL);
                                }
                            }
                        }

                        // Calls.
                        Quick::Call => {
                            let n = arg as usize;
                            let callable = unsafe { sp.sub(n + 2) };
                            warm!(unsafe { self.specialise_call(&*frame, here, callable) });
                            if unsafe { (*callable.add(1)).is_null() && (*callable).look().kind() == kinds::METHOD } {
                                unsafe { self.unbind(callable) };
                            }
                            let total = n + usize::from(unsafe { !(*callable.add(1)).is_null() });
                            let args = unsafe { sp.sub(total) };
                            if unsafe { (*callable).look().kind() } == kinds::FUNCTION {
                                sp = callable;
                                let pushed = unsafe { self.push_call(callable.read(), args, total, &[]) };
                                let callee = attempt!(pushed, 'run);
                                enter!(callee, ip);
                            } else {
                                let lent = unsafe { Lent::new(args, total) };
                                let result = unsafe { self.call_args(&(*callable).look(), Args::positional(lent.args())) };
                                sp = callable;
                                let result = match result {
                                    Ok(result) => result,
                                    Err(raised) => {
                                        lent.release();
                                        drop(unsafe { callable.read() });
                                        break 'run Fault::Raise(raised);
                                    }
                                };
                                let before = unsafe { std::ptr::replace(callable, StackRef::owned(result)) };
                                drop(before);
                                lent.release();
                                sp = unsafe { callable.add(1) };
                                if self.eval_breaker() {
                                    attempt!(self.handle_pending(), 'run);
                                }
                            }
                        }
                        Quick::CallKw => {
                            let names = pop!().into_obj();
                            let n = arg as usize;
                            let callable = unsafe { sp.sub(n + 2) };
                            if unsafe { (*callable.add(1)).is_null() && (*callable).look().kind() == kinds::METHOD } {
                                unsafe { self.unbind(callable) };
                            }
                            let total = n + usize::from(unsafe { !(*callable.add(1)).is_null() });
                            let args = unsafe { sp.sub(total) };
                            let name_items = names.get::<Tuple>().map_or(&[][..], Tuple::items);
                            sp = callable;
                            if unsafe { (*callable).look().kind() } == kinds::FUNCTION {
                                let pushed = unsafe { self.push_call(callable.read(), args, total, name_items) };
                                drop(names);
                                let callee = attempt!(pushed, 'run);
                                enter!(callee, ip);
                            } else {
                                let lent = unsafe { Lent::new(args, total) };
                                let result = unsafe { self.call_args(&(*callable).look(), Args::new(lent.args(), name_items)) };
                                drop(names);
                                let result = match result {
                                    Ok(result) => result,
                                    Err(raised) => {
                                        lent.release();
                                        drop(unsafe { callable.read() });
                                        break 'run Fault::Raise(raised);
                                    }
                                };
                                let before = unsafe { std::ptr::replace(callable, StackRef::owned(result)) };
                                drop(before);
                                lent.release();
                                sp = unsafe { callable.add(1) };
                                if self.eval_breaker() {
                                    attempt!(self.handle_pending(), 'run);
                                }
                            }
                        }
                        Quick::CallFunctionEx => {
                            let has_kwargs = self.version >= Version::V3_14 || arg & 1 != 0;
                            let kwargs = if has_kwargs { pop!().into_option() } else { None };
                            let args = pop!().into_obj();
                            drop(pop!());
                            let func = pop!();
                            let pushed = self.prepare_call_ex(func, args, kwargs);
                            match attempt!(pushed, 'run) {
                                Ok(callee) => enter!(callee, ip),
                                Err(result) => {
                                    push_obj!(result);
                                    if self.eval_breaker() {
                                        attempt!(self.handle_pending(), 'run);
                                    }
                                }
                            }
                        }
                        Quick::CallIntrinsic1 => {
                            let result = attempt!(self.intrinsic_1(unsafe { &*frame }, arg, &top!(1)), 'run);
                            set_top!(1, StackRef::owned(result));
                        }
                        Quick::CallIntrinsic2 => {
                            let result = attempt!(self.intrinsic_2(arg, &top!(2), &top!(1)), 'run);
                            replace_two!(StackRef::owned(result));
                        }
                        Quick::MakeFunction => {
                            let code = pop!().into_obj();
                            push_obj!(attempt!(self.new_function(code, unsafe { &(*frame).globals }), 'run));
                        }
                        Quick::SetFunctionAttribute => {
                            let function = pop!();
                            let value = pop!().into_obj();
                            let payload = unsafe { function.look() };
                            let payload = unsafe { payload.payload_unchecked::<Function>() };
                            let slot = match arg {
                                1 => &payload.defaults,
                                2 => &payload.kwdefaults,
                                4 => &payload.annotations,
                                8 => &payload.closure,
                                _ => &payload.annotate,
                            };
                            slot.set(value);
                            push!(function);
                        }
                        Quick::ReturnValue => {
                            let result = pop!().into_obj();
                            leave!(result);
                        }
                        Quick::ReturnConst => {
                            let result = unsafe { (*consts.add(arg as usize)).clone() };
                            leave!(result);
                        }

                        // Building.
                        Quick::BuildTuple => {
                            let items = take_items(&mut sp, arg as usize);
                            push_obj!(self.tuple(items));
                        }
                        Quick::BuildList => {
                            let items = take_items(&mut sp, arg as usize);
                            push_obj!(self.list(items));
                        }
                        Quick::BuildSet => {
                            let items = take_items(&mut sp, arg as usize);
                            push_obj!(attempt!(self.set_of(items), 'run));
                        }
                        Quick::BuildMap => {
                            let items = take_items(&mut sp, 2 * arg as usize);
                            push_obj!(attempt!(self.build_map(items), 'run));
                        }
                        Quick::BuildConstKeyMap => {
                            let keys = pop!().into_obj();
                            let items = take_items(&mut sp, arg as usize);
                            push_obj!(attempt!(self.build_const_key_map(&keys, items), 'run));
                        }
                        Quick::BuildString => {
                            let items = take_items(&mut sp, arg as usize);
                            push_obj!(attempt!(self.str_join_all(&items), 'run));
                        }
                        Quick::BuildSlice => {
                            let step = if arg == 3 { pop!().into_obj() } else { self.none() };
                            let stop = pop!().into_obj();
                            let start = pop!().into_obj();
                            push_obj!(self.slice(start, stop, step));
                        }
                        Quick::BuildTemplate => {
                            let interpolations = pop!().into_obj();
                            let strings = pop!().into_obj();
                            push_obj!(self.build_template(strings, interpolations));
                        }
                        Quick::BuildInterpolation => {
                            let spec = if arg & 1 != 0 { pop!().into_obj() } else { self.consts.empty_str.clone() };
                            let text = pop!().into_obj();
                            let value = pop!().into_obj();
                            push_obj!(attempt!(self.build_interpolation(value, text, arg >> 2, spec), 'run));
                        }
                        Quick::ListAppend => {
                            let item = pop!().into_obj();
                            let list = top!(arg as usize);
                            match list.get::<List>() {
                                Some(list) => list.push(item),
                                None => break 'run Fault::Raise(self.system_error("LIST_APPEND without a list")),
                            }
                        }
                        Quick::ListExtend => {
                            let iterable = pop!();
                            attempt!(self.list_extend_op(&top!(arg as usize), &iterable.obj()), 'run);
                        }
                        Quick::SetAdd => {
                            let item = pop!().into_obj();
                            attempt!(self.set_add(&top!(arg as usize), &item), 'run);
                        }
                        Quick::SetUpdate => {
                            let iterable = pop!();
                            attempt!(self.set_update_op(&top!(arg as usize), &iterable.obj()), 'run);
                        }
                        Quick::MapAdd => {
                            let value = pop!().into_obj();
                            let key = pop!().into_obj();
                            attempt!(self.dict_set(&top!(arg as usize), &key, value), 'run);
                        }
                        Quick::DictUpdate => {
                            let update = pop!();
                            attempt!(self.dict_update_op(&top!(arg as usize), &update.obj()), 'run);
                        }
                        Quick::DictMerge => {
                            let update = pop!();
                            let (dict, callee) = (top!(arg as usize), top!(arg as usize + 3));
                            attempt!(self.dict_merge_op(&callee, &dict, &update.obj()), 'run);
                        }
                        Quick::FormatSimple => {
                            if top!(1).kind() != Kind::STR {
                                let text = attempt!(self.format(&top!(1), &self.consts.empty_str), 'run);
                                set_top!(1, StackRef::owned(text));
                            }
                        }
                        Quick::FormatWithSpec => {
                            let text = attempt!(self.format(&top!(2), &top!(1)), 'run);
                            replace_two!(StackRef::owned(text));
                        }
                        Quick::ConvertValue => {
                            let text = match arg {
                                1 => self.str_of(&top!(1)),
                                2 => self.repr(&top!(1)),
                                _ => self.ascii(&top!(1)),
                            };
                            let text = attempt!(text, 'run);
                            set_top!(1, StackRef::owned(text));
                        }

                        // Taking apart.
                        Quick::UnpackSequence => {
                            warm!(self.specialise_unpack(here, &top!(1)));
                            let seq = pop!();
                            let items = attempt!(self.unpack(&seq.obj(), arg as usize), 'run);
                            for item in items.into_iter().rev() {
                                push_obj!(item);
                            }
                        }
                        Quick::UnpackEx => {
                            let seq = pop!();
                            let items = attempt!(self.unpack_starred(&seq.obj(), (arg & 255) as usize, (arg >> 8) as usize), 'run);
                            for item in items.into_iter().rev() {
                                push_obj!(item);
                            }
                        }
                        Quick::GetLen => {
                            let len = attempt!(self.len(&top!(1)), 'run);
                            push_obj!(self.int(len as i64));
                        }
                        Quick::MatchMapping => {
                            let is = self.class_has_flag(&top!(1), crate::class::flags::MAPPING);
                            push_obj!(self.bool(is));
                        }
                        Quick::MatchSequence => {
                            let is = self.class_has_flag(&top!(1), crate::class::flags::SEQUENCE);
                            push_obj!(self.bool(is));
                        }
                        Quick::MatchKeys => {
                            let values = attempt!(self.match_keys(&top!(2), &top!(1)), 'run);
                            push_obj!(values);
                        }
                        Quick::MatchClass => {
                            let names = pop!();
                            let class = pop!();
                            let found = attempt!(self.match_class(&top!(1), &class.obj(), arg as usize, &names.obj()), 'run);
                            set_top!(1, StackRef::owned(found.unwrap_or_else(|| self.none())));
                        }

                        // Iteration.
                        Quick::GetIter => {
                            let iterator = attempt!(self.iter(&top!(1)), 'run);
                            set_top!(1, StackRef::owned(iterator));
                        }
                        Quick::GetYieldFromIter => {
                            if let Some(iterator) = attempt!(self.yield_from_iter(code!(), &top!(1)), 'run) {
                                set_top!(1, StackRef::owned(iterator));
                            }
                        }
                        Quick::ForIter => {
                            let iterator = top!(1);
                            let kind = iterator.kind();
                            if kind == kinds::RANGE_ITERATOR {
                                match unsafe { iterator.payload_unchecked::<RangeIterator>() }.next() {
                                    Some(value) => push_obj!(self.int(value)),
                                    None => jump!(arg),
                                }
                            } else if kind == kinds::LIST_ITERATOR {
                                match unsafe { iterator.payload_unchecked::<ListIterator>() }.next() {
                                    Some(item) => push_obj!(item),
                                    None => jump!(arg),
                                }
                            } else if kind == kinds::TUPLE_ITERATOR {
                                match unsafe { iterator.payload_unchecked::<TupleIterator>() }.next() {
                                    Some(item) => push_obj!(item),
                                    None => jump!(arg),
                                }
                            } else if kind == kinds::GENERATOR
                                && let Some(state) = gen_of(&iterator)
                                && matches!(state.state.get(), GenState::Created | GenState::Suspended | GenState::Delegating)
                            {
                                let inner = state.frame.get();
                                unsafe {
                                    let top = (*inner).sp.get();
                                    top.write(StackRef::owned(self.none()));
                                    (*inner).sp.set(top.add(1));
                                    // Its end is a return value, which END_FOR drops.
                                    (*frame).return_to.set(code!().instrs().add(arg as usize - 1));
                                    (*frame).sp.set(sp);
                                    self.link_generator(state, &*inner, 0);
                                }
                                if !self.enter_frame() {
                                    let raised = self.refuse_generator(unsafe { &*inner });
                                    break 'run Fault::Raise(raised);
                                }
                                frame = inner;
                                ip = unsafe { (*frame).ip.get().add(1) };
                                load!();
                            } else {
                                match attempt!(self.next(&top!(1)), 'run) {
                                    Some(item) => push_obj!(item),
                                    None => jump!(arg),
                                }
                            }
                        }

                        // Generators and coroutines.
                        Quick::ReturnGenerator => {
                            let dying = frame;
                            let made = unsafe {
                                let function = (*dying).function();
                                let (name, qualname) =
                                    function.map_or((None, None), |function| (function.name.get(), function.qualname.get()));
                                let made = self.new_generator(code!(), name, qualname);
                                (*dying).sp.set(sp);
                                let own = move_to_heap(dying, Owner::Generator);
                                if let Some(state) = gen_of(&made) {
                                    state.frame.set(own);
                                    (*own).generator.set(state);
                                }
                                self.track_origin(&made, &*dying);
                                made
                            };
                            frame = unsafe { (*dying).previous.get() };
                            self.thread.current.set(frame);
                            self.thread.remaining.set(self.thread.remaining.get() + 1);
                            let flags = unsafe { (*dying).flags.get() };
                            self.thread.give_back(dying);
                            if flags & ENTRY != 0 {
                                return Ok(made);
                            }
                            ip = unsafe { (*frame).return_to.get() };
                            load!();
                            if flags & INIT != 0 {
                                break 'run Fault::Raise(self.init_result(&made));
                            }
                            push_obj!(made);
                        }
                        Quick::YieldValue => {
                            let value = pop!().into_obj();
                            let dying = unsafe { &*frame };
                            dying.sp.set(sp);
                            unsafe { self.own_stack(dying) };
                            let state = unsafe { &*dying.generator.get() };
                            let flags = dying.flags.get();
                            frame = dying.previous.get();
                            self.unlink_generator(state, dying, if arg == 1 { GenState::Delegating } else { GenState::Suspended });
                            self.thread.remaining.set(self.thread.remaining.get() + 1);
                            if flags & ENTRY != 0 {
                                return Ok(value);
                            }
                            ip = unsafe { (*frame).ip.get().add(1) };
                            load!();
                            push_obj!(value);
                        }
                        Quick::Send => {
                            let value = pop!();
                            if matches!(top!(1).kind(), kinds::GENERATOR | kinds::COROUTINE)
                                && let Some(state) = gen_of(&top!(1))
                                && (state.is_suspended()
                                    || state.state.get() == GenState::Created && unsafe { value.look() }.is(&self.consts.none))
                            {
                                let inner = state.frame.get();
                                unsafe {
                                    let top = (*inner).sp.get();
                                    top.write(StackRef::owned(value.into_obj()));
                                    (*inner).sp.set(top.add(1));
                                    (*frame).return_to.set(code!().instrs().add(arg as usize));
                                    (*frame).sp.set(sp);
                                    self.link_generator(state, &*inner, 0);
                                }
                                if !self.enter_frame() {
                                    let raised = self.refuse_generator(unsafe { &*inner });
                                    break 'run Fault::Raise(raised);
                                }
                                frame = inner;
                                ip = unsafe { (*frame).ip.get().add(1) };
                                load!();
                            } else {
                                let sent = unsafe { self.send_to(&top!(1), &value.look()) };
                                drop(value);
                                match attempt!(sent, 'run) {
                                    Resumed::Yielded(value) => push_obj!(value),
                                    Resumed::Returned(value) => {
                                        push_obj!(value);
                                        jump!(arg);
                                    }
                                }
                            }
                        }
                        Quick::EndSend => {
                            let value = pop!();
                            set_top!(1, value);
                        }
                        Quick::CleanupThrow => {
                            let exception = top!(1);
                            match self.stop_iteration_value(&exception) {
                                Some(value) => {
                                    drop(pop!());
                                    drop(pop!());
                                    set_top!(1, StackRef::owned(self.none()));
                                    push_obj!(value);
                                }
                                None => break 'run Fault::Reraise(Raised(exception.clone()), None),
                            }
                        }
                        Quick::GetAwaitable => {
                            let iterator = attempt!(self.get_awaitable(&top!(1), arg), 'run);
                            set_top!(1, StackRef::owned(iterator));
                        }
                        Quick::GetAiter => {
                            let iterator = attempt!(self.get_aiter(&top!(1)), 'run);
                            set_top!(1, StackRef::owned(iterator));
                        }
                        Quick::GetAnext => push_obj!(attempt!(self.get_anext(&top!(1)), 'run)),
                        Quick::EndAsyncFor => {
                            if self.is_kind_of(&top!(1), &self.types.stop_async_iteration) {
                                drop(pop!());
                                drop(pop!());
                            } else {
                                let exception = pop!().into_obj();
                                break 'run Fault::Reraise(Raised(exception), None);
                            }
                        }

                        // With.
                        Quick::BeforeWith | Quick::BeforeAsyncWith => {
                            let (enter, exit) = attempt!(self.before_with(&top!(1), instr.op == Quick::BeforeAsyncWith), 'run);
                            set_top!(1, StackRef::owned(exit));
                            push_obj!(attempt!(self.call(&enter, &[]), 'run));
                        }
                        Quick::WithExceptStart => {
                            let exception = top!(1).clone();
                            let result = if self.version >= Version::V3_14 {
                                let instance = place!(4).get().map(|view| view.clone());
                                self.call_exit(&top!(5), instance, exception)
                            } else {
                                self.call_exit(&top!(4), None, exception)
                            };
                            push_obj!(attempt!(result, 'run));
                        }

                        // Exceptions.
                        Quick::PushExcInfo => {
                            let exception = pop!();
                            let state = self.thread.exc_state();
                            let before = state.value.replace(Some(unsafe { exception.look() }.clone()));
                            push_obj!(before.unwrap_or_else(|| self.none()));
                            push!(exception);
                        }
                        Quick::PopExcept => {
                            let before = pop!().into_obj();
                            let before = Some(before).filter(|before| !before.is(&self.consts.none));
                            drop(self.thread.exc_state().value.replace(before));
                        }
                        Quick::CheckExcMatch => {
                            let matches = attempt!(self.exception_matches(&top!(2), &top!(1)), 'run);
                            set_top!(1, StackRef::owned(self.bool(matches)));
                        }
                        Quick::CheckEgMatch => {
                            let (matched, rest) = attempt!(self.group_match(&top!(2), &top!(1)), 'run);
                            drop(pop!());
                            set_top!(1, StackRef::owned(rest.unwrap_or_else(|| self.none())));
                            if let Some(matched) = &matched {
                                drop(self.thread.exc_state().value.replace(Some(matched.clone())));
                            }
                            push_obj!(matched.unwrap_or_else(|| self.none()));
                        }
                        Quick::RaiseVarargs => {
                            let cause = if arg == 2 { Some(pop!().into_obj()) } else { None };
                            let exception = if arg >= 1 { Some(pop!().into_obj()) } else { None };
                            match self.do_raise(exception, cause) {
                                Ok(reraised) => break 'run Fault::Reraise(reraised, None),
                                Err(raised) => break 'run Fault::Raise(raised),
                            }
                        }
                        Quick::Reraise => {
                            let exception = pop!().into_obj();
                            let origin = if arg > 0 { top!(arg as usize).get::<Int>().map(|int| int.0 as usize) } else { None };
                            break 'run Fault::Reraise(Raised(exception), origin);
                        }

                        // Imports.
                        Quick::ImportName => {
                            let module = attempt!(self.import_name(unsafe { &*frame }, name!(arg), &top!(1), &top!(2)), 'run);
                            drop(pop!());
                            set_top!(1, StackRef::owned(module));
                        }
                        Quick::ImportFrom => {
                            let value = attempt!(self.import_from(&top!(1), name!(arg)), 'run);
                            push_obj!(value);
                        }

                        // Special forms: each checks what it counts on, and gives way to its plain instruction.
                        Quick::LoadGlobalModule => {
                            let cache = cache!();
                            let dict = unsafe { (*frame).globals.payload_unchecked::<Dict>() };
                            if u64::from(dict.known_keys_version()) != cache.version {
                                miss!(LoadGlobal);
                            }
                            match dict.value_at(cache.index as usize) {
                                Some(value) => push_obj!(value),
                                None => miss!(LoadGlobal),
                            }
                            if arg & 1 != 0 {
                                push!(StackRef::NULL);
                            }
                        }
                        Quick::LoadGlobalBuiltin => {
                            let cache = cache!();
                            let globals = unsafe { (*frame).globals.payload_unchecked::<Dict>() };
                            let builtins = unsafe { (*frame).builtins.payload_unchecked::<Dict>() };
                            if u64::from(globals.known_keys_version()) | u64::from(builtins.known_keys_version()) << 32 != cache.version {
                                miss!(LoadGlobal);
                            }
                            match builtins.value_at(cache.index as usize) {
                                Some(value) => push_obj!(value),
                                None => miss!(LoadGlobal),
                            }
                            if arg & 1 != 0 {
                                push!(StackRef::NULL);
                            }
                        }
                        Quick::LoadAttrInstance => {
                            let cache = cache!();
                            let value = {
                                let owner = top!(1);
                                match owner.extra() {
                                    Some(extra)
                                        if u64::from(unsafe { self.class_payload(&owner) }.version.get()) == cache.version
                                            && extra.is_inline()
                                            && (cache.index as usize) < extra.capacity() =>
                                    {
                                        extra.value(cache.index as usize).get()
                                    }
                                    _ => None,
                                }
                            };
                            match value {
                                Some(value) => set_top!(1, StackRef::owned(value)),
                                None => miss!(LoadAttr),
                            }
                        }
                        Quick::LoadAttrModule => {
                            let cache = cache!();
                            let value = {
                                let owner = top!(1);
                                if owner.kind() == kinds::MODULE {
                                    let module = unsafe { owner.payload_unchecked::<Module>() };
                                    unsafe { module.dict.borrow() }
                                        .and_then(|dict| dict.get::<Dict>())
                                        .filter(|dict| u64::from(dict.known_keys_version()) == cache.version)
                                        .and_then(|dict| dict.value_at(cache.index as usize))
                                } else {
                                    None
                                }
                            };
                            match value {
                                Some(value) => set_top!(1, StackRef::owned(value)),
                                None => miss!(LoadAttr),
                            }
                        }
                        Quick::LoadMethodInstance | Quick::LoadMethodPlain => {
                            let cache = cache!();
                            {
                                let owner = top!(1);
                                let class = unsafe { self.class_payload(&owner) };
                                if u64::from(class.version.get()) != cache.version {
                                    miss!(LoadAttr);
                                }
                                if instr.op == Quick::LoadMethodInstance
                                    && !(owner.extra().is_some_and(|extra| extra.is_inline())
                                        && class.keys.borrow().len() as u64 == cache.index)
                                {
                                    miss!(LoadAttr);
                                }
                            }
                            // SAFETY: the class has the version with which it holds this function.
                            let function = unsafe { (*(&raw const cache.word).cast::<Obj>()).clone() };
                            let owner = pop!();
                            push_obj!(function);
                            push!(owner);
                        }
                        Quick::StoreAttrInstance => {
                            let cache = cache!();
                            let before = {
                                let owner = top!(1);
                                match owner.extra() {
                                    Some(extra)
                                        if u64::from(unsafe { self.class_payload(&owner) }.version.get()) == cache.version
                                            && extra.is_inline()
                                            && (cache.index as usize) < extra.capacity() =>
                                    {
                                        let value = std::mem::replace(place!(2), StackRef::NULL).into_obj();
                                        let place = extra.value(cache.index as usize);
                                        if place.is_empty() {
                                            extra.set_value(cache.index as usize, Some(value))
                                        } else {
                                            place.replace(Some(value))
                                        }
                                    }
                                    _ => miss!(StoreAttr),
                                }
                            };
                            drop(pop!());
                            drop(pop!());
                            drop(before);
                        }
                        Quick::CallInit => {
                            let n = arg as usize;
                            let callable = unsafe { sp.sub(n + 2) };
                            let cache = cache!();
                            unsafe {
                                let class = (*callable).look();
                                if class.kind() != kinds::CLASS
                                    || !(*callable.add(1)).is_null()
                                    || u64::from(class.payload_unchecked::<Class>().version.get()) != cache.version
                                {
                                    miss!(Call);
                                }
                                let init = (*(&raw const cache.word).cast::<Obj>()).clone();
                                let made = self.new_instance(&class);
                                callable.add(1).write(StackRef::owned(made.clone()));
                                let before = std::ptr::replace(callable, StackRef::owned(made));
                                drop(before);
                                sp = callable.add(1);
                                let pushed = self.push_call(StackRef::owned(init), sp, n + 1, &[]);
                                let callee = attempt!(pushed, 'run);
                                (*callee).flags.set(INIT);
                                enter!(callee, ip);
                            }
                        }
                        Quick::BinaryAddInt => int_op!(|a: i64, b: i64| a.checked_add(b)),
                        Quick::BinarySubtractInt => int_op!(|a: i64, b: i64| a.checked_sub(b)),
                        Quick::BinaryMultiplyInt => int_op!(|a: i64, b: i64| a.checked_mul(b)),
                        Quick::BinaryAndInt => int_op!(|a: i64, b: i64| Some(a & b)),
                        Quick::BinaryRemainderInt => int_op!(|a: i64, b: i64| if b > 0 { Some(a.rem_euclid(b)) } else { None }),
                        Quick::BinaryFloorDivideInt => int_op!(|a: i64, b: i64| if b > 0 { Some(a.div_euclid(b)) } else { None }),
                        Quick::BinaryAddFloat => float_op!(|a: f64, b: f64| a + b),
                        Quick::BinarySubtractFloat => float_op!(|a: f64, b: f64| a - b),
                        Quick::BinaryMultiplyFloat => float_op!(|a: f64, b: f64| a * b),
                        Quick::SubscriptListInt => {
                            let found = {
                                let (left, right) = (top!(2), top!(1));
                                if left.kind() == Kind::LIST && left.extra().is_none() && right.kind() == Kind::INT {
                                    let (list, index) = unsafe { (left.payload_unchecked::<List>(), right.payload_unchecked::<Int>().0) };
                                    let index = if index < 0 { index + list.len() as i64 } else { index };
                                    if index < 0 { None } else { list.get(index as usize) }
                                } else {
                                    None
                                }
                            };
                            match found {
                                Some(item) => replace_two!(StackRef::owned(item)),
                                None => {
                                    let plain = if self.version >= Version::V3_14 { Quick::BinaryOp } else { Quick::BinarySubscr };
                                    unsafe { ((*here).op, (*here).counter) = (plain, crate::quick::BACKOFF) };
                                    ip = here;
                                }
                            }
                        }
                        Quick::SubscriptTupleInt => {
                            let found = {
                                let (left, right) = (top!(2), top!(1));
                                if left.kind() == Kind::TUPLE && left.extra().is_none() && right.kind() == Kind::INT {
                                    let (tuple, index) = unsafe { (left.payload_unchecked::<Tuple>(), right.payload_unchecked::<Int>().0) };
                                    let index = if index < 0 { index + tuple.len() as i64 } else { index };
                                    if index < 0 { None } else { tuple.items().get(index as usize).cloned() }
                                } else {
                                    None
                                }
                            };
                            match found {
                                Some(item) => replace_two!(StackRef::owned(item)),
                                None => {
                                    let plain = if self.version >= Version::V3_14 { Quick::BinaryOp } else { Quick::BinarySubscr };
                                    unsafe { ((*here).op, (*here).counter) = (plain, crate::quick::BACKOFF) };
                                    ip = here;
                                }
                            }
                        }
                        Quick::SubscriptDict => {
                            let found = {
                                let (left, right) = (top!(2), top!(1));
                                if left.kind() == Kind::DICT && left.extra().is_none() {
                                    attempt!(self.dict_get(&left, &right), 'run)
                                } else {
                                    None
                                }
                            };
                            match found {
                                Some(item) => replace_two!(StackRef::owned(item)),
                                None => {
                                    let plain = if self.version >= Version::V3_14 { Quick::BinaryOp } else { Quick::BinarySubscr };
                                    unsafe { ((*here).op, (*here).counter) = (plain, crate::quick::BACKOFF) };
                                    ip = here;
                                }
                            }
                        }
                        Quick::StoreSubscriptListInt => {
                            let before = {
                                let (container, key) = (top!(2), top!(1));
                                if container.kind() != Kind::LIST || container.extra().is_some() || key.kind() != Kind::INT {
                                    miss!(StoreSubscr);
                                }
                                let (list, index) = unsafe { (container.payload_unchecked::<List>(), key.payload_unchecked::<Int>().0) };
                                if index < 0 || index as usize >= list.len() {
                                    miss!(StoreSubscr);
                                }
                                let value = std::mem::replace(place!(3), StackRef::NULL).into_obj();
                                list.replace(index as usize, value)
                            };
                            drop(before);
                            drop(pop!());
                            drop(pop!());
                            drop(pop!());
                        }
                        Quick::StoreSubscriptDict => {
                            {
                                let (container, key) = (top!(2), top!(1));
                                if container.kind() != Kind::DICT || container.extra().is_some() {
                                    miss!(StoreSubscr);
                                }
                                let value = std::mem::replace(place!(3), StackRef::NULL).into_obj();
                                attempt!(self.dict_set(&container, &key, value), 'run);
                            }
                            drop(pop!());
                            drop(pop!());
                            drop(pop!());
                        }
                        Quick::CompareInt => {
                            let (left, right) = (top!(2), top!(1));
                            if left.kind() != Kind::INT || right.kind() != Kind::INT {
                                miss!(CompareOp);
                            }
                            let (a, b) = unsafe { (left.payload_unchecked::<Int>().0, right.payload_unchecked::<Int>().0) };
                            compared!(ordered(arg >> 5, &a, &b));
                        }
                        Quick::CompareFloat => {
                            let (left, right) = (top!(2), top!(1));
                            if left.kind() != Kind::FLOAT || right.kind() != Kind::FLOAT {
                                miss!(CompareOp);
                            }
                            let (a, b) = unsafe { (left.payload_unchecked::<Float>().0, right.payload_unchecked::<Float>().0) };
                            compared!(ordered(arg >> 5, &a, &b));
                        }
                        Quick::CompareStr => {
                            let (left, right) = (top!(2), top!(1));
                            if left.kind() != Kind::STR || right.kind() != Kind::STR {
                                miss!(CompareOp);
                            }
                            let (a, b) = unsafe { (left.payload_unchecked::<Str>(), right.payload_unchecked::<Str>()) };
                            let equal = left.is(&right) || a.as_bytes() == b.as_bytes();
                            compared!(equal == (arg >> 5 == 2));
                        }
                        Quick::ToBoolBool => {
                            if top!(1).kind() != Kind::BOOL {
                                miss!(ToBool);
                            }
                        }
                        Quick::ToBoolInt => {
                            let value = top!(1);
                            if value.kind() != Kind::INT {
                                miss!(ToBool);
                            }
                            let truth = unsafe { value.payload_unchecked::<Int>() }.0 != 0;
                            set_top!(1, StackRef::owned(self.bool(truth)));
                        }
                        Quick::ToBoolNone => {
                            if !top!(1).is(&self.consts.none) {
                                miss!(ToBool);
                            }
                            set_top!(1, StackRef::owned(self.bool(false)));
                        }
                        Quick::ToBoolList => {
                            let value = top!(1);
                            if value.kind() != Kind::LIST || value.extra().is_some() {
                                miss!(ToBool);
                            }
                            let truth = !unsafe { value.payload_unchecked::<List>() }.is_empty();
                            set_top!(1, StackRef::owned(self.bool(truth)));
                        }
                        Quick::ToBoolStr => {
                            let value = top!(1);
                            if value.kind() != Kind::STR {
                                miss!(ToBool);
                            }
                            let truth = unsafe { value.payload_unchecked::<Str>() }.chars() != 0;
                            set_top!(1, StackRef::owned(self.bool(truth)));
                        }
                        Quick::UnpackPair => {
                            let pair = {
                                let seq = top!(1);
                                match seq.get::<Tuple>().map(Tuple::items) {
                                    Some([first, second]) if seq.extra().is_none() => Some((first.clone(), second.clone())),
                                    _ => None,
                                }
                            };
                            match pair {
                                Some((first, second)) => {
                                    set_top!(1, StackRef::owned(second));
                                    push_obj!(first);
                                }
                                None => miss!(UnpackSequence),
                            }
                        }

                        Quick::Bad => break 'run Fault::Raise(self.system_error("unknown opcode")),
                        #[allow(unreachable_patterns)]
                        _ => break 'run Fault::Raise(self.system_error("unknown opcode")),
                    }
                }
            };

            unsafe { (*frame).sp.set(sp) };
            match self.unwind(frame, fault) {
                Unwound::Handler(at, target) => {
                    frame = at;
                    ip = target;
                    load!();
                }
                Unwound::Left(raised) => return Err(raised),
            }
        }
    }
}

/// `a < b` and its like, by CPython's number.
#[inline(always)]
fn ordered<T: PartialOrd>(op: u32, a: &T, b: &T) -> bool {
    match op {
        0 => a < b,
        1 => a <= b,
        2 => a == b,
        3 => a != b,
        4 => a > b,
        _ => a >= b,
    }
}

/// The value of an exact float, or of an exact int of 64 bits.
#[inline(always)]
unsafe fn number(obj: &Obj) -> Option<f64> {
    // SAFETY: the kind says which payload it is.
    unsafe {
        match obj.kind() {
            Kind::FLOAT => Some(obj.payload_unchecked::<Float>().0),
            Kind::INT => Some(obj.payload_unchecked::<Int>().0 as f64),
            _ => None,
        }
    }
}

/// The object that is `i` deep on the stack.
#[inline(always)]
fn look_at<'a>(sp: *mut StackRef, i: usize) -> View<'a> {
    // SAFETY: the loop asks for places that hold objects.
    unsafe { (*sp.sub(i)).look() }
}

/// The topmost items, each with a count of its own.
#[inline(always)]
fn take_items(sp: &mut *mut StackRef, n: usize) -> Vec<Obj> {
    // SAFETY: the compiler put as many items there.
    unsafe {
        *sp = sp.sub(n);
        (0..n).map(|i| sp.add(i).read().into_obj()).collect()
    }
}
