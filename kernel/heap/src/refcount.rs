//! Where a refcount changes, and what happens when one reaches zero.
//!
//! This is the only file that writes a count. An object whose count reaches zero dies at once: finalizer, weak references, then its
//! references are released one at a time, each dying object completely before the next (CPython's `tp_dealloc` order), then its
//! memory. A stack of the dying stands in for CPython's recursion, so nothing is too deep to be freed, and the order holds at any depth
//! (CPython 3.14 changes it some hundred thousand levels down, where its C stack ends, at another depth on every run).

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use crate::dict::Dict;
use crate::edges::prefetch;
use crate::heap::Heap;
use crate::kind::Kind;
use crate::leaf::Str;
use crate::list::List;
use crate::object::{EXTRA, FINALIZED, HAS_FINALIZER, Header, Obj, UNCOUNTED, WEAKLY_REFERENCED};
use crate::reached::Branch;
use crate::tuple::Tuple;
use crate::watch::DEATHS;

/// The count of an immortal object (PEP 683). A count with the top bit set never changes.
pub const IMMORTAL: u32 = 3 << 30;

impl Obj {
    /// The number of counted references to this object.
    #[inline]
    pub fn refcount(&self) -> u32 {
        self.leaf_header().refcount.get()
    }

    /// Whether the count never changes.
    #[inline]
    pub fn is_immortal(&self) -> bool {
        self.refcount() as i32 <= -1
    }

    /// The object will never die and its count never change again (`_Py_SetImmortal`).
    pub fn make_immortal(&self) {
        self.leaf_header().refcount.set(IMMORTAL);
    }

    /// # Safety
    /// Only for an object on the stack of the dying, and for the collector, which both keep the books themselves.
    pub(crate) unsafe fn set_refcount(&self, count: u32) {
        self.leaf_header().refcount.set(count);
    }
}

impl Clone for Obj {
    #[inline(always)]
    fn clone(&self) -> Obj {
        let count = &self.leaf_header().refcount;
        let n = count.get();
        if n as i32 >= 0 {
            count.set(n + 1);
        }
        // SAFETY: the new count belongs to the new reference.
        unsafe { Obj::from_bits(self.bits()) }
    }
}

impl Drop for Obj {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: nobody uses the reference again.
        unsafe { give_back(self) }
    }
}

impl Obj {
    /// Drops the reference; in a browser's machine, whose compiler makes code small and would call the code of all drops, in code at this very place.
    #[inline(always)]
    pub fn release(self) {
        if cfg!(target_arch = "wasm32") {
            // SAFETY: the reference is forgotten.
            unsafe { give_back(&ManuallyDrop::new(self)) }
        } else {
            drop(self);
        }
    }
}

/// Gives one count back.
///
/// # Safety
/// The reference is not used again.
#[inline(always)]
unsafe fn give_back(obj: &Obj) {
    let count = &obj.leaf_header().refcount;
    let n = count.get();
    if n as i32 >= 0 {
        count.set(n - 1);
        if n == 1 {
            // SAFETY: that was the last count.
            unsafe { died(obj.bits()) }
        }
    }
}

/// The object's count has just reached zero. It stands in every place where a reference goes, so that it is told the object and nothing else.
///
/// # Safety
/// As [`Heap::died`].
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn died(bits: NonNull<u8>) {
    // SAFETY: the caller's word; the look is never dropped.
    unsafe { ManuallyDrop::new(Obj::from_bits(bits)).heap().died(bits) }
}

impl Obj {
    /// Drops a reference to an exact `int` of 64 bits or an exact `float` of this heap.
    ///
    /// # Safety
    /// It is one.
    #[inline(always)]
    pub(crate) unsafe fn release_number(self, heap: &Heap) {
        let obj = ManuallyDrop::new(self);
        let n = obj.refcount();
        if n as i32 >= 0 {
            obj.leaf_header().refcount.set(n - 1);
            if n == 1 {
                // SAFETY: that was the last count; a number holds nothing.
                unsafe { heap.space.free_number(obj.address()) }
            }
        }
    }
}

/// One word on the stack of the dying: a reference to release, or an object that began to die and is to be taken up again.
#[derive(Clone, Copy)]
pub(crate) struct Dying(NonNull<u8>);

impl Dying {
    const BEGAN: usize = 2;

    fn began(bits: NonNull<u8>) -> Dying {
        Dying(bits.map_addr(|a| a | Dying::BEGAN))
    }

    /// The object's bits, and whether it is an object that began to die.
    fn split(self) -> (NonNull<u8>, bool) {
        let began = self.0.addr().get() & Dying::BEGAN != 0;
        // SAFETY: clearing the mark of a marked address gives back the object's bits.
        (self.0.map_addr(|a| unsafe { std::num::NonZeroUsize::new_unchecked(a.get() & !Dying::BEGAN) }), began)
    }
}

/// What the header says in place of a place in a generation once an object gives its references up.
const BEGAN_TO_DIE: u32 = u32::MAX;

/// How long a stack of the dying may be that is kept for the next death.
const DYING_KEPT: usize = 1 << 16;

/// Where a dying or cleared object puts its references; they are released in the order of the pushes.
pub struct Trash<'a> {
    heap: &'a Heap,
    /// How long the stack of the dying is while nothing waits there: then a reference that is not the last is released at once.
    nothing_waits: usize,
}

impl<'a> Trash<'a> {
    fn new(heap: &'a Heap) -> Trash<'a> {
        Trash { heap, nothing_waits: heap.with_dying(|stack| stack.len()) }
    }

    /// Keeps every reference for the caller.
    fn kept(heap: &'a Heap) -> Trash<'a> {
        Trash { heap, nothing_waits: usize::MAX }
    }

    /// Hands over one reference.
    #[inline]
    pub fn push(&mut self, obj: Obj) {
        let obj = ManuallyDrop::new(obj);
        let n = obj.refcount();
        if n as i32 <= -1 {
            return;
        }
        self.heap.with_dying(|stack| {
            if n > 1 && stack.len() == self.nothing_waits {
                obj.leaf_header().refcount.set(n - 1);
            } else {
                stack.push(Dying(obj.bits()));
            }
        });
    }

    /// Hands over what a slot holds.
    pub fn take(&mut self, slot: &crate::Slot) {
        slot.take().into_iter().for_each(|obj| self.push(obj));
    }
}

impl Heap {
    /// The object's count has just reached zero.
    ///
    /// # Safety
    /// `bits` is an object with the count zero, whose last reference the caller has given up.
    #[cfg_attr(target_arch = "wasm32", inline(always))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(never))]
    unsafe fn died(&self, bits: NonNull<u8>) {
        // SAFETY: the caller's word; the look is never dropped.
        let obj = ManuallyDrop::new(unsafe { Obj::from_bits(bits) });
        if obj.is_leaf() {
            if matches!(obj.kind(), Kind::INT | Kind::FLOAT) {
                // SAFETY: a number holds nothing.
                return unsafe { self.space.free_number(obj.address()) };
            }
            // SAFETY: the caller's word.
            return unsafe { self.free_leaf(&obj) };
        }
        // SAFETY: the caller's word.
        unsafe { self.container_died(&obj) }
    }

    /// # Safety
    /// As [`Heap::died`].
    #[inline(never)]
    unsafe fn container_died(&self, obj: &Obj) {
        if self.deferring.get() {
            self.with_dying(|stack| stack.push(Dying(obj.bits())));
        } else {
            let base = self.with_dying(|stack| stack.len());
            // SAFETY: the caller's word.
            unsafe {
                let next = self.begin(obj.bits());
                if next.is_some() || self.with_dying(|stack| stack.len()) > base {
                    self.die(next, base);
                }
            }
        }
    }

    /// A leaf dies: no code runs, nothing else dies.
    ///
    /// # Safety
    /// The count is zero and no reference is left.
    #[inline(always)]
    unsafe fn free_leaf(&self, obj: &Obj) {
        // SAFETY: the kind says which payload is there; it is dropped once.
        unsafe {
            match obj.kind() {
                Kind::INT | Kind::FLOAT => {}
                Kind::STR => std::ptr::from_ref(obj.payload_unchecked::<Str>()).cast_mut().drop_in_place(),
                kind => self.drop_leaf(kind, obj),
            }
            self.space.free(obj.address());
        }
    }

    #[inline(never)]
    unsafe fn drop_leaf(&self, kind: Kind, obj: &Obj) {
        if obj.has_flag(WEAKLY_REFERENCED) {
            self.reach(Branch::LeafAtDeath);
            self.clear_weakrefs_of_dying(obj);
        }
        // SAFETY: see the caller.
        unsafe { (self.vtable(kind).drop)(obj.address()) }
    }

    /// Releases references until the stack of the dying is as short as `base` again.
    pub(crate) fn drain(&self, base: usize) {
        // SAFETY: nobody dies but by the stack.
        unsafe { self.die(None, base) }
    }

    /// Lets `first` die, and then everything on the stack above `base`.
    ///
    /// # Safety
    /// `first` has the count zero and no reference is left.
    #[inline(never)]
    unsafe fn die(&self, first: Option<NonNull<u8>>, base: usize) {
        let mut next = first;
        loop {
            // SAFETY: an entry is either an object that began to die, or a reference that belongs to the stack; one with the count
            // zero was put off.
            unsafe {
                if let Some(bits) = next {
                    next = self.begin(bits);
                    continue;
                }
                let Some(entry) = self.with_dying(|stack| if stack.len() > base { stack.pop() } else { None }) else {
                    return self.with_dying(|stack| {
                        // A very deep nest leaves no memory behind.
                        if stack.is_empty() && stack.capacity() > DYING_KEPT {
                            *stack = Vec::new();
                        }
                    });
                };
                let (bits, began) = entry.split();
                let obj = ManuallyDrop::new(Obj::from_bits(bits));
                next = if began { self.proceed(&obj) } else { self.give_up(&obj) };
            }
        }
    }

    /// Gives up one reference. A leaf dies at once; what else dies is the result.
    ///
    /// # Safety
    /// The reference belongs to the caller. A count of zero is that of an object whose death was put off.
    #[inline(always)]
    unsafe fn give_up(&self, obj: &Obj) -> Option<NonNull<u8>> {
        let n = obj.refcount();
        if n > 1 {
            if n as i32 > 0 {
                obj.leaf_header().refcount.set(n - 1);
            }
            return None;
        }
        obj.leaf_header().refcount.set(0);
        if obj.is_leaf() {
            // SAFETY: that was the last reference.
            unsafe { self.free_leaf(obj) };
            return None;
        }
        // SAFETY: as above.
        if unsafe { self.is_gone_at_once(obj) } { None } else { Some(obj.bits()) }
    }

    /// An empty list or dict whose death nobody hears of dies here, because it lets nothing else die. False if the object is another.
    ///
    /// # Safety
    /// The count is zero and no reference is left.
    #[inline(always)]
    unsafe fn is_gone_at_once(&self, obj: &Obj) -> bool {
        if obj.leaf_header().flags.get() & (EXTRA | HAS_FINALIZER | WEAKLY_REFERENCED) != 0 || self.concerns.get() != 0 {
            return false;
        }
        // SAFETY: the kind says which payload it is; the object is freed once.
        unsafe {
            match obj.kind() {
                Kind::LIST if obj.payload_unchecked::<List>().is_empty() => {}
                Kind::DICT if obj.payload_unchecked::<Dict>().places() == 0 => {}
                _ => return false,
            }
            self.generations.remove(obj.address().cast::<Header>().as_ref());
            match obj.kind() {
                Kind::LIST => obj.payload_unchecked::<List>().forget_items(),
                _ => obj.payload_unchecked::<Dict>().forget_entries(),
            }
            self.free_object(obj);
        }
        true
    }

    /// An object that began to die releases its references in order, until one of them makes another object die, which then comes
    /// first: that is the result. When nothing is left, the memory is freed.
    ///
    /// # Safety
    /// The object has begun to die; `internal` says how many references are left.
    #[inline(always)]
    unsafe fn proceed(&self, obj: &Obj) -> Option<NonNull<u8>> {
        let flags = obj.leaf_header().flags.get();
        let kind = obj.kind();
        // SAFETY: see the caller; each reference is given up once, because `internal` counts them down.
        unsafe {
            let header = obj.address().cast::<Header>().as_ref();
            let dies = match kind {
                Kind::INSTANCE => {
                    let extra = crate::Extra::of(obj).as_ref();
                    let mut left = header.internal.get();
                    loop {
                        if left == 0 {
                            break None;
                        }
                        let place = extra.place_in_dealloc_order(left);
                        left -= 1;
                        if let Some(held) = place.take() {
                            let dies = self.give_up(&ManuallyDrop::new(held));
                            if dies.is_some() {
                                header.internal.set(left);
                                break dies;
                            }
                        }
                    }
                }
                Kind::LIST | Kind::TUPLE if flags & EXTRA == 0 => {
                    let items =
                        if kind == Kind::LIST { obj.payload_unchecked::<List>().row() } else { obj.payload_unchecked::<Tuple>().row() };
                    let mut left = header.internal.get();
                    loop {
                        if left == 0 {
                            break None;
                        }
                        left -= 1;
                        if let Some(ahead) = left.checked_sub(16) {
                            prefetch((*items.add(ahead as usize)).bits().cast());
                        }
                        let dies = self.give_up(&*items.add(left as usize));
                        if dies.is_some() {
                            header.internal.set(left);
                            break dies;
                        }
                    }
                }
                Kind::DICT if flags & EXTRA == 0 => {
                    let dict = obj.payload_unchecked::<Dict>();
                    let n = dict.places();
                    let mut left = header.internal.get() as usize;
                    loop {
                        if left == 0 {
                            break None;
                        }
                        left -= 1;
                        let dies = dict.at_place(n - 1 - left).and_then(|held| self.give_up(held));
                        if dies.is_some() {
                            header.internal.set(left as u32);
                            break dies;
                        }
                    }
                }
                _ => None,
            };
            if dies.is_some() {
                self.with_dying(|stack| stack.push(Dying::began(obj.bits())));
                return dies;
            }
            match kind {
                Kind::LIST if flags & EXTRA == 0 => obj.payload_unchecked::<List>().forget_items(),
                Kind::DICT if flags & EXTRA == 0 => obj.payload_unchecked::<Dict>().forget_entries(),
                _ => {}
            }
            self.free_object(obj);
        }
        None
    }

    /// Clears an object as `tp_clear` does, and releases what it gave away.
    pub(crate) fn clear_object(&self, obj: &Obj) {
        let base = self.with_dying(|stack| stack.len());
        let trash = &mut Trash::new(self);
        if let Some(extra) = obj.extra() {
            extra.clear(&mut |attribute| trash.push(attribute));
        }
        // SAFETY: the object is alive and of this kind.
        unsafe { (self.vtable(obj.kind()).clear)(obj.address(), trash) };
        self.with_dying(|stack| stack[base..].reverse());
        self.drain(base);
    }

    /// The first part of an object's death: everything up to the release of its references. Gives the next object to die, if that is
    /// known already.
    ///
    /// # Safety
    /// The count is zero and no reference is left.
    #[inline(always)]
    unsafe fn begin(&self, bits: NonNull<u8>) -> Option<NonNull<u8>> {
        // SAFETY: the object's memory is there until `free_object`; the look is never dropped.
        unsafe {
            let obj = ManuallyDrop::new(Obj::from_bits(bits));
            let Some(header) = obj.header() else {
                self.free_leaf(&obj);
                return None;
            };
            self.generations.remove(header);
            if self.generations.collecting.get() {
                self.reach(Branch::DiesInside);
            }
            let flags = header.leaf.flags.get();
            if (flags & (HAS_FINALIZER | WEAKLY_REFERENCED) != 0 || self.concerns.get() != 0) && !self.last_rites(&obj, header) {
                return None;
            }
            header.index.set(BEGAN_TO_DIE);
            match obj.kind() {
                Kind::INSTANCE => header.internal.set(crate::Extra::of(&obj).as_ref().n_places()),
                Kind::LIST if flags & EXTRA == 0 => header.internal.set(obj.payload_unchecked::<List>().len() as u32),
                Kind::DICT if flags & EXTRA == 0 => header.internal.set(obj.payload_unchecked::<Dict>().places() as u32),
                Kind::TUPLE if flags & EXTRA == 0 => header.internal.set(obj.payload_unchecked::<Tuple>().len() as u32),
                kind => {
                    self.take_apart(kind, &obj);
                    return None;
                }
            }
            self.proceed(&obj)
        }
    }

    /// Whoever looks on, the finalizer and the weak references of a dying object. False if it lives again.
    ///
    /// # Safety
    /// The count is zero and no reference is left.
    #[cold]
    unsafe fn last_rites(&self, obj: &Obj, header: &Header) -> bool {
        // SAFETY: the caller is the one that handles the dying.
        if self.concerns.get() & DEATHS != 0 && unsafe { self.is_kept_when_told(obj, header) } {
            return false;
        }
        if obj.has_flag(WEAKLY_REFERENCED) && (self.vtable(obj.kind()).weakrefs_first || self.legacy_finalizers.get()) {
            self.reach(Branch::WeakrefsFirst);
            self.clear_weakrefs_of_dying(obj);
        }
        // SAFETY: the caller is the one that handles the dying.
        let finalized = unsafe { self.finalize_dying(obj, header) };
        if obj.refcount() > 0 {
            self.reach(Branch::ResurrectedAtDeath);
            return false;
        }
        if obj.has_flag(WEAKLY_REFERENCED) {
            if finalized && self.legacy_finalizers.get() {
                self.reach(Branch::WeakrefOfFinalizer);
                self.clear_weakrefs_silently(obj);
            } else {
                self.reach(Branch::WeakrefsAtDeath);
                self.clear_weakrefs_of_dying(obj);
            }
        }
        true
    }

    /// Tells the machine of a death. True if somebody has kept the object, which lives on as one of the youngest.
    ///
    /// # Safety
    /// The object's count is zero, and it stands in no generation.
    unsafe fn is_kept_when_told(&self, obj: &Obj, header: &Header) -> bool {
        let Some(hooks) = self.hooks() else { return false };
        // SAFETY: a count is lent, so the object is alive while it is shown; it is taken back after.
        unsafe {
            obj.set_refcount(1);
            hooks.dying(obj);
            obj.set_refcount(obj.refcount() - 1);
        }
        let kept = obj.refcount() > 0;
        if kept {
            self.reach(Branch::KeptWhenTold);
        }
        if kept && !obj.has_flag(UNCOUNTED) {
            self.generations.append(header, 0);
        }
        kept
    }

    /// Puts all references of a dying object on the stack, in the order of `subtype_dealloc`: slots, attributes, what the payload holds,
    /// the class.
    ///
    /// # Safety
    /// The object is dying.
    unsafe fn take_apart(&self, kind: Kind, obj: &Obj) {
        let vtable = self.vtable(kind);
        let base = self.with_dying(|stack| stack.len());
        let trash = &mut Trash::new(self);
        let extra = obj.extra();
        if let Some(extra) = extra {
            extra.clear(&mut |attribute| trash.push(attribute));
        }
        // SAFETY: the object is dying, nobody else refers to it.
        unsafe { (vtable.dismantle)(obj.address(), trash) };
        // Whatever the payload still holds goes with its fields; deaths are put off until the payload is gone.
        let deferring = self.deferring.replace(true);
        // SAFETY: the payload is dropped once; `free_object` frees only memory.
        unsafe { (vtable.drop)(obj.address()) };
        self.deferring.set(deferring);
        if let Some(class) = extra.and_then(|extra| extra.class().take()) {
            trash.push(class);
        }
        let more = self.with_dying(|stack| {
            let more = stack.len() > base;
            if more {
                // The object is freed when all that it held is gone.
                stack.push(Dying::began(obj.bits()));
                stack[base..].reverse();
            }
            more
        });
        if !more {
            // SAFETY: nothing is left inside.
            unsafe { self.free_object(obj) };
        }
    }

    /// Runs the finalizer of a dying object (`PyObject_CallFinalizerFromDealloc`), which may bring it back to life. While it runs, the
    /// object is tracked again, as the youngest. True if there is a finalizer, whether it ran now or before.
    ///
    /// # Safety
    /// The object's count is zero.
    unsafe fn finalize_dying(&self, obj: &Obj, header: &Header) -> bool {
        if !(obj.has_flag(HAS_FINALIZER) || self.has_late_finalizers()) {
            return false;
        }
        let Some(hooks) = self.hooks() else { return false };
        if !obj.has_flag(HAS_FINALIZER) {
            self.reach(Branch::LateFinalizerAtDeath);
        }
        if !hooks.has_finalizer(obj) {
            return false;
        }
        if obj.has_flag(FINALIZED) {
            self.reach(Branch::FinalizedBeforeDeath);
            return true;
        }
        if !obj.has_flag(UNCOUNTED) {
            self.generations.append(header, 0);
        }
        // SAFETY: the finalizer gets a counted reference, so the object is alive while it runs; the count is looked at again after.
        unsafe { obj.set_refcount(1) };
        self.reach(Branch::FinalizerAtDeath);
        hooks.finalize(obj);
        // Once in a life; in Python 2.7 whenever the count came to zero.
        if !self.legacy_finalizers.get() {
            obj.set_flag(FINALIZED);
        }
        // SAFETY: the count that was lent is taken back.
        unsafe { obj.set_refcount(obj.refcount() - 1) };
        if obj.refcount() == 0 {
            self.generations.remove(header);
        }
        true
    }

    /// The references that an object still holds that gives them up: somebody looks at the heap from a finalizer that this called. Nothing,
    /// if the object is not one of those.
    pub(crate) fn held_by_dying<'a>(&self, obj: &'a Obj) -> Option<Vec<&'a Obj>> {
        let header = obj.header().filter(|header| obj.refcount() == 0 && header.index.get() == BEGAN_TO_DIE && !obj.is_tracked())?;
        let left = header.internal.get() as usize;
        // SAFETY: the kind says which payload it is; `internal` counts what is left. The payload of any other kind is gone already, and what
        // it held is on the stack of the dying.
        Some(unsafe {
            match obj.kind() {
                Kind::INSTANCE => {
                    let extra = crate::Extra::of(obj).as_ref();
                    (1..=left as u32).rev().filter_map(|left| extra.place_in_dealloc_order(left).borrow()).collect()
                }
                Kind::LIST if !obj.has_flag(EXTRA) => obj.payload_unchecked::<List>().items()[..left].iter().collect(),
                Kind::TUPLE if !obj.has_flag(EXTRA) => obj.payload_unchecked::<Tuple>().items()[..left].iter().collect(),
                Kind::DICT if !obj.has_flag(EXTRA) => {
                    let dict = obj.payload_unchecked::<Dict>();
                    let n = dict.places();
                    (n - left..n).filter_map(|place| dict.at_place(place)).collect()
                }
                _ => Vec::new(),
            }
        })
    }

    /// Calls `visit` for every reference that waits on the stack of the dying.
    pub(crate) fn each_to_be_released(&self, mut visit: impl FnMut(&Obj)) {
        let waiting: Vec<Dying> = self.with_dying(|stack| stack.clone());
        for (bits, began) in waiting.into_iter().map(Dying::split) {
            // SAFETY: an entry is a live object's; the look is never dropped.
            let obj = ManuallyDrop::new(unsafe { Obj::from_bits(bits) });
            if !began && obj.refcount() > 0 {
                visit(&obj);
            }
        }
    }

    /// Takes a payload apart and gives every reference it held; no object dies in between.
    ///
    /// # Safety
    /// Nobody uses the payload any more.
    pub(crate) unsafe fn dismantle_quietly(&self, kind: Kind, obj: &Obj) -> Vec<Obj> {
        let vtable = self.vtable(kind);
        let base = self.with_dying(|stack| stack.len());
        let deferring = self.deferring.replace(true);
        // SAFETY: the caller's word; the payload is dropped once.
        unsafe {
            (vtable.dismantle)(obj.address(), &mut Trash::kept(self));
            (vtable.drop)(obj.address());
        }
        self.deferring.set(deferring);
        self.with_dying(|stack| {
            stack
                .drain(base..)
                .map(|entry| {
                    // SAFETY: an entry belongs to the stack; one with the count zero was put off, and gets that count back.
                    unsafe {
                        let obj = Obj::from_bits(entry.0);
                        if obj.refcount() == 0 {
                            obj.set_refcount(1);
                        }
                        obj
                    }
                })
                .collect()
        })
    }

    /// # Safety
    /// Nothing is left inside the object, and no reference to it.
    #[inline(always)]
    unsafe fn free_object(&self, obj: &Obj) {
        debug_assert!(!obj.is_tracked());
        self.count_free(obj);
        // SAFETY: the caller's word.
        unsafe { self.space.free(obj.address()) };
    }

    #[inline]
    pub(crate) fn with_dying<R>(&self, work: impl FnOnce(&mut Vec<Dying>) -> R) -> R {
        // SAFETY: the closures push and pop only; none of them runs other code that could come back here.
        work(unsafe { &mut *self.dying.get() })
    }
}
