//! `re.Match`: where a pattern and its groups were found.

use heap::{Kind, Obj, Slot};

use super::pattern::{group_name, own as pattern_of};
use super::{Subject, template};
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::{Args, PyResult, Signature, Vm, kinds};

/// From where to where; nothing for a group that took no part.
pub(super) type Span = Option<(usize, usize)>;

const KIND: Kind = Kind(kinds::MODULES.0 + 32);

/// The payload of a match.
pub(super) struct Match {
    pattern: Slot,
    string: Slot,
    pos: usize,
    endpos: usize,
    spans: Vec<Span>,
    last_index: isize,
}

crate::payload!(Match, KIND, { string, pattern });

pub(crate) static MATCH: ClassSpec = ClassSpec {
    name: "re.Match",
    base: Some(&crate::objects::object::OBJECT),
    kind: KIND,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION | flags::MODULE_TYPE,
    slots: |s| {
        s.repr.set(Some(|vm, this| {
            let (from, to) = own(this).spans[0].expect("the whole match has a span");
            let text = vm.repr_text(&group(vm, own(this), 0, None))?;
            Ok(vm.str(&format!("<re.Match object; span=({from}, {to}), match={text}>")))
        }));
        s.subscript.set(Some(|vm, this, key| {
            let index = number(vm, this, key)?;
            Ok(group(vm, own(this), index, None))
        }));
    },
    methods: &[
        Method::new("group", groups_asked, Convention::Positional).varargs(),
        Method::new("groups", groups, Convention::Keywords),
        Method::new("groupdict", groupdict, Convention::Keywords),
        Method::new(
            "start",
            |vm, this, args| Ok(vm.int(span(vm, this, args, "start")?.map_or(-1, |(from, _)| from as i64))),
            Convention::Positional,
        ),
        Method::new(
            "end",
            |vm, this, args| Ok(vm.int(span(vm, this, args, "end")?.map_or(-1, |(_, to)| to as i64))),
            Convention::Positional,
        ),
        Method::new("span", |vm, this, args| Ok(pair(vm, span(vm, this, args, "span")?)), Convention::Positional),
        Method::new("expand", |vm, this, args| template::expand(vm, this, &args.pos()[0]), Convention::One),
        Method::new("__copy__", |_, this, _| Ok(this.clone()), Convention::NoArgs),
        Method::new("__deepcopy__", |_, this, _| Ok(this.clone()), Convention::One),
        Method::class("__class_getitem__", |vm, this, args| vm.generic_alias(this, &args.pos()[0]), Convention::One),
    ],
    getset: &[
        GetSet::member("string", |vm, this| Ok(own(this).string.get().unwrap_or_else(|| vm.none()))),
        GetSet::member("re", |vm, this| Ok(pattern(this).unwrap_or_else(|| vm.none()))),
        GetSet::member("pos", |vm, this| Ok(vm.int(own(this).pos as i64))),
        GetSet::member("endpos", |vm, this| Ok(vm.int(own(this).endpos as i64))),
        GetSet::new("regs", |vm, this| Ok(vm.tuple(own(this).spans.iter().map(|span| pair(vm, *span)).collect()))),
        GetSet::new("lastindex", |vm, this| Ok(usize::try_from(own(this).last_index).map_or_else(|_| vm.none(), |n| vm.int(n as i64)))),
        GetSet::new("lastgroup", |vm, this| {
            let name = usize::try_from(own(this).last_index).ok().and_then(|n| group_name(pattern_of(&pattern(this)?), n));
            Ok(name.unwrap_or_else(|| vm.none()))
        }),
    ],
    basicsize: 80,
    itemsize: 16,
    doc: "",
};

fn own(this: &Obj) -> &Match {
    this.get::<Match>().expect("a method of a match gets one")
}

/// The match's pattern.
pub(super) fn pattern(this: &Obj) -> Option<Obj> {
    own(this).pattern.get()
}

pub(super) fn new(vm: &Vm, pattern: &Obj, string: &Obj, pos: usize, endpos: usize, spans: Vec<Span>, last_index: isize) -> Obj {
    vm.heap
        .alloc(Match { pattern: Slot::new(pattern.clone()), string: Slot::new(string.clone()), pos, endpos, spans, last_index })
        .tracked()
}

fn pair(vm: &Vm, span: Span) -> Obj {
    let (from, to) = span.map_or((-1, -1), |(from, to)| (from as i64, to as i64));
    vm.tuple(vec![vm.int(from), vm.int(to)])
}

/// The text of a group; `default` or `None` if it took no part.
pub(super) fn text_of_group(vm: &Vm, this: &Obj, index: usize, default: Option<&Obj>) -> Obj {
    group(vm, own(this), index, default)
}

fn group(vm: &Vm, own: &Match, index: usize, default: Option<&Obj>) -> Obj {
    let string = own.string.get();
    match (own.spans.get(index).copied().flatten(), string.as_ref().and_then(|string| Subject::of(vm, string))) {
        (Some((from, to)), Some(subject)) => subject.slice(vm, from, to),
        _ => default.cloned().unwrap_or_else(|| vm.none()),
    }
}

/// The number of a group given by number or name.
fn number(vm: &Vm, this: &Obj, key: &Obj) -> PyResult<usize> {
    let index = match vm.index_isize(key) {
        Ok(index) => Some(index),
        Err(_) => {
            let names = pattern(this).and_then(|pattern| pattern_of(&pattern).groupindex.get());
            match names.map(|names| vm.dict_get(&names, key)).transpose()?.flatten() {
                Some(index) => Some(vm.index_isize(&index)?),
                None => None,
            }
        }
    };
    index
        .and_then(|index| usize::try_from(index).ok())
        .filter(|index| *index < own(this).spans.len())
        .ok_or_else(|| vm.index_error("no such group"))
}

fn groups_asked(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let one = |key: &Obj| Ok(group(vm, own(this), number(vm, this, key)?, None));
    match args.pos() {
        [] => Ok(group(vm, own(this), 0, None)),
        [key] => one(key),
        keys => Ok(vm.tuple(keys.iter().map(one).collect::<PyResult<Vec<_>>>()?)),
    }
}

fn default_of<'a>(vm: &Vm, args: Args<'a>, name: &'static str) -> PyResult<Option<&'a Obj>> {
    let signature = Signature { name, params: &["default"], positional_only: 0, positional: 1, required: 0 };
    let [default] = args.bind(vm, &signature)?;
    Ok(default)
}

fn groups(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let default = default_of(vm, args, "groups")?;
    Ok(vm.tuple((1..own(this).spans.len()).map(|index| group(vm, own(this), index, default)).collect()))
}

fn groupdict(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let default = default_of(vm, args, "groupdict")?;
    let dict = vm.dict();
    if let Some(names) = pattern(this).and_then(|pattern| pattern_of(&pattern).groupindex.get()) {
        for (name, index) in vm.dict_items(&names) {
            let index = vm.index_isize(&index)? as usize;
            vm.dict_set(&dict, &name, group(vm, own(this), index, default))?;
        }
    }
    Ok(dict)
}

fn span(vm: &Vm, this: &Obj, args: Args<'_>, name: &str) -> PyResult<Span> {
    let index = match args.check(vm, name, 0, 1)?.first() {
        Some(key) => number(vm, this, key)?,
        None => 0,
    };
    Ok(own(this).spans[index])
}
