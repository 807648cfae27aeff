//! `list.sort` and `sorted`. The list is empty while its items are compared, so that no comparison sees it half sorted.
//!
//! Keys that are all exact ints, floats or strings are compared as such; comparisons of other keys are counted and ordered as CPython's.

use std::cmp::Ordering;
use std::convert::Infallible;

use heap::{Float, Kind, List, Obj, Str, Tuple};

use crate::objects::timsort;
use crate::{Compare, PyResult, Vm};

/// `list.sort(key=key, reverse=reverse)`.
pub(crate) fn sort_list(vm: &Vm, obj: &Obj, key: Option<&Obj>, reverse: bool) -> PyResult<()> {
    let list = obj.get::<List>().expect("a list is sorted");
    let room = list.allocated();
    let mut items = list.take_all();
    // A room that no change of the list leaves as it is shows whether there was one.
    list.reserve_exact(1);
    let sorted = sort_items(vm, &mut items, key.filter(|key| !key.is(&vm.consts.none)), reverse);
    let changed = !list.is_empty() || list.allocated() != 1;
    let strangers = list.take_all();
    list.restore(items, room);
    drop(strangers);
    sorted?;
    if changed { Err(vm.value_error("list modified during sort")) } else { Ok(()) }
}

fn sort_items(vm: &Vm, items: &mut Vec<Obj>, key: Option<&Obj>, reverse: bool) -> PyResult<()> {
    let mut keys = Vec::new();
    if let Some(key) = key {
        keys.reserve(items.len());
        for item in items.iter() {
            keys.push(vm.call_one(key, item)?);
        }
    }
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    if reverse {
        order.reverse();
    }
    let done = sort_order(vm, if key.is_some() { &keys } else { items }, &mut order);
    if reverse {
        order.reverse();
    }
    permute(items, &order);
    drop(keys);
    done
}

/// Puts the items into the order of their former places.
fn permute(items: &mut Vec<Obj>, order: &[u32]) {
    let mut from: Vec<Option<Obj>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.iter().filter_map(|&i| from[i as usize].take()));
}

fn sort_order(vm: &Vm, keys: &[Obj], order: &mut [u32]) -> PyResult<()> {
    let kind = keys.first().map_or(Kind::SINGLETON, Obj::kind);
    if keys.iter().all(|key| key.kind() == kind) {
        match kind {
            Kind::INT => {
                let mut pairs: Vec<(i64, u32)> = order.iter().map(|&i| (keys[i as usize].plain_int().unwrap_or(0), i)).collect();
                pairs.sort_by_key(|pair| pair.0);
                order.iter_mut().zip(pairs).for_each(|(place, (_, i))| *place = i);
                return Ok(());
            }
            Kind::FLOAT => {
                sort_floats(keys, order);
                return Ok(());
            }
            Kind::STR => {
                // The order of WTF-8 is the order of code points.
                let mut pairs: Vec<(&[u8], u32)> =
                    order.iter().map(|&i| (keys[i as usize].get::<Str>().map_or(&[][..], Str::as_bytes), i)).collect();
                pairs.sort_by(|a, b| a.0.cmp(b.0));
                order.iter_mut().zip(pairs).for_each(|(place, (_, i))| *place = i);
                return Ok(());
            }
            Kind::TUPLE if keys.iter().all(|key| key.extra().is_none()) => {
                return timsort::sort(order, |&a: &u32, &b: &u32| tuple_less(vm, &keys[a as usize], &keys[b as usize]));
            }
            _ => {}
        }
    }
    timsort::sort(order, |&a: &u32, &b: &u32| vm.compare_bool(&keys[a as usize], &keys[b as usize], Compare::Lt))
}

/// `a < b` of two exact tuples (`unsafe_tuple_compare`).
fn tuple_less(vm: &Vm, a: &Obj, b: &Obj) -> PyResult<bool> {
    let (Some(a), Some(b)) = (a.get::<Tuple>(), b.get::<Tuple>()) else { return vm.compare_bool(a, b, Compare::Lt) };
    for (x, y) in a.items().iter().zip(b.items()) {
        if !vm.compare_bool(x, y, Compare::Eq)? {
            return vm.compare_bool(x, y, Compare::Lt);
        }
    }
    Ok(a.len() < b.len())
}

fn sort_floats(keys: &[Obj], order: &mut [u32]) {
    let mut pairs: Vec<(f64, u32)> = order.iter().map(|&i| (keys[i as usize].get::<Float>().map_or(0.0, |float| float.0), i)).collect();
    if pairs.iter().any(|pair| pair.0.is_nan()) {
        // Where a NaN ends up is the algorithm's choice, so it has to be CPython's.
        let Ok(()) = timsort::sort(&mut pairs, |a: &(f64, u32), b: &(f64, u32)| Ok::<bool, Infallible>(a.0 < b.0));
    } else {
        pairs.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal));
    }
    order.iter_mut().zip(pairs).for_each(|(place, (_, i))| *place = i);
}
