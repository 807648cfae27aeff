//! `Extra`: what follows the payload of an object that names its class itself.
//!
//! Every instance of a class made in Python has one, and so has every builtin object whose kind does not
//! tell its class (exceptions). It holds the class, the attributes in *inline values* whose names the class knows, the
//! `__slots__`, and the `__dict__` once somebody has asked for it (CPython 3.11 and later; `Objects/dictobject.c`).

use std::cell::{Cell, UnsafeCell};
use std::ptr::NonNull;

use crate::kind::Kind;
use crate::object::Obj;
use crate::slot::Slot;
use crate::tuple::Tuple;

/// How many attribute places an instance gets: fixed at its birth.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ExtraLayout {
    /// Inline values, named by the class's shared keys. `None`: the class has no inline values.
    pub values: Option<u8>,
    /// `__slots__`, of all base classes together.
    pub slots: u16,
    /// Whether the object may get a `__dict__`. One with inline values may in any case.
    pub dict: bool,
}

impl ExtraLayout {
    /// Bytes from the start of the `Extra` to its end.
    pub(crate) fn size(self) -> usize {
        let values = self.values.unwrap_or(0) as usize;
        // The sizes of a 64-bit machine, so that ids are the same everywhere.
        16 + 8 * (self.first_places() + self.slots as usize) + if values > ORDERED { values.next_multiple_of(8) } else { 0 }
    }

    /// The places of the inline values, the first of which is the dict's once they are given up.
    fn first_places(self) -> usize {
        match self.values {
            Some(values) => (values as usize).max(1),
            None => self.dict as usize,
        }
    }
}

/// The order of so many inline values has room in the [`Extra`] itself, four bits each.
const ORDERED: usize = 8;
/// What `used` says when the inline values are given up for good, or never were there.
const DETACHED: u8 = u8::MAX;
/// What `used` says when there is no place for a dict either.
const SLOTS_ONLY: u8 = u8::MAX - 1;

/// Class and attributes of one object. In memory the inline values follow, then the slots, then the order of more than eight values.
///
/// The `__dict__` stands in the place of the first inline value (which is there for it, if the class has none): attributes are either
/// inline or in the dict.
#[repr(C)]
pub struct Extra {
    class: Slot,
    slots: u16,
    /// How many inline values there is room for.
    capacity: u8,
    /// How many inline values are set.
    used: Cell<u8>,
    /// The order of the values, if they are few: the first in the lowest bits.
    order: Cell<u32>,
    /// Several threads of Rust code never share an object.
    _not_sync: UnsafeCell<()>,
}

const _: () = assert!(size_of::<Extra>() == size_of::<Slot>() + 8);

impl Extra {
    /// # Safety
    /// `obj` has the EXTRA flag and its payload is written.
    pub(crate) unsafe fn of(obj: &Obj) -> NonNull<Extra> {
        let end = match obj.kind() {
            Kind::INSTANCE => size_of::<crate::Header>(),
            // SAFETY: the kind says so.
            Kind::TUPLE => Tuple::end(unsafe { obj.payload_unchecked::<Tuple>() }.len()),
            kind => obj.heap().vtable(kind).end,
        };
        // SAFETY: the object was allocated with room for an `Extra` there.
        unsafe { obj.address().add(end).cast() }
    }

    /// # Safety
    /// There is room for `layout` at `at`.
    pub(crate) unsafe fn write(at: NonNull<Extra>, class: Obj, layout: ExtraLayout) {
        let capacity = layout.values.unwrap_or(0);
        // SAFETY: the caller gives the room; all-zero bytes are empty slots and an empty order.
        unsafe {
            at.cast::<u8>().write_bytes(0, layout.size());
            at.write(Extra {
                class: Slot::new(class),
                slots: layout.slots,
                capacity,
                used: Cell::new(match layout {
                    ExtraLayout { values: Some(_), .. } => 0,
                    ExtraLayout { dict: true, .. } => DETACHED,
                    _ => SLOTS_ONLY,
                }),
                order: Cell::new(0),
                _not_sync: UnsafeCell::new(()),
            });
        }
    }

    /// The object's class. `__class__ = …` replaces it.
    #[inline]
    pub fn class(&self) -> &Slot {
        &self.class
    }

    /// The `__dict__`, if it has come into being.
    #[inline]
    pub fn dict(&self) -> Option<Obj> {
        if self.is_inline() { None } else { self.values().first()?.get() }
    }

    /// Sets or deletes the `__dict__` and gives the one before: drop it when the caller is done.
    ///
    /// Panics while attributes are in the inline values (see [`Extra::detach`]), and if the layout said that there is no dict.
    pub fn set_dict(&self, dict: Option<Obj>) -> Option<Obj> {
        assert!(!self.is_inline(), "attributes are in the inline values or in the dict");
        self.values()[0].replace(dict)
    }

    /// Whether attributes are held in the inline values; otherwise they are in `dict`, or nowhere.
    #[inline]
    pub fn is_inline(&self) -> bool {
        self.used.get() < SLOTS_ONLY
    }

    /// How many inline values are set.
    #[inline]
    fn used(&self) -> usize {
        if self.is_inline() { self.used.get() as usize } else { 0 }
    }

    /// How many places there are before the slots.
    #[inline(always)]
    fn first_places(&self) -> usize {
        if self.used.get() == SLOTS_ONLY { 0 } else { (self.capacity as usize).max(1) }
    }

    /// The places of the inline values, the first of which is the dict's otherwise, and then the slots.
    #[inline(always)]
    fn places(&self) -> &[Slot] {
        // SAFETY: that many slots follow the struct.
        unsafe { std::slice::from_raw_parts((self as *const Extra).add(1).cast::<Slot>(), self.first_places() + self.slots as usize) }
    }

    #[inline(always)]
    fn values(&self) -> &[Slot] {
        &self.places()[..self.first_places()]
    }

    #[inline(always)]
    fn slots(&self) -> &[Slot] {
        &self.places()[self.first_places()..]
    }

    /// How many inline values there is room for.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.capacity as usize
    }

    /// Place `index` of the inline values, which have not been given up.
    ///
    /// Panics if there is no such place.
    #[inline]
    pub fn value(&self, index: usize) -> &Slot {
        assert!(index < self.capacity as usize, "an inline value's place is below the capacity");
        debug_assert!(self.is_inline());
        // SAFETY: `capacity` slots follow the struct.
        unsafe { &*(self as *const Extra).add(1).cast::<Slot>().add(index) }
    }

    /// The `__slots__` member at `index`.
    ///
    /// Panics if there is no such member.
    #[inline]
    pub fn slot(&self, index: usize) -> &Slot {
        &self.slots()[index]
    }

    /// How many `__slots__` members the object has.
    pub fn n_slots(&self) -> usize {
        self.slots as usize
    }

    /// The order of more values than the `Extra` has room for.
    fn order_cells(&self) -> &[Cell<u8>] {
        // SAFETY: `capacity` bytes follow the slots.
        unsafe { std::slice::from_raw_parts(self.places().as_ptr_range().end.cast(), self.capacity as usize) }
    }

    /// The place of the value that was set as number `i`.
    #[inline]
    fn nth(&self, i: usize) -> u8 {
        if self.capacity as usize <= ORDERED { (self.order.get() >> (4 * i)) as u8 & 0xF } else { self.order_cells()[i].get() }
    }

    #[inline]
    fn set_nth(&self, i: usize, place: u8) {
        if self.capacity as usize <= ORDERED {
            self.order.set(self.order.get() & !(0xF << (4 * i)) | u32::from(place) << (4 * i));
        } else {
            self.order_cells()[i].set(place);
        }
    }

    /// The places of the inline values that are set, in the order in which they were.
    pub fn order(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.used()).map(|i| self.nth(i) as usize)
    }

    /// Sets or deletes an inline value and gives what was there: drop it when the caller is done.
    pub fn set_value(&self, index: usize, value: Option<Obj>) -> Option<Obj> {
        let (was, is) = (!self.value(index).is_empty(), value.is_some());
        let before = self.value(index).replace(value);
        let used = self.used();
        if is && !was {
            self.set_nth(used, index as u8);
            self.used.set(used as u8 + 1);
        } else if was && !is {
            let at = self.order().position(|place| place == index).expect("a value that is set has its place in the order");
            (at..used - 1).for_each(|i| self.set_nth(i, self.nth(i + 1)));
            self.used.set(used as u8 - 1);
        }
        before
    }

    /// Gives up the inline values for good: `(place, value)` in order. From now on attributes are in `dict`.
    pub fn detach(&self) -> Vec<(usize, Obj)> {
        let values = self.order().filter_map(|place| Some((place, self.value(place).take()?))).collect();
        if self.is_inline() {
            self.used.set(DETACHED);
        }
        values
    }

    /// Every reference: slots, inline values in order of their places, or the dict, then the class (`subtype_traverse`).
    #[inline(always)]
    pub(crate) fn each(&self, visit: &mut impl FnMut(&Obj)) {
        // SAFETY: a visitor looks and changes nothing.
        unsafe {
            for place in self.slots() {
                if let Some(held) = place.borrow() {
                    visit(held);
                }
            }
            if self.used.get() > 0 {
                for place in self.values() {
                    if let Some(held) = place.borrow() {
                        visit(held);
                    }
                }
            }
            // A builtin class is no part of its instances.
            if let Some(class) = self.class.borrow()
                && !class.is_immortal()
            {
                visit(class);
            }
        }
    }

    /// How many places there are: slots, inline values (or dict), class.
    #[inline]
    pub(crate) fn n_places(&self) -> u32 {
        self.slots as u32 + self.first_places() as u32 + 1
    }

    /// The place whose turn it is when `left` are left, in the order of `subtype_dealloc`: slots, inline values (or dict), class.
    #[inline]
    pub(crate) fn place_in_dealloc_order(&self, left: u32) -> &Slot {
        if left == 1 {
            return &self.class;
        }
        let (values, slots, n) = (self.first_places(), self.slots as usize, (self.n_places() - left) as usize);
        let at = if n < slots { values + n } else { n - slots };
        // SAFETY: the values' places, then the slots follow the struct.
        unsafe { &*(self as *const Extra).add(1).cast::<Slot>().add(at) }
    }

    /// Gives away every attribute (`subtype_clear`); the class stays.
    pub(crate) fn clear(&self, give: &mut dyn FnMut(Obj)) {
        self.slots().iter().filter_map(Slot::take).for_each(&mut *give);
        self.values().iter().filter_map(Slot::take).for_each(give);
        if self.is_inline() {
            self.used.set(0);
        }
    }
}
