//! Draws the book with mdBook. Nothing is run: what the pages say is what is drawn.
//!
//! The same preprocessor serves `build`, `serve` and a plain `mdbook build`, which starts us as a command.

use crate::checking::Outcome;
use crate::claims;
use crate::cli::{PreprocessArgs, PreprocessQuestion};
use crate::machine;
use crate::project::{Project, shown};
use anyhow::{Context as _, Result};
use chapter::{Chapter, Report, runnable, weave};
use mdbook_driver::MDBook;
use mdbook_driver::book::{Book, BookItem};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext, parse_input};
use std::collections::HashMap;
use std::fs;
use std::io::{Write as _, stderr, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Draws the outputs of each page, and what a check found in it.
#[derive(Default)]
pub(crate) struct Weaver {
    /// Reports by the page's file.
    reports: HashMap<PathBuf, Report>,
    /// Whether each page is told as it is drawn.
    tells: bool,
}

impl Weaver {
    /// A weaver that shows what a check found.
    pub(crate) fn showing(outcome: &Outcome) -> Weaver {
        let report = |page: &crate::checking::Checked| {
            let file = std::fs::canonicalize(&page.chapter.path).unwrap_or_else(|_| page.chapter.path.clone());
            (file, page.report.clone())
        };
        Weaver { reports: outcome.pages.iter().map(report).collect(), tells: false }
    }

    fn weave(&self, pages: &Path, runs: bool, book: &mut Book) -> Result<()> {
        let mut failed = Ok(());
        let (all, mut drawn) = (book.chapters().filter(|page| page.source_path.is_some()).count(), 0);
        book.for_each_mut(|item| {
            let BookItem::Chapter(page) = item else { return };
            let Some(source) = &page.source_path else { return };
            match claims::fill(std::mem::take(&mut page.content), pages) {
                Ok(text) => page.content = text,
                Err(error) => return failed = Err(error),
            }
            drawn += 1;
            if self.tells {
                // If nobody listens, there is nobody to tell.
                let _ = writeln!(stderr(), "{drawn:>3}/{all} {}", shown(&pages.join(source)).display());
            }
            let file = std::fs::canonicalize(pages.join(source)).unwrap_or_default();
            let chapter = Chapter::parse(shown(&file), std::mem::take(&mut page.content));
            page.content = weave(&chapter, self.reports.get(&file));
            if let Some(script) = runnable(&chapter).filter(|_| runs) {
                page.content += &format!("\n\n{script}");
            }
        });
        failed
    }
}

impl Preprocessor for Weaver {
    fn name(&self) -> &str {
        "heapbook"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        self.weave(&context.root.join(&context.config.book.src), machine::is_wanted(&context.config), &mut book)?;
        Ok(book)
    }
}

/// Draws the book into `folder`, or where its `book.toml` says; gives the folder.
pub(crate) fn build(project: &Project, weaver: Weaver, folder: Option<&Path>) -> Result<PathBuf> {
    let mut book = MDBook::load(&project.root).context("the book cannot be read")?;
    if let Some(folder) = folder {
        book.config.build.build_dir = folder.to_owned();
    }
    // Takes the place of the command that `book.toml` names for plain mdBook.
    book.with_preprocessor(weaver);
    book.build().context("the book cannot be drawn")?;
    Ok(book.build_dir_for("html"))
}

/// `heapbook build`
pub(crate) fn command() -> Result<ExitCode> {
    let project = Project::here()?;
    let folder = build(&project, Weaver { tells: true, ..Weaver::default() }, None)?;
    if project.runs {
        for (name, script) in machine::scripts(false)? {
            fs::write(folder.join(name), script).context("the machine cannot be put into the book")?;
        }
    }
    writeln!(stdout(), "{}", shown(&folder).join("index.html").display())?;
    Ok(ExitCode::SUCCESS)
}

/// `heapbook preprocess`: answers mdBook over standard streams. A book comes in as JSON and goes out drawn.
pub(crate) fn preprocess_command(args: &PreprocessArgs) -> Result<ExitCode> {
    if let Some(PreprocessQuestion::Supports { renderer }) = &args.question {
        // Other renderers would print the frames' HTML.
        return Ok(ExitCode::from(u8::from(renderer != "html")));
    }
    let message = parse_input(stdin().lock());
    let (context, book) = message.context("mdBook's message cannot be read; `heapbook preprocess` is started by mdBook 0.5")?;
    let book = Weaver::default().run(&context, book)?;
    serde_json::to_writer(stdout().lock(), &book)?;
    Ok(ExitCode::SUCCESS)
}
