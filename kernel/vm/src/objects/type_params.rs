//! Type parameters: `TypeVar`, `ParamSpec`, `TypeVarTuple` and the two halves of a ParamSpec (`Objects/typevarobject.c`).
//!
//! Bounds, constraints and defaults are functions until somebody asks for them.

use std::cell::Cell;

use compile::Version;
use heap::{Kind, Obj, Payload, Slot, Str, Trash, Visit};

use crate::class::{ClassSpec, Compare, Convention, GetSet, Method, flags};
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
        Lazy::evaluated(vm, &self.value, &self.evaluate)
    }

    /// The value, which is worked out now if nobody has asked yet.
    pub(super) fn evaluated(vm: &Vm, value: &Slot, evaluate: &Slot) -> PyResult<Option<Obj>> {
        if let Some(value) = value.get() {
            return Ok(Some(value));
        }
        let Some(evaluate) = evaluate.get() else { return Ok(None) };
        // Since 3.14 the function is told a format, as `__annotate__` is (PEP 649).
        let format = (vm.version >= Version::V3_14).then(|| vm.int(1));
        let worked_out = vm.call(&evaluate, format.as_slice())?;
        value.set(worked_out.clone());
        Ok(Some(worked_out))
    }

    /// The function that works the value out: `evaluate_bound` and its kin.
    pub(super) fn evaluator(vm: &Vm, value: &Slot, evaluate: &Slot) -> Obj {
        evaluate.get().or_else(|| value.get().map(|value| vm.const_evaluator(&value))).unwrap_or_else(|| vm.none())
    }
}

/// What all have.
#[derive(Default)]
pub(crate) struct Param {
    name: Slot,
    /// `__bound__`; of the halves of a ParamSpec, `__origin__`.
    bound: Lazy,
    constraints: Lazy,
    default: Lazy,
    /// `+`, `-`, `~`; a blank for one that infers its variance.
    variance: Cell<char>,
}

/// The payload of one of the classes.
pub(crate) struct Parameter<const KIND: u8>(Param);

impl<const KIND: u8> Payload for Parameter<KIND> {
    const KIND: Kind = Kind(KIND);

    fn traverse(&self, visit: Visit<'_>) {
        self.0.slots().into_iter().for_each(|slot| slot.show(visit));
    }

    fn clear(&self, trash: &mut Trash<'_>) {
        self.0.slots().into_iter().for_each(|slot| trash.take(slot));
    }

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        self.clear(trash);
    }
}

impl Param {
    fn slots(&self) -> [&Slot; 7] {
        let Param { name, bound, constraints, default, .. } = self;
        [name, &bound.value, &bound.evaluate, &constraints.value, &constraints.evaluate, &default.value, &default.evaluate]
    }
}

pub(crate) type TypeVar = Parameter<{ kinds::TYPE_VAR.0 }>;
pub(crate) type ParamSpec = Parameter<{ kinds::PARAM_SPEC.0 }>;
pub(crate) type TypeVarTuple = Parameter<{ kinds::TYPE_VAR_TUPLE.0 }>;
pub(crate) type ParamSpecArgs = Parameter<{ kinds::PARAM_SPEC_ARGS.0 }>;
pub(crate) type ParamSpecKwargs = Parameter<{ kinds::PARAM_SPEC_KWARGS.0 }>;

fn param(obj: &Obj) -> Option<&Param> {
    match obj.kind() {
        kinds::TYPE_VAR => obj.get::<TypeVar>().map(|p| &p.0),
        kinds::PARAM_SPEC => obj.get::<ParamSpec>().map(|p| &p.0),
        kinds::TYPE_VAR_TUPLE => obj.get::<TypeVarTuple>().map(|p| &p.0),
        kinds::PARAM_SPEC_ARGS => obj.get::<ParamSpecArgs>().map(|p| &p.0),
        kinds::PARAM_SPEC_KWARGS => obj.get::<ParamSpecKwargs>().map(|p| &p.0),
        _ => None,
    }
}

fn this(obj: &Obj) -> &Param {
    param(obj).expect("a type parameter has the payload of one")
}

/// A new parameter, an instance of its class with attributes of its own.
fn alloc<const KIND: u8>(vm: &Vm, class: &Obj, payload: Param) -> Obj {
    vm.heap.alloc_with_class(Parameter::<KIND>(payload), class.clone(), vm.new_layout(vm.class(class))).tracked()
}

/// `__name__` of the module whose code is running (`caller`).
pub(super) fn running_module(vm: &Vm) -> Obj {
    let globals = vm.current_globals().ok();
    globals.and_then(|globals| vm.dict_get_name(&globals, &vm.names.__name__)).unwrap_or_else(|| vm.none())
}

/// A parameter made by a call knows where: `__module__` is its own.
fn called<const KIND: u8>(vm: &Vm, class: &Obj, payload: Param) -> PyResult {
    let obj = alloc::<KIND>(vm, class, payload);
    vm.setattr(&obj, &vm.names.__module__, Some(&running_module(vm)))?;
    Ok(obj)
}

/// Whether a type parameter has a default; nothing for what is none.
pub(super) fn default_of_param(vm: &Vm, obj: &Obj) -> PyResult<Option<bool>> {
    match param(obj) {
        Some(param) if matches!(obj.kind(), kinds::TYPE_VAR | kinds::PARAM_SPEC | kinds::TYPE_VAR_TUPLE) => {
            Ok(Some(param.default.get(vm)?.is_some_and(|default| !is_no_default(vm, &default))))
        }
        _ => Ok(None),
    }
}

fn is_no_default(vm: &Vm, obj: &Obj) -> bool {
    vm.class_of(obj).is(&vm.types.no_default_type)
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
        Ok(alloc::<{ kinds::TYPE_VAR.0 }>(self, &self.types.type_var, payload))
    }

    /// `[**P]`.
    pub(crate) fn new_param_spec(&self, name: Obj) -> PyResult {
        let payload = Param { name: name.into(), variance: Cell::new(' '), ..Param::default() };
        Ok(alloc::<{ kinds::PARAM_SPEC.0 }>(self, &self.types.param_spec, payload))
    }

    /// `[*Ts]`.
    pub(crate) fn new_type_var_tuple(&self, name: Obj) -> PyResult {
        let payload = Param { name: name.into(), variance: Cell::new(' '), ..Param::default() };
        Ok(alloc::<{ kinds::TYPE_VAR_TUPLE.0 }>(self, &self.types.type_var_tuple, payload))
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

    /// `NoDefault`.
    pub(crate) fn no_default(&self) -> PyResult {
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

/// A parameter's name must be text.
pub(super) fn check_name(vm: &Vm, function: &str, name: Option<&Obj>) -> PyResult<()> {
    match name.filter(|name| name.get::<Str>().is_none()) {
        Some(name) => Err(vm.type_error(format!("{function}() argument 'name' must be str, not {}", vm.type_name(name)))),
        None => Ok(()),
    }
}

/// The keywords of `TypeVar` and `ParamSpec`: name, bound, default, the three of variance; `more` are constraints.
fn with_variance(vm: &Vm, function: &'static str, args: Args<'_>, more: &[Obj]) -> PyResult<Param> {
    let signature = Signature {
        name: function,
        params: &["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
        positional_only: 0,
        positional: 1,
        required: 1,
    };
    let [name, bound, default, covariant, contravariant, infer] = args.bind::<6>(vm, &signature)?;
    check_name(vm, function, name)?;
    let flag = |value: Option<&Obj>| value.map_or(Ok(false), |value| vm.is_true(value));
    let variance = match (flag(covariant)?, flag(contravariant)?, flag(infer)?) {
        (true, true, _) => return Err(vm.value_error("Bivariant types are not supported.")),
        (true, false, false) => '+',
        (false, true, false) => '-',
        (false, false, false) => '~',
        (false, false, true) => ' ',
        _ => return Err(vm.value_error("Variance cannot be specified with infer_variance.")),
    };
    let bound = bound.filter(|bound| !bound.is(&vm.consts.none));
    let bound = match bound {
        // A ParamSpec takes whatever it is given.
        Some(bound) if function == "typevar" => Some(super::union::type_check(vm, bound, "Bound must be a type.")?),
        bound => bound.cloned(),
    };
    let constraints = match more {
        [] => None,
        [_] => return Err(vm.type_error("A single constraint is not allowed")),
        _ if bound.is_some() => return Err(vm.type_error("Constraints cannot be combined with bound=...")),
        several => Some(vm.tuple(several.to_vec())),
    };
    Ok(Param {
        name: name.cloned().into(),
        bound: Lazy { value: bound.into(), ..Lazy::default() },
        constraints: Lazy { value: constraints.into(), ..Lazy::default() },
        default: given_default(vm, default)?,
        variance: Cell::new(variance),
    })
}

fn given_default(vm: &Vm, default: Option<&Obj>) -> PyResult<Lazy> {
    let default = default.map_or_else(|| vm.no_default(), |default| Ok(default.clone()))?;
    Ok(Lazy { value: default.into(), ..Lazy::default() })
}

fn new_type_var(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    let first = args.pos().len().min(1);
    let (name, constraints) = args.pos().split_at(first);
    let keywords = args.keywords().map(|(_, value)| value);
    let named: Vec<Obj> = name.iter().chain(keywords).cloned().collect();
    let payload = with_variance(vm, "typevar", Args::new(&named, args.names()), constraints)?;
    called::<{ kinds::TYPE_VAR.0 }>(vm, class, payload)
}

fn new_param_spec(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    called::<{ kinds::PARAM_SPEC.0 }>(vm, class, with_variance(vm, "paramspec", args, &[])?)
}

fn new_type_var_tuple(vm: &Vm, class: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "typevartuple", params: &["name", "default"], positional_only: 0, positional: 1, required: 1 };
    let [name, default] = args.bind::<2>(vm, &SIGNATURE)?;
    check_name(vm, "typevartuple", name)?;
    let payload = Param { name: name.cloned().into(), default: given_default(vm, default)?, ..Param::default() };
    called::<{ kinds::TYPE_VAR_TUPLE.0 }>(vm, class, payload)
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

const EVALUATE_DEFAULT: GetSet =
    GetSet::new("evaluate_default", |vm, obj| Ok(Lazy::evaluator(vm, &this(obj).default.value, &this(obj).default.evaluate)));

fn has_default(vm: &Vm, obj: &Obj, _: Args<'_>) -> PyResult {
    let default = &this(obj).default;
    let given = default.value.get().is_some_and(|value| !is_no_default(vm, &value));
    Ok(vm.bool(given || !default.evaluate.is_empty()))
}

/// A parameter is pickled by its name.
const REDUCE: Method =
    Method::new("__reduce__", |vm, obj, _| Ok(vm.slot_or_none(&this(obj).name)), Convention::NoArgs).signature("($self, /)");
const HAS_DEFAULT: Method = Method::new("has_default", has_default, Convention::NoArgs).signature("($self, /)");
const MRO_ENTRIES: Method = Method::new(
    "__mro_entries__",
    |vm, obj, _| Err(vm.type_error(format!("Cannot subclass an instance of {}", vm.type_name(obj).trim_start_matches("typing.")))),
    Convention::One,
)
.signature("($self, object, /)");

fn slots(slots: &crate::Slots) {
    slots.repr.set(Some(repr));
    slots.binary[crate::Operator::Or as usize].set(Some(super::union::checked_or));
}

/// `typing.TypeVar`.
pub static TYPE_VAR: ClassSpec = ClassSpec {
    name: "typing.TypeVar",
    base: Some(&super::object::OBJECT),
    kind: kinds::TYPE_VAR,
    flags: flags::HAVE_GC | flags::MODULE_TYPE | flags::MANAGED_DICT | flags::MANAGED_WEAKREF | flags::INLINE_VALUES,
    slots: |all| {
        slots(all);
        all.new.set(Some(new_type_var));
    },
    methods: &[
        HAS_DEFAULT,
        REDUCE,
        MRO_ENTRIES,
        Method::new("__typing_subst__", |vm, obj, args| call_typing(vm, "_typevar_subst", obj, args), Convention::One)
            .signature("($self, arg, /)"),
        Method::new("__typing_prepare_subst__", prepare_subst, Convention::Positional).signature("($self, alias, args, /)"),
    ],
    getset: &[
        NAME,
        BOUND,
        GetSet::new("evaluate_bound", |vm, obj| Ok(Lazy::evaluator(vm, &this(obj).bound.value, &this(obj).bound.evaluate))),
        GetSet::new("__constraints__", |vm, obj| Ok(this(obj).constraints.get(vm)?.unwrap_or_else(|| vm.consts.empty_tuple.clone()))),
        GetSet::new("evaluate_constraints", |vm, obj| {
            Ok(Lazy::evaluator(vm, &this(obj).constraints.value, &this(obj).constraints.evaluate))
        }),
        DEFAULT,
        EVALUATE_DEFAULT,
        COVARIANT,
        CONTRAVARIANT,
        INFER,
    ],
    basicsize: 80,
    itemsize: 0,
    doc: "",
};

/// `typing.ParamSpec`.
pub static PARAM_SPEC: ClassSpec = ClassSpec {
    name: "typing.ParamSpec",
    base: Some(&super::object::OBJECT),
    kind: kinds::PARAM_SPEC,
    flags: flags::HAVE_GC | flags::MODULE_TYPE | flags::MANAGED_DICT | flags::MANAGED_WEAKREF | flags::INLINE_VALUES,
    slots: |all| {
        slots(all);
        all.new.set(Some(new_param_spec));
    },
    methods: &[
        HAS_DEFAULT,
        REDUCE,
        MRO_ENTRIES,
        Method::new("__typing_subst__", |vm, obj, args| call_typing(vm, "_paramspec_subst", obj, args), Convention::One)
            .signature("($self, arg, /)"),
        Method::new(
            "__typing_prepare_subst__",
            |vm, obj, args| call_typing(vm, "_paramspec_prepare_subst", obj, args),
            Convention::Positional,
        )
        .signature("($self, alias, args, /)"),
    ],
    getset: &[
        NAME,
        BOUND,
        DEFAULT,
        EVALUATE_DEFAULT,
        COVARIANT,
        CONTRAVARIANT,
        INFER,
        GetSet::new("args", |vm, obj| Ok(half::<{ kinds::PARAM_SPEC_ARGS.0 }>(vm, &vm.types.param_spec_args, obj))),
        GetSet::new("kwargs", |vm, obj| Ok(half::<{ kinds::PARAM_SPEC_KWARGS.0 }>(vm, &vm.types.param_spec_kwargs, obj))),
    ],
    basicsize: 56,
    itemsize: 0,
    doc: "",
};

/// `typing.TypeVarTuple`.
pub static TYPE_VAR_TUPLE: ClassSpec = ClassSpec {
    name: "typing.TypeVarTuple",
    base: Some(&super::object::OBJECT),
    kind: kinds::TYPE_VAR_TUPLE,
    flags: flags::HAVE_GC | flags::MODULE_TYPE | flags::MANAGED_DICT | flags::MANAGED_WEAKREF | flags::INLINE_VALUES,
    slots: |all| {
        all.repr.set(Some(|vm, obj| Ok(vm.slot_or_none(&this(obj).name))));
        all.iter.set(Some(|vm, obj| vm.iter(&vm.tuple(vec![vm.unpack_type_var_tuple(obj)?]))));
        all.new.set(Some(new_type_var_tuple));
    },
    methods: &[
        HAS_DEFAULT,
        REDUCE,
        MRO_ENTRIES,
        Method::new(
            "__typing_subst__",
            |vm, _, _| Err(vm.type_error("Substitution of bare TypeVarTuple is not supported")),
            Convention::One,
        )
        .signature("($self, arg, /)"),
        Method::new(
            "__typing_prepare_subst__",
            |vm, obj, args| call_typing(vm, "_typevartuple_prepare_subst", obj, args),
            Convention::Positional,
        )
        .signature("($self, alias, args, /)"),
    ],
    getset: &[NAME, DEFAULT, EVALUATE_DEFAULT],
    basicsize: 40,
    itemsize: 0,
    doc: "",
};

/// A TypeVar takes its default where an argument is missing (`typevar_typing_prepare_subst`).
fn prepare_subst(vm: &Vm, obj: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "__typing_prepare_subst__", 2, 2)?;
    let params = vm.to_vec(&vm.getattr_str(&args[0], "__parameters__")?)?;
    let given = vm.to_vec(&args[1])?;
    let index = params.iter().position(|param| param.is(obj)).unwrap_or(0);
    if index < given.len() {
        return Ok(args[1].clone());
    }
    let default = this(obj).default.get(vm)?.filter(|default| !is_no_default(vm, default));
    match default {
        Some(default) if index == given.len() => vm.binary(crate::Operator::Add, &args[1], &vm.tuple(vec![default])),
        _ => {
            let alias = vm.text_of(&args[0])?;
            let (given, expected) = (given.len(), index + 1);
            Err(vm.type_error(format!("Too few arguments for {alias}; actual {given}, expected at least {expected}")))
        }
    }
}

/// `P.args` or `P.kwargs`.
fn half<const KIND: u8>(vm: &Vm, class: &Obj, origin: &Obj) -> Obj {
    alloc::<KIND>(vm, class, Param { bound: Lazy { value: origin.clone().into(), ..Lazy::default() }, ..Param::default() })
}

fn origin(vm: &Vm, obj: &Obj) -> PyResult {
    Ok(or_none(vm, this(obj).bound.value.get()))
}

fn half_repr(vm: &Vm, obj: &Obj, part: &str) -> PyResult {
    let origin = origin(vm, obj)?;
    let name = match origin.kind() {
        kinds::PARAM_SPEC => vm.lossy(&vm.slot_or_none(&this(&origin).name)),
        _ => vm.repr_text(&origin)?,
    };
    Ok(vm.str(&format!("{name}.{part}")))
}

fn half_compare(vm: &Vm, a: &Obj, b: &Obj, op: Compare) -> PyResult {
    if !matches!(op, Compare::Eq | Compare::Ne) || a.kind() != b.kind() {
        return Ok(vm.not_implemented());
    }
    vm.compare(&origin(vm, a)?, &origin(vm, b)?, op)
}

fn new_half<const KIND: u8>(vm: &Vm, class: &Obj, function: &'static str, args: Args<'_>) -> PyResult {
    let signature = Signature { name: function, params: &["origin"], positional_only: 0, positional: 1, required: 1 };
    let [origin] = args.bind::<1>(vm, &signature)?;
    Ok(half::<KIND>(vm, class, origin.unwrap_or(&vm.consts.none)))
}

/// `typing.ParamSpecArgs`.
pub static PARAM_SPEC_ARGS: ClassSpec = ClassSpec {
    name: "typing.ParamSpecArgs",
    base: Some(&super::object::OBJECT),
    kind: kinds::PARAM_SPEC_ARGS,
    flags: flags::HAVE_GC | flags::MODULE_TYPE | flags::MANAGED_WEAKREF,
    slots: |slots| {
        slots.new.set(Some(|vm, class, args| new_half::<{ kinds::PARAM_SPEC_ARGS.0 }>(vm, class, "paramspecargs", args)));
        slots.repr.set(Some(|vm, obj| half_repr(vm, obj, "args")));
        slots.richcompare.set(Some(half_compare));
    },
    methods: &[MRO_ENTRIES],
    getset: &[GetSet::member("__origin__", origin)],
    basicsize: 24,
    itemsize: 0,
    doc: "",
};

/// `typing.ParamSpecKwargs`.
pub static PARAM_SPEC_KWARGS: ClassSpec = ClassSpec {
    name: "typing.ParamSpecKwargs",
    base: Some(&super::object::OBJECT),
    kind: kinds::PARAM_SPEC_KWARGS,
    flags: flags::HAVE_GC | flags::MODULE_TYPE | flags::MANAGED_WEAKREF,
    slots: |slots| {
        slots.new.set(Some(|vm, class, args| new_half::<{ kinds::PARAM_SPEC_KWARGS.0 }>(vm, class, "paramspeckwargs", args)));
        slots.repr.set(Some(|vm, obj| half_repr(vm, obj, "kwargs")));
        slots.richcompare.set(Some(half_compare));
    },
    methods: &[MRO_ENTRIES],
    getset: &[GetSet::member("__origin__", origin)],
    basicsize: 24,
    itemsize: 0,
    doc: "",
};
