//! Packs the chosen modules of CPython's library into one file.
//!
//! The pack is a table of `name, is a package, length` lines, an empty line, then the sources one after another, each compressed by itself:
//! a program pays for what it imports.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=modules.txt");
    let lib = Path::new(rustpython_pylib::LIB_PATH);
    let mut modules = Vec::new();
    for line in fs::read_to_string("modules.txt").expect("the list of modules is readable").lines() {
        let name = line.split('#').next().unwrap_or("").trim();
        if !name.is_empty() {
            add(lib, name, &mut modules);
        }
    }
    modules.sort();
    modules.dedup();
    modules.push(("LICENSE".to_owned(), false, lib.join("PSF-LICENSE")));
    let (mut table, mut sources) = (String::new(), Vec::new());
    for (name, package, path) in &modules {
        let source = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let packed = miniz_oxide::deflate::compress_to_vec(&source, 9);
        writeln!(table, "{name} {} {}", u8::from(*package), packed.len()).expect("a string takes what is written");
        sources.extend(packed);
    }
    table.push('\n');
    let pack = [table.into_bytes(), sources].concat();
    fs::write(PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder")).join("library.bin"), pack)
        .expect("the pack is written");
}

/// Adds a module; of a name that ends in `.*`, the package and all that is in it.
fn add(lib: &Path, name: &str, modules: &mut Vec<(String, bool, PathBuf)>) {
    let (name, all) = match name.strip_suffix(".*") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let path = lib.join(name.replace('.', "/"));
    if path.join("__init__.py").is_file() {
        modules.push((name.to_owned(), true, path.join("__init__.py")));
        if all {
            let mut files: Vec<PathBuf> =
                fs::read_dir(&path).expect("a package is a folder").map(|entry| entry.expect("a folder can be read").path()).collect();
            files.sort();
            for file in files {
                let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or("");
                if file.is_dir() && file.join("__init__.py").is_file() {
                    add(lib, &format!("{name}.{stem}.*"), modules);
                } else if file.extension().is_some_and(|extension| extension == "py") && stem != "__init__" {
                    modules.push((format!("{name}.{stem}"), false, file));
                }
            }
        }
        return;
    }
    let file = path.with_extension("py");
    assert!(file.is_file(), "modules.txt names {name}, which the library does not have");
    modules.push((name.to_owned(), false, file));
}
