//! The seam: a cell goes in, ordered outputs come out.
//!
//! A session is one machine with the names of a notebook: `In`, `Out`, `_`, `__` and `___` hold what was shown, each with one reference.
//! As in a notebook each top-level statement is compiled on its own, and a cell's literals live until the cell ends, so a literal has one
//! reference more in its own cell. It knows neither Markdown nor wire. [`Session`] runs the cells of pages in a modelled world;
//! [`Notebook`] is a session in the real one, with magics, rich displays, completion, inspection and history.

mod color;
mod complete;
#[cfg(feature = "debugger")]
mod debug;
#[cfg(not(feature = "debugger"))]
#[path = "no_debugger.rs"]
mod debug;
mod display;
mod history;
mod inspect;
mod json;
mod look;
mod magic;
mod notebook;
mod reach;
mod syntax;
mod tally;
mod words;
mod world;

use std::rc::Rc;

use compile::{Mode, Options};
use heap::{Dict, List, Obj};
use serde_json::{Map, Value, json};
use vm::host::{Host, Stream};
use vm::{PyResult, Raised, Vm};

pub use compile::Version;
pub use history::{Archive, Past, Question};
pub use look::{show, timeline};
pub use notebook::{Cell, Completions, Done, Failure, HEAP, Notebook, Outlet};
pub use syntax::Completeness;
pub use world::{Onlooker, World};

/// A piece of what a cell gave, in the order it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Text on standard output.
    Stdout(String),
    /// Text on standard error.
    Stderr(String),
    /// The last value.
    Value {
        /// As `repr` shows it.
        text: String,
        /// In a notebook, by media type, the text among them.
        data: Map<String, Value>,
        /// What is to be known of the data.
        metadata: Map<String, Value>,
    },
    /// The exception that ended the cell.
    Error {
        /// Its class's name.
        ename: String,
        /// Its text.
        evalue: String,
        /// The whole traceback as printed.
        traceback: String,
    },
}

/// A machine that remembers what earlier cells did.
pub struct Session {
    vm: Box<Vm>,
    /// The modelled world, if that is where it runs.
    world: Option<Rc<World>>,
    /// The dict of `__main__`.
    names: Obj,
    /// `In`.
    history: Obj,
    /// `Out`.
    values: Obj,
    /// What was seen before the cell that runs, if a picture of it is wanted.
    before: look::Before,
}

/// What a kernel says at its start.
pub fn banner(version: Version) -> String {
    format!("Heapbook {}: Python {} on a heap that can be looked at", env!("CARGO_PKG_VERSION"), release(version))
}

/// What Jupyter's protocol calls `language_info`.
pub fn language_info(version: Version) -> Value {
    json!({
        "name": "python",
        "version": release(version),
        "mimetype": "text/x-python",
        "file_extension": ".py",
        "pygments_lexer": "ipython3",
        "codemirror_mode": { "name": "ipython", "version": 3 },
        "nbconvert_exporter": "python",
    })
}

fn release(version: Version) -> String {
    let (major, minor, micro) = version.release();
    format!("{major}.{minor}.{micro}")
}

/// A session could not start.
#[derive(Debug)]
pub struct NoStart(pub String);

/// Which values of a cell are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// That of an expression at the end, kept in `Out`.
    Last,
    /// Those of all expressions, as at the prompt.
    Every,
    /// None.
    Nothing,
}

impl Session {
    /// A new session in a modelled world of its own.
    pub fn new(version: Version) -> Result<Session, NoStart> {
        let world = Rc::new(World::default());
        Session::start(version, Rc::clone(&world) as Rc<dyn Host>, Some(world))
    }

    /// A new session in a modelled world of its own that somebody looks at.
    pub fn watched(version: Version, onlooker: Rc<dyn Onlooker>) -> Result<Session, NoStart> {
        let world = Rc::new(World::watched(onlooker));
        Session::start(version, Rc::clone(&world) as Rc<dyn Host>, Some(world))
    }

    fn start(version: Version, host: Rc<dyn Host>, world: Option<Rc<World>>) -> Result<Session, NoStart> {
        let vm = Vm::new(version, host);
        let told = |vm: &Vm, raised: Raised| NoStart(vm.format_exception(&raised.0));
        vm.start().map_err(|raised| told(&vm, raised))?;
        let names = vm.new_main().map_err(|raised| told(&vm, raised))?;
        let history = vm.list(vec![vm.str("")]);
        let values = vm.dict();
        vm.dict_set_str(&names, "In", history.clone());
        vm.dict_set_str(&names, "Out", values.clone());
        for name in ["_", "__", "___"] {
            vm.dict_set_str(&names, name, vm.str(""));
        }
        vm.set_argv(&[String::new()]);
        vm.add_path("");
        vm.heap.collect(2);
        vm.show.set(Some(show));
        Ok(Session { vm, world, names, history, values, before: None })
    }

    /// What the objects take, in bytes.
    pub fn held_bytes(&self) -> u64 {
        self.vm.held_bytes()
    }

    /// About how many objects there are, told at once even of millions.
    pub fn rough_count(&self) -> usize {
        self.vm.heap.rough_count()
    }

    /// Runs a cell of a notebook: its last value is shown, and kept in `_` and `Out`. `name` is the file name in tracebacks.
    pub fn run_cell(&mut self, source: &str, name: &str) -> Vec<Output> {
        self.remember(source);
        let mut outputs = Vec::new();
        self.run(source, name, Shown::Last, &mut |output| put(&mut outputs, output));
        outputs
    }

    /// Runs one statement as the prompt does: every value is shown, the last is `_`.
    pub fn run_prompt(&mut self, source: &str, name: &str) -> Vec<Output> {
        let mut outputs = Vec::new();
        self.run(source, name, Shown::Every, &mut |output| put(&mut outputs, output));
        outputs
    }

    /// Adds a cell to `In`.
    fn remember(&self, source: &str) {
        if let Some(history) = self.history.get::<List>() {
            history.push(self.vm.str(source));
        }
    }

    /// Runs a text and gives each output away as it comes, the exception that ended it too.
    fn run(&self, source: &str, name: &str, shown: Shown, put: &mut dyn FnMut(Output)) {
        if let Err(raised) = self.statements(source, name, shown, put) {
            self.report(raised, put);
        }
    }

    /// Runs one statement of a text after the other.
    fn statements(&self, source: &str, name: &str, shown: Shown, put: &mut dyn FnMut(Output)) -> PyResult<()> {
        let vm = &self.vm;
        vm.remember_source(name, source);
        let Some(statements) = compile::statements(source, shown != Shown::Every) else {
            return vm.compile_text(source, name, Mode::Exec, Options::default()).map(drop);
        };
        // A cell's literals live until the cell ends.
        let mut held = Vec::new();
        let last = statements.len().saturating_sub(1);
        for (i, statement) in statements.iter().enumerate() {
            let mode = match shown {
                Shown::Every => Mode::Single,
                Shown::Last if i == last && statement.is_expression => Mode::Eval,
                _ => Mode::Exec,
            };
            let done = self.execute(&statement.text, name, mode, &mut held);
            self.collect(put);
            if let Some(value) = done? {
                self.show(&value, put)?;
            }
        }
        drop(held);
        self.collect(put);
        Ok(())
    }

    /// Runs one statement. Gives the value of an expression that is to be shown.
    fn execute(&self, text: &str, name: &str, mode: Mode, held: &mut Vec<Obj>) -> PyResult<Option<Obj>> {
        let vm = &self.vm;
        let (code, tree) = vm.compile_holding(text, name, mode, Options::default())?;
        held.extend(tree);
        if self.world.is_none()
            && let Ok(notebook) = notebook::notebook(vm)
        {
            notebook.debug_code(&code);
        }
        let value = vm.run_code(&code, &self.names, &self.names)?;
        Ok((mode == Mode::Eval && !value.is(&vm.consts.none)).then_some(value))
    }

    /// Shows a value, and keeps it in `_` and `Out`.
    fn show(&self, value: &Obj, put: &mut dyn FnMut(Output)) -> PyResult<()> {
        let vm = &self.vm;
        // Pages show plain text only.
        if self.world.is_some() {
            let text = vm.text_of(&vm.repr(value)?)?;
            self.collect(put);
            put(Output::Value { text, data: Map::new(), metadata: Map::new() });
        } else if let Some(bundle) = display::bundle(vm, value)? {
            self.collect(put);
            let text = bundle.data.get("text/plain").and_then(Value::as_str).unwrap_or_default().to_owned();
            put(Output::Value { text, data: bundle.data, metadata: bundle.metadata });
        }
        let before = |name: &str| vm.dict_get_str(&self.names, name).unwrap_or_else(|| vm.str(""));
        let (one, two) = (before("_"), before("__"));
        vm.dict_set_str(&self.names, "___", two);
        vm.dict_set_str(&self.names, "__", one);
        vm.dict_set_str(&self.names, "_", value.clone());
        if !value.is(&self.values) && self.values.get::<Dict>().is_some() {
            let number = self.history.get::<List>().map_or(0, |history| history.len() - 1);
            vm.dict_set(&self.values, &vm.int(number as i64), value.clone())?;
        }
        Ok(())
    }

    /// Takes what was written since the last time.
    fn collect(&self, put: &mut dyn FnMut(Output)) {
        self.vm.flush_streams();
        for (stream, data) in self.world.as_ref().map(|world| world.take()).unwrap_or_default() {
            let text = String::from_utf8_lossy(&data).into_owned();
            put(if stream == Stream::Stdout { Output::Stdout(text) } else { Output::Stderr(text) });
        }
    }

    /// The exception that ended a cell. It is kept as `sys.last_exc`, as at the prompt.
    fn report(&self, raised: Raised, put: &mut dyn FnMut(Output)) {
        self.collect(put);
        self.vm.keep_last_exception(&raised.0);
        put(self.error_of(&raised));
        drop(raised);
        self.collect(put);
    }

    fn error_of(&self, raised: &Raised) -> Output {
        let vm = &self.vm;
        let class = vm.class_of(&raised.0);
        let ename = vm.getattr_str(&class, "__name__").map(|name| vm.lossy(&name)).unwrap_or_default();
        let evalue = vm.text_of(&raised.0).unwrap_or_default();
        Output::Error { ename, evalue, traceback: vm.format_exception(&raised.0) }
    }
}

/// Adds an output; pieces of one stream become one.
fn put(outputs: &mut Vec<Output>, output: Output) {
    match (outputs.last_mut(), output) {
        (Some(Output::Stdout(last)), Output::Stdout(text)) | (Some(Output::Stderr(last)), Output::Stderr(text)) => last.push_str(&text),
        (_, output) => outputs.push(output),
    }
}
