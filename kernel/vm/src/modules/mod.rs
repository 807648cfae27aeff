//! The modules that CPython writes in C: one importable module a file.

use heap::Obj;

use crate::class::Method;
use crate::{PyResult, Vm};

pub(crate) mod abc;
pub(crate) mod array;
pub(crate) mod ast;
pub(crate) mod atexit;
mod binascii;
mod bisect;
mod cmath;
mod codecs;
pub(crate) mod collections;
pub(crate) mod contextvars;
pub(crate) mod csv;
mod datetime;
pub(crate) mod errno;
mod functools;
mod gc;
pub(crate) mod hashes;
mod heapq;
mod imp;
pub(crate) mod importlib;
pub(crate) mod io;
pub(crate) mod itertools;
mod json;
mod marshal;
mod math;
mod module_error;
pub(crate) mod monitoring;
pub(crate) mod numpy;
mod opcode;
mod operator;
mod posix;
mod queue;
pub(crate) mod random;
mod resource;
pub(crate) mod signal;
mod socket;
pub(crate) mod sre;
mod standins;
mod statistics;
mod string;
pub(crate) mod struct_;
pub(crate) mod sys;
mod sysconfig_data;
mod test_internals;
pub(crate) mod thread;
mod time;
pub(crate) mod tokenize;
pub(crate) mod tracemalloc;
mod types;
pub(crate) mod typing;
mod unicodedata;
pub(crate) mod warnings;
mod weakref;
mod zlib;

pub(crate) use struct_::item::{float_to_half, half_to_float};
pub(crate) use time::struct_time::STRUCT_TIME;

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
    &array::MODULE,
    &atexit::MODULE,
    &ast::MODULE,
    &binascii::MODULE,
    &bisect::MODULE,
    &cmath::MODULE,
    &codecs::MODULE,
    &collections::MODULE,
    &contextvars::MODULE,
    &csv::MODULE,
    &datetime::MODULE,
    &errno::MODULE,
    &functools::MODULE,
    &gc::MODULE,
    &hashes::BLAKE2_MODULE,
    &hashes::MD5_MODULE,
    &hashes::SHA1_MODULE,
    &hashes::SHA2_MODULE,
    &hashes::SHA3_MODULE,
    &heapq::MODULE,
    &imp::MODULE,
    &importlib::BOOTSTRAP,
    &importlib::BOOTSTRAP_EXTERNAL,
    &importlib::IMPORTLIB,
    &importlib::MACHINERY,
    &importlib::UTIL,
    &sysconfig_data::MODULE,
    &io::MODULE,
    &itertools::MODULE,
    &json::MODULE,
    &marshal::MODULE,
    &math::MODULE,
    &opcode::MODULE,
    &operator::MODULE,
    &posix::MODULE,
    &queue::MODULE,
    &random::MODULE,
    &resource::MODULE,
    &signal::MODULE,
    &socket::FCNTL,
    &socket::MODULE,
    &socket::SELECT,
    &socket::PROCESSES,
    &sre::MODULE,
    &statistics::MODULE,
    &string::MODULE,
    &struct_::MODULE,
    &test_internals::MODULE,
    &thread::MODULE,
    &time::MODULE,
    &tokenize::MODULE,
    &tracemalloc::MODULE,
    &types::MODULE,
    &typing::MODULE,
    &unicodedata::MODULE,
    &warnings::MODULE,
    &weakref::MODULE,
    &zlib::MODULE,
];

/// What programs about memory import beside the standard library: see `standins/`.
static STAND_INS: &[&ModuleSpec] = &[
    &numpy::MODULE,
    &numpy::random::MODULE,
    &standins::MACHINE,
    &standins::CTYPES,
    &standins::HEAPBOOK,
    &standins::MEMORY_PROFILER,
    &standins::PSUTIL,
];

/// A module that is no part of the standard library, but comes along.
pub(crate) fn find_stand_in(name: &str) -> Option<&'static ModuleSpec> {
    STAND_INS.iter().find(|module| module.name == name).copied()
}

/// Makes the payloads of modules known to a heap.
pub(crate) fn register_payloads(heap: &heap::Heap) {
    heap.register::<abc::AbcData>();
    heap.register::<contextvars::ContextVar>();
    heap.register::<contextvars::Context>();
    heap.register::<contextvars::Token>();
    heap.register::<contextvars::Missing>();
    heap.register::<random::Random>();
    heap.register::<array::Array>();
    heap.register::<hashes::Hash>();
    heap.register::<array::ArrayIterator>();
    heap.register::<struct_::Struct>();
    heap.register::<struct_::UnpackIterator>();
    heap.register::<typing::NoDefault>();
    collections::register_payloads(heap);
    csv::register_payloads(heap);
    datetime::register_payloads(heap);
    functools::register_payloads(heap);
    io::register_payloads(heap);
    numpy::register_payloads(heap);
    itertools::register_payloads(heap);
    json::register_payloads(heap);
    operator::register_payloads(heap);
    queue::register_payloads(heap);
    sre::register_payloads(heap);
    thread::register_payloads(heap);
    tokenize::register_payloads(heap);
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
        (spec.init)(self, module)?;
        self.module_of_this_version(spec.name, &dict);
        Ok(())
    }
}
