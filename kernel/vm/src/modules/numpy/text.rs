//! How arrays are printed (`numpy/_core/arrayprint.py`): columns of one width, eight digits, long rows with dots in the middle.

use super::array::NdArray;
use super::dtype::{DType, Number};
use super::scalar;

/// Arrays with more items are shown in part.
const THRESHOLD: usize = 1000;
/// So many items are shown on each side of the dots.
const EDGE: usize = 3;
const WIDTH: usize = 75;
const DIGITS: usize = 8;

/// `str(array)`.
pub(super) fn str(array: &NdArray) -> String {
    if array.shape.is_empty() {
        return scalar::text(array.dtype, array.numbers()[0]);
    }
    if array.len() == 0 { "[]".to_owned() } else { rows(array, " ", "", "") }
}

/// `repr(array)`.
pub(super) fn repr(array: &NdArray) -> String {
    const PREFIX: &str = "array(";
    let text = if array.len() == 0 {
        "[]".to_owned()
    } else if array.shape.is_empty() {
        let values = array.numbers();
        Column::of(array.dtype, &values).show(values[0])
    } else {
        rows(array, ", ", PREFIX, ")")
    };
    let implied = matches!(array.dtype, DType::Bool | DType::Int64 | DType::Float64) && array.len() > 0;
    let mut parts = Vec::new();
    if array.len() > THRESHOLD || array.len() == 0 && array.shape != [0] {
        let sizes: Vec<String> = array.shape.iter().map(usize::to_string).collect();
        parts.push(format!("shape=({}{})", sizes.join(", "), if sizes.len() == 1 { "," } else { "" }));
    }
    if !implied {
        parts.push(format!("dtype={}", array.dtype.name()));
    }
    if parts.is_empty() {
        return format!("{PREFIX}{text})");
    }
    let (text, more) = (format!("{PREFIX}{text}"), format!("{})", parts.join(", ")));
    let last = text.rsplit('\n').next().unwrap_or(&text).chars().count();
    let gap = if last + 1 + more.len() + 1 > WIDTH { format!(",\n{}", " ".repeat(PREFIX.len())) } else { ", ".to_owned() };
    format!("{text}{gap}{more}")
}

/// What all items of a column have in common.
struct Column {
    dtype: DType,
    width: usize,
    /// Of floats: digits before and behind the point, and whether they have exponents.
    left: usize,
    right: usize,
    exponent: bool,
}

impl Column {
    fn of(dtype: DType, values: &[Number]) -> Column {
        let mut column = Column { dtype, width: 0, left: 0, right: 0, exponent: false };
        if !dtype.is_float() {
            column.width = values.iter().map(|value| scalar::text(dtype, *value).len()).max().unwrap_or(0);
            return column;
        }
        let finite: Vec<f64> = values.iter().map(|value| value.to_f64()).filter(|value| value.is_finite()).collect();
        let sizes: Vec<f64> = finite.iter().map(|value| value.abs()).filter(|value| *value != 0.0).collect();
        let (least, most) = (sizes.iter().copied().fold(f64::INFINITY, f64::min), sizes.iter().copied().fold(0.0, f64::max));
        column.exponent = !sizes.is_empty() && (most >= 1e8 || least < 1e-4 || most / least > 1000.0);
        for value in &finite {
            let text = if column.exponent { mantissa(*value, dtype, None).0 } else { positional(*value, dtype) };
            let (left, right) = text.split_once('.').unwrap_or((&text, ""));
            column.left = column.left.max(left.len());
            column.right = column.right.max(right.len());
        }
        let special = values.iter().map(|value| value.to_f64()).filter(|value| !value.is_finite()).map(|value| special(value).len()).max();
        column.left = column.left.max(special.unwrap_or(0).saturating_sub(column.right + 1));
        column
    }

    fn show(&self, value: Number) -> String {
        if !self.dtype.is_float() {
            return format!("{:>width$}", scalar::text(self.dtype, value), width = self.width);
        }
        let value = value.to_f64();
        if !value.is_finite() {
            return format!("{:>width$}", special(value), width = self.left + self.right + 1);
        }
        if self.exponent {
            let (text, exponent) = mantissa(value, self.dtype, Some(self.right));
            let sign = if exponent < 0 { '-' } else { '+' };
            return format!("{:>width$}e{sign}{:02}", text, exponent.abs(), width = self.left + 1 + self.right);
        }
        let text = positional(value, self.dtype);
        let (left, right) = text.split_once('.').unwrap_or((&text, ""));
        format!("{left:>before$}.{right:<behind$}", before = self.left, behind = self.right)
    }
}

fn special(value: f64) -> &'static str {
    match value {
        v if v.is_nan() => "nan",
        v if v > 0.0 => "inf",
        _ => "-inf",
    }
}

/// The shortest digits that read back as the same number, at most eight behind the point, without zeros at the end.
fn positional(value: f64, dtype: DType) -> String {
    let short = if dtype == DType::Float32 { format!("{}", value as f32) } else { format!("{value}") };
    let behind = short.split_once('.').map_or(0, |(_, behind)| behind.len());
    let text = if behind > DIGITS { format!("{value:.DIGITS$}").trim_end_matches('0').to_owned() } else { short };
    if text.contains('.') { text } else { format!("{text}.") }
}

/// One digit, a point and the others, and the exponent; with exactly `digits` behind the point, if that is told.
fn mantissa(value: f64, dtype: DType, digits: Option<usize>) -> (String, i32) {
    let split = |text: String| {
        let (mantissa, exponent) = text.split_once('e').map(|(m, e)| (m.to_owned(), e.to_owned())).unwrap_or((text, "0".into()));
        (mantissa, exponent.parse().unwrap_or(0))
    };
    let (short, exponent) = split(if dtype == DType::Float32 { format!("{:e}", value as f32) } else { format!("{value:e}") });
    let behind = short.split_once('.').map_or(0, |(_, behind)| behind.len());
    let (short, exponent) = if behind > DIGITS {
        let (text, exponent) = split(format!("{value:.DIGITS$e}"));
        (text.trim_end_matches('0').to_owned(), exponent)
    } else {
        (short, exponent)
    };
    let (left, right) = short.split_once('.').unwrap_or((&short, ""));
    (format!("{left}.{right:0<width$}", width = digits.unwrap_or(right.len())), exponent)
}

/// The rows of an array with at least one dimension and one item.
fn rows(array: &NdArray, separator: &str, prefix: &str, suffix: &str) -> String {
    let short = array.len() > THRESHOLD;
    let values = array.numbers();
    let shown: Vec<Number> = if short {
        let mut shown = Vec::new();
        pick(&array.shape, 0, &mut |at| shown.push(values[at]));
        shown
    } else {
        values.clone()
    };
    let column = Column::of(array.dtype, &shown);
    let printer = Printer { shape: &array.shape, values: &values, column, separator, short, suffix: suffix.len() };
    printer.axis(0, 0, prefix.len() + 1, WIDTH)
}

/// The places of the items that are shown of a long array.
fn pick(shape: &[usize], start: usize, each: &mut dyn FnMut(usize)) {
    let Some((n, rest)) = shape.split_first() else { return each(start) };
    let width: usize = rest.iter().product();
    let edges = if *n > 2 * EDGE { (0..EDGE).chain(n - EDGE..*n).collect::<Vec<_>>() } else { (0..*n).collect() };
    edges.into_iter().for_each(|i| pick(rest, start + i * width, each));
}

struct Printer<'a> {
    shape: &'a [usize],
    values: &'a [Number],
    column: Column,
    separator: &'a str,
    short: bool,
    suffix: usize,
}

impl Printer<'_> {
    /// One dimension from an item on; `indent` is where its items begin on a line.
    fn axis(&self, axis: usize, start: usize, indent: usize, width: usize) -> String {
        let n = self.shape[axis];
        let inner: usize = self.shape[axis + 1..].iter().product();
        let dots = self.short && n > 2 * EDGE;
        let (head, tail) = if dots { (EDGE, EDGE) } else { (0, n) };
        let sep = self.separator.trim_end();
        let wrap = " ".repeat(indent);
        if axis + 1 == self.shape.len() {
            // Room for what closes all the dimensions.
            let room = width - self.shape.len().max(sep.len() + self.suffix).max(self.closing(axis));
            let mut text = String::new();
            let mut line = wrap.clone();
            let put = |text: &mut String, line: &mut String, word: &str| {
                if line.len() + word.len() > room && line.len() > wrap.len() {
                    text.push_str(line.trim_end());
                    text.push('\n');
                    line.clone_from(&wrap);
                }
                line.push_str(word);
            };
            for i in 0..head {
                put(&mut text, &mut line, &self.column.show(self.values[start + i]));
                line.push_str(self.separator);
            }
            if dots {
                put(&mut text, &mut line, "...");
                line.push_str(self.separator);
            }
            for i in n - tail..n {
                put(&mut text, &mut line, &self.column.show(self.values[start + i]));
                if i + 1 < n {
                    line.push_str(self.separator);
                }
            }
            text.push_str(&line);
            return format!("[{}]", &text[wrap.len()..]);
        }
        let blank = "\n".repeat(self.shape.len() - axis - 1);
        let mut parts: Vec<String> = (0..head).map(|i| self.axis(axis + 1, start + i * inner, indent + 1, width)).collect();
        if dots {
            parts.push("...".to_owned());
        }
        parts.extend((n - tail..n).map(|i| self.axis(axis + 1, start + i * inner, indent + 1, width)));
        format!("[{}]", parts.join(&format!("{sep}{blank}{wrap}")))
    }

    /// How many brackets close behind the last item of a row.
    fn closing(&self, axis: usize) -> usize {
        axis + 1 + self.suffix
    }
}
