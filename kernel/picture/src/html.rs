//! The figure of a picture: the drawing in two forms, wide and for a phone, and below it the holders as a table and the whole as text.
//!
//! No line of it is blank, so it stands in Markdown as one block. Nothing in it needs JavaScript.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::layout::Form;
use crate::scene::Scene;
use crate::snapshot::{Holder, Snapshot};
use crate::svg::{draw, escape};
use crate::{Picture, STYLE, scene};

/// A picture as HTML. `style`: whether the style goes along, as in a notebook; a book has it once.
pub fn html(picture: &Picture, prefix: &str, style: bool) -> String {
    let mut html = format!("<figure class=\"hp\" id=\"{prefix}\">");
    let mut rules = String::new();
    if style {
        rules += STYLE;
    }
    let snapshot = snapshot_of(picture);
    if let Some(snapshot) = &snapshot {
        for object in &snapshot.objects {
            let n = object.number;
            let _ = write!(
                rules,
                "#{prefix}:has(:is(.hp-o{n}:hover,#{prefix}-r{n}:is(:hover,:focus-within,:target))) .hp-t{n}{{stroke:var(--hp-hot);stroke-width:3}}\
                 #{prefix}:has(#{prefix}-r{n}:is(:hover,:focus-within,:target)) .hp-o{n}>.hp-face{{stroke:var(--hp-hot);stroke-width:3}}"
            );
        }
    }
    let mut body = body(picture, prefix);
    if !rules.is_empty() {
        // A figure may have no style, and a drawing may; it holds for the page all the same.
        let at = body.find("</desc>").map_or(0, |at| at + "</desc>".len());
        body.insert_str(at, &format!("<style>{}</style>", rules.replace("\n\n", "\n")));
    }
    html += &body;
    html += "<div class=\"hp-list\">";
    if let Some(snapshot) = snapshot.filter(|snapshot| !snapshot.objects.is_empty()) {
        html += &table(&snapshot, prefix);
    }
    let text = crate::text(picture);
    let _ = write!(html, "<details><summary>as text</summary><pre>{}</pre></details></div></figure>", lines(&text));
    html
}

/// A text in HTML, with no line that could be blank.
fn lines(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("&#10;")
}

/// The objects of a picture.
fn snapshot_of(picture: &Picture) -> Option<Cow<'_, Snapshot>> {
    match picture {
        Picture::Heap(snapshot) => Some(Cow::Borrowed(snapshot)),
        Picture::Film(film) => Some(Cow::Borrowed(&film.snapshot)),
        Picture::Diff(diff) => Some(Cow::Owned(diff.union())),
        Picture::Why(why) => Some(Cow::Borrowed(&why.snapshot)),
        Picture::Timeline(_) => None,
    }
}

fn body(picture: &Picture, prefix: &str) -> String {
    match picture {
        Picture::Film(film) => {
            let mut html = String::from("<div class=\"hp-film\">");
            for i in 1..=film.frames.len() {
                let checked = if i == 1 { " checked" } else { "" };
                let _ = write!(html, "<input type=\"radio\" name=\"{prefix}-f\" id=\"{prefix}-f{i}\"{checked}>");
            }
            html += "<div class=\"hp-steps\">";
            for (i, frame) in film.frames.iter().enumerate() {
                let _ = write!(html, "<label for=\"{prefix}-f{}\">{} {}</label>", i + 1, i + 1, escape(&frame.phase));
            }
            html += "</div>";
            for (frame, drawings) in film.frames.iter().zip(drawings(picture, prefix).chunks(2)) {
                let _ = write!(html, "<div class=\"hp-frame\"><p>{}</p>{}</div>", escape(&frame.sentence), drawings.concat());
            }
            html + "</div>"
        }
        Picture::Why(why) => {
            let answer: Vec<String> = why.answer.iter().map(|line| escape(line)).collect();
            format!("<figcaption>{}</figcaption>{}", answer.join("<br>"), drawings(picture, prefix).concat())
        }
        _ => drawings(picture, prefix).concat(),
    }
}

/// The drawings of a picture: of one moment the wide and the narrow form, of a film those of each frame.
pub(crate) fn drawings(picture: &Picture, prefix: &str) -> Vec<String> {
    let (title, text) = (picture.title(), description(picture));
    match picture {
        Picture::Heap(snapshot) => both(&scene::of(snapshot), prefix, &title, &text),
        Picture::Why(why) => both(&scene::of(&why.snapshot), prefix, &title, &text),
        Picture::Diff(diff) => both(&diff.scene(), prefix, &title, &text),
        Picture::Timeline(timeline) => vec![
            timeline.draw(&format!("{prefix}-w"), "hp-wide", 680.0, &title),
            timeline.draw(&format!("{prefix}-n"), "hp-narrow", 340.0, &title),
        ],
        Picture::Film(film) => film
            .frames
            .iter()
            .enumerate()
            .flat_map(|(i, frame)| {
                let title = format!("{} {}", i + 1, frame.phase);
                let says: Vec<String> = frame.states.iter().map(|(number, state)| format!("#{number} {}", state_words(state))).collect();
                let text = format!("{} {}", frame.sentence, says.join("; "));
                both(&film.scene(frame), &format!("{prefix}-s{}", i + 1), &title, &text)
            })
            .collect(),
    }
}

fn state_words(state: &crate::film::State) -> &str {
    match state {
        crate::film::State::Counted(text) | crate::film::State::Reachable(text) | crate::film::State::Unreachable(text) => text,
    }
}

fn both(scene: &Scene, prefix: &str, title: &str, text: &str) -> Vec<String> {
    let form = |form, letter| draw(scene, form, &format!("{prefix}-{letter}"), title, text);
    vec![form(Form::Wide, 'w'), form(Form::Narrow, 'n')]
}

/// What a drawing shows, in sentences: who holds what.
fn description(picture: &Picture) -> String {
    let Some(snapshot) = snapshot_of(picture) else { return String::new() };
    let objects = snapshot.objects.iter().map(|object| {
        let holders: Vec<String> = object.holders.iter().map(Holder::words).collect();
        let lost = if object.unreachable { ", unreachable" } else { "" };
        let counted = object.refcount.map_or("immortal".into(), |count| format!("{count} references"));
        let held = if holders.is_empty() { String::new() } else { format!(": {}", holders.join(", ")) };
        format!("#{} {}{lost}: {counted}{held}.", object.number, object.class)
    });
    objects.collect::<Vec<_>>().join(" ")
}

/// Who holds what, a line an object; each can be reached by keyboard and lights up its arrows.
fn table(snapshot: &Snapshot, prefix: &str) -> String {
    let mut html = String::from("<details><summary>who holds what</summary><table><tbody>");
    for object in &snapshot.objects {
        let n = object.number;
        let holders: Vec<String> = object.holders.iter().map(|holder| escape(&holder.words())).collect();
        let sum = match object.refcount {
            None => "immortal".to_owned(),
            Some(count) => format!("rc {count} = {}", if holders.is_empty() { "nobody".into() } else { holders.join(" + ") }),
        };
        let state = format!("{}{}", object.place.words(), if object.unreachable { ", unreachable" } else { "" });
        let _ = write!(
            html,
            "<tr id=\"{prefix}-r{n}\"><th scope=\"row\"><a href=\"#{prefix}-r{n}\">#{n} {}</a></th><td>{sum}</td><td>{state}</td></tr>",
            escape(&object.class)
        );
    }
    html + "</tbody></table></details>"
}
