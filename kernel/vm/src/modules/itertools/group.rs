//! `groupby`, `tee`, `pairwise` and `batched`.

use std::cell::{Cell, RefCell};

use heap::{Obj, Payload, Slot, Trash, Visit};

use super::{iterator, kind, own, slots};
use crate::class::{Binding, ClassSpec, Convention, Method, flags};
use crate::objects::dict_view::reused_pair;
use crate::{Args, PyResult, Signature, Vm};

/// `groupby(iterable, key=None)`.
pub(super) struct GroupBy {
    source: Slot,
    /// The group that the reader is in.
    target_key: Slot,
    current_key: Slot,
    current_value: Slot,
    function: Slot,
    /// The group iterator that may go on; others have ended.
    current_group: Cell<u64>,
}

crate::payload!(GroupBy, kind(12), { source, function, target_key, current_key, current_value });

/// The items of one group.
pub(super) struct Grouper {
    parent: Slot,
    target_key: Slot,
    number: u64,
}

crate::payload!(Grouper, kind(13), { parent, target_key });

pub(crate) static GROUPBY: ClassSpec =
    iterator("itertools.groupby", kind(12), |s| slots(s, new_groupby, next_groupby), &[], 72).doc("groupby(iterable, key=None)\n--\n\n");
pub(crate) static GROUPER: ClassSpec = iterator("itertools._grouper", kind(13), |s| slots(s, new_grouper, next_grouper), &[], 32);

fn new_groupby(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "groupby", params: &["iterable", "key"], positional_only: 0, positional: 2, required: 1 };
    let [iterable, key] = args.bind(vm, &SIGNATURE)?;
    let source = vm.iter(iterable.expect("a required parameter is there"))?;
    let function = key.cloned().unwrap_or_else(|| vm.none());
    Ok(vm.new_object(
        class,
        GroupBy {
            source: Slot::new(source),
            target_key: Slot::empty(),
            current_key: Slot::empty(),
            current_value: Slot::empty(),
            function: function.into(),
            current_group: Cell::new(0),
        },
    ))
}

/// Takes the next item and its key. False at the end.
fn step(vm: &Vm, it: &GroupBy) -> PyResult<bool> {
    let Some(source) = it.source.get() else { return Ok(false) };
    let Some(value) = vm.next(&source)? else { return Ok(false) };
    let key = match it.function.get().filter(|function| !function.is(&vm.consts.none)) {
        None => value.clone(),
        Some(function) => vm.call(&function, std::slice::from_ref(&value))?,
    };
    it.current_value.set(value);
    it.current_key.set(key);
    Ok(true)
}

fn next_groupby(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<GroupBy>(this);
    it.current_group.set(it.current_group.get() + 1);
    // The rest of the last group is skipped.
    loop {
        match (it.current_key.get(), it.target_key.get()) {
            (None, _) => {}
            (Some(_), None) => break,
            (Some(current), Some(target)) => {
                if !vm.eq(&target, &current)? {
                    break;
                }
            }
        }
        if !step(vm, it)? {
            return Ok(None);
        }
    }
    let key = it.current_key.get().expect("a step has set the key");
    it.target_key.set(key.clone());
    let group = Grouper { parent: Slot::new(this.clone()), target_key: Slot::new(key.clone()), number: it.current_group.get() };
    let group = vm.heap.alloc(group).tracked();
    Ok(Some(vm.tuple(vec![key, group])))
}

fn new_grouper(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [parent, key] = args.check(vm, "_grouper", 2, 2)? else { unreachable!("two arguments were checked") };
    let Some(it) = parent.get::<GroupBy>() else {
        return Err(vm.type_error(format!("_grouper() argument 1 must be itertools.groupby, not {}", vm.type_name(parent))));
    };
    let group = Grouper { parent: Slot::new(parent.clone()), target_key: Slot::new(key.clone()), number: it.current_group.get() };
    Ok(vm.heap.alloc(group).tracked())
}

fn next_grouper(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let group = own::<Grouper>(this);
    let (Some(parent), Some(target)) = (group.parent.get(), group.target_key.get()) else { return Ok(None) };
    let it = own::<GroupBy>(&parent);
    if it.current_group.get() != group.number || it.current_value.is_empty() && !step(vm, it)? {
        return Ok(None);
    }
    let Some(current) = it.current_key.get() else { return Ok(None) };
    if !vm.eq(&target, &current)? {
        return Ok(None);
    }
    Ok(it.current_value.take())
}

/// How many items a link of a tee's chain holds, as in CPython.
const LINK: usize = 57;

/// A link of the chain that the copies of an iterator share.
pub(super) struct TeeLink {
    source: Slot,
    values: RefCell<Vec<Obj>>,
    next: Slot,
    running: Cell<bool>,
}

impl Payload for TeeLink {
    const KIND: heap::Kind = kind(14);
    fn traverse(&self, visit: Visit<'_>) {
        if let Some(source) = self.source.get() {
            visit(&source);
        }
        self.values.borrow().iter().for_each(&mut *visit);
        if let Some(next) = self.next.get() {
            visit(&next);
        }
    }
    fn clear(&self, trash: &mut Trash<'_>) {
        trash.take(&self.source);
        self.values.take().into_iter().for_each(|value| trash.push(value));
        trash.take(&self.next);
    }
    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

pub(crate) static TEE_DATA: ClassSpec = ClassSpec {
    name: "itertools._tee_dataobject",
    base: Some(&crate::objects::object::OBJECT),
    kind: kind(14),
    flags: flags::HAVE_GC | flags::MODULE_TYPE | flags::DISALLOW_INSTANTIATION,
    slots: |_| {},
    methods: &[],
    getset: &[],
    basicsize: 496,
    itemsize: 0,
    doc: "",
};

/// One of the copies that `tee` gives.
pub(super) struct Tee {
    link: Slot,
    index: Cell<usize>,
}

crate::payload!(Tee, kind(15), { link });

pub(crate) static TEE: ClassSpec = ClassSpec {
    flags: flags::CONTAINER | flags::MODULE_TYPE | flags::WEAKREFS,
    ..iterator(
        "itertools._tee",
        kind(15),
        |s| {
            slots(
                s,
                |vm, _, args| {
                    let [iterable] = args.check(vm, "_tee", 1, 1)? else { unreachable!("one argument was checked") };
                    tee_of(vm, iterable)
                },
                next_tee,
            )
        },
        &[Method::new("__copy__", |vm, this, _| Ok(copy_tee(vm, own::<Tee>(this))), Convention::NoArgs).signature("($self, /)")],
        40,
    )
    .doc("_tee(iterable, /)\n--\n\n")
};

pub(super) const TEE_FUNCTION: Method = Method {
    name: "tee",
    call: tee,
    convention: Convention::Positional,
    binding: Binding::Instance,
    signature: "($module, iterable, n=2, /)",
    varargs: false,
};

fn copy_tee(vm: &Vm, tee: &Tee) -> Obj {
    vm.heap.alloc(Tee { link: Slot::from(tee.link.get()), index: Cell::new(tee.index.get()) }).tracked()
}

fn link(vm: &Vm, source: Obj) -> Obj {
    vm.heap
        .alloc(TeeLink { source: Slot::new(source), values: RefCell::default(), next: Slot::empty(), running: Cell::new(false) })
        .tracked()
}

fn tee_of(vm: &Vm, iterable: &Obj) -> PyResult {
    let source = vm.iter(iterable)?;
    Ok(match source.get::<Tee>() {
        Some(tee) => copy_tee(vm, tee),
        None => vm.heap.alloc(Tee { link: Slot::new(link(vm, source)), index: Cell::new(0) }).tracked(),
    })
}

fn tee(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "tee", 1, 2)?;
    let n = given.get(1).map_or(Ok(2), |n| vm.index_isize(n))?;
    let n = usize::try_from(n).map_err(|_| vm.value_error("n must be >= 0"))?;
    if n == 0 {
        return Ok(vm.consts.empty_tuple.clone());
    }
    let room = vm.heap.passing_tuple(n);
    let first = tee_of(vm, &given[0])?;
    let mut copies = vec![first];
    while copies.len() < n {
        let copy = copy_tee(vm, own::<Tee>(&copies[0]));
        copies.push(copy);
    }
    drop(room);
    Ok(vm.tuple(copies))
}

fn next_tee(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let tee = own::<Tee>(this);
    let Some(mut at) = tee.link.get() else { return Ok(None) };
    if tee.index.get() == LINK {
        let here = own::<TeeLink>(&at);
        let next = match here.next.get() {
            Some(next) => next,
            None => {
                let next = link(vm, here.source.get().unwrap_or_else(|| vm.none()));
                here.next.set(next.clone());
                next
            }
        };
        tee.link.set(next.clone());
        tee.index.set(0);
        at = next;
    }
    let here = own::<TeeLink>(&at);
    let known = here.values.borrow().get(tee.index.get()).cloned();
    let item = match known {
        Some(item) => item,
        None => {
            if here.running.replace(true) {
                return Err(vm.runtime_error("cannot re-enter the tee iterator"));
            }
            let got = here.source.get().map_or(Ok(None), |source| vm.next(&source));
            here.running.set(false);
            let Some(item) = got? else { return Ok(None) };
            here.values.borrow_mut().push(item.clone());
            item
        }
    };
    tee.index.set(tee.index.get() + 1);
    Ok(Some(item))
}

/// `pairwise(iterable)`.
pub(super) struct Pairwise {
    source: Slot,
    old: Slot,
    /// The pair given last, which is filled anew if nobody else has it.
    result: Slot,
}

crate::payload!(Pairwise, kind(16), { source, old, result });

pub(crate) static PAIRWISE: ClassSpec =
    iterator("itertools.pairwise", kind(16), |s| slots(s, new_pairwise, next_pairwise), &[], 40).doc("pairwise(iterable, /)\n--\n\n");

fn new_pairwise(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    super::no_keywords(vm, class, &vm.types.itertools_pairwise, "pairwise", args)?;
    let [iterable] = Args::positional(args.pos()).check(vm, "pairwise", 1, 1)? else { unreachable!("one argument was checked") };
    let source = vm.iter(iterable)?;
    Ok(vm.new_object(class, Pairwise { source: Slot::new(source), old: Slot::empty(), result: vm.empty_pair().into() }))
}

fn next_pairwise(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<Pairwise>(this);
    let Some(source) = it.source.get() else { return Ok(None) };
    let end = || {
        drop(it.source.take());
        drop(it.old.take());
        Ok(None)
    };
    if it.old.is_empty() {
        let Some(first) = vm.next(&source)? else { return end() };
        it.old.set(first);
    }
    let Some(new) = vm.next(&source)? else { return end() };
    let Some(old) = it.old.replace(Some(new.clone())) else { return end() };
    Ok(Some(reused_pair(vm, &it.result, old, new)))
}

/// `batched(iterable, n, *, strict=False)`.
pub(super) struct Batched {
    source: Slot,
    n: usize,
    strict: bool,
}

crate::payload!(Batched, kind(17), { source });

pub(crate) static BATCHED: ClassSpec = iterator("itertools.batched", kind(17), |s| slots(s, new_batched, next_batched), &[], 40)
    .doc("batched(iterable, n, *, strict=False)\n--\n\n");

fn new_batched(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "batched", params: &["iterable", "n", "strict"], positional_only: 0, positional: 2, required: 2 };
    let [iterable, n, strict] = args.bind(vm, &SIGNATURE)?;
    let n = vm.index_isize(n.expect("a required parameter is there"))?;
    if n < 1 {
        return Err(vm.value_error("n must be at least one"));
    }
    let strict = strict.map_or(Ok(false), |strict| vm.is_true(strict))?;
    let source = vm.iter(iterable.expect("a required parameter is there"))?;
    Ok(vm.new_object(class, Batched { source: Slot::new(source), n: n as usize, strict }))
}

fn next_batched(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<Batched>(this);
    let Some(source) = it.source.get() else { return Ok(None) };
    let room = vm.heap.passing_tuple(it.n);
    let mut items = Vec::new();
    while items.len() < it.n {
        match vm.next(&source)? {
            Some(item) => items.push(item),
            None => break,
        }
    }
    // After a batch that is short the source is asked once more.
    if items.is_empty() || it.strict && items.len() < it.n {
        drop(it.source.take());
        return if items.is_empty() { Ok(None) } else { Err(vm.value_error("batched(): incomplete batch")) };
    }
    drop(room);
    Ok(Some(vm.tuple(items)))
}
