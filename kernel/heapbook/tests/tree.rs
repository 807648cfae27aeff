//! The crates know only the crates above them in the table of `kernel/README.md`; the manifests say which they know.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The crates of the table, from the top to the bottom.
fn table(kernel: &Path) -> Vec<String> {
    let readme = fs::read_to_string(kernel.join("README.md")).unwrap();
    readme.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split('`').next()?.to_owned())).collect()
}

/// The crates that sections of a manifest name.
fn known(manifest: &Path, sections: &[&str]) -> Vec<String> {
    let text = fs::read_to_string(manifest).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    sections.iter().filter_map(|section| manifest.get(*section)?.as_table()).flat_map(|section| section.keys().cloned()).collect()
}

#[test]
fn arrows_run_from_the_bottom_of_the_table_to_the_top() {
    let kernel = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let table = table(kernel);
    let place: BTreeMap<&str, usize> = table.iter().enumerate().map(|(index, name)| (name.as_str(), index)).collect();
    let mut crates: Vec<String> = fs::read_dir(kernel)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    crates.sort();
    let mut listed = table.clone();
    listed.sort();
    assert_eq!(listed, crates, "the table of kernel/README.md names each crate once");
    for name in &table {
        for other in known(&kernel.join(name).join("Cargo.toml"), &["dependencies", "dev-dependencies", "build-dependencies"]) {
            if let Some(above) = place.get(other.as_str()) {
                assert!(*above < place[name.as_str()], "`{name}` knows `{other}`, which is not above it in the table");
            }
        }
    }
}

#[test]
fn the_heap_depends_on_nothing() {
    let kernel = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    assert_eq!(known(&kernel.join("heap/Cargo.toml"), &["dependencies"]), Vec::<String>::new());
}
