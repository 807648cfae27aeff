//! Exceptions: the payload that all of them share, and the hierarchy (`Objects/exceptions.c`).
//!
//! An exception always names its class itself. What only some of them have (`value`, `name`, `errno` …) stands in
//! the slots of its [`Extra`](heap::Extra), at the places of [`fields`].

use std::cell::Cell;

use heap::{ExtraLayout, Obj, Slot};

use crate::class::{ClassSpec, flags};
use crate::{Vm, kinds};

/// The payload of every exception (`PyBaseExceptionObject`).
#[derive(Default)]
pub struct Exception {
    /// `args`, a `tuple`.
    pub args: Slot,
    /// `__notes__`, a `list`, or empty.
    pub notes: Slot,
    /// `__traceback__`, or empty.
    pub traceback: Slot,
    /// `__context__`, or empty.
    pub context: Slot,
    /// `__cause__`, or empty.
    pub cause: Slot,
    /// `__suppress_context__`.
    pub suppress_context: Cell<bool>,
}

crate::payload!(Exception, kinds::EXCEPTION, { args, notes, traceback, cause, context });

macro_rules! hierarchy {
    ($($spec:ident: $name:literal < $base:expr;)*) => {
        $(#[doc = concat!("`", $name, "`.")] pub static $spec: ClassSpec = ClassSpec {
            name: $name,
            base: $base,
            kind: kinds::EXCEPTION,
            flags: flags::CONTAINER | flags::BASE_EXC_SUBCLASS,
            slots: |_| {},
            methods: &[],
            getset: &[],
            basicsize: 72,
            itemsize: 0,
            doc: "",
        };)*
    };
}

hierarchy! {
    BASE_EXCEPTION: "BaseException" < None;
    EXCEPTION: "Exception" < Some(&BASE_EXCEPTION);
    BASE_EXCEPTION_GROUP: "BaseExceptionGroup" < Some(&BASE_EXCEPTION);
    GENERATOR_EXIT: "GeneratorExit" < Some(&BASE_EXCEPTION);
    KEYBOARD_INTERRUPT: "KeyboardInterrupt" < Some(&BASE_EXCEPTION);
    SYSTEM_EXIT: "SystemExit" < Some(&BASE_EXCEPTION);
    ARITHMETIC_ERROR: "ArithmeticError" < Some(&EXCEPTION);
    ASSERTION_ERROR: "AssertionError" < Some(&EXCEPTION);
    ATTRIBUTE_ERROR: "AttributeError" < Some(&EXCEPTION);
    BUFFER_ERROR: "BufferError" < Some(&EXCEPTION);
    EOF_ERROR: "EOFError" < Some(&EXCEPTION);
    IMPORT_ERROR: "ImportError" < Some(&EXCEPTION);
    LOOKUP_ERROR: "LookupError" < Some(&EXCEPTION);
    MEMORY_ERROR: "MemoryError" < Some(&EXCEPTION);
    NAME_ERROR: "NameError" < Some(&EXCEPTION);
    OS_ERROR: "OSError" < Some(&EXCEPTION);
    REFERENCE_ERROR: "ReferenceError" < Some(&EXCEPTION);
    RUNTIME_ERROR: "RuntimeError" < Some(&EXCEPTION);
    STOP_ASYNC_ITERATION: "StopAsyncIteration" < Some(&EXCEPTION);
    STOP_ITERATION: "StopIteration" < Some(&EXCEPTION);
    SYNTAX_ERROR: "SyntaxError" < Some(&EXCEPTION);
    SYSTEM_ERROR: "SystemError" < Some(&EXCEPTION);
    TYPE_ERROR: "TypeError" < Some(&EXCEPTION);
    VALUE_ERROR: "ValueError" < Some(&EXCEPTION);
    FLOATING_POINT_ERROR: "FloatingPointError" < Some(&ARITHMETIC_ERROR);
    OVERFLOW_ERROR: "OverflowError" < Some(&ARITHMETIC_ERROR);
    ZERO_DIVISION_ERROR: "ZeroDivisionError" < Some(&ARITHMETIC_ERROR);
    MODULE_NOT_FOUND_ERROR: "ModuleNotFoundError" < Some(&IMPORT_ERROR);
    INDEX_ERROR: "IndexError" < Some(&LOOKUP_ERROR);
    KEY_ERROR: "KeyError" < Some(&LOOKUP_ERROR);
    UNBOUND_LOCAL_ERROR: "UnboundLocalError" < Some(&NAME_ERROR);
    BLOCKING_IO_ERROR: "BlockingIOError" < Some(&OS_ERROR);
    CHILD_PROCESS_ERROR: "ChildProcessError" < Some(&OS_ERROR);
    CONNECTION_ERROR: "ConnectionError" < Some(&OS_ERROR);
    FILE_EXISTS_ERROR: "FileExistsError" < Some(&OS_ERROR);
    FILE_NOT_FOUND_ERROR: "FileNotFoundError" < Some(&OS_ERROR);
    INTERRUPTED_ERROR: "InterruptedError" < Some(&OS_ERROR);
    IS_A_DIRECTORY_ERROR: "IsADirectoryError" < Some(&OS_ERROR);
    NOT_A_DIRECTORY_ERROR: "NotADirectoryError" < Some(&OS_ERROR);
    PERMISSION_ERROR: "PermissionError" < Some(&OS_ERROR);
    PROCESS_LOOKUP_ERROR: "ProcessLookupError" < Some(&OS_ERROR);
    TIMEOUT_ERROR: "TimeoutError" < Some(&OS_ERROR);
    BROKEN_PIPE_ERROR: "BrokenPipeError" < Some(&CONNECTION_ERROR);
    CONNECTION_ABORTED_ERROR: "ConnectionAbortedError" < Some(&CONNECTION_ERROR);
    CONNECTION_REFUSED_ERROR: "ConnectionRefusedError" < Some(&CONNECTION_ERROR);
    CONNECTION_RESET_ERROR: "ConnectionResetError" < Some(&CONNECTION_ERROR);
    NOT_IMPLEMENTED_ERROR: "NotImplementedError" < Some(&RUNTIME_ERROR);
    PYTHON_FINALIZATION_ERROR: "PythonFinalizationError" < Some(&RUNTIME_ERROR);
    RECURSION_ERROR: "RecursionError" < Some(&RUNTIME_ERROR);
    INDENTATION_ERROR: "IndentationError" < Some(&SYNTAX_ERROR);
    INCOMPLETE_INPUT_ERROR: "_IncompleteInputError" < Some(&SYNTAX_ERROR);
    TAB_ERROR: "TabError" < Some(&INDENTATION_ERROR);
    UNICODE_ERROR: "UnicodeError" < Some(&VALUE_ERROR);
    UNICODE_DECODE_ERROR: "UnicodeDecodeError" < Some(&UNICODE_ERROR);
    UNICODE_ENCODE_ERROR: "UnicodeEncodeError" < Some(&UNICODE_ERROR);
    UNICODE_TRANSLATE_ERROR: "UnicodeTranslateError" < Some(&UNICODE_ERROR);
    EXCEPTION_GROUP: "ExceptionGroup" < Some(&BASE_EXCEPTION_GROUP);
    WARNING: "Warning" < Some(&EXCEPTION);
    BYTES_WARNING: "BytesWarning" < Some(&WARNING);
    DEPRECATION_WARNING: "DeprecationWarning" < Some(&WARNING);
    ENCODING_WARNING: "EncodingWarning" < Some(&WARNING);
    FUTURE_WARNING: "FutureWarning" < Some(&WARNING);
    IMPORT_WARNING: "ImportWarning" < Some(&WARNING);
    PENDING_DEPRECATION_WARNING: "PendingDeprecationWarning" < Some(&WARNING);
    RESOURCE_WARNING: "ResourceWarning" < Some(&WARNING);
    RUNTIME_WARNING: "RuntimeWarning" < Some(&WARNING);
    SYNTAX_WARNING: "SyntaxWarning" < Some(&WARNING);
    UNICODE_WARNING: "UnicodeWarning" < Some(&WARNING);
    USER_WARNING: "UserWarning" < Some(&WARNING);
}

impl Vm {
    /// A new exception of a builtin class, with these `args`.
    pub fn new_exception(&self, class: &Obj, args: Vec<Obj>) -> crate::Raised {
        let exception = Exception { args: self.tuple(args).into(), ..Exception::default() };
        let layout = ExtraLayout { values: None, slots: self.class(class).n_slots.get() };
        crate::Raised(self.heap.alloc_with_class(exception, class.clone(), layout).tracked())
    }
}
