//! What a check finds, as sentences: the place, what differs, and the way out.

use crate::compare::{Alignment, Step};
use crate::info::{Only, Version};
use crate::mistake::Problem;
use std::fmt::Write as _;
use std::path::Path;

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The line in the page: of the code's fence, or of the mistake.
    pub line: usize,
    /// What does not hold.
    pub what: What,
}

/// What can be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The page cannot be understood.
    Mistake(Problem),
    /// The output is another one.
    Differs {
        /// The version asked about, where it is not the snippet's own.
        asked: Option<Version>,
        /// The line of the output's fence.
        output_line: usize,
        /// Both, line by line.
        alignment: Alignment,
    },
    /// The heap is another one.
    HeapDiffers {
        /// The line of the heap's fence.
        heap_line: usize,
        /// Both, line by line.
        alignment: Alignment,
    },
    /// The page shows a heap that the engine cannot show.
    NoHeap {
        /// The line of the heap's fence.
        heap_line: usize,
    },
    /// Something was printed and the page shows nothing.
    NoOutput {
        /// What was printed.
        printed: String,
    },
    /// An exception was announced and did not come.
    RaisedNothing {
        /// The one announced.
        wanted: String,
    },
    /// An exception came that was not announced.
    Raised {
        /// The one announced, if any.
        wanted: Option<String>,
        /// The one that came.
        ename: String,
        /// Its text.
        evalue: String,
    },
    /// A mark says that CPython prints something else, and it does not.
    MarkNotNeeded {
        /// The mark.
        only: Only,
    },
    /// The engine could not go on.
    Lost {
        /// Why, and what to do.
        why: String,
    },
    /// No session could be opened.
    NoSession {
        /// Why, and what to do.
        why: String,
    },
    /// The snippet comes after one that lost the session.
    NotRun {
        /// That one's line.
        lost_at: usize,
    },
}

impl Failure {
    /// Whether this is an exception that the page does not announce, which `bless` must not accept.
    pub fn is_unexpected_exception(&self) -> bool {
        matches!(self.what, What::Raised { .. } | What::RaisedNothing { .. })
    }

    /// Whether writing what was printed into the page makes it hold.
    pub fn is_cured_by_bless(&self) -> bool {
        matches!(self.what, What::Differs { .. } | What::HeapDiffers { .. } | What::NoOutput { .. })
    }

    /// What does not hold, in a line.
    pub fn title(&self) -> String {
        match &self.what {
            What::Mistake(problem) => problem.to_string(),
            What::Differs { asked: None, .. } => "this cell printed something else".into(),
            What::Differs { asked: Some(version), .. } => format!("under Python {version} this cell printed something else"),
            What::HeapDiffers { .. } => "the heap after this cell is another one".into(),
            What::NoHeap { .. } => "the heap after this cell cannot be shown".into(),
            What::NoOutput { .. } => "this cell printed something and the page shows no output".into(),
            What::RaisedNothing { wanted } => format!("this cell raised nothing, its fence says `raises={wanted}`"),
            What::Raised { wanted: Some(wanted), ename, .. } => format!("this cell raised {ename}, its fence says `raises={wanted}`"),
            What::Raised { wanted: None, ename, .. } => format!("this cell raised {ename}"),
            What::MarkNotNeeded { only } => format!("`heapbook-only={}` is not needed: the judge prints the same", only.word()),
            What::Lost { .. } => "the session was lost".into(),
            What::NoSession { .. } => "this could not be run".into(),
            What::NotRun { lost_at } => format!("not run: the session was lost at line {lost_at}"),
        }
    }

    /// What the page says and what was printed, side by side as lines; empty where there is nothing to show.
    pub fn detail(&self) -> String {
        match &self.what {
            What::Differs { alignment, .. } | What::HeapDiffers { alignment, .. } => diff(alignment),
            What::NoOutput { printed } => printed.lines().take(MOST_LINES).fold(String::new(), |mut text, line| {
                let _ = writeln!(text, "  printed  │ {line}");
                text
            }),
            What::Raised { ename, evalue, .. } => format!("  {ename}: {evalue}\n"),
            What::Lost { why } | What::NoSession { why } => why.lines().fold(String::new(), |mut text, line| {
                let _ = writeln!(text, "  {line}");
                text
            }),
            _ => String::new(),
        }
    }

    /// What to do about it; empty where the title says it all.
    pub fn way_out(&self, path: &Path) -> String {
        let bless = format!("`heapbook bless {}`", path.display());
        match &self.what {
            What::Mistake(problem) => problem.way_out(),
            What::Differs { output_line, .. } => {
                format!("the output is at line {output_line}; if CPython agrees with the new one, {bless}")
            }
            What::HeapDiffers { heap_line, .. } => format!("the heap is at line {heap_line}; if the new one is right, {bless}"),
            What::NoHeap { heap_line } => format!("nothing checks the `text heap` fence at line {heap_line}; call it `text`"),
            What::NoOutput { .. } => format!("add a `text output` fence after it, or let {bless} do so"),
            What::RaisedNothing { .. } => "remove the word, or look why the code no longer raises".into(),
            What::Raised { wanted: Some(_), ename, .. } => format!("if that is right, write `raises={ename}`"),
            What::Raised { wanted: None, ename, .. } => format!("if it should, write `python raises={ename}`"),
            What::MarkNotNeeded { .. } => "remove the mark".into(),
            What::Lost { .. } | What::NoSession { .. } | What::NotRun { .. } => String::new(),
        }
    }

    /// The whole failure as text, as a terminal shows it.
    pub fn to_text(&self, path: &Path) -> String {
        let mut text = format!("{}:{}: {}\n", path.display(), self.line, self.title());
        text += &self.detail();
        let way_out = self.way_out(path);
        if !way_out.is_empty() {
            let _ = writeln!(text, "  {way_out}");
        }
        text
    }
}

/// More lines than this are not shown of one output.
const MOST_LINES: usize = 60;
/// So many lines that agree are shown around those that do not.
const CONTEXT: usize = 2;

/// The lines that differ, with a few around them.
fn diff(alignment: &Alignment) -> String {
    let differs = |step: &Step| matches!(step, Step::Missing(_) | Step::Extra(_));
    let near: Vec<bool> = (0..alignment.steps.len())
        .map(|at| alignment.steps[at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(alignment.steps.len())].iter().any(differs))
        .collect();
    let mut text = String::new();
    let mut shown = 0;
    let mut skipping = false;
    for (step, near) in alignment.steps.iter().zip(near) {
        if !near {
            if !skipping {
                text += "           ┆\n";
            }
            skipping = true;
            continue;
        }
        skipping = false;
        let (label, line) = match step {
            Step::Same(i, _) | Step::Any(i, _) => ("        ", &alignment.expected[*i]),
            Step::Missing(i) => ("expected", &alignment.expected[*i]),
            Step::Extra(j) => ("printed ", &alignment.printed[*j]),
        };
        let _ = writeln!(text, "  {label} │ {}", visible(line));
        shown += 1;
        if shown == MOST_LINES {
            text += "           ┆ and more\n";
            break;
        }
    }
    text
}

/// A line whose spaces at the end can be seen.
fn visible(line: &str) -> String {
    let kept = line.trim_end_matches(' ');
    format!("{kept}{}", "·".repeat(line.len() - kept.len()))
}
