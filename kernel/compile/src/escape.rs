//! Escapes that cannot be decoded: which is the first, and what the codec says of it.
//!
//! Positions are those of the text the codec sees, where characters beyond ASCII are ten-character escapes already.
//! Follows CPython's `string_parser.c` and `unicodeobject.c`.

/// The first escape that cannot be decoded, in the codec's words.
pub(crate) fn bad_escape(body: &str, bytes: bool) -> Option<String> {
    let text = body.as_bytes();
    // What the codec sees has non-ASCII characters as ten-character escapes.
    let (mut at, mut position) = (0, 0);
    while at < text.len() {
        if text[at] >= 0x80 {
            let char = body[at..].chars().next()?;
            at += char.len_utf8();
            position += 10;
            continue;
        }
        if text[at] != b'\\' {
            at += 1;
            position += 1;
            continue;
        }
        let escape = text.get(at + 1).copied().unwrap_or(b' ');
        let digits =
            |from: usize, most: usize| text[from.min(text.len())..].iter().take(most).take_while(|b| b.is_ascii_hexdigit()).count();
        let (needed, shape) = match escape {
            b'x' => (2, "\\xXX"),
            b'u' if !bytes => (4, "\\uXXXX"),
            b'U' if !bytes => (8, "\\UXXXXXXXX"),
            b'N' if !bytes => {
                let name = body[at + 2..].strip_prefix('{').and_then(|rest| rest.find('}').map(|end| &rest[..end]));
                match name {
                    None | Some("") => {
                        let rest = &body[at + 2..];
                        let end = position + 1 + if rest.starts_with('{') { rest.find('}').map_or(rest.len(), |at| at + 1) } else { 0 };
                        return Some(format!(
                            "(unicode error) 'unicodeescape' codec can't decode bytes in position {position}-{end}: malformed \\N character escape"
                        ));
                    }
                    Some(name) => {
                        if ruff_knows(name) {
                            at += name.len() + 4;
                            position += name.len() + 4;
                            continue;
                        }
                        let end = position + name.len() + 3;
                        return Some(format!(
                            "(unicode error) 'unicodeescape' codec can't decode bytes in position {position}-{end}: unknown Unicode character name"
                        ));
                    }
                }
            }
            _ => (0, ""),
        };
        let found = digits(at + 2, needed);
        if found < needed {
            if bytes {
                return Some(format!("(value error) invalid \\x escape at position {position}"));
            }
            let end = position + 1 + found;
            return Some(format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position {position}-{end}: truncated {shape} escape"
            ));
        }
        if escape == b'U' && !bytes && u32::from_str_radix(&body[at + 2..at + 10], 16).is_ok_and(|point| point > 0x10_ffff) {
            let end = position + 9;
            return Some(format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position {position}-{end}: illegal Unicode character"
            ));
        }
        at += 2 + needed;
        position += 2 + needed;
        while !body.is_char_boundary(at.min(body.len())) {
            at += 1;
        }
    }
    None
}

/// Is it the name of a character? The parser's table is asked by giving it a literal.
fn ruff_knows(name: &str) -> bool {
    ruff_python_parser::parse_expression(&format!("'\\N{{{name}}}'")).is_ok()
}
