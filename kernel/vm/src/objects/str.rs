//! `str`: making one, comparing, indexing, joining; its class (`Objects/unicodeobject.c`). The methods are in `str_methods.rs`.

use compile::Version;
use heap::{Kind, Obj, Str};

use super::leaf::{is_exact, plain, text, text_of};
use super::str_methods::METHODS;
use crate::class::{ClassSpec, Slots, flags};
use crate::text::{repr, search, wtf8};
use crate::{Args, Compare, Operator, PyResult, Signature, Vm};

/// `str`.
pub static STR: ClassSpec = ClassSpec {
    name: "str",
    base: None,
    kind: Kind::STR,
    flags: flags::BASE_TYPE | flags::UNICODE_SUBCLASS | flags::MATCH_SELF,
    slots,
    methods: METHODS,
    getset: &[],
    basicsize: 64,
    itemsize: 0,
    doc: "",
};

fn slots(s: &Slots) {
    s.new.set(Some(new));
    s.repr.set(Some(|vm, obj| Ok(vm.str_from_bytes(&repr::of_str(text_of(obj))))));
    s.str.set(Some(|_, obj| Ok(plain(obj))));
    s.hash.set(Some(|_, obj| Ok(obj.get::<Str>().map_or(0, Str::hash_value))));
    s.richcompare.set(Some(compare));
    s.iter.set(Some(super::text_iterator::iter_str));
    s.len.set(Some(|_, obj| Ok(length(obj))));
    s.subscript.set(Some(subscript));
    s.contains.set(Some(contains));
    s.concat.set(Some(concat));
    s.repeat.set(Some(repeat));
    s.binary[Operator::Remainder as usize]
        .set(Some(|vm, a, b| if text(a).is_none() { Ok(vm.not_implemented()) } else { super::percent::format_str(vm, a, b) }));
}

/// How many code points.
#[inline]
pub(crate) fn length(obj: &Obj) -> usize {
    obj.get::<Str>().map_or(0, Str::chars)
}

/// Whether bytes are characters.
#[inline]
pub(crate) fn is_ascii(obj: &Obj) -> bool {
    obj.get::<Str>().is_some_and(Str::is_ascii)
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { name: "str", params: &["object", "encoding", "errors"], positional_only: 0, positional: 3, required: 0 };
    if args.pos().len() > 3 {
        return Err(vm.type_error(format!("str expected at most 3 arguments, got {}", args.pos().len())));
    }
    if args.all().len() > 3 {
        return Err(vm.type_error(format!("str() takes at most 3 arguments ({} given)", args.all().len())));
    }
    let [object, encoding, errors] = args.bind(vm, &SIGNATURE)?;
    let name = |obj: Option<&Obj>, which: &str| match obj {
        Some(obj) if text(obj).is_none() => Err(vm.type_error(format!("str() argument '{which}' must be str, not {}", vm.type_name(obj)))),
        other => Ok(other.cloned()),
    };
    let (encoding, errors) = (name(encoding, "encoding")?, name(errors, "errors")?);
    let value = match object {
        None => vm.consts.empty_str.clone(),
        Some(object) if encoding.is_none() && errors.is_none() => vm.str_of(object)?,
        Some(object) => {
            if text(object).is_some() {
                return Err(vm.type_error("decoding str is not supported"));
            }
            let Some(data) = vm.bytes_like(object) else {
                return Err(vm.type_error(format!("decoding to str: need a bytes-like object, {} found", vm.type_name(object))));
            };
            vm.decode(&data, encoding.as_ref(), errors.as_ref())?
        }
    };
    if class.is(&vm.types.str) { Ok(value) } else { Ok(vm.leaf_instance(class, plain(&value))) }
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    let (Some(x), Some(y)) = (text(a), text(b)) else { return Ok(vm.not_implemented()) };
    // The order of bytes is the order of code points.
    Ok(vm.bool(match op {
        Compare::Eq => x == y,
        Compare::Ne => x != y,
        _ => op.holds(x.cmp(y)),
    }))
}

fn subscript(vm: &Vm, this: &Obj, key: &Obj) -> PyResult {
    let len = length(this);
    if let Some(slice) = key.get::<super::slice::Slice>() {
        let (start, stop, step) = vm.slice_unpack(slice)?;
        let places = super::sequence::adjust(len, start, stop, step);
        if places.step == 1 && places.count == len && is_exact(this) {
            return Ok(this.clone());
        }
        if places.step == 1 {
            return Ok(vm.str_slice(this, places.start as usize, places.start as usize + places.count));
        }
        let bytes = text_of(this);
        let taken: Vec<u8> = if is_ascii(this) {
            places.iter().map(|i| bytes[i]).collect()
        } else {
            let pieces: Vec<&[u8]> = wtf8::pieces(bytes).collect();
            places.iter().flat_map(|i| pieces[i]).copied().collect()
        };
        return Ok(vm.str_from_bytes(&taken));
    }
    if key.plain_int().is_none() && !vm.has_index(key) {
        let given = if vm.version <= Version::V3_10 { String::new() } else { format!(", not '{}'", vm.type_name(key)) };
        return Err(vm.type_error(format!("string indices must be integers{given}")));
    }
    let index = vm.sequence_index(key)?;
    let at = if index < 0 { index + len as isize } else { index };
    if at < 0 || at as usize >= len {
        return Err(vm.index_error("string index out of range"));
    }
    Ok(vm.str_char(this, at as usize))
}

fn contains(vm: &Vm, this: &Obj, item: &Obj) -> PyResult<bool> {
    match text(item) {
        Some(item) => Ok(search::find(text_of(this), item).is_some()),
        None => Err(vm.type_error(format!("'in <string>' requires string as left operand, not {}", vm.type_name(item)))),
    }
}

fn concat(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let Some(y) = text(b) else {
        return Err(vm.type_error(format!("can only concatenate str (not \"{}\") to str", vm.type_name(b))));
    };
    let x = text_of(a);
    if x.is_empty() {
        return Ok(plain(b));
    }
    if y.is_empty() {
        return Ok(plain(a));
    }
    vm.check_text_size(x.len() as u128 + y.len() as u128)?;
    Ok(vm.heap.str_concat(a.clone(), b))
}

fn repeat(vm: &Vm, this: &Obj, n: isize) -> PyResult {
    let bytes = text_of(this);
    if n <= 0 || bytes.is_empty() {
        return Ok(vm.consts.empty_str.clone());
    }
    if n == 1 {
        return Ok(plain(this));
    }
    if (length(this) as u128) * n as u128 > isize::MAX as u128 {
        return Err(vm.overflow_error("repeated string is too long"));
    }
    vm.check_text_size(bytes.len() as u128 * n as u128)?;
    Ok(vm.str_from_bytes(&bytes.repeat(n as usize)))
}

impl Vm {
    /// Character number `index` of a text that has so many.
    pub(crate) fn str_char(&self, obj: &Obj, index: usize) -> Obj {
        let bytes = text_of(obj);
        if is_ascii(obj) {
            return self.consts.latin1[bytes[index] as usize].clone();
        }
        let at = wtf8::offset(bytes, index);
        self.str_from_bytes(&bytes[at..at + wtf8::width(bytes[at])])
    }

    /// Characters `start..end`, by number, of a text that has so many.
    pub(crate) fn str_slice(&self, obj: &Obj, start: usize, end: usize) -> Obj {
        let bytes = text_of(obj);
        if is_ascii(obj) { self.str_from_bytes(&bytes[start..end.max(start)]) } else { self.str_from_bytes(wtf8::slice(bytes, start, end)) }
    }

    /// Texts beyond 4 GiB are more than a heap takes.
    pub(crate) fn check_text_size(&self, bytes: u128) -> PyResult<()> {
        if bytes < 1 << 32 { Ok(()) } else { Err(self.no_memory()) }
    }

    /// `a += b` of two plain `str` objects, the first of which the caller gives up: it grows in place if nobody else holds it
    /// (`PyUnicode_Append`).
    pub(crate) fn str_append(&self, a: Obj, b: &Obj) -> PyResult {
        if text_of(&a).is_empty() {
            return Ok(b.clone());
        }
        if text_of(b).is_empty() {
            return Ok(a);
        }
        self.check_text_size(text_of(&a).len() as u128 + text_of(b).len() as u128)?;
        Ok(self.heap.str_concat(a, b))
    }

    /// The texts one after another, for f-strings (`_PyUnicode_JoinArray` with an empty separator).
    pub fn str_join_all(&self, parts: &[Obj]) -> PyResult {
        if let [one] = parts {
            return Ok(plain(one));
        }
        self.join_texts(None, parts)
    }

    /// `separator.join(items)`, without Python code.
    pub(crate) fn join_items(&self, separator: &Obj, items: &[Obj]) -> PyResult {
        if let [one] = items
            && one.kind() == Kind::STR
        {
            return Ok(one.clone());
        }
        if let Some((i, item)) = items.iter().enumerate().find(|(_, item)| text(item).is_none()) {
            return Err(self.type_error(format!("sequence item {i}: expected str instance, {} found", self.type_name(item))));
        }
        self.join_texts(separator.get::<Str>(), items)
    }

    /// The texts one after another, with a separator between them; the empty one and single Latin-1 characters are shared.
    pub(crate) fn join_texts(&self, separator: Option<&Str>, parts: &[Obj]) -> PyResult {
        let texts = parts.iter().filter_map(|part| part.get::<Str>());
        let between = separator.map_or(0, |separator| separator.as_bytes().len() as u128) * parts.len().saturating_sub(1) as u128;
        let size = texts.clone().map(|text| text.as_bytes().len() as u128).sum::<u128>() + between;
        self.check_text_size(size)?;
        if size < 3 {
            let bytes: Vec<&[u8]> = texts.map(Str::as_bytes).collect();
            return Ok(self.str_from_bytes(&bytes.join(separator.map_or(&[][..], Str::as_bytes))));
        }
        Ok(self.heap.str_join(separator, texts))
    }
}
