//! Packs the chosen modules of CPython's library: an index, and their sources.
//!
//! A line of the index has a module's name, whether it is a package, the length of its source, the pack that a browser finds it in, and all
//! packs that it and what it imports lie in. The sources stand one after another, each compressed by itself: a program pays for what it
//! imports. For a browser there is the index alone.
//!
//! The doc strings of what CPython writes in C lie beside the modules, as one more entry for each module (`docs/NAME`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/imports.rs"]
mod imports;

/// A module, and what it takes along.
struct Module {
    is_package: bool,
    path: PathBuf,
    pack: String,
}

/// The modules written in C whose doc strings are taken along, in order, and those in Python under whose names classes in C go (`types`);
/// other modules have theirs in their sources.
const DOCUMENTED: &[&str] = &[
    "_abc",
    "_bisect",
    "_blake2",
    "_codecs",
    "_collections",
    "_contextvars",
    "_csv",
    "_datetime",
    "_functools",
    "_heapq",
    "_imp",
    "_io",
    "_json",
    "_md5",
    "_opcode",
    "_operator",
    "_queue",
    "_random",
    "_sha1",
    "_sha2",
    "_sha3",
    "_signal",
    "_sre",
    "_statistics",
    "_string",
    "_struct",
    "_thread",
    "_tokenize",
    "_tracemalloc",
    "_types",
    "_typing",
    "_warnings",
    "_weakref",
    "array",
    "atexit",
    "binascii",
    "builtins",
    "cmath",
    "errno",
    "gc",
    "itertools",
    "marshal",
    "math",
    "posix",
    "select",
    "sys",
    "time",
    "types",
    "typing",
    "unicodedata",
    "weakref",
    "zlib",
];

type Modules = BTreeMap<String, Module>;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/imports.rs");
    println!("cargo:rerun-if-changed=modules.txt");
    let lib = Path::new(rustpython_pylib::LIB_PATH);
    let mut modules = Modules::new();
    let mut pack = String::new();
    for line in fs::read_to_string("modules.txt").expect("the list of modules is readable").lines() {
        match line.split('#').next().unwrap_or("").trim() {
            "" => {}
            name if name.starts_with('[') => pack = name.trim_matches(['[', ']']).to_owned(),
            name => add(lib, name, &pack, &mut modules),
        }
    }
    let licence = Module { is_package: false, path: lib.join("PSF-LICENSE"), pack: "core".to_owned() };
    modules.insert("LICENSE".to_owned(), licence);
    let (mut index, mut sources) = (String::new(), Vec::new());
    for (name, Module { is_package, path, pack }) in &modules {
        let source = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let packed = miniz_oxide::deflate::compress_to_vec(&source, 9);
        let packs = Vec::from_iter(closure(name, &modules)).join(",");
        writeln!(index, "{name} {} {} {pack} {packs}", u8::from(*is_package), packed.len()).expect("a string takes what is written");
        sources.extend(packed);
    }
    for (module, docs) in docs() {
        let packed = miniz_oxide::deflate::compress_to_vec(docs.as_bytes(), 9);
        let pack = if module == EARLY { "core" } else { "docs" };
        writeln!(index, "docs/{module} 0 {} {pack} {pack}", packed.len()).expect("a string takes what is written");
        sources.extend(packed);
    }
    if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        sources.clear();
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder"));
    fs::write(out.join("index.txt"), index).expect("the index is written");
    fs::write(out.join("sources.bin"), sources).expect("the sources are written");
}

/// The docs that modules of the library read when they are imported (`io` does) are in the first pack too, under this name.
const EARLY: &str = "early";
const READ_EARLY: &[&str] = &[
    "_io._BufferedIOBase",
    "_io._IOBase",
    "_io._RawIOBase",
    "_io._TextIOBase",
    "_operator",
    "_signal.getsignal",
    "_signal.signal",
    "_signal.valid_signals",
    "_struct",
    "types.GenericAlias",
];

/// What slots of a class tell of themselves, and so is taken from nowhere.
const TOLD_BY_SLOTS: &[&str] = &[
    "__class__",
    "__delattr__",
    "__eq__",
    "__ge__",
    "__getattribute__",
    "__gt__",
    "__hash__",
    "__init__",
    "__le__",
    "__lt__",
    "__ne__",
    "__new__",
    "__repr__",
    "__setattr__",
    "__str__",
];

/// The doc strings by module: the name within the module, a tab and the text, with a NUL behind each. Instead of the text that `object` has
/// for an attribute of that name, there is `=`.
fn docs() -> BTreeMap<&'static str, String> {
    let texts =
        String::from_utf8(xz::decode_all(rustpython_doc::BLOB).expect("the doc strings are packed as xz")).expect("doc strings are UTF-8");
    let mut docs = BTreeMap::<_, String>::new();
    for (name, doc) in rustpython_doc::DB {
        let (module, path) = name.split_once('.').unwrap_or((name, ""));
        let (class, attribute) = path.split_once('.').unwrap_or((path, ""));
        let of_object = rustpython_doc::get_attr("builtins", "object", attribute).filter(|_| class != "object");
        let same = of_object.is_some_and(|of_object| of_object.offset == doc.offset);
        if let Ok(known) = DOCUMENTED.binary_search(&module)
            && doc.len > 0
            && !(same && TOLD_BY_SLOTS.contains(&attribute))
        {
            let text = if same { "=" } else { &texts[doc.offset as usize..][..doc.len as usize] };
            if READ_EARLY.contains(name) {
                write!(docs.entry(EARLY).or_default(), "{module}.{path}\t{text}\0").expect("a string takes what is written");
            } else {
                write!(docs.entry(DOCUMENTED[known]).or_default(), "{path}\t{text}\0").expect("a string takes what is written");
            }
        }
    }
    docs
}

/// Adds a module; of a name that ends in `.*`, the package and all that is in it.
fn add(lib: &Path, name: &str, pack: &str, modules: &mut Modules) {
    let (name, all) = match name.strip_suffix(".*") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let mut insert = |name: &str, is_package, path| {
        modules.insert(name.to_owned(), Module { is_package, path, pack: pack.to_owned() });
    };
    let path = lib.join(name.replace('.', "/"));
    if path.join("__init__.py").is_file() {
        insert(name, true, path.join("__init__.py"));
        if all {
            let mut files: Vec<PathBuf> =
                fs::read_dir(&path).expect("a package is a folder").map(|entry| entry.expect("a folder can be read").path()).collect();
            files.sort();
            for file in files {
                let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or("");
                if file.is_dir() && file.join("__init__.py").is_file() {
                    add(lib, &format!("{name}.{stem}.*"), pack, modules);
                } else if file.extension().is_some_and(|extension| extension == "py") && stem != "__init__" {
                    modules.insert(format!("{name}.{stem}"), Module { is_package: false, path: file, pack: pack.to_owned() });
                }
            }
        }
        return;
    }
    let file = path.with_extension("py");
    assert!(file.is_file(), "modules.txt names {name}, which the library does not have");
    insert(name, false, file);
}

/// The packs of a module, and of all that it imports when it is imported.
fn closure(name: &str, modules: &Modules) -> BTreeSet<String> {
    let (mut packs, mut seen, mut waiting) = (BTreeSet::new(), BTreeSet::new(), vec![name.to_owned()]);
    while let Some(name) = waiting.pop() {
        let Some(module) = modules.get(&name).filter(|_| seen.insert(name.clone())) else { continue };
        packs.insert(module.pack.clone());
        let outer = name.rsplit_once('.').map_or("", |(outer, _)| outer);
        waiting.push(outer.to_owned());
        let text = fs::read_to_string(&module.path).unwrap_or_default();
        waiting.extend(imports::imports(&text, if module.is_package { &name } else { outer }, false));
    }
    packs
}
