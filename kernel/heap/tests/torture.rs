//! Random heaps, and every way to collect them: the picture, the sweep and the exact path agree, and the audit finds nothing.

mod world;

use heap::{CellVar, Census, DEBUG_UNCOLLECTABLE, Dict, ExtraLayout, Instance, Kind, List, Obj, Phase, WeakFlavour};
use world::{World, set};

/// A small generator of numbers, the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
}

struct Scene {
    world: World,
    /// What the program holds.
    held: Vec<Obj>,
}

/// What may be in a scene.
#[derive(Clone, Copy)]
struct Mix {
    finalizers: bool,
    weakrefs: bool,
}

/// Objects of all kinds, with references in all directions; a part of them held.
fn scene(seed: u64, n: usize, mix: Mix) -> Scene {
    let world = World::new();
    world.disable_gc();
    let mut random = Random(seed);
    let mut all: Vec<Obj> = Vec::new();
    let class = world.list([]);
    for i in 0..n {
        let some =
            |random: &mut Random, all: &[Obj]| if all.is_empty() { world.int(i as i64) } else { all[random.below(all.len())].clone() };
        let obj = match random.below(if mix.weakrefs { 8 } else { 7 }) {
            0 | 1 => world.list([]),
            2 => world.tuple([some(&mut random, &all), world.int(i as i64)]),
            3 => world.cell(None),
            4 => world.alloc(Dict::new()).tracked(),
            5 if mix.finalizers && random.below(4) == 0 => world.mortal(&format!("{i}")),
            5 | 6 => {
                let obj = world.alloc_with_class(Instance, class.clone(), ExtraLayout { values: Some(2), slots: 1, dict: true }).tracked();
                world.machine.names.borrow_mut().push((obj.id(), format!("{i}")));
                obj
            }
            _ => {
                let target = some(&mut random, &all);
                if target.is_leaf() {
                    world.list([])
                } else {
                    let callback = (random.below(2) == 0).then(|| world.list([some(&mut random, &all)]));
                    if let Some(callback) = &callback {
                        world.machine.names.borrow_mut().push((callback.id(), format!("callback {i}")));
                    }
                    world.weakref(&target, WeakFlavour::Ref, callback)
                }
            }
        };
        all.push(obj);
        if random.below(20) == 0 {
            world.collect(random.below(2));
        }
    }
    for _ in 0..n * 2 {
        let (from, to) = (&all[random.below(n)], &all[random.below(n)]);
        match from.kind() {
            Kind::LIST => from.get::<List>().unwrap().push(to.clone()),
            Kind::CELL => from.get::<CellVar>().unwrap().value.set(to.clone()),
            Kind::INSTANCE => set(from, random.below(2), to),
            Kind::DICT => {
                let key = world.str(&format!("{}", random.below(4)));
                drop(from.get::<Dict>().unwrap().set_str_key(&key, to.clone()));
            }
            _ => {}
        }
    }
    let held = all.iter().filter(|_| random.below(12) == 0).cloned().collect();
    drop((all, class));
    world.log();
    Scene { world, held }
}

impl Scene {
    fn check(&self) {
        let errors = self.world.audit(|root| self.held.iter().for_each(root));
        assert!(errors.is_empty(), "{}", errors.iter().map(|error| format!("{error}\n")).collect::<String>());
    }

    fn census(&self) -> Census {
        self.world.census(|root| self.held.iter().for_each(|obj| root("held", obj)))
    }
}

/// A collection with every object shown.
fn film(census: &Census, generation: usize) -> Vec<Phase> {
    census.collection(generation, &(0..census.objects.len()).collect::<Vec<_>>())
}

#[test]
fn the_sweep_and_the_exact_path_leave_the_same_heap() {
    for seed in 0..300 {
        let mix = Mix { finalizers: false, weakrefs: false };
        let (swept, cleared) = (scene(seed, 60, mix), scene(seed, 60, mix));
        // A flag that prints nothing here, but asks for the exact path.
        cleared.world.set_gc_debug(DEBUG_UNCOLLECTABLE);
        assert_eq!(swept.census(), cleared.census());
        for generation in [0, 1, 2, 2] {
            let found = film(&swept.census(), generation).last().unwrap().unreachable.len();
            let (a, b) = (swept.world.collect(generation), cleared.world.collect(generation));
            assert_eq!((a, a.collected), (b, found), "seed {seed}");
            assert_eq!(swept.world.gc_counts(), cleared.world.gc_counts(), "seed {seed}");
            swept.check();
            assert_eq!(swept.census(), cleared.census(), "seed {seed}");
        }
    }
}

#[test]
fn what_would_be_lost_is_found_without_a_trace() {
    for seed in 0..300 {
        let scene = scene(seed, 60, Mix { finalizers: seed % 2 == 0, weakrefs: seed % 3 == 0 });
        let census = scene.census();
        let lost = census.lost();
        let mut expected: Vec<u64> = census.objects.iter().zip(&lost).filter(|(_, lost)| **lost).map(|(object, _)| object.id).collect();
        let mut found = Vec::new();
        scene.world.each_lost(&mut |obj| found.push(obj.id()));
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "seed {seed}");
        assert_eq!(scene.census(), census, "seed {seed}");
        scene.check();
    }
}

#[test]
fn finalizers_run_in_the_order_of_the_picture() {
    for seed in 0..300 {
        let scene = scene(seed, 60, Mix { finalizers: true, weakrefs: true });
        let census = scene.census();
        let last = film(&census, 2).pop().unwrap();
        let expected: Vec<String> = last
            .unreachable
            .iter()
            .filter(|&&i| census.objects[i].has_finalizer)
            .map(|&i| {
                format!("del {}", scene.world.machine.names.borrow().iter().rev().find(|(id, _)| *id == census.objects[i].id).unwrap().1)
            })
            .collect();
        assert!(scene.world.collect(2).collected >= last.unreachable.len());
        let finalized: Vec<String> = scene.world.log().into_iter().filter(|line| line.starts_with("del")).collect();
        assert_eq!(finalized, expected, "seed {seed}");
        scene.check();
        assert_eq!(scene.world.collect(2).collected, 0);
    }
}

#[test]
fn resurrected_objects_are_whole() {
    for seed in 0..200 {
        let scene = scene(seed, 60, Mix { finalizers: true, weakrefs: true });
        *scene.world.machine.keep.borrow_mut() = Some(vec![]);
        scene.world.collect(2);
        let kept = scene.world.machine.keep.take().unwrap();
        let errors = scene.world.audit(|root| scene.held.iter().chain(&kept).for_each(root));
        assert!(errors.is_empty(), "seed {seed}: {}", errors[0]);
        drop(kept);
        scene.world.collect(2);
        scene.check();
    }
}

#[test]
fn letting_go_of_everything_leaves_nothing() {
    for seed in 0..100 {
        let mut scene = scene(seed, 80, Mix { finalizers: true, weakrefs: true });
        scene.held.clear();
        scene.world.collect(2);
        assert!(scene.world.all_objects().is_empty(), "seed {seed}");
    }
}
