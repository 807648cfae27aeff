//! What a statement changed: the heap before and after it, an object with the same number in both.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use crate::scene::{Change, Scene};
use crate::snapshot::{Object, Slot, Snapshot, Target};
use crate::take::Taken;

/// Two moments.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diff {
    /// The heap before.
    pub before: Snapshot,
    /// The heap after.
    pub after: Snapshot,
}

/// Compares two snapshots of a heap. `gone`: the ids of what died in between, for an id is given again.
pub fn diff(before: &Taken, after: &Taken, gone: &HashSet<u64>) -> Diff {
    let id = |taken: &Taken, i: usize| taken.census.objects[taken.places[i]].id;
    let known: HashMap<u64, u32> =
        (0..before.places.len()).map(|i| (id(before, i), i as u32 + 1)).filter(|(id, _)| !gone.contains(id)).collect();
    let mut next = before.places.len() as u32;
    let numbers: Vec<u32> = (0..after.places.len())
        .map(|i| {
            known.get(&id(after, i)).copied().unwrap_or_else(|| {
                next += 1;
                next
            })
        })
        .collect();
    let mut renumbered = after.snapshot.clone();
    renumber(&mut renumbered, &|number| numbers[number as usize - 1]);
    Diff { before: before.snapshot.clone(), after: renumbered }
}

fn renumber(snapshot: &mut Snapshot, new: &dyn Fn(u32) -> u32) {
    let again = |target: &mut Target| {
        if let Target::Object(number) = target {
            *number = new(*number);
        }
    };
    snapshot.groups.iter_mut().flat_map(|group| &mut group.names).for_each(|name| again(&mut name.target));
    for object in &mut snapshot.objects {
        object.number = new(object.number);
        object.slots.iter_mut().for_each(|slot| again(&mut slot.target));
        object.holders.iter_mut().for_each(|holder| holder.object = holder.object.map(new));
        object.holders.sort_by_key(|holder| (holder.object.is_none() && holder.place.contains(' '), holder.object));
    }
    snapshot.objects.sort_by_key(|object| object.number);
}

const HEAD: &str = "before and after";

impl Diff {
    /// As text: each line of the heap, with `-` what is no more, with `+` what is new.
    pub fn to_text(&self) -> String {
        let [before, after] = [&self.before, &self.after].map(crate::text::snapshot);
        let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        let mut text = format!("{HEAD}\n");
        for (sign, line) in merged(&before, &after) {
            text += &format!("{sign} {line}\n");
        }
        text
    }

    /// Reads it again.
    pub fn read(text: &str) -> Option<Diff> {
        let lines = text.strip_prefix(HEAD)?.strip_prefix('\n')?;
        let side = |sign: char| -> Option<Snapshot> {
            let lines = lines.lines().filter(|line| line.starts_with([' ', sign])).map(|line| line.get(2..).unwrap_or(""));
            crate::text::read(&lines.collect::<Vec<_>>().join("\n"))
        };
        Some(Diff { before: side('-')?, after: side('+')? })
    }

    /// As data.
    pub fn to_json(&self) -> Value {
        json!({ "version": crate::VERSION, "before": self.before.to_json(), "after": self.after.to_json() })
    }

    /// Both in one: what is no more stays in its place.
    pub fn union(&self) -> Snapshot {
        let mut union = self.after.clone();
        for group in &self.before.groups {
            match union.groups.iter_mut().find(|other| other.title == group.title) {
                None => union.groups.push(group.clone()),
                Some(other) => {
                    // What is no more stands where it stood.
                    for (i, name) in group.names.iter().enumerate() {
                        if !other.names.contains(name) {
                            other.names.insert(i.min(other.names.len()), name.clone());
                        }
                    }
                }
            }
        }
        for object in &self.before.objects {
            match union.objects.iter_mut().find(|other| other.number == object.number) {
                None => union.objects.push(object.clone()),
                Some(other) => {
                    for (i, slot) in object.slots.iter().enumerate() {
                        if !other.slots.contains(slot) {
                            other.slots.insert(i.min(other.slots.len()), slot.clone());
                        }
                    }
                }
            }
        }
        union.objects.sort_by_key(|object| object.number);
        union
    }

    pub(crate) fn scene(&self) -> Scene {
        let union = self.union();
        let mut scene = crate::scene::of(&union);
        let change = |before: bool, after: bool| match (before, after) {
            (true, false) => Change::Removed,
            (false, true) => Change::Added,
            _ => Change::Same,
        };
        for (i, group) in union.groups.iter().enumerate() {
            let names =
                |snapshot: &Snapshot| snapshot.groups.iter().find(|other| other.title == group.title).map(|group| group.names.clone());
            let (before, after) = (names(&self.before).unwrap_or_default(), names(&self.after).unwrap_or_default());
            for (j, name) in group.names.iter().enumerate() {
                scene.blocks[i].rows[j].change = change(before.contains(name), after.contains(name));
            }
        }
        for (i, object) in union.objects.iter().enumerate() {
            let (before, after) = (self.before.object(object.number), self.after.object(object.number));
            let slots = |object: Option<&Object>| -> Vec<Slot> { object.map(|object| object.slots.clone()).unwrap_or_default() };
            let (had, has) = (slots(before), slots(after));
            for (j, slot) in object.slots.iter().enumerate() {
                scene.cards[i].rows[j].change = change(had.contains(slot), has.contains(slot));
            }
            let card = &mut scene.cards[i];
            card.change = change(before.is_some(), after.is_some());
            card.state = match (before, after) {
                (None, _) => Some("+ new".into()),
                (_, None) => Some("− freed".into()),
                (Some(before), Some(after)) => {
                    let lost = if after.unreachable && !before.unreachable { "unreachable now" } else { "" };
                    match (before.refcount, after.refcount) {
                        (Some(had), Some(has)) if had != has => {
                            card.badge = format!("rc {had} → {has}");
                            let by = i64::from(has) - i64::from(had);
                            Some(if by > 0 { format!("+{by} {lost}") } else { format!("−{} {lost}", -by) })
                        }
                        _ => (!lost.is_empty()).then(|| lost.into()),
                    }
                }
            };
        }
        // A cycle that the statement has cut is none any more; one that went as a whole was one.
        let (had, has) = (self.before.cycles(), self.after.cycles());
        let cycle_of = |number: u32| {
            let cycles = if self.after.object(number).is_some() { &has } else { &had };
            cycles.iter().find(|cycle| cycle.contains(&number))
        };
        for card in &mut scene.cards {
            card.in_cycle = cycle_of(card.number).is_some();
        }
        for edge in &mut scene.edges {
            edge.change = match edge.from {
                crate::scene::From::Block(i, j) => scene.blocks[i].rows[j].change,
                crate::scene::From::Card(i, j) => {
                    let [from, to] = [i, edge.to].map(|place| scene.cards[place].number);
                    edge.in_cycle &= cycle_of(from).is_some_and(|cycle| cycle.contains(&to));
                    scene.cards[i].rows[j].change
                }
            };
        }
        scene
    }
}

/// The lines of both in one order, with the sign of each; as many as possible stand for both.
fn merged<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<(char, &'a str)> {
    let (n, m) = (before.len(), after.len());
    // The longest common rest, from each pair of places.
    let mut common = vec![vec![0usize; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            common[i][j] = if before[i] == after[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < n || j < m {
        if i < n && j < m && before[i] == after[j] {
            lines.push((' ', before[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < n && (j == m || common[i + 1][j] >= common[i][j + 1]) {
            lines.push(('-', before[i]));
            i += 1;
        } else {
            lines.push(('+', after[j]));
            j += 1;
        }
    }
    lines
}
