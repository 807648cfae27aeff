//! `mappingproxy`: a mapping that cannot be changed through it, as `cls.__dict__` is (`Objects/descrobject.c`).

use heap::{Obj, Slot};

use crate::args::Args;
use crate::class::{ClassSpec, Convention, Method, flags};
use crate::protocol::Loaded;
use crate::{Operator, PyResult, Vm, kinds};

/// The payload of a `mappingproxy`.
pub struct MappingProxy {
    /// The mapping behind it.
    pub mapping: Slot,
}

crate::payload!(MappingProxy, kinds::MAPPING_PROXY, { mapping }, clear []);

impl Vm {
    /// A new proxy of a mapping.
    pub fn mapping_proxy(&self, mapping: &Obj) -> Obj {
        self.heap.alloc(MappingProxy { mapping: mapping.clone().into() }).tracked()
    }
}

/// The mapping behind a proxy.
fn mapping(obj: &Obj) -> Obj {
    obj.get::<MappingProxy>().and_then(|proxy| proxy.mapping.get()).expect("a mapping proxy has its mapping")
}

fn unwrapped(obj: &Obj) -> Obj {
    obj.get::<MappingProxy>().and_then(|proxy| proxy.mapping.get()).unwrap_or_else(|| obj.clone())
}

fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let signature = crate::Signature { name: "mappingproxy", params: &["mapping"], positional_only: 0, positional: 1, required: 1 };
    let [mapping] = args.bind::<1>(vm, &signature)?;
    let mapping = mapping.expect("the argument is required");
    let is_mapping = vm.with_class(mapping, |class| class.slots.subscript.get().is_some());
    let sequences = [&vm.types.list, &vm.types.tuple, &vm.types.deque];
    if !is_mapping || sequences.iter().any(|class| vm.is_kind_of(mapping, class)) {
        return Err(vm.type_error(format!("mappingproxy() argument must be a mapping, not {}", vm.type_name(mapping))));
    }
    Ok(vm.mapping_proxy(mapping))
}

/// The mapping, all of which is looked at.
fn whole(vm: &Vm, obj: &Obj) -> Obj {
    let mapping = mapping(obj);
    vm.fill_class_doc(&mapping);
    mapping
}

/// The mapping, of which one item is looked at.
fn with_item(vm: &Vm, obj: &Obj, key: &Obj) -> Obj {
    if key.get::<heap::Str>().is_some_and(|key| key.as_bytes() == b"__doc__") { whole(vm, obj) } else { mapping(obj) }
}

macro_rules! forward {
    ($($name:ident $method:literal $mapping:expr;)*) => {
        $(fn $name(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
            let find: fn(&Vm, &Obj, Args<'_>) -> Obj = $mapping;
            let mapping = find(vm, obj, args);
            match vm.load_method(&mapping, &vm.intern($method))? {
                Loaded::Method(function) => vm.call_with_first(&function, &mapping, args),
                Loaded::Value(method) => vm.call_args(&method, args),
            }
        })*
    };
}

forward! {
    get "get" |vm, obj, args| args.get(0).map_or_else(|| mapping(obj), |key| with_item(vm, obj, key));
    keys "keys" |_, obj, _| mapping(obj);
    values "values" |vm, obj, _| whole(vm, obj);
    items "items" |vm, obj, _| whole(vm, obj);
    copy "copy" |vm, obj, _| whole(vm, obj);
    reversed "__reversed__" |_, obj, _| mapping(obj);
}

fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    for side in [a, b] {
        vm.fill_class_doc(&unwrapped(side));
    }
    vm.binary(Operator::Or, &unwrapped(a), &unwrapped(b))
}

fn in_place_or(vm: &Vm, a: &Obj, _: &Obj) -> PyResult {
    Err(vm.type_error(format!("'|=' is not supported by {}; use '|' instead", vm.type_name(a))))
}

/// `mappingproxy`.
pub static MAPPING_PROXY: ClassSpec = ClassSpec {
    name: "mappingproxy",
    base: Some(&super::object::OBJECT),
    kind: kinds::MAPPING_PROXY,
    flags: flags::HAVE_GC | flags::MAPPING,
    slots: |slots| {
        slots.new.set(Some(new));
        slots.repr.set(Some(|vm, obj| {
            let inside = vm.repr_text(&whole(vm, obj))?;
            Ok(vm.str(&format!("mappingproxy({inside})")))
        }));
        slots.str.set(Some(|vm, obj| vm.str_of(&whole(vm, obj))));
        slots.len.set(Some(|vm, obj| vm.len(&mapping(obj))));
        slots.subscript.set(Some(|vm, obj, key| vm.getitem(&with_item(vm, obj, key), key)));
        slots.contains.set(Some(|vm, obj, key| vm.contains(&mapping(obj), key)));
        slots.iter.set(Some(|vm, obj| vm.iter(&mapping(obj))));
        slots.hash.set(Some(|vm, obj| vm.hash(&mapping(obj))));
        slots.richcompare.set(Some(|vm, a, b, op| vm.compare(&mapping(a), b, op)));
        slots.binary[Operator::Or as usize].set(Some(or));
        slots.in_place[Operator::Or as usize].set(Some(in_place_or));
    },
    methods: &[
        Method::new("get", get, Convention::Keywords).signature("($self, key, default=None, /)"),
        Method::new("keys", keys, Convention::NoArgs).signature("($self, /)"),
        Method::new("values", values, Convention::NoArgs).signature("($self, /)"),
        Method::new("items", items, Convention::NoArgs).signature("($self, /)"),
        Method::new("copy", copy, Convention::NoArgs).signature("($self, /)"),
        Method::class("__class_getitem__", super::generic_alias::class_getitem, Convention::One).signature("($type, object, /)"),
        Method::new("__reversed__", reversed, Convention::NoArgs).signature("($self, /)"),
    ],
    getset: &[],
    basicsize: 24,
    itemsize: 0,
    doc: "mappingproxy(mapping)\n--\n\n",
};
