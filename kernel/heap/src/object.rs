//! An object's header, and `Obj`, the counted reference to an object.
//!
//! Invariant: an `Obj` is the address of a live object, with the lowest bit set exactly when the object
//! is a *leaf* (never tracked by the collector, so never looked into). The header is 8 bytes for a leaf,
//! 16 for every other object; the first 8 are the same. Counts change in `refcount.rs` only.

use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr::NonNull;

use crate::extra::Extra;
use crate::heap::Heap;
use crate::kind::Kind;
use crate::payload::{Payload, Wrapped};
use crate::space;

/// The part of the header that every object has.
#[repr(C)]
pub struct LeafHeader {
    pub(crate) refcount: Cell<u32>,
    pub(crate) kind: Cell<Kind>,
    /// Low three bits: the generation (see `generation.rs`). The others are the flags below.
    pub(crate) flags: Cell<u8>,
    /// What the kind likes to have here: the length of a tuple, if it is below 255; the flavour of a weak reference.
    pub(crate) detail: Cell<u8>,
    pub(crate) size_class: u8,
}

/// The header of an object that the collector can track.
#[repr(C)]
pub struct Header {
    pub(crate) leaf: LeafHeader,
    /// Where the object stands in its generation's vector.
    pub(crate) index: Cell<u32>,
    /// References found from inside the generation being collected; counts up from zero.
    pub(crate) internal: Cell<u32>,
}

const _: () = assert!(size_of::<LeafHeader>() == 8 && size_of::<Header>() == 16);

pub(crate) const GENERATION_MASK: u8 = 0b0000_0111;
/// The generation of an object that stands in no list.
pub(crate) const UNTRACKED: u8 = 0b0000_0111;
/// The finalizer has run; it runs once (PEP 442).
pub(crate) const FINALIZED: u8 = 0b0000_1000;
/// Some weak reference points here; the heap's table knows which.
pub(crate) const WEAKLY_REFERENCED: u8 = 0b0001_0000;
/// An [`Extra`] follows the payload: the object names its class itself.
pub(crate) const EXTRA: u8 = 0b0010_0000;
/// The class had a finalizer when this object was made.
pub(crate) const HAS_FINALIZER: u8 = 0b0100_0000;
/// The object's class is none of the collector's, so it never counted as an allocation.
pub(crate) const UNCOUNTED: u8 = 0b1000_0000;

const LEAF_BIT: usize = 1;

/// A counted reference to an object on a [`Heap`]: what CPython calls a strong reference.
///
/// Cloning raises the object's count by one, dropping lowers it, and the object dies when the count
/// reaches zero: its finalizer and weak reference callbacks run *inside that drop*. So no borrow of a
/// container's storage may be held while an `Obj` is dropped; the containers' methods see to that.
///
/// A heap and its objects belong to one thread:
///
/// ```compile_fail
/// let heap = heap::Heap::new();
/// let a = heap.list([]);
/// std::thread::spawn(move || drop(a));
/// ```
#[repr(transparent)]
pub struct Obj(NonNull<u8>, PhantomData<*const ()>);

const _: () = assert!(size_of::<Option<Obj>>() == size_of::<usize>());

impl Obj {
    /// Takes over one count on the object whose header is at `at`.
    ///
    /// # Safety
    /// `at` is a live object's header, one count on it belongs to the caller, and `leaf` is what its
    /// kind says.
    pub(crate) unsafe fn from_header(at: NonNull<u8>, leaf: bool) -> Obj {
        Obj(at.map_addr(|a| a | leaf as usize), PhantomData)
    }

    /// The reference as a word: the address, and the leaf bit.
    pub(crate) fn bits(&self) -> NonNull<u8> {
        self.0
    }

    /// The count is the caller's from now on.
    pub(crate) fn into_bits(self) -> NonNull<u8> {
        let bits = self.0;
        std::mem::forget(self);
        bits
    }

    /// # Safety
    /// `bits` came from `into_bits` (or `bits`, with a count to go with it).
    pub(crate) unsafe fn from_bits(bits: NonNull<u8>) -> Obj {
        Obj(bits, PhantomData)
    }

    /// Whether the object is of a kind that is never tracked, so that the collector never looks inside.
    #[inline]
    pub fn is_leaf(&self) -> bool {
        self.0.addr().get() & LEAF_BIT != 0
    }

    #[inline]
    pub(crate) fn address(&self) -> NonNull<u8> {
        // SAFETY: objects are 8-byte aligned and not at address zero, so clearing the bit leaves it non-null.
        self.0.map_addr(|a| unsafe { std::num::NonZeroUsize::new_unchecked(a.get() & !LEAF_BIT) })
    }

    #[inline]
    pub(crate) fn leaf_header(&self) -> &LeafHeader {
        // SAFETY: the address of a live object starts with its header.
        unsafe { self.address().cast::<LeafHeader>().as_ref() }
    }

    /// The full header, if the object is not a leaf.
    #[inline]
    pub(crate) fn header(&self) -> Option<&Header> {
        // SAFETY: only leaves have the short header.
        (!self.is_leaf()).then(|| unsafe { self.0.cast::<Header>().as_ref() })
    }

    /// How the payload is laid out.
    #[inline]
    pub fn kind(&self) -> Kind {
        self.leaf_header().kind.get()
    }

    /// The same object? Python's `is`.
    #[inline]
    pub fn is(&self, other: &Obj) -> bool {
        self.0 == other.0
    }

    /// The heap the object lives on.
    #[inline]
    pub fn heap(&self) -> &Heap {
        // SAFETY: a live object's page is alive, and its heap outlives every page.
        unsafe { space::heap_of(self.address()).as_ref() }
    }

    /// What `id()` gives: an address on the heap's model address space, the same on every run.
    pub fn id(&self) -> u64 {
        // SAFETY: a live object's page is alive.
        unsafe { space::model_address(self.address()) }
    }

    /// The payload, if this object has that kind; of an instance of a class that extends a leaf type,
    /// the plain value's.
    #[inline]
    pub fn get<T: Payload>(&self) -> Option<&T> {
        if self.kind() == T::KIND || (matches!(T::KIND, Kind::INT) && self.kind() == Kind::BOOL) {
            // SAFETY: the kind says which payload follows the header; a `bool` is laid out as an `int`.
            Some(unsafe { self.address().add(crate::payload::offset::<T>()).cast::<T>().as_ref() })
        } else if T::LEAF && self.kind() == Kind::WRAPPED {
            // SAFETY: as above.
            unsafe { self.payload_unchecked::<Wrapped>() }.value.get::<T>()
        } else {
            None
        }
    }

    /// As [`Obj::get`], for an object that is known to have that kind and not to be wrapped.
    ///
    /// # Safety
    /// The object's kind is `T::KIND`.
    #[inline]
    pub unsafe fn payload_unchecked<T: Payload>(&self) -> &T {
        debug_assert!(self.kind() == T::KIND);
        let offset = if T::LEAF { size_of::<LeafHeader>() } else { size_of::<Header>() };
        // SAFETY: the payload of kind T starts right after its header; it moves never and lives as long as the object.
        unsafe { self.address().add(offset).cast::<T>().as_ref() }
    }

    /// The class and attributes that follow the payload, if the object names its class itself.
    #[inline]
    pub fn extra(&self) -> Option<&Extra> {
        if self.leaf_header().flags.get() & EXTRA == 0 {
            return None;
        }
        // SAFETY: the flag says that an `Extra` follows the payload.
        Some(unsafe { Extra::of(self).as_ref() })
    }

    pub(crate) fn has_flag(&self, flag: u8) -> bool {
        self.leaf_header().flags.get() & flag != 0
    }

    pub(crate) fn set_flag(&self, flag: u8) {
        let flags = &self.leaf_header().flags;
        flags.set(flags.get() | flag);
    }

    pub(crate) fn clear_flag(&self, flag: u8) {
        let flags = &self.leaf_header().flags;
        flags.set(flags.get() & !flag);
    }
}

impl PartialEq for Obj {
    /// Identity, Python's `is`: equality of values is the machine's affair.
    fn eq(&self, other: &Obj) -> bool {
        self.is(other)
    }
}

impl Eq for Obj {}
