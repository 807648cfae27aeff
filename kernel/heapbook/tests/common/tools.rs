//! Programs of other people that a test needs: found, or named with the command that installs them; in CI their absence is a failure.

use super::jupyter::command;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The first of these programs that can be started.
pub(crate) fn program(names: &[&str], install: &str) -> Option<String> {
    let found = names.iter().find(|name| command(name, &["--version"]).output().is_ok_and(|told| told.status.success()));
    if found.is_none() {
        left_out(&format!("there is no {}; `{install}` installs one", names[0]));
    }
    found.map(|name| (*name).to_owned())
}

/// A Chromium's file.
pub(crate) fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let chromium = program(&names, "apt-get install chromium")?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(&chromium)).find(|file| file.is_file())
}

/// The folder with the packages of a lock file, fetched once and kept.
pub(crate) fn node_modules(name: &str, package: &str, lock: &str) -> Option<PathBuf> {
    let npm = program(&["npm"], "apt-get install npm")?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let stamp = folder.join("made-of");
    if !fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == lock) {
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("package.json"), package).unwrap();
        fs::write(folder.join("package-lock.json"), lock).unwrap();
        let mut install = command(&npm, &["ci", "--omit=optional", "--no-audit", "--no-fund", "--ignore-scripts"]);
        let told = install.current_dir(&folder).output().unwrap();
        if !told.status.success() {
            left_out(&format!("`{install:?}` failed:\n{}", String::from_utf8_lossy(&told.stderr)));
            return None;
        }
        fs::write(stamp, lock).unwrap();
    }
    Some(folder.join("node_modules"))
}

fn left_out(why: &str) {
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{why}");
    eprintln!("left out: {why}");
}

/// Runs a program that says itself what is wrong.
#[track_caller]
pub(crate) fn passes(mut command: Command) {
    let told = command.output().unwrap();
    let text = String::from_utf8_lossy(&told.stdout).into_owned() + &String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{text}");
    println!("{text}");
}
