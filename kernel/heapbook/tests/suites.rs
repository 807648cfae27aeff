//! CPython's own tests, as they are: its `unittest`, from the embedded library, runs them here and on a real CPython 3.14.
//!
//! A method that CPython passes must pass here, unless `suites/known.txt` has it. A class some of whose methods fail runs once more by
//! itself: where a module's setup wants CPython's C API it leaves things behind that fail whatever comes next, without that API on CPython too. The files are those of the CPython that judges; without
//! one, or without its package `test`, nothing is compared. `SUITES=test_a,test_b` names other modules, `RECORD=1` writes the list of what
//! is known to fail anew, and `FIDELITY=1` the table in the kernel's README.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
const KNOWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suites/known.txt");

/// What a memory model shows in: the collector, weak references, finalizers, and the objects they meet.
const MODULES: [&str; 31] = [
    "test_gc",
    "test_weakref",
    "test_weakset",
    "test_finalization",
    "test_generators",
    "test_coroutines",
    "test_asyncgen",
    "test_contextlib",
    "test_exceptions",
    "test_class",
    "test_super",
    "test_types",
    "test_typing",
    "test_builtin",
    "test_call",
    "test_frame",
    "test_grammar",
    "test_patma",
    "test_tstring",
    "test_set",
    "test_list",
    "test_dict",
    "test_deque",
    "test_defaultdict",
    "test_memoryview",
    "test_struct",
    "test_warnings",
    "test_monitoring",
    "test_sys_settrace",
    "test_bdb",
    "test_pdb",
];

/// Longer than any of them takes.
const LIMIT: Duration = Duration::from_secs(600);

/// The folder of a CPython's package `test`, if it has one.
fn tests_of(python: &Path) -> Option<PathBuf> {
    let asked = Command::new(python).args(["-c", "import test.test_gc, os; print(os.path.dirname(test.__file__))"]).output().ok()?;
    let folder = PathBuf::from(String::from_utf8(asked.stdout).ok()?.trim());
    folder.is_dir().then_some(folder)
}

/// What became of each method of a test module, or of one class of it, by its name.
fn run(mut command: Command, tests: &str, scratch: &Path) -> BTreeMap<String, String> {
    fs::create_dir_all(scratch).expect("a folder can be made");
    let told = scratch.join(format!("{tests}.txt"));
    let out = fs::File::create(&told).expect("a file can be made");
    command.args(["-m", "unittest", "-v", &format!("test.{tests}")]).current_dir(scratch);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(out).spawn().expect("the command starts");
    let end = Instant::now() + LIMIT;
    while child.try_wait().expect("the command can be waited for").is_none() {
        if Instant::now() > end {
            // What it has told until then counts.
            let _ = child.kill();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    outcomes(&String::from_utf8_lossy(&fs::read(&told).expect("the file can be read")))
}

/// Reads what `unittest -v` tells: a method's name and its outcome, or the name, and on the next line its docstring and the outcome. A
/// docstring that is a test names itself.
fn outcomes(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut named = None;
    for line in text.lines() {
        let (head, outcome) = line.rsplit_once(" ... ").map_or((line, None), |(head, outcome)| (head, Some(outcome)));
        let id = head.split_once(" (").and_then(|(name, rest)| Some((name, rest.split_once(')')?.0)));
        let id = id.filter(|(name, id)| id.ends_with(name) && id.contains('.')).map(|(_, id)| id);
        let id = head.strip_prefix("Doctest: ").or(id).map(str::to_owned);
        match (id.or_else(|| named.take()), outcome) {
            (Some(id), Some(outcome)) => drop(found.entry(id).or_insert_with(|| outcome.to_owned())),
            (Some(id), None) => named = Some(id),
            (None, _) => {}
        }
    }
    found
}

#[test]
fn cpythons_own_tests_pass() {
    let Some(python) = common::cpython() else { return };
    let Some(tests) = tests_of(Path::new(&python)) else {
        eprintln!("left out: {python} has no package `test`");
        return;
    };
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suites");
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch).expect("a folder can be made");
    // Of that library nothing but its tests.
    std::os::unix::fs::symlink(&tests, scratch.join("test")).expect("a link can be made");
    let wanted = std::env::var("SUITES").ok();
    let wanted: Vec<&str> = wanted.as_deref().map_or_else(|| MODULES.to_vec(), |names| names.split(',').collect());
    let known = fs::read_to_string(KNOWN).expect("the list can be read");
    let known: BTreeSet<&str> = known.lines().filter(|line| !line.starts_with('#')).collect();

    let mut table = String::from("| CPython 3.14's own tests | passed | of those it passes |\n| --- | --- | --- |\n");
    let (mut failed, mut unknown, mut mended) = (Vec::new(), Vec::new(), Vec::new());
    for module in wanted {
        let theirs = run(Command::new(&python), module, &scratch.join("theirs"));
        let run_here = |tests: &str| {
            let mut own = Command::new(env!("CARGO_BIN_EXE_heapbook"));
            own.arg("run").env("PYTHONPATH", &scratch).env("HEAPBOOK_CACHE", "");
            run(own, tests, &scratch.join("ours"))
        };
        let mut ours = run_here(module);
        let passes = |of: &BTreeMap<String, String>, id: &str| of.get(id).is_some_and(|outcome| outcome == "ok");
        let good: Vec<&String> = theirs.keys().filter(|id| passes(&theirs, id)).collect();
        let class_of = |id: &str| Some(id.strip_prefix("test.")?.rsplit_once('.')?.0.to_owned()).filter(|class| class.contains('.'));
        let classes: BTreeSet<String> = good.iter().filter(|id| !passes(&ours, id)).filter_map(|id| class_of(id)).collect();
        for class in classes {
            ours.extend(run_here(&class).into_iter().filter(|(_, outcome)| outcome == "ok"));
        }
        let bad: Vec<String> = good.iter().filter(|id| !passes(&ours, id)).map(|id| id.trim_start_matches("test.").to_owned()).collect();
        let row = format!("| {module} | {} | {} |", good.len() - bad.len(), good.len());
        println!("{row}");
        table += &row;
        table.push('\n');
        let names = good.iter().filter(|id| passes(&ours, id)).map(|id| id.trim_start_matches("test."));
        mended.extend(names.filter(|id| known.contains(id)).map(|id| format!("{id} passes now: take it out of known.txt")));
        unknown.extend(bad.iter().filter(|id| !known.contains(id.as_str())).cloned());
        failed.extend(bad);
    }
    if std::env::var_os("FIDELITY").is_some() {
        let readme = fs::read_to_string(README).expect("the README can be read");
        let (before, rest) = readme.split_once("<!-- suites -->\n").expect("the README has a place for the table");
        let (_, after) = rest.split_once("<!-- end -->").expect("the table has an end");
        fs::write(README, format!("{before}<!-- suites -->\n{table}<!-- end -->{after}")).expect("the README can be written");
    }
    if std::env::var_os("RECORD").is_some() {
        let head = "# Methods of CPython 3.14's tests that it passes and this machine does not: see suites.rs.\n";
        fs::write(KNOWN, format!("{head}{}\n", failed.join("\n"))).expect("the list can be written");
        return;
    }
    assert!(mended.is_empty(), "{}", mended.join("\n"));
    assert!(
        unknown.is_empty(),
        "{} methods fail that CPython passes; {} tells more:\n{}",
        unknown.len(),
        scratch.display(),
        unknown.join("\n")
    );
}
