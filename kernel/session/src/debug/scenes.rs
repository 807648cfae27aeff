//! What there is to see of the heap where the program stopped: the object that dies and what dies with it, or what a phase of a
//! collection has made of its objects.

use std::collections::{HashMap, HashSet};

use heap::{Census, CollectionPhase, Label, Obj};
use serde_json::{Value, json};

use crate::notebook::Notebook;

/// Rows that are shown at most.
const MOST_ROWS: usize = 100;

/// What the program stopped at.
pub(super) enum Scene {
    /// A line.
    Line,
    /// An exception.
    Raised(Obj),
    /// An object whose count is zero.
    Dying(Obj),
    /// A phase of a collection has ended.
    Phase {
        /// The generation that is collected.
        generation: usize,
        /// The phase.
        phase: CollectionPhase,
        /// What it has made of the objects.
        rows: Vec<Row>,
    },
}

/// An object in a collection.
pub(super) struct Row {
    id: u64,
    /// The variable that leads to it, if there is one.
    name: Option<String>,
    /// What the phase has made of it.
    told: String,
    /// Its working count (`gc_refs`), or at the end its refcount.
    count: u32,
}

impl Scene {
    pub(super) fn sees_heap(&self) -> bool {
        matches!(self, Scene::Dying(_) | Scene::Phase { .. })
    }
}

impl Notebook {
    /// The scene as data for tools.
    pub(super) fn scene_data(&self, scene: &Scene) -> Value {
        let vm = self.vm();
        match scene {
            Scene::Line | Scene::Raised(_) => Value::Null,
            Scene::Dying(obj) => json!({ "version": 1, "id": obj.id(), "type": vm.type_name(obj), "repr": self.short(obj) }),
            Scene::Phase { generation, phase, rows } => json!({
                "version": 1, "generation": generation, "phase": phase.name(),
                "objects": rows.iter().map(|row| json!({ "id": row.id, "name": row.name, "count": row.count, "did": row.told })).collect::<Vec<_>>(),
            }),
        }
    }

    /// The scope `Heap`.
    pub(super) fn heap_variables(&self) -> Vec<Value> {
        enum Seen {
            Dying(Obj),
            Rows(Vec<(u64, String, String)>),
        }
        let seen = match self.debugger.stop.borrow().as_ref().map(|stop| &stop.scene) {
            Some(Scene::Dying(obj)) => Seen::Dying(obj.clone()),
            Some(Scene::Phase { rows, .. }) => {
                let name = |row: &Row| row.name.clone().unwrap_or_else(|| format!("{:#x}", row.id));
                Seen::Rows(rows.iter().map(|row| (row.id, name(row), row.told.clone())).collect())
            }
            _ => return Vec::new(),
        };
        match seen {
            Seen::Dying(obj) => {
                let mut variables = vec![self.variable("__dying__", &obj)];
                let mut with_it = Vec::new();
                self.vm().heap.each_held(&obj, &mut |label, held| {
                    if held.refcount() == 1 && label != Label::Class {
                        with_it.push(held.clone());
                    }
                });
                variables.extend(with_it.iter().enumerate().map(|(i, held)| self.variable(&format!("dies with it [{i}]"), held)));
                variables
            }
            Seen::Rows(rows) => rows
                .iter()
                .filter_map(|(id, name, told)| {
                    let obj = self.vm().heap.object_at(*id)?;
                    let mut variable = self.variable(name, &obj);
                    variable["value"] = format!("{told} · {}", variable["value"].as_str().unwrap_or_default()).into();
                    Some(variable)
                })
                .collect(),
        }
    }
}

/// What a phase has done, in a sentence, and what it has made of the objects that are worth a look: the garbage, and what has a name.
pub(super) fn phase(notebook: &Notebook, generation: usize, phase: CollectionPhase) -> (String, Vec<Row>) {
    let names = notebook.named_objects();
    let vm = notebook.vm();
    if !matches!(phase, CollectionPhase::UpdateRefs | CollectionPhase::SubtractRefs | CollectionPhase::MoveUnreachable) {
        let garbage = vm.heap.unreachable();
        let row = |obj: &Obj| {
            // One reference is this look.
            let count = obj.refcount() - 1;
            Row { id: obj.id(), name: names.get(&obj.id()).cloned(), told: format!("refcount {count}"), count }
        };
        let rows: Vec<Row> = garbage.iter().take(MOST_ROWS).map(row).collect();
        let told = match phase {
            CollectionPhase::HandleWeakrefs => format!("no weak reference leads to the {} any more", objects(garbage.len())),
            CollectionPhase::FinalizeGarbage => format!("the finalizers of the {} have run", objects(garbage.len())),
            CollectionPhase::HandleResurrectedObjects => format!("{} are still unreachable", objects(garbage.len())),
            _ => "the garbage is gone".to_owned(),
        };
        return (told, rows);
    }
    let census = vm.heap.census(|_| {});
    let counts = Counts::of(&census, generation);
    let told = match phase {
        CollectionPhase::UpdateRefs => format!("the counts of {} are copied", objects(counts.young.len())),
        CollectionPhase::SubtractRefs => {
            let held = counts.young.iter().filter(|i| counts.outside[*i] > 0).count();
            format!("{} of {} are held from outside", held, objects(counts.young.len()))
        }
        _ => format!("{} are unreachable", objects(counts.young.len() - counts.reachable.len())),
    };
    let mut rows: Vec<(usize, Row)> = Vec::new();
    for &i in &counts.young {
        let object = &census.objects[i];
        let (outside, reachable) = (counts.outside[&i], counts.reachable.contains(&i));
        let name = names.get(&object.id).cloned();
        if reachable && name.is_none() {
            continue;
        }
        let (told, count) = match phase {
            CollectionPhase::UpdateRefs => (format!("gc_refs {}", object.refcount), object.refcount),
            CollectionPhase::SubtractRefs => (format!("gc_refs {outside} of {}", object.refcount), outside),
            _ if reachable => ("reachable".to_owned(), object.refcount),
            _ => ("unreachable".to_owned(), 0),
        };
        rows.push((usize::from(reachable), Row { id: object.id, name, told, count }));
    }
    rows.sort_by_key(|(reachable, _)| *reachable);
    (told, rows.into_iter().map(|(_, row)| row).take(MOST_ROWS).collect())
}

fn objects(n: usize) -> String {
    if n == 1 { "1 object".to_owned() } else { format!("{n} objects") }
}

/// What a collection finds out, worked out on a census.
struct Counts {
    /// The objects that are looked at, in list order.
    young: Vec<usize>,
    /// Of each, how many references come from outside.
    outside: HashMap<usize, u32>,
    /// Those that are held from outside, and what they lead to.
    reachable: HashSet<usize>,
}

impl Counts {
    fn of(census: &Census, generation: usize) -> Counts {
        let young: Vec<usize> = (0..=generation).rev().flat_map(|i| census.generations[i].iter().copied()).collect();
        let young: Vec<usize> = young.into_iter().filter(|i| !census.objects[*i].immortal).collect();
        let mut outside: HashMap<usize, u32> = young.iter().map(|&i| (i, census.objects[i].refcount)).collect();
        for to in young.iter().flat_map(|&i| &census.objects[i].traversed) {
            if let Some(count) = outside.get_mut(to) {
                *count = count.saturating_sub(1);
            }
        }
        let mut todo: Vec<usize> = young.iter().copied().filter(|i| outside[i] > 0).collect();
        let mut reachable: HashSet<usize> = todo.iter().copied().collect();
        while let Some(i) = todo.pop() {
            for &to in &census.objects[i].traversed {
                if outside.contains_key(&to) && reachable.insert(to) {
                    todo.push(to);
                }
            }
        }
        Counts { young, outside, reachable }
    }
}
