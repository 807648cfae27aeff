//! A machine starts, and its classes answer.

use std::rc::Rc;

use vm::{Vm, host::Collected};

#[test]
fn classes_have_their_bases() {
    let vm = Vm::new(Default::default(), Rc::new(Collected::default()));
    for class in [&vm.types.list, &vm.types.zero_division_error, &vm.types.type_] {
        assert!(vm.subclass_of(class, &vm.types.object));
    }
    assert!(vm.subclass_of(&vm.types.zero_division_error, &vm.types.exception));
    assert!(vm.class_of(&vm.types.list).is(&vm.types.type_));
    let list = vm.list(vec![]);
    let name = vm.intern("append");
    let Ok(append) = vm.getattr(&list, &name) else { panic!("a list can append") };
    let Ok(text) = vm.repr_text(&vm.types.list) else { panic!("a class has a repr") };
    assert_eq!(text, "<class 'list'>");
    assert_eq!(vm.type_name(&append), "builtin_function_or_method");
}
