//! `numpy`, as far as programs about memory use it: arrays that own their bytes, views that hold their base, sums, random numbers.
//!
//! What is here prints what NumPy 2 prints. The functions that only hand on to methods are Python text, beside this file.

mod array;
mod dtype;
mod index;
mod math;
pub(crate) mod random;
mod reduce;
mod scalar;
mod text;

use heap::{List, Obj, Tuple};

use self::array::{NdArray, own};
use self::dtype::{DType, Number};
use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Signature, Vm};

/// The classes of a machine that has imported `numpy`.
pub(crate) struct Classes {
    ndarray: Obj,
    iterator: Obj,
    /// The scalars' classes and the `dtype` objects, in the order of the dtypes.
    scalars: Vec<Obj>,
    dtypes: Vec<Obj>,
}

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "numpy",
    functions: &[
        Method::new("array", make, Convention::Keywords),
        Method::new("asarray", as_array, Convention::Keywords),
        Method::new("zeros", |vm, _, args| filled(vm, args, "zeros", Some(0)), Convention::Keywords),
        Method::new("ones", |vm, _, args| filled(vm, args, "ones", Some(1)), Convention::Keywords),
        Method::new("empty", |vm, _, args| filled(vm, args, "empty", None), Convention::Keywords),
        Method::new("arange", arange, Convention::Keywords),
        Method::new("linspace", linspace, Convention::Keywords),
        Method::new("sqrt", |vm, _, args| root(vm, &args.pos()[0]), Convention::One),
        Method::new("exp", |vm, _, args| math::function(vm, &args.pos()[0], f64::exp), Convention::One),
        Method::new("log", |vm, _, args| math::function(vm, &args.pos()[0], f64::ln), Convention::One),
        Method::new("sin", |vm, _, args| math::function(vm, &args.pos()[0], f64::sin), Convention::One),
        Method::new("cos", |vm, _, args| math::function(vm, &args.pos()[0], f64::cos), Convention::One),
        Method::new("concatenate", concatenate, Convention::Positional),
        Method::new("shares_memory", shares_memory, Convention::Positional),
        Method::new("may_share_memory", shares_memory, Convention::Positional),
    ],
    init,
};

/// Makes the payloads known to a heap.
pub(super) fn register_payloads(heap: &heap::Heap) {
    heap.register::<NdArray>();
    heap.register::<array::ArrayIterator>();
    heap.register::<dtype::DTypeObject>();
    heap.register::<scalar::Scalar>();
}

/// The module's classes.
pub(crate) fn classes(vm: &Vm) -> PyResult<&Classes> {
    vm.state.numpy.get().ok_or_else(|| vm.runtime_error("numpy is not imported"))
}

fn init(vm: &Vm, module: &Obj) -> PyResult<()> {
    let dict = vm.module_dict(module);
    let set = |name: &str, value: &Obj| vm.dict_set_str(&dict, name, value.clone());
    let (scalars, abstracts) = scalar::make_classes(vm);
    let dtype_class = vm.late_class(&dtype::DTYPE);
    let classes = Classes {
        ndarray: vm.late_class(&array::NDARRAY),
        iterator: vm.late_class(&array::ITERATOR),
        scalars,
        dtypes: dtype::ALL.iter().map(|dtype| vm.new_object(&dtype_class, dtype::DTypeObject(*dtype))).collect(),
    };
    set("ndarray", &classes.ndarray);
    set("dtype", &dtype_class);
    abstracts.iter().for_each(|(name, class)| set(name, class));
    for (dtype, class) in dtype::ALL.iter().zip(&classes.scalars) {
        set(dtype.name(), class);
    }
    for (name, dtype) in
        [("bool_", DType::Bool), ("int_", DType::Int64), ("intp", DType::Int64), ("double", DType::Float64), ("single", DType::Float32)]
    {
        set(name, &classes.scalars[dtype as usize]);
    }
    // A second import finds the classes of the first.
    if vm.state.numpy.set(classes).is_err() {
        return Err(vm.import_error("cannot load module more than once per process"));
    }
    set("True_", &scalar::made(vm, DType::Bool, Number::Int(1))?);
    set("False_", &scalar::made(vm, DType::Bool, Number::Int(0))?);
    for (name, value) in [("pi", std::f64::consts::PI), ("e", std::f64::consts::E), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        set(name, &vm.float(value));
    }
    set("newaxis", &vm.none());
    set("__version__", &vm.str("2.4.6"));
    set("__path__", &vm.list(Vec::new()));
    let modules = vm.modules.get().ok_or_else(|| vm.runtime_error("unable to get sys.modules"))?;
    vm.dict_set_str(&modules, "numpy", module.clone());
    set("random", &vm.import_module("numpy.random")?);
    vm.exec_text(include_str!("functions.py"), "<numpy>", &dict).map(drop)
}

fn make(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "array", params: &["object", "dtype", "copy"], positional_only: 0, positional: 2, required: 1 };
    let [object, dtype, _] = args.bind(vm, &SIGNATURE)?;
    array::from_object(vm, object.expect("a required parameter is there"), optional(vm, dtype)?)
}

/// As `array`, but an array stays what it is.
fn as_array(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "asarray", params: &["a", "dtype"], positional_only: 0, positional: 2, required: 1 };
    let [object, dtype] = args.bind(vm, &SIGNATURE)?;
    let (object, dtype) = (object.expect("a required parameter is there"), optional(vm, dtype)?);
    match object.get::<NdArray>() {
        Some(array) if dtype.is_none_or(|dtype| dtype == array.dtype) => Ok(object.clone()),
        _ => array::from_object(vm, object, dtype),
    }
}

fn optional(vm: &Vm, dtype: Option<&Obj>) -> PyResult<Option<DType>> {
    dtype.filter(|dtype| !dtype.is(&vm.consts.none)).map(|given| dtype::of(vm, given)).transpose()
}

fn shape_of(vm: &Vm, given: &Obj) -> PyResult<Vec<usize>> {
    let sizes = if given.get::<Tuple>().is_some() || given.get::<List>().is_some() { vm.to_vec(given)? } else { vec![given.clone()] };
    sizes.iter().map(|n| usize::try_from(vm.index_isize(n)?).map_err(|_| vm.value_error("negative dimensions are not allowed"))).collect()
}

fn filled(vm: &Vm, args: Args<'_>, name: &'static str, value: Option<i128>) -> PyResult {
    let signature = Signature { name, params: &["shape", "dtype"], positional_only: 0, positional: 2, required: 1 };
    let [shape, dtype] = args.bind(vm, &signature)?;
    let shape = shape_of(vm, shape.expect("a required parameter is there"))?;
    let dtype = optional(vm, dtype)?.unwrap_or(DType::Float64);
    match value {
        // What nobody has written yet is zero here.
        None | Some(0) => array::zeros(vm, dtype, shape),
        Some(value) => {
            let n = shape.iter().product();
            array::of_numbers(vm, dtype, shape, vec![Number::Int(value); n].into_iter())
        }
    }
}

fn arange(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "arange", params: &["start", "stop", "step", "dtype"], positional_only: 0, positional: 4, required: 1 };
    let [start, stop, step, dtype] = args.bind(vm, &SIGNATURE)?;
    let given = [start, stop, step].map(|given| given.filter(|given| !given.is(&vm.consts.none)));
    let number = |obj: &Obj| array::number(vm, obj, None);
    let values = given.iter().flatten().map(|given| number(given)).collect::<PyResult<Vec<_>>>()?;
    let float = values.iter().any(|(dtype, _)| dtype.is_float());
    let dtype = optional(vm, dtype)?.unwrap_or(if float { DType::Float64 } else { DType::Int64 });
    let (start, stop) = match given {
        [Some(start), Some(stop), _] => (number(start)?.1, number(stop)?.1),
        [Some(stop), None, _] => (Number::Int(0), number(stop)?.1),
        _ => return Err(vm.type_error("arange() requires stop to be specified.")),
    };
    let step = given[2].map_or(Ok(Number::Int(1)), |step| number(step).map(|step| step.1))?;
    if step.to_f64() == 0.0 {
        return Err(vm.zero_division("division by zero"));
    }
    let n = ((stop.to_f64() - start.to_f64()) / step.to_f64()).ceil().max(0.0) as usize;
    let size = dtype.size();
    let mut data = vec![0; n * size];
    for (i, place) in data.chunks_exact_mut(size).enumerate() {
        let value = match (start, step) {
            (Number::Int(start), Number::Int(step)) => Number::Int(start + i as i128 * step),
            (start, step) => {
                // The second number decides the distance, as rounding made it.
                let delta = start.to_f64() + step.to_f64() - start.to_f64();
                Number::Float(start.to_f64() + i as f64 * delta)
            }
        };
        dtype.store(place, value);
    }
    array::made(vm, dtype, vec![n], data)
}

fn linspace(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "linspace", params: &["start", "stop", "num", "endpoint"], positional_only: 0, positional: 4, required: 2 };
    let [start, stop, num, endpoint] = args.bind(vm, &SIGNATURE)?;
    let float = |obj: Option<&Obj>| vm.as_float(obj.expect("a required parameter is there"));
    let (start, stop) = (float(start)?, float(stop)?);
    let n = num.map_or(Ok(50), |num| vm.index_isize(num))?.max(0) as usize;
    let endpoint = endpoint.is_none_or(|endpoint| !endpoint.is(&vm.consts.false_));
    let pieces = if endpoint { n.saturating_sub(1) } else { n };
    let step = (stop - start) / pieces.max(1) as f64;
    let values = (0..n).map(|i| Number::Float(if endpoint && i + 1 == n && n > 1 { stop } else { i as f64 * step + start }));
    array::of_numbers(vm, DType::Float64, vec![n], values.collect::<Vec<_>>().into_iter())
}

fn root(vm: &Vm, given: &Obj) -> PyResult {
    let result = math::function(vm, given, f64::sqrt)?;
    let (single, all) = (scalar::of(vm, &result), result.get::<NdArray>().map(NdArray::floats).unwrap_or_default());
    if single.is_some_and(|(_, value)| value.to_f64().is_nan()) || all.iter().any(|value| value.is_nan()) {
        vm.warn(&vm.types.runtime_warning, "invalid value encountered in sqrt")?;
    }
    Ok(result)
}

/// One array behind the other, along the first dimension.
fn concatenate(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "concatenate", 1, 1)?;
    let parts = vm.to_vec(&given[0])?.iter().map(|part| array::from_object(vm, part, None)).collect::<PyResult<Vec<Obj>>>()?;
    let Some(first) = parts.first() else { return Err(vm.value_error("need at least one array to concatenate")) };
    if parts.iter().any(|part| own(part).shape.is_empty()) {
        return Err(vm.value_error("zero-dimensional arrays cannot be concatenated"));
    }
    let mut shape = own(first).shape.clone();
    if parts.iter().any(|part| own(part).shape[1..] != shape[1..]) {
        return Err(vm.value_error("all the input array dimensions except for the concatenation axis must match exactly"));
    }
    shape[0] = parts.iter().map(|part| own(part).shape[0]).sum();
    let dtype = parts.iter().fold(own(first).dtype, |dtype, part| dtype.promote(own(part).dtype));
    let values: Vec<Number> = parts.iter().flat_map(|part| own(part).numbers()).collect();
    array::of_numbers(vm, dtype, shape, values.into_iter())
}

/// Whether two arrays look at bytes of the same owner that overlap.
fn shares_memory(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "shares_memory", 2, 2)?;
    let (Some(a), Some(b)) = (args[0].get::<NdArray>(), args[1].get::<NdArray>()) else { return Ok(vm.bool(false)) };
    let owner = |array: &NdArray, this: &Obj| array.base.get().unwrap_or_else(|| this.clone());
    if !owner(a, &args[0]).is(&owner(b, &args[1])) {
        return Ok(vm.bool(false));
    }
    let bytes =
        |array: &NdArray| -> std::collections::HashSet<usize> { array.places().flat_map(|at| at..at + array.dtype.size()).collect() };
    Ok(vm.bool(!bytes(a).is_disjoint(&bytes(b))))
}
