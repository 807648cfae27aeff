//! Calls: methods without a bound object, `super()` without an object, keywords, `*` and `**`.
//!
//! The callee lies under its arguments, with NULL or `self` between. Follows CPython's `codegen.c`.

use crate::ast::*;
use crate::code::Const;
use crate::codegen::{Compiler, STACK_USE_GUIDELINE};
use crate::expression::{Build, INTRINSIC_LIST_TO_TUPLE};
use crate::ir::{Label, Location};
use crate::lower::Result;
use crate::opcode::Op;
use crate::symbol::{DEF_IMPORT, Scope};

const CONSTANT_BUILTIN_TUPLE: u32 = 2;
const CONSTANT_BUILTIN_ALL: u32 = 3;
const CONSTANT_BUILTIN_ANY: u32 = 4;

/// Where an attribute on a line of its own is shown: `update_start_location_to_match_attr`.
pub(crate) fn at_attribute(mut loc: Location, attribute: Location, attr: &str) -> Location {
    if loc.line != attribute.end_line {
        loc.line = attribute.end_line;
        let len = attr.chars().count() as i32;
        if len <= attribute.end_col {
            loc.col = attribute.end_col - len;
        } else {
            loc.col = -1;
            loc.end_col = -1;
        }
        loc.end_line = loc.line.max(loc.end_line);
        if loc.line == loc.end_line {
            loc.end_col = loc.col.max(loc.end_col);
        }
    }
    loc
}

impl<'a> Compiler<'a> {
    pub(crate) fn call(&mut self, func: &'a Expr, args: &'a [Expr], keywords: &'a [Keyword], loc: Location) -> Result<()> {
        self.validate_keywords(keywords)?;
        if self.method_call(func, args, keywords, loc)? {
            return Ok(());
        }
        let done = self.label();
        self.check_caller(func);
        self.expr(func)?;
        if self.v14() {
            self.builtin_call(func, args, keywords, done)?;
        }
        self.op(Op::PushNull, func.loc);
        self.call_helper(0, args, None, keywords, loc)?;
        self.place(done);
        Ok(())
    }

    fn validate_keywords(&self, keywords: &[Keyword]) -> Result<()> {
        for (i, keyword) in keywords.iter().enumerate() {
            let Some(arg) = &keyword.arg else { continue };
            if let Some(other) = keywords[i + 1..].iter().find(|other| other.arg.as_ref() == Some(arg)) {
                return self.error(other.loc, format!("keyword argument repeated: {arg}"));
            }
        }
        Ok(())
    }

    /// `value.method(…)` without a bound method object. `false`: not done.
    fn method_call(&mut self, func: &'a Expr, args: &'a [Expr], keywords: &'a [Keyword], loc: Location) -> Result<bool> {
        let ExprKind::Attribute { value, attr, ctx: Context::Load } = &func.kind else { return Ok(false) };
        if let ExprKind::Name { id, .. } = &value.kind
            && self.table.blocks[0].symbols.get(id).has(DEF_IMPORT)
        {
            return Ok(false);
        }
        let n = args.len() + keywords.len();
        if n + usize::from(!keywords.is_empty()) >= STACK_USE_GUIDELINE
            || args.iter().any(Expr::is_starred)
            || keywords.iter().any(|keyword| keyword.arg.is_none())
        {
            return Ok(false);
        }
        let place = at_attribute(func.loc, func.loc, attr);
        if let Some((callee, super_args)) = self.super_call(value, attr) {
            self.super_args(callee, super_args, value.loc)?;
            let index = self.name_index(attr);
            self.op_i(Op::LoadSuperAttr, index << 2 | if super_args.is_empty() { 1 } else { 3 }, func.loc);
            self.op(Op::Nop, place);
        } else {
            self.expr(value)?;
            let index = self.name_index(attr);
            self.op_i(Op::LoadAttr, index << 1 | 1, place);
        }
        args.iter().try_for_each(|arg| self.expr(arg))?;
        if !keywords.is_empty() {
            keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))?;
            self.keyword_names(keywords, place);
        }
        let op = if keywords.is_empty() { Op::Call } else { Op::CallKw };
        self.op_i(op, n as u32, at_attribute(loc, func.loc, attr));
        Ok(true)
    }

    fn keyword_names(&mut self, keywords: &[Keyword], loc: Location) {
        let names = keywords.iter().filter_map(|keyword| keyword.arg.as_deref()).map(Const::str).collect();
        self.load_const(Const::Tuple(names), loc);
    }

    /// `all`, `any` and `tuple` of a generator expression run it in place, if they are the builtins.
    fn builtin_call(&mut self, func: &'a Expr, args: &'a [Expr], keywords: &'a [Keyword], done: Label) -> Result<()> {
        let ExprKind::Name { id, .. } = &func.kind else { return Ok(()) };
        let [generator @ Expr { kind: ExprKind::Comp(comp), .. }] = args else { return Ok(()) };
        let is_async = self.table.lookup(comp.id).is_some_and(|at| self.table.blocks[at].coroutine);
        if comp.kind != CompKind::Generator || is_async || !keywords.is_empty() {
            return Ok(());
        }
        let (constant, initial, on) = match &**id {
            "all" => (CONSTANT_BUILTIN_ALL, true, Op::PopJumpIfTrue),
            "any" => (CONSTANT_BUILTIN_ANY, false, Op::PopJumpIfFalse),
            "tuple" => (CONSTANT_BUILTIN_TUPLE, true, Op::Jump),
            _ => return Ok(()),
        };
        let tuple = constant == CONSTANT_BUILTIN_TUPLE;
        let loc = func.loc;
        let skip = self.label();
        self.op_i(Op::Copy, 1, loc);
        self.op_i(Op::LoadCommonConstant, constant, loc);
        self.add_compare(CmpOp::Is, loc);
        self.jump(Op::PopJumpIfFalse, skip, loc);
        self.op(Op::PopTop, loc);
        if tuple {
            self.op_i(Op::BuildList, 0, loc);
        }
        self.expr(generator)?;
        let start = self.label();
        let cleanup = self.label();
        self.place(start);
        self.jump(Op::ForIter, cleanup, loc);
        if tuple {
            self.op_i(Op::ListAppend, 2, loc);
        } else {
            self.op(Op::ToBool, loc);
        }
        self.jump(on, start, loc);
        self.op(Op::PopIter, Location::NONE);
        if !tuple {
            self.load_const(Const::bool(!initial), loc);
        }
        self.jump(Op::Jump, done, loc);
        self.place(cleanup);
        self.op(Op::EndFor, Location::NONE);
        self.op(Op::PopIter, Location::NONE);
        if tuple {
            self.op_i(Op::CallIntrinsic1, INTRINSIC_LIST_TO_TUPLE, loc);
        } else {
            self.load_const(Const::bool(initial), loc);
        }
        self.jump(Op::Jump, done, loc);
        self.place(skip);
        Ok(())
    }

    /// Arguments and the call itself; `n` arguments are already on the stack.
    pub(crate) fn call_helper(
        &mut self,
        n: u32,
        args: &'a [Expr],
        injected: Option<&str>,
        keywords: &'a [Keyword],
        loc: Location,
    ) -> Result<()> {
        self.validate_keywords(keywords)?;
        let unpacks = args.iter().any(Expr::is_starred) || keywords.iter().any(|keyword| keyword.arg.is_none());
        if args.len() + keywords.len() * 2 <= STACK_USE_GUIDELINE && !unpacks {
            args.iter().try_for_each(|arg| self.expr(arg))?;
            let mut count = n + args.len() as u32;
            if let Some(name) = injected {
                self.name_op(name, Context::Load, loc)?;
                count += 1;
            }
            if keywords.is_empty() {
                self.op_i(Op::Call, count, loc);
            } else {
                keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))?;
                self.keyword_names(keywords, loc);
                self.op_i(Op::CallKw, count + keywords.len() as u32, loc);
            }
            return Ok(());
        }
        match args {
            [Expr { kind: ExprKind::Starred { value, .. }, .. }] if n == 0 && injected.is_none() => self.expr(value)?,
            _ => self.star_unpack(args, injected, n, Build::Tuple, loc)?,
        }
        let mut have_dict = false;
        let mut seen = 0;
        for (i, keyword) in keywords.iter().enumerate() {
            if keyword.arg.is_some() {
                seen += 1;
                continue;
            }
            if seen > 0 {
                self.sub_keywords(&keywords[i - seen..i], loc)?;
                if have_dict {
                    self.op_i(Op::DictMerge, 1, loc);
                }
                have_dict = true;
                seen = 0;
            }
            if !have_dict {
                self.op_i(Op::BuildMap, 0, loc);
                have_dict = true;
            }
            self.expr(&keyword.value)?;
            self.op_i(Op::DictMerge, 1, loc);
        }
        if seen > 0 {
            self.sub_keywords(&keywords[keywords.len() - seen..], loc)?;
            if have_dict {
                self.op_i(Op::DictMerge, 1, loc);
            }
        }
        if self.v14() {
            if keywords.is_empty() {
                self.op(Op::PushNull, loc);
            }
            self.op(Op::CallFunctionEx, loc);
        } else {
            self.op_i(Op::CallFunctionEx, u32::from(!keywords.is_empty()), loc);
        }
        Ok(())
    }

    fn sub_keywords(&mut self, keywords: &'a [Keyword], loc: Location) -> Result<()> {
        let n = keywords.len();
        let big = n * 2 > STACK_USE_GUIDELINE;
        if !self.v14() && n > 1 && !big {
            keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))?;
            self.keyword_names(keywords, loc);
            self.op_i(Op::BuildConstKeyMap, n as u32, loc);
            return Ok(());
        }
        if big {
            self.op_i(Op::BuildMap, 0, Location::NONE);
        }
        for keyword in keywords {
            if let Some(arg) = &keyword.arg {
                self.load_const(Const::str(arg), loc);
            }
            self.expr(&keyword.value)?;
            if big {
                self.op_i(Op::MapAdd, 1, Location::NONE);
            }
        }
        if !big {
            self.op_i(Op::BuildMap, n as u32, loc);
        }
        Ok(())
    }

    /// `super()` or `super(type, object)` before an attribute, if nothing shadows it.
    pub(crate) fn super_call(&self, value: &'a Expr, attr: &str) -> Option<(&'a Expr, &'a [Expr])> {
        let ExprKind::Call { func, args, keywords } = &value.kind else { return None };
        let ExprKind::Name { id, .. } = &func.kind else { return None };
        if &**id != "super" || attr == "__class__" || !keywords.is_empty() {
            return None;
        }
        if self.block().symbols.get("super").scope() != Scope::GlobalImplicit
            || self.table.blocks[0].symbols.get("super").scope() != Scope::Unknown
        {
            return None;
        }
        let usable = match args.len() {
            2 => !args.iter().any(Expr::is_starred),
            0 => {
                let unit = &self.scope().unit;
                unit.argcount + unit.posonlyargcount > 0 && self.ref_type("__class__") == Scope::Free
            }
            _ => false,
        };
        usable.then_some((&**func, args.as_slice()))
    }

    pub(crate) fn super_args(&mut self, func: &'a Expr, args: &'a [Expr], loc: Location) -> Result<()> {
        self.name_op("super", Context::Load, func.loc)?;
        if !args.is_empty() {
            return args.iter().try_for_each(|arg| self.expr(arg));
        }
        self.name_op("__class__", Context::Load, loc)?;
        let first = self.scope().unit.varnames.first().cloned();
        first.map_or(Ok(()), |first| self.name_access(&first, Context::Load, loc))
    }
}
