//! The iterators over `str`, `bytes` and `bytearray`: each holds what it walks until it has come to the end.

use std::cell::Cell;

use heap::{Bytes, Obj, Slot, Str};

use super::bytearray::ByteArray;
use super::leaf::text_of;
use crate::class::{ClassSpec, flags};
use crate::text::wtf8;
use crate::{Args, Convention, Method, PyResult, Vm, kinds};

macro_rules! iterators {
    ($($(#[$doc:meta])* $payload:ident, $spec:ident, $name:literal, $kind:expr, $len:expr, $next:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Default)]
            pub struct $payload {
                source: Slot,
                /// Where the next item is: a byte offset.
                at: Cell<usize>,
                /// How many items have been given.
                given: Cell<usize>,
            }
            crate::payload!($payload, $kind, { source }, clear []);

            $(#[$doc])*
            pub static $spec: ClassSpec = ClassSpec {
                name: $name,
                base: None,
                kind: $kind,
                flags: flags::HAVE_GC,
                slots: |s| {
                    s.iter.set(Some(|_, this| Ok(this.clone())));
                    s.iternext.set(Some(|vm, this| {
                        let state = this.get::<$payload>().expect("an iterator's slot is called on the iterator");
                        let Some(source) = state.source.get() else { return Ok(None) };
                        let next: fn(&Vm, &Obj, usize) -> Option<(Obj, usize)> = $next;
                        match next(vm, &source, state.at.get()) {
                            Some((item, step)) => {
                                state.at.set(state.at.get() + step);
                                state.given.set(state.given.get() + 1);
                                Ok(Some(item))
                            }
                            None => {
                                drop(state.source.take());
                                Ok(None)
                            }
                        }
                    }));
                },
                methods: &[
                    Method::new("__length_hint__", |vm, this, _| {
                        let state = this.get::<$payload>().expect("an iterator's method is called on the iterator");
                        let len: fn(&Obj) -> usize = $len;
                        Ok(vm.uint(state.source.get().map_or(0, |source| len(&source).saturating_sub(state.given.get())) as u64))
                    }, Convention::NoArgs).signature("($self, /)"),
                    Method::new("__reduce__", |vm, this, _| {
                        let state = this.get::<$payload>().expect("an iterator's method is called on the iterator");
                        reduce(vm, $name, state.source.get(), state.given.get())
                    }, Convention::NoArgs).signature("($self, /)"),
                    Method::new("__setstate__", |vm, this, args: Args<'_>| {
                        let state = this.get::<$payload>().expect("an iterator's method is called on the iterator");
                        let wanted = usize::try_from(vm.index_isize(&args.pos()[0])?).unwrap_or(0);
                        let len: fn(&Obj) -> usize = $len;
                        if let Some(source) = state.source.get() {
                            let wanted = wanted.min(len(&source));
                            state.given.set(wanted);
                            state.at.set(if source.get::<Str>().is_some() { wtf8::offset(text_of(&source), wanted) } else { wanted });
                        }
                        Ok(vm.none())
                    }, Convention::One).signature("($self, object, /)"),
                ],
                getset: &[],
                basicsize: 32,
                itemsize: 0,
                doc: "",
            };
        )*
    };
}

iterators! {
    /// The iterator over a text of ASCII.
    StrAsciiIterator, STR_ASCII_ITERATOR, "str_ascii_iterator", kinds::STR_ASCII_ITERATOR, |source| super::str::length(source), |vm, source, at| {
        text_of(source).get(at).map(|&b| (vm.consts.latin1[b as usize].clone(), 1))
    };
    /// The iterator over any other text.
    StrIterator, STR_ITERATOR, "str_iterator", kinds::STR_ITERATOR, |source| super::str::length(source), |vm, source, at| {
        let rest = text_of(source).get(at..).filter(|rest| !rest.is_empty())?;
        let size = wtf8::width(rest[0]);
        Some((vm.str_from_bytes(&rest[..size]), size))
    };
    /// The iterator over bytes.
    BytesIterator, BYTES_ITERATOR, "bytes_iterator", kinds::BYTES_ITERATOR, |source| source.get::<Bytes>().map_or(0, |bytes| bytes.as_bytes().len()), |vm, source, at| {
        source.get::<Bytes>()?.as_bytes().get(at).map(|&b| (vm.int(b.into()), 1))
    };
    /// The iterator over a bytearray.
    ByteArrayIterator, BYTE_ARRAY_ITERATOR, "bytearray_iterator", kinds::BYTE_ARRAY_ITERATOR, |source| source.get::<ByteArray>().map_or(0, ByteArray::len), |vm, source, at| {
        source.get::<ByteArray>()?.get(at).map(|b| (vm.int(b.into()), 1))
    };
}

fn reduce(vm: &Vm, class: &str, source: Option<Obj>, given: usize) -> PyResult {
    let iter = vm.builtin("iter")?;
    Ok(vm.tuple(match source {
        Some(source) => vec![iter, vm.tuple(vec![source]), vm.int(given as i64)],
        None => {
            vec![iter, vm.tuple(vec![if class.starts_with("str") { vm.consts.empty_str.clone() } else { vm.consts.empty_tuple.clone() }])]
        }
    }))
}

/// `iter(text)`.
pub(crate) fn iter_str(vm: &Vm, this: &Obj) -> PyResult {
    let source = this.clone().into();
    Ok(if super::str::is_ascii(this) {
        vm.heap.alloc(StrAsciiIterator { source, ..Default::default() }).tracked()
    } else {
        vm.heap.alloc(StrIterator { source, ..Default::default() }).tracked()
    })
}

/// `iter(bytes)`.
pub(crate) fn iter_bytes(vm: &Vm, this: &Obj) -> PyResult {
    Ok(vm.heap.alloc(BytesIterator { source: this.clone().into(), ..Default::default() }).tracked())
}

/// `iter(bytearray)`.
pub(crate) fn iter_bytearray(vm: &Vm, this: &Obj) -> PyResult {
    Ok(vm.heap.alloc(ByteArrayIterator { source: this.clone().into(), ..Default::default() }).tracked())
}
