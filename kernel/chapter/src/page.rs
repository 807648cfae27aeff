//! The text of a page as lines, which is how places are told and how accepted outputs are spliced in.
//!
//! A line is everything up to and with its end (`\n`, `\r\n` or `\r`, as in CommonMark), so that the lines
//! joined are the file, byte for byte. Lines count from 1 in all that is shown, as editors do.

/// A page's lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    lines: Vec<String>,
}

impl Page {
    /// Cuts a text into lines.
    pub fn new(text: &str) -> Page {
        let mut lines = Vec::new();
        let bytes = text.as_bytes();
        let mut start = 0;
        let mut at = 0;
        while at < bytes.len() {
            let ends = bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            at += 1;
            if ends {
                lines.push(text[start..at].to_owned());
                start = at;
            }
        }
        if start < text.len() {
            lines.push(text[start..].to_owned());
        }
        Page { lines }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether the page is empty.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Line `number`, from 1, with its end. A line past the last is empty.
    pub fn line(&self, number: usize) -> &str {
        number.checked_sub(1).and_then(|index| self.lines.get(index)).map_or("", String::as_str)
    }

    /// Lines `from..=to`, from 1, as one text.
    pub fn slice(&self, from: usize, to: usize) -> String {
        (from..=to).map(|number| self.line(number)).collect()
    }

    /// The line end that a line of this page has; `\n` where it has none.
    pub fn end_of(&self, number: usize) -> &'static str {
        let line = self.line(number);
        match line.ends_with("\r\n") {
            true => "\r\n",
            false if line.ends_with('\r') => "\r",
            false if line.ends_with('\n') => "\n",
            // The last line of a file without a final newline: do as the line before it does.
            false if number > 1 => self.end_of(number - 1),
            false => "\n",
        }
    }
}

/// A line without its end.
pub(crate) fn bare(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}
