//! `StackRef`: a place on the evaluation stack, which may borrow instead of own (CPython's `_PyStackRef`).
//!
//! A borrowed place costs no count: the local variable it was loaded from keeps the object alive longer. This is what makes
//! `sys.getrefcount(x)` of a local print 1 in CPython 3.14.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::num::NonZeroUsize;
use std::ptr::NonNull;

use crate::heap::Heap;
use crate::object::Obj;

const BORROWED: usize = 2;

/// An owned or borrowed reference, or nothing; as wide as a pointer.
///
/// Nothing is the mark of a borrower alone, so that one look tells whether there is a count to give back.
#[repr(transparent)]
pub struct StackRef(NonNull<u8>);

/// A look at the object in a [`StackRef`].
pub struct View<'a>(ManuallyDrop<Obj>, PhantomData<&'a StackRef>);

impl StackRef {
    /// Nothing: CPython's `PyStackRef_NULL`.
    pub const NULL: StackRef = StackRef(NonNull::without_provenance(NonZeroUsize::new(BORROWED).unwrap()));

    /// A place that owns its count.
    #[inline(always)]
    pub fn owned(obj: Obj) -> StackRef {
        StackRef(obj.into_bits())
    }

    /// A place that borrows.
    ///
    /// # Safety
    /// Somebody else holds a count on the object for as long as the place is used.
    #[inline(always)]
    pub unsafe fn borrowed(obj: &Obj) -> StackRef {
        StackRef(obj.bits().map_addr(|a| a | BORROWED))
    }

    /// A second place for the object in this one, which lives longer.
    ///
    /// # Safety
    /// An object is here, and stays here for as long as the second place is used.
    #[inline(always)]
    pub unsafe fn borrow(&self) -> StackRef {
        StackRef(self.0.map_addr(|a| a | BORROWED))
    }

    /// Whether there is a count to give back.
    #[inline(always)]
    fn owns(&self) -> bool {
        self.0.addr().get() & BORROWED == 0
    }

    /// Drops the place, as [`Obj::release`] does.
    #[inline(always)]
    pub fn close(self) {
        if cfg!(target_arch = "wasm32") {
            let place = ManuallyDrop::new(self);
            if place.owns() {
                // SAFETY: an owned place holds a count.
                unsafe { Obj::from_bits(place.0) }.release();
            }
        } else {
            drop(self);
        }
    }

    /// Gives the place up, as dropping it does, where an object is an exact `int` of 64 bits or an exact `float` of this heap.
    ///
    /// # Safety
    /// Such an object is there.
    #[inline(always)]
    pub unsafe fn close_number(self, heap: &Heap) {
        let place = ManuallyDrop::new(self);
        if place.owns() {
            // SAFETY: the caller's word, and an owned place holds a count.
            unsafe { Obj::from_bits(place.0).release_number(heap) };
        }
    }

    /// Whether nothing is there.
    #[inline(always)]
    pub fn is_null(&self) -> bool {
        self.0.addr().get() == BORROWED
    }

    /// Whether the place borrows.
    #[inline(always)]
    pub fn is_borrowed(&self) -> bool {
        !self.owns() && !self.is_null()
    }

    /// A look at the object.
    ///
    /// Panics if nothing is there.
    #[inline(always)]
    pub fn obj(&self) -> View<'_> {
        assert!(!self.is_null(), "a place on the stack that is looked at holds an object");
        // SAFETY: an object is there, alive while the place is.
        unsafe { self.look() }
    }

    /// As [`StackRef::obj`], for a place that is known to hold an object.
    ///
    /// # Safety
    /// The place holds an object, and keeps it (or somebody does) while the view is used.
    #[inline(always)]
    pub unsafe fn look<'a>(&self) -> View<'a> {
        // SAFETY: the caller's word; the view never drops the object.
        View(ManuallyDrop::new(unsafe { Obj::from_bits(unmarked(self.0)) }), PhantomData)
    }

    /// A look at the object, if there is one.
    #[inline(always)]
    pub fn get(&self) -> Option<View<'_>> {
        (!self.is_null()).then(|| self.obj())
    }

    /// Turns the place into a counted reference: an owner gives its count, a borrower takes a new one.
    ///
    /// Panics if nothing is there.
    #[inline(always)]
    pub fn into_obj(self) -> Obj {
        if !self.owns() {
            return self.obj().clone();
        }
        let place = ManuallyDrop::new(self);
        // SAFETY: an owned place holds a count.
        unsafe { Obj::from_bits(place.0) }
    }

    /// As [`StackRef::into_obj`]; nothing gives nothing.
    pub fn into_option(self) -> Option<Obj> {
        (!self.is_null()).then(|| self.into_obj())
    }

    /// A second place for the same object, or nothing: borrowed if this one is, else with a count of its own (`PyStackRef_DUP`).
    #[inline(always)]
    pub fn dup(&self) -> StackRef {
        // SAFETY: an owned place holds an object.
        if self.owns() { StackRef::owned(unsafe { self.look() }.clone()) } else { StackRef(self.0) }
    }
}

#[inline(always)]
fn unmarked(bits: NonNull<u8>) -> NonNull<u8> {
    // SAFETY: an object's address is not zero without the mark either.
    bits.map_addr(|a| unsafe { std::num::NonZeroUsize::new_unchecked(a.get() & !BORROWED) })
}

impl Drop for StackRef {
    #[inline(always)]
    fn drop(&mut self) {
        if self.owns() {
            // SAFETY: an owned place holds a count.
            unsafe { Obj::from_bits(self.0) }.release();
        }
    }
}

impl std::ops::Deref for View<'_> {
    type Target = Obj;
    #[inline(always)]
    fn deref(&self) -> &Obj {
        &self.0
    }
}
