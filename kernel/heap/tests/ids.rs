//! `id()` is the same on every run and on every machine: of 32 bits, of 64 bits, and in the browser.

use heap::{Dict, Heap, Obj, Set, WeakFlavour};

/// Where an object stands on the model address space, from its beginning.
fn place(obj: &Obj) -> u64 {
    obj.id() - 0x7f00_0000_0000
}

#[test]
fn ids_are_the_same_on_every_machine() {
    let heap = Heap::new();
    let mut all = Vec::new();
    for i in 0..3 {
        all.push(heap.int(i));
        all.push(heap.float(0.5));
        all.push(heap.str("text"));
        all.push(heap.str(&"long ".repeat(100)));
        all.push(heap.bytes(b"bytes"));
        all.push(heap.list([]));
        all.push(heap.list(all[..4].to_vec()));
        all.push(heap.list(all[..7].to_vec()));
        all.push(heap.list(std::iter::repeat_n(all[0].clone(), 8).collect::<Vec<_>>()));
        all.push(heap.tuple([all[0].clone(), all[5].clone()]));
        all.push(heap.tuple(all[..9].to_vec()));
        all.push(heap.alloc(Dict::new()).tracked());
        all.push(heap.alloc(Set::new()).tracked());
        all.push(heap.cell(None));
        let class = all[5].clone();
        all.push(heap.instance(&class, 1));
        all.push(heap.instance(&class, 12));
        all.push(heap.weakref(&class, WeakFlavour::Ref, Some(all[0].clone())));
    }
    let places: Vec<_> = all.iter().map(place).collect();
    #[rustfmt::skip]
    let expected = [
        64, 80, 65600, 65648, 131136, 131168, 196672, 262208, 131200, 131232, 327744, 131264, 262288, 131296, 65696, 393280, 196736,
        96, 112, 65744, 65792, 131328, 131360, 196800, 262368, 131392, 131424, 327840, 131456, 262448, 131488, 65840, 393424, 196864,
        128, 144, 65888, 65936, 131520, 131552, 196928, 262528, 131584, 131616, 327936, 131648, 262608, 131680, 65984, 393568, 196992,
    ];
    assert_eq!(places, expected);
}

#[test]
fn the_next_object_of_a_size_stands_where_the_last_one_died() {
    let heap = Heap::new();
    let first = heap.list([]).id();
    assert_eq!(heap.list([]).id(), first);
    let (a, b) = (heap.list([]), heap.list([]));
    let ids = [a.id(), b.id()];
    drop(a);
    drop(b);
    // The last to die is the first to be followed.
    let (c, d) = (heap.list([]), heap.list([]));
    assert_eq!([d.id(), c.id()], ids);
}

#[test]
fn memory_of_the_dead_serves_objects_of_another_size() {
    let heap = Heap::new();
    heap.disable_gc();
    let many = |attributes| {
        let class = heap.list([]);
        (0..20_000).map(|_| heap.instance(&class, attributes)).collect::<Vec<_>>()
    };
    for attributes in [1, 4, 9, 2] {
        let all = many(attributes);
        assert_eq!(heap.len(), all.len() + 1);
        let mut ids: Vec<_> = all.iter().map(Obj::id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all.len());
        assert!(heap.audit(|root| all.iter().for_each(root)).is_empty());
    }
    // The largest were 128 bytes each, and what was taken for them was enough for all the others; the system gives a MiB at a time.
    assert!(heap.reserved_bytes() <= 20_000 * 128 + (1 << 20), "{}", heap.reserved_bytes());
}
