//! Weak references: `weakref.ref` and the proxies, and each object's row of them.
//!
//! Invariant: the row of an object stands in CPython's order (`Objects/weakrefobject.c`): the canonical reference, the
//! canonical proxy, then all others, the newest first. The heap's table knows the first of each row; an object with a row has
//! its flag set. A weak reference owns no count on its target, and leaves the row before either of the two dies.

use std::cell::{Cell, UnsafeCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ptr::NonNull;

use crate::census::{CALLBACK, Label};
use crate::extra::ExtraLayout;
use crate::heap::Heap;
use crate::kind::Kind;
use crate::object::{EXTRA, Header, Obj, WEAKLY_REFERENCED};
use crate::payload::{Payload, Visit};
use crate::reached::Branch;
use crate::refcount::Trash;
use crate::slot::Slot;

/// Which of the weak reference types an object is (or extends).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WeakFlavour {
    /// `weakref.ref`.
    Ref,
    /// `weakref.ProxyType`.
    Proxy,
    /// `weakref.CallableProxyType`.
    CallableProxy,
}

/// The payload of a weak reference.
pub struct WeakRef {
    target: Cell<Option<NonNull<u8>>>,
    callback: Slot,
    next: Cell<Option<NonNull<WeakRef>>>,
    previous: Cell<Option<NonNull<WeakRef>>>,
    /// The target's hash, once it was asked for; -1 before.
    pub hash: Cell<i64>,
}

impl WeakRef {
    /// The target, as a new reference; nothing once it is dead.
    #[inline]
    pub fn target(&self) -> Option<Obj> {
        let obj = self.peek()?;
        // A target with the count zero is dying, and cannot be had any more.
        (obj.refcount() > 0).then(|| Obj::clone(&obj))
    }

    /// The callback, until it was called or cleared.
    pub fn callback(&self) -> Option<Obj> {
        self.callback.get()
    }

    /// Which of the weak reference types it is.
    #[inline]
    pub fn flavour(&self) -> WeakFlavour {
        // SAFETY: the payload of a weak reference is never looked at anywhere but behind its header.
        let header = unsafe { &*(self as *const WeakRef).byte_sub(size_of::<Header>()).cast::<Header>() };
        match header.leaf.detail.get() {
            0 => WeakFlavour::Ref,
            1 => WeakFlavour::Proxy,
            _ => WeakFlavour::CallableProxy,
        }
    }

    /// Whether the target is gone.
    pub fn is_dead(&self) -> bool {
        self.peek().is_none_or(|obj| obj.refcount() == 0)
    }

    fn peek(&self) -> Option<std::mem::ManuallyDrop<Obj>> {
        // SAFETY: a target leaves its weak references before its memory is freed; the look is never dropped.
        self.target.get().map(|bits| std::mem::ManuallyDrop::new(unsafe { Obj::from_bits(bits) }))
    }

    /// The weak reference whose payload this is. Uncounted.
    ///
    /// # Safety
    /// The weak reference's memory has not been freed, and the result is not used after that.
    unsafe fn object(at: NonNull<WeakRef>) -> std::mem::ManuallyDrop<Obj> {
        // SAFETY: the payload follows the header.
        std::mem::ManuallyDrop::new(unsafe { Obj::from_header(at.cast::<u8>().sub(size_of::<Header>()), false) })
    }

    /// Whether this is the canonical reference or proxy: exact class, no callback.
    fn is_canonical(&self, exact: bool) -> bool {
        exact && self.callback.is_empty()
    }

    /// `_PyWeakref_ClearRef`: leaves the row and forgets the target; the callback stays.
    pub(crate) fn leave(&self) {
        let Some(target) = self.peek() else { return };
        let table = &target.heap().weakrefs;
        let (next, previous) = (self.next.take(), self.previous.take());
        // SAFETY: neighbours in a row are alive.
        unsafe {
            if let Some(next) = next {
                next.as_ref().previous.set(previous);
            }
            match previous {
                Some(previous) => previous.as_ref().next.set(next),
                None => table.set_first(&target, next),
            }
        }
        self.target.set(None);
    }

    /// What the collector sees of it: the callback.
    #[inline(always)]
    pub(crate) fn each(&self, visit: impl FnMut(&Obj)) {
        self.callback.with(|held| held.into_iter().for_each(visit));
    }

    /// Whether it stands in no row any more.
    pub(crate) fn has_left(&self) -> bool {
        self.target.get().is_none()
    }

    /// Takes the callback away.
    pub(crate) fn take_callback(&self) -> Option<Obj> {
        self.callback.take()
    }

    pub(crate) fn has_callback(&self) -> bool {
        !self.callback.is_empty()
    }
}

impl Payload for WeakRef {
    const KIND: Kind = Kind::WEAKREF;
    const SIZE: usize = 40;

    fn traverse(&self, visit: Visit<'_>) {
        self.each(visit);
    }

    fn holds(&self, visit: &mut dyn FnMut(Label, &Obj)) {
        self.callback.with(|held| held.into_iter().for_each(|held| visit(CALLBACK, held)));
    }

    fn clear(&self, trash: &mut Trash<'_>) {
        self.leave();
        trash.take(&self.callback);
    }

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("addresses are hashed as one word");
    }
    fn write_usize(&mut self, address: usize) {
        // Neighbours in memory are neighbours in the table. It tells the entries of a group apart by the top seven bits of a machine's word.
        const TAG: u64 = 0x7F << (usize::BITS - 7);
        let address = address as u64;
        self.0 = (address >> 6) & !TAG | (address.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - usize::BITS)) & TAG;
    }
}

type FirstOf = HashMap<usize, NonNull<WeakRef>, BuildHasherDefault<AddressHasher>>;

/// From an object's address to the first weak reference of its row.
#[derive(Default)]
pub(crate) struct WeakTable(UnsafeCell<FirstOf>);

impl WeakTable {
    fn first(&self, obj: &Obj) -> Option<NonNull<WeakRef>> {
        if !obj.has_flag(WEAKLY_REFERENCED) {
            return None;
        }
        // SAFETY: no reference into the table outlives a method of it, and none runs other code.
        unsafe { &*self.0.get() }.get(&obj.address().addr().get()).copied()
    }

    /// Puts a weak reference into the row of `obj`, behind the one that `place` chooses, who is given the first of the row.
    fn insert(&self, obj: &Obj, new: &WeakRef, place: impl FnOnce(Option<NonNull<WeakRef>>) -> Option<NonNull<WeakRef>>) {
        let at = NonNull::from(new);
        // SAFETY: as above; neighbours in a row are alive.
        unsafe {
            let first = match obj.has_flag(WEAKLY_REFERENCED) {
                true => (*self.0.get()).get_mut(&obj.address().addr().get()),
                false => None,
            };
            let after = place(first.as_deref().copied());
            let next = match (after, first) {
                (Some(after), _) => after.as_ref().next.replace(Some(at)),
                (None, Some(first)) => Some(std::mem::replace(first, at)),
                (None, None) => {
                    self.set_first(obj, Some(at));
                    None
                }
            };
            new.previous.set(after);
            new.next.set(next);
            if let Some(next) = next {
                next.as_ref().previous.set(Some(at));
            }
        }
    }

    fn set_first(&self, obj: &Obj, first: Option<NonNull<WeakRef>>) {
        let key = obj.address().addr().get();
        // SAFETY: as above.
        let table = unsafe { &mut *self.0.get() };
        match first {
            Some(first) => {
                table.insert(key, first);
                obj.set_flag(WEAKLY_REFERENCED);
            }
            None => {
                table.remove(&key);
                obj.clear_flag(WEAKLY_REFERENCED);
            }
        }
    }

    /// The row of an object, as it stands.
    fn row(&self, obj: &Obj) -> impl Iterator<Item = NonNull<WeakRef>> + use<> {
        row(self.first(obj))
    }
}

/// A row that begins with `first`.
fn row(first: Option<NonNull<WeakRef>>) -> impl Iterator<Item = NonNull<WeakRef>> {
    // SAFETY: weak references in a row are alive.
    std::iter::successors(first, |at| unsafe { at.as_ref() }.next.get())
}

/// `get_basic_refs`: the canonical reference and the canonical proxy, which stand first in a row.
fn canonical(first: Option<NonNull<WeakRef>>) -> (Option<NonNull<WeakRef>>, Option<NonNull<WeakRef>>) {
    let is = |at: &NonNull<WeakRef>, proxy: bool| {
        // SAFETY: weak references in a row are alive.
        let (weak, exact) = unsafe { (at.as_ref(), !WeakRef::object(*at).has_flag(EXTRA)) };
        weak.is_canonical(exact) && (weak.flavour() != WeakFlavour::Ref) == proxy
    };
    let mut row = row(first).peekable();
    let canonical = row.next_if(|at| is(at, false));
    (canonical, row.next_if(|at| is(at, true)))
}

impl Heap {
    /// A weak reference of the exact builtin class: the object's canonical one, if there is one and no callback is given.
    pub fn weakref(&self, target: &Obj, flavour: WeakFlavour, callback: Option<Obj>) -> Obj {
        if callback.is_none() {
            let (canonical, proxy) = canonical(self.weakrefs.first(target));
            if let Some(at) = if flavour == WeakFlavour::Ref { canonical } else { proxy } {
                // SAFETY: weak references in a row are alive.
                let found = unsafe { WeakRef::object(at) };
                if found.refcount() > 0 {
                    return Obj::clone(&found);
                }
            }
        }
        let obj = self.alloc(WeakRef::pointing(target, callback)).tracked();
        obj.leaf_header().detail.set(flavour as u8);
        self.enter(&obj, target);
        obj
    }

    /// A new instance of a class that extends `weakref.ref`.
    pub fn weakref_with_class(&self, target: &Obj, callback: Option<Obj>, class: Obj, layout: ExtraLayout) -> Obj {
        let obj = self.alloc_with_class(WeakRef::pointing(target, callback), class, layout).tracked();
        self.enter(&obj, target);
        obj
    }

    /// How many weak references an object has (`weakref.getweakrefcount`).
    pub fn weakref_count(&self, target: &Obj) -> usize {
        // SAFETY: weak references in a row are alive.
        self.weakrefs.row(target).filter(|&at| unsafe { WeakRef::object(at) }.refcount() > 0).count()
    }

    /// An object's weak references, in order (`weakref.getweakrefs`).
    pub fn weakrefs_of(&self, target: &Obj) -> Vec<Obj> {
        // SAFETY: weak references in a row are alive.
        self.weakrefs
            .row(target)
            .map(|at| unsafe { WeakRef::object(at) })
            .filter(|obj| obj.refcount() > 0)
            .map(|obj| Obj::clone(&obj))
            .collect()
    }

    /// `insert_weakref`: puts a new weak reference into its target's row.
    fn enter(&self, obj: &Obj, target: &Obj) {
        // SAFETY: `obj` was just made with this payload.
        let new = unsafe { obj.payload_unchecked::<WeakRef>() };
        self.weakrefs.insert(target, new, |first| {
            let (canonical, proxy) = canonical(first);
            match (new.is_canonical(!obj.has_flag(EXTRA)), new.flavour()) {
                (true, WeakFlavour::Ref) => None,
                (true, _) => canonical,
                (false, _) => proxy.or(canonical),
            }
        });
    }

    /// `PyObject_ClearWeakRefs`: the object dies; its weak references forget it, and their callbacks run, the newest first.
    pub(crate) fn clear_weakrefs_of_dying(&self, obj: &Obj) {
        let mut calls = Vec::new();
        let mut dropped = Vec::new();
        if !self.leave_canonical(obj) {
            self.reach(Branch::CanonicalAtDeath);
            return;
        }
        // CPython keeps references and callbacks in a tuple, which counts as an allocation.
        let pairs = self.weakrefs.row(obj).count();
        self.count_alloc_tuple(2 * pairs);
        while let Some(at) = self.weakrefs.first(obj) {
            // SAFETY: weak references in a row are alive, though they may be dying themselves.
            let (weak, weakref) = unsafe { (at.as_ref(), WeakRef::object(at)) };
            weak.leave();
            let callback = weak.take_callback();
            match callback {
                Some(callback) if weakref.refcount() > 0 => calls.push((Obj::clone(&weakref), callback)),
                callback => dropped.extend(callback),
            }
        }
        if !dropped.is_empty() {
            self.reach(Branch::CallbackDiesToo);
        }
        if !calls.is_empty() {
            self.reach(Branch::CallbackAtDeath);
        }
        drop(dropped);
        if let Some(hooks) = self.hooks() {
            for (weakref, callback) in &calls {
                hooks.weakref_callback(weakref, callback);
            }
        }
        // The tuple dies from the last item to the first.
        while let Some((weakref, callback)) = calls.pop() {
            drop(callback);
            drop(weakref);
        }
        self.count_free_tuple(2 * pairs);
    }

    /// The canonical references of a dying object forget it. False if that was all.
    fn leave_canonical(&self, obj: &Obj) -> bool {
        let (canonical, proxy) = canonical(self.weakrefs.first(obj));
        // SAFETY: weak references in a row are alive.
        canonical.into_iter().chain(proxy).for_each(|at| unsafe { at.as_ref() }.leave());
        obj.has_flag(WEAKLY_REFERENCED)
    }

    /// `_PyWeakref_ClearRef` for all of an object's weak references: they forget it, and nothing is called.
    pub(crate) fn clear_weakrefs_silently(&self, obj: &Obj) {
        while let Some(at) = self.weakrefs.first(obj) {
            // SAFETY: weak references in a row are alive.
            unsafe { at.as_ref() }.leave();
        }
    }

    /// Every weak reference to an object, dying ones included, as payloads: for the collector, which clears them one by one.
    pub(crate) fn first_weakref(&self, obj: &Obj) -> Option<std::mem::ManuallyDrop<Obj>> {
        // SAFETY: weak references in a row are alive.
        self.weakrefs.first(obj).map(|at| unsafe { WeakRef::object(at) })
    }
}

impl WeakRef {
    fn pointing(target: &Obj, callback: Option<Obj>) -> WeakRef {
        WeakRef {
            target: Cell::new(Some(target.bits())),
            callback: callback.into(),
            next: Cell::new(None),
            previous: Cell::new(None),
            hash: Cell::new(-1),
        }
    }
}
