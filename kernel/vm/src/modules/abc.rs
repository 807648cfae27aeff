//! `_abc`: abstract base classes (`Modules/_abc.c`). What is known of a class stands in one object, its `_abc_impl`.

use std::cell::Cell;

use compile::Version;
use heap::{Kind, Obj, Set, Slot, Tuple, WeakRef};

use super::ModuleSpec;
use crate::class::{Class, ClassSpec, Convention, Method, flags};
use crate::{Args, PyResult, Vm, kinds};

const KIND: Kind = Kind(kinds::MODULES.0 + 26);

/// Registry and caches: sets of weak references to classes, each made when there is something to put in.
#[derive(Default)]
pub(crate) struct AbcData {
    registry: Slot,
    cache: Slot,
    negative_cache: Slot,
    negative_version: Cell<u64>,
}

crate::payload!(AbcData, KIND, { registry, cache, negative_cache });

pub(crate) static ABC_DATA: ClassSpec = ClassSpec {
    name: "_abc._abc_data",
    base: Some(&crate::objects::object::OBJECT),
    kind: KIND,
    flags: flags::HAVE_GC | flags::WEAKREFS,
    slots: |s| s.new.set(Some(|vm, class, _| Ok(vm.new_object(class, AbcData::default())))),
    methods: &[],
    getset: &[],
    basicsize: 48,
    itemsize: 0,
    doc: "",
};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_abc",
    functions: &[
        Method::new("get_cache_token", |vm, _, _| Ok(vm.int(vm.state.abc_token.get() as i64)), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("_abc_init", init, Convention::One).signature("($module, self, /)"),
        Method::new(
            "_reset_registry",
            |vm, _, args| {
                forget(vm, &args.pos()[0], true)?;
                Ok(vm.none())
            },
            Convention::One,
        )
        .signature("($module, self, /)"),
        Method::new(
            "_reset_caches",
            |vm, _, args| {
                forget(vm, &args.pos()[0], false)?;
                Ok(vm.none())
            },
            Convention::One,
        )
        .signature("($module, self, /)"),
        Method::new("_get_dump", dump, Convention::One).signature("($module, self, /)"),
        Method::new("_abc_register", register, Convention::Positional).signature("($module, self, subclass, /)"),
        Method::new("_abc_instancecheck", instancecheck, Convention::Positional).signature("($module, self, instance, /)"),
        Method::new(
            "_abc_subclasscheck",
            |vm, _, args| {
                let [class, subclass] = args.check(vm, "_abc_subclasscheck", 2, 2)? else { unreachable!("two arguments were checked") };
                Ok(vm.bool(subclasscheck(vm, class, subclass)?))
            },
            Convention::Positional,
        )
        .signature("($module, self, subclass, /)"),
    ],
    init: |_, _| Ok(()),
};

fn data(vm: &Vm, class: &Obj) -> PyResult {
    let data = vm.getattr_str(class, "_abc_impl")?;
    match data.get::<AbcData>() {
        Some(_) => Ok(data),
        None => Err(vm.type_error("_abc_impl is set to a wrong type")),
    }
}

fn own(data: &Obj) -> &AbcData {
    data.get::<AbcData>().expect("the type was checked")
}

/// `_in_weak_set`.
fn has(vm: &Vm, set: &Slot, class: &Obj) -> PyResult<bool> {
    match set.get().filter(|set| set.get::<Set>().is_some_and(|set| !set.is_empty())) {
        Some(set) => vm.set_contains(&set, &vm.new_weakref(class, false, None)?),
        None => Ok(false),
    }
}

/// What the weak references in the sets call: `_destroy`, bound to a weak reference to their set.
static DESTROY: Method = Method::new(
    "_destroy",
    |vm, this, args| {
        if let Some(set) = this.get::<WeakRef>().and_then(WeakRef::target) {
            vm.set_discard(&set, &args.pos()[0])?;
        }
        Ok(vm.none())
    },
    Convention::One,
);

/// `_add_to_weak_set`.
fn add(vm: &Vm, set: &Slot, class: &Obj) -> PyResult<()> {
    let set = set.get().unwrap_or_else(|| {
        let fresh = vm.set();
        set.set(fresh.clone());
        fresh
    });
    let destroy = vm.new_builtin(&DESTROY, Some(vm.new_weakref(&set, false, None)?), None);
    vm.set_add(&set, &vm.new_weakref(class, false, Some(&destroy))?).map(drop)
}

/// A set without its items.
fn clear(set: &Slot) {
    if let Some(set) = set.get() {
        drop(set.get::<Set>().map(Set::take));
    }
}

/// `compute_abstract_methods`, and a fresh `_abc_impl`.
fn init(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let class = &args.pos()[0];
    let Some(namespace) = class.get::<Class>().and_then(|class| class.dict.get()) else {
        return Err(vm.type_error("_abc_init() argument must be a class"));
    };
    let mut names = Vec::new();
    let items = vm.dict_items(&namespace);
    // In CPython they are pairs in a list.
    let _pairs: Vec<_> = items.iter().map(|_| vm.heap.passing_tuple(2)).collect();
    for (name, value) in items {
        if is_abstract(vm, &value)? {
            names.push(name);
        }
    }
    let bases = vm.getattr_str(class, "__bases__")?;
    for base in bases.get::<Tuple>().map(|bases| bases.items().to_vec()).unwrap_or_default() {
        let Some(inherited) = vm.getattr_opt_str(&base, "__abstractmethods__")? else { continue };
        for name in vm.to_vec(&inherited)? {
            if let Some(value) = vm.getattr_opt(class, &name)?
                && is_abstract(vm, &value)?
            {
                names.push(name);
            }
        }
    }
    let names = vm.call(&vm.types.frozenset, &[vm.list(names)])?;
    vm.setattr_str(class, "__abstractmethods__", Some(&names))?;
    let data = vm.heap.alloc(AbcData { negative_version: Cell::new(vm.state.abc_token.get()), ..AbcData::default() }).tracked();
    vm.setattr_str(class, "_abc_impl", Some(&data))?;
    if let Some(class) = class.get::<Class>() {
        // `__abc_tpflags__` marks sequences and mappings for pattern matching.
        if let Some(marks) = vm.dict_get_str(&namespace, "__abc_tpflags__") {
            let marks = vm.index_isize(&marks)? as u32 & (flags::SEQUENCE | flags::MAPPING);
            class.flags.set(class.flags.get() | marks);
            vm.dict_remove(&namespace, &vm.intern("__abc_tpflags__"))?;
        }
    }
    Ok(vm.none())
}

fn is_abstract(vm: &Vm, value: &Obj) -> PyResult<bool> {
    match vm.getattr_opt_str(value, "__isabstractmethod__")? {
        Some(answer) => vm.is_true(&answer),
        None => Ok(false),
    }
}

fn register(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [class, subclass] = args.check(vm, "_abc_register", 2, 2)? else { unreachable!("two arguments were checked") };
    if subclass.get::<Class>().is_none() {
        return Err(vm.type_error("Can only register classes"));
    }
    if vm.is_subclass(subclass, class)? {
        return Ok(subclass.clone());
    }
    if vm.is_subclass(class, subclass)? {
        return Err(vm.runtime_error("Refusing to create an inheritance cycle"));
    }
    let data = data(vm, class)?;
    add(vm, &own(&data).registry, subclass)?;
    vm.state.abc_token.set(vm.state.abc_token.get() + 1);
    let marks = vm.class(class).flags.get() & (flags::SEQUENCE | flags::MAPPING);
    if marks != 0 {
        mark(vm, subclass, marks);
    }
    Ok(subclass.clone())
}

/// Marks a class and all below it for pattern matching (`set_collection_flag_recursive`).
fn mark(vm: &Vm, class: &Obj, marks: u32) {
    let payload = vm.class(class);
    let own = payload.flags.get() & (flags::SEQUENCE | flags::MAPPING);
    if own == marks || !payload.has(flags::HEAP_TYPE) {
        return;
    }
    payload.flags.set(payload.flags.get() ^ own | marks);
    for below in vm.subclasses_of(class) {
        mark(vm, &below, marks);
    }
}

fn instancecheck(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [class, instance] = args.check(vm, "_abc_instancecheck", 2, 2)? else { unreachable!("two arguments were checked") };
    let data = data(vm, class)?;
    let subclass = vm.getattr_str(instance, "__class__")?;
    if has(vm, &own(&data).cache, &subclass)? {
        return Ok(vm.bool(true));
    }
    let subtype = vm.class_of(instance);
    let check = |candidate: &Obj| vm.call_method(class, "__subclasscheck__", std::slice::from_ref(candidate));
    if subtype.is(&subclass) {
        if own(&data).negative_version.get() == vm.state.abc_token.get() && has(vm, &own(&data).negative_cache, &subclass)? {
            return Ok(vm.bool(false));
        }
        return check(&subclass);
    }
    let answer = check(&subclass)?;
    if vm.is_true(&answer)? { Ok(answer) } else { check(&subtype) }
}

fn subclasscheck(vm: &Vm, class: &Obj, subclass: &Obj) -> PyResult<bool> {
    if subclass.get::<Class>().is_none() {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    }
    let held = data(vm, class)?;
    let own = own(&held);
    if has(vm, &own.cache, subclass)? {
        return Ok(true);
    }
    if own.negative_version.get() < vm.state.abc_token.get() {
        clear(&own.negative_cache);
        own.negative_version.set(vm.state.abc_token.get());
    } else if has(vm, &own.negative_cache, subclass)? {
        return Ok(false);
    }
    let hook = vm.call_method(class, "__subclasshook__", std::slice::from_ref(subclass))?;
    let yes = if hook.is(&vm.consts.true_) {
        true
    } else if hook.is(&vm.consts.false_) {
        false
    } else if !hook.is(&vm.consts.not_implemented) {
        return Err(vm.assertion_error("__subclasshook__ must return either False, True, or NotImplemented"));
    } else if vm.subclass_of(subclass, class) {
        true
    } else if has(vm, &own.registry, subclass)? {
        // No cache is needed where the registry answers.
        return Ok(true);
    } else {
        registered(vm, own, subclass)? || of_subclass(vm, class, subclass)?
    };
    add(vm, if yes { &own.cache } else { &own.negative_cache }, subclass)?;
    Ok(yes)
}

/// Whether the class is below one that is registered (`subclasscheck_check_registry`).
fn registered(vm: &Vm, own: &AbcData, subclass: &Obj) -> PyResult<bool> {
    let Some(registry) = own.registry.get().filter(|set| set.get::<Set>().is_some_and(|set| !set.is_empty())) else { return Ok(false) };
    // A check may change the registry, so a copy is walked.
    let copy = if vm.version >= Version::V3_13 { Some(vm.frozenset_from(&registry)?) } else { None };
    for weak in copy.as_ref().unwrap_or(&registry).as_set().map(Set::to_vec).unwrap_or_default() {
        if let Some(candidate) = weak.get::<WeakRef>().and_then(WeakRef::target)
            && vm.is_subclass(subclass, &candidate)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn of_subclass(vm: &Vm, class: &Obj, subclass: &Obj) -> PyResult<bool> {
    for candidate in vm.to_vec(&vm.call_method(class, "__subclasses__", &[])?)? {
        if vm.is_subclass(subclass, &candidate)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn forget(vm: &Vm, class: &Obj, registry: bool) -> PyResult<()> {
    let data = data(vm, class)?;
    let own = own(&data);
    if registry {
        clear(&own.registry);
    } else {
        clear(&own.cache);
        clear(&own.negative_cache);
    }
    Ok(())
}

fn dump(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let data = data(vm, &args.pos()[0])?;
    let own = own(&data);
    let mut parts = Vec::new();
    for set in [&own.registry, &own.cache, &own.negative_cache] {
        parts.push(match set.get() {
            Some(set) => vm.set_from(&set)?,
            None => vm.set(),
        });
    }
    parts.push(vm.int(own.negative_version.get() as i64));
    Ok(vm.tuple(parts))
}
