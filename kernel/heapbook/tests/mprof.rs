//! `heapbook mprof`: the program of the page on watching memory, its file, and the picture of it.

mod common;

use chapter::Chapter;
use common::{Book, says};
use std::fs;
use std::path::Path;

/// The page's own program.
fn program() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/17-watching.md");
    let chapter = Chapter::read(&page).unwrap();
    let snippet = chapter.snippets.iter().find(|snippet| snippet.options.id.as_deref() == Some("mprof"));
    snippet.expect("the page has a program for mprof").code.body.clone()
}

#[test]
fn a_program_is_watched_and_drawn() {
    let book = Book::new("mprof", &[]);
    fs::write(book.root.join("averages.py"), program()).unwrap();
    // The table of the marked functions: the line that makes the array makes the process larger, and the call before the collection leaves it so.
    let table = ["Line #    Mem usage    Increment  Occurrences   Line Contents", "@profile\n", "           3       sleep(seconds)"];
    book.says(&["mprof", "run", "averages.py"], 0, &table);
    let told = book.command(&["mprof", "list"]).output().unwrap().stdout;
    let name = String::from_utf8(told).unwrap().trim().strip_prefix("0 ").expect("one file").to_owned();
    let data = fs::read_to_string(book.root.join(&name)).unwrap();

    // What memory_profiler's `mprof` reads of it: a word, and figures.
    let lines = |field: &str| -> Vec<Vec<String>> {
        data.lines().filter_map(|line| line.strip_prefix(field)).map(|line| line.split(' ').map(str::to_owned).collect()).collect()
    };
    let figure = |word: &String| word.parse::<f64>().unwrap();
    let mem = lines("MEM ");
    assert!(mem.len() > 10 && mem.iter().all(|words| words.len() == 2 && figure(&words[0]) > 1.0), "{data}");
    assert!(mem.windows(2).all(|two| figure(&two[0][1]) <= figure(&two[1][1])), "time goes on");
    let calls: Vec<_> =
        lines("FUNC ").into_iter().map(|words| (words[0].clone(), figure(&words[4]) - figure(&words[2]), words[5].clone())).collect();
    let names: Vec<_> = calls.iter().map(|(name, _, depth)| format!("{name} {depth}")).collect();
    assert_eq!(names, ["main 0", "average 1", "average 1", "average 1"]);
    assert!(calls[1].1 >= 0.3 && calls[2].1 >= 0.5 && calls[0].1 >= 0.8, "{calls:?}");

    let text = String::from_utf8(book.command(&["mprof", "plot", "--text"]).output().unwrap().stdout).unwrap();
    // The arrays, and what the imports have left.
    let collection = text.lines().find_map(|line| line.split_once("| collection of generation 2: "));
    let freed = collection.expect("a full collection is told").1.split_once(" objects, 6,4");
    assert!(freed.is_some(), "{text}");
    assert!(text.contains(" call average\n") && text.ends_with(" end\n"), "{text}");

    book.says(&["mprof", "plot", "-o", "averages.svg"], 0, &["averages.svg"]);
    let drawn = fs::read_to_string(book.root.join("averages.svg")).unwrap();
    for part in ["<svg ", "<title", " objects, 6.4 MB", ">average<", ">unreachable<", " MB<", " s<"] {
        assert!(drawn.contains(part), "{part}");
    }

    book.says(&["mprof", "rm", "1"], 2, &["there is no file 1 here; `heapbook mprof list` tells their numbers"]);
    book.says(&["mprof", "rm", "0"], 0, &["removed mprofile_"]);
    book.says(&["mprof", "plot"], 2, &["there is no mprofile_*.dat in this folder; `heapbook mprof run FILE.py` writes one"]);
}

#[test]
fn what_mprof_itself_has_written_is_drawn() {
    let book = Book::new("mprof-file", &[]);
    let data = "CMDLINE /usr/bin/python3 work.py\nMEM 10.500000 1700000000.0000\nMEM 20.000000 1700000000.1000\nCHLD 1 2.0 1700000000.1\n\
                FUNC __main__.work 10.5000 1700000000.0500 20.0000 1700000000.1500 0\nMEM 20.000000 1700000000.2000\n";
    fs::write(book.root.join("mprofile_20231114.dat"), data).unwrap();
    book.says(
        &["mprof", "plot", "--text"],
        0,
        &[
            "memory over time: bytes of the process\n",
            "  0.000000 |   11,010,048 |",
            "  0.050000 |   11,010,048 |            0 | █████████████            | call work\n",
            "  0.150000 |   20,971,520 |            0 | ████████████████████████ | return work\n",
        ],
    );
    book.says(&["mprof", "plot"], 0, &["mprofile_20231114.svg"]);
    fs::write(book.root.join("broken.dat"), "CMDLINE x\nMEM ten 1700000000.0\n").unwrap();
    book.says(&["mprof", "plot", "broken.dat"], 2, &["broken.dat:2: this is no MEM line as `mprof` writes it: MEM ten 1700000000.0"]);
    fs::write(book.root.join("empty.dat"), "CMDLINE x\n").unwrap();
    book.says(&["mprof", "plot", "empty.dat"], 2, &["empty.dat tells of no memory"]);
    book.says(&["mprof", "plot", "none.dat"], 2, &["none.dat is not readable"]);
    book.says(&["mprof", "clean"], 0, &["removed mprofile_20231114.dat"]);
}

#[test]
fn what_cannot_be_run_is_told_before_and_leaves_no_file() {
    let book = Book::new("mprof-no", &[]);
    book.says(&["mprof", "run"], 2, &["what should run? `heapbook mprof run FILE.py`"]);
    book.says(&["mprof", "run", "-T", "0", "-c", "1"], 2, &["`-T 0` is no time between two looks; 0.1 is one"]);
    book.says(&["mprof", "run", "-o", "no/where.dat", "-c", "1"], 2, &["no/where.dat cannot be written"]);
    book.says(&["mprof", "run", "none.py"], 2, &["can't open file"]);
    book.says(&["mprof", "list"], 0, &[]);
    // A program that fails has its memory written all the same, and its own exit status.
    book.says(&["mprof", "run", "-o", "failed.dat", "-c", "@profile\ndef f(): 1/0\nf()"], 1, &["ZeroDivisionError", "failed.dat written"]);
    let mut plot = book.command(&["mprof", "plot", "--text", "failed.dat"]);
    says(&mut plot, 0, &[" call f\n", " return f\n"]);
}
