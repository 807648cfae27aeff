//! The machine for the reader's browser: built from its sources, packed into scripts that a page loads when something is run first.
//!
//! One script has what every program needs; the library and the names of characters are in packs, each a script that is loaded when a program wants
//! something of it. Scripts are text alone, so a page that is opened as a file can load them. A binary away from its sources takes the scripts that lie
//! beside it, as a release does; without them, pages say what to do.

mod cut;
mod letters;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use mdbook_driver::config::Config;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// The script that is loaded first.
const MACHINE: &str = "heapbook-machine.js";
const TARGET: &str = "wasm32-unknown-unknown";
/// Packs of data that is cut out of the machine: the constants of which crates.
const DATA: [(&str, &str); 2] = [(library::packs::NAMES, "unicode_names2"), (library::packs::FORMS, "unicode_normalization")];

/// A script: what it is called, in the book and beside a binary, and its text.
pub(crate) type Script = (String, Vec<u8>);

/// Whether a book's pages run: `run = true` for our preprocessor in its `book.toml`.
pub(crate) fn is_wanted(config: &Config) -> bool {
    config.get::<bool>("preprocessor.heapbook.run").ok().flatten().unwrap_or(false)
}

/// Whether that may be one of the scripts.
pub(crate) fn is_script(name: &str) -> bool {
    name.starts_with("heapbook-") && name.ends_with(".js") && !name.contains('/')
}

/// The scripts. `quiet` leaves the words of the build out unless it fails.
pub(crate) fn scripts(quiet: bool) -> Result<Vec<Script>> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm");
    if sources.join("Cargo.toml").is_file() {
        let sources = sources.canonicalize()?;
        return pack(&build(&sources, quiet)?, &sources.join("page"));
    }
    let beside = env::current_exe()?.with_file_name("");
    let mut scripts = Vec::new();
    for file in fs::read_dir(&beside)? {
        let file = file?;
        if let Some(name) = file.file_name().to_str().filter(|name| is_script(name)) {
            scripts.push((name.to_owned(), fs::read(file.path())?));
        }
    }
    ensure!(
        scripts.iter().any(|(name, _)| name == MACHINE),
        "the machine for the browser is neither at `{}`, nor are its sources at `{}`",
        beside.join(MACHINE).display(),
        sources.display()
    );
    Ok(scripts)
}

/// Compiles the machine, and gives the file.
fn build(sources: &Path, quiet: bool) -> Result<PathBuf> {
    target(sources)?;
    let root = sources.ancestors().nth(2).context("the sources are in a workspace")?;
    let folder = root.join("target/wasm");
    let built = folder.join(TARGET).join("wasm/wasm.wasm");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root).args(["rustc", "--package", "wasm", "--lib", "--profile", "wasm", "--locked", "--target", TARGET]);
    if quiet {
        cargo.arg("--quiet");
    }
    // As nothing but what a browser loads: a library for Rust as well would not be optimised as a whole.
    cargo.args(["--crate-type", "cdylib", "--target-dir"]).arg(&folder);
    cargo.arg("--").arg(format!("-Clink-arg=-Map={}", map_of(&built).display()));
    // Numbers of functions and addresses as short as they are; the linker leaves room for the longest otherwise.
    cargo.arg("-Clink-arg=--compress-relocations");
    cargo.stdin(Stdio::null()).stdout(Stdio::null());
    // Flags for this processor are none for that one.
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let status = cargo.status().context("`cargo` cannot be started, which builds the machine for the browser")?;
    if !status.success() {
        bail!("the machine for the browser cannot be built; cargo says why above");
    }
    Ok(built)
}

/// What the linker says of a machine.
fn map_of(machine: &Path) -> PathBuf {
    machine.with_extension("map")
}

/// Sees to it that Rust's library for the browser is there.
fn target(sources: &Path) -> Result<()> {
    let told = Command::new("rustc").current_dir(sources).args(["--print", "sysroot"]).output().context("`rustc` cannot be started")?;
    let sysroot = PathBuf::from(String::from_utf8_lossy(&told.stdout).trim());
    if sysroot.join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    let added = Command::new("rustup").current_dir(sources).args(["target", "add", TARGET]).stdin(Stdio::null()).status();
    match added {
        Ok(status) if status.success() => Ok(()),
        _ => Err(anyhow!("Rust's library for the browser is missing; `rustup target add {TARGET}` installs it")),
    }
}

/// The machine and the script of its Worker as one script, and a script for each pack.
fn pack(machine: &Path, page: &Path) -> Result<Vec<Script>> {
    let bytes = fs::read(machine).with_context(|| format!("`{}` cannot be read", machine.display()))?;
    let (map, compiled) = (map_of(machine), machine.with_file_name("deps"));
    // Packs go with one machine alone.
    let build = format!("{:016x}", fnv(&bytes));
    let read = |name: &str| fs::read_to_string(page.join(name)).with_context(|| format!("`{name}` cannot be read"));
    let worker = serde_json::to_string(&(read("unpack.js")? + &read("worker.js")?))?;
    let library = library::packs::names().into_iter().map(|name| (name, library::packs::contents(name).into_bytes()));
    let mut packs: Vec<_> = library.collect();
    let mut left = bytes;
    for (pack, name) in DATA {
        let constants = cut::constants(&map, &compiled, name).context("the linker's map of the machine cannot be read")?;
        let cut = cut::cut(&left, &constants)?;
        packs.push((pack, cut.out));
        left = cut.machine;
    }
    let machine = letters::packed(&left)?;
    let names = json!(packs.iter().map(|(name, _)| name).collect::<Vec<_>>());
    let machine = format!("heapbookMachine({{ build: \"{build}\", library: {names}, worker: {worker}, machine: \"{machine}\" }});\n");
    let mut scripts = vec![(MACHINE.to_owned(), machine.into_bytes())];
    for (name, contents) in packs {
        let pack = format!("heapbookPack(\"{build}\", \"{name}\", \"{}\");\n", letters::packed(&contents)?);
        scripts.push((format!("heapbook-pack-{name}.js"), pack.into_bytes()));
    }
    Ok(scripts)
}

/// Tells one build from another.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
