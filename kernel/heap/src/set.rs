//! `set` and `frozenset`: CPython's open table (`Objects/setobject.c`), runs of ten neighbours, then a perturbed jump.
//!
//! Invariant: probing and growth are CPython's, because the order of iteration and `sys.getsizeof` show them. A place is empty, a
//! dummy (its key was removed), or holds a key and its hash. No borrow of the table is held while a count falls or a comparison runs.

use std::alloc::{Layout, alloc_zeroed, handle_alloc_error};
use std::cell::{Cell, UnsafeCell};
use std::ptr::NonNull;

use crate::dict::Dict;
use crate::edges::prefetch;
use crate::kind::Kind;
use crate::object::Obj;
use crate::payload::{Payload, Visit};
use crate::refcount::Trash;
use crate::system::populate_buffer;

const MINSIZE: usize = 8;
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;
/// A table that is filled anew asks so many keys before for the place of each.
const AHEAD: usize = 16;
/// The hash in a dummy's place, which no key has.
const DUMMY: i64 = -1;

struct Entry {
    key: Option<Obj>,
    hash: i64,
}

impl Entry {
    #[inline]
    fn is_unused(&self) -> bool {
        self.key.is_none() && self.hash != DUMMY
    }
}

/// The payload of a `set`.
pub struct Set {
    /// Empty while CPython would use its small table and nothing was ever put in; else a power of two long.
    table: UnsafeCell<Vec<Entry>>,
    /// Places that are not empty.
    fill: Cell<u32>,
    /// Places that hold a key.
    used: Cell<u32>,
    finger: Cell<u32>,
    /// CPython's table is its own allocation, not the small one in the object.
    large: Cell<bool>,
    version: Cell<u32>,
    /// A `frozenset`'s hash, once it was asked for; -1 before.
    pub hash: Cell<i64>,
}

/// The payload of a `frozenset`.
#[repr(transparent)]
pub struct FrozenSet(
    /// What it holds.
    pub Set,
);

impl Obj {
    /// The payload of a `set` or a `frozenset`.
    #[inline]
    pub fn as_set(&self) -> Option<&Set> {
        match self.kind() {
            // SAFETY: the kind says which payload it is.
            Kind::SET => Some(unsafe { self.payload_unchecked::<Set>() }),
            // SAFETY: as above.
            Kind::FROZENSET => Some(&unsafe { self.payload_unchecked::<FrozenSet>() }.0),
            _ => None,
        }
    }
}

/// CPython's walk: `LINEAR_PROBES` neighbours if they are within the table, then the next perturbed place.
struct Probe {
    at: usize,
    left: usize,
    base: usize,
    perturb: u64,
    mask: usize,
}

impl Probe {
    #[inline]
    fn new(hash: i64, mask: usize) -> Probe {
        let base = hash as usize & mask;
        Probe { at: base, left: Probe::run(base, mask), base, perturb: hash as u64, mask }
    }

    #[inline]
    fn run(base: usize, mask: usize) -> usize {
        if base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 }
    }

    #[inline]
    fn step(&mut self) {
        if self.left > 0 {
            self.left -= 1;
            self.at += 1;
            return;
        }
        self.perturb >>= PERTURB_SHIFT;
        self.base = (self.base as u64).wrapping_mul(5).wrapping_add(1).wrapping_add(self.perturb) as usize & self.mask;
        self.at = self.base;
        self.left = Probe::run(self.base, self.mask);
    }
}

/// `set_insert_clean`: puts a key that is not there into a table without dummies.
fn insert_clean(table: &mut [Entry], key: Obj, hash: i64) {
    let mut probe = Probe::new(hash, table.len() - 1);
    while table[probe.at].key.is_some() {
        probe.step();
    }
    table[probe.at] = Entry { key: Some(key), hash };
}

/// Memory that is fresh from the system is zero already.
fn empty_table(size: usize) -> Vec<Entry> {
    let layout = Layout::array::<Entry>(size).expect("a set's table has fewer bytes than there are addresses");
    // SAFETY: the size is not zero; an entry of zeros is an unused one.
    unsafe {
        let Some(table) = NonNull::new(alloc_zeroed(layout).cast::<Entry>()) else { handle_alloc_error(layout) };
        populate_buffer(table.cast(), layout.size());
        Vec::from_raw_parts(table.as_ptr(), size, size)
    }
}

impl Set {
    /// An empty set.
    pub fn new() -> Set {
        Set {
            table: UnsafeCell::default(),
            fill: Cell::new(0),
            used: Cell::new(0),
            finger: Cell::new(0),
            large: Cell::new(false),
            version: Cell::new(0),
            hash: Cell::new(-1),
        }
    }

    #[inline]
    fn table(&self) -> &[Entry] {
        // SAFETY: a reference into the table never lives across a change of it, nor across foreign code: every method sees to it.
        unsafe { &*self.table.get() }
    }

    #[expect(clippy::mut_from_ref, reason = "the table changes behind a shared reference, as every payload does")]
    #[inline]
    fn table_mut(&self) -> &mut Vec<Entry> {
        // SAFETY: as in `table`.
        unsafe { &mut *self.table.get() }
    }

    #[inline]
    fn mask(&self) -> usize {
        self.table().len().max(MINSIZE) - 1
    }

    /// How many keys.
    #[inline]
    pub fn len(&self) -> usize {
        self.used.get() as usize
    }

    /// Whether there are no keys.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.used.get() == 0
    }

    /// Changes with every change.
    pub fn version(&self) -> u32 {
        self.version.get()
    }

    fn changed(&self) {
        self.version.set(self.version.get().wrapping_add(1));
    }

    /// The place of a key, or where it would go (`set_lookkey`, `set_add_entry`): the last dummy on the way, or the end of it. `eq` compares a key in the table, which has
    /// the same hash, with the one looked for; it is asked only where the heap cannot tell, and the search starts again if the table
    /// changed meanwhile.
    fn look<E>(&self, key: &Obj, hash: i64, mut eq: impl FnMut(&Obj) -> Result<bool, E>) -> Result<Result<usize, usize>, E> {
        'restart: loop {
            let mut table = self.table();
            let at = (table.as_ptr(), table.len());
            let mut probe = Probe::new(hash, table.len() - 1);
            let mut free = None;
            loop {
                let entry = &table[probe.at];
                if entry.is_unused() {
                    return Ok(Err(free.unwrap_or(probe.at)));
                }
                if entry.hash == DUMMY {
                    free = Some(probe.at);
                }
                if entry.hash == hash
                    && let Some(found) = &entry.key
                {
                    match found.quick_eq(key) {
                        Some(true) => return Ok(Ok(probe.at)),
                        Some(false) => {}
                        None => {
                            let start = found.clone();
                            let bits = start.bits();
                            let equal = eq(&start);
                            drop(start);
                            let equal = equal?;
                            if self.table().is_empty() {
                                *self.table_mut() = empty_table(MINSIZE);
                            }
                            // Only what is still the same table and the same key was compared.
                            table = self.table();
                            let same = at == (table.as_ptr(), table.len());
                            if !(same && table[probe.at].key.as_ref().is_some_and(|key| key.bits() == bits)) {
                                continue 'restart;
                            }
                            if equal {
                                return Ok(Ok(probe.at));
                            }
                        }
                    }
                }
                probe.step();
            }
        }
    }

    /// Whether a key is there. `eq`: see [`Dict::find`].
    pub fn contains<E>(&self, key: &Obj, hash: i64, eq: impl FnMut(&Obj) -> Result<bool, E>) -> Result<bool, E> {
        if self.table().is_empty() {
            return Ok(false);
        }
        Ok(self.look(key, hash, eq)?.is_ok())
    }

    /// Adds a key (`set_add_entry`); false if it was there. `eq`: see [`Dict::find`].
    pub fn add<E>(&self, key: &Obj, hash: i64, eq: impl FnMut(&Obj) -> Result<bool, E>) -> Result<bool, E> {
        if self.table().is_empty() {
            *self.table_mut() = empty_table(MINSIZE);
        }
        let Err(place) = self.look(key, hash, eq)? else { return Ok(false) };
        let before = std::mem::replace(&mut self.table_mut()[place], Entry { key: Some(key.clone()), hash });
        self.used.set(self.used.get() + 1);
        self.changed();
        if before.hash == DUMMY {
            return Ok(true);
        }
        self.fill.set(self.fill.get() + 1);
        if self.fill.get() as usize * 5 >= self.mask() * 3 {
            let used = self.len();
            self.resize(if used > 50_000 { used * 2 } else { used * 4 });
        }
        Ok(true)
    }

    /// `set_table_resize`: a table with more than `min` places, without dummies.
    fn resize(&self, min: usize) {
        let mut size = MINSIZE;
        while size <= min {
            size <<= 1;
        }
        if size == MINSIZE && !self.large.get() && self.fill == self.used {
            return;
        }
        self.large.set(size > MINSIZE);
        let mut old = std::mem::take(self.table_mut());
        let mut new = empty_table(size);
        for at in 0..old.len() {
            if let Some(soon) = old.get(at + AHEAD) {
                prefetch(NonNull::from(&new[soon.hash as usize & (size - 1)]).cast());
            }
            if let Some(key) = old[at].key.take() {
                insert_clean(&mut new, key, old[at].hash);
            }
        }
        *self.table_mut() = new;
        self.fill.set(self.used.get());
    }

    /// Makes room for `more` keys at once, as `set.update` does for a set or a dict of that length.
    pub fn reserve(&self, more: usize) {
        if (self.fill.get() as usize + more) * 5 >= self.mask() * 3 {
            self.resize((self.len() + more) * 2);
        }
    }

    /// `set_merge`, as far as it needs no comparison: makes room, and fills an empty set. False if the keys are still to be added one by one.
    pub fn start_merge(&self, other: &Set) -> bool {
        if std::ptr::eq(self, other) || other.is_empty() {
            return true;
        }
        self.reserve(other.len());
        if self.fill.get() > 0 {
            return false;
        }
        if self.table().is_empty() {
            *self.table_mut() = empty_table(MINSIZE);
        }
        let (mine, theirs) = (self.table_mut(), other.table());
        let as_it_stands = mine.len() == theirs.len() && other.fill == other.used;
        for (i, entry) in theirs.iter().enumerate() {
            if let Some(key) = &entry.key {
                if as_it_stands {
                    mine[i] = Entry { key: Some(key.clone()), hash: entry.hash };
                } else {
                    insert_clean(mine, key.clone(), entry.hash);
                }
            }
        }
        self.fill.set(other.used.get());
        self.used.set(other.used.get());
        self.changed();
        true
    }

    /// Removes a key and gives it (`set_discard_entry`). `eq`: see [`Dict::find`].
    pub fn remove<E>(&self, key: &Obj, hash: i64, eq: impl FnMut(&Obj) -> Result<bool, E>) -> Result<Option<Obj>, E> {
        if self.table().is_empty() {
            return Ok(None);
        }
        Ok(self.look(key, hash, eq)?.ok().and_then(|place| self.take_at(place)))
    }

    fn take_at(&self, place: usize) -> Option<Obj> {
        let taken = std::mem::replace(&mut self.table_mut()[place], Entry { key: None, hash: DUMMY });
        self.used.set(self.used.get() - 1);
        self.changed();
        taken.key
    }

    /// `set.pop`: takes some key out, the next one behind the last that was popped.
    pub fn pop(&self) -> Option<Obj> {
        if self.is_empty() {
            return None;
        }
        let mask = self.mask();
        let mut place = self.finger.get() as usize & mask;
        while self.table()[place].key.is_none() {
            place = (place + 1) & mask;
        }
        self.finger.set(place as u32 + 1);
        self.take_at(place)
    }

    /// `set_next`: key and hash at or behind place `position`, which moves on.
    #[inline]
    pub fn next_entry(&self, position: &mut usize) -> Option<(Obj, i64)> {
        while let Some(entry) = self.table().get(*position) {
            *position += 1;
            if let Some(key) = &entry.key {
                return Some((key.clone(), entry.hash));
            }
        }
        None
    }

    /// New references to all keys, in the order of iteration.
    pub fn to_vec(&self) -> Vec<Obj> {
        self.table().iter().filter_map(|entry| entry.key.clone()).collect()
    }

    /// The hashes of all keys.
    pub fn hashes(&self) -> impl Iterator<Item = i64> + '_ {
        self.table().iter().filter(|entry| entry.key.is_some()).map(|entry| entry.hash)
    }

    /// Takes everything out: the caller drops it.
    pub fn take(&self) -> Set {
        let taken = Set::new();
        self.swap(&taken);
        self.finger.set(taken.finger.get());
        taken
    }

    /// Gets rid of dummies, if more than a quarter of the places are.
    pub fn drop_dummies(&self) {
        if (self.fill.get() - self.used.get()) as usize > self.mask() / 4 {
            let used = self.len();
            self.resize(if used > 50_000 { used * 2 } else { used * 4 });
        }
    }

    /// Exchanges what two sets hold (`set_swap_bodies`).
    pub fn swap(&self, other: &Set) {
        std::mem::swap(self.table_mut(), other.table_mut());
        self.fill.swap(&other.fill);
        self.used.swap(&other.used);
        self.large.swap(&other.large);
        self.changed();
        other.changed();
    }

    /// Adds the keys of a dict's room: see [`Set::reserve`].
    pub fn reserve_for_dict(&self, dict: &Dict) {
        self.reserve(dict.len());
    }

    /// What `sys.getsizeof` shows for an exact set on a 64-bit machine, the collector's header included.
    pub fn sizeof_model(&self) -> usize {
        216 + if self.large.get() { 16 * self.table().len() } else { 0 }
    }

    fn give_all(&self, trash: &mut Trash<'_>) {
        let taken = self.take();
        for entry in std::mem::take(taken.table_mut()) {
            if let Some(key) = entry.key {
                trash.push(key);
            }
        }
    }
}

impl Default for Set {
    fn default() -> Set {
        Set::new()
    }
}

impl Payload for Set {
    const KIND: Kind = Kind::SET;
    const SIZE: usize = 56;

    fn traverse(&self, visit: Visit<'_>) {
        self.table().iter().filter_map(|entry| entry.key.as_ref()).for_each(visit);
    }

    fn clear(&self, trash: &mut Trash<'_>) {
        self.give_all(trash);
    }

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.give_all(trash);
    }
}

impl Payload for FrozenSet {
    const KIND: Kind = Kind::FROZENSET;
    const SIZE: usize = Set::SIZE;

    fn traverse(&self, visit: Visit<'_>) {
        self.0.traverse(visit);
    }

    fn clear(&self, trash: &mut Trash<'_>) {
        self.0.give_all(trash);
    }

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.0.give_all(trash);
    }
}
