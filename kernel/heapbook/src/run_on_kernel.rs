//! `heapbook run --kernel`: a program on any installed Jupyter kernel, whatever its language, a cell after the other.
//!
//! A line that begins with `# %%` or `// %%` begins a cell, as editors have it; a program without such lines is one cell. What it prints
//! is told as it comes, and a cell's value as the kernel shows it. The first error ends the program.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use jupyter::{Client, Event};

use crate::engine::Folder;

/// A program may compute for long without a word.
const LONGEST_SILENCE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

pub(crate) fn command(kernel: &str, words: &[String]) -> anyhow::Result<ExitCode> {
    let text = program(words)?;
    let spec = jupyter::find(kernel)?;
    // The interrupt of a terminal reaches the kernel by itself, which ends the cell and tells of it.
    let interrupted = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&interrupted))?;
    let folder = Folder::new()?;
    let env = [("NO_COLOR", "1"), ("HEAPBOOK_KERNEL_HISTORY", "")];
    let mut client = Client::start(&spec, &[], &env, folder.path(), &std::env::current_dir()?)?;
    for cell in cells(&text) {
        let mut failed = false;
        client.execute_live(&cell, LONGEST_SILENCE, &mut |event| {
            failed |= matches!(event, Event::Error { .. });
            tell(&event);
        })?;
        if failed || interrupted.load(Ordering::Relaxed) {
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The text of the program that the words name.
fn program(words: &[String]) -> anyhow::Result<String> {
    match words {
        [code, text] if code == "-c" => Ok(text.clone()),
        [dash] if dash == "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("the standard input is not readable as text")?;
            Ok(text)
        }
        [file] if !file.starts_with('-') => std::fs::read_to_string(file).with_context(|| format!("`{file}` is not readable as text")),
        _ => bail!("a kernel is given FILE, `-c CODE` or `-`, and no arguments for the program"),
    }
}

/// The cells of a program, each with the line that begins it.
fn cells(text: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if ["# %%", "// %%"].iter().any(|mark| line.starts_with(mark)) {
            cells.push(String::new());
        }
        if let Some(cell) = cells.last_mut() {
            cell.push_str(line);
        }
    }
    cells.retain(|cell| !cell.trim().is_empty());
    cells
}

/// Prints a piece of output. A reader that has gone away is no error of the program's.
fn tell(event: &Event) {
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let _ = match event {
        Event::Stdout(text) => write!(out, "{text}").and_then(|()| out.flush()),
        Event::Stderr(text) => write!(err, "{text}"),
        Event::Result(text) | Event::Display(text) => writeln!(out, "{text}"),
        Event::Error { traceback, .. } => writeln!(err, "{}", traceback.trim_end()),
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_mark_begins_a_cell() {
        assert_eq!(super::cells("a = 1\nb = 2\n"), ["a = 1\nb = 2\n"]);
        assert_eq!(super::cells("\n# %% first\na = 1\n# %%\n\n# %%\na"), ["# %% first\na = 1\n", "# %%\n\n", "# %%\na"]);
        assert!(super::cells("\n \n").is_empty());
    }
}
