//! Compares what a page says with what was printed, line by line, and tells how they differ.
//!
//! Lines are compared exactly. The few things that may vary are named here: a bound (`~80 ±10`), a line of
//! `...` where the fence allows it, the frames of a traceback behind a line of `  ...`, and what an
//! engine's tolerance adds. The same alignment serves the verdict, the diff and the splice of `bless`, so
//! that what a page's author wrote as a pattern stays one.

use crate::engine::Tolerance;
use std::borrow::Cow;

/// A step of an alignment, in order. Indices are of lines, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The page's line stands for this printed line.
    Same(usize, usize),
    /// The page's line stands for any number of printed lines.
    Any(usize, std::ops::Range<usize>),
    /// The page's line was not printed.
    Missing(usize),
    /// This line was printed and is not on the page.
    Extra(usize),
}

/// How a page's text and what was printed go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    /// The page's lines.
    pub expected: Vec<String>,
    /// The printed lines.
    pub printed: Vec<String>,
    /// The steps from the first line to the last.
    pub steps: Vec<Step>,
}

impl Alignment {
    /// Whether the page says what was printed.
    pub fn agrees(&self) -> bool {
        !self.steps.iter().any(|step| matches!(step, Step::Missing(_) | Step::Extra(_)))
    }
}

/// Aligns a page's text with what was printed.
pub fn align(expected: &str, printed: &str, ellipsis: bool, tolerance: Tolerance) -> Alignment {
    let keyed = |text: &str| -> Vec<String> {
        let text = match tolerance.addresses {
            true => Cow::Owned(number_addresses(text)),
            false => Cow::Borrowed(text),
        };
        text.lines().map(str::to_owned).collect()
    };
    let expected_lines: Vec<String> = expected.lines().map(str::to_owned).collect();
    let patterns = patterns(&keyed(expected), ellipsis);
    let printed_lines: Vec<String> = printed.lines().map(str::to_owned).collect();
    let steps = steps(&patterns, &keyed(printed));
    Alignment { expected: expected_lines, printed: printed_lines, steps }
}

/// What a line of the page stands for.
#[derive(Debug)]
enum Pattern {
    Line(String),
    /// Any lines, or only indented ones: the frames of a traceback.
    Any {
        indented: bool,
    },
}

impl Pattern {
    fn accepts(&self, line: &str) -> bool {
        match self {
            Pattern::Line(text) => text == line || (text.contains('±') && within_bounds(text, line)),
            Pattern::Any { .. } => false,
        }
    }

    fn absorbs(&self, line: &str) -> bool {
        match self {
            Pattern::Line(_) => false,
            Pattern::Any { indented } => !indented || line.starts_with(' '),
        }
    }
}

fn patterns(lines: &[String], ellipsis: bool) -> Vec<Pattern> {
    let is_header = |line: &String| line.trim_start_matches([' ', '+', '|']).ends_with("Traceback (most recent call last):");
    let mut patterns = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let after_header = index > 0 && is_header(&lines[index - 1]);
        patterns.push(match line.as_str() {
            "..." if ellipsis => Pattern::Any { indented: false },
            frames if after_header && frames.trim_start_matches([' ', '|']) == "..." && frames.starts_with(' ') => {
                Pattern::Any { indented: true }
            }
            line => Pattern::Line(line.to_owned()),
        });
    }
    patterns
}

/// Above this many pairs of lines, a differing middle is shown as removed and added whole.
const MOST_PAIRS: usize = 4_000_000;

/// The alignment with the fewest lines missing or extra.
fn steps(patterns: &[Pattern], lines: &[String]) -> Vec<Step> {
    let same = |i: usize, j: usize| patterns[i].accepts(&lines[j]);
    let shorter = patterns.len().min(lines.len());
    let head = (0..shorter).take_while(|&k| same(k, k)).count();
    let tail = (0..shorter - head).take_while(|&k| same(patterns.len() - 1 - k, lines.len() - 1 - k)).count();
    let (n, m) = (patterns.len() - head - tail, lines.len() - head - tail);
    let mut steps: Vec<Step> = (0..head).map(|k| Step::Same(k, k)).collect();
    if n * m > MOST_PAIRS {
        steps.extend((0..n).map(|i| Step::Missing(head + i)));
        steps.extend((0..m).map(|j| Step::Extra(head + j)));
    } else {
        middle(&patterns[head..head + n], &lines[head..head + m], head, &mut steps);
    }
    steps.extend((0..tail).map(|k| Step::Same(head + n + k, head + m + k)));
    steps
}

/// What a line costs that stands on one side only. The page's own lines cost more: a pattern that still
/// holds is not given up for a wider one beside it.
const MISSING: u32 = 2;
const EXTRA: u32 = 1;

/// Aligns by costs from the end: `cost[i][j]` is what lines `i..` and `j..` differ by.
fn middle(patterns: &[Pattern], lines: &[String], head: usize, steps: &mut Vec<Step>) {
    let (n, m) = (patterns.len(), lines.len());
    let width = m + 1;
    let mut cost = vec![0_u32; (n + 1) * width];
    for i in (0..=n).rev() {
        for j in (0..=m).rev() {
            if i == n && j == m {
                continue;
            }
            let mut best = u32::MAX;
            if i < n && j < m && patterns[i].accepts(&lines[j]) {
                best = cost[(i + 1) * width + j + 1];
            }
            if i < n && matches!(patterns[i], Pattern::Any { .. }) {
                best = best.min(cost[(i + 1) * width + j]);
                if j < m && patterns[i].absorbs(&lines[j]) {
                    best = best.min(cost[i * width + j + 1]);
                }
            } else if i < n {
                best = best.min(cost[(i + 1) * width + j].saturating_add(MISSING));
            }
            if j < m {
                best = best.min(cost[i * width + j + 1].saturating_add(EXTRA));
            }
            cost[i * width + j] = best;
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < n || j < m {
        let here = cost[i * width + j];
        if i < n && j < m && patterns[i].accepts(&lines[j]) && here == cost[(i + 1) * width + j + 1] {
            steps.push(Step::Same(head + i, head + j));
            (i, j) = (i + 1, j + 1);
        } else if i < n && matches!(patterns[i], Pattern::Any { .. }) {
            // It takes lines as long as that costs nothing, then makes way for the next pattern.
            let start = j;
            while cost[(i + 1) * width + j] > cost[i * width + j] && j < m && patterns[i].absorbs(&lines[j]) {
                j += 1;
            }
            steps.push(Step::Any(head + i, head + start..head + j));
            i += 1;
        } else if i < n && here == cost[(i + 1) * width + j].saturating_add(MISSING) {
            steps.push(Step::Missing(head + i));
            i += 1;
        } else {
            steps.push(Step::Extra(head + j));
            j += 1;
        }
    }
}

/// Whether a line is the pattern with a number in the place of each `~80 ±10`, near enough.
fn within_bounds(pattern: &str, line: &str) -> bool {
    let (mut pattern, mut line) = (pattern, line);
    loop {
        let Some((before, middle, span, after)) = next_bound(pattern) else { return pattern == line };
        let Some(rest) = line.strip_prefix(before) else { return false };
        let digits = number_length(rest);
        let Some(value) = number(&rest[..digits]) else { return false };
        // A little more than the bound, for what decimal fractions lose.
        if (value - middle).abs() > span + span.abs() * 1e-12 {
            return false;
        }
        (pattern, line) = (after, &rest[digits..]);
    }
}

/// The next `~NUMBER ±NUMBER`: the text before it, the two numbers, the text after it.
fn next_bound(pattern: &str) -> Option<(&str, f64, f64, &str)> {
    let mut from = 0;
    while let Some(at) = pattern[from..].find('~').map(|at| at + from) {
        let rest = &pattern[at + 1..];
        let digits = number_length(rest);
        let bound = rest[digits..].trim_start_matches(' ').strip_prefix('±').map(|span| span.trim_start_matches(' '));
        if let (Some(middle), Some(bound)) = (number(&rest[..digits]), bound) {
            let digits = number_length(bound);
            if let Some(span) = number(&bound[..digits]) {
                return Some((&pattern[..at], middle, span, &bound[digits..]));
            }
        }
        from = at + 1;
    }
    None
}

/// How many bytes at the start of a text are a number such as `-1_000.5` or `1,024`.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = usize::from(bytes.first().is_some_and(|b| *b == b'-' || *b == b'+'));
    let mut digit_seen = false;
    let mut dot_seen = false;
    while let Some(&byte) = bytes.get(at) {
        let next_is_digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        match byte {
            b'0'..=b'9' => digit_seen = true,
            b'_' | b',' if digit_seen && !dot_seen && next_is_digit => {}
            b'.' if digit_seen && !dot_seen && next_is_digit => dot_seen = true,
            b'e' if digit_seen
                && (next_is_digit
                    || (matches!(bytes.get(at + 1), Some(b'-' | b'+')) && bytes.get(at + 2).is_some_and(u8::is_ascii_digit))) =>
            {
                at += 1;
            }
            _ => break,
        }
        at += 1;
    }
    if digit_seen { at } else { 0 }
}

fn number(text: &str) -> Option<f64> {
    text.replace(['_', ','], "").parse().ok()
}

/// Fewest digits of an address; shorter ones are data, such as `hex(255)`.
const ADDRESS_DIGITS: usize = 6;

/// Replaces each address by its number in the order of first use, so that only which are equal counts.
pub(crate) fn number_addresses(text: &str) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut numbered = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("0x") {
        let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_hexdigit).count();
        numbered += &rest[..at];
        let address = &rest[at..at + 2 + digits];
        if digits >= ADDRESS_DIGITS {
            // Zeros in front are how some platforms print the same address.
            let key = address[2..].trim_start_matches('0');
            let index = seen.iter().position(|other| *other == key).unwrap_or_else(|| {
                seen.push(key);
                seen.len() - 1
            });
            numbered += &format!("<addr:{}>", index + 1);
        } else {
            numbered += address;
        }
        rest = &rest[at + 2 + digits..];
    }
    numbered + rest
}

/// Leaves of each traceback its last line: kernels show frames each in their own way.
pub(crate) fn last_lines(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut in_frames = false;
    for line in text.lines() {
        if line == "Traceback (most recent call last):" {
            in_frames = true;
            continue;
        }
        if in_frames && line.starts_with(' ') {
            continue;
        }
        in_frames = false;
        kept += line;
        kept.push('\n');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agrees(expected: &str, printed: &str, ellipsis: bool) -> bool {
        align(expected, printed, ellipsis, Tolerance::default()).agrees()
    }

    #[test]
    fn lines_are_compared_exactly() {
        assert!(agrees("[[...]]\n", "[[...]]\n", false));
        assert!(!agrees("2\n", "3\n", false));
        assert!(!agrees("...\n", "anything\n", false));
        assert!(!agrees("", "x\n", false));
    }

    #[test]
    fn an_ellipsis_takes_any_lines_where_it_is_allowed() {
        assert!(agrees("a\n...\nd\n", "a\nb\nc\nd\n", true));
        assert!(agrees("a\n...\nd\n", "a\nd\n", true));
        assert!(!agrees("a\n...\nd\n", "a\nb\n", true));
        assert!(!agrees("a\n ...\nd\n", "a\nb\nd\n", true));
    }

    #[test]
    fn frames_of_a_traceback_may_be_left_out() {
        let page = "Traceback (most recent call last):\n  ...\nZeroDivisionError: division by zero\n";
        let printed = "Traceback (most recent call last):\n  File \"<cell 1>\", line 1, in <module>\n    1 / 0\n    ~~^~~\nZeroDivisionError: division by zero\n";
        assert!(agrees(page, printed, false));
        assert!(!agrees(page, &printed.replace("Zero", "One"), false));
    }

    #[test]
    fn a_bound_takes_a_number_that_is_near_enough() {
        assert!(agrees("used ~80 ±10 MB\n", "used 71.5 MB\n", false));
        assert!(agrees("used ~80 ±10 MB\n", "used 90 MB\n", false));
        assert!(!agrees("used ~80 ±10 MB\n", "used 91 MB\n", false));
        assert!(!agrees("used ~80 ±10 MB\n", "used 80 kB\n", false));
        assert!(agrees("~1,000 ±5 then ~-2 ±1\n", "1004 then -3\n", false));
        assert!(agrees("~80 ±10\n", "~80 ±10\n", false));
        assert!(!agrees("~80 ±10\n", "some\n", false));
    }

    #[test]
    fn addresses_count_by_which_are_equal() {
        let page = "<A at 0x700000001040> <B at 0x700000002080> <A at 0x700000001040>\n";
        let same = "<A at 0x7f3a5c0d1e10> <B at 0x7f3a5c0d1f50> <A at 0x7f3a5c0d1e10>\n";
        let other = "<A at 0x7f3a5c0d1e10> <B at 0x7f3a5c0d1f50> <A at 0x7f3a5c0d1f50>\n";
        let tolerance = Tolerance { addresses: true, last_line: false };
        assert!(align(page, same, false, tolerance).agrees());
        assert!(!align(page, other, false, tolerance).agrees());
        assert!(!align("0xff\n", "0xfe\n", false, tolerance).agrees());
    }

    #[test]
    fn the_shortest_difference_is_found() {
        let alignment = align("a\nb\nc\n", "a\nx\nb\nc\n", false, Tolerance::default());
        assert_eq!(alignment.steps, [Step::Same(0, 0), Step::Extra(1), Step::Same(1, 2), Step::Same(2, 3)]);
    }
}
