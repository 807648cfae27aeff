//! Frames as the collector counted them up to 3.10, where each was an object (`frame_dealloc`, `_PyFrame_New_NoTrack`).
//!
//! A code object keeps the frame of a call that is over for its next one, and two hundred more wait on a free list: so the first call of a
//! function is an allocation, and so is each level of a recursion that goes deeper than all before. A running frame is not tracked; that of a
//! generator is.

#![expect(unsafe_code, reason = "a frame is raw memory")]

use compile::Version;
use heap::{Obj, StackRef};

use crate::frame::Frame;
use crate::objects::code::CodeObject;
use crate::{Vm, kinds};

impl Vm {
    /// A call needs a frame.
    #[cold]
    pub(crate) fn frame_begins(&self, code: &CodeObject) {
        if !code.keeps_frame.replace(false) {
            self.heap.begin_passing(kinds::COUNTED_FRAME);
        }
    }

    /// `make_coro`, up to 3.11: the generator has the code beside its frame, and up to 3.10 the frame is an object that the collector sees,
    /// and holds no function.
    ///
    /// # Safety
    /// The frame is a generator's own, which waits.
    pub(crate) unsafe fn finish_older_generator(&self, frame: *mut Frame) {
        if self.version == Version::V3_11 {
            // SAFETY: the caller's word.
            unsafe { (*(*frame).generator.get()).own_code.set((*frame).code.clone()) };
            return;
        }
        // SAFETY: the caller's word. Builtins and globals, which are borrowed from the function, are held by the machine and from now on by
        // the frame; other builtins have only the function to hold them.
        unsafe {
            if self.builtins.get().is_some_and(|builtins| builtins.is(&(*frame).builtins)) {
                let globals = StackRef::owned((*(*frame).globals).clone());
                drop(std::ptr::replace(&raw mut (*frame).func, globals));
            }
            self.heap.track(&self.frame_object(&*frame));
        }
    }

    /// A call is over, up to 3.11: the memory of the topmost frame is free, and what its caller has kept for the call goes.
    #[cold]
    #[inline(never)]
    pub(crate) fn call_is_over(&self, frame: *const Frame, code: Obj) {
        if self.version <= Version::V3_10 {
            frame_is_over(&code);
        }
        drop(code);
        self.give_back(frame);
    }
}

/// A frame of the code is free.
#[cold]
pub(crate) fn frame_is_over(code: &Obj) {
    let Some(payload) = code.get::<CodeObject>() else { return };
    if payload.keeps_frame.replace(true) {
        code.heap().end_passing(kinds::COUNTED_FRAME);
    }
}

/// The code object dies, and the frame with it that it keeps.
impl Drop for CodeObject {
    fn drop(&mut self) {
        if self.keeps_frame.get() {
            self.consts.heap().passing_is_freed();
        }
    }
}
