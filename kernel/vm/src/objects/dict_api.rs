//! What the machine does with dicts: `PyDict_GetItem` and its kin, merging, copying.
//!
//! A dict here may be an instance of a class that extends `dict`; its special methods are not asked, except where a source is merged.

use compile::Version;
use heap::{Dict, Kind, Obj};

use crate::objects::dict::dict;
use crate::{PyResult, Raised, Vm};

impl Vm {
    /// A new empty dict (`PyDict_New`); up to 3.13 it is tracked when something tracked goes in.
    #[inline]
    pub fn dict(&self) -> Obj {
        self.dict_with(Dict::new())
    }

    /// A new dict with room for `n` entries, as a display makes it (`_PyDict_NewPresized`).
    pub fn dict_with_room(&self, n: usize, all_str: bool) -> Obj {
        self.dict_with(Dict::with_room(n, all_str))
    }

    fn dict_with(&self, table: Dict) -> Obj {
        let obj = self.heap.alloc(table);
        if self.heap.tracks_dicts_lazily() { obj } else { obj.tracked() }
    }

    /// A key's hash, with the error that names the key's type since 3.14.
    #[inline]
    pub(crate) fn key_hash(&self, key: &Obj) -> PyResult<i64> {
        match key.quick_hash() {
            Some(hash) => Ok(hash),
            None => self.hash(key).map_err(|raised| self.unhashable_key(raised, key, "a dict key")),
        }
    }

    /// `dict_unhashable_type`, `set_unhashable_type`.
    #[cold]
    pub(crate) fn unhashable_key(&self, raised: Raised, key: &Obj, what: &str) -> Raised {
        if self.version < Version::V3_14 || !self.class_of(&raised.0).is(&self.types.type_error) {
            return raised;
        }
        match self.text_of(&raised.0) {
            Ok(text) => self.type_error(format!("cannot use '{}' as {what} ({text})", self.full_class_name(&self.class_of(key)))),
            Err(raised) => raised,
        }
    }

    /// The value of a key.
    #[inline]
    pub fn dict_get(&self, obj: &Obj, key: &Obj) -> PyResult<Option<Obj>> {
        let hash = self.key_hash(key)?;
        dict(obj).get(key, hash, |found| self.eq(found, key))
    }

    /// Whether the key is there.
    #[inline]
    pub fn dict_contains(&self, obj: &Obj, key: &Obj) -> PyResult<bool> {
        let hash = self.key_hash(key)?;
        Ok(dict(obj).find(key, hash, |found| self.eq(found, key))?.is_some())
    }

    /// Sets the value of a key.
    #[inline]
    pub fn dict_set(&self, obj: &Obj, key: &Obj, value: Obj) -> PyResult<()> {
        if let Some(hash) = key.quick_hash() {
            return self.dict_set_hashed(obj, key, hash, value);
        }
        // The dict's own count on the key is taken before Python code hashes and compares it.
        let key = key.clone();
        let hash = self.key_hash(&key)?;
        self.dict_set_hashed(obj, &key, hash, value)
    }

    /// As [`Vm::dict_set`], with the key's hash (`_PyDict_SetItem_KnownHash`).
    #[inline]
    pub fn dict_set_hashed(&self, obj: &Obj, key: &Obj, hash: i64, value: Obj) -> PyResult<()> {
        self.maintain_tracking(obj, key, &value);
        drop(dict(obj).set(key, hash, value, |found| self.eq(found, key))?);
        Ok(())
    }

    /// `MAINTAIN_TRACKING`, up to 3.13.
    #[inline]
    fn maintain_tracking(&self, obj: &Obj, key: &Obj, value: &Obj) {
        if self.heap.tracks_dicts_lazily() && !obj.is_tracked() && (self.may_be_tracked(key) || self.may_be_tracked(value)) {
            self.heap.track(obj);
        }
    }

    /// Removes a key and gives its value.
    pub fn dict_remove(&self, obj: &Obj, key: &Obj) -> PyResult<Option<Obj>> {
        let hash = self.key_hash(key)?;
        Ok(dict(obj).remove(key, hash, |found| self.eq(found, key))?.map(|(key, value)| {
            drop(key);
            value
        }))
    }

    /// The value of an interned name.
    #[inline]
    pub(crate) fn dict_get_name(&self, obj: &Obj, name: &Obj) -> Option<Obj> {
        dict(obj).get_str_key(name)
    }

    /// The value of a key that the machine knows.
    pub fn dict_get_str(&self, obj: &Obj, key: &str) -> Option<Obj> {
        dict(obj).get_str_key(&self.intern(key))
    }

    /// Sets the value of a key that the machine knows.
    pub fn dict_set_str(&self, obj: &Obj, key: &str, value: Obj) {
        let key = self.intern(key);
        self.maintain_tracking(obj, &key, &value);
        drop(dict(obj).set_str_key(&key, value));
    }

    /// Keys and values, in order.
    pub fn dict_items(&self, obj: &Obj) -> Vec<(Obj, Obj)> {
        let (dict, mut position) = (dict(obj), 0);
        std::iter::from_fn(|| dict.next_entry(&mut position)).collect()
    }

    /// The value of a key, which is set to `default` first if it is not there (`PyDict_SetDefaultRef`).
    pub fn dict_setdefault(&self, obj: &Obj, key: &Obj, default: Obj) -> PyResult {
        let hash = self.key_hash(key)?;
        let dict = dict(obj);
        if let Some(value) = dict.get(key, hash, |found| self.eq(found, key))? {
            return Ok(value);
        }
        self.maintain_tracking(obj, key, &default);
        dict.insert_new(key.clone(), hash, default.clone());
        Ok(default)
    }

    /// A new dict with the same entries (`PyDict_Copy`).
    pub fn dict_copy(&self, obj: &Obj) -> PyResult {
        if obj.extra().is_some() && !self.has_dict_iter(obj) {
            let made = self.dict();
            self.dict_merge(&made, obj, true)?;
            return Ok(made);
        }
        let copy = self.heap.alloc(dict(obj).copy());
        Ok(if obj.is_tracked() || !self.heap.tracks_dicts_lazily() { copy.tracked() } else { copy })
    }

    /// Whether the dict's class iterates as `dict` itself does, so that its table can be read instead.
    fn has_dict_iter(&self, obj: &Obj) -> bool {
        let slot = |class: &Obj| self.class(class).slots.iter.get().map(|iter| iter as usize);
        obj.extra().is_none() || slot(&self.class_of(obj)) == slot(&self.types.dict)
    }

    /// `dict.update(source)`: a mapping, or an iterable of pairs.
    pub fn dict_update(&self, obj: &Obj, source: &Obj) -> PyResult<()> {
        let plain = source.kind() == Kind::DICT && source.extra().is_none();
        if plain || self.getattr_opt_str(source, "keys")?.is_some() {
            return self.dict_merge(obj, source, true);
        }
        self.dict_merge_pairs(obj, source)
    }

    /// The keys of a mapping, in a list (`PyMapping_Keys` of what is no dict).
    pub(crate) fn mapping_keys(&self, mapping: &Obj) -> PyResult {
        let keys = self.call_method(mapping, "keys", &[])?;
        if keys.kind() == Kind::LIST && keys.extra().is_none() {
            return Ok(keys);
        }
        let iterator = self.iter(&keys).map_err(|raised| {
            if !raised.is(self, &self.types.type_error) {
                return raised;
            }
            drop(raised);
            self.type_error(format!("{}.keys() returned a non-iterable (type {})", self.type_name(mapping), self.type_name(&keys)))
        })?;
        drop(keys);
        self.list_from(&iterator)
    }

    /// `dict_merge`: takes all entries of a mapping over; entries that are there stay, unless `override_`.
    pub fn dict_merge(&self, obj: &Obj, source: &Obj, override_: bool) -> PyResult<()> {
        let Some(other) = source.get::<Dict>().filter(|_| self.has_dict_iter(source)) else {
            let keys = self.iter(&self.mapping_keys(source)?)?;
            return self.iterate(&keys, &mut |key| {
                if !override_ && self.dict_contains(obj, &key)? {
                    return Ok(());
                }
                let value = self.getitem(source, &key)?;
                self.dict_set(obj, &key, value)
            });
        };
        let mine = dict(obj);
        if obj.is(source) || other.is_empty() {
            return Ok(());
        }
        if source.is_tracked() {
            self.heap.track(obj);
        }
        if mine.start_merge(other) {
            return Ok(());
        }
        let (len, mut from) = (other.len(), 0);
        while let Some(i) = other.next_index(from) {
            let Some((key, value)) = other.entry_at(i) else { break };
            let hash = other.hash_at(i);
            if override_ || mine.find(&key, hash, |found| self.eq(found, &key))?.is_none() {
                self.dict_set_hashed(obj, &key, hash, value)?;
            }
            if other.len() != len {
                return Err(self.runtime_error("dict mutated during update"));
            }
            from = i + 1;
        }
        Ok(())
    }

    /// Since 3.14 the error of an element that is no sequence says in a note which one it is.
    #[cold]
    fn with_note_of_element(&self, raised: Raised, n: usize) -> Raised {
        if self.version >= Version::V3_14 && self.class_of(&raised.0).is(&self.types.type_error) {
            let note = self.str(&format!("Cannot convert dictionary update sequence element #{n} to a sequence"));
            if let Err(raised) = self.call_method(&raised.0, "add_note", &[note]) {
                return raised;
            }
        }
        raised
    }

    /// `PyDict_MergeFromSeq2`.
    fn dict_merge_pairs(&self, obj: &Obj, pairs: &Obj) -> PyResult<()> {
        let mut n = 0_usize;
        self.iterate(pairs, &mut |pair| {
            let message = if self.version >= Version::V3_14 {
                "object is not iterable".to_owned()
            } else {
                format!("cannot convert dictionary update sequence element #{n} to a sequence")
            };
            let items = match self.sequence_items(&pair, &message) {
                Ok(items) => items,
                Err(raised) => return Err(self.with_note_of_element(raised, n)),
            };
            let [key, value] = &items[..] else {
                let len = items.len();
                return Err(self.value_error(format!("dictionary update sequence element #{n} has length {len}; 2 is required")));
            };
            n += 1;
            self.dict_set(obj, key, value.clone())
        })
    }
}
