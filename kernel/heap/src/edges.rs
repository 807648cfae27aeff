//! The references an object holds, found without an indirect call for the kinds that come by the million.
//!
//! Order is CPython's `tp_traverse`: attributes and class first, then the payload. A visitor looks and changes no reference.

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use crate::cell::CellVar;
use crate::dict::Dict;
use crate::heap::Heap;
use crate::kind::Kind;
use crate::list::List;
use crate::object::{EXTRA, Header, Obj};
use crate::payload::slots_at;
use crate::tuple::Tuple;
use crate::weakref::WeakRef;

/// Asks for the cache line at `at`, which is needed soon.
#[inline(always)]
pub(crate) fn prefetch(at: NonNull<Header>) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing that the program sees.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(at.as_ptr().cast())
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// Asks for what `each` looks at behind the header, which should be in the cache by now: the items of a row, the entries of a dict.
#[inline(always)]
pub(crate) fn prefetch_held(at: NonNull<Header>) {
    // SAFETY: the header is a live object's; the look is never dropped. The kind says which payload is there.
    unsafe {
        let obj = ManuallyDrop::new(Obj::from_header(at.cast(), false));
        match at.as_ref().leaf.kind.get() {
            Kind::DICT => prefetch(obj.payload_unchecked::<Dict>().head_address().cast()),
            Kind::LIST => {
                let list = obj.payload_unchecked::<List>();
                if list.is_spilled() {
                    prefetch(NonNull::new_unchecked(list.row().cast_mut()).cast());
                } else if let Some(item) = list.items().first() {
                    prefetch(item.bits().cast());
                }
            }
            _ => {}
        }
    }
}

/// Visits every reference the object holds.
#[inline(always)]
pub(crate) fn each(header: &Header, heap: &Heap, visit: impl FnMut(&Obj)) {
    each_of(header, header.leaf.kind.get(), header.leaf.flags.get(), heap, visit);
}

/// As [`each`], for a caller that has read the header already.
#[inline(always)]
pub(crate) fn each_of(header: &Header, kind: Kind, flags: u8, heap: &Heap, mut visit: impl FnMut(&Obj)) {
    // SAFETY: the header is a live object's; the look is never dropped.
    let obj = ManuallyDrop::new(unsafe { Obj::from_header(NonNull::from(header).cast(), false) });
    if flags & EXTRA != 0 {
        // SAFETY: the flag says that an `Extra` is there.
        unsafe { crate::Extra::of(&obj).as_ref() }.each(&mut visit);
    }
    // SAFETY: the kind says which payload is there; visitors change nothing.
    unsafe {
        match kind {
            Kind::LIST => row(obj.payload_unchecked::<List>().items(), visit),
            Kind::TUPLE => obj.payload_unchecked::<Tuple>().items().iter().rev().for_each(visit),
            Kind::INSTANCE => {}
            Kind::DICT => obj.payload_unchecked::<Dict>().each(visit),
            Kind::CELL => {
                if let Some(value) = obj.payload_unchecked::<CellVar>().value.borrow() {
                    visit(value);
                }
            }
            Kind::WEAKREF => obj.payload_unchecked::<WeakRef>().each(visit),
            _ => {
                let vtable = heap.vtable(kind);
                if vtable.slots.is_empty() {
                    return (vtable.traverse)(obj.address(), &mut visit);
                }
                slots_at(&obj, vtable.slots).filter_map(|slot| slot.borrow()).for_each(visit);
            }
        }
    }
}

/// Visits the items of a row from the last to the first; in a long one, headers are asked for ahead.
#[inline(always)]
fn row(items: &[Obj], mut visit: impl FnMut(&Obj)) {
    const AHEAD: usize = 16;
    let short = items.len().min(AHEAD);
    for i in (short..items.len()).rev() {
        prefetch(items[i - AHEAD].bits().cast());
        visit(&items[i]);
    }
    items[..short].iter().rev().for_each(visit);
}
