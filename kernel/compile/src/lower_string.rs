//! String literals: escapes decoded, neighbors joined, f- and t-strings taken apart.
//!
//! The parser's decoded text is used unless it lost something (lone surrogates) or a warning is due (invalid escapes).
//! Follows CPython's `string_parser.c` and the string part of `action_helpers.c`.

use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::ast::*;
use crate::code::{Const, PyStr};
use crate::ir::Location;
use crate::lower::{Lower, Result};
use crate::version::Version;

impl Lower<'_> {
    pub(crate) fn string(&mut self, node: &ruff::ExprStringLiteral) -> ExprKind {
        let mut bytes = Vec::new();
        for part in node.value.iter() {
            bytes.extend_from_slice(self.literal(part).as_bytes());
        }
        let value = Const::Str(PyStr::from_wtf8(&bytes));
        self.literals.push(value.clone());
        ExprKind::Constant(value)
    }

    pub(crate) fn bytes(&mut self, node: &ruff::ExprBytesLiteral) -> ExprKind {
        let mut bytes = Vec::new();
        for part in node.value.iter() {
            let (body, raw, start) = self.body_of(part.range());
            if !raw && body.contains('\\') {
                self.check_escapes(start, start + body.len(), true);
            }
            bytes.extend_from_slice(&part.value);
        }
        let value = Const::Bytes(bytes.into());
        self.literals.push(value.clone());
        ExprKind::Constant(value)
    }

    /// The texts between the fields of an f-string are literals, too.
    fn keep_texts(&mut self, values: &[Expr]) {
        self.literals.extend(values.iter().filter_map(|value| match &value.kind {
            ExprKind::Constant(text) => Some(text.clone()),
            _ => None,
        }));
    }

    fn literal(&mut self, part: &ruff::StringLiteral) -> PyStr {
        let (body, raw, start) = self.body_of(part.range());
        if raw || !body.contains('\\') {
            return PyStr::from(&*part.value);
        }
        let end = start + body.len();
        self.check_escapes(start, end, false);
        self.decoded(start, end, false).unwrap_or_else(|| PyStr::from(&*part.value))
    }

    /// What stands between the quotes, whether it is raw, and where it starts.
    fn body_of(&self, range: TextRange) -> (&str, bool, usize) {
        let text = self.source.slice(range);
        let quote = text.find(['"', '\'']).unwrap_or(0);
        let raw = text[..quote].contains(['r', 'R']);
        let rest = &text[quote..];
        let width = if rest.len() >= 6 && (rest.starts_with("\"\"\"") || rest.starts_with("'''")) { 3 } else { 1 };
        let body = rest.get(width..rest.len().saturating_sub(width)).unwrap_or("");
        (body, raw, range.start().to_usize() + quote + width)
    }

    /// The text with its escapes decoded, if that is needed: only `\u` and `\U` can make a surrogate.
    fn decoded(&self, start: usize, end: usize, braces: bool) -> Option<PyStr> {
        let text = &self.source.text[start..end];
        if !(text.contains("\\u") || text.contains("\\U")) || text.contains("\\N") {
            return None;
        }
        let mut points = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            if braces && (char == '{' || char == '}') && chars.peek() == Some(&char) {
                chars.next();
            }
            if char != '\\' {
                points.push(char as u32);
                continue;
            }
            let Some(escape) = chars.next() else { break };
            let digits = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>, radix: u32, most: usize, first: u32| {
                let mut value = first;
                for _ in 0..most {
                    let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix)) else { break };
                    value = value * radix + digit;
                    chars.next();
                }
                value
            };
            let point = match escape {
                '\n' => continue,
                '\\' | '\'' | '"' => escape as u32,
                'a' => 7,
                'b' => 8,
                'f' => 12,
                'n' => 10,
                'r' => 13,
                't' => 9,
                'v' => 11,
                '0'..='7' => digits(&mut chars, 8, 2, escape as u32 - 48),
                'x' => digits(&mut chars, 16, 2, 0),
                'u' => digits(&mut chars, 16, 4, 0),
                'U' => digits(&mut chars, 16, 8, 0),
                _ => {
                    points.push('\\' as u32);
                    escape as u32
                }
            };
            points.push(point);
        }
        Some(PyStr::from_code_points(points))
    }

    /// Warns of the first escape that means nothing.
    fn check_escapes(&mut self, start: usize, end: usize, bytes: bool) {
        let text = &self.source.text.as_bytes()[start..end];
        let mut at = 0;
        while at + 1 < text.len() {
            if text[at] != b'\\' {
                at += 1;
                continue;
            }
            let escape = text[at + 1];
            if escape >= 0x80 && !bytes {
                at += 1;
                continue;
            }
            let octal = escape.is_ascii_digit() && escape < b'8';
            let too_large = (b'4'..b'8').contains(&escape)
                && text.get(at + 2).is_some_and(|c| (b'0'..b'8').contains(c))
                && text.get(at + 3).is_some_and(|c| (b'0'..b'8').contains(c));
            let known = b"\n\\'\"abfnrtvx".contains(&escape) || octal || (!bytes && b"uUN".contains(&escape));
            let (escape, octal) = if too_large {
                (String::from_utf8_lossy(&text[at + 1..at + 4]).into_owned(), "octal ")
            } else if !known {
                (self.source.text[start + at + 1..].chars().take(1).collect(), "")
            } else {
                at += 2;
                continue;
            };
            let msg = if self.version >= Version::V3_14 {
                format!(
                    "\"\\{escape}\" is an invalid {octal}escape sequence. Such sequences will not work in the future. \
                     Did you mean \"\\\\{escape}\"? A raw string is also an option."
                )
            } else {
                format!("invalid {octal}escape sequence '\\{escape}'")
            };
            let (line, col) = self.source.position(start + at);
            self.warnings.push((Location { line, end_line: line, col, end_col: col + 2 }, msg));
            return;
        }
    }

    pub(crate) fn joined_str(&mut self, node: &ruff::ExprFString) -> Result<ExprKind> {
        let mut values = Vec::new();
        for part in node.value.iter() {
            match part {
                ruff::FStringPart::Literal(literal) => {
                    let text = self.literal(literal);
                    self.push_text(&mut values, text, self.loc(literal));
                }
                ruff::FStringPart::FString(fstring) => {
                    let raw = self.is_raw(fstring.range);
                    self.elements(&fstring.elements, raw, false, &mut values)?;
                }
            }
        }
        self.keep_texts(&values);
        Ok(ExprKind::JoinedStr(values))
    }

    pub(crate) fn template_str(&mut self, node: &ruff::ExprTString) -> Result<ExprKind> {
        let mut values = Vec::new();
        for part in node.value.iter() {
            let raw = self.is_raw(part.range);
            self.elements(&part.elements, raw, true, &mut values)?;
        }
        self.keep_texts(&values);
        Ok(ExprKind::TemplateStr(values))
    }

    fn is_raw(&self, range: TextRange) -> bool {
        let text = self.source.slice(range);
        text[..text.find(['"', '\'']).unwrap_or(0)].contains(['r', 'R'])
    }

    /// Appends text to the last constant, or as one; nothing is added for nothing.
    fn push_text(&self, values: &mut Vec<Expr>, text: PyStr, loc: Location) {
        if text.is_empty() {
            return;
        }
        if let Some(Expr { kind: ExprKind::Constant(Const::Str(before)), loc: place }) = values.last_mut() {
            *before = PyStr::from_wtf8(&[before.as_bytes(), text.as_bytes()].concat());
            place.end_line = loc.end_line;
            place.end_col = loc.end_col;
            return;
        }
        values.push(Expr::new(ExprKind::Constant(Const::Str(text)), loc));
    }

    fn elements(&mut self, elements: &[ruff::InterpolatedStringElement], raw: bool, template: bool, values: &mut Vec<Expr>) -> Result<()> {
        for element in elements {
            match element {
                ruff::InterpolatedStringElement::Literal(literal) => {
                    let (start, end) = (literal.range.start().to_usize(), literal.range.end().to_usize());
                    let mut text = None;
                    if !raw && self.source.text[start..end].contains('\\') {
                        let before = self.warnings.len();
                        self.check_escapes(start, end, false);
                        // CPython counts the lines of an f-string's text from its last one.
                        if let Some((loc, _)) = self.warnings.get_mut(before) {
                            let (first, last) = (self.source.position(start).0, self.source.position(end).0);
                            loc.line += last - first;
                        }
                        text = self.decoded(start, end, true);
                    }
                    let text = text.unwrap_or_else(|| PyStr::from(&*literal.value));
                    self.push_text(values, text, self.loc(literal));
                }
                ruff::InterpolatedStringElement::Interpolation(field) => self.field(field, raw, template, values)?,
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &ruff::InterpolatedElement, raw: bool, template: bool, values: &mut Vec<Expr>) -> Result<()> {
        let mut conversion = field.conversion.to_byte().map_or(-1, i32::from);
        let inside = field.range.start() + TextSize::from(1);
        if let Some(debug) = &field.debug_text {
            let range = TextRange::at(inside, TextSize::of(debug.as_str()));
            self.push_text(values, PyStr::from(&*without_comments(debug.as_str())), self.source.location(range));
            if conversion == -1 && field.format_spec.is_none() {
                conversion = i32::from(b'r');
            }
        }
        let value = Box::new(self.expr(&field.expression)?);
        let spec = match &field.format_spec {
            None => None,
            Some(spec) => {
                let mut parts = Vec::new();
                self.elements(&spec.elements, raw, false, &mut parts)?;
                // CPython counts the colon in.
                let mut loc = self.loc(&**spec);
                loc.col -= 1;
                Some(Box::new(Expr::new(ExprKind::JoinedStr(parts), loc)))
            }
        };
        let kind = if template {
            let text = self.interpolation_text(field, inside);
            ExprKind::Interpolation { value, text, conversion, spec }
        } else {
            ExprKind::FormattedValue { value, conversion, spec }
        };
        values.push(Expr::new(kind, self.loc(field)));
        Ok(())
    }

    /// The expression of a t-string's field as it is written, up to `=`, `!`, `:` or `}`, without comments.
    fn interpolation_text(&self, field: &ruff::InterpolatedElement, inside: TextSize) -> Const {
        let text = &self.source.text[..field.range.end().to_usize()];
        let mut end = field.expression.range().end().to_usize();
        // Closing parentheses belong to the expression, but not to its place.
        while let Some(char) = text[end..].chars().next().filter(|char| !matches!(char, '=' | '!' | ':' | '}')) {
            end = if char == '#' { text[end..].find('\n').map_or(text.len(), |at| end + at) } else { end + char.len_utf8() };
        }
        Const::str(&without_comments(&text[inside.to_usize()..end]))
    }
}

/// Source text without its comments; a `#` in a string is none.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quote: Option<&str> = None;
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let mut taken = char.len_utf8();
        match quote {
            Some(_) if char == '\\' => taken += rest[1..].chars().next().map_or(0, char::len_utf8),
            Some(end) if rest.starts_with(end) => {
                taken = end.len();
                quote = None;
            }
            Some(_) => {}
            None if char == '#' => {
                rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
                continue;
            }
            None => {
                quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote));
                taken = quote.map_or(taken, str::len);
            }
        }
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out
}
