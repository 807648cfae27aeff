//! The seam: a cell goes in, ordered outputs come out.
//!
//! A session is one machine with the names of a notebook: `In`, `Out`, `_`, `__` and `___` hold what was shown, each with one reference.
//! As in a notebook each top-level statement is compiled on its own, and a cell's literals live until the cell ends, so a literal has one
//! reference more in its own cell. It knows neither Markdown nor wire.

mod world;

use std::rc::Rc;

use compile::{Mode, Options};
use heap::{Dict, List, Obj};
use vm::host::{Host, Stream};
use vm::{PyResult, Raised, Vm};

pub use compile::Version;
pub use world::World;

/// A piece of what a cell gave, in the order it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Text on standard output.
    Stdout(String),
    /// Text on standard error.
    Stderr(String),
    /// The last value, as `repr` shows it.
    Value(String),
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
    world: Rc<World>,
    /// The dict of `__main__`.
    names: Obj,
    /// `In`.
    history: Obj,
    /// `Out`.
    values: Obj,
}

/// A session could not start.
#[derive(Debug)]
pub struct NoStart(pub String);

impl Session {
    /// A new session in a modelled world of its own.
    pub fn new(version: Version) -> Result<Session, NoStart> {
        let world = Rc::new(World::default());
        let vm = Vm::new(version, Rc::clone(&world) as Rc<dyn Host>);
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
        Ok(Session { vm, world, names, history, values })
    }

    /// Runs a cell of a notebook: its last value is shown, and kept in `_` and `Out`. `name` is the file name in tracebacks.
    pub fn run_cell(&mut self, source: &str, name: &str) -> Vec<Output> {
        if let Some(history) = self.history.get::<List>() {
            history.push(self.vm.str(source));
        }
        self.run(source, name, Mode::Eval)
    }

    /// Runs one statement as the prompt does: every value is shown, the last is `_`.
    pub fn run_prompt(&mut self, source: &str, name: &str) -> Vec<Output> {
        self.run(source, name, Mode::Single)
    }

    /// `shown` is how an expression at the end is compiled.
    fn run(&mut self, source: &str, name: &str, shown: Mode) -> Vec<Output> {
        let vm = &self.vm;
        vm.remember_source(name, source);
        let mut outputs = Vec::new();
        let Some(statements) = compile::statements(source) else {
            if let Err(raised) = vm.compile_text(source, name, Mode::Exec, Options::default()) {
                self.report(raised, &mut outputs);
            }
            return outputs;
        };
        // A cell's literals live until the cell ends.
        let mut held = Vec::new();
        let last = statements.len().saturating_sub(1);
        for (i, statement) in statements.iter().enumerate() {
            let mode = if shown == Mode::Single || (i == last && statement.is_expression) { shown } else { Mode::Exec };
            let done = self.execute(&statement.text, name, mode, &mut held);
            self.collect(&mut outputs);
            match done {
                Ok(Some(value)) => {
                    if let Err(raised) = self.show(&value, &mut outputs) {
                        self.report(raised, &mut outputs);
                    }
                }
                Ok(None) => {}
                Err(raised) => {
                    self.report(raised, &mut outputs);
                    break;
                }
            }
        }
        drop(held);
        vm.flush_streams();
        self.collect(&mut outputs);
        outputs
    }

    /// Runs one statement. Gives the value of an expression that is to be shown.
    fn execute(&self, text: &str, name: &str, mode: Mode, held: &mut Vec<Obj>) -> PyResult<Option<Obj>> {
        let vm = &self.vm;
        let code = vm.compile_text(text, name, mode, Options::default())?;
        vm.literals(&code, held);
        let value = vm.run_code(&code, &self.names, &self.names)?;
        Ok((mode == Mode::Eval && !value.is(&vm.consts.none)).then_some(value))
    }

    /// Shows a value, and keeps it in `_` and `Out`.
    fn show(&self, value: &Obj, outputs: &mut Vec<Output>) -> PyResult<()> {
        let vm = &self.vm;
        let text = vm.text_of(&vm.repr(value)?)?;
        vm.flush_streams();
        self.collect(outputs);
        outputs.push(Output::Value(text));
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
    fn collect(&self, outputs: &mut Vec<Output>) {
        self.vm.flush_streams();
        for (stream, data) in self.world.take() {
            let text = String::from_utf8_lossy(&data).into_owned();
            match (stream, outputs.last_mut()) {
                (Stream::Stdout, Some(Output::Stdout(last))) | (Stream::Stderr, Some(Output::Stderr(last))) => last.push_str(&text),
                (Stream::Stdout, _) => outputs.push(Output::Stdout(text)),
                (Stream::Stderr, _) => outputs.push(Output::Stderr(text)),
            }
        }
    }

    /// The exception that ended a cell. It is kept as `sys.last_exc`, as at the prompt.
    fn report(&self, raised: Raised, outputs: &mut Vec<Output>) {
        let vm = &self.vm;
        self.collect(outputs);
        vm.keep_last_exception(&raised.0);
        let class = vm.class_of(&raised.0);
        let ename = vm.getattr_str(&class, "__name__").map(|name| vm.lossy(&name)).unwrap_or_default();
        let evalue = vm.text_of(&raised.0).unwrap_or_default();
        let traceback = vm.format_exception(&raised.0);
        outputs.push(Output::Error { ename, evalue, traceback });
        drop(raised);
        self.collect(outputs);
    }
}
