//! The parser's errors in CPython's words.

use ruff_python_ast as ruff;
use ruff_python_parser::Parsed;
use ruff_text_size::Ranged;

use crate::Mode;
use crate::error::{ErrorKind, SyntaxError};
use crate::ir::Location;
use crate::lower::Result;
use crate::source::Source;

/// What CPython refuses before it parses anything.
pub(crate) fn before_parsing(source: &Source) -> Result<()> {
    if source.text.contains('\0') {
        let error = SyntaxError::new(ErrorKind::Syntax, "source code string cannot contain null bytes", Location::NONE);
        return Err(error);
    }
    Ok(())
}

/// The complaint about a text that did not parse.
pub(crate) fn of(source: &Source, parsed: &Parsed<ruff::Mod>, _mode: Mode) -> Box<SyntaxError> {
    let (range, _) = match parsed.errors().first() {
        Some(error) => (error.range(), error.to_string()),
        None => (parsed.unsupported_syntax_errors()[0].range, String::new()),
    };
    let mut error = SyntaxError::at(source.location(range), "invalid syntax");
    error.parsed = true;
    error
}
