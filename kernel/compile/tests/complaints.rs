//! Wrong, doubtful and unfinished texts are told what CPython tells them.
//!
//! `goldens/complaints-3.14.txt` is recorded from CPython by `record_complaints.py`, never by us.

use compile::{ErrorKind, Mode, Options, compile_with_warnings};

const GOLDENS: &str = include_str!("goldens/complaints-3.14.txt");

/// What we make of a text, in the words of the record.
fn verdict(mode: &str, text: &str) -> String {
    let (mode, prompt) = if mode == "prompt" { (Mode::Single, true) } else { (Mode::Exec, false) };
    let options = Options { allow_incomplete: prompt, dont_imply_dedent: prompt, ..Options::default() };
    match compile_with_warnings(text, "<text>", mode, options) {
        Ok(compiled) => {
            let warnings = compiled.warnings.iter().map(|warning| format!("{} {}\n", warning.line, warning.msg));
            format!("fine\n{}", warnings.collect::<String>())
        }
        Err(error) => {
            let kind = match error.kind {
                ErrorKind::Syntax => "SyntaxError",
                ErrorKind::Indentation => "IndentationError",
                ErrorKind::Tab => "TabError",
                ErrorKind::Incomplete => "IncompleteInputError",
                ErrorKind::Recursion => "RecursionError",
                ErrorKind::Memory => "MemoryError",
                ErrorKind::Value => "ValueError",
            };
            format!("{kind} {} {} {} {}\n{}\n", error.line, error.col, error.end_line, error.end_col, error.msg)
        }
    }
}

#[test]
fn complaints_are_cpythons() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for record in GOLDENS.split("=== ").skip(1) {
        let (mode, rest) = record.split_once('\n').expect("a record begins with its mode");
        let (text, expected) = rest.split_once("\n--- ").expect("a record has a verdict");
        count += 1;
        let got = verdict(mode, text);
        if got != expected {
            wrong.push(format!("{text}\n  CPython: {expected}  we:      {got}"));
        }
    }
    assert!(count > 300, "the record is whole");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Texts too deep for any stack are refused, not run into the ground.
#[test]
fn deep_texts_are_refused() {
    let deep = [
        format!("x = {}1", "-".repeat(100_000)),
        format!("x = {}1", "not ".repeat(50_000)),
        format!("x = a{}", ".a".repeat(50_000)),
        format!("x = a{}", "()".repeat(50_000)),
        format!("x = 1{}", "+1".repeat(100_000)),
        format!("x = {}1", "lambda: ".repeat(20_000)),
        "(".repeat(10_000),
        format!("{}1{}", "[".repeat(250), "]".repeat(250)),
    ];
    for text in deep {
        let error = compile_with_warnings(&text, "<text>", Mode::Exec, Options::default()).expect_err("too deep");
        assert!(matches!(error.kind, ErrorKind::Recursion | ErrorKind::Syntax), "{}", error.msg);
    }
}
