//! Which part of the source lines of a frame is underlined (`StackSummary.format_frame_summary` in CPython's `traceback.py`).

use compile::Version;
use compile::anchors::{Anchors, caret_anchors, is_plain_call};

/// The lines of a frame's statement, with carets where they say more than the line itself; not indented.
///
/// Up to 3.12 the first line alone is shown, underlined to its end if the instruction goes on behind it.
pub(super) fn underlined(lines: &[String], column: usize, end_column: usize, version: Version) -> Vec<String> {
    let cut = version < Version::V3_13 && lines.len() > 1;
    let (lines, end_column) = if cut { (&lines[..1], lines[0].trim_end().len()) } else { (lines, end_column) };
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Vec::new() };
    let (start, end) = (chars_before(first, column), chars_before(last, end_column));
    let dedented = dedent(lines);
    let removed = first.chars().count() - dedented[0].chars().count();
    let (start, end) = (start.saturating_sub(removed), end.saturating_sub(removed));
    let segment = segment(&dedented, start, end);
    let anchors = if cut { None } else { caret_anchors(&segment, version) };
    let page = Page { lines: &dedented, start, end, anchors, version };
    page.show()
}

fn chars_before(line: &str, byte: usize) -> usize {
    String::from_utf8_lossy(&line.as_bytes()[..byte.min(line.len())]).chars().count()
}

/// Python's `textwrap.dedent`, for lines that belong together.
pub(super) fn dedent(lines: &[String]) -> Vec<String> {
    let margin = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    lines
        .iter()
        .map(|line| line.get(margin..).unwrap_or("").to_owned())
        .map(|line| if line.trim().is_empty() { String::new() } else { line })
        .collect()
}

fn segment(lines: &[String], start: usize, end: usize) -> String {
    let all = lines.join("\n");
    let n = all.chars().count();
    let behind = lines.last().map_or(0, |last| last.chars().count()).saturating_sub(end);
    all.chars().skip(start).take((n - behind.min(n)).saturating_sub(start)).collect()
}

/// The width of the first `n` characters on a terminal.
fn width(line: &str, n: usize) -> usize {
    line.chars().take(n).map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// East Asian wide and full-width characters, by their blocks.
fn is_wide(c: char) -> bool {
    matches!(c as u32, 0x1100..=0x115F | 0x2E80..=0x303E | 0x3041..=0x33FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xA000..=0xA4CF
        | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1F64F | 0x1F900..=0x1F9FF
        | 0x20000..=0x3FFFD)
}

struct Page<'a> {
    lines: &'a [String],
    start: usize,
    end: usize,
    anchors: Option<Anchors>,
    version: Version,
}

impl Page<'_> {
    fn show(&self) -> Vec<String> {
        let last = self.lines.len() - 1;
        let carets = self.says_more();
        let mut significant = vec![0, last];
        if let Some(anchors) = &self.anchors {
            for line in [anchors.left_end.0, anchors.right_start.0] {
                significant.extend([line.wrapping_sub(1), line, line + 1]);
            }
        }
        significant.retain(|line| *line <= last);
        significant.sort_unstable();
        significant.dedup();
        let mut out = Vec::new();
        for (i, &line) in significant.iter().enumerate() {
            match i.checked_sub(1).map_or(1, |before| line - significant[before]) {
                2 => self.line(line - 1, carets, &mut out),
                gap if gap > 2 => out.push(format!("...<{} lines>...", gap - 1)),
                _ => {}
            }
            self.line(line, carets, &mut out);
        }
        dedent(&out)
    }

    /// Carets under a whole line, or, since 3.13, under a plain call, would add nothing.
    fn says_more(&self) -> bool {
        let (first, last) = (&self.lines[0], &self.lines[self.lines.len() - 1]);
        if self.version >= Version::V3_13 && is_plain_call(&self.lines.join("\n"), self.start, self.end, self.lines.len()) {
            return false;
        }
        self.anchors.is_some()
            || first.chars().take(self.start).any(|c| !c.is_whitespace())
            || last.chars().skip(self.end).any(|c| !c.is_whitespace())
    }

    fn line(&self, n: usize, carets: bool, out: &mut Vec<String>) {
        let line = &self.lines[n];
        out.push(line.clone());
        if !carets {
            return;
        }
        let last = self.lines.len() - 1;
        let spaces = line.chars().count() - line.trim_start().chars().count();
        let (from, to) = (width(&self.lines[0], self.start), if n == last { width(line, self.end) } else { width(line, usize::MAX) });
        let inside = self.anchors.as_ref().map(|anchors| (self.place(anchors.left_end), self.place(anchors.right_start)));
        let caret = |column: usize| {
            if column < spaces || (n == 0 && column < from) {
                return ' ';
            }
            match inside {
                None => '^',
                Some((left, right)) if (n, column) >= left && (n, column) < right => '^',
                Some(_) => '~',
            }
        };
        out.push((0..to).map(caret).collect());
    }

    /// An anchor's line and its column on the terminal.
    fn place(&self, (line, column): (usize, usize)) -> (usize, usize) {
        let column = if line == 0 { column + self.start } else { column };
        (line, width(&self.lines[line], column))
    }
}
