//! The parser's errors in CPython's words.

use ruff_python_ast as ruff;
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange};

use crate::error::{ErrorKind, SyntaxError};
use crate::ir::Location;
use crate::lower::Result;
use crate::nesting;
use crate::peg;
use crate::source::Source;
use crate::tokenize::{MAX_LEVEL, tokenize};
use crate::{Mode, Options};

/// What CPython refuses before it parses anything.
pub(crate) fn before_parsing(source: &Source) -> Result<()> {
    if source.text.contains('\0') {
        let error = SyntaxError::new(ErrorKind::Syntax, "source code string cannot contain null bytes", Location::NONE);
        return Err(error);
    }
    // The parser takes deeper nesting than CPython's tokenizer.
    let mut depth = 0usize;
    let deepest = source.text.bytes().fold(0, |deepest, byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth.max(deepest)
    });
    if deepest > MAX_LEVEL
        && let (_, Some(trouble)) = tokenize(&source.text, true)
        && trouble.msg == "too many nested parentheses"
    {
        let mut error = SyntaxError::new(trouble.kind, trouble.msg, trouble.loc);
        error.parsed = true;
        return Err(error);
    }
    nesting::limit(source)
}

/// A prompt takes one statement: one block, or several statements on one line.
pub(crate) fn single(source: &Source, body: &[ruff::Stmt], options: Options) -> Result<()> {
    let complain = |kind: ErrorKind, msg: &str, range: TextRange| {
        let mut error = SyntaxError::new(kind, msg, source.location(range));
        error.end_col += i32::from(range.is_empty());
        error.parsed = true;
        Err(error)
    };
    for pair in body.windows(2) {
        let between = TextRange::new(pair[0].range().end(), pair[1].range().start());
        if is_compound(&pair[0]) || source.slice(between).contains('\n') {
            return complain(
                ErrorKind::Syntax,
                "multiple statements found while compiling a single statement",
                TextRange::empty(pair[0].range().end()),
            );
        }
    }
    if body.is_empty() {
        let range = TextRange::empty(0.into());
        return if options.allow_incomplete {
            complain(ErrorKind::Incomplete, "incomplete input", range)
        } else {
            complain(ErrorKind::Syntax, "invalid syntax", range)
        };
    }
    // A block at a prompt is only over when its last line is.
    if let Some(last) = body.last().filter(|last| options.dont_imply_dedent && is_compound(last)) {
        let rest = &source.text[last.range().end().to_usize()..];
        if !rest.contains('\n') {
            let (line, col) = source.position(source.text.len());
            let mut error =
                SyntaxError::new(ErrorKind::Incomplete, "incomplete input", Location { line, end_line: line, col: col - 1, end_col: -2 });
            error.parsed = true;
            return Err(error);
        }
    }
    Ok(())
}

/// Does the statement have a block?
fn is_compound(stmt: &ruff::Stmt) -> bool {
    matches!(
        stmt,
        ruff::Stmt::FunctionDef(_)
            | ruff::Stmt::ClassDef(_)
            | ruff::Stmt::If(_)
            | ruff::Stmt::For(_)
            | ruff::Stmt::While(_)
            | ruff::Stmt::With(_)
            | ruff::Stmt::Try(_)
            | ruff::Stmt::Match(_)
    )
}

/// The complaint about a text that did not parse.
pub(crate) fn of(source: &Source, parsed: &Parsed<ruff::Mod>, mode: Mode, allow_incomplete: bool) -> Box<SyntaxError> {
    let (tokens, trouble) = tokenize(&source.text, mode == Mode::Exec);
    let start = match mode {
        Mode::Exec => "file",
        Mode::Eval => "eval",
        Mode::Single => "interactive",
    };
    let error = peg::complaint(&source.text, &tokens, trouble.as_ref(), start, allow_incomplete);
    let mut error = error.unwrap_or_else(|| {
        // The parser knows better than the grammar here; its place is kept.
        let range = match parsed.errors().first() {
            Some(error) => error.range(),
            None => parsed.unsupported_syntax_errors()[0].range,
        };
        SyntaxError::at(source.location(range), "invalid syntax")
    });
    error.parsed = true;
    error
}
