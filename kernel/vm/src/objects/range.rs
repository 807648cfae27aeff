//! `range`: start, stop and step, ints of any size. Nearly all are of machine numbers and never touch big arithmetic.
//!
//! Source: `Objects/rangeobject.c`.

use heap::{Kind, Obj, Slot};

use crate::class::{ClassSpec, Operator, flags};
use crate::objects::range_iterator::{LongRangeIterator, RangeIterator};
use crate::objects::sequence::adjust;
use crate::objects::slice::{Slice, long_indices, small_parts};
use crate::{Args, Compare, Convention, GetSet, Method, PyResult, Vm, kinds};

/// The payload of a `range`.
pub(crate) struct Range {
    start: Obj,
    stop: Obj,
    step: Obj,
    len: Obj,
    small: Option<Small>,
}

/// A range all of whose numbers, and the one behind, are machine numbers.
#[derive(Clone, Copy)]
struct Small {
    start: i64,
    step: i64,
    len: i64,
}

crate::leaf_payload!(Range, kinds::RANGE);

/// `range`.
pub static RANGE: ClassSpec = ClassSpec {
    name: "range",
    base: None,
    kind: kinds::RANGE,
    flags: flags::SEQUENCE,
    slots: |s| {
        s.new.set(Some(new));
        s.repr.set(Some(repr));
        s.hash.set(Some(hash));
        s.richcompare.set(Some(compare));
        s.iter.set(Some(iter));
        s.bool.set(Some(|vm, obj| vm.is_true(&range(obj).len)));
        s.len.set(Some(len));
        s.subscript.set(Some(subscript));
        s.contains.set(Some(contains));
    },
    methods: &[
        Method::new("__reversed__", reversed, Convention::NoArgs).signature("($self, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("count", count, Convention::One).signature("($self, object, /)"),
        Method::new("index", index, Convention::One).signature("($self, object, /)"),
    ],
    getset: &[
        GetSet::member("start", |_, obj| Ok(range(obj).start.clone())),
        GetSet::member("stop", |_, obj| Ok(range(obj).stop.clone())),
        GetSet::member("step", |_, obj| Ok(range(obj).step.clone())),
    ],
    basicsize: 48,
    itemsize: 0,
    doc: "",
};

fn range(obj: &Obj) -> &Range {
    obj.get::<Range>().expect("a range's method is called on a range")
}

impl Small {
    fn of(start: i64, stop: i64, step: i64) -> Option<Small> {
        let (start_, stop_, step_) = (i128::from(start), i128::from(stop), i128::from(step));
        let distance = if step > 0 { stop_ - start_ } else { start_ - stop_ };
        let len = if distance <= 0 { 0 } else { (distance - 1) / step_.abs() + 1 };
        i64::try_from(start_ + len * step_).ok()?;
        Some(Small { start, step, len: i64::try_from(len).ok()? })
    }
}

impl Vm {
    /// A new `range` of three ints, the step not zero.
    pub fn range(&self, start: Obj, stop: Obj, step: Obj) -> PyResult {
        let small = match (start.plain_int(), stop.plain_int(), step.plain_int()) {
            (Some(start), Some(stop), Some(step)) => Small::of(start, stop, step),
            _ => None,
        };
        let len = match small {
            Some(small) => self.int(small.len),
            None => self.long_range_len(&start, &stop, &step)?,
        };
        Ok(self.heap.alloc(Range { start, stop, step, len, small }))
    }

    /// `compute_range_length`.
    fn long_range_len(&self, start: &Obj, stop: &Obj, step: &Obj) -> PyResult {
        let (zero, one) = (self.int(0), self.int(1));
        let up = self.compare_bool(step, &zero, Compare::Gt)?;
        let (low, high) = if up { (start, stop) } else { (stop, start) };
        let step = if up { step.clone() } else { self.negative(step)? };
        if self.compare_bool(low, high, Compare::Ge)? {
            return Ok(zero);
        }
        let distance = self.binary(Operator::Subtract, &self.binary(Operator::Subtract, high, low)?, &one)?;
        self.binary(Operator::Add, &self.binary(Operator::FloorDivide, &distance, &step)?, &one)
    }

    /// `start + index * step`.
    fn range_item(&self, range: &Range, index: &Obj) -> PyResult {
        if let (Some(small), Some(i)) = (range.small, index.plain_int())
            && let Some(value) = i.checked_mul(small.step).and_then(|offset| small.start.checked_add(offset))
        {
            return Ok(self.int(value));
        }
        self.binary(Operator::Add, &range.start, &self.binary(Operator::Multiply, index, &range.step)?)
    }
}

fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    vm.no_keywords("range", args)?;
    match args.check(vm, "range", 1, 3)? {
        [stop] => {
            let stop = vm.index(stop)?;
            vm.range(vm.int(0), stop, vm.int(1))
        }
        [start, stop] => {
            let (start, stop) = (vm.index(start)?, vm.index(stop)?);
            vm.range(start, stop, vm.int(1))
        }
        [start, stop, step, ..] => {
            let (start, stop, step) = (vm.index(start)?, vm.index(stop)?, vm.index(step)?);
            if step.plain_int() == Some(0) {
                return Err(vm.value_error("range() arg 3 must not be zero"));
            }
            vm.range(start, stop, step)
        }
        [] => unreachable!("the number of arguments was checked"),
    }
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let range = range(obj);
    let mut text = format!("range({}, {}", vm.repr_text(&range.start)?, vm.repr_text(&range.stop)?);
    if range.step.plain_int() != Some(1) {
        text.push_str(", ");
        text.push_str(&vm.repr_text(&range.step)?);
    }
    text.push(')');
    Ok(vm.str(&text))
}

/// What of a range makes it equal to another: length, start, step, as far as they matter.
fn essence(vm: &Vm, range: &Range) -> Obj {
    let n = range.len.plain_int();
    let start = if n == Some(0) { vm.none() } else { range.start.clone() };
    let step = if matches!(n, Some(0 | 1)) { vm.none() } else { range.step.clone() };
    vm.tuple(vec![range.len.clone(), start, step])
}

fn hash(vm: &Vm, obj: &Obj) -> PyResult<i64> {
    vm.hash(&essence(vm, range(obj)))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    let (Some(x), Some(y)) = (a.get::<Range>(), b.get::<Range>()) else { return Ok(vm.not_implemented()) };
    if !matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(vm.not_implemented());
    }
    let equal = a.is(b) || vm.eq(&essence(vm, x), &essence(vm, y))?;
    Ok(vm.bool(equal == (op == Compare::Eq)))
}

fn iter(vm: &Vm, obj: &Obj) -> PyResult {
    let range = range(obj);
    Ok(match range.small {
        Some(small) => vm.heap.alloc(RangeIterator::new(small.start, small.step, small.len)),
        None => vm.heap.alloc(LongRangeIterator {
            start: range.start.clone(),
            step: range.step.clone(),
            len: range.len.clone(),
            index: Slot::new(vm.int(0)),
        }),
    })
}

fn reversed(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let range = range(obj);
    if let Some(small) = range.small
        && let Some(step) = small.step.checked_neg()
    {
        let last = small.start.wrapping_add(small.step.wrapping_mul(small.len - 1));
        return Ok(vm.heap.alloc(RangeIterator::new(last, step, small.len)));
    }
    let last = vm.binary(Operator::Subtract, &range.len, &vm.int(1))?;
    let start = vm.range_item(range, &last)?;
    Ok(vm.heap.alloc(LongRangeIterator { start, step: vm.negative(&range.step)?, len: range.len.clone(), index: Slot::new(vm.int(0)) }))
}

fn len(vm: &Vm, obj: &Obj) -> PyResult<usize> {
    match range(obj).len.plain_int() {
        Some(len) => Ok(len as usize),
        None => Err(vm.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

fn subscript(vm: &Vm, obj: &Obj, key: &Obj) -> PyResult {
    let range = range(obj);
    if let Some(slice) = key.get::<Slice>() {
        let [start, stop, step] = match range.len.plain_int().filter(|_| small_parts(vm, key)) {
            Some(len) => {
                let (start, stop, step) = vm.slice_unpack(slice)?;
                let places = adjust(len as usize, start, stop, step);
                [places.start, places.stop, places.step].map(|i| vm.int(i as i64))
            }
            None => long_indices(vm, key, &range.len)?,
        };
        return vm.range(vm.range_item(range, &start)?, vm.range_item(range, &stop)?, vm.binary(Operator::Multiply, &range.step, &step)?);
    }
    if !vm.has_index(key) {
        return Err(vm.type_error(format!("range indices must be integers or slices, not {}", vm.type_name(key))));
    }
    let mut index = vm.index(key)?;
    if vm.compare_bool(&index, &vm.int(0), Compare::Lt)? {
        index = vm.binary(Operator::Add, &index, &range.len)?;
    }
    if vm.compare_bool(&index, &vm.int(0), Compare::Lt)? || vm.compare_bool(&index, &range.len, Compare::Ge)? {
        return Err(vm.index_error("range object index out of range"));
    }
    vm.range_item(range, &index)
}

/// Whether an exact int (or bool) is in the range.
fn has_int(vm: &Vm, range: &Range, value: &Obj) -> PyResult<bool> {
    if let (Some(small), Some(value)) = (range.small, value.plain_int()) {
        let offset = i128::from(value) - i128::from(small.start);
        let step = i128::from(small.step);
        return Ok(offset % step == 0 && (0..i128::from(small.len)).contains(&(offset / step)));
    }
    let zero = vm.int(0);
    let up = vm.compare_bool(&range.step, &zero, Compare::Gt)?;
    let (first, last) = if up { (&range.start, &range.stop) } else { (&range.stop, &range.start) };
    let inside = if up {
        vm.compare_bool(first, value, Compare::Le)? && vm.compare_bool(value, last, Compare::Lt)?
    } else {
        vm.compare_bool(first, value, Compare::Lt)? && vm.compare_bool(value, last, Compare::Le)?
    };
    if !inside {
        return Ok(false);
    }
    let offset = vm.binary(Operator::Subtract, value, &range.start)?;
    vm.eq(&vm.binary(Operator::Remainder, &offset, &range.step)?, &zero)
}

fn is_plain_int(obj: &Obj) -> bool {
    matches!(obj.kind(), Kind::INT | Kind::BOOL | kinds::BIG_INT) && obj.extra().is_none()
}

/// The place of the first equal number, by going through them; how many there are, if `all`.
fn search(vm: &Vm, obj: &Obj, value: &Obj, all: bool) -> PyResult<(Option<i64>, i64)> {
    let iterator = iter(vm, obj)?;
    let (mut first, mut n, mut i) = (None, 0, 0);
    while let Some(item) = vm.next(&iterator)? {
        if vm.eq(&item, value)? {
            first = first.or(Some(i));
            n += 1;
            if !all {
                break;
            }
        }
        i += 1;
    }
    Ok((first, n))
}

fn contains(vm: &Vm, obj: &Obj, value: &Obj) -> PyResult<bool> {
    if is_plain_int(value) { has_int(vm, range(obj), value) } else { Ok(search(vm, obj, value, false)?.0.is_some()) }
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let range = range(obj);
    let args = vm.tuple(vec![range.start.clone(), range.stop.clone(), range.step.clone()]);
    Ok(vm.pair(vm.types.range.clone(), args))
}

fn count(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let value = &args.all()[0];
    Ok(vm.int(if is_plain_int(value) { has_int(vm, range(obj), value)? as i64 } else { search(vm, obj, value, true)?.1 }))
}

fn index(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let (value, range) = (&args.all()[0], range(obj));
    if !is_plain_int(value) {
        return match search(vm, obj, value, false)?.0 {
            Some(i) => Ok(vm.int(i)),
            None => Err(vm.value_error("sequence.index(x): x not in sequence")),
        };
    }
    if has_int(vm, range, value)? {
        let offset = vm.binary(Operator::Subtract, value, &range.start)?;
        return vm.binary(Operator::FloorDivide, &offset, &range.step);
    }
    if vm.version >= compile::Version::V3_14 {
        return Err(vm.value_error("range.index(x): x not in range"));
    }
    Err(vm.value_error(format!("{} is not in range", vm.repr_text(value)?)))
}
