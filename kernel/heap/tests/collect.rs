//! What the collector finds, in which order it calls, and what it leaves.

mod world;

use heap::{DEBUG_COLLECTABLE, DEBUG_SAVEALL, DEBUG_STATS, DEBUG_UNCOLLECTABLE, List, Step, WeakFlavour, WeakRef};
use world::{World, append, set};

#[test]
fn a_list_in_itself_is_found() {
    let w = World::new();
    let a = w.list([]);
    append(&a, &a);
    assert_eq!(a.refcount(), 2);
    assert_eq!(w.collect(2).collected, 0);
    drop(a);
    assert_eq!(w.collect(2).collected, 1);
    assert!(w.all_objects().is_empty());
}

#[test]
fn survivors_move_up_a_generation_and_keep_their_order() {
    let w = World::new();
    let lists: Vec<_> = (0..5).map(|_| w.list([])).collect();
    w.collect(0);
    let young = w.list([]);
    assert_eq!(lists[0].generation(), Some(1));
    assert_eq!(young.generation(), Some(0));
    assert_eq!(w.tracked_objects(Some(1)), lists);
    w.collect(1);
    // The middle generation's own come first, then the young.
    let all: Vec<_> = lists.iter().cloned().chain([young.clone()]).collect();
    assert_eq!(w.tracked_objects(Some(2)), all);
    w.collect(2);
    assert_eq!(w.tracked_objects(None), all);
}

#[test]
fn what_is_found_late_comes_back_at_the_end() {
    // `a` is only reachable through `b`, which is younger: move_unreachable meets `a` first.
    let w = World::new();
    let a = w.list([]);
    let other = w.list([]);
    let b = w.list([a.clone()]);
    let held = a.refcount();
    assert_eq!(held, 2);
    let weak = w.weakref(&a, WeakFlavour::Ref, None);
    drop(a);
    w.collect(2);
    let order = w.tracked_objects(Some(2));
    assert_eq!(order, [other, b, weak.clone(), weak.get::<WeakRef>().unwrap().target().unwrap()]);
}

#[test]
fn garbage_of_a_young_collection_may_hold_the_old() {
    let w = World::new();
    let old = w.list([]);
    w.collect(2);
    let a = w.list([old.clone()]);
    append(&a, &a);
    drop((a, old));
    assert_eq!(w.collect(0).collected, 1);
    assert!(w.all_objects().is_empty());
}

#[test]
fn a_ring_of_finalizers_runs_in_order_of_birth() {
    let w = World::new();
    let (a, b, c) = (w.mortal("a"), w.mortal("b"), w.mortal("c"));
    set(&a, 0, &b);
    set(&b, 0, &c);
    set(&c, 0, &a);
    drop((a, b, c));
    // Three instances; their three classes, plain lists here, are held by them alone but in no cycle, and yet unreachable.
    assert_eq!(w.collect(2).collected, 6);
    assert_eq!(w.log(), ["del a", "del b", "del c"]);
    assert!(w.all_objects().is_empty());
}

#[test]
fn a_resurrected_ring_is_not_counted_and_not_finalized_again() {
    let w = World::new();
    let a = w.mortal("a");
    set(&a, 0, &a);
    drop(a);
    *w.machine.keep.borrow_mut() = Some(vec![]);
    assert_eq!(w.collect(2).collected, 0);
    assert_eq!(w.log(), ["del a"]);
    let kept = w.machine.keep.take().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].generation(), Some(2));
    assert!(kept[0].is_finalized());
    drop(kept);
    assert_eq!(w.collect(2).collected, 2);
    assert!(w.log().is_empty());
}

#[test]
fn callbacks_run_before_finalizers_and_only_from_outside() {
    let w = World::new();
    let a = w.mortal("a");
    set(&a, 0, &a);
    let inside = w.weakref(&a, WeakFlavour::Ref, Some(w.callback("inside")));
    set(&a, 1, &inside);
    let outside: Vec<_> = ["first", "second"].map(|name| w.weakref(&a, WeakFlavour::Ref, Some(w.callback(name)))).into();
    w.machine.watch.borrow_mut().push(outside[0].clone());
    drop((a, inside));
    assert_eq!(w.collect(2).collected, 3);
    // The newest first; in a cycle, the finalizer finds them dead.
    assert_eq!(w.log(), ["callback second", "callback first", "del a [false]"]);
}

#[test]
fn without_a_cycle_the_finalizer_comes_first() {
    let w = World::new();
    let a = w.mortal("a");
    let weak = w.weakref(&a, WeakFlavour::Ref, Some(w.callback("c")));
    w.machine.watch.borrow_mut().push(weak.clone());
    drop(a);
    assert_eq!(w.log(), ["del a [true]", "callback c"]);
    drop(weak);
}

#[test]
fn canonical_references_are_shared_and_stand_first() {
    let w = World::new();
    let a = w.instance("a");
    let with_callback = w.weakref(&a, WeakFlavour::Ref, Some(w.callback("c")));
    let proxy = w.weakref(&a, WeakFlavour::Proxy, None);
    let canonical = w.weakref(&a, WeakFlavour::Ref, None);
    assert!(canonical.is(&w.weakref(&a, WeakFlavour::Ref, None)));
    assert!(proxy.is(&w.weakref(&a, WeakFlavour::CallableProxy, None)));
    let newest = w.weakref(&a, WeakFlavour::Ref, Some(w.callback("d")));
    assert_eq!(w.weakrefs_of(&a), [canonical.clone(), proxy.clone(), newest.clone(), with_callback.clone()]);
    assert_eq!(w.weakref_count(&a), 4);
    drop(a);
    assert!(canonical.get::<WeakRef>().unwrap().target().is_none());
}

#[test]
fn saveall_keeps_the_garbage_and_debug_tells() {
    let w = World::new();
    let a = w.list([]);
    append(&a, &a);
    drop(a);
    w.set_gc_debug(DEBUG_SAVEALL | DEBUG_STATS | DEBUG_COLLECTABLE);
    let garbage = w.garbage();
    assert_eq!(w.collect(2).collected, 1);
    assert_eq!(w.log(), ["collecting 2 [2, 0, 0] 0", "collectable kind 5", "done 1 0"]);
    assert_eq!(garbage.get::<List>().unwrap().len(), 1);
    w.set_gc_debug(0);
    drop(garbage.get::<List>().unwrap().take_all());
    assert_eq!(w.collect(2).collected, 1);
}

#[test]
fn tuples_of_atoms_are_forgotten() {
    let w = World::new();
    w.set_track_all_tuples(true);
    let inner = w.tuple([w.int(1000)]);
    let outer = w.tuple([inner.clone()]);
    let holder = w.tuple([w.list([])]);
    assert!(inner.is_tracked() && outer.is_tracked());
    w.collect(0);
    assert!(!inner.is_tracked() && !outer.is_tracked() && holder.is_tracked());
    w.set_track_all_tuples(false);
    assert!(!w.tuple([w.int(1000)]).is_tracked());
}

#[test]
fn frozen_objects_are_left_alone() {
    let w = World::new();
    let a = w.list([]);
    append(&a, &a);
    drop(a);
    w.freeze();
    assert_eq!((w.collect(2).collected, w.freeze_count()), (0, 1));
    w.unfreeze();
    assert_eq!((w.collect(2).collected, w.freeze_count()), (1, 0));
}

#[test]
fn the_young_count_is_allocations_minus_frees_and_free_lists_blur_it() {
    let w = World::new();
    w.collect(2);
    let fifty: Vec<_> = (0..50).map(|_| w.list([])).collect();
    assert_eq!(w.gc_counts()[0], 50);
    drop(fifty);
    // All fifty are parked on the free list: the count does not fall.
    assert_eq!(w.gc_counts()[0], 50);
    let again: Vec<_> = (0..50).map(|_| w.list([])).collect();
    assert_eq!(w.gc_counts()[0], 50);
    let fresh: Vec<_> = (0..50).map(|_| w.without_free_list(heap::Kind::LIST, || w.list([]))).collect();
    assert_eq!(w.gc_counts()[0], 100);
    drop((again, fresh));
    assert_eq!(w.gc_counts()[0], 80);
    w.collect(2);
    assert_eq!(w.gc_counts(), [0, 0, 0]);
}

#[test]
fn a_collection_is_due_above_the_threshold_and_the_generations_take_turns() {
    let w = World::new();
    w.set_thresholds([10, 2, 2]);
    let mut keep = vec![];
    let mut ran = vec![];
    for _ in 0..200 {
        keep.push(w.instance(""));
        if w.gc_due() {
            ran.push(w.run_due_collection().unwrap().generation);
        }
    }
    // Two objects a turn: due at the eleventh and every eleventh after.
    assert_eq!(&ran[..14], [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0]);
    w.disable_gc();
    keep.extend((0..50).map(|_| w.instance("")));
    assert!(!w.gc_due());
}

#[test]
fn python_2_7_leaves_cycles_with_finalizers_alone() {
    let w = World::new();
    w.set_legacy_finalizers(true);
    let (a, b) = (w.mortal("a"), w.list([]));
    set(&a, 0, &b);
    append(&b, &a);
    let other = w.list([]);
    append(&other, &other);
    drop((a, b, other));
    w.set_gc_debug(DEBUG_UNCOLLECTABLE);
    let stats = w.collect(2);
    // The instance, its class and the list it refers to; the other list is freed.
    assert_eq!((stats.collected, stats.uncollectable), (1, 3));
    assert_eq!(w.log(), ["uncollectable a", "uncollectable ?", "uncollectable ?"]);
    assert_eq!(w.garbage().as_list().unwrap().len(), 1);
    // Breaking the cycle by hand ends it.
    let a = w.garbage().as_list().unwrap().pop().unwrap();
    drop(a.extra().unwrap().set_value(0, None));
    drop(a);
    assert_eq!(w.log(), ["del a"]);
}

#[test]
fn large_objects_come_and_go_in_any_order() {
    let w = World::new();
    let number = w.int(1000);
    let big = |n: usize| w.tuple(vec![number.clone(); n]);
    let first = big(5000).id();
    assert_eq!(big(5000).id(), first);
    for n in [100, 130, 500, 2000, 2100, 5000] {
        let mut all: Vec<_> = (0..200).map(|_| big(n)).collect();
        assert_eq!(w.len(), 201);
        while !all.is_empty() {
            drop(all.remove(all.len() * 3 / 7));
        }
    }
    assert_eq!(number.refcount(), 1);
    assert!(w.audit(|root| root(&number)).is_empty());
}

/// A machine whose finalizers look at the whole heap.
struct Curious {
    looks: std::cell::Cell<usize>,
}

impl heap::Hooks for Curious {
    fn has_finalizer(&self, obj: &heap::Obj) -> bool {
        obj.kind() == heap::Kind::INSTANCE
    }
    fn finalize(&self, obj: &heap::Obj) {
        let heap = obj.heap();
        // The reference that was lent to the finalizer is the only root.
        let errors = heap.audit(|root| root(obj));
        assert!(errors.is_empty(), "{}", errors[0]);
        assert!(heap.census(|root| root("self", obj)).objects.len() > 1);
        self.looks.set(self.looks.get() + 1);
    }
    fn weakref_callback(&self, _: &heap::Obj, _: &heap::Obj) {}
}

#[test]
fn the_heap_can_be_looked_at_while_objects_die() {
    use heap::{CellVar, Dict, Heap, Set};
    let machine = std::rc::Rc::new(Curious { looks: Default::default() });
    let heap = Heap::new();
    heap.connect(machine.clone());
    let class = heap.list([]);
    let mortal = || {
        let obj = heap.instance(&class, 2);
        obj.mark_finalizer();
        obj
    };
    let dict = heap.alloc(Dict::new()).tracked();
    for key in ["a", "b", "c"] {
        drop(dict.get::<Dict>().unwrap().set_str_key(&heap.str(key), mortal()));
    }
    let set = heap.alloc(Set::new()).tracked();
    for hash in [1, 2] {
        assert_eq!(set.as_set().unwrap().add(&mortal(), hash, |_| Ok::<bool, ()>(false)), Ok(true));
    }
    let holder = heap.instance(&class, 2);
    holder.set_attribute(0, &heap.tuple([heap.int(1), mortal(), heap.list([]), mortal()]));
    holder.set_attribute(1, &heap.cell(Some(mortal())));
    assert!(holder.attribute(1).unwrap().get::<CellVar>().is_some());
    let all = heap.list([mortal(), dict, heap.list([]), set, mortal(), holder, heap.int(7)]);
    drop(class);
    drop(all);
    assert_eq!(machine.looks.get(), 10);
    assert!(heap.all_objects().is_empty());
}

#[test]
fn a_collection_can_be_watched() {
    // One list holds itself, another is held by a variable and holds a third.
    let w = World::new();
    let alone = w.list([]);
    append(&alone, &alone);
    let inner = w.list([]);
    let outer = w.list([inner.clone()]);
    drop((alone, inner));
    let census = w.census(|root| root("outer", &outer));
    let [alone, inner, outer] = [0, 1, 2].map(|i| census.generations[0][i]);
    let film = census.collection(0, &[alone, inner, outer]);
    let told: Vec<_> = film.iter().map(|phase| (phase.name, phase.step, phase.refs.as_slice())).collect();
    assert_eq!(
        told,
        [
            ("update_refs", None, &[Some(1), Some(1), Some(1)][..]),
            ("subtract_refs", Some(Step::Subtracted(alone)), &[Some(0), Some(1), Some(1)]),
            ("subtract_refs", Some(Step::Subtracted(outer)), &[Some(0), Some(0), Some(1)]),
            ("move_unreachable", Some(Step::PerhapsUnreachable(alone)), &[Some(0), Some(0), Some(1)]),
            ("move_unreachable", Some(Step::PerhapsUnreachable(inner)), &[Some(0), Some(0), Some(1)]),
            ("move_unreachable", Some(Step::Reachable(outer)), &[Some(0), Some(1), None]),
            ("move_unreachable", Some(Step::Reachable(inner)), &[Some(0), None, None]),
            ("delete_garbage", Some(Step::Deleted(alone)), &[Some(0), None, None]),
        ]
    );
    assert_eq!(film.last().unwrap().young, [outer, inner]);
    assert_eq!(film.last().unwrap().unreachable, [alone]);
}

#[test]
fn a_tuple_is_tracked_at_birth_if_it_holds_a_container_and_only_then() {
    let w = World::new();
    let atoms = w.tuple([w.int(1000)]);
    // A tuple is a container, even one that is not tracked itself; a collection finds that out.
    let outer = w.tuple([atoms.clone()]);
    let class = w.alloc(List::new());
    class.make_immortal();
    let of_class = w.tuple([class.clone()]);
    assert_eq!([&atoms, &outer, &of_class].map(|t| t.is_tracked()), [false, true, true]);
    w.collect(0);
    assert_eq!([&atoms, &outer, &of_class].map(|t| t.is_tracked()), [false, false, false]);
    std::mem::forget(class);
}

/// A machine that looks on, and keeps the dying objects whose number says so.
#[derive(Default)]
struct Onlooker {
    told: std::cell::RefCell<Vec<String>>,
    kept: std::cell::RefCell<Vec<heap::Obj>>,
}

impl heap::Hooks for Onlooker {
    fn dying(&self, obj: &heap::Obj) {
        assert_eq!((obj.refcount(), obj.is_tracked()), (1, false));
        let number = obj.get::<List>().and_then(|list| list.to_vec().first().and_then(|first| first.get::<heap::Int>().map(|n| n.0)));
        self.told.borrow_mut().push(format!("{number:?} dies"));
        if number == Some(7) {
            self.kept.borrow_mut().push(obj.clone());
        }
    }
    fn collection_phase(&self, generation: usize, phase: heap::CollectionPhase) {
        self.told.borrow_mut().push(format!("{generation} {}", phase.name()));
    }
}

#[test]
fn deaths_and_phases_are_told_to_whoever_asks() {
    let machine = std::rc::Rc::new(Onlooker::default());
    let heap = heap::Heap::new();
    heap.connect(machine.clone());
    let told = || std::mem::take(&mut *machine.told.borrow_mut());
    let cycle = |n: i64| {
        let list = heap.list([heap.int(n)]);
        list.append(&list);
    };
    drop(heap.list([heap.int(1)]));
    cycle(2);
    assert_eq!((heap.collect_all(), told()), (1, vec![]));
    heap.tell(true, true);
    drop(heap.list([heap.int(3), heap.list([heap.int(4)])]));
    assert_eq!(told(), ["Some(3) dies", "Some(4) dies"]);
    // Whoever is kept lives, tracked as before, and is told again at its death.
    drop(heap.list([heap.int(7)]));
    let kept = machine.kept.take().pop().unwrap();
    assert_eq!((kept.refcount(), kept.generation(), told()), (1, Some(0), vec!["Some(7) dies".to_owned()]));
    kept.get::<List>().unwrap().push(heap.int(8));
    cycle(5);
    assert_eq!(heap.collect_all(), 1);
    let phases = ["update_refs", "subtract_refs", "move_unreachable", "handle_weakrefs", "finalize_garbage", "handle_resurrected_objects"];
    let phases: Vec<String> = phases.iter().map(|phase| format!("2 {phase}")).collect();
    // `tp_clear` empties a list before it dies.
    assert_eq!(told(), [&phases[..], &["None dies".to_owned(), "2 delete_garbage".to_owned()]].concat());
    heap.tell(false, false);
    drop(kept);
    cycle(6);
    assert_eq!((heap.collect_all(), told()), (1, vec![]));
}
