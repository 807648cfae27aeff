//! Freeing garbage in one sweep, when nobody can look: no finalizer left to run, no weak reference, no debug flag.
//!
//! Only references that leave the garbage are released, then the slots go back. What a reader can see afterwards is what clearing one
//! object after the other would have left: the same counts, the same number, the same order of the living. An object outside that
//! dies with the garbage does so at the end of the sweep.

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use crate::cell::CellVar;
use crate::dict::Dict;
use crate::edges::prefetch;
use crate::heap::Heap;
use crate::kind::Kind;
use crate::list::List;
use crate::object::{EXTRA, GENERATION_MASK, Header, Obj};
use crate::payload::slots_at;
use crate::reached::Branch;
use crate::refcount::IMMORTAL;
use crate::slot::Slot;
use crate::tuple::Tuple;
use crate::weakref::WeakRef;

const AHEAD: usize = 16;

impl Heap {
    /// Frees all objects of the list `which` of the unreachable, and gives their number.
    pub(crate) fn delete_garbage_in_bulk(&self, which: usize) -> usize {
        let mut garbage = std::mem::take(self.generations.list(which));
        garbage.retain(Option::is_some);
        let mut sweep = Sweep { heap: self, garbage: which as u8, outside: Vec::new(), large: Vec::new() };
        let plain = |kind| matches!(kind, Kind::LIST | Kind::TUPLE | Kind::INSTANCE | Kind::CELL | Kind::DICT | Kind::WEAKREF);
        // SAFETY: the objects are alive until their turn; after it their headers still read as unreachable, because nothing is allocated
        // in between, and that is all that is looked at.
        unsafe {
            if !garbage.iter().flatten().all(|at| plain(at.as_ref().leaf.kind.get())) {
                self.reach(Branch::BulkOfOtherKinds);
                // The payloads of these kinds drop references to each other by themselves. No count in the garbage may fall to zero.
                garbage.iter().flatten().for_each(|at| at.as_ref().leaf.refcount.set(IMMORTAL));
            }
            for i in 0..garbage.len() {
                if let Some(&Some(next)) = garbage.get(i + AHEAD) {
                    prefetch(next);
                }
                if let Some(at) = garbage[i] {
                    sweep.free(at);
                }
            }
        }
        let collected = garbage.len();
        garbage.clear();
        *self.generations.list(which) = garbage;
        let Sweep { outside, large, .. } = sweep;
        // SAFETY: nothing looks at these objects any more.
        large.into_iter().for_each(|at| unsafe { self.space.free(at) });
        drop(outside);
        collected
    }
}

struct Sweep<'a> {
    heap: &'a Heap,
    /// The list that is swept.
    garbage: u8,
    /// The last references to objects outside.
    outside: Vec<Obj>,
    /// Objects whose memory goes back to the system.
    large: Vec<NonNull<u8>>,
}

impl Sweep<'_> {
    /// Gives up one reference of an object of the garbage.
    ///
    /// # Safety
    /// The reference is not used again.
    #[inline(always)]
    unsafe fn release(&mut self, obj: &Obj) {
        if let Some(child) = obj.header()
            && child.leaf.flags.get() & GENERATION_MASK == self.garbage
        {
            return;
        }
        let count = obj.refcount();
        if count > 1 {
            if count as i32 > 0 {
                // SAFETY: the count that the garbage held is given up.
                unsafe { obj.set_refcount(count - 1) };
            }
            return;
        }
        // SAFETY: this is the last count on the object.
        let last = unsafe { Obj::from_bits(obj.bits()) };
        if last.is_leaf() {
            drop(last);
        } else {
            self.heap.reach(Branch::BulkLetsDie);
            self.outside.push(last);
        }
    }

    /// # Safety
    /// The object is garbage, and this is its turn.
    #[inline(always)]
    unsafe fn free(&mut self, at: NonNull<Header>) {
        // SAFETY: see the caller; the look is not dropped.
        unsafe {
            let header = at.as_ref();
            let obj = ManuallyDrop::new(Obj::from_header(at.cast(), false));
            if header.leaf.flags.get() & EXTRA != 0 {
                crate::Extra::of(&obj).as_ref().each(&mut |child| self.release(child));
            }
            match header.leaf.kind.get() {
                Kind::LIST => {
                    let list = obj.payload_unchecked::<List>();
                    list.items().iter().rev().for_each(|child| self.release(child));
                    list.forget_items();
                }
                Kind::TUPLE => obj.payload_unchecked::<Tuple>().items().iter().rev().for_each(|child| self.release(child)),
                Kind::INSTANCE => {}
                Kind::DICT => {
                    let dict = obj.payload_unchecked::<Dict>();
                    (0..dict.places()).filter_map(|place| dict.at_place(place)).for_each(|child| self.release(child));
                    if dict.order() != 0 {
                        (0..dict.places()).step_by(2).filter_map(|place| dict.at_place(place)).for_each(|child| self.release(child));
                    }
                    dict.forget_entries();
                }
                Kind::CELL => obj.payload_unchecked::<CellVar>().value.with(|held| held.into_iter().for_each(|child| self.release(child))),
                Kind::WEAKREF => {
                    // Its row was left when weak references were handled.
                    let callback = obj.payload_unchecked::<WeakRef>().take_callback();
                    callback.into_iter().for_each(|callback| self.release(&ManuallyDrop::new(callback)));
                }
                kind => {
                    let vtable = self.heap.vtable(kind);
                    if vtable.released.is_empty() {
                        self.dismantle(kind, &obj);
                    } else {
                        slots_at(&obj, vtable.released).filter_map(Slot::take).for_each(|held| self.release(&ManuallyDrop::new(held)));
                        (vtable.drop)(obj.address());
                    }
                }
            }
            self.heap.count_free(&obj);
            if self.heap.space.is_large(at.cast()) {
                self.heap.reach(Branch::BulkOfLarge);
                self.large.push(at.cast());
            } else {
                self.heap.space.free(at.cast());
            }
        }
    }

    /// An object of a kind that only its own functions know.
    ///
    /// # Safety
    /// As for `free`; every count in the garbage is immortal.
    #[inline(never)]
    unsafe fn dismantle(&mut self, kind: Kind, obj: &Obj) {
        // SAFETY: see the caller.
        let released = unsafe { self.heap.dismantle_quietly(kind, obj) };
        for child in released {
            // SAFETY: each reference is given up once.
            unsafe { self.release(&ManuallyDrop::new(child)) };
        }
    }
}
