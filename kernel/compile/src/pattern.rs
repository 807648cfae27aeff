//! `match`: each pattern takes the subject off the stack and jumps away if it does not fit.
//!
//! Names are stored when the whole pattern fits; until then their values lie under what is still being matched.
//! Failing jumps to the block that pops exactly what is there. Follows CPython's `codegen.c`.

use crate::ast::*;
use crate::code::Const;
use crate::codegen::Compiler;
use crate::ir::{Label, Location};
use crate::lower::{Result, deeper};
use crate::opcode::Op;

/// Where code that has no place of its own takes the place of what comes next.
const NEXT_LOCATION: Location = Location { line: -2, end_line: -2, col: -2, end_col: -2 };

#[derive(Debug, Clone, Default)]
struct PatternContext {
    /// Names captured so far; their values are on the stack in this order.
    stores: Vec<Name>,
    allow_irrefutable: bool,
    /// `fail_pop[n]` pops `n` values.
    fail_pop: Vec<Label>,
    /// How many values have to stay on top of the captured ones.
    on_top: usize,
}

fn is_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::As { name: None, .. })
}

impl<'a> Compiler<'a> {
    pub(crate) fn match_(&mut self, subject: &'a Expr, cases: &'a [MatchCase]) -> Result<()> {
        self.expr(subject)?;
        let end = self.label();
        let Some((last, _)) = cases.split_last() else { return Ok(()) };
        let has_default = is_wildcard(&last.pattern) && cases.len() > 1;
        let tested = cases.len() - usize::from(has_default);
        for (i, case) in cases[..tested].iter().enumerate() {
            let loc = case.pattern.loc;
            let copied = i + 1 < tested;
            if copied {
                self.op_i(Op::Copy, 1, loc);
            }
            let mut pc = PatternContext { allow_irrefutable: case.guard.is_some() || i + 1 == cases.len(), ..PatternContext::default() };
            self.pattern(&case.pattern, &mut pc)?;
            for name in &pc.stores {
                self.name_access(name, Context::Store, loc)?;
            }
            if let Some(guard) = &case.guard {
                self.ensure_fail_pop(&mut pc, 0);
                self.jump_if(loc, guard, pc.fail_pop[0], false)?;
            }
            if copied {
                self.op(Op::PopTop, if self.v14() { NEXT_LOCATION } else { loc });
            }
            self.stmts(&case.body)?;
            self.jump(Op::Jump, end, Location::NONE);
            self.emit_fail_pop(&mut pc, loc);
        }
        if has_default {
            let loc = last.pattern.loc;
            self.op(Op::Nop, loc);
            if let Some(guard) = &last.guard {
                self.jump_if(loc, guard, end, false)?;
            }
            self.stmts(&last.body)?;
        }
        self.place(end);
        Ok(())
    }

    fn ensure_fail_pop(&mut self, pc: &mut PatternContext, n: usize) {
        while pc.fail_pop.len() <= n {
            let label = self.label();
            pc.fail_pop.push(label);
        }
    }

    fn fail(&mut self, pc: &mut PatternContext, op: Op, loc: Location) {
        let pops = pc.on_top + pc.stores.len();
        self.ensure_fail_pop(pc, pops);
        self.jump(op, pc.fail_pop[pops], loc);
    }

    fn emit_fail_pop(&mut self, pc: &mut PatternContext, loc: Location) {
        while pc.fail_pop.len() > 1 {
            if let Some(label) = pc.fail_pop.pop() {
                self.place(label);
            }
            self.op(Op::PopTop, loc);
        }
        if let Some(label) = pc.fail_pop.pop() {
            self.place(label);
        }
    }

    fn rotate(&mut self, count: usize, loc: Location) {
        for n in (2..=count).rev() {
            self.op_i(Op::Swap, n as u32, loc);
        }
    }

    fn store_name(&mut self, name: Option<&Name>, pc: &mut PatternContext, loc: Location) -> Result<()> {
        let Some(name) = name else {
            self.op(Op::PopTop, loc);
            return Ok(());
        };
        if pc.stores.contains(name) {
            return self.error(loc, format!("multiple assignments to name '{name}' in pattern"));
        }
        self.rotate(pc.on_top + pc.stores.len() + 1, loc);
        pc.stores.push(name.clone());
        Ok(())
    }

    fn pattern(&mut self, pattern: &'a Pattern, pc: &mut PatternContext) -> Result<()> {
        deeper(|| self.pattern_kind(pattern, pc))
    }

    fn pattern_kind(&mut self, pattern: &'a Pattern, pc: &mut PatternContext) -> Result<()> {
        let loc = pattern.loc;
        match &pattern.kind {
            PatternKind::Value(value) => {
                if !matches!(value.kind, ExprKind::Constant(_) | ExprKind::Attribute { .. }) {
                    return self.error(loc, "patterns may only match literals and attribute lookups");
                }
                self.expr(value)?;
                self.add_compare(CmpOp::Eq, loc);
                self.op(Op::ToBool, loc);
                self.fail(pc, Op::PopJumpIfFalse, loc);
                Ok(())
            }
            PatternKind::Singleton(value) => {
                self.load_const(value.clone(), loc);
                self.add_compare(CmpOp::Is, loc);
                self.fail(pc, Op::PopJumpIfFalse, loc);
                Ok(())
            }
            PatternKind::Sequence(patterns) => self.sequence_pattern(patterns, pc, loc),
            PatternKind::Mapping { keys, patterns, rest } => self.mapping_pattern(keys, patterns, rest.as_ref(), pc, loc),
            PatternKind::Class { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.class_pattern(cls, patterns, kwd_attrs, kwd_patterns, pc, loc)
            }
            PatternKind::Star(name) => self.store_name(name.as_ref(), pc, loc),
            PatternKind::As { pattern: None, name } => {
                if pc.allow_irrefutable {
                    return self.store_name(name.as_ref(), pc, loc);
                }
                match name {
                    Some(name) => self.error(loc, format!("name capture '{name}' makes remaining patterns unreachable")),
                    None => self.error(loc, "wildcard makes remaining patterns unreachable"),
                }
            }
            PatternKind::As { pattern: Some(inner), name } => {
                pc.on_top += 1;
                self.op_i(Op::Copy, 1, loc);
                self.pattern(inner, pc)?;
                pc.on_top -= 1;
                self.store_name(name.as_ref(), pc, loc)
            }
            PatternKind::Or(patterns) => self.or_pattern(patterns, pc, loc),
        }
    }

    /// A pattern inside another: it may be irrefutable.
    fn subpattern(&mut self, pattern: &'a Pattern, pc: &mut PatternContext) -> Result<()> {
        let before = std::mem::replace(&mut pc.allow_irrefutable, true);
        self.pattern(pattern, pc)?;
        pc.allow_irrefutable = before;
        Ok(())
    }

    fn sequence_pattern(&mut self, patterns: &'a [Pattern], pc: &mut PatternContext, loc: Location) -> Result<()> {
        let size = patterns.len();
        let mut star = None;
        let mut only_wildcard = true;
        let mut star_wildcard = false;
        for (i, pattern) in patterns.iter().enumerate() {
            if let PatternKind::Star(name) = &pattern.kind {
                if star.is_some() {
                    return self.error(loc, "multiple starred names in sequence pattern");
                }
                star_wildcard = name.is_none();
                only_wildcard &= star_wildcard;
                star = Some(i);
            } else {
                only_wildcard &= is_wildcard(pattern);
            }
        }
        pc.on_top += 1;
        self.op(Op::MatchSequence, loc);
        self.fail(pc, Op::PopJumpIfFalse, loc);
        if star.is_none() {
            self.length_check(size, CmpOp::Eq, pc, loc);
        } else if size > 1 {
            self.length_check(size - 1, CmpOp::GtE, pc, loc);
        }
        pc.on_top -= 1;
        match star {
            _ if only_wildcard => {
                self.op(Op::PopTop, loc);
                Ok(())
            }
            Some(star) if star_wildcard => self.sequence_subscr(patterns, star, pc, loc),
            _ => self.sequence_unpack(patterns, pc, loc),
        }
    }

    fn length_check(&mut self, size: usize, op: CmpOp, pc: &mut PatternContext, loc: Location) {
        self.op(Op::GetLen, loc);
        self.load_const(Const::Int(size as i64), loc);
        self.add_compare(op, loc);
        self.fail(pc, Op::PopJumpIfFalse, loc);
    }

    fn sequence_unpack(&mut self, patterns: &'a [Pattern], pc: &mut PatternContext, loc: Location) -> Result<()> {
        let n = patterns.len();
        match patterns.iter().position(|pattern| matches!(pattern.kind, PatternKind::Star(_))) {
            Some(i) => {
                let after = n - i - 1;
                if i >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                    return self.error(loc, "too many expressions in star-unpacking sequence pattern");
                }
                self.op_i(Op::UnpackEx, (i + (after << 8)) as u32, loc);
            }
            None => self.op_i(Op::UnpackSequence, n as u32, loc),
        }
        pc.on_top += n;
        for pattern in patterns {
            pc.on_top -= 1;
            self.subpattern(pattern, pc)?;
        }
        Ok(())
    }

    /// Around a `*_` items are taken by index.
    fn sequence_subscr(&mut self, patterns: &'a [Pattern], star: usize, pc: &mut PatternContext, loc: Location) -> Result<()> {
        pc.on_top += 1;
        for (i, pattern) in patterns.iter().enumerate() {
            if i == star || is_wildcard(pattern) {
                continue;
            }
            self.op_i(Op::Copy, 1, loc);
            if i < star {
                self.load_const(Const::Int(i as i64), loc);
            } else {
                self.op(Op::GetLen, loc);
                self.load_const(Const::Int((patterns.len() - i) as i64), loc);
                self.op_i(Op::BinaryOp, crate::expression::binop_arg(BinOp::Sub), loc);
            }
            self.binary_subscr(loc);
            self.subpattern(pattern, pc)?;
        }
        pc.on_top -= 1;
        self.op(Op::PopTop, loc);
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        keys: &'a [Expr],
        patterns: &'a [Pattern],
        rest: Option<&Name>,
        pc: &mut PatternContext,
        loc: Location,
    ) -> Result<()> {
        let size = keys.len();
        pc.on_top += 1;
        self.op(Op::MatchMapping, loc);
        self.fail(pc, Op::PopJumpIfFalse, loc);
        if size == 0 && rest.is_none() {
            pc.on_top -= 1;
            self.op(Op::PopTop, loc);
            return Ok(());
        }
        if size > 0 {
            self.length_check(size, CmpOp::GtE, pc, loc);
        }
        let mut seen: Vec<&Const> = Vec::new();
        for key in keys {
            match &key.kind {
                ExprKind::Constant(value) => {
                    if seen.iter().any(|other| same_key(other, value)) {
                        let text = crate::repr::repr(value);
                        return self.error(loc, format!("mapping pattern checks duplicate key ({text})"));
                    }
                    seen.push(value);
                }
                ExprKind::Attribute { .. } => {}
                _ => {
                    let msg = "mapping pattern keys may only match literals and attribute lookups";
                    return self.error(loc, msg);
                }
            }
            self.expr(key)?;
        }
        self.op_i(Op::BuildTuple, size as u32, loc);
        self.op(Op::MatchKeys, loc);
        pc.on_top += 2;
        self.op_i(Op::Copy, 1, loc);
        self.load_const(Const::None, loc);
        self.op_i(Op::IsOp, 1, loc);
        self.fail(pc, Op::PopJumpIfFalse, loc);
        self.op_i(Op::UnpackSequence, size as u32, loc);
        pc.on_top += size;
        pc.on_top -= 1;
        for pattern in patterns {
            pc.on_top -= 1;
            self.subpattern(pattern, pc)?;
        }
        pc.on_top -= 2;
        if rest.is_none() {
            self.op(Op::PopTop, loc);
            self.op(Op::PopTop, loc);
            return Ok(());
        }
        // rest = dict(subject), without the keys.
        self.op_i(Op::BuildMap, 0, loc);
        self.op_i(Op::Swap, 3, loc);
        self.op_i(Op::DictUpdate, 2, loc);
        self.op_i(Op::UnpackSequence, size as u32, loc);
        for n in (1..=size).rev() {
            self.op_i(Op::Copy, 1 + n as u32, loc);
            self.op_i(Op::Swap, 2, loc);
            self.op(Op::DeleteSubscr, loc);
        }
        self.store_name(rest, pc, loc)
    }

    fn class_pattern(
        &mut self,
        cls: &'a Expr,
        patterns: &'a [Pattern],
        attrs: &'a [Name],
        attr_patterns: &'a [Pattern],
        pc: &mut PatternContext,
        loc: Location,
    ) -> Result<()> {
        for (i, attr) in attrs.iter().enumerate() {
            if let Some(j) = attrs[i + 1..].iter().position(|other| other == attr) {
                let msg = format!("attribute name repeated in class pattern: {attr}");
                return self.error(attr_patterns[i + 1 + j].loc, msg);
            }
        }
        self.expr(cls)?;
        self.load_const(Const::Tuple(attrs.iter().map(|attr| Const::str(attr)).collect()), loc);
        self.op_i(Op::MatchClass, patterns.len() as u32, loc);
        self.op_i(Op::Copy, 1, loc);
        self.load_const(Const::None, loc);
        self.op_i(Op::IsOp, 1, loc);
        pc.on_top += 1;
        self.fail(pc, Op::PopJumpIfFalse, loc);
        let n = patterns.len() + attrs.len();
        self.op_i(Op::UnpackSequence, n as u32, loc);
        pc.on_top += n;
        pc.on_top -= 1;
        for pattern in patterns.iter().chain(attr_patterns) {
            pc.on_top -= 1;
            if is_wildcard(pattern) && matches!(pattern.kind, PatternKind::As { pattern: None, .. }) {
                self.op(Op::PopTop, loc);
                continue;
            }
            self.subpattern(pattern, pc)?;
        }
        Ok(())
    }

    fn or_pattern(&mut self, patterns: &'a [Pattern], pc: &mut PatternContext, loc: Location) -> Result<()> {
        let end = self.label();
        let size = patterns.len();
        let mut control: Vec<Name> = Vec::new();
        for (i, alternative) in patterns.iter().enumerate() {
            let place = alternative.loc;
            let mut inner = PatternContext { allow_irrefutable: i + 1 == size && pc.allow_irrefutable, ..PatternContext::default() };
            self.op_i(Op::Copy, 1, place);
            self.pattern(alternative, &mut inner)?;
            if i == 0 {
                control.clone_from(&inner.stores);
            } else {
                self.reorder(&control, &mut inner.stores, place, loc)?;
            }
            self.jump(Op::Jump, end, place);
            self.emit_fail_pop(&mut inner, place);
        }
        self.op(Op::PopTop, loc);
        self.fail(pc, Op::Jump, loc);
        self.place(end);
        let rotations = control.len() + 1 + pc.on_top + pc.stores.len();
        for name in control {
            self.rotate(rotations, loc);
            if pc.stores.contains(&name) {
                return self.error(loc, format!("multiple assignments to name '{name}' in pattern"));
            }
            pc.stores.push(name);
        }
        self.op(Op::PopTop, loc);
        Ok(())
    }

    /// Brings the captured values of an alternative into the order of the first one.
    fn reorder(&mut self, control: &[Name], stores: &mut Vec<Name>, place: Location, loc: Location) -> Result<()> {
        const DIFFERENT: &str = "alternative patterns bind different names";
        if stores.len() != control.len() {
            return self.error(loc, DIFFERENT);
        }
        for at in (0..control.len()).rev() {
            let Some(found) = stores.iter().position(|name| *name == control[at]) else {
                return self.error(loc, DIFFERENT);
            };
            if found == at {
                continue;
            }
            let rotated: Vec<Name> = stores.drain(..=found).collect();
            let to = at - found;
            stores.splice(to..to, rotated);
            for _ in 0..=found {
                self.rotate(at + 1, place);
            }
        }
        Ok(())
    }
}

/// Would the two be one key of a dict?
fn same_key(a: &Const, b: &Const) -> bool {
    let number = |value: &Const| match value {
        Const::True => Some(1.0),
        Const::False => Some(0.0),
        Const::Int(value) => Some(*value as f64),
        Const::Float(value) => Some(*value),
        Const::Complex(real, imag) if *imag == 0.0 => Some(*real),
        _ => None,
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}
