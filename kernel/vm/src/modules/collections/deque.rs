//! `deque`: a row with two ends.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ops::Range;

use heap::{Kind, Obj, Payload, Slot, Trash, Visit};

use crate::class::{ClassSpec, Compare, Convention, GetSet, Method, Slots, flags};
use crate::{Args, PyResult, Raised, Signature, Vm, kinds};

/// How many items a block of CPython's deque holds; `sys.getsizeof` shows it.
const BLOCK: usize = 64;

const KIND: Kind = Kind(kinds::MODULES.0 + 23);

/// The items, the greatest length, and a counter of changes for the iterators.
pub(super) struct Deque {
    items: RefCell<VecDeque<Obj>>,
    maxlen: Cell<Option<usize>>,
    state: Cell<usize>,
}

impl Payload for Deque {
    const KIND: Kind = KIND;
    fn traverse(&self, visit: Visit<'_>) {
        self.items.borrow().iter().for_each(visit);
    }
    fn clear(&self, trash: &mut Trash<'_>) {
        self.state.set(self.state.get() + 1);
        self.items.take().into_iter().for_each(|item| trash.push(item));
    }
    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

pub(crate) static DEQUE: ClassSpec = ClassSpec {
    name: "collections.deque",
    base: Some(&crate::objects::object::OBJECT),
    kind: KIND,
    flags: flags::CONTAINER | flags::SEQUENCE | flags::WEAKREFS | flags::MODULE_TYPE,
    slots,
    methods: &[
        Method::new("append", append, Convention::One).signature("($self, item, /)"),
        Method::new("appendleft", appendleft, Convention::One).signature("($self, item, /)"),
        Method::new(
            "clear",
            |vm, this, _| {
                clear(this);
                Ok(vm.none())
            },
            Convention::NoArgs,
        )
        .signature("($self, /)"),
        Method::new("copy", |vm, this, _| copy(vm, this), Convention::NoArgs).signature("($self, /)"),
        Method::new("__copy__", |vm, this, _| copy(vm, this), Convention::NoArgs).signature("($self, /)"),
        Method::new("count", count, Convention::One).signature("($self, value, /)"),
        Method::new("extend", extend, Convention::One).signature("($self, iterable, /)"),
        Method::new("extendleft", extendleft, Convention::One).signature("($self, iterable, /)"),
        Method::new("index", index, Convention::Positional).signature("($self, value, [start, [stop]])"),
        Method::new("insert", insert, Convention::Positional).signature("($self, index, value, /)"),
        Method::new("pop", |vm, this, _| pop(this).ok_or_else(|| vm.index_error("pop from an empty deque")), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("popleft", |vm, this, _| popleft(this).ok_or_else(|| vm.index_error("pop from an empty deque")), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("remove", remove, Convention::One).signature("($self, value, /)"),
        Method::new(
            "reverse",
            |vm, this, _| {
                own(this).items.borrow_mut().make_contiguous().reverse();
                Ok(vm.none())
            },
            Convention::NoArgs,
        )
        .signature("($self, /)"),
        Method::new("rotate", rotate, Convention::Positional).signature("($self, n=1, /)"),
        Method::new("__reversed__", |vm, this, _| Ok(iterator::<true>(vm, this)), Convention::NoArgs).signature("($self, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__sizeof__", size, Convention::NoArgs).signature("($self, /)"),
        Method::class("__class_getitem__", |vm, this, args| vm.generic_alias(this, &args.pos()[0]), Convention::One)
            .signature("($type, object, /)"),
    ],
    getset: &[GetSet::new("maxlen", |vm, this| Ok(own(this).maxlen.get().map_or_else(|| vm.none(), |n| vm.int(n as i64))))],
    basicsize: 216,
    itemsize: 0,
    doc: "deque([iterable[, maxlen]])\n--\n\n",
};

fn own(this: &Obj) -> &Deque {
    this.get::<Deque>().expect("a method of a deque gets one")
}

fn slots(s: &Slots) {
    s.new.set(Some(|vm, class, _| {
        Ok(vm.new_object(class, Deque { items: RefCell::default(), maxlen: Cell::new(None), state: Cell::new(0) }))
    }));
    s.init.set(Some(init));
    s.repr.set(Some(repr));
    s.hash.set(Some(crate::protocol::compare::unhashable));
    s.iter.set(Some(|vm, this| Ok(iterator::<false>(vm, this))));
    s.richcompare.set(Some(compare));
    s.len.set(Some(|_, this| Ok(own(this).items.borrow().len())));
    s.bool.set(Some(|_, this| Ok(!own(this).items.borrow().is_empty())));
    s.contains.set(Some(|vm, this, item| Ok(find(vm, this, item, 0, usize::MAX)?.is_some())));
    s.subscript.set(Some(|vm, this, key| {
        let i = place(vm, this, key, "deque index out of range")?;
        own(this).items.borrow().get(i).cloned().ok_or_else(|| vm.index_error("deque index out of range"))
    }));
    s.ass_subscript.set(Some(|vm, this, key, value| {
        let i = place(vm, this, key, "deque index out of range")?;
        let before = match value {
            Some(value) => std::mem::replace(&mut own(this).items.borrow_mut()[i], value.clone()),
            None => {
                changed(this);
                own(this).items.borrow_mut().remove(i).expect("the place was checked")
            }
        };
        drop(before);
        Ok(())
    }));
    s.concat.set(Some(|vm, this, other| {
        if !vm.is_kind_of(other, &vm.types.deque) {
            return Err(vm.type_error(format!("can only concatenate deque (not \"{}\") to deque", vm.type_name(other))));
        }
        let made = copy(vm, this)?;
        extend_with(vm, &made, other)?;
        Ok(made)
    }));
    s.in_place_concat.set(Some(|vm, this, other| {
        extend_with(vm, this, other)?;
        Ok(this.clone())
    }));
    s.repeat.set(Some(|vm, this, n| {
        let made = copy(vm, this)?;
        repeat(vm, &made, n)
    }));
    s.in_place_repeat.set(Some(repeat));
}

fn changed(this: &Obj) {
    let state = &own(this).state;
    state.set(state.get() + 1);
}

fn place(vm: &Vm, this: &Obj, key: &Obj, text: &str) -> PyResult<usize> {
    let len = own(this).items.borrow().len() as isize;
    if !vm.has_index(key) {
        return Err(vm.type_error(format!("sequence index must be integer, not '{}'", vm.type_name(key))));
    }
    let i = vm.index_isize(key)?;
    let i = if i < 0 { i + len } else { i };
    if (0..len).contains(&i) { Ok(i as usize) } else { Err(vm.index_error(text)) }
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    static SIGNATURE: Signature =
        Signature { name: "deque", params: &["iterable", "maxlen"], positional_only: 0, positional: 2, required: 0 };
    let [iterable, maxlen] = args.bind(vm, &SIGNATURE)?;
    let maxlen = match maxlen.filter(|maxlen| !maxlen.is(&vm.consts.none)) {
        None => None,
        Some(maxlen) if crate::objects::leaf::integer(maxlen).is_none() => return Err(vm.type_error("an integer is required")),
        Some(maxlen) => Some(usize::try_from(vm.index_isize(maxlen)?).map_err(|_| vm.value_error("maxlen must be non-negative"))?),
    };
    own(this).maxlen.set(maxlen);
    clear(this);
    iterable.map_or(Ok(()), |iterable| extend_with(vm, this, iterable))
}

fn clear(this: &Obj) {
    changed(this);
    drop(own(this).items.take());
}

fn push(this: &Obj, item: Obj) {
    let deque = own(this);
    deque.items.borrow_mut().push_back(item);
    changed(this);
    if deque.maxlen.get().is_some_and(|max| deque.items.borrow().len() > max) {
        let old = deque.items.borrow_mut().pop_front();
        drop(old);
    }
}

fn pushleft(this: &Obj, item: Obj) {
    let deque = own(this);
    deque.items.borrow_mut().push_front(item);
    changed(this);
    if deque.maxlen.get().is_some_and(|max| deque.items.borrow().len() > max) {
        let old = deque.items.borrow_mut().pop_back();
        drop(old);
    }
}

fn pop(this: &Obj) -> Option<Obj> {
    changed(this);
    own(this).items.borrow_mut().pop_back()
}

fn popleft(this: &Obj) -> Option<Obj> {
    changed(this);
    own(this).items.borrow_mut().pop_front()
}

fn append(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    push(this, args.pos()[0].clone());
    Ok(vm.none())
}

fn appendleft(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    pushleft(this, args.pos()[0].clone());
    Ok(vm.none())
}

/// Of a deque that extends itself, a copy is taken.
fn source(vm: &Vm, this: &Obj, iterable: &Obj) -> PyResult {
    if iterable.is(this) { Ok(vm.list(snapshot(this))) } else { Ok(iterable.clone()) }
}

fn extend_with(vm: &Vm, this: &Obj, iterable: &Obj) -> PyResult<()> {
    vm.iterate(&source(vm, this, iterable)?, &mut |item| {
        push(this, item);
        Ok(())
    })
}

fn extend(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    extend_with(vm, this, &args.pos()[0])?;
    Ok(vm.none())
}

fn extendleft(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    vm.iterate(&source(vm, this, &args.pos()[0])?, &mut |item| {
        pushleft(this, item);
        Ok(())
    })?;
    Ok(vm.none())
}

fn snapshot(this: &Obj) -> Vec<Obj> {
    own(this).items.borrow().iter().cloned().collect()
}

fn copy(vm: &Vm, this: &Obj) -> PyResult {
    let class = vm.class_of(this);
    if class.is(&vm.types.deque) {
        let items = RefCell::new(own(this).items.borrow().clone());
        return Ok(vm.new_object(&class, Deque { items, maxlen: Cell::new(own(this).maxlen.get()), state: Cell::new(0) }));
    }
    let made = match own(this).maxlen.get() {
        None => vm.call(&class, std::slice::from_ref(this)),
        Some(max) => vm.call(&class, &[this.clone(), vm.int(max as i64)]),
    }?;
    if made.get::<Deque>().is_none() {
        return Err(vm.type_error(format!("{}() must return a deque, not {}", vm.class_name(&class), vm.type_name(&made))));
    }
    Ok(made)
}

/// The first place in `from..to` that holds an equal item; an item's `__eq__` must not change the deque.
fn find(vm: &Vm, this: &Obj, item: &Obj, from: usize, to: usize) -> PyResult<Option<usize>> {
    find_or(vm, this, item, from..to, |vm| vm.runtime_error("deque mutated during iteration"))
}

/// As [`find`], with an error of the caller's for a deque that has changed.
fn find_or(vm: &Vm, this: &Obj, item: &Obj, places: Range<usize>, changed: fn(&Vm) -> Raised) -> PyResult<Option<usize>> {
    let state = own(this).state.get();
    let mut i = places.start;
    loop {
        let Some(held) = own(this).items.borrow().get(i).filter(|_| i < places.end).cloned() else { return Ok(None) };
        let equal = vm.eq(&held, item)?;
        if own(this).state.get() != state {
            return Err(changed(vm));
        }
        if equal {
            return Ok(Some(i));
        }
        i += 1;
    }
}

fn count(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let (mut n, mut from) = (0, 0);
    while let Some(i) = find(vm, this, &args.pos()[0], from, usize::MAX)? {
        (n, from) = (n + 1, i + 1);
    }
    Ok(vm.int(n))
}

fn index(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "index", 1, 3)?;
    let len = own(this).items.borrow().len() as isize;
    let bound = |i: usize, default: isize| -> PyResult<usize> {
        let n = given.get(i).map_or(Ok(default), |n| vm.index_clamped(n))?;
        Ok((if n < 0 { n + len } else { n }).clamp(0, len) as usize)
    };
    let (from, to) = (bound(1, 0)?, bound(2, len)?);
    match find(vm, this, &given[0], from, to)? {
        Some(i) => Ok(vm.int(i as i64)),
        None => Err(vm.value_error(format!("{} is not in deque", vm.repr_text(&given[0])?))),
    }
}

fn insert(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let [at, item] = args.check(vm, "insert", 2, 2)? else { unreachable!("two arguments were checked") };
    let at = vm.index_isize(at)?;
    let len = own(this).items.borrow().len();
    if own(this).maxlen.get() == Some(len) {
        return Err(vm.index_error("deque already at its maximum size"));
    }
    let at = if at < 0 { (at + len as isize).max(0) as usize } else { (at as usize).min(len) };
    own(this).items.borrow_mut().insert(at, item.clone());
    changed(this);
    Ok(vm.none())
}

fn remove(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let Some(i) = find_or(vm, this, &args.pos()[0], 0..usize::MAX, |vm| vm.index_error("deque mutated during iteration"))? else {
        // From 3.14 on the complaint shows no object.
        if vm.version >= compile::Version::V3_14 {
            return Err(vm.value_error("deque.remove(x): x not in deque"));
        }
        return Err(vm.value_error(format!("{} is not in deque", vm.repr_text(&args.pos()[0])?)));
    };
    let old = own(this).items.borrow_mut().remove(i);
    changed(this);
    drop(old);
    Ok(vm.none())
}

fn rotate(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let n = args.check(vm, "rotate", 0, 1)?.first().map_or(Ok(1), |n| vm.index_isize(n))?;
    let mut items = own(this).items.borrow_mut();
    if let Some(n) = (!items.is_empty()).then(|| n.rem_euclid(items.len() as isize)) {
        items.rotate_right(n as usize);
    }
    Ok(vm.none())
}

fn repeat(vm: &Vm, this: &Obj, n: isize) -> PyResult {
    let _list = (n > 1 && own(this).items.borrow().len() > 1).then(|| vm.heap.passing(Kind::LIST));
    let items = snapshot(this);
    if n <= 0 {
        clear(this);
    }
    for _ in 1..n.max(1) {
        items.iter().for_each(|item| push(this, item.clone()));
    }
    Ok(this.clone())
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    if vm.repr_enter(this) {
        return Ok(vm.str("[...]"));
    }
    let _list = vm.heap.passing(Kind::LIST);
    let text = snapshot(this).iter().map(|item| vm.repr_text(item)).collect::<PyResult<Vec<_>>>();
    vm.repr_leave(this);
    let items = text?.join(", ");
    let name = vm.class(&vm.class_of(this)).name.get().map(|name| vm.lossy(&name)).unwrap_or_default();
    Ok(vm.str(&match own(this).maxlen.get() {
        None => format!("{name}([{items}])"),
        Some(max) => format!("{name}([{items}], maxlen={max})"),
    }))
}

fn compare(vm: &Vm, this: &Obj, other: &Obj, op: Compare) -> PyResult {
    if !vm.is_kind_of(other, &vm.types.deque) {
        return Ok(vm.not_implemented());
    }
    vm.compare(&vm.list(snapshot(this)), &vm.list(snapshot(other)), op)
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let maxlen = own(this).maxlen.get();
    let args = match maxlen {
        None => vm.consts.empty_tuple.clone(),
        Some(max) => vm.tuple(vec![vm.consts.empty_tuple.clone(), vm.int(max as i64)]),
    };
    let state = crate::objects::object::get_state(vm, this, false)?;
    Ok(vm.tuple(vec![vm.class_of(this), args, state, vm.iter(this)?]))
}

fn size(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    // Blocks of 64 items and two links; the first item stands in the middle of the first block.
    let blocks = 1 + (own(this).items.borrow().len() + BLOCK / 2) / BLOCK;
    let basic = vm.basic_size(vm.class(&vm.class_of(this)));
    Ok(vm.int((basic + blocks * (BLOCK + 2) * 8) as i64))
}

/// An iterator over a deque, forwards or backwards.
pub(super) struct DequeIterator<const BACK: bool> {
    deque: Slot,
    /// How many items are still to come.
    left: Cell<usize>,
    state: Cell<usize>,
}

macro_rules! iterator_payload {
    ($back:literal, $n:literal) => {
        impl Payload for DequeIterator<$back> {
            const KIND: Kind = Kind(kinds::MODULES.0 + $n);
            fn traverse(&self, visit: Visit<'_>) {
                if let Some(deque) = self.deque.get() {
                    visit(&deque);
                }
            }
            fn clear(&self, trash: &mut Trash<'_>) {
                trash.take(&self.deque);
            }
            fn dismantle(&mut self, trash: &mut Trash<'_>) {
                self.clear(trash);
            }
        }
    };
}

iterator_payload!(false, 24);
iterator_payload!(true, 25);

const fn iterator_class<const BACK: bool>(name: &'static str, methods: &'static [Method]) -> ClassSpec
where
    DequeIterator<BACK>: Payload,
{
    ClassSpec {
        name,
        base: Some(&crate::objects::object::OBJECT),
        kind: <DequeIterator<BACK> as Payload>::KIND,
        flags: flags::HAVE_GC | flags::MODULE_TYPE,
        slots: |s| {
            s.iter.set(Some(|_, this| Ok(this.clone())));
            s.iternext.set(Some(next::<BACK>));
            s.new.set(Some(new_iterator::<BACK>));
        },
        methods,
        getset: &[],
        basicsize: 56,
        itemsize: 0,
        doc: "",
    }
}

const fn iterator_methods<const BACK: bool>() -> [Method; 2]
where
    DequeIterator<BACK>: Payload,
{
    [
        Method::new("__length_hint__", hint::<BACK>, Convention::NoArgs).signature("($self, /)"),
        Method::new("__reduce__", reduce_iterator::<BACK>, Convention::NoArgs).signature("($self, /)"),
    ]
}

pub(crate) static DEQUE_ITERATOR: ClassSpec =
    iterator_class::<false>("collections._deque_iterator", &const { iterator_methods::<false>() });
pub(crate) static DEQUE_REVERSE_ITERATOR: ClassSpec =
    iterator_class::<true>("collections._deque_reverse_iterator", &const { iterator_methods::<true>() });

fn iterator<const BACK: bool>(vm: &Vm, this: &Obj) -> Obj
where
    DequeIterator<BACK>: Payload,
{
    let deque = own(this);
    let (left, state) = (Cell::new(deque.items.borrow().len()), Cell::new(deque.state.get()));
    vm.heap.alloc(DequeIterator::<BACK> { deque: Slot::new(this.clone()), left, state }).tracked()
}

/// `type(iter(deque))(deque, index)`, as `copy` and `pickle` make it (`dequeiter_new`).
fn new_iterator<const BACK: bool>(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult
where
    DequeIterator<BACK>: Payload,
{
    let name = vm.class_name(class);
    let args = args.check(vm, &name, 1, 2)?;
    if !vm.is_kind_of(&args[0], &vm.types.deque) {
        return Err(vm.type_error(format!("{name}() argument 1 must be collections.deque, not {}", vm.type_name(&args[0]))));
    }
    let made = iterator::<BACK>(vm, &args[0]);
    if let Some(index) = args.get(1) {
        let taken = usize::try_from(vm.index_isize(index)?).unwrap_or(0);
        let it = this_iterator::<BACK>(&made);
        it.left.set(it.left.get().saturating_sub(taken));
    }
    Ok(made)
}

fn this_iterator<const BACK: bool>(this: &Obj) -> &DequeIterator<BACK>
where
    DequeIterator<BACK>: Payload,
{
    this.get::<DequeIterator<BACK>>().expect("a method of a deque's iterator gets one")
}

fn next<const BACK: bool>(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>>
where
    DequeIterator<BACK>: Payload,
{
    let it = this_iterator::<BACK>(this);
    let Some(deque) = it.deque.get() else { return Ok(None) };
    let inside = own(&deque);
    if inside.state.get() != it.state.get() {
        it.left.set(0);
        return Err(vm.runtime_error("deque mutated during iteration"));
    }
    let Some(left) = it.left.get().checked_sub(1) else { return Ok(None) };
    it.left.set(left);
    let items = inside.items.borrow();
    Ok(items.get(if BACK { left } else { items.len() - 1 - left }).cloned())
}

fn hint<const BACK: bool>(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult
where
    DequeIterator<BACK>: Payload,
{
    Ok(vm.int(this_iterator::<BACK>(this).left.get() as i64))
}

fn reduce_iterator<const BACK: bool>(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult
where
    DequeIterator<BACK>: Payload,
{
    let it = this_iterator::<BACK>(this);
    let deque = it.deque.get().unwrap_or_else(|| vm.none());
    let taken = deque.get::<Deque>().map_or(0, |deque| deque.items.borrow().len().saturating_sub(it.left.get()));
    Ok(vm.tuple(vec![vm.class_of(this), vm.tuple(vec![deque, vm.int(taken as i64)])]))
}
