//! `heapbook kernel`: a notebook's session behind Jupyter's wire.

use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jupyter::{Completeness, Completions, Execute, Executed, Failure, Frontend, History, Info, Interpreter, Remembered};
use serde_json::{Map, Value};
use session::{Cell, Notebook, Past, Question, Version};

use crate::cli::KernelArgs;
use crate::history::{self, HistoryFile};
use crate::kernel_host::KernelHost;

pub(crate) fn command(args: &KernelArgs) -> anyhow::Result<ExitCode> {
    let version = args.python;
    let kept = if args.no_history { None } else { history::file() };
    let connection = jupyter::Connection::read(&args.file)?;
    jupyter::serve(&connection, info(version), move |frontend| match Python::start(version, frontend, kept.clone()) {
        Ok(python) => python,
        Err(why) => {
            eprintln!("heapbook: the machine did not start: {why}");
            std::process::exit(2)
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn info(python: Version) -> Info {
    Info {
        implementation: "heapbook",
        implementation_version: env!("CARGO_PKG_VERSION"),
        banner: session::banner(python),
        language: session::language_info(python),
        help_links: vec![
            ("Python Reference", "https://docs.python.org/3.14"),
            ("Garbage Collector", "https://docs.python.org/3.14/library/gc.html"),
        ],
        debugger: true,
    }
}

/// A notebook's session, as the wire drives it.
struct Python {
    notebook: Rc<Notebook>,
}

impl Python {
    fn start(version: Version, frontend: &Frontend, kept: Option<PathBuf>) -> Result<Rc<dyn Interpreter>, String> {
        let host = Rc::new(KernelHost::new(frontend.clone()));
        let archive = kept.map(|file| {
            let history = HistoryFile::new(file);
            let kept = history.clone();
            frontend.at_end(move || kept.settle());
            Rc::new(history) as _
        });
        let notebook = Notebook::start(version, Rc::clone(&host) as _, Rc::clone(&host) as _, archive).map_err(|error| error.0)?;
        let python = Rc::new(Python { notebook });
        host.connect(Rc::downgrade(&(Rc::clone(&python) as Rc<dyn Interpreter>)));
        Ok(python)
    }
}

impl Interpreter for Python {
    fn breaker(&self) -> Arc<AtomicBool> {
        self.notebook.breaker()
    }

    fn next_count(&self) -> u64 {
        self.notebook.next_count()
    }

    fn execute(&self, request: &Execute) -> Executed {
        let done = self.notebook.run(Cell { code: &request.code, silent: request.silent, store: request.store_history });
        let expressions = request.user_expressions.iter().filter(|_| done.failure.is_none());
        Executed {
            count: done.count,
            user_expressions: expressions.map(|(name, text)| (name.clone(), self.notebook.evaluate(text))).collect(),
            failure: done.failure.map(|failure| Failure { ename: failure.ename, evalue: failure.evalue, traceback: failure.traceback }),
            payload: done.payload,
            metadata: Map::from_iter([(session::HEAP.to_owned(), done.heap)]),
        }
    }

    fn complete(&self, code: &str, cursor: usize) -> Completions {
        let session::Completions { matches, types, start, end } = self.notebook.complete(code, cursor);
        Completions { matches, types, start, end }
    }

    fn inspect(&self, code: &str, cursor: usize, detail: u64) -> Option<Map<String, Value>> {
        self.notebook.inspect(code, cursor, detail)
    }

    fn is_complete(&self, code: &str) -> Completeness {
        match self.notebook.is_complete(code) {
            session::Completeness::Complete => Completeness::Complete,
            session::Completeness::Incomplete(indent) => Completeness::Incomplete(indent),
            session::Completeness::Invalid => Completeness::Invalid,
        }
    }

    fn history(&self, question: &History) -> Vec<Remembered> {
        let question = match question {
            History::Tail(n) => Question::Tail(*n),
            History::Range(session, start, stop) => Question::Range(*session, *start, *stop),
            History::Search(pattern, n, unique) => Question::Search(pattern.clone(), *n, *unique),
        };
        let remembered = |Past { session, number, source, output }| Remembered { session, number, source, output };
        self.notebook.history(&question).into_iter().map(remembered).collect()
    }

    fn debug(&self, request: &Value) -> Value {
        self.notebook.debug(request)
    }

    fn end(&self) {
        self.notebook.end();
    }
}
