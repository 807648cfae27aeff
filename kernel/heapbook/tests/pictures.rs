//! Pictures of programs: after every snippet of the book, each badge is the sum of the holders that are named with it.

use std::path::Path;

use chapter::{Chapter, Language, Request};
use picture::Picture;
use session::{Session, Version};

fn draw(session: &mut Session, words: &[&str]) -> String {
    session.draw(&Request::parse(words).expect("these words mean something"))
}

fn snapshot(text: &str) -> picture::Snapshot {
    match picture::read(text) {
        Some(Picture::Heap(snapshot)) => snapshot,
        other => panic!("{other:?}\n{text}"),
    }
}

#[test]
fn a_badge_is_the_sum_of_its_holders_after_every_snippet_of_the_book() {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book");
    let mut pages: Vec<_> = std::fs::read_dir(book).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    let mut pictures = 0;
    for page in pages {
        let chapter = Chapter::read(&page).unwrap();
        let mut session = Session::new(Version::V3_14).unwrap();
        for snippet in chapter.snippets.iter().filter(|snippet| snippet.language == Language::Python && snippet.options.python.is_none()) {
            // What makes thousands and millions of objects takes its time; what stands on it then raises, which is as good.
            if snippet.code.body.contains("_000") {
                continue;
            }
            session.run_cell(&snippet.code.body, "<cell>");
            let text = draw(&mut session, &[]);
            let place = format!("{}:{}\n{text}", page.display(), snippet.code.line);
            for object in &snapshot(&text).objects {
                assert!(object.refcount.is_none_or(|count| count == object.held()), "{place}");
                // `functools` keeps an object of its own for `lru_cache`, in a table of the machine.
                let tables = object.class == "object";
                assert!(tables || object.holders.iter().all(|holder| holder.place != "the machine"), "#{} {place}", object.number);
            }
            pictures += 1;
        }
    }
    assert!(pictures > 100, "{pictures}");
}

#[test]
fn a_call_in_progress_is_a_root() {
    let mut session = Session::new(Version::V3_14).unwrap();
    let program = "import heapbook\ndef call(given):\n    mine = [given]\n    heapbook.show('mine', 'given')\ncall([])\n";
    let outputs = session.run_cell(program, "<cell 1>");
    let expected = "\
call of call
  given → #1
  mine → #2
#1 list · rc 2 = given + #2[0] · gen 0
#2 list · rc 1 = mine · gen 0
  [0] → #1
";
    assert_eq!(outputs, [session::Output::Stdout(expected.into())]);
}

#[test]
fn what_is_many_is_folded() {
    let mut session = Session::new(Version::V3_14).unwrap();
    session.run_cell("crowd = [[] for _ in range(1000)]\nsame = [crowd] * 3\n", "<cell 1>");
    let text = draw(&mut session, &["crowd,same"]);
    assert!(text.contains("  … 992 more\n") && text.contains("[0] … [2] → #1 ×3"), "{text}");
    let drawn = picture::svg(&Picture::Heap(snapshot(&text)), "p");
    assert!(drawn.len() < 40_000, "{}", drawn.len());
    session.run_cell("for one in crowd: one.append(one)\ndel crowd, same, one\n", "<cell 2>");
    let text = draw(&mut session, &[]);
    assert!(text.contains("… not shown: 976 list\n"), "{text}");
}

#[test]
fn garbage_is_told_from_what_a_root_holds() {
    let mut session = Session::new(Version::V3_14).unwrap();
    session.run_cell("class Node: pass\na = Node(); b = Node(); a.next = b; b.next = a; cache = {'k': a}\n", "<cell 1>");
    assert!(draw(&mut session, &["why=a"]).contains("  module __main__ → b → #1 Node .next → #2 Node\n"));
    session.run_cell("del b\n", "<cell 2>");
    let text = draw(&mut session, &["why=a"]);
    assert!(text.contains("  module __main__ → cache → #1 dict ['k'] → #2 Node\n  and 2 more holders: "), "{text}");
    session.look(&Request::parse(&["diff"]).unwrap());
    session.run_cell("del a, cache\n", "<cell 3>");
    let text = draw(&mut session, &["diff"]);
    assert!(text.contains("+ unreachable, still allocated\n") && text.contains("- #3 dict"), "{text}");
    let text = draw(&mut session, &["step"]);
    assert!(text.contains("   #1 ✗ cleared 1.\n   #2 ✗ cleared 2.\n") && text.contains("gc.collect() returns 2"), "{text}");
}
