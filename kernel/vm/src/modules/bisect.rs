//! `_bisect`: places in sorted sequences (`Modules/_bisectmodule.c`).

use heap::{Kind, List, Obj};

use super::ModuleSpec;
use crate::class::{Compare, Convention, Method};
use crate::{Args, PyResult, Signature, Vm};

const SIGNATURE: &str = "($module, /, a, x, lo=0, hi=None, *, key=None)";

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_bisect",
    functions: &[
        Method::new("bisect_right", |vm, _, args| bisect(vm, args, "bisect_right", false), Convention::Keywords).signature(SIGNATURE),
        Method::new("insort_right", |vm, _, args| insort(vm, args, "insort_right", false), Convention::Keywords).signature(SIGNATURE),
        Method::new("bisect_left", |vm, _, args| bisect(vm, args, "bisect_left", true), Convention::Keywords).signature(SIGNATURE),
        Method::new("insort_left", |vm, _, args| insort(vm, args, "insort_left", true), Convention::Keywords).signature(SIGNATURE),
    ],
    init: |_, _| Ok(()),
};

/// The arguments of all four functions.
struct Given<'a> {
    sequence: &'a Obj,
    item: &'a Obj,
    low: isize,
    high: isize,
    key: Option<&'a Obj>,
}

fn given<'a>(vm: &Vm, args: Args<'a>, name: &'static str) -> PyResult<Given<'a>> {
    let signature = Signature { name, params: &["a", "x", "lo", "hi", "key"], positional_only: 0, positional: 4, required: 2 };
    let [Some(sequence), Some(item), low, high, key] = args.bind(vm, &signature)? else { unreachable!("two arguments are required") };
    let some = |value: Option<&'a Obj>| value.filter(|value| !value.is(&vm.consts.none));
    let low = low.map_or(Ok(0), |low| vm.index_isize(low))?;
    let high = some(high).map_or(Ok(-1), |high| vm.index_isize(high))?;
    if low < 0 {
        return Err(vm.value_error("lo must be non-negative"));
    }
    let high = if high == -1 { vm.len(sequence)? as isize } else { high };
    Ok(Given { sequence, item, low, high, key: some(key) })
}

/// The place: before equal items or behind them.
fn search(vm: &Vm, given: &Given<'_>, wanted: &Obj, left: bool) -> PyResult<isize> {
    let (mut low, mut high) = (given.low, given.high);
    while low < high {
        let middle = ((low as usize + high as usize) / 2) as isize;
        let mut found = match given.sequence.get::<List>().filter(|_| given.sequence.extra().is_none()) {
            Some(list) => list.get(middle as usize).ok_or_else(|| vm.index_error("list index out of range"))?,
            None => vm.getitem(given.sequence, &vm.int(middle as i64))?,
        };
        if let Some(key) = given.key {
            found = vm.call(key, std::slice::from_ref(&found))?;
        }
        let behind = if left { vm.compare_bool(&found, wanted, Compare::Lt)? } else { !vm.compare_bool(wanted, &found, Compare::Lt)? };
        if behind {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn bisect(vm: &Vm, args: Args<'_>, name: &'static str, left: bool) -> PyResult {
    let given = given(vm, args, name)?;
    Ok(vm.int(search(vm, &given, given.item, left)? as i64))
}

fn insort(vm: &Vm, args: Args<'_>, name: &'static str, left: bool) -> PyResult {
    let given = given(vm, args, name)?;
    let at = match given.key {
        Some(key) => search(vm, &given, &vm.call(key, std::slice::from_ref(given.item))?, left)?,
        None => search(vm, &given, given.item, left)?,
    };
    match given.sequence.get::<List>().filter(|_| given.sequence.kind() == Kind::LIST && given.sequence.extra().is_none()) {
        Some(list) => list.insert((at as usize).min(list.len()), given.item.clone()),
        None => drop(vm.call_method(given.sequence, "insert", &[vm.int(at as i64), given.item.clone()])?),
    }
    Ok(vm.none())
}
