//! A page as a Jupyter notebook (format 4.5), byte for byte the same each time it is made.
//!
//! The page's own session becomes the code cells, with the outputs a run gave; prose is copied as it stands.
//! What a notebook has no second kernel for, other sessions, other versions, the prompt, the other language,
//! stays as text that is read and not run. `nbformat` writes it, as Jupyter itself would.

use crate::chapter::Chapter;
use crate::check::Run;
use crate::engine::Output;
use crate::info::{Language, Only, Version};
use crate::page::bare;
use crate::pair::{HeapFence, Snippet};
use crate::plan::Expect;
use picture::View;
use serde_json::{Value, json};

/// What a Rust notebook runs first: a failed assertion is an error, and the heap crate is at hand.
const RUST_START: &str = ":preserve_vars_on_panic 0\n:dep heap = { path = \"../kernel/heap\" }";

/// Makes the notebook of a page in a language; none for a page that has nothing to run in one.
///
/// Rust cells have the outputs that the page says, the page having been checked.
pub fn notebook(chapter: &Chapter, runs: &[Run], language: Language) -> Option<String> {
    let mut notebook = Notebook { chapter, runs, language, cells: Vec::new(), n_texts: 0, n_codes: 0 };
    notebook.fill();
    if notebook.n_codes == 0 {
        return None;
    }
    let (kernelspec, language_info) = match language {
        Language::Rust => (
            json!({ "display_name": "Rust", "language": "rust", "name": "rust" }),
            json!({ "file_extension": ".rs", "mimetype": "text/rust", "name": "rust", "pygments_lexer": "rust" }),
        ),
        _ => (
            json!({ "display_name": "Heapbook", "language": "python", "name": "heapbook" }),
            json!({
                "codemirror_mode": { "name": "ipython", "version": 3 },
                "file_extension": ".py",
                "mimetype": "text/x-python",
                "name": "python",
                "nbconvert_exporter": "python",
                "pygments_lexer": "ipython3",
                "version": Version::DEFAULT.to_string(),
            }),
        ),
    };
    let value = json!({
        "cells": notebook.cells,
        "metadata": {
            "heapbook": { "page": chapter.path.file_name().unwrap_or_default().to_string_lossy() },
            "kernelspec": kernelspec,
            "language_info": language_info,
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    });
    let read = nbformat::parse_notebook(&value.to_string());
    Some(
        read.and_then(|notebook| nbformat::serialize_notebook(&notebook)).expect("cells have ids of their own and outputs of a known kind"),
    )
}

struct Notebook<'c> {
    chapter: &'c Chapter,
    runs: &'c [Run],
    language: Language,
    cells: Vec<Value>,
    n_texts: usize,
    n_codes: usize,
}

impl Notebook<'_> {
    fn fill(&mut self) {
        let page = &self.chapter.page;
        let mut next = 1;
        for (index, snippet) in self.chapter.snippets.iter().enumerate() {
            if !self.is_cell(snippet) {
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
            if let Some(heap) = snippet.heap.as_ref().filter(|_| self.language == Language::Python) {
                self.picture(heap);
            }
        }
        self.text(&page.slice(next, page.len()));
    }

    fn text(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        // What is folded in a page could not be folded around a cell.
        let unfolded: String = text.split_inclusive('\n').map(unfolded).collect();
        let text = unfolded.trim_matches('\n').trim_end();
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

    /// A picture as text, with the magic that draws it: a cell of its own would run in no other kernel, and a collection in it would change
    /// what comes after.
    fn picture(&mut self, heap: &HeapFence) {
        let magic = match &heap.request.view {
            View::Heap => format!("%heap {}", heap.request.names.join(" ")),
            View::Film => "%collect --step".into(),
            View::Diff => "%%trace".into(),
            View::Timeline => "%%mprof".into(),
            View::Why(name) => format!("%why {name}"),
        };
        let marks = heap.fence.mark.to_string().repeat(heap.fence.length);
        self.text(&format!("{marks}text\n{}{marks}\n\nIn the Heapbook kernel, `{}` draws this.\n", heap.fence.body, magic.trim()));
    }

    fn code(&mut self, index: usize, snippet: &Snippet) {
        if self.language == Language::Rust && self.n_codes == 0 {
            self.cells.push(json!({
                "cell_type": "code",
                "execution_count": null,
                "id": "start",
                "metadata": {},
                "outputs": [],
                "source": lines(RUST_START),
            }));
        }
        self.n_codes += 1;
        let count = self.n_codes;
        let run = self.runs.iter().find(|run| run.snippet == index && run.expect == Expect::Own);
        let outputs = match (run.and_then(|run| run.cells.first()), self.language) {
            (Some(outputs), _) => outputs.clone(),
            (None, Language::Rust) => snippet.output(None).map(|output| written(snippet, &output.fence.body)).into_iter().collect(),
            (None, _) => Vec::new(),
        };
        // A Rust kernel counts its cells in its own way.
        let execution_count = (self.language != Language::Rust).then_some(count);
        let id = snippet.options.id.clone().unwrap_or_else(|| format!("code-{count}"));
        self.cells.push(json!({
            "cell_type": "code",
            "execution_count": execution_count,
            "id": id,
            "metadata": metadata(snippet),
            "outputs": outputs.iter().map(|output| value(output, count)).chain(shown(snippet, count)).collect::<Vec<Value>>(),
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

    /// Whether a snippet runs in the notebook's one kernel.
    fn is_cell(&self, snippet: &Snippet) -> bool {
        snippet.language == self.language && snippet.options.session.is_none() && snippet.options.python.is_none()
    }
}

/// What a page says that its Rust prints. A cell that ends with an expression shows its value, and prints nothing besides.
fn written(snippet: &Snippet, output: &str) -> Output {
    match snippet.code.body.trim_end().ends_with([';', '}']) {
        true => Output::Stdout(output.to_owned()),
        false => Output::Value(output.trim_end_matches('\n').to_owned()),
    }
}

/// The picture that a cell in Rust has for its value, as its page says.
fn shown(snippet: &Snippet, count: usize) -> Option<Value> {
    let heap = snippet.heap.as_ref().filter(|_| snippet.language == Language::Rust)?;
    let text = heap.fence.body.trim_end_matches('\n');
    let drawn = picture::read(&heap.fence.body).map(|picture| picture::html(&picture, &format!("hp-{count}"), true));
    let drawn = drawn.unwrap_or_default();
    Some(json!({
        "data": { "text/html": lines(&drawn), "text/plain": lines(text) },
        "execution_count": count,
        "metadata": {},
        "output_type": "execute_result",
    }))
}

/// A line of prose without what folds it: the summary becomes a line of its own in bold.
fn unfolded(line: &str) -> String {
    let bare = line.trim();
    match bare.strip_prefix("<summary>").and_then(|text| text.strip_suffix("</summary>")) {
        Some(summary) => format!("**{summary}**\n"),
        None if matches!(bare, "<details>" | "</details>") => String::new(),
        None => line.to_owned(),
    }
}

fn metadata(snippet: &Snippet) -> Value {
    let mut tags = Vec::new();
    if snippet.options.raises.is_some() {
        tags.push("raises-exception");
    }
    if snippet.options.only.is_some() {
        tags.push("heapbook-only");
    }
    // The page shows what the modelled world says; a notebook's world is real.
    if snippet.options.only == Some(Only::Model) {
        tags.push("nbval-ignore-output");
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
