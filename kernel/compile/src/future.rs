//! `from __future__ import …`: what a module asks for before anything else.
//!
//! Only `annotations` still changes anything. Follows CPython's `future.c`.

use crate::Options;
use crate::ast::*;
use crate::error::SyntaxError;
use crate::lower::Result;
use crate::scope::Future;

const FEATURES: [&str; 10] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
    "annotations",
];

pub(crate) fn of(module: &Module, options: Options) -> Result<Future> {
    let mut future = Future { annotations: options.future_annotations, line: -1, top_level_await: options.top_level_await };
    let (Module::Exec(body) | Module::Single(body)) = module else { return Ok(future) };
    let mut rest = &body[..];
    if docstring(rest).is_some() {
        rest = &rest[1..];
    }
    for stmt in rest {
        let StmtKind::ImportFrom { module: Some(name), names, level: 0 } = &stmt.kind else { break };
        if &**name != "__future__" {
            break;
        }
        for alias in names {
            match &*alias.name {
                "annotations" => future.annotations = true,
                "braces" => return Err(SyntaxError::at(alias.loc, "not a chance")),
                name if FEATURES.contains(&name) => {}
                name => return Err(SyntaxError::at(alias.loc, format!("future feature {name} is not defined"))),
            }
        }
        future.line = stmt.loc.line;
    }
    Ok(future)
}
