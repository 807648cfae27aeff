//! Iteration (`PyObject_GetIter`, `PyIter_Next`).

use heap::{List, Obj, Tuple};

use crate::class::flags;
use crate::kinds;
use crate::objects::list_iterator::ListIterator;
use crate::objects::map::Mapping;
use crate::{PyResult, Raised, Vm};

impl Vm {
    /// `iter(obj)`.
    pub fn iter(&self, obj: &Obj) -> PyResult {
        let class = self.class_of(obj);
        let payload = self.class(&class);
        let Some(iter) = payload.slots.iter.get() else {
            // The old protocol: `__getitem__` with 0, 1, 2 … For a builtin class, only a sequence's.
            let is_sequence =
                payload.slots.subscript.get().is_some() && payload.has(flags::HEAP_TYPE) && !payload.has(flags::DICT_SUBCLASS);
            if is_sequence {
                return Ok(self.sequence_iterator(obj));
            }
            return Err(self.type_error(format!("'{}' object is not iterable", self.class_name(&class))));
        };
        let iterator = iter(self, obj)?;
        if self.with_class(&iterator, |class| class.slots.iternext.get()).is_none() {
            return Err(self.type_error(format!("iter() returned non-iterator of type '{}'", self.type_name(&iterator))));
        }
        Ok(iterator)
    }

    /// The iterator's next item; the end is `None`, also if a StopIteration said so (`PyIter_Next`).
    #[inline]
    pub fn next(&self, iterator: &Obj) -> PyResult<Option<Obj>> {
        if let Some(list) = iterator.get::<ListIterator>() {
            return Ok(list.next());
        }
        if iterator.kind() == kinds::GENERATOR
            && let Some(stepped) = self.step(iterator)
        {
            return stepped.or_else(|raised| self.end_of_iteration(raised));
        }
        let Some(next) = self.with_class(iterator, |class| class.slots.iternext.get()) else {
            return Err(self.type_error(format!("'{}' object is not an iterator", self.type_name(iterator))));
        };
        match next(self, iterator) {
            Err(raised) => self.end_of_iteration(raised),
            result => result,
        }
    }

    /// Gives all that is left of an iterator to `each`.
    #[inline]
    pub(crate) fn exhaust(&self, iterator: &Obj, mut each: impl FnMut(Obj) -> PyResult<()>) -> PyResult<()> {
        if let Some(mapping) = Mapping::of(self, iterator) {
            while let Some(item) = mapping.next().or_else(|raised| self.end_of_iteration(raised))? {
                each(item)?;
            }
            return Ok(());
        }
        while let Some(item) = self.next(iterator)? {
            each(item)?;
        }
        Ok(())
    }

    /// A StopIteration is the end, any other exception goes on.
    #[cold]
    fn end_of_iteration(&self, raised: Raised) -> PyResult<Option<Obj>> {
        if raised.is(self, &self.types.stop_iteration) { Ok(None) } else { Err(raised) }
    }

    /// Gives each item to `each`.
    pub fn iterate(&self, obj: &Obj, each: &mut dyn FnMut(Obj) -> PyResult<()>) -> PyResult<()> {
        let iterator = self.iter(obj)?;
        self.exhaust(&iterator, each)
    }

    /// All items.
    pub fn to_vec(&self, obj: &Obj) -> PyResult<Vec<Obj>> {
        if obj.extra().is_none() {
            if let Some(list) = obj.get::<List>() {
                return Ok(list.to_vec());
            }
            if let Some(tuple) = obj.get::<Tuple>() {
                return Ok(tuple.items().to_vec());
            }
        }
        let mut items = Vec::new();
        self.iterate(obj, &mut |item| {
            items.push(item);
            Ok(())
        })?;
        Ok(items)
    }
}
