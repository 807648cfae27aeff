//! `re.Pattern`: a compiled pattern and what it finds.

use std::cell::Cell;

use heap::{Bytes, Kind, List, Obj, Payload, Slot, Str, Trash, Tuple, Visit};
use rustpython_sre_engine::{Request, State, StrDrive};
use rustpython_wtf8::Wtf8;

use super::matched::{self, Span};
use super::{Subject, template};
use crate::class::{ClassSpec, Compare, Convention, GetSet, Method, flags};
use crate::objects::bytearray::ByteArray;
use crate::objects::bytes::buffer;
use crate::{Args, PyResult, Signature, Vm, kinds};

const KIND: Kind = Kind(kinds::MODULES.0 + 30);

/// The payload of a pattern.
pub(super) struct Pattern {
    pub(super) pattern: Slot,
    pub(super) groupindex: Slot,
    pub(super) indexgroup: Slot,
    pub(super) flags: i64,
    pub(super) groups: usize,
    code: Vec<u32>,
}

crate::payload!(Pattern, KIND, { groupindex, indexgroup, pattern });

pub(crate) static PATTERN: ClassSpec = ClassSpec {
    name: "re.Pattern",
    base: Some(&crate::objects::object::OBJECT),
    kind: KIND,
    flags: flags::HAVE_GC | flags::WEAKREFS | flags::DISALLOW_INSTANTIATION | flags::MODULE_TYPE,
    slots: |s| {
        s.repr.set(Some(repr));
        s.hash.set(Some(|vm, this| {
            let own = own(this);
            let pattern = own.pattern.get().map_or(Ok(0), |pattern| vm.hash(&pattern))?;
            Ok(pattern ^ own.flags ^ own.groups as i64)
        }));
        s.richcompare.set(Some(|vm, this, other, op| {
            let (Some(a), Some(b)) = (this.get::<Pattern>(), other.get::<Pattern>()) else { return Ok(vm.not_implemented()) };
            if !matches!(op, Compare::Eq | Compare::Ne) {
                return Ok(vm.not_implemented());
            }
            let same = a.flags == b.flags
                && a.code == b.code
                && match (a.pattern.get(), b.pattern.get()) {
                    (Some(a), Some(b)) => vm.eq(&a, &b)?,
                    _ => false,
                };
            Ok(vm.bool(same == (op == Compare::Eq)))
        }));
    },
    methods: &[
        Method::new("match", |vm, this, args| one(vm, this, args, "match", How::Match), Convention::Keywords),
        Method::new("fullmatch", |vm, this, args| one(vm, this, args, "fullmatch", How::Full), Convention::Keywords),
        Method::new("search", |vm, this, args| one(vm, this, args, "search", How::Search), Convention::Keywords),
        Method::new("findall", findall, Convention::Keywords),
        Method::new("finditer", finditer, Convention::Keywords),
        Method::new("scanner", scanner, Convention::Keywords),
        Method::new("split", split, Convention::Keywords),
        Method::new("sub", |vm, this, args| Ok(sub(vm, this, args, "sub")?.0), Convention::Keywords),
        Method::new(
            "subn",
            |vm, this, args| {
                let (text, n) = sub(vm, this, args, "subn")?;
                Ok(vm.tuple(vec![text, vm.int(n as i64)]))
            },
            Convention::Keywords,
        ),
        Method::new("__copy__", |_, this, _| Ok(this.clone()), Convention::NoArgs),
        Method::new("__deepcopy__", |_, this, _| Ok(this.clone()), Convention::One),
        Method::class("__class_getitem__", |vm, this, args| vm.generic_alias(this, &args.pos()[0]), Convention::One),
    ],
    getset: &[
        GetSet::member("pattern", |vm, this| Ok(own(this).pattern.get().unwrap_or_else(|| vm.none()))),
        GetSet::member("flags", |vm, this| Ok(vm.int(own(this).flags))),
        GetSet::member("groups", |vm, this| Ok(vm.int(own(this).groups as i64))),
        GetSet::new("groupindex", |vm, this| Ok(vm.mapping_proxy(&own(this).groupindex.get().unwrap_or_else(|| vm.dict())))),
    ],
    basicsize: 96,
    itemsize: 4,
    doc: "",
};

pub(super) fn own(this: &Obj) -> &Pattern {
    this.get::<Pattern>().expect("a method of a pattern gets one")
}

pub(super) fn new(vm: &Vm, pattern: &Obj, flags: i64, code: Vec<u32>, groups: usize, groupindex: &Obj, indexgroup: &Obj) -> Obj {
    let slot = |obj: &Obj| Slot::new(obj.clone());
    vm.heap
        .alloc(Pattern { pattern: slot(pattern), groupindex: slot(groupindex), indexgroup: slot(indexgroup), flags, groups, code })
        .tracked()
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum How {
    Match,
    Full,
    Search,
}

/// Runs the engine once. Gives the spans of the whole and of every group.
pub(super) fn run(
    own: &Pattern,
    subject: &Subject<'_>,
    from: usize,
    to: usize,
    how: How,
    must_advance: bool,
) -> Option<(Vec<Span>, isize)> {
    fn go<S: StrDrive>(own: &Pattern, string: S, from: usize, to: usize, how: How, must_advance: bool) -> Option<(Vec<Span>, isize)> {
        let mut request = Request::new(string, from, to, &own.code, how == How::Full);
        request.must_advance = must_advance;
        let mut state = State::default();
        state.reset(&request, request.start);
        let found = if how == How::Search { state.search(request) } else { state.py_match(&request) };
        found.then(|| {
            let mut spans = vec![Some((state.start, state.cursor.position))];
            for group in 0..own.groups {
                let (start, end) = state.marks.get(group);
                spans.push(match (start.is_some(), end.is_some()) {
                    (true, true) => Some((start.unpack(), end.unpack())),
                    _ => None,
                });
            }
            (spans, state.marks.last_index())
        })
    }
    match subject {
        Subject::Bytes(bytes) => go(own, &**bytes, from, to, how, must_advance),
        Subject::Text(text) => match text.to_str() {
            Some(text) => go(own, text, from, to, how, must_advance),
            None => go(own, Wtf8::from_bytes(text.as_bytes()).unwrap_or_default(), from, to, how, must_advance),
        },
    }
}

/// While it lives, the bytes of a subject keep their number, whatever the code that is called meanwhile tries.
struct Exported<'a>(Option<&'a ByteArray>);

impl<'a> Exported<'a> {
    fn new(string: &'a Obj) -> Exported<'a> {
        let array = buffer(string);
        array.into_iter().for_each(|array| array.export(true));
        Exported(array)
    }
}

impl Drop for Exported<'_> {
    fn drop(&mut self) {
        self.0.into_iter().for_each(|array| array.export(false));
    }
}

/// Text goes with a text pattern, bytes with a bytes pattern.
fn subject<'a>(vm: &Vm, own: &Pattern, string: &'a Obj) -> PyResult<Subject<'a>> {
    let subject = Subject::of(vm, string)
        .ok_or_else(|| vm.type_error(format!("expected string or bytes-like object, got '{}'", vm.type_name(string))))?;
    match (own.pattern.get().is_some_and(|pattern| pattern.get::<Bytes>().is_some()), &subject) {
        (true, Subject::Text(_)) => Err(vm.type_error("cannot use a bytes pattern on a string-like object")),
        (false, Subject::Bytes(_)) if own.pattern.get().is_some_and(|pattern| pattern.get::<Str>().is_some()) => {
            Err(vm.type_error("cannot use a string pattern on a bytes-like object"))
        }
        _ => Ok(subject),
    }
}

/// `(string, pos=0, endpos=sys.maxsize)`.
fn parameters<'a>(vm: &Vm, args: Args<'a>, name: &'static str, own: &Pattern) -> PyResult<(&'a Obj, usize, usize)> {
    let signature = Signature { name, params: &["string", "pos", "endpos"], positional_only: 0, positional: 3, required: 1 };
    let [string, pos, endpos] = args.bind(vm, &signature)?;
    let string = string.expect("a required parameter is there");
    let len = subject(vm, own, string)?.len() as isize;
    let clamp =
        |value: Option<&Obj>, default: isize| value.map_or(Ok(default), |value| vm.index_clamped(value)).map(|n| n.clamp(0, len) as usize);
    Ok((string, clamp(pos, 0)?, clamp(endpos, len)?))
}

fn one(vm: &Vm, this: &Obj, args: Args<'_>, name: &'static str, how: How) -> PyResult {
    let own = own(this);
    let (string, from, to) = parameters(vm, args, name, own)?;
    let subject = subject(vm, own, string)?;
    Ok(match (from <= to).then(|| run(own, &subject, from, to, how, false)).flatten() {
        Some((spans, last)) => matched::new(vm, this, string, from, to, spans, last),
        None => vm.none(),
    })
}

/// All matches in order, as `finditer` gives them; `visit` says whether to go on.
fn each(
    own: &Pattern,
    subject: &Subject<'_>,
    from: usize,
    to: usize,
    mut visit: impl FnMut(Vec<Span>, isize) -> PyResult<bool>,
) -> PyResult<()> {
    let (mut from, mut must_advance) = (from, false);
    while from <= to {
        let Some((spans, last)) = run(own, subject, from, to, How::Search, must_advance) else { break };
        let (start, end) = spans[0].expect("the whole match has a span");
        (from, must_advance) = (end, start == end);
        if !visit(spans, last)? {
            break;
        }
    }
    Ok(())
}

fn findall(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let own = own(this);
    let (string, from, to) = parameters(vm, args, "findall", own)?;
    let subject = subject(vm, own, string)?;
    let mut found = Vec::new();
    each(own, &subject, from, to, |spans, _| {
        let part = |span: &Span| span.map_or_else(|| subject.slice(vm, 0, 0), |(from, to)| subject.slice(vm, from, to));
        found.push(match own.groups {
            0 => part(&spans[0]),
            1 => part(&spans[1]),
            _ => vm.tuple(spans[1..].iter().map(part).collect()),
        });
        Ok(true)
    })?;
    Ok(vm.list(found))
}

/// The payload of a scanner: what `finditer` goes through.
pub(super) struct Scanner {
    pattern: Slot,
    string: Slot,
    from: Cell<usize>,
    to: usize,
    must_advance: Cell<bool>,
}

const SCANNER_KIND: Kind = Kind(kinds::MODULES.0 + 31);

impl Payload for Scanner {
    const KIND: Kind = SCANNER_KIND;
    fn traverse(&self, visit: Visit<'_>) {
        [&self.pattern, &self.string].into_iter().for_each(|slot| slot.show(visit));
    }
    fn clear(&self, trash: &mut Trash<'_>) {
        // The bytes that were looked at may change their size again.
        if let Some(array) = self.string.get().as_ref().and_then(buffer) {
            array.export(false);
        }
        trash.take(&self.pattern);
        trash.take(&self.string);
    }
    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

pub(crate) static SCANNER: ClassSpec = ClassSpec {
    name: "_sre.SRE_Scanner",
    base: Some(&crate::objects::object::OBJECT),
    kind: SCANNER_KIND,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION | flags::MODULE_TYPE,
    slots: |s| {
        s.iter.set(Some(|_, this| Ok(this.clone())));
        s.iternext.set(Some(|vm, this| Ok(scan(vm, this, How::Search))));
    },
    methods: &[
        Method::new("match", |vm, this, _| Ok(scan(vm, this, How::Match).unwrap_or_else(|| vm.none())), Convention::NoArgs),
        Method::new("search", |vm, this, _| Ok(scan(vm, this, How::Search).unwrap_or_else(|| vm.none())), Convention::NoArgs),
    ],
    getset: &[GetSet::member("pattern", |vm, this| Ok(scanner_of(this).pattern.get().unwrap_or_else(|| vm.none())))],
    basicsize: 300,
    itemsize: 0,
    doc: "",
};

fn scanner_of(this: &Obj) -> &Scanner {
    this.get::<Scanner>().expect("a method of a scanner gets one")
}

fn scanner(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let (string, from, to) = parameters(vm, args, "scanner", own(this))?;
    if let Some(array) = buffer(string) {
        array.export(true);
    }
    let scanner = Scanner {
        pattern: Slot::new(this.clone()),
        string: Slot::new(string.clone()),
        from: Cell::new(from),
        to,
        must_advance: Cell::new(false),
    };
    Ok(vm.heap.alloc(scanner).tracked())
}

/// CPython hides the scanner behind a `callable_iterator` of its `search`.
fn finditer(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let scanner = scanner(vm, this, args)?;
    let search = vm.getattr_str(&scanner, "search")?;
    Ok(vm.call_iterator(&search, &vm.none()))
}

fn scan(vm: &Vm, this: &Obj, how: How) -> Option<Obj> {
    let scanner = scanner_of(this);
    let (pattern, string) = (scanner.pattern.get()?, scanner.string.get()?);
    let from = scanner.from.get();
    if from > scanner.to {
        return None;
    }
    let subject = Subject::of(vm, &string)?;
    let Some((spans, last)) = run(own(&pattern), &subject, from, scanner.to, how, scanner.must_advance.get()) else {
        scanner.from.set(usize::MAX);
        return None;
    };
    let (start, end) = spans[0]?;
    scanner.must_advance.set(start == end);
    scanner.from.set(end);
    Some(matched::new(vm, &pattern, &string, from, scanner.to, spans, last))
}

fn split(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "split", params: &["string", "maxsplit"], positional_only: 0, positional: 2, required: 1 };
    let own = own(this);
    let [string, maxsplit] = args.bind(vm, &SIGNATURE)?;
    let max = maxsplit.map_or(Ok(0), |max| vm.index_isize(max))?;
    let subject = subject(vm, own, string.expect("a required parameter is there"))?;
    let (mut parts, mut last, mut n) = (Vec::new(), 0, 0);
    each(own, &subject, 0, subject.len(), |spans, _| {
        let (start, end) = spans[0].expect("the whole match has a span");
        parts.push(subject.slice(vm, last, start));
        parts.extend(spans[1..].iter().map(|span| span.map_or_else(|| vm.none(), |(from, to)| subject.slice(vm, from, to))));
        (last, n) = (end, n + 1);
        Ok(max == 0 || n < max)
    })?;
    parts.push(subject.slice(vm, last, subject.len()));
    Ok(vm.list(parts))
}

fn sub(vm: &Vm, this: &Obj, args: Args<'_>, name: &'static str) -> PyResult<(Obj, usize)> {
    let signature = Signature { name, params: &["repl", "string", "count"], positional_only: 0, positional: 3, required: 2 };
    let own = own(this);
    let [replacement, string, count] = args.bind(vm, &signature)?;
    let (replacement, string) = (replacement.expect("a required parameter is there"), string.expect("a required parameter is there"));
    let count = count.map_or(Ok(0), |count| vm.index_isize(count))?;
    let subject = subject(vm, own, string)?;
    let _same_size = Exported::new(string);
    let filter = template::replacement(vm, this, replacement)?;
    let (mut parts, mut last, mut n) = (Vec::new(), 0, 0);
    each(own, &subject, 0, subject.len(), |spans, last_index| {
        let (start, end) = spans[0].expect("the whole match has a span");
        parts.push(subject.slice(vm, last, start));
        let new = filter.apply(vm, || matched::new(vm, this, string, 0, subject.len(), spans.clone(), last_index))?;
        if !new.is(&vm.consts.none) {
            parts.push(new);
        }
        (last, n) = (end, n + 1);
        Ok(count == 0 || n < count)
    })?;
    if n == 0 && string.extra().is_none() && matches!(string.kind(), Kind::STR | Kind::BYTES) {
        return Ok((string.clone(), 0));
    }
    parts.push(subject.slice(vm, last, subject.len()));
    Ok((join(vm, &subject, parts)?, n as usize))
}

/// `"".join(parts)`, or bytes alike.
pub(super) fn join(vm: &Vm, subject: &Subject<'_>, parts: Vec<Obj>) -> PyResult {
    let empty = subject.slice(vm, 0, 0);
    vm.call_method(&empty, "join", &[vm.list(parts)])
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    const NAMES: [(&str, i64); 8] = [
        ("re.IGNORECASE", 2),
        ("re.MULTILINE", 8),
        ("re.DOTALL", 16),
        ("re.VERBOSE", 64),
        ("re.DEBUG", 128),
        ("re.ASCII", 256),
        ("re.LOCALE", 4),
        ("re.UNICODE", 32),
    ];
    let own = own(this);
    let Some(pattern) = own.pattern.get() else { return Ok(vm.str("re.compile()")) };
    let text: String = vm.repr_text(&pattern)?.chars().take(200).collect();
    let is_text = pattern.get::<Str>().is_some();
    // Unicode is what a text pattern means anyway.
    let mut flags = if is_text && own.flags & (32 | 256 | 4) == 32 { own.flags & !32 } else { own.flags };
    let mut names = Vec::new();
    for (name, bit) in NAMES {
        if flags & bit != 0 {
            names.push(name.to_owned());
            flags &= !bit;
        }
    }
    if flags != 0 {
        names.push(format!("{flags:#x}"));
    }
    let names = names.join("|");
    Ok(vm.str(&if names.is_empty() { format!("re.compile({text})") } else { format!("re.compile({text}, {names})") }))
}

/// The names and numbers of groups, from what `re._compiler` gave.
pub(super) fn group_name(own: &Pattern, index: usize) -> Option<Obj> {
    let names = own.indexgroup.get()?;
    names
        .get::<Tuple>()
        .and_then(|names| names.items().get(index).cloned())
        .or_else(|| names.get::<List>().and_then(|names| names.get(index)))
}
