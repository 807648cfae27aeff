//! Splices accepted outputs into a page, byte for byte where nothing changed.
//!
//! Only lines inside output fences are replaced, whole fences added or removed; prose and code are copied.
//! A line of the page that stands for what was printed is kept as it is, patterns and line ends included.

use crate::chapter::Chapter;
use crate::check::Run;
use crate::compare::{self, Alignment, Step};
use crate::engine::prompt_text;
use crate::engine::{self, Engine, Tolerance};
use crate::fence::Fence;
use crate::info::Language;
use crate::page::bare;
use crate::pair::Snippet;
use crate::plan::Expect;
use std::ops::Range;

/// Lines to be replaced, counted from 1, and what comes in their place.
struct Edit {
    lines: Range<usize>,
    text: String,
}

/// The page with the outputs of `runs`, which came from `engine`; none if it says them already.
pub fn bless(chapter: &Chapter, runs: &[Run], engine: &dyn Engine) -> Option<String> {
    if !chapter.mistakes.is_empty() {
        return None;
    }
    let mut edits = Vec::new();
    for run in runs.iter().filter(|run| run.acceptable) {
        let snippet = &chapter.snippets[run.snippet];
        let splice = Splice { chapter, snippet, tolerance: engine.tolerance(snippet.language) };
        splice.run(run, &mut edits);
    }
    edits.sort_by_key(|edit| (edit.lines.start, edit.lines.end));
    let mut text = String::with_capacity(chapter.text.len());
    let mut next = 1;
    for edit in &edits {
        text += &chapter.page.slice(next, edit.lines.start - 1);
        // A fence added after the last line of a file that does not end its line.
        if edit.lines.is_empty() && !text.is_empty() && !text.ends_with(['\n', '\r']) {
            text += chapter.page.end_of(edit.lines.start - 1);
        }
        text += &edit.text;
        next = edit.lines.end;
    }
    text += &chapter.page.slice(next, chapter.page.len());
    (text != chapter.text).then_some(text)
}

struct Splice<'c> {
    chapter: &'c Chapter,
    snippet: &'c Snippet,
    tolerance: Tolerance,
}

impl Splice<'_> {
    fn run(&self, run: &Run, edits: &mut Vec<Edit>) {
        if self.snippet.language == Language::Pycon {
            for (prompt, outputs) in self.snippet.prompts.iter().zip(&run.cells) {
                let alignment = compare::align(&prompt.output, &prompt_text(outputs), false, self.tolerance);
                if !alignment.agrees() {
                    edits.push(self.body(&self.snippet.code, prompt.last_line + 1, &alignment));
                }
            }
            return;
        }
        let version = match run.expect {
            Expect::Nothing => return,
            Expect::Own => None,
            Expect::Version(version) => Some(version),
        };
        let printed = engine::text(run.cells.first().map_or(&[], Vec::as_slice));
        match self.snippet.output(version) {
            Some(output) => {
                let alone = self.snippet.outputs.len() == 1 && self.snippet.heap.is_none();
                if printed.is_empty() && alone && !output.fence.body.is_empty() {
                    // Nothing is printed any more: the fence goes, and the blank lines between it and its code.
                    edits.push(Edit { lines: self.snippet.code.end_line + 1..output.fence.end_line + 1, text: String::new() });
                } else {
                    let alignment = compare::align(&output.fence.body, &printed, output.ellipsis, self.tolerance);
                    self.replace(&output.fence, &alignment, edits);
                }
            }
            None if printed.is_empty() => {}
            None => edits.push(self.added(&printed)),
        }
        if let (Some(fence), Some(heap)) = (&self.snippet.heap, &run.heap) {
            self.replace(&fence.fence, &compare::align(&fence.fence.body, heap, false, Tolerance::default()), edits);
        }
    }

    fn replace(&self, fence: &Fence, alignment: &Alignment, edits: &mut Vec<Edit>) {
        if alignment.agrees() {
            return;
        }
        edits.push(self.body(fence, fence.line + 1, alignment));
        let needed = marks_needed(fence.mark, fence.length, &alignment.printed);
        if needed > fence.length {
            for line in [fence.line, fence.end_line] {
                let old = self.chapter.page.line(line);
                let marks = fence.mark.to_string().repeat(needed);
                let at = old.find(fence.mark).unwrap_or(0);
                let rest = old[at..].trim_start_matches(fence.mark);
                edits.push(Edit { lines: line..line + 1, text: format!("{}{marks}{rest}", &old[..at]) });
            }
        }
    }

    /// The lines of an output that starts at line `first`, with what differs replaced.
    fn body(&self, fence: &Fence, first: usize, alignment: &Alignment) -> Edit {
        let mut text = String::new();
        for step in &alignment.steps {
            match step {
                Step::Same(i, _) | Step::Any(i, _) => text += self.chapter.page.line(first + i),
                Step::Missing(_) => {}
                Step::Extra(j) => text += &self.line(fence, &alignment.printed[*j]),
            }
        }
        Edit { lines: first..first + alignment.expected.len(), text }
    }

    /// An output fence after code that has none, in the code's own marks.
    fn added(&self, printed: &str) -> Edit {
        let code = &self.snippet.code;
        let lines: Vec<String> = printed.lines().map(str::to_owned).collect();
        let marks = code.mark.to_string().repeat(marks_needed(code.mark, 3, &lines));
        let mut text = self.line(code, &format!("{marks}text output"));
        for line in &lines {
            text += &self.line(code, line);
        }
        text += &self.line(code, &marks);
        let at = code.end_line + 1;
        Edit { lines: at..at, text }
    }

    /// A new line in a fence: behind what stands before its lines, with its page's line end.
    fn line(&self, fence: &Fence, line: &str) -> String {
        let end = self.chapter.page.end_of(fence.end_line);
        let line = format!("{}{line}", fence.prefix);
        match bare(&line).trim_end_matches(' ') {
            // No spaces are left behind on a line that has nothing else.
            kept if kept.len() < fence.prefix.len() => format!("{kept}{end}"),
            _ => format!("{line}{end}"),
        }
    }
}

/// How many marks a fence needs so that no line inside closes it.
fn marks_needed(mark: char, at_least: usize, lines: &[String]) -> usize {
    let run = |line: &String| line.trim_start_matches(' ').chars().take_while(|c| *c == mark).count();
    lines.iter().map(|line| run(line) + 1).max().unwrap_or(0).max(at_least)
}
