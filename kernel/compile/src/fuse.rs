//! Superinstructions: two loads or stores of locals next to each other are one instruction.
//!
//! Both slots have to fit into four bits, and both instructions into one line. Follows `insert_superinstructions`.

use crate::flowgraph::Cfg;
use crate::opcode::Op;

impl Cfg {
    pub(crate) fn insert_superinstructions(&mut self) {
        for block in self.order() {
            let instrs = &mut self.blocks[block].instrs;
            for index in 1..instrs.len() {
                let (first, second) = (instrs[index - 1], instrs[index]);
                let fused = match (first.op, second.op) {
                    (Op::LoadFast, Op::LoadFast) => Op::LoadFastLoadFast,
                    (Op::StoreFast, Op::LoadFast) => Op::StoreFastLoadFast,
                    (Op::StoreFast, Op::StoreFast) => Op::StoreFastStoreFast,
                    _ => continue,
                };
                let (line1, line2) = (first.loc.line, second.loc.line);
                if (line1 >= 0 && line2 >= 0 && line1 != line2) || first.arg >= 16 || second.arg >= 16 {
                    continue;
                }
                instrs[index - 1].set(fused, first.arg << 4 | second.arg);
                instrs[index].make_nop();
            }
        }
        self.remove_redundant_nops();
    }
}
