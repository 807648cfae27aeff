//! CPython's tokenizer, run on text that does not parse, whose errors point at its tokens, and for programs that ask for tokens.
//!
//! Tokens end at the first thing that is none; the error is kept beside them and told when the parser gets there.
//! Columns are byte offsets in the line. Follows CPython's `Parser/lexer/lexer.c`.

use crate::error::ErrorKind;
use crate::ir::Location;

/// Kinds of tokens the grammar tells apart; operators and keywords are told apart by their text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Name,
    Number,
    String,
    FStringStart,
    FStringMiddle,
    FStringEnd,
    TStringStart,
    TStringMiddle,
    TStringEnd,
    Op,
    Newline,
    Indent,
    Dedent,
    /// Of CPython's grammar; we make none.
    TypeComment,
    /// A comment, and a newline that ends nothing: only for those who ask for all tokens.
    Comment,
    Nl,
    End,
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Byte offsets of its text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) loc: Location,
    /// How many parentheses are open after it.
    pub(crate) level: usize,
}

/// Where tokenizing stopped.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    pub(crate) kind: ErrorKind,
    pub(crate) msg: String,
    pub(crate) loc: Location,
    /// The text ended inside parentheses.
    pub(crate) unclosed: bool,
    /// Told even if the parser complained of something before it.
    pub(crate) loud: bool,
    /// More text could make it good.
    pub(crate) ended: bool,
}

pub(crate) struct Tokenizer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: i32,
    line_start: usize,
    pub(crate) tokens: Vec<Token>,
    indents: Vec<(usize, usize)>,
    /// Open parentheses: the character, its line and its column.
    parens: Vec<(u8, i32, i32)>,
    modes: Vec<Mode>,
    /// The line before ended in a backslash.
    continued: bool,
    /// Where the comment at the end of this line began.
    comment: Option<usize>,
    module: bool,
    /// Comments and newlines that end nothing are tokens, too.
    all: bool,
}

/// An f-string or t-string being read.
#[derive(Debug, Clone)]
struct Mode {
    template: bool,
    quote: u8,
    triple: bool,
    raw: bool,
    /// Levels of parentheses at which its fields began.
    fields: Vec<usize>,
    /// In the format spec of the innermost field.
    in_spec: bool,
    start: (i32, i32),
}

const MAX_INDENT: usize = 100;
/// More open parentheses than this are refused.
pub(crate) const MAX_LEVEL: usize = 200;
const MAX_FIELDS: usize = 150;

type Step<T> = Result<T, Trouble>;

/// The tokens of a text, up to its end or to the trouble.
///
/// A module's last line is given the newline it may lack.
pub(crate) fn tokenize(text: &str, module: bool) -> (Vec<Token>, Option<Trouble>) {
    run(text, module, false)
}

/// The tokens of a module with its comments and empty lines.
pub(crate) fn tokenize_all(text: &str) -> (Vec<Token>, Option<Trouble>) {
    run(text, true, true)
}

fn run(text: &str, module: bool, all: bool) -> (Vec<Token>, Option<Trouble>) {
    let mut tokenizer = Tokenizer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        line: 1,
        line_start: 0,
        tokens: Vec::new(),
        indents: vec![(0, 0)],
        parens: Vec::new(),
        modes: Vec::new(),
        continued: false,
        comment: None,
        module,
        all,
    };
    let trouble = tokenizer.run().err();
    (tokenizer.tokens, trouble)
}

impl<'a> Tokenizer<'a> {
    fn run(&mut self) -> Step<()> {
        loop {
            if self.parens.is_empty() && self.at == self.line_start && self.modes.is_empty() && !self.continued {
                self.indentation()?;
            }
            self.continued = false;
            if self.in_middle() {
                self.middle()?;
            } else if self.at >= self.bytes.len() {
                return self.finish();
            } else {
                self.token()?;
            }
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn col(&self, at: usize) -> i32 {
        at as i32 - self.line_start as i32
    }

    fn push(&mut self, kind: Kind, start: usize, place: (i32, i32)) {
        let loc = Location { line: place.0, col: place.1, end_line: self.line, end_col: self.col(self.at) };
        let level = self.parens.len();
        self.tokens.push(Token { kind, start, end: self.at, loc, level });
    }

    /// Moves over a newline.
    fn newline(&mut self) {
        self.at += 1;
        self.line += 1;
        self.line_start = self.at;
    }

    fn trouble<T>(&self, kind: ErrorKind, msg: impl Into<String>, line: i32, col: i32, end: i32) -> Step<T> {
        let loc = Location { line, end_line: line, col, end_col: end };
        let msg = msg.into();
        // Inside an f-string the parser has the last word.
        let loud = end >= 0 && self.modes.is_empty();
        let ended = self.at >= self.bytes.len() && (msg.starts_with("unterminated") || msg.starts_with("unexpected EOF"));
        Err(Trouble { kind, msg, loc, unclosed: false, loud, ended })
    }

    /// An error at the last character read.
    fn error<T>(&self, msg: impl Into<String>) -> Step<T> {
        let mut last = self.at.saturating_sub(1).max(self.line_start);
        while !self.text.is_char_boundary(last) {
            last -= 1;
        }
        let col = self.col(last);
        self.trouble(ErrorKind::Syntax, msg, self.line, col, col)
    }

    fn unclosed<T>(&self) -> Step<T> {
        let Some((paren, line, col)) = self.parens.last().copied() else {
            return self.trouble(ErrorKind::Syntax, "unexpected EOF while parsing", self.line, self.col(self.at), -2);
        };
        let loc = Location { line, end_line: line, col, end_col: -1 };
        let msg = format!("'{}' was never closed", char::from(paren));
        Err(Trouble { kind: ErrorKind::Syntax, msg, loc, unclosed: true, loud: self.modes.is_empty(), ended: true })
    }

    /// The last token that means something to the parser.
    fn last(&self) -> Option<&Token> {
        self.tokens.iter().rev().find(|token| !matches!(token.kind, Kind::Comment | Kind::Nl))
    }

    fn finish(&mut self) -> Step<()> {
        let in_comment = self.tokens.last().is_some_and(|token| token.kind == Kind::Comment);
        let ended = self.last().is_none_or(|token| token.loc.end_line != self.line);
        if self.all && self.at > self.line_start && (!self.parens.is_empty() || (in_comment && ended)) {
            self.push(Kind::Nl, self.at, (self.line, self.col(self.at)));
        }
        if !self.parens.is_empty() {
            return self.unclosed();
        }
        let needs_newline = self.last().is_some_and(|token| !matches!(token.kind, Kind::Newline | Kind::Indent | Kind::Dedent));
        if needs_newline {
            let place = (self.line, self.col(self.at));
            self.push(Kind::Newline, self.at, place);
            if self.module {
                if let Some(token) = self.tokens.last_mut() {
                    token.loc.end_col += 1;
                }
            } else {
                self.without_columns();
            }
        }
        // The last line is the one that ends in the last newline, or would.
        let (line, start) = if self.at > self.line_start || self.line == 1 {
            (self.line, self.line_start)
        } else {
            (self.line - 1, self.text[..self.at - 1].rfind('\n').map_or(0, |at| at + 1))
        };
        let width = (self.at - start) as i32 + i32::from(self.module && self.at > self.line_start);
        let loc = Location { line, end_line: line, col: width - 1, end_col: -2 };
        for kind in std::iter::repeat_n(Kind::Dedent, self.indents.len() - 1).chain([Kind::End]) {
            self.tokens.push(Token { kind, start: self.at, end: self.at, loc, level: 0 });
        }
        // Whoever asks for more gets the end once more.
        Err(Trouble { kind: ErrorKind::Syntax, msg: String::new(), loc, unclosed: false, loud: false, ended: true })
    }

    fn indentation(&mut self) -> Step<()> {
        let (mut col, mut alt) = (0, 0);
        loop {
            match self.peek(0) {
                b' ' => {
                    col += 1;
                    alt += 1;
                }
                b'\t' => {
                    col = (col / 8 + 1) * 8;
                    alt += 1;
                }
                0x0c => (col, alt) = (0, 0),
                b'\\' => {
                    self.continuation()?;
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        if matches!(self.peek(0), b'#' | b'\n') || self.at >= self.bytes.len() {
            return Ok(());
        }
        let place = (self.line, self.col(self.at));
        let (top, top_alt) = self.indents.last().copied().unwrap_or((0, 0));
        if col == top {
            if alt != top_alt {
                return self.tab_error();
            }
        } else if col > top {
            if self.indents.len() >= MAX_INDENT {
                return self.trouble(ErrorKind::Indentation, "too many levels of indentation", self.line, 0, -1);
            }
            if alt <= top_alt {
                return self.tab_error();
            }
            self.indents.push((col, alt));
            self.push(Kind::Indent, self.at, place);
            self.without_columns();
        } else {
            while self.indents.last().is_some_and(|(indent, _)| col < *indent) {
                self.indents.pop();
                self.push(Kind::Dedent, self.at, place);
                self.without_columns();
            }
            let (top, top_alt) = self.indents.last().copied().unwrap_or((0, 0));
            if col != top {
                while self.tokens.last().is_some_and(|token| token.kind == Kind::Dedent && token.start == self.at) {
                    self.tokens.pop();
                }
                let end = self.text[self.at..].find('\n').map_or(self.bytes.len(), |at| self.at + at);
                let msg = "unindent does not match any outer indentation level";
                return self.trouble(ErrorKind::Indentation, msg, self.line, self.col(end), -2);
            }
            if alt != top_alt {
                return self.tab_error();
            }
        }
        Ok(())
    }

    /// The last token has no columns of its own: CPython shows how far it has read.
    fn without_columns(&mut self) {
        if let Some(token) = self.tokens.last_mut() {
            token.loc.col = token.loc.end_col - 1;
            token.loc.end_col = -2;
        }
    }

    fn tab_error(&self) -> Step<()> {
        self.trouble(ErrorKind::Tab, "inconsistent use of tabs and spaces in indentation", self.line, 0, -1)
    }

    /// Are we in the text of an f-string, outside its fields?
    fn in_middle(&self) -> bool {
        let Some(mode) = self.modes.last() else { return false };
        match mode.fields.last() {
            None => true,
            Some(level) => mode.in_spec && self.parens.len() == *level,
        }
    }

    fn token(&mut self) -> Step<()> {
        while matches!(self.peek(0), b' ' | b'\t' | 0x0c) {
            self.at += 1;
        }
        let start = self.at;
        let place = (self.line, self.col(start));
        let byte = self.peek(0);
        match byte {
            b'#' => {
                self.comment = Some(start);
                while self.at < self.bytes.len() && self.peek(0) != b'\n' {
                    self.at += 1;
                }
                if self.all {
                    self.push(Kind::Comment, start, place);
                }
                return Ok(());
            }
            b'\n' => {
                let blank = self.last().is_none_or(|token| token.loc.end_line != self.line)
                    || matches!(self.last(), Some(Token { kind: Kind::Newline | Kind::Indent | Kind::Dedent, .. }));
                if self.parens.is_empty() && self.modes.is_empty() && !(blank && self.line_is_blank()) {
                    // A comment before it belongs to the newline.
                    let start = self.comment.filter(|at| *at >= self.line_start && !self.all).unwrap_or(start);
                    self.at += 1;
                    self.push(Kind::Newline, start, (self.line, self.col(start)));
                    self.at -= 1;
                } else if self.all {
                    self.at += 1;
                    self.push(Kind::Nl, start, place);
                    self.at -= 1;
                }
                self.newline();
                return Ok(());
            }
            b'\\' => return self.continuation(),
            _ if self.at >= self.bytes.len() => return Ok(()),
            b'0'..=b'9' => return self.number(place),
            b'.' if self.peek(1).is_ascii_digit() => return self.number(place),
            b'"' | b'\'' => return self.string(start, place),
            _ if byte == b'_' || byte.is_ascii_alphabetic() || byte >= 0x80 => return self.name(place),
            _ => {}
        }
        self.operator(place)
    }

    /// Moves over a backslash and the newline it hides.
    fn continuation(&mut self) -> Step<()> {
        let start = self.at;
        self.at += 1;
        if self.peek(0) != b'\n' {
            let msg = "unexpected character after line continuation character";
            let col = if self.at >= self.bytes.len() { self.col(start) } else { self.col(start + 1) };
            return self.trouble(ErrorKind::Syntax, msg, self.line, col, -1);
        }
        if self.at + 1 >= self.bytes.len() {
            let col = self.col(start + 1);
            self.at = self.bytes.len();
            return self.trouble(ErrorKind::Syntax, "unexpected EOF while parsing", self.line, col, -2);
        }
        self.newline();
        self.continued = true;
        Ok(())
    }

    /// Does the line hold nothing but what was skipped?
    fn line_is_blank(&self) -> bool {
        let text = self.text[self.line_start..self.at].trim_start_matches([' ', '\t', '\x0c']);
        text.is_empty() || text.starts_with('#')
    }

    fn name(&mut self, place: (i32, i32)) -> Step<()> {
        let start = self.at;
        while self.peek(0) == b'_' || self.peek(0).is_ascii_alphanumeric() || self.peek(0) >= 0x80 {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        if matches!(self.peek(0), b'"' | b'\'') && text.len() <= 5 {
            let lower = text.to_ascii_lowercase();
            let distinct = lower.chars().enumerate().all(|(at, char)| "bruft".contains(char) && !lower[..at].contains(char));
            let pairs = [('u', 'b'), ('u', 'r'), ('u', 'f'), ('u', 't'), ('b', 'f'), ('b', 't'), ('f', 't')];
            let clash = pairs.into_iter().find(|(a, b)| distinct && lower.contains(*a) && lower.contains(*b));
            if let Some((a, b)) = clash {
                let msg = format!("'{a}' and '{b}' prefixes are incompatible");
                return self.trouble(ErrorKind::Syntax, msg, self.line, self.col(start), self.col(self.at));
            }
            if ["b", "u", "r", "br", "rb", "f", "t", "fr", "rf", "tr", "rt"].contains(&&*lower) {
                return self.string(start, place);
            }
        }
        if !text.is_ascii() {
            let bad = text.char_indices().find(|(at, char)| {
                if *at == 0 {
                    !(*char == '_' || char.is_alphabetic())
                } else {
                    !(*char == '_' || char.is_alphanumeric() || is_continue(*char))
                }
            });
            if let Some((at, char)) = bad {
                let col = self.col(start + at);
                let msg = match char {
                    _ if char.is_control() || (char.is_whitespace() && char != ' ') || is_unprintable(char) => {
                        format!("invalid non-printable character U+{:04X}", char as u32)
                    }
                    _ => format!("invalid character '{char}' (U+{:04X})", char as u32),
                };
                return self.trouble(ErrorKind::Syntax, msg, self.line, col, col);
            }
        }
        self.push(Kind::Name, start, place);
        Ok(())
    }

    /// Digits with single underscores between; `false` if there are none.
    fn digits(&mut self, kind: &str, valid: fn(u8) -> bool) -> Step<()> {
        loop {
            while valid(self.peek(0)) {
                self.at += 1;
            }
            if self.peek(0) != b'_' {
                return Ok(());
            }
            self.at += 1;
            if !valid(self.peek(0)) {
                if kind != "decimal" && self.peek(0).is_ascii_digit() {
                    return Ok(());
                }
                return self.error(format!("invalid {kind} literal"));
            }
        }
    }

    fn number(&mut self, place: (i32, i32)) -> Step<()> {
        let start = self.at;
        let kind = match (self.peek(0), self.peek(1) | 0x20) {
            (b'0', b'x') => Some(("hexadecimal", (|byte| byte.is_ascii_hexdigit()) as fn(u8) -> bool)),
            (b'0', b'o') => Some(("octal", (|byte| (b'0'..b'8').contains(&byte)) as fn(u8) -> bool)),
            (b'0', b'b') => Some(("binary", (|byte| (b'0'..b'2').contains(&byte)) as fn(u8) -> bool)),
            _ => None,
        };
        if let Some((kind, valid)) = kind {
            self.at += 2;
            if self.peek(0) == b'_' {
                self.at += 1;
            }
            if !valid(self.peek(0)) {
                if self.peek(0).is_ascii_digit() {
                    self.at += 1;
                    return self.error(format!("invalid digit '{}' in {kind} literal", char::from(self.bytes[self.at - 1])));
                }
                return self.error(format!("invalid {kind} literal"));
            }
            self.digits(kind, valid)?;
            if self.peek(0).is_ascii_digit() {
                self.at += 1;
                return self.error(format!("invalid digit '{}' in {kind} literal", char::from(self.bytes[self.at - 1])));
            }
            self.end_of_number(kind)?;
            self.push(Kind::Number, start, place);
            return Ok(());
        }
        let decimal = |byte: u8| byte.is_ascii_digit();
        let mut kind = "decimal";
        if self.peek(0) != b'.' {
            self.digits("decimal", decimal)?;
            let text = &self.bytes[start..self.at];
            let zeros = text[0] == b'0' && text.iter().any(|byte| (b'1'..=b'9').contains(byte));
            if zeros && !matches!(self.peek(0), b'.' | b'e' | b'E' | b'j' | b'J') {
                let msg = "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers";
                let col = self.col(start);
                let end = self.col(start + text.iter().take_while(|byte| matches!(byte, b'0' | b'_')).count());
                return self.trouble(ErrorKind::Syntax, msg, self.line, col, end);
            }
        }
        if self.peek(0) == b'.' {
            self.at += 1;
            if self.peek(0).is_ascii_digit() {
                self.digits("decimal", decimal)?;
            }
        }
        if matches!(self.peek(0), b'e' | b'E') {
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if self.peek(1 + sign).is_ascii_digit() {
                self.at += 1 + sign;
                self.digits("decimal", decimal)?;
            } else if sign > 0 {
                self.at += 2;
                return self.error("invalid decimal literal");
            }
        }
        if matches!(self.peek(0), b'j' | b'J') {
            self.at += 1;
            kind = "imaginary";
        }
        self.end_of_number(kind)?;
        self.push(Kind::Number, start, place);
        Ok(())
    }

    /// A number may run into a keyword, but into no other letter.
    fn end_of_number(&mut self, kind: &str) -> Step<()> {
        let rest = &self.bytes[self.at..];
        let keyword = match self.peek(0) {
            b'a' => rest.starts_with(b"and"),
            b'e' => rest.starts_with(b"else"),
            b'f' => rest.starts_with(b"for"),
            b'i' => rest.len() > 1 && matches!(rest[1], b'f' | b'n' | b's'),
            b'n' => rest.starts_with(b"not"),
            b'o' => rest.starts_with(b"or"),
            _ => false,
        };
        let next = self.peek(0);
        if !keyword && (next == b'_' || next.is_ascii_alphabetic()) {
            // The place is the last digit.
            return self.error(format!("invalid {kind} literal"));
        }
        Ok(())
    }

    fn string(&mut self, start: usize, place: (i32, i32)) -> Step<()> {
        let prefix = self.text[start..self.at].to_ascii_lowercase();
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        if prefix.contains(['f', 't']) {
            let template = prefix.contains('t');
            if self.modes.len() >= MAX_FIELDS {
                return self.error("too many nested f-strings or t-strings");
            }
            self.push(if template { Kind::TStringStart } else { Kind::FStringStart }, start, place);
            self.modes.push(Mode { template, quote, triple, raw: prefix.contains('r'), fields: Vec::new(), in_spec: false, start: place });
            return Ok(());
        }
        loop {
            if self.at >= self.bytes.len() || (!triple && self.peek(0) == b'\n') {
                let (line, col) = place;
                // The quote that was taken for a string may have been meant to end the f-string around it.
                if let Some(mode) = self.modes.last().filter(|mode| mode.quote == quote && mode.triple == triple) {
                    let letter = if mode.template { 't' } else { 'f' };
                    return self.trouble(ErrorKind::Syntax, format!("{letter}-string: expecting '}}'"), line, col, col);
                }
                if triple {
                    let last = if self.at > self.line_start { self.line } else { self.line - 1 };
                    let msg = format!("unterminated triple-quoted string literal (detected at line {last})");
                    return self.trouble(ErrorKind::Syntax, msg, line, col, col);
                }
                let escaped = self.line_has_odd_quote(quote, start);
                let hint = if escaped { "; perhaps you escaped the end quote?" } else { "" };
                let last = if self.at == self.line_start { self.line - 1 } else { self.line };
                let msg = format!("unterminated string literal (detected at line {last}){hint}");
                return self.trouble(ErrorKind::Syntax, msg, line, col, col);
            }
            match self.peek(0) {
                b'\\' => {
                    self.at += 1;
                    if self.peek(0) == b'\n' {
                        self.newline();
                    } else if self.at < self.bytes.len() {
                        self.at += 1;
                    }
                }
                b'\n' => self.newline(),
                byte if byte == quote && !triple => {
                    self.at += 1;
                    break;
                }
                byte if byte == quote && self.peek(1) == quote && self.peek(2) == quote => {
                    self.at += 3;
                    break;
                }
                _ => self.at += 1,
            }
        }
        self.push(Kind::String, start, place);
        Ok(())
    }

    /// Was the quote that would have ended the string escaped?
    fn line_has_odd_quote(&self, quote: u8, start: usize) -> bool {
        let text = &self.bytes[start..self.at];
        text.windows(2).any(|pair| pair[0] == b'\\' && pair[1] == quote)
    }

    /// The text of an f-string up to a field or its end.
    fn middle(&mut self) -> Step<()> {
        let Some(mode) = self.modes.last().cloned() else { return Ok(()) };
        let start = self.at;
        let place = (self.line, self.col(start));
        let letter = if mode.template { 't' } else { 'f' };
        let kind = if mode.template { Kind::TStringMiddle } else { Kind::FStringMiddle };
        loop {
            let byte = self.peek(0);
            let ended = self.at >= self.bytes.len();
            if ended || (byte == b'\n' && !mode.triple) {
                if mode.in_spec && !mode.triple && !ended {
                    let msg = format!("{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings");
                    let col = self.col(self.at);
                    return self.trouble(ErrorKind::Syntax, msg, self.line, col, col);
                }
                let (line, col) = mode.start;
                let last = if ended && self.at == self.line_start && mode.triple { self.line - 1 } else { self.line };
                let shape = if mode.triple { "triple-quoted " } else { "" };
                let msg = format!("unterminated {shape}{letter}-string literal (detected at line {last})");
                return self.trouble(ErrorKind::Syntax, msg, line, col, col);
            }
            let closes = byte == mode.quote && (!mode.triple || (self.peek(1) == mode.quote && self.peek(2) == mode.quote));
            if closes {
                if self.at > start {
                    self.push(kind, start, place);
                }
                let (start, place) = (self.at, (self.line, self.col(self.at)));
                self.at += if mode.triple { 3 } else { 1 };
                self.push(if mode.template { Kind::TStringEnd } else { Kind::FStringEnd }, start, place);
                self.modes.pop();
                return Ok(());
            }
            match byte {
                b'\n' => self.newline(),
                b'{' if self.peek(1) == b'{' && !mode.in_spec => self.at += 2,
                b'{' => {
                    if self.at > start {
                        self.push(kind, start, place);
                    }
                    return self.open_field();
                }
                b'}' if mode.in_spec => {
                    self.push(kind, start, place);
                    return self.close_field();
                }
                b'}' if self.peek(1) == b'}' => self.at += 2,
                b'}' => {
                    self.at += 1;
                    return self.error(format!("{letter}-string: single '}}' is not allowed"));
                }
                b'\\' => {
                    self.at += 1;
                    if mode.raw {
                        if self.peek(0) == mode.quote {
                            self.at += 1;
                        }
                        continue;
                    }
                    if self.peek(0) == b'N' && self.peek(1) == b'{' {
                        while self.at < self.bytes.len() && !matches!(self.peek(0), b'}' | b'\n') && self.peek(0) != mode.quote {
                            self.at += 1;
                        }
                        if self.peek(0) == b'}' {
                            self.at += 1;
                        }
                    } else if self.peek(0) == b'\n' {
                        self.newline();
                    } else if !matches!(self.peek(0), b'{' | b'}') && self.at < self.bytes.len() {
                        self.at += 1;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    fn open_field(&mut self) -> Step<()> {
        let place = (self.line, self.col(self.at));
        let start = self.at;
        self.at += 1;
        self.parens.push((b'{', place.0, place.1));
        let level = self.parens.len();
        if let Some(mode) = self.modes.last_mut() {
            mode.fields.push(level);
            mode.in_spec = false;
            if mode.fields.len() > 2 {
                let letter = if mode.template { 't' } else { 'f' };
                return self.error(format!("{letter}-string: expressions nested too deeply"));
            }
        }
        self.push(Kind::Op, start, place);
        Ok(())
    }

    fn close_field(&mut self) -> Step<()> {
        let place = (self.line, self.col(self.at));
        let start = self.at;
        self.at += 1;
        self.parens.pop();
        if let Some(mode) = self.modes.last_mut() {
            mode.fields.pop();
            // A field inside a format spec leaves us in that spec.
            mode.in_spec = !mode.fields.is_empty();
        }
        self.push(Kind::Op, start, place);
        Ok(())
    }

    fn operator(&mut self, place: (i32, i32)) -> Step<()> {
        const THREE: [&str; 5] = ["**=", "//=", ">>=", "<<=", "..."];
        const TWO: [&str; 21] =
            ["!=", "%=", "&=", "**", "*=", "+=", "-=", "->", "//", "/=", ":=", "<<", "<=", "<>", "==", ">=", ">>", "@=", "^=", "|=", "||"];
        let start = self.at;
        let field = self.modes.last().and_then(|mode| mode.fields.last().copied());
        let in_field = field == Some(self.parens.len());
        let rest = &self.text[start..];
        let byte = self.peek(0);
        if in_field {
            match byte {
                b':' => {
                    self.at += 1;
                    if let Some(mode) = self.modes.last_mut() {
                        mode.in_spec = true;
                    }
                    self.push(Kind::Op, start, place);
                    return Ok(());
                }
                b'}' => return self.close_field(),
                b'!' if self.peek(1) != b'=' => {
                    self.at += 1;
                    self.push(Kind::Op, start, place);
                    return Ok(());
                }
                b'=' if !matches!(self.peek(1), b'=') => {
                    self.at += 1;
                    self.push(Kind::Op, start, place);
                    return Ok(());
                }
                _ => {}
            }
        }
        if THREE.iter().any(|op| rest.starts_with(op)) {
            self.at += 3;
        } else if TWO[..20].iter().any(|op| rest.starts_with(op)) {
            self.at += 2;
        } else {
            self.at += 1;
        }
        match byte {
            b'(' | b'[' | b'{' => {
                if self.parens.len() >= MAX_LEVEL {
                    return self.error("too many nested parentheses");
                }
                self.parens.push((byte, place.0, place.1));
            }
            b')' | b']' | b'}' => self.close_paren(byte)?,
            _ if byte.is_ascii_control() => {
                let msg = format!("invalid non-printable character U+{:04X}", byte);
                return self.error(msg);
            }
            _ => {}
        }
        self.push(Kind::Op, start, place);
        Ok(())
    }

    fn close_paren(&mut self, byte: u8) -> Step<()> {
        let close = char::from(byte);
        let Some((open, line, _)) = self.parens.last().copied() else {
            return self.error(format!("unmatched '{close}'"));
        };
        if !matches!((open, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}')) {
            if let Some(mode) = self.modes.last().filter(|mode| mode.fields.last() == Some(&self.parens.len())) {
                let letter = if mode.template { 't' } else { 'f' };
                return self.error(format!("{letter}-string: unmatched '{close}'"));
            }
            let open = char::from(open);
            let msg = format!("closing parenthesis '{close}' does not match opening parenthesis '{open}'");
            return self.error(if line == self.line { msg } else { format!("{msg} on line {line}") });
        }
        self.parens.pop();
        Ok(())
    }
}

/// Characters that may follow in a name though Rust does not call them alphanumeric: marks and connectors.
fn is_continue(char: char) -> bool {
    matches!(char as u32, 0x300..=0x36f | 0x483..=0x487 | 0x591..=0x5bd | 0x610..=0x61a | 0x64b..=0x669 | 0x900..=0x903 | 0x93a..=0x94f
        | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x203f | 0x2040 | 0x20d0..=0x20dc | 0xb7 | 0x387 | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f | 0xe0100..=0xe01ef)
}

fn is_unprintable(char: char) -> bool {
    matches!(char as u32, 0xad | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xa0 | 0x2000..=0x200a | 0x3000 | 0xe000..=0xf8ff)
}
