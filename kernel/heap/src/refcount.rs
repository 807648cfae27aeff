//! Where a refcount changes, and what happens when one reaches zero.
//!
//! This is the only file that writes a count. An object whose count reaches zero dies at once: finalizer, weak references, then its
//! references are released one at a time, each dying object completely before the next (CPython's `tp_dealloc` order), then its
//! memory. A stack of the dying stands in for CPython's recursion, so nothing is too deep to be freed.

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use crate::heap::Heap;
use crate::kind::Kind;
use crate::object::{FINALIZED, HAS_FINALIZER, Header, Obj, UNCOUNTED, WEAKLY_REFERENCED};

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
        let count = &self.leaf_header().refcount;
        let n = count.get();
        if n as i32 >= 0 {
            count.set(n - 1);
            if n == 1 {
                // SAFETY: that was the last count.
                unsafe { self.heap().died(self.bits()) }
            }
        }
    }
}

/// One word on the stack of the dying: a reference to release, or an object whose memory is to be freed.
#[derive(Clone, Copy)]
pub(crate) struct Dying(NonNull<u8>);

impl Dying {
    const FREE: usize = 2;

    fn release(obj: Obj) -> Dying {
        Dying(obj.into_bits())
    }

    fn free(bits: NonNull<u8>) -> Dying {
        Dying(bits.map_addr(|a| a | Dying::FREE))
    }

    /// The object's bits, and whether only its memory is left to free.
    fn split(self) -> (NonNull<u8>, bool) {
        let free = self.0.addr().get() & Dying::FREE != 0;
        // SAFETY: clearing the mark of a marked address gives back the object's bits.
        (self.0.map_addr(|a| unsafe { std::num::NonZeroUsize::new_unchecked(a.get() & !Dying::FREE) }), free)
    }
}

/// Where a dying or cleared object puts its references; they are released in the order of the pushes.
pub struct Trash<'a> {
    pub(crate) stack: &'a mut Vec<Dying>,
}

impl Trash<'_> {
    /// Hands over one reference.
    pub fn push(&mut self, obj: Obj) {
        self.stack.push(Dying::release(obj));
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
    #[cold]
    #[inline(never)]
    unsafe fn died(&self, bits: NonNull<u8>) {
        if self.deferring.get() {
            self.with_dying(|stack| stack.push(Dying(bits)));
            return;
        }
        let base = self.with_dying(|stack| stack.len());
        // SAFETY: the caller's word.
        unsafe { self.begin(bits) };
        self.drain(base);
    }

    /// Releases references until the stack of the dying is as short as `base` again.
    pub(crate) fn drain(&self, base: usize) {
        while let Some(next) = self.with_dying(|stack| if stack.len() > base { stack.pop() } else { None }) {
            let (bits, free) = next.split();
            // SAFETY: an entry is either an object marked for its memory to be freed, with nothing left inside, or a reference
            // that belongs to the stack; one with the count zero was deferred by `drop`.
            unsafe {
                let obj = ManuallyDrop::new(Obj::from_bits(bits));
                if free {
                    self.free_object(&obj);
                    continue;
                }
                let n = obj.refcount();
                if n == 0 {
                    self.begin(bits);
                } else if n as i32 > 0 {
                    obj.set_refcount(n - 1);
                    if n == 1 {
                        self.begin(bits);
                    }
                }
            }
        }
    }

    /// Clears an object as `tp_clear` does, and releases what it gave away.
    pub(crate) fn clear_object(&self, obj: &Obj) {
        let base = self.with_dying(|stack| {
            let base = stack.len();
            let trash = &mut Trash { stack };
            if let Some(extra) = obj.extra() {
                extra.clear(&mut |attribute| trash.push(attribute));
            }
            // SAFETY: the object is alive and of this kind.
            unsafe { (self.vtable(obj.kind()).clear)(obj.address(), trash) };
            stack[base..].reverse();
            base
        });
        self.drain(base);
    }

    /// The first part of an object's death: everything up to the release of its references, which go on the stack.
    ///
    /// # Safety
    /// The count is zero and no reference is left.
    unsafe fn begin(&self, bits: NonNull<u8>) {
        // SAFETY: the object's memory is there until `free_object`; this reference is never dropped.
        let obj = ManuallyDrop::new(unsafe { Obj::from_bits(bits) });
        let vtable = self.vtable(obj.kind());
        if let Some(header) = obj.header() {
            self.generations.remove(header);
            // SAFETY: this function is the one that handles the dying.
            let finalized = unsafe { self.finalize_dying(&obj, header) };
            if obj.refcount() > 0 {
                return;
            }
            if obj.has_flag(WEAKLY_REFERENCED) {
                self.clear_weakrefs_of_dying(&obj);
                if finalized {
                    self.clear_weakrefs_silently(&obj);
                }
            }
        }
        self.with_dying(|stack| {
            stack.push(Dying::free(bits));
            let base = stack.len();
            let trash = &mut Trash { stack };
            let extra = obj.extra();
            if let Some(extra) = extra {
                extra.clear(&mut |attribute| trash.push(attribute));
            }
            if !obj.is_leaf() {
                // SAFETY: the object is dying, nobody else refers to it.
                unsafe { (vtable.dismantle)(obj.address(), trash) };
            }
            if let Some(class) = extra.and_then(|extra| extra.class().take()) {
                trash.push(class);
            }
            stack[base..].reverse();
        });
        // Whatever the payload still holds goes with its fields; deaths are put off until the payload is gone.
        let before = self.with_dying(|stack| stack.len());
        self.deferring.set(true);
        // SAFETY: the payload is dropped once; `free_object` frees only memory.
        unsafe { (vtable.drop)(obj.address()) };
        self.deferring.set(false);
        self.with_dying(|stack| stack[before..].reverse());
    }

    /// Runs the finalizer of a dying object (`PyObject_CallFinalizerFromDealloc`), which may bring it back to life. While it runs, the
    /// object is tracked again, as the youngest. True if there is a finalizer, whether it ran now or before.
    ///
    /// # Safety
    /// The object's count is zero.
    unsafe fn finalize_dying(&self, obj: &Obj, header: &Header) -> bool {
        if !(obj.has_flag(HAS_FINALIZER) || self.late_finalizers.get()) {
            return false;
        }
        let Some(hooks) = self.hooks() else { return false };
        if !hooks.has_finalizer(obj) {
            return false;
        }
        if obj.has_flag(FINALIZED) {
            return true;
        }
        if !obj.has_flag(UNCOUNTED) {
            self.generations.append(header, 0);
        }
        // SAFETY: the finalizer gets a counted reference, so the object is alive while it runs; the count is looked at again after.
        unsafe { obj.set_refcount(1) };
        hooks.finalize(obj);
        obj.set_flag(FINALIZED);
        // SAFETY: the count that was lent is taken back.
        unsafe { obj.set_refcount(obj.refcount() - 1) };
        if obj.refcount() == 0 {
            self.generations.remove(header);
        }
        true
    }

    /// Takes a payload apart and gives every reference it held; no object dies in between.
    ///
    /// # Safety
    /// Nobody uses the payload any more.
    pub(crate) unsafe fn dismantle_quietly(&self, kind: Kind, obj: &Obj) -> Vec<Obj> {
        let vtable = self.vtable(kind);
        let base = self.with_dying(|stack| {
            let base = stack.len();
            // SAFETY: the caller's word.
            unsafe { (vtable.dismantle)(obj.address(), &mut Trash { stack }) };
            base
        });
        let deferring = self.deferring.replace(true);
        // SAFETY: the payload is dropped once; only memory is left.
        unsafe { (vtable.drop)(obj.address()) };
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
    unsafe fn free_object(&self, obj: &Obj) {
        debug_assert!(!obj.is_tracked());
        if !obj.is_leaf() {
            self.count_free(obj);
        }
        // SAFETY: the caller's word.
        unsafe { self.space.free(obj.address()) };
    }

    #[inline]
    pub(crate) fn with_dying<R>(&self, work: impl FnOnce(&mut Vec<Dying>) -> R) -> R {
        // SAFETY: the closures push and pop only; none of them runs other code that could come back here.
        work(unsafe { &mut *self.dying.get() })
    }
}
