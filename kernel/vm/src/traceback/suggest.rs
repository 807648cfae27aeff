//! "Did you mean": the nearest name to one that was not found (`Python/suggestions.c`, `traceback._compute_suggestion_error`).

use heap::{Obj, Str};

use crate::Vm;
use crate::objects::exception::field;
use crate::objects::traceback::Traceback;

const MAX_CANDIDATES: usize = 750;
const MAX_LENGTH: usize = 40;
const MOVE: usize = 2;
const CASE: usize = 1;

/// What is appended to the exception's text; empty if there is nothing to suggest.
pub(super) fn suggestion(vm: &Vm, exception: &Obj, traceback: Option<&Obj>) -> String {
    let text = |place| field(exception, place).filter(|held| held.get::<Str>().is_some()).map(|held| vm.lossy(&held));
    let types = &vm.types;
    if vm.is_kind_of(exception, &types.attribute_error) {
        let found = text(0).and_then(|wrong| nearest(&wrong, &attributes(vm, &field(exception, 1)?, &wrong, traceback)?));
        return found.map_or_else(String::new, |name| format!(". Did you mean: '{name}'?"));
    }
    if vm.is_kind_of(exception, &types.import_error) {
        let module = || vm.dict_get_str(&vm.modules.get()?, &text(1)?);
        let found = text(3).and_then(|wrong| nearest(&wrong, &visible(vm, &module()?, !wrong.starts_with('_'))?));
        return found.map_or_else(String::new, |name| format!(". Did you mean: '{name}'?"));
    }
    if vm.is_kind_of(exception, &types.name_error)
        && let Some(wrong) = text(0)
    {
        let found = traceback.and_then(|traceback| name(vm, traceback, &wrong));
        let module = crate::import::is_stdlib_name(&wrong);
        return match (found, module) {
            (Some(name), true) => format!(". Did you mean: '{name}'? Or did you forget to import '{wrong}'?"),
            (Some(name), false) => format!(". Did you mean: '{name}'?"),
            (None, true) => format!(". Did you forget to import '{wrong}'?"),
            (None, false) => String::new(),
        };
    }
    String::new()
}

/// The frame that raised.
fn innermost_frame(traceback: &Obj) -> Option<Obj> {
    let mut last = traceback.clone();
    while let Some(next) = last.get::<Traceback>()?.next.get() {
        last = next;
    }
    last.get::<Traceback>()?.frame.get()
}

fn name(vm: &Vm, traceback: &Obj, wrong: &str) -> Option<String> {
    let frame = innermost_frame(traceback)?;
    let mut candidates = Vec::new();
    for namespace in ["f_locals", "f_globals", "f_builtins"] {
        let namespace = vm.getattr_str(&frame, namespace).ok()?;
        candidates.extend(vm.to_vec(&namespace).ok()?.iter().filter(|key| key.get::<Str>().is_some()).map(|key| vm.lossy(key)));
    }
    let locals = vm.getattr_str(&frame, "f_locals").ok()?;
    if let Ok(this) = vm.getitem(&locals, &vm.intern("self"))
        && matches!(vm.getattr_opt(&this, &vm.intern(wrong)), Ok(Some(_)))
    {
        return Some(format!("self.{wrong}"));
    }
    nearest(wrong, &candidates)
}

/// The object's attributes; those with an underscore only for a name with one, or for a method's own object.
fn attributes(vm: &Vm, obj: &Obj, wrong: &str, traceback: Option<&Obj>) -> Option<Vec<String>> {
    let own = || {
        let locals = vm.getattr_str(&innermost_frame(traceback?)?, "f_locals").ok()?;
        Some(vm.getitem(&locals, &vm.intern("self")).ok()?.is(obj))
    };
    let hide = !wrong.starts_with('_') && own() != Some(true);
    visible(vm, obj, hide)
}

fn visible(vm: &Vm, obj: &Obj, hide: bool) -> Option<Vec<String>> {
    let names = vm.to_vec(&vm.call_method(obj, "__dir__", &[]).ok()?).ok()?;
    let names = names.iter().filter(|name| name.get::<Str>().is_some()).map(|name| vm.lossy(name));
    Some(names.filter(|name| !(hide && name.starts_with('_'))).collect())
}

/// The candidate that is nearest, if one is near enough: at most a third of the characters changed.
pub(crate) fn nearest(wrong: &str, candidates: &[String]) -> Option<String> {
    if candidates.len() > MAX_CANDIDATES {
        return None;
    }
    let length = wrong.chars().count();
    if length > MAX_LENGTH {
        return None;
    }
    let mut best: Option<(usize, &String)> = None;
    for candidate in candidates.iter().filter(|candidate| *candidate != wrong) {
        let limit = (candidate.chars().count() + length + 3) * MOVE / 6;
        let limit = limit.min(best.map_or(usize::MAX, |(distance, _)| distance.saturating_sub(1)));
        match distance(wrong, candidate, limit) {
            Some(found) if best.is_none_or(|(distance, _)| found < distance) => best = Some((found, candidate)),
            _ => {}
        }
    }
    best.map(|(_, name)| name.clone())
}

/// The Levenshtein distance, where a change of case costs half; `None` beyond `limit`.
fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let before = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[before..], &b[before..]);
    let after = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - after], &b[..b.len() - after]);
    if a.is_empty() || b.is_empty() {
        let cost = MOVE * (a.len() + b.len());
        return (cost <= limit).then_some(cost);
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH || a.len().abs_diff(b.len()) * MOVE > limit {
        return None;
    }
    let (a, b) = if b.len() < a.len() { (b, a) } else { (a, b) };
    let mut row: Vec<usize> = (1..=a.len()).map(|i| i * MOVE).collect();
    let mut result = 0;
    for (j, y) in b.iter().enumerate() {
        let (mut distance, mut minimum) = (j * MOVE, usize::MAX);
        result = distance;
        for (i, x) in a.iter().enumerate() {
            let substituted = distance
                + if x == y {
                    0
                } else if x.to_lowercase().eq(y.to_lowercase()) {
                    CASE
                } else {
                    MOVE
                };
            distance = row[i];
            result = substituted.min(result.min(distance) + MOVE);
            row[i] = result;
            minimum = minimum.min(result);
        }
        if minimum > limit {
            return None;
        }
    }
    (result <= limit).then_some(result)
}
