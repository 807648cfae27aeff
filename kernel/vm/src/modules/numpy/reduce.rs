//! Sums, means, extremes: many items become one, all of them or those along one axis.
//!
//! Floats are summed as NumPy sums them, in pairs of halves, so that the last digit agrees.

use heap::Obj;

use super::array::{self, own};
use super::dtype::{self, DType, Number};
use super::scalar;
use crate::{Args, PyResult, Signature, Vm};

/// What is made of the items.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reduction {
    Sum,
    Prod,
    Mean,
    Var,
    Std,
    Min,
    Max,
    All,
    Any,
}

use Reduction::*;

pub(super) fn call(vm: &Vm, this: &Obj, args: Args<'_>, what: Reduction) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "reduce", params: &["axis", "dtype", "out", "keepdims"], positional_only: 0, positional: 3, required: 0 };
    let [axis, wanted, _, keep] = args.bind(vm, &SIGNATURE)?;
    let none = |given: Option<&Obj>| given.filter(|given| !given.is(&vm.consts.none)).cloned();
    let wanted = none(wanted).map(|wanted| dtype::of(vm, &wanted)).transpose()?;
    let keep = keep.is_some_and(|keep| keep.is(&vm.consts.true_));
    let array = own(this);
    let source = match wanted {
        Some(wanted) => array::converted(vm, this, wanted)?,
        None => this.clone(),
    };
    let Some(axis) = none(axis) else {
        let (dtype, value) =
            reduced(vm, array.dtype, wanted, own(&source).len(), || own(&source).floats(), || own(&source).wholes(), what)?;
        if keep {
            return array::of_numbers(vm, dtype, vec![1; array.shape.len()], std::iter::once(value));
        }
        return scalar::made(vm, dtype, value);
    };
    let rank = array.shape.len() as isize;
    let given = vm.index_isize(&axis)?;
    let at = if given < 0 { given + rank } else { given };
    if !(0..rank).contains(&at) {
        return Err(vm.value_error(format!("axis {given} is out of bounds for array of dimension {rank}")));
    }
    let at = at as usize;
    let (outer, n, inner): (usize, usize, usize) =
        (array.shape[..at].iter().product(), array.shape[at], array.shape[at + 1..].iter().product());
    let source = own(&source);
    let (floats, wholes) = if source.dtype.is_float() { (source.floats(), Vec::new()) } else { (Vec::new(), source.wholes()) };
    let mut values = Vec::with_capacity(outer * inner);
    let mut kind = array.dtype;
    for o in 0..outer {
        for i in 0..inner {
            let line = |k: usize| (o * n + k) * inner + i;
            let take_floats = || {
                if floats.is_empty() { (0..n).map(|k| wholes[line(k)] as f64).collect() } else { (0..n).map(|k| floats[line(k)]).collect() }
            };
            let (dtype, value) = reduced(vm, array.dtype, wanted, n, take_floats, || (0..n).map(|k| wholes[line(k)]).collect(), what)?;
            kind = dtype;
            values.push(value);
        }
    }
    let mut shape = array.shape.clone();
    if keep {
        shape[at] = 1;
    } else {
        shape.remove(at);
    }
    if shape.is_empty() { scalar::made(vm, kind, values[0]) } else { array::of_numbers(vm, kind, shape, values.into_iter()) }
}

/// One number of many.
fn reduced(
    vm: &Vm,
    of: DType,
    wanted: Option<DType>,
    n: usize,
    floats: impl Fn() -> Vec<f64>,
    wholes: impl Fn() -> Vec<i64>,
    what: Reduction,
) -> PyResult<(DType, Number)> {
    let of = wanted.unwrap_or(of);
    let unsigned = of == DType::UInt64;
    let wide = |n: i64| if unsigned { i128::from(n as u64) } else { i128::from(n) };
    let whole = if wanted.is_some() || of.is_float() {
        of
    } else if of.kind() == 'u' {
        DType::UInt64
    } else {
        DType::Int64
    };
    let mean_type = if of == DType::Float32 { DType::Float32 } else { DType::Float64 };
    if n == 0 {
        match what {
            Min | Max => {
                let name = if what == Min { "minimum" } else { "maximum" };
                return Err(vm.value_error(format!("zero-size array to reduction operation {name} which has no identity")));
            }
            Mean | Var | Std => {
                vm.warn(&vm.types.runtime_warning, if what == Mean { "Mean of empty slice." } else { "Degrees of freedom <= 0 for slice" })?
            }
            _ => {}
        }
    }
    Ok(match what {
        Sum | Prod if of.is_float() => {
            let values = floats();
            let value = if what == Sum { pairwise(&values, of) } else { values.iter().product() };
            (of, Number::Float(value))
        }
        Sum => (whole, Number::Int(wide(wholes().into_iter().fold(0, i64::wrapping_add)))),
        Prod => (whole, Number::Int(wide(wholes().into_iter().fold(1, i64::wrapping_mul)))),
        Mean => (mean_type, Number::Float(pairwise(&floats(), mean_type) / n as f64)),
        Var | Std => {
            let values = floats();
            let mean = pairwise(&values, mean_type) / n as f64;
            let squares: Vec<f64> = values.iter().map(|value| (value - mean) * (value - mean)).collect();
            let variance = pairwise(&squares, mean_type) / n as f64;
            (mean_type, Number::Float(if what == Var { variance } else { variance.sqrt() }))
        }
        Min | Max if of.is_float() => {
            let pick = |a: f64, b: f64| {
                if a.is_nan() {
                    a
                } else if b.is_nan() {
                    b
                } else if what == Min {
                    a.min(b)
                } else {
                    a.max(b)
                }
            };
            (of, Number::Float(floats().into_iter().reduce(pick).unwrap_or(f64::NAN)))
        }
        Min => (of, Number::Int(wholes().into_iter().map(wide).min().unwrap_or(0))),
        Max => (of, Number::Int(wholes().into_iter().map(wide).max().unwrap_or(0))),
        All => (DType::Bool, Number::Int(floats().iter().all(|value| *value != 0.0).into())),
        Any => (DType::Bool, Number::Int(floats().iter().any(|value| *value != 0.0).into())),
    })
}

/// The sum of floats, each half by itself, small pieces in eight lanes (`pairwise_sum`).
fn pairwise(values: &[f64], dtype: DType) -> f64 {
    if dtype == DType::Float32 {
        let narrow: Vec<f32> = values.iter().map(|value| *value as f32).collect();
        return f64::from(pairwise_of(&narrow));
    }
    pairwise_of(values)
}

fn pairwise_of<T: Copy + std::ops::Add<Output = T> + Default>(values: &[T]) -> T {
    const BLOCK: usize = 128;
    let n = values.len();
    if n < 8 {
        return values.iter().fold(T::default(), |sum, value| sum + *value);
    }
    if n > BLOCK {
        let half = n / 2 - n / 2 % 8;
        return pairwise_of(&values[..half]) + pairwise_of(&values[half..]);
    }
    let (lanes, rest) = values.as_chunks::<8>();
    let mut sums = lanes[0];
    for lane in &lanes[1..] {
        sums.iter_mut().zip(lane).for_each(|(sum, value)| *sum = *sum + *value);
    }
    let [a, b, c, d, e, f, g, h] = sums;
    rest.iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, value| sum + *value)
}

/// `argmin` and `argmax`.
pub(super) fn position(vm: &Vm, this: &Obj, what: Reduction) -> PyResult {
    let values = own(this).floats();
    let mut best = 0;
    for (i, value) in values.iter().enumerate() {
        let better = if what == Min { *value < values[best] } else { *value > values[best] };
        if better || value.is_nan() && !values[best].is_nan() {
            best = i;
        }
    }
    if values.is_empty() {
        let name = if what == Min { "argmin" } else { "argmax" };
        return Err(vm.value_error(format!("attempt to get {name} of an empty sequence")));
    }
    scalar::made(vm, DType::Int64, Number::Int(best as i128))
}
