//! The machine for the reader's browser: built from its sources, packed into a script that a page loads when something is run first.
//!
//! The script is text alone, so a page that is opened as a file can load it. A binary away from its sources takes the script that lies beside
//! it, as a release does; without one, pages say what to do.

use anyhow::{Context as _, Result, anyhow, bail};
use mdbook_driver::config::Config;
use miniz_oxide::deflate::compress_to_vec_zlib;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// What the script is called, in the book and beside a binary.
pub(crate) const FILE: &str = "heapbook-machine.js";
const TARGET: &str = "wasm32-unknown-unknown";
const BYTES_A_LETTER: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Whether a book's pages run: `run = true` for our preprocessor in its `book.toml`.
pub(crate) fn is_wanted(config: &Config) -> bool {
    config.get::<bool>("preprocessor.heapbook.run").ok().flatten().unwrap_or(false)
}

/// The script. `quiet` leaves the words of the build out unless it fails.
pub(crate) fn script(quiet: bool) -> Result<Vec<u8>> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm");
    if sources.join("Cargo.toml").is_file() {
        return pack(&build(&sources.canonicalize()?, quiet)?, &fs::read_to_string(sources.join("page/worker.js"))?);
    }
    let beside = env::current_exe()?.with_file_name(FILE);
    fs::read(&beside).with_context(|| {
        format!("the machine for the browser is neither at `{}`, nor are its sources at `{}`", beside.display(), sources.display())
    })
}

/// Compiles the machine, and gives the file.
fn build(sources: &Path, quiet: bool) -> Result<PathBuf> {
    target(sources)?;
    let root = sources.ancestors().nth(2).context("the sources are in a workspace")?;
    let folder = root.join("target/wasm");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root).args([
        "build",
        "--package",
        "wasm",
        "--lib",
        "--profile",
        "wasm",
        "--locked",
        "--target",
        TARGET,
        "--target-dir",
    ]);
    cargo.arg(&folder).stdin(Stdio::null()).stdout(Stdio::null());
    // Flags for this processor are none for that one.
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    if quiet {
        cargo.arg("--quiet");
    }
    let status = cargo.status().context("`cargo` cannot be started, which builds the machine for the browser")?;
    if !status.success() {
        bail!("the machine for the browser cannot be built; cargo says why above");
    }
    Ok(folder.join(TARGET).join("wasm/wasm.wasm"))
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

/// The machine and the script of its Worker as one script.
fn pack(machine: &Path, worker: &str) -> Result<Vec<u8>> {
    let bytes = fs::read(machine).with_context(|| format!("`{}` cannot be read", machine.display()))?;
    let packed = base64(&compress_to_vec_zlib(&bytes, 10));
    Ok(format!("heapbookMachine({{ worker: {}, machine: \"{packed}\" }});\n", serde_json::to_string(worker)?).into_bytes())
}

/// Bytes as letters (RFC 4648).
fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for letter in 0..4 {
            let index = bits >> (18 - 6 * letter) & 63;
            text.push(if letter <= three.len() { char::from(BYTES_A_LETTER[index as usize]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_is_that_of_the_rfc() {
        let coded = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| super::base64(text.as_bytes()));
        assert_eq!(coded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }
}
