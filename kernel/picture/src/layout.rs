//! Gives everything in a scene its place: roots on the left, objects in layers by their distance from a root, what nothing reaches in a
//! box below.
//!
//! Invariant: cards stand in columns and arrows run between the columns, in gutters, and below the rows of cards, in corridors. So no card
//! lies over another, and no arrow runs through a card, whatever the graph is.

use std::collections::HashMap;

use crate::scene::{Edge, From, Scene};

/// How wide a character is.
pub(crate) const CHAR: f32 = 7.25;
pub(crate) const SMALL: f32 = 6.1;
pub(crate) const STRIPE: f32 = 17.0;
pub(crate) const HEAD: f32 = 25.0;
pub(crate) const ROW: f32 = 18.0;
pub(crate) const FOOT: f32 = 14.0;
const PAD: f32 = 7.0;
const GAP: f32 = 16.0;
const MARGIN: f32 = 8.0;
const LANE: f32 = 9.0;
const GUTTER: f32 = 42.0;
/// The title of the box of the unreachable.
const TITLE: f32 = 26.0;
/// A picture is no wider than this, if more can stand in the last column.
const WIDEST: f32 = 800.0;

/// A rectangle.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) w: f32,
    pub(crate) h: f32,
}

impl Area {
    pub(crate) fn right(self) -> f32 {
        self.x + self.w
    }

    pub(crate) fn bottom(self) -> f32 {
        self.y + self.h
    }
}

/// The way of an arrow.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Way {
    /// From the right of one column to the left of the next.
    Curve { from: (f32, f32), to: (f32, f32) },
    /// Along these points, at right angles.
    Lane(Vec<(f32, f32)>),
}

/// Where everything is.
pub(crate) struct Layout {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) blocks: Vec<Area>,
    pub(crate) cards: Vec<Area>,
    /// The wrapped holders of each card.
    pub(crate) feet: Vec<Vec<String>>,
    /// By edge.
    pub(crate) ways: Vec<Way>,
    /// The box of the unreachable.
    pub(crate) box_: Option<Area>,
}

/// How the picture is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// In layers from left to right.
    Wide,
    /// One below the other, for a phone.
    Narrow,
}

/// The y of a row's arrow in its card or block.
pub(crate) fn row_y(scene: &Scene, layout: &Layout, from: From) -> f32 {
    match from {
        From::Block(i, j) => layout.blocks[i].y + HEAD + ROW * j as f32 + ROW / 2.0,
        From::Card(i, j) => layout.cards[i].y + row_offset(scene, i, j),
    }
}

fn row_offset(scene: &Scene, card: usize, row: usize) -> f32 {
    HEAD + state_height(scene, card) + ROW * row as f32 + ROW / 2.0
}

pub(crate) fn state_height(scene: &Scene, card: usize) -> f32 {
    if scene.cards[card].state.is_some() { ROW } else { 0.0 }
}

/// Lays a scene out.
pub(crate) fn layout(scene: &Scene, form: Form) -> Layout {
    let mut deepest = match form {
        Form::Narrow => 0,
        Form::Wide => usize::MAX,
    };
    loop {
        // Each holder on a line of its own, if there is room for that.
        let (roomy, _) = Laying::new(scene, form, deepest, true).lay();
        if form == Form::Narrow || roomy.width <= WIDEST {
            return roomy;
        }
        let (dense, columns) = Laying::new(scene, form, deepest, false).lay();
        if dense.width <= WIDEST || columns <= 2 {
            return dense;
        }
        // The last columns become one.
        deepest = deepest.min(columns - 1) - 1;
    }
}

/// A place in a gutter or corridor that arrows to one target share.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct LaneKey {
    region: usize,
    gutter: usize,
    target: usize,
}

struct Laying<'a> {
    scene: &'a Scene,
    form: Form,
    /// Whether cards are as wide as their holders want.
    roomy: bool,
    /// Of each card: 0 alive, 1 unreachable.
    region: Vec<usize>,
    column: Vec<usize>,
    /// The cards of each region and column, from top to bottom.
    stacks: [Vec<Vec<usize>>; 2],
    feet: Vec<Vec<String>>,
}

impl<'a> Laying<'a> {
    fn new(scene: &'a Scene, form: Form, deepest: usize, roomy: bool) -> Laying<'a> {
        let region: Vec<usize> = scene.cards.iter().map(|card| usize::from(card.unreachable)).collect();
        let (column, order) = layers(scene, &region, deepest);
        let mut stacks: [Vec<Vec<usize>>; 2] = [Vec::new(), Vec::new()];
        for card in order {
            let stack = &mut stacks[region[card]];
            if stack.len() <= column[card] {
                stack.resize(column[card] + 1, Vec::new());
            }
            stack[column[card]].push(card);
        }
        if stacks[0].is_empty() && !scene.blocks.is_empty() {
            stacks[0].push(Vec::new());
        }
        Laying { scene, form, roomy, region, column, stacks, feet: Vec::new() }
    }

    /// The column of an edge's beginning.
    fn begin(&self, from: From) -> (usize, usize) {
        match from {
            From::Block(..) => (0, 0),
            From::Card(card, _) => (self.region[card], self.column[card]),
        }
    }

    fn lay(mut self) -> (Layout, usize) {
        let widths: [Vec<f32>; 2] = std::array::from_fn(|region| self.widths(region));
        self.feet = (0..self.scene.cards.len()).map(|i| self.foot(i, widths[self.region[i]][self.column[i]])).collect();
        let columns = self.stacks.iter().map(Vec::len).max().unwrap_or(0);
        let mut layout = Layout {
            width: 0.0,
            height: 0.0,
            blocks: vec![Area::default(); self.scene.blocks.len()],
            cards: vec![Area::default(); self.scene.cards.len()],
            feet: self.feet.clone(),
            ways: Vec::new(),
            box_: None,
        };
        let alive = self.rows(0, MARGIN, &widths[0], &mut layout);
        // Lanes of the corridor below the living, then below the unreachable.
        let corridors = self.corridors();
        let height = |region: usize| corridors.iter().filter(|(key, _)| key.region == region).map(|(_, lane)| lane + 1).max().unwrap_or(0);
        let corridor = alive + if height(0) > 0 { 6.0 + LANE * height(0) as f32 } else { 0.0 };
        let has_box = !self.stacks[1].is_empty();
        let top = if alive > MARGIN { corridor + GAP } else { MARGIN };
        let garbage = if has_box { self.rows(1, top + TITLE, &widths[1], &mut layout) } else { corridor };
        let end = garbage + if height(1) > 0 { 6.0 + LANE * height(1) as f32 } else { 0.0 };
        let corridor_y = |key: LaneKey, lane: usize| if key.region == 0 { alive } else { garbage } + 6.0 + LANE * lane as f32 + LANE / 2.0;
        let corridors: HashMap<LaneKey, f32> = corridors.into_iter().map(|(key, lane)| (key, corridor_y(key, lane))).collect();
        let lanes = self.lanes(&layout, &corridors);
        // Now that the gutters' widths are known, everything gets its x.
        let mut starts: [Vec<f32>; 2] = [Vec::new(), Vec::new()];
        for region in 0..2 {
            let mut x = MARGIN + if region == 1 { 9.0 } else { 0.0 };
            for (column, width) in widths[region].iter().enumerate() {
                starts[region].push(x);
                let used = lanes.iter().filter(|(key, _)| key.region == region && key.gutter == column).map(|(_, lane)| lane + 1).max();
                let is_last = column + 1 == widths[region].len();
                let lanes = used.map_or(0.0, |used| 16.0 + LANE * used as f32);
                x += width + if is_last { lanes } else { GUTTER.max(lanes + 16.0) };
            }
            layout.width = layout.width.max(x + MARGIN + if region == 1 && has_box { 9.0 } else { 0.0 });
        }
        for (i, area) in layout.cards.iter_mut().enumerate() {
            area.x = starts[self.region[i]][self.column[i]];
        }
        layout.blocks.iter_mut().for_each(|area| area.x = MARGIN);
        layout.height = end + MARGIN + if has_box { 8.0 } else { 0.0 };
        if has_box {
            layout.box_ = Some(Area { x: MARGIN - 3.0, y: top, w: layout.width - 2.0 * MARGIN + 6.0, h: end + 8.0 - top });
        }
        let lane_x = |key: LaneKey| starts[key.region][key.gutter] + widths[key.region][key.gutter] + 14.0 + LANE * lanes[&key] as f32;
        layout.ways = self.scene.edges.iter().map(|edge| self.way(edge, &layout, &lane_x, &corridors)).collect();
        (layout, columns)
    }

    /// How wide each column of a region is.
    fn widths(&self, region: usize) -> Vec<f32> {
        let mut widths: Vec<f32> =
            self.stacks[region].iter().map(|stack| stack.iter().map(|&card| self.width(card)).fold(0.0, f32::max)).collect();
        let blocks = self.scene.blocks.iter().map(|block| {
            let rows =
                block.rows.iter().map(|row| CHAR * (chars(&row.label) + row.value.as_deref().map_or(0.0, |value| chars(value) + 3.0)));
            rows.fold(SMALL * chars(&block.title), f32::max) + 2.0 * PAD + 14.0
        });
        if let Some(first) = widths.first_mut().filter(|_| region == 0) {
            *first = blocks.fold(*first, f32::max);
        }
        let least = if self.form == Form::Narrow { 190.0 } else { 0.0 };
        widths.iter_mut().for_each(|width| *width = width.clamp(least, if self.form == Form::Narrow { 240.0 } else { 222.0 }).round());
        widths
    }

    fn width(&self, card: usize) -> f32 {
        let card = &self.scene.cards[card];
        let number = format!("#{} ", card.number);
        let head = STRIPE + CHAR * (chars(&number) + chars(&card.name)) + SMALL * chars(&card.badge) + 2.0 * PAD + 20.0;
        let rows = card.rows.iter().map(|row| {
            let value = row.value.as_deref().map_or(1.0, |value| chars(value) + 2.0);
            STRIPE + CHAR * (chars(&row.label) + value) + 2.0 * PAD + if row.is_chip { 6.0 } else { 0.0 }
        });
        let state = card.state.as_deref().map_or(0.0, |state| STRIPE + SMALL * chars(state) + 2.0 * PAD + 6.0);
        let holders = card.holders.iter().filter(|_| self.roomy).map(|holder| STRIPE + SMALL * (chars(holder) + 2.0) + 2.0 * PAD + 1.0);
        rows.chain(holders).fold(head.max(state).max(112.0), f32::max)
    }

    /// The sum of a card's holders, in lines that fit it.
    fn foot(&self, card: usize, width: f32) -> Vec<String> {
        let card = &self.scene.cards[card];
        let fits = ((width - STRIPE - 2.0 * PAD) / SMALL) as usize;
        let mut lines: Vec<String> = Vec::new();
        if !card.mark.is_empty() {
            lines.push(card.mark.into());
        }
        for (i, holder) in card.holders.iter().enumerate() {
            let sign = if i == 0 { "= " } else { "+ " };
            // One that is too long goes on in the next line, if it has words.
            let whole = format!("{sign}{holder}");
            let mut parts = vec![String::new()];
            for word in whole.split(' ') {
                let last = parts.len() - 1;
                let length = parts[last].chars().count();
                match length {
                    0 => parts[last] = word.into(),
                    _ if length <= 2 || length + word.chars().count() < fits => parts[last] = format!("{} {word}", parts[last]),
                    _ => parts.push(format!("  {word}")),
                }
            }
            let mut parts = parts.into_iter().map(|part| shorten(&part, fits));
            let first = parts.next().unwrap_or_default();
            match lines.last_mut().filter(|line| i > 0 && line.chars().count() + first.chars().count() < fits) {
                Some(line) => *line = format!("{line} {first}"),
                None => lines.push(first),
            }
            lines.extend(parts);
        }
        lines
    }

    fn height(&self, card: usize) -> f32 {
        let rows = self.scene.cards[card].rows.len() as f32 * ROW;
        let feet = self.feet[card].len() as f32 * FOOT + if self.feet[card].is_empty() { 0.0 } else { 5.0 };
        HEAD + state_height(self.scene, card) + rows + feet + 3.0
    }

    /// Gives the cards of a region their y and their size. Gives where the lowest ends.
    fn rows(&self, region: usize, top: f32, widths: &[f32], layout: &mut Layout) -> f32 {
        let mut lowest = top;
        for (column, stack) in self.stacks[region].iter().enumerate() {
            let mut y = top;
            if region == 0 && column == 0 {
                for (i, block) in self.scene.blocks.iter().enumerate() {
                    layout.blocks[i] = Area { x: 0.0, y, w: widths[0], h: HEAD + ROW * block.rows.len() as f32 + 6.0 };
                    y = layout.blocks[i].bottom() + GAP;
                    lowest = lowest.max(layout.blocks[i].bottom());
                }
            }
            for &card in stack {
                // As high as the arrow that leads here, if there is room.
                let wanted = self.scene.edges.iter().filter(|edge| edge.to == card && !edge.weak).find_map(|edge| {
                    let (from, at) = self.begin(edge.from);
                    (from == region && at + 1 == column).then(|| row_y(self.scene, layout, edge.from) - HEAD / 2.0)
                });
                y = y.max(wanted.unwrap_or(0.0));
                layout.cards[card] = Area { x: 0.0, y, w: widths[column], h: self.height(card) };
                y += layout.cards[card].h + GAP;
                lowest = lowest.max(layout.cards[card].bottom());
            }
        }
        lowest
    }

    /// Whether an arrow runs straight through one gutter.
    fn is_forward(&self, edge: &Edge) -> bool {
        let (region, column) = self.begin(edge.from);
        region == self.region[edge.to] && column + 1 == self.column[edge.to]
    }

    /// The corridor that an arrow takes: none within a column.
    fn corridor(&self, edge: &Edge) -> Option<LaneKey> {
        let (from, to) = (self.begin(edge.from), (self.region[edge.to], self.column[edge.to]));
        let is_apart = !self.is_forward(edge) && from != to;
        is_apart.then_some(LaneKey { region: from.0.min(to.0), gutter: 0, target: edge.to })
    }

    /// The lanes of the corridors, by region and target.
    fn corridors(&self) -> Vec<(LaneKey, usize)> {
        let mut keys: Vec<LaneKey> = self.scene.edges.iter().filter_map(|edge| self.corridor(edge)).collect();
        keys.sort_by_key(|key| (key.region, key.target));
        keys.dedup();
        let mut used = [0; 2];
        let mut lane = |key: LaneKey| {
            used[key.region] += 1;
            (key, used[key.region] - 1)
        };
        keys.into_iter().map(&mut lane).collect()
    }

    /// The lanes of the gutters: arrows to one target share one, and lanes that do not meet may be the same.
    fn lanes(&self, layout: &Layout, corridors: &HashMap<LaneKey, f32>) -> HashMap<LaneKey, usize> {
        let mut spans: HashMap<LaneKey, (f32, f32)> = HashMap::new();
        let mut span = |key: LaneKey, a: f32, b: f32| {
            let span = spans.entry(key).or_insert((f32::MAX, f32::MIN));
            *span = (span.0.min(a).min(b), span.1.max(a).max(b));
        };
        for edge in self.scene.edges.iter().filter(|edge| !self.is_forward(edge)) {
            let (region, gutter) = self.begin(edge.from);
            let (begin, end) = (row_y(self.scene, layout, edge.from), layout.cards[edge.to].y + HEAD / 2.0);
            let out = LaneKey { region, gutter, target: edge.to };
            let into = LaneKey { region: self.region[edge.to], gutter: self.column[edge.to], target: edge.to };
            match self.corridor(edge) {
                None => span(out, begin, end),
                Some(key) => {
                    span(out, begin, corridors[&key]);
                    span(into, corridors[&key], end);
                }
            }
        }
        let mut spans: Vec<(LaneKey, (f32, f32))> = spans.into_iter().collect();
        spans.sort_by(|(a, x), (b, y)| {
            (x.1 - x.0).total_cmp(&(y.1 - y.0)).then((a.region, a.gutter, a.target).cmp(&(b.region, b.gutter, b.target)))
        });
        let mut placed: Vec<(LaneKey, (f32, f32), usize)> = Vec::new();
        for (key, span) in spans {
            let meets = |lane: usize| {
                placed.iter().any(|(other, at, taken)| {
                    (other.region, other.gutter) == (key.region, key.gutter)
                        && *taken == lane
                        && at.0 <= span.1 + 4.0
                        && span.0 <= at.1 + 4.0
                })
            };
            let lane = (0..).find(|&lane| !meets(lane)).unwrap_or(0);
            placed.push((key, span, lane));
        }
        placed.into_iter().map(|(key, _, lane)| (key, lane)).collect()
    }

    fn way(&self, edge: &Edge, layout: &Layout, lane_x: &dyn Fn(LaneKey) -> f32, corridors: &HashMap<LaneKey, f32>) -> Way {
        let y = row_y(self.scene, layout, edge.from);
        let begin = match edge.from {
            From::Block(i, _) => layout.blocks[i].right(),
            From::Card(i, _) => layout.cards[i].right(),
        };
        let target = layout.cards[edge.to];
        let end = target.y + HEAD / 2.0;
        if self.is_forward(edge) {
            return Way::Curve { from: (begin, y), to: (target.x, end) };
        }
        let (region, gutter) = self.begin(edge.from);
        let out = lane_x(LaneKey { region, gutter, target: edge.to });
        Way::Lane(match self.corridor(edge) {
            None => vec![(begin, y), (out, y), (out, end), (target.right(), end)],
            Some(key) => {
                let into = lane_x(LaneKey { region: self.region[edge.to], gutter: self.column[edge.to], target: edge.to });
                let level = corridors[&key];
                vec![(begin, y), (out, y), (out, level), (into, level), (into, end), (target.right(), end)]
            }
        })
    }
}

pub(crate) fn chars(text: &str) -> f32 {
    text.chars().count() as f32
}

/// A text of at most so many characters.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.into() } else { text.chars().take(most.saturating_sub(1)).chain(['…']).collect() }
}

/// The column of each card, and the cards in the order in which they are found.
fn layers(scene: &Scene, region: &[usize], deepest: usize) -> (Vec<usize>, Vec<usize>) {
    let n = scene.cards.len();
    let first = usize::from(!scene.blocks.is_empty()).min(deepest);
    let mut column: Vec<Option<usize>> = vec![None; n];
    let mut order: Vec<usize> = Vec::new();
    let roots = scene.edges.iter().filter(|edge| matches!(edge.from, From::Block(..)) && !edge.weak).map(|edge| edge.to);
    let mut starts: Vec<(usize, usize)> = roots.map(|card| (card, first)).collect();
    starts.extend((0..n).map(|card| (card, if region[card] == 1 { 0 } else { first })));
    // What has been found leads on before the next start is taken, but for the roots, which are all found first.
    let roots = starts.len() - n;
    let mut next = 0;
    for (i, &(card, at)) in starts.iter().enumerate() {
        if column[card].is_none() {
            column[card] = Some(at);
            order.push(card);
        }
        if i + 1 < roots {
            continue;
        }
        while let Some(&card) = order.get(next) {
            next += 1;
            let at = column[card].unwrap_or(first);
            for edge in scene.edges.iter().filter(|edge| matches!(edge.from, From::Card(from, _) if from == card)) {
                if column[edge.to].is_none() && region[edge.to] == region[card] {
                    column[edge.to] = Some((at + 1).min(deepest));
                    order.push(edge.to);
                }
            }
        }
    }
    (column.into_iter().map(|column| column.unwrap_or(first)).collect(), order)
}
