//! A text cut into its top-level statements, as a prompt or a notebook's cell runs them.

use ruff_python_ast::Stmt;
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged;

/// One top-level statement, or several on one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Its text behind as many empty lines as stand before it, so that line numbers are those of the whole.
    pub text: String,
    /// Whether it is an expression, whose value a prompt shows.
    pub is_expression: bool,
}

/// The top-level statements of a text; `None` if it does not parse (compiling the whole tells why). What stands on one line is one
/// piece, with constants in common, as at the prompt; or it is taken `apart`, as in a notebook.
pub fn statements(text: &str, apart: bool) -> Option<Vec<Statement>> {
    let module = parse_module(text).ok()?.into_syntax();
    let mut found: Vec<Statement> = Vec::new();
    let mut end = 0;
    for statement in &module.body {
        let range = statement.range();
        let start = usize::from(range.start());
        let is_expression = matches!(statement, Stmt::Expr(_));
        match found.last_mut() {
            Some(before) if !apart && !text[end..start].contains('\n') => {
                before.text.pop();
                before.text += &text[end..usize::from(range.end())];
                before.text.push('\n');
                before.is_expression = false;
            }
            _ => {
                let lines = "\n".repeat(text[..start].matches('\n').count());
                let source = &text[start..usize::from(range.end())];
                found.push(Statement { text: format!("{lines}{}{source}\n", margin(&text[..start])), is_expression });
            }
        }
        end = usize::from(range.end());
    }
    Some(found)
}

/// What stands for the statements before one on its line, so that columns are those of the whole: a form feed ends what would be its
/// indentation.
fn margin(before: &str) -> String {
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    if column == 0 { String::new() } else { " ".repeat(column - 1) + "\u{c}" }
}
