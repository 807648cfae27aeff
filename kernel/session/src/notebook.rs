//! A session as a notebook uses it: cells with magics, whatever outputs they have, in the real world.

use std::cell::{Cell as Place, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use compile::{Mode, Options, Version};
use heap::Obj;
use picture::Picture;
use serde_json::{Map, Value, json};
use vm::host::Host;
use vm::{Args, Convention, Method, PyResult, Raised, Vm};

#[cfg(feature = "debugger")]
use crate::debug::Debugger;
use crate::history::{self, Archive, Past, Question};
use crate::tally::Tally;
use crate::{NoStart, Output, Session, Shown, color, complete, display, inspect, json as to_json, magic, reach, syntax};

/// Whoever looks on.
pub trait Outlet {
    /// Shows something: `execute_result`, `display_data`, `update_display_data`, `clear_output`, each with its content.
    fn publish(&self, kind: &str, content: Value);
    /// The program is stopped: serves the debugger's requests until `goes_on` says so. Gives whether an interrupt came instead.
    fn wait(&self, goes_on: &dyn Fn() -> bool) -> bool;
    /// Interrupts the program that runs, as its user does.
    fn interrupt(&self);
}

/// A cell to run.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    /// Its text.
    pub code: &'a str,
    /// Whether no value is to be shown.
    pub silent: bool,
    /// Whether it is counted, and kept in `In`.
    pub store: bool,
}

/// What became of a cell.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// Its number.
    pub count: u64,
    /// What ended it.
    pub failure: Option<Failure>,
    /// Pages to show, cells to write.
    pub payload: Vec<Value>,
    /// What it did to the heap, as [`HEAP`] has it.
    pub heap: Value,
}

/// The name of [`Done::heap`] in a reply's metadata.
pub const HEAP: &str = "heapbook";

/// An exception that ended a cell.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Its class's name.
    pub ename: String,
    /// Its text.
    pub evalue: String,
    /// The traceback's lines, in color.
    pub traceback: Vec<String>,
}

/// What may stand at the cursor.
#[derive(Debug, Clone, Default)]
pub struct Completions {
    /// The texts.
    pub matches: Vec<String>,
    /// What they are.
    pub types: Vec<String>,
    /// Where they begin, in characters.
    pub start: usize,
    /// Where they end.
    pub end: usize,
}

/// A notebook's session.
pub struct Notebook {
    pub(crate) session: Session,
    pub(crate) outlet: Rc<dyn Outlet>,
    past: RefCell<Vec<Past>>,
    /// Where the cells of all sessions are kept.
    archive: Option<Rc<dyn Archive>>,
    /// The number of the next cell.
    count: Place<u64>,
    pub(crate) payload: RefCell<Vec<Value>>,
    /// How many pictures were drawn.
    pictures: Place<u64>,
    #[cfg(feature = "debugger")]
    pub(crate) debugger: Debugger,
    /// Whether outputs are dropped: a cell is being captured.
    muted: Place<bool>,
    /// The last value's text, of the cell that runs.
    last_value: RefCell<Option<String>>,
    /// The sessions of other versions that `%%version` has begun.
    pub(crate) beside: RefCell<Vec<(Version, Rc<Notebook>)>>,
    /// What ended a cell of one of them, to be told instead of the exception that says so here.
    failed_beside: RefCell<Option<Failure>>,
}

/// What native functions find beside the machine.
struct Companion(Weak<Notebook>);

/// The modules that notebooks import from IPython, and what else is different in them.
const MODULES: [(&str, bool, &str); 6] = [
    ("IPython", true, include_str!("ipython/__init__.py")),
    ("IPython.display", false, include_str!("ipython/display.py")),
    ("IPython.core", true, include_str!("ipython/core.py")),
    ("IPython.core.display", false, "from IPython.display import *\n"),
    ("IPython.core.getipython", false, "from IPython import get_ipython\n"),
    ("getpass", false, include_str!("ipython/getpass.py")),
];

/// `_heapbook`: what those modules are made of.
static FUNCTIONS: [Method; 6] = [
    Method::new("publish", publish, Convention::Positional),
    Method::new("bundle", bundle, Convention::One),
    Method::new("ask", ask, Convention::Positional),
    Method::new("run_line_magic", run_line_magic, Convention::Positional),
    Method::new("run_cell_magic", run_cell_magic, Convention::Positional),
    Method::new("execution_count", |vm, _, _| Ok(vm.int(notebook(vm)?.count.get() as i64)), Convention::NoArgs),
];

/// What IPython puts beside the builtins.
static BUILTINS: [Method; 2] =
    [Method::new("get_ipython", get_ipython, Convention::NoArgs), Method::new("display", display_objects, Convention::Keywords)];

impl Notebook {
    /// A new notebook.
    pub fn start(
        version: Version,
        host: Rc<dyn Host>,
        outlet: Rc<dyn Outlet>,
        archive: Option<Rc<dyn Archive>>,
    ) -> Result<Rc<Notebook>, NoStart> {
        Notebook::start_with(version, host, outlet, archive, None)
    }

    /// A new notebook that is interrupted by a flag that is there already.
    pub(crate) fn start_with(
        version: Version,
        host: Rc<dyn Host>,
        outlet: Rc<dyn Outlet>,
        archive: Option<Rc<dyn Archive>>,
        breaker: Option<Arc<AtomicBool>>,
    ) -> Result<Rc<Notebook>, NoStart> {
        let mut session = Session::start(version, host, None)?;
        if let Some(breaker) = breaker {
            session.vm.interrupt = breaker;
        }
        let vm = &session.vm;
        MODULES.iter().for_each(|(name, is_package, text)| vm.add_source(name, *is_package, text));
        let module = vm.new_module("_heapbook");
        let dict = vm.module_dict(&module);
        for function in &FUNCTIONS {
            vm.dict_set_str(&dict, function.name, vm.new_builtin(function, None, Some(vm.str("_heapbook"))));
        }
        if let (Some(modules), Some(builtins)) = (vm.modules.get(), vm.builtins.get()) {
            vm.dict_set_str(&modules, "_heapbook", module);
            for function in &BUILTINS {
                vm.dict_set_str(&builtins, function.name, vm.new_builtin(function, None, Some(vm.str("builtins"))));
            }
        }
        vm.heap.collect(2);
        let notebook = Rc::new(Notebook {
            session,
            outlet,
            past: RefCell::default(),
            archive,
            count: Place::new(1),
            payload: RefCell::default(),
            pictures: Place::new(0),
            #[cfg(feature = "debugger")]
            debugger: Debugger::default(),
            muted: Place::new(false),
            last_value: RefCell::default(),
            beside: RefCell::default(),
            failed_beside: RefCell::default(),
        });
        *notebook.session.vm.companion.borrow_mut() = Some(Rc::new(Companion(Rc::downgrade(&notebook))));
        Ok(notebook)
    }

    pub(crate) fn vm(&self) -> &Vm {
        &self.session.vm
    }

    pub(crate) fn names(&self) -> &Obj {
        &self.session.names
    }

    /// The flag that makes the machine ask its host for attention.
    pub fn breaker(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.vm().interrupt)
    }

    /// The number of the next cell.
    pub fn next_count(&self) -> u64 {
        self.count.get()
    }

    /// The number of the cell that runs.
    pub(crate) fn running_count(&self) -> u64 {
        self.count.get().saturating_sub(1)
    }

    /// Runs a cell under a number that it has elsewhere.
    pub(crate) fn run_as(&self, count: u64, cell: Cell<'_>) -> Done {
        self.count.set(count);
        self.run(cell)
    }

    /// The exception that ends a cell whose failure is told by another session.
    pub(crate) fn fail_with(&self, failure: Failure) -> Raised {
        let raised = self.vm().runtime_error(format!("{}: {}", failure.ename, failure.evalue));
        *self.failed_beside.borrow_mut() = Some(failure);
        raised
    }

    /// Runs a cell.
    pub fn run(&self, cell: Cell<'_>) -> Done {
        let count = self.count.get();
        if cell.store {
            self.count.set(count + 1);
            self.session.remember(cell.code);
            let vm = self.vm();
            let known = |name: &str| vm.dict_get_str(self.names(), name).unwrap_or_else(|| vm.str(""));
            let (one, two) = (known("_i"), known("_ii"));
            vm.dict_set_str(self.names(), "_iii", two);
            vm.dict_set_str(self.names(), "_ii", one);
            vm.dict_set_str(self.names(), "_i", vm.str(cell.code));
            self.past.borrow_mut().push(Past { session: 0, number: count, source: cell.code.to_owned(), output: None });
            self.archive.as_ref().inspect(|archive| archive.keep(count, cell.code));
        }
        let before = Tally::of(self.vm());
        let name = format!("Cell In[{count}]");
        self.debug_cell(&name, cell.code);
        let python = syntax::python(cell.code);
        let shown = if cell.silent || python.quiet { Shown::Nothing } else { Shown::Last };
        let failure = self.debugged(|| self.run_text(&python.text, &name, shown, count));
        let value = self.last_value.take();
        if cell.store
            && let Some(past) = self.past.borrow_mut().iter_mut().rev().find(|past| past.number == count)
        {
            past.output = value;
        }
        Done { count, failure, payload: self.payload.take(), heap: before.changes(self.vm()) }
    }

    /// Runs a text of Python; its values are shown.
    fn run_text(&self, text: &str, name: &str, shown: Shown, count: u64) -> Option<Failure> {
        let raised = self.session.statements(text, name, shown, &mut |output| self.show(output, count)).err()?;
        self.debug_uncaught(&raised);
        let mut failure = None;
        self.session.report(raised, &mut |output| {
            if let Output::Error { ename, evalue, traceback } = output {
                failure = Some(Failure { ename, evalue, traceback: color::traceback(&traceback) });
            }
        });
        self.failed_beside.take().or(failure)
    }

    /// Runs the body of a cell magic; its last value is shown.
    pub(crate) fn run_body(&self, text: &str) -> PyResult<()> {
        let count = self.count.get().saturating_sub(1);
        let python = syntax::python(text);
        let shown = if python.quiet { Shown::Nothing } else { Shown::Last };
        // The body begins on the cell's second line.
        self.session.statements(&format!("\n{}", python.text), &format!("Cell In[{count}]"), shown, &mut |output| self.show(output, count))
    }

    fn show(&self, output: Output, count: u64) {
        // What goes to the streams the host has written already.
        if let Output::Value { text, data, metadata } = output {
            *self.last_value.borrow_mut() = Some(text);
            self.publish("execute_result", json!({ "execution_count": count, "data": data, "metadata": metadata }));
        }
    }

    fn publish(&self, kind: &str, content: Value) {
        if !self.muted.get() {
            self.outlet.publish(kind, content);
        }
    }

    /// Runs something whose outputs nobody is to see.
    pub(crate) fn captured<T>(&self, run: impl FnOnce() -> T) -> T {
        let before = self.muted.replace(true);
        let done = run();
        self.muted.set(before);
        done
    }

    /// Writes to the program's standard output.
    pub(crate) fn print(&self, text: &str) -> PyResult<()> {
        let vm = self.vm();
        match vm.sys.get().and_then(|sys| vm.dict_get_str(&sys, "stdout")) {
            Some(stdout) => vm.call_method(&stdout, "write", &[vm.str(text)]).map(drop),
            None => Ok(()),
        }
    }

    /// Shows what a magic found: as text, as HTML, and as data for tools.
    pub(crate) fn report(&self, head: &str, lines: &[String], media: &str, data: Value) {
        self.tell(head, lines, None, media, data);
    }

    /// As [`Notebook::report`], with a picture below it.
    pub(crate) fn report_drawn(&self, head: &str, lines: &[String], picture: &Picture, media: &str, data: Value) {
        self.tell(head, lines, Some(picture), media, data);
    }

    fn tell(&self, head: &str, lines: &[String], picture: Option<&Picture>, media: &str, mut data: Value) {
        let told: Vec<&str> = Some(head).filter(|head| !head.is_empty()).into_iter().chain(lines.iter().map(String::as_str)).collect();
        let mut text = told.join("\n");
        let mut html = if text.is_empty() { String::new() } else { format!("<pre>{}</pre>", inspect::escape(&text)) };
        if let Some(picture) = picture {
            let drawn = picture::text(picture);
            text = [text.as_str(), drawn.trim_end()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
            html += &picture::html(picture, &self.next_picture(), true);
            data["picture"] = picture.to_json();
        }
        let data = json!({ "text/plain": text, "text/html": html, media: data });
        self.vm().flush_streams();
        self.publish("display_data", json!({ "data": data, "metadata": {}, "transient": {} }));
    }

    /// Shows a picture alone.
    pub(crate) fn show_picture(&self, picture: &Picture) {
        self.report_drawn("", &[], picture, "application/vnd.heapbook.picture+json", json!({ "version": picture::VERSION }));
    }

    /// The beginning of the ids of a picture: no two in a notebook are the same.
    fn next_picture(&self) -> String {
        self.pictures.set(self.pictures.get() + 1);
        format!("hp-{}-{}", self.running_count(), self.pictures.get())
    }

    /// An expression's value, as a reply to `user_expressions` has it.
    pub fn evaluate(&self, expression: &str) -> Value {
        let vm = self.vm();
        let value = vm
            .compile_text(expression.trim(), "<user_expression>", Mode::Eval, Options::default())
            .and_then(|code| vm.run_code(&code, self.names(), self.names()))
            .and_then(|value| display::bundle(vm, &value));
        vm.flush_streams();
        match value {
            Ok(bundle) => {
                let bundle = bundle.unwrap_or_default();
                json!({ "status": "ok", "data": bundle.data, "metadata": bundle.metadata })
            }
            Err(raised) => match self.session.error_of(&raised) {
                Output::Error { ename, evalue, traceback } => {
                    json!({ "status": "error", "ename": ename, "evalue": evalue, "traceback": color::traceback(&traceback) })
                }
                _ => unreachable!("an exception is told as an error"),
            },
        }
    }

    /// What may stand at the cursor.
    pub fn complete(&self, code: &str, cursor: usize) -> Completions {
        complete::complete(self.vm(), self.names(), code, cursor)
    }

    /// What is to be said of the name at the cursor.
    pub fn inspect(&self, code: &str, cursor: usize, detail: u64) -> Option<Map<String, Value>> {
        let name = inspect::name_at(code, cursor)?;
        let found = reach::find(self.vm(), self.names(), &name)?;
        inspect::describe(self.vm(), &name, &found, detail).ok()
    }

    /// Whether a cell can be run.
    pub fn is_complete(&self, code: &str) -> syntax::Completeness {
        syntax::completeness(code)
    }

    /// Cells of the past.
    pub fn history(&self, question: &Question) -> Vec<Past> {
        history::answer(&self.past.borrow(), self.archive.as_deref(), question)
    }

    /// The number of this session.
    pub(crate) fn session_number(&self) -> i64 {
        self.archive.as_ref().map_or(1, |archive| archive.session())
    }

    /// The end of the program.
    pub fn end(&self) {
        self.vm().end();
    }
}

/// The notebook that a machine belongs to.
pub(crate) fn notebook(vm: &Vm) -> PyResult<Rc<Notebook>> {
    let companion = vm.companion.borrow().clone();
    companion
        .and_then(|companion| companion.downcast_ref::<Companion>().and_then(|companion| companion.0.upgrade()))
        .ok_or_else(|| vm.runtime_error("the notebook is gone"))
}

/// `publish(kind, content)`.
fn publish(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "publish", 2, 2)?;
    let content = to_json::from_python(vm, &args[1])?;
    let (kind, notebook) = (vm.text_of(&args[0])?, notebook(vm)?);
    if kind == "set_next_input" {
        notebook.payload.borrow_mut().push(json!({ "source": kind, "text": content["text"], "replace": content["replace"] }));
    } else {
        vm.flush_streams();
        notebook.publish(&kind, content);
    }
    Ok(vm.none())
}

/// `bundle(obj)`: its data and metadata by media type, as two dicts; `None`, if it has shown itself.
fn bundle(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Some(bundle) = display::bundle(vm, &args.all()[0])? else { return Ok(vm.none()) };
    let dicts = [bundle.data, bundle.metadata].map(|map| to_json::to_python(vm, &Value::Object(map)));
    Ok(vm.tuple(dicts.into()))
}

/// `ask(prompt, hidden)`.
fn ask(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "ask", 2, 2)?;
    let (prompt, hidden) = (vm.text_of(&args[0])?, vm.is_true(&args[1])?);
    vm.ask(&prompt, hidden).unwrap_or_else(|| Err(vm.eof_error("there is nobody to ask")))
}

fn run_line_magic(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "run_line_magic", 2, 2)?;
    magic::run_line(&*notebook(vm)?, &vm.text_of(&args[0])?, &vm.text_of(&args[1])?)
}

fn run_cell_magic(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "run_cell_magic", 3, 3)?;
    magic::run_cell(&*notebook(vm)?, &vm.text_of(&args[0])?, &vm.text_of(&args[1])?, &vm.text_of(&args[2])?)
}

fn get_ipython(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let module = vm.import_module("IPython")?;
    vm.getattr_str(&module, "_shell")
}

fn display_objects(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let module = vm.import_module("IPython.display")?;
    vm.call_args(&vm.getattr_str(&module, "display")?, args)
}
