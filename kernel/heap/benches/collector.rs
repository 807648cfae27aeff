//! What allocation, death and collection cost. Every case handles about a million objects, so milliseconds read as nanoseconds
//! an object: `cargo bench -p heap`.

use divan::Bencher;
use heap::{ExtraLayout, Heap, HeapOwner, Instance, List, Obj};

fn main() {
    divan::main();
}

const MILLION: usize = 1_000_000;

fn list(heap: &Heap, items: Vec<Obj>) -> Obj {
    heap.list(items)
}

fn push(list: &Obj, item: Obj) {
    list.get::<List>().expect("a list").push(item);
}

/// A million lists that hold themselves, and the list that holds them.
fn self_lists() -> (HeapOwner, Obj) {
    let heap = Heap::new();
    heap.disable_gc();
    let all = list(&heap, vec![]);
    for _ in 0..MILLION {
        let a = list(&heap, vec![]);
        push(&a, a.clone());
        push(&all, a);
    }
    (heap, all)
}

/// Keeps what was measured alive until after the measurement, then gives the memory back at once.
struct Done(Option<(HeapOwner, Option<Obj>)>);

impl Drop for Done {
    fn drop(&mut self) {
        if let Some((heap, held)) = self.0.take() {
            std::mem::forget(held);
            #[expect(unsafe_code, reason = "freeing a million objects one by one is not what is measured")]
            // SAFETY: no reference is used after this.
            unsafe {
                heap.discard()
            };
        }
    }
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn self_lists_build(bencher: Bencher) {
    bencher.bench_local(|| {
        let (heap, all) = self_lists();
        Done(Some((heap, Some(all))))
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn self_lists_alive(bencher: Bencher) {
    bencher.with_inputs(self_lists).bench_local_values(|(heap, all)| {
        assert_eq!(heap.collect(2).collected, 0);
        Done(Some((heap, Some(all))))
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn self_lists_dead(bencher: Bencher) {
    bencher
        .with_inputs(|| {
            let (heap, all) = self_lists();
            drop(all);
            heap
        })
        .bench_local_values(|heap| {
            assert_eq!(heap.collect(2).collected, MILLION);
            Done(Some((heap, None)))
        });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn mixed_live_again(bencher: Bencher) {
    bencher
        .with_inputs(|| {
            let heap = Heap::new();
            heap.disable_gc();
            let class = list(&heap, vec![]);
            let all = list(&heap, vec![]);
            for i in 0..MILLION / 4 {
                let number = heap.int(i as i64);
                let a = list(&heap, vec![number.clone(), class.clone()]);
                let b = heap.tuple([a.clone(), number.clone()]);
                let c = heap.alloc_with_class(Instance, class.clone(), ExtraLayout { values: Some(4), slots: 0 }).tracked();
                let extra = c.extra().expect("an instance");
                drop(extra.set_value(0, Some(b)));
                drop(extra.set_value(1, Some(number)));
                let d = heap.cell(Some(c));
                push(&a, d.clone());
                push(&all, d);
            }
            heap.collect(2);
            (heap, all)
        })
        .bench_local_values(|(heap, all)| {
            assert_eq!(heap.collect(2).collected, 0);
            Done(Some((heap, Some(all))))
        });
}

/// A tree of 2^19 nodes: lists with a reference to their parent.
fn tree() -> (HeapOwner, Obj) {
    let heap = Heap::new();
    heap.disable_gc();
    let root = list(&heap, vec![]);
    let mut row = vec![root.clone()];
    for _ in 0..18 {
        let mut next = Vec::with_capacity(row.len() * 2);
        for parent in row {
            for _ in 0..2 {
                let node = list(&heap, vec![parent.clone()]);
                push(&parent, node.clone());
                next.push(node);
            }
        }
        row = next;
    }
    (heap, root)
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn tree_alive(bencher: Bencher) {
    bencher.with_inputs(tree).bench_local_values(|(heap, root)| {
        assert_eq!(heap.collect(2).collected, 0);
        Done(Some((heap, Some(root))))
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn tree_dead(bencher: Bencher) {
    bencher
        .with_inputs(|| {
            let (heap, root) = tree();
            drop(root);
            heap
        })
        .bench_local_values(|heap| {
            assert_eq!(heap.collect(2).collected, (1 << 19) - 1);
            Done(Some((heap, None)))
        });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn ring_dead(bencher: Bencher) {
    bencher
        .with_inputs(|| {
            let heap = Heap::new();
            heap.disable_gc();
            let first = list(&heap, vec![]);
            let mut last = first.clone();
            for _ in 1..MILLION {
                let next = list(&heap, vec![]);
                push(&last, next.clone());
                last = next;
            }
            push(&last, first);
            drop(last);
            heap
        })
        .bench_local_values(|heap| {
            assert_eq!(heap.collect(2).collected, MILLION);
            Done(Some((heap, None)))
        });
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn alloc_and_free_lists(bencher: Bencher) {
    let heap = Heap::new();
    bencher.bench_local(|| {
        for _ in 0..MILLION {
            drop(divan::black_box(list(&heap, vec![])));
        }
    });
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn alloc_and_free_ints(bencher: Bencher) {
    let heap = Heap::new();
    bencher.bench_local(|| {
        for i in 0..MILLION {
            drop(divan::black_box(heap.int(i as i64)));
        }
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn alloc_then_free_instances(bencher: Bencher) {
    let heap = Heap::new();
    heap.disable_gc();
    let class = list(&heap, vec![]);
    bencher.bench_local(|| {
        let all: Vec<Obj> =
            (0..MILLION).map(|_| heap.alloc_with_class(Instance, class.clone(), ExtraLayout { values: Some(4), slots: 0 }).tracked()).collect();
        drop(all);
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn nest_of_a_million_dies(bencher: Bencher) {
    bencher
        .with_inputs(|| {
            let heap = Heap::new();
            heap.disable_gc();
            let mut nest = list(&heap, vec![]);
            for _ in 1..MILLION {
                nest = list(&heap, vec![nest]);
            }
            (heap, nest)
        })
        .bench_local_values(|(heap, nest)| {
            drop(nest);
            heap
        });
}
