//! The world of a notebook: this process's, but for its streams, its user and its pauses, which are the frontend's.

use std::cell::RefCell;
use std::io;
use std::rc::{Rc, Weak};
use std::time::Duration;

use jupyter::{Frontend, Interpreter, NoInput};
use serde_json::Value;
use session::Outlet;
use vm::host::{Files, Host, Memory, Stream};

use crate::host::Real;

/// A host that shows what is written to a frontend.
pub(crate) struct KernelHost {
    real: Real,
    frontend: Frontend,
    /// Who serves what is urgent while a cell runs.
    interpreter: RefCell<Option<Weak<dyn Interpreter>>>,
}

impl KernelHost {
    pub(crate) fn new(frontend: Frontend) -> KernelHost {
        KernelHost { real: Real::new(std::sync::Arc::default()), frontend, interpreter: RefCell::default() }
    }

    /// Tells who serves what is urgent.
    pub(crate) fn connect(&self, interpreter: Weak<dyn Interpreter>) {
        *self.interpreter.borrow_mut() = Some(interpreter);
    }

    fn interpreter(&self) -> Option<Rc<dyn Interpreter>> {
        self.interpreter.borrow().as_ref().and_then(Weak::upgrade)
    }
}

impl Outlet for KernelHost {
    fn publish(&self, kind: &str, content: Value) {
        self.frontend.publish(kind, &content);
    }

    fn wait(&self, goes_on: &dyn Fn() -> bool) -> bool {
        self.interpreter().is_none_or(|interpreter| self.frontend.attend_until(&*interpreter, goes_on))
    }

    fn interrupt(&self) {
        self.frontend.interrupt();
    }
}

impl Host for KernelHost {
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()> {
        let stream = match stream {
            Stream::Stdout => jupyter::Stream::Stdout,
            Stream::Stderr => jupyter::Stream::Stderr,
        };
        self.frontend.stream(stream, &String::from_utf8_lossy(data));
        Ok(())
    }

    fn flush(&self, _: Stream) -> io::Result<()> {
        Ok(())
    }

    fn is_live(&self, _: Stream) -> bool {
        true
    }

    fn read_input(&self) -> io::Result<Vec<u8>> {
        let line = self.ask("", false).unwrap_or_else(|| Ok(String::new()))?;
        Ok((line + "\n").into_bytes())
    }

    fn ask(&self, prompt: &str, hidden: bool) -> Option<io::Result<String>> {
        if self.frontend.ask(prompt, hidden).is_err() {
            let text = "input() was called, but this frontend does not support input requests";
            return Some(Err(io::Error::new(io::ErrorKind::Unsupported, text)));
        }
        loop {
            match self.frontend.wait_input() {
                Ok(line) => return Some(Ok(line)),
                Err(NoInput::Attention) if !self.attend() => {}
                Err(_) => return Some(Err(io::ErrorKind::Interrupted.into())),
            }
        }
    }

    fn attend(&self) -> bool {
        self.interpreter().is_some_and(|interpreter| self.frontend.attend(&*interpreter))
    }

    fn is_terminal(&self, _: Stream) -> bool {
        false
    }

    fn monotonic(&self) -> Duration {
        self.real.monotonic()
    }

    fn now(&self) -> Duration {
        self.real.now()
    }

    fn local_offset(&self, seconds: i64) -> (i64, String) {
        self.real.local_offset(seconds)
    }

    fn local_zones(&self) -> [(i64, String); 2] {
        self.real.local_zones()
    }

    fn cpu_time(&self) -> Duration {
        self.real.cpu_time()
    }

    fn sleep(&self, time: Duration) {
        self.real.sleep(time);
    }

    fn wait(&self, time: Duration) -> Duration {
        self.frontend.sleep(time)
    }

    fn random(&self, out: &mut [u8]) -> io::Result<()> {
        self.real.random(out)
    }

    fn memory(&self, held: &dyn Fn() -> u64) -> Memory {
        self.real.memory(held)
    }

    fn env(&self) -> Vec<(String, String)> {
        self.real.env()
    }

    fn files(&self) -> &dyn Files {
        self.real.files()
    }

    fn pid(&self) -> u32 {
        self.real.pid()
    }
}
