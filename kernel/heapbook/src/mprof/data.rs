//! What `mprof` keeps of a run, as text. Its lines are those of memory_profiler 0.61, which reads `MEM` and `FUNC` and skips what it does not know:
//!
//!     CMDLINE the command
//!     MEM     MiB of the process, when
//!     FUNC    function, MiB and when it was called, MiB and when it returned, how many are around it
//!     HEAP    bytes of all objects beyond the start, those of them that are unreachable, when, what happened
//!
//! Times are seconds since 1970. `HEAP` lines are ours; a file without them is drawn from the other two.

use std::fmt::Write as _;
use std::time::Duration;

use picture::{Event, Measure, Moment, Timeline};

const MIB: f64 = (1 << 20) as f64;

/// The lines of a run.
pub(super) fn write(command: &str, start: Duration, looks: &[(Duration, u64)], moments: &[vm::recorder::Moment]) -> String {
    let mut text = format!("CMDLINE {}\n", command.replace('\n', " "));
    let time = |at: Duration| (start + at).as_secs_f64();
    // Looks are told by the machine's clock, moments since the start.
    let first = looks.first().map_or(Duration::ZERO, |look| look.0);
    let mut seen: Vec<(Duration, u64)> = looks.iter().map(|(at, bytes)| (at.saturating_sub(first), *bytes)).collect();
    seen.extend(moments.iter().map(|moment| (moment.at, moment.resident)));
    seen.sort();
    for (at, bytes) in seen {
        let _ = writeln!(text, "MEM {:.6} {:.6}", bytes as f64 / MIB, time(at));
    }
    let timeline = session::timeline(moments);
    for (name, from, to, depth) in timeline.calls() {
        let [(mem, at), (mem_after, after)] = [from, to].map(|i| (moments[i].resident as f64 / MIB, time(moments[i].at)));
        let _ = writeln!(text, "FUNC {} {mem:.6} {at:.6} {mem_after:.6} {after:.6} {depth}", one_word(name));
    }
    for moment in &timeline.moments {
        let at = time(Duration::from_micros(moment.at));
        let _ = writeln!(text, "HEAP {} {} {at:.6} {}", moment.live, moment.unreachable, moment.event.words());
    }
    text
}

/// A name without the spaces that would end it.
fn one_word(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join("_")
}

/// What a file tells.
#[derive(Default)]
pub(super) struct Data {
    /// Of the objects.
    heap: Vec<Moment>,
    /// Of the process.
    process: Vec<Moment>,
}

impl Data {
    /// Reads a file. An error is the line's number, and what is wrong there.
    pub(super) fn read(text: &str) -> Result<Data, (usize, String)> {
        let mut data = Data::default();
        for (number, line) in (1..).zip(text.lines()) {
            let (field, rest) = line.split_once(' ').unwrap_or((line, ""));
            data.add(field, rest).ok_or_else(|| (number, format!("this is no {field} line as `mprof` writes it: {line}")))?;
        }
        Ok(data)
    }

    fn add(&mut self, field: &str, rest: &str) -> Option<()> {
        let mut words = rest.split(' ');
        match field {
            "MEM" => {
                let (live, at) = (bytes(words.next()?)?, micros(words.next()?)?);
                self.process.push(Moment { at, live, unreachable: 0, event: Event::Look });
            }
            "FUNC" => {
                let name = words.next()?;
                let name = name.rsplit('.').next().unwrap_or(name);
                for event in [Event::Call(name.into()), Event::Return(name.into())] {
                    let (live, at) = (bytes(words.next()?)?, micros(words.next()?)?);
                    self.process.push(Moment { at, live, unreachable: 0, event });
                }
            }
            "HEAP" => {
                let mut words = rest.splitn(4, ' ');
                let (live, unreachable) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
                let at = micros(words.next()?)?;
                self.heap.push(Moment { at, live, unreachable, event: Event::read(words.next()?)? });
            }
            // Children, the command, and what later versions may write.
            _ => {}
        }
        Some(())
    }

    /// The time line: of the objects, if the file tells of them, otherwise of the process.
    pub(super) fn timeline(self) -> Option<Timeline> {
        let (measure, mut moments) = match self.heap.is_empty() {
            true => (Measure::Process, self.process),
            false => (Measure::Objects, self.heap),
        };
        moments.sort_by_key(|moment| moment.at);
        let start = moments.first()?.at;
        moments.iter_mut().for_each(|moment| moment.at -= start);
        Some(Timeline { measure, moments })
    }
}

/// Bytes, of MiB.
fn bytes(mib: &str) -> Option<i64> {
    mib.parse::<f64>().ok().filter(|mib| mib.is_finite()).map(|mib| (mib * MIB).round() as i64)
}

/// Microseconds, of seconds.
fn micros(seconds: &str) -> Option<u64> {
    seconds.parse::<f64>().ok().filter(|seconds| seconds.is_finite() && *seconds >= 0.0).map(|seconds| (seconds * 1e6).round() as u64)
}
