//! `type`: what can be done with a class (`Objects/typeobject.c`).
//!
//! How a class comes into being is told in `build.rs`, its order of bases in `mro.rs`, the layout of its instances in `layout.rs`, its
//! slots in `slots.rs`, `special.rs` and `update.rs`, the change of its bases in `bases.rs`.

mod bases;
mod build;
mod layout;
mod mro;
pub(crate) mod slots;
pub(crate) mod special;
mod update;

use compile::Version;
use heap::{Dict, List, Obj, Str, Tuple};

use crate::args::Args;
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::{PyResult, Vm, kinds};

pub(crate) use build::INSTANCE_WEAKREF;
pub(crate) use layout::{kind_has_dict, kind_is_weakrefable};
pub(crate) use special::{Special, new as special_new};

impl Vm {
    /// `__qualname__` of a class.
    pub(crate) fn class_qualname(&self, class: &Obj) -> Obj {
        let payload = self.class(class);
        payload.qualname.get().or_else(|| payload.name.get()).unwrap_or_else(|| self.consts.empty_str.clone())
    }

    /// `PyType_GetFullyQualifiedName`: module and qualified name, without the modules that go without saying.
    pub(crate) fn full_class_name(&self, class: &Obj) -> String {
        let name = self.lossy(&self.class_qualname(class));
        match self.class_module(class).filter(|module| module.get::<Str>().is_some()).map(|module| self.lossy(&module)) {
            Some(module) if module != "builtins" && module != "__main__" => format!("{module}.{name}"),
            _ => name,
        }
    }

    /// `__module__` of a class, if it says one.
    pub(crate) fn class_module(&self, class: &Obj) -> Option<Obj> {
        let payload = self.class(class);
        if payload.has(flags::HEAP_TYPE) {
            return self.own_attr(class, &self.names.__module__);
        }
        Some(match payload.full_name.get().rsplit_once('.') {
            Some((module, _)) => self.intern(module),
            None => self.names.builtins.clone(),
        })
    }

    /// Whether a class may be changed: TypeError if not (`check_set_special_type_attr`).
    fn check_changeable(&self, class: &Obj, value: Option<&Obj>, name: &str) -> PyResult<()> {
        let payload = self.class(class);
        if payload.has(flags::IMMUTABLE) {
            return Err(self.type_error(format!("cannot set '{name}' attribute of immutable type '{}'", self.class_name(class))));
        }
        if value.is_none() {
            return Err(self.type_error(format!("cannot delete '{name}' attribute of immutable type '{}'", self.class_name(class))));
        }
        Ok(())
    }
}

fn type_of(vm: &Vm, class: &Obj) -> PyResult<()> {
    vm.expect_class(class, || format!("descriptor for 'type' objects doesn't apply to a '{}' object", vm.type_name(class))).map(|_| ())
}

/// `cls(...)`: `__new__`, then `__init__` if what came out is an instance (`type_call`).
pub(crate) fn call(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    type_of(vm, class)?;
    if class.is(&vm.types.type_) {
        match (args.pos().len(), args.has_keywords()) {
            (1, false) => return Ok(vm.class_of(&args.pos()[0])),
            (3, _) => {}
            _ => return Err(vm.type_error("type() takes 1 or 3 arguments")),
        }
    }
    if class.is(&vm.types.weakref) && !args.has_keywords() && matches!(args.pos().len(), 1 | 2) {
        let _tuple = vm.heap.passing_tuple(if args.in_tuple() { 0 } else { args.pos().len() });
        return vm.new_weakref(&args.pos()[0], false, args.get(1));
    }
    let Some(new) = vm.class(class).slots.new.get() else {
        return Err(vm.type_error(format!("cannot create '{}' instances", vm.class_name(class))));
    };
    if let Some(made) = super::exception::make_plain(vm, class, args) {
        return Ok(made);
    }
    // Arguments travel in a tuple, which counts them, unless the class has a way of its own to be called.
    let (tuple, _keywords);
    let args = if args.all().is_empty() || has_vectorcall(vm, class) {
        args
    } else {
        tuple = args.to_tuple(vm);
        _keywords = (args.has_keywords() && !args.in_tuple()).then(|| vm.keyword_dict(args));
        args.with_tuple(&tuple)
    };
    let made = new(vm, class, args)?;
    let made_class = vm.class_of(&made);
    if !vm.subclass_of(&made_class, class) {
        return Ok(made);
    }
    if let Some(init) = vm.class(&made_class).slots.init.get() {
        init(vm, &made, args)?;
    }
    Ok(made)
}

/// Whether a builtin class has a `tp_vectorcall`, which needs no tuple for its arguments.
pub(crate) fn has_vectorcall(vm: &Vm, class: &Obj) -> bool {
    let types = &vm.types;
    let payload = vm.class(class);
    if payload.has(flags::HEAP_TYPE) {
        return false;
    }
    if payload.kind == kinds::EXCEPTION {
        return vm.version >= compile::Version::V3_14 && !vm.subclass_of(class, &types.base_exception_group);
    }
    if vm.version <= Version::V3_12 && (class.is(&types.int) || class.is(&types.str)) {
        return false;
    }
    if vm.version <= Version::V3_10 && (class.is(&types.enumerate) || class.is(&types.super_)) {
        return false;
    }
    [
        &types.list,
        &types.tuple,
        &types.dict,
        &types.set,
        &types.frozenset,
        &types.int,
        &types.bool,
        &types.float,
        &types.str,
        &types.range,
        &types.enumerate,
        &types.reversed,
        &types.map,
        &types.filter,
        &types.super_,
        &types.object,
    ]
    .iter()
    .any(|known| known.is(class))
}

/// `cls.name` (`type_getattro`).
pub(crate) fn getattro(vm: &Vm, class: &Obj, name: &Obj) -> PyResult {
    match getattr_opt(vm, class, name)? {
        Some(value) => Ok(value),
        None => Err(vm.attribute_error(class, name)),
    }
}

/// As [`getattro`]; a miss is nothing.
pub(crate) fn getattr_opt(vm: &Vm, class: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    type_of(vm, class)?;
    let meta = vm.class_of(class);
    let of_meta = vm.class_lookup(&meta, name);
    let mut meta_get = None;
    if let Some(found) = &of_meta {
        let found_class = vm.class_of(found);
        let slots = &vm.class(&found_class).slots;
        meta_get = slots.descr_get.get();
        if let Some(get) = meta_get
            && slots.descr_set.get().is_some()
        {
            return get(vm, found, Some(class), Some(&meta)).map(Some);
        }
    }
    if let Some(found) = vm.class_lookup(class, name) {
        return match vm.with_class(&found, |class| class.slots.descr_get.get()) {
            Some(get) => get(vm, &found, None, Some(class)).map(Some),
            None => Ok(Some(found)),
        };
    }
    match (of_meta, meta_get) {
        (Some(found), Some(get)) => get(vm, &found, Some(class), Some(&meta)).map(Some),
        (found, _) => Ok(found),
    }
}

/// `cls.name = value` (`type_setattro`).
pub(crate) fn setattro(vm: &Vm, class: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    type_of(vm, class)?;
    let name = &vm.attribute_name(name)?;
    if vm.class(class).has(flags::IMMUTABLE) {
        return Err(vm.type_error(format!("cannot set {} attribute of immutable type '{}'", vm.repr_text(name)?, vm.class_name(class))));
    }
    let meta = vm.class_of(class);
    if let Some(found) = vm.class_lookup(&meta, name)
        && let Some(set) = vm.with_class(&found, |class| class.slots.descr_set.get())
    {
        return set(vm, &found, class, value);
    }
    let name = &vm.intern_name(name);
    let Some(dict) = vm.class(class).dict.get() else { return Err(vm.attribute_error(class, name)) };
    let payload = dict.get::<Dict>().expect("a class's dict is a dict");
    let before = match value {
        Some(value) => {
            vm.dict_changed(&dict, value);
            payload.set_str_key(name, value.clone())
        }
        None => match payload.remove_str_key(name) {
            Some((_, value)) => Some(value),
            // Up to 3.10 the message was the name alone.
            None if vm.version <= Version::V3_10 => return Err(vm.store_error(vm.lossy(name), class, name)),
            None => {
                let text = format!("type object '{}' has no attribute '{}'", vm.class_name(class), vm.lossy(name));
                return Err(vm.store_error(text, class, name));
            }
        },
    };
    vm.class_modified(class);
    if is_dunder(name) {
        vm.update_slot(class, name);
    }
    drop(before);
    Ok(())
}

fn is_dunder(name: &Obj) -> bool {
    name.get::<Str>()
        .is_some_and(|name| name.as_bytes().len() > 4 && name.as_bytes().starts_with(b"__") && name.as_bytes().ends_with(b"__"))
}

fn repr(vm: &Vm, class: &Obj) -> PyResult {
    type_of(vm, class)?;
    let module = vm.class_module(class).filter(|module| module.get::<Str>().is_some()).map(|module| vm.lossy(&module));
    let qualname = vm.lossy(&vm.class_qualname(class));
    Ok(vm.str(&match module {
        Some(module) if module != "builtins" => format!("<class '{module}.{qualname}'>"),
        _ if vm.class(class).has(flags::HEAP_TYPE) => format!("<class '{qualname}'>"),
        _ => format!("<class '{}'>", vm.class_name(class)),
    }))
}

fn init(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult<()> {
    match args.pos().len() {
        1 if args.has_keywords() => Err(vm.type_error("type.__init__() takes no keyword arguments")),
        1 | 3 => Ok(()),
        _ => Err(vm.type_error("type.__init__() takes 1 or 3 arguments")),
    }
}

fn name(vm: &Vm, class: &Obj) -> PyResult {
    let payload = vm.class(class);
    Ok(payload.name.get().unwrap_or_else(|| vm.consts.empty_str.clone()))
}

fn set_name(vm: &Vm, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    vm.check_changeable(class, value, "__name__")?;
    let Some(value) = value else { return Ok(()) };
    if value.get::<Str>().is_none() {
        return Err(vm.type_error(format!("can only assign string to {}.__name__, not '{}'", vm.class_name(class), vm.type_name(value))));
    }
    vm.check_type_name(value)?;
    vm.class_modified(class);
    vm.class(class).name.set(value.clone());
    Ok(())
}

fn set_qualname(vm: &Vm, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    vm.check_changeable(class, value, "__qualname__")?;
    let Some(value) = value else { return Ok(()) };
    if value.get::<Str>().is_none() {
        return Err(vm.type_error(format!(
            "can only assign string to {}.__qualname__, not '{}'",
            vm.class_name(class),
            vm.type_name(value)
        )));
    }
    vm.class(class).qualname.set(value.clone());
    Ok(())
}

fn module(vm: &Vm, class: &Obj) -> PyResult {
    vm.class_module(class).ok_or_else(|| vm.attribute_error_text("__module__"))
}

fn set_module(vm: &Vm, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    vm.check_changeable(class, value, "__module__")?;
    let Some(value) = value else { return Ok(()) };
    vm.class_modified(class);
    vm.set_own_attr(class, &vm.names.__module__, value.clone());
    if let Some(dict) = vm.class(class).dict.get().and_then(|dict| dict.get::<Dict>().map(|_| dict.clone())) {
        drop(dict.get::<Dict>().expect("just looked at").remove_str_key(&vm.names.__firstlineno__));
    }
    Ok(())
}

fn abstract_methods(vm: &Vm, class: &Obj) -> PyResult {
    // `type` itself has no abstract methods, but its own getter in its dict.
    let found = if class.is(&vm.types.type_) { None } else { vm.own_attr(class, &vm.names.__abstractmethods__) };
    found.ok_or_else(|| vm.attribute_error(class, &vm.names.__abstractmethods__))
}

fn set_abstract_methods(vm: &Vm, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let payload = vm.class(class);
    let abstract_ = match value {
        Some(value) => {
            let abstract_ = vm.is_true(value)?;
            vm.set_own_attr(class, &vm.names.__abstractmethods__, value.clone());
            abstract_
        }
        None => {
            let removed = payload.dict.get().and_then(|dict| dict.get::<Dict>()?.remove_str_key(&vm.names.__abstractmethods__));
            if removed.is_none() {
                return Err(vm.attribute_error_text("__abstractmethods__"));
            }
            false
        }
    };
    vm.class_modified(class);
    let flags = payload.flags.get();
    payload.flags.set(if abstract_ { flags | flags::IS_ABSTRACT } else { flags & !flags::IS_ABSTRACT });
    Ok(())
}

fn dict(vm: &Vm, class: &Obj) -> PyResult {
    match vm.class(class).dict.get() {
        Some(dict) => Ok(vm.mapping_proxy(&dict)),
        None => Ok(vm.none()),
    }
}

fn doc(vm: &Vm, class: &Obj) -> PyResult {
    let payload = vm.class(class);
    if let Some(doc) = payload.spec.map(|spec| vm.class_doc(spec)).filter(|doc| !doc.is(&vm.consts.none)) {
        return Ok(doc);
    }
    let Some(found) = vm.own_attr(class, &vm.names.__doc__) else { return Ok(vm.none()) };
    match vm.with_class(&found, |class| class.slots.descr_get.get()) {
        Some(get) => get(vm, &found, None, Some(class)),
        None => Ok(found),
    }
}

fn set_doc(vm: &Vm, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    vm.check_changeable(class, value, "__doc__")?;
    vm.class_modified(class);
    if let Some(value) = value {
        vm.set_own_attr(class, &vm.names.__doc__, value.clone());
    }
    Ok(())
}

/// The cached annotations, or what `__annotate__` makes of them (`type_get_annotations`).
fn annotations(vm: &Vm, class: &Obj) -> PyResult {
    let missing = || vm.attribute_error(class, &vm.names.__annotations__);
    if !vm.class(class).is_made_at_run_time() {
        return Err(missing());
    }
    let names = &vm.names;
    let found = vm.own_attr(class, &names.__annotations__).or_else(|| vm.own_attr(class, &names.__annotations_cache__));
    if let Some(found) = found {
        return match vm.with_class(&found, |class| class.slots.descr_get.get()) {
            Some(get) => get(vm, &found, None, Some(class)),
            None => Ok(found),
        };
    }
    let annotate = annotate(vm, class)?;
    let made = if vm.is_callable(&annotate) {
        let made = vm.call(&annotate, &[vm.int(1)])?;
        if made.get::<Dict>().is_none() {
            return Err(vm.type_error(format!("__annotate__ returned non-dict of type '{}'", vm.type_name(&made))));
        }
        made
    } else {
        vm.new_dict()
    };
    let key = if vm.version >= compile::Version::V3_14 { &names.__annotations_cache__ } else { &names.__annotations__ };
    vm.set_own_attr(class, key, made.clone());
    Ok(made)
}

fn set_annotations(vm: &Vm, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if vm.class(class).has(flags::IMMUTABLE) {
        return Err(vm.type_error(format!("cannot set '__annotations__' attribute of immutable type '{}'", vm.class_name(class))));
    }
    let names = &vm.names;
    let dict = vm.class(class).dict.get().expect("a class has its dict");
    let payload = dict.get::<Dict>().expect("a class's dict is a dict");
    let key = if payload.get_str_key(&names.__annotations__).is_some() { &names.__annotations__ } else { &names.__annotations_cache__ };
    match value {
        Some(value) => {
            vm.set_own_attr(class, if vm.version >= compile::Version::V3_14 { key } else { &names.__annotations__ }, value.clone())
        }
        None => {
            if payload.remove_str_key(key).is_none() {
                return Err(vm.attribute_error_text("__annotations__"));
            }
        }
    }
    drop(payload.remove_str_key(&names.__annotate_func__));
    drop(payload.remove_str_key(&names.__annotate__));
    vm.class_modified(class);
    Ok(())
}

fn annotate(vm: &Vm, class: &Obj) -> PyResult {
    if !vm.class(class).is_made_at_run_time() {
        return Err(vm.attribute_error(class, &vm.names.__annotate__));
    }
    let found = vm.own_attr(class, &vm.names.__annotate_func__).or_else(|| vm.own_attr(class, &vm.names.__annotate__));
    let Some(found) = found else {
        vm.set_own_attr(class, &vm.names.__annotate_func__, vm.none());
        return Ok(vm.none());
    };
    match vm.with_class(&found, |class| class.slots.descr_get.get()) {
        Some(get) => get(vm, &found, None, Some(class)),
        None => Ok(found),
    }
}

fn set_annotate(vm: &Vm, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("cannot delete __annotate__ attribute")) };
    if vm.class(class).has(flags::IMMUTABLE) {
        return Err(vm.type_error(format!("cannot set '__annotate__' attribute of immutable type '{}'", vm.class_name(class))));
    }
    if !value.is(&vm.consts.none) && !vm.is_callable(value) {
        return Err(vm.type_error("__annotate__ must be callable or None"));
    }
    vm.set_own_attr(class, &vm.names.__annotate_func__, value.clone());
    if !value.is(&vm.consts.none) {
        let dict = vm.class(class).dict.get().expect("a class has its dict");
        drop(dict.get::<Dict>().and_then(|dict| dict.remove_str_key(&vm.names.__annotations_cache__)));
    }
    vm.class_modified(class);
    Ok(())
}

fn type_params(vm: &Vm, class: &Obj) -> PyResult {
    Ok(vm
        .own_attr(class, &vm.names.__type_params__)
        .filter(|_| !class.is(&vm.types.type_))
        .unwrap_or_else(|| vm.consts.empty_tuple.clone()))
}

fn set_type_params(vm: &Vm, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    vm.check_changeable(class, value, "__type_params__")?;
    if let Some(value) = value {
        vm.set_own_attr(class, &vm.names.__type_params__, value.clone());
        vm.class_modified(class);
    }
    Ok(())
}

fn subclasses(vm: &Vm, class: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.list(vm.subclasses_of(class)))
}

fn mro_method(vm: &Vm, class: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.list(vm.compute_mro(class)?))
}

fn prepare(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.new_dict())
}

/// `type.__dir__`: the names of the class and of all its bases.
fn dir(vm: &Vm, class: &Obj, _: Args<'_>) -> PyResult {
    let names = vm.new_dict();
    vm.merge_class_names(class, &names)?;
    let names = names.get::<Dict>().expect("the dict was just made");
    let mut at = 0;
    let mut all = Vec::with_capacity(names.len());
    while let Some((name, _)) = names.next_entry(&mut at) {
        all.push(name);
    }
    Ok(vm.list(all))
}

impl Vm {
    /// `merge_class_dict`: the attributes of a class and of its bases, for `dir`.
    pub(crate) fn merge_class_names(&self, class: &Obj, into: &Obj) -> PyResult<()> {
        let mut todo = vec![class.clone()];
        while let Some(class) = todo.pop() {
            if let Some(dict) = self.getattr_opt(&class, &self.names.__dict__)? {
                self.dict_merge(into, &dict, true)?;
            }
            if let Some(bases) = self.getattr_opt(&class, &self.names.__bases__)? {
                todo.extend(self.to_vec(&bases)?.into_iter().rev());
            }
        }
        Ok(())
    }
}

fn sizeof(vm: &Vm, class: &Obj, _: Args<'_>) -> PyResult {
    let payload = vm.class(class);
    if !payload.has(flags::HEAP_TYPE) && !payload.has(flags::MODULE_TYPE) {
        // A static type has no header of the collector, which its class promises.
        return Ok(vm.int(match vm.version {
            Version::V3_14 | Version::V3_13 => 400,
            Version::V3_12 => 416,
            Version::V3_11 => 408,
            Version::V2_7 | Version::V3_10 => 392,
        }));
    }
    // The heap type itself, and the table of its shared keys if it has one.
    let keys = if payload.has(flags::MANAGED_DICT) { layout::SHARED_KEYS_BYTES } else { 0 };
    let heap_type = match vm.version {
        Version::V3_14 => 936,
        Version::V3_13 => 928,
        Version::V3_12 => 920,
        Version::V3_11 => 904,
        Version::V2_7 | Version::V3_10 => return Ok(vm.int(1056)),
    };
    Ok(vm.int((heap_type + keys) as i64))
}

fn instance_check(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    Ok(vm.bool(vm.real_is_instance(&args.pos()[0], class)?))
}

fn subclass_check(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    Ok(vm.bool(vm.real_is_subclass(&args.pos()[0], class)?))
}

fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    super::union::or(vm, a, b)
}

fn text_signature(vm: &Vm, class: &Obj) -> PyResult {
    let payload = vm.class(class);
    match payload.spec.and_then(|spec| spec.split_doc().0) {
        Some(signature) => Ok(vm.str(signature)),
        None => Ok(vm.none()),
    }
}

/// `type`.
pub static TYPE: ClassSpec = ClassSpec {
    name: "type",
    base: Some(&super::object::OBJECT),
    kind: kinds::CLASS,
    flags: flags::CONTAINER | flags::TYPE_SUBCLASS | flags::HAVE_VECTORCALL,
    slots: |slots| {
        slots.new.set(Some(build::new));
        slots.init.set(Some(init));
        slots.call.set(Some(call));
        slots.repr.set(Some(repr));
        slots.getattro.set(Some(getattro));
        slots.setattro.set(Some(setattro));
        slots.binary[crate::Operator::Or as usize].set(Some(or));
    },
    methods: &[
        Method::new("mro", mro_method, Convention::NoArgs).signature("($self, /)"),
        Method::new("__subclasses__", subclasses, Convention::NoArgs).signature("($self, /)"),
        Method::class("__prepare__", prepare, Convention::Keywords).signature("($cls, name, bases, /, **kwds)"),
        Method::new("__instancecheck__", instance_check, Convention::One).signature("($self, instance, /)"),
        Method::new("__subclasscheck__", subclass_check, Convention::One).signature("($self, subclass, /)"),
        Method::new("__dir__", dir, Convention::NoArgs).signature("($self, /)"),
        Method::new("__sizeof__", sizeof, Convention::NoArgs).signature("($self, /)"),
    ],
    getset: &[
        GetSet::member("__basicsize__", |vm, class| Ok(vm.int(vm.basic_size(vm.class(class)) as i64))),
        GetSet::member("__itemsize__", |vm, class| Ok(vm.int(vm.class(class).itemsize as i64))),
        GetSet::member("__flags__", |vm, class| {
            let bits = vm.class(class).flags.get();
            let module_type = bits & flags::MODULE_TYPE != 0;
            Ok(vm.int(i64::from(bits & !flags::MODULE_TYPE | if module_type { flags::HEAP_TYPE } else { 0 })))
        }),
        GetSet::member("__weakrefoffset__", |vm, class| Ok(vm.int(vm.weakref_offset(class)))),
        GetSet::member("__base__", |vm, class| Ok(vm.class(class).base.get().unwrap_or_else(|| vm.none()))),
        GetSet::member("__dictoffset__", |vm, class| Ok(vm.int(vm.dict_offset(class)))),
        GetSet::with_set("__name__", name, set_name),
        GetSet::with_set("__qualname__", |vm, class| Ok(vm.class_qualname(class)), set_qualname),
        GetSet::with_set(
            "__bases__",
            |vm, class| Ok(vm.class(class).bases.get().unwrap_or_else(|| vm.consts.empty_tuple.clone())),
            bases::set_bases,
        ),
        GetSet::new("__mro__", |vm, class| Ok(vm.class(class).mro.get().unwrap_or_else(|| vm.none()))),
        GetSet::with_set("__module__", module, set_module),
        GetSet::with_set("__abstractmethods__", abstract_methods, set_abstract_methods),
        GetSet::new("__dict__", dict),
        GetSet::with_set("__doc__", doc, set_doc),
        GetSet::new("__text_signature__", text_signature),
        GetSet::with_set("__annotations__", annotations, set_annotations),
        GetSet::with_set("__annotate__", annotate, set_annotate),
        GetSet::with_set("__type_params__", type_params, set_type_params),
    ],
    basicsize: 936,
    itemsize: 40,
    doc: "",
};

/// The items of a list or tuple object.
pub(crate) fn items_of(obj: &Obj) -> Vec<Obj> {
    obj.get::<Tuple>().map(|tuple| tuple.items().to_vec()).or_else(|| obj.get::<List>().map(List::to_vec)).unwrap_or_default()
}
