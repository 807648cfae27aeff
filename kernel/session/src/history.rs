//! What a notebook remembers of its cells and of the sessions before it, and how it is asked.

use std::collections::HashSet;

/// A cell of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The session's number; 0 for the one that runs, where that is what was asked for.
    pub session: i64,
    /// The cell's number.
    pub number: u64,
    /// Its text.
    pub source: String,
    /// Its value, as text; other sessions' are not kept.
    pub output: Option<String>,
}

/// Where the cells of all sessions are kept.
pub trait Archive {
    /// This session's number. The first is 1, and each is larger than those before.
    fn session(&self) -> i64;
    /// Keeps a cell of this session.
    fn keep(&self, number: u64, source: &str);
    /// The cells of other sessions, in no particular order.
    fn others(&self) -> Vec<Past>;
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Question {
    /// The last so many cells; before this session's come those of the latest sessions.
    Tail(usize),
    /// Cells of a session, from one number to before another. 0 is the session that runs, -1 the one before.
    Range(i64, usize, Option<usize>),
    /// What matches a pattern: the last so many, each text only once if so wished.
    Search(String, Option<usize>, bool),
}

pub(crate) fn answer(own: &[Past], archive: Option<&dyn Archive>, question: &Question) -> Vec<Past> {
    let session = archive.map_or(1, Archive::session);
    let numbered = || own.iter().map(|cell| Past { session, ..cell.clone() });
    let others = || {
        let mut others = archive.map(Archive::others).unwrap_or_default();
        others.sort_by_key(|cell| (cell.session, cell.number));
        others
    };
    match question {
        Question::Tail(n) if own.len() >= *n => last(numbered().collect(), *n),
        Question::Tail(n) => last(others().into_iter().chain(numbered()).collect(), *n),
        Question::Range(asked, start, stop) => {
            // The session that runs is told as it was asked for: as 0, or by its number.
            let own_number = if *asked == 0 { 0 } else { session };
            let asked = if *asked <= 0 { session + asked } else { *asked };
            let wanted = |cell: &Past| cell.number as usize >= *start && stop.is_none_or(|stop| (cell.number as usize) < stop);
            if asked == session {
                return own.iter().filter(|cell| wanted(cell)).map(|cell| Past { session: own_number, ..cell.clone() }).collect();
            }
            others().into_iter().filter(|cell| cell.session == asked && wanted(cell)).collect()
        }
        Question::Search(pattern, n, unique) => {
            let pattern: Vec<char> = pattern.chars().collect();
            let mut found: Vec<Past> = others().into_iter().chain(numbered()).collect();
            found.retain(|cell| matches(&pattern, &cell.source.chars().collect::<Vec<_>>()));
            found.sort_by_key(|cell| (cell.session, cell.number));
            if *unique {
                let mut seen = HashSet::new();
                found.reverse();
                found.retain(|cell| seen.insert(cell.source.clone()));
                found.reverse();
            }
            last(found, n.unwrap_or(usize::MAX))
        }
    }
}

/// The ranges that a text like `4-6 ~2/1-3 243/` names, as questions; nothing names the session that runs.
pub(crate) fn ranges(text: &str) -> Vec<Question> {
    if text.trim().is_empty() {
        return vec![Question::Range(0, 1, None)];
    }
    text.split_whitespace().filter_map(range).flatten().collect()
}

/// One range. From one session to another it takes the end of the first, the beginning of the last, and all between.
fn range(text: &str) -> Option<Vec<Question>> {
    let place = |text: &str| -> Option<(Option<i64>, Option<usize>)> {
        let (session, line) = match text.split_once('/') {
            Some((session, line)) => (Some(session.replacen('~', "-", 1).parse().ok()?), line),
            None => (None, text),
        };
        Some((session, if line.is_empty() { None } else { Some(line.parse().ok()?) }))
    };
    let (first, rest) = match text.split_once('-') {
        Some((first, rest)) => (first, Some(rest)),
        None => (text, None),
    };
    let (from, start) = place(first)?;
    if from.is_none() && start.is_none() {
        return None;
    }
    let (to, end) = rest.map_or(Some((None, None)), place)?;
    let from = from.unwrap_or(0);
    let to = to.unwrap_or(from);
    let stop = match (start, rest) {
        (Some(start), None) => Some(start + 1),
        _ => end.map(|end| end + 1),
    };
    let start = start.unwrap_or(1);
    if from == to {
        return Some(vec![Question::Range(from, start, stop)]);
    }
    let between = (from + 1..to).map(|session| Question::Range(session, 1, None));
    Some([Question::Range(from, start, None)].into_iter().chain(between).chain([Question::Range(to, 1, stop)]).collect())
}

fn last(mut cells: Vec<Past>, n: usize) -> Vec<Past> {
    cells.split_off(cells.len().saturating_sub(n))
}

/// Whether a text is what a pattern of `*` and `?` says. The place behind the last `*` is kept, to go on from when the rest does not fit.
fn matches(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((after, from)) => {
                    (p, t) = (after, from + 1);
                    star = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    #[test]
    fn ranges_are_those_of_ipython() {
        let ranges = |text: &str| super::ranges(text).iter().map(|range| format!("{range:?}")).collect::<Vec<_>>().join(" ");
        assert_eq!(ranges(""), "Range(0, 1, None)");
        assert_eq!(ranges("~8/5-~7/4 2"), "Range(-8, 5, None) Range(-7, 1, Some(5)) Range(0, 2, Some(3))");
        assert_eq!(ranges("~4/ 4- ~4/4-"), "Range(-4, 1, None) Range(0, 4, None) Range(-4, 4, None)");
        assert_eq!(ranges("243/1-5 4-6 x -3"), "Range(243, 1, Some(6)) Range(0, 4, Some(7))");
    }

    #[test]
    fn patterns_are_those_of_file_names() {
        let matches = |pattern: &str, text: &str| super::matches(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
        assert!(matches("1?2*", "1+2+3") && matches("*", "") && matches("a*b*c", "aXbYbZc") && matches("*b", "abab"));
        assert!(!matches("1?2", "1+2+3") && !matches("a*b*c", "aXcYb") && !matches("?", ""));
    }
}
