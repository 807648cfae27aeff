//! Dates and times as ISO 8601 writes them, and `IsoCalendarDate`.

use heap::{Kind, Obj, Tuple};

use super::fields::{DateFields, TimeFields, days_in_month};
use super::{delta, zone};
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::objects::leaf;
use crate::{PyResult, Raised, Vm};

/// Numbers that stand in a text, not yet checked.
pub(super) enum Day {
    Date(i64, i64, i64),
    Week(i64, i64, i64),
}

impl Day {
    pub(super) fn check(&self, vm: &Vm) -> PyResult<DateFields> {
        match *self {
            Day::Date(year, month, day) => DateFields::checked(vm, year, month, day),
            Day::Week(year, week, day) => week_date(vm, year, week, day),
        }
    }
}

/// The same of a time, with the offset of a zone.
pub(super) struct Time {
    pub(super) hour: i64,
    minute: i64,
    second: i64,
    micro: i64,
    /// In microseconds.
    offset: Option<i128>,
}

impl Time {
    pub(super) fn check(&self, vm: &Vm) -> PyResult<TimeFields> {
        TimeFields::checked(vm, self.hour, self.minute, self.second, self.micro, 0)
    }

    pub(super) fn zone(&self, vm: &Vm) -> PyResult<Option<Obj>> {
        self.offset.map(|micros| zone::make(vm, delta::new(vm, micros)?, None)).transpose()
    }

    /// `24:00`.
    pub(super) fn is_midnight_of_24(&self) -> bool {
        (self.hour, self.minute, self.second, self.micro) == (24, 0, 0, 0)
    }
}

/// The text that is to be read.
pub(super) fn text(vm: &Vm, given: &Obj) -> PyResult<String> {
    match leaf::text(given) {
        Some(text) => Ok(String::from_utf8_lossy(text).into_owned()),
        None => Err(vm.type_error("fromisoformat: argument must be str")),
    }
}

pub(super) fn invalid(vm: &Vm, given: &Obj) -> Raised {
    match vm.repr_text(given) {
        Ok(text) => vm.value_error(format!("Invalid isoformat string: {text}")),
        Err(raised) => raised,
    }
}

/// The day of a year's week (`iso_to_ymd`).
pub(super) fn week_date(vm: &Vm, year: i64, week: i64, day: i64) -> PyResult<DateFields> {
    if !(1..=9999).contains(&year) {
        return Err(vm.value_error(format!("year must be in 1..9999, not {year}")));
    }
    let first = DateFields { year, month: 1, day: 1 };
    let leap = days_in_month(year, 2) == 29;
    let has_53 = first.weekday() == 3 || (leap && first.weekday() == 2);
    if !(1..=52 + i64::from(has_53)).contains(&week) {
        return Err(vm.value_error(format!("Invalid week: {week}")));
    }
    if !(1..=7).contains(&day) {
        return Err(vm.value_error(format!("Invalid weekday: {day} (range is [1, 7])")));
    }
    let monday = first.ordinal() - first.weekday() + if first.weekday() > 3 { 7 } else { 0 };
    let date = DateFields::of_ordinal(monday + (week - 1) * 7 + day - 1);
    DateFields::checked(vm, date.year, date.month, date.day)
}

/// So many digits at the beginning.
fn digits(text: &str, n: usize) -> Option<(i64, &str)> {
    let head = text.get(..n).filter(|head| head.bytes().all(|b| b.is_ascii_digit()))?;
    Some((head.parse().ok()?, &text[n..]))
}

/// `2024-02-29`, `20240229`, `2024-W09-4`, `2024W094`, `2024-W09`.
pub(super) fn date(text: &str) -> Option<Day> {
    let (year, rest) = digits(text, 4)?;
    let dashes = rest.starts_with('-');
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    if let Some(rest) = rest.strip_prefix('W') {
        let (week, rest) = digits(rest, 2)?;
        if rest.is_empty() {
            return Some(Day::Week(year, week, 1));
        }
        let rest = if dashes { rest.strip_prefix('-')? } else { rest };
        let (day, rest) = digits(rest, 1)?;
        return rest.is_empty().then_some(Day::Week(year, week, day));
    }
    let (month, rest) = digits(rest, 2)?;
    let rest = if dashes { rest.strip_prefix('-')? } else { rest };
    let (day, rest) = digits(rest, 2)?;
    rest.is_empty().then_some(Day::Date(year, month, day))
}

/// Hours, and minutes, seconds and a fraction as far as they are there.
fn clock(text: &str) -> Option<(i64, i64, i64, i64)> {
    let (hour, mut rest) = digits(text, 2)?;
    let colons = rest.starts_with(':');
    let mut found = [0; 2];
    for number in &mut found {
        if rest.is_empty() {
            return Some((hour, found[0], found[1], 0));
        }
        if rest.starts_with(['.', ',']) {
            return None;
        }
        let next = if colons { rest.strip_prefix(':')? } else { rest };
        (*number, rest) = digits(next, 2)?;
    }
    if rest.is_empty() {
        return Some((hour, found[0], found[1], 0));
    }
    let fraction = rest.strip_prefix(['.', ','])?;
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // What is beyond microseconds is cut off.
    let micro = format!("{:0<6}", &fraction[..fraction.len().min(6)]).parse().ok()?;
    Some((hour, found[0], found[1], micro))
}

/// A time, maybe with a zone.
pub(super) fn time(text: &str) -> Option<Time> {
    let at = text.find(['+', '-', 'Z']);
    let (plain, zone) = at.map_or((text, None), |at| (&text[..at], Some(&text[at..])));
    let (hour, minute, second, micro) = clock(plain)?;
    let offset = match zone {
        None => None,
        Some("Z") => Some(0),
        Some(zone) => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            if zone.starts_with('Z') {
                return None;
            }
            let (hours, minutes, seconds, micros) = clock(&zone[1..])?;
            Some(sign * (i128::from((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + i128::from(micros)))
        }
    };
    Some(Time { hour, minute, second, micro, offset })
}

/// A date, and behind any one character a time.
pub(super) fn moment(text: &str) -> Option<(Day, Option<Time>)> {
    // The date ends where it must: its forms have few lengths.
    for end in [10, 8, 7].into_iter().filter(|end| text.is_char_boundary(*end) && *end <= text.len()) {
        let Some(day) = date(&text[..end]) else { continue };
        let mut rest = text[end..].chars();
        if rest.next().is_none() {
            return Some((day, None));
        }
        if let Some(time) = time(rest.as_str()) {
            return Some((day, Some(time)));
        }
    }
    None
}

const fn item<const I: usize>(name: &'static str) -> GetSet {
    GetSet::new(name, |vm, this| {
        this.get::<Tuple>().and_then(|tuple| tuple.items().get(I)).cloned().ok_or_else(|| vm.index_error("tuple index out of range"))
    })
}

/// What `isocalendar` gives.
pub(super) static ISO_CALENDAR_DATE: ClassSpec = ClassSpec {
    name: "datetime.IsoCalendarDate",
    base: Some(&crate::objects::tuple::TUPLE),
    kind: Kind::TUPLE,
    flags: flags::HAVE_GC | flags::HEAP_TYPE | flags::TUPLE_SUBCLASS,
    slots: |s| {
        s.repr.set(Some(|vm, this| {
            let items = this.get::<Tuple>().map_or(&[][..], Tuple::items);
            let parts: PyResult<Vec<String>> = items.iter().map(|item| vm.repr_text(item)).collect();
            let parts = parts?;
            let [year, week, weekday] = &parts[..] else { return Ok(vm.str("datetime.IsoCalendarDate()")) };
            Ok(vm.str(&format!("{}(year={year}, week={week}, weekday={weekday})", vm.type_name(this))))
        }));
    },
    methods: &[Method::new(
        "__reduce__",
        |vm, this, _| {
            let plain = vm.tuple(this.get::<Tuple>().map_or(&[][..], Tuple::items).to_vec());
            Ok(vm.pair(vm.types.tuple.clone(), vm.tuple(vec![plain])))
        },
        Convention::NoArgs,
    )
    .signature("($self, /)")],
    getset: &[item::<0>("year"), item::<1>("week"), item::<2>("weekday")],
    basicsize: 40,
    itemsize: 8,
    doc: "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  ((year, week, weekday))\nor via the object attributes as named in the above tuple.",
};
