//! Terminal colors, taken out of what kernels print.

/// A text without its escape sequences.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            // `ESC [ parameters letter`: colors and moves.
            Some('[') => while chars.next().is_some_and(|c| !('\u{40}'..='\u{7e}').contains(&c)) {},
            // `ESC ] text BEL` or `ESC ] text ESC \`: titles and links.
            Some(']') => {
                while let Some(c) = chars.next() {
                    if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    #[test]
    fn colors_go_and_text_stays() {
        assert_eq!(super::plain("\u{1b}[0;31mNameError\u{1b}[0m: x[1]"), "NameError: x[1]");
        assert_eq!(super::plain("\u{1b}]8;;http://a\u{7}link\u{1b}]8;;\u{1b}\\ after"), "link after");
    }
}
