//! Which generations are collected when, against what CPython 3.14 did (`order/turns.py`).

use std::cell::RefCell;
use std::rc::Rc;

use heap::{DEBUG_STATS, DebugEvent, Heap, Hooks, Obj};

/// Writes CPython's lines.
#[derive(Default)]
struct Machine(RefCell<Vec<String>>);

impl Hooks for Machine {
    fn has_finalizer(&self, _: &Obj) -> bool {
        false
    }
    fn finalize(&self, _: &Obj) {}
    fn weakref_callback(&self, _: &Obj, _: &Obj) {}
    fn debug(&self, event: DebugEvent<'_>) {
        let mut lines = self.0.borrow_mut();
        match event {
            DebugEvent::Starting { generation, objects: [a, b, c], .. } => {
                lines.push(format!("gc: collecting generation {generation}..."));
                lines.push(format!("gc: objects in each generation: {a} {b} {c}"));
            }
            DebugEvent::Done { unreachable, uncollectable } => {
                lines.push(format!("gc: done, {unreachable} unreachable, {uncollectable} uncollectable"));
            }
            _ => {}
        }
    }
}

#[test]
fn automatic_collections_take_cpythons_turns() {
    let heap = Heap::new();
    let machine = Rc::<Machine>::default();
    heap.connect(machine.clone());
    let none = heap.int(0);
    for (n, ring, every) in [(4000, 300, 3), (6000, 900, 50), (3000, 10, 2), (20000, 5000, 7)] {
        heap.disable_gc();
        heap.set_gc_debug(0);
        heap.unfreeze();
        heap.collect(2);
        heap.freeze();
        heap.collect(2);
        heap.set_thresholds([50, 4, 3]);
        heap.set_gc_debug(DEBUG_STATS);
        heap.enable_gc();
        // The call's arguments.
        let arguments = heap.tuple([none.clone(), none.clone(), none.clone()]);
        let keep = heap.list(vec![none.clone(); ring]);
        let mut x = none.clone();
        for i in 0..n {
            drop(std::mem::replace(&mut x, heap.list([])));
            if i % every == 0 {
                x.append(&x);
            }
            drop(keep.as_list().unwrap().replace(i % ring, x.clone()));
            if heap.gc_due() {
                heap.run_due_collection();
            }
        }
        heap.set_thresholds([0, 4, 3]);
        drop((x, keep, arguments));
    }
    let printed = machine.0.take();
    let expected: Vec<&str> = include_str!("order/turns.txt").lines().collect();
    for (i, (printed, expected)) in printed.iter().zip(&expected).enumerate() {
        assert_eq!(printed, expected, "line {}", i + 1);
    }
    assert_eq!(printed.len(), expected.len());
}
