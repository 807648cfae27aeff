//! Items and parts of an array: numbers and slices give views, arrays of truths and of places give copies.

use heap::{List, Obj, Tuple};

use super::array::{self, NdArray, own};
use super::dtype::DType;
use super::scalar;
use crate::objects::sequence;
use crate::objects::slice::Slice;
use crate::{PyResult, Vm};

/// What an index selects without a copy.
struct Part {
    shape: Vec<usize>,
    strides: Vec<isize>,
    start: isize,
    /// Whether every dimension was given a number.
    single: bool,
}

/// `array[i]`, for an `i` that is there.
pub(super) fn first(vm: &Vm, this: &Obj, at: usize) -> PyResult {
    let array = own(this);
    let start = array.start as isize + at as isize * array.strides[0];
    let part = Part { shape: array.shape[1..].to_vec(), strides: array.strides[1..].to_vec(), start, single: array.shape.len() == 1 };
    show(vm, this, part)
}

pub(super) fn get(vm: &Vm, this: &Obj, key: &Obj) -> PyResult {
    if let Some(places) = chosen(vm, this, key)? {
        let array = own(this);
        let (width, size) = (array.shape[1..].iter().product::<usize>(), array.dtype.size());
        let all = array.packed();
        let data = places.iter().flat_map(|at| all[at * width * size..(at + 1) * width * size].iter().copied()).collect();
        let shape = [&[places.len()], &array.shape[1..]].concat();
        return array::made(vm, array.dtype, shape, data);
    }
    let part = part(vm, this, key)?;
    show(vm, this, part)
}

fn show(vm: &Vm, this: &Obj, part: Part) -> PyResult {
    let array = own(this);
    if part.single {
        let value = array.with_bytes(|bytes| array.dtype.load(&bytes[part.start as usize..]));
        return scalar::made(vm, array.dtype, value);
    }
    array::view_of(vm, this, part.shape, part.strides, part.start as usize)
}

pub(super) fn set(vm: &Vm, this: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.value_error("cannot delete array elements")) };
    let array = own(this);
    let targets: Vec<usize> = match chosen(vm, this, key)? {
        Some(rows) => {
            let width: usize = array.shape[1..].iter().product();
            let all: Vec<usize> = array.places().collect();
            rows.iter().flat_map(|at| all[at * width..(at + 1) * width].to_vec()).collect()
        }
        None => {
            let part = part(vm, this, key)?;
            let view = array::view_of(vm, this, part.shape, part.strides, part.start as usize)?;
            own(&view).places().collect()
        }
    };
    let values = match value.get::<NdArray>().is_some() || value.get::<List>().is_some() || value.get::<Tuple>().is_some() {
        true => {
            let from = array::from_object(vm, value, None)?;
            let values = own(&from).numbers();
            if values.is_empty() || !targets.len().is_multiple_of(values.len()) {
                let (from, to) = (vm.repr_text(&array::numbers(vm, &own(&from).shape))?, format!("({},)", targets.len()));
                return Err(vm.value_error(format!("could not broadcast input array from shape {from} into shape {to}")));
            }
            values
        }
        false => vec![array::number(vm, value, Some(array.dtype))?.1],
    };
    array.with_bytes_mut(|bytes| {
        targets.iter().enumerate().for_each(|(i, at)| array.dtype.store(&mut bytes[*at..], values[i % values.len()]));
    });
    Ok(())
}

/// The rows that an array of truths or of places selects.
fn chosen(vm: &Vm, this: &Obj, key: &Obj) -> PyResult<Option<Vec<usize>>> {
    let key = if key.get::<List>().is_some() { array::from_object(vm, key, None)? } else { key.clone() };
    let Some(places) = key.get::<NdArray>().filter(|array| array.shape.len() == 1) else { return Ok(None) };
    let n = own(this).shape.first().copied().unwrap_or(0);
    if places.dtype == DType::Bool {
        if places.len() != n {
            let text = format!(
                "boolean index did not match indexed array along axis 0; size of axis is {n} but size of corresponding boolean axis is {}",
                places.len()
            );
            return Err(vm.index_error(text));
        }
        let truths = places.wholes();
        return Ok(Some((0..n).filter(|i| truths[*i] != 0).collect()));
    }
    if places.dtype.is_float() {
        return Err(vm.index_error("arrays used as indices must be of integer (or boolean) type"));
    }
    places.wholes().into_iter().map(|at| place(vm, at as isize, n, 0)).collect::<PyResult<Vec<usize>>>().map(Some)
}

fn place(vm: &Vm, at: isize, n: usize, axis: usize) -> PyResult<usize> {
    let real = if at < 0 { at + n as isize } else { at };
    match usize::try_from(real).ok().filter(|real| *real < n) {
        Some(real) => Ok(real),
        None => Err(vm.index_error(format!("index {at} is out of bounds for axis {axis} with size {n}"))),
    }
}

fn part(vm: &Vm, this: &Obj, key: &Obj) -> PyResult<Part> {
    let array = own(this);
    let keys = key.get::<Tuple>().map_or_else(|| vec![key.clone()], |keys| keys.items().to_vec());
    let named = keys.iter().filter(|key| !key.is(&vm.consts.none) && !key.is(&vm.consts.ellipsis)).count();
    if named > array.shape.len() {
        let text = format!("too many indices for array: array is {}-dimensional, but {named} were indexed", array.shape.len());
        return Err(vm.index_error(text));
    }
    let mut part = Part { shape: Vec::new(), strides: Vec::new(), start: array.start as isize, single: true };
    let mut axis = 0;
    let keep = |part: &mut Part, axis: usize| {
        part.shape.push(array.shape[axis]);
        part.strides.push(array.strides[axis]);
        part.single = false;
    };
    for key in &keys {
        if key.is(&vm.consts.none) {
            part.shape.push(1);
            part.strides.push(0);
            part.single = false;
        } else if key.is(&vm.consts.ellipsis) {
            part.single = false;
            for _ in named..array.shape.len() {
                keep(&mut part, axis);
                axis += 1;
            }
        } else if let Some(slice) = key.get::<Slice>() {
            let (start, stop, step) = vm.slice_unpack(slice)?;
            let mut places = sequence::adjust(array.shape[axis], start, stop, step).iter();
            let count = places.size_hint().0;
            part.start += places.next().unwrap_or(0) as isize * array.strides[axis];
            part.shape.push(count);
            part.strides.push(array.strides[axis] * step);
            part.single = false;
            axis += 1;
        } else if vm.has_index(key) {
            let at = place(vm, vm.index_isize(key)?, array.shape[axis], axis)?;
            part.start += at as isize * array.strides[axis];
            axis += 1;
        } else {
            let text =
                "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices";
            return Err(vm.index_error(text));
        }
    }
    (axis..array.shape.len()).for_each(|axis| keep(&mut part, axis));
    Ok(part)
}
