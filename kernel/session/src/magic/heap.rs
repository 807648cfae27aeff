//! `%heap`, `%gc`, `%collect`, `%%trace`: the heap at a glance, and what a collection or a cell does to it.

use std::collections::{BTreeMap, HashMap};

use heap::{Census, Obj, Step};
use serde_json::{Value, json};
use vm::{PyResult, Vm};

use super::usage;
use crate::inspect;
use crate::notebook::Notebook;

/// Rows that are shown at most.
const MOST_ROWS: usize = 25;
/// Objects whose working counts a stepped collection shows.
const MOST_SHOWN: usize = 12;

/// `%heap`: what is alive, by type. `%heap a b`: what these names hold.
pub(super) fn heap(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    let names: Vec<&str> = line.split_whitespace().collect();
    if !names.is_empty() {
        return named(notebook, &names);
    }
    let mut types: HashMap<String, (usize, i64)> = HashMap::new();
    let objects = vm.heap.all_objects();
    let (count, mut bytes) = (objects.len(), 0);
    for obj in &objects {
        let size = inspect::size(vm, obj).unwrap_or(0);
        let entry = types.entry(vm.type_name(obj)).or_default();
        entry.0 += 1;
        entry.1 += size;
        bytes += size;
    }
    drop(objects);
    let mut rows: Vec<(String, (usize, i64))> = types.into_iter().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let all: Vec<Value> = rows.iter().map(|(name, (n, size))| json!({ "type": name, "count": n, "size": size })).collect();
    let lines: Vec<String> = rows.iter().take(MOST_ROWS).map(|(name, (n, size))| format!("{n:>8} {size:>10}  {name}")).collect();
    let head = format!("{count} objects, {bytes} bytes as CPython counts them\n   count      bytes  type");
    let data = json!({ "version": 1, "objects": count, "size": bytes, "types": all });
    notebook.report(&head, &lines, "application/vnd.heapbook.heap+json", data);
    Ok(vm.none())
}

fn named(notebook: &Notebook, names: &[&str]) -> PyResult {
    let vm = notebook.vm();
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for name in names {
        let Some(obj) = inspect::find(vm, notebook.names(), name) else {
            return Err(usage(notebook, &format!("name '{name}' is not defined")));
        };
        let count = obj.refcount().saturating_sub(1);
        let size = inspect::size(vm, &obj);
        let mut held: Vec<String> = Vec::new();
        vm.heap.each_held(&obj, &mut |_, child| held.push(vm.type_name(child)));
        let holders = vm.heap.referrers(std::slice::from_ref(&obj)).len();
        let counted = if obj.is_immortal() { "immortal".to_owned() } else { format!("refcount {count}") };
        let generation = obj.generation().map_or("not tracked".to_owned(), |generation| format!("generation {generation}"));
        lines.push(format!(
            "{name}: {} at {:#x}, {counted}, {} bytes, {generation}; holds {} references, {holders} tracked objects hold it",
            vm.type_name(&obj),
            obj.id(),
            size.unwrap_or(0),
            held.len(),
        ));
        rows.push(json!({
            "name": name, "id": obj.id(), "type": vm.type_name(&obj), "size": size, "generation": obj.generation(),
            "refcount": if obj.is_immortal() { Value::Null } else { count.into() }, "referents": held.len(), "referrers": holders,
        }));
    }
    notebook.report("", &lines, "application/vnd.heapbook.names+json", json!({ "version": 1, "names": rows }));
    Ok(vm.none())
}

/// `%gc`: thresholds, counts and generations.
pub(super) fn gc(notebook: &Notebook, _: &str) -> PyResult {
    let vm = notebook.vm();
    let heap = &vm.heap;
    let (thresholds, counts, stats) = (heap.thresholds(), heap.gc_counts(), heap.gc_stats());
    let head = format!(
        "the collector is {}\ngeneration  objects  count  threshold  collections  collected",
        if heap.is_gc_enabled() { "on" } else { "off" }
    );
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for i in 0..3 {
        let objects = heap.tracked_objects(Some(i)).len();
        let (count, threshold) = (counts[i], thresholds[i]);
        let (collections, collected) = (stats[i].collections, stats[i].collected);
        lines.push(format!("{i:>10}  {objects:>7}  {count:>5}  {threshold:>9}  {collections:>11}  {collected:>9}"));
        rows.push(json!({
            "generation": i, "objects": objects, "count": count, "threshold": threshold, "collections": collections, "collected": collected,
        }));
    }
    lines.push(format!("{:>10}  {:>7}", "permanent", heap.freeze_count()));
    let data = json!({ "version": 1, "enabled": heap.is_gc_enabled(), "generations": rows, "permanent": heap.freeze_count() });
    notebook.report(&head, &lines, "application/vnd.heapbook.gc+json", data);
    Ok(vm.none())
}

/// `%collect [generation] [--step]`: a full collection; in steps, what each phase does to the garbage it finds.
pub(super) fn collect(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    let words: Vec<&str> = line.split_whitespace().collect();
    let step = words.contains(&"--step");
    let generation = match words.iter().find(|word| !word.starts_with('-')) {
        None => 2,
        Some(word) => {
            let n = word.parse().ok().filter(|n| *n <= 2usize);
            n.ok_or_else(|| usage(notebook, "a generation is 0, 1 or 2"))?
        }
    };
    let (mut lines, mut moments) = (Vec::new(), Vec::new());
    if step {
        steps(vm, &vm.heap.census(|_| {}), generation, &mut lines, &mut moments);
    }
    let stats = vm.heap.collect(generation);
    vm.flush_streams();
    let head = format!(
        "collected {} objects of generation {generation}{}",
        stats.collected,
        match stats.uncollectable {
            0 => String::new(),
            n => format!(", {n} could not be collected"),
        }
    );
    let data = json!({
        "version": 1, "generation": generation, "collected": stats.collected, "uncollectable": stats.uncollectable, "steps": moments,
    });
    notebook.report(&head, &lines, "application/vnd.heapbook.collection+json", data);
    Ok(vm.none())
}

/// The phases of a collection, as far as they concern the garbage.
fn steps(vm: &Vm, census: &Census, generation: usize, lines: &mut Vec<String>, moments: &mut Vec<Value>) {
    let everything: Vec<usize> = (0..census.objects.len()).filter(|i| census.objects[*i].generation.is_some()).collect();
    // The last moment of `move_unreachable` says what is garbage.
    let all = census.collection(generation, &everything);
    let garbage: Vec<usize> = all.last().map(|moment| moment.unreachable.clone()).unwrap_or_default();
    let shown: Vec<usize> = garbage.iter().copied().take(MOST_SHOWN).collect();
    if garbage.is_empty() {
        lines.push("nothing is unreachable".into());
        return;
    }
    let types: HashMap<u64, String> = vm.heap.all_objects().iter().map(|obj| (obj.id(), vm.type_name(obj))).collect();
    let name = |i: usize| {
        let at = shown.iter().position(|other| *other == i);
        let kind = types.get(&census.objects[i].id).map_or("object", String::as_str);
        at.map_or_else(|| format!("a {kind}"), |at| format!("{}:{kind}", (b'a' + at as u8) as char))
    };
    lines.push(format!("garbage: {}", shown.iter().map(|i| name(*i)).collect::<Vec<_>>().join(" ")));
    if garbage.len() > shown.len() {
        lines.push(format!("… and {} more", garbage.len() - shown.len()));
    }
    for moment in census.collection(generation, &shown) {
        let done = match moment.step {
            None => "copies the refcounts".to_owned(),
            Some(Step::Subtracted(i)) => format!("takes off what {} holds", name(i)),
            Some(Step::Reachable(i)) => format!("{} is reachable", name(i)),
            Some(Step::PerhapsUnreachable(i)) => format!("{} is perhaps unreachable", name(i)),
            Some(Step::Untracked(i)) => format!("{} is forgotten", name(i)),
            Some(Step::Callback(_)) => "calls back for a weak reference".to_owned(),
            Some(Step::Cleared(_)) => "clears a weak reference".to_owned(),
            Some(Step::Finalized(i)) => format!("finalizes {}", name(i)),
            Some(Step::Deleted(i)) => format!("clears {}", name(i)),
        };
        let counts: Vec<String> = moment.refs.iter().map(|count| count.map_or("-".to_owned(), |count| count.to_string())).collect();
        lines.push(format!("{:<18} {:<34} {}", moment.name, done, counts.join(" ")));
        moments.push(json!({ "phase": moment.name, "did": done, "counts": moment.refs }));
    }
}

/// How many objects of each type are alive.
fn types(vm: &Vm) -> BTreeMap<String, i64> {
    let mut types = BTreeMap::new();
    let objects: Vec<Obj> = vm.heap.all_objects();
    for obj in &objects {
        *types.entry(vm.type_name(obj)).or_default() += 1;
    }
    types
}

/// `%%trace`: runs the cell, and tells of which types there are more or fewer objects than before.
pub(super) fn trace(notebook: &Notebook, body: &str) -> PyResult {
    let vm = notebook.vm();
    let (before, collected) = (types(vm), vm.heap.gc_stats());
    let done = notebook.run_body(body);
    let (after, stats) = (types(vm), vm.heap.gc_stats());
    let mut changes: Vec<(String, i64)> = Vec::new();
    for name in before.keys().chain(after.keys()) {
        let change = after.get(name).unwrap_or(&0) - before.get(name).unwrap_or(&0);
        if change != 0 && !changes.iter().any(|(known, _)| known == name) {
            changes.push((name.clone(), change));
        }
    }
    changes.sort_by(|a, b| b.1.abs().cmp(&a.1.abs()).then_with(|| a.0.cmp(&b.0)));
    let lines: Vec<String> = changes.iter().take(MOST_ROWS).map(|(name, change)| format!("{change:>+8}  {name}")).collect();
    let total: i64 = changes.iter().map(|(_, change)| change).sum();
    let collections: usize = (0..3).map(|i| stats[i].collections - collected[i].collections).sum();
    let garbage: usize = (0..3).map(|i| stats[i].collected - collected[i].collected).sum();
    let head = format!("{total:+} objects; {collections} collections, {garbage} objects collected");
    let rows: Vec<Value> = changes.iter().map(|(name, change)| json!({ "type": name, "change": change })).collect();
    let data = json!({ "version": 1, "change": total, "collections": collections, "collected": garbage, "types": rows });
    notebook.report(&head, &lines, "application/vnd.heapbook.trace+json", data);
    done?;
    Ok(vm.none())
}
