//! The slots of classes made in Python: each calls its special method (`slot_tp_*` in `Objects/typeobject.c`).
//!
//! The method is looked up on the class at every call, as in CPython. A plain function gets the object in front of its arguments;
//! no bound method is made.

use compile::Version;
use heap::Obj;

use crate::class::{Operator, flags};
use crate::objects::static_method::StaticMethod;
use crate::protocol::attribute::is_attribute_error;
use crate::protocol::compare::unhashable;
use crate::{Args, Compare, PyResult, Raised, Vm, kinds};

/// A special method as `lookup_maybe_method` finds it.
pub(crate) enum Special {
    /// A plain function: the object goes in front of its arguments.
    Function(Obj),
    /// Anything else, already bound.
    Bound(Obj),
}

impl Vm {
    /// Looks a special method up on the object's class (`lookup_maybe_method`).
    pub(crate) fn special(&self, obj: &Obj, name: &Obj) -> PyResult<Option<Special>> {
        let Some(found) = self.lookup_on_class(obj, name) else { return Ok(None) };
        let (is_method, get) = self.with_class(&found, |class| (class.has(flags::METHOD_DESCRIPTOR), class.slots.descr_get.get()));
        if is_method {
            return Ok(Some(Special::Function(found)));
        }
        match get {
            Some(get) => Ok(Some(Special::Bound(get(self, &found, Some(obj), Some(&self.class_of(obj)))?))),
            None => Ok(Some(Special::Bound(found))),
        }
    }

    /// Looks up a special method that the class can do without. Since 3.14 an AttributeError of its binding means that there is none; before,
    /// some slots took any error for that (`forgives`).
    fn special_if_there(&self, obj: &Obj, name: &Obj, forgives: bool) -> PyResult<Option<Special>> {
        match self.special(obj, name) {
            Err(raised) if self.version >= Version::V3_14 && is_attribute_error(self, &raised) => Ok(None),
            Err(_) if self.version < Version::V3_14 && forgives => Ok(None),
            found => found,
        }
    }

    /// Counts the bound method that CPython makes of a special method where it does not call the function itself
    /// (`_PyObject_LookupSpecial`).
    pub(crate) fn passing_bound(&self, special: &Special) -> Option<heap::Passing<'_>> {
        let Special::Function(function) = special else { return None };
        let bound = match function.kind() {
            kinds::FUNCTION => kinds::METHOD,
            kinds::METHOD_DESCRIPTOR => kinds::BUILTIN_FUNCTION,
            kinds::SLOT_WRAPPER => kinds::METHOD_WRAPPER,
            _ => return None,
        };
        Some(self.heap.passing(bound))
    }

    /// Calls a special method. The arguments are lent: only the method itself counts them.
    pub(crate) fn call_special(&self, special: &Special, obj: &Obj, args: &[&Obj]) -> PyResult {
        let args = args.iter().copied();
        match special {
            Special::Function(f) if args.len() == 0 => self.call_one(f, obj),
            Special::Function(f) if f.kind() == kinds::FUNCTION => self.call_with_first_of(f, obj, args),
            Special::Function(f) => self.call_lent(f, std::iter::once(obj).chain(args)),
            Special::Bound(f) => self.call_lent(f, args),
        }
    }

    /// Calls a special method if the class has it (`vectorcall_maybe`); else `NotImplemented`.
    fn call_maybe(&self, obj: &Obj, name: &Obj, args: &[&Obj], forgives: bool) -> PyResult {
        match self.special_if_there(obj, name, forgives)? {
            Some(special) => self.call_special(&special, obj, args),
            None => Ok(self.not_implemented()),
        }
    }

    /// Calls a special method that the class should have (`vectorcall_method`).
    pub(crate) fn call_required(&self, obj: &Obj, name: &Obj, args: &[&Obj]) -> PyResult {
        match self.special(obj, name)? {
            Some(special) => self.call_special(&special, obj, args),
            None => Err(self.attribute_error(obj, name)),
        }
    }
}

macro_rules! required {
    ($($name:ident => $method:ident;)*) => {
        $(pub(super) fn $name(vm: &Vm, this: &Obj) -> PyResult {
            vm.call_required(this, &vm.names.$method, &[])
        })*
    };
}

required! {
    negative => __neg__;
    positive => __pos__;
    absolute => __abs__;
    invert => __invert__;
    int => __int__;
    float => __float__;
    index => __index__;
}

/// `SLOT1BINFULL`: both operands' methods have their say, a subclass's reflected one first.
fn binary(vm: &Vm, this: &Obj, other: &Obj, op: Operator, function: crate::class::Binary, names: (&Obj, &Obj)) -> PyResult {
    let (class, other_class) = (vm.class_of(this), vm.class_of(other));
    let has = |class: &Obj| vm.class(class).slots.binary[op as usize].get().is_some_and(|f| f as usize == function as usize);
    let mut do_other = !class.is(&other_class) && has(&other_class);
    if has(&class) {
        if do_other && vm.subclass_of(&other_class, &class) && is_overloaded(vm, this, other, names.1)? {
            let result = vm.call_maybe(other, names.1, &[this], false)?;
            if !result.is(&vm.consts.not_implemented) {
                return Ok(result);
            }
            do_other = false;
        }
        let result = vm.call_maybe(this, names.0, &[other], false)?;
        if !result.is(&vm.consts.not_implemented) || class.is(&other_class) {
            return Ok(result);
        }
    }
    if do_other { vm.call_maybe(other, names.1, &[this], false) } else { Ok(vm.not_implemented()) }
}

/// `method_is_overloaded`: whether the right operand's class has a reflected method of its own.
fn is_overloaded(vm: &Vm, left: &Obj, right: &Obj, name: &Obj) -> PyResult<bool> {
    let Some(b) = vm.getattr_opt(&vm.class_of(right), name)? else { return Ok(false) };
    let Some(a) = vm.getattr_opt(&vm.class_of(left), name)? else { return Ok(true) };
    vm.compare_bool(&a, &b, Compare::Ne)
}

macro_rules! operators {
    ($($op:ident: $function:ident $method:ident $reflected:ident $in_place:ident $in_place_method:ident;)*) => {
        $(
            pub(super) fn $function(vm: &Vm, this: &Obj, other: &Obj) -> PyResult {
                binary(vm, this, other, Operator::$op, $function, (&vm.names.$method, &vm.names.$reflected))
            }
            pub(super) fn $in_place(vm: &Vm, this: &Obj, other: &Obj) -> PyResult {
                vm.call_required(this, &vm.names.$in_place_method, &[other])
            }
        )*
    };
}

operators! {
    Add: add __add__ __radd__ iadd __iadd__;
    Subtract: sub __sub__ __rsub__ isub __isub__;
    Multiply: mul __mul__ __rmul__ imul __imul__;
    Remainder: rem __mod__ __rmod__ irem __imod__;
    Power: pow __pow__ __rpow__ ipow __ipow__;
    LShift: lshift __lshift__ __rlshift__ ilshift __ilshift__;
    RShift: rshift __rshift__ __rrshift__ irshift __irshift__;
    And: and __and__ __rand__ iand __iand__;
    Xor: xor __xor__ __rxor__ ixor __ixor__;
    Or: or __or__ __ror__ ior __ior__;
    FloorDivide: floordiv __floordiv__ __rfloordiv__ ifloordiv __ifloordiv__;
    TrueDivide: truediv __truediv__ __rtruediv__ itruediv __itruediv__;
    MatMul: matmul __matmul__ __rmatmul__ imatmul __imatmul__;
}

pub(super) fn divmod(vm: &Vm, this: &Obj, other: &Obj) -> PyResult {
    binary(vm, this, other, Operator::DivMod, divmod, (&vm.names.__divmod__, &vm.names.__rdivmod__))
}

/// `pow(a, b, m)`: only the left operand is asked.
pub(super) fn power_mod(vm: &Vm, this: &Obj, other: &Obj, modulus: &Obj) -> PyResult {
    let class = vm.class_of(this);
    if vm.class(&class).slots.power_mod.get().is_some_and(|f| f as usize == power_mod as fn(&Vm, &Obj, &Obj, &Obj) -> PyResult as usize) {
        return vm.call_required(this, &vm.names.__pow__, &[other, modulus]);
    }
    Ok(vm.not_implemented())
}

pub(super) fn bool(vm: &Vm, this: &Obj) -> PyResult<bool> {
    if let Some(special) = vm.special_if_there(this, &vm.names.__bool__, false)? {
        let value = vm.call_special(&special, this, &[])?;
        if value.kind() != heap::Kind::BOOL {
            return Err(vm.type_error(format!("__bool__ should return bool, returned {}", vm.type_name(&value))));
        }
        return Ok(value.is(&vm.consts.true_));
    }
    match vm.special_if_there(this, &vm.names.__len__, false)? {
        Some(special) => Ok(length(vm, vm.call_special(&special, this, &[])?)? != 0),
        None => Ok(true),
    }
}

/// What `__len__` may give.
fn length(vm: &Vm, value: Obj) -> PyResult<usize> {
    let value = vm.index(&value)?;
    if vm.compare_bool(&value, &vm.int(0), Compare::Lt)? {
        return Err(vm.value_error("__len__() should return >= 0"));
    }
    Ok(vm.index_isize(&value)? as usize)
}

pub(super) fn len(vm: &Vm, this: &Obj) -> PyResult<usize> {
    length(vm, vm.call_required(this, &vm.names.__len__, &[])?)
}

pub(super) fn subscript(vm: &Vm, this: &Obj, key: &Obj) -> PyResult {
    vm.call_required(this, &vm.names.__getitem__, &[key])
}

pub(super) fn ass_subscript(vm: &Vm, this: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(match value {
        Some(value) => vm.call_required(this, &vm.names.__setitem__, &[key, value])?,
        None => vm.call_required(this, &vm.names.__delitem__, &[key])?,
    });
    Ok(())
}

pub(super) fn contains(vm: &Vm, this: &Obj, item: &Obj) -> PyResult<bool> {
    let class = vm.class_of(this);
    if vm.class_lookup(&class, &vm.names.__contains__).is_some_and(|found| found.is(&vm.consts.none)) {
        return Err(vm.type_error(format!("'{}' object is not a container", vm.class_name(&class))));
    }
    match vm.special_if_there(this, &vm.names.__contains__, false)? {
        Some(special) => {
            let answer = vm.call_special(&special, this, &[item])?;
            vm.is_true(&answer)
        }
        None => vm.search(this, item),
    }
}

pub(super) fn repr(vm: &Vm, this: &Obj) -> PyResult {
    match vm.special_if_there(this, &vm.names.__repr__, true)? {
        Some(special) => vm.call_special(&special, this, &[]),
        None => Ok(vm.str(&format!("<{} object at {:#x}>", vm.class_name(&vm.class_of(this)), this.id()))),
    }
}

pub(super) fn str(vm: &Vm, this: &Obj) -> PyResult {
    match vm.special(this, &vm.names.__str__)? {
        Some(special) => vm.call_special(&special, this, &[]),
        None => repr(vm, this),
    }
}

pub(super) fn hash(vm: &Vm, this: &Obj) -> PyResult<i64> {
    let class = vm.class_of(this);
    let found = vm.class_lookup(&class, &vm.names.__hash__).filter(|found| !found.is(&vm.consts.none));
    if found.is_none() {
        return unhashable(vm, this);
    }
    drop(found);
    let Some(special) = vm.special_if_there(this, &vm.names.__hash__, true)? else { return unhashable(vm, this) };
    let value = vm.call_special(&special, this, &[])?;
    if !vm.is_kind_of(&value, &vm.types.int) {
        return Err(vm.type_error("__hash__ method should return an integer"));
    }
    // The value itself if it fits, else the hash of the int.
    let hash = match value.get::<heap::Int>() {
        Some(small) => small.0,
        None => vm.hash(&value)?,
    };
    Ok(if hash == -1 { -2 } else { hash })
}

pub(super) fn call(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult {
    // `tp_call` gets a tuple, which counts the arguments.
    let _tuple = args.to_tuple(vm);
    let _keywords = (args.has_keywords() && !args.in_tuple()).then(|| vm.keyword_dict(args));
    match vm.special(this, &vm.names.__call__)? {
        Some(Special::Function(f)) => vm.call_with_self(&f, this, args),
        // An object that is called may be one whose call is another object's.
        Some(Special::Bound(f)) => vm.guarded(" while calling a Python object", || vm.call_args(&f, args)),
        None => Err(vm.attribute_error(this, &vm.names.__call__)),
    }
}

impl Vm {
    /// Calls a function with an object in front of its arguments.
    pub(crate) fn call_with_self(&self, function: &Obj, this: &Obj, args: Args<'_>) -> PyResult {
        let _names = self.heap.passing_tuple(args.names().len());
        self.call_with_first(function, this, args)
    }
}

/// `_Py_slot_tp_getattr_hook`: `__getattribute__`, then `__getattr__` if that raised an AttributeError.
pub(super) fn getattr_hook(vm: &Vm, this: &Obj, name: &Obj) -> PyResult {
    let class = vm.class_of(this);
    let Some(getattr) = vm.class_lookup(&class, &vm.names.__getattr__) else {
        return vm.call_required(this, &vm.names.__getattribute__, &[name]);
    };
    let getattribute = vm.class_lookup(&class, &vm.names.__getattribute__);
    let generic = getattribute.as_ref().is_none_or(|found| vm.is_generic_getattribute(found));
    let found: Result<Obj, Option<Raised>> = if generic {
        match vm.generic_getattr_opt(this, name) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(None),
            Err(raised) => Err(Some(raised)),
        }
    } else {
        vm.call_required(this, &vm.names.__getattribute__, &[name]).map_err(Some)
    };
    drop(getattribute);
    match found {
        Ok(value) => Ok(value),
        Err(Some(raised)) if !is_attribute_error(vm, &raised) => Err(raised),
        Err(raised) => {
            drop(raised);
            let getattr_class = vm.class_of(&getattr);
            if vm.class(&getattr_class).has(flags::METHOD_DESCRIPTOR) {
                // Up to 3.11 a bound method was made for the call, which held the object.
                let _held = (vm.version <= compile::Version::V3_11).then(|| this.clone());
                return vm.call_lent(&getattr, [this, name].into_iter());
            }
            match vm.class(&getattr_class).slots.descr_get.get() {
                Some(get) => {
                    let bound = get(vm, &getattr, Some(this), Some(&class))?;
                    vm.call(&bound, std::slice::from_ref(name))
                }
                None => vm.call(&getattr, std::slice::from_ref(name)),
            }
        }
    }
}

pub(super) fn setattro(vm: &Vm, this: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(match value {
        Some(value) => vm.call_required(this, &vm.names.__setattr__, &[name, value])?,
        None => vm.call_required(this, &vm.names.__delattr__, &[name])?,
    });
    Ok(())
}

pub(super) fn richcompare(vm: &Vm, this: &Obj, other: &Obj, op: Compare) -> PyResult {
    let names = &vm.names;
    let name = match op {
        Compare::Lt => &names.__lt__,
        Compare::Le => &names.__le__,
        Compare::Eq => &names.__eq__,
        Compare::Ne => &names.__ne__,
        Compare::Gt => &names.__gt__,
        Compare::Ge => &names.__ge__,
    };
    vm.call_maybe(this, name, &[other], true)
}

pub(super) fn iter(vm: &Vm, this: &Obj) -> PyResult {
    let class = vm.class_of(this);
    let not_iterable = || vm.type_error(format!("'{}' object is not iterable", vm.class_name(&class)));
    if vm.class_lookup(&class, &vm.names.__iter__).is_some_and(|found| found.is(&vm.consts.none)) {
        return Err(not_iterable());
    }
    if let Some(special) = vm.special_if_there(this, &vm.names.__iter__, true)? {
        return vm.call_special(&special, this, &[]);
    }
    if vm.special_if_there(this, &vm.names.__getitem__, true)?.is_none() {
        return Err(not_iterable());
    }
    Ok(vm.sequence_iterator(this))
}

pub(super) fn iternext(vm: &Vm, this: &Obj) -> PyResult<Option<Obj>> {
    vm.call_required(this, &vm.names.__next__, &[]).map(Some)
}

pub(super) fn descr_get(vm: &Vm, this: &Obj, instance: Option<&Obj>, owner: Option<&Obj>) -> PyResult {
    let class = vm.class_of(this);
    let Some(get) = vm.class_lookup(&class, &vm.names.__get__) else { return Ok(this.clone()) };
    let none = vm.none();
    vm.call_lent(&get, [this, instance.unwrap_or(&none), owner.unwrap_or(&none)].into_iter())
}

pub(super) fn descr_set(vm: &Vm, this: &Obj, target: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(match value {
        Some(value) => vm.call_required(this, &vm.names.__set__, &[target, value])?,
        None => vm.call_required(this, &vm.names.__delete__, &[target])?,
    });
    Ok(())
}

pub(super) fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    let result = match vm.special(this, &vm.names.__init__)? {
        Some(Special::Function(f)) => vm.call_with_self(&f, this, args)?,
        Some(Special::Bound(f)) => vm.call_args(&f, args)?,
        None => return Err(vm.attribute_error(this, &vm.names.__init__)),
    };
    if !result.is(&vm.consts.none) {
        return Err(vm.type_error(format!("__init__() should return None, not '{}'", vm.type_name(&result))));
    }
    Ok(())
}

pub(crate) fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    // What `type` itself has of that name does not hide a class's own.
    let plain = class.extra().is_none().then(|| vm.class_lookup(class, &vm.names.__new__)).flatten();
    let new = match plain
        .as_ref()
        .filter(|found| found.extra().is_none())
        .and_then(|found| found.get::<StaticMethod>())
        .and_then(|method| method.callable.get())
    {
        Some(new) => new,
        None => vm.getattr(class, &vm.names.__new__)?,
    };
    drop(plain);
    vm.call_with_self(&new, class, args)
}

/// An exception in `__del__` cannot go anywhere: it is reported.
pub(super) fn finalize(vm: &Vm, this: &Obj) {
    let result = match vm.special(this, &vm.names.__del__) {
        Ok(None) => return,
        Ok(Some(special)) => {
            let result = vm.call_special(&special, this, &[]);
            let del = match special {
                Special::Function(f) | Special::Bound(f) => f,
            };
            result.map_err(|raised| (raised, del))
        }
        Err(raised) => {
            vm.unraisable(raised, None, this);
            return;
        }
    };
    if let Err((raised, del)) = result {
        vm.unraisable(raised, Some("calling deallocator"), &del);
    }
}

pub(super) fn await_(vm: &Vm, this: &Obj) -> PyResult {
    async_method(vm, this, &vm.names.__await__, "object {} does not have __await__ method")
}

pub(super) fn aiter(vm: &Vm, this: &Obj) -> PyResult {
    async_method(vm, this, &vm.names.__aiter__, "object {} does not have __aiter__ method")
}

pub(super) fn anext(vm: &Vm, this: &Obj) -> PyResult {
    async_method(vm, this, &vm.names.__anext__, "object {} does not have __anext__ method")
}

fn async_method(vm: &Vm, this: &Obj, name: &Obj, missing: &str) -> PyResult {
    match vm.special(this, name)? {
        Some(special) => vm.call_special(&special, this, &[]),
        None => Err(vm.type_error(missing.replace("{}", &vm.type_name(this)))),
    }
}
