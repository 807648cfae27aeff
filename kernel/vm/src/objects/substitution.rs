//! Type variables in the arguments of generic aliases and unions: which there are, and what comes in their place
//! (`_Py_make_parameters` and `_Py_subs_parameters` in `Objects/genericaliasobject.c`).

use heap::{List, Obj, Tuple};

use super::class::items_of;
use super::generic_alias::unpacked_tuple_args;
use crate::class::Class;
use crate::{PyResult, Vm};

fn is_class(obj: &Obj) -> bool {
    obj.get::<Class>().is_some()
}

/// Whether an argument is a row of arguments itself, as those of a callable are.
fn is_row(obj: &Obj) -> bool {
    obj.get::<Tuple>().is_some() || obj.get::<List>().is_some()
}

/// `__parameters__`: the type variables in the arguments, each once.
pub(super) fn make_parameters(vm: &Vm, args: &Obj) -> PyResult<Vec<Obj>> {
    vm.guarded(" in __parameter__ calculation", || {
        let mut found: Vec<Obj> = Vec::new();
        let mut add = |param: &Obj| {
            if !found.iter().any(|other| other.is(param)) {
                found.push(param.clone());
            }
        };
        for item in items_of(args) {
            // A class has the descriptor, not what it would tell.
            if is_class(&item) {
                continue;
            }
            if vm.getattr_opt(&item, &vm.names.__typing_subst__)?.is_some() {
                add(&item);
                continue;
            }
            match vm.getattr_opt(&item, &vm.names.__parameters__)? {
                Some(inner) if inner.get::<Tuple>().is_some() => items_of(&inner).iter().for_each(&mut add),
                None if is_row(&item) => make_parameters(vm, &item)?.iter().for_each(&mut add),
                _ => {}
            }
        }
        Ok(found)
    })
}

/// The arguments given in brackets, with `*tuple[int, str]` laid open (`_unpack_args`).
fn unpack_args(vm: &Vm, key: &Obj) -> PyResult {
    let given = if key.get::<Tuple>().is_some() { items_of(key) } else { vec![key.clone()] };
    let mut out = Vec::with_capacity(given.len());
    for item in given {
        let inside = if is_class(&item) { None } else { unpacked_tuple_args(vm, &item)? };
        match inside.filter(|inside| inside.get::<Tuple>().is_some()).map(|inside| items_of(&inside)) {
            Some(inside) if !inside.last().is_some_and(|last| last.is(&vm.consts.ellipsis)) => out.extend(inside),
            _ => out.push(item),
        }
    }
    Ok(vm.tuple(out))
}

/// Whether something is to be put in the place of `*Ts`, that is, several things.
fn is_unpacked_variadic(vm: &Vm, arg: &Obj) -> PyResult<bool> {
    match vm.getattr_opt_str(arg, "__typing_is_unpacked_typevartuple__")? {
        Some(answer) => vm.is_true(&answer),
        None => Ok(false),
    }
}

/// The arguments with `key` in the place of `parameters`; `this` is the alias or union, for error texts.
pub(super) fn subs_parameters(vm: &Vm, this: &Obj, args: &Obj, parameters: &[Obj], key: &Obj) -> PyResult<Vec<Obj>> {
    if parameters.is_empty() {
        return Err(vm.type_error(format!("{} is not a generic class", vm.repr_text(this)?)));
    }
    let mut prepared = unpack_args(vm, key)?;
    for param in parameters {
        let prepare = vm.getattr_opt_str(param, "__typing_prepare_subst__")?;
        if let Some(prepare) = prepare.filter(|prepare| !prepare.is(&vm.consts.none)) {
            let row = if prepared.get::<Tuple>().is_some() { prepared.clone() } else { vm.tuple(vec![prepared.clone()]) };
            prepared = vm.call(&prepare, &[this.clone(), row])?;
        }
    }
    let given = if prepared.get::<Tuple>().is_some() { items_of(&prepared) } else { vec![prepared.clone()] };
    if given.len() != parameters.len() {
        let how = if given.len() > parameters.len() { "many" } else { "few" };
        let (this, actual, expected) = (vm.repr_text(this)?, given.len(), parameters.len());
        return Err(vm.type_error(format!("Too {how} arguments for {this}; actual {actual}, expected {expected}")));
    }
    let mut out = Vec::new();
    for arg in items_of(args) {
        if is_class(&arg) {
            out.push(arg);
            continue;
        }
        if is_row(&arg) {
            let inside = subs_parameters(vm, this, &arg, parameters, &prepared)?;
            out.push(if arg.get::<Tuple>().is_some() { vm.tuple(inside) } else { vm.list(inside) });
            continue;
        }
        let several = is_unpacked_variadic(vm, &arg)?;
        let new = match vm.getattr_opt(&arg, &vm.names.__typing_subst__)? {
            Some(subst) => {
                let Some(place) = parameters.iter().position(|param| param.is(&arg)) else {
                    let arg = vm.repr_text(&arg)?;
                    return Err(vm.type_error(format!("argument {arg} with __typing_subst__ was not found in __parameters__")));
                };
                vm.call(&subst, &[given[place].clone()])?
            }
            None => inside_of(vm, &arg, parameters, &given)?,
        };
        if !several {
            out.push(new);
        } else if new.get::<Tuple>().is_some() {
            out.extend(items_of(&new));
        } else {
            return Err(vm.type_error(format!(
                "expected __typing_subst__ of {} objects to return a tuple, not {}",
                vm.type_name(&arg),
                vm.type_name(&new)
            )));
        }
    }
    Ok(out)
}

/// An argument that has type variables in itself, with what comes in their place (`subs_tvars`).
fn inside_of(vm: &Vm, arg: &Obj, parameters: &[Obj], given: &[Obj]) -> PyResult {
    let inner = vm.getattr_opt(arg, &vm.names.__parameters__)?.filter(|inner| inner.get::<Tuple>().is_some());
    let inner = inner.map(|inner| items_of(&inner)).unwrap_or_default();
    if inner.is_empty() {
        return Ok(arg.clone());
    }
    let mut new = Vec::with_capacity(inner.len());
    for param in inner {
        match parameters.iter().position(|other| other.is(&param)) {
            // A variable that can be iterated stands for several.
            Some(place) if given[place].get::<Tuple>().is_some() && vm.with_class(&param, |class| class.slots.iter.get()).is_some() => {
                new.extend(items_of(&given[place]));
            }
            Some(place) => new.push(given[place].clone()),
            None => new.push(param),
        }
    }
    vm.getitem(arg, &vm.tuple(new))
}
