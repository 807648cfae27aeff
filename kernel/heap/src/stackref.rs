//! `StackRef`: a place on the evaluation stack, which may borrow instead of own (CPython's `_PyStackRef`).
//!
//! A borrowed place costs no count: the local variable it was loaded from keeps the object alive longer. This is what makes
//! `sys.getrefcount(x)` of a local print 1 in CPython 3.14.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use crate::heap::Heap;
use crate::object::Obj;

const BORROWED: usize = 2;

/// An owned or borrowed reference, or nothing; as wide as a pointer.
#[repr(transparent)]
pub struct StackRef(Option<NonNull<u8>>);

/// A look at the object in a [`StackRef`].
pub struct View<'a>(ManuallyDrop<Obj>, PhantomData<&'a StackRef>);

impl StackRef {
    /// Nothing: CPython's `PyStackRef_NULL`.
    pub const NULL: StackRef = StackRef(None);

    /// A place that owns its count.
    #[inline(always)]
    pub fn owned(obj: Obj) -> StackRef {
        StackRef(Some(obj.into_bits()))
    }

    /// A place that borrows.
    ///
    /// # Safety
    /// Somebody else holds a count on the object for as long as the place is used.
    #[inline(always)]
    pub unsafe fn borrowed(obj: &Obj) -> StackRef {
        StackRef(Some(obj.bits().map_addr(|a| a | BORROWED)))
    }

    /// A second place for the object in this one, which lives longer.
    ///
    /// # Safety
    /// An object is here, and stays here for as long as the second place is used.
    #[inline(always)]
    pub unsafe fn borrow(&self) -> StackRef {
        // SAFETY: the caller's word.
        StackRef(Some(unsafe { self.0.unwrap_unchecked() }.map_addr(|a| a | BORROWED)))
    }

    /// Gives the place up, as dropping it does, where an object is known to be there (`PyStackRef_CLOSE`).
    ///
    /// # Safety
    /// An object is there.
    #[inline(always)]
    pub unsafe fn close(self) {
        // SAFETY: the caller's word.
        let bits = unsafe { self.0.unwrap_unchecked() };
        std::mem::forget(self);
        if bits.addr().get() & BORROWED == 0 {
            // SAFETY: an owned place holds a count.
            drop(unsafe { Obj::from_bits(bits) });
        }
    }

    /// As [`StackRef::close`], for an object that is known to be an exact `int` of 64 bits or an exact `float` of this heap.
    ///
    /// # Safety
    /// Such an object is there.
    #[inline(always)]
    pub unsafe fn close_number(self, heap: &Heap) {
        // SAFETY: the caller's word.
        unsafe {
            let bits = self.0.unwrap_unchecked();
            std::mem::forget(self);
            if bits.addr().get() & BORROWED == 0 {
                Obj::from_bits(bits).release_number(heap);
            }
        }
    }

    /// Whether nothing is there.
    #[inline(always)]
    pub fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the place borrows.
    #[inline(always)]
    pub fn is_borrowed(&self) -> bool {
        self.0.is_some_and(|bits| bits.addr().get() & BORROWED != 0)
    }

    /// A look at the object.
    ///
    /// Panics if nothing is there.
    #[inline(always)]
    pub fn obj(&self) -> View<'_> {
        let bits = self.0.expect("a place on the stack that is looked at holds an object");
        // SAFETY: the bits without the mark are an object's, alive while the place is; the view never drops it.
        View(ManuallyDrop::new(unsafe { Obj::from_bits(unmarked(bits)) }), PhantomData)
    }

    /// As [`StackRef::obj`], for a place that is known to hold an object.
    ///
    /// # Safety
    /// The place holds an object, and keeps it (or somebody does) while the view is used.
    #[inline(always)]
    pub unsafe fn look<'a>(&self) -> View<'a> {
        // SAFETY: the caller's word; the view never drops the object.
        unsafe { View(ManuallyDrop::new(Obj::from_bits(unmarked(self.0.unwrap_unchecked()))), PhantomData) }
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
        if self.is_borrowed() {
            return self.obj().clone();
        }
        let bits = self.0.expect("a place on the stack that is taken holds an object");
        std::mem::forget(self);
        // SAFETY: an owned place holds a count.
        unsafe { Obj::from_bits(bits) }
    }

    /// As [`StackRef::into_obj`]; nothing gives nothing.
    pub fn into_option(self) -> Option<Obj> {
        (!self.is_null()).then(|| self.into_obj())
    }

    /// A second place for the same object: borrowed if this one is, else with a count of its own (`PyStackRef_DUP`).
    #[inline(always)]
    pub fn dup(&self) -> StackRef {
        if self.is_null() || self.is_borrowed() { StackRef(self.0) } else { StackRef::owned(self.obj().clone()) }
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
        if let Some(bits) = self.0
            && bits.addr().get() & BORROWED == 0
        {
            // SAFETY: an owned place holds a count.
            drop(unsafe { Obj::from_bits(bits) });
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
