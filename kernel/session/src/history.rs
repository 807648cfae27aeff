//! What a notebook remembers of its cells, and how it is asked.

/// A cell of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The cell's number.
    pub number: u64,
    /// Its text.
    pub source: String,
    /// Its value, as text.
    pub output: Option<String>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub enum Question {
    /// The last so many cells.
    Tail(usize),
    /// From one number to before another.
    Range(usize, Option<usize>),
    /// What matches a pattern: the last so many, each text only once if so wished.
    Search(String, Option<usize>, bool),
}

pub(crate) fn answer(cells: &[Past], question: &Question) -> Vec<Past> {
    match question {
        Question::Tail(n) => last(cells.to_vec(), *n),
        Question::Range(start, stop) => {
            let wanted = |cell: &&Past| cell.number as usize >= *start && stop.is_none_or(|stop| (cell.number as usize) < stop);
            cells.iter().filter(wanted).cloned().collect()
        }
        Question::Search(pattern, n, unique) => {
            let pattern: Vec<char> = pattern.chars().collect();
            let mut found: Vec<Past> = Vec::new();
            for cell in cells.iter().filter(|cell| matches(&pattern, &cell.source.chars().collect::<Vec<_>>())) {
                if *unique {
                    found.retain(|before| before.source != cell.source);
                }
                found.push(cell.clone());
            }
            last(found, n.unwrap_or(usize::MAX))
        }
    }
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
    fn patterns_are_those_of_file_names() {
        let matches = |pattern: &str, text: &str| super::matches(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
        assert!(matches("1?2*", "1+2+3") && matches("*", "") && matches("a*b*c", "aXbYbZc") && matches("*b", "abab"));
        assert!(!matches("1?2", "1+2+3") && !matches("a*b*c", "aXcYb") && !matches("?", ""));
    }
}
