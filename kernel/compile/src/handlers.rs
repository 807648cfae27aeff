//! Exception handlers: which block each instruction's exception goes to, and how high the stack is in each block.
//!
//! `SETUP_*` and `POP_BLOCK` only serve these passes and become `NOP`. Follows `label_exception_targets` and `calculate_stackdepth`.

use crate::Version;
use crate::flowgraph::{BlockId, Cfg};
use crate::function::INTRINSIC_STOPITERATION_ERROR;
use crate::opcode::Op;

const RESUME_AT_FUNC_START: u32 = 0;
const RESUME_OPARG_DEPTH1_MASK: u32 = 4;

impl Cfg {
    pub(crate) fn mark_except_handlers(&mut self) {
        for block in 0..self.blocks.len() {
            for index in 0..self.blocks[block].instrs.len() {
                let instr = self.blocks[block].instrs[index];
                if let (true, Some(target)) = (instr.op.is_block_push(), instr.target) {
                    self.blocks[target].except_handler = true;
                }
            }
        }
    }

    /// Follows every path with the stack of open handlers. Paths that meet agree, so the first one decides.
    pub(crate) fn label_exception_targets(&mut self) {
        self.clear_visited();
        self.blocks[self.entry].visited = true;
        let mut todo: Vec<(BlockId, Vec<BlockId>)> = vec![(self.entry, Vec::new())];
        while let Some((block, mut handlers)) = todo.pop() {
            let mut last_yield_depth = None;
            for index in 0..self.blocks[block].instrs.len() {
                let instr = self.blocks[block].instrs[index];
                let mut arg = instr.arg;
                let mut op = instr.op;
                let mut except = handlers.last().copied();
                match (instr.op, instr.target) {
                    (Op::SetupFinally | Op::SetupWith | Op::SetupCleanup, Some(target)) => {
                        if !self.blocks[target].visited {
                            self.blocks[target].visited = true;
                            todo.push((target, handlers.clone()));
                        }
                        if instr.op != Op::SetupFinally {
                            self.blocks[target].preserve_lasti = true;
                        }
                        handlers.push(target);
                        except = None;
                    }
                    (Op::PopBlock, _) => {
                        handlers.pop();
                        except = None;
                        op = Op::Nop;
                    }
                    (_, Some(target)) if !self.blocks[target].visited => {
                        self.blocks[target].visited = true;
                        todo.push((target, handlers.clone()));
                    }
                    (Op::YieldValue, _) => last_yield_depth = Some(handlers.len()),
                    (Op::Resume, _) if arg != RESUME_AT_FUNC_START && last_yield_depth.take() == Some(1) => {
                        arg |= RESUME_OPARG_DEPTH1_MASK;
                    }
                    _ => {}
                }
                let instr = &mut self.blocks[block].instrs[index];
                (instr.op, instr.arg, instr.except) = (op, arg, except);
            }
            if let (true, Some(next)) = (self.blocks[block].has_fallthrough(), self.blocks[block].next)
                && !self.blocks[next].visited
            {
                self.blocks[next].visited = true;
                todo.push((next, handlers));
            }
        }
    }

    /// `calculate_stackdepth`: the height at each block's start, and the greatest height of all.
    pub(crate) fn calculate_stackdepth(&mut self) -> u32 {
        for block in &mut self.blocks {
            block.start_depth = -1;
        }
        let version = self.version;
        let mut max_depth = 0;
        let mut stack = Vec::new();
        self.push_at_depth(self.entry, 0, &mut stack);
        while let Some(block) = stack.pop() {
            let mut depth = self.blocks[block].start_depth;
            let counts = !self.is_newer_handler(block);
            let mut next = self.blocks[block].next;
            for index in 0..self.blocks[block].instrs.len() {
                let instr = self.blocks[block].instrs[index];
                let effect = |jump| instr.op.stack_effect(instr.arg, jump, version) as i32;
                let new_depth = depth + effect(false);
                if counts {
                    max_depth = max_depth.max(depth).max(new_depth);
                }
                if let Some(target) = instr.target
                    && instr.op != Op::EndAsyncFor
                {
                    let target_depth = depth + effect(true);
                    if !self.is_newer_handler(target) {
                        max_depth = max_depth.max(target_depth);
                    }
                    self.push_at_depth(target, target_depth, &mut stack);
                }
                depth = new_depth;
                if instr.op.is_unconditional_jump() || instr.op.is_scope_exit() {
                    next = None;
                    break;
                }
            }
            if let Some(next) = next {
                self.push_at_depth(next, depth, &mut stack);
            }
        }
        // CPython's frames have room for one item at least.
        max_depth.max(1) as u32
    }

    /// Whether a block is the handler that ends a generator by a StopIteration. Up to 3.11 there was none, and frames had no room for it.
    fn is_newer_handler(&self, block: BlockId) -> bool {
        let first = self.blocks[block].instrs.first();
        self.version <= Version::V3_11
            && first.is_some_and(|first| first.op == Op::CallIntrinsic1 && first.arg == INTRINSIC_STOPITERATION_ERROR)
    }

    fn push_at_depth(&mut self, block: BlockId, depth: i32, stack: &mut Vec<BlockId>) {
        debug_assert!(depth >= 0, "stack underflow");
        if self.blocks[block].start_depth < 0 {
            self.blocks[block].start_depth = depth;
            stack.push(block);
        } else {
            debug_assert_eq!(self.blocks[block].start_depth, depth, "inconsistent stack depth");
        }
    }
}
