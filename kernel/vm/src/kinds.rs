//! The kinds of the machine's own payloads. `heap` has the kinds below [`Kind::FIRST_FREE`].

use heap::Kind;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $n:literal,)*) => {
        $($(#[$doc])* pub(crate) const $name: Kind = Kind(Kind::FIRST_FREE + $n);)*
    };
}

kinds! {
    // Leaves: never tracked.
    BIG_INT = 0, COMPLEX = 1, BYTE_ARRAY = 2, RANGE = 3, CODE = 4, RANGE_ITERATOR = 5, BYTES_ITERATOR = 6, STR_ASCII_ITERATOR = 7,
    /// A builtin class: immortal, untracked. Classes made in Python are `CLASS` objects too, tracked ones.
    CLASS = 10,
    FUNCTION = 11, BUILTIN_FUNCTION = 12, METHOD = 13, SLOT_WRAPPER = 14, METHOD_WRAPPER = 15, METHOD_DESCRIPTOR = 16,
    CLASS_METHOD_DESCRIPTOR = 17, GETSET_DESCRIPTOR = 18, MEMBER_DESCRIPTOR = 19, PROPERTY = 20, STATIC_METHOD = 21, CLASS_METHOD = 22,
    SUPER = 23, MAPPING_PROXY = 24, MODULE = 25, SIMPLE_NAMESPACE = 26,
    FRAME = 30, GENERATOR = 31, COROUTINE = 32, ASYNC_GENERATOR = 33, COROUTINE_WRAPPER = 34, ASYNC_GENERATOR_ASEND = 35,
    ASYNC_GENERATOR_ATHROW = 36, ASYNC_GENERATOR_WRAPPED_VALUE = 37, ANEXT_AWAITABLE = 38, FRAME_LOCALS_PROXY = 39,
    EXCEPTION = 40, TRACEBACK = 41,
    SLICE = 50, LIST_ITERATOR = 51, LIST_REVERSE_ITERATOR = 52, TUPLE_ITERATOR = 53, DICT_ITERATOR = 54, DICT_VIEW = 55, SET_ITERATOR = 56,
    STR_ITERATOR = 57, SEQUENCE_ITERATOR = 58, CALL_ITERATOR = 59, ENUMERATE = 60, REVERSED = 61, ZIP = 62, MAP = 63, FILTER = 64,
    BYTE_ARRAY_ITERATOR = 65, MEMORY_VIEW = 66, LONG_RANGE_ITERATOR = 67,
    GENERIC_ALIAS = 70, UNION = 71, TYPE_VAR = 72, TYPE_ALIAS = 73, TEMPLATE = 74, INTERPOLATION = 75, TEMPLATE_ITERATOR = 76,
    PARAM_SPEC = 77, TYPE_VAR_TUPLE = 78, NO_DEFAULT = 79,
    /// Payloads of modules, from here on; a module's file says which are its own.
    MODULES = 90,
}
