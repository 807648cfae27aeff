//! Takes a snapshot: chooses what of the heap is shown, numbers it, and itemises every refcount.
//!
//! Nothing is counted by the look: roots are given by their ids, and counts are read before any object is touched.

use std::collections::{HashMap, VecDeque};

use heap::{Census, Heap, Kind, Label, Obj, PERMANENT};

use crate::snapshot::{Finalizer, Group, Holder, Name, Object, Place, Slot, Snapshot, Target};
use crate::words::{PlainWords, Words};

/// Cards that a picture has at most.
const MOST_OBJECTS: usize = 24;
/// Slots that a card has at most; a slot more is not worth folding.
const MOST_SLOTS: usize = 8;

/// A reference from outside that is to be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Root {
    /// Where it comes from.
    pub group: String,
    /// What it is called.
    pub name: String,
    /// The id of the object.
    pub id: u64,
    /// What it is worth.
    pub counts: Counts,
}

/// What a root is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counts {
    /// A count of its own: a variable of Rust, a local of a call.
    Itself,
    /// Its count is an object's on the heap, which holds the name: a module's dict.
    InHeap,
    /// Nothing: a loan.
    Nothing,
}

/// What is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Whether roots are drawn even if they lead to something plain: they were asked for by name.
    pub asked: bool,
    /// Whether what is unreachable is shown.
    pub unreachable: bool,
}

/// A snapshot with what it was made of.
pub struct Taken {
    /// The picture.
    pub snapshot: Snapshot,
    /// The whole heap.
    pub census: Census,
    /// Where each object of the picture stands in the census.
    pub places: Vec<usize>,
}

/// A snapshot of a heap that Rust code uses by itself: the variables given are the roots, each worth one count.
///
/// ```
/// let heap = heap::Heap::new();
/// let a = heap.list([heap.int(1)]);
/// let b = heap.list([a.clone()]);
/// let snapshot = picture::snapshot(&heap, &[("a", &a), ("b", &b)]);
/// assert_eq!(
///     picture::text::snapshot(&snapshot),
///     "\
/// Rust
///   a → #1
///   b → #2
/// #1 list · rc 2 = a + #2[0] · gen 0
///   [0] = 1
/// #2 list · rc 1 = b · gen 0
///   [0] → #1
/// "
/// );
/// let svg = picture::svg(&picture::Picture::Heap(snapshot), "p1");
/// assert!(svg.starts_with("<svg"));
/// ```
pub fn snapshot(heap: &Heap, roots: &[(&str, &Obj)]) -> Snapshot {
    let root = |(name, obj): &(&str, &Obj)| Root { group: "Rust".into(), name: (*name).into(), id: obj.id(), counts: Counts::Itself };
    let roots: Vec<Root> = roots.iter().map(root).collect();
    take(heap, &roots, &PlainWords, Choice { asked: true, unreachable: true }).snapshot
}

/// Takes a snapshot.
pub fn take(heap: &Heap, roots: &[Root], words: &dyn Words, choice: Choice) -> Taken {
    let census = heap.census(|_| {});
    let by_id: HashMap<u64, usize> = census.objects.iter().enumerate().map(|(i, object)| (object.id, i)).collect();
    let mut taking =
        Taking { heap, words, census: &census, garbage: vec![false; census.objects.len()], chosen: Vec::new(), folded: HashMap::new() };
    taking.choose(roots, &by_id, choice);
    let snapshot = taking.finish(roots, &by_id, choice);
    let places = std::mem::take(&mut taking.chosen);
    Taken { snapshot, census, places }
}

/// A snapshot of these objects alone, in this order.
pub(crate) fn draw_only(heap: &Heap, census: Census, roots: &[Root], words: &dyn Words, choice: Choice, chosen: &[usize]) -> Snapshot {
    let by_id: HashMap<u64, usize> = census.objects.iter().enumerate().map(|(i, object)| (object.id, i)).collect();
    let garbage = census.lost();
    let taking = Taking { heap, words, census: &census, garbage, chosen: chosen.to_vec(), folded: HashMap::new() };
    taking.finish(roots, &by_id, choice)
}

struct Taking<'a> {
    heap: &'a Heap,
    words: &'a dyn Words,
    census: &'a Census,
    garbage: Vec<bool>,
    /// What is drawn, by its place in the census; in the end in the order of numbers.
    chosen: Vec<usize>,
    /// How many objects of a class there is no room for.
    folded: HashMap<String, usize>,
}

/// One arrow, before those to the same target become one.
struct Arrow {
    label: String,
    to: usize,
}

impl Taking<'_> {
    fn obj(&self, place: usize) -> Option<Obj> {
        self.heap.object_at(self.census.objects[place].id)
    }

    fn choose(&mut self, roots: &[Root], by_id: &HashMap<u64, usize>, choice: Choice) {
        let unreachable = if choice.unreachable { self.census.unreachable() } else { Vec::new() };
        if choice.unreachable || choice.asked {
            self.garbage = self.census.lost();
        }
        let mut queue: VecDeque<usize> = VecDeque::new();
        for root in roots {
            let Some(&place) = by_id.get(&root.id) else { continue };
            if choice.asked || self.is_drawn(place) {
                queue.push_back(place);
            }
        }
        let mut seen = vec![false; self.census.objects.len()];
        let mut garbage = unreachable.into_iter();
        while let Some(place) = queue.pop_front().or_else(|| garbage.next()) {
            if std::mem::replace(&mut seen[place], true) {
                continue;
            }
            if self.chosen.len() >= MOST_OBJECTS {
                let class = self.obj(place).map(|obj| self.words.class(&obj)).unwrap_or_default();
                *self.folded.entry(class).or_default() += 1;
                continue;
            }
            self.chosen.push(place);
            let (arrows, _) = self.arrows(place);
            let weak = self.census.objects[place].target;
            queue.extend(arrows.iter().map(|arrow| arrow.to).chain(weak).filter(|&to| self.is_drawn(to)));
        }
        // By birth, as far as the collector's lists tell it; what is in none comes after its holders.
        let mut rank = vec![usize::MAX; self.census.objects.len()];
        let lists = self.census.generations.iter().rev().flatten();
        lists.enumerate().for_each(|(rank_of, &place)| rank[place] = rank_of);
        let found: HashMap<usize, usize> = self.chosen.iter().enumerate().map(|(found, &place)| (place, found)).collect();
        self.chosen.sort_by_key(|&place| (rank[place], found[&place]));
    }

    /// Whether an object has a card: those that are plain or only named have none, unless they are garbage.
    fn is_drawn(&self, place: usize) -> bool {
        let Some(obj) = self.obj(place) else { return false };
        self.garbage[place] || !obj.is_immortal() && self.words.plain(&obj).is_none() && self.words.chip(&obj).is_none()
    }

    /// What an object refers to and shows, up to the limit; and how many there are beyond it.
    fn arrows(&self, place: usize) -> (Vec<Arrow>, usize) {
        let Some(holder) = self.obj(place) else { return (Vec::new(), 0) };
        let is_set = matches!(holder.kind(), Kind::SET | Kind::FROZENSET);
        let mut key = None;
        let mut arrows: Vec<Arrow> = Vec::new();
        // The targets so far, and whether all arrows to one are drawn as one.
        let mut targets: Vec<(usize, bool)> = Vec::new();
        let (mut slots, mut more) = (0, 0);
        for edge in &self.census.objects[place].edges {
            let label = match edge.label {
                Label::Key(_) if is_set => Some("has".to_owned()),
                Label::Key(_) => {
                    key = self.obj(edge.to);
                    // A plain key is the label of its value.
                    if self.is_drawn(edge.to) { Some("key".to_owned()) } else { None }
                }
                label => self.words.label(&holder, label, key.as_ref()),
            };
            let Some(label) = label else { continue };
            let known = targets.iter().find(|(to, _)| *to == edge.to).map(|(_, merges)| *merges);
            if known != Some(true) {
                // What is drawn already is never folded.
                if slots >= MOST_SLOTS && self.number(edge.to).is_none() {
                    more += 1;
                    continue;
                }
                slots += 1;
                if known.is_none() {
                    targets.push((edge.to, self.merges(edge.to)));
                }
            }
            arrows.push(Arrow { label, to: edge.to });
        }
        (arrows, more)
    }

    /// Whether several references of one object to this one are drawn as one; what is plain is written in each of its places.
    fn merges(&self, place: usize) -> bool {
        self.number(place).is_some() || self.is_drawn(place)
    }

    fn number(&self, place: usize) -> Option<u32> {
        self.chosen.iter().position(|&chosen| chosen == place).map(|i| i as u32 + 1)
    }

    fn target(&self, place: usize) -> Target {
        if let Some(number) = self.number(place) {
            return Target::Object(number);
        }
        let Some(obj) = self.obj(place) else { return Target::Text("nothing".into()) };
        if let Some(plain) = self.words.plain(&obj) {
            return Target::Text(plain);
        }
        match self.words.chip(&obj) {
            Some(chip) => Target::Chip(chip),
            None => Target::Chip(format!("{} …", self.words.class(&obj))),
        }
    }

    fn finish(&self, roots: &[Root], by_id: &HashMap<u64, usize>, choice: Choice) -> Snapshot {
        let mut groups: Vec<Group> = Vec::new();
        for root in roots {
            let Some(&place) = by_id.get(&root.id) else { continue };
            let target = self.target(place);
            if !choice.asked && !matches!(target, Target::Object(_)) {
                continue;
            }
            let name = Name { name: root.name.clone(), borrowed: root.counts == Counts::Nothing, target };
            match groups.iter_mut().find(|group| group.title == root.group) {
                Some(group) => group.names.push(name),
                None => groups.push(Group { title: root.group.clone(), names: vec![name] }),
            }
        }
        let mut objects: Vec<Object> = self.chosen.iter().enumerate().map(|(i, &place)| self.object(i as u32 + 1, place)).collect();
        self.itemise(&mut objects, roots, by_id);
        let mut folded: Vec<(&String, &usize)> = self.folded.iter().collect();
        folded.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let more: Vec<String> = folded.iter().map(|(class, n)| format!("{n} {class}")).collect();
        let notes = if more.is_empty() { Vec::new() } else { vec![format!("not shown: {}", more.join(", "))] };
        Snapshot { groups, objects, notes }
    }

    fn object(&self, number: u32, place: usize) -> Object {
        let seen = &self.census.objects[place];
        let obj = self.obj(place);
        let (arrows, more) = self.arrows(place);
        // Arrows to one target become one.
        let mut slots: Vec<(usize, Vec<String>)> = Vec::new();
        for arrow in arrows {
            let merges = self.merges(arrow.to);
            match slots.iter_mut().find(|(to, _)| *to == arrow.to && merges) {
                Some((_, labels)) => labels.push(arrow.label),
                None => slots.push((arrow.to, vec![arrow.label])),
            }
        }
        let slot = |(to, labels): (usize, Vec<String>)| {
            let label = match labels.as_slice() {
                [one] => one.clone(),
                [one, other] => format!("{one}, {other}"),
                [first, .., last] => format!("{first} … {last}"),
                [] => String::new(),
            };
            Slot { label, count: labels.len() as u32, weak: false, target: self.target(to) }
        };
        let mut slots: Vec<Slot> = slots.into_iter().map(slot).collect();
        if seen.kind == Kind::WEAKREF {
            let target = seen.target.map_or(Target::Text("gone".into()), |to| self.target(to));
            slots.insert(0, Slot { label: "weak".into(), count: 1, weak: true, target });
        }
        let plain = obj.as_ref().and_then(|obj| self.words.plain(obj));
        Object {
            number,
            class: obj.as_ref().map(|obj| self.words.class(obj)).unwrap_or_default(),
            title: plain.unwrap_or_else(|| obj.as_ref().map(|obj| self.words.title(obj)).unwrap_or_default()),
            refcount: (!seen.immortal).then_some(seen.refcount),
            holders: Vec::new(),
            place: match seen.generation {
                None => Place::Untracked,
                Some(PERMANENT) => Place::Frozen,
                Some(generation) => Place::Generation(generation as u8),
            },
            finalizer: match (seen.has_finalizer, seen.finalized) {
                (_, true) => Finalizer::Done,
                (true, false) => Finalizer::Waits,
                (false, false) => Finalizer::None,
            },
            unreachable: self.garbage[place],
            slots,
            more,
        }
    }

    /// Finds the holders of everything that is drawn. What no object and no root accounts for, the machine holds.
    fn itemise(&self, objects: &mut [Object], roots: &[Root], by_id: &HashMap<u64, usize>) {
        let number: HashMap<usize, usize> = self.chosen.iter().enumerate().map(|(i, &place)| (place, i)).collect();
        let mut holders: Vec<Vec<Holder>> = vec![Vec::new(); objects.len()];
        for root in roots.iter().filter(|root| root.counts == Counts::Itself) {
            if let Some(&i) = by_id.get(&root.id).and_then(|place| number.get(place)) {
                add(&mut holders[i], None, root.name.clone(), 1);
            }
        }
        for (place, holder) in self.census.objects.iter().enumerate() {
            if let Some(&from) = number.get(&place) {
                let mut counts: HashMap<usize, u32> = HashMap::new();
                holder.edges.iter().filter_map(|edge| number.get(&edge.to)).for_each(|&to| *counts.entry(to).or_default() += 1);
                for slot in objects[from].slots.iter().filter(|slot| !slot.weak) {
                    if let Target::Object(to) = slot.target {
                        let to = to as usize - 1;
                        add(&mut holders[to], Some(from as u32 + 1), slot.label.clone(), slot.count);
                        *counts.entry(to).or_default() -= slot.count;
                    }
                }
                let mut folded: Vec<(usize, u32)> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
                folded.sort_unstable();
                folded.into_iter().for_each(|(to, count)| add(&mut holders[to], Some(from as u32 + 1), "[…]".into(), count));
                continue;
            }
            let mut key = None;
            for edge in &holder.edges {
                if let Label::Key(_) = edge.label {
                    key = Some(edge.to);
                }
                let Some(&to) = number.get(&edge.to) else { continue };
                let (Some(obj), key) = (self.obj(place), key.and_then(|key| self.obj(key))) else { continue };
                let label = self.words.label(&obj, edge.label, key.as_ref());
                let label = label.unwrap_or_else(|| crate::words::label(edge.label, None));
                add(&mut holders[to], None, self.words.outside(&obj, &label), 1);
            }
        }
        for (object, mut holders) in objects.iter_mut().zip(holders) {
            // Names first, then what is drawn, then whoever is told of in words.
            holders.sort_by_key(|holder| (holder.object.is_none() && holder.place.contains(' '), holder.object));
            object.holders = holders;
            if let Some(rest) = object.refcount.and_then(|count| count.checked_sub(object.held())).filter(|rest| *rest > 0) {
                add(&mut object.holders, None, "the machine".into(), rest);
            }
        }
    }
}

fn add(holders: &mut Vec<Holder>, object: Option<u32>, place: String, count: u32) {
    match holders.iter_mut().find(|holder| holder.object == object && holder.place == place) {
        Some(holder) => holder.count += count,
        None => holders.push(Holder { object, place, count }),
    }
}
