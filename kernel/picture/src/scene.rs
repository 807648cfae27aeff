//! The scene: what is to be drawn, before anything has a place. All pictures of objects become one.

use crate::snapshot::{Finalizer, Snapshot, Target};

/// How a thing differs from before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Change {
    #[default]
    Same,
    Added,
    Removed,
}

/// A block of roots.
pub(crate) struct Block {
    pub(crate) title: String,
    pub(crate) rows: Vec<Row>,
}

/// A line in a block or a card.
pub(crate) struct Row {
    pub(crate) label: String,
    /// What is written instead of an arrow.
    pub(crate) value: Option<String>,
    pub(crate) is_chip: bool,
    pub(crate) change: Change,
}

/// An object.
pub(crate) struct Card {
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) badge: String,
    pub(crate) stripe: char,
    /// `finalizer`, `finalized`.
    pub(crate) mark: &'static str,
    /// What a frame of a film or a change says of it.
    pub(crate) state: Option<String>,
    pub(crate) rows: Vec<Row>,
    /// The sum of its holders, to be wrapped.
    pub(crate) holders: Vec<String>,
    pub(crate) unreachable: bool,
    pub(crate) in_cycle: bool,
    pub(crate) change: Change,
    /// One more class for the drawing.
    pub(crate) class: &'static str,
}

/// Where an arrow begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum From {
    Block(usize, usize),
    Card(usize, usize),
}

/// An arrow.
pub(crate) struct Edge {
    pub(crate) from: From,
    pub(crate) to: usize,
    pub(crate) weak: bool,
    pub(crate) count: u32,
    pub(crate) in_cycle: bool,
    pub(crate) change: Change,
}

/// Everything that is drawn.
#[derive(Default)]
pub(crate) struct Scene {
    pub(crate) blocks: Vec<Block>,
    pub(crate) cards: Vec<Card>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) notes: Vec<String>,
}

/// The scene of a snapshot.
pub(crate) fn of(snapshot: &Snapshot) -> Scene {
    let cycles = snapshot.cycles();
    let cycle_of = |number: u32| cycles.iter().position(|cycle| cycle.contains(&number));
    let place = |number: u32| snapshot.objects.iter().position(|object| object.number == number);
    let mut scene = Scene { notes: snapshot.notes.clone(), ..Scene::default() };
    let row = |label: &str, target: &Target| Row {
        label: label.into(),
        value: match target {
            Target::Object(_) => None,
            Target::Text(text) | Target::Chip(text) => Some(text.clone()),
        },
        is_chip: matches!(target, Target::Chip(_)),
        change: Change::Same,
    };
    for (i, group) in snapshot.groups.iter().enumerate() {
        let rows = group.names.iter().map(|name| row(&name.name, &name.target)).collect();
        scene.blocks.push(Block { title: group.title.clone(), rows });
        for (j, name) in group.names.iter().enumerate() {
            let Target::Object(number) = name.target else { continue };
            if let Some(to) = place(number) {
                let (from, weak) = (From::Block(i, j), name.borrowed);
                scene.edges.push(Edge { from, to, weak, count: 1, in_cycle: false, change: Change::Same });
            }
        }
    }
    for (i, object) in snapshot.objects.iter().enumerate() {
        let mut rows: Vec<Row> = object.slots.iter().map(|slot| row(&slot.label, &slot.target)).collect();
        if object.more > 0 {
            rows.push(Row { label: format!("… {} more", object.more), value: None, is_chip: false, change: Change::Same });
        }
        for (j, slot) in object.slots.iter().enumerate() {
            let Target::Object(number) = slot.target else { continue };
            let Some(to) = place(number) else { continue };
            let in_cycle = !slot.weak && cycle_of(object.number).is_some() && cycle_of(object.number) == cycle_of(number);
            let (from, weak, count) = (From::Card(i, j), slot.weak, slot.count);
            scene.edges.push(Edge { from, to, weak, count, in_cycle, change: Change::Same });
        }
        let name = if object.title.is_empty() { object.class.clone() } else { format!("{} {}", object.class, object.title) };
        scene.cards.push(Card {
            number: object.number,
            name,
            badge: object.badge(),
            stripe: object.place.letter(),
            mark: match object.finalizer {
                Finalizer::None => "",
                Finalizer::Waits => "finalizer",
                Finalizer::Done => "finalized",
            },
            state: None,
            rows,
            holders: object.holders.iter().map(crate::snapshot::Holder::words).collect(),
            unreachable: object.unreachable,
            in_cycle: cycle_of(object.number).is_some(),
            change: Change::Same,
            class: "",
        });
    }
    scene
}
