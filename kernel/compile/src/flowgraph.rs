//! The control flow graph of one code object: basic blocks, how they are built from a sequence, and the order of the passes over them.
//!
//! A block ends with its first jump or exit. Blocks lie in `blocks` in order of creation; the order of execution is the chain of `next`.
//! Follows CPython's `flowgraph.c`, one file here for each group of its passes.

use crate::code::Const;
use crate::ir::{Instr, Location, Sequence};
use crate::opcode::Op;
use crate::version::Version;
use std::collections::{HashMap, VecDeque};

/// A block's index in [`Cfg::blocks`].
pub(crate) type BlockId = usize;

/// CPython's `cfg_instr`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CfgInstr {
    pub(crate) op: Op,
    pub(crate) arg: u32,
    pub(crate) loc: Location,
    /// Where a jump or block push goes.
    pub(crate) target: Option<BlockId>,
    /// The handler of what this instruction raises.
    pub(crate) except: Option<BlockId>,
}

impl CfgInstr {
    pub(crate) fn new(op: Op, arg: u32, loc: Location) -> CfgInstr {
        CfgInstr { op, arg, loc, target: None, except: None }
    }

    /// A jump, which is always the last of its block.
    pub(crate) fn is_jump(&self) -> bool {
        self.target.is_some() && !self.op.is_block_push()
    }

    /// `INSTR_SET_OP0`: the location, and the handler, stay.
    pub(crate) fn set(&mut self, op: Op, arg: u32) {
        self.op = op;
        self.arg = arg;
        self.target = None;
    }

    pub(crate) fn make_nop(&mut self) {
        self.set(Op::Nop, 0);
    }
}

/// CPython's `basicblock`.
#[derive(Clone, Default, Debug)]
pub(crate) struct Block {
    pub(crate) instrs: Vec<CfgInstr>,
    pub(crate) next: Option<BlockId>,
    /// Is the block a jump's target?
    pub(crate) labelled: bool,
    pub(crate) predecessors: i32,
    /// Height of the stack at the start; -1 before it is known.
    pub(crate) start_depth: i32,
    pub(crate) preserve_lasti: bool,
    pub(crate) visited: bool,
    pub(crate) except_handler: bool,
    pub(crate) cold: bool,
    pub(crate) warm: bool,
    /// Bit `i`: local `i` may be unbound at the start.
    pub(crate) unsafe_locals: u64,
    /// Handlers of instructions that were here before the block shrank. CPython leaves them in the array's slots, and an instruction
    /// added later has the handler of the slot: it shows in exception tables.
    stale: VecDeque<Option<BlockId>>,
}

impl Block {
    /// `basicblock_addop`.
    pub(crate) fn add(&mut self, op: Op, arg: u32, loc: Location) {
        let except = self.stale.pop_front().flatten();
        self.instrs.push(CfgInstr { except, ..CfgInstr::new(op, arg, loc) });
    }

    /// `basicblock_append_instructions`.
    pub(crate) fn append(&mut self, instrs: &[CfgInstr]) {
        self.stale.drain(..instrs.len().min(self.stale.len()));
        self.instrs.extend_from_slice(instrs);
    }

    /// `basicblock_insert_instruction`.
    pub(crate) fn insert(&mut self, index: usize, instr: CfgInstr) {
        self.stale.pop_front();
        self.instrs.insert(index, instr);
    }

    /// Keeps the first `length` instructions; `slots` are the handlers of the array before it was compacted.
    pub(crate) fn shrink(&mut self, length: usize, slots: &[Option<BlockId>]) {
        self.instrs.truncate(length);
        for except in slots[length..].iter().rev() {
            self.stale.push_front(*except);
        }
    }

    pub(crate) fn last(&self) -> Option<&CfgInstr> {
        self.instrs.last()
    }

    pub(crate) fn exits_scope(&self) -> bool {
        self.last().is_some_and(|last| last.op.is_scope_exit())
    }

    pub(crate) fn has_fallthrough(&self) -> bool {
        !self.last().is_some_and(|last| last.op.is_scope_exit() || last.op.is_unconditional_jump())
    }

    pub(crate) fn has_no_line(&self) -> bool {
        self.instrs.iter().all(|instr| instr.loc.line < 0)
    }

    pub(crate) fn op_at(&self, index: usize) -> Op {
        self.instrs.get(index).map_or(Op::Cache, |instr| instr.op)
    }
}

/// The constants of the code object, which folding adds to.
#[derive(Debug)]
pub(crate) struct ConstTable {
    pub(crate) list: Vec<Const>,
    index: HashMap<Const, u32>,
}

impl ConstTable {
    pub(crate) fn new(list: Vec<Const>, index: HashMap<Const, u32>) -> ConstTable {
        ConstTable { list, index }
    }

    pub(crate) fn add(&mut self, value: Const) -> u32 {
        let next = self.list.len() as u32;
        let index = *self.index.entry(value.clone()).or_insert(next);
        if index == next {
            self.list.push(value);
        }
        index
    }
}

/// The graph.
#[derive(Debug)]
pub(crate) struct Cfg {
    pub(crate) version: Version,
    pub(crate) blocks: Vec<Block>,
    pub(crate) entry: BlockId,
}

impl Cfg {
    /// `_PyCfg_FromInstructionSequence`, with `ANNOTATIONS_PLACEHOLDER` replaced by `annotations`.
    pub(crate) fn from_sequence(sequence: &Sequence, annotations: Option<&Sequence>, version: Version) -> Cfg {
        let mut flat = Flat::default();
        flat.append(sequence, annotations);
        flat.finish();
        let mut cfg = Cfg { version, blocks: vec![Block::default()], entry: 0 };
        let mut block_of = vec![usize::MAX; flat.instrs.len()];
        let mut current = 0;
        let mut is_target = vec![false; flat.instrs.len()];
        for target in flat.targets.iter().flatten() {
            is_target[*target] = true;
        }
        for (index, instr) in flat.instrs.iter().enumerate() {
            let terminated = cfg.blocks[current].last().is_some_and(|last| last.arg != 0);
            let starts_block = is_target[index] && !cfg.blocks[current].instrs.is_empty();
            if terminated || starts_block {
                let block = cfg.new_block();
                cfg.blocks[current].next = Some(block);
                current = block;
            }
            if is_target[index] {
                cfg.blocks[current].labelled = true;
                block_of[index] = current;
            }
            // Until all blocks exist, `arg` says whether the instruction ends its block.
            let is_jump = flat.targets[index].is_some() && !instr.op.is_block_push();
            let ends = is_jump || instr.op.is_scope_exit();
            cfg.blocks[current].instrs.push(CfgInstr::new(instr.op, u32::from(ends), instr.loc));
        }
        let mut index = 0;
        for block in cfg.order() {
            for instr in &mut cfg.blocks[block].instrs {
                instr.arg = flat.instrs[index].arg;
                instr.target = flat.targets[index].map(|target| block_of[target]);
                index += 1;
            }
        }
        cfg
    }

    pub(crate) fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block { start_depth: -1, ..Block::default() });
        self.blocks.len() - 1
    }

    /// The blocks in order of execution, as the chain is now.
    pub(crate) fn order(&self) -> Vec<BlockId> {
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut block = Some(self.entry);
        while let Some(id) = block {
            order.push(id);
            block = self.blocks[id].next;
        }
        order
    }

    pub(crate) fn next_nonempty(&self, mut block: Option<BlockId>) -> Option<BlockId> {
        while let Some(id) = block {
            if !self.blocks[id].instrs.is_empty() {
                return Some(id);
            }
            block = self.blocks[id].next;
        }
        None
    }

    /// `make_cfg_traversal_stack`: nothing is visited yet.
    pub(crate) fn clear_visited(&mut self) {
        for block in &mut self.blocks {
            block.visited = false;
        }
    }

    pub(crate) fn visit(&mut self, block: BlockId, stack: &mut Vec<BlockId>) {
        if !std::mem::replace(&mut self.blocks[block].visited, true) {
            stack.push(block);
        }
    }
}

/// A sequence whose labels are positions.
#[derive(Default)]
struct Flat {
    instrs: Vec<Instr>,
    targets: Vec<Option<usize>>,
}

impl Flat {
    fn append(&mut self, sequence: &Sequence, annotations: Option<&Sequence>) {
        // `moved[i]`: where instruction `i` lands; the placeholder may become many instructions, or none.
        let first = self.targets.len();
        let mut moved = Vec::with_capacity(sequence.instrs.len() + 1);
        let mut labels = Vec::new();
        for instr in &sequence.instrs {
            moved.push(self.instrs.len());
            if instr.op == Op::AnnotationsPlaceholder {
                if let Some(annotations) = annotations {
                    self.append(annotations, None);
                    labels.resize(self.instrs.len() - first, None);
                }
                continue;
            }
            self.instrs.push(*instr);
            self.targets.push(None);
            labels.push(instr.target);
        }
        moved.push(self.instrs.len());
        for (offset, label) in labels.iter().enumerate() {
            if let Some(label) = label {
                let place = sequence.labels[label.0 as usize].unwrap_or(sequence.instrs.len());
                self.targets[first + offset] = Some(moved[place]);
            }
        }
    }

    /// Gives a label at the very end an instruction to stand before.
    fn finish(&mut self) {
        if self.instrs.is_empty() || self.targets.contains(&Some(self.instrs.len())) {
            self.instrs.push(Instr { op: Op::Nop, arg: 0, target: None, loc: Location::NONE });
            self.targets.push(None);
        }
    }
}
