//! Warnings about code that compiles but cannot be meant: calling a literal, `is` with a number.
//!
//! Nothing here changes the code. Follows the `check_*` functions of CPython's `codegen.c`.

use crate::ast::*;
use crate::code::Const;
use crate::codegen::Compiler;
use crate::ir::Location;

/// The name of the type an expression surely has.
fn infer_type(expr: &Expr) -> Option<&'static str> {
    Some(match &expr.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } => "list",
        ExprKind::Dict { .. } => "dict",
        ExprKind::Set(_) => "set",
        ExprKind::Comp(comp) => match comp.kind {
            CompKind::Generator => "generator",
            CompKind::List => "list",
            CompKind::Set => "set",
            CompKind::Dict => "dict",
        },
        ExprKind::Lambda(_) => "function",
        ExprKind::TemplateStr(_) | ExprKind::Interpolation { .. } => "string.templatelib.Template",
        ExprKind::JoinedStr(_) | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant(value) => match value {
            Const::None => "NoneType",
            Const::True | Const::False => "bool",
            Const::Ellipsis => "ellipsis",
            Const::Int(_) | Const::BigInt(_) => "int",
            Const::Float(_) => "float",
            Const::Complex(..) => "complex",
            Const::Str(_) => "str",
            Const::Bytes(_) => "bytes",
            Const::Tuple(_) => "tuple",
            Const::FrozenSet(_) => "frozenset",
            Const::Slice(_) => "slice",
            Const::Code(_) => "code",
        },
        _ => return None,
    })
}

/// `false` for constants other than the named singletons.
fn is_arg(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Tuple { elts, .. } => !elts.iter().all(|elt| elt.constant().is_some()),
        ExprKind::Constant(value) => matches!(value, Const::None | Const::True | Const::False | Const::Ellipsis),
        _ => true,
    }
}

impl Compiler<'_> {
    pub(crate) fn check_compare(&mut self, left: &Expr, ops: &[CmpOp], comparators: &[Expr], loc: Location) {
        let mut left = left;
        for (op, right) in ops.iter().zip(comparators) {
            if matches!(op, CmpOp::Is | CmpOp::IsNot) && !(is_arg(left) && is_arg(right)) {
                let literal = if is_arg(left) { right } else { left };
                let kind = infer_type(literal).unwrap_or("object");
                let (word, better) = if *op == CmpOp::Is { ("is", "==") } else { ("is not", "!=") };
                self.warn(loc, format!("\"{word}\" with '{kind}' literal. Did you mean \"{better}\"?"));
                return;
            }
            left = right;
        }
    }

    pub(crate) fn check_caller(&mut self, func: &Expr) {
        if matches!(func.kind, ExprKind::Lambda(_)) {
            return;
        }
        if let Some(kind) = infer_type(func) {
            self.warn(func.loc, format!("'{kind}' object is not callable; perhaps you missed a comma?"));
        }
    }

    pub(crate) fn check_subscripter(&mut self, value: &Expr) {
        let wrong = match &value.kind {
            ExprKind::Constant(value) => !matches!(value, Const::Str(_) | Const::Bytes(_) | Const::Tuple(_)),
            ExprKind::Set(_) | ExprKind::Lambda(_) | ExprKind::TemplateStr(_) | ExprKind::Interpolation { .. } => true,
            ExprKind::Comp(comp) => matches!(comp.kind, CompKind::Set | CompKind::Generator),
            _ => false,
        };
        if wrong && let Some(kind) = infer_type(value) {
            self.warn(value.loc, format!("'{kind}' object is not subscriptable; perhaps you missed a comma?"));
        }
    }

    pub(crate) fn check_index(&mut self, value: &Expr, index: &Expr) {
        let Some(index) = infer_type(index) else { return };
        if matches!(index, "int" | "bool" | "slice") {
            return;
        }
        let wrong = match &value.kind {
            ExprKind::Constant(value) => matches!(value, Const::Str(_) | Const::Bytes(_) | Const::Tuple(_)),
            ExprKind::Tuple { .. } | ExprKind::List { .. } | ExprKind::JoinedStr(_) => true,
            ExprKind::Comp(comp) => comp.kind == CompKind::List,
            _ => false,
        };
        if wrong && let Some(kind) = infer_type(value) {
            let msg = format!("{kind} indices must be integers or slices, not {index}; perhaps you missed a comma?");
            self.warn(value.loc, msg);
        }
    }
}
