//! Dicts and sets grow, and order their keys, as CPython's do; the figures are CPython 3.14's under `PYTHONHASHSEED=0`.

use std::convert::Infallible;

use heap::hash::hash_int;
use heap::{Dict, Heap, HeapOwner, Obj, Set, Str};

fn never(_: &Obj) -> Result<bool, Infallible> {
    unreachable!("the heap can compare ints and texts")
}

fn add(set: &Set, heap: &HeapOwner, value: i64) {
    let Ok(_) = set.add(&heap.int(value), hash_int(value), never);
}

fn values(set: &Set) -> Vec<i64> {
    set.to_vec().iter().filter_map(Obj::plain_int).collect()
}

#[test]
fn a_dict_of_texts_has_the_sizes_of_cpython() {
    let heap = Heap::new();
    let dict = Dict::new();
    assert_eq!(dict.sizeof_model(), 64);
    let mut sizes = Vec::new();
    for i in 0..100 {
        dict.set_str_key(&heap.str(&format!("k{i}")), heap.int(i));
        sizes.push(dict.sizeof_model());
    }
    let expected = [(5, 184), (5, 272), (11, 464), (21, 832), (43, 1584), (15, 3328)];
    assert_eq!(sizes, expected.iter().flat_map(|&(n, size)| vec![size; n]).collect::<Vec<_>>());
    for i in 0..100 {
        let value = dict.get_str_key(&heap.str(&format!("k{i}"))).expect("the key is there");
        assert_eq!(value.plain_int(), Some(i));
    }
}

#[test]
fn a_dict_of_numbers_has_the_sizes_of_cpython() {
    let heap = Heap::new();
    let dict = Dict::new();
    let mut sizes = Vec::new();
    for i in 0..100 {
        let Ok(before) = dict.set(&heap.int(i), hash_int(i), heap.int(-i), never);
        assert!(before.is_none());
        sizes.push(dict.sizeof_model());
    }
    let expected = [(5, 224), (5, 352), (11, 632), (21, 1168), (43, 2264), (15, 4688)];
    assert_eq!(sizes, expected.iter().flat_map(|&(n, size)| vec![size; n]).collect::<Vec<_>>());
    for i in (0..100).step_by(2) {
        let Ok(removed) = dict.remove(&heap.int(i), hash_int(i), never);
        assert!(removed.is_some());
    }
    let (mut keys, mut position) = (Vec::new(), 0);
    while let Some((key, _)) = dict.next_entry(&mut position) {
        keys.extend(key.plain_int());
    }
    assert_eq!(keys, (1..100).step_by(2).collect::<Vec<_>>());
}

#[test]
fn a_dict_of_texts_becomes_general_with_its_first_number() {
    let heap = Heap::new();
    let dict = Dict::new();
    for key in ["a", "b", "c", "d", "e"] {
        dict.set_str_key(&heap.str(key), heap.int(0));
    }
    let Ok(_) = dict.set(&heap.int(1), 1, heap.int(1), never);
    assert_eq!(dict.sizeof_model(), 352);
    assert_eq!(dict.get_str_key(&heap.str("c")).and_then(|value| value.plain_int()), Some(0));
    assert_eq!(dict.copy().sizeof_model(), 352);
}

#[test]
fn a_set_has_the_order_of_cpython() {
    let heap = Heap::new();
    let set = Set::new();
    let mut sizes = Vec::new();
    for i in 0..60 {
        add(&set, &heap, i * 7919 % 1009);
        sizes.push(set.sizeof_model());
    }
    let expected = [(4, 216), (14, 728), (42, 2264)];
    assert_eq!(sizes, expected.iter().flat_map(|&(n, size)| vec![size; n]).collect::<Vec<_>>());
    for i in (0..60).step_by(2) {
        let key = i * 7919 % 1009;
        let Ok(removed) = set.remove(&heap.int(key), hash_int(key), never);
        assert!(removed.is_some());
    }
    let order = [
        641, 517, 393, 269, 914, 790, 666, 29, 550, 426, 302, 178, 947, 823, 54, 699, 575, 972, 335, 211, 87, 856, 732, 608, 484, 360,
        1005, 881, 244, 120,
    ];
    assert_eq!(values(&set), order);
    let popped: Vec<_> = (0..5).filter_map(|_| set.pop()).filter_map(|key| key.plain_int()).collect();
    assert_eq!(popped, order[..5]);
}

#[test]
fn a_set_of_texts_has_the_order_of_cpython() {
    let heap = Heap::new();
    let set = Set::new();
    for i in 0..40 {
        let key = heap.str(&format!("w{}", i * 7));
        let hash = key.quick_hash().expect("a text has a hash");
        let Ok(_) = set.add(&key, hash, never);
    }
    let order: Vec<String> = set.to_vec().iter().filter_map(|key| key.get::<Str>()?.to_str().map(str::to_owned)).collect();
    assert_eq!(
        order.join(" "),
        "w56 w147 w189 w196 w105 w161 w133 w259 w140 w98 w245 w7 w182 w217 w84 w252 w70 w231 w238 w266 w21 w119 w168 w0 w14 w91 w49 w210 w224 w273 \
         w126 w154 w175 w42 w63 w77 w112 w203 w28 w35"
    );
}

#[test]
fn a_removed_key_leaves_its_place_to_another() {
    let heap = Heap::new();
    let set = Set::new();
    [1, 9, 17, 25].into_iter().for_each(|value| add(&set, &heap, value));
    assert_eq!(values(&set), [1, 25, 9, 17]);
    for value in [1, 9] {
        let Ok(_) = set.remove(&heap.int(value), hash_int(value), never);
    }
    add(&set, &heap, 33);
    assert_eq!(values(&set), [33, 25, 17]);

    // Neighbours: the last free place before the end of the way is taken.
    let set = Set::new();
    (100..124).chain((1..7).map(|i| 128 * i)).for_each(|value| add(&set, &heap, value));
    for value in [128, 256, 512] {
        let Ok(_) = set.remove(&heap.int(value), hash_int(value), never);
    }
    let low = || values(&set).into_iter().filter(|value| value % 128 == 0).map(|value| value / 128).collect::<Vec<_>>();
    add(&set, &heap, 128 * 20);
    assert_eq!(low(), [3, 20, 5, 6]);
    (21..24).for_each(|i| add(&set, &heap, 128 * i));
    assert_eq!(low(), [22, 21, 3, 20, 5, 6, 23]);
}

#[test]
fn a_small_dict_of_texts_that_gets_a_number_stays_small() {
    let heap = Heap::new();
    for (n, size) in [(0, 224), (1, 224), (2, 224), (3, 352), (5, 352)] {
        let dict = Dict::new();
        for i in 0..n {
            dict.set_str_key(&heap.str(&format!("k{i}")), heap.int(0));
        }
        let Ok(_) = dict.set(&heap.int(1), 1, heap.int(1), never);
        assert_eq!(dict.sizeof_model(), size, "after {n} texts");
    }
}
