//! Tracebacks in color, as Python 3.14 colors them on a terminal.

const MAGENTA: &str = "\u{1b}[35m";
const BOLD_MAGENTA: &str = "\u{1b}[1;35m";
const BOLD_RED: &str = "\u{1b}[1;31m";
const RESET: &str = "\u{1b}[0m";

/// A traceback's lines with colors.
pub(crate) fn traceback(text: &str) -> Vec<String> {
    text.lines().map(line).collect()
}

fn line(line: &str) -> String {
    let text = line.trim_start();
    let indent = &line[..line.len() - text.len()];
    if let Some(place) = text.strip_prefix("File \"") {
        return format!("{indent}{}", place_line(place));
    }
    if !text.is_empty() && text.chars().all(|c| matches!(c, '^' | '~' | ' ')) {
        return format!("{indent}{BOLD_RED}{text}{RESET}");
    }
    if indent.is_empty() && !text.starts_with("Traceback (most recent call last)") && !text.starts_with("During handling") {
        let (class, rest) = text.split_at(text.find(':').unwrap_or(text.len()));
        if !class.is_empty() && class.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.')) {
            return match rest.strip_prefix(": ") {
                Some(message) => format!("{BOLD_MAGENTA}{class}{RESET}: {MAGENTA}{message}{RESET}"),
                None => format!("{BOLD_MAGENTA}{class}{RESET}{rest}"),
            };
        }
    }
    line.to_owned()
}

/// `file", line 3, in name`.
fn place_line(place: &str) -> String {
    let Some((file, rest)) = place.split_once("\", line ") else { return format!("File \"{place}") };
    let (number, function) = rest.split_once(", in ").map_or((rest, None), |(number, function)| (number, Some(function)));
    let end = function.map(|function| format!(", in {MAGENTA}{function}{RESET}")).unwrap_or_default();
    format!("File {MAGENTA}\"{file}\"{RESET}, line {MAGENTA}{number}{RESET}{end}")
}
