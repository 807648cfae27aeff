//! Changes to the tree before names are looked at: `__debug__`, `'…' % (…)`, numbers in patterns.
//!
//! From 3.14 on constants are folded in the flow graph; before that, here. Follows CPython's `ast_preprocess.c`.

// Stub: preprocess() is being written on branch `back` with this very signature; it will replace this file. Constants' repr() is in repr.rs, arithmetic in arithmetic.rs.

use crate::Options;
use crate::ast::*;
use crate::ir::Location;
use crate::scope::Future;

pub(crate) fn preprocess(
    _module: &mut Module,
    _future: Future,
    _options: Options,
    _warnings: &mut Vec<(Location, String)>,
) {
}
