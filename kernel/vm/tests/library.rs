//! Modules that CPython writes in C: programs of one-line questions, with CPython's answers beside them.

use std::rc::Rc;

use vm::Vm;
use vm::host::{Collected, Stream};

fn check(name: &str, program: &str, expected: &str) {
    let host = Rc::new(Collected::default());
    let vm = Vm::new(Default::default(), host.clone());
    assert!(vm.start().is_ok(), "a machine starts");
    vm.run_main(program, name);
    vm.end();
    let written = host.written.borrow();
    let text = |wanted: Stream| {
        let data: Vec<u8> = written.iter().filter(|(stream, _)| *stream == wanted).flat_map(|(_, data)| data.clone()).collect();
        String::from_utf8_lossy(&data).into_owned()
    };
    let (out, err) = (text(Stream::Stdout), text(Stream::Stderr));
    let wrong: Vec<String> =
        expected.lines().zip(out.lines()).filter(|(a, b)| a != b).map(|(a, b)| format!("CPython {a}\n   here {b}")).collect();
    assert!(wrong.is_empty(), "{name}: {} lines differ\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(expected.lines().count(), out.lines().count(), "{name} runs to its end: {err}");
}

macro_rules! programs {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(concat!(stringify!($name), ".py"), include_str!(concat!("library/", stringify!($name), ".py")), include_str!(concat!("library/", stringify!($name), ".out")));
        })*
    };
}

programs! { structs arrays hashes rows characters complexes }
