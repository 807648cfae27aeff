//! From the compiler's tree to objects (`ast2obj_*`).

use compile::tree::{Node, Value};

use super::classes::Classes;
use crate::{PyResult, Vm};

/// A node as an object, with all below it.
pub(crate) fn to_object(vm: &Vm, node: &Node) -> PyResult {
    let classes = vm.ast_classes()?;
    object(vm, classes, node)
}

fn object(vm: &Vm, classes: &Classes, node: &Node) -> PyResult {
    if let Some(only) = classes.singletons.get(&*node.kind) {
        return Ok(only.clone());
    }
    let class = classes.named(&node.kind).ok_or_else(|| vm.system_error(format!("no class for {} nodes", node.kind)))?;
    let made = vm.new_instance(class);
    let names = vm.to_vec(&vm.getattr_str(class, "_fields")?)?;
    let dict = vm.dict();
    for (name, value) in names.iter().zip(&node.fields) {
        let value = vm.guarded(" during ast construction", || field(vm, classes, value))?;
        vm.dict_set(&dict, name, value)?;
    }
    if let Some(loc) = node.loc {
        for (name, n) in [("lineno", loc.line), ("col_offset", loc.col), ("end_lineno", loc.end_line), ("end_col_offset", loc.end_col)] {
            vm.dict_set_str(&dict, name, vm.int(i64::from(n)));
        }
    }
    vm.set_instance_dict(&made, Some(&dict))?;
    Ok(made)
}

fn field(vm: &Vm, classes: &Classes, value: &Value) -> PyResult {
    Ok(match value {
        Value::None => vm.none(),
        Value::Int(n) => vm.int(*n),
        Value::Name(name) => vm.intern(name),
        Value::Const(value) => vm.load_const(value, &mut rustc_hash::FxHashMap::default()),
        Value::Node(node) => object(vm, classes, node)?,
        Value::List(values) => {
            let items = values.iter().map(|value| field(vm, classes, value)).collect::<PyResult<_>>()?;
            vm.list(items)
        }
    })
}
