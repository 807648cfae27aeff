//! The commands judged by a real CPython: `HEAPBOOK_CPYTHON`, or `python3.14` on the path.
//! Without either there is nothing to judge by, and the tests say so.

mod common;

use common::{Book, cpython, says};
use std::path::Path;
use std::process::Command;

#[test]
fn the_book_says_what_cpython_prints() {
    let Some(python) = cpython() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapbook"));
    says(command.current_dir(root).args(["check", "--cpython", &python]), 0, &["all as written"]);
}

#[test]
fn marks_are_counted_and_a_mark_that_is_not_needed_fails() {
    let Some(python) = cpython() else { return };
    let needed = "```python heapbook-only=model\nimport time\ntime.time()\n```\n```text output\n0.0\n```\n";
    let book = Book::new("marks", &[("1.md", needed), ("2.md", "```python heapbook-only=picture\n1\n```\n```text output\n1\n```\n")]);
    let parts =
        ["book/2.md:1: `heapbook-only=picture` is not needed: the judge prints the same", "heapbook-only: model 1, picture 1", "1 failure"];
    book.says(&["check", "--cpython", &python], 1, &parts);
}

#[test]
fn names_of_values_hold_one_reference_each() {
    let page = "```python\nimport sys\nclass Thing: pass\nthing = Thing()\nsys.getrefcount(thing)\n```\n```text output\n2\n```\n\n\
                ```python\nthing; thing\n```\n```text output ellipsis\n...\n```\n\n\
                ```python\nprint(sys.getrefcount(thing), Out[2] is thing, _ is thing, __, In[2])\n```\n```text output\n4 True True 2 thing; thing\n\n```\n";
    let Some(python) = cpython() else { return };
    let book = Book::new("names", &[("1.md", page)]);
    book.says(&["check", "--cpython", &python], 0, &["3 snippets · all as written"]);
}

#[test]
fn an_error_leaves_no_garbage_and_its_frames_name_their_lines() {
    let page = "```python raises=NameError\ndef f(x):\n    nowhere\nf([])\n```\n```text output\nTraceback (most recent call last):\n  File \"<cell 1>\", line 3, in <module>\n    \
                f([])\n    ~^^^^\n  File \"<cell 1>\", line 2, in f\n    nowhere\nNameError: name 'nowhere' is not defined\n```\n\n\
                ```python\nimport gc\ngc.collect()\n```\n```text output\n0\n```\n";
    let Some(python) = cpython() else { return };
    let book = Book::new("error", &[("1.md", page)]);
    book.says(&["check", "--cpython", &python], 0, &["2 snippets · all as written"]);
}

#[test]
fn streams_keep_their_order_and_a_crash_is_told() {
    let page = "```python\nimport os, sys\nprint('a'); print('b', file=sys.stderr); print('c', end='')\n7\n```\n```text output\na\nb\nc\n7\n```\n\n\
                ```python\nos._exit(3)\n```\n\n```python\n1\n```\n";
    let Some(python) = cpython() else { return };
    let book = Book::new("streams", &[("1.md", page)]);
    book.says(
        &["check", "--cpython", &python],
        1,
        &["book/1.md:13: the session was lost", "the interpreter ended (exit status: 3)", "book/1.md:17: not run"],
    );
}

#[test]
fn a_cell_that_never_ends_is_stopped() {
    let Some(python) = cpython() else { return };
    let book = Book::new("endless", &[("1.md", "```python\nwhile True: pass\n```\n")]);
    book.says(&["check", "--limit", "1", "--cpython", &python], 1, &["book/1.md:1: the session was lost", "was stopped"]);
}
