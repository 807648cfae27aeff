//! Python source to code objects: the instructions CPython would run.

pub mod code;
pub mod ir;
pub mod opcode;
pub mod version;

pub use code::{Code, Const, Handler, Instruction, PyStr};
pub use ir::{Label, Location, Sequence, Unit};
pub use opcode::Op;
pub use version::Version;
