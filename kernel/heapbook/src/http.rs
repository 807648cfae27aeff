//! Serves a folder to a browser on this machine and tells it when the folder changed.
//!
//! A thread a connection, one request each. Only files of the folder are given, and nothing is ever written.

use crate::machine::{Script, is_script};
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

/// The folder that is served, and how often it changed.
pub(crate) struct Site {
    state: Mutex<(PathBuf, u64)>,
    changed: Condvar,
    /// The machine for the browser, once it is built.
    machine: OnceLock<Vec<Script>>,
}

/// Where a page waits for changes.
const CHANGES: &str = "/heapbook-changes";
/// What each page is given to do so.
const RELOAD: &str = "<script>new EventSource(\"/heapbook-changes\").onmessage = () => location.reload();</script>";
/// A browser that says nothing for so long is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// More bytes than this are no request of a browser.
const MOST_BYTES: u64 = 64 * 1024;

impl Site {
    /// A site of one folder.
    pub(crate) fn new(folder: PathBuf) -> Arc<Site> {
        Arc::new(Site { state: Mutex::new((folder, 0)), changed: Condvar::new(), machine: OnceLock::new() })
    }

    /// Gives pages the machine from now on.
    pub(crate) fn give(&self, scripts: Vec<Script>) {
        let _ = self.machine.set(scripts);
    }

    /// Serves another folder from now on; pages that are open load themselves again.
    pub(crate) fn change(&self, folder: PathBuf) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = (folder, state.1 + 1);
        self.changed.notify_all();
    }

    fn now(&self) -> (PathBuf, u64) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes connections for ever.
    pub(crate) fn serve(self: &Arc<Site>, listener: &TcpListener) {
        for stream in listener.incoming().flatten() {
            let site = Arc::clone(self);
            thread::spawn(move || {
                // A browser that goes away in the middle is no trouble of ours.
                let _ = site.answer(stream);
            });
        }
    }

    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut request = BufReader::new(stream.try_clone()?.take(MOST_BYTES));
        let mut first = String::new();
        request.read_line(&mut first)?;
        let mut header = String::new();
        while request.read_line(&mut header)? > 2 {
            header.clear();
        }
        let mut words = first.split_ascii_whitespace();
        let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let path = target.split(['?', '#']).next().unwrap_or("");
        if method != "GET" && method != "HEAD" {
            return respond(&mut stream, "405 Method Not Allowed", "text/plain", b"only GET", true);
        }
        if path == CHANGES {
            return self.tell_changes(stream);
        }
        let (folder, _) = self.now();
        let has_body = method == "GET";
        if let Some(name) = path.strip_prefix('/').filter(|name| is_script(name)) {
            let found = self.machine.get().and_then(|scripts| scripts.iter().find(|(other, _)| other == name));
            return match found {
                Some((_, script)) => respond(&mut stream, "200 OK", "text/javascript; charset=utf-8", script, has_body),
                None => respond(&mut stream, "404 Not Found", "text/plain", b"not built yet", has_body),
            };
        }
        match file_of(&folder, path).and_then(|file| Some((fs::read(&file).ok()?, file))) {
            Some((bytes, file)) if file.extension().is_some_and(|extension| extension == "html") => {
                respond(&mut stream, "200 OK", kind_of(&file), &with_reload(&bytes), has_body)
            }
            Some((bytes, file)) => respond(&mut stream, "200 OK", kind_of(&file), &bytes, has_body),
            None => {
                let page = fs::read(folder.join("404.html")).unwrap_or_else(|_| b"<body>not here</body>".to_vec());
                respond(&mut stream, "404 Not Found", "text/html; charset=utf-8", &with_reload(&page), has_body)
            }
        }
    }

    /// Sends a line at each change, and now and then a sign of life, which also finds out who has gone.
    fn tell_changes(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n")?;
        let (_, mut seen) = self.now();
        loop {
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let (state, _) =
                self.changed.wait_timeout_while(state, PATIENCE, |(_, count)| *count == seen).unwrap_or_else(PoisonError::into_inner);
            let count = state.1;
            drop(state);
            match count == seen {
                true => stream.write_all(b": still here\n\n")?,
                false => stream.write_all(format!("data: {count}\n\n").as_bytes())?,
            }
            seen = count;
        }
    }
}

fn respond(stream: &mut TcpStream, status: &str, kind: &str, body: &[u8], has_body: bool) -> io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )?;
    if has_body {
        stream.write_all(body)?;
    }
    stream.flush()
}

/// A page with the lines that let it load itself again.
fn with_reload(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(page);
    match text.rfind("</body>") {
        Some(at) => format!("{}{RELOAD}{}", &text[..at], &text[at..]).into_bytes(),
        None => format!("{text}{RELOAD}").into_bytes(),
    }
}

/// The file for a path, which cannot lead out of the folder.
fn file_of(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = decoded(path.strip_prefix('/')?)?;
    let inside = Path::new(&path).components().all(|part| matches!(part, Component::Normal(_)));
    let file = folder.join(&path);
    match inside {
        false => None,
        true if file.is_dir() => Some(file.join("index.html")),
        true => Some(file),
    }
}

/// A path with its `%20`s read.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok().filter(|path| !path.contains(['\0', '\\']))
}

fn kind_of(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_folder() {
        let folder = Path::new("/site");
        assert_eq!(file_of(folder, "/a/b%20c.html"), Some(PathBuf::from("/site/a/b c.html")));
        for path in ["/../secret", "/a/../../secret", "/%2e%2e/secret", "//etc/passwd", "/%2fetc/passwd", "/a%00b", "x"] {
            assert_eq!(file_of(folder, path), None, "{path}");
        }
    }

    #[test]
    fn each_page_can_load_itself_again() {
        assert_eq!(with_reload(b"<body>x</body>"), format!("<body>x{RELOAD}</body>").into_bytes());
    }
}
