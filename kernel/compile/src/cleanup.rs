//! What other passes leave behind: unreachable blocks, superfluous `NOP`s, jumps to the next instruction, small blocks worth copying.
//!
//! A `NOP` stays if it is the only instruction of its line, so that every line can be traced. Follows CPython's `flowgraph.c`.

use crate::flowgraph::{BlockId, Cfg};
use crate::ir::Location;
use crate::opcode::Op;

/// A block up to this size that leaves the scope is copied to where it is jumped to from.
const MAX_COPY_SIZE: usize = 4;

impl Cfg {
    /// Counts predecessors and empties blocks that have none.
    pub(crate) fn remove_unreachable(&mut self) {
        self.clear_visited();
        for block in &mut self.blocks {
            block.predecessors = 0;
        }
        let mut stack = Vec::new();
        self.blocks[self.entry].predecessors = 1;
        self.visit(self.entry, &mut stack);
        while let Some(block) = stack.pop() {
            if let (true, Some(next)) = (self.blocks[block].has_fallthrough(), self.blocks[block].next) {
                self.visit(next, &mut stack);
                self.blocks[next].predecessors += 1;
            }
            for index in 0..self.blocks[block].instrs.len() {
                if let Some(target) = self.blocks[block].instrs[index].target {
                    self.visit(target, &mut stack);
                    self.blocks[target].predecessors += 1;
                }
            }
        }
        for block in self.order() {
            let block = &mut self.blocks[block];
            if block.predecessors == 0 {
                block.instrs.clear();
                block.except_handler = false;
            }
        }
    }

    fn remove_nops_of_block(&mut self, id: BlockId) -> usize {
        if self.blocks[id].instrs.iter().all(|instr| instr.op != Op::Nop) {
            return 0;
        }
        // Behind the block there may be a long way to the next instruction, so nobody goes there without need.
        let ends_with_nop = self.blocks[id].last().is_some_and(|last| last.op == Op::Nop && last.loc.line >= 0);
        let next_line = if ends_with_nop { self.first_line_after(id) } else { None };
        let block = &mut self.blocks[id];
        let length = block.instrs.len();
        let slots: Vec<_> = block.instrs.iter().map(|instr| instr.except).collect();
        let mut kept = 0;
        let mut prev_line = -1;
        for index in 0..length {
            let instr = block.instrs[index];
            let line = instr.loc.line;
            if instr.op == Op::Nop {
                if line < 0 || prev_line == line {
                    continue;
                }
                if index + 1 < length {
                    let following = block.instrs[index + 1].loc.line;
                    if following == line {
                        continue;
                    }
                    if following < 0 {
                        block.instrs[index + 1].loc = instr.loc;
                        continue;
                    }
                } else if next_line == Some(line) {
                    continue;
                }
            }
            block.instrs[kept] = instr;
            kept += 1;
            prev_line = line;
        }
        block.shrink(kept, &slots);
        length - kept
    }

    /// The line on which the blocks after `id` go on, looking past `NOP`s that will go away.
    fn first_line_after(&self, id: BlockId) -> Option<i32> {
        let next = self.next_nonempty(self.blocks[id].next)?;
        let instrs = &self.blocks[next].instrs;
        let first = instrs.iter().find(|instr| instr.op != Op::Nop || instr.loc.line >= 0);
        Some(first.map_or(Location::NONE, |instr| instr.loc).line)
    }

    pub(crate) fn remove_redundant_nops(&mut self) -> usize {
        self.order().into_iter().map(|block| self.remove_nops_of_block(block)).sum()
    }

    /// Also drops what is pushed only to be popped.
    pub(crate) fn remove_redundant_nops_and_pairs(&mut self) {
        loop {
            let mut done = true;
            let mut prev: Option<(BlockId, usize)> = None;
            for block in self.order() {
                self.remove_nops_of_block(block);
                if self.blocks[block].labelled {
                    prev = None;
                }
                for index in 0..self.blocks[block].instrs.len() {
                    if let (Op::PopTop, Some((prev_block, prev_index))) = (self.blocks[block].instrs[index].op, prev) {
                        let pushed = &mut self.blocks[prev_block].instrs[prev_index];
                        if matches!((pushed.op, pushed.arg), (Op::LoadConst | Op::LoadSmallInt, _) | (Op::Copy, 1)) {
                            pushed.make_nop();
                            self.blocks[block].instrs[index].make_nop();
                            done = false;
                        }
                    }
                    prev = Some((block, index));
                }
                let ends_with_jump = prev.is_some_and(|(block, index)| self.blocks[block].instrs[index].is_jump());
                if ends_with_jump || !self.blocks[block].has_fallthrough() {
                    prev = None;
                }
            }
            if done {
                return;
            }
        }
    }

    fn remove_redundant_jumps(&mut self) -> usize {
        let mut changes = 0;
        for block in self.order() {
            let Some(last) = self.blocks[block].last() else {
                continue;
            };
            if last.op.is_unconditional_jump()
                && let target @ Some(_) = self.next_nonempty(last.target)
                && target == self.next_nonempty(self.blocks[block].next)
                && let Some(last) = self.blocks[block].instrs.last_mut()
            {
                last.make_nop();
                changes += 1;
            }
        }
        changes
    }

    /// One removal may make another possible.
    pub(crate) fn remove_redundant_nops_and_jumps(&mut self) {
        while self.remove_redundant_nops() + self.remove_redundant_jumps() > 0 {}
    }

    /// Copies the target of a jump over the jump, if it is a small exit, or has no line of its own to show.
    pub(crate) fn inline_small_or_no_lineno_blocks(&mut self) {
        loop {
            let mut changes = false;
            for block in self.order() {
                changes |= self.inline_target(block);
            }
            if !changes {
                return;
            }
        }
    }

    fn inline_target(&mut self, id: BlockId) -> bool {
        let Some(&last) = self.blocks[id].last() else {
            return false;
        };
        let (true, Some(target)) = (last.op.is_unconditional_jump(), last.target) else {
            return false;
        };
        let copied = &self.blocks[target];
        let small_exit = copied.exits_scope() && copied.instrs.len() <= MAX_COPY_SIZE;
        let no_line = copied.has_no_line() && !copied.has_fallthrough();
        if !small_exit && !no_line {
            return false;
        }
        let copied = copied.instrs.clone();
        let block = &mut self.blocks[id];
        if let Some(jump) = block.instrs.last_mut() {
            jump.make_nop();
        }
        block.append(&copied);
        if let Some(end) = block.instrs.last_mut()
            && no_line
            && end.op.is_unconditional_jump()
            && last.op == Op::Jump
        {
            // The removed jump may have been the one that looks for signals.
            end.op = Op::Jump;
        }
        self.blocks[target].predecessors -= 1;
        true
    }
}
