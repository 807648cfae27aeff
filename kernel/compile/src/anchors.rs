//! Where, within a failing expression, the operator or the bracket stands: what a traceback underlines differently.
//!
//! Follows `_extract_caret_anchors_from_line_segment` and `_should_show_carets` of CPython's `traceback.py`. Places are lines and
//! characters, both from 0, within the text given.

use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged;

use crate::Version;

/// The part of an expression between its operands, or from its opening to its closing bracket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Anchors {
    /// Where the left operand ends.
    pub left_end: (usize, usize),
    /// Where the right operand begins.
    pub right_start: (usize, usize),
}

/// The anchors of a binary operation, a subscript or, since 3.13, a call; `None` for any other text.
pub fn caret_anchors(segment: &str, version: Version) -> Option<Anchors> {
    // Brackets let an expression go over several lines.
    let source = format!("(\n{segment}\n)");
    let module = parse_module(&source).ok()?.into_syntax();
    let [Stmt::Expr(statement)] = module.body.as_slice() else { return None };
    let text = Text { lines: segment.lines().map(|line| line.chars().collect()).collect(), segment };
    let start_of = |expr: &Expr| text.place(usize::from(expr.start()).checked_sub(2)?);
    let end_of = |expr: &Expr| text.place(usize::from(expr.end()).checked_sub(2)?);
    match &*statement.value {
        Expr::BinOp(operation) => {
            let (line, column) = text.find(end_of(&operation.left)?, |c| !c.is_whitespace() && c != ')')?;
            let next = text.lines[line].get(column + 1);
            let before_right = start_of(&operation.right)? > (line, column + 1);
            let two = next.is_some_and(|c| before_right && !c.is_whitespace() && *c != '\\' && *c != '#');
            Some(Anchors { left_end: (line, column), right_start: (line, column + if two { 2 } else { 1 }) })
        }
        Expr::Subscript(subscript) => {
            let left_end = text.find(end_of(&subscript.value)?, |c| c == '[')?;
            Some(Anchors { left_end, right_start: end_of(&statement.value)? })
        }
        Expr::Call(call) if version >= Version::V3_13 => {
            let left_end = text.find(end_of(&call.func)?, |c| c == '(')?;
            Some(Anchors { left_end, right_start: end_of(&statement.value)? })
        }
        _ => None,
    }
}

/// Whether the source is `return name(…)` or `name = name(…)` and the call goes from character `start` of its first line to `end` of its last:
/// then carets say nothing.
pub fn is_plain_call(source: &str, start: usize, end: usize, lines: usize) -> bool {
    let Ok(module) = parse_module(source) else { return false };
    let module = module.into_syntax();
    let call = match module.body.first() {
        Some(Stmt::Return(statement)) => match statement.value.as_deref() {
            Some(Expr::Call(call)) if call.func.is_name_expr() => call,
            _ => return false,
        },
        Some(Stmt::Assign(statement)) => match (statement.targets.as_slice(), &*statement.value) {
            ([Expr::Name(_)], Expr::Call(call)) => call,
            _ => return false,
        },
        _ => return false,
    };
    let text = Text { lines: source.lines().map(|line| line.chars().collect()).collect(), segment: source };
    text.place(usize::from(call.start())) == Some((0, start)) && text.place(usize::from(call.end())) == Some((lines - 1, end))
}

struct Text<'a> {
    lines: Vec<Vec<char>>,
    segment: &'a str,
}

impl Text<'_> {
    /// Line and character of a byte.
    fn place(&self, byte: usize) -> Option<(usize, usize)> {
        let before = self.segment.get(..byte.min(self.segment.len()))?;
        let line = before.matches('\n').count();
        Some((line, before.rsplit('\n').next().unwrap_or("").chars().count()))
    }

    /// The next character from a place on that `stop` likes; comments and continuations are jumped over.
    fn find(&self, (mut line, mut column): (usize, usize), stop: impl Fn(char) -> bool) -> Option<(usize, usize)> {
        loop {
            match self.lines.get(line)?.get(column) {
                None | Some('\\' | '#') => (line, column) = (line + 1, 0),
                Some(&c) if stop(c) => return Some((line, column)),
                Some(_) => column += 1,
            }
        }
    }
}
