//! A small ZMTP 3.0 on plain sockets: what a kernel needs of ZeroMQ, and nothing that one client can do to another.
//!
//! Every connection has a thread that reads, and gets one that writes what could not be written at once, so a client that is slow, silent or wrong costs
//! itself its connection and nobody else anything. Spec: `rfc.zeromq.org/spec/23`.

mod echo;
mod endpoint;
mod outbox;
mod publisher;
mod router;
mod wire;

pub(crate) use echo::echo;
pub(crate) use endpoint::Endpoint;
pub(crate) use publisher::Publisher;
pub(crate) use router::Router;

/// The frames of one message.
pub(crate) type Frames = Vec<Vec<u8>>;
