//! Iterators over one iterable that pick or change its items.

use std::cell::Cell;

use heap::{Obj, Slot, Tuple};

use super::{iterator, kind, own, slots};
use crate::class::{ClassSpec, Operator};
use crate::{Args, PyResult, Signature, Vm};

/// A function and an iterator: `takewhile`, `dropwhile`, `filterfalse`, `starmap`. The first two remember one thing more.
macro_rules! over {
    ($payload:ident, $spec:ident, $n:literal, $name:literal, $test:literal, $field:ident, $new:ident, $next:ident $(, $turned:ident)?) => {
        pub(super) struct $payload {
            function: Slot,
            source: Slot,
            $(
                /// Whether the predicate has already changed its mind.
                $turned: Cell<bool>,
            )?
        }

        crate::payload!($payload, kind($n), { source, function });

        pub(crate) static $spec: ClassSpec = iterator(concat!("itertools.", $name), kind($n), |s| slots(s, $new, $next), &[], 32 $(+ { stringify!($turned); 8 })?)
            .doc(concat!($name, "(", $test, ", iterable, /)\n--\n\n"));

        fn $new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
            super::no_keywords(vm, class, &vm.types.$field, $name, args)?;
            let [function, iterable] = Args::positional(args.pos()).check(vm, $name, 2, 2)? else { unreachable!("two arguments were checked") };
            let source = vm.iter(iterable)?;
            let new = $payload { function: Slot::new(function.clone()), source: Slot::new(source), $($turned: Cell::new(false))? };
            Ok(vm.new_object(class, new))
        }
    };
}

over!(TakeWhile, TAKEWHILE, 3, "takewhile", "predicate", itertools_takewhile, new_takewhile, next_takewhile, turned);
over!(DropWhile, DROPWHILE, 4, "dropwhile", "predicate", itertools_dropwhile, new_dropwhile, next_dropwhile, turned);
over!(FilterFalse, FILTERFALSE, 5, "filterfalse", "function", itertools_filterfalse, new_filterfalse, next_filterfalse);
over!(StarMap, STARMAP, 6, "starmap", "function", itertools_starmap, new_starmap, next_starmap);

fn next_takewhile(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<TakeWhile>(this);
    let (Some(function), Some(source), false) = (it.function.get(), it.source.get(), it.turned.get()) else { return Ok(None) };
    let Some(item) = vm.next(&source)? else { return Ok(None) };
    let good = vm.call(&function, std::slice::from_ref(&item))?;
    if vm.is_true(&good)? {
        return Ok(Some(item));
    }
    it.turned.set(true);
    Ok(None)
}

fn next_dropwhile(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<DropWhile>(this);
    let (Some(function), Some(source)) = (it.function.get(), it.source.get()) else { return Ok(None) };
    while let Some(item) = vm.next(&source)? {
        if it.turned.get() {
            return Ok(Some(item));
        }
        let good = vm.call(&function, std::slice::from_ref(&item))?;
        if !vm.is_true(&good)? {
            it.turned.set(true);
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn next_filterfalse(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<FilterFalse>(this);
    let (Some(function), Some(source)) = (it.function.get(), it.source.get()) else { return Ok(None) };
    let plain = function.is(&vm.consts.none) || function.is(&vm.types.bool);
    while let Some(item) = vm.next(&source)? {
        let good = if plain { vm.is_true(&item)? } else { vm.is_true(&vm.call(&function, std::slice::from_ref(&item))?)? };
        if !good {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn next_starmap(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<StarMap>(this);
    let (Some(function), Some(source)) = (it.function.get(), it.source.get()) else { return Ok(None) };
    let Some(args) = vm.next(&source)? else { return Ok(None) };
    match args.get::<Tuple>() {
        Some(tuple) => vm.call(&function, tuple.items()).map(Some),
        None => vm.call(&function, &vm.to_vec(&args)?).map(Some),
    }
}

/// `accumulate(iterable, func=None, *, initial=None)`.
pub(super) struct Accumulate {
    source: Slot,
    function: Slot,
    total: Slot,
    initial: Slot,
}

crate::payload!(Accumulate, kind(7), { function, source, total, initial });

pub(crate) static ACCUMULATE: ClassSpec = iterator("itertools.accumulate", kind(7), |s| slots(s, new_accumulate, next_accumulate), &[], 56)
    .doc("accumulate(iterable, func=None, *, initial=None)\n--\n\n");

fn new_accumulate(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "accumulate", params: &["iterable", "func", "initial"], positional_only: 0, positional: 2, required: 1 };
    let [iterable, function, initial] = args.bind(vm, &SIGNATURE)?;
    let function = function.filter(|function| !function.is(&vm.consts.none)).cloned();
    // None is kept where there is no first total, and comes back when it has been given out.
    let initial = initial.cloned().unwrap_or_else(|| vm.none());
    let source = vm.iter(iterable.expect("a required parameter is there"))?;
    let payload = Accumulate { source: Slot::new(source), function: function.into(), total: Slot::empty(), initial: Slot::new(initial) };
    Ok(vm.new_object(class, payload))
}

fn next_accumulate(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<Accumulate>(this);
    if let Some(initial) = it.initial.get().filter(|initial| !initial.is(&vm.consts.none)) {
        it.initial.set(vm.none());
        it.total.set(initial.clone());
        return Ok(Some(initial));
    }
    let Some(source) = it.source.get() else { return Ok(None) };
    let Some(item) = vm.next(&source)? else { return Ok(None) };
    let total = match (it.total.get(), it.function.get()) {
        (None, _) => item,
        (Some(total), None) => vm.binary(Operator::Add, &total, &item)?,
        (Some(total), Some(function)) => vm.call(&function, &[total, item])?,
    };
    it.total.set(total.clone());
    Ok(Some(total))
}

/// `compress(data, selectors)`.
pub(super) struct Compress {
    data: Slot,
    selectors: Slot,
}

crate::payload!(Compress, kind(8), { data, selectors });

pub(crate) static COMPRESS: ClassSpec =
    iterator("itertools.compress", kind(8), |s| slots(s, new_compress, next_compress), &[], 32).doc("compress(data, selectors)\n--\n\n");

fn new_compress(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "compress", params: &["data", "selectors"], positional_only: 0, positional: 2, required: 2 };
    let [data, selectors] = args.bind(vm, &SIGNATURE)?.map(|given| given.expect("a required parameter is there"));
    let (data, selectors) = (vm.iter(data)?, vm.iter(selectors)?);
    Ok(vm.new_object(class, Compress { data: Slot::new(data), selectors: Slot::new(selectors) }))
}

fn next_compress(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<Compress>(this);
    let (Some(data), Some(selectors)) = (it.data.get(), it.selectors.get()) else { return Ok(None) };
    loop {
        let Some(item) = vm.next(&data)? else { return Ok(None) };
        let Some(selector) = vm.next(&selectors)? else { return Ok(None) };
        if vm.is_true(&selector)? {
            return Ok(Some(item));
        }
    }
}

/// `islice(iterable, stop)` or `islice(iterable, start, stop[, step])`.
pub(super) struct ISlice {
    source: Slot,
    next: Cell<usize>,
    /// `None`: to the end.
    stop: Cell<Option<usize>>,
    step: Cell<usize>,
    count: Cell<usize>,
}

crate::payload!(ISlice, kind(9), { source });

pub(crate) static ISLICE: ClassSpec = iterator("itertools.islice", kind(9), |s| slots(s, new_islice, next_islice), &[], 56);

fn new_islice(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    super::no_keywords(vm, class, &vm.types.itertools_islice, "islice", args)?;
    let given = Args::positional(args.pos()).check(vm, "islice", 2, 4)?;
    let number = |value: Option<&Obj>, text: &str| -> PyResult<Option<usize>> {
        let Some(value) = value.filter(|value| !value.is(&vm.consts.none)) else { return Ok(None) };
        match vm.index_isize(value).ok().and_then(|n| usize::try_from(n).ok()) {
            Some(n) => Ok(Some(n)),
            None => Err(vm.value_error(text)),
        }
    };
    let bounds = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    let (start, stop, step) = match given {
        [_, stop] => (0, number(Some(stop), "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")?, 1),
        _ => {
            let start = number(given.get(1), bounds)?.unwrap_or(0);
            let stop = number(given.get(2), "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")?;
            let text = "Step for islice() must be a positive integer or None.";
            match number(given.get(3), text)? {
                Some(0) => return Err(vm.value_error(text)),
                step => (start, stop, step.unwrap_or(1)),
            }
        }
    };
    let source = vm.iter(&given[0])?;
    Ok(vm.new_object(
        class,
        ISlice { source: Slot::new(source), next: Cell::new(start), stop: Cell::new(stop), step: Cell::new(step), count: Cell::new(0) },
    ))
}

fn next_islice(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    let it = own::<ISlice>(this);
    let Some(source) = it.source.get() else { return Ok(None) };
    let end = |it: &ISlice| {
        drop(it.source.take());
        Ok(None)
    };
    let stop = it.stop.get();
    while it.count.get() < it.next.get() {
        if stop.is_some_and(|stop| it.count.get() >= stop) || vm.next(&source)?.is_none() {
            return end(it);
        }
        it.count.set(it.count.get() + 1);
    }
    if stop.is_some_and(|stop| it.count.get() >= stop) {
        return end(it);
    }
    let Some(item) = vm.next(&source)? else { return end(it) };
    it.count.set(it.count.get() + 1);
    let next = it.next.get().saturating_add(it.step.get());
    it.next.set(stop.map_or(next, |stop| next.min(stop)));
    Ok(Some(item))
}
