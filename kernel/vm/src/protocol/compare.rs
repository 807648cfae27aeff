//! Comparison and hash (`do_richcompare` in `Objects/object.c`).

use heap::{Float, Kind, Obj, Str};

use crate::{Compare, PyResult, Vm};

/// What stands in the `hash` slot of a class with `__hash__ = None` (`PyObject_HashNotImplemented`).
pub fn unhashable(vm: &Vm, obj: &Obj) -> PyResult<i64> {
    Err(vm.type_error(format!("unhashable type: '{}'", vm.type_name(obj))))
}

/// The hash of an object by its identity.
pub fn identity_hash(_: &Vm, obj: &Obj) -> PyResult<i64> {
    Ok((obj.id() >> 4 | obj.id() << 60) as i64)
}

impl Compare {
    /// The comparison with the operands exchanged.
    pub fn swapped(self) -> Compare {
        match self {
            Compare::Lt => Compare::Gt,
            Compare::Le => Compare::Ge,
            Compare::Gt => Compare::Lt,
            Compare::Ge => Compare::Le,
            same => same,
        }
    }

    /// As Python writes it.
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }
}

/// The comparison of two exact ints of 64 bits, floats, or texts; nothing for other objects.
#[inline]
pub(crate) fn quick_compare(a: &Obj, b: &Obj, op: Compare) -> Option<bool> {
    match (a.kind(), b.kind()) {
        (Kind::INT, Kind::INT) => Some(op.holds(a.plain_int().cmp(&b.plain_int()))),
        (Kind::STR, Kind::STR) => {
            // The order of WTF-8 is the order of code points.
            let (x, y) = (a.get::<Str>()?.as_bytes(), b.get::<Str>()?.as_bytes());
            Some(match op {
                Compare::Eq => x == y,
                Compare::Ne => x != y,
                _ => op.holds(x.cmp(y)),
            })
        }
        (Kind::FLOAT, Kind::FLOAT) if !a.is(b) => {
            let ordering = a.get::<Float>()?.0.partial_cmp(&b.get::<Float>()?.0);
            Some(ordering.map_or(op == Compare::Ne, |ordering| op.holds(ordering)))
        }
        _ => None,
    }
}

impl Vm {
    /// `hash(obj)`.
    pub fn hash(&self, obj: &Obj) -> PyResult<i64> {
        match self.with_class(obj, |class| class.slots.hash.get()) {
            Some(hash) => hash(self, obj),
            None => unhashable(self, obj),
        }
    }

    /// Whether `a is b or a == b` (`PyObject_RichCompareBool`).
    pub fn eq(&self, a: &Obj, b: &Obj) -> PyResult<bool> {
        self.compare_bool(a, b, Compare::Eq)
    }

    /// As [`Vm::eq`] with any comparison; identity decides `==` and `!=`.
    #[inline]
    pub fn compare_bool(&self, a: &Obj, b: &Obj, op: Compare) -> PyResult<bool> {
        match quick_compare(a, b, op) {
            Some(answer) => Ok(answer),
            None => self.compare_bool_of_any(a, b, op),
        }
    }

    fn compare_bool_of_any(&self, a: &Obj, b: &Obj, op: Compare) -> PyResult<bool> {
        if matches!(op, Compare::Eq | Compare::Ne) && self.is_plain_class(a) && self.is_plain_class(b) {
            return Ok(a.is(b) == (op == Compare::Eq));
        }
        if a.is(b) {
            match op {
                Compare::Eq => return Ok(true),
                Compare::Ne => return Ok(false),
                _ => {}
            }
        }
        let answer = self.compare(a, b, op)?;
        self.is_true(&answer)
    }

    /// `a < b` … (`PyObject_RichCompare`).
    pub fn compare(&self, a: &Obj, b: &Obj, op: Compare) -> PyResult {
        self.guarded(" in comparison", || self.compare_unguarded(a, b, op))
    }

    fn compare_unguarded(&self, a: &Obj, b: &Obj, op: Compare) -> PyResult {
        let of_right = self.with_class(b, |class| class.slots.richcompare.get());
        let mut reversed = false;
        if !self.same_class(a, b)
            && let Some(compare) = of_right
            && self.is_kind_of(b, &self.class_of(a))
        {
            reversed = true;
            let answer = compare(self, b, a, op.swapped())?;
            if !answer.is(&self.consts.not_implemented) {
                return Ok(answer);
            }
        }
        if let Some(compare) = self.with_class(a, |class| class.slots.richcompare.get()) {
            let answer = compare(self, a, b, op)?;
            if !answer.is(&self.consts.not_implemented) {
                return Ok(answer);
            }
        }
        if !reversed && let Some(compare) = of_right {
            let answer = compare(self, b, a, op.swapped())?;
            if !answer.is(&self.consts.not_implemented) {
                return Ok(answer);
            }
        }
        match op {
            Compare::Eq => Ok(self.bool(a.is(b))),
            Compare::Ne => Ok(self.bool(!a.is(b))),
            _ => {
                let (left, right) = (self.type_name(a), self.type_name(b));
                Err(self.type_error(format!("'{}' not supported between instances of '{left}' and '{right}'", op.symbol())))
            }
        }
    }
}
