//! `datetime`: a date and a time of day.

use std::cell::Cell;

use heap::Obj;

use super::clock::{self, Clock, changed};
use super::date::{self, DATE, Stamp, date, stamp, state};
use super::fields::{self, DateFields, TimeFields};
use super::{delta, iso, kind, zone};
use crate::class::{ClassSpec, Convention, GetSet, Method, Operator, flags};
use crate::modules::time::civil::Tm;
use crate::modules::time::{local, struct_time};
use crate::{Args, Compare, PyResult, Signature, Vm};

use Convention::{Keywords, NoArgs, One, Positional};

const REPLACE: &str = "($self, /, year=unchanged, month=unchanged, day=unchanged,\n        hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)";
const FIELDS: [&str; 9] = ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"];
/// Where 1970 begins.
const EPOCH: DateFields = DateFields { year: 1970, month: 1, day: 1 };

pub(super) static DATETIME: ClassSpec = ClassSpec {
    name: "datetime.datetime",
    base: Some(&DATE),
    kind: kind(130),
    flags: flags::BASE_TYPE,
    slots: |s| {
        s.new.set(Some(new));
        s.repr.set(Some(repr));
        s.str.set(Some(|vm, this| vm.call_method(this, "isoformat", &[vm.str(" ")])));
        s.hash.set(Some(hash));
        s.richcompare.set(Some(compare));
        s.binary[Operator::Add as usize].set(Some(add));
        s.binary[Operator::Subtract as usize].set(Some(subtract));
    },
    methods: &[
        Method::class("now", now, Keywords).signature("($type, /, tz=None)"),
        Method::class("utcnow", utc_now, NoArgs).signature("($type, /)"),
        Method::class("fromtimestamp", from_timestamp, Keywords),
        Method::class("utcfromtimestamp", utc_from_timestamp, Positional),
        Method::class("strptime", |vm, class, args| fields::strptime(vm, class, "_strptime_datetime_datetime", args), Positional),
        Method::class("combine", combine, Keywords),
        Method::class("fromisoformat", from_iso, One).signature("($type, object, /)"),
        Method::new("date", |vm, this, _| Ok(date::make(vm, &vm.late_class(&DATE), date(this))), NoArgs).signature("($self, /)"),
        Method::new("time", |vm, this, _| Ok(clock::make(vm, &vm.late_class(&clock::TIME), time(this), None)), NoArgs)
            .signature("($self, /)"),
        Method::new("timetz", |vm, this, _| Ok(clock::make(vm, &vm.late_class(&clock::TIME), time(this), zone_of(this))), NoArgs)
            .signature("($self, /)"),
        Method::new("ctime", |vm, this, _| date::ctime(vm, date(this), time(this)), NoArgs).signature("($self, /)"),
        Method::new("timetuple", time_tuple, NoArgs).signature("($self, /)"),
        Method::new("timestamp", timestamp, NoArgs).signature("($self, /)"),
        Method::new("utctimetuple", utc_time_tuple, NoArgs).signature("($self, /)"),
        Method::new("strftime", strftime, Keywords),
        Method::new("isoformat", iso_format, Keywords),
        Method::new("utcoffset", |vm, this, _| fields::offset_object(vm, zone_of(this).as_ref(), "utcoffset", this), NoArgs)
            .signature("($self, /)"),
        Method::new("tzname", |vm, this, _| fields::zone_name(vm, zone_of(this).as_ref(), this), NoArgs).signature("($self, /)"),
        Method::new("dst", |vm, this, _| fields::offset_object(vm, zone_of(this).as_ref(), "dst", this), NoArgs).signature("($self, /)"),
        Method::new("replace", replace, Keywords).signature(REPLACE),
        Method::new("__replace__", replace, Keywords).signature("($self, /, **changes)"),
        Method::new("astimezone", as_timezone, Keywords),
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
        GetSet::new("tzinfo", |vm, this| Ok(zone_of(this).unwrap_or_else(|| vm.none()))),
        GetSet::new("fold", |vm, this| Ok(vm.int(time(this).fold))),
    ],
    basicsize: 48,
    itemsize: 0,
    doc: "",
};

fn time(this: &Obj) -> TimeFields {
    stamp(this).time
}

fn zone_of(this: &Obj) -> Option<Obj> {
    fields::zone_of(this)
}

/// A new `datetime`, or one of a class that extends it.
pub(super) fn make(vm: &Vm, class: &Obj, date: DateFields, time: TimeFields, zone: Option<Obj>) -> Obj {
    vm.new_object(class, Stamp { date, time, zone: zone.into(), hash: Cell::new(None) })
}

/// One of this class, made by calling it unless it is `datetime` itself.
fn made_by(vm: &Vm, class: &Obj, date: DateFields, time: TimeFields, zone: Option<Obj>) -> PyResult {
    if class.is(&vm.late_class(&DATETIME)) {
        return Ok(make(vm, class, date, time, zone));
    }
    let numbers = [date.year, date.month, date.day, time.hour, time.minute, time.second, time.micro].map(|n| vm.int(n));
    let args = [&numbers[..], &[zone.unwrap_or_else(|| vm.none())]].concat();
    match time.fold {
        0 => vm.call(class, &args),
        fold => vm.call_kw(class, &args, &[("fold", vm.int(fold))]),
    }
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    if let Some(bytes) = state(args, 10)
        && let Some(date) = date::date_of(bytes)
    {
        let time = TimeFields { fold: i64::from(bytes[2] >> 7), ..clock::of_bytes(&bytes[4..]) };
        return Ok(make(vm, class, date, time, fields::tzinfo(vm, args.get(1))?));
    }
    let [year, month, day, hour, minute, second, micro, zone, fold] = fields::bind(vm, args, &FIELDS, 3, 8)?;
    let [year, month, day] = [fields::number(vm, year, 0)?, fields::number(vm, month, 0)?, fields::number(vm, day, 0)?];
    let date = DateFields::checked(vm, year, month, day)?;
    let time = changed(vm, TimeFields::default(), [hour, minute, second, micro, fold])?;
    Ok(make(vm, class, date, time, fields::tzinfo(vm, zone)?))
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let DateFields { year, month, day } = date(this);
    let rest = clock::repr_end(vm, time(this), zone_of(this))?;
    Ok(vm.str(&format!("{}({year}, {month}, {day}, {rest}", vm.type_name(this))))
}

/// Microseconds since 1 January 1, as if there were no zones.
fn micros(this: &Obj) -> i128 {
    i128::from(date(this).ordinal()) * delta::DAY + i128::from(time(this).micros())
}

fn of_micros(vm: &Vm, micros: i128) -> PyResult<(DateFields, TimeFields)> {
    let ordinal = micros.div_euclid(delta::DAY);
    match i64::try_from(ordinal).ok().filter(|ordinal| (1..=3_652_059).contains(ordinal)) {
        Some(ordinal) => Ok((DateFields::of_ordinal(ordinal), TimeFields::of_micros(micros.rem_euclid(delta::DAY) as i64))),
        None => Err(vm.overflow_error("date value out of range")),
    }
}

fn offset(vm: &Vm, this: &Obj) -> PyResult<Option<i128>> {
    fields::offset(vm, zone_of(this).as_ref(), "utcoffset", this)
}

fn hash(vm: &Vm, this: &Obj) -> PyResult<i64> {
    let own = stamp(this);
    if let Some(hash) = own.hash.get() {
        return Ok(hash);
    }
    // The second of two equal times hashes as the first.
    let first = if own.time.fold == 0 {
        this.clone()
    } else {
        make(vm, &vm.class_of(this), own.date, TimeFields { fold: 0, ..own.time }, zone_of(this))
    };
    let hash = match offset(vm, &first)? {
        None => heap::hash::hash_bytes(&[&date::date_bytes(own.date)[..], &clock::to_bytes(own.time)].concat()),
        Some(offset) => vm.hash(&delta::new(vm, micros(this) - offset)?)?,
    };
    own.hash.set(Some(hash));
    Ok(hash)
}

fn same_zone(a: &Obj, b: &Obj) -> bool {
    match (zone_of(a), zone_of(b)) {
        (Some(a), Some(b)) => a.is(&b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if !fields::is_moment(vm, b) {
        return Ok(vm.not_implemented());
    }
    let equality = matches!(op, Compare::Eq | Compare::Ne);
    if same_zone(a, b) {
        return Ok(vm.bool(op.holds(micros(a).cmp(&micros(b)))));
    }
    match (offset(vm, a)?, offset(vm, b)?) {
        (None, None) => Ok(vm.bool(op.holds(micros(a).cmp(&micros(b))))),
        (Some(x), Some(y)) => {
            // A time that the zone has twice is equal to none in another zone (PEP 495).
            if equality && (depends_on_fold(vm, a)? || depends_on_fold(vm, b)?) {
                return Ok(vm.bool(op == Compare::Ne));
            }
            Ok(vm.bool(op.holds((micros(a) - x).cmp(&(micros(b) - y)))))
        }
        _ if equality => Ok(vm.bool(op == Compare::Ne)),
        _ => Err(vm.type_error("can't compare offset-naive and offset-aware datetimes")),
    }
}

fn depends_on_fold(vm: &Vm, this: &Obj) -> PyResult<bool> {
    let other = TimeFields { fold: 1 - time(this).fold, ..time(this) };
    let flipped = make(vm, &vm.late_class(&DATETIME), date(this), other, zone_of(this));
    Ok(offset(vm, this)? != offset(vm, &flipped)?)
}

fn plus(vm: &Vm, this: &Obj, more: i128) -> PyResult {
    let (date, time) = of_micros(vm, micros(this) + more)?;
    made_by(vm, &vm.class_of(this), date, time, zone_of(this))
}

fn add(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    match (delta::micros(a), delta::micros(b)) {
        (None, Some(more)) if fields::is_moment(vm, a) => plus(vm, a, more),
        (Some(more), None) if fields::is_moment(vm, b) => plus(vm, b, more),
        _ => Ok(vm.not_implemented()),
    }
}

fn subtract(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if !fields::is_moment(vm, a) {
        return Ok(vm.not_implemented());
    }
    if let Some(less) = delta::micros(b) {
        return plus(vm, a, -less);
    }
    if !fields::is_moment(vm, b) {
        return Ok(vm.not_implemented());
    }
    let difference = micros(a) - micros(b);
    if same_zone(a, b) {
        return delta::new(vm, difference);
    }
    match (offset(vm, a)?, offset(vm, b)?) {
        (None, None) => delta::new(vm, difference),
        (Some(x), Some(y)) => delta::new(vm, difference - x + y),
        _ => Err(vm.type_error("can't subtract offset-naive and offset-aware datetimes")),
    }
}

/// So many seconds and microseconds after 1970 began, in this zone, or in that of the host.
fn at(vm: &Vm, class: &Obj, (seconds, micro): (i64, i64), zone: Option<Obj>) -> PyResult {
    let tm = if zone.is_some() { Tm::utc(seconds) } else { local(vm, seconds) };
    let (date, time) = fields::of_tm(vm, &tm, micro)?;
    let Some(zone) = zone else {
        // Of two equal local times the second one has a fold.
        let before = micros_of_local(vm, seconds - 3600);
        let fold = i64::from(before.is_some_and(|before| {
            before > 0 && local(vm, seconds - before).offset != tm.offset && {
                let early = local(vm, seconds - before);
                (early.hour, early.minute, early.day) == (tm.hour, tm.minute, tm.day)
            }
        }));
        return made_by(vm, class, date, TimeFields { fold, ..time }, None);
    };
    let made = made_by(vm, class, date, time, Some(zone.clone()))?;
    vm.call_method(&zone, "fromutc", &[made])
}

/// By how many seconds the local offset has shrunk since then.
fn micros_of_local(vm: &Vm, then: i64) -> Option<i64> {
    let (early, late) = (local(vm, then), local(vm, then + 3600));
    (early.offset > late.offset).then_some(early.offset - late.offset)
}

fn now(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "now", params: &["tz"], positional_only: 0, positional: 1, required: 0 };
    let [zone] = args.bind(vm, &SIGNATURE)?;
    let zone = fields::tzinfo(vm, zone)?;
    let now = vm.host.now();
    at(vm, class, (now.as_secs() as i64, i64::from(now.subsec_micros())), zone)
}

fn utc_at(vm: &Vm, class: &Obj, name: &str, use_instead: &str, (seconds, micro): (i64, i64)) -> PyResult {
    let text = format!(
        "datetime.datetime.{name}() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent \
         datetimes in UTC: datetime.datetime.{use_instead}."
    );
    vm.warn(&vm.types.deprecation_warning, &text)?;
    let (date, time) = fields::of_tm(vm, &Tm::utc(seconds), micro)?;
    made_by(vm, class, date, time, None)
}

fn utc_now(vm: &Vm, class: &Obj, _: Args<'_>) -> PyResult {
    let now = vm.host.now();
    utc_at(vm, class, "utcnow", "now(datetime.UTC)", (now.as_secs() as i64, i64::from(now.subsec_micros())))
}

fn from_timestamp(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "fromtimestamp", params: &["timestamp", "tz"], positional_only: 0, positional: 2, required: 1 };
    let [Some(seconds), zone] = args.bind(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    let zone = fields::tzinfo(vm, zone)?;
    at(vm, class, fields::timestamp(vm, seconds)?, zone)
}

fn utc_from_timestamp(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "utcfromtimestamp", 1, 1)?;
    let time = fields::timestamp(vm, &given[0])?;
    utc_at(vm, class, "utcfromtimestamp", "fromtimestamp(timestamp, datetime.UTC)", time)
}

fn combine(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "combine", params: &["date", "time", "tzinfo"], positional_only: 0, positional: 3, required: 2 };
    let [Some(day), Some(clock), zone] = args.bind(vm, &SIGNATURE)? else { unreachable!("two arguments are required") };
    let wrong = |n: u8, what: &str, given: &Obj| {
        vm.type_error(format!("combine() argument {n} must be datetime.{what}, not {}", vm.type_name(given)))
    };
    let Some(of_day) = day.get::<Stamp>() else { return Err(wrong(1, "date", day)) };
    let Some(of_clock) = clock.get::<Clock>() else { return Err(wrong(2, "time", clock)) };
    let zone = match zone {
        Some(_) => fields::tzinfo(vm, zone)?,
        None => of_clock.zone.get(),
    };
    made_by(vm, class, of_day.date, of_clock.time, zone)
}

fn from_iso(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let given = &args.pos()[0];
    let text = iso::text(vm, given)?;
    let Some((day, clock)) = iso::moment(&text) else { return Err(iso::invalid(vm, given)) };
    let mut date = day.check(vm)?;
    let Some(mut clock) = clock else { return made_by(vm, class, date, TimeFields::default(), None) };
    // Midnight at the end of a day is the beginning of the next one.
    if clock.is_midnight_of_24() {
        date = date.plus(vm, 1)?;
        clock.hour = 0;
    }
    let time = clock.check(vm)?;
    let zone = clock.zone(vm)?;
    made_by(vm, class, date, time, zone)
}

fn time_tuple(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let dst = match fields::offset(vm, zone_of(this).as_ref(), "dst", this)? {
        None => -1,
        Some(dst) => i64::from(dst != 0),
    };
    Ok(struct_time::bare(vm, &fields::tm(date(this), time(this), dst)))
}

fn utc_time_tuple(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let offset = offset(vm, this)?.unwrap_or(0);
    let seconds = (micros(this) - offset).div_euclid(1_000_000);
    // A year outside of what dates can be is told all the same.
    let tm = Tm::utc((seconds - i128::from(EPOCH.ordinal()) * 86_400) as i64);
    Ok(struct_time::bare(vm, &tm))
}

fn timestamp(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let since = micros(this) - i128::from(EPOCH.ordinal()) * delta::DAY;
    let micros = match zone_of(this) {
        Some(_) => since - offset(vm, this)?.unwrap_or(0),
        None => {
            let seconds = since.div_euclid(1_000_000) as i64;
            let (first, _) = vm.host.local_offset(seconds);
            let (offset, _) = vm.host.local_offset(seconds - first);
            since - i128::from(offset) * 1_000_000
        }
    };
    Ok(vm.float(micros.div_euclid(1_000_000) as f64 + micros.rem_euclid(1_000_000) as f64 / 1e6))
}

fn strftime(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "strftime", params: &["format"], positional_only: 0, positional: 1, required: 1 };
    let [Some(format)] = args.bind(vm, &SIGNATURE)? else { unreachable!("one argument is required") };
    fields::strftime(vm, this, format, &fields::tm(date(this), time(this), -1), time(this).micro, zone_of(this).as_ref())
}

fn iso_format(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "isoformat", params: &["sep", "timespec"], positional_only: 0, positional: 2, required: 0 };
    let [separator, timespec] = args.bind(vm, &SIGNATURE)?;
    let separator = match separator {
        None => "T".to_owned(),
        Some(given) => match vm.lossy(given) {
            text if date::is_text(given) && text.chars().count() == 1 => text,
            _ if date::is_text(given) => return Err(vm.type_error("isoformat() argument 1 must be a unicode character, not str")),
            _ => {
                let given = vm.type_name(given);
                return Err(vm.type_error(format!("isoformat() argument 1 must be a unicode character, not {given}")));
            }
        },
    };
    let timespec = timespec.map_or_else(|| "auto".to_owned(), |timespec| vm.lossy(timespec));
    let mut text = format!("{}{separator}{}", date(this).shown(), time(this).shown(vm, &timespec)?);
    if let Some(micros) = offset(vm, this)? {
        text += &fields::offset_shown(micros, ":");
    }
    Ok(vm.str(&text))
}

fn replace(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "replace", params: &FIELDS, positional_only: 0, positional: 8, required: 0 };
    let [year, month, day, hour, minute, second, micro, new_zone, fold] = args.bind(vm, &SIGNATURE)?;
    let old = date(this);
    let [year, month, day] =
        [fields::number(vm, year, old.year)?, fields::number(vm, month, old.month)?, fields::number(vm, day, old.day)?];
    let new_date = DateFields::checked(vm, year, month, day)?;
    let new_time = changed(vm, time(this), [hour, minute, second, micro, fold])?;
    let zone = match new_zone {
        Some(_) => fields::tzinfo(vm, new_zone)?,
        None => zone_of(this),
    };
    made_by(vm, &vm.class_of(this), new_date, new_time, zone)
}

/// The zone of the host at a local or a known moment.
fn local_zone(vm: &Vm, seconds: i64) -> PyResult {
    let (offset, name) = vm.host.local_offset(seconds);
    zone::make(vm, delta::new(vm, i128::from(offset) * 1_000_000)?, Some(vm.str(&name)))
}

fn as_timezone(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "astimezone", params: &["tz"], positional_only: 0, positional: 1, required: 0 };
    let [target] = args.bind(vm, &SIGNATURE)?;
    let target = fields::tzinfo(vm, target)?;
    if let (Some(target), Some(own)) = (&target, zone_of(this))
        && target.is(&own)
    {
        return Ok(this.clone());
    }
    let since = micros(this) - i128::from(EPOCH.ordinal()) * delta::DAY;
    let offset = match offset(vm, this)? {
        Some(offset) => offset,
        None => {
            let seconds = since.div_euclid(1_000_000) as i64;
            let (first, _) = vm.host.local_offset(seconds);
            i128::from(vm.host.local_offset(seconds - first).0) * 1_000_000
        }
    };
    let target = match target {
        Some(target) => target,
        None => local_zone(vm, (since - offset).div_euclid(1_000_000) as i64)?,
    };
    let (date, time) = of_micros(vm, micros(this) - offset)?;
    let utc = made_by(vm, &vm.class_of(this), date, time, Some(target.clone()))?;
    vm.call_method(&target, "fromutc", &[utc])
}

fn reduce(vm: &Vm, this: &Obj, with_fold: bool) -> PyResult {
    let mut bytes = [&date::date_bytes(date(this))[..], &clock::to_bytes(time(this))].concat();
    if with_fold && time(this).fold != 0 {
        bytes[2] |= 0x80;
    }
    let mut args = vec![vm.bytes(&bytes)];
    args.extend(zone_of(this));
    Ok(vm.pair(vm.class_of(this), vm.tuple(args)))
}
