//! This book: every page holds on our machine, every digit counts, and what is made of the pages is what they make.

mod common;

use chapter::{Chapter, Language, Tolerance};
use common::{Book, says};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn heapbook(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapbook"));
    command.current_dir(root()).args(arguments);
    command
}

fn chapters() -> Vec<Chapter> {
    let mut paths: Vec<PathBuf> = fs::read_dir(root().join("book")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("SUMMARY.md"));
    paths.sort();
    paths.iter().map(|path| Chapter::read(path).unwrap()).collect()
}

#[test]
fn every_page_holds_and_every_notebook_is_what_its_page_makes() {
    // Notebooks are made of the pages' runs, so this checks both; pages that do not hold make none.
    says(&mut heapbook(&["notebooks", "--check"]), 0, &[" 0 differed"]);
}

/// Changes the first digit of a text; none if it has none that counts.
fn other_digit(fence: &str) -> Option<String> {
    let line = fence.split_inclusive('\n').find(|line| line.contains(|c: char| c.is_ascii_digit()) && !line.starts_with(' '))?;
    let start = fence.find(line)?;
    let at = start + line.find(|c: char| c.is_ascii_digit())?;
    let digit = if &fence[at..=at] == "7" { "3" } else { "7" };
    Some(format!("{}{digit}{}", &fence[..at], &fence[at + 1..]))
}

#[test]
fn a_changed_digit_in_any_output_is_found_and_all_are_listed() {
    let mut pages = Vec::new();
    let mut places = Vec::new();
    for chapter in chapters() {
        let name = chapter.path.file_name().unwrap().to_string_lossy().into_owned();
        let mut lines: Vec<String> = (1..=chapter.page.len()).map(|number| chapter.page.line(number).to_owned()).collect();
        for snippet in chapter.snippets.iter().filter(|snippet| snippet.language == Language::Python) {
            for output in snippet.outputs.iter().filter(|output| !output.ellipsis) {
                let inside = output.fence.line..output.fence.end_line - 1;
                let Some(changed) = other_digit(&lines[inside.clone()].concat()) else { continue };
                let changed: Vec<String> = changed.split_inclusive('\n').map(str::to_owned).collect();
                lines.splice(inside, changed);
                places.push(format!("book/{name}:{}: ", snippet.code.line));
            }
        }
        pages.push((name, lines.concat()));
    }
    assert!(places.len() > 150, "the book has outputs with digits in them: {}", places.len());
    let pages: Vec<(&str, &str)> = pages.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let book = Book::new("digits", &pages);
    let output = book.command(&["check"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    for place in &places {
        assert!(text.contains(place.as_str()), "{place} is not told");
    }
    assert!(text.contains(&format!("{} failures", places.len())), "each is told once:\n{}", text.lines().last().unwrap_or(""));
    assert!(text.matches("  expected │ ").count() >= places.len(), "each with a diff");
}

#[test]
fn every_claim_is_shown_by_a_snippet_that_is_there() {
    let snippets = visible();
    let claims: toml::Table = fs::read_to_string(root().join("book/claims.toml")).unwrap().parse().unwrap();
    let articles = claims["article"].as_array().unwrap();
    assert_eq!(articles.len(), 5);
    let mut n = 0;
    for article in articles {
        for kind in ["claim", "snippet"] {
            for claim in article.get(kind).and_then(toml::Value::as_array).into_iter().flatten() {
                let says = claim.get("says").or(claim.get("does")).and_then(toml::Value::as_str).expect("a claim says something");
                let shown: Vec<&str> =
                    claim.get("shown").and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_str).collect();
                assert!(!shown.is_empty() || claim.get("why").is_some(), "nothing shows, and nothing explains: {says}");
                for place in shown {
                    assert!(snippets.contains_key(place), "{place} is no snippet; it should show: {says}");
                }
                n += 1;
            }
        }
    }
    assert!(n > 100, "the five articles say more than {n} things");
}

/// The snippets that a reader sees, by page and id.
fn visible() -> BTreeMap<String, String> {
    let mut visible = BTreeMap::new();
    for chapter in chapters() {
        let page = chapter.path.file_stem().unwrap().to_string_lossy().into_owned();
        for snippet in chapter.snippets.iter().filter(|snippet| !snippet.code.hidden && snippet.code.top_level) {
            if let Some(id) = &snippet.options.id {
                visible.insert(format!("{page}#{id}"), snippet.code.body.clone());
            }
        }
    }
    visible
}

/// The links of a line to snippets and headings of other pages, as `page#place`.
fn links(line: &str) -> impl Iterator<Item = String> {
    line.split("](").skip(1).filter_map(|rest| {
        let (page, place) = rest.split(')').next()?.split_once(".md#")?;
        (!page.contains('/')).then(|| format!("{page}#{place}"))
    })
}

#[test]
fn every_name_of_the_index_stands_in_the_snippet_it_leads_to() {
    let (snippets, index) = (visible(), fs::read_to_string(root().join("book/api.md")).unwrap());
    let mut n = 0;
    for line in index.lines().filter(|line| line.starts_with("| `")) {
        let name = line.trim_start_matches("| `").split('`').next().unwrap();
        for place in links(line) {
            let code = snippets.get(&place).unwrap_or_else(|| panic!("{place} is no snippet; it should show {name}"));
            // A magic is no name of a program, but a picture under one.
            assert!(name.starts_with('%') || code.contains(name), "{name} does not stand in {place}");
            n += 1;
        }
    }
    assert!(n > 100, "the index leads to more than {n} snippets");
}

#[test]
fn every_word_of_the_glossary_leads_to_a_place_that_is_there() {
    let (snippets, glossary) = (visible(), fs::read_to_string(root().join("book/glossary.md")).unwrap());
    let words: Vec<&str> = glossary.lines().filter(|line| line.starts_with("**") && !line.ends_with("**")).collect();
    assert!(words.len() > 40, "{} words", words.len());
    let mut sorted = words.clone();
    sorted.sort_by_key(|word| word.to_lowercase());
    assert_eq!(words, sorted, "words stand in order");
    for word in words {
        assert!(links(word).count() > 0, "nothing shows: {word}");
        // A heading's place is mdBook's to know.
        let is_heading = |place: &str| place.ends_with("#finalize");
        links(word).for_each(|place| assert!(snippets.contains_key(&place) || is_heading(&place), "{place} is no snippet: {word}"));
    }
}

/// What mdBook calls a heading's place.
fn anchor(heading: &str) -> String {
    let text = heading.trim().replace('`', "");
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-') || c.is_whitespace());
    kept.map(|c| if c.is_whitespace() { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut places: BTreeSet<String> = visible().into_keys().collect();
    let chapters = chapters();
    for chapter in &chapters {
        let page = chapter.path.file_stem().unwrap().to_string_lossy();
        let headings = chapter.text.lines().filter_map(|line| line.strip_prefix("## "));
        places.extend(headings.map(|heading| format!("{page}#{}", anchor(heading))));
    }
    for chapter in &chapters {
        let name = chapter.path.file_name().unwrap().to_string_lossy();
        for (number, line) in chapter.text.lines().enumerate() {
            links(line).for_each(|place| assert!(places.contains(&place), "{name}:{} leads to {place}", number + 1));
            let pages = line.split("](").skip(1).filter_map(|rest| rest.split(')').next()?.strip_suffix(".md"));
            for page in pages.filter(|page| !page.contains("://")) {
                assert!(root().join(format!("book/{page}.md")).is_file(), "{name}:{} leads to {page}", number + 1);
            }
        }
    }
}

#[test]
fn every_page_opens_with_its_question_and_leads_on() {
    for chapter in chapters() {
        let name = chapter.path.file_name().unwrap().to_string_lossy().into_owned();
        let question = chapter.text.lines().find(|line| !line.is_empty() && !line.starts_with("# ")).unwrap_or("");
        assert!(
            question.starts_with("**") && question.ends_with("?**") || ["about.md", "playground.md"].contains(&name.as_str()),
            "{name} opens with: {question}"
        );
        let numbered = name.starts_with(|c: char| c.is_ascii_digit());
        assert!(!numbered || chapter.text.contains("\n## Sources"), "{name} names no sources");
        assert!(!numbered || chapter.text.contains("\nNext: ["), "{name} leads nowhere");
        assert!(!numbered || chapter.text.contains("\n## Exercise"), "{name} has no exercise");
    }
}

/// The pages' Rust as an ordinary program on the heap crate: a function a session, a mark between cells.
#[test]
fn the_rust_twins_print_what_their_pages_say() {
    const MARK: &str = "---8<---";
    let mut program = String::from("#![allow(unused, reason = \"a page shows what it needs to show\")]\n");
    let mut calls = String::new();
    let mut crates = BTreeSet::from([format!("heap = {{ path = {:?} }}", root().join("kernel/heap"))]);
    let mut expected = Vec::new();
    let mut pages = BTreeSet::new();
    for chapter in chapters() {
        for plan in chapter.plan().iter().filter(|plan| plan.language == Language::Rust) {
            let name = format!("session_{}", expected.len());
            program += &format!("fn {name}() {{\n");
            for step in &plan.steps {
                let snippet = &chapter.snippets[step.snippet];
                let (commands, code): (Vec<&str>, Vec<&str>) = snippet.code.body.lines().partition(|line| line.starts_with(':'));
                crates.extend(commands.iter().filter_map(|command| command.strip_prefix(":dep ")).map(from_the_root));
                let code = code.join("\n");
                // A cell's last value is shown.
                let shown = if code.trim_end().ends_with([';', '}']) { "" } else { ".evcxr_display();" };
                program += &format!("{}{shown}\nprintln!({MARK:?});\n", code.trim_end());
                let place = format!("{}:{}", chapter.path.display(), snippet.code.line);
                let output = snippet.output(None);
                // What it prints, and the picture that is its value.
                let printed = output.map_or("", |output| output.fence.body.as_str());
                let drawn = snippet.heap.as_ref().map_or("", |heap| heap.fence.body.as_str());
                expected.push((place, format!("{printed}{drawn}"), output.is_some_and(|output| output.ellipsis)));
                pages.insert(chapter.path.clone());
            }
            program += "}\n";
            calls += &format!("    {name}();\n");
        }
    }
    assert!(pages.len() >= 12, "twins stand in twelve chapters at least, not in {}", pages.len());
    program += &format!("fn main() {{\n{calls}}}\n");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("twins");
    fs::create_dir_all(folder.join("src")).unwrap();
    let crates: Vec<String> = crates.into_iter().collect();
    let manifest = format!(
        "[package]\nname = \"twins\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n{}\n\
         [workspace]\n[profile.dev]\nopt-level = 1\ndebug = false\n",
        crates.join("\n")
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/main.rs"), program).unwrap();
    // What the heap's manifest takes from this workspace needs no lock, and other crates are those of this workspace.
    let mut cargo = Command::new(env!("CARGO"));
    let output = cargo.current_dir(&folder).args(["run", "--quiet", "--offline", "--target-dir", "target"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let printed: Vec<&str> = text.split(&format!("{MARK}\n")).collect();
    assert_eq!(printed.len(), expected.len() + 1);
    for (printed, (place, expected, ellipsis)) in printed.iter().zip(&expected) {
        let printed = plain_content(printed);
        assert!(
            chapter::align(expected, &printed, *ellipsis, Tolerance::default()).agrees(),
            "{place} prints\n{printed}and says\n{expected}"
        );
    }
}

/// What a cell's `:dep` says, from where the book is and not from beside the notebooks.
fn from_the_root(dependency: &str) -> String {
    dependency.replace("\"../", &format!("\"{}/", root().display()))
}

/// What is printed, of rich output (a block for each type) only the plain text.
fn plain_content(printed: &str) -> String {
    let mut plain = String::new();
    let mut rest = printed;
    while let Some((before, block)) = rest.split_once("EVCXR_BEGIN_CONTENT ") {
        plain += before;
        let (block, after) = block.split_once("EVCXR_END_CONTENT\n").expect("a block has an end");
        plain += block.strip_prefix("text/plain\n").unwrap_or("");
        rest = after;
    }
    plain + rest
}
