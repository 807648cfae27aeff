//! How deep native code may nest: comparisons of nested lists, `repr` of nested dicts, `isinstance` with nested tuples.
//!
//! Rust's stack must never overflow, so every way from native code into itself looks whether there is room (`Py_EnterRecursiveCall`).
//! The way from native code into Python code does, too: `Vm::run`.

use compile::Version;

use crate::{PyResult, Raised, Vm};

impl Vm {
    /// Does `work`, or raises a RecursionError whose text ends with `place`, if native code is nested too deeply.
    #[inline]
    pub fn guarded<R>(&self, place: &str, work: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
        self.require_room(place)?;
        if self.version <= Version::V3_12 { self.guarded_by_count(place, work) } else { work() }
    }

    /// As [`Vm::guarded`], where CPython itself counts nothing.
    #[inline]
    pub fn in_room<R>(&self, place: &str, work: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
        self.require_room(place)?;
        work()
    }

    #[inline]
    fn require_room(&self, place: &str) -> PyResult<()> {
        if self.thread.native_room() { Ok(()) } else { Err(self.native_recursion_error(place)) }
    }

    /// Since 3.14 the text tells how much of the native stack is in use (`_Py_CheckRecursiveCall`).
    #[cold]
    fn native_recursion_error(&self, place: &str) -> Raised {
        self.recursion_error(if self.version >= Version::V3_14 {
            format!("Stack overflow (used {} kB){place}", self.thread.native_used() / 1024)
        } else {
            format!("maximum recursion depth exceeded{place}")
        })
    }

    /// Up to 3.12 native code was counted: in 3.12 by itself, before together with Python's frames.
    #[inline(never)]
    fn guarded_by_count<R>(&self, place: &str, work: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
        let left = if self.version == Version::V3_12 { &self.thread.native_remaining } else { &self.thread.remaining };
        if left.get() <= 0 {
            return Err(self.recursion_error(format!("maximum recursion depth exceeded{place}")));
        }
        left.set(left.get() - 1);
        let done = work();
        left.set(left.get() + 1);
        done
    }
}
