//! `time`: a time of day.

use std::cell::Cell;

use heap::{Obj, Slot};

use super::date::state;
use super::fields::{self, TimeFields};
use super::{delta, iso, kind};
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::{Args, Compare, PyResult, Signature, Vm};

use Convention::{Keywords, NoArgs, One, Positional};

/// The payload of a `time`.
pub(super) struct Clock {
    pub(super) time: TimeFields,
    pub(super) zone: Slot,
    hash: Cell<Option<i64>>,
}

impl heap::Payload for Clock {
    const KIND: heap::Kind = kind(131);
    fn traverse(&self, _: heap::Visit<'_>) {}
    fn holds(&self, visit: heap::LabelledVisit<'_>) {
        self.zone.get().iter().for_each(|zone| visit(heap::Label::Field("tzinfo"), zone));
    }
    fn clear(&self, _: &mut heap::Trash<'_>) {}
    fn dismantle(&mut self, trash: &mut heap::Trash<'_>) {
        trash.take(&self.zone);
    }
}

const REPLACE: &str =
    "($self, /, hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)";

pub(super) static TIME: ClassSpec = ClassSpec {
    name: "datetime.time",
    base: None,
    kind: kind(131),
    flags: flags::BASE_TYPE,
    slots: |s| {
        s.new.set(Some(new));
        s.repr.set(Some(repr));
        s.str.set(Some(|vm, this| vm.call_method(this, "isoformat", &[])));
        s.hash.set(Some(hash));
        s.richcompare.set(Some(compare));
    },
    methods: &[
        Method::class("strptime", |vm, class, args| fields::strptime(vm, class, "_strptime_datetime_time", args), Positional),
        Method::new("isoformat", iso_format, Keywords),
        Method::new("strftime", strftime, Keywords),
        Method::new("__format__", fields::format, Positional),
        Method::new("utcoffset", |vm, this, _| fields::offset_object(vm, zone(this).as_ref(), "utcoffset", &vm.none()), NoArgs)
            .signature("($self, /)"),
        Method::new("tzname", |vm, this, _| fields::zone_name(vm, zone(this).as_ref(), &vm.none()), NoArgs).signature("($self, /)"),
        Method::new("dst", |vm, this, _| fields::offset_object(vm, zone(this).as_ref(), "dst", &vm.none()), NoArgs).signature("($self, /)"),
        Method::new("replace", replace, Keywords).signature(REPLACE),
        Method::new("__replace__", replace, Keywords).signature("($self, /, **changes)"),
        Method::class("fromisoformat", from_iso, One).signature("($type, object, /)"),
        Method::new(
            "__reduce_ex__",
            |vm, this, args| {
                let protocol = vm.index_isize(&args.check(vm, "__reduce_ex__", 1, 1)?[0])?;
                reduce(vm, this, protocol > 3)
            },
            Positional,
        ),
        Method::new("__reduce__", |vm, this, _| reduce(vm, this, false), NoArgs).signature("($self, /)"),
    ],
    getset: &[
        GetSet::new("hour", |vm, this| Ok(vm.int(time(this).hour))),
        GetSet::new("minute", |vm, this| Ok(vm.int(time(this).minute))),
        GetSet::new("second", |vm, this| Ok(vm.int(time(this).second))),
        GetSet::new("microsecond", |vm, this| Ok(vm.int(time(this).micro))),
        GetSet::new("tzinfo", |vm, this| Ok(zone(this).unwrap_or_else(|| vm.none()))),
        GetSet::new("fold", |vm, this| Ok(vm.int(time(this).fold))),
    ],
    basicsize: 40,
    itemsize: 0,
    doc: "",
};

fn time(this: &Obj) -> TimeFields {
    this.get::<Clock>().expect("a method of a time gets one").time
}

fn zone(this: &Obj) -> Option<Obj> {
    fields::zone_of(this)
}

/// A new `time`, or one of a class that extends it.
pub(super) fn make(vm: &Vm, class: &Obj, time: TimeFields, zone: Option<Obj>) -> Obj {
    vm.new_object(class, Clock { time, zone: zone.into(), hash: Cell::new(None) })
}

/// Five numbers and a zone as arguments: those that are not given stay as they are.
pub(super) fn changed(vm: &Vm, old: TimeFields, [hour, minute, second, micro, fold]: [Option<&Obj>; 5]) -> PyResult<TimeFields> {
    let n = |given, old| fields::number(vm, given, old);
    TimeFields::checked(vm, n(hour, old.hour)?, n(minute, old.minute)?, n(second, old.second)?, n(micro, old.micro)?, n(fold, old.fold)?)
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    if let Some(b) = state(args, 6).filter(|b| b[0] & 0x7f < 24) {
        return Ok(make(vm, class, of_bytes(b), fields::tzinfo(vm, args.get(1))?));
    }
    const NAMES: [&str; 6] = ["hour", "minute", "second", "microsecond", "tzinfo", "fold"];
    let [hour, minute, second, micro, zone, fold] = fields::bind(vm, args, &NAMES, 0, 5)?;
    let time = changed(vm, TimeFields::default(), [hour, minute, second, micro, fold])?;
    Ok(make(vm, class, time, fields::tzinfo(vm, zone)?))
}

/// The time in a pickled state; the highest bit of the first byte is the fold.
pub(super) fn of_bytes(b: &[u8]) -> TimeFields {
    TimeFields {
        hour: i64::from(b[0] & 0x7f),
        minute: b[1].into(),
        second: b[2].into(),
        micro: i64::from(b[3]) << 16 | i64::from(b[4]) << 8 | i64::from(b[5]),
        fold: i64::from(b[0] >> 7),
    }
}

pub(super) fn to_bytes(time: TimeFields) -> [u8; 6] {
    [time.hour as u8, time.minute as u8, time.second as u8, (time.micro >> 16) as u8, (time.micro >> 8) as u8, time.micro as u8]
}

/// What the `repr` of a time or datetime ends with.
pub(super) fn repr_end(vm: &Vm, time: TimeFields, zone: Option<Obj>) -> PyResult<String> {
    let mut text = match (time.second, time.micro) {
        (0, 0) => format!("{}, {}", time.hour, time.minute),
        (second, 0) => format!("{}, {}, {second}", time.hour, time.minute),
        (second, micro) => format!("{}, {}, {second}, {micro}", time.hour, time.minute),
    };
    if let Some(zone) = zone {
        text += &format!(", tzinfo={}", vm.repr_text(&zone)?);
    }
    if time.fold != 0 {
        text += ", fold=1";
    }
    Ok(text + ")")
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    Ok(vm.str(&format!("{}({}", vm.type_name(this), repr_end(vm, time(this), zone(this))?)))
}

fn offset(vm: &Vm, this: &Obj) -> PyResult<Option<i128>> {
    fields::offset(vm, zone(this).as_ref(), "utcoffset", &vm.none())
}

fn hash(vm: &Vm, this: &Obj) -> PyResult<i64> {
    let clock = this.get::<Clock>().expect("a method of a time gets one");
    if let Some(hash) = clock.hash.get() {
        return Ok(hash);
    }
    let hash = match offset(vm, this)? {
        None => heap::hash::hash_bytes(&to_bytes(clock.time)),
        Some(offset) => vm.hash(&delta::new(vm, i128::from(clock.time.micros()) - offset)?)?,
    };
    clock.hash.set(Some(hash));
    Ok(hash)
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if b.get::<Clock>().is_none() {
        return Ok(vm.not_implemented());
    }
    let same_zone = match (zone(a), zone(b)) {
        (Some(a), Some(b)) => a.is(&b),
        (a, b) => a.is_none() && b.is_none(),
    };
    let offsets = if same_zone { (Some(0), Some(0)) } else { (offset(vm, a)?, offset(vm, b)?) };
    match offsets {
        (None, None) => Ok(vm.bool(op.holds(time(a).micros().cmp(&time(b).micros())))),
        (Some(x), Some(y)) => {
            let (x, y) = (i128::from(time(a).micros()) - x, i128::from(time(b).micros()) - y);
            Ok(vm.bool(op.holds(x.cmp(&y))))
        }
        _ if matches!(op, Compare::Eq | Compare::Ne) => Ok(vm.bool(op == Compare::Ne)),
        _ => Err(vm.type_error("can't compare offset-naive and offset-aware times")),
    }
}

fn iso_format(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "isoformat", params: &["timespec"], positional_only: 0, positional: 1, required: 0 };
    let [timespec] = args.bind(vm, &SIGNATURE)?;
    let timespec = timespec.map_or_else(|| "auto".to_owned(), |timespec| vm.lossy(timespec));
    let mut text = time(this).shown(vm, &timespec)?;
    if let Some(micros) = offset(vm, this)? {
        text += &fields::offset_shown(micros, ":");
    }
    Ok(vm.str(&text))
}

fn strftime(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "strftime", params: &["format"], positional_only: 0, positional: 1, required: 1 };
    let [Some(format)] = args.bind(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    let date = fields::DateFields { year: 1900, month: 1, day: 1 };
    fields::strftime(vm, this, format, &fields::tm(date, time(this), -1), time(this).micro, zone(this).as_ref())
}

fn replace(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature {
        name: "replace",
        params: &["hour", "minute", "second", "microsecond", "tzinfo", "fold"],
        positional_only: 0,
        positional: 5,
        required: 0,
    };
    let [hour, minute, second, micro, new_zone, fold] = args.bind(vm, &SIGNATURE)?;
    let new = changed(vm, time(this), [hour, minute, second, micro, fold])?;
    let zone = match new_zone {
        Some(_) => fields::tzinfo(vm, new_zone)?,
        None => zone(this),
    };
    let class = vm.class_of(this);
    if class.is(&vm.late_class(&TIME)) {
        return Ok(make(vm, &class, new, zone));
    }
    let numbers = [new.hour, new.minute, new.second, new.micro].map(|n| vm.int(n));
    let args = [&numbers[..], &[zone.unwrap_or_else(|| vm.none())]].concat();
    vm.call_kw(&class, &args, &[("fold", vm.int(new.fold))])
}

fn from_iso(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let given = &args.pos()[0];
    let text = iso::text(vm, given)?;
    let Some(parsed) = iso::time(text.strip_prefix('T').unwrap_or(&text)) else { return Err(iso::invalid(vm, given)) };
    let time = parsed.check(vm)?;
    let zone = parsed.zone(vm)?;
    if class.is(&vm.late_class(&TIME)) {
        return Ok(make(vm, class, time, zone));
    }
    let mut all = [time.hour, time.minute, time.second, time.micro].map(|n| vm.int(n)).to_vec();
    all.push(zone.unwrap_or_else(|| vm.none()));
    vm.call(class, &all)
}

fn reduce(vm: &Vm, this: &Obj, with_fold: bool) -> PyResult {
    let mut bytes = to_bytes(time(this));
    if with_fold && time(this).fold != 0 {
        bytes[0] |= 0x80;
    }
    let mut args = vec![vm.bytes(&bytes)];
    args.extend(zone(this));
    Ok(vm.pair(vm.class_of(this), vm.tuple(args)))
}
