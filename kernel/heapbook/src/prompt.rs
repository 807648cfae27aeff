//! `heapbook` alone on a terminal: a prompt, with the semantics of CPython's.
//!
//! Lines are edited, remembered in a file, and completed with what is alive. While a statement runs, Ctrl-C interrupts it; while a line is
//! typed, it throws away what has been typed.

use std::path::PathBuf;

use compile::{ErrorKind, Mode, Options, Version};
use heap::Obj;
use rustyline::completion::Completer;
use rustyline::config::Configurer as _;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Context, Editor, Helper};
use vm::{PyResult, Vm};

const TAB: &str = "    ";

/// What the lines are about to become.
enum Typed {
    Statement(String),
    /// Ctrl-C.
    Nothing,
    /// Ctrl-D.
    End,
}

/// Runs the prompt to its end. Gives the exit status.
pub(crate) fn run(vm: &Vm) -> anyhow::Result<i32> {
    let main = match vm.new_main() {
        Ok(main) => main,
        Err(raised) => return Ok(vm.uncaught(raised)),
    };
    vm.set_prompts(">>> ", "... ");
    let mut editor: Editor<Names<'_>, FileHistory> = Editor::new()?;
    editor.set_completion_type(CompletionType::List);
    editor.set_helper(Some(Names { vm, main: &main }));
    let history = history_file();
    if let Some(history) = &history {
        // There is none the first time.
        let _ = editor.load_history(history);
    }
    println!("{}", banner(vm));
    let mut number = 0;
    let status = loop {
        let text = match read(vm, &mut editor)? {
            Typed::Statement(text) => text,
            Typed::Nothing => {
                vm.interrupt.store(false, std::sync::atomic::Ordering::Relaxed);
                println!("KeyboardInterrupt");
                continue;
            }
            Typed::End => {
                println!();
                break 0;
            }
        };
        if text.trim().is_empty() {
            continue;
        }
        let name = if vm.version >= Version::V3_13 { format!("<python-input-{number}>") } else { "<stdin>".to_owned() };
        number += 1;
        vm.remember_source(&name, &text);
        let exit = run_typed(vm, &text, &name, &main);
        vm.flush_streams();
        if let Some(status) = exit {
            break status;
        }
    };
    if let Some(history) = &history {
        // A folder that cannot be written to is no reason to complain at the end.
        let _ = editor.save_history(history);
    }
    Ok(status)
}

/// Runs what was typed; what was pasted may be several statements.
fn run_typed(vm: &Vm, text: &str, name: &str, main: &Obj) -> Option<i32> {
    match compile::statements(text, false) {
        Some(statements) if statements.len() > 1 => statements.iter().find_map(|statement| vm.run_statement(&statement.text, name, main)),
        _ => vm.run_statement(text, name, main),
    }
}

fn banner(vm: &Vm) -> String {
    let python = vm.python_version();
    format!(
        "Heapbook {}: Python {python} on a heap that can be looked into\nCtrl-D or exit() leaves, Ctrl-C interrupts, Tab completes.",
        env!("CARGO_PKG_VERSION")
    )
}

/// Reads lines until they are a whole statement, or a wrong one.
fn read(vm: &Vm, editor: &mut Editor<Names<'_>, FileHistory>) -> anyhow::Result<Typed> {
    let mut text = String::new();
    loop {
        let prompt = vm.prompt(if text.is_empty() { "ps1" } else { "ps2" });
        match editor.readline(&prompt) {
            Ok(line) => {
                if !line.trim().is_empty() {
                    // What cannot be remembered can still be run.
                    let _ = editor.add_history_entry(&line);
                }
                text += &line;
                text.push('\n');
            }
            Err(ReadlineError::Interrupted) => return Ok(Typed::Nothing),
            Err(ReadlineError::Eof) => return Ok(Typed::End),
            Err(error) => return Err(error.into()),
        }
        if !wants_more(&text, vm.version) {
            return Ok(Typed::Statement(text));
        }
    }
}

/// Whether more lines could make the text a statement. A block ends with an empty line.
fn wants_more(text: &str, version: Version) -> bool {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let options = Options { version, allow_incomplete: true, dont_imply_dedent: true, ..Options::default() };
    compile::compile(text, "<stdin>", Mode::Single, options).is_err_and(|error| error.kind == ErrorKind::Incomplete)
}

/// `$HEAPBOOK_HISTORY`, or a file in the user's folder.
fn history_file() -> Option<PathBuf> {
    match std::env::var_os("HEAPBOOK_HISTORY") {
        Some(file) => Some(PathBuf::from(file)).filter(|file| !file.as_os_str().is_empty()),
        None => std::env::home_dir().map(|home| home.join(".heapbook_history")),
    }
}

/// Completes what is typed with the names that live.
struct Names<'a> {
    vm: &'a Vm,
    main: &'a Obj,
}

impl Completer for Names<'_> {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let before = &line[..at];
        if before.trim().is_empty() {
            return Ok((at, vec![TAB.to_owned()]));
        }
        let start = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).map_or(0, |at| {
            let width = before[at..].chars().next().map_or(1, char::len_utf8);
            at + width
        });
        let found: PyResult<Vec<String>> = self.vm.complete(&before[start..], self.main);
        Ok((start, found.unwrap_or_default()))
    }
}

impl Hinter for Names<'_> {
    type Hint = String;
}

impl Highlighter for Names<'_> {}
impl Validator for Names<'_> {}
impl Helper for Names<'_> {}
