//! Whether a tree that a program has made can be compiled: what no source text could say is refused.
//!
//! Messages are those of CPython's `Python/ast.c`.

use crate::ast::*;
use crate::code::Const;
use crate::lower::deeper;

type Check = Result<(), String>;

/// Checks a whole tree.
pub(crate) fn module(module: &Module) -> Check {
    match module {
        Module::Exec(body) | Module::Single(body) => body.iter().try_for_each(stmt),
        Module::Eval(value) => load(value),
    }
}

fn load(value: &Expr) -> Check {
    expr(value, Context::Load)
}

fn loads<'a>(values: impl IntoIterator<Item = &'a Expr>) -> Check {
    values.into_iter().try_for_each(load)
}

fn not_empty<T>(items: &[T], what: &str, owner: &str) -> Check {
    if items.is_empty() { Err(format!("empty {what} on {owner}")) } else { Ok(()) }
}

fn body(body: &[Stmt], owner: &str) -> Check {
    not_empty(body, "body", owner)?;
    body.iter().try_for_each(stmt)
}

fn assigned(targets: &[Expr], owner: &str, context: Context) -> Check {
    not_empty(targets, "targets", owner)?;
    targets.iter().try_for_each(|target| expr(target, context))
}

fn stmt(stmt: &Stmt) -> Check {
    deeper(|| stmt_kind(&stmt.kind))
}

fn stmt_kind(kind: &StmtKind) -> Check {
    match kind {
        StmtKind::FunctionDef(def) => {
            body(&def.body, if def.is_async { "AsyncFunctionDef" } else { "FunctionDef" })?;
            type_params(def.type_params.as_ref())?;
            arguments(&def.args)?;
            loads(def.decorators.iter().chain(&def.returns))
        }
        StmtKind::ClassDef(def) => {
            body(&def.body, "ClassDef")?;
            type_params(def.type_params.as_ref())?;
            loads(def.bases.iter().chain(def.keywords.iter().map(|keyword| &keyword.value)).chain(&def.decorators))
        }
        StmtKind::Return(value) => loads(value.as_deref()),
        StmtKind::Delete(targets) => assigned(targets, "Delete", Context::Del),
        StmtKind::Assign { targets, value } => {
            assigned(targets, "Assign", Context::Store)?;
            load(value)
        }
        StmtKind::TypeAlias(alias) => {
            if !matches!(alias.name.kind, ExprKind::Name { .. }) {
                return Err("TypeAlias with non-Name name".to_owned());
            }
            expr(&alias.name, Context::Store)?;
            type_params(alias.type_params.as_ref())?;
            load(&alias.value)
        }
        StmtKind::AugAssign { target, value, .. } => {
            expr(target, Context::Store)?;
            load(value)
        }
        StmtKind::AnnAssign(assign) => {
            if assign.simple && !matches!(assign.target.kind, ExprKind::Name { .. }) {
                return Err("AnnAssign with simple non-Name target".to_owned());
            }
            expr(&assign.target, Context::Store)?;
            loads(std::iter::once(&assign.annotation).chain(&assign.value))
        }
        StmtKind::For(each) => {
            expr(&each.target, Context::Store)?;
            load(&each.iter)?;
            body(&each.body, if each.is_async { "AsyncFor" } else { "For" })?;
            each.orelse.iter().try_for_each(stmt)
        }
        StmtKind::While { test, body: inner, orelse } => {
            load(test)?;
            body(inner, "While")?;
            orelse.iter().try_for_each(stmt)
        }
        StmtKind::If { test, body: inner, orelse } => {
            load(test)?;
            body(inner, "If")?;
            orelse.iter().try_for_each(stmt)
        }
        StmtKind::With(with) => {
            let name = if with.is_async { "AsyncWith" } else { "With" };
            not_empty(&with.items, "items", name)?;
            for item in &with.items {
                load(&item.context)?;
                item.vars.iter().try_for_each(|target| expr(target, Context::Store))?;
            }
            body(&with.body, name)
        }
        StmtKind::Match { subject, cases } => {
            load(subject)?;
            not_empty(cases, "cases", "Match")?;
            cases.iter().try_for_each(|case| {
                pattern(&case.pattern, false)?;
                loads(&case.guard)?;
                body(&case.body, "match_case")
            })
        }
        StmtKind::Raise { exc: None, cause: Some(_) } => Err("Raise with cause but no exception".to_owned()),
        StmtKind::Raise { exc, cause } => loads(exc.iter().chain(cause)),
        StmtKind::Try(attempt) => try_(attempt),
        StmtKind::Assert { test, msg } => loads(std::iter::once(test).chain(msg)),
        StmtKind::Import(names) => not_empty(names, "names", "Import"),
        StmtKind::ImportFrom { names, .. } => not_empty(names, "names", "ImportFrom"),
        StmtKind::Global(names) => not_empty(names, "names", "Global"),
        StmtKind::Nonlocal(names) => not_empty(names, "names", "Nonlocal"),
        StmtKind::Expr(value) => load(value),
        StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
    }
}

fn try_(attempt: &Try) -> Check {
    let name = if attempt.is_star { "TryStar" } else { "Try" };
    body(&attempt.body, name)?;
    if attempt.handlers.is_empty() && attempt.finalbody.is_empty() {
        return Err(format!("{name} has neither handlers nor finalbody"));
    }
    if attempt.handlers.is_empty() && !attempt.orelse.is_empty() {
        return Err(format!("{name} has orelse but no except handlers"));
    }
    for handler in &attempt.handlers {
        if attempt.is_star && handler.kind.is_none() {
            return Err("TryStar handler has no type".to_owned());
        }
        loads(&handler.kind)?;
        body(&handler.body, "ExceptHandler")?;
    }
    attempt.orelse.iter().chain(&attempt.finalbody).try_for_each(stmt)
}

fn type_params(params: Option<&TypeParams>) -> Check {
    params.iter().flat_map(|list| &list.params).try_for_each(|param| loads(param.bound.iter().chain(&param.default)))
}

fn arguments(args: &Arguments) -> Check {
    if args.defaults.len() > args.posonlyargs.len() + args.args.len() {
        return Err("more positional defaults than args on arguments".to_owned());
    }
    if args.kw_defaults.len() != args.kwonlyargs.len() {
        return Err("length of kwonlyargs is not the same as kw_defaults on arguments".to_owned());
    }
    let all = args.posonlyargs.iter().chain(&args.args).chain(args.vararg.as_deref()).chain(&args.kwonlyargs).chain(args.kwarg.as_deref());
    loads(all.filter_map(|arg| arg.annotation.as_ref()))?;
    loads(args.defaults.iter().chain(args.kw_defaults.iter().flatten()))
}

/// An expression in the context that its place asks for.
fn expr(value: &Expr, context: Context) -> Check {
    deeper(|| {
        let given = match &value.kind {
            ExprKind::Attribute { ctx, .. }
            | ExprKind::Subscript { ctx, .. }
            | ExprKind::Starred { ctx, .. }
            | ExprKind::Name { ctx, .. }
            | ExprKind::List { ctx, .. }
            | ExprKind::Tuple { ctx, .. } => *ctx,
            _ if context != Context::Load => {
                return Err(format!("expression which can't be assigned to in {context:?} context"));
            }
            _ => Context::Load,
        };
        if given != context {
            return Err(format!("expression must have {context:?} context but has {given:?} instead"));
        }
        expr_kind(&value.kind, context)
    })
}

fn expr_kind(kind: &ExprKind, context: Context) -> Check {
    match kind {
        ExprKind::BoolOp { values, .. } if values.len() < 2 => Err("BoolOp with less than 2 values".to_owned()),
        ExprKind::BoolOp { values, .. } | ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => loads(values),
        ExprKind::Named { target, value } => {
            if !matches!(target.kind, ExprKind::Name { .. }) {
                return Err("NamedExpr target must be a Name".to_owned());
            }
            expr(target, Context::Store)?;
            load(value)
        }
        ExprKind::BinOp { left, right, .. } => loads([&**left, right]),
        ExprKind::UnaryOp { operand, .. } => load(operand),
        ExprKind::Lambda(lambda) => {
            arguments(&lambda.args)?;
            load(&lambda.body)
        }
        ExprKind::IfExp { test, body, orelse } => loads([&**test, body, orelse]),
        ExprKind::Dict { keys, values } => {
            if keys.len() != values.len() {
                return Err("Dict doesn't have the same number of keys as values".to_owned());
            }
            loads(keys.iter().flatten().chain(values))
        }
        ExprKind::Set(elts) => {
            not_empty(elts, "elts", "Set")?;
            loads(elts)
        }
        ExprKind::Comp(comp) => {
            if comp.generators.is_empty() {
                return Err("comprehension with no generators".to_owned());
            }
            for generator in &comp.generators {
                expr(&generator.target, Context::Store)?;
                loads(std::iter::once(&generator.iter).chain(&generator.ifs))?;
            }
            loads(std::iter::once(&comp.elt).chain(&comp.value))
        }
        ExprKind::Await(value) | ExprKind::YieldFrom(value) => load(value),
        ExprKind::Yield(value) => loads(value.as_deref()),
        ExprKind::Compare { comparators, .. } if comparators.is_empty() => Err("Compare has no comparators".to_owned()),
        ExprKind::Compare { ops, comparators, .. } if ops.len() != comparators.len() => {
            Err("Compare has a different number of comparators and operands".to_owned())
        }
        ExprKind::Compare { left, comparators, .. } => loads(std::iter::once(&**left).chain(comparators)),
        ExprKind::Call { func, args, keywords } => {
            loads(std::iter::once(&**func).chain(args).chain(keywords.iter().map(|keyword| &keyword.value)))
        }
        ExprKind::FormattedValue { value, spec, .. } | ExprKind::Interpolation { value, spec, .. } => {
            loads(std::iter::once(&**value).chain(spec.as_deref()))
        }
        ExprKind::Constant(_) | ExprKind::Name { .. } => Ok(()),
        ExprKind::Attribute { value, .. } => load(value),
        ExprKind::Subscript { value, slice, .. } => loads([&**value, slice]),
        ExprKind::Starred { value, .. } => expr(value, context),
        ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => elts.iter().try_for_each(|elt| expr(elt, context)),
        ExprKind::Slice { lower, upper, step } => loads([lower, upper, step].into_iter().filter_map(|part| part.as_deref())),
    }
}

fn pattern(value: &Pattern, star_ok: bool) -> Check {
    deeper(|| match &value.kind {
        PatternKind::Value(value) => load(value),
        PatternKind::Singleton(Const::None | Const::True | Const::False) => Ok(()),
        PatternKind::Singleton(_) => Err("MatchSingleton can only contain True, False and None".to_owned()),
        PatternKind::Sequence(patterns) => patterns.iter().try_for_each(|inner| pattern(inner, true)),
        PatternKind::Mapping { keys, patterns, .. } => {
            if keys.len() != patterns.len() {
                return Err("MatchMapping doesn't have the same number of keys as patterns".to_owned());
            }
            loads(keys)?;
            patterns.iter().try_for_each(|inner| pattern(inner, false))
        }
        PatternKind::Class { cls, patterns, kwd_attrs, kwd_patterns } => {
            if kwd_attrs.len() != kwd_patterns.len() {
                return Err("MatchClass doesn't have the same number of keyword attributes as patterns".to_owned());
            }
            load(cls)?;
            patterns.iter().chain(kwd_patterns).try_for_each(|inner| pattern(inner, false))
        }
        PatternKind::Star(_) if !star_ok => Err("can't use MatchStar here".to_owned()),
        PatternKind::Star(_) => Ok(()),
        PatternKind::As { pattern: Some(_), name: None } => Err("MatchAs must specify a target name if a pattern is given".to_owned()),
        PatternKind::As { pattern: inner, .. } => inner.iter().try_for_each(|inner| pattern(inner, false)),
        PatternKind::Or(patterns) if patterns.len() < 2 => Err("MatchOr requires at least 2 patterns".to_owned()),
        PatternKind::Or(patterns) => patterns.iter().try_for_each(|inner| pattern(inner, false)),
    })
}
