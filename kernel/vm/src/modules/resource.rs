//! `resource`: what the process has used (`Modules/resource.c`). The machine sets itself no limits, and has none set.

use heap::Obj;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::objects::struct_sequence::{StructField, class, of_class};
use crate::{Args, PyResult, Vm};

use Convention::{NoArgs, One, Positional};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "resource",
    functions: &[
        Method::new("getrusage", getrusage, One).signature("($module, who, /)"),
        Method::new("getrlimit", getrlimit, One).signature("($module, resource, /)"),
        Method::new("setrlimit", setrlimit, Positional).signature("($module, resource, limits, /)"),
        Method::new("getpagesize", |vm, _, _| Ok(vm.int(4096)), NoArgs).signature("($module, /)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "struct_rusage", class(vm, "resource.struct_rusage", &USAGE.map(StructField::Shown))?);
        vm.dict_set_str(&dict, "error", vm.types.os_error.clone());
        for (name, value) in CONSTANTS {
            vm.dict_set_str(&dict, name, vm.int(*value));
        }
        Ok(())
    },
};

#[rustfmt::skip]
const USAGE: [&str; 16] = [
    "ru_utime", "ru_stime", "ru_maxrss", "ru_ixrss", "ru_idrss", "ru_isrss", "ru_minflt", "ru_majflt", "ru_nswap", "ru_inblock", "ru_oublock",
    "ru_msgsnd", "ru_msgrcv", "ru_nsignals", "ru_nvcsw", "ru_nivcsw",
];

/// As on Linux.
#[rustfmt::skip]
const CONSTANTS: &[(&str, i64)] = &[
    ("RLIMIT_CPU", 0), ("RLIMIT_FSIZE", 1), ("RLIMIT_DATA", 2), ("RLIMIT_STACK", 3), ("RLIMIT_CORE", 4), ("RLIMIT_RSS", 5), ("RLIMIT_NPROC", 6),
    ("RLIMIT_NOFILE", 7), ("RLIMIT_OFILE", 7), ("RLIMIT_MEMLOCK", 8), ("RLIMIT_AS", 9), ("RLIMIT_SIGPENDING", 11), ("RLIMIT_MSGQUEUE", 12),
    ("RLIMIT_NICE", 13), ("RLIMIT_RTPRIO", 14), ("RLIMIT_RTTIME", 15), ("RLIM_INFINITY", -1), ("RUSAGE_SELF", 0), ("RUSAGE_CHILDREN", -1),
    ("RUSAGE_THREAD", 1),
];

/// One past the last resource that has a limit.
const LIMITS: i32 = 16;

/// Seconds of CPU, and the most memory in KiB. The time is not split, and what the system alone counts is 0.
fn getrusage(vm: &Vm, module: &Obj, args: Args<'_>) -> PyResult {
    let who = vm.index_c_int(&args.pos()[0])?;
    if !(-1..=1).contains(&who) {
        return Err(vm.value_error("invalid who parameter"));
    }
    let (time, most) = if who == -1 {
        (0.0, 0)
    } else {
        let memory = vm.memory();
        (vm.host.cpu_time().as_secs_f64(), memory.peak.max(memory.resident) / 1024)
    };
    let mut values = vec![vm.float(time), vm.float(0.0), vm.uint(most)];
    values.resize(USAGE.len(), vm.int(0));
    Ok(of_class(vm, &vm.getattr_str(module, "struct_rusage")?, values))
}

fn limited(vm: &Vm, resource: &Obj) -> PyResult<()> {
    let resource = vm.index_c_int(resource)?;
    if (0..LIMITS).contains(&resource) { Ok(()) } else { Err(vm.value_error("invalid resource specified")) }
}

fn getrlimit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    limited(vm, &args.pos()[0])?;
    Ok(vm.tuple(vec![vm.int(-1), vm.int(-1)]))
}

fn setrlimit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    limited(vm, &args.check(vm, "setrlimit", 2, 2)?[0])?;
    Err(vm.value_error("this machine sets itself no limits"))
}
