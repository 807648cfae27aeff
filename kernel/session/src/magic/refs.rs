//! `%refs x`: who holds an object. `%why x`: what keeps it alive.

use std::collections::{HashMap, VecDeque};

use compile::{Mode, Options};
use heap::{Label, Obj, Str};
use serde_json::{Value, json};
use vm::{Class, PyResult, Vm};

use super::usage;
use crate::look::Looker;
use crate::notebook::Notebook;
use crate::reach;

/// Lines that are shown at most; the rest is counted.
const MOST_LINES: usize = 40;

/// The namespaces of modules, and the classes' dicts, by the id of the dict.
struct Owners(HashMap<u64, String>);

impl Owners {
    fn new(vm: &Vm) -> Owners {
        let modules = vm.modules.get().map(|modules| vm.dict_items(&modules)).unwrap_or_default();
        let named = modules.into_iter().filter(|(_, module)| is_module(vm, module));
        Owners(named.map(|(name, module)| (vm.module_dict(&module).id(), vm.lossy(&name))).collect())
    }

    /// What an object is called in a line.
    fn describe(&self, vm: &Vm, obj: &Obj) -> String {
        if let Some(module) = self.0.get(&obj.id()) {
            return format!("the names of module `{module}`");
        }
        if is_module(vm, obj)
            && let Some(module) = vm.module_name(obj)
        {
            return format!("module `{module}`");
        }
        if obj.get::<Class>().is_some() {
            return format!("class `{}`", vm.class_name(obj));
        }
        match vm.getattr_opt_str(obj, "__qualname__") {
            Ok(Some(name)) if name.get::<Str>().is_some() && vm.is_callable(obj) => format!("{} `{}`", vm.type_name(obj), vm.lossy(&name)),
            _ => format!("{} at {:#x}", vm.type_name(obj), obj.id()),
        }
    }
}

fn is_module(vm: &Vm, obj: &Obj) -> bool {
    vm.is_kind_of(obj, &vm.types.module)
}

/// What is written at the arrow from `holder`; `key` is the dict's key of a value.
fn edge(vm: &Vm, holder: &Obj, label: Label, key: Option<&Obj>) -> String {
    match label {
        Label::Item(i) => format!("item {i}"),
        Label::Key(_) => "a key".into(),
        Label::Value(_) => match key {
            Some(key) => format!("[{}]", brief(vm, key)),
            None => "a value".into(),
        },
        Label::Attribute(i) => {
            let name = vm.class(&vm.class_of(holder)).key_name(i).map(|name| vm.lossy(&name));
            format!("attribute `{}`", name.unwrap_or_default())
        }
        Label::Slot(i) => match vm.slot_name(&vm.class_of(holder), i) {
            Some(name) => format!("slot `{}`", vm.lossy(&name)),
            None => format!("slot {i}"),
        },
        Label::Local(i) => vm.local_name(holder, i).map_or_else(|| "the stack".into(), |name| format!("local `{name}`")),
        Label::Dict => "`__dict__`".into(),
        Label::Class => "`__class__`".into(),
        Label::Field(name) => format!("`{name}`"),
        Label::Nth(i) => format!("reference {i}"),
    }
}

/// A key as text, without running the program's own `repr`.
fn brief(vm: &Vm, key: &Obj) -> String {
    let builtin = !vm.class(&vm.class_of(key)).has(vm::flags::HEAP_TYPE);
    let text = if builtin && key.is_leaf() { vm.repr_text(key).unwrap_or_default() } else { format!("a {}", vm.type_name(key)) };
    if text.chars().count() > 40 { text.chars().take(39).chain(['…']).collect() } else { text }
}

/// The object that an expression gives: a name, names with dots, or anything else.
fn value(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    if line.trim().is_empty() {
        return Err(usage(notebook, "an expression is missing"));
    }
    match reach::find(vm, notebook.names(), line.trim()) {
        Some(found) => Ok(found),
        None => {
            let code = vm.compile_text(line.trim(), "<magic>", Mode::Eval, Options::default())?;
            vm.run_code(&code, notebook.names(), notebook.names())
        }
    }
}

/// `%refs x`.
pub(super) fn refs(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    let target = value(notebook, line)?;
    // Without the reference that we look through.
    let count = target.refcount() as usize - usize::from(!target.is_immortal());
    let owners = Owners::new(vm);
    let mut found = Vec::new();
    for holder in vm.heap.all_objects() {
        let mut key = None;
        vm.heap.each_held(&holder, &mut |label, held| {
            if let Label::Key(_) = label {
                key = Some(held.clone());
            }
            if held.is(&target) {
                let here = key.as_ref().filter(|key| matches!(label, Label::Value(_)) || !key.is(&target));
                found.push((holder.clone(), label, here.cloned()));
            }
        });
    }
    let mut lines: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for (holder, label, key) in &found {
        let (place, who) = (edge(vm, holder, *label, key.as_ref()), owners.describe(vm, holder));
        rows.push(json!({ "holder": holder.id(), "type": vm.type_name(holder), "what": who, "place": place }));
        lines.push(format!("{place} of {who}"));
    }
    let known = found.len();
    drop(found);
    let immortal = target.is_immortal();
    if !immortal && count > known {
        let n = count - known;
        lines.push(format!("{n} from outside the heap: the machine's stack and its tables"));
    }
    let head = match immortal {
        true => format!("{}: immortal, so nobody counts its references; {known} objects hold it", line.trim()),
        false => format!("{}: {count} reference{}", line.trim(), if count == 1 { "" } else { "s" }),
    };
    let more = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    let data = json!({
        "version": 1, "expression": line.trim(), "id": target.id(), "type": vm.type_name(&target),
        "refcount": if immortal { Value::Null } else { count.into() }, "holders": rows,
        "outside": count.saturating_sub(known),
    });
    let id = target.id();
    // The picture counts what is there without our look.
    drop(target);
    let picture = Looker::new(vm).objects(&[(line.trim().to_owned(), id)]);
    notebook.report_drawn(&head, &lines, &picture, "application/vnd.heapbook.refs+json", data);
    Ok(vm.none())
}

/// `%why x`: the shortest path to an object from the names of a module, not counting the name that was given.
pub(super) fn why(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    let target = value(notebook, line)?;
    let owners = Owners::new(vm);
    let own = notebook.names().id();
    // From each object the one before it, and what is written at the arrow.
    let mut before: HashMap<u64, (Option<Obj>, String)> = HashMap::new();
    let mut queue = VecDeque::new();
    let modules = vm.modules.get().map(|modules| vm.dict_items(&modules)).unwrap_or_default();
    let mut roots: Vec<Obj> = vec![notebook.names().clone()];
    roots.extend(modules.iter().filter(|(_, module)| is_module(vm, module)).map(|(_, module)| vm.module_dict(module)));
    for root in roots {
        if let std::collections::hash_map::Entry::Vacant(place) = before.entry(root.id()) {
            place.insert((None, owners.describe(vm, &root)));
            queue.push_back(root);
        }
    }
    let mut reached = before.contains_key(&target.id());
    while let Some(holder) = queue.pop_front() {
        if reached {
            break;
        }
        let mut key: Option<Obj> = None;
        vm.heap.each_held(&holder, &mut |label, held| {
            if let Label::Key(_) = label {
                key = Some(held.clone());
            }
            let named = holder.id() == own
                && matches!(label, Label::Value(_))
                && held.is(&target)
                && key.as_ref().is_some_and(|key| vm.lossy(key) == line.trim());
            if reached || named || held.is_leaf() && !held.is(&target) || before.contains_key(&held.id()) {
                return;
            }
            before.insert(held.id(), (Some(holder.clone()), edge(vm, &holder, label, key.as_ref())));
            reached |= held.is(&target);
            queue.push_back(held.clone());
        });
    }
    let mut steps: Vec<String> = Vec::new();
    let mut at = reached.then(|| target.clone());
    let mut path = Vec::new();
    while let Some(obj) = at.take() {
        let Some((holder, place)) = before.get(&obj.id()) else { break };
        path.push(json!({ "id": obj.id(), "type": vm.type_name(&obj), "place": place }));
        steps.push(match holder {
            Some(_) => format!("{place} is {}", owners.describe(vm, &obj)),
            None => place.clone(),
        });
        at = holder.clone();
    }
    steps.reverse();
    path.reverse();
    let line = line.trim();
    let head = match reached {
        true => format!("{line} is kept alive by"),
        false if vm.dict_get_str(notebook.names(), line).is_some() => format!("only the name `{line}` keeps it alive"),
        false => format!("nothing that a module names keeps {line} alive: the machine's stack does, or a cycle"),
    };
    let data = json!({ "version": 1, "expression": line, "id": target.id(), "type": vm.type_name(&target), "path": path });
    let id = target.id();
    // The picture counts what is there without our search.
    drop((target, before, queue, modules));
    let picture = Looker::new(vm).why(id, line);
    notebook.report_drawn(&head, &steps, &picture, "application/vnd.heapbook.path+json", data);
    Ok(vm.none())
}
