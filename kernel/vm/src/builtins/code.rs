//! Builtin functions that make and run code: `__build_class__`, `__import__`, `compile`, `eval`, `exec`, `globals`, `locals`, `open`.

use crate::class::Method;

pub(super) static FUNCTIONS: &[Method] = &[];
