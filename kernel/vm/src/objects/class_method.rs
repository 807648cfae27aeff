//! `classmethod` (`Objects/funcobject.c`).

use heap::{Obj, Slot};

use crate::args::Args;
use crate::class::{ClassSpec, GetSet, flags};
use crate::{PyResult, Vm, kinds};

/// The payload of a `classmethod`.
#[derive(Default)]
pub struct ClassMethod {
    /// `__func__`, `__wrapped__`.
    pub callable: Slot,
    /// `__dict__`, once it has come into being.
    pub dict: Slot,
}

crate::payload!(ClassMethod, kinds::CLASS_METHOD, { callable, dict });

impl Vm {
    /// A new `classmethod` of a function.
    pub(crate) fn new_class_method(&self, function: &Obj) -> Obj {
        self.heap.alloc(ClassMethod { callable: function.clone().into(), dict: Slot::empty() }).tracked()
    }

    /// `__isabstractmethod__` of what wraps a function.
    pub(super) fn is_abstract(&self, function: Option<Obj>) -> PyResult {
        let Some(function) = function else { return Ok(self.bool(false)) };
        match self.getattr_opt(&function, &self.names.__isabstractmethod__)? {
            Some(answer) => Ok(self.bool(self.is_true(&answer)?)),
            None => Ok(self.bool(false)),
        }
    }
}

fn payload(obj: &Obj) -> &ClassMethod {
    obj.get::<ClassMethod>().expect("a classmethod has the payload of one")
}

fn callable(vm: &Vm, obj: &Obj) -> PyResult {
    payload(obj).callable.get().ok_or_else(|| vm.runtime_error("uninitialized classmethod object"))
}

fn init(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        return Err(vm.type_error("classmethod() takes no keyword arguments"));
    }
    let args = args.check(vm, "classmethod", 1, 1)?;
    payload(obj).callable.set(args[0].clone());
    vm.wrap_attributes(obj, &args[0])
}

fn descr_get(vm: &Vm, obj: &Obj, instance: Option<&Obj>, owner: Option<&Obj>) -> PyResult {
    let function = callable(vm, obj)?;
    let owner = match (owner, instance) {
        (Some(owner), _) => owner.clone(),
        (None, Some(instance)) => vm.class_of(instance),
        (None, None) => vm.none(),
    };
    Ok(vm.new_method(function, owner))
}

/// `classmethod`.
pub static CLASS_METHOD: ClassSpec = ClassSpec {
    name: "classmethod",
    base: Some(&super::object::OBJECT),
    kind: kinds::CLASS_METHOD,
    flags: flags::CONTAINER,
    slots: |slots| {
        slots.new.set(Some(|vm, class, _| Ok(vm.new_object(class, ClassMethod::default()))));
        slots.init.set(Some(init));
        slots.descr_get.set(Some(descr_get));
        slots.repr.set(Some(|vm, obj| {
            let inside = callable(vm, obj)?;
            Ok(vm.str(&format!("<classmethod({})>", vm.repr_text(&inside)?)))
        }));
    },
    methods: &[],
    getset: &[
        GetSet::member("__func__", callable),
        GetSet::member("__wrapped__", callable),
        GetSet::new("__isabstractmethod__", |vm, obj| vm.is_abstract(payload(obj).callable.get())),
        GetSet::with_set("__dict__", super::own_dict, super::set_own_dict),
        GetSet::with_set(
            "__annotations__",
            |vm, obj| forward(vm, obj, "__annotations__"),
            |vm, obj, value| keep(vm, obj, "__annotations__", value),
        ),
        GetSet::with_set("__annotate__", |vm, obj| forward(vm, obj, "__annotate__"), |vm, obj, value| keep(vm, obj, "__annotate__", value)),
    ],
    basicsize: 32,
    itemsize: 0,
    doc: "classmethod(function, /)\n--\n\n",
};

fn forward(vm: &Vm, obj: &Obj, name: &str) -> PyResult {
    super::forwarded(vm, obj, &callable(vm, obj)?, name)
}

fn keep(vm: &Vm, obj: &Obj, name: &str, value: Option<&Obj>) -> PyResult<()> {
    super::keep_own(vm, obj, name, value)
}
