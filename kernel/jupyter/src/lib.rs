//! Jupyter, both sides: a kernel on the wire around any interpreter, and a client that drives any kernel.
//!
//! The kernel's side: messages come in by `zmtp/`, are taken apart in `message.rs`, wait in `inbox.rs`, and are served by the loop in
//! `server.rs` with one function a request in `handlers.rs`; `control.rs` answers while the interpreter is busy, `iopub.rs` tells
//! everybody. The interpreter is behind the trait in `interpreter.rs` and sees its users through `frontend.rs`. Nothing here knows Python.

mod ansi;
mod client;
mod connection;
mod control;
mod frontend;
mod handlers;
mod inbox;
mod interpreter;
mod iopub;
mod kernelspec;
mod message;
mod server;
mod sign;
mod zmtp;

pub use ansi::plain;
pub use client::{Client, ClientError, Event};
pub use connection::Connection;
pub use frontend::{Frontend, NoInput};
pub use interpreter::{Completeness, Completions, Execute, Executed, Failure, History, Info, Interpreter, Remembered};
pub use iopub::Stream;
pub use kernelspec::{KernelSpec, find};
pub use server::{ServeError, serve};
