//! The Rust beside the Python: a Rust kernel, `evcxr_jupyter`, for the pages' `rust` fences.
//!
//! It stands beside whatever runs the Python and passes on everything else. Each session starts with the
//! heap crate at hand, and with a failed assertion being an error, which by default it is not there.

use super::kernel::{Running, output};
use anyhow::Result;
use chapter::{Cell, Engine, Language, Output, Session, Tolerance, Trouble, Version};
use jupyter::{Event, KernelSpec};
use picture::Request;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the Rust kernel is called.
const PROGRAM: &str = "evcxr_jupyter";
/// Where a book has one of its own.
const OWN: &str = "target/evcxr/bin/evcxr_jupyter";
/// What puts it there.
pub(crate) const INSTALL: &str = "cargo install evcxr_jupyter --version 0.22.0 --locked --root target/evcxr";

/// The Rust kernel: the book's own, the one that Jupyter knows, or the one on the path.
pub(crate) fn find(root: &Path) -> Option<KernelSpec> {
    let own = std::path::absolute(root.join(OWN)).ok().filter(|own| own.is_file());
    let known = || jupyter::find("rust").ok().filter(|spec| spec.argv.iter().any(|argument| argument.contains("evcxr")));
    let on_path = || std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(PROGRAM)).find(|program| program.is_file());
    own.map(|own| plain(&own)).or_else(known).or_else(|| on_path().map(|program| plain(&program)))
}

fn plain(program: &Path) -> KernelSpec {
    KernelSpec {
        name: "rust".into(),
        argv: vec![program.to_string_lossy().into_owned(), "--control_file".into(), "{connection_file}".into()],
        language: "rust".into(),
        env: Vec::new(),
    }
}

/// An engine that leaves Python to another.
pub(crate) struct WithRust {
    python: Box<dyn Engine>,
    spec: KernelSpec,
    heap: Option<PathBuf>,
    /// Where the kernel works: beside the notebooks, so that a path in a cell leads to the same place in both.
    at: Option<PathBuf>,
    limit: Duration,
}

impl WithRust {
    /// Adds Rust to an engine. `root` is the book's folder, where the heap crate is.
    pub(crate) fn new(python: Box<dyn Engine>, root: &Path, limit: Duration) -> WithRust {
        let spec = find(root).unwrap_or_else(|| plain(Path::new(PROGRAM)));
        let heap = root.join("kernel/heap");
        let at = root.join("notebooks");
        WithRust { python, spec, heap: heap.is_dir().then_some(heap), at: at.is_dir().then_some(at), limit }
    }

    fn start(&self) -> Result<Running> {
        let mut running = Running::start(&self.spec, self.limit, self.at.as_deref())?;
        // A failed assertion ends the cell as an error. Each cell has the heap crate's statics for itself, and none of those ever changes.
        let mut first = String::from(":preserve_vars_on_panic 0\n");
        if let Some(heap) = &self.heap {
            first += &format!(":dep heap = {{ path = {:?} }}\n", heap.display().to_string());
        }
        for event in running.execute(&first)? {
            if let Event::Error { traceback, .. } = event {
                anyhow::bail!("the heap crate does not load:\n{traceback}");
            }
        }
        Ok(running)
    }
}

impl Engine for WithRust {
    fn name(&self) -> String {
        format!("{} and Rust", self.python.name())
    }

    fn open(&self, language: Language, version: Version) -> Result<Option<Box<dyn Session>>, Trouble> {
        if language != Language::Rust {
            return self.python.open(language, version);
        }
        match self.start() {
            Ok(running) => Ok(Some(Box::new(RustSession { running, picture: None, draws: false }))),
            Err(error) => Err(Trouble(format!("{error:#}\n`{INSTALL}` installs the Rust kernel"))),
        }
    }

    fn judges(&self) -> bool {
        self.python.judges()
    }

    fn minds_marks(&self) -> bool {
        self.python.minds_marks()
    }

    fn tolerance(&self, language: Language) -> Tolerance {
        match language {
            Language::Rust => Tolerance::default(),
            language => self.python.tolerance(language),
        }
    }
}

struct RustSession {
    running: Running,
    /// The picture that the last cell showed.
    picture: Option<String>,
    /// Whether the page wants one of the next cell, beside what the cell prints.
    draws: bool,
}

impl Session for RustSession {
    fn run(&mut self, cell: &Cell) -> Result<Vec<Output>, Trouble> {
        let events = self.running.execute(&cell.source)?;
        let (draws, mut outputs) = (std::mem::take(&mut self.draws), Vec::new());
        self.picture = None;
        for event in events {
            match event {
                // The report says what is wrong and where; the class is the same for every error.
                Event::Error { traceback, .. } => {
                    outputs.push(Output::Error { ename: "an error".into(), evalue: traceback.clone(), traceback })
                }
                Event::Result(text) if draws && picture::read(&format!("{text}\n")).is_some() => self.picture = Some(text + "\n"),
                event => outputs.push(output(event, &cell.name)),
            }
        }
        Ok(outputs)
    }

    fn look(&mut self, _request: &Request) {
        self.draws = true;
    }

    /// In Rust the picture is the cell's own value: what it shows is said in its code.
    fn heap(&mut self, _request: &Request) -> Option<String> {
        self.picture.take()
    }
}
