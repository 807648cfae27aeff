//! Comprehensions: run in place with their variables pushed aside (PEP 709), or as a function of their own.
//!
//! The outermost iterator is always evaluated outside. Follows CPython's `codegen.c` and `compile.c`.

use std::rc::Rc;

use crate::ast::*;
use crate::code::Const;
use crate::codegen::*;
use crate::ir::{Label, Location};
use crate::lower::Result;
use crate::opcode::Op;
use crate::symbol::*;

/// What an inlined comprehension has to put back.
#[derive(Debug, Default)]
struct Inlined {
    pushed: Vec<Name>,
    symbols: Vec<(Name, Symbol)>,
    hidden: Vec<Name>,
    cleanup: Option<Label>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn comprehension(&mut self, comp: &'a Comp, loc: Location) -> Result<()> {
        let Some(at) = self.table.lookup(comp.id) else { return Ok(()) };
        let inlined = self.table.blocks[at].comp_inlined;
        let is_async = self.table.blocks[at].coroutine;
        let outermost = &comp.generators[0];
        let mut state = Inlined::default();
        if inlined {
            self.expr(&outermost.iter)?;
            self.get_iter(outermost);
            self.push_inlined(at, &mut state, loc);
        } else {
            let name = match comp.kind {
                CompKind::Generator => "<genexpr>",
                CompKind::List => "<listcomp>",
                CompKind::Set => "<setcomp>",
                CompKind::Dict => "<dictcomp>",
            };
            self.enter_scope(&Rc::from(name), ScopeType::Comprehension, comp.id, loc.line, None)?;
            self.scope_mut().unit.argcount = 1;
        }
        let build = match comp.kind {
            CompKind::Generator => None,
            CompKind::List => Some(Op::BuildList),
            CompKind::Set => Some(Op::BuildSet),
            CompKind::Dict => Some(Op::BuildMap),
        };
        if let Some(build) = build {
            self.op_i(build, 0, loc);
            if inlined {
                self.op_i(Op::Swap, 2, loc);
            }
        }
        self.generator(comp, 0, 0, inlined, loc)?;
        if inlined {
            return self.pop_inlined(state, loc);
        }
        if comp.kind == CompKind::Generator {
            self.wrap_in_stopiteration_handler();
        } else {
            self.op(Op::ReturnValue, loc);
        }
        let code = self.assemble(true);
        self.make_closure(&code, 0, loc);
        self.expr(&outermost.iter)?;
        self.get_iter(outermost);
        self.op_i(Op::Call, 0, loc);
        if is_async && comp.kind != CompKind::Generator {
            self.await_value(0, loc);
        }
        Ok(())
    }

    fn get_iter(&mut self, generator: &Generator) {
        self.op(if generator.is_async { Op::GetAiter } else { Op::GetIter }, generator.iter.loc);
    }

    fn generator(&mut self, comp: &'a Comp, index: usize, depth: u32, on_stack: bool, loc: Location) -> Result<()> {
        if comp.generators[index].is_async {
            self.async_generator(comp, index, depth, on_stack, loc)
        } else {
            self.sync_generator(comp, index, depth, on_stack, loc)
        }
    }

    fn sync_generator(&mut self, comp: &'a Comp, index: usize, mut depth: u32, on_stack: bool, loc: Location) -> Result<()> {
        let generator = &comp.generators[index];
        let start = self.label();
        let if_cleanup = self.label();
        let anchor = self.label();
        let mut loops = true;
        if !on_stack {
            if index == 0 {
                self.op_i(Op::LoadFast, 0, loc);
            } else if let Some(only) = single_element(&generator.iter) {
                // `for y in [f(x)]` is an assignment.
                self.expr(only)?;
                loops = false;
            } else {
                self.expr(&generator.iter)?;
            }
        }
        if loops {
            depth += 1;
            if index > 0 {
                self.op(Op::GetIter, generator.iter.loc);
            }
            if !self.v14() {
                // 3.13 asks once more, in the loop itself.
                self.op(Op::GetIter, generator.iter.loc);
            }
            self.place(start);
            self.jump(Op::ForIter, anchor, generator.iter.loc);
        }
        self.expr(&generator.target)?;
        for condition in &generator.ifs {
            self.jump_if(loc, condition, if_cleanup, false)?;
        }
        let elt_loc = self.element(comp, index + 1, depth, loc)?;
        self.place(if_cleanup);
        if loops {
            self.jump(Op::Jump, start, elt_loc);
            self.place(anchor);
            self.op(Op::EndFor, Location::NONE);
            self.op(self.pop_iter(), Location::NONE);
        }
        Ok(())
    }

    fn async_generator(&mut self, comp: &'a Comp, index: usize, depth: u32, on_stack: bool, loc: Location) -> Result<()> {
        let generator = &comp.generators[index];
        let start = self.label();
        let send = self.label();
        let except = self.label();
        let if_cleanup = self.label();
        if !on_stack {
            if index == 0 {
                self.op_i(Op::LoadFast, 0, loc);
            } else {
                self.expr(&generator.iter)?;
            }
        }
        if index > 0 {
            self.op(Op::GetAiter, generator.iter.loc);
        }
        self.place(start);
        self.push_block(FBlockKind::AsyncComprehension, Some(start), None, loc)?;
        self.jump(Op::SetupFinally, except, loc);
        self.op(Op::GetAnext, loc);
        self.load_const(Const::None, loc);
        self.place(send);
        self.add_yield_from(loc, true);
        self.op(Op::PopBlock, loc);
        self.expr(&generator.target)?;
        for condition in &generator.ifs {
            self.jump_if(loc, condition, if_cleanup, false)?;
        }
        let elt_loc = self.element(comp, index + 1, depth + 1, loc)?;
        self.place(if_cleanup);
        self.jump(Op::Jump, start, elt_loc);
        self.pop_fblock();
        self.place(except);
        self.end_async_for(send, loc);
        Ok(())
    }

    /// The next generator, or the element after the last one. Gives the element's place.
    fn element(&mut self, comp: &'a Comp, next: usize, depth: u32, loc: Location) -> Result<Location> {
        let elt = &comp.elt;
        if next < comp.generators.len() {
            self.generator(comp, next, depth, false, loc)?;
            return Ok(elt.loc);
        }
        self.expr(elt)?;
        match comp.kind {
            CompKind::Generator => {
                self.add_yield(elt.loc);
                self.op(Op::PopTop, elt.loc);
            }
            CompKind::List => self.op_i(Op::ListAppend, depth + 1, elt.loc),
            CompKind::Set => self.op_i(Op::SetAdd, depth + 1, elt.loc),
            CompKind::Dict => {
                let Some(value) = &comp.value else { return Ok(elt.loc) };
                self.expr(value)?;
                let both = Location { end_line: value.loc.end_line, end_col: value.loc.end_col, ..elt.loc };
                self.op_i(Op::MapAdd, depth + 1, both);
                return Ok(both);
            }
        }
        Ok(elt.loc)
    }

    /// Names of the comprehension take the place of those around it, whose values go on the stack.
    fn push_inlined(&mut self, comp: usize, state: &mut Inlined, loc: Location) {
        let outer = self.scope().block;
        let in_class = self.block().kind == BlockKind::Class && self.scope().in_inlined_comp == 0;
        let function_like = self.block().is_function_like();
        self.scope_mut().in_inlined_comp += 1;
        let symbols: Vec<(Name, Symbol)> = self.table.blocks[comp].symbols.iter().map(|(name, symbol)| (name.clone(), symbol)).collect();
        // In a class, 3.13 gives every name of the comprehension a slot.
        let all = in_class && !self.v14();
        let bound = |symbol: Symbol| (symbol.has(DEF_LOCAL) && !symbol.has(DEF_NONLOCAL)) || all;
        for (name, symbol) in &symbols {
            let scope = symbol.scope();
            let out_symbol = self.table.blocks[outer].symbols.get(name);
            let out_scope = out_symbol.scope();
            let differs = scope != out_scope && scope != Scope::Free && !(scope == Scope::Cell && out_scope == Scope::Free);
            if differs || in_class {
                self.table.blocks[outer].symbols.set(name, *symbol);
                state.symbols.push((name.clone(), out_symbol));
            }
            if bound(*symbol) && !function_like && self.scope().fast_hidden.get(name) != Some(&true) {
                self.scope_mut().fast_hidden.insert(name.clone(), true);
                state.hidden.push(name.clone());
            }
        }
        for (name, symbol) in &symbols {
            if !bound(*symbol) {
                continue;
            }
            let mut out_scope = self.table.blocks[outer].symbols.get(name).scope();
            if all && let Some((_, before)) = state.symbols.iter().find(|(other, _)| other == name) {
                // 3.13 looks at what the class itself makes of the name.
                out_scope = before.scope();
            }
            let mangled = self.mangled(name);
            let slot = self.varname(&mangled);
            self.op_i(Op::LoadFastAndClear, slot, loc);
            if symbol.scope() == Scope::Cell {
                let cell = if out_scope == Scope::Free { self.freevar(&mangled) } else { self.cellvar(&mangled) };
                self.op_i(Op::MakeCell, cell, loc);
            }
            state.pushed.push(name.clone());
        }
        if !state.pushed.is_empty() {
            self.op_i(Op::Swap, state.pushed.len() as u32 + 1, loc);
            let cleanup = self.label();
            state.cleanup = Some(cleanup);
            self.jump(Op::SetupFinally, cleanup, loc);
        }
    }

    fn restore_locals(&mut self, state: &Inlined, loc: Location) {
        self.op_i(Op::Swap, state.pushed.len() as u32 + 1, loc);
        for name in state.pushed.iter().rev() {
            let mangled = self.mangled(name);
            let slot = self.varname(&mangled);
            self.op_i(Op::StoreFastMaybeNull, slot, loc);
        }
    }

    fn pop_inlined(&mut self, state: Inlined, loc: Location) -> Result<()> {
        let none = Location::NONE;
        if let Some(cleanup) = state.cleanup {
            self.op(Op::PopBlock, none);
            let end = self.label();
            self.jump(Op::JumpNoInterrupt, end, none);
            self.place(cleanup);
            self.op_i(Op::Swap, 2, none);
            self.op(Op::PopTop, none);
            self.restore_locals(&state, loc);
            self.op_i(Op::Reraise, 0, none);
            self.place(end);
            self.restore_locals(&state, loc);
        }
        let outer = self.scope().block;
        self.scope_mut().in_inlined_comp -= 1;
        for (name, symbol) in state.symbols {
            self.table.blocks[outer].symbols.set(&name, symbol);
        }
        for name in state.hidden {
            self.scope_mut().fast_hidden.insert(name, false);
        }
        Ok(())
    }
}

fn single_element(iter: &Expr) -> Option<&Expr> {
    match &iter.kind {
        ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => match &elts[..] {
            [only] if !only.is_starred() => Some(only),
            _ => None,
        },
        _ => None,
    }
}
