//! The `builtins` module: every builtin function and class, in CPython's order.
//!
//! A function is in the file of what it is about; `exec`, `eval` and their kin are with the machine (`code.rs`).

use heap::Obj;

use crate::Vm;
use crate::class::Method;

pub mod anext_awaitable;
mod attributes;
mod code;
mod iteration;
mod numbers;
mod output;
pub mod site;

/// The order of the module's dict.
static FUNCTIONS: &[&str] = &[
    "__build_class__",
    "__import__",
    "abs",
    "all",
    "any",
    "ascii",
    "bin",
    "breakpoint",
    "callable",
    "chr",
    "compile",
    "delattr",
    "dir",
    "divmod",
    "eval",
    "exec",
    "format",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "hex",
    "id",
    "input",
    "isinstance",
    "issubclass",
    "iter",
    "aiter",
    "len",
    "locals",
    "max",
    "min",
    "next",
    "anext",
    "oct",
    "ord",
    "pow",
    "print",
    "repr",
    "round",
    "setattr",
    "sorted",
    "sum",
    "vars",
];

static CLASSES: &[&str] = &[
    "bool",
    "memoryview",
    "bytearray",
    "bytes",
    "classmethod",
    "complex",
    "dict",
    "enumerate",
    "filter",
    "float",
    "frozenset",
    "property",
    "int",
    "list",
    "map",
    "object",
    "range",
    "reversed",
    "set",
    "slice",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "type",
    "zip",
];

static EXCEPTIONS: &[&str] = &[
    "BaseException",
    "BaseExceptionGroup",
    "Exception",
    "GeneratorExit",
    "KeyboardInterrupt",
    "SystemExit",
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BufferError",
    "EOFError",
    "ImportError",
    "LookupError",
    "MemoryError",
    "NameError",
    "OSError",
    "ReferenceError",
    "RuntimeError",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SystemError",
    "TypeError",
    "ValueError",
    "Warning",
    "FloatingPointError",
    "OverflowError",
    "ZeroDivisionError",
    "BytesWarning",
    "DeprecationWarning",
    "EncodingWarning",
    "FutureWarning",
    "ImportWarning",
    "PendingDeprecationWarning",
    "ResourceWarning",
    "RuntimeWarning",
    "SyntaxWarning",
    "UnicodeWarning",
    "UserWarning",
    "BlockingIOError",
    "ChildProcessError",
    "ConnectionError",
    "FileExistsError",
    "FileNotFoundError",
    "InterruptedError",
    "IsADirectoryError",
    "NotADirectoryError",
    "PermissionError",
    "ProcessLookupError",
    "TimeoutError",
    "IndentationError",
    "_IncompleteInputError",
    "IndexError",
    "KeyError",
    "ModuleNotFoundError",
    "NotImplementedError",
    "PythonFinalizationError",
    "RecursionError",
    "UnboundLocalError",
    "UnicodeError",
    "BrokenPipeError",
    "ConnectionAbortedError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "TabError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeTranslateError",
    "ExceptionGroup",
];

static IMPORT: &[Method] = &[Method::new("__import__", crate::import::dunder_import, crate::Convention::Keywords)
    .signature("($module, /, name, globals=None, locals=None, fromlist=(),\n           level=0)")];

/// The function of that name, if it is native.
pub(crate) fn function(name: &str) -> Option<&'static Method> {
    let tables = [attributes::FUNCTIONS, code::FUNCTIONS, IMPORT, iteration::FUNCTIONS, numbers::FUNCTIONS, output::FUNCTIONS];
    tables.into_iter().flatten().find(|function| function.name == name)
}

impl Vm {
    /// Makes the `builtins` module, and fills [`Vm::builtins`] with its dict.
    pub(crate) fn make_builtins(&self) -> Obj {
        let module = self.new_module("builtins");
        let dict = self.module_dict(&module);
        self.builtins.set(dict.clone());
        let set = |name: &str, value: Obj| self.dict_set_str(&dict, name, value);
        let module_name = self.intern("builtins");
        set("__package__", self.str(""));
        for name in FUNCTIONS {
            if let Some(method) = function(name) {
                set(name, self.new_builtin(method, Some(module.clone()), Some(module_name.clone())));
            }
        }
        set("None", self.none());
        set("Ellipsis", self.consts.ellipsis.clone());
        set("NotImplemented", self.not_implemented());
        set("False", self.bool(false));
        set("True", self.bool(true));
        let classes = self.types.each();
        let class = |name: &str| classes.iter().find(|(_, spec)| spec.name == name).map(|(class, _)| (*class).clone());
        CLASSES.iter().for_each(|name| class(name).into_iter().for_each(|class| set(name, class)));
        set("__debug__", self.bool(true));
        EXCEPTIONS.iter().for_each(|name| class(name).into_iter().for_each(|class| set(name, class)));
        set("EnvironmentError", self.types.os_error.clone());
        set("IOError", self.types.os_error.clone());
        if let Some(open) = function("open") {
            set("open", self.new_builtin(open, Some(module.clone()), Some(module_name.clone())));
        }
        self.module_of_this_version("builtins", &dict);
        site::objects(self).into_iter().for_each(|(name, obj)| set(name, obj));
        module
    }
}
