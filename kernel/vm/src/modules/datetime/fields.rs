//! What dates and times share: their fields, how they are checked, shown and formatted, and what time zones are asked.

use heap::{Obj, Str};

use super::{delta, moment, zone};
use crate::modules::time::civil::{self, Tm};
use crate::objects::leaf;
use crate::{PyResult, Vm};

pub(super) const MIN_YEAR: i64 = 1;
pub(super) const MAX_YEAR: i64 = 9999;
/// Days before 1 January 1970, where 1 January 1 is day 1.
const EPOCH: i64 = 719_163;

/// A date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct DateFields {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
}

/// A time of day; `fold` is 1 for the second of two equal times. It does not count in comparisons.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct TimeFields {
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    pub(super) micro: i64,
    pub(super) fold: i64,
}

pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(civil::is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl DateFields {
    /// Year, month and day, if there is such a day.
    pub(super) fn checked(vm: &Vm, year: i64, month: i64, day: i64) -> PyResult<DateFields> {
        if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
            return Err(vm.value_error(format!("year must be in 1..9999, not {year}")));
        }
        if !(1..=12).contains(&month) {
            return Err(vm.value_error(format!("month must be in 1..12, not {month}")));
        }
        let last = days_in_month(year, month);
        if !(1..=last).contains(&day) {
            return Err(vm.value_error(format!("day {day} must be in range 1..{last} for month {month} in year {year}")));
        }
        Ok(DateFields { year, month, day })
    }

    /// The number of the day, 1 January 1 being 1.
    pub(super) fn ordinal(self) -> i64 {
        civil::days_of(self.year, self.month, self.day) + EPOCH
    }

    pub(super) fn of_ordinal(ordinal: i64) -> DateFields {
        let (year, month, day) = civil::date_of(ordinal - EPOCH);
        DateFields { year, month, day }
    }

    /// The date so many days later.
    pub(super) fn plus(self, vm: &Vm, days: i64) -> PyResult<DateFields> {
        let date = DateFields::of_ordinal(self.ordinal() + days);
        if (MIN_YEAR..=MAX_YEAR).contains(&date.year) { Ok(date) } else { Err(vm.overflow_error("date value out of range")) }
    }

    /// Monday is 0.
    pub(super) fn weekday(self) -> i64 {
        (self.ordinal() + 6).rem_euclid(7)
    }

    /// Year, week and day of ISO 8601.
    pub(super) fn iso_calendar(self) -> (i64, i64, i64) {
        let monday = |year: i64| {
            let first = DateFields { year, month: 1, day: 1 };
            let (day, weekday) = (first.ordinal(), first.weekday());
            day - weekday + if weekday > 3 { 7 } else { 0 }
        };
        let today = self.ordinal();
        let mut year = self.year;
        if today < monday(year) {
            year -= 1;
        } else if today >= monday(year + 1) {
            year += 1;
        }
        ((year), (today - monday(year)) / 7 + 1, self.weekday() + 1)
    }

    pub(super) fn shown(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TimeFields {
    pub(super) fn checked(vm: &Vm, hour: i64, minute: i64, second: i64, micro: i64, fold: i64) -> PyResult<TimeFields> {
        for (name, value, last) in [("hour", hour, 23), ("minute", minute, 59), ("second", second, 59), ("microsecond", micro, 999_999)] {
            if !(0..=last).contains(&value) {
                return Err(vm.value_error(format!("{name} must be in 0..{last}, not {value}")));
            }
        }
        if !(0..=1).contains(&fold) {
            return Err(vm.value_error(format!("fold must be either 0 or 1, not {fold}")));
        }
        Ok(TimeFields { hour, minute, second, micro, fold })
    }

    pub(super) fn of_micros(micros: i64) -> TimeFields {
        let seconds = micros / 1_000_000;
        TimeFields { hour: seconds / 3600, minute: seconds / 60 % 60, second: seconds % 60, micro: micros % 1_000_000, fold: 0 }
    }

    pub(super) fn micros(self) -> i64 {
        ((self.hour * 60 + self.minute) * 60 + self.second) * 1_000_000 + self.micro
    }

    /// `isoformat`'s time, as exact as `timespec` says.
    pub(super) fn shown(self, vm: &Vm, timespec: &str) -> PyResult<String> {
        let TimeFields { hour, minute, second, micro, .. } = self;
        Ok(match timespec {
            "hours" => format!("{hour:02}"),
            "minutes" => format!("{hour:02}:{minute:02}"),
            "auto" if micro == 0 => format!("{hour:02}:{minute:02}:{second:02}"),
            "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
            "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", micro / 1000),
            "auto" | "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{micro:06}"),
            _ => return Err(vm.value_error("Unknown timespec value")),
        })
    }
}

/// A broken-down time for `strftime` and `timetuple`.
pub(super) fn tm(date: DateFields, time: TimeFields, dst: i64) -> Tm {
    Tm {
        year: date.year,
        month: date.month,
        day: date.day,
        hour: time.hour,
        minute: time.minute,
        second: time.second,
        weekday: date.weekday(),
        yearday: date.ordinal() - DateFields { year: date.year, month: 1, day: 1 }.ordinal() + 1,
        dst,
        zone: String::new(),
        offset: 0,
    }
}

/// A `tzinfo`, or nothing for `None`; anything else is an error.
pub(super) fn tzinfo(vm: &Vm, given: Option<&Obj>) -> PyResult<Option<Obj>> {
    match given.filter(|given| !given.is(&vm.consts.none)) {
        None => Ok(None),
        Some(zone) if vm.is_kind_of(zone, &vm.late_class(&zone::TZINFO)) => Ok(Some(zone.clone())),
        Some(other) => {
            Err(vm.type_error(format!("tzinfo argument must be None or of a tzinfo subclass, not type '{}'", vm.type_name(other))))
        }
    }
}

/// `call_tzinfo_method`: what a time zone says of a moment: an offset in microseconds.
pub(super) fn offset(vm: &Vm, zone: Option<&Obj>, method: &str, moment: &Obj) -> PyResult<Option<i128>> {
    let Some(zone) = zone else { return Ok(None) };
    let found = vm.call_method(zone, method, std::slice::from_ref(moment))?;
    if found.is(&vm.consts.none) {
        return Ok(None);
    }
    match delta::micros(&found) {
        None => Err(vm.type_error(format!("tzinfo.{method}() must return None or a timedelta, not '{}'", vm.type_name(&found)))),
        Some(micros) if micros.abs() >= delta::DAY => {
            let text = vm.repr_text(&found)?;
            Err(vm.value_error(format!(
                "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {text}"
            )))
        }
        Some(micros) => Ok(Some(micros)),
    }
}

/// The same as an object: a timedelta, or `None`.
pub(super) fn offset_object(vm: &Vm, zone: Option<&Obj>, method: &str, moment: &Obj) -> PyResult {
    match offset(vm, zone, method, moment)? {
        Some(micros) => delta::new(vm, micros),
        None => Ok(vm.none()),
    }
}

/// `tzname`.
pub(super) fn zone_name(vm: &Vm, zone: Option<&Obj>, moment: &Obj) -> PyResult {
    let Some(zone) = zone else { return Ok(vm.none()) };
    let name = vm.call_method(zone, "tzname", std::slice::from_ref(moment))?;
    if name.is(&vm.consts.none) || leaf::text(&name).is_some() {
        return Ok(name);
    }
    Err(vm.type_error(format!("tzinfo.tzname() must return None or a string, not '{}'", vm.type_name(&name))))
}

/// An offset as it is written: `+05:30`, with this between hours, minutes and seconds.
pub(super) fn offset_shown(micros: i128, colon: &str) -> String {
    let sign = if micros < 0 { '-' } else { '+' };
    let (_, seconds, micros) = delta::parts(micros.abs());
    let mut text = format!("{sign}{:02}{colon}{:02}", seconds / 3600, seconds / 60 % 60);
    if seconds % 60 != 0 || micros != 0 {
        text += &format!("{colon}{:02}", seconds % 60);
    }
    if micros != 0 {
        text += &format!(".{micros:06}");
    }
    text
}

/// `wrap_strftime`: what the C library does not know is put into the format first.
pub(super) fn strftime(vm: &Vm, this: &Obj, format: &Obj, tm: &Tm, micro: i64, zone: Option<&Obj>) -> PyResult {
    let Some(text) = leaf::text(format) else {
        return Err(vm.type_error(format!("strftime() argument 1 must be str, not {}", vm.type_name(format))));
    };
    let text = String::from_utf8_lossy(text).into_owned();
    let moment = if this.get::<super::date::Stamp>().is_some() { this.clone() } else { vm.none() };
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('%') {
        out += &rest[..at];
        rest = &rest[at + 1..];
        let known = [("z", ""), (":z", ":"), ("Z", ""), ("f", ""), ("%", "")];
        let Some((directive, colon)) = known.into_iter().find(|(directive, _)| rest.starts_with(directive)) else {
            out.push('%');
            continue;
        };
        rest = &rest[directive.len()..];
        match directive {
            "%" => out += "%%",
            "f" => out += &format!("{micro:06}"),
            "Z" => {
                let name = zone_name(vm, zone, &moment)?;
                if !name.is(&vm.consts.none) {
                    out += &vm.lossy(&name).replace('%', "%%");
                }
            }
            _ => {
                if let Some(micros) = offset(vm, zone, "utcoffset", &moment)? {
                    out += &offset_shown(micros, colon);
                }
            }
        }
    }
    out += rest;
    let tm = Tm { zone: String::new(), ..tm.clone() };
    // Years are written with four digits.
    let out = four_digit_years(&out, tm.year);
    Ok(vm.str(&crate::modules::time::format::strftime(&out, &tm)))
}

/// `%Y`, `%G`, `%C` and `%F` of years before 1000.
fn four_digit_years(format: &str, year: i64) -> String {
    if year >= 1000 {
        return format.to_owned();
    }
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        out.push(c);
        if c == '%' {
            match chars.next() {
                Some('Y') => out += "04Y",
                Some('G') => out += "04G",
                Some('F') => out += "04Y-%m-%d",
                Some('C') => out += "02C",
                Some(other) => out.push(other),
                None => {}
            }
        }
    }
    out
}

/// `__format__`: `str()` for nothing, else `strftime`.
pub(super) fn format(vm: &Vm, this: &Obj, args: crate::Args<'_>) -> PyResult {
    let given = args.check(vm, "__format__", 1, 1)?;
    match given[0].get::<Str>() {
        Some(text) if text.as_bytes().is_empty() => vm.str_of(this),
        Some(_) => vm.call_method(this, "strftime", given),
        None => Err(vm.type_error(format!("__format__() argument 1 must be str, not {}", vm.type_name(&given[0])))),
    }
}

/// A number for a field, or what it is without one.
pub(super) fn number(vm: &Vm, given: Option<&Obj>, default: i64) -> PyResult<i64> {
    given.map_or(Ok(default), |given| vm.index_c_int(given).map(i64::from))
}

/// `_strptime`: the helper in Python, for one of the classes.
pub(super) fn strptime(vm: &Vm, class: &Obj, function: &str, args: crate::Args<'_>) -> PyResult {
    let given = args.check(vm, "strptime", 2, 2)?;
    for (at, text) in given.iter().enumerate() {
        if leaf::text(text).is_none() {
            return Err(vm.type_error(format!("strptime() argument {} must be str, not {}", at + 1, vm.type_name(text))));
        }
    }
    let helper = vm.getattr_str(&vm.import_module("_strptime")?, function)?;
    vm.call(&helper, &[class.clone(), given[0].clone(), given[1].clone()])
}

/// Seconds since 1970 from a number: whole ones and microseconds, half to even.
pub(super) fn timestamp(vm: &Vm, given: &Obj) -> PyResult<(i64, i64)> {
    let range = || vm.overflow_error("timestamp out of range for platform time_t");
    let (mut seconds, mut micro) = match leaf::float(given) {
        Some(value) if value.is_nan() => return Err(vm.value_error("Invalid value NaN (not a number)")),
        Some(value) if value.abs() < 9.2e18 => {
            let whole = value.floor();
            let scaled = (value - whole) * 1e6;
            let mut micro = scaled.round();
            if (micro - scaled).abs() == 0.5 {
                micro = 2.0 * (scaled / 2.0).round();
            }
            (whole as i64, micro as i64)
        }
        Some(_) => return Err(range()),
        None if vm.has_index(given) => {
            let index = vm.index(given)?;
            (vm.int_value(&index).ok_or_else(range)?, 0)
        }
        None => return Err(vm.type_error(format!("argument must be int or float, not {}", vm.type_name(given)))),
    };
    if micro >= 1_000_000 {
        (seconds, micro) = (seconds + 1, micro - 1_000_000);
    }
    Ok((seconds, micro))
}

/// The date and time of a broken-down time, if its year can be told.
pub(super) fn of_tm(vm: &Vm, tm: &Tm, micro: i64) -> PyResult<(DateFields, TimeFields)> {
    let date = DateFields::checked(vm, tm.year, tm.month, tm.day)?;
    Ok((date, TimeFields { hour: tm.hour, minute: tm.minute, second: tm.second.min(59), micro, fold: 0 }))
}

/// The zone of a time or datetime.
pub(super) fn zone_of(obj: &Obj) -> Option<Obj> {
    match obj.get::<super::clock::Clock>() {
        Some(clock) => clock.zone.get(),
        None => obj.get::<super::date::Stamp>().and_then(|stamp| stamp.zone.get()),
    }
}

/// Whether an object is a datetime.
pub(super) fn is_moment(vm: &Vm, obj: &Obj) -> bool {
    obj.get::<super::date::Stamp>().is_some() && vm.is_kind_of(obj, &vm.late_class(&moment::DATETIME))
}

/// The arguments of a class's call, by position or name, with the words that C's older parser has for what is wrong.
pub(super) fn bind<'a, const N: usize>(
    vm: &Vm,
    args: crate::Args<'a>,
    names: &[&str; N],
    required: usize,
    positional: usize,
) -> PyResult<[Option<&'a Obj>; N]> {
    let given = args.all().len();
    let most = if args.pos().len() > positional && positional < N { positional } else { N };
    if given > N || args.pos().len() > positional {
        let word = if positional < N { "positional arguments" } else { "arguments" };
        return Err(vm.type_error(format!("function takes at most {most} {word} ({given} given)")));
    }
    let mut out = [None; N];
    let mut unexpected = None;
    for (place, value) in out.iter_mut().zip(args.pos()) {
        *place = Some(value);
    }
    for (key, value) in args.keywords() {
        let text = vm.lossy(key);
        match names.iter().position(|name| *name == text) {
            None => unexpected = unexpected.or(Some(text)),
            Some(at) if out[at].is_some() => {
                return Err(vm.type_error(format!("argument for function given by name ('{text}') and position ({})", at + 1)));
            }
            Some(at) => out[at] = Some(value),
        }
    }
    match (0..required).find(|&at| out[at].is_none()) {
        None => match unexpected {
            None => Ok(out),
            Some(text) => Err(vm.type_error(format!("this function got an unexpected keyword argument '{text}'"))),
        },
        // Those before it are looked at first: all that are required are numbers.
        Some(at) if let Some(raised) = out[..at].iter().flatten().find_map(|given| vm.index_c_int(given).err()) => Err(raised),
        Some(at) => Err(vm.type_error(format!("function missing required argument '{}' (pos {})", names[at], at + 1))),
    }
}
