//! Messages of the Jupyter protocol: taken apart when they come, put together and signed when they go.
//!
//! A header is kept as the text it came in, so that the parent header of an answer is an exact copy.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::sign::Signer;
use crate::zmtp::Frames;

/// The version of the protocol that we speak.
pub(crate) const PROTOCOL: &str = "5.5";

const DELIMITER: &[u8] = b"<IDS|MSG>";

/// Whom and what an answer answers.
#[derive(Debug, Clone)]
pub(crate) struct Parent {
    pub(crate) identities: Frames,
    pub(crate) header: Arc<RawValue>,
}

/// A message that came.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) parent: Parent,
    pub(crate) msg_type: String,
    pub(crate) subshell: Option<String>,
    pub(crate) content: Value,
}

/// Why a message was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dropped {
    /// It is not made of the parts that a message has.
    Malformed,
    /// Its signature is wrong or missing.
    Unsigned,
}

impl Message {
    /// Takes a message apart, and believes nothing that is not signed.
    pub(crate) fn read(frames: Frames, signer: &Signer) -> Result<Message, Dropped> {
        let at = frames.iter().position(|frame| frame == DELIMITER).ok_or(Dropped::Malformed)?;
        let [signature, parts @ ..] = &frames[at + 1..] else { return Err(Dropped::Malformed) };
        let [header, _, _, content, ..] = parts else { return Err(Dropped::Malformed) };
        if !signer.check(signature, &[header, &parts[1], &parts[2], content]) {
            return Err(Dropped::Unsigned);
        }
        let raw: Box<RawValue> = serde_json::from_slice(header).map_err(|_| Dropped::Malformed)?;
        let fields: Value = serde_json::from_str(raw.get()).map_err(|_| Dropped::Malformed)?;
        let content: Value = serde_json::from_slice(content).map_err(|_| Dropped::Malformed)?;
        let msg_type = fields["msg_type"].as_str().ok_or(Dropped::Malformed)?.to_owned();
        let subshell = fields["subshell_id"].as_str().map(str::to_owned);
        let mut identities = frames;
        identities.truncate(at);
        Ok(Message { parent: Parent { identities, header: raw.into() }, msg_type, subshell, content })
    }
}

/// The header of a message of ours.
#[derive(Serialize)]
struct Header<'a> {
    msg_id: String,
    msg_type: &'a str,
    username: &'a str,
    session: &'a str,
    date: String,
    version: &'static str,
}

/// Writes the messages of this kernel.
pub(crate) struct Author {
    pub(crate) signer: Signer,
    session: String,
    username: String,
    process: u32,
    written: AtomicU64,
}

impl Author {
    pub(crate) fn new(key: &[u8]) -> Author {
        let username = std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_else(|_| "kernel".into());
        let session = Uuid::new_v4().simple().to_string();
        Author { signer: Signer::new(key), session, username, process: std::process::id(), written: AtomicU64::new(0) }
    }

    /// A message to `receivers` (names of peers, or a topic), about `parent`.
    pub(crate) fn write(
        &self,
        receivers: &[Vec<u8>],
        msg_type: &str,
        parent: Option<&RawValue>,
        metadata: &Value,
        content: &Value,
    ) -> Frames {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let header = Header {
            msg_id: format!("{}_{}_{number}", self.session, self.process),
            msg_type,
            username: &self.username,
            session: &self.session,
            date: Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true),
            version: PROTOCOL,
        };
        let parts = [
            serde_json::to_vec(&header).expect("a header is made of texts"),
            parent.map_or("{}", RawValue::get).as_bytes().to_vec(),
            metadata.to_string().into_bytes(),
            content.to_string().into_bytes(),
        ];
        let signature = self.signer.sign(&parts.each_ref().map(Vec::as_slice));
        receivers.iter().cloned().chain([DELIMITER.to_vec(), signature]).chain(parts).collect()
    }
}
