//! The text of a source file: its encoding (PEP 263), and what is wrong with its bytes.

use crate::{PyResult, Raised, Vm};

impl Vm {
    /// Decodes a source file, by its mark or its coding comment, as UTF-8 if it has none.
    pub fn decode_source(&self, bytes: &[u8], filename: &str) -> PyResult<String> {
        self.decode_source_of(bytes, Some(filename), filename)
    }

    /// The same; without a file the bytes were given to `compile` and the like, which call them `shown`.
    pub(crate) fn decode_source_of(&self, bytes: &[u8], filename: Option<&str>, shown: &str) -> PyResult<String> {
        let marked = bytes.strip_prefix(b"\xEF\xBB\xBF");
        let body = marked.unwrap_or(bytes);
        let named = coding(body);
        if filename.is_some()
            && let Some(at) = body.iter().position(|byte| *byte == 0)
        {
            return Err(self.bad_source("source code cannot contain null bytes".into(), filename, body, at));
        }
        let Some((name, line)) = named else { return self.utf8_source(body, filename, marked.is_some()) };
        let plain = name.to_ascii_lowercase().replace('_', "-");
        let is_a = |known: &str| plain == known || plain.starts_with(&format!("{known}-"));
        if is_a("utf-8") || plain == "utf8" && marked.is_none() {
            return self.utf8_source(body, filename, true);
        }
        if marked.is_some() {
            // CPython knows another name of these, but none of UTF-8 (`get_normal_name`).
            let latin = ["latin-1", "iso-8859-1", "iso-latin-1"].into_iter().any(is_a);
            let text = format!("encoding problem: {} with BOM", if latin { "iso-8859-1" } else { &name });
            return Err(self.with_bom(text, filename, shown, body, line));
        }
        match self.decode(body, Some(&self.str(&name)), None) {
            Ok(text) => Ok(self.lossy(&text)),
            Err(raised) if raised.is(self, &self.types.lookup_error) => Err(self.no_place(
                if filename.is_some() { format!("unknown encoding: {name}") } else { self.text_of(&raised.0)? },
                filename,
                shown,
            )),
            Err(raised) if raised.is(self, &self.types.unicode_error) => {
                let text = self.text_of(&raised.0)?;
                let text = if filename.is_some() { format!("encoding problem: {name} with {text}") } else { text };
                Err(self.no_place(text, filename, shown))
            }
            Err(raised) => Err(raised),
        }
    }

    /// A text begins with the mark of UTF-8 and names another encoding in a line. Since 3.14, `compile` tells which line.
    fn with_bom(&self, text: String, filename: Option<&str>, shown: &str, body: &[u8], line: usize) -> Raised {
        if filename.is_some() || self.version < compile::Version::V3_14 {
            return self.no_place(text, filename, shown);
        }
        let written = body.split(|byte| *byte == b'\n').nth(line - 1).unwrap_or_default();
        let written = String::from_utf8_lossy(written);
        let number = |n: usize| self.int(n as i64);
        // The first line's end is where reading has come to; a later one has been read past its end.
        let end = written.chars().count() + usize::from(line > 1);
        self.source_error(text, vec![self.str(shown), number(line), number(0), self.str(&written), number(line), number(end)])
    }

    fn utf8_source(&self, body: &[u8], filename: Option<&str>, declared: bool) -> PyResult<String> {
        let error = match std::str::from_utf8(body) {
            Ok(text) => return Ok(text.to_owned()),
            Err(error) => error,
        };
        let at = error.valid_up_to();
        let line = 1 + body[..at].iter().filter(|byte| **byte == b'\n').count();
        let text = if declared && filename.is_some() {
            format!("(unicode error) 'utf-8' codec can't decode byte {:#04x} in position {at}: invalid start byte", body[at])
        } else {
            let file = filename.map_or(String::new(), |name| format!(" in file {name}"));
            format!(
                "Non-UTF-8 code starting with '\\x{:02x}'{file} on line {line}, but no encoding declared; see https://peps.python.org/pep-0263/ for details",
                body[at]
            )
        };
        Err(self.bad_source(text, filename, body, at))
    }

    /// `SyntaxError` about a byte.
    fn bad_source(&self, text: String, filename: Option<&str>, body: &[u8], at: usize) -> Raised {
        let start = body[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let line = 1 + body[..at].iter().filter(|byte| **byte == b'\n').count();
        let end = body[at..].iter().position(|byte| *byte == b'\n' || *byte == 0).map_or(body.len(), |end| at + end);
        let shown = String::from_utf8_lossy(&body[start..end]).into_owned();
        // A null byte ends the line, and nothing is left to be pointed at.
        let column =
            if body[at] == 0 { self.none() } else { self.int(1 + String::from_utf8_lossy(&body[start..at]).chars().count() as i64) };
        let Some(filename) = filename else {
            return self.source_error(
                text,
                vec![self.none(), self.int(line as i64), column.clone(), self.str(&shown), self.int(line as i64), column],
            );
        };
        self.source_error(text, vec![self.str(filename), self.int(line as i64), column, self.str(&shown)])
    }

    fn no_place(&self, text: String, filename: Option<&str>, shown: &str) -> Raised {
        // Of bytes without a file not even the column before the first is known.
        let column = if filename.is_some() { 0 } else { -1 };
        self.source_error(text, vec![self.str(shown), self.int(0), self.int(column), self.none()])
    }

    fn source_error(&self, text: String, place: Vec<heap::Obj>) -> Raised {
        match self.make_exception(&self.types.syntax_error, &[self.str(&text), self.tuple(place)]) {
            Ok(error) => Raised(error),
            Err(raised) => raised,
        }
    }
}

/// The name in a coding comment, which stands in one of the first two lines, and the line's number.
fn coding(body: &[u8]) -> Option<(String, usize)> {
    for (line, number) in body.split(|byte| *byte == b'\n').take(2).zip(1..) {
        let line = String::from_utf8_lossy(line);
        let code = line.trim_matches([' ', '\t', '\x0c', '\r']);
        let Some(comment) = code.strip_prefix('#') else { if code.is_empty() { continue } else { return None } };
        let mut rest = comment;
        while let Some(at) = rest.find("coding") {
            rest = &rest[at + "coding".len()..];
            if let Some(value) = rest.strip_prefix([':', '=']) {
                let value = value.trim_start_matches([' ', '\t']);
                let name: String = value.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
                if !name.is_empty() {
                    return Some((name, number));
                }
            }
        }
    }
    None
}
