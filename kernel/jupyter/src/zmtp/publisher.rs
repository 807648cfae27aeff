//! An XPUB socket: everybody who subscribed gets everything, in order, each at its own pace.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::Frames;
use super::endpoint::{Endpoint, Socket};
use super::outbox::Outbox;
use super::wire::{self, Incoming};

struct Subscriber {
    outbox: Arc<Outbox>,
    topics: Mutex<Vec<Vec<u8>>>,
}

/// An XPUB socket.
#[derive(Default)]
pub(crate) struct Publisher {
    subscribers: Mutex<Vec<Arc<Subscriber>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Publisher {
    /// Listens. `welcome` makes what a new subscriber of a topic is told first.
    pub(crate) fn bind(endpoint: &Endpoint, welcome: impl Fn(&[u8]) -> Frames + Send + Sync + 'static) -> io::Result<Arc<Publisher>> {
        let publisher = Arc::new(Publisher::default());
        let own = Arc::clone(&publisher);
        // A connection that breaks, or was never one of ours, ends by itself.
        endpoint.listen(move |socket| drop(own.converse(socket, &welcome)))?;
        Ok(publisher)
    }

    fn converse(&self, socket: Arc<Socket>, welcome: &impl Fn(&[u8]) -> Frames) -> io::Result<()> {
        let (mut reader, _) = wire::handshake(&socket, "XPUB")?;
        let subscriber = Arc::new(Subscriber { outbox: Outbox::new(socket), topics: Mutex::default() });
        lock(&self.subscribers).push(Arc::clone(&subscriber));
        let ended = loop {
            let (on, topic) = match reader.next() {
                Ok(Incoming::Message(frames)) => match frames.first().and_then(|frame| frame.split_first()) {
                    Some((1, topic)) => (true, topic.to_vec()),
                    Some((0, topic)) => (false, topic.to_vec()),
                    _ => continue,
                },
                Ok(Incoming::Command(name, topic)) if name == "SUBSCRIBE" => (true, topic),
                Ok(Incoming::Command(name, topic)) if name == "CANCEL" => (false, topic),
                Ok(Incoming::Command(name, body)) if name == "PING" => {
                    subscriber.outbox.push(wire::pong(&body).into());
                    continue;
                }
                Ok(Incoming::Command(..)) => continue,
                Err(error) => break error,
            };
            let mut topics = lock(&subscriber.topics);
            if on {
                // Told before anything is published to it, so that nothing it is told comes before the welcome.
                subscriber.outbox.push(wire::message(&welcome(&topic)).into());
                topics.push(topic);
            } else if let Some(at) = topics.iter().position(|known| *known == topic) {
                topics.remove(at);
            }
        };
        subscriber.outbox.close();
        lock(&self.subscribers).retain(|other| !Arc::ptr_eq(other, &subscriber));
        Err(ended)
    }

    /// Sends messages, in one piece, to all whose subscriptions begin their first frames.
    pub(crate) fn publish(&self, messages: &[Frames]) {
        let messages: Vec<_> = messages.iter().map(|frames| (frames.first().map(Vec::as_slice).unwrap_or_default(), frames)).collect();
        let subscribers: Vec<_> = lock(&self.subscribers).clone();
        for subscriber in subscribers.iter().filter(|subscriber| !subscriber.outbox.is_closed()) {
            let topics = lock(&subscriber.topics);
            let wanted = messages.iter().filter(|(topic, _)| topics.iter().any(|prefix| topic.starts_with(prefix)));
            let data: Vec<u8> = wanted.flat_map(|(_, frames)| wire::message(frames)).collect();
            drop(topics);
            if !data.is_empty() {
                subscriber.outbox.push(data.into());
            }
        }
    }

    /// Waits until all is written, or the time is over.
    pub(crate) fn drain(&self, until: Instant) {
        let subscribers: Vec<_> = lock(&self.subscribers).clone();
        subscribers.iter().for_each(|subscriber| subscriber.outbox.drain(until));
    }
}
