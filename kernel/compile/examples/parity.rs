//! Compares every code object of a library with what a real CPython compiles: `parity PYTHON PATH... [--show QUALNAME]
//! [--mode exec|eval|single] [--optimize LEVEL] [--examples COUNT]`.
//!
//! Two figures come out: code objects that are equal in all that runs (instructions, constants, names, exception table, stack size …), and
//! those whose positions are equal too. What differs is grouped by the first difference. The other half is `parity.py`. With `FIDELITY=1`
//! the kernel's README is told how many are equal, positions included.

#![expect(clippy::print_stdout, reason = "a tool for the terminal")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use compile::{Code, Const, Mode, Options, Version};

/// One code object as text.
#[derive(Default)]
struct Shown {
    qualname: String,
    first_line: String,
    /// Everything that runs, one fact a line.
    body: Vec<String>,
    positions: Vec<String>,
    tables: String,
}

struct Python {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    version: Version,
}

impl Python {
    fn start(command: &str, mode: &str, optimize: u8) -> std::io::Result<Python> {
        let mut child = Command::new(command)
            .args(["-c", include_str!("parity.py"), mode, &optimize.to_string()])
            .env("PYTHONHASHSEED", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or(std::io::ErrorKind::BrokenPipe)?);
        let mut version = String::new();
        stdout.read_line(&mut version)?;
        let version = if version.trim() == "3.13" { Version::V3_13 } else { Version::V3_14 };
        Ok(Python { child, stdin, stdout, version })
    }

    fn show(&mut self, path: &Path) -> std::io::Result<Result<Vec<Shown>, String>> {
        writeln!(self.stdin, "{}", path.display())?;
        self.stdin.flush()?;
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        let count: usize = line.trim().parse().map_err(|_| std::io::ErrorKind::InvalidData)?;
        let mut lines = Vec::with_capacity(count);
        for _ in 0..count {
            let mut line = String::new();
            self.stdout.read_line(&mut line)?;
            line.truncate(line.trim_end_matches('\n').len());
            lines.push(line);
        }
        Ok(match lines.first() {
            Some(line) if line.starts_with("error ") => Err(line.clone()),
            _ => Ok(split(lines)),
        })
    }
}

fn split(lines: Vec<String>) -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for line in lines {
        if let Some(head) = line.strip_prefix("C ") {
            let (qualname, first_line) = head.split_once('\t').unwrap_or((head, ""));
            all.push(Shown { qualname: qualname.into(), first_line: first_line.into(), ..Shown::default() });
        } else if let Some(code) = all.last_mut() {
            match line.as_bytes() {
                [b'P', b' ', ..] => code.positions.push(line),
                [b'T', b' ', ..] => code.tables = line,
                _ => code.body.push(line),
            }
        }
    }
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn canonical(value: &Const) -> String {
    let join = |items: &[Const], sort: bool| {
        let mut items: Vec<String> = items.iter().map(canonical).collect();
        if sort {
            items.sort();
        }
        items.join(", ")
    };
    match value {
        Const::None => "None".into(),
        Const::True => "True".into(),
        Const::False => "False".into(),
        Const::Ellipsis => "Ellipsis".into(),
        Const::Int(value) if *value < 0 => format!("int -{:x}", value.unsigned_abs()),
        Const::Int(value) => format!("int {value:x}"),
        Const::BigInt(value) => format!("int {value:x}"),
        Const::Float(value) => format!("float {:016x}", value.to_bits()),
        Const::Complex(real, imag) => format!("complex {:016x}{:016x}", real.to_bits(), imag.to_bits()),
        Const::Str(text) => format!("str {}", hex(text.as_bytes())),
        Const::Bytes(bytes) => format!("bytes {}", hex(bytes)),
        Const::Tuple(items) => format!("({})", join(items, false)),
        Const::FrozenSet(items) => format!("{{{}}}", join(items, true)),
        Const::Slice(parts) => format!("slice({})", join(&parts[..], false)),
        Const::Code(code) => format!("code {}", code.name),
    }
}

fn show(code: &Rc<Code>, all: &mut Vec<Shown>) {
    let join = |names: Vec<&Rc<str>>| names.iter().map(|name| &***name).collect::<Vec<_>>().join(" ");
    let mut body = vec![
        format!("flags {:x}", code.flags),
        format!("counts {} {} {}", code.argcount, code.posonlyargcount, code.kwonlyargcount),
        format!("stacksize {}", code.stacksize),
        format!("names {}", join(code.names.iter().collect())),
        format!("varnames {}", join(code.varnames().collect())),
        format!("cellvars {}", join(code.cellvars().collect())),
        format!("freevars {}", join(code.freevars().collect())),
    ];
    body.extend(code.consts.iter().map(|value| format!("K {}", canonical(value))));
    let arg = |op: compile::Op, arg: u32| if op.has_arg(code.version) { arg } else { 0 };
    body.extend(code.instrs.iter().map(|instr| format!("I {} {}", instr.op.name(), arg(instr.op, instr.arg))));
    body.extend(code.exception_table.iter().map(|handler| {
        let compile::Handler { start, end, target, depth, lasti } = handler;
        format!("X {start} {end} {target} {depth} {}", u8::from(*lasti))
    }));
    let positions = code.locations.iter();
    let positions = positions.map(|loc| format!("P {} {} {} {}", loc.line, loc.end_line, loc.col, loc.end_col));
    all.push(Shown {
        qualname: code.qualname.to_string(),
        first_line: code.first_line.to_string(),
        body,
        positions: positions.collect(),
        tables: format!("T {} {} {}", hex(&code.co_code()), hex(&code.co_linetable()), hex(&code.co_exceptiontable())),
    });
    for value in &code.consts {
        if let Const::Code(inner) = value {
            show(inner, all);
        }
    }
}

/// The first fact that differs, told so that like differences read alike.
fn cause(ours: &Shown, theirs: &Shown) -> String {
    let instrs = |shown: &Shown| shown.body.iter().filter(|line| line.starts_with("I ")).cloned().collect::<Vec<_>>();
    let (our_instrs, their_instrs) = (instrs(ours), instrs(theirs));
    if our_instrs != their_instrs {
        let at = our_instrs.iter().zip(&their_instrs).position(|(a, b)| a != b);
        let at = at.unwrap_or(our_instrs.len().min(their_instrs.len()));
        let op = |list: &[String]| list.get(at).map_or("(end)".into(), |line| line[2..].to_string());
        let (our, their) = (op(&our_instrs), op(&their_instrs));
        let name = |text: &str| text.split(' ').next().unwrap_or("").to_string();
        return if name(&our) == name(&their) {
            format!("argument of {}", name(&our))
        } else {
            format!("{} for {}", name(&our), name(&their))
        };
    }
    let kinds = ["flags", "counts", "stacksize", "names", "varnames", "cellvars", "freevars", "K", "X"];
    for kind in kinds {
        let of =
            |shown: &Shown| -> Vec<String> { shown.body.iter().filter(|line| line.split(' ').next() == Some(kind)).cloned().collect() };
        if of(ours) != of(theirs) {
            return match kind {
                "K" => "constants".into(),
                "X" => "exception table".into(),
                _ => kind.into(),
            };
        }
    }
    "order of facts".into()
}

#[derive(Default)]
struct Report {
    total: usize,
    equal: usize,
    placed: usize,
    tables: usize,
    files: usize,
    groups: BTreeMap<String, Vec<String>>,
    time: Duration,
}

impl Report {
    fn miss(&mut self, cause: String, place: String) {
        self.groups.entry(cause).or_default().push(place);
    }

    fn compare(&mut self, path: &Path, ours: Vec<Shown>, theirs: &[Shown], wanted: Option<&str>) {
        let mut by_name: HashMap<(String, String), Vec<Shown>> = HashMap::new();
        for code in ours {
            by_name.entry((code.qualname.clone(), code.first_line.clone())).or_default().push(code);
        }
        for codes in by_name.values_mut() {
            codes.reverse();
        }
        for code in theirs {
            let place = format!("{}:{} {}", path.display(), code.first_line, code.qualname);
            let key = (code.qualname.clone(), code.first_line.clone());
            let Some(our) = by_name.get_mut(&key).and_then(Vec::pop) else {
                self.miss("no such code object here".into(), place);
                continue;
            };
            if wanted == Some(&*code.qualname) {
                side_by_side(&our, code);
            }
            if our.body != code.body {
                self.miss(cause(&our, code), place);
                continue;
            }
            self.equal += 1;
            if our.positions != code.positions {
                self.miss("positions".into(), place);
                continue;
            }
            self.placed += 1;
            if our.tables == code.tables {
                self.tables += 1;
            } else {
                self.miss("encoded tables".into(), place);
            }
        }
        for (qualname, line) in by_name.into_iter().filter(|(_, codes)| !codes.is_empty()).map(|(key, _)| key) {
            self.miss("no such code object there".into(), format!("{}:{line} {qualname}", path.display()));
        }
    }

    fn print(&self, examples: usize) {
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by_key(|(_, places)| std::cmp::Reverse(places.len()));
        for (cause, places) in groups {
            println!("{:6} {cause}", places.len());
            for place in places.iter().take(examples) {
                println!("         {place}");
            }
        }
        let percent = |count: usize| 100.0 * count as f64 / self.total.max(1) as f64;
        println!("{} files, {} code objects", self.files, self.total);
        println!("{:8.3} % run the same ({})", percent(self.equal), self.equal);
        println!("{:8.3} % have the same positions too ({})", percent(self.placed), self.placed);
        println!("{:8.1} s to compile them here", self.time.as_secs_f64());
        println!("{:8.3} % have the same bytes ({})", percent(self.tables), self.tables);
    }
}

fn side_by_side(ours: &Shown, theirs: &Shown) {
    let interleave = |shown: &Shown| -> Vec<String> {
        let mut positions = shown.positions.iter();
        shown
            .body
            .iter()
            .map(|line| match line.strip_prefix("I ") {
                Some(instr) => {
                    let place = positions.next().map_or("", |place| &place[2..]);
                    format!("{instr:36} {place}")
                }
                None => line.clone(),
            })
            .collect()
    };
    let (ours, theirs) = (interleave(ours), interleave(theirs));
    let first = ours.iter().position(|line| line.starts_with("RESUME") || line.contains("MAKE_CELL")).unwrap_or(0);
    let mut number = 0;
    for at in 0..ours.len().max(theirs.len()) {
        let (a, b) = (ours.get(at).map_or("", |a| a), theirs.get(at).map_or("", |b| b));
        if at > first {
            number += 1;
        }
        println!("{} {number:4} {a:60} {b}", if a == b { ' ' } else { '!' });
    }
}

fn python_files(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries {
            python_files(&entry, files);
        }
    } else if path.extension().is_some_and(|extension| extension == "py") {
        files.push(path.into());
    }
}

fn run(python: &mut Python, files: &[PathBuf], wanted: Option<&str>, mode: Mode, optimize: u8) -> std::io::Result<Report> {
    let mut report = Report::default();
    for path in files {
        let theirs = python.show(path)?;
        let source = std::fs::read_to_string(path);
        let (Ok(theirs), Ok(source)) = (theirs, source) else { continue };
        report.files += 1;
        report.total += theirs.len();
        let source = source.strip_prefix('\u{feff}').unwrap_or(&source);
        let options = Options { version: python.version, optimize, ..Options::default() };
        let compiled = std::panic::catch_unwind(|| {
            let start = Instant::now();
            let code = compile::compile(source, "x", mode, options).map_err(|error| error.msg.to_string())?;
            let time = start.elapsed();
            let mut ours = Vec::new();
            show(&code, &mut ours);
            Ok::<_, String>((ours, time))
        });
        match compiled {
            Ok(Ok((ours, time))) => {
                report.time += time;
                report.compare(path, ours, &theirs, wanted);
            }
            Ok(Err(error)) => {
                for _ in &theirs {
                    report.miss(format!("not compiled: {error}"), path.display().to_string());
                }
            }
            Err(_) => {
                for _ in &theirs {
                    report.miss("the compiler panics".into(), path.display().to_string());
                }
            }
        }
    }
    Ok(report)
}

/// Writes a version's row of the table in the kernel's README.
fn tell_readme(version: Version, report: &Report) -> std::io::Result<()> {
    const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let row = format!("| code objects of its library, {version} |");
    let readme = std::fs::read_to_string(README)?;
    let told = format!("{row} {} | {} |", report.placed, report.total);
    let lines = readme.lines().map(|line| if line.starts_with(&row) { format!("{told}\n") } else { format!("{line}\n") });
    std::fs::write(README, lines.collect::<String>())
}

fn mode_of(name: &str) -> Mode {
    match name {
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => Mode::Exec,
    }
}

fn main() -> std::io::Result<()> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut option = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        let value = args.get(at + 1).cloned();
        args.drain(at..(at + 2).min(args.len()));
        value
    };
    let wanted = option("--show");
    let mode = option("--mode").unwrap_or("exec".into());
    let optimize = option("--optimize").and_then(|level| level.parse().ok()).unwrap_or(0);
    let examples = option("--examples").and_then(|count| count.parse().ok()).unwrap_or(2);
    let Some((command, paths)) = args.split_first() else {
        println!("parity PYTHON PATH... [--show QUALNAME] [--mode exec|eval|single] [--optimize LEVEL] [--examples COUNT]");
        return Ok(());
    };
    let mut files = Vec::new();
    for path in paths {
        python_files(Path::new(path), &mut files);
    }
    let mut python = Python::start(command, &mode, optimize)?;
    let report = run(&mut python, &files, wanted.as_deref(), mode_of(&mode), optimize)?;
    drop(python.stdin);
    python.child.wait()?;
    let version = python.version;
    report.print(examples);
    if std::env::var_os("FIDELITY").is_some() { tell_readme(version, &report) } else { Ok(()) }
}
