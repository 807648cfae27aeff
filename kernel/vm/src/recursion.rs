//! How deep native code may nest: comparisons of nested lists, `repr` of nested dicts, `isinstance` with nested tuples.
//!
//! Rust's stack must never overflow, so that every way from native code into itself is counted (`Py_EnterRecursiveCall`).

use crate::{PyResult, Vm};

/// How many calls of native code may be nested in each other.
pub(crate) const NATIVE_LIMIT: u32 = 1500;

impl Vm {
    /// Does `work`, or raises a RecursionError whose text ends with `place`, if native code is nested too deeply.
    #[inline]
    pub fn guarded<R>(&self, place: &str, work: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
        let depth = self.native_depth.get();
        if depth >= NATIVE_LIMIT {
            return Err(self.recursion_error(format!("maximum recursion depth exceeded{place}")));
        }
        self.native_depth.set(depth + 1);
        let result = work();
        self.native_depth.set(depth);
        result
    }
}
