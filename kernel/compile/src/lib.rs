//! Python source to code objects: the instructions CPython would run.

pub mod assemble;
mod cleanup;
pub mod code;
mod flowgraph;
mod handlers;
pub mod ir;
pub mod opcode;
mod passes;
mod slots;
pub mod version;

pub use assemble::assemble;
pub use code::{Code, Const, Handler, Instruction, PyStr};
pub use ir::{Label, Location, Sequence, Unit};
pub use opcode::Op;
pub use version::Version;
