//! `_types`: the builtin classes that have no other name, for `types.py` of 3.14 (`Modules/_typesmodule.c`).

use super::ModuleSpec;

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_types",
    functions: &[],
    init: |vm, module| {
        let (dict, types) = (vm.module_dict(module), &vm.types);
        for (name, class) in [
            ("AsyncGeneratorType", &types.async_generator),
            ("BuiltinFunctionType", &types.builtin_function),
            ("BuiltinMethodType", &types.builtin_function),
            ("CellType", &types.cell),
            ("ClassMethodDescriptorType", &types.class_method_descriptor),
            ("CodeType", &types.code),
            ("CoroutineType", &types.coroutine),
            ("EllipsisType", &types.ellipsis_type),
            ("FrameType", &types.frame),
            ("FunctionType", &types.function),
            ("GeneratorType", &types.generator),
            ("GenericAlias", &types.generic_alias),
            ("GetSetDescriptorType", &types.getset_descriptor),
            ("LambdaType", &types.function),
            ("MappingProxyType", &types.mapping_proxy),
            ("MemberDescriptorType", &types.member_descriptor),
            ("MethodDescriptorType", &types.method_descriptor),
            ("MethodType", &types.method),
            ("MethodWrapperType", &types.method_wrapper),
            ("ModuleType", &types.module),
            ("NoneType", &types.none_type),
            ("NotImplementedType", &types.not_implemented_type),
            ("SimpleNamespace", &types.simple_namespace),
            ("TracebackType", &types.traceback),
            ("UnionType", &types.union),
            ("WrapperDescriptorType", &types.slot_wrapper),
        ] {
            vm.dict_set_str(&dict, name, class.clone());
        }
        if vm.version >= compile::Version::V3_13 {
            vm.dict_set_str(&dict, "CapsuleType", vm.late_class(&super::datetime::capsule::CAPSULE));
        }
        Ok(())
    },
};
