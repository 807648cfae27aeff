//! `types.SimpleNamespace` (`Objects/namespaceobject.c`).

use heap::{Dict, Obj, Slot, Str};

use crate::args::Args;
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::{Compare, PyResult, Vm, kinds};

/// The payload of a `SimpleNamespace`.
#[derive(Default)]
pub struct SimpleNamespace {
    /// `__dict__`.
    pub dict: Slot,
}

crate::payload!(SimpleNamespace, kinds::SIMPLE_NAMESPACE, { dict });

fn dict(vm: &Vm, obj: &Obj) -> Obj {
    let payload = obj.get::<SimpleNamespace>().expect("a namespace has the payload of one");
    if payload.dict.is_empty() {
        payload.dict.set(vm.new_dict());
    }
    payload.dict.get().expect("a namespace has its dict")
}

impl Vm {
    /// A new namespace with these attributes.
    pub fn namespace_of(&self, attributes: &[(&str, Obj)]) -> Obj {
        let dict = self.dict();
        attributes.iter().for_each(|(name, value)| self.dict_set_str(&dict, name, value.clone()));
        self.new_namespace(dict)
    }

    /// A new namespace with these attributes, a dict (`_PyNamespace_New`).
    pub fn new_namespace(&self, attributes: Obj) -> Obj {
        self.heap.alloc(SimpleNamespace { dict: attributes.into() }).tracked()
    }
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let own = dict(vm, this);
    if args.pos().len() > 1 {
        return Err(vm.type_error(format!("{} expected at most 1 argument, got {}", vm.type_name(this), args.pos().len())));
    }
    if let Some(from) = args.get(0) {
        let other = if from.get::<Dict>().is_some() && from.extra().is_none() {
            from.clone()
        } else {
            vm.call(&vm.types.dict, std::slice::from_ref(from))?
        };
        let other = other.get::<Dict>().map(Dict::copy).expect("dict() gives a dict");
        let mut at = 0;
        while let Some((key, value)) = other.next_entry(&mut at) {
            if key.get::<Str>().is_none() {
                return Err(vm.type_error("keywords must be strings"));
            }
            vm.dict_set(&own, &key, value)?;
        }
    }
    for (name, value) in args.keywords() {
        vm.dict_set(&own, name, value.clone())?;
    }
    Ok(())
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let class = vm.class_of(this);
    let name = if class.is(&vm.types.simple_namespace) {
        "namespace".to_owned()
    } else {
        vm.lossy(&vm.class(&class).name.get().unwrap_or_else(|| vm.none()))
    };
    if vm.repr_enter(this) {
        return Ok(vm.str(&format!("{name}(...)")));
    }
    let result = inside(vm, this);
    vm.repr_leave(this);
    Ok(vm.str(&format!("{name}({})", result?)))
}

fn inside(vm: &Vm, this: &Obj) -> PyResult<String> {
    let own = dict(vm, this);
    let copy = own.get::<Dict>().map(Dict::copy).expect("a namespace's dict is a dict");
    // The pairs and the keys are in lists.
    let _lists = [vm.heap.passing(heap::Kind::LIST), vm.heap.passing(heap::Kind::LIST)];
    let _iterator = vm.heap.passing(kinds::LIST_ITERATOR);
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some((key, value)) = copy.next_entry(&mut at) {
        if key.get::<Str>().is_some_and(|key| !key.as_bytes().is_empty()) {
            parts.push(format!("{}={}", vm.lossy(&key), vm.repr_text(&value)?));
        }
    }
    Ok(parts.join(", "))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if a.get::<SimpleNamespace>().is_none() || b.get::<SimpleNamespace>().is_none() {
        return Ok(vm.not_implemented());
    }
    vm.compare(&dict(vm, a), &dict(vm, b), op)
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.tuple(vec![vm.class_of(this), vm.consts.empty_tuple.clone(), dict(vm, this)]))
}

fn replace(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    if !args.pos().is_empty() {
        return Err(vm.type_error("__replace__() takes no positional arguments"));
    }
    let made = vm.call(&vm.class_of(this), &[])?;
    if made.get::<SimpleNamespace>().is_none() {
        let (class, given) = (vm.full_class_name(&vm.class_of(this)), vm.full_class_name(&vm.class_of(&made)));
        return Err(vm.type_error(format!("expect types.SimpleNamespace type, but {class}() returned '{given}' object")));
    }
    for from in [dict(vm, this)] {
        let from = from.get::<Dict>().map(Dict::copy).expect("a namespace's dict is a dict");
        let mut at = 0;
        while let Some((key, value)) = from.next_entry(&mut at) {
            vm.setattr(&made, &key, Some(&value))?;
        }
    }
    for (name, value) in args.keywords() {
        vm.setattr(&made, name, Some(value))?;
    }
    Ok(made)
}

/// `types.SimpleNamespace`.
pub static SIMPLE_NAMESPACE: ClassSpec = ClassSpec {
    name: "types.SimpleNamespace",
    base: Some(&super::object::OBJECT),
    kind: kinds::SIMPLE_NAMESPACE,
    flags: flags::CONTAINER,
    slots: |slots| {
        slots.new.set(Some(|vm, class, _| Ok(vm.new_object(class, SimpleNamespace { dict: vm.new_dict().into() }))));
        slots.init.set(Some(init));
        slots.repr.set(Some(repr));
        slots.richcompare.set(Some(compare));
    },
    methods: &[
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__replace__", replace, Convention::Keywords).signature("($self, /, **changes)"),
    ],
    getset: &[GetSet::member("__dict__", |vm, this| Ok(dict(vm, this)))],
    basicsize: 24,
    itemsize: 0,
    doc: "SimpleNamespace(mapping_or_iterable=(), /, **kwargs)\n--\n\n",
};
