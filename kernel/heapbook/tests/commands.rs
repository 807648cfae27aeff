//! The commands on little books, run by our own machine.

mod common;

use common::Book;
use mdbook_driver::MDBook;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const COUNTS: &str = "# Counts\r\n\r\n```python\r\nimport sys\r\na = []\r\nsys.getrefcount(a)\r\n```\r\n```text output\r\n2\r\n```\r\n\r\n> ```python\r\n> a\r\n> ```\r\n> ```text output\r\n> []\r\n> ```\r\n\r\n1. one\r\n\r\n   ```python\r\n   [a]\r\n   ```\r\n   ```text output\r\n   [[]]\r\n   ```\r\n";

#[test]
fn a_book_that_holds_is_left_alone() {
    let book = Book::new("holds", &[("1.md", COUNTS)]);
    let written = || fs::metadata(book.root.join("book/1.md")).unwrap().modified().unwrap();
    let before = written();
    book.says(&["check"], 0, &["1 chapter · 3 snippets · all as written"]);
    book.says(&["bless"], 0, &["0 pages written"]);
    assert_eq!((book.page("1.md").as_str(), written()), (COUNTS, before));
}

#[test]
fn one_digit_fails_with_its_place_in_every_form_and_bless_restores_it() {
    let wrong = COUNTS.replace("\n2\r", "\n3\r").replace("> []", "> [4]").replace("[[]]", "[[5]]");
    let book = Book::new("digit", &[("1.md", &wrong), ("2.md", "```python odd\n```\n")]);
    book.says(
        &["check"],
        1,
        &[
            "book/1.md:3: this cell printed something else\n  expected │ 3\n  printed  │ 2\n  the output is at line 8;",
            "book/1.md:12: this cell printed something else\n  expected │ [4]\n  printed  │ []\n",
            "book/1.md:21: this cell printed something else\n  expected │ [[5]]\n",
            "book/2.md:1: `odd` is not an option of `python`",
            "4 failures",
        ],
    );
    book.says(&["check", "--format", "github"], 1, &["::error file=book/1.md,line=3,title=this cell printed something else::"]);
    book.says(&["check", "--format", "junit"], 1, &["<testsuite name=\"book/1.md\" tests=\"3\" failures=\"3\"", "│ 3"]);
    let json: serde_json::Value = serde_json::from_slice(&book.command(&["check", "--format", "json"]).output().unwrap().stdout).unwrap();
    assert_eq!((&json["failures"], &json["chapters"][0]["failures"][0]["line"]), (&4.into(), &3.into()));
    book.says(&["bless"], 1, &["book/1.md: written", "1 failure left"]);
    assert_eq!(book.page("1.md"), COUNTS);
}

#[test]
fn every_mistake_has_its_own_words_and_its_line() {
    let pages = [
        ("1.md", "# a\n\n```python\n1\n"),
        ("2.md", "a\n\n```text output\n1\n```\n"),
        ("3.md", "```python session=b oops\n```\n"),
        ("4.md", "```text output\n```\n```python id=x\n```\n```python id=x\n```\n"),
    ];
    let book = Book::new("mistakes", &pages);
    book.says(
        &["check"],
        1,
        &[
            "book/1.md:3: this fence is never closed\n  close it with a line of",
            "book/2.md:3: this `text output` fence has no code right before it",
            "book/3.md:1: `oops` is not an option of `python`",
            "book/4.md:1: this `text output` fence has no code right before it",
            "book/4.md:5: `id=x` is taken by the snippet at line 3",
        ],
    );
    book.says(&["bless"], 1, &["0 pages written"]);
    assert_eq!(book.page("1.md"), pages[0].1);
}

#[test]
fn a_bless_that_is_interrupted_leaves_every_page_whole() {
    let names: Vec<String> = (0..150).map(|number| format!("{number}.md")).collect();
    let (old, new) = ("```python\n1 + 1\n```\n```text output\n3\n```\n", "```python\n1 + 1\n```\n```text output\n2\n```\n");
    let pages: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), old)).collect();
    let book = Book::new("interrupted", &pages);
    for _ in 0..3 {
        let mut bless = book.command(&["bless"]).stdout(Stdio::piped()).spawn().unwrap();
        // It is stopped as soon as it has said that the first page is written.
        let mut first = String::new();
        BufReader::new(bless.stdout.take().unwrap()).read_line(&mut first).unwrap();
        bless.kill().unwrap();
        bless.wait().unwrap();
        assert!(names.iter().all(|name| [old, new].contains(&book.page(name).as_str())));
    }
    book.says(&["bless"], 0, &["0 failures left"]);
    assert!(names.iter().all(|name| book.page(name) == new));
}

/// A command that goes on until it is stopped, and the lines it says.
struct Running {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Running {
    fn start(book: &Book, arguments: &[&str]) -> Running {
        let mut child = book.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Running { child, lines }
    }

    /// The next line that holds a part.
    fn line_with(&mut self, part: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "it ended before it said `{part}`");
            if line.contains(part) {
                return line;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn watching_checks_again_at_each_change() {
    let book = Book::new("watch", &[("1.md", "```python\n1\n```\n```text output\n1\n```\n")]);
    let mut watch = Running::start(&book, &["check", "--watch"]);
    watch.line_with("all as written");
    book.write("1.md", "```python\n1\n```\n```text output\n2\n```\n");
    watch.line_with("book/1.md:1: this cell printed something else");
    watch.line_with("1 failure");
    book.write("1.md", "```python\n2\n```\n```text output\n2\n```\n");
    watch.line_with("all as written");
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn serving_shows_what_fails_in_its_page_and_loads_it_again() {
    let book = Book::new("serve", &[("1.md", "# One\n\n```python\n1\n```\n```text output\n1\n```\n")]);
    let mut serve = Running::start(&book, &["serve", "--port", "0"]);
    let address = serve.line_with("http://").trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
    let page = get(&address, "/1.html");
    assert!(page.starts_with("HTTP/1.1 200 OK") && page.contains("heapbook-checked") && page.contains("/heapbook-changes"), "{page}");
    assert!(!page.contains("heapbook-failure"));
    let mut changes = TcpStream::connect(&address).unwrap();
    write!(changes, "GET /heapbook-changes HTTP/1.1\r\n\r\n").unwrap();
    let mut changes = BufReader::new(changes).lines();
    assert!(changes.next().unwrap().unwrap().contains("200 OK"));
    book.write("1.md", "# One\n\n```python\n1\n```\n```text output\n<2>\n```\n");
    assert!(changes.any(|line| line.unwrap().starts_with("data: ")), "the page is told to load itself again");
    let page = get(&address, "/1.html");
    assert!(page.contains("heapbook-failure") && page.contains("book/1.md:3: this cell printed something else"), "{page}");
    assert!(get(&address, "/../book.toml").starts_with("HTTP/1.1 404"));
}

const DRAWN: &str = "# One\n\n```python id=x\nopen('ran', 'w')\n```\n```text output\nwrong\n```\n";

#[test]
fn the_book_is_drawn_without_running_anything() {
    let book = Book::new("drawn", &[("1.md", DRAWN)]);
    book.says(&["build"], 0, &["target/book/index.html"]);
    let html = book.drawn("1.html");
    assert!(html.contains("<div class=\"heapbook-cell\" id=\"x\">") && html.contains("wrong"));
    assert!(!book.root.join("ran").exists());
    assert_eq!(book.page("1.md"), DRAWN, "the pages are still there");
}

#[test]
fn a_plain_mdbook_draws_the_same() {
    let book = Book::new("plain", &[("1.md", DRAWN)]);
    let config = fs::read_to_string(book.root.join("book.toml")).unwrap();
    let command = format!("{config}[preprocessor.heapbook]\ncommand = \"{} preprocess\"\n", env!("CARGO_BIN_EXE_heapbook"));
    fs::write(book.root.join("book.toml"), command).unwrap();
    // What `mdbook build` does.
    MDBook::load(&book.root).unwrap().build().unwrap();
    let plain = book.drawn("1.html");
    assert!(plain.contains("<div class=\"heapbook-cell\" id=\"x\">"));
    book.says(&["build"], 0, &[]);
    assert_eq!(book.drawn("1.html"), plain);
    book.says(&["preprocess", "supports", "html"], 0, &[]);
    book.says(&["preprocess", "supports", "markdown"], 1, &[]);
}

#[test]
fn notebooks_are_made_and_their_drift_is_told() {
    let book = Book::new("notebooks", &[("1.md", COUNTS)]);
    book.says(&["notebooks", "--check"], 1, &["notebooks/1.ipynb: is not what its page makes"]);
    book.says(&["notebooks"], 0, &["notebooks/1.ipynb: written"]);
    book.says(&["notebooks", "--check"], 0, &["1 notebook, 0 differed"]);
    fs::write(book.root.join("notebooks/2.ipynb"), "{}").unwrap();
    book.says(&["notebooks", "--check"], 1, &["notebooks/2.ipynb: no page makes it"]);
}

#[test]
fn a_program_is_compared_between_versions() {
    let program = "import sys, gc\ndef f(x):\n    'same'\n    return sys.getrefcount(x)\nprint(f.__doc__)\na = []\nprint(f(a))\nprint(gc.get_threshold()[0])";
    let book = Book::new("compare", &[]);
    book.says(
        &["compare", "-c", program],
        0,
        &[
            "  same\n",
            "3.14                              2\n3.13 3.12 3.11                    3\n3.10 2.7-gc                       4\n",
            "3.14 3.13                         2000\n3.12 3.11 3.10 2.7-gc             700\n",
            "2 lines differ\n",
        ],
    );
    book.says(&["compare", "--python", "3.14", "--python", "3.13", "-c", "print(1)"], 0, &["2 versions print the same\n"]);
    book.says(&["compare", "--python", "3.9", "-c", "print(1)"], 2, &["there is no Python `3.9` here; there are 3.14, 3.13, 3.12"]);
}

#[test]
fn an_interrupt_ends_a_wait_for_input() {
    let program = "import signal, sys\nprint('first', flush=True)\ntry: sys.stdin.read()\nexcept KeyboardInterrupt: pass\n\
                   signal.signal(signal.SIGINT, lambda *_: print('handled', flush=True))\nprint('second', flush=True)\nprint(repr(input()))";
    let mut child = Command::new(env!("CARGO_BIN_EXE_heapbook"))
        .args(["run", "-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut lines, mut stdin) = (BufReader::new(child.stdout.take().unwrap()).lines(), child.stdin.take().unwrap());
    let mut line = || lines.next().unwrap().unwrap();
    for before in ["first", "second"] {
        assert_eq!(line(), before);
        // The program may still be on its way to the wait.
        std::thread::sleep(Duration::from_millis(200));
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    }
    assert_eq!(line(), "handled");
    stdin.write_all(b"typed\n").unwrap();
    assert_eq!(line(), "'typed'");
    assert!(child.wait().unwrap().success());
}

/// What reaches the file, as CPython 3.10, 3.12, 3.13 and 3.14 leave it: its layers are closed in the order of the collector's lists, which
/// is that of birth until a collection has seen them in use.
#[test]
fn a_file_in_a_cycle_at_the_end_of_a_program_is_as_long_as_cpython_leaves_it() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cycle-at-the-end");
    fs::create_dir_all(&folder).unwrap();
    let held = "file = open('out.txt', 'w')\nfile.write('hello')\nholder = [file]\nholder.append(holder)\n";
    let lost = format!("def main():\n    {}\nmain()\n", held.trim_end().replace('\n', "\n    "));
    let (off, look) = ("import gc\ngc.disable()\n", "gc.collect()\n");
    let programs = [
        (held.to_owned(), 5),
        (format!("{off}{held}"), 0),
        (format!("{off}{held}{look}"), 5),
        (lost.clone(), 0),
        (format!("{off}{lost}"), 0),
    ];
    for (program, bytes) in programs {
        let output = Command::new(env!("CARGO_BIN_EXE_heapbook")).current_dir(&folder).args(["run", "-c", &program]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{program}");
        assert_eq!(fs::metadata(folder.join("out.txt")).unwrap().len(), bytes, "{program}");
    }
}
