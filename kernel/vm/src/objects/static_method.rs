//! `staticmethod` (`Objects/funcobject.c`).

use heap::{Obj, Slot};

use crate::args::Args;
use crate::class::{ClassSpec, GetSet, flags};
use crate::{PyResult, Vm, kinds};

/// The payload of a `staticmethod`.
#[derive(Default)]
pub struct StaticMethod {
    /// `__func__`, `__wrapped__`.
    pub callable: Slot,
    /// `__dict__`, once it has come into being.
    pub dict: Slot,
}

crate::payload!(StaticMethod, kinds::STATIC_METHOD, { callable, dict });

impl Vm {
    /// A new `staticmethod` of a function.
    pub(crate) fn new_static_method(&self, function: &Obj) -> Obj {
        self.heap.alloc(StaticMethod { callable: function.clone().into(), dict: Slot::empty() }).tracked()
    }

    /// `functools_wraps`: what describes the function describes its wrapper, too.
    pub(super) fn wrap_attributes(&self, wrapper: &Obj, wrapped: &Obj) -> PyResult<()> {
        let names = &self.names;
        // Up to 3.13 the annotations too, which come into being with it.
        let annotations = (self.version <= compile::Version::V3_13).then_some(&names.__annotations__);
        for name in [&names.__module__, &names.__name__, &names.__qualname__, &names.__doc__].into_iter().chain(annotations) {
            if let Some(value) = self.getattr_opt(wrapped, name)? {
                self.setattr(wrapper, name, Some(&value))?;
            }
        }
        Ok(())
    }
}

fn payload(obj: &Obj) -> &StaticMethod {
    obj.get::<StaticMethod>().expect("a staticmethod has the payload of one")
}

fn callable(vm: &Vm, obj: &Obj) -> PyResult {
    payload(obj).callable.get().ok_or_else(|| vm.runtime_error("uninitialized staticmethod object"))
}

fn init(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        return Err(vm.type_error("staticmethod() takes no keyword arguments"));
    }
    let args = args.check(vm, "staticmethod", 1, 1)?;
    payload(obj).callable.set(args[0].clone());
    vm.wrap_attributes(obj, &args[0])
}

/// `staticmethod`.
pub static STATIC_METHOD: ClassSpec = ClassSpec {
    name: "staticmethod",
    base: Some(&super::object::OBJECT),
    kind: kinds::STATIC_METHOD,
    flags: flags::CONTAINER,
    slots: |slots| {
        slots.new.set(Some(|vm, class, _| Ok(vm.new_object(class, StaticMethod::default()))));
        slots.init.set(Some(init));
        slots.descr_get.set(Some(|vm, obj, _, _| callable(vm, obj)));
        slots.call.set(Some(|vm, obj, args| {
            let tuple = args.to_tuple(vm);
            vm.call_args(&callable(vm, obj)?, args.with_tuple(&tuple))
        }));
        slots.repr.set(Some(|vm, obj| {
            let inside = callable(vm, obj)?;
            Ok(vm.str(&format!("<staticmethod({})>", vm.repr_text(&inside)?)))
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
    doc: "staticmethod(function, /)\n--\n\n",
};

fn forward(vm: &Vm, obj: &Obj, name: &str) -> PyResult {
    super::forwarded(vm, obj, &callable(vm, obj)?, name)
}

fn keep(vm: &Vm, obj: &Obj, name: &str, value: Option<&Obj>) -> PyResult<()> {
    super::keep_own(vm, obj, name, value)
}
