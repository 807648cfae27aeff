//! A client that drives any Jupyter kernel: starts it, sends it cells, gives their outputs in order.
//!
//! Nothing here knows Python; the kernel's own server side will stand beside this.

mod ansi;
mod client;
mod kernelspec;

pub use ansi::plain;
pub use client::{Client, ClientError, Event};
pub use kernelspec::{KernelSpec, find};
