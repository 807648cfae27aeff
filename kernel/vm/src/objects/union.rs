//! `int | str` (`Objects/unionobject.c`).

use heap::{Obj, Slot, Tuple};

use super::class::items_of;
use super::generic_alias::{GenericAlias, type_repr};
use crate::args::Args;
use crate::class::{Class, ClassSpec, Convention, GetSet, Method, flags};
use crate::{Compare, Operator, PyResult, Vm, kinds};

/// The payload of a union of types.
#[derive(Default)]
pub struct Union {
    /// `__args__`, a `tuple`.
    pub args: Slot,
}

crate::payload!(Union, kinds::UNION, { args });

fn arguments(obj: &Obj) -> Obj {
    obj.get::<Union>().and_then(|union| union.args.get()).expect("a union has its arguments")
}

/// Whether an object may stand in a union.
fn fits(vm: &Vm, obj: &Obj) -> bool {
    obj.is(&vm.consts.none)
        || obj.get::<Class>().is_some()
        || obj.get::<GenericAlias>().is_some()
        || obj.get::<Union>().is_some()
        || matches!(obj.kind(), kinds::TYPE_VAR | kinds::TYPE_ALIAS | kinds::PARAM_SPEC)
}

/// `a | b` of types.
pub(crate) fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if !fits(vm, a) || !fits(vm, b) {
        return Ok(vm.not_implemented());
    }
    vm.new_union(&[a.clone(), b.clone()])
}

impl Vm {
    /// A union of types, doubles and nested unions taken away; of one type, the type itself.
    pub fn new_union(&self, parts: &[Obj]) -> PyResult {
        let mut members: Vec<Obj> = Vec::new();
        for part in parts {
            let inside = if part.get::<Union>().is_some() { items_of(&arguments(part)) } else { vec![part.clone()] };
            for member in inside {
                let member = if member.is(&self.consts.none) { self.types.none_type.clone() } else { member };
                let mut known = false;
                for other in &members {
                    known |= other.is(&member) || (other.get::<Class>().is_none() && self.eq(other, &member)?);
                }
                if !known {
                    members.push(member);
                }
            }
        }
        if members.len() == 1 {
            return Ok(members.remove(0));
        }
        Ok(self.heap.alloc(Union { args: self.tuple(members).into() }).tracked())
    }
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let mut parts = Vec::new();
    for member in items_of(&arguments(obj)) {
        parts.push(if member.is(&vm.types.none_type) { "None".to_owned() } else { type_repr(vm, &member)? });
    }
    Ok(vm.str(&parts.join(" | ")))
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if !matches!(op, Compare::Eq | Compare::Ne) || a.get::<Union>().is_none() || b.get::<Union>().is_none() {
        return Ok(vm.not_implemented());
    }
    let (left, right) = (items_of(&arguments(a)), items_of(&arguments(b)));
    let mut same = left.len() == right.len();
    for member in &left {
        let mut found = false;
        for other in &right {
            found = found || vm.eq(member, other)?;
        }
        same &= found;
    }
    Ok(vm.bool(same == (op == Compare::Eq)))
}

fn hash(vm: &Vm, obj: &Obj) -> PyResult<i64> {
    let hashes = items_of(&arguments(obj)).iter().map(|member| vm.hash(member)).collect::<PyResult<Vec<_>>>()?;
    Ok(heap::hash::hash_frozenset(hashes))
}

fn subscript(vm: &Vm, obj: &Obj, key: &Obj) -> PyResult {
    let mut parts = Vec::new();
    let given = if key.get::<Tuple>().is_some() { items_of(key) } else { vec![key.clone()] };
    let mut given = given.into_iter();
    for member in items_of(&arguments(obj)) {
        let variable = member.get::<Class>().is_none() && vm.getattr_opt(&member, &vm.names.__typing_subst__)?.is_some();
        parts.push(if variable { given.next().unwrap_or(member) } else { member });
    }
    vm.new_union(&parts)
}

fn parameters(vm: &Vm, obj: &Obj) -> PyResult {
    let mut found = Vec::new();
    for member in items_of(&arguments(obj)) {
        if member.get::<Class>().is_none() && vm.getattr_opt(&member, &vm.names.__typing_subst__)?.is_some() {
            found.push(member);
        }
    }
    Ok(vm.tuple(found))
}

fn mro_entries(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Err(vm.type_error("Cannot subclass a union type"))
}

fn instance_check(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    Ok(vm.bool(vm.is_instance(&args.pos()[0], &arguments(obj))?))
}

fn subclass_check(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    Ok(vm.bool(vm.is_subclass(&args.pos()[0], &arguments(obj))?))
}

/// `typing.Union`, the class of `int | str`.
pub static UNION: ClassSpec = ClassSpec {
    name: "typing.Union",
    base: Some(&super::object::OBJECT),
    kind: kinds::UNION,
    flags: flags::HAVE_GC,
    slots: |slots| {
        slots.repr.set(Some(repr));
        slots.hash.set(Some(hash));
        slots.richcompare.set(Some(compare));
        slots.subscript.set(Some(subscript));
        slots.binary[Operator::Or as usize].set(Some(or));
    },
    methods: &[
        Method::new("__mro_entries__", mro_entries, Convention::One),
        Method::new("__instancecheck__", instance_check, Convention::One),
        Method::new("__subclasscheck__", subclass_check, Convention::One),
        Method::class(
            "__class_getitem__",
            |vm, _, args| {
                let key = &args.pos()[0];
                let parts = if key.get::<Tuple>().is_some() { items_of(key) } else { vec![key.clone()] };
                vm.new_union(&parts)
            },
            Convention::One,
        ),
    ],
    getset: &[
        GetSet::member("__args__", |_, obj| Ok(arguments(obj))),
        GetSet::new("__parameters__", parameters),
        GetSet::new("__name__", |vm, _| Ok(vm.str("Union"))),
        GetSet::new("__qualname__", |vm, _| Ok(vm.str("Union"))),
        GetSet::new("__origin__", |vm, _| Ok(vm.types.union.clone())),
    ],
    basicsize: 56,
    itemsize: 0,
    doc: "Represent a union type",
};
