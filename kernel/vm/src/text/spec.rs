//! The format specification mini-language: what stands behind the colon of a replacement field (`Python/formatter_unicode.c`).

use super::Wrong;
use super::float::{self, Style};
use super::integer::Integer;
use super::unicode;
use super::wtf8::{self, code_points, push};

/// What separates groups of digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grouping {
    None,
    Comma,
    Underscore,
    /// An underscore every four digits, for the bases that are powers of two.
    UnderscoreFour,
}

impl Grouping {
    fn separator(self) -> Option<char> {
        match self {
            Grouping::None => None,
            Grouping::Comma => Some(','),
            _ => Some('_'),
        }
    }

    fn size(self) -> usize {
        if self == Grouping::UnderscoreFour { 4 } else { 3 }
    }
}

/// A parsed specification.
#[derive(Clone)]
pub(crate) struct Spec {
    fill: u32,
    align: char,
    alternate: bool,
    no_negative_zero: bool,
    sign: Option<char>,
    width: Option<usize>,
    grouping: Grouping,
    fraction_grouping: Grouping,
    precision: Option<usize>,
    /// The presentation type; 0 if none is given and there is no default.
    pub(crate) code: u32,
}

/// Where the reader of a specification stands.
struct Reader<'a> {
    rest: &'a [u32],
}

impl Reader<'_> {
    fn peek(&self, at: usize) -> Option<char> {
        self.rest.get(at).and_then(|&cp| char::from_u32(cp))
    }

    fn eat(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let found = self.peek(0).filter(|&c| wanted(c))?;
        self.rest = &self.rest[1..];
        Some(found)
    }

    fn number(&mut self) -> Result<Option<usize>, Wrong> {
        let mut value = None;
        while let Some(digit) = self.rest.first().and_then(|&cp| unicode::decimal(cp)) {
            let before: usize = value.unwrap_or(0);
            let next = before.checked_mul(10).and_then(|n| n.checked_add(digit as usize)).filter(|&n| n <= isize::MAX as usize);
            value = Some(next.ok_or_else(|| Wrong::value("Too many decimal digits in format string"))?);
            self.rest = &self.rest[1..];
        }
        Ok(value)
    }

    /// A grouping: one separator, not both.
    fn grouping(&mut self) -> Result<Grouping, Wrong> {
        let both = || Wrong::value("Cannot specify both ',' and '_'.");
        let mut found = Grouping::None;
        if self.eat(|c| c == ',').is_some() {
            found = Grouping::Comma;
        }
        if self.eat(|c| c == '_').is_some() {
            if found != Grouping::None {
                return Err(both());
            }
            found = Grouping::Underscore;
        }
        if self.peek(0) == Some(',') && found == Grouping::Underscore {
            return Err(both());
        }
        Ok(found)
    }
}

fn shown(code: u32) -> String {
    if (33..128).contains(&code) { char::from_u32(code).unwrap_or(' ').to_string() } else { format!("\\x{code:x}") }
}

fn is_align(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '^')
}

/// The error for a presentation type that the value does not know.
pub(crate) fn unknown_code(code: u32, type_name: &str) -> Wrong {
    Wrong::value(format!("Unknown format code '{}' for object of type '{type_name}'", shown(code)))
}

impl Spec {
    /// Reads a specification; `default_align` is `<` for text and `>` for numbers.
    pub(crate) fn parse(text: &[u8], type_name: &str, default_code: u32, default_align: char) -> Result<Spec, Wrong> {
        let all: Vec<u32> = code_points(text).collect();
        let mut reader = Reader { rest: &all };
        let mut spec = Spec {
            fill: ' ' as u32,
            align: default_align,
            alternate: false,
            no_negative_zero: false,
            sign: None,
            width: None,
            grouping: Grouping::None,
            fraction_grouping: Grouping::None,
            precision: None,
            code: default_code,
        };
        let (mut filled, mut aligned) = (false, false);
        if let Some(align) = reader.peek(1).filter(|&c| is_align(c)) {
            (spec.align, spec.fill) = (align, reader.rest[0]);
            (filled, aligned) = (true, true);
            reader.rest = &reader.rest[2..];
        } else if let Some(align) = reader.eat(is_align) {
            spec.align = align;
            aligned = true;
        }
        spec.sign = reader.eat(|c| matches!(c, ' ' | '+' | '-'));
        spec.no_negative_zero = reader.eat(|c| c == 'z').is_some();
        spec.alternate = reader.eat(|c| c == '#').is_some();
        if !filled && reader.eat(|c| c == '0').is_some() {
            spec.fill = '0' as u32;
            if !aligned && default_align == '>' {
                spec.align = '=';
            }
        }
        spec.width = reader.number()?;
        spec.grouping = reader.grouping()?;
        if reader.eat(|c| c == '.').is_some() {
            spec.precision = reader.number()?;
            spec.fraction_grouping = reader.grouping()?;
            if spec.precision.is_none() && spec.fraction_grouping == Grouping::None {
                return Err(Wrong::value("Format specifier missing precision"));
            }
        }
        if reader.rest.len() > 1 {
            return Err(Wrong::value(format!("Invalid format specifier '{}' for object of type '{type_name}'", wtf8::lossy(text))));
        }
        if let Some(&code) = reader.rest.first() {
            spec.code = code;
        }
        spec.check_grouping()?;
        Ok(spec)
    }

    fn check_grouping(&mut self) -> Result<(), Wrong> {
        let any = if self.grouping != Grouping::None { self.grouping } else { self.fraction_grouping };
        let Some(separator) = any.separator() else { return Ok(()) };
        let code = char::from_u32(self.code).unwrap_or('\u{fffd}');
        match code {
            'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0' => Ok(()),
            'b' | 'o' | 'x' | 'X' if self.grouping == Grouping::Underscore => {
                self.grouping = Grouping::UnderscoreFour;
                Ok(())
            }
            _ => Err(Wrong::value(format!("Cannot specify '{separator}' with '{}'.", shown(self.code)))),
        }
    }

    fn pad(&self, out: &mut Vec<u8>, n: usize) {
        (0..n).for_each(|_| push(out, self.fill));
    }

    /// A text with its padding.
    fn padded(&self, text: &[u8], chars: usize) -> Vec<u8> {
        let padding = self.width.unwrap_or(0).saturating_sub(chars);
        let left = match self.align {
            '>' => padding,
            '^' => padding / 2,
            _ => 0,
        };
        let mut out = Vec::with_capacity(text.len() + padding);
        self.pad(&mut out, left);
        out.extend_from_slice(text);
        self.pad(&mut out, padding - left);
        out
    }

    /// `format(text, spec)`.
    pub(crate) fn text(&self, text: &[u8]) -> Result<Vec<u8>, Wrong> {
        let wrong = |what: &str| Err(Wrong::value(format!("{what} not allowed in string format specifier")));
        match self.sign {
            Some(' ') => return wrong("Space"),
            Some(_) => return wrong("Sign"),
            None => {}
        }
        if self.no_negative_zero {
            return wrong("Negative zero coercion (z)");
        }
        if self.alternate {
            return wrong("Alternate form (#)");
        }
        if self.align == '=' {
            return wrong("'=' alignment");
        }
        let text = self.precision.map_or(text, |n| wtf8::slice(text, 0, n));
        Ok(self.padded(text, wtf8::count(text)))
    }

    /// `format(number, spec)`, for a presentation type of integers.
    pub(crate) fn integer(&self, number: Integer<'_>, limit: usize) -> Result<Vec<u8>, Wrong> {
        if self.precision.is_some() {
            return Err(Wrong::value("Precision not allowed in integer format specifier"));
        }
        if self.no_negative_zero {
            return Err(Wrong::value("Negative zero coercion (z) not allowed in integer format specifier"));
        }
        let code = char::from_u32(self.code).unwrap_or('d');
        if code == 'c' {
            return self.character(number);
        }
        let (base, prefix) = match code {
            'b' => (2, "0b"),
            'o' => (8, "0o"),
            'x' => (16, "0x"),
            'X' => (16, "0X"),
            _ => (10, ""),
        };
        let digits = if base == 10 { number.decimal(limit)? } else { number.magnitude(base) };
        let digits = if code == 'X' { digits.to_ascii_uppercase() } else { digits };
        let prefix = if self.alternate { prefix } else { "" };
        Ok(self.number(number.is_negative(), prefix, &digits, "", "", ""))
    }

    fn character(&self, number: Integer<'_>) -> Result<Vec<u8>, Wrong> {
        if self.sign.is_some() {
            return Err(Wrong::value("Sign not allowed with integer format specifier 'c'"));
        }
        if self.alternate {
            return Err(Wrong::value("Alternate form (#) not allowed with integer format specifier 'c'"));
        }
        let cp = match number {
            Integer::Small(n) => u32::try_from(n).ok().filter(|&cp| cp <= 0x10_FFFF),
            Integer::Big(_) => return Err(Wrong::overflow("Python int too large to convert to C long")),
        };
        let cp = cp.ok_or_else(|| Wrong::overflow("%c arg not in range(0x110000)"))?;
        let mut text = Vec::new();
        push(&mut text, cp);
        let align = if self.align == '=' { '>' } else { self.align };
        Ok(Spec { align, ..self.clone() }.padded(&text, 1))
    }

    /// Sign, prefix, grouped digits, point, fraction, rest; padded.
    fn number(&self, negative: bool, prefix: &str, digits: &str, point: &str, fraction: &str, rest: &str) -> Vec<u8> {
        let sign = match self.sign {
            _ if negative => "-",
            Some('+') => "+",
            Some(' ') => " ",
            _ => "",
        };
        let fraction = group_fraction(fraction, self.fraction_grouping);
        let others = sign.len() + prefix.len() + point.len() + fraction.len() + rest.len();
        let width = self.width.unwrap_or(0);
        let least = if self.fill == '0' as u32 && self.align == '=' { width.saturating_sub(others) } else { 0 };
        let digits = if digits.is_empty() { String::new() } else { group(digits, self.grouping, least) };
        let padding = width.saturating_sub(others + digits.len());
        let (left, inner) = match self.align {
            '<' => (0, 0),
            '^' => (padding / 2, 0),
            '=' => (0, padding),
            _ => (padding, 0),
        };
        let mut out = Vec::new();
        self.pad(&mut out, left);
        out.extend_from_slice(sign.as_bytes());
        out.extend_from_slice(prefix.as_bytes());
        self.pad(&mut out, inner);
        for part in [&digits, point, &fraction, rest] {
            out.extend_from_slice(part.as_bytes());
        }
        self.pad(&mut out, padding - left - inner);
        out
    }

    fn style(&self, default_code: u8) -> Result<(Style, bool), Wrong> {
        let precision = match self.precision {
            Some(n) if n > float::MOST_DIGITS => return Err(Wrong::value("precision too big")),
            other => other,
        };
        let mut code = self.code as u8;
        let mut style = Style { alternate: self.alternate, no_negative_zero: self.no_negative_zero, ..Style::default() };
        let mut default = 6;
        if code == 0 {
            (code, default) = (default_code, 0);
        }
        if code == b'n' {
            code = b'g';
        }
        let percent = code == b'%';
        if percent {
            code = b'f';
        }
        style.code = if precision.is_some() && code == b'r' { b'g' } else { code };
        style.precision = precision.unwrap_or(default);
        Ok((style, percent))
    }

    /// `format(value, spec)`, for a presentation type of floats.
    pub(crate) fn float(&self, value: f64) -> Result<Vec<u8>, Wrong> {
        let (mut style, percent) = self.style(b'r')?;
        style.dot_zero = self.code == 0;
        let text = float::format(if percent { value * 100.0 } else { value }, style);
        let text = if percent { text + "%" } else { text };
        Ok(self.float_text(&text))
    }

    fn float_text(&self, text: &str) -> Vec<u8> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let whole = text.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = text.split_at(whole);
        let (point, rest) = if rest.starts_with('.') { rest.split_at(1) } else { ("", rest) };
        let n = if point.is_empty() { 0 } else { rest.bytes().take_while(u8::is_ascii_digit).count() };
        let (fraction, rest) = rest.split_at(n);
        self.number(negative, "", digits, point, fraction, rest)
    }

    /// `format(complex(re, im), spec)`.
    pub(crate) fn complex(&self, re: f64, im: f64) -> Result<Vec<u8>, Wrong> {
        if self.fill == '0' as u32 {
            return Err(Wrong::value("Zero padding is not allowed in complex format specifier"));
        }
        if self.align == '=' {
            return Err(Wrong::value("'=' alignment flag is not allowed in complex format specifier"));
        }
        let (style, _) = self.style(b'r')?;
        let bare = self.code == 0 && re == 0.0 && !re.is_sign_negative();
        let parentheses = self.code == 0 && !bare;
        let mut part = Spec { fill: 0, align: '<', width: None, ..self.clone() };
        let real = part.float_text(&float::format(re, style));
        if !bare {
            part.sign = Some('+');
        }
        let imaginary = part.float_text(&float::format(im, style));
        let mut text = Vec::new();
        text.extend(parentheses.then_some(b'('));
        if !bare {
            text.extend(real);
        }
        text.extend(imaginary);
        text.push(b'j');
        text.extend(parentheses.then_some(b')'));
        Ok(self.padded(&text, text.len()))
    }
}

/// Digits with separators, and with zeros before them up to `least` characters (`_PyUnicode_InsertThousandsGrouping`).
fn group(digits: &str, grouping: Grouping, least: usize) -> String {
    let Some(separator) = grouping.separator() else { return format!("{digits:0>least$}") };
    let size = grouping.size();
    let mut reversed = String::new();
    let mut source = digits.bytes().rev();
    let (mut n, mut done) = (0, digits.len());
    loop {
        if done == 0 && reversed.len() >= least {
            break;
        }
        if n > 0 && n % size == 0 {
            reversed.push(separator);
        }
        reversed.push(source.next().unwrap_or(b'0') as char);
        n += 1;
        done = done.saturating_sub(1);
    }
    reversed.chars().rev().collect()
}

/// The digits behind the point, grouped from the left.
fn group_fraction(digits: &str, grouping: Grouping) -> String {
    let Some(separator) = grouping.separator() else { return digits.to_owned() };
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && i % 3 == 0 {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}
