//! From the parser's tree to ours: positions become lines and byte columns, `elif` becomes a nested `if`,
//! parameters are split the way CPython splits them, and scopes get their keys.
//!
//! Nothing is judged here; a tree that the parser accepted has one translation. Follows CPython's `action_helpers.c`.

use std::rc::Rc;

use num_bigint::BigInt;
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::ast::*;
use crate::code::Const;
use crate::error::{ErrorKind, SyntaxError};
use crate::ir::Location;
use crate::source::Source;
use crate::version::Version;

pub(crate) type Result<T> = std::result::Result<T, Box<SyntaxError>>;

/// Deeper trees than this are refused, as CPython refuses them when its stack runs out.
pub(crate) const MAX_DEPTH: u32 = if cfg!(target_arch = "wasm32") { 1000 } else { 6000 };

/// Runs one level of a recursion over the tree on a stack that is large enough for it.
pub(crate) fn deeper<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(256 * 1024, 8 * 1024 * 1024, run)
}

pub(crate) struct Lower<'a> {
    pub(crate) source: &'a Source,
    pub(crate) version: Version,
    next_id: NodeId,
    depth: u32,
    pub(crate) warnings: Vec<(Location, String)>,
    /// The value of every literal.
    pub(crate) literals: Vec<Const>,
}

impl<'a> Lower<'a> {
    pub(crate) fn new(source: &'a Source, version: Version) -> Lower<'a> {
        Lower { source, version, next_id: 2, depth: 0, warnings: Vec::new(), literals: Vec::new() }
    }

    pub(crate) fn loc(&self, node: impl Ranged) -> Location {
        self.source.location(node.range())
    }

    fn id(&mut self) -> NodeId {
        self.next_id += 2;
        self.next_id
    }

    fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(SyntaxError::new(ErrorKind::Recursion, "maximum recursion depth exceeded during compilation", Location::NONE));
        }
        Ok(())
    }

    pub(crate) fn body(&mut self, body: &[ruff::Stmt]) -> Result<Vec<Stmt>> {
        body.iter().map(|stmt| self.stmt(stmt)).collect()
    }

    pub(crate) fn stmt(&mut self, stmt: &ruff::Stmt) -> Result<Stmt> {
        self.enter()?;
        let stmt = deeper(|| self.stmt_kind(stmt));
        self.depth -= 1;
        stmt
    }

    fn stmt_kind(&mut self, stmt: &ruff::Stmt) -> Result<Stmt> {
        let compound = matches!(
            stmt,
            ruff::Stmt::If(_) | ruff::Stmt::For(_) | ruff::Stmt::While(_) | ruff::Stmt::With(_) | ruff::Stmt::Try(_) | ruff::Stmt::Match(_)
        );
        let mut loc = if compound { self.block_loc(stmt.range()) } else { self.loc(stmt) };
        let kind = match stmt {
            ruff::Stmt::FunctionDef(def) => {
                loc = self.after_decorators(&def.decorator_list, def.range);
                StmtKind::FunctionDef(Box::new(FunctionDef {
                    id: self.id(),
                    is_async: def.is_async,
                    name: name(&def.name),
                    args: self.arguments(&def.parameters)?,
                    decorators: self.decorators(&def.decorator_list)?,
                    returns: self.optional(def.returns.as_deref())?,
                    type_params: self.type_params(def.type_params.as_deref())?,
                    body: self.body(&def.body)?,
                }))
            }
            ruff::Stmt::ClassDef(def) => {
                loc = self.after_decorators(&def.decorator_list, def.range);
                let (bases, keywords) = match &def.arguments {
                    Some(arguments) => (self.exprs(&arguments.args)?, self.keywords(&arguments.keywords)?),
                    None => Default::default(),
                };
                StmtKind::ClassDef(Box::new(ClassDef {
                    id: self.id(),
                    name: name(&def.name),
                    bases,
                    keywords,
                    decorators: self.decorators(&def.decorator_list)?,
                    type_params: self.type_params(def.type_params.as_deref())?,
                    body: self.body(&def.body)?,
                }))
            }
            ruff::Stmt::Return(node) => StmtKind::Return(self.optional(node.value.as_deref())?.map(Box::new)),
            ruff::Stmt::Delete(node) => StmtKind::Delete(self.exprs(&node.targets)?),
            ruff::Stmt::TypeAlias(node) => StmtKind::TypeAlias(Box::new(TypeAlias {
                id: self.id(),
                name: self.expr(&node.name)?,
                type_params: self.type_params(node.type_params.as_deref())?,
                value: self.expr(&node.value)?,
            })),
            ruff::Stmt::Assign(node) => StmtKind::Assign { targets: self.exprs(&node.targets)?, value: self.expr(&node.value)? },
            ruff::Stmt::AugAssign(node) => {
                StmtKind::AugAssign { target: self.expr(&node.target)?, op: binop(node.op), value: self.expr(&node.value)? }
            }
            ruff::Stmt::AnnAssign(node) => StmtKind::AnnAssign(Box::new(AnnAssign {
                target: self.expr(&node.target)?,
                annotation: self.expr(&node.annotation)?,
                value: self.optional(node.value.as_deref())?,
                simple: node.simple,
            })),
            ruff::Stmt::For(node) => StmtKind::For(Box::new(For {
                is_async: node.is_async,
                target: self.expr(&node.target)?,
                iter: self.expr(&node.iter)?,
                body: self.body(&node.body)?,
                orelse: self.body(&node.orelse)?,
            })),
            ruff::Stmt::While(node) => {
                StmtKind::While { test: self.expr(&node.test)?, body: self.body(&node.body)?, orelse: self.body(&node.orelse)? }
            }
            ruff::Stmt::If(node) => {
                let test = self.expr(&node.test)?;
                let body = self.body(&node.body)?;
                StmtKind::If { test, body, orelse: self.elif(&node.elif_else_clauses)? }
            }
            ruff::Stmt::With(node) => {
                let mut items = Vec::new();
                for item in &node.items {
                    items.push(WithItem { context: self.expr(&item.context_expr)?, vars: self.optional(item.optional_vars.as_deref())? });
                }
                StmtKind::With(Box::new(With { is_async: node.is_async, items, body: self.body(&node.body)? }))
            }
            ruff::Stmt::Match(node) => {
                let subject = self.expr(&node.subject)?;
                let mut cases = Vec::new();
                for case in &node.cases {
                    cases.push(MatchCase {
                        pattern: self.pattern(&case.pattern)?,
                        guard: self.optional(case.guard.as_deref())?,
                        body: self.body(&case.body)?,
                    });
                }
                StmtKind::Match { subject, cases }
            }
            ruff::Stmt::Raise(node) => {
                StmtKind::Raise { exc: self.optional(node.exc.as_deref())?, cause: self.optional(node.cause.as_deref())? }
            }
            ruff::Stmt::Try(node) => {
                let body = self.body(&node.body)?;
                let mut handlers = Vec::new();
                for ruff::ExceptHandler::ExceptHandler(handler) in &node.handlers {
                    handlers.push(Handler {
                        kind: self.optional(handler.type_.as_deref())?,
                        name: handler.name.as_ref().map(name),
                        body: self.body(&handler.body)?,
                        loc: self.block_loc(handler.range),
                    });
                }
                StmtKind::Try(Box::new(Try {
                    is_star: node.is_star,
                    body,
                    handlers,
                    orelse: self.body(&node.orelse)?,
                    finalbody: self.body(&node.finalbody)?,
                }))
            }
            ruff::Stmt::Assert(node) => StmtKind::Assert { test: self.expr(&node.test)?, msg: self.optional(node.msg.as_deref())? },
            ruff::Stmt::Import(node) => StmtKind::Import(self.aliases(&node.names)),
            ruff::Stmt::ImportFrom(node) => {
                StmtKind::ImportFrom { module: node.module.as_ref().map(name), names: self.aliases(&node.names), level: node.level }
            }
            ruff::Stmt::Global(node) => StmtKind::Global(node.names.iter().map(name).collect()),
            ruff::Stmt::Nonlocal(node) => StmtKind::Nonlocal(node.names.iter().map(name).collect()),
            ruff::Stmt::Expr(node) => StmtKind::Expr(self.expr(&node.value)?),
            ruff::Stmt::Pass(_) => StmtKind::Pass,
            ruff::Stmt::Break(_) => StmtKind::Break,
            ruff::Stmt::Continue(_) => StmtKind::Continue,
            ruff::Stmt::IpyEscapeCommand(_) => {
                return Err(SyntaxError::new(ErrorKind::Syntax, "invalid syntax", loc));
            }
        };
        Ok(Stmt { kind, loc })
    }

    /// The `def` or `class` itself: CPython leaves decorators out of the statement's place.
    fn after_decorators(&self, decorators: &[ruff::Decorator], range: TextRange) -> Location {
        let Some(last) = decorators.last() else { return self.block_loc(range) };
        let start = self.source.skip_trivia(last.range().end().to_usize());
        self.block_loc(TextRange::new((start as u32).into(), range.end()))
    }

    /// A block ends after the `;` of its last line.
    fn block_loc(&self, range: TextRange) -> Location {
        let rest = &self.source.text[range.end().to_usize()..];
        let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let extra = if rest[spaces..].starts_with(';') { spaces as u32 + 1 } else { 0 };
        self.source.location(TextRange::new(range.start(), range.end() + TextSize::from(extra)))
    }

    fn decorators(&mut self, decorators: &[ruff::Decorator]) -> Result<Vec<Expr>> {
        decorators.iter().map(|decorator| self.expr(&decorator.expression)).collect()
    }

    fn elif(&mut self, clauses: &[ruff::ElifElseClause]) -> Result<Vec<Stmt>> {
        let end = clauses.last().map(|clause| clause.range.end());
        let mut orelse = Vec::new();
        for clause in clauses.iter().rev() {
            let body = self.body(&clause.body)?;
            let Some(test) = &clause.test else {
                orelse = body;
                continue;
            };
            let range = TextRange::new(clause.range.start(), end.unwrap_or(clause.range.end()));
            let test = self.expr(test)?;
            orelse = vec![Stmt { kind: StmtKind::If { test, body, orelse }, loc: self.source.location(range) }];
        }
        Ok(orelse)
    }

    fn aliases(&self, aliases: &[ruff::Alias]) -> Vec<Alias> {
        let alias = |alias: &ruff::Alias| Alias { name: name(&alias.name), asname: alias.asname.as_ref().map(name), loc: self.loc(alias) };
        aliases.iter().map(alias).collect()
    }

    fn type_params(&mut self, params: Option<&ruff::TypeParams>) -> Result<Option<TypeParams>> {
        let Some(list) = params else { return Ok(None) };
        let id = self.id();
        let mut params = Vec::new();
        for param in &list.type_params {
            let (kind, ident, bound, default) = match param {
                ruff::TypeParam::TypeVar(p) => (TypeParamKind::TypeVar, &p.name, p.bound.as_deref(), p.default.as_deref()),
                ruff::TypeParam::TypeVarTuple(p) => (TypeParamKind::TypeVarTuple, &p.name, None, p.default.as_deref()),
                ruff::TypeParam::ParamSpec(p) => (TypeParamKind::ParamSpec, &p.name, None, p.default.as_deref()),
            };
            params.push(TypeParam {
                id: self.id(),
                kind,
                name: name(ident),
                bound: self.optional(bound)?,
                default: self.optional(default)?,
                loc: self.loc(param),
            });
        }
        Ok(Some(TypeParams { id, params }))
    }

    fn arguments(&mut self, parameters: &ruff::Parameters) -> Result<Arguments> {
        let mut arguments = Arguments { id: self.id(), ..Arguments::default() };
        for param in &parameters.posonlyargs {
            arguments.posonlyargs.push(self.arg(&param.parameter)?);
            arguments.defaults.extend(self.optional(param.default.as_deref())?);
        }
        for param in &parameters.args {
            arguments.args.push(self.arg(&param.parameter)?);
            arguments.defaults.extend(self.optional(param.default.as_deref())?);
        }
        for param in &parameters.kwonlyargs {
            arguments.kwonlyargs.push(self.arg(&param.parameter)?);
            arguments.kw_defaults.push(self.optional(param.default.as_deref())?);
        }
        if let Some(param) = &parameters.vararg {
            arguments.vararg = Some(Box::new(self.arg(param)?));
        }
        if let Some(param) = &parameters.kwarg {
            arguments.kwarg = Some(Box::new(self.arg(param)?));
        }
        Ok(arguments)
    }

    fn arg(&mut self, parameter: &ruff::Parameter) -> Result<Arg> {
        let range = TextRange::new(parameter.name.range.start(), parameter.range.end());
        Ok(Arg {
            name: name(&parameter.name),
            annotation: self.optional(parameter.annotation.as_deref())?,
            loc: self.source.location(range),
        })
    }

    fn keywords(&mut self, keywords: &[ruff::Keyword]) -> Result<Vec<Keyword>> {
        let mut list = Vec::new();
        for keyword in keywords {
            list.push(Keyword { arg: keyword.arg.as_ref().map(name), value: self.expr(&keyword.value)?, loc: self.loc(keyword) });
        }
        Ok(list)
    }

    fn exprs(&mut self, exprs: &[ruff::Expr]) -> Result<Vec<Expr>> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn optional(&mut self, expr: Option<&ruff::Expr>) -> Result<Option<Expr>> {
        expr.map(|expr| self.expr(expr)).transpose()
    }

    fn boxed(&mut self, expr: &ruff::Expr) -> Result<Box<Expr>> {
        self.expr(expr).map(Box::new)
    }

    pub(crate) fn expr(&mut self, expr: &ruff::Expr) -> Result<Expr> {
        self.enter()?;
        let kind = deeper(|| self.expr_kind(expr));
        self.depth -= 1;
        Ok(Expr { kind: kind?, loc: self.loc(expr) })
    }

    fn expr_kind(&mut self, expr: &ruff::Expr) -> Result<ExprKind> {
        Ok(match expr {
            ruff::Expr::BoolOp(node) => ExprKind::BoolOp {
                op: match node.op {
                    ruff::BoolOp::And => BoolOp::And,
                    ruff::BoolOp::Or => BoolOp::Or,
                },
                values: self.exprs(&node.values)?,
            },
            ruff::Expr::Named(node) => ExprKind::Named { target: self.boxed(&node.target)?, value: self.boxed(&node.value)? },
            ruff::Expr::BinOp(node) => {
                ExprKind::BinOp { left: self.boxed(&node.left)?, op: binop(node.op), right: self.boxed(&node.right)? }
            }
            ruff::Expr::UnaryOp(node) => ExprKind::UnaryOp {
                op: match node.op {
                    ruff::UnaryOp::Invert => UnaryOp::Invert,
                    ruff::UnaryOp::Not => UnaryOp::Not,
                    ruff::UnaryOp::UAdd => UnaryOp::UAdd,
                    ruff::UnaryOp::USub => UnaryOp::USub,
                },
                operand: self.boxed(&node.operand)?,
            },
            ruff::Expr::Lambda(node) => {
                let args = match &node.parameters {
                    Some(parameters) => self.arguments(parameters)?,
                    None => Arguments { id: self.id(), ..Arguments::default() },
                };
                ExprKind::Lambda(Box::new(Lambda { id: self.id(), args, body: self.expr(&node.body)? }))
            }
            ruff::Expr::If(node) => {
                ExprKind::IfExp { test: self.boxed(&node.test)?, body: self.boxed(&node.body)?, orelse: self.boxed(&node.orelse)? }
            }
            ruff::Expr::Dict(node) => {
                let mut keys = Vec::new();
                let mut values = Vec::new();
                for item in &node.items {
                    keys.push(self.optional(item.key.as_ref())?);
                    values.push(self.expr(&item.value)?);
                }
                ExprKind::Dict { keys, values }
            }
            ruff::Expr::Set(node) => ExprKind::Set(self.exprs(&node.elts)?),
            ruff::Expr::ListComp(node) => self.comp(CompKind::List, &node.elt, None, &node.generators)?,
            ruff::Expr::SetComp(node) => self.comp(CompKind::Set, &node.elt, None, &node.generators)?,
            ruff::Expr::DictComp(node) => match &node.key {
                Some(key) => self.comp(CompKind::Dict, key, Some(&node.value), &node.generators)?,
                None => {
                    let loc = self.loc(expr);
                    return Err(SyntaxError::new(ErrorKind::Syntax, "dict unpacking cannot be used in dict comprehension", loc));
                }
            },
            ruff::Expr::Generator(node) => self.comp(CompKind::Generator, &node.elt, None, &node.generators)?,
            ruff::Expr::Await(node) => ExprKind::Await(self.boxed(&node.value)?),
            ruff::Expr::Yield(node) => ExprKind::Yield(self.optional(node.value.as_deref())?.map(Box::new)),
            ruff::Expr::YieldFrom(node) => ExprKind::YieldFrom(self.boxed(&node.value)?),
            ruff::Expr::Compare(node) => ExprKind::Compare {
                left: self.boxed(&node.left)?,
                ops: node.ops.iter().map(|op| cmpop(*op)).collect(),
                comparators: self.exprs(&node.comparators)?,
            },
            ruff::Expr::Call(node) => {
                let func = self.boxed(&node.func)?;
                let mut args = self.exprs(&node.arguments.args)?;
                if let [ruff::Expr::Generator(generator)] = &*node.arguments.args
                    && !generator.parenthesized
                {
                    args[0].loc = self.loc(&node.arguments);
                }
                ExprKind::Call { func, args, keywords: self.keywords(&node.arguments.keywords)? }
            }
            ruff::Expr::FString(node) => self.joined_str(node)?,
            ruff::Expr::TString(node) => self.template_str(node)?,
            ruff::Expr::StringLiteral(node) => self.string(node),
            ruff::Expr::BytesLiteral(node) => self.bytes(node),
            ruff::Expr::NumberLiteral(node) => ExprKind::Constant({
                self.check_number(node.range);
                let value = match &node.value {
                    ruff::Number::Int(int) => match int.as_i64() {
                        Some(value) => Const::Int(value),
                        None => self.big_int(node.range),
                    },
                    ruff::Number::Float(value) => Const::Float(*value),
                    ruff::Number::Complex { real, imag } => Const::Complex(*real, *imag),
                };
                self.literals.push(value.clone());
                value
            }),
            ruff::Expr::BooleanLiteral(node) => ExprKind::Constant(Const::bool(node.value)),
            ruff::Expr::NoneLiteral(_) => ExprKind::Constant(Const::None),
            ruff::Expr::EllipsisLiteral(_) => ExprKind::Constant(Const::Ellipsis),
            ruff::Expr::Attribute(node) => {
                ExprKind::Attribute { value: self.boxed(&node.value)?, attr: name(&node.attr), ctx: context(node.ctx) }
            }
            ruff::Expr::Subscript(node) => {
                ExprKind::Subscript { value: self.boxed(&node.value)?, slice: self.boxed(&node.slice)?, ctx: context(node.ctx) }
            }
            ruff::Expr::Starred(node) => ExprKind::Starred { value: self.boxed(&node.value)?, ctx: context(node.ctx) },
            ruff::Expr::Name(node) => ExprKind::Name { id: Rc::from(node.id.as_str()), ctx: context(node.ctx) },
            ruff::Expr::List(node) => ExprKind::List { elts: self.exprs(&node.elts)?, ctx: context(node.ctx) },
            ruff::Expr::Tuple(node) => ExprKind::Tuple { elts: self.exprs(&node.elts)?, ctx: context(node.ctx) },
            ruff::Expr::Slice(node) => ExprKind::Slice {
                lower: self.optional(node.lower.as_deref())?.map(Box::new),
                upper: self.optional(node.upper.as_deref())?.map(Box::new),
                step: self.optional(node.step.as_deref())?.map(Box::new),
            },
            ruff::Expr::IpyEscapeCommand(_) => {
                let loc = self.loc(expr);
                return Err(SyntaxError::new(ErrorKind::Syntax, "invalid syntax", loc));
            }
        })
    }

    /// A number that runs into a keyword is not going to be allowed for ever.
    fn check_number(&mut self, range: TextRange) {
        if !self.source.text[range.end().to_usize()..].starts_with(|next: char| next.is_ascii_alphabetic()) {
            return;
        }
        let text = self.source.slice(range).to_ascii_lowercase();
        let kind = match text.get(..2) {
            Some("0x") => "hexadecimal",
            Some("0o") => "octal",
            Some("0b") => "binary",
            _ if text.ends_with('j') => "imaginary",
            _ => "decimal",
        };
        self.warnings.push((self.source.location(range), format!("invalid {kind} literal")));
    }

    fn big_int(&self, range: TextRange) -> Const {
        let digits: String = self.source.slice(range).chars().filter(|c| *c != '_').collect();
        let lower = digits.to_ascii_lowercase();
        let (radix, digits) = match lower.get(..2) {
            Some("0x") => (16, &lower[2..]),
            Some("0o") => (8, &lower[2..]),
            Some("0b") => (2, &lower[2..]),
            _ => (10, &lower[..]),
        };
        Const::int(BigInt::parse_bytes(digits.as_bytes(), radix).unwrap_or_default())
    }

    fn comp(
        &mut self,
        kind: CompKind,
        elt: &ruff::Expr,
        value: Option<&ruff::Expr>,
        generators: &[ruff::Comprehension],
    ) -> Result<ExprKind> {
        let id = self.id();
        let elt = self.expr(elt)?;
        let value = self.optional(value)?;
        let mut list = Vec::new();
        for generator in generators {
            list.push(Generator {
                target: self.expr(&generator.target)?,
                iter: self.expr(&generator.iter)?,
                ifs: self.exprs(&generator.ifs)?,
                is_async: generator.is_async,
            });
        }
        Ok(ExprKind::Comp(Box::new(Comp { id, kind, elt, value, generators: list })))
    }

    fn patterns(&mut self, patterns: &[ruff::Pattern]) -> Result<Vec<Pattern>> {
        patterns.iter().map(|pattern| self.pattern(pattern)).collect()
    }

    fn pattern(&mut self, pattern: &ruff::Pattern) -> Result<Pattern> {
        self.enter()?;
        let kind = deeper(|| self.pattern_kind(pattern));
        self.depth -= 1;
        Ok(Pattern { kind: kind?, loc: self.loc(pattern) })
    }

    fn pattern_kind(&mut self, pattern: &ruff::Pattern) -> Result<PatternKind> {
        Ok(match pattern {
            ruff::Pattern::MatchValue(node) => PatternKind::Value(self.expr(&node.value)?),
            ruff::Pattern::MatchSingleton(node) => PatternKind::Singleton(match node.value {
                ruff::Singleton::None => Const::None,
                ruff::Singleton::True => Const::True,
                ruff::Singleton::False => Const::False,
            }),
            ruff::Pattern::MatchSequence(node) => PatternKind::Sequence(self.patterns(&node.patterns)?),
            ruff::Pattern::MatchMapping(node) => PatternKind::Mapping {
                keys: self.exprs(&node.keys)?,
                patterns: self.patterns(&node.patterns)?,
                rest: node.rest.as_ref().map(name),
            },
            ruff::Pattern::MatchClass(node) => {
                let keywords = &node.arguments.keywords;
                PatternKind::Class {
                    cls: self.expr(&node.cls)?,
                    patterns: self.patterns(&node.arguments.patterns)?,
                    kwd_attrs: keywords.iter().map(|keyword| name(&keyword.attr)).collect(),
                    kwd_patterns: keywords.iter().map(|keyword| self.pattern(&keyword.pattern)).collect::<Result<_>>()?,
                }
            }
            ruff::Pattern::MatchStar(node) => PatternKind::Star(node.name.as_ref().map(name)),
            ruff::Pattern::MatchAs(node) => PatternKind::As {
                pattern: node.pattern.as_ref().map(|inner| self.pattern(inner).map(Box::new)).transpose()?,
                name: node.name.as_ref().map(name),
            },
            ruff::Pattern::MatchOr(node) => PatternKind::Or(self.patterns(&node.patterns)?),
        })
    }
}

fn name(identifier: &ruff::Identifier) -> Name {
    Rc::from(identifier.id.as_str())
}

fn context(ctx: ruff::ExprContext) -> Context {
    match ctx {
        ruff::ExprContext::Store => Context::Store,
        ruff::ExprContext::Del => Context::Del,
        ruff::ExprContext::Load | ruff::ExprContext::Invalid => Context::Load,
    }
}

fn binop(op: ruff::Operator) -> BinOp {
    match op {
        ruff::Operator::Add => BinOp::Add,
        ruff::Operator::Sub => BinOp::Sub,
        ruff::Operator::Mult => BinOp::Mult,
        ruff::Operator::MatMult => BinOp::MatMult,
        ruff::Operator::Div => BinOp::Div,
        ruff::Operator::Mod => BinOp::Mod,
        ruff::Operator::Pow => BinOp::Pow,
        ruff::Operator::LShift => BinOp::LShift,
        ruff::Operator::RShift => BinOp::RShift,
        ruff::Operator::BitOr => BinOp::BitOr,
        ruff::Operator::BitXor => BinOp::BitXor,
        ruff::Operator::BitAnd => BinOp::BitAnd,
        ruff::Operator::FloorDiv => BinOp::FloorDiv,
    }
}

fn cmpop(op: ruff::CmpOp) -> CmpOp {
    match op {
        ruff::CmpOp::Eq => CmpOp::Eq,
        ruff::CmpOp::NotEq => CmpOp::NotEq,
        ruff::CmpOp::Lt => CmpOp::Lt,
        ruff::CmpOp::LtE => CmpOp::LtE,
        ruff::CmpOp::Gt => CmpOp::Gt,
        ruff::CmpOp::GtE => CmpOp::GtE,
        ruff::CmpOp::Is => CmpOp::Is,
        ruff::CmpOp::IsNot => CmpOp::IsNot,
        ruff::CmpOp::In => CmpOp::In,
        ruff::CmpOp::NotIn => CmpOp::NotIn,
    }
}
