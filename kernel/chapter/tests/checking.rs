//! Pages are held against what was printed; all that differs is told, where it is.

mod common;

use chapter::{Version, check};
use common::{Echo, found, judge, own, page};

#[track_caller]
fn finds(text: &str, engine: &Echo, expected: &[&str]) {
    assert_eq!(found(&check(&page(text), engine)), expected);
}

#[test]
fn a_page_that_holds() {
    finds("```python\nprint a\nshow [1]\nwarn w\n```\n\n```text output\na\n[1]\nw\n```\n", &own(), &[]);
    finds("```python\nkeep 1\n```\n", &own(), &[]);
}

#[test]
fn every_difference_is_told_with_the_line_of_its_code() {
    let text = "```python\nshow 1\n```\n```text output\n2\n```\n\n```python\nshow 3\n```\n\n```python\n```\n```text output\n4\n```\n";
    finds(
        text,
        &own(),
        &[
            "1: this cell printed something else",
            "8: this cell printed something and the page shows no output",
            "12: this cell printed something else",
        ],
    );
    let report = check(&page(text), &own());
    let told = report.failures[0].to_text("book/07.md".as_ref());
    let expected = "book/07.md:1: this cell printed something else\n  expected │ 2\n  printed  │ 1\n  \
                    the output is at line 4; if CPython agrees with the new one, `heapbook bless book/07.md`\n";
    assert_eq!(told, expected);
}

#[test]
fn a_page_is_one_session_unless_it_says_otherwise() {
    let keeps = "```python\nkeep 1\n```\n";
    let says = |options: &str, what: &str| format!("{keeps}\n```python {options}\nkept\n```\n```text output\n{what}\n```\n");
    finds(&says("", "1"), &own(), &[]);
    finds(&says("session=b", "nothing"), &own(), &[]);
    finds(&says("fresh", "nothing"), &own(), &[]);
    // The setup comment is part of the session, and a name returns to its session.
    finds(
        "<!-- setup\n```python session=b\nkeep 2\n```\n-->\n```python\nkeep 1\n```\n```python session=b\nkept\n```\n```text output\n2\n```\n",
        &own(),
        &[],
    );
}

#[test]
fn exceptions_are_announced() {
    let output = "```text output\nTraceback (most recent call last):\n  ...\nValueError: no\n```\n";
    let raising = |options: &str| format!("```python {options}\nraise ValueError: no\n```\n{output}");
    finds(&raising("raises=ValueError"), &own(), &[]);
    finds(&raising(""), &own(), &["1: this cell raised ValueError"]);
    finds(&raising("raises=KeyError"), &own(), &["1: this cell raised ValueError, its fence says `raises=KeyError`"]);
    finds("```python raises=KeyError\n```\n", &own(), &["1: this cell raised nothing, its fence says `raises=KeyError`"]);
}

#[test]
fn other_versions_are_asked_in_sessions_of_their_own() {
    let old = Version { major: 3, minor: 10, gc: false };
    let both = Echo { versions: vec![Version::DEFAULT, old], judge: false };
    let text = "```python\nkeep 1\n```\n\n```python\nkept\nversion\n```\n```text output\n1\n3.14\n```\n```text output python=3.10\n1\n3.10\n```\n\n\
                ```python python=3.10\nkept\nversion\n```\n```text output\nnothing\n3.10\n```\n";
    finds(text, &both, &[]);
    finds(&text.replace("1\n3.10", "1\n3.9"), &both, &["5: under Python 3.10 this cell printed something else"]);
    // Our own machine has to speak it; a judge that does not has nothing to say.
    finds(text, &own(), &["5: this could not be run", "18: this could not be run"]);
    let report = check(&page(text), &judge());
    assert_eq!((found(&report), report.unjudged), (vec![], 2));
}

#[test]
fn a_mark_that_the_judge_does_not_need_fails() {
    let marked = |output: &str| format!("```python heapbook-only=model\nshow 1\n```\n```text output\n{output}\n```\n");
    finds(&marked("1"), &own(), &[]);
    finds(&marked("1"), &judge(), &["1: `heapbook-only=model` is not needed: the judge prints the same"]);
    finds(&marked("2"), &judge(), &[]);
    finds(&marked("2"), &own(), &["1: this cell printed something else"]);
}

#[test]
fn a_judges_addresses_are_its_own() {
    let text = "```python\naddress A\n```\n```text output\n<A at 0x700000001040>\n```\n";
    finds(text, &own(), &[]);
    finds(text, &judge(), &[]);
}

#[test]
fn what_comes_after_a_lost_session_is_told_too() {
    finds(
        "```python\ndie\n```\n\n```python\nshow 1\n```\n\n```python session=b\nshow 2\n```\n",
        &own(),
        &[
            "1: the session was lost",
            "5: not run: the session was lost at line 1",
            "9: this cell printed something and the page shows no output",
        ],
    );
}

#[test]
fn the_prompt_has_its_outputs_between() {
    finds("```pycon\n>>> show 1\n1\n>>> print a\n... print b\na\nb\n\n>>> keep 2\n>>> kept\n2\n```\n", &own(), &[]);
    finds(
        "```pycon\n>>> show 1\n2\n>>> show 3\n```\n",
        &own(),
        &["2: this cell printed something else", "4: this cell printed something else"],
    );
}

#[test]
fn the_heap_is_an_output_like_any_other() {
    finds("```python\nkeep 1\n```\n```text heap\nkept -> 1\n```\n", &own(), &[]);
    finds("```python\nkeep 1\n```\n```text heap\nkept -> 2\n```\n", &own(), &["1: the heap after this cell is another one"]);
    // A judge has no such picture.
    finds("```python\nkeep 1\n```\n```text heap\nkept -> 2\n```\n", &judge(), &[]);
}

#[test]
fn cells_are_counted_as_a_notebook_counts_them() {
    finds(
        "```python\nkeep 1\n```\n\n```python\nname\n```\n```text output\n<cell 2>\n```\n\n```pycon\n>>> keep 3\n>>> name\n<python-input-1>\n```\n",
        &own(),
        &[],
    );
}

#[test]
fn a_page_with_a_mistake_is_not_run() {
    finds("```python oops\ndie\n```\n", &own(), &["1: `oops` is not an option of `python`"]);
}
