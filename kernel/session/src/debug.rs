//! The debugger, as Jupyter's frontends drive it: requests of the Debug Adapter Protocol in, responses and events out.
//!
//! This file knows the requests. The machine stops at its traps (`vm/src/trap.rs`), and where it shows what it does (`vm/src/watch.rs`);
//! while it is stopped, further requests are served where it stands.

mod breakpoints;
mod cells;
mod filters;
mod scenes;
mod show;
mod stop;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use compile::{Mode, Options};
use heap::Obj;
use serde_json::{Value, json};
use vm::Watched;

use crate::display;
use crate::notebook::{Notebook, notebook};
use breakpoints::Breakpoint;
use cells::{SEED, folder};
use filters::Filters;
use show::Shown;
use stop::{Level, Onlooker, Pace, Stop};

/// The one thread's number.
const THREAD: u32 = 1;

/// A debugger's state.
pub(crate) struct Debugger {
    attached: Cell<bool>,
    /// By path.
    breakpoints: RefCell<HashMap<String, Vec<Breakpoint>>>,
    /// What else stops the program.
    filters: RefCell<Filters>,
    /// Of each cell that ran, by its name in tracebacks: its path.
    paths: RefCell<HashMap<String, String>>,
    /// Whether a cell runs.
    running: Cell<bool>,
    /// Whether the debugger itself is at work: what it does stops nothing.
    working: Cell<bool>,
    pace: Cell<Pace>,
    /// Where and why the program is stopped.
    stop: RefCell<Option<Stop>>,
    /// The frames there, the innermost first.
    levels: RefCell<Vec<Level>>,
    /// What `variablesReference` numbers stand for.
    shown: RefCell<Vec<Shown>>,
    events: Cell<u64>,
}

impl Default for Debugger {
    fn default() -> Debugger {
        Debugger {
            attached: Cell::new(false),
            breakpoints: RefCell::default(),
            filters: RefCell::default(),
            paths: RefCell::default(),
            running: Cell::new(false),
            working: Cell::new(false),
            pace: Cell::new(Pace::Run),
            stop: RefCell::default(),
            levels: RefCell::default(),
            shown: RefCell::default(),
            events: Cell::new(1),
        }
    }
}

impl Debugger {
    fn is_stopped(&self) -> bool {
        self.stop.borrow().is_some()
    }
}

impl Notebook {
    fn event(&self, event: &str, body: Value) {
        let seq = self.debugger.events.replace(self.debugger.events.get() + 1);
        self.outlet.publish("debug_event", json!({ "type": "event", "event": event, "seq": seq, "body": body }));
    }

    /// A request of the debug adapter protocol, and its response.
    pub fn debug(&self, request: &Value) -> Value {
        let command = request["command"].as_str().unwrap_or_default();
        let before = self.debugger.working.replace(true);
        let done = self.serve(command, &request["arguments"]);
        self.debugger.working.set(before);
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
            "initialize" => capabilities(),
            "attach" => {
                debugger.attached.set(true);
                vm.set_trap_handler(Some(Rc::new(|vm, line| notebook(vm)?.debug_stop(vm, line))));
                self.look_on();
                self.event("initialized", json!({}));
                json!({})
            }
            "dumpCell" => cells::dump(arguments["code"].as_str().ok_or("dumpCell needs the code")?)?,
            "setBreakpoints" => self.set_breakpoints(arguments),
            "setFunctionBreakpoints" => json!({ "breakpoints": [] }),
            "setExceptionBreakpoints" => self.set_filters(arguments),
            "exceptionInfo" => self.exception_info()?,
            "dataBreakpointInfo" => self.data_breakpoint_info(arguments)?,
            "setDataBreakpoints" => self.set_data_breakpoints(arguments),
            "configurationDone" => json!({}),
            "threads" => json!({ "threads": [{ "id": THREAD, "name": "MainThread" }] }),
            "stackTrace" => self.stack_trace(),
            "scopes" => self.scopes(&self.frame(&arguments["frameId"])?).map_err(told)?,
            "variables" => self.variables(&arguments["variablesReference"])?,
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
            "next" => self.resume(Pace::Over(debugger.levels.borrow().len()))?,
            "stepIn" => self.resume(Pace::In)?,
            "stepOut" => self.resume(Pace::Out(debugger.levels.borrow().len()))?,
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
                    Err(_) => crate::reach::find(vm, self.names(), name).ok_or(format!("name '{name}' is not defined"))?,
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
                debugger.filters.take();
                debugger.pace.set(Pace::Run);
                debugger.stop.take();
                vm.set_trap_handler(None);
                vm.set_watcher(None, Watched::default());
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
        let stopped: &[u32] = if debugger.is_stopped() { &[THREAD] } else { &[] };
        json!({
            "isStarted": debugger.attached.get(), "hashMethod": "Murmur2", "hashSeed": SEED,
            "tmpFilePrefix": format!("{}/", folder().display()), "tmpFileSuffix": ".py",
            "breakpoints": breakpoints, "stoppedThreads": stopped, "richRendering": true, "copyToGlobals": true,
            "exceptionPaths": ["Python Exceptions"], "exceptionBreakpointFilters": filters::offered(),
        })
    }

    /// Tells the machine what is to be shown.
    fn look_on(&self) {
        let debugger = &self.debugger;
        let watched = if debugger.attached.get() { debugger.filters.borrow().watched() } else { Watched::default() };
        self.vm().set_watcher(Some(Rc::new(Onlooker)), watched);
    }

    fn frame(&self, id: &Value) -> Result<Obj, String> {
        let at = id.as_u64().and_then(|id| (id as usize).checked_sub(1));
        at.and_then(|at| self.debugger.levels.borrow().get(at).map(|level| level.frame.clone()))
            .ok_or_else(|| "there is no such frame".to_owned())
    }
}

fn capabilities() -> Value {
    json!({
        "supportsConfigurationDoneRequest": true, "supportsConditionalBreakpoints": true, "supportsEvaluateForHovers": true,
        "supportsStepInTargetsRequest": false, "supportsSetVariable": false, "supportsExceptionInfoRequest": true,
        "supportsExceptionFilterOptions": true, "supportsDataBreakpoints": true, "exceptionBreakpointFilters": filters::offered(),
    })
}
