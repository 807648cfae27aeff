//! Writes what the snippets print into the pages, and tells what it did not dare to accept.

use crate::checking::{self, Outcome};
use crate::cli::BlessArgs;
use crate::engine;
use crate::project::Project;
use crate::report::counted;
use anyhow::{Context as _, Result, bail};
use chapter::Engine;
use std::io::{Write, stdout};
use std::process::ExitCode;

/// `heapbook bless`
pub(crate) fn command(args: &BlessArgs) -> Result<ExitCode> {
    if args.run.engine.kernel.is_some() {
        bail!("a kernel shows errors in its own way, so it can judge a page and not bless it; take `--cpython` or our own machine");
    }
    let project = Project::here()?;
    let engine = engine::choose(&args.run.engine, &project)?;
    let outcome = checking::check(&project.select(&args.run.paths)?, engine.as_ref())?;
    let mut to = stdout().lock();
    let (n_written, n_left) = bless(&outcome, engine.as_ref(), &mut to)?;
    writeln!(to, "{} written, {} left", counted(n_written, "page"), counted(n_left, "failure"))?;
    Ok(ExitCode::from(u8::from(n_left > 0)))
}

/// Writes the outputs of checked pages; tells how many pages changed, and how many findings no output can cure.
fn bless(outcome: &Outcome, engine: &dyn Engine, to: &mut dyn Write) -> Result<(usize, usize)> {
    let (mut n_written, mut n_left) = (0, 0);
    for page in &outcome.pages {
        let path = &page.chapter.path;
        if let Some(text) = chapter::bless(&page.chapter, &page.report.runs, engine) {
            chapter::replace(path, &page.chapter.text, &text).with_context(|| format!("`{}` cannot be written", path.display()))?;
            writeln!(to, "{}: written", path.display())?;
            n_written += 1;
        }
        for failure in page.report.failures.iter().filter(|failure| !failure.is_cured_by_bless()) {
            writeln!(to, "{}", failure.to_text(path))?;
            n_left += 1;
        }
    }
    Ok((n_written, n_left))
}
