//! Trial deletion, as Bacon and Rajan tell it in "Concurrent Cycle Collection in Reference Counted Systems" (2001): the synchronous one.
//!
//! An object can be the last of a lost cycle only if it has lost a reference and lived on. From such suspects on, the references that they
//! and all they lead to hold are taken off the counts (gray). What still has a count is held from elsewhere: it and what it leads to gets
//! its counts back (black). The rest (white) is lost.

use heap::Heap;
use std::collections::HashMap;

use crate::work::Work;
use crate::{Found, work};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Color {
    Gray,
    White,
    Black,
    /// White, and found.
    Found,
}

struct Trial<'h> {
    heap: &'h Heap,
    work: Work,
    /// What is thought of each object that a suspect leads to: its color, and its count after the deletions tried so far.
    notes: HashMap<u64, (Color, u32)>,
}

pub(crate) fn find(heap: &Heap, suspects: &[u64]) -> Found {
    let mut trial = Trial { heap, work: Work::default(), notes: HashMap::new() };
    let alive = |id: &u64| heap.object_at(*id).is_some_and(|obj| work::is_looked_at(&obj));
    let suspects: Vec<u64> = suspects.iter().copied().filter(alive).collect();
    suspects.iter().for_each(|&suspect| trial.mark_gray(suspect));
    suspects.iter().for_each(|&suspect| trial.scan(suspect));
    let mut objects = Vec::new();
    suspects.iter().for_each(|&suspect| trial.collect_white(suspect, &mut objects));
    Found { objects, work: trial.work }
}

impl Trial<'_> {
    fn color(&self, id: u64) -> Option<Color> {
        self.notes.get(&id).map(|note| note.0)
    }

    fn paint(&mut self, id: u64, color: Color) {
        self.notes.entry(id).and_modify(|note| note.0 = color);
    }

    /// The note on an object; at first its color is black and its count the real one.
    fn note(&mut self, id: u64) -> &mut (Color, u32) {
        let (heap, work) = (self.heap, &mut self.work);
        self.notes.entry(id).or_insert_with(|| (Color::Black, work.visit(heap, id)))
    }

    /// Takes off what the object and all it leads to hold.
    fn mark_gray(&mut self, suspect: u64) {
        let mut next = vec![suspect];
        while let Some(id) = next.pop() {
            if self.note(id).0 == Color::Gray {
                continue;
            }
            self.paint(id, Color::Gray);
            for child in self.work.follow(self.heap, id) {
                let count = &mut self.note(child).1;
                *count = count.saturating_sub(1);
                next.push(child);
            }
        }
    }

    /// Whatever still has a count is held from elsewhere.
    fn scan(&mut self, suspect: u64) {
        let mut next = vec![suspect];
        while let Some(id) = next.pop() {
            if self.color(id) != Some(Color::Gray) {
                continue;
            }
            self.work.visited += 1;
            if self.note(id).1 > 0 {
                self.scan_black(id);
            } else {
                self.paint(id, Color::White);
                next.extend(self.work.follow(self.heap, id));
            }
        }
    }

    /// Gives the counts back to all that a held object leads to.
    fn scan_black(&mut self, held: u64) {
        self.paint(held, Color::Black);
        let mut next = vec![held];
        while let Some(id) = next.pop() {
            for child in self.work.follow(self.heap, id) {
                let note = self.note(child);
                note.1 += 1;
                if note.0 != Color::Black {
                    note.0 = Color::Black;
                    self.work.visited += 1;
                    next.push(child);
                }
            }
        }
    }

    /// What is white is lost.
    fn collect_white(&mut self, suspect: u64, found: &mut Vec<u64>) {
        let mut next = vec![suspect];
        while let Some(id) = next.pop() {
            if self.color(id) == Some(Color::White) {
                self.paint(id, Color::Found);
                self.work.visited += 1;
                found.push(id);
                next.extend(self.work.follow(self.heap, id));
            }
        }
    }
}
