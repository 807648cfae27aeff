//! Completion: what may stand at the cursor, from the objects that live, and the names of modules in an import.

use heap::Obj;
use vm::{Class, Vm};

use crate::inspect;
use crate::magic;
use crate::notebook::Completions;

/// What may stand at the cursor of a cell, which counts characters.
pub(crate) fn complete(vm: &Vm, names: &Obj, code: &str, cursor: usize) -> Completions {
    let before: Vec<char> = code.chars().take(cursor).collect();
    let in_word = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let start = before.len() - before.iter().rev().take_while(|c| in_word(c)).count();
    let word: String = before[start..].iter().collect();
    let line: String = before[before.iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1)..].iter().collect();
    let head = line.trim_start();
    // Of a dotted name only the last part is told: what stands before it stands already.
    let tail = word.rfind('.').map_or(0, |at| at + 1);
    let at = |matches: Vec<String>, kind: &dyn Fn(&str) -> String| {
        let types = matches.iter().map(|text| kind(text)).collect();
        let matches = matches.iter().map(|text| text[tail..].to_owned()).collect();
        Completions { matches, types, start: start + word[..tail].chars().count(), end: before.len() }
    };
    let kind = |text: &str| kind_of(inspect::find(vm, names, text), vm);
    if let Some(typed) = head.strip_prefix('%').filter(|typed| !typed.contains(char::is_whitespace)) {
        let percent = before.len() - typed.chars().count() - 1;
        let (lead, typed) = if let Some(rest) = typed.strip_prefix('%') { ("%%", rest) } else { ("%", typed) };
        let line = magic::LINE.iter().filter(|_| lead == "%").map(|magic| magic.name);
        let known = line.chain(magic::CELL.iter().filter(|_| lead == "%%").map(|magic| magic.name));
        let matches = known.filter(|name| name.starts_with(typed)).map(|name| format!("{lead}{name}"));
        return Completions { matches: matches.collect(), types: Vec::new(), start: percent, end: before.len() };
    }
    let words: Vec<&str> = head.split_whitespace().collect();
    if matches!(words.first(), Some(&"import" | &"from")) && !words[1..].contains(&"import") {
        return at(modules(vm, &word), &kind);
    }
    if let ["from", module, "import", ..] = words[..]
        && !module.starts_with('.')
        && let Ok(module) = vm.import_module(module)
    {
        let part = |text: &str| vm.getattr_opt_str(&module, text).ok().flatten();
        return at(parts(vm, &module, &word), &|text| kind_of(part(text), vm));
    }
    // What does not stand behind a name, `f().x` or `"".x`, would have to be evaluated.
    let lone = word.starts_with('.') || word.starts_with(|c: char| c.is_ascii_digit());
    let matches = if lone { Vec::new() } else { vm.complete(&word, names).unwrap_or_default() };
    at(matches, &kind)
}

/// The names in a module that begin so.
fn parts(vm: &Vm, module: &Obj, word: &str) -> Vec<String> {
    let names = vm.getattr_opt_str(module, "__dict__").ok().flatten().map(|dict| vm.dict_items(&dict)).unwrap_or_default();
    let hidden = |name: &str| name.starts_with('_') && !word.starts_with('_');
    let mut found: Vec<String> =
        names.iter().map(|(name, _)| vm.lossy(name)).filter(|name| name.starts_with(word) && !hidden(name)).collect();
    found.sort();
    found
}

/// Modules whose full name begins so: those of the library, those of the machine, those imported.
fn modules(vm: &Vm, word: &str) -> Vec<String> {
    let imported = vm.modules.get().map(|modules| vm.dict_items(&modules)).unwrap_or_default();
    let depth = word.matches('.').count();
    let known = vm.module_names().into_iter().chain(imported.iter().map(|(name, _)| vm.lossy(name)));
    let hidden = |name: &str| name.rsplit('.').next().is_some_and(|last| last.starts_with('_')) && !word.contains('_');
    let mut found: Vec<String> =
        known.filter(|name| name.starts_with(word) && name.matches('.').count() == depth && !hidden(name)).collect();
    found.sort();
    found.dedup();
    found
}

/// What a completed name is, in words that frontends have icons for.
fn kind_of(found: Option<Obj>, vm: &Vm) -> String {
    let Some(found) = found else { return "<unknown>".into() };
    let type_name = vm.type_name(&found);
    let kind = match type_name.as_str() {
        "module" => "module",
        "function" | "builtin_function_or_method" | "method" | "method_descriptor" | "wrapper_descriptor" | "method-wrapper" => "function",
        _ if found.get::<Class>().is_some() => "class",
        _ => "instance",
    };
    kind.to_owned()
}
