//! Every helper against CPython: `golden/text.txt` is a list of questions with CPython 3.14's answers, `golden/unicode.txt` has
//! one sum for each property over all code points. `golden/record.py` wrote both.

use super::encoding::{Encoding, Handler, Problem};
use super::float::{self};
use super::integer::{Integer, Parsed};
use super::search::{self, Unit};
use super::spec::{Spec, unknown_code};
use super::wtf8::{self, code_points, push};
use super::{Wrong, WrongClass, codec, hexfloat, integer, repr, unicode};

/// A field of a golden, which is written with escapes.
fn unescape(field: &str) -> Vec<u8> {
    let out = super::escape::decode(field.as_bytes(), false, true, &mut |problem| Err::<(Vec<u8>, usize), _>(problem.reason));
    out.expect("goldens are well written").0
}

fn text(bytes: Vec<u8>) -> String {
    wtf8::lossy(&bytes)
}

fn bits(field: &[u8]) -> f64 {
    f64::from_bits(u64::from_str_radix(&text(field.to_vec()), 16).expect("a float is written as its bits"))
}

fn hex(value: f64) -> String {
    format!("{:016x}", if value.is_nan() { 0x7ff8 << 48 | value.to_bits() & 1 << 63 } else { value.to_bits() })
}

fn parsed(value: Parsed) -> num_bigint::BigInt {
    match value {
        Parsed::Small(n) => n.into(),
        Parsed::Big(n) => n,
    }
}

fn joined(parts: Vec<&[u8]>) -> Vec<u8> {
    parts.join(&b'|')
}

fn yes(answer: bool) -> Vec<u8> {
    if answer { b"True".to_vec() } else { b"False".to_vec() }
}

fn encode(source: &[u8], encoding: &str, errors: &str) -> Vec<u8> {
    let (encoding, handler) = (Encoding::named(encoding).expect("a known encoding"), Handler::named(errors).expect("a known handler"));
    let all: Vec<u32> = code_points(source).collect();
    let result = codec::encode(source, encoding, &mut |problem: Problem, again| match handler
        .encode(problem.encoding, &all[problem.start..problem.end])
    {
        Some((patch, n)) if !again => Ok((patch, problem.start + n)),
        _ => Err(problem),
    });
    match result {
        Ok(data) => data.iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect(),
        Err(p) => format!("E {} {} {} {}", p.encoding, p.start, p.end, p.reason).into_bytes(),
    }
}

fn decode(source: &[u8], encoding: &str, errors: &str) -> Vec<u8> {
    let data: Vec<u8> = source.chunks(2).map(|pair| u8::from_str_radix(&text(pair.to_vec()), 16).expect("hexadecimal")).collect();
    let (encoding, handler) = (Encoding::named(encoding).expect("a known encoding"), Handler::named(errors).expect("a known handler"));
    let result = codec::decode(&data, encoding, true, &mut |problem: Problem| {
        handler.decode(problem.encoding, &data, problem.start, problem.end).ok_or(problem)
    });
    match result {
        Ok((text, _)) => text,
        Err(p) => format!("E {} {} {} {}", p.encoding, p.start, p.end, p.reason).into_bytes(),
    }
}

/// What `sys.set_int_max_str_digits` is at the start.
const DEFAULT_MAX_DIGITS: usize = 4300;

fn format_int(number: &[u8], spec: &[u8]) -> Result<Vec<u8>, Wrong> {
    let number = parsed(integer::parse(number, 10, 0, &String::new)?);
    let small = i64::try_from(&number);
    let value = small.map_or(Integer::Big(&number), Integer::Small);
    if spec.is_empty() {
        return Ok(value.to_text(DEFAULT_MAX_DIGITS)?.into_bytes());
    }
    let spec = Spec::parse(spec, "int", 'd' as u32, '>')?;
    match char::from_u32(spec.code) {
        Some('b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n') => spec.integer(value, DEFAULT_MAX_DIGITS),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            spec.float(super::number::big_to_float(&number).expect("small enough for a float"))
        }
        _ => Err(unknown_code(spec.code, "int")),
    }
}

fn answer(op: &str, args: &[Vec<u8>]) -> Option<Result<Vec<u8>, Wrong>> {
    let a = |i: usize| &args[i][..];
    let n = |i: usize| text(args[i].clone()).parse::<i64>().expect("a number");
    let size = |i: usize| usize::try_from(n(i)).unwrap_or(usize::MAX);
    let wrong = |op: &str| Wrong::value(format!("no {op}"));
    Some(Ok(match op {
        "repr" => float::repr(bits(a(0))).into_bytes(),
        "hex" => hexfloat::to_hex(bits(a(0))).into_bytes(),
        "round" => match float::round(bits(a(0)), n(1)) {
            Some(value) => float::repr(value).into_bytes(),
            None => return Some(Err(Wrong::overflow("rounded value too large to represent"))),
        },
        "ffmt" if a(1).is_empty() => float::repr(bits(a(0))).into_bytes(),
        "ffmt" => {
            return Some(Spec::parse(a(1), "float", 0, '>').and_then(|spec| match char::from_u32(spec.code) {
                Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => spec.float(bits(a(0))),
                _ => Err(unknown_code(spec.code, "float")),
            }));
        }
        "ifmt" => return Some(format_int(a(0), a(1))),
        "sfmt" if a(1).is_empty() => a(0).to_vec(),
        "sfmt" => {
            return Some(
                Spec::parse(a(1), "str", 's' as u32, '<')
                    .and_then(|spec| if spec.code == 's' as u32 { spec.text(a(0)) } else { Err(unknown_code(spec.code, "str")) }),
            );
        }
        "fparse" => match float::parse(&float::to_ascii(a(0))) {
            Some(value) => hex(value).into_bytes(),
            None => return Some(Err(Wrong::value(format!("could not convert string to float: {}", text(repr::of_str(a(0))))))),
        },
        "fromhex" => return Some(hexfloat::from_hex(a(0)).map(|value| hex(value).into_bytes())),
        "iparse" => {
            let source = match text(args[0].clone()).split_once('*') {
                Some((digit, times)) => digit.repeat(times.parse().expect("a number")).into_bytes(),
                None => a(0).to_vec(),
            };
            return Some(integer::parse_str(&source, n(1) as u32, DEFAULT_MAX_DIGITS).map(|value| {
                let value = parsed(value);
                if value.bits() < 10_000 { value.to_string().into_bytes() } else { format!("{:#x}", value % (1u128 << 64)).into_bytes() }
            }));
        }
        "srepr" => repr::of_str(a(0)),
        "sascii" => {
            let hex = encode(&repr::of_str(a(0)), "ascii", "backslashreplace");
            hex.chunks(2).map(|digits| u8::from_str_radix(&text(digits.to_vec()), 16).expect("two digits")).collect()
        }
        "enc" => encode(a(0), &text(args[1].clone()), &text(args[2].clone())),
        "dec" => decode(a(0), &text(args[1].clone()), &text(args[2].clone())),
        "lower" => unicode::lower(a(0)),
        "upper" => unicode::upper(a(0)),
        "title" => unicode::title(a(0)),
        "capitalize" => unicode::capitalize(a(0)),
        "swapcase" => unicode::swapcase(a(0)),
        "casefold" => unicode::casefold(a(0)),
        "islower" => yes(unicode::is_all(a(0), false)),
        "isupper" => yes(unicode::is_all(a(0), true)),
        "istitle" => yes(unicode::is_titlecased(a(0))),
        "isidentifier" => yes(unicode::is_identifier(a(0))),
        "split" if a(1) == b"None" => joined(search::split_space(a(0), Unit::CodePoint, size(2), &unicode::is_space)),
        "split" => joined(search::split(a(0), a(1), size(2))),
        "rsplit" if a(1) == b"None" => joined(search::rsplit_space(a(0), Unit::CodePoint, size(2), &unicode::is_space)),
        "rsplit" => joined(search::rsplit(a(0), a(1), size(2))),
        "lines" => joined(search::lines(a(0), Unit::CodePoint, n(1) == 1)),
        "replace" => search::replace(a(0), a(1), a(2), size(3), Unit::CodePoint).unwrap_or_else(|| a(0).to_vec()),
        "tabs" => search::expand_tabs(a(0), size(1), Unit::CodePoint),
        "center" => {
            let (have, width) = (wtf8::count(a(0)), size(1));
            let left = search::center_left(have, width);
            [&b" ".repeat(left)[..], a(0), &b" ".repeat(width.saturating_sub(have) - left)].concat()
        }
        "zfill" => search::zfill(a(0), size(1).saturating_sub(wtf8::count(a(0)))),
        "strip" => search::strip(a(0), Unit::CodePoint, true, true, &unicode::is_space).to_vec(),
        "lstrip" => search::strip(a(0), Unit::CodePoint, true, false, &|cp| b"Xa ".contains(&(cp as u8)) && cp < 128).to_vec(),
        "rstrip" => search::strip(a(0), Unit::CodePoint, false, true, &|cp| b"Xc\n".contains(&(cp as u8)) && cp < 128).to_vec(),
        "count" => search::count(a(0), a(1), Unit::CodePoint).to_string().into_bytes(),
        "crepr" | "cfmt" | "cparse" => return None,
        _ => return Some(Err(wrong(op))),
    }))
}

fn check(goldens: &str) {
    let mut wrong = Vec::new();
    let mut asked = 0;
    for line in goldens.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [op, args @ .., class, expected] = &fields[..] else { panic!("a golden has a question and an answer: {line}") };
        let args: Vec<Vec<u8>> = args.iter().map(|arg| unescape(arg)).collect();
        let Some(answer) = answer(op, &args) else { continue };
        asked += 1;
        let (found, message) = match answer {
            Ok(text) => ("ok", text),
            Err(Wrong { class: WrongClass::Value, message }) => ("ValueError", message.into_bytes()),
            Err(Wrong { class: WrongClass::Overflow, message }) => ("OverflowError", message.into_bytes()),
        };
        if found != *class || message != unescape(expected) {
            wrong.push(format!("{line}\n    but here {found} {}", text(super::escape::encode(&message, false))));
        }
    }
    assert!(asked > 1000, "the goldens were read");
    assert!(wrong.is_empty(), "{} of {asked} answers differ:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}

#[test]
fn answers_are_those_of_cpython() {
    check(include_str!("golden/text.txt"));
}

/// The FNV-1a sum of a text for every code point.
fn sum(one: impl Fn(u32, &[u8]) -> Vec<u8>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for cp in 0..0x11_0000 {
        let mut c = Vec::new();
        push(&mut c, cp);
        for b in one(cp, &c).into_iter().chain([0xFF]) {
            hash = (hash ^ u64::from(b)).wrapping_mul(0x100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

#[test]
fn every_code_point_is_what_it_is_in_unicode_16() {
    let digit = |answer: bool| if answer { b"1".to_vec() } else { b"0".to_vec() };
    let around = |before: &str, c: &[u8], after: &str| unicode::lower(&[before.as_bytes(), c, after.as_bytes()].concat());
    let mut wrong = Vec::new();
    for line in include_str!("golden/unicode.txt").lines() {
        let (name, expected) = line.split_once(' ').expect("a name and a sum");
        let found = match name {
            "lower" => sum(|_, c| unicode::lower(c)),
            "upper" => sum(|_, c| unicode::upper(c)),
            "title" => sum(|_, c| unicode::title(c)),
            "casefold" => sum(|_, c| unicode::casefold(c)),
            "swapcase" => sum(|_, c| unicode::swapcase(c)),
            "sigma" => sum(|_, c| [around("αΣ", c, "α"), around("αΣ", c, ""), around("", c, "Σ")].concat()),
            "isalpha" => sum(|cp, _| digit(unicode::is_alpha(cp))),
            "isdecimal" => sum(|cp, _| digit(unicode::decimal(cp).is_some())),
            "isdigit" => sum(|cp, _| digit(unicode::is_digit(cp))),
            "isnumeric" => sum(|cp, _| digit(unicode::is_numeric(cp))),
            "isspace" => sum(|cp, _| digit(unicode::is_space(cp))),
            "islower" => sum(|_, c| digit(unicode::is_all(c, false))),
            "isupper" => sum(|_, c| digit(unicode::is_all(c, true))),
            "istitle" => sum(|_, c| digit(unicode::is_titlecased(c))),
            "isprintable" => sum(|cp, _| digit(unicode::is_printable(cp))),
            "isidentifier" => sum(|_, c| digit(unicode::is_identifier(c))),
            "continue" => sum(|_, c| digit(unicode::is_identifier(&[b"a", c].concat()))),
            "repr" => sum(|_, c| repr::of_str(c)),
            "lines" => sum(|_, c| search::lines(&[b"a", c, b"b"].concat(), Unit::CodePoint, false).len().to_string().into_bytes()),
            other => panic!("an unknown property {other}"),
        };
        if found != expected {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "these properties differ from CPython's: {wrong:?}");
}
