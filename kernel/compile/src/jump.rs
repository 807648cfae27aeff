//! Where a frame may go on from another line (`frame.f_lineno = line`): what lies on the stack at each instruction, and which place of
//! that line can live with it.
//!
//! Values are told apart only as far as code depends on it: an iterator that a loop goes on with, an exception that a handler gives back.
//! Where kinds and depth agree the jump is safe; what is too much on the stack goes. Rules and words are CPython's
//! (`Objects/frameobject.c`, `mark_stacks`).

use std::fmt;

use crate::code::{Code, Instruction};
use crate::opcode::Op;

/// What a place on the stack holds. The order is CPython's: it decides between two places of a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Held {
    /// What a `for` goes on with.
    Iterator,
    /// The exception that is handled, or the one that was before.
    Except,
    /// Any value.
    Object,
    /// Nothing, for a call.
    Null,
    /// Where an exception was raised first.
    Lasti,
}

impl Held {
    /// Whether code that expects `wanted` can be given this.
    fn serves(self, wanted: Held) -> bool {
        match wanted {
            Held::Object => self != Held::Null,
            Held::Null => true,
            _ => self == wanted,
        }
    }
}

/// CPython packs a stack into 63 bits, three for each item.
const DEEPEST: usize = 21;

/// The stack at an instruction, the bottom first.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Stack {
    /// No instruction before leads there.
    Unreached,
    /// There is more on it than CPython can tell apart.
    TooDeep,
    Known(Vec<Held>),
}

/// A jump that can be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Jump {
    /// The instruction to go on at.
    pub target: usize,
    /// What has to leave the stack, the top first.
    pub leaving: Vec<Held>,
}

/// Why a frame cannot go on at a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// The line is none of the code's, but before it.
    Before(i32),
    /// Behind it.
    After(i32),
    /// The stack of now, or that of the line, has no place for it.
    Stack(&'static str),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Before(line) => write!(f, "line {line} comes before the current code block"),
            Refused::After(line) => write!(f, "line {line} comes after the current code block"),
            Refused::Stack(reason) => f.write_str(reason),
        }
    }
}

impl Code {
    /// How a frame that is before instruction `from` goes on at `line`, or at the first line after it that has code.
    pub fn jump(&self, from: usize, line: i32) -> Result<Jump, Refused> {
        if line < self.first_line {
            return Err(Refused::Before(line));
        }
        let starts = self.first_of_lines();
        let Some(line) = starts.iter().map(|(start, _)| *start).filter(|start| *start >= line).min() else {
            return Err(Refused::After(line));
        };
        let stacks = self.stacks();
        let here = match &stacks[from] {
            Stack::Known(stack) => stack,
            Stack::TooDeep => return Err(Refused::Stack("stack to deep to analyze")),
            Stack::Unreached => return Err(Refused::Stack("can't jump from unreachable code")),
        };
        let places = || starts.iter().filter(|(start, _)| *start == line).map(|(_, index)| *index);
        let mut best: Option<(usize, &Vec<Held>)> = None;
        for index in places() {
            if let Stack::Known(there) = &stacks[index]
                && fits(here, there)
                && best.is_none_or(|(_, stack)| (there.len(), there) > (stack.len(), stack))
            {
                best = Some((index, there));
            }
        }
        match best {
            Some((target, stack)) => Ok(Jump { target, leaving: here[stack.len()..].iter().rev().copied().collect() }),
            None => {
                Err(Refused::Stack(places().next().map_or("cannot find bytecode for specified line", |index| complaint(&stacks[index]))))
            }
        }
    }

    /// The lines in the order of instructions, each with the first one that has it.
    fn first_of_lines(&self) -> Vec<(i32, usize)> {
        let mut found: Vec<(i32, usize)> = Vec::new();
        for (index, location) in self.locations.iter().enumerate() {
            if location.line >= 0 && found.last().is_none_or(|(line, _)| *line != location.line) {
                found.push((location.line, index));
            }
        }
        found
    }

    /// The stack before each instruction. Handlers and loops lead back, so the walk goes on until nothing new is reached.
    fn stacks(&self) -> Vec<Stack> {
        let mut stacks = vec![Stack::Unreached; self.instrs.len() + 1];
        stacks[0] = Stack::Known(Vec::new());
        let mut again = true;
        while again {
            again = false;
            for (index, instr) in self.instrs.iter().enumerate() {
                if stacks[index] == Stack::Unreached {
                    continue;
                }
                let (falls, jumps) = self.after(*instr, &stacks[index]);
                if let Some(stack) = falls {
                    stacks[index + 1] = stack;
                }
                if let Some(stack) = jumps {
                    let target = instr.arg as usize;
                    again |= target < index && stacks[target] == Stack::Unreached;
                    stacks[target] = stack;
                }
            }
            for handler in &self.exception_table {
                let (start, target) = (handler.start as usize, handler.target as usize);
                if stacks[start] == Stack::Unreached || stacks[target] != Stack::Unreached {
                    continue;
                }
                let mut stack = stacks[start].clone();
                if let Stack::Known(items) = &mut stack {
                    items.truncate(handler.depth as usize);
                }
                if handler.lasti {
                    stack.push(Held::Lasti);
                }
                stack.push(Held::Except);
                stacks[target] = stack;
                again = true;
            }
        }
        stacks
    }

    /// The stack behind an instruction, and where it jumps to.
    fn after(&self, instr: Instruction, before: &Stack) -> (Option<Stack>, Option<Stack>) {
        let mut stack = before.clone();
        let n = instr.arg as usize;
        match instr.op {
            op if op.is_unconditional_jump() => return (None, Some(stack)),
            op if op.is_scope_exit() => return (None, None),
            op if op.is_conditional_jump() => {
                stack.pop();
                return (Some(stack.clone()), Some(stack));
            }
            Op::Send => return (Some(stack.clone()), Some(stack)),
            Op::ForIter => {
                stack.push(Held::Object);
                return (Some(stack.clone()), Some(stack));
            }
            Op::GetIter | Op::GetAiter => {
                stack.pop();
                stack.push(Held::Iterator);
            }
            Op::PushExcInfo => stack.push(Held::Except),
            Op::PushNull => stack.push(Held::Null),
            Op::LoadGlobal => {
                stack.push(Held::Object);
                if n & 1 != 0 {
                    stack.push(Held::Null);
                }
            }
            Op::LoadAttr if n & 1 != 0 => {
                stack.pop();
                stack.push(Held::Object);
                stack.push(Held::Null);
            }
            Op::LoadAttr => {}
            Op::Swap => stack.swap(n),
            Op::Copy => stack.copy(n),
            op => {
                let effect = op.stack_effect(instr.arg, false, self.version);
                (effect..0).for_each(|_| stack.pop());
                (0..effect).for_each(|_| stack.push(Held::Object));
            }
        }
        (Some(stack), None)
    }
}

impl Stack {
    fn push(&mut self, held: Held) {
        match self {
            Stack::Known(items) if items.len() < DEEPEST => items.push(held),
            _ => *self = Stack::TooDeep,
        }
    }

    fn pop(&mut self) {
        if let Stack::Known(items) = self {
            items.pop();
        }
    }

    fn swap(&mut self, depth: usize) {
        if let Stack::Known(items) = self {
            let top = items.len() - 1;
            items.swap(top, top + 1 - depth);
        }
    }

    fn copy(&mut self, depth: usize) {
        if let Stack::Known(items) = self {
            let held = items[items.len() - depth];
            self.push(held);
        }
    }
}

/// Whether a frame with the one stack can go on where the other is expected. CPython compares packed stacks as numbers, and drops one more
/// item of the greater one.
fn fits(here: &[Held], there: &[Held]) -> bool {
    let kept = here.get(..there.len());
    kept.is_some_and(|kept| kept <= there && kept.iter().zip(there).all(|(held, wanted)| held.serves(*wanted)))
}

/// Why nothing fits what a place of the line expects.
fn complaint(there: &Stack) -> &'static str {
    match there {
        Stack::TooDeep => "stack is too deep to analyze",
        Stack::Unreached => "can't jump into an exception handler, or code may be unreachable",
        Stack::Known(items) => match items.last() {
            Some(Held::Except) => "can't jump into an 'except' block as there's no exception",
            Some(Held::Lasti) => "can't jump into a re-raising block as there's no location",
            Some(Held::Iterator) => "can't jump into the body of a for loop",
            Some(Held::Object | Held::Null) | None => "incompatible stacks",
        },
    }
}
