//! `time.struct_time`: a tuple of nine items with names, and two names more (`Objects/structseq.c`).

use heap::{Dict, Kind, Obj, Tuple};

use super::civil::Tm;
use crate::class::{ClassSpec, Convention, GetSet, Method, Unary, flags};
use crate::{Args, PyResult, Signature, Vm};

const NAMES: [&str; 11] =
    ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst", "tm_zone", "tm_gmtoff"];
/// So many are items of the tuple.
const SHOWN: usize = 9;

const fn item<const I: usize>() -> GetSet {
    let get: Unary = if I < SHOWN {
        |vm, this| {
            this.get::<Tuple>().and_then(|tuple| tuple.items().get(I)).cloned().ok_or_else(|| vm.index_error("tuple index out of range"))
        }
    } else {
        |vm, this| Ok(hidden(this, I - SHOWN).unwrap_or_else(|| vm.none()))
    };
    GetSet::member(NAMES[I], get)
}

pub(crate) static STRUCT_TIME: ClassSpec = ClassSpec {
    name: "time.struct_time",
    base: Some(&crate::objects::tuple::TUPLE),
    kind: Kind::TUPLE,
    flags: flags::HAVE_GC | flags::TUPLE_SUBCLASS,
    slots: |s| {
        s.new.set(Some(new));
        s.repr.set(Some(repr));
    },
    methods: &[
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__replace__", replace, Convention::Keywords).signature("($self, /, **changes)"),
    ],
    getset: &[
        item::<0>(),
        item::<1>(),
        item::<2>(),
        item::<3>(),
        item::<4>(),
        item::<5>(),
        item::<6>(),
        item::<7>(),
        item::<8>(),
        item::<9>(),
        item::<10>(),
    ],
    basicsize: 32,
    itemsize: 8,
    doc: "",
};

/// The class; it knows how many fields there are.
pub(super) fn class(vm: &Vm) -> Obj {
    let class = vm.late_class(&STRUCT_TIME);
    if let Some(dict) = vm.class(&class).dict.get()
        && vm.dict_get_str(&dict, "n_fields").is_none()
    {
        for (name, n) in [("n_fields", NAMES.len()), ("n_sequence_fields", SHOWN), ("n_unnamed_fields", 0)] {
            vm.dict_set_str(&dict, name, vm.int(n as i64));
        }
        vm.dict_set_str(&dict, "__match_args__", vm.tuple(NAMES[..SHOWN].iter().map(|name| vm.intern(name)).collect()));
        vm.class_modified(&class);
    }
    class
}

/// A `struct_time` of this time.
pub(super) fn made(vm: &Vm, tm: &Tm) -> Obj {
    with_hidden(vm, &class(vm), numbers(vm, tm), [Some(vm.str(&tm.zone)), Some(vm.int(tm.offset))])
}

/// The same without a zone, as dates tell it.
pub(crate) fn bare(vm: &Vm, tm: &Tm) -> Obj {
    with_hidden(vm, &class(vm), numbers(vm, tm), [None, None])
}

fn numbers(vm: &Vm, tm: &Tm) -> Vec<Obj> {
    let numbers = [tm.year, tm.month, tm.day, tm.hour, tm.minute, tm.second, tm.weekday, tm.yearday, tm.dst];
    numbers.into_iter().map(|n| vm.int(n)).collect()
}

fn with_hidden(vm: &Vm, class: &Obj, items: Vec<Obj>, more: [Option<Obj>; 2]) -> Obj {
    let made = vm.new_tuple_of(class, items);
    if let Some(extra) = made.extra() {
        for (at, value) in more.into_iter().enumerate() {
            drop(extra.slot(at).replace(value));
        }
    }
    made
}

/// A field that is no item of the tuple.
fn hidden(this: &Obj, at: usize) -> Option<Obj> {
    this.extra().and_then(|extra| extra.slot(at).get())
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "structseq", params: &["sequence", "dict"], positional_only: 0, positional: 2, required: 1 };
    let [Some(sequence), more] = args.bind(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    let mut items = vm.sequence_items(sequence, "constructor requires a sequence")?;
    if !(SHOWN..=NAMES.len()).contains(&items.len()) {
        let bound = if items.len() < SHOWN { "at least 9" } else { "at most 11" };
        return Err(vm.type_error(format!("time.struct_time() takes an {bound}-sequence ({}-sequence given)", items.len())));
    }
    let more = more.filter(|more| !more.is(&vm.consts.none));
    if more.is_some_and(|more| more.get::<Dict>().is_none()) {
        return Err(vm.type_error("time.struct_time() takes a dict as second arg, if any"));
    }
    let named = |at: usize| more.and_then(|more| vm.dict_get_str(more, NAMES[SHOWN + at]));
    let rest = items.split_off(SHOWN);
    let more = [0, 1].map(|at| rest.get(at).cloned().or_else(|| named(at)));
    Ok(with_hidden(vm, class, items, more))
}

fn items(this: &Obj) -> &[Obj] {
    this.get::<Tuple>().map_or(&[], Tuple::items)
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let parts: PyResult<Vec<String>> =
        NAMES.iter().zip(items(this)).map(|(name, item)| Ok(format!("{name}={}", vm.repr_text(item)?))).collect();
    Ok(vm.str(&format!("time.struct_time({})", parts?.join(", "))))
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let more = vm.dict();
    for (at, name) in NAMES[SHOWN..].iter().enumerate() {
        vm.dict_set_str(&more, name, hidden(this, at).unwrap_or_else(|| vm.none()));
    }
    let args = vm.tuple(vec![vm.tuple(items(this).to_vec()), more]);
    Ok(vm.pair(vm.class_of(this), args))
}

fn replace(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    if !args.pos().is_empty() {
        return Err(vm.type_error(format!("__replace__() takes 1 positional argument but {} were given", args.pos().len() + 1)));
    }
    let mut fields: Vec<Option<Obj>> = items(this).iter().cloned().map(Some).chain([hidden(this, 0), hidden(this, 1)]).collect();
    let mut unknown = Vec::new();
    for (name, value) in args.keywords() {
        match NAMES.iter().position(|known| *known == vm.lossy(name)) {
            Some(at) => fields[at] = Some(value.clone()),
            None => unknown.push(name.clone()),
        }
    }
    if !unknown.is_empty() {
        return Err(vm.type_error(format!("Got unexpected field name(s): {}", vm.repr_text(&vm.list(unknown))?)));
    }
    let more = fields.split_off(SHOWN);
    let [zone, offset] = [more.first().cloned().flatten(), more.get(1).cloned().flatten()];
    Ok(with_hidden(vm, &vm.class_of(this), fields.into_iter().flatten().collect(), [zone, offset]))
}
