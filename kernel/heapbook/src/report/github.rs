//! Findings as annotations that a GitHub workflow shows beside the lines of a change.

use super::totals;
use crate::checking::Outcome;
use std::io::{self, Write};

pub(super) fn write(outcome: &Outcome, to: &mut dyn Write) -> io::Result<()> {
    for page in &outcome.pages {
        let path = &page.chapter.path;
        for failure in &page.report.failures {
            let message = format!("{}{}", failure.detail(), failure.way_out(path));
            let (file, title) = (property(&path.display().to_string()), property(&failure.title()));
            writeln!(to, "::error file={file},line={},title={title}::{}", failure.line, data(message.trim_end()))?;
        }
    }
    writeln!(to, "{}", totals(outcome))
}

/// The text of a command: its line ends and percent signs are written as codes.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, where commas and colons mean something too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
