//! The kinds of objects, one a file: payload, methods, class.

pub mod async_generator;
pub mod bool;
pub mod builtin_function;
pub mod bytearray;
pub mod bytes;
pub(crate) mod bytes_methods;
pub mod cell;
pub mod class;
pub mod class_method;
pub mod code;
pub mod complex;
pub(crate) mod const_evaluator;
pub mod coroutine;
pub mod descriptor;
pub mod dict;
mod dict_api;
pub mod dict_view;
pub mod enumerate;
pub mod exception;
pub mod float;
pub mod frame;
pub mod function;
pub mod generator;
pub mod generic_alias;
pub mod int;
pub(crate) mod int_ops;
pub mod leaf;
pub mod list;
pub mod list_iterator;
pub mod map;
pub mod mapping_proxy;
pub mod memory_iterator;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod object;
pub(crate) mod percent;
pub mod property;
pub mod range;
pub mod range_iterator;
pub mod reversed;
pub(crate) mod sequence;
pub mod sequence_iterator;
pub mod set;
pub mod set_iterator;
mod set_ops;
pub mod simple_namespace;
pub mod singletons;
pub mod slice;
pub(crate) mod sort;
pub mod static_method;
pub mod str;
pub(crate) mod str_format;
mod str_methods;
pub(crate) mod struct_sequence;
mod substitution;
pub mod super_;
pub mod template;
pub(crate) mod text_codec;
pub mod text_iterator;
mod timsort;
pub mod traceback;
pub mod tuple;
pub mod tuple_iterator;
pub mod type_alias;
pub mod type_params;
pub mod union;
pub mod weakref;
pub mod zip;

use heap::Obj;

use crate::class::ClassSpec;
use crate::{PyResult, Vm};

/// How many places of `__slots__` kind the instances of a builtin class have of their own.
pub(crate) fn own_places(spec: &ClassSpec) -> u16 {
    if std::ptr::eq(spec, &crate::modules::collections::DEFAULTDICT) {
        1
    } else if std::ptr::eq(spec, &crate::modules::STRUCT_TIME) {
        2
    } else {
        exception::own_fields(spec)
    }
}

/// `__dict__` of a builtin object that has one in its payload.
pub(crate) fn own_dict(vm: &Vm, obj: &Obj) -> PyResult {
    vm.instance_dict(obj).ok_or_else(|| vm.attribute_error(obj, &vm.names.__dict__))
}

/// Sets `__dict__` of such an object (`PyObject_GenericSetDict`).
pub(crate) fn set_own_dict(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if value.is_none() {
        return Err(vm.type_error("cannot delete __dict__"));
    }
    vm.set_instance_dict(obj, value)
}

/// An attribute that a wrapper takes over from what it wraps, and keeps (`descriptor_get_wrapped_attribute`).
pub(crate) fn forwarded(vm: &Vm, obj: &Obj, wrapped: &Obj, name: &str) -> PyResult {
    let name = vm.intern(name);
    let dict = own_dict(vm, obj)?;
    if let Some(known) = dict.get::<heap::Dict>().and_then(|dict| dict.get_str_key(&name)) {
        return Ok(known);
    }
    let value = vm.getattr(wrapped, &name)?;
    vm.dict_set(&dict, &name, value.clone())?;
    Ok(value)
}

/// Sets or deletes such an attribute.
pub(crate) fn keep_own(vm: &Vm, obj: &Obj, name: &str, value: Option<&Obj>) -> PyResult<()> {
    let dict = own_dict(vm, obj)?;
    let name = vm.intern(name);
    match value {
        Some(value) => vm.dict_set(&dict, &name, value.clone()),
        None => match vm.dict_remove(&dict, &name)? {
            Some(_) => Ok(()),
            None => Err(vm.attribute_error(obj, &name)),
        },
    }
}

/// Makes the payloads of containers and iterators known to a heap.
pub(crate) fn register_containers(heap: &heap::Heap) {
    heap.register::<slice::Slice>();
    heap.register::<range::Range>();
    heap.register::<range_iterator::RangeIterator>();
    heap.register::<range_iterator::LongRangeIterator>();
    heap.register::<list_iterator::ListIterator>();
    heap.register::<list_iterator::ListReverseIterator>();
    heap.register::<tuple_iterator::TupleIterator>();
    heap.register::<set_iterator::SetIterator>();
    heap.register::<memory_iterator::MemoryIterator>();
    heap.register::<sequence_iterator::SequenceIterator>();
    heap.register::<sequence_iterator::CallIterator>();
    heap.register::<crate::builtins::anext_awaitable::AnextAwaitable>();
    heap.register::<enumerate::Enumerate>();
    heap.register::<zip::Zip>();
    heap.register::<map::Map>();
    heap.register::<map::Filter>();
    heap.register::<reversed::Reversed>();
    heap.register::<dict_view::DictKeys>();
    heap.register::<dict_view::DictValues>();
    heap.register::<dict_view::DictItems>();
    heap.register::<dict_view::KeyIterator>();
    heap.register::<dict_view::ValueIterator>();
    heap.register::<dict_view::ItemIterator>();
    heap.register::<dict_view::ReverseKeyIterator>();
    heap.register::<dict_view::ReverseValueIterator>();
    heap.register::<dict_view::ReverseItemIterator>();
}

/// Makes the payloads of numbers, text and bytes known to a heap.
pub(crate) fn register_leaves(heap: &heap::Heap) {
    heap.register::<leaf::BigInteger>();
    heap.register::<complex::Complex>();
    heap.register::<bytearray::ByteArray>();
    heap.register::<memoryview::ManagedBuffer>();
    heap.register::<memoryview::MemoryView>();
    heap.register::<text_iterator::StrAsciiIterator>();
    heap.register::<text_iterator::StrIterator>();
    heap.register::<text_iterator::BytesIterator>();
    heap.register::<text_iterator::ByteArrayIterator>();
}

/// Makes the payloads of code, functions, frames and generators known to a heap.
pub(crate) fn register_machine(heap: &heap::Heap) {
    heap.register::<code::CodeObject>();
    heap.register::<function::Function>();
    heap.register::<frame::FrameObject>();
    heap.register::<frame::LocalsProxy>();
    heap.register::<traceback::Traceback>();
    heap.register::<generator::Generator>();
    heap.register::<generator::Coroutine>();
    heap.register::<generator::AsyncGenerator>();
    heap.register::<coroutine::CoroutineWrapper>();
    heap.register::<async_generator::WrappedValue>();
    heap.register::<async_generator::Asend>();
    heap.register::<async_generator::Athrow>();
    heap.register::<template::Template>();
    heap.register::<template::TemplateIterator>();
    heap.register::<template::Interpolation>();
    heap.register::<const_evaluator::ConstEvaluator>();
    heap.register::<type_params::TypeVar>();
    heap.register::<type_params::ParamSpec>();
    heap.register::<type_params::TypeVarTuple>();
    heap.register::<type_alias::TypeAlias>();
    heap.register::<type_params::ParamSpecArgs>();
    heap.register::<type_params::ParamSpecKwargs>();
}
