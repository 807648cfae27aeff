//! The order in which the passes run.
//!
//! Every pass may rely on what those before it have done, so the order is CPython's: `_PyCfg_OptimizeCodeUnit`,
//! then `_PyCfg_OptimizedCfgToInstructionSequence`.

use crate::flowgraph::{Cfg, CfgInstr, ConstTable};
use crate::ir::Unit;
use crate::opcode::Op;
use crate::slots::prepare_localsplus;
use crate::version::Version;

impl Cfg {
    /// Everything that makes code smaller, faster or right about its lines.
    pub(crate) fn optimize_code_unit(&mut self, consts: &mut ConstTable, n_locals: usize, n_parameters: usize) {
        self.mark_except_handlers();
        self.label_exception_targets();
        self.optimize_cfg(consts);
        self.remove_unused_consts(consts);
        self.add_checks_for_unbound_locals(n_locals, n_parameters);
        self.insert_superinstructions();
        self.push_cold_blocks_to_end();
        self.resolve_line_numbers();
    }

    fn optimize_cfg(&mut self, consts: &mut ConstTable) {
        self.inline_small_or_no_lineno_blocks();
        self.remove_unreachable();
        self.resolve_line_numbers();
        self.optimize_load_const(consts);
        for block in self.order() {
            self.optimize_basic_block(block, consts);
        }
        self.remove_redundant_nops_and_pairs();
        self.remove_unreachable();
        self.remove_redundant_nops_and_jumps();
    }

    /// Replaces pseudo instructions, lays out the frame, and settles the direction of jumps. Gives the size of the stack.
    pub(crate) fn finish(&mut self, unit: &Unit) -> u32 {
        self.convert_pseudo_conditional_jumps();
        let stacksize = self.calculate_stackdepth();
        prepare_localsplus(unit, self);
        self.convert_pseudo_ops();
        self.normalize_jumps();
        if self.version >= Version::V3_14 {
            self.optimize_load_fast();
        }
        stacksize
    }

    fn convert_pseudo_conditional_jumps(&mut self) {
        for block in self.order() {
            let block = &mut self.blocks[block];
            let Some(last) = block.instrs.last_mut() else {
                continue;
            };
            last.op = match last.op {
                Op::JumpIfFalse => Op::PopJumpIfFalse,
                Op::JumpIfTrue => Op::PopJumpIfTrue,
                _ => continue,
            };
            let last = *last;
            let before = block.instrs.len() - 1;
            block.insert(before, CfgInstr { except: last.except, ..CfgInstr::new(Op::Copy, 1, last.loc) });
            block.insert(before + 1, CfgInstr { except: last.except, ..CfgInstr::new(Op::ToBool, 0, last.loc) });
        }
    }

    fn convert_pseudo_ops(&mut self) {
        for block in self.order() {
            for instr in &mut self.blocks[block].instrs {
                match instr.op {
                    Op::LoadClosure => instr.op = Op::LoadFast,
                    Op::StoreFastMaybeNull => instr.op = Op::StoreFast,
                    op if op.is_block_push() => instr.make_nop(),
                    _ => {}
                }
            }
        }
        self.remove_redundant_nops_and_jumps();
    }

    /// Conditional jumps only go forward: one that goes back is turned around, over a jump.
    fn normalize_jumps(&mut self) {
        self.clear_visited();
        for block in self.order() {
            self.blocks[block].visited = true;
            let Some(&last) = self.blocks[block].last() else {
                continue;
            };
            let (true, Some(target)) = (last.op.is_conditional_jump(), last.target) else {
                continue;
            };
            let new = self.version >= Version::V3_14;
            if !self.blocks[target].visited {
                if new {
                    self.blocks[block].add(Op::NotTaken, 0, last.loc);
                }
                continue;
            }
            let back = self.new_block();
            if new {
                self.blocks[back].add(Op::NotTaken, 0, last.loc);
            }
            self.blocks[back].instrs.push(CfgInstr { target: Some(target), ..CfgInstr::new(Op::Jump, 0, last.loc) });
            self.blocks[back].start_depth = self.blocks[target].start_depth;
            self.blocks[back].cold = self.blocks[block].cold;
            self.blocks[back].next = self.blocks[block].next;
            self.blocks[back].visited = true;
            let next = self.blocks[block].next;
            self.blocks[block].next = Some(back);
            if let Some(last) = self.blocks[block].instrs.last_mut() {
                last.op = match last.op {
                    Op::PopJumpIfFalse => Op::PopJumpIfTrue,
                    Op::PopJumpIfTrue => Op::PopJumpIfFalse,
                    Op::PopJumpIfNone => Op::PopJumpIfNotNone,
                    _ => Op::PopJumpIfNone,
                };
                last.target = next;
            }
        }
    }
}
