//! What becomes of a page in the book and as a notebook.

mod common;

use chapter::{Language, check, notebook, weave};
use common::{own, page};

#[test]
fn a_snippet_and_its_outputs_are_one_frame() {
    let text = "# T\n\n```python id=x raises=E session=b\nraise E: 1\n```\n\n```text output\nE: 1\n```\n\nprose\n";
    let expected = "# T\n\n<div class=\"heapbook-cell\" id=\"x\" data-session=\"b\">\n\n```python\nraise E: 1\n```\n\n\n\
                    <div class=\"heapbook-output heapbook-raised\">\n\n<p class=\"heapbook-checked\" title=\"The heap of this book prints this, and so does CPython; \
                    it is run at every change.\">checked</p>\n\n```text output\nE: 1\n```\n\n</div>\n\n</div>\n\n\nprose\n";
    assert_eq!(weave(&page(text), None), expected);
}

#[test]
fn what_versions_print_stands_side_by_side() {
    let drawn = weave(&page("```python\nshow 1\n```\n```text output\n1\n```\n```text output python=3.10\n2\n```\n"), None);
    assert!(drawn.starts_with("<div class=\"heapbook-cell heapbook-versions\">"), "{drawn}");
    let captions: Vec<&str> = drawn.lines().filter(|line| line.contains("heapbook-caption")).collect();
    assert_eq!(captions, ["3.14", "3.10"].map(|version| format!("<p class=\"heapbook-caption\">Python {version} prints</p>")));
}

#[test]
fn prose_lists_and_hidden_code_stay() {
    let text = "a <b> | c\n\n- ```python\n  show 1\n  ```\n\n<!-- setup\n```python\n```\n-->\n\n```text\nx\n```\n";
    assert_eq!(weave(&page(text), None), text);
}

#[test]
fn findings_are_shown_where_they_are() {
    let text = "```python\nprint <b>\n```\n```text output\n<i>\n```\n\n- ```python\n  show 1\n  ```\n";
    let chapter = page(text);
    let drawn = weave(&chapter, Some(&check(&chapter, &own())));
    let first = drawn.find("page.md:8: this cell printed something and the page shows no output").unwrap();
    let second = drawn.find("page.md:1: this cell printed something else").unwrap();
    assert!(first < drawn.find("```python").unwrap(), "what is in a list is told at the top");
    assert!(second > drawn.find("<i>").unwrap(), "what is in a cell is told below it");
    assert!(drawn.contains("<pre>  expected │ &lt;i&gt;&#10;  printed  │ &lt;b&gt;</pre>"));
}

#[test]
fn a_notebook_has_the_pages_own_session() {
    let text = "# T\n\n<!-- setup\n```python\nkeep 1\n```\n-->\n\nsee [that](02-b.md#c), [web](https://x.org/a.md)\n\n```python id=x\nprint a\nkept\n```\n\
                ```text output\na\n1\n```\n\n```python session=b\nshow 2\n```\n```text output\n2\n```\n";
    let chapter = page(text);
    let report = check(&chapter, &own());
    assert!(report.failures.is_empty());
    let made = notebook(&chapter, &report.runs, Language::Python).unwrap();
    assert_eq!(made, notebook(&chapter, &report.runs, Language::Python).unwrap());
    let value: serde_json::Value = serde_json::from_str(&made).unwrap();
    let cells = value["cells"].as_array().unwrap();
    let ids: Vec<&str> = cells.iter().map(|cell| cell["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["text-1", "code-1", "text-2", "x", "text-3"]);
    assert_eq!(cells[2]["source"].to_string(), r#"["see [that](02-b.ipynb#c), [web](https://x.org/a.md)"]"#);
    assert_eq!(cells[3]["outputs"][0]["text"].to_string(), r#"["a\n"]"#);
    assert_eq!(cells[3]["outputs"][1]["data"]["text/plain"].to_string(), r#"["1"]"#);
    assert!(cells[4]["source"].to_string().contains("session=b"));
}

#[test]
fn a_page_without_code_makes_no_notebook() {
    assert_eq!(notebook(&page("# T\n\n```python session=b\n```\n"), &[], Language::Python), None);
}

#[test]
fn a_rust_notebook_has_the_pages_rust() {
    let text = "# T\n\n```python\nshow 1\n```\n```text output\n1\n```\n\n<details>\n<summary>More</summary>\n\n```rust id=x\nprintln!(\"1\");\n```\n```text output\n1\n```\n\n</details>\n";
    let made = notebook(&page(text), &[], Language::Rust).unwrap();
    let value: serde_json::Value = serde_json::from_str(&made).unwrap();
    let cells = value["cells"].as_array().unwrap();
    assert_eq!(value["metadata"]["kernelspec"]["name"], "rust");
    assert!(cells[0]["source"].to_string().ends_with(r#""\n","**More**"]"#) && !made.contains("details"), "{made}");
    assert!(cells[1]["source"].to_string().contains(":dep heap"));
    assert_eq!((cells[2]["id"].as_str(), cells[2]["outputs"][0]["text"].to_string()), (Some("x"), r#"["1\n"]"#.to_owned()));
    assert_eq!(cells.len(), 3);
}
