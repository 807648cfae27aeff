//! What the sequences share: indices and slices, items of anything iterable, the text of a row of items, instances of subclasses.
//!
//! Sources: `Objects/abstract.c`, `Objects/sliceobject.c`.

use heap::{ExtraLayout, List, Obj, Payload, Str, Tuple};

use crate::class::flags;
use crate::objects::slice::Slice;
use crate::{Args, PyResult, Vm, kinds};

/// A slice's places in a sequence of known length: `count` items from `start` on, `step` apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    pub(crate) start: isize,
    pub(crate) stop: isize,
    pub(crate) step: isize,
    pub(crate) count: usize,
}

impl Places {
    /// The places, in order. All are within the sequence.
    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        (0..self.count as isize).map(move |i| (self.start + i * self.step) as usize)
    }
}

/// `PySlice_AdjustIndices`.
pub(crate) fn adjust(len: usize, start: isize, stop: isize, step: isize) -> Places {
    let len = len as isize;
    let clamp = |i: isize| {
        if i < 0 {
            let i = i.saturating_add(len);
            if i < 0 { if step < 0 { -1 } else { 0 } } else { i }
        } else if i >= len {
            if step < 0 { len - 1 } else { len }
        } else {
            i
        }
    };
    let (start, stop) = (clamp(start), clamp(stop));
    let count = if step < 0 {
        if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    Places { start, stop, step, count: count as usize }
}

/// A new tracked object with this payload: of the builtin class itself, or of a class made in Python that extends it.
pub(crate) fn make<T: Payload>(vm: &Vm, class: &Obj, payload: T) -> Obj {
    let spec = vm.class(class);
    if !spec.has(flags::HEAP_TYPE) {
        return vm.heap.alloc(payload).tracked();
    }
    let obj = vm.heap.alloc_with_class(payload, class.clone(), extra_layout(vm, class));
    finish(vm, class, obj)
}

/// The attribute places of an instance of a class made in Python.
pub(crate) fn extra_layout(vm: &Vm, class: &Obj) -> ExtraLayout {
    vm.new_layout(vm.class(class))
}

/// Tracks a new instance of a class made in Python.
pub(crate) fn finish(vm: &Vm, class: &Obj, obj: Obj) -> Obj {
    if vm.class(class).slots.finalize.get().is_some() {
        obj.mark_finalizer();
    }
    obj.tracked()
}

impl Vm {
    /// A new pair.
    #[inline]
    pub fn pair(&self, a: Obj, b: Obj) -> Obj {
        self.tuple(vec![a, b])
    }

    /// The pair that an iterator will fill with its results.
    pub(crate) fn empty_pair(&self) -> Obj {
        self.tuple_of(vec![self.none(), self.none()])
    }

    /// Whether the object can be an index (`_PyIndex_Check`).
    #[inline]
    pub fn has_index(&self, obj: &Obj) -> bool {
        obj.plain_int().is_some() || self.with_class(obj, |class| class.slots.index.get()).is_some()
    }

    /// An index into a sequence: an IndexError if it is too large for a machine number.
    #[inline]
    pub(crate) fn sequence_index(&self, obj: &Obj) -> PyResult<isize> {
        match obj.plain_int() {
            Some(value) => Ok(value as isize),
            None => self.sequence_index_of_any(obj),
        }
    }

    #[cold]
    fn sequence_index_of_any(&self, obj: &Obj) -> PyResult<isize> {
        match self.index(obj)?.plain_int() {
            Some(value) => Ok(value as isize),
            None => Err(self.index_error(format!("cannot fit '{}' into an index-sized integer", self.type_name(obj)))),
        }
    }

    /// Start, stop and step of a slice, as machine numbers (`PySlice_Unpack`).
    pub(crate) fn slice_unpack(&self, slice: &Slice) -> PyResult<(isize, isize, isize)> {
        let part = |part: Option<Obj>, default: isize| match part {
            Some(obj) if !obj.is(&self.consts.none) => self.slice_index(&obj),
            _ => Ok(default),
        };
        let step = part(slice.step.get(), 1)?;
        if step == 0 {
            return Err(self.value_error("slice step cannot be zero"));
        }
        let step = step.max(-isize::MAX);
        let start = part(slice.start.get(), if step < 0 { isize::MAX } else { 0 })?;
        let stop = part(slice.stop.get(), if step < 0 { isize::MIN } else { isize::MAX })?;
        Ok((start, stop, step))
    }

    /// One bound of a slice (`_PyEval_SliceIndex`).
    pub(crate) fn slice_index(&self, obj: &Obj) -> PyResult<isize> {
        if let Some(value) = obj.plain_int() {
            return Ok(value as isize);
        }
        if !self.has_index(obj) {
            return Err(self.type_error("slice indices must be integers or None or have an __index__ method"));
        }
        self.index_clamped(obj)
    }

    /// The bounds that `index` and its like take (`_PyEval_SliceIndexNotNone`), clamped into `0..=len`.
    pub(crate) fn search_bound(&self, obj: Option<&Obj>, default: isize, len: usize) -> PyResult<usize> {
        let i = match obj {
            None => default,
            Some(obj) if !self.has_index(obj) => return Err(self.type_error("slice indices must be integers or have an __index__ method")),
            Some(obj) => self.slice_index(obj)?,
        };
        let i = if i < 0 { i.saturating_add(len as isize).max(0) } else { i };
        Ok((i as usize).min(len))
    }

    /// The items of a list or tuple as they are, of anything else iterable by iterating; `message` if it is not iterable (`PySequence_Fast`).
    pub(crate) fn sequence_items(&self, obj: &Obj, message: &str) -> PyResult<Vec<Obj>> {
        if let Some(list) = obj.get::<List>() {
            return Ok(list.to_vec());
        }
        if let Some(tuple) = obj.get::<Tuple>() {
            return Ok(tuple.items().to_vec());
        }
        match self.iter(obj) {
            Ok(iterator) => {
                let list = self.list(Vec::new());
                crate::objects::list::extend_from_iterator(self, &list, &iterator, &iterator)?;
                Ok(list.get::<List>().map(List::take_all).unwrap_or_default())
            }
            Err(raised) if raised.is(self, &self.types.type_error) => Err(self.type_error(message)),
            Err(raised) => Err(raised),
        }
    }

    /// A builtin name as the running code sees it: iterators' `__reduce__` names them (`_PyEval_GetBuiltin`).
    pub(crate) fn builtin(&self, name: &str) -> PyResult {
        let builtins = self.thread.visible().map(|frame| (*frame.builtins).clone()).or_else(|| self.builtins.get());
        let found = match builtins {
            Some(builtins) if builtins.kind() == heap::Kind::DICT => self.dict_get_str(&builtins, name),
            Some(builtins) => match self.getitem(&builtins, &self.intern(name)) {
                Err(raised) if raised.is(self, &self.types.key_error) => None,
                found => Some(found?),
            },
            None => None,
        };
        found.ok_or_else(|| self.new_exception(&self.types.attribute_error, vec![self.str(name)]))
    }

    /// The arguments are none, and there are no keywords: what a `__new__` without parameters asks for (`_PyArg_NoKeywords`).
    pub(crate) fn no_keywords(&self, name: &str, args: Args<'_>) -> PyResult<()> {
        if args.has_keywords() { Err(self.type_error(format!("{name}() takes no keyword arguments"))) } else { Ok(()) }
    }

    /// No keywords for a builtin class, or one that extends it without a `__new__` of its own.
    pub(crate) fn no_keywords_unless_new(&self, class: &Obj, builtin: &Obj, args: Args<'_>) -> PyResult<()> {
        let new = |class: &Obj| self.class(class).slots.new.get().map(|new| new as usize);
        if args.has_keywords() && new(class) == new(builtin) { self.no_keywords(&self.class_name(builtin), args) } else { Ok(()) }
    }

    /// No keywords for a builtin class, or one that extends it without an `__init__` of its own.
    pub(crate) fn no_keywords_unless_init(&self, class: &Obj, builtin: &Obj, args: Args<'_>) -> PyResult<()> {
        let init = |class: &Obj| self.class(class).slots.init.get().map(|init| init as usize);
        if args.has_keywords() && init(class) == init(builtin) { self.no_keywords(&self.class_name(builtin), args) } else { Ok(()) }
    }

    /// The next item of an iterator that another one goes through: such chains can be longer than the native stack.
    #[inline]
    pub(crate) fn next_inner(&self, iterator: &Obj) -> PyResult<Option<Obj>> {
        match iterator.kind() {
            kinds::MAP | kinds::FILTER | kinds::ZIP | kinds::ENUMERATE => self.in_room(" while iterating", || self.next(iterator)),
            _ => self.next(iterator),
        }
    }

    /// The reprs of what `item(i)` gives, between `open` and `close`. `item` looks anew each time, since a `repr` may change the container.
    pub(crate) fn repr_row(&self, open: &str, close: &str, mut item: impl FnMut(usize) -> Option<Obj>) -> PyResult {
        let mut text = open.as_bytes().to_vec();
        let mut i = 0;
        while let Some(obj) = item(i) {
            if i > 0 {
                text.extend_from_slice(b", ");
            }
            self.push_repr(&mut text, &obj)?;
            i += 1;
        }
        text.extend_from_slice(close.as_bytes());
        Ok(self.str_from_bytes(&text))
    }

    /// As [`Vm::repr_row`], of items that stay where they are: no count is taken on them.
    pub(crate) fn repr_items(&self, open: &str, close: &str, items: &[Obj]) -> PyResult {
        let mut text = open.as_bytes().to_vec();
        for (i, obj) in items.iter().enumerate() {
            if i > 0 {
                text.extend_from_slice(b", ");
            }
            self.push_repr(&mut text, obj)?;
        }
        text.extend_from_slice(close.as_bytes());
        Ok(self.str_from_bytes(&text))
    }

    /// Appends an object's `repr` to a text in the making.
    pub(crate) fn push_repr(&self, text: &mut Vec<u8>, obj: &Obj) -> PyResult<()> {
        let repr = self.repr(obj)?;
        text.extend_from_slice(repr.get::<Str>().map_or(&[], Str::as_bytes));
        Ok(())
    }
}

/// `__class_getitem__` of the builtin containers.
pub(crate) fn class_getitem(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    vm.generic_alias(class, &args.all()[0])
}
