//! The grammar as data: `grammar.txt` read into rules, alternatives and items.
//!
//! The text is ours and read once per complaint; a mistake in it is a bug that the tests find.

use std::collections::HashMap;

use crate::tokenize::Kind;

#[derive(Debug)]
pub(crate) struct Grammar {
    pub(crate) rules: Vec<Rule>,
    names: HashMap<&'static str, usize>,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) alternatives: Vec<Alternative>,
    pub(crate) left: bool,
    /// Remembered no matter whether complaints were looked for.
    pub(crate) memo: bool,
    pub(crate) forgetful: bool,
    /// No complaints are looked for inside.
    pub(crate) quiet: bool,
}

#[derive(Debug)]
pub(crate) struct Alternative {
    pub(crate) items: Vec<(Option<char>, Item)>,
    pub(crate) kind: Option<&'static str>,
    pub(crate) action: Option<Action>,
    /// Only tried when complaints are looked for.
    pub(crate) guarded: bool,
}

#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) verb: &'static str,
    pub(crate) args: Vec<&'static str>,
    pub(crate) text: &'static str,
}

#[derive(Debug)]
pub(crate) enum Item {
    Token(&'static str),
    Soft(&'static str),
    SoftKeyword,
    Kind(Kind),
    Rule(usize),
    Group(Vec<Alternative>),
    Optional(Box<Item>),
    Repeat(Box<Item>, usize),
    Gather(Box<Item>, Box<Item>),
    And(Box<Item>),
    Not(Box<Item>),
    Cut,
    Force(&'static str),
}

const TEXT: &str = include_str!("grammar.txt");

impl Grammar {
    pub(crate) fn new() -> Grammar {
        let mut heads: Vec<(&'static str, &'static str, usize, usize)> = Vec::new();
        let mut at = 0;
        for line in TEXT.split_inclusive('\n') {
            let body = line.trim_end();
            if body.starts_with(' ') {
                if let Some(head) = heads.last_mut() {
                    head.3 = at + body.len();
                }
            } else if !body.is_empty() && !body.starts_with('#') {
                let colon = body.find(": ").unwrap_or(body.len());
                let head = &body[..colon];
                let name = head.split(' ').next().unwrap_or(head);
                heads.push((name, &head[name.len()..], at + colon + 1, at + body.len()));
            }
            at += line.len();
        }
        let names = heads.iter().enumerate().map(|(i, head)| (head.0, i)).collect();
        let mut grammar = Grammar { rules: Vec::new(), names };
        for (_, flags, start, end) in heads {
            let mut reader = Reader { text: &TEXT[start..end], grammar: &grammar };
            let alternatives = reader.alternatives();
            grammar.rules.push(Rule {
                alternatives,
                left: flags.contains("left"),
                memo: flags.contains("(memo)"),
                forgetful: flags.contains("nomemo"),
                quiet: flags.contains("quiet"),
            });
        }
        grammar
    }

    pub(crate) fn rule(&self, name: &str) -> usize {
        self.names.get(name).copied().unwrap_or_else(|| unreachable!("the grammar has a rule {name}"))
    }
}

struct Reader<'g> {
    text: &'static str,
    grammar: &'g Grammar,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.text = self.text.trim_start_matches([' ', '\n']);
    }

    fn eat(&mut self, text: &str) -> bool {
        self.skip();
        match self.text.strip_prefix(text) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'static str {
        self.skip();
        let end = self.text.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        self.text = rest;
        word
    }

    fn quoted(&mut self, quote: char) -> &'static str {
        let end = self.text.find(quote).unwrap_or(self.text.len());
        let word = &self.text[..end];
        self.text = self.text.get(end + 1..).unwrap_or("");
        word
    }

    fn alternatives(&mut self) -> Vec<Alternative> {
        let mut list = vec![self.alternative()];
        while self.eat("|") {
            list.push(self.alternative());
        }
        list
    }

    fn alternative(&mut self) -> Alternative {
        let mut alternative = Alternative { items: Vec::new(), kind: None, action: None, guarded: false };
        loop {
            self.skip();
            if self.text.is_empty() || self.text.starts_with(['|', ')', ']']) {
                return alternative;
            }
            if self.eat("#") {
                alternative.kind = Some(self.word());
            } else if self.eat("=>") {
                alternative.action = Some(self.action());
            } else {
                let bytes = self.text.as_bytes();
                let named = bytes.len() > 1 && bytes[1] == b'=' && bytes[0].is_ascii_lowercase();
                let name = named.then(|| char::from(bytes[0]));
                if named {
                    self.text = &self.text[2..];
                }
                alternative.guarded |= self.text.starts_with("invalid_");
                let item = self.item();
                alternative.items.push((name, item));
            }
        }
    }

    fn action(&mut self) -> Action {
        let verb = self.word();
        let mut args = Vec::new();
        loop {
            self.skip();
            if self.text.starts_with(|char: char| char.is_ascii_alphabetic()) {
                args.push(self.word());
                continue;
            }
            let mut text = "";
            if let Some(rest) = self.text.strip_prefix('"') {
                // A quote inside is written \".
                let mut end = 0;
                while !rest[end..].starts_with('"') {
                    end += if rest[end..].starts_with('\\') { 2 } else { rest[end..].chars().next().map_or(1, char::len_utf8) };
                }
                text = &rest[..end];
                self.text = &rest[end + 1..];
            }
            return Action { verb, args, text };
        }
    }

    fn item(&mut self) -> Item {
        if self.eat("&&'") {
            return Item::Force(self.quoted('\''));
        }
        if self.eat("&") {
            return Item::And(Box::new(self.item()));
        }
        if self.eat("!") {
            return Item::Not(Box::new(self.item()));
        }
        if self.eat("~") {
            return Item::Cut;
        }
        if self.eat("[") {
            let inner = self.alternatives();
            self.eat("]");
            return Item::Optional(Box::new(Item::Group(inner)));
        }
        let atom = self.atom();
        if self.text.starts_with('.') {
            self.text = &self.text[1..];
            let element = self.atom();
            self.eat("+");
            return Item::Gather(Box::new(atom), Box::new(element));
        }
        match self.text.as_bytes().first() {
            Some(b'?') => {
                self.text = &self.text[1..];
                Item::Optional(Box::new(atom))
            }
            Some(b'*') => {
                self.text = &self.text[1..];
                Item::Repeat(Box::new(atom), 0)
            }
            Some(b'+') => {
                self.text = &self.text[1..];
                Item::Repeat(Box::new(atom), 1)
            }
            _ => atom,
        }
    }

    fn atom(&mut self) -> Item {
        if self.eat("(") {
            let inner = self.alternatives();
            self.eat(")");
            return Item::Group(inner);
        }
        if self.eat("'") {
            return Item::Token(self.quoted('\''));
        }
        if self.eat("\"") {
            return Item::Soft(self.quoted('"'));
        }
        match self.word() {
            "NAME" => Item::Kind(Kind::Name),
            "NUMBER" => Item::Kind(Kind::Number),
            "STRING" => Item::Kind(Kind::String),
            "FSTRING_START" => Item::Kind(Kind::FStringStart),
            "FSTRING_MIDDLE" => Item::Kind(Kind::FStringMiddle),
            "FSTRING_END" => Item::Kind(Kind::FStringEnd),
            "TSTRING_START" => Item::Kind(Kind::TStringStart),
            "TSTRING_MIDDLE" => Item::Kind(Kind::TStringMiddle),
            "TSTRING_END" => Item::Kind(Kind::TStringEnd),
            "NEWLINE" => Item::Kind(Kind::Newline),
            "INDENT" => Item::Kind(Kind::Indent),
            "DEDENT" => Item::Kind(Kind::Dedent),
            // Never there, but asking for it reads one token more.
            "TYPE_COMMENT" => Item::Kind(Kind::TypeComment),
            "ENDMARKER" => Item::Kind(Kind::End),
            "SOFT_KEYWORD" => Item::SoftKeyword,
            name => Item::Rule(self.grammar.rule(name)),
        }
    }
}
