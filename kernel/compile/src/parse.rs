//! The one door to the parser: text in, CPython's tree or CPython's complaint out.
//!
//! The first complaint wins, as in CPython; its wording is made in `complaint.rs`.

use ruff_python_ast as ruff;
use ruff_python_parser::{Mode as ParserMode, ParseOptions, parse_unchecked};

use crate::ast::Module;
use crate::code::Const;
use crate::complaint;
use crate::ir::Location;
use crate::lower::{Lower, Result};
use crate::source::Source;
use crate::{Mode, Options};

/// What comes out of a source text.
pub(crate) struct Parsed {
    pub(crate) module: Module,
    /// What its literals deserve.
    pub(crate) warnings: Vec<(Location, String)>,
    pub(crate) literals: Vec<Const>,
}

/// The tree of a source text.
///
/// Every version takes 3.14's grammar, because every version runs 3.14's library.
pub(crate) fn parse(source: &Source, mode: Mode, options: Options) -> Result<Parsed> {
    complaint::before_parsing(source)?;
    let parser_mode = if mode == Mode::Eval { ParserMode::Expression } else { ParserMode::Module };
    let parsed = parse_unchecked(&source.text, ParseOptions::from(parser_mode).with_target_version(ruff::PythonVersion::PY314));
    if !parsed.errors().is_empty() || !parsed.unsupported_syntax_errors().is_empty() {
        let complaint = complaint::of(source, &parsed, mode, options.allow_incomplete);
        discard(parsed);
        return Err(complaint);
    }
    if let (Mode::Single, ruff::Mod::Module(module)) = (mode, parsed.syntax()) {
        complaint::single(source, &module.body, options)?;
    }
    let mut lower = Lower::new(source, options.version);
    let module = match parsed.syntax() {
        ruff::Mod::Module(module) => lower.body(&module.body).map(|body| match mode {
            Mode::Single => Module::Single(body),
            _ => Module::Exec(body),
        }),
        ruff::Mod::Expression(expression) => lower.expr(&expression.body).map(|body| Module::Eval(Box::new(body))),
    };
    let mut warnings = std::mem::take(&mut lower.warnings);
    // Literals are judged as they are read.
    warnings.sort_by_key(|(loc, _)| (loc.line, loc.col));
    match module {
        Ok(module) => Ok(Parsed { module, warnings, literals: lower.literals }),
        Err(error) => {
            discard(parsed);
            Err(error)
        }
    }
}

/// Drops a tree that may be too deep for the stack we are on. In a browser there is no other stack, and it is left where it is.
fn discard<T>(tree: T) {
    if cfg!(target_arch = "wasm32") {
        std::mem::forget(tree);
    } else {
        stacker::grow(512 * 1024 * 1024, || drop(tree));
    }
}
