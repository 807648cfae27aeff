//! The connection file: where a kernel is to listen, and the key that signs its messages.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::server::ServeError;
use crate::zmtp::Endpoint;

/// What a connection file says.
#[derive(Debug, Clone)]
pub struct Connection {
    transport: Transport,
    ip: String,
    ports: [u16; 5],
    pub(crate) key: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    Tcp,
    Ipc,
}

/// The sockets of a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Shell,
    Iopub,
    Stdin,
    Control,
    Heartbeat,
}

/// The file's words for the ports, in the order of [`Channel`].
const PORTS: [&str; 5] = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"];

impl Connection {
    /// Reads a connection file. Keys that are not known are not for us.
    pub fn read(file: &Path) -> Result<Connection, ServeError> {
        let text =
            std::fs::read_to_string(file).map_err(|error| ServeError::NoConnection { file: file.to_owned(), why: error.to_string() })?;
        Connection::parse(&text).map_err(|why| ServeError::BadConnection { file: file.to_owned(), why })
    }

    fn parse(text: &str) -> Result<Connection, String> {
        let file: Value = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
        let file = file.as_object().ok_or("it is not a JSON object")?;
        let word = |key: &str, default: &str| match file.get(key) {
            None => Ok(default.to_owned()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(other) => Err(format!("`{key}` is {other}, not a text")),
        };
        let transport = match word("transport", "tcp")?.as_str() {
            "tcp" => Transport::Tcp,
            "ipc" => Transport::Ipc,
            other => return Err(format!("the transport `{other}` is not known; `tcp` and `ipc` are")),
        };
        let scheme = word("signature_scheme", "hmac-sha256")?;
        if scheme != "hmac-sha256" && !scheme.is_empty() {
            return Err(format!("the signature scheme `{scheme}` is not known; `hmac-sha256` is"));
        }
        let mut ports = [0; 5];
        for (port, name) in ports.iter_mut().zip(PORTS) {
            let number = file.get(name).ok_or(format!("`{name}` is missing"))?;
            *port = number
                .as_u64()
                .and_then(|number| u16::try_from(number).ok())
                .filter(|port| *port != 0)
                .ok_or(format!("`{name}` is {number}, not a port"))?;
        }
        let ip = match word("ip", "127.0.0.1")?.as_str() {
            "*" => "0.0.0.0".to_owned(),
            ip => ip.to_owned(),
        };
        Ok(Connection { transport, ip, ports, key: word("key", "")?.into_bytes() })
    }

    pub(crate) fn endpoint(&self, channel: Channel) -> Endpoint {
        let port = self.ports[channel as usize];
        match self.transport {
            Transport::Tcp => Endpoint::Tcp(self.ip.clone(), port),
            Transport::Ipc => Endpoint::Ipc(PathBuf::from(format!("{}-{port}", self.ip))),
        }
    }

    /// Removes what a Unix socket leaves in the file system.
    pub(crate) fn remove_files(&self) {
        for channel in [Channel::Shell, Channel::Iopub, Channel::Stdin, Channel::Control, Channel::Heartbeat] {
            self.endpoint(channel).remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Connection;

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let why = |text: &str| Connection::parse(text).unwrap_err();
        assert!(why("{").starts_with("it is not JSON"));
        assert_eq!(why("[]"), "it is not a JSON object");
        assert_eq!(why("{}"), "`shell_port` is missing");
        assert_eq!(why(r#"{"shell_port": 70000}"#), "`shell_port` is 70000, not a port");
        assert_eq!(why(r#"{"transport": "udp"}"#), "the transport `udp` is not known; `tcp` and `ipc` are");
    }
}
