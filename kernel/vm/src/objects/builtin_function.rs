//! `builtin_function_or_method`: native functions of modules, and native methods bound to an object (`Objects/methodobject.c`).

use heap::{Obj, Slot};

use crate::args::Args;
use crate::class::{Class, ClassSpec, Convention, GetSet, Method, flags};
use crate::{PyResult, Vm, kinds};

/// The payload of a builtin function or bound method.
pub struct BuiltinFunction {
    /// What it is made from.
    pub method: &'static Method,
    /// The object it is bound to, or its module.
    pub self_: Slot,
    /// `__module__`, a `str`, or empty.
    pub module: Slot,
}

crate::payload!(BuiltinFunction, kinds::BUILTIN_FUNCTION, { self_, module }, clear []);

fn payload(obj: &Obj) -> &BuiltinFunction {
    obj.get::<BuiltinFunction>().expect("a builtin function has the payload of one")
}

/// Whether an object is the function `print`.
pub(crate) fn is_print(obj: &Obj) -> bool {
    obj.get::<BuiltinFunction>().is_some_and(|function| function.method.name == "print")
}

impl Vm {
    /// A builtin function or bound method. `module` is the module's name.
    pub fn new_builtin(&self, method: &'static Method, self_: Option<Obj>, module: Option<Obj>) -> Obj {
        self.heap.alloc(BuiltinFunction { method, self_: self_.into(), module: module.into() }).tracked()
    }

    /// A module's function.
    pub(crate) fn builtin_function(&self, method: &'static Method, module: &Obj, module_name: &str) -> Obj {
        self.new_builtin(method, Some(module.clone()), Some(self.intern(module_name)))
    }

    /// The name of a builtin function for its own error texts (`_PyObject_FunctionStr`).
    fn builtin_label(&self, obj: &Obj) -> String {
        let name = builtin_qualname(self, obj);
        match payload(obj).module.get().map(|module| self.lossy(&module)) {
            Some(module) if module != "builtins" => format!("{module}.{name}()"),
            _ => format!("{name}()"),
        }
    }

    /// Calls a builtin function (`cfunction_vectorcall`).
    pub fn call_builtin(&self, function: &Obj, args: Args<'_>) -> PyResult {
        let target = payload(function);
        self.call_native(target.method, self.bound_to(target), args, || self.builtin_label(function))
    }

    /// As [`Vm::call_builtin`], with one positional argument, which fits wherever any argument does.
    #[inline]
    pub(crate) fn call_builtin_one(&self, function: &Obj, arg: &Obj) -> PyResult {
        let target = payload(function);
        if target.method.convention == Convention::NoArgs {
            return self.call_builtin(function, Args::positional(std::slice::from_ref(arg)));
        }
        self.call_method_one(target.method, self.bound_to(target), arg)
    }

    /// Calls a builtin function that takes arguments with one.
    #[inline(always)]
    pub(crate) fn call_method_one(&self, method: &'static Method, bound: &Obj, arg: &Obj) -> PyResult {
        let _tuple = method.varargs.then(|| self.heap.passing_tuple(1));
        (method.call)(self, bound, Args::positional(std::slice::from_ref(arg)))
    }
}

/// `meth_get__qualname__`: the name, after that of the class if it is a method.
fn builtin_qualname(vm: &Vm, obj: &Obj) -> String {
    let function = payload(obj);
    match function.self_.get() {
        Some(this) if this.kind() != kinds::MODULE => {
            let class = if this.get::<Class>().is_some() { this } else { vm.class_of(&this) };
            format!("{}.{}", vm.lossy(&vm.class_qualname(&class)), function.method.name)
        }
        _ => function.method.name.to_owned(),
    }
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let function = payload(obj);
    let name = function.method.name;
    Ok(vm.str(&match function.self_.get() {
        Some(this) if this.kind() != kinds::MODULE => {
            format!("<built-in method {name} of {} object at {:#x}>", vm.type_name(&this), this.id())
        }
        _ => format!("<built-in function {name}>"),
    }))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: crate::Compare) -> PyResult {
    use crate::Compare::{Eq, Ne};
    let (Some(f), Some(g)) = (a.get::<BuiltinFunction>(), b.get::<BuiltinFunction>()) else { return Ok(vm.not_implemented()) };
    if !matches!(op, Eq | Ne) {
        return Ok(vm.not_implemented());
    }
    let same_self = match (f.self_.get(), g.self_.get()) {
        (None, None) => true,
        (Some(a), Some(b)) => a.is(&b),
        _ => false,
    };
    Ok(vm.bool((same_self && f.method.call as usize == g.method.call as usize && f.method.name == g.method.name) == (op == Eq)))
}

fn hash(_: &Vm, obj: &Obj) -> PyResult<i64> {
    let function = payload(obj);
    let this = function.self_.get().map_or(0, |this| this.id() as i64 >> 4);
    let name = heap::hash::hash_bytes(function.method.name.as_bytes());
    let hash = this ^ name;
    Ok(if hash == -1 { -2 } else { hash })
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let function = payload(obj);
    let name = vm.intern(function.method.name);
    match function.self_.get() {
        Some(this) if this.kind() != kinds::MODULE => {
            let getattr = vm.builtin("getattr")?;
            Ok(vm.tuple(vec![getattr, vm.tuple(vec![this, name])]))
        }
        _ => Ok(name),
    }
}

/// `builtin_function_or_method`.
pub static BUILTIN_FUNCTION: ClassSpec = ClassSpec {
    name: "builtin_function_or_method",
    base: Some(&super::object::OBJECT),
    kind: kinds::BUILTIN_FUNCTION,
    flags: flags::HAVE_GC | flags::HAVE_VECTORCALL,
    slots: |slots| {
        slots.call.set(Some(|vm, function, args| vm.call_builtin(function, args)));
        slots.repr.set(Some(repr));
        slots.richcompare.set(Some(compare));
        slots.hash.set(Some(hash));
    },
    methods: &[Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)")],
    getset: &[
        GetSet::member("__module__", |vm, obj| Ok(payload(obj).module.get().unwrap_or_else(|| vm.none()))),
        GetSet::new("__doc__", |vm, obj| Ok(vm.function_doc(payload(obj)))),
        GetSet::new("__name__", |vm, obj| Ok(vm.intern(payload(obj).method.name))),
        GetSet::new("__qualname__", |vm, obj| Ok(vm.str(&builtin_qualname(vm, obj)))),
        GetSet::new("__self__", |vm, obj| Ok(payload(obj).self_.get().unwrap_or_else(|| vm.none()))),
        GetSet::new("__text_signature__", |vm, obj| super::descriptor::text_signature(vm, payload(obj).method)),
    ],
    basicsize: 56,
    itemsize: 0,
    doc: "",
};
