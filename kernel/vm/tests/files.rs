//! Streams and files: programs whose every line is a question, with CPython's answers beside them; the files are in memory.

use std::rc::Rc;

use vm::Vm;
use vm::host::{Collected, Stream};

fn check(name: &str, program: &str, expected: &str) {
    let host = Rc::new(Collected::default());
    let vm = Vm::new(Default::default(), host.clone());
    assert!(vm.start().is_ok(), "a machine starts");
    vm.run_main(program, name);
    assert!(vm.end(), "the output is handed on");
    let written = host.written.borrow();
    let out: Vec<u8> = written.iter().filter(|(stream, _)| matches!(stream, Stream::Stdout)).flat_map(|(_, data)| data.clone()).collect();
    let out = String::from_utf8_lossy(&out);
    let wrong: Vec<String> =
        expected.lines().zip(out.lines()).filter(|(a, b)| a != b).map(|(a, b)| format!("CPython {a}\n   here {b}")).collect();
    assert!(wrong.is_empty(), "{name}: {} lines differ\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(expected.lines().count(), out.lines().count(), "{name} runs to its end");
}

macro_rules! programs {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(concat!(stringify!($name), ".py"), include_str!(concat!("files/", stringify!($name), ".py")), include_str!(concat!("files/", stringify!($name), ".out")));
        })*
    };
}

programs! { memory files }
