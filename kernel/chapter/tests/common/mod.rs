//! An engine for the tests, whose language is five words, and little pages in one line.

#![allow(dead_code, reason = "each test file uses its own part")]

use chapter::{Cell, Chapter, Engine, Language, Output, Report, Session, Tolerance, Trouble, Version};
use std::path::PathBuf;

/// An engine that speaks some versions of a language of five words.
pub(crate) struct Echo {
    /// What it speaks.
    pub(crate) versions: Vec<Version>,
    /// Whether it is a judge, whose addresses are its own.
    pub(crate) judge: bool,
}

/// Speaks the default version, as our own machine does.
pub(crate) fn own() -> Echo {
    Echo { versions: vec![Version::DEFAULT], judge: false }
}

/// Speaks the default version, as a CPython does.
pub(crate) fn judge() -> Echo {
    Echo { judge: true, ..own() }
}

impl Engine for Echo {
    fn name(&self) -> String {
        "echo".into()
    }

    fn open(&self, language: Language, version: Version) -> Result<Option<Box<dyn Session>>, Trouble> {
        let speaks = language == Language::Python && self.versions.contains(&version);
        Ok(speaks.then(|| Box::new(EchoSession { version, judge: self.judge, kept: "nothing".into() }) as Box<dyn Session>))
    }

    fn judges(&self) -> bool {
        self.judge
    }

    fn tolerance(&self, _language: Language) -> Tolerance {
        Tolerance { addresses: self.judge, last_line: false }
    }
}

struct EchoSession {
    version: Version,
    judge: bool,
    kept: String,
}

impl Session for EchoSession {
    fn run(&mut self, cell: &Cell) -> Result<Vec<Output>, Trouble> {
        let mut outputs = Vec::new();
        for line in cell.source.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "print" => outputs.push(Output::Stdout(format!("{}\n", rest.replace("\\n", "\n")))),
                "warn" => outputs.push(Output::Stderr(format!("{rest}\n"))),
                "show" => outputs.push(Output::Value(rest.into())),
                "keep" => self.kept = rest.into(),
                "kept" => outputs.push(Output::Value(self.kept.clone())),
                "version" => outputs.push(Output::Value(self.version.to_string())),
                "address" => {
                    outputs.push(Output::Value(format!("<{rest} at 0x{}>", if self.judge { "7f00aabbcc10" } else { "700000001040" })))
                }
                "name" => outputs.push(Output::Value(cell.name.clone())),
                "die" => return Err(Trouble("it died".into())),
                "raise" => {
                    let (ename, evalue) = rest.split_once(": ").unwrap_or((rest, ""));
                    let traceback = format!("Traceback (most recent call last):\n  File \"{}\", line 1, in <module>\n{rest}\n", cell.name);
                    outputs.push(Output::Error { ename: ename.into(), evalue: evalue.into(), traceback });
                    break;
                }
                _ => {}
            }
        }
        Ok(outputs)
    }

    fn heap(&mut self, _: &chapter::Request) -> Option<String> {
        (!self.judge).then(|| format!("kept -> {}\n", self.kept))
    }
}

/// A page from its text.
pub(crate) fn page(text: &str) -> Chapter {
    Chapter::parse(PathBuf::from("page.md"), text.to_owned())
}

/// What a check of a page finds, a line each: the place and the title.
pub(crate) fn found(report: &Report) -> Vec<String> {
    report.failures.iter().map(|failure| format!("{}: {}", failure.line, failure.title())).collect()
}

/// A page blessed; the page itself if nothing is to be written.
pub(crate) fn blessed(text: &str, engine: &Echo) -> String {
    let chapter = page(text);
    let report = chapter::check(&chapter, engine);
    chapter::bless(&chapter, &report.runs, engine).unwrap_or_else(|| text.to_owned())
}
