//! `time`: clocks and sleep, through the host.

use std::time::Duration;

use heap::Obj;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Vm};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "time",
    functions: &[
        Method::new("time", |vm, _, _| Ok(vm.float(vm.host.now().as_secs_f64())), Convention::NoArgs),
        Method::new("time_ns", |vm, _, _| Ok(vm.int(vm.host.now().as_nanos() as i64)), Convention::NoArgs),
        Method::new("perf_counter", |vm, _, _| Ok(vm.float(vm.host.monotonic().as_secs_f64())), Convention::NoArgs),
        Method::new("perf_counter_ns", |vm, _, _| Ok(vm.int(vm.host.monotonic().as_nanos() as i64)), Convention::NoArgs),
        Method::new("monotonic", |vm, _, _| Ok(vm.float(vm.host.monotonic().as_secs_f64())), Convention::NoArgs),
        Method::new("monotonic_ns", |vm, _, _| Ok(vm.int(vm.host.monotonic().as_nanos() as i64)), Convention::NoArgs),
        Method::new("process_time", |vm, _, _| Ok(vm.float(vm.host.cpu_time().as_secs_f64())), Convention::NoArgs),
        Method::new("process_time_ns", |vm, _, _| Ok(vm.int(vm.host.cpu_time().as_nanos() as i64)), Convention::NoArgs),
        Method::new("thread_time", |vm, _, _| Ok(vm.float(vm.host.cpu_time().as_secs_f64())), Convention::NoArgs),
        Method::new("thread_time_ns", |vm, _, _| Ok(vm.int(vm.host.cpu_time().as_nanos() as i64)), Convention::NoArgs),
        Method::new("sleep", sleep, Convention::One),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "timezone", vm.int(0));
        vm.dict_set_str(&dict, "altzone", vm.int(0));
        vm.dict_set_str(&dict, "daylight", vm.int(0));
        vm.dict_set_str(&dict, "tzname", vm.tuple(vec![vm.str("UTC"), vm.str("UTC")]));
        Ok(())
    },
};

fn sleep(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let seconds = vm.as_float(&args.pos()[0])?;
    if seconds.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if seconds < 0.0 {
        return Err(vm.value_error("sleep length must be non-negative"));
    }
    let time = Duration::try_from_secs_f64(seconds).map_err(|_| vm.overflow_error("timestamp too large to convert to C PyTime_t"))?;
    let mut left = time;
    loop {
        left = vm.host.wait(left);
        vm.handle_pending()?;
        if left.is_zero() {
            return Ok(vm.none());
        }
    }
}
