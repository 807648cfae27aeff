//! Findings as JUnit XML: a suite a page, a case a snippet.

use crate::checking::{Checked, Outcome};
use chapter::Failure;
use std::io::{self, Write};

pub(super) fn write(outcome: &Outcome, to: &mut dyn Write) -> io::Result<()> {
    let n_cases: usize = outcome.pages.iter().map(|page| cases(page).len()).sum();
    let n_failed: usize = outcome.pages.iter().map(n_failed).sum();
    writeln!(to, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let (name, seconds) = (escaped(&outcome.engine), outcome.took.as_secs_f64());
    writeln!(to, r#"<testsuites name="{name}" tests="{n_cases}" failures="{n_failed}" time="{seconds:.3}">"#)?;
    for page in &outcome.pages {
        suite(page, to)?;
    }
    writeln!(to, "</testsuites>")
}

fn suite(page: &Checked, to: &mut dyn Write) -> io::Result<()> {
    let path = escaped(&page.chapter.path.display().to_string());
    let cases = cases(page);
    let (tests, failures, seconds) = (cases.len(), n_failed(page), page.took.as_secs_f64());
    writeln!(to, r#"  <testsuite name="{path}" tests="{tests}" failures="{failures}" time="{seconds:.3}">"#)?;
    for (line, name) in cases {
        let found: Vec<&Failure> = page.report.failures.iter().filter(|failure| place(page, failure) == line).collect();
        let name = escaped(&name);
        if found.is_empty() {
            writeln!(to, r#"    <testcase classname="{path}" name="{name}" file="{path}" line="{line}"/>"#)?;
            continue;
        }
        writeln!(to, r#"    <testcase classname="{path}" name="{name}" file="{path}" line="{line}">"#)?;
        for failure in found {
            let (title, text) = (escaped(&failure.title()), escaped(&failure.to_text(&page.chapter.path)));
            writeln!(to, r#"      <failure message="{title}">{text}</failure>"#)?;
        }
        writeln!(to, "    </testcase>")?;
    }
    writeln!(to, "  </testsuite>")
}

/// A case for each snippet, and one for each line with a finding that is no snippet's.
fn cases(page: &Checked) -> Vec<(usize, String)> {
    let mut cases: Vec<(usize, String)> = page
        .chapter
        .snippets
        .iter()
        .map(|snippet| {
            let line = snippet.code.line;
            (line, snippet.options.id.clone().unwrap_or_else(|| format!("line {line}")))
        })
        .collect();
    for failure in &page.report.failures {
        let line = place(page, failure);
        if !cases.iter().any(|(other, _)| *other == line) {
            cases.push((line, format!("line {line}")));
        }
    }
    cases.sort();
    cases
}

/// The line of the snippet a finding is in; its own if it is in none.
fn place(page: &Checked, failure: &Failure) -> usize {
    let snippet = page.chapter.snippets.iter().find(|snippet| (snippet.code.line..=snippet.end_line()).contains(&failure.line));
    snippet.map_or(failure.line, |snippet| snippet.code.line)
}

fn n_failed(page: &Checked) -> usize {
    let mut lines: Vec<usize> = page.report.failures.iter().map(|failure| place(page, failure)).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.len()
}

/// Text as XML can hold it; what it cannot hold at all becomes a question mark.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' | '\t' => escaped.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('?'),
            c => escaped.push(c),
        }
    }
    escaped
}
