//! The hierarchy of the builtin exceptions: one line a class, with the places of its own fields.

use heap::Obj;

use super::{fields, group, os_error, syntax_error, unicode_error};
use crate::class::{ClassSpec, GetSet, flags};
use crate::{PyResult, Vm, kinds};

/// What field `I` of an exception holds; `None` if nothing (a `Py_T_OBJECT` member).
fn get_field<const I: usize>(vm: &Vm, this: &Obj) -> PyResult {
    Ok(field(this, I).unwrap_or_else(|| vm.none()))
}

fn set_field<const I: usize>(_: &Vm, this: &Obj, value: Option<&Obj>) -> PyResult<()> {
    store(this, I, value.cloned());
    Ok(())
}

/// The field at place `index`, if it holds anything.
pub(crate) fn field(this: &Obj, index: usize) -> Option<Obj> {
    this.extra().filter(|extra| index < extra.n_slots()).and_then(|extra| extra.slot(index).get())
}

/// Sets the field at place `index`.
pub(crate) fn store(this: &Obj, index: usize, value: Option<Obj>) {
    if let Some(extra) = this.extra().filter(|extra| index < extra.n_slots()) {
        drop(extra.slot(index).replace(value));
    }
}

/// How many fields a class adds to its base's.
pub(crate) fn own_fields(spec: &ClassSpec) -> u16 {
    if spec.kind == kinds::EXCEPTION && !std::ptr::eq(spec, &BASE_EXCEPTION) { spec.getset.len() as u16 } else { 0 }
}

const fn member<const I: usize>(name: &'static str) -> GetSet {
    GetSet { name, get: get_field::<I>, set: Some(set_field::<I>), member: true, doc: "" }
}

macro_rules! hierarchy {
    ($($spec:ident: $name:literal < $base:expr, $size:literal, $slots:expr, $methods:expr, $getset:expr;)*) => {
        $(#[doc = concat!("`", $name, "`.")] pub static $spec: ClassSpec = ClassSpec {
            name: $name,
            base: $base,
            kind: kinds::EXCEPTION,
            flags: flags::CONTAINER | flags::BASE_EXC_SUBCLASS | flags::DICT,
            slots: $slots,
            methods: $methods,
            getset: $getset,
            basicsize: $size,
            itemsize: 0,
            doc: "",
        };)*
    };
}

hierarchy! {
    BASE_EXCEPTION: "BaseException" < None, 72, super::base_slots, super::METHODS, super::GETSET;
    EXCEPTION: "Exception" < Some(&BASE_EXCEPTION), 72, |_| {}, &[], &[];
    BASE_EXCEPTION_GROUP: "BaseExceptionGroup" < Some(&BASE_EXCEPTION), 96, group::slots, group::METHODS, &[GetSet::member("message", get_field::<0>), GetSet::new("exceptions", group::exceptions)];
    GENERATOR_EXIT: "GeneratorExit" < Some(&BASE_EXCEPTION), 72, |_| {}, &[], &[];
    KEYBOARD_INTERRUPT: "KeyboardInterrupt" < Some(&BASE_EXCEPTION), 72, |_| {}, &[], &[];
    SYSTEM_EXIT: "SystemExit" < Some(&BASE_EXCEPTION), 80, fields::system_exit, &[], &[member::<0>("code")];
    ARITHMETIC_ERROR: "ArithmeticError" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    ASSERTION_ERROR: "AssertionError" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    ATTRIBUTE_ERROR: "AttributeError" < Some(&EXCEPTION), 88, fields::attribute_error, fields::ATTRIBUTE_METHODS, &[member::<0>("name"), member::<1>("obj")];
    BUFFER_ERROR: "BufferError" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    EOF_ERROR: "EOFError" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    IMPORT_ERROR: "ImportError" < Some(&EXCEPTION), 104, fields::import_error, fields::IMPORT_METHODS, &[member::<0>("msg"), member::<1>("name"), member::<2>("path"), member::<3>("name_from")];
    LOOKUP_ERROR: "LookupError" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    MEMORY_ERROR: "MemoryError" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    NAME_ERROR: "NameError" < Some(&EXCEPTION), 80, fields::name_error, &[], &[member::<0>("name")];
    OS_ERROR: "OSError" < Some(&EXCEPTION), 112, os_error::slots, os_error::METHODS, &[member::<0>("errno"), member::<1>("strerror"), member::<2>("filename"), member::<3>("filename2"), os_error::CHARACTERS_WRITTEN];
    REFERENCE_ERROR: "ReferenceError" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    RUNTIME_ERROR: "RuntimeError" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    STOP_ASYNC_ITERATION: "StopAsyncIteration" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    STOP_ITERATION: "StopIteration" < Some(&EXCEPTION), 80, fields::stop_iteration, &[], &[member::<0>("value")];
    SYNTAX_ERROR: "SyntaxError" < Some(&EXCEPTION), 144, syntax_error::slots, &[], &[member::<0>("msg"), member::<1>("filename"), member::<2>("lineno"), member::<3>("offset"), member::<4>("text"), member::<5>("end_lineno"), member::<6>("end_offset"), member::<7>("print_file_and_line"), member::<8>("_metadata")];
    SYSTEM_ERROR: "SystemError" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    TYPE_ERROR: "TypeError" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    VALUE_ERROR: "ValueError" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    FLOATING_POINT_ERROR: "FloatingPointError" < Some(&ARITHMETIC_ERROR), 72, |_| {}, &[], &[];
    OVERFLOW_ERROR: "OverflowError" < Some(&ARITHMETIC_ERROR), 72, |_| {}, &[], &[];
    ZERO_DIVISION_ERROR: "ZeroDivisionError" < Some(&ARITHMETIC_ERROR), 72, |_| {}, &[], &[];
    MODULE_NOT_FOUND_ERROR: "ModuleNotFoundError" < Some(&IMPORT_ERROR), 104, |_| {}, &[], &[];
    INDEX_ERROR: "IndexError" < Some(&LOOKUP_ERROR), 72, |_| {}, &[], &[];
    KEY_ERROR: "KeyError" < Some(&LOOKUP_ERROR), 72, fields::key_error, &[], &[];
    UNBOUND_LOCAL_ERROR: "UnboundLocalError" < Some(&NAME_ERROR), 80, |_| {}, &[], &[];
    BLOCKING_IO_ERROR: "BlockingIOError" < Some(&OS_ERROR), 112, |_| {}, &[], &[];
    CHILD_PROCESS_ERROR: "ChildProcessError" < Some(&OS_ERROR), 112, |_| {}, &[], &[];
    CONNECTION_ERROR: "ConnectionError" < Some(&OS_ERROR), 112, |_| {}, &[], &[];
    FILE_EXISTS_ERROR: "FileExistsError" < Some(&OS_ERROR), 112, |_| {}, &[], &[];
    FILE_NOT_FOUND_ERROR: "FileNotFoundError" < Some(&OS_ERROR), 112, |_| {}, &[], &[];
    INTERRUPTED_ERROR: "InterruptedError" < Some(&OS_ERROR), 112, |_| {}, &[], &[];
    IS_A_DIRECTORY_ERROR: "IsADirectoryError" < Some(&OS_ERROR), 112, |_| {}, &[], &[];
    NOT_A_DIRECTORY_ERROR: "NotADirectoryError" < Some(&OS_ERROR), 112, |_| {}, &[], &[];
    PERMISSION_ERROR: "PermissionError" < Some(&OS_ERROR), 112, |_| {}, &[], &[];
    PROCESS_LOOKUP_ERROR: "ProcessLookupError" < Some(&OS_ERROR), 112, |_| {}, &[], &[];
    TIMEOUT_ERROR: "TimeoutError" < Some(&OS_ERROR), 112, |_| {}, &[], &[];
    BROKEN_PIPE_ERROR: "BrokenPipeError" < Some(&CONNECTION_ERROR), 112, |_| {}, &[], &[];
    CONNECTION_ABORTED_ERROR: "ConnectionAbortedError" < Some(&CONNECTION_ERROR), 112, |_| {}, &[], &[];
    CONNECTION_REFUSED_ERROR: "ConnectionRefusedError" < Some(&CONNECTION_ERROR), 112, |_| {}, &[], &[];
    CONNECTION_RESET_ERROR: "ConnectionResetError" < Some(&CONNECTION_ERROR), 112, |_| {}, &[], &[];
    NOT_IMPLEMENTED_ERROR: "NotImplementedError" < Some(&RUNTIME_ERROR), 72, |_| {}, &[], &[];
    PYTHON_FINALIZATION_ERROR: "PythonFinalizationError" < Some(&RUNTIME_ERROR), 72, |_| {}, &[], &[];
    RECURSION_ERROR: "RecursionError" < Some(&RUNTIME_ERROR), 72, |_| {}, &[], &[];
    INDENTATION_ERROR: "IndentationError" < Some(&SYNTAX_ERROR), 144, |_| {}, &[], &[];
    INCOMPLETE_INPUT_ERROR: "_IncompleteInputError" < Some(&SYNTAX_ERROR), 144, |_| {}, &[], &[];
    TAB_ERROR: "TabError" < Some(&INDENTATION_ERROR), 144, |_| {}, &[], &[];
    UNICODE_ERROR: "UnicodeError" < Some(&VALUE_ERROR), 72, |_| {}, &[], &[];
    UNICODE_DECODE_ERROR: "UnicodeDecodeError" < Some(&UNICODE_ERROR), 112, unicode_error::decode, &[], unicode_error::GETSET;
    UNICODE_ENCODE_ERROR: "UnicodeEncodeError" < Some(&UNICODE_ERROR), 112, unicode_error::encode, &[], unicode_error::GETSET;
    UNICODE_TRANSLATE_ERROR: "UnicodeTranslateError" < Some(&UNICODE_ERROR), 112, unicode_error::translate, &[], unicode_error::GETSET;
    WARNING: "Warning" < Some(&EXCEPTION), 72, |_| {}, &[], &[];
    BYTES_WARNING: "BytesWarning" < Some(&WARNING), 72, |_| {}, &[], &[];
    DEPRECATION_WARNING: "DeprecationWarning" < Some(&WARNING), 72, |_| {}, &[], &[];
    ENCODING_WARNING: "EncodingWarning" < Some(&WARNING), 72, |_| {}, &[], &[];
    FUTURE_WARNING: "FutureWarning" < Some(&WARNING), 72, |_| {}, &[], &[];
    IMPORT_WARNING: "ImportWarning" < Some(&WARNING), 72, |_| {}, &[], &[];
    PENDING_DEPRECATION_WARNING: "PendingDeprecationWarning" < Some(&WARNING), 72, |_| {}, &[], &[];
    RESOURCE_WARNING: "ResourceWarning" < Some(&WARNING), 72, |_| {}, &[], &[];
    RUNTIME_WARNING: "RuntimeWarning" < Some(&WARNING), 72, |_| {}, &[], &[];
    SYNTAX_WARNING: "SyntaxWarning" < Some(&WARNING), 72, |_| {}, &[], &[];
    UNICODE_WARNING: "UnicodeWarning" < Some(&WARNING), 72, |_| {}, &[], &[];
    USER_WARNING: "UserWarning" < Some(&WARNING), 72, |_| {}, &[], &[];
}

/// `ExceptionGroup`: the one builtin exception that is a heap type.
pub static EXCEPTION_GROUP: ClassSpec = ClassSpec {
    name: "ExceptionGroup",
    base: Some(&BASE_EXCEPTION_GROUP),
    kind: kinds::EXCEPTION,
    flags: BASE_EXCEPTION_GROUP.flags | flags::HEAP_TYPE,
    slots: |_| {},
    methods: &[],
    getset: &[],
    basicsize: 96,
    itemsize: 0,
    doc: "",
};
