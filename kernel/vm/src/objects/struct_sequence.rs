//! Struct sequences: tuples whose items have names (`Objects/structseq.c`), such as `sys.version_info`.

use heap::{Obj, Tuple};

use crate::{PyResult, Vm};

/// A field of a struct sequence.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StructField {
    /// An item of the tuple, with this name.
    Shown(&'static str),
}

/// A new struct sequence, of a class of its own.
pub(crate) fn struct_sequence(vm: &Vm, name: &str, fields: &[StructField], values: Vec<Obj>) -> PyResult {
    Ok(of_class(vm, &class(vm, name, fields)?, values))
}

/// A new struct sequence of a class that is there.
pub(crate) fn of_class(vm: &Vm, class: &Obj, values: Vec<Obj>) -> Obj {
    let made = vm.new_tuple_of(class, values);
    // `PyStructSequence_New` does not track what it makes.
    vm.heap.untrack(&made);
    made
}

/// The class: a tuple with a property for each field and a repr that names them.
pub(crate) fn class(vm: &Vm, name: &str, fields: &[StructField]) -> PyResult {
    let (module, short) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let namespace = vm.dict();
    vm.dict_set_str(&namespace, "__module__", vm.str(module));
    vm.dict_set_str(&namespace, "__slots__", vm.consts.empty_tuple.clone());
    let names: Vec<&str> = fields.iter().map(|StructField::Shown(name)| *name).collect();
    for (i, field) in names.iter().enumerate() {
        let getter = vm.call(&vm.types.tuple_getter, &[vm.int(i as i64), vm.none()])?;
        vm.dict_set_str(&namespace, field, getter);
    }
    let n = vm.int(names.len() as i64);
    for count in ["n_fields", "n_sequence_fields"] {
        vm.dict_set_str(&namespace, count, n.clone());
    }
    vm.dict_set_str(&namespace, "n_unnamed_fields", vm.int(0));
    vm.dict_set_str(&namespace, "__match_args__", vm.tuple(names.iter().map(|name| vm.intern(name)).collect()));
    let class = vm.call(&vm.types.type_, &[vm.str(short), vm.tuple(vec![vm.types.tuple.clone()]), namespace])?;
    vm.class(&class).slots.repr.set(Some(repr));
    Ok(class)
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let class = vm.class_of(this);
    let name = vm.getattr_str(&class, "__qualname__")?;
    let module = vm.getattr_str(&class, "__module__")?;
    let names = vm.getattr_str(&class, "__match_args__")?;
    let mut parts = Vec::new();
    if let (Some(names), Some(items)) = (names.get::<Tuple>(), this.get::<Tuple>()) {
        for (name, item) in names.items().iter().zip(items.items()) {
            parts.push(format!("{}={}", vm.lossy(name), vm.repr_text(item)?));
        }
    }
    Ok(vm.str(&format!("{}.{}({})", vm.lossy(&module), vm.lossy(&name), parts.join(", "))))
}
