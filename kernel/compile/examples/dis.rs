//! Shows the code of a file as `python -m dis` does: `cargo run -p compile --example dis -- [--3.13] FILE`.

use compile::{Mode, Options, Version, compile, dis};

fn main() -> std::io::Result<()> {
    let mut options = Options::default();
    for arg in std::env::args().skip(1) {
        if arg == "--3.13" {
            options.version = Version::V3_13;
            continue;
        }
        let source = std::fs::read_to_string(&arg)?;
        match compile(&source, &arg, Mode::Exec, options) {
            Ok(code) => print!("{}", dis::dis(&code)),
            Err(error) => eprintln!("{}:{}:{}: {:?}: {}", arg, error.line, error.col, error.kind, error.msg),
        }
    }
    Ok(())
}
