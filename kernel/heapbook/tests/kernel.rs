//! The kernel under the tools that people use: jupyter_client, nbclient, nbval and papermill drive the one just built.
//!
//! They come from a virtual environment that the test makes for itself.

mod common;

use common::jupyter::environment;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn heapbook() -> Command {
    Command::new(env!("CARGO_BIN_EXE_heapbook"))
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn jupyter_drives_the_kernel() {
    let Some(environment) = environment() else { return };
    let prefix = target().join("jupyter-data");
    let installed = heapbook().args(["install", "--prefix"]).arg(&prefix).output().expect("it runs");
    assert!(installed.status.success(), "{}", text(&installed));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kernel.py");
    let driven = Command::new(environment.join("bin/python"))
        .arg(script)
        .env("JUPYTER_PATH", prefix.join("share/jupyter"))
        .env("HEAPBOOK_KERNEL_HISTORY", target().join("history.jsonl"))
        .output()
        .expect("it runs");
    assert!(driven.status.success(), "{}", text(&driven));
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
