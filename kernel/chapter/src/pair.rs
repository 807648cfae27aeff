//! Pairs code with the outputs that follow it: fences in, snippets out.
//!
//! A snippet is what a reader sees as one thing: code, what it prints, and what it leaves on the heap. Its
//! outputs stand right after it, with nothing but blank lines between, so that no checker and no reader
//! can take an output for another snippet's.

use crate::fence::Fence;
use crate::info::{self, Info, Language, Options, Version};
use crate::mistake::{Mistake, Problem};
use crate::prompt::{self, Prompt};
use picture::Request;

/// Code with its outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The fence with the code.
    pub code: Fence,
    /// What it is written in.
    pub language: Language,
    /// The options on the fence.
    pub options: Options,
    /// What it prints: its own version first, then others.
    pub outputs: Vec<OutputFence>,
    /// The picture after it.
    pub heap: Option<HeapFence>,
    /// The statements of a `pycon` fence with what each prints.
    pub prompts: Vec<Prompt>,
}

/// A `text output` fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFence {
    /// The fence.
    pub fence: Fence,
    /// The version that prints this; none where it is the snippet's own.
    pub version: Option<Version>,
    /// Whether a line of `...` stands for any lines.
    pub ellipsis: bool,
}

/// A `text heap` fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeapFence {
    /// The fence.
    pub fence: Fence,
    /// The picture that it asks for.
    pub request: Request,
}

impl Snippet {
    /// The output fence for a version; the snippet's own for none.
    pub fn output(&self, version: Option<Version>) -> Option<&OutputFence> {
        self.outputs.iter().find(|output| output.version == version)
    }

    /// The last line of the snippet, outputs included.
    pub fn end_line(&self) -> usize {
        let outputs = self.outputs.iter().map(|output| output.fence.end_line);
        outputs.chain(self.heap.iter().map(|heap| heap.fence.end_line)).chain([self.code.end_line]).max().unwrap_or(0)
    }
}

/// Pairs fences. `fences` is in the order of the page.
pub(crate) fn pair(fences: Vec<Fence>, mistakes: &mut Vec<Mistake>) -> Vec<Snippet> {
    let mut snippets: Vec<Snippet> = Vec::new();
    // Which snippet each fence went to; a fence that is no part of one has none.
    let mut owner: Vec<Option<usize>> = Vec::with_capacity(fences.len());
    for fence in fences {
        let line = fence.line;
        let (info, problems) = info::parse(&fence.info);
        mistakes.extend(problems.into_iter().map(|problem| Mistake { line, problem }));
        let before = fence.follows.and_then(|index| owner[index]);
        let owned = match info {
            Info::Code(language, options) => code(fence, language, *options, &mut snippets, mistakes),
            Info::Output(options) => {
                let output = OutputFence { fence, version: options.python, ellipsis: options.ellipsis };
                self::output(output, before, &mut snippets, mistakes)
            }
            Info::Heap(request) => heap(HeapFence { fence, request }, before, &mut snippets, mistakes),
            Info::Other => None,
        };
        owner.push(owned);
    }
    taken_ids(&snippets, mistakes);
    snippets
}

fn code(fence: Fence, language: Language, options: Options, snippets: &mut Vec<Snippet>, mistakes: &mut Vec<Mistake>) -> Option<usize> {
    if options.ignore {
        return None;
    }
    if fence.footnote {
        mistakes.push(Mistake { line: fence.line, problem: Problem::CodeInFootnote });
        return None;
    }
    let prompts = match language {
        Language::Pycon => prompt::split(&fence.body, fence.line, mistakes),
        _ => Vec::new(),
    };
    snippets.push(Snippet { code: fence, language, options, outputs: Vec::new(), heap: None, prompts });
    Some(snippets.len() - 1)
}

fn output(output: OutputFence, before: Option<usize>, snippets: &mut [Snippet], mistakes: &mut Vec<Mistake>) -> Option<usize> {
    let line = output.fence.line;
    let mut mistake = |problem| mistakes.push(Mistake { line, problem });
    let Some(index) = before else {
        mistake(Problem::OutputWithoutCode { what: "text output" });
        return None;
    };
    let snippet = &mut snippets[index];
    if snippet.language == Language::Pycon {
        mistake(Problem::OutputAfterPycon);
    } else if snippet.output(output.version).is_some() {
        mistake(Problem::SecondOutput { what: output.fence.info.clone() });
    } else if let Some(version) = output.version
        && snippet.outputs.is_empty()
    {
        mistake(Problem::VersionFirst { version: version.to_string() });
    } else {
        snippet.outputs.push(output);
    }
    Some(index)
}

fn heap(heap: HeapFence, before: Option<usize>, snippets: &mut [Snippet], mistakes: &mut Vec<Mistake>) -> Option<usize> {
    let line = heap.fence.line;
    let Some(index) = before else {
        mistakes.push(Mistake { line, problem: Problem::OutputWithoutCode { what: "text heap" } });
        return None;
    };
    match snippets[index].heap {
        Some(_) => mistakes.push(Mistake { line, problem: Problem::SecondOutput { what: "text heap".into() } }),
        None => snippets[index].heap = Some(heap),
    }
    Some(index)
}

fn taken_ids(snippets: &[Snippet], mistakes: &mut Vec<Mistake>) {
    for (index, snippet) in snippets.iter().enumerate() {
        let Some(id) = &snippet.options.id else { continue };
        let first = snippets[..index].iter().find(|other| other.options.id.as_ref() == Some(id));
        if let Some(first) = first {
            let problem = Problem::TakenId { id: id.clone(), first: first.code.line };
            mistakes.push(Mistake { line: snippet.code.line, problem });
        }
    }
}
