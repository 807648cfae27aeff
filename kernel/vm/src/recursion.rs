//! How deep native code may nest: comparisons of nested lists, `repr` of nested dicts, `isinstance` with nested tuples.
//!
//! Rust's stack must never overflow, so that every way from native code into itself is counted (`Py_EnterRecursiveCall`), and the
//! stack grows by segments. CPython 3.13 counts to the same number; 3.14 goes on until its C stack ends.

use crate::{PyResult, Vm};

/// How many calls of native code may be nested in each other.
pub(crate) const NATIVE_LIMIT: u32 = if cfg!(target_arch = "wasm32") { 1500 } else { 10_000 };

impl Vm {
    /// Does `work`, or raises a RecursionError whose text ends with `place`, if native code is nested too deeply.
    #[inline]
    pub fn guarded<R>(&self, place: &str, work: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
        let depth = self.native_depth.get();
        if depth >= NATIVE_LIMIT {
            return Err(self.recursion_error(format!("maximum recursion depth exceeded{place}")));
        }
        self.native_depth.set(depth + 1);
        let result = stacker::maybe_grow(256 * 1024, 4 * 1024 * 1024, work);
        self.native_depth.set(depth);
        result
    }
}
