//! Numbers and operators.

use heap::Obj;

use crate::{Operator, PyResult, Vm};

impl Vm {
    /// `a + b` …
    pub fn binary(&self, op: Operator, a: &Obj, b: &Obj) -> PyResult {
        let _ = (op, a, b);
        todo!()
    }

    /// `a += b` …: the result, which the caller stores.
    pub fn in_place(&self, op: Operator, a: &Obj, b: &Obj) -> PyResult {
        let _ = (op, a, b);
        todo!()
    }

    /// `pow(a, b, m)`; without `m`, `a ** b`.
    pub fn power(&self, a: &Obj, b: &Obj, m: Option<&Obj>) -> PyResult {
        let _ = (a, b, m);
        todo!()
    }

    /// `-obj`.
    pub fn negative(&self, obj: &Obj) -> PyResult {
        let _ = obj;
        todo!()
    }

    /// `+obj`.
    pub fn positive(&self, obj: &Obj) -> PyResult {
        let _ = obj;
        todo!()
    }

    /// `~obj`.
    pub fn invert(&self, obj: &Obj) -> PyResult {
        let _ = obj;
        todo!()
    }

    /// `abs(obj)`.
    pub fn absolute(&self, obj: &Obj) -> PyResult {
        let _ = obj;
        todo!()
    }

    /// Truth.
    pub fn is_true(&self, obj: &Obj) -> PyResult<bool> {
        let _ = obj;
        todo!()
    }

    /// The object as an `int` of exact type, by `__index__` (`PyNumber_Index`).
    pub fn index(&self, obj: &Obj) -> PyResult {
        let _ = obj;
        todo!()
    }

    /// `__index__` as a machine number; OverflowError beyond (`PyNumber_AsSsize_t` with `OverflowError`).
    pub fn index_isize(&self, obj: &Obj) -> PyResult<isize> {
        let _ = obj;
        todo!()
    }

    /// As [`Vm::index_isize`], but what is too large becomes the largest (for slices).
    pub fn index_clamped(&self, obj: &Obj) -> PyResult<isize> {
        let _ = obj;
        todo!()
    }

    /// `float(obj)` as `PyFloat_AsDouble` does it.
    pub fn as_float(&self, obj: &Obj) -> PyResult<f64> {
        let _ = obj;
        todo!()
    }
}
