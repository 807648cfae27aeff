//! `_typing._ConstEvaluator`: the function of a bound, default or value that was never one (`Objects/typevarobject.c`).

use heap::{Obj, Slot, Tuple};

use super::class::items_of;
use super::generic_alias::type_repr;
use crate::class::{ClassSpec, flags};
use crate::{Args, PyResult, Vm, kinds};

/// The payload: what every call gives.
pub(crate) struct ConstEvaluator {
    value: Slot,
}

crate::payload!(ConstEvaluator, kinds::CONST_EVALUATOR, { value });

/// `_typing._ConstEvaluator`.
pub(crate) static CONST_EVALUATOR: ClassSpec = ClassSpec {
    name: "_typing._ConstEvaluator",
    base: Some(&super::object::OBJECT),
    kind: kinds::CONST_EVALUATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION | flags::MODULE_TYPE,
    slots: |slots| {
        slots.repr.set(Some(|vm, obj| Ok(vm.str(&format!("<constevaluator {}>", vm.repr_text(&value(vm, obj))?)))));
        slots.call.set(Some(call));
    },
    methods: &[],
    getset: &[],
    basicsize: 24,
    itemsize: 0,
    doc: "",
};

impl Vm {
    /// A function that gives `value`.
    pub(super) fn const_evaluator(&self, value: &Obj) -> Obj {
        self.heap.alloc(ConstEvaluator { value: value.clone().into() }).tracked()
    }
}

fn value(vm: &Vm, obj: &Obj) -> Obj {
    vm.slot_or_none(&obj.get::<ConstEvaluator>().expect("a method of an evaluator gets one").value)
}

fn call(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    /// `annotationlib.Format.STRING`.
    const STRING: isize = 4;
    const NAME: &str = "constevaluator.__call__";
    if args.has_keywords() {
        return Err(vm.type_error(format!("{NAME}() takes no keyword arguments")));
    }
    let [format] = args.pos() else {
        return Err(vm.type_error(format!("{NAME}() takes exactly 1 argument ({} given)", args.pos().len())));
    };
    let value = value(vm, obj);
    if vm.index_isize(format)? != STRING {
        return Ok(value);
    }
    if value.get::<Tuple>().is_none() {
        return Ok(vm.str(&type_repr(vm, &value)?));
    }
    let parts = items_of(&value).iter().map(|item| type_repr(vm, item)).collect::<PyResult<Vec<_>>>()?;
    Ok(vm.str(&format!("({})", parts.join(", "))))
}
