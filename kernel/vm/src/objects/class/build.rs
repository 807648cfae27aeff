//! How a class made in Python comes into being: `type.__new__` (`type_new` in `Objects/typeobject.c`).
//!
//! Invariant: the order of steps is CPython's, because each of them can call Python code or fail, and because the order of a class's
//! `__dict__` shows it.

use std::cell::{Cell, RefCell};

use heap::{CellVar, Dict, Obj, Slot, Str, Tuple};

use super::items_of as items;
use crate::args::Args;
use crate::class::{Class, GetSet, Native, flags};
use crate::protocol::Loaded;
use crate::{PyResult, Vm, kinds};

/// `__dict__` of instances, as a class's dict holds it.
static INSTANCE_DICT: GetSet = GetSet::with_set("__dict__", instance_dict, set_instance_dict).doc("dictionary for instance variables");
/// `__weakref__` of instances.
pub(crate) static INSTANCE_WEAKREF: GetSet = GetSet::new("__weakref__", instance_weakref).doc("list of weak references to the object");

fn instance_dict(vm: &Vm, obj: &Obj) -> PyResult {
    vm.instance_dict(obj).ok_or_else(|| vm.attribute_error_text("This object has no __dict__"))
}

fn set_instance_dict(vm: &Vm, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    vm.set_instance_dict(obj, value)
}

fn instance_weakref(vm: &Vm, obj: &Obj) -> PyResult {
    Ok(vm.heap.weakrefs_of(obj).into_iter().next().unwrap_or_else(|| vm.none()))
}

/// What a class is made from, once the arguments are understood.
struct Plan<'a> {
    meta: Obj,
    name: &'a Obj,
    bases: Vec<Obj>,
    /// The same as a tuple.
    bases_tuple: Obj,
    base: Obj,
    dict: Obj,
    /// What `__slots__` said, sorted out.
    slots: Option<Vec<Obj>>,
    add_dict: bool,
    add_weakref: bool,
}

/// `type.__new__(meta, name, bases, dict, **keywords)`.
pub(super) fn new(vm: &Vm, meta: &Obj, args: Args<'_>) -> PyResult {
    let given = args.pos();
    if given.len() != 3 {
        return Err(vm.type_error(format!("type.__new__() takes exactly 3 arguments ({} given)", given.len())));
    }
    let [name, bases, namespace] = given else { unreachable!("there are three arguments") };
    for (i, (arg, fits, what)) in [
        (name, name.get::<Str>().is_some(), "str"),
        (bases, bases.get::<Tuple>().is_some(), "tuple"),
        (namespace, namespace.get::<Dict>().is_some(), "dict"),
    ]
    .into_iter()
    .enumerate()
    {
        if !fits {
            return Err(vm.type_error(format!("type.__new__() argument {} must be {what}, not {}", i + 1, vm.type_name(arg))));
        }
    }
    let mut bases_tuple = bases.clone();
    let mut bases = items(bases);
    let mut meta = meta.clone();
    let base = if bases.is_empty() {
        bases.push(vm.types.object.clone());
        bases_tuple = vm.tuple(bases.clone());
        vm.types.object.clone()
    } else {
        for base in &bases {
            if base.get::<Class>().is_none() && vm.getattr_opt(base, &vm.names.__mro_entries__)?.is_some() {
                return Err(vm.type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
            }
        }
        let winner = vm.calculate_metaclass(&meta, &bases)?;
        if !winner.is(&meta) {
            // Another metaclass is responsible, if it has a `__new__` of its own.
            if let Some(other) = vm.class(&winner).slots.new.get()
                && other as usize != new as Native as usize
            {
                return other(vm, &winner, args);
            }
            meta = winner;
        }
        vm.best_base(&bases)?
    };
    let class = vm.build_class_object(meta, name, (bases, bases_tuple), base, namespace)?;
    vm.set_names(&class)?;
    vm.init_subclass(&class, args)?;
    Ok(class)
}

impl Vm {
    /// The most derived metaclass of the one given and those of the bases (`_PyType_CalculateMetaclass`).
    pub fn calculate_metaclass(&self, meta: &Obj, bases: &[Obj]) -> PyResult {
        let mut winner = meta.clone();
        for base in bases {
            let other = self.class_of(base);
            if self.subclass_of(&winner, &other) {
                continue;
            }
            if self.subclass_of(&other, &winner) {
                winner = other;
                continue;
            }
            return Err(self.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
            ));
        }
        Ok(winner)
    }

    /// Replaces bases that are no classes by what their `__mro_entries__` gives; nothing if there are none (`update_bases`).
    pub fn update_bases(&self, bases: &Obj) -> PyResult<Option<Obj>> {
        let old = items(bases);
        let mut new: Option<Vec<Obj>> = None;
        for (i, base) in old.iter().enumerate() {
            let entries = match base.get::<Class>() {
                Some(_) => None,
                None => self.getattr_opt(base, &self.names.__mro_entries__)?,
            };
            let Some(entries) = entries else {
                if let Some(new) = &mut new {
                    new.push(base.clone());
                }
                continue;
            };
            let made = self.call(&entries, std::slice::from_ref(bases))?;
            if made.get::<Tuple>().is_none() {
                return Err(self.type_error("__mro_entries__ must return a tuple"));
            }
            new.get_or_insert_with(|| old[..i].to_vec()).extend(items(&made));
        }
        Ok(new.map(|new| self.tuple(new)))
    }

    fn build_class_object(&self, meta: Obj, name: &Obj, (bases, bases_tuple): (Vec<Obj>, Obj), base: Obj, namespace: &Obj) -> PyResult {
        let dict = self.copy_of_namespace(namespace);
        let mut plan = Plan { meta, name, bases, bases_tuple, base, dict, slots: None, add_dict: false, add_weakref: false };
        self.plan_slots(&mut plan)?;
        self.check_type_name(name)?;
        // C code asks for the docstring in UTF-8.
        if let Some(doc) = self.dict_get_str(&plan.dict, "__doc__").filter(|doc| doc.get::<Str>().is_some_and(|doc| doc.to_str().is_none()))
        {
            self.encode(&doc, None, None)?;
        }
        let class = self.allocate_class(&plan);
        self.set_attributes(&class, &plan)?;
        self.ready(&class, &plan)?;
        self.track_class_dict(&plan.dict);
        Ok(class)
    }

    /// A class's name has a C text, too: UTF-8 without a zero.
    pub(super) fn check_type_name(&self, name: &Obj) -> PyResult<()> {
        let Some(text) = name.get::<Str>() else { return Ok(()) };
        if text.to_str().is_none() {
            self.encode(name, None, None)?;
        }
        if text.as_bytes().contains(&0) {
            return Err(self.value_error("type name must not contain null characters"));
        }
        Ok(())
    }

    /// With the lazy tracking of 3.13, what was set in the class's dict decides whether it is tracked.
    fn track_class_dict(&self, dict: &Obj) {
        if dict.is_tracked() {
            return;
        }
        let payload = dict.get::<Dict>().expect("a class's dict is a dict");
        let mut at = 0;
        while let Some((_, value)) = payload.next_entry(&mut at) {
            if self.may_be_tracked(&value) {
                return self.heap.track(dict);
            }
        }
    }

    fn copy_of_namespace(&self, namespace: &Obj) -> Obj {
        let copy = namespace.get::<Dict>().expect("the namespace is a dict").copy();
        let atoms = namespace.get::<Dict>().is_some_and(|_| !namespace.is_tracked());
        let copy = self.heap.alloc(copy);
        // A lazily tracked dict has a copy that is tracked when it is (`PyDict_Copy`).
        if atoms && self.heap.tracks_dicts_lazily() { copy } else { copy.tracked() }
    }

    /// `type_new_slots`: what the instances get besides what the base gives.
    fn plan_slots(&self, plan: &mut Plan<'_>) -> PyResult<()> {
        let base = self.class(&plan.base);
        let may_add_dict = !base.has_dict.get();
        let may_add_weakref = !base.weakrefable.get() && base.itemsize == 0;
        let own = plan.dict.get::<Dict>().and_then(|dict| dict.get_str_key(&self.names.__slots__));
        let Some(slots) = own else {
            plan.add_dict = may_add_dict;
            plan.add_weakref = may_add_weakref;
            return Ok(());
        };
        let names = if slots.get::<Str>().is_some() { vec![slots] } else { self.to_vec(&slots)? };
        // The names are sorted in a list, which then becomes a tuple.
        let _list = self.heap.passing(heap::Kind::LIST);
        if !names.is_empty() && base.itemsize != 0 {
            return Err(self.type_error(format!("nonempty __slots__ not supported for subtype of '{}'", self.class_name(&plan.base))));
        }
        let class_text = self.lossy(plan.name);
        let mut members = Vec::new();
        for name in &names {
            let text = self.check_slot_name(name)?;
            match text.as_str() {
                "__dict__" if !may_add_dict || plan.add_dict => {
                    return Err(self.type_error("__dict__ slot disallowed: we already got one"));
                }
                "__dict__" => plan.add_dict = true,
                "__weakref__" if !may_add_weakref || plan.add_weakref => {
                    return Err(self.type_error("__weakref__ slot disallowed: we already got one"));
                }
                "__weakref__" => plan.add_weakref = true,
                _ => {
                    let mangled = mangle(&class_text, &text);
                    let known = self.intern(&mangled);
                    let in_dict = plan.dict.get::<Dict>().is_some_and(|dict| dict.get_str_key(&known).is_some());
                    if in_dict && !matches!(mangled.as_str(), "__qualname__" | "__classcell__" | "__classdictcell__") {
                        return Err(self.value_error(format!("{} in __slots__ conflicts with class variable", self.repr_text(name)?)));
                    }
                    members.push((mangled, known));
                }
            }
        }
        members.sort_by(|a, b| a.0.cmp(&b.0));
        plan.slots = Some(members.into_iter().map(|(_, name)| name).collect());
        // Secondary bases may bring what the first one does not have.
        if plan.bases.len() > 1 {
            for base in plan.bases.iter().filter(|base| !base.is(&plan.base)) {
                let payload = self.class(base);
                plan.add_dict |= may_add_dict && payload.has_dict.get();
                plan.add_weakref |= may_add_weakref && payload.weakrefable.get();
            }
        }
        Ok(())
    }

    fn check_slot_name(&self, name: &Obj) -> PyResult<String> {
        let Some(text) = name.get::<Str>() else {
            return Err(self.type_error(format!("__slots__ items must be strings, not '{}'", self.type_name(name))));
        };
        match text.to_str().filter(|text| self.is_identifier(text)) {
            Some(text) => Ok(text.to_owned()),
            None => Err(self.type_error("__slots__ must be identifiers")),
        }
    }

    /// Whether a text is an identifier (`str.isidentifier`).
    fn is_identifier(&self, text: &str) -> bool {
        let mut chars = text.chars();
        chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.all(|c| c == '_' || c.is_alphanumeric())
    }

    /// `type_new_alloc`.
    fn allocate_class(&self, plan: &Plan<'_>) -> Obj {
        let base = self.class(&plan.base);
        let n_own = plan.slots.as_ref().map_or(0, Vec::len) as u16;
        let managed_dict = plan.add_dict || base.has(flags::MANAGED_DICT);
        let managed_weakref = plan.add_weakref || base.has(flags::MANAGED_WEAKREF);
        let inherited = flags::LONG_SUBCLASS
            | flags::LIST_SUBCLASS
            | flags::TUPLE_SUBCLASS
            | flags::BYTES_SUBCLASS
            | flags::UNICODE_SUBCLASS
            | flags::DICT_SUBCLASS
            | flags::BASE_EXC_SUBCLASS
            | flags::TYPE_SUBCLASS
            | flags::MATCH_SELF;
        let mut bits = flags::HEAP_TYPE | flags::BASE_TYPE | flags::HAVE_GC | flags::READY;
        bits |= base.flags.get() & inherited;
        if managed_dict {
            bits |= flags::MANAGED_DICT;
            // Inline values stand at a fixed place, so instances of varying size have none; up to 3.13 they stand right behind the
            // header, so instances with anything there have none either.
            let plain = base.basicsize.get() == 16 && n_own == 0;
            use compile::Version;
            let inline = match self.version {
                Version::V3_14 => true,
                Version::V3_11 | Version::V3_12 | Version::V3_13 => plain,
                // An instance has a dict of its own from its first attribute on.
                Version::V2_7 | Version::V3_10 => false,
            };
            if base.itemsize == 0 && inline {
                bits |= flags::INLINE_VALUES;
            }
        }
        if managed_weakref {
            bits |= flags::MANAGED_WEAKREF;
        }
        let class = Class {
            name: plan.name.clone().into(),
            qualname: plan.name.clone().into(),
            dict: plan.dict.clone().into(),
            bases: plan.bases_tuple.clone().into(),
            base: plan.base.clone().into(),
            mro: Slot::empty(),
            full_name: Cell::new(""),
            flags: Cell::new(bits),
            version: Cell::new(0),
            slots: crate::class::Slots::default(),
            kind: base.kind,
            n_slots: Cell::new(base.n_slots.get() + n_own),
            weakrefable: Cell::new(base.weakrefable.get() || plan.add_weakref),
            has_dict: Cell::new(base.has_dict.get() || plan.add_dict),
            basicsize: Cell::new(base.basicsize.get() + 8 * n_own as usize),
            itemsize: base.itemsize,
            subclasses: Slot::empty(),
            spec: None,
            member_names: plan.slots.clone().map(|names| self.tuple(names)).into(),
            keys: RefCell::default(),
            usable: Cell::new(0),
            built: Cell::new(false),
            death: Some(self.state.class_died.clone()),
        };
        if plan.meta.is(&self.types.type_) {
            return self.heap.alloc(class).tracked();
        }
        self.new_object(&plan.meta, class)
    }

    /// `type_new_set_attrs`.
    fn set_attributes(&self, class: &Obj, plan: &Plan<'_>) -> PyResult<()> {
        let names = &self.names;
        let dict = plan.dict.get::<Dict>().expect("a class's dict is a dict");
        if dict.get_str_key(&names.__module__).is_none()
            && let Some(module) = self.current_module_name()
        {
            drop(dict.set_str_key(&names.__module__, module));
        }
        if let Some(qualname) = dict.get_str_key(&names.__qualname__) {
            if qualname.get::<Str>().is_none() {
                return Err(self.type_error(format!("type __qualname__ must be a str, not {}", self.type_name(&qualname))));
            }
            self.class(class).qualname.set(qualname);
            drop(dict.remove_str_key(&names.__qualname__));
        }
        self.wrap_own(dict, &names.__new__, |function| self.new_static_method(function));
        self.wrap_own(dict, &names.__init_subclass__, |function| self.new_class_method(function));
        self.wrap_own(dict, &names.__class_getitem__, |function| self.new_class_method(function));
        self.set_cell(class, dict, &names.__classcell__, class, "__classcell__ must be a nonlocal cell, not ")?;
        self.set_cell(class, dict, &names.__classdictcell__, &plan.dict, "__classdictcell__ must be a nonlocal cell, not ")
    }

    /// A plain function under this name becomes a static or class method.
    fn wrap_own(&self, dict: &Dict, name: &Obj, wrap: impl FnOnce(&Obj) -> Obj) {
        if let Some(function) = dict.get_str_key(name).filter(|found| found.kind() == crate::kinds::FUNCTION) {
            let wrapped = wrap(&function);
            drop(function);
            drop(dict.set_str_key(name, wrapped));
        }
    }

    /// The cell of the class body's `__class__` gets the class (`type_new_set_classcell`).
    fn set_cell(&self, class: &Obj, dict: &Dict, name: &Obj, value: &Obj, message: &str) -> PyResult<()> {
        let _ = class;
        let Some(cell) = dict.get_str_key(name) else { return Ok(()) };
        let Some(place) = cell.get::<CellVar>() else {
            return Err(self.type_error(format!("{message}{}", self.repr_text(&self.class_of(&cell))?)));
        };
        place.value.set(value.clone());
        drop(dict.remove_str_key(name));
        Ok(())
    }

    /// `PyType_Ready` for a class made in Python: members, MRO, slots.
    fn ready(&self, class: &Obj, plan: &Plan<'_>) -> PyResult<()> {
        let names = &self.names;
        let dict = plan.dict.get::<Dict>().expect("a class's dict is a dict");
        self.set_mro(class)?;
        // For pattern matching a class is what the first of those behind it is that is a sequence or a mapping (`inherit_patma_flags`).
        const MARKS: u32 = flags::SEQUENCE | flags::MAPPING;
        let payload = self.class(class);
        if let Some(marks) = self.mro_of(class).iter().map(|behind| self.class(behind).flags.get() & MARKS).find(|marks| *marks != 0) {
            payload.flags.set(payload.flags.get() | marks);
        }
        let first = self.class(&plan.base).n_slots.get();
        for (i, name) in plan.slots.iter().flatten().enumerate() {
            let member = self.new_slot_member(class, name.clone(), first + i as u16);
            drop(dict.set_str_key(name, member));
        }
        if plan.add_dict && dict.get_str_key(&names.__dict__).is_none() {
            drop(dict.set_str_key(&names.__dict__, self.new_getset_descriptor(class, &INSTANCE_DICT)));
        }
        if plan.add_weakref && dict.get_str_key(&names.__weakref__).is_none() {
            drop(dict.set_str_key(&names.__weakref__, self.new_getset_descriptor(class, &INSTANCE_WEAKREF)));
        }
        if dict.get_str_key(&names.__doc__).is_none() {
            drop(dict.set_str_key(&names.__doc__, self.none()));
        }
        payload.slots.fill_from(&self.class(&plan.base).slots);
        // A class that compares in its own way is not hashable, unless it says how.
        if dict.get_str_key(&names.__hash__).is_none() && dict.get_str_key(&names.__eq__).is_some() {
            drop(dict.set_str_key(&names.__hash__, self.none()));
        }
        for base in &plan.bases {
            self.add_subclass(base, class);
        }
        if plan.bases.len() == 1 && self.mro_of(class).len() == self.mro_of(&plan.base).len() + 1 {
            self.fix_own_slots(class, dict);
        } else {
            self.fix_slots(class);
        }
        if payload.has(flags::MANAGED_DICT) {
            self.seed_shared_keys(payload, dict);
        }
        payload.built.set(true);
        Ok(())
    }

    /// `_PyDict_NewKeysForClass`: the compiler has seen which attributes the methods set.
    fn seed_shared_keys(&self, class: &Class, dict: &Dict) {
        use crate::protocol::storage::{SHARED_KEYS_MAX_SIZE, SPLIT_TABLE_SIZE};
        let no_values = self.version <= compile::Version::V3_10;
        class.usable.set(if no_values { SPLIT_TABLE_SIZE } else { SHARED_KEYS_MAX_SIZE });
        let known = dict.get_str_key(&self.names.__static_attributes__);
        // The compiler makes this tuple of a list.
        if let Some(known) = known.as_ref().filter(|_| self.version >= compile::Version::V3_14) {
            self.heap.untrack(known);
        }
        for name in known.iter().flat_map(items).filter(|name| name.kind() == heap::Kind::STR) {
            class.insert_key(&name);
        }
    }

    /// `type_new_set_names`: `__set_name__` of everything in the class.
    fn set_names(&self, class: &Obj) -> PyResult<()> {
        let Some(dict) = self.class(class).dict.get() else { return Ok(()) };
        let copy = self.heap.alloc(dict.get::<Dict>().expect("a class's dict is a dict").copy());
        let copy = copy.get::<Dict>().expect("the copy is a dict");
        let mut at = 0;
        while let Some((name, value)) = copy.next_entry(&mut at) {
            let Some(special) = self.special(&value, &self.names.__set_name__)? else { continue };
            let _bound = self.passing_bound(&special);
            if let Err(raised) = self.call_special(&special, &value, &[class, &name]) {
                let (kind, name, class) = (self.type_name(&value), self.repr_text(&name)?, self.class_name(class));
                self.add_note(&raised, &format!("Error calling __set_name__ on '{kind}' instance {name} in '{class}'"));
                return Err(raised);
            }
        }
        Ok(())
    }

    /// `super(cls, cls).__init_subclass__(**keywords)`.
    fn init_subclass(&self, class: &Obj, args: Args<'_>) -> PyResult<()> {
        // Up to 3.10 `super` took its arguments in a tuple.
        let _pair = self.heap.passing_tuple(if self.version <= compile::Version::V3_10 { 2 } else { 0 });
        // The `super` object lives beside the method it gives. Up to 3.11, a collection would run inside its allocation; what that one sees
        // of the class in the making is not modelled, so it is not counted there.
        let super_ = (self.version >= compile::Version::V3_12).then(|| self.heap.passing(kinds::SUPER));
        let (Loaded::Value(method) | Loaded::Method(method)) = self.super_attr(class, class, &self.names.__init_subclass__, false)?;
        drop(super_);
        let keywords: Vec<Obj> = args.keywords().map(|(_, value)| value.clone()).collect();
        let _names = self.heap.passing_tuple(keywords.len());
        drop(self.call_args(&method, Args::new(&keywords, args.names()))?);
        Ok(())
    }

    /// `__name__` of the module whose code is running.
    fn current_module_name(&self) -> Option<Obj> {
        let globals = self.current_globals().ok()?;
        globals.get::<Dict>()?.get_str_key(&self.names.__name__)
    }
}

/// `_Py_Mangle`: `__x` in class `C` is `_C__x`.
pub(crate) fn mangle(class: &str, name: &str) -> String {
    let class = class.trim_start_matches('_');
    if class.is_empty() || !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.to_owned();
    }
    format!("_{class}{name}")
}
