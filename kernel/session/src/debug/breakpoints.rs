//! Breakpoints in lines: what is asked for, and the machine's traps that stand for it.

use heap::Obj;
use serde_json::{Value, json};

use super::cells::path_of;
use super::stop::Pace;
use crate::notebook::Notebook;

pub(super) struct Breakpoint {
    pub(super) line: i32,
    condition: Option<String>,
}

impl Notebook {
    /// A cell is about to run under this name.
    pub(crate) fn debug_cell(&self, name: &str, code: &str) {
        self.debugger.paths.borrow_mut().insert(name.to_owned(), path_of(code));
        self.debugger.pace.set(Pace::Run);
    }

    /// Sets the traps of a code object that is about to run.
    pub(crate) fn debug_code(&self, code: &Obj) {
        if self.debugger.attached.get() {
            self.arm(code);
        }
    }

    fn arm(&self, code: &Obj) {
        let debugger = &self.debugger;
        let vm = self.vm();
        let Ok(file) = vm.getattr_str(code, "co_filename") else { return };
        let paths = debugger.paths.borrow();
        let Some(path) = paths.get(&vm.lossy(&file)) else { return };
        let stepping = debugger.pace.get() != Pace::Run;
        let breakpoints = debugger.breakpoints.borrow();
        let lines = breakpoints.get(path);
        vm.arm(code, &|line| stepping || lines.is_some_and(|lines| lines.iter().any(|breakpoint| breakpoint.line == line)));
    }

    /// Sets the traps anew in all code of cells.
    pub(super) fn arm_all(&self) {
        let vm = self.vm();
        vm.disarm();
        if self.debugger.attached.get() {
            let is_code = |obj: &&Obj| vm.is_kind_of(obj, &vm.types.code);
            vm.heap.all_objects().iter().filter(is_code).for_each(|code| self.arm(code));
        }
    }

    pub(super) fn at_breakpoint(&self, frame: &Obj, line: i32) -> bool {
        let vm = self.vm();
        let Some(path) = self.path_of_frame(frame) else { return false };
        let condition = {
            let breakpoints = self.debugger.breakpoints.borrow();
            match breakpoints.get(&path).and_then(|lines| lines.iter().find(|breakpoint| breakpoint.line == line)) {
                None => return false,
                Some(breakpoint) => breakpoint.condition.clone(),
            }
        };
        // A condition that fails stops the program, so that it can be seen.
        condition.is_none_or(|condition| self.evaluate_in(frame, &condition).and_then(|value| vm.is_true(&value)).unwrap_or(true))
    }

    pub(super) fn path_of_frame(&self, frame: &Obj) -> Option<String> {
        let file = self.file_of(frame)?;
        Some(self.debugger.paths.borrow().get(&file).cloned().unwrap_or(file))
    }

    /// Whether a frame runs a cell's code, not a library's.
    pub(super) fn is_of_cell(&self, frame: &Obj) -> bool {
        self.file_of(frame).is_some_and(|file| self.debugger.paths.borrow().contains_key(&file))
    }

    fn file_of(&self, frame: &Obj) -> Option<String> {
        let vm = self.vm();
        let code = vm.getattr_str(frame, "f_code").ok()?;
        Some(vm.lossy(&vm.getattr_str(&code, "co_filename").ok()?))
    }

    pub(super) fn set_breakpoints(&self, arguments: &Value) -> Value {
        let path = arguments["source"]["path"].as_str().unwrap_or_default().to_owned();
        let wanted = arguments["breakpoints"].as_array().cloned().unwrap_or_default();
        let breakpoints: Vec<Breakpoint> = wanted
            .iter()
            .map(|at| Breakpoint {
                line: at["line"].as_i64().unwrap_or(0) as i32,
                condition: at["condition"].as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned),
            })
            .collect();
        let told = breakpoints.iter().enumerate();
        let told: Vec<Value> =
            told.map(|(id, at)| json!({ "id": id, "verified": true, "line": at.line, "source": { "path": path } })).collect();
        self.debugger.breakpoints.borrow_mut().insert(path, breakpoints);
        self.arm_all();
        json!({ "breakpoints": told })
    }
}
