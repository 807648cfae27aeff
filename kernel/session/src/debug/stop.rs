//! Where the machine stops: at a line, at an exception, at a death, in a collection. It waits there, serving the debugger's requests.

use heap::{CollectionPhase, Int, Obj};
use serde_json::{Value, json};
use vm::{PyResult, Raised, Vm, Watcher};

use super::THREAD;
use super::filters::QUIET;
use super::scenes::{self, Scene};
use crate::notebook::{Notebook, notebook};

/// How the program goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// To the next breakpoint.
    Run,
    /// To the next line, wherever it is.
    In,
    /// To the next line of this frame or of one further out.
    Over(usize),
    /// To the next line of a frame further out.
    Out(usize),
}

/// A frame of a stopped program.
pub(super) struct Level {
    pub(super) frame: Obj,
    /// Where it was left, of a frame that has ended.
    pub(super) line: Option<i64>,
}

/// Why the program is stopped.
pub(super) struct Stop {
    /// The protocol's word.
    reason: &'static str,
    /// For people: what happened, and to whom.
    description: String,
    text: String,
    /// What there is to see beside the variables.
    pub(super) scene: Scene,
}

/// Looks on for the debugger of the machine's notebook.
pub(super) struct Onlooker;

impl Watcher for Onlooker {
    fn raised(&self, vm: &Vm, exception: &Obj) {
        if let Ok(notebook) = notebook(vm) {
            notebook.stop_at_raise(exception);
        }
    }

    fn dying(&self, vm: &Vm, obj: &Obj) {
        if let Ok(notebook) = notebook(vm) {
            notebook.stop_at_death(obj);
        }
    }

    fn phase(&self, vm: &Vm, generation: usize, phase: CollectionPhase) {
        if let Ok(notebook) = notebook(vm) {
            notebook.stop_in_collection(generation, phase);
        }
    }
}

impl Notebook {
    /// Runs something of the user's: only that can be stopped.
    pub(crate) fn debugged<T>(&self, run: impl FnOnce() -> T) -> T {
        let before = self.debugger.running.replace(true);
        let done = run();
        self.debugger.running.set(before);
        done
    }

    /// Whether what happens now is the program's own doing.
    fn may_stop(&self) -> bool {
        self.debugger.running.get() && !self.debugger.working.get()
    }

    /// Does something that stops nothing.
    fn at_work<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = self.debugger.working.replace(true);
        let done = work();
        self.debugger.working.set(before);
        done
    }

    /// The machine has come to a trap.
    pub(super) fn debug_stop(&self, vm: &Vm, line: i32) -> PyResult<()> {
        if !self.may_stop() {
            return Ok(());
        }
        let interrupted = self.at_work(|| {
            let levels = self.here();
            let innermost = levels.first()?;
            let depth = levels.len();
            let broken = self.at_breakpoint(&innermost.frame, line);
            let stepped = match self.debugger.pace.get() {
                Pace::Run => false,
                Pace::In => true,
                Pace::Over(limit) => depth <= limit,
                Pace::Out(limit) => depth < limit,
            };
            let reason = if broken { "breakpoint" } else { "step" };
            let stop = Stop { reason, description: String::new(), text: String::new(), scene: Scene::Line };
            (broken || stepped).then(|| self.halt(levels, stop))
        });
        match interrupted {
            Some(true) => Err(vm.new_exception(&vm.types.keyboard_interrupt, Vec::new())),
            _ => Ok(()),
        }
    }

    fn stop_at_raise(&self, exception: &Obj) {
        if self.may_stop() {
            self.at_work(|| {
                let levels = self.here();
                if levels.first().is_some_and(|level| self.is_of_cell(&level.frame)) {
                    self.stop_at_exception(exception, levels);
                }
            });
        }
    }

    /// A cell ends with an exception: the frames are gone, and its traceback remembers them.
    pub(crate) fn debug_uncaught(&self, raised: &Raised) {
        if self.debugger.attached.get() && self.debugger.filters.borrow().uncaught && self.may_stop() {
            self.at_work(|| self.stop_at_exception(&raised.0, self.left_behind(&raised.0)));
        }
    }

    fn stop_at_exception(&self, exception: &Obj, levels: Vec<Level>) {
        let vm = self.vm();
        if QUIET.contains(&vm.type_name(exception).as_str()) || levels.is_empty() {
            return;
        }
        let text = vm.format_exception_only(exception).trim().to_owned();
        let scene = Scene::Raised(exception.clone());
        self.halt_aside(levels, Stop { reason: "exception", description: text.clone(), text, scene });
    }

    fn stop_at_death(&self, obj: &Obj) {
        if !self.may_stop() {
            return;
        }
        self.at_work(|| {
            let watched = self.debugger.filters.borrow_mut().unwatch(obj.id());
            if !watched && !self.wants_death(obj) {
                return;
            }
            if watched {
                self.look_on();
                self.event("breakpoint", json!({ "reason": "removed", "breakpoint": { "id": obj.id(), "verified": false } }));
            }
            let levels = self.here();
            if !levels.is_empty() {
                let reason = if watched { "data breakpoint" } else { "exception" };
                let description = format!("the refcount of {} has fallen to zero", self.name_of(obj));
                let text = self.vm().type_name(obj);
                self.halt_aside(levels, Stop { reason, description, text, scene: Scene::Dying(obj.clone()) });
            }
        });
    }

    fn stop_in_collection(&self, generation: usize, phase: CollectionPhase) {
        if !self.may_stop() || !self.debugger.filters.borrow().wants_phase(generation, phase) {
            return;
        }
        self.at_work(|| {
            // The heap is looked at before frames become objects on it.
            let (told, rows) = scenes::phase(self, generation, phase);
            let levels = self.here();
            if !levels.is_empty() {
                let description = format!("collection of generation {generation}, {}: {told}", phase.name());
                let scene = Scene::Phase { generation, phase, rows };
                self.halt_aside(levels, Stop { reason: "exception", description, text: phase.name().to_owned(), scene });
            }
        });
    }

    /// Stops where no exception can be raised; an interrupt waits for the machine to look for it.
    fn halt_aside(&self, levels: Vec<Level>, stop: Stop) {
        if self.halt(levels, stop) {
            self.outlet.interrupt();
        }
    }

    /// Stops, and serves the debugger until the program is to go on. Gives whether an interrupt came instead.
    fn halt(&self, levels: Vec<Level>, stop: Stop) -> bool {
        let debugger = &self.debugger;
        self.vm().flush_streams();
        let mut body = json!({ "threadId": THREAD, "reason": stop.reason, "allThreadsStopped": true });
        if !stop.description.is_empty() {
            body["description"] = stop.description.clone().into();
            body["text"] = stop.text.clone().into();
            body["heapbook"] = self.scene_data(&stop.scene);
        }
        *debugger.levels.borrow_mut() = levels;
        *debugger.stop.borrow_mut() = Some(stop);
        self.event("stopped", body);
        let interrupted = self.outlet.wait(&|| !debugger.is_stopped());
        debugger.stop.take();
        debugger.levels.take();
        debugger.shown.take();
        if interrupted {
            debugger.pace.set(Pace::Run);
        }
        self.arm_all();
        interrupted
    }

    pub(super) fn resume(&self, pace: Pace) -> Result<Value, String> {
        if !self.debugger.is_stopped() {
            return Err("the program is not stopped".into());
        }
        self.debugger.pace.set(pace);
        self.debugger.stop.take();
        self.event("continued", json!({ "threadId": THREAD, "allThreadsContinued": true }));
        Ok(json!({ "allThreadsContinued": true }))
    }

    /// What an exception filter stopped at.
    pub(super) fn exception_info(&self) -> Result<Value, String> {
        let stop = self.debugger.stop.borrow();
        let stop = stop.as_ref().filter(|stop| !stop.description.is_empty()).ok_or("no filter stopped the program")?;
        let id = match &stop.scene {
            Scene::Raised(exception) => self.vm().type_name(exception),
            _ => stop.text.clone(),
        };
        Ok(json!({ "exceptionId": id, "description": stop.description, "breakMode": "always" }))
    }

    /// The frames that run, the innermost first.
    fn here(&self) -> Vec<Level> {
        (0..).map_while(|depth| self.vm().current_frame(depth)).map(|frame| Level { frame, line: None }).collect()
    }

    /// The frames that an exception has passed, the innermost first.
    fn left_behind(&self, exception: &Obj) -> Vec<Level> {
        let vm = self.vm();
        let mut levels = Vec::new();
        let mut next = vm.getattr_str(exception, "__traceback__").ok();
        while let Some(entry) = next.filter(|entry| !entry.is(&vm.consts.none)) {
            if let Ok(frame) = vm.getattr_str(&entry, "tb_frame") {
                let line = vm.getattr_str(&entry, "tb_lineno").ok().and_then(|line| line.get::<Int>().map(|line| line.0));
                levels.push(Level { frame, line });
            }
            next = vm.getattr_str(&entry, "tb_next").ok();
        }
        levels.reverse();
        levels
    }
}
