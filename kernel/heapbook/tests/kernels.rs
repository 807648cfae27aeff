//! Our client against a real Jupyter kernel, and our notebooks against the reference implementation.
//!
//! Both come from a virtual environment that the test makes for itself.

mod common;

use common::jupyter::environment;
use common::{Book, says};
use std::path::Path;
use std::process::Command;

#[test]
fn a_real_kernel_prints_what_a_page_says() {
    let Some(environment) = environment() else { return };
    let asked = Command::new(environment.join("bin/python"))
        .args(["-c", "import sys; print('%d.%d' % sys.version_info[:2], end='')"])
        .output()
        .unwrap();
    let version = String::from_utf8(asked.stdout).unwrap();
    let page = "```python python=VERSION\nimport sys\nclass Thing: pass\nthing = Thing()\nthing; sys.getrefcount(thing)\n```\n```text output\n2\n```\n\n\
                ```python python=VERSION\nthing\n```\n```text output\n<__main__.Thing object at 0x700000001040>\n```\n\n\
                ```python python=VERSION\nprint('a'); print('b', file=sys.stderr); print('c')\nsys.getrefcount(thing)\n```\n```text output\na\nb\nc\n4\n```\n\n\
                ```python python=VERSION raises=ZeroDivisionError\n1 / 0\n```\n```text output\nTraceback (most recent call last):\n  File \"<cell 4>\", line 1, in <module>\n    \
                1 / 0\n    ~~^~~\nZeroDivisionError: division by zero\n```\n"
        .replace("VERSION", &version);
    let book = Book::new("kernel", &[("1.md", &page), ("2.md", &page.replace("\n4\n", "\n5\n"))]);
    let path = format!("{}:{}", environment.join("bin").display(), std::env::var("PATH").unwrap_or_default());
    let check = |page: &str| {
        let mut command = book.command(&["check", page, "--kernel", "python3"]);
        command.env("JUPYTER_PATH", environment.join("share/jupyter")).env("PATH", &path);
        command
    };
    says(&mut check("book/1.md"), 0, &["4 snippets · all as written"]);
    says(&mut check("book/2.md"), 1, &["book/2.md:18: this cell printed something else", "expected │ 5", "1 failure"]);
}

#[test]
fn a_program_runs_on_a_real_kernel() {
    let Some(environment) = environment() else { return };
    let path = format!("{}:{}", environment.join("bin").display(), std::env::var("PATH").unwrap_or_default());
    let book = Book::new("elsewhere", &[]);
    let run = |words: &[&str]| {
        let mut command = book.command(&[&["run", "--kernel", "python3"], words].concat());
        command.env("JUPYTER_PATH", environment.join("share/jupyter")).env("PATH", &path);
        command
    };
    let output = run(&["-c", "a = [1]\nprint('told')\n# %% more\na\n# %%\n1 / 0\n# %%\nprint('never')"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "told\n[1]\n");
    assert!(String::from_utf8_lossy(&output.stderr).ends_with("ZeroDivisionError: division by zero\n"));
    assert_eq!(output.status.code(), Some(1));
    says(&mut run(&["-m", "this"]), 2, &["a kernel is given FILE, `-c CODE` or `-`"]);
    says(&mut run(&["none.py"]), 2, &["`none.py` is not readable as text"]);
}

#[test]
fn the_notebooks_are_valid_and_jupyter_writes_them_the_same() {
    let Some(environment) = environment() else { return };
    let notebooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notebooks");
    let program = "import glob, sys, nbformat\n\
                   paths = sorted(glob.glob(sys.argv[1] + '/*.ipynb'))\n\
                   for path in paths:\n    \
                       text = open(path, newline='').read()\n    \
                       notebook = nbformat.reads(text, as_version=4)\n    \
                       nbformat.validate(notebook)\n    \
                       assert nbformat.writes(notebook) + '\\n' == text, path\n\
                   assert len(paths) >= 15, paths\n";
    let output = Command::new(environment.join("bin/python")).args(["-c", program]).arg(notebooks).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
