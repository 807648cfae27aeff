//! `product`, `permutations`, `combinations` and `combinations_with_replacement`: pools of items, and indices that count through them.

use std::cell::RefCell;

use heap::{Obj, Payload, Slot, Tuple};

use super::{iterator, kind, own, slots};
use crate::class::{ClassSpec, Convention, Method};
use crate::{Args, PyResult, Signature, Vm};

/// Where the counting stands.
struct State {
    indices: Vec<usize>,
    /// `permutations` counts its rotations here.
    cycles: Vec<usize>,
    started: bool,
    stopped: bool,
}

macro_rules! combiner {
    ($payload:ident, $spec:ident, $n:literal, $name:literal, $params:literal, $new:ident, $next:ident, $size:literal) => {
        pub(super) struct $payload {
            /// The pool, a `tuple` that serves every place of the result; `product` has a `tuple` of pools, one for each place.
            pools: Slot,
            /// The tuple given last, which is filled anew if nobody else has it.
            result: Slot,
            r: usize,
            state: RefCell<State>,
        }

        crate::payload!($payload, kind($n), { pools, result });

        pub(crate) static $spec: ClassSpec =
            iterator(concat!("itertools.", $name), kind($n), |s| slots(s, $new, next::<$payload>), &[sizeof::<$payload>()], $size)
                .doc(concat!($name, $params, "\n--\n\n"));

        impl Combiner for $payload {
            const POOLS: bool = $n == 18;
            fn parts(&self) -> (&Slot, &Slot, usize, &RefCell<State>) {
                (&self.pools, &self.result, self.r, &self.state)
            }
            fn advance(pools: &[Obj], r: usize, state: &mut State) -> bool {
                $next(pools, r, state)
            }
        }
    };
}

trait Combiner: Payload {
    /// Whether each place of the result has a pool of its own.
    const POOLS: bool = false;
    fn parts(&self) -> (&Slot, &Slot, usize, &RefCell<State>);
    /// Counts on; false at the end.
    fn advance(pools: &[Obj], r: usize, state: &mut State) -> bool;
}

combiner!(Product, PRODUCT, 18, "product", "(*iterables, repeat=1)", new_product, next_product, 48);
combiner!(Permutations, PERMUTATIONS, 19, "permutations", "(iterable, r=None)", new_permutations, next_permutations, 64);
combiner!(Combinations, COMBINATIONS, 20, "combinations", "(iterable, r)", new_combinations, next_combinations, 56);
combiner!(
    WithReplacement,
    COMBINATIONS_WITH_REPLACEMENT,
    21,
    "combinations_with_replacement",
    "(iterable, r)",
    new_with_replacement,
    next_with_replacement,
    56
);

/// The indices count, too.
const fn sizeof<T: Combiner>() -> Method {
    Method::new(
        "__sizeof__",
        |vm, this, _| {
            let state = own::<T>(this).parts().3.borrow();
            let class = vm.class_of(this);
            Ok(vm.int((vm.class(&class).basicsize.get() + 8 * (state.indices.len() + state.cycles.len())) as i64))
        },
        Convention::NoArgs,
    )
    .signature("($self, /)")
}

fn next<T: Combiner>(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let (pools, last, r, state) = own::<T>(this).parts();
    let Some(pools) = pools.get() else { return Ok(None) };
    let pools = items(&pools);
    let first = !state.borrow().started;
    let chosen: Vec<Obj> = {
        let mut state = state.borrow_mut();
        if state.stopped {
            return Ok(None);
        }
        if !std::mem::replace(&mut state.started, true) {
            // The first one is where the indices stand.
        } else if !T::advance(pools, r, &mut state) {
            state.stopped = true;
            // CPython copies the tuple given last before it looks whether there is another.
            let copy = last.get().filter(|given| given.refcount() > 2).map(|given| vm.tuple(items(&given).to_vec()));
            if copy.is_some() {
                drop(last.replace(copy));
            }
            return Ok(None);
        }
        let pool = |place: usize| if T::POOLS { items(&pools[place]) } else { pools };
        (0..r).map(|place| pool(place)[state.indices[place]].clone()).collect()
    };
    let result = match last.take() {
        Some(mut tuple) if tuple.refcount() == 1 => {
            for (place, item) in chosen.into_iter().enumerate() {
                drop(Tuple::replace_unshared(&mut tuple, place, item));
            }
            tuple.tracked()
        }
        // The first one is made by `PyTuple_New`, which tracks it.
        _ if first && r > 0 => vm.heap.tuple_untracked(chosen, None).tracked(),
        _ => vm.tuple_of(chosen),
    };
    last.set(result.clone());
    Ok(Some(result))
}

/// The items of a pool.
fn items(pool: &Obj) -> &[Obj] {
    pool.get::<Tuple>().map_or(&[], Tuple::items)
}

/// An iterable as a pool (`PySequence_Tuple`).
fn pool(vm: &Vm, iterable: &Obj) -> PyResult {
    vm.call(&vm.types.tuple, std::slice::from_ref(iterable))
}

fn state(indices: Vec<usize>, cycles: Vec<usize>, stopped: bool) -> RefCell<State> {
    RefCell::new(State { indices, cycles, started: false, stopped })
}

fn new_product(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let mut repeat = 1;
    if args.names().len() > 1 {
        return Err(crate::args::too_many_in_all(vm, "product", 1, 0, args.names().len()));
    }
    for (name, value) in args.keywords() {
        let name = vm.lossy(name);
        if name != "repeat" {
            return Err(vm.type_error(format!("product() got an unexpected keyword argument '{name}'")));
        }
        repeat = vm.index_isize(value)?;
    }
    let repeat = usize::try_from(repeat).map_err(|_| vm.value_error("repeat argument cannot be negative"))?;
    let pools = args.pos().iter().map(|iterable| pool(vm, iterable)).collect::<PyResult<Vec<_>>>()?;
    let r = pools.len() * repeat;
    let pools: Vec<Obj> = pools.iter().cycle().take(r).cloned().collect();
    let stopped = pools.iter().any(|pool| items(pool).is_empty());
    let state = state(vec![0; r], Vec::new(), stopped);
    Ok(vm.new_object(class, Product { pools: vm.tuple(pools).into(), result: Slot::empty(), r, state }))
}

fn next_product(pools: &[Obj], r: usize, state: &mut State) -> bool {
    for place in (0..r).rev() {
        state.indices[place] += 1;
        if state.indices[place] < items(&pools[place]).len() {
            return true;
        }
        state.indices[place] = 0;
    }
    false
}

/// `r` as an argument.
fn length(vm: &Vm, value: &Obj) -> PyResult<usize> {
    usize::try_from(vm.index_isize(value)?).map_err(|_| vm.value_error("r must be non-negative"))
}

fn new_permutations(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "permutations", params: &["iterable", "r"], positional_only: 0, positional: 2, required: 1 };
    let [iterable, r] = args.bind(vm, &SIGNATURE)?;
    let pools = pool(vm, iterable.expect("a required parameter is there"))?;
    let n = items(&pools).len();
    let r = match r.filter(|r| !r.is(&vm.consts.none)) {
        None => n,
        Some(r) if crate::objects::leaf::integer(r).is_none() => return Err(vm.type_error("Expected int as r")),
        Some(r) => length(vm, r)?,
    };
    let cycles = (0..r).map(|i| n.saturating_sub(i)).collect();
    let state = state((0..n.max(r)).collect(), cycles, r > n);
    Ok(vm.new_object(class, Permutations { pools: pools.into(), result: Slot::empty(), r, state }))
}

fn next_permutations(pool: &[Obj], r: usize, state: &mut State) -> bool {
    let n = pool.len();
    for i in (0..r).rev() {
        state.cycles[i] -= 1;
        if state.cycles[i] == 0 {
            state.indices[i..n].rotate_left(1);
            state.cycles[i] = n - i;
        } else {
            let j = n - state.cycles[i];
            state.indices.swap(i, j);
            return true;
        }
    }
    false
}

fn pool_and_length(vm: &Vm, name: &'static str, args: Args<'_>) -> PyResult<(Obj, usize)> {
    let signature = Signature { name, params: &["iterable", "r"], positional_only: 0, positional: 2, required: 2 };
    let [iterable, r] = args.bind(vm, &signature)?.map(|given| given.expect("a required parameter is there"));
    let pool = pool(vm, iterable)?;
    Ok((pool, length(vm, r)?))
}

fn new_combinations(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let (pool, r) = pool_and_length(vm, "combinations", args)?;
    let state = state((0..r).collect(), Vec::new(), r > items(&pool).len());
    Ok(vm.new_object(class, Combinations { pools: pool.into(), result: Slot::empty(), r, state }))
}

fn next_combinations(pool: &[Obj], r: usize, state: &mut State) -> bool {
    let n = pool.len();
    let Some(i) = (0..r).rev().find(|&i| state.indices[i] != i + n - r) else { return false };
    state.indices[i] += 1;
    for j in i + 1..r {
        state.indices[j] = state.indices[j - 1] + 1;
    }
    true
}

fn new_with_replacement(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let (pool, r) = pool_and_length(vm, "combinations_with_replacement", args)?;
    let state = state(vec![0; r], Vec::new(), items(&pool).is_empty() && r > 0);
    Ok(vm.new_object(class, WithReplacement { pools: pool.into(), result: Slot::empty(), r, state }))
}

fn next_with_replacement(pool: &[Obj], r: usize, state: &mut State) -> bool {
    let n = pool.len();
    let Some(i) = (0..r).rev().find(|&i| state.indices[i] + 1 != n) else { return false };
    let next = state.indices[i] + 1;
    state.indices[i..r].fill(next);
    true
}
