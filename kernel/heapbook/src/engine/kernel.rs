//! A Jupyter kernel as engine: any Python kernel as a second judge.
//!
//! Kernels show tracebacks each in their own way, so of these the last line counts. IPython is asked to
//! show values by `repr`, to make no garbage of its own when it shows an error, and to hold of a shown
//! value what a page's session holds, because a page counts all three.

use super::folder::Folder;
use anyhow::{Result, bail};
use chapter::{Cell, Engine, Language, Output, Session, Tolerance, Trouble, Version};
use jupyter::{Client, Event, KernelSpec};
use std::path::Path;
use std::time::Duration;

/// Run before the first cell of a kernel that is IPython.
const IPYTHON_PRELUDE: &str = include_str!("ipython_prelude.py");
/// What such a kernel is started with.
const IPYTHON_ARGUMENTS: &[&str] =
    &["--PlainTextFormatter.pprint=False", "--HistoryManager.enabled=False", "--InteractiveShell.xmode=Minimal"];

/// An installed kernel.
pub(crate) struct Kernel {
    spec: KernelSpec,
    version: Version,
    limit: Duration,
}

impl Kernel {
    /// Finds a kernel and asks it for its version.
    pub(crate) fn new(name: &str, limit: Duration) -> Result<Kernel> {
        let spec = jupyter::find(name)?;
        let asked = Running::start(&spec, limit, None)?;
        if asked.client.language() != "python" {
            bail!("the kernel `{name}` speaks {}, not Python", asked.client.language());
        }
        let version: String = asked.client.version().split('.').take(2).collect::<Vec<_>>().join(".");
        let Ok(version) = version.parse() else { bail!("the kernel `{name}` says it speaks Python `{version}`") };
        Ok(Kernel { spec, version, limit })
    }
}

impl Engine for Kernel {
    fn name(&self) -> String {
        format!("kernel {} ({})", self.spec.name, self.version)
    }

    fn open(&self, language: Language, version: Version) -> Result<Option<Box<dyn Session>>, Trouble> {
        if language == Language::Rust || version != self.version {
            return Ok(None);
        }
        match Running::start(&self.spec, self.limit, None) {
            Ok(running) => Ok(Some(Box::new(running))),
            Err(error) => Err(Trouble(format!("{error:#}"))),
        }
    }

    fn judges(&self) -> bool {
        true
    }

    fn minds_marks(&self) -> bool {
        false
    }

    fn tolerance(&self, _language: Language) -> Tolerance {
        Tolerance { addresses: true, last_line: true }
    }
}

/// A kernel's process with what talks to it.
pub(super) struct Running {
    client: Client,
    limit: Duration,
    /// Where its files are. Read by nobody: it goes when the session goes.
    _folder: Folder,
}

impl Running {
    /// Starts a kernel, in a folder of its own if it is not said where.
    pub(super) fn start(spec: &KernelSpec, limit: Duration, at: Option<&Path>) -> Result<Running> {
        let folder = Folder::new()?;
        let is_ipython = spec.argv.iter().any(|argument| argument.contains("ipykernel"));
        let arguments = if is_ipython { IPYTHON_ARGUMENTS } else { &[] };
        let home = folder.path().join("ipython");
        let home = home.to_string_lossy();
        let env = [("PYTHONHASHSEED", "0"), ("NO_COLOR", "1"), ("IPYTHONDIR", home.as_ref()), ("HEAPBOOK_KERNEL_HISTORY", "")];
        let mut client = Client::start(spec, arguments, &env, folder.path(), at.unwrap_or(folder.path()))?;
        if is_ipython {
            client.prepare(IPYTHON_PRELUDE, limit)?;
        }
        Ok(Running { client, limit, _folder: folder })
    }

    pub(super) fn execute(&mut self, code: &str) -> Result<Vec<Event>, Trouble> {
        self.client.execute(code, self.limit).map_err(|error| Trouble(error.to_string()))
    }
}

impl Session for Running {
    fn run(&mut self, cell: &Cell) -> Result<Vec<Output>, Trouble> {
        let events = self.execute(&cell.source)?;
        Ok(events.into_iter().map(|event| output(event, &cell.name)).collect())
    }
}

/// An event of the wire as an output, files named as on the page.
pub(super) fn output(event: Event, name: &str) -> Output {
    match event {
        Event::Stdout(text) => Output::Stdout(text),
        Event::Stderr(text) => Output::Stderr(named(&text, name)),
        Event::Result(text) | Event::Display(text) => Output::Value(text),
        Event::Error { ename, evalue, traceback } => Output::Error { ename, evalue, traceback },
    }
}

/// A text with the file that ipykernel makes of a cell (`/tmp/ipykernel_17/1234.py`) under the cell's name.
fn named(text: &str, name: &str) -> String {
    let mut named = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("/ipykernel_") {
        let start = rest[..at].rfind([' ', '"', '\n']).map_or(0, |before| before + 1);
        let Some(end) = rest[at..].find(".py").map(|end| at + end + 3) else { break };
        named += &rest[..start];
        named += name;
        rest = &rest[end..];
    }
    named + rest
}
