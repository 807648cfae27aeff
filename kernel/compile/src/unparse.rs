//! Expressions back to text, for annotations that stay text: CPython's `ast_unparse.c`.
//!
//! The text is CPython's, with its own spacing and as few parentheses as it uses.

// Stub: unparse() and repr() is being written on branch `back` with this very signature; it will replace this file. Constants' repr() is in repr.rs, arithmetic in arithmetic.rs.

use crate::ast::*;

/// The text of an expression.
pub(crate) fn unparse(_expr: &Expr) -> String {
    String::new()
}
