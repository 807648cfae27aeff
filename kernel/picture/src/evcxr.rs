//! Pictures in a Rust notebook: a heap or an object as the last value of a cell is drawn.
//!
//! The kernel evcxr shows a value by its `evcxr_display`, if it has one: that prints each form of it between two lines that it knows.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{Write as _, stdout};

use heap::{Census, Heap, Obj};

use crate::{Choice, Counts, Film, Picture, PlainWords, Root, Snapshot, html, take, text};

/// What a notebook draws. In a cell, `use picture::Shown;`, and a heap, an object, a snapshot or a film at its end.
pub trait Shown {
    /// The picture of it.
    fn picture(&self) -> Picture;

    /// Shows the picture as text and as HTML: what evcxr calls.
    fn evcxr_display(&self) {
        let picture = self.picture();
        let text = text(&picture);
        // The same picture twice in a notebook may share its ids; two others must not.
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let html = html(&picture, &format!("hp-{:x}", hasher.finish()), true);
        let mut out = stdout().lock();
        for (form, content) in [("text/plain", text), ("text/html", html)] {
            // If nobody listens, there is nobody to tell.
            let _ = writeln!(out, "EVCXR_BEGIN_CONTENT {form}\n{}\nEVCXR_END_CONTENT", content.trim_end_matches('\n'));
        }
    }
}

impl Shown for Picture {
    fn picture(&self) -> Picture {
        self.clone()
    }
}

impl Shown for Snapshot {
    fn picture(&self) -> Picture {
        Picture::Heap(self.clone())
    }
}

impl Shown for Film {
    fn picture(&self) -> Picture {
        Picture::Film(self.clone())
    }
}

impl Shown for Obj {
    /// The object, and what it leads to.
    fn picture(&self) -> Picture {
        crate::snapshot(self.heap(), &[("this", self)]).picture()
    }
}

impl Shown for Heap {
    /// Everything on the heap. Its variables have no names here: whatever has more references than the heap's objects hold is held by one.
    fn picture(&self) -> Picture {
        let roots = held_from_outside(&self.census(|_| {}));
        take(self, &roots, &PlainWords, Choice { asked: false, unreachable: true }).snapshot.picture()
    }
}

/// A root for each reference that is no object's.
fn held_from_outside(census: &Census) -> Vec<Root> {
    let mut inside = vec![0; census.objects.len()];
    for edge in census.objects.iter().flat_map(|object| &object.edges) {
        inside[edge.to] += 1;
    }
    let outside = census.objects.iter().zip(inside).filter(|(object, _)| !object.immortal);
    let root = |id| Root { group: "Rust".into(), name: "a variable".into(), id, counts: Counts::Itself };
    outside.flat_map(|(object, inside)| (inside..object.refcount).map(move |_| root(object.id))).collect()
}

#[cfg(test)]
mod tests {
    use super::Shown;

    #[test]
    fn a_heap_shows_who_is_held_and_who_is_lost() {
        let heap = heap::Heap::new();
        let lost = heap.list([]);
        lost.append(&lost);
        drop(lost);
        let kept = heap.list([]);
        let _row = heap.list([kept.clone(), kept.clone()]);
        assert_eq!(
            crate::text(&heap.picture()),
            "\
Rust
  a variable → #2
  a variable → #3
#2 list · rc 3 = #3[0], [1] ×2 + a variable · gen 0
#3 list · rc 1 = a variable · gen 0
  [0], [1] → #2 ×2
unreachable, still allocated
#1 list · rc 1 = #1[0] · gen 0
  [0] → #1
cycle #1
"
        );
        heap.collect_all();
    }
}
