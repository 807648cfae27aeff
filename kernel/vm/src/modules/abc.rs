//! `_abc`: abstract base classes (`Modules/_abc.c`). What is known of a class stands in one object, its `_abc_impl`.

use std::cell::{Cell, RefCell};

use heap::{Kind, Obj, Payload, Trash, Tuple, Visit, WeakRef};

use super::ModuleSpec;
use crate::class::{Class, ClassSpec, Convention, Method, flags};
use crate::{Args, PyResult, Vm, kinds};

const KIND: Kind = Kind(kinds::MODULES.0 + 26);

/// Registry and caches: weak references to classes.
#[derive(Default)]
pub(crate) struct AbcData {
    registry: RefCell<Vec<Obj>>,
    cache: RefCell<Vec<Obj>>,
    negative_cache: RefCell<Vec<Obj>>,
    negative_version: Cell<u64>,
}

impl AbcData {
    fn sets(&self) -> [&RefCell<Vec<Obj>>; 3] {
        [&self.registry, &self.cache, &self.negative_cache]
    }
}

impl Payload for AbcData {
    const KIND: Kind = KIND;
    fn traverse(&self, visit: Visit<'_>) {
        self.sets().iter().for_each(|set| set.borrow().iter().for_each(&mut *visit));
    }
    fn clear(&self, trash: &mut Trash<'_>) {
        self.sets().iter().for_each(|set| set.take().into_iter().for_each(|weak| trash.push(weak)));
    }
    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

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
        Method::new("get_cache_token", |vm, _, _| Ok(vm.int(vm.state.abc_token.get() as i64)), Convention::NoArgs),
        Method::new("_abc_init", init, Convention::One),
        Method::new(
            "_reset_registry",
            |vm, _, args| {
                forget(vm, &args.pos()[0], true)?;
                Ok(vm.none())
            },
            Convention::One,
        ),
        Method::new(
            "_reset_caches",
            |vm, _, args| {
                forget(vm, &args.pos()[0], false)?;
                Ok(vm.none())
            },
            Convention::One,
        ),
        Method::new("_get_dump", dump, Convention::One),
        Method::new("_abc_register", register, Convention::Positional),
        Method::new("_abc_instancecheck", instancecheck, Convention::Positional),
        Method::new(
            "_abc_subclasscheck",
            |vm, _, args| {
                let [class, subclass] = args.check(vm, "_abc_subclasscheck", 2, 2)? else { unreachable!("two arguments were checked") };
                Ok(vm.bool(subclasscheck(vm, class, subclass)?))
            },
            Convention::Positional,
        ),
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

fn has(set: &RefCell<Vec<Obj>>, class: &Obj) -> bool {
    set.borrow().iter().any(|weak| weak.get::<WeakRef>().and_then(WeakRef::target).is_some_and(|target| target.is(class)))
}

/// What the weak references of the sets call: `_destroy`, bound to a weak reference to their `_abc_impl`.
static DESTROY: Method = Method::new(
    "_destroy",
    |vm, this, args| {
        if let Some(data) = this.get::<WeakRef>().and_then(WeakRef::target) {
            for set in own(&data).sets() {
                let mut before = set.take();
                let gone = before.iter().position(|weak| weak.is(&args.pos()[0])).map(|at| before.remove(at));
                drop(set.replace(before));
                drop(gone);
            }
        }
        Ok(vm.none())
    },
    Convention::One,
);

/// Adds a class, and drops what has died meanwhile.
fn add(vm: &Vm, data: &Obj, set: &RefCell<Vec<Obj>>, class: &Obj) -> PyResult<()> {
    if !has(set, class) {
        let destroy = vm.new_builtin(&DESTROY, Some(vm.new_weakref(data, false, None)?), None);
        let weak = vm.new_weakref(class, false, Some(&destroy))?;
        let mut before = set.take();
        before.retain(|weak| weak.get::<WeakRef>().is_some_and(|weak| !weak.is_dead()));
        before.push(weak);
        drop(set.replace(before));
    }
    Ok(())
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
    add(vm, &data, &own(&data).registry, subclass)?;
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
    if has(&own(&data).cache, &subclass) {
        return Ok(vm.bool(true));
    }
    let subtype = vm.class_of(instance);
    let check = |candidate: &Obj| vm.call_method(class, "__subclasscheck__", std::slice::from_ref(candidate));
    if subtype.is(&subclass) {
        if own(&data).negative_version.get() == vm.state.abc_token.get() && has(&own(&data).negative_cache, &subclass) {
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
    if has(&own.cache, subclass) {
        return Ok(true);
    }
    if own.negative_version.get() < vm.state.abc_token.get() {
        drop(own.negative_cache.take());
        own.negative_version.set(vm.state.abc_token.get());
    } else if has(&own.negative_cache, subclass) {
        return Ok(false);
    }
    let hook = vm.call_method(class, "__subclasshook__", std::slice::from_ref(subclass))?;
    let yes = if hook.is(&vm.consts.true_) {
        true
    } else if hook.is(&vm.consts.false_) {
        false
    } else if !hook.is(&vm.consts.not_implemented) {
        return Err(vm.assertion_error("__subclasshook__ must return either False, True, or NotImplemented"));
    } else {
        vm.subclass_of(subclass, class) || registered(vm, own, subclass)? || of_subclass(vm, class, subclass)?
    };
    add(vm, &held, if yes { &own.cache } else { &own.negative_cache }, subclass)?;
    Ok(yes)
}

fn registered(vm: &Vm, own: &AbcData, subclass: &Obj) -> PyResult<bool> {
    let registry = own.registry.borrow().clone();
    for weak in registry {
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
        drop(own.registry.take());
    } else {
        drop(own.cache.take());
        drop(own.negative_cache.take());
    }
    Ok(())
}

fn dump(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let data = data(vm, &args.pos()[0])?;
    let own = own(&data);
    let mut parts = Vec::new();
    for set in own.sets() {
        let items = set.borrow().clone();
        parts.push(vm.call(&vm.types.set, &[vm.list(items)])?);
    }
    parts.push(vm.int(own.negative_version.get() as i64));
    Ok(vm.tuple(parts))
}
