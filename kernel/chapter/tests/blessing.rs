//! Accepted outputs are spliced in, and every other byte stays.

mod common;

use common::{Echo, blessed, judge, own};

#[track_caller]
fn blesses(before: &str, after: &str) {
    assert_eq!(blessed(before, &own()), after);
    assert_eq!(blessed(after, &own()), after, "a blessed page changes no more");
}

#[test]
fn a_page_that_holds_stays_as_it_is() {
    for page in [
        "# Title\r\n\r\n```python\r\nshow 1\r\n```\r\n```text output\r\n1\r\n```",
        "*a*\t|b| \n\n```python\nprint ~80 ±10\n```\n\n\n```text output\n~80 ±10\n```\n",
    ] {
        blesses(page, page);
    }
}

#[test]
fn an_output_is_replaced_line_by_line() {
    blesses(
        "```python\nprint a\nprint b\nprint c\n```\n\n~~~text output\na\nx\nc\n~~~\nprose  \n",
        "```python\nprint a\nprint b\nprint c\n```\n\n~~~text output\na\nb\nc\n~~~\nprose  \n",
    );
}

#[test]
fn an_output_is_added_after_its_code() {
    blesses("```python\nshow 1\n```\nprose\n", "```python\nshow 1\n```\n```text output\n1\n```\nprose\n");
    blesses("```python\nshow 1\n```", "```python\nshow 1\n```\n```text output\n1\n```\n");
    blesses("~~~python\nshow 1\n~~~\n", "~~~python\nshow 1\n~~~\n~~~text output\n1\n~~~\n");
}

#[test]
fn an_output_that_is_no_longer_printed_goes() {
    blesses("```python\nkeep 1\n```\n\n```text output\nold\n```\n\nprose\n", "```python\nkeep 1\n```\n\nprose\n");
}

#[test]
fn line_ends_stay() {
    blesses(
        "a\r\n\r\n```python\r\nshow 1\r\n```\r\n```text output\r\n2\r\n```\r\nb\n",
        "a\r\n\r\n```python\r\nshow 1\r\n```\r\n```text output\r\n1\r\n```\r\nb\n",
    );
    blesses("```python\r\nprint a\\nb\r\n```\r\n", "```python\r\nprint a\\nb\r\n```\r\n```text output\r\na\r\nb\r\n```\r\n");
}

#[test]
fn lists_and_quotes_keep_their_marks() {
    blesses(
        "1. one\n\n   - ```python\n     print a\\n\\nb\n     ```\n     ```text output\n     old\n     ```\n2. two\n",
        "1. one\n\n   - ```python\n     print a\\n\\nb\n     ```\n     ```text output\n     a\n\n     b\n     ```\n2. two\n",
    );
    blesses(
        "> [!NOTE]\n> ```python\n> print a\\n\\nb\n> ```\n> more\n",
        "> [!NOTE]\n> ```python\n> print a\\n\\nb\n> ```\n> ```text output\n> a\n>\n> b\n> ```\n> more\n",
    );
    blesses("-\t```python\n\tshow 1\n\t```\n", "-\t```python\n\tshow 1\n\t```\n\t```text output\n\t1\n\t```\n");
}

#[test]
fn what_was_written_as_a_pattern_stays_one() {
    blesses(
        "```python\nprint head\nprint used 84 MB\nprint x\nprint y\nprint tail\n```\n```text output ellipsis\nheading\nused ~80 ±10 MB\n...\ntail\n```\n",
        "```python\nprint head\nprint used 84 MB\nprint x\nprint y\nprint tail\n```\n```text output ellipsis\nhead\nused ~80 ±10 MB\n...\ntail\n```\n",
    );
    blesses(
        "```python raises=ValueError\nprint a\nraise ValueError: no\n```\n```text output\nTraceback (most recent call last):\n  ...\nValueError: no\n```\n",
        "```python raises=ValueError\nprint a\nraise ValueError: no\n```\n```text output\na\nTraceback (most recent call last):\n  ...\nValueError: no\n```\n",
    );
}

#[test]
fn an_output_that_holds_a_fence_gets_longer_marks() {
    blesses("```python\nprint ```\n```\n", "```python\nprint ```\n```\n````text output\n```\n````\n");
    blesses("```python\nprint ```x\n```\n```text output\n1\n```\n", "```python\nprint ```x\n```\n````text output\n```x\n````\n");
}

#[test]
fn the_prompts_outputs_are_spliced_between() {
    blesses(
        "```pycon\n>>> show 1\n\n>>> print a\n... print b\nold\n\n>>> keep 1\nold\n```\n",
        "```pycon\n>>> show 1\n1\n\n>>> print a\n... print b\na\nb\n\n>>> keep 1\n```\n",
    );
}

#[test]
fn an_exception_nobody_announced_is_not_accepted() {
    let page = "```python\nraise ValueError: no\n```\n";
    blesses(page, page);
    let page = "```python raises=KeyError\nshow 1\n```\n";
    blesses(page, page);
}

#[test]
fn a_judge_leaves_alone_what_is_not_its_own() {
    for page in [
        "```python heapbook-only=model\nshow 1\n```\n```text output\n2\n```\n",
        "```python\naddress A\n```\n```text output\n<A at 0x700000001040>\n```\n",
        "```python\nkeep 1\n```\n```text heap\nold\n```\n",
    ] {
        assert_eq!(blessed(page, &judge()), page);
    }
}

#[test]
fn each_version_has_its_own_output() {
    let both = Echo { versions: vec!["3.14".parse().unwrap(), "3.10".parse().unwrap()], judge: false };
    let before = "```python\nversion\n```\n```text output\n1\n```\n```text output python=3.10\n2\n```\n";
    let after = "```python\nversion\n```\n```text output\n3.14\n```\n```text output python=3.10\n3.10\n```\n";
    assert_eq!(blessed(before, &both), after);
}

#[test]
fn a_page_with_a_mistake_is_left_alone() {
    let page = "```python\nshow 1\n```\n\n```python\n";
    blesses(page, page);
}

#[test]
fn a_hidden_snippets_output_is_hidden_too() {
    blesses("<!-- setup\n```python\nshow 1\n```\n-->\n", "<!-- setup\n```python\nshow 1\n```\n```text output\n1\n```\n-->\n");
}

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    let folder = std::env::temp_dir().join(format!("heapbook-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("page.md");
    std::fs::write(&file, "old").unwrap();
    chapter::replace(&file, "old", "new").unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
    assert!(chapter::replace(&file, "old", "newer").is_err(), "somebody else wrote meanwhile");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    assert_eq!(left.len(), 1, "no file is left beside it");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn any_page_that_is_blessed_holds_and_is_blessed_no_more() {
    let pieces = [
        "- ",
        "> ",
        "  ",
        "\t",
        "```python\n",
        "```\n",
        "~~~text output\n",
        "~~~\n",
        "text\n",
        "\n",
        "\r\n",
        "<!-- setup\n",
        "-->\n",
        "1. ",
        "<div>\n",
        "    ",
        "# h\n",
        "term\n: ",
        "show 1\n",
        "   ```python\n",
        "print a\\n\\nb\n",
        "> ```python\n> show 2\n> ```\n",
        "- ```python\n  show 1\n  ```\n",
        "```text output\n2\n```\n",
    ];
    let mut state = 1_u64;
    let mut next = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % n
    };
    for _ in 0..20_000 {
        let text: String = (0..3 + next(14)).map(|_| pieces[next(pieces.len())]).collect();
        let before = common::page(&text);
        if !before.mistakes.is_empty() {
            continue;
        }
        let once = blessed(&text, &own());
        let after = common::page(&once);
        let report = chapter::check(&after, &own());
        assert!(report.failures.is_empty() && after.snippets.len() == before.snippets.len(), "{text:?} became {once:?}");
        assert_eq!(blessed(&once, &own()), once, "{text:?}");
    }
}
