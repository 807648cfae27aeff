//! The back end's door: a unit goes in, finished code comes out.
//!
//! After the graph's passes, blocks are laid out in order, jumps become positions, and runs of instructions with one handler become the
//! exception table. Follows CPython's `optimize_and_assemble_code_unit` and `assemble.c`.

use std::rc::Rc;

use crate::code::{CO_FAST_CELL, Code, Handler, Instruction};
use crate::flowgraph::{Cfg, ConstTable};
use crate::ir::{Location, Unit};
use crate::opcode::Op;
use crate::slots;
use crate::version::Version;

/// Optimises a unit as CPython of that version does and lays it out.
pub fn assemble(mut unit: Unit, version: Version) -> Rc<Code> {
    let mut consts = ConstTable::new(std::mem::take(&mut unit.consts), std::mem::take(&mut unit.const_index));
    let mut cfg = Cfg::from_sequence(&unit.sequence, unit.annotations.as_ref(), version);
    cfg.optimize_code_unit(&mut consts, unit.varnames.len(), slots::parameter_count(&unit));
    let stacksize = cfg.finish(&unit);
    let (instrs, locations, exception_table) = lay_out(&cfg);
    let localsplus = slots::localsplus(&unit);
    Rc::new(Code {
        version,
        name: unit.name,
        qualname: unit.qualname,
        filename: unit.filename,
        flags: unit.flags,
        argcount: unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        stacksize,
        first_line: unit.first_line,
        instrs,
        consts: consts.list,
        names: unit.names,
        nlocals: unit.varnames.len() as u32,
        ncellvars: localsplus.iter().filter(|(_, kind)| kind & CO_FAST_CELL != 0).count() as u32,
        nfreevars: unit.freevars.len() as u32,
        localsplus,
        exception_table,
        locations,
    })
}

type Layout = (Vec<Instruction>, Vec<Location>, Vec<Handler>);

fn lay_out(cfg: &Cfg) -> Layout {
    let order = cfg.order();
    let mut starts = vec![0u32; cfg.blocks.len()];
    let mut size = 0;
    for block in &order {
        starts[*block] = size;
        size += cfg.blocks[*block].instrs.len() as u32;
    }
    let mut instrs = Vec::with_capacity(size as usize);
    let mut locations = Vec::with_capacity(size as usize);
    let mut handlers: Vec<Handler> = Vec::new();
    let mut open = None;
    for block in &order {
        for instr in &cfg.blocks[*block].instrs {
            let index = instrs.len() as u32;
            let arg = instr.target.map_or(instr.arg, |target| starts[target]);
            let forward = arg > index;
            let op = match instr.op {
                Op::Jump | Op::JumpNoInterrupt if forward => Op::JumpForward,
                Op::Jump => Op::JumpBackward,
                Op::JumpNoInterrupt => Op::JumpBackwardNoInterrupt,
                op => op,
            };
            if instr.except != open {
                open = instr.except;
                if let Some(target) = open {
                    let target_block = &cfg.blocks[target];
                    let lasti = target_block.preserve_lasti;
                    let depth = (target_block.start_depth - 1 - i32::from(lasti)).max(0) as u32;
                    handlers.push(Handler { start: index, end: index, target: starts[target], depth, lasti });
                }
            }
            if let (Some(_), Some(handler)) = (open, handlers.last_mut()) {
                handler.end = index + 1;
            }
            instrs.push(Instruction { op, arg });
            locations.push(instr.loc);
        }
    }
    point_past_sends(&mut instrs);
    resolve_next_locations(&instrs, &mut locations);
    (instrs, locations, handlers)
}

/// `END_ASYNC_FOR` was given its `SEND`; monitoring wants the `END_SEND`, which CPython takes to be the fourth instruction after it.
fn point_past_sends(instrs: &mut [Instruction]) {
    for instr in instrs.iter_mut().filter(|instr| instr.op == Op::EndAsyncFor && instr.arg > 0) {
        instr.arg += 4;
    }
}

/// `NEXT_LOCATION` is the place of the instruction after it, which an exit does not have.
fn resolve_next_locations(instrs: &[Instruction], locations: &mut [Location]) {
    for index in (0..locations.len()).rev() {
        if locations[index] == Location::NEXT {
            let op = instrs[index].op;
            locations[index] = match locations.get(index + 1) {
                Some(next) if !op.is_jump() && !op.is_scope_exit() => *next,
                _ => Location::NONE,
            };
        }
    }
}
