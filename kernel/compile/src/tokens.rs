//! The tokens of a text as `tokenize` shows them: numbers of kinds, texts, and places in lines and characters.

use crate::error::ErrorKind;
use crate::tokenize::{Kind, Token, tokenize_all};

/// A token.
#[derive(Clone, Debug)]
pub struct TokenInfo {
    /// Its number in the module `token`.
    pub kind: u8,
    /// What is written.
    pub text: String,
    /// Line, from 1, and column, in characters from 0.
    pub start: (usize, usize),
    /// Where it ends.
    pub end: (usize, usize),
    /// The lines that it stands in, with their ends.
    pub line: String,
}

/// Where the tokens stop before the end of the text.
#[derive(Clone, Debug)]
pub struct TokenError {
    /// What of, as for any error of the compiler.
    pub kind: ErrorKind,
    /// CPython's words.
    pub message: String,
    /// Line and column, counted from 1, and the column behind what is wrong; nothing where the text ends too early.
    pub place: Option<(usize, usize, Option<usize>)>,
    /// The line.
    pub line: String,
}

/// The kinds whose tokens end a line that has no end of its own.
const NEWLINE: u8 = 4;
const NL: u8 = 66;

/// All tokens of a text, comments and empty lines included, up to its end or to an error.
pub fn tokens(text: &str) -> (Vec<TokenInfo>, Option<TokenError>) {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let plain = text.replace("\r\n", "\n");
    let (found, trouble) = tokenize_all(&plain);
    let error = trouble.filter(|trouble| !trouble.msg.is_empty());
    let maker = Maker { lines, plain: &plain };
    let mut infos = Vec::new();
    for (at, token) in found.iter().enumerate() {
        let trailing = token.start >= plain.len() && found[at..].iter().all(|next| matches!(next.kind, Kind::Dedent | Kind::End));
        maker.add(token, trailing, &mut infos);
    }
    let error = error.map(|trouble| {
        let line = maker.line(trouble.loc.line as usize).trim_end_matches(['\n', '\r']).to_owned();
        let offset = |col: i32| maker.chars(trouble.loc.line as usize, col.max(0) as usize) + 1;
        let end = (trouble.loc.end_col >= 0).then(|| offset(trouble.loc.end_col));
        TokenError {
            kind: trouble.kind,
            place: (!trouble.unclosed).then(|| (trouble.loc.line as usize, offset(trouble.loc.col), end)),
            message: if trouble.unclosed { "unexpected EOF in multi-line statement".to_owned() } else { trouble.msg },
            line,
        }
    });
    (infos, error)
}

struct Maker<'a> {
    lines: Vec<&'a str>,
    /// The text with plain newlines, in which the tokens' offsets count.
    plain: &'a str,
}

impl Maker<'_> {
    fn line(&self, line: usize) -> &str {
        line.checked_sub(1).and_then(|at| self.lines.get(at)).copied().unwrap_or("")
    }

    /// How many characters the first bytes of a line are.
    fn chars(&self, line: usize, bytes: usize) -> usize {
        let text = self.line(line);
        text.get(..bytes).map_or_else(|| text.chars().count() + bytes.saturating_sub(text.len()), |text| text.chars().count())
    }

    /// Line and column of an offset.
    fn place(&self, offset: usize) -> (usize, usize) {
        let before = &self.plain[..offset];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count())
    }

    fn span(&self, first: usize, last: usize) -> String {
        (first..=last).map(|line| self.line(line)).collect()
    }

    fn add(&self, token: &Token, trailing: bool, infos: &mut Vec<TokenInfo>) {
        let kind = number(token.kind);
        if trailing {
            let place = (self.lines.len() + 1, 0);
            infos.push(TokenInfo { kind, text: String::new(), start: place, end: place, line: String::new() });
            return;
        }
        let first = token.loc.line as usize;
        match token.kind {
            Kind::Newline | Kind::Nl => self.add_newline(token, infos),
            Kind::Indent | Kind::Dedent => {
                let end = self.place(token.start);
                let indent: String = self.line(end.0).chars().take(end.1).collect();
                let (text, start) = if token.kind == Kind::Indent { (indent, (end.0, 0)) } else { (String::new(), end) };
                infos.push(TokenInfo { kind, text, start, end, line: self.line(end.0).to_owned() });
            }
            Kind::FStringMiddle | Kind::TStringMiddle => self.add_middle(token, infos),
            _ => {
                let (start, end) = (self.place(token.start), self.place(token.end));
                let text = self.plain[token.start..token.end].to_owned();
                infos.push(TokenInfo { kind, text, start, end, line: self.span(first, end.0) });
            }
        }
    }

    fn add_newline(&self, token: &Token, infos: &mut Vec<TokenInfo>) {
        let start = self.place(token.start);
        let line = self.line(start.0).to_owned();
        let text = match (line.ends_with("\r\n"), line.ends_with('\n')) {
            (true, _) => "\r\n",
            (false, true) => "\n",
            _ => "",
        };
        let end = (start.0, start.1 + text.len().max(1));
        let kind = if token.kind == Kind::Nl { NL } else { NEWLINE };
        infos.push(TokenInfo { kind, text: text.to_owned(), start, end, line });
    }

    /// The text of an f-string: a doubled brace ends a token, and its second half belongs to none.
    fn add_middle(&self, token: &Token, infos: &mut Vec<TokenInfo>) {
        let kind = number(token.kind);
        let text = &self.plain[token.start..token.end];
        let mut push = |from: usize, to: usize| {
            let (start, end) = (self.place(token.start + from), self.place(token.start + to));
            infos.push(TokenInfo { kind, text: text[from..to].to_owned(), start, end, line: self.span(start.0, end.0) });
        };
        let (mut from, mut at) = (0, 0);
        while at < text.len() {
            if text[at..].starts_with("{{") || text[at..].starts_with("}}") {
                push(from, at + 1);
                at += 2;
                from = at;
            } else {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
            }
        }
        if from < text.len() || text.is_empty() {
            push(from, text.len());
        }
    }
}

/// The number of a kind; all operators are `OP`.
fn number(kind: Kind) -> u8 {
    match kind {
        Kind::End => 0,
        Kind::Name => 1,
        Kind::Number => 2,
        Kind::String => 3,
        Kind::Newline => NEWLINE,
        Kind::Indent => 5,
        Kind::Dedent => 6,
        Kind::Op => 55,
        Kind::TypeComment => 57,
        Kind::FStringStart => 59,
        Kind::FStringMiddle => 60,
        Kind::FStringEnd => 61,
        Kind::TStringStart => 62,
        Kind::TStringMiddle => 63,
        Kind::TStringEnd => 64,
        Kind::Comment => 65,
        Kind::Nl => NL,
    }
}
