//! `_heapq`: lists as heaps, the smallest or the greatest item first (`Modules/_heapqmodule.c`).
//!
//! An item may change the list while it is compared: the length is looked at after each comparison.

use heap::{List, Obj};

use super::ModuleSpec;
use crate::class::{Compare, Convention, Method};
use crate::{Args, PyResult, Vm};

use Convention::{One, Positional};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_heapq",
    functions: &[
        Method::new("heappush", |vm, _, args| push(vm, args, "heappush", MIN), Positional).signature("($module, heap, item, /)"),
        Method::new("heappushpop", |vm, _, args| push_pop(vm, args, "heappushpop", MIN), Positional).signature("($module, heap, item, /)"),
        Method::new("heappop", |vm, _, args| pop(vm, args, "heappop", MIN), One).signature("($module, heap, /)"),
        Method::new("heapreplace", |vm, _, args| replace(vm, args, "heapreplace", MIN), Positional).signature("($module, heap, item, /)"),
        Method::new("heapify", |vm, _, args| heapify(vm, args, "heapify", MIN), One).signature("($module, heap, /)"),
        Method::new("heappush_max", |vm, _, args| push(vm, args, "heappush_max", MAX), Positional).signature("($module, heap, item, /)"),
        Method::new("heappushpop_max", |vm, _, args| push_pop(vm, args, "heappushpop_max", MAX), Positional)
            .signature("($module, heap, item, /)"),
        Method::new("heappop_max", |vm, _, args| pop(vm, args, "heappop_max", MAX), One).signature("($module, heap, /)"),
        Method::new("heapreplace_max", |vm, _, args| replace(vm, args, "heapreplace_max", MAX), Positional)
            .signature("($module, heap, item, /)"),
        Method::new("heapify_max", |vm, _, args| heapify(vm, args, "heapify_max", MAX), One).signature("($module, heap, /)"),
    ],
    init: |_, _| Ok(()),
};

/// Which of two items comes first: that of a min-heap if it is less, that of a max-heap if it is greater.
type First = fn(&Vm, &Obj, &Obj) -> PyResult<bool>;
const MIN: First = |vm, a, b| vm.compare_bool(a, b, Compare::Lt);
const MAX: First = |vm, a, b| vm.compare_bool(b, a, Compare::Lt);

fn heap<'a>(vm: &Vm, args: Args<'a>, name: &str, n: usize) -> PyResult<(&'a List, Option<&'a Obj>)> {
    let given = args.check(vm, name, n, n)?;
    match given[0].get::<List>() {
        Some(list) => Ok((list, given.get(1))),
        None => {
            Err(vm.type_error(format!("{name}() argument {}must be list, not {}", if n > 1 { "1 " } else { "" }, vm.type_name(&given[0]))))
        }
    }
}

fn item(vm: &Vm, list: &List, at: usize) -> PyResult {
    list.get(at).ok_or_else(|| vm.index_error("index out of range"))
}

fn same_size(vm: &Vm, list: &List, size: usize) -> PyResult<()> {
    if list.len() == size { Ok(()) } else { Err(vm.runtime_error("list changed size during iteration")) }
}

fn sift_down(vm: &Vm, list: &List, start: usize, mut at: usize, first: First) -> PyResult<()> {
    let size = list.len();
    let new = item(vm, list, at)?;
    while at > start {
        let parent_at = (at - 1) >> 1;
        let parent = item(vm, list, parent_at)?;
        let up = first(vm, &new, &parent)?;
        same_size(vm, list, size)?;
        if !up {
            break;
        }
        list.swap(parent_at, at);
        at = parent_at;
    }
    Ok(())
}

fn sift_up(vm: &Vm, list: &List, mut at: usize, first: First) -> PyResult<()> {
    let (size, start) = (list.len(), at);
    while at < size >> 1 {
        let mut child = 2 * at + 1;
        if child + 1 < size {
            let left = first(vm, &item(vm, list, child)?, &item(vm, list, child + 1)?)?;
            same_size(vm, list, size)?;
            child += usize::from(!left);
        }
        list.swap(child, at);
        at = child;
    }
    sift_down(vm, list, start, at, first)
}

fn push(vm: &Vm, args: Args<'_>, name: &str, first: First) -> PyResult {
    let (list, new) = heap(vm, args, name, 2)?;
    if let Some(new) = new {
        list.push(new.clone());
    }
    sift_down(vm, list, 0, list.len() - 1, first)?;
    Ok(vm.none())
}

fn pop(vm: &Vm, args: Args<'_>, name: &str, first: First) -> PyResult {
    let (list, _) = heap(vm, args, name, 1)?;
    let last = list.pop().ok_or_else(|| vm.index_error("index out of range"))?;
    if list.is_empty() {
        return Ok(last);
    }
    let top = list.replace(0, last);
    sift_up(vm, list, 0, first)?;
    Ok(top)
}

fn replace(vm: &Vm, args: Args<'_>, name: &str, first: First) -> PyResult {
    let (list, new) = heap(vm, args, name, 2)?;
    item(vm, list, 0)?;
    let top = list.replace(0, new.cloned().unwrap_or_else(|| vm.none()));
    sift_up(vm, list, 0, first)?;
    Ok(top)
}

fn push_pop(vm: &Vm, args: Args<'_>, name: &str, first: First) -> PyResult {
    let (list, new) = heap(vm, args, name, 2)?;
    let new = new.cloned().unwrap_or_else(|| vm.none());
    let Some(top) = list.get(0) else { return Ok(new) };
    if !first(vm, &top, &new)? {
        return Ok(new);
    }
    item(vm, list, 0)?;
    drop(top);
    let top = list.replace(0, new);
    sift_up(vm, list, 0, first)?;
    Ok(top)
}

fn heapify(vm: &Vm, args: Args<'_>, name: &str, first: First) -> PyResult {
    let (list, _) = heap(vm, args, name, 1)?;
    for at in (0..list.len() >> 1).rev() {
        sift_up(vm, list, at, first)?;
    }
    Ok(vm.none())
}
