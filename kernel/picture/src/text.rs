//! The text form of a snapshot: what a page keeps, a terminal prints and a screen reader reads. Nothing is lost in it.
//!
//! ```text
//! module __main__
//!   a → #1
//! #1 list · rc 2 = a + #1[0] · gen 0
//!   [0] → #1
//! cycle #1
//! ```
//!
//! A root stands under where it comes from, a slot under its object; `→` is a reference, `⇢` one that does not count, `‹…›` something that
//! is only named.

use std::fmt::Write as _;

use crate::snapshot::{Finalizer, Group, Holder, Name, Object, Place, Slot, Snapshot, Target};

const UNREACHABLE: &str = "unreachable, still allocated";
/// Notes begin with this.
const NOTE: &str = "… ";

/// A snapshot as text.
pub fn snapshot(snapshot: &Snapshot) -> String {
    blocks(snapshot).into_iter().flat_map(|block| block.1).fold(String::new(), |text, line| text + &line + "\n")
}

/// The lines of a snapshot in blocks that belong together, each with what it is of: a root's title, an object's number.
pub(crate) fn blocks(snapshot: &Snapshot) -> Vec<(String, Vec<String>)> {
    let mut blocks = Vec::new();
    for group in &snapshot.groups {
        let mut lines = vec![group.title.clone()];
        lines.extend(group.names.iter().map(|name| {
            let arrow = if name.borrowed { "⇢" } else { "→" };
            match &name.target {
                Target::Object(number) => format!("  {} {arrow} #{number}", name.name),
                plain => format!("  {} = {}", name.name, written(plain)),
            }
        }));
        blocks.push((group.title.clone(), lines));
    }
    let (garbage, alive): (Vec<&Object>, Vec<&Object>) = snapshot.objects.iter().partition(|object| object.unreachable);
    for object in alive {
        blocks.push((format!("#{}", object.number), lines(object)));
    }
    if !garbage.is_empty() {
        blocks.push((UNREACHABLE.into(), vec![UNREACHABLE.into()]));
    }
    for object in garbage {
        blocks.push((format!("#{}", object.number), lines(object)));
    }
    for cycle in snapshot.cycles() {
        let numbers: Vec<String> = cycle.iter().map(|number| format!("#{number}")).collect();
        blocks.push(("cycle".into(), vec![format!("cycle {}", numbers.join(" "))]));
    }
    for note in &snapshot.notes {
        blocks.push(("note".into(), vec![format!("{NOTE}{note}")]));
    }
    if blocks.is_empty() {
        blocks.push(("note".into(), vec![format!("{NOTE}nothing to show")]));
    }
    blocks
}

fn lines(object: &Object) -> Vec<String> {
    let mut head = format!("#{} {}", object.number, object.class);
    if !object.title.is_empty() {
        let _ = write!(head, " {}", object.title);
    }
    let holders: Vec<String> = object.holders.iter().map(Holder::words).collect();
    match object.refcount {
        None => head += " · immortal",
        Some(count) if holders.is_empty() => _ = write!(head, " · rc {count}"),
        Some(count) => _ = write!(head, " · rc {count} = {}", holders.join(" + ")),
    }
    let _ = write!(head, " · {}", object.place.words());
    head += match object.finalizer {
        Finalizer::None => "",
        Finalizer::Waits => " · finalizer",
        Finalizer::Done => " · finalized",
    };
    let mut lines = vec![head];
    for slot in &object.slots {
        let arrow = if slot.weak { "⇢" } else { "→" };
        let times = if slot.count == 1 { String::new() } else { format!(" ×{}", slot.count) };
        lines.push(match &slot.target {
            Target::Object(number) => format!("  {} {arrow} #{number}{times}", slot.label),
            plain if slot.weak => format!("  {} {arrow} {}", slot.label, written(plain)),
            plain => format!("  {} = {}", slot.label, written(plain)),
        });
    }
    if object.more > 0 {
        lines.push(format!("  … {} more", object.more));
    }
    lines
}

fn written(target: &Target) -> String {
    match target {
        Target::Object(number) => format!("#{number}"),
        Target::Text(text) => text.clone(),
        Target::Chip(text) => format!("‹{text}›"),
    }
}

/// Reads what [`snapshot`] wrote. Nothing, if it is not that.
pub fn read(text: &str) -> Option<Snapshot> {
    let mut read = Snapshot::default();
    let mut unreachable = false;
    let mut in_object = false;
    for line in text.lines() {
        if let Some(inside) = line.strip_prefix("  ") {
            if !in_object {
                let (name, borrowed, target, _) = arrow(inside)?;
                read.groups.last_mut()?.names.push(Name { name, borrowed, target });
            } else if let Some(more) = inside.strip_prefix("… ") {
                read.objects.last_mut()?.more = more.strip_suffix(" more")?.parse().ok()?;
            } else {
                let (label, weak, target, count) = arrow(inside)?;
                read.objects.last_mut()?.slots.push(Slot { label, count, weak, target });
            }
        } else if line == UNREACHABLE {
            unreachable = true;
        } else if let Some(note) = line.strip_prefix(NOTE) {
            if note != "nothing to show" {
                read.notes.push(note.into());
            }
        } else if line.starts_with('#') {
            in_object = true;
            read.objects.push(object(line, unreachable)?);
        } else if line.starts_with("cycle #") {
            continue;
        } else if in_object || line.is_empty() {
            return None;
        } else {
            read.groups.push(Group { title: line.into(), names: Vec::new() });
        }
    }
    read.objects.sort_by_key(|object| object.number);
    Some(read)
}

/// `label → #2 ×3`, `label ⇢ gone`, `label = text`.
fn arrow(line: &str) -> Option<(String, bool, Target, u32)> {
    for (sign, weak) in [(" → ", false), (" ⇢ ", true)] {
        if let Some((label, target)) = line.split_once(sign) {
            let (target, count) = target.split_once(" ×").map_or(Some((target, 1)), |(target, n)| Some((target, n.parse().ok()?)))?;
            return Some((label.into(), weak, number(target).map_or_else(|| plain(target), Target::Object), count));
        }
    }
    let (label, text) = line.split_once(" = ")?;
    Some((label.into(), false, plain(text), 1))
}

fn plain(text: &str) -> Target {
    match text.strip_prefix('‹').and_then(|text| text.strip_suffix('›')) {
        Some(chip) => Target::Chip(chip.into()),
        None => Target::Text(text.into()),
    }
}

fn number(text: &str) -> Option<u32> {
    text.strip_prefix('#')?.parse().ok()
}

fn object(line: &str, unreachable: bool) -> Option<Object> {
    let mut parts = line.split(" · ");
    let (head, rest) = parts.next()?.split_once(' ')?;
    let (class, title) = rest.split_once(' ').unwrap_or((rest, ""));
    let counted = parts.next()?;
    let (refcount, holders) = match counted.strip_prefix("rc ") {
        None => (None, Vec::new()),
        Some(counted) => match counted.split_once(" = ") {
            None => (Some(counted.parse().ok()?), Vec::new()),
            Some((count, holders)) => (Some(count.parse().ok()?), holders.split(" + ").map(holder).collect()),
        },
    };
    let place = match parts.next()? {
        "untracked" => Place::Untracked,
        "frozen" => Place::Frozen,
        generation => Place::Generation(generation.strip_prefix("gen ")?.parse().ok()?),
    };
    let finalizer = match parts.next() {
        None => Finalizer::None,
        Some("finalized") => Finalizer::Done,
        Some(_) => Finalizer::Waits,
    };
    let (class, title) = (class.to_owned(), title.to_owned());
    let number = number(head)?;
    Some(Object { number, class, title, refcount, holders, place, finalizer, unreachable, slots: Vec::new(), more: 0 })
}

fn holder(text: &str) -> Holder {
    let (text, count) = text.rsplit_once(" ×").and_then(|(text, n)| Some((text, n.parse().ok()?))).unwrap_or((text, 1));
    let digits = text.strip_prefix('#').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    match text[..].get(1..1 + digits).and_then(|digits| digits.parse().ok()).filter(|_| digits > 0) {
        Some(number) => Holder { object: Some(number), place: text[1 + digits..].trim_start().into(), count },
        None => Holder { object: None, place: text.into(), count },
    }
}
