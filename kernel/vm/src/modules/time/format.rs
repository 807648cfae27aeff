//! `strftime`: the C library's, in the C locale.

use super::civil::{Tm, is_leap};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// `Mon`.
pub(super) fn short_day(tm: &Tm) -> &'static str {
    &DAYS[tm.weekday.rem_euclid(7) as usize][..3]
}

/// `Jan`.
pub(super) fn short_month(tm: &Tm) -> &'static str {
    &MONTHS[(tm.month - 1).rem_euclid(12) as usize][..3]
}

/// How a number is filled up.
#[derive(Clone, Copy)]
struct Fill {
    pad: Option<char>,
    width: usize,
    upper: bool,
    swap: bool,
}

/// The time as the format says.
pub(crate) fn strftime(format: &str, tm: &Tm) -> String {
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut fill = Fill { pad: None, width: 0, upper: false, swap: false };
        let mut taken = String::from("%");
        while let Some(&flag) = chars.peek() {
            match flag {
                '-' => fill.pad = Some('\0'),
                '_' => fill.pad = Some(' '),
                '0' if fill.width == 0 => fill.pad = Some('0'),
                '^' => fill.upper = true,
                '#' => fill.swap = true,
                '0'..='9' => fill.width = (fill.width * 10 + (flag as usize - '0' as usize)).min(1000),
                'E' | 'O' => {}
                _ => break,
            }
            taken.push(flag);
            chars.next();
        }
        let Some(directive) = chars.next() else {
            out += &taken;
            break;
        };
        match text(directive, tm) {
            Some(text) => out += &filled_text(&text, directive, fill),
            None => match number(directive, tm) {
                Some((value, width, pad)) => out += &filled_number(value, width, pad, fill),
                None => {
                    out += &taken;
                    out.push(directive);
                }
            },
        }
    }
    out
}

fn filled_text(text: &str, directive: char, fill: Fill) -> String {
    let text = match (fill.upper, fill.swap, directive) {
        (_, true, 'p') => text.to_lowercase(),
        (true, ..) | (_, true, 'a' | 'A' | 'b' | 'B' | 'h') => text.to_uppercase(),
        _ => text.to_owned(),
    };
    let pad = if fill.pad == Some('0') { '0' } else { ' ' };
    let missing = fill.width.saturating_sub(text.chars().count());
    std::iter::repeat_n(pad, missing).collect::<String>() + &text
}

fn filled_number(value: i64, width: usize, pad: char, fill: Fill) -> String {
    let pad = fill.pad.unwrap_or(pad);
    let width = if fill.width > 0 { fill.width } else { width };
    let digits = value.unsigned_abs().to_string();
    let missing = if pad == '\0' { 0 } else { width.saturating_sub(digits.len() + usize::from(value < 0)) };
    let padding: String = std::iter::repeat_n(pad, missing).collect();
    let sign = if value < 0 { "-" } else { "" };
    if pad == ' ' { format!("{padding}{sign}{digits}") } else { format!("{sign}{padding}{digits}") }
}

fn text(directive: char, tm: &Tm) -> Option<String> {
    Some(match directive {
        'a' => short_day(tm).to_owned(),
        'A' => DAYS[tm.weekday.rem_euclid(7) as usize].to_owned(),
        'b' | 'h' => short_month(tm).to_owned(),
        'B' => MONTHS[(tm.month - 1).rem_euclid(12) as usize].to_owned(),
        'c' => strftime("%a %b %e %H:%M:%S %Y", tm),
        'D' | 'x' => strftime("%m/%d/%y", tm),
        'F' => strftime("%Y-%m-%d", tm),
        'n' => "\n".to_owned(),
        'p' => if tm.hour < 12 { "AM" } else { "PM" }.to_owned(),
        'P' => if tm.hour < 12 { "am" } else { "pm" }.to_owned(),
        'r' => strftime("%I:%M:%S %p", tm),
        'R' => strftime("%H:%M", tm),
        't' => "\t".to_owned(),
        'T' | 'X' => strftime("%H:%M:%S", tm),
        'z' => {
            let minutes = tm.offset.abs() / 60;
            format!("{}{:02}{:02}", if tm.offset < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
        }
        'Z' => tm.zone.clone(),
        '%' => "%".to_owned(),
        _ => return None,
    })
}

/// A number, its width, and what fills it up.
fn number(directive: char, tm: &Tm) -> Option<(i64, usize, char)> {
    let hour12 = match tm.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let sunday = (tm.weekday + 1).rem_euclid(7);
    Some(match directive {
        'C' => (tm.year.div_euclid(100), 2, '0'),
        'd' => (tm.day, 2, '0'),
        'e' => (tm.day, 2, ' '),
        'g' => (iso_week(tm).0.rem_euclid(100), 2, '0'),
        'G' => (iso_week(tm).0, 1, '0'),
        'H' => (tm.hour, 2, '0'),
        'I' => (hour12, 2, '0'),
        'j' => (tm.yearday, 3, '0'),
        'k' => (tm.hour, 2, ' '),
        'l' => (hour12, 2, ' '),
        'm' => (tm.month, 2, '0'),
        'M' => (tm.minute, 2, '0'),
        's' => (tm.seconds() - tm.offset, 1, '0'),
        'S' => (tm.second, 2, '0'),
        'u' => (tm.weekday.rem_euclid(7) + 1, 1, '0'),
        'U' => ((tm.yearday - 1 + 7 - sunday) / 7, 2, '0'),
        'V' => (iso_week(tm).1, 2, '0'),
        'w' => (sunday, 1, '0'),
        'W' => ((tm.yearday - 1 + 7 - tm.weekday.rem_euclid(7)) / 7, 2, '0'),
        'y' => (tm.year.rem_euclid(100), 2, '0'),
        'Y' => (tm.year, 1, '0'),
        _ => return None,
    })
}

/// The year and the week of ISO 8601.
fn iso_week(tm: &Tm) -> (i64, i64) {
    let weekday = tm.weekday.rem_euclid(7);
    let week = (tm.yearday - 1 - weekday + 10).div_euclid(7);
    let weeks = |year: i64, first: i64| if first == 3 || (first == 2 && is_leap(year)) { 53 } else { 52 };
    let first = (weekday - (tm.yearday - 1)).rem_euclid(7);
    if week < 1 {
        let before = tm.year - 1;
        let first = (first - if is_leap(before) { 366 } else { 365 }).rem_euclid(7);
        return (before, weeks(before, first));
    }
    if week > weeks(tm.year, first) { (tm.year + 1, 1) } else { (tm.year, week) }
}
