//! Python source to code objects: the instructions CPython would run.
//!
//! Text goes through [`parse`](mod@parse) into CPython's tree, `scope` and `resolve` say what each name is, `codegen` and its
//! neighbors write instructions, and [`assemble`](mod@assemble) optimises and lays them out.
//! The tree, the order of passes, and the words of every error are CPython's.

pub mod anchors;
mod annotation;
mod arithmetic;
pub mod assemble;
mod ast;
mod borrow;
mod call;
mod check;
mod class;
mod cleanup;
pub mod code;
mod codegen;
mod cold;
mod complaint;
mod complex;
mod comprehension;
mod constants;
pub mod dis;
mod error;
mod escape;
mod expression;
mod flowgraph;
#[cfg(test)]
mod flowgraph_tests;
mod function;
mod fuse;
mod future;
mod grammar;
mod handlers;
pub mod ir;
pub mod jump;
mod lines;
mod lower;
mod lower_string;
mod nesting;
pub mod opcode;
mod parse;
mod passes;
mod pattern;
mod peephole;
mod peg;
mod preprocess;
pub mod repr;
mod resolve;
mod scope;
mod slots;
mod source;
mod statement;
mod statements;
pub mod stored;
mod swaps;
mod symbol;
pub mod tables;
mod tokenize;
pub mod tokens;
pub mod tree;
mod unbound;
mod unparse;
mod unwind;
mod validate;
pub mod version;

pub use assemble::assemble;
pub use code::{Code, Const, Handler, Instruction, PyStr};
pub use error::{ErrorKind, SyntaxError, Warning};
pub use ir::{Label, Location, Sequence, Unit};
pub use opcode::Op;
pub use statements::{Statement, statements};
pub use version::Version;

use std::rc::Rc;

/// What a source text is: CPython's `mode` of `compile()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// A module.
    #[default]
    Exec,
    /// One expression.
    Eval,
    /// One statement of a prompt, whose expressions are shown.
    Single,
}

/// How to compile.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whose instructions.
    pub version: Version,
    /// `-O`: 1 drops asserts, 2 docstrings too.
    pub optimize: u8,
    /// As if `from __future__ import annotations` stood at the top.
    pub future_annotations: bool,
    /// `await` may stand at the top level, which makes the code a coroutine's.
    pub top_level_await: bool,
    /// A text that more lines could complete is [`ErrorKind::Incomplete`]: CPython's `PyCF_ALLOW_INCOMPLETE_INPUT`.
    pub allow_incomplete: bool,
    /// A block at a prompt has to end with a newline: CPython's `PyCF_DONT_IMPLY_DEDENT`.
    pub dont_imply_dedent: bool,
}

/// Code, and what CPython would warn of while compiling it.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The module's code.
    pub code: Rc<Code>,
    /// `SyntaxWarning`s in the order they are shown.
    pub warnings: Vec<Warning>,
    /// The value of every literal, in the order of the text.
    pub literals: Vec<Const>,
}

/// Compiles a source text.
pub fn compile(source: &str, filename: &str, mode: Mode, options: Options) -> Result<Rc<Code>, SyntaxError> {
    compile_with_warnings(source, filename, mode, options).map(|compiled| compiled.code)
}

/// Compiles a source text and keeps the warnings.
pub fn compile_with_warnings(text: &str, filename: &str, mode: Mode, options: Options) -> Result<Compiled, SyntaxError> {
    let source = source::Source::new(text);
    run(&source, filename, mode, options).map_err(|error| error.finish(filename, &source))
}

/// A source text's tree: what `ast.parse` shows. `optimized` is the tree that would be compiled.
pub fn parse_tree(
    text: &str,
    filename: &str,
    mode: Mode,
    options: Options,
    optimized: bool,
) -> Result<(tree::Node, Vec<Warning>), SyntaxError> {
    let source = source::Source::new(text);
    let mut read = 0;
    let parsed = parse::parse(&source, mode, options).and_then(|mut parsed| {
        read = parsed.warnings.len();
        if optimized {
            let future = future::of(&parsed.module, options)?;
            preprocess::preprocess(&mut parsed.module, future, options, &mut parsed.warnings);
        }
        Ok(parsed)
    });
    let parsed = parsed.map_err(|error| error.finish(filename, &source))?;
    let warnings = warnings(&parsed.warnings, read, filename, &source);
    Ok((tree::of(&parsed.module, &source), warnings))
}

/// Why a tree was not compiled.
pub enum TreeError {
    /// It makes no sense, and no text could say it.
    Invalid(String),
    /// What is wrong with it could be said of a text, too.
    Syntax(SyntaxError),
}

/// Compiles a tree that a program has made.
pub fn compile_tree(node: tree::Node, filename: &str, options: Options) -> Result<Compiled, TreeError> {
    let module = tree::module(node).ok_or_else(|| TreeError::Invalid("a node has a field of another kind".to_owned()))?;
    validate::module(&module).map_err(TreeError::Invalid)?;
    let parsed = parse::Parsed { module, warnings: Vec::new(), literals: Vec::new() };
    let source = source::Source::new("");
    finish(parsed, &source, filename, options).map_err(|error| TreeError::Syntax(error.finish(filename, &source)))
}

/// A tree that a program has made, as it would be compiled.
pub fn optimize_tree(node: tree::Node, filename: &str, options: Options) -> Result<(tree::Node, Vec<Warning>), TreeError> {
    let mut module = tree::module(node).ok_or_else(|| TreeError::Invalid("a node has a field of another kind".to_owned()))?;
    validate::module(&module).map_err(TreeError::Invalid)?;
    let (source, mut found) = (source::Source::new(""), Vec::new());
    let future = future::of(&module, options).map_err(|error| TreeError::Syntax(error.finish(filename, &source)))?;
    preprocess::preprocess(&mut module, future, options, &mut found);
    Ok((tree::of(&module, &source), warnings(&found, 0, filename, &source)))
}

fn run(source: &source::Source, filename: &str, mode: Mode, options: Options) -> lower::Result<Compiled> {
    finish(parse::parse(source, mode, options)?, source, filename, options)
}

/// The first `read` of them are the parser's.
fn warnings(all: &[(ir::Location, String)], read: usize, filename: &str, source: &source::Source) -> Vec<Warning> {
    all.iter().enumerate().map(|(i, warning)| Warning::new(warning, i < read, filename, source)).collect()
}

fn finish(parsed: parse::Parsed, source: &source::Source, filename: &str, options: Options) -> lower::Result<Compiled> {
    let version = options.version;
    let parse::Parsed { mut module, mut warnings, literals } = parsed;
    let read = warnings.len();
    let future = future::of(&module, options)?;
    preprocess::preprocess(&mut module, future, options, &mut warnings);
    let table = scope::build(&module, future, version)?;
    let mut compiler = codegen::Compiler {
        filename: Rc::from(filename),
        table,
        future,
        version,
        optimize: options.optimize,
        interactive: false,
        scopes: Vec::new(),
        warnings,
        disable_warning: 0,
    };
    let code = compiler.module(&module)?;
    let warnings = self::warnings(&compiler.warnings, read, filename, source);
    Ok(Compiled { code, warnings, literals })
}
