//! Annotations: deferred to `__annotate__` functions (3.14), evaluated at once (3.13), or kept as text (`__future__`).
//!
//! An annotation in a branch is guarded by its number in `__conditional_annotations__`. Follows CPython's `codegen.c`.

use std::rc::Rc;

use crate::ast::*;
use crate::code::{Code, Const};
use crate::codegen::*;
use crate::ir::{Location, Sequence};
use crate::lower::Result;
use crate::opcode::Op;
use crate::symbol::BlockKind;
use crate::unparse::unparse;

const VALUE_WITH_FAKE_GLOBALS: i64 = 2;
const CONSTANT_NOTIMPLEMENTEDERROR: u32 = 1;

impl<'a> Compiler<'a> {
    /// A function of one parameter, the format, that refuses formats it does not know.
    pub(crate) fn setup_annotations_scope(&mut self, name: &Name, key: u32, loc: Location) -> Result<()> {
        self.enter_scope(name, ScopeType::Annotations, key, loc.line, None)?;
        let unit = &mut self.scope_mut().unit;
        unit.argcount = 1;
        unit.posonlyargcount = 1;
        self.op_i(Op::LoadFast, 0, loc);
        self.load_const(Const::Int(VALUE_WITH_FAKE_GLOBALS), loc);
        self.add_compare(CmpOp::Gt, loc);
        let body = self.label();
        self.jump(Op::PopJumpIfFalse, body, loc);
        self.op_i(Op::LoadCommonConstant, CONSTANT_NOTIMPLEMENTEDERROR, loc);
        self.op_i(Op::RaiseVarargs, 1, loc);
        self.place(body);
        Ok(())
    }

    /// Ends an `__annotate__`; its parameter is called `format` from now on.
    fn leave_annotations_scope(&mut self, loc: Location) {
        self.op(Op::ReturnValue, loc);
        let mut code = self.assemble(true);
        if let Some(slot) = Rc::<Code>::make_mut(&mut code).localsplus.first_mut() {
            slot.0 = Rc::from("format");
        }
        self.make_closure(&code, 0, loc);
    }

    /// The annotations of a function; gives the flag of what was pushed.
    pub(crate) fn function_annotations(&mut self, args: &'a Arguments, returns: Option<&'a Expr>, loc: Location) -> Result<u32> {
        if !self.v14() {
            let n = self.argument_annotations(args, returns, loc)?;
            if n == 0 {
                return Ok(0);
            }
            self.op_i(Op::BuildTuple, n * 2, loc);
            return Ok(MAKE_FUNCTION_ANNOTATIONS);
        }
        let Some(at) = self.table.lookup(args.id) else { return Ok(0) };
        let block = &self.table.blocks[at];
        if !block.annotations_used {
            return Ok(0);
        }
        let name = block.name.clone();
        self.setup_annotations_scope(&name, args.id, loc)?;
        let n = self.argument_annotations(args, returns, loc)?;
        self.op_i(Op::BuildMap, n, loc);
        self.leave_annotations_scope(loc);
        Ok(MAKE_FUNCTION_ANNOTATE)
    }

    fn argument_annotations(&mut self, args: &'a Arguments, returns: Option<&'a Expr>, loc: Location) -> Result<u32> {
        let vararg = args.vararg.as_deref().into_iter();
        let kwarg = args.kwarg.as_deref().into_iter();
        let list = args.args.iter().chain(&args.posonlyargs).chain(vararg).chain(&args.kwonlyargs).chain(kwarg);
        let return_name = Rc::from("return");
        let all = list.filter_map(|arg| Some((&arg.name, arg.annotation.as_ref()?)));
        let mut n = 0;
        for (name, annotation) in all.chain(returns.map(|returns| (&return_name, returns))) {
            let name = Const::str(&self.mangled(name));
            self.load_const(name, loc);
            if self.future.annotations {
                self.load_const(Const::str(&unparse(annotation)), annotation.loc);
            } else if let ExprKind::Starred { value, .. } = &annotation.kind {
                self.expr(value)?;
                self.op_i(Op::UnpackSequence, 1, loc);
            } else {
                self.expr(annotation)?;
            }
            n += 1;
        }
        Ok(n)
    }

    pub(crate) fn ann_assign(&mut self, node: &'a AnnAssign, loc: Location) -> Result<()> {
        if let Some(value) = &node.value {
            self.expr(value)?;
            self.expr(&node.target)?;
        }
        match &node.target.kind {
            ExprKind::Name { id, .. } => {
                if node.simple && self.keeps_annotations() {
                    self.keep_annotation(node, id, loc)?;
                }
            }
            ExprKind::Attribute { value, .. } => {
                if node.value.is_none() {
                    self.check_ann_expr(value)?;
                }
            }
            ExprKind::Subscript { value, slice, .. } => {
                if node.value.is_none() {
                    self.check_ann_expr(value)?;
                    self.check_ann_subscr(slice)?;
                }
            }
            _ => return self.error(loc, "invalid syntax"),
        }
        if !self.v14() && !node.simple && !self.future.annotations && self.keeps_annotations() {
            self.check_ann_expr(&node.annotation)?;
        }
        Ok(())
    }

    fn keep_annotation(&mut self, node: &'a AnnAssign, name: &Name, loc: Location) -> Result<()> {
        if self.future.annotations || !self.v14() {
            if self.future.annotations {
                self.load_const(Const::str(&unparse(&node.annotation)), node.annotation.loc);
            } else {
                self.expr(&node.annotation)?;
            }
            let index = self.name_index(&Rc::from("__annotations__"));
            self.op_i(Op::LoadName, index, loc);
            let mangled = Const::str(&self.mangled(name));
            self.load_const(mangled, loc);
            self.op(Op::StoreSubscr, loc);
            return Ok(());
        }
        let scope = self.scope_mut();
        let mut number = -1;
        if scope.kind == ScopeType::Module || scope.in_conditional > 0 {
            number = scope.next_conditional;
            scope.next_conditional += 1;
        }
        scope.deferred.push((node, loc, number));
        if number >= 0 {
            if self.scope().kind == ScopeType::Class {
                let cell = self.cellvar("__conditional_annotations__");
                self.op_i(Op::LoadDeref, cell, loc);
            } else {
                let index = self.name_index(&Rc::from("__conditional_annotations__"));
                self.op_i(Op::LoadName, index, loc);
            }
            self.load_const(Const::Int(number), loc);
            self.op_i(Op::SetAdd, 1, loc);
            self.op(Op::PopTop, loc);
        }
        Ok(())
    }

    /// Writes the `__annotate__` of a module or class whose statements are done.
    pub(crate) fn deferred_annotations(&mut self, loc: Location) -> Result<()> {
        let deferred = std::mem::take(&mut self.scope_mut().deferred);
        if deferred.is_empty() {
            return Ok(());
        }
        let kind = self.scope().kind;
        let module = kind == ScopeType::Module;
        let Some(annotation_block) = self.block().annotation_block else { return Ok(()) };
        let key = self.block().key + 1;
        let name = self.table.blocks[annotation_block].name.clone();
        let body = std::mem::take(self.seq());
        if !module {
            *self.seq() = body;
            self.annotate_function(&name, key, &deferred, kind, loc)?;
            return self.name_op(self.annotate_name(), Context::Store, loc);
        }
        // A module's `__annotate__` is made before its first statement runs.
        self.annotate_function(&name, key, &deferred, kind, loc)?;
        self.name_op(self.annotate_name(), Context::Store, loc)?;
        let setup: Sequence = std::mem::replace(self.seq(), body);
        self.scope_mut().unit.annotations = Some(setup);
        Ok(())
    }

    fn annotate_name(&self) -> &'static str {
        if self.block().kind == BlockKind::Class { "__annotate_func__" } else { "__annotate__" }
    }

    fn annotate_function(
        &mut self,
        name: &Name,
        key: u32,
        deferred: &[(&'a AnnAssign, Location, i64)],
        kind: ScopeType,
        loc: Location,
    ) -> Result<()> {
        self.setup_annotations_scope(name, key, loc)?;
        self.op_i(Op::BuildMap, 0, loc);
        for (node, stmt, number) in deferred {
            let ExprKind::Name { id, .. } = &node.target.kind else { continue };
            let mangled = crate::symbol::mangle(self.scope().private.as_deref(), id);
            let not_set = self.label();
            if *number >= 0 {
                self.load_const(Const::Int(*number), *stmt);
                if kind == ScopeType::Class {
                    let cell = self.implicit_freevar("__conditional_annotations__");
                    self.op_i(Op::LoadDeref, cell, *stmt);
                } else {
                    let index = self.name_index(&Rc::from("__conditional_annotations__"));
                    self.op_i(Op::LoadGlobal, index << 1, *stmt);
                }
                self.op_i(Op::ContainsOp, 0, *stmt);
                self.jump(Op::PopJumpIfFalse, not_set, *stmt);
            }
            self.expr(&node.annotation)?;
            self.op_i(Op::Copy, 2, *stmt);
            self.load_const(Const::str(&mangled), *stmt);
            self.op(Op::StoreSubscr, loc);
            self.place(not_set);
        }
        self.leave_annotations_scope(loc);
        Ok(())
    }

    fn check_ann_expr(&mut self, expr: &'a Expr) -> Result<()> {
        self.expr(expr)?;
        self.op(Op::PopTop, expr.loc);
        Ok(())
    }

    fn check_ann_subscr(&mut self, slice: &'a Expr) -> Result<()> {
        match &slice.kind {
            ExprKind::Slice { lower, upper, step } => {
                let parts = [lower, upper, step].into_iter().flatten();
                parts.into_iter().try_for_each(|part| self.check_ann_expr(part))
            }
            ExprKind::Tuple { elts, .. } => elts.iter().try_for_each(|elt| self.check_ann_subscr(elt)),
            _ => self.check_ann_expr(slice),
        }
    }
}

/// Is there an annotated assignment anywhere in these statements? 3.13 asks before it starts.
pub(crate) fn find_ann(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::AnnAssign(_) => true,
        StmtKind::For(node) => find_ann(&node.body) || find_ann(&node.orelse),
        StmtKind::While { body, orelse, .. } | StmtKind::If { body, orelse, .. } => find_ann(body) || find_ann(orelse),
        StmtKind::Match { cases, .. } => cases.iter().any(|case| find_ann(&case.body)),
        StmtKind::With(node) => find_ann(&node.body),
        StmtKind::Try(node) => {
            find_ann(&node.body)
                || node.handlers.iter().any(|handler| find_ann(&handler.body))
                || find_ann(&node.finalbody)
                || find_ann(&node.orelse)
        }
        _ => false,
    })
}
