//! The protocols: what Python's operators and builtin functions do with any object (`Objects/abstract.c`).

pub(crate) mod attribute;
pub mod compare;
mod index;
mod instance;
mod iterate;
mod look;
pub(crate) mod lookup;
mod number;
pub(crate) mod storage;
mod text;

pub use attribute::Loaded;
