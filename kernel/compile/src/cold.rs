//! Exception handlers go to the end, so that the code that usually runs is in one piece.
//!
//! Cold is what can only be reached through a handler. Follows `push_cold_blocks_to_end`.

use crate::flowgraph::{Cfg, CfgInstr};
use crate::ir::Location;
use crate::opcode::Op;

impl Cfg {
    pub(crate) fn push_cold_blocks_to_end(&mut self) {
        if self.blocks[self.entry].next.is_none() {
            return;
        }
        self.mark_warm();
        self.mark_cold();
        self.jump_from_cold_to_warm();
        // Both halves keep their order.
        let order = self.order();
        let (cold, warm): (Vec<usize>, Vec<usize>) = order.into_iter().partition(|block| self.blocks[*block].cold);
        let any_cold = !cold.is_empty();
        let chain: Vec<usize> = warm.into_iter().chain(cold).collect();
        for (at, block) in chain.iter().enumerate() {
            self.blocks[*block].next = chain.get(at + 1).copied();
        }
        if any_cold {
            self.remove_redundant_nops_and_jumps();
        }
    }

    fn mark_warm(&mut self) {
        self.clear_visited();
        let mut stack = Vec::new();
        self.visit(self.entry, &mut stack);
        while let Some(block) = stack.pop() {
            self.blocks[block].warm = true;
            if let (Some(next), true) = (self.blocks[block].next, self.blocks[block].has_fallthrough()) {
                self.visit(next, &mut stack);
            }
            for index in 0..self.blocks[block].instrs.len() {
                let instr = self.blocks[block].instrs[index];
                if let (Some(target), true) = (instr.target, instr.is_jump()) {
                    self.visit(target, &mut stack);
                }
            }
        }
    }

    fn mark_cold(&mut self) {
        self.clear_visited();
        let mut stack = Vec::new();
        for block in self.order() {
            if self.blocks[block].except_handler {
                self.visit(block, &mut stack);
            }
        }
        while let Some(block) = stack.pop() {
            self.blocks[block].cold = true;
            let next = self.blocks[block].next.filter(|_| self.blocks[block].has_fallthrough());
            let target = self.blocks[block].last().filter(|last| last.is_jump()).and_then(|last| last.target);
            for reached in next.into_iter().chain(target) {
                if !self.blocks[reached].warm {
                    self.visit(reached, &mut stack);
                }
            }
        }
    }

    fn jump_from_cold_to_warm(&mut self) {
        for block in self.order() {
            let Some(next) = self.blocks[block].next else {
                continue;
            };
            if self.blocks[block].cold && self.blocks[block].has_fallthrough() && self.blocks[next].warm {
                let jump = self.new_block();
                self.blocks[next].labelled = true;
                let instr = CfgInstr { target: Some(next), ..CfgInstr::new(Op::JumpNoInterrupt, 0, Location::NONE) };
                self.blocks[jump].instrs.push(instr);
                self.blocks[jump].cold = true;
                self.blocks[jump].predecessors = 1;
                self.blocks[jump].next = Some(next);
                self.blocks[block].next = Some(jump);
            }
        }
    }
}
