//! Builtin functions of objects and their attributes: `getattr` and its kin, `dir`, `vars`, `isinstance`, `id`, `callable`.

use heap::{Obj, Str};

use crate::class::Method;
use crate::{Args, Convention, PyResult, Vm};

pub(super) static FUNCTIONS: &[Method] = &[
    Method::new("callable", |vm, _, args| Ok(vm.bool(vm.is_callable(&args.all()[0]))), Convention::One).signature("($module, obj, /)"),
    Method::new("delattr", delattr, Convention::Positional).signature("($module, obj, name, /)"),
    Method::new("dir", dir, Convention::Positional).varargs(),
    Method::new("getattr", getattr, Convention::Positional),
    Method::new("hasattr", hasattr, Convention::Positional).signature("($module, obj, name, /)"),
    Method::new("id", |vm, _, args| Ok(vm.int(args.all()[0].id() as i64)), Convention::One).signature("($module, obj, /)"),
    Method::new("isinstance", isinstance, Convention::Positional).signature("($module, obj, class_or_tuple, /)"),
    Method::new("issubclass", issubclass, Convention::Positional).signature("($module, cls, class_or_tuple, /)"),
    Method::new("setattr", setattr, Convention::Positional).signature("($module, obj, name, value, /)"),
    Method::new("vars", vars, Convention::Positional).varargs(),
];

fn name<'a>(vm: &Vm, name: &'a Obj) -> PyResult<&'a Obj> {
    match name.get::<Str>() {
        Some(_) => Ok(name),
        None => Err(vm.type_error(format!("attribute name must be string, not '{}'", vm.type_name(name)))),
    }
}

fn getattr(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match args.check(vm, "getattr", 2, 3)? {
        [obj, attribute] => vm.getattr(obj, name(vm, attribute)?),
        [obj, attribute, default, ..] => Ok(vm.getattr_opt(obj, name(vm, attribute)?)?.unwrap_or_else(|| default.clone())),
        _ => unreachable!("the number of arguments was checked"),
    }
}

fn hasattr(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "hasattr", 2, 2)?;
    Ok(vm.bool(vm.getattr_opt(&args[0], name(vm, &args[1])?)?.is_some()))
}

fn setattr(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "setattr", 3, 3)?;
    vm.setattr(&args[0], name(vm, &args[1])?, Some(&args[2]))?;
    Ok(vm.none())
}

fn delattr(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "delattr", 2, 2)?;
    vm.setattr(&args[0], name(vm, &args[1])?, None)?;
    Ok(vm.none())
}

fn isinstance(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "isinstance", 2, 2)?;
    Ok(vm.bool(vm.is_instance(&args[0], &args[1])?))
}

fn issubclass(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "issubclass", 2, 2)?;
    Ok(vm.bool(vm.is_subclass(&args[0], &args[1])?))
}

fn locals(vm: &Vm) -> PyResult {
    let locals = vm.builtin("locals")?;
    vm.call(&locals, &[])
}

fn vars(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match args.check(vm, "vars", 0, 1)? {
        [obj] => match vm.getattr_opt_str(obj, "__dict__")? {
            Some(dict) => Ok(dict),
            None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
        },
        _ => locals(vm),
    }
}

fn dir(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let names = match args.check(vm, "dir", 0, 1)? {
        [obj] => match vm.lookup_special(obj, "__dir__")? {
            Some(method) => vm.call(&method, &[])?,
            None => return Err(vm.type_error("object does not provide __dir__")),
        },
        _ => vm.call_method(&locals(vm)?, "keys", &[])?,
    };
    let list = vm.list_from(&names)?;
    crate::objects::sort::sort_list(vm, &list, None, false)?;
    Ok(list)
}
