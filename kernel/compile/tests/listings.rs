//! Every case of `listings/` compiles to what CPython's `dis` shows, in both versions, and lays out to the same bytes.

use std::path::Path;

use compile::{Mode, Options, Version, compile, dis};

fn check(version: Version, suffix: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/listings");
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let golden = path.with_extension(suffix);
        if path.extension().is_none_or(|extension| extension != "py") || !golden.exists() {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let options = Options { version, ..Options::default() };
        let ours = dis::dis(&compile(&source, name, Mode::Exec, options).unwrap());
        let theirs = std::fs::read_to_string(&golden).unwrap();
        for (number, (ours, theirs)) in ours.lines().zip(theirs.lines()).enumerate() {
            assert_eq!(ours, theirs, "{} line {}", golden.display(), number + 1);
        }
        assert_eq!(ours.lines().count(), theirs.lines().count(), "{}", golden.display());
        cases += 1;
    }
    assert!(cases > 0);
}

#[test]
fn listings_are_those_of_3_14() {
    check(Version::V3_14, "3.14.txt");
}

#[test]
fn listings_are_those_of_3_13() {
    check(Version::V3_13, "3.13.txt");
}
