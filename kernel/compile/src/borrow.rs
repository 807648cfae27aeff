//! Loads that need no new reference: the local outlives its use, so `LOAD_FAST` becomes `LOAD_FAST_BORROW` (3.14).
//!
//! A load stays strong if its value is stored into a local, is still on the stack at the end of its block, or is used after the local
//! is overwritten. This decides what `sys.getrefcount` shows. Follows `optimize_load_fast`.

use crate::flowgraph::{BlockId, Cfg};
use crate::opcode::Op;

/// A value on the stack: which instruction of the block pushed it, and from which local.
#[derive(Clone, Copy)]
struct Ref {
    instr: Option<usize>,
    local: Option<u32>,
}

/// What one block does, followed with references in the place of values.
struct Block {
    stack: Vec<Ref>,
    /// By instruction: what it loads has to be a reference of its own.
    strong: Vec<bool>,
}

impl Block {
    fn push(&mut self, instr: usize, local: Option<u32>) {
        self.stack.push(Ref { instr: Some(instr), local });
    }

    fn pop(&mut self) -> Ref {
        self.stack.pop().unwrap_or(Ref { instr: None, local: None })
    }

    fn make_strong(&mut self, reference: Ref) {
        if let Some(strong) = reference.instr.and_then(|instr| self.strong.get_mut(instr)) {
            *strong = true;
        }
    }

    fn kill_local(&mut self, local: u32) {
        for index in 0..self.stack.len() {
            if self.stack[index].local == Some(local) {
                self.make_strong(self.stack[index]);
            }
        }
    }

    fn store_local(&mut self, local: u32) {
        let stored = self.pop();
        self.kill_local(local);
        self.make_strong(stored);
    }
}

impl Cfg {
    pub(crate) fn optimize_load_fast(&mut self) {
        self.clear_visited();
        let mut todo = Vec::new();
        self.blocks[self.entry].start_depth = 0;
        self.visit(self.entry, &mut todo);
        while let Some(block) = todo.pop() {
            self.borrow_in_block(block, &mut todo);
        }
    }

    fn borrow_in_block(&mut self, id: BlockId, todo: &mut Vec<BlockId>) {
        let length = self.blocks[id].instrs.len();
        let depth = self.blocks[id].start_depth.max(0) as usize;
        let unknown = Ref { instr: None, local: None };
        let mut block = Block { stack: vec![unknown; depth], strong: vec![false; length] };
        for index in 0..length {
            self.follow(id, index, &mut block);
            if let Some(target) = self.blocks[id].instrs[index].target {
                self.visit(target, todo);
            }
        }
        if let (true, Some(next)) = (length > 0 && self.blocks[id].has_fallthrough(), self.blocks[id].next) {
            self.visit(next, todo);
        }
        for index in 0..block.stack.len() {
            block.make_strong(block.stack[index]);
        }
        for (instr, strong) in self.blocks[id].instrs.iter_mut().zip(&block.strong) {
            match instr.op {
                Op::LoadFast if !strong => instr.op = Op::LoadFastBorrow,
                Op::LoadFastLoadFast if !strong => instr.op = Op::LoadFastBorrowLoadFastBorrow,
                _ => {}
            }
        }
    }

    fn follow(&self, id: BlockId, index: usize, block: &mut Block) {
        let instr = self.blocks[id].instrs[index];
        let arg = instr.arg;
        let popped = instr.op.popped(arg, self.version);
        let pushed = instr.op.pushed(arg, self.version);
        match instr.op {
            Op::LoadFast => block.push(index, Some(arg)),
            Op::LoadFastAndClear => {
                block.kill_local(arg);
                block.push(index, Some(arg));
            }
            Op::LoadFastLoadFast => {
                block.push(index, Some(arg >> 4));
                block.push(index, Some(arg & 15));
            }
            Op::StoreFast => block.store_local(arg),
            Op::StoreFastLoadFast => {
                block.store_local(arg >> 4);
                block.push(index, Some(arg & 15));
            }
            Op::StoreFastStoreFast => {
                block.store_local(arg >> 4);
                block.store_local(arg & 15);
            }
            Op::Copy => {
                let from = block.stack.len().checked_sub(arg as usize);
                if let Some(reference) = from.and_then(|from| block.stack.get(from)).copied() {
                    block.stack.push(reference);
                }
            }
            Op::Swap => {
                let top = block.stack.len().saturating_sub(1);
                if let Some(other) = block.stack.len().checked_sub(arg as usize) {
                    block.stack.swap(other, top);
                }
            }
            // These leave their operands where they are.
            Op::GetAnext | Op::GetLen | Op::ImportFrom | Op::MatchKeys | Op::MatchMapping | Op::MatchSequence | Op::WithExceptStart => {
                for number in 0..pushed - popped {
                    block.push(number, None);
                }
            }
            // These leave a container where it is, and take what is above it.
            Op::DictMerge | Op::DictUpdate | Op::ListAppend | Op::ListExtend | Op::MapAdd | Op::Reraise | Op::SetAdd | Op::SetUpdate => {
                for _ in 0..popped - pushed {
                    block.pop();
                }
            }
            // A generator is its own iterator, a str its own text.
            Op::GetYieldFromIter | Op::FormatSimple => {}
            Op::DeleteFast => block.kill_local(arg),
            // The operand that stays is the value itself.
            Op::EndSend | Op::SetFunctionAttribute => {
                let top = block.pop();
                block.pop();
                block.stack.push(top);
            }
            Op::CheckExcMatch => {
                block.pop();
                block.push(index, None);
            }
            Op::ForIter => block.push(index, None),
            Op::LoadAttr | Op::LoadSuperAttr => {
                let owner = block.pop();
                if instr.op == Op::LoadSuperAttr {
                    block.pop();
                    block.pop();
                }
                block.push(index, None);
                if arg & 1 != 0 {
                    // Perhaps a method call, which takes its owner along.
                    block.stack.push(owner);
                }
            }
            Op::LoadSpecial | Op::PushExcInfo => {
                let top = block.pop();
                block.push(index, None);
                block.stack.push(top);
            }
            Op::Send => {
                block.pop();
                block.push(index, None);
            }
            op if op.is_block_push() => {}
            _ => {
                for _ in 0..popped {
                    block.pop();
                }
                for _ in 0..pushed {
                    block.push(index, None);
                }
            }
        }
    }
}
