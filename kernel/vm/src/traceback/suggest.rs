//! "Did you mean": the nearest name to one that was not found (`Python/suggestions.c`, `traceback._compute_suggestion_error`).

use heap::{Obj, Str};

use crate::Vm;
use crate::objects::exception::field;
use crate::objects::traceback::Traceback;

/// What is appended to the exception's text; empty if there is nothing to suggest.
pub(super) fn suggestion(vm: &Vm, exception: &Obj, traceback: Option<&Obj>) -> String {
    let text = |place| field(exception, place).filter(|held| held.get::<Str>().is_some()).map(|held| vm.lossy(&held));
    let types = &vm.types;
    if vm.is_kind_of(exception, &types.attribute_error) {
        let found = text(0).and_then(|wrong| vm.suggestion(&wrong, &attributes(vm, &field(exception, 1)?, &wrong, traceback)?));
        return found.map_or_else(String::new, |name| format!(". Did you mean: '{name}'?"));
    }
    if vm.is_kind_of(exception, &types.import_error) {
        let module = || vm.dict_get_str(&vm.modules.get()?, &text(1)?);
        let found = text(3).and_then(|wrong| vm.suggestion(&wrong, &visible(vm, &module()?, !wrong.starts_with('_'))?));
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
    vm.suggestion(wrong, &candidates)
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
