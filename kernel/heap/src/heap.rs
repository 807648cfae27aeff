//! The heap: one world of objects, with its memory, its generations and its link to the machine that runs finalizers.

use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::ops::Deref;
use std::ptr::NonNull;
use std::rc::Rc;

use crate::extra::{Extra, ExtraLayout};
use crate::kind::Kind;
use crate::leaf;
use crate::object::{EXTRA, HAS_FINALIZER, Header, LeafHeader, Obj, UNTRACKED};
use crate::payload::{Instance, Payload, VTable, Wrapped, end, offset};
use crate::refcount::Dying;
use crate::slot::Slot;
use crate::space::Space;
use crate::watch::{CollectionPhase, LATE_FINALIZERS};

/// What the heap asks of the machine that runs on it. A machine says what it needs to say; by default nothing is done.
pub trait Hooks {
    /// Whether the object's class has a finalizer now: by default, what [`Obj::mark_finalizer`] said still holds.
    fn has_finalizer(&self, obj: &Obj) -> bool {
        obj.has_flag(HAS_FINALIZER)
    }
    /// Runs the object's finalizer (`tp_finalize`); an exception in it is the machine's to report.
    fn finalize(&self, _obj: &Obj) {}
    /// Calls a weak reference's callback with the dead reference.
    fn weakref_callback(&self, _weakref: &Obj, _callback: &Obj) {}
    /// A collection starts: `gc.callbacks` with the phase `"start"`.
    fn collection_started(&self, _generation: usize) {}
    /// The garbage of a collection is gone.
    fn garbage_deleted(&self) {}
    /// A collection has finished: `gc.callbacks` with the phase `"stop"`.
    fn collection_finished(&self, _generation: usize, _collected: usize, _uncollectable: usize) {}
    /// Whether an immortal object that no list has is one of those that CPython's collector would look at: a class of a module written
    /// in C, which is a heap type there.
    fn would_be_tracked(&self, _obj: &Obj) -> bool {
        false
    }
    /// An object's count has come to zero, after [`Heap::tell`] was asked for deaths. Whoever clones it keeps it alive.
    fn dying(&self, _obj: &Obj) {}
    /// A phase of a collection has ended, after [`Heap::tell`] was asked for phases.
    fn collection_phase(&self, _generation: usize, _phase: CollectionPhase) {}
    /// An object was made, while the heap is watched: see [`Heap::watch`].
    fn born(&self, _obj: &Obj) {}
    /// Something that `gc.set_debug` asks to be told on the standard error stream.
    fn debug(&self, _event: DebugEvent<'_>) {}
}

/// What a collection tells when `gc.set_debug` asks for it. CPython's lines are given for each.
pub enum DebugEvent<'a> {
    /// `gc: collecting generation 2...`, `gc: objects in each generation: 1 0 4721`, `gc: objects in permanent generation: 0`.
    Starting {
        /// The generation to be collected.
        generation: usize,
        /// How many objects each has.
        objects: [usize; 3],
        /// How many objects are frozen.
        permanent: usize,
    },
    /// `gc: collectable <list 0x…>`.
    Collectable(&'a Obj),
    /// `gc: uncollectable <A 0x…>`.
    Uncollectable(&'a Obj),
    /// `gc: done, 1 unreachable, 0 uncollectable, 0.0004s elapsed`.
    Done {
        /// How many objects were found.
        unreachable: usize,
        /// How many of them could not be cleared.
        uncollectable: usize,
    },
}

/// A heap. Objects point back to it, so it never moves: see [`Heap::new`].
pub struct Heap {
    pub(crate) space: Space,
    vtables: [OnceCell<VTable>; 256],
    pub(crate) dying: UnsafeCell<Vec<Dying>>,
    /// While a payload is dropped, deaths are put on the stack instead of happening at once.
    pub(crate) deferring: Cell<bool>,
    /// Why a death may concern the machine although the flags in the header do not say so: see `watch.rs`.
    pub(crate) concerns: Cell<u8>,
    hooks: Cell<Option<NonNull<dyn Hooks>>>,
    machines: RefCell<Vec<Rc<dyn Hooks>>>,
    pub(crate) generations: crate::generation::Generations,
    pub(crate) weakrefs: crate::weakref::WeakTable,
    pub(crate) interned: crate::intern::InternTable,
    pub(crate) free_lists: crate::freelist::FreeLists,
    /// What `gc.garbage` names.
    pub(crate) garbage: Slot,
    /// Dicts are tracked once they hold something tracked, as up to CPython 3.13.
    pub(crate) lazy_dicts: Cell<bool>,
    /// Cycles with finalizers are left alone, as in Python 2.7.
    pub(crate) legacy_finalizers: Cell<bool>,
    /// Weak references that the finalizers of garbage made are cleared, as since CPython 3.13.
    pub(crate) clears_late_weakrefs: Cell<bool>,
    pub(crate) immortal_interned: Cell<bool>,
    pub(crate) freezes_immortal: Cell<bool>,
    /// Tuples of atoms are tracked at birth, as up to CPython 3.13.
    pub(crate) eager_tuples: Cell<bool>,
    /// Lists give room back as soon as half of it is unused, however little it is, as up to CPython 3.13.
    pub(crate) eager_shrinking: Cell<bool>,
    pub(crate) next_keys_version: Cell<u32>,
    pub(crate) reached: crate::reached::Reached,
}

/// The owner of a [`Heap`].
///
/// Dropping it while objects are still referred to leaks their memory rather than pulling it away from under them.
pub struct HeapOwner(NonNull<Heap>);

impl Deref for HeapOwner {
    type Target = Heap;
    fn deref(&self) -> &Heap {
        // SAFETY: the heap lives until its owner is dropped.
        unsafe { self.0.as_ref() }
    }
}

impl HeapOwner {
    /// Gives all memory back, objects or not; no finalizer runs.
    ///
    /// # Safety
    /// No `Obj` of this heap is used again, not even dropped.
    pub unsafe fn discard(self) {
        // SAFETY: the caller's word.
        unsafe {
            self.space.give_back();
            drop(Box::from_raw(self.0.as_ptr()));
        }
        std::mem::forget(self);
    }
}

impl Drop for HeapOwner {
    fn drop(&mut self) {
        drop(self.garbage.take());
        let mut alive = false;
        self.space.for_each(|_| alive = true);
        if !alive {
            // SAFETY: there is no object left to refer to.
            unsafe {
                self.space.give_back();
                drop(Box::from_raw(self.0.as_ptr()));
            }
        }
    }
}

impl Heap {
    /// An empty heap.
    #[expect(clippy::new_ret_no_self, reason = "a heap never moves, so its owner is what is handed out")]
    pub fn new() -> HeapOwner {
        let heap = Box::new(Heap {
            space: Space::new(),
            vtables: [const { OnceCell::new() }; 256],
            dying: UnsafeCell::default(),
            deferring: Cell::new(false),
            concerns: Cell::new(0),
            hooks: Cell::new(None),
            machines: RefCell::default(),
            generations: Default::default(),
            weakrefs: Default::default(),
            interned: Default::default(),
            free_lists: Default::default(),
            garbage: Slot::empty(),
            lazy_dicts: Cell::new(false),
            legacy_finalizers: Cell::new(false),
            clears_late_weakrefs: Cell::new(true),
            immortal_interned: Cell::new(false),
            freezes_immortal: Cell::new(false),
            eager_tuples: Cell::new(false),
            eager_shrinking: Cell::new(false),
            next_keys_version: Cell::new(crate::dict::FIRST_KEYS_VERSION),
            reached: Default::default(),
        });
        heap.register::<leaf::Singleton>();
        heap.register::<leaf::Int>();
        heap.register_as::<leaf::Int>(Kind::BOOL);
        heap.register::<leaf::Float>();
        heap.register::<leaf::Str>();
        heap.register::<leaf::Bytes>();
        heap.register::<crate::List>();
        heap.register::<crate::Tuple>();
        heap.register::<crate::Dict>();
        heap.register::<crate::Set>();
        heap.register::<crate::FrozenSet>();
        heap.register::<Instance>();
        heap.register::<Wrapped>();
        heap.register::<crate::CellVar>();
        heap.register::<crate::WeakRef>();
        HeapOwner(NonNull::from(Box::leak(heap)))
    }

    /// Makes a payload type known, before its first object.
    ///
    /// Panics if two types claim one kind.
    pub fn register<T: Payload>(&self) {
        self.register_as::<T>(T::KIND);
    }

    fn register_as<T: Payload>(&self, kind: Kind) {
        let first = self.vtables[kind.0 as usize].set(VTable::of::<T>());
        assert!(first.is_ok(), "kind {} has one payload type", kind.0);
    }

    #[inline]
    pub(crate) fn vtable(&self, kind: Kind) -> &VTable {
        self.vtables[kind.0 as usize].get().expect("a kind is registered before its first object")
    }

    /// Connects the machine that runs finalizers and callbacks; `None` disconnects it.
    ///
    /// # Safety
    /// `hooks` stays where it is until it is disconnected.
    pub unsafe fn set_hooks(&self, hooks: Option<NonNull<dyn Hooks>>) {
        self.hooks.set(hooks);
    }

    /// Connects a machine that lives as long as the heap: the safe way.
    pub fn connect(&self, machine: Rc<dyn Hooks>) {
        let hooks = NonNull::from(&*machine);
        // Machines are kept until the heap goes, for one may be running.
        self.machines.borrow_mut().push(machine);
        // SAFETY: it lives in `machines`.
        unsafe { self.set_hooks(Some(hooks)) };
    }

    /// Nothing is called any more: no finalizer, no callback.
    pub fn disconnect(&self) {
        self.hooks.set(None);
    }

    pub(crate) fn hooks(&self) -> Option<&dyn Hooks> {
        // SAFETY: `set_hooks` was promised that they stay.
        self.hooks.get().map(|hooks| unsafe { &*hooks.as_ptr() })
    }

    /// Weak references that the finalizers of garbage made are cleared before it goes, and their callbacks stay quiet, since CPython
    /// 3.13; before, they were called when their objects died.
    pub fn set_clear_late_weakrefs(&self, clear: bool) {
        self.clears_late_weakrefs.set(clear);
    }

    /// Dicts are tracked from birth since CPython 3.14; before, only while they hold something tracked. The containers ask.
    pub fn set_lazy_dict_tracking(&self, lazy: bool) {
        self.lazy_dicts.set(lazy);
    }

    /// Whether a dict becomes tracked only when it holds something tracked.
    pub fn tracks_dicts_lazily(&self) -> bool {
        self.lazy_dicts.get()
    }

    /// Tuples of atoms are not tracked at birth since CPython 3.14; before, a collection had to find them out.
    pub fn set_track_all_tuples(&self, all: bool) {
        self.eager_tuples.set(all);
    }

    /// Since CPython 3.14 a list with room for up to 32 items keeps it when items go; before, none did.
    pub fn set_shrink_small_lists(&self, shrink: bool) {
        self.eager_shrinking.set(shrink);
    }

    /// A class got its finalizer after it had instances.
    pub fn expect_late_finalizers(&self) {
        self.concerns.set(self.concerns.get() | LATE_FINALIZERS);
    }

    /// Header and room; nothing tracked or counted.
    ///
    /// # Safety
    /// The payload is written before the object is used; `size` counts the header; `leaf` is what the kind says.
    #[inline]
    pub(crate) unsafe fn alloc_raw(&self, kind: Kind, size: usize, leaf: bool) -> NonNull<u8> {
        let (at, size_class) = self.space.alloc(NonNull::from(self), size);
        let header =
            LeafHeader { refcount: Cell::new(1), kind: Cell::new(kind), flags: Cell::new(UNTRACKED), detail: Cell::new(0), size_class };
        // SAFETY: the room is there.
        unsafe {
            if leaf {
                at.cast::<LeafHeader>().write(header);
            } else {
                at.cast::<Header>().write(Header { leaf: header, index: Cell::new(0), internal: Cell::new(0) });
            }
        }
        at
    }

    /// A new object with this payload, not tracked by the collector: see [`Obj::tracked`].
    #[inline]
    pub fn alloc<T: Payload>(&self, payload: T) -> Obj {
        const { assert!(T::KIND.0 != Kind::INSTANCE.0, "an instance names its class: `alloc_with_class`") };
        debug_assert!(self.vtables[T::KIND.0 as usize].get().is_some(), "a kind is registered before its first object");
        // SAFETY: the payload is written right after the header.
        unsafe {
            let at = self.alloc_raw(T::KIND, end::<T>(), T::LEAF);
            at.add(offset::<T>()).cast::<T>().write(payload);
            if !T::LEAF {
                self.count_alloc(T::KIND);
            }
            self.born(Obj::from_header(at, T::LEAF))
        }
    }

    /// A new object that names its class itself, not tracked yet: an instance of a class made in Python, or of one of several builtin
    /// classes that share a payload.
    ///
    /// Panics for a leaf payload (wrap it in [`Wrapped`]) and for a tuple (see [`Heap::tuple_untracked`]).
    pub fn alloc_with_class<T: Payload>(&self, payload: T, class: Obj, layout: ExtraLayout) -> Obj {
        const { assert!(!T::LEAF, "instances of classes that extend a leaf type are `Wrapped`") };
        assert!(T::KIND != Kind::TUPLE, "a tuple is made with its items");
        // An `Instance` is nothing at all; every other payload takes its size.
        let end = end::<T>();
        // SAFETY: there is room for header, payload and extra, and all are written.
        unsafe {
            let at = self.alloc_raw(T::KIND, end + layout.size(), false);
            at.add(offset::<T>()).cast::<T>().write(payload);
            let obj = Obj::from_header(at, false);
            Extra::write(at.add(end).cast(), class, layout);
            obj.set_flag(EXTRA);
            self.count_one();
            self.born(obj)
        }
    }

    /// Every object on the heap, alive at this moment, in the order of their ids.
    pub fn all_objects(&self) -> Vec<Obj> {
        let mut all = Vec::new();
        self.space.for_each(|at| {
            // SAFETY: `for_each` gives live objects; cloning takes a count for the new reference.
            let obj = unsafe {
                let kind = at.cast::<LeafHeader>().as_ref().kind.get();
                std::mem::ManuallyDrop::new(Obj::from_header(at, self.vtable(kind).leaf))
            };
            // One that is dying has no reference that could be given back.
            if obj.refcount() > 0 {
                all.push(Obj::clone(&obj));
            }
        });
        all
    }

    /// About how many objects there are, without a look at any: those with pages of their own are not counted.
    pub fn rough_count(&self) -> usize {
        self.space.used()
    }

    /// As [`Heap::all_objects`], one after the other, without a reference for each. The visitor frees nothing.
    #[inline]
    pub fn each_object(&self, visit: &mut impl FnMut(&Obj)) {
        self.space.for_each(|at| {
            // SAFETY: `for_each` gives live objects; the look is not dropped.
            let obj = unsafe {
                let kind = at.cast::<LeafHeader>().as_ref().kind.get();
                std::mem::ManuallyDrop::new(Obj::from_header(at, self.vtable(kind).leaf))
            };
            visit(&obj);
        });
    }

    /// The object with an id, if one lives there: what an address leads to.
    pub fn object_at(&self, id: u64) -> Option<Obj> {
        let at = self.space.find(id)?;
        // SAFETY: `find` gives live objects; cloning takes a count for the new reference.
        let obj = unsafe {
            let kind = at.cast::<LeafHeader>().as_ref().kind.get();
            std::mem::ManuallyDrop::new(Obj::from_header(at, self.vtable(kind).leaf))
        };
        (obj.refcount() > 0).then(|| Obj::clone(&obj))
    }

    /// From now on the machine is told of every object that is made ([`Hooks::born`]), and those that go are written down
    /// ([`Heap::take_gone`]); or no more.
    pub fn watch(&self, on: bool) {
        self.space.watched.set(on);
    }

    /// Whether it is watched.
    pub fn is_watched(&self) -> bool {
        self.space.watched.get()
    }

    /// The ids of the objects that went since the last time, while the heap was watched.
    pub fn take_gone(&self) -> Vec<u64> {
        self.space.gone.take()
    }

    /// The object is complete.
    #[inline(always)]
    pub(crate) fn born(&self, obj: Obj) -> Obj {
        if self.space.watched.get() {
            self.tell_born(&obj);
        }
        obj
    }

    #[cold]
    #[inline(never)]
    fn tell_born(&self, obj: &Obj) {
        if let Some(hooks) = self.hooks() {
            hooks.born(obj);
        }
    }

    /// Bytes of memory taken from the system for objects.
    pub fn reserved_bytes(&self) -> usize {
        self.space.reserved()
    }
}

impl Obj {
    /// Tells the heap that this object's class has a finalizer, so that its death asks the machine.
    pub fn mark_finalizer(&self) {
        self.set_flag(HAS_FINALIZER);
    }

    /// Every reference this object holds, in the order of CPython's `tp_traverse`.
    pub fn traverse(&self, visit: &mut dyn FnMut(&Obj)) {
        if let Some(extra) = self.extra() {
            extra.each(&mut |obj| visit(obj));
        }
        // SAFETY: the object is alive and of its kind.
        unsafe { (self.heap().vtable(self.kind()).traverse)(self.address(), visit) }
    }
}
