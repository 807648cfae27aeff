//! `_weakref`: what `weakref.py` is built on (`Modules/_weakref.c`).

use heap::{Dict, Obj, WeakRef};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Vm};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_weakref",
    functions: &[
        Method::new("getweakrefcount", |vm, _, args| Ok(vm.int(vm.heap.weakref_count(&args.pos()[0]) as i64)), Convention::One)
            .signature("($module, object, /)"),
        Method::new("getweakrefs", |vm, _, args| Ok(vm.list(vm.heap.weakrefs_of(&args.pos()[0]))), Convention::One)
            .signature("($module, object, /)"),
        Method::new("proxy", proxy, Convention::Positional).signature("($module, object, callback=None, /)"),
        Method::new("_remove_dead_weakref", remove_dead_weakref, Convention::Positional).signature("($module, dct, key, /)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for (name, class) in [
            ("ref", &vm.types.weakref),
            ("ReferenceType", &vm.types.weakref),
            ("ProxyType", &vm.types.weak_proxy),
            ("CallableProxyType", &vm.types.weak_callable_proxy),
        ] {
            vm.dict_set_str(&dict, name, class.clone());
        }
        Ok(())
    },
};

fn proxy(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "proxy", 1, 2)?;
    vm.new_weakref(&given[0], true, given.get(1))
}

/// Removes a key if its value is a dead weak reference, in one step: no code runs between the look and the removal.
fn remove_dead_weakref(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [dict, key] = args.check(vm, "_remove_dead_weakref", 2, 2)? else { unreachable!("two arguments were checked") };
    if dict.get::<Dict>().is_none() {
        return Err(vm.type_error(format!("_remove_dead_weakref() argument 1 must be dict, not {}", vm.type_name(dict))));
    }
    if let Some(value) = vm.dict_get(dict, key)? {
        let Some(weak) = value.get::<WeakRef>() else { return Err(vm.type_error("not a weakref")) };
        if weak.is_dead() {
            vm.dict_remove(dict, key)?;
        }
    }
    Ok(vm.none())
}
