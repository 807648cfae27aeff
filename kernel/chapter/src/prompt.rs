//! The statements of a `pycon` fence, each with what it prints below it.
//!
//! A line that starts with `>>>` begins a statement, lines that start with `...` right after it go on with it,
//! and all other lines are its output. So an output line cannot start with `>>>`, nor be `...` right under
//! the code; both are what a real prompt's transcript cannot tell apart either.

use crate::mistake::{Mistake, Problem};

/// A statement at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The code, prompts removed, with a final newline.
    pub source: String,
    /// What stands below it.
    pub output: String,
    /// The line of its first prompt in the page.
    pub line: usize,
    /// The line of its last prompt; the output starts on the next one.
    pub last_line: usize,
}

/// The statements of a transcript; what is no statement and belongs to none is left out.
pub fn prompts(transcript: &str) -> Vec<Prompt> {
    split(transcript, 0, &mut Vec::new())
}

/// Splits the body of a `pycon` fence that begins at `fence_line`.
pub(crate) fn split(body: &str, fence_line: usize, mistakes: &mut Vec<Mistake>) -> Vec<Prompt> {
    let mut prompts: Vec<Prompt> = Vec::new();
    let mut in_code = false;
    for (index, text) in body.lines().enumerate() {
        let line = fence_line + 1 + index;
        if let Some(code) = text.strip_prefix(">>>") {
            let source = code_after(code, line, mistakes);
            prompts.push(Prompt { source, output: String::new(), line, last_line: line });
            in_code = true;
        } else if let Some(prompt) = prompts.last_mut() {
            match text.strip_prefix("...").filter(|_| in_code) {
                Some(code) => {
                    prompt.source += &code_after(code, line, mistakes);
                    prompt.last_line = line;
                }
                None => {
                    in_code = false;
                    prompt.output += text;
                    prompt.output.push('\n');
                }
            }
        } else if !text.trim().is_empty() {
            mistakes.push(Mistake { line, problem: Problem::NoPrompt });
            return Vec::new();
        }
    }
    if prompts.is_empty() {
        mistakes.push(Mistake { line: fence_line, problem: Problem::NoPrompt });
    }
    // Blank lines before the next prompt are there for the eye.
    for prompt in &mut prompts {
        let kept = prompt.output.trim_end_matches('\n').len();
        prompt.output.truncate(if kept == 0 { 0 } else { kept + 1 });
    }
    prompts
}

fn code_after(code: &str, line: usize, mistakes: &mut Vec<Mistake>) -> String {
    let code = match code.strip_prefix(' ') {
        Some(code) => code,
        None => {
            if !code.is_empty() {
                mistakes.push(Mistake { line, problem: Problem::TightPrompt });
            }
            code
        }
    };
    format!("{code}\n")
}
