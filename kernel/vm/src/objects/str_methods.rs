//! The methods of `str` (`Objects/unicodeobject.c`). Long and flat: one function a method, after the table.

use compile::Version;
use heap::{Dict, List, Obj, Str, Tuple};

use super::leaf::{integer, is_exact, plain, text, text_of};
use super::str::{is_ascii, length};
use crate::text::integer::Integer;
use crate::text::search::{self, Unit};
use crate::text::spec::{Spec, unknown_code};
use crate::text::unicode;
use crate::text::wtf8::{self, code_points, push};
use crate::{Args, Convention, Method, PyResult, Signature, Vm};

use Convention::{Keywords, NoArgs, One, Positional};

const FIND: &str = "($self, sub[, start[, end]], /)";
const PAD: &str = "($self, width, fillchar=' ', /)";
const STRIP: &str = "($self, chars=None, /)";
const SPLIT: &str = "($self, /, sep=None, maxsplit=-1)";
const PLAIN: &str = "($self, /)";

/// The table.
pub(super) const METHODS: &[Method] = &[
    Method::new("encode", encode, Keywords).signature("($self, /, encoding='utf-8', errors='strict')"),
    Method::new("replace", replace, Keywords).signature("($self, old, new, /, count=-1)"),
    Method::new("split", |vm, this, args| split(vm, this, args, "split", false), Keywords).signature(SPLIT),
    Method::new("rsplit", |vm, this, args| split(vm, this, args, "rsplit", true), Keywords).signature(SPLIT),
    Method::new("join", join, One).signature("($self, iterable, /)"),
    Method::new("capitalize", |vm, this, _| Ok(vm.fresh_text(unicode::capitalize(text_of(this)))), NoArgs).signature(PLAIN),
    Method::new("casefold", |vm, this, _| Ok(vm.fresh_text(unicode::casefold(text_of(this)))), NoArgs).signature(PLAIN),
    Method::new("title", |vm, this, _| Ok(vm.fresh_text(unicode::title(text_of(this)))), NoArgs).signature(PLAIN),
    Method::new("center", |vm, this, args| pad(vm, this, args, "center"), Positional).signature(PAD),
    Method::new("count", count, Positional).signature(FIND),
    Method::new("expandtabs", expandtabs, Keywords).signature("($self, /, tabsize=8)"),
    Method::new("find", |vm, this, args| Ok(vm.int(find(vm, this, args, "find", false)?.map_or(-1, |at| at as i64))), Positional)
        .signature(FIND),
    Method::new("partition", |vm, this, args| partition(vm, this, args, false), One).signature("($self, sep, /)"),
    Method::new("index", |vm, this, args| index(vm, this, args, "index", false), Positional).signature(FIND),
    Method::new("ljust", |vm, this, args| pad(vm, this, args, "ljust"), Positional).signature(PAD),
    Method::new("lower", |vm, this, _| Ok(vm.fresh_text(unicode::lower(text_of(this)))), NoArgs).signature(PLAIN),
    Method::new("lstrip", |vm, this, args| strip(vm, this, args, "lstrip", true, false), Positional).signature(STRIP),
    Method::new("rfind", |vm, this, args| Ok(vm.int(find(vm, this, args, "rfind", true)?.map_or(-1, |at| at as i64))), Positional)
        .signature(FIND),
    Method::new("rindex", |vm, this, args| index(vm, this, args, "rindex", true), Positional).signature(FIND),
    Method::new("rjust", |vm, this, args| pad(vm, this, args, "rjust"), Positional).signature(PAD),
    Method::new("rstrip", |vm, this, args| strip(vm, this, args, "rstrip", false, true), Positional).signature(STRIP),
    Method::new("rpartition", |vm, this, args| partition(vm, this, args, true), One).signature("($self, sep, /)"),
    Method::new("splitlines", splitlines, Keywords).signature("($self, /, keepends=False)"),
    Method::new("strip", |vm, this, args| strip(vm, this, args, "strip", true, true), Positional).signature(STRIP),
    Method::new("swapcase", |vm, this, _| Ok(vm.fresh_text(unicode::swapcase(text_of(this)))), NoArgs).signature(PLAIN),
    Method::new("translate", translate, One).signature("($self, table, /)"),
    Method::new("upper", |vm, this, _| Ok(vm.fresh_text(unicode::upper(text_of(this)))), NoArgs).signature(PLAIN),
    Method::new("startswith", |vm, this, args| affix(vm, this, args, "startswith"), Positional)
        .signature("($self, prefix[, start[, end]], /)"),
    Method::new("endswith", |vm, this, args| affix(vm, this, args, "endswith"), Positional).signature("($self, suffix[, start[, end]], /)"),
    Method::new("removeprefix", |vm, this, args| remove_affix(vm, this, args, "removeprefix"), One).signature("($self, prefix, /)"),
    Method::new("removesuffix", |vm, this, args| remove_affix(vm, this, args, "removesuffix"), One).signature("($self, suffix, /)"),
    Method::new("isascii", |vm, this, _| Ok(vm.bool(is_ascii(this))), NoArgs).signature(PLAIN),
    Method::new("islower", |vm, this, _| Ok(vm.bool(unicode::is_all(text_of(this), false))), NoArgs).signature(PLAIN),
    Method::new("isupper", |vm, this, _| Ok(vm.bool(unicode::is_all(text_of(this), true))), NoArgs).signature(PLAIN),
    Method::new("istitle", |vm, this, _| Ok(vm.bool(unicode::is_titlecased(text_of(this)))), NoArgs).signature(PLAIN),
    Method::new("isspace", |vm, this, _| all(vm, this, unicode::is_space), NoArgs).signature(PLAIN),
    Method::new("isdecimal", |vm, this, _| all(vm, this, |cp| unicode::decimal(cp).is_some()), NoArgs).signature(PLAIN),
    Method::new("isdigit", |vm, this, _| all(vm, this, unicode::is_digit), NoArgs).signature(PLAIN),
    Method::new("isnumeric", |vm, this, _| all(vm, this, unicode::is_numeric), NoArgs).signature(PLAIN),
    Method::new("isalpha", |vm, this, _| all(vm, this, unicode::is_alpha), NoArgs).signature(PLAIN),
    Method::new(
        "isalnum",
        |vm, this, _| all(vm, this, |cp| unicode::is_alpha(cp) || unicode::is_digit(cp) || unicode::is_numeric(cp)),
        NoArgs,
    )
    .signature(PLAIN),
    Method::new("isidentifier", |vm, this, _| Ok(vm.bool(unicode::is_identifier(text_of(this)))), NoArgs).signature(PLAIN),
    Method::new("isprintable", |vm, this, _| Ok(vm.bool(code_points(text_of(this)).all(unicode::is_printable))), NoArgs).signature(PLAIN),
    Method::new("zfill", zfill, One).signature("($self, width, /)"),
    Method::new("format", super::str_format::format, Keywords).signature("($self, /, *args, **kwargs)").varargs(),
    Method::new("format_map", |vm, this, args| super::str_format::format_map(vm, this, &args.pos()[0]), One)
        .signature("($self, mapping, /)"),
    Method::new("__format__", format_spec, One).signature("($self, format_spec, /)"),
    Method::static_("maketrans", maketrans, Positional).signature("(x, y=<unrepresentable>, z=<unrepresentable>, /)"),
    Method::new("__sizeof__", sizeof, NoArgs).signature(PLAIN),
    Method::new("__getnewargs__", |vm, this, _| Ok(vm.tuple(vec![vm.fresh_str(text_of(this))])), NoArgs).signature(PLAIN),
];

fn all(vm: &Vm, this: &Obj, wanted: impl Fn(u32) -> bool) -> PyResult {
    let bytes = text_of(this);
    Ok(vm.bool(!bytes.is_empty() && code_points(bytes).all(wanted)))
}

/// The same object if it is a plain `str`, a plain copy otherwise (`unicode_result_unchanged`).
fn unchanged(this: &Obj) -> PyResult {
    Ok(plain(this))
}

/// A result that may be the whole text.
fn part(vm: &Vm, this: &Obj, part: &[u8]) -> PyResult {
    if part.len() == text_of(this).len() { unchanged(this) } else { Ok(vm.str_from_bytes(part)) }
}

/// The text of argument `position`.
fn argument<'a>(vm: &Vm, args: &'a [Obj], position: usize, function: &str) -> PyResult<&'a [u8]> {
    let which = format!(" {}", position + 1);
    text(&args[position])
        .ok_or_else(|| vm.type_error(format!("{function}() argument{which} must be str, not {}", vm.type_name(&args[position]))))
}

/// A bound of a search, an index or `None` (`_PyEval_SliceIndex`).
pub(super) fn bound(vm: &Vm, obj: Option<&Obj>, default: isize) -> PyResult<isize> {
    match obj {
        None => Ok(default),
        Some(obj) if obj.is(&vm.consts.none) => Ok(default),
        Some(obj) => vm.slice_index(obj),
    }
}

/// Start and end of a search within `len` units; nothing if the start is behind the end.
pub(super) fn bounds(vm: &Vm, args: &[Obj], len: usize) -> PyResult<Option<(usize, usize)>> {
    let (start, end) = (bound(vm, args.get(1), 0)?, bound(vm, args.get(2), isize::MAX)?);
    let n = len as isize;
    let end = if end > n {
        n
    } else if end < 0 {
        (end + n).max(0)
    } else {
        end
    };
    let start = if start < 0 { (start.saturating_add(n)).max(0) } else { start };
    Ok((start <= end).then_some((start as usize, end as usize)))
}

/// The part of a text that a search looks at, and the number of its first character.
fn searched<'a>(vm: &Vm, this: &'a Obj, args: &[Obj]) -> PyResult<Option<(&'a [u8], usize)>> {
    let Some((start, end)) = bounds(vm, args, length(this))? else { return Ok(None) };
    let bytes = text_of(this);
    Ok(Some((if is_ascii(this) { &bytes[start..end] } else { wtf8::slice(bytes, start, end) }, start)))
}

fn find(vm: &Vm, this: &Obj, args: Args<'_>, name: &str, reverse: bool) -> PyResult<Option<usize>> {
    let args = args.check(vm, name, 1, 3)?;
    let needle = argument(vm, args, 0, name)?;
    let Some((hay, start)) = searched(vm, this, args)? else { return Ok(None) };
    let found = if reverse { search::rfind(hay, needle) } else { search::find(hay, needle) };
    Ok(found.map(|at| start + Unit::CodePoint.count(&hay[..at])))
}

fn index(vm: &Vm, this: &Obj, args: Args<'_>, name: &str, reverse: bool) -> PyResult {
    match find(vm, this, args, name, reverse)? {
        Some(at) => Ok(vm.int(at as i64)),
        None => Err(vm.value_error("substring not found")),
    }
}

fn count(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "count", 1, 3)?;
    let needle = argument(vm, args, 0, "count")?;
    let Some((hay, _)) = searched(vm, this, args)? else { return Ok(vm.int(0)) };
    Ok(vm.int(search::count(hay, needle, Unit::CodePoint) as i64))
}

fn affix(vm: &Vm, this: &Obj, args: Args<'_>, name: &str) -> PyResult {
    let args = args.check(vm, name, 1, 3)?;
    let part = searched(vm, this, args)?;
    let matches =
        |affix: &[u8]| part.is_some_and(|(hay, _)| if name == "startswith" { hay.starts_with(affix) } else { hay.ends_with(affix) });
    if let Some(tuple) = args[0].get::<Tuple>() {
        for item in tuple.items() {
            let Some(affix) = text(item) else {
                return Err(vm.type_error(format!("tuple for {name} must only contain str, not {}", vm.type_name(item))));
            };
            if matches(affix) {
                return Ok(vm.bool(true));
            }
        }
        return Ok(vm.bool(false));
    }
    match text(&args[0]) {
        Some(affix) => Ok(vm.bool(matches(affix))),
        None => Err(vm.type_error(format!("{name} first arg must be str or a tuple of str, not {}", vm.type_name(&args[0])))),
    }
}

fn remove_affix(vm: &Vm, this: &Obj, args: Args<'_>, name: &str) -> PyResult {
    let Some(affix) = text(&args.pos()[0]) else {
        return Err(vm.type_error(format!("{name}() argument must be str, not {}", vm.type_name(&args.pos()[0]))));
    };
    let bytes = text_of(this);
    let rest = if name == "removeprefix" { bytes.strip_prefix(affix) } else { bytes.strip_suffix(affix) };
    part(vm, this, rest.unwrap_or(bytes))
}

/// A limit of cuts or replacements: negative is none.
pub(super) fn limit(vm: &Vm, obj: Option<&Obj>) -> PyResult<usize> {
    let n = obj.map_or(Ok(-1), |obj| vm.index_isize(obj))?;
    Ok(usize::try_from(n).unwrap_or(usize::MAX))
}

fn split(vm: &Vm, this: &Obj, args: Args<'_>, name: &'static str, reverse: bool) -> PyResult {
    let signature = Signature { name, params: &["sep", "maxsplit"], positional_only: 0, positional: 2, required: 0 };
    let [separator, most] = args.bind(vm, &signature)?;
    let most = limit(vm, most)?;
    let (bytes, chars) = (text_of(this), length(this));
    // How many items CPython makes room for.
    let room = |guess: usize| (if most == usize::MAX { guess } else { most }).min(MAX_PREALLOC - 1) + 1;
    match separator {
        Some(separator) if !separator.is(&vm.consts.none) => {
            let Some(needle) = separator.get::<Str>() else {
                return Err(vm.type_error(format!("must be str or None, not {}", vm.type_name(separator))));
            };
            let separator = needle.as_bytes();
            if separator.is_empty() {
                return Err(vm.value_error("empty separator"));
            }
            let too_wide = this.get::<Str>().is_some_and(|this| this.width() < needle.width());
            let room = if too_wide || chars < needle.chars() { 1 } else { room(chars / needle.chars() + 1) };
            if reverse {
                return list_of(vm, this, &search::rsplit(bytes, separator, most), room);
            }
            list_with(vm, this, room, |put| search::split_each(bytes, separator, most, put))
        }
        _ => {
            let split = if reverse { search::rsplit_space } else { search::split_space };
            list_of(vm, this, &split(bytes, Unit::CodePoint, most, &unicode::is_space), room(chars.saturating_sub(1) / 2 + 1))
        }
    }
}

/// How many items `split` makes room for at most.
pub(super) const MAX_PREALLOC: usize = 12;

/// The parts as a list, which has room for so many beforehand; a part that is the whole text is the text itself.
fn list_of(vm: &Vm, this: &Obj, parts: &[&[u8]], room: usize) -> PyResult {
    list_with(vm, this, room, |put| parts.iter().for_each(|part| put(part)))
}

/// As [`list_of`], for parts that are given one after another.
fn list_with(vm: &Vm, this: &Obj, room: usize, give: impl FnOnce(&mut dyn FnMut(&[u8]))) -> PyResult {
    let whole = text_of(this).len();
    let made = vm.list(Vec::new());
    if let Some(list) = made.get::<List>() {
        list.reserve_exact(room);
        give(&mut |part| {
            list.push(if part.len() == whole && whole > 0 && is_exact(this) { this.clone() } else { vm.str_from_bytes(part) });
        });
    }
    Ok(made)
}

fn splitlines(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "splitlines", params: &["keepends"], positional_only: 0, positional: 1, required: 0 };
    let [keep] = args.bind(vm, &SIGNATURE)?;
    let keep = keep.map_or(Ok(false), |keep| vm.is_true(keep))?;
    list_of(vm, this, &search::lines(text_of(this), Unit::CodePoint, keep), 0)
}

fn partition(vm: &Vm, this: &Obj, args: Args<'_>, reverse: bool) -> PyResult {
    let separator = &args.pos()[0];
    let Some(needle) = text(separator) else { return Err(vm.type_error(format!("must be str, not {}", vm.type_name(separator)))) };
    if needle.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let bytes = text_of(this);
    let empty = || vm.consts.empty_str.clone();
    let found = if reverse { search::rfind(bytes, needle) } else { search::find(bytes, needle) };
    Ok(vm.tuple(match found {
        Some(at) => vec![vm.str_from_bytes(&bytes[..at]), separator.clone(), vm.str_from_bytes(&bytes[at + needle.len()..])],
        None if reverse => vec![empty(), empty(), plain(this)],
        None => vec![plain(this), empty(), empty()],
    }))
}

fn join(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let iterable = &args.pos()[0];
    match vm.join_sequence(this, iterable) {
        Some(joined) => joined,
        None => vm.join_items(this, &vm.sequence_items(iterable, "can only join an iterable")?),
    }
}

fn replace(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "replace", params: &["", "", "count"], positional_only: 2, positional: 3, required: 2 };
    let [old, new, count] = args.bind(vm, &SIGNATURE)?;
    let given = [old, new].map(|obj| obj.unwrap_or(this).clone());
    let (old, new) = (argument(vm, &given, 0, "replace")?, argument(vm, &given, 1, "replace")?);
    let most = limit(vm, count)?;
    match search::replace(text_of(this), old, new, most, Unit::CodePoint) {
        Some(text) => {
            vm.check_text_size(text.len() as u128)?;
            Ok(vm.fresh_text(text))
        }
        None => unchanged(this),
    }
}

fn strip(vm: &Vm, this: &Obj, args: Args<'_>, name: &str, front: bool, back: bool) -> PyResult {
    let args = args.check(vm, name, 0, 1)?;
    let bytes = text_of(this);
    let rest = match args.first() {
        Some(chars) if !chars.is(&vm.consts.none) => {
            let Some(chars) = text(chars) else { return Err(vm.type_error(format!("{name} arg must be None or str"))) };
            search::strip(bytes, Unit::CodePoint, front, back, &|cp| code_points(chars).any(|c| c == cp))
        }
        _ => search::strip(bytes, Unit::CodePoint, front, back, &unicode::is_space),
    };
    part(vm, this, rest)
}

fn pad(vm: &Vm, this: &Obj, args: Args<'_>, name: &str) -> PyResult {
    let args = args.check(vm, name, 1, 2)?;
    let width = vm.index_isize(&args[0])?;
    let fill: &[u8] = match args.get(1) {
        None => b" ",
        Some(fill) => {
            let Some(bytes) = text(fill) else {
                return Err(vm.type_error(format!("The fill character must be a unicode character, not {}", vm.type_name(fill))));
            };
            if length(fill) != 1 {
                return Err(vm.type_error("The fill character must be exactly one character long"));
            }
            bytes
        }
    };
    let have = length(this);
    let width = usize::try_from(width).unwrap_or(0);
    if width <= have {
        return unchanged(this);
    }
    vm.check_text_size(width as u128 * fill.len() as u128)?;
    let left = match name {
        "ljust" => 0,
        "rjust" => width - have,
        _ => search::center_left(have, width),
    };
    Ok(vm.str_from_bytes(&[&fill.repeat(left), text_of(this), &fill.repeat(width - have - left)].concat()))
}

fn zfill(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let width = usize::try_from(vm.index_isize(&args.pos()[0])?).unwrap_or(0);
    let have = length(this);
    if width <= have {
        return unchanged(this);
    }
    vm.check_text_size(width as u128)?;
    Ok(vm.str_from_bytes(&search::zfill(text_of(this), width - have)))
}

fn expandtabs(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "expandtabs", params: &["tabsize"], positional_only: 0, positional: 1, required: 0 };
    let [size] = args.bind(vm, &SIGNATURE)?;
    let size = size.map_or(Ok(8), |size| vm.index_c_int(size))?;
    let bytes = text_of(this);
    if !bytes.contains(&b'\t') {
        return unchanged(this);
    }
    let size = usize::try_from(size).unwrap_or(0);
    vm.check_text_size(bytes.iter().filter(|b| **b == b'\t').count() as u128 * size as u128)?;
    Ok(vm.str_from_bytes(&search::expand_tabs(bytes, size, Unit::CodePoint)))
}

fn encode(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { name: "encode", params: &["encoding", "errors"], positional_only: 0, positional: 2, required: 0 };
    let [encoding, errors] = args.bind(vm, &SIGNATURE)?;
    for (obj, name) in [(encoding, "encoding"), (errors, "errors")] {
        if let Some(obj) = obj.filter(|obj| text(obj).is_none()) {
            return Err(vm.type_error(format!("encode() argument '{name}' must be str, not {}", vm.type_name(obj))));
        }
    }
    vm.encode(this, encoding, errors)
}

fn translate(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let table = &args.pos()[0];
    let mut out = Vec::new();
    for cp in code_points(text_of(this)) {
        let key = vm.int(cp.into());
        let value = match vm.getitem(table, &key) {
            Ok(value) => value,
            Err(raised) if raised.is(vm, &vm.types.lookup_error) => {
                push(&mut out, cp);
                continue;
            }
            Err(raised) => return Err(raised),
        };
        if let Some(number) = integer(&value) {
            match number {
                Integer::Small(n @ 0..0x11_0000) => push(&mut out, n as u32),
                _ => return Err(vm.value_error("character mapping must be in range(0x110000)")),
            }
        } else if let Some(text) = text(&value) {
            out.extend_from_slice(text);
        } else if !value.is(&vm.consts.none) {
            return Err(vm.type_error("character mapping must return integer, None or str"));
        }
    }
    Ok(vm.str_from_bytes(&out))
}

fn maketrans(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "maketrans", 1, 3)?;
    let table = vm.dict();
    if args.len() > 1 {
        let second = argument(vm, args, 1, "maketrans")?;
        let third = if args.len() > 2 { argument(vm, args, 2, "maketrans")? } else { b"" };
        let Some(first) = text(&args[0]) else {
            return Err(vm.type_error("first maketrans argument must be a string if there is a second argument"));
        };
        if wtf8::count(first) != wtf8::count(second) {
            return Err(vm.value_error("the first two maketrans arguments must have equal length"));
        }
        for (from, to) in code_points(first).zip(code_points(second)) {
            vm.dict_set(&table, &vm.int(from.into()), vm.int(to.into()))?;
        }
        for cp in code_points(third) {
            vm.dict_set(&table, &vm.int(cp.into()), vm.none())?;
        }
        return Ok(table);
    }
    if args[0].get::<Dict>().is_none() {
        return Err(vm.type_error("if you give only one argument to maketrans it must be a dict"));
    }
    for (key, value) in vm.dict_items(&args[0]) {
        let key = if let Some(text) = text(&key) {
            let mut all = code_points(text);
            match (all.next(), all.next()) {
                (Some(cp), None) => vm.int(cp.into()),
                _ => return Err(vm.value_error("string keys in translatetable must be of length 1")),
            }
        } else if integer(&key).is_some() {
            key
        } else {
            return Err(vm.type_error("keys in translate table mustbe strings or integers"));
        };
        vm.dict_set(&table, &key, value)?;
    }
    Ok(table)
}

fn format_spec(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let spec = vm.format_spec(args)?;
    if spec.is_empty() {
        return if is_exact(this) { Ok(this.clone()) } else { vm.str_of(this) };
    }
    let name = vm.type_name(this);
    let bytes = text_of(this);
    let formatted = Spec::parse(spec, &name, 's' as u32, '<')
        .and_then(|spec| if spec.code == 's' as u32 { spec.text(bytes) } else { Err(unknown_code(spec.code, &name)) });
    match formatted {
        Ok(formatted) if formatted == bytes => unchanged(this),
        Ok(formatted) => Ok(vm.str_from_bytes(&formatted)),
        Err(wrong) => Err(vm.wrong(wrong)),
    }
}

fn sizeof(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let Some(text) = this.get::<Str>() else { return Ok(vm.int(0)) };
    if vm.class_of(this).is(&vm.types.str) {
        return Ok(vm.int(vm.text_size(text) as i64));
    }
    // The text of an object of a subclass stands in memory of its own.
    let own = vm.class(&vm.types.str).basicsize.get();
    Ok(vm.int((own + vm.characters_size(text)) as i64))
}

impl Vm {
    /// The bytes of a `str` that is of no subclass.
    #[inline]
    pub(crate) fn text_size(&self, text: &Str) -> usize {
        // ASCII text stands behind a shorter header. Up to 3.11 there was room for the text as `wchar_t *`, and its length in the longer one.
        let (short, long) = if self.version <= Version::V3_11 { (48, 72) } else { (40, 56) };
        if text.is_ascii() { short + text.chars() + 1 } else { long + self.characters_size(text) }
    }

    /// The bytes of its characters and the zero that ends them.
    fn characters_size(&self, text: &Str) -> usize {
        // The shared strings of one Latin-1 character keep their UTF-8 beside them: two bytes and a zero.
        let shared = self.version >= Version::V3_12 && !text.is_ascii() && text.chars() == 1 && text.width() == 1;
        (text.chars() + 1) * text.width() + if shared { 3 } else { 0 }
    }
}
