//! Magics about the cells of the past, of this session and of those before: `%history %recall`.

use compile::{Mode, Options};
use serde_json::json;
use vm::PyResult;

use crate::history::{Past, Question, ranges};
use crate::notebook::Notebook;

/// What `%history` is asked.
#[derive(Default)]
struct Wish<'a> {
    numbers: bool,
    outputs: bool,
    unique: bool,
    /// `-l`: so many at the end.
    tail: Option<usize>,
    /// `-g`: the words of a pattern.
    pattern: Option<Vec<&'a str>>,
    ranges: Vec<&'a str>,
}

impl<'a> Wish<'a> {
    fn read(line: &'a str) -> Wish<'a> {
        let mut wish = Wish::default();
        let mut words = line.split_whitespace().peekable();
        while let Some(word) = words.next() {
            match word {
                "-n" => wish.numbers = true,
                "-o" => wish.outputs = true,
                "-u" => wish.unique = true,
                "-l" => {
                    let n = words.peek().and_then(|word| word.parse().ok());
                    if n.is_some() {
                        words.next();
                    }
                    wish.tail = Some(n.unwrap_or(10));
                }
                "-g" => wish.pattern = Some(Vec::new()),
                _ => wish.pattern.as_mut().unwrap_or(&mut wish.ranges).push(word),
            }
        }
        wish
    }
}

/// `%history [-n] [-o] [-u] [-l N] [-g PATTERN] [RANGE…]`.
pub(super) fn history(notebook: &Notebook, line: &str) -> PyResult {
    let wish = Wish::read(line);
    let cells = match (&wish.pattern, wish.tail) {
        (Some(words), n) => {
            let pattern = if words.is_empty() { "*".to_owned() } else { format!("*{}*", words.join(" ")) };
            notebook.history(&Question::Search(pattern, n, wish.unique))
        }
        // The cell that asks is not told.
        (None, Some(n)) => {
            let mut cells = notebook.history(&Question::Tail(n.saturating_add(1)));
            cells.pop();
            cells
        }
        (None, None) => in_ranges(notebook, &wish.ranges.join(" ")),
    };
    let running = notebook.session_number();
    let mut text = String::new();
    for Past { session, number, source, output } in cells {
        let source = source.replace('\t', "    ");
        let source = source.trim_end();
        if wish.numbers || wish.pattern.is_some() {
            let number = if [0, running].contains(&session) { number.to_string() } else { format!("{session}/{number}") };
            text += &format!("{number:>4}:{}", if source.contains('\n') { '\n' } else { ' ' });
        }
        text += &format!("{source}\n");
        if let Some(output) = output.filter(|_| wish.outputs) {
            text += &format!("{output}\n");
        }
    }
    notebook.print(&text)?;
    Ok(notebook.vm().none())
}

fn in_ranges(notebook: &Notebook, text: &str) -> Vec<Past> {
    ranges(text).iter().flat_map(|range| notebook.history(range)).collect()
}

/// `%recall [RANGE… | EXPRESSION | WORDS]`: the last value, cells, a value, or the last cell with these words, as the next cell.
pub(super) fn recall(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    let line = line.trim();
    let next = |text: &str| {
        notebook.payload.borrow_mut().push(json!({ "source": "set_next_input", "text": text.trim_end(), "replace": false }));
        Ok(vm.none())
    };
    if line.is_empty() {
        let value = vm.dict_get_str(notebook.names(), "_").unwrap_or_else(|| vm.str(""));
        return next(&vm.text_of(&value)?);
    }
    let cells: Vec<String> = in_ranges(notebook, line).into_iter().map(|cell| cell.source).collect();
    if !cells.is_empty() {
        return next(&cells.join("\n"));
    }
    let value = vm
        .compile_text(line, "<recall>", Mode::Eval, Options::default())
        .and_then(|code| vm.run_code(&code, notebook.names(), notebook.names()))
        .and_then(|value| vm.text_of(&value));
    if let Ok(value) = value {
        return next(&value);
    }
    let found = notebook.history(&Question::Search(format!("*{line}*"), None, false));
    match found.iter().rev().find(|cell| !cell.source.contains("recall") && !cell.source.contains("rep")) {
        Some(cell) => next(&cell.source),
        None => {
            notebook.print(&format!("Couldn't evaluate or find in history: {line}\n"))?;
            Ok(vm.none())
        }
    }
}
