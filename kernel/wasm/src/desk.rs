//! The messages that a page sends, and what it is answered. Both are JSON.
//!
//! `{"do": "open", "session": 0, "version": "3.14"}` starts a session anew; `{"do": "run", "session": 0, "kind": "python", "source": "…"}` runs a
//! snippet in it. With `"expected": {"text": "…", "ellipsis": false}` what was printed is held against the page's text by the rules of a check,
//! and with `"heap": "text heap diff a b"` the heap is drawn afterwards, as HTML whose ids begin with `"prefix"`;
//! `{"do": "look", "session": 0, "heap": "step", "prefix": "…"}` draws it without a run, unless the program has more objects than `"most"`:
//! `{"large": "2000000 objects"}` is the answer then, and no object is looked at. A program that wants packs of the library which are not there is
//! not run: `{"wants": ["core"]}` is the answer. `{"do": "notebook", "version": "3.14"}` starts a notebook, which `notebook.rs` serves from then on.

use std::collections::HashMap;
use std::rc::Rc;

use chapter::{Output, Request, Step, Tolerance, align, error, prompt_text, prompts, text};
use serde_json::{Value, json};
use session::{Notebook, Session, Version};

use crate::notebook::{self, Page};

/// The sessions of a page.
pub struct Desk {
    page: Rc<dyn Page>,
    sessions: HashMap<u64, Open>,
    /// The notebook, where a page is one.
    notebook: Option<Rc<Notebook>>,
}

/// The bytes that an object takes, with what it refers to.
const OBJECT: u64 = 128;

/// A session, and how many cells and statements it has run: their names count them, as in a check.
struct Open {
    session: Session,
    /// How many objects there were, and the bytes that they took, before the first of them.
    start: (usize, u64),
    cells: usize,
    prompts: usize,
}

impl Desk {
    /// A desk at whose programs somebody looks.
    pub fn new(page: impl Page + 'static) -> Desk {
        Desk { page: Rc::new(page), sessions: HashMap::new(), notebook: None }
    }

    /// Answers a message.
    pub fn answer(&mut self, message: &[u8]) -> String {
        let answer = match serde_json::from_slice::<Value>(message) {
            Ok(message) => match message["do"].as_str() {
                Some("open") => self.open(&message),
                Some("run") => self.run(&message),
                Some("look") => self.look(&message),
                Some("notebook") => self.start_notebook(&message),
                Some(request) => self.notebook(request, &message).ok_or_else(|| "there is no such message".to_owned()),
                None => Err("the message says nothing".to_owned()),
            },
            Err(error) => Err(format!("this is no message: {error}")),
        };
        answer.unwrap_or_else(|error| json!({ "error": error })).to_string()
    }

    fn open(&mut self, message: &Value) -> Result<Value, String> {
        let number = message["session"].as_u64().unwrap_or_default();
        // The old one goes first: there may not be room for both.
        self.sessions.remove(&number);
        let session = Session::watched(version(message)?, Rc::clone(&self.page) as _).map_err(|error| error.0)?;
        self.sessions.insert(number, Open { start: (session.rough_count(), session.held_bytes()), session, cells: 0, prompts: 0 });
        Ok(json!({}))
    }

    fn start_notebook(&mut self, message: &Value) -> Result<Value, String> {
        let version = version(message)?;
        self.notebook = Some(notebook::start(version, Rc::clone(&self.page))?);
        Ok(notebook::kernel_info(version))
    }

    fn notebook(&self, request: &str, message: &Value) -> Option<Value> {
        notebook::answer(self.notebook.as_ref()?, request, &message["content"])
    }

    fn run(&mut self, message: &Value) -> Result<Value, String> {
        let number = message["session"].as_u64().unwrap_or_default();
        let open = self.sessions.get_mut(&number).ok_or("there is no such session")?;
        let source = message["source"].as_str().unwrap_or_default();
        // What is embedded is never missing.
        let missing = if cfg!(target_arch = "wasm32") { library::packs::wanted(source) } else { Vec::new() };
        if !missing.is_empty() {
            return Ok(json!({ "wants": missing }));
        }
        let request = message["heap"].as_str().and_then(request);
        if let Some(request) = &request {
            open.session.look(request);
        }
        let ran = match message["kind"].as_str() {
            Some("pycon") => open.transcript(source),
            _ => open.cell(source),
        };
        let mut answer = json!({ "pieces": ran.pieces, "text": ran.text, "raised": ran.raised });
        if let Some(expected) = message["expected"]["text"].as_str() {
            let expected = match message["kind"].as_str() {
                Some("pycon") => &said(expected),
                _ => expected,
            };
            let alignment = align(expected, &ran.text, message["expected"]["ellipsis"] == true, Tolerance::default());
            answer["same"] = alignment.agrees().into();
            answer["lines"] = alignment.steps.iter().flat_map(|step| lines(step, &alignment.expected, &alignment.printed)).collect();
        }
        if let Some(request) = &request {
            answer["heap"] = open.draw(request, message);
        }
        Ok(answer)
    }

    fn look(&mut self, message: &Value) -> Result<Value, String> {
        let open = self.sessions.get_mut(&message["session"].as_u64().unwrap_or_default()).ok_or("there is no such session")?;
        let request = message["heap"].as_str().and_then(request).ok_or("there is no such picture")?;
        match message["most"].as_u64().and_then(|most| open.more_than(most)) {
            Some(large) => Ok(json!({ "heap": null, "large": large })),
            None => Ok(json!({ "heap": open.draw(&request, message) })),
        }
    }
}

/// The version that a message names.
fn version(message: &Value) -> Result<Version, String> {
    let name = message["version"].as_str().unwrap_or_default();
    name.parse().map_err(|_| format!("Python {name} is not spoken here"))
}

/// What came of a snippet.
struct Ran {
    /// Its outputs one after the other, by kind.
    pieces: Vec<Value>,
    /// All of them as they stand on a page.
    text: String,
    /// The class of the exception that ended it.
    raised: Option<String>,
}

impl Open {
    /// How much the program has, if it has more than so many objects, or as many bytes as those might take.
    fn more_than(&self, most: u64) -> Option<String> {
        let objects = self.session.rough_count().saturating_sub(self.start.0);
        if objects as u64 > most {
            return Some(format!("{objects} objects"));
        }
        let bytes = self.session.held_bytes().saturating_sub(self.start.1);
        (bytes > most * OBJECT).then(|| format!("{} kB", bytes / 1024))
    }

    /// The heap as it is, as HTML.
    fn draw(&mut self, request: &Request, message: &Value) -> Value {
        let prefix = message["prefix"].as_str().unwrap_or("heap");
        picture::read(&self.session.draw(request)).map_or(Value::Null, |picture| picture::html(&picture, prefix, false).into())
    }

    /// Runs a notebook's cell.
    fn cell(&mut self, source: &str) -> Ran {
        self.cells += 1;
        let outputs = translate(self.session.run_cell(source, &format!("<cell {}>", self.cells)));
        Ran { pieces: outputs.iter().map(piece).collect(), text: text(&outputs), raised: raised(&outputs) }
    }

    /// Runs the statements of a transcript, and writes the transcript that comes of it.
    fn transcript(&mut self, source: &str) -> Ran {
        let mut ran = Ran { pieces: Vec::new(), text: String::new(), raised: None };
        for prompt in prompts(source) {
            let name = format!("<python-input-{}>", self.prompts);
            self.prompts += 1;
            let outputs = translate(self.session.run_prompt(&prompt.source, &name));
            let typed = typed(&prompt.source);
            ran.text += &typed;
            ran.text += &prompt_text(&outputs);
            ran.pieces.push(json!({ "kind": "typed", "text": typed }));
            ran.pieces.extend(outputs.iter().map(piece));
            ran.raised = raised(&outputs);
        }
        ran
    }
}

/// A transcript without the blank lines that are there for the eye.
fn said(transcript: &str) -> String {
    prompts(transcript).iter().map(|prompt| typed(&prompt.source) + &prompt.output).collect()
}

/// A statement as it is typed at the prompt.
fn typed(source: &str) -> String {
    let mark = |(i, line): (usize, &str)| format!("{} {line}", if i == 0 { ">>>" } else { "..." }).trim_end().to_owned() + "\n";
    source.lines().enumerate().map(mark).collect()
}

/// The words of a heap fence.
fn request(words: &str) -> Option<Request> {
    let words: Vec<&str> = words.split_ascii_whitespace().skip_while(|word| matches!(*word, "text" | "heap")).collect();
    Request::parse(&words).ok()
}

fn raised(outputs: &[Output]) -> Option<String> {
    error(outputs).map(|(class, _)| class.to_owned())
}

fn piece(output: &Output) -> Value {
    let (kind, text) = match output {
        Output::Stdout(text) => ("stdout", text),
        Output::Stderr(text) => ("stderr", text),
        Output::Value(text) => ("value", text),
        Output::Error { traceback, .. } => ("error", traceback),
    };
    json!({ "kind": kind, "text": text })
}

/// The lines of a step, each with the side that it is on.
fn lines(step: &Step, expected: &[String], printed: &[String]) -> Vec<Value> {
    let line = |side: &str, text: &String| json!({ "side": side, "text": text });
    match step {
        Step::Same(_, printed_line) => vec![line("both", &printed[*printed_line])],
        Step::Any(_, range) => printed[range.clone()].iter().map(|text| line("both", text)).collect(),
        Step::Missing(expected_line) => vec![line("book", &expected[*expected_line])],
        Step::Extra(printed_line) => vec![line("here", &printed[*printed_line])],
    }
}

fn translate(outputs: Vec<session::Output>) -> Vec<Output> {
    let translate = |output| match output {
        session::Output::Stdout(text) => Output::Stdout(text),
        session::Output::Stderr(text) => Output::Stderr(text),
        session::Output::Value { text, .. } => Output::Value(text),
        session::Output::Error { ename, evalue, traceback } => Output::Error { ename, evalue, traceback },
    };
    outputs.into_iter().map(translate).collect()
}
