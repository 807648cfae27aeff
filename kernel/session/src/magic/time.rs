//! `%time`, `%%time`, `%timeit`, `%%timeit`.

use std::time::Duration;

use compile::{Mode, Options};
use heap::{Float, Obj};
use vm::PyResult;

use super::usage;
use crate::notebook::Notebook;

/// `%time statement`: runs it, tells how long that took, and gives an expression's value.
pub(super) fn line(notebook: &Notebook, line: &str) -> PyResult {
    let vm = notebook.vm();
    let before = Moment::now(notebook);
    let value = match vm.compile_text(line, "<timed exec>", Mode::Eval, Options::default()) {
        Ok(code) => vm.run_code(&code, notebook.names(), notebook.names())?,
        Err(_) => {
            let code = vm.compile_text(line, "<timed exec>", Mode::Exec, Options::default())?;
            vm.run_code(&code, notebook.names(), notebook.names())?;
            vm.none()
        }
    };
    before.tell(notebook)?;
    Ok(value)
}

/// `%%time`.
pub(super) fn cell(notebook: &Notebook, body: &str) -> PyResult {
    let before = Moment::now(notebook);
    notebook.run_body(body)?;
    before.tell(notebook)?;
    Ok(notebook.vm().none())
}

struct Moment {
    wall: Duration,
    cpu: Duration,
}

impl Moment {
    fn now(notebook: &Notebook) -> Moment {
        let host = &notebook.vm().host;
        Moment { wall: host.monotonic(), cpu: host.cpu_time() }
    }

    fn tell(self, notebook: &Notebook) -> PyResult<()> {
        let now = Moment::now(notebook);
        let cpu = now.cpu.saturating_sub(self.cpu).as_secs_f64();
        let wall = now.wall.saturating_sub(self.wall).as_secs_f64();
        notebook.print(&format!("CPU times: total: {}\nWall time: {}\n", span(cpu), span(wall)))
    }
}

/// A time with a unit that fits it, in three digits.
fn span(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s >= 60.0 => return format!("{}min {:.0}s", (s / 60.0) as u64, s % 60.0),
        s if s >= 1.0 => (s, "s"),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s if s >= 1e-6 => (s * 1e6, "μs"),
        s => (s * 1e9, "ns"),
    };
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} {unit}")
}

/// `%timeit [-n N] [-r R] [-q] [-o] statement`; of a cell, the line is the set-up.
pub(super) fn timeit(notebook: &Notebook, line: &str, body: &str) -> PyResult {
    let (mut number, mut repeat, mut quiet, mut wants) = (0u64, 7u64, false, false);
    let mut rest = line;
    while let Some(option) = rest.strip_prefix('-') {
        let mut take = || -> PyResult<u64> {
            let text = option[1..].trim_start();
            let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            let n = text[..end].parse().map_err(|_| usage(notebook, "%timeit: a number is missing behind its option"))?;
            rest = text[end..].trim_start();
            Ok(n)
        };
        match option.chars().next() {
            Some('n') => number = take()?,
            Some('r') => repeat = take()?.max(1),
            Some(flag @ ('q' | 'o')) => {
                (quiet, wants) = (quiet || flag == 'q', wants || flag == 'o');
                rest = option[1..].trim_start();
            }
            _ => return Err(usage(notebook, "%timeit knows the options -n N, -r R, -q and -o")),
        }
    }
    let (statement, setup) = if body.is_empty() { (rest, "pass") } else { (body, if rest.is_empty() { "pass" } else { rest }) };
    if statement.trim().is_empty() {
        return Ok(notebook.vm().none());
    }
    let vm = notebook.vm();
    let class = vm.getattr_str(&vm.import_module("timeit")?, "Timer")?;
    let given = [("stmt", vm.str(statement.trim_end())), ("setup", vm.str(setup)), ("globals", notebook.names().clone())];
    let timer = vm.call_kw(&class, &[], &given)?;
    let run = |number: u64| -> PyResult<f64> {
        let taken: Obj = vm.call_method(&timer, "timeit", &[vm.int(number as i64)])?;
        Ok(taken.get::<Float>().map_or(0.0, |taken| taken.0))
    };
    if number == 0 {
        number = 1;
        // As many loops as take a fifth of a second, in powers of ten.
        while run(number)? < 0.2 && number < 1_000_000_000 {
            number *= 10;
        }
    }
    let mut times = Vec::new();
    for _ in 0..repeat {
        times.push(run(number)? / number as f64);
    }
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    let deviation = (times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / times.len() as f64).sqrt();
    if !quiet {
        let (runs, loops) = (if repeat == 1 { "run" } else { "runs" }, if number == 1 { "loop" } else { "loops" });
        let text = format!(
            "{} ± {} per loop (mean ± std. dev. of {repeat} {runs}, {} {loops} each)\n",
            span(mean),
            span(deviation),
            thousands(number)
        );
        notebook.print(&text)?;
    }
    Ok(if wants { vm.list(times.iter().map(|time| vm.float(*time)).collect()) } else { vm.none() })
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let commas = |i: usize, c: char| if i > 0 && (digits.len() - i).is_multiple_of(3) { vec![',', c] } else { vec![c] };
    digits.chars().enumerate().flat_map(|(i, c)| commas(i, c)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_and_numbers_are_readable() {
        let of = [0.0000000312, 0.00012, 0.5, 1.5, 75.0].map(super::span);
        assert_eq!(of, ["31.2 ns", "120 μs", "500 ms", "1.5 s", "1min 15s"]);
        assert_eq!((super::thousands(100), super::thousands(1_000_000)), ("100".into(), "1,000,000".into()));
    }
}
