//! Slots of the frame: names and kinds as `_testinternalcapi.get_co_localskinds` of CPython 3.14 gives them.

use std::rc::Rc;

use compile::{Code, Const, Mode, Options, compile};

/// The first code object in the module.
fn inner(source: &str) -> Rc<Code> {
    let module = compile(source, "slots.py", Mode::Exec, Options::default()).unwrap();
    let found = module.consts.iter().find_map(|value| if let Const::Code(code) = value { Some(code.clone()) } else { None });
    found.unwrap()
}

fn check(source: &str, expected: &[(&str, u8)]) {
    let code = inner(source);
    let slots: Vec<(&str, u8)> = code.localsplus.iter().map(|(name, kind)| (&**name, *kind)).collect();
    assert_eq!(slots, expected, "{source}");
}

#[test]
fn parameters_come_first_and_may_be_cells() {
    let source = "
def f(a, /, b, *args, c, **kw):
    d = 1
    def g(): return a, args, d
    return [x for x in g]
";
    check(source, &[("a", 98), ("b", 38), ("c", 36), ("args", 106), ("kw", 44), ("g", 32), ("x", 32), ("d", 64)]);
}

#[test]
fn a_class_hides_the_names_of_its_comprehensions() {
    check("class C: z = [x for x in []]", &[("x", 48)]);
}

#[test]
fn a_handler_is_found_by_the_instruction_that_raises() {
    let code = inner("def f():\n    try:\n        a()\n    except E:\n        b()\n    c()\n");
    let call = code.instrs.iter().position(|instr| instr.op == compile::Op::Call).unwrap();
    let handler = code.handler(call).unwrap();
    assert_eq!(code.instrs[handler.target as usize].op, compile::Op::PushExcInfo);
    assert!(code.handler(0).is_none());
}
