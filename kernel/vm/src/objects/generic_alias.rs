//! `types.GenericAlias`: `list[int]` (`Objects/genericaliasobject.c`).

use std::cell::Cell;

use heap::{Obj, Slot, Tuple};

use super::class::items_of;
use super::substitution::{make_parameters, subs_parameters};
use crate::args::Args;
use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::{Compare, Operator, PyResult, Vm, kinds};

/// The payload of a `GenericAlias`.
#[derive(Default)]
pub struct GenericAlias {
    /// `__origin__`.
    pub origin: Slot,
    /// `__args__`, a `tuple`.
    pub args: Slot,
    /// `__parameters__`, once asked for.
    pub parameters: Slot,
    /// `*list[int]`.
    pub starred: Cell<bool>,
}

crate::payload!(GenericAlias, kinds::GENERIC_ALIAS, { origin, args, parameters });

impl Vm {
    /// `origin[args]` (`Py_GenericAlias`).
    pub fn generic_alias(&self, origin: &Obj, args: &Obj) -> PyResult {
        let args = if args.get::<Tuple>().is_some() { args.clone() } else { self.tuple_of(vec![args.clone()]) };
        Ok(self.new_object(
            &self.types.generic_alias,
            GenericAlias { origin: origin.clone().into(), args: args.into(), ..GenericAlias::default() },
        ))
    }
}

/// `__class_getitem__` of builtin classes.
pub fn class_getitem(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    vm.generic_alias(class, &args.pos()[0])
}

fn payload(obj: &Obj) -> &GenericAlias {
    obj.get::<GenericAlias>().expect("a generic alias has the payload of one")
}

fn origin(obj: &Obj) -> Obj {
    payload(obj).origin.get().expect("a generic alias has its origin")
}

fn arguments(obj: &Obj) -> Obj {
    payload(obj).args.get().expect("a generic alias has its arguments")
}

fn new(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(vm.type_error("GenericAlias() takes no keyword arguments"));
    }
    let args = args.check(vm, "GenericAlias", 2, 2)?;
    let tuple = if args[1].get::<Tuple>().is_some() { args[1].clone() } else { vm.tuple(vec![args[1].clone()]) };
    Ok(vm.new_object(class, GenericAlias { origin: args[0].clone().into(), args: tuple.into(), ..GenericAlias::default() }))
}

/// How a type shows inside brackets (`_Py_typing_type_repr`).
pub(crate) fn type_repr(vm: &Vm, item: &Obj) -> PyResult<String> {
    if item.is(&vm.consts.ellipsis) {
        return Ok("...".to_owned());
    }
    if item.is(&vm.types.none_type) {
        return Ok("None".to_owned());
    }
    // What has an origin and arguments looks like an alias, and knows how it shows.
    let alias = vm.getattr_opt_str(item, "__origin__")?.is_some() && vm.getattr_opt_str(item, "__args__")?.is_some();
    if !alias
        && let Some(qualname) = vm.getattr_opt(item, &vm.names.__qualname__)?
        && let Some(module) = vm.getattr_opt(item, &vm.names.__module__)?.filter(|module| !module.is(&vm.consts.none))
    {
        let (qualname, module) = (vm.text_of(&qualname)?, vm.text_of(&module)?);
        return Ok(if module == "builtins" { qualname } else { format!("{module}.{qualname}") });
    }
    vm.repr_text(item)
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let mut text = if payload(obj).starred.get() { "*".to_owned() } else { String::new() };
    text += &type_repr(vm, &origin(obj))?;
    text.push('[');
    let args = arguments(obj);
    let items = items_of(&args);
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            text += ", ";
        }
        if item.get::<heap::List>().is_some() {
            let inside = items_of(item).iter().map(|item| type_repr(vm, item)).collect::<PyResult<Vec<_>>>()?;
            text += &format!("[{}]", inside.join(", "));
        } else {
            text += &type_repr(vm, item)?;
        }
    }
    if items.is_empty() {
        text += "()";
    }
    text.push(']');
    Ok(vm.str(&text))
}

const OWN: &[&str] = &[
    "__class__",
    "__bases__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__copy__",
    "__deepcopy__",
];

/// What the alias does not have itself, its origin has.
fn getattro(vm: &Vm, obj: &Obj, name: &Obj) -> PyResult {
    let text = vm.lossy(name);
    if text == "__class__" && vm.version <= compile::Version::V3_10 {
        return vm.getattr(&origin(obj), name);
    }
    if !OWN.contains(&&*text) {
        return vm.getattr(&origin(obj), name);
    }
    vm.generic_getattr(obj, name)
}

fn call(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let made = vm.call_args(&origin(obj), args)?;
    // The object may want to know; if it cannot, that is all right.
    if let Err(raised) = vm.setattr_str(&made, "__orig_class__", Some(obj))
        && !raised.is(vm, &vm.types.attribute_error)
        && !raised.is(vm, &vm.types.type_error)
    {
        return Err(raised);
    }
    Ok(made)
}

fn compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if !matches!(op, Compare::Eq | Compare::Ne) || a.get::<GenericAlias>().is_none() || b.get::<GenericAlias>().is_none() {
        return Ok(vm.not_implemented());
    }
    let same =
        payload(a).starred.get() == payload(b).starred.get() && vm.eq(&origin(a), &origin(b))? && vm.eq(&arguments(a), &arguments(b))?;
    Ok(vm.bool(same == (op == Compare::Eq)))
}

fn hash(vm: &Vm, obj: &Obj) -> PyResult<i64> {
    let hash = vm.hash(&origin(obj))? ^ vm.hash(&arguments(obj))?;
    Ok(if hash == -1 { -2 } else { hash })
}

/// The type variables in the arguments.
fn parameters(vm: &Vm, obj: &Obj) -> PyResult {
    let alias = payload(obj);
    if let Some(known) = alias.parameters.get() {
        return Ok(known);
    }
    let made = vm.tuple(make_parameters(vm, &arguments(obj))?);
    alias.parameters.set(made.clone());
    Ok(made)
}

/// `list[T][int]`: puts arguments in the place of type variables.
fn subscript(vm: &Vm, obj: &Obj, key: &Obj) -> PyResult {
    let variables = items_of(&parameters(vm, obj)?);
    let args = subs_parameters(vm, obj, &arguments(obj), &variables, key)?;
    let made = vm.generic_alias(&origin(obj), &vm.tuple(args))?;
    payload(&made).starred.set(payload(obj).starred.get());
    Ok(made)
}

/// What `*tuple[int, str]` stands for; nothing for anything else.
pub(super) fn unpacked_tuple_args(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    if obj.get::<GenericAlias>().is_some_and(|alias| alias.starred.get() && alias.origin.is(&vm.types.tuple)) {
        return Ok(Some(arguments(obj)));
    }
    let args = vm.getattr_opt(obj, &vm.names.__typing_unpacked_tuple_args__)?;
    Ok(args.filter(|args| !args.is(&vm.consts.none)))
}

fn mro_entries(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.tuple(vec![origin(obj)]))
}

fn refuse_instance(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn refuse_subclass(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

fn reduce(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    if payload(obj).starred.get() {
        let plain = vm.generic_alias(&origin(obj), &arguments(obj))?;
        return Ok(vm.pair(vm.builtin("next")?, vm.tuple(vec![iter(vm, &plain)?])));
    }
    Ok(vm.tuple(vec![vm.types.generic_alias.clone(), vm.tuple(vec![origin(obj), arguments(obj)])]))
}

fn dir(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let builtin = vm.builtin("dir")?;
    let names = vm.call(&builtin, &[origin(obj)])?;
    let mut all = vm.to_vec(&names)?;
    for own in OWN {
        let own = vm.intern(own);
        if !all.iter().any(|other| vm.lossy(other) == vm.lossy(&own)) {
            all.push(own);
        }
    }
    Ok(vm.list(all))
}

/// The payload of a `generic_alias_iterator`.
pub struct GenericAliasIterator {
    /// The alias; empty once it was given.
    alias: Slot,
}

crate::payload!(GenericAliasIterator, kinds::GENERIC_ALIAS_ITERATOR, { alias });

/// `generic_alias_iterator`: `iter(list[int])` gives `*list[int]` once.
pub static GENERIC_ALIAS_ITERATOR: ClassSpec = ClassSpec {
    name: "generic_alias_iterator",
    base: Some(&super::object::OBJECT),
    kind: kinds::GENERIC_ALIAS_ITERATOR,
    flags: flags::HAVE_GC | flags::DISALLOW_INSTANTIATION,
    slots: |slots| {
        slots.iter.set(Some(|_, obj| Ok(obj.clone())));
        slots.iternext.set(Some(next));
    },
    methods: &[Method::new("__reduce__", reduce_iterator, Convention::NoArgs)],
    getset: &[],
    basicsize: 24,
    itemsize: 0,
    doc: "",
};

fn iter(vm: &Vm, obj: &Obj) -> PyResult {
    Ok(vm.heap.alloc(GenericAliasIterator { alias: obj.clone().into() }).tracked())
}

fn rest(obj: &Obj) -> &Slot {
    &obj.get::<GenericAliasIterator>().expect("a method of an iterator gets one").alias
}

fn next(vm: &Vm, obj: &Obj) -> PyResult<Option<Obj>> {
    let Some(alias) = rest(obj).take() else { return Ok(None) };
    let payload =
        GenericAlias { origin: origin(&alias).into(), args: arguments(&alias).into(), parameters: Slot::empty(), starred: Cell::new(true) };
    Ok(Some(vm.new_object(&vm.types.generic_alias, payload)))
}

fn reduce_iterator(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let items = rest(obj).get().map_or_else(|| vm.consts.empty_tuple.clone(), |alias| vm.tuple(vec![alias]));
    Ok(vm.pair(vm.builtin("iter")?, vm.tuple(vec![items])))
}

/// `types.GenericAlias`.
pub static GENERIC_ALIAS: ClassSpec = ClassSpec {
    name: "types.GenericAlias",
    base: Some(&super::object::OBJECT),
    kind: kinds::GENERIC_ALIAS,
    flags: flags::CONTAINER | flags::HAVE_VECTORCALL,
    slots: |slots| {
        slots.new.set(Some(new));
        slots.repr.set(Some(repr));
        slots.call.set(Some(call));
        slots.getattro.set(Some(getattro));
        slots.hash.set(Some(hash));
        slots.richcompare.set(Some(compare));
        slots.subscript.set(Some(subscript));
        slots.iter.set(Some(iter));
        slots.binary[Operator::Or as usize].set(Some(super::union::or));
    },
    methods: &[
        Method::new("__mro_entries__", mro_entries, Convention::One).signature("($self, object, /)"),
        Method::new("__instancecheck__", refuse_instance, Convention::One).signature("($self, object, /)"),
        Method::new("__subclasscheck__", refuse_subclass, Convention::One).signature("($self, object, /)"),
        Method::new("__reduce__", reduce, Convention::NoArgs).signature("($self, /)"),
        Method::new("__dir__", dir, Convention::NoArgs).signature("($self, /)"),
    ],
    getset: &[
        GetSet::member("__origin__", |_, obj| Ok(origin(obj))),
        GetSet::member("__args__", |_, obj| Ok(arguments(obj))),
        GetSet::member("__unpacked__", |vm, obj| Ok(vm.bool(payload(obj).starred.get()))),
        GetSet::new("__parameters__", parameters),
        GetSet::new("__typing_unpacked_tuple_args__", |vm, obj| {
            Ok(if payload(obj).starred.get() && origin(obj).is(&vm.types.tuple) { arguments(obj) } else { vm.none() })
        }),
    ],
    basicsize: 64,
    itemsize: 0,
    doc: "GenericAlias(origin, args, /)\n--\n\n",
};
