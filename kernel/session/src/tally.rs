//! What a cell did to the heap: how many objects and bytes more or fewer there are of each type, and what the collector did.

use std::collections::HashMap;

use heap::{GenerationStats, Obj};
use serde_json::{Value, json};
use vm::Vm;

/// The version of the shape of [`Tally::changes`].
const VERSION: u32 = 1;

/// How many objects there are of each class, by its id, and how many bytes they take. No object is held: counts stay what they are.
pub(crate) struct Tally {
    classes: HashMap<u64, (String, i64, i64)>,
    stats: [GenerationStats; 3],
}

impl Tally {
    /// The heap as it is.
    pub(crate) fn of(vm: &Vm) -> Tally {
        let mut classes: HashMap<u64, (String, i64, i64)> = HashMap::new();
        // Objects of one class often stand in a row: each row is put down at its end.
        let mut row: Option<(Obj, i64, i64)> = None;
        let mut put_down = |row: Option<(Obj, i64, i64)>| {
            let Some((class, objects, bytes)) = row else { return };
            let entry = classes.entry(class.id()).or_insert_with(|| (vm.class_name(&class), 0, 0));
            (entry.1, entry.2) = (entry.1 + objects, entry.2 + bytes);
        };
        vm.each_footprint(&mut |obj, bytes| {
            let class = vm.class_of(obj);
            match &mut row {
                Some(row) if row.0.is(&class) => (row.1, row.2) = (row.1 + 1, row.2 + bytes as i64),
                _ => put_down(row.replace((class, 1, bytes as i64))),
            }
        });
        put_down(row);
        Tally { classes, stats: vm.heap.gc_stats() }
    }

    /// What has changed since: of each type, in the order of bytes.
    pub(crate) fn changes(self, vm: &Vm) -> Value {
        let after = Tally::of(vm);
        let mut rows: Vec<(String, i64, i64)> = Vec::new();
        for (id, (class, objects, bytes)) in &after.classes {
            let (had, took) = self.classes.get(id).map_or((0, 0), |(_, objects, bytes)| (*objects, *bytes));
            rows.push((class.clone(), objects - had, bytes - took));
        }
        for (_, (class, had, took)) in self.classes.iter().filter(|(id, _)| !after.classes.contains_key(id)) {
            rows.push((class.clone(), -had, -took));
        }
        rows.retain(|(_, objects, bytes)| *objects != 0 || *bytes != 0);
        rows.sort_by(|a, b| b.2.abs().cmp(&a.2.abs()).then_with(|| a.0.cmp(&b.0)));
        let sum = |of: fn(&(String, i64, i64)) -> i64, more: bool| -> i64 {
            rows.iter().map(of).filter(|n| (*n > 0) == more).map(i64::abs).sum()
        };
        let since = |of: fn(&GenerationStats) -> usize| -> usize { (0..3).map(|i| of(&after.stats[i]) - of(&self.stats[i])).sum() };
        json!({
            "version": VERSION,
            "objects": { "more": sum(|row| row.1, true), "fewer": sum(|row| row.1, false) },
            "bytes": { "more": sum(|row| row.2, true), "fewer": sum(|row| row.2, false) },
            "types": rows.iter().map(|(name, objects, bytes)| json!({ "type": name, "objects": objects, "bytes": bytes })).collect::<Vec<_>>(),
            "collections": since(|stats| stats.collections),
            "collected": since(|stats| stats.collected),
        })
    }
}
