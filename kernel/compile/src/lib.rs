//! Python source to code objects: the instructions CPython would run.

mod arithmetic;
pub mod anchors;
pub mod assemble;
mod borrow;
mod cleanup;
pub mod code;
mod cold;
mod constants;
pub mod dis;
mod flowgraph;
#[cfg(test)]
mod flowgraph_tests;

mod fuse;
mod handlers;
pub mod ir;
mod lines;
pub mod opcode;
mod passes;
mod peephole;
pub mod repr;
mod slots;
mod swaps;
pub mod tables;
mod unbound;
pub mod version;

pub use assemble::assemble;
pub use code::{Code, Const, Handler, Instruction, PyStr};
pub use ir::{Label, Location, Sequence, Unit};
pub use opcode::Op;
pub use version::Version;
