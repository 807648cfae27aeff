//! Writes what the snippets print into the pages, and tells what it did not dare to accept.

use crate::checking::Outcome;
use anyhow::{Context as _, Result};
use chapter::Engine;
use std::io::Write;
use std::path::PathBuf;

/// What came of blessing.
pub(crate) struct Blessed {
    /// The pages written.
    pub(crate) written: Vec<PathBuf>,
    /// Findings that no output can cure.
    pub(crate) left: usize,
}

/// Writes the outputs of checked pages; findings that stay are told to `to`.
pub(crate) fn bless(outcome: &Outcome, engine: &dyn Engine, to: &mut dyn Write) -> Result<Blessed> {
    let mut blessed = Blessed { written: Vec::new(), left: 0 };
    for page in &outcome.pages {
        let path = &page.chapter.path;
        if let Some(text) = chapter::bless(&page.chapter, &page.report.runs, engine) {
            chapter::replace(path, &page.chapter.text, &text).with_context(|| format!("`{}` cannot be written", path.display()))?;
            writeln!(to, "{}: written", path.display())?;
            blessed.written.push(path.clone());
        }
        for failure in page.report.failures.iter().filter(|failure| !failure.is_cured_by_bless()) {
            writeln!(to, "{}", failure.to_text(path))?;
            blessed.left += 1;
        }
    }
    Ok(blessed)
}
