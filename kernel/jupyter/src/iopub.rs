//! What everybody sees: the outputs of the running request, in order.
//!
//! Text is gathered for a moment, so that ten thousand printed lines are not ten thousand messages, and goes out before anything else
//! does, and at the latest after [`MOMENT`], so that nothing is ever late or lost.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::message::Author;
use crate::zmtp::{Frames, Publisher};

/// How long text may wait for more.
const MOMENT: Duration = Duration::from_millis(10);
/// So much text does not wait.
const ENOUGH: usize = 64 << 10;

/// One of the two streams of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

#[derive(Default)]
struct State {
    /// The header of the request that runs.
    parent: Option<Arc<RawValue>>,
    gathered: Option<(Stream, String)>,
}

/// The iopub socket, and what is on its way there.
pub(crate) struct Iopub {
    author: Arc<Author>,
    publisher: Arc<Publisher>,
    state: Mutex<State>,
    something: Condvar,
}

impl Iopub {
    pub(crate) fn new(author: Arc<Author>, publisher: Arc<Publisher>) -> std::io::Result<Arc<Iopub>> {
        let iopub = Arc::new(Iopub { author, publisher, state: Mutex::default(), something: Condvar::new() });
        let own = Arc::clone(&iopub);
        thread::Builder::new().spawn(move || own.send_in_time())?;
        Ok(iopub)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends text that nothing has pushed out for a moment.
    fn send_in_time(&self) {
        loop {
            let mut state = self.lock();
            while state.gathered.is_none() {
                state = self.something.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            drop(state);
            thread::sleep(MOMENT);
            self.flush();
        }
    }

    /// Adds text to a stream.
    pub(crate) fn stream(&self, stream: Stream, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut state = self.lock();
        if state.gathered.as_ref().is_some_and(|(gathered, _)| *gathered != stream) {
            self.send_gathered(&mut state);
        }
        match &mut state.gathered {
            Some((_, gathered)) => gathered.push_str(text),
            None => {
                state.gathered = Some((stream, text.to_owned()));
                self.something.notify_one();
            }
        }
        if state.gathered.as_ref().is_some_and(|(_, gathered)| gathered.len() >= ENOUGH) {
            self.send_gathered(&mut state);
        }
    }

    /// Sends the text gathered.
    pub(crate) fn flush(&self) {
        self.send_gathered(&mut self.lock());
    }

    fn send_gathered(&self, state: &mut State) {
        if let Some((stream, text)) = state.gathered.take() {
            let name = if stream == Stream::Stdout { "stdout" } else { "stderr" };
            self.send(state.parent.as_deref(), &[("stream", &json!({ "name": name, "text": text }))]);
        }
    }

    /// Sends an output of the request that runs.
    pub(crate) fn publish(&self, msg_type: &str, content: &Value) {
        self.publish_all(&[(msg_type, content)]);
    }

    /// Sends outputs of the request that runs, in one piece: a client is woken once.
    pub(crate) fn publish_all(&self, outputs: &[(&str, &Value)]) {
        let mut state = self.lock();
        self.send_gathered(&mut state);
        self.send(state.parent.as_deref(), outputs);
    }

    /// Sends something about another request than the one that runs.
    pub(crate) fn publish_about(&self, parent: &RawValue, msg_type: &str, content: &Value) {
        let mut state = self.lock();
        self.send_gathered(&mut state);
        self.send(Some(parent), &[(msg_type, content)]);
    }

    /// From here on outputs belong to this request. Gives the one before.
    pub(crate) fn enter(&self, parent: Option<Arc<RawValue>>) -> Option<Arc<RawValue>> {
        let mut state = self.lock();
        self.send_gathered(&mut state);
        std::mem::replace(&mut state.parent, parent)
    }

    fn send(&self, parent: Option<&RawValue>, outputs: &[(&str, &Value)]) {
        let message = |(msg_type, content): &(&str, &Value)| {
            self.author.write(&[format!("kernel.{msg_type}").into_bytes()], msg_type, parent, &json!({}), content)
        };
        self.publisher.publish(&outputs.iter().map(message).collect::<Vec<_>>());
    }

    /// Waits until everybody has got everything, or the time is over.
    pub(crate) fn drain(&self, until: Instant) {
        self.flush();
        self.publisher.drain(until);
    }
}

/// What a new subscriber is told.
pub(crate) fn welcome(author: &Author, topic: &[u8]) -> Frames {
    let content = json!({ "subscription": String::from_utf8_lossy(topic) });
    author.write(&[topic.to_vec()], "iopub_welcome", None, &json!({}), &content)
}
