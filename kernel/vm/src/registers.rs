//! Where the loop stands, and the words in which an instruction speaks: push, pop, the place `i` deep.
//!
//! Registers are plain values. The loop keeps its own in the processor's registers and lends copies to rare instructions, so no
//! method here may be called out of line on the loop's own. All of it is raw memory, and one contract holds for it, the loop's:
//! `frame` is the running frame, `ip` is within its instructions, `sp` is within its places, which the compiler's stack depth bounds;
//! places below `sp` are initialised; an instruction finds on the stack what the compiler put there.

#![expect(unsafe_code, unsafe_op_in_unsafe_fn, reason = "places on the stack are raw memory, read and written without checks: measured")]

use heap::{Obj, StackRef, View};

use crate::frame::{ENTRY, Frame, INIT, Owner};
use crate::objects::code::{CodeObject, Instr};
use crate::objects::generator::{Gen, GenState};
use crate::protocol::Loaded;
use crate::quick::Quick;
use crate::unwind::Fault;
use crate::{Vm, kinds};

/// Hides from the optimiser where a value comes from. It would work out, in front of every instruction, whatever any instruction may
/// need of the registers, and put that on Rust's stack; this way, each instruction works out what it needs itself.
#[inline(always)]
#[allow(clippy::pointers_in_nomem_asm_block, reason = "the pointer passes through, nothing behind it is touched")]
pub(crate) fn hidden<T>(value: *const T) -> *const T {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    let value = {
        let mut value = value;
        // SAFETY: no instruction at all.
        unsafe { std::arch::asm!("/* {0} */", inout(reg) value, options(nomem, nostack, preserves_flags)) };
        value
    };
    value
}

/// The loop's registers.
#[derive(Clone, Copy)]
pub(crate) struct Registers {
    pub(crate) frame: *const Frame,
    /// The instruction that is next.
    pub(crate) ip: *mut Instr,
    /// The first free place.
    pub(crate) sp: *mut StackRef,
    pub(crate) consts: *const Obj,
}

/// How a frame was left.
pub(crate) enum Left {
    /// The loop goes on in the caller.
    Stay,
    /// The loop was entered with this frame: it gives the result to Rust.
    Return(Obj),
}

/// # Safety
/// The loop's contract, for every method.
impl Registers {
    /// A frame that runs on at `ip`.
    #[inline(always)]
    pub(crate) unsafe fn of(frame: *const Frame, ip: *mut Instr) -> Registers {
        Registers { frame, ip, sp: (*frame).sp.get(), consts: (*frame).code().const_items() }
    }

    /// See [`hidden`].
    #[inline(always)]
    pub(crate) fn hide(&mut self) {
        self.ip = hidden(self.ip).cast_mut();
        self.sp = hidden(self.sp).cast_mut();
    }

    /// The running frame. It is hidden where it is used, so that it need not be written back after every instruction.
    #[inline(always)]
    pub(crate) unsafe fn frame<'a>(&self) -> &'a Frame {
        &*hidden(self.frame)
    }

    #[inline(always)]
    pub(crate) unsafe fn code<'a>(&self) -> &'a CodeObject {
        self.frame().code()
    }

    /// The next instruction in the form that the compiler gave it.
    pub(crate) unsafe fn plain(&self) -> Quick {
        let index = self.ip.offset_from(self.code().instrs()) as usize;
        Quick::from_op(self.code().code.instrs[index].op)
    }

    /// A local variable, cell or free variable.
    #[inline(always)]
    pub(crate) unsafe fn local<'a>(&self, index: usize) -> &'a mut StackRef {
        &mut *self.frame().local(index)
    }

    #[inline(always)]
    pub(crate) unsafe fn name<'a>(&self, index: usize) -> &'a Obj {
        &*self.code().name_items().add(index)
    }

    /// Goes on so many instructions further, or back: the argument of a jump, as an [`Instr`] has it.
    #[inline(always)]
    pub(crate) unsafe fn jump(&mut self, distance: usize) {
        self.ip = self.target(distance);
    }

    /// Where a jump leads.
    #[inline(always)]
    pub(crate) unsafe fn target(&self, distance: usize) -> *mut Instr {
        self.ip.offset(distance as i32 as isize)
    }

    /// The object that is `depth` deep on the stack.
    #[inline(always)]
    pub(crate) unsafe fn top<'a>(&self, depth: usize) -> View<'a> {
        (*self.sp.sub(depth)).look()
    }

    #[inline(always)]
    pub(crate) unsafe fn place<'a>(&self, depth: usize) -> &'a mut StackRef {
        &mut *self.sp.sub(depth)
    }

    #[inline(always)]
    pub(crate) unsafe fn push(&mut self, value: StackRef) {
        self.sp.write(value);
        self.sp = self.sp.add(1);
    }

    #[inline(always)]
    pub(crate) unsafe fn push_obj(&mut self, value: Obj) {
        self.push(StackRef::owned(value));
    }

    /// `[owner] → [function, owner]` for a method, `[value, NULL]` for anything else.
    #[inline(always)]
    pub(crate) unsafe fn set_loaded(&mut self, loaded: Loaded) {
        match loaded {
            Loaded::Method(function) => {
                let owner = self.pop();
                self.push_obj(function);
                self.push(owner);
            }
            Loaded::Value(value) => {
                self.set_top(1, value);
                self.push(StackRef::NULL);
            }
        }
    }

    #[inline(always)]
    pub(crate) unsafe fn pop(&mut self) -> StackRef {
        self.sp = self.sp.sub(1);
        self.sp.read()
    }

    #[inline(always)]
    pub(crate) unsafe fn pop_obj(&mut self) -> Obj {
        self.pop().into_obj()
    }

    /// Pops an object and releases it.
    #[inline(always)]
    pub(crate) unsafe fn release(&mut self) {
        self.pop().close();
    }

    /// Puts an object in a place and releases the one that was there.
    #[inline(always)]
    pub(crate) unsafe fn set_top(&mut self, depth: usize, value: Obj) {
        std::ptr::replace(self.sp.sub(depth), StackRef::owned(value)).close();
    }

    /// `[left, right] → [result]`: the left operand is released first.
    #[inline(always)]
    pub(crate) unsafe fn replace_two(&mut self, result: Obj) {
        let right = self.pop();
        self.set_top(1, result);
        right.close();
    }

    /// The topmost items, each with a count of its own.
    #[inline(always)]
    pub(crate) unsafe fn take(&mut self, n: usize) -> Vec<Obj> {
        self.sp = self.sp.sub(n);
        take(self.sp, n)
    }
}

#[inline(never)]
unsafe fn take(at: *mut StackRef, n: usize) -> Vec<Obj> {
    (0..n).map(|i| at.add(i).read().into_obj()).collect()
}

/// # Safety
/// The loop's contract.
impl Vm {
    /// Calls a function as up to 3.10: the caller's stack keeps function and arguments until the call is over. False: what is called is no
    /// function, and nothing but the place of a method's parts has changed.
    #[cold]
    #[inline(never)]
    pub(crate) unsafe fn enter_keeping(
        &self,
        at: &mut Registers,
        callable: *mut StackRef,
        arg: usize,
        names: &[Obj],
    ) -> Result<bool, Fault> {
        let is_method = (*callable.add(1)).is_null() && (*callable).look().kind() == kinds::METHOD;
        let method = is_method.then(|| (*callable).look().clone());
        if is_method {
            self.unbind(callable);
        }
        if (*callable).look().kind() != kinds::FUNCTION {
            return Ok(false);
        }
        let total = arg + usize::from(!(*callable.add(1)).is_null());
        let args = at.sp.sub(total);
        at.sp = callable;
        // The object of a bound method is held by the method, not by the stack.
        let first = usize::from(is_method);
        let kept: Vec<Obj> = method.into_iter().chain((first..total).map(|i| (*args.add(i)).look().clone())).collect();
        let callee = self.push_call(callable.read(), args, total, names)?;
        kept.into_iter().for_each(|argument| self.thread.keep_argument(callee, argument));
        self.enter_call(at, callee)?;
        Ok(true)
    }

    /// Enters a frame that was just pushed.
    #[inline(always)]
    pub(crate) unsafe fn enter_call(&self, at: &mut Registers, callee: *const Frame) -> Result<(), Fault> {
        let frame = at.frame();
        frame.return_to.set(at.ip);
        frame.sp.set(at.sp);
        (*callee).previous.set(frame);
        self.thread.current.set(callee);
        if !self.enter_frame() {
            return Err(self.refuse_frame(&*callee).into());
        }
        *at = Registers::of(callee, (*callee).ip.get());
        Ok(())
    }

    /// Goes on in a suspended generator, with a value for its `yield`. Its end continues at `return_to`.
    #[inline(always)]
    pub(crate) unsafe fn enter_generator(
        &self,
        at: &mut Registers,
        state: &Gen,
        value: StackRef,
        return_to: *mut Instr,
    ) -> Result<(), Fault> {
        let inner = state.frame.get();
        let top = (*inner).sp.get();
        top.write(value);
        (*inner).sp.set(top.add(1));
        let frame = at.frame();
        frame.return_to.set(return_to);
        frame.sp.set(at.sp);
        self.link_generator(state, &*inner, 0);
        if !self.enter_frame() {
            return Err(self.refuse_generator(&*inner).into());
        }
        *at = Registers::of(inner, (*inner).ip.get().add(1));
        Ok(())
    }

    /// Ends the running frame with a result.
    #[inline(always)]
    pub(crate) unsafe fn leave_frame(&self, at: &mut Registers, result: Obj) -> Result<Left, Fault> {
        let dying = at.frame();
        let flags = dying.flags.get();
        dying.sp.set(at.sp);
        self.thread.remaining.set(self.thread.remaining.get() + 1);
        let below = dying.previous.get();
        if dying.owner.get() == Owner::Thread {
            self.thread.current.set(below);
            self.end_frame(dying);
        } else {
            self.unlink_generator(&*dying.generator.get(), dying, GenState::Finished);
            self.end_generator_frame(dying);
        }
        if flags & ENTRY != 0 {
            return Ok(Left::Return(result));
        }
        *at = Registers::of(below, (*below).return_to.get());
        if flags & INIT == 0 {
            at.push_obj(result);
        } else if !result.is(&self.consts.none) {
            return Err(self.init_result(&result).into());
        }
        Ok(Left::Stay)
    }
}
