//! What things are called: the heap knows kinds and numbers, a machine knows names.

use heap::{Kind, Label, Obj, Str};

/// Whoever knows what objects are called. The answers run no code of the program.
pub trait Words {
    /// The name of the object's class.
    fn class(&self, obj: &Obj) -> String;

    /// What the object is called beside its class; empty for most.
    fn title(&self, _obj: &Obj) -> String {
        String::new()
    }

    /// How an object is written that is too plain to be drawn: a number, a text.
    fn plain(&self, obj: &Obj) -> Option<String> {
        plain(obj)
    }

    /// What an object is called that is named and not drawn: a class, a module.
    fn chip(&self, _obj: &Obj) -> Option<String> {
        None
    }

    /// What is written at an arrow; `key` is that of a dict's value. Nothing for an arrow that no picture shows.
    fn label(&self, _holder: &Obj, label: Label, key: Option<&Obj>) -> Option<String> {
        Some(self::label(label, key.and_then(|key| self.plain(key)).as_deref()))
    }

    /// A holder that is not drawn, in words.
    fn outside(&self, holder: &Obj, label: &str) -> String {
        format!("{label} of a {}", self.class(holder))
    }
}

/// The words of a heap without a machine, as Rust programs have it.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainWords;

impl Words for PlainWords {
    fn class(&self, obj: &Obj) -> String {
        match obj.kind() {
            Kind::INSTANCE => "instance".into(),
            kind => kind.to_string(),
        }
    }
}

/// Texts longer than this are shortened.
const LONGEST: usize = 24;

/// Numbers and short texts.
pub fn plain(obj: &Obj) -> Option<String> {
    let text = match obj.kind() {
        Kind::INT => obj.as_int()?.to_string(),
        Kind::BOOL => if obj.as_int()? == 0 { "False" } else { "True" }.into(),
        Kind::FLOAT => obj.get::<heap::Float>().map(|float| format!("{:?}", float.0))?,
        Kind::STR => quoted(obj.get::<Str>()?.to_str()?),
        Kind::BYTES => format!("bytes of {}", obj.get::<heap::Bytes>()?.as_bytes().len()),
        _ => return None,
    };
    Some(shortened(&text))
}

fn quoted(text: &str) -> String {
    let marks = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let inside: String = text
        .chars()
        .take(4 * LONGEST)
        .flat_map(|c| match c {
            '\n' => vec!['\\', 'n'],
            '\\' => vec!['\\', '\\'],
            c if c.is_control() => vec!['?'],
            c => vec![c],
        })
        .collect();
    format!("{marks}{inside}{marks}")
}

/// A text that fits a card, without the signs that a picture's text is built of.
pub fn shortened(text: &str) -> String {
    let kept: String = text.chars().take(4 * LONGEST).map(|c| if c.is_control() || "→⇢·×‹›#".contains(c) { '?' } else { c }).collect();
    let kept = kept.replace(" + ", "+").replace(" = ", "=");
    if kept.chars().count() <= LONGEST { kept } else { kept.chars().take(LONGEST - 1).chain(['…']).collect() }
}

/// What is written at an arrow, by its label alone.
pub fn label(label: Label, key: Option<&str>) -> String {
    match label {
        Label::Item(i) => format!("[{i}]"),
        Label::Key(_) => "key".into(),
        Label::Value(_) => key.map_or("[…]".into(), |key| format!("[{key}]")),
        Label::Attribute(i) => format!(".attribute{i}"),
        Label::Slot(i) => format!(".slot{i}"),
        Label::Dict => ".__dict__".into(),
        Label::Class => ".__class__".into(),
        Label::Field(name) => format!(".{name}"),
        Label::Local(i) => format!(".local{i}"),
        Label::Nth(i) => format!("({i})"),
    }
}
