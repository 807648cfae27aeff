//! `Slot`: a place in an object that holds a reference or nothing.
//!
//! Invariant: whatever a slot held is out of the slot before its count falls, because the fall may run
//! Python code that looks into the same slot (CPython's `Py_CLEAR` and `Py_XSETREF`).

use std::cell::Cell;
use std::ptr::NonNull;

use crate::object::Obj;

/// A mutable place for one reference, as wide as a pointer.
#[repr(transparent)]
pub struct Slot(Cell<Option<NonNull<u8>>>);

impl Slot {
    /// A slot that holds `obj`.
    pub fn new(obj: Obj) -> Slot {
        Slot(Cell::new(Some(obj.into_bits())))
    }

    /// A slot that holds nothing.
    pub const fn empty() -> Slot {
        Slot(Cell::new(None))
    }

    /// A new reference to what is inside.
    #[inline]
    pub fn get(&self) -> Option<Obj> {
        self.with(|obj| obj.cloned())
    }

    /// Looks at what is inside without counting. `look` must not run code that could empty the slot.
    #[inline]
    pub(crate) fn with<R>(&self, look: impl FnOnce(Option<&Obj>) -> R) -> R {
        // SAFETY: the slot owns a count on what it holds, and `Option<NonNull>` has the layout of `Option<Obj>`.
        let held = unsafe { &*(self.0.as_ptr() as *const Option<Obj>) };
        look(held.as_ref())
    }

    /// Whether the slot holds exactly this object.
    #[inline]
    pub fn is(&self, obj: &Obj) -> bool {
        self.0.get() == Some(obj.bits())
    }

    /// Whether the slot holds nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.get().is_none()
    }

    /// Puts `obj` in and gives what was there before: drop it once the owner is in order.
    #[inline]
    pub fn replace(&self, obj: Option<Obj>) -> Option<Obj> {
        let before = self.0.replace(obj.map(Obj::into_bits));
        // SAFETY: the slot owned a count on what it held.
        before.map(|bits| unsafe { Obj::from_bits(bits) })
    }

    /// Puts `obj` in; what was there before is released after that.
    #[inline]
    pub fn set(&self, obj: Obj) {
        drop(self.replace(Some(obj)));
    }

    /// Empties the slot.
    #[inline]
    pub fn take(&self) -> Option<Obj> {
        self.replace(None)
    }

    /// A new reference to item `index` of the list inside: `None` if the slot holds no list, `Some(None)` if there is no such item.
    #[inline]
    pub fn list_item(&self, index: usize) -> Option<Option<Obj>> {
        self.with(|held| Some(held?.get::<crate::List>()?.get(index)))
    }

    /// As [`Slot::list_item`], of a tuple.
    #[inline]
    pub fn tuple_item(&self, index: usize) -> Option<Option<Obj>> {
        self.with(|held| Some(held?.get::<crate::Tuple>()?.items().get(index).cloned()))
    }

    /// Shows a visitor what is inside: for a [`traverse`](crate::Payload::traverse).
    #[inline]
    pub fn show(&self, visit: crate::Visit<'_>) {
        if let Some(held) = self.get() {
            visit(&held);
            held.release();
        }
    }

    /// The object inside, by reference, for an owner that never empties this slot while it is shared.
    ///
    /// # Safety
    /// Nothing replaces or empties the slot while the reference lives.
    #[inline]
    pub unsafe fn borrow(&self) -> Option<&Obj> {
        // SAFETY: as in `with`; the caller keeps the slot as it is.
        unsafe { (*(self.0.as_ptr() as *const Option<Obj>)).as_ref() }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl Default for Slot {
    fn default() -> Slot {
        Slot::empty()
    }
}

impl From<Obj> for Slot {
    fn from(obj: Obj) -> Slot {
        Slot::new(obj)
    }
}

impl From<Option<Obj>> for Slot {
    fn from(obj: Option<Obj>) -> Slot {
        Slot(Cell::new(obj.map(Obj::into_bits)))
    }
}
