//! Magics: `%name` and `%%name`. This file knows their names; what they do is told in the files below.

mod files;
mod heap;
mod memory;
mod names;
mod past;
mod refs;
mod time;
mod version;

use serde_json::json;
use vm::{PyResult, Raised};

use crate::notebook::Notebook;
use crate::{inspect, reach};

/// A magic of one line, or of a cell.
pub(crate) struct Magic<F> {
    pub(crate) name: &'static str,
    pub(crate) run: F,
}

type Line = fn(&Notebook, &str) -> PyResult;
type Cell = fn(&Notebook, &str, &str) -> PyResult;

/// `%name`, sorted.
pub(crate) static LINE: &[Magic<Line>] = &[
    Magic { name: "cd", run: files::cd },
    Magic { name: "collect", run: heap::collect },
    Magic { name: "gc", run: heap::gc },
    Magic { name: "heap", run: heap::heap },
    Magic { name: "hist", run: past::history },
    Magic { name: "history", run: past::history },
    Magic { name: "load", run: files::load },
    Magic { name: "lsmagic", run: |notebook, _| list(notebook) },
    Magic { name: "memit", run: memory::memit },
    Magic { name: "pinfo", run: |notebook, line| page(notebook, line, 0) },
    Magic { name: "pinfo2", run: |notebook, line| page(notebook, line, 1) },
    Magic { name: "pwd", run: |notebook, _| files::pwd(notebook) },
    Magic { name: "recall", run: past::recall },
    Magic { name: "refs", run: refs::refs },
    Magic { name: "rep", run: past::recall },
    Magic { name: "reset", run: names::reset },
    Magic { name: "run", run: files::run },
    Magic { name: "time", run: time::line },
    Magic { name: "timeit", run: |notebook, line| time::timeit(notebook, line, "") },
    Magic { name: "who", run: names::who },
    Magic { name: "who_ls", run: names::who_ls },
    Magic { name: "whos", run: names::whos },
    Magic { name: "why", run: refs::why },
    Magic { name: "xdel", run: names::xdel },
];

/// `%%name`, sorted.
pub(crate) static CELL: &[Magic<Cell>] = &[
    Magic { name: "capture", run: files::capture },
    Magic { name: "memit", run: |notebook, line, body| memory::memit_cell(notebook, line, body) },
    Magic { name: "mprof", run: memory::mprof },
    Magic { name: "time", run: |notebook, _, body| time::cell(notebook, body) },
    Magic { name: "timeit", run: time::timeit },
    Magic { name: "trace", run: |notebook, _, body| heap::trace(notebook, body) },
    Magic { name: "version", run: version::version },
];

/// Runs `%name line`.
pub(crate) fn run_line(notebook: &Notebook, name: &str, line: &str) -> PyResult {
    match LINE.iter().find(|magic| magic.name == name) {
        Some(magic) => (magic.run)(notebook, line),
        None => {
            let cell =
                if CELL.iter().any(|magic| magic.name == name) { format!(" (But cell magic `%%{name}` exists.)") } else { String::new() };
            Err(usage(notebook, &format!("Line magic function `%{name}` not found{cell}.")))
        }
    }
}

/// Runs `%%name line`, with the rest of the cell below.
pub(crate) fn run_cell(notebook: &Notebook, name: &str, line: &str, body: &str) -> PyResult {
    match CELL.iter().find(|magic| magic.name == name) {
        Some(magic) => (magic.run)(notebook, line, body),
        None => {
            let line =
                if LINE.iter().any(|magic| magic.name == name) { format!(" (But line magic `%{name}` exists.)") } else { String::new() };
            Err(usage(notebook, &format!("Cell magic `%%{name}` not found{line}.")))
        }
    }
}

/// `UsageError(text)`.
pub(crate) fn usage(notebook: &Notebook, text: &str) -> Raised {
    let vm = notebook.vm();
    let class = vm.import_module("IPython.core").and_then(|core| vm.getattr_str(&core, "UsageError"));
    match class {
        Ok(class) => vm.raise_text(&class, text),
        Err(raised) => raised,
    }
}

/// `name?`: what is to be said of an object, on a page.
fn page(notebook: &Notebook, name: &str, detail: u64) -> PyResult {
    let vm = notebook.vm();
    match reach::find(vm, notebook.names(), name) {
        Some(found) => {
            let data = inspect::describe(vm, name, &found, detail)?;
            notebook.payload.borrow_mut().push(json!({ "source": "page", "data": data, "start": 0 }));
        }
        None => notebook.print(&format!("Object `{name}` not found.\n"))?,
    }
    Ok(vm.none())
}

fn list(notebook: &Notebook) -> PyResult {
    let line: Vec<String> = LINE.iter().map(|magic| format!("%{}", magic.name)).collect();
    let cell: Vec<String> = CELL.iter().map(|magic| format!("%%{}", magic.name)).collect();
    notebook.print(&format!("Available line magics:\n{}\n\nAvailable cell magics:\n{}\n", line.join("  "), cell.join("  ")))?;
    Ok(notebook.vm().none())
}
