//! `sys.monitoring`: what programs ask of `monitoring.rs` (`Python/instrumentation.c`).

use compile::Version;
use heap::{Kind, Obj, Str};

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::monitoring::{EVENTS, Event, EventSet, TOOLS, local_events};
use crate::objects::code::CodeObject;
use crate::{Args, PyResult, Vm};

use Convention::{NoArgs, One, Positional};

pub(crate) static MODULE: ModuleSpec = ModuleSpec {
    name: "sys.monitoring",
    functions: &[
        Method::new("use_tool_id", use_tool_id, Positional).signature("($module, tool_id, name, /)"),
        Method::new("clear_tool_id", clear_tool_id, One).signature("($module, tool_id, /)"),
        Method::new("free_tool_id", free_tool_id, One).signature("($module, tool_id, /)"),
        Method::new("get_tool", get_tool, One).signature("($module, tool_id, /)"),
        Method::new("register_callback", register_callback, Positional).signature("($module, tool_id, event, func, /)"),
        Method::new("get_events", get_events, One).signature("($module, tool_id, /)"),
        Method::new("set_events", set_events, Positional).signature("($module, tool_id, event_set, /)"),
        Method::new("get_local_events", get_local_events, Positional).signature("($module, tool_id, code, /)"),
        Method::new("set_local_events", set_local_events, Positional).signature("($module, tool_id, code, event_set, /)"),
        Method::new("restart_events", restart_events, NoArgs).signature("($module, /)"),
        Method::new("_all_events", all_events, NoArgs).signature("($module, /)"),
    ],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        for (name, slot) in [("DISABLE", &vm.monitoring.disable), ("MISSING", &vm.monitoring.missing)] {
            let made = vm.call(&vm.types.object, &[])?;
            slot.set(made.clone());
            vm.dict_set_str(&dict, name, made);
        }
        let mut events: Vec<(&str, Obj)> = numbered(vm).map(|(name, _, number)| (name, vm.int(1 << number))).collect();
        if vm.version >= Version::V3_14 {
            events.push(("BRANCH", vm.int(1 << BRANCH)));
        }
        events.push(("NO_EVENTS", vm.int(0)));
        vm.dict_set_str(&dict, "events", vm.namespace_of(&events));
        for (name, id) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
            vm.dict_set_str(&dict, name, vm.int(id));
        }
        Ok(())
    },
};

/// The number of the event that means both branches in 3.14.
const BRANCH: u32 = 18;

/// The events that a version has, each with its name and number. Up to 3.13 a branch was one event, to whichever side.
fn numbered(vm: &Vm) -> impl Iterator<Item = (&'static str, Event, u32)> {
    let one_branch = vm.version < Version::V3_14;
    let known = EVENTS.iter().filter(move |(_, event)| !one_branch || *event != Event::BranchRight);
    known
        .zip(0..)
        .map(move |((name, event), number)| (if one_branch && *event == Event::BranchLeft { "BRANCH" } else { name }, *event, number))
}

/// A set as a program writes it; `None` if it has what is no event.
fn set_of(vm: &Vm, given: i32) -> Option<EventSet> {
    let mut left = u32::try_from(given).ok()?;
    let mut set = EventSet::default();
    let both = EventSet(1 << Event::BranchLeft as u32 | 1 << Event::BranchRight as u32);
    if vm.version >= Version::V3_14 && left & 1 << BRANCH != 0 {
        left &= !(1 << BRANCH);
        set.0 |= both.0;
    }
    for (_, event, number) in numbered(vm) {
        if left & 1 << number != 0 {
            left &= !(1 << number);
            set.0 |= if vm.version < Version::V3_14 && event == Event::BranchLeft { both.0 } else { 1 << event as u32 };
        }
    }
    (left == 0).then_some(set)
}

/// The number that means the set.
fn number_of(vm: &Vm, set: EventSet) -> Obj {
    let events = numbered(vm).filter(|(_, event, _)| set.has(*event));
    vm.int(events.fold(0, |all, (_, _, number)| all | 1 << number))
}

/// The number of a tool that may be used.
fn tool(vm: &Vm, given: &Obj) -> PyResult<usize> {
    match vm.index_c_int(given)? {
        n @ 0..6 => Ok(n as usize),
        n => Err(vm.value_error(format!("invalid tool {n} (must be between 0 and 5)"))),
    }
}

/// The number of a tool that somebody uses.
fn used_tool(vm: &Vm, given: &Obj) -> PyResult<usize> {
    let tool = tool(vm, given)?;
    if vm.monitoring.name(tool).is_none() { Err(vm.value_error(format!("tool {tool} is not in use"))) } else { Ok(tool) }
}

fn use_tool_id(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "use_tool_id", 2, 2)?;
    let tool = tool(vm, &given[0])?;
    if given[1].get::<Str>().is_none() || given[1].kind() != Kind::STR {
        return Err(vm.value_error("tool name must be a str"));
    }
    if vm.monitoring.name(tool).is_some() {
        return Err(vm.value_error(format!("tool {tool} is already in use")));
    }
    vm.monitoring.set_name(tool, Some(given[1].clone()));
    Ok(vm.none())
}

fn clear_tool_id(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let tool = tool(vm, &args.pos()[0])?;
    if vm.monitoring.name(tool).is_some() {
        vm.clear_tool(tool);
    }
    Ok(vm.none())
}

fn free_tool_id(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let tool = tool(vm, &args.pos()[0])?;
    if vm.monitoring.name(tool).is_some() {
        vm.clear_tool(tool);
        vm.monitoring.set_name(tool, None);
    }
    Ok(vm.none())
}

fn get_tool(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    Ok(vm.monitoring.name(tool(vm, &args.pos()[0])?).unwrap_or_else(|| vm.none()))
}

fn register_callback(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "register_callback", 3, 3)?;
    let tool = tool(vm, &given[0])?;
    let number = vm.index_c_int(&given[1])?;
    if number <= 0 || number.count_ones() != 1 {
        return Err(vm.value_error("The callback can only be set for one event at a time"));
    }
    let Some(set) = set_of(vm, number) else { return Err(vm.value_error(format!("invalid event {number}"))) };
    let callback = Some(&given[2]).filter(|callback| !callback.is(&vm.consts.none));
    let mut before = None;
    for (_, event) in EVENTS.iter().filter(|(_, event)| set.has(*event)) {
        let left = vm.monitoring.register(tool, *event, callback.cloned(), vm.version >= Version::V3_14 && number == 1 << BRANCH);
        before = before.or(left);
    }
    Ok(before.unwrap_or_else(|| vm.none()))
}

/// A set of events that a tool may ask for: what is told of native calls comes with calls.
fn wanted(vm: &Vm, given: &Obj, word: &str, allowed: EventSet) -> PyResult<EventSet> {
    let number = vm.index_c_int(given)?;
    let wrong = || vm.value_error(format!("invalid {word}event set 0x{number:x}"));
    let set = set_of(vm, number).ok_or_else(wrong)?;
    let natives = EventSet(set.0 & EventSet::NATIVE.0);
    if natives != EventSet::default() && (natives != EventSet::NATIVE || !set.has(Event::Call)) {
        return Err(vm.value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    let set = EventSet(set.0 & !EventSet::NATIVE.0);
    if set.is_within(allowed) { Ok(set) } else { Err(wrong()) }
}

fn get_events(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    Ok(number_of(vm, vm.monitoring.events(tool(vm, &args.pos()[0])?)))
}

fn set_events(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "set_events", 2, 2)?;
    let tool = tool(vm, &given[0])?;
    let set = wanted(vm, &given[1], "", EventSet(u32::MAX))?;
    used_tool(vm, &given[0])?;
    vm.set_tool_events(tool, set);
    Ok(vm.none())
}

fn code_of<'a>(vm: &Vm, given: &'a Obj) -> PyResult<&'a CodeObject> {
    given.get::<CodeObject>().ok_or_else(|| vm.type_error("code must be a code object"))
}

fn get_local_events(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "get_local_events", 2, 2)?;
    let code = code_of(vm, &given[1])?;
    Ok(number_of(vm, local_events(code, tool(vm, &given[0])?)))
}

fn set_local_events(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let given = args.check(vm, "set_local_events", 3, 3)?;
    let code = code_of(vm, &given[1])?;
    let tool = tool(vm, &given[0])?;
    let set = wanted(vm, &given[2], "local ", EventSet::LOCAL)?;
    used_tool(vm, &given[0])?;
    vm.set_local_events(tool, code, set);
    Ok(vm.none())
}

fn restart_events(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    vm.monitoring.restart();
    Ok(vm.none())
}

/// Which tools want each event, as the bits of a number.
fn all_events(vm: &Vm, _: &Obj, _: Args<'_>) -> PyResult {
    let all = vm.dict();
    for (name, event, _) in numbered(vm) {
        let tools = (0..TOOLS).filter(|tool| vm.monitoring.events(*tool).has(event)).fold(0, |tools, tool| tools | 1 << tool);
        if tools != 0 {
            vm.dict_set_str(&all, name, vm.int(tools));
        }
    }
    Ok(all)
}
