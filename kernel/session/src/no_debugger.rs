//! A notebook without a debugger, as in a browser: nothing stops there.

use heap::Obj;
use vm::Raised;

use crate::notebook::{Failure, Notebook};

impl Notebook {
    pub(crate) fn debug_cell(&self, _: &str, _: &str) {}

    pub(crate) fn debugged(&self, run: impl FnOnce() -> Option<Failure>) -> Option<Failure> {
        run()
    }

    pub(crate) fn debug_uncaught(&self, _: &Raised) {}

    pub(crate) fn debug_code(&self, _: &Obj) {}
}
