//! What a checker needs of whatever runs the cells: sessions that take cells and give ordered outputs.
//!
//! Our own machine, a plain CPython and any Jupyter kernel stand behind these two traits, so the checker
//! knows no interpreter. A session is used by one thread; an engine opens sessions for many at once.

use crate::info::{Language, Version};
use picture::Request;

/// A piece of what a cell gave, in the order it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Text on standard output.
    Stdout(String),
    /// Text on standard error.
    Stderr(String),
    /// The last value, as `repr` shows it.
    Value(String),
    /// The exception that ended the cell.
    Error {
        /// Its class, as in `ValueError`.
        ename: String,
        /// Its text.
        evalue: String,
        /// The whole traceback as printed, last line included.
        traceback: String,
    },
}

/// How a piece of code is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As a notebook's cell: the last value is shown and kept in `_` and `Out`.
    Cell,
    /// As one statement at the prompt: each value is shown, the last is `_`.
    Prompt,
}

/// Code for a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The source.
    pub source: String,
    /// The file name that tracebacks show.
    pub name: String,
    /// How it is run.
    pub mode: Mode,
}

/// A running interpreter that remembers what earlier cells did.
pub trait Session {
    /// Runs a cell to its end. An `Err` means that the session is lost, not that the code raised.
    fn run(&mut self, cell: &Cell) -> Result<Vec<Output>, Trouble>;

    /// Before a cell whose page wants a picture: what is to be seen of it.
    fn look(&mut self, _request: &Request) {}

    /// The picture as text, from an engine that can show it.
    fn heap(&mut self, _request: &Request) -> Option<String> {
        None
    }
}

/// Opens sessions.
pub trait Engine: Sync {
    /// What to call it in a sentence.
    fn name(&self) -> String;

    /// Starts a session, or gives none if this engine does not speak that language or version.
    fn open(&self, language: Language, version: Version) -> Result<Option<Box<dyn Session>>, Trouble>;

    /// Whether it judges our own engine, and is not it.
    fn judges(&self) -> bool;

    /// Whether a mark (`heapbook-only=…`) that this judge does not need has to go. One that may have what a plain CPython lacks, numpy
    /// say, cannot tell.
    fn minds_marks(&self) -> bool {
        self.judges()
    }

    /// What may differ between the page and what this engine prints in a language.
    fn tolerance(&self, _language: Language) -> Tolerance {
        Tolerance::default()
    }
}

/// What may differ between a page and what an engine prints. By default nothing may.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tolerance {
    /// Addresses (`0x7f…`) need only be equal where the page's are equal.
    pub addresses: bool,
    /// Of a traceback only the last line counts.
    pub last_line: bool,
}

/// An engine or session that cannot go on; the text says why and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

/// Outputs as they stand on a page: one after the other, each value and traceback on lines of its own.
pub fn text(outputs: &[Output]) -> String {
    let mut text = String::new();
    for output in outputs {
        match output {
            Output::Stdout(part) | Output::Stderr(part) => text += part,
            Output::Value(part) | Output::Error { traceback: part, .. } => {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                text += part;
                if !part.ends_with('\n') {
                    text.push('\n');
                }
            }
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    // As a page can hold it: Markdown has one kind of line end and no zero byte.
    match text.contains(['\r', '\0']) {
        true => text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}"),
        false => text,
    }
}

/// What a statement at the prompt printed. Blank lines at the end are not told from those before the next prompt.
pub fn prompt_text(outputs: &[Output]) -> String {
    let text = text(outputs);
    match text.trim_end_matches('\n') {
        "" => String::new(),
        kept => format!("{kept}\n"),
    }
}

/// The exception that ended a cell, if one did.
pub fn error(outputs: &[Output]) -> Option<(&str, &str)> {
    outputs.iter().find_map(|output| match output {
        Output::Error { ename, evalue, .. } => Some((ename.as_str(), evalue.as_str())),
        _ => None,
    })
}
