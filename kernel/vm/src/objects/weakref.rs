//! `weakref.ref` and the two proxies (`Objects/weakrefobject.c`). What a weak reference is to the heap is in `heap`'s `weakref.rs`.

use compile::Version;
use heap::{Kind, Obj, Str, WeakFlavour, WeakRef};

use crate::class::{Binary, ClassSpec, Compare, Convention, GetSet, Method, OPERATORS, Operator, Slots, Unary, flags};
use crate::kinds;
use crate::{Args, PyResult, Vm};

/// `weakref.ReferenceType`, known as `weakref.ref`.
pub(crate) static REFERENCE: ClassSpec = ClassSpec {
    name: "weakref.ReferenceType",
    base: Some(&crate::objects::object::OBJECT),
    kind: Kind::WEAKREF,
    flags: flags::CONTAINER | flags::HAVE_VECTORCALL,
    slots: |s: &Slots| {
        s.new.set(Some(new));
        s.init.set(Some(init));
        s.call.set(Some(call));
        s.repr.set(Some(repr));
        s.hash.set(Some(hash));
        s.richcompare.set(Some(compare));
    },
    methods: &[Method::class("__class_getitem__", |vm, this, args| vm.generic_alias(this, &args.pos()[0]), Convention::One)
        .signature("($type, object, /)")],
    getset: &[GetSet::member("__callback__", |vm, this| Ok(own(this).callback().unwrap_or_else(|| vm.none())))],
    basicsize: 64,
    itemsize: 0,
    doc: "",
};

fn own(this: &Obj) -> &WeakRef {
    this.get::<WeakRef>().expect("a method of a weak reference gets one")
}

impl Vm {
    /// Whether weak references to the object can be made.
    pub(crate) fn is_weakrefable(&self, obj: &Obj) -> bool {
        let by_kind = matches!(
            obj.kind(),
            Kind::SET
                | Kind::FROZENSET
                | kinds::CLASS
                | kinds::FUNCTION
                | kinds::BUILTIN_FUNCTION
                | kinds::METHOD
                | kinds::MODULE
                | kinds::GENERATOR
                | kinds::COROUTINE
                | kinds::ASYNC_GENERATOR
                | kinds::CODE
                | kinds::MEMORY_VIEW
                | kinds::GENERIC_ALIAS
                | kinds::UNION
        );
        by_kind || self.with_class(obj, |class| class.weakrefable.get())
    }

    /// A new weak reference, or the canonical one (`PyWeakref_NewRef`, `PyWeakref_NewProxy`).
    pub fn new_weakref(&self, target: &Obj, proxy: bool, callback: Option<&Obj>) -> PyResult {
        if !self.is_weakrefable(target) {
            return Err(self.type_error(format!("cannot create weak reference to '{}' object", self.type_name(target))));
        }
        let flavour = match proxy {
            false => WeakFlavour::Ref,
            true if self.is_callable(target) => WeakFlavour::CallableProxy,
            true => WeakFlavour::Proxy,
        };
        let callback = callback.filter(|callback| !callback.is(&self.consts.none)).cloned();
        Ok(self.heap.weakref(target, flavour, callback))
    }
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let given = Args::positional(args.pos()).check(vm, "__new__", 1, 2)?;
    let callback = given.get(1).filter(|callback| !callback.is(&vm.consts.none));
    if class.is(&vm.types.weakref) {
        if args.has_keywords() {
            return Err(vm.type_error("ref() takes no keyword arguments"));
        }
        return vm.new_weakref(&given[0], false, callback);
    }
    if !vm.is_weakrefable(&given[0]) {
        return Err(vm.type_error(format!("cannot create weak reference to '{}' object", vm.type_name(&given[0]))));
    }
    let layout = vm.new_layout(vm.class(class));
    Ok(vm.heap.weakref_with_class(&given[0], callback.cloned(), class.clone(), layout))
}

fn init(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        return Err(vm.type_error("ref() takes no keyword arguments"));
    }
    args.check(vm, "__init__", 1, 2).map(|_| ())
}

fn call(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(vm.type_error(if vm.version <= Version::V3_10 {
            format!("__call__() takes at most 0 keyword arguments ({} given)", args.names().len())
        } else {
            "weakref() takes no keyword arguments".to_owned()
        }));
    }
    if !args.pos().is_empty() {
        if vm.version <= Version::V3_10 {
            return Err(vm.type_error(format!("__call__() takes at most 0 arguments ({} given)", args.pos().len())));
        }
        return Err(vm.type_error(format!("weakref expected 0 arguments, got {}", args.pos().len())));
    }
    Ok(own(this).target().unwrap_or_else(|| vm.none()))
}

fn address(obj: &Obj) -> String {
    format!("{:#x}", obj.id())
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let Some(target) = own(this).target() else { return Ok(vm.str(&format!("<weakref at {}; dead>", address(this)))) };
    // The class is asked, not the object. In 3.13 the exception stays set beside the result, and whoever called breaks on it.
    let found = match vm.lookup_special(&target, "__name__") {
        Err(raised) if vm.version >= compile::Version::V3_14 => return Err(raised),
        found => found.unwrap_or_default(),
    };
    let name = found.filter(|name| name.get::<Str>().is_some()).map(|name| format!(" ({})", vm.lossy(&name)));
    Ok(vm.str(&format!(
        "<weakref at {}; to '{}' at {}{}>",
        address(this),
        vm.full_class_name(&vm.class_of(&target)),
        address(&target),
        name.unwrap_or_default()
    )))
}

fn hash(vm: &Vm, this: &Obj) -> PyResult<i64> {
    let weak = own(this);
    if weak.hash.get() != -1 {
        return Ok(weak.hash.get());
    }
    let Some(target) = weak.target() else { return Err(vm.type_error("weak object has gone away")) };
    let hash = vm.hash(&target)?;
    weak.hash.set(hash);
    Ok(hash)
}

fn compare(vm: &Vm, this: &Obj, other: &Obj, op: Compare) -> PyResult {
    if !matches!(op, Compare::Eq | Compare::Ne) || !vm.is_kind_of(other, &vm.types.weakref) {
        return Ok(vm.not_implemented());
    }
    match (own(this).target(), own(other).target()) {
        (Some(a), Some(b)) => vm.compare(&a, &b, op),
        _ => Ok(vm.bool(this.is(other) == (op == Compare::Eq))),
    }
}

/// `weakref.ProxyType`.
pub(crate) static PROXY: ClassSpec = proxy_class("weakref.ProxyType", proxy_slots);
/// `weakref.CallableProxyType`.
pub(crate) static CALLABLE_PROXY: ClassSpec = proxy_class("weakref.CallableProxyType", |s| {
    proxy_slots(s);
    s.call.set(Some(|vm, this, args| {
        let tuple = args.to_tuple(vm);
        vm.call_args(&target(vm, this)?, args.with_tuple(&tuple))
    }));
});

static PROXY_METHODS: &[Method] = &[
    Method::new("__bytes__", |vm, this, _| vm.call_method(&target(vm, this)?, "__bytes__", &[]), Convention::NoArgs)
        .signature("($self, /)"),
    Method::new("__reversed__", |vm, this, _| vm.call(&vm.types.reversed, &[target(vm, this)?]), Convention::NoArgs)
        .signature("($self, /)"),
];

const fn proxy_class(name: &'static str, slots: fn(&Slots)) -> ClassSpec {
    ClassSpec {
        name,
        base: Some(&crate::objects::object::OBJECT),
        kind: Kind::WEAKREF,
        flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
        slots,
        methods: PROXY_METHODS,
        getset: &[],
        basicsize: 64,
        itemsize: 0,
        doc: "",
    }
}

/// What a proxy stands for: a counted reference while the operation lasts.
fn target(vm: &Vm, proxy: &Obj) -> PyResult {
    own(proxy).target().ok_or_else(|| vm.reference_error("weakly-referenced object no longer exists"))
}

/// An operand: a proxy's target, or the object itself.
fn operand(vm: &Vm, obj: &Obj) -> PyResult {
    match obj.get::<WeakRef>() {
        Some(weak) if weak.flavour() != WeakFlavour::Ref => target(vm, obj),
        _ => Ok(obj.clone()),
    }
}

macro_rules! by_operator {
    ($way:ident: $($operator:ident),*) => {
        [$((Operator::$operator, (|vm: &Vm, a: &Obj, b: &Obj| vm.$way(Operator::$operator, &operand(vm, a)?, &operand(vm, b)?)) as Binary)),*]
    };
}

fn proxy_slots(s: &Slots) {
    let binary = by_operator!(binary: Add, And, FloorDivide, LShift, MatMul, Multiply, Remainder, Or, Power, RShift, Subtract, TrueDivide, Xor, DivMod);
    let in_place =
        by_operator!(in_place: Add, And, FloorDivide, LShift, MatMul, Multiply, Remainder, Or, Power, RShift, Subtract, TrueDivide, Xor);
    assert!(binary.len() == OPERATORS, "every operator goes through to the target");
    binary.iter().for_each(|(operator, function)| s.binary[*operator as usize].set(Some(*function)));
    in_place.iter().for_each(|(operator, function)| s.in_place[*operator as usize].set(Some(*function)));
    let unary: [(&std::cell::Cell<Option<Unary>>, Unary); 10] = [
        (&s.negative, |vm, this| vm.negative(&target(vm, this)?)),
        (&s.positive, |vm, this| vm.positive(&target(vm, this)?)),
        (&s.absolute, |vm, this| vm.absolute(&target(vm, this)?)),
        (&s.invert, |vm, this| vm.invert(&target(vm, this)?)),
        (&s.int, |vm, this| vm.call(&vm.types.int, &[target(vm, this)?])),
        (&s.float, |vm, this| vm.call(&vm.types.float, &[target(vm, this)?])),
        (&s.index, |vm, this| vm.index(&target(vm, this)?)),
        (&s.str, |vm, this| vm.str_of(&target(vm, this)?)),
        (&s.repr, proxy_repr),
        (&s.iter, |vm, this| vm.iter(&target(vm, this)?)),
    ];
    unary.iter().for_each(|(slot, function)| slot.set(Some(*function)));
    s.power_mod.set(Some(|vm, a, b, modulus| {
        let modulus = operand(vm, modulus)?;
        vm.power(&operand(vm, a)?, &operand(vm, b)?, Some(&modulus))
    }));
    s.bool.set(Some(|vm, this| vm.is_true(&target(vm, this)?)));
    s.hash.set(Some(crate::protocol::compare::unhashable));
    s.richcompare.set(Some(|vm, a, b, op| vm.compare(&operand(vm, a)?, &operand(vm, b)?, op)));
    s.getattro.set(Some(|vm, this, name| vm.getattr(&target(vm, this)?, name)));
    s.setattro.set(Some(|vm, this, name, value| vm.setattr(&target(vm, this)?, name, value)));
    s.len.set(Some(|vm, this| vm.len(&target(vm, this)?)));
    s.subscript.set(Some(|vm, this, key| vm.getitem(&target(vm, this)?, key)));
    s.ass_subscript.set(Some(|vm, this, key, value| vm.setitem(&target(vm, this)?, key, value)));
    s.contains.set(Some(|vm, this, item| vm.contains(&target(vm, this)?, item)));
    s.iternext.set(Some(|vm, this| {
        let target = target(vm, this)?;
        if vm.with_class(&target, |class| class.slots.iternext.get()).is_none() {
            return Err(vm.type_error(format!("Weakref proxy referenced a non-iterator '{}' object", vm.type_name(&target))));
        }
        vm.next(&target)
    }));
}

fn proxy_repr(vm: &Vm, this: &Obj) -> PyResult {
    Ok(vm.str(&match own(this).target() {
        Some(target) => {
            if vm.version <= Version::V3_12 {
                return Ok(vm.str(&format!(
                    "<weakproxy at {} to {} at {}>",
                    address(this),
                    vm.full_class_name(&vm.class_of(&target)),
                    address(&target)
                )));
            }
            format!("<weakproxy at {}; to '{}' at {}>", address(this), vm.full_class_name(&vm.class_of(&target)), address(&target))
        }
        None if vm.version <= Version::V3_12 => format!("<weakproxy at {} to NoneType at {}>", address(this), address(&vm.none())),
        None => format!("<weakproxy at {}; dead>", address(this)),
    }))
}
