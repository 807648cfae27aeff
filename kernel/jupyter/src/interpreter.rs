//! What a kernel drives: a language's interpreter, behind a trait. Plain data goes in and out.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::{Map, Value};

/// What a kernel says of itself.
#[derive(Debug, Clone)]
pub struct Info {
    /// The kernel's name.
    pub implementation: &'static str,
    /// The kernel's version.
    pub implementation_version: &'static str,
    /// What a console shows at its start.
    pub banner: String,
    /// The protocol's `language_info`.
    pub language: Value,
    /// Texts and addresses of help.
    pub help_links: Vec<(&'static str, &'static str)>,
    /// Whether [`Interpreter::debug`] is a debugger.
    pub debugger: bool,
}

/// Code to run.
#[derive(Debug, Clone)]
pub struct Execute {
    /// The code.
    pub code: String,
    /// Whether nothing but streams and errors is to be told, and nothing counted.
    pub silent: bool,
    /// Whether it is counted and kept.
    pub store_history: bool,
    /// Expressions to evaluate when the code has run, by name.
    pub user_expressions: Vec<(String, String)>,
}

/// What became of it.
#[derive(Debug, Clone, Default)]
pub struct Executed {
    /// The cell's number.
    pub count: u64,
    /// What ended it.
    pub failure: Option<Failure>,
    /// Values of the expressions, each as the protocol wants it.
    pub user_expressions: Map<String, Value>,
    /// Pages to show, cells to write.
    pub payload: Vec<Value>,
    /// What goes along as the reply's metadata.
    pub metadata: Map<String, Value>,
}

/// An error that ended a cell.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The class of the error.
    pub ename: String,
    /// Its text.
    pub evalue: String,
    /// The report, with colors, in pieces.
    pub traceback: Vec<String>,
}

/// What may stand at the cursor.
#[derive(Debug, Clone, Default)]
pub struct Completions {
    /// The texts.
    pub matches: Vec<String>,
    /// Where they begin, in characters.
    pub start: usize,
    /// Where they end.
    pub end: usize,
    /// Of each, what it is: `function`, `module` …
    pub types: Vec<String>,
}

/// Whether a text can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    /// It can.
    Complete,
    /// More lines could make it so; the next is indented so.
    Incomplete(String),
    /// Nothing can make it so.
    Invalid,
}

/// What is asked of the history.
#[derive(Debug, Clone)]
pub enum History {
    /// The last so many cells.
    Tail(usize),
    /// The cells of a session from one number to before another; 0 is the session that runs, -1 the one before.
    Range(i64, usize, Option<usize>),
    /// Cells that match a pattern: the last so many, each only once if so wished.
    Search(String, Option<usize>, bool),
}

/// A cell of the past.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// The session.
    pub session: i64,
    /// The cell's number.
    pub number: u64,
    /// Its text.
    pub source: String,
    /// What it gave, as text.
    pub output: Option<String>,
}

/// An interpreter. It lives on one thread; a request may come while another runs, when the interpreter itself asked for it by
/// [`Frontend::attend`](crate::Frontend::attend).
pub trait Interpreter {
    /// The flag that makes it call [`Frontend::attend`](crate::Frontend::attend) soon.
    fn breaker(&self) -> Arc<AtomicBool>;
    /// The number of the next cell.
    fn next_count(&self) -> u64;
    /// Runs a cell. Outputs go to the [`Frontend`](crate::Frontend) as they come.
    fn execute(&self, request: &Execute) -> Executed;
    /// What may stand at the cursor, which counts characters.
    fn complete(&self, code: &str, cursor: usize) -> Completions;
    /// What is to be said of the name at the cursor: a text by media type.
    fn inspect(&self, code: &str, cursor: usize, detail: u64) -> Option<Map<String, Value>>;
    /// Whether a text can be run.
    fn is_complete(&self, code: &str) -> Completeness;
    /// Cells of the past.
    fn history(&self, question: &History) -> Vec<Remembered>;
    /// A request of the debug adapter protocol, and its response.
    fn debug(&self, request: &Value) -> Value;
    /// The end: what the program wanted to do at its exit.
    fn end(&self);
}
