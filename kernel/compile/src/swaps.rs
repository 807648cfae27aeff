//! Fewer `SWAP`s: a run of them becomes the shortest one, and a swap before two stores swaps the stores instead.
//!
//! Stores change places only if no line event and no other store to the same name is between them.
//! Follows `swaptimize` and `apply_static_swaps`.

use crate::flowgraph::{BlockId, Cfg, CfgInstr};
use crate::opcode::Op;

/// Only touches the top, and can neither jump nor raise.
fn is_swappable(op: Op) -> bool {
    matches!(op, Op::StoreFast | Op::StoreFastMaybeNull | Op::PopTop)
}

fn stores_to(instr: &CfgInstr) -> Option<u32> {
    matches!(instr.op, Op::StoreFast | Op::StoreFastMaybeNull).then_some(instr.arg)
}

impl Cfg {
    pub(crate) fn optimize_swaps(&mut self, block: BlockId) {
        let instrs = &mut self.blocks[block].instrs;
        let mut index = 0;
        while index < instrs.len() {
            if instrs[index].op == Op::Swap {
                index += shorten_run(&mut instrs[index..]);
                apply_static_swaps(instrs, index);
            }
            index += 1;
        }
    }
}

/// Rewrites the swaps at the start of `instrs`; gives how many instructions after the first belong to the run.
fn shorten_run(instrs: &mut [CfgInstr]) -> usize {
    let length = instrs.iter().take_while(|instr| matches!(instr.op, Op::Swap | Op::Nop)).count();
    let run = &mut instrs[..length];
    let swaps = || run.iter().filter(|instr| instr.op == Op::Swap);
    if swaps().count() < 2 {
        return 0;
    }
    let depth = swaps().map(|swap| swap.arg as usize).max().unwrap_or(0);
    // Run the swaps on a stack of numbers, top first; then undo the shuffle backwards, cycle by cycle.
    let mut stack: Vec<Option<usize>> = (0..depth).map(Some).collect();
    for swap in swaps() {
        stack.swap(0, (swap.arg as usize).saturating_sub(1));
    }
    let mut free = length;
    for start in 0..depth {
        if stack[start].is_none() || stack[start] == Some(start) {
            continue;
        }
        let mut item = start;
        loop {
            // Every cycle passes through the top, and only the top can be swapped.
            if item != 0 && free > 0 {
                free -= 1;
                run[free].set(Op::Swap, item as u32 + 1);
            }
            let Some(next) = stack[item].take() else {
                break;
            };
            item = next;
        }
    }
    for instr in &mut run[..free] {
        instr.make_nop();
    }
    length - 1
}

fn next_swappable(instrs: &[CfgInstr], after: usize, line: Option<i32>) -> Option<usize> {
    for (index, instr) in instrs.iter().enumerate().skip(after + 1) {
        if line.is_some_and(|line| line >= 0 && instr.loc.line != line) {
            return None;
        }
        match instr.op {
            Op::Nop => {}
            op => return is_swappable(op).then_some(index),
        }
    }
    None
}

/// From the swap at `index` to the left, as far as the instructions are known to be harmless.
fn apply_static_swaps(instrs: &mut [CfgInstr], index: usize) {
    for at in (0..=index).rev() {
        let swap = instrs[at];
        if swap.op != Op::Swap {
            if swap.op == Op::Nop || is_swappable(swap.op) {
                continue;
            }
            return;
        }
        let Some(first) = next_swappable(instrs, at, None) else {
            return;
        };
        let line = instrs[first].loc.line;
        let mut second = first;
        for _ in 1..swap.arg {
            let Some(next) = next_swappable(instrs, second, Some(line)) else {
                return;
            };
            second = next;
        }
        let (store_first, store_second) = (stores_to(&instrs[first]), stores_to(&instrs[second]));
        if store_first.is_some() || store_second.is_some() {
            let between = &instrs[first + 1..second.max(first + 1)];
            let touches = |instr: &CfgInstr| stores_to(instr).is_some_and(|to| Some(to) == store_first || Some(to) == store_second);
            if store_first == store_second || between.iter().any(touches) {
                return;
            }
        }
        instrs[at].make_nop();
        instrs.swap(first, second);
    }
}
