//! A page as a Jupyter notebook (format 4.5), byte for byte the same each time it is made.
//!
//! The page's own session becomes the code cells, with the outputs a run gave; prose is copied as it stands.
//! What a notebook has no second kernel for, other sessions, other versions, the prompt, Rust, stays as
//! text that is read and not run. Keys are sorted and indented as Jupyter itself writes them.

use crate::chapter::Chapter;
use crate::check::Run;
use crate::engine::Output;
use crate::info::{Language, Version};
use crate::page::bare;
use crate::pair::Snippet;
use crate::plan::Expect;
use serde::Serialize as _;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Value, json};

/// Makes the notebook of a page; none for a page that has nothing to run in one.
pub fn notebook(chapter: &Chapter, runs: &[Run]) -> Option<String> {
    let mut notebook = Notebook { chapter, runs, cells: Vec::new(), n_texts: 0, n_codes: 0 };
    notebook.fill();
    if notebook.n_codes == 0 {
        return None;
    }
    let value = json!({
        "cells": notebook.cells,
        "metadata": {
            "heapbook": { "page": chapter.path.file_name().unwrap_or_default().to_string_lossy() },
            "kernelspec": { "display_name": "Heapbook", "language": "python", "name": "heapbook" },
            "language_info": {
                "codemirror_mode": { "name": "ipython", "version": 3 },
                "file_extension": ".py",
                "mimetype": "text/x-python",
                "name": "python",
                "nbconvert_exporter": "python",
                "pygments_lexer": "ipython3",
                "version": Version::DEFAULT.to_string(),
            },
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    });
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b" "))).ok()?;
    bytes.push(b'\n');
    String::from_utf8(bytes).ok()
}

struct Notebook<'c> {
    chapter: &'c Chapter,
    runs: &'c [Run],
    cells: Vec<Value>,
    n_texts: usize,
    n_codes: usize,
}

impl Notebook<'_> {
    fn fill(&mut self) {
        let page = &self.chapter.page;
        let mut next = 1;
        for (index, snippet) in self.chapter.snippets.iter().enumerate() {
            if !is_cell(snippet) {
                continue;
            }
            let (first, last) = match snippet.code.top_level {
                true if snippet.code.hidden => self.comment_around(snippet),
                true => (snippet.code.line, snippet.end_line()),
                // A list cannot be cut in two: it is shown whole, and its code comes after it.
                false => (snippet.code.block_end + 1, snippet.code.block_end),
            };
            if first > next {
                self.text(&page.slice(next, first - 1));
            }
            next = next.max(last + 1);
            self.code(index, snippet);
        }
        self.text(&page.slice(next, page.len()));
    }

    fn text(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim_matches('\n').trim_end();
        if text.trim().is_empty() {
            return;
        }
        self.n_texts += 1;
        self.cells.push(json!({
            "cell_type": "markdown",
            "id": format!("text-{}", self.n_texts),
            "metadata": {},
            "source": lines(&links(text)),
        }));
    }

    fn code(&mut self, index: usize, snippet: &Snippet) {
        self.n_codes += 1;
        let count = self.n_codes;
        let run = self.runs.iter().find(|run| run.snippet == index && run.expect == Expect::Own);
        let outputs = run.and_then(|run| run.cells.first()).map_or(&[][..], Vec::as_slice);
        let id = snippet.options.id.clone().unwrap_or_else(|| format!("code-{count}"));
        self.cells.push(json!({
            "cell_type": "code",
            "execution_count": count,
            "id": id,
            "metadata": metadata(snippet),
            "outputs": outputs.iter().map(|output| value(output, count)).collect::<Vec<Value>>(),
            "source": lines(snippet.code.body.trim_end_matches('\n')),
        }));
    }

    /// The lines of the comment that a hidden snippet stands in.
    fn comment_around(&self, snippet: &Snippet) -> (usize, usize) {
        let page = &self.chapter.page;
        let first = (1..snippet.code.line).rev().find(|line| page.line(*line).trim_start().starts_with("<!--"));
        let last = (snippet.code.end_line..=page.len()).find(|line| bare(page.line(*line)).contains("-->"));
        (first.unwrap_or(snippet.code.line), last.unwrap_or(snippet.code.end_line))
    }
}

/// Whether a snippet runs in a notebook's one kernel.
fn is_cell(snippet: &Snippet) -> bool {
    snippet.language == Language::Python && snippet.options.session.is_none() && snippet.options.python.is_none()
}

fn metadata(snippet: &Snippet) -> Value {
    let mut tags = Vec::new();
    if snippet.options.raises.is_some() {
        tags.push("raises-exception");
    }
    match (snippet.code.hidden, tags.is_empty()) {
        (true, _) => {
            tags.push("setup");
            json!({ "jupyter": { "source_hidden": true }, "tags": tags })
        }
        (false, true) => json!({}),
        (false, false) => json!({ "tags": tags }),
    }
}

fn value(output: &Output, count: usize) -> Value {
    match output {
        Output::Stdout(text) => json!({ "name": "stdout", "output_type": "stream", "text": lines(text) }),
        Output::Stderr(text) => json!({ "name": "stderr", "output_type": "stream", "text": lines(text) }),
        Output::Value(text) => json!({
            "data": { "text/plain": lines(text) },
            "execution_count": count,
            "metadata": {},
            "output_type": "execute_result",
        }),
        Output::Error { ename, evalue, traceback } => json!({
            "ename": ename,
            "evalue": evalue,
            "output_type": "error",
            "traceback": traceback.lines().collect::<Vec<&str>>(),
        }),
    }
}

/// A text as the format holds it: a list of lines, each with its end.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Prose whose links to other pages lead to their notebooks.
fn links(text: &str) -> String {
    let mut linked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("](") {
        let (before, after) = rest.split_at(at + 2);
        linked += before;
        let end = after.find([')', ' ', '\n']).unwrap_or(after.len());
        let target = &after[..end];
        let (file, anchor) = target.split_at(target.find('#').unwrap_or(target.len()));
        match file.strip_suffix(".md").filter(|stem| !stem.contains("://")) {
            Some(stem) => linked += &format!("{stem}.ipynb{anchor}"),
            None => linked += target,
        }
        rest = &after[end..];
    }
    linked + rest
}
