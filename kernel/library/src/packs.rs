//! The library in packs, for a machine that fetches what a program imports: a browser's.
//!
//! A pack is text: a line with the name and the length of each module, an empty line, then the sources one after another. The machine asks
//! which packs a program will want ([`wanted`]), and where a module is imported by ways that no text shows, whoever set [`on_absence`] is told.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use crate::{SOURCES, imports, table, unpack};

/// The pack with the names of characters: data of the machine, which was cut out of it.
pub const NAMES: &str = "names";

/// The pack with the forms of characters, by which the parser knows one name in another spelling (PEP 3131): data of the machine, too.
pub const FORMS: &str = "forms";

/// Fetches a pack that is missing where it cannot be waited for: it starts the machine anew, and so never comes back.
pub type Absence = fn(pack: &str) -> !;

thread_local! {
    static INSTALLED: RefCell<BTreeSet<String>> = RefCell::default();
    static TEXTS: RefCell<HashMap<&'static str, &'static str>> = RefCell::default();
    static ABSENCE: RefCell<Option<Absence>> = const { RefCell::new(None) };
}

/// The names of the library's packs.
pub fn names() -> BTreeSet<&'static str> {
    table().values().map(|entry| entry.pack).collect()
}

/// What a pack holds.
pub fn contents(pack: &str) -> String {
    let mut names: Vec<&str> = table().iter().filter(|(_, entry)| entry.pack == pack).map(|(name, _)| *name).collect();
    names.sort_unstable();
    let (mut head, mut texts) = (String::new(), String::new());
    for name in names {
        let text = unpack(name).map(|source| source.text).unwrap_or_default();
        writeln!(head, "{name} {}", text.len()).expect("a string takes what is written");
        texts += &text;
    }
    head + "\n" + &texts
}

/// Takes a pack in for good. What is none of the library's has no contents here.
pub fn install(pack: &str, contents: &'static str) {
    INSTALLED.with_borrow_mut(|installed| installed.insert(pack.to_owned()));
    let Some((head, mut texts)) = contents.split_once("\n\n") else { return };
    for line in head.lines() {
        let Some((name, length)) = line.split_once(' ') else { continue };
        let (text, rest) = texts.split_at(length.parse().unwrap_or(0).min(texts.len()));
        texts = rest;
        TEXTS.with_borrow_mut(|known| known.insert(name, text));
    }
}

/// Says who is told of a pack that is missing.
pub fn on_absence(absence: Absence) {
    ABSENCE.set(Some(absence));
}

/// The packs that are not there and that a program wants, as far as its text tells.
pub fn wanted(program: &str) -> Vec<&'static str> {
    let mut packs = BTreeSet::new();
    for name in imports::imports(program, "", true) {
        // To import `a.b` is to import `a`.
        let ends = name.match_indices('.').map(|(end, _)| end).chain([name.len()]);
        packs.extend(ends.filter_map(|end| table().get(&name[..end])).flat_map(|entry| entry.packs.split(',')));
    }
    packs.extend(parsing(program));
    packs.into_iter().filter(|pack| !INSTALLED.with_borrow(|installed| installed.contains(*pack))).collect()
}

/// The packs with data of the machine that its parser reads for this text.
pub fn parsing(text: &str) -> impl Iterator<Item = &'static str> {
    let names = text.contains("\\N{").then_some(NAMES);
    let forms = text.chars().any(may_change_in_a_name).then_some(FORMS);
    names.into_iter().chain(forms)
}

/// Whether a character is none of those that every name has as it is, or that no name has: punctuation, arrows, frames, signs, emoji.
fn may_change_in_a_name(c: char) -> bool {
    !matches!(c,
        '\0'..='\u{a9}' | '\u{ab}'..='\u{b4}' | '\u{b6}' | '\u{b8}' | '\u{b9}' | '\u{bb}'..='\u{bf}' | '\u{d7}' | '\u{f7}' | '\u{2000}'..='\u{203e}'
            | '\u{2190}'..='\u{2bff}' | '\u{3000}'..='\u{3004}' | '\u{1f000}'..='\u{1faff}')
}

/// Says that what is done next needs a pack that is none of the library's.
pub fn need(pack: &str) {
    if SOURCES.is_empty() && !INSTALLED.with_borrow(|installed| installed.contains(pack)) {
        absent(pack);
    }
}

/// The source of a module of a pack.
pub(crate) fn text(pack: &str, name: &str) -> String {
    match TEXTS.with_borrow(|texts| texts.get(name).copied()) {
        Some(text) => text.to_owned(),
        None => absent(pack),
    }
}

fn absent(pack: &str) -> ! {
    match ABSENCE.with_borrow(|absence| *absence) {
        Some(absence) => absence(pack),
        None => panic!("the pack `{pack}` of the library is not here, and nobody fetches it"),
    }
}

#[cfg(test)]
mod tests {
    use super::{contents, install, text, wanted};

    #[test]
    fn a_pack_gives_back_what_was_put_in() {
        install("core", contents("core").leak());
        assert_eq!(text("core", "weakref"), crate::source("weakref").unwrap().text);
        assert_eq!(wanted("import gc, weakref\nfrom collections import abc"), Vec::<&str>::new());
    }

    #[test]
    fn a_program_wants_the_packs_of_all_that_it_imports() {
        assert_eq!(wanted("def f():\n    import dataclasses as d; x = 1\n"), ["classes", "core"]);
        assert_eq!(wanted("from json.decoder import JSONDecoder\n'\\N{BULLET}'"), ["core", "names", "text"]);
        assert_eq!(wanted("import gc\nprint('important')"), Vec::<&str>::new());
        assert_eq!(wanted("print('→ — × ½')  # …"), Vec::<&str>::new());
        assert_eq!(wanted("größe = 1"), ["forms"]);
    }
}
