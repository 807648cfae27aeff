//! `heapbook compare`: one program's output under several versions of Python, the lines that differ marked.
//!
//! Each version runs the program in a process of its own, so nothing is shared. The newest version's lines are the ground on which those
//! of the others are laid, by the longest common subsequence.

use std::collections::BTreeMap;
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context as _;
use compile::Version;
use serde_json::json;
use similar::{Algorithm, capture_diff_slices};

use crate::cli::{CompareArgs, CompareFormat};

pub(crate) fn command(args: &CompareArgs) -> anyhow::Result<ExitCode> {
    let mut versions = if args.python.is_empty() { Version::ALL.to_vec() } else { args.python.clone() };
    versions.sort_by(|one, other| other.cmp(one));
    versions.dedup();
    let started = versions.iter().map(|&version| start(version, &args.words)).collect::<anyhow::Result<Vec<_>>>()?;
    let runs = started.into_iter().map(Run::finish).collect::<anyhow::Result<Vec<_>>>()?;
    match args.format {
        CompareFormat::Text => print!("{}", text(&versions, &runs)),
        CompareFormat::Json => println!("{:#}", as_json(&versions, &runs)),
    }
    Ok(ExitCode::SUCCESS)
}

fn start(version: Version, words: &[String]) -> anyhow::Result<std::process::Child> {
    let program = std::env::current_exe().context("where this program lies is not known")?;
    Command::new(program)
        .args(["run", "--python", version.name()])
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("Python {version} does not start"))
}

/// What came of the program under one version.
struct Run {
    stdout: Vec<String>,
    stderr: Vec<String>,
    status: Vec<String>,
}

impl Run {
    fn finish(child: std::process::Child) -> anyhow::Result<Run> {
        let output = child.wait_with_output().context("the output of a program is not readable")?;
        let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect();
        let status = if output.status.success() { Vec::new() } else { vec![output.status.to_string()] };
        Ok(Run { stdout: lines(&output.stdout), stderr: lines(&output.stderr), status })
    }
}

/// One line of the comparison: what each version printed there, if anything.
type Row<'a> = Vec<Option<&'a str>>;

/// Lays the lines of each version beside those of the first.
fn rows<'a>(texts: &[&'a [String]]) -> Vec<Row<'a>> {
    let Some((ground, others)) = texts.split_first() else { return Vec::new() };
    // For each version what stands beside a line of the ground, and what stands before it.
    let mut beside = vec![vec![None; texts.len()]; ground.len()];
    let mut before: BTreeMap<usize, Vec<Vec<&'a str>>> = BTreeMap::new();
    ground.iter().zip(&mut beside).for_each(|(line, row)| row[0] = Some(line.as_str()));
    for (which, lines) in (1..).zip(others) {
        for op in capture_diff_slices(Algorithm::Myers, ground, lines) {
            let (old, new) = (op.old_range(), op.new_range());
            let mut at = old.start;
            for (mate, line) in pair(&ground[old.clone()], &lines[new]).into_iter().zip(&lines[op.new_range()]) {
                match mate {
                    Some(mate) => {
                        at = old.start + mate + 1;
                        beside[at - 1][which] = Some(line.as_str());
                    }
                    None => before.entry(at).or_insert_with(|| vec![Vec::new(); texts.len()])[which].push(line),
                }
            }
        }
    }
    let mut rows = Vec::new();
    for at in 0..=ground.len() {
        if let Some(gap) = before.get(&at) {
            let height = gap.iter().map(Vec::len).max().unwrap_or(0);
            rows.extend((0..height).map(|i| gap.iter().map(|lines| lines.get(i).copied()).collect()));
        }
        rows.extend(beside.get(at).cloned());
    }
    rows
}

/// For each line of a stretch its mate in the ground, in order: the pairs that are most alike together.
fn pair(ground: &[String], lines: &[String]) -> Vec<Option<usize>> {
    if ground.len() == lines.len() || ground.len() * lines.len() > 1 << 20 {
        return (0..lines.len()).map(|i| (i < ground.len()).then_some(i)).collect();
    }
    // `best[i][j]`: how alike the lines from `i` and the ground from `j` on can be.
    let mut best = vec![vec![0.0_f32; ground.len() + 1]; lines.len() + 1];
    for i in (0..lines.len()).rev() {
        for j in (0..ground.len()).rev() {
            let paired = likeness(&lines[i], &ground[j]) + best[i + 1][j + 1];
            best[i][j] = paired.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    let mut j = 0;
    (0..lines.len())
        .map(|i| {
            while j < ground.len() && best[i][j] == best[i][j + 1] {
                j += 1;
            }
            let paired = j < ground.len() && best[i][j] > best[i + 1][j];
            j += usize::from(paired);
            paired.then(|| j - 1)
        })
        .collect()
}

/// How much of two lines is the same at their beginnings and ends, from 0 to 1.
fn likeness(one: &str, other: &str) -> f32 {
    let longest = one.len().max(other.len());
    let shortest = one.len().min(other.len());
    let head = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let tail = one.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    if longest == 0 { 1.0 } else { (head + tail).min(shortest) as f32 / longest as f32 }
}

fn text(versions: &[Version], runs: &[Run]) -> String {
    let names = versions.iter().map(|version| version.name()).collect::<Vec<_>>();
    let width = names.iter().map(|name| name.len() + 1).sum::<usize>();
    let mut out = format!("{:<width$}  (no version: all print the line)\n", names.join(" "));
    let mut differing = 0;
    for (title, part) in parts(runs) {
        if !title.is_empty() && part.iter().any(|lines| !lines.is_empty()) {
            out += &format!("{:<width$}  -- {title} --\n", "");
        }
        for row in rows(&part) {
            let groups = groups(&row);
            differing += usize::from(groups.len() > 1);
            for (line, members) in &groups {
                let who = if groups.len() == 1 { String::new() } else { members.iter().map(|&i| names[i]).collect::<Vec<_>>().join(" ") };
                out += match line {
                    Some(line) => format!("{who:<width$}  {line}"),
                    None => format!("{who:<width$}  (nothing)"),
                }
                .trim_end();
                out.push('\n');
            }
        }
    }
    out += &match differing {
        0 => format!("{} versions print the same\n", versions.len()),
        1 => "1 line differs\n".to_owned(),
        n => format!("{n} lines differ\n"),
    };
    if differing > 0 && versions.len() > 2 {
        out += &format!("{}\n", steps(&names, runs));
    }
    out
}

/// How many lines change from each version to the next older one: versions without a number between them print the same.
fn steps(names: &[&str], runs: &[Run]) -> String {
    let all = parts(runs).into_iter().flat_map(|(_, part)| rows(&part)).collect::<Vec<_>>();
    let mut out = String::from("changes on the way: ");
    for (i, name) in names.iter().enumerate() {
        if i > 0 {
            out += &match all.iter().filter(|row| row[i - 1] != row[i]).count() {
                0 => " = ".to_owned(),
                n => format!(" –{n}– "),
            };
        }
        out += name;
    }
    out
}

/// The three texts that are compared, each with its title.
fn parts(runs: &[Run]) -> [(&'static str, Vec<&[String]>); 3] {
    [
        ("", runs.iter().map(|run| run.stdout.as_slice()).collect()),
        ("standard error", runs.iter().map(|run| run.stderr.as_slice()).collect()),
        ("end", runs.iter().map(|run| run.status.as_slice()).collect()),
    ]
}

/// The versions that print the same in a row, newest first.
fn groups<'a>(row: &Row<'a>) -> Vec<(Option<&'a str>, Vec<usize>)> {
    let mut groups: Vec<(Option<&str>, Vec<usize>)> = Vec::new();
    for (which, line) in row.iter().enumerate() {
        match groups.iter_mut().find(|(text, _)| text == line) {
            Some((_, members)) => members.push(which),
            None => groups.push((*line, vec![which])),
        }
    }
    groups
}

fn as_json(versions: &[Version], runs: &[Run]) -> serde_json::Value {
    let told = |part: &[&[String]]| {
        let rows = rows(part).into_iter().map(|row| {
            let lines = versions.iter().zip(row).map(|(version, line)| (version.name().to_owned(), json!(line)));
            serde_json::Value::Object(lines.collect())
        });
        rows.collect::<Vec<_>>()
    };
    let [(_, stdout), (_, stderr), (_, end)] = parts(runs);
    json!({
        "version": 1,
        "pythons": versions.iter().map(|version| version.name()).collect::<Vec<_>>(),
        "stdout": told(&stdout),
        "stderr": told(&stderr),
        "end": told(&end),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn what_is_missing_and_what_is_more_have_rows_of_their_own() {
        let texts = [lines("a b c"), lines("a x c d"), lines("b c")];
        let texts = texts.iter().map(Vec::as_slice).collect::<Vec<_>>();
        let expected: Vec<Row<'_>> = vec![
            vec![Some("a"), Some("a"), None],
            vec![Some("b"), Some("x"), Some("b")],
            vec![Some("c"), Some("c"), Some("c")],
            vec![None, Some("d"), None],
        ];
        assert_eq!(rows(&texts), expected);
        assert_eq!(groups(&expected[1]), [(Some("b"), vec![0, 2]), (Some("x"), vec![1])]);
    }
}
