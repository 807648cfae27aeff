//! All that look find the same, and what they find is what the heap's own collector finds.

use collectors::{Strategy, roots};
use heap::{Heap, Obj};

/// Lists in islands of ten with random references inside each; a twentieth of all is held.
fn tangle(heap: &Heap, n: usize, mut seed: u64) -> (Vec<u64>, Vec<Obj>) {
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (seed >> 33) as usize % below
    };
    let lists: Vec<Obj> = (0..n).map(|_| heap.list([])).collect();
    for (place, list) in lists.iter().enumerate() {
        for _ in 0..1 + random(2) {
            list.append(&lists[place / 10 * 10 + random(10)]);
        }
    }
    let kept = (0..n / 20).map(|_| lists[random(n)].clone()).collect();
    (lists.iter().map(Obj::id).collect(), kept)
}

#[test]
fn the_same_is_found_by_each_and_freed() {
    for seed in 0..50 {
        let mut found = Vec::new();
        for strategy in [Strategy::TrialDeletion, Strategy::MarkAndSweep, Strategy::Subtraction] {
            let heap = Heap::new();
            let (all, kept) = tangle(&heap, 300, seed);
            let hints = if strategy == Strategy::MarkAndSweep { roots(&heap) } else { all };
            let lost = strategy.find(&heap, &hints);
            assert_eq!(lost.free(&heap), lost.objects.len());
            assert_eq!(heap.collect_all(), 0, "{} left something", strategy.name());
            assert!(heap.audit(|root| kept.iter().for_each(root)).is_empty());
            let mut objects = lost.objects;
            objects.sort_unstable();
            found.push(objects);
        }
        let heap = Heap::new();
        let (_, _kept) = tangle(&heap, 300, seed);
        assert_eq!(found[0].len(), heap.collect_all());
        assert!(found[0] == found[1] && found[1] == found[2], "not the same objects with seed {seed}");
    }
}

#[test]
fn a_forgotten_root_is_forgiven() {
    let heap = Heap::new();
    let kept = heap.list([]);
    kept.append(&kept);
    let found = Strategy::MarkAndSweep.find(&heap, &[]);
    assert_eq!(found.objects, [kept.id()]);
    assert_eq!(found.free(&heap), 0, "counts have the last word");
    assert_eq!(format!("{kept:?}"), "[[...]]");
    drop(kept);
    assert_eq!(heap.collect_all(), 1);
}

#[test]
fn trial_deletion_looks_at_nothing_but_what_its_suspects_lead_to() {
    let heap = Heap::new();
    let crowd: Vec<Obj> = (0..1000).map(|_| heap.list([])).collect();
    let ring = heap.list([]);
    ring.append(&ring);
    let suspect = ring.id();
    drop(ring);
    let found = Strategy::TrialDeletion.find(&heap, &[suspect]);
    assert_eq!((found.objects.len(), found.work.visited, found.work.followed), (1, 3, 3));
    assert_eq!(Strategy::Subtraction.find(&heap, &[]).work.visited, 3 * (crowd.len() + 1));
}
