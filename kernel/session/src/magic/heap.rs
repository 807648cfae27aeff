//! `%heap`, `%gc`, `%collect`, `%%trace`: the heap at a glance, and what a collection or a cell does to it.

use std::collections::{BTreeMap, HashMap};

use heap::Obj;
use picture::{Request, View};
use serde_json::{Value, json};
use vm::{PyResult, Vm};

use super::usage;
use crate::look::Looker;
use crate::notebook::Notebook;
use crate::{inspect, reach};

/// Rows that are shown at most.
const MOST_ROWS: usize = 25;

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
    let picture = Looker::new(vm).picture(&Request::default(), None);
    notebook.report_drawn(&head, &lines, &picture, "application/vnd.heapbook.heap+json", data);
    Ok(vm.none())
}

fn named(notebook: &Notebook, names: &[&str]) -> PyResult {
    let vm = notebook.vm();
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for name in names {
        let Some(obj) = reach::find(vm, notebook.names(), name) else {
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
    let request = Request { view: View::Heap, names: names.iter().map(|name| (*name).to_owned()).collect() };
    let picture = Looker::new(vm).picture(&request, None);
    notebook.report_drawn("", &lines, &picture, "application/vnd.heapbook.names+json", json!({ "version": 1, "names": rows }));
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

/// `%collect [generation] [--step]`: a full collection; with `--step`, each phase of it is shown.
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
    // What will happen is worked out before it does.
    let picture = step.then(|| Looker::new(vm).collection(generation));
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
    let data = json!({ "version": 2, "generation": generation, "collected": stats.collected, "uncollectable": stats.uncollectable });
    const MEDIA: &str = "application/vnd.heapbook.collection+json";
    match picture {
        Some(picture) => notebook.report_drawn(&head, &[], &picture, MEDIA, data),
        None => notebook.report(&head, &[], MEDIA, data),
    }
    Ok(vm.none())
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
    let looker = Looker::new(vm);
    let request = Request { view: View::Diff, names: Vec::new() };
    let seen = looker.before(&request);
    let done = notebook.run_body(body);
    let picture = looker.picture(&request, seen);
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
    notebook.report_drawn(&head, &lines, &picture, "application/vnd.heapbook.trace+json", data);
    done?;
    Ok(vm.none())
}
