//! Magics about files and folders, and `%%capture`: `%run %load %cd %pwd`.

use std::path::Path;

use compile::{Mode, Options};
use serde_json::json;
use vm::PyResult;

use super::usage;
use crate::notebook::Notebook;

fn read(notebook: &Notebook, file: &str) -> PyResult<String> {
    let bytes = notebook.vm().host.read_file(Path::new(file)).map_err(|error| {
        let why = error.to_string();
        usage(notebook, &format!("File `{file}` cannot be read: {}", why.split(" (os error").next().unwrap_or(&why)))
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `%run [-i] file [arguments]`: the file runs as `__main__`, and what it names is the notebook's afterwards.
pub(super) fn run(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    let mut words = line.split_whitespace().peekable();
    let inside = words.next_if_eq(&"-i").is_some();
    let Some(file) = words.next() else { return Err(usage(notebook, "you must provide at least a filename")) };
    let file = if file.ends_with(".py") { file.to_owned() } else { format!("{file}.py") };
    let text = read(notebook, &file)?;
    vm.remember_source(&file, &text);
    let code = vm.compile_text(&text, &file, Mode::Exec, Options::default())?;
    let arguments: Vec<String> = std::iter::once(file.clone()).chain(words.map(str::to_owned)).collect();
    vm.set_argv(&arguments);
    let names = if inside { notebook.names().clone() } else { vm.dict() };
    if !inside {
        vm.dict_set_str(&names, "__name__", vm.str("__main__"));
        if let Some(builtins) = vm.dict_get_str(notebook.names(), "__builtins__") {
            vm.dict_set_str(&names, "__builtins__", builtins);
        }
    }
    vm.dict_set_str(&names, "__file__", vm.str(&file));
    let done = vm.run_code(&code, &names, &names);
    vm.set_argv(&[String::new()]);
    done?;
    if !inside {
        for (name, value) in vm.dict_items(&names) {
            if !vm.lossy(&name).starts_with("__") {
                vm.dict_set(notebook.names(), &name, value)?;
            }
        }
    }
    Ok(vm.none())
}

/// `%load file`: the file becomes the cell.
pub(super) fn load(notebook: &Notebook, line: &str) -> PyResult {
    let text = format!("# %load {line}\n{}", read(notebook, line.trim())?);
    notebook.payload.borrow_mut().push(json!({ "source": "set_next_input", "text": text, "replace": true }));
    Ok(notebook.vm().none())
}

pub(super) fn pwd(notebook: &Notebook) -> PyResult {
    let vm = notebook.vm();
    let folder = vm.host.files().current_dir().map_err(|error| vm.os_error(&error, None))?;
    Ok(vm.str(&folder.to_string_lossy()))
}

/// `%cd folder`.
pub(super) fn cd(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    let os = vm.import_module("os")?;
    let folder = if line.is_empty() { "~" } else { line.trim_matches(['"', '\'']) };
    let folder = vm.call_method(&vm.getattr_str(&os, "path")?, "expanduser", &[vm.str(folder)])?;
    vm.call_method(&os, "chdir", &[folder])?;
    let now = pwd(notebook)?;
    notebook.print(&format!("{}\n", vm.lossy(&now)))?;
    Ok(vm.none())
}

/// `%%capture [name]`: what the cell prints is kept instead of shown.
pub(super) fn capture(notebook: &Notebook, line: &str, body: &str) -> PyResult {
    let vm = notebook.vm();
    let Some(sys) = vm.sys.get() else { return Err(vm.runtime_error("lost sys")) };
    let class = vm.getattr_str(&vm.import_module("io")?, "StringIO")?;
    let before = ["stdout", "stderr"].map(|name| (name, vm.dict_get_str(&sys, name)));
    let mut kept = Vec::new();
    for name in ["stdout", "stderr"] {
        let stream = vm.call(&class, &[])?;
        vm.dict_set_str(&sys, name, stream.clone());
        kept.push(stream);
    }
    let done = notebook.captured(|| notebook.run_body(body));
    for (name, stream) in before {
        vm.dict_set_str(&sys, name, stream.unwrap_or_else(|| vm.none()));
    }
    let name = line.split_whitespace().find(|word| !word.starts_with('-'));
    if let Some(name) = name {
        let texts = kept.iter().map(|stream| vm.call_method(stream, "getvalue", &[])).collect::<PyResult<Vec<_>>>()?;
        let class = vm.getattr_str(&vm.import_module("IPython.core")?, "CapturedIO")?;
        let captured = vm.call(&class, &texts)?;
        vm.dict_set_str(notebook.names(), name, captured);
    }
    done?;
    Ok(vm.none())
}
