//! The words after a fence's opening marks: what the fence is and which options it takes.
//!
//! Every word is understood or refused; nothing is skipped in silence, because a misspelt option would
//! leave a snippet unchecked. The words are the page format's own, told in the README beside this crate.

use crate::mistake::Problem;
use picture::Request;
use std::fmt;
use std::str::FromStr;

/// What a fence is to the checker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Info {
    /// Code that runs.
    Code(Language, Box<Options>),
    /// `text output`: what the code before it prints.
    Output(OutputOptions),
    /// `text heap`: a picture of the heap after the code before it.
    Heap(Request),
    /// Anything else: shown, never run and never compared.
    Other,
}

/// Languages that run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// `python`: a notebook's cell.
    Python,
    /// `pycon`: statements after `>>>`, their output between them.
    Pycon,
    /// `rust`: a cell of a Rust kernel.
    Rust,
}

/// A Python version such as `3.14`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The 3 of 3.14.
    pub major: u8,
    /// The 14 of 3.14.
    pub minor: u8,
    /// Whether it is that version's collector alone, as in `2.7-gc`.
    pub gc: bool,
}

impl Version {
    /// The version a page speaks where it names none.
    pub const DEFAULT: Version = Version { major: 3, minor: 14, gc: false };
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}{}", self.major, self.minor, if self.gc { "-gc" } else { "" })
    }
}

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Version, ()> {
        let (numbers, gc) = text.strip_suffix("-gc").map_or((text, false), |numbers| (numbers, true));
        let (major, minor) = numbers.split_once('.').ok_or(())?;
        let number = |digits: &str| match digits.bytes().all(|b| b.is_ascii_digit()) {
            true => digits.parse().map_err(|_| ()),
            false => Err(()),
        };
        Ok(Version { major: number(major)?, minor: number(minor)?, gc })
    }
}

/// Why a snippet's output is not CPython's to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// A figure of the modelled machine: memory, time, addresses.
    Model,
    /// A version that the judge is not.
    Version,
    /// A picture of the heap, which CPython cannot draw.
    Picture,
}

impl Only {
    /// The word written on the fence.
    pub fn word(self) -> &'static str {
        match self {
            Only::Model => "model",
            Only::Version => "version",
            Only::Picture => "picture",
        }
    }
}

/// Options of a fence that runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// `raises=X`: the code ends with this exception, and only with it.
    pub raises: Option<String>,
    /// `session=b`: the session the code runs in; without it the chapter's own.
    pub session: Option<String>,
    /// `fresh`: the session starts anew with this snippet.
    pub fresh: bool,
    /// `id=x`: a name other pages refer to.
    pub id: Option<String>,
    /// `norun`: no Run button in the page. The snippet is checked like any other.
    pub norun: bool,
    /// `python=3.10`: runs under that version, in a session of its own.
    pub python: Option<Version>,
    /// `heapbook-only=model`: CPython is not the judge of this one.
    pub only: Option<Only>,
    /// `ignore`, for Rust alone: shown, not run.
    pub ignore: bool,
}

/// Options of a `text output` fence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutputOptions {
    /// `python=3.10`: what that version prints; without it, what the snippet's own version prints.
    pub python: Option<Version>,
    /// `ellipsis`: a line that is exactly `...` stands for any lines.
    pub ellipsis: bool,
}

/// Reads the words after a fence's marks. All that is wrong with them is reported, not the first thing alone.
pub fn parse(text: &str) -> (Info, Vec<Problem>) {
    let mut words = text.split_ascii_whitespace();
    let Some(first) = words.next() else { return (Info::Other, Vec::new()) };
    let rest: Vec<&str> = words.collect();
    let mut problems = Vec::new();
    let info = match first {
        "python" => code(Language::Python, &rest, &mut problems),
        "pycon" => code(Language::Pycon, &rest, &mut problems),
        "rust" => code(Language::Rust, &rest, &mut problems),
        "text" => match rest.split_first() {
            None => Info::Other,
            Some((&"output", options)) => output(options, &mut problems),
            Some((&"heap", options)) => {
                let request = Request::parse(options);
                problems.extend(request.clone().err().map(|word| Problem::UnknownOption { word, of: "text heap" }));
                Info::Heap(request.unwrap_or_default())
            }
            Some((word, _)) => {
                problems.push(Problem::UnknownText { word: (*word).into() });
                Info::Other
            }
        },
        "output" | "heap" => {
            problems.push(Problem::BareOutput { word: first.into() });
            Info::Other
        }
        _ => {
            if let Some(language) = near_language(first) {
                problems.push(Problem::NearLanguage { word: first.into(), language });
            }
            Info::Other
        }
    };
    (info, problems)
}

/// Spellings that renderers take for a language that runs. They would leave a snippet unchecked.
fn near_language(word: &str) -> Option<&'static str> {
    let head = word.trim_start_matches('{').split([',', '}', '=', ':']).next().unwrap_or("");
    match head.to_ascii_lowercase().as_str() {
        "python" | "py" | "python3" | "py3" | "python2" | "ipython" | "ipython3" => Some("python"),
        "pycon" | "pycon3" | "python-repl" | "doctest" => Some("pycon"),
        "rust" | "rs" => Some("rust"),
        _ => None,
    }
}

fn code(language: Language, words: &[&str], problems: &mut Vec<Problem>) -> Info {
    let mut options = Options::default();
    let mut seen: Vec<&str> = Vec::new();
    let of = match language {
        Language::Python => "python",
        Language::Pycon => "pycon",
        Language::Rust => "rust",
    };
    for word in words {
        let (key, value) = match word.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (*word, None),
        };
        if seen.contains(&key) {
            problems.push(Problem::TwiceOption { word: key.into() });
            continue;
        }
        seen.push(key);
        let is_python = language != Language::Rust;
        match (key, value) {
            ("fresh", None) => options.fresh = true,
            ("norun", None) => options.norun = true,
            ("ignore", None) if language == Language::Rust => options.ignore = true,
            ("session", Some(name)) => options.session = name_of(word, name, problems),
            ("id", Some(name)) => options.id = name_of(word, name, problems),
            ("raises", Some(name)) if language == Language::Python => match is_dotted_name(name) {
                true => options.raises = Some(name.into()),
                false => {
                    problems.push(Problem::BadValue { word: (*word).into(), wanted: "an exception's name, as in `raises=ValueError`" })
                }
            },
            ("python", Some(version)) if is_python => match version.parse() {
                Ok(version) => options.python = Some(version),
                Err(()) => problems.push(Problem::BadValue { word: (*word).into(), wanted: "a version, as in `python=3.10`" }),
            },
            ("heapbook-only", value) if is_python => match value {
                Some("model") => options.only = Some(Only::Model),
                Some("version") => options.only = Some(Only::Version),
                Some("picture") => options.only = Some(Only::Picture),
                _ => problems
                    .push(Problem::BadValue { word: (*word).into(), wanted: "`model`, `version` or `picture` after `heapbook-only=`" }),
            },
            _ => problems.push(Problem::UnknownOption { word: (*word).into(), of }),
        }
    }
    Info::Code(language, Box::new(options))
}

fn output(words: &[&str], problems: &mut Vec<Problem>) -> Info {
    let mut options = OutputOptions::default();
    for word in words {
        match word.split_once('=') {
            Some(("python", version)) => match version.parse() {
                Ok(version) => options.python = Some(version),
                Err(()) => problems.push(Problem::BadValue { word: (*word).into(), wanted: "a version, as in `python=3.10`" }),
            },
            None if *word == "ellipsis" => options.ellipsis = true,
            _ => problems.push(Problem::UnknownOption { word: (*word).into(), of: "text output" }),
        }
    }
    Info::Output(options)
}

fn name_of(word: &str, name: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let good = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !good {
        problems.push(Problem::BadValue { word: word.into(), wanted: "letters, digits, `-` and `_` after the `=`" });
        return None;
    }
    Some(name.into())
}

fn is_dotted_name(name: &str) -> bool {
    name.split('.').all(|part| {
        part.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_') && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}
