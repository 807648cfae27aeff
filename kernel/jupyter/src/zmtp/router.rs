//! A ROUTER socket: messages come with the name of their sender, and answers go to a name.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::Frames;
use super::endpoint::{Endpoint, Socket};
use super::outbox::Outbox;
use super::wire::{self, Incoming};

/// A ROUTER socket. Its peers are the connections that stand.
#[derive(Default)]
pub(crate) struct Router {
    peers: Mutex<HashMap<Vec<u8>, Arc<Outbox>>>,
    unnamed: AtomicU32,
}

impl Router {
    /// Listens. `deliver` is called with the sender's name in front of each message, on the thread of its connection.
    pub(crate) fn bind(endpoint: &Endpoint, deliver: impl Fn(Frames) + Send + Sync + 'static) -> io::Result<Arc<Router>> {
        let router = Arc::new(Router::default());
        let own = Arc::clone(&router);
        // A connection that breaks, or was never one of ours, ends by itself.
        endpoint.listen(move |socket| drop(own.converse(socket, &deliver)))?;
        Ok(router)
    }

    fn peers(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Arc<Outbox>>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn converse(&self, socket: Arc<Socket>, deliver: &(impl Fn(Frames) + Send + Sync)) -> io::Result<()> {
        let (mut reader, mut properties) = wire::handshake(&socket, "ROUTER")?;
        let name = properties.remove("identity").filter(|name| !name.is_empty()).unwrap_or_else(|| {
            // As libzmq names those that have no name.
            [&[0], &self.unnamed.fetch_add(1, Ordering::Relaxed).to_be_bytes()[..]].concat()
        });
        let outbox = Outbox::new(socket);
        // A client that comes back under its name takes its own place.
        if let Some(before) = self.peers().insert(name.clone(), Arc::clone(&outbox)) {
            before.close();
        }
        let ended = loop {
            match reader.next() {
                Ok(Incoming::Message(mut frames)) => {
                    frames.insert(0, name.clone());
                    deliver(frames);
                }
                Ok(Incoming::Command(command, body)) if command == "PING" => outbox.push(wire::pong(&body).into()),
                Ok(Incoming::Command(..)) => {}
                Err(error) => break error,
            }
        };
        let mut peers = self.peers();
        if peers.get(&name).is_some_and(|current| Arc::ptr_eq(current, &outbox)) {
            peers.remove(&name);
        }
        drop(peers);
        outbox.close();
        Err(ended)
    }

    /// Sends to the peer that the first frame names; nobody is there: nothing is sent.
    pub(crate) fn send(&self, frames: &[Vec<u8>]) {
        let Some((name, rest)) = frames.split_first() else { return };
        let peer = self.peers().get(name).cloned();
        if let Some(peer) = peer {
            peer.push(wire::message(rest).into());
        }
    }

    /// Waits until all is written, or the time is over.
    pub(crate) fn drain(&self, until: Instant) {
        let peers: Vec<_> = self.peers().values().cloned().collect();
        peers.iter().for_each(|peer| peer.drain(until));
    }
}
