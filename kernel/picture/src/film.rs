//! A collection as a film: six frames, each with one sentence, the working counts beside the refcounts.
//!
//! The frames are worked out on a snapshot by CPython's rules; the heap is not touched, and no finalizer runs.

use std::fmt::Write as _;

use heap::Step;
use serde_json::{Value, json};

use crate::snapshot::Snapshot;
use crate::take::Taken;

/// A collection of a snapshot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Film {
    /// The heap before it.
    pub snapshot: Snapshot,
    /// The frames.
    pub frames: Vec<Frame>,
}

/// A frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// The phase, in a word or two.
    pub phase: String,
    /// What happens.
    pub sentence: String,
    /// What is to be said of each object that is concerned.
    pub states: Vec<(u32, State)>,
}

/// What a frame says of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum State {
    /// A working count, or how it came about.
    Counted(String),
    /// It is held from outside.
    Reachable(String),
    /// It is not.
    Unreachable(String),
}

impl State {
    fn words(&self) -> &str {
        match self {
            State::Counted(text) | State::Reachable(text) | State::Unreachable(text) => text,
        }
    }

    fn sign(&self) -> char {
        match self {
            State::Counted(_) => ':',
            State::Reachable(_) => '✓',
            State::Unreachable(_) => '✗',
        }
    }
}

/// Works out how a collection of a generation would go for the objects of a snapshot.
pub fn film(taken: &Taken, generation: usize) -> Film {
    let census = &taken.census;
    let moments = census.collection(generation, &taken.places);
    let number = |place: usize| taken.places.iter().position(|&other| other == place).map(|i| i as u32 + 1);
    let start: Vec<Option<u32>> = moments.first().map(|moment| moment.refs.clone()).unwrap_or_default();
    let subtracted = moments
        .iter()
        .rfind(|moment| matches!(moment.step, Some(Step::Subtracted(_))))
        .map_or_else(|| start.clone(), |moment| moment.refs.clone());
    let split = moments.iter().rfind(|moment| matches!(moment.name, "update_refs" | "subtract_refs" | "move_unreachable"));
    let lost: Vec<u32> = split.map(|moment| moment.unreachable.iter().filter_map(|&place| number(place)).collect()).unwrap_or_default();
    let looked: Vec<usize> = (0..taken.places.len()).filter(|&i| start[i].is_some()).collect();
    let each = |of: &dyn Fn(usize) -> State| -> Vec<(u32, State)> { looked.iter().map(|&i| (i as u32 + 1, of(i))).collect() };
    let is_lost = |i: usize| lost.contains(&(i as u32 + 1));
    let whole = census.unreachable().len();
    let mut frames = Vec::new();
    let mut frame = |phase: &str, sentence: String, states| frames.push(Frame { phase: phase.into(), sentence, states });

    let lists = match generation {
        0 => "the young generation",
        1 => "the young and the middle generation",
        _ => "all three generations",
    };
    frame(
        "start",
        format!("gc_collect_main: the collector takes the objects of {lists}. What it does not track, it does not look at."),
        each(&|_| State::Counted("in the list".into())),
    );
    frame(
        "copy",
        "update_refs: each object gets a working count, a copy of its refcount.".into(),
        each(&|i| State::Counted(format!("count {}", start[i].unwrap_or(0)))),
    );
    let minus = |i: usize| {
        let (from, to) = (start[i].unwrap_or(0), subtracted[i].unwrap_or(0));
        format!("{from} − {} = {to}", from - to)
    };
    frame(
        "subtract",
        "subtract_refs: each reference that an object of the list holds is taken off. A module's names are held by its dict, and that is in the list too.".into(),
        each(&|i| State::Counted(minus(i))),
    );
    let kept = looked.iter().filter(|&&i| !is_lost(i)).count();
    let sentence = match (kept, lost.len()) {
        (_, 0) => "move_unreachable: what still counts more than 0 is held from outside, and keeps whatever it leads to: here, everything.".to_owned(),
        (0, _) => "move_unreachable: nothing here counts more than 0, and nothing that does leads here.".to_owned(),
        _ => "move_unreachable: what still counts more than 0 is held from outside, and so is whatever that leads to; the rest moves to a list of its own."
            .to_owned(),
    };
    let split = |i: usize| {
        let count = subtracted[i].unwrap_or(0);
        match (is_lost(i), count) {
            (true, _) => State::Unreachable("unreachable".into()),
            (false, 0) => State::Reachable("0, but led to".into()),
            (false, count) => State::Reachable(format!("{count}, from outside")),
        }
    };
    frame("reachable?", sentence, each(&split));
    let mut calls: Vec<(u32, State)> = Vec::new();
    let (mut weak, mut callbacks, mut finalizers) = (0, 0, 0);
    for moment in &moments {
        let (place, words) = match moment.step {
            Some(Step::Cleared(place)) => (place, "weakref cleared"),
            Some(Step::Callback(place)) => (place, "cleared, callback"),
            Some(Step::Finalized(place)) => (place, "finalizer runs"),
            _ => continue,
        };
        weak += usize::from(words.contains("cleared"));
        callbacks += usize::from(words.contains("callback"));
        finalizers += usize::from(words.starts_with("finalizer"));
        if let Some(number) = number(place) {
            calls.push((number, State::Counted(words.into())));
        }
    }
    calls.extend(
        lost.iter()
            .filter(|number| !calls.iter().any(|(other, _)| other == *number))
            .map(|number| (*number, State::Unreachable("unreachable".into())))
            .collect::<Vec<_>>(),
    );
    let plural = |n: usize, word: &str| if n == 1 { format!("one {word}") } else { format!("{n} {word}s") };
    let sentence = match (weak, finalizers) {
        (0, 0) => {
            "handle_weakrefs, finalize_garbage: no weak reference leads to the unreachable and none has a finalizer, so nothing is called."
                .to_owned()
        }
        _ => format!(
            "handle_weakrefs, finalize_garbage: {} cleared, {} called, {} run. After finalizers the collector looks again: what one of them has \
             stored somewhere is kept.",
            plural(weak, "weak reference"),
            plural(callbacks, "callback"),
            plural(finalizers, "finalizer"),
        ),
    };
    frame("call", sentence, calls);
    let order: Vec<u32> =
        moments.iter().filter_map(|moment| if let Some(Step::Deleted(place)) = moment.step { number(place) } else { None }).collect();
    let states = order.iter().enumerate().map(|(i, number)| (*number, State::Unreachable(format!("cleared {}.", i + 1)))).collect();
    let sentence = match whole {
        0 => "delete_garbage: there is nothing to clear, and gc.collect() returns 0.".to_owned(),
        n => format!(
            "delete_garbage: their references are cut in the order of the list, the counts fall to 0, and gc.collect() returns {n}."
        ),
    };
    frame("clear", sentence, states);
    Film { snapshot: taken.snapshot.clone(), frames }
}

const HEAD: &str = "a collection, step by step";

impl Film {
    /// The film as text: the heap, then each frame.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}{HEAD}\n", crate::text::snapshot(&self.snapshot));
        for (i, frame) in self.frames.iter().enumerate() {
            let _ = writeln!(text, "{}. {}: {}", i + 1, frame.phase, frame.sentence);
            for (number, state) in &frame.states {
                let _ = writeln!(text, "   #{number} {} {}", state.sign(), state.words());
            }
        }
        text
    }

    /// Reads a film from its text.
    pub fn read(text: &str) -> Option<Film> {
        let at = text.find(&format!("{HEAD}\n")).filter(|at| *at == 0 || text[..*at].ends_with('\n'))?;
        let snapshot = crate::text::read(&text[..at])?;
        let mut frames: Vec<Frame> = Vec::new();
        for line in text[at..].lines().skip(1) {
            if let Some(state) = line.strip_prefix("   #") {
                let (number, state) = state.split_once(' ')?;
                let (sign, words) = state.split_once(' ')?;
                let words = words.to_owned();
                let state = match sign {
                    "✓" => State::Reachable(words),
                    "✗" => State::Unreachable(words),
                    _ => State::Counted(words),
                };
                frames.last_mut()?.states.push((number.parse().ok()?, state));
            } else {
                let (phase, sentence) = line.split_once(". ")?.1.split_once(": ")?;
                frames.push(Frame { phase: phase.into(), sentence: sentence.into(), states: Vec::new() });
            }
        }
        Some(Film { snapshot, frames })
    }

    /// The film as data.
    pub fn to_json(&self) -> Value {
        let frames = self.frames.iter().map(|frame| {
            let states = frame.states.iter().map(|(number, state)| {
                let kind = match state {
                    State::Counted(_) => "counted",
                    State::Reachable(_) => "reachable",
                    State::Unreachable(_) => "unreachable",
                };
                json!({ "object": number, "state": kind, "says": state.words() })
            });
            json!({ "phase": frame.phase, "sentence": frame.sentence, "objects": states.collect::<Vec<_>>() })
        });
        json!({ "version": crate::VERSION, "heap": self.snapshot.to_json(), "frames": frames.collect::<Vec<_>>() })
    }

    /// The scene of a frame: every frame is laid out alike.
    pub(crate) fn scene(&self, frame: &Frame) -> crate::scene::Scene {
        let mut scene = crate::scene::of(&self.snapshot);
        for card in &mut scene.cards {
            // In every frame the card has room for the words, and is nowhere else.
            card.unreachable = false;
            let state = frame.states.iter().find(|(number, _)| *number == card.number).map(|(_, state)| state);
            card.state = Some(state.map_or_else(String::new, |state| state.words().to_owned()));
            card.class = match state {
                Some(State::Reachable(_)) => "hp-reachable",
                Some(State::Unreachable(_)) => "hp-garbage",
                _ => "",
            };
        }
        if frame.phase == "clear" {
            let cleared: Vec<usize> =
                (0..scene.cards.len()).filter(|&i| frame.states.iter().any(|(number, _)| *number == scene.cards[i].number)).collect();
            for edge in &mut scene.edges {
                if matches!(edge.from, crate::scene::From::Card(i, _) if cleared.contains(&i)) {
                    edge.change = crate::scene::Change::Removed;
                }
            }
        }
        scene
    }
}
