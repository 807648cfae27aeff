//! Why an object is alive: the shortest way to it from a root, or the cycle that holds it where no root does.

use std::collections::{HashMap, HashSet, VecDeque};

use heap::{Census, Heap, Label};
use serde_json::{Value, json};

use crate::snapshot::{Slot, Snapshot, Target};
use crate::take::{Choice, Root, draw_only};
use crate::words::Words;

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Why {
    /// What was asked for.
    pub question: String,
    /// The answer, a sentence a line.
    pub answer: Vec<String>,
    /// The objects on the way.
    pub snapshot: Snapshot,
}

/// Asks what keeps an object alive. The roots of `asked`, the name by which it was asked for, are left out; `through` says whether a way may
/// lead through an object: not through a module's names, which are roots.
pub fn why(heap: &Heap, roots: &[Root], words: &dyn Words, id: u64, asked: &str, through: &dyn Fn(u64) -> bool) -> Why {
    let census = heap.census(|_| {});
    let by_id: HashMap<u64, usize> = census.objects.iter().enumerate().map(|(i, object)| (object.id, i)).collect();
    let Some(&target) = by_id.get(&id) else {
        return Why { question: asked.into(), answer: vec!["it is not alive".into()], snapshot: Snapshot::default() };
    };
    let usable: Vec<&Root> = roots.iter().filter(|root| !(root.id == id && root.name == asked)).collect();
    let way = from_roots(&census, &usable, &by_id, target, through);
    let unreachable: HashSet<usize> = census.unreachable().into_iter().collect();
    let (root, way) = match way {
        Some((root, way)) => (Some(root), way),
        None if unreachable.contains(&target) => (None, cycle(&census, target)),
        None => (None, vec![target]),
    };
    let asked_too = roots.iter().find(|other| other.id == id && other.name == asked);
    let shown: Vec<Root> = root.into_iter().chain(asked_too).cloned().collect();
    let mut snapshot = draw_only(heap, census, &shown, words, Choice { asked: true, unreachable: true }, &way);
    let number = |i: usize| i as u32 + 1;
    let closes = root.is_none() && way.len() > 1 || way.len() == 1 && unreachable.contains(&target);
    let steps = if closes { way.len() } else { way.len().saturating_sub(1) };
    // Of each object on the way only the reference that leads on is drawn.
    for i in 0..way.len() {
        let next = number((i + 1) % way.len());
        let object = &mut snapshot.objects[i];
        let all: usize = object.slots.len() + object.more;
        let kept: Vec<Slot> = object.slots.drain(..).filter(|slot| i < steps && slot.target == Target::Object(next)).collect();
        object.more = all - kept.len();
        object.slots = kept;
    }
    let mut told: Vec<String> = Vec::new();
    told.extend(root.map(|root| format!("{} → {}", root.group, root.name)));
    for (i, object) in snapshot.objects.iter().enumerate() {
        let label = object.slots.first().map(|slot| slot.label.clone()).filter(|_| i < steps).unwrap_or_default();
        let title = if object.title.is_empty() { String::new() } else { format!(" {}", object.title) };
        let label = if label.is_empty() { label } else { format!(" {label}") };
        told.push(format!("#{} {}{title}{label}", object.number, object.class));
    }
    if closes {
        told.push(format!("#1 {}", snapshot.objects.first().map(|object| object.class.clone()).unwrap_or_default()));
    }
    let place = way.iter().position(|&place| place == target).unwrap_or(0);
    let object = &snapshot.objects[place];
    let holders: Vec<String> = object.holders.iter().map(crate::snapshot::Holder::words).collect();
    let on_the_way: Vec<String> = match (place.checked_sub(1), root, closes) {
        (Some(before), ..) => vec![format!("#{}", number(before))],
        (None, Some(root), _) => vec![root.name.clone()],
        (None, None, true) => vec![format!("#{}", way.len())],
        (None, None, false) => Vec::new(),
    };
    let others: Vec<&String> = holders
        .iter()
        .filter(|holder| {
            !on_the_way.iter().any(|way| *holder == way || holder.starts_with(&format!("{way}[")) || holder.starts_with(&format!("{way}.")))
        })
        .collect();
    let mut answer = match (root, closes, asked_too) {
        (Some(_), ..) => vec![told.join(" → ")],
        (None, true, _) => vec![format!("no root reaches it; it is held by the cycle {}", told.join(" → "))],
        (None, false, Some(root)) if others.len() <= 1 => vec![format!("only the name {} keeps it alive", root.name)],
        (None, false, _) => vec!["no name leads to it but the one that was asked for".into()],
    };
    match others.len() {
        0 => {}
        _ if root.is_none() && !closes && others.len() == 1 => {}
        n => {
            let named = others.iter().take(6).map(|holder| holder.as_str()).collect::<Vec<_>>().join(", ");
            answer.push(format!("and {n} more holder{}: {named}{}", if n == 1 { "" } else { "s" }, if n > 6 { ", …" } else { "" }));
        }
    }
    Why { question: asked.into(), answer, snapshot }
}

/// The shortest way from a root, and the root.
fn from_roots<'a>(
    census: &Census,
    roots: &[&'a Root],
    by_id: &HashMap<u64, usize>,
    target: usize,
    through: &dyn Fn(u64) -> bool,
) -> Option<(&'a Root, Vec<usize>)> {
    let mut before: HashMap<usize, Option<usize>> = HashMap::new();
    let mut start: HashMap<usize, &'a Root> = HashMap::new();
    let mut queue = VecDeque::new();
    for root in roots {
        let Some(&place) = by_id.get(&root.id) else { continue };
        if before.insert(place, None).is_none() {
            start.entry(place).or_insert(root);
            queue.push_back(place);
        }
    }
    while let Some(place) = queue.pop_front() {
        if place == target {
            let mut way = vec![place];
            while let Some(Some(holder)) = before.get(&way[way.len() - 1]) {
                way.push(*holder);
            }
            way.reverse();
            return start.get(&way[0]).map(|root| (*root, way));
        }
        if !through(census.objects[place].id) {
            continue;
        }
        for edge in &census.objects[place].edges {
            if edge.label != Label::Class && !before.contains_key(&edge.to) {
                before.insert(edge.to, Some(place));
                queue.push_back(edge.to);
            }
        }
    }
    None
}

/// The shortest cycle through an object; or, of one that only hangs on a cycle, the way to it from there.
fn cycle(census: &Census, target: usize) -> Vec<usize> {
    if let Some(way) = back_to(census, target) {
        return way;
    }
    let mut next: HashMap<usize, usize> = HashMap::new();
    let mut queue = VecDeque::from([target]);
    while let Some(place) = queue.pop_front() {
        if place != target && back_to(census, place).is_some() {
            let mut way = vec![place];
            while let Some(&after) = next.get(&way[way.len() - 1]) {
                way.push(after);
            }
            return way;
        }
        for (holder, object) in census.objects.iter().enumerate() {
            if object.edges.iter().any(|edge| edge.to == place) && holder != target && !next.contains_key(&holder) {
                next.insert(holder, place);
                queue.push_back(holder);
            }
        }
    }
    vec![target]
}

/// The shortest way from an object to itself.
fn back_to(census: &Census, from: usize) -> Option<Vec<usize>> {
    let mut before: HashMap<usize, usize> = HashMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(place) = queue.pop_front() {
        for edge in &census.objects[place].edges {
            if edge.to == from {
                let mut way = vec![place];
                while way[way.len() - 1] != from {
                    way.push(before[&way[way.len() - 1]]);
                }
                way.reverse();
                return Some(way);
            }
            if edge.label != Label::Class && !before.contains_key(&edge.to) {
                before.insert(edge.to, place);
                queue.push_back(edge.to);
            }
        }
    }
    None
}

impl Why {
    /// The answer as text.
    pub fn to_text(&self) -> String {
        let answer: String = self.answer.iter().map(|line| format!("  {line}\n")).collect();
        format!("why {}?\n{answer}{}", self.question, crate::text::snapshot(&self.snapshot))
    }

    /// Reads it again.
    pub fn read(text: &str) -> Option<Why> {
        let (head, rest) = text.split_once('\n')?;
        let question = head.strip_prefix("why ")?.strip_suffix('?')?.to_owned();
        let answer: Vec<String> = rest.lines().map_while(|line| line.strip_prefix("  ")).map(str::to_owned).collect();
        let heap = rest.lines().skip(answer.len()).collect::<Vec<_>>().join("\n");
        Some(Why { question, answer, snapshot: crate::text::read(&heap)? })
    }

    /// As data.
    pub fn to_json(&self) -> Value {
        json!({ "version": crate::VERSION, "question": self.question, "answer": self.answer, "heap": self.snapshot.to_json() })
    }
}
