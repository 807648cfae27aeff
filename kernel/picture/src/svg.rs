//! Draws a scene as SVG. The same scene gives the same bytes.
//!
//! Colors are the page's own, through variables that mdBook, JupyterLab and VS Code set (`picture.css`); everything a color says, a letter, a
//! word or a line's style says too. All ids begin with the prefix given, so pictures can stand on one page.

use std::fmt::Write as _;

use crate::layout::{Area, CHAR, FOOT, Form, HEAD, Layout, ROW, SMALL, STRIPE, Way, chars, layout, row_y, shorten, state_height};
use crate::scene::{Card, Change, Edge, Row, Scene};

/// Escapes a text for XML.
pub(crate) fn escape(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control());
    kept.fold(String::new(), |mut text, c| {
        match c {
            '&' => text += "&amp;",
            '<' => text += "&lt;",
            '>' => text += "&gt;",
            '"' => text += "&quot;",
            c => text.push(c),
        }
        text
    })
}

/// A number without needless digits.
pub(crate) fn n(value: f32) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// The opening of a picture with its title and description.
pub(crate) fn open(prefix: &str, class: &str, width: f32, height: f32, title: &str, description: &str) -> String {
    let (width, height) = (n(width.ceil()), n(height.ceil()));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"hp-svg {class}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"{prefix}-t {prefix}-d\"><title id=\"{prefix}-t\">{}</title><desc id=\"{prefix}-d\">{}</desc>",
        escape(title),
        escape(description)
    )
}

/// Draws a scene.
pub(crate) fn draw(scene: &Scene, form: Form, prefix: &str, title: &str, description: &str) -> String {
    let laid = layout(scene, form);
    let class = match form {
        Form::Wide => "hp-wide",
        Form::Narrow => "hp-narrow",
    };
    let notes = scene.notes.len() as f32 * ROW;
    // "… " goes before a note, and there may be nothing but notes.
    let width = scene.notes.iter().map(|note| 16.0 + SMALL * (chars(note) + 2.0)).fold(laid.width, f32::max);
    let mut svg = open(prefix, class, width, laid.height + notes, title, description);
    if let Some(area) = laid.box_ {
        svg += &rect("hp-lost", area, 9.0);
    }
    for (edge, way) in scene.edges.iter().zip(&laid.ways) {
        arrow(&mut svg, scene, edge, way);
    }
    if let Some(area) = laid.box_ {
        svg += &text("hp-small hp-halo", area.x + 10.0, area.y + 17.0, "unreachable, still allocated");
    }
    for (block, area) in scene.blocks.iter().zip(&laid.blocks) {
        svg += &rect("hp-root", *area, 6.0);
        svg += &text("hp-small", area.x + 8.0, area.y + 16.0, &shorten(&block.title, ((area.w - 16.0) / SMALL) as usize));
        for (i, row) in block.rows.iter().enumerate() {
            draw_row(&mut svg, row, *area, 8.0, area.y + HEAD + ROW * i as f32);
        }
    }
    for (i, card) in scene.cards.iter().enumerate() {
        draw_card(&mut svg, scene, i, card, &laid);
    }
    for edge in &scene.edges {
        if edge.count > 1 || edge.change != Change::Same {
            let y = row_y(scene, &laid, edge.from);
            let right = match edge.from {
                crate::scene::From::Block(i, _) => laid.blocks[i].right(),
                crate::scene::From::Card(i, _) => laid.cards[i].right(),
            };
            let sign = match edge.change {
                Change::Same => "",
                Change::Added => "+",
                Change::Removed => "✕",
            };
            let times = if edge.count > 1 { format!("×{}", edge.count) } else { String::new() };
            svg += &text("hp-small hp-bold hp-halo", right + 4.0, y - 4.0, &format!("{sign}{times}"));
        }
    }
    for (i, note) in scene.notes.iter().enumerate() {
        svg += &text("hp-small", 8.0, laid.height + ROW * i as f32 + 10.0, &format!("… {note}"));
    }
    svg + "</svg>"
}

fn rect(class: &str, area: Area, radius: f32) -> String {
    let Area { x, y, w, h } = area;
    format!("<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>", n(x), n(y), n(w), n(h), n(radius))
}

pub(crate) fn text(class: &str, x: f32, y: f32, text: &str) -> String {
    format!("<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", n(x), n(y), escape(text))
}

fn text_end(class: &str, x: f32, y: f32, text: &str) -> String {
    format!("<text class=\"{class}\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", n(x), n(y), escape(text))
}

fn change_class(change: Change) -> &'static str {
    match change {
        Change::Same => "",
        Change::Added => " hp-new",
        Change::Removed => " hp-old",
    }
}

fn draw_card(svg: &mut String, scene: &Scene, i: usize, card: &Card, laid: &Layout) {
    let area = laid.cards[i];
    let mut class = format!("hp-card hp-o{} hp-g{}", card.number, card.stripe);
    for (word, is) in [(" hp-dead", card.unreachable), (" hp-loop", card.in_cycle)] {
        if is {
            class += word;
        }
    }
    class += change_class(card.change);
    if !card.class.is_empty() {
        let _ = write!(class, " {}", card.class);
    }
    let _ = write!(svg, "<g class=\"{class}\">");
    *svg += &rect("hp-face", area, 5.0);
    // The stripe: rounded on the left, straight on the right.
    let _ = write!(
        svg,
        "<path class=\"hp-stripe\" d=\"M{} {}h-{}a4 4 0 0 0-4 4v{}a4 4 0 0 0 4 4h{}z\"/>",
        n(area.x + STRIPE),
        n(area.y + 1.0),
        n(STRIPE - 5.0),
        n(area.h - 10.0),
        n(STRIPE - 5.0)
    );
    let _ = write!(
        svg,
        "<text class=\"hp-small hp-bold\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
        n(area.x + STRIPE / 2.0),
        n(area.y + 17.0),
        card.stripe
    );
    let badge = SMALL * chars(&card.badge) + 10.0;
    let fits = ((area.w - STRIPE - badge - 16.0) / CHAR) as usize;
    let number = format!("#{}", card.number);
    let name = shorten(&card.name, fits.saturating_sub(number.len() + 1));
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\"><tspan class=\"hp-bold\">{number}</tspan> {}</text>",
        n(area.x + STRIPE + 6.0),
        n(area.y + 17.0),
        escape(&name)
    );
    *svg += &rect("hp-badge", Area { x: area.right() - badge - 5.0, y: area.y + 5.0, w: badge, h: 16.0 }, 8.0);
    *svg += &text_end("hp-small hp-bold", area.right() - 10.0, area.y + 17.0, &card.badge);
    let mut y = area.y + HEAD;
    if let Some(state) = card.state.as_ref().filter(|state| !state.is_empty()) {
        *svg += &rect("hp-state", Area { x: area.x + STRIPE + 3.0, y, w: area.w - STRIPE - 6.0, h: 16.0 }, 4.0);
        *svg += &text("hp-small hp-bold", area.x + STRIPE + 7.0, y + 12.0, state);
    }
    y += state_height(scene, i);
    for row in &card.rows {
        draw_row(svg, row, area, STRIPE + 6.0, y);
        y += ROW;
    }
    let feet = &laid.feet[i];
    if !feet.is_empty() {
        let _ = write!(svg, "<path class=\"hp-rule\" d=\"M{} {}H{}\"/>", n(area.x + STRIPE), n(y + 2.0), n(area.right()));
    }
    for (line, foot) in feet.iter().enumerate() {
        *svg += &text("hp-small", area.x + STRIPE + 6.0, y + 14.0 + FOOT * line as f32, foot);
    }
    *svg += "</g>";
}

fn draw_row(svg: &mut String, row: &Row, area: Area, indent: f32, y: f32) {
    let room = ((area.w - indent - 12.0) / CHAR) as usize;
    let label = shorten(&row.label, if row.value.is_some() { room / 2 + 2 } else { room });
    let class = format!("hp-label{}", change_class(row.change));
    *svg += &text(&class, area.x + indent, y + 13.0, &label);
    match &row.value {
        Some(value) => {
            let value = shorten(value, room.saturating_sub(label.chars().count() + 1));
            let x = area.right() - 7.0;
            if row.is_chip {
                let w = SMALL * chars(&value) + 8.0;
                *svg += &rect("hp-chip", Area { x: x - w + 2.0, y: y + 1.5, w, h: 15.0 }, 7.0);
                *svg += &text_end("hp-small", x - 2.0, y + 13.0, &value);
            } else {
                *svg += &text_end("", x, y + 13.0, &value);
            }
        }
        None if !row.label.starts_with('…') => {
            let _ = write!(svg, "<circle class=\"hp-dot\" cx=\"{}\" cy=\"{}\" r=\"2.5\"/>", n(area.right()), n(y + ROW / 2.0));
        }
        None => {}
    }
}

fn arrow(svg: &mut String, scene: &Scene, edge: &Edge, way: &Way) {
    let mut class = format!("hp-arrow hp-t{}", scene.cards[edge.to].number);
    for (word, is) in [(" hp-weak", edge.weak), (" hp-loop", edge.in_cycle)] {
        if is {
            class += word;
        }
    }
    class += change_class(edge.change);
    let (path, (x, y), back) = match way {
        Way::Curve { from, to } => {
            let end = to.0 - 6.0;
            let pull = ((end - from.0) * 0.55).max(12.0);
            let path = format!(
                "M{} {}C{} {} {} {} {} {}",
                n(from.0),
                n(from.1),
                n(from.0 + pull),
                n(from.1),
                n(end - pull),
                n(to.1),
                n(end),
                n(to.1)
            );
            (path, *to, 1.0)
        }
        Way::Lane(points) => {
            let last = points.len() - 1;
            let mut shown = points.clone();
            shown[last].0 += 6.0;
            (rounded(&shown), points[last], -1.0)
        }
    };
    let head = format!("M{} {}l{} -4v8z", n(x), n(y), n(-8.0 * back));
    let _ = write!(svg, "<g class=\"{class}\"><path d=\"{path}\"/><path class=\"hp-head\" d=\"{head}\"/></g>");
}

/// A line along points, its corners rounded.
fn rounded(points: &[(f32, f32)]) -> String {
    let mut path = format!("M{} {}", n(points[0].0), n(points[0].1));
    for i in 1..points.len() - 1 {
        let (before, at, after) = (points[i - 1], points[i], points[i + 1]);
        let length = |a: (f32, f32), b: (f32, f32)| (a.0 - b.0).abs() + (a.1 - b.1).abs();
        let radius = 6.0f32.min(length(before, at) / 2.0).min(length(at, after) / 2.0);
        let toward = |to: (f32, f32)| {
            (
                at.0 + (to.0 - at.0).signum() * radius * f32::from(to.0 != at.0),
                at.1 + (to.1 - at.1).signum() * radius * f32::from(to.1 != at.1),
            )
        };
        let (start, end) = (toward(before), toward(after));
        let _ = write!(path, "L{} {}Q{} {} {} {}", n(start.0), n(start.1), n(at.0), n(at.1), n(end.0), n(end.1));
    }
    let last = points[points.len() - 1];
    let _ = write!(path, "L{} {}", n(last.0), n(last.1));
    path
}
