//! `sys.monitoring`: which tools there are (`Python/instrumentation.c`). Events are not told to them: asking for some is refused.

use heap::{Kind, Obj, Str};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Vm};

use Convention::{NoArgs, One, Positional};

/// So many tools can be known.
const TOOLS: usize = 8;

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    name: "sys.monitoring",
    functions: &[
        Method::new("use_tool_id", use_tool_id, Positional).signature("($module, tool_id, name, /)"),
        Method::new("clear_tool_id", |vm, _, args| tool(vm, &args.pos()[0]).map(|_| vm.none()), One).signature("($module, tool_id, /)"),
        Method::new("free_tool_id", free_tool_id, One).signature("($module, tool_id, /)"),
        Method::new("get_tool", get_tool, One).signature("($module, tool_id, /)"),
        Method::new("register_callback", register_callback, Positional).signature("($module, tool_id, event, func, /)"),
        Method::new("get_events", |vm, _, args| tool(vm, &args.pos()[0]).map(|_| vm.int(0)), One).signature("($module, tool_id, /)"),
        Method::new("set_events", |vm, _, args| set_events(vm, args, "set_events", 2), Positional)
            .signature("($module, tool_id, event_set, /)"),
        Method::new("get_local_events", get_local_events, Positional).signature("($module, tool_id, code, /)"),
        Method::new("set_local_events", |vm, _, args| set_events(vm, args, "set_local_events", 3), Positional)
            .signature("($module, tool_id, code, event_set, /)"),
        Method::new("restart_events", |vm, _, _| Ok(vm.none()), NoArgs).signature("($module, /)"),
        Method::new("_all_events", |vm, _, _| Ok(vm.dict()), NoArgs).signature("($module, /)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for name in ["DISABLE", "MISSING"] {
            vm.dict_set_str(&dict, name, vm.call(&vm.types.object, &[])?);
        }
        let events: Vec<(&str, Obj)> = EVENTS.iter().map(|(name, value)| (*name, vm.int(*value))).collect();
        vm.dict_set_str(&dict, "events", vm.namespace_of(&events));
        for (name, id) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
            vm.dict_set_str(&dict, name, vm.int(id));
        }
        Ok(())
    },
};

#[rustfmt::skip]
const EVENTS: &[(&str, i64)] = &[
    ("PY_START", 1), ("PY_RESUME", 2), ("PY_RETURN", 4), ("PY_YIELD", 8), ("CALL", 16), ("LINE", 32), ("INSTRUCTION", 64), ("JUMP", 128),
    ("BRANCH_LEFT", 256), ("BRANCH_RIGHT", 512), ("STOP_ITERATION", 1024), ("RAISE", 2048), ("EXCEPTION_HANDLED", 4096),
    ("PY_UNWIND", 8192), ("PY_THROW", 16_384), ("RERAISE", 32_768), ("C_RETURN", 65_536), ("C_RAISE", 131_072), ("BRANCH", 262_144),
    ("NO_EVENTS", 0),
];

/// The number of a tool that may be used.
fn tool(vm: &Vm, given: &Obj) -> PyResult<usize> {
    match vm.index_c_int(given)? {
        n @ 0..=5 => Ok(n as usize),
        n => Err(vm.value_error(format!("invalid tool {n} (must be between 0 and 5)"))),
    }
}

fn name_of(vm: &Vm, tool: usize) -> Option<Obj> {
    vm.state.tools.borrow().get(tool).cloned().flatten()
}

fn set_name(vm: &Vm, tool: usize, name: Option<Obj>) {
    let mut tools = vm.state.tools.borrow_mut();
    tools.resize(TOOLS, None);
    let before = std::mem::replace(&mut tools[tool], name);
    drop(tools);
    drop(before);
}

fn use_tool_id(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "use_tool_id", 2, 2)?;
    let tool = tool(vm, &given[0])?;
    if given[1].get::<Str>().is_none() || given[1].kind() != Kind::STR {
        return Err(vm.value_error("tool name must be a str"));
    }
    if name_of(vm, tool).is_some() {
        return Err(vm.value_error(format!("tool {tool} is already in use")));
    }
    set_name(vm, tool, Some(given[1].clone()));
    Ok(vm.none())
}

fn free_tool_id(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    set_name(vm, tool(vm, &args.pos()[0])?, None);
    Ok(vm.none())
}

fn get_tool(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    Ok(name_of(vm, tool(vm, &args.pos()[0])?).unwrap_or_else(|| vm.none()))
}

/// A function that is never called is not kept: there was none before, and none is there after.
fn register_callback(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "register_callback", 3, 3)?;
    tool(vm, &given[0])?;
    Ok(vm.none())
}

fn get_local_events(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "get_local_events", 2, 2)?;
    Ok(vm.int(tool(vm, &given[0]).map(|_| 0)?))
}

fn set_events(vm: &Vm, args: Args<'_>, name: &str, n: usize) -> PyResult {
    let given = args.check(vm, name, n, n)?;
    let tool = tool(vm, &given[0])?;
    if name_of(vm, tool).is_none() {
        return Err(vm.value_error(format!("tool {tool} is not in use")));
    }
    if vm.index_c_int(&given[n - 1])? != 0 {
        return Err(vm.runtime_error("this machine does not tell events to tools of sys.monitoring"));
    }
    Ok(vm.none())
}
