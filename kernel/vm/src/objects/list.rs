//! `list`: class, operators and methods. Its memory is in `heap`; sorting is in `sort.rs`.
//!
//! Every loop that runs Python code looks at the list anew for each item, because that code may change it. Source:
//! `Objects/listobject.c`.

use compile::Version;
use heap::{Dict, Kind, List, MAX_LIST_ITEMS, Obj, Tuple};

use crate::class::{ClassSpec, flags};
use crate::objects::list_iterator::{ListIterator, ListReverseIterator};
use crate::objects::sequence::{adjust, class_getitem, make};
use crate::objects::slice::Slice;
use crate::protocol::compare::unhashable;
use crate::{Args, Compare, Convention, Method, PyResult, Signature, Vm, kinds};

/// `list`.
pub static LIST: ClassSpec = ClassSpec {
    name: "list",
    base: None,
    kind: Kind::LIST,
    flags: flags::CONTAINER | flags::SEQUENCE | flags::LIST_SUBCLASS | flags::MATCH_SELF,
    slots: |s| {
        s.new.set(Some(new));
        s.init.set(Some(init));
        s.repr.set(Some(repr));
        s.hash.set(Some(unhashable));
        s.richcompare.set(Some(compare));
        s.iter.set(Some(iter));
        s.len.set(Some(|_, obj| Ok(list(obj).len())));
        s.subscript.set(Some(subscript));
        s.ass_subscript.set(Some(ass_subscript));
        s.contains.set(Some(contains));
        s.concat.set(Some(concat));
        s.repeat.set(Some(repeat));
        s.in_place_concat.set(Some(in_place_concat));
        s.in_place_repeat.set(Some(in_place_repeat));
    },
    methods: &[
        Method::new("__getitem__", |vm, obj, args| subscript(vm, obj, &args.all()[0]), Convention::One).signature("($self, index, /)"),
        Method::new("__reversed__", reversed, Convention::NoArgs).signature("($self, /)"),
        Method::new("__sizeof__", sizeof, Convention::NoArgs).signature("($self, /)"),
        Method::new("clear", clear, Convention::NoArgs).signature("($self, /)"),
        Method::new("copy", copy, Convention::NoArgs).signature("($self, /)"),
        Method::new("append", append, Convention::One).signature("($self, object, /)"),
        Method::new("insert", insert, Convention::Positional).signature("($self, index, object, /)"),
        Method::new("extend", extend_method, Convention::One).signature("($self, iterable, /)"),
        Method::new("pop", pop, Convention::Positional).signature("($self, index=-1, /)"),
        Method::new("remove", remove, Convention::One).signature("($self, value, /)"),
        Method::new("index", index, Convention::Positional).signature("($self, value, start=0, stop=sys.maxsize, /)"),
        Method::new("count", count, Convention::One).signature("($self, value, /)"),
        Method::new("reverse", reverse, Convention::NoArgs).signature("($self, /)"),
        Method::new("sort", sort, Convention::Keywords).signature("($self, /, *, key=None, reverse=False)"),
        Method::class("__class_getitem__", class_getitem, Convention::One).signature("($type, object, /)"),
    ],
    getset: &[],
    basicsize: 40,
    itemsize: 0,
    doc: "list(iterable=(), /)\n--\n\n",
};

#[inline]
fn list(obj: &Obj) -> &List {
    obj.get::<List>().expect("a list's method is called on a list")
}

impl Vm {
    /// `list.append`, for a list.
    #[inline]
    pub fn list_append(&self, obj: &Obj, item: Obj) -> PyResult<()> {
        self.list_push(list(obj), item)
    }

    /// Appends an item, if the list is not as long as can be.
    #[inline(always)]
    pub(crate) fn list_push(&self, list: &List, item: Obj) -> PyResult<()> {
        if !list.has_room_for_one() {
            return Err(self.no_memory());
        }
        list.push(item);
        Ok(())
    }

    /// A MemoryError if a list cannot have so many items more.
    #[inline(always)]
    pub(crate) fn check_room(&self, list: &List, more: usize) -> PyResult<()> {
        if list.has_room_for(more) { Ok(()) } else { Err(self.no_memory()) }
    }

    /// `list.extend`, for a list (`_PyList_Extend`).
    pub fn list_extend(&self, obj: &Obj, iterable: &Obj) -> PyResult<()> {
        extend(self, obj, iterable)
    }

    /// A new list of what the object's iteration gives (`PySequence_List`).
    pub fn list_from(&self, iterable: &Obj) -> PyResult {
        let made = self.list(Vec::new());
        extend(self, &made, iterable)?;
        Ok(made)
    }
}

fn new(vm: &Vm, class: &Obj, _: Args<'_>) -> PyResult {
    // `list()` allocates as every class does; `[]` takes from the free list.
    Ok(vm.heap.without_free_list(Kind::LIST, || make(vm, class, List::new())))
}

fn init(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult<()> {
    vm.no_keywords_unless_new(&vm.class_of(obj), &vm.types.list, args)?;
    let args = Args::positional(args.pos()).check(vm, "list", 0, 1)?;
    if !list(obj).is_empty() {
        release(list(obj).take_all());
    }
    match args {
        [iterable] => extend(vm, obj, iterable),
        _ => Ok(()),
    }
}

/// Releases from the last to the first, as CPython does when it clears (a part of) a list.
fn release(mut items: Vec<Obj>) {
    while let Some(item) = items.pop() {
        drop(item);
    }
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    if list(obj).is_empty() {
        return Ok(vm.str("[]"));
    }
    if vm.repr_enter(obj) {
        return Ok(vm.str("[...]"));
    }
    let text = vm.repr_row("[", "]", |i| list(obj).get(i));
    vm.repr_leave(obj);
    text
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<List>(), b.get::<List>()) else { return Ok(vm.not_implemented()) };
    if x.len() != y.len() && matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(vm.bool(op == Compare::Ne));
    }
    let mut i = 0;
    while let (Some(v), Some(w)) = (x.get(i), y.get(i)) {
        if !v.is(&w) && !vm.eq(&v, &w)? {
            // The comparison may have changed the lists: what is there now counts.
            let (Some(v), Some(w)) = (x.get(i), y.get(i)) else { break };
            return match op {
                Compare::Eq => Ok(vm.bool(false)),
                Compare::Ne => Ok(vm.bool(true)),
                _ => vm.compare(&v, &w, op),
            };
        }
        i += 1;
    }
    Ok(vm.bool(compare_lengths(x.len(), y.len(), op)))
}

/// The comparison of two rows whose common part is equal.
pub(crate) fn compare_lengths(a: usize, b: usize, op: Compare) -> bool {
    match op {
        Compare::Lt => a < b,
        Compare::Le => a <= b,
        Compare::Eq => a == b,
        Compare::Ne => a != b,
        Compare::Gt => a > b,
        Compare::Ge => a >= b,
    }
}

fn iter(vm: &Vm, obj: &Obj) -> PyResult {
    Ok(vm.heap.alloc(ListIterator::new(obj.clone(), 0)).tracked())
}

fn reversed(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.heap.alloc(ListReverseIterator::new(obj.clone(), list(obj).len() as isize - 1)).tracked())
}

fn not_an_index(vm: &Vm, key: &Obj) -> crate::Raised {
    vm.type_error(format!("list indices must be integers or slices, not {}", vm.type_name(key)))
}

fn subscript(vm: &Vm, obj: &Obj, key: &Obj) -> PyResult {
    let list = list(obj);
    if let Some(slice) = key.get::<Slice>() {
        let (start, stop, step) = vm.slice_unpack(slice)?;
        let places = adjust(list.len(), start, stop, step);
        // No code runs between the look at the length and the copy.
        return Ok(vm.list(places.iter().filter_map(|i| list.get(i)).collect()));
    }
    if !vm.has_index(key) {
        return Err(not_an_index(vm, key));
    }
    let i = vm.sequence_index(key)?;
    let i = if i < 0 { i + list.len() as isize } else { i };
    list.get(i as usize).ok_or_else(|| vm.index_error("list index out of range"))
}

fn ass_subscript(vm: &Vm, obj: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let list = list(obj);
    if let Some(slice) = key.get::<Slice>() {
        let (start, stop, step) = vm.slice_unpack(slice)?;
        return match value {
            Some(value) => set_slice(vm, obj, (start, stop, step), value),
            None => {
                delete_slice(list, (start, stop, step));
                Ok(())
            }
        };
    }
    if !vm.has_index(key) {
        return Err(not_an_index(vm, key));
    }
    let i = vm.sequence_index(key)?;
    let i = if i < 0 { i + list.len() as isize } else { i } as usize;
    if i >= list.len() {
        return Err(vm.index_error("list assignment index out of range"));
    }
    drop(match value {
        Some(value) => list.replace(i, value.clone()),
        None => list.take_out(i),
    });
    Ok(())
}

fn set_slice(vm: &Vm, obj: &Obj, (start, stop, step): (isize, isize, isize), value: &Obj) -> PyResult<()> {
    let plain = step == 1 && vm.version <= Version::V3_12;
    let items = vm.sequence_items(value, if plain { "can only assign an iterable" } else { "must assign iterable to extended slice" })?;
    let list = list(obj);
    let places = adjust(list.len(), start, stop, step);
    if step == 1 {
        let stop = places.stop.max(places.start);
        vm.check_room(list, items.len())?;
        release(list.splice(places.start as usize, (stop - places.start) as usize, items));
        return Ok(());
    }
    if items.len() != places.count {
        let (n, m) = (items.len(), places.count);
        return Err(vm.value_error(format!("attempt to assign sequence of size {n} to extended slice of size {m}")));
    }
    let before: Vec<Obj> = places.iter().zip(items).map(|(i, item)| list.replace(i, item)).collect();
    drop(before);
    Ok(())
}

fn delete_slice(list: &List, (start, stop, step): (isize, isize, isize)) {
    let mut places = adjust(list.len(), start, stop, step);
    if step == 1 {
        let stop = places.stop.max(places.start);
        release(list.splice(places.start as usize, (stop - places.start) as usize, Vec::new()));
        return;
    }
    if places.count == 0 {
        return;
    }
    if step < 0 {
        places.start += step * (places.count as isize - 1);
        places.step = -step;
    }
    let (first, last) = (places.start as usize, places.start as usize + (places.count - 1) * places.step as usize);
    let (mut garbage, mut kept) = (Vec::with_capacity(places.count), Vec::new());
    for i in first..=last {
        let side = if (i - first) % places.step as usize == 0 { &mut garbage } else { &mut kept };
        side.extend(list.get(i));
    }
    // The garbage is held twice for a moment, so that it dies only when the list is in order.
    drop(list.splice(first, last + 1 - first, kept));
    drop(garbage);
}

fn contains(vm: &Vm, obj: &Obj, item: &Obj) -> PyResult<bool> {
    Ok(find(vm, obj, item, 0, usize::MAX)?.is_some())
}

/// The place of the first item equal to `value`, between two places.
fn find(vm: &Vm, obj: &Obj, value: &Obj, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let list = list(obj);
    let mut i = start;
    while i < stop
        && let Some(item) = list.get(i)
    {
        if item.is(value) || vm.eq(&item, value)? {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

fn concat(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let Some(other) = b.get::<List>() else {
        return Err(vm.type_error(format!("can only concatenate list (not \"{}\") to list", vm.type_name(b))));
    };
    vm.check_room(list(a), other.len())?;
    let mut items = Vec::with_capacity(list(a).len() + other.len());
    items.extend(list(a).to_vec());
    items.extend(other.to_vec());
    Ok(vm.list(items))
}

/// The items of a row, `n` times; a MemoryError if that is too much.
pub(crate) fn repeated(vm: &Vm, items: Vec<Obj>, n: isize) -> PyResult<Vec<Obj>> {
    let n = n.max(0) as usize;
    let Some(total) = items.len().checked_mul(n).filter(|&total| total <= MAX_LIST_ITEMS) else {
        return Err(vm.no_memory());
    };
    let mut all = Vec::with_capacity(total);
    (0..n).for_each(|_| all.extend(items.iter().cloned()));
    Ok(all)
}

fn repeat(vm: &Vm, obj: &Obj, n: isize) -> PyResult {
    Ok(vm.list(repeated(vm, list(obj).to_vec(), n)?))
}

fn in_place_concat(vm: &Vm, obj: &Obj, other: &Obj) -> PyResult {
    extend(vm, obj, other)?;
    Ok(obj.clone())
}

fn in_place_repeat(vm: &Vm, obj: &Obj, n: isize) -> PyResult {
    let list = list(obj);
    if n < 1 {
        release(list.take_all());
    } else if !list.is_empty() && n > 1 {
        let more = repeated(vm, list.to_vec(), n - 1)?;
        vm.check_room(list, more.len())?;
        list.reserve(list.len() + more.len());
        more.into_iter().for_each(|item| list.push(item));
    }
    Ok(obj.clone())
}

/// `_list_extend`: room is made as CPython makes it, which `sys.getsizeof` shows.
pub(crate) fn extend(vm: &Vm, obj: &Obj, iterable: &Obj) -> PyResult<()> {
    let list = list(obj);
    if obj.is(iterable) {
        in_place_repeat(vm, obj, 2)?;
        return Ok(());
    }
    let plain = iterable.extra().is_none();
    match iterable.kind() {
        Kind::LIST if plain => extend_exactly(vm, list, iterable.get::<List>().map(List::to_vec).unwrap_or_default()),
        Kind::TUPLE if plain => extend_exactly(vm, list, iterable.get::<Tuple>().map(|tuple| tuple.items().to_vec()).unwrap_or_default()),
        Kind::SET | Kind::FROZENSET if plain => extend_roomy(vm, list, iterable.as_set().map(heap::Set::to_vec).unwrap_or_default()),
        Kind::DICT if plain => extend_roomy(vm, list, dict_part(vm, iterable, kinds::DICT_KEYS)),
        kinds::DICT_KEYS | kinds::DICT_VALUES | kinds::DICT_ITEMS => {
            let dict = crate::objects::dict_view::dict_of(iterable);
            extend_roomy(vm, list, dict_part(vm, &dict, iterable.kind()))
        }
        _ => {
            let iterator = vm.iter(iterable)?;
            extend_from_iterator(vm, obj, iterable, &iterator)
        }
    }
}

/// Keys, values or items of a dict.
pub(crate) fn dict_part(vm: &Vm, dict: &Obj, view: Kind) -> Vec<Obj> {
    let Some(dict) = dict.get::<Dict>() else { return Vec::new() };
    let mut out = Vec::with_capacity(dict.len());
    let mut from = 0;
    while let Some(i) = dict.next_index(from) {
        out.extend(match view {
            kinds::DICT_KEYS => dict.key_at(i),
            kinds::DICT_VALUES => dict.value_at(i),
            _ => dict.entry_at(i).map(|(key, value)| vm.tuple_of(vec![key, value])),
        });
        from = i + 1;
    }
    out
}

fn extend_exactly(vm: &Vm, list: &List, items: Vec<Obj>) -> PyResult<()> {
    if items.is_empty() {
        return Ok(());
    }
    vm.check_room(list, items.len())?;
    if list.allocated() == 0 {
        list.reserve_exact((items.len() + 1) & !1)
    } else {
        list.reserve(list.len() + items.len())
    }
    items.into_iter().for_each(|item| list.push(item));
    Ok(())
}

fn extend_roomy(vm: &Vm, list: &List, items: Vec<Obj>) -> PyResult<()> {
    vm.check_room(list, items.len())?;
    list.reserve(list.len() + items.len());
    items.into_iter().for_each(|item| list.push(item));
    Ok(())
}

/// `list_extend_iter`: appends what an iterator over `iterable` gives.
pub(crate) fn extend_from_iterator(vm: &Vm, obj: &Obj, iterable: &Obj, iterator: &Obj) -> PyResult<()> {
    let list = list(obj);
    let hint = vm.length_hint(iterable, 8)?;
    if list.allocated() == 0 {
        // A hint that cannot be true is not believed.
        if hint > 0 && hint < 1 << 28 {
            list.reserve_exact((hint + 1) & !1);
        }
    } else if hint < 1 << 28 && list.has_room_for(hint) {
        list.reserve(list.len() + hint);
    }
    if let Some(range) = iterator.get::<crate::objects::range_iterator::RangeIterator>() {
        while let Some(value) = range.next() {
            vm.list_push(list, vm.int(value))?;
        }
    } else {
        let class = vm.class_of(iterator);
        let next = vm.class(&class).slots.iternext.get();
        loop {
            let item = match next {
                Some(next) => next(vm, iterator),
                None => vm.next(iterator),
            };
            match item {
                Ok(Some(item)) => vm.list_push(list, item)?,
                Ok(None) => break,
                Err(raised) if raised.is(vm, &vm.types.stop_iteration) => break,
                Err(raised) => return Err(raised),
            }
        }
    }
    if list.len() < list.allocated() {
        list.fit();
    }
    Ok(())
}

fn sizeof(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let basic = vm.basic_size(vm.class(&vm.class_of(obj)));
    Ok(vm.int((basic + 8 * list(obj).allocated()) as i64))
}

fn clear(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    release(list(obj).take_all());
    Ok(vm.none())
}

fn copy(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.list(list(obj).to_vec()))
}

fn append(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    vm.list_append(obj, args.all()[0].clone())?;
    Ok(vm.none())
}

fn insert(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "insert", 2, 2)?;
    let i = vm.index_isize(&args[0])?;
    let len = list(obj).len();
    let i = if i < 0 { i.saturating_add(len as isize).max(0) as usize } else { (i as usize).min(len) };
    vm.check_room(list(obj), 1)?;
    list(obj).insert(i, args[1].clone());
    Ok(vm.none())
}

fn extend_method(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    extend(vm, obj, &args.all()[0])?;
    Ok(vm.none())
}

fn pop(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let list = list(obj);
    let i = match args.check(vm, "pop", 0, 1)? {
        [i] => vm.index_isize(i)?,
        _ => -1,
    };
    let len = list.len();
    if len == 0 {
        return Err(vm.index_error("pop from empty list"));
    }
    let i = if i < 0 { i + len as isize } else { i };
    if i < 0 || i as usize >= len {
        return Err(vm.index_error("pop index out of range"));
    }
    if i as usize == len - 1 {
        return list.pop().ok_or_else(|| vm.index_error("pop from empty list"));
    }
    Ok(list.remove(i as usize))
}

fn remove(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    match find(vm, obj, &args.all()[0], 0, usize::MAX)? {
        // The comparison may have shortened the list.
        Some(i) => {
            if i < list(obj).len() {
                drop(list(obj).remove(i));
            }
            Ok(vm.none())
        }
        None => Err(vm.value_error("list.remove(x): x not in list")),
    }
}

fn index(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "index", 1, 3)?;
    let len = list(obj).len();
    let start = vm.search_bound(args.get(1), 0, len)?;
    let stop = vm.search_bound(args.get(2), isize::MAX, len)?;
    // CPython looks at the length in each step; beyond `stop` it does not go, unless no `stop` was given.
    let stop = if args.len() < 3 { usize::MAX } else { stop };
    match find(vm, obj, &args[0], start, stop)? {
        Some(i) => Ok(vm.int(i as i64)),
        None if vm.version >= compile::Version::V3_14 => Err(vm.value_error("list.index(x): x not in list")),
        None => Err(vm.value_error(format!("{} is not in list", vm.repr_text(&args[0])?))),
    }
}

fn count(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let (mut n, mut i, value) = (0, 0, &args.all()[0]);
    while let Some(item) = list(obj).get(i) {
        n += (item.is(value) || vm.eq(&item, value)?) as i64;
        i += 1;
    }
    Ok(vm.int(n))
}

fn reverse(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    list(obj).reverse();
    Ok(vm.none())
}

fn sort(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "sort", params: &["key", "reverse"], positional_only: 0, positional: 0, required: 0 };
    let [key, reverse] = args.bind(vm, &SIGNATURE)?;
    let reverse = reverse.map_or(Ok(false), |reverse| vm.is_true(reverse))?;
    crate::objects::sort::sort_list(vm, obj, key, reverse)?;
    Ok(vm.none())
}
