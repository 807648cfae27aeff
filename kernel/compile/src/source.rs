//! The source text as the tokenizer sees it: newlines made equal, lines found, byte offsets turned into positions.
//!
//! Lines are counted from 1, columns in UTF-8 bytes from 0, as in CPython's `ast`.

use ruff_text_size::TextRange;

use crate::ir::Location;

/// Source text and where its lines begin.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) text: String,
    line_starts: Vec<u32>,
}

impl Source {
    /// A byte order mark is dropped, `\r\n` and `\r` become `\n`: CPython's `translate_newlines`.
    pub(crate) fn new(text: &str) -> Source {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1));
        Source { text, line_starts }
    }

    pub(crate) fn slice(&self, range: TextRange) -> &str {
        &self.text[range.start().to_usize()..range.end().to_usize()]
    }

    /// Line and column of a byte offset.
    pub(crate) fn position(&self, offset: usize) -> (i32, i32) {
        let line = self.line_starts.partition_point(|start| *start as usize <= offset);
        (line as i32, (offset - self.line_starts[line - 1] as usize) as i32)
    }

    pub(crate) fn location(&self, range: TextRange) -> Location {
        let (line, col) = self.position(range.start().to_usize());
        let (end_line, end_col) = self.position(range.end().to_usize());
        Location { line, end_line, col, end_col }
    }

    /// A line without its newline.
    pub(crate) fn line(&self, line: i32) -> Option<&str> {
        let start = *self.line_starts.get(usize::try_from(line - 1).ok()?)? as usize;
        let rest = &self.text[start..];
        Some(rest.split('\n').next().unwrap_or(rest))
    }

    pub(crate) fn line_count(&self) -> i32 {
        self.line_starts.len() as i32
    }

    /// The next offset that is neither space, newline, continuation nor comment.
    pub(crate) fn skip_trivia(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = offset;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\x0c' | b'\\' => at += 1,
                b'#' => at += bytes[at..].iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len() - at),
                _ => break,
            }
        }
        at
    }
}
