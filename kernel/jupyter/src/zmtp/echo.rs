//! The heartbeat: a REP socket that gives back what it gets.

use std::io::{self, Write as _};
use std::sync::Arc;

use super::endpoint::{Endpoint, Socket};
use super::wire::{self, Incoming};

/// Listens, and answers each message with itself.
pub(crate) fn echo(endpoint: &Endpoint) -> io::Result<()> {
    // A connection that breaks, or was never one of ours, ends by itself.
    endpoint.listen(|socket| {
        drop(converse(&socket));
        socket.close();
    })
}

fn converse(socket: &Arc<Socket>) -> io::Result<()> {
    let (mut reader, _) = wire::handshake(socket, "REP")?;
    loop {
        let answer = match reader.next()? {
            Incoming::Message(frames) => wire::message(&frames),
            Incoming::Command(name, body) if name == "PING" => wire::pong(&body),
            Incoming::Command(..) => continue,
        };
        (&**socket).write_all(&answer)?;
    }
}
