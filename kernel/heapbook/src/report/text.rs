//! Findings for people: each with its place, a diff and a way out, then one line of totals.

use super::counted;
use crate::checking::Outcome;
use crate::engine;
use chapter::Only;
use std::io::{self, Write};
use std::time::Duration;

pub(super) fn write(outcome: &Outcome, to: &mut dyn Write) -> io::Result<()> {
    for page in &outcome.pages {
        for failure in &page.report.failures {
            writeln!(to, "{}", failure.to_text(&page.chapter.path))?;
        }
    }
    writeln!(to, "{}", totals(outcome))
}

/// Chapters, snippets, marks, what was left out, findings, time.
pub(crate) fn totals(outcome: &Outcome) -> String {
    let sum = |count: fn(&crate::checking::Checked) -> usize| outcome.pages.iter().map(count).sum::<usize>();
    let mut parts = vec![counted(outcome.pages.len(), "chapter"), counted(sum(|page| page.report.compared), "snippet")];
    let marks: Vec<String> = [Only::Model, Only::Version, Only::Picture]
        .into_iter()
        .filter_map(|only| {
            let snippets = outcome.pages.iter().flat_map(|page| &page.chapter.snippets);
            let n = snippets.filter(|snippet| snippet.options.only == Some(only)).count();
            (n > 0).then(|| format!("{} {n}", only.word()))
        })
        .collect();
    if !marks.is_empty() {
        parts.push(format!("heapbook-only: {}", marks.join(", ")));
    }
    let left = sum(|page| page.report.unjudged);
    if left > 0 {
        parts.push(format!("{left} of versions {} does not speak", outcome.engine));
    }
    let rust = sum(|page| page.report.rust.0);
    if rust > 0 {
        let took: Duration = outcome.pages.iter().map(|page| page.report.rust.1).sum();
        let all: Duration = outcome.pages.iter().map(|page| page.took).sum();
        let (took, others) = (took.as_secs_f64(), all.saturating_sub(took).as_secs_f64());
        parts.push(format!("{rust} of them in Rust, {took:.1} s of work beside {others:.1} s"));
    }
    let left = sum(|page| page.report.rust_left);
    if left > 0 {
        let install = engine::lacks_rust().then(|| format!(" once `{}` has installed its kernel", engine::INSTALL_RUST));
        parts.push(format!("{left} in Rust left out, `--rust` runs them{}", install.unwrap_or_default()));
    }
    parts.push(match outcome.n_failures() {
        0 => "all as written".into(),
        n => counted(n, "failure"),
    });
    format!("{}: {} in {:.2} s", outcome.engine, parts.join(" · "), outcome.took.as_secs_f64())
}
