//! Simple statements, branches and loops.
//!
//! A statement leaves the stack as it found it; loops keep their iterator on it. Follows CPython's `codegen.c`.

use crate::ast::*;
use crate::code::Const;
use crate::codegen::{Compiler, FBlockKind, ScopeType};
use crate::ir::{Label, Location};
use crate::lower::{Result, deeper};
use crate::opcode::Op;

const INTRINSIC_PRINT: u32 = 1;
const INTRINSIC_IMPORT_STAR: u32 = 2;
const CONSTANT_ASSERTIONERROR: u32 = 0;

impl<'a> Compiler<'a> {
    pub(crate) fn stmts(&mut self, body: &'a [Stmt]) -> Result<()> {
        body.iter().try_for_each(|stmt| deeper(|| self.stmt(stmt)))
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Result<()> {
        let loc = stmt.loc;
        match &stmt.kind {
            StmtKind::FunctionDef(def) => self.function(def, loc),
            StmtKind::ClassDef(def) => self.class(def, loc),
            StmtKind::TypeAlias(alias) => self.type_alias(alias, loc),
            StmtKind::Return(value) => self.return_(value.as_deref(), loc),
            StmtKind::Delete(targets) => targets.iter().try_for_each(|target| self.expr(target)),
            StmtKind::Assign { targets, value } => {
                self.expr(value)?;
                for (i, target) in targets.iter().enumerate() {
                    if i + 1 < targets.len() {
                        self.op_i(Op::Copy, 1, loc);
                    }
                    self.expr(target)?;
                }
                Ok(())
            }
            StmtKind::AugAssign { target, op, value } => self.aug_assign(target, *op, value, loc),
            StmtKind::AnnAssign(node) => self.ann_assign(node, loc),
            StmtKind::For(node) if node.is_async => self.conditional(|c| c.async_for(node, loc)),
            StmtKind::For(node) => self.conditional(|c| c.for_(node, loc)),
            StmtKind::While { test, body, orelse } => self.conditional(|c| c.while_(test, body, orelse, loc)),
            StmtKind::If { test, body, orelse } => self.conditional(|c| c.if_(test, body, orelse, loc)),
            StmtKind::With(node) => self.conditional(|c| c.with(node, 0)),
            StmtKind::Match { subject, cases } => self.conditional(|c| c.match_(subject, cases)),
            StmtKind::Try(node) => self.conditional(|c| c.try_(node, loc)),
            StmtKind::Raise { exc, cause } => {
                let mut n = 0;
                if let Some(exc) = exc {
                    self.expr(exc)?;
                    n += 1;
                    if let Some(cause) = cause {
                        self.expr(cause)?;
                        n += 1;
                    }
                }
                self.op_i(Op::RaiseVarargs, n, loc);
                Ok(())
            }
            StmtKind::Assert { test, msg } => self.assert(test, msg.as_ref(), loc),
            StmtKind::Import(names) => self.import(names, loc),
            StmtKind::ImportFrom { module, names, level } => self.import_from(module.as_ref(), names, *level, loc),
            StmtKind::Global(_) | StmtKind::Nonlocal(_) => Ok(()),
            StmtKind::Expr(value) => self.expr_stmt(value, loc),
            StmtKind::Pass => {
                self.op(Op::Nop, loc);
                Ok(())
            }
            StmtKind::Break => self.break_(loc),
            StmtKind::Continue => self.continue_(loc),
        }
    }

    fn conditional(&mut self, run: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.scope_mut().in_conditional += 1;
        run(self)?;
        self.scope_mut().in_conditional -= 1;
        Ok(())
    }

    fn expr_stmt(&mut self, value: &'a Expr, loc: Location) -> Result<()> {
        if self.interactive && self.scopes.len() == 1 {
            self.expr(value)?;
            self.op_i(Op::CallIntrinsic1, INTRINSIC_PRINT, loc);
            self.op(Op::PopTop, Location::NONE);
            return Ok(());
        }
        if value.constant().is_some() {
            self.op(Op::Nop, loc);
            return Ok(());
        }
        self.expr(value)?;
        self.op(Op::PopTop, Location::NONE);
        Ok(())
    }

    fn return_(&mut self, value: Option<&'a Expr>, loc: Location) -> Result<()> {
        let block = self.block();
        if !block.is_function_like() {
            return self.error(loc, "'return' outside function");
        }
        if value.is_some() && block.coroutine && block.generator {
            return self.error(loc, "'return' with value in async generator");
        }
        let constant = value.and_then(Expr::constant);
        let preserve = value.is_some() && constant.is_none();
        let mut place = loc;
        if let Some(value) = value {
            if preserve {
                self.expr(value)?;
            } else {
                place = value.loc;
                self.op(Op::Nop, place);
            }
        }
        if value.is_none_or(|value| value.loc.line != loc.line) {
            place = loc;
            self.op(Op::Nop, place);
        }
        self.unwind_stack(&mut place, preserve, false)?;
        if value.is_none() {
            self.load_const(Const::None, place);
        } else if let Some(constant) = constant {
            self.load_const(constant.clone(), place);
        }
        self.op(Op::ReturnValue, place);
        Ok(())
    }

    fn break_(&mut self, loc: Location) -> Result<()> {
        let mut place = loc;
        self.op(Op::Nop, place);
        let Some(fblock) = self.unwind_stack(&mut place, false, true)? else {
            return self.error(loc, "'break' outside loop");
        };
        self.unwind(&mut place, &fblock, false)?;
        if let Some(exit) = fblock.exit {
            self.jump(Op::Jump, exit, place);
        }
        Ok(())
    }

    fn continue_(&mut self, loc: Location) -> Result<()> {
        let mut place = loc;
        self.op(Op::Nop, place);
        let Some(fblock) = self.unwind_stack(&mut place, false, true)? else {
            return self.error(loc, "'continue' not properly in loop");
        };
        if let Some(start) = fblock.block {
            self.jump(Op::Jump, start, place);
        }
        Ok(())
    }

    fn assert(&mut self, test: &'a Expr, msg: Option<&'a Expr>, loc: Location) -> Result<()> {
        let always = match &test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant(Const::Tuple(items)) => !items.is_empty(),
            _ => false,
        };
        if always {
            self.warn(loc, "assertion is always true, perhaps remove parentheses?");
        }
        if self.optimize > 0 {
            return Ok(());
        }
        let end = self.label();
        self.jump_if(loc, test, end, true)?;
        if self.v14() {
            self.op_i(Op::LoadCommonConstant, CONSTANT_ASSERTIONERROR, loc);
        } else {
            self.op(Op::LoadAssertionError, loc);
        }
        if let Some(msg) = msg {
            self.expr(msg)?;
            self.op_i(Op::Call, 0, loc);
        }
        self.op_i(Op::RaiseVarargs, 1, test.loc);
        self.place(end);
        Ok(())
    }

    fn import(&mut self, names: &'a [Alias], loc: Location) -> Result<()> {
        for alias in names {
            self.load_const(Const::Int(0), loc);
            self.load_const(Const::None, loc);
            let index = self.name_index(&alias.name);
            self.op_i(Op::ImportName, index, loc);
            match &alias.asname {
                Some(asname) => self.import_as(&alias.name, asname, loc)?,
                None => {
                    let first = alias.name.split('.').next().unwrap_or(&alias.name);
                    self.name_op(first, Context::Store, loc)?;
                }
            }
        }
        Ok(())
    }

    fn import_as(&mut self, name: &Name, asname: &Name, loc: Location) -> Result<()> {
        let parts: Vec<&str> = name.split('.').skip(1).collect();
        for (i, part) in parts.iter().enumerate() {
            let index = self.scope_mut().unit.add_name(&Name::from(*part));
            self.op_i(Op::ImportFrom, index, loc);
            if i + 1 < parts.len() {
                self.op_i(Op::Swap, 2, loc);
                self.op(Op::PopTop, loc);
            }
        }
        self.name_access(asname, Context::Store, loc)?;
        if !parts.is_empty() {
            self.op(Op::PopTop, loc);
        }
        Ok(())
    }

    fn import_from(&mut self, module: Option<&Name>, names: &'a [Alias], level: u32, loc: Location) -> Result<()> {
        self.load_const(Const::Int(i64::from(level)), loc);
        self.load_const(Const::Tuple(names.iter().map(|alias| Const::str(&alias.name)).collect()), loc);
        let index = match module {
            Some(module) => self.name_index(module),
            None => self.scope_mut().unit.add_name(&Name::from("")),
        };
        self.op_i(Op::ImportName, index, loc);
        for alias in names {
            if &*alias.name == "*" {
                self.op_i(Op::CallIntrinsic1, INTRINSIC_IMPORT_STAR, loc);
                self.op(Op::PopTop, Location::NONE);
                return Ok(());
            }
            let index = self.name_index(&alias.name);
            self.op_i(Op::ImportFrom, index, loc);
            self.name_access(alias.asname.as_ref().unwrap_or(&alias.name), Context::Store, loc)?;
        }
        self.op(Op::PopTop, loc);
        Ok(())
    }

    fn if_(&mut self, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt], loc: Location) -> Result<()> {
        let end = self.label();
        let next = if orelse.is_empty() { end } else { self.label() };
        self.jump_if(loc, test, next, false)?;
        self.stmts(body)?;
        if !orelse.is_empty() {
            self.jump(Op::JumpNoInterrupt, end, Location::NONE);
            self.place(next);
            self.stmts(orelse)?;
        }
        self.place(end);
        Ok(())
    }

    fn for_(&mut self, node: &'a For, loc: Location) -> Result<()> {
        let start = self.label();
        let cleanup = self.label();
        let end = self.label();
        self.push_block(FBlockKind::ForLoop, Some(start), Some(end), loc)?;
        self.expr(&node.iter)?;
        let place = node.iter.loc;
        self.op(Op::GetIter, place);
        self.place(start);
        self.jump(Op::ForIter, cleanup, place);
        self.op(Op::Nop, node.target.loc);
        self.expr(&node.target)?;
        self.stmts(&node.body)?;
        self.jump(Op::Jump, start, Location::NONE);
        self.place(cleanup);
        self.op(Op::EndFor, Location::NONE);
        self.op(self.pop_iter(), Location::NONE);
        self.pop_fblock();
        self.stmts(&node.orelse)?;
        self.place(end);
        Ok(())
    }

    pub(crate) fn pop_iter(&self) -> Op {
        if self.v14() { Op::PopIter } else { Op::PopTop }
    }

    fn async_for(&mut self, node: &'a For, loc: Location) -> Result<()> {
        let start = self.label();
        let send = self.label();
        let except = self.label();
        let end = self.label();
        self.expr(&node.iter)?;
        self.op(Op::GetAiter, node.iter.loc);
        self.place(start);
        self.push_block(FBlockKind::AsyncForLoop, Some(start), Some(end), loc)?;
        self.jump(Op::SetupFinally, except, loc);
        self.op(Op::GetAnext, loc);
        self.load_const(Const::None, loc);
        self.place(send);
        self.add_yield_from(loc, true);
        self.op(Op::PopBlock, loc);
        if self.v14() {
            self.op(Op::NotTaken, loc);
        }
        self.expr(&node.target)?;
        self.stmts(&node.body)?;
        self.jump(Op::Jump, start, Location::NONE);
        self.pop_fblock();
        self.place(except);
        self.end_async_for(send, node.iter.loc);
        self.stmts(&node.orelse)?;
        self.place(end);
        Ok(())
    }

    pub(crate) fn end_async_for(&mut self, send: Label, loc: Location) {
        if self.v14() {
            self.jump(Op::EndAsyncFor, send, loc);
        } else {
            self.op(Op::EndAsyncFor, loc);
        }
    }

    fn while_(&mut self, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt], loc: Location) -> Result<()> {
        let start = self.label();
        let end = self.label();
        let anchor = self.label();
        self.place(start);
        self.push_block(FBlockKind::WhileLoop, Some(start), Some(end), loc)?;
        self.jump_if(loc, test, anchor, false)?;
        if self.v14() {
            self.stmts(body)?;
            self.jump(Op::Jump, start, Location::NONE);
        } else {
            let again = self.label();
            self.place(again);
            self.stmts(body)?;
            self.jump_if(loc, test, again, true)?;
        }
        self.pop_fblock();
        self.place(anchor);
        self.stmts(orelse)?;
        self.place(end);
        Ok(())
    }

    fn aug_assign(&mut self, target: &'a Expr, op: BinOp, value: &'a Expr, loc: Location) -> Result<()> {
        let place = target.loc;
        match &target.kind {
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value)?;
                self.op_i(Op::Copy, 1, place);
                let index = self.name_index(attr);
                self.op_i(Op::LoadAttr, index << 1, crate::call::at_attribute(place, place, attr));
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                if self.two_part_slice(slice) {
                    self.slice_parts(slice)?;
                    for _ in 0..3 {
                        self.op_i(Op::Copy, 3, place);
                    }
                    self.op(Op::BinarySlice, place);
                } else {
                    self.expr(slice)?;
                    self.op_i(Op::Copy, 2, place);
                    self.op_i(Op::Copy, 2, place);
                    self.binary_subscr(place);
                }
            }
            ExprKind::Name { id, .. } => self.name_access(id, Context::Load, place)?,
            _ => return self.error(place, "invalid syntax"),
        }
        self.expr(value)?;
        self.op_i(Op::BinaryOp, crate::expression::binop_arg(op) + 13, loc);
        match &target.kind {
            ExprKind::Attribute { attr, .. } => {
                let place = crate::call::at_attribute(place, place, attr);
                self.op_i(Op::Swap, 2, place);
                let index = self.name_index(attr);
                self.op_i(Op::StoreAttr, index, place);
            }
            ExprKind::Subscript { slice, .. } => {
                if self.two_part_slice(slice) {
                    self.op_i(Op::Swap, 4, place);
                    self.op_i(Op::Swap, 3, place);
                    self.op_i(Op::Swap, 2, place);
                    self.op(Op::StoreSlice, place);
                } else {
                    self.op_i(Op::Swap, 3, place);
                    self.op_i(Op::Swap, 2, place);
                    self.op(Op::StoreSubscr, place);
                }
            }
            ExprKind::Name { id, .. } => self.name_access(id, Context::Store, place)?,
            _ => {}
        }
        Ok(())
    }

    /// Is this scope one whose annotations are kept?
    pub(crate) fn keeps_annotations(&self) -> bool {
        matches!(self.scope().kind, ScopeType::Module | ScopeType::Class)
    }
}
