//! `%%version 3.10`: the cell under another version of Python. Each version has a session of its own, which shares nothing with the
//! notebook's but the world outside, and lives as long as the notebook.

use std::rc::Rc;
use std::sync::Arc;

use vm::PyResult;

use super::usage;
use crate::Version;
use crate::notebook::{Cell, Notebook};

pub(super) fn version(notebook: &Notebook, line: &str, body: &str) -> PyResult {
    let version: Version = line.trim().parse().map_err(|unknown| usage(notebook, &format!("%%version: {unknown}")))?;
    let beside = beside(notebook, version)?;
    let done = beside.run_as(notebook.running_count(), Cell { code: body, silent: false, store: true });
    notebook.payload.borrow_mut().extend(done.payload);
    match done.failure {
        Some(failure) => Err(notebook.fail_with(failure)),
        None => Ok(notebook.vm().none()),
    }
}

/// The session of a version, which begins when it is first asked for.
fn beside(notebook: &Notebook, version: Version) -> PyResult<Rc<Notebook>> {
    if let Some((_, known)) = notebook.beside.borrow().iter().find(|(known, _)| *known == version) {
        return Ok(Rc::clone(known));
    }
    let vm = notebook.vm();
    let started = Notebook::start_with(version, Rc::clone(&vm.host), Rc::clone(&notebook.outlet), None, Some(Arc::clone(&vm.interrupt)));
    let started = started.map_err(|error| vm.runtime_error(format!("Python {version} does not start: {}", error.0)))?;
    notebook.beside.borrow_mut().push((version, Rc::clone(&started)));
    Ok(started)
}
