//! The book in the reader's browser: the machine under node prints what the pages say, and the pages are driven in a Chromium.
//!
//! The machine is built first, as `heapbook build` does, which takes minutes the first time. What the machine here lacks is named and left out;
//! in CI that is a failure.

mod common;

use common::jupyter::made;
use common::tools::{chromium, passes, program};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The book of this project, drawn into a folder for the tests.
fn book() -> &'static Path {
    static DRAWN: OnceLock<PathBuf> = OnceLock::new();
    DRAWN.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let told = Command::new(env!("CARGO_BIN_EXE_heapbook")).current_dir(&root).arg("build").output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let index = root.join(String::from_utf8(told.stdout).unwrap().trim());
        index.parent().unwrap().to_owned()
    })
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(name)
}

#[test]
fn the_machine_prints_what_the_pages_say() {
    let Some(node) = program(&["node"], "apt-get install nodejs") else { return };
    let mut node = Command::new(node);
    node.arg(script("machine.mjs")).arg(book());
    passes(node);
}

/// A folder for pictures of what the browser shows.
fn shots() -> PathBuf {
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    std::fs::create_dir_all(&shots).unwrap();
    shots
}

#[test]
fn the_pages_run_in_a_browser() {
    let Some(chromium) = chromium() else { return };
    let Some(environment) = made("browser", include_str!("requirements-browser.txt")) else { return };
    let mut python = Command::new(environment.join("bin/python"));
    python.arg(script("pages.py")).arg(book()).arg(chromium).arg(shots());
    passes(python);
}

/// A site as a reader of the README makes it: the extension is installed, `jupyter lite build` finds it, and a notebook is run on the site.
#[test]
fn a_notebook_runs_in_jupyterlite() {
    let Some(chromium) = chromium() else { return };
    let Some(_) = program(&["npm"], "apt-get install npm") else { return };
    let Some(environment) = made("jupyterlite", include_str!("requirements-jupyterlite.txt")) else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pip = Command::new(environment.join("bin/pip"));
    pip.args(["install", "--quiet", "--force-reinstall", "--no-deps", "--no-build-isolation"]).arg(root.join("kernel/wasm/jupyterlite"));
    pip.env("HEAPBOOK_SCRIPTS", book());
    passes(pip);
    let site = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jupyterlite-site");
    let _ = std::fs::remove_dir_all(&site);
    std::fs::create_dir_all(&site).unwrap();
    // The test asks the page by way of its own model, and all cells are on it.
    let settings = r#"{ "jupyter-lite-schema-version": 0, "jupyter-config-data": {
        "exposeAppInBrowser": true, "settingsOverrides": { "@jupyterlab/notebook-extension:tracker": { "windowingMode": "none" } } } }"#;
    std::fs::write(site.join("jupyter-lite.json"), settings).unwrap();
    let mut lite = Command::new(environment.join("bin/jupyter-lite"));
    lite.current_dir(&site).arg("build").arg("--contents").arg(root.join("notebooks").canonicalize().unwrap());
    passes(lite);
    let mut python = Command::new(environment.join("bin/python"));
    python.arg(script("lite.py")).args([&site.join("_output"), &chromium, &shots()]).arg(root.join("notebooks/05-cycles.ipynb"));
    passes(python);
}
