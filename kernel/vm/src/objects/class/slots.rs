//! Which special method stands for which slot (`slotdefs` in `Objects/typeobject.c`). Flat: a table, and the wrappers it names.
//!
//! The order is CPython's, because it is the order of a builtin class's `__dict__`. Several names may share one slot
//! (`__setitem__` and `__delitem__`), and two slots one name (`__add__` of numbers and of sequences).

use heap::Obj;

use super::special as s;
use crate::class::{Operator, Slots};
use crate::protocol::compare::unhashable;
use crate::{Args, Compare, PyResult, Vm};

/// One special method.
pub(crate) struct SlotDef {
    pub(crate) name: &'static str,
    pub(crate) ops: SlotOps,
    /// Calls the slot of a builtin class, arguments taken apart as for the special method. `None`: no wrapper is made.
    pub(crate) wrap: Option<Wrap>,
    /// `__text_signature__`.
    pub(crate) signature: &'static str,
    /// `__doc__`.
    pub(crate) doc: &'static str,
}

/// Calls the slot of the class that these slots belong to.
pub(crate) type Wrap = fn(&Vm, &Slots, &Obj, Args<'_>) -> PyResult;

/// What can be done with one slot, whatever its type.
pub(crate) struct SlotOps {
    /// Which slot.
    pub(crate) slot: &'static str,
    pub(crate) is_set: fn(&Slots) -> bool,
    pub(crate) same: fn(&Slots, &Slots) -> bool,
    /// Takes over another class's function, or its absence.
    pub(crate) copy: fn(&Slots, &Slots),
    /// Sets the function that calls the special method (`slot_tp_*`), or nothing if there is none.
    pub(crate) generic: fn(&Slots),
}

macro_rules! ops {
    ($field:ident, $generic:expr) => {
        ops!(@ stringify!($field), [$field], $generic)
    };
    ($field:ident [$op:ident], $generic:expr) => {
        ops!(@ concat!(stringify!($field), stringify!($op)), [$field[Operator::$op as usize]], $generic)
    };
    (@ $name:expr, [$($place:tt)*], $generic:expr) => {
        SlotOps {
            slot: $name,
            is_set: |slots| slots.$($place)*.get().is_some(),
            same: |a, b| a.$($place)*.get().map(|f| f as usize) == b.$($place)*.get().map(|f| f as usize),
            copy: |from, to| to.$($place)*.set(from.$($place)*.get()),
            generic: |slots| slots.$($place)*.set($generic),
        }
    };
}

macro_rules! def {
    ($name:literal, $field:ident $([$op:ident])?, $generic:expr, $wrap:expr, $signature:literal, $doc:literal) => {
        SlotDef { name: $name, ops: ops!($field $([$op])?, $generic), wrap: $wrap, signature: $signature, doc: $doc }
    };
}

fn exactly<'a>(vm: &Vm, args: Args<'a>, n: usize) -> PyResult<&'a [Obj]> {
    let given = args.pos().len();
    if given != n {
        let plural = if n == 1 { "" } else { "s" };
        return Err(vm.type_error(format!("expected {n} argument{plural}, got {given}")));
    }
    Ok(args.pos())
}

fn between<'a>(vm: &Vm, args: Args<'a>, min: usize, max: usize) -> PyResult<&'a [Obj]> {
    let given = args.pos().len();
    if given < min || given > max {
        let (how, bound) = if given < min { ("least", min) } else { ("most", max) };
        let plural = if bound == 1 { "" } else { "s" };
        return Err(vm.type_error(format!("expected at {how} {bound} argument{plural}, got {given}")));
    }
    Ok(args.pos())
}

/// `wrap_unaryfunc`.
macro_rules! unary {
    ($field:ident) => {
        Some(|vm, slots, this, args| {
            exactly(vm, args, 0)?;
            slots.$field.get().expect("a wrapped slot is set")(vm, this)
        })
    };
}

/// `wrap_binaryfunc_l`, `wrap_binaryfunc`.
macro_rules! binary {
    ($field:ident $([$op:ident])?) => {
        Some(|vm, slots, this, args| {
            let args = exactly(vm, args, 1)?;
            slots.$field $([Operator::$op as usize])?.get().expect("a wrapped slot is set")(vm, this, &args[0])
        })
    };
}

/// `wrap_binaryfunc_r`.
macro_rules! reflected {
    ($op:ident) => {
        Some(|vm, slots, this, args| {
            let args = exactly(vm, args, 1)?;
            slots.binary[Operator::$op as usize].get().expect("a wrapped slot is set")(vm, &args[0], this)
        })
    };
}

macro_rules! compare {
    ($op:ident) => {
        Some(|vm, slots, this, args| {
            let args = exactly(vm, args, 1)?;
            slots.richcompare.get().expect("a wrapped slot is set")(vm, this, &args[0], Compare::$op)
        })
    };
}

/// What changes something and gives `None`: a setter with or without a value.
macro_rules! setter {
    ($field:ident, $n:literal, $check:expr) => {
        Some(|vm, slots, this, args| {
            let args = exactly(vm, args, $n)?;
            let check: Option<fn(&Vm, &Slots, &Obj, &str) -> PyResult<()>> = $check;
            if let Some(check) = check {
                check(vm, slots, this, if $n == 2 { "__setattr__" } else { "__delattr__" })?;
            }
            slots.$field.get().expect("a wrapped slot is set")(vm, this, &args[0], args.get(1))?;
            Ok(vm.none())
        })
    };
}

/// `hackcheck`: `object.__setattr__` must not be used to get around a builtin class's own.
fn hackcheck(vm: &Vm, slots: &Slots, this: &Obj, what: &str) -> PyResult<()> {
    let class = vm.class_of(this);
    let mut at = Some(class.clone());
    // The most derived base that is not made in Python decides.
    while let Some(base) = at.take() {
        let payload = vm.class(&base);
        if !payload.has(crate::class::flags::HEAP_TYPE) {
            if payload.slots.setattro.get().map(|f| f as usize) != slots.setattro.get().map(|f| f as usize) {
                return Err(vm.type_error(format!("can't apply this {what} to {} object", vm.class_name(&class))));
            }
            break;
        }
        at = payload.base.get();
    }
    Ok(())
}

fn wrap_call(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    slots.call.get().expect("a wrapped slot is set")(vm, this, args)
}

fn wrap_init(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    slots.init.get().expect("a wrapped slot is set")(vm, this, args)?;
    Ok(vm.none())
}

fn wrap_hash(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    exactly(vm, args, 0)?;
    Ok(vm.int(slots.hash.get().expect("a wrapped slot is set")(vm, this)?))
}

fn wrap_bool(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    exactly(vm, args, 0)?;
    Ok(vm.bool(slots.bool.get().expect("a wrapped slot is set")(vm, this)?))
}

fn wrap_len(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    exactly(vm, args, 0)?;
    Ok(vm.int(slots.len.get().expect("a wrapped slot is set")(vm, this)? as i64))
}

fn wrap_contains(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    let args = exactly(vm, args, 1)?;
    Ok(vm.bool(slots.contains.get().expect("a wrapped slot is set")(vm, this, &args[0])?))
}

fn wrap_next(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    exactly(vm, args, 0)?;
    match slots.iternext.get().expect("a wrapped slot is set")(vm, this)? {
        Some(item) => Ok(item),
        None => Err(vm.new_exception(&vm.types.stop_iteration, vec![])),
    }
}

fn wrap_get(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    let args = between(vm, args, 1, 2)?;
    let given = |i: usize| args.get(i).filter(|arg| !arg.is(&vm.consts.none));
    if given(0).is_none() && given(1).is_none() {
        return Err(vm.type_error("__get__(None, None) is invalid"));
    }
    slots.descr_get.get().expect("a wrapped slot is set")(vm, this, given(0), given(1))
}

fn wrap_del(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    exactly(vm, args, 0)?;
    slots.finalize.get().expect("a wrapped slot is set")(vm, this);
    Ok(vm.none())
}

fn wrap_power(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    let args = between(vm, args, 1, 2)?;
    match args.get(1).filter(|modulus| !modulus.is(&vm.consts.none)) {
        Some(modulus) => match slots.power_mod.get() {
            Some(power) => power(vm, this, &args[0], modulus),
            None => Ok(vm.not_implemented()),
        },
        None => slots.binary[Operator::Power as usize].get().expect("a wrapped slot is set")(vm, this, &args[0]),
    }
}

fn wrap_reflected_power(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    let args = between(vm, args, 1, 2)?;
    slots.binary[Operator::Power as usize].get().expect("a wrapped slot is set")(vm, &args[0], this)
}

fn wrap_repeat(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    let args = exactly(vm, args, 1)?;
    let n = vm.index_isize(&args[0])?;
    slots.repeat.get().expect("a wrapped slot is set")(vm, this, n)
}

fn wrap_in_place_repeat(vm: &Vm, slots: &Slots, this: &Obj, args: Args<'_>) -> PyResult {
    let args = exactly(vm, args, 1)?;
    let n = vm.index_isize(&args[0])?;
    slots.in_place_repeat.get().expect("a wrapped slot is set")(vm, this, n)
}

/// Every special method that stands for a slot.
pub(crate) static SLOT_DEFS: &[SlotDef] = &[
    def!("__repr__", repr, Some(s::repr), unary!(repr), "($self, /)", "Return repr(self)."),
    def!("__hash__", hash, Some(s::hash), Some(wrap_hash), "($self, /)", "Return hash(self)."),
    def!("__call__", call, Some(s::call), Some(wrap_call), "($self, /, *args, **kwargs)", "Call self as a function."),
    def!("__str__", str, Some(s::str), unary!(str), "($self, /)", "Return str(self)."),
    def!("__getattribute__", getattro, Some(s::getattr_hook), binary!(getattro), "($self, name, /)", "Return getattr(self, name)."),
    def!("__getattr__", getattro, Some(s::getattr_hook), None, "", "Implement getattr(self, name)."),
    def!(
        "__setattr__",
        setattro,
        Some(s::setattro),
        setter!(setattro, 2, Some(hackcheck)),
        "($self, name, value, /)",
        "Implement setattr(self, name, value)."
    ),
    def!(
        "__delattr__",
        setattro,
        Some(s::setattro),
        setter!(setattro, 1, Some(hackcheck)),
        "($self, name, /)",
        "Implement delattr(self, name)."
    ),
    def!("__lt__", richcompare, Some(s::richcompare), compare!(Lt), "($self, value, /)", "Return self<value."),
    def!("__le__", richcompare, Some(s::richcompare), compare!(Le), "($self, value, /)", "Return self<=value."),
    def!("__eq__", richcompare, Some(s::richcompare), compare!(Eq), "($self, value, /)", "Return self==value."),
    def!("__ne__", richcompare, Some(s::richcompare), compare!(Ne), "($self, value, /)", "Return self!=value."),
    def!("__gt__", richcompare, Some(s::richcompare), compare!(Gt), "($self, value, /)", "Return self>value."),
    def!("__ge__", richcompare, Some(s::richcompare), compare!(Ge), "($self, value, /)", "Return self>=value."),
    def!("__iter__", iter, Some(s::iter), unary!(iter), "($self, /)", "Implement iter(self)."),
    def!("__next__", iternext, Some(s::iternext), Some(wrap_next), "($self, /)", "Implement next(self)."),
    def!(
        "__get__",
        descr_get,
        Some(s::descr_get),
        Some(wrap_get),
        "($self, instance, owner=None, /)",
        "Return an attribute of instance, which is of type owner."
    ),
    def!(
        "__set__",
        descr_set,
        Some(s::descr_set),
        setter!(descr_set, 2, None),
        "($self, instance, value, /)",
        "Set an attribute of instance to value."
    ),
    def!(
        "__delete__",
        descr_set,
        Some(s::descr_set),
        setter!(descr_set, 1, None),
        "($self, instance, /)",
        "Delete an attribute of instance."
    ),
    def!(
        "__init__",
        init,
        Some(s::init),
        Some(wrap_init),
        "($self, /, *args, **kwargs)",
        "Initialize self.  See help(type(self)) for accurate signature."
    ),
    def!("__new__", new, Some(s::new), None, "", "Create and return new object."),
    def!("__del__", finalize, Some(s::finalize), Some(wrap_del), "($self, /)", "Called when the instance is about to be destroyed."),
    def!("__await__", await_, Some(s::await_), unary!(await_), "($self, /)", "Return an iterator to be used in await expression."),
    def!("__aiter__", aiter, Some(s::aiter), unary!(aiter), "($self, /)", "Return an awaitable, that resolves in asynchronous iterator."),
    def!("__anext__", anext, Some(s::anext), unary!(anext), "($self, /)", "Return a value or raise StopAsyncIteration."),
    def!("__add__", binary[Add], Some(s::add), binary!(binary[Add]), "($self, value, /)", "Return self+value."),
    def!("__radd__", binary[Add], Some(s::add), reflected!(Add), "($self, value, /)", "Return value+self."),
    def!("__sub__", binary[Subtract], Some(s::sub), binary!(binary[Subtract]), "($self, value, /)", "Return self-value."),
    def!("__rsub__", binary[Subtract], Some(s::sub), reflected!(Subtract), "($self, value, /)", "Return value-self."),
    def!("__mul__", binary[Multiply], Some(s::mul), binary!(binary[Multiply]), "($self, value, /)", "Return self*value."),
    def!("__rmul__", binary[Multiply], Some(s::mul), reflected!(Multiply), "($self, value, /)", "Return value*self."),
    def!("__mod__", binary[Remainder], Some(s::rem), binary!(binary[Remainder]), "($self, value, /)", "Return self%value."),
    def!("__rmod__", binary[Remainder], Some(s::rem), reflected!(Remainder), "($self, value, /)", "Return value%self."),
    def!("__divmod__", binary[DivMod], Some(s::divmod), binary!(binary[DivMod]), "($self, value, /)", "Return divmod(self, value)."),
    def!("__rdivmod__", binary[DivMod], Some(s::divmod), reflected!(DivMod), "($self, value, /)", "Return divmod(value, self)."),
    def!("__pow__", binary[Power], Some(s::pow), Some(wrap_power), "($self, value, mod=None, /)", "Return pow(self, value, mod)."),
    def!(
        "__rpow__",
        binary[Power],
        Some(s::pow),
        Some(wrap_reflected_power),
        "($self, value, mod=None, /)",
        "Return pow(value, self, mod)."
    ),
    def!("__neg__", negative, Some(s::negative), unary!(negative), "($self, /)", "-self"),
    def!("__pos__", positive, Some(s::positive), unary!(positive), "($self, /)", "+self"),
    def!("__abs__", absolute, Some(s::absolute), unary!(absolute), "($self, /)", "abs(self)"),
    def!("__bool__", bool, Some(s::bool), Some(wrap_bool), "($self, /)", "True if self else False"),
    def!("__invert__", invert, Some(s::invert), unary!(invert), "($self, /)", "~self"),
    def!("__lshift__", binary[LShift], Some(s::lshift), binary!(binary[LShift]), "($self, value, /)", "Return self<<value."),
    def!("__rlshift__", binary[LShift], Some(s::lshift), reflected!(LShift), "($self, value, /)", "Return value<<self."),
    def!("__rshift__", binary[RShift], Some(s::rshift), binary!(binary[RShift]), "($self, value, /)", "Return self>>value."),
    def!("__rrshift__", binary[RShift], Some(s::rshift), reflected!(RShift), "($self, value, /)", "Return value>>self."),
    def!("__and__", binary[And], Some(s::and), binary!(binary[And]), "($self, value, /)", "Return self&value."),
    def!("__rand__", binary[And], Some(s::and), reflected!(And), "($self, value, /)", "Return value&self."),
    def!("__xor__", binary[Xor], Some(s::xor), binary!(binary[Xor]), "($self, value, /)", "Return self^value."),
    def!("__rxor__", binary[Xor], Some(s::xor), reflected!(Xor), "($self, value, /)", "Return value^self."),
    def!("__or__", binary[Or], Some(s::or), binary!(binary[Or]), "($self, value, /)", "Return self|value."),
    def!("__ror__", binary[Or], Some(s::or), reflected!(Or), "($self, value, /)", "Return value|self."),
    def!("__int__", int, Some(s::int), unary!(int), "($self, /)", "int(self)"),
    def!("__float__", float, Some(s::float), unary!(float), "($self, /)", "float(self)"),
    def!("__iadd__", in_place[Add], Some(s::iadd), binary!(in_place[Add]), "($self, value, /)", "Return self+=value."),
    def!("__isub__", in_place[Subtract], Some(s::isub), binary!(in_place[Subtract]), "($self, value, /)", "Return self-=value."),
    def!("__imul__", in_place[Multiply], Some(s::imul), binary!(in_place[Multiply]), "($self, value, /)", "Return self*=value."),
    def!("__imod__", in_place[Remainder], Some(s::irem), binary!(in_place[Remainder]), "($self, value, /)", "Return self%=value."),
    def!("__ipow__", in_place[Power], Some(s::ipow), binary!(in_place[Power]), "($self, value, /)", "Return self**=value."),
    def!("__ilshift__", in_place[LShift], Some(s::ilshift), binary!(in_place[LShift]), "($self, value, /)", "Return self<<=value."),
    def!("__irshift__", in_place[RShift], Some(s::irshift), binary!(in_place[RShift]), "($self, value, /)", "Return self>>=value."),
    def!("__iand__", in_place[And], Some(s::iand), binary!(in_place[And]), "($self, value, /)", "Return self&=value."),
    def!("__ixor__", in_place[Xor], Some(s::ixor), binary!(in_place[Xor]), "($self, value, /)", "Return self^=value."),
    def!("__ior__", in_place[Or], Some(s::ior), binary!(in_place[Or]), "($self, value, /)", "Return self|=value."),
    def!("__floordiv__", binary[FloorDivide], Some(s::floordiv), binary!(binary[FloorDivide]), "($self, value, /)", "Return self//value."),
    def!("__rfloordiv__", binary[FloorDivide], Some(s::floordiv), reflected!(FloorDivide), "($self, value, /)", "Return value//self."),
    def!("__truediv__", binary[TrueDivide], Some(s::truediv), binary!(binary[TrueDivide]), "($self, value, /)", "Return self/value."),
    def!("__rtruediv__", binary[TrueDivide], Some(s::truediv), reflected!(TrueDivide), "($self, value, /)", "Return value/self."),
    def!(
        "__ifloordiv__",
        in_place[FloorDivide],
        Some(s::ifloordiv),
        binary!(in_place[FloorDivide]),
        "($self, value, /)",
        "Return self//=value."
    ),
    def!(
        "__itruediv__",
        in_place[TrueDivide],
        Some(s::itruediv),
        binary!(in_place[TrueDivide]),
        "($self, value, /)",
        "Return self/=value."
    ),
    def!(
        "__index__",
        index,
        Some(s::index),
        unary!(index),
        "($self, /)",
        "Return self converted to an integer, if self is suitable for use as an index into a list."
    ),
    def!("__matmul__", binary[MatMul], Some(s::matmul), binary!(binary[MatMul]), "($self, value, /)", "Return self@value."),
    def!("__rmatmul__", binary[MatMul], Some(s::matmul), reflected!(MatMul), "($self, value, /)", "Return value@self."),
    def!("__imatmul__", in_place[MatMul], Some(s::imatmul), binary!(in_place[MatMul]), "($self, value, /)", "Return self@=value."),
    def!("__len__", len, Some(s::len), Some(wrap_len), "($self, /)", "Return len(self)."),
    def!("__getitem__", subscript, Some(s::subscript), binary!(subscript), "($self, key, /)", "Return self[key]."),
    def!(
        "__setitem__",
        ass_subscript,
        Some(s::ass_subscript),
        setter!(ass_subscript, 2, None),
        "($self, key, value, /)",
        "Set self[key] to value."
    ),
    def!("__delitem__", ass_subscript, Some(s::ass_subscript), setter!(ass_subscript, 1, None), "($self, key, /)", "Delete self[key]."),
    def!("__add__", concat, None, binary!(concat), "($self, value, /)", "Return self+value."),
    def!("__mul__", repeat, None, Some(wrap_repeat), "($self, value, /)", "Return self*value."),
    def!("__rmul__", repeat, None, Some(wrap_repeat), "($self, value, /)", "Return value*self."),
    def!("__contains__", contains, Some(s::contains), Some(wrap_contains), "($self, key, /)", "Return bool(key in self)."),
    def!("__iadd__", in_place_concat, None, binary!(in_place_concat), "($self, value, /)", "Implement self+=value."),
    def!("__imul__", in_place_repeat, None, Some(wrap_in_place_repeat), "($self, value, /)", "Implement self*=value."),
];

/// `__hash__ = None` for the `hash` slot of a builtin class.
pub(crate) fn is_unhashable(slots: &Slots) -> bool {
    slots.hash.get().is_some_and(|f| f as usize == unhashable as fn(&Vm, &Obj) -> PyResult<i64> as usize)
}
