//! What is wrong with a page before anything runs, each with its line and the way out.
//!
//! A page with a mistake is never blessed: the checker cannot know what its author meant.

use std::fmt;

/// Something wrong with a page, at a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong with a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A fence without its closing marks.
    #[error("this fence is never closed")]
    UnclosedFence {
        /// The marks that would close it.
        marks: String,
    },
    /// A hidden block that runs to the end of the file.
    #[error("this setup comment is never closed")]
    UnclosedSetup,
    /// A hidden block inside a list or a quote.
    #[error("a setup comment stands inside a list or a quote")]
    NestedSetup,
    /// Words after `<!-- setup`.
    #[error("`<!-- setup` has words after it: `{words}`")]
    SetupWords {
        /// The words.
        words: String,
    },
    /// A hidden block that runs nothing.
    #[error("this setup comment holds no code")]
    EmptySetup,
    /// An output with no code before it.
    #[error("this `{what}` fence has no code right before it")]
    OutputWithoutCode {
        /// `text output` or `text heap`.
        what: &'static str,
    },
    /// Two outputs for the same version.
    #[error("this snippet has a `{what}` already")]
    SecondOutput {
        /// The fence's words.
        what: String,
    },
    /// A versioned output comes before the main one.
    #[error("`text output python={version}` stands before the snippet's own output")]
    VersionFirst {
        /// The version named.
        version: String,
    },
    /// A word that is no option.
    #[error("`{word}` is not an option of `{of}`")]
    UnknownOption {
        /// The word.
        word: String,
        /// The fence it stands on.
        of: &'static str,
    },
    /// An option given twice.
    #[error("`{word}` is given twice")]
    TwiceOption {
        /// The option.
        word: String,
    },
    /// An option with a value that means nothing.
    #[error("`{word}` says nothing")]
    BadValue {
        /// The word.
        word: String,
        /// What could stand there.
        wanted: &'static str,
    },
    /// `text` with a word that is neither `output` nor `heap`.
    #[error("`text {word}` is neither an output nor a heap")]
    UnknownText {
        /// The word.
        word: String,
    },
    /// `output` without `text`.
    #[error("a fence that starts with `{word}` is not checked")]
    BareOutput {
        /// The word.
        word: String,
    },
    /// `py`, `python3`, `python,ignore`: highlighted, but not run.
    #[error("`{word}` looks like {language} but would not be run")]
    NearLanguage {
        /// The word.
        word: String,
        /// The language meant.
        language: &'static str,
    },
    /// The same `id=` twice in a page.
    #[error("`id={id}` is taken by the snippet at line {first}")]
    TakenId {
        /// The name.
        id: String,
        /// Where it was used first.
        first: usize,
    },
    /// Code inside a footnote, whose place in the page is not its place in the file.
    #[error("code in a footnote does not run")]
    CodeInFootnote,
    /// A `pycon` fence whose first line is no prompt.
    #[error("a `pycon` fence starts with `>>>`")]
    NoPrompt,
    /// A continuation line without its space, or other unreadable prompt.
    #[error("this prompt has no space after it")]
    TightPrompt,
    /// A `pycon` fence followed by an output fence.
    #[error("a `pycon` fence holds its outputs itself")]
    OutputAfterPycon,
}

impl Problem {
    /// What to do about it: one sentence, lower case.
    pub fn way_out(&self) -> String {
        match self {
            Problem::UnclosedFence { marks } => format!("close it with a line of `{marks}`"),
            Problem::UnclosedSetup => "end it with a line of `-->`".into(),
            Problem::NestedSetup => "move it to the left margin, outside the list or quote".into(),
            Problem::SetupWords { .. } => "leave `<!-- setup` alone on its line; options go on the fence inside".into(),
            Problem::EmptySetup => "put a `python` fence inside, or remove the comment".into(),
            Problem::OutputWithoutCode { .. } => {
                "put it right after the code that prints it, with nothing but blank lines between, or call it `text`".into()
            }
            Problem::SecondOutput { .. } => "remove one, or name another version on it, as in `text output python=3.10`".into(),
            Problem::VersionFirst { .. } => "put `text output` first, other versions after it".into(),
            Problem::UnknownOption { of, .. } => match *of {
                "text output" => "it takes `python=3.10` and `ellipsis`".into(),
                "text heap" => "it takes names, and one of `step`, `diff`, `timeline` and `why=NAME`".into(),
                "rust" => "it takes `session=`, `fresh`, `id=`, `norun` and `ignore`".into(),
                "pycon" => "it takes `session=`, `fresh`, `id=`, `norun`, `python=` and `heapbook-only=`".into(),
                _ => "it takes `raises=`, `session=`, `fresh`, `id=`, `norun`, `python=` and `heapbook-only=`".into(),
            },
            Problem::TwiceOption { .. } => "remove one".into(),
            Problem::BadValue { wanted, .. } => format!("write {wanted}"),
            Problem::UnknownText { .. } => "write `text output`, `text heap`, or `text` alone for text nobody checks".into(),
            Problem::BareOutput { word } => format!("write `text {word}`"),
            Problem::NearLanguage { language, .. } => {
                format!("write `{language}` with options after a space, or `text` if it is not meant to run")
            }
            Problem::TakenId { .. } => "give this one another name".into(),
            Problem::CodeInFootnote => "move it into the page, or call it `text`".into(),
            Problem::NoPrompt => "start each statement with `>>> `, or call the fence `python`".into(),
            Problem::TightPrompt => "write `>>> ` or `... ` with one space before the code".into(),
            Problem::OutputAfterPycon => "write what is printed below its statement, inside the `pycon` fence".into(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.line, self.problem, self.problem.way_out())
    }
}
