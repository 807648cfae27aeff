//! `importlib` and its modules, in Python: specs and loaders for programs that load a file their own way, or put a
//! finder into `sys.meta_path`. The machine itself imports without them (`import.rs`).

mod library_loader;

pub(crate) use library_loader::LIBRARY_LOADER;

use super::ModuleSpec;

/// `importlib`.
pub(super) static IMPORTLIB: ModuleSpec = ModuleSpec {
    name: "importlib",
    functions: &[],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "__path__", vm.list(Vec::new()));
        vm.exec_text(include_str!("package.py"), "<importlib>", &dict).map(drop)
    },
};

/// `importlib.machinery`.
pub(super) static MACHINERY: ModuleSpec = ModuleSpec {
    name: "importlib.machinery",
    functions: &[],
    init: |vm, module| vm.exec_text(include_str!("machinery.py"), "<importlib.machinery>", &vm.module_dict(module)).map(drop),
};

/// `importlib.util`.
pub(super) static UTIL: ModuleSpec = ModuleSpec {
    name: "importlib.util",
    functions: &[],
    init: |vm, module| vm.exec_text(include_str!("util.py"), "<importlib.util>", &vm.module_dict(module)).map(drop),
};

/// `importlib._bootstrap`.
pub(super) static BOOTSTRAP: ModuleSpec = ModuleSpec {
    name: "importlib._bootstrap",
    functions: &[],
    init: |vm, module| vm.exec_text(include_str!("bootstrap.py"), "<importlib._bootstrap>", &vm.module_dict(module)).map(drop),
};

/// `importlib._bootstrap_external`.
pub(super) static BOOTSTRAP_EXTERNAL: ModuleSpec = ModuleSpec {
    name: "importlib._bootstrap_external",
    functions: &[],
    init: |vm, module| {
        vm.exec_text(include_str!("bootstrap_external.py"), "<importlib._bootstrap_external>", &vm.module_dict(module)).map(drop)
    },
};
