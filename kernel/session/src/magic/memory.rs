//! `%memit`, `%%memit`: how much memory a statement or a cell needs at most. `%%mprof`: memory over time.

use std::time::Duration;

use compile::{Mode, Options};
use picture::Picture;
use serde_json::json;
use vm::PyResult;
use vm::recorder::Told;

use super::usage;
use crate::look;
use crate::notebook::Notebook;

/// How often memory is looked at, unless the line says otherwise.
const EVERY: Duration = Duration::from_millis(10);
/// Rows that are shown at most.
const MOST_ROWS: usize = 20;
/// How wide the bars are.
const BAR: usize = 40;

/// What was seen while something ran: seconds since the start, and bytes.
struct Curve(Vec<(f64, u64)>);

impl Curve {
    /// Looks while something runs, whatever comes of that.
    fn of(notebook: &Notebook, every: Duration, run: impl FnOnce() -> PyResult<()>) -> (Curve, PyResult<()>) {
        let vm = notebook.vm();
        vm.start_sampling(every);
        let done = run();
        let points = vm.stop_sampling();
        let start = points.first().map_or(Duration::ZERO, |point| point.0);
        (Curve(points.into_iter().map(|(at, bytes)| (at.saturating_sub(start).as_secs_f64(), bytes)).collect()), done)
    }

    fn first(&self) -> u64 {
        self.0.first().map_or(0, |point| point.1)
    }

    fn last(&self) -> (f64, u64) {
        self.0.last().copied().unwrap_or_default()
    }

    fn peak(&self) -> u64 {
        self.0.iter().map(|point| point.1).max().unwrap_or(0)
    }

    fn least(&self) -> u64 {
        self.0.iter().map(|point| point.1).min().unwrap_or(0)
    }

    /// The curve as bars, one look a row, or the highest of several.
    fn bars(&self) -> Vec<String> {
        let (least, span) = (self.least(), (self.peak() - self.least()).max(1));
        let step = self.0.len().div_ceil(MOST_ROWS).max(1);
        let highest = self.0.chunks(step).filter_map(|chunk| chunk.iter().max_by_key(|point| point.1));
        highest
            .map(|(at, bytes)| {
                let length = ((bytes - least) as f64 / span as f64 * BAR as f64).round() as usize;
                format!("{at:>9.3} s {:>9.1} MiB  {}", mib(*bytes), "█".repeat(length))
            })
            .collect()
    }
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// What a line says of how often to look, and the rest of it.
fn interval<'a>(notebook: &Notebook, line: &'a str) -> PyResult<(Duration, &'a str)> {
    let Some(rest) = line.trim().strip_prefix("-i") else { return Ok((EVERY, line.trim())) };
    let rest = rest.trim_start();
    let (number, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    match number.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(every) => Ok((every, rest.trim())),
        None => Err(usage(notebook, "-i is followed by seconds")),
    }
}

/// `%memit [-i seconds] statement`.
pub(super) fn memit(notebook: &Notebook, line: &str) -> PyResult {
    let (every, statement) = interval(notebook, line)?;
    let vm = notebook.vm();
    let code = vm.compile_text(statement, "<memit>", Mode::Exec, Options::default())?;
    let (curve, done) = Curve::of(notebook, every, || vm.run_code(&code, notebook.names(), notebook.names()).map(drop));
    tell_peak(notebook, &curve);
    done?;
    Ok(vm.none())
}

/// `%%memit [-i seconds]`.
pub(super) fn memit_cell(notebook: &Notebook, line: &str, body: &str) -> PyResult {
    let (every, _) = interval(notebook, line)?;
    let (curve, done) = Curve::of(notebook, every, || notebook.run_body(body));
    tell_peak(notebook, &curve);
    done?;
    Ok(notebook.vm().none())
}

fn tell_peak(notebook: &Notebook, curve: &Curve) {
    let (peak, first) = (curve.peak(), curve.first());
    let head = format!("peak memory: {:.2} MiB, increment: {:.2} MiB", mib(peak), mib(peak) - mib(first));
    let data = json!({ "version": 1, "peak": peak, "increment": peak as i64 - first as i64 });
    notebook.report(&head, &[], "application/vnd.heapbook.memit+json", data);
}

/// `%%mprof [-i seconds]`.
pub(super) fn mprof(notebook: &Notebook, line: &str, body: &str) -> PyResult {
    let (every, _) = interval(notebook, line)?;
    notebook.vm().start_recording(Told::Cells);
    let (curve, done) = Curve::of(notebook, every, || notebook.run_body(body));
    let picture = Picture::Timeline(look::timeline(&notebook.vm().stop_recording()));
    let (time, last) = curve.last();
    let head =
        format!("{:.1} MiB at first, {:.1} MiB at most, {:.1} MiB after {time:.3} s", mib(curve.first()), mib(curve.peak()), mib(last));
    let points: Vec<_> = curve.0.iter().map(|(at, bytes)| json!([at, bytes])).collect();
    let data = json!({ "version": 1, "interval": every.as_secs_f64(), "points": points });
    notebook.report_drawn(&head, &curve.bars(), &picture, "application/vnd.heapbook.mprof+json", data);
    done?;
    Ok(notebook.vm().none())
}
