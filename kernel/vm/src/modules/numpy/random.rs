//! `numpy.random`: the generator behind its functions, the Mersenne Twister, seeded and used as NumPy does (`RandomState`).

use heap::Obj;

use super::dtype::{self, DType, Number};
use super::{array, scalar};
use crate::class::{Convention, Method};
use crate::modules::ModuleSpec;
use crate::modules::random::Twister;
use crate::{Args, PyResult, Signature, Vm};

/// What the functions remember: the generator, and the second of two normal numbers.
#[derive(Default)]
pub(crate) struct State {
    twister: Option<Twister>,
    second: Option<f64>,
}

pub(in crate::modules) static MODULE: ModuleSpec = ModuleSpec {
    name: "numpy.random",
    functions: &[
        Method::new("seed", seed, Convention::Keywords),
        Method::new("rand", |vm, _, args| filled(vm, &sizes(vm, args.pos())?, uniform), Convention::Positional),
        Method::new("randn", |vm, _, args| filled(vm, &sizes(vm, args.pos())?, normal), Convention::Positional),
        Method::new("random", |vm, _, args| sized(vm, args, "random", uniform), Convention::Keywords),
        Method::new("random_sample", |vm, _, args| sized(vm, args, "random_sample", uniform), Convention::Keywords),
        Method::new("standard_normal", |vm, _, args| sized(vm, args, "standard_normal", normal), Convention::Keywords),
        Method::new(
            "normal",
            |vm, _, args| spread(vm, args, "normal", &["loc", "scale", "size"], |state, a, b| a + b * normal(state)),
            Convention::Keywords,
        ),
        Method::new(
            "uniform",
            |vm, _, args| spread(vm, args, "uniform", &["low", "high", "size"], |state, a, b| a + (b - a) * uniform(state)),
            Convention::Keywords,
        ),
        Method::new("randint", randint, Convention::Keywords),
    ],
    init: |vm, module| {
        vm.import_module("numpy")?;
        vm.dict_set_str(&vm.module_dict(module), "__package__", vm.str("numpy"));
        Ok(())
    },
};

impl State {
    fn next(&mut self) -> u32 {
        self.twister.as_mut().map_or(0, Twister::next)
    }
}

/// The generator, seeded by the world if nobody has.
fn with_state<R>(vm: &Vm, run: impl FnOnce(&mut State) -> PyResult<R>) -> PyResult<R> {
    let mut state = vm.state.numpy_random.borrow_mut();
    if state.twister.is_none() {
        let mut bytes = [0; 4];
        vm.host.random(&mut bytes).map_err(|error| vm.runtime_error(error.to_string()))?;
        state.twister = Some(Twister::from_seed(u32::from_le_bytes(bytes)));
    }
    run(&mut state)
}

fn seed(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "seed", params: &["seed"], positional_only: 0, positional: 1, required: 0 };
    let [given] = args.bind(vm, &SIGNATURE)?;
    let twister = match given.filter(|given| !given.is(&vm.consts.none)) {
        Some(given) => match u32::try_from(vm.index_isize(given)?) {
            Ok(seed) => Some(Twister::from_seed(seed)),
            Err(_) => return Err(vm.value_error("Seed must be between 0 and 2**32 - 1")),
        },
        None => None,
    };
    *vm.state.numpy_random.borrow_mut() = State { twister, second: None };
    Ok(vm.none())
}

fn uniform(state: &mut State) -> f64 {
    state.twister.as_mut().map_or(0.0, Twister::float)
}

/// Two normal numbers at a time, by the polar method (`legacy_gauss`).
fn normal(state: &mut State) -> f64 {
    if let Some(second) = state.second.take() {
        return second;
    }
    loop {
        let (x, y) = (2.0 * uniform(state) - 1.0, 2.0 * uniform(state) - 1.0);
        let r = x * x + y * y;
        if r < 1.0 && r != 0.0 {
            let f = (-2.0 * r.ln() / r).sqrt();
            state.second = Some(f * x);
            return f * y;
        }
    }
}

/// The sizes that arguments name; none for one number.
fn sizes(vm: &Vm, given: &[Obj]) -> PyResult<Vec<usize>> {
    given.iter().map(|n| usize::try_from(vm.index_isize(n)?).map_err(|_| vm.value_error("negative dimensions are not allowed"))).collect()
}

fn size_of(vm: &Vm, given: Option<&Obj>) -> PyResult<Vec<usize>> {
    match given.filter(|given| !given.is(&vm.consts.none)) {
        None => Ok(Vec::new()),
        Some(size) if vm.has_index(size) => sizes(vm, std::slice::from_ref(size)),
        Some(size) => sizes(vm, &vm.to_vec(size)?),
    }
}

fn filled(vm: &Vm, shape: &[usize], draw: impl Fn(&mut State) -> f64) -> PyResult {
    if shape.is_empty() {
        return with_state(vm, |state| Ok(vm.float(draw(state))));
    }
    let n: usize = shape.iter().product();
    let data = with_state(vm, |state| Ok((0..n).flat_map(|_| draw(state).to_le_bytes()).collect()))?;
    array::made(vm, DType::Float64, shape.to_vec(), data)
}

fn sized(vm: &Vm, args: Args<'_>, name: &'static str, draw: fn(&mut State) -> f64) -> PyResult {
    let signature = Signature { name, params: &["size"], positional_only: 0, positional: 1, required: 0 };
    let [size] = args.bind(vm, &signature)?;
    filled(vm, &size_of(vm, size)?, draw)
}

fn spread(vm: &Vm, args: Args<'_>, name: &'static str, params: &'static [&'static str], draw: fn(&mut State, f64, f64) -> f64) -> PyResult {
    let signature = Signature { name, params, positional_only: 0, positional: 3, required: 0 };
    let [a, b, size] = args.bind(vm, &signature)?;
    let (a, b) = (a.map_or(Ok(0.0), |a| vm.as_float(a))?, b.map_or(Ok(1.0), |b| vm.as_float(b))?);
    filled(vm, &size_of(vm, size)?, |state| draw(state, a, b))
}

fn randint(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "randint", params: &["low", "high", "size", "dtype"], positional_only: 0, positional: 4, required: 1 };
    let [low, high, size, dtype] = args.bind(vm, &SIGNATURE)?;
    let whole = |obj: &Obj| {
        array::number(vm, obj, None).map(|(_, value)| match value {
            Number::Int(n) => n,
            Number::Float(f) => f as i128,
        })
    };
    let low = whole(low.expect("a required parameter is there"))?;
    let (low, high) = match high.filter(|high| !high.is(&vm.consts.none)) {
        Some(high) => (low, whole(high)?),
        None => (0, low),
    };
    let plain = dtype.is_none_or(|dtype| dtype.is(&vm.types.int));
    let dtype = dtype.map_or(Ok(DType::Int64), |dtype| dtype::of(vm, dtype))?;
    let (least, most) = dtype.bounds();
    if low < least || high - 1 > most {
        let what = if low < least { "low" } else { "high" };
        return Err(vm.value_error(format!("{what} is out of bounds for {}", dtype.name())));
    }
    if low >= high {
        return Err(vm.value_error("low >= high"));
    }
    let (shape, range) = (size_of(vm, size)?, (high - 1 - low) as u64);
    let n: usize = shape.iter().product();
    let single = shape.is_empty();
    let mut data = vec![0; n * dtype.size()];
    with_state(vm, |state| {
        let mut left = Left::default();
        let item = dtype.size();
        data.chunks_exact_mut(item)
            .for_each(|place| dtype.store(place, Number::Int(low + i128::from(bounded(state, range, item, &mut left)))));
        Ok(())
    })?;
    if single {
        let value = dtype.load(&data);
        return if plain { Ok(scalar::plain(vm, dtype, value)) } else { scalar::made(vm, dtype, value) };
    }
    array::made(vm, dtype, shape, data)
}

/// What is left of a word from which small numbers are cut.
#[derive(Default)]
struct Left {
    word: u32,
    pieces: u32,
}

/// A number from 0 to `range`, by masking and rejecting (`random_bounded_uint64_fill` and its like).
fn bounded(state: &mut State, range: u64, item: usize, left: &mut Left) -> u64 {
    if range == 0 {
        return 0;
    }
    let mask = u64::MAX >> range.leading_zeros();
    loop {
        let drawn = match item {
            1 | 2 => {
                let bits = 8 * item as u32;
                if left.pieces == 0 {
                    (left.word, left.pieces) = (state.next(), 32 / bits);
                } else {
                    left.word >>= bits;
                }
                left.pieces -= 1;
                u64::from(left.word) & ((1 << bits) - 1)
            }
            _ if range > u64::from(u32::MAX) => (u64::from(state.next()) << 32) | u64::from(state.next()),
            _ => u64::from(state.next()),
        };
        if drawn & mask <= range {
            return drawn & mask;
        }
    }
}
