//! `Dialect`: the characters and rules of one kind of CSV, checked once.

use heap::Obj;

use super::{kind, quoting, registered};
use crate::class::{ClassSpec, GetSet, flags};
use crate::objects::leaf;
use crate::text::wtf8;
use crate::{Args, PyResult, Signature, Vm};

/// The payload of a `Dialect`.
#[derive(Clone)]
pub(crate) struct Dialect {
    pub(super) delimiter: u32,
    pub(super) quotechar: Option<u32>,
    pub(super) escapechar: Option<u32>,
    pub(super) lineterminator: Vec<u8>,
    pub(super) quoting: i64,
    pub(super) doublequote: bool,
    pub(super) skipinitialspace: bool,
    pub(super) strict: bool,
}
crate::payload!(Dialect, kind(85), {});

pub(crate) static DIALECT: ClassSpec = ClassSpec {
    name: "_csv.Dialect",
    base: None,
    kind: kind(85),
    flags: flags::CONTAINER,
    slots: |s| {
        s.new.set(Some(|vm, class, args| {
            let made = make(vm, args.get(0), args)?;
            if class.is(&vm.types.csv_dialect) { Ok(made) } else { Ok(vm.new_object(class, own(&made).clone())) }
        }));
    },
    methods: &[],
    getset: &[
        GetSet::new("delimiter", |vm, this| Ok(character(vm, Some(own(this).delimiter)))),
        GetSet::new("doublequote", |vm, this| Ok(vm.bool(own(this).doublequote))),
        GetSet::new("escapechar", |vm, this| Ok(character(vm, own(this).escapechar))),
        GetSet::new("lineterminator", |vm, this| Ok(vm.str_from_bytes(&own(this).lineterminator))),
        GetSet::new("quotechar", |vm, this| Ok(character(vm, own(this).quotechar))),
        GetSet::new("quoting", |vm, this| Ok(vm.int(own(this).quoting))),
        GetSet::new("skipinitialspace", |vm, this| Ok(vm.bool(own(this).skipinitialspace))),
        GetSet::new("strict", |vm, this| Ok(vm.bool(own(this).strict))),
    ],
    basicsize: 64,
    itemsize: 0,
    doc: "",
};

pub(super) fn own(this: &Obj) -> &Dialect {
    this.get::<Dialect>().expect("a dialect is a Dialect")
}

fn character(vm: &Vm, value: Option<u32>) -> Obj {
    value.map_or_else(|| vm.none(), |point| vm.str_from_bytes(&wtf8::collect([point])))
}

/// The one character of an attribute.
fn one(vm: &Vm, name: &str, given: Option<&Obj>, default: Option<u32>, optional: bool) -> PyResult<Option<u32>> {
    let Some(given) = given else { return Ok(default) };
    if optional && given.is(&vm.consts.none) {
        return Ok(None);
    }
    let or_none = if optional { " or None" } else { "" };
    let Some(text) = leaf::text(given) else {
        return Err(vm.type_error(format!("\"{name}\" must be a unicode character{or_none}, not {}", vm.type_name(given))));
    };
    let length = wtf8::count(text);
    if length != 1 {
        return Err(vm.type_error(format!("\"{name}\" must be a unicode character{or_none}, not a string of length {length}")));
    }
    Ok(Some(wtf8::at(text, 0)))
}

/// `dialect_check_char`.
fn check(vm: &Vm, name: &str, point: Option<u32>, skip: bool, line_end: &[u8], allow_space: bool) -> PyResult<()> {
    let Some(point) = point else { return Ok(()) };
    let bad = point == 13 || point == 10 || (point == 32 && (!allow_space || skip)) || wtf8::code_points(line_end).any(|end| end == point);
    if bad { Err(vm.value_error(format!("bad {name} value"))) } else { Ok(()) }
}

/// A dialect from a name, an object with its attributes, and keywords that go before them.
pub(super) fn make(vm: &Vm, base: Option<&Obj>, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "this function",
        params: &[
            "dialect",
            "delimiter",
            "doublequote",
            "escapechar",
            "lineterminator",
            "quotechar",
            "quoting",
            "skipinitialspace",
            "strict",
        ],
        positional_only: 0,
        positional: 1,
        required: 0,
    };
    for (name, _) in args.keywords() {
        if !SIGNATURE.params.iter().any(|param| Some(param.as_bytes()) == leaf::text(name)) {
            return Err(vm.type_error(format!("this function got an unexpected keyword argument '{}'", vm.lossy(name))));
        }
    }
    let keyword = |wanted: &str| args.keywords().find(|(name, _)| leaf::text(name) == Some(wanted.as_bytes())).map(|(_, value)| value);
    let base = base.or_else(|| keyword("dialect")).filter(|base| !base.is(&vm.consts.none));
    let base = match base {
        Some(name) if leaf::text(name).is_some() => Some(registered(vm, name)?),
        other => other.cloned(),
    };
    if let Some(base) = &base
        && !args.has_keywords()
        && vm.class_of(base).is(&vm.types.csv_dialect)
    {
        return Ok(base.clone());
    }
    let given = |name: &str| -> PyResult<Option<Obj>> {
        match (keyword(name), &base) {
            (Some(value), _) => Ok(Some(value.clone())),
            (None, Some(base)) => vm.getattr_opt_str(base, name),
            (None, None) => Ok(None),
        }
    };
    let truth = |name: &str, default: bool| given(name)?.map_or(Ok(default), |value| vm.is_true(&value));
    let delimiter = one(vm, "delimiter", given("delimiter")?.as_ref(), Some(44), false)?;
    let doublequote = truth("doublequote", true)?;
    let escapechar = one(vm, "escapechar", given("escapechar")?.as_ref(), None, true)?;
    let lineterminator = match given("lineterminator")? {
        None => b"\r\n".to_vec(),
        Some(value) => match leaf::text(&value) {
            Some(text) => text.to_vec(),
            None => return Err(vm.type_error(format!("\"lineterminator\" must be a string, not {}", vm.type_name(&value)))),
        },
    };
    let quote_given = given("quotechar")?;
    let quotechar = one(vm, "quotechar", quote_given.as_ref(), Some(34), true)?;
    let quoting_given = given("quoting")?;
    let mut how = quoting::MINIMAL;
    if let Some(value) = &quoting_given {
        if leaf::integer(value).is_none() {
            return Err(vm.type_error(format!("\"quoting\" must be an integer, not {}", vm.type_name(value))));
        }
        how = vm.index_isize(value)? as i64;
    }
    let skipinitialspace = truth("skipinitialspace", false)?;
    let strict = truth("strict", false)?;
    if !(quoting::MINIMAL..=quoting::NOTNULL).contains(&how) {
        return Err(vm.type_error("bad \"quoting\" value"));
    }
    if quotechar.is_none() && quoting_given.is_none() {
        how = quoting::NONE;
    }
    if how != quoting::NONE && quotechar.is_none() {
        return Err(vm.type_error("quotechar must be set if quoting enabled"));
    }
    check(vm, "delimiter", delimiter, skipinitialspace, &lineterminator, true)?;
    check(vm, "escapechar", escapechar, skipinitialspace, &lineterminator, !skipinitialspace)?;
    check(vm, "quotechar", quotechar, skipinitialspace, &lineterminator, !skipinitialspace)?;
    for (a, b, names) in [
        (delimiter, escapechar, "delimiter or escapechar"),
        (delimiter, quotechar, "delimiter or quotechar"),
        (escapechar, quotechar, "escapechar or quotechar"),
    ] {
        if a.is_some() && a == b {
            return Err(vm.value_error(format!("bad {names} value")));
        }
    }
    let delimiter = delimiter.unwrap_or(44);
    let dialect = Dialect { delimiter, quotechar, escapechar, lineterminator, quoting: how, doublequote, skipinitialspace, strict };
    Ok(vm.new_object(&vm.types.csv_dialect, dialect))
}
