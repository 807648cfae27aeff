//! Type parameters and aliases: `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType` (`Objects/typevarobject.c`).
//!
//! Bounds, constraints, defaults and an alias's value are functions until somebody asks for them.

use std::cell::Cell;

use heap::{Kind, Obj, Payload, Slot, Trash, Tuple, Visit};

use crate::class::{ClassSpec, Convention, GetSet, Method, flags};
use crate::modules::typing::call_typing;
use crate::{Args, PyResult, Signature, Vm, kinds};

/// A value that may still be a function to call.
#[derive(Default)]
pub(crate) struct Lazy {
    value: Slot,
    evaluate: Slot,
}

impl Lazy {
    fn get(&self, vm: &Vm) -> PyResult<Option<Obj>> {
        if let Some(value) = self.value.get() {
            return Ok(Some(value));
        }
        let Some(evaluate) = self.evaluate.get() else { return Ok(None) };
        let value = vm.call(&evaluate, &[vm.int(1)])?;
        self.value.set(value.clone());
        Ok(Some(value))
    }
}

/// What all four have.
#[derive(Default)]
pub(crate) struct Param {
    name: Slot,
    /// `__bound__`, or an alias's `__value__`.
    bound: Lazy,
    constraints: Lazy,
    default: Lazy,
    type_params: Slot,
    /// `+`, `-`, `~`; a blank for one that infers its variance.
    variance: Cell<char>,
}

/// The payload of one of the four classes.
pub(crate) struct Parameter<const KIND: u8>(Param);

impl<const KIND: u8> Payload for Parameter<KIND> {
    const KIND: Kind = Kind(KIND);

    fn traverse(&self, visit: Visit<'_>) {
        self.0.slots().into_iter().filter_map(Slot::get).for_each(|held| visit(&held));
    }

    fn clear(&self, trash: &mut Trash<'_>) {
        self.0.slots().into_iter().for_each(|slot| trash.take(slot));
    }

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

impl Param {
    fn slots(&self) -> [&Slot; 8] {
        let Param { name, bound, constraints, default, type_params, .. } = self;
        [name, &bound.value, &bound.evaluate, &constraints.value, &constraints.evaluate, &default.value, &default.evaluate, type_params]
    }
}

pub(crate) type TypeVar = Parameter<{ kinds::TYPE_VAR.0 }>;
pub(crate) type ParamSpec = Parameter<{ kinds::PARAM_SPEC.0 }>;
pub(crate) type TypeVarTuple = Parameter<{ kinds::TYPE_VAR_TUPLE.0 }>;
pub(crate) type ParamSpecArgs = Parameter<{ kinds::PARAM_SPEC_ARGS.0 }>;
pub(crate) type ParamSpecKwargs = Parameter<{ kinds::PARAM_SPEC_KWARGS.0 }>;
pub(crate) type TypeAlias = Parameter<{ kinds::TYPE_ALIAS.0 }>;

fn param(obj: &Obj) -> Option<&Param> {
    match obj.kind() {
        kinds::TYPE_VAR => obj.get::<TypeVar>().map(|p| &p.0),
        kinds::PARAM_SPEC => obj.get::<ParamSpec>().map(|p| &p.0),
        kinds::TYPE_VAR_TUPLE => obj.get::<TypeVarTuple>().map(|p| &p.0),
        kinds::TYPE_ALIAS => obj.get::<TypeAlias>().map(|p| &p.0),
        kinds::PARAM_SPEC_ARGS => obj.get::<ParamSpecArgs>().map(|p| &p.0),
        kinds::PARAM_SPEC_KWARGS => obj.get::<ParamSpecKwargs>().map(|p| &p.0),
        _ => None,
    }
}

fn this(obj: &Obj) -> &Param {
    param(obj).expect("a type parameter has the payload of one")
}

impl Vm {
    /// `[T]`, `[T: bound]`, `[T: (constraints)]`.
    pub(crate) fn new_type_var(&self, name: Obj, bound: Option<Obj>, constraints: Option<Obj>) -> PyResult {
        let payload = Param {
            name: name.into(),
            bound: Lazy { evaluate: bound.into(), ..Lazy::default() },
            constraints: Lazy { evaluate: constraints.into(), ..Lazy::default() },
            variance: Cell::new(' '),
            ..Param::default()
        };
        Ok(self.heap.alloc(Parameter::<{ kinds::TYPE_VAR.0 }>(payload)).tracked())
    }

    /// `[**P]`.
    pub(crate) fn new_param_spec(&self, name: Obj) -> PyResult {
        let payload = Param { name: name.into(), variance: Cell::new(' '), ..Param::default() };
        Ok(self.heap.alloc(Parameter::<{ kinds::PARAM_SPEC.0 }>(payload)).tracked())
    }

    /// `[*Ts]`.
    pub(crate) fn new_type_var_tuple(&self, name: Obj) -> PyResult {
        let payload = Param { name: name.into(), variance: Cell::new(' '), ..Param::default() };
        Ok(self.heap.alloc(Parameter::<{ kinds::TYPE_VAR_TUPLE.0 }>(payload)).tracked())
    }

    /// `type Name[T] = value`: name, type parameters, the function of the value.
    pub(crate) fn new_type_alias(&self, parts: &Obj) -> PyResult {
        let Some([name, params, value]) = parts.get::<Tuple>().map(Tuple::items) else {
            return Err(self.system_error("a type alias of something else than three parts"));
        };
        let payload = Param {
            name: name.clone().into(),
            bound: Lazy { evaluate: value.clone().into(), ..Lazy::default() },
            type_params: Some(params.clone()).filter(|params| !params.is(&self.consts.none)).into(),
            ..Param::default()
        };
        Ok(self.heap.alloc(Parameter::<{ kinds::TYPE_ALIAS.0 }>(payload)).tracked())
    }

    /// `[T = default]`.
    pub(crate) fn set_type_param_default(&self, obj: &Obj, evaluate: &Obj) -> PyResult {
        if let Some(param) = param(obj) {
            param.default.evaluate.set(evaluate.clone());
        }
        Ok(obj.clone())
    }

    /// `*Ts` in a subscript: `typing.Unpack[Ts]`.
    pub(crate) fn unpack_type_var_tuple(&self, obj: &Obj) -> PyResult {
        let typing = self.import_module("typing")?;
        let unpack = self.getattr_str(&typing, "Unpack")?;
        self.getitem(&unpack, obj)
    }

    fn no_default(&self) -> PyResult {
        let typing = self.import_module("_typing")?;
        self.getattr_str(&typing, "NoDefault")
    }
}

fn repr(vm: &Vm, obj: &Obj) -> PyResult {
    let param = this(obj);
    let name = vm.lossy(&vm.slot_or_none(&param.name));
    Ok(match param.variance.get() {
        sign @ ('+' | '-' | '~') => vm.str(&format!("{sign}{name}")),
        _ => vm.str(&name),
    })
}

fn or_none(vm: &Vm, value: Option<Obj>) -> Obj {
    value.unwrap_or_else(|| vm.none())
}

fn union(vm: &Vm, a: &Obj, b: &Obj) -> PyResult {
    let typing = vm.import_module("typing")?;
    let union = vm.getattr_str(&typing, "Union")?;
    vm.getitem(&union, &vm.tuple(vec![a.clone(), b.clone()]))
}

fn flag(vm: &Vm, value: Option<&Obj>) -> PyResult<bool> {
    value.map_or(Ok(false), |value| vm.is_true(value))
}

/// The constructors of all but the alias: a name, constraints for a TypeVar, and keywords.
fn parameter(vm: &Vm, class: &str, args: Args<'_>) -> PyResult<Param> {
    let Some(name) = args.get(0) else { return Err(vm.type_error(format!("{class}() missing required argument 'name' (pos 1)"))) };
    let keyword = |wanted: &str| args.keywords().find(|(name, _)| vm.lossy(name) == wanted).map(|(_, value)| value);
    let variance = match (flag(vm, keyword("covariant"))?, flag(vm, keyword("contravariant"))?, flag(vm, keyword("infer_variance"))?) {
        (true, true, _) => return Err(vm.value_error("Bivariant types are not supported.")),
        (true, false, false) => '+',
        (false, true, false) => '-',
        (false, false, false) => '~',
        (false, false, true) => ' ',
        _ => return Err(vm.value_error("Variance cannot be specified with infer_variance.")),
    };
    let constraints = &args.pos()[1..];
    if constraints.len() == 1 {
        return Err(vm.type_error("A single constraint is not allowed"));
    }
    let constraints = if constraints.is_empty() { None } else { Some(vm.tuple(constraints.to_vec())) };
    Ok(Param {
        name: name.clone().into(),
        bound: Lazy { value: keyword("bound").cloned().into(), ..Lazy::default() },
        constraints: Lazy { value: constraints.into(), ..Lazy::default() },
        default: Lazy { value: keyword("default").cloned().into(), ..Lazy::default() },
        variance: Cell::new(variance),
        ..Param::default()
    })
}

fn new_alias(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let signature =
        Signature { name: "typealias", params: &["name", "value", "type_params"], positional_only: 0, positional: 2, required: 2 };
    let [name, value, params] = args.bind::<3>(vm, &signature)?;
    let payload = Param {
        name: name.cloned().into(),
        bound: Lazy { value: value.cloned().into(), ..Lazy::default() },
        type_params: params.cloned().into(),
        ..Param::default()
    };
    Ok(vm.heap.alloc(Parameter::<{ kinds::TYPE_ALIAS.0 }>(payload)).tracked())
}

const NAME: GetSet = GetSet::member("__name__", |vm, obj| Ok(vm.slot_or_none(&this(obj).name)));
const DEFAULT: GetSet = GetSet::new("__default__", |vm, obj| match this(obj).default.get(vm)? {
    Some(default) => Ok(default),
    None => vm.no_default(),
});
const COVARIANT: GetSet = GetSet::member("__covariant__", |vm, obj| Ok(vm.bool(this(obj).variance.get() == '+')));
const CONTRAVARIANT: GetSet = GetSet::member("__contravariant__", |vm, obj| Ok(vm.bool(this(obj).variance.get() == '-')));
const INFER: GetSet = GetSet::member("__infer_variance__", |vm, obj| Ok(vm.bool(this(obj).variance.get() == ' ')));
const BOUND: GetSet = GetSet::new("__bound__", |vm, obj| Ok(or_none(vm, this(obj).bound.get(vm)?)));

fn has_default(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let default = &this(obj).default;
    Ok(vm.bool(!default.value.is_empty() || !default.evaluate.is_empty()))
}

const HAS_DEFAULT: Method = Method::new("has_default", has_default, Convention::NoArgs);
const MRO_ENTRIES: Method = Method::new(
    "__mro_entries__",
    |vm, obj, _| Err(vm.type_error(format!("Cannot subclass an instance of {}", vm.type_name(obj).trim_start_matches("typing.")))),
    Convention::One,
);

fn slots(slots: &crate::Slots) {
    slots.repr.set(Some(repr));
    slots.binary[crate::Operator::Or as usize].set(Some(union));
}

/// `typing.TypeVar`.
pub static TYPE_VAR: ClassSpec = ClassSpec {
    name: "typing.TypeVar",
    base: Some(&super::object::OBJECT),
    kind: kinds::TYPE_VAR,
    flags: flags::HAVE_GC,
    slots: |all| {
        slots(all);
        all.new.set(Some(|vm, _, args| Ok(vm.heap.alloc(Parameter::<{ kinds::TYPE_VAR.0 }>(parameter(vm, "typevar", args)?)).tracked())));
    },
    methods: &[
        HAS_DEFAULT,
        MRO_ENTRIES,
        Method::new("__typing_subst__", |vm, obj, args| call_typing(vm, "_typevar_subst", obj, args), Convention::One),
        Method::new("__typing_prepare_subst__", prepare_subst, Convention::Positional),
    ],
    getset: &[
        NAME,
        BOUND,
        GetSet::new("__constraints__", |vm, obj| Ok(this(obj).constraints.get(vm)?.unwrap_or_else(|| vm.consts.empty_tuple.clone()))),
        DEFAULT,
        COVARIANT,
        CONTRAVARIANT,
        INFER,
    ],
    basicsize: 88,
    itemsize: 0,
    doc: "Type variable.",
};

/// `typing.ParamSpec`.
pub static PARAM_SPEC: ClassSpec = ClassSpec {
    name: "typing.ParamSpec",
    base: Some(&super::object::OBJECT),
    kind: kinds::PARAM_SPEC,
    flags: flags::HAVE_GC,
    slots: |all| {
        slots(all);
        all.new
            .set(Some(|vm, _, args| Ok(vm.heap.alloc(Parameter::<{ kinds::PARAM_SPEC.0 }>(parameter(vm, "paramspec", args)?)).tracked())));
    },
    methods: &[
        HAS_DEFAULT,
        MRO_ENTRIES,
        Method::new("__typing_subst__", |vm, obj, args| call_typing(vm, "_paramspec_subst", obj, args), Convention::One),
        Method::new(
            "__typing_prepare_subst__",
            |vm, obj, args| call_typing(vm, "_paramspec_prepare_subst", obj, args),
            Convention::Positional,
        ),
    ],
    getset: &[
        NAME,
        BOUND,
        DEFAULT,
        COVARIANT,
        CONTRAVARIANT,
        INFER,
        GetSet::new("args", |vm, obj| {
            let origin = Param { bound: Lazy { value: obj.clone().into(), ..Lazy::default() }, ..Param::default() };
            Ok(vm.heap.alloc(Parameter::<{ kinds::PARAM_SPEC_ARGS.0 }>(origin)).tracked())
        }),
        GetSet::new("kwargs", |vm, obj| {
            let origin = Param { bound: Lazy { value: obj.clone().into(), ..Lazy::default() }, ..Param::default() };
            Ok(vm.heap.alloc(Parameter::<{ kinds::PARAM_SPEC_KWARGS.0 }>(origin)).tracked())
        }),
    ],
    basicsize: 64,
    itemsize: 0,
    doc: "Parameter specification variable.",
};

/// `typing.TypeVarTuple`.
pub static TYPE_VAR_TUPLE: ClassSpec = ClassSpec {
    name: "typing.TypeVarTuple",
    base: Some(&super::object::OBJECT),
    kind: kinds::TYPE_VAR_TUPLE,
    flags: flags::HAVE_GC,
    slots: |all| {
        all.repr.set(Some(|vm, obj| Ok(vm.slot_or_none(&this(obj).name))));
        all.iter.set(Some(|vm, obj| vm.iter(&vm.tuple(vec![vm.unpack_type_var_tuple(obj)?]))));
        all.new.set(Some(|vm, _, args| {
            Ok(vm.heap.alloc(Parameter::<{ kinds::TYPE_VAR_TUPLE.0 }>(parameter(vm, "typevartuple", args)?)).tracked())
        }));
    },
    methods: &[
        HAS_DEFAULT,
        MRO_ENTRIES,
        Method::new(
            "__typing_subst__",
            |vm, _, _| Err(vm.type_error("Substitution of bare TypeVarTuple is not supported")),
            Convention::One,
        ),
        Method::new(
            "__typing_prepare_subst__",
            |vm, obj, args| call_typing(vm, "_typevartuple_prepare_subst", obj, args),
            Convention::Positional,
        ),
    ],
    getset: &[NAME, DEFAULT],
    basicsize: 48,
    itemsize: 0,
    doc: "Type variable tuple.",
};

/// `typing.TypeAliasType`.
pub static TYPE_ALIAS: ClassSpec = ClassSpec {
    name: "typing.TypeAliasType",
    base: Some(&super::object::OBJECT),
    kind: kinds::TYPE_ALIAS,
    flags: flags::HAVE_GC,
    slots: |all| {
        slots(all);
        all.new.set(Some(new_alias));
        all.subscript.set(Some(|vm, obj, args| vm.generic_alias(obj, args)));
    },
    methods: &[],
    getset: &[
        NAME,
        GetSet::new("__value__", |vm, obj| Ok(or_none(vm, this(obj).bound.get(vm)?))),
        GetSet::new("__type_params__", |vm, obj| Ok(this(obj).type_params.get().unwrap_or_else(|| vm.consts.empty_tuple.clone()))),
        GetSet::new("__parameters__", |vm, obj| Ok(this(obj).type_params.get().unwrap_or_else(|| vm.consts.empty_tuple.clone()))),
    ],
    basicsize: 72,
    itemsize: 0,
    doc: "Type alias.",
};

/// A TypeVar takes its default where an argument is missing (`typevar_typing_prepare_subst`).
fn prepare_subst(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "__typing_prepare_subst__", 2, 2)?;
    let params = vm.getattr_str(&args[0], "__parameters__")?;
    let given = args[1].get::<Tuple>().map_or(0, Tuple::len);
    let index = params.get::<Tuple>().and_then(|params| params.items().iter().position(|param| param.is(obj))).unwrap_or(0);
    if index < given {
        return Ok(args[1].clone());
    }
    let default = this(obj).default.get(vm)?;
    match default {
        Some(default) if index == given => {
            let items = args[1].get::<Tuple>().map_or(&[][..], Tuple::items);
            Ok(vm.tuple(items.iter().cloned().chain([default]).collect()))
        }
        _ => {
            let alias = vm.text_of(&args[0])?;
            Err(vm.type_error(format!("Too few arguments for {alias}")))
        }
    }
}

fn part_repr(vm: &Vm, obj: &Obj, part: &str) -> PyResult {
    let origin = or_none(vm, this(obj).bound.value.get());
    let name = vm.getattr_str(&origin, "__name__")?;
    Ok(vm.str(&format!("{}.{part}", vm.lossy(&name))))
}

/// `typing.ParamSpecArgs`.
pub static PARAM_SPEC_ARGS: ClassSpec = ClassSpec {
    name: "typing.ParamSpecArgs",
    base: Some(&super::object::OBJECT),
    kind: kinds::PARAM_SPEC_ARGS,
    flags: flags::HAVE_GC,
    slots: |slots| slots.repr.set(Some(|vm, obj| part_repr(vm, obj, "args"))),
    methods: &[],
    getset: &[GetSet::member("__origin__", |vm, obj| Ok(or_none(vm, this(obj).bound.value.get())))],
    basicsize: 32,
    itemsize: 0,
    doc: "The args for a ParamSpec object.",
};

/// `typing.ParamSpecKwargs`.
pub static PARAM_SPEC_KWARGS: ClassSpec = ClassSpec {
    name: "typing.ParamSpecKwargs",
    base: Some(&super::object::OBJECT),
    kind: kinds::PARAM_SPEC_KWARGS,
    flags: flags::HAVE_GC,
    slots: |slots| slots.repr.set(Some(|vm, obj| part_repr(vm, obj, "kwargs"))),
    methods: &[],
    getset: &[GetSet::member("__origin__", |vm, obj| Ok(or_none(vm, this(obj).bound.value.get())))],
    basicsize: 32,
    itemsize: 0,
    doc: "The kwargs for a ParamSpec object.",
};
