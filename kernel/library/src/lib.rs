//! CPython 3.14's own pure-Python library, embedded: sources by module name.
//!
//! The files come from the `rustpython-pylib` crate when this crate is built; `modules.txt` chooses them. They stand under the licence of
//! the Python Software Foundation, whose text is [`licence`].

mod older;

use std::collections::HashMap;
use std::sync::OnceLock;

static PACK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));

/// The source of one module.
#[derive(Clone, Debug)]
pub struct Source {
    /// The text.
    pub text: String,
    /// Whether the module is a package.
    pub is_package: bool,
}

/// Where a module stands in the pack, and whether it is a package.
type Place = (std::ops::Range<usize>, bool);

const LICENCE: &str = "LICENSE";

fn table() -> &'static HashMap<&'static str, Place> {
    static TABLE: OnceLock<HashMap<&'static str, Place>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let end = PACK.windows(2).position(|two| two == b"\n\n").expect("the table ends with an empty line");
        let text = std::str::from_utf8(&PACK[..end]).expect("the table is text");
        let mut at = end + 2;
        let mut table = HashMap::new();
        for line in text.lines() {
            let mut fields = line.split(' ');
            let (Some(name), Some(package), Some(Ok(length))) = (fields.next(), fields.next(), fields.next().map(str::parse::<usize>))
            else {
                unreachable!("a line of the table has three fields")
            };
            table.insert(name, (at..at + length, package == "1"));
            at += length;
        }
        table
    })
}

fn unpack(name: &str) -> Option<Source> {
    let (range, is_package) = table().get(name)?.clone();
    let bytes = miniz_oxide::inflate::decompress_to_vec(&PACK[range]).expect("the pack was made by this crate's build script");
    Some(Source { text: String::from_utf8(bytes).expect("sources are UTF-8"), is_package })
}

/// The source of a module, by its full name.
pub fn source(name: &str) -> Option<Source> {
    unpack(name).filter(|_| name != LICENCE)
}

/// The source of a module as it is to act in Python 3.`minor`, the library being 3.14's.
pub fn source_as_of(name: &str, minor: i64) -> Option<Source> {
    source(name).map(|source| Source { text: older::as_of(minor, name, source.text), ..source })
}

/// The names of all embedded modules.
pub fn names() -> impl Iterator<Item = &'static str> {
    table().keys().copied().filter(|name| *name != LICENCE)
}

/// The licence of the library.
pub fn licence() -> String {
    unpack(LICENCE).expect("the licence is packed with the library").text
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_module_and_a_package_have_their_sources() {
        assert!(super::source("weakref").is_some_and(|source| !source.is_package && source.text.contains("class WeakValueDictionary")));
        assert!(super::source("collections").is_some_and(|source| source.is_package));
        assert!(super::source("LICENSE").is_none() && super::licence().contains("PYTHON SOFTWARE FOUNDATION"));
    }
}
