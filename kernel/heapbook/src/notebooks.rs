//! The book as notebooks in `notebooks/` beside it: one a page, and one more for a page with Rust.
//!
//! They are made, never edited: `--check` tells which are not what their pages make, and writes nothing.

use crate::checking::{self, Outcome};
use crate::cli::{Format, NotebooksArgs};
use crate::engine;
use crate::project::{Project, shown};
use crate::report::{self, counted};
use anyhow::{Context as _, Result, bail};
use chapter::Language;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// `heapbook notebooks`
pub(crate) fn command(args: &NotebooksArgs) -> Result<ExitCode> {
    let project = Project::here()?;
    let outcome = checking::check(&project.all()?, engine::choose(&args.engine, &project)?.as_ref())?;
    let mut to = stdout().lock();
    if outcome.n_failures() > 0 {
        report::write(&outcome, Format::Text, &mut to)?;
        bail!("no notebook is made of pages that do not hold");
    }
    let made = make(&project, &outcome, args.check)?;
    let what = if args.check { "is not what its page makes; `heapbook notebooks` makes it" } else { "written" };
    for path in &made.differ {
        writeln!(to, "{}: {what}", path.display())?;
    }
    for path in &made.stray {
        writeln!(to, "{}: no page makes it; remove it", path.display())?;
    }
    writeln!(to, "{}, {} differed", counted(made.total, "notebook"), made.differ.len())?;
    let holds = made.stray.is_empty() && (made.differ.is_empty() || !args.check);
    Ok(ExitCode::from(u8::from(!holds)))
}

/// What came of making notebooks.
struct Made {
    /// Notebooks that are not what their pages make; written, unless only asked for.
    differ: Vec<PathBuf>,
    /// Notebooks that no page makes.
    stray: Vec<PathBuf>,
    /// How many there should be.
    total: usize,
}

/// Makes the notebooks of checked pages. `only_check` writes nothing.
fn make(project: &Project, outcome: &Outcome, only_check: bool) -> Result<Made> {
    let folder = project.root.join("notebooks");
    let pages = fs::canonicalize(&project.pages)?;
    let mut wanted = BTreeMap::new();
    for page in &outcome.pages {
        let file = fs::canonicalize(&page.chapter.path)?;
        let inside = file.strip_prefix(&pages).with_context(|| format!("`{}` is not a page of this book", page.chapter.path.display()))?;
        for (language, extension) in [(Language::Python, "ipynb"), (Language::Rust, "rust.ipynb")] {
            if let Some(text) = chapter::notebook(&page.chapter, &page.report.runs, language) {
                wanted.insert(folder.join(inside).with_extension(extension), text);
            }
        }
    }
    let mut made = Made { differ: Vec::new(), stray: Vec::new(), total: wanted.len() };
    for (path, text) in &wanted {
        if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
            continue;
        }
        if !only_check {
            fs::create_dir_all(path.parent().unwrap_or(&folder))?;
            chapter::write(path, text).with_context(|| format!("`{}` cannot be written", path.display()))?;
        }
        made.differ.push(shown(path));
    }
    let mut there = Vec::new();
    if folder.is_dir() {
        walk(&folder, &mut there)?;
    }
    made.stray = there.iter().filter(|path| !wanted.contains_key(*path)).map(|path| shown(path)).collect();
    Ok(made)
}

fn walk(folder: &Path, notebooks: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            walk(&path, notebooks)?;
        } else if path.extension().is_some_and(|extension| extension == "ipynb") {
            notebooks.push(path);
        }
    }
    notebooks.sort();
    Ok(())
}
