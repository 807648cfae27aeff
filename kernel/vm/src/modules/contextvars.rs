//! `_contextvars`: variables whose values belong to a context (`Python/context.c`). A context is a dict from variables to values,
//! copied when `copy_context` asks for it.

use std::cell::Cell;

use heap::{Kind, Obj, Slot, Str};

use super::ModuleSpec;
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::objects::sequence::class_getitem;
use crate::{Args, Compare, PyResult, Signature, Vm, kinds};

use Convention::{Keywords, NoArgs, One, Positional};

/// The payload of a `ContextVar`.
pub(crate) struct ContextVar {
    name: Slot,
    default: Slot,
}
crate::payload!(ContextVar, Kind(kinds::MODULES.0 + 60), { name, default });

/// The payload of a `Context`.
pub(crate) struct Context {
    values: Slot,
    /// The context that was current before this one was entered.
    previous: Slot,
    entered: Cell<bool>,
}
crate::payload!(Context, Kind(kinds::MODULES.0 + 61), { previous, values });

/// The payload of a `Token`.
pub(crate) struct Token {
    context: Slot,
    var: Slot,
    /// Empty if the variable had no value.
    old: Slot,
    used: Cell<bool>,
}
crate::payload!(Token, Kind(kinds::MODULES.0 + 62), { context, var, old });

/// The payload of `Token.MISSING`.
pub(crate) struct Missing;
crate::leaf_payload!(Missing, Kind(kinds::MODULES.0 + 63));

/// `ContextVar`.
pub(crate) static CONTEXT_VAR: ClassSpec = ClassSpec {
    name: "_contextvars.ContextVar",
    base: None,
    kind: Kind(kinds::MODULES.0 + 60),
    flags: flags::HAVE_GC,
    slots: |s| {
        s.new.set(Some(new_var));
        s.repr.set(Some(repr_var));
        s.hash.set(Some(crate::protocol::compare::identity_hash));
    },
    methods: &[
        Method::new("get", get_var, Positional).signature("($self, default=<unrepresentable>, /)"),
        Method::new("set", set_var, One).signature("($self, value, /)"),
        Method::new("reset", reset_var, One).signature("($self, token, /)"),
        Method::class("__class_getitem__", class_getitem, One).signature("($type, object, /)"),
    ],
    getset: &[GetSet::member("name", |vm, this| Ok(var(this).name.get().unwrap_or_else(|| vm.none())))],
    basicsize: 64,
    itemsize: 0,
    doc: "",
};

/// `Context`.
pub(crate) static CONTEXT: ClassSpec = ClassSpec {
    name: "_contextvars.Context",
    base: None,
    kind: Kind(kinds::MODULES.0 + 61),
    flags: flags::HAVE_GC | flags::WEAKREFS,
    slots: |s| {
        s.new.set(Some(|vm, _, args| {
            if args.all().is_empty() {
                Ok(new_context(vm, vm.dict()))
            } else {
                Err(vm.type_error("Context() does not accept any arguments"))
            }
        }));
        s.len.set(Some(|vm, this| vm.len(&values(vm, this))));
        s.iter.set(Some(|vm, this| vm.iter(&values(vm, this))));
        s.contains.set(Some(|vm, this, key| {
            check_key(vm, key)?;
            Ok(vm.dict_get(&values(vm, this), key)?.is_some())
        }));
        s.subscript.set(Some(|vm, this, key| {
            check_key(vm, key)?;
            vm.dict_get(&values(vm, this), key)?.ok_or_else(|| vm.key_error(key))
        }));
        s.richcompare.set(Some(|vm, a, b, op| match (op, b.get::<Context>()) {
            (Compare::Eq | Compare::Ne, Some(_)) => vm.compare(&values(vm, a), &values(vm, b), op),
            _ => Ok(vm.not_implemented()),
        }));
        s.hash.set(Some(crate::protocol::compare::unhashable));
    },
    methods: &[
        Method::new("run", run, Keywords),
        Method::new("copy", |vm, this, _| copied(vm, this), NoArgs).signature("($self, /)"),
        Method::new("get", get_value, Positional).signature("($self, key, default=None, /)"),
        Method::new("keys", |vm, this, _| vm.call_method(&values(vm, this), "keys", &[]), NoArgs).signature("($self, /)"),
        Method::new("values", |vm, this, _| vm.call_method(&values(vm, this), "values", &[]), NoArgs).signature("($self, /)"),
        Method::new("items", |vm, this, _| vm.call_method(&values(vm, this), "items", &[]), NoArgs).signature("($self, /)"),
    ],
    getset: &[],
    basicsize: 48,
    itemsize: 0,
    doc: "",
};

/// `Token`.
pub(crate) static TOKEN: ClassSpec = ClassSpec {
    name: "_contextvars.Token",
    base: None,
    kind: Kind(kinds::MODULES.0 + 62),
    flags: flags::HAVE_GC,
    slots: |s| {
        s.new.set(Some(|vm, _, _| Err(vm.runtime_error("Tokens can only be created by ContextVars"))));
        s.repr.set(Some(|vm, this| Ok(vm.str(&shown_token(vm, this)?))));
        s.hash.set(Some(crate::protocol::compare::unhashable));
    },
    methods: &[
        Method::new("__enter__", |_, this, _| Ok(this.clone()), NoArgs).signature("($self, /)"),
        Method::new("__exit__", |vm, this, _| reset(vm, &token(this).var.get().unwrap_or_else(|| vm.none()), this), Positional)
            .signature("($self, type, val, tb, /)"),
        Method::class("__class_getitem__", class_getitem, One).signature("($type, object, /)"),
    ],
    getset: &[
        GetSet::new("var", |vm, this| Ok(token(this).var.get().unwrap_or_else(|| vm.none()))),
        GetSet::new("old_value", |vm, this| token(this).old.get().map_or_else(|| missing(vm), Ok)),
    ],
    basicsize: 48,
    itemsize: 0,
    doc: "",
};

/// The type of `Token.MISSING`.
pub(crate) static MISSING: ClassSpec = ClassSpec {
    name: "Token.MISSING",
    base: None,
    kind: Kind(kinds::MODULES.0 + 63),
    flags: 0,
    slots: |s| s.repr.set(Some(|vm, _| Ok(vm.str("<Token.MISSING>")))),
    methods: &[],
    getset: &[],
    basicsize: 16,
    itemsize: 0,
    doc: "",
};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_contextvars",
    functions: &[Method::new("copy_context", |vm, _, _| copied(vm, &current(vm)), NoArgs).signature("($module, /)")],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for (name, class) in [("ContextVar", &vm.types.context_var), ("Context", &vm.types.context), ("Token", &vm.types.context_token)] {
            vm.dict_set_str(&dict, name, class.clone());
        }
        if let Some(dict) = vm.class(&vm.types.context_token).dict.get() {
            vm.dict_set_str(&dict, "MISSING", vm.heap.alloc(Missing));
            vm.class_modified(&vm.types.context_token);
        }
        Ok(())
    },
};

fn var(obj: &Obj) -> &ContextVar {
    obj.get::<ContextVar>().expect("a ContextVar's method is called on one")
}

fn token(obj: &Obj) -> &Token {
    obj.get::<Token>().expect("a Token's method is called on one")
}

fn context(obj: &Obj) -> &Context {
    obj.get::<Context>().expect("a Context's method is called on one")
}

fn values(vm: &Vm, obj: &Obj) -> Obj {
    context(obj).values.get().unwrap_or_else(|| vm.dict())
}

fn missing(vm: &Vm) -> PyResult {
    vm.getattr_str(&vm.types.context_token, "MISSING")
}

fn new_context(vm: &Vm, values: Obj) -> Obj {
    vm.heap.alloc(Context { values: values.into(), previous: Slot::empty(), entered: Cell::new(false) }).tracked()
}

/// The context that is entered, made at the first question.
fn current(vm: &Vm) -> Obj {
    if let Some(found) = vm.state.context.get() {
        return found;
    }
    let made = new_context(vm, vm.dict());
    context(&made).entered.set(true);
    vm.state.context.set(made.clone());
    made
}

/// `PyContextVar_Get`: the variable's value in the running context, if there is one.
pub(super) fn value_of(vm: &Vm, var: &Obj) -> PyResult<Option<Obj>> {
    match vm.state.context.get() {
        Some(context) => vm.dict_get(&values(vm, &context), var),
        None => Ok(None),
    }
}

fn copied(vm: &Vm, of: &Obj) -> PyResult {
    let copy = vm.call_method(&values(vm, of), "copy", &[])?;
    Ok(new_context(vm, copy))
}

fn check_key(vm: &Vm, key: &Obj) -> PyResult<()> {
    if key.get::<ContextVar>().is_some() {
        Ok(())
    } else {
        Err(vm.type_error(format!("a ContextVar key was expected, got {}", vm.repr_text(key)?)))
    }
}

fn new_var(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { name: "ContextVar", params: &["", "default"], positional_only: 1, positional: 1, required: 1 };
    let [name, default] = args.bind(vm, &SIGNATURE)?;
    let name = name.unwrap_or(&vm.consts.none);
    if name.get::<Str>().is_none() {
        return Err(vm.type_error("context variable name must be a str"));
    }
    Ok(vm.heap.alloc(ContextVar { name: name.clone().into(), default: default.cloned().into() }).tracked())
}

fn repr_var(vm: &Vm, this: &Obj) -> PyResult {
    let var = var(this);
    let name = var.name.get().map_or_else(|| Ok(String::new()), |name| vm.repr_text(&name))?;
    let default = match var.default.get() {
        Some(default) if !vm.repr_enter(this) => {
            let shown = vm.repr_text(&default);
            vm.repr_leave(this);
            format!(" default={}", shown?)
        }
        Some(_) => " default=...".to_owned(),
        None => String::new(),
    };
    Ok(vm.str(&format!("<ContextVar name={name}{default} at {:#x}>", this.id())))
}

fn shown_token(vm: &Vm, this: &Obj) -> PyResult<String> {
    let token = token(this);
    let var = token.var.get().map_or_else(|| Ok(String::new()), |var| vm.repr_text(&var))?;
    Ok(format!("<Token{} var={var} at {:#x}>", if token.used.get() { " used" } else { "" }, this.id()))
}

fn get_var(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "get", 0, 1)?;
    if let Some(found) = vm.dict_get(&values(vm, &current(vm)), this)? {
        return Ok(found);
    }
    match args.first().cloned().or_else(|| var(this).default.get()) {
        Some(default) => Ok(default),
        None => Err(vm.new_exception(&vm.types.lookup_error, vec![this.clone()])),
    }
}

fn set_var(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let here = current(vm);
    let values = values(vm, &here);
    let old = vm.dict_get(&values, this)?;
    vm.dict_set(&values, this, args.pos()[0].clone())?;
    Ok(vm.heap.alloc(Token { context: here.into(), var: this.clone().into(), old: old.into(), used: Cell::new(false) }).tracked())
}

fn reset_var(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let given = &args.pos()[0];
    if given.get::<Token>().is_none() {
        return Err(vm.type_error(format!("expected an instance of Token, got {}", vm.repr_text(given)?)));
    }
    reset(vm, this, given)
}

fn reset(vm: &Vm, this: &Obj, given: &Obj) -> PyResult {
    let token = token(given);
    if token.used.get() {
        return Err(vm.runtime_error(format!("{} has already been used once", shown_token(vm, given)?)));
    }
    if !token.var.is(this) {
        return Err(vm.value_error(format!("{} was created by a different ContextVar", shown_token(vm, given)?)));
    }
    let here = current(vm);
    if !token.context.is(&here) {
        return Err(vm.value_error(format!("{} was created in a different Context", shown_token(vm, given)?)));
    }
    token.used.set(true);
    let values = values(vm, &here);
    match token.old.get() {
        Some(old) => vm.dict_set(&values, this, old)?,
        None => drop(vm.dict_remove(&values, this)?),
    }
    Ok(vm.none())
}

fn get_value(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "get", 1, 2)?;
    check_key(vm, &args[0])?;
    let found = vm.dict_get(&values(vm, this), &args[0])?;
    Ok(found.or_else(|| args.get(1).cloned()).unwrap_or_else(|| vm.none()))
}

fn run(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let Some(callable) = args.get(0) else { return Err(vm.type_error("run() missing 1 required positional argument")) };
    let entering = context(this);
    if entering.entered.get() {
        return Err(vm.runtime_error(format!("cannot enter context: {} is already entered", vm.repr_text(this)?)));
    }
    entering.entered.set(true);
    entering.previous.set(current(vm));
    vm.state.context.set(this.clone());
    let result = vm.call_args(callable, args.rest());
    if let Some(previous) = entering.previous.take() {
        vm.state.context.set(previous);
    }
    entering.entered.set(false);
    result
}
