//! Runs a file: the smallest host.

use std::io::{self, Write as _};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use vm::Vm;
use vm::host::{Host, Memory, Stream};

struct Plain;

impl Host for Plain {
    fn write(&self, stream: Stream, data: &[u8]) -> io::Result<()> {
        match stream {
            Stream::Stdout => io::stdout().write_all(data),
            Stream::Stderr => io::stderr().write_all(data),
        }
    }
    fn flush(&self, _: Stream) -> io::Result<()> {
        io::stdout().flush()
    }
    fn read_line(&self) -> io::Result<String> {
        Ok(String::new())
    }
    fn is_terminal(&self, _: Stream) -> bool {
        false
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
    fn now(&self) -> Duration {
        Duration::ZERO
    }
    fn cpu_time(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, _: Duration) {}
    fn random(&self, out: &mut [u8]) -> io::Result<()> {
        out.fill(7);
        Ok(())
    }
    fn memory(&self) -> Memory {
        Memory::default()
    }
    fn env(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }
    fn write_file(&self, _: &Path, _: &[u8], _: bool) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
    fn current_dir(&self) -> io::Result<String> {
        Ok("/".to_owned())
    }
    fn stat(&self, path: &Path) -> Option<bool> {
        std::fs::metadata(path).ok().map(|m| m.is_dir())
    }
    fn list_dir(&self, _: &Path) -> io::Result<Vec<String>> {
        Err(io::ErrorKind::NotFound.into())
    }
    fn remove_file(&self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::NotFound.into())
    }
    fn make_dir(&self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

fn main() {
    let path = std::env::args().nth(1).expect("a file");
    let text = std::fs::read_to_string(&path).expect("a text file");
    let vm = Vm::new(Default::default(), Rc::new(Plain));
    if let Err(raised) = vm.start() {
        std::process::exit(vm.uncaught(raised));
    }
    let status = vm.run_main(&text, &path);
    vm.end();
    std::process::exit(status);
}
