//! `_datetime`: dates, times and the time between them (`Modules/_datetimemodule.c`).
//!
//! `delta.rs` has timedelta, `date.rs` date, `moment.rs` datetime, `clock.rs` time, `zone.rs` tzinfo and timezone; `iso.rs` reads ISO 8601,
//! `fields.rs` is what dates and times share, `capsule.rs` what C extensions would look for.

pub(crate) mod capsule;
mod clock;
mod date;
mod delta;
mod fields;
mod iso;
mod moment;
mod zone;

use heap::{Kind, Obj};

use super::ModuleSpec;
use crate::{PyResult, Vm, kinds};

const fn kind(n: u8) -> Kind {
    Kind(kinds::MODULES.0 + n)
}

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_datetime",
    functions: &[],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        let set = |name: &str, value: Obj| vm.dict_set_str(&dict, name, value);
        set("date", vm.late_class(&date::DATE));
        set("datetime", vm.late_class(&moment::DATETIME));
        set("time", vm.late_class(&clock::TIME));
        set("timedelta", vm.late_class(&delta::TIMEDELTA));
        set("tzinfo", vm.late_class(&zone::TZINFO));
        set("timezone", vm.late_class(&zone::TIMEZONE));
        set("MINYEAR", vm.int(fields::MIN_YEAR));
        set("MAXYEAR", vm.int(fields::MAX_YEAR));
        set("UTC", zone::utc(vm));
        set("datetime_CAPI", capsule::capsule(vm, "datetime.datetime_CAPI", false));
        limits(vm)
    },
};

/// `_socket.CAPI`'s kin: the capsule of a module whose capsule the collector tracks.
pub(super) fn tracked_capsule(vm: &Vm, name: &'static str) -> Obj {
    capsule::capsule(vm, name, true)
}

/// Makes the payloads known to a heap.
pub(super) fn register_payloads(heap: &heap::Heap) {
    heap.register::<capsule::Capsule>();
    heap.register::<clock::Clock>();
    heap.register::<date::Stamp>();
    heap.register::<delta::Delta>();
    heap.register::<zone::Zone>();
}

/// `min`, `max` and `resolution` of the classes.
fn limits(vm: &Vm) -> PyResult<()> {
    use fields::{DateFields, TimeFields};
    let set = |spec: &'static crate::class::ClassSpec, [min, max, resolution]: [Obj; 3]| {
        let class = vm.late_class(spec);
        for (name, value) in [("min", min), ("max", max), ("resolution", resolution)] {
            vm.set_own_attr(&class, &vm.intern(name), value);
        }
    };
    let micro = delta::new(vm, 1)?;
    let day = delta::new(vm, delta::DAY)?;
    let (first, last) = (DateFields { year: 1, month: 1, day: 1 }, DateFields { year: 9999, month: 12, day: 31 });
    let (morning, night) = (TimeFields::default(), TimeFields { hour: 23, minute: 59, second: 59, micro: 999_999, fold: 0 });
    let limit = 999_999_999 * delta::DAY;
    set(&delta::TIMEDELTA, [delta::new(vm, -limit)?, delta::new(vm, limit + delta::DAY - 1)?, micro.clone()]);
    let date_class = vm.late_class(&date::DATE);
    set(&date::DATE, [date::make(vm, &date_class, first), date::make(vm, &date_class, last), day]);
    let time_class = vm.late_class(&clock::TIME);
    set(&clock::TIME, [clock::make(vm, &time_class, morning, None), clock::make(vm, &time_class, night, None), micro.clone()]);
    let class = vm.late_class(&moment::DATETIME);
    set(&moment::DATETIME, [moment::make(vm, &class, first, morning, None), moment::make(vm, &class, last, night, None), micro]);
    let zone = vm.late_class(&zone::TIMEZONE);
    let edge = |sign: i128| -> PyResult { zone::make(vm, delta::new(vm, sign * (delta::DAY - 60_000_000))?, None) };
    for (name, value) in [("utc", zone::utc(vm)), ("min", edge(-1)?), ("max", edge(1)?)] {
        vm.set_own_attr(&zone, &vm.intern(name), value);
    }
    Ok(())
}
