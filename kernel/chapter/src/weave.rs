//! A page as the book draws it: Markdown in, Markdown out, for mdBook's HTML.
//!
//! Nothing is run here. Each snippet at the left margin is put in a frame with its outputs, captions say what a
//! fence's options mean, and what a check found is shown where it was found. Snippets in lists and
//! quotes stay as they are: their frame would have to be part of the list.

use crate::chapter::Chapter;
use crate::check::Report;
use crate::failure::Failure;
use crate::fence::Fence;
use crate::info::{Language, Only, Version};
use crate::pair::Snippet;
use std::fmt::Write as _;

/// What goes in before a line, counted from 1, or in its place.
#[derive(Default)]
struct Insert {
    before: String,
    instead: Option<String>,
    after: String,
}

/// Draws a page. With a report, what it found is drawn too.
pub fn weave(chapter: &Chapter, report: Option<&Report>) -> String {
    let failures = report.map_or(&[][..], |report| &report.failures);
    let mut inserts: Vec<Insert> = (0..=chapter.page.len()).map(|_| Insert::default()).collect();
    let mut told = vec![false; failures.len()];
    for (index, snippet) in chapter.snippets.iter().enumerate() {
        if snippet.code.hidden || !snippet.code.top_level {
            continue;
        }
        if let Some(heap) = &snippet.heap {
            // All pages are one when they are printed.
            let name = snippet.options.id.clone().unwrap_or_else(|| index.to_string());
            let page = chapter.path.file_stem().unwrap_or_default().to_string_lossy();
            drawn(&heap.fence, &format!("hp-{page}-{name}"), &mut inserts);
        }
        let (mut below, mut holds) = (String::new(), true);
        for (failure, told) in failures.iter().zip(&mut told) {
            if (snippet.code.line..=snippet.end_line()).contains(&failure.line) {
                below += &failed(failure, chapter);
                holds = false;
                *told = true;
            }
        }
        frame(snippet, &below, holds, &mut inserts);
    }
    // What is found elsewhere is told at the top: in hidden code, in lists, in what is no snippet at all.
    let elsewhere = failures.iter().zip(&told).filter(|(_, told)| !**told);
    let mut text = elsewhere.fold(String::new(), |text, (failure, _)| text + &failed(failure, chapter));
    for (index, insert) in inserts.iter().enumerate().skip(1) {
        text += &insert.before;
        let line = chapter.page.line(index);
        text += insert.instead.as_deref().unwrap_or(line);
        if !insert.after.is_empty() && !text.ends_with(['\n', '\r']) {
            text.push('\n');
        }
        text += &insert.after;
    }
    text
}

fn frame(snippet: &Snippet, below: &str, holds: bool, inserts: &mut [Insert]) {
    let options = &snippet.options;
    // What several versions print stands side by side.
    let compares = snippet.outputs.len() > 1;
    let mut open = format!("<div class=\"heapbook-cell{}\"", if compares { " heapbook-versions" } else { "" });
    let mut attribute = |name: &str, value: &str| {
        let _ = write!(open, " {name}=\"{}\"", escaped(value));
    };
    if let Some(id) = &options.id {
        attribute("id", id);
    }
    if let Some(session) = &options.session {
        attribute("data-session", session);
    }
    if let Some(version) = options.python {
        attribute("data-python", &version.to_string());
    }
    for (word, set) in [("data-fresh", options.fresh), ("data-norun", options.norun)] {
        if set {
            attribute(word, "");
        }
    }
    open += ">\n\n";
    let mut captions = Vec::new();
    captions.extend(options.python.map(|version| format!("Python {version}")));
    captions.extend(options.only.map(|only| only_caption(only).to_owned()));
    if !captions.is_empty() {
        let _ = write!(open, "<p class=\"heapbook-caption\">{}</p>\n\n", escaped(&captions.join(" · ")));
    }
    inserts[snippet.code.line].before += &open;
    let language = match snippet.language {
        Language::Python => "python",
        Language::Pycon => "pycon",
        Language::Rust => "rust",
    };
    let marks = snippet.code.mark.to_string().repeat(snippet.code.length);
    inserts[snippet.code.line].instead = Some(format!("{marks}{language}\n"));
    for output in &snippet.outputs {
        let raised = match snippet.options.raises {
            Some(_) if output.version.is_none() => " heapbook-raised",
            _ => "",
        };
        let version = output.version.or(options.python).unwrap_or(Version::DEFAULT);
        let caption = compares.then(|| format!("Python {version} prints"));
        part(&output.fence, &format!("heapbook-output{raised}"), caption, &mark(snippet, holds), inserts);
    }
    if let Some(heap) = &snippet.heap {
        part(&heap.fence, "heapbook-heap", None, "", inserts);
    }
    let _ = write!(inserts[snippet.end_line()].after, "\n{below}</div>\n\n");
}

/// Puts the picture in the place of its text, which it keeps.
fn drawn(fence: &Fence, prefix: &str, inserts: &mut [Insert]) {
    let Some(picture) = picture::read(&fence.body) else { return };
    let prefix: String = prefix.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    inserts[fence.line].instead = Some(picture::html(&picture, &prefix, false) + "\n");
    (fence.line + 1..=fence.end_line).for_each(|line| inserts[line].instead = Some(String::new()));
}

fn part(fence: &Fence, class: &str, caption: Option<String>, mark: &str, inserts: &mut [Insert]) {
    let before = &mut inserts[fence.line].before;
    let _ = write!(before, "\n<div class=\"{class}\">\n\n");
    if let Some(caption) = caption {
        let _ = write!(before, "<p class=\"heapbook-caption\">{}</p>\n\n", escaped(&caption));
    }
    *before += mark;
    inserts[fence.end_line].after += "\n</div>\n";
}

/// The word beside an output that says it is no mere text, and by whom it is held to be so.
fn mark(snippet: &Snippet, holds: bool) -> String {
    let by = match (snippet.language, snippet.options.only) {
        (Language::Rust, _) => "A Rust program on the heap crate prints this",
        (_, Some(_)) => "The heap of this book prints this",
        (_, None) => "The heap of this book prints this, and so does CPython",
    };
    match holds {
        true => format!("<p class=\"heapbook-checked\" title=\"{by}; it is run at every change.\">checked</p>\n\n"),
        false => "<p class=\"heapbook-differs\">differs</p>\n\n".into(),
    }
}

fn only_caption(only: Only) -> &'static str {
    match only {
        Only::Model => "figures of the book's modelled machine",
        Only::Version => "a version the judge does not speak",
        Only::Picture => "drawn from the book's own heap",
    }
}

/// A finding as a block of HTML, on one line so that no blank line inside ends it.
fn failed(failure: &Failure, chapter: &Chapter) -> String {
    let inline = |text: &str| escaped(text).replace('\n', "&#10;");
    let path = &chapter.path;
    let place = format!("{}:{}: {}", path.display(), failure.line, failure.title());
    let mut html = format!("<div class=\"heapbook-failure\" role=\"alert\"><p>{}</p>", inline(&place));
    let detail = failure.detail();
    if !detail.is_empty() {
        let _ = write!(html, "<pre>{}</pre>", inline(detail.trim_end_matches('\n')));
    }
    let way_out = failure.way_out(path);
    if !way_out.is_empty() {
        let _ = write!(html, "<p>{}</p>", inline(&way_out));
    }
    html + "</div>\n\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
