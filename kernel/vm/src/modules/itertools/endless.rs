//! `count`, `cycle` and `repeat`.

use std::cell::Cell;

use heap::{Int, Kind, List, Obj, Slot};

use super::{iterator, kind, own, slots};
use crate::class::{ClassSpec, Convention, Method, Operator};
use crate::{Args, PyResult, Signature, Vm};

/// `count(start=0, step=1)`: fast while both are machine integers.
pub(super) struct Count {
    fast: Cell<Option<i64>>,
    current: Slot,
    step: Slot,
}

crate::payload!(Count, kind(0), { current, step });

pub(crate) static COUNT: ClassSpec = iterator(
    "itertools.count",
    kind(0),
    |s| {
        slots(s, new_count, next_count);
        s.repr.set(Some(repr_count));
    },
    &[],
    40,
)
.doc("count(start=0, step=1)\n--\n\n");

fn new_count(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "count", params: &["start", "step"], positional_only: 0, positional: 2, required: 0 };
    let [start, step] = args.bind(vm, &SIGNATURE)?;
    for value in [start, step].into_iter().flatten() {
        let class = vm.class_of(value);
        let slots = &vm.class(&class).slots;
        let number = slots.index.get().is_some()
            || slots.int.get().is_some()
            || slots.float.get().is_some()
            || vm.is_kind_of(value, &vm.types.complex);
        if !number {
            return Err(vm.type_error("a number is required"));
        }
    }
    let exact = |value: Option<&Obj>, default: i64| {
        value.map_or(Some(default), |value| (value.kind() == Kind::INT).then(|| value.get::<Int>().map(|n| n.0)).flatten())
    };
    let fast = exact(start, 0).filter(|_| exact(step, 1) == Some(1));
    // A machine number is kept as such, and no object beside it.
    let current = if fast.is_some() { None } else { Some(start.cloned().unwrap_or_else(|| vm.int(0))) };
    let step = step.cloned().unwrap_or_else(|| vm.int(1));
    Ok(vm.new_object(class, Count { fast: Cell::new(fast), current: current.into(), step: Slot::new(step) }))
}

fn next_count(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let count = own::<Count>(this);
    if let Some(n) = count.fast.get() {
        match n.checked_add(1) {
            Some(next) => count.fast.set(Some(next)),
            None => {
                count.fast.set(None);
                count.current.set(vm.binary(Operator::Add, &vm.int(n), &vm.int(1))?);
            }
        }
        return Ok(Some(vm.int(n)));
    }
    let (Some(current), Some(step)) = (count.current.get(), count.step.get()) else { return Ok(None) };
    count.current.set(vm.binary(Operator::Add, &current, &step)?);
    Ok(Some(current))
}

fn repr_count(vm: &Vm, this: &Obj) -> PyResult {
    let count = own::<Count>(this);
    let current = match count.fast.get() {
        Some(n) => n.to_string(),
        None => count.current.get().map_or(Ok(String::new()), |current| vm.repr_text(&current))?,
    };
    let one = |step: &Obj| step.get::<Int>().is_some_and(|step| step.0 == 1);
    let name = vm.type_name(this).rsplit('.').next().unwrap_or("count").to_owned();
    match count.step.get() {
        Some(step) if !one(&step) => Ok(vm.str(&format!("{name}({current}, {})", vm.repr_text(&step)?))),
        _ => Ok(vm.str(&format!("{name}({current})"))),
    }
}

/// `cycle(iterable)`: remembers what it has seen.
pub(super) struct Cycle {
    source: Slot,
    /// A `list`.
    saved: Slot,
    position: Cell<usize>,
}

crate::payload!(Cycle, kind(1), { source, saved });

pub(crate) static CYCLE: ClassSpec =
    iterator("itertools.cycle", kind(1), |s| slots(s, new_cycle, next_cycle), &[], 40).doc("cycle(iterable, /)\n--\n\n");

fn new_cycle(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    super::no_keywords(vm, class, &vm.types.itertools_cycle, "cycle", args)?;
    let [iterable] = Args::positional(args.pos()).check(vm, "cycle", 1, 1)? else { unreachable!("one argument was checked") };
    let source = vm.iter(iterable)?;
    Ok(vm.new_object(class, Cycle { source: Slot::new(source), saved: vm.list(Vec::new()).into(), position: Cell::new(0) }))
}

fn next_cycle(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let cycle = own::<Cycle>(this);
    let Some(saved) = cycle.saved.get() else { return Ok(None) };
    let saved = own::<List>(&saved);
    if let Some(source) = cycle.source.get() {
        if let Some(item) = vm.next(&source)? {
            saved.push(item.clone());
            return Ok(Some(item));
        }
        drop(cycle.source.take());
    }
    let Some(item) = saved.get(cycle.position.get()) else { return Ok(None) };
    cycle.position.set((cycle.position.get() + 1) % saved.len());
    Ok(Some(item))
}

/// `repeat(object[, times])`.
pub(super) struct Repeat {
    object: Slot,
    /// How often it is still given; `None` is for ever.
    left: Cell<Option<isize>>,
}

crate::payload!(Repeat, kind(2), { object });

pub(crate) static REPEAT: ClassSpec = iterator(
    "itertools.repeat",
    kind(2),
    |s| {
        slots(s, new_repeat, next_repeat);
        s.repr.set(Some(repr_repeat));
    },
    &[Method::new("__length_hint__", repeat_hint, Convention::NoArgs).signature("($self, /)")],
    32,
);

fn new_repeat(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "repeat", params: &["object", "times"], positional_only: 0, positional: 2, required: 1 };
    let [object, times] = args.bind(vm, &SIGNATURE)?;
    let left = times.map(|times| vm.index_isize(times)).transpose()?.map(|times| times.max(0));
    Ok(vm.new_object(class, Repeat { object: Slot::from(object.cloned()), left: Cell::new(left) }))
}

fn next_repeat(_: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let repeat = own::<Repeat>(this);
    match repeat.left.get() {
        Some(0) => return Ok(None),
        Some(left) => repeat.left.set(Some(left - 1)),
        None => {}
    }
    Ok(repeat.object.get())
}

fn repr_repeat(vm: &Vm, this: &Obj) -> PyResult {
    let repeat = own::<Repeat>(this);
    let object = repeat.object.get().map_or(Ok(String::new()), |object| vm.repr_text(&object))?;
    Ok(vm.str(&match repeat.left.get() {
        None => format!("repeat({object})"),
        Some(left) => format!("repeat({object}, {left})"),
    }))
}

fn repeat_hint(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    match own::<Repeat>(this).left.get() {
        None => Err(vm.type_error("len() of unsized object")),
        Some(left) => Ok(vm.int(left as i64)),
    }
}
