//! `numpy.ndarray`: items of one type in a block of memory, and views that look at another array's block.
//!
//! Invariant: an array without a base owns its bytes; a view's base is always the owner, however many views it was made through. The
//! collector knows nothing of arrays, as in NumPy: they hold no Python objects but their base.

use std::cell::RefCell;

use heap::{Kind, List, Obj, Slot, Tuple};

use super::dtype::{self, DType, Number};
use super::{classes, index, math, reduce, scalar, text};
use crate::class::{ClassSpec, Convention, GetSet, Method, Slots, flags};
use crate::objects::leaf;
use crate::{Args, PyResult, Signature, Vm, kinds};

pub(super) const KIND: Kind = Kind(kinds::MODULES.0 + 114);

/// The payload of an array.
pub(crate) struct NdArray {
    /// An owner's bytes.
    pub(super) data: RefCell<Vec<u8>>,
    /// Whose bytes a view looks at.
    pub(super) base: Slot,
    pub(super) dtype: DType,
    pub(super) shape: Vec<usize>,
    /// How many bytes it is to the next item, in each dimension.
    pub(super) strides: Vec<isize>,
    /// The byte of the first item.
    pub(super) start: usize,
}
crate::payload!(NdArray, KIND, { base });

/// The iterator of an array's first dimension.
pub(crate) struct ArrayIterator {
    array: Slot,
    at: std::cell::Cell<usize>,
}
pub(super) const ITERATOR_KIND: Kind = Kind(kinds::MODULES.0 + 117);
crate::payload!(ArrayIterator, ITERATOR_KIND, { array });

pub(super) static ITERATOR: ClassSpec = ClassSpec {
    name: "numpy.iterator",
    base: None,
    kind: ITERATOR_KIND,
    flags: flags::HAVE_GC,
    slots: |s| {
        s.iter.set(Some(|_, this| Ok(this.clone())));
        s.iternext.set(Some(|vm, this| {
            let iterator = this.get::<ArrayIterator>().expect("an iterator's method is called on one");
            let Some(array) = iterator.array.get() else { return Ok(None) };
            let at = iterator.at.get();
            if at >= own(&array).shape[0] {
                drop(iterator.array.take());
                return Ok(None);
            }
            iterator.at.set(at + 1);
            index::first(vm, &array, at).map(Some)
        }));
    },
    methods: &[],
    getset: &[],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

pub(super) static NDARRAY: ClassSpec = ClassSpec {
    name: "numpy.ndarray",
    base: None,
    kind: KIND,
    flags: flags::BASE_TYPE | flags::WEAKREFS,
    slots,
    methods: &[
        Method::new("copy", |vm, this, _| copy(vm, this), Convention::Keywords),
        Method::new("__copy__", |vm, this, _| copy(vm, this), Convention::NoArgs),
        Method::new("__deepcopy__", |vm, this, _| copy(vm, this), Convention::One),
        Method::new(
            "view",
            |vm, this, _| view_of(vm, this, own(this).shape.clone(), own(this).strides.clone(), own(this).start),
            Convention::NoArgs,
        ),
        Method::new("reshape", reshape, Convention::Positional),
        Method::new("ravel", |vm, this, _| reshaped(vm, this, vec![own(this).len()]), Convention::NoArgs),
        Method::new(
            "flatten",
            |vm, this, _| reshaped(vm, &copy(vm, this)?, vec![own(this).len()]).and_then(|flat| copy(vm, &flat)),
            Convention::NoArgs,
        ),
        Method::new("transpose", |vm, this, _| transposed(vm, this), Convention::NoArgs),
        Method::new("astype", astype, Convention::Keywords),
        Method::new("fill", fill, Convention::One),
        Method::new("tolist", |vm, this, _| tolist(vm, this), Convention::NoArgs),
        Method::new("item", item, Convention::Positional),
        Method::new("tobytes", |vm, this, _| Ok(vm.bytes(&own(this).packed())), Convention::NoArgs),
        Method::new("sum", |vm, this, args| reduce::call(vm, this, args, reduce::Reduction::Sum), Convention::Keywords),
        Method::new("prod", |vm, this, args| reduce::call(vm, this, args, reduce::Reduction::Prod), Convention::Keywords),
        Method::new("mean", |vm, this, args| reduce::call(vm, this, args, reduce::Reduction::Mean), Convention::Keywords),
        Method::new("var", |vm, this, args| reduce::call(vm, this, args, reduce::Reduction::Var), Convention::Keywords),
        Method::new("std", |vm, this, args| reduce::call(vm, this, args, reduce::Reduction::Std), Convention::Keywords),
        Method::new("min", |vm, this, args| reduce::call(vm, this, args, reduce::Reduction::Min), Convention::Keywords),
        Method::new("max", |vm, this, args| reduce::call(vm, this, args, reduce::Reduction::Max), Convention::Keywords),
        Method::new("all", |vm, this, args| reduce::call(vm, this, args, reduce::Reduction::All), Convention::Keywords),
        Method::new("any", |vm, this, args| reduce::call(vm, this, args, reduce::Reduction::Any), Convention::Keywords),
        Method::new("argmin", |vm, this, _| reduce::position(vm, this, reduce::Reduction::Min), Convention::NoArgs),
        Method::new("argmax", |vm, this, _| reduce::position(vm, this, reduce::Reduction::Max), Convention::NoArgs),
        Method::new("__sizeof__", sizeof, Convention::NoArgs),
        Method::new(
            "__format__",
            |vm, this, args| {
                if leaf::text(&args.pos()[0]).is_some_and(<[u8]>::is_empty) {
                    return vm.str_of(this);
                }
                Err(vm.type_error("unsupported format string passed to numpy.ndarray.__format__"))
            },
            Convention::One,
        ),
    ],
    getset: &[
        GetSet::new("dtype", |vm, this| dtype::object(vm, own(this).dtype)),
        GetSet::new("shape", |vm, this| Ok(numbers(vm, &own(this).shape))),
        GetSet::new("strides", |vm, this| Ok(vm.tuple(own(this).strides.iter().map(|n| vm.int(*n as i64)).collect()))),
        GetSet::new("ndim", |vm, this| Ok(vm.int(own(this).shape.len() as i64))),
        GetSet::new("size", |vm, this| Ok(vm.int(own(this).len() as i64))),
        GetSet::new("itemsize", |vm, this| Ok(vm.int(own(this).dtype.size() as i64))),
        GetSet::new("nbytes", |vm, this| Ok(vm.int((own(this).len() * own(this).dtype.size()) as i64))),
        GetSet::new("base", |vm, this| Ok(own(this).base.get().unwrap_or_else(|| vm.none()))),
        GetSet::new("T", transposed),
    ],
    basicsize: 96,
    itemsize: 0,
    doc: "An array of items of one type.",
};

fn slots(s: &Slots) {
    s.repr.set(Some(|vm, this| Ok(vm.str(&text::repr(own(this))))));
    s.str.set(Some(|vm, this| Ok(vm.str(&text::str(own(this))))));
    s.hash.set(Some(crate::protocol::compare::unhashable));
    s.richcompare.set(Some(math::compare));
    s.len.set(Some(|vm, this| own(this).shape.first().copied().ok_or_else(|| vm.type_error("len() of unsized object"))));
    s.iter.set(Some(|vm, this| {
        if own(this).shape.is_empty() {
            return Err(vm.type_error("iteration over a 0-d array"));
        }
        Ok(vm.new_object(&classes(vm)?.iterator, ArrayIterator { array: this.clone().into(), at: 0.into() }))
    }));
    s.subscript.set(Some(index::get));
    s.ass_subscript.set(Some(index::set));
    s.contains.set(Some(|vm, this, wanted| {
        let found = math::compare(vm, this, wanted, crate::class::Compare::Eq)?;
        Ok(found.get::<NdArray>().is_some_and(|found| found.numbers().iter().any(|n| n.to_f64() != 0.0)))
    }));
    s.bool.set(Some(|vm, this| match own(this).numbers()[..] {
        [] => Ok(false),
        [one] => Ok(one.to_f64() != 0.0),
        _ => Err(vm.value_error("The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")),
    }));
    s.int.set(Some(|vm, this| vm.call(&vm.types.int, &[item(vm, this, Args::NONE)?])));
    s.float.set(Some(|vm, this| vm.call(&vm.types.float, &[item(vm, this, Args::NONE)?])));
    s.negative.set(Some(|vm, this| {
        math::unary(vm, this, |n| match n {
            Number::Int(n) => Number::Int(-n),
            Number::Float(f) => Number::Float(-f),
        })
    }));
    s.absolute.set(Some(|vm, this| {
        math::unary(vm, this, |n| match n {
            Number::Int(n) => Number::Int(n.abs()),
            Number::Float(f) => Number::Float(f.abs()),
        })
    }));
    s.positive.set(Some(copy));
    s.invert.set(Some(|vm, this| {
        if own(this).dtype.is_float() {
            return Err(vm.type_error("ufunc 'invert' not supported for the input types"));
        }
        let flip = own(this).dtype == DType::Bool;
        math::unary(vm, this, move |n| match n {
            Number::Int(n) if flip => Number::Int(1 - n),
            Number::Int(n) => Number::Int(!n),
            other => other,
        })
    }));
    for op in math::OPERATORS {
        s.binary[op as usize].set(Some(math::slot(op)));
        s.in_place[op as usize].set(Some(math::in_place_slot(op)));
    }
}

pub(super) fn own(this: &Obj) -> &NdArray {
    this.get::<NdArray>().expect("an array's method is called on an array")
}

/// A tuple of sizes.
pub(super) fn numbers(vm: &Vm, sizes: &[usize]) -> Obj {
    vm.tuple(sizes.iter().map(|n| vm.int(*n as i64)).collect())
}

/// The strides of items in a row, the last dimension's the shortest.
pub(super) fn row_strides(shape: &[usize], size: usize) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut step = size as isize;
    for (stride, n) in strides.iter_mut().zip(shape).rev() {
        *stride = step;
        step *= (*n).max(1) as isize;
    }
    strides
}

impl NdArray {
    /// How many items.
    pub(super) fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Looks at the owner's bytes.
    pub(super) fn with_bytes<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        match self.base.get() {
            Some(base) => look(&own(&base).data.borrow()),
            None => look(&self.data.borrow()),
        }
    }

    /// Changes the owner's bytes.
    pub(super) fn with_bytes_mut<R>(&self, change: impl FnOnce(&mut [u8]) -> R) -> R {
        match self.base.get() {
            Some(base) => change(&mut own(&base).data.borrow_mut()),
            None => change(&mut self.data.borrow_mut()),
        }
    }

    /// Whether the items stand one after another.
    pub(super) fn is_contiguous(&self) -> bool {
        self.strides == row_strides(&self.shape, self.dtype.size())
    }

    /// Where the items stand, in order.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        let mut at = vec![0; self.shape.len()];
        let mut place = self.start as isize;
        (0..self.len()).map(move |_| {
            let here = place as usize;
            for (i, n) in at.iter_mut().enumerate().rev() {
                *n += 1;
                place += self.strides[i];
                if *n < self.shape[i] {
                    break;
                }
                place -= self.strides[i] * self.shape[i] as isize;
                *n = 0;
            }
            here
        })
    }

    /// The items' bytes, one after another.
    pub(super) fn packed(&self) -> Vec<u8> {
        let size = self.dtype.size();
        self.with_bytes(|bytes| {
            if self.is_contiguous() {
                return bytes[self.start..self.start + self.len() * size].to_vec();
            }
            self.places().flat_map(|at| bytes[at..at + size].iter().copied()).collect()
        })
    }

    /// The items' values.
    pub(super) fn numbers(&self) -> Vec<Number> {
        self.with_bytes(|bytes| self.places().map(|at| self.dtype.load(&bytes[at..])).collect())
    }

    /// The items as floats.
    pub(super) fn floats(&self) -> Vec<f64> {
        if self.dtype == DType::Float64 && self.is_contiguous() {
            return self.with_bytes(|bytes| {
                bytes[self.start..self.start + 8 * self.len()].as_chunks::<8>().0.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect()
            });
        }
        self.with_bytes(|bytes| self.places().map(|at| self.dtype.load(&bytes[at..]).to_f64()).collect())
    }

    /// The items of an array of whole numbers; those of 64 bits without a sign as they stand in memory.
    pub(super) fn wholes(&self) -> Vec<i64> {
        if self.dtype == DType::Int64 && self.is_contiguous() {
            return self.with_bytes(|bytes| {
                bytes[self.start..self.start + 8 * self.len()].as_chunks::<8>().0.iter().map(|chunk| i64::from_le_bytes(*chunk)).collect()
            });
        }
        self.with_bytes(|bytes| {
            let whole = |at: usize| match self.dtype.load(&bytes[at..]) {
                Number::Int(n) => n as i64,
                Number::Float(f) => f as i64,
            };
            self.places().map(whole).collect()
        })
    }
}

/// A new array that owns its bytes.
pub(super) fn made(vm: &Vm, dtype: DType, shape: Vec<usize>, data: Vec<u8>) -> PyResult {
    let strides = row_strides(&shape, dtype.size());
    let array = NdArray { data: RefCell::new(data), base: Slot::empty(), dtype, shape, strides, start: 0 };
    Ok(vm.new_object(&classes(vm)?.ndarray, array))
}

/// A new array of zeros.
pub(super) fn zeros(vm: &Vm, dtype: DType, shape: Vec<usize>) -> PyResult {
    let bytes = shape.iter().try_fold(dtype.size(), |bytes, n| bytes.checked_mul(*n)).filter(|bytes| *bytes < isize::MAX as usize / 2);
    let Some(bytes) = bytes else { return Err(vm.value_error("Maximum allowed dimension exceeded")) };
    let mut data: Vec<u8> = Vec::new();
    if data.try_reserve_exact(bytes).is_err() {
        return Err(vm.no_memory());
    }
    // Fresh memory that is zero already is not touched.
    drop(data);
    made(vm, dtype, shape, vec![0; bytes])
}

/// A new array of these numbers.
pub(super) fn of_numbers(vm: &Vm, dtype: DType, shape: Vec<usize>, values: impl ExactSizeIterator<Item = Number>) -> PyResult {
    let size = dtype.size();
    let mut data = vec![0; values.len() * size];
    values.enumerate().for_each(|(i, value)| dtype.store(&mut data[i * size..], value));
    made(vm, dtype, shape, data)
}

/// A view of an array's bytes.
pub(super) fn view_of(vm: &Vm, this: &Obj, shape: Vec<usize>, strides: Vec<isize>, start: usize) -> PyResult {
    let base = own(this).base.get().unwrap_or_else(|| this.clone());
    let view = NdArray { data: RefCell::default(), base: base.into(), dtype: own(this).dtype, shape, strides, start };
    Ok(vm.new_object(&classes(vm)?.ndarray, view))
}

pub(super) fn copy(vm: &Vm, this: &Obj) -> PyResult {
    made(vm, own(this).dtype, own(this).shape.clone(), own(this).packed())
}

/// An array of another type with the same values.
pub(super) fn converted(vm: &Vm, this: &Obj, dtype: DType) -> PyResult {
    if own(this).dtype == dtype {
        return copy(vm, this);
    }
    of_numbers(vm, dtype, own(this).shape.clone(), own(this).numbers().into_iter())
}

fn astype(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "astype", params: &["dtype", "copy"], positional_only: 0, positional: 2, required: 1 };
    let [dtype, _] = args.bind(vm, &SIGNATURE)?;
    converted(vm, this, dtype::of(vm, dtype.expect("a required parameter is there"))?)
}

fn sizeof(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let array = own(this);
    let owned = if array.base.is_empty() { array.data.borrow().len() } else { 0 };
    Ok(vm.int((96 + 16 * array.shape.len() + owned) as i64))
}

fn fill(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let array = own(this);
    let value = number(vm, &args.pos()[0], Some(array.dtype))?.1;
    let places: Vec<usize> = array.places().collect();
    array.with_bytes_mut(|bytes| places.iter().for_each(|at| array.dtype.store(&mut bytes[*at..], value)));
    Ok(vm.none())
}

fn item(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let values = own(this).numbers();
    let at = match args.pos() {
        [] if values.len() == 1 => 0,
        [] => return Err(vm.value_error("can only convert an array of size 1 to a Python scalar")),
        [at, ..] => vm.index_isize(at)?,
    };
    let at = if at < 0 { at + values.len() as isize } else { at };
    match usize::try_from(at).ok().and_then(|at| values.get(at)) {
        Some(value) => Ok(scalar::plain(vm, own(this).dtype, *value)),
        None => Err(vm.index_error(format!("index {at} is out of bounds for size {}", values.len()))),
    }
}

fn tolist(vm: &Vm, this: &Obj) -> PyResult {
    fn nested(vm: &Vm, dtype: DType, shape: &[usize], values: &[Number]) -> Obj {
        match shape {
            [] => scalar::plain(vm, dtype, values[0]),
            [n, rest @ ..] => {
                let width: usize = rest.iter().product();
                vm.list((0..*n).map(|i| nested(vm, dtype, rest, &values[i * width..(i + 1) * width])).collect())
            }
        }
    }
    Ok(nested(vm, own(this).dtype, &own(this).shape, &own(this).numbers()))
}

fn transposed(vm: &Vm, this: &Obj) -> PyResult {
    let array = own(this);
    view_of(vm, this, array.shape.iter().rev().copied().collect(), array.strides.iter().rev().copied().collect(), array.start)
}

fn reshape(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = match args.pos() {
        [one] if one.get::<Tuple>().is_some() || one.get::<List>().is_some() => vm.to_vec(one)?,
        all => all.to_vec(),
    };
    let mut shape = given.iter().map(|n| vm.index_isize(n)).collect::<PyResult<Vec<isize>>>()?;
    let size = own(this).len();
    let known: isize = shape.iter().filter(|n| **n >= 0).product();
    if shape.iter().filter(|n| **n < 0).count() > 1 {
        return Err(vm.value_error("can only specify one unknown dimension"));
    }
    let told = format!("({}{})", shape.iter().map(isize::to_string).collect::<Vec<_>>().join(","), if shape.len() == 1 { "," } else { "" });
    if let Some(unknown) = shape.iter_mut().find(|n| **n < 0) {
        *unknown = if known == 0 { 0 } else { size as isize / known };
    }
    if shape.iter().product::<isize>() != size as isize {
        return Err(vm.value_error(format!("cannot reshape array of size {size} into shape {told}")));
    }
    reshaped(vm, this, shape.into_iter().map(|n| n as usize).collect())
}

/// The same items in another shape: a view, if they stand in a row.
fn reshaped(vm: &Vm, this: &Obj, shape: Vec<usize>) -> PyResult {
    let array = own(this);
    if !array.is_contiguous() {
        return made(vm, array.dtype, shape, array.packed());
    }
    let strides = row_strides(&shape, array.dtype.size());
    view_of(vm, this, shape, strides, array.start)
}

/// The value of a number that an argument is, with the type it brings along; `wanted` is the type that it must fit.
pub(super) fn number(vm: &Vm, obj: &Obj, wanted: Option<DType>) -> PyResult<(DType, Number)> {
    if let Some(found) = scalar::of(vm, obj) {
        return Ok(found);
    }
    if let Some(array) = obj.get::<NdArray>()
        && let [one] = array.numbers()[..]
    {
        return Ok((array.dtype, one));
    }
    if obj.is(&vm.consts.true_) || obj.is(&vm.consts.false_) {
        return Ok((DType::Bool, Number::Int(i128::from(obj.is(&vm.consts.true_)))));
    }
    if let Some(whole) = leaf::integer(obj) {
        let fits = whole.small().map(i128::from).or_else(|| i128::try_from(whole.to_big()).ok());
        let (low, high) = wanted.filter(|dtype| !dtype.is_float() && *dtype != DType::Bool).map_or((i128::MIN, i128::MAX), DType::bounds);
        return match fits.filter(|n| (low..=high).contains(n)) {
            Some(n) => Ok((DType::Int64, Number::Int(n))),
            None => {
                let (text, name) = (vm.repr_text(obj)?, wanted.map_or("int64", DType::name));
                Err(vm.overflow_error(format!("Python integer {text} out of bounds for {name}")))
            }
        };
    }
    match leaf::float(obj) {
        Some(value) => Ok((DType::Float64, Number::Float(value))),
        None => Err(vm.type_error(format!("float() argument must be a string or a real number, not '{}'", vm.type_name(obj)))),
    }
}

/// `numpy.array(obj)`: an array of numbers in rows of rows.
pub(super) fn from_object(vm: &Vm, obj: &Obj, dtype: Option<DType>) -> PyResult {
    if obj.get::<NdArray>().is_some() {
        return match dtype {
            Some(dtype) => converted(vm, obj, dtype),
            None => copy(vm, obj),
        };
    }
    let mut values = Vec::new();
    let mut found: Option<DType> = None;
    let mut shape = Vec::new();
    gather(vm, obj, 0, &mut shape, &mut values, &mut found, dtype)?;
    let dtype = dtype.or(found).unwrap_or(DType::Float64);
    of_numbers(vm, dtype, shape.into_iter().map(|n| n.unwrap_or(0)).collect(), values.into_iter())
}

fn gather(
    vm: &Vm,
    obj: &Obj,
    depth: usize,
    shape: &mut Vec<Option<usize>>,
    values: &mut Vec<Number>,
    found: &mut Option<DType>,
    wanted: Option<DType>,
) -> PyResult<()> {
    let row =
        obj.get::<List>().is_some() || obj.get::<Tuple>().is_some() || obj.get::<NdArray>().is_some_and(|array| !array.shape.is_empty());
    let row = row || obj.kind() == kinds::RANGE;
    let outer: Vec<Option<usize>> = shape[..depth.min(shape.len())].to_vec();
    let uneven = |vm: &Vm| {
        let sizes: Vec<String> = outer.iter().map(|n| n.unwrap_or(0).to_string()).collect();
        let depth = sizes.len().max(1);
        vm.value_error(format!(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape after {depth} dimensions. The detected shape was {} + inhomogeneous part.",
            format_args!("({}{})", sizes.join(", "), if sizes.len() == 1 { "," } else { "" })
        ))
    };
    if !row {
        if depth < shape.len() {
            return Err(uneven(vm));
        }
        let (dtype, value) = number(vm, obj, wanted)?;
        *found = Some(found.map_or(dtype, |before| before.promote(dtype)));
        values.push(value);
        return Ok(());
    }
    let items = vm.to_vec(obj)?;
    if depth == shape.len() {
        if !values.is_empty() {
            return Err(uneven(vm));
        }
        shape.push(Some(items.len()));
    } else if shape[depth] != Some(items.len()) {
        return Err(uneven(vm));
    }
    items.iter().try_for_each(|item| gather(vm, item, depth + 1, shape, values, found, wanted))
}
