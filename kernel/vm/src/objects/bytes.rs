//! `bytes`: making one, comparing, indexing, joining; its class (`Objects/bytesobject.c`). The methods are in `bytes_methods.rs`.

use heap::{Bytes, Kind, List, Obj, Tuple};

use super::bytearray::ByteArray;
use super::bytes_methods::BYTES_METHODS;
use super::leaf::{integer, is_exact, plain, text};
use super::memoryview::MemoryView;
use crate::class::{ClassSpec, Slots, flags};
use crate::text::integer::Integer;
use crate::text::{repr, search};
use crate::{Args, Compare, Operator, PyResult, Raised, Signature, Vm};

/// `bytes`.
pub static BYTES: ClassSpec = ClassSpec {
    name: "bytes",
    base: None,
    kind: Kind::BYTES,
    flags: flags::BASE_TYPE | flags::BYTES_SUBCLASS | flags::MATCH_SELF,
    slots,
    methods: BYTES_METHODS,
    getset: &[],
    basicsize: 33,
    itemsize: 1,
    doc: "",
};

fn slots(s: &Slots) {
    s.new.set(Some(new));
    s.repr.set(Some(|vm, obj| Ok(vm.str(&repr::of_bytes(data(obj))))));
    s.str.set(Some(|vm, obj| Ok(vm.str(&repr::of_bytes(data(obj))))));
    s.hash.set(Some(|_, obj| Ok(obj.get::<Bytes>().map_or(0, Bytes::hash_value))));
    s.richcompare.set(Some(compare));
    s.iter.set(Some(super::text_iterator::iter_bytes));
    s.len.set(Some(|_, obj| Ok(data(obj).len())));
    s.subscript.set(Some(subscript));
    s.contains.set(Some(|vm, this, item| contains(vm, data(this), item)));
    s.concat.set(Some(concat));
    s.repeat.set(Some(repeat));
    s.binary[Operator::Remainder as usize].set(Some(|vm, a, b| match a.get::<Bytes>() {
        Some(format) => super::percent::format_bytes(vm, format.as_bytes(), b).map(|out| vm.bytes(&out)),
        None => Ok(vm.not_implemented()),
    }));
}

/// The bytes of an object that can change, which a view keeps at their size: a `bytearray`'s or an `array`'s.
pub(crate) fn buffer(obj: &Obj) -> Option<&ByteArray> {
    obj.get::<ByteArray>().or_else(|| obj.get::<crate::modules::array::Array>().map(|array| &array.data))
}

/// The bytes of a `bytes`.
pub(crate) fn data(obj: &Obj) -> &[u8] {
    obj.get::<Bytes>().expect("a method of bytes is called on bytes").as_bytes()
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { name: "bytes", params: &["source", "encoding", "errors"], positional_only: 0, positional: 3, required: 0 };
    let [source, encoding, errors] = args.bind(vm, &SIGNATURE)?;
    let value = match source {
        Some(source) if encoding.is_none() && errors.is_none() && source.kind() == Kind::BYTES => source.clone(),
        _ => match made(vm, "bytes", source, encoding, errors)? {
            Ok(data) => vm.bytes(&data),
            Err(ready) => ready,
        },
    };
    if class.is(&vm.types.bytes) { Ok(value) } else { Ok(vm.leaf_instance(class, plain(&value))) }
}

/// What `bytes(...)` and `bytearray(...)` hold; what `__bytes__` gave comes as it is.
pub(crate) fn made(
    vm: &Vm,
    name: &str,
    source: Option<&Obj>,
    encoding: Option<&Obj>,
    errors: Option<&Obj>,
) -> PyResult<Result<Vec<u8>, Obj>> {
    for (obj, which) in [(encoding, "encoding"), (errors, "errors")] {
        if let Some(obj) = obj.filter(|obj| text(obj).is_none()) {
            return Err(vm.type_error(format!("{name}() argument '{which}' must be str, not {}", vm.type_name(obj))));
        }
    }
    let text_source = source.filter(|source| text(source).is_some());
    if encoding.is_some() || errors.is_some() {
        let Some(source) = text_source else {
            return Err(vm.type_error(format!("{} without a string argument", if encoding.is_some() { "encoding" } else { "errors" })));
        };
        if encoding.is_none() {
            return Err(vm.type_error("string argument without an encoding"));
        }
        let encoded = vm.encode(source, encoding, errors)?;
        return Ok(Ok(data(&encoded).to_vec()));
    }
    let Some(source) = source else { return Ok(Ok(Vec::new())) };
    if name == "bytes"
        && let Some(method) = vm
            .lookup_special(source, "__bytes__")
            .map(|method| method.filter(|_| !(is_exact(source) && source.get::<Bytes>().is_some())))?
    {
        let ready = vm.call(&method, &[])?;
        if ready.get::<Bytes>().is_none() {
            return Err(vm.type_error(format!("__bytes__ returned non-bytes (type {})", vm.type_name(&ready))));
        }
        return Ok(Err(ready));
    }
    if text_source.is_some() {
        return Err(vm.type_error("string argument without an encoding"));
    }
    if integer(source).is_some() || (vm.has_index(source) && vm.bytes_like(source).is_none()) {
        let count = match vm.index_isize(source) {
            Err(raised) if raised.is(vm, &vm.types.type_error) && integer(source).is_none() => None,
            other => Some(other?),
        };
        if let Some(count) = count {
            let Ok(count) = usize::try_from(count) else { return Err(vm.value_error("negative count")) };
            vm.check_text_size(count as u128)?;
            return Ok(Ok(vec![0; count]));
        }
    }
    vm.collect_bytes(source, name).map(Ok)
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    match (a.get::<Bytes>(), b.get::<Bytes>()) {
        (Some(a), Some(b)) => Ok(vm.bool(op.holds(a.as_bytes().cmp(b.as_bytes())))),
        _ => Ok(vm.not_implemented()),
    }
}

fn subscript(vm: &Vm, this: &Obj, key: &Obj) -> PyResult {
    let data = data(this);
    if let Some(slice) = key.get::<super::slice::Slice>() {
        let (start, stop, step) = vm.slice_unpack(slice)?;
        let places = super::sequence::adjust(data.len(), start, stop, step);
        if places.step == 1 && places.count == data.len() && is_exact(this) {
            return Ok(this.clone());
        }
        return Ok(vm.bytes(&places.iter().map(|i| data[i]).collect::<Vec<_>>()));
    }
    if !vm.has_index(key) {
        return Err(vm.type_error(format!("byte indices must be integers or slices, not {}", vm.type_name(key))));
    }
    let index = vm.sequence_index(key)?;
    let at = if index < 0 { index + data.len() as isize } else { index };
    match usize::try_from(at).ok().and_then(|at| data.get(at)) {
        Some(&b) => Ok(vm.int(b.into())),
        None => Err(vm.index_error("index out of range")),
    }
}

/// `item in data`: a byte, or bytes.
pub(crate) fn contains(vm: &Vm, data: &[u8], item: &Obj) -> PyResult<bool> {
    if integer(item).is_some() || (vm.has_index(item) && vm.bytes_like(item).is_none()) {
        return Ok(data.contains(&vm.byte(item)?));
    }
    let needle = vm.need_bytes(item)?;
    Ok(search::find(data, &needle).is_some())
}

fn concat(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (Some(x), Some(y)) = (vm.bytes_like(a), vm.bytes_like(b)) else {
        return Err(vm.type_error(format!("can't concat {} to {}", vm.type_name(b), vm.type_name(a))));
    };
    if x.is_empty() && b.kind() == Kind::BYTES {
        return Ok(b.clone());
    }
    if y.is_empty() && a.kind() == Kind::BYTES {
        return Ok(a.clone());
    }
    vm.check_text_size(x.len() as u128 + y.len() as u128)?;
    Ok(vm.bytes(&[x, y].concat()))
}

fn repeat(vm: &Vm, this: &Obj, n: isize) -> PyResult {
    let data = data(this);
    if n == 1 && is_exact(this) {
        return Ok(this.clone());
    }
    let n = usize::try_from(n).unwrap_or(0);
    if data.len() as u128 * n as u128 > isize::MAX as u128 {
        return Err(vm.overflow_error("repeated bytes are too long"));
    }
    vm.check_text_size(data.len() as u128 * n as u128)?;
    Ok(vm.bytes(&data.repeat(n)))
}

impl Vm {
    /// The bytes of an object that has a buffer of bytes; a copy.
    pub fn bytes_like(&self, obj: &Obj) -> Option<Vec<u8>> {
        if let Some(bytes) = obj.get::<Bytes>() {
            return Some(bytes.as_bytes().to_vec());
        }
        if let Some(array) = buffer(obj) {
            return Some(array.to_vec());
        }
        obj.get::<MemoryView>().and_then(|view| view.to_vec())
    }

    /// Lets `look` see the bytes of an object that has a buffer, where they are; a view's that are not in a row are copied.
    ///
    /// `look` must not run Python code, which might change the bytes.
    pub(crate) fn with_bytes<R>(&self, obj: &Obj, look: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
        if let Some(bytes) = obj.get::<Bytes>() {
            return Ok(look(bytes.as_bytes()));
        }
        match buffer(obj) {
            Some(array) => Ok(array.with(look)),
            None => self.need_bytes(obj).map(|bytes| look(&bytes)),
        }
    }

    /// Lets `change` write to the bytes of an object that can be written to; nothing of any other object.
    pub(crate) fn with_writable<R>(&self, obj: &Obj, change: impl FnOnce(&mut [u8]) -> R) -> PyResult<Option<R>> {
        if let Some(view) = obj.get::<MemoryView>() {
            return view.with_writable(self, change);
        }
        buffer(obj).map(|array| array.change(self, |data| change(data))).transpose()
    }

    /// Whether the object has a buffer of bytes.
    pub(crate) fn is_bytes_like(&self, obj: &Obj) -> bool {
        self.is_bytes(obj) || buffer(obj).is_some() || obj.get::<MemoryView>().is_some()
    }

    /// Whether the object is a `bytes` or a `bytearray`.
    pub(crate) fn is_bytes(&self, obj: &Obj) -> bool {
        obj.get::<Bytes>().is_some() || obj.get::<ByteArray>().is_some()
    }

    /// The bytes of an object, or CPython's TypeError.
    pub fn need_bytes(&self, obj: &Obj) -> PyResult<Vec<u8>> {
        self.bytes_like(obj).ok_or_else(|| self.type_error(format!("a bytes-like object is required, not '{}'", self.type_name(obj))))
    }

    fn byte_range(&self) -> Raised {
        self.value_error("byte must be in range(0, 256)")
    }

    /// One byte from an integer (`_getbytevalue`).
    pub(crate) fn byte(&self, obj: &Obj) -> PyResult<u8> {
        let index = self.index(obj)?;
        match integer(&index) {
            Some(Integer::Small(n @ 0..256)) => Ok(n as u8),
            _ => Err(self.byte_range()),
        }
    }

    /// The bytes of a buffer, or of an iterable of integers; `name` is the class that is made.
    pub(crate) fn collect_bytes(&self, source: &Obj, name: &str) -> PyResult<Vec<u8>> {
        if let Some(data) = self.bytes_like(source) {
            return Ok(data);
        }
        let mut out = Vec::new();
        let mut each = |item: Obj| {
            let index = self.index(&item)?;
            match integer(&index) {
                Some(Integer::Small(n @ 0..256)) => out.push(n as u8),
                _ if name == "bytes" => return Err(self.value_error("bytes must be in range(0, 256)")),
                _ => return Err(self.byte_range()),
            }
            Ok(())
        };
        if let Some(list) = source.get::<List>() {
            // An item's `__index__` may change the list.
            let mut i = 0;
            while let Some(item) = list.get(i) {
                each(item)?;
                i += 1;
            }
            return Ok(out);
        }
        if let Some(tuple) = source.get::<Tuple>() {
            tuple.items().iter().cloned().try_for_each(each)?;
            return Ok(out);
        }
        if text(source).is_some() {
            return Err(self.type_error(format!("cannot convert '{}' object to {name}", self.type_name(source))));
        }
        let iterator = match self.iter(source) {
            Err(raised) if raised.is(self, &self.types.type_error) => {
                drop(raised);
                return Err(self.type_error(format!("cannot convert '{}' object to {name}", self.type_name(source))));
            }
            other => other?,
        };
        while let Some(item) = self.next(&iterator)? {
            each(item)?;
        }
        Ok(out)
    }

    /// `bytes(obj)` as C code asks for it (`PyObject_Bytes`).
    pub(crate) fn to_bytes_object(&self, obj: &Obj) -> PyResult {
        if obj.kind() == Kind::BYTES {
            return Ok(obj.clone());
        }
        if let Some(method) = self.lookup_special(obj, "__bytes__")? {
            let made = self.call(&method, &[])?;
            if made.get::<Bytes>().is_none() {
                return Err(self.type_error(format!("__bytes__ returned non-bytes (type {})", self.type_name(&made))));
            }
            return Ok(made);
        }
        self.collect_bytes(obj, "bytes").map(|data| self.bytes(&data))
    }
}
