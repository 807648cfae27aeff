//! A packrat parser over CPython's tokens: finds which complaint CPython has about a text that does not parse.
//!
//! Two passes, as in CPython: the first finds how far the text makes sense, the second also tries the rules that
//! know common mistakes. Nothing is built but what complaints need: kinds and places. Follows `Parser/pegen.c`.

use std::collections::HashMap;
use std::rc::Rc;

use crate::error::{ErrorKind, SyntaxError};
use crate::escape::bad_escape;
use crate::grammar::{Action, Alternative, Grammar, Item};
use crate::ir::Location;
use crate::lower::{MAX_DEPTH, deeper};
use crate::tokenize::{Kind, Token, Trouble};

/// What a rule matched: a kind of expression, or a sequence, or just a stretch of tokens.
#[derive(Debug, Clone)]
struct Value(Rc<Matched>);

#[derive(Debug)]
struct Matched {
    kind: &'static str,
    start: usize,
    end: usize,
    items: Vec<Value>,
}

type Match = Option<(Value, usize)>;
type Outcome<T> = Result<T, Box<SyntaxError>>;

pub(crate) struct Peg<'a> {
    grammar: Rc<Grammar>,
    text: &'a str,
    tokens: &'a [Token],
    trouble: Option<&'a Trouble>,
    /// How many tokens were asked for.
    fill: usize,
    complain: bool,
    memo: HashMap<(usize, usize, bool), Match>,
    depth: u32,
}

const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
    "while", "with", "yield",
];

/// The complaint about a text; `None` if the grammar sees nothing wrong.
pub(crate) fn complaint(
    text: &str,
    tokens: &[Token],
    trouble: Option<&Trouble>,
    start: &str,
    allow_incomplete: bool,
) -> Option<Box<SyntaxError>> {
    let grammar = Rc::new(Grammar::new());
    let start = grammar.rule(start);
    let mut peg = Peg { grammar, text, tokens, trouble, fill: 0, complain: false, memo: HashMap::new(), depth: 0 };
    let first = peg.rule(start, 0);
    if allow_incomplete && !matches!(first, Ok(Some(_))) && peg.at_the_end() {
        let mut loc = peg.last_loc();
        if let Some(trouble) = trouble.filter(|_| peg.fill > tokens.len()) {
            if trouble.msg.starts_with("unterminated") {
                loc = Location { end_col: -2, ..trouble.loc };
            } else {
                let start = text.rfind('\n').map_or(0, |at| at + 1);
                let line = text.matches('\n').count() as i32 + 1;
                loc = Location { line, end_line: line, col: (text.len() - start) as i32 - 1, end_col: -2 };
            }
        }
        return Some(SyntaxError::new(ErrorKind::Incomplete, "incomplete input", loc));
    }
    match first {
        Ok(Some(_)) => return None,
        Ok(None) => {}
        Err(error) => return Some(peg.prefer_trouble(error)),
    }
    let last = peg.fill.saturating_sub(1);
    peg.complain = true;
    peg.memo.clear();
    match peg.rule(start, 0) {
        Err(error) => Some(peg.prefer_trouble(error)),
        Ok(_) => Some(peg.generic(last)),
    }
}

impl Peg<'_> {
    /// "invalid syntax" at the furthest token of the first pass.
    fn generic(&self, last: usize) -> Box<SyntaxError> {
        let token = &self.tokens[last];
        if matches!(token.kind, Kind::Indent | Kind::Dedent) {
            let word = if token.kind == Kind::Indent { "indent" } else { "unindent" };
            return SyntaxError::new(ErrorKind::Indentation, format!("unexpected {word}"), self.last_loc());
        }
        let hint = if self.text_of(last) == "<>" { ".  Maybe you meant '!=' instead of '<>'?" } else { "" };
        let mut loc = token.loc;
        if loc.end_col < 0 {
            (loc.col, loc.end_col) = (-1, -1);
        }
        self.prefer_trouble(SyntaxError::at(loc, format!("invalid syntax{hint}")))
    }

    /// What the tokenizer finds further on counts more than what the parser says.
    fn prefer_trouble(&self, error: Box<SyntaxError>) -> Box<SyntaxError> {
        let from_tokenizer = self.fill > self.tokens.len();
        let Some(trouble) = self.trouble.filter(|trouble| trouble.loud && !from_tokenizer) else { return error };
        let line = self.tokens.get(self.fill.saturating_sub(1)).map_or(0, |token| token.loc.line);
        if trouble.unclosed && line <= trouble.loc.line {
            return error;
        }
        SyntaxError::new(trouble.kind, trouble.msg.clone(), trouble.loc)
    }

    /// Was the end of the text reached, so that more of it could help?
    fn at_the_end(&self) -> bool {
        if self.fill > self.tokens.len() {
            return self.trouble.is_some_and(|trouble| trouble.ended);
        }
        let Some(last) = self.tokens[..self.fill].last() else { return true };
        let ends = matches!(last.kind, Kind::End | Kind::Dedent) || !self.text.ends_with('\n');
        ends && last.end == self.text.len()
    }

    /// The place of the last token that was asked for.
    fn last_loc(&self) -> Location {
        self.tokens[self.fill.clamp(1, self.tokens.len()) - 1].loc
    }

    fn token(&mut self, at: usize) -> Outcome<&Token> {
        self.fill = self.fill.max(at + 1);
        match self.tokens.get(at) {
            Some(token) => Ok(token),
            None => Err(match self.trouble {
                Some(trouble) => SyntaxError::new(trouble.kind, trouble.msg.clone(), trouble.loc),
                None => SyntaxError::at(Location::NONE, "invalid syntax"),
            }),
        }
    }

    fn text_of(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.text[token.start..token.end])
    }

    fn rule(&mut self, rule: usize, pos: usize) -> Outcome<Match> {
        let grammar = self.grammar.clone();
        let definition = &grammar.rules[rule];
        let key = (rule, pos, self.complain && !definition.memo);
        if !definition.forgetful
            && let Some(known) = self.memo.get(&key)
        {
            return Ok(known.clone());
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH * 4 {
            return Err(SyntaxError::new(
                ErrorKind::Memory,
                "Parser stack overflowed - Python source too complex to parse",
                Location::NONE,
            ));
        }
        let complain = self.complain;
        self.complain &= !definition.quiet;
        let mut result = None;
        if definition.left {
            // The match grows as long as it can be its own beginning.
            self.memo.insert(key, None);
            while let Some((value, end)) = deeper(|| self.alternatives(&definition.alternatives, pos))? {
                if result.as_ref().is_some_and(|(_, longest)| end <= *longest) {
                    break;
                }
                result = Some((value, end));
                self.memo.insert(key, result.clone());
            }
        } else {
            result = deeper(|| self.alternatives(&definition.alternatives, pos))?;
        }
        self.complain = complain;
        self.depth -= 1;
        if !definition.forgetful {
            self.memo.insert(key, result.clone());
        }
        Ok(result)
    }

    fn alternatives(&mut self, alternatives: &[Alternative], start: usize) -> Outcome<Match> {
        'next: for alternative in alternatives {
            if alternative.guarded && !self.complain {
                continue;
            }
            let mut pos = start;
            let mut cut = false;
            let mut children = Vec::new();
            let mut named: Vec<(char, Value)> = Vec::new();
            for (name, item) in &alternative.items {
                if matches!(item, Item::Cut) {
                    cut = true;
                    continue;
                }
                let Some((value, end)) = self.item(item, pos)? else {
                    if cut {
                        return Ok(None);
                    }
                    continue 'next;
                };
                pos = end;
                if let Some(name) = name {
                    named.push((*name, value.clone()));
                }
                if !matches!(item, Item::And(_) | Item::Not(_)) {
                    children.push(value);
                }
            }
            if let Some(action) = &alternative.action {
                let kind = self.act(action, &named, pos)?;
                return Ok(kind.map(|kind| (value(kind, start, pos, children), pos)));
            }
            let matched = match (alternative.kind, named.iter().find(|(name, _)| *name == 'v')) {
                (Some(kind), _) => value(kind, start, pos, children),
                (None, Some((_, inner))) => inner.clone(),
                (None, None) if children.len() == 1 => children.swap_remove(0),
                (None, None) => value("", start, pos, children),
            };
            return Ok(Some((matched, pos)));
        }
        Ok(None)
    }

    fn item(&mut self, item: &Item, pos: usize) -> Outcome<Match> {
        let single = |matches: bool| Ok(matches.then(|| (value("token", pos, pos + 1, Vec::new()), pos + 1)));
        match item {
            Item::Token(text) => {
                let kind = self.token(pos)?.kind;
                single(matches!(kind, Kind::Op | Kind::Name) && self.text_of(pos) == *text)
            }
            Item::Soft(text) => {
                let kind = self.token(pos)?.kind;
                single(kind == Kind::Name && self.text_of(pos) == *text)
            }
            Item::SoftKeyword => {
                let kind = self.token(pos)?.kind;
                single(kind == Kind::Name && matches!(self.text_of(pos), "_" | "case" | "match" | "type"))
            }
            Item::Kind(kind) => {
                let found = self.token(pos)?.kind;
                single(found == *kind && (found != Kind::Name || !KEYWORDS.contains(&self.text_of(pos))))
            }
            Item::Rule(rule) => self.rule(*rule, pos),
            Item::Group(alternatives) => self.alternatives(alternatives, pos),
            Item::Optional(inner) => Ok(Some(self.item(inner, pos)?.unwrap_or_else(|| (value("", pos, pos, Vec::new()), pos)))),
            Item::Repeat(inner, least) => {
                let mut items = Vec::new();
                let mut at = pos;
                while let Some((value, end)) = self.item(inner, at)? {
                    if end == at {
                        break;
                    }
                    items.push(value);
                    at = end;
                }
                Ok((items.len() >= *least).then(|| (value("", pos, at, items), at)))
            }
            Item::Gather(separator, inner) => {
                let Some((first, mut at)) = self.item(inner, pos)? else { return Ok(None) };
                let mut items = vec![first];
                while let Some((_, after)) = self.item(separator, at)? {
                    let Some((value, end)) = self.item(inner, after)? else { break };
                    items.push(value);
                    at = end;
                }
                Ok(Some((value("", pos, at, items), at)))
            }
            Item::And(inner) => Ok(self.item(inner, pos)?.map(|_| (value("", pos, pos, Vec::new()), pos))),
            Item::Not(inner) => match self.item(inner, pos)? {
                Some(_) => Ok(None),
                None => Ok(Some((value("", pos, pos, Vec::new()), pos))),
            },
            Item::Cut => Ok(None),
            Item::Force(text) => {
                self.token(pos)?;
                if self.text_of(pos) == *text && self.tokens[pos].kind == Kind::Op {
                    return single(true);
                }
                Err(SyntaxError::at(self.tokens[pos].loc, format!("expected '{text}'")))
            }
        }
    }

    fn loc(&self, value: &Value) -> Location {
        self.between(value, value)
    }

    fn between(&self, first: &Value, last: &Value) -> Location {
        let start = self.tokens[first.0.start].loc;
        let end = self.tokens[last.0.end.max(last.0.start + 1) - 1].loc;
        Location { line: start.line, col: start.col, end_line: end.end_line, end_col: end.end_col }
    }

    /// Complains, or says what kind of value it is, or (`None`) that it is no match after all.
    fn act(&mut self, action: &Action, named: &[(char, Value)], pos: usize) -> Outcome<Option<&'static str>> {
        let bound = |name: &str| named.iter().find(|(bound, _)| name.starts_with(*bound)).map(|(_, value)| value.clone());
        let a = action.args.first().and_then(|name| bound(name));
        let b = action.args.get(1).and_then(|name| bound(name));
        let text = action.text.replace("\\\"", "\"");
        let Some(a) = a else {
            return match action.verb {
                "next" => {
                    let loc = self.token(pos)?.loc;
                    Err(SyntaxError::at(loc, text))
                }
                "indent" => Err(SyntaxError::new(ErrorKind::Indentation, text, self.last_loc())),
                "target" => {
                    let target = bound(action.args.get(1).copied().unwrap_or("a"));
                    target.map_or(Ok(None), |target| self.bad_target(action.args[0], &target))
                }
                _ => Err(SyntaxError::at(self.last_loc(), text)),
            };
        };
        let text = text.replace("%s", expr_name(a.0.kind)).replace("%t", self.text_of(a.0.start));
        let error = |loc: Location| Err(SyntaxError::at(loc, text.clone()));
        let until_last = |peg: &Self| {
            let (start, end) = (peg.tokens[a.0.start].loc, peg.last_loc());
            Location { line: start.line, col: start.col, end_line: end.end_line, end_col: end.end_col - 1 }
        };
        match (action.verb, b) {
            ("at", _) => error(self.loc(&a)),
            ("range", Some(b)) => error(self.between(&a, &b)),
            ("rangelast", Some(b)) => error(self.between(a.0.items.last().unwrap_or(&a), &b)),
            ("from", _) => error(until_last(self)),
            ("key", _) => {
                let mut loc = self.loc(&a);
                loc.col = loc.end_col - 1;
                loc.end_col = -1;
                error(loc)
            }
            ("indent", _) => {
                let line = self.tokens[a.0.start].loc.line;
                Err(SyntaxError::new(ErrorKind::Indentation, text.replace("%d", &line.to_string()), self.last_loc()))
            }
            ("comma", Some(b)) => {
                let legacy = a.0.kind == "Name" && matches!(self.text_of(a.0.start), "print" | "exec");
                if legacy || self.tokens[pos - 1].level == 0 {
                    return Ok(None);
                }
                Err(SyntaxError::at(self.between(&a, &b), "invalid syntax. Perhaps you forgot a comma?"))
            }
            ("legacy", Some(b)) => {
                let name = self.text_of(a.0.start);
                if !matches!(name, "print" | "exec") {
                    return Ok(None);
                }
                let msg = format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?");
                Err(SyntaxError::at(self.between(&a, &b), msg))
            }
            ("bound", Some(b)) => {
                let word = if b.0.kind == "Tuple" { "constraints" } else { "bound" };
                Err(SyntaxError::at(until_last(self), format!("cannot use {word} with {}", action.text)))
            }
            ("genexp", Some(b)) => {
                let mut values = Vec::new();
                flatten(&a, &mut values);
                values.retain(|value| !matches!(value.0.kind, "Keyword" | "DoubleStar"));
                match &values[..] {
                    [_, .., last] => Err(SyntaxError::at(self.between(last, &b), "Generator expression must be parenthesized")),
                    _ => Ok(None),
                }
            }
            ("arguments", _) => {
                let mut values = Vec::new();
                flatten(&a, &mut values);
                let unpacking = if values.iter().any(|value| value.0.kind == "DoubleStar") { " unpacking" } else { "" };
                Err(SyntaxError::at(self.last_loc(), format!("positional argument follows keyword argument{unpacking}")))
            }
            ("conversion", Some(b)) => self.conversion(&a, &b, action.text),
            ("decode", _) => self.decode(&a),
            ("middle", _) => {
                let at = a.0.start;
                let mut depth = 0;
                let start = self.tokens[..at].iter().rev().find(|token| match token.kind {
                    Kind::FStringEnd | Kind::TStringEnd => {
                        depth += 1;
                        false
                    }
                    Kind::FStringStart | Kind::TStringStart => {
                        depth -= 1;
                        depth < 0
                    }
                    _ => false,
                });
                let raw = start.is_some_and(|token| self.text[token.start..token.end].contains(['r', 'R']));
                match bad_escape(self.text_of(at), false).filter(|_| !raw) {
                    Some(problem) => Err(SyntaxError::at(self.tokens[at].loc, problem)),
                    None => Ok(Some("middle")),
                }
            }
            ("concatenate", _) => {
                let parts = &a.0.items;
                let is_bytes = |value: &Value| {
                    let text = self.text_of(value.0.start);
                    value.0.kind == "Literal" && text[..text.find(['"', '\'']).unwrap_or(0)].contains(['b', 'B'])
                };
                let bytes = parts.iter().filter(|part| is_bytes(part)).count();
                if bytes > 0 && bytes < parts.len() {
                    return Err(SyntaxError::at(self.last_loc(), "cannot mix bytes and nonbytes literals"));
                }
                Ok(Some(if parts.iter().any(|part| part.0.kind == "FString") { "FString" } else { "Literal" }))
            }
            ("real" | "imaginary", _) => {
                let imaginary = self.text_of(a.0.start).ends_with(['j', 'J']);
                match (action.verb, imaginary) {
                    ("real", true) => Err(SyntaxError::at(self.loc(&a), "real number required in complex literal")),
                    ("imaginary", false) => Err(SyntaxError::at(self.loc(&a), "imaginary number required in complex literal")),
                    _ => Ok(Some("Literal")),
                }
            }
            _ => Ok(None),
        }
    }

    fn bad_target(&self, targets: &str, value: &Value) -> Outcome<Option<&'static str>> {
        let Some(bad) = invalid_target(targets, value) else { return Ok(None) };
        let verb = if targets == "del" { "delete" } else { "assign to" };
        Err(SyntaxError::at(self.loc(&bad), format!("cannot {verb} {}", expr_name(bad.0.kind))))
    }

    fn conversion(&self, mark: &Value, name: &Value, string: &str) -> Outcome<Option<&'static str>> {
        let (mark, at) = (&self.tokens[mark.0.start], name.0.start);
        let token = &self.tokens[at];
        if mark.loc.line != token.loc.line || mark.loc.end_col != token.loc.col {
            let loc = Location { end_line: token.loc.end_line, end_col: token.loc.end_col, ..mark.loc };
            return Err(SyntaxError::at(loc, format!("{string}: conversion type must come right after the exclamation mark")));
        }
        let text = self.text_of(at);
        if !matches!(text, "s" | "r" | "a") {
            let msg = format!("{string}: invalid conversion character '{text}': expected 's', 'r', or 'a'");
            return Err(SyntaxError::at(token.loc, msg));
        }
        Ok(Some(""))
    }

    /// String literals are decoded as soon as they are seen.
    fn decode(&self, token: &Value) -> Outcome<Option<&'static str>> {
        let text = self.text_of(token.0.start);
        let quote = text.find(['"', '\'']).unwrap_or(0);
        let prefix = text[..quote].to_ascii_lowercase();
        let rest = &text[quote..];
        let width = if rest.len() >= 6 && (rest.starts_with("\"\"\"") || rest.starts_with("'''")) { 3 } else { 1 };
        let body = rest.get(width..rest.len().saturating_sub(width)).unwrap_or("");
        if prefix.contains('b') && !body.is_ascii() {
            return Err(SyntaxError::at(self.loc(token), "bytes can only contain ASCII literal characters"));
        }
        if !prefix.contains('r')
            && let Some(problem) = bad_escape(body, prefix.contains('b'))
        {
            return Err(SyntaxError::at(self.last_loc(), problem));
        }
        Ok(Some("Literal"))
    }
}

fn value(kind: &'static str, start: usize, end: usize, items: Vec<Value>) -> Value {
    Value(Rc::new(Matched { kind, start, end, items }))
}

/// The values inside sequences and groups, in order.
fn flatten(value: &Value, out: &mut Vec<Value>) {
    for item in &value.0.items {
        match item.0.kind {
            "" | "Args" => flatten(item, out),
            "token" => {}
            _ => out.push(item.clone()),
        }
    }
}

/// CPython's `_PyPegen_get_invalid_target`.
fn invalid_target(targets: &str, value: &Value) -> Option<Value> {
    let mut items = Vec::new();
    match value.0.kind {
        "List" | "Tuple" => {
            flatten(value, &mut items);
            items.iter().find_map(|item| invalid_target(targets, item))
        }
        "Starred" if targets == "del" => Some(value.clone()),
        "Starred" => {
            flatten(value, &mut items);
            items.first().and_then(|item| invalid_target(targets, item))
        }
        "Compare" if targets == "for" => {
            flatten(value, &mut items);
            match &items[..] {
                [left, first, ..] if first.0.kind == "In" => invalid_target(targets, left),
                _ => None,
            }
        }
        "Name" | "Subscript" | "Attribute" => None,
        _ => Some(value.clone()),
    }
}

/// CPython's `_PyPegen_get_expr_name`.
fn expr_name(kind: &str) -> &'static str {
    match kind {
        "Attribute" => "attribute",
        "Subscript" => "subscript",
        "Starred" => "starred",
        "Name" => "name",
        "List" => "list",
        "Tuple" => "tuple",
        "Lambda" => "lambda",
        "Call" => "function call",
        "BoolOp" | "BinOp" | "UnaryOp" => "expression",
        "GeneratorExp" => "generator expression",
        "Yield" => "yield expression",
        "Await" => "await expression",
        "ListComp" => "list comprehension",
        "SetComp" => "set comprehension",
        "DictComp" => "dict comprehension",
        "Dict" => "dict literal",
        "Set" => "set display",
        "FString" => "f-string expression",
        "TString" => "t-string expression",
        "None" => "None",
        "True" => "True",
        "False" => "False",
        "Ellipsis" => "ellipsis",
        "Compare" => "comparison",
        "IfExp" => "conditional expression",
        "NamedExpr" => "named expression",
        _ => "literal",
    }
}
