//! The debugger, as Jupyter's frontends drive it: requests of the Debug Adapter Protocol in, responses and events out.
//!
//! A cell is known by the path of the file that `dumpCell` would write for its text, so a breakpoint set before the cell runs is found
//! when it does. The machine stops at its traps (`vm/src/trap.rs`); while it is stopped, further requests are served where it stands.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;

use compile::{Mode, Options};
use heap::{Dict, Int, List, Obj, Str, Tuple};
use serde_json::{Value, json};
use vm::{PyResult, Vm};

use crate::display;
use crate::notebook::{Notebook, notebook};

/// The one thread's number.
const THREAD: u32 = 1;
/// What the hash of a cell's text begins with; frontends are told.
const SEED: u32 = 0xC70F_6907;
/// So much of a value is shown in a line.
const MOST_CHARS: usize = 200;

/// How the program goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// To the next breakpoint.
    Run,
    /// To the next line, wherever it is.
    In,
    /// To the next line of this frame or of one further out.
    Over(usize),
    /// To the next line of a frame further out.
    Out(usize),
}

struct Breakpoint {
    line: i32,
    condition: Option<String>,
}

/// A debugger's state.
pub(crate) struct Debugger {
    attached: Cell<bool>,
    /// By path.
    breakpoints: RefCell<HashMap<String, Vec<Breakpoint>>>,
    /// Of each cell that ran, by its name in tracebacks: its path.
    paths: RefCell<HashMap<String, String>>,
    pace: Cell<Pace>,
    /// Where the program is stopped: the frames, the innermost first.
    frames: RefCell<Vec<Obj>>,
    stopped: Cell<bool>,
    /// What `variablesReference` numbers stand for.
    shown: RefCell<Vec<Obj>>,
    events: Cell<u64>,
}

impl Default for Debugger {
    fn default() -> Debugger {
        Debugger {
            attached: Cell::new(false),
            breakpoints: RefCell::default(),
            paths: RefCell::default(),
            pace: Cell::new(Pace::Run),
            frames: RefCell::default(),
            stopped: Cell::new(false),
            shown: RefCell::default(),
            events: Cell::new(1),
        }
    }
}

fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("heapbook_{}", std::process::id()))
}

/// The path of the file for a cell of this text.
fn path_of(code: &str) -> String {
    folder().join(format!("{}.py", murmur2(code.as_bytes(), SEED))).to_string_lossy().into_owned()
}

/// MurmurHash2 of 32 bits, by Austin Appleby.
fn murmur2(data: &[u8], seed: u32) -> u32 {
    const M: u32 = 0x5BD1_E995;
    let mut hash = seed ^ data.len() as u32;
    let mut words = data.chunks_exact(4);
    for word in &mut words {
        let mut k = u32::from_le_bytes([word[0], word[1], word[2], word[3]]).wrapping_mul(M);
        k = (k ^ k >> 24).wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ k;
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        hash = (hash ^ rest.iter().rev().fold(0, |bits, byte| bits << 8 | u32::from(*byte))).wrapping_mul(M);
    }
    hash = (hash ^ hash >> 13).wrapping_mul(M);
    hash ^ hash >> 15
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
    fn arm_all(&self) {
        let vm = self.vm();
        vm.disarm();
        if self.debugger.attached.get() {
            let is_code = |obj: &&Obj| vm.is_kind_of(obj, &vm.types.code);
            vm.heap.all_objects().iter().filter(is_code).for_each(|code| self.arm(code));
        }
    }

    /// The machine has come to a trap.
    fn debug_stop(&self, vm: &Vm, line: i32) -> PyResult<()> {
        let debugger = &self.debugger;
        // What the debugger itself evaluates does not stop.
        if debugger.stopped.get() {
            return Ok(());
        }
        let frames: Vec<Obj> = (0..).map_while(|depth| vm.current_frame(depth)).collect();
        let Some(innermost) = frames.first() else { return Ok(()) };
        let depth = frames.len();
        let broken = self.at_breakpoint(innermost, line);
        let stepped = match debugger.pace.get() {
            Pace::Run => false,
            Pace::In => true,
            Pace::Over(limit) => depth <= limit,
            Pace::Out(limit) => depth < limit,
        };
        if !broken && !stepped {
            return Ok(());
        }
        *debugger.frames.borrow_mut() = frames;
        debugger.stopped.set(true);
        vm.flush_streams();
        let reason = if broken { "breakpoint" } else { "step" };
        self.event("stopped", json!({ "threadId": THREAD, "reason": reason, "allThreadsStopped": true }));
        let interrupted = self.outlet.wait(&|| !debugger.stopped.get());
        debugger.stopped.set(false);
        debugger.frames.take();
        debugger.shown.take();
        if interrupted {
            debugger.pace.set(Pace::Run);
        }
        self.arm_all();
        match interrupted {
            true => Err(vm.new_exception(&vm.types.keyboard_interrupt, Vec::new())),
            false => Ok(()),
        }
    }

    fn at_breakpoint(&self, frame: &Obj, line: i32) -> bool {
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

    fn path_of_frame(&self, frame: &Obj) -> Option<String> {
        let vm = self.vm();
        let code = vm.getattr_str(frame, "f_code").ok()?;
        let file = vm.lossy(&vm.getattr_str(&code, "co_filename").ok()?);
        Some(self.debugger.paths.borrow().get(&file).cloned().unwrap_or(file))
    }

    fn evaluate_in(&self, frame: &Obj, text: &str) -> PyResult {
        let vm = self.vm();
        let code = vm.compile_text(text.trim(), "<debugger>", Mode::Eval, Options::default())?;
        vm.run_code(&code, &vm.getattr_str(frame, "f_globals")?, &self.locals(frame)?)
    }

    /// A frame's variables, in a dict.
    fn locals(&self, frame: &Obj) -> PyResult {
        let vm = self.vm();
        let locals = vm.getattr_str(frame, "f_locals")?;
        if locals.get::<Dict>().is_some() { Ok(locals) } else { vm.call(&vm.types.dict, &[locals]) }
    }

    fn event(&self, event: &str, body: Value) {
        let seq = self.debugger.events.replace(self.debugger.events.get() + 1);
        self.outlet.publish("debug_event", json!({ "type": "event", "event": event, "seq": seq, "body": body }));
    }

    /// A request of the debug adapter protocol, and its response.
    pub fn debug(&self, request: &Value) -> Value {
        let command = request["command"].as_str().unwrap_or_default();
        let done = self.serve(command, &request["arguments"]);
        let seq = self.debugger.events.replace(self.debugger.events.get() + 1);
        let mut response = json!({ "type": "response", "seq": seq, "request_seq": request["seq"], "command": command });
        match done {
            Ok(body) => {
                response["success"] = true.into();
                response["body"] = body;
            }
            Err(why) => {
                response["success"] = false.into();
                response["message"] = why.clone().into();
                response["body"] = json!({ "error": { "id": 1, "format": why } });
            }
        }
        response
    }

    fn serve(&self, command: &str, arguments: &Value) -> Result<Value, String> {
        let debugger = &self.debugger;
        let vm = self.vm();
        let told = |raised: vm::Raised| vm.format_exception_only(&raised.0).trim().to_owned();
        Ok(match command {
            "debugInfo" => self.info(),
            "initialize" => json!({
                "supportsConfigurationDoneRequest": true, "supportsConditionalBreakpoints": true, "supportsEvaluateForHovers": true,
                "supportsStepInTargetsRequest": false, "supportsSetVariable": false,
            }),
            "attach" => {
                debugger.attached.set(true);
                vm.set_trap_handler(Some(Rc::new(|vm, line| notebook(vm)?.debug_stop(vm, line))));
                self.event("initialized", json!({}));
                json!({})
            }
            "dumpCell" => {
                let code = arguments["code"].as_str().ok_or("dumpCell needs the code")?;
                let path = path_of(code);
                let written = std::fs::create_dir_all(folder()).and_then(|()| std::fs::write(&path, code));
                written.map_err(|error| format!("{path} cannot be written: {error}"))?;
                json!({ "sourcePath": path })
            }
            "setBreakpoints" => self.set_breakpoints(arguments),
            "setExceptionBreakpoints" | "setFunctionBreakpoints" => json!({ "breakpoints": [] }),
            "configurationDone" => json!({}),
            "threads" => json!({ "threads": [{ "id": THREAD, "name": "MainThread" }] }),
            "stackTrace" => self.stack_trace(),
            "scopes" => {
                let frame = self.frame(&arguments["frameId"])?;
                let (locals, globals) = (self.locals(&frame).map_err(told)?, vm.getattr_str(&frame, "f_globals").map_err(told)?);
                let scopes = [("Locals", locals), ("Globals", globals)];
                let scopes =
                    scopes.map(|(name, dict)| json!({ "name": name, "variablesReference": self.number(dict), "expensive": false }));
                json!({ "scopes": scopes })
            }
            "variables" => {
                let number = arguments["variablesReference"].as_u64().unwrap_or(0) as usize;
                let found = number.checked_sub(1).and_then(|at| debugger.shown.borrow().get(at).cloned());
                let found = found.ok_or("this is no longer shown")?;
                json!({ "variables": self.children(&found) })
            }
            "evaluate" => {
                let text = arguments["expression"].as_str().unwrap_or_default();
                let frame = self.frame(&arguments["frameId"]);
                let value = match frame {
                    Ok(frame) => self.evaluate_in(&frame, text),
                    Err(_) => vm
                        .compile_text(text, "<debugger>", Mode::Eval, Options::default())
                        .and_then(|code| vm.run_code(&code, self.names(), self.names())),
                };
                let value = value.map_err(told)?;
                let mut told = self.variable("", &value);
                told["result"] = told["value"].take();
                told
            }
            "continue" => self.resume(Pace::Run)?,
            "next" => self.resume(Pace::Over(debugger.frames.borrow().len()))?,
            "stepIn" => self.resume(Pace::In)?,
            "stepOut" => self.resume(Pace::Out(debugger.frames.borrow().len()))?,
            "pause" => {
                debugger.pace.set(Pace::In);
                self.arm_all();
                json!({})
            }
            "source" => {
                let path = arguments["source"]["path"].as_str().unwrap_or_default();
                json!({ "content": std::fs::read_to_string(path).map_err(|error| error.to_string())? })
            }
            "inspectVariables" => json!({ "variables": self.children(self.names()) }),
            "richInspectVariables" => {
                let name = arguments["variableName"].as_str().unwrap_or_default();
                let value = match self.frame(&arguments["frameId"]) {
                    Ok(frame) => self.evaluate_in(&frame, name).map_err(told)?,
                    Err(_) => crate::inspect::find(vm, self.names(), name).ok_or(format!("name '{name}' is not defined"))?,
                };
                let bundle = display::bundle(vm, &value).map_err(told)?.unwrap_or_default();
                json!({ "data": bundle.data, "metadata": bundle.metadata })
            }
            "copyToGlobals" => {
                let frame = self.frame(&arguments["srcFrameId"])?;
                let value = self.evaluate_in(&frame, arguments["srcVariableName"].as_str().unwrap_or_default()).map_err(told)?;
                vm.dict_set_str(self.names(), arguments["dstVariableName"].as_str().unwrap_or_default(), value);
                json!({})
            }
            "modules" => json!({ "modules": [], "totalModules": 0 }),
            "disconnect" | "terminate" => {
                debugger.attached.set(false);
                debugger.breakpoints.borrow_mut().clear();
                debugger.pace.set(Pace::Run);
                debugger.stopped.set(false);
                vm.set_trap_handler(None);
                json!({})
            }
            other => return Err(format!("the debugger does not know `{other}`")),
        })
    }

    fn info(&self) -> Value {
        let debugger = &self.debugger;
        let breakpoints = debugger.breakpoints.borrow();
        let breakpoints: Vec<Value> = breakpoints
            .iter()
            .map(|(path, lines)| json!({ "source": path, "breakpoints": lines.iter().map(|at| json!({ "line": at.line })).collect::<Vec<_>>() }))
            .collect();
        let stopped: &[u32] = if debugger.stopped.get() { &[THREAD] } else { &[] };
        json!({
            "isStarted": debugger.attached.get(), "hashMethod": "Murmur2", "hashSeed": SEED,
            "tmpFilePrefix": format!("{}/", folder().display()), "tmpFileSuffix": ".py",
            "breakpoints": breakpoints, "stoppedThreads": stopped, "richRendering": true, "exceptionPaths": [], "copyToGlobals": true,
        })
    }

    fn set_breakpoints(&self, arguments: &Value) -> Value {
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

    /// The frames that are code of cells, or are called from there; what runs the cell is not shown.
    fn stack_trace(&self) -> Value {
        let vm = self.vm();
        let text = |obj: &Obj, name: &str| vm.getattr_str(obj, name).map(|text| vm.lossy(&text)).unwrap_or_default();
        let mut frames = Vec::new();
        for (id, frame) in self.debugger.frames.borrow().iter().enumerate() {
            let Ok(code) = vm.getattr_str(frame, "f_code") else { continue };
            let line = vm.getattr_str(frame, "f_lineno").ok().and_then(|line| line.get::<Int>().map(|line| line.0)).unwrap_or(0);
            let path = self.path_of_frame(frame).unwrap_or_default();
            let source = json!({ "name": text(&code, "co_filename"), "path": path, "sourceReference": 0 });
            frames.push(json!({ "id": id + 1, "name": text(&code, "co_name"), "line": line, "column": 1, "source": source }));
        }
        json!({ "stackFrames": frames, "totalFrames": frames.len() })
    }

    fn frame(&self, id: &Value) -> Result<Obj, String> {
        let at = id.as_u64().and_then(|id| (id as usize).checked_sub(1));
        at.and_then(|at| self.debugger.frames.borrow().get(at).cloned()).ok_or_else(|| "there is no such frame".to_owned())
    }

    fn resume(&self, pace: Pace) -> Result<Value, String> {
        if !self.debugger.stopped.get() {
            return Err("the program is not stopped".into());
        }
        self.debugger.pace.set(pace);
        self.debugger.stopped.set(false);
        self.event("continued", json!({ "threadId": THREAD, "allThreadsContinued": true }));
        Ok(json!({ "allThreadsContinued": true }))
    }

    /// The number by which an object's parts can be asked for.
    fn number(&self, obj: Obj) -> usize {
        let mut shown = self.debugger.shown.borrow_mut();
        shown.push(obj);
        shown.len()
    }

    fn variable(&self, name: &str, value: &Obj) -> Value {
        let vm = self.vm();
        let text = vm.repr_text(value).unwrap_or_else(|_| "<its repr() failed>".into());
        let text: String = if text.chars().count() > MOST_CHARS { text.chars().take(MOST_CHARS).chain(['…']).collect() } else { text };
        let is_row = value.get::<List>().is_some() || value.get::<Tuple>().is_some() || value.get::<Dict>().is_some();
        let has_parts = is_row || vm.class(&vm.class_of(value)).has(vm::flags::HEAP_TYPE);
        let number = if has_parts { self.number(value.clone()) } else { 0 };
        json!({ "name": name, "evaluateName": name, "value": text, "type": vm.type_name(value), "variablesReference": number })
    }

    /// An object's parts: entries, items, or attributes.
    fn children(&self, obj: &Obj) -> Vec<Value> {
        let vm = self.vm();
        let items = obj.get::<List>().map(List::to_vec).or_else(|| obj.get::<Tuple>().map(|tuple| tuple.items().to_vec()));
        if let Some(items) = items {
            return items.iter().enumerate().map(|(i, item)| self.variable(&i.to_string(), item)).collect();
        }
        let dict = match obj.get::<Dict>() {
            Some(_) => Some(obj.clone()),
            None => vm.getattr_opt_str(obj, "__dict__").ok().flatten(),
        };
        let entries = dict.filter(|dict| dict.get::<Dict>().is_some()).map(|dict| vm.dict_items(&dict)).unwrap_or_default();
        let own = obj.is(self.names());
        let hidden = |name: &str| own && (name.starts_with('_') || ["In", "Out"].contains(&name));
        let name = |key: &Obj| if key.get::<Str>().is_some() { vm.lossy(key) } else { vm.repr_text(key).unwrap_or_default() };
        entries
            .iter()
            .map(|(key, value)| (name(key), value))
            .filter(|(name, _)| !hidden(name))
            .map(|(name, value)| self.variable(&name, value))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_is_that_of_ipykernel() {
        assert_eq!(
            ["", "a", "ab", "abc", "print(1)\n"].map(|text| super::murmur2(text.as_bytes(), super::SEED)),
            [3990065800, 2167009006, 2805137849, 3350977461, 3089598676]
        );
    }
}
