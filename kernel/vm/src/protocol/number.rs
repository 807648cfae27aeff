//! Numbers and operators (`Objects/abstract.c`).

use heap::{Float, Int, Obj};

use crate::class::Binary;
use crate::{Operator, PyResult, Raised, Vm};

impl Operator {
    /// As error texts name it.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::And => "&",
            Operator::FloorDivide => "//",
            Operator::LShift => "<<",
            Operator::MatMul => "@",
            Operator::Multiply => "*",
            Operator::Remainder => "%",
            Operator::Or => "|",
            Operator::Power => "** or pow()",
            Operator::RShift => ">>",
            Operator::Subtract => "-",
            Operator::TrueDivide => "/",
            Operator::Xor => "^",
            Operator::DivMod => "divmod()",
        }
    }

    /// As error texts name the in-place form.
    pub fn in_place_symbol(self) -> &'static str {
        match self {
            Operator::Add => "+=",
            Operator::And => "&=",
            Operator::FloorDivide => "//=",
            Operator::LShift => "<<=",
            Operator::MatMul => "@=",
            Operator::Multiply => "*=",
            Operator::Remainder => "%=",
            Operator::Or => "|=",
            Operator::Power => "**=",
            Operator::RShift => ">>=",
            Operator::Subtract => "-=",
            Operator::TrueDivide => "/=",
            Operator::Xor => "^=",
            Operator::DivMod => "divmod()",
        }
    }
}

impl Vm {
    /// `a + b` …
    pub fn binary(&self, op: Operator, a: &Obj, b: &Obj) -> PyResult {
        match self.try_binary(op, a, b)? {
            Some(result) => Ok(result),
            None => self.sequence_binary(op, a, b, false),
        }
    }

    /// `binary_op1`: both operands' slots have their say, a subclass's first. `None`: neither knows.
    fn try_binary(&self, op: Operator, a: &Obj, b: &Obj) -> PyResult<Option<Obj>> {
        let slot = |obj: &Obj| self.with_class(obj, |class| class.slots.binary[op as usize].get());
        let of_left = slot(a);
        let mut of_right: Option<Binary> = None;
        if !self.same_class(a, b) {
            of_right = slot(b).filter(|&right| of_left.is_none_or(|left| left as usize != right as usize));
        }
        if let Some(function) = of_left {
            if let Some(other) = of_right
                && self.is_kind_of(b, &self.class_of(a))
            {
                let result = other(self, a, b)?;
                if !result.is(&self.consts.not_implemented) {
                    return Ok(Some(result));
                }
                of_right = None;
            }
            let result = function(self, a, b)?;
            if !result.is(&self.consts.not_implemented) {
                return Ok(Some(result));
            }
        }
        if let Some(function) = of_right {
            let result = function(self, a, b)?;
            if !result.is(&self.consts.not_implemented) {
                return Ok(Some(result));
            }
        }
        Ok(None)
    }

    /// What `+` and `*` do with sequences, after the numbers' slots.
    fn sequence_binary(&self, op: Operator, a: &Obj, b: &Obj, in_place: bool) -> PyResult {
        match op {
            Operator::Add => {
                let concat =
                    self.with_class(a, |class| class.slots.in_place_concat.get().filter(|_| in_place).or(class.slots.concat.get()));
                if let Some(concat) = concat {
                    return concat(self, a, b);
                }
            }
            Operator::Multiply => {
                let repeat =
                    self.with_class(a, |class| class.slots.in_place_repeat.get().filter(|_| in_place).or(class.slots.repeat.get()));
                if let Some(repeat) = repeat {
                    return repeat(self, a, self.repetitions(b)?);
                }
                if let Some(repeat) = self.with_class(b, |class| class.slots.repeat.get()) {
                    return repeat(self, b, self.repetitions(a)?);
                }
            }
            _ => {}
        }
        Err(self.unsupported(op, a, b, in_place))
    }

    fn repetitions(&self, n: &Obj) -> PyResult<isize> {
        if self.with_class(n, |class| class.slots.index.get()).is_none() {
            return Err(self.type_error(format!("can't multiply sequence by non-int of type '{}'", self.type_name(n))));
        }
        self.index_isize(n)
    }

    #[cold]
    fn unsupported(&self, op: Operator, a: &Obj, b: &Obj, in_place: bool) -> Raised {
        let (left, right) = (self.type_name(a), self.type_name(b));
        let symbol = if in_place { op.in_place_symbol() } else { op.symbol() };
        let mut text = format!("unsupported operand type(s) for {symbol}: '{left}' and '{right}'");
        if op == Operator::RShift && !in_place && self.version < compile::Version::V3_14 && crate::objects::builtin_function::is_print(a) {
            text += ". Did you mean \"print(<message>, file=<output_stream>)\"?";
        }
        self.type_error(text)
    }

    /// `a += b` …: the result, which the caller stores.
    pub fn in_place(&self, op: Operator, a: &Obj, b: &Obj) -> PyResult {
        if let Some(function) = self.with_class(a, |class| class.slots.in_place[op as usize].get()) {
            let result = function(self, a, b)?;
            if !result.is(&self.consts.not_implemented) {
                return Ok(result);
            }
        }
        match self.try_binary(op, a, b)? {
            Some(result) => Ok(result),
            None => self.sequence_binary(op, a, b, true),
        }
    }

    /// `pow(a, b, m)`; without `m`, `a ** b`.
    pub fn power(&self, a: &Obj, b: &Obj, m: Option<&Obj>) -> PyResult {
        let Some(m) = m.filter(|m| !m.is(&self.consts.none)) else { return self.binary(Operator::Power, a, b) };
        let mut asked: Vec<usize> = Vec::new();
        let classes = [self.class_of(a), self.class_of(b), self.class_of(m)];
        for class in &classes {
            let Some(function) = self.class(class).slots.power_mod.get() else { continue };
            if asked.contains(&(function as usize)) {
                continue;
            }
            asked.push(function as usize);
            let result = function(self, a, b, m)?;
            if !result.is(&self.consts.not_implemented) {
                return Ok(result);
            }
        }
        let [left, right, modulus] = classes.map(|class| self.class_name(&class));
        Err(self.type_error(format!("unsupported operand type(s) for ** or pow(): '{left}', '{right}', '{modulus}'")))
    }

    /// `-obj`.
    pub fn negative(&self, obj: &Obj) -> PyResult {
        if let Some(value) = obj.plain_int().and_then(i64::checked_neg) {
            return Ok(self.int(value));
        }
        match self.with_class(obj, |class| class.slots.negative.get()) {
            Some(function) => function(self, obj),
            None => Err(self.type_error(format!("bad operand type for unary -: '{}'", self.type_name(obj)))),
        }
    }

    /// `+obj`.
    pub fn positive(&self, obj: &Obj) -> PyResult {
        match self.with_class(obj, |class| class.slots.positive.get()) {
            Some(function) => function(self, obj),
            None => Err(self.type_error(format!("bad operand type for unary +: '{}'", self.type_name(obj)))),
        }
    }

    /// `~obj`.
    pub fn invert(&self, obj: &Obj) -> PyResult {
        match self.with_class(obj, |class| class.slots.invert.get()) {
            Some(function) => function(self, obj),
            None => Err(self.type_error(format!("bad operand type for unary ~: '{}'", self.type_name(obj)))),
        }
    }

    /// `abs(obj)`.
    pub fn absolute(&self, obj: &Obj) -> PyResult {
        match self.with_class(obj, |class| class.slots.absolute.get()) {
            Some(function) => function(self, obj),
            None => Err(self.type_error(format!("bad operand type for abs(): '{}'", self.type_name(obj)))),
        }
    }

    /// Truth.
    #[inline]
    pub fn is_true(&self, obj: &Obj) -> PyResult<bool> {
        if obj.is(&self.consts.true_) {
            return Ok(true);
        }
        if obj.is(&self.consts.false_) || obj.is(&self.consts.none) {
            return Ok(false);
        }
        self.is_true_to_its_class(obj)
    }

    #[inline(never)]
    fn is_true_to_its_class(&self, obj: &Obj) -> PyResult<bool> {
        let (truth, len) = self.with_class(obj, |class| (class.slots.bool.get(), class.slots.len.get()));
        if let Some(function) = truth {
            return function(self, obj);
        }
        match len {
            Some(function) => Ok(function(self, obj)? != 0),
            None => Ok(true),
        }
    }

    /// The object as an `int` of exact type, by `__index__` (`PyNumber_Index`).
    pub fn index(&self, obj: &Obj) -> PyResult {
        if self.is_exact_int(obj) {
            return Ok(obj.clone());
        }
        if self.is_kind_of(obj, &self.types.int) {
            return Ok(self.exact_int(obj));
        }
        let Some(function) = self.with_class(obj, |class| class.slots.index.get()) else {
            return Err(self.type_error(format!("'{}' object cannot be interpreted as an integer", self.type_name(obj))));
        };
        let value = function(self, obj)?;
        if self.is_exact_int(&value) {
            return Ok(value);
        }
        if !self.is_kind_of(&value, &self.types.int) {
            return Err(self.type_error(format!("__index__ returned non-int (type {})", self.type_name(&value))));
        }
        let name = self.type_name(&value);
        self.warn(
            &self.types.deprecation_warning,
            &format!(
                "__index__ returned non-int (type {name}).  The ability to return an instance of a strict subclass of int is deprecated, and may not be supported in a future version of Python."
            ),
        )?;
        Ok(self.exact_int(&value))
    }

    fn is_exact_int(&self, obj: &Obj) -> bool {
        obj.kind() == heap::Kind::INT || obj.kind() == crate::kinds::BIG_INT
    }

    /// Of a `bool` or an instance of a class that extends `int`, the plain int.
    fn exact_int(&self, obj: &Obj) -> Obj {
        match obj.get::<Int>() {
            Some(small) => self.int(small.0),
            None => self.plain_value(obj),
        }
    }

    /// `__index__` as a machine number; OverflowError beyond (`PyNumber_AsSsize_t` with `OverflowError`).
    pub fn index_isize(&self, obj: &Obj) -> PyResult<isize> {
        let value = self.index(obj)?;
        match value.get::<Int>().and_then(|small| isize::try_from(small.0).ok()) {
            Some(value) => Ok(value),
            None => Err(self.overflow_error(format!("cannot fit '{}' into an index-sized integer", self.type_name(obj)))),
        }
    }

    /// As [`Vm::index_isize`], but what is too large becomes the largest (for slices).
    pub fn index_clamped(&self, obj: &Obj) -> PyResult<isize> {
        let value = self.index(obj)?;
        match value.get::<Int>() {
            Some(small) => Ok(isize::try_from(small.0).unwrap_or(if small.0 < 0 { isize::MIN } else { isize::MAX })),
            None => Ok(if self.compare_bool(&value, &self.int(0), crate::Compare::Lt)? { isize::MIN } else { isize::MAX }),
        }
    }

    /// `float(obj)` as `PyFloat_AsDouble` does it.
    pub fn as_float(&self, obj: &Obj) -> PyResult<f64> {
        if let Some(value) = obj.get::<Float>() {
            return Ok(value.0);
        }
        let class = self.class_of(obj);
        let slots = &self.class(&class).slots;
        let Some(function) = slots.float.get() else {
            if slots.index.get().is_some() {
                let value = self.index(obj)?;
                return self.as_float(&value);
            }
            return Err(self.type_error(format!("must be real number, not {}", self.class_name(&class))));
        };
        let value = function(self, obj)?;
        match value.get::<Float>() {
            Some(value) => Ok(value.0),
            None => {
                Err(self.type_error(format!("{}.__float__() must return a float, not {}", self.class_name(&class), self.type_name(&value))))
            }
        }
    }
}
