//! The methods that `bytes` and `bytearray` share (`Objects/bytes_methods.c`, `Objects/stringlib`). Long and flat.
//!
//! A result is of the class that the method was called on, without its subclasses.

use std::borrow::Cow;

use heap::{Bytes, Kind, List, Obj, Tuple};

use super::bytearray::ByteArray;
use super::leaf::{integer, text};
use super::str_methods::{MAX_PREALLOC, bounds, limit};
use crate::text::search::{self, Unit};
use crate::text::wtf8;
use crate::{Args, Convention, Method, PyResult, Signature, Vm};

use Convention::{Keywords, NoArgs, One, Positional};

const FIND: &str = "($self, sub[, start[, end]], /)";
const PAD: &str = "($self, width, fillchar=b' ', /)";
const STRIP: &str = "($self, bytes=None, /)";
const SPLIT: &str = "($self, /, sep=None, maxsplit=-1)";
const PLAIN: &str = "($self, /)";

macro_rules! shared {
    ($($extra:expr,)*) => {
        &[
            $($extra,)*
            Method::new("capitalize", |vm, this, _| Ok(like(vm, this, &capitalize(&data(this)))), NoArgs).signature(PLAIN),
            Method::new("center", |vm, this, args| pad(vm, this, args, "center"), Positional).signature(PAD),
            Method::new("count", count, Positional).signature(FIND),
            Method::new("decode", decode, Keywords).signature("($self, /, encoding='utf-8', errors='strict')"),
            Method::new("endswith", |vm, this, args| affix(vm, this, args, "endswith"), Positional).signature("($self, suffix[, start[, end]], /)"),
            Method::new("expandtabs", expandtabs, Keywords).signature("($self, /, tabsize=8)"),
            Method::new("find", |vm, this, args| Ok(vm.int(find(vm, this, args, "find", false)?.map_or(-1, |at| at as i64))), Positional).signature(FIND),
            Method::class("fromhex", fromhex, One).signature("($type, string, /)"),
            Method::new("hex", |vm, this, args| hex(vm, &data(this), args), Keywords).signature("($self, /, sep=<unrepresentable>, bytes_per_sep=1)"),
            Method::new("index", |vm, this, args| index(vm, this, args, "index", false), Positional).signature(FIND),
            Method::new("isalnum", |vm, this, _| all(vm, this, u8::is_ascii_alphanumeric), NoArgs).signature(PLAIN),
            Method::new("isalpha", |vm, this, _| all(vm, this, u8::is_ascii_alphabetic), NoArgs).signature(PLAIN),
            Method::new("isascii", |vm, this, _| Ok(vm.bool(data(this).is_ascii())), NoArgs).signature(PLAIN),
            Method::new("isdigit", |vm, this, _| all(vm, this, u8::is_ascii_digit), NoArgs).signature(PLAIN),
            Method::new("islower", |vm, this, _| Ok(vm.bool(is_case(&data(this), u8::is_ascii_lowercase, u8::is_ascii_uppercase))), NoArgs).signature(PLAIN),
            Method::new("isspace", |vm, this, _| all(vm, this, |b| is_space((*b).into())), NoArgs).signature(PLAIN),
            Method::new("istitle", |vm, this, _| Ok(vm.bool(is_title(&data(this)))), NoArgs).signature(PLAIN),
            Method::new("isupper", |vm, this, _| Ok(vm.bool(is_case(&data(this), u8::is_ascii_uppercase, u8::is_ascii_lowercase))), NoArgs).signature(PLAIN),
            Method::new("join", join, One).signature("($self, iterable_of_bytes, /)"),
            Method::new("ljust", |vm, this, args| pad(vm, this, args, "ljust"), Positional).signature(PAD),
            Method::new("lower", |vm, this, _| Ok(like(vm, this, &data(this).to_ascii_lowercase())), NoArgs).signature(PLAIN),
            Method::new("lstrip", |vm, this, args| strip(vm, this, args, "lstrip", true, false), Positional).signature(STRIP),
            Method::static_("maketrans", maketrans, Positional).signature("(frm, to, /)"),
            Method::new("partition", |vm, this, args| partition(vm, this, args, false), One).signature("($self, sep, /)"),
            Method::new("replace", replace, Positional).signature("($self, old, new, count=-1, /)"),
            Method::new("removeprefix", |vm, this, args| remove_affix(vm, this, args, true), One).signature("($self, prefix, /)"),
            Method::new("removesuffix", |vm, this, args| remove_affix(vm, this, args, false), One).signature("($self, suffix, /)"),
            Method::new("rfind", |vm, this, args| Ok(vm.int(find(vm, this, args, "rfind", true)?.map_or(-1, |at| at as i64))), Positional).signature(FIND),
            Method::new("rindex", |vm, this, args| index(vm, this, args, "rindex", true), Positional).signature(FIND),
            Method::new("rjust", |vm, this, args| pad(vm, this, args, "rjust"), Positional).signature(PAD),
            Method::new("rpartition", |vm, this, args| partition(vm, this, args, true), One).signature("($self, sep, /)"),
            Method::new("rsplit", |vm, this, args| split(vm, this, args, "rsplit"), Keywords).signature(SPLIT),
            Method::new("rstrip", |vm, this, args| strip(vm, this, args, "rstrip", false, true), Positional).signature(STRIP),
            Method::new("split", |vm, this, args| split(vm, this, args, "split"), Keywords).signature(SPLIT),
            Method::new("splitlines", splitlines, Keywords).signature("($self, /, keepends=False)"),
            Method::new("startswith", |vm, this, args| affix(vm, this, args, "startswith"), Positional).signature("($self, prefix[, start[, end]], /)"),
            Method::new("strip", |vm, this, args| strip(vm, this, args, "strip", true, true), Positional).signature(STRIP),
            Method::new("swapcase", |vm, this, _| Ok(like(vm, this, &swapcase(&data(this)))), NoArgs).signature(PLAIN),
            Method::new("title", |vm, this, _| Ok(like(vm, this, &title(&data(this)))), NoArgs).signature(PLAIN),
            Method::new("translate", translate, Keywords).signature("($self, table, /, delete=b'')"),
            Method::new("upper", |vm, this, _| Ok(like(vm, this, &data(this).to_ascii_uppercase())), NoArgs).signature(PLAIN),
            Method::new("zfill", zfill, One).signature("($self, width, /)"),
        ]
    };
}

/// The methods of `bytes`.
pub(super) const BYTES_METHODS: &[Method] = shared![
    Method::new("__getnewargs__", |vm, this, _| Ok(vm.tuple(vec![vm.bytes(&data(this))])), NoArgs).signature(PLAIN),
    Method::new("__bytes__", |vm, this, _| Ok(unchanged(vm, this)), NoArgs).signature(PLAIN),
];

/// The methods of `bytearray`.
pub(super) const BYTEARRAY_METHODS: &[Method] = shared![
    Method::new("__alloc__", super::bytearray::alloc, NoArgs).signature(PLAIN),
    Method::new("__reduce__", super::bytearray::reduce, NoArgs).signature(PLAIN),
    Method::new("__reduce_ex__", super::bytearray::reduce_ex, Positional).signature("($self, proto=0, /)"),
    Method::new("__sizeof__", super::bytearray::sizeof, NoArgs).signature(PLAIN),
    Method::new("append", super::bytearray::append, One).signature("($self, item, /)"),
    Method::new("clear", super::bytearray::clear, NoArgs).signature(PLAIN),
    Method::new("copy", |vm, this, _| Ok(vm.bytearray(data(this).into_owned())), NoArgs).signature(PLAIN),
    Method::new("extend", super::bytearray::extend, One).signature("($self, iterable_of_ints, /)"),
    Method::new("insert", super::bytearray::insert, Positional).signature("($self, index, item, /)"),
    Method::new("pop", super::bytearray::pop, Positional).signature("($self, index=-1, /)"),
    Method::new("remove", super::bytearray::remove, One).signature("($self, value, /)"),
    Method::new("resize", super::bytearray::resize, One).signature("($self, size, /)"),
    Method::new("reverse", super::bytearray::reverse, NoArgs).signature(PLAIN),
];

/// The bytes: lent by a `bytes`, copied from a `bytearray`, which may change under the method's feet.
fn data(obj: &Obj) -> Cow<'_, [u8]> {
    match obj.get::<Bytes>() {
        Some(bytes) => Cow::Borrowed(bytes.as_bytes()),
        None => Cow::Owned(obj.get::<ByteArray>().map(ByteArray::to_vec).unwrap_or_default()),
    }
}

/// A result of the same builtin class.
fn like(vm: &Vm, this: &Obj, data: &[u8]) -> Obj {
    if this.get::<Bytes>().is_some() { vm.bytes(data) } else { vm.bytearray(data.to_vec()) }
}

/// The same object if it is a plain `bytes`; a copy otherwise.
fn unchanged(vm: &Vm, this: &Obj) -> Obj {
    if this.kind() == Kind::BYTES { this.clone() } else { like(vm, this, &data(this)) }
}

fn part(vm: &Vm, this: &Obj, part: &[u8]) -> Obj {
    if this.kind() == Kind::BYTES && part.len() == data(this).len() { this.clone() } else { like(vm, this, part) }
}

fn is_space(cp: u32) -> bool {
    matches!(cp, 9..=13 | 32)
}

fn all(vm: &Vm, this: &Obj, wanted: impl Fn(&u8) -> bool) -> PyResult {
    let data = data(this);
    Ok(vm.bool(!data.is_empty() && data.iter().all(wanted)))
}

fn is_case(data: &[u8], wanted: fn(&u8) -> bool, other: fn(&u8) -> bool) -> bool {
    data.iter().any(wanted) && !data.iter().any(other)
}

fn is_title(data: &[u8]) -> bool {
    let (mut cased, mut previous) = (false, false);
    for b in data {
        if b.is_ascii_uppercase() && previous || b.is_ascii_lowercase() && !previous {
            return false;
        }
        previous = b.is_ascii_alphabetic();
        cased |= previous;
    }
    cased
}

fn capitalize(data: &[u8]) -> Vec<u8> {
    data.iter().enumerate().map(|(i, b)| if i == 0 { b.to_ascii_uppercase() } else { b.to_ascii_lowercase() }).collect()
}

fn swapcase(data: &[u8]) -> Vec<u8> {
    data.iter().map(|b| if b.is_ascii_lowercase() { b.to_ascii_uppercase() } else { b.to_ascii_lowercase() }).collect()
}

fn title(data: &[u8]) -> Vec<u8> {
    let mut inside = false;
    let one = |b: &u8| {
        let out = if inside { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
        inside = b.is_ascii_alphabetic();
        out
    };
    data.iter().map(one).collect()
}

/// What a search looks for: bytes, or one byte as an integer.
fn needle(vm: &Vm, obj: &Obj) -> PyResult<Vec<u8>> {
    if let Some(data) = vm.bytes_like(obj) {
        return Ok(data);
    }
    if integer(obj).is_some() || vm.has_index(obj) {
        return Ok(vec![vm.byte(obj)?]);
    }
    Err(vm.type_error(format!("argument should be integer or bytes-like object, not '{}'", vm.type_name(obj))))
}

fn find(vm: &Vm, this: &Obj, args: Args<'_>, name: &str, reverse: bool) -> PyResult<Option<usize>> {
    let args = args.check(vm, name, 1, 3)?;
    let needle = needle(vm, &args[0])?;
    let range = bounds(vm, args, data(this).len())?;
    let data = data(this);
    let Some((start, end)) = range else { return Ok(None) };
    let hay = &data[start.min(data.len())..end.min(data.len())];
    let found = if reverse { search::rfind(hay, &needle) } else { search::find(hay, &needle) };
    Ok(found.map(|at| start + at))
}

fn index(vm: &Vm, this: &Obj, args: Args<'_>, name: &str, reverse: bool) -> PyResult {
    match find(vm, this, args, name, reverse)? {
        Some(at) => Ok(vm.int(at as i64)),
        None => Err(vm.value_error("subsection not found")),
    }
}

fn count(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "count", 1, 3)?;
    let needle = needle(vm, &args[0])?;
    let data = data(this);
    let Some((start, end)) = bounds(vm, args, data.len())? else { return Ok(vm.int(0)) };
    Ok(vm.int(search::count(&data[start..end], &needle, Unit::Byte) as i64))
}

fn affix(vm: &Vm, this: &Obj, args: Args<'_>, name: &str) -> PyResult {
    let args = args.check(vm, name, 1, 3)?;
    let data = data(this);
    let range = bounds(vm, args, data.len())?;
    let matches = |affix: &[u8]| {
        range.is_some_and(
            |(start, end)| if name == "startswith" { data[start..end].starts_with(affix) } else { data[start..end].ends_with(affix) },
        )
    };
    if let Some(tuple) = args[0].get::<Tuple>() {
        for item in tuple.items() {
            if matches(&vm.need_bytes(item)?) {
                return Ok(vm.bool(true));
            }
        }
        return Ok(vm.bool(false));
    }
    match vm.bytes_like(&args[0]) {
        Some(affix) => Ok(vm.bool(matches(&affix))),
        None => Err(vm.type_error(format!("{name} first arg must be bytes or a tuple of bytes, not {}", vm.type_name(&args[0])))),
    }
}

fn remove_affix(vm: &Vm, this: &Obj, args: Args<'_>, front: bool) -> PyResult {
    let affix = vm.need_bytes(&args.pos()[0])?;
    let data = data(this);
    let rest = if front { data.strip_prefix(&affix[..]) } else { data.strip_suffix(&affix[..]) };
    Ok(part(vm, this, rest.unwrap_or(&data)))
}

fn split(vm: &Vm, this: &Obj, args: Args<'_>, name: &'static str) -> PyResult {
    let signature = Signature { name, params: &["sep", "maxsplit"], positional_only: 0, positional: 2, required: 0 };
    let [separator, most] = args.bind(vm, &signature)?;
    let most = limit(vm, most)?;
    let separator = separator.filter(|separator| !separator.is(&vm.consts.none)).map(|separator| vm.need_bytes(separator)).transpose()?;
    let data = data(this);
    let parts = match (&separator, name) {
        (Some(separator), _) if separator.is_empty() => return Err(vm.value_error("empty separator")),
        (Some(separator), "split") => search::split(&data, separator, most),
        (Some(separator), _) => search::rsplit(&data, separator, most),
        (None, "split") => search::split_space(&data, Unit::Byte, most, &is_space),
        (None, _) => search::rsplit_space(&data, Unit::Byte, most, &is_space),
    };
    let made = vm.list(Vec::new());
    if let Some(list) = made.get::<List>() {
        list.reserve_exact(most.min(MAX_PREALLOC - 1) + 1);
        parts.into_iter().for_each(|piece| list.push(part(vm, this, piece)));
    }
    Ok(made)
}

fn splitlines(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "splitlines", params: &["keepends"], positional_only: 0, positional: 1, required: 0 };
    let [keep] = args.bind(vm, &SIGNATURE)?;
    let keep = keep.map_or(Ok(false), |keep| vm.is_true(keep))?;
    Ok(vm.list(search::lines(&data(this), Unit::Byte, keep).into_iter().map(|line| part(vm, this, line)).collect()))
}

fn partition(vm: &Vm, this: &Obj, args: Args<'_>, reverse: bool) -> PyResult {
    let separator = &args.pos()[0];
    let needle = vm.need_bytes(separator)?;
    if needle.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let data = data(this);
    let found = if reverse { search::rfind(&data, &needle) } else { search::find(&data, &needle) };
    let middle = || if this.get::<Bytes>().is_some() { separator.clone() } else { like(vm, this, &needle) };
    Ok(vm.tuple(match found {
        Some(at) => vec![like(vm, this, &data[..at]), middle(), like(vm, this, &data[at + needle.len()..])],
        None if reverse => vec![like(vm, this, b""), like(vm, this, b""), unchanged(vm, this)],
        None => vec![unchanged(vm, this), like(vm, this, b""), like(vm, this, b"")],
    }))
}

fn join(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    // The separator keeps its size while its items come; up to 3.10 it did not.
    let array = super::bytes::buffer(this).filter(|_| vm.version > compile::Version::V3_10);
    array.inspect(|array| array.export(true));
    let items = vm.sequence_items(&args.pos()[0], "can only join an iterable");
    array.inspect(|array| array.export(false));
    let items = items?;
    if let ([one], true) = (items.as_slice(), this.get::<Bytes>().is_some())
        && one.kind() == Kind::BYTES
    {
        return Ok(one.clone());
    }
    let separator = data(this);
    let mut out = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let Some(bytes) = vm.bytes_like(item) else {
            return Err(vm.type_error(format!("sequence item {i}: expected a bytes-like object, {} found", vm.type_name(item))));
        };
        if i > 0 {
            out.extend_from_slice(&separator);
        }
        out.extend_from_slice(&bytes);
    }
    Ok(like(vm, this, &out))
}

fn replace(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "replace", 2, 3)?;
    let (old, new) = (vm.need_bytes(&args[0])?, vm.need_bytes(&args[1])?);
    let most = limit(vm, args.get(2))?;
    Ok(match search::replace(&data(this), &old, &new, most, Unit::Byte) {
        Some(out) => like(vm, this, &out),
        None => unchanged(vm, this),
    })
}

fn strip(vm: &Vm, this: &Obj, args: Args<'_>, name: &str, front: bool, back: bool) -> PyResult {
    let args = args.check(vm, name, 0, 1)?;
    let chars = args.first().filter(|chars| !chars.is(&vm.consts.none)).map(|chars| vm.need_bytes(chars)).transpose()?;
    let data = data(this);
    let rest = match &chars {
        Some(chars) => search::strip(&data, Unit::Byte, front, back, &|cp| chars.contains(&(cp as u8))),
        None => search::strip(&data, Unit::Byte, front, back, &is_space),
    };
    Ok(part(vm, this, rest))
}

fn pad(vm: &Vm, this: &Obj, args: Args<'_>, name: &str) -> PyResult {
    let args = args.check(vm, name, 1, 2)?;
    let width = usize::try_from(vm.index_isize(&args[0])?).unwrap_or(0);
    let fill = match args.get(1) {
        None => b' ',
        Some(fill) if vm.is_bytes(fill) => match vm.bytes_like(fill).unwrap_or_default()[..] {
            [b] => b,
            ref more => {
                let what = if fill.get::<Bytes>().is_some() { "bytes" } else { "bytearray" };
                return Err(vm.type_error(format!(
                    "{name}(): argument 2 must be a byte string of length 1, not a {what} object of length {}",
                    more.len()
                )));
            }
        },
        Some(fill) => {
            return Err(vm.type_error(format!("{name}() argument 2 must be a byte string of length 1, not {}", vm.type_name(fill))));
        }
    };
    let data = data(this);
    if width <= data.len() {
        return Ok(unchanged(vm, this));
    }
    vm.check_text_size(width as u128)?;
    let left = match name {
        "ljust" => 0,
        "rjust" => width - data.len(),
        _ => search::center_left(data.len(), width),
    };
    Ok(like(vm, this, &[&vec![fill; left], &data[..], &vec![fill; width - data.len() - left]].concat()))
}

fn zfill(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let width = usize::try_from(vm.index_isize(&args.pos()[0])?).unwrap_or(0);
    let data = data(this);
    if width <= data.len() {
        return Ok(unchanged(vm, this));
    }
    vm.check_text_size(width as u128)?;
    Ok(like(vm, this, &search::zfill(&data, width - data.len())))
}

fn expandtabs(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "expandtabs", params: &["tabsize"], positional_only: 0, positional: 1, required: 0 };
    let [size] = args.bind(vm, &SIGNATURE)?;
    let size = usize::try_from(size.map_or(Ok(8), |size| vm.index_c_int(size))?).unwrap_or(0);
    let data = data(this);
    vm.check_text_size(data.iter().filter(|b| **b == b'\t').count() as u128 * size as u128)?;
    Ok(like(vm, this, &search::expand_tabs(&data, size, Unit::Byte)))
}

fn translate(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "translate", params: &["", "delete"], positional_only: 1, positional: 2, required: 1 };
    let [table, delete] = args.bind(vm, &SIGNATURE)?;
    let table = table.filter(|table| !table.is(&vm.consts.none)).map(|table| vm.need_bytes(table)).transpose()?;
    if table.as_ref().is_some_and(|table| table.len() != 256) {
        return Err(vm.value_error("translation table must be 256 characters long"));
    }
    let delete = delete.map_or(Ok(Vec::new()), |delete| vm.need_bytes(delete))?;
    let data = data(this);
    let out: Vec<u8> = data.iter().filter(|b| !delete.contains(b)).map(|&b| table.as_ref().map_or(b, |table| table[b as usize])).collect();
    Ok(if out == *data { unchanged(vm, this) } else { like(vm, this, &out) })
}

fn maketrans(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "maketrans", 2, 2)?;
    let (from, to) = (vm.need_bytes(&args[0])?, vm.need_bytes(&args[1])?);
    if from.len() != to.len() {
        return Err(vm.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    from.iter().zip(&to).for_each(|(&from, &to)| table[from as usize] = to);
    Ok(vm.bytes(&table))
}

fn decode(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { name: "decode", params: &["encoding", "errors"], positional_only: 0, positional: 2, required: 0 };
    let [encoding, errors] = args.bind(vm, &SIGNATURE)?;
    for (obj, name) in [(encoding, "encoding"), (errors, "errors")] {
        if let Some(obj) = obj.filter(|obj| text(obj).is_none()) {
            return Err(vm.type_error(format!("decode() argument '{name}' must be str, not {}", vm.type_name(obj))));
        }
    }
    vm.decode(&data(this), encoding, errors)
}

/// `data.hex(sep, bytes_per_sep)` (`_Py_strhex_with_sep`).
pub(crate) fn hex(vm: &Vm, data: &[u8], args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { name: "hex", params: &["sep", "bytes_per_sep"], positional_only: 0, positional: 2, required: 0 };
    let [separator, group] = args.bind(vm, &SIGNATURE)?;
    let group = group.map_or(Ok(1), |group| vm.index_c_int(group))?;
    let separator = match separator {
        None => None,
        Some(obj) => {
            if vm.len(obj)? != 1 {
                return Err(vm.value_error("sep must be length 1."));
            }
            let byte = match (text(obj), vm.bytes_like(obj)) {
                (Some(text), _) => text.first().copied(),
                (_, Some(data)) => data.first().copied(),
                _ => return Err(vm.type_error("sep must be str or bytes.")),
            };
            Some(byte.filter(u8::is_ascii).ok_or_else(|| vm.value_error("sep must be ASCII."))? as char)
        }
    };
    let mut out = String::with_capacity(data.len() * 2);
    let size = group.unsigned_abs() as usize;
    for (i, b) in data.iter().enumerate() {
        // A positive size counts groups from the right.
        let place = if group >= 0 { data.len() - i } else { i };
        if let Some(separator) = separator.filter(|_| i > 0 && size > 0 && place % size == 0) {
            out.push(separator);
        }
        out.push_str(&format!("{b:02x}"));
    }
    Ok(vm.str(&out))
}

fn fromhex(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let source = &args.pos()[0];
    let digits = match (text(source), vm.bytes_like(source)) {
        (Some(text), _) => wtf8::code_points(text).map(|cp| u8::try_from(cp).unwrap_or(255)).collect(),
        (_, Some(data)) => data,
        _ => return Err(vm.type_error(format!("fromhex() argument must be str or bytes-like, not {}", vm.type_name(source)))),
    };
    let value = |at: usize| digits.get(at).and_then(|&b| (b as char).to_digit(16));
    let wrong = |at: usize| vm.value_error(format!("non-hexadecimal number found in fromhex() arg at position {at}"));
    let mut out = Vec::with_capacity(digits.len() / 2);
    let mut at = 0;
    while at < digits.len() {
        if is_space(digits[at].into()) {
            at += 1;
            continue;
        }
        let high = value(at).ok_or_else(|| wrong(at))?;
        if at + 1 >= digits.len() {
            return Err(vm.value_error("fromhex() arg must contain an even number of hexadecimal digits"));
        }
        let low = value(at + 1).ok_or_else(|| wrong(at + 1))?;
        out.push((high << 4 | low) as u8);
        at += 2;
    }
    if class.is(&vm.types.bytes) {
        return Ok(vm.bytes(&out));
    }
    if class.is(&vm.types.bytearray) {
        return Ok(vm.bytearray(out));
    }
    let plain = if vm.subclass_of(class, &vm.types.bytes) { vm.bytes(&out) } else { vm.bytearray(out) };
    vm.call(class, &[plain])
}
