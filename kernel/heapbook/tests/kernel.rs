//! The kernel under the tools that people use: jupyter_client, the official suite, those that run notebooks, and JupyterLab drive the
//! one just built.
//!
//! They come from a virtual environment that the test makes for itself.

mod common;

use common::jupyter::environment;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

fn heapbook() -> Command {
    Command::new(env!("CARGO_BIN_EXE_heapbook"))
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The kernel just built, where Jupyter finds it: the folder is made once.
fn installed() -> &'static Path {
    static PREFIX: OnceLock<PathBuf> = OnceLock::new();
    PREFIX.get_or_init(|| {
        let prefix = target().join("jupyter-data");
        let installed = heapbook().args(["install", "--prefix"]).arg(&prefix).output().expect("it runs");
        assert!(installed.status.success(), "{}", text(&installed));
        prefix
    })
}

/// Runs a script of this folder in an environment.
fn script(environment: &Path, name: &str, arguments: &[&str]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    // What an earlier run of the tests remembers is not this one's.
    let history = target().join(format!("{name}-history.jsonl"));
    let _ = std::fs::remove_file(&history);
    let run = Command::new(environment.join("bin/python"))
        .arg(script)
        .args(arguments)
        .env("JUPYTER_PATH", installed().join("share/jupyter"))
        .env("HEAPBOOK_KERNEL_HISTORY", history)
        .output()
        .expect("it runs");
    assert!(run.status.success(), "{}", text(&run));
}

#[test]
fn jupyter_drives_the_kernel() {
    let Some(environment) = environment() else { return };
    script(environment, "kernel.py", &[]);
}

#[test]
fn the_official_suite_passes() {
    let Some(environment) = environment() else { return };
    script(environment, "official.py", &[&target().join("official.json").to_string_lossy()]);
}

/// nbval, nbmake, papermill, `jupyter execute` and nbconvert run the notebooks of the book.
#[test]
fn the_peers_run_the_notebooks() {
    let Some(environment) = environment() else { return };
    script(environment, "peers.py", &[&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notebooks").to_string_lossy()]);
}

/// Needs a browser and takes a while, so it is run where `JUPYTERLAB` is set; it names a folder for pictures.
#[test]
fn jupyterlab_runs_a_notebook() {
    let Some(pictures) = std::env::var_os("JUPYTERLAB") else {
        eprintln!("left out: JUPYTERLAB=FOLDER runs a notebook in JupyterLab, with pictures in that folder");
        return;
    };
    let Some(environment) = common::jupyter::made("jupyterlab", include_str!("requirements-jupyterlab.txt")) else { return };
    std::fs::create_dir_all(&pictures).expect("the folder for pictures can be made");
    let notebook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notebooks/05-cycles.ipynb");
    script(&environment, "jupyterlab.py", &[&notebook.to_string_lossy(), &pictures.to_string_lossy()]);
}

#[test]
fn the_wheel_describes_the_kernel_as_install_does() {
    let prefix = target().join("described");
    let installed = heapbook().args(["install", "--prefix"]).arg(&prefix).output().expect("it runs");
    assert!(installed.status.success(), "{}", text(&installed));
    let read = |folder: &Path| {
        let text = std::fs::read_to_string(folder.join("share/jupyter/kernels/heapbook/kernel.json")).expect("there is a description");
        serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON")
    };
    let mut own = read(&prefix);
    own["argv"][0] = "heapbook".into();
    assert_eq!(read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("wheel/data")), own);
}

#[test]
fn what_is_wrong_is_said() {
    let told = |arguments: &[&str]| {
        let output = heapbook().args(arguments).env("JUPYTER_DATA_DIR", target().join("no-kernels")).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let file = target().join("garbled.json");
    std::fs::write(&file, "{\"shell_port\": \"x\"}").expect("the folder can be written");
    assert!(told(&["kernel", "-f", "/no/such/file"]).contains("the connection file `/no/such/file` cannot be read: No such file"));
    assert!(told(&["kernel", "-f", &file.to_string_lossy()]).contains("is not a connection file: `shell_port` is \"x\", not a port"));
    assert!(told(&["uninstall", "--name", "nobody"]).contains("no kernel is called `nobody`"));
    assert!(told(&["install", "--name", "a b"]).contains("`a b` is not a kernel's name"));
}
