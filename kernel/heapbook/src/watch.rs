//! Waits for the book's files to change.

use crate::project::Project;
use anyhow::{Context as _, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Editors write a file in several steps; so long nothing must happen before it counts as written.
const QUIET: Duration = Duration::from_millis(80);

/// Watches a book.
pub(crate) struct Watch {
    changes: Receiver<()>,
    /// Read by nobody: it watches as long as it lives.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Starts watching a book's pages and its `book.toml`.
    pub(crate) fn new(project: &Project) -> Result<Watch> {
        let (sender, changes) = channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| is_change(&event)) {
                // Who no longer waits needs no message.
                let _ = sender.send(());
            }
        })?;
        let watching = "the book's files cannot be watched";
        watcher.watch(&project.pages, RecursiveMode::Recursive).context(watching)?;
        // The folder and not the file: editors put a new file in the old one's place.
        watcher.watch(&project.root, RecursiveMode::NonRecursive).context(watching)?;
        Ok(Watch { changes, _watcher: watcher })
    }

    /// Waits for a change, and until no more follow. False if nothing can come any more.
    pub(crate) fn wait(&self) -> bool {
        if self.changes.recv().is_err() {
            return false;
        }
        while self.changes.recv_timeout(QUIET).is_ok() {}
        true
    }
}

/// Whether an event is about a page, a style or the book's description, and not only about reading one.
fn is_change(event: &Event) -> bool {
    let matters = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        !name.starts_with('.') && matches!(extension.as_ref(), "md" | "css" | "js" | "hbs" | "toml" | "svg" | "png")
    };
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|path| matters(path))
}
