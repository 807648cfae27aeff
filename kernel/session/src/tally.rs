//! What a cell did to the heap: how many objects and bytes more or fewer there are of each type, and what the collector did.

use std::borrow::Cow;
use std::collections::HashMap;

use heap::GenerationStats;
use serde_json::{Value, json};
use vm::{ClassTotal, Vm};

/// The version of the shape of [`Tally::changes`].
const VERSION: u32 = 1;

/// How many objects there are of each class, and how many bytes they take. No object is held: counts stay what they are.
pub(crate) struct Tally {
    classes: Vec<ClassTotal>,
    stats: [GenerationStats; 3],
}

impl Tally {
    /// The heap as it is.
    pub(crate) fn of(vm: &Vm) -> Tally {
        Tally { classes: vm.class_totals(), stats: vm.heap.gc_stats() }
    }

    /// What has changed since: of each type, in the order of bytes.
    pub(crate) fn changes(self, vm: &Vm) -> Value {
        let after = Tally::of(vm);
        let mut had: HashMap<u64, ClassTotal> = self.classes.into_iter().map(|total| (total.class, total)).collect();
        let mut rows: Vec<(Cow<'static, str>, i64, i64)> = Vec::new();
        for ClassTotal { class, name, objects, bytes } in after.classes {
            let (had, took) = had.remove(&class).map_or((0, 0), |total| (total.objects, total.bytes));
            rows.push((name, objects as i64 - had as i64, bytes as i64 - took as i64));
        }
        rows.extend(had.into_values().map(|gone| (gone.name, -(gone.objects as i64), -(gone.bytes as i64))));
        rows.retain(|(_, objects, bytes)| *objects != 0 || *bytes != 0);
        rows.sort_by(|a, b| b.2.abs().cmp(&a.2.abs()).then_with(|| a.0.cmp(&b.0)));
        let sum = |of: fn(&(Cow<'static, str>, i64, i64)) -> i64, more: bool| -> i64 {
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
