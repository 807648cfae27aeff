//! What must hold of every picture, held against random heaps.

use heap::{Heap, Obj};

use crate::layout::{Area, Form, Way, layout};
use crate::{Choice, Counts, Picture, PlainWords, Root, Taken, film, html, read, scene, svg, take, text};

/// Random numbers, the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Lists, tuples, instances and weak references that hold each other; some of them by a name, some of them lost.
fn random(seed: u64, look: impl FnOnce(&Heap, &[Root])) {
    let heap = Heap::new();
    let mut dice = Dice(seed);
    let class = heap.list([]);
    let mut all: Vec<Obj> = Vec::new();
    for i in 0..2 + dice.roll(14) {
        all.push(match dice.roll(5) {
            0 if !all.is_empty() => heap.tuple([all[dice.roll(all.len())].clone(), heap.int(i as i64)]),
            1 => heap.instance(&class, 3),
            2 if !all.is_empty() => {
                let target = all[dice.roll(all.len())].clone();
                if target.as_list().is_none() && target.as_tuple().is_none() && target.extra().is_some() {
                    heap.weak(&target)
                } else {
                    heap.list([])
                }
            }
            _ => heap.list([heap.str("text")]),
        });
    }
    for _ in 0..dice.roll(30) {
        let (from, to) = (dice.roll(all.len()), all[dice.roll(all.len())].clone());
        if all[from].as_list().is_some() {
            all[from].append(&to);
        } else if all[from].extra().is_some_and(|extra| extra.is_inline()) {
            all[from].set_attribute(dice.roll(3), &to);
        }
    }
    let mut roots = vec![Root { group: "Rust".into(), name: "class".into(), id: class.id(), counts: Counts::Itself }];
    let mut held = Vec::new();
    for (i, obj) in all.drain(..).enumerate() {
        if dice.roll(3) > 0 {
            roots.push(Root { group: "Rust".into(), name: format!("name{i}"), id: obj.id(), counts: Counts::Itself });
            held.push(obj);
        }
    }
    look(&heap, &roots);
    drop(held);
    drop(class);
    heap.collect_all();
}

fn taken(heap: &Heap, roots: &[Root]) -> Taken {
    take(heap, roots, &PlainWords, Choice { asked: true, unreachable: true })
}

/// The pictures of a random heap.
fn pictures(seed: u64) -> Vec<Picture> {
    let mut pictures = Vec::new();
    random(seed, |heap, roots| {
        let whole = taken(heap, roots);
        pictures.push(Picture::Film(film(&whole, 2)));
        let some = taken(heap, &roots[..roots.len().div_ceil(2)]);
        pictures.push(Picture::Diff(crate::diff(&some, &whole, &Default::default())));
        if let Some(root) = roots.last() {
            pictures.push(Picture::Why(crate::why(heap, roots, &PlainWords, root.id, &root.name, &|_| true)));
        }
        pictures.push(Picture::Heap(whole.snapshot));
    });
    pictures
}

const SEEDS: std::ops::Range<u64> = 0..150;

#[test]
fn a_badge_is_the_sum_of_its_holders() {
    for seed in SEEDS {
        random(seed, |heap, roots| {
            for object in &taken(heap, roots).snapshot.objects {
                assert_eq!(object.refcount, Some(object.held()), "seed {seed}, #{}", object.number);
                assert!(
                    object.holders.iter().all(|holder| holder.place != "the machine"),
                    "seed {seed}, #{}: {:?}",
                    object.number,
                    object.holders
                );
            }
        });
    }
}

#[test]
fn a_text_says_all_that_is_drawn() {
    for seed in SEEDS {
        for picture in pictures(seed) {
            let written = text(&picture);
            assert_eq!(read(&written).as_ref(), Some(&picture), "seed {seed}\n{written}");
        }
    }
}

fn meets(a: Area, b: Area) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// The straight pieces of a way; of a curve the rectangle that it stays in.
fn pieces(way: &Way) -> Vec<Area> {
    let span = |a: (f32, f32), b: (f32, f32)| Area { x: a.0.min(b.0), y: a.1.min(b.1), w: (a.0 - b.0).abs(), h: (a.1 - b.1).abs() };
    match way {
        Way::Curve { from, to } => vec![span(*from, *to)],
        Way::Lane(points) => points.windows(2).map(|ends| span(ends[0], ends[1])).collect(),
    }
}

#[test]
fn no_card_lies_over_another_and_no_arrow_runs_through_one() {
    for seed in SEEDS {
        for picture in pictures(seed) {
            let scene = match &picture {
                Picture::Heap(snapshot) => scene::of(snapshot),
                Picture::Film(film) => film.scene(&film.frames[2]),
                Picture::Diff(diff) => diff.scene(),
                Picture::Why(why) => scene::of(&why.snapshot),
                Picture::Timeline(_) => continue,
            };
            for form in [Form::Wide, Form::Narrow] {
                let laid = layout(&scene, form);
                let boxes: Vec<Area> = laid.blocks.iter().chain(&laid.cards).copied().collect();
                for (i, one) in boxes.iter().enumerate() {
                    assert!(
                        one.x >= 0.0 && one.y >= 0.0 && one.right() <= laid.width && one.bottom() <= laid.height,
                        "seed {seed} {form:?}"
                    );
                    assert!(boxes[i + 1..].iter().all(|other| !meets(*one, *other)), "seed {seed} {form:?}: a card over another");
                }
                for way in &laid.ways {
                    for piece in pieces(way) {
                        assert!(
                            piece.right() <= laid.width && piece.bottom() <= laid.height,
                            "seed {seed} {form:?}: an arrow leaves the picture"
                        );
                        // An arrow touches the cards it begins and ends at.
                        let inner = |area: &Area| Area { x: area.x + 0.1, y: area.y + 0.1, w: area.w - 0.2, h: area.h - 0.2 };
                        assert!(!boxes.iter().any(|area| meets(inner(area), piece)), "seed {seed} {form:?}: an arrow through a card");
                    }
                }
            }
        }
    }
}

#[test]
fn a_cycle_that_is_cut_is_outlined_no_more() {
    let said = |gone: &str, new: &str| format!("before and after\n  module __main__\n    a → #1\n{gone}{new}");
    let before = "- #1 list · rc 2 = a + #1[0] · gen 0\n-   [0] → #1\n- cycle #1\n";
    let after = "+ #1 list · rc 1 = a · gen 0\n";
    let outlined = |text: &str| {
        let Some(Picture::Diff(diff)) = read(text) else { panic!("{text}") };
        let scene = diff.scene();
        (scene.cards[0].in_cycle, scene.edges.iter().any(|edge| edge.in_cycle))
    };
    assert_eq!(outlined(&said(before, after)), (false, false));
    let swapped = |text: &str| text.lines().map(|line| line.replacen(['-', '+'], "~", 1)).collect::<Vec<_>>().join("\n") + "\n";
    let (made, unmade) = (swapped(before).replace('~', "+"), swapped(after).replace('~', "-"));
    assert_eq!(outlined(&said(&unmade, &made)), (true, true));
}

#[test]
fn a_drawing_is_sound_small_and_the_same_each_time() {
    for seed in SEEDS {
        for picture in pictures(seed) {
            let drawn = svg(&picture, "p");
            assert_eq!(drawn, svg(&picture, "p"));
            assert!(drawn.len() < 40_000, "seed {seed}: {} bytes", drawn.len());
            well_formed(&drawn);
            let whole = html(&picture, "p", false);
            assert!(!whole.contains("\n\n") && !whole.contains("<script"), "seed {seed}");
            assert!(whole.contains("role=\"img\"") && whole.contains("<title") && whole.contains("<desc"));
            let mut ids: Vec<&str> = whole.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), count, "seed {seed}: an id is there twice");
            assert!(ids.iter().all(|id| *id == "p" || id.starts_with("p-")));
        }
    }
}

/// Every element is closed in its order, and every `<` and `&` begins something.
fn well_formed(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml;
    while let Some(at) = rest.find(['<', '&']) {
        rest = &rest[at..];
        if rest.starts_with('&') {
            assert!(["&amp;", "&lt;", "&gt;", "&quot;"].iter().any(|entity| rest.starts_with(entity)), "{}", &rest[..20.min(rest.len())]);
            rest = &rest[1..];
            continue;
        }
        let end = rest.find('>').expect("an element ends");
        let tag = &rest[1..end];
        assert!(tag.matches('"').count().is_multiple_of(2), "{tag}");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or("");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        rest = &rest[end + 1..];
        if name == "style" && !tag.starts_with('/') {
            rest = &rest[rest.find("</style>").expect("a style ends")..];
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

/// A color of the style, as it comes out in a theme: `fg` and `bg` are the theme's.
fn mixed(share: f64, color: [f64; 3], bg: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|i| color[i] * share + bg[i] * (1.0 - share))
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let luminance = |color: [f64; 3]| {
        let linear =
            color.map(|part| part / 255.0).map(|part| if part <= 0.03928 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn hex(text: &str) -> [f64; 3] {
    let part = |i: usize| f64::from(u8::from_str_radix(&text[1 + 2 * i..3 + 2 * i], 16).expect("a color"));
    [part(0), part(1), part(2)]
}

/// `--name: value` of the style.
fn variable(name: &str) -> &'static str {
    let (_, rest) = crate::STYLE.split_once(&format!("--hp-{name}: ")).expect("the style has it");
    rest.split(';').next().unwrap_or("")
}

/// Ground and text of mdBook's themes, of JupyterLab's two, and of a page without any.
const THEMES: [(&str, &str, &str); 8] = [
    ("light", "#ffffff", "#000000"),
    ("rust", "#e1e1db", "#262625"),
    ("coal", "#131516", "#98a3ad"),
    ("navy", "#161923", "#bcbdd0"),
    ("ayu", "#0f1419", "#c5c5c5"),
    ("JupyterLab light", "#ffffff", "#212121"),
    ("JupyterLab dark", "#111111", "#ffffff"),
    ("none", "#ffffff", "#1b1f24"),
];

#[test]
fn text_can_be_read_in_every_theme() {
    for (theme, bg, fg) in THEMES {
        let (bg, fg) = (hex(bg), hex(fg));
        let soft = mixed(0.88, fg, bg);
        assert!(variable("soft").contains("88%"));
        // The grounds that text stands on, with the share of their color: a rule of the style each.
        let grounds = [("0", 0.25), ("1", 0.25), ("2", 0.25), ("F", 0.25), ("U", 0.25), ("good", 0.25), ("bad", 0.24)];
        for (name, share) in grounds {
            assert!(crate::STYLE.contains(&format!("{}%", (share * 100.0) as u32)));
            let ground = mixed(share, hex(variable(name)), bg);
            assert!(contrast(fg, ground) >= 4.5, "{theme}, --hp-{name}: {:.2}", contrast(fg, ground));
        }
        for share in [0.0, 0.05, 0.06, 0.09, 0.10] {
            let ground = mixed(share, fg, bg);
            assert!(contrast(soft, ground) >= 4.5, "{theme}, {share}: {:.2}", contrast(soft, ground));
        }
    }
}
