//! The modules that CPython writes in C: one importable module a file.

use heap::Obj;

use crate::class::Method;
use crate::{PyResult, Vm};

pub(crate) mod abc;
mod ast;
pub(crate) mod atexit;
mod codecs;
pub(crate) mod collections;
pub(crate) mod contextvars;
mod errno;
mod gc;
mod importlib;
pub(crate) mod io;
pub(crate) mod itertools;
mod math;
mod opcode;
mod posix;
pub(crate) mod random;
pub(crate) mod sre;
mod string;
pub(crate) mod sys;
pub(crate) mod thread;
mod time;
mod tokenize;
mod types;
pub(crate) mod typing;
mod weakref;

/// From what a builtin module is made at its first import.
pub(crate) struct ModuleSpec {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its functions.
    pub(crate) functions: &'static [Method],
    /// Adds everything else to the module.
    pub(crate) init: fn(&Vm, &Obj) -> PyResult<()>,
}

/// Every builtin module but `builtins` and `sys`, which a machine makes at its start.
static MODULES: &[&ModuleSpec] = &[
    &abc::MODULE,
    &atexit::MODULE,
    &ast::MODULE,
    &codecs::MODULE,
    &collections::MODULE,
    &contextvars::MODULE,
    &errno::MODULE,
    &gc::MODULE,
    &importlib::IMPORTLIB,
    &importlib::MACHINERY,
    &importlib::UTIL,
    &io::MODULE,
    &itertools::MODULE,
    &math::MODULE,
    &opcode::MODULE,
    &posix::MODULE,
    &random::MODULE,
    &sre::MODULE,
    &string::MODULE,
    &thread::MODULE,
    &time::MODULE,
    &tokenize::MODULE,
    &types::MODULE,
    &typing::MODULE,
    &weakref::MODULE,
];

/// Makes the payloads of modules known to a heap.
pub(crate) fn register_payloads(heap: &heap::Heap) {
    heap.register::<abc::AbcData>();
    heap.register::<contextvars::ContextVar>();
    heap.register::<contextvars::Context>();
    heap.register::<contextvars::Token>();
    heap.register::<contextvars::Missing>();
    heap.register::<io::StandardStream>();
    heap.register::<random::Random>();
    heap.register::<typing::NoDefault>();
    collections::register_payloads(heap);
    itertools::register_payloads(heap);
    sre::register_payloads(heap);
    thread::register_payloads(heap);
}

/// The builtin module of that name.
pub(crate) fn find(name: &str) -> Option<&'static ModuleSpec> {
    MODULES.iter().find(|module| module.name == name).copied()
}

/// The names of the builtin modules (`sys.builtin_module_names`), sorted.
pub(crate) fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = MODULES.iter().map(|module| module.name).chain(["builtins", "sys"]).collect();
    names.sort_unstable();
    names
}

impl Vm {
    /// Makes a builtin module from its spec.
    pub(crate) fn make_module(&self, spec: &'static ModuleSpec) -> PyResult {
        let module = self.new_module(spec.name);
        self.fill_builtin_module(spec, &module)?;
        Ok(module)
    }

    /// Fills a module that is there already.
    pub(crate) fn fill_builtin_module(&self, spec: &'static ModuleSpec, module: &Obj) -> PyResult<()> {
        let dict = self.module_dict(module);
        for function in spec.functions {
            self.dict_set_str(&dict, function.name, self.builtin_function(function, module, spec.name));
        }
        (spec.init)(self, module)
    }
}
