//! `heapbook run`: a program, as `python` runs it.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;

use anyhow::{Context as _, bail};
use compile::Version;
use vm::Vm;

use crate::cli::ProgramArgs;
use crate::host::Real;

/// What is to be run.
enum Program {
    /// The text, and the name that tracebacks show.
    Text(String, String),
    Module(String),
}

pub(crate) fn command(args: &ProgramArgs) -> anyhow::Result<ExitCode> {
    let version = version(&args.python)?;
    let mut words = args.words.iter().cloned();
    let first = words.next().context("nothing to run: give a FILE, `-c CODE`, `-m MODULE`, or `-` for the standard input")?;
    // As with `python`, the last word before the program's own arguments says what to run, and `sys.argv[0]` is named after it.
    let (program, name, folder) = match first.as_str() {
        "-c" => (
            Program::Text(words.next().context("`-c` needs the code behind it")? + "\n", "<string>".into()),
            "-c".to_owned(),
            String::new(),
        ),
        "-m" => (Program::Module(words.next().context("`-m` needs a module's name behind it")?), "-m".to_owned(), String::new()),
        "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("the standard input is not readable")?;
            (Program::Text(text, "<stdin>".into()), "-".to_owned(), String::new())
        }
        file => {
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
    let vm = Vm::new(version, Rc::new(Real::new()));
    let status = match vm.start() {
        Err(raised) => vm.uncaught(raised),
        Ok(()) => {
            vm.set_argv(&[name].into_iter().chain(words).collect::<Vec<_>>());
            vm.add_path(&folder);
            match program {
                Program::Text(text, filename) if args.repl => vm.run_prompt(&text, &filename),
                Program::Text(text, filename) => vm.run_main(&text, &filename),
                Program::Module(module) => vm.run_module_as_main(&module),
            }
        }
    };
    vm.end();
    Ok(ExitCode::from(status as u8))
}

/// The version of Python that a name means.
pub(crate) fn version(name: &str) -> anyhow::Result<Version> {
    Ok(match name {
        "3.14" => Version::V3_14,
        "3.13" => Version::V3_13,
        other => bail!("Python {other} is not among the versions that can be run: 3.14 (the default) and 3.13"),
    })
}
