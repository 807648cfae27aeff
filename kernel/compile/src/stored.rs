//! Compiled code as bytes, for whoever keeps it between runs, as CPython keeps `.pyc` files. The bytes are this build's own and no other
//! reads them.

use std::rc::Rc;

use crate::code::Code;

/// The code as bytes.
pub fn to_bytes(code: &Code) -> Vec<u8> {
    postcard::to_allocvec(code).expect("code is plain data")
}

/// The code of such bytes. Nothing, if they are of something else; whether they are as they were written, the caller knows.
pub fn from_bytes(bytes: &[u8]) -> Option<Rc<Code>> {
    postcard::from_bytes(bytes).ok()
}
