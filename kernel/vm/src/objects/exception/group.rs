//! Exception groups, and what `except*` does with them (PEP 654).

use heap::{Kind, List, Obj, Str, Tuple};

use super::hierarchy::{field, store};
use super::{Exception, is_exception_class};
use crate::class::{Convention, Method, Slots};
use crate::{Args, PyResult, Vm};

const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;

pub(super) fn slots(slots: &Slots) {
    slots.new.set(Some(new));
    slots.init.set(Some(super::no_keywords));
    slots.str.set(Some(|vm, this| {
        let message = field(this, MESSAGE).map_or(Ok(String::new()), |message| vm.text_of(&message))?;
        let n = members(this).len();
        Ok(vm.str(&format!("{message} ({n} sub-exception{})", if n == 1 { "" } else { "s" })))
    }));
}

pub(super) static METHODS: &[Method] = &[
    Method::new("derive", derive, Convention::One).signature("($self, excs, /)"),
    Method::new(
        "split",
        |vm, this, args| {
            let (matching, rest) = split(vm, this, &Matcher::new(vm, args.pos())?)?;
            Ok(vm.tuple(vec![matching.unwrap_or_else(|| vm.none()), rest.unwrap_or_else(|| vm.none())]))
        },
        Convention::One,
    )
    .signature("($self, matcher_value, /)"),
    Method::new(
        "subgroup",
        |vm, this, args| {
            let (matching, _) = split(vm, this, &Matcher::new(vm, args.pos())?)?;
            Ok(matching.unwrap_or_else(|| vm.none()))
        },
        Convention::One,
    )
    .signature("($self, matcher_value, /)"),
    Method::class("__class_getitem__", |vm, this, args| vm.generic_alias(this, &args.pos()[0]), Convention::One)
        .signature("($type, object, /)"),
];

/// `exceptions`, a tuple.
pub(super) fn exceptions(vm: &Vm, this: &Obj) -> PyResult {
    Ok(field(this, EXCEPTIONS).unwrap_or_else(|| vm.consts.empty_tuple.clone()))
}

pub(crate) fn members(group: &Obj) -> Vec<Obj> {
    field(group, EXCEPTIONS).and_then(|held| held.get::<Tuple>().map(|tuple| tuple.items().to_vec())).unwrap_or_default()
}

pub(super) fn is_group(vm: &Vm, obj: &Obj) -> bool {
    vm.is_kind_of(obj, &vm.types.base_exception_group)
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let [message, sequence] = args.pos() else {
        return Err(vm.type_error(format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)", args.pos().len())));
    };
    if message.get::<Str>().is_none() {
        return Err(vm.type_error(format!("argument 1 must be str, not {}", vm.type_name(message))));
    }
    if sequence.get::<List>().is_none()
        && sequence.get::<Tuple>().is_none()
        && vm.getattr_opt(sequence, &vm.intern("__getitem__"))?.is_none()
    {
        return Err(vm.type_error("second argument (exceptions) must be a sequence"));
    }
    let exceptions = match sequence.get::<Tuple>().filter(|_| sequence.extra().is_none()) {
        Some(_) => sequence.clone(),
        None => vm.tuple(vm.to_vec(sequence)?),
    };
    let members = exceptions.get::<Tuple>().map_or(&[][..], Tuple::items);
    if members.is_empty() {
        return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut all_ordinary = true;
    for (i, member) in members.iter().enumerate() {
        if member.get::<Exception>().is_none() {
            return Err(vm.value_error(format!("Item {i} of second argument (exceptions) is not an exception")));
        }
        all_ordinary &= vm.is_kind_of(member, &vm.types.exception);
    }
    let mut class = class.clone();
    if class.is(&vm.types.base_exception_group) {
        if all_ordinary {
            class = vm.types.exception_group.clone();
        }
    } else if !all_ordinary {
        if class.is(&vm.types.exception_group) {
            return Err(vm.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
        }
        if vm.subclass_of(&class, &vm.types.exception) {
            return Err(vm.type_error(format!("Cannot nest BaseExceptions in '{}'", vm.class_name(&class))));
        }
    }
    let this = vm.alloc_exception(&class, args.to_tuple(vm));
    store(&this, MESSAGE, Some(message.clone()));
    store(&this, EXCEPTIONS, Some(exceptions.clone()));
    Ok(this)
}

fn derive(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let message = field(this, MESSAGE).unwrap_or_else(|| vm.consts.empty_str.clone());
    vm.call(&vm.types.base_exception_group, &[message, args.pos()[0].clone()])
}

/// What `split`, `subgroup` and `except*` look for.
enum Matcher {
    Classes(Obj),
    Predicate(Obj),
    /// The exceptions themselves.
    Ids(Vec<u64>),
}

impl Matcher {
    fn new(vm: &Vm, args: &[Obj]) -> PyResult<Matcher> {
        let wanted = &args[0];
        let tuple_of_classes = wanted.get::<Tuple>().is_some_and(|tuple| tuple.items().iter().all(|item| is_exception_class(vm, item)));
        if is_exception_class(vm, wanted) || tuple_of_classes {
            return Ok(Matcher::Classes(wanted.clone()));
        }
        if wanted.get::<crate::Class>().is_none() && vm.is_callable(wanted) {
            return Ok(Matcher::Predicate(wanted.clone()));
        }
        Err(vm.type_error("expected an exception type, a tuple of exception types, or a callable (other than a class)"))
    }

    fn matches(&self, vm: &Vm, exception: &Obj) -> PyResult<bool> {
        match self {
            Matcher::Classes(classes) => Ok(match classes.get::<Tuple>() {
                Some(tuple) => tuple.items().iter().any(|class| vm.is_kind_of(exception, class)),
                None => vm.is_kind_of(exception, classes),
            }),
            Matcher::Predicate(callable) => {
                let answer = vm.call(callable, std::slice::from_ref(exception))?;
                vm.is_true(&answer)
            }
            Matcher::Ids(ids) => Ok(!is_group(vm, exception) && ids.contains(&exception.id())),
        }
    }
}

/// A group of the same shape with other members: `derive`, then traceback, cause, context and notes go along.
fn subset(vm: &Vm, group: &Obj, members: Vec<Obj>) -> PyResult<Option<Obj>> {
    if members.is_empty() {
        return Ok(None);
    }
    let members = vm.list(members);
    let made = call_written(vm, group, "derive", &members)?;
    if !is_group(vm, &made) {
        return Err(vm.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let (from, to) = (vm.exception(group), vm.exception(&made));
    drop(to.traceback.replace(from.traceback.get()));
    drop(to.context.replace(from.context.get()));
    drop(to.cause.replace(from.cause.get()));
    to.suppress_context.set(from.suppress_context.get());
    let name = vm.intern("__notes__");
    if let Some(notes) = vm.getattr_opt(group, &name)?
        && let Some(list) = notes.get::<List>()
    {
        vm.setattr(&made, &name, Some(&vm.list(list.to_vec())))?;
    }
    Ok(Some(made))
}

/// `PyObject_CallMethod(exception, name, "(O)", argument)`: the method is bound first, and the one argument is written as a tuple, which is
/// made and unpacked again.
pub(crate) fn call_written(vm: &Vm, exception: &Obj, name: &str, argument: &Obj) -> PyResult {
    let method = vm.getattr(exception, &vm.intern(name))?;
    let _args = vm.heap.passing_tuple(1);
    vm.call(&method, std::slice::from_ref(argument))
}

/// The part of an exception that matches, and the rest. Groups may nest deeply, so an explicit stack walks them.
fn split(vm: &Vm, exception: &Obj, matcher: &Matcher) -> PyResult<(Option<Obj>, Option<Obj>)> {
    struct Level<'a> {
        // CPython collects both parts in lists from the first.
        lists: [heap::Passing<'a>; 2],
        group: Obj,
        members: std::vec::IntoIter<Obj>,
        matching: Vec<Obj>,
        rest: Vec<Obj>,
    }
    let mut stack: Vec<Level<'_>> = Vec::new();
    let mut next = Some(exception.clone());
    loop {
        let mut result: Option<(Option<Obj>, Option<Obj>)> = None;
        if let Some(exception) = next.take() {
            if matcher.matches(vm, &exception)? {
                result = Some((Some(exception), None));
            } else if is_group(vm, &exception) {
                let members = members(&exception).into_iter();
                // Of a group's exceptions by identity, the rest is not asked for.
                let rest = if matches!(matcher, Matcher::Ids(_)) { vm.heap.passing_tuple(0) } else { vm.heap.passing(Kind::LIST) };
                let lists = [vm.heap.passing(Kind::LIST), rest];
                stack.push(Level { lists, group: exception, members, matching: Vec::new(), rest: Vec::new() });
            } else {
                result = Some((None, Some(exception)));
            }
        }
        if let Some((matching, rest)) = result {
            let Some(level) = stack.last_mut() else { return Ok((matching, rest)) };
            level.matching.extend(matching);
            level.rest.extend(rest);
        }
        let Some(level) = stack.last_mut() else { continue };
        match level.members.next() {
            Some(member) => next = Some(member),
            None => {
                let level = stack.pop().expect("the level that was just looked at");
                let [matching, rest] = level.lists;
                drop(matching);
                let matching = subset(vm, &level.group, level.matching)?;
                drop(rest);
                let rest = if matches!(matcher, Matcher::Ids(_)) { None } else { subset(vm, &level.group, level.rest)? };
                let Some(outer) = stack.last_mut() else { return Ok((matching, rest)) };
                outer.matching.extend(matching);
                outer.rest.extend(rest);
            }
        }
    }
}

/// `PREP_RERAISE_STAR`: what leaves a `try` with `except*` clauses, from the original exception and the list of what the clauses raised or
/// left unhandled (`_PyExc_PrepReraiseStar`). `None` if everything was handled.
pub(crate) fn reraise_star(vm: &Vm, original: &Obj, results: &Obj) -> PyResult<Option<Obj>> {
    let all = results.get::<List>().map(List::to_vec).unwrap_or_default();
    if all.is_empty() {
        return Ok(None);
    }
    let results: Vec<Obj> = all.into_iter().filter(|result| !result.is(&vm.consts.none)).collect();
    if !is_group(vm, original) {
        // A naked exception was raised: at most one clause ran, and its result is the answer.
        return Ok(results.into_iter().next());
    }
    let same_origin = |result: &Obj| {
        let (a, b) = (vm.exception(original), vm.exception(result));
        let pair = |a: Option<Obj>, b: Option<Obj>| a == b;
        is_group(vm, result)
            && pair(a.traceback.get(), b.traceback.get())
            && pair(a.cause.get(), b.cause.get())
            && pair(a.context.get(), b.context.get())
            && {
                let name = vm.intern("__notes__");
                let notes = |obj: &Obj| vm.getattr_opt(obj, &name).ok().flatten().and_then(|notes| notes.get::<List>().map(List::len));
                notes(original) == notes(result)
            }
    };
    let lists = [vm.heap.passing(Kind::LIST), vm.heap.passing(Kind::LIST)];
    let (reraised, mut raised): (Vec<Obj>, Vec<Obj>) = results.into_iter().partition(same_origin);
    let mut ids = Vec::new();
    let mut todo = reraised;
    while let Some(exception) = todo.pop() {
        if is_group(vm, &exception) { todo.extend(members(&exception)) } else { ids.push(exception.id()) }
    }
    let (kept, _) = split(vm, original, &Matcher::Ids(ids))?;
    match kept {
        Some(kept) if raised.is_empty() => return Ok(Some(kept)),
        Some(kept) => raised.push(kept),
        None => {}
    }
    if raised.is_empty() {
        return Ok(None);
    }
    drop(lists);
    let list = vm.list(raised);
    vm.call(&vm.types.base_exception_group, &[vm.consts.empty_str.clone(), list]).map(Some)
}
