//! The machine: runs code objects on the heap, as CPython runs them.
//!
//! Ten seconds: one arm an instruction in `dispatch.rs`; what operators do with any object in `protocol/`; one kind of object a file in
//! `objects/`; one importable module a file in `modules/`; every exception's text in `raise.rs`; the world outside in `host.rs`.

mod args;
mod bootstrap;
mod build;
pub mod builtins;
mod call;
mod class;
mod code_cache;
mod complete;
mod counted_frame;
mod dispatch;
mod docs;
mod footprint;
pub(crate) mod frame;
pub mod host;
mod import;
mod intern;
mod intrinsics;
mod jump;
mod kinds;
mod late_class;
mod modules;
mod monitoring;
mod names;
pub mod objects;
mod ops;
mod payload;
mod profile;
pub mod protocol;
mod quick;
mod raise;
mod rare;
pub mod recorder;
mod recursion;
mod registers;
mod running;
mod sampler;
mod source;
mod specialise;
mod start;
mod state;
mod streams;
mod suggest;
mod text;
mod traceback;
mod tracing;
mod trap;
mod types;
mod unwind;
mod vm;
mod watch;

pub use args::{Args, Signature};
pub use class::{Binding, Class, ClassSpec, Compare, Convention, GetSet, Method, Native, Operator, Slots, flags};
pub use code_cache::{Keeper, keep_compiled};
pub use complete::KEYWORDS;
pub use footprint::ClassTotal;
pub use start::Streams;
pub use trap::TrapHandler;
pub use types::Types;
pub use vm::{Constants, PyResult, Raised, Show, Vm};
pub use watch::{Watched, Watcher};
