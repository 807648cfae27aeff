//! Arithmetic and comparisons of arrays and scalars, item by item, with NumPy's rules for types (NEP 50) and shapes.
//!
//! A plain Python number takes the type of what it meets; arrays and scalars bring their own along.

use std::borrow::Cow;

use heap::{List, Obj, Tuple};

use super::array::{self, NdArray, own};
use super::dtype::{DType, Number};
use super::scalar;
use crate::class::{Binary, Compare, Operator};
use crate::objects::leaf;
use crate::text::number;
use crate::{PyResult, Vm};

/// The operators that there are.
pub(super) const OPERATORS: [Operator; 12] = [
    Operator::Add,
    Operator::Subtract,
    Operator::Multiply,
    Operator::TrueDivide,
    Operator::FloorDivide,
    Operator::Remainder,
    Operator::Power,
    Operator::And,
    Operator::Or,
    Operator::Xor,
    Operator::LShift,
    Operator::RShift,
];

macro_rules! slots {
    ($function:ident, $($op:ident)*) => {
        fn $function(op: Operator) -> Binary {
            match op {
                $(Operator::$op => |vm, a, b| operate(vm, Operator::$op, a, b),)*
                _ => |vm, _, _| Ok(vm.not_implemented()),
            }
        }
    };
}

slots!(plain_slot, Add Subtract Multiply TrueDivide FloorDivide Remainder Power And Or Xor LShift RShift);

/// `a op b`.
pub(super) fn slot(op: Operator) -> Binary {
    plain_slot(op)
}

macro_rules! in_place_slots {
    ($($op:ident)*) => {
        /// `a op= b` of an array, which keeps its bytes.
        pub(super) fn in_place_slot(op: Operator) -> Binary {
            match op {
                $(Operator::$op => |vm, a, b| in_place(vm, Operator::$op, a, b),)*
                _ => |vm, _, _| Ok(vm.not_implemented()),
            }
        }
    };
}

in_place_slots!(Add Subtract Multiply TrueDivide FloorDivide Remainder Power And Or Xor LShift RShift);

/// NumPy's name of an operator.
fn name(op: Operator) -> &'static str {
    match op {
        Operator::Add => "add",
        Operator::Subtract => "subtract",
        Operator::Multiply => "multiply",
        Operator::TrueDivide => "divide",
        Operator::FloorDivide => "floor_divide",
        Operator::Remainder => "remainder",
        Operator::Power => "power",
        Operator::And => "bitwise_and",
        Operator::Or => "bitwise_or",
        Operator::Xor => "bitwise_xor",
        Operator::LShift => "left_shift",
        _ => "right_shift",
    }
}

/// One side of an operation.
struct Operand {
    /// An array; of a number, nothing.
    array: Option<Obj>,
    /// A number's value.
    value: Number,
    dtype: DType,
    /// A plain Python number, which takes the other's type.
    weak: bool,
}

impl Operand {
    fn of(vm: &Vm, obj: &Obj) -> PyResult<Option<Operand>> {
        let single = |dtype, value, weak| Operand { array: None, value, dtype, weak };
        if let Some(array) = obj.get::<NdArray>() {
            return Ok(Some(Operand { array: Some(obj.clone()), ..single(array.dtype, Number::Int(0), false) }));
        }
        if let Some((dtype, value)) = scalar::of(vm, obj) {
            return Ok(Some(single(dtype, value, false)));
        }
        if leaf::integer(obj).is_some() || leaf::float(obj).is_some() {
            let (dtype, value) = array::number(vm, obj, None)?;
            return Ok(Some(single(dtype, value, dtype != DType::Bool)));
        }
        if obj.get::<List>().is_some() || obj.get::<Tuple>().is_some() {
            let made = array::from_object(vm, obj, None)?;
            let dtype = own(&made).dtype;
            return Ok(Some(Operand { array: Some(made), ..single(dtype, Number::Int(0), false) }));
        }
        Ok(None)
    }

    fn shape(&self) -> Vec<usize> {
        self.array.as_ref().map(|array| own(array).shape.clone()).unwrap_or_default()
    }

    /// The values for a result of some shape: one for all, or as many as that has.
    fn lane<T: Copy>(&self, shape: &[usize], one: T, all: impl FnOnce(&NdArray) -> Vec<T>) -> Cow<'static, [T]> {
        let Some(array) = &self.array else { return vec![one].into() };
        let array = own(array);
        let values = all(array);
        if array.shape == shape || values.len() == 1 {
            return values.into();
        }
        // Dimensions of one item, and those that are missing in front, are repeated.
        let rank = shape.len() - array.shape.len();
        let steps = array::row_strides(&array.shape, 1);
        let total: usize = shape.iter().product();
        let spread = (0..total).map(|i| {
            let (mut rest, mut at) = (i, 0);
            for (axis, n) in shape.iter().enumerate().rev() {
                let here = rest % n;
                rest /= n;
                if axis >= rank && array.shape[axis - rank] != 1 {
                    at += here * steps[axis - rank] as usize;
                }
            }
            values[at]
        });
        spread.collect::<Vec<T>>().into()
    }

    fn floats(&self, shape: &[usize]) -> Cow<'static, [f64]> {
        self.lane(shape, self.value.to_f64(), NdArray::floats)
    }

    fn wholes(&self, shape: &[usize]) -> Cow<'static, [i64]> {
        let one = match self.value {
            Number::Int(n) => n as i64,
            Number::Float(f) => f as i64,
        };
        self.lane(shape, one, NdArray::wholes)
    }
}

/// The type in which two operands meet.
fn common(vm: &Vm, a: &Operand, b: &Operand) -> PyResult<DType> {
    let meet = |strong: &Operand, weak: &Operand| -> PyResult<DType> {
        match weak.value {
            Number::Float(_) if strong.dtype.is_float() => Ok(strong.dtype),
            Number::Float(_) => Ok(DType::Float64),
            Number::Int(_) if strong.dtype == DType::Bool => Ok(DType::Int64),
            Number::Int(n) => {
                let (low, high) = strong.dtype.bounds();
                if !strong.dtype.is_float() && !(low..=high).contains(&n) {
                    return Err(vm.overflow_error(format!("Python integer {n} out of bounds for {}", strong.dtype.name())));
                }
                Ok(strong.dtype)
            }
        }
    };
    match (a.weak, b.weak) {
        (false, true) => meet(a, b),
        (true, false) => meet(b, a),
        _ => Ok(a.dtype.promote(b.dtype)),
    }
}

/// The shape of the result (broadcasting).
fn joined(vm: &Vm, a: &[usize], b: &[usize]) -> PyResult<Vec<usize>> {
    let rank = a.len().max(b.len());
    let size = |shape: &[usize], axis: usize| if axis + shape.len() < rank { 1 } else { shape[axis + shape.len() - rank] };
    let mut shape = Vec::with_capacity(rank);
    for axis in 0..rank {
        match (size(a, axis), size(b, axis)) {
            (n, m) if n == m || m == 1 => shape.push(n),
            (1, m) => shape.push(m),
            _ => {
                let text = |shape: &[usize]| {
                    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
                    format!("({}{})", sizes.join(","), if shape.len() == 1 { "," } else { "" })
                };
                return Err(vm.value_error(format!("operands could not be broadcast together with shapes {} {} ", text(a), text(b))));
            }
        }
    }
    Ok(shape)
}

/// The items of the result as they stand in memory.
fn both<T: Copy>(dtype: DType, shape: &[usize], a: &[T], b: &[T], mut each: impl FnMut(T, T) -> Number) -> Vec<u8> {
    let (total, size): (usize, usize) = (shape.iter().product(), dtype.size());
    let mut data = vec![0; total * size];
    // One value stands for all, or there are as many as items.
    let (step_a, step_b) = (usize::from(a.len() != 1), usize::from(b.len() != 1));
    for (i, place) in data.chunks_exact_mut(size).enumerate() {
        dtype.store(place, each(a[i * step_a], b[i * step_b]));
    }
    data
}

fn operate(vm: &Vm, op: Operator, left: &Obj, right: &Obj) -> PyResult {
    let (Some(a), Some(b)) = (Operand::of(vm, left)?, Operand::of(vm, right)?) else { return Ok(vm.not_implemented()) };
    let is_array = a.array.is_some() || b.array.is_some();
    let (dtype, shape, data) = computed(vm, op, &a, &b)?;
    if is_array { array::made(vm, dtype, shape, data) } else { scalar::made(vm, dtype, dtype.load(&data)) }
}

/// `array += other`: the result goes where the array's items are.
fn in_place(vm: &Vm, op: Operator, this: &Obj, other: &Obj) -> PyResult {
    let (Some(a), Some(b)) = (Operand::of(vm, this)?, Operand::of(vm, other)?) else { return Ok(vm.not_implemented()) };
    let (dtype, shape, data) = computed(vm, op, &a, &b)?;
    let array = own(this);
    let allowed = dtype.is_float() <= array.dtype.is_float() && (dtype == DType::Bool || array.dtype != DType::Bool);
    if !allowed {
        let text = format!(
            "Cannot cast ufunc '{}' output from dtype('{}') to dtype('{}') with casting rule 'same_kind'",
            name(op),
            dtype.name(),
            array.dtype.name()
        );
        return Err(vm.type_error(text));
    }
    if shape != array.shape {
        let text = |shape: &[usize]| vm.repr_text(&array::numbers(vm, shape)).map(|text| text.replace(' ', ""));
        let text = format!(
            "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
            text(&array.shape)?,
            text(&shape)?
        );
        return Err(vm.value_error(text));
    }
    let places: Vec<usize> = array.places().collect();
    let values = data.chunks_exact(dtype.size()).map(|item| dtype.load(item));
    array.with_bytes_mut(|bytes| places.iter().zip(values).for_each(|(at, value)| array.dtype.store(&mut bytes[*at..], value)));
    Ok(this.clone())
}

/// What an operation gives: type, shape and the items' bytes.
fn computed(vm: &Vm, op: Operator, a: &Operand, b: &Operand) -> PyResult<(DType, Vec<usize>, Vec<u8>)> {
    let shape = joined(vm, &a.shape(), &b.shape())?;
    let mut dtype = common(vm, a, b)?;
    let bits = matches!(op, Operator::And | Operator::Or | Operator::Xor | Operator::LShift | Operator::RShift);
    if bits && dtype.is_float() {
        let text = format!(
            "ufunc '{}' not supported for the input types, and the inputs could not be safely coerced to any supported types according to the casting rule ''safe''",
            name(op)
        );
        return Err(vm.type_error(text));
    }
    if dtype == DType::Bool && !bits {
        dtype = match op {
            Operator::Add | Operator::Multiply => DType::Bool,
            Operator::Subtract => {
                let text = "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.";
                return Err(vm.type_error(text));
            }
            _ => DType::Int8,
        };
    }
    if op == Operator::TrueDivide && !dtype.is_float() {
        dtype = match dtype.size() {
            1 => return Err(vm.type_error("the quotient would be of float16, which is not supported here")),
            2 => DType::Float32,
            _ => DType::Float64,
        };
    }
    let single = a.array.is_none() && b.array.is_none();
    let (mut by_zero, mut invalid) = (false, false);
    let data = if dtype.is_float() {
        let (left, right) = (a.floats(&shape), b.floats(&shape));
        both(dtype, &shape, &left, &right, |x, y| {
            let value = match op {
                Operator::Add => x + y,
                Operator::Subtract => x - y,
                Operator::Multiply => x * y,
                Operator::TrueDivide => x / y,
                Operator::FloorDivide if y == 0.0 => x / y,
                Operator::FloorDivide => number::float_div_mod(x, y).0,
                Operator::Remainder if y == 0.0 => f64::NAN,
                Operator::Remainder => number::float_mod(x, y),
                _ => x.powf(y),
            };
            if y == 0.0 && matches!(op, Operator::TrueDivide | Operator::FloorDivide | Operator::Remainder) && !x.is_nan() {
                if x == 0.0 || op == Operator::Remainder { invalid = true } else { by_zero = true }
            }
            Number::Float(value)
        })
    } else {
        if op == Operator::Power && b.wholes(&shape).iter().any(|n| *n < 0) && dtype.kind() == 'i' {
            return Err(vm.value_error("Integers to negative integer powers are not allowed."));
        }
        let unsigned = dtype == DType::UInt64;
        let (left, right) = (a.wholes(&shape), b.wholes(&shape));
        both(dtype, &shape, &left, &right, |x, y| {
            let wide = |n: i64| if unsigned { i128::from(n as u64) } else { i128::from(n) };
            Number::Int(match op {
                Operator::Add if dtype == DType::Bool => i128::from(x | y),
                Operator::Add => wide(x.wrapping_add(y)),
                Operator::Subtract => wide(x.wrapping_sub(y)),
                Operator::Multiply => wide(x.wrapping_mul(y)),
                Operator::FloorDivide | Operator::Remainder if y == 0 => {
                    by_zero = true;
                    0
                }
                Operator::FloorDivide => num_integer::div_floor(wide(x), wide(y)),
                Operator::Remainder => num_integer::mod_floor(wide(x), wide(y)),
                Operator::Power => wide(wrapping_power(x, y as u64)),
                Operator::And => wide(x & y),
                Operator::Or => wide(x | y),
                Operator::Xor => wide(x ^ y),
                Operator::LShift => {
                    if (0..64).contains(&y) {
                        wide(x << y)
                    } else {
                        0
                    }
                }
                _ => {
                    if (0..64).contains(&y) {
                        wide(x) >> y
                    } else {
                        i128::from(-i64::from(x < 0))
                    }
                }
            })
        })
    };
    let what = if single { format!("scalar {}", name(op)) } else { name(op).to_owned() };
    if by_zero {
        vm.warn(&vm.types.runtime_warning, &format!("divide by zero encountered in {what}"))?;
    }
    if invalid {
        vm.warn(&vm.types.runtime_warning, &format!("invalid value encountered in {what}"))?;
    }
    Ok((dtype, shape, data))
}

fn wrapping_power(mut base: i64, mut exponent: u64) -> i64 {
    let mut value: i64 = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            value = value.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent >>= 1;
    }
    value
}

/// The comparisons of arrays and scalars, item by item.
pub(super) fn compare(vm: &Vm, left: &Obj, right: &Obj, how: Compare) -> PyResult {
    let (Some(a), Some(b)) = (Operand::of(vm, left)?, Operand::of(vm, right)?) else { return Ok(vm.not_implemented()) };
    let shape = joined(vm, &a.shape(), &b.shape())?;
    let holds = |order: Option<std::cmp::Ordering>| {
        i128::from(match how {
            Compare::Lt => order.is_some_and(std::cmp::Ordering::is_lt),
            Compare::Le => order.is_some_and(std::cmp::Ordering::is_le),
            Compare::Eq => order.is_some_and(std::cmp::Ordering::is_eq),
            Compare::Ne => order.is_none_or(std::cmp::Ordering::is_ne),
            Compare::Gt => order.is_some_and(std::cmp::Ordering::is_gt),
            Compare::Ge => order.is_some_and(std::cmp::Ordering::is_ge),
        })
    };
    let is_float = |operand: &Operand| operand.dtype.is_float() || operand.weak && matches!(operand.value, Number::Float(_));
    let data = if is_float(&a) || is_float(&b) {
        both(DType::Bool, &shape, &a.floats(&shape), &b.floats(&shape), |x, y| Number::Int(holds(x.partial_cmp(&y))))
    } else if a.dtype == DType::UInt64 || b.dtype == DType::UInt64 {
        let wide = |operand: &Operand| {
            let one = operand.value;
            operand.lane(&shape, one, NdArray::numbers)
        };
        let whole = |number: Number| if let Number::Int(n) = number { n } else { 0 };
        both(DType::Bool, &shape, &wide(&a), &wide(&b), |x, y| Number::Int(holds(Some(whole(x).cmp(&whole(y))))))
    } else {
        both(DType::Bool, &shape, &a.wholes(&shape), &b.wholes(&shape), |x, y| Number::Int(holds(Some(x.cmp(&y)))))
    };
    if a.array.is_none() && b.array.is_none() {
        return scalar::made(vm, DType::Bool, DType::Bool.load(&data));
    }
    array::made(vm, DType::Bool, shape, data)
}

/// An array of the same type, changed item by item.
pub(super) fn unary(vm: &Vm, this: &Obj, each: impl Fn(Number) -> Number) -> PyResult {
    let array = own(this);
    array::of_numbers(vm, array.dtype, array.shape.clone(), array.numbers().into_iter().map(each))
}

/// A function of floats for each item: `numpy.sqrt` and its like.
pub(super) fn function(vm: &Vm, given: &Obj, each: fn(f64) -> f64) -> PyResult {
    let Some(operand) = Operand::of(vm, given)? else { return Err(vm.type_error("loop of ufunc does not support argument of this type")) };
    let dtype = if operand.dtype == DType::Float32 || !operand.dtype.is_float() && operand.dtype.size() == 2 {
        DType::Float32
    } else {
        DType::Float64
    };
    match &operand.array {
        None => scalar::made(vm, dtype, Number::Float(each(operand.value.to_f64()))),
        Some(array) => {
            let values = own(array).floats();
            array::of_numbers(vm, dtype, own(array).shape.clone(), values.into_iter().map(|value| Number::Float(each(value))))
        }
    }
}
