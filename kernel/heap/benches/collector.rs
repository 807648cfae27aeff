//! What allocation, death and collection cost. Every case handles about a million objects, so milliseconds read as nanoseconds
//! an object: `cargo bench -p heap`.

use divan::Bencher;
use std::rc::Rc;

use heap::{Dict, ExtraLayout, Heap, HeapOwner, Hooks, Instance, Kind, List, Obj, WeakFlavour};

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
                let c = heap.alloc_with_class(Instance, class.clone(), ExtraLayout { values: Some(4), ..Default::default() }).tracked();
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

#[divan::bench(sample_count = 20, sample_size = 1)]
fn alloc_and_free_dicts(bencher: Bencher) {
    let heap = Heap::new();
    bencher.bench_local(|| {
        for _ in 0..MILLION {
            drop(divan::black_box(heap.alloc(Dict::new()).tracked()));
        }
    });
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn alloc_and_free_pairs(bencher: Bencher) {
    let heap = Heap::new();
    let (a, b) = (heap.list([]), heap.int(1));
    bencher.bench_local(|| {
        for _ in 0..MILLION {
            drop(divan::black_box(heap.tuple([a.clone(), b.clone()])));
        }
    });
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn alloc_and_free_instances(bencher: Bencher) {
    let heap = Heap::new();
    let class = list(&heap, vec![]);
    bencher.bench_local(|| {
        for _ in 0..MILLION {
            drop(divan::black_box(heap.instance(&class, 4)));
        }
    });
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn alloc_and_free_texts(bencher: Bencher) {
    let heap = Heap::new();
    bencher.bench_local(|| {
        for _ in 0..MILLION {
            drop(divan::black_box(heap.str("a text")));
        }
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn alloc_then_free_instances(bencher: Bencher) {
    let heap = Heap::new();
    heap.disable_gc();
    let class = list(&heap, vec![]);
    bencher.bench_local(|| {
        let all: Vec<Obj> = (0..MILLION)
            .map(|_| heap.alloc_with_class(Instance, class.clone(), ExtraLayout { values: Some(4), ..Default::default() }).tracked())
            .collect();
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

/// A machine whose finalizers and callbacks do nothing.
struct Idle;

impl Hooks for Idle {
    fn has_finalizer(&self, obj: &Obj) -> bool {
        obj.kind() == Kind::INSTANCE
    }
    fn finalize(&self, _: &Obj) {}
    fn weakref_callback(&self, _: &Obj, _: &Obj) {}
}

/// A million instances that hold themselves.
fn instances(each: impl Fn(&Heap, &Obj)) -> HeapOwner {
    let heap = Heap::new();
    heap.connect(Rc::new(Idle));
    heap.disable_gc();
    let class = list(&heap, vec![]);
    for _ in 0..MILLION {
        let obj = heap.alloc_with_class(Instance, class.clone(), ExtraLayout { values: Some(1), ..Default::default() }).tracked();
        drop(obj.extra().expect("an instance").set_value(0, Some(obj.clone())));
        each(&heap, &obj);
    }
    heap
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn instances_dead(bencher: Bencher) {
    bencher.with_inputs(|| instances(|_, _| {})).bench_local_values(|heap| {
        assert!(heap.collect(2).collected >= MILLION);
        Done(Some((heap, None)))
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn finalized_instances_dead(bencher: Bencher) {
    bencher.with_inputs(|| instances(|_, obj| obj.mark_finalizer())).bench_local_values(|heap| {
        assert!(heap.collect(2).collected >= MILLION);
        Done(Some((heap, None)))
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn weakly_referenced_instances_dead(bencher: Bencher) {
    bencher
        .with_inputs(|| {
            let refs = std::cell::RefCell::new(Vec::with_capacity(MILLION));
            let heap = instances(|heap, obj| refs.borrow_mut().push(heap.weakref(obj, WeakFlavour::Ref, Some(heap.int(1)))));
            (heap, refs.into_inner())
        })
        .bench_local_values(|(heap, refs)| {
            assert!(heap.collect(2).collected >= MILLION);
            (refs, Done(Some((heap, None)))).1
        });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn dicts_in_pairs_dead(bencher: Bencher) {
    bencher
        .with_inputs(|| {
            let heap = Heap::new();
            heap.disable_gc();
            let key = heap.str("other");
            for _ in 0..MILLION / 2 {
                let (a, b) = (heap.alloc(Dict::new()).tracked(), heap.alloc(Dict::new()).tracked());
                drop(a.get::<Dict>().expect("a dict").set_str_key(&key, b.clone()));
                drop(b.get::<Dict>().expect("a dict").set_str_key(&key, a.clone()));
            }
            heap
        })
        .bench_local_values(|heap| {
            assert_eq!(heap.collect(2).collected, MILLION);
            Done(Some((heap, None)))
        });
}
