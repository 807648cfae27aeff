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
use crate::tuple::Tuple;

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

/// Visits every reference the object holds.
#[inline(always)]
pub(crate) fn each(header: &Header, heap: &Heap, mut visit: impl FnMut(&Obj)) {
    // SAFETY: the header is a live object's; the look is never dropped.
    let obj = ManuallyDrop::new(unsafe { Obj::from_header(NonNull::from(header).cast(), false) });
    let kind = header.leaf.kind.get();
    if header.leaf.flags.get() & EXTRA != 0 {
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
            Kind::CELL => obj.payload_unchecked::<CellVar>().value.with(|held| held.into_iter().for_each(visit)),
            _ => (heap.vtable(kind).traverse)(obj.address(), &mut visit),
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
