//! `frame.f_lineno = line`: a trace function has its frame go on from another line (`frame_lineno_set_impl` in `Objects/frameobject.c`).
//!
//! Invariant: only the frame that is being told of is moved, before one of its instructions; the traced copy of the loop looks at the frame
//! again when whoever it has told is done. Which place of a line is safe is `compile`'s affair.

#![expect(unsafe_code, reason = "the frame's stack is raw memory")]

use compile::Version;
use compile::jump::Held;
use heap::{Int, Kind, Obj, StackRef};

use crate::frame::Frame;
use crate::monitoring::Event;
use crate::objects::frame::FrameObject;
use crate::{PyResult, Vm, kinds};

/// `frame.f_lineno = value`.
pub(crate) fn set_line(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else {
        let new = vm.version >= Version::V3_14;
        let text = if new { "attribute 'f_lineno' of 'frame' objects cannot be deleted" } else { "cannot delete attribute" };
        return Err(vm.attribute_error_text(text));
    };
    if value.kind() != Kind::INT && value.kind() != kinds::BIG_INT || value.extra().is_some() {
        return Err(vm.value_error("lineno must be an integer"));
    }
    let frame = obj.get::<FrameObject>().expect("a frame object has the payload of one").frame();
    vm.may_jump(frame)?;
    let line = value.get::<Int>().and_then(|value| i32::try_from(value.0).ok());
    let Some(line) = line else { return Err(vm.value_error("lineno out of range")) };
    vm.jump_to_line(frame, line)
}

impl Vm {
    /// Whether what the running trace function was told lets the frame be moved.
    fn may_jump(&self, frame: &Frame) -> PyResult<()> {
        let Some((event, told)) = self.tracing.told() else {
            return Err(self.value_error("f_lineno can only be set in a trace function"));
        };
        match event {
            // A frame that waits for a call, or for its generator to be asked again, is no place to go on from.
            _ if !std::ptr::eq(frame, told) => Err(self.value_error("can't jump during a call")),
            Event::PyResume | Event::Jump | Event::BranchLeft | Event::BranchRight | Event::Line | Event::PyYield => Ok(()),
            Event::PyStart => Err(self.value_error("can't jump from the 'call' trace event of a new frame")),
            Event::Call | Event::CReturn => Err(self.value_error("can't jump during a call")),
            Event::StopIteration | Event::Reraise => Err(self.system_error("unexpected event type")),
            _ => Err(self.value_error("can only jump from a 'line' trace event")),
        }
    }

    fn jump_to_line(&self, frame: &Frame, line: i32) -> PyResult<()> {
        let code = frame.code();
        let jump = code.code.jump(frame.lasti(), line).map_err(|refused| self.value_error(refused.to_string()))?;
        self.bind_unbound(frame)?;
        for held in jump.leaving {
            // SAFETY: the analysis knows how many items there are; each is moved out once, the top first.
            let item = unsafe {
                let top = frame.sp.get().sub(1);
                frame.sp.set(top);
                top.read()
            };
            match held {
                // The handled exception is the one of before again.
                Held::Except => {
                    let before = item.into_option().filter(|before| !before.is(&self.consts.none));
                    drop(self.thread.exc_state().value.replace(before));
                }
                _ => drop(item),
            }
        }
        // SAFETY: the target is an instruction of the code.
        frame.ip.set(unsafe { code.instrs().add(jump.target) });
        Ok(())
    }

    /// The compiler may have shown that a variable is bound at the new place: what is not is bound to `None`.
    fn bind_unbound(&self, frame: &Frame) -> PyResult<()> {
        let places = || (0..frame.code().n_locals).map(|i| frame.local(i));
        // SAFETY: the frame's variables are initialised.
        let unbound = places().filter(|place| unsafe { (**place).is_null() }).count();
        if unbound == 0 || self.version < Version::V3_12 {
            return Ok(());
        }
        let plural = if unbound == 1 { "" } else { "s" };
        self.warn(&self.types.runtime_warning, &format!("assigning None to {unbound} unbound local{plural}"))?;
        for place in places() {
            // SAFETY: as above; nothing is there that would have to be released.
            unsafe {
                if (*place).is_null() {
                    place.write(StackRef::borrowed(&self.consts.none));
                }
            }
        }
        Ok(())
    }
}
