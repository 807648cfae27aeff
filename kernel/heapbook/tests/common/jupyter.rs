//! Virtual environments with Jupyter, made under `target/` at the first need, and kept.
//!
//! Where none can be made the tests that want it are left out and say so; in CI that is a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The folder of the environment with the tools that run kernels and notebooks, made once.
pub(crate) fn environment() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(|| made("jupyter", include_str!("../requirements.txt"))).as_deref()
}

/// The folder of an environment with these packages.
pub(crate) fn made(name: &str, packages: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let stamp = folder.join("made-of");
    if fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == packages) {
        return Some(folder);
    }
    let python = folder.join("bin/python");
    let list: Vec<&str> = packages.split_whitespace().collect();
    let steps = [
        command("python3", &["-m", "venv", "--clear", &folder.to_string_lossy()]),
        command(&python.to_string_lossy(), &[&["-m", "pip", "install", "--quiet"][..], &list].concat()),
    ];
    for mut step in steps {
        if let Err(why) = step.output().map_err(|error| error.to_string()).and_then(|output| worked(&output)) {
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "`{step:?}` failed:\n{why}");
            eprintln!("left out: no Jupyter to test against; `{step:?}` failed:\n{why}");
            return None;
        }
    }
    fs::write(stamp, packages).unwrap();
    Some(folder)
}

pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

fn worked(output: &Output) -> Result<(), String> {
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
