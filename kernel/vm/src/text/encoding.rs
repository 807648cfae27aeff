//! Which encodings and error handlers there are, and what the built-in handlers do (`Python/codecs.c`).

use super::repr::push_escape;
use super::wtf8::push;

/// The byte order of UTF-16 and UTF-32.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    /// By the mark at the beginning, else little.
    Mark,
    /// Least byte first.
    Little,
    /// Highest byte first.
    Big,
}

/// An encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    Utf8,
    Utf8Sig,
    Latin1,
    Ascii,
    Utf16(Order),
    Utf32(Order),
    UnicodeEscape,
    RawUnicodeEscape,
}

impl Encoding {
    /// The encoding of this name, by the rules of Python's `encodings` package.
    pub(crate) fn named(name: &str) -> Option<Encoding> {
        use Encoding::*;
        let mut plain = String::new();
        for c in name.chars() {
            if c.is_ascii_alphanumeric() || c == '.' {
                plain.push(c.to_ascii_lowercase());
            } else if !plain.ends_with('_') && !plain.is_empty() {
                plain.push('_');
            }
        }
        Some(match plain.trim_end_matches('_') {
            "utf_8" | "utf8" | "u8" | "utf" | "utf8_ucs2" | "utf8_ucs4" | "cp65001" => Utf8,
            "utf_8_sig" | "utf8_sig" => Utf8Sig,
            "latin_1" | "latin1" | "latin" | "l1" | "iso_8859_1" | "iso8859_1" | "iso8859" | "8859" | "cp819" | "iso_8859_1_1987"
            | "iso_ir_100" | "csisolatin1" | "ibm819" => Latin1,
            "ascii" | "us_ascii" | "646" | "ansi_x3.4_1968" | "ansi_x3_4_1968" | "cp367" | "csascii" | "ibm367" | "iso646_us"
            | "iso_646.irv_1991" | "iso_ir_6" | "us" => Ascii,
            "utf_16" | "utf16" | "u16" => Utf16(Order::Mark),
            "utf_16_le" | "utf_16le" | "utf16_le" | "unicodelittleunmarked" => Utf16(Order::Little),
            "utf_16_be" | "utf_16be" | "utf16_be" | "unicodebigunmarked" => Utf16(Order::Big),
            "utf_32" | "utf32" | "u32" => Utf32(Order::Mark),
            "utf_32_le" | "utf_32le" | "utf32_le" => Utf32(Order::Little),
            "utf_32_be" | "utf_32be" | "utf32_be" => Utf32(Order::Big),
            "unicode_escape" | "unicodeescape" => UnicodeEscape,
            "raw_unicode_escape" | "rawunicodeescape" => RawUnicodeEscape,
            _ => return None,
        })
    }

    /// The name that errors and `codecs.lookup(...).name` show.
    pub(crate) fn name(self) -> &'static str {
        use Encoding::*;
        match self {
            Utf8 | Utf8Sig => "utf-8",
            Latin1 => "latin-1",
            Ascii => "ascii",
            Utf16(Order::Mark) => "utf-16",
            Utf16(Order::Little) => "utf-16-le",
            Utf16(Order::Big) => "utf-16-be",
            Utf32(Order::Mark) => "utf-32",
            Utf32(Order::Little) => "utf-32-le",
            Utf32(Order::Big) => "utf-32-be",
            UnicodeEscape => "unicodeescape",
            RawUnicodeEscape => "rawunicodeescape",
        }
    }
}

/// What could not be encoded or decoded: code points or bytes `start..end`, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The name of the encoding.
    pub(crate) encoding: &'static str,
    /// Where it begins.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// CPython's words.
    pub(crate) reason: &'static str,
}

/// What an error handler puts in the place of the problem.
pub(crate) enum Patch {
    /// Text (which an encoder must encode in turn).
    Text(Vec<u8>),
    /// Bytes, as they are; only for an encoder.
    Bytes(Vec<u8>),
}

/// The error handlers that need no Python code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Handler {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    XmlCharRefReplace,
    SurrogateEscape,
    SurrogatePass,
    NameReplace,
}

impl Handler {
    /// The built-in handler of this name.
    pub(crate) fn named(name: &str) -> Option<Handler> {
        use Handler::*;
        Some(match name {
            "strict" => Strict,
            "ignore" => Ignore,
            "replace" => Replace,
            "backslashreplace" => BackslashReplace,
            "xmlcharrefreplace" => XmlCharRefReplace,
            "surrogateescape" => SurrogateEscape,
            "surrogatepass" => SurrogatePass,
            "namereplace" => NameReplace,
            _ => return None,
        })
    }

    /// What an encoder does with these code points, and how many of them it has dealt with; `None` is an error.
    pub(crate) fn encode(self, encoding: &str, problem: &[u32]) -> Option<(Patch, usize)> {
        let all = problem.len();
        Some(match self {
            Handler::Strict => return None,
            Handler::Ignore => (Patch::Text(Vec::new()), all),
            Handler::Replace => (Patch::Text(vec![b'?'; all]), all),
            Handler::BackslashReplace | Handler::NameReplace => {
                let mut out = Vec::new();
                if self == Handler::NameReplace {
                    library::packs::need(library::packs::NAMES);
                }
                for &cp in problem {
                    match char::from_u32(cp).filter(|_| self == Handler::NameReplace).and_then(unicode_names2::name) {
                        Some(name) => out.extend(format!("\\N{{{name}}}").bytes()),
                        None => push_escape(&mut out, cp),
                    }
                }
                (Patch::Text(out), all)
            }
            Handler::XmlCharRefReplace => (Patch::Text(problem.iter().flat_map(|cp| format!("&#{cp};").into_bytes()).collect()), all),
            Handler::SurrogateEscape => {
                let escaped: Vec<u8> =
                    problem.iter().take_while(|cp| (0xDC80..=0xDCFF).contains(*cp)).map(|&cp| (cp - 0xDC00) as u8).collect();
                let n = escaped.len();
                if n == 0 {
                    return None;
                }
                (Patch::Bytes(escaped), n)
            }
            Handler::SurrogatePass => {
                let mut out = Vec::new();
                for &cp in problem {
                    if !(0xD800..=0xDFFF).contains(&cp) {
                        return None;
                    }
                    match encoding {
                        "utf-8" => push(&mut out, cp),
                        "utf-16-le" | "utf-16" => out.extend((cp as u16).to_le_bytes()),
                        "utf-16-be" => out.extend((cp as u16).to_be_bytes()),
                        "utf-32-le" | "utf-32" => out.extend(cp.to_le_bytes()),
                        "utf-32-be" => out.extend(cp.to_be_bytes()),
                        _ => return None,
                    }
                }
                (Patch::Bytes(out), all)
            }
        })
    }

    /// What a decoder puts in the place of `data[start..end]`, and where it goes on; `None` is an error.
    pub(crate) fn decode(self, encoding: &str, data: &[u8], start: usize, end: usize) -> Option<(Vec<u8>, usize)> {
        Some(match self {
            Handler::Strict | Handler::XmlCharRefReplace | Handler::NameReplace => return None,
            Handler::Ignore => (Vec::new(), end),
            Handler::Replace => ("\u{fffd}".as_bytes().to_vec(), end),
            Handler::BackslashReplace => (data[start..end].iter().flat_map(|b| format!("\\x{b:02x}").into_bytes()).collect(), end),
            Handler::SurrogateEscape => {
                let mut out = Vec::new();
                let bytes = data[start..end].iter().take_while(|b| **b >= 128).take(4);
                let n = bytes.map(|&b| push(&mut out, 0xDC00 + u32::from(b))).count();
                if n == 0 {
                    return None;
                }
                (out, start + n)
            }
            Handler::SurrogatePass => {
                let rest = &data[start..];
                let (cp, n) = match (encoding, rest) {
                    ("utf-8", [0xED, b, c, ..]) if b & 0xC0 == 0x80 && c & 0xC0 == 0x80 => {
                        (0xD000 | (u32::from(*b) & 0x3F) << 6 | (u32::from(*c) & 0x3F), 3)
                    }
                    ("utf-16-le" | "utf-16", [a, b, ..]) => (u16::from_le_bytes([*a, *b]).into(), 2),
                    ("utf-16-be", [a, b, ..]) => (u16::from_be_bytes([*a, *b]).into(), 2),
                    ("utf-32-le" | "utf-32", [a, b, c, d, ..]) => (u32::from_le_bytes([*a, *b, *c, *d]), 4),
                    ("utf-32-be", [a, b, c, d, ..]) => (u32::from_be_bytes([*a, *b, *c, *d]), 4),
                    _ => return None,
                };
                if !(0xD800..=0xDFFF).contains(&cp) {
                    return None;
                }
                let mut out = Vec::new();
                push(&mut out, cp);
                (out, start + n)
            }
        })
    }
}
