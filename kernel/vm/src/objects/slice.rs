//! `slice`: start, stop and step, which are any objects. Source: `Objects/sliceobject.c`.

use heap::{Obj, Slot};

use crate::class::{ClassSpec, Operator, flags};
use crate::objects::sequence::adjust;
use crate::{Args, Compare, Convention, GetSet, Method, PyResult, Vm, kinds};

/// The payload of a `slice`.
#[derive(Default)]
pub(crate) struct Slice {
    pub(crate) start: Slot,
    pub(crate) stop: Slot,
    pub(crate) step: Slot,
}

crate::payload!(Slice, kinds::SLICE, { start, stop, step }, clear []);

/// `slice`.
pub static SLICE: ClassSpec = ClassSpec {
    name: "slice",
    base: None,
    kind: kinds::SLICE,
    flags: flags::HAVE_GC,
    slots: |s| {
        s.new.set(Some(new));
        s.repr.set(Some(repr));
        s.hash.set(Some(hash));
        s.richcompare.set(Some(compare));
    },
    methods: &[
        Method::new("indices", indices, Convention::One).signature("($self, object, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
    ],
    getset: &[
        GetSet::member("start", |vm, obj| Ok(part(vm, &slice(obj).start))),
        GetSet::member("stop", |vm, obj| Ok(part(vm, &slice(obj).stop))),
        GetSet::member("step", |vm, obj| Ok(part(vm, &slice(obj).step))),
    ],
    basicsize: 40,
    itemsize: 0,
    doc: "",
};

fn slice(obj: &Obj) -> &Slice {
    obj.get::<Slice>().expect("a slice's method is called on a slice")
}

fn part(vm: &Vm, slot: &Slot) -> Obj {
    slot.get().unwrap_or_else(|| vm.none())
}

impl Vm {
    /// A new `slice`.
    pub fn slice(&self, start: Obj, stop: Obj, step: Obj) -> Obj {
        self.heap.alloc(Slice { start: start.into(), stop: stop.into(), step: step.into() }).tracked()
    }

    fn slice_parts(&self, obj: &Obj) -> [Obj; 3] {
        let slice = slice(obj);
        [part(self, &slice.start), part(self, &slice.stop), part(self, &slice.step)]
    }
}

fn new(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    vm.no_keywords("slice", args)?;
    let none = || vm.none();
    Ok(match args.check(vm, "slice", 1, 3)? {
        [stop] => vm.slice(none(), stop.clone(), none()),
        [start, stop] => vm.slice(start.clone(), stop.clone(), none()),
        [start, stop, step, ..] => vm.slice(start.clone(), stop.clone(), step.clone()),
        [] => unreachable!("the number of arguments was checked"),
    })
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let [start, stop, step] = vm.slice_parts(obj);
    Ok(vm.str(&format!("slice({}, {}, {})", vm.repr_text(&start)?, vm.repr_text(&stop)?, vm.repr_text(&step)?)))
}

fn hash(vm: &Vm, obj: &Obj) -> PyResult<i64> {
    let mut hasher = heap::hash::TupleHasher::default();
    for part in vm.slice_parts(obj) {
        hasher.add(vm.hash(&part)?);
    }
    Ok(hasher.finish_without_length())
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if b.get::<Slice>().is_none() {
        return Ok(vm.not_implemented());
    }
    if a.is(b) {
        return Ok(vm.bool(matches!(op, Compare::Eq | Compare::Le | Compare::Ge)));
    }
    let (a, b) = (vm.tuple(vm.slice_parts(a).to_vec()), vm.tuple(vm.slice_parts(b).to_vec()));
    vm.compare(&a, &b, op)
}

fn indices(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let len = vm.index(&args.all()[0])?;
    if vm.compare_bool(&len, &vm.int(0), Compare::Lt)? {
        return Err(vm.value_error("length should not be negative"));
    }
    if let Some(len) = len.plain_int().filter(|_| small_parts(vm, obj)) {
        let (start, stop, step) = vm.slice_unpack(slice(obj))?;
        let places = adjust(len as usize, start, stop, step);
        return Ok(vm.tuple([places.start, places.stop, places.step].map(|i| vm.int(i as i64)).to_vec()));
    }
    Ok(vm.tuple(long_indices(vm, obj, &len)?.to_vec()))
}

/// Whether all parts are machine numbers or None.
pub(crate) fn small_parts(vm: &Vm, obj: &Obj) -> bool {
    vm.slice_parts(obj).iter().all(|part| part.is(&vm.consts.none) || part.plain_int().is_some())
}

/// `_PySlice_GetLongIndices`.
pub(crate) fn long_indices(vm: &Vm, obj: &Obj, len: &Obj) -> PyResult<[Obj; 3]> {
    let [start, stop, step] = vm.slice_parts(obj);
    let bound = |part: &Obj| {
        if vm.has_index(part) {
            vm.index(part)
        } else {
            Err(vm.type_error("slice indices must be integers or None or have an __index__ method"))
        }
    };
    let (zero, one) = (vm.int(0), vm.int(1));
    let step = if step.is(&vm.consts.none) { one.clone() } else { bound(&step)? };
    if vm.eq(&step, &zero)? {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let down = vm.compare_bool(&step, &zero, Compare::Lt)?;
    let (lower, upper) = if down { (vm.int(-1), vm.binary(Operator::Subtract, len, &one)?) } else { (zero.clone(), len.clone()) };
    let place = |part: &Obj, default: &Obj| {
        if part.is(&vm.consts.none) {
            return Ok(default.clone());
        }
        let mut place = bound(part)?;
        if vm.compare_bool(&place, &zero, Compare::Lt)? {
            place = vm.binary(Operator::Add, &place, len)?;
            if vm.compare_bool(&place, &lower, Compare::Lt)? {
                place = lower.clone();
            }
        } else if vm.compare_bool(&place, &upper, Compare::Gt)? {
            place = upper.clone();
        }
        Ok(place)
    };
    let (first, last) = if down { (&upper, &lower) } else { (&lower, &upper) };
    Ok([place(&start, first)?, place(&stop, last)?, step])
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let parts = vm.tuple(vm.slice_parts(obj).to_vec());
    Ok(vm.pair(vm.class_of(obj), parts))
}
