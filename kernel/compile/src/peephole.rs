//! Better instructions for a few neighbors, and jumps that go straight to where they end up.
//!
//! Nothing moves here: what is saved becomes `NOP`. Follows `optimize_basic_block` in CPython's `flowgraph.c`.

use crate::constants::{INTRINSIC_LIST_TO_TUPLE, INTRINSIC_UNARY_POSITIVE};
use crate::flowgraph::{BlockId, Cfg, CfgInstr, ConstTable};
use crate::ir::Location;
use crate::opcode::Op;
use crate::version::Version;

impl Cfg {
    pub(crate) fn optimize_basic_block(&mut self, block: BlockId, consts: &mut ConstTable) {
        let mut index = 0;
        while index < self.blocks[block].instrs.len() {
            if self.optimize_instr(block, index, consts) {
                continue;
            }
            index += 1;
        }
        self.optimize_swaps(block);
    }

    /// True if the instruction at `index` is another one now and wants another look.
    fn optimize_instr(&mut self, block: BlockId, index: usize, consts: &mut ConstTable) -> bool {
        let new = self.version >= Version::V3_14;
        let instr = self.blocks[block].instrs[index];
        let arg = instr.arg;
        let next = self.blocks[block].instrs.get(index + 1).copied();
        let next = next.unwrap_or(CfgInstr::new(Op::Cache, 0, Location::NONE));
        let target = instr.target.and_then(|target| self.blocks[target].instrs.first().copied());
        let target_op = target.map_or(Op::Nop, |target| target.op);
        match instr.op {
            Op::BuildTuple => {
                if next.op == Op::UnpackSequence && next.arg == arg {
                    match arg {
                        1 => {
                            self.make_nops(block, index, 2);
                            return false;
                        }
                        2 | 3 => {
                            self.make_nops(block, index, 1);
                            self.blocks[block].instrs[index + 1].op = Op::Swap;
                            return false;
                        }
                        _ => {}
                    }
                }
                self.fold_tuple_of_constants(block, index, consts);
            }
            Op::BuildList | Op::BuildSet if new => self.optimize_lists_and_sets(block, index, consts),
            Op::PopJumpIfNotNone | Op::PopJumpIfNone | Op::PopJumpIfFalse | Op::PopJumpIfTrue => {
                return target_op == Op::Jump && self.thread_jump(block, index, instr.op);
            }
            Op::JumpIfFalse | Op::JumpIfTrue => {
                if target_op == Op::Jump || target_op == instr.op {
                    return self.thread_jump(block, index, instr.op);
                }
                if matches!(target_op, Op::JumpIfFalse | Op::JumpIfTrue) {
                    // The opposite test fails there, so the jump may go past it.
                    let beyond = instr.target.and_then(|target| self.blocks[target].next);
                    self.blocks[block].instrs[index].target = beyond.or(instr.target);
                    return beyond.is_some();
                }
            }
            Op::Jump | Op::JumpNoInterrupt => {
                return match target_op {
                    Op::Jump => self.thread_jump(block, index, Op::Jump),
                    Op::JumpNoInterrupt => self.thread_jump(block, index, instr.op),
                    _ => false,
                };
            }
            Op::StoreFast if next.op == Op::StoreFast && next.arg == arg && next.loc.line == instr.loc.line => {
                self.blocks[block].instrs[index].set(Op::PopTop, 0);
            }
            Op::Swap if arg == 1 => self.make_nops(block, index, 1),
            Op::LoadGlobal if next.op == Op::PushNull && arg & 1 == 0 => {
                self.blocks[block].instrs[index].arg |= 1;
                self.make_nops(block, index + 1, 1);
            }
            Op::CompareOp if next.op == Op::ToBool => self.replace_pair(block, index, Op::CompareOp, arg | 16),
            Op::ContainsOp | Op::IsOp if next.op == Op::ToBool => self.replace_pair(block, index, instr.op, arg),
            Op::ContainsOp | Op::IsOp if next.op == Op::UnaryNot && new => {
                self.replace_pair(block, index, instr.op, arg ^ 1);
            }
            Op::ToBool if next.op == Op::ToBool => self.make_nops(block, index, 1),
            Op::UnaryNot if next.op == Op::ToBool => self.replace_pair(block, index, Op::UnaryNot, 0),
            Op::UnaryNot if next.op == Op::UnaryNot => self.make_nops(block, index, 2),
            Op::UnaryNot | Op::UnaryInvert | Op::UnaryNegative if new => self.fold_const_unaryop(block, index, consts),
            Op::CallIntrinsic1 if arg == INTRINSIC_LIST_TO_TUPLE && new => {
                let folded = self.fold_long_display(block, index, consts);
                if !folded && next.op == Op::GetIter {
                    self.make_nops(block, index, 1);
                }
            }
            Op::CallIntrinsic1 if arg == INTRINSIC_UNARY_POSITIVE && new => {
                self.fold_const_unaryop(block, index, consts);
            }
            Op::ListAppend | Op::SetAdd if arg == 1 && new && matches!(next.op, Op::GetIter | Op::ContainsOp) => {
                self.fold_long_display(block, index, consts);
            }
            Op::BinaryOp if new => self.fold_const_binop(block, index, consts),
            _ => {}
        }
        false
    }

    fn make_nops(&mut self, block: BlockId, index: usize, count: usize) {
        for instr in &mut self.blocks[block].instrs[index..index + count] {
            instr.make_nop();
        }
    }

    /// The second of two instructions does the work of both.
    fn replace_pair(&mut self, block: BlockId, index: usize, op: Op, arg: u32) {
        self.make_nops(block, index, 1);
        self.blocks[block].instrs[index + 1].set(op, arg);
    }

    /// A jump to a jump goes where that one goes; `NOP` keeps the line. False if they go to the same place already.
    fn thread_jump(&mut self, block: BlockId, index: usize, op: Op) -> bool {
        let instr = self.blocks[block].instrs[index];
        let Some(target) = instr.target.and_then(|target| self.blocks[target].instrs.first().copied()) else {
            return false;
        };
        if instr.target == target.target {
            return false;
        }
        self.blocks[block].instrs[index].make_nop();
        self.blocks[block].add(op, 0, target.loc);
        if let Some(jump) = self.blocks[block].instrs.last_mut() {
            jump.target = target.target;
        }
        true
    }
}
