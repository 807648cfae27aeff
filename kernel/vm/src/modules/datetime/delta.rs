//! `timedelta`.

use std::cell::Cell;

use heap::{Obj, Tuple};
use num_traits::ToPrimitive;

use super::kind;
use crate::class::{ClassSpec, Convention, GetSet, Method, Operator, flags};
use crate::objects::leaf;
use crate::{Args, Compare, PyResult, Signature, Vm};

/// Microseconds of a day.
pub(super) const DAY: i128 = 86_400_000_000;

/// The payload of a `timedelta`.
pub(super) struct Delta {
    days: i64,
    /// Microseconds of the last day, never negative.
    rest: i64,
    hash: Cell<Option<i64>>,
}

impl Delta {
    fn new(micros: i128) -> Delta {
        Delta { days: micros.div_euclid(DAY) as i64, rest: micros.rem_euclid(DAY) as i64, hash: Cell::new(None) }
    }

    /// All in microseconds.
    fn micros(&self) -> i128 {
        i128::from(self.days) * DAY + i128::from(self.rest)
    }
}

impl heap::Payload for Delta {
    const KIND: heap::Kind = kind(129);
    fn traverse(&self, _: heap::Visit<'_>) {}
    fn clear(&self, _: &mut heap::Trash<'_>) {}
}

pub(super) static TIMEDELTA: ClassSpec = ClassSpec {
    name: "datetime.timedelta",
    base: None,
    kind: kind(129),
    flags: flags::BASE_TYPE,
    slots: |s| {
        s.new.set(Some(new_delta));
        s.repr.set(Some(repr));
        s.str.set(Some(|vm, this| Ok(vm.str(&shown(micros_of(this))))));
        s.hash.set(Some(hash));
        s.richcompare.set(Some(compare));
        s.negative.set(Some(|vm, this| new(vm, -micros_of(this))));
        s.positive.set(Some(|vm, this| new(vm, micros_of(this))));
        s.absolute.set(Some(|vm, this| new(vm, micros_of(this).abs())));
        s.bool.set(Some(|_, this| Ok(micros_of(this) != 0)));
        s.binary[Operator::Add as usize].set(Some(|vm, a, b| with_deltas(vm, a, b, |a, b| new(vm, a + b))));
        s.binary[Operator::Subtract as usize].set(Some(|vm, a, b| with_deltas(vm, a, b, |a, b| new(vm, a - b))));
        s.binary[Operator::Multiply as usize].set(Some(multiply));
        s.binary[Operator::FloorDivide as usize].set(Some(floor_divide));
        s.binary[Operator::TrueDivide as usize].set(Some(true_divide));
        s.binary[Operator::Remainder as usize].set(Some(|vm, a, b| with_deltas(vm, a, b, |a, b| new(vm, a - floor(vm, a, b)? * b))));
        s.binary[Operator::DivMod as usize].set(Some(|vm, a, b| {
            with_deltas(vm, a, b, |a, b| {
                let quotient = floor(vm, a, b)?;
                Ok(vm.pair(vm.int128(quotient), new(vm, a - quotient * b)?))
            })
        }));
    },
    methods: &[
        Method::new("total_seconds", |vm, this, _| Ok(vm.float(ratio(micros_of(this), 1_000_000))), Convention::NoArgs)
            .signature("($self, /)"),
        Method::new("__reduce__", |vm, this, _| Ok(vm.pair(vm.class_of(this), state(vm, micros_of(this)))), Convention::NoArgs)
            .signature("($self, /)"),
    ],
    getset: &[
        GetSet::member("days", |vm, this| Ok(vm.int(parts(micros_of(this)).0))),
        GetSet::member("seconds", |vm, this| Ok(vm.int(parts(micros_of(this)).1))),
        GetSet::member("microseconds", |vm, this| Ok(vm.int(parts(micros_of(this)).2))),
    ],
    basicsize: 40,
    itemsize: 0,
    doc: "",
};

/// The microseconds of a `timedelta`, or nothing.
pub(super) fn micros(obj: &Obj) -> Option<i128> {
    obj.get::<Delta>().map(Delta::micros)
}

fn micros_of(obj: &Obj) -> i128 {
    micros(obj).expect("a method of a timedelta gets one")
}

/// Days, seconds and microseconds; the latter two are never negative.
pub(super) fn parts(micros: i128) -> (i64, i64, i64) {
    let rest = micros.rem_euclid(DAY) as i64;
    (micros.div_euclid(DAY) as i64, rest / 1_000_000, rest % 1_000_000)
}

/// A new `timedelta`.
pub(super) fn new(vm: &Vm, micros: i128) -> PyResult {
    of_class(vm, &vm.late_class(&TIMEDELTA), micros)
}

fn of_class(vm: &Vm, class: &Obj, micros: i128) -> PyResult {
    let days = micros.div_euclid(DAY);
    if i32::try_from(days).is_err() {
        return Err(vm.overflow_error("Python int too large to convert to C int"));
    }
    if days.abs() > 999_999_999 {
        return Err(vm.overflow_error(format!("days={days}; must have magnitude <= 999999999")));
    }
    Ok(vm.new_object(class, Delta::new(micros)))
}

/// Nothing at all, for the first time zone.
pub(super) fn zero() -> Delta {
    Delta::new(0)
}

/// Half to even.
fn nearest(a: i128, b: i128) -> i128 {
    let (quotient, rest) = (a.div_euclid(b), a.rem_euclid(b));
    match (2 * rest).cmp(&b.abs()) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + b.signum(),
        std::cmp::Ordering::Equal => quotient + (quotient & 1) * b.signum(),
    }
}

/// The quotient of two integers as the nearest float.
fn ratio(a: i128, b: i128) -> f64 {
    let whole = a / b;
    // Microseconds fit into 53 bits within 285 years; beyond, the remainder decides nothing that a float could show.
    if a.unsigned_abs() < 1 << 53 && b.unsigned_abs() < 1 << 53 { a as f64 / b as f64 } else { whole as f64 + (a % b) as f64 / b as f64 }
}

fn new_delta(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    const NAMES: [&str; 7] = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];
    static SIGNATURE: Signature = Signature { name: "timedelta", params: &NAMES, positional_only: 0, positional: 7, required: 0 };
    const UNITS: [i128; 7] = [DAY, 1_000_000, 1, 1000, 60_000_000, 3_600_000_000, 7 * DAY];
    let given: [Option<&Obj>; 7] = args.bind(vm, &SIGNATURE)?;
    let too_large = || vm.overflow_error("Python int too large to convert to C int");
    let (mut total, mut left) = (0_i128, 0.0);
    // From the smallest unit to the largest, so that fractions add up as they do in C.
    for i in [2, 3, 1, 4, 5, 0, 6] {
        let Some(value) = given[i] else { continue };
        let more = if vm.is_kind_of(value, &vm.types.int) {
            vm.big_value(value).and_then(|value| value.to_i128()).and_then(|value| value.checked_mul(UNITS[i]))
        } else if let Some(value) = leaf::float(value) {
            if !value.is_finite() {
                return Err(if value.is_nan() {
                    vm.value_error("cannot convert float NaN to integer")
                } else {
                    vm.overflow_error("cannot convert float infinity to integer")
                });
            }
            let fraction = value.fract() * UNITS[i] as f64;
            left += fraction.fract();
            ((value.trunc().abs() < 1e20).then(|| value.trunc() as i128 * UNITS[i])).map(|whole| whole + fraction.trunc() as i128)
        } else {
            let (name, given) = (NAMES[i], vm.type_name(value));
            return Err(vm.type_error(format!("unsupported type for timedelta {name} component: {given}")));
        };
        total = more.and_then(|more| total.checked_add(more)).ok_or_else(too_large)?;
    }
    if left != 0.0 {
        // Half to even, the whole microseconds counted in.
        let mut whole = left.round();
        if (whole - left).abs() == 0.5 {
            let odd = (total & 1) as f64;
            whole = 2.0 * ((left + odd) * 0.5).round() - odd;
        }
        total += whole as i128;
    }
    of_class(vm, class, total)
}

fn state(vm: &Vm, micros: i128) -> Obj {
    let (days, seconds, micros) = parts(micros);
    vm.tuple(vec![vm.int(days), vm.int(seconds), vm.int(micros)])
}

fn hash(vm: &Vm, this: &Obj) -> PyResult<i64> {
    let delta = this.get::<Delta>().expect("a method of a timedelta gets one");
    if let Some(hash) = delta.hash.get() {
        return Ok(hash);
    }
    let hash = vm.hash(&state(vm, delta.micros()))?;
    delta.hash.set(Some(hash));
    Ok(hash)
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let (days, seconds, micros) = parts(micros_of(this));
    let named = [("days", days), ("seconds", seconds), ("microseconds", micros)];
    let shown: Vec<String> = named.iter().filter(|(_, n)| *n != 0).map(|(name, n)| format!("{name}={n}")).collect();
    let inside = if shown.is_empty() { "0".to_owned() } else { shown.join(", ") };
    Ok(vm.str(&format!("{}({inside})", vm.type_name(this))))
}

fn shown(micros: i128) -> String {
    let (days, seconds, micros) = parts(micros);
    let mut text = match days {
        0 => String::new(),
        1 | -1 => format!("{days} day, "),
        _ => format!("{days} days, "),
    };
    text += &format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if micros != 0 {
        text += &format!(".{micros:06}");
    }
    text
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    match (micros(a), micros(b)) {
        (Some(a), Some(b)) => Ok(vm.bool(op.holds(a.cmp(&b)))),
        _ => Ok(vm.not_implemented()),
    }
}

fn with_deltas(vm: &Vm, a: &Obj, b: &Obj, work: impl FnOnce(i128, i128) -> PyResult) -> PyResult {
    match (micros(a), micros(b)) {
        (Some(a), Some(b)) => work(a, b),
        _ => Ok(vm.not_implemented()),
    }
}

fn floor(vm: &Vm, a: i128, b: i128) -> PyResult<i128> {
    if b == 0 {
        return Err(vm.zero_division("division by zero"));
    }
    let quotient = a / b;
    Ok(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}

/// An int, or a float as a fraction of ints.
fn fraction(vm: &Vm, obj: &Obj) -> PyResult<Option<(i128, i128)>> {
    let too_large = || vm.overflow_error("Python int too large to convert to C int");
    if vm.is_kind_of(obj, &vm.types.int) {
        let n = vm.big_value(obj).and_then(|n| n.to_i128()).filter(|n| n.unsigned_abs() < 1 << 64);
        return n.map(|n| Some((n, 1))).ok_or_else(too_large);
    }
    if leaf::float(obj).is_none() {
        return Ok(None);
    }
    // A class may have a method of its own, which may give anything.
    let pair = vm.call_method(obj, "as_integer_ratio", &[])?;
    let Some(pair) = pair.get::<Tuple>() else {
        let given = vm.type_name(&pair);
        return Err(vm.type_error(format!("unexpected return type from as_integer_ratio(): expected tuple, not '{given}'")));
    };
    let [top, bottom] = pair.items() else { return Err(vm.value_error("as_integer_ratio() must return a 2-tuple")) };
    if ![top, bottom].iter().all(|part| vm.is_kind_of(part, &vm.types.int)) {
        return Err(vm.type_error("non-integer arguments in division"));
    }
    let [top, bottom] = [top, bottom].map(|part| vm.big_value(part).and_then(|n| n.to_i128()));
    match (top, bottom) {
        (Some(top), Some(bottom)) if bottom < 0 && top.unsigned_abs() < 1 << 64 && bottom.unsigned_abs() < 1 << 64 => {
            Ok(Some((-top, -bottom)))
        }
        (Some(top), Some(bottom)) if top.unsigned_abs() < 1 << 64 && bottom.unsigned_abs() < 1 << 64 => Ok(Some((top, bottom))),
        // A factor beyond these is as good as none, or far too large.
        (_, None) | (Some(_), Some(_)) if leaf::float(obj).is_some_and(|x| x.abs() < 1.0) => {
            let scaled = leaf::float(obj).unwrap_or_default() * (1_u64 << 63) as f64;
            Ok(Some((scaled as i128, 1 << 63)))
        }
        _ => Err(too_large()),
    }
}

fn scaled(vm: &Vm, micros: i128, top: i128, bottom: i128) -> PyResult {
    if bottom == 0 {
        return Err(vm.zero_division("division by zero"));
    }
    match micros.checked_mul(top) {
        Some(product) => new(vm, nearest(product, bottom)),
        None => Err(vm.overflow_error("Python int too large to convert to C int")),
    }
}

fn multiply(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let (micros, factor) = match (micros(a), micros(b)) {
        (Some(micros), None) => (micros, b),
        (None, Some(micros)) => (micros, a),
        _ => return Ok(vm.not_implemented()),
    };
    match fraction(vm, factor)? {
        Some((top, bottom)) => scaled(vm, micros, top, bottom),
        None => Ok(vm.not_implemented()),
    }
}

fn floor_divide(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    match (micros(a), micros(b)) {
        (Some(a), Some(b)) => Ok(vm.int128(floor(vm, a, b)?)),
        (Some(a), None) if vm.is_kind_of(b, &vm.types.int) => {
            let Some((b, _)) = fraction(vm, b)? else { return Ok(vm.not_implemented()) };
            new(vm, floor(vm, a, b)?)
        }
        _ => Ok(vm.not_implemented()),
    }
}

fn true_divide(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    match (micros(a), micros(b)) {
        (Some(_), Some(0)) => Err(vm.zero_division("division by zero")),
        (Some(a), Some(b)) => Ok(vm.float(ratio(a, b))),
        (Some(a), None) => match fraction(vm, b)? {
            Some((0, _)) => Err(vm.zero_division("division by zero")),
            // The divisor is positive for the rounding.
            Some((top, bottom)) => scaled(vm, a, bottom * top.signum(), top.abs()),
            None => Ok(vm.not_implemented()),
        },
        _ => Ok(vm.not_implemented()),
    }
}
