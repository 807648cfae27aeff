//! Runs a file, for trying the machine by itself.

use std::rc::Rc;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;
use vm::host::{Host, Memory, Stream};

struct Real(std::time::Instant);
impl Host for Real {
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()> {
        match stream { Stream::Stdout => io::stdout().write_all(data), Stream::Stderr => io::stderr().write_all(data) }
    }
    fn flush(&self, stream: Stream) -> io::Result<()> {
        match stream { Stream::Stdout => io::stdout().flush(), Stream::Stderr => io::stderr().flush() }
    }
    fn read_line(&self) -> io::Result<String> { let mut s = String::new(); io::stdin().read_line(&mut s)?; Ok(s) }
    fn is_terminal(&self, _: Stream) -> bool { false }
    fn monotonic(&self) -> Duration { self.0.elapsed() }
    fn now(&self) -> Duration { std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default() }
    fn cpu_time(&self) -> Duration { self.0.elapsed() }
    fn sleep(&self, time: Duration) { std::thread::sleep(time) }
    fn random(&self, out: &mut [u8]) -> io::Result<()> { out.fill(7); Ok(()) }
    fn memory(&self) -> Memory { Memory::default() }
    fn env(&self) -> Vec<(String, String)> { std::env::vars().collect() }
    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> { std::fs::read(path) }
    fn write_file(&self, path: &Path, data: &[u8], _: bool) -> io::Result<()> { std::fs::write(path, data) }
    fn current_dir(&self) -> io::Result<String> { Ok(std::env::current_dir()?.to_string_lossy().into_owned()) }
    fn stat(&self, path: &Path) -> Option<bool> { std::fs::metadata(path).ok().map(|m| m.is_dir()) }
    fn list_dir(&self, _: &Path) -> io::Result<Vec<String>> { Ok(Vec::new()) }
    fn remove_file(&self, path: &Path) -> io::Result<()> { std::fs::remove_file(path) }
    fn make_dir(&self, path: &Path) -> io::Result<()> { std::fs::create_dir(path) }
}

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut version = compile::Version::V3_14;
    let mut repl = false;
    while args.first().is_some_and(|a| a.starts_with("--")) {
        match args.remove(0).as_str() {
            "--python" => if args.remove(0) == "3.13" { version = compile::Version::V3_13 },
            _ => repl = true,
        }
    }
    let file = args.remove(0);
    let text = std::fs::read_to_string(&file).expect("a file");
    let vm = vm::Vm::new(version, Rc::new(Real(std::time::Instant::now())));
    if vm.start().is_err() { eprintln!("no start"); std::process::exit(9) }
    let status = if repl { vm.run_prompt(&text, "<stdin>") } else { vm.run_main(&text, &file) };
    vm.end();
    std::process::exit(status);
}
