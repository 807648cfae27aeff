//! Where a socket listens, TCP or a Unix socket in a file, and the connections that come in there.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::net::{SendFlags, send};

/// An address to listen at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Tcp(String, u16),
    Ipc(PathBuf),
}

/// One connection.
pub(crate) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Endpoint {
    /// Listens, and calls `accepted` on a thread of its own for each connection that comes.
    pub(crate) fn listen(&self, accepted: impl Fn(Arc<Socket>) + Send + Sync + 'static) -> io::Result<()> {
        let accepted = Arc::new(accepted);
        let start = move |socket: Socket| {
            let accepted = Arc::clone(&accepted);
            // A system without another thread to give refuses this connection only.
            drop(thread::Builder::new().spawn(move || accepted(Arc::new(socket))));
        };
        match self {
            Endpoint::Tcp(host, port) => {
                let listener = TcpListener::bind((host.as_str(), *port))?;
                thread::Builder::new().spawn(move || {
                    for stream in listener.incoming() {
                        match stream {
                            Ok(stream) => {
                                // Small answers must not wait for more to say.
                                let _ = stream.set_nodelay(true);
                                start(Socket::Tcp(stream));
                            }
                            Err(_) => thread::sleep(Duration::from_millis(10)),
                        }
                    }
                })?;
            }
            Endpoint::Ipc(path) => {
                // A file left behind by a kernel that was killed is nobody's.
                let _ = std::fs::remove_file(path);
                let listener = UnixListener::bind(path)?;
                thread::Builder::new().spawn(move || {
                    for stream in listener.incoming() {
                        match stream {
                            Ok(stream) => start(Socket::Unix(stream)),
                            Err(_) => thread::sleep(Duration::from_millis(10)),
                        }
                    }
                })?;
            }
        }
        Ok(())
    }

    /// Removes the file of a Unix socket.
    pub(crate) fn remove(&self) {
        if let Endpoint::Ipc(path) = self {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Endpoint::Tcp(host, port) => write!(f, "tcp://{host}:{port}"),
            Endpoint::Ipc(path) => write!(f, "ipc://{}", path.display()),
        }
    }
}

impl Socket {
    /// Ends the connection: who reads or writes it is woken.
    pub(crate) fn close(&self) {
        let _ = match self {
            Socket::Tcp(stream) => stream.shutdown(Shutdown::Both),
            Socket::Unix(stream) => stream.shutdown(Shutdown::Both),
        };
    }

    /// Writes what can be written without waiting, and tells how much that was.
    pub(crate) fn write_at_once(&self, data: &[u8]) -> io::Result<usize> {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        let sent = match self {
            Socket::Tcp(stream) => send(stream, data, flags),
            Socket::Unix(stream) => send(stream, data, flags),
        };
        match sent.map_err(io::Error::from) {
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Ok(0),
            sent => sent,
        }
    }

    /// How long a read may wait; `None` is for ever.
    pub(crate) fn set_patience(&self, time: Option<Duration>) -> io::Result<()> {
        match self {
            Socket::Tcp(stream) => stream.set_read_timeout(time),
            Socket::Unix(stream) => stream.set_read_timeout(time),
        }
    }
}

impl Read for &Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Socket::Tcp(stream) => (&mut &*stream).read(buffer),
            Socket::Unix(stream) => (&mut &*stream).read(buffer),
        }
    }
}

impl Write for &Socket {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self {
            Socket::Tcp(stream) => (&mut &*stream).write(data),
            Socket::Unix(stream) => (&mut &*stream).write(data),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
