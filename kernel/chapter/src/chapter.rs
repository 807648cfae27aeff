//! A page read: its text, its snippets, its sessions, and what is wrong with it before anything runs.

use crate::fence;
use crate::mistake::Mistake;
use crate::page::Page;
use crate::pair::{self, Snippet};
use crate::plan::{self, Plan};
use std::io;
use std::path::{Path, PathBuf};

/// A page of the book.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// Where it is, as it is told to people.
    pub path: PathBuf,
    /// The file's text.
    pub text: String,
    /// The text by lines.
    pub page: Page,
    /// What runs, in the order of the page.
    pub snippets: Vec<Snippet>,
    /// What is wrong with it, in the order of the page.
    pub mistakes: Vec<Mistake>,
}

impl Chapter {
    /// Reads a page from its file.
    pub fn read(path: &Path) -> io::Result<Chapter> {
        Ok(Chapter::parse(path.to_owned(), std::fs::read_to_string(path)?))
    }

    /// Reads a page from its text.
    pub fn parse(path: PathBuf, text: String) -> Chapter {
        let page = Page::new(&text);
        let (fences, mut mistakes) = fence::find(&page);
        let snippets = pair::pair(fences, &mut mistakes);
        mistakes.sort_by_key(|mistake| mistake.line);
        Chapter { path, text, page, snippets, mistakes }
    }

    /// The sessions it needs.
    pub fn plan(&self) -> Vec<Plan> {
        plan::plan(&self.snippets)
    }
}
