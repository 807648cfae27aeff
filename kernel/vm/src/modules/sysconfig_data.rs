//! What `sysconfig` tells of how the interpreter was built: the little that is true of this one.

use super::ModuleSpec;

/// Its name has the platform in it: this machine says on every host that it is on Linux.
pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_sysconfigdata__linux_x86_64-linux-gnu",
    functions: &[],
    init: |vm, module| {
        let variables = vm.dict();
        for (name, value) in [("Py_DEBUG", 0), ("Py_GIL_DISABLED", 0), ("Py_TRACE_REFS", 0), ("WITH_DOC_STRINGS", 1), ("WITH_PYMALLOC", 1)]
        {
            vm.dict_set_str(&variables, name, vm.int(value));
        }
        vm.dict_set_str(&variables, "MULTIARCH", vm.str("x86_64-linux-gnu"));
        vm.dict_set_str(&vm.module_dict(module), "build_time_vars", variables);
        Ok(())
    },
};
