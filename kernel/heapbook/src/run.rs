//! `heapbook run`, and `heapbook` alone: a program or a prompt, as `python` runs them.

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, bail};
use compile::Version;
use vm::Vm;

use crate::cli::ProgramArgs;
use crate::host::Real;
use crate::{prompt, stack};

/// What is to be run.
enum Program {
    /// The text, and the name that tracebacks show.
    Text(String, String),
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
}

pub(crate) fn command(args: &ProgramArgs) -> anyhow::Result<ExitCode> {
    let version = version(&args.python)?;
    let start = find(args)?;
    let status = stack::on_large(|| run(version, start, args.repl))??;
    Ok(ExitCode::from(status as u8))
}

/// As with `python`, the last word before the program's own arguments says what to run, and `sys.argv[0]` is named after it.
fn find(args: &ProgramArgs) -> anyhow::Result<Start> {
    let mut words = args.words.iter().cloned();
    let (program, name, folder) = match words.next().as_deref() {
        None if std::io::stdin().is_terminal() => (Program::Prompt, String::new(), String::new()),
        None => (read_stdin()?, String::new(), String::new()),
        Some("-c") => (
            Program::Text(words.next().context("`-c` needs the code behind it")? + "\n", "<string>".into()),
            "-c".to_owned(),
            String::new(),
        ),
        Some("-m") => (Program::Module(words.next().context("`-m` needs a module's name behind it")?), "-m".to_owned(), String::new()),
        Some("-") => (read_stdin()?, "-".to_owned(), String::new()),
        Some(file) => {
            let bytes = match std::fs::read(file) {
                Ok(bytes) => bytes,
                Err(error) => bail!("can't open file '{file}': {error}"),
            };
            let text = String::from_utf8(bytes).with_context(|| format!("{file} is not UTF-8"))?;
            let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
            let folder = Path::new(file).parent().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
            (Program::Text(text, if args.repl { "<stdin>".into() } else { file.to_owned() }), file.to_owned(), folder)
        }
    };
    Ok(Start { program, words: [name].into_iter().chain(words).collect(), folder })
}

fn read_stdin() -> anyhow::Result<Program> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("the standard input is not readable")?;
    Ok(Program::Text(text, "<stdin>".into()))
}

/// Runs a program to its end. Gives the exit status.
fn run(version: Version, start: Start, repl: bool) -> anyhow::Result<i32> {
    let interrupt = Arc::new(AtomicBool::new(false));
    let mut vm = Vm::new(version, Rc::new(Real::new(Arc::clone(&interrupt))));
    vm.interrupt = Arc::clone(&interrupt);
    if !matches!(start.program, Program::Prompt) {
        // A second Ctrl-C, before the machine has seen the first, ends a program that does not listen.
        signal_hook::flag::register_conditional_shutdown(signal_hook::consts::SIGINT, 130, Arc::clone(&interrupt))?;
    }
    signal_hook::flag::register(signal_hook::consts::SIGINT, interrupt)?;
    let status = match vm.start() {
        Err(raised) => vm.uncaught(raised),
        Ok(()) => {
            vm.set_argv(&start.words);
            vm.add_path(&start.folder);
            match start.program {
                Program::Prompt => prompt::run(&vm)?,
                Program::Text(text, filename) if repl => vm.run_prompt(&text, &filename),
                Program::Text(text, filename) => vm.run_main(&text, &filename),
                Program::Module(module) => vm.run_module_as_main(&module),
            }
        }
    };
    vm.end();
    Ok(status)
}

/// The version of Python that a name means.
pub(crate) fn version(name: &str) -> anyhow::Result<Version> {
    Ok(match name {
        "3.14" => Version::V3_14,
        "3.13" => Version::V3_13,
        other => bail!("Python {other} is not among the versions that can be run: 3.14 (the default) and 3.13"),
    })
}
