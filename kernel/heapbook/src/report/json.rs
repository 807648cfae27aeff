//! Findings as JSON. `format` counts the changes of its shape.

use crate::checking::{Checked, Outcome};
use serde_json::{Value, json};
use std::io::{self, Write};

pub(super) fn write(outcome: &Outcome, to: &mut dyn Write) -> io::Result<()> {
    let report = json!({
        "format": 1,
        "engine": outcome.engine,
        "seconds": outcome.took.as_secs_f64(),
        "failures": outcome.n_failures(),
        "chapters": outcome.pages.iter().map(page).collect::<Vec<Value>>(),
    });
    writeln!(to, "{report:#}")
}

fn page(page: &Checked) -> Value {
    let path = &page.chapter.path;
    let failures = page.report.failures.iter().map(|failure| {
        json!({
            "line": failure.line,
            "title": failure.title(),
            "detail": failure.detail(),
            "way_out": failure.way_out(path),
        })
    });
    json!({
        "path": path.display().to_string(),
        "seconds": page.took.as_secs_f64(),
        "snippets": page.chapter.snippets.len(),
        "compared": page.report.compared,
        "heapbook_only": page.chapter.snippets.iter().filter(|snippet| snippet.options.only.is_some()).count(),
        "unjudged": page.report.unjudged,
        "rust_left": page.report.rust_left,
        "rust": { "compared": page.report.rust.0, "seconds": page.report.rust.1.as_secs_f64() },
        "failures": failures.collect::<Vec<Value>>(),
    })
}
