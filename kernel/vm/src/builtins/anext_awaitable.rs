//! What `anext(iterator, default)` gives: awaits the next item, or the default at the end. Source: `Objects/iterobject.c`.

use heap::{Obj, Slot};

use crate::class::{ClassSpec, flags};
use crate::{Args, Convention, Method, PyResult, Vm, kinds};

/// The payload of an `anext_awaitable`.
pub(crate) struct AnextAwaitable {
    wrapped: Slot,
    default: Slot,
}

crate::payload!(AnextAwaitable, kinds::ANEXT_AWAITABLE, { wrapped, default }, clear []);

/// `anext_awaitable`.
pub static ANEXT_AWAITABLE: ClassSpec = ClassSpec {
    name: "anext_awaitable",
    base: None,
    kind: kinds::ANEXT_AWAITABLE,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |s| {
        s.iter.set(Some(|_, obj| Ok(obj.clone())));
        s.await_.set(Some(|_, obj| Ok(obj.clone())));
        s.iternext.set(Some(next));
    },
    methods: &[
        Method::new("send", |vm, obj, args| forward(vm, obj, "send", args.all()), Convention::One),
        Method::new("throw", |vm, obj, args: Args<'_>| forward(vm, obj, "throw", args.all()), Convention::Positional),
        Method::new("close", |vm, obj, args| forward(vm, obj, "close", args.all()), Convention::NoArgs),
    ],
    getset: &[],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

/// A new awaitable with a default.
pub(super) fn anext_awaitable(vm: &Vm, wrapped: Obj, default: &Obj) -> PyResult {
    Ok(vm.heap.alloc(AnextAwaitable { wrapped: wrapped.into(), default: default.clone().into() }).tracked())
}

fn this(obj: &Obj) -> &AnextAwaitable {
    obj.get::<AnextAwaitable>().expect("an anext_awaitable's method is called on one")
}

/// The iterator that awaits the wrapped object (`anextawaitable_getiter`).
fn iterator(vm: &Vm, obj: &Obj) -> PyResult {
    let wrapped = this(obj).wrapped.get().unwrap_or_else(|| vm.none());
    let iterator = vm.awaitable_iter(&wrapped)?;
    // Of all that can be awaited a coroutine alone is no iterator.
    match vm.with_class(&iterator, |class| class.slots.await_.get()) {
        Some(await_) if iterator.kind() == kinds::COROUTINE => await_(vm, &iterator),
        _ => Ok(iterator),
    }
}

/// The end of the asynchronous iteration is the default, as a StopIteration's value.
fn with_default(vm: &Vm, obj: &Obj, result: PyResult<Option<Obj>>) -> PyResult<Option<Obj>> {
    match result {
        Err(raised) if raised.is(vm, &vm.types.stop_async_iteration) => {
            let default = this(obj).default.get().unwrap_or_else(|| vm.none());
            Err(vm.stop_iteration(default))
        }
        result => result,
    }
}

fn next(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let iterator = iterator(vm, obj)?;
    let step = vm.with_class(&iterator, |class| class.slots.iternext.get());
    let result = match step {
        Some(step) => step(vm, &iterator),
        None => vm.next(&iterator),
    };
    with_default(vm, obj, result)
}

fn forward(vm: &Vm, obj: &Obj, name: &str, args: &[Obj]) -> PyResult {
    let iterator = iterator(vm, obj)?;
    let result = vm.call_method(&iterator, name, args);
    with_default(vm, obj, result.map(Some)).map(|value| value.unwrap_or_else(|| vm.none()))
}
