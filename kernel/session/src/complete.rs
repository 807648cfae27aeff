//! Completion: what may stand at the cursor, from the objects that live, and the names of modules in an import.
//!
//! Nothing is called for it: see `reach.rs`. As in IPython, keys of a dict and parameters of the function that is being called are told.

use heap::{Dict, Obj};
use vm::{Class, Vm};

use crate::notebook::Completions;
use crate::{inspect, magic, reach};

/// What may stand at the cursor of a cell, which counts characters.
pub(crate) fn complete(vm: &Vm, names: &Obj, code: &str, cursor: usize) -> Completions {
    let before: Vec<char> = code.chars().take(cursor).collect();
    let in_word = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let start = before.len() - before.iter().rev().take_while(|c| in_word(c)).count();
    let word: String = before[start..].iter().collect();
    let line: String = before[before.iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1)..].iter().collect();
    let head = line.trim_start();
    // Only what may follow the part that stands already is told.
    let at = |stands: usize, found: Vec<(String, String)>| {
        let (matches, types) = found.into_iter().unzip();
        Completions { matches, types, start: stands, end: before.len() }
    };
    let tail = word.chars().count() - word.chars().rev().take_while(|c| *c != '.').count();
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
        let cut = word.rfind('.').map_or(0, |at| at + 1);
        return at(start + tail, modules(vm, &word).iter().map(|name| (name[cut..].to_owned(), "module".to_owned())).collect());
    }
    if let ["from", module, "import", ..] = words[..]
        && !module.starts_with('.')
        && let Ok(module) = vm.import_module(module)
    {
        return at(start, with_kinds(vm, &module, parts(vm, &module, &word)));
    }
    if let Some((typed, keys)) = keys(vm, names, &line) {
        return at(before.len() - typed, keys);
    }
    if let Some((_, typed)) = word.rsplit_once('.') {
        let path = &line[..line.len() - typed.len() - 1];
        let owner = reach::expression_before(path).and_then(|expression| reach::find(vm, names, &expression));
        let found = owner.map(|owner| with_kinds(vm, &owner, vm.attributes_from(&owner, typed).unwrap_or_default()));
        return at(start + tail, found.unwrap_or_default());
    }
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return at(start, Vec::new());
    }
    let named = vm.complete(&word, names).unwrap_or_default().into_iter();
    let mut found: Vec<(String, String)> = named.map(|name| (name.clone(), kind_of(reach::find(vm, names, &name), vm))).collect();
    let called = inspect::call_around(&line[..line.len() - word.len()]).and_then(reach::expression_before);
    let parameters = called.and_then(|called| reach::find(vm, names, &called)).map(|called| inspect::keyword_names(vm, &called));
    let fitting = parameters.unwrap_or_default().into_iter().filter(|name| name.starts_with(&word));
    found.extend(fitting.map(|name| (format!("{name}="), "param".to_owned())));
    found.sort();
    at(start, found)
}

/// The keys of the dict in whose brackets the line ends, and how many characters of one stand already.
fn keys(vm: &Vm, names: &Obj, line: &str) -> Option<(usize, Vec<(String, String)>)> {
    let open = line.rfind('[')?;
    let typed = &line[open + 1..];
    let quote = typed.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let start = quote.map_or(typed, |quote| &typed[quote.len_utf8()..]);
    if quote.is_some_and(|quote| start.contains(quote)) || quote.is_none() && start.contains(|c: char| !c.is_alphanumeric()) {
        return None;
    }
    let dict = reach::find(vm, names, &reach::expression_before(&line[..open])?)?;
    if dict.get::<Dict>().is_none() || dict.extra().is_some() {
        return None;
    }
    let known = vm.dict_items(&dict);
    let texts = known.iter().filter_map(|(key, _)| match quote {
        // What stands between quotes is told as it would stand there.
        Some(_) => key.get::<heap::Str>().map(|_| vm.lossy(key)).filter(|text| !text.contains(['\'', '"', '\\', '\n'])),
        None => reach::key_text(vm, key),
    });
    let found: Vec<_> = texts.filter(|text| text.starts_with(start)).map(|text| (text, "dict key".to_owned())).collect();
    (!found.is_empty()).then(|| (start.chars().count(), found))
}

/// Attributes with what they are. A property is not read for it.
fn with_kinds(vm: &Vm, owner: &Obj, names: Vec<String>) -> Vec<(String, String)> {
    let kind = |name: &str| {
        let on_class = vm.getattr_opt_str(&vm.class_of(owner), name).ok().flatten();
        match on_class.filter(|found| ["property", "getset_descriptor", "member_descriptor"].contains(&vm.type_name(found).as_str())) {
            Some(_) => "property".to_owned(),
            None => kind_of(vm.getattr_opt_str(owner, name).ok().flatten(), vm),
        }
    };
    names.into_iter().map(|name| (name.clone(), kind(&name))).collect()
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
