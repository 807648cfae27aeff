//! The page of claims: what articles on the subject say, and the snippets that show it true or false.
//!
//! A page asks for it by a line of its own, `<!-- claims -->`; the list is made of `claims.toml` beside the pages when
//! the book is drawn, so that it can name no snippet that is not there.

use anyhow::{Context as _, Result};
use chapter::Chapter;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Where the list goes.
const PLACE: &str = "<!-- claims -->";

#[derive(Deserialize)]
struct Claims {
    article: Vec<Article>,
}

/// What one article says.
#[derive(Deserialize)]
struct Article {
    title: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    claim: Vec<Claim>,
    #[serde(default)]
    snippet: Vec<Claim>,
}

/// A statement (`says`) or a program (`does`).
#[derive(Deserialize)]
struct Claim {
    #[serde(alias = "does")]
    says: String,
    holds: String,
    #[serde(default)]
    shown: Vec<String>,
    #[serde(default)]
    why: String,
}

/// A page's text with the list in its place. Pages that do not ask for it stay as they are.
pub(crate) fn fill(text: String, pages: &Path) -> Result<String> {
    if !text.lines().any(|line| line == PLACE) {
        return Ok(text);
    }
    let file = pages.join("claims.toml");
    let claims = fs::read_to_string(&file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    let claims: Claims = toml::from_str(&claims).with_context(|| format!("`{}` is not as it should be", file.display()))?;
    let mut names = Names { pages, known: HashMap::new() };
    let mut list = String::new();
    for article in &claims.article {
        let _ = write!(list, "## {}\n\n{}.\n\n", article.title, article.note.trim_end_matches('.'));
        for claim in article.claim.iter().chain(&article.snippet) {
            list += &entry(claim, &mut names)?;
        }
    }
    Ok(text.replace(PLACE, &list))
}

/// A claim as a block of its own, colored by whether it holds.
fn entry(claim: &Claim, names: &mut Names<'_>) -> Result<String> {
    let verdict = match claim.holds.as_str() {
        "yes" => "yes",
        "no" => "no",
        _ => "partly",
    };
    // Of snippets under one heading the first leads to all.
    let mut links: Vec<(String, String)> = Vec::new();
    for place in &claim.shown {
        let (page, id) = place.split_once('#').with_context(|| format!("`{place}` is not `page#id`"))?;
        let name = names.of(page, id)?;
        if links.iter().all(|(known, _)| *known != name) {
            links.push((name, format!("{page}.md#{id}")));
        }
    }
    let mut text = format!("<div class=\"heapbook-claim heapbook-claim-{verdict}\">\n\n**{}** {}\n\n", capital(&claim.holds), claim.says);
    if !claim.why.is_empty() {
        let _ = write!(text, "{}\n\n", claim.why);
    }
    if !links.is_empty() {
        let links: Vec<String> = links.iter().map(|(name, place)| format!("[{name}]({place})")).collect();
        let _ = write!(text, "Shown in {}\n\n", links.join(" · "));
    }
    Ok(text + "</div>\n\n")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

/// What to call snippets: their page's title, and the heading they stand under.
struct Names<'p> {
    pages: &'p Path,
    known: HashMap<String, Chapter>,
}

impl Names<'_> {
    fn of(&mut self, page: &str, id: &str) -> Result<String> {
        if !self.known.contains_key(page) {
            let file = self.pages.join(page).with_extension("md");
            let chapter = Chapter::read(&file).with_context(|| format!("`{}` cannot be read", file.display()))?;
            self.known.insert(page.to_owned(), chapter);
        }
        let chapter = &self.known[page];
        let snippet = chapter.snippets.iter().find(|snippet| snippet.options.id.as_deref() == Some(id));
        let line = snippet.with_context(|| format!("`{page}#{id}` is no snippet"))?.code.line;
        let in_code = |number: usize| {
            let fences = chapter.snippets.iter().map(|snippet| snippet.code.line..=snippet.end_line());
            fences.into_iter().any(|fence| fence.contains(&number))
        };
        let heading = |number: usize| {
            let text = chapter.page.line(number).trim_end();
            text.strip_prefix("# ").or(text.strip_prefix("## ")).filter(|_| !in_code(number)).map(str::to_owned)
        };
        let title = (1..line).find_map(heading).unwrap_or_else(|| page.to_owned());
        let section = (1..line).rev().find_map(heading).filter(|section| *section != title);
        Ok(section.map_or(title.clone(), |section| format!("{title}: {section}")))
    }
}
