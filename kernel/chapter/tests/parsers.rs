//! The checker and mdBook read Markdown with two parsers; both must see the same fences.

mod common;

use common::page;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use std::path::Path;

/// First line, last line, words, of every fence that mdBook's parser sees.
fn mdbook_sees(text: &str) -> Vec<(usize, usize, String)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM;
    let line_of = |offset: usize| text[..offset].replace("\r\n", "\n").matches(['\n', '\r']).count() + 1;
    let mut fences = Vec::new();
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        if let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event {
            let end = text[range.clone()].trim_end_matches(['\r', '\n']).len() + range.start;
            fences.push((line_of(range.start), line_of(end), info.trim().to_owned()));
        }
    }
    fences
}

fn checker_sees(text: &str) -> Vec<(usize, usize, String)> {
    let (fences, _) = chapter::fences(text);
    fences.into_iter().filter(|fence| !fence.hidden).map(|fence| (fence.line, fence.end_line, fence.info)).collect()
}

#[test]
fn both_parsers_see_the_same_fences() {
    let pages = [
        "```python\na\n```\n",
        "```python\r\na\r\n```\r\ntext\r\n~~~text output\r\n~~~\r\n",
        "- a\n\n  ```python\n  a\n\n  b\n  ```\n  ```text output\n  1\n  ```\n- b\n\n\t```c\n\tx\n\t```\n",
        "> ```python\n> a\n> ```\n>\n> - ~~~~text\n>   ```\n>   ~~~~\n",
        "> [!NOTE]\n> ```python id=x raises=Y\n> a\n> ```\n",
        "    ```python\n    indented code\n    ```\n",
        "   ```python\n   a\n  ```\n",
        "````text\n```python\n```\n````\n",
        "<!-- setup\n```python\nhidden\n```\n-->\n\n```python\nshown\n```\n",
        "<div>\n```python\nin html\n```\n</div>\n\n```python\nout\n```\n",
        "<div>\n\n```python\nbetween\n```\n\n</div>\n",
        "| a |\n| - |\n| b |\n```python\nafter a table\n```\n",
        "term\n: ```python\n  in a definition\n  ```\n",
        "a[^1]\n\n[^1]: note\n\n    ```python\n    x\n    ```\n\nb\n\n```text\nafter\n```\n",
        "# Title {#id}\n```python\nx\n```\nSetext\n======\n```python\ny\n```\n",
        "1. a\n```python\nnot in the list\n```\n2) b\n   ```python\n   in it\n   ```\n",
        "text ```python not a fence``` text\n\n``` python  fresh\t norun \nx\n```\n",
        "```python\nx\n````\n\n~~~ text output ` \n~~~\n",
        "---\ntitle: x\n---\n\n```python\nx\n```\n",
    ];
    for text in pages {
        assert_eq!(checker_sees(text), mdbook_sees(text), "{text}");
    }
}

#[test]
fn both_parsers_see_the_same_fences_in_the_book() {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book");
    for entry in std::fs::read_dir(&book).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(checker_sees(&text), mdbook_sees(&text), "{}", path.display());
        }
    }
}

#[test]
fn a_fences_body_is_as_long_as_its_lines() {
    let chapter = page("> 1. ```python\n>    a\n>\n>    b\n>    ```\n");
    let code = &chapter.snippets[0].code;
    assert_eq!((code.body.as_str(), code.line, code.end_line, code.prefix.as_str()), ("a\n\nb\n", 1, 5, ">    "));
}
