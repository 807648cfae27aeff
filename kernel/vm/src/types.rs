//! The builtin classes: one line each, from which they are made when a machine starts.

use heap::{Kind, Obj, Singleton};

use crate::class::ClassSpec;
use crate::{modules, objects};

macro_rules! classes {
    ($($name:ident: $spec:path,)*) => {
        /// The builtin classes of a machine. They are immortal.
        #[expect(missing_docs, reason = "a class's documentation is with its spec")]
        pub struct Types {
            $(pub $name: Obj,)*
            /// The class of each kind that says its class by itself.
            pub(crate) by_kind: Vec<Option<Obj>>,
        }

        impl Types {
            /// Makes every class with `make`, bases before what extends them: list a class below its base.
            pub(crate) fn build(mut make: impl FnMut(&'static ClassSpec) -> Obj) -> Types {
                $(let $name = make(&$spec);)*
                Types { $($name,)* by_kind: vec![None; 256] }
            }

            /// Every builtin class with its spec, in the order of the table.
            pub(crate) fn each(&self) -> Vec<(&Obj, &'static ClassSpec)> {
                vec![$((&self.$name, &$spec),)*]
            }
        }
    };
}

// One line a class: the field, and the spec in the file of its object. `TODO` stands where a class is not written yet.
classes! {
    object: objects::object::OBJECT,
    type_: objects::class::TYPE,
    // Numbers, text, bytes.
    int: objects::int::INT,
    bool: objects::bool::BOOL,
    float: objects::float::FLOAT,
    complex: objects::complex::COMPLEX,
    str: objects::str::STR,
    bytes: objects::bytes::BYTES,
    bytearray: objects::bytearray::BYTEARRAY,
    memoryview: objects::memoryview::MEMORYVIEW,
    none_type: objects::singletons::NONE,
    ellipsis_type: objects::singletons::ELLIPSIS,
    not_implemented_type: objects::singletons::NOT_IMPLEMENTED,
    str_ascii_iterator: objects::text_iterator::STR_ASCII_ITERATOR,
    str_iterator: objects::text_iterator::STR_ITERATOR,
    bytes_iterator: objects::text_iterator::BYTES_ITERATOR,
    bytearray_iterator: objects::text_iterator::BYTE_ARRAY_ITERATOR,
    // Containers and what walks them.
    list: objects::list::LIST,
    tuple: objects::tuple::TUPLE,
    dict: objects::dict::DICT,
    set: objects::set::SET,
    frozenset: objects::set::FROZENSET,
    range: objects::range::RANGE,
    slice: objects::slice::SLICE,
    dict_keys: objects::dict_view::DICT_KEYS,
    dict_values: objects::dict_view::DICT_VALUES,
    dict_items: objects::dict_view::DICT_ITEMS,
    enumerate: objects::enumerate::ENUMERATE,
    zip: objects::zip::ZIP,
    map: objects::map::MAP,
    filter: objects::map::FILTER,
    reversed: objects::reversed::REVERSED,
    quitter: crate::builtins::site::QUITTER,
    printer: crate::builtins::site::PRINTER,
    helper: crate::builtins::site::HELPER,
    sequence_iterator: objects::sequence_iterator::SEQUENCE_ITERATOR,
    call_iterator: objects::sequence_iterator::CALL_ITERATOR,
    list_iterator: objects::list_iterator::LIST_ITERATOR,
    list_reverse_iterator: objects::list_iterator::LIST_REVERSE_ITERATOR,
    tuple_iterator: objects::tuple_iterator::TUPLE_ITERATOR,
    set_iterator: objects::set_iterator::SET_ITERATOR,
    range_iterator: objects::range_iterator::RANGE_ITERATOR,
    long_range_iterator: objects::range_iterator::LONG_RANGE_ITERATOR,
    dict_key_iterator: objects::dict_view::DICT_KEY_ITERATOR,
    dict_value_iterator: objects::dict_view::DICT_VALUE_ITERATOR,
    dict_item_iterator: objects::dict_view::DICT_ITEM_ITERATOR,
    dict_reverse_key_iterator: objects::dict_view::DICT_REVERSE_KEY_ITERATOR,
    dict_reverse_value_iterator: objects::dict_view::DICT_REVERSE_VALUE_ITERATOR,
    dict_reverse_item_iterator: objects::dict_view::DICT_REVERSE_ITEM_ITERATOR,
    // Functions, descriptors, modules.
    function: objects::function::FUNCTION,
    builtin_function: objects::builtin_function::BUILTIN_FUNCTION,
    method: objects::method::METHOD,
    cell: objects::cell::CELL,
    code: objects::code::CODE,
    frame: objects::frame::FRAME,
    generator: objects::coroutine::GENERATOR,
    coroutine: objects::coroutine::COROUTINE,
    async_generator: objects::async_generator::ASYNC_GENERATOR,
    coroutine_wrapper: objects::coroutine::COROUTINE_WRAPPER,
    asend: objects::async_generator::ASEND,
    athrow: objects::async_generator::ATHROW,
    wrapped_value: objects::async_generator::WRAPPED_VALUE,
    template: objects::template::TEMPLATE,
    interpolation: objects::template::INTERPOLATION,
    type_var: objects::type_params::TYPE_VAR,
    param_spec: objects::type_params::PARAM_SPEC,
    type_var_tuple: objects::type_params::TYPE_VAR_TUPLE,
    type_alias: objects::type_params::TYPE_ALIAS,
    param_spec_args: objects::type_params::PARAM_SPEC_ARGS,
    param_spec_kwargs: objects::type_params::PARAM_SPEC_KWARGS,
    generic: crate::modules::typing::GENERIC,
    no_default_type: crate::modules::typing::NO_DEFAULT_TYPE,
    frame_locals_proxy: objects::frame::FRAME_LOCALS_PROXY,
    slot_wrapper: objects::descriptor::SLOT_WRAPPER,
    method_wrapper: objects::descriptor::METHOD_WRAPPER,
    method_descriptor: objects::descriptor::METHOD_DESCRIPTOR,
    class_method_descriptor: objects::descriptor::CLASS_METHOD_DESCRIPTOR,
    getset_descriptor: objects::descriptor::GETSET_DESCRIPTOR,
    member_descriptor: objects::descriptor::MEMBER_DESCRIPTOR,
    property: objects::property::PROPERTY,
    static_method: objects::static_method::STATIC_METHOD,
    class_method: objects::class_method::CLASS_METHOD,
    super_: objects::super_::SUPER,
    mapping_proxy: objects::mapping_proxy::MAPPING_PROXY,
    module: objects::module::MODULE,
    simple_namespace: objects::simple_namespace::SIMPLE_NAMESPACE,
    generic_alias: objects::generic_alias::GENERIC_ALIAS,
    union: objects::union::UNION,
    traceback: objects::traceback::TRACEBACK,
    // Exceptions, from `objects/exception.rs`.
    base_exception: objects::exception::BASE_EXCEPTION,
    exception: objects::exception::EXCEPTION,
    base_exception_group: objects::exception::BASE_EXCEPTION_GROUP,
    generator_exit: objects::exception::GENERATOR_EXIT,
    keyboard_interrupt: objects::exception::KEYBOARD_INTERRUPT,
    system_exit: objects::exception::SYSTEM_EXIT,
    arithmetic_error: objects::exception::ARITHMETIC_ERROR,
    assertion_error: objects::exception::ASSERTION_ERROR,
    attribute_error: objects::exception::ATTRIBUTE_ERROR,
    buffer_error: objects::exception::BUFFER_ERROR,
    eof_error: objects::exception::EOF_ERROR,
    import_error: objects::exception::IMPORT_ERROR,
    lookup_error: objects::exception::LOOKUP_ERROR,
    memory_error: objects::exception::MEMORY_ERROR,
    name_error: objects::exception::NAME_ERROR,
    os_error: objects::exception::OS_ERROR,
    reference_error: objects::exception::REFERENCE_ERROR,
    runtime_error: objects::exception::RUNTIME_ERROR,
    stop_async_iteration: objects::exception::STOP_ASYNC_ITERATION,
    stop_iteration: objects::exception::STOP_ITERATION,
    syntax_error: objects::exception::SYNTAX_ERROR,
    system_error: objects::exception::SYSTEM_ERROR,
    type_error: objects::exception::TYPE_ERROR,
    value_error: objects::exception::VALUE_ERROR,
    floating_point_error: objects::exception::FLOATING_POINT_ERROR,
    overflow_error: objects::exception::OVERFLOW_ERROR,
    zero_division_error: objects::exception::ZERO_DIVISION_ERROR,
    module_not_found_error: objects::exception::MODULE_NOT_FOUND_ERROR,
    index_error: objects::exception::INDEX_ERROR,
    key_error: objects::exception::KEY_ERROR,
    unbound_local_error: objects::exception::UNBOUND_LOCAL_ERROR,
    blocking_io_error: objects::exception::BLOCKING_IO_ERROR,
    child_process_error: objects::exception::CHILD_PROCESS_ERROR,
    connection_error: objects::exception::CONNECTION_ERROR,
    file_exists_error: objects::exception::FILE_EXISTS_ERROR,
    file_not_found_error: objects::exception::FILE_NOT_FOUND_ERROR,
    interrupted_error: objects::exception::INTERRUPTED_ERROR,
    is_a_directory_error: objects::exception::IS_A_DIRECTORY_ERROR,
    not_a_directory_error: objects::exception::NOT_A_DIRECTORY_ERROR,
    permission_error: objects::exception::PERMISSION_ERROR,
    process_lookup_error: objects::exception::PROCESS_LOOKUP_ERROR,
    timeout_error: objects::exception::TIMEOUT_ERROR,
    broken_pipe_error: objects::exception::BROKEN_PIPE_ERROR,
    connection_aborted_error: objects::exception::CONNECTION_ABORTED_ERROR,
    connection_refused_error: objects::exception::CONNECTION_REFUSED_ERROR,
    connection_reset_error: objects::exception::CONNECTION_RESET_ERROR,
    not_implemented_error: objects::exception::NOT_IMPLEMENTED_ERROR,
    python_finalization_error: objects::exception::PYTHON_FINALIZATION_ERROR,
    recursion_error: objects::exception::RECURSION_ERROR,
    indentation_error: objects::exception::INDENTATION_ERROR,
    incomplete_input_error: objects::exception::INCOMPLETE_INPUT_ERROR,
    tab_error: objects::exception::TAB_ERROR,
    unicode_error: objects::exception::UNICODE_ERROR,
    unicode_decode_error: objects::exception::UNICODE_DECODE_ERROR,
    unicode_encode_error: objects::exception::UNICODE_ENCODE_ERROR,
    unicode_translate_error: objects::exception::UNICODE_TRANSLATE_ERROR,
    exception_group: objects::exception::EXCEPTION_GROUP,
    warning: objects::exception::WARNING,
    bytes_warning: objects::exception::BYTES_WARNING,
    deprecation_warning: objects::exception::DEPRECATION_WARNING,
    encoding_warning: objects::exception::ENCODING_WARNING,
    future_warning: objects::exception::FUTURE_WARNING,
    import_warning: objects::exception::IMPORT_WARNING,
    pending_deprecation_warning: objects::exception::PENDING_DEPRECATION_WARNING,
    resource_warning: objects::exception::RESOURCE_WARNING,
    runtime_warning: objects::exception::RUNTIME_WARNING,
    syntax_warning: objects::exception::SYNTAX_WARNING,
    unicode_warning: objects::exception::UNICODE_WARNING,
    user_warning: objects::exception::USER_WARNING,
    // Weak references, and what modules add.
    weakref: objects::weakref::REFERENCE,
    weak_proxy: objects::weakref::PROXY,
    weak_callable_proxy: objects::weakref::CALLABLE_PROXY,
    abc_data: modules::abc::ABC_DATA,
    context_var: modules::contextvars::CONTEXT_VAR,
    context: modules::contextvars::CONTEXT,
    context_token: modules::contextvars::TOKEN,
    context_token_missing: modules::contextvars::MISSING,
    deque: modules::collections::DEQUE,
    deque_iterator: modules::collections::DEQUE_ITERATOR,
    deque_reverse_iterator: modules::collections::DEQUE_REVERSE_ITERATOR,
    defaultdict: modules::collections::DEFAULTDICT,
    tuple_getter: modules::collections::TUPLE_GETTER,
    random: modules::random::RANDOM,
    re_pattern: modules::sre::PATTERN,
    re_match: modules::sre::MATCH,
    re_scanner: modules::sre::SCANNER,
    re_template: modules::sre::TEMPLATE,
    standard_stream: modules::io::STANDARD_STREAM,
    lock: modules::thread::LOCK_CLASS,
    rlock: modules::thread::RLOCK_CLASS,
    thread_handle: modules::thread::THREAD_HANDLE,
    itertools_accumulate: modules::itertools::ACCUMULATE,
    itertools_batched: modules::itertools::BATCHED,
    itertools_chain: modules::itertools::CHAIN,
    itertools_combinations: modules::itertools::COMBINATIONS,
    itertools_combinations_with_replacement: modules::itertools::COMBINATIONS_WITH_REPLACEMENT,
    itertools_compress: modules::itertools::COMPRESS,
    itertools_count: modules::itertools::COUNT,
    itertools_cycle: modules::itertools::CYCLE,
    itertools_dropwhile: modules::itertools::DROPWHILE,
    itertools_filterfalse: modules::itertools::FILTERFALSE,
    itertools_groupby: modules::itertools::GROUPBY,
    itertools_grouper: modules::itertools::GROUPER,
    itertools_islice: modules::itertools::ISLICE,
    itertools_pairwise: modules::itertools::PAIRWISE,
    itertools_permutations: modules::itertools::PERMUTATIONS,
    itertools_product: modules::itertools::PRODUCT,
    itertools_repeat: modules::itertools::REPEAT,
    itertools_starmap: modules::itertools::STARMAP,
    itertools_takewhile: modules::itertools::TAKEWHILE,
    itertools_tee: modules::itertools::TEE,
    itertools_zip_longest: modules::itertools::ZIP_LONGEST,
}

impl Types {
    /// The class of an object that does not name it itself.
    #[inline]
    pub(crate) fn of_kind(&self, kind: Kind, obj: &Obj) -> &Obj {
        if kind == Kind::SINGLETON {
            return match obj.get::<Singleton>().map(|singleton| singleton.0) {
                Some(0) => &self.none_type,
                Some(1) => &self.ellipsis_type,
                _ => &self.not_implemented_type,
            };
        }
        if kind == Kind::WEAKREF {
            return match obj.get::<heap::WeakRef>().map(heap::WeakRef::flavour) {
                Some(heap::WeakFlavour::Proxy) => &self.weak_proxy,
                Some(heap::WeakFlavour::CallableProxy) => &self.weak_callable_proxy,
                _ => &self.weakref,
            };
        }
        self.by_kind[kind.0 as usize].as_ref().expect("every kind of a plain object has its class")
    }
}
