//! `int | str` (`Objects/unionobject.c`).

use heap::{Obj, Slot, Tuple};

use super::class::items_of;
use super::generic_alias::{GenericAlias, type_repr};
use super::substitution::{make_parameters, subs_parameters};
use crate::args::Args;
use crate::class::{Class, ClassSpec, Convention, GetSet, Method, flags};
use crate::{Compare, Operator, PyResult, Vm, kinds};

/// The payload of a union of types.
#[derive(Default)]
pub struct Union {
    /// `__args__`, a `tuple`.
    pub args: Slot,
    /// Those of the members that have a hash, a `frozenset`.
    hashable: Slot,
    /// Those that have none, a `tuple`, or empty.
    unhashable: Slot,
    /// `__parameters__`, once asked for.
    parameters: Slot,
}

crate::payload!(Union, kinds::UNION, { args, hashable, unhashable, parameters });

fn payload(obj: &Obj) -> &Union {
    obj.get::<Union>().expect("a union has the payload of one")
}

fn arguments(obj: &Obj) -> Obj {
    payload(obj).args.get().expect("a union has its arguments")
}

/// Whether an object may stand in a union as it is.
fn is_unionable(vm: &Vm, obj: &Obj) -> bool {
    obj.is(&vm.consts.none)
        || obj.get::<Class>().is_some()
        || obj.get::<GenericAlias>().is_some()
        || obj.get::<Union>().is_some()
        || obj.kind() == kinds::TYPE_ALIAS
}

/// What `typing` makes of a type: `None` is its class, text a forward reference (`type_check`).
pub(super) fn type_check(vm: &Vm, arg: &Obj, message: &str) -> PyResult {
    if arg.is(&vm.consts.none) {
        return Ok(vm.types.none_type.clone());
    }
    if is_unionable(vm, arg) {
        return Ok(arg.clone());
    }
    crate::modules::typing::call_typing(vm, "_type_check", arg, Args::positional(&[vm.str(message)]))
}

/// `a | b` of types.
pub(crate) fn or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    if !is_unionable(vm, a) || !is_unionable(vm, b) {
        return Ok(vm.not_implemented());
    }
    vm.new_union(&[a.clone(), b.clone()])
}

/// `a | b` where one is a union or a type variable: the other may be whatever `typing` takes for a type.
pub(super) fn checked_or(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    vm.new_union(&[a.clone(), b.clone()])
}

impl Vm {
    /// A union of types, doubles and nested unions taken away; of one type, the type itself (`_Py_union_from_tuple`).
    pub fn new_union(&self, parts: &[Obj]) -> PyResult {
        // With their hashes, for those that have one.
        let mut members: Vec<(Obj, Option<i64>)> = Vec::new();
        for part in parts {
            let inside = if part.get::<Union>().is_some() { items_of(&arguments(part)) } else { vec![part.clone()] };
            for member in inside {
                let member = type_check(self, &member, "Union[arg, ...]: each arg must be a type.")?;
                let hash = self.hash(&member).ok();
                let mut known = false;
                for (other, other_hash) in &members {
                    known = known || (*other_hash == hash && self.eq(other, &member)?);
                }
                if !known {
                    members.push((member, hash));
                }
            }
        }
        match members.len() {
            0 => return Err(self.type_error("Cannot take a Union of no types.")),
            1 => return Ok(members.remove(0).0),
            _ => {}
        }
        let (hashable, unhashable): (Vec<_>, Vec<_>) = members.iter().cloned().partition(|(_, hash)| hash.is_some());
        let objects = |all: Vec<(Obj, Option<i64>)>| all.into_iter().map(|(member, _)| member).collect::<Vec<_>>();
        let payload = Union {
            args: self.tuple(objects(members)).into(),
            hashable: self.frozenset_of(objects(hashable)).into(),
            unhashable: (!unhashable.is_empty()).then(|| self.tuple(objects(unhashable))).into(),
            parameters: Slot::empty(),
        };
        Ok(self.heap.alloc(payload).tracked())
    }
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let parts = items_of(&arguments(obj)).iter().map(|member| type_repr(vm, member)).collect::<PyResult<Vec<_>>>()?;
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
    if let Some(unhashable) = payload(obj).unhashable.get() {
        let members = items_of(&unhashable);
        for member in &members {
            vm.hash(member)?;
        }
        // They have become hashable since, which does not help.
        return Err(vm.type_error(format!("union contains {} unhashable elements", members.len())));
    }
    vm.hash(&vm.slot_or_none(&payload(obj).hashable))
}

fn parameters(vm: &Vm, obj: &Obj) -> PyResult {
    if let Some(known) = payload(obj).parameters.get() {
        return Ok(known);
    }
    let made = vm.tuple(make_parameters(vm, &arguments(obj))?);
    payload(obj).parameters.set(made.clone());
    Ok(made)
}

fn subscript(vm: &Vm, obj: &Obj, key: &Obj) -> PyResult {
    let parameters = items_of(&parameters(vm, obj)?);
    vm.new_union(&subs_parameters(vm, obj, &arguments(obj), &parameters, key)?)
}

/// The module is that of the class.
fn getattro(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult {
    if &*vm.lossy(name) == "__module__" {
        return vm.getattr(&vm.class_of(obj), name);
    }
    vm.generic_getattr(obj, name)
}

fn mro_entries(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    Err(vm.type_error(format!("Cannot subclass {}", vm.repr_text(obj)?)))
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
        slots.getattro.set(Some(getattro));
        slots.binary[Operator::Or as usize].set(Some(checked_or));
    },
    methods: &[
        Method::new("__mro_entries__", mro_entries, Convention::One).signature("($self, object, /)"),
        Method::class(
            "__class_getitem__",
            |vm, _, args| {
                let key = &args.pos()[0];
                let parts = if key.get::<Tuple>().is_some() { items_of(key) } else { vec![key.clone()] };
                vm.new_union(&parts)
            },
            Convention::One,
        )
        .signature("($type, object, /)"),
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
    doc: "",
};
