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
}

impl ExtraLayout {
    /// Bytes from the start of the `Extra` to its end.
    pub(crate) fn size(self) -> usize {
        let values = self.values.unwrap_or(0) as usize;
        size_of::<Extra>() + 8 * (values + self.slots as usize) + if values > ORDERED { values.next_multiple_of(8) } else { 0 }
    }
}

/// The order of so many inline values has room in the [`Extra`] itself.
const ORDERED: usize = 3;

/// Class and attributes of one object. In memory the inline values follow, then the slots, then the order of more than three values.
#[repr(C)]
pub struct Extra {
    class: Slot,
    dict: Slot,
    slots: u16,
    /// How many inline values there is room for.
    capacity: u8,
    /// How many inline values are set.
    used: Cell<u8>,
    /// Whether attributes are in the inline values; otherwise they are in `dict`, or nowhere.
    inline: Cell<bool>,
    /// The order of the values, if there are few.
    order: [Cell<u8>; ORDERED],
    /// Several threads of Rust code never share an object.
    _not_sync: UnsafeCell<()>,
}

const _: () = assert!(size_of::<Extra>() == 24);

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
                dict: Slot::empty(),
                slots: layout.slots,
                capacity,
                used: Cell::new(0),
                inline: Cell::new(layout.values.is_some()),
                order: Default::default(),
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
    pub fn dict(&self) -> &Slot {
        &self.dict
    }

    /// Whether attributes are held in the inline values.
    #[inline]
    pub fn is_inline(&self) -> bool {
        self.inline.get()
    }

    /// How many inline values there is room for.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.capacity as usize
    }

    /// Place `index` of the inline values.
    ///
    /// Panics if there is no such place.
    #[inline]
    pub fn value(&self, index: usize) -> &Slot {
        assert!(index < self.capacity as usize, "an inline value's place is below the capacity");
        // SAFETY: `capacity` slots follow the struct.
        unsafe { &*(self as *const Extra).add(1).cast::<Slot>().add(index) }
    }

    /// The `__slots__` member at `index`.
    ///
    /// Panics if there is no such member.
    #[inline]
    pub fn slot(&self, index: usize) -> &Slot {
        assert!(index < self.slots as usize, "a member's place is below the number of slots");
        // SAFETY: `slots` slots follow the inline values.
        unsafe { &*(self as *const Extra).add(1).cast::<Slot>().add(self.capacity as usize + index) }
    }

    /// How many `__slots__` members the object has.
    pub fn n_slots(&self) -> usize {
        self.slots as usize
    }

    fn order_cells(&self) -> &[Cell<u8>] {
        if self.capacity as usize <= ORDERED {
            return &self.order;
        }
        let places = self.capacity as usize + self.slots as usize;
        // SAFETY: `capacity` bytes follow the slots.
        unsafe {
            let at = (self as *const Extra).add(1).cast::<Slot>().add(places).cast::<Cell<u8>>();
            std::slice::from_raw_parts(at, self.capacity as usize)
        }
    }

    /// The places of the inline values that are set, in the order in which they were.
    pub fn order(&self) -> impl Iterator<Item = usize> + '_ {
        self.order_cells()[..self.used.get() as usize].iter().map(|place| place.get() as usize)
    }

    /// Sets or deletes an inline value and gives what was there: drop it when the caller is done.
    pub fn set_value(&self, index: usize, value: Option<Obj>) -> Option<Obj> {
        let (was, is) = (!self.value(index).is_empty(), value.is_some());
        let before = self.value(index).replace(value);
        let used = self.used.get() as usize;
        let order = self.order_cells();
        if is && !was {
            order[used].set(index as u8);
            self.used.set(used as u8 + 1);
        } else if was && !is {
            let at = order[..used].iter().position(|o| o.get() as usize == index).expect("a value that is set has its place in the order");
            for i in at..used - 1 {
                order[i].set(order[i + 1].get());
            }
            self.used.set(used as u8 - 1);
        }
        before
    }

    /// Gives up the inline values for good: `(place, value)` in order. From now on attributes are in `dict`.
    pub fn detach(&self) -> Vec<(usize, Obj)> {
        let values = self.order().filter_map(|place| Some((place, self.value(place).take()?))).collect();
        self.used.set(0);
        self.inline.set(false);
        values
    }

    /// Every reference: slots, inline values in order of their places, dict, class (`subtype_traverse`).
    #[inline(always)]
    pub(crate) fn each(&self, visit: &mut impl FnMut(&Obj)) {
        let mut look = |slot: &Slot| slot.with(|held| held.into_iter().for_each(&mut *visit));
        let (values, slots) = (self.capacity as usize, self.slots as usize);
        // SAFETY: `capacity` slots, then `slots` slots follow the struct.
        let places = unsafe { std::slice::from_raw_parts((self as *const Extra).add(1).cast::<Slot>(), values + slots) };
        places[values..].iter().for_each(&mut look);
        if self.used.get() > 0 {
            places[..values].iter().for_each(&mut look);
        }
        look(&self.dict);
        // A builtin class is no part of its instances.
        self.class.with(|held| held.into_iter().filter(|class| !class.is_immortal()).for_each(&mut *visit));
    }

    /// How many places there are: slots, inline values, dict, class.
    #[inline]
    pub(crate) fn places(&self) -> u32 {
        self.slots as u32 + self.capacity as u32 + 2
    }

    /// The place whose turn it is when `left` are left, in the order of `subtype_dealloc`: slots, inline values, dict, class.
    #[inline]
    pub(crate) fn place_in_dealloc_order(&self, left: u32) -> &Slot {
        match left {
            1 => &self.class,
            2 => &self.dict,
            _ => {
                let (values, n) = (self.capacity as usize, self.places() as usize - left as usize);
                let slots = self.slots as usize;
                let at = if n < slots { values + n } else { n - slots };
                // SAFETY: `capacity` slots, then `slots` slots follow the struct.
                unsafe { &*(self as *const Extra).add(1).cast::<Slot>().add(at) }
            }
        }
    }

    /// Gives away every attribute (`subtype_clear`); the class stays.
    pub(crate) fn clear(&self, give: &mut dyn FnMut(Obj)) {
        (0..self.n_slots()).filter_map(|i| self.slot(i).take()).for_each(&mut *give);
        (0..self.capacity()).filter_map(|i| self.value(i).take()).for_each(&mut *give);
        self.used.set(0);
        self.dict.take().into_iter().for_each(give);
    }
}
