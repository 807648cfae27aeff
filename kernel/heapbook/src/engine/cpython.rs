//! A plain CPython as engine: one process a session, driven over its standard streams.
//!
//! It is the judge, so nothing but the driver beside this file stands between the cells and the
//! interpreter. A cell that never ends is stopped after a limit, and the session with it.

use super::folder::Folder;
use anyhow::{Context as _, Result, anyhow};
use chapter::{Cell, Engine, Language, Mode, Output, Session, Tolerance, Trouble, Version};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The program that runs inside the interpreter.
const DRIVER: &str = include_str!("cpython_driver.py");

/// Interpreters by the versions they speak.
pub(crate) struct Cpython {
    pythons: Vec<(Version, PathBuf)>,
    limit: Duration,
}

impl Cpython {
    /// Asks each interpreter for its version.
    pub(crate) fn new(paths: &[PathBuf], limit: Duration) -> Result<Cpython> {
        let mut pythons = Vec::new();
        for path in paths {
            // A session's working folder is its own, so a relative path would lead nowhere from there.
            let path = match path.components().count() > 1 {
                true => std::path::absolute(path)?,
                false => path.clone(),
            };
            let version = version_of(&path).with_context(|| format!("`{}` is not a Python that can be run", path.display()))?;
            pythons.push((version, path));
        }
        Ok(Cpython { pythons, limit })
    }
}

fn version_of(python: &Path) -> Result<Version> {
    let output = Command::new(python).args(["-S", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|()| anyhow!("it does not tell its version: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

impl Engine for Cpython {
    fn name(&self) -> String {
        let versions: Vec<String> = self.pythons.iter().map(|(version, _)| version.to_string()).collect();
        format!("CPython {}", versions.join(", "))
    }

    fn open(&self, language: Language, version: Version) -> Result<Option<Box<dyn Session>>, Trouble> {
        let python = self.pythons.iter().find(|(speaks, _)| *speaks == version);
        match python.filter(|_| language != Language::Rust) {
            None => Ok(None),
            Some((_, path)) => match Running::start(path, self.limit) {
                Ok(session) => Ok(Some(Box::new(session))),
                Err(error) => Err(Trouble(format!("`{}` did not start: {error:#}", path.display()))),
            },
        }
    }

    fn judges(&self) -> bool {
        true
    }

    fn tolerance(&self, _language: Language) -> Tolerance {
        Tolerance { addresses: true, last_line: false }
    }
}

/// A piece of the driver's answer.
struct Frame {
    kind: u8,
    data: Vec<u8>,
}

struct Running {
    child: Child,
    cells: Option<ChildStdin>,
    frames: Receiver<Frame>,
    complaints: Arc<Mutex<String>>,
    /// Where it works. Read by nobody: it goes when the session goes.
    _folder: Folder,
    limit: Duration,
}

impl Running {
    fn start(python: &Path, limit: Duration) -> Result<Running> {
        let folder = Folder::new()?;
        let mut child = Command::new(python)
            .args(["-s", "-c", DRIVER])
            .current_dir(folder.path())
            .env_remove("PYTHONSTARTUP")
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONUTF8", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("NO_COLOR", "1")
            .env("PYTHON_COLORS", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let cells = child.stdin.take();
        let answers = child.stdout.take().context("no standard output")?;
        let (sender, frames) = channel();
        thread::spawn(move || {
            let mut answers = BufReader::new(answers);
            while let Some(frame) = read_frame(&mut answers) {
                if sender.send(frame).is_err() {
                    break;
                }
            }
        });
        let complaints = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().context("no standard error")?;
        let kept = Arc::clone(&complaints);
        thread::spawn(move || keep_last(stderr, &kept));
        Ok(Running { child, cells, frames, complaints, _folder: folder, limit })
    }

    /// The next frame, or why there is none.
    fn next(&mut self) -> Result<Frame, Trouble> {
        match self.frames.recv_timeout(self.limit) {
            Ok(frame) => Ok(frame),
            Err(RecvTimeoutError::Timeout) => Err(Trouble(format!(
                "the cell printed nothing for {} s and was stopped; `--limit` sets another limit",
                self.limit.as_secs()
            ))),
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
                let complaints = self.complaints.lock().map(|text| text.clone()).unwrap_or_default();
                Err(Trouble(format!("the interpreter ended ({status})\n{complaints}")))
            }
        }
    }
}

impl Session for Running {
    fn run(&mut self, cell: &Cell) -> Result<Vec<Output>, Trouble> {
        let mode = match cell.mode {
            Mode::Cell => "cell",
            Mode::Prompt => "prompt",
        };
        let message = format!("{mode} {} {}\n{}{}", cell.name.len(), cell.source.len(), cell.name, cell.source);
        if let Some(cells) = &mut self.cells {
            // An interpreter that is gone is told by the missing answer.
            let _ = cells.write_all(message.as_bytes()).and_then(|()| cells.flush());
        }
        let mut outputs = Vec::new();
        loop {
            let frame = self.next()?;
            let text = String::from_utf8_lossy(&frame.data).into_owned();
            match frame.kind {
                b'D' => return Ok(outputs),
                b'O' => match outputs.last_mut() {
                    Some(Output::Stdout(last)) => *last += &text,
                    _ => outputs.push(Output::Stdout(text)),
                },
                b'E' => match outputs.last_mut() {
                    Some(Output::Stderr(last)) => *last += &text,
                    _ => outputs.push(Output::Stderr(text)),
                },
                b'V' => outputs.push(Output::Value(text)),
                b'X' => {
                    let mut parts = text.splitn(3, '\0').map(str::to_owned);
                    let mut part = || parts.next().unwrap_or_default();
                    outputs.push(Output::Error { ename: part(), evalue: part(), traceback: part() });
                }
                _ => {} // The greeting.
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cells = None;
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_frame(answers: &mut impl BufRead) -> Option<Frame> {
    let mut header = String::new();
    answers.read_line(&mut header).ok()?;
    let (kind, length) = header.trim_end().split_once(' ')?;
    let mut data = vec![0; length.parse().ok()?];
    answers.read_exact(&mut data).ok()?;
    Some(Frame { kind: *kind.as_bytes().first()?, data })
}

/// Bytes of standard error that are kept to explain a crash.
const MOST_COMPLAINTS: usize = 4000;

fn keep_last(stderr: impl Read, kept: &Mutex<String>) {
    for line in BufReader::new(stderr).lines() {
        let (Ok(line), Ok(mut kept)) = (line, kept.lock()) else { return };
        if kept.len() < MOST_COMPLAINTS {
            *kept += &line;
            kept.push('\n');
        }
    }
}
