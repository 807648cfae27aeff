//! Random programs on our machine and on real CPython: what they print must be the same, line by line.
//!
//! `differential/records.VERSION.json` has what CPython printed for some seeds, and each run compares those. Together they reach every
//! instruction that code of the version can have, and every branch of its collector that a program can reach. With `PROGRAMS=1000` as many
//! fresh programs run on both, from seed `SEED` on, and what differs is shrunk (`SHRINK=0`: not); `SHOW=1` prints them. `PYTHON314`,
//! `PYTHON313` and so on name the interpreters. `RECORD=40` (`PROGRAMS=500`) writes the records anew, of so many seeds on which both agree, or as
//! many as reach all: a program that differs is a bug to mend, and is in no record until then. `PROGRAM=FILE` compares one program of your own,
//! `SEEDS=3,7` these alone, without the records. With `FIDELITY=1` the kernel's README is told how many of the fresh ones were equal. With `COUNTS=1` fresh programs tell the young count after each
//! statement, which shows what differs long before a collection does. `COVERAGE=500` tells which instructions and which branches of the
//! collector so many programs do not reach, and what no program reaches, and why.

#[path = "differential/cpython.rs"]
mod cpython;
#[path = "differential/grammar.rs"]
mod grammar;
#[path = "differential/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Mutex;

use compile::Version;
use grammar::Grammar;
use heap::{AuditError, Fault};
use program::Statement;
use vm::Vm;
use vm::host::{Collected, Stream};

const PRELUDE: &str = include_str!("differential/prelude.py");

/// The same modules as CPython's driver has: their classes are asked, where an abstract class looks for its subclasses.
const IMPORTS: &str =
    "import atexit, collections, contextlib, copy, functools, gc, itertools, json, keyword, os, signal, sys, types, warnings, weakref";

/// As many objects as CPython's driver has: see there.
const WORLD: &str = "gc.collect()\ngc.world = list(map(list, itertools.repeat((), 10000 - len(gc.get_objects()))))";

/// With `COUNTS=1` the young count is told after each statement.
const COUNTS: &str = "def facts(names, told=facts):\n    told(names)\n    print(gc.get_count()[0])\n";

/// A program's text.
fn text(body: &[Statement]) -> String {
    let counts = if number("COUNTS", 0) == 0 { "" } else { COUNTS };
    program::text(&(PRELUDE.to_owned() + counts), body)
}

/// What our machine prints. The heap must be in order afterwards.
fn ours(version: Version, text: &str) -> String {
    run(version, text, &mut Reached::default())
}

fn run(version: Version, text: &str, reached: &mut Reached) -> String {
    let host = Rc::new(Collected::default());
    let vm = Vm::new(version, host.clone());
    assert!(vm.start().is_ok(), "a machine starts");
    let quoted = serde_json::to_string(text).expect("text is JSON");
    vm.run_main(IMPORTS, "imports.py");
    vm.forget_reached();
    vm.run_main(
        &format!(
            "{IMPORTS}\n{WORLD}\ntry:\n    exec(compile({quoted}, 'program.py', 'exec'), {{'__name__': 'program'}})\nexcept BaseException as error:\n    print('ended by', type(error).__name__, error)\nsys.stdout.flush()\n"
        ),
        "wrapper.py",
    );
    reached.add(&vm);
    // The machine's own references are no edges of the heap, so a count may be higher than what is found, and never lower.
    let faults: String = vm.heap.audit(|_| {}).iter().filter(|error| is_fault(error)).map(|error| format!("{error}\n")).collect();
    let written = host.written.borrow();
    let out: Vec<u8> = written.iter().filter(|(stream, _)| matches!(stream, Stream::Stdout)).flat_map(|(_, data)| data.clone()).collect();
    String::from_utf8_lossy(&out).into_owned() + &faults
}

fn is_fault(error: &AuditError) -> bool {
    !matches!(error.fault, Fault::Count { refcount, found } if refcount > found)
}

/// Which instructions and which branches of the collector the programs have reached, by name; and what no program reaches, and why.
#[derive(Default)]
struct Reached {
    all: BTreeMap<String, bool>,
    beyond: BTreeMap<String, &'static str>,
}

/// How the name of an instruction begins here.
const INSTRUCTION: &str = "instruction ";

impl Reached {
    fn add(&mut self, vm: &Vm) {
        let branches = vm.heap.reached_branches().map(|(branch, reached)| (branch.to_owned(), reached));
        let instructions = vm.reached_instructions().into_iter().map(|(name, reached)| (format!("{INSTRUCTION}{name}"), reached));
        for (name, reached) in instructions.chain(branches) {
            *self.all.entry(name).or_default() |= reached;
        }
        self.beyond.extend(vm.beyond_programs());
    }

    /// Takes over what another has reached. Is any of it new?
    fn gains(&mut self, other: &Reached) -> bool {
        let mut any = false;
        for (name, reached) in &other.all {
            let before = self.all.entry(name.clone()).or_default();
            any |= *reached && !*before;
            *before |= reached;
        }
        any
    }

    fn missing(&self) -> Vec<&str> {
        self.all.iter().filter(|(_, reached)| !**reached).map(|(name, _)| &**name).collect()
    }

    fn tell(&self, version: &str) {
        let missing = self.missing();
        println!("{version}: {} of {} reached; not: {}", self.all.len() - missing.len(), self.all.len(), missing.join(", "));
        self.beyond.iter().for_each(|(name, why)| println!("    beyond programs: {name}: {why}"));
    }
}

/// Addresses are the one thing that may differ.
fn without_addresses(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("0x") {
        out.push_str(&rest[..at + 2]);
        rest = rest[at + 2..].trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    out + rest
}

fn first_difference(version: Version, judge: &str, ours: &str) -> Option<String> {
    let plain = |text: &str| {
        let text = without_addresses(text);
        if version <= Version::V3_11 { without_lasting_counts(&text) } else { text }
    };
    let (judge, ours) = (plain(judge), plain(ours));
    if judge == ours {
        return None;
    }
    let (mut judged, mut own) = (judge.lines(), ours.lines());
    for n in 1.. {
        match (judged.next(), own.next()) {
            (None, None) => break,
            (a, b) if a != b => {
                return Some(format!("line {n}\n  CPython │ {}\n  here    │ {}", a.unwrap_or("(ends)"), b.unwrap_or("(ends)")));
            }
            _ => {}
        }
    }
    Some("only the ends of lines differ".to_owned())
}

fn body(version: Version, seed: u64) -> Vec<Statement> {
    Grammar::new(seed, version).program()
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// The seeds that `SEEDS` lists.
fn chosen() -> Option<Vec<u64>> {
    Some(std::env::var("SEEDS").ok()?.split(',').map(|seed| seed.trim().parse().expect("a seed is a number")).collect())
}

/// Up to 3.11 everything was counted: how often the interpreter itself holds `None`, `0` or `int` is its own affair.
fn without_lasting_counts(text: &str) -> String {
    let lasting = ["NoneType", "bool", "int", "str", "type", "tuple"];
    let fact = |fact: &str| match fact.trim().split(' ').collect::<Vec<_>>()[..] {
        [name, kind, _, "False"] if lasting.contains(&kind) => format!("{name} {kind} … False"),
        _ => fact.to_owned(),
    };
    text.lines().map(|line| without_thousands(&line.split("; ").map(fact).collect::<Vec<_>>().join("; ")) + "\n").collect()
}

/// A count in the thousands, or of one that began with a thousand million, is of something that the interpreter holds too.
fn without_thousands(line: &str) -> String {
    let digits = |part: &str| part.bytes().take_while(u8::is_ascii_digit).count();
    line.split_inclusive(|c: char| !c.is_ascii_digit())
        .map(|part| match digits(part) {
            n @ (4 | 10) => "…".to_owned() + &part[n..],
            _ => part.to_owned(),
        })
        .collect()
}

/// Compares the recorded programs, and fresh ones if they are asked for.
fn compare(version: Version, name: &str, records: &str) {
    let records: BTreeMap<u64, String> = serde_json::from_str(records).expect("the records are JSON");
    let mut reached = Reached::default();
    let differ = records.iter().filter_map(|(&seed, judged)| {
        let ours = run(version, &text(&body(version, seed)), &mut reached);
        first_difference(version, judged, &ours).map(|difference| format!("seed {seed}: {difference}"))
    });
    let mut wrong: Vec<String> = Vec::new();
    if number("RECORD", 0) + number("COUNTS", 0) == 0 && chosen().is_none() {
        wrong.extend(differ);
        if cfg!(debug_assertions) {
            wrong.extend(reached.missing().iter().map(|name| format!("no recorded program reaches: {name}")));
        }
    }
    if number("COVERAGE", 0) > 0 {
        let mut reached = Reached::default();
        for seed in 0..number("COVERAGE", 0) {
            run(version, &text(&body(version, seed)), &mut reached);
        }
        reached.tell(name);
    }
    let python = || cpython::find(name).unwrap_or_else(|| panic!("no CPython {name}: PYTHON{} names one", name.replace('.', "")));
    if number("PROGRAMS", 0) + number("RECORD", 0) > 0 || chosen().is_some() {
        wrong.extend(fresh(version, name, &python()));
    }
    if let Ok(path) = std::env::var("PROGRAM") {
        let text = std::fs::read_to_string(path).expect("the program can be read");
        let judged = cpython::run(&python(), std::slice::from_ref(&text)).remove(0);
        let ours = ours(version, &text);
        println!("CPython {name}\n{judged}\nhere\n{ours}");
        wrong.extend(first_difference(version, &judged, &ours));
    }
    assert!(wrong.is_empty(), "{} programs differ\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Runs fresh programs on both. Gives the differences.
fn fresh(version: Version, name: &str, python: &Path) -> Vec<String> {
    let (first, n, record) = (number("SEED", 0), number("PROGRAMS", 0), number("RECORD", 0));
    let seeds: Vec<u64> = chosen().unwrap_or_else(|| (first..first + n.max(2 * record)).collect());
    let mut wrong = Vec::new();
    let mut agree = BTreeMap::new();
    let mut compared = 0;
    for some in seeds.chunks(50) {
        let bodies: Vec<_> = some.iter().map(|&seed| body(version, seed)).collect();
        let texts: Vec<String> = bodies.iter().map(|body| self::text(body)).collect();
        let judged = cpython::run(python, &texts);
        for ((seed, body), (text, judged)) in some.iter().zip(bodies).zip(texts.iter().zip(judged)) {
            if std::env::var_os("SHOW").is_some() {
                println!("{text}");
            }
            assert!(!judged.starts_with("ended by SyntaxError"), "seed {seed} is no Python {name}: {judged}");
            // A program that does not end says nothing.
            if judged.contains("ended with status") {
                continue;
            }
            compared += 1;
            let mut reached = Reached::default();
            match first_difference(version, &judged, &run(version, text, &mut reached)) {
                None => drop(agree.insert(*seed, (without_addresses(&judged), reached))),
                Some(difference) if record > 0 => println!("seed {seed} is left out: {difference}"),
                Some(difference) => wrong.push(format!("seed {seed}: {difference}{}", smallest(version, python, body))),
            }
        }
    }
    if std::env::var_os("FIDELITY").is_some() {
        tell_readme(name, compared - wrong.len(), compared);
    }
    if record > 0 {
        // First those that reach what none before does, then as many others as are wanted.
        let mut all = Reached::default();
        let (mut kept, others): (BTreeMap<_, _>, BTreeMap<_, _>) = agree.into_iter().partition(|(_, (_, reached))| all.gains(reached));
        let more = (record as usize).saturating_sub(kept.len());
        kept.extend(others.into_iter().take(more));
        all.tell(name);
        let kept: BTreeMap<_, _> = kept.into_iter().map(|(seed, (judged, _))| (seed, judged)).collect();
        let path = format!("{}/tests/differential/records.{name}.json", env!("CARGO_MANIFEST_DIR"));
        std::fs::write(path, serde_json::to_string_pretty(&kept).expect("texts are JSON") + "\n").expect("the records are written");
    }
    wrong
}

/// Writes a version's row of the table in the kernel's README.
fn tell_readme(name: &str, equal: usize, of: usize) {
    const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    // The versions are tested side by side.
    static TELLING: Mutex<()> = Mutex::new(());
    let _telling = TELLING.lock().expect("no row fails to be written");
    let readme = std::fs::read_to_string(README).expect("the README can be read");
    let row = format!("| random programs, {name} |");
    let lines = readme.lines().map(|line| if line.starts_with(&row) { format!("{row} {equal} | {of} |\n") } else { format!("{line}\n") });
    std::fs::write(README, lines.collect::<String>()).expect("the README can be written");
}

/// The smallest program that differs, in the same way or another.
fn smallest(version: Version, python: &Path, body: Vec<Statement>) -> String {
    if number("SHRINK", 1) == 0 {
        return String::new();
    }
    let difference = |body: &[Statement]| {
        let text = text(body);
        first_difference(version, &cpython::run(python, std::slice::from_ref(&text))[0], &ours(version, &text))
    };
    let small = program::shrink(body, &mut |body| difference(body).is_some());
    let last = difference(&small).unwrap_or_default();
    format!("\nthe smallest of its kind, after the prelude:\n{}\n{last}", program::text("", &small))
}

/// There is no CPython 2.7 to ask; but its rule for finalizers is followed to the end, and the heap stays in order.
#[test]
fn by_the_rule_of_2_7() {
    let mut reached = Reached::default();
    let is_branch = |name: &&str| !name.starts_with(INSTRUCTION);
    let records: BTreeMap<u64, String> =
        serde_json::from_str(include_str!("differential/records.3.10.json")).expect("the records are JSON");
    for seed in records.into_keys().chain(0..200) {
        let printed = run(Version::V2_7, &text(&body(Version::V3_10, seed)), &mut reached);
        assert!(printed.contains("left: "), "seed {seed} ends early:\n{printed}");
        if !reached.missing().iter().any(is_branch) {
            break;
        }
    }
    let missing: Vec<&str> = reached.missing().into_iter().filter(is_branch).collect();
    assert!(missing.is_empty() || cfg!(not(debug_assertions)), "not reached: {}", missing.join(", "));
}

#[test]
fn as_cpython_3_14() {
    compare(Version::V3_14, "3.14", include_str!("differential/records.3.14.json"));
}

#[test]
fn as_cpython_3_13() {
    compare(Version::V3_13, "3.13", include_str!("differential/records.3.13.json"));
}

#[test]
fn as_cpython_3_12() {
    compare(Version::V3_12, "3.12", include_str!("differential/records.3.12.json"));
}

#[test]
fn as_cpython_3_11() {
    compare(Version::V3_11, "3.11", include_str!("differential/records.3.11.json"));
}

#[test]
fn as_cpython_3_10() {
    compare(Version::V3_10, "3.10", include_str!("differential/records.3.10.json"));
}
