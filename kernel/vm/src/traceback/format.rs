//! The text of a report, line by line as CPython's `traceback.py` lays it out.

use compile::Version;

use super::carets;
use super::report::{Entry, Report, SyntaxPlace};

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";
/// The same line is shown so often in a row, then it is counted.
const REPEATS: usize = 3;
const GROUP_WIDTH: usize = 15;
const GROUP_DEPTH: usize = 10;

pub(super) fn format(report: &Report) -> String {
    let mut page = Page { text: String::new(), depth: 0, need_close: false };
    page.chain(report);
    page.text
}

pub(super) fn last_lines(report: &Report) -> String {
    let mut text = match &report.syntax {
        Some(place) => syntax_error(&report.class, place),
        None => final_line(&report.class, &report.text),
    };
    report.notes.iter().for_each(|note| text += &format!("{note}\n"));
    text
}

fn final_line(class: &str, text: &str) -> String {
    if text.is_empty() || text == "None" && class.is_empty() { format!("{class}\n") } else { format!("{class}: {text}\n") }
}

struct Page {
    text: String,
    /// How deep inside exception groups.
    depth: usize,
    need_close: bool,
}

impl Page {
    /// Adds text at the group's indentation, behind its margin.
    fn emit(&mut self, text: &str, margin: char) {
        if self.depth == 0 {
            self.text += text;
            return;
        }
        let indent = format!("{}{margin} ", "  ".repeat(self.depth));
        for line in text.split_inclusive('\n') {
            self.text += &indent;
            self.text += line;
        }
    }

    fn indent(&mut self) {
        self.text += &"  ".repeat(self.depth);
    }

    /// An exception, after the ones that led to it.
    fn chain(&mut self, report: &Report) {
        let mut links = vec![(report, "")];
        let mut report = report;
        loop {
            (report, _) = match (&report.cause, &report.context) {
                (Some(cause), _) => {
                    links.last_mut().expect("there is a link for every exception").1 = CAUSE;
                    (cause, links.push((cause, "")))
                }
                (None, Some(context)) if !report.suppress_context => {
                    links.last_mut().expect("there is a link for every exception").1 = CONTEXT;
                    (context, links.push((context, "")))
                }
                _ => break,
            };
        }
        while let Some((report, _)) = links.pop() {
            match &report.members {
                Some(members) => self.group(report, members),
                None => {
                    if report.has_traceback {
                        self.emit("Traceback (most recent call last):\n", '|');
                        self.emit(&stack(&report.frames), '|');
                    }
                    self.emit(&last_lines(report), '|');
                }
            }
            if let Some((_, message)) = links.last() {
                self.emit(message, '|');
            }
        }
    }

    fn group(&mut self, report: &Report, members: &[Report]) {
        if self.depth > GROUP_DEPTH {
            self.emit(&format!("... (max_group_depth is {GROUP_DEPTH})\n"), '|');
            return;
        }
        let top = self.depth == 0;
        if top {
            self.depth = 1;
        }
        if report.has_traceback {
            self.emit("Exception Group Traceback (most recent call last):\n", if top { '+' } else { '|' });
            self.emit(&stack(&report.frames), '|');
        }
        self.emit(&last_lines(report), '|');
        let n = members.len().min(GROUP_WIDTH + 1);
        self.need_close = false;
        for i in 0..n {
            let last = i == n - 1;
            if last {
                self.need_close = true;
            }
            let truncated = i >= GROUP_WIDTH;
            let title = if truncated { "...".to_owned() } else { (i + 1).to_string() };
            self.indent();
            self.text += if i == 0 { "+-" } else { "  " };
            self.text += &format!("+---------------- {title} ----------------\n");
            self.depth += 1;
            if truncated {
                let left = members.len() - GROUP_WIDTH;
                self.emit(&format!("and {left} more exception{}\n", if left > 1 { "s" } else { "" }), '|');
            } else {
                self.chain(&members[i]);
            }
            if last && self.need_close {
                self.indent();
                self.text += "+------------------------------------\n";
                self.need_close = false;
            }
            self.depth -= 1;
        }
        if top {
            self.depth = 0;
        }
    }
}

/// The frames, with runs of the same line counted.
fn stack(frames: &[Entry]) -> String {
    let mut text = String::new();
    let repeated = |count: usize| match count.checked_sub(REPEATS) {
        None | Some(0) => String::new(),
        Some(more) => format!("  [Previous line repeated {more} more time{}]\n", if more > 1 { "s" } else { "" }),
    };
    let (mut count, mut before): (usize, Option<&Entry>) = (0, None);
    for frame in frames {
        let same = before.is_some_and(|b| (&b.filename, b.location.line, &b.name) == (&frame.filename, frame.location.line, &frame.name));
        if !same {
            text += &repeated(count);
            (count, before) = (0, Some(frame));
        }
        count += 1;
        if count <= REPEATS {
            text += &entry(frame);
        }
    }
    text + &repeated(count)
}

fn entry(frame: &Entry) -> String {
    let location = &frame.location;
    let mut text = format!("  File \"{}\", line {}, in {}\n", frame.filename, location.line, frame.name);
    if frame.lines.iter().all(|line| line.trim().is_empty()) {
        return text;
    }
    let whole = frame.lines.len() as i32 == location.end_line - location.line + 1;
    let lines = if whole && location.col >= 0 && location.end_col >= 0 && frame.version >= Version::V3_11 {
        let (column, end_column) = (location.col as usize, location.end_col as usize);
        carets::underlined(&frame.lines, column, end_column, frame.version)
    } else {
        vec![frame.lines[0].trim().to_owned()]
    };
    lines.iter().for_each(|line| text += &format!("    {line}\n"));
    text
}

fn syntax_error(class: &str, place: &SyntaxPlace) -> String {
    let mut text = String::new();
    let mut suffix = String::new();
    match (place.line, &place.filename) {
        (Some(line), filename) => text += &format!("  File \"{}\", line {line}\n", filename.as_deref().unwrap_or("<string>")),
        (None, Some(filename)) => suffix = format!(" ({filename})"),
        (None, None) => {}
    }
    if let Some(source) = &place.text {
        let whole: Vec<char> = source.trim_end_matches('\n').chars().collect();
        let line: String = whole.iter().collect::<String>().trim_start_matches([' ', '\n', '\x0C']).to_owned();
        text += &format!("    {line}\n");
        if let Some(offset) = place.offset {
            let spaces = (whole.len() - line.chars().count()) as i64;
            let beyond = whole.len() as i64 + 1;
            let limit = source.chars().count() as i64;
            let mut end = if place.line == place.end_line { place.end_offset.filter(|end| *end != 0).unwrap_or(offset) } else { beyond };
            let offset = if offset > limit { beyond } else { offset };
            if end > limit {
                end = beyond;
            }
            if offset >= end || end < 0 {
                end = offset + 1;
            }
            let (column, end) = (offset - 1 - spaces, end - 1 - spaces);
            if column >= 0 {
                // Tabs stay tabs, so that the carets stand below what they mean.
                let mut under: String = line.chars().take(column as usize).map(|c| if c.is_whitespace() { c } else { ' ' }).collect();
                under += &"^".repeat((end - column) as usize);
                text += &format!("    {under}\n");
            }
        }
    }
    text + &format!("{class}: {}{suffix}\n", place.message)
}
