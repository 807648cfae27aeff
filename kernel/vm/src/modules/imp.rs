//! `_imp`: what CPython's import system asks its C code. Here the machine imports by itself (`import.rs`), so most of it has one answer.

use super::ModuleSpec;
use crate::class::{Convention, Method};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_imp",
    functions: &[
        Method::new("acquire_lock", |vm, _, _| Ok(vm.none()), Convention::NoArgs).signature("($module, /)"),
        Method::new("extension_suffixes", |vm, _, _| Ok(vm.list(Vec::new())), Convention::NoArgs).signature("($module, /)"),
        Method::new("is_builtin", |vm, _, args| Ok(vm.int(is_builtin(&vm.lossy(&args.pos()[0])))), Convention::One)
            .signature("($module, name, /)"),
        Method::new("is_frozen", |vm, _, _| Ok(vm.bool(false)), Convention::One).signature("($module, name, /)"),
        Method::new("is_frozen_package", |vm, _, _| Ok(vm.bool(false)), Convention::One).signature("($module, name, /)"),
        Method::new("lock_held", |vm, _, _| Ok(vm.bool(false)), Convention::NoArgs).signature("($module, /)"),
        Method::new("release_lock", |vm, _, _| Ok(vm.none()), Convention::NoArgs).signature("($module, /)"),
        Method::new("_frozen_module_names", |vm, _, _| Ok(vm.list(Vec::new())), Convention::NoArgs).signature("($module, /)"),
        Method::new("_override_frozen_modules_for_tests", |vm, _, _| Ok(vm.int(0)), Convention::One).signature("($module, override, /)"),
        Method::new("_override_multi_interp_extensions_check", |vm, _, _| Ok(vm.int(0)), Convention::One)
            .signature("($module, override, /)"),
    ],
    init: |vm, module| {
        vm.dict_set_str(&vm.module_dict(module), "check_hash_based_pycs", vm.str("default"));
        Ok(())
    },
};

/// 1 for a builtin module, -1 for one that cannot be made anew, 0 for any other.
fn is_builtin(name: &str) -> i64 {
    match name {
        "builtins" | "sys" => -1,
        name => super::find(name).is_some().into(),
    }
}
