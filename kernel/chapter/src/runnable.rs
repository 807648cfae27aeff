//! What a page's own script is told to run its snippets: their sources, what each prints, and which session each is run in.
//!
//! The sessions are those of a check, hidden snippets included, so a snippet in the browser comes to its state by the same way.

use crate::chapter::Chapter;
use crate::info::{Language, Version};
use crate::pair::Snippet;
use crate::plan::{Expect, Plan};
use serde_json::{Value, json};

/// A block of HTML that a browser does not show; none for a page on which nothing of Python runs.
pub fn runnable(chapter: &Chapter) -> Option<String> {
    let sessions: Vec<Value> = chapter.plan().iter().filter(|plan| plan.language == Language::Python).map(session).collect();
    if sessions.is_empty() || !chapter.mistakes.is_empty() {
        return None;
    }
    let snippets: Vec<Value> = chapter.snippets.iter().map(snippet).collect();
    // No `<` in it can be taken for the end of the script.
    let program = json!({ "snippets": snippets, "sessions": sessions }).to_string().replace('<', "\\u003c");
    Some(format!("<script type=\"application/json\" class=\"heapbook-page\">{program}</script>\n"))
}

/// A session: its version, and the snippets in their order. A step's third part is the version whose output it is held against, if that is
/// not the snippet's own.
fn session(plan: &Plan) -> Value {
    let steps = plan.steps.iter().map(|step| match step.expect {
        Expect::Own => json!({ "snippet": step.snippet, "held": true }),
        Expect::Version(version) => json!({ "snippet": step.snippet, "held": true, "as": version.to_string() }),
        Expect::Nothing => json!({ "snippet": step.snippet, "held": false }),
    });
    json!({ "version": plan.version.to_string(), "steps": steps.collect::<Vec<_>>() })
}

fn snippet(snippet: &Snippet) -> Value {
    let kind = match snippet.language {
        Language::Python => "python",
        Language::Pycon => "pycon",
        Language::Rust => "rust",
    };
    let name = |version: Option<Version>| version.map(|version| version.to_string());
    let outputs =
        snippet.outputs.iter().map(|output| json!({ "as": name(output.version), "text": output.fence.body, "ellipsis": output.ellipsis }));
    json!({
        "kind": kind,
        "framed": !snippet.code.hidden && snippet.code.top_level,
        "run": !snippet.options.norun,
        "source": snippet.code.body,
        "outputs": outputs.collect::<Vec<_>>(),
        "heap": snippet.heap.as_ref().map(|heap| heap.fence.info.clone()),
    })
}
