//! `sys`: what a program may know and change of its machine (`Python/sysmodule.c`).

use compile::Version;
use heap::{Kind, Obj, Str};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::import::STDLIB;
use crate::objects::exception::Exception;
use crate::objects::struct_sequence::{StructField, struct_sequence};
use crate::{Args, PyResult, Raised, Signature, Vm, kinds};

/// `sys._jit`: there is none.
pub(crate) static JIT: ModuleSpec = ModuleSpec {
    name: "sys._jit",
    functions: &[
        Method::new("is_available", |vm, _, _| Ok(vm.bool(false)), Convention::NoArgs).signature("($module, /)"),
        Method::new("is_enabled", |vm, _, _| Ok(vm.bool(false)), Convention::NoArgs).signature("($module, /)"),
        Method::new("is_active", |vm, _, _| Ok(vm.bool(false)), Convention::NoArgs).signature("($module, /)"),
    ],
    init: |_, _| Ok(()),
};

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    name: "sys",
    functions: &[
        Method::new("getrefcount", getrefcount, Convention::One).signature("($module, object, /)"),
        Method::new("getsizeof", getsizeof, Convention::Keywords).varargs(),
        Method::new("intern", intern, Convention::One).signature("($module, string, /)"),
        Method::new("_is_interned", is_interned, Convention::One).signature("($module, string, /)"),
        Method::new("_is_immortal", |vm, _, args| Ok(vm.bool(args.pos()[0].is_immortal())), Convention::One).signature("($module, op, /)"),
        Method::new("_is_gil_enabled", |vm, _, _| Ok(vm.bool(true)), Convention::NoArgs).signature("($module, /)"),
        Method::new("exit", exit, Convention::Positional).signature("($module, status=None, /)"),
        Method::new("exc_info", exc_info, Convention::NoArgs).signature("($module, /)"),
        Method::new("exception", |vm, _, _| Ok(vm.thread.handled().unwrap_or_else(|| vm.none())), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("_getframe", getframe, Convention::Positional).signature("($module, depth=0, /)"),
        Method::new("_getframemodulename", getframemodulename, Convention::Keywords).signature("($module, /, depth=0)"),
        Method::new("getrecursionlimit", |vm, _, _| Ok(vm.int(vm.thread.recursion_limit.get() as i64)), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("setrecursionlimit", setrecursionlimit, Convention::One).signature("($module, limit, /)"),
        Method::new("breakpointhook", breakpointhook, Convention::Keywords).signature("($module, /, *args, **kwargs)"),
        Method::new("displayhook", displayhook, Convention::One).signature("($module, object, /)"),
        Method::new("excepthook", excepthook, Convention::Positional).signature("($module, exctype, value, traceback, /)"),
        Method::new("unraisablehook", unraisablehook, Convention::One).signature("($module, unraisable, /)"),
        Method::new("getdefaultencoding", |vm, _, _| Ok(vm.str("utf-8")), Convention::NoArgs).signature("($module, /)"),
        Method::new("getfilesystemencoding", |vm, _, _| Ok(vm.str("utf-8")), Convention::NoArgs).signature("($module, /)"),
        Method::new("getfilesystemencodeerrors", |vm, _, _| Ok(vm.str("surrogateescape")), Convention::NoArgs).signature("($module, /)"),
        Method::new("getallocatedblocks", |vm, _, _| Ok(vm.int(vm.allocated_blocks() as i64)), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("_debugmallocstats", debug_malloc_stats, Convention::NoArgs).signature("($module, /)"),
        Method::new("getunicodeinternedsize", interned_size, Convention::Keywords).signature("($module, /, *, _only_immortal=False)"),
        Method::new("is_finalizing", |vm, _, _| Ok(vm.bool(vm.state.finalizing.get())), Convention::NoArgs).signature("($module, /)"),
        Method::new("is_remote_debug_enabled", |vm, _, _| Ok(vm.bool(false)), Convention::NoArgs).signature("($module, /)"),
        Method::new("is_stack_trampoline_active", |vm, _, _| Ok(vm.bool(false)), Convention::NoArgs).signature("($module, /)"),
        Method::new("_clear_type_descriptors", clear_type_descriptors, Convention::One).signature("($module, type, /)"),
        Method::new("_clear_type_cache", |vm, _, _| Ok(vm.none()), Convention::NoArgs).signature("($module, /)"),
        Method::new("_clear_internal_caches", |vm, _, _| Ok(vm.none()), Convention::NoArgs).signature("($module, /)"),
        Method::new("_get_cpu_count_config", |vm, _, _| Ok(vm.int(-1)), Convention::NoArgs).signature("($module, /)"),
        Method::new("audit", |vm, _, _| Ok(vm.none()), Convention::Positional).signature("($module, event, /, *args)"),
        Method::new("addaudithook", |vm, _, _| Ok(vm.none()), Convention::Keywords).signature("($module, /, hook)"),
        Method::new(
            "settrace",
            |vm, _, args| {
                vm.set_trace(Some(args.pos()[0].clone()).filter(|function| !function.is(&vm.consts.none)));
                Ok(vm.none())
            },
            Convention::One,
        )
        .signature("($module, function, /)"),
        Method::new("gettrace", |vm, _, _| Ok(vm.tracing.trace.get().unwrap_or_else(|| vm.none())), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new(
            "setprofile",
            |vm, _, args| {
                vm.set_profile(Some(args.pos()[0].clone()).filter(|function| !function.is(&vm.consts.none)));
                Ok(vm.none())
            },
            Convention::One,
        )
        .signature("($module, function, /)"),
        Method::new("getprofile", |vm, _, _| Ok(vm.tracing.profile.get().unwrap_or_else(|| vm.none())), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("call_tracing", call_tracing, Convention::Positional).signature("($module, func, args, /)"),
        Method::new("getswitchinterval", |vm, _, _| Ok(vm.float(0.005)), Convention::NoArgs).signature("($module, /)"),
        Method::new("setswitchinterval", |vm, _, _| Ok(vm.none()), Convention::One).signature("($module, interval, /)"),
        Method::new("get_int_max_str_digits", |vm, _, _| Ok(vm.int(vm.state.int_max_str_digits.get() as i64)), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("set_int_max_str_digits", set_int_max_str_digits, Convention::Keywords).signature("($module, /, maxdigits)"),
        Method::new("get_asyncgen_hooks", get_asyncgen_hooks, Convention::NoArgs).signature("($module, /)"),
        Method::new("set_asyncgen_hooks", set_asyncgen_hooks, Convention::Keywords).varargs(),
        Method::new("get_coroutine_origin_tracking_depth", |vm, _, _| Ok(vm.int(vm.thread.origin_depth.get() as i64)), Convention::NoArgs)
            .signature("($module, /)"),
        Method::new("set_coroutine_origin_tracking_depth", set_origin_tracking_depth, Convention::Keywords)
            .signature("($module, /, depth)"),
    ],
    init,
};

/// The class of what `sys.unraisablehook` gets.
fn unraisable_args(vm: &Vm) -> PyResult {
    let names = ["exc_type", "exc_value", "exc_traceback", "err_msg", "object"];
    let class = crate::objects::struct_sequence::class(vm, "UnraisableHookArgs", &names.map(StructField::Shown))?;
    vm.state.unraisable_args.set(class.clone());
    Ok(class)
}

fn init(vm: &Vm, module: &Obj) -> PyResult<()> {
    let dict = vm.module_dict(module);
    let set = |name: &str, value: Obj| vm.dict_set_str(&dict, name, value);
    let (major, minor, micro) = vm.version.release();
    let n = |n: i64| vm.int(n);
    for own in ["breakpointhook", "displayhook", "excepthook", "unraisablehook"] {
        set(&format!("__{own}__"), vm.dict_get_str(&dict, own).expect("the function was just added"));
    }
    let version_info = struct_sequence(
        vm,
        "sys.version_info",
        &["major", "minor", "micro", "releaselevel", "serial"].map(StructField::Shown),
        vec![n(major), n(minor), n(micro), vm.str("final"), n(0)],
    )?;
    set("version_info", version_info.clone());
    set("UnraisableHookArgs", unraisable_args(vm)?);
    let hex = (major << 24) | (minor << 16) | (micro << 8) | 0xF0;
    set("hexversion", n(hex));
    set("version", vm.str(&format!("{major}.{minor}.{micro} (heapbook {})", env!("CARGO_PKG_VERSION"))));
    set("api_version", n(1013));
    set("copyright", vm.str("Copyright (c) 2026 The Heapbook authors.\nThe library is copyright (c) Python Software Foundation."));
    set("platform", vm.str("linux"));
    set("byteorder", vm.str("little"));
    set("maxsize", n(i64::MAX));
    set("maxunicode", n(0x10FFFF));
    set("executable", vm.consts.empty_str.clone());
    for name in ["prefix", "base_prefix", "exec_prefix", "base_exec_prefix"] {
        set(name, vm.str("/usr"));
    }
    set("platlibdir", vm.str("lib"));
    set("_framework", vm.consts.empty_str.clone());
    set("_git", vm.tuple(vec![vm.str("CPython"), vm.consts.empty_str.clone(), vm.consts.empty_str.clone()]));
    set("abiflags", vm.consts.empty_str.clone());
    set("float_repr_style", vm.str("short"));
    set("dont_write_bytecode", vm.bool(true));
    set("pycache_prefix", vm.none());
    set("argv", vm.list(vec![vm.consts.empty_str.clone()]));
    set("orig_argv", vm.list(Vec::new()));
    set("path", vm.list(Vec::new()));
    set("meta_path", vm.list(Vec::new()));
    set("path_hooks", vm.list(Vec::new()));
    set("path_importer_cache", vm.dict());
    set("warnoptions", vm.list(Vec::new()));
    set("_xoptions", vm.dict());
    set("modules", vm.modules.get().expect("a machine has its modules before `sys`"));
    set("builtin_module_names", vm.tuple(super::names().into_iter().map(|name| vm.intern(name)).collect()));
    let stdlib = vm.call(&vm.types.frozenset, &[vm.list(STDLIB.iter().map(|name| vm.intern(name)).collect())])?;
    set("stdlib_module_names", stdlib);
    let implementation = vm.namespace_of(&[
        ("name", vm.str("cpython")),
        ("cache_tag", vm.str(&format!("cpython-{major}{minor}"))),
        ("version", version_info),
        ("hexversion", n(hex)),
        ("_multiarch", vm.str("x86_64-linux-gnu")),
        ("supports_isolated_interpreters", vm.bool(false)),
    ]);
    set("implementation", implementation);
    numbers(vm, &dict)?;
    set("flags", flags(vm)?);
    Ok(())
}

/// `float_info`, `int_info`, `hash_info`, `thread_info`.
fn numbers(vm: &Vm, dict: &Obj) -> PyResult<()> {
    let (n, f) = (|n: i64| vm.int(n), |f: f64| vm.float(f));
    let names = ["max", "max_exp", "max_10_exp", "min", "min_exp", "min_10_exp", "dig", "mant_dig", "epsilon", "radix", "rounds"];
    let values = vec![f(f64::MAX), n(1024), n(308), f(f64::MIN_POSITIVE), n(-1021), n(-307), n(15), n(53), f(f64::EPSILON), n(2), n(1)];
    vm.dict_set_str(dict, "float_info", struct_sequence(vm, "sys.float_info", &names.map(StructField::Shown), values)?);
    let names = ["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"];
    vm.dict_set_str(
        dict,
        "int_info",
        struct_sequence(vm, "sys.int_info", &names.map(StructField::Shown), vec![n(30), n(4), n(4300), n(640)])?,
    );
    let names = ["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"];
    let values = vec![n(64), n((1 << 61) - 1), n(314159), n(0), n(1000003), vm.str("siphash13"), n(64), n(128), n(0)];
    vm.dict_set_str(dict, "hash_info", struct_sequence(vm, "sys.hash_info", &names.map(StructField::Shown), values)?);
    let names = ["name", "lock", "version"];
    vm.dict_set_str(
        dict,
        "thread_info",
        struct_sequence(vm, "sys.thread_info", &names.map(StructField::Shown), vec![vm.str("pthread"), vm.none(), vm.none()])?,
    );
    Ok(())
}

fn flags(vm: &Vm) -> PyResult {
    let names = [
        "debug",
        "inspect",
        "interactive",
        "optimize",
        "dont_write_bytecode",
        "no_user_site",
        "no_site",
        "ignore_environment",
        "verbose",
        "bytes_warning",
        "quiet",
        "hash_randomization",
        "isolated",
        "dev_mode",
        "utf8_mode",
        "warn_default_encoding",
        "safe_path",
        "int_max_str_digits",
    ];
    let values = names.iter().map(|name| match *name {
        "dev_mode" | "safe_path" => vm.bool(false),
        "dont_write_bytecode" => vm.int(1),
        "int_max_str_digits" => vm.int(4300),
        _ => vm.int(0),
    });
    let flags = struct_sequence(vm, "sys.flags", &names.map(StructField::Shown), values.collect())?;
    // Three more that are no items and that the repr does not show.
    let class = vm.class_of(&flags);
    for (name, value) in [("gil", 1), ("thread_inherit_context", 0), ("context_aware_warnings", 0)] {
        vm.setattr_str(&class, name, Some(&vm.int(value)))?;
    }
    Ok(flags)
}

/// The count as CPython prints it: what the caller holds and the argument's own reference, if it has one.
fn getrefcount(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let obj = &args.pos()[0];
    if !obj.is_immortal() {
        // Up to 3.10 the frame of a call held that of its caller.
        let held_by_callee = vm.version <= Version::V3_10 && obj.kind() == kinds::FRAME && vm.frame_has_callee(obj);
        return Ok(vm.int(i64::from(obj.refcount()) + i64::from(held_by_callee)));
    }
    Ok(vm.int(match vm.version {
        Version::V3_14 => 3 << 30,
        Version::V3_12 | Version::V3_13 => i64::from(u32::MAX),
        // Small integers, the empty strings and the one-character ones began with a thousand million.
        Version::V3_11 if matches!(obj.kind(), Kind::INT | Kind::STR | Kind::BYTES | Kind::TUPLE) => 1_000_000_000 + holders(vm, obj),
        Version::V3_11 | Version::V3_10 | Version::V2_7 => holders(vm, obj),
    }))
}

/// The count of an object that this machine does not count, because it lives for ever, in versions that did count it: the references
/// from all containers, and what the interpreter itself holds.
fn holders(vm: &Vm, obj: &Obj) -> i64 {
    let of_interpreter = if obj.is(&vm.consts.none) { 3000 } else { 10 };
    let mut count = of_interpreter;
    for container in vm.heap.all_objects().iter().filter(|container| !container.is_leaf()) {
        container.traverse(&mut |held| count += i64::from(held.is(obj)));
    }
    count
}

fn getsizeof(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "getsizeof", params: &["object", "default"], positional_only: 0, positional: 2, required: 1 };
    if let [obj] = args.all()
        && !args.has_keywords()
        && let Some(size) = plain_sizeof(vm, obj)
    {
        return Ok(vm.int(size as i64));
    }
    let [obj, default] = args.bind(vm, &SIGNATURE)?;
    let obj = obj.expect("a required parameter is there");
    match (sizeof(vm, obj), default) {
        (Ok(size), _) => Ok(vm.int(size as i64)),
        (Err(raised), Some(default)) if raised.is(vm, &vm.types.type_error) => Ok(default.clone()),
        (Err(raised), _) => Err(raised),
    }
}

/// [`sizeof`] of a builtin class's object that comes by the million. CPython makes a bound `__sizeof__` for it all the same.
#[inline]
fn plain_sizeof(vm: &Vm, obj: &Obj) -> Option<usize> {
    let size = vm.plain_size(obj)?;
    let _bound = vm.heap.passing(kinds::BUILTIN_FUNCTION);
    Some(size)
}

/// `_PySys_GetSizeOf`: what `__sizeof__` says, and the collector's header.
fn sizeof(vm: &Vm, obj: &Obj) -> PyResult<usize> {
    if let Some(size) = plain_sizeof(vm, obj) {
        return Ok(size);
    }
    let Some(method) = vm.special(obj, &vm.names.__sizeof__)? else {
        return Err(vm.type_error(format!("Type {} doesn't define __sizeof__", vm.type_name(obj))));
    };
    let _bound = vm.passing_bound(&method);
    let size = vm.call_special(&method, obj, &[])?;
    let Ok(size) = usize::try_from(vm.index_isize(&size)?) else { return Err(vm.value_error("__sizeof__() should return >= 0")) };
    Ok(size + vm.with_class(obj, |class| vm.header_size(class)))
}

fn intern(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let text = &args.pos()[0];
    if text.get::<Str>().is_none() {
        return Err(vm.type_error(format!("intern() argument must be str, not {}", vm.type_name(text))));
    }
    if text.extra().is_some() {
        return Err(vm.type_error(format!("can't intern {}", vm.type_name(text))));
    }
    Ok(vm.intern_obj(text))
}

fn is_interned(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    match args.pos()[0].get::<Str>() {
        Some(text) => Ok(vm.bool(text.interned.get())),
        None => Err(vm.type_error(format!("_is_interned() argument must be str, not {}", vm.type_name(&args.pos()[0])))),
    }
}

/// `sys._debugmallocstats()`. It is written through `sys.stderr`, where a program can read it.
fn debug_malloc_stats(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    vm.write_stderr(&vm.malloc_stats());
    Ok(vm.none())
}

fn interned_size(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    Ok(vm.int(vm.heap.interned_count() as i64))
}

fn exit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "exit", 0, 1)?;
    let status = given.first().cloned().unwrap_or_else(|| vm.none());
    Err(Raised(vm.make_exception(&vm.types.system_exit, &[status])?))
}

fn exc_info(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let parts = match vm.thread.handled() {
        None => vec![vm.none(), vm.none(), vm.none()],
        Some(exception) => {
            let traceback = vm.exception(&exception).traceback.get().unwrap_or_else(|| vm.none());
            vec![vm.class_of(&exception), exception, traceback]
        }
    };
    Ok(vm.tuple(parts))
}

fn getframe(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "_getframe", 0, 1)?;
    let depth = given.first().map_or(Ok(0), |depth| vm.index_isize(depth))?.max(0) as usize;
    vm.current_frame(depth).ok_or_else(|| vm.value_error("call stack is not deep enough"))
}

fn getframemodulename(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "_getframemodulename", params: &["depth"], positional_only: 0, positional: 1, required: 0 };
    let [depth] = args.bind(vm, &SIGNATURE)?;
    let depth = depth.map_or(Ok(0), |depth| vm.index_isize(depth))?.max(0) as usize;
    let globals = vm.globals_of_frame(depth);
    Ok(globals.and_then(|globals| vm.dict_get_name(&globals, &vm.names.__name__)).unwrap_or_else(|| vm.none()))
}

fn call_tracing(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [function, given] = args.check(vm, "call_tracing", 2, 2)? else { unreachable!("two arguments were checked") };
    if given.get::<heap::Tuple>().is_none() {
        return Err(vm.type_error(format!("call_tracing() argument 2 must be tuple, not {}", vm.type_name(given))));
    }
    vm.call_tracing(function, given)
}

fn setrecursionlimit(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let limit = vm.index_isize(&args.pos()[0])?;
    if limit < 1 {
        return Err(vm.value_error("recursion limit must be greater or equal than 1"));
    }
    let thread = &vm.thread;
    let depth = thread.recursion_limit.get() - thread.remaining.get();
    if depth >= limit {
        return Err(
            vm.recursion_error(format!("cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"))
        );
    }
    thread.remaining.set(limit - depth);
    thread.recursion_limit.set(limit);
    Ok(vm.none())
}

fn set_int_max_str_digits(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "set_int_max_str_digits", params: &["maxdigits"], positional_only: 0, positional: 1, required: 1 };
    let [digits] = args.bind(vm, &SIGNATURE)?;
    let digits = vm.index_isize(digits.expect("a required parameter is there"))?;
    if digits != 0 && digits < 640 {
        return Err(vm.value_error("maxdigits must be >= 640 or 0 for unlimited"));
    }
    vm.state.int_max_str_digits.set(digits as usize);
    Ok(vm.none())
}

/// What `breakpoint()` calls: the function that `PYTHONBREAKPOINT` names, `pdb.set_trace` if it names none, nothing if it is `0`.
fn breakpointhook(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    // The environment as the program has changed it.
    let environ = vm.getattr_str(&vm.import_module("os")?, "environ")?;
    let named = vm.call_method(&environ, "get", &[vm.str("PYTHONBREAKPOINT")])?;
    let path = if vm.is_true(&named)? { vm.lossy(&named) } else { "pdb.set_trace".to_owned() };
    if path == "0" {
        return Ok(vm.none());
    }
    let (module, name) = path.rsplit_once('.').unwrap_or(("builtins", &path));
    let found = vm.import_module(module).and_then(|module| vm.getattr_str(&module, name));
    match found {
        Ok(function) => vm.call_args(&function, args),
        // A name without a module, as "." is, names nothing either.
        Err(raised)
            if [&vm.types.import_error, &vm.types.attribute_error, &vm.types.value_error].iter().any(|class| raised.is(vm, class)) =>
        {
            vm.warn(&vm.types.runtime_warning, &format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{path}\""))?;
            Ok(vm.none())
        }
        Err(raised) => Err(raised),
    }
}

/// Prints a value as the prompt does, and keeps it as `builtins._`.
fn displayhook(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let value = &args.pos()[0];
    if value.is(&vm.consts.none) {
        return Ok(vm.none());
    }
    let builtins = vm.builtins.get().ok_or_else(|| vm.runtime_error("lost builtins module"))?;
    vm.dict_set_str(&builtins, "_", vm.none());
    let text = vm.repr(value)?;
    vm.print_line(&text)?;
    vm.dict_set_str(&builtins, "_", value.clone());
    Ok(vm.none())
}

fn excepthook(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let [_, exception, traceback] = args.check(vm, "excepthook", 3, 3)? else { unreachable!("three arguments were checked") };
    if exception.get::<Exception>().is_none() {
        let name = vm.type_name(exception);
        vm.write_stderr(&format!("TypeError: print_exception(): Exception expected for value, {name} found\n"));
        return Ok(vm.none());
    }
    if vm.exception(exception).traceback.is_empty() && vm.is_kind_of(traceback, &vm.types.traceback) {
        vm.exception(exception).traceback.set(traceback.clone());
    }
    vm.write_stderr(&vm.format_exception(exception));
    Ok(vm.none())
}

fn unraisablehook(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let info = &args.pos()[0];
    let get = |name: &str| vm.getattr_str(info, name);
    let (exception, object) = (get("exc_value")?, get("object")?);
    let message = get("err_msg")?;
    let message = (!message.is(&vm.consts.none)).then(|| vm.lossy(&message));
    vm.print_unraisable(message.as_deref(), Some(&object).filter(|object| !object.is(&vm.consts.none)), &exception);
    Ok(vm.none())
}

fn set_origin_tracking_depth(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "set_coroutine_origin_tracking_depth", params: &["depth"], positional_only: 0, positional: 1, required: 1 };
    let [depth] = args.bind(vm, &SIGNATURE)?;
    let depth = vm.index_c_int(depth.expect("a required parameter is there"))?;
    vm.thread.origin_depth.set(usize::try_from(depth).map_err(|_| vm.value_error("depth must be >= 0"))?);
    Ok(vm.none())
}

fn get_asyncgen_hooks(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let held = |slot: &heap::Slot| slot.get().unwrap_or_else(|| vm.none());
    let values = vec![held(&vm.thread.firstiter), held(&vm.thread.finalizer)];
    struct_sequence(vm, "asyncgen_hooks", &["firstiter", "finalizer"].map(StructField::Shown), values)
}

fn set_asyncgen_hooks(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "set_asyncgen_hooks", params: &["firstiter", "finalizer"], positional_only: 0, positional: 2, required: 0 };
    let given: [Option<&Obj>; 2] = args.bind(vm, &SIGNATURE)?;
    for (value, name) in given.into_iter().zip(["firstiter", "finalizer"]) {
        if let Some(value) = value.filter(|value| !value.is(&vm.consts.none) && !vm.is_callable(value)) {
            return Err(vm.type_error(format!("callable {name} expected, got {}", vm.type_name(value))));
        }
    }
    for (value, slot) in given.into_iter().zip([&vm.thread.firstiter, &vm.thread.finalizer]) {
        if let Some(value) = value {
            drop(slot.replace((!value.is(&vm.consts.none)).then(|| value.clone())));
        }
    }
    Ok(vm.none())
}

/// What a class has for the `__dict__` and the weak references of its instances goes, so that a class that takes its place can be the
/// only one to show them.
fn clear_type_descriptors(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let class = &args.pos()[0];
    let payload = vm.expect_class(class, || format!("_clear_type_descriptors() argument must be type, not {}", vm.type_name(class)))?;
    if payload.has(crate::class::flags::IMMUTABLE) {
        return Err(vm.type_error("argument is immutable"));
    }
    if let Some(dict) = payload.dict.get().as_ref().and_then(|dict| dict.get::<heap::Dict>()) {
        for name in [&vm.names.__dict__, &vm.names.__weakref__] {
            drop(dict.remove_str_key(name));
        }
    }
    vm.class_modified(class);
    Ok(vm.none())
}
