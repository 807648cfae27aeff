//! How deep native code may nest: comparisons of nested lists, `repr` of nested dicts, `isinstance` with nested tuples.
//!
//! Rust's stack must never overflow, so every way from native code into itself looks whether there is room (`Py_EnterRecursiveCall`).
//! The way from native code into Python code does, too: `Vm::run`.

use crate::{PyResult, Vm};

impl Vm {
    /// Does `work`, or raises a RecursionError whose text ends with `place`, if native code is nested too deeply.
    #[inline]
    pub fn guarded<R>(&self, place: &str, work: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
        if !self.thread.native_room() {
            return Err(self.recursion_error(format!("maximum recursion depth exceeded{place}")));
        }
        work()
    }
}
