//! "Did you mean": the nearest of some names (`Python/suggestions.c`).

use crate::Vm;

const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;
const MAX_ITEMS: usize = 750;
const MAX_SIZE: usize = 40;

fn substitution_cost(a: u8, b: u8) -> usize {
    if a & 31 != b & 31 {
        return MOVE_COST;
    }
    if a == b {
        return 0;
    }
    if a.eq_ignore_ascii_case(&b) { CASE_COST } else { MOVE_COST }
}

/// `levenshtein_distance`, given up beyond `max_cost`.
fn distance(a: &[u8], b: &[u8], max_cost: usize) -> usize {
    if a == b {
        return 0;
    }
    let front = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - back], &b[..b.len() - back]);
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE_COST;
    }
    if a.len() > MAX_SIZE || b.len() > MAX_SIZE {
        return max_cost + 1;
    }
    let (a, b) = if b.len() < a.len() { (b, a) } else { (a, b) };
    if (b.len() - a.len()) * MOVE_COST > max_cost {
        return max_cost + 1;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|i| i * MOVE_COST).collect();
    let mut result = 0;
    for (i, &code) in b.iter().enumerate() {
        let mut diagonal = i * MOVE_COST;
        result = diagonal;
        let mut minimum = usize::MAX;
        for (index, &other) in a.iter().enumerate() {
            let substitute = diagonal + substitution_cost(code, other);
            diagonal = row[index];
            result = substitute.min(result.min(diagonal) + MOVE_COST);
            row[index] = result;
            minimum = minimum.min(result);
        }
        if minimum > max_cost {
            return max_cost + 1;
        }
    }
    result
}

impl Vm {
    /// `_Py_CalculateSuggestions`: the nearest of the names, if one is near.
    pub(crate) fn suggestion(&self, name: &str, possible: &[String]) -> Option<String> {
        if possible.len() > MAX_ITEMS {
            return None;
        }
        let mut best: Option<(usize, &String)> = None;
        for item in possible.iter().filter(|item| *item != name) {
            let max = (name.len() + item.len() + 3) * MOVE_COST / 6;
            let max = best.map_or(max, |(nearest, _)| max.min(nearest - 1));
            let cost = distance(name.as_bytes(), item.as_bytes(), max);
            if cost <= max && best.is_none_or(|(nearest, _)| cost < nearest) {
                best = Some((cost, item));
            }
        }
        best.map(|(_, item)| item.clone())
    }
}
