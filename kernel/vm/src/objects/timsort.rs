//! The merge sort of lists: CPython's, comparison for comparison (`Objects/listsort.txt`, powersort's order of merges).
//!
//! Invariant: at every moment, a failed comparison included, the row is a permutation of what it was. Items are small values (an index,
//! or a number and an index), so the caller keeps the objects where they are and moves them once.

/// Whether the first is less than the second.
pub(crate) trait Less<T, E>: FnMut(&T, &T) -> Result<bool, E> {}
impl<T, E, F: FnMut(&T, &T) -> Result<bool, E>> Less<T, E> for F {}

const MIN_GALLOP: usize = 7;
const MAX_MINRUN: usize = 64;

struct Run {
    start: usize,
    len: usize,
    power: u32,
}

struct Sorter<'a, T, F> {
    row: &'a mut [T],
    less: F,
    /// How often one side must win in a row before galloping starts; adapts to the data.
    min_gallop: usize,
    pending: Vec<Run>,
    spare: Vec<T>,
}

/// Sorts a row, stably.
pub(crate) fn sort<T: Copy, E>(row: &mut [T], less: impl Less<T, E>) -> Result<(), E> {
    let n = row.len();
    if n < 2 {
        return Ok(());
    }
    let mut sorter = Sorter { row, less, min_gallop: MIN_GALLOP, pending: Vec::new(), spare: Vec::new() };
    let (minrun, mut start) = (compute_minrun(n), 0);
    while start < n {
        let mut len = sorter.count_run(start, n)?;
        if len < minrun {
            let force = minrun.min(n - start);
            sorter.binary_sort(start, force, len)?;
            len = force;
        }
        sorter.found_new_run(start, len)?;
        start += len;
    }
    while sorter.pending.len() > 1 {
        let last = sorter.pending.len() - 1;
        let third_is_shorter = last >= 2 && sorter.pending[last - 2].len < sorter.pending[last].len;
        sorter.merge_at(if third_is_shorter { last - 2 } else { last - 1 })?;
    }
    Ok(())
}

fn compute_minrun(mut n: usize) -> usize {
    let mut lost = 0;
    while n >= MAX_MINRUN {
        lost |= n & 1;
        n >>= 1;
    }
    n + lost
}

/// The level in powersort's tree at which two neighbouring runs are merged.
fn power(start: usize, n1: usize, n2: usize, n: usize) -> u32 {
    let mut a = 2 * start + n1;
    let mut b = a + n1 + n2;
    let mut level = 1;
    loop {
        if a >= n {
            a -= n;
            b -= n;
        } else if b >= n {
            return level;
        }
        a <<= 1;
        b <<= 1;
        level += 1;
    }
}

impl<T: Copy, F> Sorter<'_, T, F> {
    fn lt<E>(&mut self, a: usize, b: usize) -> Result<bool, E>
    where
        F: Less<T, E>,
    {
        (self.less)(&self.row[a], &self.row[b])
    }

    /// The length of the run at `start`; a descending one is turned around, equal items keeping their order.
    fn count_run<E>(&mut self, start: usize, end: usize) -> Result<usize, E>
    where
        F: Less<T, E>,
    {
        let mut i = start + 1;
        while i < end && !self.lt(i, i - 1)? {
            i += 1;
        }
        if i == end {
            return Ok(i - start);
        }
        if i > start + 1 {
            if self.lt(start, i - 1)? {
                return Ok(i - start);
            }
            // All equal so far, so this is the start of a descending run.
            self.row[start..i].reverse();
        }
        i += 1;
        let mut equal = 0;
        while i < end {
            if self.lt(i, i - 1)? {
                self.reverse_equal(i, &mut equal);
            } else if self.lt(i - 1, i)? {
                break;
            } else {
                equal += 1;
            }
            i += 1;
        }
        self.reverse_equal(i, &mut equal);
        self.row[start..i].reverse();
        while i < end && !self.lt(i, i - 1)? {
            i += 1;
        }
        Ok(i - start)
    }

    /// Turns the last equal items before `end` around, whose order the reversal of the whole run restores.
    fn reverse_equal(&mut self, end: usize, equal: &mut usize) {
        if *equal > 0 {
            self.row[end - *equal - 1..end].reverse();
            *equal = 0;
        }
    }

    /// Sorts `len` items from `start` on, of which the first `ok` are sorted, by binary insertion.
    fn binary_sort<E>(&mut self, start: usize, len: usize, ok: usize) -> Result<(), E>
    where
        F: Less<T, E>,
    {
        for i in start + ok.max(1)..start + len {
            let pivot = self.row[i];
            let (mut low, mut high) = (start, i);
            while low < high {
                let middle = (low + high) >> 1;
                if (self.less)(&pivot, &self.row[middle])? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.row.copy_within(low..i, low + 1);
            self.row[low] = pivot;
        }
        Ok(())
    }

    fn found_new_run<E>(&mut self, start: usize, len: usize) -> Result<(), E>
    where
        F: Less<T, E>,
    {
        if let Some(last) = self.pending.last() {
            let level = power(last.start, last.len, len, self.row.len());
            while self.pending.len() > 1 && self.pending[self.pending.len() - 2].power > level {
                self.merge_at(self.pending.len() - 2)?;
            }
            if let Some(last) = self.pending.last_mut() {
                last.power = level;
            }
        }
        self.pending.push(Run { start, len, power: 0 });
        Ok(())
    }

    /// Merges pending runs `i` and `i + 1`.
    fn merge_at<E>(&mut self, i: usize) -> Result<(), E>
    where
        F: Less<T, E>,
    {
        let b = self.pending.remove(i + 1);
        let a = &mut self.pending[i];
        let (mut start, mut na, nb) = (a.start, a.len, b.len);
        a.len += b.len;
        let key = self.row[b.start];
        let skip = gallop_right(&mut self.less, &key, &self.row[start..start + na], 0)?;
        start += skip;
        na -= skip;
        if na == 0 {
            return Ok(());
        }
        let key = self.row[start + na - 1];
        let nb = gallop_left(&mut self.less, &key, &self.row[b.start..b.start + nb], nb - 1)?;
        if nb == 0 {
            return Ok(());
        }
        let mut spare = std::mem::take(&mut self.spare);
        spare.clear();
        let merged = if na <= nb {
            spare.extend_from_slice(&self.row[start..start + na]);
            self.merge_low(&spare, start, b.start, b.start + nb)
        } else {
            spare.extend_from_slice(&self.row[b.start..b.start + nb]);
            self.merge_high(&spare, start, na)
        };
        self.spare = spare;
        merged
    }

    /// Merges `a`, a copy of what stands from `to` on, with what stands in `b..end`, from the left.
    fn merge_low<E>(&mut self, a: &[T], to: usize, b: usize, end: usize) -> Result<(), E>
    where
        F: Less<T, E>,
    {
        let mut at = Low { to, a: 0, b };
        let done = self.merge_low_steps(a, &mut at, end);
        // Whatever is left of `a` fills the gap; nothing is lost if a comparison failed.
        let rest = &a[at.a..];
        if matches!(done, Ok(true)) {
            // The last item of `a` belongs behind all of `b`.
            self.row.copy_within(at.b..end, at.to);
            at.to += end - at.b;
        }
        self.row[at.to..at.to + rest.len()].copy_from_slice(rest);
        done.map(|_| ())
    }

    /// True: one item of `a` is left, which belongs at the end.
    fn merge_low_steps<E>(&mut self, a: &[T], at: &mut Low, end: usize) -> Result<bool, E>
    where
        F: Less<T, E>,
    {
        let na = |at: &Low| a.len() - at.a;
        macro_rules! take_b {
            () => {
                self.row[at.to] = self.row[at.b];
                at.to += 1;
                at.b += 1;
                if at.b == end {
                    return Ok(false);
                }
            };
        }
        macro_rules! take_a {
            () => {
                self.row[at.to] = a[at.a];
                at.to += 1;
                at.a += 1;
                if na(at) == 1 {
                    return Ok(true);
                }
            };
        }
        take_b!();
        if na(at) == 1 {
            return Ok(true);
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut a_wins, mut b_wins) = (0, 0);
            loop {
                if (self.less)(&self.row[at.b], &a[at.a])? {
                    take_b!();
                    b_wins += 1;
                    a_wins = 0;
                    if b_wins >= min_gallop {
                        break;
                    }
                } else {
                    take_a!();
                    a_wins += 1;
                    b_wins = 0;
                    if a_wins >= min_gallop {
                        break;
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= (min_gallop > 1) as usize;
                self.min_gallop = min_gallop;
                let k = gallop_right(&mut self.less, &self.row[at.b], &a[at.a..], 0)?;
                a_wins = k;
                if k > 0 {
                    self.row[at.to..at.to + k].copy_from_slice(&a[at.a..at.a + k]);
                    at.to += k;
                    at.a += k;
                    if na(at) <= 1 {
                        return Ok(na(at) == 1);
                    }
                }
                take_b!();
                let k = gallop_left(&mut self.less, &a[at.a], &self.row[at.b..end], 0)?;
                b_wins = k;
                if k > 0 {
                    self.row.copy_within(at.b..at.b + k, at.to);
                    at.to += k;
                    at.b += k;
                    if at.b == end {
                        return Ok(false);
                    }
                }
                take_a!();
                if a_wins < MIN_GALLOP && b_wins < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }

    /// Merges the `na` items from `start` on with `b`, a copy of those behind them, from the right.
    fn merge_high<E>(&mut self, b: &[T], start: usize, na: usize) -> Result<(), E>
    where
        F: Less<T, E>,
    {
        let mut at = High { na, nb: b.len() };
        let done = self.merge_high_steps(b, &mut at, start);
        if matches!(done, Ok(true)) {
            // The first item of `b` belongs before all of `a`.
            self.row.copy_within(start..start + at.na, start + 1);
            self.row[start] = b[0];
        } else {
            // Whatever is left of `b` fills the gap behind what is left of `a`.
            let gap = start + at.na;
            self.row[gap..gap + at.nb].copy_from_slice(&b[..at.nb]);
        }
        done.map(|_| ())
    }

    /// True: one item of `b` is left, which belongs at the front.
    fn merge_high_steps<E>(&mut self, b: &[T], at: &mut High, start: usize) -> Result<bool, E>
    where
        F: Less<T, E>,
    {
        // The free place is always behind what is left of both.
        macro_rules! take_a {
            () => {
                self.row[start + at.na + at.nb - 1] = self.row[start + at.na - 1];
                at.na -= 1;
                if at.na == 0 {
                    return Ok(false);
                }
            };
        }
        macro_rules! take_b {
            () => {
                self.row[start + at.na + at.nb - 1] = b[at.nb - 1];
                at.nb -= 1;
                if at.nb == 1 {
                    return Ok(true);
                }
            };
        }
        take_a!();
        if at.nb == 1 {
            return Ok(true);
        }
        let mut min_gallop = self.min_gallop;
        loop {
            let (mut a_wins, mut b_wins) = (0, 0);
            loop {
                if (self.less)(&b[at.nb - 1], &self.row[start + at.na - 1])? {
                    take_a!();
                    a_wins += 1;
                    b_wins = 0;
                    if a_wins >= min_gallop {
                        break;
                    }
                } else {
                    take_b!();
                    b_wins += 1;
                    a_wins = 0;
                    if b_wins >= min_gallop {
                        break;
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= (min_gallop > 1) as usize;
                self.min_gallop = min_gallop;
                let k = at.na - gallop_right(&mut self.less, &b[at.nb - 1], &self.row[start..start + at.na], at.na - 1)?;
                a_wins = k;
                if k > 0 {
                    let from = start + at.na - k;
                    self.row.copy_within(from..from + k, from + at.nb);
                    at.na -= k;
                    if at.na == 0 {
                        return Ok(false);
                    }
                }
                take_b!();
                let k = at.nb - gallop_left(&mut self.less, &self.row[start + at.na - 1], &b[..at.nb], at.nb - 1)?;
                b_wins = k;
                if k > 0 {
                    let from = at.nb - k;
                    let to = start + at.na + from;
                    self.row[to..to + k].copy_from_slice(&b[from..at.nb]);
                    at.nb -= k;
                    if at.nb <= 1 {
                        return Ok(at.nb == 1);
                    }
                }
                take_a!();
                if a_wins < MIN_GALLOP && b_wins < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            self.min_gallop = min_gallop;
        }
    }
}

/// How far a merge from the left is.
struct Low {
    to: usize,
    a: usize,
    b: usize,
}

/// How much is left in a merge from the right.
struct High {
    na: usize,
    nb: usize,
}

/// Where `key` belongs in a sorted row, left of its equals; the search starts at `hint` and doubles its steps.
fn gallop_left<T, E>(less: &mut impl Less<T, E>, key: &T, row: &[T], hint: usize) -> Result<usize, E> {
    gallop(row.len(), hint, &mut |i| less(&row[i], key))
}

/// Where `key` belongs in a sorted row, right of its equals.
fn gallop_right<T, E>(less: &mut impl Less<T, E>, key: &T, row: &[T], hint: usize) -> Result<usize, E> {
    gallop(row.len(), hint, &mut |i| less(key, &row[i]).map(|is_less| !is_less))
}

/// The first place of which `before` does not hold: it holds for a first part of the row, and for nothing behind that.
fn gallop<E>(n: usize, hint: usize, before: &mut impl FnMut(usize) -> Result<bool, E>) -> Result<usize, E> {
    let (mut last, mut step) = (0, 1);
    let (mut low, mut high);
    if before(hint)? {
        let most = n - hint;
        while step < most && before(hint + step)? {
            last = step;
            step = (step << 1) + 1;
        }
        (low, high) = (hint + last + 1, hint + step.min(most));
    } else {
        let most = hint + 1;
        while step < most && !before(hint - step)? {
            last = step;
            step = (step << 1) + 1;
        }
        (low, high) = (hint + 1 - step.min(most), hint - last);
    }
    while low < high {
        let middle = low + ((high - low) >> 1);
        if before(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use super::sort;

    /// Sorts, and counts the comparisons.
    fn count(mut row: Vec<i64>) -> usize {
        let mut n = 0;
        let done: Result<(), ()> = sort(&mut row, |a: &i64, b: &i64| {
            n += 1;
            Ok(a < b)
        });
        assert!(done.is_ok() && row.is_sorted());
        n
    }

    fn noise(n: usize, modulus: i64) -> Vec<i64> {
        let mut x: i64 = 12345;
        let step = |_| {
            x = (x * 1_103_515_245 + 12345) & 0x7fff_ffff;
            (x >> 8) % modulus
        };
        (0..n).map(step).collect()
    }

    #[test]
    fn comparisons_are_counted_as_in_cpython() {
        assert_eq!(count(noise(1000, 100_000)), 8661);
        assert_eq!(count(noise(500, 10)), 3342);
        assert_eq!(count(noise(5000, 1000)), 55068);
        assert_eq!(count((0..700).map(|i| i % 37).collect()), 4898);
        assert_eq!(count((1..=300).rev().collect()), 299);
        assert_eq!(count((0..300).collect()), 299);
        assert_eq!(count((1..=300).rev().map(|x| x / 3).collect()), 498);
        assert_eq!(count((0..500).chain(0..500).collect()), 1999);
        assert_eq!(count((0..200).chain([5, 3, 300, 7]).chain(200..400).collect()), 640);
    }

    #[test]
    fn a_failed_comparison_loses_nothing() {
        for limit in 0..600 {
            let (mut row, mut n) = (noise(100, 50), 0);
            let done = sort(&mut row, |a: &i64, b: &i64| {
                n += 1;
                if n > limit { Err(()) } else { Ok(a < b) }
            });
            let mut before = noise(100, 50);
            before.sort();
            row.sort();
            assert_eq!(row, before, "after {limit} comparisons, {done:?}");
        }
    }
}
