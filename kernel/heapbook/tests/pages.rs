//! The drawn pages: each link leads somewhere, the HTML is valid, and everybody can read them: in each of mdBook's themes, wide and on a phone.

mod common;

use common::jupyter::made;
use common::tools::{chromium, node_modules, passes, program};
use mdbook_driver::MDBook;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const PACKAGE: &str = include_str!("pages/package.json");
const LOCK: &str = include_str!("pages/package-lock.json");

/// The pages of this project, drawn without the machine behind their Run buttons.
fn pages() -> &'static Path {
    static DRAWN: OnceLock<PathBuf> = OnceLock::new();
    DRAWN.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let mut book = MDBook::load(root).unwrap();
        let command = format!("{} preprocess", env!("CARGO_BIN_EXE_heapbook"));
        book.config.set("preprocessor.heapbook.command", command).unwrap();
        book.config.build.build_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("drawn");
        let book = MDBook::load_with_config(&book.root, book.config.clone()).unwrap();
        book.build().unwrap();
        book.build_dir_for("html")
    })
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(pages()).unwrap().map(|entry| entry.unwrap().path()).collect();
    // The page for what is not found is mdBook's alone, and knows its place only on a server.
    files.retain(|file| file.extension().is_some_and(|extension| extension == "html") && !file.ends_with("404.html"));
    files.sort();
    files
}

/// The values of an attribute in a page.
fn values<'a>(page: &'a str, attribute: &'a str) -> impl Iterator<Item = &'a str> {
    let begins = format!(" {attribute}=\"");
    page.match_indices(&begins)
        .map(|(at, _)| at + begins.len())
        .collect::<Vec<_>>()
        .into_iter()
        .filter_map(|at| page[at..].split('"').next())
}

#[test]
fn every_link_of_every_page_leads_to_a_place_that_is_there() {
    let texts: BTreeMap<String, String> =
        files().iter().map(|file| (file.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(file).unwrap())).collect();
    assert!(texts.len() >= 36, "{} pages", texts.len());
    let mut led = 0;
    for (name, text) in &texts {
        let ids: Vec<&str> = values(text, "id").collect();
        let all: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), all.len(), "{name}: an id is there twice");
        for link in values(text, "href").chain(values(text, "src")) {
            let link = link.replace("&amp;", "&");
            if link.contains("://") || link.starts_with("data:") {
                assert!(link.starts_with("https://") || link.starts_with("data:"), "{name}: {link}");
                continue;
            }
            let (page, place) = link.split_once('#').unwrap_or((&link, ""));
            let page = if page.is_empty() { name } else { page };
            assert!(pages().join(page).is_file(), "{name} leads to {link}");
            if let Some(there) = texts.get(page).filter(|_| !place.is_empty()) {
                assert!(values(there, "id").any(|id| id == place), "{name} leads to {link}, which has no such place");
            }
            led += 1;
        }
    }
    assert!(led > 2500, "{led} links");
}

#[test]
fn every_page_is_valid_html() {
    let Some(node) = program(&["node"], "apt-get install nodejs") else { return };
    let Some(modules) = node_modules("pages", PACKAGE, LOCK) else { return };
    let mut node = Command::new(node);
    node.arg(script("html.mjs")).arg(modules).args(files());
    passes(node);
}

#[test]
fn every_page_can_be_read_by_everybody_in_every_theme_and_on_a_phone() {
    let Some(chromium) = chromium() else { return };
    let Some(environment) = made("browser", include_str!("requirements-browser.txt")) else { return };
    let Some(modules) = node_modules("pages", PACKAGE, LOCK) else { return };
    let mut python = Command::new(environment.join("bin/python"));
    python.arg(script("axe.py")).arg(chromium).arg(modules.join("axe-core/axe.min.js")).args(files());
    passes(python);
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(name)
}
