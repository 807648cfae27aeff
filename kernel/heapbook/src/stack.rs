//! Threads for the machine: nested calls of native code use Rust's own stack, and CPython lets them nest deeper than a usual stack holds.

use std::thread::{self, Builder};

use anyhow::{Context as _, Result, anyhow};

/// The system gives a page of it only once it is used.
const BYTES: usize = 512 << 20;

/// A thread that the machine can run on.
pub(crate) fn large() -> Builder {
    Builder::new().stack_size(BYTES)
}

/// Does the work on a thread that the machine can run on.
pub(crate) fn on_large<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T> {
    thread::scope(|scope| {
        let running = large().spawn_scoped(scope, work).context("no thread can be started")?;
        running.join().map_err(|_| anyhow!("the machine broke, which is a bug of heapbook"))
    })
}
