//! `lru_cache`'s wrapper: results by arguments, the longest unused one going first.
//!
//! Results stand in a row of links, from the oldest to the newest. As in CPython, a link counts its key and its result, and the cache's
//! dict counts the key again.

use std::cell::{Cell, RefCell};

use heap::{Label, LabelledVisit, Obj, Payload, Slot, Trash, Visit};

use super::kind;
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::{Args, PyResult, Signature, Vm};

/// A key and its result. Links are known by their place in [`Row::links`].
struct Link {
    previous: usize,
    next: usize,
    hash: i64,
    entry: Option<(Obj, Obj)>,
}

/// The links in their order: link 0 stands before the oldest and behind the newest one.
struct Row {
    links: Vec<Link>,
    free: Vec<usize>,
}

impl Row {
    fn new() -> Row {
        Row { links: vec![Link { previous: 0, next: 0, hash: 0, entry: None }], free: Vec::new() }
    }

    fn unlink(&mut self, at: usize) {
        let (previous, next) = (self.links[at].previous, self.links[at].next);
        self.links[previous].next = next;
        self.links[next].previous = previous;
    }

    fn append(&mut self, at: usize) {
        let last = std::mem::replace(&mut self.links[0].previous, at);
        self.links[last].next = at;
        (self.links[at].previous, self.links[at].next) = (last, 0);
    }

    /// A link at the newest end.
    fn add(&mut self, hash: i64, key: Obj, result: Obj) -> usize {
        let link = Link { previous: 0, next: 0, hash, entry: Some((key, result)) };
        let at = match self.free.pop() {
            Some(at) => {
                self.links[at] = link;
                at
            }
            None => {
                self.links.push(link);
                self.links.len() - 1
            }
        };
        self.append(at);
        at
    }

    /// Takes the oldest link out.
    fn take_oldest(&mut self) -> Option<(i64, Obj, Obj)> {
        let at = self.links[0].next;
        if at == 0 {
            return None;
        }
        self.unlink(at);
        self.free.push(at);
        let hash = self.links[at].hash;
        self.links[at].entry.take().map(|(key, result)| (hash, key, result))
    }

    fn entries(&self) -> impl Iterator<Item = &(Obj, Obj)> {
        let mut at = self.links[0].next;
        std::iter::from_fn(move || {
            let link = self.links.get(at).filter(|_| at != 0)?;
            at = link.next;
            link.entry.as_ref()
        })
    }
}

/// What the wrapper does with results.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeping {
    /// `maxsize=0`.
    None,
    /// `maxsize=None`.
    All,
    /// So many.
    Most(usize),
}

/// The payload of the wrapper.
pub(super) struct LruCache {
    function: Slot,
    cache: Slot,
    info: Slot,
    keyword_mark: Slot,
    typed: bool,
    keeping: Keeping,
    hits: Cell<i64>,
    misses: Cell<i64>,
    row: RefCell<Row>,
}

impl Payload for LruCache {
    const KIND: heap::Kind = kind(106);

    fn traverse(&self, visit: Visit<'_>) {
        for (key, result) in self.row.borrow().entries() {
            visit(key);
            visit(result);
        }
        [&self.cache, &self.function, &self.keyword_mark, &self.info].into_iter().for_each(|slot| slot.show(visit));
    }

    fn holds(&self, visit: LabelledVisit<'_>) {
        for (key, result) in self.row.borrow().entries() {
            visit(Label::Field("arguments"), key);
            visit(Label::Field("result"), result);
        }
        let fields =
            [("cache", &self.cache), ("__wrapped__", &self.function), ("keyword_mark", &self.keyword_mark), ("cache_info", &self.info)];
        for (name, slot) in fields {
            slot.get().into_iter().for_each(|held| visit(Label::Field(name), &held));
        }
    }

    fn clear(&self, trash: &mut Trash<'_>) {
        let row = self.row.replace(Row::new());
        trash.take(&self.cache);
        trash.take(&self.function);
        trash.take(&self.keyword_mark);
        trash.take(&self.info);
        for (key, result) in row.entries() {
            trash.push(key.clone());
            trash.push(result.clone());
        }
    }

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

pub(super) static LRU_CACHE: ClassSpec = ClassSpec {
    name: "functools._lru_cache_wrapper",
    base: None,
    kind: kind(106),
    flags: flags::CONTAINER | flags::HEAP_TYPE | flags::METHOD_DESCRIPTOR | flags::DICT | flags::WEAKREFS,
    slots: |s| {
        s.new.set(Some(new));
        s.call.set(Some(call));
        s.descr_get.set(Some(|vm, this, instance, _| match instance {
            Some(instance) if !instance.is(&vm.consts.none) => Ok(vm.new_method(this.clone(), instance.clone())),
            _ => Ok(this.clone()),
        }));
    },
    methods: &[
        Method::new("cache_info", cache_info, Convention::NoArgs).signature("($self, /)"),
        Method::new("cache_clear", cache_clear, Convention::NoArgs).signature("($self, /)"),
        Method::new("__reduce__", |vm, this, _| vm.getattr(this, &vm.names.__qualname__), Convention::NoArgs).signature("($self, /)"),
        Method::new("__copy__", |_, this, _| Ok(this.clone()), Convention::Positional),
        Method::new("__deepcopy__", |_, this, _| Ok(this.clone()), Convention::Positional),
    ],
    getset: &[GetSet::with_set("__dict__", crate::objects::own_dict, crate::objects::set_own_dict)],
    basicsize: 152,
    itemsize: 0,
    doc: "",
};

fn own(this: &Obj) -> &LruCache {
    this.get::<LruCache>().expect("a method of a cache gets one")
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "lru_cache",
        params: &["user_function", "maxsize", "typed", "cache_info_type"],
        positional_only: 0,
        positional: 4,
        required: 4,
    };
    let [function, maxsize, typed, info] = args.bind(vm, &SIGNATURE)?.map(|given| given.expect("a required parameter is there"));
    if !vm.is_callable(function) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let keeping = if maxsize.is(&vm.consts.none) {
        Keeping::All
    } else if vm.has_index(maxsize) {
        usize::try_from(vm.index_isize(maxsize)?).ok().filter(|&n| n > 0).map_or(Keeping::None, Keeping::Most)
    } else {
        return Err(vm.type_error("maxsize should be integer or None"));
    };
    // What stands between positional and keyword arguments in a key.
    let keyword_mark = match vm.state.keyword_mark.get() {
        Some(mark) => mark,
        None => {
            let mark = vm.call(&vm.types.object, &[])?;
            vm.state.keyword_mark.set(mark.clone());
            mark
        }
    };
    let payload = LruCache {
        function: function.clone().into(),
        cache: vm.dict().into(),
        info: info.clone().into(),
        keyword_mark: keyword_mark.into(),
        typed: vm.is_true(typed)?,
        keeping,
        hits: Cell::new(0),
        misses: Cell::new(0),
        row: RefCell::new(Row::new()),
    };
    Ok(vm.new_object(class, payload))
}

/// `lru_cache_make_key`: one argument that is an exact `int` or `str` is its own key.
fn make_key(vm: &Vm, own: &LruCache, args: Args<'_>) -> Obj {
    if !own.typed && !args.has_keywords() {
        return match args.pos() {
            [one] if matches!(one.kind(), heap::Kind::STR | heap::Kind::INT | crate::kinds::BIG_INT) => one.clone(),
            _ => args.to_tuple(vm),
        };
    }
    let mut parts = args.pos().to_vec();
    if args.has_keywords() {
        parts.push(vm.slot_or_none(&own.keyword_mark));
        for (name, value) in args.keywords() {
            parts.extend([name.clone(), value.clone()]);
        }
    }
    if own.typed {
        parts.extend(args.all().iter().map(|value| vm.class_of(value)));
    }
    vm.tuple(parts)
}

fn call(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let own = own(this);
    let (Some(function), Some(cache)) = (own.function.get(), own.cache.get()) else {
        return Err(vm.system_error("a cache that the collector has cleared"));
    };
    let count = |counter: &Cell<i64>| counter.set(counter.get() + 1);
    if own.keeping == Keeping::None {
        count(&own.misses);
        return vm.call_args(&function, args);
    }
    let key = make_key(vm, own, args);
    let hash = vm.hash(&key)?;
    let dict = crate::objects::dict::dict(&cache);
    if let Some(found) = dict.get(&key, hash, |found| vm.eq(found, &key))? {
        count(&own.hits);
        return match own.keeping {
            Keeping::Most(_) => Ok(touch(own, &found).unwrap_or(found)),
            _ => Ok(found),
        };
    }
    count(&own.misses);
    let result = vm.call_args(&function, args)?;
    let Keeping::Most(most) = own.keeping else {
        vm.dict_set_hashed(&cache, &key, hash, result.clone())?;
        return Ok(result);
    };
    // The call may have filled the cache with the same key.
    if dict.get(&key, hash, |found| vm.eq(found, &key))?.is_some() {
        return Ok(result);
    }
    let oldest = if dict.len() < most { None } else { own.row.borrow_mut().take_oldest() };
    if let Some((hash, key, _)) = &oldest {
        // The entry's key and value are released after the new entry is in.
        drop(dict.remove(key, *hash, |found| vm.eq(found, key))?);
    }
    let at = own.row.borrow_mut().add(hash, key.clone(), result.clone());
    vm.dict_set_hashed(&cache, &key, hash, vm.int(at as i64))?;
    drop(oldest);
    Ok(result)
}

/// The result of a link that is found again: it is the newest now.
fn touch(own: &LruCache, place: &Obj) -> Option<Obj> {
    let at = place.plain_int()? as usize;
    let mut row = own.row.borrow_mut();
    row.unlink(at);
    row.append(at);
    row.links[at].entry.as_ref().map(|(_, result)| result.clone())
}

fn cache_info(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let own = own(this);
    let maxsize = match own.keeping {
        Keeping::None => vm.int(0),
        Keeping::All => vm.none(),
        Keeping::Most(n) => vm.int(n as i64),
    };
    let size = own.cache.get().map_or(Ok(0), |cache| vm.len(&cache))?;
    vm.call(&vm.slot_or_none(&own.info), &[vm.int(own.hits.get()), vm.int(own.misses.get()), maxsize, vm.int(size as i64)])
}

fn cache_clear(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let own = own(this);
    let row = own.row.replace(Row::new());
    own.hits.set(0);
    own.misses.set(0);
    if let Some(cache) = own.cache.get() {
        drop(crate::objects::dict::dict(&cache).take());
    }
    drop(row);
    Ok(vm.none())
}
