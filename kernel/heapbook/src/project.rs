//! Where the book is: its root, its pages, its title.
//!
//! The root is the nearest folder upwards that has a `book.toml`. Pages are told to people as they would
//! type them: from the folder they are in.

use crate::machine;
use anyhow::{Context as _, Result, anyhow, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// A book on the disk.
pub(crate) struct Project {
    /// The folder with `book.toml`.
    pub(crate) root: PathBuf,
    /// The folder with the pages.
    pub(crate) pages: PathBuf,
    /// Whether its readers run the snippets.
    pub(crate) runs: bool,
}

impl Project {
    /// Finds the book from `from` upwards.
    pub(crate) fn find(from: &Path) -> Result<Project> {
        let root = from
            .ancestors()
            .find(|folder| folder.join("book.toml").is_file())
            .ok_or_else(|| anyhow!("no `book.toml` here nor in any folder above; go to the book's folder"))?;
        let config = fs::read_to_string(root.join("book.toml")).context("`book.toml` cannot be read")?;
        let config: mdbook_driver::config::Config = config.parse().context("`book.toml` is not what mdBook expects")?;
        let runs = machine::is_wanted(&config);
        Ok(Project { root: root.to_owned(), pages: root.join(config.book.src), runs })
    }

    /// Finds the book from the folder we are in.
    pub(crate) fn here() -> Result<Project> {
        Project::find(&std::env::current_dir()?)
    }

    /// The pages named, folders with all pages below them; all pages of the book if none is named.
    pub(crate) fn select(&self, named: &[PathBuf]) -> Result<Vec<PathBuf>> {
        if named.is_empty() {
            return self.all();
        }
        let mut pages = Vec::new();
        for path in named {
            if path.is_dir() {
                walk(path, &mut pages)?;
            } else if path.is_file() {
                pages.push(path.clone());
            } else {
                bail!("`{}` is neither a page nor a folder", path.display());
            }
        }
        Ok(pages)
    }

    /// All pages of the book, by name.
    pub(crate) fn all(&self) -> Result<Vec<PathBuf>> {
        let mut pages = Vec::new();
        walk(&self.pages, &mut pages)?;
        Ok(pages.into_iter().map(|page| shown(&page)).collect())
    }
}

/// All Markdown files below a folder but the table of contents, by name.
fn walk(folder: &Path, pages: &mut Vec<PathBuf>) -> Result<()> {
    let listing = fs::read_dir(folder).with_context(|| format!("`{}` cannot be listed", folder.display()))?;
    let mut paths: Vec<PathBuf> = listing.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            walk(&path, pages)?;
        } else if path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("SUMMARY.md") && !hidden {
            pages.push(path);
        }
    }
    Ok(())
}

/// A path as one would type it from here.
pub(crate) fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_owned()
}
