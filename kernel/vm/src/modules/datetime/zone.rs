//! `tzinfo` and `timezone`.

use heap::{Kind, Obj, Slot};

use super::date::{Stamp, is_text};
use super::{delta, fields, kind};
use crate::class::{ClassSpec, Convention, Method, Operator, flags};
use crate::{Args, Compare, PyResult, Vm};

use Convention::{NoArgs, One};

macro_rules! abstract_method {
    ($name:literal) => {
        Method::new($name, |vm, _, _| Err(vm.not_implemented_error(concat!("a tzinfo subclass must implement ", $name, "()"))), One)
            .signature("($self, object, /)")
    };
}

pub(super) static TZINFO: ClassSpec = ClassSpec {
    name: "datetime.tzinfo",
    base: None,
    kind: Kind::INSTANCE,
    flags: flags::BASE_TYPE,
    slots: |s| s.new.set(Some(|vm, class, _| Ok(vm.new_instance(class)))),
    methods: &[
        abstract_method!("tzname"),
        abstract_method!("utcoffset"),
        abstract_method!("dst"),
        Method::new("fromutc", from_utc, One).signature("($self, object, /)"),
        Method::new("__reduce__", reduce, NoArgs).signature("($self, /)"),
    ],
    getset: &[],
    basicsize: 16,
    itemsize: 0,
    doc: "",
};

/// The payload of a `timezone`.
pub(super) struct Zone {
    offset: Slot,
    name: Slot,
}

impl heap::Payload for Zone {
    const KIND: heap::Kind = kind(133);
    fn traverse(&self, _: heap::Visit<'_>) {}
    fn holds(&self, visit: heap::LabelledVisit<'_>) {
        for (label, slot) in [("offset", &self.offset), ("name", &self.name)] {
            slot.get().iter().for_each(|held| visit(heap::Label::Field(label), held));
        }
    }
    fn clear(&self, _: &mut heap::Trash<'_>) {}
    fn dismantle(&mut self, trash: &mut heap::Trash<'_>) {
        trash.take(&self.offset);
        trash.take(&self.name);
    }
}

pub(super) static TIMEZONE: ClassSpec = ClassSpec {
    name: "datetime.timezone",
    base: Some(&TZINFO),
    kind: kind(133),
    flags: 0,
    slots: |s| {
        s.new.set(Some(new));
        s.repr.set(Some(repr));
        s.str.set(Some(name));
        s.hash.set(Some(|vm, this| vm.hash(&offset(vm, this))));
        s.richcompare.set(Some(|vm, a, b, op| match (op, b.get::<Zone>()) {
            (Compare::Eq | Compare::Ne, Some(_)) => vm.compare(&offset(vm, a), &offset(vm, b), op),
            _ => Ok(vm.not_implemented()),
        }));
    },
    methods: &[
        Method::new("tzname", |vm, this, args| checked(vm, "tzname", args).and_then(|()| name(vm, this)), One)
            .signature("($self, object, /)"),
        Method::new("utcoffset", |vm, this, args| checked(vm, "utcoffset", args).map(|()| offset(vm, this)), One)
            .signature("($self, object, /)"),
        Method::new("dst", |vm, _, args| checked(vm, "dst", args).map(|()| vm.none()), One).signature("($self, object, /)"),
        Method::new("fromutc", from_utc_fixed, One).signature("($self, object, /)"),
        Method::new(
            "__getinitargs__",
            |vm, this, _| {
                let mut args = vec![offset(vm, this)];
                args.extend(own(this).name.get());
                Ok(vm.tuple(args))
            },
            NoArgs,
        )
        .signature("($self, /)"),
    ],
    getset: &[],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

fn own(this: &Obj) -> &Zone {
    this.get::<Zone>().expect("a method of a timezone gets one")
}

fn offset(vm: &Vm, this: &Obj) -> Obj {
    vm.slot_or_none(&own(this).offset)
}

/// `timezone.utc`, of which there is one.
pub(super) fn utc(vm: &Vm) -> Obj {
    if let Some(utc) = vm.state.utc.get() {
        return utc;
    }
    let zero = vm.new_object(&vm.late_class(&delta::TIMEDELTA), delta::zero());
    let made = vm.new_object(&vm.late_class(&TIMEZONE), Zone { offset: zero.into(), name: Slot::empty() });
    vm.state.utc.set(made.clone());
    made
}

/// A zone of this offset, a `timedelta`.
pub(super) fn make(vm: &Vm, offset: Obj, name: Option<Obj>) -> PyResult {
    let micros = delta::micros(&offset).unwrap_or(0);
    if micros == 0 && name.is_none() {
        return Ok(utc(vm));
    }
    if micros.abs() >= delta::DAY {
        let text = vm.repr_text(&offset)?;
        return Err(
            vm.value_error(format!("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {text}"))
        );
    }
    Ok(vm.new_object(&vm.late_class(&TIMEZONE), Zone { offset: offset.into(), name: name.into() }))
}

fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: crate::Signature =
        crate::Signature { name: "timezone", params: &["offset", "name"], positional_only: 0, positional: 2, required: 1 };
    let [Some(offset), name] = args.bind(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    if delta::micros(offset).is_none() {
        return Err(vm.type_error(format!("timezone() argument 1 must be datetime.timedelta, not {}", vm.type_name(offset))));
    }
    if let Some(name) = name.filter(|name| !is_text(name)) {
        return Err(vm.type_error(format!("timezone() argument 2 must be str, not {}", vm.type_name(name))));
    }
    make(vm, offset.clone(), name.cloned())
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    if this.is(&utc(vm)) {
        return Ok(vm.str("datetime.timezone.utc"));
    }
    let (class, offset) = (vm.type_name(this), vm.repr_text(&offset(vm, this))?);
    Ok(vm.str(&match own(this).name.get() {
        Some(name) => format!("{class}({offset}, {})", vm.repr_text(&name)?),
        None => format!("{class}({offset})"),
    }))
}

fn name(vm: &Vm, this: &Obj) -> PyResult {
    if let Some(name) = own(this).name.get() {
        return Ok(name);
    }
    match delta::micros(&offset(vm, this)) {
        None | Some(0) => Ok(vm.str("UTC")),
        Some(micros) => Ok(vm.str(&format!("UTC{}", fields::offset_shown(micros, ":")))),
    }
}

/// The argument is a datetime or `None`.
fn checked(vm: &Vm, method: &str, args: Args<'_>) -> PyResult<()> {
    let given = &args.pos()[0];
    if given.is(&vm.consts.none) || fields::is_moment(vm, given) {
        return Ok(());
    }
    Err(vm.type_error(format!("{method}(dt) argument must be a datetime instance or None, not {}", vm.type_name(given))))
}

/// The datetime that is asked for its own zone.
fn own_moment<'a>(vm: &Vm, this: &Obj, args: Args<'a>) -> PyResult<&'a Obj> {
    let moment = &args.pos()[0];
    if !fields::is_moment(vm, moment) {
        return Err(vm.type_error("fromutc: argument must be a datetime"));
    }
    if !moment.get::<Stamp>().is_some_and(|stamp| stamp.zone.is(this)) {
        return Err(vm.value_error("fromutc: dt.tzinfo is not self"));
    }
    Ok(moment)
}

fn from_utc_fixed(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let moment = own_moment(vm, this, args)?;
    vm.binary(Operator::Add, moment, &offset(vm, this))
}

/// `tzinfo.fromutc`: by what the zone says of offset and summer time.
fn from_utc(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let moment = own_moment(vm, this, args)?;
    let Some(offset) = fields::offset(vm, Some(this), "utcoffset", moment)? else {
        return Err(vm.value_error("fromutc: non-None utcoffset() result required"));
    };
    let Some(dst) = fields::offset(vm, Some(this), "dst", moment)? else {
        return Err(vm.value_error("fromutc: non-None dst() result required"));
    };
    let standard = vm.binary(Operator::Add, moment, &delta::new(vm, offset - dst)?)?;
    match fields::offset(vm, Some(this), "dst", &standard)? {
        Some(dst) => vm.binary(Operator::Add, &standard, &delta::new(vm, dst)?),
        None => Err(vm.value_error("fromutc: tz.dst() gave inconsistent results; cannot convert")),
    }
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let args = match vm.getattr_opt_str(this, "__getinitargs__")? {
        Some(arguments) => vm.call(&arguments, &[])?,
        None => vm.consts.empty_tuple.clone(),
    };
    let state = vm.call_method(this, "__getstate__", &[])?;
    Ok(vm.tuple(vec![vm.class_of(this), args, state]))
}
