//! Runs a page on an engine and holds what it prints against what the page says.
//!
//! All that differs is listed, not the first thing alone. Nothing is written here; `bless` takes the runs
//! this returns.

use crate::chapter::Chapter;
use crate::compare::{self, Alignment};
use crate::engine::{self, Cell, Engine, Mode, Output, Session, Tolerance, Trouble};
use crate::failure::{Failure, What};
use crate::info::{Language, Version};
use crate::pair::Snippet;
use crate::plan::{Expect, Plan, PlanStep};
use std::time::{Duration, Instant};

/// What came of running a page.
#[derive(Debug, Clone)]
pub struct Report {
    /// All that differs, in the order of the page.
    pub failures: Vec<Failure>,
    /// What each snippet printed, by session.
    pub runs: Vec<Run>,
    /// How many snippets were run and compared.
    pub compared: usize,
    /// Snippets of a language that was not asked for.
    pub rust_left: usize,
    /// How many of those that were run are Rust, and how long they took: a compiler's time, told apart from Python's.
    pub rust: (usize, Duration),
    /// Snippets and outputs of versions that this judge does not speak.
    pub unjudged: usize,
}

/// What a snippet printed in a session.
#[derive(Debug, Clone)]
pub struct Run {
    /// Index of the snippet in its page.
    pub snippet: usize,
    /// What it was held against.
    pub expect: Expect,
    /// The outputs: of the cell, or of each statement of a `pycon` fence.
    pub cells: Vec<Vec<Output>>,
    /// The heap after it, where the page shows it and the engine can tell.
    pub heap: Option<String>,
    /// Whether `bless` may take this for the page's output.
    pub acceptable: bool,
}

/// Checks a page. Only the page's mistakes are told if it has any: its snippets may not be what they seem.
pub fn check(chapter: &Chapter, engine: &dyn Engine) -> Report {
    let mut report = Report { failures: Vec::new(), runs: Vec::new(), compared: 0, rust_left: 0, rust: (0, Duration::ZERO), unjudged: 0 };
    if !chapter.mistakes.is_empty() {
        let mistakes = chapter.mistakes.iter().map(|mistake| Failure { line: mistake.line, what: What::Mistake(mistake.problem.clone()) });
        report.failures.extend(mistakes);
        return report;
    }
    for plan in chapter.plan() {
        let (start, before) = (Instant::now(), report.compared);
        check_session(chapter, &plan, engine, &mut report);
        if plan.language == Language::Rust {
            report.rust = (report.rust.0 + report.compared - before, report.rust.1 + start.elapsed());
        }
    }
    report.failures.sort_by_key(|failure| failure.line);
    report
}

fn check_session(chapter: &Chapter, plan: &Plan, engine: &dyn Engine, report: &mut Report) {
    let asked = || plan.steps.iter().filter(|step| step.expect != Expect::Nothing);
    let Some(first) = asked().next() else { return };
    let line_of = |step: &PlanStep| chapter.snippets[step.snippet].code.line;
    let no_session = |why| Failure { line: line_of(first), what: What::NoSession { why } };
    let mut session = match engine.open(plan.language, plan.version) {
        Ok(Some(session)) => session,
        Ok(None) if plan.language == Language::Rust => return report.rust_left += asked().count(),
        Ok(None) if engine.judges() && plan.version != Version::DEFAULT => return report.unjudged += asked().count(),
        Ok(None) => return report.failures.push(no_session(format!("{} does not speak Python {}", engine.name(), plan.version))),
        Err(Trouble(why)) => return report.failures.push(no_session(why)),
    };
    let mut counts = Counts::default();
    for (done, step) in plan.steps.iter().enumerate() {
        let snippet = &chapter.snippets[step.snippet];
        match run(session.as_mut(), snippet, &mut counts) {
            Ok(ran) => judge(snippet, *step, plan, ran, engine, report),
            Err(Trouble(why)) => {
                let lost_at = snippet.code.line;
                report.failures.push(Failure { line: lost_at, what: What::Lost { why } });
                let rest = plan.steps[done + 1..].iter().filter(|step| step.expect != Expect::Nothing);
                report.failures.extend(rest.map(|step| Failure { line: line_of(step), what: What::NotRun { lost_at } }));
                return;
            }
        }
    }
}

/// Holds what a snippet printed against its page, and keeps both what differs and what was printed.
fn judge(snippet: &Snippet, step: PlanStep, plan: &Plan, (cells, heap): Ran, engine: &dyn Engine, report: &mut Report) {
    let expect = step.expect;
    let mut failures = compare(snippet, expect, plan.version, &cells, engine.tolerance(plan.language));
    if expect == Expect::Own {
        failures.extend(compare_heap(snippet, heap.as_deref(), engine));
    }
    let unacceptable = failures.iter().any(Failure::is_unexpected_exception);
    let mark = snippet.options.only.filter(|_| engine.judges() && expect == Expect::Own);
    // A mark says that CPython prints something else; where it does not, the mark has to go.
    match mark {
        Some(only) if failures.is_empty() && engine.minds_marks() => {
            failures.push(Failure { line: snippet.code.line, what: What::MarkNotNeeded { only } })
        }
        Some(_) => failures.clear(),
        None => {}
    }
    report.failures.extend(failures);
    report.compared += usize::from(expect != Expect::Nothing);
    let acceptable = expect != Expect::Nothing && !unacceptable && mark.is_none();
    report.runs.push(Run { snippet: step.snippet, expect, cells, heap, acceptable });
}

/// How many cells and statements a session has run: their names count them, as a notebook's do.
#[derive(Default)]
struct Counts {
    cells: usize,
    prompts: usize,
}

type Ran = (Vec<Vec<Output>>, Option<String>);

fn run(session: &mut dyn Session, snippet: &Snippet, counts: &mut Counts) -> Result<Ran, Trouble> {
    let mut cells = Vec::new();
    if let Some(heap) = &snippet.heap {
        session.look(&heap.request);
    }
    if snippet.language == Language::Pycon {
        for prompt in &snippet.prompts {
            let name = format!("<python-input-{}>", counts.prompts);
            counts.prompts += 1;
            cells.push(session.run(&Cell { source: prompt.source.clone(), name, mode: Mode::Prompt })?);
        }
    } else {
        counts.cells += 1;
        let name = format!("<cell {}>", counts.cells);
        cells.push(session.run(&Cell { source: snippet.code.body.clone(), name, mode: Mode::Cell })?);
    }
    let heap = snippet.heap.as_ref().and_then(|heap| session.heap(&heap.request));
    Ok((cells, heap))
}

fn compare(snippet: &Snippet, expect: Expect, version: Version, cells: &[Vec<Output>], tolerance: Tolerance) -> Vec<Failure> {
    let line = snippet.code.line;
    let mut failures = Vec::new();
    let asked = match expect {
        Expect::Nothing => return failures,
        Expect::Own => None,
        Expect::Version(version) => Some(version),
    };
    if snippet.language == Language::Pycon {
        for (prompt, outputs) in snippet.prompts.iter().zip(cells) {
            let alignment = align(&prompt.output, engine::prompt_text(outputs), false, outputs, tolerance);
            if !alignment.agrees() {
                failures.push(Failure { line: prompt.line, what: What::Differs { asked, output_line: prompt.last_line, alignment } });
            }
        }
        return failures;
    }
    let outputs = cells.first().map_or(&[][..], Vec::as_slice);
    failures.extend(exception(snippet, version, outputs).map(|what| Failure { line, what }));
    let printed = engine::text(outputs);
    match snippet.output(asked) {
        Some(output) => {
            let alignment = align(&output.fence.body, printed, output.ellipsis, outputs, tolerance);
            if !alignment.agrees() {
                failures.push(Failure { line, what: What::Differs { asked, output_line: output.fence.line, alignment } });
            }
        }
        None if !printed.is_empty() => failures.push(Failure { line, what: What::NoOutput { printed } }),
        None => {}
    }
    failures
}

/// Holds the heap against the page's. A judge has none; our own engine has to have one.
fn compare_heap(snippet: &Snippet, heap: Option<&str>, engine: &dyn Engine) -> Option<Failure> {
    let fence = &snippet.heap.as_ref()?.fence;
    let what = match heap {
        None if engine.judges() => return None,
        None => What::NoHeap { heap_line: fence.line },
        Some(heap) => {
            let alignment = compare::align(&fence.body, heap, false, Tolerance::default());
            if alignment.agrees() {
                return None;
            }
            What::HeapDiffers { heap_line: fence.line, alignment }
        }
    };
    Some(Failure { line: snippet.code.line, what })
}

/// Holds the exception that ended a cell against the one its fence names.
fn exception(snippet: &Snippet, version: Version, outputs: &[Output]) -> Option<What> {
    let last_name = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
    match (&snippet.options.raises, engine::error(outputs)) {
        (None, None) => None,
        (Some(wanted), None) => Some(What::RaisedNothing { wanted: wanted.clone() }),
        (Some(wanted), Some((ename, _))) if last_name(wanted) == last_name(ename) => None,
        // Another version may raise another exception; its output says so.
        (_, Some(_)) if version != snippet.options.python.unwrap_or(Version::DEFAULT) => None,
        (wanted, Some((ename, evalue))) => {
            Some(What::Raised { wanted: wanted.clone(), ename: last_name(ename), evalue: evalue.to_owned() })
        }
    }
}

fn align(expected: &str, printed: String, ellipsis: bool, outputs: &[Output], tolerance: Tolerance) -> Alignment {
    if !tolerance.last_line {
        return compare::align(expected, &printed, ellipsis, tolerance);
    }
    let traceback = outputs.iter().rev().find_map(|output| match output {
        Output::Error { traceback, .. } => Some(traceback.as_str()),
        _ => None,
    });
    let Some(traceback) = traceback else {
        return compare::align(&compare::last_lines(expected), &compare::last_lines(&printed), ellipsis, tolerance);
    };
    let before: Vec<Output> = outputs.iter().filter(|output| !matches!(output, Output::Error { .. })).cloned().collect();
    let expected = before_traceback(expected) + &last_line(expected);
    let printed = before_traceback(&engine::text(&before)) + &last_line(traceback);
    compare::align(&expected, &printed, ellipsis, tolerance)
}

/// The text up to its first traceback, or up to the place that a syntax error names.
fn before_traceback(text: &str) -> String {
    let starts = |line: &&str| line.trim_end() == "Traceback (most recent call last):" || line.starts_with("  File \"");
    text.split_inclusive('\n').take_while(|line| !starts(line)).collect()
}

/// The last line of a traceback, the exception's class without its module.
fn last_line(text: &str) -> String {
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("").trim_end();
    let (class, rest) = line.split_once(':').unwrap_or((line, ""));
    let class = class.rsplit('.').next().unwrap_or(class);
    match rest.trim() {
        "" => format!("{class}\n"),
        rest => format!("{class}: {rest}\n"),
    }
}
