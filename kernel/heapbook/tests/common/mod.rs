//! Little books in folders of their own, and what the commands say about them.

#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod jupyter;
pub(crate) mod tools;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A book in a folder of its own.
pub(crate) struct Book {
    /// Its folder.
    pub(crate) root: PathBuf,
}

impl Book {
    /// A book with these pages.
    pub(crate) fn new(name: &str, pages: &[(&str, &str)]) -> Book {
        let root = std::env::temp_dir().join(format!("heapbook-test-{name}-{}", std::process::id()));
        fs::create_dir_all(root.join("book")).unwrap();
        fs::write(root.join("book.toml"), "[book]\ntitle = \"t\"\nsrc = \"book\"\n[build]\nbuild-dir = \"target/book\"\n").unwrap();
        let list: String = pages.iter().map(|(page, _)| format!("- [{page}]({page})\n")).collect();
        fs::write(root.join("book/SUMMARY.md"), list).unwrap();
        for (page, text) in pages {
            fs::write(root.join("book").join(page), text).unwrap();
        }
        Book { root }
    }

    /// `heapbook` in the book's folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heapbook"));
        command.current_dir(&self.root).args(arguments);
        command
    }

    /// Runs a command and holds its exit status and parts of what it says against what is expected.
    #[track_caller]
    pub(crate) fn says(&self, arguments: &[&str], status: i32, parts: &[&str]) {
        says(&mut self.command(arguments), status, parts);
    }

    /// A page's text.
    pub(crate) fn page(&self, page: &str) -> String {
        fs::read_to_string(self.root.join("book").join(page)).unwrap()
    }

    /// Writes a page.
    pub(crate) fn write(&self, page: &str, text: &str) {
        fs::write(self.root.join("book").join(page), text).unwrap();
    }

    /// A file of the drawn book.
    pub(crate) fn drawn(&self, file: &str) -> String {
        fs::read_to_string(self.root.join("target/book").join(file)).unwrap()
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// Runs a command and holds its exit status and parts of what it says against what is expected.
#[track_caller]
pub(crate) fn says(command: &mut Command, status: i32, parts: &[&str]) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
}

/// A CPython 3.14 to judge by: `HEAPBOOK_CPYTHON`, or `python3.14` on the path.
pub(crate) fn cpython() -> Option<String> {
    let python = std::env::var("HEAPBOOK_CPYTHON").unwrap_or_else(|_| "python3.14".into());
    let asked = Command::new(&python).args(["-S", "-c", "import sys; print(sys.version_info[:2] == (3, 14))"]).output();
    if asked.is_ok_and(|output| output.stdout.starts_with(b"True")) {
        return Some(python);
    }
    eprintln!("left out: no CPython 3.14 to judge by; HEAPBOOK_CPYTHON=PATH names one");
    None
}
