//! Slots of the frame: where cells and free variables live, and the instructions that fill them before the body starts.
//!
//! Locals come first, then cells that are no parameters, then free variables. Follows `prepare_localsplus` and `compute_localsplus_info`.

use std::rc::Rc;

use crate::code::{
    CO_ASYNC_GENERATOR, CO_COROUTINE, CO_FAST_ARG_KW, CO_FAST_ARG_POS, CO_FAST_ARG_VAR, CO_FAST_CELL, CO_FAST_FREE, CO_FAST_HIDDEN,
    CO_FAST_LOCAL, CO_GENERATOR, CO_VARARGS, CO_VARKEYWORDS,
};
use crate::flowgraph::{Cfg, CfgInstr};
use crate::ir::{Location, Unit};
use crate::opcode::Op;

/// For each cell and free variable its slot before duplicates are dropped: CPython's `build_cellfixedoffsets`.
fn fixed_offsets(unit: &Unit) -> Vec<usize> {
    let n_locals = unit.varnames.len();
    let mut fixed: Vec<usize> = (0..unit.cellvars.len() + unit.freevars.len()).map(|index| n_locals + index).collect();
    for (index, cell) in unit.cellvars.iter().enumerate() {
        if let Some(local) = unit.varnames.iter().position(|name| name == cell) {
            fixed[index] = local;
        }
    }
    fixed
}

/// Parameters in `varnames`: positional, keyword-only, `*args`, `**kwargs`.
pub(crate) fn parameter_count(unit: &Unit) -> usize {
    let stars = usize::from(unit.flags & CO_VARARGS != 0) + usize::from(unit.flags & CO_VARKEYWORDS != 0);
    (unit.argcount + unit.kwonlyargcount) as usize + stars
}

/// Inserts the prefix and gives `*_DEREF` their slots.
pub(crate) fn prepare_localsplus(unit: &Unit, cfg: &mut Cfg) {
    let mut fixed = fixed_offsets(unit);
    insert_prefix(unit, cfg, &fixed);
    let mut dropped = 0;
    for (index, slot) in fixed.iter_mut().enumerate() {
        if *slot == index + unit.varnames.len() {
            *slot -= dropped;
        } else {
            dropped += 1;
        }
    }
    for block in cfg.order() {
        for instr in &mut cfg.blocks[block].instrs {
            if instr.op.has_free() {
                instr.arg = fixed.get(instr.arg as usize).map_or(instr.arg, |slot| *slot as u32);
            }
        }
    }
}

fn insert_prefix(unit: &Unit, cfg: &mut Cfg, fixed: &[usize]) {
    let mut prefix = Vec::new();
    if !unit.freevars.is_empty() {
        prefix.push(CfgInstr::new(Op::CopyFreeVars, unit.freevars.len() as u32, Location::NONE));
    }
    let mut cells: Vec<usize> = (0..unit.cellvars.len()).collect();
    cells.sort_by_key(|cell| fixed[*cell]);
    prefix.extend(cells.iter().map(|cell| CfgInstr::new(Op::MakeCell, *cell as u32, Location::NONE)));
    if unit.flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR) != 0 {
        let loc = Location::line(unit.first_line);
        prefix.push(CfgInstr::new(Op::ReturnGenerator, 0, loc));
        prefix.push(CfgInstr::new(Op::PopTop, 0, loc));
    }
    let entry = &mut cfg.blocks[cfg.entry];
    for instr in prefix.into_iter().rev() {
        entry.insert(0, instr);
    }
}

/// Name and kind of every slot.
pub(crate) fn localsplus(unit: &Unit) -> Vec<(Rc<str>, u8)> {
    let mut slots = Vec::new();
    let n_named = (unit.argcount + unit.kwonlyargcount) as usize;
    let n_parameters = parameter_count(unit);
    for (index, name) in unit.varnames.iter().enumerate() {
        let mut kind = CO_FAST_LOCAL;
        if index < unit.posonlyargcount as usize {
            kind |= CO_FAST_ARG_POS;
        } else if index < unit.argcount as usize {
            kind |= CO_FAST_ARG_POS | CO_FAST_ARG_KW;
        } else if index < n_named {
            kind |= CO_FAST_ARG_KW;
        } else if index < n_parameters {
            let is_args = index == n_named && unit.flags & CO_VARARGS != 0;
            kind |= CO_FAST_ARG_VAR | if is_args { CO_FAST_ARG_POS } else { CO_FAST_ARG_KW };
        }
        if unit.hidden.contains(name) {
            kind |= CO_FAST_HIDDEN;
        }
        if unit.cellvars.contains(name) {
            kind |= CO_FAST_CELL;
        }
        slots.push((name.clone(), kind));
    }
    let cells = unit.cellvars.iter().filter(|name| !unit.varnames.contains(name));
    slots.extend(cells.map(|name| (name.clone(), CO_FAST_CELL)));
    slots.extend(unit.freevars.iter().map(|name| (name.clone(), CO_FAST_FREE)));
    slots
}
