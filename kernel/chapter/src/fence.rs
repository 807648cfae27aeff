//! Finds the fences of a page with comrak, the one Markdown parser here, set to read what mdBook reads.
//!
//! Invariant: a fence's body has one line of the file per line, whatever lists and quotes it stands in, so a
//! place in the body is a place in the file. Pages are read through this and never written through a
//! Markdown writer.

use crate::mistake::{Mistake, Problem};
use crate::page::{Page, bare};
use comrak::nodes::{AstNode, NodeCodeBlock, NodeValue};
use comrak::{Arena, Options, parse_document};

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The words after the opening marks.
    pub info: String,
    /// What stands inside, containers' marks removed, line ends as `\n`.
    pub body: String,
    /// The line of the opening marks.
    pub line: usize,
    /// The line of the closing marks.
    pub end_line: usize,
    /// The mark, `` ` `` or `~`.
    pub mark: char,
    /// How many of them.
    pub length: usize,
    /// What stands before each line inside: a quote's `> `, a list's indentation, the fence's own.
    pub prefix: String,
    /// Index of the fence that ends right before this one, with at most blank lines between.
    pub follows: Option<usize>,
    /// Whether it stands in a setup comment, which no reader sees.
    pub hidden: bool,
    /// Whether it stands at the left margin of the page, in no list and no quote.
    pub top_level: bool,
    /// The last line of the block at the left margin that it is in: a list's, a quote's, its own.
    pub block_end: usize,
    /// Whether it stands in a footnote.
    pub footnote: bool,
}

/// The fences of a page in the order of its lines, and what is wrong with them.
pub(crate) fn find(page: &Page) -> (Vec<Fence>, Vec<Mistake>) {
    let mut finder = Finder { page, fences: Vec::new(), mistakes: Vec::new() };
    finder.scan(&page.slice(1, page.len()), 0, false);
    (finder.fences, finder.mistakes)
}

struct Finder<'p> {
    page: &'p Page,
    fences: Vec<Fence>,
    mistakes: Vec<Mistake>,
}

impl Finder<'_> {
    /// Reads `text`, whose first line is line `offset + 1` of the page.
    fn scan(&mut self, text: &str, offset: usize, hidden: bool) {
        let arena = Arena::new();
        let root = parse_document(&arena, text, &options());
        let mut nodes: Vec<&AstNode> = root.descendants().collect();
        nodes.sort_by_key(|node| node.data().sourcepos.start.line);
        // A fence's index by its node, to see which fence a sibling is.
        let mut known: Vec<(&AstNode, usize)> = Vec::new();
        for node in nodes {
            match &node.data().value {
                NodeValue::CodeBlock(code) if code.fenced => {
                    let before = node.previous_sibling();
                    let follows = known.iter().rev().find(|(other, _)| before.is_some_and(|b| b.same_node(other))).map(|(_, index)| *index);
                    if self.fence(node, code, offset, hidden, follows) {
                        known.push((node, self.fences.len() - 1));
                    }
                }
                NodeValue::HtmlBlock(html) if !hidden => self.comment(node, &html.literal),
                _ => {}
            }
        }
    }

    /// Records one fence; tells whether it did.
    fn fence<'a>(&mut self, node: &'a AstNode<'a>, code: &NodeCodeBlock, offset: usize, hidden: bool, follows: Option<usize>) -> bool {
        let place = node.data().sourcepos;
        let line = place.start.line + offset;
        let mark = char::from(code.fence_char);
        if !code.closed {
            let marks = mark.to_string().repeat(code.fence_length);
            self.mistakes.push(Mistake { line, problem: Problem::UnclosedFence { marks } });
            return false;
        }
        let body = code.literal.replace("\r\n", "\n").replace('\r', "\n");
        let end_line = line + body.split_inclusive('\n').count() + 1;
        let prefix = prefix(bare(self.page.line(line)), bare(self.page.line(end_line)), mark);
        let parents = || node.ancestors().skip(1);
        let is_page = |node: &&AstNode| matches!(node.data().value, NodeValue::Document);
        let block_end = parents().take_while(|parent| !is_page(parent)).last().map(|block| block.data().sourcepos.end.line);
        self.fences.push(Fence {
            info: code.info.trim().to_owned(),
            body,
            line,
            end_line,
            mark,
            length: code.fence_length,
            prefix,
            follows,
            hidden,
            top_level: parents().all(|parent| matches!(parent.data().value, NodeValue::Document)),
            block_end: block_end.map_or(end_line, |end| (end + offset).max(end_line)),
            footnote: parents().any(|parent| matches!(parent.data().value, NodeValue::FootnoteDefinition(_))),
        });
        true
    }

    /// Looks into a comment that starts with `<!-- setup`.
    fn comment(&mut self, node: &AstNode, literal: &str) {
        let Some(inside) = literal.trim_start().strip_prefix("<!--") else { return };
        let first = bare(inside.split_inclusive('\n').next().unwrap_or(""));
        let mut words = first.split_ascii_whitespace();
        if words.next() != Some("setup") {
            return;
        }
        let line = node.data().sourcepos.start.line;
        let rest: Vec<&str> = words.collect();
        if !rest.is_empty() {
            self.mistakes.push(Mistake { line, problem: Problem::SetupWords { words: rest.join(" ") } });
            return;
        }
        if !node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::Document)) {
            self.mistakes.push(Mistake { line, problem: Problem::NestedSetup });
            return;
        }
        let Some((inside, _)) = literal.split_once("-->") else {
            self.mistakes.push(Mistake { line, problem: Problem::UnclosedSetup });
            return;
        };
        let before = self.fences.len() + self.mistakes.len();
        let last = line + inside.split('\n').count() - 1;
        // The first line is the comment's opening; what follows is Markdown of its own, at its own lines.
        self.scan(&self.page.slice(line + 1, last - 1), line, true);
        if self.fences.len() + self.mistakes.len() == before {
            self.mistakes.push(Mistake { line, problem: Problem::EmptySetup });
        }
    }
}

/// What a line needs before it to stand in the fence.
///
/// It is what stands before the opening marks, a list's bullet being as wide as the spaces that go on with it.
/// The closing marks may be indented otherwise; if they are not, they tell whether by tabs or spaces.
fn prefix(opening: &str, closing: &str, mark: char) -> String {
    let before = |line: &str| line.split(mark).next().unwrap_or("").to_owned();
    let opening: String = before(opening).chars().map(|c| if matches!(c, '>' | '\t') { c } else { ' ' }).collect();
    let closing = before(closing);
    if width(&closing) == width(&opening) { closing } else { opening }
}

/// How many columns a text takes, tabs going to the next multiple of four.
fn width(text: &str) -> usize {
    text.chars().fold(0, |width, c| if c == '\t' { width / 4 * 4 + 4 } else { width + 1 })
}

/// What mdBook's parser is set to, as far as it decides where a fence is.
fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.alerts = true;
    options.extension.description_lists = true;
    options.parse.leave_footnote_definitions = true;
    options
}
