//! `heapbook run`, and `heapbook` alone: a program or a prompt, as `python` runs them.

use std::io::{IsTerminal as _, Read as _};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, bail};
use compile::Version;
use vm::{PyResult, Vm};

use crate::cli::ProgramArgs;
use crate::host::Real;
use crate::{prompt, stack};

/// What is to be run.
enum Program {
    /// The text, and the name that tracebacks show.
    Text(Vec<u8>, String),
    Module(String),
    Prompt,
}

/// A program, and what it finds in `sys`.
struct Start {
    program: Program,
    /// `sys.argv`.
    words: Vec<String>,
    /// The first folder of `sys.path`.
    folder: String,
    /// One statement after another, as if typed.
    repl: bool,
}

/// What stands before the program, and what the environment says.
struct Settings {
    streams: vm::Streams,
    warnings: Vec<String>,
}

impl Settings {
    fn from_env() -> Settings {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let mut streams = vm::Streams { unbuffered: set("PYTHONUNBUFFERED").is_some(), ..vm::Streams::default() };
        if let Some(both) = set("PYTHONIOENCODING") {
            let (encoding, errors) = both.split_once(':').unwrap_or((&both, ""));
            streams.encoding = Some(encoding.to_owned()).filter(|name| !name.is_empty());
            streams.errors = Some(errors.to_owned()).filter(|name| !name.is_empty());
        }
        let warnings = set("PYTHONWARNINGS").map(|all| all.split(',').map(str::to_owned).collect()).unwrap_or_default();
        Settings { streams, warnings }
    }

    /// Takes the options of `python` that stand before the program.
    fn take(&mut self, words: &mut std::iter::Peekable<impl Iterator<Item = String>>) -> anyhow::Result<()> {
        while let Some(word) = words.next_if(|word| word.len() > 1 && word.starts_with('-') && word != "-c" && word != "-m") {
            match word.as_str() {
                "-u" => self.streams.unbuffered = true,
                "-W" | "-X" => {
                    let value = words.next().with_context(|| format!("`{word}` needs a value behind it"))?;
                    self.warnings.extend((word == "-W").then_some(value));
                }
                // They say what is so here anyway: no bytecode files, no `site`, no colors.
                "-B" | "-E" | "-I" | "-P" | "-q" | "-s" | "-S" => {}
                _ => match word.strip_prefix("-W") {
                    Some(value) => self.warnings.push(value.to_owned()),
                    None if word.starts_with("-X") => {}
                    None => bail!("the option {word} of python is not known here"),
                },
            }
        }
        Ok(())
    }
}

/// What looks on while a program runs.
pub(crate) trait Profiler: Sync {
    /// All is there; the program has not begun.
    fn before(&self, vm: &Vm) -> PyResult<()>;
    /// The program has run; what it registered for its end has not.
    fn after(&self, vm: &Vm) -> anyhow::Result<()>;
}

pub(crate) fn command(args: &ProgramArgs) -> anyhow::Result<ExitCode> {
    watched(args, None)
}

/// Runs a program, and a profiler around it.
pub(crate) fn watched(args: &ProgramArgs, profiler: Option<&dyn Profiler>) -> anyhow::Result<ExitCode> {
    let mut settings = Settings::from_env();
    let start = match find(args, &mut settings)? {
        Ok(start) => start,
        Err(status) => return Ok(status),
    };
    let orig_argv: Vec<_> = ["heapbook".to_owned()].into_iter().chain(args.words.iter().cloned()).collect();
    let status = stack::on_large(|| run(args.python, start, &settings, &orig_argv, profiler))??;
    if status == INTERRUPTED {
        // Whoever started us shall see that it was the interrupt, as with `python`.
        drop(signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGINT));
    }
    Ok(ExitCode::from(status as u8))
}

/// As with `python`, the last word before the program's own arguments says what to run, and `sys.argv[0]` is named after it. A file
/// that cannot be read is told as `python` tells it; that gives the exit status.
fn find(args: &ProgramArgs, settings: &mut Settings) -> anyhow::Result<Result<Start, ExitCode>> {
    let mut words = args.words.iter().cloned().peekable();
    settings.take(&mut words)?;
    let (program, name, folder) = match words.next().as_deref() {
        None if std::io::stdin().is_terminal() => (Program::Prompt, String::new(), String::new()),
        None => (read_stdin()?, String::new(), String::new()),
        Some("-c") => {
            let code = words.next().context("`-c` needs the code behind it")? + "\n";
            (Program::Text(code.into_bytes(), "<string>".into()), "-c".to_owned(), String::new())
        }
        Some("-m") => {
            let here = std::env::current_dir().map(|here| here.to_string_lossy().into_owned()).unwrap_or_default();
            (Program::Module(words.next().context("`-m` needs a module's name behind it")?), "-m".to_owned(), here)
        }
        Some("-") => (read_stdin()?, "-".to_owned(), String::new()),
        Some(file) => {
            let path = std::path::absolute(file).with_context(|| format!("can't open file '{file}'"))?;
            let (main, shown) = (if path.is_dir() { path.join("__main__.py") } else { path.clone() }, path.display());
            let bytes = match std::fs::read(&main) {
                Ok(bytes) => bytes,
                Err(_) if path.is_dir() => {
                    eprintln!("heapbook: can't find '__main__' module in '{shown}'");
                    return Ok(Err(ExitCode::from(1)));
                }
                Err(error) => {
                    let (number, text) = (error.raw_os_error().unwrap_or(0), error.to_string());
                    let text = text.split(" (os error").next().unwrap_or_default();
                    eprintln!("heapbook: can't open file '{shown}': [Errno {number}] {text}");
                    return Ok(Err(ExitCode::from(2)));
                }
            };
            let folder = main.parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
            let name = main.to_string_lossy().into_owned();
            (Program::Text(bytes, if args.repl { "<stdin>".into() } else { name }), file.to_owned(), folder)
        }
    };
    Ok(Ok(Start { program, words: [name].into_iter().chain(words).collect(), folder, repl: args.repl }))
}

fn read_stdin() -> anyhow::Result<Program> {
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text).context("the standard input is not readable")?;
    Ok(Program::Text(text, "<stdin>".into()))
}

/// Runs a program to its end. Gives the exit status.
fn run(version: Version, start: Start, settings: &Settings, orig_argv: &[String], profiler: Option<&dyn Profiler>) -> anyhow::Result<i32> {
    let interrupt = Arc::new(AtomicBool::new(false));
    let mut vm = Vm::new(version, Rc::new(Real::new(Arc::clone(&interrupt))));
    vm.interrupt = Arc::clone(&interrupt);
    vm.show.set(Some(session::show));
    if !matches!(start.program, Program::Prompt) {
        // A second Ctrl-C, before the machine has seen the first, ends a program that does not listen.
        signal_hook::flag::register_conditional_shutdown(signal_hook::consts::SIGINT, INTERRUPTED, Arc::clone(&interrupt))?;
    }
    signal_hook::flag::register(signal_hook::consts::SIGINT, interrupt)?;
    let status = match vm.start_with(&settings.streams) {
        Err(raised) => vm.uncaught(raised),
        Ok(()) => {
            vm.set_argv(&start.words);
            vm.set_options(orig_argv, &settings.warnings);
            for folder in std::env::var("PYTHONPATH").unwrap_or_default().rsplit(':').filter(|folder| !folder.is_empty()) {
                vm.add_path(folder);
            }
            vm.add_path(&start.folder);
            match profiler.map_or(Ok(()), |profiler| profiler.before(&vm)) {
                Err(raised) => vm.uncaught(raised),
                Ok(()) => {
                    let status = match start.program {
                        Program::Prompt => prompt::run(&vm)?,
                        Program::Text(text, filename) if start.repl => vm.run_prompt(&String::from_utf8_lossy(&text), &filename),
                        Program::Text(text, filename) => vm.run_file(&text, &filename),
                        Program::Module(module) => vm.run_module_as_main(&module),
                    };
                    profiler.map_or(Ok(()), |profiler| profiler.after(&vm))?;
                    status
                }
            }
        }
    };
    Ok(if vm.end() { status } else { 120 })
}

/// The exit status of a program that an interrupt ended.
const INTERRUPTED: i32 = 130;
