//! A notebook's session: Jupyter's requests, answered as the kernel on the wire answers them.
//!
//! `{"do": "execute_request", "content": {…}}` is answered with the reply's `content` and `metadata`; what the cell shows was published before. A notebook
//! lives in the reader's own time, and its files in memory.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Map, Value, json};
use session::{Completeness, Notebook, Onlooker, Outlet, Past, Question, Version};
use vm::host::{Files, Host, Memory, MemoryFiles, Stream};

/// The page around a notebook.
pub trait Page: Onlooker {
    /// Shows something of a notebook's: `execute_result`, `display_data` and their like, with its content as JSON.
    fn publish(&self, kind: &str, content: &str);
    /// Asks the reader for a line; nothing, if the page cannot.
    fn ask(&self, prompt: &str, hidden: bool) -> Option<String>;
    /// The time since 1970.
    fn now(&self) -> Duration;
    /// Random bytes.
    fn random(&self, out: &mut [u8]);
}

/// Starts a notebook.
pub(crate) fn start(version: Version, page: Rc<dyn Page>) -> Result<Rc<Notebook>, String> {
    let clock = Rc::new(Cell::new(page.now()));
    let files = MemoryFiles::new(Rc::clone(&clock));
    let world = Rc::new(Browser { started: page.now(), page, clock, files, breaker: OnceLock::new() });
    let notebook = Notebook::start(version, Rc::clone(&world) as _, Rc::clone(&world) as _, None).map_err(|error| error.0)?;
    let _ = world.breaker.set(notebook.breaker());
    Ok(notebook)
}

/// What Jupyter asks a kernel first.
pub(crate) fn kernel_info(version: Version) -> Value {
    json!({
        "status": "ok",
        "protocol_version": "5.5",
        "implementation": "heapbook",
        "implementation_version": env!("CARGO_PKG_VERSION"),
        "language_info": session::language_info(version),
        "banner": session::banner(version),
        "help_links": [],
    })
}

/// Answers a request, if it is one of Jupyter's.
pub(crate) fn answer(notebook: &Notebook, request: &str, content: &Value) -> Option<Value> {
    let code = content["code"].as_str().unwrap_or_default();
    let cursor = content["cursor_pos"].as_u64().map_or_else(|| code.chars().count(), |cursor| cursor as usize);
    let content = match request {
        "execute_request" => return Some(execute(notebook, code, content)),
        "complete_request" => complete(notebook, code, cursor),
        "inspect_request" => {
            let found = notebook.inspect(code, cursor, content["detail_level"].as_u64().unwrap_or(0));
            json!({ "status": "ok", "found": found.is_some(), "data": found.unwrap_or_default(), "metadata": {} })
        }
        "is_complete_request" => match notebook.is_complete(code) {
            Completeness::Complete => json!({ "status": "complete" }),
            Completeness::Incomplete(indent) => json!({ "status": "incomplete", "indent": indent }),
            Completeness::Invalid => json!({ "status": "invalid" }),
        },
        "history_request" => history(notebook, content),
        // No target of comms is registered in this kernel.
        "comm_info_request" => json!({ "status": "ok", "comms": {} }),
        _ => return None,
    };
    Some(json!({ "content": content, "metadata": {} }))
}

fn execute(notebook: &Notebook, code: &str, content: &Value) -> Value {
    let silent = content["silent"] == true;
    let store = !silent && content["store_history"] != false;
    let done = notebook.run(session::Cell { code, silent, store });
    let mut reply = match &done.failure {
        None => json!({ "status": "ok" }),
        Some(failure) => json!({ "status": "error", "ename": failure.ename, "evalue": failure.evalue, "traceback": failure.traceback }),
    };
    let expressions = content["user_expressions"].as_object().into_iter().flatten().filter(|_| done.failure.is_none());
    let expressions = expressions.filter_map(|(name, text)| Some((name.clone(), notebook.evaluate(text.as_str()?))));
    reply["user_expressions"] = Value::Object(expressions.collect());
    reply["execution_count"] = done.count.into();
    reply["payload"] = done.payload.into();
    json!({ "content": reply, "metadata": Map::from_iter([(session::HEAP.to_owned(), done.heap)]) })
}

fn complete(notebook: &Notebook, code: &str, cursor: usize) -> Value {
    let found = notebook.complete(code, cursor);
    let typed = |(text, kind)| json!({ "start": found.start, "end": found.end, "text": text, "type": kind });
    let types: Vec<Value> = found.matches.iter().zip(&found.types).map(typed).collect();
    let metadata = if types.is_empty() { json!({}) } else { json!({ "_jupyter_types_experimental": types }) };
    json!({ "status": "ok", "matches": found.matches, "cursor_start": found.start, "cursor_end": found.end, "metadata": metadata })
}

/// So many cells are told to whoever does not say how many.
const TAIL: usize = 10;

fn history(notebook: &Notebook, content: &Value) -> Value {
    let number = |name: &str| content[name].as_i64();
    let count = |name: &str| number(name).and_then(|n| usize::try_from(n).ok());
    let question = match content["hist_access_type"].as_str() {
        Some("range") => Question::Range(number("session").unwrap_or(0), count("start").unwrap_or(1), count("stop")),
        Some("search") => Question::Search(content["pattern"].as_str().unwrap_or("*").to_owned(), count("n"), content["unique"] == true),
        _ => Question::Tail(count("n").unwrap_or(TAIL)),
    };
    let output = content["output"] == true;
    let cells = notebook.history(&question).into_iter().map(|Past { session, number, source, output: value }| match output {
        true => json!([session, number, [source, value]]),
        false => json!([session, number, source]),
    });
    json!({ "status": "ok", "history": cells.collect::<Vec<_>>() })
}

/// The world of a notebook in a browser.
struct Browser {
    page: Rc<dyn Page>,
    started: Duration,
    /// The time when it was last asked for, which the files have theirs from.
    clock: Rc<Cell<Duration>>,
    files: MemoryFiles,
    /// The machine's flag for an interrupt.
    breaker: OnceLock<Arc<AtomicBool>>,
}

/// What a process takes beside its objects, and the most that a page gives it.
const PROCESS: u64 = 12 << 20;
const MOST: u64 = 1 << 30;

impl Outlet for Browser {
    fn publish(&self, kind: &str, content: Value) {
        self.page.publish(kind, &content.to_string());
    }

    /// There is no debugger here that a program could be stopped for.
    fn wait(&self, _: &dyn Fn() -> bool) -> bool {
        true
    }

    fn interrupt(&self) {
        if let Some(breaker) = self.breaker.get() {
            breaker.store(true, Ordering::Relaxed);
        }
    }
}

impl Host for Browser {
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()> {
        self.page.wrote(stream, data);
        Ok(())
    }

    fn flush(&self, _: Stream) -> io::Result<()> {
        Ok(())
    }

    fn is_live(&self, _: Stream) -> bool {
        true
    }

    fn is_interrupted(&self) -> bool {
        self.page.interrupts()
    }

    fn read_input(&self) -> io::Result<Vec<u8>> {
        let line = self.ask("", false).unwrap_or_else(|| Ok(String::new()))?;
        Ok((line + "\n").into_bytes())
    }

    fn ask(&self, prompt: &str, hidden: bool) -> Option<io::Result<String>> {
        let cannot = "input() was called, but this page cannot wait for input: its browser allows no service worker";
        Some(self.page.ask(prompt, hidden).ok_or_else(|| io::Error::new(io::ErrorKind::Unsupported, cannot)))
    }

    fn is_terminal(&self, _: Stream) -> bool {
        false
    }

    fn monotonic(&self) -> Duration {
        self.now().saturating_sub(self.started)
    }

    fn now(&self) -> Duration {
        self.clock.set(self.page.now());
        self.clock.get()
    }

    fn cpu_time(&self) -> Duration {
        self.monotonic()
    }

    fn sleep(&self, time: Duration) {
        Host::wait(self, time);
    }

    /// A Worker cannot be woken, so it looks at the clock.
    fn wait(&self, time: Duration) -> Duration {
        let end = self.now() + time;
        loop {
            let left = end.saturating_sub(self.now());
            if left.is_zero() {
                return left;
            }
            if self.page.interrupts() {
                self.interrupt();
                return left;
            }
        }
    }

    fn random(&self, out: &mut [u8]) -> io::Result<()> {
        self.page.random(out);
        Ok(())
    }

    fn memory(&self, held: &dyn Fn() -> u64) -> Memory {
        let resident = PROCESS + held();
        let free = MOST.saturating_sub(resident);
        Memory { resident, peak: 0, virtual_: resident, total: MOST, available: free, free }
    }

    fn env(&self) -> Vec<(String, String)> {
        vec![("HOME".into(), "/".into())]
    }

    fn files(&self) -> &dyn Files {
        &self.files
    }
}
