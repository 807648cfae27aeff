//! `_ast`: the classes of syntax trees, and trees as objects (`Python/Python-ast.c`).
//!
//! `table.rs` knows the kinds of nodes, `classes.rs` makes their classes, `node.rs` is what all nodes can do, `to_object.rs` and
//! `from_object.rs` are the two ways between the compiler's tree and objects.

mod classes;
mod from_object;
mod node;
mod table;
mod to_object;

use heap::Obj;

use super::ModuleSpec;
use crate::{PyResult, Vm};

pub(crate) use classes::Classes;
pub(crate) use from_object::from_object;
pub(crate) use to_object::to_object;

/// `_ast`.
pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_ast",
    functions: &[],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for (name, class) in &vm.ast_classes()?.all {
            vm.dict_set_str(&dict, name, class.clone());
        }
        for (name, flag) in [
            ("PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000),
            ("PyCF_ONLY_AST", 0x400),
            ("PyCF_OPTIMIZED_AST", 0x8400),
            ("PyCF_TYPE_COMMENTS", 0x1000),
        ] {
            vm.dict_set_str(&dict, name, vm.int(flag));
        }
        Ok(())
    },
};

/// Whether an object is a syntax tree. There is none before somebody asked for the classes.
pub(crate) fn is_tree(vm: &Vm, obj: &Obj) -> PyResult<bool> {
    match vm.state.ast.get() {
        Some(classes) => vm.is_instance(obj, &classes.base),
        None => Ok(false),
    }
}
