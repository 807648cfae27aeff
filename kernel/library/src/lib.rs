//! CPython 3.14's own pure-Python library, embedded: sources by module name.
//!
//! The files come from the `rustpython-pylib` crate when this crate is built; `modules.txt` chooses them. They stand under the licence of
//! the Python Software Foundation, whose text is [`licence`]. In a browser they are not embedded but come in [`packs`].

mod docs;
mod imports;
mod older;
pub mod packs;

pub use docs::doc;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

static INDEX: &str = include_str!(concat!(env!("OUT_DIR"), "/index.txt"));
static SOURCES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sources.bin"));

/// The source of one module.
#[derive(Clone, Debug)]
pub struct Source {
    /// The text.
    pub text: String,
    /// Whether the module is a package.
    pub is_package: bool,
}

/// What is known of a module without its source.
struct Entry {
    range: Range<usize>,
    is_package: bool,
    /// The pack that it is in.
    pack: &'static str,
    /// The packs of all that its import imports.
    packs: &'static str,
}

const LICENCE: &str = "LICENSE";

fn table() -> &'static HashMap<&'static str, Entry> {
    static TABLE: OnceLock<HashMap<&'static str, Entry>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut at = 0;
        let mut table = HashMap::new();
        for line in INDEX.lines() {
            let fields: Vec<&str> = line.split(' ').collect();
            let [name, is_package, length, pack, packs] = fields[..] else { unreachable!("a line of the index has five fields") };
            let start = at;
            at += length.parse::<usize>().expect("a length is a number");
            table.insert(name, Entry { range: start..at, is_package: is_package == "1", pack, packs });
        }
        table
    })
}

fn unpack(name: &str) -> Option<Source> {
    let entry = table().get(name)?;
    let text = if SOURCES.is_empty() {
        packs::text(entry.pack, name)
    } else {
        let bytes =
            miniz_oxide::inflate::decompress_to_vec(&SOURCES[entry.range.clone()]).expect("it was packed by this crate's build script");
        String::from_utf8(bytes).expect("sources are UTF-8")
    };
    Some(Source { text, is_package: entry.is_package })
}

/// Whether the module of that name is a package, if there is one. Its source is not unpacked for that.
pub fn is_package(name: &str) -> Option<bool> {
    table().get(name).filter(|_| is_module(name)).map(|entry| entry.is_package)
}

/// The source of a module, by its full name.
pub fn source(name: &str) -> Option<Source> {
    is_module(name).then(|| unpack(name))?
}

/// The source of a module as it is to act in Python 3.`minor`, the library being 3.14's.
pub fn source_as_of(name: &str, minor: i64) -> Option<Source> {
    source(name).map(|source| Source { text: older::as_of(minor, name, source.text), ..source })
}

/// The names of all embedded modules.
pub fn names() -> impl Iterator<Item = &'static str> {
    table().keys().copied().filter(|name| is_module(name))
}

/// The licence and the doc strings lie among the modules.
fn is_module(name: &str) -> bool {
    name != LICENCE && !name.contains('/')
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
