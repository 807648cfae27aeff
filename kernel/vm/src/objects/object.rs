//! `object`: what every object can do (`Objects/typeobject.c`, from `object_init` on).

use heap::{Dict, List, Obj, Str, Tuple};

use super::class::items_of;
use crate::args::Args;
use crate::class::{Class, ClassSpec, Convention, GetSet, Method, Native, flags};
use crate::protocol::{attribute, compare::identity_hash};
use crate::{Compare, PyResult, Vm};

/// `__new__` of a builtin class, as its dict holds it: bound to the class.
pub(crate) static NEW_WRAPPER: Method =
    Method::new("__new__", new_wrapper, Convention::Keywords).signature("($type, *args, **kwargs)").varargs();

/// `tp_new_wrapper`.
fn new_wrapper(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let name = || vm.class_name(class);
    let Some(wanted) = args.get(0) else { return Err(vm.type_error(format!("{}.__new__(): not enough arguments", name()))) };
    if wanted.get::<Class>().is_none() {
        return Err(vm.type_error(format!("{}.__new__(X): X is not a type object ({})", name(), vm.type_name(wanted))));
    }
    if !vm.subclass_of(wanted, class) {
        let (name, wanted) = (name(), vm.class_name(wanted));
        return Err(vm.type_error(format!("{name}.__new__({wanted}): {wanted} is not a subtype of {name}")));
    }
    // The first base that is not made in Python must have the same `__new__`.
    let mut at = wanted.clone();
    while vm.class(&at).slots.new.get().is_some_and(|f| f as usize == super::class::special_new as Native as usize) {
        let Some(base) = vm.class(&at).base.get() else { break };
        at = base;
    }
    let own = vm.class(class).slots.new.get().expect("a class with `__new__` in its dict has the slot");
    let Some(new) = vm.class(&at).slots.new.get() else {
        return Err(vm.type_error(format!("cannot create '{}' instances", vm.class_name(wanted))));
    };
    if new as usize != own as usize {
        let (name, wanted, at) = (name(), vm.class_name(wanted), vm.class_name(&at));
        return Err(vm.type_error(format!("{name}.__new__({wanted}) is not safe, use {at}.__new__()")));
    }
    let _rest = vm.heap.passing_tuple(args.pos().len() - 1);
    own(vm, wanted, args.rest())
}

fn is_init(class: &Class) -> bool {
    class.slots.init.get().is_some_and(|f| f as usize == init as fn(&Vm, &Obj, Args<'_>) -> PyResult<()> as usize)
}

fn is_new(class: &Class) -> bool {
    class.slots.new.get().is_some_and(|f| f as usize == new as Native as usize)
}

/// `object.__new__(cls)` (`object_new`).
pub(crate) fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let payload = vm.class(class);
    if !args.all().is_empty() {
        if !is_new(payload) {
            return Err(vm.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if is_init(payload) {
            return Err(vm.type_error(format!("{}() takes no arguments", vm.class_name(class))));
        }
    }
    if payload.has(flags::IS_ABSTRACT) {
        return Err(abstract_error(vm, class)?);
    }
    Ok(vm.new_instance(class))
}

fn abstract_error(vm: &Vm, class: &Obj) -> PyResult<crate::Raised> {
    let methods = vm.getattr(class, &vm.names.__abstractmethods__)?;
    let mut names = Vec::new();
    for name in vm.to_vec(&methods)? {
        names.push(vm.text_of(&name)?);
    }
    names.sort();
    let plural = if names.len() > 1 { "s" } else { "" };
    let names: Vec<String> = names.into_iter().map(|name| format!("'{name}'")).collect();
    let class = vm.class_name(class);
    Ok(vm.type_error(format!(
        "Can't instantiate abstract class {class} without an implementation for abstract method{plural} {}",
        names.join(", ")
    )))
}

/// `object.__init__` (`object_init`).
pub(crate) fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.all().is_empty() {
        return Ok(());
    }
    let class = vm.class_of(this);
    let payload = vm.class(&class);
    if !is_init(payload) {
        return Err(vm.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
    }
    if is_new(payload) {
        return Err(vm.type_error(format!("{}.__init__() takes exactly one argument (the instance to initialize)", vm.class_name(&class))));
    }
    Ok(())
}

/// `object.__repr__`.
pub(crate) fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let class = vm.class_of(this);
    let qualname = vm.lossy(&vm.class_qualname(&class));
    let module = vm.class_module(&class).filter(|module| module.get::<Str>().is_some()).map(|module| vm.lossy(&module));
    let id = this.id();
    Ok(vm.str(&match module {
        Some(module) if module != "builtins" => format!("<{module}.{qualname} object at {id:#x}>"),
        _ => format!("<{} object at {id:#x}>", vm.class_name(&class)),
    }))
}

/// `object.__str__`.
fn str(vm: &Vm, this: &Obj) -> PyResult {
    let own = vm.with_class(this, |class| class.slots.repr.get());
    own.unwrap_or(repr)(vm, this)
}

fn richcompare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    match op {
        // Only equality is an answer: for other objects, the other side may know.
        Compare::Eq if a.is(b) => Ok(vm.bool(true)),
        Compare::Ne => {
            let Some(compare) = vm.with_class(a, |class| class.slots.richcompare.get()) else { return Ok(vm.not_implemented()) };
            let equal = compare(vm, a, b, Compare::Eq)?;
            if equal.is(&vm.consts.not_implemented) {
                return Ok(equal);
            }
            Ok(vm.bool(!vm.is_true(&equal)?))
        }
        _ => Ok(vm.not_implemented()),
    }
}

fn class(vm: &Vm, this: &Obj) -> PyResult {
    Ok(vm.class_of(this))
}

/// `obj.__class__ = cls` (`object_set_class`).
fn set_class(vm: &Vm, this: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete __class__ attribute")) };
    if value.get::<Class>().is_none() {
        return Err(vm.type_error(format!("__class__ must be set to a class, not '{}' object", vm.type_name(value))));
    }
    let old = vm.class_of(this);
    let modules = vm.subclass_of(value, &vm.types.module) && vm.subclass_of(&old, &vm.types.module);
    if !modules && (vm.class(value).has(flags::IMMUTABLE) || vm.class(&old).has(flags::IMMUTABLE)) {
        return Err(vm.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    vm.compatible_for_assignment(&old, value, "__class__")?;
    if value.is(&old) && this.extra().is_none() {
        return Ok(());
    }
    let Some(extra) = this.extra() else {
        return Err(vm.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    };
    // The names of the inline values are the old class's.
    if extra.is_inline() {
        drop(vm.materialize(extra, vm.class(&old)));
    }
    extra.class().set(value.clone());
    if vm.class(value).slots.finalize.get().is_some() {
        this.mark_finalizer();
    }
    Ok(())
}

fn format(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let spec = &args.pos()[0];
    let Some(text) = spec.get::<Str>() else {
        return Err(vm.type_error(format!("__format__() argument must be str, not {}", vm.type_name(spec))));
    };
    if !text.as_bytes().is_empty() {
        return Err(vm.type_error(format!("unsupported format string passed to {}.__format__", vm.type_name(this))));
    }
    vm.str_of(this)
}

/// `object.__sizeof__`: without what `sys.getsizeof` adds for the collector.
fn sizeof(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let class = vm.class_of(this);
    let payload = vm.class(&class);
    let mut size = vm.basic_size(payload);
    if payload.itemsize > 0 {
        // A view's items are not its bytes but the three numbers of its one dimension.
        let items = if this.get::<super::memoryview::MemoryView>().is_some() { 3 } else { vm.len(this).unwrap_or(0) };
        size += payload.itemsize * items;
    }
    Ok(vm.int(size as i64))
}

/// `object.__dir__`: the instance's names, then those of its class.
fn dir(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    let names = vm.new_dict();
    if let Some(dict) = vm.getattr_opt(this, &vm.names.__dict__)?.filter(|dict| dict.get::<Dict>().is_some()) {
        for name in vm.to_vec(&dict)? {
            vm.dict_set(&names, &name, vm.none())?;
        }
    }
    if let Some(class) = vm.getattr_opt(this, &vm.names.__class__)? {
        vm.merge_class_names(&class, &names)?;
    }
    Ok(vm.list(vm.to_vec(&names)?))
}

fn init_subclass(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(vm.type_error(format!("{}.__init_subclass__() takes no keyword arguments", vm.class_name(class))));
    }
    args.check(vm, "object.__init_subclass__", 0, 0)?;
    Ok(vm.none())
}

fn subclass_hook(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.not_implemented())
}

fn reduce(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    reduce_with(vm, this, 0)
}

fn reduce_ex(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    let protocol = vm.index_isize(&args.pos()[0])?;
    // A class with its own `__reduce__` has the say.
    let own = vm.getattr_opt(this, &vm.names.__reduce__)?;
    if let Some(own) = own {
        let of_class = vm.class_lookup(&vm.class_of(this), &vm.names.__reduce__);
        let of_object = vm.class_lookup(&vm.types.object, &vm.names.__reduce__);
        let overridden = match (of_class, of_object) {
            (Some(a), Some(b)) => !a.is(&b),
            _ => false,
        };
        if overridden {
            return vm.call(&own, &[]);
        }
    }
    reduce_with(vm, this, protocol)
}

/// `_common_reduce`: old protocols are `copyreg`'s affair.
fn reduce_with(vm: &Vm, this: &Obj, protocol: isize) -> PyResult {
    if protocol >= 2 {
        return reduce_new(vm, this, protocol);
    }
    let copyreg = vm.import_module("copyreg")?;
    let function = vm.getattr_str(&copyreg, "_reduce_ex")?;
    vm.call(&function, &[this.clone(), vm.int(protocol as i64)])
}

/// `reduce_newobj`.
fn reduce_new(vm: &Vm, this: &Obj, protocol: isize) -> PyResult {
    let class = vm.class_of(this);
    if vm.class(&class).slots.new.get().is_none() {
        return Err(vm.type_error(format!("cannot pickle '{}' object", vm.class_name(&class))));
    }
    let (args, keywords) = new_arguments(vm, this)?;
    let copyreg = vm.import_module("copyreg")?;
    let has_args = args.is_some();
    let (function, args) = match (args, keywords) {
        (args, None) => {
            let mut all = vec![class.clone()];
            all.extend(args.iter().flat_map(items_of));
            (vm.getattr_str(&copyreg, "__newobj__")?, vm.tuple(all))
        }
        (Some(args), Some(keywords)) if protocol >= 2 => {
            (vm.getattr_str(&copyreg, "__newobj_ex__")?, vm.tuple(vec![class.clone(), args, keywords]))
        }
        _ => return Err(vm.system_error("bad arguments of a new object")),
    };
    let is_list = vm.is_kind_of(this, &vm.types.list);
    let is_dict = vm.is_kind_of(this, &vm.types.dict);
    let required = !(has_args || is_list || is_dict);
    let state = get_state(vm, this, required)?;
    let list_items = if is_list { vm.iter(this)? } else { vm.none() };
    let dict_items = if is_dict {
        let items = vm.call_method(this, "items", &[])?;
        vm.iter(&items)?
    } else {
        vm.none()
    };
    Ok(vm.tuple(vec![function, args, state, list_items, dict_items]))
}

/// `_PyObject_GetNewArguments`.
fn new_arguments(vm: &Vm, this: &Obj) -> PyResult<(Option<Obj>, Option<Obj>)> {
    if let Some(method) = vm.lookup_special_name(this, &vm.names.__getnewargs_ex__)? {
        let made = vm.call(&method, &[])?;
        let Some(pair) = made.get::<Tuple>() else {
            return Err(vm.type_error(format!("__getnewargs_ex__ should return a tuple, not '{}'", vm.type_name(&made))));
        };
        let [args, keywords] = pair.items() else {
            return Err(vm.value_error(format!("__getnewargs_ex__ should return a tuple of length 2, not {}", pair.len())));
        };
        if args.get::<Tuple>().is_none() {
            return Err(vm.type_error(format!(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                vm.type_name(args)
            )));
        }
        let Some(dict) = keywords.get::<Dict>() else {
            return Err(vm.type_error(format!(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                vm.type_name(keywords)
            )));
        };
        return Ok((Some(args.clone()), (!dict.is_empty()).then(|| keywords.clone())));
    }
    if let Some(method) = vm.lookup_special_name(this, &vm.names.__getnewargs__)? {
        let made = vm.call(&method, &[])?;
        if made.get::<Tuple>().is_none() {
            return Err(vm.type_error(format!("__getnewargs__ should return a tuple, not '{}'", vm.type_name(&made))));
        }
        return Ok((Some(made), None));
    }
    Ok((None, None))
}

/// `object_getstate`: what `__getstate__` says.
pub(crate) fn get_state(vm: &Vm, this: &Obj, required: bool) -> PyResult {
    let method = vm.getattr(this, &vm.names.__getstate__)?;
    let default =
        method.get::<super::builtin_function::BuiltinFunction>().is_some_and(|f| f.method.call as usize == getstate as Native as usize);
    if default { default_state(vm, this, required) } else { vm.call(&method, &[]) }
}

fn getstate(vm: &Vm, this: &Obj, _: Args<'_>) -> PyResult {
    default_state(vm, this, false)
}

/// `object_getstate_default`: the `__dict__`, and the members with their values.
fn default_state(vm: &Vm, this: &Obj, required: bool) -> PyResult {
    let class = vm.class_of(this);
    let payload = vm.class(&class);
    if required && payload.itemsize > 0 {
        return Err(vm.type_error(format!("cannot pickle '{}' object", vm.class_name(&class))));
    }
    let state = if vm.has_no_attributes(this) { vm.none() } else { vm.instance_dict(this).unwrap_or_else(|| vm.none()) };
    let names = slot_names(vm, &class)?;
    // An object is copied by its attributes and slots: if there is more to it, its class must say how.
    let place = |there: bool, managed: u32| if there && !payload.has(managed) { 8 } else { 0 };
    let known = place(payload.has_dict.get(), flags::MANAGED_DICT) + place(payload.weakrefable.get(), flags::MANAGED_WEAKREF);
    if required && payload.basicsize.get() > 16 + known + 8 * names.len() {
        return Err(vm.type_error(format!("cannot pickle '{}' object", vm.class_name(&class))));
    }
    if names.is_empty() {
        return Ok(state);
    }
    let members = vm.new_dict();
    let mut any = false;
    for name in names {
        if let Some(value) = vm.getattr_opt(this, &name)? {
            vm.dict_set(&members, &name, value)?;
            any = true;
        }
    }
    Ok(if any { vm.tuple(vec![state, members]) } else { state })
}

/// `_PyType_GetSlotNames`: by `copyreg`, remembered in the class.
fn slot_names(vm: &Vm, class: &Obj) -> PyResult<Vec<Obj>> {
    if let Some(known) = vm.own_attr(class, &vm.names.__slotnames__)
        && let Some(list) = known.get::<List>()
    {
        return Ok(list.to_vec());
    }
    let copyreg = vm.import_module("copyreg")?;
    let function = vm.getattr_str(&copyreg, "_slotnames")?;
    let names = vm.call(&function, std::slice::from_ref(class))?;
    match names.get::<List>() {
        Some(list) => Ok(list.to_vec()),
        None if names.is(&vm.consts.none) => Ok(Vec::new()),
        None => Err(vm.type_error("copyreg._slotnames didn't return a list or None")),
    }
}

/// `object`.
pub static OBJECT: ClassSpec = ClassSpec {
    name: "object",
    base: None,
    kind: heap::Kind::INSTANCE,
    flags: flags::BASE_TYPE,
    slots: |slots| {
        slots.new.set(Some(new));
        slots.init.set(Some(init));
        slots.repr.set(Some(repr));
        slots.str.set(Some(str));
        slots.hash.set(Some(identity_hash));
        slots.richcompare.set(Some(richcompare));
        slots.getattro.set(Some(attribute::generic_getattr));
        slots.setattro.set(Some(attribute::generic_setattr));
    },
    methods: &[
        Method::new("__reduce_ex__", reduce_ex, Convention::One).signature("($self, protocol, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__getstate__", getstate, Convention::NoArgs).signature("($self, /)"),
        Method::class("__subclasshook__", subclass_hook, Convention::Positional).signature("($type, object, /)"),
        Method::class("__init_subclass__", init_subclass, Convention::Keywords).signature("($type, /)"),
        Method::new("__format__", format, Convention::One).signature("($self, format_spec, /)"),
        Method::new("__sizeof__", sizeof, Convention::NoArgs).signature("($self, /)"),
        Method::new("__dir__", dir, Convention::NoArgs).signature("($self, /)"),
    ],
    getset: &[GetSet::with_set("__class__", class, set_class)],
    basicsize: 16,
    itemsize: 0,
    doc: "object()\n--\n\n",
};
