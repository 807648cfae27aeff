//! A virtual environment with Jupyter, made under `target/` at the first need, and kept.
//!
//! Where none can be made the tests that want it are left out and say so; in CI that is a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

const PACKAGES: [&str; 7] = ["jupyter_client", "ipykernel", "nbclient", "nbformat", "nbval", "papermill", "pyzmq"];

/// The virtual environment's folder, made once.
pub(crate) fn environment() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jupyter");
        let stamp = folder.join("made-of");
        if fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == PACKAGES.join(" ")) {
            return Some(folder);
        }
        let python = folder.join("bin/python");
        let steps = [
            command("python3", &["-m", "venv", "--clear", &folder.to_string_lossy()]),
            command(&python.to_string_lossy(), &[&["-m", "pip", "install", "--quiet"][..], &PACKAGES].concat()),
        ];
        for mut step in steps {
            if let Err(why) = step.output().map_err(|error| error.to_string()).and_then(|output| worked(&output)) {
                assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "`{step:?}` failed:\n{why}");
                eprintln!("left out: no Jupyter to test against; `{step:?}` failed:\n{why}");
                return None;
            }
        }
        fs::write(stamp, PACKAGES.join(" ")).unwrap();
        Some(folder)
    })
    .as_deref()
}

pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

pub(crate) fn worked(output: &Output) -> Result<(), String> {
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
