//! Our own machine as engine: a session in this process for each session of a page.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chapter::{Cell, Engine, Language, Mode, Output, Request, Session, Trouble, Version};

/// Opens sessions on our own heap.
pub(crate) struct Own;

impl Engine for Own {
    fn name(&self) -> String {
        "heapbook".into()
    }

    fn open(&self, language: Language, version: Version) -> Result<Option<Box<dyn Session>>, Trouble> {
        let Ok(version) = version.to_string().parse() else { return Ok(None) };
        if language == Language::Rust {
            return Ok(None);
        }
        let session = session::Session::new(version).map_err(|error| Trouble(error.0))?;
        Ok(Some(Box::new(Running { session })))
    }

    fn judges(&self) -> bool {
        false
    }
}

/// A session of this process.
struct Running {
    session: session::Session,
}

impl Session for Running {
    fn run(&mut self, cell: &Cell) -> Result<Vec<Output>, Trouble> {
        let session = &mut self.session;
        // A panic is a bug of ours: the page is told, and the session is not used again.
        let outputs = catch_unwind(AssertUnwindSafe(|| match cell.mode {
            Mode::Cell => session.run_cell(&cell.source, &cell.name),
            Mode::Prompt => session.run_prompt(&cell.source, &cell.name),
        }));
        let outputs = outputs.map_err(|_| Trouble("the machine broke in this snippet, which is a bug of heapbook".into()))?;
        Ok(outputs.into_iter().map(translate).collect())
    }

    fn look(&mut self, request: &Request) {
        self.session.look(request);
    }

    fn heap(&mut self, request: &Request) -> Option<String> {
        Some(self.session.draw(request))
    }
}

fn translate(output: session::Output) -> Output {
    match output {
        session::Output::Stdout(text) => Output::Stdout(text),
        session::Output::Stderr(text) => Output::Stderr(text),
        session::Output::Value { text, .. } => Output::Value(text),
        session::Output::Error { ename, evalue, traceback } => Output::Error { ename, evalue, traceback },
    }
}
