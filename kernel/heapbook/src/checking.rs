//! Checks many pages at once, one thread a processor, and tells how far it is.

use crate::cli::CheckArgs;
use crate::engine;
use crate::project::Project;
use crate::report;
use crate::stack;
use crate::watch::Watch;
use anyhow::{Context as _, Result};
use chapter::{Chapter, Engine, Report};
use std::io::{IsTerminal as _, Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What came of checking some pages.
pub(crate) struct Outcome {
    /// The pages in the order asked for.
    pub(crate) pages: Vec<Checked>,
    /// What ran them.
    pub(crate) engine: String,
    /// From start to end.
    pub(crate) took: Duration,
}

/// A page with what came of it.
pub(crate) struct Checked {
    pub(crate) chapter: Chapter,
    pub(crate) report: Report,
    pub(crate) took: Duration,
}

impl Outcome {
    /// How many things do not hold.
    pub(crate) fn n_failures(&self) -> usize {
        self.pages.iter().map(|page| page.report.failures.len()).sum()
    }
}

/// `heapbook check`
pub(crate) fn command(args: &CheckArgs) -> Result<ExitCode> {
    let project = Project::here()?;
    let engine = engine::choose(&args.run.engine, &project)?;
    let once = || -> Result<ExitCode> {
        let outcome = check(&project.select(&args.run.paths)?, engine.as_ref())?;
        report::write(&outcome, args.format, &mut stdout().lock())?;
        Ok(ExitCode::from(u8::from(outcome.n_failures() > 0)))
    };
    if !args.watch {
        return once();
    }
    let watch = Watch::new(&project)?;
    let mut last = once()?;
    while watch.wait() {
        last = once()?;
    }
    Ok(last)
}

/// Checks pages.
pub(crate) fn check(paths: &[PathBuf], engine: &dyn Engine) -> Result<Outcome> {
    let start = Instant::now();
    let chapters = paths
        .iter()
        .map(|path| Chapter::read(path).with_context(|| format!("`{}` cannot be read", path.display())))
        .collect::<Result<Vec<Chapter>>>()?;
    let total = chapters.len();
    let queue = Mutex::new(chapters.into_iter().enumerate());
    let done = Mutex::new(Vec::with_capacity(total));
    let progress = Progress::new(total);
    let n_threads = thread::available_parallelism().map_or(1, usize::from).min(total);
    thread::scope(|scope| {
        for _ in 0..n_threads {
            stack::large().spawn_scoped(scope, || {
                while let Some((index, chapter)) = next(&queue) {
                    let start = Instant::now();
                    progress.starts(&chapter);
                    let report = chapter::check(&chapter, engine);
                    progress.ended();
                    let checked = Checked { chapter, report, took: start.elapsed() };
                    if let Ok(mut done) = done.lock() {
                        done.push((index, checked));
                    }
                }
            })?;
        }
        std::io::Result::Ok(())
    })
    .context("no thread can be started")?;
    progress.clear();
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(index, _)| *index);
    let pages = done.into_iter().map(|(_, checked)| checked).collect();
    Ok(Outcome { pages, engine: engine.name(), took: start.elapsed() })
}

fn next<T>(queue: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    queue.lock().ok()?.next()
}

/// A line on standard error while a terminal watches; nothing otherwise.
struct Progress {
    total: usize,
    done: AtomicUsize,
    watched: bool,
}

impl Progress {
    fn new(total: usize) -> Progress {
        Progress { total, done: AtomicUsize::new(0), watched: std::io::stderr().is_terminal() }
    }

    fn starts(&self, chapter: &Chapter) {
        if self.watched {
            let done = self.done.load(Ordering::Relaxed);
            let mut stderr = std::io::stderr().lock();
            let _ = write!(stderr, "\r\x1b[K{done}/{} {}", self.total, chapter.path.display());
            let _ = stderr.flush();
        }
    }

    fn ended(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn clear(&self) {
        if self.watched {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
