//! Magics about the notebook's names: `%who %who_ls %whos %xdel %reset`.

use heap::{Obj, Str};
use vm::PyResult;

use super::usage;
use crate::notebook::Notebook;

/// The names that the user made, sorted, of the given types if there are any.
fn own(notebook: &Notebook, types: &str) -> Vec<(String, Obj)> {
    let vm = notebook.vm();
    let types: Vec<&str> = types.split_whitespace().collect();
    let hidden = |name: &str| name.starts_with('_') || ["In", "Out", "exit", "quit"].contains(&name);
    let mut names: Vec<(String, Obj)> = vm
        .dict_items(notebook.names())
        .into_iter()
        .filter(|(name, _)| name.get::<Str>().is_some())
        .map(|(name, value)| (vm.lossy(&name), value))
        .filter(|(name, value)| !hidden(name) && (types.is_empty() || types.contains(&vm.type_name(value).as_str())))
        .collect();
    names.sort_by(|a, b| a.0.cmp(&b.0));
    names
}

pub(super) fn who(notebook: &Notebook, line: &str) -> PyResult {
    let names = own(notebook, line);
    let text = match names.is_empty() {
        true if line.is_empty() => "Interactive namespace is empty.\n".to_owned(),
        true => "No variables match your requested type.\n".to_owned(),
        false => names.iter().map(|(name, _)| format!("{name}\t ")).collect::<String>() + "\n",
    };
    notebook.print(&text)?;
    Ok(notebook.vm().none())
}

pub(super) fn who_ls(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    Ok(vm.list(own(notebook, line).iter().map(|(name, _)| vm.str(name)).collect()))
}

/// A table: name, type, and how the value looks.
pub(super) fn whos(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    let mut rows = Vec::new();
    for (name, value) in own(notebook, line) {
        let type_name = vm.type_name(&value);
        let shown = match type_name.as_str() {
            "dict" | "list" | "tuple" | "set" => {
                let length = vm.call_method(&value, "__len__", &[])?;
                format!("n={}", vm.repr_text(&length)?)
            }
            _ => vm.text_of(&value)?.replace('\n', "\\n"),
        };
        let shown = if shown.chars().count() > 50 { shown.chars().take(25).chain("<...>".chars()).collect() } else { shown };
        rows.push([name, type_name, shown]);
    }
    if rows.is_empty() {
        return who(notebook, line);
    }
    let wide = |i: usize, head: &str| rows.iter().map(|row| row[i].chars().count()).chain([head.len()]).max().unwrap_or(0);
    let (first, second) = (wide(0, "Variable"), wide(1, "Type"));
    let mut text = format!("{:first$}   {:second$}   Data/Info\n", "Variable", "Type");
    text += &format!("{}\n", "-".repeat(first + second + 15));
    for [name, type_name, shown] in &rows {
        text += &format!("{name:first$}   {type_name:second$}   {shown}\n");
    }
    notebook.print(&text)?;
    Ok(vm.none())
}

/// `%xdel name`: the name goes, and what the notebook keeps of its value.
pub(super) fn xdel(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    let name = line.trim_start_matches("-n").trim();
    let Some(value) = vm.dict_get_str(notebook.names(), name) else {
        return Err(usage(notebook, &format!("name '{name}' is not defined")));
    };
    drop(vm.dict_remove(notebook.names(), &vm.str(name))?);
    for (key, held) in vm.dict_items(notebook.names()) {
        if held.is(&value) && ["_", "__", "___"].contains(&&*vm.lossy(&key)) {
            vm.dict_set(notebook.names(), &key, vm.none())?;
        }
    }
    for (key, held) in vm.dict_items(&notebook.session.values) {
        if held.is(&value) {
            drop(vm.dict_remove(&notebook.session.values, &key)?);
        }
    }
    Ok(vm.none())
}

/// `%reset -f`: all names of the user go, and all outputs.
pub(super) fn reset(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    if !line.contains("-f") {
        let text = "Once deleted, variables cannot be recovered. Proceed (y/[n])? ";
        let answer = vm.ask(text, false).unwrap_or_else(|| Ok(vm.str("n")))?;
        if !vm.lossy(&answer).trim().eq_ignore_ascii_case("y") {
            notebook.print("Nothing done.\n")?;
            return Ok(vm.none());
        }
    }
    let keep = |name: &str| ["In", "Out", "_", "__", "___", "_i", "_ii", "_iii"].contains(&name) || name.starts_with("__");
    for (key, _) in vm.dict_items(notebook.names()) {
        if !keep(&vm.lossy(&key)) {
            drop(vm.dict_remove(notebook.names(), &key)?);
        }
    }
    for name in ["_", "__", "___"] {
        vm.dict_set_str(notebook.names(), name, vm.str(""));
    }
    for (key, _) in vm.dict_items(&notebook.session.values) {
        drop(vm.dict_remove(&notebook.session.values, &key)?);
    }
    Ok(vm.none())
}
