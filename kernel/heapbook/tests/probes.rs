//! Probes of memory behaviour, with what CPython 3.14.10, 3.13.18, 3.12.1, 3.11.7 and 3.10.13 printed beside them, each with no packages
//! installed. A version without a record of its own, `NAME.MODE.3.12.out`, printed what the next newer one did; `NAME.MODE.out` is 3.14's.
//! What 2.7.18 printed is there for the probe of its rule for finalizers alone.
//!
//! A record is the standard output, the exit status, and the last line of the standard error (all of it where the probe says `# stderr`).
//! Where a probe says `# nondeterministic`, numbers are not compared. `FIDELITY=1` writes the table in the kernel's README.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/probes")
}

/// What can have records of its own, newest first.
const RECORDED: [&str; 4] = ["3.13", "3.12", "3.11", "3.10"];

/// A probe in one mode: the program's file, the mode, and the record for a version.
fn probes(version: &str) -> Vec<(PathBuf, String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder()).expect("the probes are there") {
        let path = entry.expect("a folder can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let Some((probe, mode)) = name.strip_suffix(".out").and_then(|name| name.split_once('.')) else { continue };
        if mode.contains('.') {
            continue;
        }
        let own = |version: &str| folder().join(format!("{probe}.{mode}.{version}.out"));
        let record = match RECORDED.iter().position(|recorded| *recorded == version) {
            Some(at) => RECORDED[..=at].iter().rev().map(|version| own(version)).find(|own| own.exists()).unwrap_or(path),
            None if version == "3.14" => path,
            None if own(version).exists() => own(version),
            None => continue,
        };
        let record = std::fs::read_to_string(record).expect("a record can be read");
        found.push((folder().join(format!("{probe}.py")), mode.to_owned(), record));
    }
    found.sort();
    found
}

/// What our command prints, in the form of a record.
fn printed(version: &str, probe: &Path, mode: &str, text: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapbook"));
    command.current_dir(folder()).args(["run", "--python", version]).stdin(Stdio::null()).env("PYTHONHASHSEED", "0");
    if mode == "repl" {
        command.arg("--repl");
    }
    let output = command.arg(probe.file_name().expect("a probe is a file")).output().expect("the command starts");
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| clean(&String::from_utf8_lossy(bytes)));
    let err = if text.contains("\n# stderr") { err.trim_end() } else { err.trim().lines().last().unwrap_or_default() }.to_owned();
    let end = if out.is_empty() || out.ends_with('\n') { "" } else { "\n" };
    let record = format!("{out}{end}--- exit {}\n{err}", output.status.code().unwrap_or(-1));
    record.trim_end().to_owned()
}

/// Addresses and folders are the machine's own.
fn clean(text: &str) -> String {
    let text = text.replace(&format!("{}/", folder().display()), "");
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let mut line = line.to_owned();
        if let (Some(at), Some(lib)) = (line.find("\"/"), line.find("/lib/python"))
            && let Some(end) = line[lib + 5..].find('/')
        {
            line.replace_range(at + 1..lib + 5 + end, "LIB");
        }
        let mut rest = line.as_str();
        while let Some(at) = rest.find("0x") {
            let digits = rest[at + 2..].chars().take_while(char::is_ascii_hexdigit).count();
            out.push_str(&rest[..at]);
            out.push_str(if digits >= 5 { "0xADDR" } else { &rest[at..at + 2 + digits] });
            rest = &rest[at + 2 + digits..];
        }
        out.push_str(rest);
    }
    out
}

fn without_numbers(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit() && *c != '.').collect()
}

/// The probes that print something else, and how many there are.
fn compare(version: &str) -> (Vec<String>, usize) {
    let probes = probes(version);
    let n = probes.len();
    let wrong = probes.into_iter().filter_map(|(probe, mode, record)| {
        let text = std::fs::read_to_string(&probe).expect("a probe can be read");
        let own = printed(version, &probe, &mode, &text);
        let (record, own) = (record.trim_end().to_owned(), own);
        let same = if text.contains("# nondeterministic") { without_numbers(&record) == without_numbers(&own) } else { record == own };
        let difference = || {
            let at = record.lines().zip(own.lines()).position(|(a, b)| a != b).unwrap_or(record.lines().count().min(own.lines().count()));
            let line = |text: &str| text.lines().nth(at).unwrap_or("(ends)").to_owned();
            format!("{} ({mode}), line {}\n  CPython │ {}\n  here    │ {}", probe.display(), at + 1, line(&record), line(&own))
        };
        (!same).then(difference)
    });
    (wrong.collect(), n)
}

/// What is known to differ, by version; the README tells why.
const KNOWN: [(&str, &[&str]); 6] = [
    ("3.14", &[]),
    ("3.13", &["gc_19_objects"]),
    ("3.12", &["gc_06_freeze", "gc_19_objects"]),
    ("3.11", &["gc_19_objects", "rc_05_immortal"]),
    ("3.10", &["gc_19_objects"]),
    ("2.7-gc", &[]),
];

#[test]
fn probes_print_what_cpython_printed() {
    let mut table = String::from("| probes as CPython | equal | of |\n| --- | --- | --- |\n");
    let mut unexpected = Vec::new();
    for (version, known) in KNOWN {
        let (wrong, n) = compare(version);
        table += &format!("| {version} | {} | {n} |\n", n - wrong.len());
        for name in known.iter().filter(|name| !wrong.iter().any(|told| told.contains(**name))) {
            unexpected.push(format!("{name} is as CPython {version} now: take it out of the known differences"));
        }
        unexpected.extend(wrong.into_iter().filter(|told| !known.iter().any(|name| told.contains(name))));
    }
    if std::env::var_os("FIDELITY").is_some() {
        let readme = std::fs::read_to_string(README).expect("the README can be read");
        let (before, rest) = readme.split_once("<!-- probes -->\n").expect("the README has a place for the table");
        let (_, after) = rest.split_once("<!-- end -->").expect("the table has an end");
        std::fs::write(README, format!("{before}<!-- probes -->\n{table}<!-- end -->{after}")).expect("the README can be written");
    }
    assert!(unexpected.is_empty(), "{} probes differ\n\n{}", unexpected.len(), unexpected.join("\n\n"));
}
