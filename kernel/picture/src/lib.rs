//! Pictures of the heap: what a program's objects look like, who holds them, and what the collector does to them.
//!
//! A [`Picture`] is data first. It has four renderings with the same numbers in all of them: text ([`text()`]), inline SVG ([`svg`]), an HTML
//! figure with a table of holders ([`html`]), and JSON ([`Picture::to_json`]). The text says everything, so a page keeps the text, and
//! [`read`] draws it again without running anything.
//!
//! Story: `take.rs` looks at a heap and makes a `snapshot.rs`; `scene.rs` says what is drawn of it, `layout.rs` where, `svg.rs` how.
//! `words.rs` is how a machine tells what its objects are called. No picture counts what it looks at: a badge is the refcount that the
//! program has without it, and the sum of the holders that are listed with it.

#[cfg(test)]
mod checks;
mod diff;
mod evcxr;
mod film;
mod html;
mod layout;
mod request;
mod scene;
mod snapshot;
mod svg;
mod take;
pub mod text;
mod timeline;
mod why;
mod words;

pub use diff::{Diff, diff};
pub use evcxr::Shown;
pub use film::{Film, Frame, State, film};
pub use html::html;
pub use request::{Request, View};
pub use snapshot::{Finalizer, Group, Holder, Name, Object, Place, Slot, Snapshot, Target, VERSION};
pub use take::{Choice, Counts, Root, Taken, snapshot, take};
pub use timeline::{Event, Measure, Moment, Timeline};
pub use why::{Why, why};
pub use words::{PlainWords, Words, label, plain, shortened};

use serde_json::Value;

/// What pictures look like on a page; a notebook gets it with each picture.
pub const STYLE: &str = include_str!("picture.css");

/// A picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Picture {
    /// The heap at one moment.
    Heap(Snapshot),
    /// A collection, phase by phase.
    Film(Film),
    /// What a statement changed.
    Diff(Diff),
    /// What keeps an object alive.
    Why(Why),
    /// Memory over time.
    Timeline(Timeline),
}

impl Picture {
    /// A picture that has only something to say.
    pub fn note(text: String) -> Picture {
        Picture::Heap(Snapshot { notes: vec![text], ..Snapshot::default() })
    }

    /// What it is called.
    pub fn title(&self) -> String {
        match self {
            Picture::Heap(snapshot) => match snapshot.objects.len() {
                1 => "The heap: one object".into(),
                n => format!("The heap: {n} objects"),
            },
            Picture::Film(film) => format!("A collection in {} steps", film.frames.len()),
            Picture::Diff(_) => "The heap before and after".into(),
            Picture::Why(why) => format!("Why is {} alive?", why.question),
            Picture::Timeline(timeline) => format!("Memory over time, {} events", timeline.moments.len()),
        }
    }

    /// The picture as data, for tools.
    pub fn to_json(&self) -> Value {
        match self {
            Picture::Heap(snapshot) => snapshot.to_json(),
            Picture::Film(film) => film.to_json(),
            Picture::Diff(diff) => diff.to_json(),
            Picture::Why(why) => why.to_json(),
            Picture::Timeline(timeline) => timeline.to_json(),
        }
    }
}

/// A picture as text.
pub fn text(picture: &Picture) -> String {
    match picture {
        Picture::Heap(snapshot) => text::snapshot(snapshot),
        Picture::Film(film) => film.to_text(),
        Picture::Diff(diff) => diff.to_text(),
        Picture::Why(why) => why.to_text(),
        Picture::Timeline(timeline) => timeline.to_text(),
    }
}

/// Reads a picture from its text; nothing, if it is none.
pub fn read(text: &str) -> Option<Picture> {
    let film = || Film::read(text).map(Picture::Film);
    let diff = || Diff::read(text).map(Picture::Diff);
    let why = || Why::read(text).map(Picture::Why);
    let timeline = || Timeline::read(text).map(Picture::Timeline);
    film().or_else(diff).or_else(why).or_else(timeline).or_else(|| text::read(text).map(Picture::Heap))
}

/// A picture as one SVG that stands for itself. All ids in it begin with `prefix`.
pub fn svg(picture: &Picture, prefix: &str) -> String {
    let drawn = html::drawings(picture, prefix).swap_remove(0);
    // Without a page there are no variables: the style goes along, and the class that has them.
    let style = format!("<style>{STYLE}svg.hp {{ padding: 0; container-type: normal; background: var(--hp-bg); }}</style>");
    let at = drawn.find("<title").unwrap_or(0);
    format!("{}{style}{}", drawn[..at].replacen("class=\"hp-svg", "class=\"hp hp-svg", 1), &drawn[at..])
}
