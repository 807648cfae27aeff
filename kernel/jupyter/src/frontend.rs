//! The interpreter's view of whoever looks on: outputs go there, input comes from there, interrupts and urgent requests are asked for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::handlers;
use crate::inbox::{Inbox, Woken};
use crate::interpreter::Interpreter;
use crate::iopub::{Iopub, Stream};
use crate::message::{Author, Parent};
use crate::zmtp::Router;

/// Everything that the threads of a kernel share.
pub(crate) struct Shared {
    pub(crate) author: Arc<Author>,
    pub(crate) iopub: Arc<Iopub>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) shell: Arc<Router>,
    pub(crate) stdin: Arc<Router>,
    pub(crate) control: Arc<Router>,
    /// The requests that run, one inside the other.
    pub(crate) running: Mutex<Vec<Running>>,
    /// What is to be done before the process ends.
    pub(crate) farewells: Mutex<Vec<Box<dyn Fn() + Send>>>,
}

/// A request that runs.
#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) parent: Parent,
    pub(crate) allow_stdin: bool,
}

impl Shared {
    pub(crate) fn running(&self) -> MutexGuard<'_, Vec<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends an answer on shell or control.
    pub(crate) fn reply(&self, socket: &Router, parent: &Parent, msg_type: &str, content: &Value, metadata: &Value) {
        socket.send(&self.author.write(&parent.identities, msg_type, Some(&parent.header), metadata, content));
    }

    /// Waits until everything is written, or a second is over.
    pub(crate) fn drain(&self) {
        let until = Instant::now() + Duration::from_secs(1);
        self.iopub.drain(until);
        [&self.shell, &self.control, &self.stdin].into_iter().for_each(|socket| socket.drain(until));
    }
}

/// Why there is no input.
#[derive(Debug, PartialEq, Eq)]
pub enum NoInput {
    /// The frontend that sent the request cannot be asked.
    NotAllowed,
    /// An interrupt came, or something urgent: see [`Frontend::attend`], then ask again for the same.
    Attention,
}

/// A handle to whoever looks on.
#[derive(Clone)]
pub struct Frontend(pub(crate) Arc<Shared>);

impl Frontend {
    /// Adds text to a stream.
    pub fn stream(&self, stream: Stream, text: &str) {
        self.0.iopub.stream(stream, text);
    }

    /// Sends an output: `execute_result`, `display_data`, `clear_output`, `debug_event` …
    pub fn publish(&self, msg_type: &str, content: &Value) {
        self.0.iopub.publish(msg_type, content);
    }

    /// Asks the user for a line. The answer comes by [`Frontend::wait_input`].
    pub fn ask(&self, prompt: &str, password: bool) -> Result<(), NoInput> {
        let shared = &self.0;
        let running = shared.running().last().cloned();
        let Some(Running { parent, allow_stdin: true }) = running else { return Err(NoInput::NotAllowed) };
        shared.iopub.flush();
        shared.inbox.expect_input();
        let content = json!({ "prompt": prompt, "password": password });
        shared.reply(&shared.stdin, &parent, "input_request", &content, &json!({}));
        Ok(())
    }

    /// Waits for the line that was asked for.
    pub fn wait_input(&self) -> Result<String, NoInput> {
        match self.0.inbox.wait_input() {
            Woken::Input(text) => Ok(text),
            _ => Err(NoInput::Attention),
        }
    }

    /// Waits for a time. Gives back what is left when something wants attention before.
    pub fn sleep(&self, time: Duration) -> Duration {
        self.0.iopub.flush();
        let started = Instant::now();
        match self.0.inbox.sleep(time) {
            Woken::TimeOver => Duration::ZERO,
            // Something is left, however late it is: the sleeper has to look what there is.
            _ => time.saturating_sub(started.elapsed()).max(Duration::from_nanos(1)),
        }
    }

    /// Before the process ends, however it is asked to, `farewell` is called.
    pub fn at_end(&self, farewell: impl Fn() + Send + 'static) {
        self.0.farewells.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(farewell));
    }

    /// Interrupts what runs, as the user does.
    pub fn interrupt(&self) {
        self.0.inbox.interrupt();
    }

    /// Serves what is urgent, inside of what runs. Gives whether an interrupt came.
    pub fn attend(&self, interpreter: &dyn Interpreter) -> bool {
        while let Some(event) = self.0.inbox.next_urgent() {
            handlers::urgent(&self.0, interpreter, event);
        }
        self.0.inbox.take_interrupt()
    }

    /// Serves requests of the debugger and of subshells until `goes_on` says so. Gives whether an interrupt came instead.
    pub fn attend_until(&self, interpreter: &dyn Interpreter, goes_on: &dyn Fn() -> bool) -> bool {
        self.0.iopub.flush();
        while !goes_on() {
            match self.0.inbox.wait_urgent() {
                Some(event) => handlers::urgent(&self.0, interpreter, event),
                None => return self.0.inbox.take_interrupt(),
            }
        }
        false
    }
}
