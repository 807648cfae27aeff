//! What waits for the interpreter's thread, and the bell that wakes it.
//!
//! Requests of the main shell wait for their turn. What is urgent, subshells and the debugger, is also served while a cell runs: the
//! interpreter looks in when its breaker is set, while it sleeps, and while it waits for the user's input.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::message::Message;

/// Everything that the interpreter's thread does something about.
pub(crate) enum Event {
    /// A request of the main shell.
    Shell(Message),
    /// A request of the subshell of that name.
    Subshell(String, Message),
    /// A request of the debugger.
    Debug(Message),
    /// The end.
    Shutdown,
}

/// Why a wait ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// Nothing came.
    TimeOver,
    /// An interrupt, or something urgent.
    Attention,
    /// What the user typed.
    Input(String),
}

#[derive(Default)]
struct Queues {
    shell: VecDeque<Message>,
    subshells: BTreeMap<String, Subshell>,
    debug: VecDeque<Message>,
    input: Option<String>,
    /// How many requests run, one inside the other.
    running: usize,
    interrupt: bool,
    shutdown: bool,
    breaker: Option<Arc<AtomicBool>>,
}

#[derive(Default)]
struct Subshell {
    queue: VecDeque<Message>,
    busy: bool,
}

impl Queues {
    fn urgent(&mut self) -> Option<Event> {
        if let Some(message) = self.debug.pop_front() {
            return Some(Event::Debug(message));
        }
        let (name, subshell) = self.subshells.iter_mut().find(|(_, subshell)| !subshell.busy && !subshell.queue.is_empty())?;
        subshell.busy = true;
        Some(Event::Subshell(name.clone(), subshell.queue.pop_front()?))
    }

    fn is_urgent(&self) -> bool {
        !self.debug.is_empty() || self.subshells.values().any(|subshell| !subshell.busy && !subshell.queue.is_empty())
    }

    fn attention(&self) -> bool {
        self.interrupt || self.shutdown || self.is_urgent()
    }
}

/// The inbox.
#[derive(Default)]
pub(crate) struct Inbox {
    queues: Mutex<Queues>,
    bell: Condvar,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'q>(&self, queues: MutexGuard<'q, Queues>, left: Duration) -> MutexGuard<'q, Queues> {
        self.bell.wait_timeout(queues, left).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Makes a running interpreter look in.
    fn call(&self, queues: &Queues) {
        if let Some(breaker) = &queues.breaker {
            breaker.store(true, Ordering::Relaxed);
        }
        self.bell.notify_all();
    }

    /// A new interpreter, and the flag that makes it look in.
    pub(crate) fn connect(&self, breaker: Arc<AtomicBool>) {
        let mut queues = self.lock();
        queues.breaker = Some(breaker);
        queues.running = 0;
        queues.interrupt = false;
        queues.subshells.values_mut().for_each(|subshell| subshell.busy = false);
    }

    /// A request of the shell channel. One for a subshell that is not there is given back.
    pub(crate) fn put_shell(&self, message: Message) -> Option<Message> {
        let mut queues = self.lock();
        match &message.subshell {
            None => queues.shell.push_back(message),
            Some(name) => match queues.subshells.get_mut(name) {
                Some(subshell) => subshell.queue.push_back(message),
                None => return Some(message),
            },
        }
        match queues.is_urgent() {
            true => self.call(&queues),
            false => self.bell.notify_all(),
        }
        None
    }

    pub(crate) fn put_debug(&self, message: Message) {
        let mut queues = self.lock();
        queues.debug.push_back(message);
        self.call(&queues);
    }

    pub(crate) fn put_input(&self, text: String) {
        self.lock().input = Some(text);
        self.bell.notify_all();
    }

    /// Interrupts what runs; nothing runs: nothing happens.
    pub(crate) fn interrupt(&self) {
        let mut queues = self.lock();
        if queues.running > 0 {
            queues.interrupt = true;
            self.call(&queues);
        }
    }

    /// Ends what runs, and then the interpreter.
    pub(crate) fn shut_down(&self) {
        let mut queues = self.lock();
        queues.shutdown = true;
        queues.interrupt = queues.running > 0;
        self.call(&queues);
    }

    /// Waits for the next thing to do.
    pub(crate) fn next(&self) -> Event {
        let mut queues = self.lock();
        loop {
            if queues.shutdown {
                return Event::Shutdown;
            }
            if let Some(event) = queues.urgent() {
                return event;
            }
            if let Some(message) = queues.shell.pop_front() {
                return Event::Shell(message);
            }
            queues = self.bell.wait(queues).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What is urgent.
    pub(crate) fn next_urgent(&self) -> Option<Event> {
        self.lock().urgent()
    }

    /// Waits for something urgent; nothing, if an interrupt or the end came instead.
    pub(crate) fn wait_urgent(&self) -> Option<Event> {
        let mut queues = self.lock();
        loop {
            if queues.interrupt || queues.shutdown {
                return None;
            }
            if let Some(event) = queues.urgent() {
                return Some(event);
            }
            queues = self.bell.wait(queues).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes the interrupt that came.
    pub(crate) fn take_interrupt(&self) -> bool {
        std::mem::take(&mut self.lock().interrupt)
    }

    /// Waits for a time, or until something wants attention.
    pub(crate) fn sleep(&self, time: Duration) -> Woken {
        let until = Instant::now().checked_add(time);
        let mut queues = self.lock();
        loop {
            if queues.attention() {
                return Woken::Attention;
            }
            let left = match until {
                Some(until) => until.saturating_duration_since(Instant::now()),
                None => Duration::from_secs(3600),
            };
            if left.is_zero() {
                return Woken::TimeOver;
            }
            queues = self.wait(queues, left);
        }
    }

    /// Forgets what was typed before it was asked for.
    pub(crate) fn expect_input(&self) {
        self.lock().input = None;
    }

    /// Waits for what the user types, or until something wants attention.
    pub(crate) fn wait_input(&self) -> Woken {
        let mut queues = self.lock();
        loop {
            if queues.attention() {
                return Woken::Attention;
            }
            if let Some(text) = queues.input.take() {
                return Woken::Input(text);
            }
            queues = self.bell.wait(queues).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A request begins.
    pub(crate) fn begin(&self) {
        self.lock().running += 1;
    }

    /// A request has ended; an interrupt that comes later is not for the next.
    pub(crate) fn finish(&self, subshell: Option<&str>) {
        let mut queues = self.lock();
        queues.running = queues.running.saturating_sub(1);
        if let Some(subshell) = subshell.and_then(|name| queues.subshells.get_mut(name)) {
            subshell.busy = false;
        }
        if queues.running == 0 && !queues.shutdown {
            queues.interrupt = false;
            if let Some(breaker) = &queues.breaker {
                breaker.store(false, Ordering::Relaxed);
            }
        }
    }

    /// Takes the execute requests that wait in the main shell, or in the subshell: a cell before them failed.
    pub(crate) fn abort(&self, subshell: Option<&str>) -> Vec<Message> {
        let mut queues = self.lock();
        let queue = match subshell {
            None => &mut queues.shell,
            Some(name) => match queues.subshells.get_mut(name) {
                Some(subshell) => &mut subshell.queue,
                None => return Vec::new(),
            },
        };
        let (aborted, kept) = queue.drain(..).partition(|message| message.msg_type == "execute_request");
        *queue = kept;
        aborted.into()
    }

    pub(crate) fn create_subshell(&self) -> String {
        let name = Uuid::new_v4().to_string();
        self.lock().subshells.insert(name.clone(), Subshell::default());
        name
    }

    pub(crate) fn delete_subshell(&self, name: &str) -> bool {
        self.lock().subshells.remove(name).is_some()
    }

    pub(crate) fn subshells(&self) -> Vec<String> {
        self.lock().subshells.keys().cloned().collect()
    }
}
