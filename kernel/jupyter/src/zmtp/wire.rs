//! What goes over a connection: the greeting, the `READY` of the NULL mechanism, frames and messages.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use super::Frames;
use super::endpoint::Socket;

const MORE: u8 = 1;
const LONG: u8 = 2;
const COMMAND: u8 = 4;

/// No honest message is larger; one that says so is the end of its connection.
const MOST_BYTES: u64 = 512 << 20;
/// No honest message has more frames.
const MOST_FRAMES: usize = 4096;
/// A connection that has not said what it is by then is closed.
const GREETING_LIMIT: Duration = Duration::from_secs(30);

/// What comes in.
pub(crate) enum Incoming {
    Message(Frames),
    /// A command's name and the rest of its body.
    Command(String, Vec<u8>),
}

/// The reading side of a connection.
pub(crate) struct Reader {
    input: BufReader<Shared>,
}

/// A socket that several threads hold.
struct Shared(Arc<Socket>);

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

fn wrong(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

/// Greets, tells our socket's type, and gives the peer's properties.
pub(crate) fn handshake(socket: &Arc<Socket>, own_type: &str) -> io::Result<(Reader, HashMap<String, Vec<u8>>)> {
    socket.set_patience(Some(GREETING_LIMIT))?;
    let mut greeting = [0u8; 64];
    greeting[0] = 0xFF;
    greeting[9] = 0x7F;
    greeting[10] = 3;
    greeting[12..16].copy_from_slice(b"NULL");
    (&**socket).write_all(&greeting)?;
    let mut reader = Reader { input: BufReader::with_capacity(64 << 10, Shared(Arc::clone(socket))) };
    let mut theirs = [0u8; 64];
    reader.input.read_exact(&mut theirs)?;
    if theirs[0] != 0xFF || theirs[9] & 1 == 0 || theirs[10] < 3 || &theirs[12..17] != b"NULL\0" {
        return Err(wrong("not a greeting of ZMTP 3 with the NULL mechanism"));
    }
    let mut ready = b"\x05READY".to_vec();
    for (name, value) in [("Socket-Type", own_type), ("Identity", "")] {
        ready.push(name.len() as u8);
        ready.extend(name.as_bytes());
        ready.extend((value.len() as u32).to_be_bytes());
        ready.extend(value.as_bytes());
    }
    (&**socket).write_all(&command(&ready))?;
    let properties = match reader.next()? {
        Incoming::Command(name, body) if name == "READY" => properties(&body)?,
        _ => return Err(wrong("no READY after the greeting")),
    };
    socket.set_patience(None)?;
    Ok((reader, properties))
}

fn properties(mut body: &[u8]) -> io::Result<HashMap<String, Vec<u8>>> {
    let mut found = HashMap::new();
    while !body.is_empty() {
        let short = || wrong("a property of READY is cut off");
        let (name, rest) = body.split_at_checked(1 + body[0] as usize).ok_or_else(short)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
        let (value, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or_else(short)?;
        found.insert(String::from_utf8_lossy(&name[1..]).to_ascii_lowercase(), value.to_vec());
        body = rest;
    }
    Ok(found)
}

impl Reader {
    /// The next message or command.
    pub(crate) fn next(&mut self) -> io::Result<Incoming> {
        let mut frames = Frames::new();
        let mut left = MOST_BYTES;
        loop {
            let mut flags = [0u8];
            self.input.read_exact(&mut flags)?;
            let flags = flags[0];
            if flags & !(MORE | LONG | COMMAND) != 0 {
                return Err(wrong("unknown flags"));
            }
            let length = if flags & LONG != 0 {
                let mut length = [0u8; 8];
                self.input.read_exact(&mut length)?;
                u64::from_be_bytes(length)
            } else {
                let mut length = [0u8];
                self.input.read_exact(&mut length)?;
                u64::from(length[0])
            };
            left = left.checked_sub(length).ok_or_else(|| wrong("an oversized message"))?;
            // Memory is taken as bytes come, not as they are promised.
            let mut body = Vec::with_capacity(length.min(64 << 10) as usize);
            if (&mut self.input).take(length).read_to_end(&mut body)? as u64 != length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if flags & COMMAND != 0 {
                let (&name, rest) = body.split_first().ok_or_else(|| wrong("a command without a name"))?;
                let (name, rest) = rest.split_at_checked(name as usize).ok_or_else(|| wrong("a command's name is cut off"))?;
                return Ok(Incoming::Command(String::from_utf8_lossy(name).into_owned(), rest.to_vec()));
            }
            frames.push(body);
            if flags & MORE == 0 {
                return Ok(Incoming::Message(frames));
            }
            if frames.len() == MOST_FRAMES {
                return Err(wrong("a message of too many frames"));
            }
        }
    }
}

/// A message as it goes over the wire.
pub(crate) fn message(frames: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(frames.iter().map(|frame| frame.as_ref().len() + 9).sum());
    for (i, frame) in frames.iter().enumerate() {
        let more = if i + 1 < frames.len() { MORE } else { 0 };
        put(&mut out, more, frame.as_ref());
    }
    out
}

/// A command as it goes over the wire.
pub(crate) fn command(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 9);
    put(&mut out, COMMAND, body);
    out
}

/// The answer to a `PING`, whose body is a time to live and a context to give back.
pub(crate) fn pong(ping: &[u8]) -> Vec<u8> {
    let context = ping.get(2..).unwrap_or_default();
    command(&[b"\x04PONG", context].concat())
}

fn put(out: &mut Vec<u8>, flags: u8, body: &[u8]) {
    match u8::try_from(body.len()) {
        Ok(length) => out.extend([flags, length]),
        Err(_) => {
            out.push(flags | LONG);
            out.extend((body.len() as u64).to_be_bytes());
        }
    }
    out.extend(body);
}
