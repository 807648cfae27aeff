//! `array`: rows of numbers of one C type, packed (`Modules/arraymodule.c`).

mod change;
mod item;
mod pickle;

use std::cell::Cell;

use heap::{Kind, Obj, Slot};

use self::item::Type;
use super::ModuleSpec;
use crate::class::{ClassSpec, Compare, Convention, GetSet, Method, Slots, flags};
use crate::objects::bytearray::ByteArray;
use crate::objects::sequence::class_getitem;
use crate::objects::{leaf, sequence, slice::Slice};
use crate::{Args, PyResult, Vm, kinds};

const KIND: Kind = Kind(kinds::MODULES.0 + 102);
const ITERATOR_KIND: Kind = Kind(kinds::MODULES.0 + 103);

/// The payload of an `array`.
pub(crate) struct Array {
    kind: Type,
    /// The items' bytes.
    pub(crate) data: ByteArray,
    /// How many items CPython would have room for.
    allocated: Cell<usize>,
}
crate::payload!(Array, KIND, {});

impl Array {
    /// The letter of the items' type, as a memory view shows it.
    pub(crate) fn format(&self) -> u8 {
        self.kind.letter
    }

    /// Bytes of one item.
    pub(crate) fn item_size(&self) -> usize {
        self.kind.size
    }
}

/// The payload of an array's iterator.
pub(crate) struct ArrayIterator {
    array: Slot,
    at: Cell<usize>,
}
crate::payload!(ArrayIterator, ITERATOR_KIND, { array });

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "array",
    functions: &[Method::new("_array_reconstructor", pickle::reconstruct, Convention::Positional)
        .signature("($module, arraytype, typecode, mformat_code, items,\n                     /)")],
    init: |vm, module| {
        vm.add_class(module, "array", &vm.types.array);
        vm.add_class(module, "ArrayType", &vm.types.array);
        vm.dict_set_str(&vm.module_dict(module), "typecodes", vm.str(item::TYPECODES));
        // `MutableSequence.register(array)`.
        let abc = vm.import_module("_collections_abc")?;
        let mutable = vm.getattr_str(&abc, "MutableSequence")?;
        vm.call_method(&mutable, "register", std::slice::from_ref(&vm.types.array))?;
        Ok(())
    },
};

pub(crate) static ARRAY: ClassSpec = ClassSpec {
    name: "array.array",
    base: None,
    kind: KIND,
    flags: flags::CONTAINER | flags::SEQUENCE | flags::WEAKREFS | flags::MODULE_TYPE,
    slots,
    methods: &[
        Method::new("append", change::append, Convention::One).signature("($self, v, /)"),
        Method::new("buffer_info", change::buffer_info, Convention::NoArgs).signature("($self, /)"),
        Method::new("byteswap", change::byteswap, Convention::NoArgs).signature("($self, /)"),
        Method::new("clear", change::clear, Convention::NoArgs).signature("($self, /)"),
        Method::new("count", count, Convention::One).signature("($self, v, /)"),
        Method::new("extend", change::extend, Convention::One).signature("($self, bb, /)"),
        Method::new("fromfile", change::fromfile, Convention::Positional).signature("($self, f, n, /)"),
        Method::new("fromlist", change::fromlist, Convention::One).signature("($self, list, /)"),
        Method::new("frombytes", change::frombytes, Convention::One).signature("($self, buffer, /)"),
        Method::new("fromunicode", change::fromunicode, Convention::One).signature("($self, ustr, /)"),
        Method::new("index", index, Convention::Positional).signature("($self, v, start=0, stop=sys.maxsize, /)"),
        Method::new("insert", change::insert, Convention::Positional).signature("($self, i, v, /)"),
        Method::new("pop", change::pop, Convention::Positional).signature("($self, i=-1, /)"),
        Method::new("remove", change::remove, Convention::One).signature("($self, v, /)"),
        Method::new("reverse", change::reverse, Convention::NoArgs).signature("($self, /)"),
        Method::new("tobytes", |vm, this, _| Ok(vm.bytes(&own(this).data.to_vec())), Convention::NoArgs).signature("($self, /)"),
        Method::new(
            "tofile",
            |vm, this, args| {
                let data = vm.bytes(&own(this).data.to_vec());
                vm.call_method(&args.pos()[0], "write", &[data])?;
                Ok(vm.none())
            },
            Convention::One,
        )
        .signature("($self, f, /)"),
        Method::new("tolist", |vm, this, _| Ok(vm.list(items(vm, this)?)), Convention::NoArgs).signature("($self, /)"),
        Method::new("tounicode", tounicode, Convention::NoArgs).signature("($self, /)"),
        Method::new("__copy__", |vm, this, _| Ok(made(vm, own(this).kind, own(this).data.to_vec())), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("__deepcopy__", |vm, this, _| Ok(made(vm, own(this).kind, own(this).data.to_vec())), Convention::One)
            .signature("($self, unused, /)"),
        Method::new("__reduce_ex__", pickle::reduce, Convention::One).signature("($self, value, /)"),
        Method::new(
            "__sizeof__",
            |vm, this, _| Ok(vm.uint((64 + own(this).allocated.get() * own(this).kind.size) as u64)),
            Convention::NoArgs,
        )
        .signature("($self, /)"),
        Method::class("__class_getitem__", class_getitem, Convention::One).signature("($type, object, /)"),
    ],
    getset: &[
        GetSet::new("typecode", |vm, this| Ok(vm.str(&char::from(own(this).kind.letter).to_string()))),
        GetSet::new("itemsize", |vm, this| Ok(vm.uint(own(this).kind.size as u64))),
    ],
    basicsize: 64,
    itemsize: 0,
    doc: "",
};

pub(crate) static ARRAY_ITERATOR: ClassSpec = ClassSpec {
    name: "array.arrayiterator",
    base: None,
    kind: ITERATOR_KIND,
    flags: flags::HAVE_GC | flags::MODULE_TYPE,
    slots: |s| {
        s.iter.set(Some(|_, this| Ok(this.clone())));
        s.iternext.set(Some(|vm, this| {
            let iterator = iterator(this);
            let Some(array) = iterator.array.get() else { return Ok(None) };
            let at = iterator.at.get();
            if at >= len(&array) {
                drop(iterator.array.take());
                return Ok(None);
            }
            iterator.at.set(at + 1);
            item_at(vm, &array, at).map(Some)
        }));
    },
    methods: &[
        Method::new(
            "__reduce__",
            |vm, this, _| {
                let (iter, iterator) = (vm.builtin("iter")?, iterator(this));
                Ok(match iterator.array.get() {
                    Some(array) => vm.tuple(vec![iter, vm.tuple(vec![array]), vm.uint(iterator.at.get() as u64)]),
                    None => vm.pair(iter, vm.tuple(vec![vm.consts.empty_tuple.clone()])),
                })
            },
            Convention::NoArgs,
        )
        .signature("($self, /)"),
        Method::new(
            "__setstate__",
            |vm, this, args| {
                let (at, iterator) = (vm.index_isize(&args.pos()[0])?.max(0) as usize, iterator(this));
                // What has come to its end stays there.
                if let Some(array) = iterator.array.get() {
                    iterator.at.set(at.min(len(&array)));
                }
                Ok(vm.none())
            },
            Convention::One,
        )
        .signature("($self, state, /)"),
    ],
    getset: &[],
    basicsize: 40,
    itemsize: 0,
    doc: "",
};

fn slots(s: &Slots) {
    s.new.set(Some(new));
    s.repr.set(Some(repr));
    s.hash.set(Some(crate::protocol::compare::unhashable));
    s.iter.set(Some(|vm, this| Ok(vm.heap.alloc(ArrayIterator { array: this.clone().into(), at: Cell::new(0) }).tracked())));
    s.len.set(Some(|_, this| Ok(len(this))));
    s.richcompare.set(Some(compare));
    s.contains.set(Some(|vm, this, item| Ok(find(vm, this, item, 0, usize::MAX)?.is_some())));
    s.subscript.set(Some(subscript));
    s.ass_subscript.set(Some(change::ass_subscript));
    s.concat.set(Some(|vm, this, other| {
        let Some(second) = other.get::<Array>() else {
            return Err(vm.type_error(format!("can only append array (not \"{}\") to array", vm.type_name(other))));
        };
        if second.kind != own(this).kind {
            return Err(vm.type_error("bad argument type for built-in operation"));
        }
        Ok(made(vm, second.kind, [own(this).data.to_vec(), second.data.to_vec()].concat()))
    }));
    s.in_place_concat.set(Some(|vm, this, other| {
        if other.get::<Array>().is_none() {
            return Err(vm.type_error(format!("can only extend array with array (not \"{}\")", vm.type_name(other))));
        }
        change::extend_with(vm, this, other)?;
        Ok(this.clone())
    }));
    s.repeat.set(Some(|vm, this, n| Ok(made(vm, own(this).kind, repeated(vm, this, n)?))));
    s.in_place_repeat.set(Some(|vm, this, n| {
        let data = repeated(vm, this, n)?;
        change::resize(vm, this, |all| *all = data)?;
        Ok(this.clone())
    }));
}

fn iterator(this: &Obj) -> &ArrayIterator {
    this.get::<ArrayIterator>().expect("an iterator's method is called on one")
}

fn own(this: &Obj) -> &Array {
    this.get::<Array>().expect("an array's method is called on an array")
}

fn len(this: &Obj) -> usize {
    own(this).data.len() / own(this).kind.size
}

/// The items' bytes, `n` times.
fn repeated(vm: &Vm, this: &Obj, n: isize) -> PyResult<Vec<u8>> {
    let n = n.max(0) as usize;
    vm.check_text_size(own(this).data.len() as u128 * n as u128)?;
    Ok(own(this).data.with(|data| data.repeat(n)))
}

/// A new array with exactly the room it needs.
fn made(vm: &Vm, kind: Type, data: Vec<u8>) -> Obj {
    made_of(vm, &vm.types.array, kind, data)
}

fn made_of(vm: &Vm, class: &Obj, kind: Type, data: Vec<u8>) -> Obj {
    let allocated = Cell::new(data.len() / kind.size);
    vm.new_object(class, Array { kind, data: ByteArray::new(data), allocated })
}

fn item_at(vm: &Vm, this: &Obj, at: usize) -> PyResult {
    let array = own(this);
    let start = at * array.kind.size;
    let raw: [u8; 8] = std::array::from_fn(|i| array.data.get(start + i).filter(|_| i < array.kind.size).unwrap_or(0));
    item::unpack(vm, array.kind, u64::from_le_bytes(raw))
}

fn items(vm: &Vm, this: &Obj) -> PyResult<Vec<Obj>> {
    (0..len(this)).map(|at| item_at(vm, this, at)).collect()
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    if class.is(&vm.types.array) && args.has_keywords() {
        return Err(vm.type_error("array.array() takes no keyword arguments"));
    }
    let (letter, initial) = match args.pos() {
        [] => return Err(vm.type_error("array() takes at least 1 argument (0 given)")),
        [letter] => (letter, None),
        [letter, initial] => (letter, Some(initial)),
        more => return Err(vm.type_error(format!("array() takes at most 2 arguments ({} given)", more.len()))),
    };
    let Some(text) = leaf::text(letter) else {
        return Err(vm.type_error(format!("array() argument 1 must be a unicode character, not {}", vm.type_name(letter))));
    };
    let &[code] = text else {
        let length = crate::objects::str::length(letter);
        return Err(vm.type_error(format!("array() argument 1 must be a unicode character, not a string of length {length}")));
    };
    if code == b'u' {
        vm.warn(&vm.types.deprecation_warning, "The 'u' type code is deprecated and will be removed in Python 3.16")?;
    }
    let unicode = matches!(code, b'u' | b'w');
    if let Some(initial) = initial
        && !unicode
    {
        let given = char::from(code);
        if leaf::text(initial).is_some() {
            return Err(vm.type_error(format!("cannot use a str to initialize an array with typecode '{given}'")));
        }
        if initial.get::<Array>().is_some_and(|array| array.kind.is_unicode()) {
            return Err(vm.type_error(format!("cannot use a unicode array to initialize an array with typecode '{given}'")));
        }
    }
    let Some(kind) = Type::of(code) else {
        return Err(vm.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"));
    };
    let array = |data: Vec<u8>| made_of(vm, class, kind, data);
    let Some(initial) = initial else { return Ok(array(Vec::new())) };
    if let Some(other) = initial.get::<Array>() {
        if other.kind == kind {
            return Ok(array(other.data.to_vec()));
        }
        let (empty, others) = (array(Vec::new()), vm.list(items(vm, initial)?));
        change::extend_with(vm, &empty, &others)?;
        return Ok(empty);
    }
    if initial.get::<heap::List>().is_some() || initial.get::<heap::Tuple>().is_some() {
        let data = packed(vm, kind, &vm.to_vec(initial)?)?;
        return Ok(array(data));
    }
    let empty = array(Vec::new());
    if vm.is_bytes(initial) {
        change::add_bytes(vm, &empty, &vm.need_bytes(initial)?)?;
    } else if let Some(text) = leaf::text(initial) {
        change::add_text(vm, &empty, text)?;
    } else {
        change::extend_with(vm, &empty, initial)?;
    }
    Ok(empty)
}

/// The bytes of some items.
fn packed(vm: &Vm, kind: Type, items: &[Obj]) -> PyResult<Vec<u8>> {
    let mut data = Vec::with_capacity(items.len() * kind.size);
    for item in items {
        data.extend_from_slice(&item::pack(vm, kind, item)?.to_le_bytes()[..kind.size]);
    }
    Ok(data)
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let kind = own(this).kind;
    let name = vm.class(&vm.class_of(this)).name.get().map(|name| vm.lossy(&name)).unwrap_or_default();
    let letter = char::from(kind.letter);
    if len(this) == 0 {
        return Ok(vm.str(&format!("{name}('{letter}')")));
    }
    let shown = if kind.is_unicode() { tounicode(vm, this, Args::NONE)? } else { vm.list(items(vm, this)?) };
    Ok(vm.str(&format!("{name}('{letter}', {})", vm.repr_text(&shown)?)))
}

fn tounicode(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    if !own(this).kind.is_unicode() {
        return Err(vm.value_error("tounicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    vm.str_join_all(&items(vm, this)?)
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if a.get::<Array>().is_none() || b.get::<Array>().is_none() {
        return Ok(vm.not_implemented());
    }
    if len(a) != len(b) && matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(vm.bool(op == Compare::Ne));
    }
    vm.compare(&vm.list(items(vm, a)?), &vm.list(items(vm, b)?), op)
}

fn find(vm: &Vm, this: &Obj, item: &Obj, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let mut at = start;
    while at < len(this).min(stop) {
        if vm.eq(&item_at(vm, this, at)?, item)? {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

fn count(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let mut found = 0;
    for item in items(vm, this)? {
        found += i64::from(vm.eq(&item, &args.pos()[0])?);
    }
    Ok(vm.int(found))
}

fn index(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "index", 1, 3)?;
    let start = vm.search_bound(args.get(1), 0, len(this))?;
    let stop = vm.search_bound(args.get(2), isize::MAX, len(this))?;
    match find(vm, this, &args[0], start, stop)? {
        Some(at) => Ok(vm.uint(at as u64)),
        None => Err(vm.value_error("array.index(x): x not in array")),
    }
}

fn subscript(vm: &Vm, this: &Obj, key: &Obj) -> PyResult {
    if vm.has_index(key) {
        let at = place(vm, this, key)?.ok_or_else(|| vm.index_error("array index out of range"))?;
        return item_at(vm, this, at);
    }
    let Some(slice) = key.get::<Slice>() else { return Err(vm.type_error("array indices must be integers")) };
    let (start, stop, step) = vm.slice_unpack(slice)?;
    let places = sequence::adjust(len(this), start, stop, step);
    let (all, size) = (own(this).data.to_vec(), own(this).kind.size);
    let data = places.iter().flat_map(|at| all[at * size..(at + 1) * size].iter().copied()).collect();
    Ok(made(vm, own(this).kind, data))
}

/// The place that an index means, if there is an item.
fn place(vm: &Vm, this: &Obj, key: &Obj) -> PyResult<Option<usize>> {
    let (at, len) = (vm.sequence_index(key)?, len(this) as isize);
    let at = if at < 0 { at + len } else { at };
    Ok((0..len).contains(&at).then_some(at as usize))
}
