//! How a machine comes into being: heap, constants, builtin classes, and the link back from the heap.
//!
//! Invariant: classes are built in two passes, because a class's dict holds objects whose classes may come later in the table: first all
//! class objects exist, then they get their attributes.
#![expect(unsafe_code, reason = "the heap calls back into its machine, whose address it keeps")]

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;
use std::rc::Rc;

use compile::Version;
use heap::{Dict, Heap, HeapOwner, Hooks, Kind, Obj, Singleton, Slot};

use crate::class::{Class, ClassSpec, Slots, flags};
use crate::host::Host;
use crate::names::Names;
use crate::objects::class::slots::{SLOT_DEFS, is_unhashable};
use crate::objects::object::NEW_WRAPPER;
use crate::protocol::storage::SHARED_KEYS_MAX_SIZE;
use crate::vm::Constants;
use crate::{Types, Vm, kinds, objects};

impl Vm {
    /// A new machine.
    pub fn new(version: Version, host: Rc<dyn Host>) -> Box<Vm> {
        let heap = Heap::new();
        heap.set_lazy_dict_tracking(version < Version::V3_14);
        heap.set_track_all_tuples(version < Version::V3_14);
        heap.set_shrink_small_lists(version < Version::V3_14);
        if version <= Version::V3_12 {
            heap.set_thresholds([700, 10, 10]);
        }
        heap.set_collect_inside_allocation(version <= Version::V3_11);
        heap.set_legacy_finalizers(version == Version::V2_7);
        heap.set_clear_late_weakrefs(version >= Version::V3_13);
        heap.set_immortal_interned(version == Version::V3_12);
        heap.set_freezes_immortal(version == Version::V3_12);
        register_payloads(&heap);
        set_free_lists(&heap, version);
        let consts = constants(&heap);
        // The shared strings are the interned ones of their values, so they come first.
        consts.latin1.iter().chain([&consts.empty_str]).for_each(|text| drop(heap.intern(text)));
        let names = Names::new(|text| immortal_leaf(heap.intern(&heap.str(text))));
        let types = class_objects(&heap);
        let vm = Box::new(Vm {
            heap,
            types,
            consts,
            version,
            host,
            modules: Slot::empty(),
            builtins: Slot::empty(),
            builtins_copy: Slot::empty(),
            sys: Slot::empty(),
            thread: Default::default(),
            #[cfg(debug_assertions)]
            reached: [const { Cell::new(false) }; 256],
            interrupt: Default::default(),
            #[cfg(target_arch = "wasm32")]
            until_asked: Default::default(),
            tracing: Default::default(),
            monitoring: Default::default(),
            sampler: Default::default(),
            recorder: Default::default(),
            show: Default::default(),
            traps: Default::default(),
            watch: Default::default(),
            companion: RefCell::default(),
            added: RefCell::default(),
            next_class_version: Cell::new(1),
            repr_stack: RefCell::default(),
            state: Default::default(),
            sources: RefCell::default(),
            names,
            method_cache: Default::default(),
            text: Default::default(),
        });
        vm.fill_classes();
        let hooks: NonNull<dyn Hooks> = NonNull::from(&*vm as &dyn Hooks);
        // SAFETY: the machine stands in a box of its own, and disconnects itself when it goes.
        unsafe { vm.heap.set_hooks(Some(hooks)) };
        let modules = vm.dict();
        vm.modules.set(modules.clone());
        let builtins = vm.make_builtins();
        vm.dict_set_str(&modules, "builtins", builtins);
        vm
    }

    /// The second pass: dicts, bases, slots.
    fn fill_classes(&self) {
        for (class, spec) in self.types.each() {
            self.fill_class(class, spec);
        }
    }

    /// Gives a builtin class more bases than the one that decides its layout.
    pub(crate) fn set_bases(&self, class: &Obj, bases: &[&Obj], mro: &[&Obj]) {
        let tuple =
            |items: &[&Obj]| immortal(self.heap.tuple_untracked(items.iter().map(|item| (*item).clone()).collect::<Vec<_>>(), None));
        let payload = self.class(class);
        payload.bases.set(tuple(bases));
        payload.mro.set(tuple(mro));
        bases[..bases.len() - 1].iter().for_each(|base| self.add_subclass(base, class));
    }

    /// `PyType_Ready` for a builtin class.
    pub(crate) fn fill_class(&self, class: &Obj, spec: &'static ClassSpec) {
        let payload = self.class(class);
        let lasting = lasting(spec, self.version);
        let base = payload.base.get();
        // The one builtin class with two bases.
        let second = class.is(&self.types.exception_group).then(|| self.types.exception.clone());
        let bases = base.iter().chain(&second).cloned().collect::<Vec<_>>();
        payload.bases.set(lasting(self.heap.tuple_untracked(bases, None)));
        let mut mro = vec![class.clone()];
        let mut at = base.clone();
        while let Some(next) = at {
            at = self.class(&next).base.get();
            if next.is(&self.types.base_exception) {
                mro.extend(second.clone());
            }
            mro.push(next);
        }
        payload.mro.set(lasting(self.heap.tuple_untracked(mro, None)));
        let dict = payload.dict.get().expect("every class object has a dict");
        let dict = dict.get::<Dict>().expect("a class's dict is a dict");
        let set = |name: &str, value: Obj| drop(dict.set_str_key(&self.intern(name), value));
        if payload.slots.new.get().is_some() {
            set("__new__", self.new_builtin(&NEW_WRAPPER, Some(class.clone()), None));
        } else if let Some(base) = &base
            && (!base.is(&self.types.object) || spec.kind == Kind::INSTANCE)
        {
            payload.slots.new.set(self.class(base).slots.new.get());
        } else {
            payload.flags.set(payload.flags.get() | flags::DISALLOW_INSTANTIATION);
        }
        for def in SLOT_DEFS {
            if def.wrap.is_none() || !(def.ops.is_set)(&payload.slots) || dict.get_str_key(&self.intern(def.name)).is_some() {
                continue;
            }
            let value =
                if def.name == "__hash__" && is_unhashable(&payload.slots) { self.none() } else { self.new_slot_wrapper(class, def) };
            set(def.name, value);
        }
        for method in spec.methods {
            set(method.name, self.new_method_descriptor(class, method));
        }
        for getset in spec.getset {
            set(getset.name, self.new_getset_descriptor(class, getset));
        }
        if dict.get_str_key(&self.names.__doc__).is_none() {
            let doc = spec.split_doc().1;
            set("__doc__", if doc.is_empty() { self.none() } else { self.heap.str(doc) });
        }
        if spec.flags & flags::MODULE_TYPE != 0
            && let Some((module, _)) = spec.name.rsplit_once('.')
        {
            set("__module__", self.intern(module));
        }
        if class.is(&self.types.interpolation) {
            let names = ["value", "expression", "conversion", "format_spec"].map(|name| self.intern(name));
            set("__match_args__", lasting(self.heap.tuple_untracked(names.to_vec(), None)));
        }
        self.class_of_this_version(class, spec, dict);
        if let Some(base) = &base {
            self.inherit(payload, dict, self.class(base));
            self.add_subclass(base, class);
        }
        if let Some(base) = &second {
            self.add_subclass(base, class);
            // CPython makes it by a call, as Python code would (`create_exception_group_class`).
            set("__module__", self.names.builtins.clone());
            set("__weakref__", self.new_getset_descriptor(class, &objects::class::INSTANCE_WEAKREF));
            payload.weakrefable.set(true);
            payload.flags.set(payload.flags.get() & !flags::IMMUTABLE | flags::MANAGED_WEAKREF);
        }
    }

    /// `inherit_slots` and `type_ready_set_hash`.
    fn inherit(&self, payload: &Class, dict: &Dict, base: &Class) {
        let new = payload.slots.new.get();
        let (hash, compare) = (payload.slots.hash.get(), payload.slots.richcompare.get());
        payload.slots.fill_from(&base.slots);
        payload.slots.new.set(new);
        // Comparison and hash are inherited together or not at all.
        if hash.is_none() && compare.is_some() {
            payload.slots.hash.set(Some(crate::protocol::compare::unhashable));
            if dict.get_str_key(&self.names.__hash__).is_none() {
                drop(dict.set_str_key(&self.names.__hash__, self.none()));
            }
        } else if compare.is_none() && hash.is_some() {
            payload.slots.richcompare.set(base.slots.richcompare.get());
        }
        let inherited = base.flags.get()
            & (flags::LONG_SUBCLASS
                | flags::LIST_SUBCLASS
                | flags::TUPLE_SUBCLASS
                | flags::BYTES_SUBCLASS
                | flags::UNICODE_SUBCLASS
                | flags::DICT_SUBCLASS
                | flags::BASE_EXC_SUBCLASS
                | flags::TYPE_SUBCLASS
                | flags::SEQUENCE
                | flags::MAPPING
                | flags::MATCH_SELF);
        payload.flags.set(payload.flags.get() | inherited);
        payload.has_dict.set(payload.has_dict.get() || base.has_dict.get());
        payload.weakrefable.set(payload.weakrefable.get() || base.weakrefable.get());
    }
}

/// What becomes of the parts of a builtin class: those of a static type live for ever, those of a heap type are objects as others are.
fn lasting(spec: &ClassSpec, version: Version) -> fn(Obj) -> Obj {
    match version {
        _ if spec.flags & flags::HEAP_TYPE != 0 => Obj::tracked,
        // Immortal, and known to the collector until it meets them. Most modules have heap types, which come with the module.
        Version::V3_12 if spec.flags & flags::MODULE_TYPE == 0 => |obj| {
            obj.make_immortal();
            obj.tracked()
        },
        Version::V2_7 | Version::V3_10 | Version::V3_11 => |obj| obj,
        _ => immortal,
    }
}

fn immortal(obj: Obj) -> Obj {
    if obj.is_tracked() {
        obj.heap().untrack(&obj);
    }
    obj.make_immortal();
    obj
}

/// The free lists of each version, as far as `gc.get_count()` shows them (`pycore_freelist_state.h`); `list`, `dict` and `tuple` have theirs.
fn set_free_lists(heap: &Heap, version: Version) {
    heap.set_free_list(kinds::ASYNC_GENERATOR_ASEND, 80);
    heap.set_free_list(kinds::ASYNC_GENERATOR_WRAPPED_VALUE, 80);
    if version <= Version::V3_10 {
        heap.set_free_list(kinds::COUNTED_FRAME, 200);
        heap.set_not_counted(kinds::FRAME);
    }
    if version < Version::V3_14 {
        heap.set_lasting_free_list(kinds::SLICE, 1);
    } else {
        heap.set_free_list(kinds::SLICE, 1);
        heap.set_free_list(kinds::METHOD, 20);
        heap.set_free_list(kinds::BUILTIN_FUNCTION, 16);
        heap.set_free_list(kinds::LIST_ITERATOR, 10);
        heap.set_free_list(kinds::TUPLE_ITERATOR, 10);
    }
}

/// Payloads of this crate, by kind.
fn register_payloads(heap: &Heap) {
    heap.register::<Class>();
    heap.register::<objects::exception::Exception>();
    heap.register::<objects::descriptor::SlotWrapper>();
    heap.register::<objects::descriptor::MethodWrapper>();
    heap.register::<objects::descriptor::MethodDescriptor>();
    heap.register::<objects::descriptor::ClassMethodDescriptor>();
    heap.register::<objects::descriptor::GetSetDescriptor>();
    heap.register::<objects::descriptor::MemberDescriptor>();
    heap.register::<objects::builtin_function::BuiltinFunction>();
    heap.register::<objects::method::Method>();
    heap.register::<objects::property::Property>();
    heap.register::<objects::static_method::StaticMethod>();
    heap.register::<objects::class_method::ClassMethod>();
    heap.register::<objects::super_::Super>();
    heap.register::<objects::mapping_proxy::MappingProxy>();
    heap.register::<objects::module::Module>();
    heap.register::<objects::simple_namespace::SimpleNamespace>();
    heap.register::<objects::generic_alias::GenericAlias>();
    heap.register::<objects::generic_alias::GenericAliasIterator>();
    heap.register::<objects::union::Union>();
    objects::register_containers(heap);
    objects::register_leaves(heap);
    objects::register_machine(heap);
    crate::modules::register_payloads(heap);
}

fn constants(heap: &HeapOwner) -> Constants {
    let singleton = |n: u8| immortal_leaf(heap.alloc(Singleton(n)));
    Constants {
        none: singleton(0),
        ellipsis: singleton(1),
        not_implemented: singleton(2),
        true_: immortal_leaf(heap.bool(true)),
        false_: immortal_leaf(heap.bool(false)),
        empty_tuple: immortal_leaf(heap.tuple_untracked(Vec::new(), None)),
        empty_str: immortal_leaf(heap.str("")),
        empty_bytes: immortal_leaf(heap.bytes(b"")),
        small_ints: (-5..=256).map(|n| immortal_leaf(heap.int(n))).collect(),
        latin1: (0..=255_u8).map(|c| immortal_leaf(heap.str(char::from(c).encode_utf8(&mut [0; 4])))).collect(),
        single_bytes: (0..=255_u8).map(|b| immortal_leaf(heap.bytes(&[b]))).collect(),
    }
}

fn immortal_leaf(obj: Obj) -> Obj {
    obj.make_immortal();
    obj
}

/// The first pass: a class object for every spec, with slots and base, and the class of each kind.
fn class_objects(heap: &Heap) -> Types {
    let mut made: Vec<(&'static ClassSpec, Obj)> = Vec::new();
    let mut types = Types::build(|spec| {
        let object: &'static ClassSpec = &objects::object::OBJECT;
        let base = spec.base.or((!std::ptr::eq(spec, object)).then_some(object)).map(|base| {
            let found = made.iter().find(|(other, _)| std::ptr::eq(*other, base));
            found
                .map(|(_, class)| class.clone())
                .unwrap_or_else(|| panic!("the base of {} stands above it in the table of classes", spec.name))
        });
        let class = class_object(heap, spec, base);
        made.push((spec, class.clone()));
        class
    });
    for (spec, class) in &made {
        let place = &mut types.by_kind[spec.kind.0 as usize];
        if spec.kind != Kind::INSTANCE && place.is_none() {
            *place = Some(class.clone());
        }
    }
    types.by_kind[kinds::BIG_INT.0 as usize] = Some(types.int.clone());
    types.by_kind[kinds::CLASS.0 as usize] = Some(types.type_.clone());
    types
}

pub(crate) fn class_object(heap: &Heap, spec: &'static ClassSpec, base: Option<Obj>) -> Obj {
    let lasting = lasting(spec, Version::V3_14);
    let slots = Slots::default();
    (spec.slots)(&slots);
    let short = spec.name.rsplit('.').next().unwrap_or(spec.name);
    let name = immortal_leaf(heap.intern(&heap.str(short)));
    let own_slots = objects::own_places(spec);
    let n_slots = own_slots + base.as_ref().and_then(|base| base.get::<Class>()).map_or(0, |base| base.n_slots.get());
    let class = Class {
        name: name.clone().into(),
        qualname: name.into(),
        dict: lasting(heap.alloc(Dict::new())).into(),
        bases: Slot::empty(),
        base: base.into(),
        mro: Slot::empty(),
        full_name: Cell::new(spec.name),
        flags: Cell::new((spec.flags & !(flags::DICT | flags::WEAKREFS)) | flags::IMMUTABLE | flags::READY),
        version: Cell::new(0),
        slots,
        kind: spec.kind,
        n_slots: Cell::new(n_slots),
        weakrefable: Cell::new(
            spec.flags & (flags::WEAKREFS | flags::MANAGED_WEAKREF) != 0 || objects::class::kind_is_weakrefable(spec.kind),
        ),
        has_dict: Cell::new(spec.flags & (flags::DICT | flags::MANAGED_DICT) != 0 || objects::class::kind_has_dict(spec.kind)),
        basicsize: Cell::new(spec.basicsize),
        itemsize: spec.itemsize,
        subclasses: Slot::empty(),
        spec: Some(spec),
        member_names: Slot::empty(),
        keys: RefCell::default(),
        usable: Cell::new(if spec.flags & flags::INLINE_VALUES != 0 { SHARED_KEYS_MAX_SIZE } else { 0 }),
        death: None,
        built: Cell::new(true),
    };
    lasting(heap.alloc(class))
}

impl Hooks for Vm {
    fn has_finalizer(&self, obj: &Obj) -> bool {
        if objects::generator::gen_of(obj).is_some() {
            return self.generator_needs_end(obj);
        }
        self.with_class(obj, |class| class.slots.finalize.get()).is_some()
    }

    fn finalize(&self, obj: &Obj) {
        if let Some(finalize) = self.with_class(obj, |class| class.slots.finalize.get()) {
            finalize(self, obj);
        }
    }

    fn born(&self, obj: &Obj) {
        self.trace_birth(obj);
    }

    fn dying(&self, obj: &Obj) {
        self.show_death(obj);
    }

    fn collection_phase(&self, generation: usize, phase: heap::CollectionPhase) {
        self.show_phase(generation, phase);
    }

    fn weakref_callback(&self, weakref: &Obj, callback: &Obj) {
        if let Err(raised) = self.call(callback, std::slice::from_ref(weakref)) {
            self.unraisable(raised, Some("calling weakref callback"), callback);
        }
    }

    fn collection_started(&self, generation: usize) {
        self.record_collection_start(generation);
        self.call_gc_callbacks("start", generation, 0, 0);
    }

    fn would_be_tracked(&self, obj: &Obj) -> bool {
        obj.get::<Class>().is_some_and(|class| class.has(flags::MODULE_TYPE))
    }

    fn garbage_deleted(&self) {
        if self.state.class_died.take() {
            self.forget_dead_subclasses(&self.types.object);
        }
    }

    fn collection_finished(&self, generation: usize, collected: usize, uncollectable: usize) {
        self.record_collection_end(generation, collected);
        self.call_gc_callbacks("stop", generation, collected, uncollectable);
    }

    fn debug(&self, event: heap::DebugEvent<'_>) {
        self.tell_gc_event(event);
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.heap.disconnect();
    }
}
