//! `_opcode`: what the library's `opcode` and `dis` ask of the compiler (`Modules/_opcode.c`).

use compile::{Op, Version};
use heap::Obj;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Signature, Vm};

/// The instruction of that number in this machine's version.
fn op(vm: &Vm, obj: &Obj) -> PyResult<Option<Op>> {
    let number = vm.index_isize(obj)?;
    Ok(Op::ALL.iter().copied().find(|op| op.number(vm.version).map(isize::from) == Some(number)))
}

fn ask(vm: &Vm, args: Args<'_>, question: fn(Op, Version) -> bool) -> PyResult {
    let found = op(vm, &args.pos()[0])?;
    Ok(vm.bool(found.is_some_and(|op| question(op, vm.version))))
}

fn stack_effect(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let signature =
        Signature { name: "stack_effect", params: &["opcode", "oparg", "jump"], positional_only: 2, positional: 2, required: 1 };
    let [number, arg, jump] = args.bind::<3>(vm, &signature)?;
    let found = number.map(|number| op(vm, number)).transpose()?.flatten();
    let Some(found) = found else { return Err(vm.value_error("invalid opcode or oparg")) };
    let arg = match arg.filter(|arg| !arg.is(&vm.consts.none)) {
        Some(arg) => vm.index_isize(arg)? as u32,
        None => 0,
    };
    let effects = [true, false].map(|jump| found.stack_effect(arg, jump, vm.version) as i64);
    Ok(vm.int(match jump.filter(|jump| !jump.is(&vm.consts.none)) {
        Some(jump) => effects[usize::from(!vm.is_true(jump)?)],
        None => effects[0].max(effects[1]),
    }))
}

fn names(vm: &Vm, names: &[&str]) -> PyResult {
    Ok(vm.list(names.iter().map(|name| vm.str(name)).collect()))
}

const OPERATORS: &[(&str, &str)] = &[
    ("ADD", "+"),
    ("AND", "&"),
    ("FLOOR_DIVIDE", "//"),
    ("LSHIFT", "<<"),
    ("MATRIX_MULTIPLY", "@"),
    ("MULTIPLY", "*"),
    ("REMAINDER", "%"),
    ("OR", "|"),
    ("POWER", "**"),
    ("RSHIFT", ">>"),
    ("SUBTRACT", "-"),
    ("TRUE_DIVIDE", "/"),
    ("XOR", "^"),
];

fn operators(vm: &Vm) -> PyResult {
    let pair = |name: String, sign: String| vm.tuple(vec![vm.str(&name), vm.str(&sign)]);
    let plain = OPERATORS.iter().map(|(name, sign)| pair(format!("NB_{name}"), (*sign).to_owned()));
    let in_place = OPERATORS.iter().map(|(name, sign)| pair(format!("NB_INPLACE_{name}"), format!("{sign}=")));
    let mut rows: Vec<Obj> = plain.chain(in_place).collect();
    if vm.version >= Version::V3_14 {
        rows.push(pair("NB_SUBSCR".to_owned(), "[]".to_owned()));
    }
    Ok(vm.list(rows))
}

const ONE: &[&str] = &[
    "INTRINSIC_1_INVALID",
    "INTRINSIC_PRINT",
    "INTRINSIC_IMPORT_STAR",
    "INTRINSIC_STOPITERATION_ERROR",
    "INTRINSIC_ASYNC_GEN_WRAP",
    "INTRINSIC_UNARY_POSITIVE",
    "INTRINSIC_LIST_TO_TUPLE",
    "INTRINSIC_TYPEVAR",
    "INTRINSIC_PARAMSPEC",
    "INTRINSIC_TYPEVARTUPLE",
    "INTRINSIC_SUBSCRIPT_GENERIC",
    "INTRINSIC_TYPEALIAS",
];

const TWO: &[&str] = &[
    "INTRINSIC_2_INVALID",
    "INTRINSIC_PREP_RERAISE_STAR",
    "INTRINSIC_TYPEVAR_WITH_BOUND",
    "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS",
    "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
    "INTRINSIC_SET_TYPEPARAM_DEFAULT",
];

/// `_opcode`.
pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_opcode",
    functions: &[
        Method::new("stack_effect", stack_effect, Convention::Keywords).signature("($module, opcode, oparg=None, /, *, jump=None)"),
        Method::new("is_valid", |vm, _, args| ask(vm, args, |_, _| true), Convention::One).signature("($module, /, opcode)"),
        Method::new("has_arg", |vm, _, args| ask(vm, args, Op::has_arg), Convention::One).signature("($module, /, opcode)"),
        Method::new("has_const", |vm, _, args| ask(vm, args, |op, _| op.has_const()), Convention::One).signature("($module, /, opcode)"),
        Method::new("has_name", |vm, _, args| ask(vm, args, |op, _| op.has_name()), Convention::One).signature("($module, /, opcode)"),
        Method::new("has_jump", |vm, _, args| ask(vm, args, |op, version| op.is_jump() && op.has_target(version)), Convention::One)
            .signature("($module, /, opcode)"),
        Method::new("has_free", |vm, _, args| ask(vm, args, |op, _| op.has_free()), Convention::One).signature("($module, /, opcode)"),
        Method::new("has_local", |vm, _, args| ask(vm, args, |op, _| op.has_local() || op.has_two_locals()), Convention::One)
            .signature("($module, /, opcode)"),
        Method::new("has_exc", |vm, _, args| ask(vm, args, |op, _| op.is_block_push()), Convention::One).signature("($module, /, opcode)"),
        Method::new("get_executor", |vm, _, _| Err(vm.runtime_error("Executors are not available in this build")), Convention::Keywords)
            .signature("($module, /, code, offset)"),
        Method::new("get_specialization_stats", |vm, _, _| Ok(vm.none()), Convention::NoArgs).signature("($module, /)"),
        Method::new("get_nb_ops", |vm, _, _| operators(vm), Convention::NoArgs).signature("($module, /)"),
        Method::new("get_intrinsic1_descs", |vm, _, _| names(vm, ONE), Convention::NoArgs).signature("($module, /)"),
        Method::new("get_intrinsic2_descs", |vm, _, _| names(vm, TWO), Convention::NoArgs).signature("($module, /)"),
        Method::new(
            "get_special_method_names",
            |vm, _, _| names(vm, &["__enter__", "__exit__", "__aenter__", "__aexit__"]),
            Convention::NoArgs,
        )
        .signature("($module, /)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for name in ["ENABLE_SPECIALIZATION", "ENABLE_SPECIALIZATION_FT"] {
            vm.dict_set_str(&dict, name, vm.int(1));
        }
        Ok(())
    },
};
