//! Real CPython, which is the judge.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The CPython of a version, as an environment variable or the search path names it.
pub(crate) fn find(version: &str) -> Option<PathBuf> {
    let named = std::env::var_os(format!("PYTHON{}", version.replace('.', "")));
    let python = named.map_or_else(|| PathBuf::from(format!("python{version}")), PathBuf::from);
    let answer = Command::new(&python).args(["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).output().ok()?;
    (String::from_utf8_lossy(&answer.stdout).trim() == version).then_some(python)
}

/// What each of the programs prints.
pub(crate) fn run(python: &Path, programs: &[String]) -> Vec<String> {
    let mut child = Command::new(python)
        .args(["-c", include_str!("driver.py")])
        .env("PYTHONHASHSEED", "0")
        // What is printed waits in a list, which is counted.
        .env_remove("PYTHONUNBUFFERED")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("CPython starts");
    let asked = serde_json::to_vec(programs).expect("texts are JSON");
    let mut stdin = child.stdin.take().expect("it was asked for");
    let writer = std::thread::spawn(move || stdin.write_all(&asked));
    let answer = child.wait_with_output().expect("CPython ends");
    writer.join().expect("the writer ends").expect("CPython reads the programs");
    serde_json::from_slice(&answer.stdout).expect("the driver answers in JSON")
}
