//! Changes to the tree before names are looked at: `__debug__`, `'…' % (…)`, numbers in patterns, docstrings that only look like some.
//!
//! From 3.14 on arithmetic is folded in the flow graph; before that, here, with tuples, subscripts and what is iterated.
//! Follows CPython's `ast_preprocess.c` (3.14) and `ast_opt.c`.

use crate::Options;
use crate::arithmetic::{self, Unary, nb};
use crate::ast::*;
use crate::code::{Const, PyStr};
use crate::ir::Location;
use crate::lower::deeper;
use crate::scope::Future;
use crate::version::Version;

/// Rewrites the tree in place.
pub(crate) fn preprocess(module: &mut Module, future: Future, options: Options, warnings: &mut Vec<(Location, String)>) {
    let mut folder = Folder {
        optimize: options.optimize,
        skip_annotations: future.annotations,
        version: options.version,
        old: options.version < Version::V3_14,
        blocks: Vec::new(),
        warnings,
    };
    match module {
        Module::Exec(body) => folder.body(body),
        Module::Single(body) => folder.stmts(body),
        Module::Eval(value) => folder.expr(value),
    }
}

/// What `return`, `break` and `continue` would leave: a warning is due if it is a `finally` block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Finally,
    Function,
    Loop,
}

struct Folder<'a> {
    optimize: u8,
    skip_annotations: bool,
    version: Version,
    /// Arithmetic is folded here.
    old: bool,
    blocks: Vec<Block>,
    warnings: &'a mut Vec<(Location, String)>,
}

impl Folder<'_> {
    fn body(&mut self, body: &mut Vec<Stmt>) {
        let mut had_docstring = docstring(body).is_some();
        if had_docstring && self.optimize >= 2 {
            let loc = body.remove(0).loc;
            had_docstring = false;
            if body.is_empty() && !self.old {
                // The place of the word that CPython puts there.
                let loc = Location { end_line: loc.line, end_col: loc.col + 4, ..loc };
                body.push(Stmt { kind: StmtKind::Pass, loc });
            }
        }
        self.stmts(body);
        if !had_docstring
            && docstring(body).is_some()
            && let Some(StmtKind::Expr(value)) = body.first_mut().map(|stmt| &mut stmt.kind)
        {
            // What was folded to a string, or has moved up to the first line, is no docstring.
            let loc = value.loc;
            let text = std::mem::replace(value, Expr::new(ExprKind::JoinedStr(Vec::new()), loc));
            value.kind = ExprKind::JoinedStr(vec![text]);
        }
    }

    fn inside(&mut self, block: Block, run: impl FnOnce(&mut Self)) {
        self.blocks.push(block);
        run(self);
        self.blocks.pop();
    }

    fn leaves(&mut self, keyword: &str, passes: Block, loc: Location) {
        if !self.old && self.blocks.last().is_some_and(|block| *block == Block::Finally && *block != passes) {
            self.warnings.push((loc, format!("'{keyword}' in a 'finally' block")));
        }
    }

    fn stmts(&mut self, body: &mut [Stmt]) {
        for stmt in body {
            deeper(|| self.stmt(stmt));
        }
    }

    fn stmt(&mut self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::FunctionDef(def) => {
                self.type_params(def.type_params.as_mut());
                self.arguments(&mut def.args);
                self.inside(Block::Function, |folder| folder.body(&mut def.body));
                self.exprs(&mut def.decorators);
                if !self.skip_annotations {
                    self.optional(def.returns.as_mut());
                }
            }
            StmtKind::ClassDef(def) => {
                self.type_params(def.type_params.as_mut());
                self.exprs(&mut def.bases);
                self.keywords(&mut def.keywords);
                self.body(&mut def.body);
                self.exprs(&mut def.decorators);
            }
            StmtKind::Return(value) => {
                self.leaves("return", Block::Function, stmt.loc);
                self.optional(value.as_deref_mut());
            }
            StmtKind::Delete(targets) => self.exprs(targets),
            StmtKind::Assign { targets, value } => {
                self.exprs(targets);
                self.expr(value);
            }
            StmtKind::TypeAlias(alias) => {
                self.expr(&mut alias.name);
                self.type_params(alias.type_params.as_mut());
                self.expr(&mut alias.value);
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target);
                self.expr(value);
            }
            StmtKind::AnnAssign(node) => {
                self.expr(&mut node.target);
                if !self.skip_annotations {
                    self.expr(&mut node.annotation);
                }
                self.optional(node.value.as_mut());
            }
            StmtKind::For(node) => {
                self.expr(&mut node.target);
                self.expr(&mut node.iter);
                if !node.is_async {
                    self.fold_iterated(&mut node.iter);
                }
                self.inside(Block::Loop, |folder| folder.stmts(&mut node.body));
                self.stmts(&mut node.orelse);
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test);
                self.inside(Block::Loop, |folder| folder.stmts(body));
                self.stmts(orelse);
            }
            StmtKind::If { test, body, orelse } => {
                self.expr(test);
                self.stmts(body);
                self.stmts(orelse);
            }
            StmtKind::With(node) => {
                for item in &mut node.items {
                    self.expr(&mut item.context);
                    self.optional(item.vars.as_mut());
                }
                self.stmts(&mut node.body);
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject);
                for case in cases {
                    self.pattern(&mut case.pattern);
                    self.optional(case.guard.as_mut());
                    self.stmts(&mut case.body);
                }
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc.as_mut());
                self.optional(cause.as_mut());
            }
            StmtKind::Try(node) => {
                self.stmts(&mut node.body);
                for handler in &mut node.handlers {
                    self.optional(handler.kind.as_mut());
                    self.stmts(&mut handler.body);
                }
                self.stmts(&mut node.orelse);
                self.inside(Block::Finally, |folder| folder.stmts(&mut node.finalbody));
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test);
                self.optional(msg.as_mut());
            }
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Break => self.leaves("break", Block::Loop, stmt.loc),
            StmtKind::Continue => self.leaves("continue", Block::Loop, stmt.loc),
            StmtKind::Import(_) | StmtKind::ImportFrom { .. } | StmtKind::Global(_) | StmtKind::Nonlocal(_) | StmtKind::Pass => {}
        }
    }

    fn type_params(&mut self, type_params: Option<&mut TypeParams>) {
        for param in type_params.into_iter().flat_map(|type_params| &mut type_params.params) {
            self.optional(param.bound.as_mut());
            self.optional(param.default.as_mut());
        }
    }

    fn arguments(&mut self, args: &mut Arguments) {
        if !self.skip_annotations {
            let stars = args.vararg.iter_mut().chain(&mut args.kwarg).map(|arg| &mut **arg);
            let named = args.posonlyargs.iter_mut().chain(&mut args.args).chain(&mut args.kwonlyargs);
            for arg in named.chain(stars) {
                self.optional(arg.annotation.as_mut());
            }
        }
        for default in args.kw_defaults.iter_mut().flatten() {
            self.expr(default);
        }
        self.exprs(&mut args.defaults);
    }

    fn keywords(&mut self, keywords: &mut [Keyword]) {
        for keyword in keywords {
            self.expr(&mut keyword.value);
        }
    }

    fn exprs(&mut self, exprs: &mut [Expr]) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn optional(&mut self, expr: Option<&mut Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        deeper(|| self.children(expr));
        let is_debug = matches!(&expr.kind, ExprKind::Name { id, ctx: Context::Load } if &**id == "__debug__");
        if is_debug {
            expr.kind = ExprKind::Constant(Const::bool(self.optimize == 0));
        } else if !fold_format(expr) && self.old {
            fold_old(expr, self.version);
        }
    }

    fn children(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::BoolOp { values, .. } | ExprKind::Set(values) | ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => {
                self.exprs(values)
            }
            ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts),
            ExprKind::Named { value, .. }
            | ExprKind::Await(value)
            | ExprKind::YieldFrom(value)
            | ExprKind::Attribute { value, .. }
            | ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Lambda(lambda) => {
                self.arguments(&mut lambda.args);
                self.expr(&mut lambda.body);
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test);
                self.expr(body);
                self.expr(orelse);
            }
            ExprKind::Dict { keys, values } => {
                for key in keys.iter_mut().flatten() {
                    self.expr(key);
                }
                self.exprs(values);
            }
            ExprKind::Comp(comp) => {
                self.expr(&mut comp.elt);
                self.optional(comp.value.as_mut());
                for generator in &mut comp.generators {
                    self.expr(&mut generator.target);
                    self.expr(&mut generator.iter);
                    self.exprs(&mut generator.ifs);
                    self.fold_iterated(&mut generator.iter);
                }
            }
            ExprKind::Yield(value) => self.optional(value.as_deref_mut()),
            ExprKind::Compare { left, ops, comparators } => {
                self.expr(left);
                self.exprs(comparators);
                if let (Some(CmpOp::In | CmpOp::NotIn), Some(last)) = (ops.last(), comparators.last_mut()) {
                    self.fold_iterated(last);
                }
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func);
                self.exprs(args);
                self.keywords(keywords);
            }
            ExprKind::FormattedValue { value, spec, .. } | ExprKind::Interpolation { value, spec, .. } => {
                self.expr(value);
                self.optional(spec.as_deref_mut());
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value);
                self.expr(slice);
            }
            ExprKind::Slice { lower, upper, step } => {
                for part in [lower, upper, step] {
                    self.optional(part.as_deref_mut());
                }
            }
            ExprKind::Constant(_) | ExprKind::Name { .. } => {}
        }
    }

    /// A list or set that nobody else can see may be a tuple or frozenset.
    fn fold_iterated(&mut self, expr: &mut Expr) {
        if !self.old {
            return;
        }
        match &mut expr.kind {
            ExprKind::List { elts, ctx } if !elts.iter().any(Expr::is_starred) => {
                expr.kind = match constants(elts) {
                    Some(items) => ExprKind::Constant(Const::Tuple(items.into())),
                    None => ExprKind::Tuple { elts: std::mem::take(elts), ctx: *ctx },
                };
            }
            ExprKind::Set(elts) => {
                if let Some(items) = constants(elts) {
                    expr.kind = ExprKind::Constant(arithmetic::frozenset(items));
                }
            }
            _ => {}
        }
    }

    fn pattern(&mut self, pattern: &mut Pattern) {
        match &mut pattern.kind {
            PatternKind::Value(value) => self.pattern_value(value),
            PatternKind::Sequence(patterns) | PatternKind::Or(patterns) => self.patterns(patterns),
            PatternKind::Mapping { keys, patterns, .. } => {
                for key in keys {
                    self.pattern_value(key);
                }
                self.patterns(patterns);
            }
            PatternKind::Class { cls, patterns, kwd_patterns, .. } => {
                self.expr(cls);
                self.patterns(patterns);
                self.patterns(kwd_patterns);
            }
            PatternKind::As { pattern: Some(pattern), .. } => deeper(|| self.pattern(pattern)),
            PatternKind::As { .. } | PatternKind::Singleton(_) | PatternKind::Star(_) => {}
        }
    }

    fn patterns(&mut self, patterns: &mut [Pattern]) {
        for pattern in patterns {
            deeper(|| self.pattern(pattern));
        }
    }

    fn pattern_value(&mut self, value: &mut Expr) {
        if self.old { self.expr(value) } else { fold_number(value, self.version) }
    }
}

/// `-1`, `1 + 2j`: the grammar allows no other arithmetic in patterns.
fn fold_number(expr: &mut Expr, version: Version) {
    let folded = match &mut expr.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => operand.constant().and_then(|value| arithmetic::unary(Unary::Negative, value)),
        ExprKind::BinOp { left, op: op @ (BinOp::Add | BinOp::Sub), right } if right.constant().is_some() => {
            fold_number(left, version);
            let op = if *op == BinOp::Add { nb::ADD } else { nb::SUBTRACT };
            left.constant().zip(right.constant()).and_then(|(left, right)| arithmetic::binary(left, op, right, version))
        }
        _ => None,
    };
    if let Some(value) = folded {
        expr.kind = ExprKind::Constant(value);
    }
}

fn constants(exprs: &[Expr]) -> Option<Vec<Const>> {
    exprs.iter().map(|expr| expr.constant().cloned()).collect()
}

/// What the tree loses before 3.14, after its children.
fn fold_old(expr: &mut Expr, version: Version) {
    let folded = match &mut expr.kind {
        ExprKind::UnaryOp { op, operand } => {
            let op = match op {
                UnaryOp::Not => Unary::Not,
                UnaryOp::Invert => Unary::Invert,
                UnaryOp::UAdd => Unary::Positive,
                UnaryOp::USub => Unary::Negative,
            };
            if op == Unary::Not
                && let ExprKind::Compare { ops, .. } = &mut operand.kind
                && let [only] = &mut ops[..]
                && let Some(opposite) = opposite(*only)
            {
                *only = opposite;
                let loc = expr.loc;
                let inner = std::mem::replace(&mut **operand, Expr::new(ExprKind::Constant(Const::None), loc));
                *expr = inner;
                return;
            }
            match operand.constant() {
                // Before 3.14 nothing is said of `~True`.
                Some(Const::True) if op == Unary::Invert => Some(Const::Int(-2)),
                Some(Const::False) if op == Unary::Invert => Some(Const::Int(-1)),
                value => value.and_then(|value| arithmetic::unary(op, value)),
            }
        }
        ExprKind::BinOp { left, op, right } => {
            let op = match op {
                BinOp::Add => nb::ADD,
                BinOp::Sub => nb::SUBTRACT,
                BinOp::Mult => nb::MULTIPLY,
                BinOp::Div => nb::TRUE_DIVIDE,
                BinOp::Mod => nb::REMAINDER,
                BinOp::Pow => nb::POWER,
                BinOp::LShift => nb::LSHIFT,
                BinOp::RShift => nb::RSHIFT,
                BinOp::BitOr => nb::OR,
                BinOp::BitXor => nb::XOR,
                BinOp::BitAnd => nb::AND,
                BinOp::FloorDiv => nb::FLOOR_DIVIDE,
                BinOp::MatMult => return,
            };
            left.constant().zip(right.constant()).and_then(|(left, right)| arithmetic::binary(left, op, right, version))
        }
        ExprKind::Subscript { value, slice, ctx: Context::Load } => {
            value.constant().zip(slice.constant()).and_then(|(value, index)| arithmetic::binary(value, nb::SUBSCR, index, version))
        }
        ExprKind::Tuple { elts, ctx: Context::Load } => constants(elts).map(|items| Const::Tuple(items.into())),
        _ => None,
    };
    if let Some(value) = folded {
        expr.kind = ExprKind::Constant(value);
    }
}

fn opposite(op: CmpOp) -> Option<CmpOp> {
    Some(match op {
        CmpOp::Is => CmpOp::IsNot,
        CmpOp::IsNot => CmpOp::Is,
        CmpOp::In => CmpOp::NotIn,
        CmpOp::NotIn => CmpOp::In,
        _ => return None,
    })
}

/// `'%s: %r' % (a, b)` is `f'{a!s}: {b!r}'`, if there is nothing but `s`, `r` and `a` in it. False if it stays as it is.
fn fold_format(expr: &mut Expr) -> bool {
    let ExprKind::BinOp { left, op: BinOp::Mod, right } = &mut expr.kind else { return false };
    let (Some(Const::Str(format)), ExprKind::Tuple { elts, .. }) = (left.constant(), &mut right.kind) else {
        return false;
    };
    if elts.iter().any(Expr::is_starred) {
        return false;
    }
    let Some(pieces) = parse_format(&format.code_points().collect::<Vec<_>>()) else { return false };
    if pieces.iter().filter(|piece| matches!(piece, Piece::Field { .. })).count() != elts.len() {
        return false;
    }
    let mut elts = std::mem::take(elts).into_iter();
    let text = |text| Expr::new(ExprKind::Constant(Const::Str(text)), Location::NONE);
    let values = pieces.into_iter().filter_map(|piece| match piece {
        Piece::Text(value) => Some(text(value)),
        Piece::Field { conversion, spec } => elts.next().map(|value| {
            let (loc, value) = (value.loc, Box::new(value));
            let spec = (!spec.is_empty()).then(|| Box::new(text(PyStr::from(&*spec))));
            Expr::new(ExprKind::FormattedValue { value, conversion, spec }, loc)
        }),
    });
    expr.kind = ExprKind::JoinedStr(values.collect());
    true
}

enum Piece {
    Text(PyStr),
    Field { conversion: i32, spec: String },
}

const PERCENT: u32 = '%' as u32;
const MAX_DIGITS: usize = 3;

/// `None`: there is something in the format that f-strings do otherwise.
fn parse_format(format: &[u32]) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut cursor = Cursor { format, at: 0 };
    while cursor.at < format.len() {
        let mut text = Vec::new();
        while let Some(&char) = format.get(cursor.at) {
            if char == PERCENT {
                if format.get(cursor.at + 1) != Some(&PERCENT) {
                    break;
                }
                cursor.at += 1;
            }
            text.push(char);
            cursor.at += 1;
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(PyStr::from_code_points(text)));
        }
        if cursor.at < format.len() {
            cursor.at += 1;
            pieces.push(cursor.field()?);
        }
    }
    Some(pieces)
}

struct Cursor<'a> {
    format: &'a [u32],
    at: usize,
}

impl Cursor<'_> {
    fn next(&mut self) -> Option<char> {
        let char = char::from_u32(*self.format.get(self.at)?)?;
        self.at += 1;
        Some(char)
    }

    /// The digits from `char` on, which becomes what follows them.
    fn digits(&mut self, char: &mut char) -> Option<String> {
        let mut digits = String::new();
        while char.is_ascii_digit() {
            digits.push(*char);
            *char = self.next()?;
            if digits.len() >= MAX_DIGITS {
                return None;
            }
        }
        Some(digits)
    }

    /// What follows a percent sign.
    fn field(&mut self) -> Option<Piece> {
        let mut left = false;
        let mut char = self.next()?;
        while let '-' | '+' | ' ' | '#' | '0' = char {
            left |= char == '-';
            char = self.next()?;
        }
        let width = self.digits(&mut char)?;
        let mut precision = None;
        if char == '.' {
            char = self.next()?;
            precision = Some(self.digits(&mut char)?.parse().unwrap_or(0));
        }
        if !matches!(char, 's' | 'r' | 'a') {
            return None;
        }
        let align = if left || width.is_empty() { "" } else { ">" };
        let precision = precision.map_or(String::new(), |precision: u32| format!(".{precision}"));
        Some(Piece::Field { conversion: char as i32, spec: format!("{align}{width}{precision}") })
    }
}
