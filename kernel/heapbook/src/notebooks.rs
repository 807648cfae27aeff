//! The book as notebooks, one a page, in `notebooks/` beside it.
//!
//! They are made, never edited: `--check` tells which are not what their pages make, and writes nothing.

use crate::checking::Outcome;
use crate::project::{Project, shown};
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What came of making notebooks.
pub(crate) struct Made {
    /// Notebooks that are not what their pages make; written, unless only asked for.
    pub(crate) differ: Vec<PathBuf>,
    /// Notebooks that no page makes.
    pub(crate) stray: Vec<PathBuf>,
    /// How many there should be.
    pub(crate) total: usize,
}

/// Makes the notebooks of checked pages. `only_check` writes nothing.
pub(crate) fn make(project: &Project, outcome: &Outcome, only_check: bool) -> Result<Made> {
    let folder = project.root.join("notebooks");
    let pages = fs::canonicalize(&project.pages)?;
    let mut wanted = BTreeMap::new();
    for page in &outcome.pages {
        let file = fs::canonicalize(&page.chapter.path)?;
        let inside = file.strip_prefix(&pages).with_context(|| format!("`{}` is not a page of this book", page.chapter.path.display()))?;
        if let Some(text) = chapter::notebook(&page.chapter, &page.report.runs) {
            wanted.insert(folder.join(inside).with_extension("ipynb"), text);
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
