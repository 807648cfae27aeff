//! Builtin functions of containers and iterators: `all`, `any`, `iter`, `next`, `len`, `min`, `max`, `sorted` and the asynchronous ones.

use compile::Version;
use heap::{Kind, Obj, Str};

use crate::class::Method;
use crate::{Args, Compare, Convention, PyResult, Vm};

pub(super) static FUNCTIONS: &[Method] = &[
    Method::new("all", |vm, _, args| quantify(vm, args, false), Convention::One).signature("($module, iterable, /)"),
    Method::new("any", |vm, _, args| quantify(vm, args, true), Convention::One).signature("($module, iterable, /)"),
    Method::new("iter", iter, Convention::Positional),
    Method::new("aiter", aiter, Convention::One).signature("($module, async_iterable, /)"),
    Method::new("len", |vm, _, args| Ok(vm.int(vm.len(&args.all()[0])? as i64)), Convention::One).signature("($module, obj, /)"),
    Method::new("max", |vm, _, args| extreme(vm, args, "max", Compare::Gt), Convention::Keywords),
    Method::new("min", |vm, _, args| extreme(vm, args, "min", Compare::Lt), Convention::Keywords),
    Method::new("next", next, Convention::Positional),
    Method::new("anext", anext, Convention::Positional).signature("($module, aiterator, default=<unrepresentable>, /)"),
    Method::new("sorted", sorted, Convention::Keywords).signature("($module, iterable, /, *, key=None, reverse=False)"),
];

/// `any` stops at the first true item, `all` at the first that is not.
fn quantify(vm: &Vm, args: Args<'_>, stop: bool) -> PyResult {
    let iterator = vm.iter(&args.all()[0])?;
    while let Some(item) = vm.next(&iterator)? {
        if vm.is_true(&item)? == stop {
            return Ok(vm.bool(stop));
        }
    }
    Ok(vm.bool(!stop))
}

fn iter(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match args.check(vm, "iter", 1, 2)? {
        [obj] => vm.iter(obj),
        [callable, sentinel, ..] if vm.is_callable(callable) => Ok(vm.call_iterator(callable, sentinel)),
        _ => Err(vm.type_error("iter(v, w): v must be callable")),
    }
}

fn next(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "next", 1, 2)?;
    let Some(step) = vm.with_class(&args[0], |class| class.slots.iternext.get()) else {
        return Err(vm.type_error(format!("'{}' object is not an iterator", vm.type_name(&args[0]))));
    };
    match (step(vm, &args[0]), args.get(1)) {
        (Ok(Some(item)), _) => Ok(item),
        (Ok(None), Some(default)) => Ok(default.clone()),
        (Ok(None), None) => Err(vm.new_exception(&vm.types.stop_iteration, Vec::new())),
        (Err(raised), Some(default)) if raised.is(vm, &vm.types.stop_iteration) => Ok(default.clone()),
        (Err(raised), _) => Err(raised),
    }
}

fn aiter(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let obj = &args.all()[0];
    let Some(aiter) = vm.with_class(obj, |class| class.slots.aiter.get()) else {
        return Err(vm.type_error(format!("'{}' object is not an async iterable", vm.type_name(obj))));
    };
    let iterator = aiter(vm, obj)?;
    if vm.with_class(&iterator, |class| class.slots.anext.get()).is_none() {
        return Err(vm.type_error(format!("aiter() returned not an async iterator of type '{}'", vm.type_name(&iterator))));
    }
    Ok(iterator)
}

fn anext(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "anext", 1, 2)?;
    let Some(anext) = vm.with_class(&args[0], |class| class.slots.anext.get()) else {
        return Err(vm.type_error(format!("'{}' object is not an async iterator", vm.type_name(&args[0]))));
    };
    let awaitable = anext(vm, &args[0])?;
    match args.get(1) {
        Some(default) => super::anext_awaitable::anext_awaitable(vm, awaitable, default),
        None => Ok(awaitable),
    }
}

fn sorted(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let positional = Args::positional(args.pos()).check(vm, "sorted", 1, 1)?;
    let list = vm.list_from(&positional[0])?;
    let sort = vm.getattr_str(&list, "sort")?;
    drop(vm.call_args(&sort, args.rest())?);
    Ok(list)
}

/// `min` and `max` (`min_max`): the first of the extreme items.
fn extreme(vm: &Vm, args: Args<'_>, name: &str, op: Compare) -> PyResult {
    let (mut key, mut default) = (None, None);
    if args.pos().is_empty() {
        return Err(vm.type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    if args.names().len() > 2 {
        return Err(crate::args::too_many_in_all(vm, name, 2, 0, args.names().len()));
    }
    if args.has_keywords() && vm.version >= Version::V3_13 {
        // The parser of the arguments makes a tuple of their names when it is first asked (`parser_init`).
        let names = &vm.state.extreme_keywords[usize::from(op == Compare::Lt)];
        if names.is_empty() {
            names.set(vm.tuple(["key", "default"].map(|name| vm.intern(name)).to_vec()));
        }
    }
    for (keyword, value) in args.keywords() {
        match keyword.get::<Str>().map(Str::as_bytes) {
            Some(b"key") => key = Some(value).filter(|key| !key.is(&vm.consts.none)),
            Some(b"default") => default = Some(value),
            _ => return Err(crate::args::unexpected_keyword(vm, name, keyword, &["key", "default"])),
        }
    }
    let mut best = Best { item: None, key, op };
    if let [iterable] = args.pos() {
        let iterator = vm.iter(iterable)?;
        while let Some(item) = vm.next(&iterator)? {
            best.consider(vm, item)?;
        }
    } else {
        if default.is_some() {
            return Err(vm.type_error(format!("Cannot specify a default for {name}() with multiple positional arguments")));
        }
        args.pos().iter().try_for_each(|item| best.consider(vm, item.clone()))?;
    }
    match (best.item, default) {
        (Some((item, _)), _) => Ok(item),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(vm.value_error(format!("{name}() iterable argument is empty"))),
    }
}

/// The most extreme item so far, with what its key function gave (itself, without one).
struct Best<'a> {
    item: Option<(Obj, Obj)>,
    key: Option<&'a Obj>,
    op: Compare,
}

impl Best<'_> {
    fn consider(&mut self, vm: &Vm, item: Obj) -> PyResult<()> {
        let value = match self.key {
            Some(key) => vm.call_one(key, &item)?,
            None => item.clone(),
        };
        let better = match &self.item {
            None => true,
            Some((_, old)) => {
                let new = &value;
                if new.kind() == Kind::INT && old.kind() == Kind::INT {
                    if self.op == Compare::Gt { new.plain_int() > old.plain_int() } else { new.plain_int() < old.plain_int() }
                } else {
                    vm.compare_bool(new, old, self.op)?
                }
            }
        };
        if better {
            drop(self.item.replace((item, value)));
        }
        Ok(())
    }
}
