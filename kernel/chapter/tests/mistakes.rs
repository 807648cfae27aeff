//! What is wrong with a page is told with its line and a way out, before anything runs.

mod common;

use common::page;

#[track_caller]
fn mistakes(text: &str, expected: &[&str]) {
    let told: Vec<String> = page(text).mistakes.iter().map(|mistake| format!("{}: {}", mistake.line, mistake.problem)).collect();
    assert_eq!(told, expected);
    assert!(page(text).mistakes.iter().all(|mistake| !mistake.problem.way_out().is_empty()));
}

#[test]
fn an_unclosed_fence() {
    mistakes("text\n\n```python\nprint 1\n", &["3: this fence is never closed"]);
    mistakes("> ~~~~python\n> print 1\n\nafter\n", &["1: this fence is never closed"]);
}

#[test]
fn an_output_without_its_code() {
    mistakes("```text output\n1\n```\n", &["1: this `text output` fence has no code right before it"]);
    mistakes("```python\nshow 1\n```\n\nprose\n\n```text output\n1\n```\n", &["7: this `text output` fence has no code right before it"]);
    mistakes("```text\nshown\n```\n```text heap\n1\n```\n", &["4: this `text heap` fence has no code right before it"]);
}

#[test]
fn an_output_in_another_list_item_is_not_the_codes() {
    mistakes("- ```python\n  show 1\n  ```\n\n```text output\n1\n```\n", &["5: this `text output` fence has no code right before it"]);
}

#[test]
fn unknown_options_are_refused_all_at_once() {
    mistakes(
        "```python raise=X fresh=yes hidden\n```\n```text output elipsis\n```\n",
        &[
            "1: `raise=X` is not an option of `python`",
            "1: `fresh=yes` is not an option of `python`",
            "1: `hidden` is not an option of `python`",
            "3: `elipsis` is not an option of `text output`",
        ],
    );
    mistakes("```pycon raises=X\n>>> 1\n```\n", &["1: `raises=X` is not an option of `pycon`"]);
    mistakes("```text ouput\n```\n", &["1: `text ouput` is neither an output nor a heap"]);
    mistakes("```output\n```\n", &["1: a fence that starts with `output` is not checked"]);
}

#[test]
fn options_without_sense_are_refused() {
    mistakes(
        "```python raises= python=new heapbook-only=yes session=a/b id=x id=y\n```\n",
        &[
            "1: `raises=` says nothing",
            "1: `python=new` says nothing",
            "1: `heapbook-only=yes` says nothing",
            "1: `session=a/b` says nothing",
            "1: `id` is given twice",
        ],
    );
    mistakes("```python id=x\n```\n\n```python id=x\n```\n", &["4: `id=x` is taken by the snippet at line 1"]);
}

#[test]
fn nothing_that_looks_like_python_goes_unchecked() {
    for word in ["py", "python3", "Python", "python,ignore", "{python}", "ipython"] {
        let text = format!("```{word}\n1\n```\n");
        mistakes(&text, &[&format!("1: `{word}` looks like python but would not be run")]);
    }
    mistakes("```pythonic\n1\n```\n\n```c\n```\n\n```\nplain\n```\n", &[]);
}

#[test]
fn outputs_of_versions_come_after_the_snippets_own() {
    mistakes(
        "```python\nversion\n```\n```text output python=3.10\n```\n",
        &["4: `text output python=3.10` stands before the snippet's own output"],
    );
    mistakes("```python\nshow 1\n```\n```text output\n1\n```\n```text output\n2\n```\n", &["7: this snippet has a `text output` already"]);
}

#[test]
fn hidden_code_stands_in_a_setup_comment() {
    mistakes("<!-- setup\n```python\nkeep 1\n```\n-->\n", &[]);
    mistakes("<!-- setup\n-->\n", &["1: this setup comment holds no code"]);
    mistakes("<!-- setup fresh\n```python\n```\n-->\n", &["1: `<!-- setup` has words after it: `fresh`"]);
    mistakes("<!-- setup\n```python\n```\n", &["1: this setup comment is never closed"]);
    mistakes("<!-- setup\n```python\nkeep 1\n-->\n", &["2: this fence is never closed"]);
    mistakes("<!-- setup\n\n```python odd\n```\n-->\n", &["3: `odd` is not an option of `python`"]);
    mistakes("- <!-- setup\n  ```python\n  ```\n  -->\n", &["1: a setup comment stands inside a list or a quote"]);
    mistakes("<!-- a comment with ```python in it -->\n", &[]);
}

#[test]
fn code_in_a_footnote_does_not_run() {
    mistakes("a[^1]\n\n[^1]: note\n\n    ```python\n    show 1\n    ```\n", &["5: code in a footnote does not run"]);
}

#[test]
fn a_prompt_has_its_form() {
    mistakes("```pycon\n1 + 1\n```\n", &["2: a `pycon` fence starts with `>>>`"]);
    mistakes("```pycon\n>>>1\n```\n", &["2: this prompt has no space after it"]);
    mistakes("```pycon\n>>> 1\n```\n```text output\n1\n```\n", &["4: a `pycon` fence holds its outputs itself"]);
}
