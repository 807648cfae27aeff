//! What goes out on one connection: written at once where the system takes it, else from a bounded queue, by a thread that empties it.
//!
//! Who falls far behind is waited for as long as it reads on. Who does not read at all loses its connection, so a stuck client
//! cannot stop the kernel, and a slow one loses nothing.

use std::collections::VecDeque;
use std::io::Write as _;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::endpoint::Socket;

/// So many bytes may wait before the sender does.
const MOST_WAITING: usize = 32 << 20;
/// A reader that took nothing for so long is stuck.
const PATIENCE: Duration = Duration::from_secs(2);
/// Progress is counted in pieces of this size.
const PIECE: usize = 64 << 10;

#[derive(Default)]
struct State {
    /// Messages, each with how much of it is written.
    queue: VecDeque<(Arc<[u8]>, usize)>,
    /// Bytes in the queue, and those of the message being written.
    waiting: usize,
    closed: bool,
    /// Whether there is a thread that writes: it comes when something has to wait for the first time.
    writer: bool,
}

/// The writing side of a connection.
pub(crate) struct Outbox {
    state: Mutex<State>,
    changed: Condvar,
    socket: Arc<Socket>,
}

impl Outbox {
    pub(crate) fn new(socket: Arc<Socket>) -> Arc<Outbox> {
        Arc::new(Outbox { state: Mutex::default(), changed: Condvar::new(), socket })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a message. Waits if much is waiting already, as long as the reader takes some of it.
    pub(crate) fn push(self: &Arc<Self>, data: Arc<[u8]>) {
        let mut state = self.lock();
        while state.waiting > MOST_WAITING && !state.closed {
            let before = state.waiting;
            state = self.changed.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner).0;
            if state.waiting >= before {
                self.end(&mut state);
            }
        }
        if state.closed {
            return;
        }
        // Another thread would have to be woken first; what waits comes before.
        let written = if state.waiting == 0 { self.socket.write_at_once(&data) } else { Ok(0) };
        let Ok(written) = written else { return self.end(&mut state) };
        if written == data.len() {
            return;
        }
        state.waiting += data.len() - written;
        state.queue.push_back((data, written));
        if !state.writer {
            let own = Arc::clone(self);
            state.writer = thread::Builder::new().spawn(move || own.write()).is_ok();
            if !state.writer {
                return self.end(&mut state);
            }
        }
        self.changed.notify_all();
    }

    /// Waits until all is written, or the time is over.
    pub(crate) fn drain(&self, until: Instant) {
        let mut state = self.lock();
        while state.waiting > 0 && !state.closed {
            let Some(left) = until.checked_duration_since(Instant::now()) else { return };
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Ends the connection.
    pub(crate) fn close(&self) {
        self.end(&mut self.lock());
    }

    fn end(&self, state: &mut State) {
        state.closed = true;
        state.queue.clear();
        self.socket.close();
        self.changed.notify_all();
    }

    fn write(&self) {
        loop {
            let mut state = self.lock();
            let (data, written) = loop {
                if state.closed {
                    return;
                }
                match state.queue.pop_front() {
                    Some(next) => break next,
                    None => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                }
            };
            drop(state);
            for piece in data[written..].chunks(PIECE) {
                if (&*self.socket).write_all(piece).is_err() {
                    return self.close();
                }
                self.lock().waiting -= piece.len();
                self.changed.notify_all();
            }
        }
    }
}
