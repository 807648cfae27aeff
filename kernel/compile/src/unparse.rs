//! Expressions back to text, for annotations that stay text: CPython's `ast_unparse.c`.
//!
//! The text is CPython's, with its own spacing and as few parentheses as it uses.

use crate::ast::*;
use crate::code::Const;
use crate::lower::deeper;

pub(crate) use crate::repr::repr;

/// The text of an expression.
pub(crate) fn unparse(expr: &Expr) -> String {
    text_of(expr, Level::Test)
}

/// How tightly an operator binds; what binds less tightly than its surroundings is put in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Tuple,
    Test,
    Or,
    And,
    Not,
    Cmp,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Arith,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

impl Level {
    fn tighter(self) -> Level {
        use Level::*;
        match self {
            Tuple => Test,
            Test => Or,
            Or => And,
            And => Not,
            Not => Cmp,
            Cmp => BitOr,
            BitOr => BitXor,
            BitXor => BitAnd,
            BitAnd => Shift,
            Shift => Arith,
            Arith => Term,
            Term => Factor,
            Factor => Power,
            Power => Await,
            Await | Atom => Atom,
        }
    }
}

fn text_of(expr: &Expr, level: Level) -> String {
    let mut text = String::new();
    deeper(|| write(expr, level, &mut text));
    text
}

fn put(expr: &Expr, level: Level, text: &mut String) {
    deeper(|| write(expr, level, text));
}

fn put_all(exprs: &[Expr], separator: &str, level: Level, text: &mut String) {
    for (index, expr) in exprs.iter().enumerate() {
        if index > 0 {
            text.push_str(separator);
        }
        put(expr, level, text);
    }
}

/// Parentheses if `own` binds less tightly than `level`.
fn grouped(own: Level, level: Level, text: &mut String, write: impl FnOnce(&mut String)) {
    if level > own {
        text.push('(');
    }
    write(text);
    if level > own {
        text.push(')');
    }
}

fn write(expr: &Expr, level: Level, text: &mut String) {
    match &expr.kind {
        ExprKind::BoolOp { op, values } => {
            let (own, word) = match op {
                BoolOp::And => (Level::And, " and "),
                BoolOp::Or => (Level::Or, " or "),
            };
            grouped(own, level, text, |text| put_all(values, word, own.tighter(), text));
        }
        ExprKind::Named { target, value } => grouped(Level::Tuple, level, text, |text| {
            put(target, Level::Atom, text);
            text.push_str(" := ");
            put(value, Level::Atom, text);
        }),
        ExprKind::BinOp { left, op, right } => {
            let (own, word) = binary(*op);
            let power = *op == BinOp::Pow;
            grouped(own, level, text, |text| {
                put(left, if power { own.tighter() } else { own }, text);
                text.push_str(word);
                put(right, if power { own } else { own.tighter() }, text);
            });
        }
        ExprKind::UnaryOp { op, operand } => {
            let (own, word) = match op {
                UnaryOp::Invert => (Level::Factor, "~"),
                UnaryOp::Not => (Level::Not, "not "),
                UnaryOp::UAdd => (Level::Factor, "+"),
                UnaryOp::USub => (Level::Factor, "-"),
            };
            grouped(own, level, text, |text| {
                text.push_str(word);
                put(operand, own, text);
            });
        }
        ExprKind::Lambda(lambda) => grouped(Level::Test, level, text, |text| {
            let positional = lambda.args.args.len() + lambda.args.posonlyargs.len();
            text.push_str(if positional > 0 { "lambda " } else { "lambda" });
            write_arguments(&lambda.args, text);
            text.push_str(": ");
            put(&lambda.body, Level::Test, text);
        }),
        ExprKind::IfExp { test, body, orelse } => grouped(Level::Test, level, text, |text| {
            put(body, Level::Or, text);
            text.push_str(" if ");
            put(test, Level::Or, text);
            text.push_str(" else ");
            put(orelse, Level::Test, text);
        }),
        ExprKind::Dict { keys, values } => {
            text.push('{');
            for (index, (key, value)) in keys.iter().zip(values).enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                match key {
                    Some(key) => {
                        put(key, Level::Test, text);
                        text.push_str(": ");
                        put(value, Level::Test, text);
                    }
                    None => {
                        text.push_str("**");
                        put(value, Level::BitOr, text);
                    }
                }
            }
            text.push('}');
        }
        ExprKind::Set(elts) => {
            text.push('{');
            put_all(elts, ", ", Level::Test, text);
            text.push('}');
        }
        ExprKind::Comp(comp) => write_comp(comp, text),
        ExprKind::Await(value) => grouped(Level::Await, level, text, |text| {
            text.push_str("await ");
            put(value, Level::Atom, text);
        }),
        ExprKind::Yield(None) => text.push_str("(yield)"),
        ExprKind::Yield(Some(value)) => {
            text.push_str("(yield ");
            put(value, Level::Test, text);
            text.push(')');
        }
        ExprKind::YieldFrom(value) => {
            text.push_str("(yield from ");
            put(value, Level::Test, text);
            text.push(')');
        }
        ExprKind::Compare { left, ops, comparators } => grouped(Level::Cmp, level, text, |text| {
            put(left, Level::BitOr, text);
            for (op, comparator) in ops.iter().zip(comparators) {
                text.push_str(compare(*op));
                put(comparator, Level::BitOr, text);
            }
        }),
        ExprKind::Call { func, args, keywords } => {
            put(func, Level::Atom, text);
            if let ([only], []) = (&args[..], &keywords[..])
                && let ExprKind::Comp(comp) = &only.kind
                && comp.kind == CompKind::Generator
            {
                return write_comp(comp, text);
            }
            text.push('(');
            put_all(args, ", ", Level::Test, text);
            for (index, keyword) in keywords.iter().enumerate() {
                text.push_str(if index + args.len() > 0 { ", " } else { "" });
                match &keyword.arg {
                    Some(name) => text.extend([&**name, "="]),
                    None => text.push_str("**"),
                }
                put(&keyword.value, Level::Test, text);
            }
            text.push(')');
        }
        ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => {
            let mut body = String::new();
            write_fields(values, &mut body);
            text.push(if matches!(expr.kind, ExprKind::JoinedStr(_)) { 'f' } else { 't' });
            text.push_str(&repr(&Const::str(&body)));
        }
        ExprKind::FormattedValue { .. } | ExprKind::Interpolation { .. } => write_field(expr, text),
        ExprKind::Constant(value) => write_constant(value, text),
        ExprKind::Attribute { value, attr, .. } => {
            put(value, Level::Atom, text);
            let is_int = matches!(value.constant(), Some(Const::Int(_) | Const::BigInt(_)));
            text.extend([if is_int { " ." } else { "." }, attr]);
        }
        ExprKind::Subscript { value, slice, .. } => {
            put(value, Level::Atom, text);
            text.push('[');
            put(slice, Level::Tuple, text);
            text.push(']');
        }
        ExprKind::Starred { value, .. } => {
            text.push('*');
            put(value, Level::BitOr, text);
        }
        ExprKind::Name { id, .. } => text.push_str(id),
        ExprKind::List { elts, .. } => {
            text.push('[');
            put_all(elts, ", ", Level::Test, text);
            text.push(']');
        }
        ExprKind::Tuple { elts, .. } if elts.is_empty() => text.push_str("()"),
        ExprKind::Tuple { elts, .. } => grouped(Level::Tuple, level, text, |text| {
            put_all(elts, ", ", Level::Test, text);
            text.push_str(if elts.len() == 1 { "," } else { "" });
        }),
        ExprKind::Slice { lower, upper, step } => {
            if let Some(lower) = lower {
                put(lower, Level::Test, text);
            }
            text.push(':');
            if let Some(upper) = upper {
                put(upper, Level::Test, text);
            }
            if let Some(step) = step {
                text.push(':');
                put(step, Level::Test, text);
            }
        }
    }
}

fn binary(op: BinOp) -> (Level, &'static str) {
    match op {
        BinOp::Add => (Level::Arith, " + "),
        BinOp::Sub => (Level::Arith, " - "),
        BinOp::Mult => (Level::Term, " * "),
        BinOp::MatMult => (Level::Term, " @ "),
        BinOp::Div => (Level::Term, " / "),
        BinOp::Mod => (Level::Term, " % "),
        BinOp::FloorDiv => (Level::Term, " // "),
        BinOp::LShift => (Level::Shift, " << "),
        BinOp::RShift => (Level::Shift, " >> "),
        BinOp::BitOr => (Level::BitOr, " | "),
        BinOp::BitXor => (Level::BitXor, " ^ "),
        BinOp::BitAnd => (Level::BitAnd, " & "),
        BinOp::Pow => (Level::Power, " ** "),
    }
}

fn compare(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}

fn write_arg(arg: &Arg, default: Option<&Expr>, text: &mut String) {
    text.push_str(&arg.name);
    if let Some(annotation) = &arg.annotation {
        text.push_str(": ");
        put(annotation, Level::Test, text);
    }
    if let Some(default) = default {
        text.push('=');
        put(default, Level::Test, text);
    }
}

fn write_arguments(args: &Arguments, text: &mut String) {
    let mut separator = "";
    let positional = args.posonlyargs.len() + args.args.len();
    let first_default = positional - args.defaults.len().min(positional);
    for (index, arg) in args.posonlyargs.iter().chain(&args.args).enumerate() {
        text.push_str(separator);
        separator = ", ";
        let default = index.checked_sub(first_default).and_then(|index| args.defaults.get(index));
        write_arg(arg, default, text);
        if index + 1 == args.posonlyargs.len() {
            text.push_str(", /");
        }
    }
    if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
        text.push_str(separator);
        separator = ", ";
        text.push('*');
        if let Some(vararg) = &args.vararg {
            write_arg(vararg, None, text);
        }
    }
    for (index, arg) in args.kwonlyargs.iter().enumerate() {
        text.push_str(separator);
        separator = ", ";
        write_arg(arg, args.kw_defaults.get(index).and_then(Option::as_ref), text);
    }
    if let Some(kwarg) = &args.kwarg {
        text.push_str(separator);
        text.push_str("**");
        write_arg(kwarg, None, text);
    }
}

fn write_comp(comp: &Comp, text: &mut String) {
    let (open, close) = match comp.kind {
        CompKind::Generator => ('(', ')'),
        CompKind::List => ('[', ']'),
        CompKind::Set | CompKind::Dict => ('{', '}'),
    };
    text.push(open);
    put(&comp.elt, Level::Test, text);
    if let Some(value) = &comp.value {
        text.push_str(": ");
        put(value, Level::Test, text);
    }
    for generator in &comp.generators {
        text.push_str(if generator.is_async { " async for " } else { " for " });
        put(&generator.target, Level::Tuple, text);
        text.push_str(" in ");
        put(&generator.iter, Level::Or, text);
        for test in &generator.ifs {
            text.push_str(" if ");
            put(test, Level::Or, text);
        }
    }
    text.push(close);
}

/// What is between the quotes of an f-string.
fn write_fields(values: &[Expr], text: &mut String) {
    for value in values {
        match &value.kind {
            ExprKind::Constant(Const::Str(part)) => {
                let part = String::from_utf8_lossy(part.as_bytes());
                text.push_str(&part.replace('{', "{{").replace('}', "}}"));
            }
            ExprKind::JoinedStr(values) => write_fields(values, text),
            _ => write_field(value, text),
        }
    }
}

fn write_field(expr: &Expr, text: &mut String) {
    let (ExprKind::FormattedValue { value, conversion, spec } | ExprKind::Interpolation { value, conversion, spec, .. }) = &expr.kind
    else {
        return;
    };
    let inner = text_of(value, Level::Or);
    // A brace right after the opening one would read as an escape.
    text.extend([if inner.starts_with('{') { "{ " } else { "{" }, &inner]);
    if let Some(letter) = u32::try_from(*conversion).ok().and_then(char::from_u32) {
        text.extend(['!', letter]);
    }
    if let Some(spec) = spec {
        text.push(':');
        write_fields(std::slice::from_ref(spec), text);
    }
    text.push('}');
}

fn write_constant(value: &Const, text: &mut String) {
    match value {
        Const::Ellipsis => text.push_str("..."),
        // No literal reads back as infinity but one that is too large.
        Const::Float(_) | Const::Complex(..) => text.push_str(&repr(value).replace("inf", "1e309")),
        _ => text.push_str(&repr(value)),
    }
}
