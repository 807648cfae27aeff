//! Loads of locals that may be unbound become `LOAD_FAST_CHECK`, so that plain `LOAD_FAST` never has to look.
//!
//! The first 64 locals are followed through the graph, later ones only within a block.
//! Follows `add_checks_for_loads_of_uninitialized_variables`.

use crate::flowgraph::{BlockId, Cfg};
use crate::opcode::Op;

const TRACKED: usize = 64;

impl Cfg {
    pub(crate) fn add_checks_for_unbound_locals(&mut self, n_locals: usize, n_parameters: usize) {
        if n_locals == 0 {
            return;
        }
        if n_locals > TRACKED {
            self.scan_many_locals(n_locals);
        }
        self.clear_visited();
        let mut stack = Vec::new();
        let unbound = (n_parameters..n_locals.min(TRACKED)).fold(0u64, |mask, local| mask | 1 << local);
        self.add_unsafe(self.entry, unbound, &mut stack);
        // A `del` may be anywhere, so every block is looked at once.
        for block in self.order() {
            self.scan_block_for_locals(block, &mut stack);
        }
        while let Some(block) = stack.pop() {
            self.blocks[block].visited = false;
            self.scan_block_for_locals(block, &mut stack);
        }
    }

    fn add_unsafe(&mut self, block: BlockId, mask: u64, stack: &mut Vec<BlockId>) {
        let both = self.blocks[block].unsafe_locals | mask;
        if self.blocks[block].unsafe_locals != both {
            self.blocks[block].unsafe_locals = both;
            self.visit(block, stack);
        }
    }

    fn scan_block_for_locals(&mut self, block: BlockId, stack: &mut Vec<BlockId>) {
        let mut unsafe_locals = self.blocks[block].unsafe_locals;
        for index in 0..self.blocks[block].instrs.len() {
            let instr = self.blocks[block].instrs[index];
            if let Some(handler) = instr.except {
                self.add_unsafe(handler, unsafe_locals, stack);
            }
            if instr.arg as usize >= TRACKED {
                continue;
            }
            let bit = 1u64 << instr.arg;
            match instr.op {
                Op::DeleteFast | Op::LoadFastAndClear | Op::StoreFastMaybeNull => unsafe_locals |= bit,
                Op::StoreFast | Op::LoadFastCheck => unsafe_locals &= !bit,
                Op::LoadFast => {
                    if unsafe_locals & bit != 0 {
                        self.blocks[block].instrs[index].op = Op::LoadFastCheck;
                    }
                    unsafe_locals &= !bit;
                }
                _ => {}
            }
        }
        if let (true, Some(next)) = (self.blocks[block].has_fallthrough(), self.blocks[block].next) {
            self.add_unsafe(next, unsafe_locals, stack);
        }
        if let Some(target) = self.blocks[block].last().filter(|last| last.is_jump()).and_then(|last| last.target) {
            self.add_unsafe(target, unsafe_locals, stack);
        }
    }

    fn scan_many_locals(&mut self, n_locals: usize) {
        // The number of the block in which the local is known to be bound.
        let mut bound_in = vec![0; n_locals];
        for (number, block) in self.order().into_iter().enumerate() {
            let number = number + 1;
            for instr in &mut self.blocks[block].instrs {
                let arg = instr.arg as usize;
                if arg < TRACKED || arg >= n_locals {
                    continue;
                }
                match instr.op {
                    Op::DeleteFast | Op::LoadFastAndClear | Op::StoreFastMaybeNull => bound_in[arg] = number - 1,
                    Op::StoreFast => bound_in[arg] = number,
                    Op::LoadFast => {
                        if bound_in[arg] != number {
                            instr.op = Op::LoadFastCheck;
                        }
                        bound_in[arg] = number;
                    }
                    _ => {}
                }
            }
        }
    }
}
