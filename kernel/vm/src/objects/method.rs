//! `method`: a function bound to an object (`Objects/classobject.c`).

use heap::{Obj, Slot, Str};

use crate::args::Args;
use crate::class::{ClassSpec, Convention, GetSet, Method as NativeMethod, flags};
use crate::{PyResult, Vm, kinds};

/// The payload of a bound method.
pub struct Method {
    /// `__func__`.
    pub func: Slot,
    /// `__self__`.
    pub self_: Slot,
}

crate::payload!(Method, kinds::METHOD, { func, self_ }, clear []);

impl Vm {
    /// A bound method (`PyMethod_New`).
    pub fn new_method(&self, func: Obj, self_: Obj) -> Obj {
        self.heap.alloc(Method { func: func.into(), self_: self_.into() }).tracked()
    }
}

impl Vm {
    /// Function and object of a bound method; `None` for anything else.
    pub(crate) fn method_parts(&self, obj: &Obj) -> Option<(Obj, Obj)> {
        let method = obj.get::<Method>()?;
        Some((method.func.get()?, method.self_.get()?))
    }
}

fn parts(obj: &Obj) -> (Obj, Obj) {
    let method = obj.get::<Method>().expect("a method has the payload of one");
    (method.func.get().expect("a method has its function"), method.self_.get().expect("a method has its object"))
}

fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "method", 2, 2)?;
    if !vm.is_callable(&args[0]) {
        return Err(vm.type_error("first argument must be callable"));
    }
    if args[1].is(&vm.consts.none) {
        return Err(vm.type_error("instance must not be None"));
    }
    Ok(vm.new_method(args[0].clone(), args[1].clone()))
}

fn call(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let (func, this) = parts(obj);
    vm.call_with_self(&func, &this, args)
}

/// What the method itself does not have, its function may (`method_getattro`).
fn getattro(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult {
    let class = vm.class_of(obj);
    if let Some(found) = vm.class_lookup(&class, name) {
        return match vm.with_class(&found, |class| class.slots.descr_get.get()) {
            Some(get) => get(vm, &found, Some(obj), Some(&class)),
            None => Ok(found),
        };
    }
    vm.getattr(&parts(obj).0, name)
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let (func, this) = parts(obj);
    let name = match vm.getattr_opt(&func, &vm.names.__qualname__)? {
        Some(name) => Some(name),
        None => vm.getattr_opt(&func, &vm.names.__name__)?,
    };
    let name = name.filter(|name| name.get::<Str>().is_some()).map_or_else(|| "?".to_owned(), |name| vm.lossy(&name));
    let this = vm.repr_text(&this)?;
    Ok(vm.str(&format!("<bound method {name} of {this}>")))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: crate::Compare) -> PyResult {
    use crate::Compare::{Eq, Ne};
    if !matches!(op, Eq | Ne) || a.get::<Method>().is_none() || b.get::<Method>().is_none() {
        return Ok(vm.not_implemented());
    }
    let ((f, x), (g, y)) = (parts(a), parts(b));
    let same = vm.eq(&f, &g)? && x.is(&y);
    Ok(vm.bool(same == (op == Eq)))
}

fn hash(vm: &Vm, obj: &Obj) -> PyResult<i64> {
    let (func, this) = parts(obj);
    let hash = crate::protocol::compare::identity_hash(vm, &this)? ^ vm.hash(&func)?;
    Ok(if hash == -1 { -2 } else { hash })
}

fn descr_get(_: &Vm, obj: &Obj, _: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    Ok(obj.clone())
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let (func, this) = parts(obj);
    let name = vm.getattr(&func, &vm.names.__name__)?;
    let getattr = vm.builtin("getattr")?;
    Ok(vm.tuple(vec![getattr, vm.tuple(vec![this, name])]))
}

/// `method`.
pub static METHOD: ClassSpec = ClassSpec {
    name: "method",
    base: Some(&super::object::OBJECT),
    kind: kinds::METHOD,
    flags: flags::HAVE_GC | flags::HAVE_VECTORCALL,
    slots: |slots| {
        slots.new.set(Some(new));
        slots.call.set(Some(call));
        slots.getattro.set(Some(getattro));
        slots.repr.set(Some(repr));
        slots.richcompare.set(Some(compare));
        slots.hash.set(Some(hash));
        slots.descr_get.set(Some(descr_get));
    },
    methods: &[NativeMethod::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)")],
    getset: &[
        GetSet::member("__func__", |_, obj| Ok(parts(obj).0)),
        GetSet::member("__self__", |_, obj| Ok(parts(obj).1)),
        GetSet::new("__doc__", |vm, obj| Ok(vm.getattr_opt(&parts(obj).0, &vm.names.__doc__)?.unwrap_or_else(|| vm.none()))),
    ],
    basicsize: 48,
    itemsize: 0,
    doc: "method(function, instance, /)\n--\n\n",
};
