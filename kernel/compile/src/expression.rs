//! Expressions: each leaves one value on the stack, or takes one off it when it is a target.
//!
//! Conditions jump without making a bool where they can (`jump_if`). Follows CPython's `codegen.c`.

use crate::ast::*;
use crate::call::at_attribute;
use crate::code::Const;
use crate::codegen::{Compiler, STACK_USE_GUIDELINE, ScopeType};
use crate::ir::{Label, Location};
use crate::lower::{Result, deeper};
use crate::opcode::Op;

const NB_SUBSCR: u32 = 26;
const INTRINSIC_ASYNC_GEN_WRAP: u32 = 4;
const INTRINSIC_UNARY_POSITIVE: u32 = 5;
pub(crate) const INTRINSIC_LIST_TO_TUPLE: u32 = 6;
const RESUME_AFTER_YIELD: u32 = 1;

/// `arg` of `BINARY_OP`; in-place operators are 13 further.
pub(crate) fn binop_arg(op: BinOp) -> u32 {
    match op {
        BinOp::Add => 0,
        BinOp::BitAnd => 1,
        BinOp::FloorDiv => 2,
        BinOp::LShift => 3,
        BinOp::MatMult => 4,
        BinOp::Mult => 5,
        BinOp::Mod => 6,
        BinOp::BitOr => 7,
        BinOp::Pow => 8,
        BinOp::RShift => 9,
        BinOp::Sub => 10,
        BinOp::Div => 11,
        BinOp::BitXor => 12,
    }
}

impl<'a> Compiler<'a> {
    pub(crate) fn expr(&mut self, expr: &'a Expr) -> Result<()> {
        deeper(|| self.expr_kind(expr))
    }

    fn exprs(&mut self, exprs: &'a [Expr]) -> Result<()> {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    fn expr_kind(&mut self, expr: &'a Expr) -> Result<()> {
        let loc = expr.loc;
        match &expr.kind {
            ExprKind::Named { target, value } => {
                self.expr(value)?;
                self.op_i(Op::Copy, 1, loc);
                self.expr(target)?;
            }
            ExprKind::BoolOp { op, values } => self.bool_op(*op, values, loc)?,
            ExprKind::BinOp { left, op, right } => {
                self.expr(left)?;
                self.expr(right)?;
                self.op_i(Op::BinaryOp, binop_arg(*op), loc);
            }
            ExprKind::UnaryOp { op, operand } => {
                self.expr(operand)?;
                match op {
                    UnaryOp::UAdd => self.op_i(Op::CallIntrinsic1, INTRINSIC_UNARY_POSITIVE, loc),
                    UnaryOp::Not => {
                        self.op(Op::ToBool, loc);
                        self.op(Op::UnaryNot, loc);
                    }
                    UnaryOp::Invert => self.op(Op::UnaryInvert, loc),
                    UnaryOp::USub => self.op(Op::UnaryNegative, loc),
                }
            }
            ExprKind::Lambda(lambda) => self.lambda(lambda, loc)?,
            ExprKind::IfExp { test, body, orelse } => {
                let end = self.label();
                let next = self.label();
                self.jump_if(loc, test, next, false)?;
                self.expr(body)?;
                self.jump(Op::JumpNoInterrupt, end, Location::NONE);
                self.place(next);
                self.expr(orelse)?;
                self.place(end);
            }
            ExprKind::Dict { keys, values } => self.dict(keys, values, loc)?,
            ExprKind::Set(elts) => self.star_unpack(elts, None, 0, Build::Set, loc)?,
            ExprKind::Comp(comp) => self.comprehension(comp, loc)?,
            ExprKind::Yield(value) => {
                if !self.block().is_function_like() {
                    return self.error(loc, "'yield' outside function");
                }
                match value {
                    Some(value) => self.expr(value)?,
                    None => self.load_const(Const::None, loc),
                }
                self.add_yield(loc);
            }
            ExprKind::YieldFrom(value) => {
                if !self.block().is_function_like() {
                    return self.error(loc, "'yield from' outside function");
                }
                if self.scope().kind == ScopeType::AsyncFunction {
                    return self.error(loc, "'yield from' inside async function");
                }
                self.expr(value)?;
                self.op(Op::GetYieldFromIter, loc);
                self.load_const(Const::None, loc);
                self.add_yield_from(loc, false);
            }
            ExprKind::Await(value) => {
                self.expr(value)?;
                self.await_value(0, loc);
            }
            ExprKind::Compare { left, ops, comparators } => self.compare(left, ops, comparators, loc)?,
            ExprKind::Call { func, args, keywords } => self.call(func, args, keywords, loc)?,
            ExprKind::Constant(value) => self.load_const(value.clone(), loc),
            ExprKind::JoinedStr(values) => self.joined(values, loc)?,
            ExprKind::TemplateStr(values) => self.template(values, loc)?,
            ExprKind::FormattedValue { value, conversion, spec } => {
                self.expr(value)?;
                if *conversion != -1 {
                    self.op_i(Op::ConvertValue, conversion_arg(*conversion), loc);
                }
                match spec {
                    Some(spec) => {
                        self.expr(spec)?;
                        self.op(Op::FormatWithSpec, loc);
                    }
                    None => self.op(Op::FormatSimple, loc),
                }
            }
            ExprKind::Interpolation { value, text, conversion, spec } => {
                self.expr(value)?;
                self.load_const(text.clone(), loc);
                let mut arg = 2;
                if let Some(spec) = spec {
                    arg += 1;
                    self.expr(spec)?;
                }
                if *conversion != -1 {
                    arg |= conversion_arg(*conversion) << 2;
                }
                self.op_i(Op::BuildInterpolation, arg, loc);
            }
            ExprKind::Attribute { value, attr, ctx } => self.attribute(expr, value, attr, *ctx)?,
            ExprKind::Subscript { value, slice, ctx } => self.subscript(value, slice, *ctx, loc)?,
            ExprKind::Starred { ctx: Context::Store, .. } => {
                return self.error(loc, "starred assignment target must be in a list or tuple");
            }
            ExprKind::Starred { .. } => return self.error(loc, "can't use starred expression here"),
            ExprKind::Slice { lower, upper, step } => {
                if self.v14()
                    && let Some(value) = constant_slice(expr)
                {
                    self.load_const(value, loc);
                    return Ok(());
                }
                self.part(lower.as_deref(), loc)?;
                self.part(upper.as_deref(), loc)?;
                if let Some(step) = step {
                    self.expr(step)?;
                }
                self.op_i(Op::BuildSlice, if step.is_some() { 3 } else { 2 }, loc);
            }
            ExprKind::Name { id, ctx } => self.name_access(id, *ctx, loc)?,
            ExprKind::List { elts, ctx } => match ctx {
                Context::Store => self.assign_elements(elts, loc)?,
                Context::Load => self.star_unpack(elts, None, 0, Build::List, loc)?,
                Context::Del => self.exprs(elts)?,
            },
            ExprKind::Tuple { elts, ctx } => match ctx {
                Context::Store => self.assign_elements(elts, loc)?,
                Context::Load => self.star_unpack(elts, None, 0, Build::Tuple, loc)?,
                Context::Del => self.exprs(elts)?,
            },
        }
        Ok(())
    }

    fn attribute(&mut self, expr: &'a Expr, value: &'a Expr, attr: &'a Name, ctx: Context) -> Result<()> {
        let loc = expr.loc;
        let place = at_attribute(loc, loc, attr);
        if ctx == Context::Load
            && let Some((func, args)) = self.super_call(value, attr)
        {
            self.super_args(func, args, value.loc)?;
            let index = self.name_index(attr);
            self.op_i(Op::LoadSuperAttr, index << 2 | if args.is_empty() { 0 } else { 2 }, loc);
            self.op(Op::Nop, place);
            return Ok(());
        }
        let outer = self.scopes.len() - 1;
        if ctx == Context::Store
            && let ExprKind::Name { id, .. } = &value.kind
            && &**id == "self"
            && let Some(class) = self.scopes[..outer].iter_mut().rev().find(|scope| scope.kind == ScopeType::Class)
        {
            class.static_attributes.insert(attr.clone());
        }
        self.expr(value)?;
        let index = self.name_index(attr);
        match ctx {
            Context::Load => self.op_i(Op::LoadAttr, index << 1, place),
            Context::Store => self.op_i(Op::StoreAttr, index, place),
            Context::Del => self.op_i(Op::DeleteAttr, index, place),
        }
        Ok(())
    }

    pub(crate) fn binary_subscr(&mut self, loc: Location) {
        if self.v14() {
            self.op_i(Op::BinaryOp, NB_SUBSCR, loc);
        } else {
            self.op(Op::BinarySubscr, loc);
        }
    }

    fn subscript(&mut self, value: &'a Expr, slice: &'a Expr, ctx: Context, loc: Location) -> Result<()> {
        if ctx == Context::Load {
            self.check_subscripter(value);
            self.check_index(value, slice);
        }
        self.expr(value)?;
        if ctx != Context::Del && self.two_part_slice(slice) {
            self.slice_parts(slice)?;
            self.op(if ctx == Context::Load { Op::BinarySlice } else { Op::StoreSlice }, loc);
            return Ok(());
        }
        self.expr(slice)?;
        match ctx {
            Context::Load => self.binary_subscr(loc),
            Context::Store => self.op(Op::StoreSubscr, loc),
            Context::Del => self.op(Op::DeleteSubscr, loc),
        }
        Ok(())
    }

    /// Is it a slice without step, whose two ends go on the stack?
    pub(crate) fn two_part_slice(&self, slice: &Expr) -> bool {
        matches!(&slice.kind, ExprKind::Slice { step: None, .. }) && !(self.v14() && constant_slice(slice).is_some())
    }

    pub(crate) fn slice_parts(&mut self, slice: &'a Expr) -> Result<()> {
        let ExprKind::Slice { lower, upper, .. } = &slice.kind else { return Ok(()) };
        self.part(lower.as_deref(), slice.loc)?;
        self.part(upper.as_deref(), slice.loc)
    }

    fn part(&mut self, part: Option<&'a Expr>, loc: Location) -> Result<()> {
        match part {
            Some(part) => self.expr(part),
            None => {
                self.load_const(Const::None, loc);
                Ok(())
            }
        }
    }

    pub(crate) fn add_yield(&mut self, loc: Location) {
        if self.block().generator && self.block().coroutine {
            self.op_i(Op::CallIntrinsic1, INTRINSIC_ASYNC_GEN_WRAP, loc);
        }
        self.op_i(Op::YieldValue, 0, loc);
        self.op_i(Op::Resume, RESUME_AFTER_YIELD, loc);
    }

    fn bool_op(&mut self, op: BoolOp, values: &'a [Expr], loc: Location) -> Result<()> {
        let end = self.label();
        let Some((last, rest)) = values.split_last() else { return Ok(()) };
        for value in rest {
            self.expr(value)?;
            if self.v14() {
                self.jump(if op == BoolOp::And { Op::JumpIfFalse } else { Op::JumpIfTrue }, end, loc);
            } else {
                self.op_i(Op::Copy, 1, loc);
                self.op(Op::ToBool, loc);
                self.jump(if op == BoolOp::And { Op::PopJumpIfFalse } else { Op::PopJumpIfTrue }, end, loc);
            }
            self.op(Op::PopTop, loc);
        }
        self.expr(last)?;
        self.place(end);
        Ok(())
    }

    /// Jumps to `next` if the truth of `expr` is `cond`.
    pub(crate) fn jump_if(&mut self, loc: Location, expr: &'a Expr, next: Label, cond: bool) -> Result<()> {
        deeper(|| self.jump_if_kind(loc, expr, next, cond))
    }

    fn jump_if_kind(&mut self, loc: Location, expr: &'a Expr, next: Label, cond: bool) -> Result<()> {
        let place = expr.loc;
        let jump = if cond { Op::PopJumpIfTrue } else { Op::PopJumpIfFalse };
        match &expr.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => return self.jump_if(loc, operand, next, !cond),
            ExprKind::BoolOp { op, values } => {
                let cond2 = *op == BoolOp::Or;
                let next2 = if cond2 == cond { next } else { self.label() };
                let Some((last, rest)) = values.split_last() else { return Ok(()) };
                for value in rest {
                    self.jump_if(loc, value, next2, cond2)?;
                }
                self.jump_if(loc, last, next, cond)?;
                if next2 != next {
                    self.place(next2);
                }
                return Ok(());
            }
            ExprKind::IfExp { test, body, orelse } => {
                let end = self.label();
                let next2 = self.label();
                self.jump_if(loc, test, next2, false)?;
                self.jump_if(loc, body, next, cond)?;
                self.jump(Op::JumpNoInterrupt, end, Location::NONE);
                self.place(next2);
                self.jump_if(loc, orelse, next, cond)?;
                self.place(end);
                return Ok(());
            }
            ExprKind::Compare { left, ops, comparators } if ops.len() > 1 => {
                self.check_compare(left, ops, comparators, place);
                let cleanup = self.label();
                let last = ops.len() - 1;
                self.expr(left)?;
                for i in 0..last {
                    self.expr(&comparators[i])?;
                    self.op_i(Op::Swap, 2, place);
                    self.op_i(Op::Copy, 2, place);
                    self.add_compare(ops[i], place);
                    self.op(Op::ToBool, place);
                    self.jump(Op::PopJumpIfFalse, cleanup, place);
                }
                self.expr(&comparators[last])?;
                self.add_compare(ops[last], place);
                self.op(Op::ToBool, place);
                self.jump(jump, next, place);
                let end = self.label();
                self.jump(Op::JumpNoInterrupt, end, Location::NONE);
                self.place(cleanup);
                self.op(Op::PopTop, place);
                if !cond {
                    self.jump(Op::JumpNoInterrupt, next, Location::NONE);
                }
                self.place(end);
                return Ok(());
            }
            _ => {}
        }
        self.expr(expr)?;
        self.op(Op::ToBool, place);
        self.jump(jump, next, place);
        Ok(())
    }

    fn compare(&mut self, left: &'a Expr, ops: &'a [CmpOp], comparators: &'a [Expr], loc: Location) -> Result<()> {
        self.check_compare(left, ops, comparators, loc);
        self.expr(left)?;
        let last = ops.len() - 1;
        if last == 0 {
            self.expr(&comparators[0])?;
            self.add_compare(ops[0], loc);
            return Ok(());
        }
        let cleanup = self.label();
        for i in 0..last {
            self.expr(&comparators[i])?;
            self.op_i(Op::Swap, 2, loc);
            self.op_i(Op::Copy, 2, loc);
            self.add_compare(ops[i], loc);
            self.op_i(Op::Copy, 1, loc);
            self.op(Op::ToBool, loc);
            self.jump(Op::PopJumpIfFalse, cleanup, loc);
            self.op(Op::PopTop, loc);
        }
        self.expr(&comparators[last])?;
        self.add_compare(ops[last], loc);
        let end = self.label();
        self.jump(Op::JumpNoInterrupt, end, Location::NONE);
        self.place(cleanup);
        self.op_i(Op::Swap, 2, loc);
        self.op(Op::PopTop, loc);
        self.place(end);
        Ok(())
    }

    pub(crate) fn add_compare(&mut self, op: CmpOp, loc: Location) {
        // The comparison, and the mask of results that make it true: 2 less, 4 greater, 8 equal, 7 anything else.
        let (compare, mask) = match op {
            CmpOp::Lt => (0, 2),
            CmpOp::LtE => (1, 10),
            CmpOp::Eq => (2, 8),
            CmpOp::NotEq => (3, 7),
            CmpOp::Gt => (4, 4),
            CmpOp::GtE => (5, 12),
            CmpOp::Is => return self.op_i(Op::IsOp, 0, loc),
            CmpOp::IsNot => return self.op_i(Op::IsOp, 1, loc),
            CmpOp::In => return self.op_i(Op::ContainsOp, 0, loc),
            CmpOp::NotIn => return self.op_i(Op::ContainsOp, 1, loc),
        };
        self.op_i(Op::CompareOp, compare << 5 | mask, loc);
    }

    /// Builds a container of `pushed` values on the stack and of `elts`, and perhaps of one more name.
    pub(crate) fn star_unpack(&mut self, elts: &'a [Expr], injected: Option<&str>, pushed: u32, build: Build, loc: Location) -> Result<()> {
        let n = elts.len() as u32;
        if !self.v14() && n > 2 && injected.is_none() && elts.iter().all(|elt| elt.constant().is_some()) {
            self.const_container(elts, pushed, build, loc);
            return Ok(());
        }
        let (make, add, extend) = match build {
            Build::List | Build::Tuple => (Op::BuildList, Op::ListAppend, Op::ListExtend),
            Build::Set => (Op::BuildSet, Op::SetAdd, Op::SetUpdate),
        };
        let extra = u32::from(injected.is_some());
        let big = (n + pushed + extra) as usize > STACK_USE_GUIDELINE;
        if !big && !elts.iter().any(Expr::is_starred) {
            self.exprs(elts)?;
            if let Some(name) = injected {
                self.name_op(name, Context::Load, loc)?;
            }
            let make = if build == Build::Tuple { Op::BuildTuple } else { make };
            self.op_i(make, n + pushed + extra, loc);
            return Ok(());
        }
        let mut built = false;
        if big {
            self.op_i(make, pushed, loc);
            built = true;
        }
        for (i, elt) in elts.iter().enumerate() {
            if let ExprKind::Starred { value, .. } = &elt.kind {
                if !built {
                    self.op_i(make, i as u32 + pushed, loc);
                    built = true;
                }
                self.expr(value)?;
                self.op_i(extend, 1, loc);
            } else {
                self.expr(elt)?;
                if built {
                    self.op_i(add, 1, loc);
                }
            }
        }
        if let Some(name) = injected {
            self.name_op(name, Context::Load, loc)?;
            self.op_i(add, 1, loc);
        }
        if build == Build::Tuple {
            self.op_i(Op::CallIntrinsic1, INTRINSIC_LIST_TO_TUPLE, loc);
        }
        Ok(())
    }

    /// 3.13 makes one constant of three and more here; later versions leave it to the flow graph.
    fn const_container(&mut self, elts: &[Expr], pushed: u32, build: Build, loc: Location) {
        let items: Vec<Const> = elts.iter().filter_map(|elt| elt.constant().cloned()).collect();
        if build == Build::Tuple && pushed == 0 {
            return self.load_const(Const::Tuple(items.into()), loc);
        }
        if build == Build::Set {
            self.op_i(Op::BuildSet, pushed, loc);
            self.load_const(crate::arithmetic::frozenset(items), loc);
            self.op_i(Op::SetUpdate, 1, loc);
            return;
        }
        self.op_i(Op::BuildList, pushed, loc);
        self.load_const(Const::Tuple(items.into()), loc);
        self.op_i(Op::ListExtend, 1, loc);
        if build == Build::Tuple {
            self.op_i(Op::CallIntrinsic1, INTRINSIC_LIST_TO_TUPLE, loc);
        }
    }

    fn assign_elements(&mut self, elts: &'a [Expr], loc: Location) -> Result<()> {
        let n = elts.len();
        let mut seen_star = false;
        for (i, elt) in elts.iter().enumerate() {
            if !elt.is_starred() {
                continue;
            }
            if seen_star {
                return self.error(loc, "multiple starred expressions in assignment");
            }
            let after = n - i - 1;
            if i >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                return self.error(loc, "too many expressions in star-unpacking assignment");
            }
            self.op_i(Op::UnpackEx, (i + (after << 8)) as u32, loc);
            seen_star = true;
        }
        if !seen_star {
            self.op_i(Op::UnpackSequence, n as u32, loc);
        }
        for elt in elts {
            match &elt.kind {
                ExprKind::Starred { value, .. } => self.expr(value)?,
                _ => self.expr(elt)?,
            }
        }
        Ok(())
    }

    fn dict(&mut self, keys: &'a [Option<Expr>], values: &'a [Expr], loc: Location) -> Result<()> {
        let mut have_dict = false;
        let mut elements = 0;
        for (i, (key, value)) in keys.iter().zip(values).enumerate() {
            if key.is_none() {
                if elements > 0 {
                    self.sub_dict(&keys[i - elements..i], &values[i - elements..i], loc)?;
                    if have_dict {
                        self.op_i(Op::DictUpdate, 1, loc);
                    }
                    have_dict = true;
                    elements = 0;
                }
                if !have_dict {
                    self.op_i(Op::BuildMap, 0, loc);
                    have_dict = true;
                }
                self.expr(value)?;
                self.op_i(Op::DictUpdate, 1, loc);
            } else if elements * 2 > STACK_USE_GUIDELINE {
                self.sub_dict(&keys[i - elements..=i], &values[i - elements..=i], loc)?;
                if have_dict {
                    self.op_i(Op::DictUpdate, 1, loc);
                }
                have_dict = true;
                elements = 0;
            } else {
                elements += 1;
            }
        }
        if elements > 0 {
            let from = keys.len() - elements;
            self.sub_dict(&keys[from..], &values[from..], loc)?;
            if have_dict {
                self.op_i(Op::DictUpdate, 1, loc);
            }
            have_dict = true;
        }
        if !have_dict {
            self.op_i(Op::BuildMap, 0, loc);
        }
        Ok(())
    }

    fn sub_dict(&mut self, keys: &'a [Option<Expr>], values: &'a [Expr], loc: Location) -> Result<()> {
        let n = keys.len();
        let big = n * 2 > STACK_USE_GUIDELINE;
        let constants = || keys.iter().map(|key| key.as_ref()?.constant().cloned()).collect::<Option<Vec<Const>>>();
        if !self.v14()
            && n > 1
            && !big
            && let Some(names) = constants()
        {
            self.exprs(values)?;
            self.load_const(Const::Tuple(names.into()), loc);
            self.op_i(Op::BuildConstKeyMap, n as u32, loc);
            return Ok(());
        }
        if big {
            self.op_i(Op::BuildMap, 0, loc);
        }
        for (key, value) in keys.iter().zip(values) {
            if let Some(key) = key {
                self.expr(key)?;
            }
            self.expr(value)?;
            if big {
                self.op_i(Op::MapAdd, 1, loc);
            }
        }
        if !big {
            self.op_i(Op::BuildMap, n as u32, loc);
        }
        Ok(())
    }

    fn joined(&mut self, values: &'a [Expr], loc: Location) -> Result<()> {
        if values.len() > STACK_USE_GUIDELINE {
            self.load_const(Const::str(""), loc);
            let join = self.name_index(&Name::from("join"));
            self.op_i(Op::LoadAttr, join << 1 | 1, loc);
            self.op_i(Op::BuildList, 0, loc);
            for value in values {
                self.expr(value)?;
                self.op_i(Op::ListAppend, 1, loc);
            }
            self.op_i(Op::Call, 1, loc);
            return Ok(());
        }
        self.exprs(values)?;
        match values.len() {
            0 => self.load_const(Const::str(""), loc),
            1 => {}
            n => self.op_i(Op::BuildString, n as u32, loc),
        }
        Ok(())
    }

    fn template(&mut self, values: &'a [Expr], loc: Location) -> Result<()> {
        let mut after_field = true;
        let mut strings = 0;
        for value in values {
            if matches!(value.kind, ExprKind::Interpolation { .. }) {
                if after_field {
                    self.load_const(Const::str(""), loc);
                    strings += 1;
                }
                after_field = true;
            } else {
                self.expr(value)?;
                strings += 1;
                after_field = false;
            }
        }
        if after_field {
            self.load_const(Const::str(""), loc);
            strings += 1;
        }
        self.op_i(Op::BuildTuple, strings, loc);
        let mut fields = 0;
        for value in values.iter().filter(|value| matches!(value.kind, ExprKind::Interpolation { .. })) {
            self.expr(value)?;
            fields += 1;
        }
        self.op_i(Op::BuildTuple, fields, loc);
        self.op(Op::BuildTemplate, loc);
        Ok(())
    }
}

/// What [`Compiler::star_unpack`] makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    List,
    Tuple,
    Set,
}

fn conversion_arg(conversion: i32) -> u32 {
    match u8::try_from(conversion) {
        Ok(b's') => 1,
        Ok(b'r') => 2,
        _ => 3,
    }
}

fn constant_slice(slice: &Expr) -> Option<Const> {
    let ExprKind::Slice { lower, upper, step } = &slice.kind else { return None };
    let part = |part: &Option<Box<Expr>>| match part {
        Some(part) => part.constant().cloned(),
        None => Some(Const::None),
    };
    Some(Const::Slice([part(lower)?, part(upper)?, part(step)?].into()))
}
