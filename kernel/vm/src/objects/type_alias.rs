//! `TypeAliasType`: what `type Name[T] = value` makes (`Objects/typevarobject.c`). The value is a function until somebody asks for it.

use heap::{Obj, Slot, Tuple};

use super::class::items_of;
use super::function::Function;
use super::type_params::{Lazy, default_of_param, running_module};
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::{Args, PyResult, Signature, Vm, kinds};

/// The payload of a type alias.
#[derive(Default)]
pub(crate) struct TypeAlias {
    name: Slot,
    type_params: Slot,
    evaluate: Slot,
    value: Slot,
    /// `__module__` of one that was made by a call.
    module: Slot,
}

crate::payload!(TypeAlias, kinds::TYPE_ALIAS, { name, type_params, evaluate, value, module });

fn this(obj: &Obj) -> &TypeAlias {
    obj.get::<TypeAlias>().expect("a type alias has the payload of one")
}

impl Vm {
    /// `type Name[T] = value`: name, type parameters, the function of the value.
    pub(crate) fn new_type_alias(&self, parts: &Obj) -> PyResult {
        let Some([name, params, value]) = parts.get::<Tuple>().map(Tuple::items) else {
            return Err(self.system_error("a type alias of something else than three parts"));
        };
        let payload = TypeAlias {
            name: name.clone().into(),
            type_params: Some(params.clone()).filter(|params| !params.is(&self.consts.none)).into(),
            evaluate: value.clone().into(),
            ..TypeAlias::default()
        };
        Ok(self.heap.alloc(payload).tracked())
    }
}

fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "typealias", params: &["name", "value", "type_params"], positional_only: 0, positional: 2, required: 2 };
    let [name, value, params] = args.bind::<3>(vm, &SIGNATURE)?;
    super::type_params::check_name(vm, "typealias", name)?;
    if let Some(params) = params {
        check_params(vm, params)?;
    }
    let payload = TypeAlias {
        name: name.cloned().into(),
        value: value.cloned().into(),
        type_params: params.filter(|params| !items_of(params).is_empty()).cloned().into(),
        module: running_module(vm).into(),
        ..TypeAlias::default()
    };
    Ok(vm.heap.alloc(payload).tracked())
}

/// Only type parameters, those with a default last (`check_type_params`).
fn check_params(vm: &Vm, params: &Obj) -> PyResult<()> {
    if params.get::<Tuple>().is_none() {
        return Err(vm.type_error("type_params must be a tuple"));
    }
    let mut default_seen = false;
    for param in items_of(params) {
        match default_of_param(vm, &param)? {
            None => return Err(vm.type_error(format!("Expected a type param, got {}", vm.repr_text(&param)?))),
            Some(true) => default_seen = true,
            Some(false) if default_seen => {
                let param = vm.repr_text(&param)?;
                return Err(vm.type_error(format!("non-default type parameter '{param}' follows default type parameter")));
            }
            Some(false) => {}
        }
    }
    Ok(())
}

fn value(vm: &Vm, obj: &Obj) -> PyResult {
    let own = this(obj);
    Ok(Lazy::evaluated(vm, &own.value, &own.evaluate)?.unwrap_or_else(|| vm.none()))
}

fn module(vm: &Vm, obj: &Obj) -> PyResult {
    let own = this(obj);
    let made_by = || own.evaluate.get().and_then(|evaluate| evaluate.get::<Function>().and_then(|function| function.module.get()));
    Ok(own.module.get().or_else(made_by).unwrap_or_else(|| vm.none()))
}

fn type_params(vm: &Vm, obj: &Obj) -> Obj {
    this(obj).type_params.get().unwrap_or_else(|| vm.consts.empty_tuple.clone())
}

/// `typing.Unpack[alias]`.
fn unpack(vm: &Vm, obj: &Obj) -> PyResult {
    vm.unpack_type_var_tuple(obj)
}

/// `typing.TypeAliasType`.
pub static TYPE_ALIAS: ClassSpec = ClassSpec {
    name: "typing.TypeAliasType",
    base: Some(&super::object::OBJECT),
    kind: kinds::TYPE_ALIAS,
    flags: flags::HAVE_GC,
    slots: |slots| {
        slots.new.set(Some(new));
        slots.repr.set(Some(|vm, obj| Ok(vm.slot_or_none(&this(obj).name))));
        slots.iter.set(Some(|vm, obj| vm.iter(&vm.tuple(vec![unpack(vm, obj)?]))));
        slots.subscript.set(Some(|vm, obj, args| {
            if this(obj).type_params.is_empty() {
                return Err(vm.type_error("Only generic type aliases are subscriptable"));
            }
            vm.generic_alias(obj, args)
        }));
        slots.binary[crate::Operator::Or as usize].set(Some(super::union::or));
    },
    methods: &[Method::new("__reduce__", |vm, obj, _| Ok(vm.slot_or_none(&this(obj).name)), Convention::NoArgs).signature("($self, /)")],
    getset: &[
        GetSet::member("__name__", |vm, obj| Ok(vm.slot_or_none(&this(obj).name))),
        GetSet::new("__value__", value),
        GetSet::new("evaluate_value", |vm, obj| Ok(Lazy::evaluator(vm, &this(obj).value, &this(obj).evaluate))),
        GetSet::new("__type_params__", |vm, obj| Ok(type_params(vm, obj))),
        GetSet::new("__parameters__", |vm, obj| {
            let params = items_of(&type_params(vm, obj));
            let unpacked =
                params.iter().map(|param| if param.kind() == kinds::TYPE_VAR_TUPLE { unpack(vm, param) } else { Ok(param.clone()) });
            Ok(vm.tuple(unpacked.collect::<PyResult<Vec<_>>>()?))
        }),
        GetSet::new("__module__", module),
    ],
    basicsize: 56,
    itemsize: 0,
    doc: "",
};
