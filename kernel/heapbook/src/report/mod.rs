//! What a check found, told in one of several forms.

mod github;
mod json;
mod junit;
mod text;

use crate::checking::Outcome;
use crate::cli::Format;
use std::io::{self, Write};

/// Writes findings in a form.
pub(crate) fn write(outcome: &Outcome, format: Format, to: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(outcome, to),
        Format::Github => github::write(outcome, to),
        Format::Junit => junit::write(outcome, to),
        Format::Json => json::write(outcome, to),
    }
}

pub(crate) use text::totals;

/// `1 page`, `2 pages`.
pub(crate) fn counted(n: usize, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}
