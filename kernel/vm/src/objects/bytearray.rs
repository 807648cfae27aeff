//! `bytearray`: bytes that change (`Objects/bytearrayobject.c`).
//!
//! While a memory view looks at the bytes, their number stays as it is.

use std::cell::{Cell, RefCell};

use heap::{List, Obj, Tuple};

use super::bytes::{contains, made};
use super::bytes_methods::BYTEARRAY_METHODS;
use super::leaf::{integer, text};
use crate::class::{ClassSpec, Slots, flags};
use crate::text::integer::Integer;
use crate::text::repr::push_bytes_of_array;
use crate::{Args, Compare, Operator, PyResult, Raised, Signature, Vm, kinds};

/// The payload of a `bytearray`.
#[derive(Default)]
pub struct ByteArray {
    data: RefCell<Vec<u8>>,
    /// How many views look at the bytes.
    exports: Cell<usize>,
    /// `ob_alloc`: the room that CPython would have, for sizes that people see.
    room: Cell<usize>,
}
crate::leaf_payload!(ByteArray, kinds::BYTE_ARRAY);

impl ByteArray {
    /// These bytes, with exactly the room they need.
    pub fn new(data: Vec<u8>) -> ByteArray {
        let room = if data.is_empty() { 0 } else { data.len() + 1 };
        ByteArray { data: RefCell::new(data), exports: Cell::new(0), room: Cell::new(room) }
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.data.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A copy of the bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        self.data.borrow().clone()
    }

    /// Looks at the bytes where they are. Nobody may change them meanwhile.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&[u8]) -> R) -> R {
        look(&self.data.borrow())
    }

    /// Whether a view looks at the bytes.
    pub(crate) fn is_exported(&self) -> bool {
        self.exports.get() > 0
    }

    /// The byte at a place.
    pub fn get(&self, at: usize) -> Option<u8> {
        self.data.borrow().get(at).copied()
    }

    /// Puts a byte in a place that exists.
    pub(crate) fn set(&self, at: usize, byte: u8) {
        if let Some(place) = self.data.borrow_mut().get_mut(at) {
            *place = byte;
        }
    }

    /// A view begins or ends.
    pub(crate) fn export(&self, more: bool) {
        self.exports.set(if more { self.exports.get() + 1 } else { self.exports.get().saturating_sub(1) });
    }

    /// Changes the bytes and their number, unless a view forbids it; the room follows `PyByteArray_Resize`.
    pub(crate) fn change<R>(&self, vm: &Vm, change: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
        let mut data = self.data.borrow_mut();
        let before = data.len();
        if self.exports.get() > 0 {
            // A change that keeps the number is allowed, so it is tried on a copy.
            let mut copy = data.clone();
            let result = change(&mut copy);
            if copy.len() != before {
                return Err(exported(vm));
            }
            *data = copy;
            return Ok(result);
        }
        let result = change(&mut data);
        let (size, room) = (data.len(), self.room.get());
        if size != before {
            if size + 1 > room {
                let moderate = size as f64 <= room as f64 * 1.125;
                self.room.set(if moderate { size + (size >> 3) + if size < 9 { 3 } else { 6 } } else { size + 1 });
            } else if size < room / 2 {
                self.room.set(size + 1);
            }
        }
        Ok(result)
    }
}

fn exported(vm: &Vm) -> Raised {
    vm.buffer_error("Existing exports of data: object cannot be re-sized")
}

/// `bytearray`.
pub static BYTEARRAY: ClassSpec = ClassSpec {
    name: "bytearray",
    base: None,
    kind: kinds::BYTE_ARRAY,
    flags: flags::BASE_TYPE | flags::MATCH_SELF,
    slots,
    methods: BYTEARRAY_METHODS,
    getset: &[],
    basicsize: 56,
    itemsize: 0,
    doc: "",
};

fn slots(s: &Slots) {
    s.new.set(Some(|vm, class, _| Ok(vm.leaf_instance(class, vm.bytearray(Vec::new())))));
    s.init.set(Some(init));
    s.repr.set(Some(repr));
    s.str.set(Some(repr));
    s.richcompare.set(Some(compare));
    s.iter.set(Some(super::text_iterator::iter_bytearray));
    s.len.set(Some(|_, this| Ok(array(this).len())));
    s.subscript.set(Some(subscript));
    s.ass_subscript.set(Some(ass_subscript));
    s.contains.set(Some(|vm, this, item| contains(vm, &array(this).to_vec(), item)));
    s.concat.set(Some(concat));
    s.repeat.set(Some(|vm, this, n| Ok(vm.bytearray(repeated(vm, this, n)?))));
    s.in_place_concat.set(Some(in_place_concat));
    s.in_place_repeat.set(Some(|vm, this, n| {
        let data = repeated(vm, this, n)?;
        array(this).change(vm, |bytes| *bytes = data)?;
        Ok(this.clone())
    }));
    s.binary[Operator::Remainder as usize].set(Some(|vm, a, b| match a.get::<ByteArray>() {
        Some(format) => super::percent::format_bytes(vm, &format.to_vec(), b).map(|out| vm.bytearray(out)),
        None => Ok(vm.not_implemented()),
    }));
}

/// The payload of an object that is a `bytearray`.
fn array(obj: &Obj) -> &ByteArray {
    obj.get::<ByteArray>().expect("a bytearray's method is called on a bytearray")
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature =
        Signature { name: "bytearray", params: &["source", "encoding", "errors"], positional_only: 0, positional: 3, required: 0 };
    let [source, encoding, errors] = args.bind(vm, &SIGNATURE)?;
    array(this).change(vm, Vec::clear)?;
    let data = match made(vm, "bytearray", source, encoding, errors)? {
        Ok(data) => data,
        Err(ready) => vm.need_bytes(&ready)?,
    };
    let grown = source.is_some_and(|source| {
        text(source).is_none()
            && integer(source).is_none()
            && !vm.is_bytes_like(source)
            && source.get::<List>().is_none()
            && source.get::<Tuple>().is_none()
    });
    if grown && !vm.has_index(source.unwrap_or(this)) {
        // An iterator's bytes come one by one, and the room grows with them.
        return data.into_iter().try_for_each(|byte| array(this).change(vm, |bytes| bytes.push(byte)));
    }
    array(this).change(vm, |bytes| *bytes = data)
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let mut out = format!("{}(b", vm.type_name(this));
    push_bytes_of_array(&mut out, &array(this).to_vec());
    out.push(')');
    Ok(vm.str(&out))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    match (vm.bytes_like(a), vm.bytes_like(b)) {
        (Some(a), Some(b)) => Ok(vm.bool(op.holds(a.cmp(&b)))),
        _ => Ok(vm.not_implemented()),
    }
}

/// The place that an index means.
fn place(vm: &Vm, this: &Obj, key: &Obj) -> PyResult<usize> {
    if !vm.has_index(key) {
        return Err(vm.type_error(format!("bytearray indices must be integers or slices, not {}", vm.type_name(key))));
    }
    let index = vm.sequence_index(key)?;
    let len = array(this).len();
    let at = if index < 0 { index + len as isize } else { index };
    usize::try_from(at).ok().filter(|&at| at < len).ok_or_else(|| vm.index_error("bytearray index out of range"))
}

fn subscript(vm: &Vm, this: &Obj, key: &Obj) -> PyResult {
    if let Some(slice) = key.get::<super::slice::Slice>() {
        let (start, stop, step) = vm.slice_unpack(slice)?;
        let data = array(this).to_vec();
        let places = super::sequence::adjust(data.len(), start, stop, step);
        return Ok(vm.bytearray(places.iter().map(|i| data[i]).collect()));
    }
    let at = place(vm, this, key)?;
    Ok(vm.int(array(this).get(at).unwrap_or(0).into()))
}

fn ass_subscript(vm: &Vm, this: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(slice) = key.get::<super::slice::Slice>() else {
        let at = place(vm, this, key)?;
        return match value {
            Some(value) => {
                let byte = vm.byte(value)?;
                array(this).set(at, byte);
                Ok(())
            }
            None => array(this).change(vm, |data| {
                data.remove(at);
            }),
        };
    };
    let (start, stop, step) = vm.slice_unpack(slice)?;
    let new = match value {
        None => Vec::new(),
        Some(value) if integer(value).is_some() || text(value).is_some() => {
            return Err(vm.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
        }
        Some(value) => vm.collect_bytes(value, "bytearray")?,
    };
    let places = super::sequence::adjust(array(this).len(), start, stop, step);
    if places.step == 1 {
        let start = places.start as usize;
        return array(this).change(vm, |data| drop(data.splice(start..start + places.count, new)));
    }
    if value.is_none() || new.is_empty() {
        let gone: Vec<usize> = places.iter().collect();
        return array(this).change(vm, |data| {
            let mut at = 0;
            data.retain(|_| {
                at += 1;
                !gone.contains(&(at - 1))
            });
        });
    }
    if new.len() != places.count {
        return Err(vm.value_error(format!("attempt to assign bytes of size {} to extended slice of size {}", new.len(), places.count)));
    }
    places.iter().zip(new).for_each(|(at, byte)| array(this).set(at, byte));
    Ok(())
}

fn concat(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (Some(x), Some(y)) = (vm.bytes_like(a), vm.bytes_like(b)) else {
        return Err(vm.type_error(format!("can't concat {} to {}", vm.type_name(b), vm.type_name(a))));
    };
    Ok(vm.bytearray([x, y].concat()))
}

fn in_place_concat(vm: &Vm, this: &Obj, other: &Obj) -> PyResult {
    let Some(more) = vm.bytes_like(other) else {
        return Err(vm.type_error(format!("can't concat {} to {}", vm.type_name(other), vm.type_name(this))));
    };
    array(this).change(vm, |data| data.extend(more))?;
    Ok(this.clone())
}

fn repeated(vm: &Vm, this: &Obj, n: isize) -> PyResult<Vec<u8>> {
    let data = array(this).to_vec();
    let n = usize::try_from(n).unwrap_or(0);
    vm.check_text_size(data.len() as u128 * n as u128)?;
    Ok(data.repeat(n))
}

pub(super) fn alloc(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.uint(array(this).room.get() as u64))
}

pub(super) fn sizeof(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.uint(56 + array(this).room.get() as u64))
}

/// The class, how to make it again, and the instance's attributes.
fn reduced(vm: &Vm, this: &Obj, arguments: Vec<Obj>) -> PyResult {
    let state = vm.call_method(this, "__getstate__", &[])?;
    Ok(vm.tuple(vec![vm.class_of(this), vm.tuple(arguments), state]))
}

pub(super) fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let text = crate::text::wtf8::collect(array(this).to_vec().into_iter().map(u32::from));
    reduced(vm, this, vec![vm.str_from_bytes(&text), vm.str("latin-1")])
}

pub(super) fn reduce_ex(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "__reduce_ex__", 0, 1)?;
    let protocol = args.first().map_or(Ok(0), |protocol| vm.index_c_int(protocol))?;
    if protocol < 3 {
        return reduce(vm, this, Args::NONE);
    }
    let data = array(this).to_vec();
    reduced(vm, this, if data.is_empty() { vec![] } else { vec![vm.bytes(&data)] })
}

pub(super) fn append(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let byte = vm.byte(&args.pos()[0])?;
    array(this).change(vm, |data| data.push(byte))?;
    Ok(vm.none())
}

pub(super) fn clear(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    array(this).change(vm, Vec::clear)?;
    Ok(vm.none())
}

pub(super) fn extend(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let source = &args.pos()[0];
    if text(source).is_some() {
        return Err(vm.type_error(format!("expected iterable of integers; got: '{}'", vm.type_name(source))));
    }
    let more = match vm.bytes_like(source) {
        Some(data) => data,
        None => {
            let iterator = match vm.iter(source) {
                Err(raised) if raised.is(vm, &vm.types.type_error) => {
                    return Err(vm.type_error(format!("can't extend bytearray with {}", vm.type_name(source))));
                }
                other => other?,
            };
            // The hint is asked for, as in CPython, so that its error shows.
            let mut more = Vec::with_capacity(vm.length_hint(source, 32)?.min(1 << 16));
            while let Some(item) = vm.next(&iterator)? {
                more.push(vm.byte(&item)?);
            }
            more
        }
    };
    array(this).change(vm, |data| data.extend(more))?;
    Ok(vm.none())
}

pub(super) fn insert(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "insert", 2, 2)?;
    let at = vm.index_isize(&args[0])?;
    let byte = vm.byte(&args[1])?;
    let len = array(this).len() as isize;
    let at = if at < 0 { (at + len).max(0) } else { at.min(len) } as usize;
    array(this).change(vm, |data| data.insert(at, byte))?;
    Ok(vm.none())
}

pub(super) fn pop(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "pop", 0, 1)?;
    let at = args.first().map_or(Ok(-1), |at| vm.index_isize(at))?;
    let len = array(this).len();
    if len == 0 {
        return Err(vm.index_error("pop from empty bytearray"));
    }
    let at = if at < 0 { at + len as isize } else { at };
    let Some(at) = usize::try_from(at).ok().filter(|&at| at < len) else { return Err(vm.index_error("pop index out of range")) };
    let byte = array(this).change(vm, |data| data.remove(at))?;
    Ok(vm.int(byte.into()))
}

pub(super) fn remove(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let byte = vm.byte(&args.pos()[0])?;
    match array(this).to_vec().iter().position(|&b| b == byte) {
        Some(at) => {
            array(this).change(vm, |data| {
                data.remove(at);
            })?;
            Ok(vm.none())
        }
        None => Err(vm.value_error("value not found in bytearray")),
    }
}

pub(super) fn resize(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let size = vm.index_isize(&args.pos()[0])?;
    let Ok(size) = usize::try_from(size) else { return Err(vm.value_error(format!("Can only resize to positive sizes, got {size}"))) };
    vm.check_text_size(size as u128)?;
    array(this).change(vm, |data| data.resize(size, 0))?;
    Ok(vm.none())
}

pub(super) fn reverse(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    array(this).data.borrow_mut().reverse();
    Ok(vm.none())
}

impl Vm {
    /// A new `bytearray`.
    pub fn bytearray(&self, data: Vec<u8>) -> Obj {
        self.heap.alloc(ByteArray::new(data))
    }

    /// An integer that fits C's `int`.
    pub(crate) fn index_c_int(&self, obj: &Obj) -> PyResult<i32> {
        let index = self.index(obj)?;
        match integer(&index) {
            Some(Integer::Small(n)) => i32::try_from(n).map_err(|_| self.overflow_error("Python int too large to convert to C int")),
            _ => Err(self.overflow_error("Python int too large to convert to C int")),
        }
    }
}
