//! `_typing`: the classes that `typing` builds on (`Modules/_typingmodule.c`, `Objects/typevarobject.c`).

use heap::{Kind, Obj};

use super::ModuleSpec;
use crate::class::{ClassSpec, Convention, Method, flags};
use crate::{Args, PyResult, Vm, kinds};

/// The payload of `NoDefault`.
pub(crate) struct NoDefault;

crate::leaf_payload!(NoDefault, kinds::NO_DEFAULT);

/// `NoDefaultType`.
pub(crate) static NO_DEFAULT_TYPE: ClassSpec = ClassSpec {
    name: "NoDefaultType",
    base: Some(&crate::objects::object::OBJECT),
    kind: kinds::NO_DEFAULT,
    flags: 0,
    slots: |slots| {
        slots.repr.set(Some(|vm, _| Ok(vm.str("typing.NoDefault"))));
        slots.new.set(Some(|vm, _, args| {
            if !args.all().is_empty() {
                return Err(vm.type_error("NoDefaultType takes no arguments"));
            }
            vm.no_default()
        }));
    },
    methods: &[Method::new("__reduce__", |vm, _, _| Ok(vm.str("NoDefault")), Convention::NoArgs)],
    getset: &[],
    basicsize: 16,
    itemsize: 0,
    doc: "The type of the NoDefault singleton.",
};

/// Calls a function of `typing` with the class or object in front.
pub(crate) fn call_typing(vm: &Vm, name: &str, this: &Obj, args: Args<'_>) -> PyResult {
    let typing = vm.import_module("typing")?;
    let function = vm.getattr_str(&typing, name)?;
    vm.call_with_first(&function, this, args)
}

/// `typing.Generic`.
pub(crate) static GENERIC: ClassSpec = ClassSpec {
    name: "typing.Generic",
    base: Some(&crate::objects::object::OBJECT),
    kind: Kind::INSTANCE,
    flags: flags::BASE_TYPE | flags::HAVE_GC | flags::MODULE_TYPE,
    slots: |_| {},
    methods: &[
        Method::class("__class_getitem__", |vm, class, args| call_typing(vm, "_generic_class_getitem", class, args), Convention::Keywords),
        Method::class("__init_subclass__", |vm, class, args| call_typing(vm, "_generic_init_subclass", class, args), Convention::Keywords),
    ],
    getset: &[],
    basicsize: 16,
    itemsize: 0,
    doc: "",
};

/// `_typing`.
pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_typing",
    functions: &[Method::new("_idfunc", |_, _, args| Ok(args.pos()[0].clone()), Convention::One).signature("($module, x, /)")],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        let types = &vm.types;
        for (name, class) in [
            ("TypeVar", &types.type_var),
            ("ParamSpec", &types.param_spec),
            ("TypeVarTuple", &types.type_var_tuple),
            ("ParamSpecArgs", &types.param_spec_args),
            ("ParamSpecKwargs", &types.param_spec_kwargs),
            ("TypeAliasType", &types.type_alias),
            ("Generic", &types.generic),
            ("Union", &types.union),
        ] {
            vm.dict_set_str(&dict, name, class.clone());
        }
        vm.dict_set_str(&dict, "NoDefault", vm.heap.alloc(NoDefault));
        Ok(())
    },
};
