//! The protocols: what Python's operators and builtin functions do with any object (`Objects/abstract.c`).

mod attribute;
pub mod compare;
mod index;
mod instance;
mod iterate;
mod number;
mod text;

pub use attribute::Loaded;
