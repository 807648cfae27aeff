//! `time`: clocks, sleep and dates, through the host (`Modules/timemodule.c`).

pub(crate) mod civil;
pub(crate) mod format;
pub(crate) mod struct_time;

use std::time::Duration;

use heap::{Obj, Tuple};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::objects::leaf;
use crate::{Args, PyResult, Vm};

use Convention::{NoArgs, One, Positional};
use civil::Tm;

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "time",
    functions: &[
        Method::new("time", |vm, _, _| Ok(vm.float(vm.host.now().as_secs_f64())), NoArgs).signature("($self, /)"),
        Method::new("time_ns", |vm, _, _| Ok(vm.int(vm.host.now().as_nanos() as i64)), NoArgs).signature("($self, /)"),
        Method::new("clock_gettime", |vm, _, args| Ok(vm.float(clock(vm, args)?.as_secs_f64())), One).signature("($module, clk_id, /)"),
        Method::new("clock_gettime_ns", |vm, _, args| Ok(vm.int(clock(vm, args)?.as_nanos() as i64)), One)
            .signature("($module, clk_id, /)"),
        Method::new("clock_getres", |vm, _, args| clock(vm, args).map(|_| vm.float(1e-9)), One),
        Method::new("sleep", sleep, One).signature("($self, object, /)"),
        Method::new("gmtime", |vm, _, args| Ok(struct_time::made(vm, &greenwich(seconds(vm, "gmtime", args)?))), Positional),
        Method::new("localtime", |vm, _, args| Ok(struct_time::made(vm, &local(vm, seconds(vm, "localtime", args)?))), Positional),
        Method::new("asctime", asctime, Positional),
        Method::new("ctime", |vm, _, args| Ok(vm.str(&shown(&local(vm, seconds(vm, "ctime", args)?)))), Positional),
        Method::new("mktime", mktime, One).signature("($self, object, /)"),
        Method::new("strftime", strftime, Positional),
        Method::new("strptime", strptime, Positional),
        Method::new("tzset", |vm, _, _| Ok(vm.none()), NoArgs).signature("($self, /)"),
        Method::new("monotonic", |vm, _, _| Ok(vm.float(vm.host.monotonic().as_secs_f64())), NoArgs).signature("($self, /)"),
        Method::new("monotonic_ns", |vm, _, _| Ok(vm.int(vm.host.monotonic().as_nanos() as i64)), NoArgs).signature("($self, /)"),
        Method::new("process_time", |vm, _, _| Ok(vm.float(vm.host.cpu_time().as_secs_f64())), NoArgs).signature("($self, /)"),
        Method::new("process_time_ns", |vm, _, _| Ok(vm.int(vm.host.cpu_time().as_nanos() as i64)), NoArgs).signature("($self, /)"),
        Method::new("thread_time", |vm, _, _| Ok(vm.float(vm.host.cpu_time().as_secs_f64())), NoArgs).signature("($self, /)"),
        Method::new("thread_time_ns", |vm, _, _| Ok(vm.int(vm.host.cpu_time().as_nanos() as i64)), NoArgs).signature("($self, /)"),
        Method::new("perf_counter", |vm, _, _| Ok(vm.float(vm.host.monotonic().as_secs_f64())), NoArgs).signature("($self, /)"),
        Method::new("perf_counter_ns", |vm, _, _| Ok(vm.int(vm.host.monotonic().as_nanos() as i64)), NoArgs).signature("($self, /)"),
        Method::new("get_clock_info", clock_info, Positional),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        let [standard, summer] = vm.host.local_zones();
        for (name, value) in [("timezone", -standard.0), ("altzone", -summer.0)] {
            vm.dict_set_str(&dict, name, vm.int(value));
        }
        vm.dict_set_str(&dict, "daylight", vm.int(i64::from(standard.0 != summer.0)));
        vm.dict_set_str(&dict, "tzname", vm.tuple(vec![vm.str(&standard.1), vm.str(&summer.1)]));
        for (name, value) in CLOCKS {
            vm.dict_set_str(&dict, name, vm.int(*value));
        }
        vm.dict_set_str(&dict, "_STRUCT_TM_ITEMS", vm.int(11));
        vm.dict_set_str(&dict, "struct_time", struct_time::class(vm));
        Ok(())
    },
};

const CLOCKS: &[(&str, i64)] = &[
    ("CLOCK_REALTIME", 0),
    ("CLOCK_MONOTONIC", 1),
    ("CLOCK_MONOTONIC_RAW", 4),
    ("CLOCK_PROCESS_CPUTIME_ID", 2),
    ("CLOCK_THREAD_CPUTIME_ID", 3),
    ("CLOCK_BOOTTIME", 7),
    ("CLOCK_TAI", 11),
];

fn now(vm: &Vm) -> i64 {
    vm.host.now().as_secs() as i64
}

fn clock(vm: &Vm, args: Args<'_>) -> PyResult<Duration> {
    match vm.index_isize(&args.pos()[0])? {
        0 | 11 => Ok(vm.host.now()),
        1 | 4 | 7 => Ok(vm.host.monotonic()),
        2 | 3 => Ok(vm.host.cpu_time()),
        _ => Err(vm.os_error(&std::io::Error::from_raw_os_error(22), None)),
    }
}

/// `gmtime`: the C library's name for UTC is an old one.
fn greenwich(seconds: i64) -> Tm {
    Tm { zone: "GMT".to_owned(), ..Tm::utc(seconds) }
}

/// The time in the zone of the host.
pub(crate) fn local(vm: &Vm, seconds: i64) -> Tm {
    let (offset, zone) = vm.host.local_offset(seconds);
    Tm { offset, zone, ..Tm::utc(seconds + offset) }
}

/// Whole seconds since 1970: those given, or now.
fn seconds(vm: &Vm, name: &str, args: Args<'_>) -> PyResult<i64> {
    match args.check(vm, name, 0, 1)?.first() {
        Some(given) if !given.is(&vm.consts.none) => whole(vm, given),
        _ => Ok(now(vm)),
    }
}

/// A number of seconds, rounded down (`_PyTime_ObjectToTime_t`).
fn whole(vm: &Vm, given: &Obj) -> PyResult<i64> {
    let range = || vm.overflow_error("timestamp out of range for platform time_t");
    let value = match leaf::float(given) {
        Some(value) if value.is_nan() => return Err(vm.value_error("Invalid value NaN (not a number)")),
        Some(value) if value.abs() < 9.2e18 => value.floor() as i64,
        Some(_) => return Err(range()),
        None => {
            let index = vm.index(given)?;
            vm.int_value(&index).ok_or_else(range)?
        }
    };
    // A year must fit into the C library's `int`.
    if (-67_768_040_609_740_800..67_767_976_233_532_800).contains(&value) { Ok(value) } else { Err(vm.value_error("year out of range")) }
}

/// `gettmarg`: a tuple of nine numbers.
fn given_time(vm: &Vm, name: &str, given: &Obj) -> PyResult<Tm> {
    let Some(items) = given.get::<Tuple>().map(Tuple::items) else {
        return Err(vm.type_error("Tuple or struct_time argument required"));
    };
    if items.len() != 9 {
        return Err(vm.type_error(format!("{name}(): illegal time tuple argument")));
    }
    let mut n = [0; 9];
    for (n, item) in n.iter_mut().zip(items) {
        *n = i64::from(vm.index_c_int(item)?);
    }
    let [year, month, day, hour, minute, second, weekday, yearday, dst] = n;
    let mut tm = Tm { year, month, day, hour, minute, second, weekday: weekday.rem_euclid(7), yearday, dst, ..Tm::default() };
    // A struct_time knows its zone, a plain tuple does not.
    (tm.offset, tm.zone) = match (vm.getattr_opt_str(given, "tm_gmtoff")?, vm.getattr_opt_str(given, "tm_zone")?) {
        (Some(offset), Some(zone)) if offset.plain_int().is_some() && leaf::text(&zone).is_some() => {
            (offset.plain_int().unwrap_or(0), vm.lossy(&zone))
        }
        _ => vm.host.local_offset(tm.seconds()),
    };
    Ok(tm)
}

/// `checktm`: zero stands for the first month, day, and day of the year; what is out of range is an error.
fn checked(vm: &Vm, mut tm: Tm) -> PyResult<Tm> {
    for first in [&mut tm.month, &mut tm.day, &mut tm.yearday] {
        *first += i64::from(*first == 0);
    }
    let wrong = [
        ((1..=12).contains(&tm.month), "month out of range"),
        ((1..=31).contains(&tm.day), "day of month out of range"),
        ((0..=23).contains(&tm.hour), "hour out of range"),
        ((0..=59).contains(&tm.minute), "minute out of range"),
        ((0..=61).contains(&tm.second), "seconds out of range"),
        (tm.weekday >= 0, "day of week out of range"),
        ((1..=366).contains(&tm.yearday), "day of year out of range"),
    ];
    match wrong.iter().find(|(right, _)| !right) {
        Some((_, message)) => Err(vm.value_error(*message)),
        None => Ok(tm),
    }
}

fn shown(tm: &Tm) -> String {
    let (day, month) = (format::short_day(tm), format::short_month(tm));
    format!("{day} {month}{:>3} {:02}:{:02}:{:02} {}", tm.day, tm.hour, tm.minute, tm.second, tm.year)
}

fn asctime(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let tm = match args.check(vm, "asctime", 0, 1)?.first() {
        Some(given) => checked(vm, given_time(vm, "asctime", given)?)?,
        None => local(vm, now(vm)),
    };
    Ok(vm.str(&shown(&tm)))
}

fn mktime(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let tm = given_time(vm, "mktime", &args.pos()[0])?;
    let seconds = tm.seconds();
    // The offset at that local time; near a change of it, the one of the moment that it leads to.
    let (first, _) = vm.host.local_offset(seconds);
    let (offset, _) = vm.host.local_offset(seconds - first);
    Ok(vm.float((seconds - offset) as f64))
}

fn strftime(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "strftime", 1, 2)?;
    let Some(format) = leaf::text(&given[0]) else {
        return Err(vm.type_error(format!("strftime() argument 1 must be str, not {}", vm.type_name(&given[0]))));
    };
    let tm = match given.get(1) {
        Some(time) => checked(vm, given_time(vm, "strftime", time)?)?,
        None => local(vm, now(vm)),
    };
    Ok(vm.str(&format::strftime(&String::from_utf8_lossy(format), &tm)))
}

fn strptime(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let module = vm.import_module("_strptime")?;
    let parse = vm.getattr_str(&module, "_strptime_time")?;
    vm.call_args(&parse, args)
}

fn clock_info(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "get_clock_info", 1, 1)?;
    let (source, adjustable) = match vm.lossy(&given[0]).as_str() {
        "time" => ("CLOCK_REALTIME", true),
        "monotonic" | "perf_counter" => ("CLOCK_MONOTONIC", false),
        "process_time" => ("CLOCK_PROCESS_CPUTIME_ID", false),
        "thread_time" => ("CLOCK_THREAD_CPUTIME_ID", false),
        _ => return Err(vm.value_error("unknown clock")),
    };
    Ok(vm.namespace_of(&[
        ("implementation", vm.str(&format!("clock_gettime({source})"))),
        ("monotonic", vm.bool(!adjustable)),
        ("adjustable", vm.bool(adjustable)),
        ("resolution", vm.float(1e-9)),
    ]))
}

fn sleep(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let seconds = vm.as_float(&args.pos()[0])?;
    if seconds.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if seconds < 0.0 {
        return Err(vm.value_error("sleep length must be non-negative"));
    }
    let time = Duration::try_from_secs_f64(seconds).map_err(|_| vm.overflow_error("timestamp too large to convert to C PyTime_t"))?;
    vm.sleep(time)?;
    Ok(vm.none())
}

impl Vm {
    /// Waits so long; interrupts and signals are heard meanwhile.
    pub(crate) fn sleep(&self, time: Duration) -> PyResult<()> {
        // While the program sleeps nothing changes.
        self.record(crate::recorder::Event::Look);
        let mut left = time;
        loop {
            // Whoever looks at the memory does so meanwhile too.
            let piece = self.until_sample().map_or(left, |until| left.min(until));
            left = left - piece + self.host.wait(piece);
            self.handle_pending()?;
            if left.is_zero() {
                return Ok(());
            }
        }
    }
}
