//! The prompt through a pseudo-terminal, and a program on the standard input.

#![cfg(unix)]

use std::io::Write as _;
use std::process::{Command, Stdio};

const HEAPBOOK: &str = env!("CARGO_BIN_EXE_heapbook");

#[test]
fn a_user_sits_at_the_prompt() {
    let user = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/prompt/user.py");
    let done = Command::new("python3").args([user, HEAPBOOK]).output().expect("python3 starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn a_program_comes_on_the_standard_input() {
    let mut running =
        Command::new(HEAPBOOK).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("heapbook starts");
    let mut stdin = running.stdin.take().expect("the standard input is piped");
    stdin.write_all(b"import sys\nprint(__name__, sys.argv)\nraise ValueError(3)\n").expect("the program is written");
    drop(stdin);
    let done = running.wait_with_output().expect("heapbook ends");
    assert_eq!(String::from_utf8_lossy(&done.stdout), "__main__ ['']\n");
    // Recorded from CPython 3.14.10.
    let traceback = "Traceback (most recent call last):\n  File \"<stdin>\", line 3, in <module>\nValueError: 3\n";
    assert_eq!(String::from_utf8_lossy(&done.stderr), traceback);
    assert_eq!(done.status.code(), Some(1));
}
