//! `dict`: CPython's compact table (`Objects/dictobject.c`), an index into a row of entries in insertion order.
//!
//! Invariant: probing, growth and the two shapes of entries are CPython's, because order of comparisons, `sys.getsizeof` and
//! `gc.get_referents` show them. While all keys are exact strings, entries are 16 bytes and no comparison runs Python code. No
//! borrow of the table is held while a count falls or a comparison runs.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::UnsafeCell;
use std::ptr::NonNull;

use crate::census::Label;
use crate::kind::Kind;
use crate::leaf::Str;
use crate::object::Obj;
use crate::payload::{Payload, Visit};
use crate::refcount::Trash;
use crate::slot::Slot;

const EMPTY: i32 = -1;
const DUMMY: i32 = -2;
const PERTURB_SHIFT: u32 = 5;
const LOG_MINSIZE: u8 = 3;
/// The table of a class's shared keys has 64 places (`NEXT_LOG2_MAXSIZE`).
const SHARED_KEYS_LOG_SIZE: u8 = 6;

/// What a dict knows of its entries; the [`Head`] in front of them tells the rest.
struct Table {
    /// The shared empty head, or an allocation of this table's own: head, indices (one, two or four bytes each), then room for
    /// `usable_fraction(1 << log2_size)` entries.
    head: NonNull<Head>,
    /// Entries that hold a value (`ma_used`).
    used: u32,
    /// The room of the shared keys, if CPython's dict would be a split one; for `sys.getsizeof` only.
    split: u8,
    /// Counts the changes of an `OrderedDict`, skipping 0; 0 is a dict of any other class. Beside its table CPython's `OrderedDict` has a
    /// list of nodes, each with a count on its key: so every key here is held twice.
    order: u16,
}

/// CPython's `PyDictKeysObject`. Of an empty dict none is in memory of its own, so that a dict is two words behind its header.
#[repr(C)]
#[derive(Clone, Copy)]
struct Head {
    /// How many more entries fit (`dk_usable`).
    usable: u32,
    /// Entries in use, holes of deleted ones included (`dk_nentries`).
    n_entries: u32,
    /// The number that caches know these keys by, 0 before anybody asked.
    keys_version: u32,
    /// 0 is the shared empty table: no room at all.
    log2_size: u8,
    /// Of the bytes that the indices take (`dk_log2_index_bytes`).
    log2_index_bytes: u8,
    /// All keys are exact strings, and entries are key and value; otherwise key, value and hash.
    unicode: bool,
}

/// What every dict without room of its own points to. It is never written to.
static NO_KEYS: Head = Head { usable: 0, n_entries: 0, keys_version: KEYS_OF_NONE, log2_size: 0, log2_index_bytes: 0, unicode: true };
/// The `keys_version` of all dicts without keys.
const KEYS_OF_NONE: u32 = 1;
/// The first `keys_version` that is given to a dict.
pub(crate) const FIRST_KEYS_VERSION: u32 = KEYS_OF_NONE + 1;

const _: () = assert!(size_of::<Head>() == 16 && size_of::<Dict>() == 8 + size_of::<usize>());

/// An entry of a general table; one of a table of strings ends before the hash.
#[repr(C)]
struct Entry {
    key: Option<Obj>,
    value: Option<Obj>,
    hash: i64,
}

const UNICODE_ENTRY: usize = std::mem::offset_of!(Entry, hash);

const fn usable_fraction(size: usize) -> usize {
    (size << 1) / 3
}

/// `calculate_log2_keysize`.
fn log2_keysize(min: usize) -> u8 {
    (usize::BITS - (min.saturating_sub(1) | 7).leading_zeros()) as u8
}

/// `estimate_log2_keysize`.
fn estimate_log2_keysize(n: usize) -> u8 {
    log2_keysize((n * 3).div_ceil(2))
}

impl Table {
    const fn shared_empty() -> Table {
        Table { head: NonNull::from_ref(&NO_KEYS), used: 0, split: 0, order: 0 }
    }

    fn new(log2_size: u8, unicode: bool) -> Table {
        let (layout, log2_index_bytes) = Table::layout(log2_size, unicode);
        let usable = usable_fraction(1 << log2_size) as u32;
        // SAFETY: the layout is not empty; every index starts as EMPTY, which is all ones in any width.
        unsafe {
            let Some(at) = NonNull::new(alloc(layout)) else { handle_alloc_error(layout) };
            at.cast().write(Head { usable, n_entries: 0, keys_version: 0, log2_size, log2_index_bytes, unicode });
            at.add(size_of::<Head>()).write_bytes(0xFF, 1 << log2_index_bytes);
            Table { head: at.cast(), used: 0, split: 0, order: 0 }
        }
    }

    fn layout(log2_size: u8, unicode: bool) -> (Layout, u8) {
        let log2_index_bytes = log2_size + Table::index_shift(log2_size);
        let size = size_of::<Head>() + (1 << log2_index_bytes) + usable_fraction(1 << log2_size) * if unicode { 16 } else { 24 };
        (Layout::from_size_align(size, 8).expect("a dict has fewer than 2^31 entries"), log2_index_bytes)
    }

    #[inline(always)]
    fn head(&self) -> &Head {
        // SAFETY: the head lives as long as the table.
        unsafe { self.head.as_ref() }
    }

    /// The head, to change it: not for the shared one.
    #[inline(always)]
    fn head_mut(&mut self) -> &mut Head {
        debug_assert!(!self.is_shared());
        // SAFETY: the head is this table's own.
        unsafe { self.head.as_mut() }
    }

    /// Whether there is no room of its own.
    #[inline]
    fn is_shared(&self) -> bool {
        self.head().log2_size == 0
    }

    /// Where the indices begin.
    #[inline(always)]
    fn indices(&self) -> NonNull<u8> {
        // SAFETY: the indices follow the head.
        unsafe { self.head.cast::<u8>().add(size_of::<Head>()) }
    }

    #[inline(always)]
    fn unicode(&self) -> bool {
        self.head().unicode
    }

    #[inline(always)]
    fn n_entries(&self) -> usize {
        self.head().n_entries as usize
    }

    #[inline]
    const fn index_shift(log2_size: u8) -> u8 {
        match log2_size {
            0..8 => 0,
            8..16 => 1,
            16..32 => 2,
            _ => panic!("a dict has fewer than 2^31 entries"),
        }
    }

    #[inline]
    fn mask(&self) -> usize {
        (1 << self.head().log2_size) - 1
    }

    #[inline]
    fn index(&self, i: usize) -> i32 {
        debug_assert!(i <= self.mask() && !self.is_shared());
        // SAFETY: i is masked, and the indices come first.
        unsafe {
            match Table::index_shift(self.head().log2_size) {
                0 => i32::from(self.indices().cast::<i8>().add(i).read()),
                1 => i32::from(self.indices().cast::<i16>().add(i).read()),
                _ => self.indices().cast::<i32>().add(i).read(),
            }
        }
    }

    #[inline]
    fn set_index(&mut self, i: usize, index: i32) {
        debug_assert!(i <= self.mask() && !self.is_shared());
        // SAFETY: i is masked, and the indices come first.
        unsafe {
            match Table::index_shift(self.head().log2_size) {
                0 => self.indices().cast::<i8>().add(i).write(index as i8),
                1 => self.indices().cast::<i16>().add(i).write(index as i16),
                _ => self.indices().cast::<i32>().add(i).write(index),
            }
        }
    }

    #[inline]
    fn stride(&self) -> usize {
        if self.unicode() { UNICODE_ENTRY } else { size_of::<Entry>() }
    }

    /// Where entry `i` stands. Of a table of strings, the hash is not there to be read.
    #[inline]
    fn entry(&self, i: usize) -> *mut Entry {
        debug_assert!(!self.is_shared());
        let indices = 1_usize << self.head().log2_index_bytes;
        // SAFETY: the entries follow the indices in the same allocation, and i is within the room.
        unsafe { self.indices().add(indices + i * self.stride()) }.cast().as_ptr()
    }

    /// A look at the key of entry `i`, a hole's being nothing.
    #[inline]
    fn key(&self, i: usize) -> Option<&Obj> {
        debug_assert!(i < self.n_entries());
        // SAFETY: below `n_entries` the fields are written.
        unsafe { (*self.entry(i)).key.as_ref() }
    }

    #[inline]
    fn value(&self, i: usize) -> Option<&Obj> {
        debug_assert!(i < self.n_entries());
        // SAFETY: as in `key`.
        unsafe { (*self.entry(i)).value.as_ref() }
    }

    #[inline]
    fn hash(&self, i: usize) -> i64 {
        if self.unicode() {
            // SAFETY: keys of such a table are exact strings.
            self.key(i).map_or(0, |key| unsafe { key.payload_unchecked::<Str>() }.hash_value())
        } else {
            // SAFETY: general entries have a hash.
            unsafe { (&raw const (*self.entry(i)).hash).read() }
        }
    }

    /// Takes entry `i` out and leaves a hole. The index is the caller's to change.
    #[inline]
    fn take_entry(&mut self, i: usize) -> Option<(Obj, Obj)> {
        let at = self.entry(i);
        // SAFETY: below `n_entries` the fields are written.
        unsafe { (&raw mut (*at).key).replace(None).zip((&raw mut (*at).value).replace(None)) }
    }

    /// Gives up the count that the node of an ordered dict had on a key that was taken out.
    #[inline]
    fn leave_order(&self, entry: &Option<(Obj, Obj)>) {
        if self.order != 0
            && let Some((key, _)) = entry
        {
            // SAFETY: an ordered dict's key has a second count, which `enter_order` took.
            drop(unsafe { Obj::from_bits(key.bits()) });
        }
    }

    /// Takes the count that the node of an ordered dict has on a new key.
    #[inline]
    fn enter_order(&mut self, key: &Obj) {
        if self.order != 0 {
            std::mem::forget(key.clone());
            self.next_order();
        }
    }

    /// An ordered dict has changed.
    #[inline]
    fn next_order(&mut self) {
        if self.order != 0 {
            self.order = self.order.checked_add(1).unwrap_or(1);
        }
    }

    /// The place in the indices that leads to entry `index` (`lookdict_index`).
    fn place_of(&self, hash: i64, index: usize) -> usize {
        let mut probe = Probe::new(hash, self.mask());
        while self.index(probe.at) != index as i32 {
            probe.step();
        }
        probe.at
    }

    /// Writes a new entry, for which there is room, behind the others.
    #[inline]
    fn append(&mut self, key: Obj, hash: i64, value: Obj) {
        debug_assert!(self.head().usable > 0 && (!self.unicode() || key.kind() == Kind::STR));
        let mut probe = Probe::new(hash, self.mask());
        while self.index(probe.at) >= 0 {
            probe.step();
        }
        let i = self.n_entries();
        self.set_index(probe.at, i as i32);
        let at = self.entry(i);
        // SAFETY: `usable` says that there is room for one more.
        unsafe {
            (&raw mut (*at).key).write(Some(key));
            (&raw mut (*at).value).write(Some(value));
            if !self.unicode() {
                (&raw mut (*at).hash).write(hash);
            }
        }
        let head = self.head_mut();
        head.usable -= 1;
        head.n_entries += 1;
        self.used += 1;
    }

    /// `unicodekeys_lookup_unicode`: the entry of an exact string, in a table of strings.
    #[inline]
    fn find_str(&self, key: &Obj, hash: i64) -> Option<usize> {
        if self.used == 0 {
            return None;
        }
        match Table::index_shift(self.head().log2_size) {
            0 => self.find_str_by::<i8>(key, hash),
            1 => self.find_str_by::<i16>(key, hash),
            _ => self.find_str_by::<i32>(key, hash),
        }
    }

    #[inline(always)]
    fn find_str_by<I: Copy + Into<i32>>(&self, key: &Obj, hash: i64) -> Option<usize> {
        let indices: *const I = self.indices().cast().as_ptr();
        let entries: *const [Option<Obj>; 2] = self.entry(0).cast();
        let mut probe = Probe::new(hash, self.mask());
        loop {
            // SAFETY: the probe is masked, and an index that is not negative leads to an entry, whose key here is a string.
            unsafe {
                let index: i32 = (*indices.add(probe.at)).into();
                if index >= 0 {
                    if let Some(found) = &(*entries.add(index as usize))[0]
                        && (found.is(key) || same_text(found, key, hash))
                    {
                        return Some(index as usize);
                    }
                } else if index == EMPTY {
                    return None;
                }
            }
            probe.step();
        }
    }

    /// `dictresize`: moves all entries to a new table, without the holes.
    fn resized(mut self, log2_size: u8, unicode: bool) -> Table {
        let mut new = Table::new(log2_size, unicode && self.unicode());
        for i in 0..self.n_entries() {
            let hash = self.hash(i);
            if let Some((key, value)) = self.take_entry(i) {
                new.append(key, hash, value);
            }
        }
        if !self.is_shared() {
            self.head_mut().n_entries = 0;
        }
        new
    }
}

/// # Safety
/// Both are exact strings.
#[inline]
unsafe fn same_text(found: &Obj, key: &Obj, hash: i64) -> bool {
    // SAFETY: the caller's word.
    let (found, key) = unsafe { (found.payload_unchecked::<Str>(), key.payload_unchecked::<Str>()) };
    found.hash.get() == hash && found.as_bytes() == key.as_bytes()
}

impl Clone for Table {
    /// `clone_combined_dict_keys`: the same table, holes and all.
    fn clone(&self) -> Table {
        if self.is_shared() {
            let mut copy = Table::shared_empty();
            copy.split = self.split;
            return copy;
        }
        let (layout, log2_index_bytes) = Table::layout(self.head().log2_size, self.unicode());
        // SAFETY: the copy's entries get counts of their own before anybody sees it.
        unsafe {
            let Some(at) = NonNull::new(alloc(layout)) else { handle_alloc_error(layout) };
            at.copy_from_nonoverlapping(self.head.cast(), size_of::<Head>() + (1 << log2_index_bytes) + self.n_entries() * self.stride());
            for i in 0..self.n_entries() {
                std::mem::forget((self.key(i).cloned(), self.value(i).cloned()));
            }
            let mut copy = Table { head: at.cast(), used: self.used, split: self.split, order: 0 };
            copy.head_mut().keys_version = 0;
            copy
        }
    }
}

impl Drop for Table {
    /// Releases the entries in order, each key before its value, then the room.
    fn drop(&mut self) {
        if self.is_shared() {
            return;
        }
        for i in 0..self.n_entries() {
            let entry = self.take_entry(i);
            self.leave_order(&entry);
            drop(entry);
        }
        // SAFETY: allocated with this layout.
        unsafe { dealloc(self.head.as_ptr().cast(), Table::layout(self.head().log2_size, self.unicode()).0) };
    }
}

/// CPython's walk through a table: `i = i * 5 + perturb + 1`.
struct Probe {
    at: usize,
    perturb: u64,
    mask: usize,
}

impl Probe {
    #[inline(always)]
    fn new(hash: i64, mask: usize) -> Probe {
        Probe { at: hash as usize & mask, perturb: hash as u64, mask }
    }

    #[inline(always)]
    fn step(&mut self) {
        self.perturb >>= PERTURB_SHIFT;
        self.at = (self.at as u64).wrapping_mul(5).wrapping_add(self.perturb).wrapping_add(1) as usize & self.mask;
    }
}

/// The payload of a `dict`.
pub struct Dict {
    table: UnsafeCell<Table>,
}

impl Dict {
    /// An empty dict.
    #[inline]
    pub fn new() -> Dict {
        Dict::with_table(Table::shared_empty())
    }

    fn with_table(table: Table) -> Dict {
        Dict { table: UnsafeCell::new(table) }
    }

    /// An empty dict with room for `n` entries (`dict_new_presized`); `unicode` if all keys will be exact strings.
    pub fn with_room(n: usize, unicode: bool) -> Dict {
        if n <= usable_fraction(8) {
            return Dict::new();
        }
        Dict::with_table(Table::new(if n > usable_fraction(1 << 17) { 17 } else { estimate_log2_keysize(n) }, unicode))
    }

    #[inline]
    fn table(&self) -> &Table {
        // SAFETY: a reference into the table never lives across a change of it, nor across foreign code: every method sees to it.
        unsafe { &*self.table.get() }
    }

    #[expect(clippy::mut_from_ref, reason = "the table changes behind a shared reference, as every payload does")]
    #[inline]
    fn table_mut(&self) -> &mut Table {
        // SAFETY: as in `table`.
        unsafe { &mut *self.table.get() }
    }

    /// The keys are others now: no cache knows them.
    #[inline]
    fn keys_changed(&self) {
        let table = self.table_mut();
        if !table.is_shared() {
            table.head_mut().keys_version = 0;
        }
    }

    /// Puts another table in; gives the one before, and keeps what is known of CPython's dict.
    fn exchange(&self, mut table: Table) -> Table {
        table.split = self.table().split;
        table.order = self.table().order;
        std::mem::replace(self.table_mut(), table)
    }

    /// How many keys.
    #[inline]
    pub fn len(&self) -> usize {
        self.table().used as usize
    }

    /// Whether there are no keys.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the table has the shape for exact strings as keys (`DICT_KEYS_UNICODE`).
    #[inline]
    pub fn is_all_str(&self) -> bool {
        self.table().unicode()
    }

    /// The value of an exact `str`.
    ///
    /// Only for keys that are exact strings; any other is not found.
    #[inline]
    pub fn get_str_key(&self, key: &Obj) -> Option<Obj> {
        let index = self.find_str_key(key)?;
        self.table().value(index).cloned()
    }

    /// The entry of an exact `str`: good for [`Dict::value_at`] as long as the keys' version stays.
    #[inline]
    pub fn find_str_key(&self, key: &Obj) -> Option<usize> {
        let table = self.table();
        if key.kind() != Kind::STR {
            return None;
        }
        // SAFETY: the kind was just looked at.
        let hash = unsafe { key.payload_unchecked::<Str>() }.hash_value();
        if table.unicode() { table.find_str(key, hash) } else { self.find_str_in_general(key, hash) }
    }

    /// In a table where other keys are, too; none of them is asked.
    #[cold]
    fn find_str_in_general(&self, key: &Obj, hash: i64) -> Option<usize> {
        let found = self.find(key, hash, |_| Ok::<bool, std::convert::Infallible>(false));
        match found {
            Ok(found) => found,
        }
    }

    /// The value of a key that is thought to stand at this entry; nothing if it does not.
    #[inline]
    pub fn value_of(&self, index: usize, key: &Obj) -> Option<Obj> {
        let table = self.table();
        if index >= table.n_entries() || !table.key(index).is_some_and(|found| found.is(key)) {
            return None;
        }
        table.value(index).cloned()
    }

    /// Sets the value of an exact `str`; gives the one before.
    ///
    /// Panics if the key is not an exact `str`.
    #[inline]
    pub fn set_str_key(&self, key: &Obj, value: Obj) -> Option<Obj> {
        match self.find_str_key(key) {
            Some(index) => Some(self.replace_value(index, value)),
            None => {
                let hash = key.get::<Str>().filter(|_| key.kind() == Kind::STR).expect("the key is an exact str").hash_value();
                self.insert_new(key.clone(), hash, value);
                None
            }
        }
    }

    /// Removes an exact `str`; gives the key and the value that were there.
    pub fn remove_str_key(&self, key: &Obj) -> Option<(Obj, Obj)> {
        let index = self.find_str_key(key)?;
        self.remove_at(index)
    }

    /// `_Py_dict_lookup`: the entry of any key. `eq` compares a key in the table, which has the same hash, with the one looked for; it
    /// is asked only where the heap cannot tell, and the search starts again if the table changed meanwhile.
    #[inline]
    pub fn find<E>(&self, key: &Obj, hash: i64, eq: impl FnMut(&Obj) -> Result<bool, E>) -> Result<Option<usize>, E> {
        let table = self.table();
        if table.used == 0 {
            return Ok(None);
        }
        if table.unicode() && key.kind() == Kind::STR {
            return Ok(table.find_str(key, hash));
        }
        self.find_any(key, hash, eq)
    }

    fn find_any<E>(&self, key: &Obj, hash: i64, mut eq: impl FnMut(&Obj) -> Result<bool, E>) -> Result<Option<usize>, E> {
        'restart: loop {
            let mut table = self.table();
            if table.used == 0 {
                return Ok(None);
            }
            let (head, log2_size, unicode) = (table.head, table.head().log2_size, table.unicode());
            let mut probe = Probe::new(hash, table.mask());
            loop {
                let index = table.index(probe.at);
                if index == EMPTY {
                    return Ok(None);
                }
                if index >= 0
                    && let Some(found) = table.key(index as usize)
                {
                    let index = index as usize;
                    if found.is(key) {
                        return Ok(Some(index));
                    }
                    if table.hash(index) == hash {
                        match found.quick_eq(key) {
                            Some(true) => return Ok(Some(index)),
                            Some(false) => {}
                            None => {
                                let start = found.clone();
                                let bits = start.bits();
                                let equal = eq(&start);
                                drop(start);
                                let equal = equal?;
                                // Only what is still the same table and the same key was compared.
                                table = self.table();
                                let same =
                                    (table.head, table.head().log2_size, table.unicode()) == (head, log2_size, unicode) && table.used > 0;
                                if !(same && index < table.n_entries() && table.key(index).is_some_and(|key| key.bits() == bits)) {
                                    continue 'restart;
                                }
                                if equal {
                                    return Ok(Some(index));
                                }
                            }
                        }
                    }
                }
                probe.step();
            }
        }
    }

    /// A new reference to the value of a key; see [`Dict::find`].
    #[inline]
    pub fn get<E>(&self, key: &Obj, hash: i64, eq: impl FnMut(&Obj) -> Result<bool, E>) -> Result<Option<Obj>, E> {
        Ok(self.find(key, hash, eq)?.and_then(|index| self.value_at(index)))
    }

    /// `insertdict`: sets the value of a key and gives the one before. See [`Dict::find`].
    #[inline]
    pub fn set<E>(&self, key: &Obj, hash: i64, value: Obj, eq: impl FnMut(&Obj) -> Result<bool, E>) -> Result<Option<Obj>, E> {
        match self.find(key, hash, eq)? {
            Some(index) => Ok(Some(self.replace_value(index, value))),
            None => {
                self.insert_new(key.clone(), hash, value);
                Ok(None)
            }
        }
    }

    /// Inserts a key that is known not to be there.
    #[inline]
    pub fn insert_new(&self, key: Obj, hash: i64, value: Obj) {
        let table = self.table_mut();
        let is_str = key.kind() == Kind::STR;
        if table.head().usable == 0 || (table.unicode() && !is_str) {
            self.make_room(is_str);
        }
        let table = self.table_mut();
        table.enter_order(&key);
        table.append(key, hash, value);
        table.head_mut().keys_version = 0;
    }

    /// `insertion_resize`.
    #[cold]
    #[inline(never)]
    fn make_room(&self, is_str: bool) {
        // CPython's shared keys have room for the new one, too, as long as they are texts and not more than that.
        if !is_str || self.len() >= self.table().split as usize {
            self.mark_split(0);
        }
        if self.table().is_shared() {
            drop(self.exchange(Table::new(LOG_MINSIZE, is_str)));
            return;
        }
        if self.table().unicode() && !is_str {
            self.resize(log2_keysize(self.len() * 3), false);
        }
        if self.table().head().usable == 0 {
            self.resize(log2_keysize(self.len() * 3), true);
        }
    }

    fn resize(&self, log2_size: u8, unicode: bool) {
        let old = self.exchange(Table::shared_empty());
        // All entries move, so the old table has none to give up.
        drop(self.exchange(old.resized(log2_size, unicode)));
    }

    /// Removes a key and gives it and its value: drop the key first. See [`Dict::find`].
    pub fn remove<E>(&self, key: &Obj, hash: i64, eq: impl FnMut(&Obj) -> Result<bool, E>) -> Result<Option<(Obj, Obj)>, E> {
        Ok(self.find(key, hash, eq)?.and_then(|index| self.remove_at(index)))
    }

    /// `delitem_common`: removes entry `index`.
    pub fn remove_at(&self, index: usize) -> Option<(Obj, Obj)> {
        let table = self.table_mut();
        if index >= table.n_entries() {
            return None;
        }
        let hash = table.hash(index);
        let entry = table.take_entry(index);
        table.leave_order(&entry);
        table.next_order();
        let (key, value) = entry?;
        let place = table.place_of(hash, index);
        table.set_index(place, DUMMY);
        table.used -= 1;
        self.keys_changed();
        Some((key, value))
    }

    /// `popitem`: takes the last entry out.
    pub fn pop_last(&self) -> Option<(Obj, Obj)> {
        let last = (0..self.table().n_entries()).rev().find(|&i| self.table().key(i).is_some())?;
        if std::mem::take(&mut self.table_mut().split) > 0 {
            // Of a split dict CPython makes a combined one first, as large as the shared keys.
            self.resize(SHARED_KEYS_LOG_SIZE, true);
            return self.pop_last();
        }
        let entry = self.remove_at(last);
        self.table_mut().head_mut().n_entries = last as u32;
        entry
    }

    /// Where the entries end: the places below it are good for [`Dict::entry_at`].
    #[inline]
    pub fn end(&self) -> usize {
        self.table().n_entries()
    }

    /// New references to key and value of entry `index`; nothing at a hole or behind the end.
    #[inline]
    pub fn entry_at(&self, index: usize) -> Option<(Obj, Obj)> {
        Some((self.key_at(index)?, self.value_at(index)?))
    }

    /// A new reference to the key of entry `index`.
    #[inline]
    pub fn key_at(&self, index: usize) -> Option<Obj> {
        let table = self.table();
        if index < table.n_entries() { table.key(index).cloned() } else { None }
    }

    /// A new reference to the value of entry `index`.
    #[inline]
    pub fn value_at(&self, index: usize) -> Option<Obj> {
        let table = self.table();
        if index < table.n_entries() { table.value(index).cloned() } else { None }
    }

    /// The hash of the key of entry `index`, which is there.
    #[inline]
    pub fn hash_at(&self, index: usize) -> i64 {
        let table = self.table();
        if index < table.n_entries() { table.hash(index) } else { 0 }
    }

    /// Replaces the value of entry `index`, and gives the one before.
    ///
    /// Panics at a hole.
    #[inline]
    pub fn replace_value(&self, index: usize, value: Obj) -> Obj {
        let table = self.table_mut();
        assert!(index < table.n_entries(), "the entry is there");
        // SAFETY: the entry's fields are written; replacing runs no code.
        let before = unsafe { (&raw mut (*table.entry(index)).value).replace(Some(value)) };
        before.expect("the entry has a value")
    }

    /// `PyDict_Next`: the entry at or behind place `position`, which moves on.
    #[inline]
    pub fn next_entry(&self, position: &mut usize) -> Option<(Obj, Obj)> {
        let index = self.next_index(*position)?;
        *position = index + 1;
        self.entry_at(index)
    }

    /// The first place at or behind `from` that holds an entry.
    #[inline]
    pub fn next_index(&self, from: usize) -> Option<usize> {
        let table = self.table();
        (from..table.n_entries()).find(|&i| table.key(i).is_some())
    }

    /// The last place at or before `from` that holds an entry.
    pub fn previous_index(&self, from: usize) -> Option<usize> {
        let table = self.table();
        (0..table.n_entries()).take(from.saturating_add(1)).rev().find(|&i| table.key(i).is_some())
    }

    /// Takes everything out: the caller drops it (each key before its value, in order).
    pub fn take(&self) -> Dict {
        let mut table = std::mem::replace(self.table_mut(), Table::shared_empty());
        table.split = 0;
        self.table_mut().order = table.order;
        self.table_mut().next_order();
        Dict::with_table(table)
    }

    /// `PyDict_Copy` of an exact dict: the same table if it is well filled, else a compacted one.
    pub fn copy(&self) -> Dict {
        let table = self.table();
        if table.used == 0 {
            return Dict::new();
        }
        if table.split > 0 || table.used >= table.head().n_entries * 2 / 3 {
            // The copy of a split dict shares the keys, too.
            return Dict::with_table(table.clone());
        }
        let copy = Dict::new();
        if !copy.start_merge(self) {
            let mut position = 0;
            while let Some(index) = self.next_index(position) {
                if let Some((key, value)) = self.entry_at(index) {
                    copy.insert_new(key, self.hash_at(index), value);
                }
                position = index + 1;
            }
        }
        copy
    }

    /// The start of `dict_merge`: true if `other` could be copied as it stands into this empty dict; otherwise there is room now.
    pub fn start_merge(&self, other: &Dict) -> bool {
        let (mine, theirs) = (self.table(), other.table());
        if mine.used == 0 && mine.order == 0 && theirs.used == theirs.head().n_entries && theirs.used > 0 {
            let half = usable_fraction(1 << theirs.head().log2_size >> 1) as u32;
            if theirs.head().log2_size == LOG_MINSIZE || half < theirs.used {
                let table = theirs.clone();
                // An empty table holds nothing, so nothing dies here.
                drop(self.exchange(table));
                return true;
            }
        }
        let room = if mine.is_shared() { 0 } else { usable_fraction(1 << mine.head().log2_size) };
        if room < theirs.used as usize {
            self.mark_split(0);
            self.resize(estimate_log2_keysize((mine.used + theirs.used) as usize), theirs.unicode());
        }
        false
    }

    /// Room for `n` entries in all, for an empty dict that is about to be filled (`dict_dict_fromkeys`).
    pub fn presize(&self, n: usize, unicode: bool) {
        self.resize(estimate_log2_keysize(n).max(self.table().head().log2_size), unicode);
    }

    /// Says that CPython's dict would be a split one, with this many shared keys; 0 that it is not (any more).
    pub fn mark_split(&self, usable: u8) {
        self.table_mut().split = usable;
    }

    /// Whether CPython's dict would be a split one.
    pub fn is_split(&self) -> bool {
        self.table().split != 0
    }

    /// Makes a new dict the table of an `OrderedDict`.
    ///
    /// Panics if there is something in it.
    pub fn make_ordered(&self) {
        assert!(self.is_empty(), "a dict is ordered from the first");
        self.table_mut().order = 1;
    }

    /// A number that changes with every change of the order of an `OrderedDict`; 0 for any other dict.
    pub fn order(&self) -> u16 {
        self.table().order
    }

    /// Moves entry `index` of an ordered dict to the end, or to the beginning.
    pub fn move_to_end(&self, index: usize, last: bool) {
        let hash = self.hash_at(index);
        let Some((key, value)) = self.remove_at(index) else { return };
        if last {
            return self.insert_new(key, hash, value);
        }
        let rest = self.take();
        self.insert_new(key, hash, value);
        let mut from = 0;
        while let Some(index) = rest.next_index(from) {
            let hash = rest.hash_at(index);
            if let Some((key, value)) = rest.remove_at(index) {
                self.insert_new(key, hash, value);
            }
            from = index + 1;
        }
    }

    /// How many places the index has (`DK_SIZE`), none before the first key.
    pub fn index_size(&self) -> usize {
        if self.table().is_shared() { 0 } else { 1 << self.table().head().log2_size }
    }

    /// What `sys.getsizeof` shows for an exact dict on a 64-bit machine, the collector's header included.
    pub fn sizeof_model(&self) -> usize {
        self.sizeof_with_keys(32, 16)
    }

    /// The same up to 3.10, whose keys had a longer head and kept the hash of every key.
    pub fn sizeof_model_3_10(&self) -> usize {
        self.sizeof_with_keys(40, 24)
    }

    fn sizeof_with_keys(&self, head: usize, unicode_entry: usize) -> usize {
        let table = self.table();
        let keys = match (table.split, table.head().log2_size) {
            (0, 0) => 0,
            (0, log2_size) => {
                let entries = usable_fraction(1 << log2_size) * if table.unicode() { unicode_entry } else { 24 };
                head + (1 << (log2_size + Table::index_shift(log2_size))) + entries
            }
            (split, _) => 8 * split as usize,
        };
        64 + keys
    }
}

impl crate::Heap {
    /// A number for the dict's set of keys, which no other set of keys has that holds one (`dk_version`). It is given when first
    /// asked for; caches compare it and then read [`Dict::value_at`] without a search.
    pub fn keys_version(&self, dict: &Dict) -> u32 {
        if dict.known_keys_version() == 0 {
            let next = self.next_keys_version.get();
            dict.table_mut().head_mut().keys_version = next;
            self.next_keys_version.set(next.checked_add(1).unwrap_or(FIRST_KEYS_VERSION));
        }
        dict.known_keys_version()
    }
}

impl Dict {
    /// The number of [`Heap::keys_version`](crate::Heap::keys_version), 0 if none was given since the keys changed.
    #[inline]
    pub fn known_keys_version(&self) -> u32 {
        self.table().head().keys_version
    }
}

/// What the collector and the dying use.
impl Dict {
    /// Visits what `dict_traverse` visits: strings are not, where all keys are strings; elsewhere the value comes before the key.
    #[inline]
    pub(crate) fn each(&self, mut visit: impl FnMut(&Obj)) {
        let table = self.table();
        if table.used == 0 {
            return;
        }
        if table.order != 0 {
            (0..table.n_entries()).filter_map(|i| table.key(i)).for_each(&mut visit);
        }
        let (unicode, words) = (table.unicode(), table.stride() / size_of::<Obj>());
        let entries: *const Option<Obj> = table.entry(0).cast();
        for i in 0..table.n_entries() {
            // SAFETY: below `n_entries` the fields, a word each, are written; the key comes first.
            let (key, value) = unsafe { (&*entries.add(i * words), &*entries.add(i * words + 1)) };
            if let Some(value) = value {
                visit(value);
                if !unicode && let Some(key) = key {
                    visit(key);
                }
            }
        }
    }

    /// Where what the collector looks at stands in memory.
    #[inline(always)]
    pub(crate) fn head_address(&self) -> NonNull<u8> {
        self.table().head.cast()
    }

    /// How many places hold or held a reference: a key's, then its value's, for each entry.
    #[inline]
    pub(crate) fn places(&self) -> usize {
        2 * self.table().n_entries()
    }

    /// The reference at a place.
    #[inline]
    pub(crate) fn at_place(&self, place: usize) -> Option<&Obj> {
        if place & 1 == 0 { self.table().key(place >> 1) } else { self.table().value(place >> 1) }
    }

    /// Gives the room back without releasing what the places hold.
    ///
    /// # Safety
    /// The dict owns no count on its keys and values any more, and is not used again.
    #[inline]
    pub(crate) unsafe fn forget_entries(&self) {
        let table = self.table_mut();
        if !table.is_shared() {
            // SAFETY: allocated with this layout.
            unsafe { dealloc(table.head.as_ptr().cast(), Table::layout(table.head().log2_size, table.unicode()).0) };
            // Not assigned, for the table that was there must not be dropped.
            // SAFETY: the place is there.
            unsafe { std::ptr::from_mut(table).write(Table::shared_empty()) };
        }
    }
}

/// What an iterator finds in its dict.
pub enum DictStep {
    /// The dict's length is another than it was.
    Changed,
    /// Nothing is left.
    End,
    /// Entry number `.0`, with what was asked for: key, value.
    Found(usize, Option<Obj>, Option<Obj>),
}

impl Slot {
    /// The entry at or behind `position` of the dict inside, which should have `used` keys. `None`: the slot holds no dict.
    #[inline]
    pub fn dict_step(&self, used: usize, position: usize, key: bool, value: bool) -> Option<DictStep> {
        self.with(|held| {
            let dict = held?.get::<Dict>()?;
            let table = dict.table();
            if table.used as usize != used {
                return Some(DictStep::Changed);
            }
            let Some(i) = (position..table.n_entries()).find(|&i| table.key(i).is_some()) else { return Some(DictStep::End) };
            let look = |wanted: bool, obj: Option<&Obj>| if wanted { obj.cloned() } else { None };
            Some(DictStep::Found(i, look(key, table.key(i)), look(value, table.value(i))))
        })
    }
}

impl Default for Dict {
    fn default() -> Dict {
        Dict::new()
    }
}

impl Payload for Dict {
    const KIND: Kind = Kind::DICT;
    const SIZE: usize = 16;

    #[inline]
    fn traverse(&self, visit: Visit<'_>) {
        self.each(visit);
    }

    fn holds(&self, visit: &mut dyn FnMut(Label, &Obj)) {
        let table = self.table();
        for i in 0..table.n_entries() {
            if let (Some(key), Some(value)) = (table.key(i), table.value(i)) {
                visit(Label::Key(i), key);
                if table.order != 0 {
                    visit(Label::Key(i), key);
                }
                visit(Label::Value(i), value);
            }
        }
    }

    fn clear(&self, trash: &mut Trash<'_>) {
        let taken = self.take();
        for i in 0..taken.end() {
            let entry = taken.table_mut().take_entry(i);
            taken.table().leave_order(&entry);
            if let Some((key, value)) = entry {
                trash.push(key);
                trash.push(value);
            }
        }
    }

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}
