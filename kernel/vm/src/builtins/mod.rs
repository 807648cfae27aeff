//! The builtin functions, some a file.

pub mod execution;
