//! What a refused source text is told: CPython's words, and the place they point at.
//!
//! Inside the crate columns are byte offsets from 0; [`SyntaxError::finish`] turns them into what Python code sees.

use crate::ir::Location;
use crate::source::Source;

/// Which exception it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `TabError`
    Tab,
    /// `RecursionError`: the tree is too deep to compile.
    Recursion,
    /// `_IncompleteInputError`, a `SyntaxError`: more lines could still make it valid.
    Incomplete,
    /// `MemoryError`: the parser's stack is too small for it.
    Memory,
    /// `ValueError`: null bytes.
    Value,
}

/// A source text that does not compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Which exception it is.
    pub kind: ErrorKind,
    /// `msg`
    pub msg: String,
    /// `filename`
    pub filename: String,
    /// `lineno`, from 1.
    pub line: i32,
    /// `offset`, in characters from 1; 0 or less: no column.
    pub col: i32,
    /// `end_lineno`
    pub end_line: i32,
    /// `end_offset`
    pub end_col: i32,
    /// `text`: the line, with its newline if it has one.
    pub text: Option<String>,
    /// Found by the parser; `text` is always shown then. Otherwise CPython reads `text` back from the file, and shows none if there is no file.
    pub parsed: bool,
}

/// A `SyntaxWarning`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The message.
    pub msg: String,
    /// The line, from 1.
    pub line: i32,
    /// What it becomes where warnings are errors (`_PyErr_EmitSyntaxWarning`).
    pub error: SyntaxError,
}

impl Warning {
    /// `parsed` as in [`SyntaxError`].
    pub(crate) fn new((loc, msg): &(Location, String), parsed: bool, filename: &str, source: &Source) -> Warning {
        let told = msg.replace(" Such sequences will not work in the future.", "");
        let mut error = SyntaxError::at(*loc, told);
        error.parsed = parsed;
        Warning { msg: msg.clone(), line: loc.line, error: error.finish(filename, source) }
    }
}

impl SyntaxError {
    pub(crate) fn new(kind: ErrorKind, msg: impl Into<String>, loc: Location) -> Box<SyntaxError> {
        Box::new(SyntaxError {
            kind,
            msg: msg.into(),
            filename: String::new(),
            line: loc.line,
            col: loc.col,
            end_line: loc.end_line,
            end_col: loc.end_col,
            text: None,
            parsed: false,
        })
    }

    pub(crate) fn at(loc: Location, msg: impl Into<String>) -> Box<SyntaxError> {
        SyntaxError::new(ErrorKind::Syntax, msg, loc)
    }

    /// Fills in file and text. The parser counts columns in characters, later phases in bytes.
    pub(crate) fn finish(mut self, filename: &str, source: &Source) -> SyntaxError {
        filename.clone_into(&mut self.filename);
        if self.parsed && source.text.is_empty() {
            // A text without a line has no first one: the tokenizer has read none when the parser gives up.
            (self.line, self.col, self.end_line, self.end_col) = (0, 0, 0, 0);
            self.text = Some(String::new());
            return self;
        }
        if let Some(line) = source.line(self.line) {
            let newline = if self.line < source.line_count() || self.parsed { "\n" } else { "" };
            self.text = Some(format!("{line}{newline}"));
        }
        self.col = self.column(source, self.line, self.col);
        if self.parsed && self.end_line != self.line {
            // CPython measures the end on the first line, too.
            self.end_col = self.end_col.min(source.line(self.line).map_or(0, str::len) as i32);
        }
        self.end_col = self.column(source, self.line, self.end_col);
        self
    }

    fn column(&self, source: &Source, line: i32, col: i32) -> i32 {
        if !self.parsed || col < 0 {
            return col + 1;
        }
        let text = source.line(line).unwrap_or("");
        let known = text.char_indices().take_while(|(at, _)| (*at as i32) < col).count() as i32;
        known + (col - text.len() as i32).max(0) + 1
    }
}
