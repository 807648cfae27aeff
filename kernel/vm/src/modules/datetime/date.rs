//! `date`, and the payload that it shares with `datetime`.

use std::cell::Cell;

use heap::{Bytes, Obj, Slot};

use super::fields::{self, DateFields, TimeFields};
use super::{delta, iso, kind};
use crate::class::{ClassSpec, Convention, GetSet, Method, Operator, flags};
use crate::modules::time::struct_time;
use crate::objects::leaf;
use crate::{Args, Compare, PyResult, Signature, Vm};

use Convention::{Keywords, NoArgs, One, Positional};

/// The payload of a `date` or a `datetime`.
pub(super) struct Stamp {
    pub(super) date: DateFields,
    pub(super) time: TimeFields,
    pub(super) zone: Slot,
    pub(super) hash: Cell<Option<i64>>,
}

impl heap::Payload for Stamp {
    const KIND: heap::Kind = kind(130);
    fn traverse(&self, _: heap::Visit<'_>) {}
    fn holds(&self, visit: heap::LabelledVisit<'_>) {
        self.zone.get().iter().for_each(|zone| visit(heap::Label::Field("tzinfo"), zone));
    }
    fn clear(&self, _: &mut heap::Trash<'_>) {}
    fn dismantle(&mut self, trash: &mut heap::Trash<'_>) {
        trash.take(&self.zone);
    }
}

pub(super) static DATE: ClassSpec = ClassSpec {
    name: "datetime.date",
    base: None,
    kind: kind(130),
    flags: flags::BASE_TYPE,
    slots: |s| {
        s.new.set(Some(new));
        s.repr.set(Some(|vm, this| {
            let DateFields { year, month, day } = date(this);
            Ok(vm.str(&format!("{}({year}, {month}, {day})", vm.type_name(this))))
        }));
        s.str.set(Some(|vm, this| vm.call_method(this, "isoformat", &[])));
        s.hash.set(Some(hash));
        s.richcompare.set(Some(compare));
        s.binary[Operator::Add as usize].set(Some(add));
        s.binary[Operator::Subtract as usize].set(Some(subtract));
    },
    methods: &[
        Method::class("fromtimestamp", from_timestamp, One).signature("($type, timestamp, /)"),
        Method::class("fromordinal", from_ordinal, Positional),
        Method::class("fromisoformat", from_iso, One).signature("($type, object, /)"),
        Method::class("fromisocalendar", from_iso_calendar, Keywords),
        Method::class("strptime", |vm, class, args| fields::strptime(vm, class, "_strptime_datetime_date", args), Positional),
        Method::class("today", today, NoArgs).signature("($type, /)"),
        Method::new("ctime", |vm, this, _| ctime(vm, date(this), TimeFields::default()), NoArgs).signature("($self, /)"),
        Method::new("strftime", strftime, Keywords),
        Method::new("__format__", fields::format, Positional),
        Method::new("timetuple", |vm, this, _| Ok(struct_time::bare(vm, &fields::tm(date(this), TimeFields::default(), -1))), NoArgs)
            .signature("($self, /)"),
        Method::new("isocalendar", iso_calendar, NoArgs).signature("($self, /)"),
        Method::new("isoformat", |vm, this, _| Ok(vm.str(&date(this).shown())), NoArgs).signature("($self, /)"),
        Method::new("isoweekday", |vm, this, _| Ok(vm.int(date(this).weekday() + 1)), NoArgs).signature("($self, /)"),
        Method::new("toordinal", |vm, this, _| Ok(vm.int(date(this).ordinal())), NoArgs).signature("($self, /)"),
        Method::new("weekday", |vm, this, _| Ok(vm.int(date(this).weekday())), NoArgs).signature("($self, /)"),
        Method::new("replace", replace, Keywords).signature("($self, /, year=unchanged, month=unchanged, day=unchanged)"),
        Method::new("__replace__", replace, Keywords).signature("($self, /, **changes)"),
        Method::new("__reduce__", reduce, NoArgs).signature("($self, /)"),
    ],
    getset: &[
        GetSet::new("year", |vm, this| Ok(vm.int(date(this).year))),
        GetSet::new("month", |vm, this| Ok(vm.int(date(this).month))),
        GetSet::new("day", |vm, this| Ok(vm.int(date(this).day))),
    ],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

pub(super) fn stamp(this: &Obj) -> &Stamp {
    this.get::<Stamp>().expect("a method of a date gets one")
}

pub(super) fn date(this: &Obj) -> DateFields {
    stamp(this).date
}

/// A new `date`, or one of a class that extends it.
pub(super) fn make(vm: &Vm, class: &Obj, date: DateFields) -> Obj {
    let payload = Stamp { date, time: TimeFields::default(), zone: Slot::empty(), hash: Cell::new(None) };
    vm.new_object(class, payload)
}

/// A date of this class, made by calling it unless it is `date` itself.
fn made_by(vm: &Vm, class: &Obj, date: DateFields) -> PyResult {
    if class.is(&vm.late_class(&DATE)) {
        return Ok(make(vm, class, date));
    }
    vm.call(class, &[vm.int(date.year), vm.int(date.month), vm.int(date.day)])
}

/// The bytes of a pickled date: so many, with a month that can be one.
pub(super) fn state<'a>(args: Args<'a>, size: usize) -> Option<&'a [u8]> {
    let bytes = match args.pos() {
        [first] | [first, _] if !args.has_keywords() => first.get::<Bytes>().map(Bytes::as_bytes)?,
        _ => return None,
    };
    (bytes.len() == size).then_some(bytes)
}

pub(super) fn date_of(bytes: &[u8]) -> Option<DateFields> {
    let (year, month) = (i64::from(bytes[0]) << 8 | i64::from(bytes[1]), i64::from(bytes[2] & 0x7f));
    ((1..=12).contains(&month)).then_some(DateFields { year, month, day: i64::from(bytes[3]) })
}

pub(super) fn date_bytes(date: DateFields) -> [u8; 4] {
    [(date.year >> 8) as u8, date.year as u8, date.month as u8, date.day as u8]
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    if args.pos().len() == 1
        && let Some(date) = state(args, 4).and_then(date_of)
    {
        return Ok(make(vm, class, date));
    }
    let [year, month, day] = fields::bind(vm, args, &["year", "month", "day"], 3, 3)?;
    let [year, month, day] = [fields::number(vm, year, 0)?, fields::number(vm, month, 0)?, fields::number(vm, day, 0)?];
    Ok(make(vm, class, DateFields::checked(vm, year, month, day)?))
}

fn hash(vm: &Vm, this: &Obj) -> PyResult<i64> {
    let stamp = stamp(this);
    let _ = vm;
    let hash = stamp.hash.get().unwrap_or_else(|| heap::hash::hash_bytes(&date_bytes(stamp.date)));
    stamp.hash.set(Some(hash));
    Ok(hash)
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    // A datetime is a date, but is not compared with one.
    match b.get::<Stamp>() {
        Some(other) if !fields::is_moment(vm, b) => Ok(vm.bool(op.holds(date(a).cmp(&other.date)))),
        _ => Ok(vm.not_implemented()),
    }
}

fn add(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (this, micros) = match (delta::micros(a), delta::micros(b)) {
        (None, Some(micros)) => (a, micros),
        (Some(micros), None) => (b, micros),
        _ => return Ok(vm.not_implemented()),
    };
    let Some(stamp) = this.get::<Stamp>().filter(|_| !fields::is_moment(vm, this)) else { return Ok(vm.not_implemented()) };
    made_by(vm, &vm.class_of(this), stamp.date.plus(vm, delta::parts(micros).0)?)
}

fn subtract(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let Some(stamp) = a.get::<Stamp>().filter(|_| !fields::is_moment(vm, a)) else { return Ok(vm.not_implemented()) };
    if let Some(micros) = delta::micros(b) {
        return made_by(vm, &vm.class_of(a), stamp.date.plus(vm, -delta::parts(micros).0)?);
    }
    match b.get::<Stamp>().filter(|_| !fields::is_moment(vm, b)) {
        Some(other) => delta::new(vm, i128::from(stamp.date.ordinal() - other.date.ordinal()) * delta::DAY),
        None => Ok(vm.not_implemented()),
    }
}

fn from_timestamp(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let (seconds, _) = fields::timestamp(vm, &args.pos()[0])?;
    let (date, _) = fields::of_tm(vm, &crate::modules::time::local(vm, seconds), 0)?;
    made_by(vm, class, date)
}

fn today(vm: &Vm, class: &Obj, _: Args<'_>) -> PyResult {
    let time = vm.getattr_str(&vm.import_module("time")?, "time")?;
    vm.call_method(class, "fromtimestamp", &[vm.call(&time, &[])?])
}

fn from_ordinal(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let ordinal = fields::number(vm, args.check(vm, "fromordinal", 1, 1)?.first(), 0)?;
    if ordinal < 1 {
        return Err(vm.value_error("ordinal must be >= 1"));
    }
    let DateFields { year, month, day } = DateFields::of_ordinal(ordinal);
    made_by(vm, class, DateFields::checked(vm, year, month, day)?)
}

fn from_iso(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let text = iso::text(vm, &args.pos()[0])?;
    match iso::date(&text) {
        Some(parsed) => made_by(vm, class, parsed.check(vm)?),
        None => Err(iso::invalid(vm, &args.pos()[0])),
    }
}

fn from_iso_calendar(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "fromisocalendar", params: &["year", "week", "day"], positional_only: 0, positional: 3, required: 3 };
    let [year, week, day] = args.bind(vm, &SIGNATURE)?;
    let [year, week, day] = [fields::number(vm, year, 0)?, fields::number(vm, week, 0)?, fields::number(vm, day, 0)?];
    made_by(vm, class, iso::week_date(vm, year, week, day)?)
}

/// `Thu Feb 29 00:00:00 2024`.
pub(super) fn ctime(vm: &Vm, date: DateFields, time: TimeFields) -> PyResult {
    let tm = fields::tm(date, time, -1);
    let text = crate::modules::time::format::strftime("%a %b %e %H:%M:%S", &tm);
    Ok(vm.str(&format!("{text} {:04}", date.year)))
}

fn strftime(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "strftime", params: &["format"], positional_only: 0, positional: 1, required: 1 };
    let [Some(format)] = args.bind(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    fields::strftime(vm, this, format, &fields::tm(date(this), TimeFields::default(), -1), 0, None)
}

fn iso_calendar(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let (year, week, day) = date(this).iso_calendar();
    Ok(vm.new_tuple_of(&vm.late_class(&iso::ISO_CALENDAR_DATE), vec![vm.int(year), vm.int(week), vm.int(day)]))
}

fn replace(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "replace", params: &["year", "month", "day"], positional_only: 0, positional: 3, required: 0 };
    let [year, month, day] = args.bind(vm, &SIGNATURE)?;
    let old = date(this);
    let [year, month, day] =
        [fields::number(vm, year, old.year)?, fields::number(vm, month, old.month)?, fields::number(vm, day, old.day)?];
    vm.call(&vm.class_of(this), &[vm.int(year), vm.int(month), vm.int(day)])
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let state = vm.bytes(&date_bytes(date(this)));
    Ok(vm.pair(vm.class_of(this), vm.tuple(vec![state])))
}

/// Whether an object is a text, for arguments that must be one.
pub(super) fn is_text(obj: &Obj) -> bool {
    leaf::text(obj).is_some()
}
