//! Traps: places in code at which the machine stops and asks, for debuggers.
//!
//! A trap stands in the place of the first instruction of a line, so code without traps runs as if there were none. When the machine
//! comes to it the real instruction is put back and run, and the instructions that may come after it become traps too, whose only task
//! is to set the first one again.

#![expect(unsafe_code, reason = "instructions are rewritten where they stand")]

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use heap::{Obj, Tuple};

use crate::frame::Frame;
use crate::objects::code::{CodeObject, Instr};
use crate::quick::Quick;
use crate::{PyResult, Vm, kinds};

/// What is asked at a trap: it gets the line, the frame is the innermost one.
pub type TrapHandler = Rc<dyn Fn(&Vm, i32) -> PyResult<()>>;

/// An instruction that has been replaced.
struct Armed {
    op: Quick,
    /// Keeps the instructions alive.
    code: Obj,
    /// Whether it was asked for; the others only set traps again.
    wanted: bool,
}

/// All traps of a machine.
#[derive(Default)]
pub(crate) struct Traps {
    handler: RefCell<Option<TrapHandler>>,
    armed: RefCell<HashMap<usize, Armed>>,
    /// How often all traps were taken away.
    epoch: Cell<usize>,
    /// The last line told: its frame, its instruction, and the line.
    last: Cell<(usize, usize, i32)>,
    /// Traps whose instruction runs at the moment.
    again: RefCell<Vec<(Obj, usize)>>,
}

impl Vm {
    /// Says what is asked at traps. Without a handler there are none.
    pub fn set_trap_handler(&self, handler: Option<TrapHandler>) {
        if handler.is_none() {
            self.disarm();
        }
        *self.traps.handler.borrow_mut() = handler;
    }

    /// Sets traps at the lines that are wanted, in a code object and in the code inside it.
    pub fn arm(&self, code: &Obj, wanted: &dyn Fn(i32) -> bool) {
        let mut todo = vec![code.clone()];
        while let Some(code) = todo.pop() {
            let Some(payload) = code.get::<CodeObject>() else { continue };
            line_starts(payload).filter(|(_, line)| wanted(*line)).for_each(|(index, _)| self.arm_at(&code, index, true));
            let consts = payload.consts.get::<Tuple>().map(|consts| consts.items().to_vec()).unwrap_or_default();
            todo.extend(consts.into_iter().filter(|value| value.kind() == kinds::CODE));
        }
    }

    /// Takes all traps away.
    pub fn disarm(&self) {
        self.traps.epoch.set(self.traps.epoch.get() + 1);
        self.traps.again.take();
        for (address, armed) in self.traps.armed.take() {
            restore(address, &armed);
        }
    }

    fn arm_at(&self, code: &Obj, index: usize, wanted: bool) {
        let Some(payload) = code.get::<CodeObject>().filter(|payload| index < payload.code.instrs.len()) else { return };
        let mut armed = self.traps.armed.borrow_mut();
        // The special forms of the two instructions before read this one's operand without looking what it is.
        for before in index.saturating_sub(2)..index {
            let plain = Quick::from_op(payload.code.instrs[before].op);
            // SAFETY: as below.
            let at = unsafe { &mut *payload.instrs().add(before) };
            at.counter = 0;
            match armed.get_mut(&(std::ptr::from_mut(at) as usize)) {
                Some(armed) => armed.op = plain,
                None => at.op = plain,
            }
        }
        // SAFETY: the index is within the instructions, which stay where they are as long as the code lives.
        let at = unsafe { payload.instrs().add(index) };
        if let Some(known) = armed.get_mut(&(at as usize)) {
            known.wanted |= wanted;
            return;
        }
        // SAFETY: as above; nobody else looks at it meanwhile.
        let op = unsafe { std::mem::replace(&mut (*at).op, Quick::Trap) };
        armed.insert(at as usize, Armed { op, code: code.clone(), wanted });
    }

    /// The frame has come to a trap, which is taken away, so that the instruction itself runs next.
    #[cold]
    #[inline(never)]
    pub(crate) fn trapped(&self, frame: &Frame) -> PyResult<()> {
        let index = frame.lasti();
        let code = frame.code.clone();
        let at = frame.code().instrs().wrapping_add(index) as usize;
        let again = self.traps.again.take();
        again.iter().filter(|(other, place)| !other.is(&code) || *place != index).for_each(|(code, index)| self.arm_at(code, *index, true));
        let Some(armed) = self.traps.armed.borrow_mut().remove(&at) else {
            return Err(self.system_error("a trap that nobody has set"));
        };
        restore(at, &armed);
        if !armed.wanted {
            return Ok(());
        }
        let epoch = self.traps.epoch.get();
        let done = self.tell_line(frame, index);
        // The handler may have set all traps anew, this one too; the instruction has still to run.
        let set_anew = self.traps.armed.borrow_mut().remove(&at).inspect(|armed| restore(at, armed)).is_some_and(|armed| armed.wanted);
        if set_anew || epoch == self.traps.epoch.get() {
            self.traps.again.borrow_mut().push((code.clone(), index));
            self.arm_at(&code, index + 1, false);
            let instruction = frame.code().code.instrs[index];
            if instruction.op.is_jump() {
                self.arm_at(&code, instruction.arg as usize, false);
            }
        }
        done
    }

    /// Asks the handler, unless the program is still on the line that was told last.
    fn tell_line(&self, frame: &Frame, index: usize) -> PyResult<()> {
        let handler = self.traps.handler.borrow().clone();
        let (Some(handler), Some(line)) = (handler, frame.line()) else { return Ok(()) };
        let here = std::ptr::from_ref(frame) as usize;
        let before = self.traps.last.replace((here, index, line));
        if before.0 == here && before.2 == line && before.1 < index { Ok(()) } else { handler(self, line) }
    }
}

fn restore(address: usize, armed: &Armed) {
    let Some(payload) = armed.code.get::<CodeObject>() else { return };
    let index = (address - payload.instrs() as usize) / size_of::<Instr>();
    // SAFETY: the address was made from an index within these instructions, and the code is alive.
    unsafe { (*payload.instrs().add(index)).op = armed.op };
}

/// The instructions with which lines begin, those to which loops go back among them, and the lines.
fn line_starts(code: &CodeObject) -> impl Iterator<Item = (usize, i32)> + '_ {
    let mut before = None;
    let jumps = code.code.instrs.iter().enumerate().filter(|(index, jump)| jump.op.is_jump() && jump.arg as usize <= *index);
    let back: HashSet<usize> = jumps.map(|(_, jump)| jump.arg as usize).collect();
    (code.first_traceable + 1..code.code.instrs.len()).filter_map(move |index| {
        let line = code.line_of(index)?;
        let begins = before != Some(line) || back.contains(&index);
        before = Some(line);
        begins.then_some((index, line))
    })
}
