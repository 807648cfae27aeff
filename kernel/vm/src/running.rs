//! The calls in progress as a picture shows them: each function's locals, and which of them hold a count.

#![expect(unsafe_code, reason = "places on the stack are raw memory")]

use compile::code::CO_FAST_HIDDEN;
use heap::Obj;

use crate::Vm;
use crate::frame::Frame;

impl Vm {
    /// Calls `visit` for each bound local of each running function, the innermost first: with the function's name, the local's, the object
    /// in its place (a cell, for a variable that inner functions share), and whether the place owns a count.
    pub fn each_local(&self, visit: &mut dyn FnMut(&str, &str, &Obj, bool)) {
        let mut at = self.thread.current.get();
        // SAFETY: frames below a running one are alive; the locals of each are initialised, and nothing changes meanwhile.
        while let Some(frame) = unsafe { at.as_ref() } {
            self.each_local_of(frame, visit);
            at = frame.previous.get();
        }
    }

    fn each_local_of(&self, frame: &Frame, visit: &mut dyn FnMut(&str, &str, &Obj, bool)) {
        // A module's or class's body keeps its names in a dict; one that has not begun has none yet.
        if frame.namespace().is_some() || frame.is_incomplete() {
            return;
        }
        let code = frame.code();
        let function = self.lossy(&code.qualname);
        for i in 0..code.n_locals {
            let place = frame.local(i);
            if code.code.localsplus[i].1 & CO_FAST_HIDDEN != 0 || place >= frame.sp.get() {
                continue;
            }
            // SAFETY: see above.
            let place = unsafe { &*place };
            if let Some(held) = place.get() {
                visit(&function, &self.lossy(code.place_name(i)), &held, !place.is_borrowed());
            }
        }
    }
}
