//! The commands on a little book, judged by a real CPython: `HEAPBOOK_CPYTHON`, or `python3.14` on the path.
//! Without either there is nothing to judge by, and the tests say so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A book in a folder of its own.
struct Book {
    root: PathBuf,
    python: PathBuf,
}

impl Book {
    fn new(name: &str, pages: &[(&str, &str)]) -> Option<Book> {
        let python = std::env::var_os("HEAPBOOK_CPYTHON").map_or_else(|| PathBuf::from("python3.14"), PathBuf::from);
        let asked = Command::new(&python).args(["-S", "-c", "import sys; print(sys.version_info[:2] == (3, 14))"]).output();
        if !asked.is_ok_and(|output| output.stdout.starts_with(b"True")) {
            eprintln!("left out: no CPython 3.14 to judge by");
            return None;
        }
        let root = std::env::temp_dir().join(format!("heapbook-judge-{name}-{}", std::process::id()));
        fs::create_dir_all(root.join("book")).unwrap();
        fs::write(root.join("book.toml"), "[book]\ntitle = \"t\"\nsrc = \"book\"\n[build]\nbuild-dir = \"target/book\"\n").unwrap();
        let list: String = pages.iter().map(|(page, _)| format!("- [{page}]({page})\n")).collect();
        fs::write(root.join("book/SUMMARY.md"), list).unwrap();
        for (page, text) in pages {
            fs::write(root.join("book").join(page), text).unwrap();
        }
        Some(Book { root, python })
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heapbook"));
        command.current_dir(&self.root).args(arguments);
        if arguments[0] != "build" {
            command.arg("--cpython").arg(&self.python);
        }
        command.output().unwrap()
    }

    #[track_caller]
    fn says(&self, arguments: &[&str], status: i32, parts: &[&str]) {
        let output = self.run(arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{text}");
        for part in parts {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
    }

    fn page(&self, page: &str) -> String {
        fs::read_to_string(self.root.join("book").join(page)).unwrap()
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

const COUNTS: &str = "# Counts\r\n\r\n```python\r\nimport sys\r\na = []\r\nsys.getrefcount(a)\r\n```\r\n```text output\r\n2\r\n```\r\n\r\n> ```python\r\n> a\r\n> ```\r\n> ```text output\r\n> []\r\n> ```\r\n";

#[test]
fn a_book_that_holds_is_left_alone() {
    let Some(book) = Book::new("holds", &[("1.md", COUNTS)]) else { return };
    book.says(&["check"], 0, &["1 chapter · 2 snippets · all as written"]);
    book.says(&["bless"], 0, &["0 pages written"]);
    assert_eq!(book.page("1.md"), COUNTS);
}

#[test]
fn one_digit_fails_with_its_place_and_bless_restores_it() {
    let Some(book) = Book::new("digit", &[("1.md", &COUNTS.replace("\n2\r", "\n3\r")), ("2.md", "```python odd\n```\n")]) else { return };
    book.says(
        &["check"],
        1,
        &["book/1.md:3: this cell printed something else", "expected │ 3", "printed  │ 2", "book/2.md:1: `odd` is not an option"],
    );
    book.says(&["check", "--format", "github"], 1, &["::error file=book/1.md,line=3,title=this cell printed something else::"]);
    book.says(&["check", "--format", "junit"], 1, &["<testsuite name=\"book/1.md\" tests=\"2\" failures=\"1\"", "│ 3"]);
    let json: serde_json::Value = serde_json::from_slice(&book.run(&["check", "--format", "json"]).stdout).unwrap();
    assert_eq!((&json["failures"], &json["chapters"][0]["failures"][0]["line"]), (&2.into(), &3.into()));
    book.says(&["bless"], 1, &["book/1.md: written", "1 failure left"]);
    assert_eq!(book.page("1.md"), COUNTS);
}

#[test]
fn names_of_values_hold_one_reference_each() {
    let page = "```python\nimport sys\nclass Thing: pass\nthing = Thing()\nsys.getrefcount(thing)\n```\n```text output\n2\n```\n\n\
                ```python\nthing; thing\n```\n```text output ellipsis\n...\n```\n\n\
                ```python\nprint(sys.getrefcount(thing), Out[2] is thing, _ is thing, __, In[2])\n```\n```text output\n4 True True 2 thing; thing\n\n```\n";
    let Some(book) = Book::new("names", &[("1.md", page)]) else { return };
    book.says(&["check"], 0, &["3 snippets · all as written"]);
}

#[test]
fn an_error_leaves_no_garbage_and_its_frames_name_their_lines() {
    let page = "```python raises=NameError\ndef f(x):\n    nowhere\nf([])\n```\n```text output\nTraceback (most recent call last):\n  File \"<cell 1>\", line 3, in <module>\n    \
                f([])\n    ~^^^^\n  File \"<cell 1>\", line 2, in f\n    nowhere\nNameError: name 'nowhere' is not defined\n```\n\n\
                ```python\nimport gc\ngc.collect()\n```\n```text output\n0\n```\n";
    let Some(book) = Book::new("error", &[("1.md", page)]) else { return };
    book.says(&["check"], 0, &["2 snippets · all as written"]);
}

#[test]
fn streams_keep_their_order_and_a_crash_is_told() {
    let page = "```python\nimport os, sys\nprint('a'); print('b', file=sys.stderr); print('c', end='')\n7\n```\n```text output\na\nb\nc\n7\n```\n\n\
                ```python\nos._exit(3)\n```\n\n```python\n1\n```\n";
    let Some(book) = Book::new("streams", &[("1.md", page)]) else { return };
    book.says(&["check"], 1, &["book/1.md:13: the session was lost", "the interpreter ended (exit status: 3)", "book/1.md:17: not run"]);
}

#[test]
fn a_cell_that_never_ends_is_stopped() {
    let Some(book) = Book::new("endless", &[("1.md", "```python\nwhile True: pass\n```\n")]) else { return };
    book.says(&["check", "--limit", "1"], 1, &["book/1.md:1: the session was lost", "was stopped"]);
}

#[test]
fn the_book_is_drawn_without_running_anything() {
    let Some(book) = Book::new("drawn", &[("1.md", "# One\n\n```python id=x\nopen('ran', 'w')\n```\n```text output\nwrong\n```\n")]) else {
        return;
    };
    book.says(&["build"], 0, &["target/book/index.html"]);
    let html = fs::read_to_string(find(&book.root.join("target/book"), "1.html").unwrap()).unwrap();
    assert!(html.contains("<div class=\"heapbook-cell\" id=\"x\">") && html.contains("wrong"));
    assert!(!book.root.join("ran").exists());
    assert!(find(&book.root.join("book"), "1.md").is_some(), "the pages are still there");
}

#[test]
fn notebooks_are_made_and_their_drift_is_told() {
    let Some(book) = Book::new("notebooks", &[("1.md", COUNTS)]) else { return };
    book.says(&["notebooks", "--check"], 1, &["notebooks/1.ipynb: is not what its page makes"]);
    book.says(&["notebooks"], 0, &["notebooks/1.ipynb: written"]);
    book.says(&["notebooks", "--check"], 0, &["1 notebook, 0 differed"]);
    fs::write(book.root.join("notebooks/2.ipynb"), "{}").unwrap();
    book.says(&["notebooks", "--check"], 1, &["notebooks/2.ipynb: no page makes it"]);
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let file = folder.join(name);
    file.is_file().then_some(file)
}

/// `HEAPBOOK_KERNEL` names an installed kernel of Python 3.14; without it there is none to ask.
#[test]
fn a_kernel_agrees_with_a_plain_cpython() {
    let Some(kernel) = std::env::var_os("HEAPBOOK_KERNEL") else {
        return eprintln!("left out: no kernel to judge by");
    };
    let page = "```python\nimport gc, sys\nclass Thing: pass\nthing = Thing()\nthing; sys.getrefcount(thing)\n```\n```text output\n2\n```\n\n\
                ```python\nthing\n```\n```text output\n<__main__.Thing object at 0x700000001040>\n```\n\n\
                ```python\nprint('a'); print('b', file=sys.stderr); print('c')\nsys.getrefcount(thing)\n```\n```text output\na\nb\nc\n4\n```\n\n\
                ```python raises=ZeroDivisionError\n1 / 0\n```\n```text output\nTraceback (most recent call last):\n  File \"<cell 4>\", line 1, in <module>\n    \
                1 / 0\n    ~~^~~\nZeroDivisionError: division by zero\n```\n\n\
                ```python\ngc.collect()\n```\n```text output\n0\n```\n";
    let Some(book) = Book::new("kernel", &[("1.md", page)]) else { return };
    book.says(&["check"], 0, &["5 snippets · all as written"]);
    let output =
        Command::new(env!("CARGO_BIN_EXE_heapbook")).current_dir(&book.root).args(["check", "--kernel"]).arg(kernel).output().unwrap();
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}
