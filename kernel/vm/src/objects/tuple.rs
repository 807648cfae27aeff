//! `tuple`: class, operators and methods. Source: `Objects/tupleobject.c`.

use heap::{Kind, List, Obj, Tuple};

use crate::class::{ClassSpec, flags};
use crate::objects::list::{compare_lengths, repeated};
use crate::objects::sequence::{adjust, class_getitem, extra_layout, finish};
use crate::objects::slice::Slice;
use crate::objects::tuple_iterator::TupleIterator;
use crate::{Args, Compare, Convention, Method, PyResult, Vm};

/// `tuple`.
pub static TUPLE: ClassSpec = ClassSpec {
    name: "tuple",
    base: None,
    kind: Kind::TUPLE,
    flags: flags::CONTAINER | flags::SEQUENCE | flags::TUPLE_SUBCLASS | flags::MATCH_SELF,
    slots: |s| {
        s.new.set(Some(new));
        s.repr.set(Some(repr));
        s.hash.set(Some(hash));
        s.richcompare.set(Some(compare));
        s.iter.set(Some(iter));
        s.len.set(Some(|_, obj| Ok(items(obj).len())));
        s.subscript.set(Some(subscript));
        s.contains.set(Some(contains));
        s.concat.set(Some(concat));
        s.repeat.set(Some(repeat));
    },
    methods: &[
        Method::new("__getnewargs__", getnewargs, Convention::NoArgs).signature("($self, /)"),
        Method::new("index", index, Convention::Positional).signature("($self, value, start=0, stop=sys.maxsize, /)"),
        Method::new("count", count, Convention::One).signature("($self, value, /)"),
        Method::class("__class_getitem__", class_getitem, Convention::One).signature("($type, object, /)"),
    ],
    getset: &[],
    basicsize: 32,
    itemsize: 8,
    doc: "tuple(iterable=(), /)\n--\n\n",
};

/// The items; a tuple does not change, so they may be looked at while other code runs.
#[inline]
fn items(obj: &Obj) -> &[Obj] {
    obj.get::<Tuple>().expect("a tuple's method is called on a tuple").items()
}

impl Vm {
    /// The object as a tuple: itself if it is exactly one, else its items (`PySequence_Tuple`).
    pub fn tuple_from(&self, iterable: &Obj) -> PyResult {
        if iterable.extra().is_none() {
            match iterable.kind() {
                Kind::TUPLE => return Ok(iterable.clone()),
                Kind::LIST => return Ok(self.tuple_of(iterable.get::<List>().map(List::to_vec).unwrap_or_default())),
                _ => {}
            }
        }
        if self.version < compile::Version::V3_14 {
            // The tuple had room for as many items as were expected, and was cut in the end.
            let expected = self.length_hint(iterable, 10)?;
            let items = self.to_vec(iterable)?;
            if items.is_empty() {
                drop(self.heap.passing_tuple(expected));
                return Ok(self.consts.empty_tuple.clone());
            }
            return Ok(self.heap.tuple_cut(items, expected).tracked());
        }
        let items = self.to_vec(iterable)?;
        // A generator does not say how many items it has, so the tuple is made of them when they are known.
        Ok(if iterable.kind() == crate::kinds::GENERATOR { self.tuple_of(items) } else { self.tuple(items) })
    }
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let exact = class.is(&vm.types.tuple);
    vm.no_keywords_unless_init(class, &vm.types.tuple, args)?;
    let made = match Args::positional(args.pos()).check(vm, "tuple", 0, 1)? {
        [iterable] => vm.tuple_from(iterable)?,
        _ => vm.consts.empty_tuple.clone(),
    };
    if exact {
        return Ok(made);
    }
    let obj = vm.heap.tuple_untracked(items(&made).to_vec(), Some((class.clone(), extra_layout(vm, class))));
    Ok(finish(vm, class, obj))
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let items = items(obj);
    if items.is_empty() {
        return Ok(vm.str("()"));
    }
    if vm.repr_enter(obj) {
        return Ok(vm.str("(...)"));
    }
    let text = vm.repr_items("(", if items.len() == 1 { ",)" } else { ")" }, items);
    vm.repr_leave(obj);
    text
}

fn hash(vm: &Vm, obj: &Obj) -> PyResult<i64> {
    let mut hasher = heap::hash::TupleHasher::default();
    for item in items(obj) {
        hasher.add(match item.quick_hash() {
            Some(hash) => hash,
            None if item.kind() == Kind::TUPLE => vm.in_room(" while hashing a tuple", || vm.hash(item))?,
            None => vm.hash(item)?,
        });
    }
    Ok(hasher.finish())
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Tuple>(), b.get::<Tuple>()) else { return Ok(vm.not_implemented()) };
    for (v, w) in x.items().iter().zip(y.items()) {
        if !v.is(w) && !vm.eq(v, w)? {
            return match op {
                Compare::Eq => Ok(vm.bool(false)),
                Compare::Ne => Ok(vm.bool(true)),
                _ => vm.compare(v, w, op),
            };
        }
    }
    Ok(vm.bool(compare_lengths(x.len(), y.len(), op)))
}

fn iter(vm: &Vm, obj: &Obj) -> PyResult {
    Ok(vm.heap.alloc(TupleIterator::new(obj.clone(), 0)).tracked())
}

fn subscript(vm: &Vm, obj: &Obj, key: &Obj) -> PyResult {
    let items = items(obj);
    if let Some(slice) = key.get::<Slice>() {
        let (start, stop, step) = vm.slice_unpack(slice)?;
        let places = adjust(items.len(), start, stop, step);
        if places.count == items.len() && step == 1 && obj.extra().is_none() {
            return Ok(obj.clone());
        }
        return Ok(vm.tuple(places.iter().map(|i| items[i].clone()).collect()));
    }
    if !vm.has_index(key) {
        return Err(vm.type_error(format!("tuple indices must be integers or slices, not {}", vm.type_name(key))));
    }
    let i = vm.sequence_index(key)?;
    let i = if i < 0 { i + items.len() as isize } else { i };
    items.get(i as usize).cloned().ok_or_else(|| vm.index_error("tuple index out of range"))
}

fn contains(vm: &Vm, obj: &Obj, value: &Obj) -> PyResult<bool> {
    vm.tuple_contains(items(obj), value)
}

impl Vm {
    /// `value in tuple`.
    #[inline]
    pub(crate) fn tuple_contains(&self, items: &[Obj], value: &Obj) -> PyResult<bool> {
        // Classes are compared again and again, in tuples of them.
        let differ = |item| self.is_plain_class(value) && self.is_plain_class(item);
        for item in items {
            if item.is(value) || !differ(item) && self.eq(item, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn concat(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if items(a).is_empty() && b.kind() == Kind::TUPLE && b.extra().is_none() {
        return Ok(b.clone());
    }
    let Some(other) = b.get::<Tuple>() else {
        return Err(vm.type_error(format!("can only concatenate tuple (not \"{}\") to tuple", vm.type_name(b))));
    };
    if other.is_empty() && a.extra().is_none() {
        return Ok(a.clone());
    }
    Ok(vm.tuple(items(a).iter().chain(other.items()).cloned().collect()))
}

fn repeat(vm: &Vm, obj: &Obj, n: isize) -> PyResult {
    if (n == 1 || items(obj).is_empty()) && obj.extra().is_none() {
        return Ok(obj.clone());
    }
    Ok(vm.tuple(repeated(vm, items(obj).to_vec(), n)?))
}

fn getnewargs(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let same = vm.tuple(items(obj).to_vec());
    Ok(vm.tuple(vec![same]))
}

fn index(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "index", 1, 3)?;
    let items = items(obj);
    let start = vm.search_bound(args.get(1), 0, items.len())?;
    let stop = vm.search_bound(args.get(2), isize::MAX, items.len())?;
    for (i, item) in items.iter().enumerate().take(stop).skip(start) {
        if item.is(&args[0]) || vm.eq(item, &args[0])? {
            return Ok(vm.int(i as i64));
        }
    }
    Err(vm.value_error("tuple.index(x): x not in tuple"))
}

fn count(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let (mut n, value) = (0, &args.all()[0]);
    for item in items(obj) {
        n += (item.is(value) || vm.eq(item, value)?) as i64;
    }
    Ok(vm.int(n))
}
