//! Which embedded modules are not letter for letter those of CPython 3.14.10.
//!
//! `cpython-3.14.10.txt` has a hash of every module as CPython 3.14.10 ships it, `differences.txt` the names of those that the
//! `rustpython-pylib` crate has in another form, embedded or not. With `CPYTHON_LIB` naming the `lib/python3.14` of an installed 3.14.10,
//! its files are read instead of the hashes.

use std::collections::{HashMap, HashSet};
use std::path::Path;

/// FNV-1a: good enough to tell two files apart.
fn hash(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The hash of a module's file in a folder.
fn hash_in(folder: &str, name: &str) -> Option<u64> {
    let path = Path::new(folder).join(name.replace('.', "/"));
    let text = std::fs::read(path.join("__init__.py")).or_else(|_| std::fs::read(path.with_extension("py"))).ok()?;
    Some(hash(&text))
}

#[test]
fn modules_that_differ_from_cpython_are_known() {
    let installed = std::env::var("CPYTHON_LIB").ok();
    let recorded: HashMap<&str, u64> = include_str!("cpython-3.14.10.txt")
        .lines()
        .filter_map(|line| {
            let (name, hash) = line.split_once(' ')?;
            Some((name, u64::from_str_radix(hash, 16).ok()?))
        })
        .collect();
    let expected = |name: &str| match &installed {
        Some(folder) => hash_in(folder, name),
        None => recorded.get(name).copied(),
    };
    let known: HashSet<&str> = include_str!("differences.txt").lines().collect();
    let mut wrong = Vec::new();
    for name in library::names() {
        let source = library::source(name).expect("a module that is named has a source");
        if (expected(name) != Some(hash(source.text.as_bytes()))) != known.contains(name) {
            wrong.push(name);
        }
    }
    assert_eq!(wrong, Vec::<&str>::new(), "differences.txt lists what differs from CPython, and nothing else");
}
