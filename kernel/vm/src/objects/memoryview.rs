//! `memoryview`: a look at another object's bytes, without a copy; of one dimension (`Objects/memoryobject.c`).
//!
//! While a view is not released, a `bytearray` that it looks at keeps its size.

use std::cell::Cell;

use heap::{Bytes, Kind, Obj, Payload, Slot, Trash, Visit};

use super::bytes::buffer;
use super::leaf::{float, integer, text};
use crate::class::{ClassSpec, Slots, flags};
use crate::modules::{float_to_half, half_to_float};
use crate::text::integer::Integer;
use crate::{Args, Compare, Convention, GetSet, Method, PyResult, Raised, Signature, Vm, kinds};

/// What views of the same bytes share: the object that has them. It exports its bytes once, until the last view lets go.
pub struct ManagedBuffer {
    /// The `bytes` or `bytearray`; empty once all views are released.
    source: Slot,
    /// How many views are not released.
    exports: Cell<usize>,
}

impl Payload for ManagedBuffer {
    const KIND: Kind = kinds::MANAGED_BUFFER;
    fn traverse(&self, visit: Visit<'_>) {
        if let Some(source) = self.source.get() {
            visit(&source);
        }
    }
    fn clear(&self, trash: &mut Trash<'_>) {
        self.let_go();
        trash.take(&self.source);
    }
    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

impl ManagedBuffer {
    /// The source may change its size again.
    fn let_go(&self) {
        if let Some(array) = self.source.get().as_ref().and_then(buffer) {
            array.export(false);
        }
    }
}

/// `managedbuffer`, which Python code meets only as a referent.
pub static MANAGED_BUFFER: ClassSpec = ClassSpec {
    name: "managedbuffer",
    base: None,
    kind: kinds::MANAGED_BUFFER,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |_| {},
    methods: &[],
    getset: &[],
    basicsize: 112,
    itemsize: 0,
    doc: "",
};

/// The payload of a `memoryview`.
pub struct MemoryView {
    /// The [`ManagedBuffer`]; empty once released.
    buffer: Slot,
    /// The byte of the first item, and how far it is from one to the next.
    start: usize,
    stride: isize,
    /// How many items.
    len: usize,
    format: u8,
    readonly: bool,
    /// How many are at work on the bytes just now, while other code may run: the view is not released meanwhile.
    uses: Cell<usize>,
    /// The hash, once computed.
    hash: Cell<Option<i64>>,
}

impl Payload for MemoryView {
    const KIND: Kind = kinds::MEMORY_VIEW;
    fn traverse(&self, visit: Visit<'_>) {
        if let Some(buffer) = self.buffer.get() {
            visit(&buffer);
        }
    }
    fn clear(&self, trash: &mut Trash<'_>) {
        drop(self.source_given_up());
        trash.take(&self.buffer);
    }
    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

impl MemoryView {
    /// The object that has the bytes, unless the view is released.
    fn source(&self) -> Option<Obj> {
        self.buffer.get()?.get::<ManagedBuffer>()?.source.get()
    }

    /// One view less; the source comes back when that was the last.
    fn source_given_up(&self) -> Option<Obj> {
        let held = self.buffer.get()?;
        let buffer = held.get::<ManagedBuffer>()?;
        buffer.exports.set(buffer.exports.get().saturating_sub(1));
        if buffer.exports.get() > 0 {
            return None;
        }
        buffer.let_go();
        buffer.source.take()
    }

    fn item_size(&self) -> usize {
        size_of_format(self.format).unwrap_or(1)
    }

    /// The bytes of all items in order; nothing if the view is released.
    pub(crate) fn to_vec(&self) -> Option<Vec<u8>> {
        let source = self.source()?;
        let size = self.item_size();
        let all = match source.get::<Bytes>() {
            Some(bytes) => bytes.as_bytes().to_vec(),
            None => buffer(&source)?.to_vec(),
        };
        if self.stride == size as isize {
            return Some(all.get(self.start..self.start + self.len * size).unwrap_or_default().to_vec());
        }
        Some((0..self.len).flat_map(|i| all.get(self.place(i)..self.place(i) + size).unwrap_or_default().to_vec()).collect())
    }

    /// Lets `change` write to the bytes, if the view allows it and has them in a row.
    pub(crate) fn with_writable<R>(&self, vm: &Vm, change: impl FnOnce(&mut [u8]) -> R) -> PyResult<Option<R>> {
        let Some(source) = self.source().filter(|_| !self.readonly && self.stride == self.item_size() as isize) else {
            return Ok(None);
        };
        let (start, end) = (self.start, self.start + self.len * self.item_size());
        buffer(&source).map(|array| array.change(vm, |data| change(&mut data[start..end]))).transpose()
    }

    fn place(&self, item: usize) -> usize {
        (self.start as isize + item as isize * self.stride) as usize
    }
}

fn size_of_format(format: u8) -> Option<usize> {
    Some(match format {
        b'B' | b'b' | b'c' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' | b'u' | b'w' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    })
}

/// `memoryview`.
pub static MEMORYVIEW: ClassSpec = ClassSpec {
    name: "memoryview",
    base: None,
    kind: kinds::MEMORY_VIEW,
    flags: flags::HAVE_GC | flags::SEQUENCE,
    slots,
    methods: &[
        Method::new("release", release, Convention::NoArgs).signature("($self, /)"),
        Method::new("tobytes", tobytes, Convention::Keywords).signature("($self, /, order='C')"),
        Method::new(
            "hex",
            |vm, this, args| in_use(view(vm, this)?, || super::bytes_methods::hex(vm, &bytes(vm, this)?, args)),
            Convention::Keywords,
        )
        .signature("($self, /, sep=<unrepresentable>, bytes_per_sep=1)"),
        Method::new("tolist", |vm, this, _| Ok(vm.list(items(vm, this)?)), Convention::NoArgs).signature("($self, /)"),
        Method::new("cast", cast, Convention::Keywords).signature("($self, /, format, shape=<unrepresentable>)"),
        Method::new("toreadonly", toreadonly, Convention::NoArgs).signature("($self, /)"),
        Method::new("count", count, Convention::One).signature("($self, value, /)"),
        Method::new("index", index, Convention::Positional).signature("($self, value, start=0, stop=sys.maxsize, /)"),
        Method::new("__enter__", |vm, this, _| view(vm, this).map(|_| this.clone()), Convention::NoArgs).signature("($self, /)"),
        Method::new("__exit__", release, Convention::Positional).signature("($self, /, *exc_info)").varargs(),
        Method::class("__class_getitem__", super::sequence::class_getitem, Convention::One).signature("($type, object, /)"),
    ],
    getset: &[
        GetSet::new("obj", |vm, this| Ok(view(vm, this)?.source().unwrap_or_else(|| vm.none()))),
        GetSet::new("nbytes", |vm, this| view(vm, this).map(|view| vm.uint((view.len * view.item_size()) as u64))),
        GetSet::new("readonly", |vm, this| view(vm, this).map(|view| vm.bool(view.readonly))),
        GetSet::new("itemsize", |vm, this| view(vm, this).map(|view| vm.uint(view.item_size() as u64))),
        GetSet::new("format", |vm, this| view(vm, this).map(|view| vm.str(&char::from(view.format).to_string()))),
        GetSet::new("ndim", |vm, this| view(vm, this).map(|_| vm.int(1))),
        GetSet::new("shape", |vm, this| view(vm, this).map(|view| vm.tuple(vec![vm.uint(view.len as u64)]))),
        GetSet::new("strides", |vm, this| view(vm, this).map(|view| vm.tuple(vec![vm.int(view.stride as i64)]))),
        GetSet::new("suboffsets", |vm, this| view(vm, this).map(|_| vm.consts.empty_tuple.clone())),
        GetSet::new("c_contiguous", contiguous),
        GetSet::new("f_contiguous", contiguous),
        GetSet::new("contiguous", contiguous),
    ],
    basicsize: 144,
    itemsize: 8,
    doc: "memoryview(object)\n--\n\n",
};

fn slots(s: &Slots) {
    s.new.set(Some(new));
    s.repr.set(Some(|vm, this| {
        let released = view(vm, this).is_err();
        Ok(vm.str(&format!("<{}memory at {:#x}>", if released { "released " } else { "" }, this.id())))
    }));
    s.hash.set(Some(hash));
    s.richcompare.set(Some(compare));
    s.iter.set(Some(|vm, this| {
        let len = view(vm, this)?.len;
        Ok(vm.memory_iterator(this, len))
    }));
    s.len.set(Some(|vm, this| view(vm, this).map(|view| view.len)));
    s.subscript.set(Some(subscript));
    s.ass_subscript.set(Some(ass_subscript));
}

/// The payload, unless the view is released.
fn view<'a>(vm: &Vm, this: &'a Obj) -> PyResult<&'a MemoryView> {
    let view = this.get::<MemoryView>().expect("a memoryview's method is called on a memoryview");
    if view.source().is_none() { Err(vm.value_error("operation forbidden on released memoryview object")) } else { Ok(view) }
}

/// Does `work`, which may run other code, while the view cannot be released.
fn in_use<R>(view: &MemoryView, work: impl FnOnce() -> R) -> R {
    view.uses.set(view.uses.get() + 1);
    let done = work();
    view.uses.set(view.uses.get() - 1);
    done
}

fn bytes(vm: &Vm, this: &Obj) -> PyResult<Vec<u8>> {
    Ok(view(vm, this)?.to_vec().unwrap_or_default())
}

fn contiguous(vm: &Vm, this: &Obj) -> PyResult {
    view(vm, this).map(|view| vm.bool(view.len <= 1 || view.stride == view.item_size() as isize))
}

/// Another view of the same bytes.
fn derive(vm: &Vm, of: &MemoryView, start: usize, stride: isize, len: usize, format: u8, readonly: bool) -> Obj {
    let buffer = of.buffer.get();
    if let Some(buffer) = buffer.as_ref().and_then(|buffer| buffer.get::<ManagedBuffer>()) {
        buffer.exports.set(buffer.exports.get() + 1);
    }
    vm.heap
        .alloc(MemoryView { buffer: buffer.into(), start, stride, len, format, readonly, uses: Cell::new(0), hash: Cell::new(None) })
        .tracked()
}

fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "memoryview", params: &["object"], positional_only: 0, positional: 1, required: 1 };
    let [object] = args.bind(vm, &SIGNATURE)?;
    vm.memoryview(object.unwrap_or(&vm.consts.none))
}

impl Vm {
    /// `memoryview(obj)`.
    pub fn memoryview(&self, obj: &Obj) -> PyResult {
        if obj.get::<MemoryView>().is_some() {
            let of = view(self, obj)?;
            return Ok(derive(self, of, of.start, of.stride, of.len, of.format, of.readonly));
        }
        let (len, readonly) = if let Some(bytes) = obj.get::<Bytes>() {
            (bytes.as_bytes().len(), true)
        } else if let Some(array) = buffer(obj) {
            array.export(true);
            (array.len(), false)
        } else {
            return Err(self.type_error(format!("memoryview: a bytes-like object is required, not '{}'", self.type_name(obj))));
        };
        let array = obj.get::<crate::modules::array::Array>();
        let (format, size) = array.map_or((b'B', 1), |array| (array.format(), array.item_size()));
        let (len, stride) = (len / size, size as isize);
        let buffer = self.heap.alloc(ManagedBuffer { source: obj.clone().into(), exports: Cell::new(1) }).tracked();
        let made = MemoryView { buffer: buffer.into(), start: 0, stride, len, format, readonly, uses: Cell::new(0), hash: Cell::new(None) };
        Ok(self.heap.alloc(made).tracked())
    }
}

fn release(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    if let Ok(view) = view(vm, this) {
        let uses = view.uses.get();
        if uses > 0 {
            let plural = if uses == 1 { "" } else { "s" };
            return Err(vm.buffer_error(format!("memoryview has {uses} exported buffer{plural}")));
        }
        drop(view.source_given_up());
        drop(view.buffer.take());
    }
    Ok(vm.none())
}

fn tobytes(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "tobytes", params: &["order"], positional_only: 0, positional: 1, required: 0 };
    let [order] = args.bind(vm, &SIGNATURE)?;
    match order.and_then(text) {
        None | Some(b"C" | b"F" | b"A") => Ok(vm.bytes(&bytes(vm, this)?)),
        Some(_) => Err(vm.value_error("order must be 'C', 'F' or 'A'")),
    }
}

/// One item as a Python value.
fn unpack(vm: &Vm, format: u8, raw: &[u8]) -> Obj {
    let mut wide = [0u8; 8];
    wide[..raw.len()].copy_from_slice(raw);
    let unsigned = u64::from_le_bytes(wide);
    let shift = 64 - 8 * raw.len() as u32;
    let signed = (unsigned << shift) as i64 >> shift;
    match format {
        b'c' => vm.bytes(raw),
        b'?' => vm.bool(unsigned != 0),
        b'e' => vm.float(half_to_float(unsigned as u16)),
        b'f' => vm.float(f32::from_bits(unsigned as u32).into()),
        b'd' => vm.float(f64::from_bits(unsigned)),
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => vm.int(signed),
        _ => vm.uint(unsigned),
    }
}

/// A Python value as the bytes of one item.
fn pack(vm: &Vm, format: u8, value: &Obj) -> PyResult<Vec<u8>> {
    let shown = char::from(format);
    let wrong_type = || vm.type_error(format!("memoryview: invalid type for format '{shown}'"));
    let wrong_value = || vm.value_error(format!("memoryview: invalid value for format '{shown}'"));
    let size = size_of_format(format).unwrap_or(1);
    match format {
        b'c' => match value.get::<Bytes>().map(Bytes::as_bytes) {
            Some([b]) => Ok(vec![*b]),
            Some(_) => Err(wrong_value()),
            None => Err(wrong_type()),
        },
        b'?' => Ok(vec![vm.is_true(value)?.into()]),
        b'e' | b'f' | b'd' => {
            let number = float(value).map_or_else(|| vm.as_float(value).map_err(|_| wrong_type()), Ok)?;
            if format == b'e' {
                let too_large = || vm.overflow_error("float too large to pack with e format");
                return float_to_half(number).map(|half| half.to_le_bytes().to_vec()).ok_or_else(too_large);
            }
            Ok(if format == b'f' { (number as f32).to_le_bytes().to_vec() } else { number.to_le_bytes().to_vec() })
        }
        _ => {
            if !vm.has_index(value) {
                return Err(wrong_type());
            }
            let index = vm.index(value)?;
            let number = match integer(&index) {
                Some(Integer::Small(n)) => i128::from(n),
                Some(Integer::Big(n)) => i128::try_from(n).map_err(|_| wrong_value())?,
                None => return Err(wrong_type()),
            };
            let bits = 8 * size as u32;
            let range = if format.is_ascii_lowercase() { -(1i128 << (bits - 1))..1 << (bits - 1) } else { 0..1 << bits };
            if !range.contains(&number) {
                return Err(wrong_value());
            }
            Ok(number.to_le_bytes()[..size].to_vec())
        }
    }
}

fn items(vm: &Vm, this: &Obj) -> PyResult<Vec<Obj>> {
    let view = view(vm, this)?;
    let all = bytes(vm, this)?;
    Ok(all.chunks_exact(view.item_size()).map(|raw| unpack(vm, view.format, raw)).collect())
}

/// The item at a place, counted from the view's first.
pub(super) fn item(vm: &Vm, this: &Obj, index: usize) -> PyResult {
    let of = view(vm, this)?;
    let (at, size) = (of.place(index), of.item_size());
    let raw = of.source().and_then(|source| match source.get::<Bytes>() {
        Some(bytes) => bytes.as_bytes().get(at..at + size).map(<[u8]>::to_vec),
        None => buffer(&source).and_then(|data| (at..at + size).map(|i| data.get(i)).collect()),
    });
    raw.map(|raw| unpack(vm, of.format, &raw)).ok_or_else(|| vm.index_error("index out of bounds on dimension 1"))
}

/// The number of the item that an index means.
fn place(vm: &Vm, view: &MemoryView, key: &Obj) -> PyResult<usize> {
    let index = vm.sequence_index(key)?;
    let at = if index < 0 { index + view.len as isize } else { index };
    usize::try_from(at).ok().filter(|&at| at < view.len).ok_or_else(|| vm.index_error("index out of bounds on dimension 1"))
}

/// A key that is a tuple of one index is that index; nothing if the key is no tuple of indices.
fn single_key(vm: &Vm, key: &Obj) -> PyResult<Option<Obj>> {
    let Some(items) = key.get::<heap::Tuple>().map(heap::Tuple::items) else { return Ok(None) };
    match items {
        [] => Err(vm.not_implemented_error("sub-views are not implemented")),
        [index] if vm.has_index(index) => Ok(Some(index.clone())),
        more if more.iter().all(|index| vm.has_index(index)) => {
            Err(vm.type_error(format!("cannot index 1-dimension view with {}-element tuple", more.len())))
        }
        slices if slices.iter().all(|part| part.get::<super::slice::Slice>().is_some()) => {
            Err(vm.not_implemented_error("multi-dimensional slicing is not implemented"))
        }
        _ => Ok(None),
    }
}

fn bad_key(vm: &Vm) -> Raised {
    vm.type_error("memoryview: invalid slice key")
}

fn subscript(vm: &Vm, this: &Obj, key: &Obj) -> PyResult {
    let of = view(vm, this)?;
    if let Some(slice) = key.get::<super::slice::Slice>() {
        let (start, stop, step) = vm.slice_unpack(slice)?;
        let of = view(vm, this)?;
        let places = super::sequence::adjust(of.len, start, stop, step);
        let first = if places.count == 0 { of.start } else { of.place(places.start as usize) };
        return Ok(derive(vm, of, first, of.stride * places.step, places.count, of.format, of.readonly));
    }
    let single = single_key(vm, key)?;
    let key = single.as_ref().unwrap_or(key);
    if !vm.has_index(key) {
        return Err(bad_key(vm));
    }
    let at = place(vm, of, key)?;
    item(vm, this, at)
}

fn store(view: &MemoryView, at: usize, raw: &[u8]) {
    if let Some(source) = view.source()
        && let Some(array) = buffer(&source)
    {
        raw.iter().enumerate().for_each(|(i, &b)| array.set(view.place(at) + i, b));
    }
}

fn ass_subscript(vm: &Vm, this: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let of = view(vm, this)?;
    if of.readonly {
        return Err(vm.type_error("cannot modify read-only memory"));
    }
    let Some(value) = value else { return Err(vm.type_error("cannot delete memory")) };
    if key.get::<super::slice::Slice>().is_some() {
        let target = subscript(vm, this, key)?;
        let not_bytes = || vm.type_error(format!("a bytes-like object is required, not '{}'", vm.type_name(value)));
        let source = vm.memoryview(value).map_err(|_| not_bytes())?;
        let (to, from) = (view(vm, &target)?, view(vm, &source)?);
        if to.len != from.len || to.format != from.format {
            return Err(vm.value_error("memoryview assignment: lvalue and rvalue have different structures"));
        }
        let all = bytes(vm, &source)?;
        all.chunks_exact(to.item_size()).enumerate().for_each(|(i, raw)| store(to, i, raw));
        return Ok(());
    }
    let single = single_key(vm, key)?;
    let key = single.as_ref().unwrap_or(key);
    if !vm.has_index(key) {
        return Err(bad_key(vm));
    }
    let at = place(vm, of, key)?;
    let raw = pack(vm, of.format, value)?;
    store(view(vm, this)?, at, &raw);
    Ok(())
}

fn cast(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "cast", params: &["format", "shape"], positional_only: 0, positional: 2, required: 1 };
    let [format, shape] = args.bind(vm, &SIGNATURE)?;
    let of = view(vm, this)?;
    let format = format.unwrap_or(&vm.consts.none);
    let Some(name) = text(format) else {
        return Err(vm.type_error(format!("cast() argument 'format' must be str, not {}", vm.type_name(format))));
    };
    let code = match name {
        [code] | [b'@', code] => *code,
        _ => 0,
    };
    let Some(size) = size_of_format(code) else {
        return Err(vm.value_error("memoryview: destination format must be a native single character format prefixed with an optional '@'"));
    };
    if of.stride != of.item_size() as isize {
        return Err(vm.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    let is_byte = |code: u8| matches!(code, b'B' | b'b' | b'c');
    if !is_byte(of.format) && !is_byte(code) {
        return Err(vm.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let total = of.len * of.item_size();
    if total % size != 0 {
        return Err(vm.type_error("memoryview: length is not a multiple of itemsize"));
    }
    if let Some(shape) = shape {
        let shape = vm.to_vec(shape)?;
        let product = shape.iter().map(|n| vm.index_isize(n)).try_fold(1, |product, n| n.map(|n| product * n as i128))?;
        if product != (total / size) as i128 {
            return Err(vm.type_error("memoryview: product(shape) * itemsize != buffer size"));
        }
        if shape.len() != 1 {
            return Err(vm.not_implemented_error("memoryview: views of several dimensions are not implemented"));
        }
    }
    Ok(derive(vm, of, of.start, size as isize, total / size, code, of.readonly))
}

fn toreadonly(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let of = view(vm, this)?;
    Ok(derive(vm, of, of.start, of.stride, of.len, of.format, true))
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
    let all = items(vm, this)?;
    let start = vm.search_bound(args.get(1), 0, all.len())?;
    let stop = vm.search_bound(args.get(2), isize::MAX, all.len())?;
    for (i, item) in all.iter().enumerate().take(stop).skip(start) {
        if vm.eq(item, &args[0])? {
            return Ok(vm.int(i as i64));
        }
    }
    Err(vm.value_error("memoryview.index(x): x not found"))
}

fn hash(vm: &Vm, this: &Obj) -> PyResult<i64> {
    if let Some(hash) = this.get::<MemoryView>().and_then(|view| view.hash.get()) {
        return Ok(hash);
    }
    let of = view(vm, this)?;
    if !of.readonly {
        return Err(vm.value_error("cannot hash writable memoryview object"));
    }
    if !matches!(of.format, b'B' | b'b' | b'c') {
        return Err(vm.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    // The object itself must have a hash, too.
    if let Some(source) = of.source() {
        in_use(of, || vm.hash(&source))?;
    }
    let hash = heap::hash::hash_bytes(&bytes(vm, this)?);
    of.hash.set(Some(hash));
    Ok(hash)
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if !matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(vm.not_implemented());
    }
    let equal = if a.is(b) && view(vm, a).is_err() {
        true
    } else {
        let other = match b.get::<MemoryView>() {
            Some(_) => b.clone(),
            // Whatever has bytes is looked at in its own format.
            None => match vm.memoryview(b) {
                Ok(other) => other,
                Err(_) => return Ok(vm.not_implemented()),
            },
        };
        match (view(vm, a), view(vm, &other)) {
            // Equal numbers may differ in their bytes, and equal bytes need not be equal numbers.
            (Ok(x), Ok(y)) if x.format == y.format && !matches!(x.format, b'?' | b'e' | b'f' | b'd') => bytes(vm, a)? == bytes(vm, &other)?,
            (Ok(_), Ok(_)) => {
                let (x, y) = (items(vm, a)?, items(vm, &other)?);
                let mut equal = x.len() == y.len();
                for (x, y) in x.iter().zip(&y) {
                    equal = equal && vm.eq(x, y)?;
                }
                equal
            }
            _ => false,
        }
    };
    Ok(vm.bool(equal == (op == Compare::Eq)))
}
