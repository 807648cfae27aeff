//! Our own machine as engine: a session in this process for each session of a page.

use chapter::{Engine, Language, Session, Trouble, Version};

/// Opens sessions on our own heap.
pub(crate) struct Own;

impl Engine for Own {
    fn name(&self) -> String {
        "heapbook".into()
    }

    fn open(&self, _language: Language, _version: Version) -> Result<Option<Box<dyn Session>>, Trouble> {
        Err(Trouble("our own machine does not run cells yet; `--cpython PATH` runs them on a CPython".into()))
    }

    fn judges(&self) -> bool {
        false
    }
}
