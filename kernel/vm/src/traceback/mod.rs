//! Tracebacks as CPython 3.14 prints them for an exception that nobody caught.
//!
//! Three steps: `report.rs` takes from the exception all that is to be said, `format.rs` says it, `carets.rs` underlines. The wording and
//! the layout are those of CPython's `Lib/traceback.py`; this is the version that needs no Python code to run, for the end of a
//! program must be told even when nothing works any more.

mod carets;
mod format;
mod report;
mod suggest;

use heap::Obj;

use crate::Vm;

impl Vm {
    /// The whole text for an uncaught exception: causes and contexts, frames, carets, notes, groups.
    pub fn format_exception(&self, exception: &Obj) -> String {
        format::format(&report::Report::new(self, exception))
    }

    /// The last lines alone: class, text and notes.
    pub fn format_exception_only(&self, exception: &Obj) -> String {
        format::last_lines(&report::Report::new(self, exception))
    }
}
