//! The data of a picture: roots, objects, and who holds whom, in numbers that a reader can follow.
//!
//! Everything drawn is in here, and all of it is in the text form too ([`crate::text`]), so a page that keeps the text can be drawn again
//! without running anything. An object's refcount is the sum of its holders.

use serde_json::{Value, json};

/// The version of the shape of the JSON.
pub const VERSION: u32 = 1;

/// The heap at one moment, as far as it is shown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Snapshot {
    /// Where references come from that are no object's: modules, calls, the notebook.
    pub groups: Vec<Group>,
    /// The objects, by number.
    pub objects: Vec<Object>,
    /// What is left out, a sentence each.
    pub notes: Vec<String>,
}

/// Roots of one origin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// `module __main__`, `call of f`.
    pub title: String,
    /// Its names.
    pub names: Vec<Name>,
}

/// A root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// What it is called.
    pub name: String,
    /// Whether it is a loan: no count is taken.
    pub borrowed: bool,
    /// Where it leads.
    pub target: Target,
}

/// Where a reference leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// To an object that is drawn.
    Object(u32),
    /// To something so plain that it is written in its place.
    Text(String),
    /// To something that is only named: a class, a module, a function.
    Chip(String),
}

/// An object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    /// Its number in the picture.
    pub number: u32,
    /// Its class.
    pub class: String,
    /// What it is called beside that; empty for most.
    pub title: String,
    /// The refcount; nothing if it is immortal.
    pub refcount: Option<u32>,
    /// Who holds it.
    pub holders: Vec<Holder>,
    /// Where the collector has it.
    pub place: Place,
    /// Whether it has a finalizer.
    pub finalizer: Finalizer,
    /// Whether nothing reaches it any more.
    pub unreachable: bool,
    /// What it refers to.
    pub slots: Vec<Slot>,
    /// How many more slots it has.
    pub more: usize,
}

/// Where the collector has an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In generation 0, 1 or 2.
    Generation(u8),
    /// In the permanent generation, since `gc.freeze`.
    Frozen,
    /// Nowhere.
    Untracked,
}

/// What is to be done at an object's death.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finalizer {
    /// Nothing.
    None,
    /// A finalizer is to run.
    Waits,
    /// It has run.
    Done,
}

/// One or several references of one holder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    /// The object that holds, if it is drawn.
    pub object: Option<u32>,
    /// The slot of that object; or the holder in words.
    pub place: String,
    /// How many references these are.
    pub count: u32,
}

/// References from one object to the same target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// What is written at the arrow.
    pub label: String,
    /// How many references these are.
    pub count: u32,
    /// Whether it does not count.
    pub weak: bool,
    /// Where it leads.
    pub target: Target,
}

impl Object {
    /// The references that its holders have.
    pub fn held(&self) -> u32 {
        self.holders.iter().map(|holder| holder.count).sum()
    }

    /// What its badge says.
    pub fn badge(&self) -> String {
        self.refcount.map_or("immortal".into(), |count| format!("rc {count}"))
    }
}

impl Holder {
    /// The holder in words: `#2[0] ×3`, `#2 key`.
    pub fn words(&self) -> String {
        // A place that is a word, as a dict's keys are, stands apart.
        let apart = if self.place.starts_with(char::is_alphabetic) { " " } else { "" };
        let object = self.object.map(|number| format!("#{number}{apart}")).unwrap_or_default();
        let times = if self.count == 1 { String::new() } else { format!(" ×{}", self.count) };
        format!("{object}{}{times}", self.place)
    }
}

impl Place {
    /// The letter in an object's stripe.
    pub fn letter(self) -> char {
        match self {
            Place::Generation(n) => char::from(b'0' + n),
            Place::Frozen => 'F',
            Place::Untracked => 'U',
        }
    }

    /// In words.
    pub fn words(self) -> String {
        match self {
            Place::Generation(n) => format!("gen {n}"),
            Place::Frozen => "frozen".into(),
            Place::Untracked => "untracked".into(),
        }
    }
}

impl Snapshot {
    /// The object with a number.
    pub fn object(&self, number: u32) -> Option<&Object> {
        self.objects.iter().find(|object| object.number == number)
    }

    /// The components in which every object leads to every other, the larger ones than single objects and those that hold themselves.
    pub fn cycles(&self) -> Vec<Vec<u32>> {
        let place = |number: u32| self.objects.iter().position(|object| object.number == number);
        let next: Vec<Vec<usize>> = self
            .objects
            .iter()
            .map(|object| {
                let strong = object.slots.iter().filter(|slot| !slot.weak);
                strong.filter_map(|slot| if let Target::Object(to) = slot.target { place(to) } else { None }).collect()
            })
            .collect();
        let reach = |from: usize| {
            let mut seen = vec![false; next.len()];
            let mut stack = next[from].clone();
            while let Some(at) = stack.pop() {
                if !std::mem::replace(&mut seen[at], true) {
                    stack.extend(&next[at]);
                }
            }
            seen
        };
        let reached: Vec<Vec<bool>> = (0..next.len()).map(reach).collect();
        let mut cycles: Vec<Vec<u32>> = Vec::new();
        for (i, from_here) in reached.iter().enumerate() {
            let known = cycles.iter().any(|cycle| cycle.contains(&self.objects[i].number));
            if known || !from_here[i] {
                continue;
            }
            let members = (0..next.len()).filter(|&j| from_here[j] && reached[j][i]);
            cycles.push(members.map(|j| self.objects[j].number).collect());
        }
        cycles
    }

    /// The picture as data.
    pub fn to_json(&self) -> Value {
        let target = |target: &Target| match target {
            Target::Object(number) => json!({ "object": number }),
            Target::Text(text) => json!({ "text": text }),
            Target::Chip(text) => json!({ "chip": text }),
        };
        let groups = self.groups.iter().map(|group| {
            let names = group.names.iter().map(|name| json!({ "name": name.name, "borrowed": name.borrowed, "to": target(&name.target) }));
            json!({ "title": group.title, "names": names.collect::<Vec<_>>() })
        });
        let objects = self.objects.iter().map(|object| {
            let holders =
                object.holders.iter().map(|holder| json!({ "object": holder.object, "place": holder.place, "count": holder.count }));
            let slots = object
                .slots
                .iter()
                .map(|slot| json!({ "label": slot.label, "count": slot.count, "weak": slot.weak, "to": target(&slot.target) }));
            json!({
                "number": object.number, "class": object.class, "title": object.title, "refcount": object.refcount,
                "holders": holders.collect::<Vec<_>>(), "generation": object.place.words(),
                "finalizer": match object.finalizer {
                    Finalizer::None => Value::Null,
                    Finalizer::Waits => "waits".into(),
                    Finalizer::Done => "done".into(),
                },
                "unreachable": object.unreachable, "slots": slots.collect::<Vec<_>>(), "more_slots": object.more,
            })
        });
        json!({
            "version": VERSION, "roots": groups.collect::<Vec<_>>(), "objects": objects.collect::<Vec<_>>(), "cycles": self.cycles(),
            "notes": self.notes,
        })
    }
}
