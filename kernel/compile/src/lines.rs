//! Lines for instructions that have none: an exit must know its line, because a traceback asks for it.
//!
//! An exit reached from several places is copied, one copy for each line. Follows `resolve_line_numbers`.

use crate::flowgraph::{Block, BlockId, Cfg};
use crate::ir::Location;
use crate::opcode::Op;

/// Instructions after which the machine may look for signals, and a traceback may start.
fn has_eval_break(block: &Block) -> bool {
    let looks = |op| matches!(op, Op::Call | Op::CallKw | Op::CallFunctionEx | Op::Jump | Op::JumpBackward | Op::Resume);
    block.instrs.iter().any(|instr| looks(instr.op))
}

fn is_exit_without_line(block: &Block) -> bool {
    (block.exits_scope() || has_eval_break(block)) && block.has_no_line()
}

impl Cfg {
    pub(crate) fn resolve_line_numbers(&mut self) {
        self.duplicate_exits_without_lineno();
        self.propagate_line_numbers();
    }

    fn duplicate_exits_without_lineno(&mut self) {
        let mut block = Some(self.entry);
        while let Some(id) = block {
            self.give_jump_its_own_exit(id);
            block = self.blocks[id].next;
        }
        for block in self.order() {
            let (Some(next), true) = (self.blocks[block].next, self.blocks[block].has_fallthrough()) else {
                continue;
            };
            let Some(last) = self.blocks[block].last() else {
                continue;
            };
            let loc = last.loc;
            if is_exit_without_line(&self.blocks[next])
                && let Some(first) = self.blocks[next].instrs.first_mut()
            {
                first.loc = loc;
            }
        }
    }

    fn give_jump_its_own_exit(&mut self, block: BlockId) {
        let Some(&last) = self.blocks[block].last() else {
            return;
        };
        if !last.is_jump() {
            return;
        }
        let Some(target) = self.next_nonempty(last.target) else {
            return;
        };
        if !is_exit_without_line(&self.blocks[target]) || self.blocks[target].predecessors <= 1 {
            return;
        }
        let copy = self.new_block();
        let mut instrs = self.blocks[target].instrs.clone();
        instrs[0].loc = last.loc;
        self.blocks[copy].instrs = instrs;
        self.blocks[copy].predecessors = 1;
        self.blocks[copy].labelled = true;
        self.blocks[copy].next = self.blocks[target].next;
        self.blocks[target].next = Some(copy);
        self.blocks[target].predecessors -= 1;
        if let Some(last) = self.blocks[block].instrs.last_mut() {
            last.target = Some(copy);
        }
    }

    /// Within a block, and into blocks that have one predecessor, a line goes on until another one starts.
    fn propagate_line_numbers(&mut self) {
        for block in self.order() {
            let Some(&last) = self.blocks[block].last() else {
                continue;
            };
            let mut loc = Location::NONE;
            for instr in &mut self.blocks[block].instrs {
                if instr.loc.line == -1 {
                    instr.loc = loc;
                } else {
                    loc = instr.loc;
                }
            }
            let next = self.blocks[block].next.filter(|_| self.blocks[block].has_fallthrough());
            for follower in next.into_iter().chain(last.target.filter(|_| last.is_jump())) {
                let follower = &mut self.blocks[follower];
                if follower.predecessors == 1
                    && let Some(first) = follower.instrs.first_mut()
                    && first.loc.line == -1
                {
                    first.loc = loc;
                }
            }
        }
    }
}
