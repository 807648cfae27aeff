//! The cells of all sessions, in a file that kernels share: one line a cell, `[session, number, "source"]`, and one for each session that
//! begins, `[session]`.
//!
//! A line is added in one piece, under a lock; a line that cannot be read is passed over. Where the file cannot be written nothing is
//! kept, and nobody is bothered. Cells do not wait for the file: a thread reads and writes it, and the end of the kernel waits for that.

use std::cell::OnceCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};
use std::thread;

use serde_json::{Value, json};
use session::{Archive, Past};

use crate::install::user_data;

/// A file that has grown to this size is cut to its later half when the next session begins.
const LARGE: u64 = 16 << 20;

/// `$HEAPBOOK_KERNEL_HISTORY`, or a file in the user's data folder of Jupyter. Nothing, if the variable is empty.
pub(crate) fn file() -> Option<PathBuf> {
    match std::env::var_os("HEAPBOOK_KERNEL_HISTORY") {
        Some(file) => Some(PathBuf::from(file)).filter(|file| !file.as_os_str().is_empty()),
        None => user_data().ok().map(|folder| folder.join("heapbook/history.jsonl")),
    }
}

/// What the thread is asked for.
enum Wish {
    Keep(u64, String),
    Session(Sender<i64>),
    Others(Sender<Vec<Past>>),
    /// To say when all that was asked before is done.
    Settle(Sender<()>),
}

/// The file, as one session uses it.
#[derive(Clone)]
pub(crate) struct HistoryFile(Sender<Wish>);

impl HistoryFile {
    pub(crate) fn new(path: PathBuf) -> HistoryFile {
        let (sender, wishes) = mpsc::channel();
        let clerk = Clerk { path, session: OnceCell::new() };
        // Without a thread nothing is kept.
        drop(thread::Builder::new().spawn(move || {
            for wish in wishes {
                // Who asked may be gone.
                match wish {
                    Wish::Keep(number, source) => clerk.keep(number, &source),
                    Wish::Session(answer) => drop(answer.send(clerk.session())),
                    Wish::Others(answer) => drop(answer.send(clerk.others())),
                    Wish::Settle(answer) => drop(answer.send(())),
                }
            }
        }));
        HistoryFile(sender)
    }

    /// Waits until all is written.
    pub(crate) fn settle(&self) {
        self.ask(Wish::Settle);
    }

    fn ask<T>(&self, wish: impl FnOnce(Sender<T>) -> Wish) -> Option<T> {
        let (answer, answers) = mpsc::channel();
        self.0.send(wish(answer)).ok()?;
        answers.recv().ok()
    }
}

impl Archive for HistoryFile {
    fn session(&self) -> i64 {
        self.ask(Wish::Session).unwrap_or(1)
    }

    fn keep(&self, number: u64, source: &str) {
        let _ = self.0.send(Wish::Keep(number, source.to_owned()));
    }

    fn others(&self) -> Vec<Past> {
        self.ask(Wish::Others).unwrap_or_default()
    }
}

/// Who reads and writes the file.
struct Clerk {
    path: PathBuf,
    /// Chosen when it is first asked for, so that a kernel that runs nothing leaves nothing behind.
    session: OnceCell<i64>,
}

impl Clerk {
    /// The file, locked until it is closed.
    fn open(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.path)?;
        file.lock()?;
        Ok(file)
    }

    fn add(&self, file: &mut File, line: &Value) -> io::Result<()> {
        // Whoever was cut off in the middle of a line does not spoil the next.
        let mut last = [b'\n'];
        if file.seek(SeekFrom::End(-1)).is_ok() {
            file.read_exact(&mut last)?;
        }
        let start = if last == [b'\n'] { "" } else { "\n" };
        file.write_all(format!("{start}{line}\n").as_bytes())
    }

    fn session(&self) -> i64 {
        *self.session.get_or_init(|| self.begin().unwrap_or(1))
    }

    fn keep(&self, number: u64, source: &str) {
        let line = json!([self.session(), number, source]);
        // See above.
        let _ = self.open().and_then(|mut file| self.add(&mut file, &line));
    }

    fn others(&self) -> Vec<Past> {
        let own = self.session();
        let lines = self.open().and_then(|mut file| read(&mut file)).unwrap_or_default();
        let cell = |line: Value| {
            Some(Past { session: line[0].as_i64()?, number: line[1].as_u64()?, source: line[2].as_str()?.to_owned(), output: None })
        };
        lines.into_iter().filter_map(cell).filter(|cell| cell.session != own).collect()
    }

    fn begin(&self) -> io::Result<i64> {
        let mut file = self.open()?;
        if file.metadata()?.len() > LARGE {
            let mut rest = Vec::new();
            file.seek(SeekFrom::End(-(LARGE as i64) / 2))?;
            file.read_to_end(&mut rest)?;
            let start = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
            file.set_len(0)?;
            file.write_all(&rest[start..])?;
        }
        let session = last_session(&mut file)? + 1;
        self.add(&mut file, &json!([session]))?;
        Ok(session)
    }
}

/// The session that began last, which is the largest: 0, if there was none. It is looked for from the end, because the first cell of a
/// session waits for this, and the file may be long.
fn last_session(file: &mut File) -> io::Result<i64> {
    const PIECE: u64 = 64 << 10;
    let mut start = file.metadata()?.len();
    let mut tail = Vec::new();
    // Of the cells, if the beginnings of their sessions were cut off.
    let mut largest = 0;
    while start > 0 {
        let before = start;
        start = start.saturating_sub(PIECE);
        let mut piece = vec![0; (before - start) as usize];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut piece)?;
        piece.extend_from_slice(&tail);
        // A piece may begin within a line.
        let lines = || piece.split(|byte| *byte == b'\n').skip(usize::from(start > 0));
        if let Some(last) = lines().filter_map(session_begun).last() {
            return Ok(last);
        }
        largest = lines().filter_map(session_of).max().unwrap_or(0).max(largest);
        let whole = if start > 0 { piece.iter().position(|byte| *byte == b'\n').unwrap_or(piece.len()) } else { 0 };
        piece.truncate(whole);
        tail = piece;
    }
    Ok(largest)
}

/// The session of a line, without reading the rest of it.
fn session_of(line: &[u8]) -> Option<i64> {
    let digits = line.strip_prefix(b"[")?.split(|byte| !byte.is_ascii_digit()).next()?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The session that a line says has begun.
fn session_begun(line: &[u8]) -> Option<i64> {
    let digits = line.strip_prefix(b"[")?.strip_suffix(b"]")?;
    if digits.iter().all(u8::is_ascii_digit) { session_of(line) } else { None }
}

/// The lines that can be read.
fn read(file: &mut File) -> io::Result<Vec<Value>> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut text)?;
    Ok(text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
}
