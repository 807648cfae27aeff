//! What runs the cells of a check: our own machine, a plain CPython, or a Jupyter kernel.

mod cpython;
mod own;

pub(crate) use cpython::Cpython;
pub(crate) use own::Own;
