//! What a notebook's cell has that Python has not: `%magic`, `!command`, `name?`, and the `;` that keeps a value unshown.
//!
//! As in IPython, such lines become calls of `get_ipython()`'s methods, line by line, so that line numbers stay.

use compile::{ErrorKind, Mode, Options};

/// A cell made into Python.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Python {
    pub(crate) text: String,
    /// Whether the value of the last expression is not to be shown.
    pub(crate) quiet: bool,
}

/// Makes a cell into Python.
pub(crate) fn python(cell: &str) -> Python {
    let blank = cell.len() - cell.trim_start().len();
    let (before, rest) = cell.split_at(cell[..blank].rfind('\n').map_or(0, |at| at + 1));
    if let Some(magic) = rest.strip_prefix("%%").filter(|magic| magic.starts_with(char::is_alphabetic)) {
        let (first, body) = magic.split_once('\n').unwrap_or((magic, ""));
        let (name, line) = first.split_once(char::is_whitespace).unwrap_or((first, ""));
        let call = format!("get_ipython().run_cell_magic({}, {}, {})\n", quoted(name), quoted(line.trim()), quoted(body));
        return Python { text: format!("{}{call}", "\n".repeat(before.matches('\n').count())), quiet: false };
    }
    let mut scan = Scan::default();
    let mut text = String::with_capacity(cell.len());
    for line in cell.split_inclusive('\n') {
        match if scan.at_statement() { special(line) } else { None } {
            Some(call) => {
                text += &call;
                scan.last = ')';
            }
            None => {
                text += line;
                scan.line(line);
            }
        }
    }
    Python { text, quiet: scan.last == ';' }
}

/// A line that is not Python, as Python.
fn special(line: &str) -> Option<String> {
    let (body, end) = match line.strip_suffix('\n') {
        Some(body) => (body, "\n"),
        None => (line, ""),
    };
    let text = body.trim();
    let indent = &body[..body.len() - body.trim_start().len()];
    if let Some(call) = command(text) {
        return Some(format!("{indent}{call}{end}"));
    }
    let (target, value) = text.split_once('=')?;
    let is_target = target.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ',' | ' ' | '*' | '[' | ']' | '\'' | '"'));
    match command(value.trim_start()).filter(|_| value.trim_start().starts_with(['%', '!']) && is_target) {
        Some(call) => Some(format!("{indent}{target}= {call}{end}")),
        None => question(text).map(|call| format!("{indent}{call}{end}")),
    }
    .or_else(|| question(text).map(|call| format!("{indent}{call}{end}")))
}

fn command(text: &str) -> Option<String> {
    if let Some(rest) = text.strip_prefix('%').filter(|rest| rest.starts_with(char::is_alphabetic)) {
        let (name, line) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        return Some(format!("get_ipython().run_line_magic({}, {})", quoted(name), quoted(line.trim())));
    }
    if let Some(command) = text.strip_prefix('!') {
        return Some(format!("get_ipython().system({})", quoted(command)));
    }
    question(text)
}

/// `name?`, `name??`, `?name`, `??name`.
fn question(text: &str) -> Option<String> {
    let name = text.trim_matches('?');
    let marks = text.len() - name.len();
    let is_name =
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '%' | '*' | '[' | ']' | '"' | '\''));
    if !is_name || !(1..=2).contains(&marks) || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let magic = if marks == 2 { "pinfo2" } else { "pinfo" };
    Some(format!("get_ipython().run_line_magic('{magic}', {})", quoted(name)))
}

/// A text as a Python literal on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted += "\\n",
            '\r' => quoted += "\\r",
            '\t' => quoted += "\\t",
            c => quoted.push(c),
        }
    }
    quoted + "'"
}

/// Where a text stands, line by line, as far as strings, brackets and comments go.
#[derive(Default)]
struct Scan {
    /// The quote that ends the string we are in, and whether it stands three times.
    string: Option<(char, bool)>,
    depth: usize,
    continued: bool,
    /// The last character that is neither space nor comment.
    last: char,
}

impl Scan {
    fn at_statement(&self) -> bool {
        self.string.is_none() && self.depth == 0 && !self.continued
    }

    fn line(&mut self, line: &str) {
        let chars: Vec<char> = line.trim_end_matches(['\n', '\r']).chars().collect();
        let mut at = 0;
        let thrice = |at: usize, quote: char| chars[at..].iter().take(3).filter(|c| **c == quote).count() == 3;
        while let Some(&c) = chars.get(at) {
            match self.string {
                Some((quote, triple)) => {
                    if c == '\\' {
                        at += 1;
                    } else if c == quote && (!triple || thrice(at, quote)) {
                        at += if triple { 2 } else { 0 };
                        self.string = None;
                    }
                    self.last = '"';
                }
                None if c == '#' => break,
                None => {
                    match c {
                        '\'' | '"' => {
                            let triple = thrice(at, c);
                            at += if triple { 2 } else { 0 };
                            self.string = Some((c, triple));
                        }
                        '(' | '[' | '{' => self.depth += 1,
                        ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
                        _ => {}
                    }
                    if !c.is_whitespace() {
                        self.last = c;
                    }
                }
            }
            at += 1;
        }
        self.continued = self.last == '\\' && chars.last() == Some(&'\\');
        // A string of one line ends with it, whatever the parser will say.
        if !self.continued && self.string.is_some_and(|(_, triple)| !triple) {
            self.string = None;
        }
    }
}

/// Whether a text can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    /// It can.
    Complete,
    /// More lines could make it so; the next is indented so.
    Incomplete(String),
    /// Nothing can make it so.
    Invalid,
}

/// Whether a cell is complete: a block at its end is, once an empty line follows it.
pub(crate) fn completeness(cell: &str) -> Completeness {
    let text = python(cell).text;
    let options = Options { allow_incomplete: true, ..Options::default() };
    match compile::compile(&text, "<cell>", Mode::Exec, options) {
        Err(error) if error.kind == ErrorKind::Incomplete => return Completeness::Incomplete(indent(&text)),
        Err(_) => return Completeness::Invalid,
        Ok(_) => {}
    }
    let last = text.lines().last().unwrap_or_default();
    let in_block = last.starts_with([' ', '\t']) && !last.trim().is_empty();
    if in_block && !text.ends_with('\n') { Completeness::Incomplete(indent(&text)) } else { Completeness::Complete }
}

/// The indentation of the next line.
fn indent(text: &str) -> String {
    let Some(last) = text.lines().rfind(|line| !line.trim().is_empty()) else { return String::new() };
    let indent = &last[..last.len() - last.trim_start().len()];
    let words = last.trim();
    if words.ends_with(':') {
        return format!("{indent}    ");
    }
    let leaves = ["return", "raise", "pass", "break", "continue"]
        .iter()
        .any(|word| words.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '('])));
    if leaves { indent.strip_suffix("    ").unwrap_or(indent).to_owned() } else { indent.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Completeness, completeness, python};

    fn text(cell: &str) -> String {
        python(cell).text
    }

    #[test]
    fn what_is_not_python_becomes_calls() {
        assert_eq!(text("%who int\nx"), "get_ipython().run_line_magic('who', 'int')\nx");
        assert_eq!(text("  %pwd\n"), "  get_ipython().run_line_magic('pwd', '')\n");
        assert_eq!(text("x = %pwd"), "x = get_ipython().run_line_magic('pwd', '')");
        assert_eq!(text("!ls 'a'"), "get_ipython().system('ls \\'a\\'')");
        assert_eq!(text("zip??"), "get_ipython().run_line_magic('pinfo2', 'zip')");
        assert_eq!(text("?a.b"), "get_ipython().run_line_magic('pinfo', 'a.b')");
        assert_eq!(text("%%time\na\nb"), "get_ipython().run_cell_magic('time', '', 'a\\nb')\n");
    }

    #[test]
    fn what_is_python_stays() {
        for cell in
            ["x = (a\n%b)", "'''\n%who\n'''", "a = 5 \\\n%b", "d['?'] = 1", "x == y", "f(a='?')", "# what?", "s = 'a' # b?", "x %= 3"]
        {
            assert_eq!(text(cell), cell);
        }
    }

    #[test]
    fn a_semicolon_at_the_end_is_quiet() {
        assert!(python("f();").quiet && python("f(); # so\n\n").quiet);
        assert!(!python("f()").quiet && !python("a; b").quiet && !python("';'").quiet && !python("b # ;").quiet);
    }

    #[test]
    fn blocks_end_with_an_empty_line() {
        let incomplete = |indent: &str| Completeness::Incomplete(indent.into());
        assert_eq!(completeness("def f(x):"), incomplete("    "));
        assert_eq!(completeness("def f(x):\n  x*2"), incomplete("  "));
        assert_eq!(completeness("def f(x):\n    return x"), incomplete(""));
        assert_eq!(completeness("for i in (1,2,"), incomplete(""));
        assert_eq!(completeness("def f(x):\n  return x*2\n\n\n"), Completeness::Complete);
        assert_eq!(completeness("%time x"), Completeness::Complete);
        assert_eq!(completeness("1 +* 2"), Completeness::Invalid);
    }
}
