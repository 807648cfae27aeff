//! Programs of one-line questions, with CPython's answers beside them.

use std::rc::Rc;

use compile::Version;
use vm::Vm;
use vm::host::{Collected, Stream};

fn check(name: &str, version: Version, program: &str, expected: &str) {
    let host = Rc::new(Collected::default());
    let vm = Vm::new(version, host.clone());
    assert!(vm.start().is_ok(), "a machine starts");
    vm.run_main(program, name);
    assert!(vm.end(), "the output is handed on");
    let written = host.written.borrow();
    let text = |wanted: Stream| {
        let data: Vec<u8> = written.iter().filter(|(stream, _)| *stream == wanted).flat_map(|(_, data)| data.clone()).collect();
        String::from_utf8_lossy(&data).into_owned()
    };
    let (out, err) = (text(Stream::Stdout), text(Stream::Stderr));
    let wrong: Vec<String> =
        expected.lines().zip(out.lines()).filter(|(a, b)| a != b).map(|(a, b)| format!("CPython {a}\n   here {b}")).collect();
    assert!(wrong.is_empty(), "{name} under {version}: {} lines differ\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(expected.lines().count(), out.lines().count(), "{name} under {version} runs to its end: {err}");
}

macro_rules! programs {
    ($($folder:ident: $($name:ident)*;)*) => {
        $(mod $folder {
            $(#[test]
            fn $name() {
                let program = include_str!(concat!("cases/", stringify!($folder), "/", stringify!($name), ".py"));
                let expected = include_str!(concat!("cases/", stringify!($folder), "/", stringify!($name), ".out"));
                super::check(concat!(stringify!($name), ".py"), Default::default(), program, expected);
            })*
        })*
    };
}

programs! {
    leaves: numbers complex arithmetic text bytes formats errors warm;
    // Modules that CPython writes in C.
    library: structs arrays hashes rows characters complexes functions ordered calendar_time tasks trees token_stream test_runs json_text dates imports loaders type_variables buffers warned held_by_iterators;
    // What the language asks of objects.
    protocols: attribute_errors contexts docs exception_group_class frame_referents lost_dict made_by_calls;
    // `sys.settrace` and `sys.setprofile`.
    tracing: events functions frames monitoring line_jumps async_branches ends;
    // What programs about memory import.
    standins: ndarrays addresses memory_traces;
    // Streams and files; the files are in memory.
    files: memory files;
}

/// Programs that print something else in other versions: the outputs of a row are those of its versions.
macro_rules! versions {
    ($($name:ident: $([$($version:ident)*] $output:literal)*;)*) => {
        $(#[test]
        fn $name() {
            let program = include_str!(concat!("cases/versions/", stringify!($name), ".py"));
            $(for version in [$(Version::$version),*] {
                let expected = include_str!(concat!("cases/versions/", stringify!($name), ".", $output, ".out"));
                check(concat!(stringify!($name), ".py"), version, program, expected);
            })*
        })*
    };
}

versions! {
    // Weak containers that change while somebody goes through them.
    weak_walks: [V3_14] "3.14" [V3_13 V3_12 V3_11] "3.13" [V3_10] "3.10";
    // How the young count moves at what a program does.
    young_count: [V3_14] "3.14" [V3_13] "3.13";
    first_times: [V3_14] "3.14" [V3_13] "3.13";
    // What a traceback shows of a line, from the library and from the interpreter itself.
    carets: [V3_14 V3_13] "3.14" [V3_12] "3.12" [V3_11] "3.11" [V3_10] "3.10";
    // Frames, which the collector counted up to 3.10.
    counted_frames: [V3_14] "3.14" [V3_13] "3.13" [V3_12] "3.12" [V3_11] "3.11" [V3_10] "3.10";
    // What classes and objects measure, and what they had.
    layouts: [V3_14] "3.14" [V3_13] "3.13" [V3_12] "3.12" [V3_11] "3.11" [V3_10] "3.10";
    // What tools hear of calls and branches. (3.12 counts its branches by its own instructions.)
    told_calls: [V3_14] "3.14" [V3_13] "3.13";
    // Where due collections happen, what holds a printed text, and what errors know.
    due: [V3_14 V3_13] "3.14" [V3_12] "3.12" [V3_11] "3.11" [V3_10] "3.10";
    // The same, and more, that only random programs had met.
    rare_moments: [V3_14] "3.14" [V3_13] "3.13";
    // Which of an exception and its arguments was made first.
    garbage_order: [V3_14] "3.14" [V3_13 V3_12 V3_11 V3_10] "3.13";
    // Weak references that finalizers make of garbage.
    late_weakrefs: [V3_14 V3_13] "3.14" [V3_12 V3_11 V3_10] "3.12";
    // What is worked out only when somebody asks: values of `type` statements, bounds of type parameters.
    type_values: [V3_14 V3_13 V3_12] "3.14";
    // Words of errors, and how deep native code may nest.
    words: [V3_14] "3.14" [V3_13] "3.13" [V3_12] "3.12" [V3_11] "3.11" [V3_10] "3.10";
}
