//! The descriptors in a builtin class's dict: slot wrappers, methods, class methods, computed attributes, members (`Objects/descrobject.c`).
//!
//! A descriptor holds the class that it belongs to. Classes made in Python hold some, too: members for `__slots__`, and attributes
//! `__dict__` and `__weakref__`.

use compile::Version;
use heap::{Obj, Slot};

use super::class::slots::SlotDef;
use crate::args::Args;
use crate::class::{Binding, ClassSpec, Convention, GetSet, Method, flags};
use crate::{PyResult, Vm, kinds};

/// The payload of a `wrapper_descriptor`: `int.__add__`.
pub struct SlotWrapper {
    /// `__objclass__`.
    pub class: Slot,
    pub(crate) def: &'static SlotDef,
}

/// The payload of a `method-wrapper`: `(1).__add__`.
pub struct MethodWrapper {
    /// The slot wrapper.
    pub wrapper: Slot,
    /// The object.
    pub self_: Slot,
}

/// The payload of a `method_descriptor`: `list.append`.
pub struct MethodDescriptor {
    /// `__objclass__`.
    pub class: Slot,
    /// What it is made from.
    pub method: &'static Method,
}

/// The payload of a `classmethod_descriptor`: `dict.__dict__['fromkeys']`.
pub struct ClassMethodDescriptor {
    /// `__objclass__`.
    pub class: Slot,
    /// What it is made from.
    pub method: &'static Method,
}

/// The payload of a `getset_descriptor`.
pub struct GetSetDescriptor {
    /// `__objclass__`.
    pub class: Slot,
    /// `__name__`.
    pub name: Slot,
    /// What it is made from.
    pub getset: &'static GetSet,
}

/// What a member descriptor reads.
#[derive(Clone, Copy)]
pub enum Place {
    /// A place of `__slots__`.
    Slot(u16),
    /// A member of a builtin class.
    Native(&'static GetSet),
}

/// The payload of a `member_descriptor`.
pub struct MemberDescriptor {
    /// `__objclass__`.
    pub class: Slot,
    /// `__name__`.
    pub name: Slot,
    /// What it reads.
    pub place: Place,
}

crate::payload!(SlotWrapper, kinds::SLOT_WRAPPER, { class }, clear []);
crate::payload!(MethodWrapper, kinds::METHOD_WRAPPER, { wrapper, self_ }, clear []);
crate::payload!(MethodDescriptor, kinds::METHOD_DESCRIPTOR, { class }, clear []);
crate::payload!(ClassMethodDescriptor, kinds::CLASS_METHOD_DESCRIPTOR, { class }, clear []);
crate::payload!(GetSetDescriptor, kinds::GETSET_DESCRIPTOR, { class }, clear []);
crate::payload!(MemberDescriptor, kinds::MEMBER_DESCRIPTOR, { class }, clear []);

macro_rules! payload_of {
    ($name:ident, $type:ty) => {
        fn $name(obj: &Obj) -> &$type {
            obj.get::<$type>().expect("the method of a builtin class gets its own kind")
        }
    };
}

payload_of!(wrapper, SlotWrapper);
payload_of!(bound, MethodWrapper);
payload_of!(method, MethodDescriptor);
payload_of!(class_method, ClassMethodDescriptor);
payload_of!(getset, GetSetDescriptor);
payload_of!(member, MemberDescriptor);

impl Vm {
    pub(crate) fn new_slot_wrapper(&self, class: &Obj, def: &'static SlotDef) -> Obj {
        self.heap.alloc(SlotWrapper { class: class.clone().into(), def }).tracked()
    }

    /// The descriptor of a builtin method, by how it is bound.
    pub(crate) fn new_method_descriptor(&self, class: &Obj, method: &'static Method) -> Obj {
        match method.binding {
            Binding::Instance => self.heap.alloc(MethodDescriptor { class: class.clone().into(), method }).tracked(),
            Binding::Class => self.heap.alloc(ClassMethodDescriptor { class: class.clone().into(), method }).tracked(),
            Binding::Static => {
                let function = self.new_builtin(method, Some(class.clone()), None);
                self.new_static_method(&function)
            }
        }
    }

    pub(crate) fn new_getset_descriptor(&self, class: &Obj, getset: &'static GetSet) -> Obj {
        let name = self.intern(getset.name);
        if getset.member {
            return self
                .heap
                .alloc(MemberDescriptor { class: class.clone().into(), name: name.into(), place: Place::Native(getset) })
                .tracked();
        }
        self.heap.alloc(GetSetDescriptor { class: class.clone().into(), name: name.into(), getset }).tracked()
    }

    /// The descriptor of a place of `__slots__`.
    pub(crate) fn new_slot_member(&self, class: &Obj, name: Obj, place: u16) -> Obj {
        self.heap.alloc(MemberDescriptor { class: class.clone().into(), name: name.into(), place: Place::Slot(place) }).tracked()
    }

    /// What a place of `__slots__` is called in the class of the object that has it, or in one of its bases.
    pub fn slot_name(&self, class: &Obj, place: usize) -> Option<Obj> {
        let is_it = |member: &Obj| {
            let place_of = member.get::<MemberDescriptor>().map(|member| member.place);
            matches!(place_of, Some(Place::Slot(known)) if usize::from(known) == place)
        };
        let dicts = self.mro_of(class).into_iter().filter_map(|class| self.class(&class).dict.get());
        let mut entries = dicts.flat_map(|dict| self.dict_items(&dict));
        entries.find(|(_, member)| is_it(member)).map(|(name, _)| name)
    }

    /// Calls a method of a builtin class with its object in front (`method_vectorcall`).
    pub(crate) fn call_descriptor(&self, descriptor: &Obj, args: Args<'_>) -> PyResult {
        method_call(self, descriptor, args)
    }

    /// Whether an object is of the very class that a descriptor belongs to.
    #[inline(always)]
    pub(crate) fn is_own(&self, descriptor: &MethodDescriptor, obj: &Obj) -> bool {
        obj.extra().is_none() && descriptor.class.is(self.types.of_kind(obj.kind(), obj))
    }

    /// Checks the arguments of a builtin by its convention, and calls it.
    pub(crate) fn call_native(&self, method: &'static Method, this: &Obj, args: Args<'_>, name: impl FnOnce() -> String) -> PyResult {
        if method.convention == Convention::Keywords {
            let packs = method.varargs && !args.in_tuple();
            let _tuple = packs.then(|| self.heap.passing_tuple(args.pos().len()));
            let _dict = (packs && args.has_keywords()).then(|| self.heap.passing(heap::Kind::DICT));
            return (method.call)(self, this, args);
        }
        if args.has_keywords() {
            return Err(self.type_error(format!("{} takes no keyword arguments", name())));
        }
        let given = args.all().len();
        let _tuple = (method.varargs && !args.in_tuple()).then(|| self.heap.passing_tuple(given));
        match method.convention {
            Convention::NoArgs if given != 0 => Err(self.type_error(format!("{} takes no arguments ({given} given)", name()))),
            Convention::One if given != 1 => Err(self.type_error(format!("{} takes exactly one argument ({given} given)", name()))),
            _ => (method.call)(self, this, args),
        }
    }

    /// The class a descriptor belongs to.
    fn objclass(&self, slot: &Slot) -> Obj {
        slot.get().expect("a descriptor has its class")
    }

    /// `__qualname__` of a descriptor.
    fn descriptor_qualname(&self, class: &Slot, name: &str) -> PyResult {
        let class = self.objclass(class);
        let qualname = self.class_qualname(&class);
        Ok(self.str(&format!("{}.{name}", self.lossy(&qualname))))
    }

    /// `descr_check`: whether the object is one that the descriptor's class made.
    fn check_descriptor(&self, class: &Slot, name: impl FnOnce() -> String, obj: &Obj) -> PyResult<()> {
        if obj.extra().is_none() && class.is(self.types.of_kind(obj.kind(), obj)) {
            return Ok(());
        }
        let class = self.objclass(class);
        if self.is_kind_of(obj, &class) {
            return Ok(());
        }
        let (name, class, other) = (name(), self.class_name(&class), self.type_name(obj));
        Err(self.type_error(format!("descriptor '{name}' for '{class}' objects doesn't apply to a '{other}' object")))
    }
}

fn present<'a>(vm: &Vm, instance: Option<&'a Obj>) -> Option<&'a Obj> {
    instance.filter(|instance| !instance.is(&vm.consts.none))
}

// Slot wrappers.

fn wrapper_get(vm: &Vm, this: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    // `None` has methods, too: its class is looked at, not whether an instance was given.
    let Some(instance) = instance else { return Ok(this.clone()) };
    let payload = wrapper(this);
    if instance.is(&vm.consts.none)
        && !vm.objclass(&payload.class).is(&vm.types.none_type)
        && !vm.objclass(&payload.class).is(&vm.types.object)
    {
        return Ok(this.clone());
    }
    vm.check_descriptor(&payload.class, || payload.def.name.to_owned(), instance)?;
    Ok(vm.heap.alloc(MethodWrapper { wrapper: this.clone().into(), self_: instance.clone().into() }).tracked())
}

fn wrapper_call(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let payload = wrapper(this);
    let class = vm.objclass(&payload.class);
    let Some(instance) = args.get(0) else {
        return Err(vm.type_error(format!("descriptor '{}' of '{}' object needs an argument", payload.def.name, vm.class_name(&class))));
    };
    if !vm.is_kind_of(instance, &class) {
        let (name, class, other) = (payload.def.name, vm.class_name(&class), vm.type_name(instance));
        return Err(vm.type_error(format!("descriptor '{name}' requires a '{class}' object but received a '{other}'")));
    }
    // A slot wrapper is called with a tuple, and calls the slot with what comes after the first item.
    let n = args.pos().len();
    let _tuples = (vm.heap.passing_tuple(if args.in_tuple() { 0 } else { n }), vm.heap.passing_tuple(n - 1));
    let _dict = (args.has_keywords() && !args.in_tuple()).then(|| vm.heap.passing(heap::Kind::DICT));
    vm.call_wrapped(payload, instance, args.rest())
}

impl Vm {
    /// Calls the slot behind a wrapper (`wrapperdescr_raw_call`).
    pub(crate) fn call_wrapped(&self, wrapper: &SlotWrapper, instance: &Obj, args: Args<'_>) -> PyResult {
        let class = self.objclass(&wrapper.class);
        if args.has_keywords() && !matches!(wrapper.def.name, "__init__" | "__call__") {
            return Err(self.type_error(format!("wrapper {}() takes no keyword arguments", wrapper.def.name)));
        }
        let call = wrapper.def.wrap.expect("only what has a wrapper is wrapped");
        // A slot may lead to the class's attribute, and that back to the slot.
        self.in_room(" while calling a Python object", || call(self, &self.class(&class).slots, instance, args))
    }
}

fn wrapper_repr(vm: &Vm, this: &Obj) -> PyResult {
    let payload = wrapper(this);
    Ok(vm.str(&format!("<slot wrapper '{}' of '{}' objects>", payload.def.name, vm.class_name(&vm.objclass(&payload.class)))))
}

fn reduce(vm: &Vm, class: &Obj, name: Obj) -> PyResult {
    let getattr = vm.builtin("getattr")?;
    Ok(vm.tuple(vec![getattr, vm.tuple(vec![class.clone(), name])]))
}

const REDUCE_WRAPPER: Method = Method::new(
    "__reduce__",
    |vm, this, _| reduce(vm, &vm.objclass(&wrapper(this).class), vm.intern(wrapper(this).def.name)),
    Convention::NoArgs,
)
.signature("($self, /)");
const REDUCE_METHOD: Method = Method::new(
    "__reduce__",
    |vm, this, _| reduce(vm, &vm.objclass(&method(this).class), vm.intern(method(this).method.name)),
    Convention::NoArgs,
)
.signature("($self, /)");

/// `wrapper_descriptor`.
pub static SLOT_WRAPPER: ClassSpec = ClassSpec {
    name: "wrapper_descriptor",
    base: Some(&super::object::OBJECT),
    kind: kinds::SLOT_WRAPPER,
    flags: flags::HAVE_GC | flags::METHOD_DESCRIPTOR,
    slots: |slots| {
        slots.descr_get.set(Some(wrapper_get));
        slots.call.set(Some(wrapper_call));
        slots.repr.set(Some(wrapper_repr));
    },
    methods: &[REDUCE_WRAPPER],
    getset: &[
        GetSet::member("__objclass__", |vm, this| Ok(vm.objclass(&wrapper(this).class))),
        GetSet::member("__name__", |vm, this| Ok(vm.intern(wrapper(this).def.name))),
        GetSet::new("__doc__", |vm, this| Ok(vm.str(wrapper(this).def.doc))),
        GetSet::new("__qualname__", |vm, this| vm.descriptor_qualname(&wrapper(this).class, wrapper(this).def.name)),
        GetSet::new("__text_signature__", |vm, this| Ok(vm.str(wrapper(this).def.signature))),
    ],
    basicsize: 56,
    itemsize: 0,
    doc: "",
};

// Method wrappers.

fn bound_parts(this: &Obj) -> (Obj, Obj) {
    let payload = bound(this);
    (payload.wrapper.get().expect("a method wrapper has its wrapper"), payload.self_.get().expect("a method wrapper has its object"))
}

fn bound_call(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let (descriptor, instance) = bound_parts(this);
    let _tuple = vm.heap.passing_tuple(if args.in_tuple() { 0 } else { args.pos().len() });
    let _dict = (args.has_keywords() && !args.in_tuple()).then(|| vm.heap.passing(heap::Kind::DICT));
    vm.call_wrapped(wrapper(&descriptor), &instance, args)
}

fn bound_repr(vm: &Vm, this: &Obj) -> PyResult {
    let (descriptor, instance) = bound_parts(this);
    Ok(vm.str(&format!(
        "<method-wrapper '{}' of {} object at {:#x}>",
        wrapper(&descriptor).def.name,
        vm.type_name(&instance),
        instance.id()
    )))
}

fn bound_compare(vm: &Vm, a: &Obj, b: &Obj, op: crate::Compare) -> PyResult {
    use crate::Compare::{Eq, Ne};
    if !matches!(op, Eq | Ne) || a.get::<MethodWrapper>().is_none() || b.get::<MethodWrapper>().is_none() {
        return Ok(vm.not_implemented());
    }
    let ((f, x), (g, y)) = (bound_parts(a), bound_parts(b));
    Ok(vm.bool((f.is(&g) && x.is(&y)) == (op == Eq)))
}

fn bound_hash(vm: &Vm, this: &Obj) -> PyResult<i64> {
    let (descriptor, instance) = bound_parts(this);
    let hash = crate::protocol::compare::identity_hash(vm, &instance)? ^ crate::protocol::compare::identity_hash(vm, &descriptor)?;
    Ok(if hash == -1 { -2 } else { hash })
}

/// `method-wrapper`.
pub static METHOD_WRAPPER: ClassSpec = ClassSpec {
    name: "method-wrapper",
    base: Some(&super::object::OBJECT),
    kind: kinds::METHOD_WRAPPER,
    flags: flags::HAVE_GC,
    slots: |slots| {
        slots.call.set(Some(bound_call));
        slots.repr.set(Some(bound_repr));
        slots.richcompare.set(Some(bound_compare));
        slots.hash.set(Some(bound_hash));
    },
    methods: &[Method::new(
        "__reduce__",
        |vm, this, _| {
            let (descriptor, instance) = bound_parts(this);
            reduce(vm, &instance, vm.intern(wrapper(&descriptor).def.name))
        },
        Convention::NoArgs,
    )
    .signature("($self, /)")],
    getset: &[
        GetSet::member("__self__", |_, this| Ok(bound_parts(this).1)),
        GetSet::new("__objclass__", |vm, this| Ok(vm.objclass(&wrapper(&bound_parts(this).0).class))),
        GetSet::new("__name__", |vm, this| Ok(vm.intern(wrapper(&bound_parts(this).0).def.name))),
        GetSet::new("__qualname__", |vm, this| {
            let (descriptor, _) = bound_parts(this);
            vm.descriptor_qualname(&wrapper(&descriptor).class, wrapper(&descriptor).def.name)
        }),
        GetSet::new("__doc__", |vm, this| Ok(vm.str(wrapper(&bound_parts(this).0).def.doc))),
        GetSet::new("__text_signature__", |vm, this| Ok(vm.str(wrapper(&bound_parts(this).0).def.signature))),
    ],
    basicsize: 32,
    itemsize: 0,
    doc: "",
};

// Methods.

fn method_get(vm: &Vm, this: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let payload = method(this);
    let Some(instance) = instance else { return Ok(this.clone()) };
    if instance.is(&vm.consts.none) && !vm.is_kind_of(instance, &vm.objclass(&payload.class)) {
        return Ok(this.clone());
    }
    vm.check_descriptor(&payload.class, || payload.method.name.to_owned(), instance)?;
    Ok(vm.new_builtin(payload.method, Some(instance.clone()), None))
}

fn method_call(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let payload = method(this);
    let name = || format!("{}.{}()", vm.lossy(&vm.class_qualname(&vm.objclass(&payload.class))), payload.method.name);
    let Some(instance) = args.get(0) else {
        return Err(vm.type_error(format!("unbound method {} needs an argument", name())));
    };
    vm.check_descriptor(&payload.class, || payload.method.name.to_owned(), instance)?;
    vm.call_native(payload.method, instance, args.rest(), name)
}

fn method_repr(vm: &Vm, this: &Obj) -> PyResult {
    let payload = method(this);
    Ok(vm.str(&format!("<method '{}' of '{}' objects>", payload.method.name, vm.class_name(&vm.objclass(&payload.class)))))
}

pub(crate) fn text_signature(vm: &Vm, method: &'static Method) -> PyResult {
    Ok(if method.signature.is_empty() { vm.none() } else { vm.str(method.signature) })
}

/// `method_descriptor`.
pub static METHOD_DESCRIPTOR: ClassSpec = ClassSpec {
    name: "method_descriptor",
    base: Some(&super::object::OBJECT),
    kind: kinds::METHOD_DESCRIPTOR,
    flags: flags::HAVE_GC | flags::METHOD_DESCRIPTOR | flags::HAVE_VECTORCALL,
    slots: |slots| {
        slots.descr_get.set(Some(method_get));
        slots.call.set(Some(method_call));
        slots.repr.set(Some(method_repr));
    },
    methods: &[REDUCE_METHOD],
    getset: &[
        GetSet::member("__objclass__", |vm, this| Ok(vm.objclass(&method(this).class))),
        GetSet::member("__name__", |vm, this| Ok(vm.intern(method(this).method.name))),
        GetSet::new("__doc__", |vm, this| Ok(vm.member_doc(&vm.objclass(&method(this).class), method(this).method.name))),
        GetSet::new("__qualname__", |vm, this| vm.descriptor_qualname(&method(this).class, method(this).method.name)),
        GetSet::new("__text_signature__", |vm, this| text_signature(vm, method(this).method)),
    ],
    basicsize: 56,
    itemsize: 0,
    doc: "",
};

// Class methods.

fn class_method_get(vm: &Vm, this: &Obj, instance: Option<&Obj>, owner: Option<&Obj>) -> PyResult {
    let payload = class_method(this);
    let (name, class) = (payload.method.name, vm.objclass(&payload.class));
    let owner = match (present(vm, owner), present(vm, instance)) {
        (Some(owner), _) => owner.clone(),
        (None, Some(instance)) => vm.class_of(instance),
        (None, None) => {
            return Err(vm.type_error(format!("descriptor '{name}' for type '{}' needs either an object or a type", vm.class_name(&class))));
        }
    };
    if owner.get::<crate::Class>().is_none() {
        let (class, other) = (vm.class_name(&class), vm.type_name(&owner));
        return Err(vm.type_error(format!("descriptor '{name}' for type '{class}' needs a type, not a '{other}' as arg 2")));
    }
    if !vm.subclass_of(&owner, &class) {
        let (class, other) = (vm.class_name(&class), vm.class_name(&owner));
        return Err(vm.type_error(format!("descriptor '{name}' requires a subtype of '{class}' but received '{other}'")));
    }
    Ok(vm.new_builtin(payload.method, Some(owner), None))
}

fn class_method_call(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let payload = class_method(this);
    let Some(owner) = args.get(0) else {
        let class = vm.objclass(&payload.class);
        return Err(vm.type_error(format!("descriptor '{}' of '{}' object needs an argument", payload.method.name, vm.class_name(&class))));
    };
    let function = class_method_get(vm, this, None, Some(owner))?;
    vm.call_args(&function, args.rest())
}

fn class_method_repr(vm: &Vm, this: &Obj) -> PyResult {
    let payload = class_method(this);
    Ok(vm.str(&format!("<method '{}' of '{}' objects>", payload.method.name, vm.class_name(&vm.objclass(&payload.class)))))
}

/// `classmethod_descriptor`.
pub static CLASS_METHOD_DESCRIPTOR: ClassSpec = ClassSpec {
    name: "classmethod_descriptor",
    base: Some(&super::object::OBJECT),
    kind: kinds::CLASS_METHOD_DESCRIPTOR,
    flags: flags::HAVE_GC,
    slots: |slots| {
        slots.descr_get.set(Some(class_method_get));
        slots.call.set(Some(class_method_call));
        slots.repr.set(Some(class_method_repr));
    },
    methods: &[],
    getset: &[
        GetSet::member("__objclass__", |vm, this| Ok(vm.objclass(&class_method(this).class))),
        GetSet::member("__name__", |vm, this| Ok(vm.intern(class_method(this).method.name))),
        GetSet::new("__doc__", |vm, this| Ok(vm.member_doc(&vm.objclass(&class_method(this).class), class_method(this).method.name))),
        GetSet::new("__qualname__", |vm, this| vm.descriptor_qualname(&class_method(this).class, class_method(this).method.name)),
        GetSet::new("__text_signature__", |vm, this| text_signature(vm, class_method(this).method)),
    ],
    basicsize: 56,
    itemsize: 0,
    doc: "",
};

// Computed attributes.

fn getset_get(vm: &Vm, this: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let payload = getset(this);
    let Some(instance) = instance else { return Ok(this.clone()) };
    if instance.is(&vm.consts.none) && !vm.is_kind_of(instance, &vm.objclass(&payload.class)) {
        return Ok(this.clone());
    }
    vm.check_descriptor(&payload.class, || payload.getset.name.to_owned(), instance)?;
    (payload.getset.get)(vm, instance)
}

fn getset_set(vm: &Vm, this: &Obj, instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let payload = getset(this);
    vm.check_descriptor(&payload.class, || payload.getset.name.to_owned(), instance)?;
    match payload.getset.set {
        Some(set) => set(vm, instance, value),
        None => {
            let class = vm.class_name(&vm.objclass(&payload.class));
            Err(vm.attribute_error_text(format!("attribute '{}' of '{class}' objects is not writable", payload.getset.name)))
        }
    }
}

fn getset_repr(vm: &Vm, this: &Obj) -> PyResult {
    let payload = getset(this);
    Ok(vm.str(&format!("<attribute '{}' of '{}' objects>", payload.getset.name, vm.class_name(&vm.objclass(&payload.class)))))
}

/// `getset_descriptor`.
pub static GETSET_DESCRIPTOR: ClassSpec = ClassSpec {
    name: "getset_descriptor",
    base: Some(&super::object::OBJECT),
    kind: kinds::GETSET_DESCRIPTOR,
    flags: flags::HAVE_GC,
    slots: |slots| {
        slots.descr_get.set(Some(getset_get));
        slots.descr_set.set(Some(getset_set));
        slots.repr.set(Some(getset_repr));
    },
    methods: &[],
    getset: &[
        GetSet::member("__objclass__", |vm, this| Ok(vm.objclass(&getset(this).class))),
        GetSet::member("__name__", |vm, this| Ok(vm.intern(getset(this).getset.name))),
        GetSet::new("__doc__", |vm, this| match getset(this).getset.doc {
            "" => Ok(vm.member_doc(&vm.objclass(&getset(this).class), getset(this).getset.name)),
            doc => Ok(vm.str(doc)),
        }),
        GetSet::new("__qualname__", |vm, this| vm.descriptor_qualname(&getset(this).class, getset(this).getset.name)),
    ],
    basicsize: 48,
    itemsize: 0,
    doc: "",
};

// Members.

fn member_name(vm: &Vm, this: &Obj) -> Obj {
    member(this).name.get().unwrap_or_else(|| vm.none())
}

fn member_get(vm: &Vm, this: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let payload = member(this);
    let Some(instance) = present(vm, instance) else { return Ok(this.clone()) };
    let name = || vm.lossy(&member_name(vm, this));
    vm.check_descriptor(&payload.class, name, instance)?;
    match payload.place {
        Place::Native(getset) => (getset.get)(vm, instance),
        Place::Slot(place) => match instance.extra().and_then(|extra| extra.slot(place as usize).get()) {
            Some(value) => Ok(value),
            None => {
                let class = vm.class_of(instance);
                let class = if vm.version <= Version::V3_12 { vm.class_name(&class) } else { vm.full_class_name(&class) };
                Err(vm.attribute_error_text(format!("'{class}' object has no attribute '{}'", name())))
            }
        },
    }
}

fn member_set(vm: &Vm, this: &Obj, instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let payload = member(this);
    let name = || vm.lossy(&member_name(vm, this));
    vm.check_descriptor(&payload.class, name, instance)?;
    match payload.place {
        Place::Native(GetSet { set: Some(set), .. }) => set(vm, instance, value),
        Place::Native(_) => Err(vm.attribute_error_text("readonly attribute")),
        Place::Slot(place) => {
            let Some(extra) = instance.extra() else { return Err(vm.attribute_error_text(name())) };
            let before = extra.slot(place as usize).replace(value.cloned());
            if value.is_none() && before.is_none() {
                return Err(vm.attribute_error_text(name()));
            }
            drop(before);
            Ok(())
        }
    }
}

fn member_repr(vm: &Vm, this: &Obj) -> PyResult {
    let class = vm.class_name(&vm.objclass(&member(this).class));
    Ok(vm.str(&format!("<member '{}' of '{class}' objects>", vm.lossy(&member_name(vm, this)))))
}

/// `member_descriptor`.
pub static MEMBER_DESCRIPTOR: ClassSpec = ClassSpec {
    name: "member_descriptor",
    base: Some(&super::object::OBJECT),
    kind: kinds::MEMBER_DESCRIPTOR,
    flags: flags::HAVE_GC,
    slots: |slots| {
        slots.descr_get.set(Some(member_get));
        slots.descr_set.set(Some(member_set));
        slots.repr.set(Some(member_repr));
    },
    methods: &[Method::new(
        "__reduce__",
        |vm, this, _| reduce(vm, &vm.objclass(&member(this).class), member_name(vm, this)),
        Convention::NoArgs,
    )
    .signature("($self, /)")],
    getset: &[
        GetSet::member("__objclass__", |vm, this| Ok(vm.objclass(&member(this).class))),
        GetSet::member("__name__", |vm, this| Ok(member_name(vm, this))),
        GetSet::new("__doc__", |vm, this| Ok(vm.member_doc(&vm.objclass(&member(this).class), &vm.lossy(&member_name(vm, this))))),
        GetSet::new("__qualname__", |vm, this| vm.descriptor_qualname(&member(this).class, &vm.lossy(&member_name(vm, this)))),
    ],
    basicsize: 48,
    itemsize: 0,
    doc: "",
};
