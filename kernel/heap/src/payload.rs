//! What an object holds behind its header, and how the heap looks into it.
//!
//! Kinds that the collector meets by the million (list, tuple, dict, instance, cell) are matched inline
//! where speed counts; every kind also has a [`VTable`], built from its [`Payload`] implementation.

use std::ptr::NonNull;

use crate::census::Label;
use crate::kind::Kind;
use crate::object::{Header, LeafHeader, Obj};
use crate::refcount::Trash;
use crate::slot::Slot;

/// The visitor of `traverse`: called once for every reference an object holds.
pub type Visit<'a> = &'a mut dyn FnMut(&Obj);

/// Where one [`Slot`] of a payload stands: see [`Payload::SLOTS`].
#[derive(Clone, Copy)]
pub struct Place(usize);

impl Place {
    /// For the macro [`slots!`](crate::slots).
    ///
    /// # Safety
    /// A slot stands so many bytes from the beginning of every payload that names this place.
    #[doc(hidden)]
    pub const unsafe fn new(offset: usize) -> Place {
        Place(offset)
    }

    /// The slot of a payload.
    ///
    /// # Safety
    /// The payload names this place, and lives as long as the result is used.
    #[inline(always)]
    pub(crate) unsafe fn slot<'a>(self, payload: NonNull<u8>) -> &'a Slot {
        // SAFETY: the word of whoever made the place, and the caller's.
        unsafe { payload.add(self.0).cast::<Slot>().as_ref() }
    }
}

/// The places of a payload's slots, for [`Payload::SLOTS`]: `slots!(Method; func, self_)`.
#[macro_export]
macro_rules! slots {
    ($type:ty; $($field:ident),* $(,)?) => {
        &[$({
            const fn is_slot(payload: &$type) -> &$crate::Slot {
                &payload.$field
            }
            let _ = is_slot;
            // SAFETY: the field has the type of a slot.
            unsafe { $crate::Place::new(::core::mem::offset_of!($type, $field)) }
        }),*]
    };
}

/// A payload: the Rust value that stands behind an object's header.
///
/// All fields that change do so behind a shared reference (`Slot`, `Cell`), because an object is shared by nature.
pub trait Payload: Sized + 'static {
    /// The kind in the header; unique for each payload type of a heap.
    const KIND: Kind;
    /// Whether objects of this kind are never tracked and hold no references that can form cycles.
    const LEAF: bool = false;
    /// Bytes of the payload on a 64-bit machine. Room for so many is taken on every machine, so that `id()` gives the same everywhere; a
    /// payload that is smaller elsewhere names its size.
    const SIZE: usize = size_of::<Self>();
    /// Whether a dying object's weak references are cleared before its finalizer runs, as a generator's are; an instance's are after.
    const WEAKREFS_FIRST: bool = false;
    /// The references held, in the order of CPython's `tp_traverse`, if all of them stand in slots: the collector looks into these by itself.
    const SLOTS: &'static [Place] = &[];
    /// The same in the order in which CPython's `tp_dealloc` releases them.
    const RELEASED: &'static [Place] = Self::SLOTS;

    /// Calls `visit` for every reference held, in the order of CPython's `tp_traverse`.
    fn traverse(&self, visit: Visit<'_>) {
        // SAFETY: the places are this payload's.
        Self::SLOTS.iter().for_each(|place| unsafe { place.slot(NonNull::from(self).cast()) }.show(visit));
    }

    /// Calls `visit` for every reference owned, with what a picture writes at its arrow: also for those that `traverse` leaves out, as
    /// CPython does with names and string keys. The audit counts these; they must be all.
    fn holds(&self, visit: &mut dyn FnMut(Label, &Obj)) {
        let mut n = 0;
        self.traverse(&mut |obj| {
            visit(Label::Nth(n), obj);
            n += 1;
        });
    }

    /// `tp_clear`: gives away references so that a cycle through this object breaks. The order of
    /// pushes is the order of death. The object stays usable (and looks empty).
    fn clear(&self, trash: &mut Trash<'_>);

    /// `tp_dealloc`: gives away every reference, in the order CPython releases them; what is left is dropped with the payload, in the order of
    /// declaration.
    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        // SAFETY: the places are this payload's.
        Self::RELEASED.iter().for_each(|place| trash.take(unsafe { place.slot(NonNull::from(&*self).cast()) }));
    }
}

/// The visitor of `holds`: called once for every reference an object owns, with what a picture writes at its arrow.
pub type LabelledVisit<'a> = &'a mut dyn FnMut(Label, &Obj);

/// A payload's functions, by kind.
pub(crate) struct VTable {
    /// Bytes from the object's address to the end of the fixed part of the payload.
    pub(crate) end: usize,
    pub(crate) leaf: bool,
    pub(crate) weakrefs_first: bool,
    pub(crate) slots: &'static [Place],
    pub(crate) released: &'static [Place],
    pub(crate) traverse: unsafe fn(NonNull<u8>, Visit<'_>),
    pub(crate) holds: unsafe fn(NonNull<u8>, LabelledVisit<'_>),
    pub(crate) clear: unsafe fn(NonNull<u8>, &mut Trash<'_>),
    pub(crate) dismantle: unsafe fn(NonNull<u8>, &mut Trash<'_>),
    pub(crate) drop: unsafe fn(NonNull<u8>),
}

/// The slots at these places of an object that is no leaf.
///
/// # Safety
/// The object's payload names these places; the slots are used no longer than it lives.
#[inline(always)]
pub(crate) unsafe fn slots_at<'a>(obj: &Obj, places: &'static [Place]) -> impl Iterator<Item = &'a Slot> {
    let header = obj.address();
    // SAFETY: the payload follows the header; the rest is the caller's word.
    places.iter().map(move |place| unsafe { place.slot(header.add(size_of::<Header>())) })
}

impl VTable {
    pub(crate) fn of<T: Payload>() -> VTable {
        const { assert!(align_of::<T>() <= 8, "payloads are 8-byte aligned") };
        /// # Safety
        /// `at` is a live object of kind `T::KIND`.
        unsafe fn payload<T: Payload>(at: NonNull<u8>) -> NonNull<T> {
            // SAFETY: the payload follows the header.
            unsafe { at.add(offset::<T>()).cast::<T>() }
        }
        VTable {
            end: end::<T>(),
            leaf: T::LEAF,
            weakrefs_first: T::WEAKREFS_FIRST,
            slots: T::SLOTS,
            released: T::RELEASED,
            // SAFETY: the caller passes a live object of this kind; `dismantle` and `drop` are called once, when no other reference exists.
            traverse: |at, visit| unsafe { payload::<T>(at).as_ref() }.traverse(visit),
            // SAFETY: see above.
            holds: |at, visit| unsafe { payload::<T>(at).as_ref() }.holds(visit),
            // SAFETY: see above.
            clear: |at, trash| unsafe { payload::<T>(at).as_ref() }.clear(trash),
            // SAFETY: see above.
            dismantle: |at, trash| unsafe { payload::<T>(at).as_mut() }.dismantle(trash),
            // SAFETY: see above.
            drop: |at| unsafe { payload::<T>(at).drop_in_place() },
        }
    }
}

/// Bytes from the object's address to the end of the fixed part of the payload.
pub(crate) const fn end<T: Payload>() -> usize {
    const { assert!(size_of::<T>() <= T::SIZE && (size_of::<usize>() < 8 || size_of::<T>() == T::SIZE), "the size of a payload is known") };
    (offset::<T>() + T::SIZE).next_multiple_of(8)
}

/// Bytes from the object's address to the payload.
pub(crate) const fn offset<T: Payload>() -> usize {
    if T::LEAF { size_of::<LeafHeader>() } else { size_of::<Header>() }
}

/// The payload of an instance of an ordinary class: nothing; its class and attributes are in the
/// [`Extra`](crate::Extra) that follows.
pub struct Instance;

impl Payload for Instance {
    const KIND: Kind = Kind::INSTANCE;
    fn traverse(&self, _: Visit<'_>) {}
    fn clear(&self, _: &mut Trash<'_>) {}
}

/// The payload of an instance of a class that extends a leaf type: the plain value, of exact builtin type.
pub struct Wrapped {
    /// The value, which never changes: an `int`, `str`, `float`, `bytes` …
    pub value: Obj,
}

impl Payload for Wrapped {
    const KIND: Kind = Kind::WRAPPED;
    const SIZE: usize = 8;
    fn traverse(&self, _: Visit<'_>) {}
    fn holds(&self, visit: &mut dyn FnMut(Label, &Obj)) {
        visit(Label::Field("value"), &self.value);
    }
    fn clear(&self, _: &mut Trash<'_>) {}
}
