//! Constants among the instructions: tests of them decided, sequences of them made one constant, arithmetic done.
//!
//! What is folded becomes `NOP`s before the instruction that now loads the result. Follows the folding half of `flowgraph.c`.

use crate::arithmetic::{self, Unary};
use crate::code::Const;
use crate::flowgraph::{BlockId, Cfg, ConstTable};
use crate::ir::Location;
use crate::opcode::Op;
use crate::version::Version;

/// Longer displays are built item by item: CPython's `_PY_STACK_USE_GUIDELINE`.
const STACK_USE_GUIDELINE: usize = 30;
const MIN_CONST_SEQUENCE_SIZE: usize = 3;
pub(crate) const INTRINSIC_UNARY_POSITIVE: u32 = 5;
pub(crate) const INTRINSIC_LIST_TO_TUPLE: u32 = 6;

fn loads_const(op: Op) -> bool {
    matches!(op, Op::LoadConst | Op::LoadSmallInt)
}

fn const_value(op: Op, arg: u32, consts: &ConstTable) -> Option<Const> {
    match op {
        Op::LoadConst => consts.list.get(arg as usize).cloned(),
        Op::LoadSmallInt => Some(Const::Int(arg.into())),
        _ => None,
    }
}

/// Ints that have an instruction of their own.
fn small_int(value: &Const) -> Option<u32> {
    match value {
        Const::Int(value @ 0..=255) => Some(*value as u32),
        _ => None,
    }
}

impl Cfg {
    fn is_new(&self) -> bool {
        self.version >= Version::V3_14
    }

    /// The `size` instructions before `end` that load constants, `NOP`s skipped; or `None` if others are between.
    fn const_loads(&self, block: BlockId, end: usize, size: usize) -> Option<Vec<usize>> {
        let instrs = &self.blocks[block].instrs;
        let mut found = Vec::with_capacity(size);
        let mut index = end;
        while found.len() < size {
            index = index.checked_sub(1)?;
            match instrs[index].op {
                // 3.13 wants them next to each other.
                Op::Nop if self.is_new() => {}
                op if loads_const(op) => found.push(index),
                _ => return None,
            }
        }
        found.reverse();
        Some(found)
    }

    fn values(&self, block: BlockId, loads: &[usize], consts: &ConstTable) -> Option<Vec<Const>> {
        let instrs = &self.blocks[block].instrs;
        loads.iter().map(|load| const_value(instrs[*load].op, instrs[*load].arg, consts)).collect()
    }

    fn nop_out(&mut self, block: BlockId, loads: &[usize]) {
        let forget_line = self.is_new();
        for load in loads {
            let instr = &mut self.blocks[block].instrs[*load];
            instr.make_nop();
            if forget_line {
                instr.loc = Location::NONE;
            }
        }
    }

    fn make_load_const(&mut self, block: BlockId, index: usize, value: Const, consts: &mut ConstTable) {
        let (op, arg) = match small_int(&value) {
            Some(arg) if self.is_new() => (Op::LoadSmallInt, arg),
            _ => (Op::LoadConst, consts.add(value)),
        };
        self.blocks[block].instrs[index].set(op, arg);
    }

    /// `BUILD_TUPLE` of constants.
    pub(crate) fn fold_tuple_of_constants(&mut self, block: BlockId, index: usize, consts: &mut ConstTable) {
        let size = self.blocks[block].instrs[index].arg as usize;
        if size > STACK_USE_GUIDELINE && self.is_new() {
            return;
        }
        let Some(loads) = self.const_loads(block, index, size) else {
            return;
        };
        let Some(items) = self.values(block, &loads, consts) else {
            return;
        };
        self.nop_out(block, &loads);
        self.make_load_const(block, index, Const::Tuple(items.into()), consts);
    }

    /// A display too long for the stack: `BUILD_LIST 0` or `BUILD_SET 0`, then constants added one by one.
    ///
    /// It becomes one constant if `index` makes a tuple of it (`INTRINSIC_LIST_TO_TUPLE`), or is the last addition before it is
    /// iterated or searched. False if it stays.
    pub(crate) fn fold_long_display(&mut self, block: BlockId, index: usize, consts: &mut ConstTable) -> bool {
        let instrs = &self.blocks[block].instrs;
        let (build, add) = match instrs[index].op {
            Op::SetAdd => (Op::BuildSet, Op::SetAdd),
            _ => (Op::BuildList, Op::ListAppend),
        };
        let mut loads = Vec::new();
        let mut expect_add = instrs[index].op != add;
        let mut start = None;
        for at in (0..index).rev() {
            let instr = instrs[at];
            if instr.op == Op::Nop {
                continue;
            }
            if instr.op == build && instr.arg == 0 {
                start = expect_add.then_some(at);
                break;
            }
            let expected = if expect_add { instr.op == add && instr.arg == 1 } else { loads_const(instr.op) };
            if !expected {
                return false;
            }
            if !expect_add {
                loads.push(at);
            }
            expect_add = !expect_add;
        }
        let Some(start) = start else { return false };
        loads.reverse();
        let Some(items) = self.values(block, &loads, consts) else {
            return false;
        };
        let value = if build == Op::BuildSet { arithmetic::frozenset(items) } else { Const::Tuple(items.into()) };
        let gone: Vec<usize> = (start..index).filter(|at| self.blocks[block].instrs[*at].op != Op::Nop).collect();
        self.nop_out(block, &gone);
        let is_addition = self.blocks[block].instrs[index].op == add;
        self.make_load_const(block, index, value, consts);
        if is_addition {
            self.blocks[block].instrs[index].loc = Location::NONE;
        }
        true
    }

    /// A list or set of constants that is only iterated or searched becomes a constant; a longer one is made from a constant.
    pub(crate) fn optimize_lists_and_sets(&mut self, block: BlockId, index: usize, consts: &mut ConstTable) {
        let instr = self.blocks[block].instrs[index];
        let size = instr.arg as usize;
        let next = self.blocks[block].op_at(index + 1);
        let only_read = matches!(next, Op::GetIter | Op::ContainsOp);
        if size > STACK_USE_GUIDELINE || (size < MIN_CONST_SEQUENCE_SIZE && !only_read) {
            return;
        }
        let Some(loads) = self.const_loads(block, index, size) else {
            if only_read && instr.op == Op::BuildList {
                self.blocks[block].instrs[index].op = Op::BuildTuple;
            }
            return;
        };
        let Some(items) = self.values(block, &loads, consts) else {
            return;
        };
        let value = if instr.op == Op::BuildSet { arithmetic::frozenset(items) } else { Const::Tuple(items.into()) };
        let constant = consts.add(value);
        self.nop_out(block, &loads);
        let instrs = &mut self.blocks[block].instrs;
        if only_read {
            instrs[index].set(Op::LoadConst, constant);
            return;
        }
        instrs[index - 2].loc = instr.loc;
        instrs[index - 2].set(instr.op, 0);
        instrs[index - 1].set(Op::LoadConst, constant);
        instrs[index].set(if instr.op == Op::BuildList { Op::ListExtend } else { Op::SetUpdate }, 1);
    }

    pub(crate) fn fold_const_binop(&mut self, block: BlockId, index: usize, consts: &mut ConstTable) {
        let Some(loads) = self.const_loads(block, index, 2) else {
            return;
        };
        let Some(values) = self.values(block, &loads, consts) else {
            return;
        };
        let op = self.blocks[block].instrs[index].arg;
        let Some(result) = arithmetic::binary(&values[0], op, &values[1], self.version) else {
            return;
        };
        self.nop_out(block, &loads);
        self.make_load_const(block, index, result, consts);
    }

    pub(crate) fn fold_const_unaryop(&mut self, block: BlockId, index: usize, consts: &mut ConstTable) {
        let op = match self.blocks[block].instrs[index].op {
            Op::UnaryNot => Unary::Not,
            Op::UnaryNegative => Unary::Negative,
            Op::UnaryInvert => Unary::Invert,
            _ => Unary::Positive,
        };
        let Some(loads) = self.const_loads(block, index, 1) else {
            return;
        };
        let Some(values) = self.values(block, &loads, consts) else {
            return;
        };
        let Some(result) = arithmetic::unary(op, &values[0]) else {
            return;
        };
        self.nop_out(block, &loads);
        self.make_load_const(block, index, result, consts);
    }

    /// Small ints, and tests whose outcome is known.
    pub(crate) fn optimize_load_const(&mut self, consts: &mut ConstTable) {
        for block in self.order() {
            self.optimize_load_const_of_block(block, consts);
        }
    }

    fn optimize_load_const_of_block(&mut self, block: BlockId, consts: &mut ConstTable) {
        let is_new = self.is_new();
        let (mut op, mut arg) = (Op::Nop, 0);
        let mut index = 0;
        while index < self.blocks[block].instrs.len() {
            let at = index;
            index += 1;
            let instrs = &mut self.blocks[block].instrs;
            if is_new
                && instrs[at].op == Op::LoadConst
                && let Some(small) = const_value(Op::LoadConst, instrs[at].arg, consts).as_ref().and_then(small_int)
            {
                instrs[at].set(Op::LoadSmallInt, small);
            }
            let is_copy = op == Op::LoadConst && instrs[at].op == Op::Copy && instrs[at].arg == 1;
            if !is_copy {
                (op, arg) = (instrs[at].op, instrs[at].arg);
            }
            let Some(value) = const_value(op, arg, consts) else {
                continue;
            };
            match self.blocks[block].op_at(at + 1) {
                next @ (Op::PopJumpIfFalse | Op::PopJumpIfTrue | Op::JumpIfFalse | Op::JumpIfTrue) => {
                    let instrs = &mut self.blocks[block].instrs;
                    if matches!(next, Op::PopJumpIfFalse | Op::PopJumpIfTrue) {
                        instrs[at].make_nop();
                    }
                    if value.is_true() == matches!(next, Op::PopJumpIfTrue | Op::JumpIfTrue) {
                        instrs[at + 1].op = Op::Jump;
                    } else {
                        instrs[at + 1].make_nop();
                    }
                }
                Op::IsOp if matches!(value, Const::None) => self.fold_is_none(block, at),
                Op::ToBool => {
                    let constant = consts.add(Const::bool(value.is_true()));
                    let instrs = &mut self.blocks[block].instrs;
                    instrs[at].make_nop();
                    instrs[at + 1].set(Op::LoadConst, constant);
                }
                Op::ReturnValue if !is_new => {
                    let instrs = &mut self.blocks[block].instrs;
                    instrs[at].make_nop();
                    instrs[at + 1].set(Op::ReturnConst, arg);
                    index += 1;
                }
                _ => {}
            }
        }
    }

    /// `x is None` as a condition is one jump.
    fn fold_is_none(&mut self, block: BlockId, at: usize) {
        let instrs = &mut self.blocks[block].instrs;
        let mut jump = at + 2;
        if instrs.get(jump).is_some_and(|instr| instr.op == Op::ToBool) {
            instrs[jump].make_nop();
            jump += 1;
        }
        let Some(instr) = instrs.get(jump) else {
            return;
        };
        let inverted = instrs[at + 1].arg != 0;
        let not_none = match instr.op {
            Op::PopJumpIfFalse => !inverted,
            Op::PopJumpIfTrue => inverted,
            _ => return,
        };
        instrs[at].make_nop();
        instrs[at + 1].make_nop();
        instrs[jump].op = if not_none { Op::PopJumpIfNotNone } else { Op::PopJumpIfNone };
    }

    /// Drops constants that nothing loads any more; the first may be the docstring and stays.
    pub(crate) fn remove_unused_consts(&mut self, consts: &mut ConstTable) {
        if consts.list.is_empty() {
            return;
        }
        let mut used = vec![false; consts.list.len()];
        used[0] = true;
        let order = self.order();
        for block in &order {
            for instr in self.blocks[*block].instrs.iter().filter(|instr| instr.op.has_const()) {
                used[instr.arg as usize] = true;
            }
        }
        let mut new_index = vec![0; used.len()];
        let mut kept = Vec::new();
        for (index, value) in std::mem::take(&mut consts.list).into_iter().enumerate() {
            if used[index] {
                new_index[index] = kept.len() as u32;
                kept.push(value);
            }
        }
        consts.list = kept;
        for block in &order {
            for instr in self.blocks[*block].instrs.iter_mut().filter(|instr| instr.op.has_const()) {
                instr.arg = new_index[instr.arg as usize];
            }
        }
    }
}
