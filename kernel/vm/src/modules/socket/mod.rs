//! `_socket`, `select`, `fcntl` and `_posixsubprocess`: what `asyncio` stands on. There is no net: sockets come in pairs inside the program, and whoever waits
//! for one lets time pass (`Modules/socketmodule.c`, `Modules/selectmodule.c`).

use super::ModuleSpec;
use crate::class::{Convention, Method};

/// `_socket`.
pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_socket",
    functions: &[],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "CAPI", super::datetime::tracked_capsule(vm, "_socket.CAPI"));
        vm.exec_text(include_str!("socket.py"), "<_socket>", &dict).map(drop)
    },
};

/// `select`.
pub(super) static SELECT: ModuleSpec = ModuleSpec {
    name: "select",
    functions: &[],
    init: |vm, module| vm.exec_text(include_str!("select.py"), "<select>", &vm.module_dict(module)).map(drop),
};

/// `fcntl`.
pub(super) static FCNTL: ModuleSpec = ModuleSpec {
    name: "fcntl",
    functions: &[],
    init: |vm, module| vm.exec_text(include_str!("fcntl.py"), "<fcntl>", &vm.module_dict(module)).map(drop),
};

/// `_posixsubprocess`: other processes are refused.
pub(super) static PROCESSES: ModuleSpec = ModuleSpec {
    name: "_posixsubprocess",
    functions: &[Method::new(
        "fork_exec",
        |vm, _, _| Err(vm.os_error(&std::io::Error::from_raw_os_error(38), None)),
        Convention::Positional,
    )],
    init: |_, _| Ok(()),
};
