//! Which sessions a page needs, and which snippets run in each.
//!
//! A page is one session; `session=` opens others, `fresh` starts one anew, `python=` and the outputs of other
//! versions get sessions of their own. A version's session runs every snippet of the session it
//! shadows up to the last one it is asked about, so that it comes to each by the same way.

use crate::info::{Language, Version};
use crate::pair::Snippet;

/// One session of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The session's name; empty for the page's own.
    pub name: String,
    /// What it runs.
    pub language: Language,
    /// The version it speaks.
    pub version: Version,
    /// The snippets in order, with the output each is compared with.
    pub steps: Vec<PlanStep>,
}

/// A snippet's run in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanStep {
    /// Index of the snippet in its page.
    pub snippet: usize,
    /// What its outputs are held against.
    pub expect: Expect,
}

/// Which of a snippet's outputs a run is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// The snippet's own.
    Own,
    /// The one for another version.
    Version(Version),
    /// None: it runs for what comes after it.
    Nothing,
}

/// Plans a page's sessions, in the order they begin.
pub(crate) fn plan(snippets: &[Snippet]) -> Vec<Plan> {
    let mut plans: Vec<Plan> = Vec::new();
    for (index, snippet) in snippets.iter().enumerate() {
        let name = snippet.options.session.clone().unwrap_or_default();
        let version = snippet.options.python.unwrap_or(Version::DEFAULT);
        let language = match snippet.language {
            Language::Pycon => Language::Python,
            language => language,
        };
        let step = PlanStep { snippet: index, expect: Expect::Own };
        let open = plans.iter_mut().rev().find(|plan| plan.name == name && plan.language == language && plan.version == version);
        match open.filter(|_| !snippet.options.fresh) {
            Some(plan) => plan.steps.push(step),
            None => plans.push(Plan { name, language, version, steps: vec![step] }),
        }
    }
    let shadows: Vec<Plan> = plans.iter().flat_map(|plan| shadows(plan, snippets)).collect();
    plans.extend(shadows);
    plans
}

/// The sessions that run `plan` again under the versions its snippets have outputs for.
fn shadows(plan: &Plan, snippets: &[Snippet]) -> Vec<Plan> {
    let asked = |step: &PlanStep, version: Version| snippets[step.snippet].output(Some(version)).is_some();
    let mut versions: Vec<Version> =
        plan.steps.iter().flat_map(|step| snippets[step.snippet].outputs.iter().filter_map(|output| output.version)).collect();
    versions.sort();
    versions.dedup();
    let mut shadows = Vec::new();
    for version in versions {
        let last = plan.steps.iter().rposition(|step| asked(step, version)).unwrap_or(0);
        let steps = plan.steps[..=last].iter().map(|step| {
            let expect = match asked(step, version) {
                true => Expect::Version(version),
                false => Expect::Nothing,
            };
            PlanStep { snippet: step.snippet, expect }
        });
        shadows.push(Plan { name: plan.name.clone(), language: plan.language, version, steps: steps.collect() });
    }
    shadows
}
