//! Memory over time: the bytes of all live objects at each event, exactly, with a bracket for each call and a mark for each collection.
//!
//! Bytes are those beyond the start, so the same program gives the same figures in every session.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::svg::{escape, n, open, text};

/// A record of memory.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Timeline {
    /// Whose memory it is.
    pub measure: Measure,
    /// The events, in order.
    pub moments: Vec<Moment>,
}

/// Whose memory a record tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Measure {
    /// That of all objects, beyond those at the start.
    #[default]
    Objects,
    /// That of the process, seen from outside: of what is unreachable nothing is known.
    Process,
}

impl Measure {
    fn head(self) -> &'static str {
        match self {
            Measure::Objects => "memory over time: bytes beyond the start",
            Measure::Process => "memory over time: bytes of the process",
        }
    }
}

/// An event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moment {
    /// Microseconds since the start.
    pub at: u64,
    /// The bytes.
    pub live: i64,
    /// The bytes among them that nothing reaches.
    pub unreachable: i64,
    /// What happened.
    pub event: Event,
}

/// What can happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// The beginning.
    Start,
    /// A function was called.
    Call(String),
    /// It has returned.
    Return(String),
    /// The collector ran.
    Collection {
        /// The oldest generation it looked at.
        generation: usize,
        /// How many objects it found.
        objects: usize,
        /// What they took.
        bytes: i64,
    },
    /// Nothing: a look.
    Look,
    /// The end.
    End,
}

const BAR: i64 = 24;

impl Event {
    /// In words, as the text of a picture has it.
    pub fn words(&self) -> String {
        match self {
            Event::Start => "start".into(),
            Event::Call(name) => format!("call {name}"),
            Event::Return(name) => format!("return {name}"),
            Event::Collection { generation, objects, bytes } => {
                format!("collection of generation {generation}: {objects} objects, {} bytes", grouped(*bytes))
            }
            Event::Look => "look".into(),
            Event::End => "end".into(),
        }
    }

    /// Reads the words again.
    pub fn read(words: &str) -> Option<Event> {
        let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
        Some(match first {
            "start" => Event::Start,
            "call" => Event::Call(rest.into()),
            "return" => Event::Return(rest.into()),
            "look" => Event::Look,
            "end" => Event::End,
            "collection" => {
                let (generation, rest) = rest.strip_prefix("of generation ")?.split_once(": ")?;
                let (objects, bytes) = rest.split_once(" objects, ")?;
                Event::Collection {
                    generation: generation.parse().ok()?,
                    objects: objects.parse().ok()?,
                    bytes: number(bytes.strip_suffix(" bytes")?)?,
                }
            }
            _ => return None,
        })
    }
}

/// A number with its thousands apart.
fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::from(if value < 0 { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn number(text: &str) -> Option<i64> {
    text.trim().replace(',', "").parse().ok()
}

impl Timeline {
    /// The highest figure.
    pub fn peak(&self) -> i64 {
        self.moments.iter().map(|moment| moment.live).max().unwrap_or(0)
    }

    /// As text: an event a line.
    pub fn to_text(&self) -> String {
        let peak = self.peak().max(1);
        let mut text =
            format!("{}\n{:>10} | {:>12} | {:>12} | {:<24} | event\n", self.measure.head(), "seconds", "live", "unreachable", "");
        for moment in &self.moments {
            let bar = |bytes: i64| (bytes.max(0) * BAR + peak / 2) / peak;
            let (live, lost) = (bar(moment.live), bar(moment.unreachable).min(bar(moment.live)));
            let bar = "░".repeat(lost as usize) + &"█".repeat((live - lost) as usize);
            let line = format!(
                "{:>10.6} | {:>12} | {:>12} | {bar:<24} | {}",
                moment.at as f64 / 1e6,
                grouped(moment.live),
                grouped(moment.unreachable),
                moment.event.words()
            );
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// Reads it again.
    pub fn read(text: &str) -> Option<Timeline> {
        let (head, rest) = text.split_once('\n')?;
        let measure = [Measure::Objects, Measure::Process].into_iter().find(|measure| measure.head() == head)?;
        let moment = |line: &str| {
            let mut parts = line.splitn(5, " | ");
            let (at, live, unreachable, _, event) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
            let at = (at.trim().parse::<f64>().ok()? * 1e6).round() as u64;
            Some(Moment { at, live: number(live)?, unreachable: number(unreachable)?, event: Event::read(event)? })
        };
        Some(Timeline { measure, moments: rest.lines().skip(1).map(moment).collect::<Option<Vec<_>>>()? })
    }

    /// As data.
    pub fn to_json(&self) -> Value {
        let moments = self.moments.iter().map(|moment| {
            json!({ "seconds": moment.at as f64 / 1e6, "live": moment.live, "unreachable": moment.unreachable, "event": moment.event.words() })
        });
        json!({ "version": crate::VERSION, "peak": self.peak(), "moments": moments.collect::<Vec<_>>() })
    }

    /// What it shows, in sentences.
    pub(crate) fn description(&self) -> String {
        let events = self.moments.iter().filter(|moment| moment.event != Event::Look);
        let told = events.map(|moment| {
            format!("{}: {} bytes live, {} unreachable.", moment.event.words(), grouped(moment.live), grouped(moment.unreachable))
        });
        told.take(40).collect::<Vec<_>>().join(" ")
    }

    /// The calls: name, the moments of beginning and end, and how deep.
    pub fn calls(&self) -> Vec<(&str, usize, usize, usize)> {
        let (mut stack, mut calls): (Vec<(&str, usize)>, Vec<_>) = (Vec::new(), Vec::new());
        for (i, moment) in self.moments.iter().enumerate() {
            match &moment.event {
                Event::Call(name) => stack.push((name, i)),
                Event::Return(_) => {
                    if let Some((name, start)) = stack.pop() {
                        calls.push((name, start, i, stack.len()));
                    }
                }
                _ => {}
            }
        }
        calls.sort_by_key(|call| call.1);
        calls
    }

    /// Draws it, `width` wide.
    pub(crate) fn draw(&self, prefix: &str, class: &str, width: f32, title: &str) -> String {
        const LEFT: f32 = 64.0;
        const TOP: f32 = 12.0;
        const PLOT: f32 = 190.0;
        let calls = self.calls();
        let deepest = calls.iter().map(|call| call.3 + 1).max().unwrap_or(0);
        let below = TOP + PLOT;
        let brackets = below + 22.0;
        let legend = brackets + 24.0 * deepest as f32 + 16.0;
        let right = width - 14.0;
        let mut svg = open(prefix, class, width, legend + 12.0, title, &self.description());
        // Time, where time passes; otherwise events one after the other.
        let last = self.moments.last().map_or(0, |moment| moment.at);
        let in_time = last >= 10_000;
        let count = self.moments.len().saturating_sub(1).max(1) as f32;
        let x = |i: usize| {
            let share = if in_time { self.moments[i].at as f32 / last as f32 } else { i as f32 / count };
            LEFT + share * (right - LEFT)
        };
        let figures = self.moments.iter().flat_map(|moment| [moment.live, moment.unreachable]);
        let (lowest, highest) = figures.fold((0, 1), |(low, high), bytes| (bytes.min(low), bytes.max(high)));
        let (unit, name) = match highest - lowest {
            span if span >= 2_000_000 => (1e6, "MB"),
            span if span >= 2_000 => (1e3, "kB"),
            _ => (1.0, "bytes"),
        };
        let (lowest, highest) = (lowest as f64 / unit, highest as f64 / unit);
        let step = nice((highest - lowest) / 4.0);
        let low = (lowest / step).floor() * step;
        let lines = ((highest - low) / step).ceil().max(1.0);
        let high = low + step * lines;
        let y = |bytes: i64| below - ((bytes as f64 / unit - low) / (high - low)) as f32 * PLOT;
        for line in 0..=lines as usize {
            let at = low + step * line as f64;
            let level = below - ((at - low) / (high - low)) as f32 * PLOT;
            let _ = write!(svg, "<path class=\"hp-grid\" d=\"M{} {}H{}\"/>", n(LEFT), n(level), n(right));
            let label = if step >= 1.0 { format!("{at:.0}") } else { format!("{at:.1}") };
            let _ = write!(
                svg,
                "<text class=\"hp-small\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{label} {name}</text>",
                n(LEFT - 6.0),
                n(level + 3.5)
            );
        }
        let line = |of: &dyn Fn(&Moment) -> i64| {
            let mut path = String::new();
            for (i, moment) in self.moments.iter().enumerate() {
                match i {
                    0 => _ = write!(path, "M{} {}", n(x(0)), n(y(of(moment)))),
                    i => _ = write!(path, "H{}V{}", n(x(i)), n(y(of(moment)))),
                }
            }
            path
        };
        let live = line(&|moment| moment.live);
        if !self.moments.is_empty() {
            let _ = write!(svg, "<path class=\"hp-area\" d=\"{live}V{}H{}z\"/><path class=\"hp-live\" d=\"{live}\"/>", n(below), n(x(0)));
            if self.measure == Measure::Objects {
                let _ = write!(svg, "<path class=\"hp-garb\" d=\"{}\"/>", line(&|moment| moment.unreachable));
            }
        }
        let _ = write!(svg, "<path class=\"hp-axis\" d=\"M{} {}V{}H{}\"/>", n(LEFT), n(TOP), n(below), n(right));
        if in_time {
            let step = nice(last as f64 / 1e6 / 5.0);
            let mut at = 0.0;
            while at <= last as f64 / 1e6 + 1e-9 {
                let place = LEFT + (at / (last as f64 / 1e6)) as f32 * (right - LEFT);
                let label = if step >= 1.0 {
                    format!("{at:.0} s")
                } else if step >= 0.1 {
                    format!("{at:.1} s")
                } else {
                    format!("{at:.2} s")
                };
                let _ = write!(
                    svg,
                    "<text class=\"hp-small\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
                    n(place),
                    n(below + 14.0)
                );
                at += step;
            }
        } else {
            svg += &text("hp-small", LEFT, below + 14.0, "one event after the other →");
        }
        svg += &self.collections(TOP, below, (LEFT, right), &x);
        for (name, start, end, depth) in calls {
            let (from, to, level) = (x(start), x(end).max(x(start) + 2.0), brackets + 24.0 * depth as f32);
            // Where the name does not fit below, it is told to whoever points there.
            let _ = write!(
                svg,
                "<path class=\"hp-call\" d=\"M{} {}v5H{}v-5\"><title>{}</title></path>",
                n(from),
                n(level),
                n(to),
                escape(name)
            );
            let fits = ((to - from) / 6.1) as usize;
            if fits >= 4 {
                let label = crate::layout::shorten(name, fits);
                let _ = write!(
                    svg,
                    "<text class=\"hp-small\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                    n((from + to) / 2.0),
                    n(level + 15.0),
                    escape(&label)
                );
            }
        }
        let mut at = LEFT;
        let mut entry = |class: &str, words: &str| {
            if at + 34.0 + 6.1 * words.len() as f32 <= right + 8.0 {
                let _ = write!(svg, "<path class=\"{class}\" d=\"M{} {}h18\"/>", n(at), n(legend));
                svg += &text("hp-small", at + 23.0, legend + 3.5, words);
            }
            at += 34.0 + 6.1 * words.chars().count() as f32;
        };
        match self.measure {
            Measure::Objects => {
                entry("hp-live", "live");
                entry("hp-garb", "unreachable");
            }
            Measure::Process => entry("hp-live", "process"),
        }
        entry("hp-call", "call");
        if self.measure == Measure::Objects {
            entry("hp-gc", "collection");
        }
        svg + "</svg>"
    }

    /// The collections: a line each, and what it freed where there is room to say so, of the largest first.
    fn collections(&self, top: f32, below: f32, (left, right): (f32, f32), x: &dyn Fn(usize) -> f32) -> String {
        let mut svg = String::new();
        let mut labels = Vec::new();
        for (i, moment) in self.moments.iter().enumerate() {
            let Event::Collection { objects, bytes, .. } = &moment.event else { continue };
            let place = x(i);
            let _ = write!(
                svg,
                "<path class=\"hp-gc\" d=\"M{} {}V{}\"/><path class=\"hp-gcmark\" d=\"M{} {}l-5 -9h10z\"/>",
                n(place),
                n(top),
                n(below),
                n(place),
                n(top + 9.0)
            );
            let label = format!("−{objects} objects, {}", amount(*bytes));
            let width = 6.1 * label.chars().count() as f32;
            let from = if place > (left + right) / 2.0 { place - 7.0 - width } else { place + 7.0 };
            labels.push((*bytes, from, width, label));
        }
        labels.sort_by_key(|label| -label.0);
        let mut taken: Vec<(f32, f32)> = Vec::new();
        for (_, from, width, label) in labels {
            if taken.iter().all(|(start, end)| from + width < *start || *end < from) {
                taken.push((from, from + width));
                svg += &text("hp-small hp-bold hp-halo", from, top + 8.0, &label);
            }
        }
        svg
    }
}

/// Bytes in the unit that fits.
fn amount(bytes: i64) -> String {
    match bytes {
        bytes if bytes >= 1_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        bytes if bytes >= 1_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        bytes => format!("{bytes} bytes"),
    }
}

/// The next of 1, 2, 5 and their tenfolds.
fn nice(step: f64) -> f64 {
    let power = 10f64.powf(step.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|nice| *nice >= step - 1e-12).unwrap_or(power)
}
